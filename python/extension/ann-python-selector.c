/* ann-python-selector.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-python-selector.h"

#include "ann-python-error.h"

#include <string.h>

static guint64
get_axis_length (AnnData *data, AnnAxis axis)
{
  return axis == ANN_AXIS_OBS ? ann_data_get_n_obs (data) : ann_data_get_n_var (data);
}

/* The library ends texts by a NUL. */
static gboolean
check_text (const char *text, Py_ssize_t size, const char *what)
{
  if (memchr (text, '\0', (gsize) size) == NULL)
    return TRUE;

  PyErr_Format (PyExc_ValueError, "%s has a NUL within", what);
  return FALSE;
}

static gboolean
parse_filter (AnnPythonSelector *self, AnnPythonState *state, AnnData *data, PyObject *value)
{
  g_autoptr (GError) error = NULL;
  Py_ssize_t size;
  const char *text = PyUnicode_AsUTF8AndSize (value, &size);

  if (text == NULL || !check_text (text, size, "a filter"))
    return FALSE;

  self->filter = ann_filter_parse (text, &self->position, &self->length, &error);
  if (self->filter == NULL)
    ann_python_raise_filter (state, error, ann_data_get_uri (data), text, self->position,
                             self->length);

  return self->filter != NULL;
}

static gboolean
parse_names (AnnPythonSelector *self, PyObject *list)
{
  const Py_ssize_t n_names = PyList_Size (list);

  self->names = g_ptr_array_new_with_free_func (g_free);
  for (Py_ssize_t i = 0; i < n_names; i++)
    {
      Py_ssize_t length;
      const char *name = PyUnicode_AsUTF8AndSize (PyList_GetItem (list, i), &length);

      if (name == NULL || !check_text (name, length, "a label"))
        return FALSE;
      g_ptr_array_add (self->names, g_strndup (name, (gsize) length));
    }

  return TRUE;
}

static AnnSelection *
parse_slice (PyObject *slice, guint64 axis_length, GError **error)
{
  Py_ssize_t start;
  Py_ssize_t stop;
  Py_ssize_t step;
  Py_ssize_t count;

  if (PySlice_Unpack (slice, &start, &stop, &step) < 0)
    return NULL;
  count = PySlice_AdjustIndices ((Py_ssize_t) axis_length, &start, &stop, step);

  return ann_selection_new_range (count > 0 ? (guint64) start : 0, (guint64) count, step,
                                  axis_length, error);
}

/* numpy says "l" for what the module `struct` calls "q" where they are the same. */
static AnnSelection *
parse_buffer (PyObject *value, guint64 axis_length, GError **error)
{
  AnnSelection *selection = NULL;
  Py_buffer view;

  if (PyObject_GetBuffer (value, &view, PyBUF_FORMAT | PyBUF_C_CONTIGUOUS) < 0)
    return NULL;

  if (view.ndim == 1 && g_strcmp0 (view.format, "?") == 0)
    selection = ann_selection_new_from_mask (view.buf, (gsize) view.len, axis_length, error);
  else if (view.ndim == 1 && view.itemsize == sizeof (gint64)
           && (g_strcmp0 (view.format, "q") == 0 || g_strcmp0 (view.format, "l") == 0))
    selection = ann_selection_new_from_indices (view.buf, (gsize) (view.len / view.itemsize),
                                                axis_length, error);
  else
    PyErr_SetString (PyExc_TypeError, "positions are int64, and masks bool, with one axis");
  PyBuffer_Release (&view);

  return selection;
}

gboolean
ann_python_selector_parse (AnnPythonSelector *self,
                           AnnPythonState *state,
                           AnnData *data,
                           PyObject *value)
{
  const guint64 axis_length = get_axis_length (data, self->axis);
  g_autoptr (GError) error = NULL;

  if (value == Py_None)
    return TRUE;
  if (PyUnicode_Check (value))
    return parse_filter (self, state, data, value);
  if (PyList_Check (value))
    return parse_names (self, value);

  self->selection = PySlice_Check (value) ? parse_slice (value, axis_length, &error)
                                          : parse_buffer (value, axis_length, &error);
  if (error != NULL)
    ann_python_raise (state, error, ann_data_get_uri (data));

  return self->selection != NULL;
}

static AnnSelection *
find_names (AnnPythonSelector *self, AnnData *data, GCancellable *cancellable, GError **error)
{
  AnnFrame *frame = self->axis == ANN_AXIS_OBS ? ann_data_get_obs (data) : ann_data_get_var (data);

  if (frame == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "there is no table %s that has names",
                   self->axis == ANN_AXIS_OBS ? "obs" : "var");
      return NULL;
    }

  return ann_frame_find_names (frame, (const char *const *) self->names->pdata, self->names->len,
                               cancellable, error);
}

gboolean
ann_python_selector_find (AnnPythonSelector *self,
                          AnnData *data,
                          GCancellable *cancellable,
                          GError **error)
{
  if (self->filter != NULL)
    self->selection = ann_filter_evaluate (self->filter, data, self->axis, NULL, &self->position,
                                           &self->length, cancellable, error);
  else if (self->names != NULL)
    self->selection = find_names (self, data, cancellable, error);
  else
    return TRUE;

  return self->selection != NULL;
}

void
ann_python_selector_clear (AnnPythonSelector *self)
{
  g_clear_pointer (&self->filter, ann_filter_unref);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_clear_pointer (&self->selection, ann_selection_unref);
}
