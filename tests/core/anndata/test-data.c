/* test-data.c: a whole store, in memory
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-data-private.h"
#include "element/ann-categorical.h"

#include "../element/memory-store.h"

#define N_OBS 3
#define N_VAR 2

static const char *const obs_names[] = { "c0", "c1", "c2", NULL };
static const char *const var_names[] = { "g0", "g1", NULL };
static const char *const no_names[] = { NULL };
static const char *const groups[] = { "a", "b", NULL };
static const double zeros[16];
static const gint8 codes[] = { 0, 1, -1 };

static Item *
add_mapping (Store *store, Item *parent, const char *name)
{
  Item *item = store_add_group (store, parent, name);

  item_set_encoding (item, "dict", "0.1.0");

  return item;
}

static Item *
add_frame (Store *store,
           Item *parent,
           const char *name,
           const char *const *labels,
           const char *const *columns)
{
  Item *frame = store_add_group (store, parent, name);

  item_set_encoding (frame, "dataframe", "0.2.0");
  item_set_text (frame, "_index", "_index");
  item_set_texts (frame, "column-order", columns);
  store_add_texts (store, frame, "_index", labels);

  return frame;
}

static void
add_matrix (Store *store, Item *parent, const char *name, guint64 n_rows, guint64 n_columns)
{
  const guint64 shape[] = { n_rows, n_columns };

  item_set_encoding (store_add_box (store, parent, name, ANN_DTYPE_FLOAT32, 2, shape, NULL),
                     "array", "0.2.0");
}

/* An annotated matrix with one of everything, below @root. */
static void
add_anndata (Store *store, Item *root, gboolean is_marked)
{
  static const char *const columns[] = { "group", "a/b", NULL };
  Item *obs = add_frame (store, root, "obs", obs_names, columns);
  Item *group = store_add_group (store, obs, "group");
  Item *raw = store_add_group (store, root, "raw");
  Item *item;

  if (is_marked)
    item_set_encoding (root, "anndata", "0.1.0");
  item_set_encoding (group, "categorical", "0.2.0");
  store_add_vector (store, group, "codes", ANN_DTYPE_INT8, N_OBS, codes);
  store_add_texts (store, group, "categories", groups);
  store_add_vector (store, store_add_group (store, obs, "a"), "b", ANN_DTYPE_FLOAT64, N_OBS, zeros);
  add_frame (store, root, "var", var_names, no_names);
  add_matrix (store, root, "X", N_OBS, N_VAR);

  item = add_mapping (store, root, "layers");
  add_matrix (store, item, "good", N_OBS, N_VAR);
  add_matrix (store, item, "turned", N_VAR, N_OBS);
  item = add_mapping (store, root, "obsm");
  add_matrix (store, item, "good", N_OBS, 7);
  add_matrix (store, item, "short", N_OBS - 1, 7);
  add_frame (store, item, "frame", var_names, no_names);
  item = add_mapping (store, root, "varm");
  add_matrix (store, item, "good", N_VAR, 7);
  add_matrix (store, item, "long", N_OBS, 7);
  item = add_mapping (store, root, "obsp");
  add_matrix (store, item, "good", N_OBS, N_OBS);
  add_matrix (store, item, "bad", N_OBS, N_VAR);
  item = add_mapping (store, root, "varp");
  add_matrix (store, item, "good", N_VAR, N_VAR);
  add_matrix (store, item, "bad", N_OBS, N_VAR);

  item_set_encoding (raw, "raw", "0.1.0");
  add_frame (store, raw, "var", obs_names, no_names); /* three variables */
  add_matrix (store, raw, "X", N_OBS, 3);
  add_matrix (store, add_mapping (store, raw, "varm"), "bad", N_VAR, 1);

  item = add_mapping (store, root, "uns");
  store_add_texts (store, item, "group_colors", groups);
  add_matrix (store, add_mapping (store, item, "deep"), "any", 5, 5);
  add_mapping (store, root, "extra");
}

static AnnData *
open_data (Store *store)
{
  g_autoptr (AnnNode) root = store_open_root (store);
  g_autoptr (GError) error = NULL;
  AnnData *data = _ann_data_new (
      root, "memory:", &(AnnStoreInfo){ .format = "memory", .stored_size = 123 }, NULL, &error);

  g_assert_no_error (error);

  return data;
}

