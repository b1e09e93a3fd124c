/* ann-zarr-shard-codec.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-shard-codec.h"

#include "array/ann-box-copy-private.h"
#include "base/ann-error.h"
#include "base/ann-scratch-private.h"
#include "codec/ann-codec-private.h"
#include "format/zarr/ann-zarr-shard-index.h"

typedef struct {
  AnnZarrShardLayout layout;
  gsize item_size;
  gsize chunk_size; /* of a decoded chunk */
  gsize shard_size; /* of the decoded shard */
  guint64 shape[ANN_MAX_RANK];
  AnnCodecChain *chain;
  GBytes *fill_value;
} Shard;

static gconstpointer
get_fill_value (const Shard *shard)
{
  return shard->fill_value != NULL ? g_bytes_get_data (shard->fill_value, NULL) : NULL;
}

static gboolean
decode_chunks (const Shard *shard,
               const guint64 *places,
               const guint8 *src,
               gsize src_size,
               guint8 *dest,
               GError **error)
{
  static const guint64 origin[ANN_MAX_RANK];
  const AnnZarrShardLayout *layout = &shard->layout;
  g_auto (AnnScratch) chunk = { NULL, 0 };
  guint64 index[ANN_MAX_RANK] = { 0 };
  guint64 start[ANN_MAX_RANK];

  if (!_ann_scratch_reserve (&chunk, shard->chunk_size, error))
    return FALSE;
  for (guint64 i = 0; i < layout->n_in_all; i++)
    {
      gboolean is_absent;

      for (guint axis = 0; axis < layout->rank; axis++)
        start[axis] = index[axis] * layout->chunk_shape[axis];
      if (!_ann_zarr_shard_index_check (layout, places + 2 * i, src_size, &is_absent, error))
        return FALSE;
      if (is_absent)
        {
          _ann_box_fill (layout->rank, shard->item_size, layout->chunk_shape,
                         get_fill_value (shard), dest, shard->shape, start);
        }
      else
        {
          if (!ann_codec_chain_decode (shard->chain, src + places[2 * i], places[2 * i + 1], 0,
                                       chunk.data, shard->chunk_size, error))
            return FALSE;
          _ann_box_copy (layout->rank, shard->item_size, layout->chunk_shape, chunk.data,
                         layout->chunk_shape, origin, dest, shard->shape, start);
        }
      _ann_box_next_index (layout->rank, index, layout->n_chunks);
    }

  return TRUE;
}

static gboolean
shard_decode (const AnnCodec *codec,
              const guint8 *src,
              gsize src_size,
              guint8 *dest,
              gsize capacity,
              gsize *dest_size,
              GError **error)
{
  const Shard *shard = codec->data;
  const gsize index_size = _ann_zarr_shard_index_get_size (&shard->layout);
  g_autofree guint64 *places = NULL;

  if (shard->shard_size > capacity)
    return _ann_codec_set_too_long (codec, dest_size, error);
  if (src_size < index_size)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "A shard of %" G_GSIZE_FORMAT " bytes is shorter than its index", src_size);
      return FALSE;
    }

  places = g_try_new (guint64, 2 * shard->layout.n_in_all);
  if (places == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "No memory for the index of a shard");
      return FALSE;
    }
  if (!_ann_zarr_shard_index_read (
          &shard->layout, src + (shard->layout.is_index_at_start ? 0 : src_size - index_size),
          places, error)
      || !decode_chunks (shard, places, src, src_size, dest, error))
    return FALSE;
  *dest_size = shard->shard_size;

  return TRUE;
}

static void
free_shard (gpointer data)
{
  Shard *shard = data;

  ann_codec_chain_unref (shard->chain);
  g_clear_pointer (&shard->fill_value, g_bytes_unref);
  g_free (shard);
}

static const AnnCodecClass shard_class = {
  .name = "sharding_indexed",
  .decode = shard_decode,
  .free_data = free_shard,
};

AnnCodec *
_ann_zarr_shard_codec_new (const AnnZarrShardLayout *layout,
                           gsize item_size,
                           AnnCodecChain *chain,
                           GBytes *fill_value,
                           GError **error)
{
  g_autofree char *inner = ann_codec_chain_to_string (chain);
  gsize chunk_size = item_size;
  gsize shard_size;
  Shard *shard;
  AnnCodec *codec;
  gboolean fits = TRUE;

  for (guint i = 0; i < layout->rank; i++)
    fits = fits && g_size_checked_mul (&chunk_size, chunk_size, layout->chunk_shape[i]);
  if (!fits || !g_size_checked_mul (&shard_size, chunk_size, layout->n_in_all))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "its shards have more bytes than an address can count");
      return NULL;
    }
  if (ann_codec_chain_get_missing (chain) != NULL)
    return ann_codec_ref (ann_codec_chain_get_missing (chain));

  shard = g_new0 (Shard, 1);
  shard->layout = *layout;
  shard->item_size = item_size;
  shard->chunk_size = chunk_size;
  shard->shard_size = shard_size;
  for (guint i = 0; i < layout->rank; i++)
    shard->shape[i] = layout->chunk_shape[i] * layout->n_chunks[i];
  shard->chain = ann_codec_chain_ref (chain);
  shard->fill_value = fill_value != NULL ? g_bytes_ref (fill_value) : NULL;

  codec = _ann_codec_new (&shard_class, 0, g_strdup_printf ("sharding_indexed (%s)", inner));
  codec->is_compressor = TRUE; /* what it makes of its chunks is not known */
  codec->data = shard;

  return codec;
}
