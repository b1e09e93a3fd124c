/* test-validate.c: what is wrong with a store
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-validate.h"

#include "../element/memory-store.h"
#include "anndata/ann-data-private.h"

static const char *const names[] = { "a", "b", "c", NULL };
static const char *const var_names[] = { "x", "y", NULL };
static const double numbers[] = { 1, 2, 3, 4, 5, 6 };

static Item *
add_group (Store *store, Item *parent, const char *name, const char *type, const char *version)
{
  Item *group = store_add_group (store, parent, name);

  item_set_encoding (group, type, version);

  return group;
}

/* Attributes are only ever added. */
static void
set_columns (Item *frame, const char *const *columns)
{
  ann_attributes_unref (frame->attributes);
  frame->attributes = ann_attributes_new ();
  item_set_encoding (frame, "dataframe", "0.2.0");
  item_set_text (frame, "_index", "_index");
  if (columns != NULL)
    item_set_texts (frame, "column-order", columns);
}

/* The table of an axis, with @columns in its list. */
static Item *
add_frame (Store *store,
           Item *parent,
           const char *name,
           const char *const *labels,
           const char *const *columns)
{
  Item *frame = add_group (store, parent, name, "dataframe", "0.2.0");
  Item *index = store_add_texts (store, frame, "_index", labels);

  set_columns (frame, columns);
  item_set_encoding (index, "string-array", "0.2.0");

  return frame;
}

/* A store without a fault: 3 × 2, a column of each axis, X, and all mappings. */
static Store *
make_store (Item **obs)
{
  static const char *const mappings[] = { "layers", "obsm", "varm", "obsp", "varp", "uns" };
  static const char *const obs_columns[] = { "n", NULL };
  static const char *const no_columns[] = { NULL };
  static const guint64 shape[] = { 3, 2 };
  Store *store = store_new ();

  item_set_encoding (store->root, "anndata", "0.1.0");
  *obs = add_frame (store, store->root, "obs", names, obs_columns);
  item_set_encoding (store_add_vector (store, *obs, "n", ANN_DTYPE_FLOAT64, 3, numbers), "array",
                     "0.2.0");
  add_frame (store, store->root, "var", var_names, no_columns);
  item_set_encoding (store_add_box (store, store->root, "X", ANN_DTYPE_FLOAT64, 2, shape, numbers),
                     "array", "0.2.0");
  for (guint i = 0; i < G_N_ELEMENTS (mappings); i++)
    add_group (store, store->root, mappings[i], "dict", "0.1.0");

  return store;
}

static Item *
get_child (Item *item, const char *name)
{
  return g_hash_table_lookup (item->children, name);
}

static AnnReport *
validate_as (Store *store, const char *format, gboolean is_deep)
{
  g_autoptr (AnnNode) root = store_open_root (store);
  const AnnStoreInfo info = { .format = format };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) data = _ann_data_new (root, "memory", &info, NULL, &error);
  g_autoptr (AnnProgress) progress = ann_progress_new ();
  AnnReport *report;

  g_assert_no_error (error);
  report = ann_validate (data, is_deep, progress, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (report);

  return report;
}

static AnnReport *
validate (Store *store, gboolean is_deep)
{
  return validate_as (store, "memory", is_deep);
}

static void
assert_found (const AnnReport *report, AnnSeverity severity, const char *rule, const char *path)
{
  for (guint i = 0; i < ann_report_get_n_findings (report); i++)
    {
      const AnnFinding *finding = ann_report_get_finding (report, i);

      if (g_strcmp0 (finding->rule, rule) == 0 && g_strcmp0 (finding->path, path) == 0)
        {
          g_assert_cmpint (finding->severity, ==, severity);
          return;
        }
    }

  for (guint i = 0; i < ann_report_get_n_findings (report); i++)
    g_test_message ("%s at %s: %s", ann_report_get_finding (report, i)->rule,
                    ann_report_get_finding (report, i)->path,
                    ann_report_get_finding (report, i)->message);
  g_error ("no %s at %s", rule, path);
}

