/* ann-sparse-crossing.c: columns of a matrix that is sparse by rows, and the reverse
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-sparse-private.h"

#include "base/ann-error.h"

#include <stdlib.h>
#include <string.h>

/* How many entries are put in place between two looks at the cancellable. */
#define ENTRIES_AT_ONCE (1024 * 1024)

/* Entries on their way into a block; see _ann_sparse_read_crossing (). */
typedef struct {
  AnnSparse *matrix;
  AnnSelection *majors; /* as they were asked for */
  const AnnLineMap *map;
  gboolean by_minor;
  AnnEntries entries;
  guint64 *starts; /* place in entries.selection → its first entry */
  AnnBlock *block;
  gsize value_size;
  guint64 *next; /* row of the block → where its next entry goes */
  gboolean is_wide;
} Crossing;

static void
crossing_clear (Crossing *crossing)
{
  g_free (crossing->starts);
  g_free (crossing->next);
  g_clear_pointer (&crossing->block, ann_block_unref);
  _ann_pile_clear (&crossing->entries.majors);
  _ann_pile_clear (&crossing->entries.lines);
  _ann_pile_clear (&crossing->entries.values);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Crossing, crossing_clear)

static gboolean
set_no_memory (guint64 n, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
               "No memory to arrange %" G_GUINT64_FORMAT " lines", n);

  return FALSE;
}

/* --- In the order of the axis --- */

static int
compare_positions (gconstpointer a, gconstpointer b)
{
  const gint64 *one = a;
  const gint64 *other = b;

  return *one < *other ? -1 : *one > *other;
}

/* The positions of @selection in rising order, each once. */
static AnnSelection *
sort_selection (AnnSelection *selection, GError **error)
{
  const guint64 n = ann_selection_get_length (selection);
  g_autofree gint64 *positions = g_try_new (gint64, n);
  gsize n_different = 0;

  if (positions == NULL)
    {
      set_no_memory (n, error);
      return NULL;
    }

  for (guint64 i = 0; i < n; i++)
    positions[i] = (gint64) ann_selection_get_position (selection, i);
  qsort (positions, n, sizeof *positions, compare_positions);
  for (guint64 i = 0; i < n; i++)
    {
      if (i == 0 || positions[i] != positions[i - 1])
        positions[n_different++] = positions[i];
    }

  return ann_selection_new_from_indices (positions, n_different,
                                         ann_selection_get_axis_length (selection), error);
}

