/* ann-hdf5-filters.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-filters.h"

#include "codec/ann-codec-private.h"
#include "format/hdf5/ann-hdf5-lock.h"

#define FILTER_BZIP2 307
#define FILTER_LZF 32000
#define FILTER_BLOSC 32001
#define FILTER_LZ4 32004
#define FILTER_BITSHUFFLE 32008
#define FILTER_ZSTD 32015

/* No decoded chunk that libhdf5 asks of us may be larger: it does not say how large it should be,
 * and a few bytes can stand for anything.
 */
#define MAX_DECODED_SIZE ((gsize) 256 << 20)

/* libhdf5 does not give more parameters of a filter than these. */
#define MAX_PARAMETERS 256

/* Names of filters that may be met, for messages; of The HDF Group's register. */
static const struct {
  H5Z_filter_t id;
  const char *name;
} filter_names[] = {
  { 305, "lzo" },        { 32005, "apax" },     { 32009, "spdp" },
  { 32010, "lpc-rice" }, { 32012, "cbf" },      { 32013, "zfp" },
  { 32016, "b3d" },      { 32017, "sz" },       { 32018, "fcidecomp" },
  { 32019, "jpeg" },     { 32022, "bitgroom" }, { 32023, "granular bitround" },
  { 32024, "sz3" },      { 32026, "blosc2" },
};

static AnnCodec *
new_deflate (gsize n, const guint32 *parameters)
{
  return ann_codec_new_deflate (n > 0 ? parameters[0] : 0);
}

static AnnCodec *
new_shuffle (gsize n, const guint32 *parameters)
{
  return n > 0 && parameters[0] > 0 ? ann_codec_new_shuffle (parameters[0]) : NULL;
}

static AnnCodec *
new_fletcher32 (gsize n G_GNUC_UNUSED, const guint32 *parameters G_GNUC_UNUSED)
{
  return ann_codec_new_fletcher32 ();
}

static AnnCodec *
new_szip (gsize n, const guint32 *parameters)
{
  return n >= 4 ? ann_codec_new_szip (parameters[0], parameters[1], parameters[2], parameters[3])
                : NULL;
}

static AnnCodec *
new_nbit (gsize n, const guint32 *parameters)
{
  return ann_codec_new_nbit (parameters, n);
}

static AnnCodec *
new_scale_offset (gsize n, const guint32 *parameters)
{
  return ann_codec_new_scale_offset (parameters, n);
}

static AnnCodec *
new_bzip2 (gsize n, const guint32 *parameters)
{
  return ann_codec_new_bzip2 (n > 0 ? parameters[0] : 0);
}

static AnnCodec *
new_lzf (gsize n G_GNUC_UNUSED, const guint32 *parameters G_GNUC_UNUSED)
{
  return ann_codec_new_lzf ();
}

/* Level and inner codec are the fifth and the seventh. */
static AnnCodec *
new_blosc (gsize n, const guint32 *parameters)
{
  static const char *const names[] = { "blosclz", "lz4", "lz4hc", "snappy", "zlib", "zstd" };
  gboolean has_name = n > 6 && parameters[6] < G_N_ELEMENTS (names);

  return ann_codec_new_blosc (has_name ? names[parameters[6]] : NULL, n > 4 ? parameters[4] : 0);
}

static AnnCodec *
new_lz4 (gsize n G_GNUC_UNUSED, const guint32 *parameters G_GNUC_UNUSED)
{
  return ann_codec_new_lz4_blocks ();
}

/* The size of an item, the items of a block, and what compresses are the third and following. */
static AnnCodec *
new_bitshuffle (gsize n, const guint32 *parameters)
{
  guint32 block_items = n > 3 ? parameters[3] : 0;

  if (n < 3 || parameters[2] == 0)
    return NULL;

  switch (n > 4 ? parameters[4] : 0)
    {
    case 0:
      return ann_codec_new_bitshuffle (parameters[2], block_items, ANN_BITSHUFFLE_PLAIN);
    case 2:
      return ann_codec_new_bitshuffle (parameters[2], block_items, ANN_BITSHUFFLE_LZ4);
    case 3:
      return ann_codec_new_bitshuffle (parameters[2], block_items, ANN_BITSHUFFLE_ZSTD);
    default:
      return NULL;
    }
}

static AnnCodec *
new_zstd (gsize n, const guint32 *parameters)
{
  return ann_codec_new_zstd (n > 0 ? (int) parameters[0] : 0);
}

/* The filters that we decode. A function returns %NULL for parameters that it does not know. */
static const struct {
  H5Z_filter_t id;
  const char *name;
  AnnCodec *(*new_codec) (gsize n, const guint32 *parameters);
} our_filters[] = {
  { H5Z_FILTER_DEFLATE, "gzip", new_deflate },
  { H5Z_FILTER_SHUFFLE, "shuffle", new_shuffle },
  { H5Z_FILTER_FLETCHER32, "fletcher32", new_fletcher32 },
  { H5Z_FILTER_SZIP, "szip", new_szip },
  { H5Z_FILTER_NBIT, "n-bit", new_nbit },
  { H5Z_FILTER_SCALEOFFSET, "scale-offset", new_scale_offset },
  { FILTER_BZIP2, "bzip2", new_bzip2 },
  { FILTER_LZF, "lzf", new_lzf },
  { FILTER_BLOSC, "blosc", new_blosc },
  { FILTER_LZ4, "lz4", new_lz4 },
  { FILTER_BITSHUFFLE, "bitshuffle", new_bitshuffle },
  { FILTER_ZSTD, "zstd", new_zstd },
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

  for (gsize i = 0; i < G_N_ELEMENTS (our_filters); i++)
    {
      if (our_filters[i].id == id)
        name = our_filters[i].name;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (filter_names); i++)
    {
      if (filter_names[i].id == id)
        name = filter_names[i].name;
    }

  return g_strdup_printf ("%s (filter %d)", name, (int) id);
}

