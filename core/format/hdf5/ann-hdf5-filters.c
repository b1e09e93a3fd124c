/* ann-hdf5-filters.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-filters.h"

#include "codec/ann-codec-private.h"
#include "format/hdf5/ann-hdf5-lock.h"

#define FILTER_LZF 32000
#define FILTER_ZSTD 32015

/* No decoded chunk that libhdf5 asks of us may be larger: it does not say how large it should be,
 * and a few bytes can stand for anything.
 */
#define MAX_DECODED_SIZE ((gsize) 256 << 20)

/* Names of filters that may be met, for messages; of The HDF Group's register. */
static const struct {
  H5Z_filter_t id;
  const char *name;
} filter_names[] = {
  { H5Z_FILTER_SZIP, "szip" },
  { H5Z_FILTER_NBIT, "n-bit" },
  { H5Z_FILTER_SCALEOFFSET, "scale-offset" },
  { 305, "lzo" },
  { 307, "bzip2" },
  { 32001, "blosc" },
  { 32004, "lz4" },
  { 32005, "apax" },
  { 32008, "bitshuffle" },
  { 32009, "spdp" },
  { 32010, "lpc-rice" },
  { 32012, "cbf" },
  { 32013, "zfp" },
  { 32016, "b3d" },
  { 32017, "sz" },
  { 32018, "fcidecomp" },
  { 32019, "jpeg" },
  { 32022, "bitgroom" },
  { 32023, "granular bitround" },
  { 32024, "sz3" },
  { 32026, "blosc2" },
};

/* A filter that libhdf5 applies itself: it stands in the chain to be seen, and never decodes. */
static gboolean
refuse_to_decode (const AnnCodec *codec,
                  const guint8 *src G_GNUC_UNUSED,
                  gsize src_size G_GNUC_UNUSED,
                  guint8 *dest G_GNUC_UNUSED,
                  gsize capacity G_GNUC_UNUSED,
                  gsize *dest_size G_GNUC_UNUSED,
                  GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s is decoded by libhdf5 alone",
               ann_codec_get_description (codec));
  return FALSE;
}

static const AnnCodecClass foreign_class = { .name = "hdf5", .decode = refuse_to_decode };

static char *
describe_filter (H5Z_filter_t id, const char *stored_name)
{
  const char *name = stored_name[0] != '\0' ? stored_name : "unknown";

  for (gsize i = 0; i < G_N_ELEMENTS (filter_names); i++)
    {
      if (filter_names[i].id == id)
        name = filter_names[i].name;
    }

  return g_strdup_printf ("%s (filter %d)", name, (int) id);
}

/* Returns the codec of one filter; @is_ours tells whether it decodes, or only describes. */
static AnnCodec *
new_codec (H5Z_filter_t id,
           const char *stored_name,
           gsize n_parameters,
           const unsigned *parameters,
           gboolean *is_ours)
{
  unsigned first = n_parameters > 0 ? parameters[0] : 0;
  g_autofree char *description = NULL;

  *is_ours = TRUE;
  switch (id)
    {
    case H5Z_FILTER_DEFLATE:
      return ann_codec_new_deflate (first);
    case H5Z_FILTER_SHUFFLE:
      if (first == 0)
        break;
      return ann_codec_new_shuffle (first);
    case H5Z_FILTER_FLETCHER32:
      return ann_codec_new_fletcher32 ();
    case FILTER_LZF:
      return ann_codec_new_lzf ();
    case FILTER_ZSTD:
      return ann_codec_new_zstd ((int) first);
    default:
      break;
    }

  *is_ours = FALSE;
  description = describe_filter (id, stored_name);
  if (id != H5Z_FILTER_SHUFFLE && H5Zfilter_avail (id) > 0)
    return _ann_codec_new (&foreign_class, 0, g_steal_pointer (&description));

  return ann_codec_new_missing (description);
}

