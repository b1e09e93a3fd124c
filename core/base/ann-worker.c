/* ann-worker.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-worker-private.h"

#include <pthread.h>
#include <stdatomic.h>

/* One pool a lane: a queue sorted by urgency, and threads that are started when work waits and
 * none is idle. One lock guards both queues and every job in them; it is held for some hundred
 * nanoseconds and never while a job runs. pthread's locks, not GLib's: ThreadSanitizer knows them.
 */

#define N_READ_THREADS 4
#define MAX_HELPERS 63

/* So long a thread that has helped with a parallel call looks out for the next before it sleeps:
 * who reads row after row asks again sooner, and would wake it each time.
 */
#define LINGER_US 200

/* So many threads more may a lane have for those that wait for a network. */
#define MAX_EXTRA_THREADS 28

typedef struct _ParallelCall ParallelCall;

typedef enum {
  JOB_NEW,
  JOB_QUEUED,
  JOB_STARTED,
  JOB_DROPPED, /* cancelled before it started */
} JobState;

/* A task, or an invitation to help with a parallel call. */
typedef struct {
  AnnLane lane;
  int priority;
  guint64 serial; /* first come first served among equals */
  JobState state;
  GSequenceIter *iter; /* while queued */
  ParallelCall *call;  /* the rest is for a task */
  gatomicrefcount ref_count;
  GTask *task;
  GTaskThreadFunc func;
  gulong cancelled_id;
} Job;

typedef struct {
  GSequence *jobs;
  guint n_threads;
  guint max_threads; /* that do not wait for a network */
  guint n_waiting;   /* that do */
  guint n_idle;
  guint n_lingering; /* threads that look at what follows */
  atomic_uint n_enqueued;
  pthread_cond_t wake;
} Lane;

/* Lives on the caller's stack: the caller takes back the invitations that nobody has accepted
 * and waits for those who have.
 */
struct _ParallelCall {
  gsize n_items;
  gsize grain;
  AnnParallelFunc func;
  gpointer user_data;
  GCancellable *cancellable;
  int priority;
  gboolean waits; /* its pieces do, for a network */
  atomic_size_t next;
  atomic_bool is_stopped;

