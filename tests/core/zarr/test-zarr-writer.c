/* test-zarr-writer.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../../support/remove-tree.h"

#include "zarr-fixture.h"
#include "zarr-json.h"
#include "zarr-written.h"

#include "base/ann-worker.h"

#include <glib/gstdio.h>

static AnnJson *
parse_object (KeptWriter *writer, const char *key)
{
  GBytes *bytes = g_hash_table_lookup (writer->objects, key);

  if (bytes == NULL)
    g_error ("there is no %s", key);

  return json_parse (bytes);
}

static AnnJson *
load_expected (guint zarr_format)
{
  g_autofree char *name = g_strdup_printf ("v%u.json", zarr_format);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "core", "zarr", "written", name,
                                                 NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  char *text = NULL;
  gsize length = 0;

  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);
  bytes = g_bytes_new_take (text, length);

  return json_parse (bytes);
}

/* --- Writing --- */

static AnnNodeWriter *
new_root (gpointer writer, guint zarr_format)
{
  g_autoptr (GError) error = NULL;
  AnnNodeWriter *root = _ann_zarr_writer_new_root (g_object_ref (writer), zarr_format, &error);

  g_assert_no_error (error);

  return root;
}

/* (transfer full): with everything in it */
static KeptWriter *
write_kept (guint zarr_format)
{
  KeptWriter *writer = g_object_new (kept_writer_get_type (), NULL);
  g_autoptr (AnnNodeWriter) root = new_root (writer, zarr_format);
  g_autoptr (GError) error = NULL;

  write_store (root, &error);
  g_assert_no_error (error);
  g_assert_true (writer->is_committed);

  return writer;
}

/* (transfer full): the root, and a store on disk, as it were */
static AnnNode *
open_kept (KeptWriter *writer)
{
  g_autoptr (AnnStore) store = ANN_STORE (store_new (zarr_store_get_type ()));
  GHashTableIter iter;
  gpointer key;
  gpointer bytes;

  g_hash_table_iter_init (&iter, writer->objects);
  while (g_hash_table_iter_next (&iter, &key, &bytes))
    g_hash_table_insert (((ZarrStore *) store)->objects, g_strdup (key), g_bytes_ref (bytes));

  return open_root ((ZarrStore *) store);
}

static AnnArray *
open_child_array (AnnNode *group, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnNode) child = ann_node_open_child (group, name, NULL, &error);

  g_assert_no_error (error);

  return open_array (child);
}

/* first, first + 1, … */
static void
assert_counts_up (AnnNode *group, const char *name, gsize n, double first)
{
  g_autofree double *values = g_new (double, n);
  g_autoptr (AnnArray) array = open_child_array (group, name);

  for (gsize i = 0; i < n; i++)
    values[i] = first + (double) i;
  assert_numbers (array, values, n);
}

/* --- Time --- */

/* Types as zarr-python 3.1.6 writes them; they are read as what they were. */
static void
test_time (void)
{
  static const struct {
    const char *name;
    const char *v2;
    const char *v3;
  } types[] = {
    { "datetime64[ns]", "\"<M8[ns]\"",
      "{\"name\":\"numpy.datetime64\",\"configuration\":{\"unit\":\"ns\",\"scale_factor\":1}}" },
    { "timedelta64[10s]", "\"<m8[10s]\"",
      "{\"name\":\"numpy.timedelta64\",\"configuration\":{\"unit\":\"s\",\"scale_factor\":10}}" },
    { "datetime64", "\"<M8\"",
      "{\"name\":\"numpy.datetime64\",\"configuration\":{\"unit\":\"generic\",\"scale_factor\":1}"
      "}" },
    { "datetime64[n\"s]", "\"<i8\"", "\"int64\"" }, /* which is none */
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (types); i++)
    {
      const gboolean is_v3 = i % 2 == 1;
      const gint64 values[] = { 5, 6 };
      const AnnArraySpec spec = {
        .dtype = ANN_DTYPE_INT64, .time_type = types[i / 2].name, .rank = 1, .shape = { 2 }
      };
      g_autoptr (GObject) writer = g_object_new (kept_writer_get_type (), NULL);
      g_autoptr (AnnNodeWriter) root = new_root (writer, is_v3 ? 3 : 2);
      g_autoptr (AnnArrayWriter) array = NULL;
      g_autoptr (AnnNode) node = NULL;
      g_autoptr (AnnArray) stored = NULL;
      g_autoptr (AnnJson) json = NULL;
      g_autofree char *type = NULL;

      array = _ann_node_writer_add_array (root, "x", &spec, NULL, NULL);
      g_assert_true (_ann_array_writer_append (array, values, 2, NULL, NULL));
      g_assert_true (_ann_array_writer_close (array, NULL, NULL, NULL));
      g_assert_true (_ann_node_writer_close (root, NULL, NULL, NULL));
      g_assert_true (_ann_node_writer_commit (root, NULL, NULL));

      json = parse_object ((KeptWriter *) writer, is_v3 ? "x/zarr.json" : "x/.zarray");
      type = _ann_json_dup_text (
          _ann_json_get_member (_ann_json_get_root (json), is_v3 ? "data_type" : "dtype"), 200);
      g_assert_cmpstr (type, ==, is_v3 ? types[i / 2].v3 : types[i / 2].v2);
      node = open_kept ((KeptWriter *) writer);
      stored = open_child_array (node, "x");
      if (i / 2 < 3)
        g_assert_cmpstr (ann_array_get_type_description (stored), ==, types[i / 2].name);
      assert_numbers (stored, (const double[]){ 5, 6 }, 2);
    }
}

