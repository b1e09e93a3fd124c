/* ann-market-private.h: matrices as text, read as stores
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/ann-open.h"
#include "store/ann-location.h"

G_BEGIN_DECLS

/* Whether that is a file of Matrix Market by its name, or a folder with one as 10x Genomics has it.
 */
gboolean _ann_market_is_at (AnnLocation *location);

/* Reads it into a temporary file without a name, and gives the root of that: a store with X, obs
 * and var. What is in memory is bounded but for the names and 8 bytes a row.
 */
AnnNode *_ann_market_open (AnnLocation *location,
                           AnnStoreInfo *info,
                           GCancellable *cancellable,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
