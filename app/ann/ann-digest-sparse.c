/* ann-digest-sparse.c: the digest of a CSR or CSC matrix
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-digest.h"
#include "ann-number-add.h"

#include <string.h>

/* Stored values that are read at once, and row pointers. */
#define N_VALUES_AT_ONCE (1024 * 1024)
#define N_POINTERS_AT_ONCE (128 * 1024)

/* Up to here the dense matrix has a hash of its own. */
#define N_DENSE_MAX 3000000

/* @dense: the matrix by rows, or %NULL if it is too large
 * @sorted: no row has an index below the one before it
 */
typedef struct {
  AnnValueDigest data;
  AnnSha256 indices;
  AnnSha256 indptr;
  gboolean sorted;
  gboolean by_columns;
  guint8 *dense;
  gsize n_cells;
  guint64 n_columns;
} SparseDigest;

static void
sparse_digest_clear (SparseDigest *self)
{
  ann_value_digest_clear (&self->data);
  ann_sha256_clear (&self->indices);
  ann_sha256_clear (&self->indptr);
  g_clear_pointer (&self->dense, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SparseDigest, sparse_digest_clear)

static void
init_dense (SparseDigest *self, AnnSparse *sparse)
{
  const guint64 *shape = ann_element_get_shape (ANN_ELEMENT (sparse));
  guint64 n_cells;

  self->by_columns = ann_element_get_kind (ANN_ELEMENT (sparse)) == ANN_ELEMENT_CSC;
  self->n_columns = shape[1];
  if (!g_uint64_checked_mul (&n_cells, shape[0], shape[1]) || n_cells > N_DENSE_MAX)
    return;

  self->n_cells = (gsize) n_cells;
  self->dense = g_malloc0 (MAX (1, self->n_cells * ann_dtype_get_size (self->data.dtype)));
}

/* @indices of one row (column) number @major, and its values. */
static void
digest_major (SparseDigest *self,
              guint64 major,
              const gint64 *indices,
              const guint8 *values,
              gsize n,
              gint64 *last_index)
{
  AnnDtype dtype = self->data.dtype;
  gsize size = ann_dtype_get_size (dtype);

  for (gsize i = 0; i < n; i++)
    {
      if (indices[i] < *last_index)
        self->sorted = FALSE;
      *last_index = indices[i];

      if (self->dense != NULL)
        {
          guint64 minor = (guint64) indices[i];
          guint64 cell = self->by_columns ? minor * self->n_columns + major
                                          : major * self->n_columns + minor;

          ann_number_add (dtype, self->dense + cell * size, values + i * size);
        }
    }
}

static gboolean
digest_block (SparseDigest *self, const AnnBlock *block, GError **error)
{
  const guint64 *indptr = ann_buffer_get_data (block->indptr);
  AnnDtype index_dtype = ann_buffer_get_dtype (block->indices);
  const guint8 *stored = ann_buffer_get_data (block->indices);
  const guint8 *values = ann_buffer_get_data (block->values);
  gsize index_size = ann_dtype_get_size (index_dtype);
  gsize size = ann_dtype_get_size (self->data.dtype);
  gint64 indices[1024];

  for (guint64 row = 0; row < block->count; row++)
    {
      gint64 last_index = 0;

      for (guint64 i = indptr[row]; i < indptr[row + 1];)
        {
          gsize n = (gsize) MIN (indptr[row + 1] - i, G_N_ELEMENTS (indices));

          if (!ann_dtype_to_int64 (index_dtype, stored + i * index_size, n, indices))
            {
              g_set_error_literal (error, ANN_ERROR, ANN_ERROR_FORMAT, "indices are no integers");
              return FALSE;
            }
          ann_sha256_update_values (&self->indices, ANN_DTYPE_INT64, indices, n);
          digest_major (self, block->start + row, indices, values + i * size, n, &last_index);
          i += n;
        }
    }
  ann_value_digest_add (&self->data, values, ann_buffer_get_n_elements (block->values));

  return TRUE;
}

/* How many rows from @first have few enough values together, and how many values. At least one
 * row: a single one may be larger than we like.
 */
static gsize
count_rows (const gint64 *indptr, gsize first, gsize n_rows)
{
  gsize n = 1;

  while (first + n < n_rows && indptr[first + n + 1] - indptr[first] <= N_VALUES_AT_ONCE)
    n++;

  return n;
}

/* Rows [@start, @start + n) where @pointers has their row pointers. */
static gboolean
digest_rows (SparseDigest *self,
             AnnSparse *sparse,
             guint64 start,
             AnnBuffer *pointers,
             GCancellable *cancellable,
             GError **error)
{
  gsize n_rows = ann_buffer_get_n_elements (pointers) - 1;
  g_autofree gint64 *indptr = g_new (gint64, N_POINTERS_AT_ONCE + 1);

  if (!ann_dtype_to_int64 (ann_buffer_get_dtype (pointers), ann_buffer_get_data (pointers),
                           n_rows + 1, indptr))
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_FORMAT, "indptr is not made of integers");
      return FALSE;
    }

  for (gsize row = 0; row < n_rows;)
    {
      gsize n = count_rows (indptr, row, n_rows);
      g_autoptr (AnnBlock) block = ann_sparse_read_major (sparse, start + row, n, cancellable,
                                                          error);

      if (block == NULL || !digest_block (self, block, error))
        return FALSE;
      row += n;
    }

  return TRUE;
}

