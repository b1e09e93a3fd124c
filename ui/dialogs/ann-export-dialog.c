/* ann-export-dialog.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "dialogs/ann-export-dialog.h"

#include "ann-text.h"
#include "ann-ui.h"
#include "ann-weak.h"
#include "dialogs/ann-target-chooser.h"
#include "models/ann-export-code.h"
#include "models/ann-export-format.h"
#include "models/ann-write-task.h"

#include <glib/gi18n.h>
#include <string.h>

/* What is chosen makes a request, at each change; a worker makes a draft of it, which says what
 * will happen and is what will be written. There is none while it does: what is shown is never
 * about what was chosen before.
 */
struct _AnnExportDialog {
  AdwWindow parent_instance;

  AnnExportRequest *request; /* what is shown in the tables, and what was chosen */
  AnnExportDraft *draft;     /* of it; NULL until it is made, or if it cannot be */
  GCancellable *cancellable; /* of the making */
  char **paths;              /* all elements, once that is known */
  GPtrArray *checks;         /* of elements; their names are the elements' */
  AnnTargetChooser *chooser;
  gboolean is_updating;

  GtkWidget *export_button;
  GtkWidget *toasts;
  GtkWidget *selected_row;
  GtkWidget *selected_button;
  GtkWidget *selected_shape;
  GtkWidget *filtered_row;
  GtkWidget *filtered_button;
  GtkWidget *filtered_shape;
  GtkWidget *all_button;
  GtkWidget *all_shape;
  GtkWidget *genes_all_button;
  GtkWidget *genes_filtered_button;
  GtkWidget *genes_selected_button;
  GtkWidget *genes_list_button;
  GtkWidget *names_row;
  GtkWidget *names_view;
  GtkWidget *format_row;
  GtkWidget *table_row;
  GtkWidget *elements_row;
  GtkWidget *compression_row;
  GtkWidget *level_row;
  GtkWidget *level_spin;
  GtkWidget *order_row;
  GtkWidget *advanced_row;
  GtkWidget *chunk_spin;
  GtkWidget *profile_row;
  GtkWidget *plan_label;
  GtkWidget *detail_label;
  GtkWidget *warning_label;
  GtkWidget *code_button;
};

enum { WRITE, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnnExportDialog, ann_export_dialog, ADW_TYPE_WINDOW)

/* ---- What there is to choose from ---- */

static const char *const profiles[] = {
  N_ ("Portable: anndata 0.8 or later, R, Julia"),
  N_ ("Modern: anndata 0.12 or later"),
  N_ ("Faithful: as it is in the source"),
};

static const char *const orders[] = { N_ ("As shown"), N_ ("As stored") };

static guint
get_selected (GtkWidget *row)
{
  return adw_combo_row_get_selected (ADW_COMBO_ROW (row));
}

static const AnnExportFormat *
get_format (AnnExportDialog *self)
{
  return &ann_export_formats[MIN (get_selected (self->format_row), ANN_N_EXPORT_FORMATS - 1)];
}

/* What makes a difference for it. */
static AnnWriteOptionFlags
get_useful_options (AnnExportDialog *self)
{
  const AnnExportFormat *format = get_format (self);
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autofree char *target = g_strconcat ("cells", format->suffix, NULL);
  AnnWriteOptionFlags useful = 0;

  options->zarr_format = format->zarr_format;
  ann_export_find_options (target, options, &useful, NULL);

  return useful;
}

static gboolean
is_active (GtkWidget *button)
{
  return GTK_IS_CHECK_BUTTON (button) ? gtk_check_button_get_active (GTK_CHECK_BUTTON (button))
                                      : gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button));
}

static void
fill_combo (GtkWidget *row, const char *const *titles, gsize n, gsize stride)
{
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  for (gsize i = 0; i < n; i++)
    gtk_string_list_append (
        list, _ (*(const char *const *) (gconstpointer) ((const char *) titles + i * stride)));
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
}

/* ---- Elements ---- */

static char *
get_top (const char *path)
{
  return g_strndup (path, strcspn (path, "/"));
}

/* obs and var are always there. */
static gboolean
is_table (const char *name)
{
  return g_str_equal (name, "obs") || g_str_equal (name, "var");
}

