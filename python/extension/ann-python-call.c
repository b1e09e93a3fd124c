/* ann-python-call.c
 *
 * Python runs the handlers of signals in its main thread only, between two instructions. A call
 * that takes minutes would keep Ctrl+C waiting: so another thread makes it, and the one that wants
 * its result looks at signals now and then.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-python-call.h"

#include <unistd.h>

/* How often signals are looked at and progress is told. */
#define PERIOD (50 * G_TIME_SPAN_MILLISECOND)

typedef struct {
  AnnPythonCall *call;
  GCancellable *cancellable;

  GMutex lock; /* for what follows */
  GCond finished;
  gboolean is_done;
  gboolean is_right;
} Job;

static void
run_job (gpointer data, G_GNUC_UNUSED gpointer user_data)
{
  Job *job = data;
  gboolean is_right = job->call->func (job->call->data, job->cancellable, &job->call->error);

  if (!is_right && job->call->is_writing)
    ann_clean_up_wait ();

  /* Under the lock: the job is on the stack of who waits for it. */
  g_mutex_lock (&job->lock);
  job->is_done = TRUE;
  job->is_right = is_right;
  g_cond_signal (&job->finished);
  g_mutex_unlock (&job->lock);
}

/* %FALSE if it is not over after @period; a negative one waits for ever. */
static gboolean
wait_for_job (Job *job, gint64 period)
{
  PyThreadState *state = PyEval_SaveThread ();
  const gint64 end = g_get_monotonic_time () + period;
  gboolean is_done;

  g_mutex_lock (&job->lock);
  while (!job->is_done)
    {
      if (period < 0)
        g_cond_wait (&job->finished, &job->lock);
      else if (!g_cond_wait_until (&job->finished, &job->lock, end))
        break;
    }
  is_done = job->is_done;
  g_mutex_unlock (&job->lock);
  PyEval_RestoreThread (state);

  return is_done;
}

/* %FALSE with an exception if the callable raised one. */
static gboolean
tell_progress (AnnPythonCall *call)
{
  guint64 done;
  guint64 total;
  PyObject *result;

  if (call->callback == NULL || call->callback == Py_None)
    return TRUE;

  /* What is found on the way may be more than what was expected. */
  done = ann_progress_get_done (call->progress);
  total = MAX (ann_progress_get_total (call->progress), done);
  result = PyObject_CallFunction (call->callback, "KK", (unsigned long long) done,
                                  (unsigned long long) total);
  Py_XDECREF (result);

  return result != NULL;
}

/* A child that was forked has none of the threads of its parent, and would wait for them. */
static gboolean
check_process (void)
{
  static pid_t owner;

  if (owner == 0)
    owner = getpid ();
  if (owner == getpid ())
    return TRUE;

  PyErr_SetString (PyExc_RuntimeError,
                   "anncore was used before this process was forked, and does not work in it: let "
                   "multiprocessing start processes by \"spawn\" or \"forkserver\"");
  return FALSE;
}

/* With the interpreter's lock, as all callers have it. */
static GThreadPool *
get_pool (void)
{
  static GThreadPool *pool;

  if (pool == NULL)
    pool = g_thread_pool_new (run_job, NULL, -1, FALSE, NULL);

  return pool;
}

gboolean
ann_python_call (AnnPythonCall *call)
{
  Job job = { .call = call };

  if (!check_process ())
    return FALSE;

  job.cancellable = g_cancellable_new ();
  g_mutex_init (&job.lock);
  g_cond_init (&job.finished);
  g_thread_pool_push (get_pool (), &job, NULL);

  while (!wait_for_job (&job, PERIOD))
    {
      if (PyErr_CheckSignals () == 0 && tell_progress (call))
        continue;
      g_cancellable_cancel (job.cancellable);
      wait_for_job (&job, -1);
    }

  g_mutex_clear (&job.lock);
  g_cond_clear (&job.finished);
  g_object_unref (job.cancellable);
  if (PyErr_Occurred () || (job.is_right && !tell_progress (call)))
    {
      g_clear_error (&call->error);
      return FALSE;
    }

  return job.is_right;
}