/* Returns one of our codecs, or %NULL. */
static AnnCodec *
new_our_codec (H5Z_filter_t id, gsize n_parameters, const guint32 *parameters)
{
  for (gsize i = 0; i < G_N_ELEMENTS (our_filters); i++)
    {
      if (our_filters[i].id == id)
        return our_filters[i].new_codec (n_parameters, parameters);
    }

  return NULL;
}

/* Returns the codec of a filter that libhdf5 alone may know. */
static AnnCodec *
new_foreign_codec (H5Z_filter_t id, const char *stored_name)
{
  g_autofree char *description = describe_filter (id, stored_name);

  if (H5Zfilter_avail (id) > 0)
    return _ann_codec_new (&foreign_class, 0, g_steal_pointer (&description));

  return ann_codec_new_missing (description);
}

static gboolean
is_our_filter (H5Z_filter_t id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (our_filters); i++)
    {
      if (our_filters[i].id == id)
        return TRUE;
    }

  return FALSE;
}

AnnCodec *
_ann_hdf5_codec_new (H5Z_filter_t id,
                     const char *stored_name,
                     gsize n_parameters,
                     const guint32 *parameters,
                     gboolean *is_ours)
{
  AnnCodec *codec = new_our_codec (id, n_parameters, parameters);
  g_autofree char *description = NULL;

  *is_ours = codec != NULL;
  if (codec != NULL)
    return codec;
  if (!is_our_filter (id))
    return new_foreign_codec (id, stored_name);

  /* libhdf5 would ask us again, or believe the parameters. */
  description = describe_filter (id, stored_name);

  return ann_codec_new_missing (description);
}

/* Appends the codec of filter number @index. */
static gboolean
append_filter (AnnHdf5Pipeline *self,
               AnnCodecChain *chain,
               hid_t creation,
               unsigned index,
               const char *path,
               GError **error)
{
  g_autoptr (AnnCodec) codec = NULL;
  unsigned flags;
  unsigned parameters[MAX_PARAMETERS] = { 0 };
  size_t n_parameters = G_N_ELEMENTS (parameters);
  char name[64] = "";
  gboolean is_ours = FALSE;
  H5Z_filter_t id = H5Pget_filter2 (creation, index, &flags, &n_parameters, parameters,
                                    sizeof name - 1, name, NULL);

  if (id < 0)
    {
      _ann_hdf5_set_error (error, path, "The filters cannot be read");
      return FALSE;
    }

  codec = n_parameters <= MAX_PARAMETERS
              ? _ann_hdf5_codec_new (id, name, n_parameters, parameters, &is_ours)
              : new_foreign_codec (id, name);
  if (!is_ours && !ann_codec_is_missing (codec))
    self->is_ours = FALSE;
  ann_codec_chain_append (chain, g_steal_pointer (&codec));

  return TRUE;
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
      if (!append_filter (self, chain, creation, (unsigned) i, path, error))
        return FALSE;
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
run_filter (H5Z_filter_t id,
            unsigned flags,
            size_t n_parameters,
            const unsigned *parameters,
            size_t n_bytes,
            size_t *buffer_size,
            void **buffer)
{
  g_autoptr (AnnCodec) codec = new_our_codec (id, n_parameters, parameters);

  if ((flags & H5Z_FLAG_REVERSE) == 0 || codec == NULL)
    return 0;

  return decode_for_libhdf5 (codec, n_bytes, buffer_size, buffer);
}

/* libhdf5 does not tell a filter's function which filter it is called for. */
#define DEFINE_FILTER(NAME, ID)                                                                    \
  static size_t filter_##NAME (unsigned flags, size_t n_parameters, const unsigned *parameters,    \
                               size_t n_bytes, size_t *buffer_size, void **buffer)                 \
  {                                                                                                \
    return run_filter (ID, flags, n_parameters, parameters, n_bytes, buffer_size, buffer);         \
  }

DEFINE_FILTER (bzip2, FILTER_BZIP2)
DEFINE_FILTER (lzf, FILTER_LZF)
DEFINE_FILTER (blosc, FILTER_BLOSC)
DEFINE_FILTER (lz4, FILTER_LZ4)
DEFINE_FILTER (bitshuffle, FILTER_BITSHUFFLE)
DEFINE_FILTER (zstd, FILTER_ZSTD)

void
_ann_hdf5_register_filters (void)
{
  /* Those with numbers below 256 are libhdf5's own, and stay so. */
  static const struct {
    H5Z_filter_t id;
    const char *name;
    H5Z_func_t function;
  } filters[] = {
    { FILTER_BZIP2, "bzip2", filter_bzip2 },
    { FILTER_LZF, "lzf", filter_lzf },
    { FILTER_BLOSC, "blosc", filter_blosc },
    { FILTER_LZ4, "lz4", filter_lz4 },
    { FILTER_BITSHUFFLE, "bitshuffle", filter_bitshuffle },
    { FILTER_ZSTD, "zstd", filter_zstd },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      const H5Z_class2_t class = {
        .version = H5Z_CLASS_T_VERS,
        .id = filters[i].id,
        .decoder_present = 1,
        .name = filters[i].name,
        .filter = filters[i].function,
      };

      if (H5Zregister (&class) < 0)
        g_warning ("libhdf5 does not take the filter %s", filters[i].name);
    }
}
