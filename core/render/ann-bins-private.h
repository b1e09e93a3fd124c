/* ann-bins-private.h: sums over the pixels of a rectangle of tiles
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-buffer.h"
#include "render/ann-tile.h"

G_BEGIN_DECLS

/**
 * AnnSpan:
 * @first: the first cell; the first of a tile
 * @n_cells: how many, to the end of a tile or of the matrix
 * @level: a pixel has 2^@level cells, the last one perhaps fewer
 * @n_pixels: how many pixels that makes
 *
 * A stretch of one axis in cells and in pixels.
 */
typedef struct {
  guint64 first;
  guint64 n_cells;
  guint level;
  gsize n_pixels;
} AnnSpan;

/* Cells [first, first + count) of an axis. */
typedef struct {
  guint64 first;
  guint64 count;
} AnnRun;

/**
 * AnnBins:
 * @major: the axis by which the matrix is stored: the rows unless it is sparse by columns
 * @minor: the other one
 * @sums: of the values seen in each pixel, @minor.n_pixels in a row
 * @n_missing: (nullable): how many NaN were seen in each; %NULL as long as there was none
 * @n_major: how many cells along the major axis each major pixel has seen
 * @n_minor: likewise
 *
 * What a pixel has seen is a box of n_major × n_minor cells: all of its cells in an exact picture.
 * Where a major (or minor) pixel has seen none, the nearest one that has is shown.
 */
typedef struct {
  AnnSpan major;
  AnnSpan minor;
  double *sums;
  double *n_missing;
  double *n_major;
  double *n_minor;
} AnnBins;

void _ann_span_init (AnnSpan *span,
                     guint64 n_cells,
                     guint level,
                     guint64 first_tile,
                     gsize n_tiles);

AnnBins *_ann_bins_new (const AnnSpan *major, const AnnSpan *minor, GError **error);
void _ann_bins_free (AnnBins *self);
gboolean _ann_bins_need_missing (AnnBins *self, GError **error);

void _ann_bins_mark_major (AnnBins *self, const AnnRun *run);
void _ann_bins_mark_minor (AnnBins *self, const AnnRun *run);

void _ann_span_mark (const AnnSpan *span, double *n_seen, const AnnRun *run);
void _ann_span_find_nearest (const double *n_seen,
                             gsize n_pixels,
                             gsize first,
                             gsize n,
                             gsize *nearest);

AnnTile *_ann_bins_make_tile (AnnBins *self,
                              const AnnTileKey *key,
                              gboolean by_columns,
                              GError **error);

/**
 * AnnEntries:
 * @start: the major cell of the first row
 * @count: how many rows
 * @indptr: @count + 1, in entries from the beginning of the buffers
 * @indices: the minor cells
 * @values: what is in them
 * @n_parts: 0 for whole rows, or all of one; else this is one of so many parts of one row, between
 *   which others are left out
 * @part: which of them
 * @offset: where the part begins, in entries from the beginning of the row
 * @n_row: how many entries the row has
 *
 * Rows of a sparse matrix (columns, if it is stored by columns), or a part of one that is long.
 */
typedef struct {
  guint64 start;
  gsize count;
  const guint64 *indptr;
  AnnBuffer *indices;
  AnnBuffer *values;
  guint n_parts;
  guint part;
  guint64 offset;
  guint64 n_row;
} AnnEntries;

gboolean _ann_bins_add_entries (AnnBins *self, const AnnEntries *entries, GError **error);

void _ann_bins_fold_part (AnnBins *self,
                          const AnnEntries *entries,
                          guint64 n_minor,
                          double *sums,
                          double *n_seen);

/* A box of a dense matrix; @stride in values. */
typedef struct {
  AnnRun major;
  AnnRun minor;
  AnnDtype dtype;
  gconstpointer values;
  gsize stride;
} AnnPatch;

gboolean _ann_bins_add_patch (AnnBins *self, const AnnPatch *patch, GMutex *mutex, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnBins, _ann_bins_free)

G_END_DECLS
