/* ann-extra-rows.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "dialogs/ann-extra-rows.h"

#include <glib/gi18n.h>

/* Headers, of which there is always one row more than are filled, and a file of certificates. The
 * widgets belong to the expander, which outlives this. A header may be a secret: it is typed as
 * one.
 */
struct _AnnExtraRows {
  GObject parent_instance;

  AdwExpanderRow *expander; /* not owned */
  GPtrArray *header_rows;   /* of GtkWidget, not owned */
  GtkWidget *ca_row;
  GtkFileChooserNative *chooser; /* while it is open */
};

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnnExtraRows, ann_extra_rows, G_TYPE_OBJECT)

static const char *
get_text (GtkWidget *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static void
on_ca_changed (AnnExtraRows *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void on_header_changed (AnnExtraRows *self);

static void
add_header_row (AnnExtraRows *self)
{
  GtkWidget *row = adw_password_entry_row_new ();
  g_autofree char *name = g_strdup_printf ("location-header-%u", self->header_rows->len);

  gtk_widget_set_name (row, name);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                 /* Translators: a header of a request over HTTP. */
                                 _ ("Extra header, such as X-Api-Key: VALUE"));
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (row), TRUE);
  g_signal_connect_object (row, "changed", G_CALLBACK (on_header_changed), self, G_CONNECT_SWAPPED);
  g_ptr_array_add (self->header_rows, row);
  adw_expander_row_add_row (self->expander, row);
}

static void
on_header_changed (AnnExtraRows *self)
{
  GtkWidget *last = g_ptr_array_index (self->header_rows, self->header_rows->len - 1);

  if (get_text (last)[0] != '\0')
    add_header_row (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* ---- The file ---- */

static void
on_chosen (GtkNativeDialog *chooser, int response, gpointer user_data)
{
  AnnExtraRows *self = user_data;
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));

  if (response == GTK_RESPONSE_ACCEPT && file != NULL && g_file_peek_path (file) != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->ca_row), g_file_peek_path (file));
  g_clear_object (&self->chooser);
}

static void
on_choose (AnnExtraRows *self)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self->expander)));

  if (self->chooser != NULL)
    return;

  self->chooser = gtk_file_chooser_native_new (
      _ ("Certificate File"), window, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Choose"), _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
add_ca_row (AnnExtraRows *self)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("document-open-symbolic");

  self->ca_row = adw_entry_row_new ();
  gtk_widget_set_name (self->ca_row, "location-ca-file");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->ca_row),
                                 /* Translators: a file of certificates of authorities. */
                                 _ ("CA certificate file (PEM)"));
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (self->ca_row), TRUE);
  adw_entry_row_set_enable_emoji_completion (ADW_ENTRY_ROW (self->ca_row), FALSE);
  g_signal_connect_object (self->ca_row, "changed", G_CALLBACK (on_ca_changed), self,
                           G_CONNECT_SWAPPED);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Choose a File"));
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_choose), self, G_CONNECT_SWAPPED);
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (self->ca_row), button);
  adw_expander_row_add_row (self->expander, self->ca_row);
}

/* ---- The object ---- */

static void
ann_extra_rows_dispose (GObject *object)
{
  AnnExtraRows *self = ANN_EXTRA_ROWS (object);

  g_clear_object (&self->chooser);
  g_clear_pointer (&self->header_rows, g_ptr_array_unref);

  G_OBJECT_CLASS (ann_extra_rows_parent_class)->dispose (object);
}

static void
ann_extra_rows_class_init (AnnExtraRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ann_extra_rows_dispose;

  /**
   * AnnExtraRows::changed:
   * @self: rows
   *
   * Something else stands in one of them.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
ann_extra_rows_init (AnnExtraRows *self)
{
  self->header_rows = g_ptr_array_new ();
}

/**
 * ann_extra_rows_new:
 * @expander: where they are to be
 *
 * Returns: (transfer full): rows, which belong to @expander
 */
AnnExtraRows *
ann_extra_rows_new (AdwExpanderRow *expander)
{
  AnnExtraRows *self = g_object_new (ANN_TYPE_EXTRA_ROWS, NULL);

  self->expander = expander;
  add_ca_row (self);
  add_header_row (self);

  return self;
}

/**
 * ann_extra_rows_dup_headers:
 * @self: rows
 *
 * Returns: (transfer full): what was typed, in lines. A secret
 */
char *
ann_extra_rows_dup_headers (AnnExtraRows *self)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();

  for (guint i = 0; i < self->header_rows->len; i++)
    g_ptr_array_add (lines, (gpointer) get_text (g_ptr_array_index (self->header_rows, i)));
  g_ptr_array_add (lines, NULL);

  return g_strjoinv ("\n", (char **) lines->pdata);
}

/**
 * ann_extra_rows_get_ca_file:
 * @self: rows
 *
 * Returns: a path, or ""
 */
const char *
ann_extra_rows_get_ca_file (AnnExtraRows *self)
{
  return get_text (self->ca_row);
}

/**
 * ann_extra_rows_is_empty:
 * @self: rows
 *
 * Returns: whether nothing stands in them
 */
gboolean
ann_extra_rows_is_empty (AnnExtraRows *self)
{
  for (guint i = 0; i < self->header_rows->len; i++)
    if (get_text (g_ptr_array_index (self->header_rows, i))[0] != '\0')
      return FALSE;

  return get_text (self->ca_row)[0] == '\0';
}

/**
 * ann_extra_rows_forget:
 * @self: rows
 *
 * Overwrites what may be secret.
 */
void
ann_extra_rows_forget (AnnExtraRows *self)
{
  for (guint i = 0; i < self->header_rows->len; i++)
    gtk_editable_set_text (GTK_EDITABLE (g_ptr_array_index (self->header_rows, i)), "");
}
