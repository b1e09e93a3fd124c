/* ann-table-view.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-table-view-private.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

/* A table that draws the cells on the screen and knows nothing of the others: what a frame costs
 * does not depend on how many rows or columns there are. Sizes are in ann-table-view-sizes.c, the
 * picture in -draw.c, the rest by what it is called.
 */

enum {
  PROP_0,
  PROP_MODEL,
  PROP_BUSY,
  N_PROPERTIES,
  PROP_HADJUSTMENT = N_PROPERTIES, /* of GtkScrollable from here on */
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY,
};

enum { SELECTION_CHANGED, CURSOR_MOVED, MESSAGE, N_SIGNALS };

static GParamSpec *properties[N_PROPERTIES];
static guint signals[N_SIGNALS];

static gboolean
ann_table_view_get_border (GtkScrollable *scrollable, GtkBorder *border)
{
  AnnTableView *self = ANN_TABLE_VIEW (scrollable);

  _ann_table_view_ensure_sizes (self);
  *border = (GtkBorder){ .top = (gint16) self->header_height,
                         .left = (gint16) _ann_table_view_get_index_width (self) };

  return TRUE;
}

static void
scrollable_iface_init (GtkScrollableInterface *iface)
{
  iface->get_border = ann_table_view_get_border;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (AnnTableView,
                               ann_table_view,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, scrollable_iface_init))

/* Whether there is no cell. */
gboolean
_ann_table_view_is_empty (AnnTableView *self)
{
  return self->model == NULL || ann_table_model_get_n_rows (self->model) == 0
         || ann_table_model_get_n_columns (self->model) == 0;
}

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
ann_table_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  AnnTableView *self = ANN_TABLE_VIEW (widget);
  const guint64 n_rows = self->model == NULL ? 0 : ann_table_model_get_n_rows (self->model);
  AnnTableWindow window;

  _ann_table_view_ensure_sizes (self);
  configure (self, GTK_ORIENTATION_HORIZONTAL, ann_column_layout_get_total (self->columns),
             width - _ann_table_view_get_index_width (self), self->row_height * 2);
  configure (self, GTK_ORIENTATION_VERTICAL, (double) n_rows * self->row_height,
             height - self->header_height, self->row_height);

  if (self->model != NULL)
    {
      _ann_table_view_get_window (self, &window);
      ann_table_model_set_window (self->model, &window);
    }
  if (!_ann_table_view_is_empty (self))
    allocate_cursor (self);
  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
}

static void
ann_table_view_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
  AnnTableView *self = ANN_TABLE_VIEW (widget);
  int child_minimum;

  _ann_table_view_ensure_sizes (self);
  gtk_widget_measure (self->cursor, orientation, -1, &child_minimum, NULL, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = 120;
      *natural = self->index_width + (int) MIN (ann_column_layout_get_total (self->columns), 2000);
    }
  else
    {
      *minimum = self->header_height + self->row_height;
      *natural = self->header_height + 12 * self->row_height;
    }
}

static void
ann_table_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  AnnTableView *self = ANN_TABLE_VIEW (widget);

  if (self->model != NULL)
    _ann_table_view_draw (self, snapshot);
}

