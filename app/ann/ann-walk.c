/* ann-walk.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-walk.h"

#include <string.h>

/* @parents: those that the next element may lie in, the outermost first, without the root
 * @paths: theirs, as listed
 */
struct _AnnWalk {
  AnnData *data;
  GPtrArray *parents;
  GPtrArray *paths;
};

AnnWalk *
ann_walk_new (AnnData *data)
{
  AnnWalk *self = g_new0 (AnnWalk, 1);

  self->data = g_object_ref (data);
  self->parents = g_ptr_array_new_with_free_func (g_object_unref);
  self->paths = g_ptr_array_new_with_free_func (g_free);

  return self;
}

void
ann_walk_free (AnnWalk *self)
{
  g_ptr_array_unref (self->paths);
  g_ptr_array_unref (self->parents);
  g_object_unref (self->data);
  g_free (self);
}

/* Closes the parents that @path does not lie in.
 *
 * Returns: the name of the element in the innermost that is left
 */
static const char *
leave_others (AnnWalk *self, const char *path)
{
  while (self->paths->len > 0)
    {
      const char *parent = g_ptr_array_index (self->paths, self->paths->len - 1);
      gsize length = strlen (parent);

      if (strncmp (path, parent, length) == 0 && path[length] == '/')
        return path + length + 1;
      g_ptr_array_set_size (self->paths, (gint) self->paths->len - 1);
      g_ptr_array_set_size (self->parents, (gint) self->parents->len - 1);
    }

  return path;
}

/* A table's column is no parent: "a/b" may be the name of another column, beside "a". */
static gboolean
is_parent (AnnElement *element, AnnElement *parent)
{
  switch ((int) ann_element_get_kind (element))
    {
    case ANN_ELEMENT_ANNDATA:
    case ANN_ELEMENT_RAW:
    case ANN_ELEMENT_MAPPING:
    case ANN_ELEMENT_FRAME:
      return !ANN_IS_FRAME (parent);
    default:
      return FALSE;
    }
}

/* @path: of the list, after all that come before it there; "" for the root
 *
 * Returns: (transfer full): the element as [method@Ann.Data.open_element] opens it, or %NULL with
 *   @error set
 */
AnnElement *
ann_walk_open (AnnWalk *self, const char *path, GError **error)
{
  const char *name = leave_others (self, path);
  AnnElement *parent = ann_data_get_root (self->data);
  AnnElement *element;

  if (*path == '\0')
    return g_object_ref (parent);

  if (self->parents->len > 0)
    parent = g_ptr_array_index (self->parents, self->parents->len - 1);
  element = ann_element_open_child (parent, name, NULL, error);
  if (element != NULL && is_parent (element, parent))
    {
      g_ptr_array_add (self->parents, g_object_ref (element));
      g_ptr_array_add (self->paths, g_strdup (path));
    }

  return element;
}
