/* ann-awkward-json.c: the values of an awkward array as JSON
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-awkward-private.h"

#include "base/ann-error.h"
#include "element/ann-cell-private.h"
#include "element/ann-element-private.h"

#include <string.h>

#define FIRST_WINDOW 1024 /* elements read ahead; twice as many each time they were all used */
#define MAX_WINDOW (256 * 1024)
#define MAX_TEXT                                                                                   \
  (256 * 1024 * 1024) /* bytes; lists may overlap, so a small store can make many                  \
                       */

/* Window: a run of one buffer that is in memory. A buffer of several axes counts as flat. */
typedef struct {
  AnnArray *array;
  guint64 length;   /* of the buffer, in elements */
  guint64 row_size; /* elements in each step of its first axis */
  guint64 start;
  guint64 n;
  guint64 next_size;
  AnnBuffer *values;
} Window;

struct _AnnAwkwardReader {
  const AnnForm *form;
  GCancellable *cancellable;
  guint n_windows;
  Window *windows;
  guint n_steps;
};

AnnAwkwardReader *
_ann_awkward_reader_new (const AnnForm *form, GPtrArray *buffers, GCancellable *cancellable)
{
  AnnAwkwardReader *self = g_new0 (AnnAwkwardReader, 1);

  self->form = form;
  self->cancellable = cancellable;
  self->n_windows = buffers->len;
  self->windows = g_new0 (Window, buffers->len);
  for (guint i = 0; i < buffers->len; i++)
    {
      AnnArray *array = g_ptr_array_index (buffers, i);
      const guint64 *shape = ann_array_get_shape (array);
      guint64 row_size = 1;

      for (guint axis = 1; axis < ann_array_get_rank (array); axis++)
        {
          if (!g_uint64_checked_mul (&row_size, row_size, shape[axis]))
            row_size = 0;
        }
      self->windows[i].array = array;
      /* What no number can count holds nothing for us, and neither does a row of nothing. */
      if (row_size == 0 || !g_uint64_checked_mul (&self->windows[i].length, shape[0], row_size))
        self->windows[i].length = 0;
      self->windows[i].row_size = MAX (row_size, 1);
      self->windows[i].next_size = FIRST_WINDOW;
    }

  return self;
}

void
_ann_awkward_reader_free (AnnAwkwardReader *self)
{
  for (guint i = 0; i < self->n_windows; i++)
    g_clear_pointer (&self->windows[i].values, ann_buffer_unref);
  g_free (self->windows);
  g_free (self);
}

/* Makes [@start, @start + @n) of a buffer lie in its window. */
static gboolean
window_load (AnnAwkwardReader *self, Window *window, guint64 start, guint64 n, GError **error)
{
  AnnBox box;
  guint64 row;
  guint64 size;

  if (start > window->length || n > window->length - start)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: has %" G_GUINT64_FORMAT " values, and %" G_GUINT64_FORMAT
                   " are asked for from %" G_GUINT64_FORMAT,
                   ann_array_get_path (window->array), window->length, n, start);
      return FALSE;
    }
  if (n == 0
      || (window->values != NULL && start >= window->start
          && start + n <= window->start + window->n))
    return TRUE;
  if (n > MAX_TEXT)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: a text of %" G_GUINT64_FORMAT " bytes", ann_array_get_path (window->array),
                   n);
      return FALSE;
    }

  if (window->values != NULL && start == window->start + window->n)
    window->next_size = MIN (window->next_size * 2, MAX_WINDOW);
  row = start / window->row_size;
  size = MAX (n, MIN (window->next_size, window->length - start));
  size = (start + size - row * window->row_size + window->row_size - 1) / window->row_size;

  g_clear_pointer (&window->values, ann_buffer_unref);
  _ann_element_init_rows_box (&box, window->array, row, size);
  window->values = ann_array_read (window->array, &box, self->cancellable, error);
  window->start = row * window->row_size;
  window->n = size * window->row_size;

  return window->values != NULL;
}

static gconstpointer
window_get (const Window *window, guint64 index)
{
  return (const guint8 *) ann_buffer_get_data (window->values)
         + (index - window->start) * ann_dtype_get_size (ann_buffer_get_dtype (window->values));
}

