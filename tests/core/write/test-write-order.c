/* test-write-order.c: lines in another order than they come in
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "memory-writer.h"

#include "element/ann-sparse.h"
#include "view/ann-select.h"
#include "view/ann-stack.h"
#include "write/ann-buckets-private.h"
#include "write/ann-element-writer.h"

#include <math.h>

/* --- Buckets --- */

/* The n-th record of a line that has so many. */
static guint32
make_payload (guint64 line, guint64 n)
{
  return (guint32) (line * 7919 + n);
}

/* @n_of: how many records each line has; they come line by line in turns. */
static void
check_buckets (guint64 n_lines, const guint64 *n_of, gsize payload_size, gboolean keep_whole)
{
  const gsize record_size = sizeof (guint32) + payload_size;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBuckets) buckets = NULL;
  guint64 n_all = 0;
  guint64 most = 0;
  guint64 next = 100;
  guint64 n_begun = 0;
  g_autofree guint64 *n_seen = g_new0 (guint64, n_lines);

  for (guint64 i = 0; i < n_lines; i++)
    {
      n_all += n_of[i];
      most = MAX (most, n_of[i]);
    }
  buckets = _ann_buckets_new (g_get_tmp_dir (), 100, n_lines, payload_size, n_all * record_size);
  if (keep_whole)
    _ann_buckets_keep_whole (buckets);
  for (guint64 n = 0; n < most; n++)
    {
      for (guint64 i = n_lines; i-- > 0;)
        {
          const guint32 payload = make_payload (i, n);
          guint8 *to;

          if (n >= n_of[i])
            continue;
          to = _ann_buckets_add (buckets, 100 + i, &error);
          g_assert_no_error (error);
          memset (to, 0, payload_size);
          memcpy (to, &payload, sizeof payload);
        }
    }

  while (TRUE)
    {
      AnnBucketPiece piece;
      gboolean is_end;

      g_assert_true (_ann_buckets_next (buckets, &piece, &is_end, NULL, &error));
      g_assert_no_error (error);
      if (is_end)
        break;
      g_assert_cmpuint (piece.first_line, ==, next);
      g_assert_true (piece.n_lines > 0 || (!keep_whole && piece.n > 0));
      g_assert_true (keep_whole || piece.n * record_size <= 40 << 20);
      for (gsize i = 0; i < piece.n; i++)
        {
          guint32 line;
          guint32 payload;

          memcpy (&line, piece.records + i * record_size, sizeof line);
          memcpy (&payload, piece.records + i * record_size + sizeof line, sizeof payload);
          line += (guint32) (piece.first_line - 100);
          g_assert_cmpuint (line, <, n_lines);
          g_assert_cmpuint (payload, ==, make_payload (line, n_seen[line]++));
        }
      n_begun += piece.n_lines == 0;
      next += piece.n_lines;
    }
  g_assert_cmpuint (next, ==, 100 + n_lines);
  for (guint64 i = 0; i < n_lines; i++)
    g_assert_cmpuint (n_seen[i], ==, n_of[i]);
  g_assert_true (n_begun == 0 || most * record_size > 32 << 20);
}

static void
test_few (void)
{
  static const guint64 n_of[] = { 3, 0, 1, 70000, 0 };

  check_buckets (G_N_ELEMENTS (n_of), n_of, 8, FALSE);
  check_buckets (1, n_of, 4, FALSE);
}

/* More than a bucket may have, in one that was to be small: it is split again and again. */
static void
test_split (void)
{
  g_autofree guint64 *n_of = g_new0 (guint64, 5000);

  for (guint i = 0; i < 5000; i++)
    n_of[i] = i / 100 == 31 ? 8000 : 1;
  check_buckets (5000, n_of, 60, FALSE);
}

/* A line longer than memory allows comes in pieces. */
static void
test_long_line (void)
{
  static const guint64 n_of[] = { 2, 40000, 0, 5 };

  check_buckets (G_N_ELEMENTS (n_of), n_of, 1020, FALSE);
  check_buckets (G_N_ELEMENTS (n_of), n_of, 1020, TRUE);
}