/* Only this, deep or not. */
static void
assert_only (Store *store,
             gboolean is_deep,
             AnnSeverity severity,
             const char *rule,
             const char *path)
{
  g_autoptr (AnnReport) report = validate (store, is_deep);

  assert_found (report, severity, rule, path);
  g_assert_cmpuint (ann_report_get_n_findings (report), ==, 1);
  g_assert_cmpuint (ann_report_count (report, severity), ==, 1);
}

static void
assert_nothing (Store *store, gboolean is_deep)
{
  g_autoptr (AnnReport) report = validate (store, is_deep);

  for (guint i = 0; i < ann_report_get_n_findings (report); i++)
    g_error ("%s at %s: %s", ann_report_get_finding (report, i)->rule,
             ann_report_get_finding (report, i)->path, ann_report_get_finding (report, i)->message);
}

static void
test_good (void)
{
  Item *obs;
  g_autoptr (Store) store = make_store (&obs);
  g_autoptr (AnnReport) report = NULL;

  assert_nothing (store, FALSE);
  assert_nothing (store, TRUE);
  report = validate (store, FALSE);
  g_assert_cmpuint (ann_report_get_n_elements (report), ==, 10);
}

static void
test_root (void)
{
  Item *obs;
  g_autoptr (Store) store = make_store (&obs);
  g_autoptr (Store) other = store_new ();
  g_autoptr (Store) unmarked = make_store (&obs);

  g_hash_table_remove (store->root->children, "varp");
  assert_only (store, FALSE, ANN_SEVERITY_NOTE, "root-key-missing", "");
  add_group (store, store->root, "varp", "dict", "0.1.0");
  add_group (store, store->root, "extra", "dict", "0.1.0");
  assert_only (store, FALSE, ANN_SEVERITY_WARNING, "root-key-unknown", "extra");

  assert_only (other, FALSE, ANN_SEVERITY_ERROR, "not-anndata", "");

  ann_attributes_unref (unmarked->root->attributes);
  unmarked->root->attributes = ann_attributes_new ();
  assert_only (unmarked, FALSE, ANN_SEVERITY_NOTE, "root-pair", "");
}

static void
test_marks (void)
{
  Item *obs;
  g_autoptr (Store) store = make_store (&obs);
  Item *uns = get_child (store->root, "uns");
  Item *item = store_add_group (store, uns, "plain");

  assert_only (store, FALSE, ANN_SEVERITY_WARNING, "pair-missing", "uns/plain");
  item_set_encoding (item, "dict", "9.0");
  assert_only (store, FALSE, ANN_SEVERITY_WARNING, "encoding-version", "uns/plain");
  g_hash_table_remove (uns->children, "plain");
  item = add_group (store, uns, "strange", "hologram", "0.1.0");
  assert_only (store, FALSE, ANN_SEVERITY_ERROR, "encoding-unknown", "uns/strange");
  g_hash_table_remove (uns->children, "strange");
  item = store_add_group (store, uns, "half");
  store_add_vector (store, item, "codes", ANN_DTYPE_INT8, 0, NULL);
  store_add_texts (store, item, "categories", names);
  assert_only (store, FALSE, ANN_SEVERITY_WARNING, "incomplete", "uns/half");
  g_hash_table_remove (uns->children, "half");
  add_group (store, uns, "new\nline", "dict", "0.1.0");
  assert_only (store, FALSE, ANN_SEVERITY_WARNING, "key", "uns/new\nline");
}

static void
test_places (void)
{
  static const guint64 cube[] = { 3, 2, 1 };
  static const guint64 turned[] = { 2, 3 };
  Item *obs;
  g_autoptr (Store) store = make_store (&obs);
  Item *layers = get_child (store->root, "layers");
  Item *item;

  item = store_add_box (store, layers, "l", ANN_DTYPE_FLOAT64, 2, turned, numbers);
  item_set_encoding (item, "array", "0.2.0");
  assert_only (store, FALSE, ANN_SEVERITY_ERROR, "axis-length", "layers/l");
  item = store_add_box (store, layers, "l", ANN_DTYPE_FLOAT64, 3, cube, numbers);
  item_set_encoding (item, "array", "0.2.0");
  assert_only (store, FALSE, ANN_SEVERITY_ERROR, "place-kind", "layers/l");
  add_group (store, layers, "l", "dict", "0.1.0");
  assert_only (store, FALSE, ANN_SEVERITY_ERROR, "place-kind", "layers/l");
  g_hash_table_remove (layers->children, "l");

  item = store_add (store, store->root, "X", ANN_NODE_NULL);
  item_set_encoding (item, "null", "0.1.0");
  assert_only (store, FALSE, ANN_SEVERITY_WARNING, "null-place", "X");
}

