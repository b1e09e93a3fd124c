/* ann-memory-array.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array.h"

G_BEGIN_DECLS

#define ANN_TYPE_MEMORY_ARRAY (ann_memory_array_get_type ())

ANN_API
ANN_DECLARE_FINAL_TYPE (AnnMemoryArray, ann_memory_array, ANN, MEMORY_ARRAY, AnnArray)

ANN_API AnnArray *ann_memory_array_new (AnnBuffer *values) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnArray *ann_memory_array_new_strings (AnnStrings *texts) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
