/* ann-frame-model.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-frame-model.h"

#include "models/ann-block-loader.h"
#include "models/ann-column-source.h"

#include <string.h>

/* Blocks are of rows as shown. In the stored order a block is one run of rows; in another it is
 * gathered from all over the column, so it is smaller. A new order makes all blocks worthless.
 */
#define BLOCK_ROWS 4096
#define GATHERED_ROWS 64

/* For blocks that are not on the screen any more. */
#define BUDGET (64 * 1024 * 1024)

/* Up to so many columns all are looked at, for their types and widths; else those on the screen. */
#define MAX_EAGER_COLUMNS 256

/* Columns beside those on the screen that are fetched with them. */
#define RING 2

/* As a block: no rows, only what is known of the column. */
#define FACTS G_MAXUINT64

struct _AnnFrameModel {
  GObject parent_instance;

  AnnElement *element;
  guint64 n_rows;
  guint n_columns;
  GPtrArray *names;
  GPtrArray *sources; /* of AnnColumnSource: the columns, then the index if there is one */
  gboolean *is_known; /* by source: whether its facts were told to the table */
  char *index_title;  /* NULL: no index */
  AnnTableOrder *order;
  AnnBlockLoader *loader;
};

typedef struct {
  AnnColumnSource *source;
  guint64 start;
  gsize n_rows;
  guint64 *rows; /* NULL: one run from @start */
} Request;

static void ann_frame_model_iface_init (AnnTableModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AnnFrameModel,
                               ann_frame_model,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (ANN_TYPE_TABLE_MODEL,
                                                      ann_frame_model_iface_init))

static guint64
get_block_rows (AnnFrameModel *self)
{
  return self->order == NULL ? BLOCK_ROWS : GATHERED_ROWS;
}

static gpointer
make_request (const AnnBlockKey *key, gpointer owner)
{
  AnnFrameModel *self = owner;
  Request *request = g_new0 (Request, 1);
  const guint64 block_rows = get_block_rows (self);

  request->source = ann_column_source_ref (g_ptr_array_index (self->sources, key->source));
  if (key->block == FACTS)
    return request;

  request->start = key->block * block_rows;
  request->n_rows = MIN (block_rows, self->n_rows - request->start);
  if (self->order != NULL)
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

  return ann_column_source_read (request->source, request->rows, request->start, request->n_rows,
                                 cancellable, error);
}

static gsize
get_size (gconstpointer block)
{
  return ann_loaded_rows_get_size (block);
}

static void
on_arrived (gpointer owner)
{
  AnnFrameModel *self = owner;
  guint what = ANN_TABLE_CHANGED_CELLS;

  for (guint i = 0; i < self->sources->len; i++)
    {
      if (!self->is_known[i]
          && ann_column_source_get_facts (g_ptr_array_index (self->sources, i)) != NULL)
        {
          self->is_known[i] = TRUE;
          what |= ANN_TABLE_CHANGED_COLUMNS;
        }
    }
  ann_table_model_changed (ANN_TABLE_MODEL (self), what);
}

static guint64
frame_get_n_rows (AnnTableModel *model)
{
  return ANN_FRAME_MODEL (model)->n_rows;
}

static guint64
frame_get_n_columns (AnnTableModel *model)
{
  return ANN_FRAME_MODEL (model)->n_columns;
}

static const char *
frame_get_index_title (AnnTableModel *model)
{
  return ANN_FRAME_MODEL (model)->index_title;
}

static const AnnColumnFacts *
get_facts (AnnFrameModel *self, guint64 source)
{
  return ann_column_source_get_facts (g_ptr_array_index (self->sources, source));
}

static char *const *
frame_get_index_widest (AnnTableModel *model)
{
  AnnFrameModel *self = ANN_FRAME_MODEL (model);
  const AnnColumnFacts *facts = self->index_title == NULL ? NULL
                                                          : get_facts (self, self->n_columns);

  return facts == NULL ? NULL : facts->widest;
}

static guint
frame_get_column_width (AnnTableModel *model)
{
  return 8;
}

static void
frame_get_column (AnnTableModel *model, guint64 column, AnnTableColumn *info, GString *title)
{
  AnnFrameModel *self = ANN_FRAME_MODEL (model);
  const AnnColumnFacts *facts = get_facts (self, column);

  *info = (AnnTableColumn){ .kind = ANN_COLUMN_NUMBER, .width_chars = 8 };
  if (facts != NULL)
    *info = (AnnTableColumn){
      .kind = facts->error == NULL ? facts->kind : ANN_COLUMN_TEXT,
      .type_name = facts->type_name,
      .width_chars = facts->error == NULL ? facts->width_chars : 10,
      .widest = facts->widest,
      .decimals = facts->decimals,
      .known = TRUE,
    };
  if (title != NULL)
    g_string_append (title, g_ptr_array_index (self->names, column));
}

