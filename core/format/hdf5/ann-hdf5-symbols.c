/* ann-hdf5-symbols.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-symbols.h"

#include "format/hdf5/ann-hdf5-structure.h"
#include "format/hdf5/ann-hdf5-wanted.h"

#include <string.h>

/* A name or a path of 64 KiB is none. */
#define MAX_TEXT_SIZE ((gsize) 64 << 10)

/* Neither a node nor a leaf is larger, unless its writer was told otherwise. */
#define USUAL_SIZE 1024

/* Of names, so many bytes are brought at once. */
#define MAX_BROUGHT_NAMES ((guint64) 256 << 10)

/* Nodes have 32 children by default, so that this is more than anybody has. */
#define MAX_LEVEL 16

static gboolean
set_damaged (AnnHdf5Symbols *self, const char *what, GError **error)
{
  return _ann_hdf5_set_damaged (error, self->path, "list of children", what);
}

gboolean
_ann_hdf5_symbols_init (AnnHdf5Symbols *self,
                        AnnHdf5File *file,
                        AnnHdf5Cursor message,
                        const char *path,
                        GCancellable *cancellable,
                        GError **error)
{
  const AnnHdf5Sizes *sizes = _ann_hdf5_file_get_sizes (file);
  gsize size = 8 + 2 * sizes->length + sizes->address;
  guint64 heap, unused;
  guint8 bytes[32];
  AnnHdf5Cursor cursor = _ann_hdf5_file_get_cursor (file, bytes, size);

  *self = (AnnHdf5Symbols){ .file = file, .path = path, .cancellable = cancellable };
  if (!_ann_hdf5_cursor_get_address (&message, &self->tree)
      || !_ann_hdf5_cursor_get_address (&message, &heap))
    return set_damaged (self, "it is not said where it is", error);
  if (!_ann_hdf5_file_read_metadata (file, heap, bytes, size, path, cancellable, error))
    return FALSE;
  if (!_ann_hdf5_cursor_expect (&cursor, "HEAP", 0) || !_ann_hdf5_cursor_skip (&cursor, 3)
      || !_ann_hdf5_cursor_get_length (&cursor, &self->heap_size)
      || !_ann_hdf5_cursor_get_length (&cursor, &unused)
      || !_ann_hdf5_cursor_get_address (&cursor, &self->heap)
      || !_ann_hdf5_file_has_range (file, self->heap, self->heap_size))
    return set_damaged (self, "no heap of names is where one should be", error);

  return TRUE;
}

/* Compares @name with the text at @offset of the heap, of which no more is read than @name has. */
static gboolean
compare (AnnHdf5Symbols *self, const char *name, guint64 offset, int *result, GError **error)
{
  gsize size = strlen (name) + 1;
  g_autofree char *long_text = NULL;
  char short_text[256];
  char *text = short_text;

  if (offset >= self->heap_size)
    return set_damaged (self, "a name lies beyond the heap of names", error);

  if (size > sizeof short_text)
    text = long_text = g_malloc (size); /* as long as what the caller asks for */
  memset (text, 0, size);
  if (!_ann_hdf5_file_read_metadata (self->file, self->heap + offset, text,
                                     MIN (size, self->heap_size - offset), self->path,
                                     self->cancellable, error))
    return FALSE;
  *result = strncmp (name, text, size);

  return TRUE;
}

/* A text of the heap, or %NULL. */
static char *
read_text (AnnHdf5Symbols *self, guint64 offset, GError **error)
{
  gsize room = 64;

  if (offset >= self->heap_size)
    {
      set_damaged (self, "a name lies beyond the heap of names", error);
      return NULL;
    }

  for (;; room *= 4)
    {
      gsize size = MIN (room, self->heap_size - offset);
      g_autofree char *text = g_malloc (size + 1);

      if (!_ann_hdf5_file_read_metadata (self->file, self->heap + offset, text, size, self->path,
                                         self->cancellable, error))
        return NULL;
      text[size] = '\0';
      if (strlen (text) < size)
        return g_steal_pointer (&text);
      if (size < room || room >= MAX_TEXT_SIZE)
        {
          set_damaged (self, "a name has no end", error);
          return NULL;
        }
    }
}

/* A node of the tree: keys and children in turn, a key more than children. */
typedef struct {
  guint8 *bytes;
  guint level;
  guint n_children;
  gsize key_size;
  gsize stride; /* from one key to the next */
  gsize first_key;
} Node;

