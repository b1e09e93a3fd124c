/* ann-cell.c: values as text
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-cell-private.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define MAX_DIGITS 17 /* of a float64 that reads back as itself */

/* A decimal number d.ddd × 10^exponent, the digits without the point and without zeros behind. */
typedef struct {
  char digits[MAX_DIGITS + 1];
  guint n_digits;
  int exponent;
} Decimal;

static double
half_to_double (guint16 half)
{
  double value;

  ann_dtype_to_double (ANN_DTYPE_FLOAT16, &half, 1, &value);

  return value;
}

/* Whether @found is nearer to the half @value, which is positive, than to any other half. */
static gboolean
is_nearest_half (double found, double value)
{
  guint16 low = 0; /* bits of positive halves rise with their values: find those of @value */
  guint16 high = 0x7bff;
  double below;
  double above;

  while (low < high)
    {
      guint16 middle = (guint16) ((low + high + 1) / 2);

      if (half_to_double (middle) <= value)
        low = middle;
      else
        high = middle - 1;
    }

  below = low > 0 ? (value + half_to_double (low - 1)) / 2 : -value;
  above = low < 0x7bff ? (value + half_to_double (low + 1)) / 2 : 65520;

  return (found > below && found < above) || ((low & 1) == 0 && (found == below || found == above));
}

static gboolean
reads_back (const char *text, double value, AnnDtype dtype)
{
  double found = g_ascii_strtod (text, NULL);

  if (dtype == ANN_DTYPE_FLOAT32)
    return (float) found == (float) value;
  if (dtype == ANN_DTYPE_FLOAT16)
    return is_nearest_half (found, value);

  return found == value;
}

static void
parse_decimal (const char *text, Decimal *decimal)
{
  const char *at;

  decimal->n_digits = 0;
  for (at = text; *at != 'e' && *at != '\0'; at++)
    {
      if (g_ascii_isdigit (*at))
        decimal->digits[decimal->n_digits++] = *at;
    }
  decimal->exponent = *at == 'e' ? (int) g_ascii_strtoll (at + 1, NULL, 10) : 0;
  while (decimal->n_digits > 1 && decimal->digits[decimal->n_digits - 1] == '0')
    decimal->n_digits--;
  decimal->digits[decimal->n_digits] = '\0';
}

/* The next larger decimal of as many digits, as text: adds one to the last digit. */
static void
step_up (char *text)
{
  char *e = strchr (text, 'e');

  for (char *at = e - 1; at >= text; at--)
    {
      if (*at == '.')
        continue;
      if (*at < '9')
        {
          (*at)++;
          return;
        }
      *at = '0';
    }
}

static gboolean
try_digits (double value, AnnDtype dtype, guint n_digits, Decimal *decimal)
{
  char format[8];
  char text[32];
  int exponent;

  g_snprintf (format, sizeof format, "%%.%ue", n_digits - 1);
  g_ascii_formatd (text, sizeof text, format, value);
  if (!reads_back (text, value, dtype))
    {
      /* Below a power of two the numbers lie twice as close: the nearest decimal of so many
       * digits may belong to the one below, and the next still to this one.
       */
      if (frexp (value, &exponent) != 0.5 || n_digits == 1)
        return FALSE;
      step_up (text);
      if (!reads_back (text, value, dtype))
        return FALSE;
    }
  parse_decimal (text, decimal);

  return TRUE;
}

/* The shortest decimal that reads back as @value, which is positive and finite, in its own
 * precision. As many digits as every decimal keeps come first: what follows them is rarely needed,
 * and zeros at their end are dropped. That does not hold for subnormal numbers.
 */
static void
find_shortest (double value, AnnDtype dtype, Decimal *decimal)
{
  guint n = 15;
  double smallest_normal = DBL_MIN;

  if (dtype == ANN_DTYPE_FLOAT32)
    {
      n = 6;
      smallest_normal = FLT_MIN;
    }
  else if (dtype == ANN_DTYPE_FLOAT16)
    {
      n = 3;
      smallest_normal = 0x1p-14;
    }
  if (value < smallest_normal)
    n = 1;

  while (n < MAX_DIGITS && !try_digits (value, dtype, n, decimal))
    n++;
  if (n == MAX_DIGITS)
    try_digits (value, dtype, n, decimal);
}

