/* ann-hdf5-fixed-array.c: chunks of an array that has its final shape
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "format/hdf5/ann-hdf5-chunk-index-private.h"
#include "format/hdf5/ann-hdf5-structure.h"

/* libhdf5 makes pages of 2^10 entries. */
#define MAX_PAGE_BITS 24

typedef struct {
  guint8 page_bits;
  guint64 n_entries;
  guint64 block;
} Header;

static gboolean
read_header (AnnHdf5ChunkIndex *self,
             AnnHdf5Leaves *leaves,
             Header *header,
             GCancellable *cancellable,
             GError **error)
{
  const AnnHdf5Sizes *sizes = _ann_hdf5_file_get_sizes (self->file);
  gsize size = ANN_HDF5_PREFIX_SIZE + 3 + sizes->length + sizes->address + ANN_HDF5_CHECKSUM_SIZE;
  g_autofree guint8 *bytes = NULL;
  guint8 client = 0, entry_size = 0;
  AnnHdf5Cursor cursor;

  bytes = _ann_hdf5_structure_read (self->file, self->layout.address, size, "FAHD",
                                    ANN_HDF5_INDEX_STRUCTURE, self->path, &cursor, cancellable,
                                    error);
  if (bytes == NULL)
    return FALSE;

  if (!_ann_hdf5_cursor_get_u8 (&cursor, &client) || !_ann_hdf5_cursor_get_u8 (&cursor, &entry_size)
      || !_ann_hdf5_cursor_get_u8 (&cursor, &header->page_bits)
      || !_ann_hdf5_cursor_get_length (&cursor, &header->n_entries)
      || !_ann_hdf5_cursor_get_address (&cursor, &header->block))
    return _ann_hdf5_chunk_index_damaged (self, "its header is too short", error);

  leaves->entry_size = entry_size;
  leaves->block_overhead = ANN_HDF5_PREFIX_SIZE + 1 + sizes->address;
  if (!_ann_hdf5_chunk_index_check_entry (self, client, entry_size, error))
    return FALSE;
  if (header->page_bits > MAX_PAGE_BITS
      || header->n_entries > _ann_hdf5_file_get_size (self->file) / entry_size)
    return _ann_hdf5_chunk_index_damaged (self, "it claims more than the file has room for", error);

  return TRUE;
}

/* A block that has pages has a bit for each, the highest first in a byte: whether anything is in
 * it. The pages follow; the last has as many entries as are left.
 */
static gboolean
list_pages (AnnHdf5ChunkIndex *self,
            AnnHdf5Leaves *leaves,
            const Header *header,
            GCancellable *cancellable,
            GError **error)
{
  guint64 page_entries = (guint64) 1 << header->page_bits;
  guint64 n_pages = (header->n_entries - 1) / page_entries + 1;
  guint64 bits_size = (n_pages - 1) / 8 + 1;
  guint64 size = leaves->block_overhead + bits_size + ANN_HDF5_CHECKSUM_SIZE;
  guint64 page_size = page_entries * leaves->entry_size + ANN_HDF5_CHECKSUM_SIZE;
  g_autofree guint8 *bytes = NULL;
  AnnHdf5Cursor cursor;
  const guint8 *bits;

  bytes = _ann_hdf5_structure_read (self->file, header->block, size, "FADB",
                                    ANN_HDF5_INDEX_STRUCTURE, self->path, &cursor, cancellable,
                                    error);
  if (bytes == NULL)
    return FALSE;

  bits = bytes + leaves->block_overhead;
  for (guint64 i = 0; i < n_pages; i++)
    {
      const AnnHdf5Leaf leaf = {
        .first = i * page_entries,
        .address = header->block + size + i * page_size,
        .n_entries = (guint32) MIN (page_entries, header->n_entries - i * page_entries),
        .is_page = TRUE,
      };

      if ((bits[i / 8] & 0x80 >> i % 8) != 0 && !_ann_hdf5_leaves_add (leaves, self, &leaf, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
_ann_hdf5_fixed_array_list (AnnHdf5ChunkIndex *self,
                            AnnHdf5Leaves *leaves,
                            GCancellable *cancellable,
                            GError **error)
{
  Header header = { 0 };
  AnnHdf5Leaf leaf;

  if (!read_header (self, leaves, &header, cancellable, error))
    return FALSE;
  if (header.n_entries == 0 || header.block == ANN_HDF5_NO_ADDRESS)
    return TRUE;
  if (header.n_entries > (guint64) 1 << header.page_bits)
    return list_pages (self, leaves, &header, cancellable, error);

  leaf = (AnnHdf5Leaf){ .address = header.block, .n_entries = (guint32) header.n_entries };

  return _ann_hdf5_leaves_add (leaves, self, &leaf, error);
}
