/* ann-heatmap-page.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "pages/ann-heatmap-page.h"

#include "ann-text.h"
#include "models/ann-set-parts.h"
#include "pages/ann-page.h"
#include "pages/ann-status-page.h"
#include "widgets/ann-color-bar.h"
#include "widgets/ann-dim-label.h"
#include "widgets/ann-heatmap-overlay.h"
#include "widgets/ann-heatmap-status-bar.h"
#include "widgets/ann-heatmap-toolbar.h"
#include "widgets/ann-property-row.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

/* The page of a matrix as a picture: how values become colours above, the picture with its legend,
 * and what lies under the pointer below. What is done to the picture are actions of the group
 * "picture", so that buttons, keys and tests share them.
 */

#define MAX_TITLE 14 /* characters of a path beside the picture */

struct _AnnHeatmapPage {
  GtkWidget parent_instance;

  AnnElement *element;
  AnnHeatmap *heatmap;
  GCancellable *cancellable;
  guint busy_timeout;    /* until refining takes long enough to be told */
  gboolean is_busy;      /* it has */
  gboolean lacks_sample; /* the network failed */
  gboolean has_reported; /* what went wrong, since it was last tried */

  GtkWidget *content;
  GtkWidget *stack;      /* the picture, or why there is none */
  AnnStatusPage *failed; /* which says so */
  AnnHeatmapView *view;
  AnnHeatmapToolbar *toolbar;
  GtkWidget *color_bar;
  GtkWidget *meaning;
  GtkWidget *legend;
  GtkWidget *sample_label;
  AnnHeatmapStatusBar *status_bar;
  GtkWidget *notice; /* that the picture is not whole, and why; beside it, so that its size stays */
  GtkWidget *notice_label;
  GtkWidget *notice_button;
  guint change; /* of the view, that the labels have to follow */
};

static void page_iface_init (AnnPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AnnHeatmapPage,
                               ann_heatmap_page,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (ANN_TYPE_PAGE, page_iface_init))

/* --- What is shown beside the picture --- */

static void
update_legend (AnnHeatmapPage *self)
{
  AnnHeatmapTiles *tiles = ann_heatmap_view_get_tiles (self->view);
  g_autofree char *meaning = NULL;
  AnnValueScale scale;
  double below, above;
  AnnView view;
  guint row_level, column_level;

  ann_heatmap_view_get_view (self->view, &view);
  row_level = ann_view_get_row_level (&view);
  column_level = ann_view_get_column_level (&view);
  if (row_level == 0 && column_level == 0)
    meaning = g_strdup (_ ("stored values"));
  else
    {
      g_autofree char *rows = ann_text_count ((guint64) 1 << row_level);
      g_autofree char *columns = ann_text_count ((guint64) 1 << column_level);

      /* Translators: rows × columns of a matrix under one pixel */
      meaning = g_strdup_printf (_ ("mean of %s × %s"), rows, columns);
    }
  gtk_label_set_text (GTK_LABEL (self->meaning), meaning);

  gtk_widget_set_visible (self->color_bar,
                          ann_heatmap_tiles_get_scale (tiles, &scale, &below, &above));
  if (!gtk_widget_get_visible (self->color_bar))
    return;
  ann_color_bar_set_scale (ANN_COLOR_BAR (self->color_bar), &scale,
                           ann_heatmap_toolbar_get_colors (self->toolbar)->map);
  ann_color_bar_set_clipped (ANN_COLOR_BAR (self->color_bar), below, above);
}

/* --- Busy, stop, errors --- */

static void update_busy (AnnHeatmapPage *self);

static gboolean
on_busy (gpointer user_data)
{
  AnnHeatmapPage *self = user_data;

  self->busy_timeout = 0;
  self->is_busy = TRUE;
  update_busy (self);

  return G_SOURCE_REMOVE;
}

