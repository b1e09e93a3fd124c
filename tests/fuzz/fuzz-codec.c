/* fuzz-codec.c: a codec, chosen by the first byte, with parameters and a chunk from the others
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "fuzz-input.h"

#include "codec/ann-codec-chain.h"
#include "codec/ann-codec-private.h"

/* An input is: the codec; how many parameters, at most; the parameters, 32 bits each; the size of
 * the chunk, 32 bits; what is stored of it.
 */
#define MAX_PARAMETERS 40
#define MAX_CHUNK_SIZE (1 << 20)

static AnnCodec *
new_codec (guint kind, const guint32 *parameters, gsize n_parameters)
{
  static const AnnBitshuffle inner[] = { ANN_BITSHUFFLE_PLAIN, ANN_BITSHUFFLE_LZ4,
                                         ANN_BITSHUFFLE_ZSTD };

  switch (kind)
    {
    case 0:
      return ann_codec_new_deflate (4);
    case 1:
      return ann_codec_new_shuffle (MAX (parameters[0], 1));
    case 2:
      return ann_codec_new_fletcher32 ();
    case 3:
      return ann_codec_new_szip (parameters[0], parameters[1], parameters[2], parameters[3]);
    case 4:
      return ann_codec_new_nbit (parameters, n_parameters);
    case 5:
      return ann_codec_new_scale_offset (parameters, n_parameters);
    case 6:
      return ann_codec_new_bzip2 (9);
    case 7:
      return ann_codec_new_lzf ();
    case 8:
      return ann_codec_new_blosc ("lz4", 5);
    case 9:
      return ann_codec_new_lz4_blocks ();
    case 10:
      return ann_codec_new_bitshuffle (MAX (parameters[0], 1), parameters[1],
                                       inner[parameters[2] % G_N_ELEMENTS (inner)]);
    case 11:
      return ann_codec_new_zstd (3);
#ifdef ANN_HAVE_BLOSC2
    case 13:
      return _ann_codec_new_blosc2 (5);
#endif
    case 12:
    default:
      return ann_codec_new_byte_swap (MAX (parameters[0], 1));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Input input = { data, size };
  guint32 parameters[MAX_PARAMETERS] = { 0 };
  guint kind = input_take_byte (&input);
  gsize n_parameters = input_take_byte (&input) % (MAX_PARAMETERS + 1);
  g_autoptr (AnnCodecChain) chain = ann_codec_chain_new ();
  g_autofree guint8 *stored = NULL;
  g_autofree guint8 *decoded = NULL;
  g_autoptr (GError) error = NULL;
  gsize chunk_size;
  gsize stored_size;

  for (gsize i = 0; i < n_parameters; i++)
    parameters[i] = input_take_number (&input);
  chunk_size = 1 + input_take_number (&input) % MAX_CHUNK_SIZE;
  stored_size = input.n_left;
  stored = g_memdup2 (input.next, stored_size);
  decoded = g_malloc (chunk_size);

  ann_codec_chain_append (chain, new_codec (kind, parameters, n_parameters));
  if (ann_codec_chain_decode (chain, stored, stored_size, 0, decoded, chunk_size, &error))
    g_assert_no_error (error);
  else
    g_assert_nonnull (error);

  return 0;
}
