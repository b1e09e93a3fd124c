/* test-parity.c: what NumPy, SciPy and Python anndata read of the same stores, case by case
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "containers.h"

/* A case is an object of tables.json, which make-tables.py writes. The program is started once for
 * each row of docs/parity.md, which is its argument; and once for each other container in which the
 * same stores are (../conformance), which is its second one, with all rows.
 */
typedef JsonObject Case;

static GHashTable *stores; /* name → AnnData, open for all cases */

static const char *
get_text (const Case *self, const char *name)
{
  return json_object_get_string_member_with_default ((Case *) self, name, NULL);
}

static JsonArray *
get_list (const Case *self, const char *name)
{
  return json_object_has_member ((Case *) self, name)
             ? json_object_get_array_member ((Case *) self, name)
             : NULL;
}

static char *
make_store_path (const Case *self)
{
  return container_make_path (get_text (self, "store"));
}

static AnnData *
get_store (const Case *self)
{
  const char *name = get_text (self, "store");
  AnnData *data = g_hash_table_lookup (stores, name);

  if (data == NULL)
    {
      g_autoptr (GError) error = NULL;

      data = container_open (name, &error);
      g_assert_no_error (error);
      g_hash_table_insert (stores, g_strdup (name), data);
    }

  return data;
}

static AnnElement *
open_element (const Case *self)
{
  g_autoptr (GError) error = NULL;
  AnnElement *element = ann_data_open_element (get_store (self), get_text (self, "path"), NULL,
                                               &error);

  g_assert_no_error (error);

  return element;
}

static void
assert_contains (const char *text, const char *words)
{
  if (strstr (text, words) == NULL)
    g_error ("“%s” is not in “%s”", words, text);
}

/* --- Values as text: NULL is a missing one --- */

static char *
describe_number (AnnBuffer *buffer, gsize i)
{
  AnnDtype dtype = ann_buffer_get_dtype (buffer);
  const guint8 *value = (const guint8 *) ann_buffer_get_data (buffer)
                        + i * ann_dtype_get_size (dtype);

  switch ((int) dtype)
    {
    case ANN_DTYPE_INT64:
      return g_strdup_printf ("%" G_GINT64_FORMAT, ((const gint64 *) value)[0]);
    case ANN_DTYPE_UINT64:
      return g_strdup_printf ("%" G_GUINT64_FORMAT, ((const guint64 *) value)[0]);
    case ANN_DTYPE_COMPLEX64:
      return g_strdup_printf ("%.17g %.17g", (double) ((const float *) value)[0],
                              (double) ((const float *) value)[1]);
    case ANN_DTYPE_COMPLEX128:
      return g_strdup_printf ("%.17g %.17g", ((const double *) value)[0],
                              ((const double *) value)[1]);
    default:
      return g_strdup_printf ("%.17g", ann_buffer_get_double (buffer, i));
    }
}

/* Adds a stored value to what is in its place: duplicates add up. */
static void
add_stored (char **cell, char *value)
{
  if (strcmp (*cell, "0") == 0)
    {
      g_free (*cell);
      *cell = value;
    }
  else
    {
      char *sum = g_strdup_printf ("%.17g",
                                   g_ascii_strtod (*cell, NULL) + g_ascii_strtod (value, NULL));

      g_free (*cell);
      g_free (value);
      *cell = sum;
    }
}

static GPtrArray *
describe_sparse (const AnnBlock *block)
{
  GPtrArray *cells = g_ptr_array_new_with_free_func (g_free);
  const guint64 *pointers = ann_buffer_get_data (block->indptr);

  for (guint64 i = 0; i < block->count * block->width; i++)
    g_ptr_array_add (cells, g_strdup ("0"));
  for (guint64 row = 0; row < block->count; row++)
    for (guint64 i = pointers[row]; i < pointers[row + 1]; i++)
      {
        guint64 column = (guint64) ann_buffer_get_double (block->indices, i);

        g_assert_cmpuint (column, <, block->width);
        add_stored ((char **) &cells->pdata[row * block->width + column],
                    describe_number (block->values, i));
      }

  return cells;
}

