/* ann-nullable.c: integers, bools and texts of which some may be missing
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-element-private.h"

#include "array/ann-array-runs-private.h"
#include "array/ann-node-private.h"
#include "base/ann-error.h"

#define ANN_TYPE_NULLABLE (ann_nullable_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnNullable, ann_nullable, ANN, NULLABLE, AnnElement)

struct _AnnNullable {
  AnnElement parent_instance;

  AnnArray *values;
  AnnArray *mask; /* NULL: nothing is missing */
};

typedef struct {
  AnnElementClass parent_class;
} AnnNullableClass;

G_DEFINE_FINAL_TYPE (AnnNullable, ann_nullable, ANN_TYPE_ELEMENT)

/* The mask as bools; R and others write integers. Takes @stored. */
static AnnBuffer *
convert_mask (AnnBuffer *stored, GError **error)
{
  g_autoptr (AnnBuffer) owned = stored;
  const guint64 count = stored != NULL ? ann_buffer_get_n_elements (stored) : 0;
  g_autoptr (AnnBuffer) mask = NULL;
  guint8 *to;

  if (stored == NULL || ann_buffer_get_dtype (stored) == ANN_DTYPE_BOOL)
    return g_steal_pointer (&owned);

  mask = ann_buffer_new_vector (ANN_DTYPE_BOOL, count, error);
  if (mask == NULL)
    return NULL;
  to = ann_buffer_get_data_for_writing (mask);
  for (guint64 i = 0; i < count; i++)
    to[i] = ann_buffer_get_double (stored, i) != 0;

  return g_steal_pointer (&mask);
}

static AnnBlock *
ann_nullable_read_rows (AnnElement *element,
                        guint64 start,
                        guint64 count,
                        GCancellable *cancellable,
                        GError **error)
{
  AnnNullable *self = ANN_NULLABLE (element);
  g_autoptr (AnnBlock) block = ann_block_new (start, count, 1);

  if (ann_element_get_kind (element) == ANN_ELEMENT_NULLABLE_STRING)
    block->texts = ann_array_read_strings_range (self->values, start, count, cancellable, error);
  else
    block->values = ann_array_read_range (self->values, start, count, cancellable, error);
  if (block->texts == NULL && block->values == NULL)
    return NULL;

  if (self->mask != NULL)
    {
      block->missing = convert_mask (
          ann_array_read_range (self->mask, start, count, cancellable, error), error);
      if (block->missing == NULL)
        return NULL;
    }

  return g_steal_pointer (&block);
}

static AnnBlock *
ann_nullable_read (AnnElement *element,
                   AnnSelection *rows,
                   G_GNUC_UNUSED AnnSelection *columns,
                   GCancellable *cancellable,
                   GError **error)
{
  AnnNullable *self = ANN_NULLABLE (element);
  g_autoptr (AnnBlock) block = ann_block_new (0, ann_selection_get_length (rows), 1);

  if (ann_element_get_kind (element) == ANN_ELEMENT_NULLABLE_STRING)
    block->texts = _ann_array_read_strings_selection (self->values, rows, cancellable, error);
  else
    block->values = _ann_array_read_selections (self->values, &rows, 1, cancellable, error);
  if (block->texts == NULL && block->values == NULL)
    return NULL;

  if (self->mask != NULL)
    {
      block->missing = convert_mask (
          _ann_array_read_selections (self->mask, &rows, 1, cancellable, error), error);
      if (block->missing == NULL)
        return NULL;
    }

  return g_steal_pointer (&block);
}

static void
ann_nullable_list_arrays (AnnElement *element, GPtrArray *arrays)
{
  AnnNullable *self = ANN_NULLABLE (element);

  g_ptr_array_add (arrays, g_object_ref (self->values));
  if (self->mask != NULL)
    g_ptr_array_add (arrays, g_object_ref (self->mask));
}

static void
ann_nullable_finalize (GObject *object)
{
  AnnNullable *self = ANN_NULLABLE (object);

  g_clear_object (&self->values);
  g_clear_object (&self->mask);

  G_OBJECT_CLASS (ann_nullable_parent_class)->finalize (object);
}

