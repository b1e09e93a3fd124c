/* ann-exact-sum.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-exact-sum.h"

#include <math.h>
#include <string.h>

#define WORD_BITS 32
#define WORD_MASK G_GUINT64_CONSTANT (0xffffffff)

/* The lowest bit of a double's mantissa in the first word has this exponent. */
#define LOWEST_EXPONENT (-1074)

/* An addition puts less than 2^53 on a word, so that a thousand of them fit on top of 32 bits. */
#define MAX_PENDING 1000

/* Brings each word but the last back to [0, 2^32). The last one has the sign. */
static void
carry (AnnExactSum *self)
{
  for (guint i = 0; i + 1 < ANN_EXACT_SUM_WORDS; i++)
    {
      gint64 low = self->words[i] & (gint64) WORD_MASK;

      self->words[i + 1] += (self->words[i] - low) / ((gint64) 1 << WORD_BITS);
      self->words[i] = low;
    }
  self->n_pending = 0;
}

/**
 * ann_exact_sum_add: (skip)
 * @self: a sum
 * @value: what is added; NaN and infinity are only counted
 */
void
ann_exact_sum_add (AnnExactSum *self, double value)
{
  guint64 bits, mantissa;
  guint exponent, word;
  AnnUint128 wide;
  gint64 low, high;

  memcpy (&bits, &value, sizeof bits);
  if (bits << 1 == 0)
    return;
  exponent = (bits >> 52) & 0x7ff;
  mantissa = bits & ((G_GUINT64_CONSTANT (1) << 52) - 1);

  if (exponent == 0x7ff)
    {
      if (mantissa != 0)
        self->n_nan++;
      else
        self->n_inf++;
      return;
    }
  /* A subnormal has the exponent of the smallest normal number, without the hidden bit. */
  if (exponent == 0)
    exponent = 1;
  else
    mantissa |= G_GUINT64_CONSTANT (1) << 52;
  exponent--;

  word = exponent / WORD_BITS;
  wide = (AnnUint128) mantissa << (exponent % WORD_BITS);
  low = (gint64) ((guint64) wide & WORD_MASK);
  high = (gint64) (guint64) (wide >> WORD_BITS);

  if (bits >> 63)
    {
      self->words[word] -= low;
      self->words[word + 1] -= high;
    }
  else
    {
      self->words[word] += low;
      self->words[word + 1] += high;
    }
  if (++self->n_pending == MAX_PENDING)
    carry (self);
}

static void
add_floats (AnnExactSum *self, AnnDtype dtype, const guint8 *values, gsize n_values)
{
  gsize size = ann_dtype_get_size (dtype);
  double some[256];

  while (n_values > 0)
    {
      gsize n = MIN (n_values, G_N_ELEMENTS (some));

      if (!ann_dtype_to_double (dtype, values, n, some))
        return;
      for (gsize i = 0; i < n; i++)
        ann_exact_sum_add (self, some[i]);
      values += n * size;
      n_values -= n;
    }
}

/* One loop for each type, over as many values as 64 bits can take the sum of. */
#define ADD_INTEGERS(Type, Sum)                                                                    \
  for (gsize i = 0; i < n_values;)                                                                 \
    {                                                                                              \
      gsize n = MIN (n_values - i, (gsize) 1 << 31);                                               \
      Sum sum = 0;                                                                                 \
                                                                                                   \
      for (gsize j = i; j < i + n; j++)                                                            \
        sum += ((const Type *) values)[j];                                                         \
      self->integers += sum;                                                                       \
      i += n;                                                                                      \
    }                                                                                              \
  break

/**
 * ann_exact_sum_add_values: (skip)
 * @self: a sum
 * @dtype: the type of @values
 * @values: values in native byte order
 * @n_values: how many
 *
 * Bools count as 0 and 1. Types that have no order (complex, text) add nothing.
 */
