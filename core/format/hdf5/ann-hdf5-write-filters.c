/* ann-hdf5-write-filters.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-write-filters.h"

#include "codec/ann-codec-private.h"

/* Of The HDF Group's register. */
#define FILTER_LZF ((H5Z_filter_t) 32000)
#define FILTER_BLOSC ((H5Z_filter_t) 32001)
#define FILTER_ZSTD ((H5Z_filter_t) 32015)

/* What h5py's LZF and the filter of Blosc say of themselves: versions of theirs. */
#define LZF_FILTER_VERSION 4
#define LZF_VERSION 0x0105
#define BLOSC_FILTER_VERSION 2
#define BLOSC_VERSION 2

#define BLOSC_BYTE_SHUFFLE 1
#define BLOSC_LZ4 1
#define BLOSC_ZSTD 5

typedef struct {
  H5Z_filter_t id;
  gsize n_values;
  guint32 values[8];
} Filter;

/* It shuffles itself. */
static gboolean
is_blosc (AnnCompressor compressor)
{
  return compressor == ANN_COMPRESSOR_BLOSC || compressor == ANN_COMPRESSOR_LZ4;
}

/* Fills @filters, in the order of writing; returns how many. */
static guint
list_filters (const AnnArraySpec *spec, Filter filters[2])
{
  const AnnCompression *compression = spec->compression;
  gsize item_size = ann_dtype_get_size (spec->dtype);
  const Filter shuffle = { H5Z_FILTER_SHUFFLE, 1, { (guint32) item_size } };
  gsize chunk_size = item_size;
  guint n = 0;

  if (compression == NULL || compression->compressor == ANN_COMPRESSOR_NONE || item_size == 0
      || spec->rank == 0 || spec->chunk_shape[0] == 0)
    return 0;

  for (guint i = 0; i < spec->rank; i++)
    chunk_size *= spec->chunk_shape[i];

  if (item_size > 1 && !is_blosc (compression->compressor))
    filters[n++] = shuffle;

  switch (compression->compressor)
    {
    case ANN_COMPRESSOR_GZIP:
      filters[n++] = (Filter){ H5Z_FILTER_DEFLATE, 1, { (guint32) compression->level } };
      break;
    case ANN_COMPRESSOR_ZSTD:
      filters[n++] = (Filter){ FILTER_ZSTD, 1, { (guint32) compression->level } };
      break;
    case ANN_COMPRESSOR_BLOSC:
    case ANN_COMPRESSOR_LZ4:
      filters[n++] = (Filter){
        FILTER_BLOSC,
        7,
        { BLOSC_FILTER_VERSION, BLOSC_VERSION, (guint32) item_size, (guint32) chunk_size,
          (guint32) compression->level, BLOSC_BYTE_SHUFFLE,
          compression->compressor == ANN_COMPRESSOR_LZ4 ? BLOSC_LZ4 : BLOSC_ZSTD },
      };
      break;
    case ANN_COMPRESSOR_LZF:
      filters[n++] = (Filter){ FILTER_LZF,
                               3,
                               { LZF_FILTER_VERSION, LZF_VERSION, (guint32) chunk_size } };
      break;
    case ANN_COMPRESSOR_NONE:
    default:
      break;
    }

  return n;
}

/* A filter that libhdf5 does not have must be optional; so are they all, as with h5py. */
gboolean
_ann_hdf5_set_filters (hid_t creation, const AnnArraySpec *spec)
{
  Filter filters[2];
  guint n = list_filters (spec, filters);

  for (guint i = 0; i < n; i++)
    {
      if (H5Pset_filter (creation, filters[i].id, H5Z_FLAG_OPTIONAL, filters[i].n_values,
                         filters[i].values)
          < 0)
        return FALSE;
    }

  return TRUE;
}

static AnnCodec *
new_codec (const AnnArraySpec *spec, const Filter *filter)
{
  int level = spec->compression->level;

  switch (filter->id)
    {
    case H5Z_FILTER_SHUFFLE:
      return ann_codec_new_shuffle (filter->values[0]);
    case H5Z_FILTER_DEFLATE:
      return ann_codec_new_deflate ((guint) level);
    case FILTER_LZF:
      return ann_codec_new_lzf ();
    case FILTER_BLOSC:
      return _ann_codec_new_blosc_writer (filter->values[6] == BLOSC_LZ4 ? "lz4" : "zstd",
                                          (guint) level, filter->values[2]);
    case FILTER_ZSTD:
    default:
      return ann_codec_new_zstd (level);
    }
}

AnnCodecChain *
_ann_hdf5_new_writing_codecs (const AnnArraySpec *spec)
{
  g_autoptr (AnnCodecChain) chain = ann_codec_chain_new ();
  Filter filters[2];
  guint n = list_filters (spec, filters);

#if G_BYTE_ORDER == G_BIG_ENDIAN
  gsize item_size = ann_dtype_get_size (spec->dtype);
  gsize part_size = ann_dtype_is_complex (spec->dtype) ? item_size / 2 : item_size;

  if (part_size > 1)
    ann_codec_chain_append (chain, ann_codec_new_byte_swap (part_size));
#endif
  for (guint i = 0; i < n; i++)
    ann_codec_chain_append (chain, new_codec (spec, &filters[i]));

  return g_steal_pointer (&chain);
}
