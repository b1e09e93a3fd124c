/* ann-zarr-shard-index.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-shard-index.h"

#include "base/ann-error.h"

gsize
_ann_zarr_shard_index_get_size (const AnnZarrShardLayout *layout)
{
  return (gsize) layout->n_in_all * 16 + (layout->has_checksum ? 4 : 0);
}

gboolean
_ann_zarr_shard_index_read (const AnnZarrShardLayout *layout,
                            const guint8 *bytes,
                            guint64 *places,
                            GError **error)
{
  g_autoptr (AnnCodecChain) chain = ann_codec_chain_new ();
  const gboolean is_swapped = layout->is_index_big_endian != (G_BYTE_ORDER == G_BIG_ENDIAN);

  if (is_swapped)
    ann_codec_chain_append (chain, ann_codec_new_byte_swap (sizeof *places));
  if (layout->has_checksum)
    ann_codec_chain_append (chain, ann_codec_new_checksum (ANN_CHECKSUM_CRC32C, FALSE));

  if (ann_codec_chain_decode (chain, bytes, _ann_zarr_shard_index_get_size (layout), 0,
                              (guint8 *) places, (gsize) layout->n_in_all * 16, error))
    return TRUE;
  g_prefix_error (error, "the index of the shard: ");

  return FALSE;
}

gboolean
_ann_zarr_shard_index_check (const AnnZarrShardLayout *layout,
                             const guint64 *place,
                             guint64 shard_size,
                             gboolean *is_absent,
                             GError **error)
{
  const guint64 index_size = _ann_zarr_shard_index_get_size (layout);
  const guint64 first = layout->is_index_at_start ? index_size : 0;
  guint64 end;

  *is_absent = place[0] == G_MAXUINT64 && place[1] == G_MAXUINT64;
  if (*is_absent)
    return TRUE;

  if (g_uint64_checked_add (&end, place[0], place[1]) && place[0] >= first
      && (shard_size == G_MAXUINT64
          || (shard_size >= index_size
              && end <= shard_size - (layout->is_index_at_start ? 0 : index_size))))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
               "the index of the shard names %" G_GUINT64_FORMAT " bytes at %" G_GUINT64_FORMAT
               ", which are not in it",
               place[1], place[0]);

  return FALSE;
}