/* Records larger than a buffer. */
static void
test_large_records (void)
{
  g_autofree guint64 *n_of = g_new0 (guint64, 300);

  for (guint i = 0; i < 300; i++)
    n_of[i] = 1;
  check_buckets (300, n_of, 300000, FALSE);
}

static void
test_no_folder (void)
{
  g_autoptr (AnnBuckets) buckets = _ann_buckets_new ("/nowhere/at/all", 0, 1, 1020, 1 << 20);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 100 && error == NULL; i++)
    {
      guint8 *to = _ann_buckets_add (buckets, 0, &error);

      if (to != NULL)
        memset (to, 0, 1020);
    }
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* --- Matrices --- */

/* 3,000 × 2,000, a value at (row, column) where (row × 31 + column × 17) % 11 is 0, stored by rows
 * with the larger columns first: 545,455 entries or so, 4.4 MB. Its value is the place.
 */
#define N_ROWS 3000
#define N_COLUMNS 2000

static gboolean
is_entry (guint64 row, guint64 column)
{
  return (row * 31 + column * 17) % 11 == 0;
}

static void
add_matrix (Store *store, Item *parent, const char *name, gboolean by_columns)
{
  const gint64 shape[] = { N_ROWS, N_COLUMNS };
  const guint64 n_lines = by_columns ? N_COLUMNS : N_ROWS;
  const guint64 width = by_columns ? N_ROWS : N_COLUMNS;
  Item *item = store_add_group (store, parent, name);
  g_autoptr (GArray) data = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GArray) indices = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autoptr (GArray) pointers = g_array_new (FALSE, TRUE, sizeof (gint64));

  g_array_set_size (pointers, 1);
  for (guint64 line = 0; line < n_lines; line++)
    {
      const gint64 *end;

      for (guint64 k = width; k-- > 0;)
        {
          const guint64 row = by_columns ? k : line;
          const guint64 column = by_columns ? line : k;
          const gint32 value = (gint32) (row * N_COLUMNS + column);
          const gint32 index = (gint32) k;

          if (!is_entry (row, column))
            continue;
          g_array_append_val (data, value);
          g_array_append_val (indices, index);
        }
      end = &(gint64){ (gint64) data->len };
      g_array_append_vals (pointers, end, 1);
    }
  item_set_encoding (item, by_columns ? "csc_matrix" : "csr_matrix", "0.1.0");
  item_set_numbers (item, "shape", ANN_DTYPE_INT64, 2, shape);
  store_add_vector (store, item, "data", ANN_DTYPE_INT32, data->len, data->data);
  store_add_vector (store, item, "indices", ANN_DTYPE_INT32, indices->len, indices->data);
  store_add_vector (store, item, "indptr", ANN_DTYPE_INT64, pointers->len, pointers->data);
}

static void
add_dense (Store *store, Item *parent, const char *name)
{
  const guint64 shape[] = { N_ROWS, N_COLUMNS };
  g_autofree gint32 *values = g_new (gint32, N_ROWS * N_COLUMNS);

  for (guint64 i = 0; i < N_ROWS * N_COLUMNS; i++)
    values[i] = is_entry (i / N_COLUMNS, i % N_COLUMNS) ? (gint32) i : 0;
  store_add_box (store, parent, name, ANN_DTYPE_INT32, 2, shape, values);
}

/* Writes @element as the layer `x` and reads it again. */
static AnnElement *
write_layer (Target *target, AnnElement *element, AnnMatrixLayout layout)
{
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  const AnnElementWriter writer = { .options = options, .scratch_folder = g_get_tmp_dir () };
  g_autoptr (AnnNodeWriter) root = target_open_root (target);
  g_autoptr (AnnNodeWriter) layers = NULL;
  g_autoptr (AnnNode) node = NULL;
  g_autoptr (AnnNode) group = NULL;
  g_autoptr (GError) error = NULL;
  AnnElement *written;

  options->layout = layout;
  layers = _ann_node_writer_add_group (root, "layers", NULL, &error);
  g_assert_no_error (error);
  g_assert_true (_ann_element_write (&writer, element, layers, "x", NULL, &error));
  g_assert_no_error (error);

  node = store_open_root (target->store);
  group = ann_node_open_child (node, "layers", NULL, &error);
  g_assert_no_error (error);
  written = _ann_element_open_child_of (group, "x", NULL, &error);
  g_assert_no_error (error);
  g_assert_no_error (ann_element_get_error (written));

  return written;
}

