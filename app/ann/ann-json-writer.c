/* ann-json-writer.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-json-writer.h"

#include <math.h>
#include <string.h>

/* What is gathered before it goes to the stream. */
#define BUFFER_SIZE (64 * 1024)

/* @after_name: a member's name stands, its value must follow on the same line. */
struct _AnnJsonWriter {
  FILE *stream;
  GString *buffer;
  AnnJsonLevel levels[ANN_JSON_MAX_DEPTH];
  guint depth;
  gboolean after_name;
  gboolean has_mark;
  gboolean failed;
};

static gboolean has_printed;

/* Whether anything was handed to a stream, by any writer. */
gboolean
ann_json_writer_has_printed (void)
{
  return has_printed;
}

AnnJsonWriter *
ann_json_writer_new (FILE *stream)
{
  AnnJsonWriter *self = g_new0 (AnnJsonWriter, 1);

  self->stream = stream;
  self->buffer = g_string_sized_new (BUFFER_SIZE);

  return self;
}

static void
flush (AnnJsonWriter *self)
{
  has_printed = TRUE;
  if (fwrite (self->buffer->str, 1, self->buffer->len, self->stream) != self->buffer->len)
    self->failed = TRUE;
  g_string_truncate (self->buffer, 0);
}

/* Ends the document. %FALSE if something could not be written; errno tells why. */
gboolean
ann_json_writer_finish (AnnJsonWriter *self)
{
  g_assert (self->depth == 0 && !self->after_name);

  if (self->buffer->len > 0 && self->buffer->str[self->buffer->len - 1] != '\n')
    g_string_append_c (self->buffer, '\n');
  flush (self);

  return fflush (self->stream) == 0 && !self->failed;
}

void
ann_json_writer_free (AnnJsonWriter *self)
{
  g_string_free (self->buffer, TRUE);
  g_free (self);
}

void
ann_json_writer_set_mark (AnnJsonWriter *self, AnnJsonMark *mark)
{
  g_assert (!self->has_mark);

  mark->length = self->buffer->len;
  mark->depth = self->depth;
  memcpy (mark->levels, self->levels, sizeof mark->levels);
  mark->after_name = self->after_name;
  self->has_mark = TRUE;
}

/* Forgets all that was written since. The mark stays set. */
void
ann_json_writer_go_back (AnnJsonWriter *self, const AnnJsonMark *mark)
{
  g_assert (self->has_mark);

  g_string_truncate (self->buffer, mark->length);
  self->depth = mark->depth;
  memcpy (self->levels, mark->levels, sizeof mark->levels);
  self->after_name = mark->after_name;
}

void
ann_json_writer_end_mark (AnnJsonWriter *self)
{
  g_assert (self->has_mark);

  self->has_mark = FALSE;
}

static void
begin_line (AnnJsonWriter *self)
{
  g_string_append_c (self->buffer, '\n');
  for (guint i = 0; i < self->depth; i++)
    g_string_append (self->buffer, "  ");
}

/* What stands before an item or a member's name: comma, new line, nothing. */
static void
begin_item (AnnJsonWriter *self)
{
  AnnJsonLevel *level;

  if (self->after_name)
    {
      self->after_name = FALSE;
      return;
    }
  if (self->depth == 0)
    return;

  level = &self->levels[self->depth - 1];
  if (level->has_items)
    g_string_append (self->buffer, level->style == ANN_JSON_INLINE ? ", " : ",");
  if (level->style == ANN_JSON_LINES)
    begin_line (self);
  level->has_items = TRUE;

  if (self->buffer->len > BUFFER_SIZE && !self->has_mark)
    flush (self);
}

static void
begin (AnnJsonWriter *self, char start, char end, AnnJsonStyle style)
{
  g_assert (self->depth < ANN_JSON_MAX_DEPTH);

  begin_item (self);
  if (self->depth > 0 && self->levels[self->depth - 1].style == ANN_JSON_INLINE)
    style = ANN_JSON_INLINE;

  g_string_append_c (self->buffer, start);
  self->levels[self->depth++] = (AnnJsonLevel){ end, style, FALSE };
}

