/* ann-runs-private.h: which elements of an axis are wanted, and where they go
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-box.h"
#include "base/ann-pile-private.h"
#include "base/ann-selection.h"

G_BEGIN_DECLS

/* @count elements from @from on, which become @to and what follows in the result. */
typedef struct {
  guint64 from;
  guint64 to;
  guint64 count;
} AnnRun;

/**
 * AnnRuns:
 *
 * What is wanted of one axis, in any order; elements may be wanted more than once. All zeros is
 * nothing.
 */
typedef struct {
  AnnPile pile; /* of AnnRun */
} AnnRuns;

/* Adds @count elements; they go on with the last run where they can. */
gboolean _ann_runs_add (AnnRuns *self, guint64 from, guint64 to, guint64 count, GError **error);
gboolean _ann_runs_add_selection (AnnRuns *self, const AnnSelection *selection, GError **error);
gsize _ann_runs_get_n (const AnnRuns *self);
AnnRun *_ann_runs_get (const AnnRuns *self);
void _ann_runs_clear (AnnRuns *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnRuns, _ann_runs_clear)

/**
 * AnnCell:
 * @start: where it begins on the axis
 * @extent: how much of the axis holds all of its runs
 * @first: the first of its runs
 * @n: how many
 *
 * A piece of an axis that is read as a whole.
 */
typedef struct {
  guint64 start;
  guint64 extent;
  gsize first;
  gsize n;
} AnnCell;

/**
 * AnnCells:
 *
 * The runs of an axis by the pieces in which they are read: no run leaves its piece.
 */
typedef struct {
  AnnRuns runs;  /* by rising place on the axis */
  AnnPile cells; /* of AnnCell, likewise */
} AnnCells;

/* Cuts @runs, which it takes, at multiples of @length. Each piece that a run touches becomes one
 * cell; where @max_gap is less than @length, it begins and ends with its runs, and is cut where
 * more elements than that are not wanted.
 */
gboolean _ann_cells_init (AnnCells *self,
                          AnnRuns *runs,
                          guint64 length,
                          guint64 max_gap,
                          GError **error);
gsize _ann_cells_get_n (const AnnCells *self);
const AnnCell *_ann_cells_get (const AnnCells *self, gsize index);
void _ann_cells_clear (AnnCells *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnCells, _ann_cells_clear)

/**
 * AnnScatter:
 * @runs: on each axis
 * @n_runs: how many there are on it
 * @origins: which element of the axis is the first of the piece
 * @from_shape: of the piece
 * @to_shape: of the result
 *
 * The way of the elements of one piece into the result.
 */
typedef struct {
  guint rank;
  gsize item_size;
  const AnnRun *runs[ANN_MAX_RANK];
  gsize n_runs[ANN_MAX_RANK];
  guint64 origins[ANN_MAX_RANK];
  const guint64 *from_shape;
  const guint64 *to_shape;
} AnnScatter;

void _ann_scatter (const AnnScatter *self, const guint8 *from, guint8 *to);

G_END_DECLS
