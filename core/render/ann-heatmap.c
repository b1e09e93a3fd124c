/* ann-heatmap.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-heatmap.h"

#include "array/ann-array-private.h"
#include "base/ann-error.h"
#include "render/ann-heatmap-private.h"

/* A pixel is the mean over its cells, zeros that are not stored included; those at the edge of the
 * matrix have fewer cells. NaN cells are left out, a pixel of nothing else is NaN. Infinite values
 * take part, and make their pixel infinite.
 *
 * A matrix is read along the axis by which it is stored: one band of tiles is one reading, for all
 * tiles that are wanted of it. A dense one is read by chunks, so tiles that share chunks belong
 * together.
 *
 * A coarse tile is made from a bounded part: of a sparse matrix from stripes of neighbouring rows,
 * evenly spread, as many as the budget of its band pays for; of a dense one from evenly spread
 * chunks. A pixel of it is the mean over those of its cells that were read; where none were,
 * it repeats the nearest pixel row (and column) that has some. How many stripes there are depends
 * on the time, too: they are read in an order in which one can stop anywhere.
 */

/* Workers of a queue that wait for a network. */
#define MIN_REMOTE_THREADS 8

G_DEFINE_FINAL_TYPE (AnnHeatmap, ann_heatmap, G_TYPE_OBJECT)

static void
ann_heatmap_finalize (GObject *object)
{
  AnnHeatmap *self = ANN_HEATMAP (object);

  g_clear_object (&self->values);
  g_clear_object (&self->indices);
  g_clear_object (&self->indptr);
  g_clear_object (&self->matrix);

  G_OBJECT_CLASS (ann_heatmap_parent_class)->finalize (object);
}

static void
ann_heatmap_class_init (AnnHeatmapClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_heatmap_finalize;
}

static void
ann_heatmap_init (G_GNUC_UNUSED AnnHeatmap *self)
{
}

/* --- What is known of the storage --- */

static guint64
get_chunk_length (AnnArray *array)
{
  const guint64 *shape = ann_array_get_chunk_shape (array);

  return shape != NULL ? MAX (shape[0], 1) : 1;
}

static gsize
get_chunk_size (AnnArray *array)
{
  return get_chunk_length (array) * ann_dtype_get_size (ann_array_get_dtype (array));
}

static void
learn_sparse (AnnHeatmap *self, AnnArray **arrays, gsize n_arrays)
{
  self->entry_size = ann_dtype_get_size (ann_element_get_dtype (self->matrix)) + sizeof (gint64);
  self->entries_per_major = (double) self->n_minor;
  self->chunk_entries = 1;
  if (!ANN_IS_SPARSE (self->matrix) || n_arrays != 3)
    return;

  self->values = g_object_ref (arrays[0]);
  self->indices = g_object_ref (arrays[1]);
  self->indptr = g_object_ref (arrays[2]);
  self->entry_size = ann_dtype_get_size (ann_element_get_dtype (self->matrix))
                     + ann_dtype_get_size (ann_array_get_dtype (self->indices));
  self->chunk_entries = get_chunk_length (self->values);
  self->stripe_size = get_chunk_size (self->values) + get_chunk_size (self->indices)
                      + get_chunk_size (self->indptr);
  if (self->n_major > 0)
    self->entries_per_major = (double) ann_sparse_guess_n_stored (ANN_SPARSE (self->matrix))
                              / (double) self->n_major;
}

