/* ann-digest-sparse.c: the digest of a CSR or CSC matrix
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-digest.h"
#include "ann-number-add.h"

#include <string.h>

/* Stored values that are read at once, and row pointers. Tests make all such limits small. */
#ifndef N_VALUES_AT_ONCE
#define N_VALUES_AT_ONCE (1024 * 1024)
#define N_POINTERS_AT_ONCE (128 * 1024)
#endif

/* A row with more than this is never in memory as a whole. */
#define N_LONG_ROW (4 * N_VALUES_AT_ONCE)

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

/* Some entries of one row (column) number @major. */
static void
digest_entries (SparseDigest *self,
                guint64 major,
                const gint64 *indices,
                const guint8 *values,
                gsize n,
                gint64 *last_index)
{
  AnnDtype dtype = self->data.dtype;
  gsize size = ann_dtype_get_size (dtype);

  ann_sha256_update_values (&self->indices, ANN_DTYPE_INT64, indices, n);
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

/* Entries [@first, @first + @n) of two buffers, all of one row. */
static gboolean
digest_row (SparseDigest *self,
            guint64 major,
            AnnBuffer *indices,
            AnnBuffer *values,
            gsize first,
            gsize n,
            gint64 *last_index,
            GError **error)
{
  AnnDtype dtype = ann_buffer_get_dtype (indices);
  const guint8 *from = ann_buffer_get_data (indices);
  const guint8 *numbers = ann_buffer_get_data (values);
  gsize index_size = ann_dtype_get_size (dtype);
  gsize size = ann_dtype_get_size (self->data.dtype);

  for (gsize i = first; i < first + n;)
    {
      gint64 some[1024];
      gsize n_some = MIN (first + n - i, G_N_ELEMENTS (some));

      if (!ann_dtype_to_int64 (dtype, from + i * index_size, n_some, some))
        {
          g_set_error_literal (error, ANN_ERROR, ANN_ERROR_FORMAT, "indices are no integers");
          return FALSE;
        }
      digest_entries (self, major, some, numbers + i * size, n_some, last_index);
      i += n_some;
    }

  return TRUE;
}

static gboolean
digest_block (SparseDigest *self, const AnnBlock *block, GError **error)
{
  const guint64 *indptr = ann_buffer_get_data (block->indptr);

  for (guint64 row = 0; row < block->count; row++)
    {
      gint64 last_index = 0;

      if (!digest_row (self, block->start + row, block->indices, block->values, (gsize) indptr[row],
                       (gsize) (indptr[row + 1] - indptr[row]), &last_index, error))
        return FALSE;
    }
  ann_value_digest_add (&self->data, ann_buffer_get_data (block->values),
                        ann_buffer_get_n_elements (block->values));

  return TRUE;
}

static gboolean
check_indices (AnnBuffer *indices, guint64 n_minor, GError **error)
{
  for (gsize i = 0; i < ann_buffer_get_n_elements (indices); i++)
    {
      double index = ann_buffer_get_double (indices, i);

      if (index < 0 || index >= (double) n_minor)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                       "index %.0f is outside [0, %" G_GUINT64_FORMAT ")", index, n_minor);
          return FALSE;
        }
    }

  return TRUE;
}

/* A row with more entries than we want to have in memory: straight from the stored arrays. */
static gboolean
digest_long_row (SparseDigest *self,
                 AnnSparse *sparse,
                 guint64 major,
                 guint64 first,
                 guint64 end,
                 GCancellable *cancellable,
                 GError **error)
{
  gsize n_arrays = 0;
  AnnArray **arrays = ann_element_list_arrays (ANN_ELEMENT (sparse), &n_arrays);
  gboolean done = n_arrays >= 2;
  gint64 last_index = 0;
  guint64 n;

  for (guint64 i = first; i < end && done; i += n)
    {
      g_autoptr (AnnBuffer) values = NULL;
      g_autoptr (AnnBuffer) indices = NULL;

      n = MIN (end - i, N_VALUES_AT_ONCE);
      values = ann_array_read_range (arrays[0], i, n, cancellable, error);
      if (values != NULL)
        indices = ann_array_read_range (arrays[1], i, n, cancellable, error);
      done = indices != NULL && check_indices (indices, ann_sparse_get_n_minor (sparse), error)
             && digest_row (self, major, indices, values, 0, (gsize) n, &last_index, error);
      if (done)
        ann_value_digest_add (&self->data, ann_buffer_get_data (values), (gsize) n);
    }

  for (gsize i = 0; i < n_arrays; i++)
    g_object_unref (arrays[i]);
  g_free (arrays);

  return done;
}

/* How many rows from @first have few enough values together. At least one: a single one may have
 * more.
 */
static gsize
count_rows (const guint64 *indptr, gsize first, gsize n_rows)
{
  gsize n = 1;

  while (first + n < n_rows && indptr[first + n + 1] - indptr[first] <= N_VALUES_AT_ONCE)
    n++;

  return n;
}

/* The rows from @start whose pointers are @pointers. */
static gboolean
digest_rows (SparseDigest *self,
             AnnSparse *sparse,
             guint64 start,
             AnnBuffer *pointers,
             GCancellable *cancellable,
             GError **error)
{
  const guint64 *indptr = ann_buffer_get_data (pointers);
  gsize n_rows = ann_buffer_get_n_elements (pointers) - 1;
  const gboolean is_stored = ann_sparse_get_n_stored (sparse) != G_MAXUINT64;
  gsize n;

  for (gsize row = 0; row < n_rows; row += n)
    {
      g_autoptr (AnnBlock) block = NULL;

      n = count_rows (indptr, row, n_rows);
      if (indptr[row + 1] - indptr[row] > N_LONG_ROW && is_stored)
        {
          if (!digest_long_row (self, sparse, start + row, indptr[row], indptr[row + 1],
                                cancellable, error))
            return FALSE;
          continue;
        }

      block = ann_sparse_read_major (sparse, start + row, n, cancellable, error);
      if (block == NULL || !digest_block (self, block, error))
        return FALSE;
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
