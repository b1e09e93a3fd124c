/* ann-python-error.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-python-error.h"

#include <string.h>

/* Where Python has exceptions for trouble below, the word says which. */
static const char *
get_name (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return "file-not-found";
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return "denied";
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return "timed-out";

  return ann_error_get_name (error);
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

/* The library quotes the path that it writes to, and begins with an address. */
static gboolean
names_target (const GError *error, const char *target)
{
  g_autofree char *shown = ann_location_hide_secrets (target);
  g_autofree char *quoted = g_strconcat ("“", shown, "”", NULL);

  return strstr (error->message, quoted) != NULL
         || (strstr (shown, "://") != NULL && strstr (error->message, shown) != NULL);
}

void
ann_python_raise_write (AnnPythonState *state,
                        const GError *error,
                        const char *source,
                        const char *const *targets)
{
  for (guint i = 0; targets != NULL && targets[i] != NULL; i++)
    {
      if (!names_target (error, targets[i]))
        continue;
      ann_python_raise_open (state, error, targets[i]);
      return;
    }

  ann_python_raise (state, error, source);
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
