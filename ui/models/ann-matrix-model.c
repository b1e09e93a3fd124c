/* ann-matrix-model.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-matrix-model.h"

#include "models/ann-axis-labels.h"
#include "models/ann-block-loader.h"
#include "models/ann-column-source.h"

#include <string.h>

/* A block is a band of rows over the whole width, of about this size; in an order that is not the
 * stored one it is gathered. Of CSC it is a band of whole columns, whatever the order.
 */
#define BLOCK_BYTES (1 << 20)
#define MAX_BLOCK_ROWS 4096
#define MIN_BLOCK_ROWS 16
#define GATHERED_ROWS 64
#define BLOCK_COLUMNS 8

/* Names of columns that are read at once. */
#define BLOCK_NAMES 1024

/* For blocks that are not on the screen any more. */
#define BUDGET (64 * 1024 * 1024)

/* A gene's name is not cut before this. */
#define MAX_TITLE_CHARS 16

typedef enum { SOURCE_VALUES, SOURCE_ROW_NAMES, SOURCE_COLUMN_NAMES, N_SOURCES } Source;

struct _AnnMatrixModel {
  GObject parent_instance;

  AnnElement *element;
  guint64 n_rows;
  guint64 n_columns;
  gboolean is_turned;                  /* read by columns */
  guint64 block_rows;                  /* in the stored order */
  AnnColumnSource *sources[N_SOURCES]; /* those of names may be NULL */
  gboolean is_known[N_SOURCES];
  AnnTableOrder *order;
  AnnBlockLoader *loader;
};

typedef struct {
  AnnColumnSource *source;
  gboolean is_turned;
  guint64 start;
  gsize n_rows; /* columns if turned */
  guint64 *rows;
} Request;

static void ann_matrix_model_iface_init (AnnTableModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AnnMatrixModel,
                               ann_matrix_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (ANN_TYPE_TABLE_MODEL,
                                                      ann_matrix_model_iface_init))

/* How many rows, columns or names the blocks of a source have. */
static guint64
get_block_length (AnnMatrixModel *self, Source source)
{
  if (source == SOURCE_COLUMN_NAMES)
    return BLOCK_NAMES;
  if (source == SOURCE_VALUES && self->is_turned)
    return BLOCK_COLUMNS;
  if (self->order != NULL)
    return GATHERED_ROWS;

  return source == SOURCE_VALUES ? self->block_rows : MAX_BLOCK_ROWS;
}

static gpointer
make_request (const AnnBlockKey *key, gpointer owner)
{
  AnnMatrixModel *self = owner;
  const Source source = (Source) key->source;
  const gboolean by_rows = source == SOURCE_ROW_NAMES
                           || (source == SOURCE_VALUES && !self->is_turned);
  const guint64 length = get_block_length (self, source);
  const guint64 n = by_rows ? self->n_rows : self->n_columns;
  Request *request = g_new0 (Request, 1);

  request->source = ann_column_source_ref (self->sources[source]);
  request->is_turned = source == SOURCE_VALUES && self->is_turned;
  request->start = key->block * length;
  request->n_rows = MIN (length, n - request->start);
  if (by_rows && self->order != NULL)
    {
      request->rows = g_new (guint64, request->n_rows);
      for (gsize i = 0; i < request->n_rows; i++)
        request->rows[i] = ann_table_order_get (self->order, request->start + i);
    }

  return request;
}

static void
request_free (gpointer data)
{
  Request *request = data;

  ann_column_source_unref (request->source);
  g_free (request->rows);
  g_free (request);
}

static gpointer
run_request (gpointer data, GCancellable *cancellable, GError **error)
{
  Request *request = data;

  if (request->is_turned)
    return ann_column_source_read_turned (request->source, request->start, request->n_rows,
                                          cancellable, error);

  return ann_column_source_read (request->source, request->rows, request->start, request->n_rows,
                                 cancellable, error);
}

static gsize
get_size (gconstpointer block)
{
  return ann_loaded_rows_get_size (block);
}

