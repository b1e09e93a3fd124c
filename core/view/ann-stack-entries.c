/* ann-stack-entries.c: the entries of several sparse blocks in one
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "view/ann-stack-private.h"

#include "base/ann-buffer-private.h"
#include "base/ann-error.h"
#include "base/ann-scratch-private.h"

#include <string.h>

/* --- The entries of one piece --- */

/* What a piece brings, with the columns of the result: −1 for those that are dropped. */
typedef struct {
  const AnnPiece *piece;
  const guint64 *pointers; /* of its rows, which are n_rows */
  guint64 n_rows;
  AnnBuffer *indices; /* int32 or int64, as all of the result */
  AnnBuffer *values;  /* of the type of the result */
  gboolean drops;
} Entries;

static void
entries_clear (gpointer data)
{
  Entries *self = data;

  g_clear_pointer (&self->indices, ann_buffer_unref);
  g_clear_pointer (&self->values, ann_buffer_unref);
}

#define MAP_CASE(DTYPE, CTYPE)                                                                     \
  case DTYPE:                                                                                      \
    {                                                                                              \
      const CTYPE *in = from;                                                                      \
      CTYPE *out = to;                                                                             \
                                                                                                   \
      for (gsize i = 0; i < n; i++)                                                                \
        {                                                                                          \
          out[i] = (CTYPE) (table != NULL ? table[in[i]] : in[i] + (CTYPE) start);                 \
          drops |= out[i] < 0;                                                                     \
        }                                                                                          \
    }                                                                                              \
    break;

/* Returns: whether some are dropped */
static gboolean
map_indices (AnnDtype dtype,
             gconstpointer from,
             gpointer to,
             gsize n,
             const gint32 *table,
             guint64 start)
{
  gboolean drops = FALSE;

  switch ((int) dtype)
    {
      MAP_CASE (ANN_DTYPE_INT32, gint32)
      MAP_CASE (ANN_DTYPE_INT64, gint64)
    default:
      g_return_val_if_reached (FALSE);
    }

  return drops;
}

/* The places of @block's entries in the result, in @index_dtype. */
static gboolean
place_entries (Entries *self, AnnDtype index_dtype, GError **error)
{
  const AnnPiece *piece = self->piece;
  const AnnBlock *block = piece->block;
  const gsize n = ann_buffer_get_n_elements (block->indices);
  g_autoptr (AnnBuffer) indices = ann_buffer_convert (block->indices, index_dtype, error);

  if (indices == NULL)
    return FALSE;
  if (piece->column_table == NULL && piece->column_start == 0)
    {
      self->indices = g_steal_pointer (&indices);
      return TRUE;
    }

  self->indices = _ann_buffer_new_unset (index_dtype, 1, &(guint64){ n }, error);
  if (self->indices == NULL)
    return FALSE;
  self->drops = map_indices (index_dtype, ann_buffer_get_data (indices),
                             ann_buffer_get_data_for_writing (self->indices), n,
                             piece->column_table, piece->column_start);

  return TRUE;
}

#define MARK_CASE(DTYPE, CTYPE)                                                                    \
  case DTYPE:                                                                                      \
    for (gsize i = 0; i < n; i++)                                                                  \
      is_stored[i] = ((const CTYPE *) values)[i] != 0;                                             \
    break;
#define MARK_PAIR_CASE(DTYPE, CTYPE)                                                               \
  case DTYPE:                                                                                      \
    for (gsize i = 0; i < n; i++)                                                                  \
      is_stored[i] = ((const CTYPE *) values)[2 * i] != 0                                          \
                     || ((const CTYPE *) values)[2 * i + 1] != 0;                                  \
    break;

