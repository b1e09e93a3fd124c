/* ann-wait-private.h: waiting on a condition, and not for longer than a while
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>
#include <pthread.h>

G_BEGIN_DECLS

/* A condition whose waits go by the clock that nobody sets. */
void _ann_cond_init (pthread_cond_t *cond);

/* When so many milliseconds will have passed: for pthread_cond_timedwait () on such a condition. */
struct timespec _ann_cond_get_time_after (guint ms);

G_END_DECLS