/* As Python lays it out: from 0.0001 to below 1e16 with all digits, else with an exponent. */
static void
append_decimal (GString *text, const Decimal *decimal, gboolean with_point)
{
  int n = (int) decimal->n_digits;

  if (decimal->exponent < -4 || decimal->exponent >= 16)
    {
      g_string_append_c (text, decimal->digits[0]);
      if (n > 1)
        g_string_append_printf (text, ".%s", decimal->digits + 1);
      g_string_append_printf (text, "e%c%02d", decimal->exponent < 0 ? '-' : '+',
                              ABS (decimal->exponent));
      return;
    }
  if (decimal->exponent < 0)
    {
      g_string_append (text, "0.");
      for (int i = -1; i > decimal->exponent; i--)
        g_string_append_c (text, '0');
      g_string_append (text, decimal->digits);
      return;
    }

  for (int i = 0; i <= decimal->exponent || i < n; i++)
    {
      if (i == decimal->exponent + 1)
        g_string_append_c (text, '.');
      g_string_append_c (text, i < n ? decimal->digits[i] : '0');
    }
  if (with_point && n <= decimal->exponent + 1)
    g_string_append (text, ".0");
}

static void
append_finite (GString *text, double value, AnnDtype dtype, gboolean with_point)
{
  Decimal decimal;

  if (signbit (value))
    g_string_append_c (text, '-');
  value = fabs (value);

  if (value < 0x1p53 && value == floor (value)) /* most counts: quick and exact */
    {
      g_string_append_printf (text, "%" G_GUINT64_FORMAT "%s", (guint64) value,
                              with_point ? ".0" : "");
      return;
    }

  find_shortest (value, dtype, &decimal);
  append_decimal (text, &decimal, with_point);
}

static void
append_float (GString *text, double value, AnnDtype dtype)
{
  if (isnan (value))
    g_string_append (text, "NaN");
  else if (isinf (value))
    g_string_append (text, value < 0 ? "-inf" : "inf");
  else
    append_finite (text, value, dtype, FALSE);
}

void
_ann_cell_append_json_double (GString *text, double value)
{
  if (isnan (value))
    g_string_append (text, "NaN");
  else if (isinf (value))
    g_string_append (text, value < 0 ? "-Infinity" : "Infinity");
  else
    append_finite (text, value, ANN_DTYPE_FLOAT64, TRUE);
}

static void
append_complex (GString *text, double real, double imaginary, AnnDtype part_dtype)
{
  append_float (text, real, part_dtype);
  if (isnan (imaginary) || !signbit (imaginary))
    g_string_append_c (text, '+');
  append_float (text, imaginary, part_dtype);
  g_string_append_c (text, 'j');
}

/**
 * ann_cell_append_number: (skip)
 * @text: where to add it
 * @dtype: the type of a number
 * @value: the number, in native byte order
 *
 * Writes a number as people and programs read it, in any locale:
 *
 * - integers with all digits; bools as `true`, `false`
 * - floats with the fewest digits that read back as the same number in their own precision, whole
 *   ones below 2⁵³ exactly and without a point, very large and small ones as `1e+16`, `2.5e-07`;
 *   `NaN`, `inf`, `-inf`
 * - complex ones as `1.5-2j`
 *
 * Types that are not numbers add nothing.
 */
void
ann_cell_append_number (GString *text, AnnDtype dtype, gconstpointer value)
{
  double real;
  gint64 integer;
  guint64 natural;
  float single[2];
  double both[2];

  g_return_if_fail (text != NULL);

  switch ((int) dtype)
    {
    case ANN_DTYPE_BOOL:
      g_string_append (text, *(const guint8 *) value ? "true" : "false");
      break;

    case ANN_DTYPE_UINT64:
      memcpy (&natural, value, sizeof natural);
      g_string_append_printf (text, "%" G_GUINT64_FORMAT, natural);
      break;

    case ANN_DTYPE_FLOAT16:
    case ANN_DTYPE_FLOAT32:
    case ANN_DTYPE_FLOAT64:
      ann_dtype_to_double (dtype, value, 1, &real);
      append_float (text, real, dtype);
      break;

    case ANN_DTYPE_COMPLEX64:
      memcpy (single, value, sizeof single);
      append_complex (text, single[0], single[1], ANN_DTYPE_FLOAT32);
      break;

    case ANN_DTYPE_COMPLEX128:
      memcpy (both, value, sizeof both);
      append_complex (text, both[0], both[1], ANN_DTYPE_FLOAT64);
      break;

    default:
      if (ann_dtype_to_int64 (dtype, value, 1, &integer))
        g_string_append_printf (text, "%" G_GINT64_FORMAT, integer);
      break;
    }
}

