/* ann-python-element.h: `_anncore.Element` and what it reads
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ann-python.h"

extern PyType_Spec ann_python_element_spec;
extern PyStructSequence_Desc ann_python_values_description;

/* Takes @element in any case. @store: the address that errors name */
PyObject *ann_python_element_new (AnnPythonState *state, AnnElement *element, const char *store);

/* (transfer none) */
AnnElement *ann_python_element_get (PyObject *object);
const char *ann_python_element_get_store (PyObject *object);
