/* ann-store-watch.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-store-watch.h"

/* The system tells of changes of local files at once; on network file systems it may not. */
#define LOOK_SECONDS 10

/* Who writes a file writes often. */
#define SETTLE_MS 250

/* What the system tells and the timer are only reasons to look: what counts is the file, which a
 * worker looks at. Says so once. Main thread only.
 */
struct _AnnStoreWatch {
  GObject parent_instance;

  AnnData *data;
  GFileMonitor *monitor; /* NULL where there is none */
  GCancellable *cancellable;
  guint timer;
  guint settle;
  gboolean is_looking;
  gboolean has_changed;
};

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnnStoreWatch, ann_store_watch, G_TYPE_OBJECT)

static void
look (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_task_return_boolean (task, ann_data_has_changed (task_data));
}

static void
on_looked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AnnStoreWatch *self = ANN_STORE_WATCH (source);
  const gboolean is_changed = g_task_propagate_boolean (G_TASK (result), NULL);

  self->is_looking = FALSE;
  if (!is_changed || self->has_changed || g_cancellable_is_cancelled (self->cancellable))
    return;

  self->has_changed = TRUE;
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * ann_store_watch_check:
 * @self: a watch
 *
 * Looks at the file now. Does not wait for what comes out.
 */
void
ann_store_watch_check (AnnStoreWatch *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->is_looking || self->has_changed || g_cancellable_is_cancelled (self->cancellable))
    return;

  self->is_looking = TRUE;
  task = g_task_new (self, self->cancellable, on_looked, NULL);
  g_task_set_task_data (task, g_object_ref (self->data), g_object_unref);
  ann_worker_run_task (task, ANN_LANE_READ, look);
}

static gboolean
on_settled (gpointer user_data)
{
  AnnStoreWatch *self = user_data;

  self->settle = 0;
  ann_store_watch_check (self);

  return G_SOURCE_REMOVE;
}

static void
on_event (AnnStoreWatch *self)
{
  if (self->settle == 0)
    self->settle = g_timeout_add (SETTLE_MS, on_settled, self);
}

static gboolean
on_timer (gpointer user_data)
{
  ann_store_watch_check (user_data);

  return G_SOURCE_CONTINUE;
}

/**
 * ann_store_watch_has_changed:
 * @self: a watch
 *
 * Returns: whether the file was found to be another one
 */
gboolean
ann_store_watch_has_changed (AnnStoreWatch *self)
{
  return self->has_changed;
}

/**
 * ann_store_watch_stop:
 * @self: a watch
 *
 * Says nothing any more.
 */
void
ann_store_watch_stop (AnnStoreWatch *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_handle_id (&self->settle, g_source_remove);
  if (self->monitor != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->monitor, self);
      g_file_monitor_cancel (self->monitor);
    }
  g_clear_object (&self->monitor);
}

static void
ann_store_watch_dispose (GObject *object)
{
  AnnStoreWatch *self = ANN_STORE_WATCH (object);

  ann_store_watch_stop (self);
  g_clear_object (&self->data);

  G_OBJECT_CLASS (ann_store_watch_parent_class)->dispose (object);
}

static void
ann_store_watch_finalize (GObject *object)
{
  g_object_unref (ANN_STORE_WATCH (object)->cancellable);

  G_OBJECT_CLASS (ann_store_watch_parent_class)->finalize (object);
}

static void
ann_store_watch_class_init (AnnStoreWatchClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ann_store_watch_dispose;
  object_class->finalize = ann_store_watch_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
ann_store_watch_init (AnnStoreWatch *self)
{
  self->cancellable = g_cancellable_new ();
  self->timer = g_timeout_add_seconds (LOOK_SECONDS, on_timer, self);
}

/**
 * ann_store_watch_new:
 * @data: an open store
 * @file: where it is
 *
 * Returns: (transfer full): emits "changed" when the file is not the one any more that was opened
 */
AnnStoreWatch *
ann_store_watch_new (AnnData *data, GFile *file)
{
  AnnStoreWatch *self = g_object_new (ANN_TYPE_STORE_WATCH, NULL);

  self->data = g_object_ref (data);
  self->monitor = g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect_swapped (self->monitor, "changed", G_CALLBACK (on_event), self);
  /* Between opening and now. */
  ann_store_watch_check (self);

  return self;
}