static void
on_scrolled (AnnTableView *self)
{
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
set_adjustment (AnnTableView *self, GtkOrientation orientation, GtkAdjustment *adjustment)
{
  GtkAdjustment **field = &self->adjustments[orientation];

  if (adjustment != NULL && adjustment == *field)
    return;

  if (*field != NULL)
    g_signal_handlers_disconnect_by_func (*field, on_scrolled, self);
  g_clear_object (field);

  *field = g_object_ref_sink (adjustment != NULL ? adjustment
                                                 : gtk_adjustment_new (0, 0, 0, 0, 0, 0));
  g_signal_connect_swapped (*field, "value-changed", G_CALLBACK (on_scrolled), self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
forget_look (AnnTableView *self)
{
  self->colors.is_valid = FALSE;
  g_clear_pointer (&self->texts, ann_text_cache_free);
  g_hash_table_remove_all (self->grown); /* in pixels of the former font */
  _ann_table_view_forget_sizes (self);
}

static void
ann_table_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (ann_table_view_parent_class)->css_changed (widget, change);

  forget_look (ANN_TABLE_VIEW (widget));
}

static void
ann_table_view_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (ann_table_view_parent_class)->system_setting_changed (widget, setting);

  forget_look (ANN_TABLE_VIEW (widget));
}

static void
ann_table_view_direction_changed (GtkWidget *widget, GtkTextDirection previous)
{
  GTK_WIDGET_CLASS (ann_table_view_parent_class)->direction_changed (widget, previous);

  forget_look (ANN_TABLE_VIEW (widget));
}

static void
clamp_cursor (AnnTableView *self)
{
  const guint64 n_rows = self->model == NULL ? 0 : ann_table_model_get_n_rows (self->model);
  const guint64 n_columns = self->model == NULL ? 0 : ann_table_model_get_n_columns (self->model);

  self->cursor_row = n_rows == 0 ? 0 : MIN (self->cursor_row, n_rows - 1);
  self->cursor_column = n_columns == 0 ? 0 : MIN (self->cursor_column, n_columns - 1);
  self->anchor_row = n_rows == 0 ? 0 : MIN (self->anchor_row, n_rows - 1);
  self->anchor_column = n_columns == 0 ? 0 : MIN (self->anchor_column, n_columns - 1);
}

static void
describe (AnnTableView *self)
{
  guint64 n_rows = 0;
  guint64 n_columns = 0;

  if (self->model != NULL)
    {
      n_rows = ann_table_model_get_n_rows (self->model);
      n_columns = ann_table_model_get_n_columns (self->model);
    }
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_ROW_COUNT,
                                  (int) MIN (n_rows, G_MAXINT), GTK_ACCESSIBLE_RELATION_COL_COUNT,
                                  (int) MIN (n_columns, G_MAXINT), -1);
  _ann_table_view_cursor_update (self);
}

static void
on_changed (AnnTableView *self, guint what)
{
  if (what & ANN_TABLE_CHANGED_ROWS)
    clamp_cursor (self);
  if (what & (ANN_TABLE_CHANGED_ROWS | ANN_TABLE_CHANGED_COLUMNS))
    {
      _ann_table_view_forget_sizes (self);
      _ann_table_view_update_actions (self);
      describe (self);
    }
  else
    _ann_table_view_cursor_update (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
ann_table_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  AnnTableView *self = ANN_TABLE_VIEW (object);

  switch (id)
    {
    case PROP_MODEL:
      g_value_set_object (value, self->model);
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, ann_table_view_is_busy (self));
      break;
    case PROP_HADJUSTMENT:
      g_value_set_object (value, self->adjustments[GTK_ORIENTATION_HORIZONTAL]);
      break;
    case PROP_VADJUSTMENT:
      g_value_set_object (value, self->adjustments[GTK_ORIENTATION_VERTICAL]);
      break;
    case PROP_HSCROLL_POLICY:
      g_value_set_enum (value, self->policies[GTK_ORIENTATION_HORIZONTAL]);
      break;
    case PROP_VSCROLL_POLICY:
      g_value_set_enum (value, self->policies[GTK_ORIENTATION_VERTICAL]);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
    }
}

static void
ann_table_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  AnnTableView *self = ANN_TABLE_VIEW (object);

  switch (id)
    {
    case PROP_MODEL:
      ann_table_view_set_model (self, g_value_get_object (value));
      break;
    case PROP_HADJUSTMENT:
      set_adjustment (self, GTK_ORIENTATION_HORIZONTAL, g_value_get_object (value));
      break;
    case PROP_VADJUSTMENT:
      set_adjustment (self, GTK_ORIENTATION_VERTICAL, g_value_get_object (value));
      break;
    case PROP_HSCROLL_POLICY:
      self->policies[GTK_ORIENTATION_HORIZONTAL] = g_value_get_enum (value);
      break;
    case PROP_VSCROLL_POLICY:
      self->policies[GTK_ORIENTATION_VERTICAL] = g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      break;
    }
}

static gboolean
ann_table_view_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (ANN_TABLE_VIEW (widget)->cursor);
}

static void
ann_table_view_dispose (GObject *object)
{
  AnnTableView *self = ANN_TABLE_VIEW (object);

  ann_table_view_cancel (self);
  ann_table_view_set_model (self, NULL);
  if (self->drag_tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->drag_tick);
  self->drag_tick = 0;
  g_clear_handle_id (&self->grow_idle, g_source_remove);

  for (guint i = 0; i < G_N_ELEMENTS (self->adjustments); i++)
    {
      if (self->adjustments[i] != NULL)
        g_signal_handlers_disconnect_by_func (self->adjustments[i], on_scrolled, self);
      g_clear_object (&self->adjustments[i]);
    }
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->cursor, gtk_widget_unparent);

  G_OBJECT_CLASS (ann_table_view_parent_class)->dispose (object);
}

