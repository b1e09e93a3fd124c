/* ann-matrix-model.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-matrix-model.h"

#include "models/ann-axis-labels.h"

#include <string.h>

/* A block is a band of rows over the whole width, of about this size; in an order that is not the
 * stored one it is gathered. Of CSC it is a band of whole columns, whatever the order.
 */
#define BLOCK_BYTES (1 << 20)
#define MAX_BLOCK_ROWS 4096
#define MIN_BLOCK_ROWS 16
#define BLOCK_COLUMNS 8

/* Names of columns that are read at once. */
#define BLOCK_NAMES 1024

/* A gene's name is not cut before this. */
#define MAX_TITLE_CHARS 16

typedef enum { SOURCE_VALUES, SOURCE_ROW_NAMES, SOURCE_COLUMN_NAMES } Source;

struct _AnnMatrixModel {
  AnnLoadedModel parent_instance;

  AnnElement *element;
  gboolean reads_columns;
  guint64 block_rows; /* in the stored order */
  gboolean is_far;    /* each block is some requests: none that is not on the screen */
};

static void ann_matrix_model_iface_init (AnnTableModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AnnMatrixModel,
                               ann_matrix_model,
                               ANN_TYPE_LOADED_MODEL,
                               G_IMPLEMENT_INTERFACE (ANN_TYPE_TABLE_MODEL,
                                                      ann_matrix_model_iface_init))

/* How many rows, columns or names the blocks of a source have. */
static guint64
get_block_length (AnnLoadedModel *loaded, guint source)
{
  AnnMatrixModel *self = ANN_MATRIX_MODEL (loaded);

  if (source == SOURCE_COLUMN_NAMES)
    return BLOCK_NAMES;
  if (source == SOURCE_VALUES && self->reads_columns)
    return BLOCK_COLUMNS;
  if (ann_loaded_model_is_ordered (loaded))
    return ANN_GATHERED_ROWS;

  return source == SOURCE_VALUES ? self->block_rows : MAX_BLOCK_ROWS;
}

static gboolean
is_turned (AnnLoadedModel *self, guint source)
{
  return source == SOURCE_VALUES && ANN_MATRIX_MODEL (self)->reads_columns;
}

static gboolean
runs_by_rows (AnnLoadedModel *self, guint source)
{
  return source == SOURCE_ROW_NAMES || (source == SOURCE_VALUES && !is_turned (self, source));
}

static guint
find_source (AnnLoadedModel *self, guint64 column, guint64 *value)
{
  *value = column;

  return SOURCE_VALUES;
}

static const AnnColumnFacts *
get_facts (AnnMatrixModel *self, Source source)
{
  return ann_loaded_model_get_facts (ANN_LOADED_MODEL (self), source);
}

static AnnColumnSource *
get_source (AnnMatrixModel *self, Source source)
{
  return ann_loaded_model_get_source (ANN_LOADED_MODEL (self), source);
}

/* Names that do not fit the matrix, or cannot be read, are no names. */
static gboolean
has_names (AnnMatrixModel *self, Source source)
{
  const AnnColumnFacts *facts = get_facts (self, source);

  return get_source (self, source) != NULL && (facts == NULL || facts->error == NULL);
}

static const char *
matrix_get_index_title (AnnTableModel *model)
{
  return has_names (ANN_MATRIX_MODEL (model), SOURCE_ROW_NAMES) ? "index" : NULL;
}

static char *const *
matrix_get_index_widest (AnnTableModel *model)
{
  const AnnColumnFacts *facts = get_facts (ANN_MATRIX_MODEL (model), SOURCE_ROW_NAMES);

  return facts == NULL ? NULL : facts->widest;
}

