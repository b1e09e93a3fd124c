/* ann-table-view.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-text.h"
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

static void
ann_table_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  AnnTableView *self = ANN_TABLE_VIEW (widget);

  _ann_table_view_arrange (self, width, height);
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
      *natural = MAX (*minimum,
                      self->index_width
                          + (int) MIN (ann_column_layout_get_total (self->columns), 2000));
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
  gtk_widget_queue_draw (GTK_WIDGET (self));
  /* What arranges the table is about to do the rest itself. */
  if (self->is_arranging)
    return;

  self->shows_place = FALSE;
  gtk_widget_queue_allocate (GTK_WIDGET (self));
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

/* Colours, fonts or the size of the text are others. */
void
_ann_table_view_forget_look (AnnTableView *self)
{
  self->colors.is_valid = FALSE;
  g_clear_pointer (&self->texts, ann_text_cache_free);
  g_hash_table_remove_all (self->grown); /* in pixels of the former font */
  self->grown_index = 0;
  _ann_table_view_forget_sizes (self);
}

static void
ann_table_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (ann_table_view_parent_class)->css_changed (widget, change);

  _ann_table_view_forget_look (ANN_TABLE_VIEW (widget));
}

static void
ann_table_view_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (ann_table_view_parent_class)->system_setting_changed (widget, setting);

  _ann_table_view_forget_look (ANN_TABLE_VIEW (widget));
}

static void
ann_table_view_direction_changed (GtkWidget *widget, GtkTextDirection previous)
{
  GTK_WIDGET_CLASS (ann_table_view_parent_class)->direction_changed (widget, previous);

  _ann_table_view_forget_look (ANN_TABLE_VIEW (widget));
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
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  self->model != NULL && n_rows == 0 ? _ ("No rows") : "", -1);
  _ann_table_view_cursor_update (self);
}

static void
on_changed (AnnTableView *self, guint what)
{
  if (what & ANN_TABLE_CHANGED_ROWS)
    {
      clamp_cursor (self);
      self->shows_place = FALSE;
    }
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

  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (_ann_table_view_forget_look), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast",
                           G_CALLBACK (_ann_table_view_forget_look), self, G_CONNECT_SWAPPED);
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
  g_clear_pointer (&self->filter, ann_selection_unref);
  g_clear_signal_handler (&self->changed_id, self->model);
  g_set_object (&self->model, model);

  self->cursor_row = self->cursor_column = self->anchor_row = self->anchor_column = 0;
  self->row_anchor = 0;
  self->shows_place = FALSE;
  self->resized_index = 0;
  g_hash_table_remove_all (self->resized);
  g_hash_table_remove_all (self->grown);
  self->grown_index = 0;
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

/**
 * _ann_table_view_set_cursor_column:
 * @self: a table
 * @column: a column
 *
 * Makes it the current one. Nothing scrolls: its title is where the pointer is.
 */
void
_ann_table_view_set_cursor_column (AnnTableView *self, guint64 column)
{
  self->cursor_column = self->anchor_column = column;
  self->anchor_row = self->cursor_row;
  clamp_cursor (self);
  _ann_table_view_cursor_update (self);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_signal_emit (self, signals[CURSOR_MOVED], 0);
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
  else if (ann_text_blank_mark (value) != NULL)
    value = ann_text_blank_mark (value);

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
 * ann_table_view_select:
 * @self: a table
 * @rows: rows by their stored numbers
 * @add: whether those selected before stay so
 *
 * Selects the rows. The cursor stays where it is.
 */
void
ann_table_view_select (AnnTableView *self, const AnnRowSelection *rows, gboolean add)
{
  g_return_if_fail (ANN_IS_TABLE_VIEW (self));

  if (!add)
    ann_row_selection_clear (self->selection);
  ann_row_selection_add_all (self->selection, rows);
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

/* Says something to the user. */
void
_ann_table_view_message (AnnTableView *self, const char *text)
{
  g_signal_emit (self, signals[MESSAGE], 0, text);
}