/* --- What zarr-python says of the same arrays --- */

static void
test_documents (gconstpointer data)
{
  const guint zarr_format = GPOINTER_TO_UINT (data);
  g_autoptr (AnnStoreWriter) writer = ANN_STORE_WRITER (write_kept (zarr_format));
  g_autoptr (AnnJson) expected = load_expected (zarr_format);
  AnnJsonIter iter;

  _ann_json_iter_init (&iter, _ann_json_get_root (expected));
  while (_ann_json_iter_next (&iter))
    {
      g_autofree char *name = _ann_json_dup_string (iter.name, NULL);
      g_autofree char *key = g_strconcat (name, zarr_format == 3 ? "/zarr.json" : "/.zarray", NULL);
      g_autoptr (AnnJson) json = parse_object ((KeptWriter *) writer, key);

      if (!json_equal (iter.value, _ann_json_get_root (json)))
        {
          g_autofree char *wanted = _ann_json_dup_text (iter.value, G_MAXSIZE);
          g_autofree char *found = _ann_json_dup_text (_ann_json_get_root (json), G_MAXSIZE);

          g_error ("%s: wanted %s, found %s", key, wanted, found);
        }
    }
}

/* --- What is read again --- */

static void
assert_complex (AnnNode *group, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnArray) array = open_child_array (group, name);
  g_autoptr (AnnBuffer) buffer = read_whole (array, &error);
  g_autoptr (AnnBuffer) expected = count_up (ann_array_get_dtype (array), 5, 1);

  g_assert_no_error (error);
  g_assert_cmpmem (ann_buffer_get_data (buffer), ann_buffer_get_size (buffer),
                   ann_buffer_get_data (expected), ann_buffer_get_size (expected));
}

static void
check_records (AnnNode *group)
{
  static const double scores[] = { 0.5, 1.5, 2.5 };
  static const double counts[] = { 7, 8, 9 };
  static const double flags[] = { 1, 0, 1 };
  g_autoptr (AnnArray) records = open_child_array (group, "records");
  g_autoptr (AnnArray) name = ann_array_open_field (records, "name", NULL);
  g_autoptr (AnnArray) score = ann_array_open_field (records, "score", NULL);
  g_autoptr (AnnArray) count = ann_array_open_field (records, "n", NULL);
  g_autoptr (AnnArray) id = ann_array_open_field (records, "id", NULL);
  g_autoptr (AnnArray) flag = ann_array_open_field (records, "flag", NULL);

  assert_texts (name, "bär|x|");
  assert_texts (id, "ab|c|");
  assert_numbers (score, scores, 3);
  assert_numbers (count, counts, 3);
  assert_numbers (flag, flags, 3);
}

