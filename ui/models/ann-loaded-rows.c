/* ann-loaded-rows.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-loaded-rows.h"

#include "models/ann-number-text.h"

#include <math.h>
#include <string.h>

/* Of a swatch whose colour is on its way: it has its room. */
#define NO_COLOR_YET 0x9a9996

struct _AnnLoadedRows {
  AnnBlock *block;
  gsize n_rows;
  gboolean is_turned; /* the rows of the block are columns */
};

/**
 * ann_loaded_rows_free:
 * @self: (transfer full): rows
 */
void
ann_loaded_rows_free (AnnLoadedRows *self)
{
  ann_block_unref (self->block);
  g_free (self);
}

/**
 * ann_loaded_rows_get_n_rows:
 * @self: rows
 *
 * Returns: how many
 */
gsize
ann_loaded_rows_get_n_rows (const AnnLoadedRows *self)
{
  return self->n_rows;
}

/**
 * ann_loaded_rows_get_size:
 * @self: rows
 *
 * Returns: the bytes that they take
 */
gsize
ann_loaded_rows_get_size (const AnnLoadedRows *self)
{
  return ann_block_get_size (self->block) + sizeof (AnnBlock) + sizeof (AnnLoadedRows);
}

static guint64
get_index (const AnnBlock *block, guint64 i)
{
  const void *indices = ann_buffer_get_data (block->indices);

  switch ((int) ann_buffer_get_dtype (block->indices))
    {
    case ANN_DTYPE_INT32:
    case ANN_DTYPE_UINT32:
      return ((const guint32 *) indices)[i];
    case ANN_DTYPE_INT64:
    case ANN_DTYPE_UINT64:
      return ((const guint64 *) indices)[i];
    default:
      {
        gint64 index = 0;
        const AnnDtype dtype = ann_buffer_get_dtype (block->indices);

        ann_dtype_to_int64 (dtype, (const guint8 *) indices + i * ann_dtype_get_size (dtype), 1,
                            &index);
        return (guint64) index;
      }
    }
}

static gboolean
is_sorted (const AnnBlock *block)
{
  const guint64 *pointers = ann_buffer_get_data (block->indptr);

  for (guint64 row = 0; row < block->count; row++)
    {
      for (guint64 i = pointers[row] + 1; i < pointers[row + 1]; i++)
        {
          if (get_index (block, i - 1) > get_index (block, i))
            return FALSE;
        }
    }

  return TRUE;
}

typedef struct {
  guint64 index;
  guint64 from;
} Entry;

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *left = a;
  const Entry *right = b;

  if (left->index != right->index)
    return left->index < right->index ? -1 : 1;

  return left->from < right->from ? -1 : left->from > right->from;
}

/* Stores may have the entries of a row in any order; to find one there should be a right one. */
static AnnBlock *
sort_block (AnnBlock *block, GError **error)
{
  const guint64 *pointers = ann_buffer_get_data (block->indptr);
  const AnnDtype dtype = ann_buffer_get_dtype (block->values);
  const gsize size = ann_dtype_get_size (dtype);
  const gsize n = ann_buffer_get_n_elements (block->values);
  const guint8 *values = ann_buffer_get_data (block->values);
  g_autoptr (AnnBlock) sorted = ann_block_new (block->start, block->count, block->width);
  g_autofree Entry *entries = g_try_new (Entry, MAX (n, 1));
  guint64 *indices;
  guint8 *to;

  sorted->indptr = ann_buffer_ref (block->indptr);
  sorted->indices = ann_buffer_new_vector (ANN_DTYPE_UINT64, n, error);
  sorted->values = sorted->indices == NULL ? NULL : ann_buffer_new_vector (dtype, n, error);
  if (sorted->values == NULL)
    return NULL;
  if (entries == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "No memory for %" G_GSIZE_FORMAT " values", n);
      return NULL;
    }

  indices = ann_buffer_get_data_for_writing (sorted->indices);
  to = ann_buffer_get_data_for_writing (sorted->values);
  for (gsize i = 0; i < n; i++)
    entries[i] = (Entry){ get_index (block, i), i };
  for (guint64 row = 0; row < block->count; row++)
    qsort (entries + pointers[row], pointers[row + 1] - pointers[row], sizeof (Entry),
           compare_entries);
  for (gsize i = 0; i < n; i++)
    {
      indices[i] = entries[i].index;
      memcpy (to + i * size, values + entries[i].from * size, size);
    }

  return g_steal_pointer (&sorted);
}

/* Takes @block. */
static AnnLoadedRows *
loaded_rows_new (AnnBlock *block, gsize n_rows, gboolean is_turned, GError **error)
{
  g_autoptr (AnnBlock) owned = block;
  AnnLoadedRows *self;

  if (owned != NULL && ann_block_is_sparse (owned) && !is_sorted (owned))
    {
      AnnBlock *sorted = sort_block (owned, error);

      ann_block_unref (owned);
      owned = sorted;
    }
  if (owned == NULL)
    return NULL;

  self = g_new0 (AnnLoadedRows, 1);
  self->block = g_steal_pointer (&owned);
  self->n_rows = n_rows;
  self->is_turned = is_turned;

  return self;
}

