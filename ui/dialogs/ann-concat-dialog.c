/* ann-concat-dialog.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "dialogs/ann-concat-dialog.h"

#include "ann-text.h"
#include "ann-ui.h"
#include "dialogs/ann-chooser.h"
#include "dialogs/ann-concat-row.h"
#include "dialogs/ann-target-chooser.h"
#include "models/ann-concat-preview.h"
#include "models/ann-concat-text.h"
#include "models/ann-place.h"

#include <glib/gi18n.h>
#include <string.h>

/* In the order of the list of formats. */
static const char *const suffixes[] = { ".h5ad", ".zarr", ".zarr.zip", ".h5ads" };
#define SET_FORMAT 3

/* The rows of the list, in their order, are the stores. Whatever is changed asks the preview anew,
 * which forgets at once what it knew; only what it knows can be written or copied.
 */
struct _AnnConcatDialog {
  AdwWindow parent_instance;

  GPtrArray *offered; /* of AnnConcatPart: what is open elsewhere */
  AnnConcatPreview *preview;
  GtkFileChooserNative *chooser; /* of stores */
  AnnTargetChooser *target;
  char *obstacle; /* why the preview is not asked, or not enough */

  GtkWidget *content;
  GtkWidget *write_button;
  GtkWidget *list;
  GtkWidget *obs_button;
  GtkWidget *var_button;
  GtkWidget *join_row;
  GtkWidget *inner_button;
  GtkWidget *outer_button;
  GtkWidget *merge_row;
  GtkWidget *label_row;
  GtkWidget *unique_row;
  GtkWidget *unique_switch;
  GtkWidget *separator_entry;
  GtkWidget *more_row;
  GtkWidget *uns_row;
  GtkWidget *fill_row;
  GtkWidget *pairwise_switch;
  GtkWidget *format_row;
  GtkWidget *spinner;
  GtkWidget *shape_label;
  GtkWidget *facts;
  GtkWidget *details_button;
  GtkWidget *details_label;
};

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

static gboolean
makes_set (AnnConcatDialog *self)
{
  return get_selected (self->format_row) == SET_FORMAT;
}

/* ---- What is asked for ---- */

static GPtrArray *
list_parts (AnnConcatDialog *self)
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
  if (makes_set (self))
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
  if (!makes_set (self) && *fill != '\0' && !parse_number (fill, &number))
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
  const gboolean joins = !makes_set (self);

  gtk_widget_set_sensitive (self->obs_button, joins);
  gtk_widget_set_sensitive (self->var_button, joins);
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

/* Something is not as it was: what was found out no longer holds. */
static void
update (AnnConcatDialog *self)
{
  g_autoptr (GPtrArray) parts = list_parts (self);
  g_autoptr (AnnConcatOptions) options = make_options (self, parts);
  g_autoptr (GPtrArray) data = NULL;

  update_rows (self);
  g_free (self->obstacle);
  self->obstacle = find_obstacle (self, parts);
  if (self->obstacle == NULL)
    data = list_data (parts);
  ann_concat_preview_set (self->preview, data, options);
}

/* ---- What will come of it ---- */

static void
add_fact (AnnConcatDialog *self, const char *icon, const char *css_class, const char *text)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *image = gtk_image_new_from_icon_name (icon);
  GtkWidget *label = gtk_label_new (text);

  if (css_class != NULL)
    gtk_widget_add_css_class (image, css_class);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (label), 2);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (self->facts), box);
}

static void
clear_facts (AnnConcatDialog *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->facts)) != NULL)
    gtk_box_remove (GTK_BOX (self->facts), child);
  gtk_label_set_text (GTK_LABEL (self->shape_label), "");
  gtk_label_set_text (GTK_LABEL (self->details_label), "");
}