static const AnnColumnFacts *
get_facts (AnnMatrixModel *self, Source source)
{
  return self->sources[source] == NULL ? NULL : ann_column_source_get_facts (self->sources[source]);
}

static void
on_arrived (gpointer owner)
{
  AnnMatrixModel *self = owner;
  guint what = ANN_TABLE_CHANGED_CELLS;

  for (guint i = 0; i < N_SOURCES; i++)
    {
      if (!self->is_known[i] && get_facts (self, i) != NULL)
        {
          self->is_known[i] = TRUE;
          what |= ANN_TABLE_CHANGED_COLUMNS;
        }
    }
  ann_table_model_changed (ANN_TABLE_MODEL (self), what);
}

static guint64
matrix_get_n_rows (AnnTableModel *model)
{
  return ANN_MATRIX_MODEL (model)->n_rows;
}

static guint64
matrix_get_n_columns (AnnTableModel *model)
{
  return ANN_MATRIX_MODEL (model)->n_columns;
}

/* Names that do not fit the matrix, or cannot be read, are no names. */
static gboolean
has_names (AnnMatrixModel *self, Source source)
{
  const AnnColumnFacts *facts = get_facts (self, source);

  return self->sources[source] != NULL && (facts == NULL || facts->error == NULL);
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
  const guint64 length = BLOCK_NAMES;
  const AnnLoadedRows *names;

  if (is_vector (self))
    {
      g_autofree char *name = g_utf8_make_valid (ann_element_get_name (self->element), -1);

      g_string_append (title, name);
    }
  else if (!has_names (self, SOURCE_COLUMN_NAMES))
    g_string_append_printf (title, "%" G_GUINT64_FORMAT, column);
  else
    {
      names = ann_block_loader_find (self->loader, SOURCE_COLUMN_NAMES, column / length, NULL);
      if (names != NULL)
        {
          AnnTableCell cell;

          ann_loaded_rows_get_cell (names, get_facts (self, SOURCE_COLUMN_NAMES), column % length,
                                    0, &cell, title);
        }
    }
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
  AnnMatrixModel *self = ANN_MATRIX_MODEL (model);
  const guint64 length = get_block_length (self, SOURCE_ROW_NAMES);
  const AnnColumnFacts *facts = get_facts (self, SOURCE_ROW_NAMES);
  const GError *error = NULL;
  const AnnLoadedRows *names;
  AnnTableCell cell = { .state = ANN_CELL_LOADING };

  if (facts == NULL || facts->error != NULL)
    return ANN_CELL_LOADING;

  names = ann_block_loader_find (self->loader, SOURCE_ROW_NAMES, row / length, &error);
  if (error != NULL)
    return ANN_CELL_INVALID;
  if (names != NULL)
    ann_loaded_rows_get_cell (names, facts, row % length, 0, &cell, text);

  return cell.state;
}

static void
matrix_get_cell (AnnTableModel *model,
                 guint64 row,
                 guint64 column,
                 AnnTableCell *cell,
                 GString *text)
{
  AnnMatrixModel *self = ANN_MATRIX_MODEL (model);
  const guint64 length = get_block_length (self, SOURCE_VALUES);
  const AnnColumnFacts *facts = get_facts (self, SOURCE_VALUES);
  const GError *error = facts == NULL ? NULL : facts->error;
  const AnnLoadedRows *rows = NULL;

  if (facts == NULL)
    return;
  if (error == NULL)
    rows = ann_block_loader_find (self->loader, SOURCE_VALUES,
                                  (self->is_turned ? column : row) / length, &error);
  if (error != NULL)
    {
      cell->state = ANN_CELL_INVALID;
      g_string_append (text, error->message);
    }
  else if (rows != NULL && self->is_turned)
    ann_loaded_rows_get_cell (rows, facts, ann_table_model_get_stored_row (model, row),
                              column % length, cell, text);
  else if (rows != NULL)
    ann_loaded_rows_get_cell (rows, facts, row % length, column, cell, text);
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
  const guint64 length = get_block_length (self, source);
  guint64 from = first / length;
  guint64 to = (end + length - 1) / length;

  if (self->sources[source] == NULL || !(source == SOURCE_VALUES || has_names (self, source)))
    return;

  if (ring)
    {
      from -= MIN (from, 1);
      to = MIN (to + 1, (n + length - 1) / length);
    }
  for (guint64 block = from; block < to; block++)
    {
      const AnnBlockKey key = { source, block };

      g_array_append_val (keys, key);
    }
}

