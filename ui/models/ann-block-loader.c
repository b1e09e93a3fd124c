/* ann-block-loader.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-block-loader.h"

#include <string.h>

/* The table says which blocks it lacks now, the most urgent first. Work that nobody wants any more
 * falls out of the list before it starts, or is cancelled in flight. All of this lives in the main
 * thread; only `run` does not.
 */

/* In flight at once: enough to keep all cores busy, few enough to turn soon to other blocks. */
#define MAX_RUNNING 6

/* Over a network a block that was asked for has been sent for, wanted or not: who drags a scroll
 * bar would ask for all that he passes. So after a change the list must stay the same for that
 * long.
 */
#define CALM_MS 80

typedef struct {
  AnnBlockKey key;
  gpointer block; /* or an error */
  GError *error;
  gsize size;
  guint64 used; /* by which list of wanted blocks, or look-up since, for the last time */
} Entry;

struct _AnnBlockLoader {
  GObject parent_instance;

  AnnBlockLoaderFuncs funcs;
  gpointer owner; /* NULL when stopped */
  gsize budget;
  gsize size;
  guint64 now;
  guint64 n_started;
  GHashTable *entries; /* AnnBlockKey (in the entry) → Entry */
  GHashTable *running; /* AnnBlockKey (in the job) → Job */
  GArray *wanted;      /* of AnnBlockKey; the first @n_taken have been started or found */
  guint n_taken;
  guint n_first; /* how many of them the others wait for */
  guint delivery;
  gboolean is_far;
  gint64 changed_at; /* when other blocks were wanted for the last time, µs */
  guint calm;        /* comes when the list has stayed the same; nothing is started before */
  GError *failure;   /* the last one that is not about the block */
  guint n_failures;  /* ever */
};

typedef struct {
  AnnBlockKey key;
  gboolean is_late; /* waited for others */
  gpointer request;
  GDestroyNotify free_request;
  gpointer (*run) (gpointer request, GCancellable *cancellable, GError **error);
  GCancellable *cancellable;
} Job;

G_DEFINE_FINAL_TYPE (AnnBlockLoader, ann_block_loader, G_TYPE_OBJECT)

static guint
key_hash (gconstpointer data)
{
  const AnnBlockKey *key = data;
  const guint64 mixed = (key->source * 0x9e3779b97f4a7c15u) ^ (key->block * 0xc2b2ae3d27d4eb4fu);

  return (guint) (mixed >> 32);
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const AnnBlockKey *left = a;
  const AnnBlockKey *right = b;

  return left->source == right->source && left->block == right->block;
}

static void
job_free (Job *job)
{
  job->free_request (job->request);
  g_clear_object (&job->cancellable);
  g_free (job);
}

static void
remove_entry (AnnBlockLoader *self, Entry *entry)
{
  g_hash_table_remove (self->entries, &entry->key);
  self->size -= entry->size;
  if (entry->block != NULL)
    self->funcs.free_block (entry->block);
  g_clear_error (&entry->error);
  g_free (entry);
}

static int
compare_use (gconstpointer a, gconstpointer b)
{
  const Entry *left = *(Entry *const *) a;
  const Entry *right = *(Entry *const *) b;

  return left->used < right->used ? -1 : left->used > right->used;
}

/* Makes room, a quarter of it at once. What the present list wants stays whatever the budget. */
static void
evict (AnnBlockLoader *self)
{
  g_autoptr (GPtrArray) entries = NULL;
  GHashTableIter iter;
  gpointer entry;

  if (self->size <= self->budget)
    return;

  entries = g_ptr_array_new ();
  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    {
      if (((Entry *) entry)->used < self->now)
        g_ptr_array_add (entries, entry);
    }
  g_ptr_array_sort (entries, compare_use);
  for (guint i = 0; i < entries->len && self->size > self->budget / 4 * 3; i++)
    remove_entry (self, g_ptr_array_index (entries, i));
}

static void start_more (AnnBlockLoader *self);

static gboolean
deliver (gpointer user_data)
{
  g_autoptr (AnnBlockLoader) self = g_object_ref (user_data); /* the owner may go */

  self->delivery = 0;
  if (self->owner != NULL)
    self->funcs.arrived (self->owner);
  start_more (self);

  return G_SOURCE_REMOVE;
}