static AnnElement *
open_element (AnnData *data, const char *path)
{
  g_autoptr (GError) error = NULL;
  AnnElement *element = ann_data_open_element (data, path, NULL, &error);

  g_assert_no_error (error);

  return element;
}

static void
test_open (void)
{
  static const char *const expected[] = {
    "obs",       "obs/group",   "obs/a/b",       "var",          "X",
    "layers",    "layers/good", "layers/turned", "raw",          "raw/var",
    "raw/X",     "raw/varm",    "raw/varm/bad",  "obsm",         "obsm/frame",
    "obsm/good", "obsm/short",  "varm",          "varm/good",    "varm/long",
    "obsp",      "obsp/bad",    "obsp/good",     "varp",         "varp/bad",
    "varp/good", "uns",         "uns/deep",      "uns/deep/any", "uns/group_colors",
    "extra",     NULL,
  };

  for (guint marked = 0; marked < 2; marked++)
    {
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnData) data = NULL;
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) paths = NULL;

      add_anndata (store, store->root, marked);
      data = open_data (store);
      g_assert_true (ann_data_is_annotated (data));
      g_assert_cmpuint (ann_data_get_n_obs (data), ==, N_OBS);
      g_assert_cmpuint (ann_data_get_n_var (data), ==, N_VAR);
      g_assert_cmpstr (ann_data_get_uri (data), ==, "memory:");
      g_assert_null (ann_data_get_location (data));
      g_assert_null (ann_data_get_traffic (data));
      g_assert_cmpstr (ann_data_get_format (data), ==, "memory");
      g_assert_cmpuint (ann_data_get_stored_size (data), ==, 123);
      g_assert_cmpstr (ann_data_get_warnings (data)[0], ==, NULL);
      g_assert_cmpuint (ann_frame_get_n_columns (ann_data_get_obs (data)), ==, 2);
      g_assert_cmpuint (ann_frame_get_n_columns (ann_data_get_var (data)), ==, 0);
      g_assert_cmpint (counts.n_opened_arrays, ==, 2); /* the two indexes */

      paths = ann_data_list_elements (data, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstrv (paths, expected);
      for (guint i = 0; paths[i] != NULL; i++)
        {
          g_autoptr (AnnElement) element = open_element (data, paths[i]);

          g_assert_cmpstr (ann_element_get_path (element), ==, paths[i]);
        }
      g_assert_cmpint (counts.n_reads, ==, 0);
    }
}

/* What does not fit obs and var says so, by every way that leads to it. */
static void
test_alignment (void)
{
  static const struct {
    const char *path;
    const char *words;
  } wrong[] = {
    { "layers/turned", "its shape is 2 × 3, but must be 3 × 2" },
    { "obsm/short", "its shape is 2 × 7, but must begin with 3" },
    { "obsm/frame", "its shape is 2 × 0, but must begin with 3" },
    { "varm/long", "its shape is 3 × 7, but must begin with 2" },
    { "obsp/bad", "its shape is 3 × 2, but must be 3 × 3" },
    { "varp/bad", "its shape is 3 × 2, but must be 2 × 2" },
    { "raw/varm/bad", "its shape is 2 × 1, but must begin with 3" },
  };
  static const char *const right[] = { "X",         "layers/good", "obsm/good",    "varm/good",
                                       "obsp/good", "varp/good",   "uns/deep/any", "raw/X" };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = NULL;
  g_autoptr (AnnElement) raw = NULL;

  add_anndata (store, store->root, TRUE);
  data = open_data (store);
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (AnnElement) element = open_element (data, wrong[i].path);

      assert_broken (element, ANN_ELEMENT_CORRUPT, wrong[i].words);
    }
  for (guint i = 0; i < G_N_ELEMENTS (right); i++)
    {
      g_autoptr (AnnElement) element = open_element (data, right[i]);

      g_assert_no_error (ann_element_get_error (element));
    }
  raw = open_element (data, "raw");
  g_assert_cmpuint (ann_element_get_shape (raw)[0], ==, N_OBS);
  g_assert_cmpuint (ann_element_get_shape (raw)[1], ==, 3);
}

