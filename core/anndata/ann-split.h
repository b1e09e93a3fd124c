/* ann-split.h: the rows of a store by the values of a column
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "anndata/ann-data.h"
#include "base/ann-selection.h"

G_BEGIN_DECLS

/**
 * AnnSplit:
 *
 * Which observations have which value of a column, for stores that are written one a value.
 * Reference counted and immutable. Takes 8 bytes an observation.
 */
typedef struct _AnnSplit AnnSplit;

#define ANN_TYPE_SPLIT (ann_split_get_type ())

ANN_API GType ann_split_get_type (void) G_GNUC_CONST;
ANN_API AnnSplit *ann_split_new (AnnData *data,
                                 const char *column,
                                 GCancellable *cancellable,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnSplit *ann_split_ref (AnnSplit *self);
ANN_API void ann_split_unref (AnnSplit *self);

ANN_API guint ann_split_get_n_parts (const AnnSplit *self);
ANN_API const char *ann_split_get_label (const AnnSplit *self, guint part);
ANN_API const char *ann_split_get_file_name (const AnnSplit *self, guint part);
ANN_API guint64 ann_split_get_n_rows (const AnnSplit *self, guint part);
ANN_API AnnSelection *ann_split_select (const AnnSplit *self, guint part, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API guint64 ann_split_get_n_missing (const AnnSplit *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnSplit, ann_split_unref)

G_END_DECLS