static void
learn_dense (AnnHeatmap *self, AnnArray **arrays, gsize n_arrays)
{
  const guint64 *shape;

  self->entry_size = ann_dtype_get_size (ann_element_get_dtype (self->matrix));
  self->entries_per_major = (double) self->n_minor;
  self->chunk_rows = 1;
  self->chunk_columns = MAX (self->n_columns, 1);
  if (n_arrays != 1 || ann_array_get_rank (arrays[0]) != 2
      || ann_array_get_dtype (arrays[0]) != ann_element_get_dtype (self->matrix))
    return;

  shape = ann_array_get_shape (arrays[0]);
  if (shape[0] != self->n_rows || shape[1] != self->n_columns)
    return;

  self->values = g_object_ref (arrays[0]);
  shape = ann_array_get_chunk_shape (arrays[0]);
  if (shape != NULL)
    {
      self->chunk_rows = MAX (shape[0], 1);
      self->chunk_columns = MAX (shape[1], 1);
    }
  else /* any part of a row can be read: what is not worth dividing counts as a chunk */
    self->chunk_columns = CLAMP (self->n_columns, 1, 65536 / self->entry_size);
}

static void
learn_storage (AnnHeatmap *self)
{
  gsize n_arrays = 0;
  AnnArray **arrays = ann_element_list_arrays (self->matrix, &n_arrays);

  if (self->is_sparse)
    learn_sparse (self, arrays, n_arrays);
  else
    learn_dense (self, arrays, n_arrays);

  for (gsize i = 0; i < n_arrays; i++)
    g_object_unref (arrays[i]);
  g_free (arrays);
}

/**
 * ann_heatmap_new:
 * @matrix: a matrix of real numbers
 * @error: return location for a [error@Ann.Error], or %NULL
 *
 * Makes a picture source of a dense matrix or a sparse one. Reads nothing.
 *
 * Returns: (transfer full): a heatmap, or %NULL with @error set: `ANN_ERROR_UNSUPPORTED` if the
 *   element is not a matrix of real numbers, the element's own error if it is broken
 */
AnnHeatmap *
ann_heatmap_new (AnnElement *matrix, GError **error)
{
  AnnHeatmap *self;
  AnnElementKind kind;
  const guint64 *shape;

  g_return_val_if_fail (ANN_IS_ELEMENT (matrix), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (ann_element_get_state (matrix) != ANN_ELEMENT_OK)
    {
      g_propagate_error (error, g_error_copy (ann_element_get_error (matrix)));
      return NULL;
    }

  kind = ann_element_get_kind (matrix);
  if (!ann_element_is_matrix (matrix) || !ann_dtype_is_real (ann_element_get_dtype (matrix))
      || (kind != ANN_ELEMENT_DENSE && kind != ANN_ELEMENT_CSR && kind != ANN_ELEMENT_CSC))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s is not a matrix of real numbers, so it has no heatmap",
                   ann_element_get_path (matrix));
      return NULL;
    }

  self = g_object_new (ANN_TYPE_HEATMAP, NULL);
  self->matrix = g_object_ref (matrix);
  shape = ann_element_get_shape (matrix);
  self->n_rows = shape[0];
  self->n_columns = shape[1];
  self->is_sparse = kind != ANN_ELEMENT_DENSE;
  self->by_columns = kind == ANN_ELEMENT_CSC;
  self->n_major = self->by_columns ? self->n_columns : self->n_rows;
  self->n_minor = self->by_columns ? self->n_rows : self->n_columns;
  learn_storage (self);
  self->coarse_time = ann_heatmap_is_far (self) ? ANN_FAR_TIME : ANN_COARSE_TIME;

  return self;
}

/**
 * ann_heatmap_get_matrix:
 * @self: a heatmap
 *
 * Returns: (transfer none): the matrix that it shows
 */
AnnElement *
ann_heatmap_get_matrix (AnnHeatmap *self)
{
  g_return_val_if_fail (ANN_IS_HEATMAP (self), NULL);

  return self->matrix;
}

/**
 * ann_heatmap_get_n_rows:
 * @self: a heatmap
 *
 * Returns: how many rows the matrix has
 */
guint64
ann_heatmap_get_n_rows (AnnHeatmap *self)
{
  g_return_val_if_fail (ANN_IS_HEATMAP (self), 0);

  return self->n_rows;
}

/**
 * ann_heatmap_get_n_columns:
 * @self: a heatmap
 *
 * Returns: how many columns the matrix has
 */
