/* test-split-export.c: a store for each value of a column
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../../support/remove-tree.h"

#include "anndata/ann-data-private.h"
#include "anndata/ann-data-select.h"
#include "anndata/ann-export.h"
#include "anndata/ann-split-private.h"
#include "array/ann-chunk-cache.h"

#include "../element/memory-store.h"

#include <glib/gstdio.h>

#define N_OBS 1200
#define N_VAR 30
#define N_PARTS 24
#define IN_ROW 5 /* entries of a row, and of a column of the turned layer */
#define CHUNK 100

static char *folder;

static void
setup (void)
{
  folder = g_dir_make_tmp ("ann-split-XXXXXX", NULL);
  g_assert_nonnull (folder);
}

static void
teardown (void)
{
  remove_tree (folder);
  g_clear_pointer (&folder, g_free);
}

/* --- The source: no row lies beside one of the same part --- */

static void
add_frame (Store *store, const char *name, guint n, const char *const *columns)
{
  Item *frame = store_add_group (store, store->root, name);
  g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (labels, g_strdup_printf ("%s-%u", name, i));
  g_ptr_array_add (labels, NULL);
  item_set_encoding (frame, "dataframe", "0.2.0");
  item_set_text (frame, "_index", "_index");
  item_set_texts (frame, "column-order", columns);
  store_add_texts (store, frame, "_index", (const char *const *) labels->pdata);
}

/* Rows 0, 25, 50, … are of the first value, and so on; every 100th has none. */
static void
add_column (Store *store)
{
  Item *column = store_add_group (store, g_hash_table_lookup (store->root->children, "obs"), "by");
  g_autoptr (GPtrArray) labels = g_ptr_array_new_with_free_func (g_free);
  gint8 codes[N_OBS];

  for (guint i = 0; i < N_PARTS; i++)
    g_ptr_array_add (labels, g_strdup_printf ("part %u", i));
  g_ptr_array_add (labels, NULL);
  for (guint i = 0; i < N_OBS; i++)
    codes[i] = i % 100 == 7 ? -1 : (gint8) (i % N_PARTS);
  item_set_encoding (column, "categorical", "0.2.0");
  item_set_numbers (column, "ordered", ANN_DTYPE_BOOL, 1, "\0");
  store_add_vector (store, column, "codes", ANN_DTYPE_INT8, N_OBS, codes);
  store_add_texts (store, column, "categories", (const char *const *) labels->pdata);
}

static void
add_sparse (Store *store,
            Item *parent,
            const char *name,
            const char *encoding,
            guint n_lines,
            guint width,
            const gint64 *shape)
{
  Item *matrix = store_add_group (store, parent, name);
  const guint n = n_lines * IN_ROW;
  g_autofree gint32 *pointers = g_new (gint32, n_lines + 1);
  g_autofree gint32 *indices = g_new (gint32, n);
  g_autofree float *values = g_new (float, n);

  for (guint i = 0; i < n; i++)
    {
      indices[i] = (gint32) ((i / IN_ROW * 7 + i % IN_ROW * (width / IN_ROW)) % width);
      values[i] = (float) (i + 1);
    }
  for (guint i = 0; i <= n_lines; i++)
    pointers[i] = (gint32) (i * IN_ROW);
  for (guint i = 0; i < n_lines; i++)
    {
      /* Those of a line in order. */
      for (guint k = 1; k < IN_ROW; k++)
        for (guint m = i * IN_ROW + k; m > i * IN_ROW && indices[m] < indices[m - 1]; m--)
          {
            const gint32 swapped = indices[m];

            indices[m] = indices[m - 1];
            indices[m - 1] = swapped;
          }
    }
  item_set_encoding (matrix, encoding, "0.1.0");
  item_set_numbers (matrix, "shape", ANN_DTYPE_INT64, 2, shape);
  store_add_vector (store, matrix, "indptr", ANN_DTYPE_INT32, n_lines + 1, pointers);
  store_add_vector (store, matrix, "indices", ANN_DTYPE_INT32, n, indices)->chunk_length = CHUNK;
  store_add_vector (store, matrix, "data", ANN_DTYPE_FLOAT32, n, values)->chunk_length = CHUNK;
}