static void
test_misaligned_x (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = NULL;
  g_autoptr (AnnElement) x = NULL;
  g_autoptr (AnnElement) raw_x = NULL;
  Item *raw;

  add_anndata (store, store->root, TRUE);
  add_matrix (store, store->root, "X", N_OBS + 1, N_VAR);
  raw = g_hash_table_lookup (store->root->children, "raw");
  add_matrix (store, raw, "X", N_OBS + 1, 3);
  data = open_data (store);
  g_assert_cmpuint (ann_data_get_n_obs (data), ==, N_OBS);
  x = open_element (data, "X");
  assert_broken (x, ANN_ELEMENT_CORRUPT, "its shape is 4 × 2, but must be 3 × 2");
  raw_x = open_element (data, "raw/X");
  assert_broken (raw_x, ANN_ELEMENT_CORRUPT, "its shape is 4 × 3, but must be 3 × 3");
}

/* What nobody knows, and nothing at all, wherever they lie: the rest is as it was. */
static void
test_unknown_and_nothing (void)
{
  static const char *const places[] = { "uns", "obsm", "layers", "obsp" };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = NULL;
  g_autoptr (AnnElement) column = NULL;
  g_autoptr (AnnElement) raw = NULL;
  g_autoptr (AnnElement) x = NULL;
  g_autoptr (AnnElement) group = NULL;
  Item *item;

  add_anndata (store, store->root, TRUE);
  item = g_hash_table_lookup (store->root->children, "obs");
  item_set_encoding (store_add_vector (store, item, "group", ANN_DTYPE_INT8, N_OBS, codes),
                     "interval", "0.1.0");
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      item = g_hash_table_lookup (store->root->children, places[i]);
      item_set_encoding (store_add_group (store, item, "unknown"), "quilt", "3.1");
      item_set_encoding (store_add (store, item, "nothing", ANN_NODE_NULL), "null", "0.1.0");
    }
  item_set_encoding (store_add (store, store->root, "raw", ANN_NODE_NULL), "null", "0.1.0");
  item_set_encoding (store_add (store, store->root, "X", ANN_NODE_NULL), "null", "0.1.0");

  data = open_data (store);
  g_assert_cmpuint (ann_data_get_n_obs (data), ==, N_OBS);
  g_assert_cmpuint (ann_data_get_n_var (data), ==, N_VAR);
  column = open_element (data, "obs/group");
  assert_broken (column, ANN_ELEMENT_UNSUPPORTED, "“interval” 0.1.0");
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *unknown_path = g_strconcat (places[i], "/unknown", NULL);
      g_autofree char *nothing_path = g_strconcat (places[i], "/nothing", NULL);
      g_autoptr (AnnElement) unknown = open_element (data, unknown_path);
      g_autoptr (AnnElement) nothing = open_element (data, nothing_path);

      assert_broken (unknown, ANN_ELEMENT_UNSUPPORTED, "“quilt” 3.1");
      g_assert_no_error (ann_element_get_error (nothing));
      g_assert_cmpint (ann_element_get_kind (nothing), ==, ANN_ELEMENT_NULL);
    }
  raw = open_element (data, "raw");
  g_assert_cmpint (ann_element_get_kind (raw), ==, ANN_ELEMENT_NULL);
  x = open_element (data, "X");
  g_assert_cmpint (ann_element_get_kind (x), ==, ANN_ELEMENT_NULL);
  group = open_element (data, "obsm/good");
  g_assert_no_error (ann_element_get_error (group));
}

/* Without obs there is no error, but an element that says what is missing; X tells the size. */
static void
test_broken_obs (void)
{
  static const char *const words[] = { "is missing", "must be a table", "“_index”" };

  for (guint way = 0; way < G_N_ELEMENTS (words); way++)
    {
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnData) data = NULL;
      g_autoptr (AnnElement) obs = NULL;
      g_autoptr (AnnElement) x = NULL;
      g_auto (GStrv) paths = NULL;

      add_anndata (store, store->root, TRUE);
      if (way == 0)
        g_hash_table_remove (store->root->children, "obs");
      else if (way == 1)
        store_add_vector (store, store->root, "obs", ANN_DTYPE_FLOAT64, N_OBS, zeros);
      else
        item_set_encoding (store_add_group (store, store->root, "obs"), "dataframe", "0.2.0");
      data = open_data (store);
      g_assert_true (ann_data_is_annotated (data));
      g_assert_null (ann_data_get_obs (data));
      g_assert_nonnull (ann_data_get_var (data));
      g_assert_cmpuint (ann_data_get_n_obs (data), ==, N_OBS);
      g_assert_nonnull (strstr (ann_data_get_warnings (data)[0], words[way]));

      obs = open_element (data, "obs");
      assert_broken (obs, ANN_ELEMENT_CORRUPT, words[way]);
      paths = ann_data_list_elements (data, NULL, NULL);
      g_assert_cmpstr (paths[0], ==, "obs");
      x = open_element (data, "X");
      g_assert_no_error (ann_element_get_error (x));
    }
}

