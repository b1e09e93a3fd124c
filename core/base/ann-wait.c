/* ann-wait.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-wait-private.h"

#include <time.h>

#define MS_PER_S 1000
#define NS_PER_MS (1000 * 1000L)
#define NS_PER_S (MS_PER_S * NS_PER_MS)

void
_ann_cond_init (pthread_cond_t *cond)
{
  pthread_condattr_t attributes;

  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (cond, &attributes);
  pthread_condattr_destroy (&attributes);
}

struct timespec
_ann_cond_get_time_after (guint ms)
{
  struct timespec time;

  clock_gettime (CLOCK_MONOTONIC, &time);
  time.tv_sec += ms / MS_PER_S;
  time.tv_nsec += ms % MS_PER_S * NS_PER_MS;
  if (time.tv_nsec >= NS_PER_S)
    {
      time.tv_sec++;
      time.tv_nsec -= NS_PER_S;
    }

  return time;
}
