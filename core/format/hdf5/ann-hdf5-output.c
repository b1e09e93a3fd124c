/* ann-hdf5-output.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-output.h"

#include "format/hdf5/ann-hdf5-driver.h"

struct _AnnHdf5Output {
  gatomicrefcount ref_count;
  AnnFileTarget *target;
  AnnHdf5Driver driver;
  hid_t file;
  gboolean is_broken; /* a call of libhdf5 failed: nothing is known of the file */
};

/* HDF5 1.8 and all since can read what is written: of each structure the oldest version that holds
 * it, none newer than those of 1.8. A file that is there may have newer ones already.
 */
static hid_t
new_access (AnnHdf5Driver *driver, gboolean is_there)
{
  g_auto (AnnHdf5Hid) access = H5Pcreate (H5P_FILE_ACCESS);

  if (access < 0 || !_ann_hdf5_driver_set (driver, access)
      || H5Pset_libver_bounds (access, H5F_LIBVER_EARLIEST,
                               is_there ? H5F_LIBVER_LATEST : H5F_LIBVER_V18)
             < 0
      || H5Pset_fclose_degree (access, H5F_CLOSE_STRONG) < 0)
    return H5I_INVALID_HID;

  return _ann_hdf5_steal (&access);
}

AnnHdf5Output *
_ann_hdf5_output_new (AnnFileTarget *target, gboolean is_there, GError **error)
{
  g_autoptr (AnnHdf5Output) self = g_new0 (AnnHdf5Output, 1);
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) access = H5I_INVALID_HID;

  g_atomic_ref_count_init (&self->ref_count);
  self->target = target;
  self->driver.fd = _ann_file_target_get_fd (target);
  self->file = H5I_INVALID_HID;

  access = new_access (&self->driver, is_there);
  if (access >= 0)
    self->file = is_there ? H5Fopen ("ann-output", H5F_ACC_RDWR, access)
                          : H5Fcreate ("ann-output", H5F_ACC_TRUNC, H5P_DEFAULT, access);
  if (self->file < 0)
    {
      _ann_hdf5_output_fail (
          self, "", is_there ? "The file cannot be opened for changes" : "The file cannot be begun",
          error);
      return NULL;
    }

  return g_steal_pointer (&self);
}

AnnHdf5Output *
_ann_hdf5_output_ref (AnnHdf5Output *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/* Whatever is still open in the file is closed with it. */
static herr_t
close_file (AnnHdf5Output *self)
{
  hid_t file = self->file;

  self->file = H5I_INVALID_HID;

  return file >= 0 ? H5Fclose (file) : 0;
}

void
_ann_hdf5_output_unref (AnnHdf5Output *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

    self->driver.is_abandoned = TRUE;
    close_file (self);
  }
  g_clear_pointer (&self->target, _ann_file_target_free);
  g_free (self);
}

hid_t
_ann_hdf5_output_get_file (AnnHdf5Output *self)
{
  return self->file;
}

/* What the disk said. */
static void
set_disk_error (AnnHdf5Output *self, const char *path, GError **error)
{
  _ann_file_target_set_error (self->target, self->driver.failure, error);
  if (*path != '\0')
    g_prefix_error (error, "%s: ", path);
}

gboolean
_ann_hdf5_output_check (AnnHdf5Output *self,
                        const char *path,
                        GCancellable *cancellable,
                        GError **error)
{
  const char *what = "Nothing more can be written";

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (!self->is_broken && self->driver.failure == 0 && self->file >= 0)
    return TRUE;

  if (self->driver.failure != 0)
    set_disk_error (self, path, error);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "%s%s%s", path, path[0] != '\0' ? ": " : "",
                 what);

  return FALSE;
}

gboolean
_ann_hdf5_output_fail (AnnHdf5Output *self, const char *path, const char *what, GError **error)
{
  g_autoptr (GError) complaint = NULL;

  _ann_hdf5_set_error (&complaint, path, what);
  self->is_broken = TRUE;
  self->driver.is_abandoned = TRUE;

  if (self->driver.failure != 0)
    set_disk_error (self, path, error);
  else if (g_error_matches (complaint, ANN_ERROR, ANN_ERROR_CORRUPT))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, complaint->message);
  else
    g_propagate_error (error, g_steal_pointer (&complaint));

  return FALSE;
}

gboolean
_ann_hdf5_output_commit (AnnHdf5Output *self, GCancellable *cancellable, GError **error)
{
  if (!_ann_hdf5_output_check (self, "", cancellable, error))
    return FALSE;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

    if (close_file (self) < 0 || self->driver.failure != 0)
      return _ann_hdf5_output_fail (self, "", "The file cannot be finished", error);
  }

  return _ann_file_target_commit (self->target, cancellable, error);
}
