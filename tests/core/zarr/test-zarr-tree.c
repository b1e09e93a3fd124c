/* test-zarr-tree.c: which nodes there are, and how few requests tell
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "zarr-fixture.h"

#include "element/ann-element-private.h"

#define NEW_STORE(type) g_autoptr (AnnStore) store = ANN_STORE (store_new (type ()))
#define STORE ((ZarrStore *) store)

static char *
ints_v3 (const char *shape)
{
  return array_v3 (shape, "[2]", "\"uint8\"", "9", LITTLE, NULL);
}

static char *
join_children (AnnNode *node)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = ann_node_list_children (node, NULL, &error);

  g_assert_no_error (error);

  return g_strjoinv (" ", names);
}

static void
assert_children (AnnNode *node, const char *expected)
{
  g_autofree char *names = join_children (node);

  g_assert_cmpstr (names, ==, expected);
}

static AnnNode *
open_child (AnnNode *node, const char *name)
{
  g_autoptr (GError) error = NULL;
  AnnNode *child = ann_node_open_child (node, name, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (child);

  return child;
}

static void
put_hierarchy_v3 (ZarrStore *store)
{
  g_autofree char *array = ints_v3 ("[3]");

  put_text (store, "zarr.json", GROUP_V3);
  put_text (store, "g/zarr.json", GROUP_V3);
  put_text (store, "g/a/zarr.json", array);
  put (store, "g/a/c/0", "\001\002", 2);
  put_text (store, "b/zarr.json", array);
  put_text (store, "stray/file", "x");
}

static void
test_v3 (void)
{
  static const double expected[] = { 1, 2, 9 };
  NEW_STORE (zarr_store_get_type);
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) group = NULL;
  g_autoptr (AnnNode) node = NULL;
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (GError) error = NULL;

  put_hierarchy_v3 (STORE);
  root = open_root (STORE);
  assert_children (root, "b g");
  group = open_child (root, "g");
  assert_children (group, "a");
  node = open_child (group, "a");
  g_assert_cmpstr (ann_node_get_path (node), ==, "g/a");
  array = open_array (node);
  assert_numbers (array, expected, 3);

  g_assert_false (ann_node_has_child (root, "stray", NULL));
  g_assert_null (ann_node_open_child (root, "stray", NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
}

static void
test_v2 (void)
{
  static const double expected[] = { 1, 2, 9 };
  NEW_STORE (zarr_store_get_type);
  g_autofree char *document = array_v2 ("[3]", "[2]", "\"|u1\"", "9", "null", "");
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) node = NULL;
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (AnnAttributes) attributes = NULL;

  put_text (STORE, ".zgroup", GROUP_V2);
  put_text (STORE, "a/.zarray", document);
  put_text (STORE, "a/.zattrs", "{\"k\":\"v\"}");
  put (STORE, "a/0", "\001\002", 2);
  put_text (STORE, "folder/x", "");
  root = open_root (STORE);
  assert_children (root, "a");
  node = open_child (root, "a");
  attributes = ann_node_read_attributes (node, NULL, NULL);
  g_assert_cmpstr (ann_attributes_get_text (attributes, "k"), ==, "v");
  array = open_array (node);
  assert_numbers (array, expected, 3);
}

static void
test_both_versions (void)
{
  NEW_STORE (zarr_store_get_type);
  g_autoptr (AnnNode) root = NULL;
  guint version = 0;

  put_text (STORE, ".zgroup", GROUP_V2);
  put_text (STORE, "zarr.json", GROUP_V3);
  root = _ann_zarr_open (store, NULL, &version, NULL, NULL);
  g_assert_nonnull (root);
  g_assert_cmpuint (version, ==, 3);
}

static void
test_prefix (void)
{
  NEW_STORE (zarr_store_get_type);
  g_autoptr (AnnNode) group = NULL;
  g_autoptr (GError) error = NULL;
  guint version;

  put_hierarchy_v3 (STORE);
  group = _ann_zarr_open (store, "g", &version, NULL, NULL);
  g_assert_nonnull (group);
  assert_children (group, "a");
  g_assert_null (_ann_zarr_open (store, "stray", &version, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
}

/* Groups without a document were allowed once. */
static void
test_implicit (void)
{
  NEW_STORE (zarr_store_get_type);
  g_autofree char *document = ints_v3 ("[2]");
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) group = NULL;

  put_text (STORE, "zarr.json", GROUP_V3);
  put_text (STORE, "a/b/x/zarr.json", document);
  put_text (STORE, "c/d/e", "no node");
  root = open_root (STORE);
  assert_children (root, "a");
  group = open_child (root, "a");
  g_assert_cmpint (ann_node_get_kind (group), ==, ANN_NODE_GROUP);
  assert_children (group, "b");
}