/* What of dense values is stored: all that is not zero, NaN too. */
static void
mark_stored (AnnDtype dtype, gconstpointer values, gsize n, guint8 *is_stored)
{
  switch ((int) dtype)
    {
      MARK_CASE (ANN_DTYPE_BOOL, guint8)
      MARK_CASE (ANN_DTYPE_INT8, guint8)
      MARK_CASE (ANN_DTYPE_UINT8, guint8)
      MARK_CASE (ANN_DTYPE_INT16, guint16)
      MARK_CASE (ANN_DTYPE_UINT16, guint16)
      MARK_CASE (ANN_DTYPE_INT32, guint32)
      MARK_CASE (ANN_DTYPE_UINT32, guint32)
      MARK_CASE (ANN_DTYPE_INT64, guint64)
      MARK_CASE (ANN_DTYPE_UINT64, guint64)
      MARK_CASE (ANN_DTYPE_FLOAT32, float)
      MARK_CASE (ANN_DTYPE_FLOAT64, double)
      MARK_PAIR_CASE (ANN_DTYPE_COMPLEX64, float)
      MARK_PAIR_CASE (ANN_DTYPE_COMPLEX128, double)
    case ANN_DTYPE_FLOAT16:
      for (gsize i = 0; i < n; i++) /* without the sign, which a zero may have */
        is_stored[i] = (((const guint16 *) values)[i] & 0x7fff) != 0;
      break;
    default:
      g_return_if_reached ();
    }
}

/* Replaces the block of a dense part. */
static gboolean
make_sparse (AnnPiece *piece, GError **error)
{
  AnnBlock *dense = piece->block;
  const AnnDtype dtype = ann_buffer_get_dtype (dense->values);
  const gsize item_size = ann_dtype_get_size (dtype);
  const guint8 *values = ann_buffer_get_data (dense->values);
  const gsize n = ann_buffer_get_n_elements (dense->values);
  g_autoptr (AnnBlock) block = ann_block_new (dense->start, dense->count, dense->width);
  g_auto (AnnScratch) is_stored = { NULL, 0 };
  guint64 *pointers;
  gint32 *indices;
  guint8 *kept;
  guint64 n_kept = 0;

  block->indptr = ann_buffer_new_vector (ANN_DTYPE_UINT64, dense->count + 1, error);
  if (block->indptr == NULL || !_ann_scratch_reserve (&is_stored, MAX (n, 1), error))
    return FALSE;
  pointers = ann_buffer_get_data_for_writing (block->indptr);
  mark_stored (dtype, values, n, is_stored.data);
  for (gsize i = 0; i < n; i++)
    n_kept += is_stored.data[i];

  block->indices = _ann_buffer_new_unset (ANN_DTYPE_INT32, 1, &n_kept, error);
  block->values = _ann_buffer_new_unset (dtype, 1, &n_kept, error);
  if (block->indices == NULL || block->values == NULL)
    return FALSE;
  indices = ann_buffer_get_data_for_writing (block->indices);
  kept = ann_buffer_get_data_for_writing (block->values);
  n_kept = 0;
  for (guint64 row = 0; row < dense->count; row++)
    {
      for (guint64 column = 0; column < dense->width; column++)
        {
          const gsize i = row * dense->width + column;

          if (!is_stored.data[i])
            continue;
          indices[n_kept] = (gint32) column;
          memcpy (kept + n_kept++ * item_size, values + i * item_size, item_size);
        }
      pointers[row + 1] = n_kept;
    }

  ann_block_unref (piece->block);
  piece->block = g_steal_pointer (&block);

  return TRUE;
}

/* Takes the block of @piece. */
static gboolean
take_entries (const AnnStack *stack,
              AnnPiece *piece,
              AnnDtype index_dtype,
              Entries *self,
              GError **error)
{
  *self = (Entries){ .piece = piece };
  if (piece->block == NULL)
    return TRUE;
  if (!ann_block_is_sparse (piece->block) && !make_sparse (piece, error))
    return FALSE;

  self->pointers = ann_buffer_get_data (piece->block->indptr);
  self->n_rows = piece->block->count;
  if (!place_entries (self, index_dtype, error))
    return FALSE;
  self->values = ann_buffer_convert (piece->block->values, stack->dtype, error);
  g_clear_pointer (&piece->block->indices, ann_buffer_unref);
  g_clear_pointer (&piece->block->values, ann_buffer_unref);

  return self->values != NULL;
}

