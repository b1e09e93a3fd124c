/* ann-concat-dialog.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "dialogs/ann-concat-dialog-private.h"

#include "ann-ui.h"
#include "dialogs/ann-concat-row.h"
#include "models/ann-concat-text.h"
#include "models/ann-place.h"

#include <glib/gi18n.h>
#include <string.h>

/* In the order of the list of formats. */
static const char *const suffixes[] = { ".h5ad", ".zarr", ".zarr.zip", ".h5ads" };
#define SET_FORMAT 3

enum { WRITE, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnnConcatDialog, ann_concat_dialog, ADW_TYPE_WINDOW)

static gboolean
is_active (GtkWidget *button)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button));
}

static const char *
get_text (GtkWidget *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

static guint
get_selected (GtkWidget *row)
{
  return adw_combo_row_get_selected (ADW_COMBO_ROW (row));
}

gboolean
_ann_concat_dialog_joins_obs (AnnConcatDialog *self)
{
  return !is_active (self->var_button);
}

gboolean
_ann_concat_dialog_makes_set (AnnConcatDialog *self)
{
  return get_selected (self->format_row) == SET_FORMAT;
}

/* ---- What is asked for ---- */

GPtrArray *
_ann_concat_dialog_list_parts (AnnConcatDialog *self)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func (g_object_unref);
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), i)) != NULL; i++)
    g_ptr_array_add (parts, g_object_ref (ann_concat_row_get_part (ANN_CONCAT_ROW (row))));

  return parts;
}

static char **
list_keys (GPtrArray *parts)
{
  char **keys = g_new0 (char *, parts->len + 1);

  for (guint i = 0; i < parts->len; i++)
    keys[i] = g_strdup (ann_concat_part_get_key (g_ptr_array_index (parts, i)));

  return keys;
}

static gboolean
parse_number (const char *text, double *number)
{
  char *end;

  *number = g_ascii_strtod (text, &end);

  return end != text && *end == '\0';
}

/* Of a set, which joins nothing but rows, most does not count. */
static AnnConcatOptions *
make_options (AnnConcatDialog *self, GPtrArray *parts)
{
  AnnConcatOptions *options = ann_concat_options_new ();
  const char *label = get_text (self->label_row);

  options->keys = list_keys (parts);
  options->label = *label != '\0' ? g_strdup (label) : NULL;
  if (gtk_switch_get_active (GTK_SWITCH (self->unique_switch)))
    options->index_unique = g_strdup (get_text (self->separator_entry));
  if (_ann_concat_dialog_makes_set (self))
    return options;

  options->axis = is_active (self->var_button) ? ANN_AXIS_VAR : ANN_AXIS_OBS;
  options->join = is_active (self->outer_button) ? ANN_JOIN_OUTER : ANN_JOIN_INNER;
  options->merge = (AnnMerge) get_selected (self->merge_row);
  options->uns_merge = (AnnMerge) get_selected (self->uns_row);
  options->pairwise = gtk_switch_get_active (GTK_SWITCH (self->pairwise_switch));
  options->has_fill_value = parse_number (get_text (self->fill_row), &options->fill_value);

  return options;
}

/* NULL if nothing speaks against asking the preview. */
static char *
find_obstacle (AnnConcatDialog *self, GPtrArray *parts)
{
  const char *fill = get_text (self->fill_row);
  double number;

  for (guint i = 0; i < parts->len; i++)
    if (ann_concat_part_get_error (g_ptr_array_index (parts, i)) != NULL)
      return g_strdup_printf (_ ("“%s” cannot be opened: remove it to go on"),
                              ann_concat_part_get_name (g_ptr_array_index (parts, i)));
  for (guint i = 0; i < parts->len; i++)
    if (ann_concat_part_get_data (g_ptr_array_index (parts, i)) == NULL)
      return g_strdup (_ ("Opening the stores…"));
  if (parts->len < 2)
    return g_strdup (_ ("Add two or more stores"));
  if (!_ann_concat_dialog_makes_set (self) && *fill != '\0' && !parse_number (fill, &number))
    return g_strdup_printf (_ ("The fill value “%s” is not a number"), fill);

  return NULL;
}

static GPtrArray *
list_data (GPtrArray *parts)
{
  GPtrArray *data = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < parts->len; i++)
    g_ptr_array_add (data, g_object_ref (ann_concat_part_get_data (g_ptr_array_index (parts, i))));

  return data;
}

