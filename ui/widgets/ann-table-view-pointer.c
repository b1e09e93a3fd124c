/* ann-table-view-pointer.c: what the pointer does to a table
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-table-view-private.h"

#include <glib/gi18n.h>

/* Click in a cell: the cursor goes there, the selected rows stay. On a row's number or label: that
 * row alone is selected; with Ctrl, also in a cell, it is or is no more; with Shift all from the
 * last one. Dragging selects cells or rows. Click on a title: the column is the current one, and
 * sorted, the other way round, as stored. Its edge is dragged, or fits the column when clicked
 * twice.
 */

typedef enum {
  PLACE_NONE,
  PLACE_CELL,
  PLACE_INDEX,
  PLACE_TITLE,
  PLACE_GRIP,
} Place;

static guint64
find_row (AnnTableView *self, double y)
{
  const double place = MAX (y - self->header_height, 0)
                       + _ann_table_view_get_scroll (self, GTK_ORIENTATION_VERTICAL);

  return MIN ((guint64) (place / self->row_height), ann_table_model_get_n_rows (self->model) - 1);
}

static guint64
find_column (AnnTableView *self, double x)
{
  return ann_column_layout_find (
      self->columns, MAX (x - _ann_table_view_get_index_width (self), 0)
                         + _ann_table_view_get_scroll (self, GTK_ORIENTATION_HORIZONTAL));
}

/* Which column's right edge is at @x: of the frozen one, or one of the others. */
static gboolean
find_grip (AnnTableView *self, double x, guint64 *column)
{
  const int index_width = _ann_table_view_get_index_width (self);
  const double place = x - index_width
                       + _ann_table_view_get_scroll (self, GTK_ORIENTATION_HORIZONTAL);
  guint64 at;
  double begin, end;

  if (ABS (x - index_width) <= GRIP && ann_table_model_get_index_title (self->model) != NULL)
    {
      *column = ANN_TABLE_INDEX_COLUMN;
      return TRUE;
    }
  if (x < index_width)
    return FALSE;

  at = ann_column_layout_find (self->columns, place);
  begin = ann_column_layout_get_position (self->columns, at);
  end = begin + ann_column_layout_get_width (self->columns, at);
  if (ABS (place - end) <= GRIP)
    *column = at;
  else if (at > 0 && place - begin <= GRIP)
    *column = at - 1;
  else
    return FALSE;

  return TRUE;
}

static Place
find_place (AnnTableView *self, double x, double y, guint64 *row, guint64 *column)
{
  const int index_width = _ann_table_view_get_index_width (self);

  if (_ann_table_view_is_empty (self) || !self->sizes_known)
    return PLACE_NONE;

  if (y < self->header_height)
    {
      if (find_grip (self, x, column))
        return PLACE_GRIP;
      if (x < index_width
          || x - index_width + _ann_table_view_get_scroll (self, GTK_ORIENTATION_HORIZONTAL)
                 >= ann_column_layout_get_total (self->columns))
        return PLACE_NONE;
      *column = find_column (self, x);
      return PLACE_TITLE;
    }

  if (y - self->header_height + _ann_table_view_get_scroll (self, GTK_ORIENTATION_VERTICAL)
      >= (double) ann_table_model_get_n_rows (self->model) * self->row_height)
    return PLACE_NONE;

  *row = find_row (self, y);
  if (x < index_width)
    return PLACE_INDEX;
  *column = find_column (self, x);

  return PLACE_CELL;
}

static void
sort_next (AnnTableView *self, guint64 column)
{
  guint64 sorted = 0;
  AnnSortDirection direction = ann_table_model_get_sort (self->model, &sorted);

  if (direction == ANN_SORT_NONE || sorted != column)
    direction = ANN_SORT_ASCENDING;
  else if (direction == ANN_SORT_ASCENDING)
    direction = ANN_SORT_DESCENDING;
  else
    direction = ANN_SORT_NONE;
  ann_table_view_sort (self, column, direction);
}

