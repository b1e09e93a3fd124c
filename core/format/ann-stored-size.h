/* ann-stored-size.h: how much a store takes on a disk
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

ANN_API guint64 ann_stored_size_measure (const char *path);

G_END_DECLS