static Store *
make_store (void)
{
  static const char *const columns[] = { "by", NULL };
  static const gint64 shape[] = { N_OBS, N_VAR };
  static const gint64 square[] = { N_OBS, N_OBS };
  static const guint64 dense_shape[] = { N_OBS, 3 };
  Store *store = store_new ();
  double dense[N_OBS * 3];
  Item *group;

  item_set_encoding (store->root, "anndata", "0.1.0");
  add_frame (store, "obs", N_OBS, columns);
  add_frame (store, "var", N_VAR, columns + 1);
  add_column (store);
  add_sparse (store, store->root, "X", "csr_matrix", N_OBS, N_VAR, shape);
  group = store_add_group (store, store->root, "layers");
  item_set_encoding (group, "dict", "0.1.0");
  add_sparse (store, group, "turned", "csc_matrix", N_VAR, N_OBS, shape);
  group = store_add_group (store, store->root, "obsp");
  item_set_encoding (group, "dict", "0.1.0");
  add_sparse (store, group, "near", "csr_matrix", N_OBS, N_OBS, square);
  group = store_add_group (store, store->root, "obsm");
  item_set_encoding (group, "dict", "0.1.0");
  for (guint i = 0; i < N_OBS * 3; i++)
    dense[i] = i;
  store_add_box (store, group, "places", ANN_DTYPE_FLOAT64, 2, dense_shape, dense)->chunk_length
      = CHUNK;

  return store;
}

static AnnData *
open_data (Store *store)
{
  g_autoptr (AnnNode) root = store_open_root (store);
  g_autoptr (GError) error = NULL;
  AnnData *data = _ann_data_new (root, "memory", &(AnnStoreInfo){ .format = "memory" }, NULL,
                                 &error);

  g_assert_no_error (error);

  return data;
}

