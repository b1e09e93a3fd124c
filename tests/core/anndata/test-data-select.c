/* test-data-select.c: a part of a store is a store
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-data-private.h"
#include "anndata/ann-data-select.h"
#include "element/ann-categorical.h"

#include "../element/memory-store.h"

#define N_OBS 5
#define N_VAR 2

static const char *const obs_names[] = { "a", "b", "c", "d", "e", NULL };
static const char *const var_names[] = { "g", "h", NULL };

static void
mark (Item *item, const char *type)
{
  item_set_encoding (item, type,
                     strcmp (type, "array") == 0 || strcmp (type, "string-array") == 0
                             || strcmp (type, "dataframe") == 0 || strcmp (type, "categorical") == 0
                             || strcmp (type, "string") == 0
                         ? "0.2.0"
                         : "0.1.0");
}

static Item *
add_group (Store *store, Item *parent, const char *name, const char *type)
{
  Item *item = store_add_group (store, parent, name);

  mark (item, type);

  return item;
}

static Item *
add_frame (Store *store,
           Item *parent,
           const char *name,
           const char *const *labels,
           const char *const *columns)
{
  Item *frame = add_group (store, parent, name, "dataframe");

  item_set_text (frame, "_index", "_index");
  item_set_texts (frame, "column-order", columns);
  mark (store_add_texts (store, frame, "_index", labels), "string-array");

  return frame;
}

static void
add_categorical (Store *store,
                 Item *parent,
                 const char *name,
                 gsize n,
                 const gint8 *codes,
                 const char *const *categories)
{
  Item *group = add_group (store, parent, name, "categorical");

  store_add_vector (store, group, "codes", ANN_DTYPE_INT8, n, codes);
  mark (store_add_texts (store, group, "categories", categories), "string-array");
}

/* i + 10 × k in row i and column k. */
static void
add_matrix (Store *store, Item *parent, const char *name, guint64 n_rows, guint64 n_columns)
{
  const guint64 shape[] = { n_rows, n_columns };
  double values[64];

  for (guint64 i = 0; i < n_rows * n_columns; i++)
    values[i] = (double) (i / n_columns) + 10 * (double) (i % n_columns);
  mark (store_add_box (store, parent, name, ANN_DTYPE_FLOAT64, 2, shape, values), "array");
}

static void
add_colors (Store *store, Item *uns, const char *name, guint n)
{
  static const char *const colors[] = { "#1", "#2", "#3", NULL };
  const char *some[4] = { NULL };

  memcpy (some, colors, n * sizeof *some);
  mark (store_add_texts (store, uns, name, some), "string-array");
}

static void
add_uns (Store *store, Item *root)
{
  static const double pairs[] = { 1, 2, 3, 4, 5, 6 };
  static const guint64 shape[] = { 3, 2 };
  static const char *const one[] = { "#7", NULL };
  Item *uns = add_group (store, root, "uns", "dict");
  Item *scalar;

  add_colors (store, uns, "c_colors", 3);
  add_colors (store, uns, "d_colors", 3);
  add_colors (store, uns, "both_colors", 3);
  add_colors (store, uns, "n_colors", 1);
  mark (store_add_box (store, uns, "v_colors", ANN_DTYPE_FLOAT64, 2, shape, pairs), "array");
  scalar = store_add_texts (store, uns, "e_colors", one);
  scalar->rank = 0;
  mark (scalar, "string");
}