guint64
ann_heatmap_get_n_columns (AnnHeatmap *self)
{
  g_return_val_if_fail (ANN_IS_HEATMAP (self), 0);

  return self->n_columns;
}

/**
 * ann_heatmap_is_far:
 * @self: a heatmap
 *
 * Returns: whether its values come over a network: then an exact picture of much is worth a
 * question
 */
gboolean
ann_heatmap_is_far (AnnHeatmap *self)
{
  g_return_val_if_fail (ANN_IS_HEATMAP (self), FALSE);

  return self->values != NULL && _ann_array_waits (self->values);
}

/* --- Groups --- */

/* How many tiles lie in a chunk along one axis, at least one. */
static guint64
count_tiles_in_chunk (guint64 chunk, guint level)
{
  return MAX (chunk >> (level + 8), 1);
}

/**
 * ann_heatmap_same_group: (skip)
 * @self: a heatmap
 * @a: a tile
 * @b: another tile
 *
 * Returns: whether one reading serves both: whether they lie in one band of tiles along the axis by
 *   which a sparse matrix is stored, or in the same chunk of a dense one
 */
gboolean
ann_heatmap_same_group (AnnHeatmap *self, const AnnTileKey *a, const AnnTileKey *b)
{
  guint64 rows, columns;

  g_return_val_if_fail (ANN_IS_HEATMAP (self), FALSE);
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  if (a->row_level != b->row_level || a->column_level != b->column_level
      || !a->is_coarse != !b->is_coarse)
    return FALSE;

  if (self->is_sparse)
    return self->by_columns ? a->column == b->column : a->row == b->row;

  rows = count_tiles_in_chunk (self->chunk_rows, a->row_level);
  columns = count_tiles_in_chunk (self->chunk_columns, a->column_level);

  return a->row / rows == b->row / rows && a->column / columns == b->column / columns;
}

/* Bytes that the exact tiles of these bands take, decoded. */
static double
estimate_size (AnnHeatmap *self, const AnnTileKey *keys, gsize n_keys)
{
  double n_cells = 0;

  for (gsize i = 0; i < n_keys; i++)
    {
      AnnSpan rows, columns;
      gboolean is_counted = FALSE;

      /* A sparse band is read once for all its tiles, and whole. */
      for (gsize k = 0; k < i && self->is_sparse && !is_counted; k++)
        is_counted = ann_heatmap_same_group (self, &keys[i], &keys[k]);
      if (is_counted)
        continue;

      _ann_span_init (&rows, self->n_rows, keys[i].row_level, keys[i].row, 1);
      _ann_span_init (&columns, self->n_columns, keys[i].column_level, keys[i].column, 1);
      if (!self->is_sparse)
        n_cells += (double) rows.n_cells * (double) columns.n_cells;
      else
        n_cells += (self->by_columns ? (double) columns.n_cells : (double) rows.n_cells)
                   * self->entries_per_major;
    }

  return n_cells * (double) self->entry_size;
}

static gboolean
is_within (AnnHeatmap *self, const AnnTileKey *key)
{
  return key->row_level <= ANN_TILE_MAX_LEVEL && key->column_level <= ANN_TILE_MAX_LEVEL
         && self->n_rows > 0 && self->n_columns > 0
         && key->row <= (self->n_rows - 1) >> (key->row_level + 8)
         && key->column <= (self->n_columns - 1) >> (key->column_level + 8);
}

/**
 * ann_heatmap_needs_coarse: (skip)
 * @self: a heatmap
 * @keys: (array length=n_keys): tiles that are to be shown
 * @n_keys: how many
 *
 * Returns: whether coarse tiles would be there much sooner than these exact ones. Where not, it is
 *   no use to ask for them
 */
