/* ann-heatmap-view.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-heatmap-view-private.h"

#include <glib/gi18n.h>

/* A matrix as a picture that can be panned and zoomed: geometry and input; the tiles do the
 * drawing, the overlay writes names and numbers.
 *
 * The scroll position is kept in cells, not in pixels, and the adjustments follow it: zooming keeps
 * the cell under the pointer in place to the last bit even with 10⁹ rows. The axes zoom together
 * but stop each by itself: at the whole axis in the window, and at LARGEST_CELL. While `is_fit` is
 * set the picture follows the window's size.
 */

#define LARGEST_CELL 64.0 /* logical pixels */
#define ROW_GUTTER 148
#define COLUMN_GUTTER 92

enum {
  PROP_0,
  PROP_HADJUSTMENT,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY,
};

enum {
  POINT_CHANGED,
  VIEW_CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE_WITH_CODE (AnnHeatmapView,
                               ann_heatmap_view,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

/* --- Geometry --- */

static double
get_n_rows (AnnHeatmapView *self)
{
  return (double) ann_heatmap_get_n_rows (self->heatmap);
}

static double
get_n_columns (AnnHeatmapView *self)
{
  return (double) ann_heatmap_get_n_columns (self->heatmap);
}

AnnHeatmapPlot
_ann_heatmap_view_get_plot (AnnHeatmapView *self)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self));
  double height = gtk_widget_get_height (GTK_WIDGET (self));
  AnnHeatmapPlot plot = { 0 };

  plot.x = self->row_height >= ANN_HEATMAP_MIN_ROW_LABEL && width > 3 * ROW_GUTTER ? ROW_GUTTER : 0;
  plot.width = MAX (width - plot.x, 1);
  plot.height = MAX (
      height
          - (self->column_width >= ANN_HEATMAP_MIN_COLUMN_LABEL && height > 3 * COLUMN_GUTTER
                 ? COLUMN_GUTTER
                 : 0),
      1);
  plot.row_height = self->row_height;
  plot.column_width = self->column_width;
  plot.left = self->left;
  plot.top = self->top;
  plot.n_rows = ann_heatmap_get_n_rows (self->heatmap);
  plot.n_columns = ann_heatmap_get_n_columns (self->heatmap);

  return plot;
}

static void
configure_adjustment (AnnHeatmapView *self, int axis, double value, double upper, double page)
{
  if (self->adjustments[axis] != NULL)
    gtk_adjustment_configure (self->adjustments[axis], value, 0, MAX (upper, page), page * 0.1,
                              page * 0.9, page);
}

/* Puts scale and position within their limits and tells everybody. */
void
_ann_heatmap_view_update (AnnHeatmapView *self)
{
  AnnHeatmapPlot plot = _ann_heatmap_view_get_plot (self);
  double n_rows = MAX (get_n_rows (self), 1);
  double n_columns = MAX (get_n_columns (self), 1);
  AnnView view;

  /* Names come and go with the scale and take room from the plot: twice settles it. */
  for (int i = 0; i < 2; i++)
    {
      double fit_height = plot.height / n_rows;
      double fit_width = plot.width / n_columns;

      if (self->is_fit)
        {
          self->row_height = fit_height;
          self->column_width = fit_width;
        }
      self->row_height = CLAMP (self->row_height, fit_height, MAX (fit_height, LARGEST_CELL));
      self->column_width = CLAMP (self->column_width, fit_width, MAX (fit_width, LARGEST_CELL));
      plot = _ann_heatmap_view_get_plot (self);
    }

  self->top = CLAMP (self->top, 0, MAX (n_rows - plot.height / self->row_height, 0));
  self->left = CLAMP (self->left, 0, MAX (n_columns - plot.width / self->column_width, 0));

  self->is_configuring = TRUE;
  configure_adjustment (self, 0, self->left * self->column_width, n_columns * self->column_width,
                        plot.width);
  configure_adjustment (self, 1, self->top * self->row_height, n_rows * self->row_height,
                        plot.height);
  self->is_configuring = FALSE;

  ann_heatmap_view_get_view (self, &view);
  ann_heatmap_tiles_set_view (self->tiles, &view);
  _ann_heatmap_view_follow_pointer (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[VIEW_CHANGED], 0);
}

/**
 * ann_heatmap_view_get_view:
 * @self: a heatmap
 * @view: (out caller-allocates): what it shows, in device pixels
 */
