/* ann-split-export.h: a store for each value of a column
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "anndata/ann-split.h"
#include "base/ann-progress.h"
#include "write/ann-write-options.h"

G_BEGIN_DECLS

/**
 * AnnSplitFunc:
 * @part: which
 * @warnings: (array zero-terminated=1): what is not as it was in it, one sentence each
 * @user_data: what was given with the function
 *
 * Called when a part is complete.
 */
typedef void (*AnnSplitFunc) (guint part, const char *const *warnings, gpointer user_data);

ANN_API gboolean ann_split_export (AnnSplit *self,
                                   AnnData *data,
                                   const char *const *targets,
                                   const AnnWriteOptions *options,
                                   AnnProgress *progress,
                                   AnnSplitFunc func,
                                   gpointer user_data,
                                   GCancellable *cancellable,
                                   GError **error);

G_END_DECLS
