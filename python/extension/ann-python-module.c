/* ann-python-module.c: the module `anncore._anncore`
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-python-buffer.h"
#include "ann-python-data.h"
#include "ann-python-element.h"

static PyTypeObject *
add_type (PyObject *module, PyType_Spec *spec)
{
  PyObject *type = PyType_FromModuleAndSpec (module, spec, NULL);

  if (type != NULL && PyModule_AddType (module, (PyTypeObject *) type) < 0)
    Py_CLEAR (type);

  return (PyTypeObject *) type;
}

/* What the package makes exceptions with: it is imported before this module. */
static gboolean
import_errors (AnnPythonState *state)
{
  PyObject *errors = PyImport_ImportModule ("anncore._errors");

  if (errors == NULL)
    return FALSE;

  state->make_error = PyObject_GetAttrString (errors, "make_error");
  state->make_filter_error = PyObject_GetAttrString (errors, "make_filter_error");
  Py_DECREF (errors);

  return state->make_error != NULL && state->make_filter_error != NULL;
}

static int
fill_module (PyObject *module)
{
  AnnPythonState *state = PyModule_GetState (module);

  state->buffer_type = add_type (module, &ann_python_buffer_spec);
  state->data_type = add_type (module, &ann_python_data_spec);
  state->element_type = add_type (module, &ann_python_element_spec);
  state->values_type = PyStructSequence_NewType (&ann_python_values_description);
  if (state->buffer_type == NULL || state->data_type == NULL || state->element_type == NULL
      || state->values_type == NULL || PyModule_AddType (module, state->values_type) < 0
      || PyModule_AddStringConstant (module, "version", ANN_VERSION) < 0 || !import_errors (state))
    return -1;

  return 0;
}

static int
traverse (PyObject *module, visitproc visit, void *arg)
{
  AnnPythonState *state = PyModule_GetState (module);

  Py_VISIT (state->buffer_type);
  Py_VISIT (state->data_type);
  Py_VISIT (state->element_type);
  Py_VISIT (state->values_type);
  Py_VISIT (state->make_error);
  Py_VISIT (state->make_filter_error);

  return 0;
}

static int
clear (PyObject *module)
{
  AnnPythonState *state = PyModule_GetState (module);

  Py_CLEAR (state->buffer_type);
  Py_CLEAR (state->data_type);
  Py_CLEAR (state->element_type);
  Py_CLEAR (state->values_type);
  Py_CLEAR (state->make_error);
  Py_CLEAR (state->make_filter_error);

  return 0;
}

static PyMethodDef functions[] = {
  { "open", ann_python_data_open, METH_VARARGS, "Opens a store" },
  { "concat", ann_python_data_concat, METH_VARARGS, "Joins stores" },
  { .ml_name = NULL },
};

static PyModuleDef_Slot slots[] = {
  { Py_mod_exec, fill_module },
  { 0, NULL },
};

static PyModuleDef definition = {
  PyModuleDef_HEAD_INIT,
  .m_name = "anncore._anncore",
  .m_doc = "The library libanncore, for the package anncore alone",
  .m_size = sizeof (AnnPythonState),
  .m_methods = functions,
  .m_slots = slots,
  .m_traverse = traverse,
  .m_clear = clear,
};

PyMODINIT_FUNC PyInit__anncore (void);

PyMODINIT_FUNC
PyInit__anncore (void)
{
  return PyModuleDef_Init (&definition);
}