/* The cell of a source, if it is there. */
static void
get_source_cell (AnnFrameModel *self,
                 guint64 source,
                 guint64 row,
                 AnnTableCell *cell,
                 GString *text)
{
  const AnnColumnFacts *facts = get_facts (self, source);
  const guint64 block_rows = get_block_rows (self);
  const GError *error = facts == NULL ? NULL : facts->error;
  const AnnLoadedRows *rows = NULL;

  if (facts != NULL && error == NULL)
    rows = ann_block_loader_find (self->loader, source, row / block_rows, &error);
  if (error != NULL)
    {
      cell->state = ANN_CELL_INVALID;
      g_string_append (text, error->message);
    }
  else if (rows != NULL)
    ann_loaded_rows_get_cell (rows, facts, row % block_rows, 0, cell, text);
}

static AnnCellState
frame_get_index (AnnTableModel *model, guint64 row, GString *text)
{
  AnnFrameModel *self = ANN_FRAME_MODEL (model);
  AnnTableCell cell = { .state = ANN_CELL_LOADING };

  /* The rows of records have no labels. */
  if (self->index_title != NULL)
    get_source_cell (self, self->n_columns, row, &cell, text);

  return cell.state;
}

static void
frame_get_cell (AnnTableModel *model,
                guint64 row,
                guint64 column,
                AnnTableCell *cell,
                GString *text)
{
  get_source_cell (ANN_FRAME_MODEL (model), column, row, cell, text);
}

static void
want (GArray *keys, guint64 source, guint64 block)
{
  const AnnBlockKey key = { source, block };

  g_array_append_val (keys, key);
}

static void
want_blocks (AnnFrameModel *self, GArray *keys, guint64 first, guint64 end, guint64 block)
{
  for (guint64 column = first; column < end; column++)
    want (keys, column, block);
}

static void
frame_set_window (AnnTableModel *model, const AnnTableWindow *window)
{
  AnnFrameModel *self = ANN_FRAME_MODEL (model);
  const guint64 block_rows = get_block_rows (self);
  const guint64 first = window->first_row / block_rows;
  const guint64 end = (window->first_row + window->n_rows + block_rows - 1) / block_rows;
  const guint64 n_blocks = (self->n_rows + block_rows - 1) / block_rows;
  const guint64 left = window->first_column;
  const guint64 right = window->first_column + window->n_columns;
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (AnnBlockKey));

  if (window->n_rows == 0)
    return;

  /* What is on the screen, by columns as one reads them; then what is beside it, below and above;
   * then the types of all.
   */
  for (guint64 block = first; block < end; block++)
    {
      if (self->index_title != NULL)
        want (keys, self->n_columns, block);
      want_blocks (self, keys, left, right, block);
    }
  for (guint64 block = first; block < end; block++)
    {
      want_blocks (self, keys, right, MIN (right + RING, self->n_columns), block);
      want_blocks (self, keys, left - MIN (left, RING), left, block);
    }
  for (guint i = 0; i < 2; i++)
    {
      const guint64 block = i == 0 ? end : first - 1;

      if (i == 0 ? end >= n_blocks : first == 0)
        continue;
      if (self->index_title != NULL)
        want (keys, self->n_columns, block);
      want_blocks (self, keys, left, right, block);
    }
  for (guint column = 0; self->n_columns <= MAX_EAGER_COLUMNS && column < self->n_columns; column++)
    {
      if (get_facts (self, column) == NULL)
        want (keys, column, FACTS);
    }

  ann_block_loader_set_wanted (self->loader, (const AnnBlockKey *) (gpointer) keys->data,
                               keys->len);
}

static AnnTableOrder *
frame_make_order (AnnTableModel *model,
                  guint64 column,
                  AnnSortDirection direction,
                  AnnProgress *progress,
                  GCancellable *cancellable,
                  GError **error)
{
  AnnFrameModel *self = ANN_FRAME_MODEL (model);
  AnnColumnSource *source = g_ptr_array_index (self->sources, column);
  g_autoptr (AnnTableSorter) sorter = ann_table_sorter_new (self->n_rows, column, direction, error);

  if (sorter == NULL)
    return NULL;

  if (progress != NULL)
    ann_progress_add_total (progress, self->n_rows);
  if (!ann_column_source_add_to_sorter (source, 0, self->n_rows, sorter, progress, cancellable,
                                        error))
    return NULL;

  return ann_table_sorter_finish (sorter, cancellable, error);
}

