/* test-view.c: what views are built of
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../element/memory-store.h"
#include "element/ann-categorical.h"
#include "element/ann-frame.h"
#include "element/ann-scalar.h"
#include "view/ann-view-private.h"

/* Children out of a table of them, and how often they were asked for. */
typedef struct {
  GHashTable *children;
  int n_opened; /* atomic */
  gboolean *is_freed;
} Source;

static Source *
source_new (gboolean *is_freed)
{
  Source *self = g_new0 (Source, 1);

  self->children = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  self->is_freed = is_freed;

  return self;
}

static void
source_free (gpointer data)
{
  Source *self = data;

  *self->is_freed = TRUE;
  g_hash_table_unref (self->children);
  g_free (self);
}

static AnnElement *
source_open (gpointer user_data, const char *name, GCancellable *cancellable, GError **error)
{
  Source *self = user_data;
  AnnElement *child = g_hash_table_lookup (self->children, name);

  g_atomic_int_inc (&self->n_opened);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (child == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "No %s", name);
      return NULL;
    }

  return g_object_ref (child);
}

/* Takes @child. */
static void
source_add (Source *self, const char *name, AnnElement *child)
{
  g_hash_table_insert (self->children, g_strdup (name), child);
}

static AnnStrings *
make_texts (const char *const *texts)
{
  AnnStrings *strings = ann_strings_new ();

  for (; *texts != NULL; texts++)
    g_assert_true (ann_strings_append (strings, *texts, -1, NULL));

  return strings;
}

static AnnElement *
make_vector (const char *path, AnnDtype dtype, gsize n, gconstpointer values)
{
  g_autoptr (AnnBuffer) buffer = ann_buffer_new_vector (dtype, n, NULL);

  memcpy (ann_buffer_get_data_for_writing (buffer), values, n * ann_dtype_get_size (dtype));

  return _ann_memory_element_new (path, buffer);
}

static AnnElement *
make_text_vector (const char *path, const char *const *texts)
{
  g_autoptr (AnnStrings) strings = make_texts (texts);

  return _ann_memory_element_new_texts (path, strings, NULL);
}

static const char *const labels[] = { "a", "b", "c", NULL };
static const double numbers[] = { 1, 2, 3 };

