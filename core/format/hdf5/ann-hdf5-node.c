/* ann-hdf5-node.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-node.h"

#include "array/ann-node-private.h"
#include "base/ann-error-private.h"
#include "format/hdf5/ann-hdf5-array.h"
#include "format/hdf5/ann-hdf5-attributes.h"
#include "format/hdf5/ann-hdf5-dataset.h"
#include "format/hdf5/ann-hdf5-group.h"

#include <string.h>

/* So many children are opened before all of them are listed. */
#define MANY_CHILDREN 64

/* A group, a dataset or a named type, with its header. Immutable once made, but for what a listing
 * has found, which never changes then.
 */
struct _AnnHdf5Node {
  AnnNode parent_instance;

  AnnHdf5File *file;
  guint64 address;
  AnnHdf5Header *header;
  GHashTable *objects; /* atomically; (nullable): name → address, of the hard links of a group */
  int n_opened;        /* atomically: children, while there is no such table */
};

typedef struct {
  AnnNodeClass parent_class;
} AnnHdf5NodeClass;

G_DEFINE_FINAL_TYPE (AnnHdf5Node, _ann_hdf5_node, ANN_TYPE_NODE)

static char *
get_child_path (AnnHdf5Node *self, const char *name)
{
  const char *path = ann_node_get_path (ANN_NODE (self));

  return path[0] == '\0' ? g_strdup (name) : g_strconcat (path, "/", name, NULL);
}

static AnnAttributes *
ann_hdf5_node_read_attributes (AnnNode *node, GCancellable *cancellable, GError **error)
{
  AnnHdf5Node *self = ANN_HDF5_NODE (node);

  return _ann_hdf5_read_attributes (self->file, self->header, ann_node_get_path (node), cancellable,
                                    error);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The names of all links, in whatever order. What they lead to is kept: to find each child in the
 * index of a large group takes its heap and its tree anew.
 */
static GPtrArray *
list_links (AnnHdf5Node *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GHashTable) objects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  if (!_ann_hdf5_group_list (self->file, self->header, names, objects, cancellable,
                             ann_node_get_path (ANN_NODE (self)), error))
    return NULL;
  if (g_hash_table_size (objects) > 0
      && g_atomic_pointer_compare_and_exchange (&self->objects, NULL, objects))
    g_hash_table_ref (objects);

  return g_steal_pointer (&names);
}

static char **
ann_hdf5_node_list_children (AnnNode *node, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) names = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  names = ann_node_get_kind (node) == ANN_NODE_GROUP
              ? list_links (ANN_HDF5_NODE (node), cancellable, error)
              : g_ptr_array_new ();
  if (names == NULL)
    return NULL;

  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);

  return (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

/* Who opens many children is spared the index from then on. %NULL where it has to be looked up in
 * it: it says, too, what is wrong.
 */
static const guint64 *
find_object (AnnHdf5Node *self, const char *name, GCancellable *cancellable)
{
  GHashTable *objects = g_atomic_pointer_get (&self->objects);

  if (objects == NULL && _ann_hdf5_header_find (self->header, ANN_HDF5_MESSAGE_LINK_INFO) != NULL
      && g_atomic_int_add (&self->n_opened, 1) == MANY_CHILDREN)
    {
      g_autoptr (GPtrArray) names G_GNUC_UNUSED = list_links (self, cancellable, NULL);

      objects = g_atomic_pointer_get (&self->objects);
    }

  return objects != NULL ? g_hash_table_lookup (objects, name) : NULL;
}

static AnnNode *
ann_hdf5_node_open_child (AnnNode *node,
                          const char *name,
                          GCancellable *cancellable,
                          GError **error)
{
  AnnHdf5Node *self = ANN_HDF5_NODE (node);
  g_autofree char *path = get_child_path (self, name);
  g_auto (AnnHdf5Target) target = { .file = NULL };
  const guint64 *address;
  gboolean is_open;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  address = find_object (self, name, cancellable);
  is_open = address != NULL
                ? _ann_hdf5_open_address (self->file, *address, path, &target, cancellable, error)
                : _ann_hdf5_open_link (self->file, self->address, self->header, name, path, &target,
                                       cancellable, error);
  if (!is_open)
    return NULL;

  return _ann_hdf5_node_new (&target, path, cancellable, error);
}

static gboolean
ann_hdf5_node_find_child (AnnNode *node,
                          const char *name,
                          gboolean *is_there,
                          GCancellable *cancellable,
                          GError **error)
{
  AnnHdf5Node *self = ANN_HDF5_NODE (node);
  g_auto (AnnHdf5Link) link = { .value = NULL };

  return _ann_hdf5_group_find (self->file, self->header, name, is_there, &link,
                               ann_node_get_path (node), cancellable, error);
}

static AnnArray *
ann_hdf5_node_open_array (AnnNode *node, GCancellable *cancellable, GError **error)
{
  AnnHdf5Node *self = ANN_HDF5_NODE (node);

  return _ann_hdf5_array_new (self->file, self->header, ann_node_get_path (node), cancellable,
                              error);
}

/* The object that an attribute refers to; where it lies is not told by a reference. */
static AnnNode *
ann_hdf5_node_open_reference (AnnNode *node,
                              const char *attribute,
                              GCancellable *cancellable,
                              GError **error)
{
  AnnHdf5Node *self = ANN_HDF5_NODE (node);
  const char *own_path = ann_node_get_path (node);
  g_autofree char *path = g_strdup_printf ("%s → %s", own_path, attribute);
  g_auto (AnnHdf5Target) target = { .file = NULL };
  g_autoptr (GError) read_error = NULL;
  guint64 address;

  if (!_ann_hdf5_read_reference (self->file, self->header, attribute, &address, own_path,
                                 cancellable, &read_error))
    {
      if (read_error != NULL)
        g_propagate_error (error, g_steal_pointer (&read_error));
      else
        g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s: its attribute “%s” is no reference",
                     own_path, attribute);
      return NULL;
    }

  if (!_ann_hdf5_open_address (self->file, address, path, &target, cancellable, &read_error)
      && !_ann_error_blames_store (read_error))
    {
      g_propagate_error (error, g_steal_pointer (&read_error));
      return NULL;
    }
  if (read_error != NULL || _ann_hdf5_header_is_deleted (target.header))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND,
                   "%s: its attribute “%s” refers to something that is not there", own_path,
                   attribute);
      return NULL;
    }
  g_free (target.description);
  target.description = g_strdup ("reference");

  return _ann_hdf5_node_new (&target, path, cancellable, error);
}

