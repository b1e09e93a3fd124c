/* ann-write-task.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-write-task.h"

#include "models/ann-place.h"

#include <glib/gi18n.h>

/* A worker has the function and what it writes; it keeps the task alive until it has ended. All
 * else belongs to the main thread.
 */
struct _AnnWriteTask {
  GObject parent_instance;

  char *target;
  char *name;
  AnnWriteFunc func;
  gpointer what;
  GDestroyNotify destroy;

  AnnWriteState state;
  GCancellable *cancellable;
  AnnProgress *progress;
  GError *error;
  char **warnings;
};

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnnWriteTask, ann_write_task, G_TYPE_OBJECT)

static void
ann_write_task_finalize (GObject *object)
{
  AnnWriteTask *self = ANN_WRITE_TASK (object);

  if (self->destroy != NULL)
    self->destroy (self->what);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->progress, ann_progress_unref);
  g_clear_error (&self->error);
  g_strfreev (self->warnings);
  g_free (self->target);
  g_free (self->name);

  G_OBJECT_CLASS (ann_write_task_parent_class)->finalize (object);
}

static void
ann_write_task_class_init (AnnWriteTaskClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_write_task_finalize;

  /**
   * AnnWriteTask::changed:
   * @self: a task
   *
   * It has ended, or begun anew.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
ann_write_task_init (AnnWriteTask *self)
{
  self->state = ANN_WRITE_CANCELLED; /* until it is started */
}

/**
 * ann_write_task_new:
 * @target: a path or an address
 * @func: writes
 * @what: for @func
 * @destroy: (nullable): frees @what; may be called by a worker
 *
 * Returns: (transfer full): a task that has not begun
 */
AnnWriteTask *
ann_write_task_new (const char *target, AnnWriteFunc func, gpointer what, GDestroyNotify destroy)
{
  AnnWriteTask *self = g_object_new (ANN_TYPE_WRITE_TASK, NULL);
  g_autoptr (GFile) place = g_file_new_for_commandline_arg (target);

  self->target = g_strdup (target);
  self->name = ann_place_dup_name (place);
  self->func = func;
  self->what = what;
  self->destroy = destroy;

  return self;
}

/* ---- An export ---- */

typedef struct {
  AnnData *data;
  gboolean has_changed; /* its store has, and can be read no more as it was opened */
  char *target;
  AnnWriteOptions *options;
} Export;

static void
export_free (gpointer data)
{
  Export *self = data;

  g_object_unref (self->data);
  g_free (self->target);
  ann_write_options_free (self->options);
  g_free (self);
}

/* What was selected or put together may be something else now: that is for the user to say anew. */
static gboolean
open_again (Export *self, GCancellable *cancellable, GError **error)
{
  AnnData *data;

  if (ann_data_is_view (self->data))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CHANGED,
                   _ ("%s was changed: reload it, and say anew what is to be written"),
                   ann_data_get_uri (self->data));
      return FALSE;
    }

  data = ann_data_open (ann_data_get_uri (self->data), cancellable, error);
  if (data == NULL)
    return FALSE;
  g_object_unref (self->data);
  self->data = data;
  self->has_changed = FALSE;

  return TRUE;
}

static gboolean
run_export (gpointer what,
            AnnProgress *progress,
            char ***warnings,
            GCancellable *cancellable,
            GError **error)
{
  Export *self = what;
  GError *local_error = NULL;

  if (self->has_changed && !open_again (self, cancellable, error))
    return FALSE;
  if (ann_export_run (self->data, self->target, self->options, progress, warnings, cancellable,
                      &local_error))
    return TRUE;

  self->has_changed = g_error_matches (local_error, ANN_ERROR, ANN_ERROR_CHANGED);
  g_propagate_error (error, local_error);

  return FALSE;
}

/**
 * ann_write_task_new_export:
 * @data: a store, or what was selected or made of stores
 * @target: a path or an address
 * @options: (nullable): how
 *
 * Returns: (transfer full): a task that has not begun, as [func@Ann.export_run]
 */