static AnnData *
open_data (Store *store)
{
  static const gint8 c[] = { 2, 0, -1, 1, 2 };
  static const gint8 d[] = { 0, 0, 1, 1, 1 };
  static const gint8 e[] = { 0, 0, 0, 0, 0 };
  static const gint8 both[] = { 0, 1, 2, 2, 2 };
  static const gint8 both_of_var[] = { 1, 0 };
  static const gint8 v[] = { 1, 2 };
  static const char *const xyz[] = { "x", "y", "z", NULL };
  static const char *const klm[] = { "k", "l", "m", NULL };
  static const char *const kl[] = { "k", "l", NULL };
  static const char *const only[] = { "only", NULL };
  static const char *const obs_columns[] = { "c", "d", "e", "both", NULL };
  static const char *const var_columns[] = { "both", "v", NULL };
  static const char *const member_columns[] = { "c", NULL };
  static const char *const raw_names[] = { "g", "h", "i", NULL };
  const AnnStoreInfo info = { .format = "Test" };
  g_autoptr (AnnNode) node = NULL;
  g_autoptr (GError) error = NULL;
  Item *root = store->root;
  Item *item;
  AnnData *data;

  mark (root, "anndata");
  item = add_frame (store, root, "obs", obs_names, obs_columns);
  add_categorical (store, item, "c", N_OBS, c, xyz);
  add_categorical (store, item, "d", N_OBS, d, kl);
  add_categorical (store, item, "e", N_OBS, e, only);
  add_categorical (store, item, "both", N_OBS, both, klm);
  item = add_frame (store, root, "var", var_names, var_columns);
  add_categorical (store, item, "both", N_VAR, both_of_var, kl);
  add_categorical (store, item, "v", N_VAR, v, xyz);
  add_matrix (store, root, "X", N_OBS, N_VAR);
  item = add_group (store, root, "layers", "dict");
  add_matrix (store, item, "l", N_OBS, N_VAR);
  add_matrix (store, item, "turned", N_VAR, N_OBS);
  item = add_group (store, root, "obsm", "dict");
  add_matrix (store, item, "m", N_OBS, 3);
  item = add_frame (store, item, "df", obs_names, member_columns);
  add_categorical (store, item, "c", N_OBS, c, xyz);
  add_matrix (store, add_group (store, root, "varm", "dict"), "m", N_VAR, 3);
  add_matrix (store, add_group (store, root, "obsp", "dict"), "p", N_OBS, N_OBS);
  add_matrix (store, add_group (store, root, "varp", "dict"), "p", N_VAR, N_VAR);
  item = add_group (store, root, "raw", "raw");
  add_matrix (store, item, "X", N_OBS, 3);
  add_frame (store, item, "var", raw_names, member_columns + 1);
  add_matrix (store, add_group (store, item, "varm", "dict"), "m", 3, 2);
  add_uns (store, root);

  node = store_open_root (store);
  data = _ann_data_new (node, "/test", &info, NULL, &error);
  g_assert_no_error (error);

  return data;
}

static AnnData *
select_texts (AnnData *data, const char *obs_text, const char *var_text)
{
  g_autoptr (AnnSelection) obs = NULL;
  g_autoptr (AnnSelection) var = NULL;
  g_autoptr (GError) error = NULL;
  AnnData *view;

  if (obs_text != NULL)
    obs = ann_selection_parse (obs_text, ann_data_get_n_obs (data), NULL);
  if (var_text != NULL)
    var = ann_selection_parse (var_text, ann_data_get_n_var (data), NULL);
  view = ann_data_select (data, obs, var, NULL, &error);
  g_assert_no_error (error);

  return view;
}

/* Rows with `;` between them; codes by their labels. */
static char *
describe (AnnElement *element, gboolean with_labels)
{
  const guint64 n = ann_element_get_n_rows (element);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBlock) block = ann_element_read_rows (element, 0, n, NULL, &error);
  g_autoptr (AnnStrings) labels = NULL;
  GString *text = g_string_new (NULL);

  g_assert_no_error (error);
  if (with_labels && ANN_IS_CATEGORICAL (element))
    labels = ann_categorical_read_labels (ANN_CATEGORICAL (element), NULL, NULL);
  for (gsize i = 0; i < n * block->width; i++)
    {
      if (i > 0)
        g_string_append (text, i % block->width == 0 ? ";" : " ");
      if (block->texts != NULL)
        g_string_append (text, ann_strings_get (block->texts, i, NULL));
      else if (labels != NULL && ann_buffer_get_double (block->values, i) >= 0)
        g_string_append (
            text, ann_strings_get (labels, (gsize) ann_buffer_get_double (block->values, i), NULL));
      else
        g_string_append_printf (text, "%g", ann_buffer_get_double (block->values, i));
    }

  return g_string_free (text, FALSE);
}

