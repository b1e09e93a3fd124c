/* ann-hdf5-foreign.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _GNU_SOURCE /* memmem () */

#include "format/hdf5/ann-hdf5-foreign.h"

#include "codec/ann-codec-private.h"
#include "format/hdf5/ann-hdf5-lock.h"

#include <string.h>

/* libhdf5 has no function that applies a filter. It is made to read a file in memory, with one
 * chunk that has this filter and, before it in the order of a writer, one of ours, which takes what
 * comes out. So nothing is believed of its length.
 *
 * A filter may change its parameters when a dataset is made with it, after the type and the chunk
 * of that. Those here have been through that; so the file is made with another filter of ours in
 * its place, and gets the number of the real one afterwards.
 */
#define CATCHER ((H5Z_filter_t) 510) /* of the numbers that are free for tests */
#define STAND_IN ((H5Z_filter_t) 511)

/* The file's size grows in such steps. */
#define INCREMENT ((size_t) 64 << 10)

typedef struct {
  H5Z_filter_t id;
  gsize n_values;
  guint32 values[];
} Parameters;

/* What the catcher takes goes here; under the lock. */
static struct {
  guint8 *dest;
  gsize capacity;
  gsize size;
  gboolean is_caught;
  gboolean is_too_large;
} catch;

static size_t
filter_catch (unsigned flags,
              size_t n_parameters G_GNUC_UNUSED,
              const unsigned *parameters G_GNUC_UNUSED,
              size_t n_bytes,
              size_t *buffer_size,
              void **buffer)
{
  void *chunk;

  if ((flags & H5Z_FLAG_REVERSE) == 0)
    return 0;

  catch.is_too_large = n_bytes > catch.capacity;
  if (catch.is_too_large)
    return 0;
  memcpy (catch.dest, *buffer, n_bytes);
  catch.size = n_bytes;
  catch.is_caught = TRUE;

  /* The chunk of the file has one byte. */
  chunk = H5allocate_memory (1, TRUE);
  if (chunk == NULL)
    return 0;
  H5free_memory (*buffer);
  *buffer = chunk;
  *buffer_size = 1;

  return 1;
}

/* Never called: chunks are written as they are, and read with the real one. */
static size_t
filter_stand_in (unsigned flags G_GNUC_UNUSED,
                 size_t n_parameters G_GNUC_UNUSED,
                 const unsigned *parameters G_GNUC_UNUSED,
                 size_t n_bytes G_GNUC_UNUSED,
                 size_t *buffer_size G_GNUC_UNUSED,
                 void **buffer G_GNUC_UNUSED)
{
  return 0;
}

static gboolean
register_filters (void)
{
  static const H5Z_class2_t classes[] = {
    { .version = H5Z_CLASS_T_VERS,
      .id = CATCHER,
      .encoder_present = 1,
      .decoder_present = 1,
      .filter = filter_catch },
    { .version = H5Z_CLASS_T_VERS,
      .id = STAND_IN,
      .encoder_present = 1,
      .decoder_present = 1,
      .filter = filter_stand_in },
  };

  return H5Zregister (&classes[0]) >= 0 && H5Zregister (&classes[1]) >= 0;
}

