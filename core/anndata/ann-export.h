/* ann-export.h: a store is written from any other
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "anndata/ann-data.h"
#include "base/ann-progress.h"
#include "write/ann-write-options.h"

G_BEGIN_DECLS

/**
 * AnnExportPlan:
 * @format: such as `HDF5` or `CSV`
 * @n_obs: rows of the result
 * @n_var: columns
 * @n_elements: how many elements are written
 * @raw_size: bytes of their values before they are compressed
 * @estimated_size: bytes that the result will take, guessed from how well the source is compressed
 * @paths: the elements that are written
 * @warnings: what will not be as it was: one sentence each
 *
 * What an export will do. Reference counted and immutable.
 */
typedef struct {
  char *format;
  guint64 n_obs;
  guint64 n_var;
  guint n_elements;
  guint64 raw_size;
  guint64 estimated_size;
  char **paths;
  char **warnings;
  /*< private >*/
  gatomicrefcount ref_count;
  gpointer job;
} AnnExportPlan;

#define ANN_TYPE_EXPORT_PLAN (ann_export_plan_get_type ())

ANN_API GType ann_export_plan_get_type (void) G_GNUC_CONST;
ANN_API AnnExportPlan *ann_export_plan_ref (AnnExportPlan *self);
ANN_API void ann_export_plan_unref (AnnExportPlan *self);

ANN_API gboolean ann_export_find_options (const char *target,
                                          const AnnWriteOptions *options,
                                          AnnWriteOptionFlags *useful,
                                          GError **error);
ANN_API gboolean ann_export_check_target (const char *target,
                                          GCancellable *cancellable,
                                          GError **error);
ANN_API AnnExportPlan *ann_export_plan (AnnData *data,
                                        const char *target,
                                        const AnnWriteOptions *options,
                                        GCancellable *cancellable,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API gboolean ann_export_plan_run (AnnExportPlan *self,
                                      AnnProgress *progress,
                                      char ***warnings,
                                      GCancellable *cancellable,
                                      GError **error);
ANN_API gboolean ann_export_run (AnnData *data,
                                 const char *target,
                                 const AnnWriteOptions *options,
                                 AnnProgress *progress,
                                 char ***warnings,
                                 GCancellable *cancellable,
                                 GError **error);
ANN_API void ann_export_run_async (AnnData *data,
                                   const char *target,
                                   const AnnWriteOptions *options,
                                   AnnProgress *progress,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
ANN_API gboolean ann_export_run_finish (AnnData *data,
                                        GAsyncResult *result,
                                        char ***warnings,
                                        GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnExportPlan, ann_export_plan_unref)

G_END_DECLS
