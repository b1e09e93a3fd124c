/* ann-value-page.c: one text or number
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "pages/ann-value-page.h"

#include "ann-text.h"
#include "ann-weak.h"
#include "pages/ann-page.h"
#include "widgets/ann-job.h"

#include <glib/gi18n.h>
#include <string.h>

/* GtkTextView lays out what it has line by line; a line of megabytes would hold up the window. */
#define MAX_LENGTH (256 * 1024)

struct _AnnValuePage {
  AdwBin parent_instance;

  AnnElement *element;
  GCancellable *cancellable;
  AnnJob *job;
  char *text; /* whole */

  GtkWidget *stack;
  GtkWidget *view;
  GtkWidget *note;
  GtkWidget *status;
  GtkWidget *tools;
};

static void page_init (AnnPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AnnValuePage,
                               ann_value_page,
                               ADW_TYPE_BIN,
                               G_IMPLEMENT_INTERFACE (ANN_TYPE_PAGE, page_init))

static void
read_text (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autofree char *text = ann_scalar_read_text (task_data, cancellable, &error);

  if (text != NULL)
    g_task_return_pointer (task, g_utf8_make_valid (text, -1), g_free);
  else
    g_task_return_error (task, error);
}

static void
show_text (AnnValuePage *self, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
  gsize length = strlen (text);

  self->text = g_strdup (text);
  gtk_widget_set_sensitive (self->tools, TRUE);
  if (length > MAX_LENGTH)
    {
      const char *end = g_utf8_find_prev_char (text, text + MAX_LENGTH);
      g_autofree char *size = g_format_size (length);
      g_autofree char *note = g_strdup_printf (
          _ ("The beginning of %s of text. Copy takes all of it."), size);

      gtk_text_buffer_set_text (buffer, text, end - text);
      gtk_label_set_text (GTK_LABEL (self->note), note);
      gtk_widget_set_visible (self->note, TRUE);
    }
  else
    gtk_text_buffer_set_text (buffer, text, length);

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "text");
}

static void
on_text (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AnnValuePage) self = ann_weak_take (user_data);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_task_propagate_pointer (G_TASK (result), &error);

  if (self == NULL)
    return;

  g_clear_pointer (&self->job, ann_job_finish);
  if (text != NULL)
    {
      show_text (self, text);
      return;
    }

  adw_status_page_set_title (ADW_STATUS_PAGE (self->status), _ ("Cannot Read This Value"));
  adw_status_page_set_description (ADW_STATUS_PAGE (self->status),
                                   g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                                       ? _ ("The reading was cancelled.")
                                       : error->message);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "status");
}

static void
on_copy (AnnValuePage *self)
{
  if (self->text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->text);
}

static GtkWidget *
get_tools (AnnPage *page)
{
  return ANN_VALUE_PAGE (page)->tools;
}

static void
page_init (AnnPageInterface *iface)
{
  iface->get_tools = get_tools;
}

static void
ann_value_page_dispose (GObject *object)
{
  AnnValuePage *self = ANN_VALUE_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->job, ann_job_finish);
  g_clear_object (&self->tools);
  g_clear_object (&self->element);

  G_OBJECT_CLASS (ann_value_page_parent_class)->dispose (object);
}

static void
ann_value_page_finalize (GObject *object)
{
  AnnValuePage *self = ANN_VALUE_PAGE (object);

  g_clear_object (&self->cancellable);
  g_free (self->text);

  G_OBJECT_CLASS (ann_value_page_parent_class)->finalize (object);
}

static void
ann_value_page_class_init (AnnValuePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ann_value_page_dispose;
  object_class->finalize = ann_value_page_finalize;
}

static void
ann_value_page_init (AnnValuePage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *copy = gtk_button_new_with_mnemonic (_ ("Cop_y Value"));

  self->cancellable = g_cancellable_new ();

  self->view = gtk_text_view_new ();
  gtk_text_view_set_editable (GTK_TEXT_VIEW (self->view), FALSE);
  gtk_text_view_set_cursor_visible (GTK_TEXT_VIEW (self->view), FALSE);
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (self->view), TRUE);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (self->view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (self->view), 18);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (self->view), 18);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (self->view), 18);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (self->view), 18);
  gtk_widget_set_name (self->view, "value-text");
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->view);
  gtk_widget_set_vexpand (scroller, TRUE);

  self->note = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->note), TRUE);
  gtk_widget_add_css_class (self->note, "ann-note");
  gtk_widget_set_visible (self->note, FALSE);

  gtk_box_append (GTK_BOX (box), scroller);
  gtk_box_append (GTK_BOX (box), self->note);

  self->status = adw_status_page_new ();
  gtk_widget_add_css_class (self->status, "compact");
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (self->status), "ann-broken-symbolic");

  g_signal_connect_swapped (copy, "clicked", G_CALLBACK (on_copy), self);
  gtk_widget_set_sensitive (copy, FALSE);
  gtk_widget_set_tooltip_text (copy, _ ("Copy the value as text"));
  gtk_widget_set_halign (copy, GTK_ALIGN_END);
  self->tools = g_object_ref_sink (copy);

  self->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->stack), adw_bin_new (), "waiting");
  gtk_stack_add_named (GTK_STACK (self->stack), box, "text");
  gtk_stack_add_named (GTK_STACK (self->stack), self->status, "status");
  adw_bin_set_child (ADW_BIN (self), self->stack);
}

static void
show_status (AnnValuePage *self, const char *icon, const char *title, const char *description)
{
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (self->status), icon);
  adw_status_page_set_title (ADW_STATUS_PAGE (self->status), title);
  adw_status_page_set_description (ADW_STATUS_PAGE (self->status), description);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "status");
}

/**
 * ann_value_page_new:
 * @element: a text or a number, or something of which only that it is there can be said
 *
 * Returns: (transfer floating): a page with its value
 */
GtkWidget *
ann_value_page_new (AnnElement *element)
{
  AnnValuePage *self = g_object_new (ANN_TYPE_VALUE_PAGE, NULL);
  g_autoptr (GTask) task = NULL;
  g_autofree char *text = NULL;

  self->element = g_object_ref (element);
  if (!ANN_IS_SCALAR (element))
    {
      gtk_widget_set_visible (self->tools, FALSE);
      if (ann_element_get_kind (element) == ANN_ELEMENT_NULL)
        show_status (self, ann_text_element_icon (element), _ ("Nothing Here"),
                     _ ("This element is stored as null: it is there and has no value."));
      else
        {
          g_autofree char *count = ann_text_count (ann_element_get_n_rows (element));
          g_autofree char *description
              = ann_element_get_kind (element) == ANN_ELEMENT_AWKWARD
                    ? g_strdup_printf (
                        _ ("Nested lists, %s rows. Storage shows how they are kept."), count)
                    : g_strdup (_ ("Storage shows how it is kept."));

          show_status (self, ann_text_element_icon (element), _ ("No View for This Kind Yet"),
                       description);
        }
      return GTK_WIDGET (self);
    }

  task = g_task_new (NULL, self->cancellable, on_text, ann_weak_new (self));
  g_task_set_task_data (task, g_object_ref (element), g_object_unref);
  text = g_strdup_printf (_ ("Reading %s…"), ann_element_get_path (element));
  self->job = ann_job_start (GTK_WIDGET (self), text, self->cancellable, NULL);
  ann_worker_run_task (task, ANN_LANE_READ, read_text);

  return GTK_WIDGET (self);
}
