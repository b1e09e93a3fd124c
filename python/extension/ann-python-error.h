/* ann-python-error.h: errors of the library as exceptions
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ann-python.h"

/* Sets the exception that @error is. @store: (nullable): the address that it is about */
void ann_python_raise (AnnPythonState *state, const GError *error, const char *store);

/* Likewise of a filter, where it may be a mistake in @text, in bytes. */
void ann_python_raise_filter (AnnPythonState *state,
                              const GError *error,
                              const char *store,
                              const char *text,
                              gsize position,
                              gsize length);

/* What cannot be opened is a file that is not there, and no element. */
void ann_python_raise_open (AnnPythonState *state, const GError *error, const char *store);

/* What cannot be written: either the place is to blame, which the message names then, or what is
 * read. @source: (nullable): where from; @targets: (nullable): ended by %NULL
 */
void ann_python_raise_write (AnnPythonState *state,
                             const GError *error,
                             const char *source,
                             const char *const *targets);
