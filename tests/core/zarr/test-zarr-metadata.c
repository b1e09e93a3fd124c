/* test-zarr-metadata.c: what is said of arrays, and which of it is refused
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "zarr-fixture.h"

#include <math.h>

#define FX_STORE g_autoptr (AnnStore) store = ANN_STORE (store_new (zarr_store_get_type ()))
#define STORE ((ZarrStore *) store)

/* --- Types --- */

static void
test_types (void)
{
  static const struct {
    const char *v2;
    const char *v3;
    AnnDtype dtype;
    const char *description;
  } types[] = {
    { "\"|b1\"", "\"bool\"", ANN_DTYPE_BOOL, "bool" },
    { "\"|i1\"", "\"int8\"", ANN_DTYPE_INT8, "int8" },
    { "\"<u2\"", "\"uint16\"", ANN_DTYPE_UINT16, "uint16" },
    { "\"<f2\"", "\"float16\"", ANN_DTYPE_FLOAT16, "float16" },
    { "\"<c16\"", "\"complex128\"", ANN_DTYPE_COMPLEX128, "complex128" },
    { "\"<M8[10ms]\"",
      "{\"name\":\"numpy.datetime64\",\"configuration\":{\"unit\":\"ms\",\"scale_factor\":10}}",
      ANN_DTYPE_INT64, "datetime64[10ms]" },
    { "\"<m8[s]\"",
      "{\"name\":\"numpy.timedelta64\",\"configuration\":{\"unit\":\"s\",\"scale_factor\":1}}",
      ANN_DTYPE_INT64, "timedelta64[s]" },
    { "\"|S3\"", "{\"name\":\"null_terminated_bytes\",\"configuration\":{\"length_bytes\":3}}",
      ANN_DTYPE_BYTES, "bytes of length 3" },
    { "\"<U2\"", "{\"name\":\"fixed_length_utf32\",\"configuration\":{\"length_bytes\":8}}",
      ANN_DTYPE_STRING, "text of length 2, UTF-32" },
    { "\"|V4\"", "\"r32\"", ANN_DTYPE_OPAQUE, "4 opaque bytes" },
    { "[[\"a\",\"<i4\"],[\"b\",\"<f8\"]]",
      "{\"name\":\"struct\",\"configuration\":{\"fields\":[[\"a\",\"int32\"],"
      "{\"name\":\"b\",\"data_type\":\"float64\"}]}}",
      ANN_DTYPE_RECORD, "record of 2 fields" },
    { "\"<f16\"", "\"float80\"", ANN_DTYPE_OTHER, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      for (guint version = 2; version <= 3; version++)
        {
          FX_STORE;
          g_autofree char *document = version == 2
                                          ? array_v2 ("[4]", "[4]", types[i].v2, "null", "null", "")
                                          : array_v3 ("[4]", "[4]", types[i].v3, "null", LITTLE,
                                                      NULL);
          g_autoptr (AnnArray) array = open_only (STORE, document);

          g_assert_cmpint (ann_array_get_dtype (array), ==, types[i].dtype);
          if (types[i].description != NULL)
            g_assert_cmpstr (ann_array_get_type_description (array), ==, types[i].description);
        }
    }
}

static void
test_byte_orders (void)
{
  static const guint8 big[] = { 0, 0, 0, 1, 0, 0, 1, 0 };
  static const double expected[] = { 1, 256 };

  for (guint version = 2; version <= 3; version++)
    {
      FX_STORE;
      g_autofree char *document
          = version == 2
                ? array_v2 ("[2]", "[2]", "\">i4\"", "0", "null", "")
                : array_v3 ("[2]", "[2]", "\"int32\"", "0",
                            "{\"name\":\"bytes\",\"configuration\":{\"endian\":\"big\"}}", NULL);
      g_autoptr (AnnArray) array = open_only (STORE, document);

      put (STORE, version == 2 ? "0" : "c/0", big, sizeof big);
      assert_numbers (array, expected, 2);
      g_assert_cmpstr (ann_array_get_type_description (array), ==, "int32, big-endian");
    }
}

/* --- Fill values --- */

static void
test_fill_values (void)
{
  static const struct {
    const char *type;
    const char *value;
    double expected;
  } values[] = {
    { "\"int8\"", "-7", -7 },
    { "\"uint64\"", "18446744073709551615", 18446744073709551615.0 },
    { "\"int32\"", "3.0", 3 },
    { "\"bool\"", "true", 1 },
    { "\"float32\"", "\"0x3fc00000\"", 1.5 },
    { "\"float16\"", "\"0x3e00\"", 1.5 },
    { "\"float64\"", "\"-Infinity\"", -INFINITY },
    { "\"float64\"", "-Infinity", -INFINITY },
    { "\"float64\"", "2.5e3", 2500 },
    { "\"float32\"", "null", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      FX_STORE;
      g_autofree char *document = array_v3 ("[1]", "[2]", values[i].type, values[i].value, LITTLE,
                                            NULL);
      g_autoptr (AnnArray) array = open_only (STORE, document);

      assert_numbers (array, &values[i].expected, 1);
    }
}

static void
test_nan (void)
{
  static const char *const values[] = { "\"NaN\"", "NaN", "\"0x7fc00000\"" };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      FX_STORE;
      g_autofree char *document = array_v3 ("[]", "[]", "\"float32\"", values[i], LITTLE, NULL);
      g_autoptr (AnnArray) array = open_only (STORE, document);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnBuffer) buffer = read_whole (array, &error);

      g_assert_no_error (error);
      g_assert_true (isnan (ann_buffer_get_double (buffer, 0)));
    }
}

