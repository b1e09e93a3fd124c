/* ann-python-selector.h: which rows somebody in Python means
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ann-python.h"

/**
 * AnnPythonSelector:
 * @axis: of which axis
 * @filter: (nullable): those for which it is true
 * @names: (nullable): or those with these labels
 * @selection: (nullable): or these; %NULL with the others for all, or until they are looked for
 * @position: where in the filter the mistake is, in bytes
 * @length: how long that place is
 *
 * Taken from an object with the interpreter's lock, found in the store without it.
 */
typedef struct {
  AnnAxis axis;
  AnnFilter *filter;
  GPtrArray *names;
  AnnSelection *selection;
  gsize position;
  gsize length;
} AnnPythonSelector;

/* @value: `None`, a text with a filter, a slice, a list of labels, or a buffer of int64 or bool.
 * @self: filled with zeros. %FALSE with an exception.
 */
gboolean ann_python_selector_parse (AnnPythonSelector *self,
                                    AnnPythonState *state,
                                    AnnData *data,
                                    PyObject *value);

/* Reads what is needed for self->selection. In a thread without Python. */
gboolean ann_python_selector_find (AnnPythonSelector *self,
                                   AnnData *data,
                                   GCancellable *cancellable,
                                   GError **error);
void ann_python_selector_clear (AnnPythonSelector *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnPythonSelector, ann_python_selector_clear)
