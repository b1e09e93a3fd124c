/* ann-hdf5-structure.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-structure.h"

#include "base/ann-error.h"

#include <string.h>

gboolean
_ann_hdf5_set_damaged (GError **error, const char *path, const char *structure, const char *what)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "%s%sIts %s is damaged: %s", path,
               path[0] != '\0' ? ": " : "", structure, what);

  return FALSE;
}

guint8 *
_ann_hdf5_structure_read_plain (AnnHdf5File *file,
                                guint64 address,
                                guint64 size,
                                const char *structure,
                                const char *path,
                                GCancellable *cancellable,
                                GError **error)
{
  g_autofree guint8 *bytes = NULL;

  if (!_ann_hdf5_file_has_range (file, address, size))
    {
      _ann_hdf5_set_damaged (error, path, structure, "it lies beyond the end of the file");
      return NULL;
    }

  bytes = g_try_malloc (MAX (size, 1));
  if (bytes == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s%sNo memory for %" G_GUINT64_FORMAT " bytes of its %s", path,
                   path[0] != '\0' ? ": " : "", size, structure);
      return NULL;
    }
  if (!_ann_hdf5_file_read_metadata (file, address, bytes, size, path, cancellable, error))
    return NULL;

  return g_steal_pointer (&bytes);
}

guint8 *
_ann_hdf5_structure_read (AnnHdf5File *file,
                          guint64 address,
                          guint64 size,
                          const char *signature,
                          const char *structure,
                          const char *path,
                          AnnHdf5Cursor *cursor,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autofree guint8 *bytes = NULL;

  g_return_val_if_fail (size >= ANN_HDF5_PREFIX_SIZE + ANN_HDF5_CHECKSUM_SIZE, NULL);

  bytes = _ann_hdf5_structure_read_plain (file, address, size, structure, path, cancellable, error);
  if (bytes == NULL)
    return NULL;

  *cursor = _ann_hdf5_file_get_cursor (file, bytes, size - ANN_HDF5_CHECKSUM_SIZE);
  if (!_ann_hdf5_cursor_expect (cursor, signature, 0))
    {
      _ann_hdf5_set_damaged (error, path, structure, "a part of it is not where it should be");
      return NULL;
    }
  if (!_ann_hdf5_has_checksum (bytes, size))
    {
      _ann_hdf5_set_damaged (error, path, structure, "a checksum does not fit");
      return NULL;
    }

  return g_steal_pointer (&bytes);
}