static void
test_frames (void)
{
  static const char *const columns[] = { "n", "n", "_index", NULL };
  static const char *const good_columns[] = { "n", "m", NULL };
  static const char *const twins[] = { "a", "b", "a", NULL };
  static const guint64 square[] = { 3, 3 };
  g_autofree double *zeros = g_new0 (double, 9);
  Item *obs;
  g_autoptr (Store) store = make_store (&obs);
  g_autoptr (AnnReport) report = NULL;
  Item *item;

  item = store_add_vector (store, obs, "m", ANN_DTYPE_FLOAT64, 3, numbers);
  item_set_encoding (item, "array", "0.2.0");
  assert_only (store, FALSE, ANN_SEVERITY_NOTE, "column-stray", "obs");
  set_columns (obs, good_columns);
  g_hash_table_remove (obs->children, "m");
  assert_only (store, FALSE, ANN_SEVERITY_ERROR, "element-broken", "obs/m");
  item = store_add_vector (store, obs, "m", ANN_DTYPE_FLOAT64, 2, numbers);
  item_set_encoding (item, "array", "0.2.0");
  assert_only (store, FALSE, ANN_SEVERITY_ERROR, "axis-length", "obs/m");
  item = store_add_box (store, obs, "m", ANN_DTYPE_FLOAT64, 2, square, zeros);
  item_set_encoding (item, "array", "0.2.0");
  report = validate (store, FALSE);
  g_assert_cmpuint (ann_report_count (report, ANN_SEVERITY_ERROR), ==, 1);
  g_clear_pointer (&report, ann_report_unref);

  set_columns (obs, columns);
  report = validate (store, FALSE);
  assert_found (report, ANN_SEVERITY_ERROR, "column-duplicate", "obs");
  assert_found (report, ANN_SEVERITY_ERROR, "column-reserved", "obs");
  set_columns (obs, good_columns + 2);

  g_hash_table_remove (obs->children, "m");
  g_hash_table_remove (obs->children, "n");
  item = store_add_texts (store, obs, "_index", twins);
  item_set_encoding (item, "string-array", "0.2.0");
  assert_nothing (store, FALSE);
  assert_only (store, TRUE, ANN_SEVERITY_WARNING, "names-duplicate", "obs/_index");
  item = store_add_vector (store, obs, "_index", ANN_DTYPE_FLOAT64, 3, numbers);
  item_set_encoding (item, "array", "0.2.0");
  assert_only (store, FALSE, ANN_SEVERITY_WARNING, "index-kind", "obs/_index");
}

static void
test_missing_labels (void)
{
  static const guint8 mask[] = { 0, 1, 0 };
  static const char *const no_columns[] = { NULL };
  Item *obs;
  g_autoptr (Store) store = make_store (&obs);
  Item *index = add_group (store, obs, "_index", "nullable-string-array", "0.1.0");

  set_columns (obs, no_columns);
  g_hash_table_remove (obs->children, "n");
  store_add_texts (store, index, "values", names);
  store_add_vector (store, index, "mask", ANN_DTYPE_BOOL, 3, mask);
  assert_nothing (store, FALSE);
  assert_only (store, TRUE, ANN_SEVERITY_WARNING, "names-missing", "obs/_index");
}

/* One entry that is no name loses neither the others nor the error. */
static void
test_list_of_columns (void)
{
  Item *obs;
  g_autoptr (Store) store = make_store (&obs);
  g_autoptr (AnnStrings) list = ann_strings_new ();

  set_columns (obs, NULL);
  item_set_text (obs, "column-order", "n");
  assert_only (store, FALSE, ANN_SEVERITY_WARNING, "column-order", "obs");

  set_columns (obs, NULL);
  ann_strings_append (list, "n", -1, NULL);
  ann_attributes_add_mixed (obs->attributes, "column-order", list, "[\"n\",5]");
  assert_only (store, FALSE, ANN_SEVERITY_ERROR, "element-broken", "obs");
}

