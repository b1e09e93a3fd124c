/* ann-array-strings.c: the texts of an array
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-array-runs-private.h"

#include "array/ann-array-private.h"
#include "array/ann-slabs-private.h"
#include "base/ann-error.h"

/* A call into the format is for so many texts at most, unless a chunk holds more; what is read over
 * rather than left out, where there are no chunks; and how many calls are under way at once.
 */
#define MAX_PIECE_STRINGS ((gsize) 16 * 1024)
#define MAX_GAP_STRINGS 1024
#define MAX_PIECES 64

static AnnStrings *
read_box (AnnArray *self, const AnnBox *box, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnStrings) texts = NULL;
  gsize n;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  texts = ANN_ARRAY_GET_CLASS (self)->read_strings (self, box, cancellable, error);
  if (texts != NULL && (!ann_box_get_n_elements (box, &n) || ann_strings_get_length (texts) != n))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: %" G_GSIZE_FORMAT " texts came, which is not the number asked for",
                   ann_array_get_path (self), ann_strings_get_length (texts));
      return NULL;
    }

  return g_steal_pointer (&texts);
}

static gboolean
check_has_texts (AnnArray *self, GError **error)
{
  const AnnDtype dtype = ann_array_get_dtype (self);

  if (ANN_ARRAY_GET_CLASS (self)->read_strings != NULL && ann_dtype_comes_as_strings (dtype))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
               "%s: values of type %s cannot be read as texts", ann_array_get_path (self),
               ann_array_get_type_description (self));

  return FALSE;
}

/* --- Pieces, several at once --- */

/* Pieces [@first, @first + MAX_PIECES) of a box or of an axis, in places of their own. */
typedef struct {
  AnnArray *array;
  const AnnSlabs *slabs; /* or */
  const AnnCells *cells; /* of the first axis */
  guint64 width;         /* texts for one index of the first axis */
  gsize first;
  AnnStrings *pieces[MAX_PIECES];
} Wave;

/* Only what is wanted of a piece. */
static AnnStrings *
pick (const Wave *wave, const AnnCell *cell, const AnnStrings *texts, GError **error)
{
  const AnnRun *runs = &_ann_runs_get (&wave->cells->runs)[cell->first];
  g_autoptr (AnnStrings) picked = ann_strings_new ();

  for (gsize i = 0; i < cell->n; i++)
    {
      if (!ann_strings_append_range (picked, texts, (runs[i].from - cell->start) * wave->width,
                                     runs[i].count * wave->width, error))
        return NULL;
    }

  return g_steal_pointer (&picked);
}

static AnnStrings *
read_piece (const Wave *wave, gsize index, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnStrings) texts = NULL;
  const AnnCell *cell;
  AnnBox box;

  if (wave->slabs != NULL)
    {
      _ann_slabs_get (wave->slabs, index, &box);
      return read_box (wave->array, &box, cancellable, error);
    }

  cell = _ann_cells_get (wave->cells, index);
  ann_box_init_whole (&box, ann_array_get_rank (wave->array), ann_array_get_shape (wave->array));
  box.start[0] = cell->start;
  box.count[0] = cell->extent;
  texts = read_box (wave->array, &box, cancellable, error);
  if (texts == NULL || cell->n == 1)
    return g_steal_pointer (&texts);

  return pick (wave, cell, texts, error);
}

static gboolean
read_some_pieces (gsize first,
                  gsize n,
                  gpointer user_data,
                  GCancellable *cancellable,
                  GError **error)
{
  Wave *wave = user_data;

  for (gsize i = first; i < first + n; i++)
    {
      wave->pieces[i] = read_piece (wave, wave->first + i, cancellable, error);
      if (wave->pieces[i] == NULL)
        return FALSE;
    }

  return TRUE;
}

static void
wave_clear (Wave *wave)
{
  for (guint i = 0; i < MAX_PIECES; i++)
    g_clear_pointer (&wave->pieces[i], ann_strings_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wave, wave_clear)

/* Reads all pieces and puts them behind each other. */
static AnnStrings *
read_pieces (Wave *wave, gsize n_pieces, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnStrings) result = NULL;

  for (wave->first = 0; wave->first < n_pieces; wave->first += MAX_PIECES)
    {
      const gsize n = MIN (n_pieces - wave->first, MAX_PIECES);

      if (!_ann_array_parallel (wave->array, n, read_some_pieces, wave, cancellable, error))
        return NULL;
      if (n_pieces == 1)
        return g_steal_pointer (&wave->pieces[0]);

      if (result == NULL)
        result = ann_strings_new ();
      for (gsize i = 0; i < n; i++)
        {
          if (!ann_strings_append_range (result, wave->pieces[i], 0,
                                         ann_strings_get_length (wave->pieces[i]), error))
            return NULL;
        }
      wave_clear (wave);
    }

  return g_steal_pointer (&result);
}

/* --- Boxes --- */

/**
 * ann_array_read_strings: (skip)
 * @self: an array of texts
 * @box: which elements
 * @cancellable: (nullable): looked at now and then
 * @error: return location for an error, or %NULL
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full): the texts in C order, or %NULL with @error set
 */
