/* ann-python-data.h: `_anncore.Data`, and how one is made
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ann-python.h"

extern PyType_Spec ann_python_data_spec;

/* (transfer none) */
AnnData *ann_python_data_get (PyObject *object);

/* open (address: bytes, token: str | None, remap: list[str] | None, skip_missing_parts: bool) */
PyObject *ann_python_data_open (PyObject *module, PyObject *arguments);

/* concat (parts: list[Data], set: bytes, overwrite: bool, …): the stores as one, lines on what
 * it does not have of them, sentences on what they have in different types, and how many labels
 * occur twice; None if a set was written.
 */
PyObject *ann_python_data_concat (PyObject *module, PyObject *arguments);