/* All columns are alike, as they hold the same. */
static guint
matrix_get_column_width (AnnTableModel *model)
{
  AnnMatrixModel *self = ANN_MATRIX_MODEL (model);
  const AnnColumnFacts *values = get_facts (self, SOURCE_VALUES);
  const AnnColumnFacts *names = get_facts (self, SOURCE_COLUMN_NAMES);
  guint width = values == NULL ? 8 : MAX (values->width_chars, 6);

  if (names != NULL && names->error == NULL)
    width = MAX (width, MIN (names->width_chars, MAX_TITLE_CHARS));

  return width;
}

static const char *
matrix_get_usual_title (AnnTableModel *model)
{
  const AnnColumnFacts *names = get_facts (ANN_MATRIX_MODEL (model), SOURCE_COLUMN_NAMES);

  return names == NULL || names->error != NULL ? NULL : names->usual;
}

static gboolean
is_vector (AnnMatrixModel *self)
{
  return ann_element_get_rank (self->element) < 2;
}

static void
append_title (AnnMatrixModel *self, guint64 column, GString *title)
{
  AnnTableCell cell = { .state = ANN_CELL_LOADING };
  const gsize length = title->len;

  if (is_vector (self))
    {
      g_autofree char *name = g_utf8_make_valid (ann_element_get_name (self->element), -1);

      g_string_append (title, name);
    }
  else if (!has_names (self, SOURCE_COLUMN_NAMES))
    g_string_append_printf (title, "%" G_GUINT64_FORMAT, column);
  else
    ann_loaded_model_get_cell (ANN_LOADED_MODEL (self), SOURCE_COLUMN_NAMES, column / BLOCK_NAMES,
                               column % BLOCK_NAMES, 0, &cell, title);

  /* Why a name cannot be read is no title. */
  if (cell.state == ANN_CELL_INVALID)
    g_string_truncate (title, length);
}

static void
matrix_get_column (AnnTableModel *model, guint64 column, AnnTableColumn *info, GString *title)
{
  AnnMatrixModel *self = ANN_MATRIX_MODEL (model);
  const AnnColumnFacts *facts = get_facts (self, SOURCE_VALUES);

  *info = (AnnTableColumn){
    .kind = ANN_COLUMN_NUMBER,
    .width_chars = matrix_get_column_width (model),
  };
  if (facts != NULL && facts->error == NULL)
    {
      info->kind = facts->kind;
      info->type_name = facts->type_name;
      info->decimals = facts->decimals;
      info->known = TRUE;
    }
  if (title != NULL)
    append_title (self, column, title);
}

static AnnCellState
matrix_get_index (AnnTableModel *model, guint64 row, GString *text)
{
  AnnLoadedModel *self = ANN_LOADED_MODEL (model);
  const guint64 length = get_block_length (self, SOURCE_ROW_NAMES);
  AnnTableCell cell = { .state = ANN_CELL_LOADING };

  if (has_names (ANN_MATRIX_MODEL (model), SOURCE_ROW_NAMES))
    ann_loaded_model_get_cell (self, SOURCE_ROW_NAMES, row / length, row % length, 0, &cell, text);

  return cell.state;
}

static void
matrix_get_cell (AnnTableModel *model,
                 guint64 row,
                 guint64 column,
                 AnnTableCell *cell,
                 GString *text)
{
  AnnLoadedModel *self = ANN_LOADED_MODEL (model);
  const guint64 length = get_block_length (self, SOURCE_VALUES);

  if (is_turned (self, SOURCE_VALUES))
    ann_loaded_model_get_cell (self, SOURCE_VALUES, column / length,
                               ann_table_model_get_stored_row (model, row), column % length, cell,
                               text);
  else
    ann_loaded_model_get_cell (self, SOURCE_VALUES, row / length, row % length, column, cell, text);
}

/* The blocks in which @first to @end - 1 lie, and with @ring the one before and the one after. */
static void
want (AnnMatrixModel *self,
      GArray *keys,
      Source source,
      guint64 first,
      guint64 end,
      guint64 n,
      gboolean ring)
{
  const guint64 length = get_block_length (ANN_LOADED_MODEL (self), source);
  guint64 from = first / length;
  guint64 to = (end + length - 1) / length;

  if (get_source (self, source) == NULL || !(source == SOURCE_VALUES || has_names (self, source)))
    return;

  if (ring && !self->is_far)
    {
      from -= MIN (from, 1);
      to = MIN (to + 1, (n + length - 1) / length);
    }
  for (guint64 block = from; block < to; block++)
    ann_loaded_model_want (keys, source, block);
}

