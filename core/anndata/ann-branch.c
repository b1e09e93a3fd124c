/* ann-branch.c: children that are there already
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-branch-private.h"

#include "base/ann-error.h"
#include "view/ann-view-private.h"

#include <string.h>

struct _AnnBranch {
  char *path;
  GPtrArray *names;     /* of the children, in order */
  GHashTable *children; /* name, owned by names → AnnElement */
  AnnElement *index;    /* of a table, or NULL */
  const char *index_key;
};

AnnBranch *
_ann_branch_new (void)
{
  AnnBranch *self = g_new0 (AnnBranch, 1);

  self->names = g_ptr_array_new_with_free_func (g_free);
  self->children = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);

  return self;
}

void
_ann_branch_free (AnnBranch *self)
{
  g_free (self->path);
  g_hash_table_unref (self->children);
  g_ptr_array_unref (self->names);
  g_clear_object (&self->index);
  g_free (self);
}

void
_ann_branch_add (AnnBranch *self, const char *name, AnnElement *element)
{
  gpointer key;

  if (g_hash_table_lookup_extended (self->children, name, &key, NULL))
    {
      g_hash_table_insert (self->children, key, element);
      return;
    }

  key = g_strdup (name);
  g_ptr_array_add (self->names, key);
  g_hash_table_insert (self->children, key, element);
}

gboolean
_ann_branch_add_children (AnnBranch *self,
                          AnnElement *mapping,
                          GCancellable *cancellable,
                          GError **error)
{
  g_auto (GStrv) names = ann_element_list_children (mapping, cancellable, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++)
    {
      AnnElement *child;

      if (_ann_branch_get (self, names[i]) != NULL)
        continue;
      child = ann_element_open_child (mapping, names[i], cancellable, error);
      if (child == NULL)
        return FALSE;
      _ann_branch_add (self, names[i], child);
    }

  return TRUE;
}

AnnElement *
_ann_branch_get (const AnnBranch *self, const char *name)
{
  return g_hash_table_lookup (self->children, name);
}

static AnnElement *
open_child (gpointer user_data,
            const char *name,
            G_GNUC_UNUSED GCancellable *cancellable,
            GError **error)
{
  const AnnBranch *self = user_data;
  AnnElement *element = g_hash_table_lookup (self->children, name);

  if (element == NULL && self->index != NULL && strcmp (name, self->index_key) == 0)
    element = self->index;
  if (element == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s: has no “%s” in it", self->path,
                   name);
      return NULL;
    }

  return g_object_ref (element);
}

static void
free_branch (gpointer data)
{
  _ann_branch_free (data);
}

/* A list of names for who copies it. */
static const char **
list_names (const AnnBranch *self)
{
  const char **names = g_new0 (const char *, self->names->len + 1);

  for (guint i = 0; i < self->names->len; i++)
    names[i] = g_ptr_array_index (self->names, i);

  return names;
}

char **
_ann_branch_list (const AnnBranch *self)
{
  g_autofree const char **names = list_names (self);

  return g_strdupv ((char **) names);
}

AnnElement *
_ann_branch_to_tree (AnnBranch *self, const char *path, AnnElementKind kind, const guint64 *shape)
{
  g_autofree const char **names = list_names (self);

  self->path = g_strdup (path);

  return _ann_tree_view_new (NULL, path, kind, shape, names, open_child, self, free_branch);
}

AnnElement *
_ann_branch_to_frame (AnnBranch *self, const char *path, AnnElement *index, const char *index_name)
{
  g_autofree const char **names = list_names (self);
  const gboolean is_taken = index_name == NULL || _ann_branch_get (self, index_name) != NULL;
  g_autofree char *key = g_strdup (is_taken ? "_index" : index_name);

  self->path = g_strdup (path);
  self->index = index;
  self->index_key = g_intern_string (key);

  return _ann_frame_view_new (NULL, path, ann_element_get_n_rows (index), key, names, open_child,
                              self, free_branch);
}
