/* test-zarr-strings.c: texts, records and odd chunks
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "zarr-fixture.h"

#define NEW_STORE(type) g_autoptr (AnnStore) store = ANN_STORE (store_new (type ()))
#define STORE ((ZarrStore *) store)
#define VLEN_UTF8 "[{\"id\":\"vlen-utf8\"}]"

/* A chunk of values that are separated by bars. */
static void
put_runs (ZarrStore *store, const char *key, const char *joined)
{
  g_auto (GStrv) values = g_strsplit (joined, "|", -1);
  g_autoptr (GByteArray) chunk = g_byte_array_new ();
  guint32 number = GUINT32_TO_LE (g_strv_length (values));

  g_byte_array_append (chunk, (const guint8 *) &number, sizeof number);
  for (guint i = 0; values[i] != NULL; i++)
    {
      number = GUINT32_TO_LE ((guint32) strlen (values[i]));
      g_byte_array_append (chunk, (const guint8 *) &number, sizeof number);
      g_byte_array_append (chunk, (const guint8 *) values[i], (guint) strlen (values[i]));
    }
  put (store, key, chunk->data, chunk->len);
}

static void
test_runs (void)
{
  NEW_STORE (zarr_store_get_type);
  g_autofree char *document = array_v2 ("[5]", "[2]", "\"|O\"", "\"fill\"", VLEN_UTF8, "");
  g_autoptr (AnnArray) array = open_only (STORE, document);
  g_autoptr (AnnStrings) some = NULL;

  g_assert_cmpint (ann_array_get_dtype (array), ==, ANN_DTYPE_STRING);
  g_assert_true (ann_array_is_variable (array));
  put_runs (STORE, "0", "|bä");
  put_runs (STORE, "2", "e|edge");
  assert_texts (array, "|bä|fill|fill|e");
  some = ann_array_read_strings_range (array, 1, 2, NULL, NULL);
  g_assert_cmpstr (ann_strings_get (some, 0, NULL), ==, "bä");
  g_assert_cmpstr (ann_strings_get (some, 1, NULL), ==, "fill");
}

/* Chunks of two axes: texts come in the order of the array, not of the chunks. */
static void
test_matrix (void)
{
  NEW_STORE (zarr_store_get_type);
  g_autofree char *document = array_v3 ("[3,3]", "[2,2]", "\"string\"", "\"-\"",
                                        "{\"name\":\"vlen-utf8\"}", NULL);
  g_autoptr (AnnArray) array = open_only (STORE, document);
  const AnnBox box = { 2, { 1, 1 }, { 2, 2 } };
  g_autoptr (AnnStrings) texts = NULL;

  put_runs (STORE, "c/0/0", "a|b|d|e");
  put_runs (STORE, "c/0/1", "c|x|f|x");
  put_runs (STORE, "c/1/1", "i|x|x|x");
  assert_texts (array, "a|b|c|d|e|f|-|-|i");
  texts = ann_array_read_strings (array, &box, NULL, NULL);
  g_assert_cmpuint (ann_strings_get_length (texts), ==, 4);
  g_assert_cmpstr (ann_strings_get (texts, 1, NULL), ==, "f");
  g_assert_cmpstr (ann_strings_get (texts, 3, NULL), ==, "i");
}

/* What is kept is not asked for again; chunks that are wanted together come together. */
static void
test_requests (void)
{
  NEW_STORE (far_store_get_type);
  g_autofree char *document = array_v3 ("[6]", "[2]", "\"string\"", "\"\"",
                                        "{\"name\":\"vlen-utf8\"}", NULL);
  g_autoptr (AnnArray) array = open_only (STORE, document);

  put_runs (STORE, "c/0", "a|b");
  put_runs (STORE, "c/1", "c|d");
  put_runs (STORE, "c/2", "e|f");
  STORE->n_calls = 0;
  assert_texts (array, "a|b|c|d|e|f");
  g_assert_cmpuint (STORE->n_calls, ==, 1);
  assert_texts (array, "a|b|c|d|e|f");
  g_assert_cmpuint (STORE->n_calls, ==, 1);
}