void
ann_heatmap_view_get_view (AnnHeatmapView *self, AnnView *view)
{
  AnnHeatmapPlot plot = _ann_heatmap_view_get_plot (self);
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (self));

  view->n_rows = plot.n_rows;
  view->n_columns = plot.n_columns;
  view->top = self->top;
  view->left = self->left;
  view->rows_per_pixel = 1 / (MAX (self->row_height, 1e-300) * scale);
  view->columns_per_pixel = 1 / (MAX (self->column_width, 1e-300) * scale);
  view->width = (guint) (plot.width * scale);
  view->height = (guint) (plot.height * scale);
}

static void
ann_heatmap_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  _ann_heatmap_view_update (ANN_HEATMAP_VIEW (widget));
}

static void
ann_heatmap_view_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  *minimum = 80;
  *natural = 400;
  *minimum_baseline = *natural_baseline = -1;
}

static void
ann_heatmap_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  AnnHeatmapView *self = ANN_HEATMAP_VIEW (widget);
  AnnHeatmapPlot plot = _ann_heatmap_view_get_plot (self);
  GskRenderer *renderer = gtk_native_get_renderer (gtk_widget_get_native (widget));
  gboolean with_cairo = renderer == NULL
                        || g_str_equal (G_OBJECT_TYPE_NAME (renderer), "GskCairoRenderer");
  AnnView view;

  ann_heatmap_view_get_view (self, &view);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) plot.x, (float) plot.y));
  ann_heatmap_tiles_snapshot (self->tiles, snapshot, &view, gtk_widget_get_scale_factor (widget),
                              with_cairo);
  gtk_snapshot_restore (snapshot);

  ann_heatmap_draw_numbers (widget, snapshot, &plot, self->tiles, &view, self->colors.map,
                            self->is_integer);
  ann_heatmap_draw_missing (snapshot, &plot, self->missing);
  ann_heatmap_draw_labels (widget, snapshot, &plot, self->labels[0], self->labels[1]);
  if (self->has_crosshair)
    ann_heatmap_draw_crosshair (widget, snapshot, &plot, &self->point);
  if (gtk_widget_has_visible_focus (widget))
    gtk_snapshot_render_focus (snapshot, gtk_widget_get_style_context (widget), plot.x, plot.y,
                               plot.width, plot.height);
}

/* --- Zoom --- */

/**
 * ann_heatmap_view_zoom_at:
 * @self: a heatmap
 * @factor: above 1 to see less, larger
 * @x: the point of the widget that stays where it is, in logical pixels
 * @y: the same
 */
void
ann_heatmap_view_zoom_at (AnnHeatmapView *self, double factor, double x, double y)
{
  AnnHeatmapPlot plot = _ann_heatmap_view_get_plot (self);
  double in_x = CLAMP (x - plot.x, 0, plot.width);
  double in_y = CLAMP (y - plot.y, 0, plot.height);
  double column = self->left + in_x / self->column_width;
  double row = self->top + in_y / self->row_height;
  double fit_width = plot.width / MAX (get_n_columns (self), 1);
  double fit_height = plot.height / MAX (get_n_rows (self), 1);

  self->column_width = CLAMP (self->column_width * factor, fit_width,
                              MAX (fit_width, LARGEST_CELL));
  self->row_height = CLAMP (self->row_height * factor, fit_height, MAX (fit_height, LARGEST_CELL));
  self->is_fit = self->column_width <= fit_width * 1.0001
                 && self->row_height <= fit_height * 1.0001;
  self->left = column - in_x / self->column_width;
  self->top = row - in_y / self->row_height;
  _ann_heatmap_view_update (self);
}

/* Zooms about the crosshair if it is in sight, else about the middle. */
void
ann_heatmap_view_zoom (AnnHeatmapView *self, double factor)
{
  AnnHeatmapPlot plot = _ann_heatmap_view_get_plot (self);
  double x = plot.x + plot.width / 2;
  double y = plot.y + plot.height / 2;

  if (self->has_crosshair)
    {
      double cell_x = plot.x + (self->point.column + 0.5 - plot.left) * plot.column_width;
      double cell_y = plot.y + (self->point.row + 0.5 - plot.top) * plot.row_height;

      if (cell_x >= plot.x && cell_x < plot.x + plot.width && cell_y >= plot.y
          && cell_y < plot.y + plot.height)
        {
          x = cell_x;
          y = cell_y;
        }
    }
  ann_heatmap_view_zoom_at (self, factor, x, y);
}