static void
show_duplicates (AnnConcatDialog *self, guint64 n, gboolean are_cells)
{
  g_autofree char *count = ann_text_count (n);
  g_autofree char *text = NULL;

  if (n == 0)
    {
      add_fact (self, "emblem-ok-symbolic", "success",
                are_cells ? _ ("No duplicate cell names") : _ ("No duplicate gene names"));
      return;
    }
  text = g_strdup_printf (are_cells ? ngettext ("%s cell name occurs more than once",
                                                "%s cell names occur more than once", n)
                                    : ngettext ("%s gene name occurs more than once",
                                                "%s gene names occur more than once", n),
                          count);
  add_fact (self, "dialog-warning-symbolic", "warning", text);
}

static void
show_dropped_labels (AnnConcatDialog *self, guint64 n, gboolean are_genes)
{
  g_autofree char *count = ann_text_count (n);
  g_autofree char *text = NULL;

  if (n == 0)
    return;
  text = g_strdup_printf (are_genes
                              ? ngettext ("%s gene is left out, which not every store has",
                                          "%s genes are left out, which not every store has", n)
                              : ngettext ("%s cell is left out, which not every store has",
                                          "%s cells are left out, which not every store has", n),
                          count);
  add_fact (self, "dialog-information-symbolic", NULL, text);
}

static void
show_names (AnnConcatDialog *self, const char *title, char **names)
{
  g_autofree char *list = g_strjoinv (", ", names);
  g_autofree char *text = g_strdup_printf ("%s: %s", title, list);

  if (names[0] != NULL)
    add_fact (self, "dialog-information-symbolic", NULL, text);
}

/* All that the lines above have no room for. */
static void
show_details (AnnConcatDialog *self, const AnnConcatPlan *plan)
{
  g_autofree char *clashes = g_strjoinv ("\n", plan->clashes);
  g_autofree char *elements = g_strjoinv (", ", plan->dropped_elements);
  g_autoptr (GString) text = g_string_new (clashes);

  if (*elements != '\0')
    g_string_append_printf (text, "%s%s: %s", text->len > 0 ? "\n" : "", _ ("Elements left out"),
                            elements);
  gtk_label_set_text (GTK_LABEL (self->details_label), text->str);
}

static void
show_clashes (AnnConcatDialog *self, char **clashes)
{
  const guint n = g_strv_length (clashes);
  g_autofree char *text = NULL;

  if (n == 0)
    return;
  text = n == 1 ? g_strdup (clashes[0])
                : g_strdup_printf (
                    ngettext ("%u column or element is not the same in all stores",
                              "%u columns or elements are not the same in all stores", n),
                    n);
  add_fact (self, "dialog-warning-symbolic", "warning", text);
}

static void
show_plan (AnnConcatDialog *self, const AnnConcatPlan *plan)
{
  const gboolean joins_obs = !is_active (self->var_button);
  g_autofree char *shape = ann_text_shape (2, (guint64[]){ plan->n_obs, plan->n_var });

  gtk_label_set_text (GTK_LABEL (self->shape_label), shape);
  if (makes_set (self) && plan->n_dropped_labels > 0)
    {
      add_fact (self, "dialog-error-symbolic", "error",
                _ ("These stores cannot be a set, for they do not have the same genes"));
      return;
    }
  show_duplicates (self, plan->n_duplicates, joins_obs);
  show_dropped_labels (self, plan->n_dropped_labels, joins_obs);
  if (makes_set (self))
    return;
  show_names (self, joins_obs ? _ ("Columns of obs left out") : _ ("Columns of var left out"),
              plan->dropped_columns);
  show_names (self, _ ("Elements left out"), plan->dropped_elements);
  show_clashes (self, plan->clashes);
  show_details (self, plan);
}

static gboolean
can_write (AnnConcatDialog *self)
{
  const AnnConcatPlan *plan = ann_concat_preview_get_plan (self->preview);

  return plan != NULL && !(makes_set (self) && plan->n_dropped_labels > 0);
}

