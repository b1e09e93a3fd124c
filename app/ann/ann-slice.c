/* ann-slice.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-slice-private.h"

#include "ann-number-add.h"
#include "ann-select.h"

#include <string.h>

/* Cells and bytes that are loaded at once. */
#define N_CELLS_AT_ONCE (256 * 1024)
#define N_BYTES_AT_ONCE (G_GUINT64_CONSTANT (32) * 1024 * 1024)

/* So many columns of a matrix stored by columns are read whole; of more, the rows are read. */
#define N_WHOLE_COLUMNS_MAX 64

static void
column_free (gpointer data)
{
  AnnSliceColumn *self = data;

  g_free (self->name);
  g_clear_object (&self->element);
  g_clear_object (&self->field);
  g_clear_pointer (&self->categories, ann_block_unref);
  g_clear_pointer (&self->whole, ann_block_unref);
  g_clear_pointer (&self->block, ann_block_unref);
  g_clear_error (&self->error);
  g_free (self);
}

AnnSlice *
_ann_slice_alloc (AnnElement *element)
{
  AnnSlice *self = g_new0 (AnnSlice, 1);

  self->element = g_object_ref (element);
  self->n_rows = ann_element_get_n_rows (element);
  self->columns = g_ptr_array_new_with_free_func (column_free);

  return self;
}

void
ann_slice_free (AnnSlice *self)
{
  g_clear_object (&self->element);
  g_clear_pointer (&self->row_axis, ann_axis_names_free);
  g_clear_error (&self->disk_error);
  g_clear_pointer (&self->row_names, ann_strings_unref);
  g_clear_pointer (&self->listing, ann_block_unref);
  g_ptr_array_unref (self->columns);
  g_free (self);
}

guint64
ann_slice_get_n_rows (AnnSlice *self)
{
  return self->n_rows;
}

/* Columns before any were selected. */
guint64
ann_slice_get_n_columns_in_all (AnnSlice *self)
{
  return self->n_columns_in_all;
}

guint
ann_slice_get_n_columns (AnnSlice *self)
{
  return self->columns->len;
}

static AnnSliceColumn *
get_column (AnnSlice *self, guint column)
{
  return g_ptr_array_index (self->columns, column);
}

const char *
ann_slice_get_column_name (AnnSlice *self, guint column)
{
  return get_column (self, column)->name;
}

/* What the names of the rows are called, or "". */
const char *
ann_slice_get_index_name (AnnSlice *self)
{
  return self->row_axis != NULL ? ann_axis_names_get_title (self->row_axis) : "";
}

gboolean
ann_slice_has_row_names (AnnSlice *self)
{
  return self->row_axis != NULL;
}

/* Whether the rows are the children of a mapping, which no store has as rows. */
gboolean
ann_slice_is_listing (AnnSlice *self)
{
  return self->listing != NULL;
}

/* Whether a listing is not all of it. */
gboolean
ann_slice_is_cut (AnnSlice *self)
{
  return self->is_cut;
}