static void
ann_hdf5_node_finalize (GObject *object)
{
  AnnHdf5Node *self = ANN_HDF5_NODE (object);

  g_clear_pointer (&self->objects, g_hash_table_unref);
  g_clear_pointer (&self->header, _ann_hdf5_header_free);
  g_clear_pointer (&self->file, _ann_hdf5_file_unref);

  G_OBJECT_CLASS (_ann_hdf5_node_parent_class)->finalize (object);
}

static void
_ann_hdf5_node_class_init (AnnHdf5NodeClass *klass)
{
  AnnNodeClass *node_class = ANN_NODE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_hdf5_node_finalize;
  node_class->read_attributes = ann_hdf5_node_read_attributes;
  node_class->list_children = ann_hdf5_node_list_children;
  node_class->open_child = ann_hdf5_node_open_child;
  node_class->find_child = ann_hdf5_node_find_child;
  node_class->open_array = ann_hdf5_node_open_array;
  node_class->open_reference = ann_hdf5_node_open_reference;
}

static void
_ann_hdf5_node_init (G_GNUC_UNUSED AnnHdf5Node *self)
{
}

static gboolean
get_kind (AnnHdf5Node *self,
          const char *path,
          AnnNodeKind *kind,
          GCancellable *cancellable,
          GError **error)
{
  g_auto (AnnHdf5Body) body = { .owned = NULL };
  AnnHdf5Dataspace space;

  if (!_ann_hdf5_header_is_dataset (self->header))
    {
      *kind = _ann_hdf5_header_is_group (self->header) ? ANN_NODE_GROUP : ANN_NODE_OTHER;
      return TRUE;
    }

  if (!_ann_hdf5_header_open (self->header, ANN_HDF5_MESSAGE_DATASPACE, &body, self->file, path,
                              cancellable, error)
      || !_ann_hdf5_dataspace_init (&space, &body.cursor, path, error))
    return FALSE;
  *kind = space.is_null ? ANN_NODE_NULL : ANN_NODE_ARRAY;

  return TRUE;
}

AnnNode *
_ann_hdf5_node_new (AnnHdf5Target *target,
                    const char *path,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (AnnHdf5Node) self = g_object_new (ANN_TYPE_HDF5_NODE, NULL);
  AnnNodeKind kind;

  self->file = g_steal_pointer (&target->file);
  self->address = target->address;
  self->header = g_steal_pointer (&target->header);
  if (!get_kind (self, path, &kind, cancellable, error))
    return NULL;

  _ann_node_set_info (ANN_NODE (self), kind, path, target->description);
  if (kind == ANN_NODE_GROUP)
    _ann_node_set_identity (ANN_NODE (self), _ann_hdf5_file_get_number (self->file), self->address);

  return ANN_NODE (g_steal_pointer (&self));
}