static char *
make_text (AnnConcatDialog *self,
           char *(*make) (GPtrArray *, const AnnConcatOptions *, const char *) )
{
  g_autoptr (GPtrArray) parts = list_parts (self);
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
  const AnnConcatPlan *plan = ann_concat_preview_get_plan (self->preview);
  const GError *error = ann_concat_preview_get_error (self->preview);
  const gboolean is_busy = ann_concat_preview_is_busy (self->preview);

  clear_facts (self);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), is_busy);
  if (self->obstacle != NULL)
    add_fact (self, "dialog-information-symbolic", NULL, self->obstacle);
  else if (error != NULL)
    add_fact (self, "dialog-error-symbolic", "error", error->message);
  else if (plan != NULL)
    show_plan (self, plan);
  else
    add_fact (self, "dialog-information-symbolic", NULL, _ ("Comparing the stores…"));
  gtk_widget_set_visible (self->details_button,
                          gtk_label_get_text (GTK_LABEL (self->details_label))[0] != '\0');
  update_actions (self);
}

/* ---- The list ---- */

static GtkListBoxRow *
find_row (AnnConcatDialog *self, GFile *place)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), i)) != NULL; i++)
    if (g_file_equal (ann_concat_part_get_place (ann_concat_row_get_part (ANN_CONCAT_ROW (row))),
                      place))
      return row;

  return NULL;
}

static gboolean
has_key (AnnConcatDialog *self, const char *key)
{
  g_autoptr (GPtrArray) parts = list_parts (self);

  for (guint i = 0; i < parts->len; i++)
    if (g_str_equal (ann_concat_part_get_key (g_ptr_array_index (parts, i)), key))
      return TRUE;

  return FALSE;
}

/* Stores of the same name lie in different folders. */
static void
make_key_unique (AnnConcatDialog *self, AnnConcatPart *part)
{
  g_autofree char *stem = g_strdup (ann_concat_part_get_key (part));

  for (guint i = 2; has_key (self, ann_concat_part_get_key (part)); i++)
    {
      g_autofree char *key = g_strdup_printf ("%s-%u", stem, i);

      ann_concat_part_set_key (part, key);
    }
}

static void
update_offer (AnnConcatDialog *self)
{
  gboolean is_any = FALSE;

  for (guint i = 0; i < self->offered->len; i++)
    is_any = is_any
             || find_row (self, ann_concat_part_get_place (g_ptr_array_index (self->offered, i)))
                    == NULL;
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "concat.add-open", is_any);
}

static void
on_remove (AnnConcatDialog *self, GtkWidget *row)
{
  gtk_list_box_remove (GTK_LIST_BOX (self->list), row);
  update_offer (self);
  update (self);
}

/* @position: below those that stay before it */
static void
move_row (AnnConcatDialog *self, GtkWidget *row, int position)
{
  const gboolean had_focus = gtk_widget_has_focus (row);

  g_object_ref (row);
  gtk_list_box_remove (GTK_LIST_BOX (self->list), row);
  gtk_list_box_insert (GTK_LIST_BOX (self->list), row, position);
  if (had_focus)
    gtk_widget_grab_focus (row);
  g_object_unref (row);
  update (self);
}

static void
on_move (AnnConcatDialog *self, int step, GtkWidget *row)
{
  const int position = gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row)) + step;

  if (position >= 0 && gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), position) != NULL)
    move_row (self, row, position);
}

static void
on_take (AnnConcatDialog *self, GtkWidget *dropped, GtkWidget *row)
{
  const int position = gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row));

  if (dropped != row && gtk_widget_get_parent (dropped) == self->list)
    move_row (self, dropped, position);
}

