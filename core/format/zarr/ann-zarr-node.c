/* ann-zarr-node.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-node.h"

#include "array/ann-node-private.h"
#include "base/ann-error.h"
#include "format/zarr/ann-zarr-array.h"
#include "format/zarr/ann-zarr-guesses.h"
#include "format/zarr/ann-zarr-tree.h"

#include <stdatomic.h>
#include <string.h>

#define ANN_TYPE_ZARR_NODE (_ann_zarr_node_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnZarrNode, _ann_zarr_node, ANN, ZARR_NODE, AnnNode)

/* A group or an array, with its metadata. Immutable once made, but for what it has looked up. */
struct _AnnZarrNode {
  AnnNode parent_instance;

  AnnZarrTree *tree;
  char *place; /* its path in the tree */
  AnnZarrMetadata *metadata;
  atomic_bool was_listed; /* what lies in it is known, or need not be */
};

typedef struct {
  AnnNodeClass parent_class;
} AnnZarrNodeClass;

G_DEFINE_FINAL_TYPE (AnnZarrNode, _ann_zarr_node, ANN_TYPE_NODE)

/* Takes @metadata. @place: where in the tree it is, if that is not @path */
static AnnNode *
node_new (AnnZarrTree *tree, const char *path, const char *place, AnnZarrMetadata *metadata)
{
  AnnZarrNode *self = g_object_new (ANN_TYPE_ZARR_NODE, NULL);

  self->tree = _ann_zarr_tree_ref (tree);
  self->place = g_strdup (place);
  self->metadata = metadata;
  _ann_node_set_info (ANN_NODE (self), metadata->kind, path, NULL);

  return ANN_NODE (self);
}

static char *
get_child_path (AnnNode *node, const char *name)
{
  const char *path = ANN_ZARR_NODE (node)->place;

  return *path == '\0' ? g_strdup (name) : g_strconcat (path, "/", name, NULL);
}

static AnnAttributes *
ann_zarr_node_read_attributes (AnnNode *node,
                               G_GNUC_UNUSED GCancellable *cancellable,
                               GError **error)
{
  AnnZarrMetadata *metadata = ANN_ZARR_NODE (node)->metadata;

  if (metadata->attributes_problem == NULL)
    return _ann_zarr_metadata_read_attributes (metadata);
  g_propagate_error (error, g_error_copy (metadata->attributes_problem));

  return NULL;
}

/* What lies below, from a list or, where there is none to be had, by guessing. */
static GPtrArray *
look_below (AnnZarrNode *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnAttributes) attributes = NULL;
  g_auto (GStrv) guesses = NULL;
  gboolean is_complete;

  if (!_ann_zarr_tree_can_list (self->tree))
    {
      attributes = _ann_zarr_metadata_read_attributes (self->metadata);
      guesses = _ann_zarr_guess_children (attributes, &is_complete);
    }

  return _ann_zarr_tree_list (self->tree, self->place, (const char *const *) guesses, cancellable,
                              error);
}

static GPtrArray *
list_names (AnnZarrNode *self, GCancellable *cancellable, GError **error)
{
  gboolean could_list = _ann_zarr_tree_can_list (self->tree);
  GError *local_error = NULL;
  GPtrArray *names = look_below (self, cancellable, &local_error);

  /* A bucket may be readable, and say only when it is asked that it does not list. */
  if (names == NULL && could_list && !_ann_zarr_tree_can_list (self->tree))
    {
      g_clear_error (&local_error);
      names = look_below (self, cancellable, &local_error);
    }
  if (names == NULL)
    g_propagate_error (error, local_error);
  else
    atomic_store (&self->was_listed, TRUE);

  return names;
}

static char **
ann_zarr_node_list_children (AnnNode *node, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) names = list_names (ANN_ZARR_NODE (node), cancellable, error);

  if (names == NULL)
    return NULL;
  g_ptr_array_add (names, NULL);

  return (char **) g_ptr_array_steal (names, NULL);
}

/* Over a network the documents of all children come in one call: one after the other would take as
 * many times as long. If that fails, each says why.
 */
static gboolean
prepare (AnnZarrNode *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) names = NULL;

  if (atomic_load (&self->was_listed) || !_ann_zarr_tree_reads_documents (self->tree))
    return TRUE;

  names = list_names (self, cancellable, NULL);
  atomic_store (&self->was_listed, TRUE);

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* Python's zarr takes a backslash for a slash, so that a child whose name has one lies deeper.
 * (transfer full) (nullable): %NULL if there is none in the name
 */
static char *
get_deeper_path (AnnNode *node, const char *name)
{
  g_autofree char *path = NULL;

  if (strchr (name, '\\') == NULL)
    return NULL;

  path = g_strdelimit (g_strdup (name), "\\", '/');

  return get_child_path (node, path);
}

