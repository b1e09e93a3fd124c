/* ann-hdf5-btree2.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-btree2.h"

#include "base/ann-error.h"
#include "format/hdf5/ann-hdf5-structure.h"
#include "format/hdf5/ann-hdf5-wanted.h"

#define STRUCTURE "version 2 B-tree"

/* Signature, version, type, and the checksum at the end. */
#define NODE_OVERHEAD (ANN_HDF5_PREFIX_SIZE + 1 + ANN_HDF5_CHECKSUM_SIZE)

/* Each level has at least twice as many records as the one above, and a file less than 2^63. */
#define MAX_DEPTH 62

/* What a node of a level may have, and how wide the counts in the level above are. */
typedef struct {
  guint64 max_records; /* of one node */
  guint64 max_below;   /* of one node and all below */
  guint count_size;    /* of a number up to max_below; 0 for a leaf, which is not told twice */
} Level;

struct _AnnHdf5Btree2 {
  AnnHdf5File *file;
  char *path;
  AnnHdf5Btree2Type type;
  guint32 node_size;
  guint16 record_size;
  guint16 depth;
  guint64 root;
  guint16 n_root_records;
  guint64 n_records;
  Level levels[MAX_DEPTH + 1]; /* 0: the leaves */
};

typedef struct {
  AnnHdf5Btree2 *tree;
  AnnHdf5RecordCompare compare; /* (nullable): all records */
  gconstpointer key;
  AnnHdf5RecordFunc func;
  AnnHdf5LeafFunc leaf; /* (nullable): leaves are read */
  gpointer data;
  guint64 n_left; /* records that may still come */
  GCancellable *cancellable;
} Walk;

/* A pointer from one node to the next. */
typedef struct {
  guint64 address;
  guint64 n_records; /* in that node */
} Child;

static gboolean
set_damaged (AnnHdf5Btree2 *self, const char *what, GError **error)
{
  return _ann_hdf5_set_damaged (error, self->path, STRUCTURE, what);
}

/* How many bytes numbers up to @limit take. */
static guint
get_encoded_size (guint64 limit)
{
  return g_bit_storage (limit) > 0 ? (g_bit_storage (limit) - 1) / 8 + 1 : 1;
}

static guint
get_pointer_size (AnnHdf5Btree2 *self, guint level)
{
  return _ann_hdf5_file_get_sizes (self->file)->address
         + get_encoded_size (self->levels[0].max_records) + self->levels[level - 1].count_size;
}

/* How many records nodes have room for: from the leaves up, as the width of a pointer depends on
 * how much may lie below.
 */
static gboolean
measure_levels (AnnHdf5Btree2 *self, GError **error)
{
  guint64 n = (self->node_size - NODE_OVERHEAD) / self->record_size;

  self->levels[0] = (Level){ n, n, 0 };
  for (guint i = 1; i <= self->depth; i++)
    {
      guint64 pointer_size = get_pointer_size (self, i);
      guint64 below = self->levels[i - 1].max_below;

      if (self->node_size < NODE_OVERHEAD + pointer_size)
        return set_damaged (self, "its nodes have no room", error);
      n = (self->node_size - NODE_OVERHEAD - pointer_size) / (self->record_size + pointer_size);
      if (n == 0 || !g_uint64_checked_mul (&below, below, n + 1)
          || !g_uint64_checked_add (&below, below, n))
        return set_damaged (self, "it is too deep", error);
      self->levels[i] = (Level){ n, below, get_encoded_size (below) };
    }

  return TRUE;
}

static gboolean
parse_header (AnnHdf5Btree2 *self, AnnHdf5Cursor cursor, GError **error)
{
  guint8 type = 0;
  guint64 file_size = _ann_hdf5_file_get_size (self->file);

  if (!_ann_hdf5_cursor_get_u8 (&cursor, &type)
      || !_ann_hdf5_cursor_get_u32 (&cursor, &self->node_size)
      || !_ann_hdf5_cursor_get_u16 (&cursor, &self->record_size)
      || !_ann_hdf5_cursor_get_u16 (&cursor, &self->depth)
      || !_ann_hdf5_cursor_skip (&cursor, 2) /* when nodes are split and merged */
      || !_ann_hdf5_cursor_get_address (&cursor, &self->root)
      || !_ann_hdf5_cursor_get_u16 (&cursor, &self->n_root_records)
      || !_ann_hdf5_cursor_get_length (&cursor, &self->n_records))
    return set_damaged (self, "its header is too short", error);

  if (type != self->type)
    return set_damaged (self, "it is of another type than it should be", error);
  if (self->record_size == 0 || self->node_size < NODE_OVERHEAD + self->record_size)
    return set_damaged (self, "its nodes have no room", error);
  if (self->depth > MAX_DEPTH)
    return set_damaged (self, "it is too deep", error);
  if (self->n_records > file_size / self->record_size || self->n_root_records > self->n_records)
    return set_damaged (self, "it claims more records than the file has room for", error);

  return measure_levels (self, error);
}