  /* under the lock */
  gboolean is_closed;
  gboolean has_failed;
  GError *error;
  guint n_helpers_inside;
  pthread_cond_t helper_left;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Lane lanes[2] = {
  [ANN_LANE_READ] = { .wake = PTHREAD_COND_INITIALIZER, .max_threads = N_READ_THREADS },
  [ANN_LANE_CPU] = { .wake = PTHREAD_COND_INITIALIZER },
};
static guint64 last_serial;

/* The urgency of what this thread is doing, which the helpers of its parallel calls take over. */
static _Thread_local int current_priority = G_PRIORITY_DEFAULT;

/* The lane whose thread this is, or NULL, and how often it has said that it waits. */
static _Thread_local Lane *current_lane;
static _Thread_local guint n_waits;

static int
compare_jobs (gconstpointer a, gconstpointer b, G_GNUC_UNUSED gpointer user_data)
{
  const Job *one = a;
  const Job *other = b;

  if (one->priority != other->priority)
    return one->priority < other->priority ? -1 : 1;

  return one->serial < other->serial ? -1 : one->serial > other->serial;
}

/* Under the lock. */
static Lane *
get_lane (AnnLane kind)
{
  Lane *lane = &lanes[kind];

  if (lane->jobs == NULL)
    lane->jobs = g_sequence_new (NULL);
  if (lane->max_threads == 0)
    lane->max_threads = g_get_num_processors ();

  return lane;
}

static gpointer worker_main (gpointer data);

/* Under the lock. */
static guint
get_max_threads (const Lane *lane)
{
  return lane->max_threads + MIN (lane->n_waiting, MAX_EXTRA_THREADS);
}

/* Under the lock. Finds a thread for a job that waits, if the lane has one or may have one more.
 * Returns: whether one must be woken by signal_lane () once the lock is free: it would only wait
 * for that, and waking takes long
 */
static gboolean
find_thread (Lane *lane)
{
  guint n_jobs = g_sequence_get_length (lane->jobs);

  if (n_jobs <= lane->n_lingering)
    return FALSE;

  /* A thread that was woken and has not come yet counts as idle, hence the comparison. */
  if (n_jobs > lane->n_idle + lane->n_lingering && lane->n_threads < get_max_threads (lane))
    {
      lane->n_threads++;
      g_thread_unref (
          g_thread_new (lane == &lanes[ANN_LANE_READ] ? "ann-read" : "ann-cpu", worker_main, lane));
      return FALSE;
    }

  return n_jobs > 0;
}

static void
signal_lane (Lane *lane, guint n_times)
{
  for (guint i = 0; i < n_times; i++)
    pthread_cond_signal (&lane->wake);
}

/* Under the lock. Returns what find_thread () does. */
static gboolean
enqueue (Job *job)
{
  Lane *lane = get_lane (job->lane);

  job->serial = ++last_serial;
  job->state = JOB_QUEUED;
  job->iter = g_sequence_insert_sorted (lane->jobs, job, compare_jobs, NULL);
  atomic_fetch_add (&lane->n_enqueued, 1);

  return find_thread (lane);
}

/* Under the lock. */
static void
dequeue (Job *job, JobState state)
{
  g_sequence_remove (job->iter);
  job->iter = NULL;
  job->state = state;
}

/* --- Waits --- */

void
_ann_worker_begin_wait (void)
{
  gboolean signals;

  if (current_lane == NULL || n_waits++ > 0)
    return;

  pthread_mutex_lock (&lock);
  current_lane->n_waiting++;
  signals = find_thread (current_lane);
  pthread_mutex_unlock (&lock);
  signal_lane (current_lane, signals);
}

void
_ann_worker_end_wait (void)
{
  if (current_lane == NULL || --n_waits > 0)
    return;

  pthread_mutex_lock (&lock);
  current_lane->n_waiting--;
  pthread_mutex_unlock (&lock);
}

int
_ann_worker_get_priority (void)
{
  return current_priority;
}

/* --- Tasks --- */

static void
job_unref (gpointer data)
{
  Job *job = data;

  if (g_atomic_ref_count_dec (&job->ref_count))
    {
      g_object_unref (job->task);
      g_free (job);
    }
}

static gboolean
return_dropped_task (gpointer data)
{
  Job *job = data;

  g_cancellable_disconnect (g_task_get_cancellable (job->task), job->cancelled_id);
  g_task_return_error_if_cancelled (job->task);

  return G_SOURCE_REMOVE;
}

static gboolean
unref_in_context (G_GNUC_UNUSED gpointer data)
{
  return G_SOURCE_REMOVE;
}

/* Runs @func in the context of the task. Takes the caller's reference to the job along. */
static void
run_in_context (Job *job, GSourceFunc func)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, g_task_get_priority (job->task));
  g_source_set_callback (source, func, job, job_unref);
  g_source_set_static_name (source, "[ann] task");
  g_source_attach (source, g_task_get_context (job->task));
}

/* In the thread that cancels. A task that waits in the queue is taken out and ends at once,
 * however long the tasks before it run.
 */
static void
on_cancelled (G_GNUC_UNUSED GCancellable *cancellable, gpointer data)
{
  Job *job = data;
  gboolean was_queued = FALSE; /* then its reference is ours */

  pthread_mutex_lock (&lock);
  if (job->state == JOB_QUEUED)
    {
      was_queued = TRUE;
      dequeue (job, JOB_DROPPED);
    }
  else if (job->state == JOB_NEW)
    {
      job->state = JOB_DROPPED;
    }
  pthread_mutex_unlock (&lock);

  if (was_queued)
    run_in_context (job, return_dropped_task);
}

/* Takes the queue's reference. */
static void
run_task (Job *job)
{
  GTask *task = job->task;
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (cancellable != NULL)
    g_cancellable_disconnect (cancellable, job->cancelled_id);

  current_priority = job->priority;
  if (!g_task_return_error_if_cancelled (task))
    job->func (task, g_task_get_source_object (task), g_task_get_task_data (task), cancellable);
  current_priority = G_PRIORITY_DEFAULT;

  /* The callback may have run already and dropped what it held. The source object, a widget
   * perhaps, must not be finalized in this thread.
   */
  run_in_context (job, unref_in_context);
}