static AnnSplit *
split (AnnData *data)
{
  g_autoptr (GError) error = NULL;
  AnnSplit *result = ann_split_new (data, "by", NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (ann_split_get_n_parts (result), ==, N_PARTS);

  return result;
}

/* (transfer full) */
static char **
make_targets (const char *name)
{
  char **targets = g_new0 (char *, N_PARTS + 1);

  for (guint i = 0; i < N_PARTS; i++)
    targets[i] = g_strdup_printf ("%s/%u-%s", folder, i, name);

  return targets;
}

static void
export_by (AnnSplit *parts,
           AnnData *data,
           AnnSplitWay way,
           char **targets,
           const AnnWriteOptions *options)
{
  g_autoptr (AnnProgress) progress = ann_progress_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (_ann_split_export_by (parts, data, way, (const char *const *) targets, options,
                                       progress, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (ann_progress_get_fraction (progress), ==, 1);
}

static guint
count_files (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static void
assert_same_files (const char *a, const char *b)
{
  g_autofree char *bytes_a = NULL;
  g_autofree char *bytes_b = NULL;
  gsize n_a;
  gsize n_b;

  g_assert_true (g_file_get_contents (a, &bytes_a, &n_a, NULL));
  g_assert_true (g_file_get_contents (b, &bytes_b, &n_b, NULL));
  g_assert_cmpmem (bytes_a, n_a, bytes_b, n_b);
}

/* Whichever way, the same files: those of exports of each part. */
static void
test_same (gconstpointer name)
{
  g_autoptr (Store) store = make_store ();
  g_autoptr (AnnData) data = open_data (store);
  g_autoptr (AnnSplit) parts = split (data);
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();

  for (guint i = 0; i < 3; i++)
    {
      g_auto (GStrv) gathered = NULL;

      setup ();
      options->profile = (AnnProfile) i;
      options->layout = i == 1 ? ANN_MATRIX_LAYOUT_CSC : ANN_MATRIX_LAYOUT_KEEP;
      gathered = make_targets (name);
      export_by (parts, data, ANN_SPLIT_GATHERED, gathered, options);
      g_assert_cmpuint (count_files (), ==, N_PARTS);
      for (guint part = 0; part < N_PARTS; part++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (AnnSelection) rows = ann_split_select (parts, part, &error);
          g_autoptr (AnnData) view = ann_data_select (data, rows, NULL, NULL, &error);
          g_autofree char *alone = g_strdup_printf ("%s/alone-%s", folder, (const char *) name);

          options->overwrite = TRUE;
          g_assert_true (ann_export_run (view, alone, options, NULL, NULL, NULL, &error));
          g_assert_no_error (error);
          assert_same_files (alone, gathered[part]);
        }
      options->overwrite = FALSE;
      teardown ();
    }
}

/* Each chunk is asked for once, or by two blocks that meet in it, whatever the number of parts. */
static void
test_reads_once (void)
{
  const guint64 budget = ann_chunk_cache_get_budget ();
  const int n_chunks = 4 * N_OBS * IN_ROW / CHUNK + 2 * N_VAR * IN_ROW / CHUNK + N_OBS / CHUNK;
  g_autoptr (Store) store = make_store ();
  g_autoptr (AnnData) data = open_data (store);
  g_autoptr (AnnSplit) parts = split (data);
  g_auto (GStrv) targets = NULL;
  int n_direct;

  setup ();
  ann_chunk_cache_set_budget (0);
  targets = make_targets ("direct.h5ad");
  counts_reset ();
  export_by (parts, data, ANN_SPLIT_DIRECT, targets, NULL);
  n_direct = counts.n_chunks;
  g_strfreev (targets);

  targets = make_targets ("usual.h5ad");
  counts_reset ();
  export_by (parts, data, ANN_SPLIT_CHEAPEST, targets, NULL);
  g_test_message ("%d chunks: %d, of part by part %d", n_chunks, counts.n_chunks, n_direct);
  g_assert_cmpint (counts.n_chunks, <=, n_chunks + 20);
  g_assert_cmpint (n_direct, >, 8 * n_chunks);
  ann_chunk_cache_set_budget (budget);
  teardown ();
}

typedef struct {
  GCancellable *cancellable;
  guint last; /* at which it is cancelled */
  guint n;
} Watch;

static void
count_part (guint part, const char *const *warnings, gpointer user_data)
{
  Watch *watch = user_data;

  g_assert_cmpuint (part, ==, watch->n++);
  g_assert_nonnull (warnings);
  if (part == watch->last)
    g_cancellable_cancel (watch->cancellable);
}

/* Half a split is none: what was written goes, and what stood there stays. */
static void
test_undone (void)
{
  g_autoptr (Store) store = make_store ();
  g_autoptr (AnnData) data = open_data (store);
  g_autoptr (AnnSplit) parts = split (data);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Watch watch = { cancellable, 2, 0 };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) targets = NULL;

  setup ();
  targets = make_targets ("x.h5ad");
  g_assert_false (ann_split_export (parts, data, (const char *const *) targets, NULL, NULL,
                                    count_part, &watch, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (watch.n, ==, 3);
  g_assert_cmpuint (count_files (), ==, 0);

  g_clear_error (&error);
  g_assert_true (g_file_set_contents (targets[4], "mine", 4, NULL));
  watch = (Watch){ cancellable, N_PARTS, 0 };
  g_assert_false (ann_split_export (parts, data, (const char *const *) targets, NULL, NULL,
                                    count_part, &watch, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_EXISTS);
  g_assert_cmpuint (watch.n, ==, 4);
  g_assert_cmpuint (count_files (), ==, 1);
  teardown ();
}

/* The n-th read fails: nothing is left. */
static void
test_faults (void)
{
  g_autoptr (Store) store = make_store ();
  g_autoptr (AnnData) data = open_data (store);
  g_autoptr (AnnSplit) parts = split (data);
  g_auto (GStrv) targets = NULL;
  gboolean success = FALSE;

  setup ();
  targets = make_targets ("x.zarr.zip");
  for (int n = 0; !success; n += 23)
    {
      g_autoptr (GError) error = NULL;

      counts_reset ();
      counts.fail_at = n;
      counts.fail_code = G_IO_ERROR_FAILED;
      success = ann_split_export (parts, data, (const char *const *) targets, NULL, NULL, NULL,
                                  NULL, NULL, &error);
      g_assert_true (success == (error == NULL));
      g_assert_cmpuint (count_files (), ==, success ? N_PARTS : 0);
    }
  counts_reset ();
  teardown ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/split-export/same-hdf5", "x.h5ad", test_same);
  g_test_add_data_func ("/split-export/same-zip", "x.zarr.zip", test_same);
  g_test_add_func ("/split-export/reads-once", test_reads_once);
  g_test_add_func ("/split-export/undone", test_undone);
  g_test_add_func ("/split-export/faults", test_faults);

  return g_test_run ();
}