static void
test_categoricals (void)
{
  static const char *const twins[] = { "a", "b", "a", NULL };
  static const gint8 codes[] = { 0, -1, 7 };
  static const gint8 good_codes[] = { 0, 2, 1 };
  static const guint8 yes[] = { 1 };
  Item *obs;
  g_autoptr (Store) store = make_store (&obs);
  Item *item = add_group (store, obs, "n", "categorical", "0.2.0");

  store_add_vector (store, item, "codes", ANN_DTYPE_INT8, 3, codes);
  store_add_texts (store, item, "categories", names);
  assert_only (store, FALSE, ANN_SEVERITY_WARNING, "categorical-ordered", "obs/n");
  item_set_numbers (item, "ordered", ANN_DTYPE_BOOL, 1, yes);
  assert_nothing (store, FALSE);
  assert_only (store, TRUE, ANN_SEVERITY_ERROR, "categorical-code-range", "obs/n");
  store_add_vector (store, item, "codes", ANN_DTYPE_UINT8, 3, good_codes);
  assert_only (store, FALSE, ANN_SEVERITY_WARNING, "categorical-code-type", "obs/n");
  store_add_vector (store, item, "codes", ANN_DTYPE_INT8, 3, good_codes);
  store_add_texts (store, item, "categories", twins);
  assert_only (store, TRUE, ANN_SEVERITY_ERROR, "categorical-duplicate", "obs/n");
}

static void
test_nullables (void)
{
  static const guint8 mask[] = { 0, 1, 0 };
  Item *obs;
  g_autoptr (Store) store = make_store (&obs);
  Item *item = add_group (store, obs, "n", "nullable-integer", "0.1.0");

  store_add_vector (store, item, "values", ANN_DTYPE_INT32, 3, numbers);
  assert_only (store, FALSE, ANN_SEVERITY_WARNING, "nullable-mask", "obs/n");
  store_add_vector (store, item, "mask", ANN_DTYPE_UINT8, 3, mask);
  assert_only (store, FALSE, ANN_SEVERITY_WARNING, "nullable-mask", "obs/n");
  store_add_vector (store, item, "mask", ANN_DTYPE_BOOL, 3, mask);
  assert_nothing (store, TRUE);
  store_add_vector (store, item, "values", ANN_DTYPE_FLOAT64, 3, numbers);
  assert_only (store, FALSE, ANN_SEVERITY_ERROR, "nullable-type", "obs/n");
}

static void
add_sparse (Store *store, const gint64 *indptr, const gint32 *indices, guint n_indices)
{
  static const gint64 shape[] = { 3, 2 };
  Item *group = add_group (store, store->root, "X", "csr_matrix", "0.1.0");

  item_set_numbers (group, "shape", ANN_DTYPE_INT64, 2, shape);
  store_add_vector (store, group, "data", ANN_DTYPE_FLOAT64, 4, numbers);
  store_add_vector (store, group, "indices", ANN_DTYPE_INT32, n_indices, indices);
  store_add_vector (store, group, "indptr", ANN_DTYPE_INT64, 4, indptr);
}

