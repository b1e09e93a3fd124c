/* ann-filter-bar.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-filter-bar.h"

#include "ann-text.h"
#include "widgets/ann-filter-completion.h"
#include "widgets/ann-job.h"

#include <glib/gi18n.h>

/* After a key, before a mistake is pointed at. */
#define CHECK_DELAY_MS 700

/* An expression holds from when its rows are known to when those of another one are. What is being
 * written, or is wrong, changes nothing.
 */
struct _AnnFilterBar {
  AdwBin parent_instance;

  AnnData *data;
  AnnAxis axis;
  GtkEntry *entry;
  GtkLabel *message;
  AnnFilterCompletion *completion;
  guint check; /* timeout */

  char *expression; /* that holds */
  AnnSelection *rows;

  GCancellable *cancellable; /* while a worker looks at the rows */
  AnnJob *job;
};

enum {
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnnFilterBar, ann_filter_bar, ADW_TYPE_BIN)

/* ---- Mistakes ---- */

static void
clear_mistake (AnnFilterBar *self)
{
  g_clear_handle_id (&self->check, g_source_remove);
  gtk_entry_set_attributes (self->entry, NULL);
  gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
  gtk_accessible_reset_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID);
  gtk_widget_set_visible (GTK_WIDGET (self->message), FALSE);
  gtk_label_set_text (self->message, "");
}

/* Where something is missing the end of what is there is underlined. */
static void
underline (AnnFilterBar *self, gsize position, gsize length)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  PangoAttribute *attribute = pango_attr_underline_new (PANGO_UNDERLINE_ERROR);

  if (length == 0 && position > 0)
    {
      const char *end = text + position;
      const char *last = g_utf8_find_prev_char (text, end);

      length = last != NULL ? (gsize) (end - last) : 0;
      position -= length;
    }
  attribute->start_index = (guint) position;
  attribute->end_index = (guint) (position + length);
  pango_attr_list_insert (attributes, attribute);
  gtk_entry_set_attributes (self->entry, attributes);
}

/* @style: of the text */
static void
show_message (AnnFilterBar *self, const char *text, const char *style)
{
  gtk_widget_set_css_classes (GTK_WIDGET (self->message), (const char *[]){ style, NULL });
  gtk_label_set_text (self->message, text);
  gtk_widget_set_visible (GTK_WIDGET (self->message), TRUE);
}

static void
show_mistake (AnnFilterBar *self, const GError *error, gsize position, gsize length)
{
  clear_mistake (self);
  if (error->domain == ANN_FILTER_ERROR || length > 0)
    underline (self, position, length);
  gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_STATE_INVALID,
                               GTK_ACCESSIBLE_INVALID_TRUE, -1);
  show_message (self, error->message, "error");
}

/* What is left out, and might belong there. */
static void
show_unknown (AnnFilterBar *self, guint64 n_rows)
{
  g_autofree char *n = ann_text_count (n_rows);
  g_autofree char *text = NULL;

  if (n_rows == 0)
    return;

  /* Translators: %s is a number of rows. */
  text = g_strdup_printf (ngettext ("%s row of a missing part could not be looked at",
                                    "%s rows of missing parts could not be looked at",
                                    (gulong) MIN (n_rows, G_MAXULONG)),
                          n);
  show_message (self, text, "warning");
}

/* While it is being written, what is missing is still to come. */
static gboolean
on_check (gpointer user_data)
{
  AnnFilterBar *self = user_data;
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autoptr (AnnFilter) filter = NULL;
  g_autoptr (GError) error = NULL;
  gsize position = 0;
  gsize length = 0;

  self->check = 0;
  filter = ann_filter_parse (text, &position, &length, &error);
  if (error != NULL && length > 0 && *text != '\0')
    show_mistake (self, error, position, length);

  return G_SOURCE_REMOVE;
}

/* ---- Rows ---- */

