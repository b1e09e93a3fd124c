/* test-legacy.c: stores laid out as anndata 0.4 to 0.7 did
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-data-private.h"
#include "element/ann-categorical.h"
#include "element/ann-scalar.h"

#include "../element/memory-store.h"

#define N_OBS 3
#define N_VAR 2

static const char *const obs_names[] = { "c0", "c1", "c2", NULL };
static const char *const var_names[] = { "g0", "g1", NULL };
static const char *const letters[] = { "x", "y", NULL };
static const float matrix[] = { 1, 2, 3, 4, 5, 6 };

static Item *
add_records (Store *store, Item *parent, const char *name, guint64 n)
{
  Item *item = store_add_vector (store, parent, name, ANN_DTYPE_RECORD, n, NULL);

  item->field_names = g_new0 (char *, 16);
  item->fields = g_new0 (Item *, 16);

  return item;
}

static void
add_field (Item *records, const char *name, Item *field)
{
  guint n = g_strv_length (records->field_names);

  g_assert_cmpuint (n, <, 15);
  records->field_names[n] = g_strdup (name);
  records->fields[n] = field;
}

/* Fields are items that are no child of anything. */
static void
add_numbers (Store *store,
             Item *records,
             const char *name,
             AnnDtype dtype,
             gsize width,
             gconstpointer values)
{
  const guint64 shape[] = { records->shape[0], width };
  Item *place = store_add_group (store, NULL, NULL);

  add_field (records, name,
             store_add_box (store, place, name, dtype, width > 0 ? 2 : 1, shape, values));
}

static void
add_texts (Store *store, Item *records, const char *name, const char *const *texts)
{
  add_field (records, name,
             store_add_texts (store, store_add_group (store, NULL, NULL), name, texts));
}

/* obs with codes of which some are places in categories, and var with columns of the same names. */
static void
add_tables (Store *store, const char *obs_name, const char *var_name, const char *index_name)
{
  static const gint8 fits[] = { 0, -1, 1 }, too_large[] = { 0, 2, 1 }, zeros[] = { 0, 0, 0 };
  static const gint16 shared[] = { 1, 0 };
  static const guint8 flags[] = { 1, 0, 1 };
  static const double heights[] = { 0.5, 1.5, 2.5 };
  static const gint64 below[] = { -2, 0, 1 };
  Item *obs = add_records (store, store->root, obs_name, N_OBS);
  Item *var = add_records (store, store->root, var_name, N_VAR);

  add_texts (store, obs, index_name, obs_names);
  add_numbers (store, obs, "group", ANN_DTYPE_INT8, 0, fits);
  add_numbers (store, obs, "shared", ANN_DTYPE_INT8, 0, too_large);
  add_numbers (store, obs, "one", ANN_DTYPE_INT8, 0, zeros);
  add_numbers (store, obs, "below", ANN_DTYPE_INT64, 0, below);
  add_numbers (store, obs, "flag", ANN_DTYPE_BOOL, 0, flags);
  add_numbers (store, obs, "height", ANN_DTYPE_FLOAT64, 0, heights);
  add_texts (store, var, index_name, var_names);
  add_numbers (store, var, "shared", ANN_DTYPE_INT16, 0, shared);
}

/* A text of fixed length, and as many of them as there are. */
static Item *
add_bytes (Store *store, Item *parent, const char *name, const char *const *texts)
{
  Item *item = store_add_texts (store, parent, name, texts);

  item->dtype = ANN_DTYPE_BYTES;

  return item;
}

static void
add_uns (Store *store, Item *uns)
{
  static const char *const only[] = { "only", NULL };
  static const char *const word[] = { "umap", NULL };
  static const char *const color[] = { "#123456", NULL };
  static const gint64 numbers[] = { 10, 20 };
  Item *one;

  add_bytes (store, uns, "group_categories", letters);
  store_add_vector (store, uns, "shared_categories", ANN_DTYPE_INT64, 2, numbers);
  one = store_add_texts (store, uns, "one_categories", only);
  one->rank = 0;
  add_bytes (store, uns, "one_colors", color);
  add_bytes (store, uns, "below_categories", letters);
  add_bytes (store, uns, "flag_categories", letters);
  add_bytes (store, uns, "height_categories", letters);
  add_bytes (store, uns, "nothing_categories", letters);
  add_bytes (store, store_add_group (store, uns, "deep"), "word", word);
}

