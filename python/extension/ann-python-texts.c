/* ann-python-texts.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-python-texts.h"

#include <string.h>

static PyObject *
make_item (const AnnStrings *texts, gsize index, gboolean as_bytes, gboolean are_objects)
{
  gsize length;
  const char *text = ann_strings_get (texts, index, &length);

  if (as_bytes)
    return PyBytes_FromStringAndSize (text, (Py_ssize_t) length);
  if (are_objects && (strcmp (text, "True") == 0 || strcmp (text, "False") == 0))
    return PyBool_FromLong (*text == 'T');

  return PyUnicode_DecodeUTF8 (text, (Py_ssize_t) length, "surrogateescape");
}

PyObject *
ann_python_list_strings (const AnnStrings *texts, gboolean as_bytes)
{
  const gsize n_texts = ann_strings_get_length (texts);
  const gboolean are_objects = ann_strings_are_objects (texts);
  PyObject *list = PyList_New ((Py_ssize_t) n_texts);

  for (gsize i = 0; list != NULL && i < n_texts; i++)
    {
      PyObject *item = make_item (texts, i, as_bytes, are_objects);

      if (item == NULL)
        Py_CLEAR (list);
      else
        PyList_SetItem (list, (Py_ssize_t) i, item);
    }

  return list;
}

PyObject *
ann_python_list_texts (const char *const *texts)
{
  const guint n_texts = texts != NULL ? g_strv_length ((char **) texts) : 0;
  PyObject *list = PyList_New (n_texts);

  for (guint i = 0; list != NULL && i < n_texts; i++)
    {
      PyObject *item = ann_python_make_text (texts[i]);

      if (item == NULL)
        Py_CLEAR (list);
      else
        PyList_SetItem (list, i, item);
    }

  return list;
}

PyObject *
ann_python_make_text (const char *text)
{
  return PyUnicode_DecodeUTF8 (text, (Py_ssize_t) strlen (text), "surrogateescape");
}

char **
ann_python_dup_texts (PyObject *list)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const Py_ssize_t n_texts = PyList_Size (list);

  for (Py_ssize_t i = 0; i < n_texts; i++)
    {
      PyObject *bytes = PyUnicode_AsEncodedString (PyList_GetItem (list, i), "utf-8",
                                                   "surrogateescape");
      char *text;

      if (bytes == NULL)
        return NULL;
      /* Without a place for the length, a NUL within is a ValueError. */
      if (PyBytes_AsStringAndSize (bytes, &text, NULL) == 0)
        g_strv_builder_add (builder, text);
      Py_DECREF (bytes);
      if (PyErr_Occurred ())
        return NULL;
    }

  return n_texts < 0 ? NULL : g_strv_builder_end (builder);
}
