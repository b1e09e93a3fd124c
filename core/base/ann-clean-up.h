/* ann-clean-up.h: what is done with nobody waiting for it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Runs @func in a thread of its own: removes what was not finished, so that whoever cancelled it is
 * free at once. What that takes long for is a disk or a network. The process does not end by itself
 * before it is done, so @func ends in a bounded time where it waits for others. Any thread.
 */
void _ann_clean_up_later (GDestroyNotify func, gpointer data);

/* Closes a file that has no name any more, for which a disk may take long: its bytes go then. */
void _ann_clean_up_close (int fd);

ANN_API void ann_clean_up_wait (void);

G_END_DECLS
