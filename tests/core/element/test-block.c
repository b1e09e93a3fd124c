/* test-block.c: blocks in canonical order, and one after the other
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-worker.h"
#include "element/ann-block-iterator.h"
#include "memory-store.h"

#include <string.h>

/* Two rows: 3 0 3 | 1 2 */
static AnnBlock *
new_block (AnnDtype dtype, gconstpointer values, AnnDtype index_dtype, gconstpointer indices)
{
  static const guint64 pointers[] = { 0, 3, 3, 5 };
  AnnBlock *block = ann_block_new (7, 3, 4);

  block->indptr = ann_buffer_new_vector (ANN_DTYPE_UINT64, 4, NULL);
  memcpy (ann_buffer_get_data_for_writing (block->indptr), pointers, sizeof pointers);
  block->indices = ann_buffer_new_vector (index_dtype, 5, NULL);
  memcpy (ann_buffer_get_data_for_writing (block->indices), indices,
          5 * ann_dtype_get_size (index_dtype));
  block->values = ann_buffer_new_vector (dtype, 5, NULL);
  memcpy (ann_buffer_get_data_for_writing (block->values), values, 5 * ann_dtype_get_size (dtype));

  return block;
}

static const gint32 mixed[] = { 3, 0, 3, 1, 2 };

static void
assert_canonical (AnnDtype dtype, gconstpointer values, gconstpointer expected)
{
  static const guint64 pointers[] = { 0, 2, 2, 4 };
  static const gint32 indices[] = { 0, 3, 1, 2 };
  g_autoptr (AnnBlock) block = new_block (dtype, values, ANN_DTYPE_INT32, mixed);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBlock) canonical = ann_block_canonicalize (block, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (canonical->start, ==, 7);
  g_assert_cmpuint (canonical->count, ==, 3);
  g_assert_cmpuint (canonical->width, ==, 4);
  g_assert_cmpmem (ann_buffer_get_data (canonical->indptr), ann_buffer_get_size (canonical->indptr),
                   pointers, sizeof pointers);
  g_assert_cmpint (ann_buffer_get_dtype (canonical->indices), ==, ANN_DTYPE_INT32);
  g_assert_cmpmem (ann_buffer_get_data (canonical->indices),
                   ann_buffer_get_size (canonical->indices), indices, sizeof indices);
  g_assert_cmpint (ann_buffer_get_dtype (canonical->values), ==, dtype);
  g_assert_cmpmem (ann_buffer_get_data (canonical->values), ann_buffer_get_size (canonical->values),
                   expected, 4 * ann_dtype_get_size (dtype));
  /* The old one is as it was. */
  g_assert_cmpmem (ann_buffer_get_data (block->indices), 20, mixed, sizeof mixed);
}

/* Sums as NumPy has them. */
static void
test_sums (void)
{
  assert_canonical (ANN_DTYPE_BOOL, (const guint8[]){ 1, 0, 1, 1, 0 },
                    (const guint8[]){ 0, 1, 1, 0 });
  assert_canonical (ANN_DTYPE_INT8, (const gint8[]){ 100, 1, 100, 2, 3 },
                    (const gint8[]){ 1, -56, 2, 3 });
  assert_canonical (ANN_DTYPE_INT16, (const gint16[]){ 300, 1, -400, 2, 3 },
                    (const gint16[]){ 1, -100, 2, 3 });
  assert_canonical (ANN_DTYPE_INT32, (const gint32[]){ G_MAXINT32, 1, 1, 2, 3 },
                    (const gint32[]){ 1, G_MININT32, 2, 3 });
  assert_canonical (ANN_DTYPE_UINT8, (const guint8[]){ 255, 1, 2, 2, 3 },
                    (const guint8[]){ 1, 1, 2, 3 });
  assert_canonical (ANN_DTYPE_UINT64, (const guint64[]){ G_MAXUINT64, 1, 2, 2, 3 },
                    (const guint64[]){ 1, 1, 2, 3 });
  assert_canonical (ANN_DTYPE_FLOAT16, (const guint16[]){ 0x3c00, 0x4000, 0x4000, 0, 0x3c00 },
                    (const guint16[]){ 0x4000, 0x4200, 0, 0x3c00 }); /* 1 + 2 = 3 */
  assert_canonical (ANN_DTYPE_FLOAT32, (const float[]){ 1.5f, 1, 2, 0, 3 },
                    (const float[]){ 1, 3.5f, 0, 3 });
  assert_canonical (ANN_DTYPE_FLOAT64, (const double[]){ 1.5, 1, -2, 2, 3 },
                    (const double[]){ 1, -0.5, 2, 3 });
  assert_canonical (ANN_DTYPE_COMPLEX64, (const float[]){ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 },
                    (const float[]){ 3, 4, 6, 8, 7, 8, 9, 10 });
  assert_canonical (ANN_DTYPE_COMPLEX128, (const double[]){ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 },
                    (const double[]){ 3, 4, 6, 8, 7, 8, 9, 10 });
}

static void
test_nothing_to_do (void)
{
  static const guint8 sorted[] = { 0, 1, 3, 1, 2 };
  static const double values[] = { 1, 2, 3, 4, 5 };
  g_autoptr (AnnBlock) block = new_block (ANN_DTYPE_FLOAT64, values, ANN_DTYPE_UINT8, sorted);
  g_autoptr (AnnBlock) same = ann_block_canonicalize (block, NULL);
  g_autoptr (AnnBlock) dense = ann_block_new (0, 1, 1);
  g_autoptr (AnnBlock) as_well = ann_block_canonicalize (dense, NULL);

  g_assert_true (same == block);
  g_assert_true (as_well == dense);
}