static void
test_tree (void)
{
  static const char *const names[] = { "z", "a", NULL };
  static const guint64 shape[] = { 3, 5 };
  gboolean is_freed = FALSE;
  Source *source = source_new (&is_freed);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) children = NULL;
  g_autoptr (AnnElement) child = NULL;
  AnnElement *tree;

  source_add (source, "a", make_vector ("here/a", ANN_DTYPE_FLOAT64, 3, numbers));
  tree = _ann_tree_view_new (NULL, "here", ANN_ELEMENT_ANNDATA, shape, names, source_open, source,
                             source_free);
  g_assert_cmpstr (ann_element_get_path (tree), ==, "here");
  g_assert_null (ann_element_get_node (tree));
  g_assert_cmpuint (ann_element_get_length (tree, 1), ==, 5);
  g_assert_true (ann_element_is_listed (tree));
  children = ann_element_list_children (tree, NULL, NULL);
  g_assert_cmpstrv (children, (char **) names);
  g_assert_cmpint (source->n_opened, ==, 0);

  child = ann_element_open_child (tree, "a", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (ann_element_get_path (child), ==, "here/a");
  g_assert_null (ann_element_open_child (tree, "z", NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);

  g_object_unref (tree);
  g_assert_true (is_freed);
}

/* It shows the node and the encoding of what it is like. */
static void
test_like (void)
{
  static const char *const none[] = { NULL };
  g_autoptr (Store) store = store_new ();
  Item *group = store_add_group (store, store->root, "m");
  g_autoptr (AnnElement) like = NULL;
  g_autoptr (AnnElement) tree = NULL;

  item_set_encoding (group, "dict", "0.1.0");
  like = open_good (store, "m", ANN_ELEMENT_MAPPING);
  tree = _ann_tree_view_new (like, "m", ANN_ELEMENT_MAPPING, NULL, none, source_open, NULL, NULL);
  g_assert_true (ann_element_get_node (tree) == ann_element_get_node (like));
  g_assert_cmpstr (ann_element_get_encoding_type (tree), ==, "dict");
  g_assert_cmpstr (ann_element_get_encoding_version (tree), ==, "0.1.0");
  g_assert_cmpuint (ann_element_get_rank (tree), ==, 0);
}

static AnnElement *
make_frame (Source *source)
{
  static const char *const columns[] = { "x", "short", "gone", NULL };

  source_add (source, "id", make_text_vector ("obs/id", labels));
  source_add (source, "x", make_vector ("obs/x", ANN_DTYPE_FLOAT64, 3, numbers));
  source_add (source, "short", make_vector ("obs/short", ANN_DTYPE_FLOAT64, 2, numbers));

  return _ann_frame_view_new (NULL, "obs", 3, "id", columns, source_open, source, source_free);
}

static void
test_frame (void)
{
  gboolean is_freed = FALSE;
  Source *source = source_new (&is_freed);
  AnnElement *element = make_frame (source);
  AnnFrame *frame = ANN_FRAME (element);
  static const char *const wanted[] = { "c", "a" };
  g_autoptr (GError) error = NULL;
  gsize n_arrays = 1;
  g_autofree AnnArray **arrays = ann_element_list_arrays (element, &n_arrays);

  g_assert_cmpuint (n_arrays, ==, 0);
  g_assert_cmpuint (ann_element_get_n_rows (element), ==, 3);
  g_assert_cmpuint (ann_element_get_width (element), ==, 3);
  g_assert_cmpstr (ann_frame_get_index_name (frame), ==, "id");
  g_assert_cmpint (source->n_opened, ==, 0);
  {
    g_autoptr (AnnElement) column = ann_frame_open_column (frame, 0, NULL, &error);
    g_autoptr (AnnBlock) block = NULL;

    g_assert_no_error (error);
    g_assert_cmpint (source->n_opened, ==, 1);
    block = read_rows (column, 1, 2);
    g_assert_cmpfloat (ann_buffer_get_double (block->values, 1), ==, 3);
  }
  {
    g_autoptr (AnnElement) column = ann_element_open_child (element, "short", NULL, &error);

    g_assert_no_error (error);
    assert_broken (column, ANN_ELEMENT_CORRUPT, "the length of the index");
  }
  {
    g_autoptr (AnnSelection) rows = ann_frame_find_names (frame, wanted, 2, NULL, &error);

    g_assert_no_error (error);
    g_assert_cmpuint (ann_selection_get_position (rows, 0), ==, 2);
    g_assert_cmpuint (ann_selection_get_position (rows, 1), ==, 0);
  }

  /* The index is opened once; a stray name leads nowhere. */
  source->n_opened = 0;
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (AnnElement) index = ann_frame_open_index (frame, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpint (ann_element_get_kind (index), ==, ANN_ELEMENT_STRINGS);
    }
  g_assert_cmpint (source->n_opened, ==, 0);
  g_assert_null (ann_frame_open_column (frame, 2, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (ann_element_open_child (element, "other", NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);

  g_object_unref (element);
  g_assert_true (is_freed);
}

static void
test_categorical (void)
{
  static const gint32 numbers_of_codes[] = { 2, -1, 0, 7, -5 };
  static const gint32 expected[] = { 2, -1, 0, -2, -2 };
  g_autoptr (AnnElement) codes = make_vector ("c", ANN_DTYPE_INT32, 5, numbers_of_codes);
  g_autoptr (AnnElement) categories = make_text_vector ("c/categories", labels);
  g_autoptr (AnnSelection) rows = ann_selection_parse ("3,0", 5, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnBlock) all = NULL;
  g_autoptr (AnnBlock) some = NULL;
  g_autoptr (AnnStrings) texts = NULL;

  element = _ann_categorical_view_new (NULL, "c", codes, categories, TRUE, &error);
  g_assert_no_error (error);
  all = read_rows (element, 0, 5);
  g_assert_cmpmem (ann_buffer_get_data (all->values), ann_buffer_get_size (all->values), expected,
                   sizeof expected);
  some = ann_element_read (element, rows, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (ann_buffer_get_double (some->values, 0), ==, -2);
  g_assert_cmpfloat (ann_buffer_get_double (some->values, 1), ==, 2);

  g_assert_true (ann_categorical_get_ordered (ANN_CATEGORICAL (element)));
  g_assert_cmpuint (ann_categorical_get_n_categories (ANN_CATEGORICAL (element)), ==, 3);
  texts = ann_categorical_read_labels (ANN_CATEGORICAL (element), NULL, &error);
  g_assert_no_error (error);
  assert_text (texts, 1, "b");

  g_assert_null (_ann_categorical_view_new (NULL, "c", codes, element, FALSE, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
}

static void
test_memory (void)
{
  static const guint64 shape[] = { 3, 2 };
  static const guint8 mask[] = { 0, 1, 0 };
  g_autoptr (AnnBuffer) matrix = ann_buffer_new (ANN_DTYPE_INT16, 2, shape, NULL);
  g_autoptr (AnnBuffer) missing = ann_buffer_new_vector (ANN_DTYPE_BOOL, 3, NULL);
  g_autoptr (AnnBuffer) number = ann_buffer_new (ANN_DTYPE_FLOAT64, 0, NULL, NULL);
  g_autoptr (AnnStrings) texts = make_texts (labels);
  g_autoptr (AnnStrings) text = make_texts (labels + 2);
  AnnElement *elements[5];
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (AnnBlock) nullable = NULL;
  g_autofree char *word = NULL;
  g_autofree char *digits = NULL;

  ((gint16 *) ann_buffer_get_data_for_writing (matrix))[5] = 7;
  memcpy (ann_buffer_get_data_for_writing (missing), mask, sizeof mask);
  *(double *) ann_buffer_get_data_for_writing (number) = 0.5;

  elements[0] = _ann_memory_element_new ("m", matrix);
  g_assert_true (ann_element_is_matrix (elements[0]));
  block = ann_element_read_columns (elements[0], 1, 1, NULL, NULL);
  g_assert_cmpfloat (ann_buffer_get_double (block->values, 2), ==, 7);

  elements[1] = _ann_memory_element_new_texts ("t", texts, NULL);
  g_assert_cmpint (ann_element_get_kind (elements[1]), ==, ANN_ELEMENT_STRINGS);

  elements[2] = _ann_memory_element_new_texts ("n", texts, missing);
  g_assert_cmpint (ann_element_get_kind (elements[2]), ==, ANN_ELEMENT_NULLABLE_STRING);
  nullable = read_rows (elements[2], 0, 3);
  g_assert_false (ann_block_is_missing (nullable, 0));
  g_assert_true (ann_block_is_missing (nullable, 1));
  assert_text (nullable->texts, 2, "c");

  elements[3] = _ann_memory_element_new_scalar ("s", text, NULL);
  word = ann_scalar_read_text (ANN_SCALAR (elements[3]), NULL, NULL);
  g_assert_cmpstr (word, ==, "c");
  g_assert_cmpint (ann_element_get_kind (elements[3]), ==, ANN_ELEMENT_STRING);

  elements[4] = _ann_memory_element_new_scalar ("x", NULL, number);
  digits = ann_scalar_read_text (ANN_SCALAR (elements[4]), NULL, NULL);
  g_assert_cmpstr (digits, ==, "0.5");
  g_assert_cmpint (ann_element_get_kind (elements[4]), ==, ANN_ELEMENT_NUMBER);
  for (guint i = 0; i < G_N_ELEMENTS (elements); i++)
    g_object_unref (elements[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/view/tree", test_tree);
  g_test_add_func ("/view/like", test_like);
  g_test_add_func ("/view/frame", test_frame);
  g_test_add_func ("/view/categorical", test_categorical);
  g_test_add_func ("/view/memory", test_memory);

  return g_test_run ();
}