static void
show_notice (AnnHeatmapPage *self, const char *text, const char *button, const char *action)
{
  gtk_widget_set_visible (self->notice, text != NULL);
  if (text == NULL)
    return;

  gtk_label_set_text (GTK_LABEL (self->notice_label), text);
  gtk_widget_set_tooltip_text (self->notice_label, text);
  gtk_button_set_label (GTK_BUTTON (self->notice_button), button);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->notice_button), action);
}

/* What is shown of a matrix far away until somebody wants all of it. */
static char *
describe_sample (AnnHeatmapPage *self, guint64 n_seen)
{
  AnnElement *matrix = ann_heatmap_get_matrix (self->heatmap);
  const gboolean by_columns = ann_element_get_kind (matrix) == ANN_ELEMENT_CSC;
  g_autofree char *seen = ann_text_count (n_seen);
  g_autofree char *all = ann_text_count (ann_element_get_shape (matrix)[by_columns ? 1 : 0]);

  if (n_seen == 0)
    return g_strdup (_ ("The picture is a sample."));

  return g_strdup_printf (
      by_columns ? _ ("Sample of %s of %s columns") : _ ("Sample of %s of %s rows"), seen, all);
}

/* Where nothing of the matrix could be read, that stands in place of the picture: an empty one
 * would look like a matrix of nothing. Of a chunk that is broken the other tiles may still come.
 * Returns whether it is so.
 */
static gboolean
show_failure (AnnHeatmapPage *self)
{
  AnnHeatmapTiles *tiles = ann_heatmap_view_get_tiles (self->view);
  const GError *error = ann_heatmap_tiles_get_error (tiles);
  gboolean is_passing = error != NULL && ann_http_error_is_passing (error);
  gboolean has_failed = error != NULL && !ann_heatmap_tiles_has_any (tiles)
                        && !g_error_matches (error, ANN_ERROR, ANN_ERROR_CHANGED)
                        && (is_passing || ann_heatmap_tiles_get_n_missing (tiles) == 0);

  if (has_failed)
    ann_status_page_set_error (self->failed, _ ("Cannot Read the Values"), error);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), has_failed ? "failed" : "picture");
  gtk_widget_set_visible (self->legend, !has_failed);

  return has_failed;
}

/* Refining is told beside the picture and not in the row of jobs: that row would take room from the
 * picture, which of another size has other tiles, which want refining.
 */
static void
update_busy (AnnHeatmapPage *self)
{
  AnnHeatmapTiles *tiles = ann_heatmap_view_get_tiles (self->view);
  const GError *error = ann_heatmap_tiles_get_error (tiles);
  gboolean is_stopped = ann_heatmap_tiles_is_stopped (tiles);
  guint n_missing = ann_heatmap_tiles_get_n_missing (tiles);
  gboolean has_failed;
  guint64 n_seen;
  g_autofree char *text = NULL;

  if (n_missing == 0 || is_stopped)
    {
      g_clear_handle_id (&self->busy_timeout, g_source_remove);
      self->is_busy = FALSE;
    }
  else if (!self->is_busy && self->busy_timeout == 0)
    self->busy_timeout = g_timeout_add (150, on_busy, self);

  has_failed = show_failure (self);
  if (error != NULL && !has_failed && !self->has_reported)
    {
      self->has_reported = TRUE;
      ann_page_report (GTK_WIDGET (self), error);
    }
  if (has_failed)
    show_notice (self, NULL, NULL, NULL);
  else if (error != NULL)
    show_notice (self, error->message, _ ("Retry"), "picture.refine");
  else if (is_stopped && n_missing > 0)
    show_notice (self, _ ("The picture is a sample."), _ ("Refine"), "picture.refine");
  else if (ann_heatmap_tiles_is_sample (tiles, &n_seen))
    {
      text = describe_sample (self, n_seen);
      show_notice (self, text, _ ("Refine"), "picture.refine");
    }
  else if (self->is_busy)
    {
      text = g_strdup_printf (
          g_dngettext (NULL, "Refining, %u tile to go…", "Refining, %u tiles to go…", n_missing),
          n_missing);
      show_notice (self, text, _ ("Stop"), "picture.stop");
    }
  else
    show_notice (self, NULL, NULL, NULL);
}

