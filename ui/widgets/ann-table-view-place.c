/* ann-table-view-place.c: where the cells of a table are, and which of them can be seen
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-table-view-private.h"

#include <math.h>

/* The frozen part never takes more than half of the width. */
int
_ann_table_view_get_index_width (AnnTableView *self)
{
  const int width = gtk_widget_get_width (GTK_WIDGET (self));

  return width > 0 ? MIN (self->index_width, width / 2) : self->index_width;
}

/* How far the cells are scrolled, in whole pixels: texts between pixels would be blurred. */
double
_ann_table_view_get_scroll (AnnTableView *self, GtkOrientation orientation)
{
  GtkAdjustment *adjustment = self->adjustments[orientation];

  return adjustment == NULL ? 0 : floor (gtk_adjustment_get_value (adjustment));
}

/* Which cells are on the screen, at least in part. */
void
_ann_table_view_get_window (AnnTableView *self, AnnTableWindow *window)
{
  const double x = _ann_table_view_get_scroll (self, GTK_ORIENTATION_HORIZONTAL);
  const double y = _ann_table_view_get_scroll (self, GTK_ORIENTATION_VERTICAL);
  const int width = gtk_widget_get_width (GTK_WIDGET (self))
                    - _ann_table_view_get_index_width (self);
  const int height = gtk_widget_get_height (GTK_WIDGET (self)) - self->header_height;
  const guint64 n_rows = self->model == NULL ? 0 : ann_table_model_get_n_rows (self->model);
  const guint64 n_columns = ann_column_layout_get_n_columns (self->columns);

  *window = (AnnTableWindow){ 0 };
  if (width <= 0 || height <= 0)
    return;

  if (n_rows > 0)
    {
      const guint64 end = (guint64) ceil ((y + height) / self->row_height);

      window->first_row = MIN ((guint64) (y / self->row_height), n_rows - 1);
      window->n_rows = MIN (end, n_rows) - window->first_row;
    }
  if (n_columns > 0)
    {
      window->first_column = ann_column_layout_find (self->columns, x);
      window->n_columns = ann_column_layout_find (self->columns, x + width - 1) + 1
                          - window->first_column;
    }
}

/**
 * _ann_table_view_get_cell_area:
 * @self: a table
 * @row: a row as shown
 * @column: a column
 * @area: (out caller-allocates): where the cell is in the widget; far outside of it, some place
 *   outside
 *
 * Returns: whether some of the cell can be seen
 */
gboolean
_ann_table_view_get_cell_area (AnnTableView *self,
                               guint64 row,
                               guint64 column,
                               graphene_rect_t *area)
{
  const int index_width = _ann_table_view_get_index_width (self);
  const int width = gtk_widget_get_width (GTK_WIDGET (self));
  const int height = gtk_widget_get_height (GTK_WIDGET (self));
  const int cell_width = ann_column_layout_get_width (self->columns, column);
  const double x = index_width + ann_column_layout_get_position (self->columns, column)
                   - _ann_table_view_get_scroll (self, GTK_ORIENTATION_HORIZONTAL);
  const double y = self->header_height + (double) row * self->row_height
                   - _ann_table_view_get_scroll (self, GTK_ORIENTATION_VERTICAL);

  graphene_rect_init (area, (float) CLAMP (x, -cell_width - 100.0, width + 100.0),
                      (float) CLAMP (y, -self->row_height - 100.0, height + 100.0),
                      (float) cell_width, (float) self->row_height);

  return x + cell_width > index_width && x < width && y + self->row_height > self->header_height
         && y < height;
}

/* Of which cells something can be read: a column that is on the screen with less than a figure is
 * not asked for.
 */
