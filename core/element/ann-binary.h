/* ann-binary.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element.h"

G_BEGIN_DECLS

#define ANN_TYPE_BINARY (ann_binary_get_type ())

ANN_API
ANN_DECLARE_FINAL_TYPE (AnnBinary, ann_binary, ANN, BINARY, AnnElement)

/* Opaque values, or sequences of numbers, with any number of axes. Its blocks have what people can
 * read of them; the bytes themselves are those of its array.
 */
ANN_API AnnStrings *ann_binary_read_texts (AnnArray *array,
                                           const AnnBox *box,
                                           GCancellable *cancellable,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
