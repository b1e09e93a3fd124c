/* ann-watch.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-watch.h"

#include "ann-command.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

/* How often the thread looks. A cancelled job is free in less than 200 ms. */
#define PERIOD (100 * G_TIME_SPAN_MILLISECOND)

struct _AnnWatch {
  GCancellable *cancellable;
  AnnProgress *progress;
  GThread *thread;
  struct sigaction previous;

  GMutex lock; /* for what follows */
  GCond stop;
  gboolean is_stopped;
  gboolean shows;
  gboolean is_in_bytes;
  gint64 start;
  char *title;
};

static volatile sig_atomic_t is_interrupted;

static void
on_interrupt (G_GNUC_UNUSED int number)
{
  is_interrupted = 1;
}

/* How quick it is and how long it will take, once that can be told: " 310 MB/s, 12 s left". */
static char *
describe_pace (AnnWatch *self, double fraction)
{
  double seconds = (double) (g_get_monotonic_time () - self->start) / G_TIME_SPAN_SECOND;
  guint64 done = ann_progress_get_done (self->progress);
  g_autofree char *rate = NULL;
  double left;

  if (!self->is_in_bytes || seconds < 1 || done == 0)
    return g_strdup ("");

  rate = g_format_size ((guint64) ((double) done / seconds));
  left = fraction > 0 ? seconds * (1 - fraction) / fraction : 0;
  if (left >= 120)
    return g_strdup_printf (" %s/s, %.0f min left", rate, left / 60);

  return g_strdup_printf (" %s/s, %.0f s left", rate, left);
}

/* Under the lock. */
static void
show (AnnWatch *self)
{
  double fraction = ann_progress_get_fraction (self->progress);
  g_autofree char *pace = NULL;

  if (!self->shows)
    return;

  pace = describe_pace (self, fraction);
  fprintf (stderr, "\r\033[K%3.0f %%%s %.60s", fraction * 100, pace, self->title);
}

static gpointer
watch (gpointer data)
{
  AnnWatch *self = data;

  g_mutex_lock (&self->lock);
  while (!self->is_stopped)
    {
      if (is_interrupted)
        {
          g_mutex_unlock (&self->lock);
          g_cancellable_cancel (self->cancellable);
          g_mutex_lock (&self->lock);
        }
      if (!g_cond_wait_until (&self->stop, &self->lock, g_get_monotonic_time () + PERIOD))
        show (self);
    }
  g_mutex_unlock (&self->lock);

  return NULL;
}

AnnWatch *
ann_watch_new (void)
{
  AnnWatch *self = g_new0 (AnnWatch, 1);
  const struct sigaction action = { .sa_handler = on_interrupt };

  self->cancellable = g_cancellable_new ();
  self->progress = ann_progress_new ();
  self->shows = !ann_command_quiet && isatty (STDERR_FILENO);
  self->title = g_strdup ("");
  self->start = g_get_monotonic_time ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->stop);

  sigaction (SIGINT, NULL, &self->previous);
  if (self->previous.sa_handler != SIG_IGN)
    sigaction (SIGINT, &action, NULL);
  self->thread = g_thread_new ("ann-watch", watch, self);

  return self;
}

void
ann_watch_free (AnnWatch *self)
{
  g_mutex_lock (&self->lock);
  self->is_stopped = TRUE;
  g_cond_signal (&self->stop);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);

  ann_watch_hide (self);
  sigaction (SIGINT, &self->previous, NULL);
  g_object_unref (self->cancellable);
  ann_progress_unref (self->progress);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->stop);
  g_free (self->title);
  g_free (self);

  /* The shell is to see that it was the signal that ended the command. Another one ends it while
   * what was not finished is removed.
   */
  if (is_interrupted)
    {
      ann_clean_up_wait ();
      raise (SIGINT);
    }
}

/* From here on the terminal is for the output. */
void
ann_watch_hide (AnnWatch *self)
{
  g_mutex_lock (&self->lock);
  if (self->shows)
    fputs ("\r\033[K", stderr);
  self->shows = FALSE;
  g_mutex_unlock (&self->lock);
}

/* Makes room for a message; what follows is shown on a new line. */
void
ann_watch_clear_line (AnnWatch *self)
{
  g_mutex_lock (&self->lock);
  if (self->shows)
    fputs ("\r\033[K", stderr);
  g_mutex_unlock (&self->lock);
}

/* The progress is counted in bytes, and its pace of interest. */
void
ann_watch_show_bytes (AnnWatch *self)
{
  g_mutex_lock (&self->lock);
  self->is_in_bytes = TRUE;
  g_mutex_unlock (&self->lock);
}

/* What is being worked on. */
void
ann_watch_set_title (AnnWatch *self, const char *title)
{
  g_mutex_lock (&self->lock);
  g_free (self->title);
  self->title = ann_command_make_line (title);
  g_mutex_unlock (&self->lock);
}

GCancellable *
ann_watch_get_cancellable (AnnWatch *self)
{
  return self->cancellable;
}

AnnProgress *
ann_watch_get_progress (AnnWatch *self)
{
  return self->progress;
}
