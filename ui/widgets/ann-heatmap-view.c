/* ann-heatmap-view.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-heatmap-view.h"

#include "widgets/ann-heatmap-overlay.h"

#include <glib/gi18n.h>
#include <math.h>

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
#define KEY_ZOOM 1.5
#define WHEEL_ZOOM 1.3

struct _AnnHeatmapView {
  GtkWidget parent_instance;

  AnnHeatmap *heatmap;
  AnnHeatmapTiles *tiles;
  AnnAxisLabels *labels[2];
  AnnHeatmapColors colors;

  GtkAdjustment *adjustments[2]; /* horizontal, vertical */
  GtkScrollablePolicy policies[2];
  gboolean is_configuring; /* the adjustments are ours just now, not the user's */

  double left, top;                /* cells at the upper left corner of the plot */
  double column_width, row_height; /* logical pixels a cell; 0 before the first allocation */
  gboolean is_fit;

  double pointer_x, pointer_y;
  double pinch_start; /* the scale at the last step of a pinch */
  double drag_left, drag_top;

  gboolean has_crosshair;
  AnnHeatmapPoint point;
  GCancellable *value_cancellable; /* set while a value is being read */
};

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

static void read_value (AnnHeatmapView *self);

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

static AnnHeatmapPlot
get_plot (AnnHeatmapView *self)
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
static void
update_view (AnnHeatmapView *self)
{
  AnnHeatmapPlot plot = get_plot (self);
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
      plot = get_plot (self);
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
  AnnHeatmapPlot plot = get_plot (self);
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
  update_view (ANN_HEATMAP_VIEW (widget));
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
  AnnHeatmapPlot plot = get_plot (self);
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

  ann_heatmap_draw_numbers (widget, snapshot, &plot, self->tiles, &view, self->colors.map);
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
  AnnHeatmapPlot plot = get_plot (self);
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
  update_view (self);
}

/* Zooms about the crosshair if it is in sight, else about the middle. */
void
ann_heatmap_view_zoom (AnnHeatmapView *self, double factor)
{
  AnnHeatmapPlot plot = get_plot (self);
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
  update_view (self);
}

/* --- The crosshair --- */

void
ann_heatmap_point_clear (AnnHeatmapPoint *point)
{
  g_clear_pointer (&point->row_label, g_free);
  g_clear_pointer (&point->column_label, g_free);
}

static void
update_accessible (AnnHeatmapView *self)
{
  g_autofree char *value = NULL;
  g_autofree char *text = NULL;

  if (!self->has_crosshair)
    return;
  value = self->point.has_value ? ann_heatmap_format_value (self->point.value) : g_strdup ("…");
  text = g_strdup_printf (_ ("%s, %s: %s"),
                          self->point.row_label != NULL ? self->point.row_label : "…",
                          self->point.column_label != NULL ? self->point.column_label : "…", value);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

/* What can be told of the cell without reading: names and the pixel's mean. */
static void
update_point (AnnHeatmapView *self)
{
  AnnHeatmapPoint *point = &self->point;
  AnnView view;

  if (!self->has_crosshair)
    return;

  ann_heatmap_view_get_view (self, &view);
  ann_heatmap_point_clear (point);
  point->row_label = ann_axis_labels_dup (self->labels[0], point->row);
  point->column_label = ann_axis_labels_dup (self->labels[1], point->column);
  point->rows = (guint64) 1 << ann_view_get_row_level (&view);
  point->columns = (guint64) 1 << ann_view_get_column_level (&view);
  point->has_mean = ann_heatmap_tiles_get_mean (self->tiles, &view, point->row, point->column,
                                                &point->mean);
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[POINT_CHANGED], 0);
}

typedef struct {
  guint64 row;
  guint64 column;
  double value;
} ValueTask;

