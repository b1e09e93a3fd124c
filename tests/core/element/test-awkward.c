/* test-awkward.c: nested lists as JSON
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-awkward.h"
#include "memory-store.h"

#include <math.h>

/* Layers as awkward writes them; %s is what lies below. */
#define NUMPY(KEY, PRIMITIVE)                                                                      \
  "{\"class\":\"NumpyArray\",\"primitive\":\"" PRIMITIVE                                           \
  "\",\"inner_shape\":[],\"parameters\":{},\"form_key\":\"" KEY "\"}"
#define CHARS(KEY)                                                                                 \
  "{\"class\":\"NumpyArray\",\"primitive\":\"uint8\",\"inner_shape\":[],\"parameters\":"           \
  "{\"__array__\":\"char\"},\"form_key\":\"" KEY "\"}"
#define LAYER(CLASS, KEY, CONTENT)                                                                 \
  "{\"class\":\"" CLASS "\",\"content\":" CONTENT ",\"parameters\":{},\"form_key\":\"" KEY "\"}"
#define TEXTS(KEY, CHARS_KEY)                                                                      \
  "{\"class\":\"ListOffsetArray\",\"offsets\":\"i64\",\"content\":" CHARS (                        \
      CHARS_KEY) ",\"parameters\":{\"__array__\":\"string\"},\"form_key\":\"" KEY "\"}"

typedef struct {
  Store *store;
  Item *group;
} Fixture;

static Fixture
begin (const char *form, gint64 length)
{
  Fixture fixture = { store_new (), NULL };

  fixture.group = store_add_group (fixture.store, fixture.store->root, "a");
  item_set_encoding (fixture.group, "awkward-array", "0.1.0");
  item_set_text (fixture.group, "form", form);
  item_set_numbers (fixture.group, "length", ANN_DTYPE_INT64, 1, &length);

  return fixture;
}

static void
add (Fixture *fixture, const char *name, AnnDtype dtype, guint n, gconstpointer values)
{
  store_add_vector (fixture->store, fixture->group, name, dtype, n, values);
}

#define ADD(NAME, DTYPE, CTYPE, ...)                                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    const CTYPE items[] = { __VA_ARGS__ };                                                         \
    add (&fixture, NAME, DTYPE, G_N_ELEMENTS (items), items);                                      \
  }                                                                                                \
  G_STMT_END
#define ADD_INT(NAME, ...) ADD (NAME, ANN_DTYPE_INT64, gint64, __VA_ARGS__)
#define ADD_DOUBLE(NAME, ...) ADD (NAME, ANN_DTYPE_FLOAT64, double, __VA_ARGS__)

/* Its rows in another order are its rows. */
static void
assert_turned (AnnElement *element)
{
  const guint64 n_rows = ann_element_get_n_rows (element);
  g_autoptr (AnnSelection) rows = ann_selection_parse ("::-1", n_rows, NULL);
  g_autoptr (AnnBlock) whole = read_rows (element, 0, n_rows);
  g_autoptr (AnnElement) turned = NULL;
  g_autoptr (AnnElement) back = NULL;
  g_autoptr (AnnBlock) of_turned = NULL;
  g_autoptr (AnnBlock) of_back = NULL;

  turned = _ann_awkward_new_selection (ANN_AWKWARD (element), rows, NULL);
  back = _ann_awkward_new_selection (ANN_AWKWARD (turned), rows, NULL);
  of_turned = read_rows (turned, 0, n_rows);
  of_back = read_rows (back, 0, n_rows);
  for (guint64 row = 0; row < n_rows; row++)
    {
      assert_text (of_turned->texts, row, ann_strings_get (whole->texts, n_rows - 1 - row, NULL));
      assert_text (of_back->texts, row, ann_strings_get (whole->texts, row, NULL));
    }
}

