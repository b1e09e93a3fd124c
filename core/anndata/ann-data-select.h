/* ann-data-select.h: a part of a store is a store
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "anndata/ann-data.h"
#include "base/ann-selection.h"

G_BEGIN_DECLS

/* Rows, columns or both of a store, as a store; %NULL for all. As `adata[obs, var]`: in the order
 * asked, duplicates kept, uns as it is, raw by rows; categories that no row uses are dropped when
 * it is written, unless they are to be kept.
 */
ANN_API AnnData *ann_data_select (AnnData *self,
                                  AnnSelection *obs,
                                  AnnSelection *var,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
