/* ann-selection-private.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-selection.h"

G_BEGIN_DECLS

/* Takes @positions, g_malloc()ed, which lie on an axis that an index can reach. */
AnnSelection *_ann_selection_new_take (guint64 *positions, guint64 length, guint64 axis_length);

/**
 * AnnSelectionPiece:
 * @start: its first position
 * @length: how many it has
 * @first: how many those before it have; need not be set by who asks for a selection
 *
 * A range that is part of a selection.
 */
typedef struct {
  guint64 start;
  guint64 length;
  guint64 first;
} AnnSelectionPiece;

/* Ranges in the order of the axis, apart or next to each other, which lie on it: takes the memory
 * of the ranges, and not of their positions. (transfer full)
 */
AnnSelection *_ann_selection_new_pieces (const AnnSelectionPiece *pieces,
                                         gsize n_pieces,
                                         guint64 axis_length) G_GNUC_WARN_UNUSED_RESULT;

/* --- ann-selection-pieces.c: arrays of AnnSelectionPiece --- */

/* Without empty ones; what lies next to each other is one. (transfer full) */
GArray *_ann_selection_pieces_join (const AnnSelectionPiece *pieces, gsize n)
    G_GNUC_WARN_UNUSED_RESULT;

/* @n_left: (out) (optional): how many positions of the piece there are from this one on */
guint64 _ann_selection_pieces_get (const GArray *pieces, guint64 index, guint64 *n_left);

/* What of them is at @n places from @first on, which there are. (transfer full) */
GArray *_ann_selection_pieces_cut (const GArray *pieces, guint64 first, guint64 n)
    G_GNUC_WARN_UNUSED_RESULT;

/* --- ann-selection.c --- */

/* What @outer selects of what @inner selects. */
AnnSelection *_ann_selection_compose (AnnSelection *inner, AnnSelection *outer, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* How many positions from @first on follow each other on the axis, @max at most. */
guint64 _ann_selection_count_neighbors (const AnnSelection *self, guint64 first, guint64 max);

/* --- ann-selection-sort.c --- */

/* The places in @self, sorted by the position there; of the same position the first comes first.
 * Takes 8 bytes a position, 4 of which are handed out. (transfer full)
 */
guint32 *_ann_selection_sort (const AnnSelection *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