static guint
count_in (char **paths, const char *top)
{
  const gsize length = strlen (top);
  guint n = 0;

  for (guint i = 0; paths[i] != NULL; i++)
    n += strncmp (paths[i], top, length) == 0 && paths[i][length] == '/';

  return n;
}

static void
describe_elements (AnnExportDialog *self)
{
  g_autoptr (GString) text = g_string_new ("obs, var");

  for (guint i = 0; i < self->checks->len; i++)
    if (is_active (self->checks->pdata[i]))
      g_string_append_printf (text, ", %s", gtk_widget_get_name (self->checks->pdata[i]));
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self->elements_row), text->str);
}

static void update (AnnExportDialog *self);

static void
add_check (AnnExportDialog *self, const char *top)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *check = gtk_check_button_new ();
  const guint n = count_in (self->paths, top);
  g_autofree char *count = ann_text_count (n);

  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), TRUE);
  gtk_widget_set_name (check, top);
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), top);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  if (n > 0)
    {
      GtkWidget *label = gtk_label_new (count);

      gtk_widget_add_css_class (label, "dim-label");
      gtk_widget_add_css_class (label, "numeric");
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), label);
    }
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self->elements_row), row);
  g_signal_connect_swapped (check, "toggled", G_CALLBACK (update), self);
  g_ptr_array_add (self->checks, check);
}

/* The first plan of everything says what there is. */
static void
learn_elements (AnnExportDialog *self, char **paths)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  self->paths = g_strdupv (paths);
  for (guint i = 0; paths[i] != NULL; i++)
    {
      char *top = get_top (paths[i]);

      if (*top != '\0' && !is_table (top) && !g_hash_table_contains (seen, top))
        add_check (self, top);
      g_hash_table_add (seen, top);
    }
  describe_elements (self);
}

/* What can be written as the text that is chosen. */
static void
fill_tables (AnnExportDialog *self)
{
  const AnnExportFormat *format = get_format (self);
  const char *const none[] = { NULL };
  const char *const *paths = self->paths != NULL ? (const char *const *) self->paths : none;
  g_auto (GStrv) names = ann_export_format_list_elements (format, paths);
  g_autoptr (GtkStringList) list = gtk_string_list_new ((const char *const *) names);

  adw_combo_row_set_model (ADW_COMBO_ROW (self->table_row), G_LIST_MODEL (list));
}

static const char *
get_table (AnnExportDialog *self)
{
  GObject *item = adw_combo_row_get_selected_item (ADW_COMBO_ROW (self->table_row));

  return item != NULL ? gtk_string_object_get_string (GTK_STRING_OBJECT (item)) : NULL;
}

/* %NULL for all. */
static char **
make_elements (AnnExportDialog *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  gboolean is_all = TRUE;

  if (get_format (self)->is_text)
    {
      const char *table = get_table (self);

      return table != NULL ? g_strdupv ((char *[]){ (char *) table, NULL }) : NULL;
    }

  for (guint i = 0; i < self->checks->len; i++)
    if (is_active (self->checks->pdata[i]))
      g_strv_builder_add (names, gtk_widget_get_name (self->checks->pdata[i]));
    else
      is_all = FALSE;

  return is_all ? NULL : g_strv_builder_end (names);
}

/* ---- From what is chosen to a request ---- */

static AnnExportWhat
get_what (AnnExportDialog *self, AnnAxis axis)
{
  if (axis == ANN_AXIS_OBS)
    return is_active (self->selected_button)   ? ANN_EXPORT_SELECTED
           : is_active (self->filtered_button) ? ANN_EXPORT_FILTERED
                                               : ANN_EXPORT_ALL;

  return is_active (self->genes_selected_button)   ? ANN_EXPORT_SELECTED
         : is_active (self->genes_filtered_button) ? ANN_EXPORT_FILTERED
         : is_active (self->genes_list_button)     ? ANN_EXPORT_NAMED
                                                   : ANN_EXPORT_ALL;
}

static char *
dup_names (AnnExportDialog *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->names_view));
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);

  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
