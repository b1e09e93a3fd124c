/* ann-filter-completion.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-filter-completion.h"

#include <string.h>

/* After a key, before a worker is asked. */
#define DELAY_MS 120

/* So many rows are seen at once; the rest is scrolled to. */
#define MAX_HEIGHT 240

struct _AnnFilterCompletion {
  GObject parent_instance;

  GtkWidget *parent; /* of the list; it lays out popovers, as an entry does not */
  GtkEntry *entry;   /* NULL once it is detached */
  AnnData *data;
  AnnAxis axis;
  GtkWidget *popover;
  GtkListBox *list;
  guint timeout;
  GCancellable *cancellable; /* while a worker looks */
  char *text;                /* for which the list is */
  gsize start;               /* what is replaced, in bytes */
  gsize length;
  gboolean is_wanted; /* the user has asked for it */
  gboolean is_quiet;  /* the text changes by itself */
};

G_DEFINE_FINAL_TYPE (AnnFilterCompletion, ann_filter_completion, G_TYPE_OBJECT)

static gsize
get_cursor (AnnFilterCompletion *self, const char *text)
{
  const int position = gtk_editable_get_position (GTK_EDITABLE (self->entry));

  return (gsize) (g_utf8_offset_to_pointer (text, position) - text);
}

static void
stop (AnnFilterCompletion *self)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

/**
 * ann_filter_completion_hide:
 * @self: a completion
 */
void
ann_filter_completion_hide (AnnFilterCompletion *self)
{
  stop (self);
  gtk_popover_popdown (GTK_POPOVER (self->popover));
}

/**
 * ann_filter_completion_is_shown:
 * @self: a completion
 *
 * Returns: whether there is something to choose from
 */
gboolean
ann_filter_completion_is_shown (AnnFilterCompletion *self)
{
  return gtk_widget_get_visible (self->popover);
}

/* A quote that stands behind the cursor already is not written twice. */
static gsize
count_behind (const char *text, gsize end, const char *candidate)
{
  const char last = candidate[strlen (candidate) - 1];

  return (last == '"' || last == '`') && text[end] == last ? 1 : 0;
}

static void
replace_word (AnnFilterCompletion *self, const char *candidate)
{
  GtkEditable *editable = GTK_EDITABLE (self->entry);
  const gsize end = self->start + self->length;
  g_autofree char *head = g_strndup (self->text, self->start);
  g_autofree char *text = g_strconcat (
      head, candidate, self->text + end + count_behind (self->text, end, candidate), NULL);

  self->is_quiet = TRUE;
  gtk_editable_set_text (editable, text);
  gtk_editable_set_position (editable,
                             (int) (g_utf8_strlen (head, -1) + g_utf8_strlen (candidate, -1)));
  self->is_quiet = FALSE;
}

/**
 * ann_filter_completion_accept:
 * @self: a completion
 *
 * Writes what is chosen in the list.
 *
 * Returns: whether there was a list
 */
gboolean
ann_filter_completion_accept (AnnFilterCompletion *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);

  if (!ann_filter_completion_is_shown (self) || row == NULL)
    return FALSE;

  replace_word (self, gtk_label_get_text (GTK_LABEL (gtk_list_box_row_get_child (row))));
  ann_filter_completion_hide (self);

  return TRUE;
}

static void
on_row_activated (AnnFilterCompletion *self, GtkListBoxRow *row)
{
  gtk_list_box_select_row (self->list, row);
  ann_filter_completion_accept (self);
  gtk_entry_grab_focus_without_selecting (self->entry);
}

static void
move (AnnFilterCompletion *self, int step)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (self->list);
  const int index = row != NULL ? gtk_list_box_row_get_index (row) + step : 0;
  GtkListBoxRow *next = index >= 0 ? gtk_list_box_get_row_at_index (self->list, index) : NULL;
  GtkWidget *scroller = gtk_widget_get_ancestor (GTK_WIDGET (self->list), GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *adjustment;
  graphene_rect_t bounds;

  if (next == NULL)
    return;

  gtk_list_box_select_row (self->list, next);
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  if (gtk_widget_compute_bounds (GTK_WIDGET (next), GTK_WIDGET (self->list), &bounds))
    gtk_adjustment_clamp_page (adjustment, bounds.origin.y, bounds.origin.y + bounds.size.height);
}

/* ---- Finding ---- */

static void
point_at_word (AnnFilterCompletion *self)
{
  GtkText *text = GTK_TEXT (gtk_editable_get_delegate (GTK_EDITABLE (self->entry)));
  const gsize n = (gsize) g_utf8_strlen (self->text, (gssize) self->start);
  graphene_rect_t strong, entry;
  graphene_point_t place;

  gtk_text_compute_cursor_extents (text, n, &strong, NULL);
  if (gtk_widget_compute_point (GTK_WIDGET (text), self->parent, &strong.origin, &place)
      && gtk_widget_compute_bounds (GTK_WIDGET (self->entry), self->parent, &entry))
    gtk_popover_set_pointing_to (
        GTK_POPOVER (self->popover),
        &(GdkRectangle){ (int) place.x, (int) entry.origin.y, 1, (int) entry.size.height });
}

static void
show (AnnFilterCompletion *self, char **candidates)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, child);
  for (guint i = 0; candidates[i] != NULL; i++)
    {
      GtkWidget *label = gtk_label_new (candidates[i]);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 48);
      gtk_widget_add_css_class (label, "monospace");
      gtk_list_box_append (self->list, label);
    }
  gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, 0));
  point_at_word (self);
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

/* A word that has been begun, or a place where a value is due. Elsewhere a list would be in the way
 * unless it was asked for.
 */
