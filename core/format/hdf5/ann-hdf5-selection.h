/* ann-hdf5-selection.h: parts of arrays, as virtual datasets name them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-box.h"
#include "format/hdf5/ann-hdf5-cursor.h"

G_BEGIN_DECLS

/* A few indices of an axis that follow each other; @ordinal counts those selected before them. */
typedef struct {
  guint64 start;
  guint64 size;
  guint64 ordinal;
} AnnHdf5Interval;

/**
 * AnnHdf5SelectedAxis:
 * @start: the first index
 * @stride: from the first index of a block to that of the next one; not 0
 * @count: blocks; G_MAXUINT64 for as many as there is room for
 * @block: indices of a block; G_MAXUINT64 for as many as there is room for
 * @intervals: (nullable): instead of the above, if blocks do not follow a pattern
 * @size: how many indices are selected: their ordinals are less
 * @is_limited: it was open; @size may end within a block
 */
typedef struct {
  guint64 start;
  guint64 stride;
  guint64 count;
  guint64 block;
  guint n_intervals;
  AnnHdf5Interval *intervals;
  guint64 size;
  gboolean is_limited;
} AnnHdf5SelectedAxis;

/**
 * AnnHdf5Selection:
 * @is_all: all elements; the axes are known once it is bound
 * @is_none: no elements
 *
 * Of each axis some indices: the elements that have one of them on every axis. After the HDF5
 * File Format Specification, III.F and IV.A.2.b.
 */
typedef struct {
  gboolean is_all;
  gboolean is_none;
  guint rank;
  AnnHdf5SelectedAxis *axes;
} AnnHdf5Selection;

/* Understands a selection where @cursor is, and moves it behind it. Clear it in any case. An error
 * for elements one by one, and for blocks that are not of each axis some.
 */
gboolean _ann_hdf5_selection_init (AnnHdf5Selection *self,
                                   AnnHdf5Cursor *cursor,
                                   const char *path,
                                   GError **error);
void _ann_hdf5_selection_clear (AnnHdf5Selection *self);

/* Says what the selection is of: an error if it does not lie in an array of this shape. What has no
 * end gets that of the array.
 */
gboolean _ann_hdf5_selection_bind (AnnHdf5Selection *self,
                                   guint rank,
                                   const guint64 *shape,
                                   const char *path,
                                   GError **error);

/* The axis on which the selection goes on for as long as there is room. FALSE if there is none;
 * only before it is bound.
 */
gboolean _ann_hdf5_selection_get_open_axis (const AnnHdf5Selection *self, guint *axis);

/* Ends an open axis after @size indices. Returns the end of the array that it takes for that. */
guint64 _ann_hdf5_selected_axis_set_size (AnnHdf5SelectedAxis *self, guint64 size);

/* Where the last index of an axis that is not open ends; saturates. */
guint64 _ann_hdf5_selected_axis_get_end (const AnnHdf5SelectedAxis *self);

/* The index that has @ordinal; @run tells how many indices follow each other from there. */
guint64 _ann_hdf5_selected_axis_get (const AnnHdf5SelectedAxis *self,
                                     guint64 ordinal,
                                     guint64 *run);

/* The ordinal of the first selected index that is not less than @index. */
guint64 _ann_hdf5_selected_axis_find (const AnnHdf5SelectedAxis *self, guint64 index);

/* The next axis, from @i on, on which more than one index is selected; the rank if there is none.
 */
guint _ann_hdf5_selection_skip_single (const AnnHdf5Selection *self, guint i);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnHdf5Selection, _ann_hdf5_selection_clear)

G_END_DECLS
