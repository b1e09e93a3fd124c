/* ann-table-view-actions.c: what can be done with a table, each as an action with its keys
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-table-view-private.h"

#include <glib/gi18n.h>

/* One step of the text size. */
#define TEXT_STEP 1.1

/* One step of the width of a column, in pixels. */
#define COLUMN_STEP 16

/* So many rows of an order are sorted to select them; more go through a bitmap. */
#define MAX_SORTED_ROWS 4096

static guint64
get_page (AnnTableView *self)
{
  const int height = gtk_widget_get_height (GTK_WIDGET (self)) - self->header_height;

  return (guint64) MAX (height / MAX (self->row_height, 1) - 1, 1);
}

static guint64
subtract (guint64 from, guint64 n)
{
  return from > n ? from - n : 0;
}

/* Rows and columns behind the last one are taken for the last one by whoever moves there. */
static gboolean
get_target (AnnTableView *self, const char *where, guint64 *row, guint64 *column)
{
  const guint64 last_row = ann_table_model_get_n_rows (self->model) - 1;
  const guint64 last_column = ann_table_model_get_n_columns (self->model) - 1;

  *row = self->cursor_row;
  *column = self->cursor_column;

  if (g_str_equal (where, "up"))
    *row = subtract (*row, 1);
  else if (g_str_equal (where, "down"))
    *row += 1;
  else if (g_str_equal (where, "left"))
    *column = subtract (*column, 1);
  else if (g_str_equal (where, "right"))
    *column += 1;
  else if (g_str_equal (where, "page-up"))
    *row = subtract (*row, get_page (self));
  else if (g_str_equal (where, "page-down"))
    *row += get_page (self);
  else if (g_str_equal (where, "row-start"))
    *column = 0;
  else if (g_str_equal (where, "row-end"))
    *column = last_column;
  else if (g_str_equal (where, "column-start"))
    *row = 0;
  else if (g_str_equal (where, "column-end"))
    *row = last_row;
  else if (g_str_equal (where, "start"))
    *row = *column = 0;
  else if (g_str_equal (where, "end"))
    {
      *row = last_row;
      *column = last_column;
    }
  else
    return FALSE;

  return TRUE;
}

/* table.move and table.extend, with the direction as a string. */
static void
move (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnTableView *self = ANN_TABLE_VIEW (widget);
  guint64 row, column;

  if (_ann_table_view_is_empty (self)
      || !get_target (self, g_variant_get_string (parameter, NULL), &row, &column))
    return;

  ann_table_view_set_cursor (self, row, column, g_str_equal (name, "table.extend"));
}

static void
go_to (GtkWidget *widget, const char *name, GVariant *parameter)
{
  guint64 row, column;

  g_variant_get (parameter, "(tt)", &row, &column);
  ann_table_view_set_cursor (ANN_TABLE_VIEW (widget), row, column, FALSE);
}

/* Of many rows here and there: one bit a row of the table, then the ranges in one pass. */
static void
add_by_bitmap (AnnRowSelection *selection,
               AnnTableOrder *order,
               guint64 first,
               guint64 last,
               guint64 n_rows)
{
  g_autofree guint64 *bits = g_try_new0 (guint64, n_rows / 64 + 1);
  guint64 begin = 0;

  if (bits == NULL)
    return;

  for (guint64 row = first; row <= last; row++)
    {
      const guint64 stored = ann_table_order_get (order, row);

      bits[stored / 64] |= G_GUINT64_CONSTANT (1) << (stored % 64);
    }

  ann_row_selection_clear (selection);
  for (guint64 row = 0; row <= n_rows; row++)
    {
      const gboolean is_set = row < n_rows && (bits[row / 64] >> (row % 64) & 1);

      if (!is_set && begin < row)
        ann_row_selection_add (selection, begin, row);
      if (!is_set)
        begin = row + 1;
    }
}

/**
 * _ann_table_view_select_rows:
 * @self: a table
 * @first: a row as shown
 * @last: another one, not before it
 * @add: whether those selected before stay so
 *
 * Selects the rows between the two, these included.
 */
