/* ann-python.h: what the files of the extension share
 *
 * The extension is thin: a type for each of AnnData, AnnElement and AnnBuffer. What is Python's
 * business (numpy, pandas, exceptions, defaults) is in the package around it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <ann-core.h>

/**
 * AnnPythonState:
 * @buffer_type: `_anncore.Buffer`
 * @data_type: `_anncore.Data`
 * @element_type: `_anncore.Element`
 * @values_type: `_anncore.Values`
 * @make_error: a function of the package
 * @make_filter_error: likewise
 *
 * What the module has; all of it is the module's.
 */
typedef struct {
  PyTypeObject *buffer_type;
  PyTypeObject *data_type;
  PyTypeObject *element_type;
  PyTypeObject *values_type;
  PyObject *make_error;
  PyObject *make_filter_error;
} AnnPythonState;

/* Of an object of one of our types, which nobody can derive from. */
static inline AnnPythonState *
ann_python_get_state (PyObject *self)
{
  return PyType_GetModuleState (Py_TYPE (self));
}
