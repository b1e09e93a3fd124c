/* test-export.c: a store is written from any other, whole or not at all
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../../support/remove-tree.h"
#include "../write/same-elements.h"
#include "../write/sample-store.h"
#include "base/ann-clean-up.h"

#include "anndata/ann-data-private.h"
#include "anndata/ann-export.h"
#include "array/ann-chunk-cache.h"

#include <glib/gstdio.h>
#include <sys/resource.h>
#include <utime.h>

#ifdef __SANITIZE_ADDRESS__
#define RUNNING_ON_SANITIZER TRUE
#else
#define RUNNING_ON_SANITIZER FALSE
#endif

static char *folder;

static char *
build_path (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static guint
count_files (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  ann_clean_up_wait ();
  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static void
setup (void)
{
  folder = g_dir_make_tmp ("ann-export-XXXXXX", NULL);
  g_assert_nonnull (folder);
}

static void
teardown (void)
{
  remove_tree (folder);
  g_clear_pointer (&folder, g_free);
}

static AnnData *
open_sample (Store *store)
{
  const AnnStoreInfo info = { .format = "memory" };
  g_autoptr (AnnNode) root = store_open_root (store);
  g_autoptr (GError) error = NULL;
  AnnData *data = _ann_data_new (root, "memory", &info, NULL, &error);

  g_assert_no_error (error);

  return data;
}

static AnnData *
open_data (const char *path)
{
  g_autoptr (GError) error = NULL;
  AnnData *data = ann_data_open (path, NULL, &error);

  g_assert_no_error (error);

  return data;
}

/* Exports, and opens what came out. */
static AnnData *
export_to (AnnData *data, const char *name, const AnnWriteOptions *options)
{
  g_autofree char *path = build_path (name);
  g_autoptr (AnnProgress) progress = ann_progress_new ();
  g_autoptr (GError) error = NULL;

  ann_export_run (data, path, options, progress, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (ann_progress_get_fraction (progress), ==, 1);

  return open_data (path);
}

static void
assert_same_data (AnnData *a, AnnData *b)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) paths_a = ann_data_list_elements (a, NULL, &error);
  g_auto (GStrv) paths_b = ann_data_list_elements (b, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (paths_a), ==, g_strv_length (paths_b));
  for (guint i = 0; paths_a[i] != NULL; i++)
    {
      g_autoptr (AnnElement) of_a = ann_data_open_element (a, paths_a[i], NULL, &error);
      g_autoptr (AnnElement) of_b = ann_data_open_element (b, paths_a[i], NULL, &error);

      g_assert_no_error (error);
      g_test_message ("%s", paths_a[i]);
      assert_same_elements (of_a, of_b);
      g_assert_null (ann_element_get_warnings (of_b)[0]);
    }
  g_assert_cmpstr (ann_element_get_encoding_type (ann_data_get_root (b)), ==, "anndata");
}

/* From memory to HDF5, to Zarr of both versions and in an archive, and back: nothing is lost. */
static void
test_round_trip (void)
{
  g_autoptr (Store) store = sample_store_new ();
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  const guint64 budget = ann_chunk_cache_get_budget ();

  setup ();
  {
    g_autoptr (AnnData) sample = open_sample (store);
    g_autoptr (AnnData) hdf5 = export_to (sample, "a.h5ad", options);
    g_autoptr (AnnData) v2 = export_to (hdf5, "b.zarr", options);
    g_autoptr (AnnData) v3 = NULL;
    g_autoptr (AnnData) archive = NULL;
    g_autoptr (AnnData) back = NULL;

    assert_same_data (sample, hdf5);
    g_assert_cmpstr (ann_data_get_format (v2), ==, "Zarr v2");
    assert_same_data (sample, v2);
    options->profile = ANN_PROFILE_MODERN;
    v3 = export_to (v2, "c.zarr", options);
    g_assert_cmpstr (ann_data_get_format (v3), ==, "Zarr v3");
    assert_same_data (sample, v3);
    options->profile = ANN_PROFILE_FAITHFUL;
    archive = export_to (v3, "d.zarr.zip", options);
    assert_same_data (sample, archive);
    back = export_to (archive, "e.h5ad", options);
    assert_same_data (sample, back);
    g_assert_cmpuint (ann_chunk_cache_get_budget (), ==, budget);
  }
  teardown ();
}

