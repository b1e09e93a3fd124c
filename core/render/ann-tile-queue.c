/* ann-tile-queue.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-tile-queue.h"

/* The view does not ask for tiles one by one and take requests back later. It says,
 * at every scroll, which tiles it lacks now, the most urgent first. Work that nobody
 * wants any more falls out of the list before it starts, or is cancelled in flight.
 *
 * A worker takes the most urgent tile and with it all others of its group that are wanted: one
 * call makes them from one reading. No exact tile is begun while a coarse one is in the making,
 * so that the first picture has the machine for itself.
 *
 * Another layer or another order of rows is another picture: make a new queue for it, and no
 * tile of the old picture can come in late.
 */

typedef struct {
  GArray *keys;    /* of AnnTileKey */
  AnnTile **tiles; /* as many as keys; NULL until they are made */
  GCancellable *cancellable;
  GError *error;
} Job;

struct _AnnTileQueue {
  gatomicrefcount ref_count; /* one of the owner, one of each thread, one of the delivery */

  AnnTileRenderFunc render;
  AnnTileGroupFunc group;
  gpointer render_data;
  GDestroyNotify render_data_free;
  AnnTileReadyFunc ready;
  gpointer user_data;

  GMainContext *context;

  GMutex mutex; /* guards all that follows */
  GCond changed;
  GArray *wanted;     /* of AnnTileKey, the most urgent first */
  GPtrArray *running; /* of Job, owned by their workers */
  GPtrArray *done;    /* of Job, owned */
  GSource *delivery;  /* set while a delivery is on its way to the main context */
  gboolean quitting;
};

static Job *
job_new (void)
{
  Job *job = g_new0 (Job, 1);

  job->keys = g_array_new (FALSE, FALSE, sizeof (AnnTileKey));
  job->cancellable = g_cancellable_new ();

  return job;
}

static void
job_free (Job *job)
{
  for (guint i = 0; job->tiles != NULL && i < job->keys->len; i++)
    g_clear_pointer (&job->tiles[i], ann_tile_unref);
  g_free (job->tiles);
  g_array_unref (job->keys);
  g_clear_object (&job->cancellable);
  g_clear_error (&job->error);
  g_free (job);
}

static gboolean
job_is_coarse (Job *job)
{
  return g_array_index (job->keys, AnnTileKey, 0).is_coarse;
}

static gboolean
list_has (const AnnTileKey *keys, gsize n_keys, const AnnTileKey *key)
{
  for (gsize i = 0; i < n_keys; i++)
    if (ann_tile_key_equal (&keys[i], key))
      return TRUE;

  return FALSE;
}

static gboolean
job_has (Job *job, const AnnTileKey *key)
{
  return list_has ((const AnnTileKey *) (gpointer) job->keys->data, job->keys->len, key);
}

static AnnTileQueue *
queue_ref (AnnTileQueue *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

static void
queue_unref (AnnTileQueue *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  if (self->render_data_free != NULL)
    self->render_data_free (self->render_data);
  g_ptr_array_unref (self->running);
  g_ptr_array_unref (self->done);
  g_array_unref (self->wanted);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->changed);
  g_free (self);
}

