/* test-write-text.c: elements as text that other programs read
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-chunk-cache.h"
#include "base/ann-clean-up.h"
#include "write/ann-write-text.h"

#include "../element/memory-store.h"

#include <glib/gstdio.h>

#define N_OBS 3
#define N_VAR 4

static const char *const cells[] = { "c,1", "c2", "c3", NULL };
static const char *const genes[] = { "g1", "g\"2", "g3", "g4", NULL };
static const char *const no_columns[] = { NULL };

static char *folder;

static Item *
add_frame (Store *store, const char *name, const char *const *names, const char *const *columns)
{
  Item *frame = store_add_group (store, store->root, name);

  item_set_encoding (frame, "dataframe", "0.2.0");
  item_set_text (frame, "_index", "names");
  item_set_texts (frame, "column-order", columns);
  store_add_texts (store, frame, "names", names);

  return frame;
}

/* The entries of a row are neither in order nor different. */
static void
add_sparse (Store *store, const char *name, const char *encoding, const gint64 *shape)
{
  static const float values[] = { 2.5f, 1, 4, -3, 0.5f };
  static const gint32 indices[] = { 3, 0, 1, 2, 1 };
  static const gint32 pointers[] = { 0, 2, 2, 5 };
  Item *matrix = store_add_group (store, store->root, name);

  item_set_encoding (matrix, encoding, "0.1.0");
  item_set_numbers (matrix, "shape", ANN_DTYPE_INT64, 2, shape);
  store_add_vector (store, matrix, "data", ANN_DTYPE_FLOAT32, 5, values);
  store_add_vector (store, matrix, "indices", ANN_DTYPE_INT32, 5, indices);
  store_add_vector (store, matrix, "indptr", ANN_DTYPE_INT32, 4, pointers);
}

static Store *
make_store (void)
{
  static const char *const columns[] = { "n", "kind", "note", NULL };
  static const char *const labels[] = { "B\tcell", "T", NULL };
  static const char *const notes[] = { "a \"b\"", "two\nlines", "", NULL };
  static const gint16 codes[N_OBS] = { 1, -1, 0 };
  static const double numbers[N_OBS] = { 0.1, 2, -1e300 };
  static const guint64 shape[2] = { N_OBS, N_VAR };
  static const gint32 dense[N_OBS * N_VAR] = { 0, 0, 7, 0, 0, 0, 0, 0, -1, 2, 0, 3 };
  Store *store = store_new ();
  Item *obs = add_frame (store, "obs", cells, columns);
  Item *kind = store_add_group (store, obs, "kind");

  store_add_vector (store, obs, "n", ANN_DTYPE_FLOAT64, N_OBS, numbers);
  item_set_encoding (kind, "categorical", "0.2.0");
  item_set_numbers (kind, "ordered", ANN_DTYPE_BOOL, 1, "\0");
  store_add_vector (store, kind, "codes", ANN_DTYPE_INT16, N_OBS, codes);
  store_add_texts (store, kind, "categories", labels);
  store_add_texts (store, obs, "note", notes);
  add_frame (store, "var", genes, no_columns);
  store_add_box (store, store->root, "dense", ANN_DTYPE_INT32, 2, shape, dense);
  add_sparse (store, "csr", "csr_matrix", (const gint64[]){ N_OBS, N_VAR });
  add_sparse (store, "csc", "csc_matrix", (const gint64[]){ N_VAR, 3 });

  return store;
}

/* What is in the file @name, unpacked if it is packed. */
static char *
read_file (const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  const char *program = g_str_has_suffix (name, ".gz") ? "zcat" : "cat";
  g_autoptr (GError) error = NULL;
  char *text;

  g_spawn_sync (NULL, (char *[]){ (char *) program, path, NULL }, NULL, G_SPAWN_SEARCH_PATH, NULL,
                NULL, &text, NULL, NULL, &error);
  g_assert_no_error (error);

  return text;
}

static const AnnElementWriter writer = { .scratch_folder = "." };

static AnnTextTarget
make_target (const char *name, char **path)
{
  *path = g_build_filename (folder, name, NULL);

  return (
      AnnTextTarget){ .path = *path, .writer = &writer, .is_gzip = g_str_has_suffix (name, ".gz") };
}

static void
assert_file (const char *name, const char *expected)
{
  g_autofree char *text = read_file (name);

  g_assert_cmpstr (text, ==, expected);
}

static void
assert_empty_folder (void)
{
  g_autoptr (GDir) entries = g_dir_open (folder, 0, NULL);

  ann_clean_up_wait ();
  g_assert_cmpstr (g_dir_read_name (entries), ==, NULL);
}