static guint64
get_row (const AnnPiece *piece, guint64 row)
{
  return piece->rows.places != NULL ? piece->rows.places[row] : piece->rows.start + row;
}

static inline gboolean
sign_of (gconstpointer signs, gboolean wide, guint64 i)
{
  return wide ? ((const gint64 *) signs)[i] < 0 : ((const gint32 *) signs)[i] < 0;
}

/* Adds to @lengths, that of a row behind its place. */
static void
count_entries (const Entries *self, guint64 *lengths)
{
  const gboolean wide = self->drops && ann_buffer_get_dtype (self->indices) == ANN_DTYPE_INT64;
  const void *signs = self->drops ? ann_buffer_get_data (self->indices) : NULL;

  for (guint64 row = 0; row < self->n_rows; row++)
    {
      const guint64 end = self->pointers[row + 1];
      guint64 n = end - self->pointers[row];

      for (guint64 i = self->pointers[row]; signs != NULL && i < end; i++)
        n -= (guint64) sign_of (signs, wide, i);
      lengths[get_row (self->piece, row) + 1] += n;
    }
}

/* --- Into the result --- */

typedef struct {
  guint64 halves[2];
} Wide;

#define KEEP_CASE(SIZE, CTYPE)                                                                     \
  case SIZE:                                                                                       \
    for (guint64 i = 0; i < n; i++)                                                                \
      if (!sign_of (signs, wide, i))                                                               \
        ((CTYPE *) to)[n_kept++] = ((const CTYPE *) from)[i];                                      \
    break;

/* Copies those items whose index is not negative. @wide: whether indices are int64
 *
 * Returns: how many
 */
static guint64
keep_items (gpointer to,
            gconstpointer from,
            gsize item_size,
            gconstpointer signs,
            gboolean wide,
            guint64 n)
{
  guint64 n_kept = 0;

  switch (item_size)
    {
      KEEP_CASE (1, guint8)
      KEEP_CASE (2, guint16)
      KEEP_CASE (4, guint32)
      KEEP_CASE (8, guint64)
      KEEP_CASE (16, Wide)
    default:
      g_return_val_if_reached (0);
    }

  return n_kept;
}

typedef struct {
  guint8 *indices;
  guint8 *values;
  gsize index_size;
  gsize value_size;
} Target;

/* Copies the entries from @first to @first + @n to the place @to, but for those that are dropped.
 *
 * Returns: how many
 */
static guint64
copy_entries (const Entries *self, guint64 first, guint64 n, const Target *target, guint64 to)
{
  const guint8 *indices = (const guint8 *) ann_buffer_get_data (self->indices)
                          + first * target->index_size;
  const guint8 *values = (const guint8 *) ann_buffer_get_data (self->values)
                         + first * target->value_size;
  guint8 *to_indices = target->indices + to * target->index_size;
  guint8 *to_values = target->values + to * target->value_size;
  const gboolean wide = target->index_size == sizeof (gint64);

  if (n == 0)
    return 0;
  if (!self->drops)
    {
      memcpy (to_indices, indices, n * target->index_size);
      memcpy (to_values, values, n * target->value_size);
      return n;
    }

  keep_items (to_indices, indices, target->index_size, indices, wide, n);

  return keep_items (to_values, values, target->value_size, indices, wide, n);
}

/* Whether the rows of each piece follow those of the one before, without any between: then the
 * entries do, too, and go over in one run.
 */