gboolean
ann_heatmap_needs_coarse (AnnHeatmap *self, const AnnTileKey *keys, gsize n_keys)
{
  g_return_val_if_fail (ANN_IS_HEATMAP (self), FALSE);
  g_return_val_if_fail (keys != NULL || n_keys == 0, FALSE);

  for (gsize i = 0; i < n_keys; i++)
    g_return_val_if_fail (is_within (self, &keys[i]), FALSE);

  return estimate_size (self, keys, n_keys)
         > (ann_heatmap_is_far (self) ? ANN_FAR_THRESHOLD : ANN_COARSE_THRESHOLD);
}

/* --- Tiles --- */

/* A rectangle of tiles, inclusive. */
typedef struct {
  guint64 first_row, last_row;
  guint64 first_column, last_column;
} Rectangle;

static Rectangle
find_rectangle (const AnnTileKey *keys, gsize n_keys)
{
  Rectangle r = { keys[0].row, keys[0].row, keys[0].column, keys[0].column };

  for (gsize i = 1; i < n_keys; i++)
    {
      r.first_row = MIN (r.first_row, keys[i].row);
      r.last_row = MAX (r.last_row, keys[i].row);
      r.first_column = MIN (r.first_column, keys[i].column);
      r.last_column = MAX (r.last_column, keys[i].column);
    }

  return r;
}

/* What a coarse group of a dense matrix may decode, however many of its tiles are asked for. */
static gsize
get_coarse_budget (AnnHeatmap *self, const AnnTileKey *key)
{
  guint64 rows = MIN (count_tiles_in_chunk (self->chunk_rows, key->row_level),
                      ((self->n_rows - 1) >> (key->row_level + 8)) + 1);
  guint64 columns = MIN (count_tiles_in_chunk (self->chunk_columns, key->column_level),
                         ((self->n_columns - 1) >> (key->column_level + 8)) + 1);
  guint64 most = ANN_COARSE_BAND_SIZE / ANN_COARSE_TILE_SIZE;

  return MIN (MIN (rows, most) * MIN (columns, most), most) * ANN_COARSE_TILE_SIZE;
}

gint64
_ann_heatmap_get_deadline (AnnHeatmap *self, gsize budget)
{
  if (self->coarse_time == G_MAXINT64)
    return G_MAXINT64;

  return g_get_monotonic_time ()
         + (gint64) ((double) self->coarse_time * (double) budget / ANN_COARSE_BAND_SIZE);
}

static AnnBins *
fill_bins (AnnHeatmap *self,
           const AnnTileKey *key,
           const Rectangle *r,
           GCancellable *cancellable,
           GError **error)
{
  AnnSpan rows, columns;
  g_autoptr (AnnBins) bins = NULL;
  gboolean is_filled;

  _ann_span_init (&rows, self->n_rows, key->row_level, r->first_row,
                  r->last_row - r->first_row + 1);
  _ann_span_init (&columns, self->n_columns, key->column_level, r->first_column,
                  r->last_column - r->first_column + 1);
  bins = _ann_bins_new (self->by_columns ? &columns : &rows, self->by_columns ? &rows : &columns,
                        error);
  if (bins == NULL)
    return NULL;

  if (self->is_sparse)
    is_filled = _ann_heatmap_bin_sparse (self, bins, key->is_coarse, cancellable, error);
  else
    is_filled = _ann_heatmap_bin_dense (self, bins, key->is_coarse, get_coarse_budget (self, key),
                                        cancellable, error);

  return is_filled ? g_steal_pointer (&bins) : NULL;
}

/* Tiles in one reading, those of a rectangle that they more or less fill. */
static gboolean
render_rectangle (AnnHeatmap *self,
                  const AnnTileKey *keys,
                  gsize n_keys,
                  const Rectangle *rectangle,
                  AnnTile **tiles,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (AnnBins) bins = fill_bins (self, &keys[0], rectangle, cancellable, error);

  if (bins == NULL)
    return FALSE;

  for (gsize i = 0; i < n_keys; i++)
    {
      tiles[i] = _ann_bins_make_tile (bins, &keys[i], self->by_columns, error);
      if (tiles[i] == NULL)
        return FALSE;
    }

  return TRUE;
}