static gboolean
may_pass (const GError *error)
{
  return ann_http_error_is_passing (error) || g_error_matches (error, ANN_ERROR, ANN_ERROR_CHANGED);
}

static void
add_entry (AnnBlockLoader *self, const AnnBlockKey *key, gpointer block, GError *error)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->key = *key;
  entry->block = block;
  entry->error = error;
  entry->size = sizeof (Entry) + (block == NULL ? 0 : self->funcs.get_size (block));
  entry->used = self->now;
  self->size += entry->size;
  g_hash_table_insert (self->entries, &entry->key, entry);
  evict (self);
  if (error != NULL && may_pass (error))
    {
      g_clear_error (&self->failure);
      self->failure = g_error_copy (error);
      self->n_failures++;
    }

  /* After all that is ready now, and before the next frame. */
  if (self->delivery == 0)
    self->delivery = g_idle_add_full (G_PRIORITY_DEFAULT + 10, deliver, self, NULL);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AnnBlockLoader *self = ANN_BLOCK_LOADER (source);
  GTask *task = G_TASK (result);
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;
  gpointer block = g_task_propagate_pointer (task, &error);

  /* A job that was given up is no longer in the list; its place may be another job's. */
  if (g_hash_table_lookup (self->running, &job->key) != job)
    {
      if (block != NULL)
        self->funcs.free_block (block);
      g_clear_error (&error);
    }
  else
    {
      g_hash_table_remove (self->running, &job->key);
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_clear_error (&error);
      else
        add_entry (self, &job->key, block, error);
    }

  start_more (self);
}

static void
run_job (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  AnnBlockLoader *self = source;
  Job *job = task_data;
  GError *error = NULL;
  gpointer block = job->run (job->request, cancellable, &error);

  if (block == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, block, self->funcs.free_block);
}

static void
start (AnnBlockLoader *self, const AnnBlockKey *key, int priority)
{
  g_autoptr (GTask) task = NULL;
  Job *job = g_new0 (Job, 1);

  job->key = *key;
  job->is_late = self->n_taken > self->n_first;
  job->run = self->funcs.run;
  job->free_request = self->funcs.free_request;
  job->request = self->funcs.make_request (key, self->owner);
  job->cancellable = g_cancellable_new ();

  task = g_task_new (self, job->cancellable, on_done, NULL);
  g_task_set_source_tag (task, start);
  g_task_set_priority (task, priority);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);
  g_hash_table_insert (self->running, &job->key, job);
  self->n_started++;
  ann_worker_run_task (task, ANN_LANE_READ, run_job);
}

/* Whether the next one must wait until those before it have come and have been told. */
static gboolean
is_too_early (AnnBlockLoader *self)
{
  GHashTableIter iter;
  gpointer job;

  if (self->n_taken < self->n_first)
    return FALSE;
  if (self->delivery != 0)
    return TRUE;

  g_hash_table_iter_init (&iter, self->running);
  while (g_hash_table_iter_next (&iter, NULL, &job))
    {
      if (!((Job *) job)->is_late)
        return TRUE;
    }

  return FALSE;
}

static void
start_more (AnnBlockLoader *self)
{
  while (self->owner != NULL && self->calm == 0 && self->n_taken < self->wanted->len
         && g_hash_table_size (self->running) < MAX_RUNNING && !is_too_early (self))
    {
      const AnnBlockKey key = g_array_index (self->wanted, AnnBlockKey, self->n_taken++);

      if (!g_hash_table_contains (self->entries, &key)
          && !g_hash_table_contains (self->running, &key))
        start (self, &key, (int) MIN (self->n_taken, 1000));
    }
}

static gboolean
on_calm (gpointer user_data)
{
  AnnBlockLoader *self = user_data;

  self->calm = 0;
  start_more (self);

  return G_SOURCE_REMOVE;
}

