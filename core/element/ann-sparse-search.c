/* ann-sparse-search.c: the entries of a sparse matrix that lie on some lines of the minor axis
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-sparse-private.h"

#include "array/ann-array-private.h"
#include "array/ann-array-runs-private.h"
#include "base/ann-error.h"

#include <pthread.h>
#include <string.h>

/* The entries of the wanted major lines are numbered one after the other and looked at in windows.
 * Of each the indices are scanned, a chunk a worker; then the values, of which only what lies near
 * a match is fetched. A window ends where a chunk of the indices does, unless it is the last: so
 * each chunk is decoded once.
 */
#define WINDOW_ENTRIES ((guint64) 4 * 1024 * 1024)
#define PIECE_LINES ((guint64) 256 * 1024)

/* Each window waits twice for a network. A few lines have so few entries that one may be larger. */
#define REMOTE_WINDOW_ENTRIES (8 * WINDOW_ENTRIES)
#define FEW_LINES 16

/* Values between two matches that are no further apart are read over. */
#define MAX_GAP 4096

/* An entry that lies on a wanted line. */
typedef struct {
  guint64 number; /* in the window */
  guint32 line;   /* its place in the line map */
} Match;

/* What a worker has found in one chunk. */
typedef struct {
  gsize n_matches;
  Match matches[];
} Found;

typedef struct {
  AnnSparse *matrix;
  const AnnLineMap *map;
  AnnDtype index_dtype;
  gsize value_size;
  guint64 chunk_length;
  guint64 window_entries;
  AnnPile lines;     /* of AnnRun: what is still to be looked at */
  guint64 n_waiting; /* how many entries they have */
  AnnPile window;    /* of AnnRun: those of this window */
  AnnPile matches;   /* of Match, by rising number */
  pthread_mutex_t lock;
  GPtrArray *found; /* of Found; under the lock */
  AnnEntries *entries;
} Search;

