/* ann-data-elements.c: the elements of a store, by their paths
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-data.h"

#include "anndata/ann-data-private.h"
#include "base/ann-error.h"
#include "element/ann-element-private.h"

#include <string.h>

/* Links that lead back can make a small store look endless. */
#define MAX_LISTED 1000000

/* How much of @path the name of the child of @parent that it leads through takes. That is up to
 * the next slash, but for a table, whose columns may have slashes in their names: the longest one.
 */
static gsize
get_name_length (AnnElement *parent, const char *path)
{
  AnnFrame *frame;
  gsize length;

  if (!ANN_IS_FRAME (parent))
    return strcspn (path, "/");

  frame = ANN_FRAME (parent);
  for (length = strlen (path); length > 0; length--)
    {
      g_autofree char *name = NULL;

      if (path[length] != '\0' && path[length] != '/')
        continue;
      name = g_strndup (path, length);
      if (ann_frame_find_column (frame, name, NULL))
        return length;
    }

  return strcspn (path, "/");
}

/**
 * ann_data_open_element:
 * @self: a store
 * @path: where the element lies, such as `obs/cell_type`; "" or `/` for the root
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Opens an element by its path, through its parents: it gets the state that it has in its place.
 *
 * Returns: (transfer full): the element, or %NULL with @error set: `ANN_ERROR_NOT_FOUND` if
 *   there is none, or cancelled
 */
AnnElement *
ann_data_open_element (AnnData *self, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnElement) element = NULL;

  g_return_val_if_fail (ANN_IS_DATA (self), NULL);
  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  element = g_object_ref (ann_data_get_root (self));
  if (*path == '/')
    path++;
  while (*path != '\0')
    {
      gsize length = get_name_length (element, path);
      g_autofree char *name = g_strndup (path, length);
      g_autoptr (AnnElement) child = NULL;

      child = ann_element_open_child (element, name, cancellable, error);
      if (child == NULL)
        return NULL;
      g_set_object (&element, child);
      path += length;
      if (*path == '/')
        path++;
    }

  return g_steal_pointer (&element);
}

static gboolean
is_listed_through (AnnElement *element)
{
  switch ((int) ann_element_get_kind (element))
    {
    case ANN_ELEMENT_ANNDATA:
    case ANN_ELEMENT_RAW:
    case ANN_ELEMENT_MAPPING:
    case ANN_ELEMENT_FRAME:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean list_below (AnnData *self,
                            AnnElement *element,
                            const char *path,
                            GPtrArray *paths,
                            GCancellable *cancellable,
                            GError **error);

/* What cannot be listed is there itself, and the store warns of it; the rest goes on. */
static gboolean
list_child (AnnData *self,
            AnnElement *element,
            const char *name,
            const char *path,
            GPtrArray *paths,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (AnnElement) child = NULL;

  child = ann_element_open_child (element, name, cancellable, &local_error);
  if (child != NULL && _ann_data_is_disk_error (ann_element_get_error (child)))
    local_error = g_error_copy (ann_element_get_error (child));
  else if (child != NULL
           && (!is_listed_through (child)
               || list_below (self, child, path, paths, cancellable, &local_error)))
    return TRUE;
  if (!g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
      && !g_error_matches (local_error, ANN_ERROR, ANN_ERROR_TOO_LARGE))
    {
      _ann_element_add_warning (ann_data_get_root (self),
                                "%s: what lies in it could not be listed: %s", path,
                                local_error->message);
      return TRUE;
    }

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static gboolean
list_below (AnnData *self,
            AnnElement *element,
            const char *path,
            GPtrArray *paths,
            GCancellable *cancellable,
            GError **error)
{
  g_auto (GStrv) names = ann_element_list_children (element, cancellable, error);
  gboolean is_frame = ANN_IS_FRAME (element);

  if (names == NULL)
    return FALSE;

  for (guint i = 0; names[i] != NULL; i++)
    {
      char *child_path = _ann_path_join (path, names[i]);

      g_ptr_array_add (paths, child_path);
      if (paths->len > MAX_LISTED)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                       "The store has more than %d elements; a link in it may lead back",
                       MAX_LISTED);
          return FALSE;
        }
      if (!is_frame /* columns are leaves: no need to open them */
          && !list_child (self, element, names[i], child_path, paths, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * ann_data_list_elements:
 * @self: a store
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Lists every element of the store: entries of mappings, tables, and their columns, but not what
 * an element is made of, such as the categories of a categorical or the fields of records. Each
 * comes before what lies in it. Where a part cannot be listed, that is a warning of the store.
 * [method@Ann.Data.open_element] opens them.
 *
 * Returns: (transfer full) (array zero-terminated=1): paths, the root not among them, or %NULL
 *   with @error set
 */
char **
ann_data_list_elements (AnnData *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  g_return_val_if_fail (ANN_IS_DATA (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (is_listed_through (ann_data_get_root (self))
      && !list_below (self, ann_data_get_root (self), "", paths, cancellable, error))
    return NULL;

  g_ptr_array_add (paths, NULL);

  return (char **) g_ptr_array_steal (paths, NULL);
}
