/* ann-sparse.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-sparse.h"

#include "element/ann-sparse-private.h"

#include "base/ann-error.h"
#include "base/ann-selection-private.h"

/**
 * AnnSparse:
 *
 * A matrix of which only some values are stored: `csr_matrix` and `csc_matrix`. The major axis is
 * that of the pointers: rows for CSR, columns for CSC. The values of one major line lie together.
 *
 * It is one that a store has, or is made of others: a selection of one, or several that are joined.
 */
G_DEFINE_ABSTRACT_TYPE (AnnSparse, ann_sparse, ANN_TYPE_ELEMENT)

#define GET_CLASS(self) G_TYPE_INSTANCE_GET_CLASS (self, ANN_TYPE_SPARSE, AnnSparseClass)

/* --- What its class does, or its pieces --- */

AnnBlock *
_ann_sparse_read_lines (AnnSparse *self,
                        AnnSelection *majors,
                        AnnSelection *minors,
                        gboolean by_minor,
                        GCancellable *cancellable,
                        GError **error)
{
  const AnnSparseClass *klass = GET_CLASS (self);

  if (klass->read_lines != NULL)
    return klass->read_lines (self, majors, minors, by_minor, cancellable, error);
  if (minors == NULL)
    return _ann_sparse_gather_by_pieces (self, majors, cancellable, error);

  return _ann_sparse_read_crossing (self, majors, minors, by_minor, cancellable, error);
}

gboolean
_ann_sparse_search (AnnSparse *self,
                    const AnnLineMap *map,
                    AnnEntries *entries,
                    GCancellable *cancellable,
                    GError **error)
{
  const AnnSparseClass *klass = GET_CLASS (self);

  if (klass->search != NULL)
    return klass->search (self, map, entries, cancellable, error);

  return _ann_sparse_search_by_pieces (self, map, entries, cancellable, error);
}

gboolean
_ann_sparse_read_lengths (AnnSparse *self,
                          guint64 start,
                          guint64 count,
                          guint64 *lengths,
                          GCancellable *cancellable,
                          GError **error)
{
  const AnnSparseClass *klass = GET_CLASS (self);
  g_autoptr (AnnBuffer) pointers = NULL;
  const guint64 *values;

  if (klass->read_lengths != NULL)
    return klass->read_lengths (self, start, count, lengths, cancellable, error);
  if (klass->read_indptr == NULL)
    return _ann_sparse_count_by_pieces (self, start, count, lengths, cancellable, error);

  pointers = klass->read_indptr (self, start, count, cancellable, error);
  if (pointers == NULL)
    return FALSE;
  values = ann_buffer_get_data (pointers);
  for (guint64 i = 0; i < count; i++)
    lengths[i] = values[i + 1] - values[i];

  return TRUE;
}

gboolean
_ann_sparse_read_lengths_of (AnnSparse *self,
                             AnnSelection *majors,
                             guint64 *lengths,
                             GCancellable *cancellable,
                             GError **error)
{
  const guint64 n = ann_selection_get_length (majors);

  if (GET_CLASS (self)->search == _ann_sparse_search_stored)
    return _ann_sparse_read_stored_lengths (self, majors, lengths, cancellable, error);

  for (guint64 i = 0; i < n;)
    {
      const guint64 n_neighbors = _ann_selection_count_neighbors (majors, i, n - i);

      if (!_ann_sparse_read_lengths (self, ann_selection_get_position (majors, i), n_neighbors,
                                     lengths + i, cancellable, error))
        return FALSE;
      i += n_neighbors;
    }

  return TRUE;
}

/* --- Reading --- */

static gboolean
check_major (AnnSparse *self, guint64 start, guint64 count, GError **error)
{
  if (start <= self->n_major && count <= self->n_major - start)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
               "%s: asked for %" G_GUINT64_FORMAT " from %" G_GUINT64_FORMAT
               ", but the major axis ends at %" G_GUINT64_FORMAT,
               ann_element_get_path (ANN_ELEMENT (self)), count, start, self->n_major);
  return FALSE;
}

/**
 * ann_sparse_read_indptr:
 * @self: a sparse matrix
 * @start: the first row (CSC: column)
 * @count: how many
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Reads where the stored values of some rows begin and end, counted from the first stored value
 * of the whole matrix. Checked: they do not fall and end within the stored values.
 *
 * Of a matrix that is made of others they are counted, and all rows before @start too, unless this
 * goes on where the last call ended.
 *
 * Returns: (transfer full): @count + 1 pointers of uint64, or %NULL with @error set
 */
AnnBuffer *
ann_sparse_read_indptr (AnnSparse *self,
                        guint64 start,
                        guint64 count,
                        GCancellable *cancellable,
                        GError **error)
{
  const AnnSparseClass *klass;

  g_return_val_if_fail (ANN_IS_SPARSE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_major (self, start, count, error))
    return NULL;

  klass = GET_CLASS (self);
  if (klass->read_indptr != NULL)
    return klass->read_indptr (self, start, count, cancellable, error);

  return _ann_sparse_sum_lengths (self, start, count, cancellable, error);
}

/**
 * ann_sparse_read_major:
 * @self: a sparse matrix
 * @start: the first row (CSC: column)
 * @count: how many
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Reads what is stored of some rows (CSC: columns): one run of values and one of indices, both
 * as they are stored, neither sorted nor free of duplicates, which add up. Checked: each index
 * lies within the minor axis.
 *
 * Returns: (transfer full): a sparse block, or %NULL with @error set
 */