static void
get_readable_window (AnnTableView *self, AnnTableWindow *window)
{
  const double x = _ann_table_view_get_scroll (self, GTK_ORIENTATION_HORIZONTAL);
  const int width = gtk_widget_get_width (GTK_WIDGET (self))
                    - _ann_table_view_get_index_width (self);
  const double least = INSET + ann_text_cache_get_digit_width (self->texts, ANN_TEXT_NORMAL);

  _ann_table_view_get_window (self, window);
  if (window->n_columns > 2)
    {
      window->first_column = ann_column_layout_find (self->columns, x + least);
      window->n_columns = ann_column_layout_find (self->columns, x + width - 1 - least) + 1
                          - window->first_column;
    }
}

static void
configure (AnnTableView *self, GtkOrientation orientation, double upper, double page, double step)
{
  GtkAdjustment *adjustment = self->adjustments[orientation];

  if (adjustment == NULL)
    return;

  page = MAX (page, 1);
  upper = MAX (upper, page);
  gtk_adjustment_configure (adjustment,
                            CLAMP (gtk_adjustment_get_value (adjustment), 0, upper - page), 0,
                            upper, step, MAX (page - step, step), page);
}

static void
allocate_cursor (AnnTableView *self)
{
  graphene_rect_t area;

  if (!gtk_widget_get_child_visible (self->cursor))
    return;

  /* Over the line to the left, and without that to the right of it stays one pixel wider. */
  _ann_table_view_get_cell_area (self, self->cursor_row, self->cursor_column, &area);
  gtk_widget_allocate (
      self->cursor, (int) area.size.width, (int) area.size.height, -1,
      gsk_transform_translate (NULL, &GRAPHENE_POINT_INIT (area.origin.x, area.origin.y)));
}

static void
scroll_into (GtkAdjustment *adjustment, double begin, double size)
{
  const double value = gtk_adjustment_get_value (adjustment);
  const double page = gtk_adjustment_get_page_size (adjustment);

  if (begin < value || size > page)
    gtk_adjustment_set_value (adjustment, begin);
  else if (begin + size > value + page)
    gtk_adjustment_set_value (adjustment, ceil (begin + size - page));
}

/* Again each time, for columns before it may have got other widths, or the table another size. */
static void
show_place (AnnTableView *self)
{
  scroll_into (self->adjustments[GTK_ORIENTATION_VERTICAL],
               (double) self->place_row * self->row_height, self->row_height);
  scroll_into (self->adjustments[GTK_ORIENTATION_HORIZONTAL],
               ann_column_layout_get_position (self->columns, self->place_column),
               ann_column_layout_get_width (self->columns, self->place_column));
}

/**
 * _ann_table_view_arrange:
 * @self: a table
 * @width: of the widget
 * @height: of the widget
 *
 * Tells the adjustments how much there is, the model what of it can be seen, and the cursor where
 * its cell is.
 */
void
_ann_table_view_arrange (AnnTableView *self, int width, int height)
{
  const guint64 n_rows = self->model == NULL ? 0 : ann_table_model_get_n_rows (self->model);
  AnnTableWindow window;

  _ann_table_view_ensure_sizes (self);
  self->is_arranging = TRUE;
  configure (self, GTK_ORIENTATION_HORIZONTAL, ann_column_layout_get_total (self->columns),
             width - _ann_table_view_get_index_width (self), self->row_height * 2);
  configure (self, GTK_ORIENTATION_VERTICAL, (double) n_rows * self->row_height,
             height - self->header_height, self->row_height);
  if (self->shows_place)
    show_place (self);
  self->is_arranging = FALSE;

  if (self->model != NULL)
    {
      get_readable_window (self, &window);
      ann_table_model_set_window (self->model, &window);
    }
  if (!_ann_table_view_is_empty (self))
    allocate_cursor (self);
}

/**
 * ann_table_view_scroll_to:
 * @self: a table
 * @row: a row as shown
 * @column: a column
 *
 * Scrolls as little as it takes to see a cell, and keeps it in sight until somebody scrolls.
 */