void
_ann_table_view_select_rows (AnnTableView *self, guint64 first, guint64 last, gboolean add)
{
  const guint64 n_rows = ann_table_model_get_n_stored_rows (self->model);
  AnnTableOrder *order = ann_table_model_get_order (self->model);
  g_autoptr (AnnRowSelection) rows = ann_row_selection_new ();

  if (order == NULL || (first == 0 && last + 1 == n_rows))
    ann_row_selection_add (rows, first, last + 1);
  else if (last - first < MAX_SORTED_ROWS)
    {
      g_autofree guint64 *stored = g_new (guint64, last - first + 1);

      for (guint64 row = first; row <= last; row++)
        stored[row - first] = ann_table_order_get (order, row);
      ann_row_selection_take_rows (rows, stored, last - first + 1);
    }
  else
    add_by_bitmap (rows, order, first, last, n_rows);

  if (!add)
    ann_row_selection_clear (self->selection);
  ann_row_selection_add_all (self->selection, rows);
  _ann_table_view_selection_changed (self);
}

static void
select_all (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnTableView *self = ANN_TABLE_VIEW (widget);

  if (!_ann_table_view_is_empty (self))
    _ann_table_view_select_rows (self, 0, ann_table_model_get_n_rows (self->model) - 1, FALSE);
}

/* The block goes too. */
static void
select_none (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnTableView *self = ANN_TABLE_VIEW (widget);

  self->anchor_row = self->cursor_row;
  self->anchor_column = self->cursor_column;
  ann_row_selection_clear (self->selection);
  _ann_table_view_selection_changed (self);
}

/* What a filter leaves out is not selected: nobody sees it. */
static void
keep_shown (AnnTableView *self)
{
  AnnSelection *filter = ann_table_model_get_filter (self->model);
  g_autoptr (AnnRowSelection) shown = ann_row_selection_new ();
  const guint64 n = filter == NULL ? 0 : ann_selection_get_length (filter);

  if (filter == NULL)
    return;

  for (guint64 i = 0; i < n;)
    {
      const guint64 first = ann_selection_get_position (filter, i);
      guint64 end = first + 1;

      for (i++; i < n && ann_selection_get_position (filter, i) == end; i++)
        end++;
      ann_row_selection_add (shown, first, end);
    }
  ann_row_selection_keep (self->selection, shown);
}

static void
select_invert (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnTableView *self = ANN_TABLE_VIEW (widget);

  if (_ann_table_view_is_empty (self))
    return;

  ann_row_selection_invert (self->selection, ann_table_model_get_n_stored_rows (self->model));
  keep_shown (self);
  _ann_table_view_selection_changed (self);
}

static void
toggle_row (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnTableView *self = ANN_TABLE_VIEW (widget);

  if (_ann_table_view_is_empty (self))
    return;

  ann_row_selection_toggle (self->selection,
                            ann_table_model_get_stored_row (self->model, self->cursor_row));
  self->row_anchor = self->cursor_row;
  _ann_table_view_selection_changed (self);
}

static void
select_row (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnTableView *self = ANN_TABLE_VIEW (widget);
  AnnTableWindow block;

  if (_ann_table_view_is_empty (self))
    return;

  ann_table_view_get_block (self, &block);
  _ann_table_view_select_rows (self, block.first_row, block.first_row + block.n_rows - 1, FALSE);
}

static void
select_column (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnTableView *self = ANN_TABLE_VIEW (widget);

  if (_ann_table_view_is_empty (self))
    return;

  /* The cursor stays where it is seen, the column is selected from the other end. */
  self->anchor_row = ann_table_model_get_n_rows (self->model) - 1;
  self->cursor_row = 0;
  ann_table_view_set_cursor (self, 0, self->cursor_column, TRUE);
}

static void
sort (GtkWidget *widget, const char *name, GVariant *parameter)
{
  guint64 column;
  guint32 direction;

  g_variant_get (parameter, "(tu)", &column, &direction);
  ann_table_view_sort (ANN_TABLE_VIEW (widget), column, MIN (direction, ANN_SORT_DESCENDING));
}

