/* ann-python-write.h: stores that are written
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ann-python.h"

/* Data.export (target, options, progress): a list of warnings. The options are a tuple: format,
 * profile, compression, chunk_rows, zarr_format, shard_rows, layout, keep_unused_categories,
 * skip_unreadable, overwrite, elements.
 */
PyObject *ann_python_data_export (PyObject *object, PyObject *arguments);

/* Data.split (column, prefix, suffix, options, progress): a list of labels with their targets, a
 * list of warnings, and how many rows have no value
 */
PyObject *ann_python_data_split (PyObject *object, PyObject *arguments);
