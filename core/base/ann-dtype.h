/* ann-dtype.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

/**
 * AnnDtype:
 * @ANN_DTYPE_BOOL: one byte, 0 or 1
 * @ANN_DTYPE_INT8: signed, 1 byte
 * @ANN_DTYPE_INT16: signed, 2 bytes
 * @ANN_DTYPE_INT32: signed, 4 bytes
 * @ANN_DTYPE_INT64: signed, 8 bytes
 * @ANN_DTYPE_UINT8: unsigned, 1 byte
 * @ANN_DTYPE_UINT16: unsigned, 2 bytes
 * @ANN_DTYPE_UINT32: unsigned, 4 bytes
 * @ANN_DTYPE_UINT64: unsigned, 8 bytes
 * @ANN_DTYPE_FLOAT16: IEEE binary16
 * @ANN_DTYPE_FLOAT32: IEEE binary32
 * @ANN_DTYPE_FLOAT64: IEEE binary64
 * @ANN_DTYPE_COMPLEX64: two binary32, real first
 * @ANN_DTYPE_COMPLEX128: two binary64, real first
 * @ANN_DTYPE_STRING: text; values come as [struct@Ann.Strings], never in a buffer
 * @ANN_DTYPE_BYTES: fixed-length bytes (numpy's `S`); values come as [struct@Ann.Strings]
 * @ANN_DTYPE_RECORD: named fields; each field is an array of its own
 * @ANN_DTYPE_OPAQUE: so many bytes each, which say nothing of themselves; values come as
 *   [struct@Ann.Strings], all bytes of each
 * @ANN_DTYPE_SEQUENCE: lists of numbers, each with a length of its own; values come as
 *   [struct@Ann.Strings], each the bytes of its numbers in native byte order, of the type that
 *   [method@Ann.Array.get_item_dtype] tells
 * @ANN_DTYPE_OTHER: a type that has no place here; the node can be shown, not read
 *
 * The type of an array's values as the library hands them out: native byte order,
 * whatever the store has.
 */
typedef enum {
  ANN_DTYPE_BOOL,
  ANN_DTYPE_INT8,
  ANN_DTYPE_INT16,
  ANN_DTYPE_INT32,
  ANN_DTYPE_INT64,
  ANN_DTYPE_UINT8,
  ANN_DTYPE_UINT16,
  ANN_DTYPE_UINT32,
  ANN_DTYPE_UINT64,
  ANN_DTYPE_FLOAT16,
  ANN_DTYPE_FLOAT32,
  ANN_DTYPE_FLOAT64,
  ANN_DTYPE_COMPLEX64,
  ANN_DTYPE_COMPLEX128,
  ANN_DTYPE_STRING,
  ANN_DTYPE_BYTES,
  ANN_DTYPE_RECORD,
  ANN_DTYPE_OPAQUE,
  ANN_DTYPE_SEQUENCE,
  ANN_DTYPE_OTHER,
} AnnDtype;

ANN_API gsize ann_dtype_get_size (AnnDtype dtype) G_GNUC_CONST;
ANN_API const char *ann_dtype_get_name (AnnDtype dtype) G_GNUC_CONST;
ANN_API const char *ann_dtype_get_numpy_name (AnnDtype dtype) G_GNUC_CONST;

/* Questions about the kind of a type. Bool is neither an integer nor a float here. */
ANN_API gboolean ann_dtype_is_integer (AnnDtype dtype) G_GNUC_CONST;
ANN_API gboolean ann_dtype_is_signed (AnnDtype dtype) G_GNUC_CONST;
ANN_API gboolean ann_dtype_is_float (AnnDtype dtype) G_GNUC_CONST;
ANN_API gboolean ann_dtype_is_complex (AnnDtype dtype) G_GNUC_CONST;
ANN_API gboolean ann_dtype_is_real (AnnDtype dtype) G_GNUC_CONST;
ANN_API gboolean ann_dtype_comes_as_strings (AnnDtype dtype) G_GNUC_CONST;

ANN_API gboolean ann_dtype_to_double (AnnDtype dtype,
                                      gconstpointer values,
                                      gsize n_values,
                                      double *to);
ANN_API gboolean ann_dtype_to_float (AnnDtype dtype,
                                     gconstpointer values,
                                     gsize n_values,
                                     float *to);
ANN_API gboolean ann_dtype_to_int64 (AnnDtype dtype,
                                     gconstpointer values,
                                     gsize n_values,
                                     gint64 *to);

G_END_DECLS
