/* ann-codec-scale-offset.c: numbers less their minimum, in as few bits as they need: HDF5's filter
 * 6
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-bytes-private.h"
#include "base/ann-error.h"
#include "codec/ann-bit-reader-private.h"

#include <math.h>
#include <string.h>

/* A chunk begins with the number of bits of a code (32 bits), the size of the minimum (8 bits) and
 * the minimum itself (up to 64 bits), all little-endian; the codes come after 21 bytes, one behind
 * the other, each with its highest bit first. An integer is the code and the minimum. A float is
 * the code divided by a power of ten, and the minimum, which is a float too. The code of all ones
 * is the fill value, if there is one. Codes as long as the number are the numbers themselves,
 * little-endian.
 */
#define HEADER_SIZE 21

/* Places in the filter's parameters. */
enum { SCALE_TYPE, SCALE_FACTOR, N_ITEMS, CLASS, SIZE, SIGN, ORDER, HAS_FILL, FILL, N_USED = 10 };

#define SCALE_TYPE_DECIMAL 0

typedef struct {
  guint64 n_items;
  guint size; /* of a number: 1, 2, 4 or 8; 0 if the parameters make no sense */
  int factor; /* of integers the number of bits that was asked for, of floats the power of ten */
  gboolean is_float;
  gboolean is_big;
  gboolean has_fill;
  guint64 fill;
} Parameters;

typedef struct {
  guint n_bits;
  guint64 minimum;
} Header;

static void
parameters_init (Parameters *self, const guint32 *values, gsize n_values)
{
  guint size;

  *self = (Parameters){ .size = 0 };
  if (n_values < N_USED)
    return;

  self->n_items = values[N_ITEMS];
  self->factor = (int) values[SCALE_FACTOR];
  self->is_float = values[CLASS] == 1;
  self->is_big = values[ORDER] == 1;
  self->has_fill = values[HAS_FILL] == 1;
  self->fill = values[FILL];
  size = values[SIZE];
  if (size == 8)
    self->fill |= (guint64) values[FILL + 1] << 32;
  else if (size < 4)
    self->fill &= ((guint64) 1 << 8 * size) - 1;

  if (values[CLASS] > 1 || values[ORDER] > 1
      || (self->is_float ? values[SCALE_TYPE] != SCALE_TYPE_DECIMAL || (size != 4 && size != 8)
                         : size != 1 && size != 2 && size != 4 && size != 8))
    return;
  self->size = size;
}

static void
read_header (const guint8 *src, Header *header)
{
  guint size = MIN (src[4], 8);

  header->n_bits = _ann_read_le32 (src);
  header->minimum = 0;
  for (guint i = 0; i < size; i++)
    header->minimum |= (guint64) src[5 + i] << 8 * i;
}

static inline guint64
read_code (AnnBitReader *reader, guint n_bits)
{
  guint64 high = 0;

  if (n_bits > 32)
    high = _ann_bit_reader_read (reader, n_bits - 32) << 32;

  return high | _ann_bit_reader_read (reader, MIN (n_bits, 32));
}

/* The lower bytes of @value in the order of the array. */
static inline void
write_number (guint8 *dest, guint64 value, guint size, gboolean is_big)
{
  value = is_big ? GUINT64_TO_BE (value << 8 * (8 - size)) : GUINT64_TO_LE (value);
  memcpy (dest, &value, size);
}

static inline void
decode_integers (const Parameters *parameters,
                 const Header *header,
                 const guint8 *codes,
                 guint size,
                 guint8 *dest)
{
  AnnBitReader reader = { codes, 0, 0 };
  guint64 all_ones = ((guint64) 1 << header->n_bits) - 1;

  for (guint64 i = 0; i < parameters->n_items; i++)
    {
      guint64 code = read_code (&reader, header->n_bits);
      guint64 value = parameters->has_fill && code == all_ones ? parameters->fill
                                                               : code + header->minimum;

      write_number (dest + i * size, value, size, parameters->is_big);
    }
}

static void
decode_floats (const Parameters *parameters,
               const Header *header,
               const guint8 *codes,
               guint8 *dest)
{
  AnnBitReader reader = { codes, 0, 0 };
  guint64 all_ones = ((guint64) 1 << header->n_bits) - 1;
  guint32 minimum_bits = (guint32) header->minimum;
  float power = powf (10.0f, (float) parameters->factor);
  float minimum;

  memcpy (&minimum, &minimum_bits, sizeof minimum);
  for (guint64 i = 0; i < parameters->n_items; i++)
    {
      guint64 code = read_code (&reader, header->n_bits);
      float value = (float) code / power + minimum;
      guint32 bits;

      memcpy (&bits, &value, sizeof bits);
      if (parameters->has_fill && code == all_ones)
        bits = (guint32) parameters->fill;
      write_number (dest + i * sizeof bits, bits, sizeof bits, parameters->is_big);
    }
}

