/* ann-hdf5-extensible-array.c: chunks of an array that may grow along one axis
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "format/hdf5/ann-hdf5-chunk-index-private.h"
#include "format/hdf5/ann-hdf5-structure.h"

/* libhdf5 makes pages of 2^10 entries. */
#define MAX_PAGE_BITS 24

/* The entries come in groups, which get larger: group n has 2^(n/2) blocks of 2^((n+1)/2) times the
 * least number of entries. The index block has the first entries itself, then the addresses of
 * the blocks of the first groups, then those of blocks that have the addresses of a later group.
 */
/* Few are larger. */
#define USUAL_BLOCK_SIZE 4096

typedef struct {
  AnnHdf5ChunkIndex *index;
  AnnHdf5Leaves *leaves;
  guint8 max_bits;
  guint8 n_direct;     /* entries in the index block */
  guint8 min_entries;  /* of a block */
  guint8 min_pointers; /* of a block with addresses */
  guint8 page_bits;
  guint offset_size; /* bytes of a block's own offset */
  guint n_groups;
  guint n_first_groups; /* whose blocks the index block has */
  guint64 block;        /* the index block */
  guint64 next;         /* the key that the next block begins with */
  GCancellable *cancellable;
} Array;

static gboolean
set_damaged (Array *self, const char *what, GError **error)
{
  return _ann_hdf5_chunk_index_damaged (self->index, what, error);
}

static guint64
get_n_blocks (guint group)
{
  return (guint64) 1 << group / 2;
}

static guint64
get_n_entries (Array *self, guint group)
{
  return (guint64) self->min_entries << (group + 1) / 2;
}

static guint
get_log2 (guint n)
{
  return g_bit_storage (n) - 1;
}

static gboolean
is_power_of_two (guint n)
{
  return n > 0 && (n & (n - 1)) == 0;
}

static gboolean
measure (Array *self, GError **error)
{
  if (self->max_bits == 0 || self->max_bits > 64 || !is_power_of_two (self->min_entries)
      || !is_power_of_two (self->min_pointers) || self->page_bits > MAX_PAGE_BITS
      || get_log2 (self->min_entries) > self->max_bits)
    return set_damaged (self, "its blocks have impossible sizes", error);

  self->offset_size = (self->max_bits + 7u) / 8;
  self->n_groups = 1 + self->max_bits - get_log2 (self->min_entries);
  self->n_first_groups = 2 * get_log2 (self->min_pointers);
  if (self->n_first_groups > self->n_groups)
    return set_damaged (self, "its blocks have impossible sizes", error);

  return TRUE;
}

static gboolean
read_header (Array *self, GError **error)
{
  AnnHdf5ChunkIndex *index = self->index;
  const AnnHdf5Sizes *sizes = _ann_hdf5_file_get_sizes (index->file);
  gsize size = ANN_HDF5_PREFIX_SIZE + 7 + 6 * sizes->length + sizes->address
               + ANN_HDF5_CHECKSUM_SIZE;
  g_autofree guint8 *bytes = NULL;
  guint8 client = 0, entry_size = 0;
  AnnHdf5Cursor cursor;

  bytes = _ann_hdf5_structure_read (index->file, index->layout.address, size, "EAHD",
                                    ANN_HDF5_INDEX_STRUCTURE, index->path, &cursor,
                                    self->cancellable, error);
  if (bytes == NULL)
    return FALSE;

  if (!_ann_hdf5_cursor_get_u8 (&cursor, &client) || !_ann_hdf5_cursor_get_u8 (&cursor, &entry_size)
      || !_ann_hdf5_cursor_get_u8 (&cursor, &self->max_bits)
      || !_ann_hdf5_cursor_get_u8 (&cursor, &self->n_direct)
      || !_ann_hdf5_cursor_get_u8 (&cursor, &self->min_entries)
      || !_ann_hdf5_cursor_get_u8 (&cursor, &self->min_pointers)
      || !_ann_hdf5_cursor_get_u8 (&cursor, &self->page_bits)
      || !_ann_hdf5_cursor_skip (&cursor, 6 * sizes->length) /* statistics */
      || !_ann_hdf5_cursor_get_address (&cursor, &self->block))
    return set_damaged (self, "its header is too short", error);

  self->leaves->entry_size = entry_size;
  if (!measure (self, error))
    return FALSE;
  self->leaves->block_overhead = ANN_HDF5_PREFIX_SIZE + 1 + sizes->address + self->offset_size;

  return _ann_hdf5_chunk_index_check_entry (index, client, entry_size, error);
}