read_options (AnnExportDialog *self, AnnWriteOptions *options)
{
  const AnnExportFormat *format = get_format (self);
  const AnnWriteOptionFlags useful = get_useful_options (self);
  const guint compression = MIN (get_selected (self->compression_row),
                                 ANN_N_EXPORT_COMPRESSIONS - 1);

  g_strfreev (options->elements);
  options->elements = make_elements (self);
  options->zarr_format = format->zarr_format;
  options->profile = (useful & ANN_WRITE_OPTION_PROFILE) != 0
                         ? (AnnProfile) MIN (get_selected (self->profile_row), ANN_PROFILE_FAITHFUL)
                         : ANN_PROFILE_PORTABLE;
  options->chunk_rows = (useful & ANN_WRITE_OPTION_CHUNK_ROWS) != 0
                            ? (guint64) gtk_spin_button_get_value_as_int (
                                GTK_SPIN_BUTTON (self->chunk_spin))
                            : 0;
  options->has_compression = compression > 0 && (useful & ANN_WRITE_OPTION_COMPRESSION) != 0;
  ann_compression_init (&options->compression, ann_export_compressions[compression].compressor);
  if (ann_export_compressions[compression].min_level
      < ann_export_compressions[compression].max_level)
    options->compression.level = gtk_spin_button_get_value_as_int (
        GTK_SPIN_BUTTON (self->level_spin));
}

static char *
make_target (AnnExportDialog *self)
{
  const AnnExportFormat *format = get_format (self);
  const AnnExportWhat what = self->request->what[ANN_AXIS_OBS];
  const char *part = format->is_text && get_table (self) != NULL ? get_table (self)
                     : what == ANN_EXPORT_SELECTED               ? "selection"
                     : what == ANN_EXPORT_FILTERED               ? "filtered"
                                                                 : "export";

  return ann_export_format_make_target (format, self->request->data, part);
}

static void
read_request (AnnExportDialog *self)
{
  AnnExportRequest *request = self->request;

  for (guint axis = 0; axis < 2; axis++)
    request->what[axis] = get_what (self, (AnnAxis) axis);
  g_free (request->names);
  request->names = request->what[ANN_AXIS_VAR] == ANN_EXPORT_NAMED ? dup_names (self) : NULL;
  request->as_shown = get_selected (self->order_row) == 0;
  read_options (self, request->options);
  g_free (request->target);
  request->target = make_target (self);
}

/* ---- What is shown of it ---- */

static guint64
count_rows (AnnExportDialog *self, AnnAxis axis, AnnExportWhat what)
{
  const AnnShownRows *shown = &self->request->shown[axis];

  if (what == ANN_EXPORT_SELECTED && shown->selected != NULL)
    return ann_row_selection_get_n_rows (shown->selected);
  if (what == ANN_EXPORT_FILTERED && shown->filtered != NULL)
    return ann_selection_get_length (shown->filtered);

  return axis == ANN_AXIS_OBS ? ann_data_get_n_obs (self->request->data)
                              : ann_data_get_n_var (self->request->data);
}

static void
show_shapes (AnnExportDialog *self)
{
  GtkWidget *const labels[] = { self->all_shape, self->filtered_shape, self->selected_shape };
  const AnnExportWhat genes = self->request->what[ANN_AXIS_VAR];
  guint64 shape[] = { 0, count_rows (self, ANN_AXIS_VAR, genes) };

  if (genes == ANN_EXPORT_NAMED)
    shape[1] = self->draft != NULL ? self->draft->plan->n_var : 0;
  for (guint what = 0; what < G_N_ELEMENTS (labels); what++)
    {
      g_autofree char *text = NULL;

      shape[0] = count_rows (self, ANN_AXIS_OBS, (AnnExportWhat) what);
      text = ann_text_shape (2, shape);
      gtk_label_set_text (GTK_LABEL (labels[what]), text);
    }
}

static void
show_rows (AnnExportDialog *self)
{
  const AnnExportFormat *format = get_format (self);
  const AnnWriteOptionFlags useful = get_useful_options (self);
  const gboolean compresses = (useful & ANN_WRITE_OPTION_COMPRESSION) != 0;
  const guint compression = get_selected (self->compression_row);

  gtk_widget_set_visible (self->names_row, is_active (self->genes_list_button));
  gtk_widget_set_visible (self->table_row, format->is_text);
  gtk_widget_set_visible (self->elements_row, !format->is_text);
  gtk_widget_set_visible (self->compression_row, compresses);
  gtk_widget_set_visible (self->advanced_row, (useful & ANN_WRITE_OPTION_CHUNK_ROWS) != 0);
  gtk_widget_set_visible (self->level_row,
                          compresses && compression < ANN_N_EXPORT_COMPRESSIONS
                              && ann_export_compressions[compression].min_level
                                     < ann_export_compressions[compression].max_level);
}