static void
sort_here (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnTableView *self = ANN_TABLE_VIEW (widget);
  AnnSortDirection direction = ANN_SORT_NONE;

  if (g_str_equal (name, "table.sort-ascending"))
    direction = ANN_SORT_ASCENDING;
  else if (g_str_equal (name, "table.sort-descending"))
    direction = ANN_SORT_DESCENDING;
  ann_table_view_sort (self, self->cursor_column, direction);
}

/* The keys: the same once more goes back to the stored order. */
static void
toggle_sort (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnTableView *self = ANN_TABLE_VIEW (widget);
  AnnSortDirection direction = ANN_SORT_ASCENDING;
  guint64 column = 0;

  if (_ann_table_view_is_empty (self))
    return;

  if (g_str_equal (name, "table.toggle-descending"))
    direction = ANN_SORT_DESCENDING;
  if (ann_table_model_get_sort (self->model, &column) == direction && column == self->cursor_column)
    direction = ANN_SORT_NONE;
  ann_table_view_sort (self, self->cursor_column, direction);
}

static void
copy (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ann_table_view_copy (ANN_TABLE_VIEW (widget), g_str_equal (name, "table.copy-with-headers"));
}

static void
resize_text (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnTableView *self = ANN_TABLE_VIEW (widget);
  double scale = 1;

  if (g_str_equal (name, "table.text-larger"))
    scale = self->text_scale * TEXT_STEP;
  else if (g_str_equal (name, "table.text-smaller"))
    scale = self->text_scale / TEXT_STEP;
  ann_table_view_set_text_scale (self, scale);
}

static void
resize_column (GtkWidget *widget, const char *name, GVariant *parameter)
{
  guint64 column;
  guint32 width;

  g_variant_get (parameter, "(tu)", &column, &width);
  ann_table_view_set_column_width (ANN_TABLE_VIEW (widget), column, (int) MIN (width, 10000));
}

static void
step_column (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnTableView *self = ANN_TABLE_VIEW (widget);
  const int step = g_str_equal (name, "table.narrow-column") ? -COLUMN_STEP : COLUMN_STEP;

  if (_ann_table_view_is_empty (self))
    return;

  ann_table_view_set_column_width (self, self->cursor_column,
                                   ann_table_view_get_column_width (self, self->cursor_column)
                                       + step);
}

static void
fit_column (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnTableView *self = ANN_TABLE_VIEW (widget);

  if (!_ann_table_view_is_empty (self))
    _ann_table_view_fit_column (self, self->cursor_column);
}

static void
cancel (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ann_table_view_cancel (ANN_TABLE_VIEW (widget));
}

static void
popup_menu (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnTableView *self = ANN_TABLE_VIEW (widget);
  graphene_rect_t area;

  if (_ann_table_view_is_empty (self))
    return;

  _ann_table_view_get_cell_area (self, self->cursor_row, self->cursor_column, &area);
  _ann_table_view_popup_menu (self, area.origin.x + area.size.width / 2,
                              area.origin.y + area.size.height);
}

static GMenuModel *
make_menu (void)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) edit = g_menu_new ();
  g_autoptr (GMenu) rows = g_menu_new ();
  g_autoptr (GMenu) order = g_menu_new ();

  g_menu_append (edit, _ ("_Copy"), "table.copy");
  g_menu_append (edit, _ ("Copy with _Headers"), "table.copy-with-headers");
  g_menu_append (rows, _ ("Select _Row"), "table.select-row");
  g_menu_append (rows, _ ("Select _All"), "table.select-all");
  g_menu_append (rows, _ ("Select _None"), "table.select-none");
  g_menu_append (rows, _ ("_Invert Selection"), "table.select-invert");
  g_menu_append (order, _ ("Sort A_scending"), "table.sort-ascending");
  g_menu_append (order, _ ("Sort _Descending"), "table.sort-descending");
  g_menu_append (order, _ ("_Stored Order"), "table.sort-none");
  g_menu_append (order, _ ("_Fit Column Width"), "table.fit-column");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (edit));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (rows));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (order));

  return G_MENU_MODEL (menu);
}