/* @text: numbers, as ann_select_parse () takes them, or else names of rows */
AnnSelection *
ann_slice_select_rows (AnnSlice *self, const char *text, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  AnnSelection *rows = ann_select_parse (text, self->n_rows, "row", &local_error);

  if (rows == NULL && self->row_axis != NULL
      && g_error_matches (local_error, ANN_ERROR, ANN_ERROR_FORMAT))
    return ann_axis_names_select (self->row_axis, text, error);
  if (rows == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return rows;
}

static gboolean
is_sparse (AnnSlice *self)
{
  return ANN_IS_SPARSE (self->element);
}

/* Read by columns, once, rather than by rows. */
static gboolean
has_whole_columns (AnnSlice *self)
{
  return ann_element_get_kind (self->element) == ANN_ELEMENT_CSC
         && self->columns->len <= N_WHOLE_COLUMNS_MAX;
}

/* Rows that fit into memory together. */
guint64
ann_slice_get_batch_size (AnnSlice *self)
{
  guint64 n_columns = MAX (1, self->columns->len);
  guint64 n_rows = MAX (1, N_CELLS_AT_ONCE / n_columns);
  guint64 row_size = 16 * n_columns;

  if (is_sparse (self) && self->n_rows > 0)
    row_size = 12 * (1 + ann_sparse_guess_n_stored (ANN_SPARSE (self->element)) / self->n_rows);
  else if (ann_element_is_matrix (self->element))
    row_size = 8 * MAX (1, MIN (ann_element_get_width (self->element), N_BYTES_AT_ONCE));

  return CLAMP (N_BYTES_AT_ONCE / row_size, 1, n_rows);
}

/* Puts the entries of one stored row or column where they belong. @positions: of the minor
 * indices in the output, @stride values apart; @first is that of the major one.
 */
static void
scatter (const AnnBlock *from,
         guint64 major,
         GHashTable *positions,
         guint64 minor_start,
         guint64 minor_count,
         guint64 stride,
         guint64 first,
         AnnBuffer *to)
{
  const guint64 *indptr = ann_buffer_get_data (from->indptr);
  AnnDtype index_dtype = ann_buffer_get_dtype (from->indices);
  gsize index_size = ann_dtype_get_size (index_dtype);
  AnnDtype dtype = ann_buffer_get_dtype (to);
  gsize size = ann_dtype_get_size (dtype);
  const guint8 *indices = ann_buffer_get_data (from->indices);
  const guint8 *values = ann_buffer_get_data (from->values);
  guint8 *cells = ann_buffer_get_data_for_writing (to);

  for (guint64 i = indptr[major]; i < indptr[major + 1]; i++)
    {
      gint64 minor = -1;
      gpointer position;

      if (!ann_dtype_to_int64 (index_dtype, indices + i * index_size, 1, &minor))
        continue;
      if (positions != NULL)
        {
          if (!g_hash_table_lookup_extended (positions, (gpointer) (gsize) minor, NULL, &position))
            continue;
          minor = (gint64) (gsize) position;
        }
      else if ((guint64) minor < minor_start || (guint64) minor - minor_start >= minor_count)
        continue;
      else
        minor -= (gint64) minor_start;

      ann_number_add (dtype, cells + (first + (guint64) minor * stride) * size, values + i * size);
    }
}

/* Where the columns of the matrix are in the grid. A column that was asked for twice is there
 * once: the other is copied from it.
 */
static GHashTable *
make_positions (AnnSlice *self)
{
  GHashTable *positions = g_hash_table_new (NULL, NULL);

  for (guint i = self->columns->len; i-- > 0;)
    g_hash_table_replace (positions, (gpointer) (gsize) get_column (self, i)->source,
                          GSIZE_TO_POINTER (i));

  return positions;
}

static void
set_block (AnnSlice *self, AnnBlock *block, GHashTable *positions)
{
  for (guint i = 0; i < self->columns->len; i++)
    {
      AnnSliceColumn *column = get_column (self, i);

      column->block = ann_block_ref (block);
      column->column = column->source;
      if (positions != NULL)
        column->column = GPOINTER_TO_SIZE (
            g_hash_table_lookup (positions, (gpointer) (gsize) column->source));
    }
}

/* The batch of a sparse matrix as a dense block of the selected columns. */
static gboolean
load_sparse (AnnSlice *self, GError **error)
{
  g_autoptr (AnnBlock) block = ann_block_new (self->start, self->count, self->columns->len);
  g_autoptr (GHashTable) positions = make_positions (self);
  const guint64 shape[2] = { self->count, self->columns->len };

  block->values = ann_buffer_new (ann_element_get_dtype (self->element), 2, shape, error);
  if (block->values == NULL)
    return FALSE;

  if (has_whole_columns (self))
    {
      for (guint i = 0; i < self->columns->len; i++)
        {
          AnnSliceColumn *column = get_column (self, i);

          if (column->whole == NULL)
            column->whole = ann_element_read_columns (self->element, column->source, 1, NULL,
                                                      error);
          if (column->whole == NULL)
            return FALSE;
          if (GPOINTER_TO_SIZE (g_hash_table_lookup (positions, (gpointer) (gsize) column->source))
              == i)
            scatter (column->whole, 0, NULL, self->start, self->count, self->columns->len, i,
                     block->values);
        }
    }
  else
    {
      g_autoptr (AnnBlock) rows = ann_element_read_rows (self->element, self->start, self->count,
                                                         NULL, error);

      if (rows == NULL)
        return FALSE;
      for (guint64 row = 0; row < self->count; row++)
        scatter (rows, row, positions, 0, 0, 1, row * self->columns->len, block->values);
    }
  set_block (self, block, positions);

  return TRUE;
}

/* Whether columns of a matrix can be left out when its rows are read. */
static gboolean
can_leave_out_columns (AnnSlice *self)
{
  return ann_element_get_kind (self->element) == ANN_ELEMENT_DENSE
         && ann_element_get_rank (self->element) == 2
         && self->columns->len < ann_element_get_width (self->element);
}

/* The batch of a dense matrix: the selected columns and nothing beside them. */
static gboolean
load_some_columns (AnnSlice *self, GError **error)
{
  const guint64 n_rows = ann_element_get_n_rows (self->element);
  g_autofree gint64 *sources = g_new (gint64, self->columns->len);
  g_autoptr (GHashTable) positions = make_positions (self);
  g_autoptr (AnnSelection) rows = ann_selection_new_range (self->start, self->count, 1, n_rows,
                                                           error);
  g_autoptr (AnnSelection) columns = NULL;
  g_autoptr (AnnBlock) block = NULL;

  for (guint i = 0; i < self->columns->len; i++)
    sources[i] = (gint64) get_column (self, i)->source;
  columns = rows != NULL ? ann_selection_new_from_indices (
                sources, self->columns->len, ann_element_get_width (self->element), error)
                         : NULL;
  block = columns != NULL ? ann_element_read (self->element, rows, columns, NULL, error) : NULL;
  if (block == NULL)
    return FALSE;
  set_block (self, block, positions);

  return TRUE;
}

/* The axes of a field from this one on are within a row: a single record has no axis of rows. */
guint
_ann_slice_get_first_inner_axis (AnnSlice *self)
{
  return MIN (ann_element_get_rank (self->element), 1);
}

static AnnBlock *
read_field (AnnSlice *self, AnnArray *field, GError **error)
{
  const guint first = _ann_slice_get_first_inner_axis (self);
  AnnDtype dtype = ann_array_get_dtype (field);
  g_autoptr (AnnBlock) block = NULL;
  guint64 width = 1;
  AnnBox box;

  ann_box_init_whole (&box, ann_array_get_rank (field), ann_array_get_shape (field));
  for (guint axis = first; axis < box.rank; axis++)
    width *= box.count[axis];
  if (first > 0)
    {
      box.start[0] = self->start;
      box.count[0] = self->count;
    }

  block = ann_block_new (self->start, self->count, width);
  if (ann_dtype_comes_as_strings (dtype))
    block->texts = ann_binary_read_texts (field, &box, NULL, error);
  else
    block->values = ann_array_read (field, &box, NULL, error);

  return block->texts != NULL || block->values != NULL ? g_steal_pointer (&block) : NULL;
}

/* What was read for one element of an array in a field, for the next one; or why it was not. */
static AnnBlock *
dup_block (const AnnSliceColumn *from, AnnSliceColumn *to)
{
  if (from->block != NULL)
    return ann_block_ref (from->block);
  to->error = g_error_copy (from->error);

  return NULL;
}

typedef struct {
  AnnSlice *slice;
  AnnSliceColumnFunc func;
} ColumnCall;

static gboolean
call_for_columns (gsize first,
                  gsize n,
                  gpointer user_data,
                  G_GNUC_UNUSED GCancellable *cancellable,
                  G_GNUC_UNUSED GError **error)
{
  const ColumnCall *call = user_data;

  for (gsize i = first; i < first + n; i++)
    call->func (call->slice, get_column (call->slice, (guint) i));

  return TRUE;
}

void
_ann_slice_each_column (AnnSlice *self, AnnSliceColumnFunc func)
{
  ColumnCall call = { self, func };

  if (self->is_remote)
    ann_worker_parallel_waits (self->columns->len, ANN_WORKER_MAX_WAITS, call_for_columns, &call,
                               NULL, NULL);
  else
    call_for_columns (0, self->columns->len, &call, NULL, NULL);
}

static void
load_frame_column (AnnSlice *self, AnnSliceColumn *column)
{
  if (column->error == NULL)
    column->block = ann_element_read_rows (column->element, self->start, self->count, NULL,
                                           &column->error);
}

static gboolean
load_columns (AnnSlice *self, GError **error)
{
  if (ANN_IS_FRAME (self->element))
    {
      _ann_slice_each_column (self, load_frame_column);
      return TRUE;
    }

  for (guint i = 0; i < self->columns->len; i++)
    {
      AnnSliceColumn *column = get_column (self, i);

      if (column->error != NULL)
        continue;

      if (column->field != NULL && i > 0 && get_column (self, i - 1)->field == column->field)
        column->block = dup_block (get_column (self, i - 1), column);
      else if (column->field != NULL)
        column->block = read_field (self, column->field, &column->error);
      else
        column->block = ann_element_read_rows (column->element, self->start, self->count, NULL,
                                               error);
      if (column->block == NULL && column->error == NULL)
        return FALSE;
      column->column = column->field != NULL ? column->source : 0;
    }

  return TRUE;
}

/* Reads the rows [@start, @start + @count). Cells of other rows are gone then. */
gboolean
ann_slice_load (AnnSlice *self, guint64 start, guint64 count, GError **error)
{
  self->start = start;
  self->count = count;
  for (guint i = 0; i < self->columns->len; i++)
    g_clear_pointer (&get_column (self, i)->block, ann_block_unref);
  g_clear_pointer (&self->row_names, ann_strings_unref);

  if (count > 0 && self->row_axis != NULL)
    {
      self->row_names = ann_axis_names_read (self->row_axis, start, count, error);
      if (self->row_names == NULL)
        return FALSE;
    }
  if (count == 0 || self->columns->len == 0)
    return TRUE;

  if (is_sparse (self))
    return load_sparse (self, error);
  if (self->listing != NULL)
    set_block (self, self->listing, NULL);
  else if (self->has_own_columns)
    return load_columns (self, error);
  else if (can_leave_out_columns (self))
    return load_some_columns (self, error);
  else
    {
      g_autoptr (AnnBlock) block = ann_element_read_rows (self->element, start, count, NULL, error);

      if (block == NULL)
        return FALSE;
      set_block (self, block, NULL);
    }

  return TRUE;
}

/* @row: in the element. */
void
ann_slice_get_row_name (AnnSlice *self, guint64 row, AnnCell *cell)
{
  *cell = (AnnCell){ 0 };
  cell->text = ann_strings_get (self->row_names, (gsize) (row - self->start), &cell->length);
}

void
ann_slice_get_cell (AnnSlice *self, guint64 row, guint column, AnnCell *cell)
{
  AnnSliceColumn *from = get_column (self, column);
  const AnnBlock *block = from->block;
  gsize index;

  if (from->error != NULL)
    {
      *cell = (AnnCell){ .is_missing = TRUE, .is_unreadable = TRUE };
      return;
    }

  index = (gsize) ((row - block->start) * block->width + from->column);
  *cell = (AnnCell){ .is_missing = ann_block_is_missing (block, index) };
  if (cell->is_missing)
    return;

  if (from->categories != NULL)
    {
      gint32 code = ((const gint32 *) ann_buffer_get_data (block->values))[index];

      block = from->categories;
      cell->is_missing = code < 0 || (guint64) code >= block->count;
      if (cell->is_missing)
        return;
      index = (gsize) code;
    }

  if (block->texts != NULL)
    {
      cell->text = ann_strings_get (block->texts, index, &cell->length);
      cell->is_json = self->is_json;
      return;
    }

  cell->dtype = ann_buffer_get_dtype (block->values);
  cell->number = (const guint8 *) ann_buffer_get_data (block->values)
                 + index * ann_dtype_get_size (cell->dtype);
}

/* Whether names, values of a listing and all columns could be read as far as they were; else @error
 * is that of the first.
 */
gboolean
ann_slice_check (AnnSlice *self, GError **error)
{
  if (self->disk_error != NULL)
    {
      g_propagate_error (error, g_error_copy (self->disk_error));
      return FALSE;
    }
  for (guint i = 0; i < self->columns->len; i++)
    {
      const GError *broken = get_column (self, i)->error;

      if (broken != NULL)
        {
          g_propagate_error (error, g_error_copy (broken));
          return FALSE;
        }
    }

  return TRUE;
}
