/* ann-sparse-scan.c: columns of a matrix that is sparse by rows, and the reverse
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-sparse-private.h"

#include "base/ann-error.h"

#include <string.h>

#define PIECE_BYTES (8 * 1024 * 1024) /* of values and indices: what is in memory at a time */
#define PIECE_POINTERS (1024 * 1024)

/* A growing array that may fail: its length hangs on what a file says. */
typedef struct {
  guint8 *items;
  gsize n_bytes;
  gsize allocated;
} Pile;

static gboolean
pile_reserve (Pile *pile, gsize n_more, const char *path, GError **error)
{
  gsize needed;
  gsize n = MAX (pile->allocated, 4096);
  guint8 *grown;

  if (!g_size_checked_add (&needed, pile->n_bytes, n_more) || needed > G_MAXSIZE / 4)
    n = 0;
  else if (needed <= pile->allocated)
    return TRUE;

  while (n > 0 && n < needed)
    n *= 2;
  grown = n > 0 ? g_try_realloc (pile->items, n) : NULL;
  if (grown == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: No memory for another %" G_GSIZE_FORMAT " bytes", path, n_more);
      return FALSE;
    }
  pile->items = grown;
  pile->allocated = n;

  return TRUE;
}

/* Scan: entries found so far, in the order in which they are stored; three piles of equal length.
 */
typedef struct {
  AnnSparse *matrix;
  guint64 start;
  guint64 count;
  gsize value_size;
  Pile lines;  /* guint32: which of the lines asked for */
  Pile majors; /* guint64: place on the major axis */
  Pile values;
} Scan;

static void
scan_clear (Scan *scan)
{
  g_free (scan->lines.items);
  g_free (scan->majors.items);
  g_free (scan->values.items);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scan, scan_clear)

#define COUNT_CASE(DTYPE, CTYPE)                                                                   \
  case DTYPE:                                                                                      \
    for (gsize i = 0; i < n; i++)                                                                  \
      n_found += (guint64) (gint64) ((const CTYPE *) indices)[i] - start < count;                  \
    break;

#define PICK_CASE(DTYPE, CTYPE)                                                                    \
  case DTYPE:                                                                                      \
    for (guint64 major = 0; major < block->count; major++)                                         \
      for (guint64 i = pointers[major]; i < pointers[major + 1]; i++)                              \
        {                                                                                          \
          guint64 line = (guint64) (gint64) ((const CTYPE *) indices)[i] - start;                  \
                                                                                                   \
          if (line < count)                                                                        \
            {                                                                                      \
              *lines++ = (guint32) line;                                                           \
              *majors++ = block->start + major;                                                    \
              memcpy (values, from + i * value_size, value_size);                                  \
              values += value_size;                                                                \
            }                                                                                      \
        }                                                                                          \
    break;

#define FOR_INDEX_TYPES(CASE)                                                                      \
  CASE (ANN_DTYPE_INT8, gint8)                                                                     \
  CASE (ANN_DTYPE_INT16, gint16)                                                                   \
  CASE (ANN_DTYPE_INT32, gint32)                                                                   \
  CASE (ANN_DTYPE_INT64, gint64)                                                                   \
  CASE (ANN_DTYPE_UINT8, guint8)                                                                   \
  CASE (ANN_DTYPE_UINT16, guint16)                                                                 \
  CASE (ANN_DTYPE_UINT32, guint32)                                                                 \
  CASE (ANN_DTYPE_UINT64, guint64)

static gsize
count_matches (const Scan *scan, const AnnBlock *block)
{
  const void *indices = ann_buffer_get_data (block->indices);
  const gsize n = ann_buffer_get_n_elements (block->indices);
  const guint64 start = scan->start;
  const guint64 count = scan->count;
  gsize n_found = 0;

  switch ((int) ann_buffer_get_dtype (block->indices))
    {
      FOR_INDEX_TYPES (COUNT_CASE)
    default:
      g_return_val_if_reached (0);
    }

  return n_found;
}

/* Adds what a piece of the matrix has of the wanted lines. */
static gboolean
scan_block (Scan *scan, const AnnBlock *block, GError **error)
{
  const void *indices = ann_buffer_get_data (block->indices);
  const guint64 *pointers = ann_buffer_get_data (block->indptr);
  const guint8 *from = ann_buffer_get_data (block->values);
  const gsize value_size = scan->value_size;
  const guint64 start = scan->start;
  const guint64 count = scan->count;
  const char *path = ann_element_get_path (ANN_ELEMENT (scan->matrix));
  gsize n_found = count_matches (scan, block);
  guint32 *lines;
  guint64 *majors;
  guint8 *values;

  if (n_found == 0)
    return TRUE;
  if (!pile_reserve (&scan->lines, n_found * sizeof (guint32), path, error)
      || !pile_reserve (&scan->majors, n_found * sizeof (guint64), path, error)
      || !pile_reserve (&scan->values, n_found * value_size, path, error))
    return FALSE;

  lines = (guint32 *) (scan->lines.items + scan->lines.n_bytes);
  majors = (guint64 *) (scan->majors.items + scan->majors.n_bytes);
  values = scan->values.items + scan->values.n_bytes;
  switch ((int) ann_buffer_get_dtype (block->indices))
    {
      FOR_INDEX_TYPES (PICK_CASE)
    default:
      g_return_val_if_reached (FALSE);
    }
  scan->lines.n_bytes += n_found * sizeof (guint32);
  scan->majors.n_bytes += n_found * sizeof (guint64);
  scan->values.n_bytes += n_found * value_size;

  return TRUE;
}

