/* ann-create.c: which container an address to be written names
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/ann-create.h"

#include "base/ann-error.h"
#include "format/hdf5/ann-hdf5-writer.h"
#include "format/zarr/ann-zarr-writer.h"
#include "store/ann-location.h"
#include "store/ann-store-writer.h"

static const struct {
  const char *ending;
  gboolean is_zarr;
} endings[] = {
  { ".h5ad", FALSE }, { ".h5ads", FALSE }, { ".h5", FALSE },
  { ".hdf5", FALSE }, { ".zarr", TRUE },   { ".zarr.zip", TRUE },
};

static gboolean
find_container (AnnLocation *location, gboolean *is_zarr, GError **error)
{
  g_autofree char *name = g_ascii_strdown (ann_location_get_name (location), -1);

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      if (g_str_has_suffix (name, endings[i].ending))
        {
          *is_zarr = endings[i].is_zarr;
          return TRUE;
        }
    }

  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
               "The name of “%s” does not say what kind of store is to be written; it is to end in "
               ".h5ad, .h5ads, .h5 or .hdf5 for HDF5, in .zarr or .zarr.zip for Zarr",
               ann_location_get_uri (location));

  return FALSE;
}

AnnNodeWriter *
_ann_create_root (const char *address,
                  const AnnCreateOptions *options,
                  GCancellable *cancellable,
                  GError **error)
{
  const AnnTargetSpec spec = { .address = address,
                               .overwrite = options->overwrite,
                               .progress = options->progress,
                               .n_units = options->n_units,
                               .removals = options->removals };
  g_autoptr (AnnLocation) location = ann_location_parse (address, error);
  AnnStoreWriter *store;
  gboolean is_zarr;

  if (location == NULL || !find_container (location, &is_zarr, error))
    return NULL;
  if (!is_zarr)
    return _ann_hdf5_writer_new_root (&spec, cancellable, error);

  store = _ann_store_writer_new_for (&spec, cancellable, error);

  return store != NULL ? _ann_zarr_writer_new_root (store, options->zarr_format, error) : NULL;
}