static void
update_rows (AnnConcatDialog *self)
{
  const gboolean joins = !_ann_concat_dialog_makes_set (self);

  gtk_widget_set_sensitive (self->axis_row, joins);
  gtk_widget_set_sensitive (self->join_row, joins);
  gtk_widget_set_sensitive (self->merge_row, joins);
  gtk_widget_set_sensitive (self->more_row, joins);
  gtk_widget_set_tooltip_text (self->join_row,
                               joins ? NULL : _ ("A set only names stores with the same genes"));
  if (!joins)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->obs_button), TRUE);
  adw_action_row_set_subtitle (
      ADW_ACTION_ROW (self->join_row),
      is_active (self->var_button)     ? is_active (self->outer_button)
                                             ? _ ("Cells kept: those in any store")
                                             : _ ("Cells kept: those in every store")
          : is_active (self->outer_button) ? _ ("Genes kept: those in any store")
                                       : _ ("Genes kept: those in every store"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->unique_row),
                               is_active (self->var_button)
                                   ? _ ("Append the key to the names of genes")
                                   : _ ("Append the key to the names of cells"));
}

void
_ann_concat_dialog_update (AnnConcatDialog *self)
{
  g_autoptr (GPtrArray) parts = _ann_concat_dialog_list_parts (self);
  g_autoptr (AnnConcatOptions) options = make_options (self, parts);
  g_autoptr (GPtrArray) data = NULL;

  update_rows (self);
  g_free (self->obstacle);
  self->obstacle = find_obstacle (self, parts);
  if (self->obstacle == NULL)
    data = list_data (parts);
  ann_concat_preview_set (self->preview, data, options);
}

static gboolean
can_write (AnnConcatDialog *self)
{
  const AnnConcatPlan *plan = ann_concat_preview_get_plan (self->preview);

  return plan != NULL && !(_ann_concat_dialog_makes_set (self) && plan->n_dropped_labels > 0);
}

static char *
make_text (AnnConcatDialog *self,
           char *(*make) (GPtrArray *, const AnnConcatOptions *, const char *) )
{
  g_autoptr (GPtrArray) parts = _ann_concat_dialog_list_parts (self);
  g_autoptr (AnnConcatOptions) options = make_options (self, parts);
  g_autofree char *target = g_strconcat ("concatenated", suffixes[get_selected (self->format_row)],
                                         NULL);

  return can_write (self) ? make (parts, options, target) : NULL;
}

static void
update_actions (AnnConcatDialog *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  g_autofree char *command = make_text (self, ann_concat_text_command);
  g_autofree char *python = make_text (self, ann_concat_text_python);

  gtk_widget_set_sensitive (self->write_button, can_write (self));
  gtk_widget_action_set_enabled (widget, "concat.write", can_write (self));
  gtk_widget_action_set_enabled (widget, "concat.write-location", can_write (self));
  gtk_widget_action_set_enabled (widget, "concat.write-to", can_write (self));
  gtk_widget_action_set_enabled (widget, "concat.copy-command", command != NULL);
  gtk_widget_action_set_enabled (widget, "concat.copy-python", python != NULL);
}

static void
on_preview (AnnConcatDialog *self)
{
  _ann_concat_dialog_show_facts (self);
  update_actions (self);
}

/* ---- Writing, and copying ---- */

static void
write_to (AnnConcatDialog *self, const char *target, gboolean overwrite)
{
  g_autoptr (AnnWriteTask) task = NULL;

  if (!can_write (self))
    return;

  task = ann_concat_preview_write (self->preview, target, overwrite);
  g_signal_emit (self, signals[WRITE], 0, task);
  gtk_window_close (GTK_WINDOW (self));
}

static void
write_to_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  const char *target;
  gboolean overwrite;

  g_variant_get (parameter, "(&sb)", &target, &overwrite);
  write_to (ANN_CONCAT_DIALOG (widget), target, overwrite);
}

/* Beside the first store. Any name that says a kind of store is right. */
static void
write_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnConcatDialog *self = ANN_CONCAT_DIALOG (widget);
  g_autoptr (GPtrArray) parts = _ann_concat_dialog_list_parts (self);
  GFile *place = ann_concat_part_get_place (g_ptr_array_index (parts, 0));
  const char *suffix = suffixes[get_selected (self->format_row)];
  const char *accepted[G_N_ELEMENTS (suffixes) + 1] = { suffix };
  g_autofree char *base = g_strconcat (_ ("concatenated"), suffix, NULL);
  g_autofree char *beside = ann_place_dup_address (place);
  const AnnTargetQuestion question = { _ ("Write To"), _ ("_Write"), accepted, base, beside };

  for (guint i = 0, k = 1; i < G_N_ELEMENTS (suffixes); i++)
    if (suffixes[i] != suffix)
      accepted[k++] = suffixes[i];
  if (g_str_equal (name, "concat.write"))
    ann_target_chooser_ask_file (self->target, &question);
  else
    ann_target_chooser_ask_location (self->target, &question);
}

static void
copy (AnnConcatDialog *self, const char *text)
{
  if (text != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

static void
copy_command_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autofree char *text = make_text (ANN_CONCAT_DIALOG (widget), ann_concat_text_command);

  copy (ANN_CONCAT_DIALOG (widget), text);
}

static void
copy_python_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autofree char *text = make_text (ANN_CONCAT_DIALOG (widget), ann_concat_text_python);

  copy (ANN_CONCAT_DIALOG (widget), text);
}