AnnWriteTask *
ann_write_task_new_export (AnnData *data, const char *target, const AnnWriteOptions *options)
{
  Export *self = g_new0 (Export, 1);

  self->data = g_object_ref (data);
  self->target = g_strdup (target);
  self->options = options != NULL ? ann_write_options_copy (options) : ann_write_options_new ();

  return ann_write_task_new (target, run_export, self, export_free);
}

/* ---- Running ---- */

static void
write_in_worker (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  AnnWriteTask *self = source;
  g_auto (GStrv) warnings = NULL;
  GError *error = NULL;

  if (!self->func (self->what, task_data, &warnings, cancellable, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  if (warnings == NULL)
    warnings = g_new0 (char *, 1);
  g_task_return_pointer (task, g_steal_pointer (&warnings), (GDestroyNotify) g_strfreev);
}

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AnnWriteTask *self = ANN_WRITE_TASK (source);

  self->warnings = g_task_propagate_pointer (G_TASK (result), &self->error);
  if (self->warnings != NULL)
    self->state = ANN_WRITE_DONE;
  else if (g_error_matches (self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    self->state = ANN_WRITE_CANCELLED;
  else
    self->state = ANN_WRITE_FAILED;
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * ann_write_task_start:
 * @self: a task that does not run
 *
 * Begins, or begins anew. What waits for the screen is read before what is written.
 */
void
ann_write_task_start (AnnWriteTask *self)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (self->state != ANN_WRITE_RUNNING);

  g_clear_error (&self->error);
  g_clear_pointer (&self->warnings, g_strfreev);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->progress, ann_progress_unref);
  self->cancellable = g_cancellable_new ();
  self->progress = ann_progress_new ();
  self->state = ANN_WRITE_RUNNING;

  task = g_task_new (self, self->cancellable, on_written, NULL);
  /* What was written when it was cancelled is written. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_priority (task, G_PRIORITY_LOW);
  g_task_set_task_data (task, ann_progress_ref (self->progress),
                        (GDestroyNotify) ann_progress_unref);
  ann_worker_run_task (task, ANN_LANE_READ, write_in_worker);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * ann_write_task_cancel:
 * @self: a task
 *
 * Asks it to end; it says when it has. Nothing is left of what it wrote.
 */
void
ann_write_task_cancel (AnnWriteTask *self)
{
  g_cancellable_cancel (self->cancellable);
}

/**
 * ann_write_task_get_target:
 * @self: a task
 *
 * Returns: (transfer none): the path or address
 */
const char *
ann_write_task_get_target (AnnWriteTask *self)
{
  return self->target;
}

/**
 * ann_write_task_get_name:
 * @self: a task
 *
 * Returns: (transfer none): the last part of it
 */
const char *
ann_write_task_get_name (AnnWriteTask *self)
{
  return self->name;
}

/**
 * ann_write_task_get_state:
 * @self: a task
 *
 * Returns: whether it runs, and how it ended
 */
AnnWriteState
ann_write_task_get_state (AnnWriteTask *self)
{
  return self->state;
}

/**
 * ann_write_task_get_progress:
 * @self: a task
 *
 * Returns: (transfer none) (nullable): how far it has come; another one each time it begins
 */
AnnProgress *
ann_write_task_get_progress (AnnWriteTask *self)
{
  return self->progress;
}

/**
 * ann_write_task_get_error:
 * @self: a task
 *
 * Returns: (transfer none) (nullable): why it failed
 */
const GError *
ann_write_task_get_error (AnnWriteTask *self)
{
  return self->error;
}

/**
 * ann_write_task_get_warnings:
 * @self: a task
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): what is not as it was, once it is
 *   done
 */
const char *const *
ann_write_task_get_warnings (AnnWriteTask *self)
{
  return (const char *const *) self->warnings;
}