/* What is wanted after a while of quiet is asked for at once. */
static void
wait_for_calm (AnnBlockLoader *self)
{
  const gint64 now = g_get_monotonic_time ();
  const gboolean was_calm = now - self->changed_at >= CALM_MS * 1000;

  self->changed_at = now;
  g_clear_handle_id (&self->calm, g_source_remove);
  if (!was_calm)
    self->calm = g_timeout_add (CALM_MS, on_calm, self);
}

static gboolean
is_wanted (AnnBlockLoader *self, const AnnBlockKey *keys, gsize n_keys)
{
  return n_keys == self->wanted->len
         && (n_keys == 0 || memcmp (keys, self->wanted->data, n_keys * sizeof *keys) == 0);
}

static void
ann_block_loader_finalize (GObject *object)
{
  AnnBlockLoader *self = ANN_BLOCK_LOADER (object);

  g_hash_table_unref (self->entries);
  g_hash_table_unref (self->running);
  g_array_unref (self->wanted);
  g_clear_error (&self->failure);

  G_OBJECT_CLASS (ann_block_loader_parent_class)->finalize (object);
}

static void
ann_block_loader_class_init (AnnBlockLoaderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_block_loader_finalize;
}

static void
ann_block_loader_init (AnnBlockLoader *self)
{
  self->entries = g_hash_table_new (key_hash, key_equal);
  self->running = g_hash_table_new (key_hash, key_equal);
  self->wanted = g_array_new (FALSE, FALSE, sizeof (AnnBlockKey));
}

/**
 * ann_block_loader_new:
 * @funcs: how blocks are made; copied
 * @owner: the model whose blocks they are; must call [method@BlockLoader.stop] before it goes
 * @budget: bytes that blocks may take which are not on the screen
 *
 * Returns: (transfer full): a loader without blocks
 */
AnnBlockLoader *
ann_block_loader_new (const AnnBlockLoaderFuncs *funcs, gpointer owner, gsize budget)
{
  AnnBlockLoader *self = g_object_new (ANN_TYPE_BLOCK_LOADER, NULL);

  self->funcs = *funcs;
  self->owner = owner;
  self->budget = budget;

  return self;
}

/**
 * ann_block_loader_set_far:
 * @self: a loader
 *
 * Says that blocks come over a network: while the list of wanted blocks changes quickly nothing is
 * begun.
 */
void
ann_block_loader_set_far (AnnBlockLoader *self)
{
  self->is_far = TRUE;
}

/* Collected first: cancelling may run handlers that look at the list. */
static void
cancel_jobs (AnnBlockLoader *self, GHashTable *but)
{
  g_autoptr (GPtrArray) unwanted = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer key, job;

  g_hash_table_iter_init (&iter, self->running);
  while (g_hash_table_iter_next (&iter, &key, &job))
    {
      if (but != NULL && g_hash_table_contains (but, key))
        continue;
      g_ptr_array_add (unwanted, g_object_ref (((Job *) job)->cancellable));
      g_hash_table_iter_remove (&iter);
    }

  for (guint i = 0; i < unwanted->len; i++)
    g_cancellable_cancel (g_ptr_array_index (unwanted, i));
}

/**
 * ann_block_loader_stop:
 * @self: a loader
 *
 * Cancels all work and frees all blocks; the owner is never called again.
 */
void
ann_block_loader_stop (AnnBlockLoader *self)
{
  self->owner = NULL;
  g_array_set_size (self->wanted, 0);
  g_clear_handle_id (&self->delivery, g_source_remove);
  g_clear_handle_id (&self->calm, g_source_remove);
  ann_block_loader_clear (self);
}

/**
 * ann_block_loader_clear:
 * @self: a loader
 *
 * Blocks are no longer what they were: frees them and what is on its way.
 */
void
ann_block_loader_clear (AnnBlockLoader *self)
{
  GHashTableIter iter;
  gpointer entry;

  g_array_set_size (self->wanted, 0);
  self->n_taken = 0;
  cancel_jobs (self, NULL);

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    {
      g_hash_table_iter_steal (&iter);
      if (((Entry *) entry)->block != NULL)
        self->funcs.free_block (((Entry *) entry)->block);
      g_clear_error (&((Entry *) entry)->error);
      g_free (entry);
    }
  self->size = 0;
  g_clear_error (&self->failure);
}