void
ann_table_view_scroll_to (AnnTableView *self, guint64 row, guint64 column)
{
  g_return_if_fail (ANN_IS_TABLE_VIEW (self));

  if (_ann_table_view_is_empty (self))
    return;

  self->shows_place = TRUE;
  self->place_row = row;
  self->place_column = column;

  /* At once, for the adjustments may not know yet of the rows that just came. */
  _ann_table_view_ensure_sizes (self);
  if (gtk_widget_get_width (GTK_WIDGET (self)) > 0)
    _ann_table_view_arrange (self, gtk_widget_get_width (GTK_WIDGET (self)),
                             gtk_widget_get_height (GTK_WIDGET (self)));
}

/**
 * ann_table_view_get_column_width:
 * @self: a table
 * @column: a column, or ANN_TABLE_INDEX_COLUMN for the labels of rows
 *
 * Returns: its width in pixels
 */
int
ann_table_view_get_column_width (AnnTableView *self, guint64 column)
{
  g_return_val_if_fail (ANN_IS_TABLE_VIEW (self), 0);

  _ann_table_view_ensure_sizes (self);
  if (column == ANN_TABLE_INDEX_COLUMN)
    return MAX (self->index_width - self->number_width - 3 * INSET, 0);

  return ann_column_layout_get_width (self->columns, column);
}

/**
 * ann_table_view_set_column_width:
 * @self: a table
 * @column: a column, or ANN_TABLE_INDEX_COLUMN for the labels of rows
 * @width: its width in pixels
 *
 * The column keeps this width whatever comes.
 */
void
ann_table_view_set_column_width (AnnTableView *self, guint64 column, int width)
{
  int unscaled;

  g_return_if_fail (ANN_IS_TABLE_VIEW (self));

  unscaled = (int) round (CLAMP (width, 2 * INSET + 8, 2000) / self->text_scale);
  if (column == ANN_TABLE_INDEX_COLUMN)
    self->resized_index = unscaled;
  else
    g_hash_table_insert (self->resized, g_memdup2 (&column, sizeof (column)),
                         GINT_TO_POINTER (unscaled));
  _ann_table_view_forget_sizes (self);
}

/**
 * ann_table_view_get_text_scale:
 * @self: a table
 *
 * Returns: how much larger than usual its text is
 */
double
ann_table_view_get_text_scale (AnnTableView *self)
{
  g_return_val_if_fail (ANN_IS_TABLE_VIEW (self), 1);

  return self->text_scale;
}

/**
 * ann_table_view_set_text_scale:
 * @self: a table
 * @scale: how much larger than usual its text shall be, 0.6 to 3
 *
 * The row at the top stays there.
 */
void
ann_table_view_set_text_scale (AnnTableView *self, double scale)
{
  double row, column;
  GtkAdjustment *horizontal, *vertical;

  g_return_if_fail (ANN_IS_TABLE_VIEW (self));

  scale = CLAMP (scale, 0.6, 3);
  if (scale == self->text_scale)
    return;

  _ann_table_view_ensure_sizes (self);
  horizontal = self->adjustments[GTK_ORIENTATION_HORIZONTAL];
  vertical = self->adjustments[GTK_ORIENTATION_VERTICAL];
  row = gtk_adjustment_get_value (vertical) / self->row_height;
  column = gtk_adjustment_get_value (horizontal) / self->text_scale;

  self->text_scale = scale;
  _ann_table_view_forget_look (self);
  _ann_table_view_ensure_sizes (self);

  /* Configured here as the values may lie beyond the former ends. */
  gtk_adjustment_configure (
      vertical, row * self->row_height, 0,
      MAX ((double) ann_table_model_get_n_rows (self->model) * self->row_height,
           gtk_adjustment_get_page_size (vertical)),
      self->row_height, gtk_adjustment_get_page_increment (vertical),
      gtk_adjustment_get_page_size (vertical));
  gtk_adjustment_configure (
      horizontal, column * scale, 0,
      MAX (ann_column_layout_get_total (self->columns), gtk_adjustment_get_page_size (horizontal)),
      gtk_adjustment_get_step_increment (horizontal),
      gtk_adjustment_get_page_increment (horizontal), gtk_adjustment_get_page_size (horizontal));
}
