/* table-element.h: a small matrix in memory, as any kind of element
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-memory-array.h"
#include "formula-array.h"

#include <math.h>
#include <string.h>

/* What is in it: entries in the order in which they are stored, of rows (or columns). The same cell
 * may be there twice.
 */
typedef struct {
  guint64 n_rows, n_columns;
  gboolean by_columns;
  GArray *indptr;  /* of guint64 */
  GArray *indices; /* of guint64 */
  GArray *values;  /* of double */
  double *cells;   /* n_rows × n_columns: what it comes to */
} Table;

static Table *
table_new (guint64 n_rows, guint64 n_columns, gboolean by_columns)
{
  Table *table = g_new0 (Table, 1);
  const guint64 zero = 0;

  table->n_rows = n_rows;
  table->n_columns = n_columns;
  table->by_columns = by_columns;
  table->indptr = g_array_new (FALSE, FALSE, sizeof (guint64));
  table->indices = g_array_new (FALSE, FALSE, sizeof (guint64));
  table->values = g_array_new (FALSE, FALSE, sizeof (double));
  table->cells = g_new0 (double, MAX (n_rows * n_columns, 1));
  g_array_append_val (table->indptr, zero);

  return table;
}

static void
table_free (Table *table)
{
  g_array_unref (table->indptr);
  g_array_unref (table->indices);
  g_array_unref (table->values);
  g_free (table->cells);
  g_free (table);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Table, table_free)

static double *
table_get_cell (Table *table, guint64 major, guint64 minor)
{
  return table->by_columns ? &table->cells[minor * table->n_columns + major]
                           : &table->cells[major * table->n_columns + minor];
}

/* Adds an entry to the row (or column) that is being made. */
static void
table_add (Table *table, guint64 minor, double value)
{
  guint64 major = table->indptr->len - 1;

  g_array_append_val (table->indices, minor);
  g_array_append_val (table->values, value);
  *table_get_cell (table, major, minor) += value;
}

static void
table_end_row (Table *table)
{
  const guint64 end = table->indices->len;

  g_array_append_val (table->indptr, end);
}

/* The same numbers, stored by the other axis, in order and each cell once. */
static Table *
table_turn (Table *table)
{
  Table *turned = table_new (table->n_rows, table->n_columns, !table->by_columns);
  guint64 n_major = turned->by_columns ? table->n_columns : table->n_rows;
  guint64 n_minor = turned->by_columns ? table->n_rows : table->n_columns;

  for (guint64 major = 0; major < n_major; major++)
    {
      for (guint64 minor = 0; minor < n_minor; minor++)
        {
          double value = *table_get_cell (table, minor, major);

          if (value != 0) /* NaN too */
            table_add (turned, minor, value);
        }
      table_end_row (turned);
    }

  return turned;
}

static double
table_get_value (guint64 index, gpointer data)
{
  return g_array_index (((Table *) data)->values, double, index);
}

static double
table_get_index (guint64 index, gpointer data)
{
  return (double) g_array_index (((Table *) data)->indices, guint64, index);
}

static double
table_get_pointer (guint64 index, gpointer data)
{
  return (double) g_array_index (((Table *) data)->indptr, guint64, index);
}

static double
table_get_dense (guint64 index, gpointer data)
{
  return ((Table *) data)->cells[index];
}

static AnnArray *
table_make_array (Table *table, AnnDtype dtype, guint64 length, guint64 chunk, FormulaFunc func)
{
  return ANN_ARRAY (formula_array_new (dtype, 1, &length, &chunk, func, table));
}

/* A stored sparse matrix, in small chunks. Lives no longer than @table. */
static AnnElement *
table_make_sparse (Table *table, AnnDtype dtype, AnnDtype index_dtype)
{
  g_autoptr (AnnArray) values = table_make_array (table, dtype, table->values->len, 97,
                                                  table_get_value);
  g_autoptr (AnnArray) indices = table_make_array (table, index_dtype, table->indices->len, 101,
                                                   table_get_index);
  g_autoptr (AnnArray) indptr = table_make_array (table, ANN_DTYPE_INT64, table->indptr->len, 64,
                                                  table_get_pointer);

  return formula_sparse_new (table->by_columns ? ANN_ELEMENT_CSC : ANN_ELEMENT_CSR, table->n_rows,
                             table->n_columns, values, indices, indptr);
}

static AnnElement *
table_make_dense (Table *table, AnnDtype dtype, guint64 chunk_rows, guint64 chunk_columns)
{
  const guint64 shape[] = { table->n_rows, table->n_columns };
  const guint64 chunk[] = { chunk_rows, chunk_columns };
  g_autoptr (AnnArray) array = ANN_ARRAY (
      formula_array_new (dtype, 2, shape, chunk, table_get_dense, table));

  return formula_dense_new (array);
}

/* A dense matrix whose array has no chunks. */
static AnnElement *
table_make_unchunked (Table *table)
{
  const guint64 shape[] = { table->n_rows, table->n_columns };
  g_autoptr (AnnBuffer) values = ann_buffer_new (ANN_DTYPE_FLOAT64, 2, shape, NULL);
  g_autoptr (AnnArray) array = NULL;

  memcpy (ann_buffer_get_data_for_writing (values), table->cells, ann_buffer_get_size (values));
  array = ann_memory_array_new (values);

  return formula_dense_new (array);
}