static void
remove_file (const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_cmpint (g_remove (path), ==, 0);
}

static void
write_table (AnnElement *element, AnnElement *rows, AnnElement *columns, const char *name)
{
  g_autofree char *path = NULL;
  AnnTextTarget target = make_target (name, &path);
  g_autoptr (GError) error = NULL;
  gboolean is_written = _ann_write_table (
      element, rows, columns, strstr (name, ".tsv") != NULL ? '\t' : ',', &target, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (is_written);
}

#define OBS_CSV                                                                                    \
  "names,n,kind,note\n"                                                                            \
  "\"c,1\",0.1,T,\"a \"\"b\"\"\"\n"                                                                \
  "c2,2,,\"two\nlines\"\n"                                                                         \
  "c3,-1e+300,B\tcell,\n"

static void
test_frame (void)
{
  g_autoptr (Store) store = make_store ();
  g_autoptr (AnnElement) obs = open_good (store, "obs", ANN_ELEMENT_FRAME);

  write_table (obs, NULL, NULL, "obs.csv");
  assert_file ("obs.csv", OBS_CSV);
  write_table (obs, NULL, NULL, "obs.csv.gz");
  assert_file ("obs.csv.gz", OBS_CSV);
  write_table (obs, NULL, NULL, "obs.tsv");
  assert_file ("obs.tsv", "names\tn\tkind\tnote\n"
                          "c,1\t0.1\tT\t\"a \"\"b\"\"\"\n"
                          "c2\t2\t\t\"two\nlines\"\n"
                          "c3\t-1e+300\t\"B\tcell\"\t\n");
  remove_file ("obs.csv");
  remove_file ("obs.csv.gz");
  remove_file ("obs.tsv");
  assert_empty_folder ();
}

/* Readers pass over empty lines. */
static void
test_empty_lines (void)
{
  static const char *const labels[] = { "a", "", "b", NULL };
  g_autoptr (Store) store = store_new ();
  Item *frame = store_add_group (store, store->root, "obs");
  g_autoptr (AnnElement) obs = NULL;

  item_set_encoding (frame, "dataframe", "0.2.0");
  item_set_text (frame, "_index", "_index");
  item_set_texts (frame, "column-order", no_columns);
  store_add_texts (store, frame, "_index", labels);
  obs = open_good (store, "obs", ANN_ELEMENT_FRAME);

  write_table (obs, NULL, NULL, "obs.csv");
  assert_file ("obs.csv", "\"\"\na\n\"\"\nb\n");
  remove_file ("obs.csv");
  assert_empty_folder ();
}

static AnnElement *
open_names (Store *store, const char *name)
{
  g_autoptr (AnnElement) frame = open_good (store, name, ANN_ELEMENT_FRAME);
  g_autoptr (GError) error = NULL;
  AnnElement *names = ann_frame_open_index (ANN_FRAME (frame), NULL, &error);

  g_assert_no_error (error);

  return names;
}

/* Entries that are there twice are added up. */
static void
test_matrices (void)
{
  g_autoptr (Store) store = make_store ();
  g_autoptr (AnnElement) rows = open_names (store, "obs");
  g_autoptr (AnnElement) columns = open_names (store, "var");
  g_autoptr (AnnElement) dense = open_good (store, "dense", ANN_ELEMENT_DENSE);
  g_autoptr (AnnElement) csr = open_good (store, "csr", ANN_ELEMENT_CSR);
  g_autoptr (AnnElement) csc = open_good (store, "csc", ANN_ELEMENT_CSC);

  write_table (dense, rows, columns, "dense.csv");
  assert_file ("dense.csv", ",g1,\"g\"\"2\",g3,g4\n"
                            "\"c,1\",0,0,7,0\n"
                            "c2,0,0,0,0\n"
                            "c3,-1,2,0,3\n");
  write_table (csr, NULL, NULL, "csr.csv");
  assert_file ("csr.csv", "0,1,2,3\n"
                          "1,0,0,2.5\n"
                          "0,0,0,0\n"
                          "0,4.5,-3,0\n");
  write_table (csc, NULL, NULL, "csc.csv");
  assert_file ("csc.csv", "0,1,2\n"
                          "1,0,0\n"
                          "0,0,4.5\n"
                          "0,0,-3\n"
                          "2.5,0,0\n");
  remove_file ("dense.csv");
  remove_file ("csr.csv");
  remove_file ("csc.csv");
  assert_empty_folder ();
}

static void
test_names (void)
{
  g_autoptr (Store) store = make_store ();
  g_autoptr (AnnElement) rows = open_names (store, "obs");
  g_autoptr (AnnElement) note = NULL;
  g_autoptr (AnnElement) obs = open_good (store, "obs", ANN_ELEMENT_FRAME);
  g_autofree char *path = NULL;
  AnnTextTarget target = make_target ("names.txt", &path);
  g_autoptr (GError) error = NULL;

  g_assert_true (_ann_write_names (rows, &target, NULL, &error));
  g_assert_no_error (error);
  assert_file ("names.txt", "c,1\nc2\nc3\n");

  /* What is there is not replaced, unless that was asked for. */
  g_assert_false (_ann_write_names (rows, &target, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_EXISTS);
  g_clear_error (&error);
  target.overwrite = TRUE;
  g_assert_true (_ann_write_names (rows, &target, NULL, &error));
  remove_file ("names.txt");

  note = ann_frame_open_column (ANN_FRAME (obs), 2, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (_ann_write_names (note, &target, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "row 1"));
  assert_empty_folder ();
}

/* Names that are stored as categories are their labels, in a header too. */
static void
test_categories (void)
{
  g_autoptr (Store) store = make_store ();
  g_autoptr (AnnElement) obs = open_good (store, "obs", ANN_ELEMENT_FRAME);
  g_autoptr (AnnElement) csc = open_good (store, "csc", ANN_ELEMENT_CSC);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnElement) kind = ann_frame_open_column (ANN_FRAME (obs), 1, NULL, &error);
  g_autofree char *path = NULL;
  AnnTextTarget target = make_target ("kinds.txt", &path);

  g_assert_no_error (error);
  g_assert_true (_ann_write_names (kind, &target, NULL, &error));
  g_assert_no_error (error);
  assert_file ("kinds.txt", "T\n\nB\tcell\n");
  write_table (csc, NULL, kind, "kinds.csv");
  assert_file ("kinds.csv", "T,,B\tcell\n"
                            "1,0,0\n"
                            "0,0,4.5\n"
                            "0,0,-3\n"
                            "2.5,0,0\n");
  remove_file ("kinds.txt");
  remove_file ("kinds.csv");
  assert_empty_folder ();
}

static gboolean
write_market (Store *store,
              const char *name,
              AnnElementKind kind,
              gboolean overwrite,
              GError **error)
{
  g_autoptr (AnnElement) obs = open_good (store, "obs", ANN_ELEMENT_FRAME);
  g_autoptr (AnnElement) var = open_good (store, "var", ANN_ELEMENT_FRAME);
  g_autoptr (AnnElement) matrix = open_good (store, name, kind);
  g_autofree char *path = g_build_filename (folder, "m", NULL);
  AnnTextTarget target = {
    .path = path, .writer = &writer, .is_gzip = overwrite, .overwrite = overwrite
  };

  return _ann_write_market (matrix, ANN_FRAME (obs), ANN_FRAME (var), &target, NULL, error);
}

static void
test_market (void)
{
  g_autoptr (Store) store = make_store ();
  g_autoptr (GError) error = NULL;

  write_market (store, "csr", ANN_ELEMENT_CSR, FALSE, &error);
  g_assert_no_error (error);
  assert_file ("m/matrix.mtx", "%%MatrixMarket matrix coordinate real general\n"
                               "4 3 4\n"
                               "1 1 1\n"
                               "4 1 2.5\n"
                               "2 3 4.5\n"
                               "3 3 -3\n");
  assert_file ("m/barcodes.tsv", "c,1\nc2\nc3\n");
  assert_file ("m/features.tsv", "g1\tg1\tGene Expression\n"
                                 "g\"2\tg\"2\tGene Expression\n"
                                 "g3\tg3\tGene Expression\n"
                                 "g4\tg4\tGene Expression\n");

  g_assert_false (write_market (store, "dense", ANN_ELEMENT_DENSE, FALSE, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_EXISTS);
  g_clear_error (&error);

  /* It takes the place of the other, packed. */
  write_market (store, "dense", ANN_ELEMENT_DENSE, TRUE, &error);
  g_assert_no_error (error);
  assert_file ("m/matrix.mtx.gz", "%%MatrixMarket matrix coordinate integer general\n"
                                  "4 3 4\n"
                                  "3 1 7\n"
                                  "1 3 -1\n"
                                  "2 3 2\n"
                                  "4 3 3\n");
  remove_file ("m/matrix.mtx.gz");
  remove_file ("m/barcodes.tsv.gz");
  remove_file ("m/features.tsv.gz");
  remove_file ("m");
  assert_empty_folder ();
}

/* However many blocks of rows there are, the entries of columns are read once. */
static void
test_columns_once (void)
{
  enum { N_ROWS = 300000, N_ENTRIES = 60, CHUNK = 10 };
  static const gint32 pointers[] = { 0, N_ENTRIES / 2, N_ENTRIES };
  g_autoptr (Store) store = store_new ();
  Item *matrix = store_add_group (store, store->root, "X");
  g_autofree char *path = g_build_filename (folder, "once.csv", NULL);
  const AnnTextTarget target = { .path = path, .writer = &writer };
  g_autoptr (GString) expected = g_string_new ("0,1\n");
  const guint64 budget = ann_chunk_cache_get_budget ();
  g_autoptr (GError) error = NULL;
  float values[N_ENTRIES];
  gint32 indices[N_ENTRIES];

  for (guint i = 0; i < N_ENTRIES; i++)
    {
      values[i] = (float) i + 1;
      indices[i] = (gint32) (i % (N_ENTRIES / 2)) * 10000;
    }
  for (guint i = 0; i < N_ROWS; i++)
    g_string_append_printf (expected, i % 10000 == 0 ? "%u,%u\n" : "0,0\n", i / 10000 + 1,
                            i / 10000 + N_ENTRIES / 2 + 1);
  item_set_encoding (matrix, "csc_matrix", "0.1.0");
  item_set_numbers (matrix, "shape", ANN_DTYPE_INT64, 2, (const gint64[]){ N_ROWS, 2 });
  store_add_vector (store, matrix, "data", ANN_DTYPE_FLOAT32, N_ENTRIES, values)->chunk_length
      = CHUNK;
  store_add_vector (store, matrix, "indices", ANN_DTYPE_INT32, N_ENTRIES, indices)->chunk_length
      = CHUNK;
  store_add_vector (store, matrix, "indptr", ANN_DTYPE_INT32, 3, pointers);

  ann_chunk_cache_set_budget (0);
  {
    g_autoptr (AnnElement) element = open_good (store, "X", ANN_ELEMENT_CSC);

    counts_reset ();
    g_assert_true (_ann_write_table (element, NULL, NULL, ',', &target, NULL, &error));
    g_assert_no_error (error);
  }
  ann_chunk_cache_set_budget (budget);
  g_assert_cmpint (counts.n_chunks, <=, 2 * N_ENTRIES / CHUNK + 2);
  assert_file ("once.csv", expected->str);
  remove_file ("once.csv");
}

/* The n-th read fails, for every n: an error, and nothing is there. */
static void
test_faults (void)
{
  g_autoptr (Store) store = make_store ();
  g_autoptr (AnnElement) obs = open_good (store, "obs", ANN_ELEMENT_FRAME);
  g_autoptr (AnnElement) var = open_good (store, "var", ANN_ELEMENT_FRAME);
  g_autoptr (AnnElement) matrix = open_good (store, "csr", ANN_ELEMENT_CSR);
  g_autofree char *path = g_build_filename (folder, "m", NULL);
  g_autofree char *table_path = g_build_filename (folder, "t.csv", NULL);
  AnnTextTarget target = { .path = path, .writer = &writer };
  AnnTextTarget table = { .path = table_path, .writer = &writer };
  int n_failed = 0;

  for (int n = 0;; n++)
    {
      g_autoptr (GError) error = NULL;
      gboolean is_written;

      counts_reset ();
      counts.fail_at = n;
      counts.fail_code = G_IO_ERROR_FAILED;
      is_written = n % 2 == 0 ? _ann_write_market (matrix, ANN_FRAME (obs), ANN_FRAME (var),
                                                   &target, NULL, &error)
                              : _ann_write_table (obs, NULL, NULL, ',', &table, NULL, &error);
      if (is_written)
        break;
      n_failed++;
      g_assert_nonnull (error);
      assert_empty_folder ();
    }
  counts_reset ();
  g_assert_cmpint (n_failed, >, 4);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("ann-write-text-XXXXXX", &error);
  g_assert_no_error (error);
  g_test_add_func ("/write-text/frame", test_frame);
  g_test_add_func ("/write-text/empty-lines", test_empty_lines);
  g_test_add_func ("/write-text/matrices", test_matrices);
  g_test_add_func ("/write-text/names", test_names);
  g_test_add_func ("/write-text/categories", test_categories);
  g_test_add_func ("/write-text/market", test_market);
  g_test_add_func ("/write-text/columns-once", test_columns_once);
  g_test_add_func ("/write-text/faults", test_faults);
  status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);

  return status;
}