/* Every layout, to every other. */
static void
test_layouts (void)
{
  static const AnnMatrixLayout layouts[] = { ANN_MATRIX_LAYOUT_CSR, ANN_MATRIX_LAYOUT_CSC,
                                             ANN_MATRIX_LAYOUT_DENSE };
  static const AnnElementKind kinds[] = { ANN_ELEMENT_CSR, ANN_ELEMENT_CSC, ANN_ELEMENT_DENSE };
  static const float expected[] = { 2, 0, 1, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0 };
  g_autoptr (Store) store = sample_store_new ();
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();

  setup ();
  for (guint i = 0; i < 9; i++)
    {
      g_autoptr (AnnData) sample = open_sample (store);
      g_autoptr (AnnData) first = NULL;
      g_autoptr (AnnData) second = NULL;
      g_autoptr (AnnElement) x = NULL;
      g_autoptr (AnnElement) distances = NULL;
      g_autoptr (AnnBlock) block = NULL;

      options->overwrite = TRUE;
      options->layout = layouts[i / 3];
      first = export_to (sample, "a.h5ad", options);
      options->layout = layouts[i % 3];
      second = export_to (first, "b.h5ad", options);
      x = ann_data_open_element (second, "X", NULL, NULL);
      g_assert_cmpint (ann_element_get_kind (x), ==, kinds[i % 3]);
      distances = ann_data_open_element (second, "obsp/distances", NULL, NULL);
      g_assert_cmpint (ann_element_get_kind (distances), ==, ANN_ELEMENT_CSR);

      options->layout = ANN_MATRIX_LAYOUT_DENSE;
      {
        g_autoptr (AnnData) dense = export_to (second, "c.h5ad", options);
        g_autoptr (AnnElement) of_dense = ann_data_open_element (dense, "X", NULL, NULL);

        block = ann_element_read_rows (of_dense, 0, 4, NULL, NULL);
        g_assert_cmpmem (ann_buffer_get_data (block->values), sizeof expected, expected,
                         sizeof expected);
      }
    }
  teardown ();
}