static void
matrix_set_window (AnnTableModel *model, const AnnTableWindow *window)
{
  AnnMatrixModel *self = ANN_MATRIX_MODEL (model);
  const guint64 top = window->first_row;
  const guint64 bottom = top + window->n_rows;
  const guint64 left = window->first_column;
  const guint64 right = left + window->n_columns;
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (AnnBlockKey));

  if (window->n_rows == 0)
    return;

  want (self, keys, SOURCE_COLUMN_NAMES, left, right, self->n_columns, FALSE);
  want (self, keys, SOURCE_ROW_NAMES, top, bottom, self->n_rows, FALSE);
  for (guint ring = 0; ring < 2 && window->n_columns > 0; ring++)
    want (self, keys, SOURCE_VALUES, self->is_turned ? left : top, self->is_turned ? right : bottom,
          self->is_turned ? self->n_columns : self->n_rows, ring == 1);
  want (self, keys, SOURCE_ROW_NAMES, top, bottom, self->n_rows, TRUE);

  ann_block_loader_set_wanted (self->loader, (const AnnBlockKey *) (gpointer) keys->data,
                               keys->len);
}

static AnnTableOrder *
matrix_make_order (AnnTableModel *model,
                   guint64 column,
                   AnnSortDirection direction,
                   AnnProgress *progress,
                   GCancellable *cancellable,
                   GError **error)
{
  AnnMatrixModel *self = ANN_MATRIX_MODEL (model);
  g_autoptr (AnnTableSorter) sorter = ann_table_sorter_new (self->n_rows, column, direction, error);

  if (sorter == NULL)
    return NULL;

  if (progress != NULL)
    ann_progress_add_total (progress, self->n_rows);
  if (!ann_column_source_add_to_sorter (self->sources[SOURCE_VALUES], column, self->n_rows, sorter,
                                        progress, cancellable, error))
    return NULL;

  return ann_table_sorter_finish (sorter, cancellable, error);
}

static void
matrix_set_order (AnnTableModel *model, AnnTableOrder *order)
{
  AnnMatrixModel *self = ANN_MATRIX_MODEL (model);

  ann_block_loader_clear (self->loader);
  g_clear_pointer (&self->order, ann_table_order_unref);
  self->order = order == NULL ? NULL : ann_table_order_ref (order);
  ann_table_model_changed (model, ANN_TABLE_CHANGED_ROWS);
}