/* ---- The dialog ---- */

static gboolean
on_escape (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  gtk_window_close (GTK_WINDOW (widget));

  return TRUE;
}

static void
ann_concat_dialog_dispose (GObject *object)
{
  AnnConcatDialog *self = ANN_CONCAT_DIALOG (object);

  if (self->preview != NULL)
    g_signal_handlers_disconnect_by_data (self->preview, self);
  g_clear_object (&self->preview);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  g_clear_object (&self->target);

  G_OBJECT_CLASS (ann_concat_dialog_parent_class)->dispose (object);
}

static void
ann_concat_dialog_finalize (GObject *object)
{
  AnnConcatDialog *self = ANN_CONCAT_DIALOG (object);

  g_ptr_array_unref (self->offered);
  g_free (self->obstacle);

  G_OBJECT_CLASS (ann_concat_dialog_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *klass)
{
#define BIND(name) gtk_widget_class_bind_template_child (klass, AnnConcatDialog, name)
  BIND (content);
  BIND (write_button);
  BIND (list);
  BIND (axis_row);
  BIND (obs_button);
  BIND (var_button);
  BIND (join_row);
  BIND (inner_button);
  BIND (outer_button);
  BIND (merge_row);
  BIND (label_row);
  BIND (unique_row);
  BIND (unique_switch);
  BIND (separator_entry);
  BIND (more_row);
  BIND (uns_row);
  BIND (fill_row);
  BIND (pairwise_switch);
  BIND (format_row);
  BIND (spinner);
  BIND (shape_label);
  BIND (facts);
  BIND (details_button);
  BIND (details_label);
#undef BIND
}

static void
ann_concat_dialog_class_init (AnnConcatDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ann_concat_dialog_dispose;
  object_class->finalize = ann_concat_dialog_finalize;

  /**
   * AnnConcatDialog::write:
   * @self: a dialog
   * @task: a #AnnWriteTask that has not begun
   *
   * The user wants to have it written.
   */
  signals[WRITE] = g_signal_new ("write", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, ANN_TYPE_WRITE_TASK);

  gtk_widget_class_set_template_from_resource (widget_class, ANN_UI_RESOURCE_PATH
                                               "/dialogs/ann-concat-dialog.ui");
  bind_children (widget_class);
  _ann_concat_dialog_class_init_stores (widget_class);
  gtk_widget_class_install_action (widget_class, "concat.write", NULL, write_action);
  gtk_widget_class_install_action (widget_class, "concat.write-location", NULL, write_action);
  gtk_widget_class_install_action (widget_class, "concat.write-to", "(sb)", write_to_action);
  gtk_widget_class_install_action (widget_class, "concat.copy-command", NULL, copy_command_action);
  gtk_widget_class_install_action (widget_class, "concat.copy-python", NULL, copy_python_action);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_escape, NULL);
}

static void
connect_options (AnnConcatDialog *self)
{
  GtkWidget *buttons[] = { self->var_button, self->outer_button };
  GtkWidget *entries[] = { self->label_row, self->separator_entry, self->fill_row };
  GtkWidget *switches[] = { self->unique_switch, self->pairwise_switch };
  GtkWidget *combos[] = { self->merge_row, self->uns_row, self->format_row };

  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    g_signal_connect_swapped (buttons[i], "toggled", G_CALLBACK (_ann_concat_dialog_update), self);
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    g_signal_connect_swapped (entries[i], "changed", G_CALLBACK (_ann_concat_dialog_update), self);
  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    g_signal_connect_swapped (switches[i], "notify::active", G_CALLBACK (_ann_concat_dialog_update),
                              self);
  for (guint i = 0; i < G_N_ELEMENTS (combos); i++)
    g_signal_connect_swapped (combos[i], "notify::selected", G_CALLBACK (_ann_concat_dialog_update),
                              self);
}

static void
ann_concat_dialog_init (AnnConcatDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->target = ann_target_chooser_new (GTK_WINDOW (self));
  g_signal_connect_swapped (self->target, "chosen", G_CALLBACK (write_to), self);
  self->preview = ann_concat_preview_new ();
  g_signal_connect_swapped (self->preview, "changed", G_CALLBACK (on_preview), self);
  connect_options (self);
  _ann_concat_dialog_init_stores (self);
  _ann_concat_dialog_update (self);
}

/**
 * ann_concat_dialog_new:
 * @parent: (nullable): the window above which it stands
 *
 * Returns: (transfer none): the dialog, without any stores
 */
GtkWidget *
ann_concat_dialog_new (GtkWindow *parent)
{
  return g_object_new (ANN_TYPE_CONCAT_DIALOG, "transient-for", parent, NULL);
}