AnnBlock *
ann_sparse_read_major (AnnSparse *self,
                       guint64 start,
                       guint64 count,
                       GCancellable *cancellable,
                       GError **error)
{
  g_return_val_if_fail (ANN_IS_SPARSE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_major (self, start, count, error))
    return NULL;

  return GET_CLASS (self)->read_major (self, start, count, cancellable, error);
}

/* A range of the minor axis, of all lines of the major one. */
static AnnBlock *
read_minor (AnnSparse *self,
            guint64 start,
            guint64 count,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (AnnSelection) all = ann_selection_new_all (self->n_major);
  g_autoptr (AnnSelection) range = ann_selection_new_range (start, count, 1, self->n_minor, error);
  AnnBlock *block;

  if (range == NULL)
    return NULL;

  block = _ann_sparse_read_lines (self, all, range, TRUE, cancellable, error);
  if (block != NULL)
    block->start = start;

  return block;
}

static AnnBlock *
ann_sparse_read_rows (AnnElement *element,
                      guint64 start,
                      guint64 count,
                      GCancellable *cancellable,
                      GError **error)
{
  AnnSparse *self = ANN_SPARSE (element);

  if (ann_element_get_kind (element) == ANN_ELEMENT_CSR)
    return ann_sparse_read_major (self, start, count, cancellable, error);

  return read_minor (self, start, count, cancellable, error);
}

static AnnBlock *
ann_sparse_read_columns (AnnElement *element,
                         guint64 start,
                         guint64 count,
                         GCancellable *cancellable,
                         GError **error)
{
  AnnSparse *self = ANN_SPARSE (element);

  if (ann_element_get_kind (element) == ANN_ELEMENT_CSC)
    return ann_sparse_read_major (self, start, count, cancellable, error);

  return read_minor (self, start, count, cancellable, error);
}

static AnnBlock *
ann_sparse_read (AnnElement *element,
                 AnnSelection *rows,
                 AnnSelection *columns,
                 GCancellable *cancellable,
                 GError **error)
{
  AnnSparse *self = ANN_SPARSE (element);
  g_autoptr (AnnSelection) all = NULL;

  if (ann_element_get_kind (element) == ANN_ELEMENT_CSR)
    return _ann_sparse_read_lines (self, rows, columns, FALSE, cancellable, error);

  if (columns == NULL)
    columns = all = ann_selection_new_all (self->n_major);

  return _ann_sparse_read_lines (self, columns, rows, TRUE, cancellable, error);
}

static void
ann_sparse_finalize (GObject *object)
{
  AnnSparse *self = ANN_SPARSE (object);

  g_clear_pointer (&self->sums, g_array_unref);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (ann_sparse_parent_class)->finalize (object);
}

static void
ann_sparse_class_init (AnnSparseClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_sparse_finalize;
  element_class->read_rows = ann_sparse_read_rows;
  element_class->read_columns = ann_sparse_read_columns;
  element_class->read = ann_sparse_read;
}

static void
ann_sparse_init (AnnSparse *self)
{
  g_mutex_init (&self->lock);
}

static guint64
saturated_product (guint64 a, guint64 b)
{
  guint64 product;

  return g_uint64_checked_mul (&product, a, b) ? MIN (product, G_MAXINT64) : G_MAXINT64;
}

void
_ann_sparse_set_info (AnnSparse *self,
                      const AnnElementInfo *info,
                      AnnDtype index_dtype,
                      guint64 n_stored)
{
  const guint major = info->kind == ANN_ELEMENT_CSR ? 0 : 1;

  self->n_major = info->shape[major];
  self->n_minor = info->shape[1 - major];
  self->n_stored = n_stored;
  self->n_guessed = saturated_product (self->n_major, self->n_minor);
  self->index_dtype = index_dtype;
  _ann_element_set_info (ANN_ELEMENT (self), info);
}

/**
 * ann_sparse_get_n_stored:
 * @self: a sparse matrix
 *
 * Returns: how many values are stored, zeros and duplicates among them, by the arrays' length;
 *   `G_MAXUINT64` where that is not known before they are read: of a selection, say
 */
guint64
ann_sparse_get_n_stored (AnnSparse *self)
{
  g_return_val_if_fail (ANN_IS_SPARSE (self), 0);

  return self->n_stored;
}

/**
 * ann_sparse_guess_n_stored:
 * @self: a sparse matrix
 *
 * For those who want to know how much to read at once.
 *
 * Returns: [method@Ann.Sparse.get_n_stored], or, where that is not known, about how many they are,
 *   never `G_MAXUINT64`
 */
guint64
ann_sparse_guess_n_stored (AnnSparse *self)
{
  g_return_val_if_fail (ANN_IS_SPARSE (self), 0);

  return self->n_stored == G_MAXUINT64 ? self->n_guessed : self->n_stored;
}

/**
 * ann_sparse_get_index_dtype:
 * @self: a sparse matrix
 *
 * Returns: the stored type of the indices
 */
AnnDtype
ann_sparse_get_index_dtype (AnnSparse *self)
{
  g_return_val_if_fail (ANN_IS_SPARSE (self), ANN_DTYPE_OTHER);

  return self->index_dtype;
}

/**
 * ann_sparse_get_n_major:
 * @self: a sparse matrix
 *
 * Returns: the length of the axis that the pointers follow: rows for CSR, columns for CSC
 */
guint64
ann_sparse_get_n_major (AnnSparse *self)
{
  g_return_val_if_fail (ANN_IS_SPARSE (self), 0);

  return self->n_major;
}

/**
 * ann_sparse_get_n_minor:
 * @self: a sparse matrix
 *
 * Returns: the length of the axis that the indices point into
 */
guint64
ann_sparse_get_n_minor (AnnSparse *self)
{
  g_return_val_if_fail (ANN_IS_SPARSE (self), 0);

  return self->n_minor;
}