static AnnData *
open_data (Store *store)
{
  g_autoptr (AnnNode) root = store_open_root (store);
  g_autoptr (GError) error = NULL;
  AnnData *data = _ann_data_new (root, "memory:", &(AnnStoreInfo){ .format = "memory" }, NULL,
                                 &error);

  g_assert_no_error (error);
  g_assert_true (ann_data_is_annotated (data));
  g_assert_cmpuint (ann_data_get_n_obs (data), ==, N_OBS);
  g_assert_cmpuint (ann_data_get_n_var (data), ==, N_VAR);

  return data;
}

static AnnElement *
open_element (AnnData *data, const char *path, AnnElementKind kind)
{
  g_autoptr (GError) error = NULL;
  AnnElement *element = ann_data_open_element (data, path, NULL, &error);

  g_assert_no_error (error);
  g_assert_no_error (ann_element_get_error (element));
  g_assert_cmpstr (ann_element_get_path (element), ==, path);
  g_assert_cmpint (ann_element_get_kind (element), ==, kind);

  return element;
}

static void
assert_labels (AnnData *data, const char *path, guint64 n, const char *last)
{
  g_autoptr (AnnElement) element = open_element (data, path, ANN_ELEMENT_CATEGORICAL);
  g_autoptr (AnnStrings) labels = NULL;

  labels = ann_categorical_read_labels (ANN_CATEGORICAL (element), NULL, NULL);
  g_assert_cmpuint (ann_strings_get_length (labels), ==, n);
  assert_text (labels, n - 1, last);
  g_assert_false (ann_categorical_get_ordered (ANN_CATEGORICAL (element)));
}

static void
assert_children (AnnData *data, const char *path, const char *const *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnElement) element = ann_data_open_element (data, path, NULL, &error);
  g_auto (GStrv) names = NULL;

  g_assert_no_error (error);
  names = ann_element_list_children (element, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstrv (names, expected);
}