static void
test_no_root (void)
{
  NEW_STORE (zarr_store_get_type);
  g_autoptr (AnnNode) root = NULL;

  put_text (STORE, "obs/zarr.json", GROUP_V3);
  put_text (STORE, "var/zarr.json", GROUP_V3);
  root = open_root (STORE);
  assert_children (root, "obs var");
}

/* What is wrong with one node is nobody else's matter. */
static void
test_damaged (void)
{
  static const char *const documents[] = { "",
                                           "{",
                                           "[]",
                                           "{\"zarr_format\":3,\"node_type\":\"stream\"}",
                                           "{\"zarr_format\":4}",
                                           "{\"zarr_format\":3,\"node_type\":\"group\"} x",
                                           "{\"zarr_format\":03}" };

  for (gsize i = 0; i < G_N_ELEMENTS (documents); i++)
    {
      NEW_STORE (zarr_store_get_type);
      g_autoptr (AnnNode) root = NULL;
      g_autoptr (AnnNode) good = NULL;
      g_autoptr (GError) error = NULL;

      put_hierarchy_v3 (STORE);
      put_text (STORE, "b/zarr.json", documents[i]);
      root = open_root (STORE);
      assert_children (root, "b g");
      g_assert_null (ann_node_open_child (root, "b", NULL, &error));
      assert_error_says (error, ANN_ERROR_FORMAT, "b/zarr.json");
      good = open_child (root, "g");
    }
}

static void
assert_no_attributes (AnnNode *node, int code, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_node_read_attributes (node, NULL, &error));
  assert_error_says (error, code, words);
}

/* What lies in a node, and its values, do not need them. */
static void
test_damaged_attributes (void)
{
  static const double expected[] = { 1, 2, 9 };
  NEW_STORE (zarr_store_get_type);
  g_autofree char *document = array_v2 ("[3]", "[2]", "\"|u1\"", "9", "null", "");
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) node = NULL;
  g_autoptr (AnnArray) array = NULL;

  put_text (STORE, ".zgroup", GROUP_V2);
  put_text (STORE, ".zattrs", "{\"k\":");
  put_text (STORE, "a/.zarray", document);
  put_text (STORE, "a/.zattrs", "{\"k\":");
  put (STORE, "a/0", "\001\002", 2);
  root = open_root (STORE);
  assert_no_attributes (root, ANN_ERROR_FORMAT, ".zattrs");
  assert_children (root, "a");
  node = open_child (root, "a");
  assert_no_attributes (node, ANN_ERROR_FORMAT, "a/.zattrs");
  array = open_array (node);
  assert_numbers (array, expected, 3);
}