static void
read_value_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  ValueTask *data = task_data;
  GError *error = NULL;

  if (ann_heatmap_read_value (source, data->row, data->column, &data->value, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_value_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AnnHeatmapView) self = user_data;
  ValueTask *data = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean is_read = g_task_propagate_boolean (G_TASK (result), &error);

  g_clear_object (&self->value_cancellable);
  if (!self->has_crosshair || self->tiles == NULL)
    return;

  if (data->row != self->point.row || data->column != self->point.column)
    read_value (self); /* the pointer went on meanwhile: only where it is now counts */
  else if (is_read)
    {
      self->point.has_value = TRUE;
      self->point.value = data->value;
      update_point (self);
    }
}

/* One reading at a time; the next begins where the pointer is when it ends. */
static void
read_value (AnnHeatmapView *self)
{
  g_autoptr (GTask) task = NULL;
  ValueTask *data;

  if (self->value_cancellable != NULL)
    return;

  self->value_cancellable = g_cancellable_new ();
  data = g_new0 (ValueTask, 1);
  data->row = self->point.row;
  data->column = self->point.column;
  task = g_task_new (self->heatmap, self->value_cancellable, on_value_read, g_object_ref (self));
  g_task_set_source_tag (task, read_value);
  g_task_set_priority (task, G_PRIORITY_HIGH);
  g_task_set_task_data (task, data, g_free);
  ann_worker_run_task (task, ANN_LANE_READ, read_value_in_thread);
}

/**
 * ann_heatmap_view_set_crosshair:
 * @self: a heatmap
 * @row: a row of the matrix
 * @column: a column
 *
 * Moves the crosshair; names and value of the cell follow with "point-changed".
 */
void
ann_heatmap_view_set_crosshair (AnnHeatmapView *self, guint64 row, guint64 column)
{
  if (row >= ann_heatmap_get_n_rows (self->heatmap)
      || column >= ann_heatmap_get_n_columns (self->heatmap))
    return;
  if (self->has_crosshair && self->point.row == row && self->point.column == column)
    return;

  self->has_crosshair = TRUE;
  self->point.row = row;
  self->point.column = column;
  self->point.has_value = FALSE;
  update_point (self);
  read_value (self);
}

/**
 * ann_heatmap_view_reveal:
 * @self: a heatmap
 * @row: a row of the matrix
 * @column: a column
 *
 * Moves the crosshair, and the picture as far as needed to bring it into sight.
 */
void
ann_heatmap_view_reveal (AnnHeatmapView *self, guint64 row, guint64 column)
{
  AnnHeatmapPlot plot = get_plot (self);
  double shown_columns = plot.width / plot.column_width;
  double shown_rows = plot.height / plot.row_height;

  ann_heatmap_view_set_crosshair (self, row, column);
  self->left = CLAMP (self->left, column + 1 - shown_columns, column);
  self->top = CLAMP (self->top, row + 1 - shown_rows, row);
  update_view (self);
}

void
ann_heatmap_view_clear_crosshair (AnnHeatmapView *self)
{
  if (!self->has_crosshair)
    return;

  self->has_crosshair = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[POINT_CHANGED], 0);
}

/**
 * ann_heatmap_view_get_point:
 * @self: a heatmap
 * @point: (out caller-allocates): what is known of the cell under the crosshair; its texts are the
 *   caller's, see ann_heatmap_point_clear ()
 *
 * Returns: %FALSE without a crosshair
 */
gboolean
ann_heatmap_view_get_point (AnnHeatmapView *self, AnnHeatmapPoint *point)
{
  if (!self->has_crosshair)
    return FALSE;

  *point = self->point;
  point->row_label = g_strdup (self->point.row_label);
  point->column_label = g_strdup (self->point.column_label);

  return TRUE;
}

/* --- Input --- */

static void
point_at (AnnHeatmapView *self, double x, double y)
{
  AnnHeatmapPlot plot = get_plot (self);
  double column = plot.left + (x - plot.x) / plot.column_width;
  double row = plot.top + (y - plot.y) / plot.row_height;

  if (x < plot.x || y < plot.y || x >= plot.x + plot.width || y >= plot.y + plot.height
      || column < 0 || row < 0 || column >= plot.n_columns || row >= plot.n_rows)
    ann_heatmap_view_clear_crosshair (self);
  else
    ann_heatmap_view_set_crosshair (self, (guint64) row, (guint64) column);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, AnnHeatmapView *self)
{
  if (x == self->pointer_x && y == self->pointer_y)
    return; /* a crossing without a movement must not take the crosshair from the keyboard */

  self->pointer_x = x;
  self->pointer_y = y;
  point_at (self, x, y);
}