/* One integer of the form's buffer number @which. */
static gboolean
read_integer (AnnAwkwardReader *self,
              const AnnForm *form,
              guint which,
              guint64 index,
              gint64 *value,
              GError **error)
{
  Window *window = &self->windows[form->first_buffer + which];

  if (!window_load (self, window, index, 1, error))
    return FALSE;
  ann_dtype_to_int64 (ann_array_get_dtype (window->array), window_get (window, index), 1, value);

  return TRUE;
}

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

static gboolean append_item (AnnAwkwardReader *self,
                             const AnnForm *form,
                             guint64 index,
                             GString *text,
                             GError **error);

/* Every item passes here: nothing may go on for ever, or grow without end. */
static gboolean
check_step (AnnAwkwardReader *self, const GString *text, GError **error)
{
  if (self->n_steps++ % 1024 == 0
      && g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  if (text->len > MAX_TEXT)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "These rows take more than %d MiB as text; ask for fewer", MAX_TEXT >> 20);
      return FALSE;
    }

  return TRUE;
}

/* A number, or a nested list of them: @axis is the first of its inner axes that is left. */
static gboolean
append_numbers (AnnAwkwardReader *self,
                const AnnForm *form,
                guint64 index,
                guint axis,
                GString *text,
                GError **error)
{
  Window *window = &self->windows[form->first_buffer];
  AnnDtype dtype = ann_array_get_dtype (window->array);
  guint64 first;
  double value;

  if (axis < form->n_inner)
    {
      guint64 n = form->inner_shape[axis];

      if (!g_uint64_checked_mul (&first, index, n))
        first = G_MAXUINT64;
      g_string_append_c (text, '[');
      for (guint64 i = 0; i < n; i++)
        {
          if (i > 0)
            g_string_append_c (text, ',');
          if (!check_step (self, text, error)
              || !append_numbers (self, form, first + i, axis + 1, text, error))
            return FALSE;
        }
      g_string_append_c (text, ']');
      return TRUE;
    }

  if (!window_load (self, window, index, 1, error))
    return FALSE;
  if (ann_dtype_is_float (dtype))
    {
      ann_dtype_to_double (dtype, window_get (window, index), 1, &value);
      _ann_cell_append_json_double (text, value);
    }
  else
    ann_cell_append_number (text, form->is_bool ? ANN_DTYPE_BOOL : dtype,
                            window_get (window, index));

  return TRUE;
}

static gboolean
append_list (AnnAwkwardReader *self,
             const AnnForm *form,
             guint64 start,
             guint64 n,
             GString *text,
             GError **error)
{
  const AnnForm *content = form->contents[0];
  Window *window;

  if (form->is_text)
    {
      window = &self->windows[content->first_buffer];
      if (ann_dtype_get_size (ann_array_get_dtype (window->array)) != 1)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "%s: must hold the bytes of texts",
                       ann_array_get_path (window->array));
          return FALSE;
        }
      if (!window_load (self, window, start, n, error))
        return FALSE;
      append_escaped (text, n > 0 ? window_get (window, start) : "", n);
      return TRUE;
    }

  g_string_append_c (text, '[');
  for (guint64 i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      if (!append_item (self, content, start + i, text, error))
        return FALSE;
    }
  g_string_append_c (text, ']');

  return TRUE;
}

/* Where a list begins and how long it is; all of it is checked by whoever reads its items. */
static gboolean
find_list (AnnAwkwardReader *self,
           const AnnForm *form,
           guint64 index,
           guint64 *start,
           guint64 *n,
           GError **error)
{
  gint64 begin;
  gint64 end;

  if (form->klass == ANN_FORM_REGULAR)
    {
      *n = form->size;
      if (!g_uint64_checked_mul (start, index, form->size) || *start > G_MAXUINT64 - *n)
        *start = G_MAXUINT64 - *n;
      return TRUE;
    }

  if (!read_integer (self, form, 0, index, &begin, error))
    return FALSE;
  if (form->klass == ANN_FORM_LIST_OFFSET ? !read_integer (self, form, 0, index + 1, &end, error)
                                          : !read_integer (self, form, 1, index, &end, error))
    return FALSE;
  if (begin < 0 || end < begin)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: list %" G_GUINT64_FORMAT " goes from %" G_GINT64_FORMAT
                   " to %" G_GINT64_FORMAT,
                   ann_array_get_path (self->windows[form->first_buffer].array), index, begin, end);
      return FALSE;
    }
  *start = (guint64) begin;
  *n = (guint64) (end - begin);

  return TRUE;
}

