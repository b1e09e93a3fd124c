/* ann-write-layout.c: dense rows as sparse ones, and the reverse
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-write-order-private.h"

#include "base/ann-error.h"
#include "element/ann-block-iterator-private.h"

#include <string.h>

/* --- Dense to sparse --- */

/* Of the values that are no zeros: what NumPy takes for one, which -0.0 is and NaN is not. Counts,
 * or puts them into place.
 */
#define COMPRESS_CASE(DTYPE, CTYPE, IS_SET)                                                        \
  case DTYPE:                                                                                      \
    for (guint64 i = 0; i < n_rows; i++)                                                           \
      {                                                                                            \
        const CTYPE *row = (const CTYPE *) values + i * width;                                     \
                                                                                                   \
        for (guint64 k = 0; k < width; k++)                                                        \
          {                                                                                        \
            const CTYPE value = row[k];                                                            \
                                                                                                   \
            if (!(IS_SET))                                                                         \
              continue;                                                                            \
            if (indices != NULL)                                                                   \
              {                                                                                    \
                ((CTYPE *) entries)[n] = value;                                                    \
                if (is_wide)                                                                       \
                  ((gint64 *) indices)[n] = (gint64) k;                                            \
                else                                                                               \
                  ((gint32 *) indices)[n] = (gint32) k;                                            \
              }                                                                                    \
            n++;                                                                                   \
          }                                                                                        \
        pointers[i + 1] = n;                                                                       \
      }                                                                                            \
    break;

typedef struct {
  float parts[2];
} Complex64;

typedef struct {
  double parts[2];
} Complex128;

static gboolean
go_through (AnnDtype dtype,
            gconstpointer values,
            guint64 n_rows,
            guint64 width,
            guint64 *pointers,
            gpointer entries,
            gpointer indices,
            gboolean is_wide,
            GError **error)
{
  guint64 n = 0;

  switch ((int) dtype)
    {
      COMPRESS_CASE (ANN_DTYPE_BOOL, guint8, value != 0)
      COMPRESS_CASE (ANN_DTYPE_INT8, gint8, value != 0)
      COMPRESS_CASE (ANN_DTYPE_INT16, gint16, value != 0)
      COMPRESS_CASE (ANN_DTYPE_INT32, gint32, value != 0)
      COMPRESS_CASE (ANN_DTYPE_INT64, gint64, value != 0)
      COMPRESS_CASE (ANN_DTYPE_UINT8, guint8, value != 0)
      COMPRESS_CASE (ANN_DTYPE_UINT16, guint16, value != 0)
      COMPRESS_CASE (ANN_DTYPE_UINT32, guint32, value != 0)
      COMPRESS_CASE (ANN_DTYPE_UINT64, guint64, value != 0)
      COMPRESS_CASE (ANN_DTYPE_FLOAT16, guint16, (value & 0x7fff) != 0)
      COMPRESS_CASE (ANN_DTYPE_FLOAT32, float, value != 0)
      COMPRESS_CASE (ANN_DTYPE_FLOAT64, double, value != 0)
      COMPRESS_CASE (ANN_DTYPE_COMPLEX64, Complex64, value.parts[0] != 0 || value.parts[1] != 0)
      COMPRESS_CASE (ANN_DTYPE_COMPLEX128, Complex128, value.parts[0] != 0 || value.parts[1] != 0)
    default:
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s cannot be made sparse",
                   ann_dtype_get_name (dtype));
      return FALSE;
    }

  return TRUE;
}

static AnnBlock *
compress (const AnnBlock *dense, GError **error)
{
  const AnnDtype dtype = ann_buffer_get_dtype (dense->values);
  const gboolean is_wide = dense->width > (guint64) G_MAXINT32;
  const void *values = ann_buffer_get_data (dense->values);
  g_autoptr (AnnBlock) block = ann_block_new (dense->start, dense->count, dense->width);
  guint64 *pointers;

  block->indptr = ann_buffer_new_vector (ANN_DTYPE_UINT64, dense->count + 1, error);
  if (block->indptr == NULL)
    return NULL;
  pointers = ann_buffer_get_data_for_writing (block->indptr);
  if (!go_through (dtype, values, dense->count, dense->width, pointers, NULL, NULL, is_wide, error))
    return NULL;
  block->indices = ann_buffer_new_vector (is_wide ? ANN_DTYPE_INT64 : ANN_DTYPE_INT32,
                                          pointers[dense->count], error);
  if (block->indices == NULL)
    return NULL;
  block->values = ann_buffer_new_vector (dtype, pointers[dense->count], error);
  if (block->values == NULL
      || !go_through (dtype, values, dense->count, dense->width, pointers,
                      ann_buffer_get_data_for_writing (block->values),
                      ann_buffer_get_data_for_writing (block->indices), is_wide, error))
    return NULL;

  return g_steal_pointer (&block);
}