static void
check_arrays (AnnNode *group, guint zarr_format)
{
  static const struct {
    const char *name;
    const char *joined;
  } texts[] = { { "texts", "a|bä|" },
                { "bytes", "abc|d|" },
                { "opaque", "abcde|fghij|klmno" },
                { "text-matrix", "a|b|c|d|e|f" },
                { "text", "hällo" } };
  static const double flags[] = { 1, 0, 1, 0, 1 };
  static const double number = 3.5;
  g_autoptr (AnnArray) bools = open_child_array (group, "b1");
  g_autoptr (AnnArray) scalar = open_child_array (group, "number");
  g_autoptr (AnnArray) empty = open_child_array (group, "empty");

  assert_numbers (bools, flags, 5);
  assert_numbers (scalar, &number, 1);
  assert_numbers (empty, NULL, 0);
  for (gsize i = 1; i < G_N_ELEMENTS (number_dtypes) - 2; i++)
    assert_counts_up (group, ann_dtype_get_numpy_name (number_dtypes[i]) + 1, 5, 1);
  assert_complex (group, "c8");
  assert_complex (group, "c16");
  assert_counts_up (group, "gzip", 15, 1);
  assert_counts_up (group, "zstd", 15, 1);
  assert_counts_up (group, "blosc", 15, 1);
  assert_counts_up (group, "lz4", 15, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (AnnArray) array = open_child_array (group, texts[i].name);

      assert_texts (array, texts[i].joined);
    }
  check_records (group);
  if (zarr_format == 3)
    {
      g_autoptr (AnnArray) shards = open_child_array (group, "text-shards");

      assert_texts (shards, "a|b|c|d|e|f|g");
      assert_counts_up (group, "shards", 21, 1);
    }
}

static void
test_values (gconstpointer data)
{
  const guint zarr_format = GPOINTER_TO_UINT (data);
  g_autoptr (AnnStoreWriter) writer = ANN_STORE_WRITER (write_kept (zarr_format));
  g_autoptr (AnnNode) root = open_kept ((KeptWriter *) writer);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnNode) group = ann_node_open_child (root, "gröup", NULL, &error);

  g_assert_no_error (error);
  check_arrays (root, zarr_format);
  check_arrays (group, zarr_format);
}

/* --- Attributes --- */

static void
assert_same_numbers (AnnAttributes *a, AnnAttributes *b, const char *name)
{
  AnnBuffer *numbers_a = ann_attributes_get_numbers (a, name);
  AnnBuffer *numbers_b = ann_attributes_get_numbers (b, name);

  g_assert_nonnull (numbers_a);
  g_assert_nonnull (numbers_b);
  g_assert_cmpint (ann_buffer_get_dtype (numbers_a), ==, ann_buffer_get_dtype (numbers_b));
  g_assert_cmpuint (ann_buffer_get_rank (numbers_a), ==, ann_buffer_get_rank (numbers_b));
  g_assert_cmpmem (ann_buffer_get_data (numbers_a), ann_buffer_get_size (numbers_a),
                   ann_buffer_get_data (numbers_b), ann_buffer_get_size (numbers_b));
}

static void
check_attributes (AnnNode *node)
{
  static const char *const numbers[] = { "matrix", "large", "negative", "floats", "flag" };
  static const char *const texts[] = { "text", "list" };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnAttributes) found = ann_node_read_attributes (node, NULL, &error);
  g_autoptr (AnnAttributes) expected = make_attributes ();
  g_autofree char *object = NULL;

  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    assert_same_numbers (found, expected, numbers[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      AnnStrings *a = ann_attributes_get_texts (found, texts[i]);
      AnnStrings *b = ann_attributes_get_texts (expected, texts[i]);

      g_assert_cmpuint (ann_strings_get_length (a), ==, ann_strings_get_length (b));
      g_assert_true (ann_attributes_is_scalar (found, texts[i])
                     == ann_attributes_is_scalar (expected, texts[i]));
      for (gsize j = 0; j < ann_strings_get_length (a); j++)
        {
          gsize n_a;
          gsize n_b;
          const char *text_a = ann_strings_get (a, j, &n_a);
          const char *text_b = ann_strings_get (b, j, &n_b);

          g_assert_cmpmem (text_a, n_a, text_b, n_b);
        }
    }
  g_assert_cmpuint (ann_strings_get_length (ann_attributes_get_texts (found, "none")), ==, 0);
  object = ann_attributes_to_string (found, "object", 1000);
  g_assert_cmpstr (object, ==, "{\"a\": [1, null]}");
  g_assert_false (ann_attributes_has (found, "reference"));
}

static void
test_attributes (gconstpointer data)
{
  g_autoptr (AnnStoreWriter) writer = ANN_STORE_WRITER (write_kept (GPOINTER_TO_UINT (data)));
  g_autoptr (AnnNode) root = open_kept ((KeptWriter *) writer);
  g_autoptr (AnnNode) group = ann_node_open_child (root, "gröup", NULL, NULL);

  check_attributes (root);
  check_attributes (group);
}