static void
search_clear (Search *search)
{
  _ann_pile_clear (&search->lines);
  _ann_pile_clear (&search->window);
  _ann_pile_clear (&search->matches);
  g_ptr_array_unref (search->found);
  pthread_mutex_destroy (&search->lock);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

/* --- Indices --- */

#define FOR_INDEX_TYPES(CASE)                                                                      \
  CASE (ANN_DTYPE_INT8, gint8)                                                                     \
  CASE (ANN_DTYPE_INT16, gint16)                                                                   \
  CASE (ANN_DTYPE_INT32, gint32)                                                                   \
  CASE (ANN_DTYPE_INT64, gint64)                                                                   \
  CASE (ANN_DTYPE_UINT8, guint8)                                                                   \
  CASE (ANN_DTYPE_UINT16, guint16)                                                                 \
  CASE (ANN_DTYPE_UINT32, guint32)                                                                 \
  CASE (ANN_DTYPE_UINT64, guint64)

/* One gene is what is asked for most: of the usual type, without a branch, so that the compiler
 * makes vectors of it.
 */
static gsize
count_int32 (const gint32 *indices, gsize n, guint64 start, guint64 count)
{
  const guint32 first = (guint32) start;
  const guint32 n_lines = (guint32) MIN (count, G_MAXUINT32);
  gsize n_found = 0;
  gsize i = 0;

  for (; i + 1024 <= n; i += 1024)
    {
      guint32 of_block = 0;

      for (guint k = 0; k < 1024; k++)
        of_block += (guint32) indices[i + k] - first < n_lines;
      n_found += of_block;
    }
  for (; i < n; i++)
    n_found += (guint32) indices[i] - first < n_lines;

  return n_found;
}

#define COUNT_CASE(DTYPE, CTYPE)                                                                   \
  case DTYPE:                                                                                      \
    for (gsize i = 0; i < n; i++)                                                                  \
      n_found += _ann_line_map_look_up (map, (guint64) (gint64) ((const CTYPE *) indices)[i],      \
                                        &place);                                                   \
    break;

/* @indices are on the minor axis. */
static gsize
count_matches (const Search *search, gconstpointer indices, gsize n)
{
  const AnnLineMap *map = search->map;
  gsize n_found = 0;
  guint32 place;

  if (map->is_range && search->index_dtype == ANN_DTYPE_INT32 && map->start <= G_MAXINT32)
    return count_int32 (indices, n, map->start, map->count);

  switch ((int) search->index_dtype)
    {
      FOR_INDEX_TYPES (COUNT_CASE)
    default:
      g_return_val_if_reached (0);
    }

  return n_found;
}

#define PICK_CASE(DTYPE, CTYPE)                                                                    \
  case DTYPE:                                                                                      \
    for (gsize i = 0; i < n; i++)                                                                  \
      {                                                                                            \
        guint32 place;                                                                             \
                                                                                                   \
        if (_ann_line_map_look_up (map, (guint64) (gint64) ((const CTYPE *) indices)[i], &place))  \
          *matches++ = (Match){ number + i, place };                                               \
      }                                                                                            \
    break;

/* Puts the matches into @matches. Returns: behind the last */
static Match *
pick_matches (const Search *search, gconstpointer indices, gsize n, guint64 number, Match *matches)
{
  const AnnLineMap *map = search->map;

  switch ((int) search->index_dtype)
    {
      FOR_INDEX_TYPES (PICK_CASE)
    default:
      g_return_val_if_reached (matches);
    }

  return matches;
}

/* Finds the line of an entry of the window, and says that its index is none. */
static void
set_index_error (const Search *search, guint64 number, guint64 place, gint64 index, GError **error)
{
  const AnnRun *line = (const AnnRun *) search->window.items;
  const AnnSelection *majors = search->entries->selection;

  while (number >= line->count)
    number -= line++->count;

  _ann_sparse_set_index_error (search->matrix, place, ann_selection_get_position (majors, line->to),
                               index, error);
}

/* In a worker. */
static gboolean
look_at_indices (gconstpointer values,
                 guint64 origin,
                 const AnnRun *runs,
                 gsize n_runs,
                 gpointer user_data,
                 GError **error)
{
  Search *search = user_data;
  const gsize item_size = ann_dtype_get_size (search->index_dtype);
  gsize n_matches = 0;
  gsize n_bytes;
  Found *found;
  Match *next;

  for (gsize i = 0; i < n_runs; i++)
    {
      const guint8 *indices = (const guint8 *) values + (runs[i].from - origin) * item_size;
      gsize position;
      gint64 index;

      if (!_ann_sparse_check_indices (search->matrix, indices, runs[i].count, &position, &index))
        {
          set_index_error (search, runs[i].to + position, runs[i].from + position, index, error);
          return FALSE;
        }
      n_matches += count_matches (search, indices, runs[i].count);
    }
  if (n_matches == 0)
    return TRUE;

  found = g_size_checked_mul (&n_bytes, n_matches, sizeof (Match))
              ? g_try_malloc (sizeof (Found) + n_bytes)
              : NULL;
  if (found == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: No memory for %" G_GSIZE_FORMAT " entries",
                   ann_element_get_path (ANN_ELEMENT (search->matrix)), n_matches);
      return FALSE;
    }

  found->n_matches = n_matches;
  next = found->matches;
  for (gsize i = 0; i < n_runs; i++)
    next = pick_matches (search, (const guint8 *) values + (runs[i].from - origin) * item_size,
                         runs[i].count, runs[i].to, next);

  pthread_mutex_lock (&search->lock);
  g_ptr_array_add (search->found, found);
  pthread_mutex_unlock (&search->lock);

  return TRUE;
}

static int
compare_found (gconstpointer a, gconstpointer b)
{
  const Found *one = *(const Found *const *) a;
  const Found *other = *(const Found *const *) b;

  return one->matches[0].number < other->matches[0].number ? -1 : 1;
}

/* A chunk holds a rising part of the window, for the lines are rising. */
static gboolean
collect_found (Search *search, GError **error)
{
  g_ptr_array_sort (search->found, compare_found);
  search->matches.n_bytes = 0;
  for (guint i = 0; i < search->found->len; i++)
    {
      const Found *found = g_ptr_array_index (search->found, i);

      if (!_ann_pile_append (&search->matches, found->matches, found->n_matches * sizeof (Match),
                             error))
        return FALSE;
    }
  g_ptr_array_set_size (search->found, 0);

  return TRUE;
}

/* --- Values --- */