static void
test_plain_store (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = NULL;
  g_autoptr (AnnElement) array = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) paths = NULL;

  store_add_vector (store, store_add_group (store, store->root, "g"), "a", ANN_DTYPE_FLOAT64, 2,
                    zeros);
  data = open_data (store);
  g_assert_false (ann_data_is_annotated (data));
  g_assert_cmpuint (ann_data_get_n_obs (data), ==, 0);
  g_assert_null (ann_data_get_obs (data));
  paths = ann_data_list_elements (data, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (paths), ==, 2);
  array = open_element (data, "/g/a");
  g_assert_cmpint (ann_element_get_kind (array), ==, ANN_ELEMENT_DENSE);
  g_assert_null (ann_data_open_element (data, "g/b", NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
}

/* MuData: a root with datasets of its own. */
static void
test_mudata (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = NULL;
  g_autoptr (AnnElement) rna = NULL;
  g_autoptr (AnnElement) bad = NULL;
  Item *inner;

  item_set_encoding (store->root, "MuData", "0.1.0");
  add_frame (store, store->root, "obs", obs_names, no_names);
  add_frame (store, store->root, "var", var_names, no_names);
  inner = store_add_group (store, add_mapping (store, store->root, "mod"), "rna");
  add_anndata (store, inner, FALSE);
  item_set_encoding (inner, "AnnData", "");
  data = open_data (store);
  rna = open_element (data, "mod/rna");
  g_assert_cmpint (ann_element_get_kind (rna), ==, ANN_ELEMENT_ANNDATA);
  g_assert_cmpuint (ann_element_get_shape (rna)[0], ==, N_OBS);
  bad = open_element (data, "mod/rna/layers/turned");
  g_assert_cmpint (ann_element_get_state (bad), ==, ANN_ELEMENT_CORRUPT);
}

static void
test_colors (void)
{
  static const char *const three[] = { "#f00", "#0f0", "#00f", NULL };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = NULL;
  g_autoptr (AnnStrings) colors = NULL;
  g_autoptr (GError) error = NULL;
  Item *uns;

  add_anndata (store, store->root, TRUE);
  data = open_data (store);
  colors = ann_data_read_category_colors (data, "group", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ann_strings_get_length (colors), ==, 2);
  assert_text (colors, 1, "b");
  g_assert_null (ann_data_read_category_colors (data, "a/b", NULL, &error));
  g_assert_no_error (error);
  g_assert_null (ann_data_read_category_colors (data, "none", NULL, &error));
  g_assert_no_error (error);

  /* Three colors for two categories fit nothing. */
  uns = g_hash_table_lookup (store->root->children, "uns");
  store_add_texts (store, uns, "group_colors", three);
  g_assert_null (ann_data_read_category_colors (data, "group", NULL, &error));
  g_assert_no_error (error);

  g_hash_table_remove (store->root->children, "uns");
  g_assert_null (ann_data_read_category_colors (data, "group", NULL, &error));
  g_assert_no_error (error);
}

/* Two links that lead back make no endless list. */
static void
test_cycles (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = NULL;
  g_autoptr (AnnElement) back = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) paths = NULL;
  Item *uns;

  add_anndata (store, store->root, TRUE);
  uns = g_hash_table_lookup (store->root->children, "uns");
  store_link (uns, "root", store->root);
  store_link (uns, "uns", uns);
  data = open_data (store);
  paths = ann_data_list_elements (data, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (paths), ==, 33);
  back = open_element (data, "uns/root");
  assert_broken (back, ANN_ELEMENT_DENIED, "leads back to “/”");
}

