/* ann-memory-element.h: values in memory as an element
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element.h"

G_BEGIN_DECLS

ANN_API AnnElement *ann_element_new_from_block (const char *path, AnnBlock *block, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
