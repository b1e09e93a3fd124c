/* test-worker.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-worker-private.h"

#include <pthread.h>

#define N_READ_THREADS 4

/* Of the read lane, when as many as may wait for a network. */
#define MAX_READ_THREADS 32

/* Holds threads up until it is opened, and knows how many are there. */
typedef struct {
  pthread_mutex_t mutex;
  pthread_cond_t cond;
  gboolean is_open;
  guint n_inside;
  GString *log; /* a letter for each task that ran */
} Gate;

static Gate *
gate_new (void)
{
  Gate *gate = g_new0 (Gate, 1);

  pthread_mutex_init (&gate->mutex, NULL);
  pthread_cond_init (&gate->cond, NULL);
  gate->log = g_string_new (NULL);

  return gate;
}

static void
gate_free (Gate *gate)
{
  pthread_mutex_destroy (&gate->mutex);
  pthread_cond_destroy (&gate->cond);
  g_string_free (gate->log, TRUE);
  g_free (gate);
}

static void
gate_enter (Gate *gate)
{
  pthread_mutex_lock (&gate->mutex);
  gate->n_inside++;
  pthread_cond_broadcast (&gate->cond);
  while (!gate->is_open)
    pthread_cond_wait (&gate->cond, &gate->mutex);
  pthread_mutex_unlock (&gate->mutex);
}

static void
gate_wait (Gate *gate, guint n)
{
  pthread_mutex_lock (&gate->mutex);
  while (gate->n_inside < n)
    pthread_cond_wait (&gate->cond, &gate->mutex);
  pthread_mutex_unlock (&gate->mutex);
}

static void
gate_open (Gate *gate)
{
  pthread_mutex_lock (&gate->mutex);
  gate->is_open = TRUE;
  pthread_cond_broadcast (&gate->cond);
  pthread_mutex_unlock (&gate->mutex);
}

static void
enter_gate (GTask *task,
            G_GNUC_UNUSED gpointer source_object,
            gpointer task_data,
            G_GNUC_UNUSED GCancellable *cancellable)
{
  gate_enter (task_data);
  g_task_return_boolean (task, TRUE);
}

static void
count_down (G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer user_data)
{
  guint *n_left = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_task_propagate_boolean (G_TASK (result), &error));
  g_assert_no_error (error);
  --*n_left;
}

static void
run_gate_tasks (Gate *gate, AnnLane lane, guint n, guint *n_left)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GTask) task = g_task_new (NULL, NULL, count_down, n_left);

      ++*n_left;
      g_task_set_priority (task, -1000);
      g_task_set_task_data (task, gate, NULL);
      ann_worker_run_task (task, lane, enter_gate);
    }
  gate_wait (gate, n);
}

static void
iterate_until_zero (const guint *n_left)
{
  while (*n_left > 0)
    g_main_context_iteration (NULL, TRUE);
}

/* --- Tasks --- */

typedef struct {
  Gate *gate;
  char letter;
} Letter;

static void
log_letter (GTask *task,
            G_GNUC_UNUSED gpointer source_object,
            gpointer task_data,
            G_GNUC_UNUSED GCancellable *cancellable)
{
  Letter *letter = task_data;

  pthread_mutex_lock (&letter->gate->mutex);
  g_string_append_c (letter->gate->log, letter->letter);
  pthread_mutex_unlock (&letter->gate->mutex);
  g_task_return_boolean (task, TRUE);
}

static void
run_letter (Gate *gate, AnnLane lane, char letter, int priority, guint *n_left)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, count_down, n_left);
  Letter *data = g_new (Letter, 1);

  data->gate = gate;
  data->letter = letter;
  ++*n_left;
  g_task_set_priority (task, priority);
  g_task_set_task_data (task, data, g_free);
  ann_worker_run_task (task, lane, log_letter);
}