static gboolean
digest_all (SparseDigest *self, AnnSparse *sparse, GCancellable *cancellable, GError **error)
{
  guint64 n_major = ann_sparse_get_n_major (sparse);
  guint64 n;

  for (guint64 start = 0; start < n_major; start += n)
    {
      g_autoptr (AnnBuffer) pointers = NULL;
      gboolean is_last;

      n = MIN (n_major - start, N_POINTERS_AT_ONCE);
      is_last = start + n == n_major;
      pointers = ann_sparse_read_indptr (sparse, start, n, cancellable, error);
      if (pointers == NULL)
        return FALSE;

      ann_sha256_update_as_int64 (&self->indptr, ann_buffer_get_dtype (pointers),
                                  ann_buffer_get_data (pointers), (gsize) n + is_last);
      if (!digest_rows (self, sparse, start, pointers, cancellable, error))
        return FALSE;
    }

  /* Without rows there is one pointer all the same. */
  if (n_major == 0)
    {
      gint64 zero = 0;

      ann_sha256_update_values (&self->indptr, ANN_DTYPE_INT64, &zero, 1);
    }

  return TRUE;
}

gboolean
ann_digest_sparse (AnnSparse *sparse,
                   AnnJsonWriter *json,
                   GCancellable *cancellable,
                   GError **error)
{
  AnnElement *element = ANN_ELEMENT (sparse);
  g_auto (SparseDigest) self = { .sorted = TRUE };

  ann_value_digest_init (&self.data, ann_element_get_dtype (element));
  ann_sha256_init (&self.indices);
  ann_sha256_init (&self.indptr);
  init_dense (&self, sparse);
  if (!digest_all (&self, sparse, cancellable, error))
    return FALSE;

  ann_json_writer_name (json, "shape");
  ann_json_writer_shape (json, 2, ann_element_get_shape (element));
  ann_json_writer_name (json, "dtype");
  ann_json_writer_string (json, ann_dtype_get_numpy_name (self.data.dtype));
  ann_json_writer_name (json, "nnz");
  ann_json_writer_uint (json, self.data.n_values);
  ann_value_digest_write_sum (&self.data, json);
  ann_json_writer_name (json, "data_sha256");
  ann_json_writer_string (json, ann_sha256_get_text (&self.data.checksum));
  ann_value_digest_write_ends (&self.data, json);
  ann_json_writer_name (json, "indices_sha256");
  ann_json_writer_string (json, ann_sha256_get_text (&self.indices));
  ann_json_writer_name (json, "indptr_sha256");
  ann_json_writer_string (json, ann_sha256_get_text (&self.indptr));
  ann_json_writer_name (json, "sorted");
  ann_json_writer_boolean (json, self.sorted);
  if (self.dense != NULL)
    {
      g_auto (AnnSha256) dense = { 0 };

      ann_sha256_init (&dense);
      ann_sha256_update_values (&dense, self.data.dtype, self.dense, self.n_cells);
      ann_json_writer_name (json, "dense_sha256");
      ann_json_writer_string (json, ann_sha256_get_text (&dense));
    }

  return TRUE;
}
