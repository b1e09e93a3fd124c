/* ann-awkward-json.c: the values of an awkward array as JSON
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-awkward-private.h"

#include "base/ann-error.h"
#include "element/ann-cell-private.h"

#include <string.h>

#define MAX_TEXT                                                                                   \
  (256 * 1024 * 1024) /* bytes; lists may overlap, so a small store can make many                  \
                       */

static void
append_escaped (GString *text, const char *bytes, gsize length)
{
  static const char *const short_forms[] = {
    ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n", ['\f'] = "\\f", ['\r'] = "\\r",
  };
  const char *end = bytes + length;

  g_string_append_c (text, '"');
  while (bytes < end)
    {
      guint8 byte = (guint8) *bytes;

      if (byte == '"' || byte == '\\')
        g_string_append_printf (text, "\\%c", byte);
      else if (byte < G_N_ELEMENTS (short_forms) && short_forms[byte] != NULL)
        g_string_append (text, short_forms[byte]);
      else if (byte < 0x20)
        g_string_append_printf (text, "\\u%04x", byte);
      else if (byte < 0x80)
        g_string_append_c (text, (char) byte);
      else
        {
          gunichar character = g_utf8_get_char_validated (bytes, end - bytes);

          if (character == (gunichar) -1 || character == (gunichar) -2)
            g_string_append (text, "\xef\xbf\xbd"); /* U+FFFD */
          else
            {
              g_string_append_unichar (text, character);
              bytes = g_utf8_next_char (bytes) - 1;
            }
        }
      bytes++;
    }
  g_string_append_c (text, '"');
}

/* {"b":"00ff"} */
static void
append_bytes (GString *text, const guint8 *bytes, gsize length)
{
  static const char digits[] = "0123456789abcdef";

  g_string_append (text, "{\"b\":\"");
  for (gsize i = 0; i < length; i++)
    {
      g_string_append_c (text, digits[bytes[i] >> 4]);
      g_string_append_c (text, digits[bytes[i] & 15]);
    }
  g_string_append (text, "\"}");
}

/* Every item passes here: nothing may go on for ever, or grow without end. */
static gboolean
check_step (AnnAwkwardReader *self, const GString *text, GError **error)
{
  if (text->len <= MAX_TEXT)
    return _ann_awkward_reader_check (self, error);

  g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
               "These rows take more than %d MiB as text; ask for fewer", MAX_TEXT >> 20);
  return FALSE;
}

/* A number, as the type says that the form takes it for. */
static gboolean
append_number (AnnAwkwardReader *self,
               const AnnForm *form,
               guint64 index,
               GString *text,
               GError **error)
{
  AnnDtype stored;
  gconstpointer number = _ann_awkward_reader_read_numbers (self, form, index, 1, &stored, error);
  double value;

  if (number == NULL)
    return FALSE;
  if (ann_dtype_is_float (form->dtype))
    {
      ann_dtype_to_double (stored, number, 1, &value);
      _ann_cell_append_json_double (text, value);
    }
  else if (stored == ANN_DTYPE_BOOL && form->dtype != ANN_DTYPE_BOOL)
    g_string_append_c (text, *(const guint8 *) number != 0 ? '1' : '0');
  else
    ann_cell_append_number (text, form->dtype == ANN_DTYPE_BOOL ? ANN_DTYPE_BOOL : stored, number);

  return TRUE;
}

static gboolean append_item (AnnAwkwardReader *self,
                             const AnnForm *form,
                             guint64 index,
                             GString *text,
                             GError **error);

static gboolean
append_text (AnnAwkwardReader *self,
             const AnnForm *form,
             guint64 start,
             guint64 n,
             GString *text,
             GError **error)
{
  AnnDtype dtype;
  const char *bytes = _ann_awkward_reader_read_numbers (self, form->contents[0], start, n, &dtype,
                                                        error);

  if (bytes == NULL)
    return FALSE;
  if (ann_dtype_get_size (dtype) != 1)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "The bytes of texts are numbers of %" G_GSIZE_FORMAT " bytes each",
                   ann_dtype_get_size (dtype));
      return FALSE;
    }
  if (form->is_bytes && _ann_awkward_reader_has_marks (self))
    append_bytes (text, (const guint8 *) bytes, n);
  else
    append_escaped (text, bytes, n);

  return TRUE;
}

static gboolean
append_list (AnnAwkwardReader *self,
             const AnnForm *form,
             guint64 index,
             GString *text,
             GError **error)
{
  guint64 count = 1;
  guint64 start;
  guint64 n;

  if (!_ann_awkward_reader_find_lists (self, form, index, &count, &start, &n, error))
    return FALSE;
  if (form->is_text)
    return append_text (self, form, start, n, text, error);

  g_string_append_c (text, '[');
  for (guint64 i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      if (!append_item (self, form->contents[0], start + i, text, error))
        return FALSE;
    }
  g_string_append_c (text, ']');

  return TRUE;
}

/* With a mark it is none of the names that the marks have. */
static void
append_name (GString *text, const char *name, gboolean has_marks)
{
  const gssize place = (gssize) text->len + 1;

  append_escaped (text, name, strlen (name));
  if (has_marks)
    g_string_insert_c (text, place, '.');
}

static gboolean
append_record (AnnAwkwardReader *self,
               const AnnForm *form,
               guint64 index,
               GString *text,
               GError **error)
{
  const gboolean has_marks = _ann_awkward_reader_has_marks (self);

  if (form->fields != NULL)
    g_string_append_c (text, '{');
  else
    g_string_append (text, has_marks ? "{\"t\":[" : "[");
  for (guint i = 0; i < form->n_contents; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      if (form->fields != NULL)
        {
          append_name (text, form->fields[i], has_marks);
          g_string_append_c (text, ':');
        }
      if (!append_item (self, form->contents[i], index, text, error))
        return FALSE;
    }
  if (form->fields != NULL)
    g_string_append_c (text, '}');
  else
    g_string_append (text, has_marks ? "]}" : "]");

  return TRUE;
}

static gboolean
append_union (AnnAwkwardReader *self,
              const AnnForm *form,
              guint64 index,
              GString *text,
              GError **error)
{
  guint content;
  guint64 place;

  return _ann_awkward_reader_find_content (self, form, index, &content, &place, error)
         && append_item (self, form->contents[content], place, text, error);
}

static gboolean
append_item (AnnAwkwardReader *self,
             const AnnForm *form,
             guint64 index,
             GString *text,
             GError **error)
{
  gboolean is_missing;

  if (!check_step (self, text, error)
      || !_ann_awkward_reader_unwrap (self, form, index, &form, &index, &is_missing, error))
    return FALSE;
  if (is_missing)
    {
      g_string_append (text, "null");
      return TRUE;
    }

  switch ((int) form->klass)
    {
    case ANN_FORM_NUMPY:
      return append_number (self, form, index, text, error);

    case ANN_FORM_LIST_OFFSET:
    case ANN_FORM_LIST:
    case ANN_FORM_REGULAR:
      return append_list (self, form, index, text, error);

    case ANN_FORM_RECORD:
      return append_record (self, form, index, text, error);

    case ANN_FORM_UNION:
      return append_union (self, form, index, text, error);

    case ANN_FORM_EMPTY:
    default:
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "Item %" G_GUINT64_FORMAT " of an awkward layer that has none", index);
      return FALSE;
    }
}

gboolean
_ann_awkward_reader_append (AnnAwkwardReader *self,
                            const AnnForm *form,
                            guint64 index,
                            GString *text,
                            GError **error)
{
  return append_item (self, form, index, text, error);
}