/* What is no UTF-8, and numbers of types that have names of their own. */
static void
test_odd_attributes (void)
{
  static const char expected[]
      = "{\"t\":\"a\357\277\275b\357\277\275\",\"c\":[[1.0,0.5],[2.0,1.0]],"
        "\"h\":[1.5],\"b\":[-3]}";
  KeptWriter *writer = g_object_new (kept_writer_get_type (), NULL);
  g_autoptr (AnnNodeWriter) root = new_root (writer, 2);
  g_autoptr (AnnAttributes) attributes = ann_attributes_new ();
  g_autoptr (AnnStrings) text = ann_strings_new ();
  g_autoptr (AnnBuffer) complex = count_up (ANN_DTYPE_COMPLEX64, 2, 1);
  g_autoptr (AnnBuffer) half = count_up (ANN_DTYPE_FLOAT16, 1, 1.5);
  g_autoptr (AnnBuffer) byte = count_up (ANN_DTYPE_INT8, 1, -3);
  GBytes *bytes;

  g_assert_true (ann_strings_append (text, "a\377b\303", 4, NULL));
  ann_attributes_add_texts (attributes, "t", TRUE, text);
  ann_attributes_add_numbers (attributes, "c", complex);
  ann_attributes_add_numbers (attributes, "h", half);
  ann_attributes_add_numbers (attributes, "b", byte);
  g_assert_true (_ann_node_writer_close (root, attributes, NULL, NULL));
  g_assert_true (_ann_node_writer_commit (root, NULL, NULL));

  bytes = g_hash_table_lookup (writer->objects, ".zattrs");
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected,
                   strlen (expected));
  g_object_unref (writer);
}

/* --- Consolidated metadata --- */

static void
check_noted_v2 (KeptWriter *writer, AnnJsonValue metadata)
{
  GHashTableIter iter;
  gpointer key;
  guint n = 0;

  g_hash_table_iter_init (&iter, writer->objects);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_autofree char *name = g_path_get_basename (key);
      g_autoptr (AnnJson) json = NULL;

      if (name[0] != '.' || g_str_equal (name, ".zmetadata"))
        continue;
      n++;
      json = parse_object (writer, key);
      g_assert_true (json_equal (_ann_json_get_root (json), _ann_json_get_member (metadata, key)));
    }
  g_assert_cmpuint (n, ==, _ann_json_get_length (metadata));
}

/* Groups have an empty one of their own there. */
static void
check_noted_v3 (KeptWriter *writer, AnnJsonValue metadata)
{
  GHashTableIter iter;
  gpointer key;
  guint n = 0;

  g_hash_table_iter_init (&iter, writer->objects);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_autofree char *path = g_str_has_suffix (key, "/zarr.json") ? g_path_get_dirname (key)
                                                                   : NULL;
      g_autoptr (AnnJson) json = NULL;
      AnnJsonValue noted;

      if (path == NULL)
        continue;
      n++;
      json = parse_object (writer, key);
      noted = _ann_json_get_member (metadata, path);
      if (_ann_json_string_is (_ann_json_get_member (noted, "node_type"), "array"))
        {
          g_assert_true (json_equal (_ann_json_get_root (json), noted));
          continue;
        }
      g_assert_cmpuint (_ann_json_get_length (noted), ==,
                        _ann_json_get_length (_ann_json_get_root (json)) + 1);
      g_assert_true (json_equal (_ann_json_get_member (_ann_json_get_root (json), "attributes"),
                                 _ann_json_get_member (noted, "attributes")));
    }
  g_assert_cmpuint (n, ==, _ann_json_get_length (metadata));
}

static void
test_consolidated (gconstpointer data)
{
  const guint zarr_format = GPOINTER_TO_UINT (data);
  KeptWriter *writer = write_kept (zarr_format);
  const char *key = zarr_format == 3 ? "zarr.json" : ".zmetadata";
  g_autoptr (AnnJson) json = parse_object (writer, key);
  AnnJsonValue document = _ann_json_get_root (json);

  g_assert_cmpstr (g_ptr_array_index (writer->keys, writer->keys->len - 1), ==, key);
  if (zarr_format == 3)
    check_noted_v3 (writer,
                    _ann_json_get_member (_ann_json_get_member (document, "consolidated_metadata"),
                                          "metadata"));
  else
    check_noted_v2 (writer, _ann_json_get_member (document, "metadata"));
  g_object_unref (writer);
}

/* --- Chunks --- */