static void
node_clear (Node *self)
{
  g_clear_pointer (&self->bytes, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Node, node_clear)

/* The smallest name below child @index is behind this one, that of the next key the largest. */
static guint64
node_get_key (const Node *self, guint index)
{
  return _ann_hdf5_get_number (self->bytes + self->first_key + index * self->stride,
                               (guint) self->key_size);
}

static guint64
node_get_child (const Node *self, guint index)
{
  return _ann_hdf5_get_number (self->bytes + self->first_key + index * self->stride
                                   + self->key_size,
                               (guint) (self->stride - self->key_size));
}

static gboolean
node_read (Node *self, AnnHdf5Symbols *symbols, guint64 address, GError **error)
{
  const AnnHdf5Sizes *sizes = _ann_hdf5_file_get_sizes (symbols->file);
  gsize head = 8 + 2 * sizes->address;
  guint8 start[8];
  guint64 size;

  *self = (Node){ .bytes = NULL };
  if (!_ann_hdf5_file_read_metadata (symbols->file, address, start, sizeof start, symbols->path,
                                     symbols->cancellable, error))
    return FALSE;
  if (memcmp (start, "TREE\000", 5) != 0 || start[5] > MAX_LEVEL)
    return set_damaged (symbols, "no node of the tree is where one should be", error);

  self->level = start[5];
  self->n_children = (guint) _ann_hdf5_get_number (start + 6, 2);
  self->key_size = sizes->length;
  self->stride = sizes->length + sizes->address;
  self->first_key = head;
  size = head + self->n_children * self->stride + self->key_size;
  self->bytes = _ann_hdf5_structure_read_plain (symbols->file, address, size, "list of children",
                                                symbols->path, symbols->cancellable, error);

  return self->bytes != NULL;
}

/* A leaf: symbols, sorted by name. */
typedef struct {
  guint8 *bytes;
  guint n;
  gsize stride;
  guint address_size;
} Leaf;

static void
leaf_clear (Leaf *self)
{
  g_clear_pointer (&self->bytes, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Leaf, leaf_clear)

static gboolean
leaf_read (Leaf *self, AnnHdf5Symbols *symbols, guint64 address, GError **error)
{
  const AnnHdf5Sizes *sizes = _ann_hdf5_file_get_sizes (symbols->file);
  guint8 start[8];

  *self = (Leaf){ .bytes = NULL };
  if (!_ann_hdf5_file_read_metadata (symbols->file, address, start, sizeof start, symbols->path,
                                     symbols->cancellable, error))
    return FALSE;
  if (memcmp (start, "SNOD\001", 5) != 0)
    return set_damaged (symbols, "no node of names is where one should be", error);

  self->n = (guint) _ann_hdf5_get_number (start + 6, 2);
  self->address_size = sizes->address;
  self->stride = 2 * sizes->address + 24;
  self->bytes = _ann_hdf5_structure_read_plain (symbols->file, address + sizeof start,
                                                self->n * self->stride, "list of children",
                                                symbols->path, symbols->cancellable, error);

  return self->bytes != NULL;
}

static guint64
leaf_get_name (const Leaf *self, guint index)
{
  return _ann_hdf5_get_number (self->bytes + index * self->stride, self->address_size);
}

/* The symbol: where its name is, where the object is, what is known of the object. */
static guint64
leaf_get_object (const Leaf *self, guint index, gboolean *is_soft)
{
  const guint8 *symbol = self->bytes + index * self->stride;

  *is_soft = _ann_hdf5_get_number (symbol + 2 * self->address_size, 4) == 2;

  return _ann_hdf5_get_number (symbol + self->address_size, self->address_size);
}

static gboolean
leaf_get_link (const Leaf *self,
               guint index,
               AnnHdf5Symbols *symbols,
               AnnHdf5Link *link,
               GError **error)
{
  const guint8 *known = self->bytes + index * self->stride + 2 * self->address_size;
  gboolean is_soft;

  *link = (AnnHdf5Link){ .kind = ANN_HDF5_LINK_HARD };
  link->address = leaf_get_object (self, index, &is_soft);
  if (!is_soft)
    return TRUE;

  link->kind = ANN_HDF5_LINK_SOFT;
  link->value = read_text (symbols, _ann_hdf5_get_number (known + 8, 4), error);

  return link->value != NULL;
}

/* The first of @n texts that is not less than @name; @n if all are. */
static gboolean
search (AnnHdf5Symbols *self,
        const char *name,
        guint n,
        guint64 (*get) (gconstpointer node, guint index),
        gconstpointer node,
        guint *found,
        int *last,
        GError **error)
{
  guint low = 0, high = n;

  *last = -1;
  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      int result;

      if (!compare (self, name, get (node, middle), &result, error))
        return FALSE;
      if (result <= 0)
        {
          high = middle;
          *last = result;
        }
      else
        low = middle + 1;
    }
  *found = low;

  return TRUE;
}

static guint64
get_last_name_of_child (gconstpointer node, guint index)
{
  return node_get_key (node, index + 1);
}

static guint64
get_symbol_name (gconstpointer leaf, guint index)
{
  return leaf_get_name (leaf, index);
}

/* Goes down to the leaf that may have @name; every step is a level. */
static gboolean
find_leaf (AnnHdf5Symbols *self, const char *name, guint64 *address, GError **error)
{
  guint level = MAX_LEVEL + 1;

  *address = self->tree;
  do
    {
      g_auto (Node) node = { .bytes = NULL };
      guint index;
      int last;

      if (!node_read (&node, self, *address, error)
          || !search (self, name, node.n_children, get_last_name_of_child, &node, &index, &last,
                      error))
        return FALSE;
      if (node.level >= level)
        return set_damaged (self, "its levels do not go down", error);
      if (index == node.n_children)
        {
          *address = ANN_HDF5_NO_ADDRESS;
          return TRUE;
        }
      *address = node_get_child (&node, index);
      level = node.level;
    }
  while (level > 0);

  return TRUE;
}

gboolean
_ann_hdf5_symbols_find (AnnHdf5Symbols *self,
                        const char *name,
                        gboolean *is_found,
                        AnnHdf5Link *link,
                        GError **error)
{
  g_auto (Leaf) leaf = { .bytes = NULL };
  guint64 address;
  guint index;
  int last;

  *is_found = FALSE;
  if (!find_leaf (self, name, &address, error))
    return FALSE;
  if (address == ANN_HDF5_NO_ADDRESS)
    return TRUE;

  if (!leaf_read (&leaf, self, address, error)
      || !search (self, name, leaf.n, get_symbol_name, &leaf, &index, &last, error))
    return FALSE;
  *is_found = last == 0;

  return !*is_found || leaf_get_link (&leaf, index, self, link, error);
}

typedef struct {
  AnnHdf5Symbols *symbols;
  GPtrArray *names;
  GArray *addresses; /* (nullable): the objects are noted in place of the names */
  GHashTable *seen;  /* addresses of nodes and leaves */
  guint64 n_bytes;   /* of all of them; there cannot be more than in the file */
} Listing;

static gboolean
count_bytes (Listing *listing, guint64 address, guint64 n_bytes, GError **error)
{
  listing->n_bytes += n_bytes;
  if (listing->n_bytes > _ann_hdf5_file_get_size (listing->symbols->file)
      || !g_hash_table_add (listing->seen, g_memdup2 (&address, sizeof address)))
    return set_damaged (listing->symbols, "it goes round in a circle", error);

  return !g_cancellable_set_error_if_cancelled (listing->symbols->cancellable, error);
}

static gboolean
list_objects (Listing *listing, const Leaf *leaf)
{
  for (guint i = 0; i < leaf->n; i++)
    {
      gboolean is_soft;
      guint64 address = leaf_get_object (leaf, i, &is_soft);

      if (!is_soft)
        g_array_append_val (listing->addresses, address);
    }

  return TRUE;
}

static gboolean
list_leaf (Listing *listing, guint64 address, GError **error)
{
  g_auto (Leaf) leaf = { .bytes = NULL };

  if (!leaf_read (&leaf, listing->symbols, address, error)
      || !count_bytes (listing, address, 8 + leaf.n * (guint64) leaf.stride, error))
    return FALSE;
  if (listing->addresses != NULL)
    return list_objects (listing, &leaf);

  for (guint i = 0; i < leaf.n; i++)
    {
      char *name = read_text (listing->symbols, leaf_get_name (&leaf, i), error);

      if (name == NULL)
        return FALSE;
      g_ptr_array_add (listing->names, name);
    }

  return TRUE;
}

/* What lies below a node is read one after the other. */
static gboolean
bring_children (AnnHdf5Symbols *self, const Node *node, GError **error)
{
  AnnHdf5Wanted wanted;

  _ann_hdf5_wanted_init (&wanted, self->file, self->path, self->cancellable);
  for (guint i = 0; i < node->n_children; i++)
    {
      if (!_ann_hdf5_wanted_add (&wanted, node_get_child (node, i), USUAL_SIZE, error))
        return FALSE;
    }

  return _ann_hdf5_wanted_bring (&wanted, error);
}

/* @level: of the node above */
static gboolean
list_node (Listing *listing, guint64 address, guint level, GError **error)
{
  g_auto (Node) node = { .bytes = NULL };

  if (!node_read (&node, listing->symbols, address, error)
      || !count_bytes (listing, address, node.first_key + node.n_children * (guint64) node.stride,
                       error))
    return FALSE;
  if (node.level >= level)
    return set_damaged (listing->symbols, "its levels do not go down", error);

  if (!bring_children (listing->symbols, &node, error))
    return FALSE;
  for (guint i = 0; i < node.n_children; i++)
    {
      if (!(node.level > 0 ? list_node (listing, node_get_child (&node, i), node.level, error)
                           : list_leaf (listing, node_get_child (&node, i), error)))
        return FALSE;
    }

  return TRUE;
}

/* So much of the heap as names of a usual group have. */
static gboolean
bring_names (AnnHdf5Symbols *self, GError **error)
{
  AnnHdf5Wanted wanted;

  _ann_hdf5_wanted_init (&wanted, self->file, self->path, self->cancellable);

  return _ann_hdf5_wanted_add (&wanted, self->heap, MIN (self->heap_size, MAX_BROUGHT_NAMES), error)
         && _ann_hdf5_wanted_bring (&wanted, error);
}

gboolean
_ann_hdf5_symbols_list (AnnHdf5Symbols *self, GPtrArray *names, GArray *addresses, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  Listing listing = { self, names, addresses, seen, 0 };

  return (addresses != NULL || bring_names (self, error))
         && list_node (&listing, self->tree, MAX_LEVEL + 1, error);
}