static void
frame_set_order (AnnTableModel *model, AnnTableOrder *order)
{
  AnnFrameModel *self = ANN_FRAME_MODEL (model);

  ann_block_loader_clear (self->loader);
  g_clear_pointer (&self->order, ann_table_order_unref);
  self->order = order == NULL ? NULL : ann_table_order_ref (order);
  ann_table_model_changed (model, ANN_TABLE_CHANGED_ROWS);
}

static AnnTableOrder *
frame_get_order (AnnTableModel *model)
{
  return ANN_FRAME_MODEL (model)->order;
}

static void
free_loaded (gpointer data)
{
  if (data != NULL)
    ann_loaded_rows_free (data);
}

/* The @i-th source of those that are read: the index first, if it is. */
static AnnColumnSource *
get_source (AnnFrameModel *self, gsize i, guint64 first_column, gboolean with_index)
{
  if (with_index)
    return g_ptr_array_index (self->sources, i == 0 ? self->n_columns : first_column + i - 1);

  return g_ptr_array_index (self->sources, first_column + i);
}

/* Columns are read one after the other, and handed on row by row. */
static gboolean
frame_read_cells (AnnTableModel *model,
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
  AnnFrameModel *self = ANN_FRAME_MODEL (model);
  const gsize n_sources = n_columns + (with_index ? 1 : 0);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) loaded = g_ptr_array_new_with_free_func (free_loaded);
  g_autofree guint64 *rows = g_new (guint64, MAX (n_rows, 1));
  gsize n_values = 0;

  for (gsize i = 0; i < n_rows; i++)
    {
      if (stored_rows[i] != ANN_TABLE_HEADER_ROW)
        rows[n_values++] = stored_rows[i];
    }
  for (gsize i = 0; i < n_sources; i++)
    {
      GError *local_error = NULL;
      AnnLoadedRows *column = ann_column_source_read (
          get_source (self, i, first_column, with_index), rows, 0, n_values, cancellable,
          &local_error);

      /* A column that cannot be read is empty in the copy as it is on the screen. */
      if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, local_error);
          return FALSE;
        }
      g_clear_error (&local_error);
      g_ptr_array_add (loaded, column);
    }

  for (gsize i = 0, value = 0; i < n_rows; i++)
    {
      const gboolean is_header = stored_rows[i] == ANN_TABLE_HEADER_ROW;

      for (gsize k = 0; k < n_sources; k++)
        {
          const guint64 column = with_index && k == 0 ? ANN_TABLE_INDEX_COLUMN
                                                      : first_column + k - (with_index ? 1 : 0);
          const AnnLoadedRows *cells = g_ptr_array_index (loaded, k);
          AnnCellState state = ANN_CELL_VALUE;

          g_string_truncate (text, 0);
          if (is_header)
            g_string_append (text, column == ANN_TABLE_INDEX_COLUMN
                                       ? self->index_title
                                       : g_ptr_array_index (self->names, column));
          else if (cells == NULL)
            state = ANN_CELL_INVALID;
          else
            state = ann_loaded_rows_append_plain (
                cells, ann_column_source_get_facts (get_source (self, k, first_column, with_index)),
                value, 0, text);
          if (!func (i, column, state, text->str, text->len, user_data, error))
            return FALSE;
        }
      value += is_header ? 0 : 1;
    }

  return TRUE;
}

static AnnElement *
frame_open_column (AnnTableModel *model,
                   guint64 column,
                   guint32 **colors,
                   GCancellable *cancellable,
                   GError **error)
{
  AnnFrameModel *self = ANN_FRAME_MODEL (model);

  return ann_column_source_open (g_ptr_array_index (self->sources, column), 0, colors, cancellable,
                                 error);
}

static void
ann_frame_model_dispose (GObject *object)
{
  AnnFrameModel *self = ANN_FRAME_MODEL (object);

  if (self->loader != NULL)
    ann_block_loader_stop (self->loader);
  g_clear_object (&self->loader);

  G_OBJECT_CLASS (ann_frame_model_parent_class)->dispose (object);
}

static void
ann_frame_model_finalize (GObject *object)
{
  AnnFrameModel *self = ANN_FRAME_MODEL (object);

  g_clear_object (&self->element);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_clear_pointer (&self->sources, g_ptr_array_unref);
  g_clear_pointer (&self->order, ann_table_order_unref);
  g_free (self->is_known);
  g_free (self->index_title);

  G_OBJECT_CLASS (ann_frame_model_parent_class)->finalize (object);
}