static GPtrArray *
describe_block (const AnnBlock *block)
{
  GPtrArray *cells;
  gsize n;

  if (ann_block_is_sparse (block))
    return describe_sparse (block);

  cells = g_ptr_array_new_with_free_func (g_free);
  n = block->texts != NULL ? ann_strings_get_length (block->texts)
                           : ann_buffer_get_n_elements (block->values);
  g_assert_cmpuint (n, ==, block->count * block->width);
  for (gsize i = 0; i < n; i++)
    {
      if (ann_block_is_missing (block, i))
        g_ptr_array_add (cells, NULL);
      else if (block->texts != NULL)
        g_ptr_array_add (cells, g_strdup (ann_strings_get (block->texts, i, NULL)));
      else
        g_ptr_array_add (cells, describe_number (block->values, i));
    }

  return cells;
}

static gboolean
is_same_number (double a, double b)
{
  return a == b || (a != a && b != b);
}

/* Two texts of numbers, or of pairs of them. */
static gboolean
are_same_numbers (const char *a, const char *b)
{
  do
    {
      char *end_a;
      char *end_b;

      if (!is_same_number (g_ascii_strtod (a, &end_a), g_ascii_strtod (b, &end_b)) || end_a == a
          || end_b == b)
        return FALSE;
      a = end_a;
      b = end_b;
    }
  while (*a == ' ' && *b == ' ');

  return *a == *b;
}

static gboolean
is_expected (const char *cell, JsonNode *expected)
{
  if (JSON_NODE_HOLDS_NULL (expected) || cell == NULL)
    return JSON_NODE_HOLDS_NULL (expected) && cell == NULL;
  if (json_node_get_value_type (expected) != G_TYPE_STRING)
    return is_same_number (g_ascii_strtod (cell, NULL), json_node_get_double (expected));
  if (strcmp (cell, json_node_get_string (expected)) == 0)
    return TRUE;

  /* Integers that no double holds are the same as text or not at all. */
  return strpbrk (cell, ".eniNI ") != NULL
         && are_same_numbers (cell, json_node_get_string (expected));
}

static void
assert_cells (GPtrArray *cells, JsonArray *expected)
{
  g_assert_cmpuint (cells->len, ==, json_array_get_length (expected));
  for (guint i = 0; i < cells->len; i++)
    {
      JsonNode *node = json_array_get_element (expected, i);

      if (!is_expected (g_ptr_array_index (cells, i), node))
        {
          g_autofree char *text = json_to_string (node, FALSE);

          g_error ("value %u is “%s”, not %s", i, (char *) g_ptr_array_index (cells, i), text);
        }
    }
}

static void
assert_block (const AnnBlock *block, JsonArray *expected)
{
  g_autoptr (GPtrArray) cells = describe_block (block);

  assert_cells (cells, expected);
}

/* --- What an element is --- */

static void
assert_warned (AnnElement *element, const char *words)
{
  const char *const *warnings = ann_element_get_warnings (element);

  g_assert_nonnull (warnings[0]);
  assert_contains (warnings[0], words);
}

static void
assert_info (const Case *self, AnnElement *element)
{
  const char *kind = get_text (self, "kind");
  const char *dtype = get_text (self, "dtype");
  const char *index_dtype = get_text (self, "index_dtype");
  JsonArray *shape = get_list (self, "shape");

  if (kind != NULL)
    g_assert_cmpstr (ann_element_kind_get_name (ann_element_get_kind (element)), ==, kind);
  if (dtype != NULL)
    g_assert_cmpstr (ann_dtype_get_name (ann_element_get_dtype (element)), ==, dtype);
  if (index_dtype != NULL)
    g_assert_cmpstr (ann_dtype_get_name (ann_sparse_get_index_dtype (ANN_SPARSE (element))), ==,
                     index_dtype);
  if (shape != NULL)
    {
      g_assert_cmpuint (ann_element_get_rank (element), ==, json_array_get_length (shape));
      for (guint i = 0; i < json_array_get_length (shape); i++)
        g_assert_cmpuint (ann_element_get_length (element, i), ==,
                          json_array_get_int_element (shape, i));
    }
}

/* --- Reading --- */

/* Python's slices and positions, or `M01…`: a mask, repeated up to the length of the axis if
 * @repeats.
 */
static AnnSelection *
make_selection (const char *text, guint64 length, gboolean repeats, GError **error)
{
  g_autofree guint8 *mask = NULL;
  gsize n;

  if (text[0] != 'M')
    return ann_selection_parse (text, length, error);

  n = repeats ? length : strlen (text + 1);
  mask = g_malloc (n);
  for (gsize i = 0; i < n; i++)
    mask[i] = text[1 + i % strlen (text + 1)] == '1';

  return ann_selection_new_from_mask (mask, n, length, error);
}

