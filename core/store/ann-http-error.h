/* ann-http-error.h: what failed on the way, and may not fail the next time
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

#include <glib.h>

G_BEGIN_DECLS

ANN_API gboolean ann_http_error_is_passing (const GError *error);

G_END_DECLS