/* Compares with the formula, at @rows and @columns (nullable: all). */
static void
assert_matrix (AnnElement *element, const AnnSelection *rows, const AnnSelection *columns)
{
  const guint64 n_rows = ann_element_get_length (element, 0);
  const guint64 n_columns = ann_element_get_length (element, 1);
  g_autofree gint32 *found = g_new0 (gint32, n_rows * n_columns);
  const gboolean by_columns = ann_element_get_kind (element) == ANN_ELEMENT_CSC;
  g_autoptr (AnnBlock) block = ann_element_take (element, NULL, NULL);
  const gint32 *values = ann_buffer_get_data (block->values);

  g_assert_nonnull (block);
  if (ann_block_is_sparse (block))
    {
      const guint64 *pointers = ann_buffer_get_data (block->indptr);
      const gint32 *indices = ann_buffer_get_data (block->indices);

      for (guint64 i = 0; i < block->count; i++)
        {
          for (guint64 k = pointers[i]; k < pointers[i + 1]; k++)
            {
              const guint64 row = by_columns ? (guint64) indices[k] : i;
              const guint64 column = by_columns ? i : (guint64) indices[k];

              found[row * n_columns + column] += values[k];
            }
        }
    }
  else
    {
      memcpy (found, values, n_rows * n_columns * sizeof *found);
    }

  for (guint64 i = 0; i < n_rows; i++)
    {
      for (guint64 k = 0; k < n_columns; k++)
        {
          const guint64 row = rows != NULL ? ann_selection_get_position (rows, i) : i;
          const guint64 column = columns != NULL ? ann_selection_get_position (columns, k) : k;
          const gint32 expected = is_entry (row, column) ? (gint32) (row * N_COLUMNS + column) : 0;

          if (found[i * n_columns + k] != expected)
            g_error ("At %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT ": %d and not %d", i, k,
                     found[i * n_columns + k], expected);
        }
    }
}

/* Any layout becomes any other. */
static void
test_layouts (void)
{
  static const AnnMatrixLayout layouts[] = { ANN_MATRIX_LAYOUT_CSR, ANN_MATRIX_LAYOUT_CSC,
                                             ANN_MATRIX_LAYOUT_DENSE };
  static const AnnElementKind kinds[] = { ANN_ELEMENT_CSR, ANN_ELEMENT_CSC, ANN_ELEMENT_DENSE };
  g_autoptr (Store) store = store_new ();

  add_matrix (store, store->root, "csr", FALSE);
  add_matrix (store, store->root, "csc", TRUE);
  add_dense (store, store->root, "dense");
  for (guint i = 0; i < 9; i++)
    {
      const char *const names[] = { "csr", "csc", "dense" };
      g_autoptr (AnnElement) element = open_child (store, names[i / 3]);
      g_autoptr (Target) target = target_new (FALSE);
      g_autoptr (AnnElement) written = write_layer (target, element, layouts[i % 3]);

      g_assert_cmpint (ann_element_get_kind (written), ==, kinds[i % 3]);
      assert_matrix (written, NULL, NULL);
    }
}

/* Joined matrices of which some are stored by columns: each is read once, however many blocks of
 * rows it takes. Five of them are more than one block.
 */
#define N_PARTS 5

/* All parts have their other axis in this order, and some of it is dropped. */
static AnnReindex *
new_joined_order (guint64 length, guint64 part_length)
{
  gint32 *places = g_new (gint32, length);
  g_autoptr (GError) error = NULL;
  AnnReindex *reindex;

  for (guint64 i = 0; i < length; i++)
    places[i] = (gint32) ((i * 7 + 3) % part_length); /* 7 divides neither */
  reindex = _ann_reindex_new (places, length, part_length, &error);
  g_assert_no_error (error);

  return reindex;
}

