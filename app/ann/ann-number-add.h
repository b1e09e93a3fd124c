/* ann-number-add.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

void ann_number_add (AnnDtype dtype, gpointer to, gconstpointer value);

G_END_DECLS
