/* ann-python-error.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-python-error.h"

static const char *
get_name (const GError *error)
{
  static const char *const names[] = {
    [ANN_ERROR_NOT_FOUND] = "not-found",     [ANN_ERROR_FORMAT] = "format",
    [ANN_ERROR_UNSUPPORTED] = "unsupported", [ANN_ERROR_MISSING_CODEC] = "missing-codec",
    [ANN_ERROR_CORRUPT] = "corrupt",         [ANN_ERROR_BOUNDS] = "bounds",
    [ANN_ERROR_TOO_LARGE] = "too-large",     [ANN_ERROR_DENIED] = "denied",
    [ANN_ERROR_CHANGED] = "changed",         [ANN_ERROR_EXISTS] = "file-exists",
  };

  if (error->domain == ANN_ERROR)
    return names[error->code];
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return "file-not-found";
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return "denied";
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return "timed-out";

  return error->domain == G_IO_ERROR ? "io" : "failed";
}

static void
raise_as (AnnPythonState *state, const char *name, const GError *error, const char *store)
{
  g_autofree char *shown = store != NULL ? ann_location_hide_secrets (store) : NULL;
  g_autofree char *message = g_utf8_make_valid (error->message, -1);
  g_autofree char *place = shown != NULL ? g_utf8_make_valid (shown, -1) : NULL;
  PyObject *exception;

  exception = PyObject_CallFunction (state->make_error, "ssz", name, message, place);
  if (exception != NULL)
    PyErr_SetObject ((PyObject *) Py_TYPE (exception), exception);
  Py_XDECREF (exception);
}

void
ann_python_raise (AnnPythonState *state, const GError *error, const char *store)
{
  raise_as (state, get_name (error), error, store);
}

void
ann_python_raise_open (AnnPythonState *state, const GError *error, const char *store)
{
  const gboolean is_missing = g_error_matches (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);

  raise_as (state, is_missing ? "file-not-found" : get_name (error), error, store);
}

void
ann_python_raise_filter (AnnPythonState *state,
                         const GError *error,
                         const char *store,
                         const char *text,
                         gsize position,
                         gsize length)
{
  PyObject *exception;

  if (error->domain != ANN_FILTER_ERROR)
    {
      ann_python_raise (state, error, store);
      return;
    }

  exception = PyObject_CallFunction (state->make_filter_error, "ssnn", error->message, text,
                                     (Py_ssize_t) position, (Py_ssize_t) length);
  if (exception != NULL)
    PyErr_SetObject ((PyObject *) Py_TYPE (exception), exception);
  Py_XDECREF (exception);
}
