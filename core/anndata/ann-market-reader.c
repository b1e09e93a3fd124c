/* ann-market-reader.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-market-reader-private.h"

#include "base/ann-error.h"

#include <string.h>

/* Decimal digits that a double holds, and powers of ten that it holds exactly. */
#define MAX_EXACT_DIGITS 15

static const double powers_of_ten[MAX_EXACT_DIGITS + 1] = {
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
};

void
_ann_market_reader_free (AnnMarketReader *self)
{
  if (self == NULL)
    return;

  _ann_text_lines_free (self->lines);
  g_free (self);
}

/* --- Numbers: each moves @text behind what it took --- */

static inline gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

static inline void
skip_blanks (const char **text)
{
  while (is_blank (**text))
    (*text)++;
}

static gboolean
take_digits (const char **text, guint64 max, guint64 *value)
{
  const char *start = *text;

  *value = 0;
  for (; g_ascii_isdigit (**text); (*text)++)
    {
      const guint64 digit = (guint64) (**text - '0');

      if (*value > (max - digit) / 10)
        return FALSE;
      *value = *value * 10 + digit;
    }

  return *text > start;
}

static gboolean
take_integer (const char **text, gint64 *value)
{
  const gboolean is_negative = **text == '-';
  guint64 size;

  if (is_negative || **text == '+')
    (*text)++;
  if (!take_digits (text, (guint64) G_MAXINT64 + (is_negative ? 1 : 0), &size))
    return FALSE;
  *value = (gint64) (is_negative ? 0 - size : size);

  return TRUE;
}

/* Short ones are the quotient of two numbers that a double holds, and so as exact as those that are
 * left to the C library.
 */
static gboolean
take_real (const char **text, double *value)
{
  const char *at = *text;
  const gboolean is_negative = *at == '-';
  const char *point = NULL;
  char *end;
  guint64 digits = 0;
  guint n_digits = 0;

  for (at += is_negative; g_ascii_isdigit (*at) || (*at == '.' && point == NULL); at++)
    {
      if (*at == '.')
        {
          point = at;
          continue;
        }
      if (++n_digits <= MAX_EXACT_DIGITS)
        digits = digits * 10 + (guint64) (*at - '0');
    }
  if (n_digits > 0 && n_digits <= MAX_EXACT_DIGITS && (*at == '\0' || is_blank (*at)))
    {
      *value = (double) digits / powers_of_ten[point != NULL ? at - point - 1 : 0];
      if (is_negative)
        *value = -*value;
      *text = at;
      return TRUE;
    }

  *value = g_ascii_strtod (*text, &end);
  if (end == *text)
    return FALSE;
  *text = end;

  return TRUE;
}

/* --- The beginning --- */

/* Which of @words it is, in any case; -1 if none. */
static int
find_word (const char *word, const char *const *words)
{
  for (int i = 0; words[i] != NULL; i++)
    {
      if (g_ascii_strcasecmp (word, words[i]) == 0)
        return i;
    }

  return -1;
}

static gboolean
refuse (AnnMarketReader *self, const char *what, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
               "“%s” holds %s, which is not read: real numbers, integers and patterns are",
               _ann_text_lines_get_name (self->lines), what);

  return FALSE;
}

static gboolean
set_field (AnnMarketReader *self, const char *word, GError **error)
{
  static const char *const words[] = { "real",    "double",  "integer", "unsigned-integer",
                                       "pattern", "complex", NULL };
  static const AnnDtype dtypes[] = { ANN_DTYPE_FLOAT64, ANN_DTYPE_FLOAT64, ANN_DTYPE_INT64,
                                     ANN_DTYPE_UINT64, ANN_DTYPE_FLOAT64 };
  const int field = find_word (word, words);

  if (field == 5)
    return refuse (self, "complex numbers", error);
  if (field < 0)
    {
      _ann_text_lines_fail (self->lines, error, "says of no known type what the entries are");
      return FALSE;
    }
  self->dtype = dtypes[field];
  self->is_pattern = field == 4;

  return TRUE;
}