static AnnSelection *
new_repeated (guint64 n_times, guint64 axis_length)
{
  g_autofree gint64 *positions = g_new (gint64, n_times * axis_length);

  for (guint64 i = 0; i < n_times * axis_length; i++)
    positions[i] = (gint64) (i % axis_length);

  return ann_selection_new_from_indices (positions, n_times * axis_length, axis_length, NULL);
}

static AnnSelection *
new_joined_selection (const AnnReindex *reindex)
{
  g_autofree gint64 *positions = g_new (gint64, reindex->length);

  for (guint64 i = 0; i < reindex->length; i++)
    positions[i] = reindex->places[i];

  return ann_selection_new_from_indices (positions, reindex->length, reindex->part_length, NULL);
}

static void
test_stacked (void)
{
  static const char *const names[N_PARTS] = { "csc", "csr", "csc", "dense", "csc" };
  g_autoptr (Store) store = store_new ();

  add_matrix (store, store->root, "csr", FALSE);
  add_matrix (store, store->root, "csc", TRUE);
  add_dense (store, store->root, "dense");
  for (guint axis = 0; axis < 2; axis++)
    {
      const guint64 lengths[] = { N_ROWS, N_COLUMNS };
      const guint64 other = lengths[1 - axis];
      g_autoptr (AnnReindex) reindex = new_joined_order (other - 11, other);
      g_autoptr (AnnSelection) repeated = new_repeated (N_PARTS, lengths[axis]);
      g_autoptr (AnnSelection) joined = new_joined_selection (reindex);
      g_autoptr (Target) target = target_new (FALSE);
      g_autoptr (AnnElement) stack = NULL;
      g_autoptr (AnnElement) written = NULL;
      g_autoptr (GError) error = NULL;
      AnnStackPart parts[N_PARTS] = { 0 };

      for (guint i = 0; i < N_PARTS; i++)
        parts[i] = (AnnStackPart){ .element = open_child (store, names[i]),
                                   .length = lengths[axis],
                                   .reindex = reindex };
      stack = _ann_stack_matrices ("x", parts, N_PARTS, axis, NULL, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < N_PARTS; i++)
        g_object_unref (parts[i].element);

      counts_reset ();
      written = write_layer (target, stack, ANN_MATRIX_LAYOUT_KEEP);
      /* Values and indices of four, the cells of the fifth, pointers; half of it as much again. */
      g_assert_cmpint (counts.n_values, <, (4 * 2 * 545455 + N_ROWS * N_COLUMNS) * 3 / 2);
      g_assert_cmpint (ann_element_get_kind (written), ==, ANN_ELEMENT_CSR);
      assert_matrix (written, axis == 0 ? repeated : joined, axis == 0 ? joined : repeated);
    }
}

/* Dates among them: what is none of these is NaN among the fractions that all become. */
static void
test_stacked_dates (void)
{
  static const guint64 shape[] = { N_ROWS, N_COLUMNS };
  g_autofree gint64 *dates = g_new0 (gint64, N_ROWS * N_COLUMNS);
  g_autoptr (Store) store = store_new ();
  g_autoptr (Target) target = target_new (FALSE);
  g_autoptr (AnnElement) stack = NULL;
  g_autoptr (AnnElement) written = NULL;
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (GError) error = NULL;
  AnnStackPart parts[N_PARTS] = { 0 };

  for (guint64 i = 0; i < N_ROWS * N_COLUMNS; i += 11)
    dates[i] = i % 2 == 0 ? G_MININT64 : (gint64) i;
  add_matrix (store, store->root, "csc", TRUE);
  store_add_box (store, store->root, "dates", ANN_DTYPE_INT64, 2, shape, dates)->description
      = "datetime64[s]";
  for (guint i = 0; i < N_PARTS; i++)
    parts[i] = (AnnStackPart){ .element = open_child (store, i == 0 ? "dates" : "csc"),
                               .length = N_ROWS };
  stack = _ann_stack_matrices ("x", parts, N_PARTS, 0, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < N_PARTS; i++)
    g_object_unref (parts[i].element);

  written = write_layer (target, stack, ANN_MATRIX_LAYOUT_KEEP);
  g_assert_cmpint (ann_element_get_kind (written), ==, ANN_ELEMENT_CSR);
  g_assert_cmpint (ann_element_get_dtype (written), ==, ANN_DTYPE_FLOAT64);
  block = ann_element_read_rows (written, 0, N_ROWS, NULL, &error);
  g_assert_no_error (error);
  for (guint64 i = 0; i < N_ROWS * N_COLUMNS; i += 11)
    {
      const double value = ann_buffer_get_double (block->values, i / 11);

      g_assert_true (i % 2 == 0 ? isnan (value) : value == (double) i);
    }
}