static void
ann_table_view_finalize (GObject *object)
{
  AnnTableView *self = ANN_TABLE_VIEW (object);

  g_clear_pointer (&self->texts, ann_text_cache_free);
  ann_column_layout_free (self->columns);
  ann_row_selection_free (self->selection);
  g_hash_table_unref (self->resized);
  g_hash_table_unref (self->grown);
  g_string_free (self->scratch, TRUE);

  G_OBJECT_CLASS (ann_table_view_parent_class)->finalize (object);
}

static void
ann_table_view_class_init (AnnTableViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = ann_table_view_get_property;
  object_class->set_property = ann_table_view_set_property;
  object_class->dispose = ann_table_view_dispose;
  object_class->finalize = ann_table_view_finalize;

  widget_class->measure = ann_table_view_measure;
  widget_class->size_allocate = ann_table_view_size_allocate;
  widget_class->snapshot = ann_table_view_snapshot;
  widget_class->css_changed = ann_table_view_css_changed;
  widget_class->system_setting_changed = ann_table_view_system_setting_changed;
  widget_class->direction_changed = ann_table_view_direction_changed;
  widget_class->grab_focus = ann_table_view_grab_focus;

  /**
   * AnnTableView:model:
   *
   * What the table shows.
   */
  properties[PROP_MODEL] = g_param_spec_object ("model", NULL, NULL, ANN_TYPE_TABLE_MODEL,
                                                G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY
                                                    | G_PARAM_STATIC_STRINGS);
  /**
   * AnnTableView:busy:
   *
   * Whether it is sorting or copying.
   */
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");

  /**
   * AnnTableView::selection-changed:
   * @self: a table
   *
   * Other rows are selected.
   */
  signals[SELECTION_CHANGED] = g_signal_new ("selection-changed", ANN_TYPE_TABLE_VIEW,
                                             G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                             0);
  /**
   * AnnTableView::cursor-moved:
   * @self: a table
   *
   * The cursor stands in another cell.
   */
  signals[CURSOR_MOVED] = g_signal_new ("cursor-moved", ANN_TYPE_TABLE_VIEW, G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
  /**
   * AnnTableView::message:
   * @self: a table
   * @text: a sentence for the user
   *
   * Something could not be done, or was done where it cannot be seen.
   */
  signals[MESSAGE] = g_signal_new ("message", ANN_TYPE_TABLE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_css_name (widget_class, "anntable");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID);
  _ann_table_view_install_actions (widget_class);
}

static void
ann_table_view_init (AnnTableView *self)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  self->text_scale = 1;
  self->columns = ann_column_layout_new ();
  self->selection = ann_row_selection_new ();
  self->resized = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->grown = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->scratch = g_string_new (NULL);
  set_adjustment (self, GTK_ORIENTATION_HORIZONTAL, NULL);
  set_adjustment (self, GTK_ORIENTATION_VERTICAL, NULL);

  self->cursor = _ann_table_view_cursor_new ();
  gtk_widget_set_parent (self->cursor, GTK_WIDGET (self));
  gtk_widget_set_child_visible (self->cursor, FALSE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Table"),
                                  -1);

  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (forget_look), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (forget_look), self,
                           G_CONNECT_SWAPPED);
  _ann_table_view_add_pointer (self);
  _ann_table_view_update_actions (self);
}

/**
 * ann_table_view_new:
 * @model: (nullable): what it shows
 *
 * Put it into a GtkScrolledWindow.
 *
 * Returns: (transfer floating): a table
 */
GtkWidget *
ann_table_view_new (AnnTableModel *model)
{
  return g_object_new (ANN_TYPE_TABLE_VIEW, "model", model, NULL);
}

/**
 * ann_table_view_get_model:
 * @self: a table
 *
 * Returns: (transfer none) (nullable): what it shows
 */
AnnTableModel *
ann_table_view_get_model (AnnTableView *self)
{
  g_return_val_if_fail (ANN_IS_TABLE_VIEW (self), NULL);

  return self->model;
}

/**
 * ann_table_view_set_model:
 * @self: a table
 * @model: (nullable): what it shall show
 *
 * Goes to the first cell and selects nothing.
 */