static AnnBlock *
read_listed (AnnElement *element,
             const guint64 *rows,
             gsize n_rows,
             GCancellable *cancellable,
             GError **error)
{
  g_autofree gint64 *positions = g_new (gint64, MAX (n_rows, 1));
  g_autoptr (AnnSelection) selection = NULL;

  for (gsize i = 0; i < n_rows; i++)
    positions[i] = (gint64) rows[i];
  selection = ann_selection_new_from_indices (positions, n_rows, ann_element_get_n_rows (element),
                                              error);
  if (selection == NULL)
    return NULL;

  return ann_element_read (element, selection, NULL, cancellable, error);
}

/**
 * ann_loaded_rows_read:
 * @element: what to read
 * @rows: (nullable) (array length=n_rows): rows of the store in any order; %NULL for all from
 * @start
 * @start: the first row, without @rows
 * @n_rows: how many
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full) (nullable): the rows as asked for
 */
AnnLoadedRows *
ann_loaded_rows_read (AnnElement *element,
                      const guint64 *rows,
                      guint64 start,
                      gsize n_rows,
                      GCancellable *cancellable,
                      GError **error)
{
  AnnBlock *block = rows != NULL
                        ? read_listed (element, rows, n_rows, cancellable, error)
                        : ann_element_read_rows (element, start, n_rows, cancellable, error);

  return loaded_rows_new (block, n_rows, FALSE, error);
}

/**
 * ann_loaded_rows_read_columns:
 * @element: a matrix
 * @first_column: the first column
 * @n_columns: how many
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Reads whole columns, as is cheap for CSC. In the answer rows are rows of the matrix all the same,
 * and columns count from @first_column. Blocks; any thread.
 *
 * Returns: (transfer full) (nullable): the columns
 */
AnnLoadedRows *
ann_loaded_rows_read_columns (AnnElement *element,
                              guint64 first_column,
                              guint64 n_columns,
                              GCancellable *cancellable,
                              GError **error)
{
  return loaded_rows_new (
      ann_element_read_columns (element, first_column, n_columns, cancellable, error),
      ann_element_get_n_rows (element), TRUE, error);
}

/**
 * ann_loaded_rows_get_block:
 * @self: rows
 *
 * Returns: (transfer none): all of them
 */
AnnBlock *
ann_loaded_rows_get_block (const AnnLoadedRows *self)
{
  return self->block;
}

static const AnnBlock *
find_block (const AnnLoadedRows *self, gsize *row, guint64 *column)
{
  if (self->is_turned)
    {
      const guint64 swap = *row;

      *row = *column;
      *column = swap;
    }

  return self->block;
}

/* Where the entries of a place are among the stored ones; duplicates count together. */
static guint64
find_stored (const AnnBlock *block, guint64 row, guint64 column, guint64 *first)
{
  const guint64 *pointers = ann_buffer_get_data (block->indptr);
  guint64 low = pointers[row];
  guint64 high = pointers[row + 1];
  guint64 n = 0;

  while (low < high)
    {
      const guint64 middle = low + (high - low) / 2;

      if (get_index (block, middle) >= column)
        high = middle;
      else
        low = middle + 1;
    }

  *first = low;
  while (low + n < pointers[row + 1] && get_index (block, low + n) == column)
    n++;

  return n;
}

/**
 * ann_loaded_rows_get_double:
 * @self: rows
 * @row: which of them
 * @column: a value in it
 * @value: (out): the number
 *
 * Returns: %FALSE if it is missing or no real number
 */
gboolean
ann_loaded_rows_get_double (const AnnLoadedRows *self, gsize row, guint64 column, double *value)
{
  const AnnBlock *block = find_block (self, &row, &column);
  gsize index = row * block->width + column;

  *value = 0;
  if (block->texts != NULL)
    return FALSE;

  if (ann_block_is_sparse (block))
    {
      guint64 first;
      const guint64 n = find_stored (block, row, column, &first);

      for (guint64 i = 0; i < n; i++)
        *value += ann_buffer_get_double (block->values, first + i);
      return TRUE;
    }

  if (ann_block_is_missing (block, index)
      || !ann_dtype_is_real (ann_buffer_get_dtype (block->values)))
    return FALSE;
  *value = ann_buffer_get_double (block->values, index);

  return TRUE;
}

/* Texts from a store may be anything, and a cell has room for little. */
static void
append_text (GString *text, AnnStrings *texts, gsize index)
{
  gsize length;
  const char *bytes = ann_strings_get (texts, index, &length);

  if (length > 1024)
    length = 1024;
  if (g_utf8_validate_len (bytes, length, NULL))
    g_string_append_len (text, bytes, (gssize) length);
  else
    {
      g_autofree char *valid = g_utf8_make_valid (bytes, (gssize) length);

      g_string_append (text, valid);
    }
}

