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
 * AnnFilterError:
 * @ANN_FILTER_ERROR_SYNTAX: the text breaks the grammar
 * @ANN_FILTER_ERROR_UNKNOWN: a name that is not there
 * @ANN_FILTER_ERROR_TYPE: what cannot be compared so
 *
 * What is wrong with an expression. The message ends with the place: `(column 14)`, counted in
 * characters from 1. Trouble with reading keeps its own domain.
 */
typedef enum {
  ANN_FILTER_ERROR_SYNTAX,
  ANN_FILTER_ERROR_UNKNOWN,
  ANN_FILTER_ERROR_TYPE,
} AnnFilterError;

#define ANN_FILTER_ERROR (ann_filter_error_quark ())

ANN_API GQuark ann_filter_error_quark (void);

/**
 * AnnFilter:
 *
 * An expression such as `n_genes > 500 and cell_type in ["B", "T"]`, parsed. Reference counted and
 * immutable.
 */
typedef struct _AnnFilter AnnFilter;

#define ANN_TYPE_FILTER (ann_filter_get_type ())

ANN_API GType ann_filter_get_type (void) G_GNUC_CONST;

ANN_API AnnFilter *ann_filter_parse (const char *text,
                                     gsize *position,
                                     gsize *length,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnFilter *ann_filter_ref (AnnFilter *self);
ANN_API void ann_filter_unref (AnnFilter *self);
ANN_API const char *ann_filter_get_text (const AnnFilter *self);

ANN_API gboolean ann_filter_check (AnnFilter *self,
                                   AnnData *data,
                                   AnnAxis axis,
                                   gsize *position,
                                   gsize *length,
                                   GCancellable *cancellable,
                                   GError **error);
ANN_API char **ann_filter_list_doubts (AnnFilter *self,
                                       AnnData *data,
                                       AnnAxis axis,
                                       GCancellable *cancellable,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnSelection *ann_filter_evaluate (AnnFilter *self,
                                           AnnData *data,
                                           AnnAxis axis,
                                           AnnProgress *progress,
                                           gsize *position,
                                           gsize *length,
                                           GCancellable *cancellable,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API gboolean ann_filter_count_unknown (AnnFilter *self,
                                           AnnData *data,
                                           AnnAxis axis,
                                           guint64 *n_unknown,
                                           GCancellable *cancellable,
                                           GError **error);
ANN_API void ann_filter_evaluate_async (AnnFilter *self,
                                        AnnData *data,
                                        AnnAxis axis,
                                        AnnProgress *progress,
                                        int io_priority,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
ANN_API AnnSelection *ann_filter_evaluate_finish (GAsyncResult *result,
                                                  guint64 *n_unknown,
                                                  gsize *position,
                                                  gsize *length,
                                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

ANN_API char **ann_filter_list_names (AnnData *data,
                                      AnnAxis axis,
                                      GCancellable *cancellable,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

ANN_API char **ann_filter_complete (const char *text,
                                    gsize cursor,
                                    AnnData *data,
                                    AnnAxis axis,
                                    gsize *start,
                                    gsize *length,
                                    GCancellable *cancellable,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API void ann_filter_complete_async (const char *text,
                                        gsize cursor,
                                        AnnData *data,
                                        AnnAxis axis,
                                        int io_priority,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
ANN_API char **ann_filter_complete_finish (GAsyncResult *result,
                                           gsize *start,
                                           gsize *length,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnFilter, ann_filter_unref)

G_END_DECLS