static void
assert_element (AnnData *data, const char *path, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnElement) element = ann_data_open_element (data, path, NULL, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (ann_element_get_path (element), ==, path);
  text = describe (element, TRUE);
  g_assert_cmpstr (text, ==, expected);
}

/* Each part by its axes; raw by observations alone; uns as it was. */
static void
test_parts (void)
{
  static const struct {
    const char *path;
    const char *expected;
  } cases[] = {
    { "obs/_index", "e;a;a" },
    { "obs/c", "z;z;z" },
    { "var/_index", "h" },
    { "var/v", "z" },
    { "X", "14;10;10" },
    { "layers/l", "14;10;10" },
    { "obsm/m", "4 14 24;0 10 20;0 10 20" },
    { "obsm/df/_index", "e;a;a" },
    { "varm/m", "1 11 21" },
    { "obsp/p", "44 4 4;40 0 0;40 0 0" },
    { "varp/p", "11" },
    { "raw/X", "4 14 24;0 10 20;0 10 20" },
    { "raw/var/_index", "g;h;i" },
    { "raw/varm/m", "0 10;1 11;2 12" },
    { "uns/d_colors", "#1;#2;#3" },
  };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = open_data (store);
  g_autoptr (AnnData) first = select_texts (data, "4,0,0", "1");
  g_autoptr (AnnData) turned = select_texts (data, "::-1", "::-1");
  g_autoptr (AnnData) second = select_texts (turned, "0,4,4", "0");

  for (guint i = 0; i < 2; i++)
    {
      AnnData *view = i == 0 ? first : second;
      g_autoptr (AnnElement) layer = NULL;

      g_assert_true (ann_data_is_view (view));
      g_assert_true (ann_data_is_annotated (view));
      g_assert_cmpstr (ann_data_get_uri (view), ==, "/test");
      g_assert_cmpstr (ann_data_get_format (view), ==, "Test");
      g_assert_cmpuint (ann_data_get_n_obs (view), ==, 3);
      g_assert_cmpuint (ann_data_get_n_var (view), ==, 1);
      for (guint k = 0; k < G_N_ELEMENTS (cases); k++)
        assert_element (view, cases[k].path, cases[k].expected);
      layer = ann_data_open_element (view, "layers/turned", NULL, NULL);
      assert_broken (layer, ANN_ELEMENT_CORRUPT, "its shape is 2 × 5");
    }
  g_assert_false (ann_data_is_view (data));
}

/* The list of elements is that of the store: a program that walks it needs to know nothing. */
static void
test_list (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = open_data (store);
  g_autoptr (AnnData) view = select_texts (data, "1", NULL);
  g_auto (GStrv) expected = ann_data_list_elements (data, NULL, NULL);
  g_auto (GStrv) paths = ann_data_list_elements (view, NULL, NULL);
  g_autofree char *text = ann_data_to_string (view, NULL, NULL);

  g_assert_cmpstrv (paths, expected);
  g_assert_nonnull (strstr (text, "1"));
}

/* Nothing is read for it but metadata, and nothing at all for no selection. All rows are one: what
 * Python makes of it has no unused categories either.
 */