static void
matrix_set_window (AnnTableModel *model, const AnnTableWindow *window)
{
  AnnMatrixModel *self = ANN_MATRIX_MODEL (model);
  const guint64 top = window->first_row;
  const guint64 bottom = top + window->n_rows;
  const guint64 left = window->first_column;
  const guint64 right = left + window->n_columns;
  const guint64 n_rows = ann_table_model_get_n_rows (model);
  const guint64 n_columns = ann_table_model_get_n_columns (model);
  const gboolean by_columns = self->reads_columns;
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (AnnBlockKey));

  if (window->n_rows == 0 && n_rows > 0)
    return;

  want (self, keys, SOURCE_COLUMN_NAMES, left, right, n_columns, FALSE);
  want (self, keys, SOURCE_ROW_NAMES, top, bottom, n_rows, FALSE);
  for (guint ring = 0; ring < 2 && window->n_columns > 0 && n_rows > 0; ring++)
    want (self, keys, SOURCE_VALUES, by_columns ? left : top, by_columns ? right : bottom,
          by_columns ? n_columns : n_rows, ring == 1);
  want (self, keys, SOURCE_ROW_NAMES, top, bottom, n_rows, TRUE);

  ann_loaded_model_set_wanted (ANN_LOADED_MODEL (model), keys);
}

/* Titles for a copy: of all columns asked for, wherever they are. */
static gboolean
write_titles (AnnMatrixModel *self,
              gsize row,
              guint64 first_column,
              guint64 n_columns,
              AnnTableCellFunc func,
              gpointer user_data,
              GCancellable *cancellable,
              GError **error)
{
  AnnColumnSource *source = get_source (self, SOURCE_COLUMN_NAMES);
  g_autoptr (GString) title = g_string_new (NULL);
  g_autoptr (AnnLoadedRows) names = NULL;
  const AnnColumnFacts *facts = NULL;

  if (source != NULL)
    {
      facts = ann_column_source_prepare (source, cancellable, error);
      if (facts == NULL)
        return FALSE;
      if (facts->error == NULL)
        names = ann_column_source_read (source, NULL, first_column, n_columns, cancellable, error);
      if (facts->error == NULL && names == NULL)
        return FALSE;
    }

  for (guint64 i = 0; i < n_columns; i++)
    {
      g_string_truncate (title, 0);
      if (names != NULL)
        ann_loaded_rows_append_plain (names, facts, i, 0, title);
      else if (is_vector (self))
        g_string_append (title, ann_element_get_name (self->element));
      else
        g_string_append_printf (title, "%" G_GUINT64_FORMAT, first_column + i);
      if (!func (row, first_column + i, ANN_CELL_VALUE, title->str, title->len, user_data, error))
        return FALSE;
    }

  return TRUE;
}

/* What has been read for a copy: bands of rows, or for CSC bands of columns. */
typedef struct {
  GPtrArray *bands; /* of AnnLoadedRows */
  const AnnColumnFacts *facts;
  const guint64 *rows;
  guint64 first_column;
  gboolean is_turned;
} Values;

static AnnCellState
append_value (const Values *values, gsize row, guint64 i, GString *text)
{
  if (values->is_turned)
    return ann_loaded_rows_append_plain (g_ptr_array_index (values->bands, i / BLOCK_COLUMNS),
                                         values->facts, values->rows[row], i % BLOCK_COLUMNS, text);

  return ann_loaded_rows_append_plain (g_ptr_array_index (values->bands, 0), values->facts, row,
                                       values->first_column + i, text);
}