/* The same where the store cannot bring them, as an archive that is damaged there. */
static void
test_unreadable_attributes (void)
{
  NEW_STORE (zarr_store_get_type);
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) node = NULL;
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnElement) child = NULL;

  put_text (STORE, ".zgroup", GROUP_V2);
  put_text (STORE, ".zattrs", "{}");
  put_text (STORE, ".zmetadata", "{\"metadata\":{\"b/.zgroup\":" GROUP_V2 "}}");
  put_text (STORE, "g/.zgroup", GROUP_V2);
  put_text (STORE, "g/.zattrs", "{}");
  STORE->damaged = ".zattrs";
  root = open_root (STORE);
  assert_no_attributes (root, ANN_ERROR_CORRUPT, "damaged");
  assert_children (root, "b g");
  node = open_child (root, "g");
  assert_no_attributes (node, ANN_ERROR_CORRUPT, "damaged");

  element = _ann_element_open_root (root, NULL, NULL);
  g_assert_null (ann_element_get_error (element));
  g_assert_cmpstr (ann_element_get_warnings (element)[0], ==,
                   "/: its attributes cannot be read: .zattrs: damaged");
  child = ann_element_open_child (element, "g", NULL, NULL);
  g_assert_error (ann_element_get_error (child), ANN_ERROR, ANN_ERROR_CORRUPT);
}

static void
test_unreadable_documents (void)
{
  NEW_STORE (zarr_store_get_type);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnNode) root = NULL;
  guint version;

  put_text (STORE, ".zgroup", GROUP_V2);
  put_text (STORE, ".zmetadata", "{\"metadata\":{\"b/.zgroup\":" GROUP_V2 "}}");
  put_text (STORE, "g/.zgroup", GROUP_V2);
  STORE->damaged = ".zmetadata";
  root = open_root (STORE);
  assert_children (root, "g");

  STORE->damaged = ".zgroup";
  g_assert_null (_ann_zarr_open (store, NULL, &version, NULL, &error));
  assert_error_says (error, ANN_ERROR_CORRUPT, "damaged");
}

static void
test_deep (void)
{
  NEW_STORE (zarr_store_get_type);
  g_autoptr (GString) text = g_string_new ("{\"zarr_format\":3,\"node_type\":\"group\","
                                           "\"attributes\":");
  g_autoptr (GError) error = NULL;
  guint version;

  for (guint i = 0; i < 300; i++)
    g_string_append_c (text, '[');
  for (guint i = 0; i < 300; i++)
    g_string_append_c (text, ']');
  g_string_append_c (text, '}');
  put_text (STORE, "zarr.json", text->str);
  g_assert_null (_ann_zarr_open (store, NULL, &version, NULL, &error));
  assert_error_says (error, ANN_ERROR_FORMAT, "too deep");
}

/* --- Consolidated metadata --- */

static void
put_consolidated_v3 (ZarrStore *store, const char *metadata)
{
  g_autofree char *root = g_strdup_printf (
      "{\"zarr_format\":3,\"node_type\":\"group\",\"attributes\":{},\"consolidated_metadata\":"
      "{\"kind\":\"inline\",\"must_understand\":false,\"metadata\":%s}}",
      metadata);

  put_text (store, "zarr.json", root);
}

static char *
make_metadata (void)
{
  g_autofree char *array = ints_v3 ("[3]");

  return g_strdup_printf (
      "{\"b\":%s,\"g\":{\"zarr_format\":3,\"node_type\":\"group\",\"attributes\":{},"
      "\"consolidated_metadata\":{\"kind\":\"inline\",\"metadata\":{}}},"
      "\"g/a\":%s,\"g-other\":" GROUP_V3 ",\"../up\":%s,\"/x\":%s,\"g//y\":%s}",
      array, array, array, array, array);
}

/* One request tells of everything. An empty inner list does not mean that there is nothing. */
static void
test_consolidated (void)
{
  static const double expected[] = { 1, 2, 9 };
  NEW_STORE (far_store_get_type);
  g_autofree char *metadata = make_metadata ();
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) group = NULL;
  g_autoptr (AnnNode) node = NULL;
  g_autoptr (AnnArray) array = NULL;

  put_hierarchy_v3 (STORE);
  put_consolidated_v3 (STORE, metadata);
  root = open_root (STORE);
  assert_children (root, "b g g-other");
  group = open_child (root, "g");
  assert_children (group, "a");
  g_assert_true (ann_node_has_child (group, "a", NULL));
  g_assert_false (ann_node_has_child (group, "absent", NULL));
  node = open_child (group, "a");
  array = open_array (node);
  g_assert_cmpuint (STORE->n_calls, ==, 1);
  g_assert_cmpuint (STORE->n_lists, ==, 0);
  assert_numbers (array, expected, 3);
}

