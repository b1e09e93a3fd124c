/* ann-records.c: arrays of records, whose fields are elements
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-element-private.h"

#include "base/ann-error.h"

#define ANN_TYPE_RECORDS (ann_records_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnRecords, ann_records, ANN, RECORDS, AnnElement)

struct _AnnRecords {
  AnnElement parent_instance;

  AnnArray *array;
};

typedef struct {
  AnnElementClass parent_class;
} AnnRecordsClass;

G_DEFINE_FINAL_TYPE (AnnRecords, ann_records, ANN_TYPE_ELEMENT)

static char **
ann_records_list_children (AnnElement *element,
                           G_GNUC_UNUSED GCancellable *cancellable,
                           G_GNUC_UNUSED GError **error)
{
  char **names = ann_array_get_field_names (ANN_RECORDS (element)->array);

  return names != NULL ? names : g_new0 (char *, 1);
}

static AnnElement *
ann_records_open_child (AnnElement *element,
                        const char *name,
                        GCancellable *cancellable,
                        GError **error)
{
  AnnRecords *self = ANN_RECORDS (element);
  AnnNode *node = ann_element_get_node (element);
  g_autofree char *path = _ann_path_join (ann_element_get_path (element), name);
  const AnnElementSource source = { .node = node, .path = path };
  g_autoptr (GError) local_error = NULL;
  g_autoptr (AnnArray) field = NULL;
  AnnElement *child = NULL;

  field = ann_array_open_field (self->array, name, &local_error);
  if (field != NULL)
    child = _ann_array_element_new (&source, field, &local_error);
  if (child != NULL)
    return child;

  if (g_error_matches (local_error, ANN_ERROR, ANN_ERROR_NOT_FOUND)
      || g_cancellable_is_cancelled (cancellable))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return _ann_opaque_new (node, path, "", "", g_steal_pointer (&local_error));
}

static void
ann_records_list_arrays (AnnElement *element, GPtrArray *arrays)
{
  g_ptr_array_add (arrays, g_object_ref (ANN_RECORDS (element)->array));
}

static void
ann_records_finalize (GObject *object)
{
  g_clear_object (&ANN_RECORDS (object)->array);

  G_OBJECT_CLASS (ann_records_parent_class)->finalize (object);
}

static void
ann_records_class_init (AnnRecordsClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_records_finalize;
  element_class->list_children = ann_records_list_children;
  element_class->open_child = ann_records_open_child;
  element_class->list_arrays = ann_records_list_arrays;
}

static void
ann_records_init (G_GNUC_UNUSED AnnRecords *self)
{
}

AnnElement *
_ann_records_new (const AnnElementSource *source, AnnArray *array, GError **error)
{
  AnnRecords *self;

  if (!_ann_element_check_codecs (array, error))
    return NULL;

  self = g_object_new (ANN_TYPE_RECORDS, NULL);
  self->array = g_object_ref (array);
  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = source,
                                                 .kind = ANN_ELEMENT_RECORDS,
                                                 .dtype = ANN_DTYPE_RECORD,
                                                 .rank = ann_array_get_rank (array),
                                                 .shape = ann_array_get_shape (array),
                                             });

  return ANN_ELEMENT (self);
}