static AnnBlock *
read_case (const Case *self, AnnElement *element)
{
  const char *rows = get_text (self, "rows");
  const char *columns = get_text (self, "columns");
  g_autoptr (AnnSelection) of_rows = NULL;
  g_autoptr (AnnSelection) of_columns = NULL;
  g_autoptr (GError) error = NULL;
  AnnBlock *block;

  if (rows != NULL)
    of_rows = make_selection (rows, ann_element_get_n_rows (element), TRUE, &error);
  g_assert_no_error (error);
  if (columns != NULL)
    of_columns = make_selection (columns, ann_element_get_length (element, 1), TRUE, &error);
  g_assert_no_error (error);
  block = ann_element_read (element, of_rows, of_columns, NULL, &error);
  g_assert_no_error (error);

  if (json_object_has_member ((Case *) self, "width"))
    g_assert_cmpuint (block->width, ==, json_object_get_int_member ((Case *) self, "width"));

  return block;
}

/* All columns are the same values, turned. */
static void
assert_columns (AnnElement *element, JsonArray *expected)
{
  const guint64 *shape = ann_element_get_shape (element);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBlock) block = ann_element_read_columns (element, 0, shape[1], NULL, &error);
  g_autoptr (JsonArray) turned = json_array_new ();

  g_assert_no_error (error);
  for (guint64 column = 0; column < shape[1]; column++)
    for (guint64 row = 0; row < shape[0]; row++)
      json_array_add_element (turned, json_array_dup_element (expected, row * shape[1] + column));
  assert_block (block, turned);
}

static void
test_read (gconstpointer data)
{
  g_autoptr (AnnElement) element = open_element (data);
  g_autoptr (AnnBlock) block = NULL;

  assert_info (data, element);
  block = read_case (data, element);
  assert_block (block, get_list (data, "values"));
  if (get_text (data, "warning") != NULL)
    assert_warned (element, get_text (data, "warning"));
  if (get_text (data, "rows") == NULL && get_text (data, "columns") == NULL
      && ann_element_is_matrix (element))
    assert_columns (element, get_list (data, "values"));
}

/* The same from memory. */
static void
test_read_cached (gconstpointer data)
{
  g_autoptr (AnnElement) element = open_element (data);
  g_autoptr (AnnBlock) whole = NULL;
  g_autoptr (AnnBlock) block = NULL;

  ann_element_set_cached (element, 1024 * 1024);
  if (ann_element_get_kind (element) == ANN_ELEMENT_CSC)
    whole = ann_element_read_columns (element, 0, ann_element_get_length (element, 1), NULL, NULL);
  else
    whole = ann_element_read (element, NULL, NULL, NULL, NULL);
  g_assert_true (ann_element_is_cached (element));
  block = read_case (data, element);
  assert_block (block, get_list (data, "values"));
}