/* @bits: (nullable): which pages have anything in them, the highest bit of a byte first
 * @bit: that of the block's first page
 */
static gboolean
add_pages (Array *self,
           guint64 address,
           guint64 n_entries,
           const guint8 *bits,
           guint64 bit,
           GError **error)
{
  guint64 page_entries = (guint64) 1 << self->page_bits;
  guint64 page_size = page_entries * self->leaves->entry_size + ANN_HDF5_CHECKSUM_SIZE;
  guint64 n_pages = n_entries / page_entries;

  if (bits == NULL)
    return set_damaged (self, "a block has pages that should have none", error);

  /* What precedes the pages has a checksum of its own, and nothing that is needed. */
  address += self->leaves->block_overhead + ANN_HDF5_CHECKSUM_SIZE;
  for (guint64 i = 0; i < n_pages; i++, bit++)
    {
      const AnnHdf5Leaf leaf = { .first = self->next + i * page_entries,
                                 .address = address + i * page_size,
                                 .n_entries = (guint32) page_entries,
                                 .is_page = TRUE };

      if ((bits[bit / 8] & 0x80 >> bit % 8) != 0
          && !_ann_hdf5_leaves_add (self->leaves, self->index, &leaf, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
add_block (Array *self,
           guint64 address,
           guint64 n_entries,
           const guint8 *bits,
           guint64 bit,
           GError **error)
{
  const AnnHdf5Leaf leaf = { .first = self->next,
                             .address = address,
                             .n_entries = (guint32) n_entries };
  gboolean is_added = TRUE;

  if (address != ANN_HDF5_NO_ADDRESS)
    is_added = n_entries > (guint64) 1 << self->page_bits
                   ? add_pages (self, address, n_entries, bits, bit, error)
                   : _ann_hdf5_leaves_add (self->leaves, self->index, &leaf, error);
  self->next += n_entries;

  return is_added;
}

/* Takes the addresses of the blocks of a group. @bits: (nullable): of their pages. The file has
 * room for whole bytes of each block, but libhdf5 counts the pages through: the bits of a block
 * follow at once on those of the one before.
 */
static gboolean
add_group (Array *self, guint group, AnnHdf5Cursor *cursor, const guint8 *bits, GError **error)
{
  guint64 n_blocks = get_n_blocks (group);
  guint64 n_entries = get_n_entries (self, group);
  guint64 n_pages = n_entries >> self->page_bits;

  for (guint64 i = 0; i < n_blocks; i++)
    {
      guint64 address;

      if (!_ann_hdf5_cursor_get_address (cursor, &address))
        return set_damaged (self, "a block is too short", error);
      if (!add_block (self, address, n_entries, bits, i * n_pages, error))
        return FALSE;
    }

  return TRUE;
}

/* A later group: its block has bits of pages, if there are pages, and addresses. */
static gboolean
add_super_block (Array *self, guint group, guint64 address, GError **error)
{
  AnnHdf5ChunkIndex *index = self->index;
  guint64 n_blocks = get_n_blocks (group);
  guint64 n_pages = get_n_entries (self, group) >> self->page_bits;
  guint64 bits_size = n_pages > 1 ? (n_pages - 1) / 8 + 1 : 0;
  guint64 per_block = bits_size + _ann_hdf5_file_get_sizes (index->file)->address;
  g_autofree guint8 *bytes = NULL;
  const guint8 *bits = NULL;
  AnnHdf5Cursor cursor;

  if (n_blocks > _ann_hdf5_file_get_size (index->file) / per_block)
    return set_damaged (self, "it claims more than the file has room for", error);

  bytes = _ann_hdf5_structure_read (
      index->file, address,
      self->leaves->block_overhead + n_blocks * per_block + ANN_HDF5_CHECKSUM_SIZE, "EASB",
      ANN_HDF5_INDEX_STRUCTURE, index->path, &cursor, self->cancellable, error);
  if (bytes == NULL)
    return FALSE;

  cursor.at = bytes + self->leaves->block_overhead;
  if (bits_size > 0)
    {
      bits = cursor.at;
      cursor.at += n_blocks * bits_size;
    }

  return add_group (self, group, &cursor, bits, error);
}

/* The first entries, which are in the index block itself. */
static gboolean
add_direct (Array *self, AnnHdf5Cursor *cursor, GError **error)
{
  for (guint i = 0; i < self->n_direct; i++)
    {
      AnnHdf5Cursor entry = *cursor;
      AnnHdf5Chunk chunk = { 0 };
      AnnHdf5Leaf leaf;

      if (!_ann_hdf5_cursor_skip (cursor, self->leaves->entry_size))
        return set_damaged (self, "a block is too short", error);
      entry.end = cursor->at;
      if (!_ann_hdf5_chunk_index_parse_entry (self->index, entry, &chunk, error))
        return FALSE;
      leaf = (AnnHdf5Leaf){ .first = i,
                            .address = chunk.address,
                            .length = chunk.length,
                            .filter_mask = chunk.filter_mask };
      if (chunk.address != ANN_HDF5_NO_ADDRESS
          && !_ann_hdf5_leaves_add (self->leaves, self->index, &leaf, error))
        return FALSE;
    }
  self->next = self->n_direct;

  return TRUE;
}

/* Blocks of the later groups, which are read one after the other. */
static gboolean
bring_super_blocks (Array *self, AnnHdf5Cursor cursor, GError **error)
{
  AnnHdf5ChunkIndex *index = self->index;
  AnnHdf5Wanted wanted;

  _ann_hdf5_wanted_init (&wanted, index->file, index->path, self->cancellable);
  for (guint i = self->n_first_groups; i < self->n_groups; i++)
    {
      guint64 address;

      if (!_ann_hdf5_cursor_get_address (&cursor, &address))
        return set_damaged (self, "a block is too short", error);
      if (address != ANN_HDF5_NO_ADDRESS
          && !_ann_hdf5_wanted_add (&wanted, address, USUAL_BLOCK_SIZE, error))
        return FALSE;
    }

  return _ann_hdf5_wanted_bring (&wanted, error);
}

static gboolean
add_index_block (Array *self, GError **error)
{
  AnnHdf5ChunkIndex *index = self->index;
  guint address_size = _ann_hdf5_file_get_sizes (index->file)->address;
  gsize n_addresses = 2 * (self->min_pointers - 1u) + self->n_groups - self->n_first_groups;
  gsize size = ANN_HDF5_PREFIX_SIZE + 1 + address_size
               + (gsize) self->n_direct * self->leaves->entry_size + n_addresses * address_size
               + ANN_HDF5_CHECKSUM_SIZE;
  g_autofree guint8 *bytes = NULL;
  AnnHdf5Cursor cursor;

  bytes = _ann_hdf5_structure_read (index->file, self->block, size, "EAIB",
                                    ANN_HDF5_INDEX_STRUCTURE, index->path, &cursor,
                                    self->cancellable, error);
  if (bytes == NULL)
    return FALSE;

  if (!_ann_hdf5_cursor_skip (&cursor, 1 + address_size) || !add_direct (self, &cursor, error))
    return FALSE;
  for (guint i = 0; i < self->n_first_groups; i++)
    {
      if (!add_group (self, i, &cursor, NULL, error))
        return FALSE;
    }
  if (!bring_super_blocks (self, cursor, error))
    return FALSE;
  /* Later groups than the array has chunks for are not looked at. */
  for (guint i = self->n_first_groups; i < self->n_groups && self->next < index->n_keys; i++)
    {
      guint64 address = ANN_HDF5_NO_ADDRESS;

      if (!_ann_hdf5_cursor_get_address (&cursor, &address))
        return set_damaged (self, "a block is too short", error);
      if (address == ANN_HDF5_NO_ADDRESS)
        self->next += get_n_blocks (i) * get_n_entries (self, i);
      else if (!add_super_block (self, i, address, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
_ann_hdf5_extensible_array_list (AnnHdf5ChunkIndex *self,
                                 AnnHdf5Leaves *leaves,
                                 GCancellable *cancellable,
                                 GError **error)
{
  Array array = { .index = self, .leaves = leaves, .cancellable = cancellable };

  if (!read_header (&array, error))
    return FALSE;

  return array.block == ANN_HDF5_NO_ADDRESS || add_index_block (&array, error);
}