static void
test_sparse (void)
{
  static const gint64 good[] = { 0, 2, 3, 4 };
  static const gint64 falling[] = { 0, 3, 2, 4 };
  static const gint64 beyond[] = { 0, 2, 3, 9 };
  static const gint64 fewer[] = { 0, 2, 3, 3 };
  static const gint32 indices[] = { 0, 1, 1, 0 };
  static const gint32 outside[] = { 0, 1, 2, 0 };
  static const gint32 unsorted[] = { 1, 0, 1, 0 };
  static const gint32 twins[] = { 1, 1, 1, 0 };
  Item *obs;
  g_autoptr (Store) store = make_store (&obs);

  add_sparse (store, good, indices, 4);
  assert_nothing (store, TRUE);
  add_sparse (store, good, indices, 3);
  {
    g_autoptr (AnnReport) report = validate (store, FALSE);

    assert_found (report, ANN_SEVERITY_WARNING, "sparse-lengths", "X");
  }
  add_sparse (store, fewer, indices, 4);
  assert_only (store, FALSE, ANN_SEVERITY_WARNING, "sparse-lengths", "X");
  add_sparse (store, beyond, indices, 4);
  assert_only (store, FALSE, ANN_SEVERITY_ERROR, "sparse-pointers", "X");
  assert_only (store, TRUE, ANN_SEVERITY_ERROR, "sparse-pointers", "X");
  add_sparse (store, falling, indices, 4);
  assert_nothing (store, FALSE);
  assert_only (store, TRUE, ANN_SEVERITY_ERROR, "sparse-pointers", "X");
  add_sparse (store, good, outside, 4);
  assert_nothing (store, FALSE);
  assert_only (store, TRUE, ANN_SEVERITY_ERROR, "sparse-index-range", "X");
  add_sparse (store, good, unsorted, 4);
  assert_only (store, TRUE, ANN_SEVERITY_NOTE, "sparse-unsorted", "X");
  add_sparse (store, good, twins, 4);
  assert_only (store, TRUE, ANN_SEVERITY_NOTE, "sparse-duplicate", "X");
}

static void
test_texts (void)
{
  static const char *const texts[] = { "fine",
                                       "b\xff"
                                       "d",
                                       NULL };
  Item *obs;
  g_autoptr (Store) store = make_store (&obs);
  Item *item = store_add_texts (store, get_child (store->root, "uns"), "t", texts);

  item_set_encoding (item, "string-array", "0.2.0");
  assert_nothing (store, FALSE);
  assert_only (store, TRUE, ANN_SEVERITY_WARNING, "text-utf8", "uns/t");
}

/* Bytes are texts but where they are marked as an array of values, or as nothing in Zarr. Labels
 * always are texts.
 */
static void
test_bytes (void)
{
  static const char *const texts[] = { "fine", "b\xff", NULL };
  static const char *const labels[] = { "a", "b\xff", "c", NULL };
  Item *obs;
  g_autoptr (Store) store = make_store (&obs);
  Item *item = store_add_texts (store, get_child (store->root, "uns"), "t", texts);
  Item *index;
  g_autoptr (AnnReport) hdf5 = NULL;
  g_autoptr (AnnReport) zarr = NULL;

  item->dtype = ANN_DTYPE_BYTES;
  hdf5 = validate_as (store, "HDF5", TRUE);
  assert_found (hdf5, ANN_SEVERITY_WARNING, "pair-missing", "uns/t");
  assert_found (hdf5, ANN_SEVERITY_WARNING, "text-utf8", "uns/t");
  zarr = validate_as (store, "Zarr v2", TRUE);
  assert_found (zarr, ANN_SEVERITY_WARNING, "pair-missing", "uns/t");
  g_assert_cmpuint (ann_report_get_n_findings (zarr), ==, 1);

  item_set_encoding (item, "array", "0.2.0");
  assert_nothing (store, TRUE);

  item = store_add_texts (store, get_child (store->root, "uns"), "t", texts);
  item->dtype = ANN_DTYPE_BYTES;
  item_set_encoding (item, "string-array", "0.2.0");
  assert_only (store, TRUE, ANN_SEVERITY_WARNING, "text-utf8", "uns/t");
  g_hash_table_remove (get_child (store->root, "uns")->children, "t");

  index = store_add_texts (store, obs, "_index", labels);
  index->dtype = ANN_DTYPE_BYTES;
  item_set_encoding (index, "array", "0.2.0");
  assert_only (store, TRUE, ANN_SEVERITY_WARNING, "text-utf8", "obs/_index");
}

/* Without deep two pointers are read, and nothing else; with it all values. */
static void
test_lazy (void)
{
  static const gint64 indptr[] = { 0, 2, 3, 4 };
  static const gint32 indices[] = { 0, 1, 1, 0 };
  Item *obs;
  g_autoptr (Store) store = make_store (&obs);
  g_autoptr (AnnReport) report = NULL;

  add_sparse (store, indptr, indices, 4);
  counts_reset ();
  report = validate (store, FALSE);
  g_assert_cmpint (counts.n_reads, ==, 2);
  g_assert_cmpint (counts.n_values, ==, 2);

  g_clear_pointer (&report, ann_report_unref);
  report = validate (store, TRUE);
  g_assert_cmpint (counts.n_values, >=, 2 + 3 + 3 + 2 + 4 + 4 + 4);
}