static gboolean
read_values (AnnMatrixModel *self,
             Values *values,
             gsize n_rows,
             guint64 n_columns,
             GCancellable *cancellable,
             GError **error)
{
  AnnColumnSource *source = get_source (self, SOURCE_VALUES);
  const guint64 step = self->reads_columns ? BLOCK_COLUMNS : n_columns;

  values->facts = ann_column_source_prepare (source, cancellable, error);
  if (values->facts == NULL)
    return FALSE;

  for (guint64 i = 0; i < n_columns && n_rows > 0; i += step)
    {
      AnnLoadedRows *band = self->reads_columns
                                ? ann_column_source_read_turned (source, values->first_column + i,
                                                                 MIN (step, n_columns - i),
                                                                 cancellable, error)
                                : ann_column_source_read (source, values->rows, 0, n_rows,
                                                          cancellable, error);

      if (band == NULL)
        return FALSE;
      g_ptr_array_add (values->bands, band);
    }

  return TRUE;
}

static gboolean
write_index (AnnMatrixModel *self,
             AnnLoadedRows *names,
             gsize i,
             gsize value,
             gboolean is_header,
             AnnTableCellFunc func,
             gpointer user_data,
             GError **error)
{
  g_autoptr (GString) text = g_string_new (is_header ? "index" : NULL);

  if (!is_header && names != NULL)
    ann_loaded_rows_append_plain (names, get_facts (self, SOURCE_ROW_NAMES), value, 0, text);

  return func (i, ANN_TABLE_INDEX_COLUMN, ANN_CELL_VALUE, text->str, text->len, user_data, error);
}

static gboolean
matrix_read_cells (AnnTableModel *model,
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
  AnnMatrixModel *self = ANN_MATRIX_MODEL (model);
  g_autoptr (GPtrArray) bands = g_ptr_array_new_with_free_func (
      (GDestroyNotify) ann_loaded_rows_free);
  g_autofree guint64 *rows = g_new (guint64, MAX (n_rows, 1));
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (AnnLoadedRows) names = NULL;
  Values values = { bands, NULL, rows, first_column, self->reads_columns };
  gsize n_values = 0;

  for (gsize i = 0; i < n_rows; i++)
    {
      if (stored_rows[i] != ANN_TABLE_HEADER_ROW)
        rows[n_values++] = stored_rows[i];
    }
  if (!read_values (self, &values, n_values, n_columns, cancellable, error))
    return FALSE;
  if (with_index)
    {
      g_autoptr (GError) local_error = NULL;

      /* That the names do not fit may be found only now: the values are there all the same. */
      names = ann_column_source_read (get_source (self, SOURCE_ROW_NAMES), rows, 0, n_values,
                                      cancellable, &local_error);
      if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }

  for (gsize i = 0, value = 0; i < n_rows; i++)
    {
      const gboolean is_header = stored_rows[i] == ANN_TABLE_HEADER_ROW;

      if (with_index && !write_index (self, names, i, value, is_header, func, user_data, error))
        return FALSE;
      if (is_header
          && !write_titles (self, i, first_column, n_columns, func, user_data, cancellable, error))
        return FALSE;
      for (guint64 k = 0; k < n_columns && !is_header; k++)
        {
          AnnCellState state;

          g_string_truncate (text, 0);
          state = append_value (&values, value, k, text);
          if (!func (i, first_column + k, state, text->str, text->len, user_data, error))
            return FALSE;
        }
      value += is_header ? 0 : 1;
    }

  return TRUE;
}

static void
ann_matrix_model_finalize (GObject *object)
{
  AnnMatrixModel *self = ANN_MATRIX_MODEL (object);

  g_clear_object (&self->element);

  G_OBJECT_CLASS (ann_matrix_model_parent_class)->finalize (object);
}