static void
show_plan (AnnExportDialog *self)
{
  const AnnExportPlan *plan = self->draft->plan;
  const guint64 shape[] = { plan->n_obs, plan->n_var };
  g_autofree char *size = g_format_size (plan->estimated_size);
  g_autofree char *dimensions = ann_text_shape (2, shape);
  g_autofree char *elements = g_strdup_printf (
      ngettext ("%u element", "%u elements", plan->n_elements), plan->n_elements);
  /* Translators: %s is a size, such as "1.2 MB". */
  g_autofree char *text = g_strdup_printf (_ ("About %s"), size);
  g_autofree char *detail = g_strdup_printf ("%s · %s · %s", dimensions, elements, plan->format);
  g_autofree char *warnings = g_strjoinv ("\n", plan->warnings);

  gtk_label_set_text (GTK_LABEL (self->plan_label), text);
  gtk_widget_set_tooltip_text (self->plan_label, NULL);
  gtk_label_set_text (GTK_LABEL (self->detail_label), detail);
  gtk_label_set_text (GTK_LABEL (self->warning_label), warnings);
  gtk_widget_set_tooltip_text (self->warning_label, warnings);
  gtk_widget_set_visible (self->warning_label, *warnings != '\0');
}

static void
show_error (AnnExportDialog *self, const char *text)
{
  gtk_label_set_text (GTK_LABEL (self->plan_label), text);
  gtk_widget_set_tooltip_text (self->plan_label, text);
  gtk_label_set_text (GTK_LABEL (self->detail_label), "");
  gtk_widget_set_visible (self->warning_label, FALSE);
}

static void
update_actions (AnnExportDialog *self)
{
  static const char *const names[] = { "export.choose", "export.choose-location", "export.write",
                                       "export.copy-command", "export.copy-python" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), names[i], self->draft != NULL);
  gtk_widget_set_sensitive (self->export_button, self->draft != NULL);
  gtk_widget_set_sensitive (self->code_button, self->draft != NULL);
}

static void
on_draft (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AnnExportDialog) self = ann_weak_take (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnExportDraft) draft = ann_export_draft_make_finish (result, &error);

  /* Something else was chosen meanwhile. */
  if (self == NULL || self->cancellable != g_task_get_cancellable (G_TASK (result)))
    return;

  self->draft = g_steal_pointer (&draft);
  if (self->draft != NULL)
    {
      if (self->paths == NULL && self->request->options->elements == NULL)
        learn_elements (self, self->draft->plan->paths);
      show_plan (self);
      show_shapes (self);
    }
  else
    show_error (self, error->message);
  update_actions (self);
}

static void
drop_draft (AnnExportDialog *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->draft, ann_export_draft_free);
}

static void
update (AnnExportDialog *self)
{
  if (self->is_updating)
    return;

  drop_draft (self);
  read_request (self);
  show_rows (self);
  show_shapes (self);
  describe_elements (self);
  show_error (self, _ ("Finding out what will be written…"));
  update_actions (self);
  self->cancellable = g_cancellable_new ();
  ann_export_draft_make_async (self->request, self->cancellable, on_draft, ann_weak_new (self));
}

static void
on_format (AnnExportDialog *self)
{
  self->is_updating = TRUE;
  fill_tables (self);
  self->is_updating = FALSE;
  update (self);
}

/* Each compressor counts its levels in its own way. */
static void
on_compression (AnnExportDialog *self)
{
  const guint i = MIN (get_selected (self->compression_row), ANN_N_EXPORT_COMPRESSIONS - 1);
  AnnCompression usual;

  ann_compression_init (&usual, ann_export_compressions[i].compressor);
  self->is_updating = TRUE;
  if (ann_export_compressions[i].min_level < ann_export_compressions[i].max_level)
    {
      gtk_spin_button_set_range (GTK_SPIN_BUTTON (self->level_spin),
                                 ann_export_compressions[i].min_level,
                                 ann_export_compressions[i].max_level);
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->level_spin), usual.level);
    }
  self->is_updating = FALSE;
  update (self);
}

/* ---- Export ---- */