/**
 * _ann_table_view_popup_menu:
 * @self: a table
 * @x: a place in the table
 * @y: a place in the table
 *
 * Shows the menu of what can be done where the cursor is.
 */
void
_ann_table_view_popup_menu (AnnTableView *self, double x, double y)
{
  if (self->menu == NULL)
    {
      g_autoptr (GMenuModel) model = make_menu ();

      self->menu = gtk_popover_menu_new_from_model (model);
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_popover_set_position (GTK_POPOVER (self->menu), GTK_POS_BOTTOM);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
    }

  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int) x, (int) y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

/**
 * _ann_table_view_update_actions:
 * @self: a table
 *
 * Makes insensitive what cannot be done now.
 */
void
_ann_table_view_update_actions (AnnTableView *self)
{
  static const char *for_cells[] = { "table.copy",           "table.copy-with-headers",
                                     "table.select-all",     "table.toggle-row",
                                     "table.select-row",     "table.select-column",
                                     "table.select-none",    "table.select-invert",
                                     "table.sort-ascending", "table.sort-descending" };
  GtkWidget *widget = GTK_WIDGET (self);
  const gboolean has_cells = !_ann_table_view_is_empty (self);

  for (gsize i = 0; i < G_N_ELEMENTS (for_cells); i++)
    gtk_widget_action_set_enabled (widget, for_cells[i], has_cells);
  gtk_widget_action_set_enabled (
      widget, "table.sort-none",
      has_cells && ann_table_model_get_sort (self->model, NULL) != ANN_SORT_NONE);
}

static void
bind_move (GtkWidgetClass *klass, guint key, guint keypad_key, guint modifiers, const char *where)
{
  gtk_widget_class_add_binding_action (klass, key, modifiers, "table.move", "s", where);
  gtk_widget_class_add_binding_action (klass, keypad_key, modifiers, "table.move", "s", where);
  gtk_widget_class_add_binding_action (klass, key, modifiers | GDK_SHIFT_MASK, "table.extend", "s",
                                       where);
  gtk_widget_class_add_binding_action (klass, keypad_key, modifiers | GDK_SHIFT_MASK,
                                       "table.extend", "s", where);
}