static void
end (AnnJsonWriter *self, char end)
{
  AnnJsonLevel level;

  g_assert (self->depth > 0 && !self->after_name);
  level = self->levels[--self->depth];
  g_assert (level.end == end);

  if (level.style == ANN_JSON_LINES && level.has_items)
    begin_line (self);
  g_string_append_c (self->buffer, end);
}

void
ann_json_writer_begin_object (AnnJsonWriter *self, AnnJsonStyle style)
{
  begin (self, '{', '}', style);
}

void
ann_json_writer_end_object (AnnJsonWriter *self)
{
  end (self, '}');
}

void
ann_json_writer_begin_array (AnnJsonWriter *self, AnnJsonStyle style)
{
  begin (self, '[', ']', style);
}

void
ann_json_writer_end_array (AnnJsonWriter *self)
{
  end (self, ']');
}

void
ann_json_writer_null (AnnJsonWriter *self)
{
  begin_item (self);
  g_string_append (self->buffer, "null");
}

void
ann_json_writer_boolean (AnnJsonWriter *self, gboolean value)
{
  begin_item (self);
  g_string_append (self->buffer, value ? "true" : "false");
}

void
ann_json_writer_int (AnnJsonWriter *self, gint64 value)
{
  begin_item (self);
  g_string_append_printf (self->buffer, "%" G_GINT64_FORMAT, value);
}

void
ann_json_writer_uint (AnnJsonWriter *self, guint64 value)
{
  begin_item (self);
  g_string_append_printf (self->buffer, "%" G_GUINT64_FORMAT, value);
}

/* The fewest digits that read back as @value, as "-d.ddde±xx". Returns how many. */
static int
format_shortest (double value, char *text, int size)
{
  for (int n_digits = 1;; n_digits++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%de", n_digits - 1);
      g_ascii_formatd (text, size, format, value);
      if (n_digits == 17 || g_ascii_strtod (text, NULL) == value)
        return n_digits;
    }
}