/* Chunks of zeros are not stored; those of minus zero are; a scalar of version 2 always is. */
static void
test_zeros (gconstpointer data)
{
  const guint zarr_format = GPOINTER_TO_UINT (data);
  KeptWriter *writer = g_object_new (kept_writer_get_type (), NULL);
  g_autoptr (AnnNodeWriter) root = new_root (writer, zarr_format);
  const AnnArraySpec spec = {
    .dtype = ANN_DTYPE_FLOAT32, .rank = 1, .shape = { 5 }, .chunk_shape = { 2 }
  };
  const AnnArraySpec scalar = { .dtype = ANN_DTYPE_INT8 };
  const AnnArraySpec texts = {
    .dtype = ANN_DTYPE_STRING, .rank = 1, .shape = { 4 }, .chunk_shape = { 2 }
  };
  static const float values[] = { 0, 0, -0.0f, 0, 0 };
  g_autoptr (AnnArrayWriter) array = _ann_node_writer_add_array (root, "x", &spec, NULL, NULL);
  g_autoptr (AnnNode) opened = NULL;
  g_autoptr (AnnArray) x = NULL;
  g_autoptr (AnnArray) t = NULL;
  g_autoptr (AnnArray) s = NULL;

  g_assert_true (_ann_array_writer_append (array, values, 5, NULL, NULL));
  g_assert_true (_ann_array_writer_close (array, NULL, NULL, NULL));
  g_assert_true (write_numbers (root, "s", &scalar, 1, 1, 0, NULL));
  g_assert_true (write_texts (root, "t", &texts, "|||a", 4, NULL));
  g_assert_true (_ann_node_writer_close (root, NULL, NULL, NULL));
  g_assert_true (_ann_node_writer_commit (root, NULL, NULL));

  g_assert_false (g_hash_table_contains (writer->objects, zarr_format == 3 ? "x/c/0" : "x/0"));
  g_assert_true (g_hash_table_contains (writer->objects, zarr_format == 3 ? "x/c/1" : "x/1"));
  g_assert_false (g_hash_table_contains (writer->objects, zarr_format == 3 ? "x/c/2" : "x/2"));
  g_assert_false (g_hash_table_contains (writer->objects, zarr_format == 3 ? "t/c/0" : "t/0"));
  g_assert_true (g_hash_table_contains (writer->objects, zarr_format == 3 ? "t/c/1" : "t/1"));
  g_assert_true (g_hash_table_contains (writer->objects, "s/0") == (zarr_format == 2));
  g_assert_false (g_hash_table_contains (writer->objects, "s/c"));

  opened = open_kept (writer);
  x = open_child_array (opened, "x");
  s = open_child_array (opened, "s");
  t = open_child_array (opened, "t");
  assert_numbers (x, (double[]){ 0, 0, 0, 0, 0 }, 5);
  assert_numbers (s, (double[]){ 0 }, 1);
  assert_texts (t, "|||a");
  g_object_unref (writer);
}

/* Lengths that are known at the end: in chunks, in shards, in one piece, none at all. */
static void
test_lengths (gconstpointer data)
{
  const guint zarr_format = GPOINTER_TO_UINT (data);

  for (guint n = 0; n <= 9; n++)
    {
      KeptWriter *writer = g_object_new (kept_writer_get_type (), NULL);
      g_autoptr (AnnNodeWriter) root = new_root (writer, zarr_format);
      g_autoptr (AnnNode) opened = NULL;
      g_autoptr (AnnArray) texts = NULL;
      g_autoptr (GString) joined = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      AnnArraySpec spec = {
        .dtype = ANN_DTYPE_INT32, .rank = 1, .shape = { ANN_LENGTH_UNKNOWN }, .chunk_shape = { 2 }
      };

      for (guint i = 0; i < n; i++)
        g_string_append_printf (joined, "%s%c", i > 0 ? "|" : "", 'a' + (char) i);

      g_assert_true (write_numbers (root, "chunks", &spec, n, 3, 1, &error));
      spec.shard_rows = 4;
      g_assert_true (write_numbers (root, "shards", &spec, n, 3, 1, &error));
      spec.dtype = ANN_DTYPE_STRING;
      if (n > 0)
        g_assert_true (write_texts (root, "texts", &spec, joined->str, 3, &error));
      spec = (AnnArraySpec){ .dtype = ANN_DTYPE_INT32, .rank = 1, .shape = { ANN_LENGTH_UNKNOWN } };
      g_assert_true (write_numbers (root, "piece", &spec, n, 3, 1, &error));
      g_assert_true (_ann_node_writer_close (root, NULL, NULL, &error));
      g_assert_true (_ann_node_writer_commit (root, NULL, &error));

      opened = open_kept (writer);
      assert_counts_up (opened, "chunks", n, 1);
      assert_counts_up (opened, "shards", n, 1);
      assert_counts_up (opened, "piece", n, 1);
      if (n > 0)
        {
          texts = open_child_array (opened, "texts");
          assert_texts (texts, joined->str);
        }
      g_object_unref (writer);
    }
}