/* Tables that are records; categories in uns, of columns whose codes are all among them. */
static void
test_tables (void)
{
  static const char *const in_uns[] = {
    "below_categories", "deep", "flag_categories", "height_categories", "nothing_categories",
    "one_colors",       NULL
  };
  static const char *const columns[] = {
    "group", "shared", "one", "below", "flag", "height", NULL
  };
  static const gint32 codes[] = { 0, -1, 1 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = NULL;
  g_autoptr (AnnElement) obs = NULL;
  g_autoptr (AnnElement) index = NULL;
  g_autoptr (AnnElement) group = NULL;
  g_autoptr (AnnElement) word = NULL;
  g_autoptr (AnnStrings) colors = NULL;
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (AnnBlock) names = NULL;
  g_autofree char *text = NULL;
  int n_reads;

  add_tables (store, "obs", "var", "index");
  add_uns (store, store_add_group (store, store->root, "uns"));
  data = open_data (store);
  g_assert_cmpint (counts.n_reads, ==, 0);

  obs = open_element (data, "obs", ANN_ELEMENT_FRAME);
  g_assert_cmpstr (ann_frame_get_index_name (ANN_FRAME (obs)), ==, "index");
  index = ann_frame_open_index (ANN_FRAME (obs), NULL, NULL);
  names = read_rows (index, 1, 1);
  assert_text (names->texts, 0, "c1");
  assert_children (data, "obs", columns);

  group = open_element (data, "obs/group", ANN_ELEMENT_CATEGORICAL);
  block = read_rows (group, 0, N_OBS);
  g_assert_cmpmem (ann_buffer_get_data (block->values), ann_buffer_get_size (block->values), codes,
                   sizeof codes);
  assert_labels (data, "obs/group", 2, "y");
  assert_labels (data, "obs/one", 1, "only");
  assert_labels (data, "var/shared", 2, "20");
  g_object_unref (open_element (data, "obs/shared", ANN_ELEMENT_DENSE));
  g_object_unref (open_element (data, "obs/below", ANN_ELEMENT_DENSE));
  g_object_unref (open_element (data, "obs/flag", ANN_ELEMENT_DENSE));
  g_object_unref (open_element (data, "obs/height", ANN_ELEMENT_DENSE));
  assert_children (data, "uns", in_uns);

  /* Codes are looked at once. */
  n_reads = counts.n_reads;
  g_object_unref (open_element (data, "obs/group", ANN_ELEMENT_CATEGORICAL));
  g_object_unref (open_element (data, "obs/shared", ANN_ELEMENT_DENSE));
  g_assert_cmpint (counts.n_reads, ==, n_reads);

  /* One category has one color: a text. */
  colors = ann_data_read_category_colors (data, "one", NULL, NULL);
  g_assert_cmpuint (ann_strings_get_length (colors), ==, 1);
  assert_text (colors, 0, "#123456");

  /* A text of fixed length, alone in a vector, was a text. */
  word = open_element (data, "uns/deep/word", ANN_ELEMENT_STRING);
  text = ann_scalar_read_text (ANN_SCALAR (word), NULL, NULL);
  g_assert_cmpstr (text, ==, "umap");
}

/* Every call that fails or is cancelled leaves the next one whole. */
static void
test_faults (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = NULL;

  add_tables (store, "obs", "var", "index");
  add_uns (store, store_add_group (store, store->root, "uns"));
  data = open_data (store);
  for (int n = 0; n < 12; n++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnElement) column = NULL;

      counts_reset ();
      counts.fail_at = n;
      column = ann_data_open_element (data, "obs/height", NULL, &error);
      counts_reset ();
      g_clear_error (&error);
      g_cancellable_cancel (cancellable);
      g_assert_null (ann_data_open_element (data, "obs/group", cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  assert_labels (data, "obs/group", 2, "y");
}

/* Records that are no table: the element says why, and the rest is there. */
static void
test_broken_tables (void)
{
  static const char *const words[] = { "have no fields", "“index”, have 2 axes" };
  static const guint64 shape[] = { N_OBS, N_VAR };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnData) data = NULL;
      g_autoptr (AnnElement) obs = NULL;
      Item *records = add_records (store, store->root, "obs", N_OBS);
      Item *var = add_records (store, store->root, "var", N_VAR);

      if (i == 1)
        add_numbers (store, records, "index", ANN_DTYPE_FLOAT32, N_VAR, matrix);
      add_texts (store, var, "index", var_names);
      store_add_box (store, store->root, "X", ANN_DTYPE_FLOAT32, 2, shape, matrix);
      data = open_data (store);
      g_assert_null (ann_data_get_obs (data));
      obs = ann_data_open_element (data, "obs", NULL, NULL);
      assert_broken (obs, ANN_ELEMENT_CORRUPT, words[i]);
      g_object_unref (open_element (data, "X", ANN_ELEMENT_DENSE));
    }
}

/* Whatever call fails, nothing breaks but what it was made for. */
static void
test_failures (void)
{
  const guint64 shape[] = { N_OBS, N_VAR };
  g_autoptr (Store) store = store_new ();
  int n_calls = 0;

  add_tables (store, "obs", "var", "index");
  add_uns (store, store_add_group (store, store->root, "uns"));
  store_add_box (store, store->root, "raw.X", ANN_DTYPE_FLOAT32, 2, shape, matrix);
  add_texts (store, add_records (store, store->root, "raw.var", N_VAR), "index", var_names);
  store_add_vector (store, store->root, "X_csc_shape", ANN_DTYPE_INT64, 2, shape);
  store_add_vector (store, store->root, "X_csc_data", ANN_DTYPE_FLOAT32, 2, matrix);

  for (int n = -1; n < n_calls; n++)
    {
      g_autoptr (AnnNode) root = store_open_root (store);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnData) data = NULL;
      g_auto (GStrv) paths = NULL;

      counts_reset ();
      counts.fail_at = n;
      data = _ann_data_new (root, "memory:", &(AnnStoreInfo){ .format = "memory" }, NULL, &error);
      if (data != NULL)
        paths = ann_data_list_elements (data, NULL, &error);
      for (guint i = 0; paths != NULL && paths[i] != NULL; i++)
        {
          g_autoptr (AnnElement) element = ann_data_open_element (data, paths[i], NULL, NULL);

          g_assert_true (element == NULL || ann_element_get_error (element) != NULL
                         || ann_element_get_state (element) == ANN_ELEMENT_OK);
        }
      if (n == -1)
        n_calls = counts.n_calls;
      if (n == -1 || error == NULL)
        g_assert_nonnull (data);
    }
  g_assert_cmpint (n_calls, >, 50);
}

