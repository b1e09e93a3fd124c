/* ann-awkward-reader.c: what the buffers of an awkward array say
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-awkward-private.h"

#include "base/ann-error.h"
#include "element/ann-element-private.h"

#define FIRST_WINDOW 1024 /* elements read ahead; twice as many each time they were all used */
#define MAX_WINDOW (256 * 1024)
#define MAX_NUMBERS (256 * 1024 * 1024) /* of one text, say */

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
  GCancellable *cancellable;
  guint n_windows;
  Window *windows;
  guint64 max_window;
  guint n_steps;
  gboolean has_marks;
};

AnnAwkwardReader *
_ann_awkward_reader_new (GPtrArray *buffers, gsize n_readers, GCancellable *cancellable)
{
  AnnAwkwardReader *self = g_new0 (AnnAwkwardReader, 1);

  self->max_window = MAX (MAX_WINDOW / MAX (n_readers, 1), FIRST_WINDOW);
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

void
_ann_awkward_reader_set_marks (AnnAwkwardReader *self, gboolean has_marks)
{
  self->has_marks = has_marks;
}

gboolean
_ann_awkward_reader_has_marks (const AnnAwkwardReader *self)
{
  return self->has_marks;
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
  if (n > MAX_NUMBERS)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: %" G_GUINT64_FORMAT " values in one piece",
                   ann_array_get_path (window->array), n);
      return FALSE;
    }

  if (window->values != NULL && start == window->start + window->n)
    window->next_size = MIN (window->next_size * 2, self->max_window);
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

gboolean
_ann_awkward_reader_check (AnnAwkwardReader *self, GError **error)
{
  return self->n_steps++ % 1024 != 0
         || !g_cancellable_set_error_if_cancelled (self->cancellable, error);
}

gconstpointer
_ann_awkward_reader_read_numbers (AnnAwkwardReader *self,
                                  const AnnForm *form,
                                  guint64 start,
                                  guint64 n,
                                  AnnDtype *dtype,
                                  GError **error)
{
  Window *window = &self->windows[form->first_buffer];

  *dtype = ann_array_get_dtype (window->array);
  if (!window_load (self, window, start, n, error))
    return NULL;

  return n > 0 ? window_get (window, start) : "";
}

static gboolean G_GNUC_PRINTF (4, 5) set_corrupt (AnnAwkwardReader *self,
                                                  const AnnForm *form,
                                                  GError **error,
                                                  const char *format,
                                                  ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "%s: %s",
               ann_array_get_path (self->windows[form->first_buffer].array), what);

  return FALSE;
}

/* --- Lists --- */

static gboolean
read_bounds (AnnAwkwardReader *self,
             const AnnForm *form,
             guint64 index,
             guint64 n_lists,
             gint64 *begin,
             gint64 *end,
             GError **error)
{
  const gboolean has_offsets = form->klass == ANN_FORM_LIST_OFFSET;

  if (!read_integer (self, form, 0, index, begin, error)
      || !read_integer (self, form, has_offsets ? 0 : 1, has_offsets ? index + n_lists : index, end,
                        error))
    return FALSE;

  return (*begin >= 0 && *end >= *begin)
         || set_corrupt (self, form, error,
                         "list %" G_GUINT64_FORMAT " goes from %" G_GINT64_FORMAT
                         " to %" G_GINT64_FORMAT,
                         index, *begin, *end);
}

