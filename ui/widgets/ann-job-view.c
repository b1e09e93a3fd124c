/* ann-job-view.c: a page with a row below it while something takes long
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-job-view.h"

#include <glib/gi18n.h>

#define POLL_MS 100

struct _AnnJobView {
  AdwBin parent_instance;

  GtkWidget *box;
  GtkWidget *content;
  GtkWidget *row;
  GtkWidget *label;
  GtkWidget *bar;
  GtkWidget *cancel;
  GtkWidget *place; /* of the status */
  GtkWidget *status;

  GPtrArray *jobs; /* not owned: a job leaves before it is freed */
  guint poll;
  guint reveal;
};

G_DEFINE_FINAL_TYPE (AnnJobView, ann_job_view, ADW_TYPE_BIN)

/* The job begun last speaks for all: it is what the user has just asked for. */
static void
update (AnnJobView *self)
{
  AnnProgress *progress;
  AnnJob *job;

  if (self->jobs->len == 0)
    return;

  job = g_ptr_array_index (self->jobs, self->jobs->len - 1);
  progress = ann_job_get_progress (job);
  gtk_label_set_text (GTK_LABEL (self->label), ann_job_get_text (job));
  if (progress != NULL && ann_progress_get_total (progress) > 0)
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar),
                                   CLAMP (ann_progress_get_fraction (progress), 0, 1));
  else
    gtk_progress_bar_pulse (GTK_PROGRESS_BAR (self->bar));
}

static gboolean
on_poll (gpointer user_data)
{
  update (user_data);

  return G_SOURCE_CONTINUE;
}

static gboolean
on_reveal (gpointer user_data)
{
  AnnJobView *self = user_data;

  self->reveal = 0;
  update (self);
  gtk_widget_set_visible (self->label, self->jobs->len > 0);
  gtk_widget_set_visible (self->bar, self->jobs->len > 0);
  gtk_widget_set_visible (self->cancel, self->jobs->len > 0);
  gtk_widget_set_visible (self->row, self->jobs->len > 0 || self->status != NULL);

  return G_SOURCE_REMOVE;
}

/* Not at once: jobs begin and end while widgets are given their places, and a row that comes or
 * goes then would take the places away again. Before the next frame, though.
 */
static void
queue_reveal (AnnJobView *self)
{
  if (self->reveal == 0)
    self->reveal = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_reveal, self, NULL);
}

/**
 * ann_job_view_add:
 * @self: the view
 * @job: a job that takes long
 */
void
ann_job_view_add (AnnJobView *self, AnnJob *job)
{
  g_ptr_array_add (self->jobs, job);
  queue_reveal (self);
  if (self->poll == 0)
    self->poll = g_timeout_add (POLL_MS, on_poll, self);
}

/**
 * ann_job_view_remove:
 * @self: the view
 * @job: a job that has ended
 */
void
ann_job_view_remove (AnnJobView *self, AnnJob *job)
{
  g_ptr_array_remove (self->jobs, job);
  queue_reveal (self);
  if (self->jobs->len == 0)
    g_clear_handle_id (&self->poll, g_source_remove);
}

/**
 * ann_job_view_is_busy:
 * @self: the view
 *
 * Returns: whether a job is shown
 */
gboolean
ann_job_view_is_busy (AnnJobView *self)
{
  return self->jobs->len > 0;
}

/**
 * ann_job_view_cancel:
 * @self: the view
 *
 * Asks all jobs that are shown to end.
 *
 * Returns: whether there was one
 */
gboolean
ann_job_view_cancel (AnnJobView *self)
{
  g_autoptr (GPtrArray) jobs = g_ptr_array_copy (self->jobs, NULL, NULL);

  /* A handler of "cancelled" may end a job at once, and another with it. */
  for (guint i = 0; i < jobs->len; i++)
    if (g_ptr_array_find (self->jobs, jobs->pdata[i], NULL))
      ann_job_cancel (jobs->pdata[i]);

  return jobs->len > 0;
}

/**
 * ann_job_view_set_content:
 * @self: the view
 * @content: (nullable): what is above the row
 */
void
ann_job_view_set_content (AnnJobView *self, GtkWidget *content)
{
  if (self->content != NULL)
    gtk_box_remove (GTK_BOX (self->box), self->content);
  self->content = content;
  if (content != NULL)
    {
      gtk_widget_set_vexpand (content, TRUE);
      gtk_box_prepend (GTK_BOX (self->box), content);
    }
}

/**
 * ann_job_view_set_status:
 * @self: the view
 * @status: (nullable): what stands at the end of the row, which is always there then
 */
void
ann_job_view_set_status (AnnJobView *self, GtkWidget *status)
{
  self->status = status;
  adw_bin_set_child (ADW_BIN (self->place), status);
  queue_reveal (self);
}

static void
ann_job_view_dispose (GObject *object)
{
  AnnJobView *self = ANN_JOB_VIEW (object);

  g_clear_handle_id (&self->poll, g_source_remove);
  g_clear_handle_id (&self->reveal, g_source_remove);

  G_OBJECT_CLASS (ann_job_view_parent_class)->dispose (object);
}

static void
ann_job_view_finalize (GObject *object)
{
  AnnJobView *self = ANN_JOB_VIEW (object);

  g_ptr_array_unref (self->jobs);

  G_OBJECT_CLASS (ann_job_view_parent_class)->finalize (object);
}

static void
ann_job_view_class_init (AnnJobViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ann_job_view_dispose;
  object_class->finalize = ann_job_view_finalize;
}

static void
ann_job_view_init (AnnJobView *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->jobs = g_ptr_array_new ();

  self->label = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (GTK_LABEL (self->label), 0);
  gtk_widget_set_hexpand (self->label, TRUE);

  self->bar = gtk_progress_bar_new ();
  gtk_widget_set_valign (self->bar, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (self->bar, 200, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Progress"), -1);

  self->cancel = gtk_button_new_with_mnemonic (_ ("_Cancel"));
  gtk_widget_set_name (self->cancel, "job-cancel");
  gtk_widget_add_css_class (self->cancel, "flat");
  g_signal_connect_swapped (self->cancel, "clicked", G_CALLBACK (ann_job_view_cancel), self);

  gtk_widget_add_css_class (row, "ann-job-row");
  gtk_box_append (GTK_BOX (row), self->label);
  gtk_box_append (GTK_BOX (row), self->bar);
  gtk_box_append (GTK_BOX (row), self->cancel);
  self->place = adw_bin_new ();
  gtk_widget_set_halign (self->place, GTK_ALIGN_END);
  gtk_widget_set_hexpand (self->place, TRUE);
  gtk_box_append (GTK_BOX (row), self->place);
  gtk_box_append (GTK_BOX (outer), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (outer), row);

  /* It does not slide in: each step would give the page another size, and a heatmap other tiles. */
  self->row = outer;
  gtk_widget_set_visible (self->row, FALSE);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), self->row);
  adw_bin_set_child (ADW_BIN (self), self->box);
}

/**
 * ann_job_view_new:
 *
 * Returns: (transfer floating): a page without content
 */
GtkWidget *
ann_job_view_new (void)
{
  return g_object_new (ANN_TYPE_JOB_VIEW, NULL);
}
