/* ann-write-task.h: a store that is being written
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

#define ANN_TYPE_WRITE_TASK (ann_write_task_get_type ())

G_DECLARE_FINAL_TYPE (AnnWriteTask, ann_write_task, ANN, WRITE_TASK, GObject)

typedef enum {
  ANN_WRITE_RUNNING,
  ANN_WRITE_DONE,
  ANN_WRITE_FAILED,
  ANN_WRITE_CANCELLED,
} AnnWriteState;

/**
 * AnnWriteFunc:
 * @what: what is written, as given with the function
 * @progress: to be told how far it has come
 * @warnings: (out) (transfer full) (nullable) (array zero-terminated=1): may be left alone
 *
 * Writes it, whole or not at all. Called by a worker, again if the user wants so.
 */
typedef gboolean (*AnnWriteFunc) (gpointer what,
                                  AnnProgress *progress,
                                  char ***warnings,
                                  GCancellable *cancellable,
                                  GError **error);

AnnWriteTask *ann_write_task_new (const char *target,
                                  AnnWriteFunc func,
                                  gpointer what,
                                  GDestroyNotify destroy) G_GNUC_WARN_UNUSED_RESULT;
AnnWriteTask *ann_write_task_new_export (AnnData *data,
                                         const char *target,
                                         const AnnWriteOptions *options) G_GNUC_WARN_UNUSED_RESULT;

void ann_write_task_start (AnnWriteTask *self);
void ann_write_task_cancel (AnnWriteTask *self);

const char *ann_write_task_get_target (AnnWriteTask *self);
const char *ann_write_task_get_name (AnnWriteTask *self);
AnnWriteState ann_write_task_get_state (AnnWriteTask *self);
AnnProgress *ann_write_task_get_progress (AnnWriteTask *self);
const GError *ann_write_task_get_error (AnnWriteTask *self);
const char *const *ann_write_task_get_warnings (AnnWriteTask *self);

G_END_DECLS