static gboolean
set_symmetry (AnnMarketReader *self, const char *word, GError **error)
{
  static const char *const words[] = { "general", "symmetric", "skew-symmetric", "hermitian",
                                       NULL };
  const int symmetry = find_word (word, words);

  if (symmetry == 3)
    return refuse (self, "a hermitian matrix", error);
  if (symmetry < 0)
    {
      _ann_text_lines_fail (self->lines, error, "says of no known symmetry what the matrix has");
      return FALSE;
    }
  self->symmetry = (AnnMarketSymmetry) symmetry;
  if (symmetry == ANN_MARKET_SKEW_SYMMETRIC
      && (self->dtype == ANN_DTYPE_UINT64 || self->is_pattern))
    return refuse (self, "a skew-symmetric matrix of entries without a sign", error);

  return TRUE;
}

static gboolean
read_banner (AnnMarketReader *self, GCancellable *cancellable, GError **error)
{
  static const char *const layouts[] = { "coordinate", "array", NULL };
  g_autoptr (GError) problem = NULL;
  g_auto (GStrv) words = NULL;
  gsize length;
  const char *line = _ann_text_lines_next (self->lines, &length, cancellable, &problem);
  guint n = 0;
  int layout;

  if (problem != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  words = g_strsplit_set (line != NULL ? line : "", " \t", -1);
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (*words[i] == '\0')
        g_free (words[i]);
      else
        words[n++] = words[i];
    }
  words[n] = NULL;

  if (n != 5 || g_ascii_strcasecmp (words[0], "%%MatrixMarket") != 0
      || g_ascii_strcasecmp (words[1], "matrix") != 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "“%s” does not begin as Matrix Market does: with “%%%%MatrixMarket matrix”, and "
                   "what kind of one",
                   _ann_text_lines_get_name (self->lines));
      return FALSE;
    }
  layout = find_word (words[2], layouts);
  if (layout < 0)
    {
      _ann_text_lines_fail (self->lines, error,
                            "names a layout that is neither coordinate nor "
                            "array");
      return FALSE;
    }
  self->is_array = layout == 1;

  if (!set_field (self, words[3], error) || !set_symmetry (self, words[4], error))
    return FALSE;
  if (self->is_array && self->is_pattern)
    return refuse (self, "a pattern of all places", error);

  return TRUE;
}

/* The next line in which something stands. NULL at the end, or with an error. */
static const char *
next_line (AnnMarketReader *self, gsize *length, GCancellable *cancellable, GError **error)
{
  const char *line;

  while ((line = _ann_text_lines_next (self->lines, length, cancellable, error)) != NULL)
    {
      const char *text = line;

      skip_blanks (&text);
      if (text < line + *length)
        return line;
    }

  return NULL;
}

static gboolean
count_array (AnnMarketReader *self)
{
  const guint64 n = self->n_rows;
  guint64 n_all;

  if (!g_uint64_checked_mul (&n_all, n, self->n_columns))
    return FALSE;
  if (self->symmetry == ANN_MARKET_SYMMETRIC)
    n_all = n_all / 2 + n / 2 + (n & 1);
  else if (self->symmetry == ANN_MARKET_SKEW_SYMMETRIC)
    n_all = (n_all - n) / 2;
  self->n_stored = n_all;
  self->row = self->symmetry == ANN_MARKET_SKEW_SYMMETRIC ? 1 : 0;

  return TRUE;
}

static gboolean
parse_lengths (AnnMarketReader *self, const char *line, gsize length)
{
  guint64 *const numbers[] = { &self->n_rows, &self->n_columns, &self->n_stored };
  const char *text = line;

  for (guint i = 0; i < (self->is_array ? 2 : 3); i++)
    {
      skip_blanks (&text);
      if (!take_digits (&text, G_MAXINT64, numbers[i]) || (*text != '\0' && !is_blank (*text)))
        return FALSE;
    }
  skip_blanks (&text);

  return text == line + length && (!self->is_array || count_array (self));
}

static gboolean
read_lengths (AnnMarketReader *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) problem = NULL;
  const char *line;
  gsize length = 0;

  do
    line = next_line (self, &length, cancellable, &problem);
  while (line != NULL && *line == '%');

  if (problem != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  if (line == NULL)
    {
      _ann_text_lines_fail (self->lines, error,
                            "is the last, and nothing says how large the "
                            "matrix is");
      return FALSE;
    }
  if (!parse_lengths (self, line, length))
    {
      _ann_text_lines_fail (self->lines, error,
                            "does not say how large the matrix is: rows and "
                            "columns, and of coordinates how many");
      return FALSE;
    }
  if (self->symmetry != ANN_MARKET_GENERAL && self->n_rows != self->n_columns)
    {
      _ann_text_lines_fail (self->lines, error,
                            "makes the matrix not square, so that it cannot be "
                            "symmetric");
      return FALSE;
    }

  return TRUE;
}