/* Checks the whole, and that rows read one by one are the same. Ends the fixture. */
static void
assert_json (Fixture *fixture, const char *type, const char *expected)
{
  g_autoptr (AnnElement) element = open_good (fixture->store, "a", ANN_ELEMENT_AWKWARD);
  AnnAwkward *awkward = ANN_AWKWARD (element);
  guint64 n_rows = ann_element_get_n_rows (element);
  g_autoptr (GString) joined = g_string_new ("[");
  g_autofree char *found_type = ann_awkward_to_type_string (awkward);
  g_autofree char *json = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (counts.n_reads, ==, 0);
  g_assert_cmpstr (found_type, ==, type);
  json = ann_awkward_to_json (awkward, 0, n_rows, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (json, ==, expected);

  for (guint64 row = 0; row < n_rows; row++)
    {
      g_autoptr (AnnBlock) block = read_rows (element, row, 1);

      g_string_append_printf (joined, "%s%s", row > 0 ? "," : "",
                              ann_strings_get (block->texts, 0, NULL));
    }
  g_string_append_c (joined, ']');
  g_assert_cmpstr (joined->str, ==, expected);

  assert_turned (element);

  g_clear_object (&element);
  store_free (fixture->store);
}

static void
assert_fails (Fixture *fixture, const char *words)
{
  g_autoptr (AnnElement) element = open_good (fixture->store, "a", ANN_ELEMENT_AWKWARD);
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_awkward_to_json (ANN_AWKWARD (element), 0, ann_element_get_n_rows (element),
                                      NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
  if (strstr (error->message, words) == NULL)
    g_error ("“%s” is not in “%s”", words, error->message);

  g_clear_object (&element);
  store_free (fixture->store);
}

static void
test_lists (void)
{
  Fixture fixture = begin (LAYER ("ListOffsetArray", "n0", NUMPY ("n1", "float64")), 4);

  ADD_INT ("n0-offsets", 1, 3, 3, 4, 7);
  ADD_DOUBLE ("n1-data", 99, 1, 0.1, 1e16, NAN, -INFINITY, -0.0);
  assert_json (&fixture, "4 * var * float64", "[[1.0,0.1],[],[1e+16],[NaN,-Infinity,-0.0]]");

  fixture = begin (LAYER ("ListArray", "n0", NUMPY ("n1", "int64")), 3);
  ADD_INT ("n0-starts", 2, 0, 1);
  ADD_INT ("n0-stops", 3, 2, 1);
  ADD_INT ("n1-data", 5, 6, 7);
  assert_json (&fixture, "3 * var * int64", "[[7],[5,6],[]]");
}

static void
test_regular (void)
{
  Fixture fixture = begin ("{\"class\":\"RegularArray\",\"size\":2,\"content\":" NUMPY (
                               "n1", "bool") ",\"parameters\":{},\"form_key\":\"n0\"}",
                           2);

  ADD ("n1-data", ANN_DTYPE_UINT8, guint8, 1, 0, 0, 7);
  assert_json (&fixture, "2 * 2 * bool", "[[true,false],[false,true]]");

  fixture = begin ("{\"class\":\"NumpyArray\",\"primitive\":\"int8\",\"inner_shape\":[2,1],"
                   "\"parameters\":{},\"form_key\":\"n0\"}",
                   2);
  ADD ("n0-data", ANN_DTYPE_INT8, gint8, 1, 2, 3, -4);
  assert_json (&fixture, "2 * 2 * 1 * int8", "[[[1],[2]],[[3],[-4]]]");

  fixture = begin ("{\"class\":\"NumpyArray\",\"primitive\":\"float32\",\"inner_shape\":[2],"
                   "\"parameters\":{},\"form_key\":\"n0\"}",
                   2);
  store_add_box (fixture.store, fixture.group, "n0-data", ANN_DTYPE_FLOAT32, 2,
                 (const guint64[]){ 2, 2 }, (const float[]){ 0.1f, 1, 2, 3 });
  assert_json (&fixture, "2 * 2 * float32", "[[0.10000000149011612,1.0],[2.0,3.0]]");
}

static void
test_texts (void)
{
  Fixture fixture = begin (TEXTS ("n0", "n1"), 4);

  ADD_INT ("n0-offsets", 0, 5, 5, 15, 18);
  ADD ("n1-data", ANN_DTYPE_UINT8, guint8, 'a', '"', '\\', '\n', 1, /* */
       '\b', '\f', '\r', '\t', 0x7f, 0xce, 0xb2, '/', '<', 0,       /* β */
       0xff, 'x', 0xc3 /* what is not UTF-8, and half a letter */);
  assert_json (&fixture, "4 * string",
               "[\"a\\\"\\\\\\n\\u0001\",\"\",\"\\b\\f\\r\\t\x7f"
               "β/<\\u0000\",\"\xef\xbf\xbdx\xef\xbf\xbd\"]");
}

static void
test_records (void)
{
  Fixture fixture = begin (
      "{\"class\":\"RecordArray\",\"fields\":[\"x\",\"t\\\"\"],\"contents\":[" NUMPY (
          "n1", "float64") "," TEXTS ("n2", "n3") "],\"parameters\":{},\"form_key\":"
                                                  "\"n0\"}",
      2);

  ADD_DOUBLE ("n1-data", 1, 2.5);
  ADD_INT ("n2-offsets", 0, 1, 2);
  ADD ("n3-data", ANN_DTYPE_UINT8, guint8, 'p', 'q');
  assert_json (&fixture, "2 * {x: float64, t\": string}",
               "[{\"x\":1.0,\"t\\\"\":\"p\"},{\"x\":2.5,\"t\\\"\":\"q\"}]");

  fixture = begin ("{\"class\":\"RecordArray\",\"fields\":null,\"contents\":[" NUMPY (
                       "n1", "int64") "," NUMPY ("n2", "int64") "],\"parameters\":{},\"form_key\":"
                                                                "\"n0\"}",
                   1);
  ADD_INT ("n1-data", 1);
  ADD_INT ("n2-data", 2);
  assert_json (&fixture, "1 * (int64, int64)", "[[1,2]]");
}

/* What JSON has no word for: a record with a tuple and bytes, of which one is no UTF-8. */
static void
test_marks (void)
{
  Fixture fixture = begin (
      "{\"class\":\"RecordArray\",\"fields\":[\"t\",\"\"],\"contents\":["
      "{\"class\":\"RecordArray\",\"fields\":null,\"contents\":[" NUMPY (
          "n2", "int64") "],\"parameters\":{},\"form_key\":\"n1\"},"
                         "{\"class\":\"ListOffsetArray\",\"offsets\":\"i64\",\"content\":"
                         "{\"class\":\"NumpyArray\",\"primitive\":\"uint8\",\"inner_shape\":[],"
                         "\"parameters\":{\"__array__\":\"byte\"},\"form_key\":\"n4\"},"
                         "\"parameters\":{\"__array__\":\"bytestring\"},\"form_key\":\"n3\"}"
                         "],\"parameters\":{},\"form_key\":\"n0\"}",
      2);
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnBlock) plain = NULL;
  g_autoptr (AnnBlock) marked = NULL;
  g_autoptr (GError) error = NULL;

  ADD_INT ("n2-data", 7, 8);
  ADD_INT ("n3-offsets", 0, 0, 3);
  ADD ("n4-data", ANN_DTYPE_UINT8, guint8, 'a', 0xff, 0);
  element = open_good (fixture.store, "a", ANN_ELEMENT_AWKWARD);
  plain = read_rows (element, 0, 2);
  assert_text (plain->texts, 1, "{\"t\":[8],\"\":\"a\xef\xbf\xbd\\u0000\"}");
  marked = ann_awkward_read_marked_rows (ANN_AWKWARD (element), 0, 2, NULL, &error);
  g_assert_no_error (error);
  assert_text (marked->texts, 0, "{\".t\":{\"t\":[7]},\".\":{\"b\":\"\"}}");
  assert_text (marked->texts, 1, "{\".t\":{\"t\":[8]},\".\":{\"b\":\"61ff00\"}}");
  g_assert_null (ann_awkward_read_marked_rows (ANN_AWKWARD (element), 1, 2, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);

  g_clear_object (&element);
  store_free (fixture.store);
}

static void
test_options (void)
{
  Fixture fixture = begin (LAYER ("IndexedOptionArray", "n0", NUMPY ("n1", "int64")), 3);

  ADD_INT ("n0-index", 1, -1, 0);
  ADD_INT ("n1-data", 10, 20);
  assert_json (&fixture, "3 * ?int64", "[20,null,10]");

  fixture = begin (LAYER ("IndexedArray", "n0", NUMPY ("n1", "int64")), 3);
  ADD_INT ("n0-index", 1, 1, 0);
  ADD_INT ("n1-data", 10, 20);
  assert_json (&fixture, "3 * int64", "[20,20,10]");

  for (guint valid = 0; valid < 2; valid++)
    {
      fixture = begin (
          valid ? "{\"class\":\"ByteMaskedArray\",\"valid_when\":true,\"content\":" NUMPY (
              "n1", "int64") ",\"form_key\":\"n0\"}"
                : "{\"class\":\"ByteMaskedArray\",\"valid_when\":false,\"content\":" NUMPY (
                    "n1", "int64") ",\"form_key\":\"n0\"}",
          2);
      ADD ("n0-mask", ANN_DTYPE_INT8, gint8, 1, 0);
      ADD_INT ("n1-data", 10, 20);
      assert_json (&fixture, "2 * ?int64", valid ? "[10,null]" : "[null,20]");
    }

  for (guint lsb = 0; lsb < 2; lsb++)
    {
      fixture = begin (lsb ? "{\"class\":\"BitMaskedArray\",\"valid_when\":true,\"lsb_order\":true,"
                             "\"content\":" NUMPY ("n1", "int64") ",\"form_key\":\"n0\"}"
                           : "{\"class\":\"BitMaskedArray\",\"valid_when\":true,\"lsb_order\":"
                             "false,\"content\":" NUMPY ("n1", "int64") ",\"form_key\":\"n0\"}",
                       9);
      ADD ("n0-mask", ANN_DTYPE_UINT8, guint8, 0x03, 0x80);
      ADD_INT ("n1-data", 0, 1, 2, 3, 4, 5, 6, 7, 8);
      assert_json (&fixture, "9 * ?int64",
                   lsb ? "[0,1,null,null,null,null,null,null,null]"
                       : "[null,null,null,null,null,null,6,7,8]");
    }

  fixture = begin (
      LAYER ("UnmaskedArray", "n0", LAYER ("ListOffsetArray", "n1", NUMPY ("n2", "int64"))), 1);
  ADD_INT ("n1-offsets", 0, 1);
  ADD_INT ("n2-data", 4);
  assert_json (&fixture, "1 * option[var * int64]", "[[4]]");
}

static void
test_union_and_empty (void)
{
  Fixture fixture = begin ("{\"class\":\"UnionArray\",\"tags\":\"i8\",\"index\":\"i64\","
                           "\"contents\":[" NUMPY ("n1", "int64") "," TEXTS (
                               "n2", "n3") "],\"parameters\":{},\"form_key\":\"n0\"}",
                           3);

  ADD ("n0-tags", ANN_DTYPE_INT8, gint8, 0, 1, 0);
  ADD_INT ("n0-index", 1, 0, 0);
  ADD_INT ("n1-data", 5, 6);
  ADD_INT ("n2-offsets", 0, 2);
  ADD ("n3-data", ANN_DTYPE_UINT8, guint8, 'h', 'i');
  assert_json (&fixture, "3 * union[int64, string]", "[6,\"hi\",5]");

  fixture = begin (LAYER ("ListOffsetArray", "n0",
                          "{\"class\":\"EmptyArray\",\"parameters\":{},\"form_key\":\"n1\"}"),
                   2);
  ADD_INT ("n0-offsets", 0, 0, 0);
  assert_json (&fixture, "2 * var * unknown", "[[],[]]");
}

/* No number in a file is believed. */
static void
test_bad_values (void)
{
  Fixture fixture = begin (LAYER ("ListOffsetArray", "n0", NUMPY ("n1", "int64")), 2);

  ADD_INT ("n0-offsets", 0, 3, 1);
  ADD_INT ("n1-data", 1, 2, 3);
  assert_fails (&fixture, "a, row 1: a/n0-offsets: list 1 goes from 3 to 1");

  fixture = begin (LAYER ("ListOffsetArray", "n0", NUMPY ("n1", "int64")), 1);
  ADD_INT ("n0-offsets", 0, 4);
  ADD_INT ("n1-data", 1, 2, 3);
  assert_fails (&fixture, "a/n1-data: has 3 values");

  fixture = begin (LAYER ("ListOffsetArray", "n0", NUMPY ("n1", "int64")), 5);
  ADD_INT ("n0-offsets", 0, 1);
  ADD_INT ("n1-data", 1, 2, 3);
  assert_fails (&fixture, "a/n0-offsets: has 2 values");

  fixture = begin (TEXTS ("n0", "n1"), 1);
  ADD_INT ("n0-offsets", 0, G_MAXINT64);
  ADD ("n1-data", ANN_DTYPE_UINT8, guint8, 'x');
  assert_fails (&fixture, "a/n1-data: has 1 values");

  fixture = begin (LAYER ("IndexedArray", "n0", NUMPY ("n1", "int64")), 1);
  ADD_INT ("n0-index", -1);
  ADD_INT ("n1-data", 10);
  assert_fails (&fixture, "a/n0-index: at 0 is -1");

  fixture = begin ("{\"class\":\"RegularArray\",\"size\":9223372036854775807,\"content\":" NUMPY (
                       "n1", "int64") ",\"form_key\":\"n0\"}",
                   9);
  ADD_INT ("n1-data", 10);
  assert_fails (&fixture, "a/n1-data: has 1 values");

  fixture = begin (
      "{\"class\":\"UnionArray\",\"contents\":[" NUMPY ("n1", "int64") "],\"form_key\":"
                                                                       "\"n0\"}",
      1);
  ADD ("n0-tags", ANN_DTYPE_INT8, gint8, 1);
  ADD_INT ("n0-index", 0);
  ADD_INT ("n1-data", 5);
  assert_fails (&fixture, "tag 1");
}

static void
assert_form_broken (const char *form, const char *words)
{
  Fixture fixture = begin (form, 1);
  g_autoptr (AnnElement) element = NULL;

  ADD_INT ("n0-offsets", 0, 1);
  element = open_child (fixture.store, "a");
  g_assert_cmpint (ann_element_get_kind (element), ==, ANN_ELEMENT_OPAQUE);
  if (strstr (ann_element_get_error (element)->message, words) == NULL)
    g_error ("“%s” is not in “%s”", words, ann_element_get_error (element)->message);

  g_clear_object (&element);
  store_free (fixture.store);
}

static void
test_bad_forms (void)
{
  g_autoptr (GString) deep_form = g_string_new (NULL);
  g_autoptr (GString) deep_json = g_string_new (NULL);

  assert_form_broken ("", "form");
  assert_form_broken ("{", "not JSON");
  assert_form_broken ("[]", "no object");
  assert_form_broken ("\"float64\"", "no object");
  assert_form_broken ("{\"class\":5}", "does not know");
  assert_form_broken ("{\"class\":\"QuiltArray\"}", "“QuiltArray”");
  assert_form_broken ("{\"class\":\"ListOffsetArray\",\"form_key\":\"n0\"}", "without content");
  assert_form_broken ("{\"class\":\"ListOffsetArray\",\"form_key\":\"n0\",\"content\":5}",
                      "no object");
  assert_form_broken (LAYER ("ListOffsetArray", "n9", NUMPY ("n1", "int64")), "n9-offsets");
  assert_form_broken (LAYER ("ListOffsetArray", "../n0", NUMPY ("n1", "int64")), "../n0-offsets");
  assert_form_broken ("{\"class\":\"ListOffsetArray\",\"content\":5}", "without a key");
  assert_form_broken ("{\"class\":\"RegularArray\",\"size\":-1,\"content\":{\"class\":"
                      "\"EmptyArray\"}}",
                      "without size");
  assert_form_broken ("{\"class\":\"RecordArray\",\"fields\":[\"a\"],\"contents\":[]}",
                      "as many fields");
  assert_form_broken ("{\"class\":\"NumpyArray\",\"primitive\":\"datetime64[ns]\",\"form_key\":"
                      "\"n0\"}",
                      "n0");

  for (guint i = 0; i < 65; i++)
    g_string_append (deep_form, "{\"class\":\"UnmaskedArray\",\"content\":");
  g_string_append (deep_form, "{\"class\":\"EmptyArray\"}");
  for (guint i = 0; i < 65; i++)
    g_string_append_c (deep_form, '}');
  assert_form_broken (deep_form->str, "too deep");

  for (guint i = 0; i < 1000000; i++)
    g_string_append_c (deep_json, '[');
  assert_form_broken (deep_json->str, "too deep");
}

/* Many records of nothing: a small store, endless text. */
static void
test_blow_up (void)
{
  g_autofree char *name = g_strnfill (100000, 'x');
  g_autofree char *form = g_strconcat (
      "{\"class\":\"RegularArray\",\"size\":1000000000000,\"content\":{\"class\":"
      "\"RecordArray\",\"fields\":[\"",
      name,
      "\"],\"contents\":[{\"class\":\"RegularArray\",\"size\":0,\"content\":{\"class\":"
      "\"EmptyArray\"}}]}}",
      NULL);
  Fixture fixture = begin (form, 1);
  g_autoptr (AnnElement) element = open_good (fixture.store, "a", ANN_ELEMENT_AWKWARD);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_awkward_to_json (ANN_AWKWARD (element), 0, 1, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
  g_clear_error (&error);

  g_cancellable_cancel (cancellable);
  g_assert_null (ann_awkward_to_json (ANN_AWKWARD (element), 0, 1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  g_assert_null (ann_awkward_to_json (ANN_AWKWARD (element), 1, G_MAXUINT64, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);

  g_clear_object (&element);
  store_free (fixture.store);
}

/* A row far inside reads what lies around it, not what lies before. */
static void
test_laziness (void)
{
  const guint n = 1000000;
  Fixture fixture = begin (LAYER ("ListOffsetArray", "n0", NUMPY ("n1", "float64")), n);
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnBlock) block = NULL;
  g_autofree gint64 *offsets = g_new (gint64, n + 1);
  g_autofree double *data = g_new (double, n);

  for (guint i = 0; i <= n; i++)
    offsets[i] = i;
  for (guint i = 0; i < n; i++)
    data[i] = i;
  add (&fixture, "n0-offsets", ANN_DTYPE_INT64, n + 1, offsets);
  add (&fixture, "n1-data", ANN_DTYPE_FLOAT64, n, data);
  element = open_good (fixture.store, "a", ANN_ELEMENT_AWKWARD);
  block = read_rows (element, n / 2, 2);
  assert_text (block->texts, 1, "[500001.0]");
  g_assert_cmpint (counts.n_values, <=, 4096);

  g_clear_object (&element);
  store_free (fixture.store);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/awkward/lists", test_lists);
  g_test_add_func ("/awkward/regular", test_regular);
  g_test_add_func ("/awkward/texts", test_texts);
  g_test_add_func ("/awkward/records", test_records);
  g_test_add_func ("/awkward/marks", test_marks);
  g_test_add_func ("/awkward/options", test_options);
  g_test_add_func ("/awkward/union-and-empty", test_union_and_empty);
  g_test_add_func ("/awkward/bad-values", test_bad_values);
  g_test_add_func ("/awkward/bad-forms", test_bad_forms);
  g_test_add_func ("/awkward/blow-up", test_blow_up);
  g_test_add_func ("/awkward/laziness", test_laziness);

  return g_test_run ();
}