static void
test_damaged_runs (void)
{
  static const struct {
    const char *bytes;
    gsize n;
    const char *words;
  } chunks[] = {
    { "", 0, "no count" },
    { "\002\000\000", 3, "no count" },
    { "\377\377\377\377", 4, "count says" },
    { "\002\000\000\000\001\000\000\000a", 9, "count says" },
    { "\001\000\000\000\002\000\000\000a", 9, "longer" },
    { "\001\000\000\000\377\377\377\377a", 9, "longer" },
    { "\001\000\000\000\001\000\000\000a", 9, "fewer values" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (chunks); i++)
    {
      NEW_STORE (zarr_store_get_type);
      g_autofree char *document = array_v2 ("[2]", "[2]", "\"|O\"", "\"\"", VLEN_UTF8, "");
      g_autoptr (AnnArray) array = open_only (STORE, document);
      g_autoptr (GError) error = NULL;

      put (STORE, "0", chunks[i].bytes, chunks[i].n);
      g_assert_null (ann_array_read_strings_range (array, 0, 2, NULL, &error));
      assert_error_says (error, ANN_ERROR_CORRUPT, chunks[i].words);
    }
}

static void
test_json (void)
{
  NEW_STORE (zarr_store_get_type);
  g_autofree char *document = array_v2 ("[2,2]", "[2,2]", "\"|O\"", "\"\"",
                                        "[{\"id\":\"json2\",\"encoding\":\"utf-8\"}]", "");
  g_autoptr (AnnArray) array = open_only (STORE, document);

  put_text (STORE, "0.0", "[[\"a\",\"b\\u00e4\"],[null,true],\"|O\",[2,2]]");
  assert_texts (array, "a|bä||True");
}

/* Objects are told from the texts that are written as they are, chunk by chunk. */
static void
test_json_objects (void)
{
  NEW_STORE (zarr_store_get_type);
  g_autofree char *document = array_v2 ("[6]", "[3]", "\"|O\"", "\"\"", "[{\"id\":\"json2\"}]", "");
  g_autoptr (AnnArray) array = open_only (STORE, document);
  g_autoptr (AnnStrings) objects = NULL;
  g_autoptr (AnnStrings) texts = NULL;

  put_text (STORE, "0", "[false,true,-1.5,\"|O\",[3]]");
  put_text (STORE, "1", "[\"False\",\"True\",\"-1.5\",\"|O\",[3]]");
  assert_texts (array, "False|True|-1.5|False|True|-1.5");
  objects = ann_array_read_strings_range (array, 0, 3, NULL, NULL);
  g_assert_true (ann_strings_are_objects (objects));
  texts = ann_array_read_strings_range (array, 3, 3, NULL, NULL);
  g_assert_false (ann_strings_are_objects (texts));
}

static void
test_sequences (void)
{
  static const guint8 chunk[] = { 2, 0, 0, 0, 4, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0 };
  NEW_STORE (zarr_store_get_type);
  g_autofree char *document = array_v2 ("[2]", "[2]", "\"|O\"", "null",
                                        "[{\"id\":\"vlen-array\",\"dtype\":\">i2\"}]", "");
  g_autoptr (AnnArray) array = open_only (STORE, document);
  g_autoptr (AnnStrings) values = NULL;
  gint16 numbers[2];
  gsize length;

  put (STORE, "0", chunk, sizeof chunk);
  g_assert_cmpint (ann_array_get_dtype (array), ==, ANN_DTYPE_SEQUENCE);
  g_assert_cmpint (ann_array_get_item_dtype (array), ==, ANN_DTYPE_INT16);
  values = ann_array_read_strings_range (array, 0, 2, NULL, NULL);
  memcpy (numbers, ann_strings_get (values, 0, &length), sizeof numbers);
  g_assert_cmpuint (length, ==, 4);
  g_assert_cmpint (numbers[0], ==, 1);
  g_assert_cmpint (numbers[1], ==, 2);
  (void) ann_strings_get (values, 1, &length);
  g_assert_cmpuint (length, ==, 0);
}

static void
test_fixed (void)
{
  static const guint8 wide[] = { 0, 0, 0, 'a', 0, 0, 0x20, 0xac, 0, 0, 0, 0,
                                 0, 0, 0, 'b', 0, 0, 0xd8, 0,    0, 0, 0, 0 };

  for (guint kind = 0; kind < 3; kind++)
    {
      NEW_STORE (zarr_store_get_type);
      g_autofree char *document = array_v2 ("[2]", "[2]",
                                            kind == 0   ? "\">U3\""
                                            : kind == 1 ? "\"|S3\""
                                                        : "\"|S0\"",
                                            "null", "null", "");
      g_autoptr (AnnArray) array = open_only (STORE, document);

      put (STORE, "0", kind == 0 ? (const char *) wide : "ab\0c\0\0", kind == 0 ? sizeof wide : 6);
      g_assert_false (ann_array_is_variable (array));
      assert_texts (array, kind == 0 ? "a€|b\xef\xbf\xbd" : kind == 1 ? "ab|c" : "|");
    }
}

/* A fill value that is no zeros, where some chunks are stored and others are not. */
static void
test_fixed_fill (void)
{
  NEW_STORE (zarr_store_get_type);
  g_autofree char *document = array_v2 ("[5]", "[2]", "\"|S2\"", "\"eHk=\"", "null", "");
  g_autoptr (AnnArray) array = open_only (STORE, document);

  put (STORE, "1", "a\0bc", 4);
  assert_texts (array, "xy|xy|a|bc|xy");
}

static void
test_records (void)
{
  static const guint8 chunk[] = { 1, 0, 0, 0, 'x', 0,   0, 5, 6, /* a, s, v */
                                  2, 0, 0, 0, 'y', 'z', 0, 7, 8 };
  static const double numbers[] = { 1, 2, 3 };
  static const double vectors[] = { 5, 6, 7, 8, 1, 2 };
  NEW_STORE (zarr_store_get_type);
  g_autofree char *document = array_v2 ("[3]", "[2]",
                                        "[[\"a\",\"<i4\"],[\"s\",\"|S3\"],[\"v\",\"|u1\",[2]]]",
                                        "\"AwAAAGZpbAEC\"", "null", "");
  g_autoptr (AnnArray) array = open_only (STORE, document);
  g_autoptr (AnnArray) a = ann_array_open_field (array, "a", NULL);
  g_autoptr (AnnArray) s = ann_array_open_field (array, "s", NULL);
  g_autoptr (AnnArray) v = ann_array_open_field (array, "v", NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = ann_array_get_field_names (array);

  put (STORE, "0", chunk, sizeof chunk);
  g_assert_cmpint (ann_array_get_dtype (array), ==, ANN_DTYPE_RECORD);
  g_assert_cmpuint (g_strv_length (names), ==, 3);
  assert_numbers (a, numbers, 3);
  assert_texts (s, "x|yz|fil");
  g_assert_cmpuint (ann_array_get_rank (v), ==, 2);
  assert_numbers (v, vectors, 6);
  g_assert_null (ann_array_open_field (array, "absent", &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
}

/* A fill value told by fields, with their names or in their order; the others are zeros. */
static void
test_fill_of_fields (void)
{
  static const struct {
    const char *value;
    double a;
    const char *s;
    double b;
  } values[] = {
    { "{\"b\":2.5,\"a\":3,\"s\":\"Zml4\"}", 3, "fix|fix", 2.5 },
    { "[3,\"Zml4\",2.5]", 3, "fix|fix", 2.5 },
    { "[3,null,null]", 3, "|", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      const double of_a[] = { values[i].a, values[i].a };
      const double of_b[] = { values[i].b, values[i].b };
      NEW_STORE (zarr_store_get_type);
      g_autofree char *document = array_v2 ("[2]", "[2]",
                                            "[[\"a\",\">i4\"],[\"s\",\"|S3\"],[\"b\",\"<f8\"]]",
                                            values[i].value, "null", "");
      g_autoptr (AnnArray) array = open_only (STORE, document);
      g_autoptr (AnnArray) a = ann_array_open_field (array, "a", NULL);
      g_autoptr (AnnArray) s = ann_array_open_field (array, "s", NULL);
      g_autoptr (AnnArray) b = ann_array_open_field (array, "b", NULL);

      assert_numbers (a, of_a, 2);
      assert_texts (s, values[i].s);
      assert_numbers (b, of_b, 2);
    }
  for (guint i = 0; i < 3; i++)
    {
      static const char *const types[] = { "[[\"a\",\"<i4\"]]", "[[\"a\",\"<i4\",[2]]]",
                                           "[[\"a\",\"<i4\",[2]]]" };
      static const char *const refused[] = { "[\"three\"]", "[3]", "[0]" };
      NEW_STORE (zarr_store_get_type);
      g_autofree char *document = array_v2 ("[2]", "[2]", types[i], refused[i], "null", "");
      g_autoptr (AnnNode) root = NULL;
      g_autoptr (AnnArray) array = NULL;
      g_autoptr (GError) error = NULL;

      put_text (STORE, ".zarray", document);
      root = open_root (STORE);
      array = ann_node_open_array (root, NULL, &error);
      if (i == 2) /* zeros, which need no place */
        {
          g_assert_no_error (error);
          continue;
        }
      g_assert_null (array);
      assert_error_says (error, ANN_ERROR_FORMAT, "no fill value");
    }
}

/* --- Chunks of numbers --- */

static void
test_keys (void)
{
  static const struct {
    const char *encoding;
    const char *key;
    const char *scalar_key;
  } encodings[] = {
    { "{\"name\":\"default\"}", "c/1/0", "c" },
    { "{\"name\":\"default\",\"configuration\":{\"separator\":\".\"}}", "c.1.0", "c" },
    { "{\"name\":\"v2\"}", "1.0", "0" },
    { "{\"name\":\"v2\",\"configuration\":{\"separator\":\"/\"}}", "1/0", "0" },
  };
  static const double expected[] = { 7, 5 };
  static const double scalar[] = { 6 };

  for (gsize i = 0; i < G_N_ELEMENTS (encodings); i++)
    {
      for (guint rank = 0; rank <= 2; rank += 2)
        {
          NEW_STORE (zarr_store_get_type);
          g_autofree char *more = g_strdup_printf (",\"chunk_key_encoding\":%s",
                                                   encodings[i].encoding);
          g_autofree char *document = array_v3 (rank == 0 ? "[]" : "[2,1]",
                                                rank == 0 ? "[]" : "[1,1]", "\"uint8\"", "7",
                                                LITTLE, more);
          g_autoptr (AnnArray) array = open_only (STORE, document);

          put (STORE, rank == 0 ? encodings[i].scalar_key : encodings[i].key,
               rank == 0 ? "\006" : "\005", 1);
          assert_numbers (array, rank == 0 ? scalar : expected, MAX (rank, 1));
        }
    }
}

/* Chunks at the edges are whole ones; Fortran's order goes on within a chunk. */
static void
test_fortran_order (void)
{
  static const double expected[] = { 1, 2, 5, 3, 4, 6 };

  for (guint version = 2; version <= 3; version++)
    {
      NEW_STORE (zarr_store_get_type);
      g_autofree char *document
          = version == 2
                ? array_v2 ("[2,3]", "[2,2]", "\"|u1\"", "0", "null", ",\"order\":\"F\"")
                : array_v3 ("[2,3]", "[2,2]", "\"uint8\"", "0",
                            "{\"name\":\"transpose\",\"configuration\":{\"order\":[1,0]}}," LITTLE,
                            NULL);
      g_autoptr (AnnArray) array = open_only (STORE, document);

      put (STORE, version == 2 ? "0.0" : "c/0/0", "\001\003\002\004", 4);
      put (STORE, version == 2 ? "0.1" : "c/0/1", "\005\006\000\000", 4);
      assert_numbers (array, expected, 6);
    }
}

/* Texts in that order would be at wrong places: better none. */
static void
test_fortran_texts (void)
{
  for (guint version = 2; version <= 3; version++)
    {
      NEW_STORE (zarr_store_get_type);
      g_autofree char *document
          = version == 2
                ? array_v2 ("[2,2]", "[2,2]", "\"|O\"", "\"\"", VLEN_UTF8, ",\"order\":\"F\"")
                : array_v3 ("[2,2]", "[2,2]", "\"string\"", "\"\"",
                            "{\"name\":\"transpose\",\"configuration\":{\"order\":[1,0]}},"
                            "{\"name\":\"vlen-utf8\"}",
                            NULL);
      g_autoptr (AnnArray) array = open_only (STORE, document);
      const AnnBox box = { 2, { 0, 0 }, { 2, 2 } };
      g_autoptr (GError) error = NULL;

      put_runs (STORE, version == 2 ? "0.0" : "c/0/0", "a|b|c|d");
      g_assert_null (ann_array_read_strings (array, &box, NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_MISSING_CODEC);
    }
}

/* A chunk that is one line has them where they are in any order. */
static void
test_fortran_line (void)
{
  for (guint version = 2; version <= 3; version++)
    {
      NEW_STORE (zarr_store_get_type);
      g_autofree char *document
          = version == 2
                ? array_v2 ("[2,1]", "[2,1]", "\"|O\"", "\"\"", VLEN_UTF8, ",\"order\":\"F\"")
                : array_v3 ("[2,1]", "[2,1]", "\"string\"", "\"\"",
                            "{\"name\":\"transpose\",\"configuration\":{\"order\":[1,0]}},"
                            "{\"name\":\"vlen-utf8\"}",
                            NULL);
      g_autoptr (AnnArray) array = open_only (STORE, document);
      const AnnBox box = { 2, { 0, 0 }, { 2, 1 } };
      g_autoptr (AnnStrings) strings = NULL;
      g_autoptr (GError) error = NULL;

      put_runs (STORE, version == 2 ? "0.0" : "c/0/0", "a|b");
      strings = ann_array_read_strings (array, &box, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (ann_strings_get (strings, 0, NULL), ==, "a");
      g_assert_cmpstr (ann_strings_get (strings, 1, NULL), ==, "b");
    }
}

static void
test_wrong_chunks (void)
{
  for (gsize n = 0; n <= 5; n++)
    {
      NEW_STORE (zarr_store_get_type);
      g_autofree char *document = array_v3 ("[4]", "[4]", "\"uint8\"", "0", LITTLE, NULL);
      g_autoptr (AnnArray) array = open_only (STORE, document);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnBuffer) buffer = NULL;

      put (STORE, "c/0", "\001\002\003\004\005", n);
      buffer = read_whole (array, &error);
      if (n == 4)
        g_assert_no_error (error);
      else
        assert_error_says (error, ANN_ERROR_CORRUPT, "chunk 0");
    }
  {
    NEW_STORE (zarr_store_get_type);
    g_autofree char *document = array_v3 ("[4]", "[4]", "\"uint8\"", "0", LITTLE, NULL);
    g_autoptr (AnnArray) array = open_only (STORE, document);
    g_autoptr (GError) error = NULL;

    put (STORE, "c/0/x", "", 0);
    g_assert_null (read_whole (array, &error));
    assert_error_says (error, ANN_ERROR_CORRUPT, "is a folder");
  }
}

/* Of chunks without codecs only what is wanted is read. */
static void
test_parts (void)
{
  static const guint8 chunk[64] = { [40] = 1, [41] = 2 };
  NEW_STORE (zarr_store_get_type);
  g_autofree char *document = array_v3 ("[64]", "[64]", "\"uint8\"", "0", LITTLE, NULL);
  g_autoptr (AnnArray) array = open_only (STORE, document);
  g_autoptr (AnnBuffer) some = NULL;

  put (STORE, "c/0", chunk, sizeof chunk);
  some = ann_array_read_range (array, 40, 2, NULL, NULL);
  g_assert_cmpfloat (ann_buffer_get_double (some, 0), ==, 1);
  g_assert_cmpfloat (ann_buffer_get_double (some, 1), ==, 2);
}

static void
test_stored_size (void)
{
  NEW_STORE (zarr_store_get_type);
  g_autoptr (AnnStore) far = ANN_STORE (store_new (far_store_get_type ()));
  g_autofree char *document = array_v3 ("[4]", "[2]", "\"uint8\"", "0", LITTLE, NULL);
  g_autoptr (AnnArray) array = open_only (STORE, document);
  g_autoptr (AnnArray) far_array = open_only ((ZarrStore *) far, document);
  g_autoptr (GError) error = NULL;
  guint64 size = 0;

  put (STORE, "c/0", "ab", 2);
  put (STORE, "c/1", "ab", 2);
  g_assert_true (ann_array_get_stored_size (array, &size, NULL, NULL));
  g_assert_cmpuint (size, ==, 4);
  g_assert_false (ann_array_get_stored_size (far_array, &size, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/zarr/strings/runs", test_runs);
  g_test_add_func ("/zarr/strings/matrix", test_matrix);
  g_test_add_func ("/zarr/strings/requests", test_requests);
  g_test_add_func ("/zarr/strings/damaged-runs", test_damaged_runs);
  g_test_add_func ("/zarr/strings/json", test_json);
  g_test_add_func ("/zarr/strings/json-objects", test_json_objects);
  g_test_add_func ("/zarr/strings/sequences", test_sequences);
  g_test_add_func ("/zarr/strings/fixed", test_fixed);
  g_test_add_func ("/zarr/strings/fixed-fill", test_fixed_fill);
  g_test_add_func ("/zarr/strings/records", test_records);
  g_test_add_func ("/zarr/strings/fill-of-fields", test_fill_of_fields);
  g_test_add_func ("/zarr/chunks/keys", test_keys);
  g_test_add_func ("/zarr/chunks/fortran-order", test_fortran_order);
  g_test_add_func ("/zarr/chunks/fortran-texts", test_fortran_texts);
  g_test_add_func ("/zarr/chunks/fortran-line", test_fortran_line);
  g_test_add_func ("/zarr/chunks/wrong", test_wrong_chunks);
  g_test_add_func ("/zarr/chunks/parts", test_parts);
  g_test_add_func ("/zarr/chunks/stored-size", test_stored_size);

  return g_test_run ();
}
