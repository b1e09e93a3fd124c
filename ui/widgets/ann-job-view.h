/* ann-job-view.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "widgets/ann-job.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define ANN_TYPE_JOB_VIEW (ann_job_view_get_type ())

G_DECLARE_FINAL_TYPE (AnnJobView, ann_job_view, ANN, JOB_VIEW, AdwBin)

GtkWidget *ann_job_view_new (void);

void ann_job_view_set_content (AnnJobView *self, GtkWidget *content);
void ann_job_view_set_status (AnnJobView *self, GtkWidget *status);
gboolean ann_job_view_is_busy (AnnJobView *self);
gboolean ann_job_view_cancel (AnnJobView *self);

/* For jobs only. */
void ann_job_view_add (AnnJobView *self, AnnJob *job);
void ann_job_view_remove (AnnJobView *self, AnnJob *job);

G_END_DECLS
