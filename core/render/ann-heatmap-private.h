/* ann-heatmap-private.h: the parts of a heatmap
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-sparse.h"
#include "render/ann-bins-private.h"
#include "render/ann-heatmap.h"

G_BEGIN_DECLS

/* What the coarse tiles of a band, of which a window of 1600 × 1000 pixels shows at most 5, may
 * decode; a single one, of which it shows at most 35; and a sample of values.
 */
#define ANN_COARSE_BAND_SIZE (12 * 1024 * 1024)
#define ANN_COARSE_TILE_SIZE (2 * 1024 * 1024)
#define ANN_SAMPLE_SIZE (8 * 1024 * 1024)

/* How long the reading for a budget of ANN_COARSE_BAND_SIZE may take, in microseconds, and that for
 * a smaller one accordingly: on a slow disk or a busy machine the coarse picture is coarser.
 */
#define ANN_COARSE_TIME (100 * 1000)

/* Below this an exact picture is as quick as a coarse one. */
#define ANN_COARSE_THRESHOLD (64 * 1024 * 1024)

/* Over a network what is larger than this is not read because somebody looks at the whole: the
 * coarse picture stands until he asks for the exact one, or looks closer. It has more time, for it
 * waits for each of its pieces.
 */
#define ANN_FAR_THRESHOLD (8 * 1024 * 1024)
#define ANN_FAR_TIME (3 * 1000 * 1000)

/* The most that a piece of an exact reading has in memory. */
#define ANN_PIECE_SIZE (4 * 1024 * 1024)

/* What is read at once of a row of which only parts are looked at. */
#define ANN_PART_ENTRIES 65536

/* The most rows that a sample of values looks at. */
#define ANN_SAMPLE_ROWS 64

struct _AnnHeatmap {
  GObject parent_instance;

  AnnElement *matrix;
  guint64 n_rows;
  guint64 n_columns;

  gboolean is_sparse;
  gboolean by_columns; /* the major axis is that of the columns */
  guint64 n_major;
  guint64 n_minor;

  /* What is known of the storage. Of a dense matrix only @values, and none of a view. */
  AnnArray *values;
  AnnArray *indices;
  AnnArray *indptr;
  gsize entry_size;         /* bytes of a value, and of its index if it is sparse */
  double entries_per_major; /* on average; all cells where it is not known */
  guint64 chunk_entries;    /* of a sparse matrix: 1 where it is not chunked */
  gsize stripe_size;        /* bytes of the chunks that must be decoded to see one row: sparse */
  guint64 chunk_rows;       /* of a dense matrix: what is decoded at once; all columns if */
  guint64 chunk_columns;    /* nothing is known */

  gint64 coarse_time; /* ANN_COARSE_TIME; another in tests */
};

/* 0, 1/2, 1/4, 3/4, 1/8 …: wherever one stops in it, what one has is spread evenly. */
static inline guint
_ann_reverse_bits (guint value, guint n_bits)
{
  guint reversed = 0;

  for (guint i = 0; i < n_bits; i++)
    reversed |= (value >> i & 1) << (n_bits - 1 - i);

  return reversed;
}

gint64 _ann_heatmap_get_deadline (AnnHeatmap *self, gsize budget);

/* Takes some whole rows (or columns): sparse ones, or a part of one that is too long. */
typedef gboolean (*AnnEntriesFunc) (const AnnEntries *entries,
                                    gpointer user_data,
                                    GCancellable *cancellable,
                                    GError **error);

gboolean _ann_heatmap_stream_entries (AnnHeatmap *self,
                                      const AnnRun *run,
                                      AnnEntriesFunc func,
                                      gpointer user_data,
                                      GCancellable *cancellable,
                                      GError **error);
gboolean _ann_heatmap_sample_entries (AnnHeatmap *self,
                                      const AnnRun *run,
                                      const AnnRun *minor,
                                      guint max_stripes,
                                      guint64 max_rows,
                                      gsize budget,
                                      AnnEntriesFunc func,
                                      gpointer user_data,
                                      GCancellable *cancellable,
                                      GError **error);
gboolean _ann_heatmap_stream_long_row (AnnHeatmap *self,
                                       guint64 row,
                                       const AnnRun *stored,
                                       AnnEntriesFunc func,
                                       gpointer user_data,
                                       GCancellable *cancellable,
                                       GError **error);
gboolean _ann_heatmap_sample_long_row (AnnHeatmap *self,
                                       guint64 row,
                                       const AnnRun *stored,
                                       const AnnRun *minor,
                                       guint n_parts,
                                       AnnEntriesFunc func,
                                       gpointer user_data,
                                       GCancellable *cancellable,
                                       GError **error);
gboolean _ann_heatmap_bin_sparse (AnnHeatmap *self,
                                  AnnBins *bins,
                                  gboolean coarse,
                                  GCancellable *cancellable,
                                  GError **error);

/* Takes a box of a dense matrix; in any thread, several at once. */
typedef gboolean (*AnnPatchFunc) (const AnnPatch *patch, gpointer user_data, GError **error);

gboolean _ann_heatmap_scan_patches (AnnHeatmap *self,
                                    const AnnRun *rows,
                                    const AnnRun *columns,
                                    AnnPatchFunc func,
                                    gpointer user_data,
                                    GCancellable *cancellable,
                                    GError **error);
void _ann_heatmap_choose_patches (AnnHeatmap *self,
                                  const AnnRun *rows,
                                  const AnnRun *columns,
                                  gsize budget,
                                  GArray *row_runs,
                                  GArray *column_runs);
gboolean _ann_heatmap_bin_dense (AnnHeatmap *self,
                                 AnnBins *bins,
                                 gboolean coarse,
                                 gsize budget,
                                 GCancellable *cancellable,
                                 GError **error);

G_END_DECLS
