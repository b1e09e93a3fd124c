/* ann-hdf5-fractal-heap.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-fractal-heap.h"

#include "base/ann-error.h"
#include "format/hdf5/ann-hdf5-btree2.h"
#include "format/hdf5/ann-hdf5-filters.h"
#include "format/hdf5/ann-hdf5-structure.h"

#include <string.h>

#define STRUCTURE "fractal heap"

/* So many bytes of blocks are kept; a new one beyond that throws the others out. */
#define MAX_KEPT ((gsize) 8 << 20)

/* No object, unpacked, may be larger than this: attributes and links are what lies here. */
#define MAX_UNPACKED_SIZE ((guint64) 1 << 30)

/* Up to this size the length of an object in its id has four bits, else twelve. */
#define MAX_SHORT_TINY 16

typedef enum {
  OBJECT_MANAGED = 0,
  OBJECT_HUGE = 1,
  OBJECT_TINY = 2,
} ObjectKind;

/* Of objects, or of the addresses of other blocks. A block covers a range of offsets in the heap;
 * those of one with objects count its own header too.
 */
typedef struct {
  guint64 address; /* first: the key in the table */
  guint64 start;   /* where the range begins */
  guint64 size;    /* of a block with objects; else 0 */
  guint n_rows;    /* of a block with addresses; else 0 */
  guint8 *bytes;
} Block;

/* Where a block lies, and what its parent says of it. */
typedef struct {
  guint64 address;
  guint64 start;
  guint64 size;
  guint n_rows;
  gboolean is_packed;
  guint64 packed_size;
  guint32 filter_mask;
} Place;

struct _AnnHdf5FractalHeap {
  AnnHdf5File *file;
  char *path;
  GCancellable *cancellable; /* of the reader */
  guint64 address;

  guint16 id_size;
  gboolean has_checksums;
  guint offset_size; /* bytes of an offset in the heap */
  guint length_size; /* bytes of the length of an object in an id */

  /* The doubling table: the first two rows of a block with addresses have blocks of the first
   * size, each further row of twice that of the one before.
   */
  guint16 width;
  guint64 first_size;
  guint64 max_direct_size; /* what is larger has addresses again */
  guint first_row_bits;    /* of the size of a row of blocks of the first size */
  guint n_direct_rows;
  guint16 max_bits; /* of an offset */
  Place root;

  AnnCodecChain *codecs; /* NULL without filters */
  gboolean has_filters;

  guint64 huge_tree_address;
  AnnHdf5Btree2 *huge_tree;
  guint8 *huge; /* the object that was given last */

  GHashTable *blocks;
  gsize n_kept;
};

static gboolean
set_damaged (AnnHdf5FractalHeap *self, const char *what, GError **error)
{
  return _ann_hdf5_set_damaged (error, self->path, STRUCTURE, what);
}

static void
block_free (gpointer data)
{
  Block *block = data;

  g_free (block->bytes);
  g_free (block);
}

static gboolean
is_power_of_two (guint64 n)
{
  return n > 0 && (n & (n - 1)) == 0;
}

static guint
get_log2 (guint64 n)
{
  guint log2 = 0;

  while (n >>= 1)
    log2++;

  return log2;
}

static guint
get_bytes_of_bits (guint bits)
{
  return (bits + 7) / 8;
}

/* What follows the fields of the table; all of its sizes are powers of two. */
static gboolean
measure_table (AnnHdf5FractalHeap *self, guint32 max_managed_size, GError **error)
{
  guint size_bits;

  if (!is_power_of_two (self->width) || !is_power_of_two (self->first_size)
      || !is_power_of_two (self->max_direct_size) || self->first_size > self->max_direct_size
      || self->max_bits > 64)
    return set_damaged (self, "its blocks have impossible sizes", error);

  size_bits = get_log2 (self->max_direct_size);
  self->first_row_bits = get_log2 (self->first_size) + get_log2 (self->width);
  if (self->first_row_bits >= self->max_bits || size_bits > self->max_bits
      || self->root.n_rows > self->max_bits - self->first_row_bits + 1)
    return set_damaged (self, "its blocks have impossible sizes", error);

  self->n_direct_rows = size_bits - get_log2 (self->first_size) + 2;
  self->offset_size = get_bytes_of_bits (self->max_bits);
  self->length_size = MIN (get_bytes_of_bits (size_bits), get_log2 (max_managed_size) / 8 + 1);
  self->root.size = self->root.n_rows == 0 ? self->first_size : 0;

  return TRUE;
}

