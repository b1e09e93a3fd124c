/* test-data-text.c: a store as Python prints it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-data-private.h"

#include "../element/memory-store.h"

static const char *const names[] = { "n0", "n1", NULL };
static const char *const no_names[] = { NULL };

static Item *
add_mapping (Store *store, const char *name)
{
  Item *item = store_add_group (store, store->root, name);

  item_set_encoding (item, "dict", "0.1.0");

  return item;
}

static void
add_frame (Store *store, const char *name, const char *const *columns)
{
  Item *frame = store_add_group (store, store->root, name);

  item_set_encoding (frame, "dataframe", "0.2.0");
  item_set_text (frame, "_index", "_index");
  item_set_texts (frame, "column-order", columns);
  store_add_texts (store, frame, "_index", names);
}

static AnnData *
open_data (Store *store, const char *uri)
{
  g_autoptr (AnnNode) root = store_open_root (store);
  g_autoptr (GError) error = NULL;
  AnnData *data = _ann_data_new (root, uri, &(AnnStoreInfo){ .format = "memory" }, NULL, &error);

  g_assert_no_error (error);

  return data;
}

static void
assert_printed (Store *store, const char *uri, const char *expected)
{
  g_autoptr (AnnData) data = open_data (store, uri);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = ann_data_to_string (data, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

/* The names in quotes are what Python's repr () gives. */
static void
test_quoting (void)
{
  static const char *const keys[] = {
    "it's",
    "say \"x\"",
    "both ' and \"",
    "back\\slash",
    "tab\tnew\nret\r",
    "é→𝛼",
    "\001\177\302\240\302\255\342\200\213\342\200\250\356\200\200\363\240\200\201",
    "bad\377",
    " ",
    "\343\200\200"
  };
  static const char *const quoted[] = { "\"it's\"",
                                        "'say \"x\"'",
                                        "'both \\' and \"'",
                                        "'back\\\\slash'",
                                        "'tab\\tnew\\nret\\r'",
                                        "'é→𝛼'",
                                        "'\\x01\\x7f\\xa0\\xad\\u200b\\u2028\\ue000\\U000e0001'",
                                        "'bad\\udcff'",
                                        "' '",
                                        "'\\u3000'" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (Store) store = store_new ();
      g_autofree char *expected = g_strdup_printf (
          "AnnData object with n_obs × n_vars = 2 × 2 backed at 'x.h5ad'\n"
          "    uns: %s",
          quoted[i]);

      add_frame (store, "obs", no_names);
      add_frame (store, "var", no_names);
      store_add_group (store, add_mapping (store, "uns"), keys[i]);
      assert_printed (store, "x.h5ad", expected);
    }
}

/* The order is Python's, whatever that of the store; what is empty, missing or broken has no line.
 */
static void
test_lines (void)
{
  static const char *const columns[] = { "z", "a", NULL };
  g_autoptr (Store) store = store_new ();
  Item *item;

  add_frame (store, "obs", columns);
  add_frame (store, "var", no_names);
  store_add_group (store, add_mapping (store, "varp"), "p");
  store_add_group (store, add_mapping (store, "layers"), "l");
  item = add_mapping (store, "obsm");
  store_add_group (store, item, "X_umap");
  store_add_group (store, item, "X_pca");
  add_mapping (store, "uns");
  item_set_encoding (store_add_group (store, store->root, "varm"), "no-such-thing", "9");
  store_add_group (store, g_hash_table_lookup (store->root->children, "varm"), "hidden");
  store_add_group (store, add_mapping (store, "extra"), "e");
  assert_printed (store, "/data/it's.h5ad",
                  "AnnData object with n_obs × n_vars = 2 × 2 backed at \"/data/it's.h5ad\"\n"
                  "    obs: 'z', 'a'\n"
                  "    obsm: 'X_pca', 'X_umap'\n"
                  "    layers: 'l'\n"
                  "    varp: 'p'");
}

static void
test_filename (void)
{
  static const char *const cases[][2] = {
    { "x.h5ad", "x.h5ad" },
    { "/a/b c.h5ad", "/a/b c.h5ad" },
    { "file:///a/b%20c.h5ad", "/a/b c.h5ad" },
    { "a/b://c", "a/b://c" },
    { "s3://bucket/x.h5ad", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnData) data = open_data (store, cases[i][0]);
      g_autofree char *filename = ann_data_dup_filename (data);

      g_assert_cmpstr (filename, ==, cases[i][1]);
    }
}

static void
test_no_anndata (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = open_data (store, "x.h5");
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_data_to_string (data, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
}

/* Whichever call fails while it looks, it says so, or leaves out what it cannot open. */
static void
test_failures (void)
{
  guint n_failed = 0;
  int n = 0;

  for (gboolean failed = TRUE; failed; n++)
    {
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnData) data = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;

      add_frame (store, "obs", no_names);
      add_frame (store, "var", no_names);
      store_add_group (store, add_mapping (store, "uns"), "u");
      data = open_data (store, "x.h5ad");
      counts_reset ();
      counts.fail_at = n;
      text = ann_data_to_string (data, NULL, &error);
      failed = counts.n_calls > n;
      if (text == NULL)
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
          n_failed++;
        }
    }
  g_assert_cmpint (n, >, 3);
  g_assert_cmpuint (n_failed, >, 0);
}

static void
test_cancel (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  add_frame (store, "obs", no_names);
  add_frame (store, "var", no_names);
  data = open_data (store, "x.h5ad");
  g_cancellable_cancel (cancellable);
  g_assert_null (ann_data_to_string (data, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/data-text/quoting", test_quoting);
  g_test_add_func ("/data-text/lines", test_lines);
  g_test_add_func ("/data-text/filename", test_filename);
  g_test_add_func ("/data-text/no-anndata", test_no_anndata);
  g_test_add_func ("/data-text/failures", test_failures);
  g_test_add_func ("/data-text/cancel", test_cancel);

  return g_test_run ();
}
