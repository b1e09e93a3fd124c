/* ann-summary-source.c: how values come to a summary, in bounded memory
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-summary-private.h"

#include "base/ann-error.h"
#include "base/ann-worker.h"
#include "element/ann-sparse.h"

/* What is read at once. Tests make it small. */
#ifndef BLOCK_SIZE
#define BLOCK_SIZE (8 * 1024 * 1024)
#endif

/* Values of a block that a thread takes at once. */
#ifndef GRAIN
#define GRAIN 65536
#endif

/* A text, before we know better. */
#define TEXT_SIZE 64

/* The array that holds the values, if they can be had from it alone and in any order. */
static AnnArray *
open_values (const AnnSummarySource *self)
{
  AnnElementKind kind = ann_element_get_kind (self->element);
  g_autofree AnnArray **arrays = NULL;
  AnnArray *first;
  gsize n_arrays = 0;

  if ((self->rows != NULL && !ann_selection_is_all (self->rows))
      || (kind != ANN_ELEMENT_DENSE && kind != ANN_ELEMENT_CSR && kind != ANN_ELEMENT_CSC))
    return NULL;

  arrays = ann_element_list_arrays (self->element, &n_arrays);
  first = n_arrays > 0 ? arrays[0] : NULL;
  for (gsize i = 1; i < n_arrays; i++)
    g_object_unref (arrays[i]);

  return first;
}

guint64
_ann_summary_source_count_values (const AnnSummarySource *self)
{
  return ANN_IS_SPARSE (self->element)
             ? MIN (self->n_values, ann_sparse_get_n_stored (ANN_SPARSE (self->element)))
             : self->n_values;
}

static void
add_done (const AnnSummarySource *self, guint64 n)
{
  if (self->progress != NULL)
    ann_progress_add_done (self->progress, n);
}

/* --- By chunks --- */

typedef struct {
  const AnnSummarySource *source;
  AnnDtype dtype;
  AnnSummaryNumbersFunc func;
  gpointer user_data;
} ArrayScan;

static gboolean
take_piece (const AnnBox *box, gconstpointer values, gpointer user_data, GError **error)
{
  const ArrayScan *scan = user_data;
  gsize n;

  if (!ann_box_get_n_elements (box, &n)
      || !scan->func (scan->dtype, values, NULL, n, scan->user_data, error))
    return FALSE;
  add_done (scan->source, n);

  return TRUE;
}

/* All of a dense array; of a sparse matrix' data what its pointers point to. */
static gboolean
init_box (const AnnSummarySource *self, AnnArray *array, AnnBox *box, GError **error)
{
  ann_box_init_whole (box, ann_array_get_rank (array), ann_array_get_shape (array));
  if (ANN_IS_SPARSE (self->element))
    {
      AnnSparse *sparse = ANN_SPARSE (self->element);
      g_autoptr (AnnBuffer) last = NULL;

      last = ann_sparse_read_indptr (sparse, ann_sparse_get_n_major (sparse), 0, self->cancellable,
                                     error);
      if (last == NULL)
        return FALSE;
      box->count[0] = *(const guint64 *) ann_buffer_get_data (last);
    }

  return TRUE;
}

/* --- By blocks --- */

/* Bytes of one row in a block, saturated: an element may claim any width. */
static guint64
get_row_size (AnnElement *element)
{
  guint64 width = MAX (1, ann_element_get_width (element));
  guint64 size = ann_dtype_get_size (ann_element_get_dtype (element));
  guint64 row_size;

  if (ANN_IS_SPARSE (element))
    {
      guint64 n_rows = MAX (1, ann_element_get_n_rows (element));

      return (ann_sparse_guess_n_stored (ANN_SPARSE (element)) / n_rows + 1) * (size + 8);
    }

  return g_uint64_checked_mul (&row_size, width, size > 0 ? size : TEXT_SIZE) ? row_size
                                                                              : G_MAXUINT64;
}