static AnnNode *
ann_zarr_node_open_child (AnnNode *node,
                          const char *name,
                          GCancellable *cancellable,
                          GError **error)
{
  AnnZarrNode *self = ANN_ZARR_NODE (node);
  g_autofree char *path = get_child_path (node, name);
  g_autofree char *deeper = get_deeper_path (node, name);
  g_autoptr (GError) local_error = NULL;
  AnnZarrMetadata *metadata;

  if (!prepare (self, cancellable, error))
    return NULL;

  metadata = _ann_zarr_tree_find (self->tree, path, cancellable, &local_error);
  if (metadata != NULL)
    return node_new (self->tree, path, path, metadata);
  if (deeper != NULL && local_error == NULL)
    metadata = _ann_zarr_tree_find (self->tree, deeper, cancellable, &local_error);
  if (metadata != NULL)
    return node_new (self->tree, path, deeper, metadata);

  if (local_error == NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s: There is nothing of this name", path);
  else
    g_propagate_error (error, g_steal_pointer (&local_error));

  return NULL;
}

static gboolean
ann_zarr_node_find_child (AnnNode *node,
                          const char *name,
                          gboolean *is_there,
                          GCancellable *cancellable,
                          GError **error)
{
  AnnZarrNode *self = ANN_ZARR_NODE (node);
  g_autofree char *path = get_child_path (node, name);
  g_autofree char *deeper = get_deeper_path (node, name);

  return prepare (self, cancellable, error)
         && _ann_zarr_tree_has (self->tree, path, is_there, cancellable, error)
         && (*is_there || deeper == NULL
             || _ann_zarr_tree_has (self->tree, deeper, is_there, cancellable, error));
}

/* The parts of an encoding that has no others need no list. */
static gboolean
ann_zarr_node_is_listed (AnnNode *node)
{
  AnnZarrNode *self = ANN_ZARR_NODE (node);
  g_autoptr (AnnAttributes) attributes = NULL;
  g_auto (GStrv) guesses = NULL;
  gboolean is_complete;

  if (_ann_zarr_tree_can_list (self->tree))
    return TRUE;

  attributes = _ann_zarr_metadata_read_attributes (self->metadata);
  guesses = _ann_zarr_guess_children (attributes, &is_complete);

  return is_complete;
}

static AnnArray *
ann_zarr_node_open_array (AnnNode *node, G_GNUC_UNUSED GCancellable *cancellable, GError **error)
{
  AnnZarrNode *self = ANN_ZARR_NODE (node);

  return _ann_zarr_array_new (self->tree, self->place, self->metadata, error);
}

static void
ann_zarr_node_finalize (GObject *object)
{
  AnnZarrNode *self = ANN_ZARR_NODE (object);

  g_free (self->place);
  g_clear_pointer (&self->metadata, _ann_zarr_metadata_unref);
  g_clear_pointer (&self->tree, _ann_zarr_tree_unref);

  G_OBJECT_CLASS (_ann_zarr_node_parent_class)->finalize (object);
}

static void
_ann_zarr_node_class_init (AnnZarrNodeClass *klass)
{
  AnnNodeClass *node_class = ANN_NODE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_zarr_node_finalize;
  node_class->read_attributes = ann_zarr_node_read_attributes;
  node_class->list_children = ann_zarr_node_list_children;
  node_class->open_child = ann_zarr_node_open_child;
  node_class->find_child = ann_zarr_node_find_child;
  node_class->is_listed = ann_zarr_node_is_listed;
  node_class->open_array = ann_zarr_node_open_array;
}

static void
_ann_zarr_node_init (G_GNUC_UNUSED AnnZarrNode *self)
{
}

AnnNode *
_ann_zarr_open (AnnStore *store,
                const char *prefix,
                guint *version,
                GCancellable *cancellable,
                GError **error)
{
  AnnZarrMetadata *root = NULL;
  g_autoptr (AnnZarrTree) tree = NULL;

  g_return_val_if_fail (ANN_IS_STORE (store), NULL);

  tree = _ann_zarr_tree_open (store, prefix != NULL ? prefix : "", &root, cancellable, error);
  if (tree == NULL)
    return NULL;
  *version = _ann_zarr_tree_get_version (tree);

  return node_new (tree, "", "", root);
}

const char *
_ann_zarr_get_warning (AnnNode *root)
{
  AnnZarrTree *tree = ANN_ZARR_NODE (root)->tree;

  if (!_ann_zarr_tree_has_broken_consolidated (tree))
    return NULL;

  return _ann_zarr_tree_get_version (tree) == 3
             ? "zarr.json: the consolidated metadata in it cannot be used, and were passed over"
             : ".zmetadata: the consolidated metadata in it cannot be used, and were passed over";
}
