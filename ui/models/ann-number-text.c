/* ann-number-text.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-number-text.h"

#include <math.h>
#include <string.h>

/* Beyond this a number has too many digits to be read, and doubles have lost the last ones. */
#define LARGEST 1e15
/* Below this a number that its column's decimals would round to zero is not just a small one. */
#define SMALLEST 1e-4

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

/* "1.25e−07": what has no place among the decimals of its column. */
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
 * @decimals: digits after the point, as in the rest of the column; at most 9
 *
 * A number below 0.0001 that @decimals would round to zero, or one of more than 15 digits before
 * the point, is written with an exponent: a p-value must not look like nothing.
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
  if (fabs (value) < 0.5 * pow (10, -(double) decimals) && fabs (value) >= SMALLEST)
    value = 0;
  if (value != 0 && (fabs (value) >= LARGEST || fabs (value) < 0.5 * pow (10, -(double) decimals)))
    {
      append_scientific (text, value);
      return;
    }

  format[2] = (char) ('0' + MIN (decimals, 9));
  g_ascii_formatd (digits, sizeof (digits), format, value == 0 ? 0 : value);
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
 * ann_number_text_choose_decimals:
 * @smallest: the smallest absolute value other than 0 of a sample; unused if @is_whole
 * @largest: the largest absolute value of it
 * @is_whole: whether all of the sample are whole numbers
 *
 * Four digits for what is 1 or more, three for what is below, as long as it stays readable.
 *
 * Returns: how many decimals a column with such numbers should have
 */
guint
ann_number_text_choose_decimals (double smallest, double largest, gboolean is_whole)
{
  int exponent;

  if (is_whole || !isfinite (largest) || largest == 0)
    return 0;

  exponent = (int) floor (log10 (largest));
  if (exponent >= 0)
    {
      const int decimals = 3 - exponent;

      return (guint) CLAMP (decimals, smallest < 0.1 ? 2 : 1, 3);
    }

  return (guint) CLAMP (2 - exponent, 3, 6);
}