/* obsm as one array of records: a matrix of each field; raw under names with a dot. */
static void
test_records_and_raw (void)
{
  static const char *const in_obsm[] = { "X_pca", "X_one", NULL };
  static const char *const in_raw[] = { "var", "X", "varm", NULL };
  static const gint8 codes[] = { 1, 0 };
  static const guint64 shape[] = { N_OBS, N_VAR };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = NULL;
  g_autoptr (AnnElement) pca = NULL;
  g_autoptr (AnnElement) one = NULL;
  g_autoptr (AnnElement) raw_x = NULL;
  g_autoptr (AnnElement) loadings = NULL;
  g_autoptr (AnnBlock) rows = NULL;
  g_autoptr (AnnBlock) column = NULL;
  Item *item;

  add_tables (store, "obs", "var", "index");
  item = add_records (store, store->root, "obsm", N_OBS);
  add_numbers (store, item, "X_pca", ANN_DTYPE_FLOAT32, 2, matrix);
  add_numbers (store, item, "X_one", ANN_DTYPE_FLOAT32, 0, matrix);
  store_add_box (store, store->root, "raw.X", ANN_DTYPE_FLOAT32, 2, shape, matrix);
  item = add_records (store, store->root, "raw.var", N_VAR);
  add_texts (store, item, "index", var_names);
  add_numbers (store, item, "kind", ANN_DTYPE_INT8, 0, codes);
  item = add_records (store, store->root, "raw.varm", N_VAR);
  add_numbers (store, item, "PCs", ANN_DTYPE_FLOAT32, 2, matrix);
  add_bytes (store, store_add_group (store, store->root, "raw.cat"), "kind_categories", letters);

  data = open_data (store);
  assert_children (data, "obsm", in_obsm);
  pca = open_element (data, "obsm/X_pca", ANN_ELEMENT_DENSE);
  g_assert_cmpuint (ann_element_get_rank (pca), ==, 2);
  rows = read_rows (pca, 1, 2);
  g_assert_cmpmem (ann_buffer_get_data (rows->values), ann_buffer_get_size (rows->values),
                   matrix + 2, 4 * sizeof (float));
  one = open_element (data, "obsm/X_one", ANN_ELEMENT_DENSE);
  g_assert_cmpuint (ann_element_get_rank (one), ==, 2);
  g_assert_cmpuint (ann_element_get_shape (one)[1], ==, 1);
  column = ann_element_read_columns (one, 0, 1, NULL, NULL);
  g_assert_cmpuint (column->width, ==, N_OBS);
  g_assert_cmpmem (ann_buffer_get_data (column->values), ann_buffer_get_size (column->values),
                   matrix, N_OBS * sizeof (float));

  assert_children (data, "raw", in_raw);
  raw_x = open_element (data, "raw/X", ANN_ELEMENT_DENSE);
  g_assert_cmpuint (ann_element_get_shape (raw_x)[1], ==, N_VAR);
  assert_labels (data, "raw/var/kind", 2, "y");
  loadings = open_element (data, "raw/varm/PCs", ANN_ELEMENT_DENSE);
  g_assert_cmpuint (ann_element_get_rank (loadings), ==, 2);
}

