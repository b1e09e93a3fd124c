/* ann-matrix-column.c: one column of a matrix, in memory
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-matrix-column.h"

#include "base/ann-error.h"
#include "element/ann-element-private.h"

#include <string.h>

#define ANN_TYPE_MATRIX_COLUMN (ann_matrix_column_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnMatrixColumn, ann_matrix_column, ANN, MATRIX_COLUMN, AnnElement)

/* A vector like those that are stored, so that whatever works on a column of a frame works on a
 * gene. Nothing is read after it has been made.
 */
struct _AnnMatrixColumn {
  AnnElement parent_instance;

  AnnBuffer *values; /* a value for each row */
};

typedef struct {
  AnnElementClass parent_class;
} AnnMatrixColumnClass;

G_DEFINE_FINAL_TYPE (AnnMatrixColumn, ann_matrix_column, ANN_TYPE_ELEMENT)

static AnnBlock *
new_block (AnnMatrixColumn *self, guint64 start, guint64 count, GError **error)
{
  g_autoptr (AnnBlock) block = ann_block_new (start, count, 1);

  block->values = ann_buffer_new_vector (ann_buffer_get_dtype (self->values), count, error);
  if (block->values == NULL)
    return NULL;

  return g_steal_pointer (&block);
}

static AnnBlock *
ann_matrix_column_read_rows (AnnElement *element,
                             guint64 start,
                             guint64 count,
                             G_GNUC_UNUSED GCancellable *cancellable,
                             GError **error)
{
  AnnMatrixColumn *self = ANN_MATRIX_COLUMN (element);
  const gsize size = ann_dtype_get_size (ann_buffer_get_dtype (self->values));
  g_autoptr (AnnBlock) block = new_block (self, start, count, error);

  if (block != NULL && count > 0)
    memcpy (ann_buffer_get_data_for_writing (block->values),
            (const guint8 *) ann_buffer_get_data (self->values) + start * size, count * size);

  return g_steal_pointer (&block);
}

static AnnBlock *
ann_matrix_column_read (AnnElement *element,
                        AnnSelection *rows,
                        G_GNUC_UNUSED AnnSelection *columns,
                        G_GNUC_UNUSED GCancellable *cancellable,
                        GError **error)
{
  AnnMatrixColumn *self = ANN_MATRIX_COLUMN (element);
  const gsize size = ann_dtype_get_size (ann_buffer_get_dtype (self->values));
  const guint64 count = ann_selection_get_length (rows);
  const guint8 *from = ann_buffer_get_data (self->values);
  g_autoptr (AnnBlock) block = new_block (self, 0, count, error);
  guint8 *to;

  if (block == NULL)
    return NULL;

  to = ann_buffer_get_data_for_writing (block->values);
  for (guint64 i = 0; i < count; i++)
    memcpy (to + i * size, from + ann_selection_get_position (rows, i) * size, size);

  return g_steal_pointer (&block);
}

static void
ann_matrix_column_finalize (GObject *object)
{
  g_clear_pointer (&ANN_MATRIX_COLUMN (object)->values, ann_buffer_unref);

  G_OBJECT_CLASS (ann_matrix_column_parent_class)->finalize (object);
}

static void
ann_matrix_column_class_init (AnnMatrixColumnClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_matrix_column_finalize;
  element_class->read_rows = ann_matrix_column_read_rows;
  element_class->read = ann_matrix_column_read;
}

static void
ann_matrix_column_init (G_GNUC_UNUSED AnnMatrixColumn *self)
{
}

/* The zeros too. Several entries for one cell are added up, in double, as scipy does. */
static AnnBuffer *
spread (const AnnBlock *block, guint64 n_rows, GError **error)
{
  AnnBuffer *values = ann_buffer_new_vector (ANN_DTYPE_FLOAT64, n_rows, error);
  const gsize n_stored = ann_buffer_get_n_elements (block->values);
  double *to;

  if (values == NULL)
    return NULL;

  to = ann_buffer_get_data_for_writing (values);
  for (guint64 i = 0; i < n_rows; i++)
    to[i] = 0;
  for (gsize i = 0; i < n_stored; i++)
    {
      const double row = ann_buffer_get_double (block->indices, i);

      to[(guint64) row] += ann_buffer_get_double (block->values, i);
    }

  return values;
}

/**
 * ann_matrix_column_new:
 * @matrix: dense with two axes, CSR or CSC, of real numbers
 * @column: which of its columns
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Reads a column as a whole. Blocks; any thread. Of a sparse matrix it is of type float64 and has
 * the zeros that are not stored.
 *
 * Returns: (transfer full): a vector of the kind [enum@Ann.ElementKind.DENSE] with the path of the
 *   matrix, or %NULL with @error set
 */
AnnElement *
ann_matrix_column_new (AnnElement *matrix,
                       guint64 column,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (AnnMatrixColumn) self = NULL;
  g_autoptr (AnnBlock) block = NULL;
  AnnElementSource source = { .node = NULL, .encoding_type = "", .encoding_version = "" };
  guint64 n_rows;

  g_return_val_if_fail (ANN_IS_ELEMENT (matrix), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!ann_element_is_matrix (matrix) || !ann_dtype_is_real (ann_element_get_dtype (matrix)))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: One column can be taken only of a matrix of numbers with two axes",
                   ann_element_get_path (matrix));
      return NULL;
    }

  block = ann_element_read_columns (matrix, column, 1, cancellable, error);
  if (block == NULL)
    return NULL;

  n_rows = ann_element_get_n_rows (matrix);
  self = g_object_new (ANN_TYPE_MATRIX_COLUMN, NULL);
  self->values = ann_block_is_sparse (block) ? spread (block, n_rows, error)
                                             : ann_buffer_ref (block->values);
  if (self->values == NULL)
    return NULL;

  source.node = ann_element_get_node (matrix);
  source.path = ann_element_get_path (matrix);
  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = &source,
                                                 .kind = ANN_ELEMENT_DENSE,
                                                 .dtype = ann_buffer_get_dtype (self->values),
                                                 .rank = 1,
                                                 .shape = &n_rows,
                                             });

  return ANN_ELEMENT (g_steal_pointer (&self));
}