/* Shards of zeros are not stored; chunks of zeros are not in theirs. */
static void
test_shards_of_zeros (void)
{
  KeptWriter *writer = g_object_new (kept_writer_get_type (), NULL);
  g_autoptr (AnnNodeWriter) root = new_root (writer, 3);
  const AnnArraySpec spec = {
    .dtype = ANN_DTYPE_INT8, .rank = 1, .shape = { 10 }, .chunk_shape = { 2 }, .shard_rows = 4
  };
  static const gint8 values[] = { 0, 0, 0, 0, 0, 0, 1, 2, 0, 0 };
  static const double numbers[] = { 0, 0, 0, 0, 0, 0, 1, 2, 0, 0 };
  g_autoptr (AnnArrayWriter) array = _ann_node_writer_add_array (root, "x", &spec, NULL, NULL);
  g_autoptr (AnnNode) opened = NULL;
  g_autoptr (AnnArray) x = NULL;

  g_assert_true (_ann_array_writer_append (array, values, 10, NULL, NULL));
  g_assert_true (_ann_array_writer_close (array, NULL, NULL, NULL));
  g_assert_true (_ann_node_writer_close (root, NULL, NULL, NULL));
  g_assert_true (_ann_node_writer_commit (root, NULL, NULL));

  g_assert_false (g_hash_table_contains (writer->objects, "x/c/0"));
  g_assert_false (g_hash_table_contains (writer->objects, "x/c/2"));
  /* Two values, and the index: two places of 16 bytes, and its checksum. */
  g_assert_cmpuint (g_bytes_get_size (g_hash_table_lookup (writer->objects, "x/c/1")), ==,
                    2 + 32 + 4);
  opened = open_kept (writer);
  x = open_child_array (opened, "x");
  assert_numbers (x, numbers, 10);
  g_object_unref (writer);
}

/* Many texts, in many chunks at once. */
static void
test_many_texts (void)
{
  KeptWriter *writer = g_object_new (kept_writer_get_type (), NULL);
  g_autoptr (AnnNodeWriter) root = new_root (writer, 3);
  const AnnArraySpec spec = {
    .dtype = ANN_DTYPE_STRING, .rank = 1, .shape = { 1001 }, .chunk_shape = { 3 }
  };
  g_autoptr (GString) joined = g_string_new (NULL);
  g_autoptr (AnnNode) opened = NULL;
  g_autoptr (AnnArray) array = NULL;

  for (guint i = 0; i < 1001; i++)
    g_string_append_printf (joined, "%s%u", i > 0 ? "|" : "", i);
  g_assert_true (write_texts (root, "x", &spec, joined->str, 500, NULL));
  g_assert_true (_ann_node_writer_close (root, NULL, NULL, NULL));
  g_assert_true (_ann_node_writer_commit (root, NULL, NULL));

  opened = open_kept (writer);
  array = open_child_array (opened, "x");
  assert_texts (array, joined->str);
  g_object_unref (writer);
}

/* --- What goes wrong --- */

static void
test_nth_put_fails (gconstpointer data)
{
  const guint zarr_format = GPOINTER_TO_UINT (data);
  const GType types[] = { kept_writer_get_type (), far_writer_get_type () };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      gboolean is_done = FALSE;

      for (guint n = 1; !is_done; n++)
        {
          KeptWriter *writer = g_object_new (types[i], NULL);
          g_autoptr (AnnNodeWriter) root = new_root (writer, zarr_format);
          g_autoptr (GError) error = NULL;

          writer->fail_at = n;
          is_done = write_store (root, &error);
          g_assert_true (is_done || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE));
          g_assert_true (is_done == writer->is_committed);
          g_assert_true (is_done == (n > writer->n_puts));
          g_clear_object (&root);
          g_assert_true (is_done != writer->is_abandoned);
          g_object_unref (writer);
        }
    }
}

static void
test_dropped (void)
{
  KeptWriter *writer = g_object_new (kept_writer_get_type (), NULL);
  AnnNodeWriter *root = new_root (writer, 3);
  g_autoptr (AnnNodeWriter) group = _ann_node_writer_add_group (root, "a", NULL, NULL);

  g_assert_true (_ann_node_writer_close (root, NULL, NULL, NULL));
  g_object_unref (root);
  g_assert_true (writer->is_abandoned);
  g_object_unref (writer);
}