static void
press_index (AnnTableView *self, guint64 row, GdkModifierType state)
{
  const guint64 anchor = MIN (self->row_anchor, ann_table_model_get_n_rows (self->model) - 1);

  if (state & GDK_SHIFT_MASK)
    {
      ann_table_view_set_cursor (self, row, self->cursor_column, FALSE);
      self->row_anchor = anchor;
      _ann_table_view_select_rows (self, MIN (anchor, row), MAX (anchor, row),
                                   (state & GDK_CONTROL_MASK) != 0);
      return;
    }

  ann_table_view_set_cursor (self, row, self->cursor_column, FALSE);
  if (state & GDK_CONTROL_MASK)
    gtk_widget_activate_action (GTK_WIDGET (self), "table.toggle-row", NULL);
  else
    _ann_table_view_select_rows (self, row, row, FALSE);
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, AnnTableView *self)
{
  const GdkModifierType state = gtk_event_controller_get_current_event_state (
      GTK_EVENT_CONTROLLER (gesture));
  guint64 row = 0;
  guint64 column = 0;
  const Place place = find_place (self, x, y, &row, &column);

  if (place == PLACE_CELL || place == PLACE_INDEX)
    gtk_widget_grab_focus (GTK_WIDGET (self));

  if (place == PLACE_GRIP && n_press == 2)
    _ann_table_view_fit_column (self, column);
  else if (place == PLACE_INDEX)
    press_index (self, row, state);
  else if (place == PLACE_CELL)
    {
      ann_table_view_set_cursor (self, row, column, (state & GDK_SHIFT_MASK) != 0);
      if (state & GDK_CONTROL_MASK)
        gtk_widget_activate_action (GTK_WIDGET (self), "table.toggle-row", NULL);
    }
}

static void
on_released (GtkGestureClick *gesture, int n_press, double x, double y, AnnTableView *self)
{
  guint64 row = 0;
  guint64 column = 0;

  /* Each click counts, however quickly they follow each other. */
  if (self->drag == ANN_TABLE_DRAG_NONE && find_place (self, x, y, &row, &column) == PLACE_TITLE)
    {
      _ann_table_view_set_cursor_column (self, column);
      sort_next (self, column);
    }
}

static void
on_secondary_pressed (GtkGestureClick *gesture, int n_press, double x, double y, AnnTableView *self)
{
  guint64 row = self->cursor_row;
  guint64 column = self->cursor_column;
  const Place place = find_place (self, x, y, &row, &column);
  AnnTableWindow block;

  if (place == PLACE_NONE || place == PLACE_GRIP)
    return;

  /* Within the selected cells the menu is about them. */
  if (!ann_table_view_get_block (self, &block) || row < block.first_row
      || row >= block.first_row + block.n_rows || column < block.first_column
      || column >= block.first_column + block.n_columns)
    ann_table_view_set_cursor (self, row, column, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  _ann_table_view_popup_menu (self, x, y);
}

/* Follows the pointer while cells or rows are dragged over; outside, the table scrolls. */
static void
drag_to (AnnTableView *self, double x, double y)
{
  const int width = gtk_widget_get_width (GTK_WIDGET (self));
  const int height = gtk_widget_get_height (GTK_WIDGET (self));
  const int index_width = _ann_table_view_get_index_width (self);
  guint64 row, column;

  if (_ann_table_view_is_empty (self))
    return;

  row = find_row (self, CLAMP (y, self->header_height, height - 1));
  column = find_column (self, CLAMP (x, index_width, width - 1));
  if (y < self->header_height && row > 0)
    row--;
  else if (y >= height)
    row++;
  if (x < index_width && column > 0)
    column--;
  else if (x >= width)
    column++;

  if (self->drag == ANN_TABLE_DRAG_ROWS)
    {
      const guint64 anchor = self->row_anchor;

      ann_table_view_set_cursor (self, row, self->cursor_column, FALSE);
      self->row_anchor = anchor;
      _ann_table_view_select_rows (self, MIN (anchor, self->cursor_row),
                                   MAX (anchor, self->cursor_row), FALSE);
    }
  else
    ann_table_view_set_cursor (self, row, column, TRUE);
}

static gboolean
on_drag_tick (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  AnnTableView *self = ANN_TABLE_VIEW (widget);

  if (self->drag_y < self->header_height || self->drag_y >= gtk_widget_get_height (widget)
      || self->drag_x < _ann_table_view_get_index_width (self)
      || self->drag_x >= gtk_widget_get_width (widget))
    drag_to (self, self->drag_x, self->drag_y);

  return G_SOURCE_CONTINUE;
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, AnnTableView *self)
{
  const GdkModifierType state = gtk_event_controller_get_current_event_state (
      GTK_EVENT_CONTROLLER (gesture));
  guint64 row = 0;

  self->drag = ANN_TABLE_DRAG_NONE;
  switch (find_place (self, x, y, &row, &self->drag_column))
    {
    case PLACE_GRIP:
      self->drag = ANN_TABLE_DRAG_RESIZE;
      self->drag_width = ann_table_view_get_column_width (self, self->drag_column);
      break;
    case PLACE_CELL:
      self->drag = ANN_TABLE_DRAG_CELLS;
      break;
    case PLACE_INDEX:
      if (!(state & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)))
        self->drag = ANN_TABLE_DRAG_ROWS;
      break;
    case PLACE_NONE:
    case PLACE_TITLE:
    default:
      break;
    }
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, AnnTableView *self)
{
  double x, y;

  if (self->drag == ANN_TABLE_DRAG_NONE || !gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;

  self->drag_x = x + dx;
  self->drag_y = y + dy;
  if (self->drag == ANN_TABLE_DRAG_RESIZE)
    {
      ann_table_view_set_column_width (self, self->drag_column, self->drag_width + (int) dx);
      return;
    }

  if (!gtk_drag_check_threshold (GTK_WIDGET (self), (int) x, (int) y, (int) self->drag_x,
                                 (int) self->drag_y)
      && self->drag_tick == 0)
    return;

  if (self->drag_tick == 0)
    self->drag_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_drag_tick, NULL, NULL);
  drag_to (self, self->drag_x, self->drag_y);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, AnnTableView *self)
{
  if (self->drag_tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->drag_tick);
  self->drag_tick = 0;
  self->drag = ANN_TABLE_DRAG_NONE;
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, AnnTableView *self)
{
  guint64 row = 0;
  guint64 column = 0;
  const gboolean grip = self->drag == ANN_TABLE_DRAG_RESIZE
                        || find_place (self, x, y, &row, &column) == PLACE_GRIP;

  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), grip ? "col-resize" : NULL);
}

