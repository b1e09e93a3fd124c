/* fuzz-codec.c: a codec, chosen by the first byte, with parameters and a chunk from the others
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "fuzz-input.h"

#include "base/ann-box.h"
#include "codec/ann-codec-chain-private.h"
#include "codec/ann-codec-private.h"

/* An input is: the codec; how many parameters, at most, in seven bits, of which the eighth says
 * that the size of the chunk is but a limit; the parameters, 32 bits each; the size of the chunk,
 * 32 bits; what is stored of it.
 */
#define MAX_PARAMETERS 40
#define MAX_CHUNK_SIZE (1 << 20)
#define IS_UNSIZED 0x80

/* Its type, and its byte order behind. */
static AnnStoredNumber
get_number_type (guint32 parameter)
{
  return (AnnStoredNumber){ (parameter & 0xff) % (ANN_DTYPE_OTHER + 1), parameter >> 8 & 1 };
}

/* The format, then each filter in six numbers. */
static AnnCodec *
new_lzma (const guint32 *parameters, gsize n_parameters)
{
  AnnLzmaFilter filters[6];
  gsize n = 0;

  for (gsize i = 1; i + 6 <= n_parameters && n < G_N_ELEMENTS (filters); i += 6)
    filters[n++] = (AnnLzmaFilter){
      .id = parameters[i] == 1 ? G_GUINT64_CONSTANT (0x4000000000000001) : parameters[i],
      .preset = (gint) parameters[i + 1],
      .dict_size = parameters[i + 2] % (1 << 24),
      .lc = (gint) (parameters[i + 3] & 0xff) - 1,
      .lp = (gint) (parameters[i + 3] >> 8 & 0xff) - 1,
      .pb = (gint) (parameters[i + 3] >> 16 & 0xff) - 1,
      .distance = parameters[i + 4],
      .start_offset = parameters[i + 5],
    };

  return ann_codec_new_lzma (parameters[0] % 4, filters, n, NULL);
}

/* The size of an item, the shape, the order. */
static AnnCodec *
new_transpose (const guint32 *parameters, gsize n_parameters)
{
  guint rank = MIN ((n_parameters - MIN (n_parameters, 1)) / 2, ANN_MAX_RANK);
  guint64 shape[ANN_MAX_RANK];
  guint order[ANN_MAX_RANK];

  for (guint i = 0; i < rank; i++)
    {
      shape[i] = parameters[1 + i];
      order[i] = parameters[1 + rank + i];
    }

  return ann_codec_new_transpose (rank, shape, order, MAX (parameters[0], 1), NULL);
}

/* Those that Zarr has beyond HDF5. %NULL if there is none, or none with such parameters. */
static AnnCodec *
new_zarr_codec (guint kind, const guint32 *parameters, gsize n_parameters)
{
  AnnStoredNumber decoded = get_number_type (parameters[0]);
  AnnStoredNumber encoded = get_number_type (parameters[1]);

  switch (kind)
    {
    case 14:
      return ann_codec_new_zlib (1);
    case 15:
      return ann_codec_new_gzip (1);
    case 16:
      return ann_codec_new_lz4 ();
    case 17:
      return new_lzma (parameters, n_parameters);
    case 18:
      return ann_codec_new_checksum (parameters[0] % (ANN_CHECKSUM_ADLER32 + 1),
                                     parameters[1] != 0);
    case 19:
      return new_transpose (parameters, n_parameters);
    case 20:
      return ann_codec_new_cast ("astype", &decoded, &encoded, NULL);
    case 21:
      return ann_codec_new_delta (&decoded, &encoded, NULL);
    case 22:
      return ann_codec_new_fixed_scale_offset (parameters[2], (gint) parameters[3], &decoded,
                                               &encoded, NULL);
    case 23:
      return ann_codec_new_packbits ();
    default:
      return NULL;
    }
}

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
      return ann_codec_new_byte_swap (MAX (parameters[0], 1));
    default:
      return new_zarr_codec (kind, parameters, n_parameters);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Input input = { data, size };
  guint32 parameters[MAX_PARAMETERS] = { 0 };
  guint kind = input_take_byte (&input);
  guint8 head = input_take_byte (&input);
  gsize n_parameters = (head & ~IS_UNSIZED) % (MAX_PARAMETERS + 1);
  g_autoptr (AnnCodecChain) chain = ann_codec_chain_new ();
  AnnCodec *codec;
  g_autofree guint8 *stored = NULL;
  g_autofree guint8 *decoded = NULL;
  g_autoptr (GError) error = NULL;
  gsize chunk_size;
  gsize stored_size;

  for (gsize i = 0; i < n_parameters; i++)
    parameters[i] = input_take_number (&input);
  chunk_size = 1 + input_take_number (&input) % MAX_CHUNK_SIZE;
  stored_size = input.n_left;
  codec = new_codec (kind, parameters, n_parameters);
  if (codec == NULL)
    return 0;
  ann_codec_chain_append (chain, codec);

  stored = g_memdup2 (input.next, stored_size);
  if ((head & IS_UNSIZED) != 0)
    {
      gsize decoded_size = 0;

      decoded = _ann_codec_chain_decode_unsized (chain, stored, stored_size, 0, chunk_size,
                                                 &decoded_size, &error);
      g_assert_true ((decoded != NULL) == (error == NULL));
      g_assert_cmpuint (decoded_size, <=, chunk_size);
      return 0;
    }

  decoded = g_malloc (chunk_size);
  if (ann_codec_chain_decode (chain, stored, stored_size, 0, decoded, chunk_size, &error))
    g_assert_no_error (error);
  else
    g_assert_nonnull (error);

  return 0;
}