static void
stop (AnnFilterBar *self)
{
  g_clear_pointer (&self->job, ann_job_finish);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

/* Takes @rows, NULL for all. */
static void
take_rows (AnnFilterBar *self, const char *expression, AnnSelection *rows)
{
  g_free (self->expression);
  self->expression = g_strdup (expression);
  g_clear_pointer (&self->rows, ann_selection_unref);
  self->rows = rows;
  g_signal_emit (self, signals[CHANGED], 0);
}

/* What a worker was asked; the bar may be gone when it answers. */
typedef struct {
  GWeakRef bar;
  GCancellable *cancellable;
  char *expression;
} Waiter;

static void
waiter_free (Waiter *waiter)
{
  g_weak_ref_clear (&waiter->bar);
  g_object_unref (waiter->cancellable);
  g_free (waiter->expression);
  g_free (waiter);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Waiter, waiter_free)

static void
on_evaluated (G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Waiter) waiter = user_data;
  g_autoptr (AnnFilterBar) self = g_weak_ref_get (&waiter->bar);
  g_autoptr (AnnSelection) rows = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n_unknown = 0;
  gsize position = 0;
  gsize length = 0;

  rows = ann_filter_evaluate_finish (result, &n_unknown, &position, &length, &error);
  if (self == NULL || self->cancellable != waiter->cancellable)
    return;

  g_clear_pointer (&self->job, ann_job_finish);
  g_clear_object (&self->cancellable);
  if (rows != NULL)
    {
      show_unknown (self, n_unknown);
      take_rows (self, waiter->expression, g_steal_pointer (&rows));
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
           && g_str_equal (gtk_editable_get_text (GTK_EDITABLE (self->entry)), waiter->expression))
    show_mistake (self, error, position, length);
}

static void
evaluate (AnnFilterBar *self, AnnFilter *filter)
{
  g_autoptr (AnnProgress) progress = ann_progress_new ();
  Waiter *waiter = g_new0 (Waiter, 1);

  self->cancellable = g_cancellable_new ();
  g_weak_ref_init (&waiter->bar, self);
  waiter->cancellable = g_object_ref (self->cancellable);
  waiter->expression = g_strdup (ann_filter_get_text (filter));
  self->job = ann_job_start (GTK_WIDGET (self), _ ("Filtering…"), self->cancellable, progress);
  ann_filter_evaluate_async (filter, self->data, self->axis, progress, G_PRIORITY_DEFAULT,
                             self->cancellable, on_evaluated, waiter);
}

static gboolean
is_blank (const char *text)
{
  while (g_unichar_isspace (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);

  return *text == '\0';
}

static void
apply (AnnFilterBar *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autoptr (AnnFilter) filter = NULL;
  g_autoptr (GError) error = NULL;
  gsize position = 0;
  gsize length = 0;

  ann_filter_completion_hide (self->completion);
  clear_mistake (self);
  stop (self);
  if (is_blank (text))
    {
      if (self->rows != NULL)
        take_rows (self, "", NULL);
      return;
    }

  filter = ann_filter_parse (text, &position, &length, &error);
  if (filter != NULL)
    evaluate (self, filter);
  else
    show_mistake (self, error, position, length);
}

/* ---- The entry ---- */

static void
on_text_changed (AnnFilterBar *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));

  clear_mistake (self);
  gtk_entry_set_icon_from_icon_name (self->entry, GTK_ENTRY_ICON_SECONDARY,
                                     *text != '\0' ? "edit-clear-symbolic" : NULL);
  gtk_entry_set_icon_tooltip_text (self->entry, GTK_ENTRY_ICON_SECONDARY, _ ("Clear the Filter"));
  if (*text != '\0')
    self->check = g_timeout_add (CHECK_DELAY_MS, on_check, self);
}

static void
on_icon_pressed (AnnFilterBar *self, GtkEntryIconPosition position)
{
  if (position == GTK_ENTRY_ICON_SECONDARY)
    ann_filter_bar_apply (self, "");
  gtk_entry_grab_focus_without_selecting (self->entry);
}

static void
on_focus_left (AnnFilterBar *self)
{
  ann_filter_completion_hide (self->completion);
}

static void
add_entry (AnnFilterBar *self, GtkWidget *box)
{
  GtkWidget *entry = gtk_entry_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->entry = GTK_ENTRY (entry);
  gtk_entry_set_icon_from_icon_name (self->entry, GTK_ENTRY_ICON_PRIMARY, "ann-filter-symbolic");
  gtk_entry_set_icon_activatable (self->entry, GTK_ENTRY_ICON_PRIMARY, FALSE);
  gtk_entry_set_input_hints (self->entry, GTK_INPUT_HINT_NO_SPELLCHECK | GTK_INPUT_HINT_NO_EMOJI);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 8);
  gtk_widget_add_css_class (entry, "monospace");
  gtk_widget_set_name (entry, "filter-entry");
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Filter of the rows"), -1);
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (on_text_changed), self);
  g_signal_connect_swapped (entry, "activate", G_CALLBACK (apply), self);
  g_signal_connect_swapped (entry, "icon-press", G_CALLBACK (on_icon_pressed), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_focus_left), self);
  gtk_widget_add_controller (entry, focus);
  gtk_box_append (GTK_BOX (box), entry);
}