static void
test_laziness (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = open_data (store);
  g_autoptr (AnnSelection) all = ann_selection_new_all (N_OBS);
  g_autoptr (AnnData) same = NULL;
  g_autoptr (AnnData) selected = NULL;
  g_autoptr (AnnData) view = NULL;
  g_autoptr (AnnData) dropped = NULL;
  g_autoptr (AnnElement) x = NULL;
  g_autoptr (AnnBlock) block = NULL;

  counts_reset ();
  same = ann_data_select (data, NULL, NULL, NULL, NULL);
  g_assert_true (same == data);
  g_assert_cmpint (counts.n_calls, ==, 0);
  selected = ann_data_select (data, all, NULL, NULL, NULL);
  g_assert_true (_ann_data_is_selection (selected));
  g_assert_false (_ann_data_is_selection (data));
  view = select_texts (data, "3,1", NULL);
  dropped = _ann_data_drop_unused_categories (view, NULL, NULL);
  g_assert_cmpint (counts.n_values, ==, 0);
  x = ann_data_open_element (dropped, "X", NULL, NULL);
  block = read_rows (x, 1, 1);
  g_assert_cmpint (counts.n_values, ==, N_VAR);
}

static void
test_mistakes (void)
{
  const AnnStoreInfo info = { .format = "Test" };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = open_data (store);
  g_autoptr (Store) other = store_new ();
  g_autoptr (AnnNode) node = store_open_root (other);
  g_autoptr (AnnData) plain = _ann_data_new (node, "/plain", &info, NULL, NULL);
  g_autoptr (AnnSelection) rows = ann_selection_parse ("1", N_OBS + 1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_data_select (data, rows, NULL, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
  g_assert_nonnull (strstr (error->message, "/test: "));
  g_clear_error (&error);
  g_assert_null (ann_data_select (plain, rows, NULL, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
}

/* The stores behind it, each once: none of them may be written over. */
static void
test_sources (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = open_data (store);
  g_autoptr (AnnData) view = select_texts (data, "1,2", NULL);
  g_autoptr (AnnData) of_view = select_texts (view, "1", NULL);
  g_autoptr (GPtrArray) own = _ann_data_list_sources (data);
  g_autoptr (GPtrArray) sources = _ann_data_list_sources (of_view);

  g_assert_cmpuint (own->len, ==, 1);
  g_assert_cmpuint (sources->len, ==, 1);
  g_assert_true (g_ptr_array_index (sources, 0) == data);
  g_assert_false (ann_data_has_changed (of_view));
}

/* --- Categories that are not used --- */

static char *
describe_categories (AnnData *data, const char *path)
{
  g_autoptr (AnnElement) element = ann_data_open_element (data, path, NULL, NULL);

  return describe (ann_categorical_get_categories (ANN_CATEGORICAL (element)), FALSE);
}

/* Colors, or `-` where there are none. */
static char *
describe_colors (AnnData *data, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnElement) element = ann_data_open_element (data, path, NULL, &error);
  g_autoptr (AnnElement) uns = ann_data_open_element (data, "uns", NULL, NULL);
  g_auto (GStrv) names = ann_element_list_children (uns, NULL, NULL);

  g_assert_cmpint (g_strv_contains ((const char *const *) names, path + strlen ("uns/")), ==,
                   element != NULL);
  if (element != NULL)
    return describe (element, FALSE);

  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);

  return g_strdup ("-");
}

/* What `adata[obs, var].copy ()` of anndata 0.12.19 has. */
static void
test_unused (void)
{
  static const char *const columns[] = { "obs/c",    "obs/d", "obs/e",    "obs/both",
                                         "var/both", "var/v", "obsm/df/c" };
  static const char *const colors[] = { "uns/c_colors",    "uns/d_colors", "uns/e_colors",
                                        "uns/both_colors", "uns/v_colors", "uns/n_colors" };
  static const struct {
    const char *obs;
    const char *var;
    const char *values[7];
    const char *categories[7];
    const char *colors[6];
  } cases[] = {
    { "4,0",
      NULL,
      { "z;z", "l;k", "only;only", "m;k", "l;k", "y;z", "z;z" },
      { "z", "k;l", "only", "k;m", "k;l", "y;z", "z" },
      { "#3", "-", "#7", "#1;#3", "3 4;5 6", "#1" } },
    { NULL,
      "1",
      { "z;x;-1;y;z", "k;k;l;l;l", "only;only;only;only;only", "k;l;m;m;m", "k", "z",
        "z;x;-1;y;z" },
      { "x;y;z", "k;l", "only", "k;l;m", "k", "z", "x;y;z" },
      { "#1;#2;#3", "-", "#7", "-", "5 6", "#1" } },
    { "0:0",
      NULL,
      { "", "", "", "", "l;k", "y;z", "" },
      { "", "", "", "", "k;l", "y;z", "" },
      { "", "-", "#7", "-", "3 4;5 6", "#1" } },
    { "0,1",
      NULL,
      { "z;x", "k;k", "only;only", "k;l", "l;k", "y;z", "z;x" },
      { "x;z", "k", "only", "k;l", "k;l", "y;z", "x;z" },
      { "#1;#3", "-", "#7", "#1;#2", "3 4;5 6", "#1" } },
  };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = open_data (store);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AnnData) view = select_texts (data, cases[i].obs, cases[i].var);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnData) dropped = _ann_data_drop_unused_categories (view, NULL, &error);

      g_assert_no_error (error);
      g_assert_true (ann_data_is_view (dropped));
      for (guint k = 0; k < G_N_ELEMENTS (columns); k++)
        {
          g_autofree char *categories = describe_categories (dropped, columns[k]);

          g_assert_cmpstr (categories, ==, cases[i].categories[k]);
          assert_element (dropped, columns[k], cases[i].values[k]);
          assert_element (view, columns[k], cases[i].values[k]);
        }
      for (guint k = 0; k < G_N_ELEMENTS (colors); k++)
        {
          g_autofree char *text = describe_colors (dropped, colors[k]);

          g_assert_cmpstr (text, ==, cases[i].colors[k]);
        }
    }
}

