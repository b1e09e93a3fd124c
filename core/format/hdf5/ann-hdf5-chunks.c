/* ann-hdf5-chunks.c: stored chunks, taken as they are
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-array-private.h"
#include "format/hdf5/ann-hdf5-lock.h"

/* How many chunks are looked up before another thread may enter: 2 ms where that is slow. */
#define LOOKUPS_AT_ONCE 64

/* Of more plain chunks than these the sizes are checked together, for libhdf5 1.10 goes through
 * all of them to find that of one.
 */
#define MAX_LOOKED_THROUGH 1024

#define PAGE_SIZE 4096

/* Where chunk number @index begins; returns whether it ends beyond the array's edge. */
static gboolean
get_chunk_start (AnnHdf5Array *self, guint64 index, hsize_t *start)
{
  AnnArray *array = ANN_ARRAY (self);
  const guint64 *shape = ann_array_get_shape (array);
  const guint64 *chunk_shape = ann_array_get_chunk_shape (array);
  gboolean is_at_edge = FALSE;

  for (guint i = ann_array_get_rank (array); i-- > 0;)
    {
      guint64 n_chunks = (shape[i] - 1) / chunk_shape[i] + 1;

      start[i] = index % n_chunks * chunk_shape[i];
      index /= n_chunks;
      is_at_edge |= chunk_shape[i] > shape[i] - start[i];
    }

  return is_at_edge;
}

static gboolean
locate_one (AnnHdf5Array *self, AnnChunkLocation *location, GError **error)
{
  const char *path = ann_array_get_path (ANN_ARRAY (self));
  hsize_t start[ANN_MAX_RANK];
  hsize_t size = 0;

  get_chunk_start (self, location->index, start);
  /* HDF5 1.10 fails for a chunk that is not there, with the code of any other failure. */
  if (H5Dget_chunk_storage_size (self->dataset, start, &size) < 0
      && !_ann_hdf5_complains_of ("not allocated"))
    {
      _ann_hdf5_set_error (error, path, "A chunk cannot be found");
      return FALSE;
    }
  if (size > _ann_hdf5_file_get_size (self->file))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: Chunk %" G_GUINT64_FORMAT " claims %" G_GUINT64_FORMAT
                   " bytes, more than the file has",
                   path, location->index, (guint64) size);
      return FALSE;
    }
  location->is_absent = size == 0;
  location->length = size;

  return TRUE;
}

gboolean
_ann_hdf5_array_locate (AnnArray *array,
                        const guint64 *indices,
                        gsize n,
                        AnnChunkLocation *locations,
                        GCancellable *cancellable,
                        GError **error)
{
  AnnHdf5Array *self = ANN_HDF5_ARRAY (array);

  for (gsize first = 0; first < n; first += LOOKUPS_AT_ONCE)
    {
      g_autoptr (AnnHdf5Lock) lock = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      lock = _ann_hdf5_lock ();
      for (gsize i = first; i < MIN (first + LOOKUPS_AT_ONCE, n); i++)
        {
          locations[i] = (AnnChunkLocation){ .index = indices[i], .offset = G_MAXUINT64 };
          if (!locate_one (self, &locations[i], error))
            return FALSE;
        }
    }

  return TRUE;
}

/* Makes the kernel give the memory now: a page fault under the lock would hold up everybody. */
static void
touch_pages (guint8 *bytes, gsize n_bytes)
{
  for (gsize i = 0; i < n_bytes; i += PAGE_SIZE)
    ((volatile guint8 *) bytes)[i] = 0;
}

/* All plain chunks together are as large as so many chunks are; under the lock. */
static gboolean
check_all_sizes (AnnHdf5Array *self, guint64 length)
{
  g_auto (AnnHdf5Hid) space = H5I_INVALID_HID;
  hsize_t n_chunks = 0;
  guint64 size;

  if (self->are_sizes_checked)
    return TRUE;

  space = H5Dget_space (self->dataset);
  self->are_sizes_checked = space >= 0 && H5Dget_num_chunks (self->dataset, space, &n_chunks) >= 0
                            && g_uint64_checked_mul (&size, n_chunks, length)
                            && H5Dget_storage_size (self->dataset) == size;

  return self->are_sizes_checked;
}

/* For a chunk without filters H5Dget_chunk_storage_size () gives the size that it should have,
 * but H5Dread_chunk () writes as much as the index of a damaged file claims.
 */
static gboolean
check_plain_size (AnnHdf5Array *self, const hsize_t *start, guint64 length)
{
  AnnArray *array = ANN_ARRAY (self);
  const guint64 *shape = ann_array_get_shape (array);
  const guint64 *chunk_shape = ann_array_get_chunk_shape (array);
  guint64 n_chunks = 1;
  hsize_t size = 0;

  for (guint i = 0; i < ann_array_get_rank (array); i++)
    {
      if (!g_uint64_checked_mul (&n_chunks, n_chunks, (shape[i] - 1) / chunk_shape[i] + 1))
        n_chunks = G_MAXUINT64;
      if (n_chunks > MAX_LOOKED_THROUGH)
        return check_all_sizes (self, length);
    }

  return H5Dget_chunk_info_by_coord (self->dataset, start, NULL, NULL, &size) >= 0
         && size == length;
}

static gboolean
fetch_one (AnnHdf5Array *self, AnnChunkLocation *location, guint8 *bytes, GError **error)
{
  const char *path = ann_array_get_path (ANN_ARRAY (self));
  hsize_t start[ANN_MAX_RANK];
  gboolean is_at_edge = get_chunk_start (self, location->index, start);
  guint32 mask = 0;
  hsize_t size = 0;

  touch_pages (bytes, location->length);

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

    /* H5Dread_chunk () writes as much as the chunk has now, without asking how much room there
     * is. The look-up is remembered, so asking again costs nothing.
     */
    if (self->chunks_are_plain && !check_plain_size (self, start, location->length))
      {
        H5Eclear2 (H5E_DEFAULT);
        g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                     "%s: Chunk %" G_GUINT64_FORMAT " has not the size of a chunk", path,
                     location->index);
        return FALSE;
      }
    if (H5Dget_chunk_storage_size (self->dataset, start, &size) < 0
        || (size == location->length
            && H5Dread_chunk (self->dataset, H5P_DEFAULT, start, &mask, bytes) < 0))
      {
        _ann_hdf5_set_error (error, path, "A chunk cannot be read");
        return FALSE;
      }
  }

  if (size != location->length)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CHANGED,
                   "%s: Chunk %" G_GUINT64_FORMAT " was rewritten while it was read", path,
                   location->index);
      return FALSE;
    }

  if (is_at_edge && self->edges_are_plain)
    mask = G_MAXUINT32;
  location->filter_mask = mask << self->mask_shift;
  _ann_hdf5_count_chunk (location->length);

  return TRUE;
}

gboolean
_ann_hdf5_array_fetch (AnnArray *array,
                       AnnChunkLocation *locations,
                       gsize n,
                       guint8 **bytes,
                       GCancellable *cancellable,
                       GError **error)
{
  for (gsize i = 0; i < n; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !fetch_one (ANN_HDF5_ARRAY (array), &locations[i], bytes[i], error))
        return FALSE;
    }

  return TRUE;
}
