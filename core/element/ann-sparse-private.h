/* ann-sparse-private.h: for the files that read sparse matrices
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-runs-private.h"
#include "element/ann-element-private.h"
#include "element/ann-sparse.h"

G_BEGIN_DECLS

/* A matrix like @of whose stored values are those of @whole: all its rows, or columns if it is
 * sparse by them, as they were read and checked.
 */
AnnElement *_ann_sparse_new_in_memory (const AnnElementSource *source,
                                       AnnElement *of,
                                       AnnBlock *whole);

AnnArray *_ann_sparse_get_data (AnnSparse *self);
AnnArray *_ann_sparse_get_indices (AnnSparse *self);
AnnArray *_ann_sparse_get_indptr (AnnSparse *self);

/* Makes places of @count + 1 pointers from @start on, as they are stored, and checks them. */
gboolean _ann_sparse_convert_pointers (AnnSparse *self,
                                       guint64 start,
                                       guint64 count,
                                       gint64 *pointers,
                                       GCancellable *cancellable,
                                       GError **error);

/* Says that @index, at @place of the stored indices and in the line @major, is none. */
void _ann_sparse_set_index_error (AnnSparse *self,
                                  guint64 place,
                                  guint64 major,
                                  gint64 index,
                                  GError **error);

/* Whether the @n indices lie on the minor axis; if not, the first that does not. */
gboolean _ann_sparse_check_indices (AnnSparse *self,
                                    gconstpointer indices,
                                    gsize n,
                                    gsize *position,
                                    gint64 *index);

/* Adds to @lines where the entries of lines @first to @first + @n of a selection of the major axis
 * are stored: a run for each line that has some, which leads to its place in the selection.
 */
gboolean _ann_sparse_add_lines (AnnSparse *self,
                                const AnnSelection *majors,
                                guint64 first,
                                guint64 n,
                                AnnPile *lines,
                                GCancellable *cancellable,
                                GError **error);

/* Any lines of the major axis, in the order asked; the block is one of ann_sparse_read_major (). */
AnnBlock *_ann_sparse_read_majors (AnnSparse *self,
                                   AnnSelection *majors,
                                   GCancellable *cancellable,
                                   GError **error);

/**
 * AnnLineMap:
 *
 * Which lines of the minor axis are wanted, and where: made from a selection, for many look-ups.
 */
typedef struct {
  guint64 start; /* of a range in steps of 1 */
  guint64 count;
  gboolean is_range;
  guint64 n_lines;  /* different ones */
  guint64 *uniques; /* of a list: the lines, rising */
  guint32 *table;   /* line of the minor axis → its place in uniques + 1, 0 for none; or NULL */
  gsize table_length;
  guint64 *starts;    /* place in uniques → its first in positions; n_lines + 1 */
  guint64 *positions; /* places in the selection */
} AnnLineMap;

gboolean _ann_line_map_init (AnnLineMap *self, const AnnSelection *minors, GError **error);
void _ann_line_map_clear (AnnLineMap *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnLineMap, _ann_line_map_clear)

/* Returns: whether the line is wanted; sets @place then, less than n_lines */
static inline gboolean
_ann_line_map_look_up (const AnnLineMap *self, guint64 line, guint32 *place)
{
  gsize low = 0;
  gsize high = self->n_lines;

  if (self->is_range)
    {
      *place = (guint32) (line - self->start);
      return line - self->start < self->count;
    }
  if (self->table != NULL)
    {
      *place = line < self->table_length ? self->table[line] - 1 : G_MAXUINT32;
      return *place != G_MAXUINT32;
    }

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (self->uniques[middle] < line)
        low = middle + 1;
      else
        high = middle;
    }
  *place = (guint32) low;

  return low < self->n_lines && self->uniques[low] == line;
}

/**
 * AnnEntries:
 * @selection: rising lines of the major axis
 * @majors: guint64: places in @selection, not falling
 * @lines: guint32: places in the line map
 * @values: as stored
 *
 * Stored entries in the order in which they are stored; as many in each pile.
 */
typedef struct {
  const AnnSelection *selection;
  AnnPile majors;
  AnnPile lines;
  AnnPile values;
} AnnEntries;

/* Fills @entries, which has its selection, with what lies on lines of @map. */
gboolean _ann_sparse_search (AnnSparse *self,
                             const AnnLineMap *map,
                             AnnEntries *entries,
                             GCancellable *cancellable,
                             GError **error);

/* Lines along the minor axis (columns of CSR, rows of CSC): searches through all lines of the
 * major axis that are wanted, in bounded memory beside the result. The rows of the block are the
 * minor lines if @by_minor, and its indices then places in @majors; else it is the reverse.
 */
AnnBlock *_ann_sparse_read_crossing (AnnSparse *self,
                                     AnnSelection *majors,
                                     AnnSelection *minors,
                                     gboolean by_minor,
                                     GCancellable *cancellable,
                                     GError **error);

G_END_DECLS
