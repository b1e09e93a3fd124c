/* ann-zarr-tree.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-tree.h"

#include "base/ann-error-private.h"
#include "format/zarr/ann-zarr-consolidated.h"
#include "format/zarr/ann-zarr-documents.h"

#include <string.h>

/* So deep a node is looked for below folders that have no document of their own. */
#define MAX_IMPLICIT_DEPTH 8

struct _AnnZarrTree {
  gatomicrefcount ref_count;
  AnnStore *store;
  char *prefix;
  guint version;
  AnnZarrDocuments *documents;
  AnnZarrConsolidated *consolidated; /* NULL for none */
  gboolean is_broken;                /* those that there should be */
};

/* What an annotated matrix has: tells one whose root has no document from any folder. */
static const char *const well_known[] = { "obs", "var", "X" };

AnnZarrTree *
_ann_zarr_tree_ref (AnnZarrTree *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
_ann_zarr_tree_unref (AnnZarrTree *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->documents, _ann_zarr_documents_free);
  g_clear_pointer (&self->consolidated, _ann_zarr_consolidated_free);
  g_free (self->prefix);
  g_object_unref (self->store);
  g_free (self);
}

guint
_ann_zarr_tree_get_version (AnnZarrTree *self)
{
  return self->version;
}

gboolean
_ann_zarr_tree_has_broken_consolidated (AnnZarrTree *self)
{
  return self->is_broken;
}

AnnStore *
_ann_zarr_tree_get_store (AnnZarrTree *self)
{
  return self->store;
}

char *
_ann_zarr_tree_get_key (AnnZarrTree *self, const char *path, const char *name)
{
  return _ann_zarr_join_key (self->prefix, path, name);
}

/* --- Opening --- */

