/* ann-hdf5-filters.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-filters.h"

#include "codec/ann-codec-private.h"
#include "format/hdf5/ann-hdf5-foreign.h"

#define FILTER_BZIP2 307
#define FILTER_LZF 32000
#define FILTER_BLOSC 32001
#define FILTER_LZ4 32004
#define FILTER_BITSHUFFLE 32008
#define FILTER_ZSTD 32015
#define FILTER_BLOSC2 32026

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

#ifdef ANN_HAVE_BLOSC2
static AnnCodec *
new_blosc2 (gsize n, const guint32 *parameters)
{
  return _ann_codec_new_blosc2 (n > 4 ? parameters[4] : 0);
}
#endif

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
#ifdef ANN_HAVE_BLOSC2
  { FILTER_BLOSC2, "blosc2", new_blosc2 },
#endif
};

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

/* Returns the codec of one filter. */
static AnnCodec *
new_codec (const AnnHdf5Filter *filter)
{
  H5Z_filter_t id = (H5Z_filter_t) filter->id;
  AnnCodec *codec = new_our_codec (id, filter->n_values, filter->values);
  g_autofree char *description = NULL;

  if (codec != NULL)
    return codec;

  /* Parameters that we do not understand are nothing that libhdf5 should believe. */
  description = describe_filter (id, filter->name);
  if (!is_our_filter (id) && _ann_hdf5_is_foreign_filter (id))
    return _ann_hdf5_foreign_codec_new (id, filter->n_values, filter->values,
                                        g_steal_pointer (&description));

  return ann_codec_new_missing (description);
}

AnnCodecChain *
_ann_hdf5_new_codecs (const AnnHdf5FilterList *filters, gsize swap_size)
{
  g_autoptr (AnnCodecChain) chain = ann_codec_chain_new ();

  if (swap_size > 0)
    ann_codec_chain_append (chain, ann_codec_new_byte_swap (swap_size));
  for (guint i = 0; i < filters->n_filters; i++)
    ann_codec_chain_append (chain, new_codec (&filters->filters[i]));

  return ann_codec_chain_get_length (chain) > 0 ? g_steal_pointer (&chain) : NULL;
}