gboolean
_ann_awkward_reader_find_lists (AnnAwkwardReader *self,
                                const AnnForm *form,
                                guint64 index,
                                guint64 *count,
                                guint64 *start,
                                guint64 *n,
                                GError **error)
{
  const guint64 n_wanted = *count;
  gint64 begin;
  gint64 end;
  gint64 next;

  if (form->klass == ANN_FORM_REGULAR)
    {
      /* What is too much to count lies behind any buffer. */
      if (!g_uint64_checked_mul (n, n_wanted, form->size)
          || !g_uint64_checked_mul (start, index, form->size) || *start > G_MAXUINT64 - *n)
        {
          *n = form->size;
          *start = G_MAXUINT64 - *n;
        }
      return TRUE;
    }

  if (!read_bounds (self, form, index, n_wanted, &begin, &end, error))
    return FALSE;
  for (*count = 1; form->klass == ANN_FORM_LIST && *count < n_wanted; (*count)++)
    {
      gint64 next_end;

      if (!read_bounds (self, form, index + *count, 1, &next, &next_end, error))
        return FALSE;
      if (next != end)
        break;
      end = next_end;
    }
  if (form->klass == ANN_FORM_LIST_OFFSET)
    *count = n_wanted;
  *start = (guint64) begin;
  *n = (guint64) (end - begin);

  return TRUE;
}

/* --- Wrappers --- */

static gboolean
unwrap_masked (AnnAwkwardReader *self,
               const AnnForm *form,
               guint64 index,
               gboolean *is_missing,
               GError **error)
{
  const gboolean bits = form->klass == ANN_FORM_BIT_MASKED;
  gint64 mask;

  if (!read_integer (self, form, 0, bits ? index / 8 : index, &mask, error))
    return FALSE;
  if (bits)
    mask = mask >> (form->lsb_order ? index % 8 : 7 - index % 8) & 1;
  *is_missing = (mask != 0) != form->valid_when;

  return TRUE;
}

static gboolean
unwrap_indexed (AnnAwkwardReader *self,
                const AnnForm *form,
                guint64 *index,
                gboolean *is_missing,
                GError **error)
{
  gint64 to;

  if (!read_integer (self, form, 0, *index, &to, error))
    return FALSE;
  *is_missing = to < 0 && form->klass == ANN_FORM_INDEXED_OPTION;
  if (to < 0 && !*is_missing)
    return set_corrupt (self, form, error, "at %" G_GUINT64_FORMAT " is %" G_GINT64_FORMAT, *index,
                        to);
  *index = (guint64) to;

  return TRUE;
}

gboolean
_ann_awkward_reader_unwrap (AnnAwkwardReader *self,
                            const AnnForm *form,
                            guint64 index,
                            const AnnForm **core,
                            guint64 *place,
                            gboolean *is_missing,
                            GError **error)
{
  *is_missing = FALSE;
  for (; _ann_form_is_wrapper (form) && !*is_missing; form = form->contents[0])
    {
      gboolean success = TRUE;

      switch ((int) form->klass)
        {
        case ANN_FORM_INDEXED:
        case ANN_FORM_INDEXED_OPTION:
          success = unwrap_indexed (self, form, &index, is_missing, error);
          break;
        case ANN_FORM_BYTE_MASKED:
        case ANN_FORM_BIT_MASKED:
          success = unwrap_masked (self, form, index, is_missing, error);
          break;
        default: /* has no mask */
          break;
        }
      if (!success)
        return FALSE;
    }
  *core = form;
  *place = index;

  return TRUE;
}

/* --- Unions --- */

gboolean
_ann_awkward_reader_find_content (AnnAwkwardReader *self,
                                  const AnnForm *form,
                                  guint64 index,
                                  guint *content,
                                  guint64 *place,
                                  GError **error)
{
  gint64 tag;
  gint64 to;

  *content = 0;
  *place = index;
  if (form->n_buffers == 0)
    return TRUE;

  if (!read_integer (self, form, 0, index, &tag, error)
      || !read_integer (self, form, 1, index, &to, error))
    return FALSE;
  if (tag < 0 || tag >= (gint64) form->n_contents || to < 0)
    return set_corrupt (self, form, error,
                        "at %" G_GUINT64_FORMAT " are tag %" G_GINT64_FORMAT
                        " and index %" G_GINT64_FORMAT,
                        index, tag, to);
  *content = (guint) tag;
  *place = (guint64) to;

  return TRUE;
}