/**
 * ann_worker_run_task: (skip)
 * @task: a task; its priority says how urgent it is, and it is given its own reference
 * @lane: where it runs
 * @func: does the work and returns the task, from a thread of @lane
 *
 * Runs @func as g_task_run_in_thread() would, in threads of the library. A task that is
 * cancelled while it waits ends at once, without @func; one that runs is ended by @func, which
 * looks at the cancellable. GTask's return-on-cancel has no meaning here.
 *
 * Any thread. The callback runs in the main context in which @task was made.
 */
void
ann_worker_run_task (GTask *task, AnnLane lane, GTaskThreadFunc func)
{
  GCancellable *cancellable;
  Job *job;
  gboolean is_dropped;
  gboolean signals = FALSE;

  g_return_if_fail (G_IS_TASK (task));
  g_return_if_fail (lane == ANN_LANE_READ || lane == ANN_LANE_CPU);
  g_return_if_fail (func != NULL);

  job = g_new0 (Job, 1);
  g_atomic_ref_count_init (&job->ref_count);
  job->lane = lane;
  job->priority = g_task_get_priority (task);
  job->task = g_object_ref (task);
  job->func = func;

  /* Before the job can start: it disconnects. If it is cancelled already, the handler is called
   * here and now, and finds a new job.
   */
  cancellable = g_task_get_cancellable (task);
  if (cancellable != NULL)
    {
      g_atomic_ref_count_inc (&job->ref_count);
      job->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), job,
                                                 job_unref);
    }

  pthread_mutex_lock (&lock);
  is_dropped = job->state == JOB_DROPPED;
  if (!is_dropped)
    signals = enqueue (job);
  pthread_mutex_unlock (&lock);
  signal_lane (&lanes[lane], signals);

  if (is_dropped)
    run_in_context (job, return_dropped_task);
}

/* --- Parallel calls --- */

/* Takes @error, which may be %NULL. */
static void
stop_call (ParallelCall *call, GError *error)
{
  pthread_mutex_lock (&lock);
  call->has_failed = TRUE;
  if (call->error == NULL)
    call->error = g_steal_pointer (&error);
  pthread_mutex_unlock (&lock);

  g_clear_error (&error);
  atomic_store (&call->is_stopped, TRUE);
}

/* Does the piece of a call that begins with item @first. Returns: %FALSE if there is none. */
static gboolean
work_on (ParallelCall *call, gsize first)
{
  GError *error = NULL;

  if (first >= call->n_items)
    return FALSE;

  if (g_cancellable_set_error_if_cancelled (call->cancellable, &error)
      || !call->func (first, MIN (call->grain, call->n_items - first), call->user_data,
                      call->cancellable, &error))
    {
      stop_call (call, error);
      return FALSE;
    }

  return TRUE;
}

static gboolean
work_once (ParallelCall *call)
{
  return !atomic_load (&call->is_stopped)
         && work_on (call, atomic_fetch_add (&call->next, call->grain));
}

/* Whether another job of the lane is as urgent as this call or more: a scan of seconds must not
 * keep all threads of the lane from the tiles of a heatmap. Or whether there are more threads than
 * there should be, since one that has waited works again.
 */
static gboolean
should_yield (Job *job)
{
  gboolean yields = FALSE;

  pthread_mutex_lock (&lock);
  if (!job->call->is_closed)
    {
      Lane *lane = get_lane (job->lane);

      if (lane->n_threads > get_max_threads (lane))
        yields = TRUE;
      else if (lane->n_idle + lane->n_lingering == 0 && g_sequence_get_length (lane->jobs) > 0)
        {
          const Job *head = g_sequence_get (g_sequence_get_begin_iter (lane->jobs));

          yields = head->priority <= job->priority && head->call != job->call;
        }
    }
  pthread_mutex_unlock (&lock);

  return yields;
}

