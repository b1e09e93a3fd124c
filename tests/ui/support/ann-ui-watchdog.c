/* ann-ui-watchdog.c: does the main loop stand still?
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"

#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* A main context polls, then dispatches what is ready, then polls again: the time between two polls
 * is how long the window did not answer. On a busy machine that is not all of our doing: the thread
 * may be ready while another has the processor, which the kernel counts, and it may wait for the X
 * server, which has the same trouble. So what counts is processor time of the thread, and waiting
 * when it is so long that it must have been for a file or a lock.
 */
#ifdef __SANITIZE_ADDRESS__
#define SLOWNESS 4 /* of our own code; what it calls is as quick as ever */
#else
#define SLOWNESS 1
#endif
#define MAX_WORK_NS (SLOWNESS * 50 * G_GINT64_CONSTANT (1000000))
#define MAX_WAIT_NS (250 * G_GINT64_CONSTANT (1000000))

typedef struct {
  gint64 wall;
  gint64 cpu;
  gint64 queued; /* ready to run, but not running */
} Times;

static struct {
  gboolean is_on;
  gboolean has_left; /* poll, since it was started */
  GPollFunc poll;
  int schedstat; /* -1: the kernel does not count */
  Times left;
  guint n_stalls;
  gint64 worst;
} watchdog = { .schedstat = -1 };

static gint64
get_clock (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);

  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

static gint64
get_queued (void)
{
  char text[128];
  unsigned long long on_cpu, queued;
  ssize_t n;

  if (watchdog.schedstat < 0)
    return 0;

  n = pread (watchdog.schedstat, text, sizeof (text) - 1, 0);
  if (n <= 0)
    return 0;
  text[n] = '\0';

  return sscanf (text, "%llu %llu", &on_cpu, &queued) == 2 ? (gint64) queued : 0;
}

static Times
get_times (void)
{
  return (Times){ get_clock (CLOCK_MONOTONIC), get_clock (CLOCK_THREAD_CPUTIME_ID), get_queued () };
}

static void
judge (void)
{
  const Times now = get_times ();
  const gint64 work = now.cpu - watchdog.left.cpu;
  const gint64 wait = now.wall - watchdog.left.wall - work - (now.queued - watchdog.left.queued);

  watchdog.worst = MAX (watchdog.worst, wait > MAX_WAIT_NS ? work + wait : work);
  if (work > MAX_WORK_NS || wait > MAX_WAIT_NS)
    watchdog.n_stalls++;
}

static int
watch_poll (GPollFD *fds, guint n_fds, int timeout)
{
  int result;

  if (watchdog.is_on && watchdog.has_left)
    judge ();

  result = watchdog.poll (fds, n_fds, timeout);
  watchdog.has_left = TRUE;
  watchdog.left = get_times ();

  return result;
}

/**
 * ann_ui_watchdog_start:
 *
 * Counts from now on. Call it when the window has been drawn: to load fonts and themes for the
 * first time takes GTK longer than what we allow ourselves.
 */
void
ann_ui_watchdog_start (void)
{
  if (watchdog.poll == NULL)
    {
      watchdog.poll = g_main_context_get_poll_func (NULL);
      watchdog.schedstat = open ("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
      g_main_context_set_poll_func (NULL, watch_poll);
    }
  watchdog.is_on = TRUE;
  watchdog.has_left = FALSE;
  watchdog.n_stalls = 0;
  watchdog.worst = 0;
}

/**
 * ann_ui_watchdog_stop:
 *
 * Returns: how many turns of the main loop stood still by our doing since it was started
 */
guint
ann_ui_watchdog_stop (void)
{
  watchdog.is_on = FALSE;
  g_test_message ("The main loop stood still %u times; its longest turn was %.1f ms",
                  watchdog.n_stalls, ann_ui_watchdog_get_worst_ms ());

  return watchdog.n_stalls;
}

/**
 * ann_ui_watchdog_get_worst_ms:
 *
 * Returns: how long the longest turn was, in milliseconds
 */
double
ann_ui_watchdog_get_worst_ms (void)
{
  return (double) watchdog.worst / 1e6;
}