/* A node that they do not name is found by its name; one that they name and that is not there is
 * not taken for one of fill values.
 */
static void
test_stale (void)
{
  NEW_STORE (far_store_get_type);
  g_autofree char *metadata = make_metadata ();
  g_autofree char *document = ints_v3 ("[2]");
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) newer = NULL;
  g_autoptr (AnnNode) gone = NULL;
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (AnnArray) newer_array = NULL;
  g_autoptr (GError) error = NULL;
  static const double fill[] = { 9, 9 };

  put_consolidated_v3 (STORE, metadata);
  put_text (STORE, "newer/zarr.json", document);
  root = open_root (STORE);
  newer = open_child (root, "newer");
  newer_array = open_array (newer);
  assert_numbers (newer_array, fill, 2);

  gone = open_child (root, "b");
  array = open_array (gone);
  g_assert_null (read_whole (array, &error));
  assert_error_says (error, ANN_ERROR_CORRUPT, "is not there");
}

/* On disk the documents of the nodes are what is true. */
static void
test_consolidated_near (void)
{
  static const double expected[] = { 9 };
  NEW_STORE (zarr_store_get_type);
  g_autofree char *metadata = make_metadata ();
  g_autofree char *document = ints_v3 ("[1]");
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) newer = NULL;
  g_autoptr (AnnNode) group = NULL;
  g_autoptr (AnnNode) other = NULL;
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (GError) error = NULL;

  put_consolidated_v3 (STORE, metadata);
  put_text (STORE, "newer/zarr.json", document);
  put_text (STORE, "b/zarr.json", document);
  root = open_root (STORE);
  assert_children (root, "b g g-other newer");
  newer = open_child (root, "newer");
  array = open_array (newer);
  assert_numbers (array, expected, 1);
  group = open_child (root, "g"); /* named alone */

  other = open_child (root, "b");
  g_assert_null (ann_node_open_array (other, NULL, &error));
  assert_error_says (error, ANN_ERROR_FORMAT, "out of date");
}

static void
test_consolidated_v2 (void)
{
  NEW_STORE (far_blind_store_get_type);
  g_autofree char *document = array_v2 ("[3]", "[2]", "\"|u1\"", "9", "null", "");
  g_autofree char *metadata = g_strdup_printf (
      "{\"zarr_consolidated_format\":1,\"metadata\":{\".zgroup\":{\"zarr_format\":2,"
      "\"consolidated_metadata\":{}},\".zattrs\":{\"k\":\"v\"},\"g/.zgroup\":" GROUP_V2
      ",\"g/a/.zarray\":%s,\"g/a/.zattrs\":{\"k\":\"w\"},\"g/a/junk\":3,\"../b/.zgroup\":{}}}",
      document);
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) group = NULL;
  g_autoptr (AnnNode) node = NULL;
  g_autoptr (AnnAttributes) attributes = NULL;

  put_text (STORE, ".zmetadata", metadata);
  put_text (STORE, ".zgroup", GROUP_V2);
  root = open_root (STORE);
  g_assert_cmpuint (STORE->n_calls, ==, 2); /* zarr.json, and all of version 2 at once */
  assert_children (root, "g");
  group = open_child (root, "g");
  assert_children (group, "a");
  node = open_child (group, "a");
  attributes = ann_node_read_attributes (node, NULL, NULL);
  g_assert_cmpstr (ann_attributes_get_text (attributes, "k"), ==, "w");
  g_assert_cmpuint (STORE->n_calls, ==, 2);
  g_assert_true (_ann_node_is_listed (root));
}

