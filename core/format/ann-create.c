/* ann-create.c: which container an address to be written names
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/ann-create.h"

#include "base/ann-error.h"
#include "format/hdf5/ann-hdf5-writer.h"
#include "store/ann-location.h"

static const char *const hdf5_endings[] = { ".h5ad", ".h5ads", ".h5", ".hdf5" };

static gboolean
check_name (AnnLocation *location, GError **error)
{
  g_autofree char *name = g_ascii_strdown (ann_location_get_name (location), -1);

  for (gsize i = 0; i < G_N_ELEMENTS (hdf5_endings); i++)
    {
      if (g_str_has_suffix (name, hdf5_endings[i]))
        return TRUE;
    }

  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
               "The name of “%s” does not say what kind of store is to be written; it is to end in "
               ".h5ad, .h5ads, .h5 or .hdf5 for HDF5",
               ann_location_get_uri (location));

  return FALSE;
}

AnnNodeWriter *
_ann_create_root (const char *address,
                  const AnnCreateOptions *options,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (AnnLocation) location = ann_location_parse (address, error);

  if (location == NULL || !check_name (location, error))
    return NULL;

  if (ann_location_is_remote (location))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "“%s” cannot be written: HDF5 is written to a disk",
                   ann_location_get_uri (location));
      return NULL;
    }

  return _ann_hdf5_writer_new_root (ann_location_get_uri (location), options->overwrite,
                                    cancellable, error);
}