/* The first match that is no less than @number. */
static gsize
find_match (const Search *search, guint64 number)
{
  const Match *matches = (const Match *) search->matches.items;
  gsize low = 0;
  gsize high = search->matches.n_bytes / sizeof (Match);

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (matches[middle].number < number)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

#define TAKE_CASE(SIZE, CTYPE)                                                                     \
  case SIZE:                                                                                       \
    for (gsize i = first; i < end; i++)                                                            \
      ((CTYPE *) to)[i] = ((const CTYPE *) from)[matches[i].number - number];                      \
    break;

typedef struct {
  guint64 halves[2];
} Wide;

/* In a worker: each match is in one run, so threads write to places of their own. */
static gboolean
take_values (gconstpointer values,
             guint64 origin,
             const AnnRun *runs,
             gsize n_runs,
             gpointer user_data,
             GError **error)
{
  Search *search = user_data;
  const Match *matches = (const Match *) search->matches.items;
  const gsize n_matches = search->matches.n_bytes / sizeof (Match);
  void *to = search->entries->values.items + search->entries->values.n_bytes;

  for (gsize run = 0; run < n_runs; run++)
    {
      const void *from = (const guint8 *) values + (runs[run].from - origin) * search->value_size;
      const guint64 number = runs[run].to;
      const gsize first = find_match (search, number);
      gsize end = first;

      while (end < n_matches && matches[end].number - number < runs[run].count)
        end++;
      switch (search->value_size)
        {
          TAKE_CASE (1, guint8)
          TAKE_CASE (2, guint16)
          TAKE_CASE (4, guint32)
          TAKE_CASE (8, guint64)
          TAKE_CASE (16, Wide)
        default:
          g_set_error_literal (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                               "A type of an unknown size");
          return FALSE;
        }
    }

  return TRUE;
}

/* The runs of the values that are read: those of the window's lines without long gaps. */
static gboolean
find_value_runs (const Search *search, AnnRuns *runs, GError **error)
{
  const AnnRun *line = (const AnnRun *) search->window.items;
  const Match *matches = (const Match *) search->matches.items;
  const gsize n_matches = search->matches.n_bytes / sizeof (Match);
  guint64 before = 0; /* entries of the window before the line */
  guint64 last = 0;   /* the end of what has been added, where that is in the line */

  for (gsize i = 0; i < n_matches; i++)
    {
      guint64 start = matches[i].number;

      while (start - before >= line->count)
        before += line++->count;
      last = MAX (last, before);
      if (i > 0 && start - last <= MAX_GAP && last > before)
        start = last;
      if (!_ann_runs_add (runs, line->from + (start - before), start, matches[i].number + 1 - start,
                          error))
        return FALSE;
      last = matches[i].number + 1;
    }

  return TRUE;
}

/* Puts the matches of the window behind the entries found before. */
static gboolean
add_entries (Search *search, GCancellable *cancellable, GError **error)
{
  const AnnRun *line = (const AnnRun *) search->window.items;
  const Match *matches = (const Match *) search->matches.items;
  const gsize n = search->matches.n_bytes / sizeof (Match);
  AnnEntries *entries = search->entries;
  g_auto (AnnRuns) runs = { { NULL, 0, 0 } };
  guint64 before = 0;
  guint64 *majors;
  guint32 *lines;

  if (!_ann_pile_reserve (&entries->majors, n * sizeof (guint64), error)
      || !_ann_pile_reserve (&entries->lines, n * sizeof (guint32), error)
      || !_ann_pile_reserve (&entries->values, n * search->value_size, error)
      || !find_value_runs (search, &runs, error)
      || !_ann_array_scan_runs (_ann_sparse_get_data (search->matrix), &runs, take_values, search,
                                cancellable, error))
    return FALSE;

  majors = (guint64 *) (entries->majors.items + entries->majors.n_bytes);
  lines = (guint32 *) (entries->lines.items + entries->lines.n_bytes);
  for (gsize i = 0; i < n; i++)
    {
      while (matches[i].number - before >= line->count)
        before += line++->count;
      majors[i] = line->to;
      lines[i] = matches[i].line;
    }
  entries->majors.n_bytes += n * sizeof (guint64);
  entries->lines.n_bytes += n * sizeof (guint32);
  entries->values.n_bytes += n * search->value_size;

  return TRUE;
}

/* --- Windows --- */

/* Where the chunk of the indices ends that holds @place. */
static guint64
find_chunk_end (const Search *search, guint64 place)
{
  guint64 end = search->chunk_length - place % search->chunk_length;

  return g_uint64_checked_add (&end, end, place) ? end : G_MAXUINT64;
}

/* Moves so many entries from the waiting lines into the window, and what is in the chunk of the
 * last of them.
 */
static gboolean
fill_window (Search *search, GError **error)
{
  AnnRun *lines = (AnnRun *) search->lines.items;
  const gsize n_lines = search->lines.n_bytes / sizeof (AnnRun);
  guint64 n_entries = 0;
  guint64 end = G_MAXUINT64; /* of the chunk, once there are enough */
  gsize n_moved = 0;

  search->window.n_bytes = 0;
  while (n_moved < n_lines && lines[n_moved].from < end)
    {
      AnnRun *line = &lines[n_moved];
      AnnRun piece = *line;

      if (end == G_MAXUINT64 && line->count >= search->window_entries - n_entries)
        end = find_chunk_end (search, line->from + (search->window_entries - n_entries) - 1);
      piece.count = MIN (line->count, end - line->from);
      if (!_ann_pile_append (&search->window, &piece, sizeof piece, error))
        return FALSE;
      n_entries += piece.count;
      line->from += piece.count;
      line->count -= piece.count;
      n_moved += line->count == 0;
    }

  search->n_waiting -= n_entries;
  search->lines.n_bytes -= n_moved * sizeof (AnnRun);
  if (search->lines.n_bytes > 0)
    memmove (lines, lines + n_moved, search->lines.n_bytes);

  return TRUE;
}

static gboolean
search_window (Search *search, GCancellable *cancellable, GError **error)
{
  g_auto (AnnRuns) runs = { { NULL, 0, 0 } };
  const AnnRun *lines;
  guint64 number = 0;

  if (!fill_window (search, error))
    return FALSE;

  lines = (const AnnRun *) search->window.items;
  for (gsize i = 0; i < search->window.n_bytes / sizeof (AnnRun); i++)
    {
      if (!_ann_runs_add (&runs, lines[i].from, number, lines[i].count, error))
        return FALSE;
      number += lines[i].count;
    }

  return _ann_array_scan_runs (_ann_sparse_get_indices (search->matrix), &runs, look_at_indices,
                               search, cancellable, error)
         && collect_found (search, error)
         && (search->matches.n_bytes == 0 || add_entries (search, cancellable, error));
}

/* Searches through the waiting lines while there are enough for a window, or to the end. */
static gboolean
search_windows (Search *search, gboolean is_last, GCancellable *cancellable, GError **error)
{
  guint64 enough;

  if (!g_uint64_checked_add (&enough, search->window_entries, search->chunk_length))
    enough = G_MAXUINT64;
  while (search->n_waiting >= (is_last ? 1 : enough))
    {
      if (!search_window (search, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
add_lines (Search *search, guint64 first, guint64 n, GCancellable *cancellable, GError **error)
{
  const gsize n_before = search->lines.n_bytes / sizeof (AnnRun);

  if (!_ann_sparse_add_lines (search->matrix, search->entries->selection, first, n, &search->lines,
                              cancellable, error))
    return FALSE;

  /* Each is stored, and none twice: their number fits. */
  for (gsize i = n_before; i < search->lines.n_bytes / sizeof (AnnRun); i++)
    search->n_waiting += ((const AnnRun *) search->lines.items)[i].count;

  return TRUE;
}

gboolean
_ann_sparse_search_stored (AnnSparse *self,
                           const AnnLineMap *map,
                           AnnEntries *entries,
                           GCancellable *cancellable,
                           GError **error)
{
  const guint64 length = ann_selection_get_length (entries->selection);
  const guint64 *chunk_shape = ann_array_get_chunk_shape (_ann_sparse_get_indices (self));
  const gboolean is_remote = _ann_array_waits (_ann_sparse_get_indices (self));
  g_auto (Search) search = {
    .matrix = self,
    .map = map,
    .index_dtype = ann_sparse_get_index_dtype (self),
    .value_size = ann_dtype_get_size (ann_element_get_dtype (ANN_ELEMENT (self))),
    .chunk_length = chunk_shape != NULL && chunk_shape[0] > 0 ? chunk_shape[0] : 1,
    .window_entries = is_remote && map->n_lines <= FEW_LINES ? REMOTE_WINDOW_ENTRIES
                                                             : WINDOW_ENTRIES,
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .found = g_ptr_array_new_with_free_func (g_free),
    .entries = entries,
  };

  if (map->n_lines == 0)
    return TRUE;

  for (guint64 first = 0; first < length; first += PIECE_LINES)
    {
      if (!add_lines (&search, first, MIN (length - first, PIECE_LINES), cancellable, error)
          || !search_windows (&search, FALSE, cancellable, error))
        return FALSE;
    }

  return search_windows (&search, TRUE, cancellable, error);
}
