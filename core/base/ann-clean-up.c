/* ann-clean-up.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-clean-up-private.h"

#include "base/ann-wait-private.h"

#include <stdlib.h>
#include <unistd.h>

/* How often who waits looks whether he is to go on. */
#define LOOK_MS 20

typedef struct {
  GDestroyNotify func;
  gpointer data;
} CleanUp;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* for the number */
static pthread_cond_t one_ended;
static guint n_running;

static gpointer
run (gpointer data)
{
  CleanUp *self = data;

  self->func (self->data);
  g_free (self);

  pthread_mutex_lock (&lock);
  n_running--;
  pthread_cond_broadcast (&one_ended);
  pthread_mutex_unlock (&lock);

  return NULL;
}

/* The exit waits behind what was registered before: libraries that are used here end later. */
static void
init (void)
{
  static gsize is_done;

  if (g_once_init_enter (&is_done))
    {
      _ann_cond_init (&one_ended);
      atexit (ann_clean_up_wait);
      g_once_init_leave (&is_done, 1);
    }
}

void
_ann_clean_up_later (GDestroyNotify func, gpointer data)
{
  CleanUp *self = g_new (CleanUp, 1);
  g_autoptr (GThread) thread = NULL;

  init ();
  *self = (CleanUp){ func, data };
  pthread_mutex_lock (&lock);
  n_running++;
  pthread_mutex_unlock (&lock);

  thread = g_thread_try_new ("ann-clean-up", run, self, NULL);
  if (thread == NULL)
    run (self);
}

/* One with a limit, whose time a second thread takes. */
typedef struct {
  AnnCleanUpFunc func;
  gpointer data;
  guint seconds;
  GCancellable *limit;
  pthread_mutex_t mutex; /* for what follows */
  pthread_cond_t ended;
  gboolean is_ended;
} Limited;

static gpointer
watch_limit (gpointer data)
{
  Limited *self = data;
  const struct timespec until = _ann_cond_get_time_after (self->seconds * 1000);
  int result = 0;

  pthread_mutex_lock (&self->mutex);
  while (!self->is_ended && result == 0)
    result = pthread_cond_timedwait (&self->ended, &self->mutex, &until);
  pthread_mutex_unlock (&self->mutex);
  if (result != 0)
    g_cancellable_cancel (self->limit);

  return NULL;
}

static void
run_limited (gpointer data)
{
  Limited *self = data;
  GThread *watch = g_thread_new ("ann-limit", watch_limit, self);

  self->func (self->data, self->limit);

  pthread_mutex_lock (&self->mutex);
  self->is_ended = TRUE;
  pthread_cond_signal (&self->ended);
  pthread_mutex_unlock (&self->mutex);
  g_thread_join (watch);
  g_object_unref (self->limit);
  pthread_mutex_destroy (&self->mutex);
  pthread_cond_destroy (&self->ended);
  g_free (self);
}

void
_ann_clean_up_within (guint seconds, AnnCleanUpFunc func, gpointer data)
{
  Limited *self = g_new0 (Limited, 1);

  *self = (Limited){ .func = func, .data = data, .seconds = seconds };
  self->limit = g_cancellable_new ();
  pthread_mutex_init (&self->mutex, NULL);
  _ann_cond_init (&self->ended);
  _ann_clean_up_later (run_limited, self);
}

static void
close_file (gpointer data)
{
  close (GPOINTER_TO_INT (data));
}

void
_ann_clean_up_close (int fd)
{
  _ann_clean_up_later (close_file, GINT_TO_POINTER (fd));
}

void
_ann_clean_up_wait_unless_cancelled (GCancellable *cancellable)
{
  pthread_mutex_lock (&lock);
  while (n_running > 0 && !g_cancellable_is_cancelled (cancellable))
    {
      const struct timespec until = _ann_cond_get_time_after (LOOK_MS);

      pthread_cond_timedwait (&one_ended, &lock, &until);
    }
  pthread_mutex_unlock (&lock);
}

/**
 * ann_clean_up_wait:
 *
 * Waits until nothing is left of what was cancelled or failed: files that were not finished,
 * objects in a bucket. That is done behind the back of who cancelled, and the process waits for it
 * when it ends by `exit ()`; who ends it in another way, or looks at the disk, calls this first.
 *
 * Waits for disk and network, for these a minute at most; any thread.
 */
void
ann_clean_up_wait (void)
{
  _ann_clean_up_wait_unless_cancelled (NULL);
}