static void
on_leave (GtkEventControllerMotion *controller, AnnHeatmapView *self)
{
  ann_heatmap_view_clear_crosshair (self);
}

/* Ctrl and the wheel zoom; the wheel alone pans, which the scrolled window around does. */
static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, AnnHeatmapView *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (
      GTK_EVENT_CONTROLLER (controller));

  if ((state & GDK_CONTROL_MASK) == 0)
    return GDK_EVENT_PROPAGATE;

  ann_heatmap_view_zoom_at (self, pow (WHEEL_ZOOM, -dy), self->pointer_x, self->pointer_y);

  return GDK_EVENT_STOP;
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, AnnHeatmapView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->drag_left = self->left;
  self->drag_top = self->top;
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, AnnHeatmapView *self)
{
  if (fabs (dx) + fabs (dy) > 4)
    gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "grabbing");
  self->left = self->drag_left - dx / self->column_width;
  self->top = self->drag_top - dy / self->row_height;
  update_view (self);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, AnnHeatmapView *self)
{
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "crosshair");
}

static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, AnnHeatmapView *self)
{
  self->pinch_start = 1;
}

static void
on_pinch (GtkGestureZoom *gesture, double scale, AnnHeatmapView *self)
{
  double x, y;

  if (!gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y))
    {
      x = self->pointer_x;
      y = self->pointer_y;
    }
  ann_heatmap_view_zoom_at (self, scale / MAX (self->pinch_start, 0.01), x, y);
  self->pinch_start = scale;
}

static gboolean
pan_by_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  AnnHeatmapView *self = ANN_HEATMAP_VIEW (widget);
  AnnHeatmapPlot plot = get_plot (self);
  double x, y;

  g_variant_get (args, "(dd)", &x, &y);
  self->left += x * plot.width / plot.column_width;
  self->top += y * plot.height / plot.row_height;
  update_view (self);

  return GDK_EVENT_STOP;
}

static gboolean
move_crosshair_by_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  AnnHeatmapView *self = ANN_HEATMAP_VIEW (widget);
  AnnHeatmapPlot plot = get_plot (self);
  double row = self->has_crosshair ? self->point.row : plot.top + plot.height / plot.row_height / 2;
  double column = self->has_crosshair ? self->point.column
                                      : plot.left + plot.width / plot.column_width / 2;
  int dx, dy;

  if (plot.n_rows == 0 || plot.n_columns == 0)
    return GDK_EVENT_PROPAGATE;

  g_variant_get (args, "(ii)", &dx, &dy);
  ann_heatmap_view_reveal (self, (guint64) CLAMP (row + dy, 0, plot.n_rows - 1.0),
                           (guint64) CLAMP (column + dx, 0, plot.n_columns - 1.0));

  return GDK_EVENT_STOP;
}

static void
zoom_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnHeatmapView *self = ANN_HEATMAP_VIEW (widget);

  if (g_str_equal (name, "heatmap.zoom-in"))
    ann_heatmap_view_zoom (self, KEY_ZOOM);
  else if (g_str_equal (name, "heatmap.zoom-out"))
    ann_heatmap_view_zoom (self, 1 / KEY_ZOOM);
  else
    ann_heatmap_view_fit (self);
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
  update_view (self);
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

static void
on_tiles_changed (gpointer tiles, gpointer user_data)
{
  AnnHeatmapView *self = user_data;

  gtk_widget_queue_draw (GTK_WIDGET (self));
  update_point (self);
  g_signal_emit (self, signals[VIEW_CHANGED], 0);
}

