/* ann-heatmap-view-point.c: the crosshair and what is known of its cell
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-heatmap-view-private.h"

#include <glib/gi18n.h>
#include <math.h>

static void read_value (AnnHeatmapView *self);

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
  value = ann_heatmap_format_point (&self->point);
  text = g_strdup_printf (_ ("%s, %s: %s"),
                          self->point.row_label != NULL ? self->point.row_label : "…",
                          self->point.column_label != NULL ? self->point.column_label : "…", value);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

/* What can be told of the cell without reading: names and the pixel's mean. */
void
_ann_heatmap_view_update_point (AnnHeatmapView *self)
{
  AnnHeatmapPoint *point = &self->point;
  AnnView view;

  if (!self->has_crosshair)
    return;

  ann_heatmap_view_get_view (self, &view);
  ann_heatmap_point_clear (point);
  point->row_label = ann_axis_labels_dup (self->labels[0], point->row);
  point->column_label = ann_axis_labels_dup (self->labels[1], point->column);
  point->is_missing = ann_missing_rows_contain (self->missing, point->row);
  point->rows = (guint64) 1 << ann_view_get_row_level (&view);
  point->columns = (guint64) 1 << ann_view_get_column_level (&view);
  point->has_mean = ann_heatmap_tiles_get_mean (self->tiles, &view, point->row, point->column,
                                                &point->mean, &point->is_mean_coarse);
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  _ann_heatmap_view_emit_point_changed (self);
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
      _ann_heatmap_view_update_point (self);
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
  _ann_heatmap_view_update_point (self);
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
  AnnHeatmapPlot plot = _ann_heatmap_view_get_plot (self);
  double shown_columns = plot.width / plot.column_width;
  double shown_rows = plot.height / plot.row_height;

  self->has_pointer = FALSE;
  ann_heatmap_view_set_crosshair (self, row, column);
  self->left = CLAMP (self->left, column + 1 - shown_columns, column);
  self->top = CLAMP (self->top, row + 1 - shown_rows, row);
  _ann_heatmap_view_update (self);
}

void
ann_heatmap_view_clear_crosshair (AnnHeatmapView *self)
{
  if (!self->has_crosshair)
    return;

  self->has_crosshair = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (self));
  _ann_heatmap_view_emit_point_changed (self);
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
