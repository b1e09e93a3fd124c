/* ann-value-page.c: a text, a number or nested lists, as text
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "pages/ann-value-page.h"

#include "ann-json-text.h"
#include "ann-text.h"
#include "ann-weak.h"
#include "pages/ann-page.h"
#include "pages/ann-status-page.h"
#include "widgets/ann-job.h"

#include <glib/gi18n.h>
#include <string.h>

/* GtkTextView lays out what it has line by line; a line of megabytes would hold up the window. */
#define MAX_LENGTH (256 * 1024)

/* From how many bytes on lines break within words. */
#define LONG_WORD 4096

/* Of nested lists so many come at a time, or fewer when they are long; and of each a beginning. */
#define N_LISTS 100
#define N_LISTS_A_READ 10
#define MAX_LISTS_LENGTH (64 * 1024)
#define MAX_LIST_LENGTH 2000

struct _AnnValuePage {
  AdwBin parent_instance;

  AnnElement *element;
  GCancellable *cancellable;
  AnnJob *job;
  GSimpleActionGroup *actions;
  char *text;      /* whole, of a scalar */
  guint64 n_lists; /* that are shown */

  GtkWidget *stack;
  GtkWidget *head;
  GtkWidget *view;
  GtkWidget *note;
  GtkWidget *more;
  AnnStatusPage *status;
  GtkWidget *tools;
};

static void page_init (AnnPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AnnValuePage,
                               ann_value_page,
                               ADW_TYPE_BIN,
                               G_IMPLEMENT_INTERFACE (ANN_TYPE_PAGE, page_init))

static void
set_enabled (AnnValuePage *self, const char *name, gboolean is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

static void
show_status (AnnValuePage *self, const char *icon, const char *title, const char *text)
{
  ann_status_page_set (self->status, icon, title, text);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "status");
}

static void
show_error (AnnValuePage *self, const GError *error)
{
  ann_status_page_set_error (self->status, _ ("Cannot Read This Value"), error);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "status");
  ann_page_report (GTK_WIDGET (self), error);
}

static void
show_note (AnnValuePage *self, const char *text)
{
  gtk_label_set_text (GTK_LABEL (self->note), text);
  gtk_widget_set_visible (self->note, TRUE);
}

/* ---- A text or a number ---- */

/* Returns: (transfer full): the text of the one value there is */
static char *
read_single (AnnElement *element, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnBlock) block = NULL;

  if (ANN_IS_SCALAR (element))
    return ann_scalar_read_text (ANN_SCALAR (element), cancellable, error);

  block = ann_element_read_rows (element, 0, 1, cancellable, error);

  return block != NULL ? ann_strings_dup_utf8 (block->texts, 0) : NULL;
}

static void
read_text (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autofree char *text = read_single (task_data, cancellable, &error);

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
  g_autofree char *json = length <= MAX_LENGTH ? ann_json_text_indent (text, MAX_LENGTH) : NULL;

  self->text = g_strdup (text);
  set_enabled (self, "copy", TRUE);
  if (length > MAX_LENGTH)
    {
      const char *end = g_utf8_find_prev_char (text, text + MAX_LENGTH);
      g_autofree char *size = g_format_size (length);
      g_autofree char *note = g_strdup_printf (
          _ ("The beginning of %s of text. Copy takes all of it."), size);

      gtk_text_buffer_set_text (buffer, text, (int) (end - text));
      show_note (self, note);
    }
  else
    gtk_text_buffer_set_text (buffer, json != NULL ? json : text, -1);
  if (json != NULL)
    show_note (self, _ ("JSON, indented here. Copy takes it as it is stored."));
  if (length == 0)
    show_note (self, _ ("The text is empty."));

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
    show_text (self, text);
  else
    show_error (self, error);
}

/* ---- Nested lists ---- */

typedef struct {
  AnnElement *element;
  guint64 start;
} ListsRequest;

typedef struct {
  guint64 n_lists;
  GString *text;
} Lists;

static void
lists_request_free (gpointer data)
{
  ListsRequest *request = data;

  g_object_unref (request->element);
  g_free (request);
}