/* The selection itself keeps them: it is only looked at. */
static void
test_kept (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = open_data (store);
  g_autoptr (AnnData) view = select_texts (data, "4,0", NULL);
  g_autofree char *categories = describe_categories (view, "obs/c");

  g_assert_cmpstr (categories, ==, "x;y;z");
}

/* Codes are looked through once, however often a column and its colors are asked for. */
static void
test_one_pass (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = open_data (store);
  g_autoptr (AnnData) view = select_texts (data, "4,0", NULL);
  g_autoptr (AnnData) dropped = _ann_data_drop_unused_categories (view, NULL, NULL);
  AnnFrame *obs = ann_data_get_obs (dropped);

  counts_reset ();
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (AnnElement) column = ann_frame_open_column (obs, 0, NULL, NULL);

      g_assert_nonnull (column);
    }
  g_assert_cmpint (counts.n_values, <=, N_OBS);
}

/* Any call that fails ends it, and no column is lost. */
static void
test_failures (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) data = open_data (store);
  gboolean has_failed = TRUE;
  int n = 0;

  for (; has_failed; n++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnData) view = select_texts (data, "4,0", NULL);
      g_autoptr (AnnData) dropped = _ann_data_drop_unused_categories (view, NULL, NULL);
      g_autoptr (AnnElement) uns = NULL;
      g_autoptr (AnnElement) colors = NULL;

      counts_reset ();
      counts.fail_at = n;
      counts.fail_code = G_IO_ERROR_CANCELLED;
      uns = ann_element_open_child (ann_data_get_root (dropped), "uns", NULL, &error);
      if (uns != NULL)
        colors = ann_element_open_child (uns, "c_colors", NULL, &error);
      has_failed = colors == NULL;
      if (has_failed)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      counts_reset ();
    }
  g_assert_cmpint (n, >, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/data-select/parts", test_parts);
  g_test_add_func ("/data-select/list", test_list);
  g_test_add_func ("/data-select/laziness", test_laziness);
  g_test_add_func ("/data-select/mistakes", test_mistakes);
  g_test_add_func ("/data-select/sources", test_sources);
  g_test_add_func ("/data-select/unused", test_unused);
  g_test_add_func ("/data-select/kept", test_kept);
  g_test_add_func ("/data-select/one-pass", test_one_pass);
  g_test_add_func ("/data-select/failures", test_failures);

  return g_test_run ();
}