void
ann_append_double (GString *text, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  int n_digits, exponent;

  if (!isfinite (value))
    {
      g_string_append (text, isnan (value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
      return;
    }

  n_digits = format_shortest (value, digits, sizeof digits);
  exponent = (int) g_ascii_strtoll (strchr (digits, 'e') + 1, NULL, 10);

  /* Where Python does without an exponent: as many places as these digits need, at least one. */
  if (exponent >= -4 && exponent < 16)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%df", MAX (1, n_digits - 1 - exponent));
      g_ascii_formatd (digits, sizeof digits, format, value);
    }
  g_string_append (text, digits);
}

void
ann_json_writer_double (AnnJsonWriter *self, double value)
{
  begin_item (self);
  if (isfinite (value))
    ann_append_double (self->buffer, value);
  else
    {
      g_string_append_c (self->buffer, '"');
      ann_append_double (self->buffer, value);
      g_string_append_c (self->buffer, '"');
    }
}

/* As g_utf8_validate (), but a NUL is a character like others. */
static gboolean
is_utf8 (const char *text, gsize length)
{
  const char *end = text + length;

  while (text < end)
    {
      const char *nul = memchr (text, '\0', (gsize) (end - text));
      const char *stop = nul != NULL ? nul : end;

      if (!g_utf8_validate_len (text, (gsize) (stop - text), NULL))
        return FALSE;
      text = nul != NULL ? nul + 1 : end;
    }

  return TRUE;
}

void
ann_append_text (GString *to, const char *text, gsize length)
{
  if (is_utf8 (text, length))
    {
      g_string_append_len (to, text, (gssize) length);
      return;
    }

  g_string_append (to, "hex:");
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (to, "%02x", (guint8) text[i]);
}

static void
append_escaped (GString *to, const char *text, gsize length)
{
  gsize done = 0;

  for (gsize i = 0; i < length; i++)
    {
      guint8 c = (guint8) text[i];

      if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
        continue;

      g_string_append_len (to, text + done, (gssize) (i - done));
      done = i + 1;
      if (c == '"' || c == '\\')
        g_string_append_printf (to, "\\%c", c);
      else if (c == '\n')
        g_string_append (to, "\\n");
      else if (c == '\t')
        g_string_append (to, "\\t");
      else if (c == '\r')
        g_string_append (to, "\\r");
      else
        g_string_append_printf (to, "\\u%04x", c);
    }
  g_string_append_len (to, text + done, (gssize) (length - done));
}

static void
append_quoted (GString *to, const char *text, gsize length)
{
  g_string_append_c (to, '"');
  if (is_utf8 (text, length))
    append_escaped (to, text, length);
  else
    ann_append_text (to, text, length);
  g_string_append_c (to, '"');
}

void
ann_json_writer_bytes (AnnJsonWriter *self, const char *text, gsize length)
{
  begin_item (self);
  append_quoted (self->buffer, text, length);
}

/* A value that is JSON already. */
void
ann_json_writer_raw (AnnJsonWriter *self, const char *json, gsize length)
{
  begin_item (self);
  g_string_append_len (self->buffer, json, (gssize) length);
}

void
ann_json_writer_string (AnnJsonWriter *self, const char *text)
{
  ann_json_writer_bytes (self, text, strlen (text));
}

void
ann_json_writer_texts (AnnJsonWriter *self, const char *name, const char *const *texts)
{
  ann_json_writer_name (self, name);
  ann_json_writer_begin_array (self, ANN_JSON_INLINE);
  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    ann_json_writer_string (self, texts[i]);
  ann_json_writer_end_array (self);
}

/* Text outside all objects, between documents: a path before its object, say. */
void
ann_json_writer_text (AnnJsonWriter *self, const char *text)
{
  g_assert (self->depth == 0);

  g_string_append (self->buffer, text);
}

void
ann_json_writer_name (AnnJsonWriter *self, const char *name)
{
  g_assert (self->depth > 0 && !self->after_name);

  begin_item (self);
  append_quoted (self->buffer, name, strlen (name));
  g_string_append (self->buffer, ": ");
  self->after_name = TRUE;
}

/* One value of a buffer: complex numbers are pairs. */
void
ann_json_writer_value (AnnJsonWriter *self, AnnDtype dtype, gconstpointer value)
{
  double number = 0;
  gint64 integer = 0;

  if (ann_dtype_is_complex (dtype))
    {
      AnnDtype part = dtype == ANN_DTYPE_COMPLEX64 ? ANN_DTYPE_FLOAT32 : ANN_DTYPE_FLOAT64;

      ann_json_writer_begin_array (self, ANN_JSON_INLINE);
      ann_json_writer_value (self, part, value);
      ann_json_writer_value (self, part, (const guint8 *) value + ann_dtype_get_size (part));
      ann_json_writer_end_array (self);
    }
  else if (dtype == ANN_DTYPE_BOOL)
    ann_json_writer_boolean (self, *(const guint8 *) value != 0);
  else if (dtype == ANN_DTYPE_UINT64)
    {
      guint64 wide;

      memcpy (&wide, value, sizeof wide);
      ann_json_writer_uint (self, wide);
    }
  else if (ann_dtype_is_integer (dtype) && ann_dtype_to_int64 (dtype, value, 1, &integer))
    ann_json_writer_int (self, integer);
  else if (ann_dtype_to_double (dtype, value, 1, &number))
    ann_json_writer_double (self, number);
  else
    ann_json_writer_null (self);
}

void
ann_json_writer_shape (AnnJsonWriter *self, guint rank, const guint64 *shape)
{
  ann_json_writer_begin_array (self, ANN_JSON_INLINE);
  for (guint i = 0; i < rank; i++)
    ann_json_writer_uint (self, shape[i]);
  ann_json_writer_end_array (self);
}