static void
get_number (const AnnColumnFacts *facts,
            AnnDtype dtype,
            const guint8 *value,
            AnnTableCell *cell,
            GString *text)
{
  double real;
  gint64 integer;

  if (ann_dtype_is_float (dtype))
    {
      ann_dtype_to_double (dtype, value, 1, &real);
      if (isnan (real))
        cell->state = ANN_CELL_MISSING;
      else
        ann_number_text_append_double (text, real, facts->decimals);
    }
  else if (dtype == ANN_DTYPE_UINT64)
    ann_number_text_append_unsigned (text, *(const guint64 *) (gconstpointer) value);
  else if (dtype == ANN_DTYPE_BOOL || !ann_dtype_to_int64 (dtype, value, 1, &integer))
    ann_cell_append_number (text, dtype, value);
  else
    ann_number_text_append_signed (text, integer);
}

static void
get_category (const AnnColumnFacts *facts,
              const guint32 *colors,
              gint32 code,
              AnnTableCell *cell,
              GString *text)
{
  if (code == -1)
    cell->state = ANN_CELL_MISSING;
  else if (code < 0 || (gsize) code >= ann_strings_get_length (facts->labels))
    {
      cell->state = ANN_CELL_INVALID;
      g_string_append (text, "There is no such category.");
    }
  else
    {
      cell->has_color = TRUE;
      cell->color = colors == NULL ? NO_COLOR_YET : colors[code];
      append_text (text, facts->labels, (gsize) code);
    }
}

static void
get_sparse (const AnnColumnFacts *facts,
            const AnnBlock *block,
            guint64 row,
            guint64 column,
            AnnTableCell *cell,
            GString *text)
{
  const AnnDtype dtype = ann_buffer_get_dtype (block->values);
  const guint8 *values = ann_buffer_get_data (block->values);
  double sum = 0;
  guint64 first;
  const guint64 n = find_stored (block, row, column, &first);

  if (n == 0)
    {
      cell->is_implied = TRUE;
      g_string_append (text, dtype == ANN_DTYPE_BOOL ? "false" : "0");
      return;
    }
  if (n == 1 || !ann_dtype_is_real (dtype) || dtype == ANN_DTYPE_BOOL)
    {
      get_number (facts, dtype, values + first * ann_dtype_get_size (dtype), cell, text);
      return;
    }

  for (guint64 i = 0; i < n; i++)
    sum += ann_buffer_get_double (block->values, first + i);
  get_number (facts, ANN_DTYPE_FLOAT64, (const guint8 *) &sum, cell, text);
}

/**
 * ann_loaded_rows_get_cell:
 * @self: rows
 * @facts: of their source
 * @colors: (nullable): of its categories, if they are known yet
 * @row: which of them
 * @column: a value in it
 * @cell: (out caller-allocates): what there is
 * @text: takes the value as people read it
 */
void
ann_loaded_rows_get_cell (const AnnLoadedRows *self,
                          const AnnColumnFacts *facts,
                          const guint32 *colors,
                          gsize row,
                          guint64 column,
                          AnnTableCell *cell,
                          GString *text)
{
  const AnnBlock *block = find_block (self, &row, &column);
  const gsize index = row * block->width + column;

  *cell = (AnnTableCell){ .state = ANN_CELL_VALUE };
  if (ann_block_is_sparse (block))
    get_sparse (facts, block, row, column, cell, text);
  else if (ann_block_is_missing (block, index))
    cell->state = ANN_CELL_MISSING;
  else if (block->texts != NULL)
    append_text (text, block->texts, index);
  else if (facts->labels != NULL)
    get_category (facts, colors, ((const gint32 *) ann_buffer_get_data (block->values))[index],
                  cell, text);
  else
    {
      const AnnDtype dtype = ann_buffer_get_dtype (block->values);

      get_number (facts, dtype,
                  (const guint8 *) ann_buffer_get_data (block->values)
                      + index * ann_dtype_get_size (dtype),
                  cell, text);
    }
}

/**
 * ann_loaded_rows_append_plain:
 * @self: rows
 * @facts: of their source
 * @row: which of them
 * @column: a value in it
 * @text: takes the value as programs read it: no spaces in numbers, all their digits
 *
 * Returns: what there is
 */
AnnCellState
ann_loaded_rows_append_plain (const AnnLoadedRows *self,
                              const AnnColumnFacts *facts,
                              gsize row,
                              guint64 column,
                              GString *text)
{
  const AnnBlock *block = find_block (self, &row, &column);
  double value;

  if (!ann_block_is_sparse (block) && block->values != NULL
      && ann_dtype_is_float (ann_buffer_get_dtype (block->values)))
    {
      value = ann_buffer_get_double (block->values, row * block->width + column);
      if (isnan (value))
        return ANN_CELL_MISSING;
    }
  if (facts->labels != NULL)
    {
      const gint32 code = ((const gint32 *) ann_buffer_get_data (
          block->values))[row * block->width + column];

      if (code < -1 || (code >= 0 && (gsize) code >= ann_strings_get_length (facts->labels)))
        return ANN_CELL_INVALID;
    }

  return ann_cell_append_value (text, block, facts->labels, row, column) ? ANN_CELL_VALUE
                                                                         : ANN_CELL_MISSING;
}