static gboolean
are_straight (GArray *pieces)
{
  guint64 end = 0;

  for (guint i = 0; i < pieces->len; i++)
    {
      const AnnPiece *piece = &g_array_index (pieces, AnnPiece, i);

      if (piece->rows.positions == NULL || piece->rows.places != NULL || piece->rows.start != end)
        return FALSE;
      end += ann_selection_get_length (piece->rows.positions);
    }

  return TRUE;
}

/* The rows' cursors move behind what was added. */
static void
copy_rows (const Entries *self, const Target *target, guint64 *cursors)
{
  for (guint64 row = 0; row < self->n_rows; row++)
    {
      const guint64 first = self->pointers[row];
      guint64 *cursor = &cursors[get_row (self->piece, row)];

      *cursor += copy_entries (self, first, self->pointers[row + 1] - first, target, *cursor);
    }
}

/* What stands in a gap is stored like any value, unless it is zero. */
static gboolean
fill_gaps (const AnnStack *stack,
           const AnnPiece *piece,
           const Target *target,
           guint64 *cursors,
           GError **error)
{
  g_autoptr (AnnBuffer) fill = ann_buffer_new_vector (ANN_DTYPE_FLOAT64, 1, error);
  g_autoptr (AnnBuffer) item = NULL;

  if (fill == NULL)
    return FALSE;
  *(double *) ann_buffer_get_data_for_writing (fill) = stack->fill;
  item = ann_buffer_convert (fill, stack->dtype, error);
  if (item == NULL)
    return FALSE;

  for (guint64 i = 0; i < piece->n_gap_rows; i++)
    for (guint64 k = 0; k < piece->n_gap_columns; k++)
      {
        const guint64 to = cursors[piece->gap_rows[i]]++;
        const gint64 wide = (gint64) piece->gap_columns[k];
        const gint32 narrow = (gint32) wide;

        memcpy (target->indices + to * target->index_size,
                target->index_size == sizeof wide ? (gconstpointer) &wide : &narrow,
                target->index_size);
        memcpy (target->values + to * target->value_size, ann_buffer_get_data (item),
                target->value_size);
      }

  return TRUE;
}

static gboolean
sum_lengths (guint64 *pointers, guint64 n_rows, guint64 most, GError **error)
{
  for (guint64 row = 0; row < n_rows; row++)
    if (!g_uint64_checked_add (&pointers[row + 1], pointers[row + 1], pointers[row])
        || pointers[row + 1] > most)
      {
        g_set_error_literal (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                             "There are more entries than memory has room for");
        return FALSE;
      }

  return TRUE;
}

static gboolean
is_filled (const AnnStack *stack, const AnnPiece *piece)
{
  return stack->fill != 0 && piece->n_gap_rows > 0 && piece->n_gap_columns > 0;
}

/* Makes the pointers of @block; sets @n_gaps to the entries that are filled in. */
static gboolean
count_rows (const AnnStack *stack,
            GArray *pieces,
            GArray *entries,
            AnnBlock *block,
            guint64 *n_gaps,
            GError **error)
{
  guint64 *pointers;

  block->indptr = ann_buffer_new_vector (ANN_DTYPE_UINT64, block->count + 1, error);
  if (block->indptr == NULL)
    return FALSE;

  pointers = ann_buffer_get_data_for_writing (block->indptr);
  *n_gaps = 0;
  for (guint i = 0; i < pieces->len; i++)
    {
      const AnnPiece *piece = &g_array_index (pieces, AnnPiece, i);

      count_entries (&g_array_index (entries, Entries, i), pointers);
      if (!is_filled (stack, piece))
        continue;
      for (guint64 k = 0; k < piece->n_gap_rows; k++)
        pointers[piece->gap_rows[k] + 1] += piece->n_gap_columns;
      *n_gaps += piece->n_gap_rows;
    }

  return sum_lengths (pointers, block->count, G_MAXINT64 / 16, error);
}