gboolean
_ann_hdf5_pipeline_init (AnnHdf5Pipeline *self,
                         hid_t creation,
                         gsize swap_size,
                         const char *path,
                         GError **error)
{
  g_autoptr (AnnCodecChain) chain = ann_codec_chain_new ();
  int n_filters = H5Pget_nfilters (creation);

  *self = (AnnHdf5Pipeline){ NULL, TRUE };
  if (n_filters < 0)
    {
      _ann_hdf5_set_error (error, path, "The filters cannot be read");
      return FALSE;
    }

  if (swap_size > 0)
    ann_codec_chain_append (chain, ann_codec_new_byte_swap (swap_size));

  for (int i = 0; i < n_filters; i++)
    {
      g_autoptr (AnnCodec) codec = NULL;
      unsigned flags;
      unsigned parameters[32] = { 0 };
      size_t n_parameters = G_N_ELEMENTS (parameters);
      char name[64] = "";
      gboolean is_ours;
      H5Z_filter_t id = H5Pget_filter2 (creation, (unsigned) i, &flags, &n_parameters, parameters,
                                        sizeof name - 1, name, NULL);

      if (id < 0)
        {
          _ann_hdf5_set_error (error, path, "The filters cannot be read");
          return FALSE;
        }

      codec = new_codec (id, name, MIN (n_parameters, G_N_ELEMENTS (parameters)), parameters,
                         &is_ours);
      if (!is_ours && !ann_codec_is_missing (codec))
        self->is_ours = FALSE;
      ann_codec_chain_append (chain, g_steal_pointer (&codec));
    }

  if (ann_codec_chain_get_missing (chain) != NULL)
    self->is_ours = TRUE;
  if (ann_codec_chain_get_length (chain) > 0)
    self->codecs = g_steal_pointer (&chain);

  return TRUE;
}

void
_ann_hdf5_pipeline_clear (AnnHdf5Pipeline *self)
{
  g_clear_pointer (&self->codecs, ann_codec_chain_unref);
}

/* Decodes with rising room until it fits, as libhdf5 does not say how much there must be. */
static size_t
decode_for_libhdf5 (AnnCodec *codec, size_t n_bytes, size_t *buffer_size, void **buffer)
{
  gsize capacity = CLAMP (n_bytes * 4, 64 << 10, MAX_DECODED_SIZE);

  for (;;)
    {
      void *decoded = H5allocate_memory (capacity, FALSE);
      gsize size;

      if (decoded == NULL)
        return 0;
      if (codec->klass->decode (codec, *buffer, n_bytes, decoded, capacity, &size, NULL))
        {
          H5free_memory (*buffer);
          *buffer = decoded;
          *buffer_size = capacity;
          return size;
        }

      H5free_memory (decoded);
      if (capacity >= MAX_DECODED_SIZE)
        return 0;
      capacity = MIN (capacity * 4, MAX_DECODED_SIZE);
    }
}

static size_t
filter_lzf (unsigned flags,
            size_t n_parameters G_GNUC_UNUSED,
            const unsigned *parameters G_GNUC_UNUSED,
            size_t n_bytes,
            size_t *buffer_size,
            void **buffer)
{
  g_autoptr (AnnCodec) codec = ann_codec_new_lzf ();

  return (flags & H5Z_FLAG_REVERSE) ? decode_for_libhdf5 (codec, n_bytes, buffer_size, buffer) : 0;
}

static size_t
filter_zstd (unsigned flags,
             size_t n_parameters G_GNUC_UNUSED,
             const unsigned *parameters G_GNUC_UNUSED,
             size_t n_bytes,
             size_t *buffer_size,
             void **buffer)
{
  g_autoptr (AnnCodec) codec = ann_codec_new_zstd (0);

  return (flags & H5Z_FLAG_REVERSE) ? decode_for_libhdf5 (codec, n_bytes, buffer_size, buffer) : 0;
}

void
_ann_hdf5_register_filters (void)
{
  const H5Z_class2_t classes[] = {
    { .version = H5Z_CLASS_T_VERS,
      .id = FILTER_LZF,
      .decoder_present = 1,
      .name = "lzf",
      .filter = filter_lzf },
    { .version = H5Z_CLASS_T_VERS,
      .id = FILTER_ZSTD,
      .decoder_present = 1,
      .name = "zstd",
      .filter = filter_zstd },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      if (H5Zregister (&classes[i]) < 0)
        g_warning ("libhdf5 does not take the filter %s", classes[i].name);
    }
}