AnnMarketReader *
_ann_market_reader_open (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnMarketReader) self = g_new0 (AnnMarketReader, 1);

  self->lines = _ann_text_lines_open (path, cancellable, error);
  if (self->lines == NULL || !read_banner (self, cancellable, error)
      || !read_lengths (self, cancellable, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* --- Entries --- */

static gboolean
take_place (const char **text, guint64 n, guint64 *place)
{
  skip_blanks (text);
  if (!take_digits (text, G_MAXINT64, place) || *place == 0 || *place > n)
    return FALSE;
  (*place)--;

  return **text == '\0' || is_blank (**text);
}

/* Column after column; of a symmetric one from the diagonal on, of a skew one from behind it. */
static void
step (AnnMarketReader *self, AnnMarketEntry *entry)
{
  entry->row = self->row;
  entry->column = self->column;
  if (++self->row < self->n_rows)
    return;

  self->column++;
  self->row = self->symmetry == ANN_MARKET_GENERAL     ? 0
              : self->symmetry == ANN_MARKET_SYMMETRIC ? self->column
                                                       : self->column + 1;
}

static gboolean
take_value (const AnnMarketReader *self, const char **text, AnnMarketEntry *entry)
{
  skip_blanks (text);
  switch ((int) self->dtype)
    {
    case ANN_DTYPE_INT64:
      return take_integer (text, &entry->value.integer);
    case ANN_DTYPE_UINT64:
      return take_digits (text, G_MAXUINT64, &entry->value.unsigned_integer);
    case ANN_DTYPE_FLOAT64:
    default:
      if (!self->is_pattern)
        return take_real (text, &entry->value.real);
      entry->value.real = 1;
      return TRUE;
    }
}

static const char *
parse_entry (AnnMarketReader *self, const char *line, gsize length, AnnMarketEntry *entry)
{
  const char *text = line;

  if (self->is_array)
    step (self, entry);
  else if (!take_place (&text, self->n_rows, &entry->row))
    return "does not begin with a row of the matrix";
  else if (!take_place (&text, self->n_columns, &entry->column))
    return "does not name a column of the matrix";
  if (!take_value (self, &text, entry))
    return self->dtype == ANN_DTYPE_FLOAT64 ? "has no number" : "has no integer of 64 bits";
  skip_blanks (&text);
  if (text != line + length)
    return self->is_pattern ? "has more than a row and a column"
                            : "has something behind its number";

  return NULL;
}

gboolean
_ann_market_reader_next (AnnMarketReader *self,
                         AnnMarketEntry *entry,
                         gboolean *is_end,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (GError) problem = NULL;
  gsize length;
  const char *line = next_line (self, &length, cancellable, &problem);
  const char *wrong;

  *is_end = line == NULL;
  if (problem != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
  if (line == NULL && self->n_read < self->n_stored)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "“%s” ends behind line %" G_GUINT64_FORMAT ", with %" G_GUINT64_FORMAT
                   " of the %" G_GUINT64_FORMAT " entries that it promises: it was cut off",
                   _ann_text_lines_get_name (self->lines), _ann_text_lines_get_number (self->lines),
                   self->n_read, self->n_stored);
      return FALSE;
    }
  if (line == NULL)
    return TRUE;
  if (self->n_read == self->n_stored)
    {
      _ann_text_lines_fail (self->lines, error, "is one more than the file promises");
      return FALSE;
    }

  wrong = parse_entry (self, line, length, entry);
  if (wrong != NULL)
    {
      _ann_text_lines_fail (self->lines, error, wrong);
      return FALSE;
    }
  self->n_read++;

  return TRUE;
}

gboolean
_ann_market_reader_mirror (const AnnMarketReader *self, AnnMarketEntry *entry)
{
  const guint64 row = entry->row;

  if (self->symmetry == ANN_MARKET_GENERAL || entry->row == entry->column)
    return FALSE;

  entry->row = entry->column;
  entry->column = row;
  if (self->symmetry == ANN_MARKET_SKEW_SYMMETRIC && self->dtype == ANN_DTYPE_INT64)
    entry->value.unsigned_integer = 0 - entry->value.unsigned_integer;
  else if (self->symmetry == ANN_MARKET_SKEW_SYMMETRIC)
    entry->value.real = -entry->value.real;

  return TRUE;
}