AnnStrings *
ann_array_read_strings (AnnArray *self,
                        const AnnBox *box,
                        GCancellable *cancellable,
                        GError **error)
{
  g_auto (Wave) wave = { .array = self };
  gsize n_elements;
  AnnSlabs slabs;

  g_return_val_if_fail (ANN_IS_ARRAY (self), NULL);
  g_return_val_if_fail (box != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!_ann_array_check_box (self, box, error) || !check_has_texts (self, error))
    return NULL;
  if (!ann_box_get_n_elements (box, &n_elements))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: there are more texts than an address can count", ann_array_get_path (self));
      return NULL;
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (n_elements == 0)
    return ann_strings_new ();
  if (box->rank == 1)
    {
      g_autoptr (AnnSelection) rows = ann_selection_new_range (box->start[0], box->count[0], 1,
                                                               ann_array_get_length (self), error);

      return rows != NULL ? _ann_array_read_strings_selection (self, rows, cancellable, error)
                          : NULL;
    }

  _ann_slabs_init (&slabs, box, MAX_PIECE_STRINGS);
  wave.slabs = &slabs;

  return read_pieces (&wave, slabs.n_slabs, cancellable, error);
}

/**
 * ann_array_read_strings_range:
 * @self: an array of texts with one axis
 * @start: the first element
 * @count: how many
 * @cancellable: (nullable): looked at now and then
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full): the texts, or %NULL with @error set
 */
AnnStrings *
ann_array_read_strings_range (AnnArray *self,
                              guint64 start,
                              guint64 count,
                              GCancellable *cancellable,
                              GError **error)
{
  const AnnBox box = { 1, { start }, { count } };

  return ann_array_read_strings (self, &box, cancellable, error);
}

/* --- Selections --- */

/* Where in the texts of all pieces, one behind the other, the n-th of the result is. */
static guint64 *
find_places (const AnnCells *cells, guint64 n_rows, GError **error)
{
  guint64 *places = g_try_new (guint64, n_rows);
  const AnnRun *runs = _ann_runs_get (&cells->runs);
  guint64 n_before = 0;

  if (places == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "No memory for the places of %" G_GUINT64_FORMAT " texts", n_rows);
      return NULL;
    }

  for (gsize i = 0; i < _ann_runs_get_n (&cells->runs); i++)
    {
      for (guint64 k = 0; k < runs[i].count; k++)
        places[runs[i].to + k] = n_before++;
    }

  return places;
}

/* Puts the texts, which are in the order of the axis, into the order asked. */
static AnnStrings *
arrange (const Wave *wave, const AnnStrings *texts, guint64 n_rows, GError **error)
{
  g_autofree guint64 *places = find_places (wave->cells, n_rows, error);
  g_autoptr (AnnStrings) result = ann_strings_new ();

  if (places == NULL)
    return NULL;

  for (guint64 i = 0; i < n_rows; i++)
    {
      if (!ann_strings_append_range (result, texts, places[i] * wave->width, wave->width, error))
        return NULL;
    }

  return g_steal_pointer (&result);
}

AnnStrings *
_ann_array_read_strings_selection (AnnArray *self,
                                   AnnSelection *rows,
                                   GCancellable *cancellable,
                                   GError **error)
{
  const guint64 *chunk_shape = ann_array_get_chunk_shape (self);
  const guint64 *shape = ann_array_get_shape (self);
  const guint64 n_rows = ann_selection_get_length (rows);
  g_auto (AnnRuns) runs = { { NULL, 0, 0 } };
  g_auto (AnnCells) cells = { { { NULL, 0, 0 } }, { NULL, 0, 0 } };
  g_auto (Wave) wave = { .array = self, .cells = &cells, .width = 1 };
  guint64 length;
  guint64 max_gap = MAX_GAP_STRINGS;
  AnnStrings *texts;

  if (!check_has_texts (self, error) || !_ann_runs_add_selection (&runs, rows, error))
    return NULL;

  for (guint i = 1; i < ann_array_get_rank (self); i++)
    {
      if (!g_uint64_checked_mul (&wave.width, wave.width, shape[i]))
        wave.width = G_MAXUINT64;
    }
  if (n_rows == 0 || wave.width == 0)
    return ann_strings_new ();

  /* A stored chunk lies in one piece, for it is decoded as a whole. */
  length = MAX (MAX_PIECE_STRINGS / wave.width, 1);
  if (chunk_shape != NULL && chunk_shape[0] > 0)
    {
      max_gap = chunk_shape[0];
      length = MAX (length / chunk_shape[0], 1) * chunk_shape[0];
    }
  if (!_ann_cells_init (&cells, &runs, length, MIN (max_gap, length - 1), error))
    return NULL;

  texts = read_pieces (&wave, _ann_cells_get_n (&cells), cancellable, error);
  if (texts != NULL && !ann_selection_is_rising (rows))
    {
      g_autoptr (AnnStrings) unarranged = texts;

      texts = arrange (&wave, unarranged, n_rows, error);
    }

  return texts;
}
