/* ann-sparse-private.h: for the files that read sparse matrices
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-runs-private.h"
#include "element/ann-element-private.h"
#include "element/ann-sparse.h"

G_BEGIN_DECLS

/* What makes a sparse matrix. Its class is not public: strangers use the type and cannot subclass
 * it.
 */
struct _AnnSparse {
  AnnElement parent_instance;

  guint64 n_major;
  guint64 n_minor;
  guint64 n_stored;  /* G_MAXUINT64 where that would have to be counted */
  guint64 n_guessed; /* about so many then */
  AnnDtype index_dtype;

  GMutex lock;     /* for those below: how many entries lie before some lines; see read_indptr */
  GArray *sums;    /* guint64: before each line of so many; NULL: none is known */
  guint64 at_line; /* where the last read ended */
  guint64 at_sum;
};

/**
 * AnnSparseClass:
 * @read_major: what is stored of some lines of the major axis, as ann_sparse_read_major () gives
 *   it. The type of the indices is always that of the matrix
 * @read_indptr: as ann_sparse_read_indptr (); %NULL: adds up @read_lengths
 * @read_lengths: how many entries each line of the major axis has; %NULL: reads the lines
 * @read_lines: any lines of the major axis, in the order asked, and of these the entries on some
 *   lines of the minor one, or of all where @minors is %NULL. The rows of the block are the major
 *   lines and its indices places in @minors, or, @by_minor, the reverse. %NULL: by @read_major
 * @search: fills @entries, which has its rising selection, with what lies on lines of the map;
 * %NULL: by @read_major
 *
 * Ranges and selections are checked before. All run in any thread and several at once. A view has
 * to have @read_major and no more.
 */
typedef struct _AnnLineMap AnnLineMap;
typedef struct _AnnEntries AnnEntries;

typedef struct {
  AnnElementClass parent_class;

  AnnBlock *(*read_major) (AnnSparse *self,
                           guint64 start,
                           guint64 count,
                           GCancellable *cancellable,
                           GError **error);
  AnnBuffer *(*read_indptr) (AnnSparse *self,
                             guint64 start,
                             guint64 count,
                             GCancellable *cancellable,
                             GError **error);
  gboolean (*read_lengths) (AnnSparse *self,
                            guint64 start,
                            guint64 count,
                            guint64 *lengths,
                            GCancellable *cancellable,
                            GError **error);
  AnnBlock *(*read_lines) (AnnSparse *self,
                           AnnSelection *majors,
                           AnnSelection *minors,
                           gboolean by_minor,
                           GCancellable *cancellable,
                           GError **error);
  gboolean (*search) (AnnSparse *self,
                      const AnnLineMap *map,
                      AnnEntries *entries,
                      GCancellable *cancellable,
                      GError **error);
} AnnSparseClass;

/* As _ann_element_set_info (); @info has the kind and the shape. @n_stored: G_MAXUINT64 if it is
 * not known; a maker that can guess it sets n_guessed then.
 */
void _ann_sparse_set_info (AnnSparse *self,
                           const AnnElementInfo *info,
                           AnnDtype index_dtype,
                           guint64 n_stored);