/* Over a network many objects go at the same time, and the root behind them all. */
static void
test_far (gconstpointer data)
{
  const guint zarr_format = GPOINTER_TO_UINT (data);
  KeptWriter *writer = g_object_new (far_writer_get_type (), NULL);
  g_autoptr (AnnNodeWriter) root = new_root (writer, zarr_format);
  g_autoptr (AnnNode) opened = NULL;
  g_autoptr (GError) error = NULL;
  const char *last;

  writer->n_wanted = ANN_WORKER_MAX_WAITS;
  write_store (root, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (writer->n_at_once, ==, ANN_WORKER_MAX_WAITS);
  last = g_ptr_array_index (writer->keys, writer->keys->len - 1);
  g_assert_cmpstr (last, ==, zarr_format == 3 ? "zarr.json" : ".zmetadata");
  opened = open_kept (writer);
  check_arrays (opened, zarr_format);
  g_object_unref (writer);
}

static void
test_refused (gconstpointer data)
{
  KeptWriter *writer = g_object_new (kept_writer_get_type (), NULL);
  g_autoptr (AnnNodeWriter) root = new_root (writer, GPOINTER_TO_UINT (data));
  static const char *const names[] = { "zarr.json", ".zgroup", ".zarray", ".zattrs", ".zmetadata" };
  static const AnnFieldSpec long_text = { .name = "f", .dtype = ANN_DTYPE_STRING };
  static const guint64 two = 2;
  static const AnnFieldSpec pair = {
    .name = "f", .dtype = ANN_DTYPE_INT8, .rank = 1, .shape = &two
  };
  const AnnCompression lzf = { ANN_COMPRESSOR_LZF, 0 };
  const AnnArraySpec plain = { .dtype = ANN_DTYPE_INT8 };
  const AnnArraySpec specs[] = {
    { .dtype = ANN_DTYPE_INT8, .compression = &lzf },
    { .dtype = ANN_DTYPE_OTHER },
    { .dtype = ANN_DTYPE_SEQUENCE, .rank = 1, .shape = { 1 } },
    { .dtype = ANN_DTYPE_RECORD, .rank = 1, .shape = { 1 } },
    { .dtype = ANN_DTYPE_RECORD, .rank = 1, .shape = { 1 }, .fields = &long_text, .n_fields = 1 },
    { .dtype = ANN_DTYPE_RECORD, .rank = 1, .shape = { 1 }, .fields = &pair, .n_fields = 1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (_ann_node_writer_add_group (root, names[i], NULL, &error));
      assert_error_says (error, ANN_ERROR_FORMAT, names[i]);
      g_clear_error (&error);
      g_assert_null (_ann_node_writer_add_array (root, names[i], &plain, NULL, &error));
      assert_error_says (error, ANN_ERROR_FORMAT, "rename");
      g_clear_error (&error);
      g_assert_false (_ann_node_writer_add_null (root, names[i], NULL, NULL, &error));
      assert_error_says (error, ANN_ERROR_FORMAT, "rename");
    }
  for (gsize i = 0; i < G_N_ELEMENTS (specs); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (_ann_node_writer_add_array (root, "bad", &specs[i], NULL, &error));
      assert_error_says (error, ANN_ERROR_UNSUPPORTED, "bad: ");
    }
  g_object_unref (writer);
}

/* A backslash is a slash, as zarr-python has it; with a group in between. */
static void
test_backslashes (gconstpointer data)
{
  static const char *const bad[] = { "\\", "a\\", "\\a", "a\\\\b", "a\\..", "a\\.zgroup", "n\\x" };
  KeptWriter *writer = g_object_new (kept_writer_get_type (), NULL);
  g_autoptr (AnnNodeWriter) root = new_root (writer, GPOINTER_TO_UINT (data));
  const AnnArraySpec spec = { .dtype = ANN_DTYPE_INT8 };
  g_autoptr (AnnNode) opened = NULL;
  g_autoptr (AnnNode) group = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (write_numbers (root, "n", &spec, 1, 1, 7, &error));
  g_assert_true (write_numbers (root, "g\\h\\x", &spec, 1, 1, 1, &error));
  g_assert_true (write_numbers (root, "g\\h\\y", &spec, 1, 1, 2, &error));
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (write_numbers (root, bad[i], &spec, 1, 1, 1, &error));
      assert_error_says (error, ANN_ERROR_FORMAT, "rename");
      g_clear_error (&error);
    }
  g_assert_null (_ann_node_writer_add_group (root, "g", NULL, &error));
  assert_error_says (error, ANN_ERROR_FORMAT, "twice");
  g_clear_error (&error);
  g_assert_true (_ann_node_writer_close (root, NULL, NULL, &error));
  g_assert_true (_ann_node_writer_commit (root, NULL, &error));

  opened = open_kept (writer);
  group = ann_node_open_child (opened, "g", NULL, &error);
  g_assert_cmpint (ann_node_get_kind (group), ==, ANN_NODE_GROUP);
  assert_counts_up (opened, "g\\h\\x", 1, 1);
  assert_counts_up (opened, "g\\h\\y", 1, 2);
  g_object_unref (writer);
}

static void
test_texts_too_long (void)
{
  KeptWriter *writer = g_object_new (kept_writer_get_type (), NULL);
  g_autoptr (AnnNodeWriter) root = new_root (writer, 3);
  const AnnArraySpec spec = {
    .dtype = ANN_DTYPE_BYTES, .item_size = 2, .rank = 1, .shape = { 1 }, .chunk_shape = { 1 }
  };
  g_autoptr (GError) error = NULL;

  g_assert_false (write_texts (root, "x", &spec, "abc", 1, &error));
  assert_error_says (error, ANN_ERROR_FORMAT, "x: a text of 3 bytes");
  g_object_unref (writer);
}

/* --- On disk, for Python --- */

static void
test_python (gconstpointer data)
{
  const guint zarr_format = GPOINTER_TO_UINT (data);
  const char *python = g_getenv ("ANN_TEST_PYTHON");
  g_autofree char *folder = g_dir_make_tmp ("ann-zarr-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "x.zarr", NULL);
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "core", "zarr", "written",
                                                   "check_written.py", NULL);
  g_autofree char *version = g_strdup_printf ("%u", zarr_format);
  const char *arguments[] = { python, script, path, version, NULL };
  g_autoptr (AnnNodeWriter) root = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  root = _ann_zarr_writer_new_root (_ann_store_writer_new (path, FALSE, NULL, &error), zarr_format,
                                    &error);
  g_assert_no_error (error);
  write_store (root, &error);
  g_assert_no_error (error);

  if (python == NULL)
    g_test_skip ("ANN_TEST_PYTHON names no Python");
  else
    {
      g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL,
                    &status, &error);
      g_assert_no_error (error);
      if (g_spawn_check_wait_status (status, &error))
        g_assert_no_error (error);
      else if (g_error_matches (error, G_SPAWN_EXIT_ERROR, 77))
        g_test_skip ("ANN_TEST_PYTHON has no zarr");
      else
        g_assert_no_error (error);
    }
  remove_tree (folder);
}

