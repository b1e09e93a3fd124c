/* ann-clean-up.h: what is done with nobody waiting for it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

#include <glib.h>

G_BEGIN_DECLS

ANN_API void ann_clean_up_wait (void);

G_END_DECLS
