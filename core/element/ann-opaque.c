/* ann-opaque.c: nothing, and what we do not know or cannot read
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-element-private.h"

#include "base/ann-error.h"

#define ANN_TYPE_OPAQUE (ann_opaque_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnOpaque, ann_opaque, ANN, OPAQUE, AnnElement)

/* Shows where it is, what it is marked as and what lies in it, and says why it cannot be read. */
struct _AnnOpaque {
  AnnElement parent_instance;

  AnnArray *array; /* NULL unless it is an array that could be opened */
};

typedef struct {
  AnnElementClass parent_class;
} AnnOpaqueClass;

G_DEFINE_FINAL_TYPE (AnnOpaque, ann_opaque, ANN_TYPE_ELEMENT)

static gboolean
has_children (AnnElement *element)
{
  AnnNode *node = ann_element_get_node (element);

  /* A group that is nested too deep is the end: a link may lead back from it. */
  return node != NULL && ann_node_get_kind (node) == ANN_NODE_GROUP
         && ann_element_get_kind (element) == ANN_ELEMENT_OPAQUE
         && ann_element_get_state (element) != ANN_ELEMENT_DENIED;
}

static char **
ann_opaque_list_children (AnnElement *element, GCancellable *cancellable, GError **error)
{
  if (!has_children (element))
    return g_new0 (char *, 1);

  return ann_node_list_children (ann_element_get_node (element), cancellable, error);
}

static AnnElement *
ann_opaque_open_child (AnnElement *element,
                       const char *name,
                       GCancellable *cancellable,
                       GError **error)
{
  if (!has_children (element))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s: has no “%s” in it",
                   ann_element_get_path (element), name);
      return NULL;
    }

  return _ann_element_open_child_of (ann_element_get_node (element), name, cancellable, error);
}

static void
ann_opaque_list_arrays (AnnElement *element, GPtrArray *arrays)
{
  AnnOpaque *self = ANN_OPAQUE (element);

  if (self->array != NULL)
    g_ptr_array_add (arrays, g_object_ref (self->array));
}

static void
ann_opaque_finalize (GObject *object)
{
  g_clear_object (&ANN_OPAQUE (object)->array);

  G_OBJECT_CLASS (ann_opaque_parent_class)->finalize (object);
}

static void
ann_opaque_class_init (AnnOpaqueClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_opaque_finalize;
  element_class->list_children = ann_opaque_list_children;
  element_class->open_child = ann_opaque_open_child;
  element_class->list_arrays = ann_opaque_list_arrays;
}

static void
ann_opaque_init (G_GNUC_UNUSED AnnOpaque *self)
{
}

AnnElement *
_ann_opaque_new (AnnNode *node,
                 const char *path,
                 const char *encoding_type,
                 const char *encoding_version,
                 GError *error)
{
  const AnnElementSource source = {
    .node = node,
    .path = path,
    .encoding_type = encoding_type,
    .encoding_version = encoding_version,
  };
  AnnElementInfo info = {
    .source = &source,
    .kind = ANN_ELEMENT_OPAQUE,
    .dtype = ANN_DTYPE_OTHER,
  };
  AnnOpaque *self = g_object_new (ANN_TYPE_OPAQUE, NULL);

  /* What metadata tells of an array is worth showing; that it tells nothing is no other error. */
  if (node != NULL && ann_node_get_kind (node) == ANN_NODE_ARRAY)
    self->array = ann_node_open_array (node, NULL, NULL);
  if (self->array != NULL)
    {
      info.dtype = ann_array_get_dtype (self->array);
      info.rank = ann_array_get_rank (self->array);
      info.shape = ann_array_get_shape (self->array);
    }

  _ann_element_set_info (ANN_ELEMENT (self), &info);
  _ann_element_take_error (ANN_ELEMENT (self), error);

  return ANN_ELEMENT (self);
}

AnnElement *
_ann_null_new (const AnnElementSource *source)
{
  AnnOpaque *self = g_object_new (ANN_TYPE_OPAQUE, NULL);

  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = source,
                                                 .kind = ANN_ELEMENT_NULL,
                                                 .dtype = ANN_DTYPE_OTHER,
                                             });

  return ANN_ELEMENT (self);
}
