/* ann-frame-model.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-frame-model.h"

#include <string.h>

/* Blocks are of rows as shown. In the stored order a block is one run of rows; in another it is
 * gathered from all over the column, so it is smaller. A new order makes all blocks worthless.
 */
#define BLOCK_ROWS 4096

/* Over a network, where each chunk that a block touches is a request; the chunks that have come are
 * kept, so that their other rows cost none.
 */
#define FAR_BLOCK_ROWS 512

/* And as wide is a column taken to be, in characters, until it is known: one that is pushed out of
 * the window when the others get their widths would have been asked for in vain.
 */
#define FAR_WIDTH 12

/* Up to so many columns all are looked at, for their types and widths; else those on the screen. */
#define MAX_EAGER_COLUMNS 256

/* Columns beside those on the screen that are fetched with them. */
#define RING 2

struct _AnnFrameModel {
  AnnLoadedModel parent_instance;

  guint n_columns;
  GPtrArray *names;
  char *index_title; /* NULL: no index; else it is the source behind the columns */
  gboolean is_far;   /* each block is a request: none that is not on the screen */
};

static void ann_frame_model_iface_init (AnnTableModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AnnFrameModel,
                               ann_frame_model,
                               ANN_TYPE_LOADED_MODEL,
                               G_IMPLEMENT_INTERFACE (ANN_TYPE_TABLE_MODEL,
                                                      ann_frame_model_iface_init))

static guint64
get_block_length (AnnLoadedModel *self, guint source)
{
  if (ann_loaded_model_is_ordered (self))
    return ANN_GATHERED_ROWS;

  return ANN_FRAME_MODEL (self)->is_far ? FAR_BLOCK_ROWS : BLOCK_ROWS;
}

static gboolean
runs_by_rows (AnnLoadedModel *self, guint source)
{
  return TRUE;
}

static gboolean
is_turned (AnnLoadedModel *self, guint source)
{
  return FALSE;
}

static guint
find_source (AnnLoadedModel *self, guint64 column, guint64 *value)
{
  *value = 0;

  return (guint) column;
}

static const char *
frame_get_index_title (AnnTableModel *model)
{
  return ANN_FRAME_MODEL (model)->index_title;
}

static const AnnColumnFacts *
get_facts (AnnFrameModel *self, guint64 source)
{
  return ann_loaded_model_get_facts (ANN_LOADED_MODEL (self), (guint) source);
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
  return ANN_FRAME_MODEL (model)->is_far ? FAR_WIDTH : 8;
}

