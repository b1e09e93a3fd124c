/* ann-error.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

/**
 * AnnError:
 * @ANN_ERROR_NOT_FOUND: no such node, key or column; often expected by the caller
 * @ANN_ERROR_FORMAT: the store breaks its format's rules
 * @ANN_ERROR_UNSUPPORTED: the store is right, but this version cannot read it
 * @ANN_ERROR_MISSING_CODEC: the store is right, but a codec that it needs is not in this build
 * @ANN_ERROR_CORRUPT: bytes are damaged: a checksum, a stream or a length does not fit
 * @ANN_ERROR_BOUNDS: a selection lies outside the array
 * @ANN_ERROR_TOO_LARGE: the result would not fit in the memory allowed
 * @ANN_ERROR_DENIED: the system or a rule of ours forbids the access
 * @ANN_ERROR_CHANGED: the store was changed by somebody else while it was open
 * @ANN_ERROR_EXISTS: something is there already, and was not to be replaced
 *
 * What went wrong in the data. Trouble below it keeps its own domain
 * (`G_IO_ERROR` with a prefix saying what was read), cancellation too.
 */
typedef enum {
  ANN_ERROR_NOT_FOUND,
  ANN_ERROR_FORMAT,
  ANN_ERROR_UNSUPPORTED,
  ANN_ERROR_MISSING_CODEC,
  ANN_ERROR_CORRUPT,
  ANN_ERROR_BOUNDS,
  ANN_ERROR_TOO_LARGE,
  ANN_ERROR_DENIED,
  ANN_ERROR_CHANGED,
  ANN_ERROR_EXISTS,
} AnnError;

#define ANN_ERROR (ann_error_quark ())

ANN_API GQuark ann_error_quark (void);
ANN_API const char *ann_error_get_name (const GError *error);

G_END_DECLS
