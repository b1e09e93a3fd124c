/* ann-job.h: work that takes long enough to be shown
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * AnnJob:
 *
 * Something that goes on for a widget. When it lasts longer than 150 ms it is shown, with its
 * progress and a way to cancel it, by the [class@JobView] in which the widget lies; in the
 * main thread only.
 */
typedef struct _AnnJob AnnJob;

AnnJob *ann_job_start (GtkWidget *widget,
                       const char *text,
                       GCancellable *cancellable,
                       AnnProgress *progress) G_GNUC_WARN_UNUSED_RESULT;
void ann_job_finish (AnnJob *self);

const char *ann_job_get_text (AnnJob *self);
AnnProgress *ann_job_get_progress (AnnJob *self);
void ann_job_cancel (AnnJob *self);

G_END_DECLS