/* Over a title its whole text and type, over a cell that cannot be read the reason. */
static gboolean
on_query_tooltip (AnnTableView *self,
                  int x,
                  int y,
                  gboolean keyboard,
                  GtkTooltip *tooltip,
                  gpointer user_data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 row = 0;
  guint64 column = 0;
  const Place place = keyboard ? PLACE_NONE : find_place (self, x, y, &row, &column);
  graphene_rect_t area;

  if (place == PLACE_TITLE)
    {
      AnnTableColumn info;

      ann_table_model_get_column (self->model, column, &info, text);
      if (info.type_name != NULL)
        g_string_append_printf (text, " (%s)", info.type_name);
    }
  else if (place == PLACE_CELL)
    {
      AnnTableCell cell;

      ann_table_model_get_cell (self->model, row, column, &cell, text);
      if (cell.state != ANN_CELL_INVALID)
        return FALSE;
    }

  if (text->len == 0)
    return FALSE;

  /* Below the title or the cell, so that it never lies under the pointer. */
  _ann_table_view_get_cell_area (self, row, column, &area);
  if (place == PLACE_TITLE)
    graphene_rect_init (&area, area.origin.x, 0, area.size.width, (float) self->header_height);
  gtk_tooltip_set_tip_area (tooltip,
                            &(GdkRectangle){ (int) area.origin.x, (int) area.origin.y,
                                             (int) area.size.width, (int) area.size.height });
  gtk_tooltip_set_text (tooltip, text->str);

  return TRUE;
}

/**
 * _ann_table_view_add_pointer:
 * @self: a table in the making
 *
 * Makes it listen to the pointer.
 */
void
_ann_table_view_add_pointer (AnnTableView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *secondary = gtk_gesture_click_new ();
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();

  /* The drag comes first: it must know what is dragged before the click acts. */
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  g_signal_connect (click, "released", G_CALLBACK (on_released), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary), GDK_BUTTON_SECONDARY);
  g_signal_connect (secondary, "pressed", G_CALLBACK (on_secondary_pressed), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (secondary));

  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  gtk_gesture_group (click, drag);

  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  gtk_widget_add_controller (widget, motion);

  gtk_widget_set_has_tooltip (widget, TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
}