static void
write_to (AnnExportDialog *self, const char *target, gboolean replaces)
{
  g_autoptr (AnnWriteOptions) options = NULL;
  g_autoptr (AnnWriteTask) task = NULL;

  if (self->draft == NULL)
    return;

  options = ann_write_options_copy (self->draft->request->options);
  options->overwrite = replaces;
  task = ann_write_task_new_export (self->draft->data, target, options);
  g_signal_emit (self, signals[WRITE], 0, task);
  gtk_window_close (GTK_WINDOW (self));
}

static void
write_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  const char *target;
  gboolean replaces;

  g_variant_get (parameter, "(&sb)", &target, &replaces);
  write_to (ANN_EXPORT_DIALOG (widget), target, replaces);
}

static void
choose_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnExportDialog *self = ANN_EXPORT_DIALOG (widget);
  const char *const suffixes[] = { get_format (self)->suffix, NULL };
  g_autofree char *base = g_path_get_basename (self->request->target);
  AnnTargetQuestion question = { _ ("Export"), _ ("_Export"), suffixes, base,
                                 self->request->target };

  if (g_str_equal (name, "export.choose"))
    ann_target_chooser_ask_file (self->chooser, &question);
  else
    {
      question.beside = ann_data_get_uri (self->request->data);
      ann_target_chooser_ask_location (self->chooser, &question);
    }
}

/* ---- Copy as code ---- */

static void
say (AnnExportDialog *self, const char *text)
{
  g_autofree char *markup = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (self->toasts), adw_toast_new (markup));
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnExportDialog *self = ANN_EXPORT_DIALOG (widget);
  const gboolean is_command = g_str_equal (name, "export.copy-command");
  g_autoptr (GError) error = NULL;
  g_autofree char *code = is_command ? ann_export_code_command (self->draft, &error)
                                     : ann_export_code_python (self->draft, &error);

  if (code == NULL)
    {
      say (self, error->message);
      return;
    }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), code);
  say (self, is_command ? _ ("The command was copied") : _ ("The Python code was copied"));
}

/* ---- The dialog ---- */

static gboolean
on_escape (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  gtk_window_close (GTK_WINDOW (widget));

  return TRUE;
}

static void
ann_export_dialog_dispose (GObject *object)
{
  AnnExportDialog *self = ANN_EXPORT_DIALOG (object);

  drop_draft (self);
  g_clear_object (&self->chooser);

  G_OBJECT_CLASS (ann_export_dialog_parent_class)->dispose (object);
}

static void
ann_export_dialog_finalize (GObject *object)
{
  AnnExportDialog *self = ANN_EXPORT_DIALOG (object);

  g_clear_pointer (&self->request, ann_export_request_free);
  g_ptr_array_unref (self->checks);
  g_strfreev (self->paths);

  G_OBJECT_CLASS (ann_export_dialog_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *klass)
{
#define BIND(name) gtk_widget_class_bind_template_child (klass, AnnExportDialog, name)
  BIND (export_button);
  BIND (toasts);
  BIND (selected_row);
  BIND (selected_button);
  BIND (selected_shape);
  BIND (filtered_row);
  BIND (filtered_button);
  BIND (filtered_shape);
  BIND (all_button);
  BIND (all_shape);
  BIND (genes_all_button);
  BIND (genes_filtered_button);
  BIND (genes_selected_button);
  BIND (genes_list_button);
  BIND (names_row);
  BIND (names_view);
  BIND (format_row);
  BIND (table_row);
  BIND (elements_row);
  BIND (compression_row);
  BIND (level_row);
  BIND (level_spin);
  BIND (order_row);
  BIND (advanced_row);
  BIND (chunk_spin);
  BIND (profile_row);
  BIND (plan_label);
  BIND (detail_label);
  BIND (warning_label);
  BIND (code_button);
#undef BIND
}

static void
ann_export_dialog_class_init (AnnExportDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ann_export_dialog_dispose;
  object_class->finalize = ann_export_dialog_finalize;

  /**
   * AnnExportDialog::write:
   * @self: a dialog
   * @task: an #AnnWriteTask that has not begun
   *
   * The user wants to have it written.
   */
  signals[WRITE] = g_signal_new ("write", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 1, ANN_TYPE_WRITE_TASK);

  gtk_widget_class_set_template_from_resource (widget_class, ANN_UI_RESOURCE_PATH
                                               "/dialogs/ann-export-dialog.ui");
  bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "export.choose", NULL, choose_action);
  gtk_widget_class_install_action (widget_class, "export.choose-location", NULL, choose_action);
  gtk_widget_class_install_action (widget_class, "export.write", "(sb)", write_action);
  gtk_widget_class_install_action (widget_class, "export.copy-command", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "export.copy-python", NULL, copy_action);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_escape, NULL);
}

