/* ann-number-text.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-number-text.h"

#include <math.h>
#include <string.h>

/* Beyond this a number has too many digits to be read, and doubles have lost the last ones. */
#define LARGEST 1e15
/* Below this a number is tiny; a column where one in so many is so has no common decimals. */
#define TINY 1e-4
#define TINY_SHARE 8

static void
append_grouped (GString *text, const char *digits, gsize n_digits)
{
  for (gsize i = 0; i < n_digits; i++)
    {
      if (i > 0 && (n_digits - i) % 3 == 0)
        g_string_append (text, ANN_THIN_SPACE);
      g_string_append_c (text, digits[i]);
    }
}

/**
 * ann_number_text_append_unsigned:
 * @text: takes the number
 * @value: a number
 *
 * Appends a whole number with thin spaces between groups of three digits.
 */
void
ann_number_text_append_unsigned (GString *text, guint64 value)
{
  char digits[24];
  const int n = g_snprintf (digits, sizeof (digits), "%" G_GUINT64_FORMAT, value);

  append_grouped (text, digits, (gsize) n);
}

/**
 * ann_number_text_append_signed:
 * @text: takes the number
 * @value: a number
 *
 * As [func@number_text_append_unsigned], with a true minus.
 */
void
ann_number_text_append_signed (GString *text, gint64 value)
{
  if (value < 0)
    g_string_append (text, ANN_MINUS);
  ann_number_text_append_unsigned (text, value < 0 ? -(guint64) value : (guint64) value);
}

/* "1.25e−07" */
static void
append_scientific (GString *text, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (digits, sizeof (digits), "%.2e", value);
  for (const char *c = digits; *c != '\0'; c++)
    {
      if (*c == '-')
        g_string_append (text, ANN_MINUS);
      else if (*c != '+')
        g_string_append_c (text, *c);
    }
}

/**
 * ann_number_text_append_double:
 * @text: takes the number
 * @value: a number, not NaN
 * @decimals: digits after the point, as in the rest of the column, at most 9; or
 *   ANN_NUMBER_SCIENTIFIC
 *
 * A column has one notation. Only a number of more than 15 digits before the point is written with
 * an exponent beside others that are not.
 */
void
ann_number_text_append_double (GString *text, double value, guint decimals)
{
  char format[] = "%.0f";
  char digits[64];
  const char *start = digits;
  const char *point;

  if (isinf (value))
    {
      g_string_append (text, value < 0 ? ANN_MINUS "∞" : "∞");
      return;
    }
  if (decimals == ANN_NUMBER_SCIENTIFIC || fabs (value) >= LARGEST)
    {
      append_scientific (text, value == 0 ? 0 : value);
      return;
    }
  if (fabs (value) < 0.5 * pow (10, -(double) decimals))
    value = 0; /* without a minus */

  format[2] = (char) ('0' + MIN (decimals, 9));
  g_ascii_formatd (digits, sizeof (digits), format, value);
  if (*start == '-')
    {
      g_string_append (text, ANN_MINUS);
      start++;
    }
  point = strchr (start, '.');
  append_grouped (text, start, point == NULL ? strlen (start) : (gsize) (point - start));
  if (point != NULL)
    g_string_append (text, point);
}

/**
 * ann_number_sample_add:
 * @self: a sample of a column, all zero before the first number
 * @value: a number; what is 0, infinite or NaN tells nothing
 */
void
ann_number_sample_add (AnnNumberSample *self, double value)
{
  if (!isfinite (value) || value == 0)
    return;

  value = fabs (value);
  self->smallest = self->n_values == 0 ? value : MIN (self->smallest, value);
  self->largest = MAX (self->largest, value);
  self->n_values++;
  self->n_fractions += value != floor (value);
  self->n_tiny += value < TINY;
}

/**
 * ann_number_sample_choose_decimals:
 * @self: a sample of a column
 *
 * Four digits for what is 1 or more, three for what is below, as long as it stays readable. Where
 * many numbers would be nothing so, all have exponents: p-values do not look like nothing. A few
 * tiny ones among others are rounding errors of what made them, and may.
 *
 * Returns: how many decimals the column should have, or ANN_NUMBER_SCIENTIFIC
 */
guint
ann_number_sample_choose_decimals (const AnnNumberSample *self)
{
  int exponent;

  if (self->n_fractions == 0)
    return 0;
  if (self->n_tiny > self->n_values / TINY_SHARE)
    return ANN_NUMBER_SCIENTIFIC;

  exponent = (int) floor (log10 (self->largest));
  if (exponent >= 0)
    {
      const int decimals = 3 - exponent;

      return (guint) CLAMP (decimals, self->smallest < 0.1 ? 2 : 1, 3);
    }

  return (guint) CLAMP (2 - exponent, 3, 6);
}