static void
test_refused (gconstpointer data)
{
  g_autoptr (AnnElement) element = open_element (data);
  g_autoptr (GError) error = NULL;

  g_assert_null (
      make_selection (get_text (data, "rows"), ann_element_get_n_rows (element), FALSE, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
  assert_contains (error->message, get_text (data, "words"));
}

/* A sparse matrix whose parts may contradict each other: as a whole, and each line by itself. */
static void
test_lines (gconstpointer data)
{
  g_autoptr (AnnElement) element = open_element (data);
  const char *whole = get_text (data, "whole");
  const gboolean is_csc = ann_element_get_kind (element) == ANN_ELEMENT_CSC;
  AnnBlock *(*const read) (AnnElement *, guint64, guint64, GCancellable *, GError **)
      = is_csc ? ann_element_read_columns : ann_element_read_rows;
  JsonArray *lines;

  if (strcmp (whole, "corrupt") == 0)
    {
      g_assert_cmpint (ann_element_get_state (element), ==, ANN_ELEMENT_CORRUPT);
      return;
    }

  g_assert_cmpint (ann_element_get_state (element), ==, ANN_ELEMENT_OK);
  lines = json_object_get_array_member ((Case *) data, "lines");
  for (int i = -2; i < (int) json_array_get_length (lines); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnBlock) block = NULL;
      gboolean is_good = strcmp (whole, "good") == 0;

      if (i == -2) /* along the stored axis, and across */
        block = read (element, 0, ann_element_get_length (element, is_csc ? 1 : 0), NULL, &error);
      else if (i == -1)
        block = (is_csc ? ann_element_read_rows : ann_element_read_columns) (
            element, 0, ann_element_get_length (element, is_csc ? 0 : 1), NULL, &error);
      else
        {
          block = read (element, (guint64) i, 1, NULL, &error);
          is_good = !json_array_get_null_element (lines, (guint) i);
        }

      if (is_good)
        g_assert_no_error (error);
      else
        g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
      if (is_good && i >= 0)
        assert_block (block, json_array_get_array_element (lines, (guint) i));
    }
  if (get_text (data, "warning") != NULL)
    assert_warned (element, get_text (data, "warning"));
}

static void
test_stored (gconstpointer data)
{
  g_autoptr (AnnElement) element = open_element (data);
  const gint64 n_stored = json_object_get_int_member ((Case *) data, "n_stored");
  g_autoptr (AnnBlock) block = NULL;

  block = ann_sparse_read_major (ANN_SPARSE (element), 0,
                                 ann_sparse_get_n_major (ANN_SPARSE (element)), NULL, NULL);
  g_assert_cmpuint (ann_sparse_get_n_stored (ANN_SPARSE (element)), ==, n_stored);
  g_assert_cmpuint (ann_buffer_get_n_elements (block->values), ==, n_stored);
}

/* --- Other questions --- */

static void
test_state (gconstpointer data)
{
  g_autoptr (AnnElement) element = open_element (data);

  assert_info (data, element);
  g_assert_cmpstr (ann_element_state_get_name (ann_element_get_state (element)), ==,
                   get_text (data, "state"));
  if (get_text (data, "words") != NULL)
    assert_contains (ann_element_get_error (element)->message, get_text (data, "words"));
}

static void
test_children (gconstpointer data)
{
  g_autoptr (AnnElement) element = open_element (data);
  JsonArray *expected = get_list (data, "children");
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) children = ann_element_list_children (element, NULL, &error);

  g_assert_no_error (error);
  assert_info (data, element);
  g_assert_cmpuint (g_strv_length (children), ==, json_array_get_length (expected));
  for (guint i = 0; children[i] != NULL; i++)
    g_assert_cmpstr (children[i], ==, json_array_get_string_element (expected, i));
}

static void
test_categories (gconstpointer data)
{
  g_autoptr (AnnElement) element = open_element (data);
  AnnElement *categories = ann_categorical_get_categories (ANN_CATEGORICAL (element));
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBlock) block = NULL;

  g_assert_cmpint (ann_categorical_get_ordered (ANN_CATEGORICAL (element)), ==,
                   json_object_get_boolean_member ((Case *) data, "ordered"));
  block = ann_element_read_rows (categories, 0, ann_element_get_n_rows (categories), NULL, &error);
  g_assert_no_error (error);
  assert_block (block, get_list (data, "values"));
}

static void
test_find (gconstpointer data)
{
  g_autoptr (AnnElement) element = open_element (data);
  JsonArray *names = get_list (data, "names");
  JsonArray *found = get_list (data, "found");
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) wanted = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnSelection) selection = NULL;

  for (guint i = 0; i < json_array_get_length (names); i++)
    g_strv_builder_add (builder, json_array_get_string_element (names, i));
  wanted = g_strv_builder_end (builder);
  selection = ann_frame_find_names (ANN_FRAME (element), (const char *const *) wanted,
                                    g_strv_length (wanted), NULL, &error);
  if (found == NULL)
    {
      g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
      assert_contains (error->message, get_text (data, "words"));
      return;
    }

  g_assert_no_error (error);
  g_assert_cmpuint (ann_selection_get_length (selection), ==, json_array_get_length (found));
  for (guint i = 0; i < json_array_get_length (found); i++)
    g_assert_cmpuint (ann_selection_get_position (selection, i), ==,
                      json_array_get_int_element (found, i));
}