/* Whichever read of values fails, it is a finding, and the rest is looked at. */
static void
test_failing_reads (void)
{
  Item *obs;
  g_autoptr (Store) store = make_store (&obs);
  g_autoptr (AnnNode) root = store_open_root (store);
  const AnnStoreInfo info = { .format = "memory" };
  g_autoptr (AnnData) data = _ann_data_new (root, "memory", &info, NULL, NULL);
  guint n_found = 0;

  for (int n = 0; n < 200; n++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnReport) report = NULL;

      counts_reset ();
      counts.fail_at = n;
      report = ann_validate (data, TRUE, NULL, NULL, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < ann_report_get_n_findings (report); i++)
        {
          if (g_strcmp0 (ann_report_get_finding (report, i)->rule, "data-unreadable") != 0)
            continue;
          n_found++;
          g_assert_cmpuint (ann_report_get_n_unread (report), ==, 1);
        }
    }
  g_assert_cmpuint (n_found, >=, 4);
}

/* A network that fails says nothing about the store, and ends the run at once. */
static void
test_failing_network (void)
{
  Item *obs;
  g_autoptr (Store) store = make_store (&obs);
  g_autoptr (AnnNode) root = store_open_root (store);
  const AnnStoreInfo info = { .format = "memory" };
  g_autoptr (AnnData) data = _ann_data_new (root, "memory", &info, NULL, NULL);
  guint n_failed = 0;

  for (int n = 0; n < 200; n++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnReport) report = NULL;

      counts_reset ();
      counts.fail_at = n;
      counts.fail_code = G_IO_ERROR_CONNECTION_REFUSED;
      report = ann_validate (data, TRUE, NULL, NULL, &error);
      if (report == NULL)
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
          n_failed++;
        }
      else
        {
          g_assert_cmpint (counts.n_calls, <=, n); /* there was no such call */
          g_assert_cmpuint (ann_report_count (report, ANN_SEVERITY_ERROR), ==, 0);
        }
    }
  g_assert_cmpuint (n_failed, >=, 20);
}

/* What has a state has no values that could be looked at. */
static void
test_unread (void)
{
  Item *obs;
  g_autoptr (Store) store = make_store (&obs);
  g_autoptr (AnnReport) report = NULL;

  add_group (store, get_child (store->root, "uns"), "other", "of-the-future", "9");
  report = validate (store, TRUE);
  g_assert_cmpuint (ann_report_get_n_unread (report), ==, 1);
  g_clear_pointer (&report, ann_report_unref);
  report = validate (store, FALSE);
  g_assert_cmpuint (ann_report_get_n_unread (report), ==, 0);
}

static void
test_cancel (void)
{
  Item *obs;
  g_autoptr (Store) store = make_store (&obs);
  g_autoptr (AnnNode) root = store_open_root (store);
  const AnnStoreInfo info = { .format = "memory" };
  g_autoptr (AnnData) data = _ann_data_new (root, "memory", &info, NULL, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (ann_validate (data, TRUE, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/validate/good", test_good);
  g_test_add_func ("/validate/root", test_root);
  g_test_add_func ("/validate/marks", test_marks);
  g_test_add_func ("/validate/places", test_places);
  g_test_add_func ("/validate/list-of-columns", test_list_of_columns);
  g_test_add_func ("/validate/frames", test_frames);
  g_test_add_func ("/validate/missing-labels", test_missing_labels);
  g_test_add_func ("/validate/categoricals", test_categoricals);
  g_test_add_func ("/validate/nullables", test_nullables);
  g_test_add_func ("/validate/sparse", test_sparse);
  g_test_add_func ("/validate/texts", test_texts);
  g_test_add_func ("/validate/bytes", test_bytes);
  g_test_add_func ("/validate/lazy", test_lazy);
  g_test_add_func ("/validate/failing-reads", test_failing_reads);
  g_test_add_func ("/validate/failing-network", test_failing_network);
  g_test_add_func ("/validate/unread", test_unread);
  g_test_add_func ("/validate/cancel", test_cancel);

  return g_test_run ();
}
