/* ann-sparse-pieces.c: what a sparse matrix of which only whole major lines can be had does with
 * them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-sparse-private.h"

#include "base/ann-error.h"
#include "base/ann-selection-private.h"

#include <string.h>

/* About so many entries are in memory at once. */
#define PIECE_ENTRIES ((guint64) 2 * 1024 * 1024)
#define FIRST_PIECE_LINES ((guint64) 1024)
#define INDICES_AT_ONCE 4096

/* It is kept how many entries lie before each line of so many. */
#define LINES_PER_SUM ((guint64) 65536)

/* --- Lines of a selection, neighbours by neighbours --- */

typedef gboolean (*PieceFunc) (const AnnBlock *block,
                               guint64 first,
                               gpointer user_data,
                               GError **error);

/* Hands out the lines in the order of @majors. How many go into a piece follows from how long those
 * before were.
 */
static gboolean
for_each_piece (AnnSparse *self,
                const AnnSelection *majors,
                PieceFunc func,
                gpointer user_data,
                GCancellable *cancellable,
                GError **error)
{
  const guint64 length = ann_selection_get_length (majors);
  guint64 max = FIRST_PIECE_LINES;
  guint64 n;

  for (guint64 first = 0; first < length; first += n)
    {
      g_autoptr (AnnBlock) block = NULL;
      guint64 n_entries;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      n = _ann_selection_count_neighbors (majors, first, max);
      block = ann_sparse_read_major (self, ann_selection_get_position (majors, first), n,
                                     cancellable, error);
      if (block == NULL || !func (block, first, user_data, error))
        return FALSE;

      n_entries = MAX (ann_buffer_get_n_elements (block->values), 1);
      if (n_entries > PIECE_ENTRIES || n == max)
        max = CLAMP (PIECE_ENTRIES / (n_entries / n + 1), 1, 2 * max);
    }

  return TRUE;
}

/* --- Lines as they are --- */

typedef struct {
  guint64 *pointers;
  AnnPile indices;
  AnnPile values;
} Gathered;

static void
gathered_clear (Gathered *gathered)
{
  _ann_pile_clear (&gathered->indices);
  _ann_pile_clear (&gathered->values);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Gathered, gathered_clear)

static gboolean
gather_piece (const AnnBlock *block, guint64 first, gpointer user_data, GError **error)
{
  Gathered *gathered = user_data;
  const guint64 *pointers = ann_buffer_get_data (block->indptr);

  for (guint64 i = 0; i < block->count; i++)
    gathered->pointers[first + i + 1] = gathered->pointers[first] + pointers[i + 1];

  return _ann_pile_append (&gathered->indices, ann_buffer_get_data (block->indices),
                           ann_buffer_get_size (block->indices), error)
         && _ann_pile_append (&gathered->values, ann_buffer_get_data (block->values),
                              ann_buffer_get_size (block->values), error);
}

static AnnBuffer *
copy_pile (AnnDtype dtype, const AnnPile *pile, GError **error)
{
  AnnBuffer *buffer = ann_buffer_new_vector (dtype, pile->n_bytes / ann_dtype_get_size (dtype),
                                             error);

  if (buffer != NULL && pile->n_bytes > 0)
    memcpy (ann_buffer_get_data_for_writing (buffer), pile->items, pile->n_bytes);

  return buffer;
}

AnnBlock *
_ann_sparse_gather_by_pieces (AnnSparse *self,
                              AnnSelection *majors,
                              GCancellable *cancellable,
                              GError **error)
{
  const guint64 length = ann_selection_get_length (majors);
  g_autoptr (AnnBlock) block = ann_block_new (0, length, self->n_minor);
  g_auto (Gathered) gathered = { .pointers = NULL };

  block->indptr = ann_buffer_new_vector (ANN_DTYPE_UINT64, length + 1, error);
  if (block->indptr == NULL)
    return NULL;

  gathered.pointers = ann_buffer_get_data_for_writing (block->indptr);
  if (!for_each_piece (self, majors, gather_piece, &gathered, cancellable, error))
    return NULL;

  block->indices = copy_pile (self->index_dtype, &gathered.indices, error);
  if (block->indices == NULL)
    return NULL;
  block->values = copy_pile (ann_element_get_dtype (ANN_ELEMENT (self)), &gathered.values, error);
  if (block->values == NULL)
    return NULL;

  return g_steal_pointer (&block);
}

/* --- Entries on some lines of the minor axis --- */

typedef struct {
  const AnnLineMap *map;
  AnnEntries *entries;
} Search;

static gboolean
add_entry (AnnEntries *entries,
           guint64 major,
           guint32 line,
           const guint8 *value,
           gsize value_size,
           GError **error)
{
  return _ann_pile_append (&entries->majors, &major, sizeof major, error)
         && _ann_pile_append (&entries->lines, &line, sizeof line, error)
         && _ann_pile_append (&entries->values, value, value_size, error);
}