/* --- Without them --- */

/* The documents of all children come in one call, and are not asked for again. */
static void
test_far (void)
{
  NEW_STORE (far_store_get_type);
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) group = NULL;
  g_autoptr (AnnNode) node = NULL;

  put_hierarchy_v3 (STORE);
  root = open_root (STORE);
  g_assert_false (ann_node_has_child (root, "X", NULL));
  g_assert_true (ann_node_has_child (root, "g", NULL));
  assert_children (root, "b g");
  group = open_child (root, "g");
  node = open_child (root, "b");
  g_assert_cmpuint (count_keys (STORE, "b/zarr.json"), ==, 1);
  g_assert_cmpuint (count_keys (STORE, "g/zarr.json"), ==, 1);
  g_assert_cmpuint (STORE->n_calls, <=, 6); /* root; list, read; X; list, read again */
}

static void
test_blind (void)
{
  static const char *const columns = "{\"zarr_format\":3,\"node_type\":\"group\",\"attributes\":"
                                     "{\"encoding-type\":\"dataframe\",\"_index\":\"_index\","
                                     "\"column-order\":[\"n\",\"../..\",\"m\"]}}";
  NEW_STORE (far_blind_store_get_type);
  g_autofree char *document = ints_v3 ("[2]");
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) obs = NULL;
  g_autoptr (AnnNode) obsm = NULL;
  g_autoptr (AnnNode) umap = NULL;

  put_text (STORE, "zarr.json", GROUP_V3);
  put_text (STORE, "obs/zarr.json", columns);
  put_text (STORE, "obs/_index/zarr.json", document);
  put_text (STORE, "obs/n/zarr.json", document);
  put_text (STORE, "obs/unnamed/zarr.json", document);
  put_text (STORE, "obsm/zarr.json",
            "{\"zarr_format\":3,\"node_type\":\"group\",\"attributes\":"
            "{\"encoding-type\":\"dict\"}}");
  put_text (STORE, "obsm/X_umap/zarr.json", document);
  root = open_root (STORE);
  assert_children (root, "obs obsm");
  g_assert_false (_ann_node_is_listed (root));
  obs = open_child (root, "obs");
  assert_children (obs, "_index n");
  g_assert_true (_ann_node_is_listed (obs));
  obsm = open_child (root, "obsm");
  assert_children (obsm, "");
  g_assert_false (_ann_node_is_listed (obsm));
  umap = open_child (obsm, "X_umap");
  for (guint i = 0; i < STORE->keys->len; i++)
    g_assert_null (strstr (g_ptr_array_index (STORE->keys, i), ".."));
}

/* The n-th call fails, for every n: that is said, and the next time all is well. */
static void
check_failures (GType type, gboolean is_consolidated)
{
  static const double expected[] = { 1, 2, 9 };
  gboolean was_reached = TRUE;

  for (int n = 0; was_reached; n++)
    {
      g_autoptr (AnnStore) store = ANN_STORE (store_new (type));
      g_autofree char *metadata = make_metadata ();

      g_assert_cmpint (n, <, 100);
      put_hierarchy_v3 (STORE);
      if (is_consolidated)
        put_consolidated_v3 (STORE, metadata);
      STORE->fail_at = n;
      for (guint round = 0; round < 2; round++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (AnnNode) root = NULL;
          g_autoptr (AnnNode) group = NULL;
          g_autoptr (AnnNode) node = NULL;
          g_autoptr (AnnArray) array = NULL;
          g_autoptr (AnnBuffer) values = NULL;
          g_auto (GStrv) names = NULL;
          guint version;
          gboolean is_there = FALSE;

          root = _ann_zarr_open (store, NULL, &version, NULL, &error);
          if (root != NULL && _ann_node_find_child (root, "g", &is_there, NULL, &error)
              && (names = ann_node_list_children (root, NULL, &error)) != NULL)
            group = ann_node_open_child (root, "g", NULL, &error);
          if (group != NULL)
            node = ann_node_open_child (group, "a", NULL, &error);
          if (node != NULL)
            array = ann_node_open_array (node, NULL, &error);
          if (array != NULL)
            values = read_whole (array, &error);
          if (round == 0)
            was_reached = (int) STORE->n_calls > n;
          STORE->fail_at = -1;
          if (values != NULL)
            {
              g_assert_true (is_there);
              g_assert_cmpuint (g_strv_length (names), >=, 2);
              for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
                g_assert_cmpfloat (ann_buffer_get_double (values, i), ==, expected[i]);
              continue;
            }
          g_assert_cmpuint (round, ==, 0);
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
        }
    }
}