static void
add_part (AnnConcatDialog *self, AnnConcatPart *part)
{
  GtkWidget *row;

  if (find_row (self, ann_concat_part_get_place (part)) != NULL)
    return;

  make_key_unique (self, part);
  row = ann_concat_row_new (part);
  g_signal_connect_object (part, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_swapped (row, "remove", G_CALLBACK (on_remove), self);
  g_signal_connect_swapped (row, "move", G_CALLBACK (on_move), self);
  g_signal_connect_swapped (row, "take", G_CALLBACK (on_take), self);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
  update_offer (self);
  update (self);
}

/**
 * ann_concat_dialog_add:
 * @self: a dialog
 * @place: where a store is
 * @data: (nullable): the store, if it is open already
 *
 * Puts it at the end of the list, unless it is in it.
 */
void
ann_concat_dialog_add (AnnConcatDialog *self, GFile *place, AnnData *data)
{
  g_autoptr (AnnConcatPart) part = ann_concat_part_new (place, data);

  add_part (self, part);
}

/**
 * ann_concat_dialog_offer:
 * @self: a dialog
 * @place: where a store is
 * @data: the store
 *
 * It can be added with all others that are open elsewhere.
 */
void
ann_concat_dialog_offer (AnnConcatDialog *self, GFile *place, AnnData *data)
{
  g_ptr_array_add (self->offered, ann_concat_part_new (place, data));
  update_offer (self);
}

static void
add_open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnConcatDialog *self = ANN_CONCAT_DIALOG (widget);

  for (guint i = 0; i < self->offered->len; i++)
    {
      AnnConcatPart *part = g_ptr_array_index (self->offered, i);

      ann_concat_dialog_add (self, ann_concat_part_get_place (part),
                             ann_concat_part_get_data (part));
    }
}

static void
on_files_chosen (GtkNativeDialog *chooser, int response, AnnConcatDialog *self)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GListModel) files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));

      for (guint i = 0; i < g_list_model_get_n_items (files); i++)
        {
          g_autoptr (GFile) file = g_list_model_get_item (files, i);
          g_autoptr (GFile) store = ann_place_find_store (file);

          ann_concat_dialog_add (self, store, NULL);
        }
    }
  g_clear_object (&self->chooser);
}

static void
show_chooser (AnnConcatDialog *self,
              GtkFileChooserAction what,
              const char *title,
              const char *accept,
              void (*respond) (GtkNativeDialog *, int, AnnConcatDialog *))
{
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self), what, accept,
                                               _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (respond), self, 0);
}

static void
add_files_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnConcatDialog *self = ANN_CONCAT_DIALOG (widget);

  show_chooser (self, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("Add Stores"), _ ("_Add"), on_files_chosen);
  ann_chooser_add_store_filters (GTK_FILE_CHOOSER (self->chooser));
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
add_folders_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnConcatDialog *self = ANN_CONCAT_DIALOG (widget);

  show_chooser (self, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("Add Stores"), _ ("_Add"),
                on_files_chosen);
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, AnnConcatDialog *self)
{
  GdkFileList *list = g_value_get_boxed (value);
  GSList *files = list != NULL ? gdk_file_list_get_files (list) : NULL;

  for (GSList *l = files; l != NULL; l = l->next)
    {
      g_autoptr (GFile) store = ann_place_find_store (l->data);

      ann_concat_dialog_add (self, store, NULL);
    }
  g_slist_free (files);

  return list != NULL;
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
  g_autoptr (GPtrArray) parts = list_parts (self);
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
  gtk_widget_class_install_action (widget_class, "concat.add-files", NULL, add_files_action);
  gtk_widget_class_install_action (widget_class, "concat.add-folders", NULL, add_folders_action);
  gtk_widget_class_install_action (widget_class, "concat.add-open", NULL, add_open_action);
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
    g_signal_connect_swapped (buttons[i], "toggled", G_CALLBACK (update), self);
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    g_signal_connect_swapped (entries[i], "changed", G_CALLBACK (update), self);
  for (guint i = 0; i < G_N_ELEMENTS (switches); i++)
    g_signal_connect_swapped (switches[i], "notify::active", G_CALLBACK (update), self);
  for (guint i = 0; i < G_N_ELEMENTS (combos); i++)
    g_signal_connect_swapped (combos[i], "notify::selected", G_CALLBACK (update), self);
}

static void
ann_concat_dialog_init (AnnConcatDialog *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (self));

  self->target = ann_target_chooser_new (GTK_WINDOW (self));
  g_signal_connect_swapped (self->target, "chosen", G_CALLBACK (write_to), self);
  self->offered = g_ptr_array_new_with_free_func (g_object_unref);
  self->preview = ann_concat_preview_new ();
  g_signal_connect_swapped (self->preview, "changed", G_CALLBACK (on_preview), self);
  connect_options (self);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (self->content, GTK_EVENT_CONTROLLER (target));
  update_offer (self);
  update (self);
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