static AnnTableOrder *
matrix_get_order (AnnTableModel *model)
{
  return ANN_MATRIX_MODEL (model)->order;
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
  AnnColumnSource *source = self->sources[SOURCE_COLUMN_NAMES];
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
  AnnColumnSource *source = self->sources[SOURCE_VALUES];
  const guint64 step = self->is_turned ? BLOCK_COLUMNS : n_columns;

  values->facts = ann_column_source_prepare (source, cancellable, error);
  if (values->facts == NULL)
    return FALSE;

  for (guint64 i = 0; i < n_columns && n_rows > 0; i += step)
    {
      AnnLoadedRows *band = self->is_turned
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
  Values values = { bands, NULL, rows, first_column, self->is_turned };
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
      names = ann_column_source_read (self->sources[SOURCE_ROW_NAMES], rows, 0, n_values,
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

static AnnElement *
matrix_open_column (AnnTableModel *model,
                    guint64 column,
                    guint32 **colors,
                    GCancellable *cancellable,
                    GError **error)
{
  AnnMatrixModel *self = ANN_MATRIX_MODEL (model);

  return ann_column_source_open (self->sources[SOURCE_VALUES], column, colors, cancellable, error);
}

static void
ann_matrix_model_dispose (GObject *object)
{
  AnnMatrixModel *self = ANN_MATRIX_MODEL (object);

  if (self->loader != NULL)
    ann_block_loader_stop (self->loader);
  g_clear_object (&self->loader);

  G_OBJECT_CLASS (ann_matrix_model_parent_class)->dispose (object);
}

static void
ann_matrix_model_finalize (GObject *object)
{
  AnnMatrixModel *self = ANN_MATRIX_MODEL (object);

  g_clear_object (&self->element);
  for (guint i = 0; i < N_SOURCES; i++)
    g_clear_pointer (&self->sources[i], ann_column_source_unref);
  g_clear_pointer (&self->order, ann_table_order_unref);

  G_OBJECT_CLASS (ann_matrix_model_parent_class)->finalize (object);
}

static void
ann_matrix_model_iface_init (AnnTableModelInterface *iface)
{
  iface->get_n_rows = matrix_get_n_rows;
  iface->get_n_columns = matrix_get_n_columns;
  iface->get_index_title = matrix_get_index_title;
  iface->get_index_widest = matrix_get_index_widest;
  iface->get_column_width = matrix_get_column_width;
  iface->get_usual_title = matrix_get_usual_title;
  iface->get_column = matrix_get_column;
  iface->get_index = matrix_get_index;
  iface->get_cell = matrix_get_cell;
  iface->set_window = matrix_set_window;
  iface->make_order = matrix_make_order;
  iface->set_order = matrix_set_order;
  iface->get_order = matrix_get_order;
  iface->read_cells = matrix_read_cells;
  iface->open_column = matrix_open_column;
}

static void
ann_matrix_model_class_init (AnnMatrixModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ann_matrix_model_dispose;
  object_class->finalize = ann_matrix_model_finalize;
}

static void
ann_matrix_model_init (AnnMatrixModel *self)
{
  static const AnnBlockLoaderFuncs funcs = {
    .make_request = make_request,
    .run = run_request,
    .free_request = request_free,
    .get_size = get_size,
    .free_block = (GDestroyNotify) ann_loaded_rows_free,
    .arrived = on_arrived,
  };

  self->loader = ann_block_loader_new (&funcs, self, BUDGET);
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
  guint64 row_bytes = MAX (self->n_columns, 1);

  if (ANN_IS_SPARSE (self->element))
    row_bytes = ann_sparse_get_n_stored (ANN_SPARSE (self->element)) / MAX (self->n_rows, 1) * 2;
  row_bytes = MIN (row_bytes, G_MAXUINT32) * size;

  self->is_turned = ann_element_get_kind (self->element) == ANN_ELEMENT_CSC;
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
  g_autofree char *row_frame = find_row_frame (element);
  g_autofree char *column_frame = ann_axis_labels_find_frame (ann_element_get_path (element), 1);

  self->element = g_object_ref (element);
  self->n_rows = ann_element_get_n_rows (element);
  self->n_columns = ann_element_get_width (element);
  choose_block_rows (self);

  self->sources[SOURCE_VALUES] = ann_column_source_new_element (data, element);
  if (row_frame != NULL)
    self->sources[SOURCE_ROW_NAMES] = ann_column_source_new_index_at (data, row_frame,
                                                                      self->n_rows);
  if (column_frame != NULL && ann_element_get_rank (element) == 2)
    self->sources[SOURCE_COLUMN_NAMES] = ann_column_source_new_index_at (data, column_frame,
                                                                         self->n_columns);

  return self;
}

/**
 * ann_matrix_model_is_idle:
 * @self: a model
 *
 * Returns: whether all is there that the table has asked for
 */
gboolean
ann_matrix_model_is_idle (AnnMatrixModel *self)
{
  return ann_block_loader_is_idle (self->loader);
}

/**
 * ann_matrix_model_get_n_reads:
 * @self: a model
 *
 * Returns: how many blocks workers were asked for so far
 */
guint64
ann_matrix_model_get_n_reads (AnnMatrixModel *self)
{
  return ann_block_loader_get_n_started (self->loader);
}