static void
lists_free (gpointer data)
{
  Lists *lists = data;

  g_string_free (lists->text, TRUE);
  g_free (lists);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Lists, lists_free)

/* A line: the number of the row, as tables count them, and its list. */
static void
append_list (GString *text, guint64 row, const char *list)
{
  g_autofree char *valid = g_utf8_make_valid (list, -1);
  g_autofree char *number = ann_text_count (row + 1);
  const gsize length = strlen (valid);

  g_string_append_printf (text, "%s%s: ", text->len > 0 ? "\n" : "", number);
  if (length <= MAX_LIST_LENGTH)
    g_string_append (text, valid);
  else
    {
      const char *end = g_utf8_find_prev_char (valid, valid + MAX_LIST_LENGTH);
      g_autofree char *size = g_format_size (length);

      g_string_append_len (text, valid, end - valid);
      /* Translators: after the beginning of a long text; %s is a size such as "1.2 MB" */
      g_string_append_printf (text, _ ("… (%s in all)"), size);
    }
}

static void
read_lists (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const ListsRequest *request = task_data;
  const guint64 n_rows = ann_element_get_n_rows (request->element);
  const guint64 n_most = MIN (N_LISTS, n_rows - request->start);
  g_autoptr (Lists) lists = g_new0 (Lists, 1);
  GError *error = NULL;

  lists->text = g_string_new (NULL);
  while (lists->n_lists < n_most && lists->text->len < MAX_LISTS_LENGTH)
    {
      const guint64 first = request->start + lists->n_lists;
      const guint64 n = MIN (N_LISTS_A_READ, n_most - lists->n_lists);
      g_autoptr (AnnBlock) block = ann_element_read_rows (request->element, first, n, cancellable,
                                                          &error);

      if (block == NULL)
        {
          g_task_return_error (task, error);
          return;
        }
      for (guint64 i = 0; i < n; i++)
        {
          g_autofree char *list = ann_strings_dup_utf8 (block->texts, i);

          append_list (lists->text, first + i, list);
        }
      lists->n_lists += n;
    }

  g_task_return_pointer (task, g_steal_pointer (&lists), lists_free);
}

static void
show_lists (AnnValuePage *self, const Lists *lists)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
  const guint64 n_rows = ann_element_get_n_rows (self->element);
  g_autofree char *all = ann_text_count (n_rows);
  g_autofree char *shown = NULL;
  g_autofree char *note = NULL;
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (buffer, &end);
  if (self->n_lists > 0)
    gtk_text_buffer_insert (buffer, &end, "\n", 1);
  gtk_text_buffer_insert (buffer, &end, lists->text->str, (int) lists->text->len);
  self->n_lists += lists->n_lists;

  shown = ann_text_count (self->n_lists);
  /* Translators: "100 of 3 000 rows" */
  note = g_strdup_printf (ngettext ("%s of %s row", "%s of %s rows", (gulong) n_rows), shown, all);
  show_note (self, note);
  set_enabled (self, "copy", TRUE);
  set_enabled (self, "more", self->n_lists < n_rows);
  gtk_widget_set_visible (self->more, self->n_lists < n_rows);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "text");
}

static void
on_lists (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AnnValuePage) self = ann_weak_take (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (Lists) lists = g_task_propagate_pointer (G_TASK (result), &error);

  if (self == NULL)
    return;

  g_clear_pointer (&self->job, ann_job_finish);
  if (lists != NULL)
    show_lists (self, lists);
  else if (self->n_lists == 0)
    show_error (self, error);
  else
    {
      /* What has come stays; that more cannot is said below it. */
      gboolean is_cancelled = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

      show_note (self, is_cancelled ? _ ("The reading was cancelled.") : error->message);
      ann_page_report (GTK_WIDGET (self), error);
      set_enabled (self, "more", TRUE);
    }
}

/* ---- Reading ---- */