/* 10⁹ cells, of which nothing is stored: opening reads nothing. */
static void
test_huge (void)
{
  const guint64 n = 1000000000;
  const gint64 shape[] = { (gint64) n, 30000 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) paths = NULL;
  Item *item;

  item_set_encoding (store->root, "anndata", "0.1.0");
  item = add_frame (store, store->root, "obs", obs_names, no_names);
  store_add_vector (store, item, "_index", ANN_DTYPE_INT64, n, NULL);
  item = add_frame (store, store->root, "var", var_names, no_names);
  store_add_vector (store, item, "_index", ANN_DTYPE_INT64, 30000, NULL);
  item = store_add_group (store, store->root, "X");
  item_set_encoding (item, "csr_matrix", "0.1.0");
  item_set_numbers (item, "shape", ANN_DTYPE_INT64, 2, shape);
  store_add_vector (store, item, "data", ANN_DTYPE_FLOAT32, 0, NULL);
  store_add_vector (store, item, "indices", ANN_DTYPE_INT32, 0, NULL);
  store_add_vector (store, item, "indptr", ANN_DTYPE_INT64, n + 1, NULL);

  data = open_data (store);
  g_assert_cmpuint (ann_data_get_n_obs (data), ==, n);
  paths = ann_data_list_elements (data, NULL, &error);
  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autoptr (AnnElement) element = open_element (data, paths[i]);

      g_assert_no_error (ann_element_get_error (element));
    }
  g_assert_cmpint (counts.n_reads, ==, 0);
}

/* Whatever call fails while a store is opened and listed, it ends, and what fails says why: a list
 * that lacks something comes with a warning.
 */
static void
test_failures (void)
{
  guint n_paths = 0;
  guint n_warned = 0;
  int n = -1;

  for (gboolean failed = TRUE; failed; n++)
    {
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnNode) root = store_open_root (store);
      g_autoptr (AnnData) data = NULL;
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) paths = NULL;

      add_anndata (store, store->root, TRUE);
      counts.fail_at = n;
      data = _ann_data_new (root, "memory:", &(AnnStoreInfo){ .format = "memory" }, NULL, &error);
      failed = n < 0 || counts.n_calls > n;
      if (data == NULL)
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
          continue;
        }
      paths = ann_data_list_elements (data, NULL, &error);
      g_assert_true (paths != NULL || error != NULL);
      if (n < 0)
        n_paths = g_strv_length (paths);
      else if (paths != NULL && g_strv_length (paths) < n_paths)
        {
          g_assert_nonnull (ann_data_get_warnings (data)[0]);
          n_warned++;
        }
      for (guint i = 0; paths != NULL && paths[i] != NULL; i++)
        {
          g_autoptr (GError) child_error = NULL;
          g_autoptr (AnnElement) element = ann_data_open_element (data, paths[i], NULL,
                                                                  &child_error);

          g_assert_true (element != NULL || child_error != NULL);
        }
      failed = n < 0 || counts.n_calls > n;
    }
  g_assert_cmpint (n, >, 100);
  g_assert_cmpuint (n_warned, >, 5);
}

static void
test_cancel (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnData) data = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  add_anndata (store, store->root, TRUE);
  data = open_data (store);
  root = store_open_root (store);
  g_cancellable_cancel (cancellable);
  g_assert_null (
      _ann_data_new (root, "", &(AnnStoreInfo){ .format = "memory" }, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (ann_data_list_elements (data, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (ann_data_open_element (data, "X", cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (ann_data_read_category_colors (data, "group", cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
store_result (G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
test_async (void)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  ann_data_open_async ("/no/such/file.h5ad", 0, NULL, store_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (ann_data_open_finish (result, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/data/open", test_open);
  g_test_add_func ("/data/alignment", test_alignment);
  g_test_add_func ("/data/misaligned-x", test_misaligned_x);
  g_test_add_func ("/data/unknown-and-nothing", test_unknown_and_nothing);
  g_test_add_func ("/data/broken-obs", test_broken_obs);
  g_test_add_func ("/data/plain-store", test_plain_store);
  g_test_add_func ("/data/mudata", test_mudata);
  g_test_add_func ("/data/colors", test_colors);
  g_test_add_func ("/data/cycles", test_cycles);
  g_test_add_func ("/data/huge", test_huge);
  g_test_add_func ("/data/failures", test_failures);
  g_test_add_func ("/data/cancel", test_cancel);
  g_test_add_func ("/data/async", test_async);

  return g_test_run ();
}