/* The rows of the selection from @start. */
static AnnBlock *
read_block (const AnnSummarySource *self, guint64 start, guint64 count, GError **error)
{
  g_autofree gint64 *positions = NULL;
  g_autoptr (AnnSelection) piece = NULL;

  if (self->rows == NULL || ann_selection_is_all (self->rows))
    return ann_element_read_rows (self->element, start, count, self->cancellable, error);

  positions = g_try_new (gint64, count);
  if (positions == NULL)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "No memory for a list of rows");
      return NULL;
    }
  for (guint64 i = 0; i < count; i++)
    positions[i] = (gint64) ann_selection_get_position (self->rows, start + i);
  piece = ann_selection_new_from_indices (positions, count,
                                          ann_selection_get_axis_length (self->rows), error);
  if (piece == NULL)
    return NULL;

  return ann_element_read (self->element, piece, NULL, self->cancellable, error);
}

gboolean
_ann_summary_source_scan_blocks (const AnnSummarySource *self,
                                 AnnSummaryBlockFunc func,
                                 gpointer user_data,
                                 GError **error)
{
  guint64 n = MAX (1, BLOCK_SIZE / get_row_size (self->element));

  for (guint64 start = 0; start < self->n_rows;)
    {
      g_autoptr (AnnBlock) block = NULL;

      n = MIN (n, self->n_rows - start);
      block = read_block (self, start, n, error);
      if (block == NULL || !func (block, user_data, error))
        return FALSE;
      add_done (self, ann_block_is_sparse (block) ? ann_buffer_get_n_elements (block->values)
                                                  : block->count * block->width);
      start += n;

      /* How long texts are is known only now. */
      if (block->texts != NULL)
        n = CLAMP (n * BLOCK_SIZE / MAX (1, ann_block_get_size (block)), 1, n * 2);
    }

  return TRUE;
}

typedef struct {
  const AnnSummarySource *source;
  AnnSummaryNumbersFunc func;
  gpointer user_data;
  const AnnBlock *block;
} BlockScan;

static gboolean
take_slice (gsize first,
            gsize n,
            gpointer user_data,
            G_GNUC_UNUSED GCancellable *cancellable,
            GError **error)
{
  const BlockScan *scan = user_data;
  const AnnBlock *block = scan->block;
  AnnDtype dtype = ann_buffer_get_dtype (block->values);
  const guint8 *values = ann_buffer_get_data (block->values);
  const guint8 *missing = block->missing != NULL ? ann_buffer_get_data (block->missing) : NULL;

  return scan->func (dtype, values + first * ann_dtype_get_size (dtype),
                     missing != NULL ? missing + first : NULL, n, scan->user_data, error);
}

static gboolean
take_block (const AnnBlock *block, gpointer user_data, GError **error)
{
  BlockScan *scan = user_data;

  if (block->values == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s: has no numbers",
                   ann_element_get_path (scan->source->element));
      return FALSE;
    }

  scan->block = block;

  return ann_worker_parallel (ann_buffer_get_n_elements (block->values), GRAIN, take_slice, scan,
                              scan->source->cancellable, error);
}

/* Each number once, in any order; of a sparse matrix those that are stored. */
gboolean
_ann_summary_source_scan_numbers (const AnnSummarySource *self,
                                  AnnSummaryNumbersFunc func,
                                  gpointer user_data,
                                  GError **error)
{
  g_autoptr (AnnArray) array = open_values (self);

  if (array != NULL)
    {
      ArrayScan scan = { self, ann_array_get_dtype (array), func, user_data };
      AnnBox box;

      return init_box (self, array, &box, error)
             && ann_array_scan (array, &box, take_piece, &scan, self->cancellable, error);
    }
  else
    {
      BlockScan scan = { .source = self, .func = func, .user_data = user_data };

      return _ann_summary_source_scan_blocks (self, take_block, &scan, error);
    }
}