/* --- An element without arrays, as a view of others is one --- */

#define VIEW_TYPE_ELEMENT (view_element_get_type ())
G_DECLARE_FINAL_TYPE (ViewElement, view_element, VIEW, ELEMENT, AnnElement)

struct _ViewElement {
  AnnElement parent_instance;
  Table *table;

  GMutex mutex;
  guint n_reads;
  guint64 n_lines; /* rows or columns read */
  int fail_at;     /* the number of the read that fails; -1 for none */
  int cancel_at;   /* the number of the read after which @cancellable is cancelled */
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (ViewElement, view_element, ANN_TYPE_ELEMENT)

static gboolean
view_count (ViewElement *self, guint64 count, GError **error)
{
  gboolean fails;

  g_mutex_lock (&self->mutex);
  fails = (int) self->n_reads == self->fail_at;
  if ((int) self->n_reads == self->cancel_at)
    g_cancellable_cancel (self->cancellable);
  self->n_reads++;
  self->n_lines += count;
  g_mutex_unlock (&self->mutex);

  if (fails)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "not this time");

  return !fails;
}

static AnnBlock *
view_read_sparse (ViewElement *self, guint64 start, guint64 count, GError **error)
{
  Table *table = self->table;
  AnnBlock *block = ann_block_new (start, count,
                                   table->by_columns ? table->n_rows : table->n_columns);
  const guint64 *indptr = &g_array_index (table->indptr, guint64, start);
  gsize n = indptr[count] - indptr[0];

  if (!view_count (self, count, error))
    {
      ann_block_unref (block);
      return NULL;
    }

  block->indptr = ann_buffer_new_vector (ANN_DTYPE_UINT64, count + 1, NULL);
  block->indices = ann_buffer_new_vector (ANN_DTYPE_INT64, n, NULL);
  block->values = ann_buffer_new_vector (ANN_DTYPE_FLOAT64, n, NULL);
  for (guint64 i = 0; i <= count; i++)
    formula_store (ANN_DTYPE_INT64, ann_buffer_get_data_for_writing (block->indptr), i,
                   (double) (indptr[i] - indptr[0]));
  for (gsize i = 0; i < n; i++)
    {
      formula_store (ANN_DTYPE_INT64, ann_buffer_get_data_for_writing (block->indices), i,
                     table_get_index (indptr[0] + i, table));
      formula_store (ANN_DTYPE_FLOAT64, ann_buffer_get_data_for_writing (block->values), i,
                     table_get_value (indptr[0] + i, table));
    }

  return block;
}

static AnnBlock *
view_element_read_rows (AnnElement *element,
                        guint64 start,
                        guint64 count,
                        G_GNUC_UNUSED GCancellable *cancellable,
                        GError **error)
{
  ViewElement *self = VIEW_ELEMENT (element);
  const guint64 shape[] = { count, self->table->n_columns };
  AnnBlock *block;

  if (ann_element_get_kind (element) == ANN_ELEMENT_CSR)
    return view_read_sparse (self, start, count, error);

  g_assert_cmpint (ann_element_get_kind (element), ==, ANN_ELEMENT_DENSE);
  if (!view_count (self, count, error))
    return NULL;
  block = ann_block_new (start, count, shape[1]);
  block->values = ann_buffer_new (ANN_DTYPE_FLOAT64, 2, shape, NULL);
  for (gsize i = 0; i < count * shape[1]; i++)
    formula_store (ANN_DTYPE_FLOAT64, ann_buffer_get_data_for_writing (block->values), i,
                   self->table->cells[start * shape[1] + i]);

  return block;
}

static AnnBlock *
view_element_read_columns (AnnElement *element,
                           guint64 start,
                           guint64 count,
                           G_GNUC_UNUSED GCancellable *cancellable,
                           GError **error)
{
  g_assert_cmpint (ann_element_get_kind (element), ==, ANN_ELEMENT_CSC);

  return view_read_sparse (VIEW_ELEMENT (element), start, count, error);
}

static void
view_element_finalize (GObject *object)
{
  ViewElement *self = VIEW_ELEMENT (object);

  g_clear_object (&self->cancellable);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (view_element_parent_class)->finalize (object);
}

static void
view_element_class_init (ViewElementClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = view_element_finalize;
  element_class->read_rows = view_element_read_rows;
  element_class->read_columns = view_element_read_columns;
}

static void
view_element_init (ViewElement *self)
{
  g_mutex_init (&self->mutex);
  self->fail_at = -1;
  self->cancel_at = -1;
  self->cancellable = g_cancellable_new ();
}

static ViewElement *
view_element_new (Table *table, gboolean dense)
{
  ViewElement *self = g_object_new (VIEW_TYPE_ELEMENT, NULL);
  g_autoptr (FormulaNode) node = formula_node_new (NULL);
  const guint64 shape[] = { table->n_rows, table->n_columns };
  const AnnElementSource source = { .node = ANN_NODE (node) };
  const AnnElementInfo info = {
    .source = &source,
    .kind = dense               ? ANN_ELEMENT_DENSE
            : table->by_columns ? ANN_ELEMENT_CSC
                                : ANN_ELEMENT_CSR,
    .dtype = ANN_DTYPE_FLOAT64,
    .rank = 2,
    .shape = shape,
  };

  self->table = table;
  _ann_element_set_info (ANN_ELEMENT (self), &info);

  return self;
}
