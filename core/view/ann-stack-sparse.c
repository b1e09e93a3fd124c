/* ann-stack-sparse.c: matrices of which one at least is sparse, joined to one by rows
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "view/ann-stack-private.h"

#include "base/ann-buffer-private.h"
#include "base/ann-error.h"
#include "base/ann-scratch-private.h"
#include "element/ann-sparse-private.h"

#include <string.h>

#define ANN_TYPE_STACK_SPARSE (ann_stack_sparse_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnStackSparse, ann_stack_sparse, ANN, STACK_SPARSE, AnnSparse)

struct _AnnStackSparse {
  AnnSparse parent_instance;

  AnnStack stack;
};

typedef struct {
  AnnSparseClass parent_class;
} AnnStackSparseClass;

G_DEFINE_FINAL_TYPE (AnnStackSparse, ann_stack_sparse, ANN_TYPE_SPARSE)

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

static gboolean
is_dropped (const Entries *self, guint64 entry)
{
  const void *indices = ann_buffer_get_data (self->indices);

  return ann_buffer_get_dtype (self->indices) == ANN_DTYPE_INT32
             ? ((const gint32 *) indices)[entry] < 0
             : ((const gint64 *) indices)[entry] < 0;
}

/* Adds to @lengths, that of a row behind its place. */
static void
count_entries (const Entries *self, guint64 *lengths)
{
  for (guint64 row = 0; row < self->n_rows; row++)
    {
      guint64 n = self->pointers[row + 1] - self->pointers[row];

      for (guint64 i = self->pointers[row]; self->drops && i < self->pointers[row + 1]; i++)
        n -= is_dropped (self, i);
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
      {                                                                                            \
        if (sign_of (signs, wide, i))                                                              \
          continue;                                                                                \
        *((CTYPE *) to) = ((const CTYPE *) from)[i];                                               \
        to = (CTYPE *) to + 1;                                                                     \
      }                                                                                            \
    break;

static inline gboolean
sign_of (gconstpointer signs, gboolean wide, guint64 i)
{
  return wide ? ((const gint64 *) signs)[i] < 0 : ((const gint32 *) signs)[i] < 0;
}

/* Copies those items whose index is not negative. @wide: whether indices are int64 */
static void
keep_items (gpointer to,
            gconstpointer from,
            gsize item_size,
            gconstpointer signs,
            gboolean wide,
            guint64 n)
{
  switch (item_size)
    {
      KEEP_CASE (1, guint8)
      KEEP_CASE (2, guint16)
      KEEP_CASE (4, guint32)
      KEEP_CASE (8, guint64)
      KEEP_CASE (16, Wide)
    default:
      g_return_if_reached ();
    }
}

typedef struct {
  guint8 *indices;
  guint8 *values;
  gsize index_size;
  gsize value_size;
} Target;

/* Copies the entries from @first to @first + @n to the place @to. */
static void
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
    return;
  if (!self->drops)
    {
      memcpy (to_indices, indices, n * target->index_size);
      memcpy (to_values, values, n * target->value_size);
      return;
    }

  keep_items (to_indices, indices, target->index_size, indices, wide, n);
  keep_items (to_values, values, target->value_size, indices, wide, n);
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
      const guint64 n = self->pointers[row + 1] - first;
      guint64 *cursor = &cursors[get_row (self->piece, row)];
      guint64 n_kept = n;

      copy_entries (self, first, n, target, *cursor);
      for (guint64 i = first; self->drops && i < first + n; i++)
        n_kept -= is_dropped (self, i);
      *cursor += n_kept;
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

static gboolean
copy_straight (GArray *entries, const Target *target)
{
  guint64 to = 0;

  for (guint i = 0; i < entries->len; i++)
    {
      const Entries *of_piece = &g_array_index (entries, Entries, i);
      guint64 n;

      if (of_piece->n_rows == 0)
        continue;
      n = of_piece->pointers[of_piece->n_rows];
      copy_entries (of_piece, 0, n, target, to);
      for (guint64 k = 0; of_piece->drops && k < of_piece->pointers[of_piece->n_rows]; k++)
        n -= is_dropped (of_piece, k);
      to += n;
    }

  return TRUE;
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

  return n_gaps == 0 && are_straight (pieces)
             ? copy_straight (entries, &target)
             : copy_crosswise (stack, pieces, entries, block, &target, error);
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

/* --- Reading --- */

/* The type in which the columns are worked with: that of the matrix, where it is one of both. */
static AnnDtype
get_working_dtype (const AnnStack *stack, guint64 width)
{
  if (stack->index_dtype == ANN_DTYPE_INT64 || width > (guint64) G_MAXINT32)
    return ANN_DTYPE_INT64;

  return ANN_DTYPE_INT32;
}

static AnnBlock *
read_block (const AnnStack *stack,
            AnnSelection *rows,
            AnnSelection *columns,
            GCancellable *cancellable,
            GError **error)
{
  const guint64 width = columns != NULL ? ann_selection_get_length (columns) : stack->n_columns;
  const AnnDtype index_dtype = get_working_dtype (stack, width);
  g_autoptr (AnnBlock) block = ann_block_new (0, ann_selection_get_length (rows), width);
  g_autoptr (GArray) pieces = _ann_stack_read_pieces (stack, rows, columns, cancellable, error);
  g_autoptr (GArray) entries = g_array_new (FALSE, TRUE, sizeof (Entries));

  g_array_set_clear_func (entries, entries_clear);
  if (pieces == NULL)
    return NULL;
  g_array_set_size (entries, pieces->len);
  for (guint i = 0; i < pieces->len; i++)
    if (!take_entries (stack, &g_array_index (pieces, AnnPiece, i), index_dtype,
                       &g_array_index (entries, Entries, i), error))
      return NULL;

  if (!take_whole (stack, pieces, entries, block)
      && !copy_pieces (stack, pieces, entries, index_dtype, block, error))
    return NULL;

  return g_steal_pointer (&block);
}

/* The rows of the block are the columns that were read, and its indices the rows. */
static AnnBlock *
turn_block (const AnnBlock *from, GError **error)
{
  const guint64 n = ann_buffer_get_n_elements (from->indices);
  const guint64 *from_pointers = ann_buffer_get_data (from->indptr);
  const gsize size = ann_dtype_get_size (ann_buffer_get_dtype (from->values));
  const gboolean wide = from->count > (guint64) G_MAXINT32;
  g_autoptr (AnnBuffer) columns = ann_buffer_convert (from->indices, ANN_DTYPE_INT64, error);
  g_autoptr (AnnBlock) block = ann_block_new (0, from->width, from->count);
  const guint8 *from_values = ann_buffer_get_data (from->values);
  const gint64 *at;
  guint64 *cursors;
  void *indices;
  guint8 *values;

  block->indptr = ann_buffer_new_vector (ANN_DTYPE_UINT64, from->width + 1, error);
  block->indices = _ann_buffer_new_unset (wide ? ANN_DTYPE_INT64 : ANN_DTYPE_INT32, 1, &n, error);
  block->values = _ann_buffer_new_unset (ann_buffer_get_dtype (from->values), 1, &n, error);
  if (columns == NULL || block->indptr == NULL || block->indices == NULL || block->values == NULL)
    return NULL;

  /* Each pointer counts on its way to the end of its row, which is where the next one begins. */
  at = ann_buffer_get_data (columns);
  cursors = ann_buffer_get_data_for_writing (block->indptr);
  indices = ann_buffer_get_data_for_writing (block->indices);
  values = ann_buffer_get_data_for_writing (block->values);
  for (guint64 i = 0; i < n; i++)
    if ((guint64) at[i] + 1 < from->width)
      cursors[at[i] + 2]++;
  for (guint64 i = 2; i <= from->width; i++)
    cursors[i] += cursors[i - 1];
  for (guint64 row = 0; row < from->count; row++)
    for (guint64 i = from_pointers[row]; i < from_pointers[row + 1]; i++)
      {
        const guint64 to = cursors[at[i] + 1]++;

        if (wide)
          ((gint64 *) indices)[to] = (gint64) row;
        else
          ((gint32 *) indices)[to] = (gint32) row;
        memcpy (values + to * size, from_values + i * size, size);
      }

  return g_steal_pointer (&block);
}

static AnnBlock *
ann_stack_sparse_read_lines (AnnSparse *sparse,
                             AnnSelection *majors,
                             AnnSelection *minors,
                             gboolean by_minor,
                             GCancellable *cancellable,
                             GError **error)
{
  const AnnStack *stack = &ANN_STACK_SPARSE (sparse)->stack;
  g_autoptr (AnnBlock) block = read_block (stack, majors, minors, cancellable, error);
  g_autoptr (AnnBuffer) indices = NULL;

  if (block == NULL)
    return NULL;
  if (by_minor)
    return turn_block (block, error);
  if (minors != NULL || ann_buffer_get_dtype (block->indices) == stack->index_dtype)
    return g_steal_pointer (&block);

  indices = ann_buffer_convert (block->indices, stack->index_dtype, error);
  if (indices == NULL)
    return NULL;
  ann_buffer_unref (block->indices);
  block->indices = g_steal_pointer (&indices);

  return g_steal_pointer (&block);
}

static AnnBlock *
ann_stack_sparse_read_major (AnnSparse *sparse,
                             guint64 start,
                             guint64 count,
                             GCancellable *cancellable,
                             GError **error)
{
  const AnnStack *stack = &ANN_STACK_SPARSE (sparse)->stack;
  g_autoptr (AnnSelection) rows = ann_selection_new_range (start, count, 1, stack->n_rows, error);
  AnnBlock *block;

  if (rows == NULL)
    return NULL;

  block = ann_stack_sparse_read_lines (sparse, rows, NULL, FALSE, cancellable, error);
  if (block != NULL)
    block->start = start;

  return block;
}

/* Whether the entries of a row are those that the pointers of the part count. */
static gboolean
counts_itself (const AnnStack *stack, const AnnStackPart *part)
{
  if (part->element == NULL)
    return stack->fill == 0;

  return ann_element_get_kind (part->element) == ANN_ELEMENT_CSR
         && (part->reindex == NULL || part->reindex->n_found == part->reindex->part_length)
         && (stack->fill == 0 || part->reindex == NULL
             || part->reindex->n_found == part->reindex->length);
}

static gboolean
ann_stack_sparse_read_lengths (AnnSparse *sparse,
                               guint64 start,
                               guint64 count,
                               guint64 *lengths,
                               GCancellable *cancellable,
                               GError **error)
{
  const AnnStack *stack = &ANN_STACK_SPARSE (sparse)->stack;

  memset (lengths, 0, count * sizeof *lengths);
  for (gsize i = 0; i < stack->n_parts; i++)
    {
      const AnnStackPart *part = &stack->parts[i];
      const guint64 first = MAX (start, stack->starts[i]);
      const guint64 end = MIN (start + count, stack->starts[i + 1]);

      if (stack->axis != 0 || !counts_itself (stack, part))
        return _ann_sparse_count_by_pieces (sparse, start, count, lengths, cancellable, error);
      if (first < end && part->element != NULL
          && !_ann_sparse_read_lengths (ANN_SPARSE (part->element), first - stack->starts[i],
                                        end - first, lengths + (first - start), cancellable, error))
        return FALSE;
    }

  return TRUE;
}

static void
ann_stack_sparse_finalize (GObject *object)
{
  _ann_stack_clear (&ANN_STACK_SPARSE (object)->stack);

  G_OBJECT_CLASS (ann_stack_sparse_parent_class)->finalize (object);
}

static void
ann_stack_sparse_class_init (AnnStackSparseClass *klass)
{
  AnnSparseClass *sparse_class = &klass->parent_class;

  G_OBJECT_CLASS (klass)->finalize = ann_stack_sparse_finalize;
  sparse_class->read_major = ann_stack_sparse_read_major;
  sparse_class->read_lines = ann_stack_sparse_read_lines;
  sparse_class->read_lengths = ann_stack_sparse_read_lengths;
}

static void
ann_stack_sparse_init (G_GNUC_UNUSED AnnStackSparse *self)
{
}

/* What is stored, if the parts tell: dense ones do not, nor those of which something is dropped. */
static void
count_stored (const AnnStack *stack, guint64 *n_stored, guint64 *n_guessed)
{
  *n_stored = 0;
  *n_guessed = 0;
  for (gsize i = 0; i < stack->n_parts; i++)
    {
      const AnnStackPart *part = &stack->parts[i];
      const gboolean is_sparse = part->element != NULL && ANN_IS_SPARSE (part->element);
      const guint64 n = is_sparse ? ann_sparse_get_n_stored (ANN_SPARSE (part->element)) : 0;

      if (is_sparse)
        *n_guessed += ann_sparse_guess_n_stored (ANN_SPARSE (part->element));
      else if (part->element != NULL)
        *n_guessed += part->length * ann_element_get_length (part->element, 1 - stack->axis);
      if ((!is_sparse && (part->element != NULL || stack->fill != 0)) || n == G_MAXUINT64
          || (part->reindex != NULL && part->reindex->n_found < part->reindex->part_length)
          || (stack->fill != 0 && part->reindex != NULL
              && part->reindex->n_found < part->reindex->length))
        *n_stored = G_MAXUINT64;
      else if (*n_stored != G_MAXUINT64)
        *n_stored += n;
    }
}

AnnElement *
_ann_stack_sparse_new (AnnStack *stack)
{
  AnnStackSparse *self = g_object_new (ANN_TYPE_STACK_SPARSE, NULL);
  const AnnElementSource source = { .path = stack->path };
  const guint64 shape[] = { stack->n_rows, stack->n_columns };
  guint64 n_stored;
  guint64 n_guessed;

  count_stored (stack, &n_stored, &n_guessed);
  _ann_sparse_set_info (ANN_SPARSE (self),
                        &(AnnElementInfo){
                            .source = &source,
                            .kind = ANN_ELEMENT_CSR,
                            .dtype = stack->dtype,
                            .rank = 2,
                            .shape = shape,
                        },
                        stack->index_dtype, n_stored);
  if (n_stored == G_MAXUINT64)
    ANN_SPARSE (self)->n_guessed = n_guessed;
  self->stack = *stack;
  *stack = (AnnStack){ 0 };

  return ANN_ELEMENT (self);
}

const AnnStack *
_ann_stack_sparse_get (AnnElement *element)
{
  return ANN_IS_STACK_SPARSE (element) ? &ANN_STACK_SPARSE (element)->stack : NULL;
}
