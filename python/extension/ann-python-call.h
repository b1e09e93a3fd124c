/* ann-python-call.h: a call of the library that may wait
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ann-python.h"

/* Runs in a thread without Python: touches no object of it. %FALSE with @error set if it fails. */
typedef gboolean (*AnnPythonFunc) (gpointer data, GCancellable *cancellable, GError **error);

/**
 * AnnPythonCall:
 * @func: what is called
 * @data: for it; belongs to the caller, who waits
 * @progress: (nullable): what @func tells how far it has come
 * @is_writing: whether something is written: if that fails, nothing is left of it by the end
 * @callback: (nullable): a callable that is told, or %NULL or `None`
 * @error: (out): why @func failed; the caller frees it
 *
 * What is to be called.
 */
typedef struct {
  AnnPythonFunc func;
  gpointer data;
  AnnProgress *progress;
  gboolean is_writing;
  PyObject *callback;
  GError *error;
} AnnPythonCall;

/* Calls it without the interpreter's lock and waits until it is over. Meanwhile signals are looked
 * at, so that Ctrl+C cancels it. %FALSE either with call->error set, or, if that is %NULL, with an
 * exception.
 */
gboolean ann_python_call (AnnPythonCall *call);
