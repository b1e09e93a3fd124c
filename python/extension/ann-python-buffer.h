/* ann-python-buffer.h: `_anncore.Buffer`, memory of numbers
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ann-python.h"

extern PyType_Spec ann_python_buffer_spec;

/* One axis of numbers, which Python may change, without a copy: @buffer has no other owner. Takes
 * @buffer in any case.
 */
PyObject *ann_python_buffer_new (AnnPythonState *state, AnnBuffer *buffer);