/* The filters that all blocks with objects, and all huge objects, went through. */
static gboolean
parse_filters (AnnHdf5FractalHeap *self, AnnHdf5Cursor *cursor, guint n_bytes, GError **error)
{
  g_auto (AnnHdf5FilterList) filters = { 0 };
  AnnHdf5Cursor message;
  const guint8 *bytes;

  if (!_ann_hdf5_cursor_get_length (cursor, &self->root.packed_size)
      || !_ann_hdf5_cursor_get_u32 (cursor, &self->root.filter_mask)
      || !_ann_hdf5_cursor_get_bytes (cursor, n_bytes, &bytes))
    return set_damaged (self, "its header is too short", error);

  message = _ann_hdf5_file_get_cursor (self->file, bytes, n_bytes);
  if (!_ann_hdf5_filter_list_init (&filters, message, STRUCTURE, self->path, error))
    return FALSE;
  self->codecs = _ann_hdf5_new_codecs (&filters, 0);
  self->root.is_packed = TRUE;
  self->has_filters = TRUE;

  return TRUE;
}

static gboolean
parse_header (AnnHdf5FractalHeap *self, AnnHdf5Cursor cursor, guint n_filter_bytes, GError **error)
{
  const AnnHdf5Sizes *sizes = _ann_hdf5_file_get_sizes (self->file);
  guint8 flags = 0;
  guint16 n_rows = 0;
  guint32 max_managed_size = 0;

  if (!_ann_hdf5_cursor_get_u16 (&cursor, &self->id_size) || !_ann_hdf5_cursor_skip (&cursor, 2)
      || !_ann_hdf5_cursor_get_u8 (&cursor, &flags)
      || !_ann_hdf5_cursor_get_u32 (&cursor, &max_managed_size)
      || !_ann_hdf5_cursor_skip (&cursor, sizes->length) /* the next huge object's id */
      || !_ann_hdf5_cursor_get_address (&cursor, &self->huge_tree_address)
      /* free space, and statistics */
      || !_ann_hdf5_cursor_skip (&cursor, sizes->address + 9 * sizes->length)
      || !_ann_hdf5_cursor_get_u16 (&cursor, &self->width)
      || !_ann_hdf5_cursor_get_length (&cursor, &self->first_size)
      || !_ann_hdf5_cursor_get_length (&cursor, &self->max_direct_size)
      || !_ann_hdf5_cursor_get_u16 (&cursor, &self->max_bits)
      || !_ann_hdf5_cursor_skip (&cursor, 2) /* rows to begin with */
      || !_ann_hdf5_cursor_get_address (&cursor, &self->root.address)
      || !_ann_hdf5_cursor_get_u16 (&cursor, &n_rows))
    return set_damaged (self, "its header is too short", error);

  self->has_checksums = (flags & 2) != 0;
  self->root.n_rows = n_rows;

  return measure_table (self, max_managed_size, error)
         && (n_filter_bytes == 0 || parse_filters (self, &cursor, n_filter_bytes, error));
}

static gboolean
read_header (AnnHdf5FractalHeap *self, GError **error)
{
  const AnnHdf5Sizes *sizes = _ann_hdf5_file_get_sizes (self->file);
  guint64 size = ANN_HDF5_PREFIX_SIZE + 9 + 12 * sizes->length + 3 * sizes->address + 8
                 + ANN_HDF5_CHECKSUM_SIZE;
  g_autofree guint8 *bytes = NULL;
  AnnHdf5Cursor cursor;
  guint8 start[ANN_HDF5_PREFIX_SIZE + 4];
  guint n_filter_bytes;

  if (!_ann_hdf5_file_has_range (self->file, self->address, sizeof start))
    return set_damaged (self, "it lies beyond the end of the file", error);
  if (!_ann_hdf5_file_read_metadata (self->file, self->address, start, sizeof start, self->path,
                                     self->cancellable, error))
    return FALSE;

  n_filter_bytes = (guint) _ann_hdf5_get_number (start + ANN_HDF5_PREFIX_SIZE + 2, 2);
  if (n_filter_bytes > 0)
    size += sizes->length + 4 + n_filter_bytes;
  bytes = _ann_hdf5_structure_read (self->file, self->address, size, "FRHP", STRUCTURE, self->path,
                                    &cursor, self->cancellable, error);

  return bytes != NULL && parse_header (self, cursor, n_filter_bytes, error);
}

