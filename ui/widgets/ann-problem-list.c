/* ann-problem-list.c: what is wrong in a store, each row the way to its element
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-problem-list.h"

#include "ann-text.h"

#include <glib/gi18n.h>

/* Few at first: the store is what one wants to see. A row takes a third of a millisecond to make.
 */
#define N_FIRST 3
#define N_MORE 50

struct _AnnProblemList {
  AdwBin parent_instance;

  GPtrArray *problems;
  guint n_rows; /* of them that are shown */
  GSimpleActionGroup *actions;
  GtkWidget *group;
  GtkWidget *more;
};

G_DEFINE_FINAL_TYPE (AnnProblemList, ann_problem_list, ADW_TYPE_BIN)

static GtkWidget *
new_row (const AnnProblem *problem)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *icon = gtk_image_new_from_icon_name (problem->is_error ? "ann-broken-symbolic"
                                                                    : "dialog-warning-symbolic");
  g_autofree char *valid = g_utf8_make_valid (problem->path, -1);
  g_autofree char *title = g_markup_escape_text (valid, -1);
  g_autofree char *subtitle = g_markup_escape_text (problem->text, -1);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                 title[0] != '\0' ? title : _ ("The store as a whole"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 3);
  gtk_widget_add_css_class (icon, problem->is_error ? "error" : "warning");
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  problem->is_error ? _ ("Cannot be read") : _ ("Odd"), -1);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  gtk_widget_set_tooltip_text (row, problem->text);
  if (problem->path[0] == '\0')
    return row;

  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", problem->path);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.show-element");

  return row;
}

static void
show_rows (AnnProblemList *self, guint n_most)
{
  const guint n = MIN (self->n_rows + n_most, self->problems->len);
  g_autofree char *rest = NULL;
  g_autofree char *label = NULL;

  for (; self->n_rows < n; self->n_rows++)
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->group),
                               new_row (self->problems->pdata[self->n_rows]));

  rest = ann_text_count (self->problems->len - n);
  /* Translators: a button below the first of many problems */
  label = g_strdup_printf (_ ("Show _More (%s)"), rest);
  gtk_button_set_label (GTK_BUTTON (self->more), label);
  gtk_widget_set_visible (self->more, n < self->problems->len);
}

static void
on_more (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  show_rows (user_data, N_MORE);
}

/* For a message to who wrote the file: a problem a line. */
static void
on_copy (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  AnnProblemList *self = user_data;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->problems->len; i++)
    {
      const AnnProblem *problem = self->problems->pdata[i];
      g_autofree char *path = g_utf8_make_valid (problem->path, -1);

      g_string_append_printf (text, "/%s: %s\n", path, problem->text);
    }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text->str);
}

/**
 * ann_problem_list_get_n_rows:
 * @self: a list
 *
 * Returns: how many problems it shows by now
 */
guint
ann_problem_list_get_n_rows (AnnProblemList *self)
{
  return self->n_rows;
}

static void
ann_problem_list_dispose (GObject *object)
{
  AnnProblemList *self = ANN_PROBLEM_LIST (object);

  gtk_widget_insert_action_group (GTK_WIDGET (self), "problems", NULL);
  g_clear_object (&self->actions);
  g_clear_pointer (&self->problems, g_ptr_array_unref);

  G_OBJECT_CLASS (ann_problem_list_parent_class)->dispose (object);
}

static void
ann_problem_list_class_init (AnnProblemListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ann_problem_list_dispose;
}

static void
ann_problem_list_init (AnnProblemList *self)
{
  static const GActionEntry entries[] = {
    { .name = "more", .activate = on_more },
    { .name = "copy", .activate = on_copy },
  };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *copy = gtk_button_new_from_icon_name ("edit-copy-symbolic");

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "problems", G_ACTION_GROUP (self->actions));

  gtk_widget_add_css_class (copy, "flat");
  gtk_widget_set_valign (copy, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (copy, _ ("Copy all problems"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (copy), "problems.copy");
  self->group = adw_preferences_group_new ();
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (self->group), copy);

  self->more = gtk_button_new ();
  gtk_button_set_use_underline (GTK_BUTTON (self->more), TRUE);
  gtk_widget_add_css_class (self->more, "flat");
  gtk_widget_set_halign (self->more, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->more), "problems.more");

  gtk_box_append (GTK_BOX (box), self->group);
  gtk_box_append (GTK_BOX (box), self->more);
  gtk_widget_set_name (GTK_WIDGET (self), "problems");
  adw_bin_set_child (ADW_BIN (self), box);
}

/**
 * ann_problem_list_new:
 * @problems: (element-type AnnProblem): some problems
 *
 * Returns: (transfer floating): a list of the first of them, and a way to the others
 */
GtkWidget *
ann_problem_list_new (GPtrArray *problems)
{
  AnnProblemList *self = g_object_new (ANN_TYPE_PROBLEM_LIST, NULL);
  g_autofree char *count = ann_text_count (problems->len);
  g_autofree char *title = g_strdup_printf (
      ngettext ("%s problem in this store", "%s problems in this store", problems->len), count);

  self->problems = g_ptr_array_ref (problems);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self->group), title);
  show_rows (self, N_FIRST);

  return GTK_WIDGET (self);
}