static void
deliver_job (AnnTileQueue *self, Job *job)
{
  if (g_error_matches (job->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  /* Only this thread sets quitting: @ready may have freed the queue. */
  for (guint i = 0; i < job->keys->len && !self->quitting; i++)
    self->ready (&g_array_index (job->keys, AnnTileKey, i), job->tiles[i], job->error,
                 self->user_data);
}

static gboolean
deliver (gpointer user_data)
{
  AnnTileQueue *self = user_data;
  g_autoptr (GPtrArray) done = NULL;

  g_mutex_lock (&self->mutex);
  done = g_steal_pointer (&self->done);
  self->done = g_ptr_array_new_with_free_func ((GDestroyNotify) job_free);
  g_clear_pointer (&self->delivery, g_source_unref);
  g_mutex_unlock (&self->mutex);

  for (guint i = 0; i < done->len; i++)
    deliver_job (self, g_ptr_array_index (done, i));

  return G_SOURCE_REMOVE;
}

/* One source for as many tiles as are ready when it runs, not one for each. */
static void
schedule_delivery (AnnTileQueue *self)
{
  if (self->delivery != NULL || self->quitting)
    return;

  self->delivery = g_idle_source_new ();
  g_source_set_priority (self->delivery, G_PRIORITY_DEFAULT);
  g_source_set_static_name (self->delivery, "AnnTileQueue delivery");
  g_source_set_callback (self->delivery, deliver, queue_ref (self), (GDestroyNotify) queue_unref);
  g_source_attach (self->delivery, self->context);
}

static gboolean
must_wait (AnnTileQueue *self)
{
  if (self->quitting)
    return FALSE;
  if (self->wanted->len == 0)
    return TRUE;
  if (g_array_index (self->wanted, AnnTileKey, 0).is_coarse)
    return FALSE;

  for (guint i = 0; i < self->running->len; i++)
    if (job_is_coarse (g_ptr_array_index (self->running, i)))
      return TRUE;

  return FALSE;
}

/* Takes the most urgent tile out of the list, and those of its group. */
static Job *
take_job (AnnTileQueue *self)
{
  Job *job = job_new ();
  AnnTileKey first = g_array_index (self->wanted, AnnTileKey, 0);
  guint n_left = 0;

  for (guint i = 0; i < self->wanted->len; i++)
    {
      AnnTileKey key = g_array_index (self->wanted, AnnTileKey, i);

      if (i == 0 || (self->group != NULL && self->group (&first, &key, self->render_data)))
        g_array_append_val (job->keys, key);
      else
        g_array_index (self->wanted, AnnTileKey, n_left++) = key;
    }
  g_array_set_size (self->wanted, n_left);
  g_ptr_array_add (self->running, job);

  return job;
}

static void
run_job (AnnTileQueue *self, Job *job)
{
  gboolean is_done;

  job->tiles = g_new0 (AnnTile *, job->keys->len);
  is_done = self->render ((const AnnTileKey *) (gpointer) job->keys->data, job->keys->len,
                          job->tiles, self->render_data, job->cancellable, &job->error);
  g_warn_if_fail (is_done == (job->error == NULL));
}

static gpointer
work (gpointer data)
{
  AnnTileQueue *self = data;

  g_mutex_lock (&self->mutex);
  for (;;)
    {
      Job *job;

      while (must_wait (self))
        g_cond_wait (&self->changed, &self->mutex);
      if (self->quitting)
        break;

      job = take_job (self);
      g_mutex_unlock (&self->mutex);
      run_job (self, job);
      g_mutex_lock (&self->mutex);

      g_ptr_array_remove_fast (self->running, job);
      g_ptr_array_add (self->done, job);
      schedule_delivery (self);
      g_cond_broadcast (&self->changed); /* for those who waited for a coarse tile */
    }
  g_mutex_unlock (&self->mutex);

  queue_unref (self);

  return NULL;
}

/**
 * ann_tile_queue_new: (skip)
 * @n_threads: how many workers
 * @render: makes tiles
 * @group: (nullable): says which tiles are made in one call; %NULL for each by itself
 * @render_data: data for @render and @group
 * @render_data_free: (nullable): frees @render_data, in any thread, when no worker uses it any more
 * @ready: takes one tile, in the thread-default main context of the caller
 * @user_data: data for @ready
 *
 * To be used from one thread, the one where @ready is called.
 *
 * Returns: (transfer full): a queue with nothing to do
 */
AnnTileQueue *
ann_tile_queue_new (guint n_threads,
                    AnnTileRenderFunc render,
                    AnnTileGroupFunc group,
                    gpointer render_data,
                    GDestroyNotify render_data_free,
                    AnnTileReadyFunc ready,
                    gpointer user_data)
{
  AnnTileQueue *self;

  g_return_val_if_fail (n_threads > 0, NULL);
  g_return_val_if_fail (render != NULL && ready != NULL, NULL);

  self = g_new0 (AnnTileQueue, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->render = render;
  self->group = group;
  self->render_data = render_data;
  self->render_data_free = render_data_free;
  self->ready = ready;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  self->wanted = g_array_new (FALSE, FALSE, sizeof (AnnTileKey));
  self->running = g_ptr_array_new ();
  self->done = g_ptr_array_new_with_free_func ((GDestroyNotify) job_free);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);

  for (guint i = 0; i < n_threads; i++)
    g_thread_unref (g_thread_new ("ann-tile", work, queue_ref (self)));

  return self;
}

/* Those in flight of which not one tile is wanted any more. */
static GPtrArray *
list_unwanted (AnnTileQueue *self, const AnnTileKey *keys, gsize n_keys)
{
  GPtrArray *unwanted = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->running->len; i++)
    {
      Job *job = g_ptr_array_index (self->running, i);
      gboolean is_wanted = FALSE;

      for (guint k = 0; k < job->keys->len && !is_wanted; k++)
        is_wanted = list_has (keys, n_keys, &g_array_index (job->keys, AnnTileKey, k));
      if (!is_wanted)
        g_ptr_array_add (unwanted, g_object_ref (job->cancellable));
    }

  return unwanted;
}

/* One that was cancelled a moment ago does not count: if it is wanted again, it is made anew. */
static gboolean
is_in_hand (GPtrArray *jobs, const AnnTileKey *key)
{
  for (guint i = 0; i < jobs->len; i++)
    {
      Job *job = g_ptr_array_index (jobs, i);

      if (!g_cancellable_is_cancelled (job->cancellable) && job_has (job, key))
        return TRUE;
    }

  return FALSE;
}

/**
 * ann_tile_queue_set_wanted: (skip)
 * @self: a queue
 * @keys: (array length=n_keys): the tiles that are lacking, the most urgent first
 * @n_keys: how many
 *
 * Replaces the list of tiles to make. Tiles in the making go on if one of their group is in @keys
 * and are cancelled if none is. A tile that is in the making, or made and on its way, is not
 * made twice.
 */
void
ann_tile_queue_set_wanted (AnnTileQueue *self, const AnnTileKey *keys, gsize n_keys)
{
  g_autoptr (GPtrArray) unwanted = NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (keys != NULL || n_keys == 0);

  g_mutex_lock (&self->mutex);

  unwanted = list_unwanted (self, keys, n_keys);
  g_array_set_size (self->wanted, 0);
  for (gsize i = 0; i < n_keys; i++)
    if (!is_in_hand (self->running, &keys[i]) && !is_in_hand (self->done, &keys[i]))
      g_array_append_val (self->wanted, keys[i]);
  g_cond_broadcast (&self->changed);

  g_mutex_unlock (&self->mutex);

  /* Outside the lock: cancelling runs the handlers of "cancelled", which are not ours. */
  for (guint i = 0; i < unwanted->len; i++)
    g_cancellable_cancel (g_ptr_array_index (unwanted, i));
}

/**
 * ann_tile_queue_is_busy: (skip)
 * @self: a queue
 *
 * Returns: whether a tile is wanted, in the making, or made and not handed over yet
 */
gboolean
ann_tile_queue_is_busy (AnnTileQueue *self)
{
  gboolean is_busy;

  g_return_val_if_fail (self != NULL, FALSE);

  g_mutex_lock (&self->mutex);
  is_busy = self->wanted->len > 0 || self->running->len > 0 || self->done->len > 0;
  g_mutex_unlock (&self->mutex);

  return is_busy;
}

/**
 * ann_tile_queue_free: (skip)
 * @self: (transfer full): a queue
 *
 * No tile is handed over after this. Does not wait for the workers, for that could hold up the
 * main loop: they are cancelled and end by themselves; the last one frees the render data.
 */
void
ann_tile_queue_free (AnnTileQueue *self)
{
  g_autoptr (GSource) delivery = NULL;

  g_return_if_fail (self != NULL);

  g_mutex_lock (&self->mutex);
  self->quitting = TRUE;
  delivery = g_steal_pointer (&self->delivery);
  g_mutex_unlock (&self->mutex);

  ann_tile_queue_set_wanted (self, NULL, 0);
  if (delivery != NULL)
    g_source_destroy (delivery);

  queue_unref (self);
}