/* Writes a file into memory; the address of the dataset's header too. */
static hid_t
write_file (const Parameters *parameters, const guint8 *src, gsize src_size, haddr_t *header)
{
  static const hsize_t length = 1, start = 0;
  g_auto (AnnHdf5Hid) access = H5Pcreate (H5P_FILE_ACCESS);
  g_auto (AnnHdf5Hid) creation = H5Pcreate (H5P_DATASET_CREATE);
  g_auto (AnnHdf5Hid) space = H5Screate_simple (1, &length, NULL);
  g_auto (AnnHdf5Hid) file = H5I_INVALID_HID;
  g_auto (AnnHdf5Hid) dataset = H5I_INVALID_HID;
  H5O_info_t info;

  if (H5Pset_fapl_core (access, INCREMENT, FALSE) < 0 || H5Pset_chunk (creation, 1, &length) < 0
      || H5Pset_filter (creation, CATCHER, 0, 0, NULL) < 0
      || H5Pset_filter (creation, STAND_IN, 0, parameters->n_values, parameters->values) < 0)
    return H5I_INVALID_HID;

  file = H5Fcreate ("ann-foreign-written", H5F_ACC_TRUNC, H5P_DEFAULT, access);
  dataset = H5Dcreate2 (file, "x", H5T_NATIVE_UINT8, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  if (dataset < 0 || H5Dwrite_chunk (dataset, H5P_DEFAULT, 0, &start, src_size, src) < 0
      || H5Oget_info2 (dataset, &info, H5O_INFO_BASIC) < 0 || H5Fflush (file, H5F_SCOPE_LOCAL) < 0)
    return H5I_INVALID_HID;
  *header = info.addr;

  return _ann_hdf5_steal (&file);
}

/* Puts the number of the real filter into the header: it follows that of the catcher, and is itself
 * followed by no name, no flags, and how many parameters there are.
 */
static gboolean
set_filter (guint8 *image, gsize size, haddr_t header, const Parameters *parameters)
{
  const guint16 entry[4] = { GUINT16_TO_LE (STAND_IN), 0, 0,
                             GUINT16_TO_LE ((guint16) parameters->n_values) };
  const guint16 id = GUINT16_TO_LE ((guint16) parameters->id);
  guint8 *place = header < size ? memmem (image + header, size - header, entry, sizeof entry)
                                : NULL;

  if (place == NULL)
    return FALSE;
  memcpy (place, &id, sizeof id);

  return TRUE;
}

static gboolean
read_file (void *image, gsize size)
{
  g_auto (AnnHdf5Hid) access = H5Pcreate (H5P_FILE_ACCESS);
  g_auto (AnnHdf5Hid) file = H5I_INVALID_HID;
  g_auto (AnnHdf5Hid) dataset = H5I_INVALID_HID;
  guint8 value;

  if (H5Pset_fapl_core (access, INCREMENT, FALSE) < 0
      || H5Pset_file_image (access, image, size) < 0)
    return FALSE;
  /* Files in memory are told apart by their names. */
  file = H5Fopen ("ann-foreign-read", H5F_ACC_RDONLY, access);
  dataset = H5Dopen2 (file, "x", H5P_DEFAULT);

  return dataset >= 0
         && H5Dread (dataset, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, &value) >= 0
         && catch.is_caught;
}

static gboolean
pass_through_libhdf5 (const Parameters *parameters, const guint8 *src, gsize src_size)
{
  haddr_t header = HADDR_UNDEF;
  g_auto (AnnHdf5Hid) file = write_file (parameters, src, src_size, &header);
  gssize size = file < 0 ? -1 : H5Fget_file_image (file, NULL, 0);
  g_autofree guint8 *image = size > 0 ? g_try_malloc ((gsize) size) : NULL;

  return image != NULL && H5Fget_file_image (file, image, (gsize) size) >= 0
         && set_filter (image, (gsize) size, header, parameters) && read_file (image, (gsize) size);
}

static gboolean
foreign_decode (const AnnCodec *codec,
                const guint8 *src,
                gsize src_size,
                guint8 *dest,
                gsize capacity,
                gsize *dest_size,
                GError **error)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  catch.dest = dest;
  catch.capacity = capacity;
  catch.is_caught = FALSE;
  catch.is_too_large = FALSE;

  if (src_size == 0 || !register_filters () || !pass_through_libhdf5 (codec->data, src, src_size))
    {
      if (catch.is_too_large)
        g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                     "%s: More bytes come out than a chunk has", codec->description);
      else
        _ann_hdf5_set_error (error, codec->description, "The bytes cannot be unpacked");
      H5Eclear2 (H5E_DEFAULT);
      return FALSE;
    }
  *dest_size = catch.size;

  return TRUE;
}

static const AnnCodecClass foreign_class = { .name = "hdf5", .decode = foreign_decode };

gboolean
_ann_hdf5_is_foreign_filter (H5Z_filter_t id)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  gboolean is_there = H5Zfilter_avail (id) > 0;

  H5Eclear2 (H5E_DEFAULT);

  return is_there;
}

AnnCodec *
_ann_hdf5_foreign_codec_new (H5Z_filter_t id,
                             gsize n_values,
                             const guint32 *values,
                             char *description)
{
  AnnCodec *self = _ann_codec_new (&foreign_class, 0, description);
  Parameters *parameters = g_malloc0 (sizeof *parameters + n_values * sizeof *values);

  parameters->id = id;
  parameters->n_values = n_values;
  if (n_values > 0)
    memcpy (parameters->values, values, n_values * sizeof *values);
  self->data = parameters;
  self->is_compressor = TRUE; /* nothing is known about its sizes */

  return self;
}