static void
decode_doubles (const Parameters *parameters,
                const Header *header,
                const guint8 *codes,
                guint8 *dest)
{
  AnnBitReader reader = { codes, 0, 0 };
  guint64 all_ones = ((guint64) 1 << header->n_bits) - 1;
  double power = pow (10.0, parameters->factor);
  double minimum;

  memcpy (&minimum, &header->minimum, sizeof minimum);
  for (guint64 i = 0; i < parameters->n_items; i++)
    {
      guint64 code = read_code (&reader, header->n_bits);
      double value = (double) code / power + minimum;
      guint64 bits;

      memcpy (&bits, &value, sizeof bits);
      if (parameters->has_fill && code == all_ones)
        bits = parameters->fill;
      write_number (dest + i * sizeof bits, bits, sizeof bits, parameters->is_big);
    }
}

/* Numbers that needed all their bits. */
static void
decode_whole (const Parameters *parameters, const guint8 *src, guint8 *dest)
{
  guint size = parameters->size;

  for (guint64 i = 0; i < parameters->n_items; i++)
    {
      guint64 value = 0;

      for (guint j = 0; j < size; j++)
        value |= (guint64) src[i * size + j] << 8 * j;
      write_number (dest + i * size, value, size, parameters->is_big);
    }
}

static void
decode_codes (const Parameters *parameters, const Header *header, const guint8 *codes, guint8 *dest)
{
  if (header->n_bits == 8 * parameters->size)
    decode_whole (parameters, codes, dest);
  else if (parameters->is_float && parameters->size == 4)
    decode_floats (parameters, header, codes, dest);
  else if (parameters->is_float)
    decode_doubles (parameters, header, codes, dest);
  else if (parameters->size == 1)
    decode_integers (parameters, header, codes, 1, dest);
  else if (parameters->size == 2)
    decode_integers (parameters, header, codes, 2, dest);
  else if (parameters->size == 4)
    decode_integers (parameters, header, codes, 4, dest);
  else
    decode_integers (parameters, header, codes, 8, dest);
}

static gboolean
set_damaged (GError **error)
{
  g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT, "The scale-offset stream is damaged");

  return FALSE;
}

static gboolean
scale_offset_decode (const AnnCodec *codec,
                     const guint8 *src,
                     gsize src_size,
                     guint8 *dest,
                     gsize capacity,
                     gsize *dest_size,
                     GError **error)
{
  const Parameters *parameters = codec->data;
  guint64 size = parameters->n_items * parameters->size; /* 32 bits and a few */
  Header header;
  guint64 n_bits;

  if (parameters->size == 0)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                           "The parameters of the filter scale-offset are damaged");
      return FALSE;
    }
  if (size > capacity)
    return _ann_codec_set_too_long (codec, dest_size, error);

  /* Asked for all bits of an integer, a writer leaves the chunk as it is. */
  if (!parameters->is_float && parameters->factor == (int) parameters->size * 8)
    {
      if (src_size != size)
        return set_damaged (error);
      if (size > 0)
        memcpy (dest, src, size);
      *dest_size = size;
      return TRUE;
    }

  if (src_size < HEADER_SIZE)
    return set_damaged (error);
  read_header (src, &header);
  n_bits = parameters->n_items * header.n_bits; /* both of 32 bits */
  if (header.n_bits > 8 * parameters->size
      || n_bits / 8 + (n_bits % 8 != 0) > src_size - HEADER_SIZE)
    return set_damaged (error);

  decode_codes (parameters, &header, src + HEADER_SIZE, dest);
  *dest_size = size;

  return TRUE;
}

static const AnnCodecClass scale_offset_class = { .name = "scale-offset",
                                                  .decode = scale_offset_decode };

/**
 * ann_codec_new_scale_offset:
 * @parameters: (array length=n_parameters): those of HDF5's filter
 * @n_parameters: how many
 *
 * Returns: (transfer full): a codec for HDF5's scale-offset; if @parameters make no sense, it says
 *   so when it is to decode
 */
AnnCodec *
ann_codec_new_scale_offset (const guint32 *parameters, gsize n_parameters)
{
  AnnCodec *self;
  Parameters *own;

  g_return_val_if_fail (parameters != NULL || n_parameters == 0, NULL);

  own = g_new (Parameters, 1);
  parameters_init (own, parameters, n_parameters);
  self = _ann_codec_new (&scale_offset_class, 0,
                         own->is_float ? g_strdup_printf ("scale-offset %d", own->factor)
                                       : g_strdup ("scale-offset"));
  self->data = own;
  self->is_compressor = TRUE;

  return self;
}
