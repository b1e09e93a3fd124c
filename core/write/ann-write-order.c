/* ann-write-order.c: lines in another order than they are stored in, through buckets
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-write-order-private.h"

#include "base/ann-error.h"
#include "base/ann-selection-private.h"
#include "element/ann-block-iterator-private.h"
#include "element/ann-sparse-private.h"
#include "view/ann-select.h"
#include "write/ann-entry-sorter-private.h"
#include "write/ann-write-matrix-private.h"

#include <string.h>

/* Between two looks at the cancellable. */
#define LINES_PER_LOOK 64

void
_ann_line_flow_clear (AnnLineFlow *self)
{
  g_clear_pointer (&self->blocks, ann_block_iterator_unref);
}

/* --- Turning --- */

typedef struct {
  AnnBlockIterator *blocks;
  AnnEntrySorter sorter;
  gboolean is_sorted;
} Turn;

static void
turn_free (gpointer data)
{
  Turn *turn = data;

  ann_block_iterator_unref (turn->blocks);
  _ann_entry_sorter_clear (&turn->sorter);
  g_free (turn);
}

#define TURN_CASE(DTYPE, CTYPE)                                                                    \
  case DTYPE:                                                                                      \
    for (guint64 k = pointers[i]; k < pointers[i + 1]; k++)                                        \
      {                                                                                            \
        if (!_ann_entry_sorter_add (sorter, (guint64) ((const CTYPE *) indices)[k], line,          \
                                    values + k * sorter->value_size, error))                       \
          return FALSE;                                                                            \
      }                                                                                            \
    break;

static gboolean
turn_block (AnnEntrySorter *sorter,
            const AnnBlock *block,
            GCancellable *cancellable,
            GError **error)
{
  const guint64 *pointers = ann_buffer_get_data (block->indptr);
  const void *indices = ann_buffer_get_data (block->indices);
  const guint8 *values = ann_buffer_get_data (block->values);

  for (guint64 i = 0; i < block->count; i++)
    {
      const guint64 line = block->start + i;

      if (i % LINES_PER_LOOK == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      switch ((int) ann_buffer_get_dtype (block->indices))
        {
          TURN_CASE (ANN_DTYPE_INT8, gint8)
          TURN_CASE (ANN_DTYPE_INT16, gint16)
          TURN_CASE (ANN_DTYPE_INT32, gint32)
          TURN_CASE (ANN_DTYPE_INT64, gint64)
          TURN_CASE (ANN_DTYPE_UINT8, guint8)
          TURN_CASE (ANN_DTYPE_UINT16, guint16)
          TURN_CASE (ANN_DTYPE_UINT32, guint32)
          TURN_CASE (ANN_DTYPE_UINT64, guint64)
        default:
          g_return_val_if_reached (FALSE);
        }
    }

  return TRUE;
}

static gboolean
turn_all (Turn *turn, GCancellable *cancellable, GError **error)
{
  while (TRUE)
    {
      g_autoptr (AnnBlock) block = NULL;

      if (!ann_block_iterator_next (turn->blocks, &block, cancellable, error))
        return FALSE;
      if (block == NULL)
        return TRUE;
      if (!turn_block (&turn->sorter, block, cancellable, error))
        return FALSE;
      _ann_entry_sorter_add_done (&turn->sorter, block);
    }
}

static AnnBlock *
read_turned (gpointer user_data, GCancellable *cancellable, GError **error)
{
  Turn *turn = user_data;

  if (!turn->is_sorted && !turn_all (turn, cancellable, error))
    return NULL;
  turn->is_sorted = TRUE;

  return _ann_entry_sorter_next (&turn->sorter, cancellable, error);
}

void
_ann_line_flow_turn (AnnLineFlow *self, const AnnElementWriter *writer, gboolean whole_lines)
{
  Turn *turn = g_new0 (Turn, 1);
  const guint64 n_lines = self->width;

  g_return_if_fail (self->is_sparse);

  turn->blocks = self->blocks;
  _ann_entry_sorter_init (&turn->sorter, writer, n_lines, self->n_lines, self->dtype,
                          self->n_entries);
  if (whole_lines)
    _ann_buckets_keep_whole (turn->sorter.buckets);
  self->blocks = _ann_block_iterator_new_with_func (read_turned, turn, turn_free, 1);
  self->n_sortings++;
  self->by_columns = !self->by_columns;
  self->width = self->n_lines;
  self->n_lines = n_lines;
}

/* --- Selections in another order --- */

/* Lines that are read in the order in which they are stored, and put where they are wanted.
 * @lines: what was asked for
 * @crossing: (nullable): of the other axis
 * @wanted: (nullable): places of @lines, by position; made when the first block is asked for
 * @n_at_once: lines of the next piece that is read
 */
typedef struct {
  AnnElement *base;
  AnnSelection *lines;
  AnnSelection *crossing;
  gboolean is_sparse;
  guint32 *wanted;
  guint64 n_at_once;
  gsize row_size;        /* of dense rows */
  AnnEntrySorter sorter; /* of sparse ones; its buckets are those of dense rows too */
  gboolean is_sorted;
} Permutation;

static void
permutation_free (gpointer data)
{
  Permutation *self = data;

  g_object_unref (self->base);
  ann_selection_unref (self->lines);
  g_clear_pointer (&self->crossing, ann_selection_unref);
  _ann_entry_sorter_clear (&self->sorter);
  g_free (self->wanted);
  g_free (self);
}

/* The position of the i-th line that is wanted, by position. */
static guint64
get_wanted (const Permutation *self, guint64 i)
{
  return ann_selection_get_position (self->lines, self->wanted[i]);
}

/* The positions of some of what is wanted, each once. Sets @n_wanted to how many these are. */
static AnnSelection *
take_positions (const Permutation *self, guint64 first, guint64 *n_wanted, GError **error)
{
  const guint64 n = ann_selection_get_length (self->lines);
  g_autofree gint64 *positions = g_try_new (gint64, MIN (self->n_at_once, n));
  guint64 n_positions = 0;
  guint64 i = first;

  if (positions == NULL)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "No memory for positions");
      return NULL;
    }
  for (; i < n; i++)
    {
      const gint64 position = (gint64) get_wanted (self, i);

      if (n_positions > 0 && positions[n_positions - 1] == position)
        continue;
      if (n_positions == self->n_at_once)
        break;
      positions[n_positions++] = position;
    }
  *n_wanted = i - first;

  return ann_selection_new_from_indices (positions, n_positions,
                                         ann_selection_get_axis_length (self->lines), error);
}

