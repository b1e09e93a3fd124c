/* ann-hdf5-wanted.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-wanted.h"

void
_ann_hdf5_wanted_init (AnnHdf5Wanted *self,
                       AnnHdf5File *file,
                       const char *path,
                       GCancellable *cancellable)
{
  self->file = file;
  self->path = path;
  self->cancellable = cancellable;
  self->n = 0;
}

gboolean
_ann_hdf5_wanted_add (AnnHdf5Wanted *self, guint64 address, guint64 n_bytes, GError **error)
{
  if (!_ann_source_is_remote (_ann_hdf5_file_get_source (self->file)))
    return TRUE;

  if (self->n == ANN_HDF5_MAX_WANTED && !_ann_hdf5_wanted_bring (self, error))
    return FALSE;
  self->parts[self->n++] = (AnnSourcePart){ address, n_bytes, NULL };

  return TRUE;
}

gboolean
_ann_hdf5_wanted_bring (AnnHdf5Wanted *self, GError **error)
{
  guint64 base = _ann_hdf5_file_get_sizes (self->file)->base;
  gsize n = self->n;

  for (gsize i = 0; i < n; i++)
    {
      if (!g_uint64_checked_add (&self->parts[i].offset, self->parts[i].offset, base))
        self->parts[i].offset = G_MAXUINT64;
    }
  self->n = 0;

  if (_ann_source_prefetch (_ann_hdf5_file_get_source (self->file), self->parts, n,
                            self->cancellable, error))
    return TRUE;
  if (self->path[0] != '\0')
    g_prefix_error (error, "%s: ", self->path);

  return FALSE;
}
