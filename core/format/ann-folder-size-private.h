/* ann-folder-size-private.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

/* Bytes of all files in a folder and the folders in it, without following links; 0 if they are too
 * many to count, or cannot be counted.
 */
guint64 _ann_folder_get_size (const char *path);

G_END_DECLS