void
ann_exact_sum_add_values (AnnExactSum *self, AnnDtype dtype, gconstpointer values, gsize n_values)
{
  switch (dtype)
    {
    case ANN_DTYPE_BOOL:
    case ANN_DTYPE_UINT8:
      ADD_INTEGERS (guint8, guint64);
    case ANN_DTYPE_UINT16:
      ADD_INTEGERS (guint16, guint64);
    case ANN_DTYPE_UINT32:
      ADD_INTEGERS (guint32, guint64);
    case ANN_DTYPE_UINT64:
      ADD_INTEGERS (guint64, AnnUint128);
    case ANN_DTYPE_INT8:
      ADD_INTEGERS (gint8, gint64);
    case ANN_DTYPE_INT16:
      ADD_INTEGERS (gint16, gint64);
    case ANN_DTYPE_INT32:
      ADD_INTEGERS (gint32, gint64);
    case ANN_DTYPE_INT64:
      ADD_INTEGERS (gint64, AnnInt128);
    case ANN_DTYPE_FLOAT16:
    case ANN_DTYPE_FLOAT32:
    case ANN_DTYPE_FLOAT64:
      add_floats (self, dtype, values, n_values);
      break;
    case ANN_DTYPE_COMPLEX64:
    case ANN_DTYPE_COMPLEX128:
    case ANN_DTYPE_STRING:
    case ANN_DTYPE_BYTES:
    case ANN_DTYPE_RECORD:
    case ANN_DTYPE_OPAQUE:
    case ANN_DTYPE_SEQUENCE:
    case ANN_DTYPE_OTHER:
    default:
      break;
    }
}

#undef ADD_INTEGERS

/* Bit @n of the magnitude; nothing below the first. */
static gboolean
get_bit (const gint64 *words, int n)
{
  return n >= 0 && (words[n / WORD_BITS] >> (n % WORD_BITS) & 1) != 0;
}

static gboolean
has_bit_below (const gint64 *words, int n)
{
  if (n <= 0)
    return FALSE;
  for (int i = 0; i < n / WORD_BITS; i++)
    {
      if (words[i] != 0)
        return TRUE;
    }
  return n % WORD_BITS != 0 && (words[n / WORD_BITS] & (((gint64) 1 << (n % WORD_BITS)) - 1)) != 0;
}

/* The double nearest to the sum of the floats, ties to even: the result times 2^*@exponent. */
static double
round_floats (AnnExactSum *self, int *exponent)
{
  gint64 words[ANN_EXACT_SUM_WORDS];
  gboolean negative;
  guint64 mantissa = 0;
  int top, lowest;

  carry (self);
  memcpy (words, self->words, sizeof words);
  negative = words[ANN_EXACT_SUM_WORDS - 1] < 0;
  if (negative)
    {
      AnnExactSum magnitude = { 0 };

      for (guint i = 0; i < ANN_EXACT_SUM_WORDS; i++)
        magnitude.words[i] = -words[i];
      carry (&magnitude);
      memcpy (words, magnitude.words, sizeof words);
    }

  top = ANN_EXACT_SUM_WORDS * WORD_BITS - 1;
  while (top >= 0 && !get_bit (words, top))
    top--;
  *exponent = 0;
  if (top < 0)
    return 0;

  /* 53 bits, or fewer where the numbers below the smallest normal one have fewer. */
  lowest = MAX (0, top - 52);
  for (int i = top; i >= lowest; i--)
    mantissa = mantissa << 1 | get_bit (words, i);
  if (get_bit (words, lowest - 1) && (has_bit_below (words, lowest - 1) || (mantissa & 1) != 0))
    mantissa++;

  *exponent = lowest + LOWEST_EXPONENT;

  return negative ? -(double) mantissa : (double) mantissa;
}

/**
 * ann_exact_sum_merge: (skip)
 * @self: a sum
 * @other: what is added to it: the sum of other values
 */
void
ann_exact_sum_merge (AnnExactSum *self, AnnExactSum *other)
{
  carry (self);
  carry (other);
  for (guint i = 0; i < ANN_EXACT_SUM_WORDS; i++)
    self->words[i] += other->words[i];
  carry (self);
  self->integers += other->integers;
  self->n_nan += other->n_nan;
  self->n_inf += other->n_inf;
}

/**
 * ann_exact_sum_get: (skip)
 * @self: a sum, of floats or of integers, not of both
 *
 * Returns: the double nearest to the exact sum of the finite values
 */
double
ann_exact_sum_get (AnnExactSum *self)
{
  double rounded;
  int exponent;

  if (self->integers != 0)
    return (double) self->integers;

  rounded = round_floats (self, &exponent);

  return ldexp (rounded, exponent);
}

/**
 * ann_exact_sum_get_mean: (skip)
 * @self: a sum of finite floats
 * @n: how many there were
 *
 * Returns: the sum divided by @n, also where the sum itself is no double
 */
double
ann_exact_sum_get_mean (AnnExactSum *self, guint64 n)
{
  int exponent;
  double rounded = round_floats (self, &exponent);

  return ldexp (rounded / (double) n, exponent);
}
