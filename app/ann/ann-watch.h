/* ann-watch.h: a long job: its progress on a terminal, and Ctrl+C
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/**
 * AnnWatch:
 *
 * While it lives, a thread shows how far the job has come on standard error, if that is a terminal
 * and nobody asked for quiet, and an interrupt (Ctrl+C) cancels the job instead of ending the
 * process at once. Freed, it cleans the line, and an interrupt that came ends the process as
 * it would have. One at a time.
 */
typedef struct _AnnWatch AnnWatch;

AnnWatch *ann_watch_new (void);
void ann_watch_free (AnnWatch *self);
void ann_watch_hide (AnnWatch *self);
void ann_watch_clear_line (AnnWatch *self);
void ann_watch_show_bytes (AnnWatch *self);
void ann_watch_set_title (AnnWatch *self, const char *title);
GCancellable *ann_watch_get_cancellable (AnnWatch *self);
AnnProgress *ann_watch_get_progress (AnnWatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnWatch, ann_watch_free)

G_END_DECLS