static gboolean
search_piece (const AnnBlock *block, guint64 first, gpointer user_data, GError **error)
{
  const Search *search = user_data;
  const guint64 *pointers = ann_buffer_get_data (block->indptr);
  const AnnDtype index_dtype = ann_buffer_get_dtype (block->indices);
  const gsize index_size = ann_dtype_get_size (index_dtype);
  const gsize value_size = ann_dtype_get_size (ann_buffer_get_dtype (block->values));
  const gsize n = ann_buffer_get_n_elements (block->indices);
  const guint8 *indices = ann_buffer_get_data (block->indices);
  const guint8 *values = ann_buffer_get_data (block->values);
  gint64 lines[INDICES_AT_ONCE];
  guint64 row = 0;

  for (gsize start = 0; start < n; start += INDICES_AT_ONCE)
    {
      const gsize n_now = MIN (n - start, INDICES_AT_ONCE);

      ann_dtype_to_int64 (index_dtype, indices + start * index_size, n_now, lines);
      for (gsize i = 0; i < n_now; i++)
        {
          guint32 place;

          if (!_ann_line_map_look_up (search->map, (guint64) lines[i], &place))
            continue;
          while (pointers[row + 1] <= start + i)
            row++;
          if (!add_entry (search->entries, first + row, place, values + (start + i) * value_size,
                          value_size, error))
            return FALSE;
        }
    }

  return TRUE;
}

gboolean
_ann_sparse_search_by_pieces (AnnSparse *self,
                              const AnnLineMap *map,
                              AnnEntries *entries,
                              GCancellable *cancellable,
                              GError **error)
{
  Search search = { map, entries };

  return map->n_lines == 0
         || for_each_piece (self, entries->selection, search_piece, &search, cancellable, error);
}

/* --- Where lines begin --- */

static gboolean
count_piece (const AnnBlock *block, guint64 first, gpointer user_data, G_GNUC_UNUSED GError **error)
{
  guint64 *lengths = user_data;
  const guint64 *pointers = ann_buffer_get_data (block->indptr);

  for (guint64 i = 0; i < block->count; i++)
    lengths[first + i] = pointers[i + 1] - pointers[i];

  return TRUE;
}

gboolean
_ann_sparse_count_by_pieces (AnnSparse *self,
                             guint64 start,
                             guint64 count,
                             guint64 *lengths,
                             GCancellable *cancellable,
                             GError **error)
{
  g_autoptr (AnnSelection) range = ann_selection_new_range (start, count, 1, self->n_major, error);

  return range != NULL && for_each_piece (self, range, count_piece, lengths, cancellable, error);
}

/* Adds up the lengths of lines behind those of which the sum is known, up to @end. */
static gboolean
add_up (AnnSparse *self,
        guint64 start,
        guint64 end,
        guint64 *sum,
        GCancellable *cancellable,
        GError **error)
{
  g_autofree guint64 *lengths = g_new (guint64, LINES_PER_SUM);

  while (start < end)
    {
      const guint64 n = MIN (end - start, LINES_PER_SUM - start % LINES_PER_SUM);

      if (!_ann_sparse_read_lengths (self, start, n, lengths, cancellable, error))
        return FALSE;
      for (guint64 i = 0; i < n; i++)
        *sum += lengths[i];
      start += n;

      g_mutex_lock (&self->lock);
      if (start % LINES_PER_SUM == 0 && start / LINES_PER_SUM == self->sums->len)
        g_array_append_val (self->sums, *sum);
      g_mutex_unlock (&self->lock);
    }

  return TRUE;
}

/* Finds how many entries lie before @line. */
static gboolean
find_sum (AnnSparse *self, guint64 line, guint64 *sum, GCancellable *cancellable, GError **error)
{
  guint64 known;

  g_mutex_lock (&self->lock);
  if (self->sums == NULL)
    {
      const guint64 zero = 0;

      self->sums = g_array_new (FALSE, FALSE, sizeof (guint64));
      g_array_append_val (self->sums, zero);
    }
  known = MIN (line / LINES_PER_SUM, self->sums->len - 1);
  *sum = g_array_index (self->sums, guint64, known);
  known *= LINES_PER_SUM;
  if (self->at_line <= line && self->at_line > known)
    {
      known = self->at_line;
      *sum = self->at_sum;
    }
  g_mutex_unlock (&self->lock);

  return add_up (self, known, line, sum, cancellable, error);
}

AnnBuffer *
_ann_sparse_sum_lengths (AnnSparse *self,
                         guint64 start,
                         guint64 count,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (AnnBuffer) pointers = ann_buffer_new_vector (ANN_DTYPE_UINT64, count + 1, error);
  guint64 *values;
  guint64 sum;

  if (pointers == NULL || !find_sum (self, start, &sum, cancellable, error))
    return NULL;

  values = ann_buffer_get_data_for_writing (pointers);
  if (!_ann_sparse_read_lengths (self, start, count, values + 1, cancellable, error))
    return NULL;
  values[0] = sum;
  for (guint64 i = 0; i < count; i++)
    values[i + 1] += values[i];

  g_mutex_lock (&self->lock);
  self->at_line = start + count;
  self->at_sum = values[count];
  g_mutex_unlock (&self->lock);

  return g_steal_pointer (&pointers);
}
