/* ann-validate.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "anndata/ann-data.h"
#include "anndata/ann-report.h"
#include "base/ann-progress.h"

G_BEGIN_DECLS

ANN_API AnnReport *ann_validate (AnnData *data,
                                 gboolean is_deep,
                                 AnnProgress *progress,
                                 GCancellable *cancellable,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