static void
test_failures (void)
{
  check_failures (zarr_store_get_type (), FALSE);
  check_failures (far_store_get_type (), FALSE);
  check_failures (far_store_get_type (), TRUE);
}

static void
test_backslash (void)
{
  NEW_STORE (zarr_store_get_type);
  g_autofree char *document = ints_v3 ("[1]");
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) node = NULL;
  g_autoptr (AnnArray) array = NULL;
  static const double expected[] = { 7 };

  put_text (STORE, "zarr.json", GROUP_V3);
  put_text (STORE, "a/b/zarr.json", document);
  put (STORE, "a/b/c/0", "\007\000", 2);
  root = open_root (STORE);
  g_assert_true (ann_node_has_child (root, "a\\b", NULL));
  g_assert_false (ann_node_has_child (root, "a\\c", NULL));
  node = open_child (root, "a\\b");
  g_assert_cmpstr (ann_node_get_path (node), ==, "a\\b");
  array = open_array (node);
  assert_numbers (array, expected, 1);
}

static void
test_array_with_child (void)
{
  NEW_STORE (zarr_store_get_type);
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) node = NULL;
  g_autoptr (GError) error = NULL;

  put_hierarchy_v3 (STORE);
  put_text (STORE, "b/child/zarr.json", GROUP_V3);
  root = open_root (STORE);
  node = open_child (root, "b");
  g_assert_null (ann_node_open_array (node, NULL, &error));
  assert_error_says (error, ANN_ERROR_FORMAT, "b/child");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/zarr/tree/v3", test_v3);
  g_test_add_func ("/zarr/tree/v2", test_v2);
  g_test_add_func ("/zarr/tree/both-versions", test_both_versions);
  g_test_add_func ("/zarr/tree/prefix", test_prefix);
  g_test_add_func ("/zarr/tree/implicit", test_implicit);
  g_test_add_func ("/zarr/tree/no-root", test_no_root);
  g_test_add_func ("/zarr/tree/damaged", test_damaged);
  g_test_add_func ("/zarr/tree/damaged-attributes", test_damaged_attributes);
  g_test_add_func ("/zarr/tree/unreadable-attributes", test_unreadable_attributes);
  g_test_add_func ("/zarr/tree/unreadable-documents", test_unreadable_documents);
  g_test_add_func ("/zarr/tree/deep", test_deep);
  g_test_add_func ("/zarr/tree/consolidated", test_consolidated);
  g_test_add_func ("/zarr/tree/stale", test_stale);
  g_test_add_func ("/zarr/tree/consolidated-near", test_consolidated_near);
  g_test_add_func ("/zarr/tree/consolidated-v2", test_consolidated_v2);
  g_test_add_func ("/zarr/tree/far", test_far);
  g_test_add_func ("/zarr/tree/blind", test_blind);
  g_test_add_func ("/zarr/tree/failures", test_failures);
  g_test_add_func ("/zarr/tree/backslash", test_backslash);
  g_test_add_func ("/zarr/tree/array-with-child", test_array_with_child);

  return g_test_run ();
}
