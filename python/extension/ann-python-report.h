/* ann-python-report.h: what a store breaks of the rules, and what an element holds
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ann-python.h"

/* Data.validate (is_deep, progress): a list of (severity, rule, path, message), how many elements
 * were looked at, and how many of them could not be read
 */
PyObject *ann_python_data_validate (PyObject *object, PyObject *arguments);

/* Element.summarize (): a dict with the names of `ann stats --json` */
PyObject *ann_python_element_summarize (PyObject *object, PyObject *unused);