static void
ann_matrix_model_iface_init (AnnTableModelInterface *iface)
{
  iface->get_index_title = matrix_get_index_title;
  iface->get_index_widest = matrix_get_index_widest;
  iface->get_column_width = matrix_get_column_width;
  iface->get_usual_title = matrix_get_usual_title;
  iface->get_column = matrix_get_column;
  iface->get_index = matrix_get_index;
  iface->get_cell = matrix_get_cell;
  iface->set_window = matrix_set_window;
  iface->read_cells = matrix_read_cells;
}

static void
ann_matrix_model_class_init (AnnMatrixModelClass *klass)
{
  AnnLoadedModelClass *loaded_class = ANN_LOADED_MODEL_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_matrix_model_finalize;
  loaded_class->get_block_length = get_block_length;
  loaded_class->runs_by_rows = runs_by_rows;
  loaded_class->is_turned = is_turned;
  loaded_class->find_source = find_source;
}

static void
ann_matrix_model_init (AnnMatrixModel *self)
{
}

/* A column of obs or var that is looked at alone has the names of its frame's rows. */
static char *
find_row_frame (AnnElement *element)
{
  const char *path = ann_element_get_path (element);
  char *frame = ann_axis_labels_find_frame (path, 0);
  g_autofree char *parent = NULL;
  g_autofree char *name = NULL;

  if (frame != NULL || strchr (path, '/') == NULL)
    return frame;

  parent = g_path_get_dirname (path);
  name = g_path_get_basename (parent);
  if (g_str_equal (name, "obs") || g_str_equal (name, "var"))
    return g_steal_pointer (&parent);

  return NULL;
}

static void
choose_block_rows (AnnMatrixModel *self)
{
  const guint64 size = MAX (ann_dtype_get_size (ann_element_get_dtype (self->element)), 4);
  guint64 row_bytes = MAX (ann_element_get_width (self->element), 1);

  if (ANN_IS_SPARSE (self->element))
    row_bytes = ann_sparse_guess_n_stored (ANN_SPARSE (self->element))
                / MAX (ann_element_get_n_rows (self->element), 1) * 2;
  row_bytes = MIN (row_bytes, G_MAXUINT32) * size;

  self->reads_columns = ann_element_get_kind (self->element) == ANN_ELEMENT_CSC;
  self->block_rows = CLAMP (BLOCK_BYTES / MAX (row_bytes, 1), MIN_BLOCK_ROWS, MAX_BLOCK_ROWS);
}

/**
 * ann_matrix_model_new:
 * @data: the store
 * @element: a matrix or a vector of numbers or texts in it
 *
 * Reads nothing yet. Rows and columns have the names of obs and var where the element is aligned to
 * them, else numbers.
 *
 * Returns: (transfer full): the element as a table
 */
AnnMatrixModel *
ann_matrix_model_new (AnnData *data, AnnElement *element)
{
  AnnMatrixModel *self = g_object_new (ANN_TYPE_MATRIX_MODEL, NULL);
  AnnLoadedModel *loaded = ANN_LOADED_MODEL (self);
  g_autofree char *row_frame = find_row_frame (element);
  g_autofree char *column_frame = ann_axis_labels_find_frame (ann_element_get_path (element), 1);
  const guint64 n_rows = ann_element_get_n_rows (element);
  const guint64 n_columns = ann_element_get_width (element);

  self->element = g_object_ref (element);
  self->is_far = ann_data_get_traffic (data) != NULL;
  if (self->is_far)
    ann_loaded_model_set_far (ANN_LOADED_MODEL (self));
  choose_block_rows (self);
  ann_loaded_model_set_up (loaded, n_rows, n_columns);

  /* In the order of Source. */
  ann_loaded_model_add_source (loaded, ann_column_source_new_element (data, element));
  ann_loaded_model_add_source (
      loaded, row_frame == NULL ? NULL : ann_column_source_new_index_at (data, row_frame, n_rows));
  ann_loaded_model_add_source (
      loaded, column_frame == NULL || ann_element_get_rank (element) != 2
                  ? NULL
                  : ann_column_source_new_index_at (data, column_frame, n_columns));

  return self;
}