static void
ann_export_dialog_init (AnnExportDialog *self)
{
  self->checks = g_ptr_array_new ();
  self->chooser = ann_target_chooser_new (GTK_WINDOW (self));
  g_signal_connect_swapped (self->chooser, "chosen", G_CALLBACK (write_to), self);
  gtk_widget_init_template (GTK_WIDGET (self));

  fill_combo (self->format_row, &ann_export_formats[0].title, ANN_N_EXPORT_FORMATS,
              sizeof ann_export_formats[0]);
  fill_combo (self->compression_row, &ann_export_compressions[0].title, ANN_N_EXPORT_COMPRESSIONS,
              sizeof ann_export_compressions[0]);
  fill_combo (self->profile_row, profiles, G_N_ELEMENTS (profiles), sizeof profiles[0]);
  fill_combo (self->order_row, orders, G_N_ELEMENTS (orders), sizeof orders[0]);
}

static void
connect_all (AnnExportDialog *self)
{
  GtkWidget *const buttons[] = {
    self->selected_button,  self->filtered_button,       self->all_button,
    self->genes_all_button, self->genes_filtered_button, self->genes_selected_button,
    self->genes_list_button
  };
  GtkWidget *const combos[] = { self->table_row, self->order_row, self->profile_row };
  GtkWidget *const spins[] = { self->level_spin, self->chunk_spin };

  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    g_signal_connect_swapped (buttons[i], "toggled", G_CALLBACK (update), self);
  for (guint i = 0; i < G_N_ELEMENTS (combos); i++)
    g_signal_connect_swapped (combos[i], "notify::selected", G_CALLBACK (update), self);
  for (guint i = 0; i < G_N_ELEMENTS (spins); i++)
    g_signal_connect_swapped (spins[i], "value-changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->format_row, "notify::selected", G_CALLBACK (on_format), self);
  g_signal_connect_swapped (self->compression_row, "notify::selected", G_CALLBACK (on_compression),
                            self);
  g_signal_connect_swapped (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->names_view)), "changed",
                            G_CALLBACK (update), self);
}

/* Rows that cannot be chosen are not there. */
static void
show_request (AnnExportDialog *self)
{
  const AnnExportRequest *request = self->request;
  const AnnShownRows *obs = &request->shown[ANN_AXIS_OBS];
  const AnnShownRows *var = &request->shown[ANN_AXIS_VAR];
  GtkWidget *const what[] = { self->all_button, self->filtered_button, self->selected_button };
  GtkWidget *const genes[] = { self->genes_all_button, self->genes_filtered_button,
                               self->genes_selected_button, self->genes_list_button };

  gtk_widget_set_visible (self->selected_row, obs->selected != NULL);
  gtk_widget_set_visible (self->filtered_row, obs->filtered != NULL);
  gtk_widget_set_visible (self->genes_selected_button, var->selected != NULL);
  gtk_widget_set_visible (self->genes_filtered_button, var->filtered != NULL);
  gtk_widget_set_visible (self->order_row, obs->order != NULL || var->order != NULL);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (what[request->what[ANN_AXIS_OBS]]), TRUE);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (genes[request->what[ANN_AXIS_VAR]]), TRUE);
}

/**
 * ann_export_dialog_get_draft:
 * @self: a dialog
 *
 * Returns: (transfer none) (nullable): what would be written; %NULL while that is found out, or if
 *   it cannot be
 */
const AnnExportDraft *
ann_export_dialog_get_draft (AnnExportDialog *self)
{
  return self->draft;
}

/**
 * ann_export_dialog_new:
 * @parent: (nullable): the window above which it stands
 * @request: what it begins with
 *
 * Returns: (transfer none): the dialog
 */
GtkWidget *
ann_export_dialog_new (GtkWindow *parent, const AnnExportRequest *request)
{
  AnnExportDialog *self = g_object_new (ANN_TYPE_EXPORT_DIALOG, "transient-for", parent, NULL);

  self->request = ann_export_request_copy (request);
  show_request (self);
  connect_all (self);
  update (self);

  return GTK_WIDGET (self);
}
