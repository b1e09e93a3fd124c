/* ann-view.c: elements that are made of others
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "view/ann-view-private.h"

#include "array/ann-memory-array.h"
#include "base/ann-error.h"

/* Where a view is, and what it shows of the element that it is like. */
static AnnElementSource
get_source (AnnElement *like, const char *path)
{
  if (like == NULL)
    return (AnnElementSource){ .path = path, .encoding_type = "", .encoding_version = "" };

  return (AnnElementSource){
    .node = ann_element_get_node (like),
    .path = path,
    .encoding_type = ann_element_get_encoding_type (like),
    .encoding_version = ann_element_get_encoding_version (like),
  };
}

/* --- Named children --- */

#define ANN_TYPE_TREE_VIEW (ann_tree_view_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnTreeView, ann_tree_view, ANN, TREE_VIEW, AnnElement)

struct _AnnTreeView {
  AnnElement parent_instance;

  char **names;
  AnnChildFunc open_child;
  gpointer user_data;
  GDestroyNotify free_data;
};

typedef struct {
  AnnElementClass parent_class;
} AnnTreeViewClass;

G_DEFINE_FINAL_TYPE (AnnTreeView, ann_tree_view, ANN_TYPE_ELEMENT)

static char **
ann_tree_view_list_children (AnnElement *element,
                             G_GNUC_UNUSED GCancellable *cancellable,
                             G_GNUC_UNUSED GError **error)
{
  return g_strdupv (ANN_TREE_VIEW (element)->names);
}

static AnnElement *
ann_tree_view_open_child (AnnElement *element,
                          const char *name,
                          GCancellable *cancellable,
                          GError **error)
{
  AnnTreeView *self = ANN_TREE_VIEW (element);

  if (self->open_child == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s/%s: There is nothing of this name",
                   ann_element_get_path (element), name);
      return NULL;
    }

  return self->open_child (self->user_data, name, cancellable, error);
}

static void
ann_tree_view_finalize (GObject *object)
{
  AnnTreeView *self = ANN_TREE_VIEW (object);

  g_strfreev (self->names);
  if (self->free_data != NULL)
    self->free_data (self->user_data);

  G_OBJECT_CLASS (ann_tree_view_parent_class)->finalize (object);
}

static void
ann_tree_view_class_init (AnnTreeViewClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_tree_view_finalize;
  element_class->list_children = ann_tree_view_list_children;
  element_class->open_child = ann_tree_view_open_child;
}

static void
ann_tree_view_init (G_GNUC_UNUSED AnnTreeView *self)
{
}

AnnElement *
_ann_tree_view_new (AnnElement *like,
                    const char *path,
                    AnnElementKind kind,
                    const guint64 *shape,
                    const char *const *names,
                    AnnChildFunc open_child,
                    gpointer user_data,
                    GDestroyNotify free_data)
{
  AnnTreeView *self = g_object_new (ANN_TYPE_TREE_VIEW, NULL);
  const AnnElementSource source = get_source (like, path);

  self->names = g_strdupv ((char **) names);
  self->open_child = open_child;
  self->user_data = user_data;
  self->free_data = free_data;
  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = &source,
                                                 .kind = kind,
                                                 .dtype = ANN_DTYPE_OTHER,
                                                 .rank = shape != NULL ? 2 : 0,
                                                 .shape = shape,
                                             });

  return ANN_ELEMENT (self);
}

/* --- Tables and their columns --- */

AnnElement *
_ann_frame_view_new (AnnElement *like,
                     const char *path,
                     guint64 n_rows,
                     const char *index_name,
                     const char *const *columns,
                     AnnChildFunc open_child,
                     gpointer user_data,
                     GDestroyNotify free_data)
{
  const AnnElementSource source = get_source (like, path);

  return _ann_frame_new_opening (&source, n_rows, index_name, columns, open_child, user_data,
                                 free_data);
}

AnnElement *
_ann_categorical_view_new (AnnElement *like,
                           const char *path,
                           AnnElement *codes,
                           AnnElement *categories,
                           gboolean ordered,
                           GError **error)
{
  const AnnElementSource source = get_source (like, path);

  return _ann_categorical_new_of_elements (&source, codes, categories, ordered, error);
}

/* --- Values in memory --- */

/* Such an array has no codecs, and so nothing of it can be missing. */
AnnElement *
_ann_memory_element_new (const char *path, AnnBuffer *values)
{
  const AnnElementSource source = get_source (NULL, path);
  g_autoptr (AnnArray) array = ann_memory_array_new (values);

  return _ann_array_element_new (&source, array, NULL);
}

AnnElement *
_ann_memory_element_new_texts (const char *path, AnnStrings *texts, AnnBuffer *missing)
{
  const AnnElementSource source = get_source (NULL, path);
  g_autoptr (AnnArray) array = ann_memory_array_new_strings (texts);
  g_autoptr (AnnArray) mask = NULL;

  if (missing == NULL)
    return _ann_array_element_new (&source, array, NULL);

  mask = ann_memory_array_new (missing);

  return _ann_nullable_new_of_arrays (&source, array, mask, NULL);
}

AnnElement *
_ann_memory_element_new_scalar (const char *path, AnnStrings *text, AnnBuffer *number)
{
  const AnnElementSource source = get_source (NULL, path);
  g_autoptr (AnnArray) array = text != NULL ? ann_memory_array_new_strings (text)
                                            : ann_memory_array_new (number);

  return _ann_scalar_new (&source, array, NULL);
}