/* Opening, and all that a listing asks, reads no value: not a chunk. */
static void
test_open (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  AnnChunkCacheStats before, after;
  g_autoptr (AnnData) store = NULL;
  g_auto (GStrv) paths = NULL;

  ann_chunk_cache_clear ();
  ann_chunk_cache_get_stats (&before);
  store = container_open (get_text (data, "store"), &error);
  g_assert_no_error (error);
  g_assert_true (ann_data_is_annotated (store));
  paths = ann_data_list_elements (store, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autoptr (AnnElement) element = ann_data_open_element (store, paths[i], NULL, &error);

      g_assert_no_error (error);
    }
  ann_chunk_cache_get_stats (&after);
  g_assert_cmpuint (after.n_misses, ==, before.n_misses);
}

static void
test_print (gconstpointer data)
{
  g_autofree char *path = make_store_path (data);
  g_autoptr (GString) expected = g_string_new (get_text (data, "text"));
  g_autoptr (GError) error = NULL;
  g_autofree char *text = ann_data_to_string (get_store (data), NULL, &error);

  g_assert_no_error (error);
  g_string_replace (expected, "PATH", path, 1);
  g_assert_cmpstr (text, ==, expected->str);
}

/* --- Samples: rows at random are rows of the whole --- */

static void
test_sample (gconstpointer data)
{
  g_autoptr (AnnElement) element = open_element (data);
  const guint64 n_rows = ann_element_get_n_rows (element);
  const guint64 width = ann_element_get_width (element);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBlock) whole = ann_element_read (element, NULL, NULL, NULL, &error);
  g_autoptr (GPtrArray) expected = NULL;

  g_assert_no_error (error);
  expected = describe_block (whole);
  for (guint64 seed = 0; seed < 20; seed++)
    {
      g_autoptr (AnnSelection) sample = ann_selection_new_sample (5, seed % 2 == 0, seed, n_rows,
                                                                  &error);
      g_autoptr (AnnBlock) block = ann_element_read (element, sample, NULL, NULL, &error);
      g_autoptr (GPtrArray) cells = NULL;

      g_assert_no_error (error);
      cells = describe_block (block);
      g_assert_cmpuint (cells->len, ==, 5 * width);
      for (guint64 i = 0; i < cells->len; i++)
        {
          guint64 row = ann_selection_get_position (sample, i / width);

          g_assert_cmpstr (g_ptr_array_index (cells, i), ==,
                           g_ptr_array_index (expected, row * width + i % width));
        }
    }
}

/* --- The table --- */

static const struct {
  const char *name;
  GTestDataFunc function;
} actions[] = {
  { "read", test_read },     { "lines", test_lines },           { "refused", test_refused },
  { "stored", test_stored }, { "state", test_state },           { "children", test_children },
  { "find", test_find },     { "categories", test_categories }, { "open", test_open },
  { "print", test_print },   { "sample", test_sample },
};

/* @row: the only one that is wanted, or NULL. */
static void
add_test (const char *row, const char *id, JsonObject *one, GTestDataFunc function)
{
  g_autofree char *path = g_strconcat ("/parity/", id, NULL);
  const gsize length = strcspn (id, "/");

  if (row == NULL || (strlen (row) == length && strncmp (row, id, length) == 0))
    g_test_add_data_func (path, one, function);
}

static void
add_case (const char *row, JsonObject *one)
{
  const char *id = get_text (one, "id");
  const char *action = get_text (one, "do");

  if (!container_has (get_text (one, "store"), get_text (one, "path")))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      if (strcmp (action, actions[i].name) != 0)
        continue;
      add_test (row, id, one, actions[i].function);
      if (actions[i].function == test_read && g_str_has_prefix (id, "S1/"))
        {
          g_autofree char *cached = g_strconcat ("M9/", id + strlen ("S1/"), NULL);

          add_test (row, cached, one, test_read_cached);
        }
      return;
    }
  g_error ("%s asks for “%s”", id, action);
}

int
main (int argc, char *argv[])
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonArray *cases;
  int status;

  g_test_init (&argc, &argv, NULL);
  container_begin (argc > 2 ? argv[2] : NULL);

  stores = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  json_parser_load_from_file (parser, PARITY_TABLES, &error);
  g_assert_no_error (error);
  cases = json_node_get_array (json_parser_get_root (parser));
  for (guint i = 0; i < json_array_get_length (cases); i++)
    add_case (argc == 2 ? argv[1] : NULL, json_array_get_object_element (cases, i));

  status = g_test_run ();
  g_hash_table_unref (stores);
  container_end ();

  return status;
}