static void
bind_keys (GtkWidgetClass *klass)
{
  static const struct {
    guint key;
    guint modifiers;
    const char *action;
  } keys[] = {
    { GDK_KEY_Insert, GDK_CONTROL_MASK, "table.copy" },
    { GDK_KEY_c, GDK_CONTROL_MASK, "table.copy" }, /* the last one of an action is in the menu */
    { GDK_KEY_a, GDK_CONTROL_MASK, "table.select-all" },
    { GDK_KEY_a, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "table.select-none" },
    { GDK_KEY_i, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "table.select-invert" },
    { GDK_KEY_space, 0, "table.toggle-row" },
    { GDK_KEY_space, GDK_SHIFT_MASK, "table.select-row" },
    { GDK_KEY_space, GDK_CONTROL_MASK, "table.select-column" },
    { GDK_KEY_Up, GDK_ALT_MASK, "table.toggle-ascending" },
    { GDK_KEY_Down, GDK_ALT_MASK, "table.toggle-descending" },
    { GDK_KEY_Left, GDK_ALT_MASK | GDK_SHIFT_MASK, "table.narrow-column" },
    { GDK_KEY_Right, GDK_ALT_MASK | GDK_SHIFT_MASK, "table.widen-column" },
    { GDK_KEY_plus, GDK_CONTROL_MASK, "table.text-larger" },
    { GDK_KEY_equal, GDK_CONTROL_MASK, "table.text-larger" },
    { GDK_KEY_KP_Add, GDK_CONTROL_MASK, "table.text-larger" },
    { GDK_KEY_minus, GDK_CONTROL_MASK, "table.text-smaller" },
    { GDK_KEY_KP_Subtract, GDK_CONTROL_MASK, "table.text-smaller" },
    { GDK_KEY_0, GDK_CONTROL_MASK, "table.text-normal" },
    { GDK_KEY_KP_0, GDK_CONTROL_MASK, "table.text-normal" },
    { GDK_KEY_Menu, 0, "table.menu" },
    { GDK_KEY_F10, GDK_SHIFT_MASK, "table.menu" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (klass, keys[i].key, keys[i].modifiers, keys[i].action,
                                         NULL);

  bind_move (klass, GDK_KEY_Up, GDK_KEY_KP_Up, 0, "up");
  bind_move (klass, GDK_KEY_Down, GDK_KEY_KP_Down, 0, "down");
  bind_move (klass, GDK_KEY_Left, GDK_KEY_KP_Left, 0, "left");
  bind_move (klass, GDK_KEY_Right, GDK_KEY_KP_Right, 0, "right");
  bind_move (klass, GDK_KEY_Page_Up, GDK_KEY_KP_Page_Up, 0, "page-up");
  bind_move (klass, GDK_KEY_Page_Down, GDK_KEY_KP_Page_Down, 0, "page-down");
  bind_move (klass, GDK_KEY_Home, GDK_KEY_KP_Home, 0, "row-start");
  bind_move (klass, GDK_KEY_End, GDK_KEY_KP_End, 0, "row-end");
  bind_move (klass, GDK_KEY_Home, GDK_KEY_KP_Home, GDK_CONTROL_MASK, "start");
  bind_move (klass, GDK_KEY_End, GDK_KEY_KP_End, GDK_CONTROL_MASK, "end");
  bind_move (klass, GDK_KEY_Up, GDK_KEY_KP_Up, GDK_CONTROL_MASK, "column-start");
  bind_move (klass, GDK_KEY_Down, GDK_KEY_KP_Down, GDK_CONTROL_MASK, "column-end");
  bind_move (klass, GDK_KEY_Left, GDK_KEY_KP_Left, GDK_CONTROL_MASK, "row-start");
  bind_move (klass, GDK_KEY_Right, GDK_KEY_KP_Right, GDK_CONTROL_MASK, "row-end");
}

/**
 * _ann_table_view_install_actions:
 * @klass: the class of tables
 *
 * Makes the actions of the group "table" and binds the keys to them.
 */
void
_ann_table_view_install_actions (GtkWidgetClass *klass)
{
  static const struct {
    const char *name;
    const char *parameter;
    GtkWidgetActionActivateFunc func;
  } actions[] = {
    { "table.move", "s", move },
    { "table.extend", "s", move },
    { "table.go-to", "(tt)", go_to },
    { "table.select-all", NULL, select_all },
    { "table.select-none", NULL, select_none },
    { "table.select-invert", NULL, select_invert },
    { "table.toggle-row", NULL, toggle_row },
    { "table.select-row", NULL, select_row },
    { "table.select-column", NULL, select_column },
    { "table.sort", "(tu)", sort },
    { "table.sort-ascending", NULL, sort_here },
    { "table.sort-descending", NULL, sort_here },
    { "table.sort-none", NULL, sort_here },
    { "table.toggle-ascending", NULL, toggle_sort },
    { "table.toggle-descending", NULL, toggle_sort },
    { "table.copy", NULL, copy },
    { "table.copy-with-headers", NULL, copy },
    { "table.text-larger", NULL, resize_text },
    { "table.text-smaller", NULL, resize_text },
    { "table.text-normal", NULL, resize_text },
    { "table.resize-column", "(tu)", resize_column },
    { "table.narrow-column", NULL, step_column },
    { "table.widen-column", NULL, step_column },
    { "table.fit-column", NULL, fit_column },
    { "table.menu", NULL, popup_menu },
    { "table.cancel", NULL, cancel },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_class_install_action (klass, actions[i].name, actions[i].parameter, actions[i].func);
  bind_keys (klass);
}