/* The oldest names, X in pieces at the root, and uns there. */
static void
test_aliases (void)
{
  static const char *const at_root[] = { "obs", "var", "X", "obsm", "varm", "uns", NULL };
  static const char *const in_uns[] = { "params", NULL };
  static const gint32 indices[] = { 1, 0 }, pointers[] = { 0, 1, 1, 2 };
  static const gint64 shape[] = { N_OBS, N_VAR };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = NULL;
  g_autoptr (AnnElement) x = NULL;
  g_autoptr (AnnBlock) row = NULL;
  Item *item;

  add_tables (store, "_smp", "_var", "smp_names");
  add_bytes (store, store->root, "group_categories", letters);
  store_add_group (store, store->root, "params");
  store_add_vector (store, store->root, "X_csr_data", ANN_DTYPE_FLOAT32, 2, matrix);
  store_add_vector (store, store->root, "X_csr_indices", ANN_DTYPE_INT32, 2, indices);
  store_add_vector (store, store->root, "X_csr_indptr", ANN_DTYPE_INT32, 4, pointers);
  store_add_vector (store, store->root, "X_csr_shape", ANN_DTYPE_INT64, 2, shape);
  item = add_records (store, store->root, "smpm", N_OBS);
  add_numbers (store, item, "X_pca", ANN_DTYPE_FLOAT32, 2, matrix);
  item = add_records (store, store->root, "_varm", N_VAR);
  add_numbers (store, item, "PCs", ANN_DTYPE_FLOAT32, 2, matrix);

  data = open_data (store);
  assert_children (data, "", at_root);
  assert_children (data, "uns", in_uns);
  assert_labels (data, "obs/group", 2, "y");
  g_object_unref (open_element (data, "obsm/X_pca", ANN_ELEMENT_DENSE));
  g_object_unref (open_element (data, "varm/PCs", ANN_ELEMENT_DENSE));
  x = open_element (data, "X", ANN_ELEMENT_CSR);
  g_assert_cmpstr (ann_element_get_warnings (x)[0], ==, NULL);
  row = read_rows (x, 2, 1);
  g_assert_cmpfloat (ann_buffer_get_double (row->values, 0), ==, 2);
  g_assert_cmpfloat (ann_buffer_get_double (row->indices, 0), ==, 0);
}

/* A single variable: X and layers may be vectors. Any of the names that X had. */
static void
test_one_variable (void)
{
  static const char *const names[] = { "X", "_X", "data", "_data" };
  static const char *const one_name[] = { "g0", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnNode) root = NULL;
      g_autoptr (AnnElement) data = NULL;
      g_autoptr (AnnElement) x = NULL;
      g_autoptr (AnnBlock) rows = NULL;
      g_autoptr (AnnElement) layers = NULL;
      g_autoptr (AnnElement) layer = NULL;
      Item *item = store_add_group (store, store->root, "layers");
      Item *obs = add_records (store, store->root, "smp", N_OBS);
      Item *var = add_records (store, store->root, "var", 1);

      add_texts (store, obs, "row_names", obs_names);
      add_texts (store, var, "col_names", one_name);
      store_add_vector (store, item, "counts", ANN_DTYPE_FLOAT32, N_OBS, matrix);
      item = store_add_vector (store, store->root, names[i], ANN_DTYPE_FLOAT32, N_OBS, matrix);
      item_set_text (item, "sparse_format", "csr"); /* it was sparse, and is stored dense */
      root = store_open_root (store);
      data = _ann_element_open_root (root, NULL, NULL);
      x = ann_element_open_child (data, "X", NULL, NULL);
      g_assert_no_error (ann_element_get_error (x));
      g_assert_cmpuint (ann_element_get_rank (x), ==, 2);
      g_assert_cmpuint (ann_element_get_shape (x)[0], ==, N_OBS);
      g_assert_cmpuint (ann_element_get_shape (x)[1], ==, 1);
      rows = read_rows (x, 1, 2);
      g_assert_cmpmem (ann_buffer_get_data (rows->values), ann_buffer_get_size (rows->values),
                       matrix + 1, 2 * sizeof (float));
      layers = ann_element_open_child (data, "layers", NULL, NULL);
      layer = ann_element_open_child (layers, "counts", NULL, NULL);
      g_assert_no_error (ann_element_get_error (layer));
      g_assert_cmpuint (ann_element_get_rank (layer), ==, 2);
    }
}