/* Esc. */
static gboolean
cancel (AnnPage *page)
{
  AnnHeatmapPage *self = ANN_HEATMAP_PAGE (page);
  AnnHeatmapTiles *tiles = self->view != NULL ? ann_heatmap_view_get_tiles (self->view) : NULL;

  if (tiles == NULL || ann_heatmap_tiles_is_stopped (tiles)
      || ann_heatmap_tiles_get_n_missing (tiles) == 0)
    return FALSE;
  ann_heatmap_tiles_stop (tiles);

  return TRUE;
}

static gboolean
on_change (gpointer user_data)
{
  AnnHeatmapPage *self = user_data;

  self->change = 0;
  update_legend (self);
  ann_heatmap_status_bar_update (self->status_bar);
  update_busy (self);

  return G_SOURCE_REMOVE;
}

/* Not at once: the view also changes when it is given its place, and labels that want another size
 * must not ask for it then. One pending source for any number of changes.
 */
static void
on_view_changed (AnnHeatmapView *view, AnnHeatmapPage *self)
{
  if (self->change == 0)
    self->change = g_idle_add_full (G_PRIORITY_HIGH_IDLE, on_change, self, NULL);
}

static void
stop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnHeatmapPage *self = ANN_HEATMAP_PAGE (widget);

  if (self->view != NULL)
    ann_heatmap_tiles_stop (ann_heatmap_view_get_tiles (self->view));
}

static void begin_sampling (AnnHeatmapPage *self);

static void
read_again (AnnHeatmapPage *self)
{
  self->has_reported = FALSE;
  ann_heatmap_view_retry (self->view);
  if (self->lacks_sample)
    begin_sampling (self);
}

static void
refine_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnHeatmapPage *self = ANN_HEATMAP_PAGE (widget);

  if (self->view == NULL)
    return;

  /* Of a store that was changed nothing can be read again here. */
  if (g_error_matches (ann_heatmap_tiles_get_error (ann_heatmap_view_get_tiles (self->view)),
                       ANN_ERROR, ANN_ERROR_CHANGED))
    gtk_widget_activate_action (widget, "pages.retry", NULL);
  else
    read_again (self);
}

static gboolean
retry (AnnPage *page)
{
  AnnHeatmapPage *self = ANN_HEATMAP_PAGE (page);

  if (self->view == NULL
      || ann_heatmap_tiles_get_error (ann_heatmap_view_get_tiles (self->view)) == NULL)
    return FALSE;

  read_again (self);

  return TRUE;
}

static void
apply_colors (AnnHeatmapPage *self)
{
  ann_heatmap_view_set_colors (self->view, ann_heatmap_toolbar_get_colors (self->toolbar));
  update_legend (self);
}

/* --- The sample --- */

static void
sample_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  AnnValueSample *sample = ann_heatmap_sample_values (task_data, cancellable, &error);

  if (sample != NULL)
    g_task_return_pointer (task, sample, (GDestroyNotify) ann_value_sample_unref);
  else
    g_task_return_error (task, error);
}

static void
on_sampled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AnnHeatmapPage *self = ANN_HEATMAP_PAGE (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnValueSample) sample = g_task_propagate_pointer (G_TASK (result), &error);
  g_autofree char *rows = NULL;
  g_autofree char *text = NULL;

  if (self->view == NULL)
    return;
  if (sample == NULL)
    {
      /* Cancelled, or broken: then the tiles say what is wrong. */
      self->lacks_sample = ann_http_error_is_passing (error);
      return;
    }

  rows = ann_text_count (ann_value_sample_get_n_rows (sample));
  text = g_strdup_printf (_ ("Range from a sample of %s rows"), rows);
  gtk_label_set_text (GTK_LABEL (self->sample_label), text);

  if (ann_value_sample_get_minimum (sample) < 0)
    ann_heatmap_toolbar_suggest_map (self->toolbar, ANN_COLOR_MAP_BLUE_RED);
  ann_heatmap_view_set_sample (self->view, sample);
}