static AnnBlock *
read_compressed (gpointer user_data, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnBlock) dense = NULL;

  if (!ann_block_iterator_next (user_data, &dense, cancellable, error) || dense == NULL)
    return NULL;

  return compress (dense, error);
}

void
_ann_line_flow_compress (AnnLineFlow *self)
{
  g_return_if_fail (!self->is_sparse);

  self->blocks = _ann_block_iterator_new_with_func (read_compressed, self->blocks,
                                                    (GDestroyNotify) ann_block_iterator_unref, 1);
  self->is_sparse = TRUE;
  self->n_entries = (guint64) ((double) self->n_lines * (double) self->width / 10);
}

/* --- Sparse to dense --- */

/* A sparse block may be many dense ones: it is handed out piece by piece. */
typedef struct {
  AnnBlockIterator *blocks;
  AnnBlock *block; /* whose rows from n_done on come next */
  guint64 n_done;
  AnnDtype dtype;
  guint64 width;
} Spread;

static void
spread_free (gpointer data)
{
  Spread *self = data;

  ann_block_iterator_unref (self->blocks);
  g_clear_pointer (&self->block, ann_block_unref);
  g_free (self);
}

/* The next block, its entries sorted and each there once. FALSE with an error, or behind the last.
 */
static gboolean
load_block (Spread *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnBlock) block = NULL;

  g_clear_pointer (&self->block, ann_block_unref);
  self->n_done = 0;
  if (!ann_block_iterator_next (self->blocks, &block, cancellable, error) || block == NULL)
    return FALSE;
  self->block = ann_block_canonicalize (block, error);

  return self->block != NULL;
}

static void
put_rows (const Spread *self, guint64 n_rows, guint8 *to)
{
  const gsize size = ann_dtype_get_size (self->dtype);
  const guint64 *pointers = ann_buffer_get_data (self->block->indptr);
  const AnnDtype index_dtype = ann_buffer_get_dtype (self->block->indices);
  const gsize index_size = ann_dtype_get_size (index_dtype);
  const guint8 *indices = ann_buffer_get_data (self->block->indices);
  const guint8 *values = ann_buffer_get_data (self->block->values);

  for (guint64 i = 0; i < n_rows; i++, to += self->width * size)
    {
      const guint64 row = self->n_done + i;

      for (guint64 k = pointers[row]; k < pointers[row + 1]; k++)
        {
          gint64 index;

          ann_dtype_to_int64 (index_dtype, indices + k * index_size, 1, &index);
          memcpy (to + (guint64) index * size, values + k * size, size);
        }
    }
}

static AnnBlock *
read_spread (gpointer user_data, GCancellable *cancellable, GError **error)
{
  Spread *self = user_data;
  const guint64 row_size = MAX (self->width * ann_dtype_get_size (self->dtype), 1);
  g_autoptr (AnnBlock) dense = NULL;
  guint64 shape[2] = { 0, self->width };

  while (self->block == NULL || self->n_done == self->block->count)
    {
      if (!load_block (self, cancellable, error))
        return NULL;
    }

  shape[0] = MIN (self->block->count - self->n_done, MAX (ANN_WRITE_BLOCK_SIZE / row_size, 1));
  dense = ann_block_new (self->block->start + self->n_done, shape[0], self->width);
  dense->values = ann_buffer_new (self->dtype, 2, shape, error);
  if (dense->values == NULL)
    return NULL;
  put_rows (self, shape[0], ann_buffer_get_data_for_writing (dense->values));
  self->n_done += shape[0];

  return g_steal_pointer (&dense);
}

void
_ann_line_flow_spread (AnnLineFlow *self)
{
  Spread *spread = g_new0 (Spread, 1);

  g_return_if_fail (self->is_sparse && !self->by_columns);

  spread->blocks = self->blocks;
  spread->dtype = self->dtype;
  spread->width = self->width;
  self->blocks = _ann_block_iterator_new_with_func (read_spread, spread, spread_free, 1);
  self->is_sparse = FALSE;
}
