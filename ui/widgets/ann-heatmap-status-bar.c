/* ann-heatmap-status-bar.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-heatmap-status-bar.h"

#include "ann-text.h"
#include "widgets/ann-dim-label.h"

#include <glib/gi18n.h>
#include <math.h>

/* What lies under the pointer, and how much of the matrix is seen. The buttons are actions of the
 * group "picture".
 */

#define NARROW 860 /* below this width it says less */

struct _AnnHeatmapStatusBar {
  GtkBox parent_instance;

  AnnHeatmapView *view; /* not owned */
  GtkWidget *point_box;
  GtkWidget *row_value;
  GtkWidget *column_value;
  GtkWidget *value_value;
  GtkWidget *pixel_label;
  GtkWidget *zoom_label;
};

G_DEFINE_FINAL_TYPE (AnnHeatmapStatusBar, ann_heatmap_status_bar, GTK_TYPE_BOX)

/* Two digits are enough to tell 1.2 rows a pixel from one. */
static char *
format_factor (double factor)
{
  return factor >= 10 || fabs (factor - round (factor)) < 0.05
             ? ann_text_count ((guint64) (factor + 0.5))
             : g_strdup_printf ("%.1f", factor);
}

static char *
format_scale (const AnnView *view)
{
  double rows = view->rows_per_pixel;
  double columns = view->columns_per_pixel;
  gboolean is_magnified = rows <= 1 && columns <= 1;
  g_autofree char *down = format_factor (is_magnified ? 1 / rows : MAX (rows, 1));
  g_autofree char *across = format_factor (is_magnified ? 1 / columns : MAX (columns, 1));

  /* Translators: how large a cell is drawn, height × width, or how many rows × columns a pixel
   * covers */
  return g_strdup_printf (is_magnified ? _ ("%s × %s pixels each") : _ ("%s × %s per pixel"), down,
                          across);
}

static void
update_zoom_label (AnnHeatmapStatusBar *self)
{
  g_autofree char *rows = NULL;
  g_autofree char *columns = NULL;
  g_autofree char *scale = NULL;
  g_autofree char *text = NULL;
  AnnView view;

  ann_heatmap_view_get_view (self->view, &view);
  rows = ann_text_count ((guint64) MIN (ceil (view.height * view.rows_per_pixel), view.n_rows));
  columns = ann_text_count (
      (guint64) MIN (ceil (view.width * view.columns_per_pixel), view.n_columns));
  scale = format_scale (&view);
  /* Translators: rows × columns in the window · their scale */
  text = g_strdup_printf (_ ("%s × %s shown · %s"), rows, columns, scale);
  gtk_label_set_text (GTK_LABEL (self->zoom_label), text);
}

static void
update_point (AnnHeatmapStatusBar *self)
{
  AnnHeatmapPoint point;
  gboolean has_point = ann_heatmap_view_get_point (self->view, &point);
  gboolean is_narrow = gtk_widget_get_width (GTK_WIDGET (self)) < NARROW;
  g_autofree char *value = NULL;
  g_autofree char *pixel = NULL;

  gtk_widget_set_visible (self->point_box, has_point);
  gtk_widget_set_visible (self->zoom_label, !has_point || !is_narrow);
  if (!has_point)
    return;

  gtk_label_set_text (GTK_LABEL (self->row_value), point.row_label != NULL ? point.row_label : "…");
  gtk_label_set_text (GTK_LABEL (self->column_value),
                      point.column_label != NULL ? point.column_label : "…");
  value = ann_heatmap_format_point (&point);
  gtk_label_set_text (GTK_LABEL (self->value_value), value);

  pixel = ann_heatmap_format_mean (&point);
  gtk_label_set_text (GTK_LABEL (self->pixel_label), pixel != NULL ? pixel : "");
  gtk_widget_set_visible (self->pixel_label, pixel != NULL && !is_narrow);
  ann_heatmap_point_clear (&point);
}

void
ann_heatmap_status_bar_update (AnnHeatmapStatusBar *self)
{
  update_zoom_label (self);
  update_point (self);
}

/* --- Building --- */

static GtkWidget *
new_value_label (int max_chars)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), max_chars);
  gtk_label_set_xalign (GTK_LABEL (label), 0);

  return label;
}

/* A name and what it is; such pairs lie further apart than the two. */
static void
add_pair (GtkWidget *box, const char *name, GtkWidget *value)
{
  GtkWidget *label = ann_dim_label_new (name);

  if (gtk_widget_get_first_child (box) != NULL)
    gtk_widget_set_margin_start (label, 6);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), value);
}

static GtkWidget *
build_point_box (AnnHeatmapStatusBar *self, AnnAxisLabels *rows, AnnAxisLabels *columns)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->row_value = new_value_label (24);
  self->column_value = new_value_label (18);
  self->value_value = new_value_label (12);
  gtk_widget_add_css_class (self->value_value, "heading");
  self->pixel_label = ann_dim_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->pixel_label), PANGO_ELLIPSIZE_END);

  add_pair (box, ann_axis_labels_get_noun (rows), self->row_value);
  add_pair (box, ann_axis_labels_get_noun (columns), self->column_value);
  add_pair (box, _ ("Value"), self->value_value);
  gtk_box_append (GTK_BOX (box), self->pixel_label);
  gtk_widget_set_hexpand (box, TRUE);
  gtk_widget_set_visible (box, FALSE);

  return box;
}

static GtkWidget *
new_zoom_button (const char *icon, const char *tooltip, const char *action)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_widget_add_css_class (button, "flat");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);

  return button;
}

static void
build (AnnHeatmapStatusBar *self, AnnAxisLabels *rows, AnnAxisLabels *columns)
{
  GtkWidget *end = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->zoom_label = ann_dim_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->zoom_label), PANGO_ELLIPSIZE_START);
  self->point_box = build_point_box (self, rows, columns);
  gtk_widget_set_hexpand (end, TRUE);
  gtk_widget_set_halign (end, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (end), self->zoom_label);
  gtk_box_append (GTK_BOX (end),
                  new_zoom_button ("zoom-out-symbolic", _ ("Zoom Out"), "picture.zoom-out"));
  gtk_box_append (GTK_BOX (end),
                  new_zoom_button ("zoom-in-symbolic", _ ("Zoom In"), "picture.zoom-in"));
  gtk_box_append (GTK_BOX (end),
                  new_zoom_button ("zoom-fit-best-symbolic", _ ("Fit the Matrix"), "picture.fit"));

  gtk_box_append (GTK_BOX (self), self->point_box);
  gtk_box_append (GTK_BOX (self), end);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_widget_set_margin_start (GTK_WIDGET (self), 12);
  gtk_widget_set_margin_end (GTK_WIDGET (self), 6);
}

static void
ann_heatmap_status_bar_class_init (G_GNUC_UNUSED AnnHeatmapStatusBarClass *klass)
{
}

static void
ann_heatmap_status_bar_init (G_GNUC_UNUSED AnnHeatmapStatusBar *self)
{
}

GtkWidget *
ann_heatmap_status_bar_new (AnnHeatmapView *view, AnnAxisLabels *rows, AnnAxisLabels *columns)
{
  AnnHeatmapStatusBar *self = g_object_new (ANN_TYPE_HEATMAP_STATUS_BAR, NULL);

  self->view = view;
  build (self, rows, columns);

  return GTK_WIDGET (self);
}