static void
copy_straight (GArray *entries, const Target *target)
{
  guint64 to = 0;

  for (guint i = 0; i < entries->len; i++)
    {
      const Entries *of_piece = &g_array_index (entries, Entries, i);

      if (of_piece->n_rows > 0)
        to += copy_entries (of_piece, 0, of_piece->pointers[of_piece->n_rows], target, to);
    }
}

static gboolean
copy_crosswise (const AnnStack *stack,
                GArray *pieces,
                GArray *entries,
                const AnnBlock *block,
                const Target *target,
                GError **error)
{
  g_autofree guint64 *cursors = g_try_new (guint64, MAX (block->count, 1));

  if (cursors == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "No memory for %" G_GUINT64_FORMAT " rows", block->count);
      return FALSE;
    }

  memcpy (cursors, ann_buffer_get_data (block->indptr), block->count * sizeof (guint64));
  for (guint i = 0; i < pieces->len; i++)
    {
      const AnnPiece *piece = &g_array_index (pieces, AnnPiece, i);

      copy_rows (&g_array_index (entries, Entries, i), target, cursors);
      if (is_filled (stack, piece) && !fill_gaps (stack, piece, target, cursors, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
copy_pieces (const AnnStack *stack,
             GArray *pieces,
             GArray *entries,
             AnnDtype index_dtype,
             AnnBlock *block,
             GError **error)
{
  const guint64 *pointers;
  guint64 n_gaps;
  Target target = { .index_size = ann_dtype_get_size (index_dtype),
                    .value_size = ann_dtype_get_size (stack->dtype) };

  if (!count_rows (stack, pieces, entries, block, &n_gaps, error))
    return FALSE;
  pointers = ann_buffer_get_data (block->indptr);
  block->indices = _ann_buffer_new_unset (index_dtype, 1, &pointers[block->count], error);
  block->values = _ann_buffer_new_unset (stack->dtype, 1, &pointers[block->count], error);
  if (block->indices == NULL || block->values == NULL)
    return FALSE;
  target.indices = ann_buffer_get_data_for_writing (block->indices);
  target.values = ann_buffer_get_data_for_writing (block->values);

  if (n_gaps > 0 || !are_straight (pieces))
    return copy_crosswise (stack, pieces, entries, block, &target, error);
  copy_straight (entries, &target);

  return TRUE;
}

/* The entries of one piece that is all of the request: no copy. */
static gboolean
take_whole (const AnnStack *stack, GArray *pieces, GArray *entries, AnnBlock *block)
{
  const AnnPiece *piece = &g_array_index (pieces, AnnPiece, 0);
  const Entries *only = &g_array_index (entries, Entries, 0);

  if (pieces->len != 1 || only->drops || only->indices == NULL || only->n_rows != block->count
      || !are_straight (pieces) || is_filled (stack, piece))
    return FALSE;

  block->indptr = ann_buffer_ref (piece->block->indptr);
  block->indices = ann_buffer_ref (only->indices);
  block->values = ann_buffer_ref (only->values);

  return TRUE;
}

AnnBlock *
_ann_stack_gather_entries (const AnnStack *self,
                           GArray *pieces,
                           guint64 count,
                           guint64 width,
                           AnnDtype index_dtype,
                           GError **error)
{
  g_autoptr (AnnBlock) block = ann_block_new (0, count, width);
  g_autoptr (GArray) entries = g_array_new (FALSE, TRUE, sizeof (Entries));

  g_array_set_clear_func (entries, entries_clear);
  g_array_set_size (entries, pieces->len);
  for (guint i = 0; i < pieces->len; i++)
    if (!take_entries (self, &g_array_index (pieces, AnnPiece, i), index_dtype,
                       &g_array_index (entries, Entries, i), error))
      return NULL;

  return take_whole (self, pieces, entries, block)
                 || copy_pieces (self, pieces, entries, index_dtype, block, error)
             ? g_steal_pointer (&block)
             : NULL;
}
