/* ann-filter.h: which rows a sentence means
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "anndata/ann-data.h"
#include "base/ann-axis.h"
#include "base/ann-progress.h"
#include "base/ann-selection.h"

G_BEGIN_DECLS

/**
 * AnnFilter:
 *
 * An expression such as `n_genes > 500 and cell_type in ["B", "T"]`, parsed. Reference counted and
 * immutable.
 */
typedef struct _AnnFilter AnnFilter;

#define ANN_TYPE_FILTER (ann_filter_get_type ())

ANN_API GType ann_filter_get_type (void) G_GNUC_CONST;

/* @position, @length: (out) (optional): where in the text the mistake is, in bytes, if it fails */
ANN_API AnnFilter *ann_filter_parse (const char *text,
                                     gsize *position,
                                     gsize *length,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnFilter *ann_filter_ref (AnnFilter *self);
ANN_API void ann_filter_unref (AnnFilter *self);
ANN_API const char *ann_filter_get_text (const AnnFilter *self);

/* Whether all names are there and all comparisons make sense; reads metadata, and labels where a
 * gene is named.
 */
ANN_API gboolean ann_filter_check (const AnnFilter *self,
                                   AnnData *data,
                                   AnnAxis axis,
                                   gsize *position,
                                   gsize *length,
                                   GCancellable *cancellable,
                                   GError **error);

/* The places on @axis for which it is true, rising. Reads in blocks, in bounded memory, on workers.
 * @progress: (nullable): in rows
 */
ANN_API AnnSelection *ann_filter_evaluate (const AnnFilter *self,
                                           AnnData *data,
                                           AnnAxis axis,
                                           AnnProgress *progress,
                                           gsize *position,
                                           gsize *length,
                                           GCancellable *cancellable,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The names that an expression on this axis may begin with: columns, `obs_names`, `X`, … */
ANN_API char **ann_filter_list_names (AnnData *data,
                                      AnnAxis axis,
                                      GCancellable *cancellable,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnFilter, ann_filter_unref)

G_END_DECLS
