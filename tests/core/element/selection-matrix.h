/* selection-matrix.h: the matrix of selection-table.h, stored in every way
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-chunk-cache.h"
#include "memory-store.h"
#include "selection-table.h"

#define MIB ((guint64) 1024 * 1024)

typedef struct {
  const char *name;
  AnnElementKind kind;
  guint64 chunk_length; /* 0: stored in one run */
  guint64 budget;
  AnnDtype index_dtype;
} Mode;

static const Mode modes[] = {
  { "dense", ANN_ELEMENT_DENSE, 0, 256 * MIB, 0 },
  { "dense-chunks", ANN_ELEMENT_DENSE, 4, 256 * MIB, 0 },
  { "dense-chunks-uncached", ANN_ELEMENT_DENSE, 3, 0, 0 },
  { "csr", ANN_ELEMENT_CSR, 0, 256 * MIB, ANN_DTYPE_INT32 },
  { "csr-chunks", ANN_ELEMENT_CSR, 7, 256 * MIB, ANN_DTYPE_INT32 },
  { "csr-chunks-uncached", ANN_ELEMENT_CSR, 3, 0, ANN_DTYPE_UINT8 },
  { "csr-one-chunk", ANN_ELEMENT_CSR, 1000, 0, ANN_DTYPE_INT64 },
  { "csc", ANN_ELEMENT_CSC, 0, 256 * MIB, ANN_DTYPE_INT32 },
  { "csc-chunks", ANN_ELEMENT_CSC, 7, 256 * MIB, ANN_DTYPE_UINT16 },
  { "csc-chunks-uncached", ANN_ELEMENT_CSC, 3, 0, ANN_DTYPE_INT32 },
};

G_GNUC_UNUSED static Item *
add_part (Store *store,
          Item *group,
          const char *name,
          AnnDtype dtype,
          const int *numbers,
          gsize n,
          guint64 chunk_length)
{
  g_autofree guint8 *bytes = g_malloc0 (n * 8);
  Item *item;

  for (gsize i = 0; i < n; i++) /* the low bytes come first here */
    memcpy (bytes + i * ann_dtype_get_size (dtype), &numbers[i],
            MIN (ann_dtype_get_size (dtype), sizeof (int)));
  item = store_add_vector (store, group, name, dtype, n, bytes);
  item->chunk_length = chunk_length;

  return item;
}

G_GNUC_UNUSED static void
add_sparse (Store *store, const Mode *mode)
{
  static const gint64 shape[] = { TABLE_N_ROWS, TABLE_N_COLUMNS };
  const gboolean is_csr = mode->kind == ANN_ELEMENT_CSR;
  const gsize n = G_N_ELEMENTS (table_csr_data);
  Item *group = store_add_group (store, store->root, "X");

  item_set_encoding (group, is_csr ? "csr_matrix" : "csc_matrix", "0.1.0");
  item_set_numbers (group, "shape", ANN_DTYPE_INT64, 2, shape);
  store_add_vector (store, group, "data", ANN_DTYPE_FLOAT64, n,
                    is_csr ? table_csr_data : table_csc_data)
      ->chunk_length
      = mode->chunk_length;
  add_part (store, group, "indices", mode->index_dtype,
            is_csr ? table_csr_indices : table_csc_indices, n, mode->chunk_length);
  add_part (store, group, "indptr", ANN_DTYPE_INT32, is_csr ? table_csr_indptr : table_csc_indptr,
            (is_csr ? TABLE_N_ROWS : TABLE_N_COLUMNS) + 1, mode->chunk_length);
}

G_GNUC_UNUSED static void
add_dense (Store *store, const Mode *mode)
{
  static const guint64 shape[] = { TABLE_N_ROWS, TABLE_N_COLUMNS };
  double values[TABLE_N_ROWS * TABLE_N_COLUMNS];
  Item *item;

  /* The first case is all of it. */
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = table_cases[0].dense[i];
  item = store_add_box (store, store->root, "X", ANN_DTYPE_FLOAT64, 2, shape, values);
  item->chunk_length = mode->chunk_length;
  item_set_encoding (item, "array", "0.2.0");
}

G_GNUC_UNUSED static AnnElement *
open_matrix (Store *store, const Mode *mode)
{
  if (mode->kind == ANN_ELEMENT_DENSE)
    add_dense (store, mode);
  else
    add_sparse (store, mode);
  ann_chunk_cache_set_budget (mode->budget);

  return open_good (store, "X", mode->kind);
}

G_GNUC_UNUSED static void
assert_dense (const AnnBlock *block, const TableCase *table_case)
{
  g_assert_cmpuint (block->count, ==, table_case->n_rows);
  g_assert_cmpuint (block->width, ==, table_case->n_columns);
  g_assert_cmpuint (ann_buffer_get_n_elements (block->values), ==,
                    table_case->n_rows * table_case->n_columns);
  for (int i = 0; i < table_case->n_rows * table_case->n_columns; i++)
    g_assert_cmpfloat (ann_buffer_get_double (block->values, i), ==, table_case->dense[i]);
}

/* Densely, for a CSC gives the entries of a row in another order. */
G_GNUC_UNUSED static void
assert_sparse (const AnnBlock *block, const TableCase *table_case)
{
  double dense[26 * 26] = { 0 };
  const guint64 *pointers = ann_buffer_get_data (block->indptr);

  g_assert_cmpuint (block->count, ==, table_case->n_rows);
  g_assert_cmpuint (block->width, ==, table_case->n_columns);
  g_assert_cmpuint (ann_buffer_get_n_elements (block->indptr), ==, block->count + 1);
  g_assert_cmpuint (pointers[0], ==, 0);
  g_assert_cmpuint (pointers[block->count], ==, table_case->n_entries);
  g_assert_cmpuint (ann_buffer_get_n_elements (block->values), ==, table_case->n_entries);
  g_assert_cmpuint (ann_buffer_get_n_elements (block->indices), ==, table_case->n_entries);
  for (guint64 row = 0; row < block->count; row++)
    for (guint64 i = pointers[row]; i < pointers[row + 1]; i++)
      {
        double column = ann_buffer_get_double (block->indices, i);

        g_assert_cmpfloat (column, <, block->width);
        dense[row * block->width + (guint64) column] += ann_buffer_get_double (block->values, i);
      }
  for (int i = 0; i < table_case->n_rows * table_case->n_columns; i++)
    g_assert_cmpfloat (dense[i], ==, table_case->dense[i]);
}

/* One by one, as scipy has them. */
G_GNUC_UNUSED static void
assert_entries (const AnnBlock *block, const short *expected)
{
  const guint64 *pointers = ann_buffer_get_data (block->indptr);

  for (guint64 row = 0; row < block->count; row++, expected++)
    {
      for (guint64 i = pointers[row]; i < pointers[row + 1]; i++, expected += 2)
        {
          g_assert_cmpfloat (ann_buffer_get_double (block->indices, i), ==, expected[0]);
          g_assert_cmpfloat (ann_buffer_get_double (block->values, i), ==, expected[1]);
        }
      g_assert_cmpint (*expected, ==, -1);
    }
}
