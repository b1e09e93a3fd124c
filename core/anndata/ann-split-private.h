/* ann-split-private.h: for the tests of splitting
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "anndata/ann-split-export.h"

G_BEGIN_DECLS

/* How the rows of the parts are read.
 * @ANN_SPLIT_CHEAPEST: whichever of the others is expected to be quicker
 * @ANN_SPLIT_DIRECT: each part from the source
 * @ANN_SPLIT_GATHERED: all at once, into a store beside the targets that the parts are ranges of
 */
typedef enum {
  ANN_SPLIT_CHEAPEST,
  ANN_SPLIT_DIRECT,
  ANN_SPLIT_GATHERED,
} AnnSplitWay;

gboolean _ann_split_export_by (AnnSplit *self,
                               AnnData *data,
                               AnnSplitWay way,
                               const char *const *targets,
                               const AnnWriteOptions *options,
                               AnnProgress *progress,
                               AnnSplitFunc func,
                               gpointer user_data,
                               GCancellable *cancellable,
                               GError **error);

/* (transfer none): the observations of a part, rising: so many as ann_split_get_n_rows () says */
const guint32 *_ann_split_peek_rows (const AnnSplit *self, guint part);

/* The observations of one part after the other. */
AnnSelection *_ann_split_select_all (const AnnSplit *self, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