static void
start (AnnValuePage *self,
       GTaskThreadFunc read,
       GAsyncReadyCallback on_read,
       gpointer data,
       GDestroyNotify free_data)
{
  g_autofree char *path = g_utf8_make_valid (ann_element_get_path (self->element), -1);
  g_autofree char *text = g_strdup_printf (_ ("Reading %s…"), path);
  g_autoptr (GTask) task = NULL;

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->job, ann_job_finish);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  task = g_task_new (NULL, self->cancellable, on_read, ann_weak_new (self));
  g_task_set_task_data (task, data, free_data);
  self->job = ann_job_start (GTK_WIDGET (self), text, self->cancellable, NULL);
  ann_worker_run_task (task, ANN_LANE_READ, read);
}

static void
start_lists (AnnValuePage *self)
{
  ListsRequest *request = g_new0 (ListsRequest, 1);

  request->element = g_object_ref (self->element);
  request->start = self->n_lists;
  set_enabled (self, "more", FALSE);
  start (self, read_lists, on_lists, request, lists_request_free);
}

/* ---- Actions ---- */

static void
on_copy (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnValuePage *self = user_data;
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
  g_autofree char *shown = NULL;
  GtkTextIter first, end;

  gtk_text_buffer_get_bounds (buffer, &first, &end);
  if (self->text == NULL)
    shown = gtk_text_buffer_get_text (buffer, &first, &end, FALSE);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          self->text != NULL ? self->text : shown);
}

static void
on_more (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  start_lists (user_data);
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

/* ---- The widget ---- */

static void
ann_value_page_dispose (GObject *object)
{
  AnnValuePage *self = ANN_VALUE_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->job, ann_job_finish);
  if (self->tools != NULL)
    gtk_widget_insert_action_group (self->tools, "value", NULL);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "value", NULL);
  g_clear_object (&self->tools);
  g_clear_object (&self->actions);
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

static gboolean
has_long_word (const char *text, int length)
{
  int n = 0;

  for (int i = 0; i < length && n < LONG_WORD; i++)
    n = g_ascii_isspace (text[i]) ? 0 : n + 1;

  return n >= LONG_WORD;
}

/* Where a long line breaks, no hyphen may seem to be part of the value. Pango looks for the end of
 * a word from each line of it anew, which holds the window up for a sequence of bases.
 */
static void
on_inserted (GtkTextBuffer *buffer, GtkTextIter *end, char *text, int length, GtkTextView *view)
{
  GtkTextTagTable *tags = gtk_text_buffer_get_tag_table (buffer);
  GtkTextIter start = *end;

  gtk_text_iter_backward_chars (&start, (int) g_utf8_strlen (text, length));
  gtk_text_buffer_apply_tag (buffer, gtk_text_tag_table_lookup (tags, "exact"), &start, end);
  if (has_long_word (text, length))
    gtk_text_view_set_wrap_mode (view, GTK_WRAP_CHAR);
}

static GtkWidget *
new_text_view (void)
{
  GtkWidget *view = gtk_text_view_new ();
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));

  gtk_text_buffer_create_tag (buffer, "exact", "insert-hyphens", FALSE, NULL);
  g_signal_connect_object (buffer, "insert-text", G_CALLBACK (on_inserted), view, G_CONNECT_AFTER);

  gtk_text_view_set_editable (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_cursor_visible (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (view), TRUE);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (view), 18);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (view), 18);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (view), 18);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (view), 18);
  gtk_widget_set_name (view, "value-text");

  return view;
}

static GtkWidget *
new_note (void)
{
  GtkWidget *note = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (note), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (note), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (note), 0);
  gtk_widget_add_css_class (note, "ann-note");
  gtk_widget_add_css_class (note, "dim-label");
  gtk_widget_set_visible (note, FALSE);

  return note;
}

static void
make_actions (AnnValuePage *self)
{
  static const GActionEntry entries[] = {
    { .name = "copy", .activate = on_copy },
    { .name = "more", .activate = on_more },
  };

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  set_enabled (self, "copy", FALSE);
  set_enabled (self, "more", FALSE);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "value", G_ACTION_GROUP (self->actions));
}