/* AnnSparseClass.read_lines () of any sparse matrix. */
AnnBlock *_ann_sparse_read_lines (AnnSparse *self,
                                  AnnSelection *majors,
                                  AnnSelection *minors,
                                  gboolean by_minor,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* How many entries each of the lines has. */
gboolean _ann_sparse_read_lengths (AnnSparse *self,
                                   guint64 start,
                                   guint64 count,
                                   guint64 *lengths,
                                   GCancellable *cancellable,
                                   GError **error);

gboolean _ann_sparse_read_lengths_of (AnnSparse *self,
                                      AnnSelection *majors,
                                      guint64 *lengths,
                                      GCancellable *cancellable,
                                      GError **error);

/* What a class without these functions has instead; see ann-sparse-pieces.c. */
AnnBuffer *_ann_sparse_sum_lengths (AnnSparse *self,
                                    guint64 start,
                                    guint64 count,
                                    GCancellable *cancellable,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean _ann_sparse_count_by_pieces (AnnSparse *self,
                                      guint64 start,
                                      guint64 count,
                                      guint64 *lengths,
                                      GCancellable *cancellable,
                                      GError **error);
AnnBlock *_ann_sparse_gather_by_pieces (AnnSparse *self,
                                        AnnSelection *majors,
                                        GCancellable *cancellable,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean _ann_sparse_search_by_pieces (AnnSparse *self,
                                       const AnnLineMap *map,
                                       AnnEntries *entries,
                                       GCancellable *cancellable,
                                       GError **error);

/* --- Those that a store has --- */

/* A matrix whose stored values are those of @whole: all its rows, or columns if it is sparse by
 * them. Indices are looked at when they are read.
 */
AnnElement *_ann_sparse_new_in_memory (const AnnElementSource *source,
                                       AnnElementKind kind,
                                       const guint64 *shape,
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

/* How many entries each of the lines has, as AnnSparseClass.read_lengths () says of a range. */
gboolean _ann_sparse_read_stored_lengths (AnnSparse *self,
                                          AnnSelection *majors,
                                          guint64 *lengths,
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
 * Which lines of the minor axis are wanted, and where: made from a selection, for many look-ups. It
 * takes a bit and a half a line of the axis, and 4 bytes a line of a list that is not rising, 8
 * where some are wanted twice.
 */
struct _AnnLineMap {
  guint64 start; /* of a range in steps of 1 */
  guint64 count;
  gboolean is_range;
  guint64 n_lines; /* different ones */
  guint64 *bits;   /* of a list: a bit for each line of the axis; or NULL, … */
  guint32 *ranks;  /* … and how many are set before each 64 of them */
  guint64 axis_length;
  guint64 *uniques; /* … in place of bits: the lines, rising, where they are few on a long axis */
  guint32 *positions; /* places in the selection, by line; NULL where the selection is rising */
  guint32 *starts;    /* … the first of each line; n_lines + 1; NULL where none is wanted twice */
};

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
  if (self->bits != NULL)
    {
      guint64 word = line < self->axis_length ? self->bits[line / 64] : 0;
      guint64 bit = (guint64) 1 << line % 64;

      if ((word & bit) == 0)
        return FALSE;
      *place = self->ranks[line / 64] + (guint32) __builtin_popcountll (word & (bit - 1));
      return TRUE;
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
struct _AnnEntries {
  const AnnSelection *selection;
  AnnPile majors;
  AnnPile lines;
  AnnPile values;
};

/* AnnSparseClass.search () of any sparse matrix, and of one that is stored. */
gboolean _ann_sparse_search (AnnSparse *self,
                             const AnnLineMap *map,
                             AnnEntries *entries,
                             GCancellable *cancellable,
                             GError **error);
gboolean _ann_sparse_search_stored (AnnSparse *self,
                                    const AnnLineMap *map,
                                    AnnEntries *entries,
                                    GCancellable *cancellable,
                                    GError **error);

/* Of any sparse matrix. Lines along the minor axis (columns of CSR, rows of CSC): searches through
 * all lines of the major axis that are wanted, in bounded memory beside the result. The rows of the
 * block are the minor lines if @by_minor, and its indices then places in @majors; else it is the
 * reverse.
 */
AnnBlock *_ann_sparse_read_crossing (AnnSparse *self,
                                     AnnSelection *majors,
                                     AnnSelection *minors,
                                     gboolean by_minor,
                                     GCancellable *cancellable,
                                     GError **error);

/* … with the map of a selection of @n_minors lines. */
AnnBlock *_ann_sparse_read_crossing_of_map (AnnSparse *self,
                                            AnnSelection *majors,
                                            const AnnLineMap *map,
                                            guint64 n_minors,
                                            gboolean by_minor,
                                            GCancellable *cancellable,
                                            GError **error);

G_END_DECLS