static void
test_no_version (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (
      _ann_zarr_writer_new_root (g_object_new (kept_writer_get_type (), NULL), 4, &error));
  assert_error_says (error, ANN_ERROR_UNSUPPORTED, "version 4");
}

static void
add (const char *name, GTestDataFunc func)
{
  g_autofree char *v2 = g_strconcat ("/zarr-writer/v2/", name, NULL);
  g_autofree char *v3 = g_strconcat ("/zarr-writer/v3/", name, NULL);

  g_test_add_data_func (v2, GUINT_TO_POINTER (2), func);
  g_test_add_data_func (v3, GUINT_TO_POINTER (3), func);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("documents", test_documents);
  add ("values", test_values);
  add ("attributes", test_attributes);
  add ("consolidated", test_consolidated);
  add ("zeros", test_zeros);
  add ("lengths", test_lengths);
  add ("nth-put-fails", test_nth_put_fails);
  add ("far", test_far);
  add ("refused", test_refused);
  add ("python", test_python);
  add ("backslashes", test_backslashes);
  g_test_add_func ("/zarr-writer/time", test_time);
  g_test_add_func ("/zarr-writer/odd-attributes", test_odd_attributes);
  g_test_add_func ("/zarr-writer/shards-of-zeros", test_shards_of_zeros);
  g_test_add_func ("/zarr-writer/many-texts", test_many_texts);
  g_test_add_func ("/zarr-writer/dropped", test_dropped);
  g_test_add_func ("/zarr-writer/texts-too-long", test_texts_too_long);
  g_test_add_func ("/zarr-writer/no-version", test_no_version);

  return g_test_run ();
}
