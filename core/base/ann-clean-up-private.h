/* ann-clean-up-private.h: for those who leave something to be removed
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-clean-up.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Runs @func in a thread of its own: removes what was not finished, so that whoever cancelled it is
 * free at once. The process does not end by itself before it is done. Any thread.
 */
void _ann_clean_up_later (GDestroyNotify func, gpointer data);

/* The same for what waits for others: @limit is cancelled when it has taken so many seconds. */
typedef void (*AnnCleanUpFunc) (gpointer data, GCancellable *limit);

void _ann_clean_up_within (guint seconds, AnnCleanUpFunc func, gpointer data);

/* Closes a file that has no name any more, for which a disk may take long: its bytes go then. */
void _ann_clean_up_close (int fd);

/* As ann_clean_up_wait (), but no longer than until @cancellable is cancelled. */
void _ann_clean_up_wait_unless_cancelled (GCancellable *cancellable);

G_END_DECLS