/**
 * ann_block_loader_get_failure:
 * @self: a loader
 *
 * Returns: (transfer none) (nullable): why a block cannot be had now, though it may be later, or
 *   that the store was changed; the last such reason
 */
const GError *
ann_block_loader_get_failure (AnnBlockLoader *self)
{
  return self->failure;
}

/**
 * ann_block_loader_get_n_failures:
 * @self: a loader
 *
 * Returns: how many such reasons there were ever
 */
guint
ann_block_loader_get_n_failures (AnnBlockLoader *self)
{
  return self->n_failures;
}

/**
 * ann_block_loader_retry:
 * @self: a loader
 *
 * Forgets of which blocks it is only known that they could not be had then, and makes those of them
 * that are wanted.
 *
 * Returns: whether there were any
 */
gboolean
ann_block_loader_retry (AnnBlockLoader *self)
{
  g_autoptr (GPtrArray) failed = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    {
      if (((Entry *) entry)->error != NULL && may_pass (((Entry *) entry)->error))
        g_ptr_array_add (failed, entry);
    }
  for (guint i = 0; i < failed->len; i++)
    remove_entry (self, failed->pdata[i]);
  g_clear_error (&self->failure);

  self->n_taken = 0;
  start_more (self);

  return failed->len > 0;
}

/**
 * ann_block_loader_find:
 * @self: a loader
 * @source: which source
 * @block: which block of it
 * @error: (out) (optional) (transfer none): why it cannot be had, or %NULL
 *
 * Returns: (transfer none) (nullable): the block if it is there, until the main loop goes on
 */
gpointer
ann_block_loader_find (AnnBlockLoader *self, guint64 source, guint64 block, const GError **error)
{
  const AnnBlockKey key = { source, block };
  Entry *entry = g_hash_table_lookup (self->entries, &key);

  if (error != NULL)
    *error = entry == NULL ? NULL : entry->error;
  if (entry == NULL)
    return NULL;

  entry->used = self->now;

  return entry->block;
}

/**
 * ann_block_loader_set_wanted:
 * @self: a loader
 * @keys: (array length=n_keys): the blocks that should be there, the most urgent first
 * @n_keys: how many
 * @n_first: how many of them must be there before the others are begun
 *
 * Replaces what was wanted before.
 */
void
ann_block_loader_set_wanted (AnnBlockLoader *self,
                             const AnnBlockKey *keys,
                             gsize n_keys,
                             gsize n_first)
{
  g_autoptr (GHashTable) set = g_hash_table_new (key_hash, key_equal);

  self->now++;
  if (self->is_far && !is_wanted (self, keys, n_keys))
    wait_for_calm (self);
  g_array_set_size (self->wanted, 0);
  g_array_append_vals (self->wanted, keys, (guint) n_keys);
  self->n_taken = 0;
  self->n_first = (guint) n_first;

  for (gsize i = 0; i < n_keys; i++)
    {
      Entry *entry = g_hash_table_lookup (self->entries, &keys[i]);

      g_hash_table_add (set, (gpointer) &keys[i]);
      if (entry != NULL)
        entry->used = self->now;
    }
  cancel_jobs (self, set);
  start_more (self);
}

/**
 * ann_block_loader_get_size:
 * @self: a loader
 *
 * Returns: the bytes of all blocks that are there
 */
gsize
ann_block_loader_get_size (AnnBlockLoader *self)
{
  return self->size;
}

/**
 * ann_block_loader_get_n_started:
 * @self: a loader
 *
 * Returns: how many blocks were ever given to workers
 */
guint64
ann_block_loader_get_n_started (AnnBlockLoader *self)
{
  return self->n_started;
}

/**
 * ann_block_loader_is_idle:
 * @self: a loader
 *
 * Returns: whether all that is wanted is there, or cannot be had, and has been told
 */
gboolean
ann_block_loader_is_idle (AnnBlockLoader *self)
{
  return g_hash_table_size (self->running) == 0 && self->n_taken >= self->wanted->len
         && self->delivery == 0 && self->calm == 0;
}
