/* ann-text-lines.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-text-lines-private.h"

#include "base/ann-error.h"
#include "store/ann-source.h"

#include <string.h>

/* What is read at a time, and the longest line. */
#define PACKED_SIZE ((gsize) 256 << 10)
#define TEXT_SIZE ((gsize) 1 << 20)

struct _AnnTextLines {
  AnnSource *source;
  char *name;
  guint64 offset; /* of what comes next from the source */
  guint64 number;

  GConverter *gunzip; /* NULL for plain text */
  guint8 *packed;
  gsize packed_start;
  gsize packed_end;

  char *text; /* TEXT_SIZE, and a NUL */
  gsize start;
  gsize end;
  gboolean is_end; /* of the file: nothing comes behind the text */
};

void
_ann_text_lines_free (AnnTextLines *self)
{
  if (self == NULL)
    return;

  g_clear_object (&self->source);
  g_clear_object (&self->gunzip);
  g_free (self->packed);
  g_free (self->text);
  g_free (self->name);
  g_free (self);
}

AnnTextLines *
_ann_text_lines_open (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnTextLines) self = g_new0 (AnnTextLines, 1);
  guint8 start[2] = { 0 };

  self->name = g_path_get_basename (path);
  self->source = _ann_source_open_file (path, error);
  if (self->source == NULL)
    return NULL;
  if (_ann_source_get_size (self->source) >= sizeof start
      && !_ann_source_read (self->source, 0, start, sizeof start, cancellable, error))
    return NULL;

  self->text = g_malloc (TEXT_SIZE + 1);
  if (start[0] == 0x1f && start[1] == 0x8b)
    {
      self->gunzip = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
      self->packed = g_malloc (PACKED_SIZE);
    }

  return g_steal_pointer (&self);
}

guint64
_ann_text_lines_get_number (const AnnTextLines *self)
{
  return self->number;
}

const char *
_ann_text_lines_get_name (const AnnTextLines *self)
{
  return self->name;
}

guint64
_ann_text_lines_get_stored_size (const AnnTextLines *self)
{
  return _ann_source_get_size (self->source);
}

void
_ann_text_lines_fail (const AnnTextLines *self, GError **error, const char *why)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "Line %" G_GUINT64_FORMAT " of “%s” %s",
               self->number, self->name, why);
}

/* Brings up to @n bytes of the file, none at its end. */
static gboolean
read_some (AnnTextLines *self,
           gpointer to,
           gsize n,
           gsize *n_read,
           GCancellable *cancellable,
           GError **error)
{
  *n_read = (gsize) MIN (n, _ann_source_get_size (self->source) - self->offset);
  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || (*n_read > 0
          && !_ann_source_read (self->source, self->offset, to, *n_read, cancellable, error)))
    return FALSE;
  self->offset += *n_read;

  return TRUE;
}

static gboolean
read_packed (AnnTextLines *self, GCancellable *cancellable, GError **error)
{
  gsize n;

  if (self->packed_start < self->packed_end)
    return TRUE;
  if (!read_some (self, self->packed, PACKED_SIZE, &n, cancellable, error))
    return FALSE;
  self->packed_start = 0;
  self->packed_end = n;

  return TRUE;
}

/* Members may follow each other: who packs in parallel makes many. */
static gboolean
unpack (AnnTextLines *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) problem = NULL;
  GConverterResult result;
  gsize n_read = 0;
  gsize n_written = 0;

  if (!read_packed (self, cancellable, error))
    return FALSE;
  result = g_converter_convert (
      self->gunzip, self->packed + self->packed_start, self->packed_end - self->packed_start,
      self->text + self->end, TEXT_SIZE - self->end,
      self->packed_start == self->packed_end ? G_CONVERTER_INPUT_AT_END : G_CONVERTER_NO_FLAGS,
      &n_read, &n_written, &problem);
  self->packed_start += n_read;
  self->end += n_written;

  if (result == G_CONVERTER_FINISHED)
    {
      if (!read_packed (self, cancellable, error))
        return FALSE;
      self->is_end = self->packed_start == self->packed_end;
      g_converter_reset (self->gunzip);
    }
  else if (result == G_CONVERTER_ERROR)
    {
      if (g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
        g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                     "“%s” ends in the middle of what was packed with gzip, behind line "
                     "%" G_GUINT64_FORMAT,
                     self->name, self->number);
      else
        g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                     "“%s” cannot be unpacked behind line %" G_GUINT64_FORMAT ": %s", self->name,
                     self->number, problem->message);
      return FALSE;
    }

  return TRUE;
}

/* Adds to the text, of which the beginning of a line is kept. */
static gboolean
fill (AnnTextLines *self, GCancellable *cancellable, GError **error)
{
  gsize n;

  memmove (self->text, self->text + self->start, self->end - self->start);
  self->end -= self->start;
  self->start = 0;
  if (self->end == TEXT_SIZE)
    {
      self->number++;
      _ann_text_lines_fail (self, error, "is longer than a line of such a file can be");
      return FALSE;
    }
  if (self->gunzip != NULL)
    return unpack (self, cancellable, error);

  if (!read_some (self, self->text + self->end, TEXT_SIZE - self->end, &n, cancellable, error))
    return FALSE;
  self->end += n;
  self->is_end = n == 0;

  return TRUE;
}

const char *
_ann_text_lines_next (AnnTextLines *self, gsize *length, GCancellable *cancellable, GError **error)
{
  gsize n_searched = 0;
  char *line;
  char *end = NULL;

  while (end == NULL)
    {
      line = self->text + self->start;
      end = memchr (line + n_searched, '\n', self->end - self->start - n_searched);
      if (end != NULL)
        break;
      if (self->is_end && self->start == self->end)
        return NULL;
      if (self->is_end)
        {
          end = self->text + self->end;
          break;
        }
      n_searched = self->end - self->start;
      if (!fill (self, cancellable, error))
        return NULL;
    }

  self->start = MIN ((gsize) (end - self->text) + 1, self->end);
  self->number++;
  if (end > line && end[-1] == '\r')
    end--;
  *end = '\0';
  *length = (gsize) (end - line);

  return line;
}