static AnnZarrTree *
tree_new (AnnStore *store, const char *prefix, guint version)
{
  AnnZarrTree *self = g_new0 (AnnZarrTree, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->store = g_object_ref (store);
  self->prefix = g_strdup (prefix);
  self->version = version;
  self->documents = _ann_zarr_documents_new (store, prefix, version);

  return self;
}

/* Version 3 has one document, which may have those of all the others in it. */
static gboolean
open_root_v3 (AnnZarrTree *self, AnnZarrMetadata **root, GCancellable *cancellable, GError **error)
{
  g_autofree char *key = _ann_zarr_join_key (self->prefix, "", "zarr.json");
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (AnnJson) json = NULL;

  bytes = _ann_store_read_object (self->store, key, ANN_ZARR_MAX_METADATA, cancellable,
                                  &local_error);
  if (bytes != NULL)
    json = _ann_zarr_parse_document (bytes, "zarr.json", &local_error);
  if (json != NULL)
    {
      self->consolidated = _ann_zarr_consolidated_new (3, json, &self->is_broken);
      *root = _ann_zarr_metadata_new_v3 (json, _ann_json_get_root (json), &local_error);
    }
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/* Consolidated metadata that cannot be used are none: the documents of the nodes say the same. */
static void
take_consolidated (AnnZarrTree *self, GBytes *bytes)
{
  g_autoptr (AnnJson) json = _ann_json_parse (bytes, NULL);

  self->is_broken = TRUE;
  if (json != NULL)
    self->consolidated = _ann_zarr_consolidated_new (2, json, &self->is_broken);
}

/* Version 2 has a document for each thing: all that the root may have are asked for at once. */
static gboolean
open_root_v2 (AnnZarrTree *self, AnnZarrMetadata **root, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (!_ann_zarr_documents_load_root (self->documents, &bytes, cancellable, error))
    return FALSE;
  if (bytes != NULL)
    take_consolidated (self, bytes);

  if (self->consolidated != NULL && _ann_store_is_remote (self->store))
    *root = _ann_zarr_consolidated_get (self->consolidated, "", &local_error);
  else
    *root = _ann_zarr_documents_read (self->documents, "", cancellable, &local_error);
  if (*root == NULL && local_error == NULL && self->consolidated != NULL)
    *root = _ann_zarr_metadata_new_group (2);
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/* Whether the root has no document, but what lies in it is a matrix. */
static gboolean
has_implicit_root (AnnZarrTree *self, gboolean *is_there, GCancellable *cancellable, GError **error)
{
  *is_there = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (well_known) && !*is_there; i++)
    {
      if (!_ann_zarr_documents_find (self->documents, well_known[i], is_there, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

AnnZarrTree *
_ann_zarr_tree_open (AnnStore *store,
                     const char *prefix,
                     AnnZarrMetadata **root,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (AnnZarrTree) tree = NULL;

  *root = NULL;
  for (guint version = 3; version >= 2; version--)
    {
      g_clear_pointer (&tree, _ann_zarr_tree_unref);
      tree = tree_new (store, prefix, version);
      if (version == 3 ? !open_root_v3 (tree, root, cancellable, error)
                       : !open_root_v2 (tree, root, cancellable, error))
        return NULL;
      if (*root != NULL)
        return g_steal_pointer (&tree);
    }

  for (guint version = 3; version >= 2 && !_ann_store_is_remote (store); version--)
    {
      gboolean is_there;

      g_clear_pointer (&tree, _ann_zarr_tree_unref);
      tree = tree_new (store, prefix, version);
      if (!has_implicit_root (tree, &is_there, cancellable, error))
        return NULL;
      if (is_there)
        {
          *root = _ann_zarr_metadata_new_group (version);
          return g_steal_pointer (&tree);
        }
    }

  g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "There is no Zarr store");

  return NULL;
}

/* --- Nodes --- */

static gboolean
believes_consolidated (const AnnZarrTree *self)
{
  return self->consolidated != NULL && _ann_store_is_remote (self->store);
}

gboolean
_ann_zarr_tree_can_list (AnnZarrTree *self)
{
  return self->consolidated != NULL || _ann_store_can_list (self->store);
}

gboolean
_ann_zarr_tree_reads_documents (AnnZarrTree *self)
{
  return self->consolidated == NULL && _ann_store_is_remote (self->store);
}

/* A list of paths. */
static GPtrArray *
list_folders (AnnZarrTree *self, const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *key = _ann_zarr_tree_get_key (self, path, NULL);
  g_autoptr (GPtrArray) entries = _ann_store_list (self->store, key, cancellable, error);
  g_autoptr (GPtrArray) paths = NULL;

  if (entries == NULL)
    return NULL;

  paths = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < entries->len; i++)
    {
      const AnnStoreEntry *entry = g_ptr_array_index (entries, i);

      if (entry->is_prefix)
        g_ptr_array_add (paths, _ann_zarr_join_key ("", path, entry->name));
    }

  return g_steal_pointer (&paths);
}

/* Loads the documents at @paths; that some of them cannot be had is seen when they are asked for.
 */
static gboolean
load (AnnZarrTree *self, GPtrArray *paths, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (_ann_zarr_documents_load (self->documents, paths, cancellable, &local_error)
      || _ann_error_blames_store (local_error))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/* Whether a folder without a document has a node somewhere below: it is a group then, as it once
 * could be in Zarr v3.
 */
static gboolean
find_implicit (AnnZarrTree *self,
               const char *path,
               guint depth,
               gboolean *is_there,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (GPtrArray) paths = list_folders (self, path, cancellable, error);

  if (paths == NULL || !load (self, paths, cancellable, error))
    return FALSE;
  for (guint i = 0; i < paths->len && !*is_there; i++)
    {
      if (!_ann_zarr_documents_find (self->documents, g_ptr_array_index (paths, i), is_there,
                                     cancellable, error))
        return FALSE;
    }
  for (guint i = 0; depth > 1 && i < paths->len && !*is_there; i++)
    {
      if (!find_implicit (self, g_ptr_array_index (paths, i), depth - 1, is_there, cancellable,
                          error))
        return FALSE;
    }

  return TRUE;
}

/* As that, where it costs no requests. */
static gboolean
is_implicit_group (AnnZarrTree *self,
                   const char *path,
                   gboolean *is_there,
                   GCancellable *cancellable,
                   GError **error)
{
  *is_there = FALSE;

  return self->version != 3 || _ann_store_is_remote (self->store)
         || !_ann_store_can_list (self->store)
         || find_implicit (self, path, MAX_IMPLICIT_DEPTH, is_there, cancellable, error);
}

/* Whether the documents of a node, and what the consolidated ones say of it, agree about its shape.
 */
static gboolean
has_shape_of (const AnnZarrMetadata *own, const AnnZarrMetadata *other)
{
  if (own->kind != other->kind || own->rank != other->rank)
    return FALSE;

  for (guint i = 0; i < own->rank; i++)
    {
      if (own->shape[i] != other->shape[i])
        return FALSE;
    }

  return TRUE;
}

/* An array of which two documents of the store tell different things: who knows which is right? */
static void
compare_with_consolidated (AnnZarrTree *self, const char *path, AnnZarrMetadata *metadata)
{
  g_autoptr (AnnZarrMetadata) other = NULL;

  if (self->consolidated != NULL)
    other = _ann_zarr_consolidated_get (self->consolidated, path, NULL);
  if (other != NULL && other->problem == NULL && !has_shape_of (metadata, other))
    g_set_error (
        &metadata->problem, ANN_ERROR, ANN_ERROR_FORMAT,
        "the consolidated metadata of the store tell of another shape than its own: one of "
        "them is out of date");
}

/* Looks for nodes below an array, which none may have, where its chunks lie in a folder of their
 * own and do not stand in the way.
 */
static void
look_below_array (AnnZarrTree *self,
                  const char *path,
                  AnnZarrMetadata *metadata,
                  GCancellable *cancellable)
{
  g_autoptr (GPtrArray) paths = NULL;

  if (!metadata->keys_begin_with_c || metadata->separator != '/'
      || !_ann_store_can_list (self->store))
    return;

  paths = list_folders (self, path, cancellable, NULL);
  for (guint i = 0; paths != NULL && i < paths->len; i++)
    {
      const char *below = g_ptr_array_index (paths, i);
      gboolean is_there = FALSE;

      if (!g_str_has_suffix (below, "/c") && metadata->problem == NULL
          && _ann_zarr_documents_find (self->documents, below, &is_there, cancellable, NULL)
          && is_there)
        g_set_error (&metadata->problem, ANN_ERROR, ANN_ERROR_FORMAT,
                     "it is an array, and “%s” lies in it as if it were a group", below);
    }
}

/* On disk, where it costs little. */
static void
look_at_array (AnnZarrTree *self,
               const char *path,
               AnnZarrMetadata *metadata,
               GCancellable *cancellable)
{
  if (metadata->kind != ANN_NODE_ARRAY || metadata->problem != NULL
      || _ann_store_is_remote (self->store))
    return;

  compare_with_consolidated (self, path, metadata);
  if (metadata->problem == NULL)
    look_below_array (self, path, metadata, cancellable);
}

AnnZarrMetadata *
_ann_zarr_tree_find (AnnZarrTree *self, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  AnnZarrMetadata *metadata = NULL;
  gboolean is_there;

  if (believes_consolidated (self))
    metadata = _ann_zarr_consolidated_get (self->consolidated, path, &local_error);
  if (metadata == NULL && local_error == NULL)
    metadata = _ann_zarr_documents_read (self->documents, path, cancellable, &local_error);
  if (metadata != NULL)
    look_at_array (self, path, metadata, cancellable);
  if (metadata == NULL && local_error == NULL && self->consolidated != NULL)
    metadata = _ann_zarr_consolidated_get (self->consolidated, path, &local_error);
  if (metadata == NULL && local_error == NULL
      && is_implicit_group (self, path, &is_there, cancellable, &local_error) && is_there)
    metadata = _ann_zarr_metadata_new_group (self->version);
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return metadata;
}

gboolean
_ann_zarr_tree_has (AnnZarrTree *self,
                    const char *path,
                    gboolean *is_there,
                    GCancellable *cancellable,
                    GError **error)
{
  *is_there = self->consolidated != NULL && _ann_zarr_consolidated_has (self->consolidated, path);
  if (*is_there || believes_consolidated (self))
    return TRUE;

  return _ann_zarr_documents_find (self->documents, path, is_there, cancellable, error)
         && (*is_there || is_implicit_group (self, path, is_there, cancellable, error));
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
sort_names (GPtrArray *names)
{
  guint n = 0;

  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      if (n > 0 && g_str_equal (names->pdata[n - 1], names->pdata[i]))
        g_free (names->pdata[i]);
      else
        names->pdata[n++] = names->pdata[i];
    }
  names->len = n;
}

/* Adds the names of those of @paths that are nodes. What cannot be read is there: opening it says
 * what is wrong.
 */
static gboolean
add_nodes (AnnZarrTree *self,
           GPtrArray *paths,
           GPtrArray *names,
           GCancellable *cancellable,
           GError **error)
{
  for (guint i = 0; i < paths->len; i++)
    {
      const char *path = g_ptr_array_index (paths, i);
      const char *slash = strrchr (path, '/');
      g_autoptr (GError) local_error = NULL;
      gboolean is_there = FALSE;

      if (!_ann_zarr_documents_find (self->documents, path, &is_there, cancellable, &local_error)
          || (!is_there && !is_implicit_group (self, path, &is_there, cancellable, &local_error)))
        {
          if (!_ann_error_blames_store (local_error))
            {
              g_propagate_error (error, g_steal_pointer (&local_error));
              return FALSE;
            }
          is_there = TRUE;
        }
      if (is_there)
        g_ptr_array_add (names, g_strdup (slash != NULL ? slash + 1 : path));
    }

  return TRUE;
}

static GPtrArray *
get_guessed_paths (const char *path, const char *const *guesses)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; guesses != NULL && guesses[i] != NULL; i++)
    {
      if (*guesses[i] != '\0' && _ann_store_is_key (guesses[i]))
        g_ptr_array_add (paths, _ann_zarr_join_key ("", path, guesses[i]));
    }

  return paths;
}

GPtrArray *
_ann_zarr_tree_list (AnnZarrTree *self,
                     const char *path,
                     const char *const *guesses,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) paths = NULL;

  if (self->consolidated != NULL)
    _ann_zarr_consolidated_list (self->consolidated, path, names);
  if (!believes_consolidated (self))
    {
      paths = _ann_store_can_list (self->store) ? list_folders (self, path, cancellable, error)
                                                : get_guessed_paths (path, guesses);
      if (paths == NULL || !load (self, paths, cancellable, error)
          || !add_nodes (self, paths, names, cancellable, error))
        return NULL;
    }
  sort_names (names);

  return g_steal_pointer (&names);
}

gboolean
_ann_zarr_tree_check (AnnZarrTree *self,
                      const char *path,
                      GCancellable *cancellable,
                      GError **error)
{
  gboolean is_there;

  if (self->consolidated == NULL)
    return TRUE;
  if (!_ann_zarr_documents_find (self->documents, path, &is_there, cancellable, error))
    return FALSE;
  if (is_there)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
               "%s: is named by the consolidated metadata of the store, and is not there", path);

  return FALSE;
}