static void
ann_frame_model_iface_init (AnnTableModelInterface *iface)
{
  iface->get_n_rows = frame_get_n_rows;
  iface->get_n_columns = frame_get_n_columns;
  iface->get_index_title = frame_get_index_title;
  iface->get_index_widest = frame_get_index_widest;
  iface->get_column_width = frame_get_column_width;
  iface->get_column = frame_get_column;
  iface->get_index = frame_get_index;
  iface->get_cell = frame_get_cell;
  iface->set_window = frame_set_window;
  iface->make_order = frame_make_order;
  iface->set_order = frame_set_order;
  iface->get_order = frame_get_order;
  iface->read_cells = frame_read_cells;
  iface->open_column = frame_open_column;
}

static void
ann_frame_model_class_init (AnnFrameModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ann_frame_model_dispose;
  object_class->finalize = ann_frame_model_finalize;
}

static void
ann_frame_model_init (AnnFrameModel *self)
{
  static const AnnBlockLoaderFuncs funcs = {
    .make_request = make_request,
    .run = run_request,
    .free_request = request_free,
    .get_size = get_size,
    .free_block = (GDestroyNotify) ann_loaded_rows_free,
    .arrived = on_arrived,
  };

  self->names = g_ptr_array_new_with_free_func (g_free);
  self->sources = g_ptr_array_new_with_free_func ((GDestroyNotify) ann_column_source_unref);
  self->loader = ann_block_loader_new (&funcs, self, BUDGET);
}

static void
add_frame_columns (AnnFrameModel *self, AnnData *data, AnnFrame *frame)
{
  const char *title = ann_frame_get_index_name (frame);

  for (guint i = 0; i < ann_frame_get_n_columns (frame); i++)
    {
      const char *name = ann_frame_get_column_name (frame, i);

      g_ptr_array_add (self->names, g_utf8_make_valid (name, -1));
      g_ptr_array_add (self->sources,
                       ann_column_source_new_child (data, ANN_ELEMENT (frame), name, i));
    }
  self->n_columns = self->names->len;

  /* "_index" is what writers call an index that has no name. */
  if (title == NULL || *title == '\0' || g_str_equal (title, "_index"))
    title = "index";
  self->index_title = g_utf8_make_valid (title, -1);
  g_ptr_array_add (self->sources, ann_column_source_new_index (frame));
}

/* Names of the fields of a record are in memory. */
static void
add_fields (AnnFrameModel *self, AnnData *data, AnnElement *records)
{
  g_auto (GStrv) names = ann_element_list_children (records, NULL, NULL);

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_ptr_array_add (self->names, g_utf8_make_valid (names[i], -1));
      g_ptr_array_add (self->sources, ann_column_source_new_child (data, records, names[i], i));
    }
  self->n_columns = self->names->len;
}

/**
 * ann_frame_model_new:
 * @data: the store
 * @element: a frame of it, or an array of records
 *
 * Reads nothing yet.
 *
 * Returns: (transfer full): the element as a table
 */
AnnFrameModel *
ann_frame_model_new (AnnData *data, AnnElement *element)
{
  AnnFrameModel *self = g_object_new (ANN_TYPE_FRAME_MODEL, NULL);

  self->element = g_object_ref (element);
  self->n_rows = ann_element_get_n_rows (element);
  if (ANN_IS_FRAME (element))
    add_frame_columns (self, data, ANN_FRAME (element));
  else
    add_fields (self, data, element);
  self->is_known = g_new0 (gboolean, self->sources->len + 1);

  return self;
}

/**
 * ann_frame_model_is_idle:
 * @self: a model
 *
 * Returns: whether all is there that the table has asked for
 */
gboolean
ann_frame_model_is_idle (AnnFrameModel *self)
{
  return ann_block_loader_is_idle (self->loader);
}

/**
 * ann_frame_model_get_size:
 * @self: a model
 *
 * Returns: the bytes of all values that it holds
 */
gsize
ann_frame_model_get_size (AnnFrameModel *self)
{
  return ann_block_loader_get_size (self->loader);
}

/**
 * ann_frame_model_get_n_reads:
 * @self: a model
 *
 * Returns: how many blocks workers were asked for so far
 */
guint64
ann_frame_model_get_n_reads (AnnFrameModel *self)
{
  return ann_block_loader_get_n_started (self->loader);
}