/* Reads on in pieces of a bounded size; one line of the major axis is the smallest. */
static gboolean
scan_majors (Scan *scan,
             guint64 first,
             const guint64 *pointers,
             guint64 n_majors,
             GCancellable *cancellable,
             GError **error)
{
  const guint64 limit = PIECE_BYTES
                        / (scan->value_size
                           + ann_dtype_get_size (ann_sparse_get_index_dtype (scan->matrix)));
  guint64 begin = 0;

  while (begin < n_majors)
    {
      guint64 end = begin + 1;

      while (end < n_majors && pointers[end + 1] - pointers[begin] <= limit)
        end++;

      if (pointers[end] > pointers[begin])
        {
          g_autoptr (AnnBlock) block = NULL;

          block = ann_sparse_read_major (scan->matrix, first + begin, end - begin, cancellable,
                                         error);
          if (block == NULL || !scan_block (scan, block, error))
            return FALSE;
        }
      begin = end;
    }

  return TRUE;
}

/* Where each line's entries begin: counts, summed up. */
static AnnBuffer *
sum_pointers (const Scan *scan, GError **error)
{
  const guint32 *lines = (const guint32 *) scan->lines.items;
  const gsize n = scan->lines.n_bytes / sizeof (guint32);
  g_autoptr (AnnBuffer) indptr = NULL;
  guint64 *pointers;

  indptr = ann_buffer_new_vector (ANN_DTYPE_UINT64, scan->count + 1, error);
  if (indptr == NULL)
    return NULL;

  pointers = ann_buffer_get_data_for_writing (indptr);
  for (gsize i = 0; i < n; i++)
    pointers[lines[i] + 1]++;
  for (guint64 line = 0; line < scan->count; line++)
    pointers[line + 1] += pointers[line];

  return g_steal_pointer (&indptr);
}

/* Sorts the entries by line; those of a line stay in their order. */
static AnnBlock *
scan_finish (Scan *scan, GError **error)
{
  const guint64 n_major = ann_sparse_get_n_major (scan->matrix);
  const guint32 *lines = (const guint32 *) scan->lines.items;
  const guint64 *majors = (const guint64 *) scan->majors.items;
  const gsize n = scan->lines.n_bytes / sizeof (guint32);
  const gboolean wide = n_major > (guint64) G_MAXINT32;
  g_autoptr (AnnBlock) block = ann_block_new (scan->start, scan->count, n_major);
  g_autoptr (AnnBuffer) next_buffer = NULL; /* where the next entry of each line goes */
  guint64 *next;
  void *indices;
  guint8 *values;

  block->indptr = sum_pointers (scan, error);
  next_buffer = ann_buffer_new_vector (ANN_DTYPE_UINT64, scan->count + 1, error);
  if (block->indptr == NULL || next_buffer == NULL)
    return NULL;
  block->indices = ann_buffer_new_vector (wide ? ANN_DTYPE_INT64 : ANN_DTYPE_INT32, n, error);
  if (block->indices == NULL)
    return NULL;
  block->values = ann_buffer_new_vector (ann_element_get_dtype (ANN_ELEMENT (scan->matrix)), n,
                                         error);
  if (block->values == NULL)
    return NULL;

  next = ann_buffer_get_data_for_writing (next_buffer);
  memcpy (next, ann_buffer_get_data (block->indptr), (scan->count + 1) * sizeof (guint64));
  indices = ann_buffer_get_data_for_writing (block->indices);
  values = ann_buffer_get_data_for_writing (block->values);
  for (gsize i = 0; i < n; i++)
    {
      guint64 to = next[lines[i]]++;

      if (wide)
        ((gint64 *) indices)[to] = (gint64) majors[i];
      else
        ((gint32 *) indices)[to] = (gint32) majors[i];
      memcpy (values + to * scan->value_size, scan->values.items + i * scan->value_size,
              scan->value_size);
    }

  return g_steal_pointer (&block);
}

AnnBlock *
_ann_sparse_scan_minor (AnnSparse *self,
                        guint64 start,
                        guint64 count,
                        GCancellable *cancellable,
                        GError **error)
{
  const guint64 n_major = ann_sparse_get_n_major (self);
  g_auto (Scan) scan = {
    .matrix = self,
    .start = start,
    .count = count,
    .value_size = ann_dtype_get_size (ann_element_get_dtype (ANN_ELEMENT (self))),
  };
  AnnBlock *block;

  if (count > G_MAXUINT32)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: %" G_GUINT64_FORMAT " lines against the stored order are too many at once",
                   ann_element_get_path (ANN_ELEMENT (self)), count);
      return NULL;
    }

  for (guint64 first = 0; first < n_major && count > 0; first += PIECE_POINTERS)
    {
      guint64 n = MIN (n_major - first, PIECE_POINTERS);
      g_autoptr (AnnBuffer) pointers = NULL;

      pointers = ann_sparse_read_indptr (self, first, n, cancellable, error);
      if (pointers == NULL
          || !scan_majors (&scan, first, ann_buffer_get_data (pointers), n, cancellable, error))
        return NULL;
    }

  block = scan_finish (&scan, error);
  if (block == NULL)
    g_prefix_error (error, "%s: ", ann_element_get_path (ANN_ELEMENT (self)));

  return block;
}