void
ann_table_view_set_model (AnnTableView *self, AnnTableModel *model)
{
  g_return_if_fail (ANN_IS_TABLE_VIEW (self));

  if (model == self->model)
    return;

  ann_table_view_cancel (self);
  g_clear_signal_handler (&self->changed_id, self->model);
  g_set_object (&self->model, model);

  self->cursor_row = self->cursor_column = self->anchor_row = self->anchor_column = 0;
  self->row_anchor = 0;
  self->resized_index = 0;
  g_hash_table_remove_all (self->resized);
  g_hash_table_remove_all (self->grown);
  ann_row_selection_clear (self->selection);
  if (model != NULL)
    self->changed_id = g_signal_connect_swapped (model, "changed", G_CALLBACK (on_changed), self);
  else
    ann_column_layout_reset (self->columns, 0, 1);

  if (self->cursor != NULL && !gtk_widget_in_destruction (GTK_WIDGET (self)))
    {
      _ann_table_view_forget_sizes (self);
      _ann_table_view_update_actions (self);
      describe (self);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MODEL]);
}

/**
 * ann_table_view_get_cursor:
 * @self: a table
 * @row: (out) (optional): the row as shown
 * @column: (out) (optional): the column
 *
 * Says in which cell the cursor is.
 */
void
ann_table_view_get_cursor (AnnTableView *self, guint64 *row, guint64 *column)
{
  g_return_if_fail (ANN_IS_TABLE_VIEW (self));

  if (row != NULL)
    *row = self->cursor_row;
  if (column != NULL)
    *column = self->cursor_column;
}

/**
 * ann_table_view_set_cursor:
 * @self: a table
 * @row: a row as shown; the last one if there are less
 * @column: a column; the last one if there are less
 * @extend: whether the cells from where the cursor was before are selected
 *
 * Moves the cursor, and scrolls so that it can be seen.
 */
