/* ann-error-private.h: whom an error blames
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-error.h"

G_BEGIN_DECLS

/* Whether it is the store that is wrong, and stays so. If not, then it was the reading: the disk
 * failed, somebody changed the file, or the work was cancelled. What could not be read must not
 * pass for what is not there then.
 */
gboolean _ann_error_blames_store (const GError *error);

/* Puts @path before the message of @error, if that does not begin with it, or with a path within,
 * on its own: a store's message names the key.
 */
void _ann_error_prefix_path (GError **error, const char *path);

G_END_DECLS
