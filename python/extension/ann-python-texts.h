/* ann-python-texts.h: texts of the library as lists
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ann-python.h"

/* A list of str, where bytes that are not UTF-8 become surrogates; of bytes objects if @as_bytes.
 * Texts that stand for truth values become those.
 */
PyObject *ann_python_list_strings (const AnnStrings *texts, gboolean as_bytes);

/* @texts: (nullable): ended by %NULL */
PyObject *ann_python_list_texts (const char *const *texts);

/* A str of a text of the library: of a path, say. */
PyObject *ann_python_make_text (const char *text);

/* A new list ended by %NULL of a list of str; %NULL with an exception. */
char **ann_python_dup_texts (PyObject *list);
