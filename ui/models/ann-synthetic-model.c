/* ann-synthetic-model.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-synthetic-model.h"

#include "models/ann-number-text.h"

#include <math.h>

/* Column c is, by c mod 4, whole numbers (the row times 1 000 plus the column), numbers with three
 * decimals, categories or texts: so that a wrong place shows as a wrong value, and every kind of
 * drawing is there. Each 97th cell is missing.
 */
#define N_CATEGORIES 10

struct _AnnSyntheticModel {
  GObject parent_instance;
  guint64 n_rows;
  guint64 n_columns;
  AnnTableOrder *order;
  AnnTableWindow window;
  gboolean is_loading;
};

static void ann_synthetic_model_iface_init (AnnTableModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AnnSyntheticModel,
                               ann_synthetic_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (ANN_TYPE_TABLE_MODEL,
                                                      ann_synthetic_model_iface_init))

static gboolean
is_missing (guint64 row, guint64 column)
{
  return column > 0 && (row * 7 + column) % 97 == 0;
}

static AnnColumnKind
get_kind (guint64 column)
{
  static const AnnColumnKind kinds[] = { ANN_COLUMN_NUMBER, ANN_COLUMN_NUMBER, ANN_COLUMN_CATEGORY,
                                         ANN_COLUMN_TEXT };

  return kinds[column % 4];
}

static double
get_fraction (guint64 row, guint64 column)
{
  return (double) ((row * 2654435761u + column * 40503u) % 2000003) / 1000.0 - 1000.0;
}

static guint
get_category (guint64 row, guint64 column)
{
  return (guint) ((row / 3 + column) % N_CATEGORIES);
}

static guint64
synthetic_get_n_rows (AnnTableModel *model)
{
  const AnnSyntheticModel *self = ANN_SYNTHETIC_MODEL (model);

  return self->order != NULL ? ann_table_order_get_n_rows (self->order) : self->n_rows;
}

static guint64
synthetic_get_n_stored_rows (AnnTableModel *model)
{
  return ANN_SYNTHETIC_MODEL (model)->n_rows;
}

static guint64
synthetic_get_n_columns (AnnTableModel *model)
{
  return ANN_SYNTHETIC_MODEL (model)->n_columns;
}

static const char *
synthetic_get_index_title (AnnTableModel *model)
{
  return "index";
}

static char *const *
synthetic_get_index_widest (AnnTableModel *model)
{
  static char *const widest[] = { (char *) "ROW-1000000", NULL };

  return widest;
}

static guint
synthetic_get_column_width (AnnTableModel *model)
{
  return 10;
}

static const char *
synthetic_get_usual_title (AnnTableModel *model)
{
  return "column_1000";
}

static void
synthetic_get_column (AnnTableModel *model, guint64 column, AnnTableColumn *info, GString *title)
{
  static const char *type_names[] = { "int64", "float64", "category", "string" };

  *info = (AnnTableColumn){
    .kind = get_kind (column),
    .type_name = type_names[column % 4],
    .width_chars = 10,
    .decimals = column % 4 == 1 ? 3 : 0,
    .known = TRUE,
  };
  if (title != NULL)
    g_string_append_printf (title, "column_%" G_GUINT64_FORMAT, column);
}

static AnnCellState
synthetic_get_index (AnnTableModel *model, guint64 row, GString *text)
{
  AnnSyntheticModel *self = ANN_SYNTHETIC_MODEL (model);

  if (self->is_loading)
    return ANN_CELL_LOADING;

  g_string_append_printf (text, "ROW-%" G_GUINT64_FORMAT,
                          ann_table_model_get_stored_row (model, row));

  return ANN_CELL_VALUE;
}

static void
synthetic_get_cell (AnnTableModel *model,
                    guint64 row,
                    guint64 column,
                    AnnTableCell *cell,
                    GString *text)
{
  AnnSyntheticModel *self = ANN_SYNTHETIC_MODEL (model);
  const guint64 stored = ann_table_model_get_stored_row (model, row);

  if (self->is_loading)
    return;

  cell->state = is_missing (stored, column) ? ANN_CELL_MISSING : ANN_CELL_VALUE;
  if (cell->state == ANN_CELL_MISSING)
    return;

  switch (column % 4)
    {
    case 0:
      ann_number_text_append_unsigned (text, stored * 1000 + column);
      break;
    case 1:
      ann_number_text_append_double (text, get_fraction (stored, column), 3);
      break;
    case 2:
      cell->has_color = TRUE;
      cell->color = ann_category_color (get_category (stored, column)) & 0xffffff;
      g_string_append_printf (text, "Group %u", get_category (stored, column));
      break;
    default:
      g_string_append_printf (text, "text %" G_GUINT64_FORMAT, stored ^ column);
      break;
    }
}

static void
synthetic_set_window (AnnTableModel *model, const AnnTableWindow *window)
{
  AnnSyntheticModel *self = ANN_SYNTHETIC_MODEL (model);

  self->window = *window;
}

