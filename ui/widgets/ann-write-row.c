/* ann-write-row.c: how far a store is written, and what became of it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-write-row.h"

#include "ann-text.h"
#include "models/ann-file-manager.h"

#include <glib/gi18n.h>

#define POLL_MS 200

/* The rate is that of so many seconds, so that it does not jump. */
#define RATE_SECONDS 3.0

struct _AnnWriteRow {
  AdwBin parent_instance;

  AnnWriteTask *task;
  guint poll;
  gint64 last_time; /* when @last_done was asked for */
  guint64 last_done;
  double rate; /* bytes of values a second; 0 until it is known */
  gboolean is_cancelled;

  GtkWidget *icon;
  GtkWidget *label;
  GtkWidget *detail;
  GtkWidget *bar;
  GtkWidget *cancel;
  GtkWidget *retry;
  GtkWidget *show;
  GtkWidget *open;
  GtkWidget *close;
};

enum { CLOSED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnnWriteRow, ann_write_row, ADW_TYPE_BIN)

/* ---- While it runs ---- */

static char *
make_duration (double seconds)
{
  const guint s = (guint) MIN (seconds + 0.5, 359999);

  return s < 3600 ? g_strdup_printf ("%u:%02u", s / 60, s % 60)
                  : g_strdup_printf ("%u:%02u:%02u", s / 3600, s / 60 % 60, s % 60);
}

static void
measure_rate (AnnWriteRow *self, guint64 done)
{
  const gint64 now = g_get_monotonic_time ();
  const double seconds = (double) (now - self->last_time) / G_TIME_SPAN_SECOND;
  double rate, share;

  if (self->last_time == 0 || done < self->last_done)
    {
      self->last_time = now;
      self->last_done = done;
      return;
    }
  if (seconds < POLL_MS / 2000.0)
    return;

  rate = (double) (done - self->last_done) / seconds;
  share = MIN (seconds / RATE_SECONDS, 1);
  self->rate = self->rate > 0 ? self->rate + (rate - self->rate) * share : rate;
  self->last_time = now;
  self->last_done = done;
}

static void
update_progress (AnnWriteRow *self)
{
  AnnProgress *progress = ann_write_task_get_progress (self->task);
  const guint64 total = ann_progress_get_total (progress);
  const guint64 done = ann_progress_get_done (progress);
  g_autofree char *rate = NULL;
  g_autofree char *left = NULL;
  g_autofree char *text = NULL;

  if (self->is_cancelled)
    {
      gtk_label_set_text (GTK_LABEL (self->detail), _ ("Cancelling…"));
      return;
    }
  if (total == 0)
    {
      gtk_progress_bar_pulse (GTK_PROGRESS_BAR (self->bar));
      gtk_label_set_text (GTK_LABEL (self->detail), "");
      return;
    }

  measure_rate (self, done);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar),
                                 CLAMP (ann_progress_get_fraction (progress), 0, 1));
  if (self->rate >= 1)
    {
      rate = g_format_size ((guint64) self->rate);
      left = make_duration ((double) (total - MIN (done, total)) / self->rate);
      /* Translators: how much is written in a second, such as "12 MB", and minutes and seconds. */
      text = g_strdup_printf (_ ("%s/s · %s left"), rate, left);
    }
  gtk_label_set_text (GTK_LABEL (self->detail), text != NULL ? text : "");
}

static gboolean
on_poll (gpointer user_data)
{
  update_progress (user_data);

  return G_SOURCE_CONTINUE;
}

/* ---- What is said ---- */

static void
set_icon (AnnWriteRow *self, const char *name, const char *css_class)
{
  const char *classes[] = { css_class, NULL };

  gtk_image_set_from_icon_name (GTK_IMAGE (self->icon), name);
  gtk_widget_set_css_classes (self->icon, classes);
  gtk_widget_set_visible (self->icon, name != NULL);
}

static void
say (AnnWriteRow *self, const char *text)
{
  gtk_label_set_text (GTK_LABEL (self->label), text);
  gtk_widget_set_tooltip_text (self->label, text);
}

/* The first warning stands there, all are in the tip. */
static void
say_warnings (AnnWriteRow *self)
{
  const char *const *warnings = ann_write_task_get_warnings (self->task);
  const guint n = warnings != NULL ? g_strv_length ((char **) warnings) : 0;
  g_autofree char *all = n > 0 ? g_strjoinv ("\n", (char **) warnings) : NULL;
  g_autofree char *more = NULL;

  if (n > 1)
    /* Translators: a warning, and how many there are besides it. */
    more = g_strdup_printf (ngettext ("%s (and %u more)", "%s (and %u more)", n - 1), warnings[0],
                            n - 1);
  gtk_label_set_text (GTK_LABEL (self->detail), more != NULL ? more : n > 0 ? warnings[0] : "");
  gtk_widget_set_tooltip_text (self->detail, all);
}

static GFile *
get_file (AnnWriteRow *self)
{
  return g_file_new_for_commandline_arg (ann_write_task_get_target (self->task));
}

