/* ann-hdf5-chunks.c: stored chunks, taken as they are
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-array-private.h"

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

gboolean
_ann_hdf5_array_fetch (AnnArray *array,
                       AnnChunkLocation *locations,
                       gsize n,
                       guint8 **bytes,
                       GCancellable *cancellable,
                       GError **error)
{
  const AnnHdf5Dataset *dataset = ANN_HDF5_ARRAY (array)->dataset;

  for (gsize i = 0; i < n; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !_ann_hdf5_file_read (dataset->file, locations[i].offset, bytes[i],
                                   locations[i].length, dataset->path, error))
        return FALSE;
      _ann_hdf5_count_chunk (locations[i].length);
    }

  return TRUE;
}