/* One thread is left of a lane whose others are held up, so that the order can be seen. */
static void
test_priorities (void)
{
  Gate *gate = gate_new ();
  Gate *last = gate_new ();
  guint n_left = 0;

  run_gate_tasks (gate, ANN_LANE_READ, N_READ_THREADS - 1, &n_left);
  run_gate_tasks (last, ANN_LANE_READ, 1, &n_left);

  run_letter (gate, ANN_LANE_READ, 'c', 0, &n_left);
  run_letter (gate, ANN_LANE_READ, 'e', 100, &n_left);
  run_letter (gate, ANN_LANE_READ, 'a', -100, &n_left);
  run_letter (gate, ANN_LANE_READ, 'd', 0, &n_left);
  run_letter (gate, ANN_LANE_READ, 'b', -100, &n_left);
  g_assert_cmpuint (gate->log->len, ==, 0);

  gate_open (last);
  while (n_left > N_READ_THREADS - 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (gate->log->str, ==, "abcde");

  gate_open (gate);
  iterate_until_zero (&n_left);
  gate_free (gate);
  gate_free (last);
}

static void
note_cancelled (G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer user_data)
{
  guint *n_left = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_false (g_task_propagate_boolean (G_TASK (result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  --*n_left;
}

static void
must_not_run (G_GNUC_UNUSED GTask *task,
              G_GNUC_UNUSED gpointer source_object,
              G_GNUC_UNUSED gpointer task_data,
              G_GNUC_UNUSED GCancellable *cancellable)
{
  g_assert_not_reached ();
}

/* A task that waits ends when it is cancelled, and not when a thread comes to it. */
static void
test_cancelled_in_queue (void)
{
  Gate *gate = gate_new ();
  guint n_held = 0;

  run_gate_tasks (gate, ANN_LANE_READ, N_READ_THREADS, &n_held);
  for (guint before = 0; before < 2; before++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GTask) task = NULL;
      guint n_left = 1;

      task = g_task_new (NULL, cancellable, note_cancelled, &n_left);
      if (before)
        g_cancellable_cancel (cancellable);
      ann_worker_run_task (task, ANN_LANE_READ, must_not_run);
      if (!before)
        g_cancellable_cancel (cancellable);
      g_assert_cmpuint (n_left, ==, 1); /* never from within the call */
      iterate_until_zero (&n_left);
    }
  g_assert_cmpuint (n_held, ==, N_READ_THREADS);

  gate_open (gate);
  iterate_until_zero (&n_held);
  gate_free (gate);
}

/* Whether or not the thread is quicker, a cancelled task comes back once, as cancelled. */
static void
test_cancelled_at_any_time (void)
{
  for (guint i = 0; i < 300; i++)
    {
      Gate *gate = gate_new ();
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GTask) task = NULL;
      guint n_left = 1;

      gate_open (gate);
      task = g_task_new (NULL, cancellable, note_cancelled, &n_left);
      g_task_set_task_data (task, gate, NULL);
      ann_worker_run_task (task, ANN_LANE_READ, enter_gate);
      g_cancellable_cancel (cancellable);
      iterate_until_zero (&n_left);
      gate_free (gate);
    }
}

/* An object that knows in which thread it ended, as a widget would. */
#define TEST_TYPE_SOURCE (test_source_get_type ())
G_DECLARE_FINAL_TYPE (TestSource, test_source, TEST, SOURCE, GObject)

struct _TestSource {
  GObject parent_instance;
};

G_DEFINE_FINAL_TYPE (TestSource, test_source, G_TYPE_OBJECT)

static GThread *main_thread;
static guint n_sources_finalized;

static void
test_source_finalize (GObject *object)
{
  g_assert_true (g_thread_self () == main_thread);
  n_sources_finalized++;

  G_OBJECT_CLASS (test_source_parent_class)->finalize (object);
}

static void
test_source_class_init (TestSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_source_finalize;
}

static void
test_source_init (G_GNUC_UNUSED TestSource *self)
{
}

static void
return_at_once (GTask *task,
                G_GNUC_UNUSED gpointer source_object,
                G_GNUC_UNUSED gpointer task_data,
                G_GNUC_UNUSED GCancellable *cancellable)
{
  g_task_return_boolean (task, TRUE);
}

static void
test_source_ends_in_its_thread (void)
{
  guint n_left = 0;

  main_thread = g_thread_self ();
  for (guint i = 0; i < 500; i++)
    {
      g_autoptr (TestSource) source = g_object_new (TEST_TYPE_SOURCE, NULL);
      g_autoptr (GTask) task = g_task_new (source, NULL, count_down, &n_left);

      n_left++;
      ann_worker_run_task (task, i % 2 ? ANN_LANE_READ : ANN_LANE_CPU, return_at_once);
    }
  while (n_left > 0 || n_sources_finalized < 500)
    g_main_context_iteration (NULL, TRUE);
}

/* --- Parallel calls --- */

typedef struct {
  gsize n_items;
  gsize grain;
  int *n_done;   /* of each item; atomic */
  int n_calls;   /* atomic */
  int fail_call; /* -1 for none */
  GCancellable *cancellable;
  Gate *gate;
} Work;

static gboolean
do_work (gsize first, gsize n, gpointer user_data, GCancellable *cancellable, GError **error)
{
  Work *work = user_data;

  if (g_atomic_int_add (&work->n_calls, 1) == work->fail_call)
    {
      if (cancellable == NULL)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Told to fail");
          return FALSE;
        }
      g_cancellable_cancel (cancellable);
    }

  g_assert_cmpuint (n, >, 0);
  g_assert_cmpuint (n, <=, work->grain);
  for (gsize i = first; i < first + n; i++)
    g_atomic_int_inc (&work->n_done[i]);

  return TRUE;
}

static gboolean
run_work (Work *work, GCancellable *cancellable, GError **error)
{
  gboolean success;

  work->n_done = g_new0 (int, work->n_items + 1);
  success = ann_worker_parallel (work->n_items, work->grain, do_work, work, cancellable, error);
  for (gsize i = 0; i < work->n_items; i++)
    {
      if (success)
        g_assert_cmpint (work->n_done[i], ==, 1);
      else
        g_assert_cmpint (work->n_done[i], <=, 1);
    }
  g_free (work->n_done);

  return success;
}

static void
test_each_item_once (void)
{
  const gsize n_items[] = { 0, 1, 2, 7, 64, 1000 };
  const gsize grains[] = { 1, 3, 64, 2000 };

  for (guint n_threads = 1; n_threads <= 8; n_threads *= 2)
    for (guint i = 0; i < G_N_ELEMENTS (n_items); i++)
      for (guint j = 0; j < G_N_ELEMENTS (grains); j++)
        {
          Work work = { .n_items = n_items[i], .grain = grains[j], .fail_call = -1 };
          g_autoptr (GError) error = NULL;

          ann_worker_set_n_threads (n_threads);
          g_assert_cmpuint (ann_worker_get_n_threads (), ==, n_threads);
          run_work (&work, NULL, &error);
          g_assert_no_error (error);
          g_assert_cmpint (work.n_calls, ==, (n_items[i] + grains[j] - 1) / grains[j]);
        }
}

static void
test_failing_piece (void)
{
  ann_worker_set_n_threads (4);
  for (int n = 0; n < 100; n++)
    {
      Work work = { .n_items = 1000, .grain = 10, .fail_call = n };
      g_autoptr (GError) error = NULL;

      g_assert_false (run_work (&work, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
      g_assert_cmpint (work.n_calls, >, n);
    }

  /* Alone, it is known what was not begun any more. */
  ann_worker_set_n_threads (1);
  for (int n = 0; n < 100; n++)
    {
      Work work = { .n_items = 1000, .grain = 10, .fail_call = n };
      g_autoptr (GError) error = NULL;

      g_assert_false (run_work (&work, NULL, &error));
      g_assert_cmpint (work.n_calls, ==, n + 1);
    }
}

static gboolean
fail_always (G_GNUC_UNUSED gsize first,
             G_GNUC_UNUSED gsize n,
             G_GNUC_UNUSED gpointer user_data,
             G_GNUC_UNUSED GCancellable *cancellable,
             GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Told to fail");

  return FALSE;
}

/* Several pieces fail at once: one error comes out, and the others are freed. */
static void
test_all_pieces_fail (void)
{
  ann_worker_set_n_threads (4);
  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (ann_worker_parallel (100, 1, fail_always, NULL, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
      g_assert_false (ann_worker_parallel (100, 1, fail_always, NULL, NULL, NULL));
    }
}

static void
test_cancelled_parallel (void)
{
  ann_worker_set_n_threads (1);
  for (int n = -1; n < 99; n++)
    {
      Work work = { .n_items = 1000, .grain = 10, .fail_call = n };
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;

      if (n < 0)
        g_cancellable_cancel (cancellable);
      g_assert_false (run_work (&work, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (work.n_calls, ==, n + 1);
    }
}

static gboolean
meet (G_GNUC_UNUSED gsize first,
      G_GNUC_UNUSED gsize n,
      gpointer user_data,
      G_GNUC_UNUSED GCancellable *cancellable,
      G_GNUC_UNUSED GError **error)
{
  Gate *gate = user_data;

  pthread_mutex_lock (&gate->mutex);
  gate->n_inside++;
  pthread_cond_broadcast (&gate->cond);
  while (gate->n_inside < 3)
    pthread_cond_wait (&gate->cond, &gate->mutex);
  pthread_mutex_unlock (&gate->mutex);

  return TRUE;
}

/* Three pieces that wait for each other: there are really three threads at it. */
static void
test_helpers_come (void)
{
  Gate *gate = gate_new ();
  g_autoptr (GError) error = NULL;

  ann_worker_set_n_threads (3);
  ann_worker_parallel (3, 1, meet, gate, NULL, &error);
  g_assert_no_error (error);
  gate_free (gate);
}

/* Calls after calls, while the threads of the one before still look out for the next, just go to
 * sleep, or sleep: whoever is not woken then keeps the others waiting for ever.
 */
static void
test_helpers_come_again (void)
{
  ann_worker_set_n_threads (3);
  for (gint64 i = 0; i < 600; i++)
    {
      Gate *gate = gate_new ();
      g_autoptr (GError) error = NULL;
      const gint64 end = g_get_monotonic_time () + i % 20 * 20;

      while (g_get_monotonic_time () < end)
        ;
      ann_worker_parallel (3, 1, meet, gate, NULL, &error);
      g_assert_no_error (error);
      gate_free (gate);
    }
}

static gboolean
run_inner (G_GNUC_UNUSED gsize first,
           gsize n,
           gpointer user_data,
           GCancellable *cancellable,
           GError **error)
{
  int *n_inner = user_data;
  Work work = { .n_items = 50, .grain = 1, .fail_call = -1 };

  g_assert_cmpuint (n, ==, 1);
  if (!run_work (&work, cancellable, error))
    return FALSE;
  g_atomic_int_inc (n_inner);

  return TRUE;
}

static void
run_nested_in_task (GTask *task,
                    G_GNUC_UNUSED gpointer source_object,
                    gpointer task_data,
                    GCancellable *cancellable)
{
  GError *error = NULL;

  if (ann_worker_parallel (20, 1, run_inner, task_data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* All threads of the lane make parallel calls within parallel calls, and wait for no thread. */
static void
test_nested_in_cpu_lane (void)
{
  int n_inner = 0;
  guint n_left = 0;

  ann_worker_set_n_threads (2);
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (GTask) task = g_task_new (NULL, NULL, count_down, &n_left);

      n_left++;
      g_task_set_task_data (task, &n_inner, NULL);
      ann_worker_run_task (task, ANN_LANE_CPU, run_nested_in_task);
    }
  iterate_until_zero (&n_left);
  g_assert_cmpint (n_inner, ==, 8 * 20);
}

/* The lane is held up: the caller does it all. */
static void
test_no_thread_free (void)
{
  Gate *gate = gate_new ();
  Work work = { .n_items = 100, .grain = 1, .fail_call = -1 };
  guint n_left = 0;
  g_autoptr (GError) error = NULL;

  ann_worker_set_n_threads (2);
  run_gate_tasks (gate, ANN_LANE_CPU, 2, &n_left);
  run_work (&work, NULL, &error);
  g_assert_no_error (error);

  gate_open (gate);
  iterate_until_zero (&n_left);
  gate_free (gate);
}

/* A call without end, whose helper asks for a task in its own lane. */
typedef struct {
  GThread *caller;
  GTask *task;
  Gate *gate;
} EndlessCall;

static gboolean
has_letter (Gate *gate)
{
  gboolean result;

  pthread_mutex_lock (&gate->mutex);
  result = gate->log->len > 0;
  pthread_mutex_unlock (&gate->mutex);

  return result;
}

static void
write_letter_and_open (GTask *task,
                       G_GNUC_UNUSED gpointer source_object,
                       gpointer task_data,
                       G_GNUC_UNUSED GCancellable *cancellable)
{
  Gate *gate = task_data;

  pthread_mutex_lock (&gate->mutex);
  g_string_append_c (gate->log, 'x');
  pthread_mutex_unlock (&gate->mutex);
  gate_open (gate);
  g_task_return_boolean (task, TRUE);
}

static gboolean
work_until_letter (G_GNUC_UNUSED gsize first,
                   G_GNUC_UNUSED gsize n,
                   gpointer user_data,
                   G_GNUC_UNUSED GCancellable *cancellable,
                   GError **error)
{
  EndlessCall *call = user_data;

  if (g_thread_self () == call->caller)
    gate_enter (call->gate); /* leaves all pieces to the helper */
  else if (call->task != NULL)
    {
      g_autoptr (GTask) task = g_steal_pointer (&call->task);

      ann_worker_run_task (task, ANN_LANE_CPU, write_letter_and_open);
    }

  if (!has_letter (call->gate))
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_EXISTS, "The letter is there");

  return FALSE;
}

/* The only free thread of the lane helps with a call that never ends; a task that is as urgent
 * must run all the same.
 */
static void
test_helper_makes_room (void)
{
  Gate *gate = gate_new ();
  Gate *blocker = gate_new ();
  EndlessCall call = { .caller = g_thread_self (), .gate = gate };
  guint n_blocked = 0;
  guint n_left = 1;
  g_autoptr (GError) error = NULL;

  ann_worker_set_n_threads (2);
  run_gate_tasks (blocker, ANN_LANE_CPU, 1, &n_blocked);
  call.task = g_task_new (NULL, NULL, count_down, &n_left);
  g_task_set_task_data (call.task, gate, NULL);

  g_assert_false (ann_worker_parallel (G_MAXSIZE / 2, 1, work_until_letter, &call, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_cmpstr (gate->log->str, ==, "x");

  iterate_until_zero (&n_left);
  gate_open (blocker);
  iterate_until_zero (&n_blocked);
  gate_free (gate);
  gate_free (blocker);
}

/* --- Waits for a network --- */

static void
wait_in_gate (GTask *task,
              G_GNUC_UNUSED gpointer source_object,
              gpointer task_data,
              G_GNUC_UNUSED GCancellable *cancellable)
{
  _ann_worker_begin_wait ();
  _ann_worker_begin_wait ();
  _ann_worker_end_wait ();
  gate_enter (task_data);
  _ann_worker_end_wait ();
  g_task_return_boolean (task, TRUE);
}

static void
run_waiting_tasks (Gate *gate, AnnLane lane, guint n, guint *n_left)
{
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GTask) task = g_task_new (NULL, NULL, count_down, n_left);

      ++*n_left;
      g_task_set_priority (task, -1000);
      g_task_set_task_data (task, gate, NULL);
      ann_worker_run_task (task, lane, wait_in_gate);
    }
}

/* All threads of a lane wait for a network: a task runs all the same. When they have come back,
 * the lane is what it was.
 */
static void
test_waiting_makes_room (void)
{
  Gate *gate = gate_new ();
  guint n_waiting = 0;
  guint n_left = 0;

  ann_worker_set_n_threads (2);
  run_waiting_tasks (gate, ANN_LANE_READ, N_READ_THREADS, &n_waiting);
  run_waiting_tasks (gate, ANN_LANE_CPU, 2, &n_waiting);
  gate_wait (gate, N_READ_THREADS + 2);

  run_letter (gate, ANN_LANE_READ, 'r', 0, &n_left);
  iterate_until_zero (&n_left);
  run_letter (gate, ANN_LANE_CPU, 'c', 0, &n_left);
  iterate_until_zero (&n_left);
  g_assert_cmpstr (gate->log->str, ==, "rc");

  gate_open (gate);
  iterate_until_zero (&n_waiting);
  gate_free (gate);
  test_priorities ();
}

static void
test_waiting_has_a_limit (void)
{
  Gate *gate = gate_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GTask) task = NULL;
  guint n_waiting = 0;
  guint n_left = 1;

  run_waiting_tasks (gate, ANN_LANE_READ, MAX_READ_THREADS, &n_waiting);
  gate_wait (gate, MAX_READ_THREADS);

  task = g_task_new (NULL, cancellable, note_cancelled, &n_left);
  ann_worker_run_task (task, ANN_LANE_READ, must_not_run);
  g_usleep (20 * 1000); /* no thread comes: nothing to wait for */
  g_cancellable_cancel (cancellable);
  iterate_until_zero (&n_left);

  gate_open (gate);
  iterate_until_zero (&n_waiting);
  gate_free (gate);
}

static gboolean
meet_waiting (G_GNUC_UNUSED gsize first,
              gsize n,
              gpointer user_data,
              G_GNUC_UNUSED GCancellable *cancellable,
              G_GNUC_UNUSED GError **error)
{
  Gate *gate = user_data;

  g_assert_cmpuint (n, ==, 1);
  _ann_worker_begin_wait ();
  pthread_mutex_lock (&gate->mutex);
  gate->n_inside++;
  pthread_cond_broadcast (&gate->cond);
  while (gate->n_inside < 16)
    pthread_cond_wait (&gate->cond, &gate->mutex);
  pthread_mutex_unlock (&gate->mutex);
  _ann_worker_end_wait ();

  return TRUE;
}

static void
meet_in_task (GTask *task,
              G_GNUC_UNUSED gpointer source_object,
              gpointer task_data,
              GCancellable *cancellable)
{
  GError *error = NULL;

  if (ann_worker_parallel_waits (40, 16, meet_waiting, task_data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Sixteen pieces wait for each other, with two threads for those that work: from outside of the
 * lanes, and from either.
 */
static void
test_pieces_wait_together (void)
{
  ann_worker_set_n_threads (2);
  for (guint i = 0; i < 3; i++)
    {
      Gate *gate = gate_new ();
      guint n_left = 1;
      g_autoptr (GTask) task = g_task_new (NULL, NULL, count_down, &n_left);
      g_autoptr (GError) error = NULL;

      if (i == 0)
        {
          ann_worker_parallel_waits (40, 16, meet_waiting, gate, NULL, &error);
          g_assert_no_error (error);
        }
      else
        {
          g_task_set_task_data (task, gate, NULL);
          ann_worker_run_task (task, i == 1 ? ANN_LANE_READ : ANN_LANE_CPU, meet_in_task);
          iterate_until_zero (&n_left);
        }
      g_assert_cmpuint (gate->n_inside, ==, 40);
      gate_free (gate);
    }
}

static gboolean
check_priority (G_GNUC_UNUSED gsize first,
                G_GNUC_UNUSED gsize n,
                gpointer user_data,
                G_GNUC_UNUSED GCancellable *cancellable,
                G_GNUC_UNUSED GError **error)
{
  g_assert_cmpint (_ann_worker_get_priority (), ==, -300);

  return meet_waiting (first, n, user_data, cancellable, error);
}

static void
check_priority_in_task (GTask *task,
                        G_GNUC_UNUSED gpointer source_object,
                        gpointer task_data,
                        GCancellable *cancellable)
{
  GError *error = NULL;

  if (ann_worker_parallel_waits (16, 16, check_priority, task_data, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Those who help are as urgent as the task that they help. */
static void
test_priority_of_helpers (void)
{
  Gate *gate = gate_new ();
  guint n_left = 1;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, count_down, &n_left);

  g_task_set_priority (task, -300);
  g_task_set_task_data (task, gate, NULL);
  ann_worker_run_task (task, ANN_LANE_READ, check_priority_in_task);
  iterate_until_zero (&n_left);
  g_assert_cmpint (_ann_worker_get_priority (), ==, G_PRIORITY_DEFAULT);
  gate_free (gate);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/worker/priorities", test_priorities);
  g_test_add_func ("/worker/cancelled-in-queue", test_cancelled_in_queue);
  g_test_add_func ("/worker/cancelled-at-any-time", test_cancelled_at_any_time);
  g_test_add_func ("/worker/source-ends-in-its-thread", test_source_ends_in_its_thread);
  g_test_add_func ("/worker/each-item-once", test_each_item_once);
  g_test_add_func ("/worker/failing-piece", test_failing_piece);
  g_test_add_func ("/worker/all-pieces-fail", test_all_pieces_fail);
  g_test_add_func ("/worker/cancelled-parallel", test_cancelled_parallel);
  g_test_add_func ("/worker/helpers-come", test_helpers_come);
  g_test_add_func ("/worker/helpers-come-again", test_helpers_come_again);
  g_test_add_func ("/worker/nested-in-cpu-lane", test_nested_in_cpu_lane);
  g_test_add_func ("/worker/no-thread-free", test_no_thread_free);
  g_test_add_func ("/worker/helper-makes-room", test_helper_makes_room);

  g_test_add_func ("/worker/waiting-makes-room", test_waiting_makes_room);
  g_test_add_func ("/worker/waiting-has-a-limit", test_waiting_has_a_limit);
  g_test_add_func ("/worker/pieces-wait-together", test_pieces_wait_together);
  g_test_add_func ("/worker/priority-of-helpers", test_priority_of_helpers);

  return g_test_run ();
}