static void
frame_get_column (AnnTableModel *model, guint64 column, AnnTableColumn *info, GString *title)
{
  AnnFrameModel *self = ANN_FRAME_MODEL (model);
  const AnnColumnFacts *facts = get_facts (self, column);

  *info = (AnnTableColumn){
    .kind = ANN_COLUMN_NUMBER,
    .width_chars = frame_get_column_width (model),
  };
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

static void
get_source_cell (AnnFrameModel *self,
                 guint64 source,
                 guint64 row,
                 AnnTableCell *cell,
                 GString *text)
{
  AnnLoadedModel *loaded = ANN_LOADED_MODEL (self);
  const guint64 length = get_block_length (loaded, (guint) source);

  ann_loaded_model_get_cell (loaded, (guint) source, row / length, row % length, 0, cell, text);
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
want_blocks (AnnFrameModel *self, GArray *keys, guint64 first, guint64 end, guint64 block)
{
  for (guint64 column = first; column < end; column++)
    ann_loaded_model_want (keys, (guint) column, block);
}

static void
frame_set_window (AnnTableModel *model, const AnnTableWindow *window)
{
  AnnFrameModel *self = ANN_FRAME_MODEL (model);
  const guint64 block_rows = get_block_length (ANN_LOADED_MODEL (model), 0);
  const guint64 first = window->first_row / block_rows;
  const guint64 end = (window->first_row + window->n_rows + block_rows - 1) / block_rows;
  const guint64 n_rows = ann_table_model_get_n_rows (model);
  const guint64 n_blocks = (n_rows + block_rows - 1) / block_rows;
  const guint64 left = window->first_column;
  const guint64 right = window->first_column + window->n_columns;
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (AnnBlockKey));

  if (window->n_rows == 0 && n_rows > 0)
    return;

  /* What is on the screen, by columns as one reads them; then what is beside it, below and above;
   * then the types of all. Far away what is on the screen, and the colours of its swatches.
   */
  for (guint64 block = first; block < end; block++)
    {
      if (self->index_title != NULL)
        ann_loaded_model_want (keys, self->n_columns, block);
      want_blocks (self, keys, left, right, block);
    }
  for (guint64 block = first; block < end && !self->is_far; block++)
    {
      want_blocks (self, keys, right, MIN (right + RING, self->n_columns), block);
      want_blocks (self, keys, left - MIN (left, RING), left, block);
    }
  for (guint i = 0; i < 2 && !self->is_far; i++)
    {
      const guint64 block = i == 0 ? end : first - 1;

      if (i == 0 ? end >= n_blocks : first == 0)
        continue;
      if (self->index_title != NULL)
        ann_loaded_model_want (keys, self->n_columns, block);
      want_blocks (self, keys, left, right, block);
    }
  for (guint column = 0;
       !self->is_far && self->n_columns <= MAX_EAGER_COLUMNS && column < self->n_columns; column++)
    {
      if (get_facts (self, column) == NULL)
        ann_loaded_model_want (keys, column, ANN_BLOCK_FACTS);
    }

  if (self->is_far)
    want_blocks (self, keys, left, right, ANN_BLOCK_COLORS);

  ann_loaded_model_set_wanted (ANN_LOADED_MODEL (model), keys);
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
  guint64 source = first_column + i;

  if (with_index)
    source = i == 0 ? self->n_columns : source - 1;

  return ann_loaded_model_get_source (ANN_LOADED_MODEL (self), (guint) source);
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

static void
ann_frame_model_finalize (GObject *object)
{
  AnnFrameModel *self = ANN_FRAME_MODEL (object);

  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_free (self->index_title);

  G_OBJECT_CLASS (ann_frame_model_parent_class)->finalize (object);
}

static void
ann_frame_model_iface_init (AnnTableModelInterface *iface)
{
  iface->get_index_title = frame_get_index_title;
  iface->get_index_widest = frame_get_index_widest;
  iface->get_column_width = frame_get_column_width;
  iface->get_column = frame_get_column;
  iface->get_index = frame_get_index;
  iface->get_cell = frame_get_cell;
  iface->set_window = frame_set_window;
  iface->read_cells = frame_read_cells;
}

static void
ann_frame_model_class_init (AnnFrameModelClass *klass)
{
  AnnLoadedModelClass *loaded_class = ANN_LOADED_MODEL_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_frame_model_finalize;
  loaded_class->get_block_length = get_block_length;
  loaded_class->runs_by_rows = runs_by_rows;
  loaded_class->is_turned = is_turned;
  loaded_class->find_source = find_source;
}

static void
ann_frame_model_init (AnnFrameModel *self)
{
  self->names = g_ptr_array_new_with_free_func (g_free);
}

/* Takes @source. */
static void
add_column (AnnFrameModel *self, const char *name, AnnColumnSource *source)
{
  if (self->is_far)
    ann_column_source_set_colors_later (source);
  g_ptr_array_add (self->names, g_utf8_make_valid (name, -1));
  ann_loaded_model_add_source (ANN_LOADED_MODEL (self), source);
}

static void
add_frame_columns (AnnFrameModel *self, AnnData *data, AnnFrame *frame)
{
  const char *title = ann_frame_get_index_name (frame);

  for (guint i = 0; i < ann_frame_get_n_columns (frame); i++)
    {
      const char *name = ann_frame_get_column_name (frame, i);

      add_column (self, name, ann_column_source_new_child (data, ANN_ELEMENT (frame), name, i));
    }
  self->n_columns = self->names->len;

  /* "_index" is what writers call an index that has no name. */
  if (title == NULL || *title == '\0' || g_str_equal (title, "_index"))
    title = "index";
  self->index_title = g_utf8_make_valid (title, -1);
  ann_loaded_model_add_source (ANN_LOADED_MODEL (self), ann_column_source_new_index (frame));
}

/* Names of the fields of a record are in memory. */
static void
add_fields (AnnFrameModel *self, AnnData *data, AnnElement *records)
{
  g_auto (GStrv) names = ann_element_list_children (records, NULL, NULL);

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    add_column (self, names[i], ann_column_source_new_child (data, records, names[i], i));
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

  self->is_far = ann_data_get_traffic (data) != NULL;
  if (self->is_far)
    ann_loaded_model_set_far (ANN_LOADED_MODEL (self));
  if (ANN_IS_FRAME (element))
    add_frame_columns (self, data, ANN_FRAME (element));
  else
    add_fields (self, data, element);
  ann_loaded_model_set_up (ANN_LOADED_MODEL (self), ann_element_get_n_rows (element),
                           self->n_columns);

  return self;
}