static void
update (AnnWriteRow *self)
{
  const AnnWriteState state = ann_write_task_get_state (self->task);
  const char *name = ann_write_task_get_name (self->task);
  const gboolean runs = state == ANN_WRITE_RUNNING;
  g_autoptr (GFile) file = get_file (self);
  g_autofree char *text = NULL;

  g_clear_handle_id (&self->poll, g_source_remove);
  gtk_widget_set_visible (self->bar, runs);
  gtk_widget_set_visible (self->cancel, runs);
  gtk_widget_set_visible (self->retry, state == ANN_WRITE_FAILED);
  gtk_widget_set_visible (self->show, state == ANN_WRITE_DONE && g_file_is_native (file));
  gtk_widget_set_visible (self->open, state == ANN_WRITE_DONE);
  gtk_widget_set_visible (self->close, !runs);
  gtk_widget_set_tooltip_text (self->detail, NULL);

  switch (state)
    {
    case ANN_WRITE_RUNNING:
      self->is_cancelled = FALSE;
      self->last_time = 0;
      self->rate = 0;
      gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar), 0);
      gtk_widget_set_sensitive (self->cancel, TRUE);
      set_icon (self, NULL, NULL);
      text = g_strdup_printf (_ ("Writing %s…"), name);
      say (self, text);
      update_progress (self);
      self->poll = g_timeout_add (POLL_MS, on_poll, self);
      break;
    case ANN_WRITE_DONE:
      set_icon (self, "emblem-ok-symbolic", "success");
      text = g_strdup_printf (_ ("%s was written"), name);
      say (self, text);
      say_warnings (self);
      break;
    case ANN_WRITE_FAILED:
      set_icon (self, "dialog-error-symbolic", "error");
      say (self, ann_write_task_get_error (self->task)->message);
      gtk_label_set_text (GTK_LABEL (self->detail), "");
      break;
    case ANN_WRITE_CANCELLED:
    default:
      /* Whoever cancelled it knows. */
      g_signal_emit (self, signals[CLOSED], 0);
      break;
    }
}

/* ---- What the user can do ---- */

static void
on_cancel (AnnWriteRow *self)
{
  self->is_cancelled = TRUE;
  gtk_widget_set_sensitive (self->cancel, FALSE);
  update_progress (self);
  ann_write_task_cancel (self->task);
}

static void
on_close (AnnWriteRow *self)
{
  g_signal_emit (self, signals[CLOSED], 0);
}

static void
on_show (AnnWriteRow *self)
{
  g_autoptr (GFile) file = get_file (self);

  ann_file_manager_show (file, GTK_WIDGET (self));
}

static void
on_open (AnnWriteRow *self)
{
  g_autoptr (GFile) file = get_file (self);
  g_autofree char *uri = g_file_get_uri (file);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-uri", "s", uri);
  g_signal_emit (self, signals[CLOSED], 0);
}

/* ---- The row ---- */

static void
ann_write_row_dispose (GObject *object)
{
  AnnWriteRow *self = ANN_WRITE_ROW (object);

  g_clear_handle_id (&self->poll, g_source_remove);
  g_clear_object (&self->task);

  G_OBJECT_CLASS (ann_write_row_parent_class)->dispose (object);
}

static void
ann_write_row_class_init (AnnWriteRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ann_write_row_dispose;

  /**
   * AnnWriteRow::closed:
   * @self: a row
   *
   * There is nothing more to be said: it can go.
   */
  signals[CLOSED] = g_signal_new ("closed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
add_button (AnnWriteRow *self,
            GtkWidget *box,
            const char *label,
            const char *name,
            void (*clicked) (AnnWriteRow *))
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_widget_set_name (button, name);
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (clicked), self);
  gtk_box_append (GTK_BOX (box), button);

  return button;
}

static GtkWidget *
make_label (GtkWidget *box, const char *name)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_set_name (label, name);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_box_append (GTK_BOX (box), label);

  return label;
}

static void
ann_write_row_init (AnnWriteRow *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *outer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_widget_add_css_class (row, "ann-job-row");
  self->icon = gtk_image_new ();
  gtk_box_append (GTK_BOX (row), self->icon);
  self->label = make_label (row, "write-label");
  self->detail = make_label (row, "write-detail");
  gtk_widget_add_css_class (self->detail, "dim-label");
  gtk_widget_add_css_class (self->detail, "numeric");
  gtk_widget_set_hexpand (self->detail, TRUE);

  self->bar = gtk_progress_bar_new ();
  gtk_widget_set_valign (self->bar, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (self->bar, 200, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Progress"), -1);
  gtk_box_append (GTK_BOX (row), self->bar);

  self->cancel = add_button (self, row, _ ("_Cancel"), "write-cancel", on_cancel);
  self->show = add_button (self, row, _ ("_Show in Files"), "write-show", on_show);
  self->open = add_button (self, row, _ ("_Open"), "write-open", on_open);
  self->retry = gtk_button_new_with_mnemonic (_ ("_Retry"));
  gtk_widget_set_name (self->retry, "write-retry");
  gtk_widget_add_css_class (self->retry, "flat");
  gtk_box_append (GTK_BOX (row), self->retry);
  self->close = add_button (self, row, _ ("C_lose"), "write-close", on_close);

  gtk_box_append (GTK_BOX (outer), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (outer), row);
  adw_bin_set_child (ADW_BIN (self), outer);
}

/**
 * ann_write_row_get_task:
 * @self: a row
 *
 * Returns: (transfer none): what it shows
 */
AnnWriteTask *
ann_write_row_get_task (AnnWriteRow *self)
{
  return self->task;
}

/**
 * ann_write_row_new:
 * @task: a task that has been started
 *
 * Returns: (transfer floating): a row that follows it; to be taken away when it emits "closed"
 */
GtkWidget *
ann_write_row_new (AnnWriteTask *task)
{
  AnnWriteRow *self = g_object_new (ANN_TYPE_WRITE_ROW, NULL);

  self->task = g_object_ref (task);
  g_signal_connect_object (self->retry, "clicked", G_CALLBACK (ann_write_task_start), task,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (task, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return GTK_WIDGET (self);
}