/* Many copies of the rows in disorder, so that there are more than one block of them: 24,000 rows
 * of 182 entries, 35 MB.
 */
static AnnSelection *
new_disorder (guint64 n, guint64 axis_length)
{
  g_autofree gint64 *positions = g_new (gint64, n);

  for (guint64 i = 0; i < n; i++)
    positions[i] = (gint64) ((i * 7919 + i / 5) % axis_length);

  return ann_selection_new_from_indices (positions, n, axis_length, NULL);
}

/* Lines in disorder are what was asked for, and what is stored of a line is read once, though it is
 * wanted eight times or more.
 */
static void
test_disorder (void)
{
  static const struct {
    const char *name;
    gboolean by_columns;
    gboolean has_other;
  } cases[] = { { "csr", FALSE, FALSE },
                { "csr", FALSE, TRUE },
                { "csc", TRUE, FALSE },
                { "csc", TRUE, TRUE },
                { "dense", FALSE, TRUE } };
  g_autoptr (Store) store = store_new ();

  add_matrix (store, store->root, "csr", FALSE);
  add_matrix (store, store->root, "csc", TRUE);
  add_dense (store, store->root, "dense");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const guint64 n_lines = cases[i].by_columns ? N_COLUMNS : N_ROWS;
      const guint64 n_others = cases[i].by_columns ? N_ROWS : N_COLUMNS;
      g_autoptr (AnnElement) element = open_child (store, cases[i].name);
      g_autoptr (AnnSelection) lines = new_disorder (24000, n_lines);
      g_autoptr (AnnSelection) others = cases[i].has_other ? new_disorder (1500, n_others) : NULL;
      AnnSelection *rows = cases[i].by_columns ? others : lines;
      AnnSelection *columns = cases[i].by_columns ? lines : others;
      g_autoptr (AnnElement) selected = ann_element_select (element, rows, columns, NULL);
      g_autoptr (Target) target = target_new (FALSE);
      g_autoptr (AnnElement) written = NULL;

      g_assert_nonnull (selected);
      counts_reset ();
      written = write_layer (target, selected, ANN_MATRIX_LAYOUT_KEEP);
      g_assert_cmpint (counts.n_values, <=,
                       ANN_IS_SPARSE (element) ? 2 * N_ROWS * N_COLUMNS / 10 : N_ROWS * N_COLUMNS);
      g_assert_cmpint (ann_element_get_kind (written), ==, ann_element_get_kind (element));
      assert_matrix (written, rows, columns);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/write-order/few", test_few);
  g_test_add_func ("/write-order/split", test_split);
  g_test_add_func ("/write-order/long-line", test_long_line);
  g_test_add_func ("/write-order/large-records", test_large_records);
  g_test_add_func ("/write-order/no-folder", test_no_folder);
  g_test_add_func ("/write-order/layouts", test_layouts);
  g_test_add_func ("/write-order/stacked", test_stacked);
  g_test_add_func ("/write-order/stacked-dates", test_stacked_dates);
  g_test_add_func ("/write-order/disorder", test_disorder);

  return g_test_run ();
}