/* Not sorted and nothing twice, in the narrowest type. */
static void
test_unsorted (void)
{
  static const guint8 unsorted[] = { 3, 0, 1, 2, 1 };
  static const guint8 expected[] = { 0, 1, 3, 1, 2 };
  static const double values[] = { 1, 2, 3, 4, 5 };
  static const double moved[] = { 2, 3, 1, 5, 4 };
  g_autoptr (AnnBlock) block = new_block (ANN_DTYPE_FLOAT64, values, ANN_DTYPE_UINT8, unsorted);
  g_autoptr (AnnBlock) sorted = ann_block_canonicalize (block, NULL);

  g_assert_cmpmem (ann_buffer_get_data (sorted->indices), ann_buffer_get_size (sorted->indices),
                   expected, sizeof expected);
  g_assert_cmpmem (ann_buffer_get_data (sorted->values), ann_buffer_get_size (sorted->values),
                   moved, sizeof moved);
}

/* --- The iterator --- */

static AnnElement *
open_vector (Store *store, guint64 n)
{
  g_autofree gint32 *values = g_new (gint32, MAX (n, 1));

  for (guint64 i = 0; i < n; i++)
    values[i] = (gint32) i;
  item_set_encoding (store_add_vector (store, store->root, "v", ANN_DTYPE_INT32, n, values),
                     "array", "0.2.0");

  return open_good (store, "v", ANN_ELEMENT_DENSE);
}

static void
test_blocks (void)
{
  static const struct {
    guint64 n_rows;
    guint64 n_in_block;
    guint64 n_blocks;
  } cases[] = { { 10, 3, 4 }, { 9, 3, 3 }, { 2, 3, 1 }, { 0, 3, 1 }, { 5, 1, 5 } };

  for (guint i = 0; i < 3 * G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnElement) vector = open_vector (store, cases[i / 3].n_rows);
      g_autoptr (AnnBlockIterator) iterator = ann_block_iterator_new (
          vector, cases[i / 3].n_in_block, i % 3);
      guint64 n_rows = 0;
      guint64 n_blocks = 0;

      g_assert_cmpuint (ann_block_iterator_get_n_blocks (iterator), ==, cases[i / 3].n_blocks);
      g_assert_cmpint (counts.n_reads, ==, 0);
      while (TRUE)
        {
          g_autoptr (AnnBlock) block = NULL;
          g_autoptr (GError) error = NULL;

          g_assert_true (ann_block_iterator_next (iterator, &block, NULL, &error));
          g_assert_no_error (error);
          if (block == NULL)
            break;
          n_blocks++;
          g_assert_cmpuint (block->start, ==, n_rows);
          for (guint64 k = 0; k < block->count; k++)
            g_assert_cmpint (((const gint32 *) ann_buffer_get_data (block->values))[k], ==,
                             n_rows++);
        }
      g_assert_cmpuint (n_blocks, ==, cases[i / 3].n_blocks);
      g_assert_cmpuint (n_rows, ==, cases[i / 3].n_rows);
    }
}

/* No more is read ahead than was said. */
static void
test_bounded (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) vector = open_vector (store, 100);
  g_autoptr (AnnBlockIterator) iterator = ann_block_iterator_new (vector, 1, 3);
  g_autoptr (AnnBlock) block = NULL;

  g_assert_true (ann_block_iterator_next (iterator, &block, NULL, NULL));
  for (guint i = 0; i < 200 && g_atomic_int_get (&counts.n_reads) < 4; i++)
    g_usleep (10 * 1000);
  g_usleep (20 * 1000);
  g_assert_cmpint (g_atomic_int_get (&counts.n_reads), ==, 4);
}

/* The n-th block fails, for every n; those before are there. */
static void
test_iterator_fails (void)
{
  for (int n = 0; n < 5; n++)
    {
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnElement) vector = open_vector (store, 5);
      g_autoptr (AnnBlockIterator) iterator = ann_block_iterator_new (vector, 1, 2);

      counts_reset ();
      counts.fail_at = n;
      for (int i = 0; i < n + 2; i++)
        {
          g_autoptr (AnnBlock) block = NULL;
          g_autoptr (GError) error = NULL;

          g_assert_cmpint (ann_block_iterator_next (iterator, &block, NULL, &error), ==, i < n);
          if (i >= n)
            g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
        }
    }
}

static gpointer
cancel_soon (gpointer cancellable)
{
  g_usleep (20 * 1000);
  g_cancellable_cancel (cancellable);

  return NULL;
}

/* A caller that waits is free at once, and the next one gets the block all the same. */
static void
test_iterator_cancelled (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) vector = open_vector (store, 5);
  g_autoptr (AnnBlockIterator) iterator = ann_block_iterator_new (vector, 2, 1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (GError) error = NULL;
  GThread *thread;
  gint64 start;

  gate_close ();
  thread = g_thread_new ("cancel", cancel_soon, cancellable);
  start = g_get_monotonic_time ();
  g_assert_false (ann_block_iterator_next (iterator, &block, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_get_monotonic_time () - start, <, 10 * G_USEC_PER_SEC);
  g_clear_error (&error);
  g_thread_join (thread);

  gate_open_for (1);
  g_assert_true (ann_block_iterator_next (iterator, &block, NULL, &error));
  g_assert_cmpuint (block->start, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/block/sums", test_sums);
  g_test_add_func ("/block/nothing-to-do", test_nothing_to_do);
  g_test_add_func ("/block/unsorted", test_unsorted);
  g_test_add_func ("/block-iterator/blocks", test_blocks);
  g_test_add_func ("/block-iterator/bounded", test_bounded);
  g_test_add_func ("/block-iterator/fails", test_iterator_fails);
  g_test_add_func ("/block-iterator/cancelled", test_iterator_cancelled);

  return g_test_run ();
}
