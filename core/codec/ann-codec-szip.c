/* ann-codec-szip.c: Rice codes of CCSDS 121.0, as HDF5's filter 4 (szip) writes them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-bytes-private.h"
#include "base/ann-error.h"
#include "base/ann-scratch-private.h"

#include <libaec.h>
#include <string.h>

/* A chunk begins with its decoded size (32 bits, little-endian). The numbers are pixels in lines,
 * of which the last may be filled up, and each line is filled up to whole blocks. Those of 32 and
 * 64 bits are coded as pixels of 8 bits: the first bytes of all numbers, the second bytes …
 */
#define HEADER_SIZE 4
#define OPTION_MSB 16
#define OPTION_NEAREST_NEIGHBOUR 32
#define MAX_BLOCK_PIXELS 32
#define MAX_LINE_BLOCKS 128

typedef struct {
  guint options;
  guint block_pixels;
  guint pixel_bits;
  guint line_pixels;
  gsize item_size; /* the bytes of a pixel, decoded */
  gboolean is_valid;
} Parameters;

/* How the bytes of a chunk are coded. */
typedef struct {
  guint sample_bits;
  gsize sample_size; /* in bytes, decoded */
  gsize line_size;
  gsize padded_line_size;
  gsize n_lines;
} Shape;

/* In bytes, decoded. */
static gsize
get_pixel_size (guint bits)
{
  return bits > 32 ? 8 : bits > 16 ? 4 : bits > 8 ? 2 : 1;
}

static void
shape_init (Shape *self, const Parameters *parameters, gsize size)
{
  guint bits = parameters->pixel_bits > 24 ? 8 : parameters->pixel_bits;
  guint n_blocks = (parameters->line_pixels - 1) / parameters->block_pixels + 1;

  self->sample_bits = bits;
  self->sample_size = get_pixel_size (bits);
  self->line_size = parameters->line_pixels * self->sample_size;
  self->padded_line_size = n_blocks * parameters->block_pixels * self->sample_size;
  self->n_lines = size / self->line_size + (size % self->line_size != 0);
}

/* Decodes all lines, filled up as they are, to exactly @n_bytes bytes. */
static gboolean
decode_lines (const Parameters *parameters,
              const Shape *shape,
              const guint8 *src,
              gsize src_size,
              guint8 *dest,
              gsize n_bytes,
              GError **error)
{
  struct aec_stream stream = {
    .next_in = src,
    .avail_in = src_size,
    .next_out = dest,
    .avail_out = n_bytes,
    .bits_per_sample = shape->sample_bits,
    .block_size = parameters->block_pixels,
    .rsi = (unsigned int) (shape->padded_line_size / shape->sample_size / parameters->block_pixels),
  };
  int status;

  if ((parameters->options & OPTION_MSB) != 0)
    stream.flags |= AEC_DATA_MSB;
  if ((parameters->options & OPTION_NEAREST_NEIGHBOUR) != 0)
    stream.flags |= AEC_DATA_PREPROCESS;

  status = aec_buffer_decode (&stream);
  if (status == AEC_MEM_ERROR)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "No memory to decompress szip");
      return FALSE;
    }
  if (status != AEC_OK || stream.total_out != n_bytes)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT, "The szip stream is damaged");
      return FALSE;
    }

  return TRUE;
}

/* Moves the lines together, in place. */
static void
remove_padding (guint8 *lines, const Shape *shape)
{
  if (shape->padded_line_size == shape->line_size)
    return;

  for (gsize i = 1; i < shape->n_lines; i++)
    memmove (lines + i * shape->line_size, lines + i * shape->padded_line_size, shape->line_size);
}

static gboolean
decode_pixels (const Parameters *parameters,
               const guint8 *src,
               gsize src_size,
               guint8 *dest,
               gsize size,
               GError **error)
{
  g_auto (AnnScratch) scratch = { NULL, 0 };
  gboolean is_split = parameters->pixel_bits > 24;
  Shape shape;
  gsize n_bytes;

  shape_init (&shape, parameters, size);
  if (!is_split && shape.padded_line_size == shape.line_size)
    return decode_lines (parameters, &shape, src, src_size, dest, size, error);

  /* Without padding the last line ends with the pixels; with it, it is filled up too. */
  if (shape.padded_line_size == shape.line_size)
    n_bytes = size;
  else if (!g_size_checked_mul (&n_bytes, shape.n_lines, shape.padded_line_size))
    n_bytes = G_MAXSIZE;
  if (!_ann_scratch_reserve (&scratch, n_bytes, error)
      || !decode_lines (parameters, &shape, src, src_size, scratch.data, n_bytes, error))
    return FALSE;

  remove_padding (scratch.data, &shape);
  if (is_split)
    {
      gsize item_size = parameters->item_size;

      _ann_codec_unshuffle (scratch.data, dest, size / item_size, item_size);
    }
  else
    memcpy (dest, scratch.data, size);

  return TRUE;
}

static gboolean
szip_decode (const AnnCodec *codec,
             const guint8 *src,
             gsize src_size,
             guint8 *dest,
             gsize capacity,
             gsize *dest_size,
             GError **error)
{
  const Parameters *parameters = codec->data;
  gsize size;

  if (!parameters->is_valid)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                           "The parameters of the filter szip are damaged");
      return FALSE;
    }
  if (src_size < HEADER_SIZE)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT, "The szip stream is too short");
      return FALSE;
    }

  size = _ann_read_le32 (src);
  if (size > capacity)
    return _ann_codec_set_too_long (codec, dest_size, error);
  if (size % parameters->item_size != 0)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                           "The szip stream holds parts of pixels");
      return FALSE;
    }
  if (size > 0
      && !decode_pixels (parameters, src + HEADER_SIZE, src_size - HEADER_SIZE, dest, size, error))
    return FALSE;
  *dest_size = size;

  return TRUE;
}

static const AnnCodecClass szip_class = { .name = "szip", .decode = szip_decode };

/**
 * ann_codec_new_szip:
 * @options: the bits of szip's options
 * @block_pixels: how many pixels a block has
 * @pixel_bits: the bits of a pixel
 * @line_pixels: how many pixels a line has
 *
 * Returns: (transfer full): a codec for szip; if its parameters make no sense, it says so when it
 *   is to decode
 */
AnnCodec *
ann_codec_new_szip (guint options, guint block_pixels, guint pixel_bits, guint line_pixels)
{
  AnnCodec *self = _ann_codec_new (&szip_class, block_pixels,
                                   g_strdup_printf ("szip %u", block_pixels));
  Parameters *parameters = g_new (Parameters, 1);

  *parameters = (Parameters){ options, block_pixels, pixel_bits, line_pixels, 1, FALSE };
  parameters->is_valid = block_pixels >= 2 && block_pixels <= MAX_BLOCK_PIXELS
                         && block_pixels % 2 == 0 && line_pixels >= block_pixels
                         && line_pixels <= MAX_LINE_BLOCKS * block_pixels
                         && ((pixel_bits >= 1 && pixel_bits <= 24) || pixel_bits == 32
                             || pixel_bits == 64);
  if (parameters->is_valid)
    parameters->item_size = get_pixel_size (pixel_bits);
  self->data = parameters;
  self->is_compressor = TRUE;

  return self;
}
