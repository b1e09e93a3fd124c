/* ann-hdf5-chunks.c: stored chunks, taken as they are
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-array-private.h"

/* So many are asked for at once; nobody asks for more. */
#define MAX_PARTS 64

gboolean
_ann_hdf5_array_locate (AnnArray *array,
                        const guint64 *indices,
                        gsize n,
                        AnnChunkLocation *locations,
                        GCancellable *cancellable,
                        GError **error)
{
  AnnHdf5Array *self = ANN_HDF5_ARRAY (array);

  if (!_ann_hdf5_dataset_locate (self->dataset, indices, n, locations, cancellable, error))
    return FALSE;

  for (gsize i = 0; i < n; i++)
    locations[i].filter_mask <<= self->mask_shift;

  return TRUE;
}

/* How many of the chunks from the first one on follow each other in the file, and go to memory that
 * does too: writers that write in order leave many of them so. @n_bytes: of all of them
 */
static gsize
count_neighbors (const AnnChunkLocation *locations, guint8 *const *bytes, gsize n, guint64 *n_bytes)
{
  gsize i = 1;

  *n_bytes = locations[0].length;
  while (i < n && locations[i].offset == locations[0].offset + *n_bytes
         && bytes[i] == bytes[0] + *n_bytes)
    *n_bytes += locations[i++].length;

  return i;
}

/* All of them in one call: a file that is far away is waited for once. */
gboolean
_ann_hdf5_array_fetch (AnnArray *array,
                       AnnChunkLocation *locations,
                       gsize n,
                       guint8 **bytes,
                       GCancellable *cancellable,
                       GError **error)
{
  const AnnHdf5Dataset *dataset = ANN_HDF5_ARRAY (array)->dataset;

  for (gsize i = 0; i < n;)
    {
      AnnSourcePart parts[MAX_PARTS];
      gsize n_parts = 0;

      for (; i < n && n_parts < MAX_PARTS; n_parts++)
        {
          guint64 n_bytes;
          gsize n_neighbors = count_neighbors (locations + i, bytes + i, n - i, &n_bytes);

          parts[n_parts] = (AnnSourcePart){ locations[i].offset, n_bytes, bytes[i] };
          _ann_hdf5_count_chunks (n_neighbors, n_bytes);
          i += n_neighbors;
        }
      if (!_ann_hdf5_file_read_parts (dataset->file, parts, n_parts, dataset->path, cancellable,
                                      error))
        return FALSE;
    }

  return TRUE;
}