static void
on_labels_changed (AnnAxisLabels *labels, AnnHeatmapView *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
  update_point (self);
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
add_key_bindings (GtkWidgetClass *klass)
{
  static const struct {
    guint key, keypad;
    int x, y;
  } arrows[] = {
    { GDK_KEY_Left, GDK_KEY_KP_Left, -1, 0 },
    { GDK_KEY_Right, GDK_KEY_KP_Right, 1, 0 },
    { GDK_KEY_Up, GDK_KEY_KP_Up, 0, -1 },
    { GDK_KEY_Down, GDK_KEY_KP_Down, 0, 1 },
  };
  static const struct {
    guint key;
    const char *action;
  } zooms[] = {
    { GDK_KEY_plus, "heatmap.zoom-in" },
    { GDK_KEY_KP_Add, "heatmap.zoom-in" },
    { GDK_KEY_equal, "heatmap.zoom-in" },
    { GDK_KEY_minus, "heatmap.zoom-out" },
    { GDK_KEY_KP_Subtract, "heatmap.zoom-out" },
    { GDK_KEY_0, "heatmap.fit" },
    { GDK_KEY_KP_0, "heatmap.fit" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (arrows); i++)
    {
      double x = arrows[i].x;
      double y = arrows[i].y;

      gtk_widget_class_add_binding (klass, arrows[i].key, 0, pan_by_key, "(dd)", x * 0.1, y * 0.1);
      gtk_widget_class_add_binding (klass, arrows[i].keypad, 0, pan_by_key, "(dd)", x * 0.1,
                                    y * 0.1);
      gtk_widget_class_add_binding (klass, arrows[i].key, GDK_SHIFT_MASK, move_crosshair_by_key,
                                    "(ii)", arrows[i].x, arrows[i].y);
    }
  gtk_widget_class_add_binding (klass, GDK_KEY_Page_Up, 0, pan_by_key, "(dd)", 0.0, -0.9);
  gtk_widget_class_add_binding (klass, GDK_KEY_Page_Down, 0, pan_by_key, "(dd)", 0.0, 0.9);
  gtk_widget_class_add_binding (klass, GDK_KEY_Home, 0, pan_by_key, "(dd)", -1e15, 0.0);
  gtk_widget_class_add_binding (klass, GDK_KEY_End, 0, pan_by_key, "(dd)", 1e15, 0.0);
  gtk_widget_class_add_binding (klass, GDK_KEY_Home, GDK_CONTROL_MASK, pan_by_key, "(dd)", -1e15,
                                -1e15);
  gtk_widget_class_add_binding (klass, GDK_KEY_End, GDK_CONTROL_MASK, pan_by_key, "(dd)", 1e15,
                                1e15);
  for (gsize i = 0; i < G_N_ELEMENTS (zooms); i++)
    {
      gtk_widget_class_add_binding_action (klass, zooms[i].key, 0, zooms[i].action, NULL);
      gtk_widget_class_add_binding_action (klass, zooms[i].key, GDK_CONTROL_MASK, zooms[i].action,
                                           NULL);
    }
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

  gtk_widget_class_install_action (widget_class, "heatmap.zoom-in", NULL, zoom_action);
  gtk_widget_class_install_action (widget_class, "heatmap.zoom-out", NULL, zoom_action);
  gtk_widget_class_install_action (widget_class, "heatmap.fit", NULL, zoom_action);
  add_key_bindings (widget_class);

  gtk_widget_class_set_css_name (widget_class, "heatmap");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ann_heatmap_view_init (AnnHeatmapView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (
      GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();

  self->is_fit = TRUE;
  self->colors = (AnnHeatmapColors){ ANN_TRANSFORM_LINEAR, ANN_COLOR_MAP_VIRIDIS, 1, 99 };
  self->pointer_x = self->pointer_y = -1;

  gtk_widget_set_focusable (widget, TRUE);
  gtk_widget_set_overflow (widget, GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_cursor_from_name (widget, "crosshair");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Heatmap"), -1);

  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (widget, motion);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (widget, scroll);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));

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
  ann_heatmap_tiles_set_sample (self->tiles, sample);
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