static void
begin_sampling (AnnHeatmapPage *self)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_sampled, NULL);

  self->lacks_sample = FALSE;
  g_task_set_source_tag (task, begin_sampling);
  g_task_set_task_data (task, g_object_ref (self->heatmap), g_object_unref);
  ann_worker_run_task (task, ANN_LANE_READ, sample_in_thread);
}

/* --- Rows that are of missing parts of a set --- */

static void
draw_key (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  ann_heatmap_draw_hatch (cr, 0, 0, width, height);
}

static void
add_missing_key (AnnHeatmapPage *self, guint64 n_rows)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *key = gtk_drawing_area_new ();
  GtkWidget *label;
  g_autofree char *n = ann_text_count (n_rows);
  /* Translators: %s is a number of rows. */
  g_autofree char *text = g_strdup_printf (ngettext ("%s row of a missing part",
                                                     "%s rows of missing parts",
                                                     (gulong) MIN (n_rows, G_MAXULONG)),
                                           n);

  label = gtk_label_new (text);
  gtk_widget_add_css_class (label, "caption");
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 14);
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (key), 12);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (key), 12);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (key), draw_key, NULL, NULL);
  gtk_widget_set_valign (key, GTK_ALIGN_START);
  gtk_widget_set_margin_top (key, 2);
  gtk_widget_set_name (box, "heatmap-missing");
  gtk_box_append (GTK_BOX (box), key);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_insert_child_after (GTK_BOX (self->legend), box, self->color_bar);
}

static void
find_missing_in_thread (GTask *task, gpointer source, gpointer element, GCancellable *cancellable)
{
  g_task_return_pointer (task, ann_missing_rows_find (element), (GDestroyNotify) g_array_unref);
}

static void
on_missing_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AnnHeatmapPage *self = ANN_HEATMAP_PAGE (source);
  g_autoptr (GArray) rows = g_task_propagate_pointer (G_TASK (result), NULL);

  if (rows == NULL || self->view == NULL)
    return;

  ann_heatmap_view_set_missing (self->view, rows);
  add_missing_key (self, ann_missing_rows_count (rows));
}

static void
begin_finding_missing (AnnHeatmapPage *self, AnnData *data)
{
  g_autofree char *missing = ann_set_parts_describe_missing (data);
  g_autoptr (GTask) task = NULL;

  if (missing == NULL)
    return;

  task = g_task_new (self, self->cancellable, on_missing_found, NULL);
  g_task_set_source_tag (task, begin_finding_missing);
  g_task_set_task_data (task, g_object_ref (self->element), g_object_unref);
  ann_worker_run_task (task, ANN_LANE_READ, find_missing_in_thread);
}

/* --- Building --- */

static GtkWidget *
build_notice (AnnHeatmapPage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->notice_label = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->notice_label, "caption");
  gtk_label_set_wrap (GTK_LABEL (self->notice_label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->notice_label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (self->notice_label), 6);
  gtk_label_set_ellipsize (GTK_LABEL (self->notice_label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (self->notice_label), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (self->notice_label), 16);
  self->notice_button = gtk_button_new_with_label (_ ("Refine"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->notice_button), "picture.refine");
  gtk_widget_set_halign (self->notice_button, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (box), self->notice_label);
  gtk_box_append (GTK_BOX (box), self->notice_button);
  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_visible (box, FALSE);

  return box;
}

static GtkWidget *
build_legend (AnnHeatmapPage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  const char *path = ann_element_get_path (self->element);
  GtkWidget *title = gtk_label_new (
      g_utf8_strlen (path, -1) <= MAX_TITLE ? path : ann_element_get_name (self->element));

  gtk_widget_add_css_class (title, "heading");
  gtk_label_set_ellipsize (GTK_LABEL (title), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_set_tooltip_text (title, path);
  gtk_label_set_xalign (GTK_LABEL (title), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (title), 14);

  self->meaning = ann_dim_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->meaning), 0);
  gtk_label_set_wrap (GTK_LABEL (self->meaning), TRUE);
  self->color_bar = ann_color_bar_new ();
  gtk_widget_set_size_request (self->color_bar, -1, 210);
  self->sample_label = ann_dim_label_new (NULL);
  gtk_widget_add_css_class (self->sample_label, "caption");
  gtk_label_set_wrap (GTK_LABEL (self->sample_label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->sample_label), 0);
  gtk_label_set_max_width_chars (GTK_LABEL (self->sample_label), 16);

  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), self->meaning);
  gtk_box_append (GTK_BOX (box), self->color_bar);
  gtk_box_append (GTK_BOX (box), self->sample_label);
  self->notice = build_notice (self);
  gtk_box_append (GTK_BOX (box), self->notice);
  gtk_widget_set_size_request (box, 132, -1);
  gtk_widget_set_margin_start (box, 12);
  gtk_widget_set_margin_end (box, 12);
  gtk_widget_set_margin_top (box, 12);

  return box;
}