static void
help (Job *job)
{
  ParallelCall *call = job->call;
  Lane *lane = &lanes[job->lane];
  gboolean has_more = TRUE;
  gboolean yields = FALSE;
  gboolean signals = FALSE;

  current_priority = call->priority;
  while (has_more && !yields)
    {
      has_more = work_once (call);
      yields = has_more && should_yield (job);
    }
  current_priority = G_PRIORITY_DEFAULT;

  pthread_mutex_lock (&lock);
  if (yields && !call->is_closed)
    signals = enqueue (job);
  call->n_helpers_inside--;
  pthread_cond_signal (&call->helper_left);
  pthread_mutex_unlock (&lock); /* the call may be gone, and the job with it */
  signal_lane (lane, signals);
}

/* Returns: %FALSE with @error set if a piece failed */
static gboolean
finish_call (ParallelCall *call, Job *helpers, guint n_helpers, GError **error)
{
  if (call->waits)
    _ann_worker_begin_wait ();

  pthread_mutex_lock (&lock);
  call->is_closed = TRUE;
  for (guint i = 0; i < n_helpers; i++)
    {
      if (helpers[i].state == JOB_QUEUED)
        dequeue (&helpers[i], JOB_DROPPED);
    }
  while (call->n_helpers_inside > 0)
    pthread_cond_wait (&call->helper_left, &lock);
  pthread_mutex_unlock (&lock);

  if (call->waits)
    _ann_worker_end_wait ();
  pthread_cond_destroy (&call->helper_left);
  if (call->error != NULL)
    g_propagate_error (error, g_steal_pointer (&call->error));

  return !call->has_failed;
}

/* @call: with its items, how many threads may help at most */
static gboolean
run_call (ParallelCall *call, guint max_helpers, GError **error)
{
  Lane *lane = &lanes[ANN_LANE_CPU];
  Job helpers[MAX_HELPERS];
  guint n_signals = 0;
  gsize n_pieces = call->n_items / call->grain + (call->n_items % call->grain != 0);
  guint n_helpers = MIN (n_pieces - (n_pieces > 0), MIN (max_helpers, MAX_HELPERS));

  if (g_cancellable_set_error_if_cancelled (call->cancellable, error))
    return FALSE;

  call->priority = current_priority;
  pthread_cond_init (&call->helper_left, NULL);
  atomic_init (&call->next, call->grain);
  atomic_init (&call->is_stopped, FALSE);

  if (n_helpers > 0)
    {
      pthread_mutex_lock (&lock);
      for (guint i = 0; i < n_helpers; i++)
        {
          helpers[i] = (Job){ .lane = ANN_LANE_CPU, .priority = call->priority, .call = call };
          n_signals += enqueue (&helpers[i]);
        }
      pthread_mutex_unlock (&lock);
      signal_lane (lane, n_signals);
    }

  /* The first piece is the caller's: if it takes longest, he has nobody to wait for. */
  if (work_on (call, 0))
    while (work_once (call))
      ;

  return finish_call (call, helpers, n_helpers, error);
}

/**
 * ann_worker_parallel: (skip)
 * @n_items: how many items there are
 * @grain: how many of them @func is given at once, at least 1
 * @func: works on a piece of them; in this thread and in threads of the CPU lane
 * @user_data: data for @func
 * @cancellable: (nullable): looked at before each piece, and handed to @func
 * @error: return location for the first error of @func, or for the cancellation
 *
 * Works on many items with all cores, and returns when all are done or one piece has failed
 * and no other runs any more. The caller works too, so a call from within @func or from a task
 * of the CPU lane cannot wait for a thread in vain; helpers come as the lane has room, with the
 * urgency of the caller's task, and leave for what is as urgent.
 *
 * Returns: %FALSE with @error set if a piece failed or the call was cancelled
 */