static void
ann_nullable_class_init (AnnNullableClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_nullable_finalize;
  element_class->read_rows = ann_nullable_read_rows;
  element_class->read = ann_nullable_read;
  element_class->list_arrays = ann_nullable_list_arrays;
}

static void
ann_nullable_init (G_GNUC_UNUSED AnnNullable *self)
{
}

/* What the type of the values makes it, where no pair says it. */
static AnnElementKind
kind_of_values (AnnArray *values)
{
  AnnDtype dtype = ann_array_get_dtype (values);

  if (dtype == ANN_DTYPE_STRING || dtype == ANN_DTYPE_BYTES)
    return ANN_ELEMENT_NULLABLE_STRING;

  return dtype == ANN_DTYPE_BOOL ? ANN_ELEMENT_NULLABLE_BOOLEAN : ANN_ELEMENT_NULLABLE_INTEGER;
}

static gboolean
check_values (AnnArray *values, AnnElementKind kind, GError **error)
{
  AnnDtype dtype = ann_array_get_dtype (values);
  gboolean text = dtype == ANN_DTYPE_STRING || dtype == ANN_DTYPE_BYTES;

  if (ann_array_get_rank (values) == 1
      && (kind == ANN_ELEMENT_NULLABLE_STRING ? text : ann_dtype_is_real (dtype)))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "%s: must be a vector of %s, but is %s",
               ann_array_get_path (values),
               kind == ANN_ELEMENT_NULLABLE_STRING ? "texts" : "numbers",
               ann_dtype_get_name (dtype));
  return FALSE;
}

static gboolean
open_mask (AnnNullable *self,
           const AnnElementSource *source,
           GCancellable *cancellable,
           GError **error)
{
  guint64 n_values = ann_array_get_length (self->values);
  gboolean is_there;

  if (!_ann_node_find_child (source->node, "mask", &is_there, cancellable, error))
    return FALSE;
  if (!is_there)
    {
      _ann_element_add_warning (ANN_ELEMENT (self), "%s: has no mask: nothing in it is missing",
                                ann_node_get_path (source->node));
      return TRUE;
    }

  self->mask = _ann_element_open_part (source->node, "mask", cancellable, error);
  if (self->mask == NULL)
    return FALSE;
  if (ann_array_get_rank (self->mask) != 1 || !ann_dtype_is_real (ann_array_get_dtype (self->mask))
      || ann_array_get_length (self->mask) != n_values)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: must be a vector of %" G_GUINT64_FORMAT " bools, as many as the values",
                   ann_array_get_path (self->mask), n_values);
      return FALSE;
    }

  return TRUE;
}

/* @kind: ANN_ELEMENT_OPAQUE where nothing tells. */
AnnElement *
_ann_nullable_new (const AnnElementSource *source,
                   AnnElementKind kind,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (AnnNullable) self = g_object_new (ANN_TYPE_NULLABLE, NULL);

  self->values = _ann_element_open_part (source->node, "values", cancellable, error);
  if (self->values == NULL)
    return NULL;
  if (kind == ANN_ELEMENT_OPAQUE)
    kind = kind_of_values (self->values);
  if (!check_values (self->values, kind, error) || !open_mask (self, source, cancellable, error))
    return NULL;

  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = source,
                                                 .kind = kind,
                                                 .dtype = ann_array_get_dtype (self->values),
                                                 .rank = 1,
                                                 .shape = ann_array_get_shape (self->values),
                                             });

  return ANN_ELEMENT (g_steal_pointer (&self));
}

AnnElement *
_ann_nullable_new_of_arrays (const AnnElementSource *source,
                             AnnArray *values,
                             AnnArray *mask,
                             GError **error)
{
  const AnnElementKind kind = kind_of_values (values);
  g_autoptr (AnnNullable) self = g_object_new (ANN_TYPE_NULLABLE, NULL);

  if (!check_values (values, kind, error))
    return NULL;

  self->values = g_object_ref (values);
  self->mask = g_object_ref (mask);
  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = source,
                                                 .kind = kind,
                                                 .dtype = ann_array_get_dtype (values),
                                                 .rank = 1,
                                                 .shape = ann_array_get_shape (values),
                                             });

  return ANN_ELEMENT (g_steal_pointer (&self));
}