static void
zoom_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnHeatmapPage *self = ANN_HEATMAP_PAGE (widget);

  if (self->view == NULL)
    return;
  if (g_str_equal (name, "picture.zoom-in"))
    ann_heatmap_view_zoom (self->view, 1.5);
  else if (g_str_equal (name, "picture.zoom-out"))
    ann_heatmap_view_zoom (self->view, 1 / 1.5);
  else
    ann_heatmap_view_fit (self->view);
}

static GtkWidget *
build_failed (AnnHeatmapPage *self, AnnLocation *location)
{
  self->failed = g_object_new (ANN_TYPE_STATUS_PAGE, "name", "heatmap-failed", NULL);
  if (location != NULL)
    {
      g_autofree char *place = ann_location_is_remote (location)
                                   ? g_strdup (ann_location_get_uri (location))
                                   : ann_text_home_path (ann_location_get_uri (location));

      ann_status_page_add_row (self->failed, ann_property_row_new_path (_ ("Location"), place));
    }
  ann_status_page_add_button (self->failed, _ ("_Retry"), "picture.refine");

  return GTK_WIDGET (self->failed);
}

static GtkWidget *
build_picture (AnnHeatmapPage *self, AnnData *data)
{
  g_autoptr (AnnAxisLabels) rows = ann_axis_labels_new (data, self->element, 0);
  g_autoptr (AnnAxisLabels) columns = ann_axis_labels_new (data, self->element, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *middle = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->view = ANN_HEATMAP_VIEW (ann_heatmap_view_new (self->heatmap, rows, columns));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (self->view));
  gtk_widget_set_hexpand (scroller, TRUE);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_widget_set_margin_start (scroller, 12);
  gtk_widget_set_margin_top (scroller, 12);
  gtk_widget_set_margin_bottom (scroller, 6);
  self->legend = build_legend (self);
  self->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->stack), scroller, "picture");
  gtk_stack_add_named (GTK_STACK (self->stack), build_failed (self, ann_data_get_location (data)),
                       "failed");
  gtk_box_append (GTK_BOX (middle), self->stack);
  gtk_box_append (GTK_BOX (middle), self->legend);

  self->toolbar = ANN_HEATMAP_TOOLBAR (ann_heatmap_toolbar_new ());
  gtk_widget_insert_action_group (GTK_WIDGET (self), "colors",
                                  ann_heatmap_toolbar_get_actions (self->toolbar));
  self->status_bar = ANN_HEATMAP_STATUS_BAR (
      ann_heatmap_status_bar_new (self->view, rows, columns));

  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->toolbar));
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (box), middle);
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->status_bar));

  g_signal_connect_swapped (self->toolbar, "changed", G_CALLBACK (apply_colors), self);
  g_signal_connect (self->view, "point-changed", G_CALLBACK (on_view_changed), self);
  g_signal_connect (self->view, "view-changed", G_CALLBACK (on_view_changed), self);

  return box;
}

/* --- Life --- */