static Item *
add_frame (Store *store, const char *name, const char *const *labels)
{
  Item *frame = store_add_group (store, store->root, name);

  item_set_encoding (frame, "dataframe", "0.2.0");
  item_set_text (frame, "_index", "_index");
  item_set_texts (frame, "column-order", (const char *const[]){ NULL });
  store_add_texts (store, frame, "_index", labels);

  return frame;
}

/* Matrices of neighbours are in obsp, where Python puts them, unless obsp has them already. */
static void
test_neighbors (void)
{
  static const char *const in_obsp[] = { "connectivities", "distances", "own", NULL };
  static const char *const in_neighbors[] = { "distances", "params", NULL };
  static const char *const in_uns[] = { "neighbors", "other", NULL };
  static const guint64 shape[] = { N_OBS, N_OBS };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = NULL;
  Item *uns = store_add_group (store, store->root, "uns");
  Item *neighbors = store_add_group (store, uns, "neighbors");
  Item *obsp = store_add_group (store, store->root, "obsp");

  add_frame (store, "obs", obs_names);
  add_frame (store, "var", var_names);
  store_add_group (store, uns, "other");
  store_add_group (store, neighbors, "params");
  store_add_box (store, neighbors, "connectivities", ANN_DTYPE_FLOAT32, 2, shape, NULL);
  store_add_box (store, neighbors, "distances", ANN_DTYPE_FLOAT32, 2, shape, NULL);
  store_add_box (store, obsp, "distances", ANN_DTYPE_FLOAT32, 2, shape, NULL);
  store_add_box (store, obsp, "own", ANN_DTYPE_FLOAT32, 2, shape, NULL);

  data = open_data (store);
  assert_children (data, "obsp", in_obsp);
  assert_children (data, "uns", in_uns);
  assert_children (data, "uns/neighbors", in_neighbors);
  g_object_unref (open_element (data, "obsp/connectivities", ANN_ELEMENT_DENSE));
}

/* Today's stores keep what looks old: only what lies where old versions put it is moved. */
static void
test_todays (void)
{
  static const char *const at_root[] = { "obs", "var", "uns", "_data", "raw.note", NULL };
  static const char *const in_uns[] = { "group_categories", NULL };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = NULL;
  Item *uns = store_add_group (store, store->root, "uns");
  Item *obs;

  static const gint8 codes[] = { 0, 1, 0 };

  item_set_encoding (store->root, "anndata", "0.1.0");
  obs = add_frame (store, "obs", obs_names);
  item_set_texts (obs, "column-order", (const char *const[]){ "group", NULL });
  store_add_vector (store, obs, "group", ANN_DTYPE_INT8, N_OBS, codes);
  add_frame (store, "var", var_names);
  add_bytes (store, uns, "group_categories", letters);
  store_add_group (store, store->root, "_data");
  store_add_group (store, store->root, "raw.note");

  data = open_data (store);
  assert_children (data, "", at_root);
  assert_children (data, "uns", in_uns);
  g_object_unref (open_element (data, "obs/group", ANN_ELEMENT_DENSE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/legacy/tables", test_tables);
  g_test_add_func ("/legacy/faults", test_faults);
  g_test_add_func ("/legacy/broken-tables", test_broken_tables);
  g_test_add_func ("/legacy/failures", test_failures);
  g_test_add_func ("/legacy/records-and-raw", test_records_and_raw);
  g_test_add_func ("/legacy/aliases", test_aliases);
  g_test_add_func ("/legacy/one-variable", test_one_variable);
  g_test_add_func ("/legacy/neighbors", test_neighbors);
  g_test_add_func ("/legacy/todays", test_todays);

  return g_test_run ();
}