static void
make_tools (AnnValuePage *self)
{
  GtkWidget *copy = gtk_button_new_with_mnemonic (_ ("Cop_y Value"));

  gtk_widget_set_tooltip_text (copy, _ ("Copy the value as text"));
  gtk_widget_set_halign (copy, GTK_ALIGN_END);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (copy), "value.copy");
  gtk_widget_insert_action_group (copy, "value", G_ACTION_GROUP (self->actions));
  self->tools = g_object_ref_sink (copy);
}

static void
ann_value_page_init (AnnValuePage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *foot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  make_actions (self);
  make_tools (self);

  self->head = new_note ();
  self->view = new_text_view ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->view);
  gtk_widget_set_vexpand (scroller, TRUE);

  self->note = new_note ();
  gtk_widget_set_hexpand (self->note, TRUE);
  gtk_widget_set_name (self->note, "value-note");
  self->more = gtk_button_new_with_mnemonic (_ ("Show _More"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->more), "value.more");
  gtk_widget_set_valign (self->more, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_end (self->more, 12);
  gtk_widget_set_visible (self->more, FALSE);
  gtk_box_append (GTK_BOX (foot), self->note);
  gtk_box_append (GTK_BOX (foot), self->more);

  gtk_box_append (GTK_BOX (box), self->head);
  gtk_box_append (GTK_BOX (box), scroller);
  gtk_box_append (GTK_BOX (box), foot);

  self->status = g_object_new (ANN_TYPE_STATUS_PAGE, "name", "value-status", NULL);

  self->stack = gtk_stack_new ();
  gtk_stack_set_hhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_set_vhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_add_named (GTK_STACK (self->stack), adw_bin_new (), "waiting");
  gtk_stack_add_named (GTK_STACK (self->stack), box, "text");
  gtk_stack_add_named (GTK_STACK (self->stack), GTK_WIDGET (self->status), "status");
  adw_bin_set_child (ADW_BIN (self), self->stack);
}

/* There is nothing to read: says why. */
static void
show_no_value (AnnValuePage *self)
{
  gtk_widget_set_visible (self->tools, FALSE);
  if (ann_element_get_state (self->element) != ANN_ELEMENT_OK)
    {
      g_autofree char *reason = ann_text_element_reason (self->element);

      show_status (self, "ann-broken-symbolic", _ ("Cannot Read This Element"), reason);
    }
  else if (ann_element_get_kind (self->element) == ANN_ELEMENT_NULL)
    show_status (
        self, ann_text_element_icon (self->element), _ ("Nothing Is Stored Here"),
        _ ("The writer put a null here, Python’s None: the name is there, a value is not."));
  else
    show_status (self, ann_text_element_icon (self->element), _ ("No Rows"),
                 _ ("These nested lists have no rows."));
}

/**
 * ann_value_page_new:
 * @element: a text, a number, nested lists or null; or something that cannot be read
 *
 * Nested lists come a hundred at a time.
 *
 * Returns: (transfer floating): a page with its value, or with the reason why there is none
 */
GtkWidget *
ann_value_page_new (AnnElement *element)
{
  AnnValuePage *self = g_object_new (ANN_TYPE_VALUE_PAGE, NULL);

  self->element = g_object_ref (element);
  if (ann_element_get_state (element) == ANN_ELEMENT_OK
      && (ANN_IS_SCALAR (element)
          || (ANN_IS_BINARY (element) && ann_element_get_rank (element) == 0)))
    start (self, read_text, on_text, g_object_ref (element), g_object_unref);
  else if (ann_element_get_state (element) == ANN_ELEMENT_OK && ANN_IS_AWKWARD (element)
           && ann_element_get_n_rows (element) > 0)
    {
      g_autofree char *type = ann_awkward_to_type_string (ANN_AWKWARD (element));

      gtk_label_set_text (GTK_LABEL (self->head), type);
      gtk_widget_set_visible (self->head, TRUE);
      start_lists (self);
    }
  else
    show_no_value (self);

  return GTK_WIDGET (self);
}