static gboolean
append_record (AnnAwkwardReader *self,
               const AnnForm *form,
               guint64 index,
               GString *text,
               GError **error)
{
  g_string_append_c (text, form->fields != NULL ? '{' : '[');
  for (guint i = 0; i < form->n_contents; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      if (form->fields != NULL)
        {
          append_escaped (text, form->fields[i], strlen (form->fields[i]));
          g_string_append_c (text, ':');
        }
      if (!append_item (self, form->contents[i], index, text, error))
        return FALSE;
    }
  g_string_append_c (text, form->fields != NULL ? '}' : ']');

  return TRUE;
}

static gboolean
append_indexed (AnnAwkwardReader *self,
                const AnnForm *form,
                guint64 index,
                GString *text,
                GError **error)
{
  gint64 to;

  if (!read_integer (self, form, 0, index, &to, error))
    return FALSE;
  if (to < 0 && form->klass == ANN_FORM_INDEXED_OPTION)
    {
      g_string_append (text, "null");
      return TRUE;
    }
  if (to < 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: at %" G_GUINT64_FORMAT " is %" G_GINT64_FORMAT,
                   ann_array_get_path (self->windows[form->first_buffer].array), index, to);
      return FALSE;
    }

  return append_item (self, form->contents[0], (guint64) to, text, error);
}

static gboolean
append_masked (AnnAwkwardReader *self,
               const AnnForm *form,
               guint64 index,
               GString *text,
               GError **error)
{
  gboolean bits = form->klass == ANN_FORM_BIT_MASKED;
  gint64 mask;

  if (!read_integer (self, form, 0, bits ? index / 8 : index, &mask, error))
    return FALSE;
  if (bits)
    mask = mask >> (form->lsb_order ? index % 8 : 7 - index % 8) & 1;
  if ((mask != 0) == form->valid_when)
    return append_item (self, form->contents[0], index, text, error);

  g_string_append (text, "null");

  return TRUE;
}

static gboolean
append_union (AnnAwkwardReader *self,
              const AnnForm *form,
              guint64 index,
              GString *text,
              GError **error)
{
  gint64 tag;
  gint64 to;

  if (!read_integer (self, form, 0, index, &tag, error)
      || !read_integer (self, form, 1, index, &to, error))
    return FALSE;
  if (tag < 0 || tag >= (gint64) form->n_contents || to < 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: at %" G_GUINT64_FORMAT " are tag %" G_GINT64_FORMAT
                   " and index %" G_GINT64_FORMAT,
                   ann_array_get_path (self->windows[form->first_buffer].array), index, tag, to);
      return FALSE;
    }

  return append_item (self, form->contents[tag], (guint64) to, text, error);
}

static gboolean
append_item (AnnAwkwardReader *self,
             const AnnForm *form,
             guint64 index,
             GString *text,
             GError **error)
{
  guint64 start;
  guint64 n;

  if (!check_step (self, text, error))
    return FALSE;

  switch (form->klass)
    {
    case ANN_FORM_NUMPY:
      return append_numbers (self, form, index, 0, text, error);

    case ANN_FORM_LIST_OFFSET:
    case ANN_FORM_LIST:
    case ANN_FORM_REGULAR:
      return find_list (self, form, index, &start, &n, error)
             && append_list (self, form, start, n, text, error);

    case ANN_FORM_RECORD:
      return append_record (self, form, index, text, error);

    case ANN_FORM_INDEXED:
    case ANN_FORM_INDEXED_OPTION:
      return append_indexed (self, form, index, text, error);

    case ANN_FORM_BYTE_MASKED:
    case ANN_FORM_BIT_MASKED:
      return append_masked (self, form, index, text, error);

    case ANN_FORM_UNMASKED:
      return append_item (self, form->contents[0], index, text, error);

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
_ann_awkward_reader_append (AnnAwkwardReader *self, guint64 index, GString *text, GError **error)
{
  return append_item (self, self->form, index, text, error);
}