static void
ann_filter_bar_dispose (GObject *object)
{
  AnnFilterBar *self = ANN_FILTER_BAR (object);

  g_clear_handle_id (&self->check, g_source_remove);
  stop (self);
  if (self->entry != NULL)
    g_signal_handlers_disconnect_by_data (self->entry, self);
  self->entry = NULL;
  if (self->completion != NULL)
    ann_filter_completion_detach (self->completion);
  g_clear_object (&self->completion);
  g_clear_object (&self->data);

  G_OBJECT_CLASS (ann_filter_bar_parent_class)->dispose (object);
}

static void
ann_filter_bar_finalize (GObject *object)
{
  AnnFilterBar *self = ANN_FILTER_BAR (object);

  g_free (self->expression);
  g_clear_pointer (&self->rows, ann_selection_unref);

  G_OBJECT_CLASS (ann_filter_bar_parent_class)->finalize (object);
}

static void
ann_filter_bar_class_init (AnnFilterBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ann_filter_bar_dispose;
  object_class->finalize = ann_filter_bar_finalize;

  /**
   * AnnFilterBar::changed:
   * @self: a bar
   *
   * Other rows are wanted.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "annfilterbar");
}

static void
ann_filter_bar_init (AnnFilterBar *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *message = gtk_label_new (NULL);

  self->expression = g_strdup ("");
  self->message = GTK_LABEL (message);
  add_entry (self, box);
  gtk_label_set_wrap (self->message, TRUE);
  gtk_label_set_wrap_mode (self->message, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (self->message, 0);
  gtk_widget_set_name (message, "filter-message");
  gtk_widget_set_visible (message, FALSE);
  gtk_box_append (GTK_BOX (box), message);
  adw_bin_set_child (ADW_BIN (self), box);
}

/**
 * ann_filter_bar_new:
 * @data: the store
 * @axis: whose rows are meant
 *
 * Returns: (transfer floating): a bar without a filter
 */
GtkWidget *
ann_filter_bar_new (AnnData *data, AnnAxis axis)
{
  AnnFilterBar *self = g_object_new (ANN_TYPE_FILTER_BAR, NULL);

  self->data = g_object_ref (data);
  self->axis = axis;
  self->completion = ann_filter_completion_new (GTK_WIDGET (self), self->entry, data, axis);
  ann_filter_bar_set_example (self, NULL);

  return GTK_WIDGET (self);
}

/**
 * ann_filter_bar_set_example:
 * @self: a bar
 * @example: (nullable): an expression that this store can be asked; %NULL if none is known
 *
 * Says in the empty bar how a filter is written.
 */
void
ann_filter_bar_set_example (AnnFilterBar *self, const char *example)
{
  const gboolean is_of_cells = self->axis == ANN_AXIS_OBS;
  g_autofree char *text = NULL;

  if (example != NULL)
    /* Translators: %s is an expression, such as n_genes > 0. */
    text = g_strdup_printf (is_of_cells ? _ ("Filter cells, as %s") : _ ("Filter genes, as %s"),
                            example);
  else
    text = g_strdup (is_of_cells ? _ ("Filter cells") : _ ("Filter genes"));
  gtk_entry_set_placeholder_text (self->entry, text);
}

/**
 * ann_filter_bar_get_expression:
 * @self: a bar
 *
 * Returns: (transfer none): the expression that holds; empty if all rows are wanted
 */
const char *
ann_filter_bar_get_expression (AnnFilterBar *self)
{
  return self->expression;
}

/**
 * ann_filter_bar_get_rows:
 * @self: a bar
 *
 * Returns: (transfer none) (nullable): the rows that are wanted, rising; %NULL for all
 */
AnnSelection *
ann_filter_bar_get_rows (AnnFilterBar *self)
{
  return self->rows;
}

/**
 * ann_filter_bar_apply:
 * @self: a bar
 * @expression: what is wanted; empty for all rows
 *
 * Writes it into the bar, as if the user had, with Enter behind it. Workers look at the rows; the
 * signal "changed" comes when they are known.
 */
void
ann_filter_bar_apply (AnnFilterBar *self, const char *expression)
{
  gtk_editable_set_text (GTK_EDITABLE (self->entry), expression);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  apply (self);
}

/**
 * ann_filter_bar_is_busy:
 * @self: a bar
 *
 * Returns: whether rows are being looked at
 */
gboolean
ann_filter_bar_is_busy (AnnFilterBar *self)
{
  return self->cancellable != NULL;
}

/**
 * ann_filter_bar_get_message:
 * @self: a bar
 *
 * Returns: (transfer none): what is wrong with the expression that is written, or with the rows of
 *   the one that holds; empty if nothing
 */
const char *
ann_filter_bar_get_message (AnnFilterBar *self)
{
  return gtk_label_get_text (self->message);
}

/**
 * ann_filter_bar_focus:
 * @self: a bar
 *
 * Goes there with the keys.
 */
void
ann_filter_bar_focus (AnnFilterBar *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}