static gboolean
check_keys (AnnHeatmap *self, const AnnTileKey *keys, gsize n_keys, GError **error)
{
  for (gsize i = 0; i < n_keys; i++)
    {
      if (!is_within (self, &keys[i]))
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
                       "%s has no tile %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT " at this zoom",
                       ann_element_get_path (self->matrix), keys[i].row, keys[i].column);
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * ann_heatmap_render: (skip)
 * @self: a heatmap
 * @keys: (array length=n_keys): tiles of one group
 * @n_keys: how many, at least one
 * @tiles: (out caller-allocates) (array length=n_keys): room for the tiles
 * @cancellable: (nullable): looked at before each piece that is read
 * @error: return location for an error, or %NULL
 *
 * Makes tiles from one reading. Memory is bounded by the tiles and one piece of the matrix,
 * whatever its size. Runs in any thread, and in several at once; must not run in the main loop's.
 *
 * Returns: %FALSE with @error set, and no tile in @tiles
 */
gboolean
ann_heatmap_render (AnnHeatmap *self,
                    const AnnTileKey *keys,
                    gsize n_keys,
                    AnnTile **tiles,
                    GCancellable *cancellable,
                    GError **error)
{
  Rectangle rectangle;
  gboolean is_done = TRUE;

  g_return_val_if_fail (ANN_IS_HEATMAP (self), FALSE);
  g_return_val_if_fail (keys != NULL && n_keys > 0 && tiles != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  for (gsize i = 1; i < n_keys; i++)
    g_return_val_if_fail (ann_heatmap_same_group (self, &keys[0], &keys[i]), FALSE);
  for (gsize i = 0; i < n_keys; i++)
    tiles[i] = NULL;

  if (!check_keys (self, keys, n_keys, error))
    return FALSE;

  /* Tiles far from each other would take memory for all between them. */
  rectangle = find_rectangle (keys, n_keys);
  if ((double) (rectangle.last_row - rectangle.first_row + 1)
          * (double) (rectangle.last_column - rectangle.first_column + 1)
      <= 4 * (double) n_keys + 16)
    is_done = render_rectangle (self, keys, n_keys, &rectangle, tiles, cancellable, error);
  else
    for (gsize i = 0; i < n_keys && is_done; i++)
      {
        rectangle = find_rectangle (&keys[i], 1);
        is_done = render_rectangle (self, &keys[i], 1, &rectangle, &tiles[i], cancellable, error);
      }

  for (gsize i = 0; i < n_keys && !is_done; i++)
    g_clear_pointer (&tiles[i], ann_tile_unref);

  return is_done;
}

static gboolean
render_for_queue (const AnnTileKey *keys,
                  gsize n_keys,
                  AnnTile **tiles,
                  gpointer render_data,
                  GCancellable *cancellable,
                  GError **error)
{
  return ann_heatmap_render (render_data, keys, n_keys, tiles, cancellable, error);
}

static gboolean
group_for_queue (const AnnTileKey *a, const AnnTileKey *b, gpointer render_data)
{
  return ann_heatmap_same_group (render_data, a, b);
}

/**
 * ann_heatmap_new_queue: (skip)
 * @self: a heatmap
 * @n_threads: how many workers; 2 are enough, for each of them decodes on all cores. Over a network
 *   there are at least 8, which wait at the same time
 * @ready: takes one tile
 * @user_data: data for @ready
 *
 * Returns: (transfer full): a queue that makes the tiles of @self, which it keeps alive
 */
AnnTileQueue *
ann_heatmap_new_queue (AnnHeatmap *self,
                       guint n_threads,
                       AnnTileReadyFunc ready,
                       gpointer user_data)
{
  g_return_val_if_fail (ANN_IS_HEATMAP (self), NULL);

  if (ann_heatmap_is_far (self))
    n_threads = MAX (n_threads, MIN_REMOTE_THREADS);

  return ann_tile_queue_new (n_threads, render_for_queue, group_for_queue, g_object_ref (self),
                             g_object_unref, ready, user_data);
}
