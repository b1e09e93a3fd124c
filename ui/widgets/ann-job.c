/* ann-job.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-job.h"

#include "widgets/ann-job-view.h"

/* What is quicker than this is not worth the flicker. */
#define SHOW_AFTER_MS 150

struct _AnnJob {
  GtkWidget *widget; /* weak */
  AnnJobView *view;  /* weak; set while shown */
  char *text;
  GCancellable *cancellable;
  AnnProgress *progress;
  guint timeout;
};

static gboolean
on_long (gpointer user_data)
{
  AnnJob *self = user_data;
  GtkWidget *view;

  self->timeout = 0;
  if (self->widget == NULL)
    return G_SOURCE_REMOVE;

  /* Looked for only now: at the start the widget may not have been put anywhere yet. */
  view = gtk_widget_get_ancestor (self->widget, ANN_TYPE_JOB_VIEW);
  if (view != NULL)
    {
      g_set_weak_pointer (&self->view, ANN_JOB_VIEW (view));
      ann_job_view_add (self->view, self);
    }

  return G_SOURCE_REMOVE;
}

/**
 * ann_job_start:
 * @widget: for which it is done; may go away before the job ends
 * @text: what is done, such as "Reading obs/louvain…"
 * @cancellable: (nullable): ends it; without one it can only be waited for
 * @progress: (nullable): how far it has come; without one the bar pulses
 *
 * Returns: (transfer full): the job; whoever started it must end it with ann_job_finish()
 */
AnnJob *
ann_job_start (GtkWidget *widget,
               const char *text,
               GCancellable *cancellable,
               AnnProgress *progress)
{
  AnnJob *self = g_new0 (AnnJob, 1);

  g_set_weak_pointer (&self->widget, widget);
  self->text = g_strdup (text);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->progress = progress != NULL ? ann_progress_ref (progress) : NULL;
  self->timeout = g_timeout_add (SHOW_AFTER_MS, on_long, self);

  return self;
}

/**
 * ann_job_finish:
 * @self: (transfer full): a job
 *
 * Done, failed or cancelled: it is no longer shown.
 */
void
ann_job_finish (AnnJob *self)
{
  g_return_if_fail (self != NULL);

  g_clear_handle_id (&self->timeout, g_source_remove);
  if (self->view != NULL)
    ann_job_view_remove (self->view, self);
  g_clear_weak_pointer (&self->view);
  g_clear_weak_pointer (&self->widget);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->progress, ann_progress_unref);
  g_free (self->text);
  g_free (self);
}

/**
 * ann_job_get_text:
 * @self: a job
 *
 * Returns: (transfer none): what is done
 */
const char *
ann_job_get_text (AnnJob *self)
{
  return self->text;
}

/**
 * ann_job_get_progress:
 * @self: a job
 *
 * Returns: (transfer none) (nullable): how far it has come
 */
AnnProgress *
ann_job_get_progress (AnnJob *self)
{
  return self->progress;
}

/**
 * ann_job_cancel:
 * @self: a job
 *
 * Asks it to end. It ends when whoever does it has noticed.
 */
void
ann_job_cancel (AnnJob *self)
{
  g_cancellable_cancel (self->cancellable);
}