gboolean
ann_worker_parallel (gsize n_items,
                     gsize grain,
                     AnnParallelFunc func,
                     gpointer user_data,
                     GCancellable *cancellable,
                     GError **error)
{
  ParallelCall call = { .n_items = n_items,
                        .grain = MAX (grain, 1),
                        .func = func,
                        .user_data = user_data,
                        .cancellable = cancellable };

  g_return_val_if_fail (func != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return run_call (&call, ann_worker_get_n_threads () - 1, error);
}

/**
 * ann_worker_parallel_waits: (skip)
 * @n_items: how many items there are
 * @max_at_once: how many at the same time at most, such as %ANN_WORKER_MAX_WAITS
 * @func: works on one of them
 * @user_data: data for @func
 * @cancellable: (nullable): looked at before each item, and handed to @func
 * @error: return location for the first error of @func, or for the cancellation
 *
 * Does what [func@Ann.worker_parallel] does, for items that wait for a network: many do so at the
 * same time, however few cores there are.
 *
 * Returns: %FALSE with @error set if a piece failed or the call was cancelled
 */
gboolean
ann_worker_parallel_waits (gsize n_items,
                           guint max_at_once,
                           AnnParallelFunc func,
                           gpointer user_data,
                           GCancellable *cancellable,
                           GError **error)
{
  ParallelCall call = { .n_items = n_items,
                        .grain = 1,
                        .func = func,
                        .user_data = user_data,
                        .cancellable = cancellable,
                        .waits = TRUE };

  g_return_val_if_fail (func != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return run_call (&call, MAX (max_at_once, 1) - 1, error);
}

/* --- Threads --- */

/* A processor that waits lets the other half of its core work. */
static void
relax (void)
{
  for (guint i = 0; i < 32; i++)
    {
#if defined(__x86_64__) || defined(__i386__)
      __builtin_ia32_pause ();
#elif defined(__aarch64__)
      __asm__ volatile("yield");
#endif
    }
}

/* Under the lock, which is free meanwhile. Another may be sooner: then this one looks on. */
static void
linger (Lane *lane)
{
  const gint64 end = g_get_monotonic_time () + LINGER_US;

  lane->n_lingering++;
  while (g_sequence_get_length (lane->jobs) == 0 && g_get_monotonic_time () < end)
    {
      const guint n_enqueued = atomic_load (&lane->n_enqueued);

      pthread_mutex_unlock (&lock);
      while (atomic_load (&lane->n_enqueued) == n_enqueued && g_get_monotonic_time () < end)
        relax ();
      pthread_mutex_lock (&lock);
    }
  lane->n_lingering--;
}

static gpointer
worker_main (gpointer data)
{
  Lane *lane = data;
  gboolean lingers = FALSE;

  current_lane = lane;
  pthread_mutex_lock (&lock);
  while (lane->n_threads <= get_max_threads (lane))
    {
      Job *job;

      if (g_sequence_get_length (lane->jobs) == 0)
        {
          if (lingers)
            {
              linger (lane);
            }
          else
            {
              lane->n_idle++;
              pthread_cond_wait (&lane->wake, &lock);
              lane->n_idle--;
            }
          lingers = FALSE;
          continue;
        }

      job = g_sequence_get (g_sequence_get_begin_iter (lane->jobs));
      dequeue (job, JOB_STARTED);
      lingers = job->call != NULL;
      if (job->call != NULL)
        job->call->n_helpers_inside++;
      pthread_mutex_unlock (&lock);

      if (job->call != NULL)
        help (job);
      else
        run_task (job);

      pthread_mutex_lock (&lock);
    }
  lane->n_threads--;
  pthread_cond_signal (&lane->wake); /* in case this thread was woken for a job */
  pthread_mutex_unlock (&lock);

  return NULL;
}

/**
 * ann_worker_set_n_threads:
 * @n_threads: threads of the CPU lane, or 0 for as many as the machine has cores
 *
 * Says with how many threads a parallel call may work, its caller being one of them. Threads
 * above that end when they have done what they are at.
 */
void
ann_worker_set_n_threads (guint n_threads)
{
  pthread_mutex_lock (&lock);
  lanes[ANN_LANE_CPU].max_threads = n_threads > 0 ? n_threads : g_get_num_processors ();
  pthread_cond_broadcast (&lanes[ANN_LANE_CPU].wake);
  pthread_mutex_unlock (&lock);
}

/**
 * ann_worker_get_n_threads:
 *
 * Returns: how many threads the CPU lane may have
 */
guint
ann_worker_get_n_threads (void)
{
  guint n_threads;

  pthread_mutex_lock (&lock);
  n_threads = get_lane (ANN_LANE_CPU)->max_threads;
  pthread_mutex_unlock (&lock);

  return n_threads;
}