/* Adds up all that is stored at one place of a sparse block, for duplicates count together. */
static void
append_sparse (GString *text, const AnnBlock *block, guint64 row, guint64 column)
{
  const AnnDtype dtype = ann_buffer_get_dtype (block->values);
  const gsize size = ann_dtype_get_size (dtype);
  const guint8 *values = ann_buffer_get_data (block->values);
  const guint64 *pointers = ann_buffer_get_data (block->indptr);
  const AnnDtype index_dtype = ann_buffer_get_dtype (block->indices);
  const guint8 *indices = ann_buffer_get_data (block->indices);
  const gsize index_size = ann_dtype_get_size (index_dtype);
  const guint8 *found = NULL;
  guint n_found = 0;
  double sum = 0;

  for (guint64 i = pointers[row]; i < pointers[row + 1]; i++)
    {
      gint64 index;
      double value = 0;

      ann_dtype_to_int64 (index_dtype, indices + i * index_size, 1, &index);
      if ((guint64) index != column)
        continue;
      found = values + i * size;
      n_found++;
      ann_dtype_to_double (dtype, found, 1, &value);
      sum += value;
    }

  if (n_found == 0)
    g_string_append (text, dtype == ANN_DTYPE_BOOL ? "false" : "0");
  else if (n_found == 1 || !ann_dtype_is_real (dtype) || dtype == ANN_DTYPE_BOOL)
    ann_cell_append_number (text, dtype, found);
  else
    append_float (text, sum, dtype == ANN_DTYPE_FLOAT32 ? dtype : ANN_DTYPE_FLOAT64);
}

static gboolean
append_label (GString *text, gint32 code, AnnStrings *labels)
{
  g_autofree char *label = NULL;

  if (code == -1)
    return FALSE;
  if (code < 0 || (gsize) code >= ann_strings_get_length (labels))
    {
      g_string_append (text, "<no such category>");
      return TRUE;
    }

  label = ann_strings_dup_utf8 (labels, (gsize) code);
  g_string_append (text, label);

  return TRUE;
}

/**
 * ann_cell_append_value: (skip)
 * @text: where to add it
 * @block: some rows of an element
 * @labels: (nullable): for a categorical: its labels
 * @row: which row of the block, from 0
 * @column: which value of the row, less than the width
 *
 * Writes one value of a block: a text as it is (U+FFFD for what is not UTF-8), a number as
 * [func@Ann.cell_append_number] does, the label of a category. In a sparse block this looks
 * through the row, and what is not stored is 0.
 *
 * Returns: %FALSE if the value is missing; nothing was added then
 */
gboolean
ann_cell_append_value (GString *text,
                       const AnnBlock *block,
                       AnnStrings *labels,
                       guint64 row,
                       guint64 column)
{
  AnnDtype dtype;
  const guint8 *value;
  gsize index;

  g_return_val_if_fail (text != NULL && block != NULL, FALSE);
  g_return_val_if_fail (row < block->count && column < block->width, FALSE);

  if (ann_block_is_sparse (block))
    {
      append_sparse (text, block, row, column);
      return TRUE;
    }

  index = row * block->width + column;
  if (ann_block_is_missing (block, index))
    return FALSE;
  if (block->texts != NULL)
    {
      g_autofree char *utf8 = ann_strings_dup_utf8 (block->texts, index);

      g_string_append (text, utf8);
      return TRUE;
    }

  dtype = ann_buffer_get_dtype (block->values);
  value = (const guint8 *) ann_buffer_get_data (block->values) + index * ann_dtype_get_size (dtype);
  if (labels != NULL && dtype == ANN_DTYPE_INT32)
    return append_label (text, *(const gint32 *) value, labels);
  ann_cell_append_number (text, dtype, value);

  return TRUE;
}

/**
 * ann_cell_append_separated: (skip)
 * @text: where to add it
 * @value: a value as text
 * @length: its bytes, or -1
 * @separator: what stands between values
 *
 * Writes a value of a line whose values stand between separators: in quotes, which are doubled
 * within, if it has to be (RFC 4180).
 */
void
ann_cell_append_separated (GString *text, const char *value, gssize length, char separator)
{
  const gsize n = length >= 0 ? (gsize) length : strlen (value);

  g_return_if_fail (text != NULL && value != NULL);

  if (memchr (value, separator, n) == NULL && memchr (value, '"', n) == NULL
      && memchr (value, '\n', n) == NULL && memchr (value, '\r', n) == NULL)
    {
      g_string_append_len (text, value, (gssize) n);
      return;
    }

  g_string_append_c (text, '"');
  for (gsize i = 0; i < n; i++)
    {
      if (value[i] == '"')
        g_string_append_c (text, '"');
      g_string_append_c (text, value[i]);
    }
  g_string_append_c (text, '"');
}