void
ann_heatmap_view_fit (AnnHeatmapView *self)
{
  self->is_fit = TRUE;
  _ann_heatmap_view_update (self);
}

/* --- The scrollable --- */

static void
on_adjustment_changed (GtkAdjustment *adjustment, AnnHeatmapView *self)
{
  if (self->is_configuring || self->column_width == 0)
    return;

  if (adjustment == self->adjustments[0])
    self->left = gtk_adjustment_get_value (adjustment) / self->column_width;
  else
    self->top = gtk_adjustment_get_value (adjustment) / self->row_height;
  _ann_heatmap_view_update (self);
}

static void
set_adjustment (AnnHeatmapView *self, int axis, GtkAdjustment *adjustment)
{
  if (self->adjustments[axis] != NULL)
    g_signal_handlers_disconnect_by_func (self->adjustments[axis], on_adjustment_changed, self);
  g_clear_object (&self->adjustments[axis]);
  if (adjustment == NULL)
    adjustment = gtk_adjustment_new (0, 0, 0, 0, 0, 0);
  self->adjustments[axis] = g_object_ref_sink (adjustment);
  g_signal_connect (adjustment, "value-changed", G_CALLBACK (on_adjustment_changed), self);
}

static void
ann_heatmap_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AnnHeatmapView *self = ANN_HEATMAP_VIEW (object);

  switch (id)
    {
    case PROP_HADJUSTMENT:
    case PROP_VADJUSTMENT:
      g_value_set_object (value, self->adjustments[id - PROP_HADJUSTMENT]);
      break;
    case PROP_HSCROLL_POLICY:
    case PROP_VSCROLL_POLICY:
      g_value_set_enum (value, self->policies[id - PROP_HSCROLL_POLICY]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
ann_heatmap_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AnnHeatmapView *self = ANN_HEATMAP_VIEW (object);

  switch (id)
    {
    case PROP_HADJUSTMENT:
    case PROP_VADJUSTMENT:
      set_adjustment (self, id - PROP_HADJUSTMENT, g_value_get_object (value));
      break;
    case PROP_HSCROLL_POLICY:
    case PROP_VSCROLL_POLICY:
      self->policies[id - PROP_HSCROLL_POLICY] = g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/* --- Life --- */

void
_ann_heatmap_view_emit_point_changed (AnnHeatmapView *self)
{
  g_signal_emit (self, signals[POINT_CHANGED], 0);
}

static void
on_tiles_changed (gpointer tiles, gpointer user_data)
{
  AnnHeatmapView *self = user_data;

  gtk_widget_queue_draw (GTK_WIDGET (self));
  _ann_heatmap_view_update_point (self);
  g_signal_emit (self, signals[VIEW_CHANGED], 0);
}

static void
on_labels_changed (AnnAxisLabels *labels, AnnHeatmapView *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
  _ann_heatmap_view_update_point (self);
}

static void
ann_heatmap_view_dispose (GObject *object)
{
  AnnHeatmapView *self = ANN_HEATMAP_VIEW (object);

  if (self->value_cancellable != NULL)
    g_cancellable_cancel (self->value_cancellable);
  for (int axis = 0; axis < 2; axis++)
    {
      if (self->adjustments[axis] != NULL)
        g_signal_handlers_disconnect_by_func (self->adjustments[axis], on_adjustment_changed, self);
      g_clear_object (&self->adjustments[axis]);
      if (self->labels[axis] != NULL)
        g_signal_handlers_disconnect_by_func (self->labels[axis], on_labels_changed, self);
      g_clear_object (&self->labels[axis]);
    }
  g_clear_pointer (&self->tiles, ann_heatmap_tiles_free);
  g_clear_pointer (&self->missing, g_array_unref);
  g_clear_object (&self->heatmap);
  ann_heatmap_point_clear (&self->point);

  G_OBJECT_CLASS (ann_heatmap_view_parent_class)->dispose (object);
}

static void
ann_heatmap_view_finalize (GObject *object)
{
  g_clear_object (&ANN_HEATMAP_VIEW (object)->value_cancellable);

  G_OBJECT_CLASS (ann_heatmap_view_parent_class)->finalize (object);
}

static void
ann_heatmap_view_class_init (AnnHeatmapViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ann_heatmap_view_dispose;
  object_class->finalize = ann_heatmap_view_finalize;
  object_class->get_property = ann_heatmap_view_get_property;
  object_class->set_property = ann_heatmap_view_set_property;
  widget_class->size_allocate = ann_heatmap_view_size_allocate;
  widget_class->measure = ann_heatmap_view_measure;
  widget_class->snapshot = ann_heatmap_view_snapshot;

  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");

  /* Something new is known of the cell under the crosshair, or it has gone. */
  signals[POINT_CHANGED] = g_signal_new ("point-changed", G_TYPE_FROM_CLASS (klass),
                                         G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  /* Another part or scale is shown, or tiles have come. */
  signals[VIEW_CHANGED] = g_signal_new ("view-changed", G_TYPE_FROM_CLASS (klass),
                                        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  _ann_heatmap_view_class_init_input (widget_class);

  gtk_widget_class_set_css_name (widget_class, "heatmap");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ann_heatmap_view_init (AnnHeatmapView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->is_fit = TRUE;
  self->colors = (AnnHeatmapColors){ ANN_TRANSFORM_LINEAR, ANN_COLOR_MAP_VIRIDIS, 1, 99 };
  self->pointer_x = self->pointer_y = -1;

  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_cursor_from_name (widget, "crosshair");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Heatmap"), -1);

  _ann_heatmap_view_init_input (self);

  set_adjustment (self, 0, NULL);
  set_adjustment (self, 1, NULL);
}

/**
 * ann_heatmap_view_new:
 * @heatmap: a matrix
 * @rows: names of its rows
 * @columns: names of its columns
 *
 * Returns: (transfer floating): a widget to be put into a scrolled window
 */
GtkWidget *
ann_heatmap_view_new (AnnHeatmap *heatmap, AnnAxisLabels *rows, AnnAxisLabels *columns)
{
  AnnHeatmapView *self = g_object_new (ANN_TYPE_HEATMAP_VIEW, NULL);

  self->heatmap = g_object_ref (heatmap);
  self->labels[0] = g_object_ref (rows);
  self->labels[1] = g_object_ref (columns);
  g_signal_connect (rows, "changed", G_CALLBACK (on_labels_changed), self);
  g_signal_connect (columns, "changed", G_CALLBACK (on_labels_changed), self);
  self->tiles = ann_heatmap_tiles_new (heatmap, on_tiles_changed, self);
  ann_heatmap_tiles_set_colors (self->tiles, &self->colors);

  return GTK_WIDGET (self);
}

void
ann_heatmap_view_set_colors (AnnHeatmapView *self, const AnnHeatmapColors *colors)
{
  self->colors = *colors;
  ann_heatmap_tiles_set_colors (self->tiles, colors);
}

void
ann_heatmap_view_set_sample (AnnHeatmapView *self, AnnValueSample *sample)
{
  self->is_integer = ann_value_sample_is_integer (sample);
  ann_heatmap_tiles_set_sample (self->tiles, sample);
}

/**
 * ann_heatmap_view_set_missing:
 * @self: the picture
 * @rows: (element-type AnnRowRun): rows of which there are no values, see ann_missing_rows_find()
 *
 * They are shown as missing, whatever the picture has there.
 */
void
ann_heatmap_view_set_missing (AnnHeatmapView *self, GArray *rows)
{
  g_clear_pointer (&self->missing, g_array_unref);
  self->missing = g_array_ref (rows);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  _ann_heatmap_view_update_point (self);
}

/**
 * ann_heatmap_view_retry:
 * @self: the picture
 *
 * Asks again for tiles and names that could not be had, and goes on after a stop.
 */
void
ann_heatmap_view_retry (AnnHeatmapView *self)
{
  ann_heatmap_tiles_retry (self->tiles);
  for (int axis = 0; axis < 2; axis++)
    ann_axis_labels_retry (self->labels[axis]);
}

/**
 * ann_heatmap_view_get_tiles:
 * @self: a heatmap
 *
 * Returns: (transfer none): its tiles, for what is known of values and progress
 */
AnnHeatmapTiles *
ann_heatmap_view_get_tiles (AnnHeatmapView *self)
{
  return self->tiles;
}

/**
 * ann_heatmap_view_is_complete:
 * @self: a heatmap
 *
 * Returns: whether all is there that is shown: every tile, and the names beside them
 */
gboolean
ann_heatmap_view_is_complete (AnnHeatmapView *self)
{
  return ann_heatmap_tiles_has_picture (self->tiles)
         && ann_heatmap_tiles_get_n_missing (self->tiles) == 0
         && ann_axis_labels_is_idle (self->labels[0]) && ann_axis_labels_is_idle (self->labels[1]);
}