/* Where the @index-th line that was asked for is among the rising ones. */
static guint64
find_major (const Crossing *crossing, guint64 index)
{
  const AnnSelection *selection = crossing->entries.selection;
  guint64 position;
  guint64 low = 0;
  guint64 high;

  if (crossing->majors == selection)
    return index;

  position = ann_selection_get_position (crossing->majors, index);
  high = ann_selection_get_length (selection);
  while (low < high)
    {
      guint64 middle = low + (high - low) / 2;

      if (ann_selection_get_position (selection, middle) < position)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

/* --- Into place --- */

static gboolean
find_starts (Crossing *crossing, GError **error)
{
  const guint64 n = ann_selection_get_length (crossing->entries.selection);
  const guint64 *majors = (const guint64 *) crossing->entries.majors.items;
  const gsize n_entries = crossing->entries.majors.n_bytes / sizeof (guint64);

  crossing->starts = n < G_MAXSIZE / sizeof (guint64) ? g_try_new0 (guint64, n + 1) : NULL;
  if (crossing->starts == NULL)
    return set_no_memory (n, error);

  for (gsize i = 0; i < n_entries; i++)
    crossing->starts[majors[i] + 1]++;
  for (guint64 i = 0; i < n; i++)
    crossing->starts[i + 1] += crossing->starts[i];

  return TRUE;
}

/* Where in the selection of minor lines the line @line of the map was asked for. Returns: how many
 * places there are; the first is *@places, which may point at @place
 */
static inline guint64
get_places (const AnnLineMap *map, guint32 line, guint32 *place, const guint32 **places)
{
  if (map->positions == NULL)
    {
      *place = line;
      *places = place;
      return 1;
    }
  if (map->starts == NULL)
    {
      *places = map->positions + line;
      return 1;
    }
  *places = map->positions + map->starts[line];

  return map->starts[line + 1] - map->starts[line];
}

static void
put_entry (Crossing *crossing, guint64 row, guint64 index, gsize entry)
{
  const guint64 to = crossing->next[row]++;
  void *indices = ann_buffer_get_data_for_writing (crossing->block->indices);
  guint8 *values = ann_buffer_get_data_for_writing (crossing->block->values);

  if (crossing->is_wide)
    ((gint64 *) indices)[to] = (gint64) index;
  else
    ((gint32 *) indices)[to] = (gint32) index;
  memcpy (values + to * crossing->value_size,
          crossing->entries.values.items + entry * crossing->value_size, crossing->value_size);
}

/* Goes through what was asked for, major line by major line: counts the entries of each row of the
 * block behind its place in @counts, or puts them into it.
 */
static gboolean
go_through (Crossing *crossing, guint64 *counts, GCancellable *cancellable, GError **error)
{
  const guint32 *lines = (const guint32 *) crossing->entries.lines.items;
  const guint64 n_majors = ann_selection_get_length (crossing->majors);
  guint64 n_done = 0;

  for (guint64 i = 0; i < n_majors; i++)
    {
      const guint64 major = find_major (crossing, i);
      const guint64 end = crossing->starts[major + 1];

      for (guint64 entry = crossing->starts[major]; entry < end; entry++)
        {
          const guint32 *places;
          guint32 place;
          guint64 n_places = get_places (crossing->map, lines[entry], &place, &places);

          for (guint64 k = 0; k < n_places; k++)
            {
              guint64 row = crossing->by_minor ? places[k] : i;

              if (counts != NULL)
                counts[row + 1]++;
              else
                put_entry (crossing, row, crossing->by_minor ? i : places[k], entry);
            }
          if (++n_done % ENTRIES_AT_ONCE == 0
              && g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
        }
      if (i % ENTRIES_AT_ONCE == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
arrange (Crossing *crossing, GCancellable *cancellable, GError **error)
{
  AnnBlock *block = crossing->block;
  const guint64 n_rows = block->count;
  guint64 *pointers;

  block->indptr = ann_buffer_new_vector (ANN_DTYPE_UINT64, n_rows + 1, error);
  if (block->indptr == NULL || !find_starts (crossing, error))
    return FALSE;

  pointers = ann_buffer_get_data_for_writing (block->indptr);
  if (!go_through (crossing, pointers, cancellable, error))
    return FALSE;
  for (guint64 i = 0; i < n_rows; i++)
    pointers[i + 1] += pointers[i];

  crossing->is_wide = block->width > (guint64) G_MAXINT32;
  block->indices = ann_buffer_new_vector (crossing->is_wide ? ANN_DTYPE_INT64 : ANN_DTYPE_INT32,
                                          pointers[n_rows], error);
  if (block->indices == NULL)
    return FALSE;
  block->values = ann_buffer_new_vector (ann_element_get_dtype (ANN_ELEMENT (crossing->matrix)),
                                         pointers[n_rows], error);
  if (block->values == NULL)
    return FALSE;
  crossing->next = g_try_new (guint64, MAX (n_rows, 1));
  if (crossing->next == NULL)
    return set_no_memory (n_rows, error);
  memcpy (crossing->next, pointers, n_rows * sizeof (guint64));

  return go_through (crossing, NULL, cancellable, error);
}

AnnBlock *
_ann_sparse_read_crossing_of_map (AnnSparse *self,
                                  AnnSelection *majors,
                                  const AnnLineMap *map,
                                  guint64 n_minors,
                                  gboolean by_minor,
                                  GCancellable *cancellable,
                                  GError **error)
{
  const guint64 n_majors = ann_selection_get_length (majors);
  g_autoptr (AnnSelection) sorted = NULL;
  g_auto (Crossing) crossing = {
    .matrix = self,
    .majors = majors,
    .map = map,
    .by_minor = by_minor,
    .value_size = ann_dtype_get_size (ann_element_get_dtype (ANN_ELEMENT (self))),
  };

  sorted = ann_selection_is_rising (majors) ? ann_selection_ref (majors)
                                            : sort_selection (majors, error);
  if (sorted == NULL)
    return NULL;
  crossing.entries.selection = sorted;
  crossing.block = by_minor ? ann_block_new (0, n_minors, n_majors)
                            : ann_block_new (0, n_majors, n_minors);

  if (!_ann_sparse_search (self, map, &crossing.entries, cancellable, error)
      || !arrange (&crossing, cancellable, error))
    return NULL;

  return g_steal_pointer (&crossing.block);
}

AnnBlock *
_ann_sparse_read_crossing (AnnSparse *self,
                           AnnSelection *majors,
                           AnnSelection *minors,
                           gboolean by_minor,
                           GCancellable *cancellable,
                           GError **error)
{
  g_auto (AnnLineMap) map = { 0 };

  if (!_ann_line_map_init (&map, minors, error))
    return NULL;

  return _ann_sparse_read_crossing_of_map (self, majors, &map, ann_selection_get_length (minors),
                                           by_minor, cancellable, error);
}