static AnnTableOrder *
synthetic_make_order (AnnTableModel *model,
                      guint64 column,
                      AnnSortDirection direction,
                      AnnProgress *progress,
                      GCancellable *cancellable,
                      GError **error)
{
  AnnSyntheticModel *self = ANN_SYNTHETIC_MODEL (model);
  g_autoptr (AnnTableSorter) sorter = NULL;

  sorter = ann_table_sorter_new (self->n_rows, column, direction, error);
  if (sorter == NULL)
    return NULL;

  for (guint64 row = 0; row < self->n_rows; row++)
    {
      double value = (double) (row * 1000 + column);

      if (row % 4096 == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;

      if (is_missing (row, column))
        value = NAN;
      else if (column % 4 == 1)
        value = get_fraction (row, column);
      else if (column % 4 == 2)
        value = get_category (row, column);
      else if (column % 4 == 3)
        value = (double) (row ^ column);
      ann_table_sorter_add_number (sorter, value);
    }

  return ann_table_sorter_finish (sorter, cancellable, error);
}

static void
synthetic_set_order (AnnTableModel *model, AnnTableOrder *order)
{
  AnnSyntheticModel *self = ANN_SYNTHETIC_MODEL (model);

  g_clear_pointer (&self->order, ann_table_order_unref);
  self->order = order == NULL ? NULL : ann_table_order_ref (order);
  ann_table_model_changed (model, ANN_TABLE_CHANGED_ROWS);
}

static AnnTableOrder *
synthetic_get_order (AnnTableModel *model)
{
  return ANN_SYNTHETIC_MODEL (model)->order;
}

static AnnCellState
append_plain (GString *text, guint64 row, guint64 column)
{
  g_string_truncate (text, 0);
  if (is_missing (row, column))
    return ANN_CELL_MISSING;

  if (column % 4 == 0)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT, row * 1000 + column);
  else if (column % 4 == 1)
    g_string_append_printf (text, "%.3f", get_fraction (row, column));
  else if (column % 4 == 2)
    g_string_append_printf (text, "Group %u", get_category (row, column));
  else
    g_string_append_printf (text, "text %" G_GUINT64_FORMAT, row ^ column);

  return ANN_CELL_VALUE;
}

static gboolean
synthetic_read_cells (AnnTableModel *model,
                      const guint64 *stored_rows,
                      gsize n_rows,
                      guint64 first_column,
                      guint64 n_columns,
                      gboolean with_index,
                      AnnTableCellFunc func,
                      gpointer user_data,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < n_rows; i++)
    {
      const guint64 row = stored_rows[i];
      const gboolean is_header = row == ANN_TABLE_HEADER_ROW;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      g_string_assign (text, "index");
      if (!is_header)
        g_string_printf (text, "ROW-%" G_GUINT64_FORMAT, row);
      if (with_index
          && !func (i, ANN_TABLE_INDEX_COLUMN, ANN_CELL_VALUE, text->str, text->len, user_data,
                    error))
        return FALSE;

      for (guint64 column = first_column; column < first_column + n_columns; column++)
        {
          AnnCellState state = ANN_CELL_VALUE;

          if (is_header)
            g_string_printf (text, "column_%" G_GUINT64_FORMAT, column);
          else
            state = append_plain (text, row, column);
          if (!func (i, column, state, text->str, text->len, user_data, error))
            return FALSE;
        }
    }

  return TRUE;
}

static void
ann_synthetic_model_finalize (GObject *object)
{
  AnnSyntheticModel *self = ANN_SYNTHETIC_MODEL (object);

  g_clear_pointer (&self->order, ann_table_order_unref);

  G_OBJECT_CLASS (ann_synthetic_model_parent_class)->finalize (object);
}

static void
ann_synthetic_model_iface_init (AnnTableModelInterface *iface)
{
  iface->get_n_rows = synthetic_get_n_rows;
  iface->get_n_stored_rows = synthetic_get_n_stored_rows;
  iface->get_n_columns = synthetic_get_n_columns;
  iface->get_index_title = synthetic_get_index_title;
  iface->get_index_widest = synthetic_get_index_widest;
  iface->get_column_width = synthetic_get_column_width;
  iface->get_usual_title = synthetic_get_usual_title;
  iface->get_column = synthetic_get_column;
  iface->get_index = synthetic_get_index;
  iface->get_cell = synthetic_get_cell;
  iface->set_window = synthetic_set_window;
  iface->make_order = synthetic_make_order;
  iface->set_order = synthetic_set_order;
  iface->get_order = synthetic_get_order;
  iface->read_cells = synthetic_read_cells;
}

static void
ann_synthetic_model_class_init (AnnSyntheticModelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_synthetic_model_finalize;
}

static void
ann_synthetic_model_init (AnnSyntheticModel *self)
{
}

/**
 * ann_synthetic_model_new:
 * @n_rows: how many rows
 * @n_columns: how many columns
 *
 * Returns: (transfer full): a table that computes its cells: for tests and measurements
 */
AnnSyntheticModel *
ann_synthetic_model_new (guint64 n_rows, guint64 n_columns)
{
  AnnSyntheticModel *self = g_object_new (ANN_TYPE_SYNTHETIC_MODEL, NULL);

  self->n_rows = n_rows;
  self->n_columns = n_columns;

  return self;
}

/**
 * ann_synthetic_model_set_loading:
 * @self: a model
 * @is_loading: whether no value is there yet
 */
void
ann_synthetic_model_set_loading (AnnSyntheticModel *self, gboolean is_loading)
{
  self->is_loading = is_loading;
  ann_table_model_changed (ANN_TABLE_MODEL (self), ANN_TABLE_CHANGED_CELLS);
}

/**
 * ann_synthetic_model_get_window:
 * @self: a model
 *
 * Returns: (transfer none): what was last said to be on the screen
 */
const AnnTableWindow *
ann_synthetic_model_get_window (AnnSyntheticModel *self)
{
  return &self->window;
}