static gboolean
put_sparse_line (Permutation *self, const AnnBlock *block, guint64 i, guint64 line, GError **error)
{
  const guint64 *pointers = ann_buffer_get_data (block->indptr);
  const gsize index_size = ann_dtype_get_size (ann_buffer_get_dtype (block->indices));
  const guint8 *indices = ann_buffer_get_data (block->indices);
  const guint8 *values = ann_buffer_get_data (block->values);

  for (guint64 k = pointers[i]; k < pointers[i + 1]; k++)
    {
      gint64 index;

      ann_dtype_to_int64 (ann_buffer_get_dtype (block->indices), indices + k * index_size, 1,
                          &index);
      if (!_ann_entry_sorter_add (&self->sorter, line, (guint64) index,
                                  values + k * self->sorter.value_size, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
put_line (Permutation *self, const AnnBlock *block, guint64 i, guint64 line, GError **error)
{
  guint8 *payload;

  if (self->is_sparse)
    return put_sparse_line (self, block, i, line, error);

  payload = _ann_buckets_add (self->sorter.buckets, line, error);
  if (payload == NULL)
    return FALSE;
  memcpy (payload, (const guint8 *) ann_buffer_get_data (block->values) + i * self->row_size,
          self->row_size);

  return TRUE;
}

/* Each line of the block goes to all of its places. */
static gboolean
put_block (Permutation *self, const AnnBlock *block, guint64 first, guint64 n, GError **error)
{
  guint64 line = 0;

  for (guint64 i = first; i < first + n; i++)
    {
      if (i > first && get_wanted (self, i) != get_wanted (self, i - 1))
        line++;
      if (!put_line (self, block, line, self->wanted[i], error))
        return FALSE;
    }

  return TRUE;
}

static AnnBlock *
read_piece (Permutation *self, AnnSelection *piece, GCancellable *cancellable, GError **error)
{
  return self->is_sparse ? _ann_sparse_read_lines (ANN_SPARSE (self->base), piece, self->crossing,
                                                   FALSE, cancellable, error)
                         : ann_element_read (self->base, piece, self->crossing, cancellable, error);
}

static gboolean
permute_all (Permutation *self, GCancellable *cancellable, GError **error)
{
  const guint64 n = ann_selection_get_length (self->lines);

  self->wanted = _ann_selection_sort (self->lines, error);
  if (self->wanted == NULL)
    {
      g_prefix_error (error, "%s: ", ann_element_get_path (self->base));
      return FALSE;
    }
  for (guint64 first = 0; first < n;)
    {
      guint64 n_wanted;
      g_autoptr (AnnSelection) piece = take_positions (self, first, &n_wanted, error);
      g_autoptr (AnnBlock) block = NULL;

      if (piece == NULL)
        return FALSE;
      block = read_piece (self, piece, cancellable, error);
      if (block == NULL || !put_block (self, block, first, n_wanted, error))
        return FALSE;
      _ann_entry_sorter_add_done (&self->sorter, block);
      first += n_wanted;
      self->n_at_once = CLAMP (ANN_WRITE_BLOCK_SIZE
                                   / MAX (ann_block_get_size (block) / MAX (block->count, 1), 1),
                               1, 4 * self->n_at_once);
    }
  g_clear_pointer (&self->wanted, g_free);

  return TRUE;
}

/* Rows of a piece, which has one record for each line. */
static AnnBlock *
arrange_rows (const Permutation *self, const AnnBucketPiece *piece, GError **error)
{
  const guint64 shape[] = { piece->n_lines, self->sorter.width };
  g_autoptr (AnnBlock) block = ann_block_new (piece->first_line, piece->n_lines, shape[1]);
  guint8 *rows;

  block->values = ann_buffer_new (self->sorter.dtype, 2, shape, error);
  if (block->values == NULL)
    return NULL;
  rows = ann_buffer_get_data_for_writing (block->values);
  for (gsize i = 0; i < piece->n; i++)
    {
      const guint8 *record = piece->records + i * (sizeof (guint32) + self->row_size);
      guint32 line;

      memcpy (&line, record, sizeof line);
      memcpy (rows + line * self->row_size, record + sizeof line, self->row_size);
    }

  return g_steal_pointer (&block);
}

static AnnBlock *
read_permuted (gpointer user_data, GCancellable *cancellable, GError **error)
{
  Permutation *self = user_data;
  AnnBucketPiece piece;
  gboolean is_end;

  if (!self->is_sorted && !permute_all (self, cancellable, error))
    return NULL;
  self->is_sorted = TRUE;
  if (self->is_sparse)
    return _ann_entry_sorter_next (&self->sorter, cancellable, error);

  if (!_ann_buckets_next (self->sorter.buckets, &piece, &is_end, cancellable, error) || is_end)
    return NULL;

  return arrange_rows (self, &piece, error);
}

/* --- The beginning --- */

/* Whether lines come in another order than they are stored in, and are too many for one block: else
 * each chunk is read once in any case. Of a range that falls, one block after the other is near.
 */
static gboolean
is_permuted (const AnnLineFlow *self,
             AnnElement *matrix,
             AnnElement **base,
             AnnSelection **lines,
             AnnSelection **crossing)
{
  const gsize value_size = ann_dtype_get_size (self->dtype);
  const double size = self->is_sparse
                          ? (double) self->n_entries * (double) (value_size + sizeof (gint32))
                          : (double) self->n_lines * (double) self->width * (double) value_size;
  AnnSelection *rows;
  AnnSelection *columns;

  if (size <= (double) ANN_WRITE_BLOCK_SIZE
      || !_ann_element_get_selected (matrix, base, &rows, &columns))
    return FALSE;
  *lines = self->by_columns ? columns : rows;
  *crossing = self->by_columns ? rows : columns;

  return *lines != NULL && !ann_selection_is_rising (*lines)
         && !ann_selection_is_range (*lines, NULL, NULL);
}

static AnnBlockIterator *
permute (const AnnLineFlow *flow,
         const AnnElementWriter *writer,
         AnnElement *base,
         AnnSelection *lines,
         AnnSelection *crossing)
{
  Permutation *self = g_new0 (Permutation, 1);
  const gsize value_size = ann_dtype_get_size (flow->dtype);

  self->base = g_object_ref (base);
  self->lines = ann_selection_ref (lines);
  self->crossing = crossing != NULL ? ann_selection_ref (crossing) : NULL;
  self->is_sparse = flow->is_sparse;
  self->row_size = flow->width * value_size;
  _ann_entry_sorter_init (&self->sorter, writer, flow->n_lines, flow->width, flow->dtype,
                          flow->n_entries);
  if (!flow->is_sparse)
    {
      _ann_buckets_free (self->sorter.buckets);
      self->sorter.buckets = _ann_buckets_new (writer->scratch_folder, 0, flow->n_lines,
                                               self->row_size,
                                               flow->n_lines * (self->row_size + sizeof (guint32)));
    }
  self->n_at_once = CLAMP (ANN_WRITE_BLOCK_SIZE / MAX (self->row_size, 1), 64, 4096);

  return _ann_block_iterator_new_with_func (read_permuted, self, permutation_free, 1);
}

void
_ann_line_flow_init (AnnLineFlow *self, const AnnElementWriter *writer, AnnElement *matrix)
{
  const guint64 *shape = ann_element_get_shape (matrix);
  AnnElement *base;
  AnnSelection *lines;
  AnnSelection *crossing;

  *self = (AnnLineFlow){
    .by_columns = ann_element_get_kind (matrix) == ANN_ELEMENT_CSC,
    .dtype = ann_element_get_dtype (matrix),
    .index_dtype = ANN_DTYPE_OTHER,
    .is_sparse = ANN_IS_SPARSE (matrix),
  };
  self->n_lines = shape[self->by_columns ? 1 : 0];
  self->width = shape[self->by_columns ? 0 : 1];
  if (self->is_sparse)
    {
      self->index_dtype = ann_sparse_get_index_dtype (ANN_SPARSE (matrix));
      self->n_entries = ann_sparse_guess_n_stored (ANN_SPARSE (matrix));
    }

  self->n_sortings = 1;
  if (is_permuted (self, matrix, &base, &lines, &crossing))
    {
      self->blocks = permute (self, writer, base, lines, crossing);
      return;
    }
  if (_ann_is_stacked_across (self, matrix))
    {
      self->blocks = _ann_write_unstack (self, writer, matrix);
      return;
    }
  self->n_sortings = 0;
  self->blocks = self->is_sparse ? _ann_write_iterate_lines (matrix) : _ann_write_iterate (matrix);
}
