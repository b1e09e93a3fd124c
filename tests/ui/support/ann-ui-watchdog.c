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
 * is how long the window did not answer. A busy machine adds time in which the thread was ready and
 * another had the processor; the kernel counts that, and it is no fault of ours. What is left is
 * work of the thread and what it waited for: a lock, a file.
 */
#define STALL_NS (50 * G_GINT64_CONSTANT (1000000))

static struct {
  gboolean is_on;
  GPollFunc poll;
  int schedstat; /* -1: the kernel does not count */
  gint64 left_poll;
  gint64 waited;
  guint n_stalls;
  gint64 worst;
} watchdog = { .schedstat = -1 };

static gint64
get_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);

  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

/* Nanoseconds in which this thread could have run and did not. */
static gint64
get_waited (void)
{
  char text[128];
  unsigned long long on_cpu, waited;
  ssize_t n;

  if (watchdog.schedstat < 0)
    return 0;

  n = pread (watchdog.schedstat, text, sizeof (text) - 1, 0);
  if (n <= 0)
    return 0;
  text[n] = '\0';

  return sscanf (text, "%llu %llu", &on_cpu, &waited) == 2 ? (gint64) waited : 0;
}

static int
watch_poll (GPollFD *fds, guint n_fds, int timeout)
{
  int result;

  if (watchdog.is_on && watchdog.left_poll != 0)
    {
      const gint64 busy = get_now () - watchdog.left_poll - (get_waited () - watchdog.waited);

      watchdog.worst = MAX (watchdog.worst, busy);
      if (busy > STALL_NS)
        watchdog.n_stalls++;
    }

  result = watchdog.poll (fds, n_fds, timeout);
  watchdog.left_poll = get_now ();
  watchdog.waited = get_waited ();

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
  watchdog.left_poll = 0;
  watchdog.n_stalls = 0;
  watchdog.worst = 0;
}

/**
 * ann_ui_watchdog_stop:
 *
 * Returns: how many turns of the main loop took longer than 50 ms since it was started
 */
guint
ann_ui_watchdog_stop (void)
{
  watchdog.is_on = FALSE;
  if (watchdog.n_stalls > 0)
    g_test_message ("The main loop stood still %u times, %.1f ms at worst", watchdog.n_stalls,
                    ann_ui_watchdog_get_worst_ms ());

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