AnnHdf5FractalHeap *
_ann_hdf5_fractal_heap_open (AnnHdf5File *file,
                             guint64 address,
                             const char *path,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autoptr (AnnHdf5FractalHeap) self = g_new0 (AnnHdf5FractalHeap, 1);

  self->file = _ann_hdf5_file_ref (file);
  self->path = g_strdup (path);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->address = address;
  self->blocks = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, block_free);
  if (!read_header (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
_ann_hdf5_fractal_heap_free (AnnHdf5FractalHeap *self)
{
  g_hash_table_unref (self->blocks);
  g_clear_pointer (&self->huge_tree, _ann_hdf5_btree2_free);
  g_clear_pointer (&self->codecs, ann_codec_chain_unref);
  g_clear_object (&self->cancellable);
  _ann_hdf5_file_unref (self->file);
  g_free (self->huge);
  g_free (self->path);
  g_free (self);
}

/* Undoes the filters: @size bytes come out of @packed_size ones. */
static guint8 *
unpack (AnnHdf5FractalHeap *self,
        const guint8 *packed,
        guint64 packed_size,
        guint32 filter_mask,
        guint64 size,
        GError **error)
{
  g_autofree guint8 *bytes = size > MAX_UNPACKED_SIZE ? NULL : g_try_malloc (MAX (size, 1));

  if (bytes == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: No memory for %" G_GUINT64_FORMAT " bytes of its " STRUCTURE, self->path,
                   size);
      return NULL;
    }
  if (self->codecs == NULL)
    {
      if (packed_size != size)
        {
          set_damaged (self, "a part has not the size it should have", error);
          return NULL;
        }
      memcpy (bytes, packed, size);
    }
  else if (!ann_codec_chain_decode (self->codecs, packed, packed_size, filter_mask, bytes, size,
                                    error))
    {
      g_prefix_error (error, "%s, " STRUCTURE ": ", self->path);
      return NULL;
    }

  return g_steal_pointer (&bytes);
}

/* Bytes before the fields of a block that are its own: prefix, the header's address, its offset. */
static gsize
get_block_start (AnnHdf5FractalHeap *self)
{
  return ANN_HDF5_PREFIX_SIZE + _ann_hdf5_file_get_sizes (self->file)->address + self->offset_size;
}

/* Bytes of a block with objects that are not objects. */
static gsize
get_direct_overhead (AnnHdf5FractalHeap *self)
{
  return get_block_start (self) + (self->has_checksums ? ANN_HDF5_CHECKSUM_SIZE : 0);
}

static gsize
get_direct_entry_size (AnnHdf5FractalHeap *self)
{
  const AnnHdf5Sizes *sizes = _ann_hdf5_file_get_sizes (self->file);

  return sizes->address + (self->has_filters ? sizes->length + 4 : 0);
}

static gsize
get_indirect_size (AnnHdf5FractalHeap *self, guint n_rows)
{
  gsize n_direct = (gsize) MIN (n_rows, self->n_direct_rows) * self->width;
  gsize n_indirect = (gsize) n_rows * self->width - n_direct;

  return get_block_start (self) + n_direct * get_direct_entry_size (self)
         + n_indirect * _ann_hdf5_file_get_sizes (self->file)->address + ANN_HDF5_CHECKSUM_SIZE;
}

/* The checksum of a block with objects stands before them, and was made with zeros in its place. */
static gboolean
check_direct (AnnHdf5FractalHeap *self, guint8 *bytes, gsize size, GError **error)
{
  guint8 *place = bytes + get_block_start (self);
  guint64 checksum;

  if (!self->has_checksums)
    return TRUE;

  checksum = _ann_hdf5_get_number (place, ANN_HDF5_CHECKSUM_SIZE);
  memset (place, 0, ANN_HDF5_CHECKSUM_SIZE);
  if (checksum != _ann_hdf5_checksum (bytes, size))
    return set_damaged (self, "a checksum does not fit", error);

  return TRUE;
}

static guint8 *
read_direct (AnnHdf5FractalHeap *self, const Place *place, GError **error)
{
  g_autofree guint8 *bytes = NULL;

  if (place->size < get_direct_overhead (self))
    {
      set_damaged (self, "its blocks have no room", error);
      return NULL;
    }

  bytes = _ann_hdf5_structure_read_plain (self->file, place->address,
                                          place->is_packed ? place->packed_size : place->size,
                                          STRUCTURE, self->path, self->cancellable, error);
  if (bytes != NULL && place->is_packed)
    {
      guint8 *unpacked = unpack (self, bytes, place->packed_size, place->filter_mask, place->size,
                                 error);

      g_free (bytes);
      bytes = unpacked;
    }
  if (bytes == NULL || !check_direct (self, bytes, place->size, error))
    return NULL;

  return g_steal_pointer (&bytes);
}

/* Both kinds begin alike: whose they are, and where in the heap. */
static gboolean
check_block (AnnHdf5FractalHeap *self, const Place *place, const guint8 *bytes, GError **error)
{
  AnnHdf5Cursor cursor = _ann_hdf5_file_get_cursor (self->file, bytes, get_block_start (self));
  guint64 owner = 0, start = 0;

  if (!_ann_hdf5_cursor_expect (&cursor, place->n_rows > 0 ? "FHIB" : "FHDB", 0)
      || !_ann_hdf5_cursor_get_address (&cursor, &owner)
      || !_ann_hdf5_cursor_get_number (&cursor, self->offset_size, &start) || owner != self->address
      || start != place->start)
    return set_damaged (self, "a block is not the one that should be in its place", error);

  return TRUE;
}

static Block *
load_block (AnnHdf5FractalHeap *self, const Place *place, GError **error)
{
  gsize size = place->n_rows > 0 ? get_indirect_size (self, place->n_rows) : place->size;
  g_autofree guint8 *bytes = NULL;
  AnnHdf5Cursor cursor;
  Block *block;

  if (place->n_rows > 0)
    bytes = _ann_hdf5_structure_read (self->file, place->address, size, "FHIB", STRUCTURE,
                                      self->path, &cursor, self->cancellable, error);
  else
    bytes = read_direct (self, place, error);
  if (bytes == NULL || !check_block (self, place, bytes, error))
    return NULL;

  if (self->n_kept > 0 && self->n_kept + size > MAX_KEPT)
    {
      g_hash_table_remove_all (self->blocks);
      self->n_kept = 0;
    }
  block = g_new0 (Block, 1);
  block->address = place->address;
  block->start = place->start;
  block->size = place->size;
  block->n_rows = place->n_rows;
  block->bytes = g_steal_pointer (&bytes);
  g_hash_table_insert (self->blocks, &block->address, block);
  self->n_kept += size;

  return block;
}

/* Returns: (transfer none) (nullable): the block, until the next one is asked for */
static Block *
get_block (AnnHdf5FractalHeap *self, const Place *place, GError **error)
{
  Block *block;

  if (place->address == ANN_HDF5_NO_ADDRESS)
    {
      set_damaged (self, "an object is not where it should be", error);
      return NULL;
    }

  block = g_hash_table_lookup (self->blocks, &place->address);
  if (block == NULL)
    return load_block (self, place, error);
  if (block->start != place->start || block->size != place->size || block->n_rows != place->n_rows)
    {
      set_damaged (self, "a block has two places", error);
      return NULL;
    }

  return block;
}

/* Finds the block below @block that has @offset; @block is one with addresses. */
static gboolean
find_below (AnnHdf5FractalHeap *self,
            const Block *block,
            guint64 offset,
            Place *place,
            GError **error)
{
  guint64 relative = offset - block->start;
  guint row = get_log2 (relative) < self->first_row_bits
                  ? 0
                  : get_log2 (relative) - self->first_row_bits + 1;
  guint64 size = self->first_size << (row > 0 ? row - 1 : 0);
  guint64 row_start = row > 0 ? (guint64) 1 << (self->first_row_bits + row - 1) : 0;
  guint64 column = (relative - row_start) / size;
  gsize n_direct = (gsize) MIN (row, self->n_direct_rows) * self->width;
  gsize n_indirect = (gsize) row * self->width - n_direct;
  AnnHdf5Cursor cursor;

  if (row >= block->n_rows)
    return set_damaged (self, "an object lies beyond its end", error);

  cursor = _ann_hdf5_file_get_cursor (self->file, block->bytes,
                                      get_indirect_size (self, block->n_rows));
  *place = (Place){ .start = block->start + row_start + column * size };
  if (row < self->n_direct_rows)
    {
      place->size = size;
      place->is_packed = self->has_filters;
      n_direct += column;
    }
  else
    {
      if (get_log2 (size) < self->first_row_bits)
        return set_damaged (self, "its blocks have impossible sizes", error);
      place->n_rows = get_log2 (size) - self->first_row_bits + 1;
      n_indirect += column;
    }

  cursor.at += get_block_start (self) + n_direct * get_direct_entry_size (self)
               + n_indirect * cursor.address_size;
  if (!_ann_hdf5_cursor_get_address (&cursor, &place->address)
      || (place->is_packed
          && (!_ann_hdf5_cursor_get_length (&cursor, &place->packed_size)
              || !_ann_hdf5_cursor_get_u32 (&cursor, &place->filter_mask))))
    return set_damaged (self, "a block is too short", error);

  return TRUE;
}

static gboolean
get_managed (AnnHdf5FractalHeap *self, AnnHdf5Cursor *id, AnnHdf5Cursor *object, GError **error)
{
  guint64 offset = 0, length = 0, skip;
  Place place = self->root;
  Block *block;

  if (!_ann_hdf5_cursor_get_number (id, self->offset_size, &offset)
      || !_ann_hdf5_cursor_get_number (id, self->length_size, &length))
    return set_damaged (self, "an id is too short", error);

  /* Blocks get smaller with every step, so that it ends. */
  for (block = get_block (self, &place, error); block != NULL && block->n_rows > 0;
       block = get_block (self, &place, error))
    {
      if (!find_below (self, block, offset, &place, error))
        return FALSE;
    }
  if (block == NULL)
    return FALSE;

  skip = offset - block->start;
  if (skip < get_direct_overhead (self) || skip > block->size || length > block->size - skip)
    return set_damaged (self, "an object does not lie in its block", error);
  *object = _ann_hdf5_file_get_cursor (self->file, block->bytes + skip, length);

  return TRUE;
}

/* Where an object lies that has no block: in its id, or in a record of the tree. */
typedef struct {
  AnnHdf5FractalHeap *heap;
  guint64 number;
  guint64 address;
  guint64 size;
  guint32 filter_mask;
  guint64 unpacked_size;
  gboolean is_found;
} Huge;

static gboolean
parse_huge (Huge *huge, AnnHdf5Cursor *cursor)
{
  return _ann_hdf5_cursor_get_address (cursor, &huge->address)
         && _ann_hdf5_cursor_get_length (cursor, &huge->size)
         && (!huge->heap->has_filters
             || (_ann_hdf5_cursor_get_u32 (cursor, &huge->filter_mask)
                 && _ann_hdf5_cursor_get_length (cursor, &huge->unpacked_size)));
}

static gboolean
take_huge (AnnHdf5Cursor record, gpointer data, GError **error)
{
  Huge *huge = data;

  huge->is_found = parse_huge (huge, &record);

  return huge->is_found || set_damaged (huge->heap, "a record of its tree is too short", error);
}

static int
compare_huge (AnnHdf5Cursor record, gconstpointer data)
{
  const Huge *huge = data;
  Huge found = { .heap = huge->heap };
  guint64 number = G_MAXUINT64;

  if (!parse_huge (&found, &record) || !_ann_hdf5_cursor_get_length (&record, &number))
    return 1;

  return number < huge->number ? -1 : number > huge->number;
}

static gboolean
find_huge (AnnHdf5FractalHeap *self, Huge *huge, GError **error)
{
  if (self->huge_tree == NULL)
    {
      self->huge_tree = _ann_hdf5_btree2_open (self->file, self->huge_tree_address,
                                               self->has_filters ? ANN_HDF5_BTREE2_FILTERED_HUGE
                                                                 : ANN_HDF5_BTREE2_HUGE,
                                               self->path, self->cancellable, error);
      if (self->huge_tree == NULL)
        return FALSE;
    }

  if (!_ann_hdf5_btree2_find (self->huge_tree, compare_huge, huge, take_huge, huge,
                              self->cancellable, error))
    return FALSE;

  return huge->is_found || set_damaged (self, "a large object is not in its tree", error);
}

static gboolean
get_huge (AnnHdf5FractalHeap *self, AnnHdf5Cursor *id, AnnHdf5Cursor *object, GError **error)
{
  const AnnHdf5Sizes *sizes = _ann_hdf5_file_get_sizes (self->file);
  guint direct_size = sizes->address + sizes->length + (self->has_filters ? 4 + sizes->length : 0);
  guint room = self->id_size - 1;
  Huge huge = { .heap = self };

  if (direct_size <= room ? !parse_huge (&huge, id)
                          : !_ann_hdf5_cursor_get_number (id, MIN (room, 8), &huge.number))
    return set_damaged (self, "an id is too short", error);
  if (direct_size > room && !find_huge (self, &huge, error))
    return FALSE;

  g_free (self->huge);
  self->huge = _ann_hdf5_structure_read_plain (self->file, huge.address, huge.size, STRUCTURE,
                                               self->path, self->cancellable, error);
  if (self->huge != NULL && self->has_filters)
    {
      guint8 *unpacked = unpack (self, self->huge, huge.size, huge.filter_mask, huge.unpacked_size,
                                 error);

      g_free (self->huge);
      self->huge = unpacked;
      huge.size = huge.unpacked_size;
    }
  if (self->huge == NULL)
    return FALSE;
  *object = _ann_hdf5_file_get_cursor (self->file, self->huge, huge.size);

  return TRUE;
}

/* The object is in the id itself. */
static gboolean
get_tiny (AnnHdf5FractalHeap *self,
          guint8 first,
          AnnHdf5Cursor *id,
          AnnHdf5Cursor *object,
          GError **error)
{
  gsize length = first & 0x0f;
  const guint8 *bytes;
  guint8 more = 0;

  if (self->id_size - 1 > MAX_SHORT_TINY)
    {
      if (!_ann_hdf5_cursor_get_u8 (id, &more))
        return set_damaged (self, "an id is too short", error);
      length = length << 8 | more;
    }
  if (!_ann_hdf5_cursor_get_bytes (id, length + 1, &bytes))
    return set_damaged (self, "an id is too short", error);

  /* A copy: the id may be gone before the next call. */
  g_free (self->huge);
  self->huge = g_memdup2 (bytes, length + 1);
  *object = _ann_hdf5_file_get_cursor (self->file, self->huge, length + 1);

  return TRUE;
}

gboolean
_ann_hdf5_fractal_heap_get (AnnHdf5FractalHeap *self,
                            const guint8 *id,
                            gsize id_size,
                            AnnHdf5Cursor *object,
                            GError **error)
{
  AnnHdf5Cursor cursor = _ann_hdf5_file_get_cursor (self->file, id, MIN (id_size, self->id_size));
  guint8 first = 0;

  if (!_ann_hdf5_cursor_get_u8 (&cursor, &first) || first >> 6 != 0)
    return set_damaged (self, "an id is of an unknown kind", error);

  switch ((ObjectKind) (first >> 4 & 3))
    {
    case OBJECT_MANAGED:
      return get_managed (self, &cursor, object, error);
    case OBJECT_HUGE:
      return get_huge (self, &cursor, object, error);
    case OBJECT_TINY:
      return get_tiny (self, first, &cursor, object, error);
    default:
      return set_damaged (self, "an id is of an unknown kind", error);
    }
}
