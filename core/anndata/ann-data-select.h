/* ann-data-select.h: a part of a store is a store
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "anndata/ann-data.h"
#include "base/ann-selection.h"

G_BEGIN_DECLS

ANN_API AnnData *ann_data_select (AnnData *self,
                                  AnnSelection *obs,
                                  AnnSelection *var,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