static void
test_complex (void)
{
  FX_STORE;
  g_autofree char *document = array_v3 ("[1]", "[1]", "\"complex64\"", "[1.5,\"Infinity\"]", LITTLE,
                                        NULL);
  g_autoptr (AnnArray) array = open_only (STORE, document);
  g_autoptr (AnnBuffer) buffer = read_whole (array, NULL);
  const float *value = ann_buffer_get_data (buffer);

  g_assert_cmpfloat (value[0], ==, 1.5F);
  g_assert_true (isinf (value[1]));
}

static void
test_fill_texts (void)
{
  static const struct {
    const char *type;
    const char *value;
    const char *filters;
    const char *expected;
  } values[] = {
    { "\"|S3\"", "\"eHl6\"", "null", "xyz" },
    { "\"<U4\"", "\"ä€\"", "null", "ä€" },
    { "\">U4\"", "\"ab\"", "null", "ab" },
    { "\"<U4\"", "0", "null", "" },
    { "\"|O\"", "\"none\"", "[{\"id\":\"vlen-utf8\"}]", "none" },
    { "\"|O\"", "0", "[{\"id\":\"vlen-utf8\"}]", "0" },
    { "\"|O\"", "null", "[{\"id\":\"vlen-utf8\"}]", "" },
    { "\"|O\"", "0", "[{\"id\":\"vlen-bytes\"}]", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      FX_STORE;
      g_autofree char *document = array_v2 ("[2]", "[2]", values[i].type, values[i].value,
                                            values[i].filters, "");
      g_autoptr (AnnArray) array = open_only (STORE, document);
      g_autofree char *expected = g_strdup_printf ("%s|%s", values[i].expected, values[i].expected);

      assert_texts (array, expected);
    }
}

/* --- What is refused --- */

static void
test_refused (void)
{
  static const struct {
    const char *shape;
    const char *chunk_shape;
    const char *type;
    const char *fill_value;
    const char *codecs;
    const char *more;
    int code;
    const char *words;
  } arrays[] = {
    { "[-5,3]", "[1,1]", "\"int8\"", "0", LITTLE, NULL, ANN_ERROR_FORMAT, "[-5,3]" },
    { "[2.5]", "[1]", "\"int8\"", "0", LITTLE, NULL, ANN_ERROR_FORMAT, "shape" },
    { "[1e400]", "[1]", "\"int8\"", "0", LITTLE, NULL, ANN_ERROR_FORMAT, "shape" },
    { "[9223372036854775808]", "[1]", "\"int8\"", "0", LITTLE, NULL, ANN_ERROR_FORMAT, "shape" },
    { "[4294967296,4294967296,2]", "[1,1,1]", "\"int8\"", "0", LITTLE, NULL, ANN_ERROR_FORMAT,
      "more elements" },
    { "[4]", "[0]", "\"int8\"", "0", LITTLE, NULL, ANN_ERROR_FORMAT, "chunk shape" },
    { "[4]", "[1,1]", "\"int8\"", "0", LITTLE, NULL, ANN_ERROR_FORMAT, "rank 1" },
    { "[4]", "[1]", "\"float64\"", "\"banana\"", LITTLE, NULL, ANN_ERROR_FORMAT, "banana" },
    { "[4]", "[1]", "\"uint8\"", "256", LITTLE, NULL, ANN_ERROR_FORMAT, "256" },
    { "[4]", "[1]", "\"int8\"", "-129", LITTLE, NULL, ANN_ERROR_FORMAT, "-129" },
    { "[4]", "[1]", "\"int8\"", "0", "", NULL, ANN_ERROR_FORMAT, "no codec" },
    { "[4]", "[1]", "\"string\"", "\"\"", "{\"name\":\"vlen-bytes\"}", NULL, ANN_ERROR_FORMAT,
      "vlen-bytes" },
    { "[4]", "[1]",
      "{\"name\":\"null_terminated_bytes\",\"configuration\":{\"length_bytes\":9999999999}}",
      "\"\"", LITTLE, NULL, ANN_ERROR_TOO_LARGE, "9999999999" },
    { "[4]", "[1]", "\"int8\"", "0", LITTLE, ",\"storage_transformers\":[{\"name\":\"magic\"}]",
      ANN_ERROR_UNSUPPORTED, "magic" },
    { "[4]", "[1]", "\"int8\"", "0", LITTLE, ",\"hologram\":{\"must_understand\":true}",
      ANN_ERROR_UNSUPPORTED, "hologram" },
    { "[4]", "[1]", "\"int8\"", "0", LITTLE, ",\"chunk_grid\":{\"name\":\"hexagonal\"}",
      ANN_ERROR_UNSUPPORTED, "hexagonal" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (arrays); i++)
    {
      FX_STORE;
      g_autofree char *document = array_v3 (arrays[i].shape, arrays[i].chunk_shape, arrays[i].type,
                                            arrays[i].fill_value, arrays[i].codecs, arrays[i].more);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnNode) root = NULL;

      put_text (STORE, "zarr.json", document);
      root = open_root (STORE);
      g_assert_cmpint (ann_node_get_kind (root), ==, ANN_NODE_ARRAY);
      g_assert_null (ann_node_open_array (root, NULL, &error));
      assert_error_says (error, arrays[i].code, arrays[i].words);
    }
}

static void
test_refused_v2 (void)
{
  static const struct {
    const char *type;
    const char *filters;
    const char *more;
    int code;
    const char *words;
  } arrays[] = {
    { "\"|O\"", "null", "", ANN_ERROR_FORMAT, "no filter says" },
    { "\"<i4\"", "null", ",\"order\":\"Q\"", ANN_ERROR_FORMAT, "order" },
    { "\"<i4\"", "null", ",\"dimension_separator\":\"/../\"", ANN_ERROR_FORMAT, "/../" },
    { "\"|S9999999999\"", "null", "", ANN_ERROR_TOO_LARGE, "9999999999" },
    { "17", "null", "", ANN_ERROR_FORMAT, "17 is no data type" },
    { "\"<i4\"", "[{\"id\":\"shuffle\",\"elementsize\":0}]", "", ANN_ERROR_FORMAT, "shuffle" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (arrays); i++)
    {
      FX_STORE;
      g_autofree char *document = array_v2 ("[4]", "[4]", arrays[i].type, "null", arrays[i].filters,
                                            arrays[i].more);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnNode) root = NULL;

      put_text (STORE, ".zarray", document);
      root = open_root (STORE);
      g_assert_null (ann_node_open_array (root, NULL, &error));
      assert_error_says (error, arrays[i].code, arrays[i].words);
    }
}

/* What this build cannot decode is described, and named when values are asked for. */
static void
test_unknown_codecs (void)
{
  static const struct {
    const char *codecs;
    const char *name; /* NULL: it may be left out */
  } arrays[] = {
    { LITTLE ",{\"name\":\"brotli-ultra\"}", "brotli-ultra" },
    { LITTLE ",{\"name\":\"brotli-ultra\",\"must_understand\":false}", NULL },
    { "{\"name\":\"numcodecs.zfpy\",\"configuration\":{\"mode\":4}}", "zfpy" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (arrays); i++)
    {
      FX_STORE;
      g_autofree char *document = array_v3 ("[1]", "[1]", "\"int8\"", "0", arrays[i].codecs, NULL);
      g_autoptr (AnnArray) array = open_only (STORE, document);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnBuffer) buffer = NULL;

      put (STORE, "c/0", "\005", 1);
      buffer = read_whole (array, &error);
      if (arrays[i].name == NULL)
        {
          g_assert_no_error (error);
          g_assert_cmpfloat (ann_buffer_get_double (buffer, 0), ==, 5);
          continue;
        }
      assert_error_says (error, ANN_ERROR_MISSING_CODEC, arrays[i].name);
      g_assert_cmpstr (
          ann_codec_get_name (ann_codec_chain_get_missing (ann_array_get_codecs (array))), ==,
          arrays[i].name);
    }
}

static void
test_pickle (void)
{
  FX_STORE;
  g_autofree char *document = array_v2 ("[1]", "[1]", "\"|O\"", "null",
                                        "[{\"id\":\"pickle\",\"protocol\":5}]", "");
  g_autoptr (AnnArray) array = open_only (STORE, document);

  g_assert_nonnull (ann_codec_chain_get_missing (ann_array_get_codecs (array)));
}

/* --- Attributes --- */

static void
test_attributes (void)
{
  static const char text[]
      = "\xef\xbb\xbf{\"zarr_format\":3,\"node_type\":\"group\",\"attributes\":{"
        "\"text\":\"a\\u00e4\\ud83d\\ude00\\n\",\"list\":[\"x\",\"y\"],\"empty\":[],\"n\":-3,"
        "\"large\":18446744073709551615,\"f\":NaN,\"b\":true,\"shape\":[2,3],\"m\":[[1,2],[3,4]],"
        "\"ragged\":[[1],[2,3]],\"mixed\":[1,\"a\"],\"object\":{\"k\":null},\"twice\":1,\"twice\":"
        "2}}";
  FX_STORE;
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnAttributes) attributes = NULL;
  g_autofree char *object = NULL;
  gboolean truth = FALSE;
  gint64 number = 0;
  AnnBuffer *matrix;

  put (STORE, "zarr.json", text, sizeof text - 1);
  root = open_root (STORE);
  attributes = ann_node_read_attributes (root, NULL, NULL);
  g_assert_cmpstr (ann_attributes_get_text (attributes, "text"), ==, "aä😀\n");
  g_assert_cmpuint (ann_strings_get_length (ann_attributes_get_texts (attributes, "list")), ==, 2);
  g_assert_cmpuint (ann_strings_get_length (ann_attributes_get_texts (attributes, "empty")), ==, 0);
  g_assert_true (ann_attributes_get_int64 (attributes, "n", &number));
  g_assert_cmpint (number, ==, -3);
  g_assert_cmpint (ann_buffer_get_dtype (ann_attributes_get_numbers (attributes, "large")), ==,
                   ANN_DTYPE_UINT64);
  g_assert_true (isnan (ann_buffer_get_double (ann_attributes_get_numbers (attributes, "f"), 0)));
  g_assert_true (ann_attributes_get_boolean (attributes, "b", &truth) && truth);
  g_assert_cmpuint (ann_buffer_get_n_elements (ann_attributes_get_numbers (attributes, "shape")),
                    ==, 2);
  matrix = ann_attributes_get_numbers (attributes, "m");
  g_assert_cmpuint (ann_buffer_get_rank (matrix), ==, 2);
  g_assert_cmpfloat (ann_buffer_get_double (matrix, 3), ==, 4);
  g_assert_true (ann_attributes_get_int64 (attributes, "twice", &number));
  g_assert_cmpint (number, ==, 2);
  g_assert_null (ann_attributes_get_numbers (attributes, "ragged"));
  g_assert_null (ann_attributes_get_texts (attributes, "mixed"));
  g_assert_cmpstr (ann_strings_get (ann_attributes_get_mixed_texts (attributes, "mixed"), 0, NULL),
                   ==, "a");
  object = ann_attributes_to_string (attributes, "object", 100);
  g_assert_cmpstr (object, ==, "{\"k\":null}");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/zarr/metadata/types", test_types);
  g_test_add_func ("/zarr/metadata/byte-orders", test_byte_orders);
  g_test_add_func ("/zarr/metadata/fill-values", test_fill_values);
  g_test_add_func ("/zarr/metadata/nan", test_nan);
  g_test_add_func ("/zarr/metadata/complex", test_complex);
  g_test_add_func ("/zarr/metadata/fill-texts", test_fill_texts);
  g_test_add_func ("/zarr/metadata/refused", test_refused);
  g_test_add_func ("/zarr/metadata/refused-v2", test_refused_v2);
  g_test_add_func ("/zarr/metadata/unknown-codecs", test_unknown_codecs);
  g_test_add_func ("/zarr/metadata/pickle", test_pickle);
  g_test_add_func ("/zarr/metadata/attributes", test_attributes);

  return g_test_run ();
}