static void
test_plan (void)
{
  g_autoptr (Store) store = sample_store_new ();
  g_autoptr (AnnData) sample = open_sample (store);
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (AnnExportPlan) plan = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  setup ();
  path = build_path ("x.zarr");
  counts_reset ();
  plan = ann_export_plan (sample, path, options, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (plan->format, ==, "Zarr v2");
  g_assert_cmpuint (plan->n_obs, ==, 4);
  g_assert_cmpuint (plan->n_var, ==, 4);
  g_assert_true (g_strv_contains ((const char *const *) plan->paths, "layers/turned"));
  g_assert_true (g_strv_contains ((const char *const *) plan->paths, "obs"));
  g_assert_false (g_strv_contains ((const char *const *) plan->paths, "obs/group"));
  g_assert_cmpuint (g_strv_length (plan->paths), ==, plan->n_elements);
  g_assert_cmpuint (plan->raw_size, >, 300);
  g_assert_cmpuint (plan->estimated_size, >, 0);
  g_assert_nonnull (strstr (plan->warnings[0], "obsm/lists"));
  g_assert_cmpint (counts.n_reads, ==, 0);
  g_assert_cmpuint (count_files (), ==, 0);
  teardown ();
}

/* What was planned is done, and again: with the same warnings, each once. */
static void
test_plan_run (void)
{
  g_autoptr (Store) store = sample_store_new ();
  g_autoptr (AnnData) sample = open_sample (store);
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (AnnExportPlan) plan = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  setup ();
  path = build_path ("x.zarr");
  options->overwrite = TRUE;
  plan = ann_export_plan (sample, path, options, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (AnnData) data = NULL;
      g_auto (GStrv) warnings = NULL;

      g_assert_true (ann_export_plan_run (plan, NULL, &warnings, NULL, &error));
      g_assert_no_error (error);
      g_assert_true (
          g_strv_equal ((const char *const *) warnings, (const char *const *) plan->warnings));
      data = open_data (path);
      g_assert_cmpuint (ann_data_get_n_obs (data), ==, 4);
    }
  teardown ();
}

static void
assert_refused (AnnData *data,
                const char *path,
                const AnnWriteOptions *options,
                int code,
                const char *words)
{
  const guint n_files = count_files ();
  g_autoptr (GError) error = NULL;

  g_assert_false (ann_export_run (data, path, options, NULL, NULL, NULL, &error));
  g_assert_error (error, ANN_ERROR, code);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” is not in “%s”", words, error->message);
  g_assert_cmpuint (count_files (), ==, n_files);
}

static void
test_refused (void)
{
  g_autoptr (Store) store = sample_store_new ();
  g_autoptr (AnnData) sample = open_sample (store);
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (AnnData) data = NULL;
  g_autofree char *path = NULL;
  g_autofree char *linked = NULL;
  g_autofree char *other = NULL;
  Item *bad;

  setup ();
  path = build_path ("x.h5ad");
  linked = build_path ("link.h5ad");
  other = build_path ("y.h5ad");
  data = export_to (sample, "x.h5ad", options);
  assert_refused (sample, "x.odt", options, ANN_ERROR_UNSUPPORTED, ".h5ad");
  assert_refused (sample, path, options, ANN_ERROR_EXISTS, "x.h5ad");

  /* Over its own source, by any name. */
  options->overwrite = TRUE;
  assert_refused (data, path, options, ANN_ERROR_DENIED, "is read from it");
  g_assert_cmpint (symlink (path, linked), ==, 0);
  assert_refused (data, linked, options, ANN_ERROR_DENIED, "is read from it");

  /* Something that cannot be read. */
  bad = store_add_group (store, g_hash_table_lookup (store->root->children, "uns"), "bad");
  item_set_encoding (bad, "csr_matrix", "0.1.0");
  assert_refused (sample, other, options, ANN_ERROR_CORRUPT, "uns/bad");
  options->elements = g_strsplit ("X,obsm", ",", -1);
  g_clear_object (&data);
  data = export_to (sample, "y.h5ad", options);
  teardown ();
}

/* Somebody writes into the source: what was read may be of two minds. */
static void
test_changed (void)
{
  const struct utimbuf times = { 1, 1 };
  g_autoptr (Store) store = sample_store_new ();
  g_autoptr (AnnData) sample = open_sample (store);
  g_autoptr (AnnData) data = NULL;
  g_autofree char *path = NULL;
  g_autofree char *other = NULL;

  setup ();
  path = build_path ("x.h5ad");
  other = build_path ("y.h5ad");
  data = export_to (sample, "x.h5ad", NULL);
  g_assert_cmpint (utime (path, &times), ==, 0);
  assert_refused (data, other, NULL, ANN_ERROR_CHANGED, "changed");
  teardown ();
}

static void
test_cancelled (void)
{
  g_autoptr (Store) store = sample_store_new ();
  g_autoptr (AnnData) sample = open_sample (store);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  setup ();
  path = build_path ("x.h5ad");
  g_cancellable_cancel (cancellable);
  g_assert_false (ann_export_run (sample, path, NULL, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (count_files (), ==, 0);
  teardown ();
}

typedef struct {
  GCancellable *cancellable;
  AnnProgress *progress;
  gint64 time; /* when it was cancelled */
} Cancelling;

/* Waits until something was written. */
static gpointer
cancel_later (gpointer data)
{
  Cancelling *self = data;

  while (ann_progress_get_done (self->progress) < 50000000)
    g_usleep (1000);
  self->time = g_get_monotonic_time ();
  g_cancellable_cancel (self->cancellable);

  return NULL;
}

/* Whichever read fails, nothing is left, and the error says why. */
static void
test_failures (void)
{
  g_autoptr (Store) store = sample_store_new ();
  gboolean is_done = FALSE;

  setup ();
  for (int n = 0; !is_done; n += 7)
    {
      g_autoptr (AnnData) sample = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *path = build_path (n % 2 == 0 ? "x.h5ad" : "x.zarr");

      counts_reset ();
      sample = open_sample (store);
      counts_reset ();
      counts.fail_at = n;
      counts.fail_code = G_IO_ERROR_TIMED_OUT;
      is_done = ann_export_run (sample, path, NULL, NULL, NULL, NULL, &error);
      g_assert_true (is_done == (counts.n_calls <= n));
      if (!is_done)
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
          g_assert_cmpuint (count_files (), ==, 0);
        }
    }
  counts_reset ();
  teardown ();
}

/* 640 MB of zeros that take no memory, in rows of 8 MB and in one line of a sparse matrix, and long
 * texts.
 */
static Store *
new_large (void)
{
  static const gint64 pointers[] = { 0, 0, 40000000, 40000000, 40000000 };
  const guint64 shape[] = { 40, 2000000 };
  Store *store = sample_store_new ();
  Item *obsp = g_hash_table_lookup (store->root->children, "obsp");
  Item *uns = g_hash_table_lookup (store->root->children, "uns");
  Item *sparse = add_sparse (store, obsp, "long", "csr_matrix");
  g_autofree char *long_text = g_strnfill (100000, 'x');
  Item *texts = store_add_texts (store, uns, "long", (const char *const[]){ NULL });

  store_add_box (store, uns, "wide", ANN_DTYPE_FLOAT32, 2, shape, NULL);
  g_hash_table_remove (sparse->children, "data");
  g_hash_table_remove (sparse->children, "indices");
  g_hash_table_remove (sparse->children, "indptr");
  store_add_vector (store, sparse, "data", ANN_DTYPE_FLOAT32, 40000000, NULL);
  store_add_vector (store, sparse, "indices", ANN_DTYPE_INT32, 40000000, NULL);
  store_add_vector (store, sparse, "indptr", ANN_DTYPE_INT64, 5, pointers);
  for (guint i = 0; i < 200; i++)
    g_assert_true (ann_strings_append (texts->texts, long_text, -1, NULL));
  texts->shape[0] = 200;

  return store;
}

/* Memory is bounded, whatever is how long: a wide row, a long line of a sparse matrix. */
static void
test_memory (void)
{
  const char *const names[] = { "x.h5ad", "x.zarr" };
  g_autoptr (Store) store = new_large ();
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();

  if (RUNNING_ON_SANITIZER)
    {
      g_test_skip ("a sanitizer takes memory of its own");
      return;
    }

  setup ();
  options->has_compression = TRUE;
  ann_compression_init (&options->compression, ANN_COMPRESSOR_LZ4);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (AnnData) sample = open_sample (store);
      g_autofree char *path = build_path (names[i]);
      g_autoptr (GError) error = NULL;
      struct rusage usage;

      ann_export_run (sample, path, options, NULL, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
      g_test_message ("%ld MiB", usage.ru_maxrss / 1024);
      g_assert_cmpint (usage.ru_maxrss / 1024, <=, 384);
    }
  teardown ();
}

/* In the middle of it. */
static void
test_cancelled_later (void)
{
  const char *const names[] = { "x.h5ad", "x.zarr" };
  g_autoptr (Store) store = new_large ();

  setup ();
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (AnnData) sample = open_sample (store);
      g_autofree char *path = build_path (names[i]);
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (AnnProgress) progress = ann_progress_new ();
      g_autoptr (GError) error = NULL;
      Cancelling cancelling = { cancellable, progress, 0 };
      g_autoptr (GThread) thread = g_thread_new ("cancel", cancel_later, &cancelling);

      g_assert_false (ann_export_run (sample, path, NULL, progress, NULL, cancellable, &error));
      g_test_message ("%" G_GINT64_FORMAT " ms",
                      (g_get_monotonic_time () - cancelling.time) / 1000);
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpuint (count_files (), ==, 0);
      g_thread_join (g_steal_pointer (&thread));
    }
  teardown ();
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_auto (GStrv) warnings = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (ann_export_run_finish (ANN_DATA (source), result, &warnings, &error));
  g_assert_no_error (error);
  g_assert_nonnull (strstr (warnings[0], "obsm/lists"));
  *(gboolean *) user_data = TRUE;
}

static void
test_async (void)
{
  g_autoptr (Store) store = sample_store_new ();
  g_autoptr (AnnData) sample = open_sample (store);
  g_autoptr (AnnData) data = NULL;
  g_autofree char *path = NULL;
  gboolean is_done = FALSE;

  setup ();
  path = build_path ("x.h5ad");
  ann_export_run_async (sample, path, NULL, NULL, NULL, on_done, &is_done);
  while (!is_done)
    g_main_context_iteration (NULL, TRUE);
  data = open_data (path);
  assert_same_data (sample, data);
  teardown ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/export/round-trip", test_round_trip);
  g_test_add_func ("/export/layouts", test_layouts);
  g_test_add_func ("/export/plan", test_plan);
  g_test_add_func ("/export/plan-run", test_plan_run);
  g_test_add_func ("/export/refused", test_refused);
  g_test_add_func ("/export/changed", test_changed);
  g_test_add_func ("/export/cancelled", test_cancelled);
  g_test_add_func ("/export/cancelled-later", test_cancelled_later);
  g_test_add_func ("/export/memory", test_memory);
  g_test_add_func ("/export/failures", test_failures);
  g_test_add_func ("/export/async", test_async);

  return g_test_run ();
}