void
ann_table_view_set_cursor (AnnTableView *self, guint64 row, guint64 column, gboolean extend)
{
  g_return_if_fail (ANN_IS_TABLE_VIEW (self));

  if (_ann_table_view_is_empty (self))
    return;

  self->cursor_row = row;
  self->cursor_column = column;
  clamp_cursor (self);
  if (!extend)
    {
      self->anchor_row = self->cursor_row;
      self->anchor_column = self->cursor_column;
      self->row_anchor = self->cursor_row;
    }

  ann_table_view_scroll_to (self, self->cursor_row, self->cursor_column);
  _ann_table_view_cursor_update (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[CURSOR_MOVED], 0);
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

/**
 * ann_table_view_scroll_to:
 * @self: a table
 * @row: a row as shown
 * @column: a column
 *
 * Scrolls as little as it takes to see a cell.
 */
void
ann_table_view_scroll_to (AnnTableView *self, guint64 row, guint64 column)
{
  g_return_if_fail (ANN_IS_TABLE_VIEW (self));

  if (_ann_table_view_is_empty (self))
    return;

  /* The adjustments may not know yet of the rows that just came. */
  _ann_table_view_ensure_sizes (self);
  if (gtk_widget_get_width (GTK_WIDGET (self)) > 0)
    ann_table_view_size_allocate (GTK_WIDGET (self), gtk_widget_get_width (GTK_WIDGET (self)),
                                  gtk_widget_get_height (GTK_WIDGET (self)), -1);

  scroll_into (self->adjustments[GTK_ORIENTATION_VERTICAL], (double) row * self->row_height,
               self->row_height);
  scroll_into (self->adjustments[GTK_ORIENTATION_HORIZONTAL],
               ann_column_layout_get_position (self->columns, column),
               ann_column_layout_get_width (self->columns, column));
}

/**
 * ann_table_view_get_block:
 * @self: a table
 * @block: (out caller-allocates): the cells between the cursor and where it was when Shift was
 *   pressed
 *
 * Returns: whether more than the cell under the cursor is selected
 */
gboolean
ann_table_view_get_block (AnnTableView *self, AnnTableWindow *block)
{
  g_return_val_if_fail (ANN_IS_TABLE_VIEW (self), FALSE);

  block->first_row = MIN (self->cursor_row, self->anchor_row);
  block->n_rows = MAX (self->cursor_row, self->anchor_row) - block->first_row + 1;
  block->first_column = MIN (self->cursor_column, self->anchor_column);
  block->n_columns = MAX (self->cursor_column, self->anchor_column) - block->first_column + 1;

  return !_ann_table_view_is_empty (self) && (block->n_rows > 1 || block->n_columns > 1);
}

/**
 * ann_table_view_dup_cursor_text:
 * @self: a table
 *
 * Returns: (transfer full): where the cursor is and what is there, for a screen reader
 */
char *
ann_table_view_dup_cursor_text (AnnTableView *self)
{
  g_autoptr (GString) label = NULL;
  g_autoptr (GString) title = NULL;
  g_autoptr (GString) text = NULL;
  AnnTableColumn info;
  AnnTableCell cell;
  const char *value;

  g_return_val_if_fail (ANN_IS_TABLE_VIEW (self), NULL);

  if (_ann_table_view_is_empty (self))
    return g_strdup ("");

  label = g_string_new (NULL);
  title = g_string_new (NULL);
  text = g_string_new (NULL);
  if (ann_table_model_get_index (self->model, self->cursor_row, label) != ANN_CELL_VALUE)
    g_string_printf (label, "%" G_GUINT64_FORMAT,
                     ann_table_model_get_stored_row (self->model, self->cursor_row) + 1);
  ann_table_model_get_column (self->model, self->cursor_column, &info, title);
  ann_table_model_get_cell (self->model, self->cursor_row, self->cursor_column, &cell, text);

  value = text->str;
  if (cell.state == ANN_CELL_LOADING)
    value = _ ("not loaded yet");
  else if (cell.state == ANN_CELL_MISSING)
    value = C_ ("cell", "missing");
  else if (cell.state == ANN_CELL_INVALID)
    value = C_ ("cell", "unreadable");

  /* TRANSLATORS: read out: row, column, value */
  return g_strdup_printf (_ ("%s, %s, %s"), label->str, title->str, value);
}

/**
 * ann_table_view_get_selection:
 * @self: a table
 *
 * Returns: (transfer none): the rows that are selected
 */
const AnnRowSelection *
ann_table_view_get_selection (AnnTableView *self)
{
  g_return_val_if_fail (ANN_IS_TABLE_VIEW (self), NULL);

  return self->selection;
}

/**
 * ann_table_view_take_selection:
 * @self: a table
 * @selection: (transfer full): the rows that shall be selected
 */
void
ann_table_view_take_selection (AnnTableView *self, AnnRowSelection *selection)
{
  g_return_if_fail (ANN_IS_TABLE_VIEW (self));

  ann_row_selection_free (self->selection);
  self->selection = selection;
  _ann_table_view_selection_changed (self);
}

/* To be called after each change of the selected rows. */
void
_ann_table_view_selection_changed (AnnTableView *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
  _ann_table_view_update_actions (self);
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
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
  forget_look (self);
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

/* Begins a job of which there is one at a time: the one before is cancelled. */
void
_ann_table_view_begin_job (AnnTableView *self, const char *text)
{
  ann_table_view_cancel (self);
  self->job = g_cancellable_new ();
  self->progress = ann_progress_new ();
  self->busy_text = text;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

/* Ends @job, unless it is over already. */
void
_ann_table_view_end_job (AnnTableView *self, GCancellable *job)
{
  if (self->job == NULL || self->job != job)
    return;

  g_clear_object (&self->job);
  g_clear_pointer (&self->progress, ann_progress_unref);
  self->busy_text = NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

void
_ann_table_view_message (AnnTableView *self, const char *text)
{
  g_signal_emit (self, signals[MESSAGE], 0, text);
}

/**
 * ann_table_view_is_busy:
 * @self: a table
 *
 * Returns: whether it is sorting or copying
 */
gboolean
ann_table_view_is_busy (AnnTableView *self)
{
  g_return_val_if_fail (ANN_IS_TABLE_VIEW (self), FALSE);

  return self->job != NULL;
}

/**
 * ann_table_view_get_progress:
 * @self: a table
 *
 * Returns: (transfer none) (nullable): how far that is
 */
AnnProgress *
ann_table_view_get_progress (AnnTableView *self)
{
  g_return_val_if_fail (ANN_IS_TABLE_VIEW (self), NULL);

  return self->progress;
}

/**
 * ann_table_view_get_busy_text:
 * @self: a table
 *
 * Returns: (transfer none) (nullable): what it is doing
 */
const char *
ann_table_view_get_busy_text (AnnTableView *self)
{
  g_return_val_if_fail (ANN_IS_TABLE_VIEW (self), NULL);

  return self->busy_text;
}

/**
 * ann_table_view_cancel:
 * @self: a table
 *
 * Gives up what it is doing; everything stays as it was.
 */
void
ann_table_view_cancel (AnnTableView *self)
{
  g_autoptr (GCancellable) job = NULL;

  g_return_if_fail (ANN_IS_TABLE_VIEW (self));

  if (self->job == NULL)
    return;

  job = g_object_ref (self->job);
  _ann_table_view_end_job (self, job);
  g_cancellable_cancel (job);
}
