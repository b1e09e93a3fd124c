/* ann-hdf5-driver.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-driver.h"

#include "store/ann-place-private.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

#define MAX_ADDRESS ((haddr_t) G_MAXINT64)

/* Of the numbers that are free for anybody; HDF5 1.10 gives one itself. */
#define DRIVER_NUMBER 600

/* What libhdf5 keeps of a file. */
typedef struct {
  H5FD_t parent;

  AnnHdf5Driver *driver;
  haddr_t end_of_space;
  haddr_t end_of_file;
} File;

/* In an access list. */
typedef struct {
  AnnHdf5Driver *driver;
} Info;

static H5FD_t *
file_open (const char *name G_GNUC_UNUSED, unsigned flags, hid_t access, haddr_t max_address)
{
  const Info *info = H5Pget_driver_info (access);
  struct stat status;
  File *self;

  if (info == NULL || max_address == 0)
    return NULL;
  if (((flags & H5F_ACC_TRUNC) != 0 && ftruncate (info->driver->fd, 0) < 0)
      || fstat (info->driver->fd, &status) < 0)
    {
      info->driver->failure = errno;
      return NULL;
    }

  self = g_new0 (File, 1);
  self->driver = info->driver;
  self->end_of_file = (haddr_t) status.st_size;

  return &self->parent;
}

static herr_t
file_close (H5FD_t *file)
{
  g_free (file);

  return 0;
}

static int
file_compare (const H5FD_t *a, const H5FD_t *b)
{
  const AnnHdf5Driver *driver_a = ((const File *) a)->driver;
  const AnnHdf5Driver *driver_b = ((const File *) b)->driver;

  return driver_a < driver_b ? -1 : driver_a > driver_b;
}

static herr_t
file_query (const H5FD_t *file G_GNUC_UNUSED, unsigned long *flags)
{
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE
           | H5FD_FEAT_AGGREGATE_SMALLDATA | H5FD_FEAT_DEFAULT_VFD_COMPATIBLE;

  return 0;
}

static haddr_t
file_get_end_of_space (const H5FD_t *file, H5FD_mem_t type G_GNUC_UNUSED)
{
  return ((const File *) file)->end_of_space;
}

static herr_t
file_set_end_of_space (H5FD_t *file, H5FD_mem_t type G_GNUC_UNUSED, haddr_t address)
{
  ((File *) file)->end_of_space = address;

  return 0;
}

static haddr_t
file_get_end_of_file (const H5FD_t *file, H5FD_mem_t type G_GNUC_UNUSED)
{
  return ((const File *) file)->end_of_file;
}

static gboolean
is_off (const File *self)
{
  return self->driver->failure != 0 || self->driver->is_abandoned;
}

static herr_t
file_read (H5FD_t *file,
           H5FD_mem_t type G_GNUC_UNUSED,
           hid_t transfer G_GNUC_UNUSED,
           haddr_t address,
           size_t size,
           void *bytes)
{
  File *self = (File *) file;
  guint8 *at = bytes;

  while (size > 0)
    {
      gssize n = pread (self->driver->fd, at, size, (off_t) address);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          if (self->driver->failure == 0)
            self->driver->failure = errno;
          return -1;
        }
      if (n == 0) /* space that nothing was written into yet */
        {
          memset (at, 0, size);
          break;
        }
      at += n;
      address += (haddr_t) n;
      size -= (gsize) n;
    }

  return 0;
}

static herr_t
file_write (H5FD_t *file,
            H5FD_mem_t type G_GNUC_UNUSED,
            hid_t transfer G_GNUC_UNUSED,
            haddr_t address,
            size_t size,
            const void *bytes)
{
  File *self = (File *) file;

  if (is_off (self))
    return 0;

  if (_ann_write_fully (self->driver->fd, bytes, size, address) < 0)
    {
      self->driver->failure = errno;
      return 0;
    }
  self->end_of_file = MAX (self->end_of_file, address + size);

  return 0;
}

static herr_t
file_truncate (H5FD_t *file, hid_t transfer G_GNUC_UNUSED, hbool_t is_closing G_GNUC_UNUSED)
{
  File *self = (File *) file;

  if (is_off (self) || self->end_of_space == self->end_of_file)
    return 0;
  if (ftruncate (self->driver->fd, (off_t) self->end_of_space) < 0)
    {
      self->driver->failure = errno;
      return 0;
    }
  self->end_of_file = self->end_of_space;

  return 0;
}

/* Structures and values take space from blocks of their own, as with libhdf5's usual driver. */
static const H5FD_class_t driver_class = {
#if H5_VERSION_GE(1, 13, 2)
  .version = H5FD_CLASS_VERSION,
#endif
#if H5_VERSION_GE(1, 13, 0)
  .value = (H5FD_class_value_t) DRIVER_NUMBER,
#endif
  .name = "ann",
  .maxaddr = MAX_ADDRESS,
  .fc_degree = H5F_CLOSE_STRONG,
  .fapl_size = sizeof (Info),
  .open = file_open,
  .close = file_close,
  .cmp = file_compare,
  .query = file_query,
  .get_eoa = file_get_end_of_space,
  .set_eoa = file_set_end_of_space,
  .get_eof = file_get_end_of_file,
  .read = file_read,
  .write = file_write,
  .truncate = file_truncate,
  .fl_map = H5FD_FLMAP_DICHOTOMY,
};

gboolean
_ann_hdf5_driver_set (AnnHdf5Driver *driver, hid_t access)
{
  static hid_t id = H5I_INVALID_HID; /* for good */
  const Info info = { driver };

  if (id < 0)
    id = H5FDregister (&driver_class);

  return id >= 0 && H5Pset_driver (access, id, &info) >= 0;
}