static gboolean
is_due (AnnFilterCompletion *self, char **candidates)
{
  g_autofree char *word = g_strndup (self->text + self->start, self->length);
  gsize end = self->start;

  if (candidates[0] == NULL || (candidates[1] == NULL && g_str_equal (candidates[0], word)))
    return FALSE;
  if (self->is_wanted || self->length > 0)
    return TRUE;
  while (end > 0 && self->text[end - 1] == ' ')
    end--;

  return end > 0 && strchr ("=<>[,", self->text[end - 1]) != NULL;
}

static void
on_found (G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AnnFilterCompletion) self = user_data;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) candidates = NULL;
  gsize start, length;

  candidates = ann_filter_complete_finish (result, &start, &length, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->entry == NULL)
    return;

  g_clear_object (&self->cancellable);
  self->start = start;
  self->length = length;
  if (candidates != NULL && is_due (self, candidates))
    show (self, candidates);
  else
    gtk_popover_popdown (GTK_POPOVER (self->popover));
}

static gboolean
on_timeout (gpointer user_data)
{
  AnnFilterCompletion *self = user_data;
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));

  self->timeout = 0;
  stop (self);
  g_free (self->text);
  self->text = g_strdup (text);
  self->cancellable = g_cancellable_new ();
  ann_filter_complete_async (text, get_cursor (self, text), self->data, self->axis,
                             G_PRIORITY_DEFAULT, self->cancellable, on_found, g_object_ref (self));

  return G_SOURCE_REMOVE;
}

static void
find (AnnFilterCompletion *self, gboolean is_wanted)
{
  stop (self);
  self->is_wanted = is_wanted;
  self->timeout = g_timeout_add (is_wanted ? 0 : DELAY_MS, on_timeout, self);
}

/* ---- The entry ---- */

static void
on_changed (AnnFilterCompletion *self)
{
  if (self->is_quiet
      || !gtk_widget_has_focus (
          GTK_WIDGET (gtk_editable_get_delegate (GTK_EDITABLE (self->entry)))))
    ann_filter_completion_hide (self);
  else
    find (self, FALSE);
}

static gboolean
on_key_pressed (G_GNUC_UNUSED GtkEventControllerKey *controller,
                guint keyval,
                G_GNUC_UNUSED guint keycode,
                GdkModifierType state,
                AnnFilterCompletion *self)
{
  if (keyval == GDK_KEY_space && (state & GDK_CONTROL_MASK) != 0)
    {
      find (self, TRUE);
      return GDK_EVENT_STOP;
    }
  if (!ann_filter_completion_is_shown (self))
    return GDK_EVENT_PROPAGATE;

  switch (keyval)
    {
    case GDK_KEY_Down:
      move (self, 1);
      return GDK_EVENT_STOP;
    case GDK_KEY_Up:
      move (self, -1);
      return GDK_EVENT_STOP;
    case GDK_KEY_Tab:
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      return ann_filter_completion_accept (self);
    case GDK_KEY_Escape:
      ann_filter_completion_hide (self);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

static void
add_list (AnnFilterCompletion *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->popover = gtk_popover_new ();
  self->list = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->list, GTK_SELECTION_BROWSE);
  gtk_widget_set_focusable (GTK_WIDGET (self->list), FALSE);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), MAX_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->list));

  /* The keys stay with the entry. */
  gtk_popover_set_autohide (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_position (GTK_POPOVER (self->popover), GTK_POS_BOTTOM);
  gtk_widget_set_halign (self->popover, GTK_ALIGN_START);
  gtk_widget_set_can_focus (self->popover, FALSE);
  gtk_widget_add_css_class (self->popover, "menu");
  gtk_widget_add_css_class (self->popover, "ann-completion");
  gtk_popover_set_child (GTK_POPOVER (self->popover), scroller);
  gtk_widget_set_parent (self->popover, self->parent);
  g_signal_connect_object (self->list, "row-activated", G_CALLBACK (on_row_activated), self,
                           G_CONNECT_SWAPPED);
}

/**
 * ann_filter_completion_detach:
 * @self: a completion
 *
 * Ends it: its entry goes.
 */
void
ann_filter_completion_detach (AnnFilterCompletion *self)
{
  stop (self);
  g_signal_handlers_disconnect_by_data (self->entry, self);
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  self->list = NULL;
  self->entry = NULL;
  self->parent = NULL;
}

static void
ann_filter_completion_finalize (GObject *object)
{
  AnnFilterCompletion *self = ANN_FILTER_COMPLETION (object);

  g_clear_object (&self->data);
  g_free (self->text);

  G_OBJECT_CLASS (ann_filter_completion_parent_class)->finalize (object);
}

static void
ann_filter_completion_class_init (AnnFilterCompletionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_filter_completion_finalize;
}

static void
ann_filter_completion_init (G_GNUC_UNUSED AnnFilterCompletion *self)
{
}

/**
 * ann_filter_completion_new:
 * @parent: what the entry lies in; with a layout manager
 * @entry: where the filter is written
 * @data: the store
 * @axis: of what it is a filter
 *
 * Returns: (transfer full): a completion, to be detached before the entry goes
 */
AnnFilterCompletion *
ann_filter_completion_new (GtkWidget *parent, GtkEntry *entry, AnnData *data, AnnAxis axis)
{
  AnnFilterCompletion *self = g_object_new (ANN_TYPE_FILTER_COMPLETION, NULL);
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->parent = parent;
  self->entry = entry;
  self->data = g_object_ref (data);
  self->axis = axis;
  add_list (self);
  g_signal_connect_object (entry, "changed", G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);

  /* Before the entry takes them. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (on_key_pressed), self, 0);
  gtk_widget_add_controller (GTK_WIDGET (entry), keys);

  return self;
}