static void
ann_heatmap_page_dispose (GObject *object)
{
  AnnHeatmapPage *self = ANN_HEATMAP_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->busy_timeout, g_source_remove);
  g_clear_handle_id (&self->change, g_source_remove);
  if (self->view != NULL)
    g_signal_handlers_disconnect_by_data (self->view, self);
  self->view = NULL;
  g_clear_pointer (&self->content, gtk_widget_unparent);
  g_clear_object (&self->heatmap);
  g_clear_object (&self->element);

  G_OBJECT_CLASS (ann_heatmap_page_parent_class)->dispose (object);
}

static void
ann_heatmap_page_finalize (GObject *object)
{
  g_clear_object (&ANN_HEATMAP_PAGE (object)->cancellable);

  G_OBJECT_CLASS (ann_heatmap_page_parent_class)->finalize (object);
}

static GtkWidget *
get_tools (AnnPage *page)
{
  GtkWidget *button = ann_page_new_export_button ();

  gtk_widget_set_hexpand (button, TRUE);
  gtk_widget_set_halign (button, GTK_ALIGN_END);

  return button;
}

static void
page_iface_init (AnnPageInterface *iface)
{
  iface->get_tools = get_tools;
  iface->retry = retry;
  iface->cancel = cancel;
}

static void
ann_heatmap_page_class_init (AnnHeatmapPageClass *klass)
{
  /* Also when the focus is on a menu above the picture. */
  static const struct {
    guint key;
    const char *action;
  } keys[] = {
    { GDK_KEY_plus, "picture.zoom-in" },         { GDK_KEY_KP_Add, "picture.zoom-in" },
    { GDK_KEY_equal, "picture.zoom-in" },        { GDK_KEY_minus, "picture.zoom-out" },
    { GDK_KEY_KP_Subtract, "picture.zoom-out" }, { GDK_KEY_0, "picture.fit" },
  };
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ann_heatmap_page_dispose;
  object_class->finalize = ann_heatmap_page_finalize;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget_class, "picture.zoom-in", NULL, zoom_action);
  gtk_widget_class_install_action (widget_class, "picture.zoom-out", NULL, zoom_action);
  gtk_widget_class_install_action (widget_class, "picture.fit", NULL, zoom_action);
  gtk_widget_class_install_action (widget_class, "picture.stop", NULL, stop_action);
  gtk_widget_class_install_action (widget_class, "picture.refine", NULL, refine_action);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (widget_class, keys[i].key, GDK_CONTROL_MASK,
                                         keys[i].action, NULL);
}

static void
ann_heatmap_page_init (AnnHeatmapPage *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * ann_heatmap_page_new:
 * @data: a store
 * @element: a matrix of numbers in it: dense, CSR or CSC
 *
 * Returns: (transfer floating): the matrix as a picture; one sentence where there is none
 */
GtkWidget *
ann_heatmap_page_new (AnnData *data, AnnElement *element)
{
  AnnHeatmapPage *self = g_object_new (ANN_TYPE_HEATMAP_PAGE, NULL);
  g_autoptr (GError) error = NULL;

  self->element = g_object_ref (element);
  self->heatmap = ann_heatmap_new (element, &error);
  if (self->heatmap == NULL)
    self->content = ann_status_page_new ("ann-matrix-symbolic", _ ("No Picture of This Element"),
                                         error->message);
  else if (ann_heatmap_get_n_rows (self->heatmap) == 0
           || ann_heatmap_get_n_columns (self->heatmap) == 0)
    self->content = ann_status_page_new ("ann-matrix-symbolic", _ ("Nothing to Draw"),
                                         _ ("This matrix has no cells."));
  else
    self->content = build_picture (self, data);
  gtk_widget_set_parent (self->content, GTK_WIDGET (self));

  if (self->view != NULL)
    {
      apply_colors (self);
      begin_sampling (self);
      begin_finding_missing (self, data);
    }

  return GTK_WIDGET (self);
}

/**
 * ann_heatmap_page_get_view:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): the picture, or %NULL where there is none
 */
AnnHeatmapView *
ann_heatmap_page_get_view (AnnHeatmapPage *self)
{
  return self->view;
}