AnnHdf5Btree2 *
_ann_hdf5_btree2_open (AnnHdf5File *file,
                       guint64 address,
                       AnnHdf5Btree2Type type,
                       const char *path,
                       GCancellable *cancellable,
                       GError **error)
{
  const AnnHdf5Sizes *sizes = _ann_hdf5_file_get_sizes (file);
  gsize size = ANN_HDF5_PREFIX_SIZE + 11 + sizes->address + 2 + sizes->length
               + ANN_HDF5_CHECKSUM_SIZE;
  g_autoptr (AnnHdf5Btree2) self = g_new0 (AnnHdf5Btree2, 1);
  g_autofree guint8 *bytes = NULL;
  AnnHdf5Cursor cursor;

  self->file = _ann_hdf5_file_ref (file);
  self->path = g_strdup (path);
  self->type = type;
  bytes = _ann_hdf5_structure_read (file, address, size, "BTHD", STRUCTURE, path, &cursor,
                                    cancellable, error);
  if (bytes == NULL || !parse_header (self, cursor, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
_ann_hdf5_btree2_free (AnnHdf5Btree2 *self)
{
  _ann_hdf5_file_unref (self->file);
  g_free (self->path);
  g_free (self);
}

guint64
_ann_hdf5_btree2_get_n_records (AnnHdf5Btree2 *self)
{
  return self->n_records;
}

guint
_ann_hdf5_btree2_get_record_size (AnnHdf5Btree2 *self)
{
  return self->record_size;
}

static gsize
get_node_size (AnnHdf5Btree2 *self, guint level, guint64 n_records)
{
  gsize size = NODE_OVERHEAD + n_records * self->record_size;

  return level > 0 ? size + (n_records + 1) * get_pointer_size (self, level) : size;
}

gsize
_ann_hdf5_btree2_get_leaf_size (AnnHdf5Btree2 *self, guint n)
{
  return get_node_size (self, 0, n);
}

/* Reads a node of @level with as many records as its parent says, and no bytes beyond: only those
 * are in the checksum.
 */
static guint8 *
read_node (AnnHdf5Btree2 *self,
           guint level,
           const Child *node,
           AnnHdf5Cursor *cursor,
           GCancellable *cancellable,
           GError **error)
{
  g_autofree guint8 *bytes = NULL;
  guint8 type = 0;
  gsize size;

  if (node->n_records == 0 || node->n_records > self->levels[level].max_records)
    {
      set_damaged (self, "a node has no possible number of records", error);
      return NULL;
    }

  size = get_node_size (self, level, node->n_records);
  bytes = _ann_hdf5_structure_read (self->file, node->address, size, level > 0 ? "BTIN" : "BTLF",
                                    STRUCTURE, self->path, cursor, cancellable, error);
  if (bytes == NULL)
    return NULL;

  if (!_ann_hdf5_cursor_get_u8 (cursor, &type) || type != self->type)
    {
      set_damaged (self, "a node is of another type than its tree", error);
      return NULL;
    }

  return g_steal_pointer (&bytes);
}

static AnnHdf5Cursor
get_record (AnnHdf5Btree2 *self, const AnnHdf5Cursor *records, guint64 index)
{
  AnnHdf5Cursor record = *records;

  record.at += index * self->record_size;
  record.end = record.at + self->record_size;

  return record;
}

/* Finds the records of a node that match: from *@first, those before *@end; the children before,
 * between and after them, up to number *@end, may have more.
 */
static void
find_range (Walk *walk, const AnnHdf5Cursor *records, guint64 n, guint64 *first, guint64 *end)
{
  guint64 low = 0, high = n;

  *first = 0;
  *end = n;
  if (walk->compare == NULL)
    return;

  while (low < high)
    {
      guint64 middle = low + (high - low) / 2;

      if (walk->compare (get_record (walk->tree, records, middle), walk->key) < 0)
        low = middle + 1;
      else
        high = middle;
    }
  *first = low;
  while (low < n && walk->compare (get_record (walk->tree, records, low), walk->key) == 0)
    low++;
  *end = low;
}

/* Gives out record @index of a node. */
static gboolean
give_record (Walk *walk, const AnnHdf5Cursor *records, guint64 index, GError **error)
{
  if (walk->n_left == 0)
    return set_damaged (walk->tree, "it has more records than it says", error);
  walk->n_left--;

  return walk->func (get_record (walk->tree, records, index), walk->data, error);
}

static gboolean
walk_leaf (Walk *walk, const Child *node, GError **error)
{
  g_autofree guint8 *bytes = NULL;
  AnnHdf5Cursor records;
  guint64 first, end;

  bytes = read_node (walk->tree, 0, node, &records, walk->cancellable, error);
  if (bytes == NULL)
    return FALSE;

  find_range (walk, &records, node->n_records, &first, &end);
  for (guint64 i = first; i < end; i++)
    {
      if (!give_record (walk, &records, i, error))
        return FALSE;
    }

  return TRUE;
}

/* Hands a leaf on without reading it; its records count all the same. */
static gboolean
give_leaf (Walk *walk, const Child *node, GError **error)
{
  if (node->n_records == 0 || node->n_records > walk->tree->levels[0].max_records)
    return set_damaged (walk->tree, "a node has no possible number of records", error);
  if (node->n_records > walk->n_left)
    return set_damaged (walk->tree, "it has more records than it says", error);
  walk->n_left -= node->n_records;

  return walk->leaf (node->address, (guint) node->n_records, walk->data, error);
}

static gboolean
get_child (AnnHdf5Btree2 *self, guint level, AnnHdf5Cursor *pointers, Child *child, GError **error)
{
  if (!_ann_hdf5_cursor_get_address (pointers, &child->address)
      || !_ann_hdf5_cursor_get_number (pointers, get_encoded_size (self->levels[0].max_records),
                                       &child->n_records)
      || !_ann_hdf5_cursor_skip (pointers, self->levels[level - 1].count_size))
    return set_damaged (self, "a node is too short", error);

  return TRUE;
}

/* Nodes that are read one after the other: @n children of a node of @level, from @pointers on. */
static gboolean
bring_children (Walk *walk, guint level, AnnHdf5Cursor pointers, guint64 n, GError **error)
{
  AnnHdf5Btree2 *self = walk->tree;
  AnnHdf5Wanted wanted;

  if (level == 1 && walk->leaf != NULL)
    return TRUE;

  _ann_hdf5_wanted_init (&wanted, self->file, self->path, walk->cancellable);
  for (guint64 i = 0; i < n; i++)
    {
      Child child;

      if (!get_child (self, level, &pointers, &child, error)
          || !_ann_hdf5_wanted_add (&wanted, child.address, self->node_size, error))
        return FALSE;
    }

  return _ann_hdf5_wanted_bring (&wanted, error);
}

/* Goes down one level with each step, so that it ends; every node has a record, so that there are
 * not more nodes than records are allowed.
 */
static gboolean
walk_node (Walk *walk, guint level, const Child *node, GError **error)
{
  AnnHdf5Btree2 *self = walk->tree;
  g_autofree guint8 *bytes = NULL;
  AnnHdf5Cursor records, pointers;
  guint64 first, end;

  if (level == 0)
    return walk->leaf != NULL ? give_leaf (walk, node, error) : walk_leaf (walk, node, error);

  bytes = read_node (self, level, node, &records, walk->cancellable, error);
  if (bytes == NULL)
    return FALSE;

  find_range (walk, &records, node->n_records, &first, &end);
  pointers = records;
  pointers.at += node->n_records * self->record_size + first * get_pointer_size (self, level);
  if (!bring_children (walk, level, pointers, end - first + 1, error))
    return FALSE;
  for (guint64 i = first; i <= end; i++)
    {
      Child child;

      if (!get_child (self, level, &pointers, &child, error)
          || !walk_node (walk, level - 1, &child, error)
          || (i < end && !give_record (walk, &records, i, error)))
        return FALSE;
    }

  return TRUE;
}

static gboolean
walk_tree (Walk *walk, GError **error)
{
  AnnHdf5Btree2 *self = walk->tree;
  Child root = { self->root, self->n_root_records };

  if (self->n_records == 0)
    return TRUE;

  walk->n_left = self->n_records;

  return walk_node (walk, self->depth, &root, error);
}

gboolean
_ann_hdf5_btree2_foreach (AnnHdf5Btree2 *self,
                          AnnHdf5RecordFunc func,
                          gpointer data,
                          GCancellable *cancellable,
                          GError **error)
{
  Walk walk = { .tree = self, .func = func, .data = data, .cancellable = cancellable };

  return walk_tree (&walk, error);
}

gboolean
_ann_hdf5_btree2_find (AnnHdf5Btree2 *self,
                       AnnHdf5RecordCompare compare,
                       gconstpointer key,
                       AnnHdf5RecordFunc func,
                       gpointer data,
                       GCancellable *cancellable,
                       GError **error)
{
  Walk walk = { .tree = self,
                .compare = compare,
                .key = key,
                .func = func,
                .data = data,
                .cancellable = cancellable };

  return walk_tree (&walk, error);
}

gboolean
_ann_hdf5_btree2_foreach_leaf (AnnHdf5Btree2 *self,
                               AnnHdf5RecordFunc func,
                               AnnHdf5LeafFunc leaf,
                               gpointer data,
                               GCancellable *cancellable,
                               GError **error)
{
  Walk walk = {
    .tree = self, .func = func, .leaf = leaf, .data = data, .cancellable = cancellable
  };

  return walk_tree (&walk, error);
}

gboolean
_ann_hdf5_btree2_read_leaf (AnnHdf5Btree2 *self,
                            guint64 address,
                            guint n,
                            AnnHdf5RecordFunc func,
                            gpointer data,
                            GCancellable *cancellable,
                            GError **error)
{
  Walk walk = { .tree = self, .func = func, .data = data, .n_left = n, .cancellable = cancellable };
  Child leaf = { address, n };

  return walk_leaf (&walk, &leaf, error);
}
