/* test-stack-vectors.c: columns that are joined, as anndata 0.12 and pandas 2.3 join them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "element/ann-categorical.h"
#include "element/ann-cell.h"
#include "view/ann-stack.h"
#include "view/ann-vector-plan-private.h"

#include "columns.h"

#include <math.h>

static char *
describe_values (AnnElement *column, AnnSelection *rows)
{
  g_autoptr (AnnBlock) block = ann_element_read (column, rows, NULL, NULL, NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (AnnStrings) labels = NULL;

  g_assert_nonnull (block);
  if (ANN_IS_CATEGORICAL (column))
    labels = ann_categorical_read_labels (ANN_CATEGORICAL (column), NULL, NULL);
  for (guint64 i = 0; i < block->count; i++)
    {
      if (i > 0)
        g_string_append_c (text, ' ');
      if (block->values != NULL && ann_dtype_is_float (ann_buffer_get_dtype (block->values))
          && isnan (ann_buffer_get_double (block->values, i)))
        g_string_append_c (text, '-');
      else if (!ann_cell_append_value (text, block, labels, i, 0))
        g_string_append_c (text, '-');
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* --- What becomes of which mixture --- */

typedef struct {
  const char *parts[4];
  AnnElementKind kind;
  AnnDtype dtype;
  const char *values;
  const char *categories; /* of a categorical */
  const char *clash;      /* words of it; NULL for none */
} Case;

static const Case cases[] = {
  /* Numbers: NumPy's common type; NaN where there is none. */
  { { "i4 1 2", "i8 3" }, ANN_ELEMENT_DENSE, ANN_DTYPE_INT64, "1 2 3", NULL, "int32 and int64" },
  { { "i4 1", "f4 0.5" },
    ANN_ELEMENT_DENSE,
    ANN_DTYPE_FLOAT64,
    "1 0.5",
    NULL,
    "all become float64" },
  { { "f4 1", " 9 9", "f4 2" }, ANN_ELEMENT_DENSE, ANN_DTYPE_FLOAT32, "1 - - 2", NULL, NULL },
  { { "i1 1", " 9" }, ANN_ELEMENT_DENSE, ANN_DTYPE_FLOAT64, "1 -", NULL, "become float64" },
  { { "u8 1", "i8 -1" }, ANN_ELEMENT_DENSE, ANN_DTYPE_FLOAT64, "1 -1", NULL, "all become float64" },
  { { "f8 - 1" }, ANN_ELEMENT_DENSE, ANN_DTYPE_FLOAT64, "- 1", NULL, NULL },

  /* Dates, of which numpy's NaT is missing where they become something else. */
  { { "t 7 -", " 9" }, ANN_ELEMENT_DENSE, ANN_DTYPE_FLOAT64, "7 - -", NULL, "become float64" },
  { { "t 7 -", "f8 0.5" }, ANN_ELEMENT_DENSE, ANN_DTYPE_FLOAT64, "7 - 0.5", NULL, "float64" },
  { { "t 7 -", "I 1 -" }, ANN_ELEMENT_NULLABLE_INTEGER, ANN_DTYPE_INT64, "7 - 1 -", NULL, "dates" },
  { { "t 7 -", "i8 1" }, ANN_ELEMENT_NULLABLE_INTEGER, ANN_DTYPE_INT64, "7 - 1", NULL, "dates" },
  { { "i4 1", " 9", "t - 7" },
    ANN_ELEMENT_NULLABLE_INTEGER,
    ANN_DTYPE_INT64,
    "1 - - 7",
    NULL,
    "plain int64" },
  { { "t 7 -", "ts 1" }, ANN_ELEMENT_NULLABLE_INTEGER, ANN_DTYPE_INT64, "7 - 1", NULL, "units" },
  { { "t 7 -", "b 1" }, ANN_ELEMENT_NULLABLE_INTEGER, ANN_DTYPE_INT64, "7 - 1", NULL, "dates" },
  { { "t 7 -", "s a" }, ANN_ELEMENT_NULLABLE_STRING, ANN_DTYPE_STRING, "7 - a", NULL, "texts" },
  { { "t 7 -", "t 1" },
    ANN_ELEMENT_DENSE,
    ANN_DTYPE_INT64,
    "7 -9223372036854775808 1",
    NULL,
    NULL },

  /* Bools, and with gaps. */
  { { "b 1", "b 0" }, ANN_ELEMENT_DENSE, ANN_DTYPE_BOOL, "true false", NULL, NULL },
  { { "b 1", " 9" }, ANN_ELEMENT_NULLABLE_BOOLEAN, ANN_DTYPE_BOOL, "true -", NULL, NULL },
  { { "b 1", "B - 0" }, ANN_ELEMENT_NULLABLE_BOOLEAN, ANN_DTYPE_BOOL, "true - false", NULL, NULL },
  { { "b 1", "i4 7" }, ANN_ELEMENT_DENSE, ANN_DTYPE_INT32, "1 7", NULL, "truth values" },

  /* With a mask. */
  { { "I 1 -", "I 2" }, ANN_ELEMENT_NULLABLE_INTEGER, ANN_DTYPE_INT64, "1 - 2", NULL, NULL },
  { { "I4 1 -", "I 2" }, ANN_ELEMENT_NULLABLE_INTEGER, ANN_DTYPE_INT64, "1 - 2", NULL, "int32" },
  { { "I 1 -", "i8 2" }, ANN_ELEMENT_NULLABLE_INTEGER, ANN_DTYPE_INT64, "1 - 2", NULL, NULL },
  { { "I 1", " 9" }, ANN_ELEMENT_NULLABLE_INTEGER, ANN_DTYPE_INT64, "1 -", NULL, NULL },
  { { "I 1 -", "f8 0.5" }, ANN_ELEMENT_DENSE, ANN_DTYPE_FLOAT64, "1 - 0.5", NULL, "fractions" },
  { { "I 3 -", "B 1 -" }, ANN_ELEMENT_NULLABLE_INTEGER, ANN_DTYPE_INT64, "3 - 1 -", NULL, "truth" },

  /* Texts, alone and with anything. */
  { { "s a", "s b" }, ANN_ELEMENT_STRINGS, ANN_DTYPE_STRING, "a b", NULL, NULL },
  { { "s a", " 9", "s c" }, ANN_ELEMENT_NULLABLE_STRING, ANN_DTYPE_STRING, "a - c", NULL, NULL },
  { { "S a -", "s c" }, ANN_ELEMENT_NULLABLE_STRING, ANN_DTYPE_STRING, "a - c", NULL, NULL },
  { { "s a", "f4 0.5 -" },
    ANN_ELEMENT_NULLABLE_STRING,
    ANN_DTYPE_STRING,
    "a 0.5 -",
    NULL,
    "texts and numbers" },
  { { "s a", "c b x | x - b" },
    ANN_ELEMENT_NULLABLE_STRING,
    ANN_DTYPE_STRING,
    "a x - b",
    NULL,
    "categories and texts" },

  /* Categories: those of the first, if no other has more; else all in natural order. */
  { { "c b a | a b", "c a b | a" },
    ANN_ELEMENT_CATEGORICAL,
    ANN_DTYPE_INT32,
    "a b a",
    "b a",
    NULL },
  { { "c b a | a b", "c b10 b9 | b10 -" },
    ANN_ELEMENT_CATEGORICAL,
    ANN_DTYPE_INT32,
    "a b b10 -",
    "a b b9 b10",
    NULL },
  { { "c z a | z", " 9", "c z a | a" },
    ANN_ELEMENT_CATEGORICAL,
    ANN_DTYPE_INT32,
    "z - a",
    "z a",
    NULL },
  { { "c |", "c z a | a" }, ANN_ELEMENT_CATEGORICAL, ANN_DTYPE_INT32, "a", "a z", NULL },
  { { "c z a |", "c a z | a" }, ANN_ELEMENT_CATEGORICAL, ANN_DTYPE_INT32, "a", "z a", NULL },
  { { "c z a | -", "c a z | a" }, ANN_ELEMENT_CATEGORICAL, ANN_DTYPE_INT32, "- a", "z a", NULL },
  /* Where a part has no such column, those of the first that has a value. */
  { { "c |", " 9", "c z a | a" }, ANN_ELEMENT_CATEGORICAL, ANN_DTYPE_INT32, "- a", "z a", NULL },
  { { " 9", "c z a |", "c a z | a" },
    ANN_ELEMENT_CATEGORICAL,
    ANN_DTYPE_INT32,
    "- a",
    "a z",
    NULL },
  { { " 9", "c z a | -", "c a z | a" },
    ANN_ELEMENT_CATEGORICAL,
    ANN_DTYPE_INT32,
    "- - a",
    "a z",
    NULL },
  { { "c z a |", " 9", "c a z | -" },
    ANN_ELEMENT_CATEGORICAL,
    ANN_DTYPE_INT32,
    "- -",
    "z a",
    NULL },
  { { "n 30 4 | 4 30", "n 5 | 5" },
    ANN_ELEMENT_CATEGORICAL,
    ANN_DTYPE_INT32,
    "4 30 5",
    "4 5 30",
    NULL },
  { { "o lo hi | hi", "o lo hi | lo -" },
    ANN_ELEMENT_CATEGORICAL,
    ANN_DTYPE_INT32,
    "hi lo -",
    "lo hi",
    NULL },
  { { "o lo hi | hi", "o hi lo | lo" },
    ANN_ELEMENT_NULLABLE_STRING,
    ANN_DTYPE_STRING,
    "hi lo",
    NULL,
    "ordered categories" },
  { { "o lo hi | hi", "c lo hi | lo" },
    ANN_ELEMENT_NULLABLE_STRING,
    ANN_DTYPE_STRING,
    "hi lo",
    NULL,
    "ordered categories" },
  { { "n 3 4 | 4 -", "i8 5" }, ANN_ELEMENT_DENSE, ANN_DTYPE_FLOAT64, "4 - 5", NULL, "categories" },
  { { "n 3 4 | 4 3", "i4 5" }, ANN_ELEMENT_DENSE, ANN_DTYPE_INT64, "4 3 5", NULL, "categories" },
  { { "n 3 | 3", "c x | x" },
    ANN_ELEMENT_NULLABLE_STRING,
    ANN_DTYPE_STRING,
    "3 x",
    NULL,
    "of texts and of numbers" },

  /* What has no value at all has no say, where types differ: pandas 2.3.3 was asked. */
  { { "f8 - -", "f4 1" }, ANN_ELEMENT_DENSE, ANN_DTYPE_FLOAT32, "- - 1", NULL, NULL },
  { { "i4 1", "f4 -" }, ANN_ELEMENT_DENSE, ANN_DTYPE_FLOAT64, "1 -", NULL, "become float64" },
  { { "f8 -", "I 1 -" }, ANN_ELEMENT_NULLABLE_INTEGER, ANN_DTYPE_INT64, "- 1 -", NULL, NULL },
  { { "B 1", "f4 -" }, ANN_ELEMENT_NULLABLE_BOOLEAN, ANN_DTYPE_BOOL, "true -", NULL, NULL },
  { { "i8 1", "I -" }, ANN_ELEMENT_NULLABLE_INTEGER, ANN_DTYPE_INT64, "1 -", NULL, NULL },
  { { "I -", "f4 1" }, ANN_ELEMENT_DENSE, ANN_DTYPE_FLOAT32, "- 1", NULL, NULL },
  { { "I -", "I4 1" }, ANN_ELEMENT_NULLABLE_INTEGER, ANN_DTYPE_INT64, "- 1", NULL, "int32" },
  { { "c a b | b", "f8 - -" }, ANN_ELEMENT_CATEGORICAL, ANN_DTYPE_INT32, "b - -", "a b", NULL },
  { { "f8 -", "o b a | a" }, ANN_ELEMENT_CATEGORICAL, ANN_DTYPE_INT32, "- a", "b a", NULL },
  { { "c a b | -", "f4 1" }, ANN_ELEMENT_DENSE, ANN_DTYPE_FLOAT32, "- 1", NULL, NULL },
  { { "c a z | -", "c b | b" }, ANN_ELEMENT_CATEGORICAL, ANN_DTYPE_INT32, "- b", "a b z", NULL },
  { { "c a | -", "S -" },
    ANN_ELEMENT_NULLABLE_STRING,
    ANN_DTYPE_STRING,
    "- -",
    NULL,
    "categories" },

  /* Nor have categories of which there are none, unless all are numbers. */
  { { "n | -", "c a | a" }, ANN_ELEMENT_CATEGORICAL, ANN_DTYPE_INT32, "- a", "a", NULL },
  { { "o b a | b", "n | -" }, ANN_ELEMENT_CATEGORICAL, ANN_DTYPE_INT32, "b -", "b a", NULL },
  { { "c | -", "n 3 | 3" }, ANN_ELEMENT_CATEGORICAL, ANN_DTYPE_INT32, "- 3", "3", NULL },
};

static AnnElement *
stack_case (Store *store, const Case *test, char **clash)
{
  AnnStackPart parts[4] = { 0 };
  g_autoptr (GError) error = NULL;
  gsize n = 0;
  AnnElement *stack;

  for (; n < 4 && test->parts[n] != NULL; n++)
    {
      g_autofree char *name = g_strdup_printf ("part%u", (guint) n);

      parts[n].element = make_column (store, name, test->parts[n], &parts[n].length);
    }
  stack = _ann_stack_vectors ("obs/x", parts, n, clash, NULL, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < n; i++)
    g_clear_object (&parts[i].element);

  return stack;
}

static char *
describe_categories (AnnElement *column)
{
  AnnElement *categories = ann_categorical_get_categories (ANN_CATEGORICAL (column));

  return describe_values (categories, NULL);
}

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (Store) store = store_new ();
  g_autofree char *clash = NULL;
  g_autoptr (AnnElement) stack = stack_case (store, test, &clash);
  g_autofree char *values = describe_values (stack, NULL);
  g_auto (GStrv) words = g_strsplit (test->values, " ", -1);
  const guint n = g_strv_length (words);

  g_assert_cmpint (ann_element_get_kind (stack), ==, test->kind);
  g_assert_cmpint (ann_element_get_dtype (stack), ==, test->dtype);
  g_assert_cmpuint (ann_element_get_n_rows (stack), ==, n);
  g_assert_cmpstr (values, ==, test->values);
  if (test->categories != NULL)
    {
      g_autofree char *categories = describe_categories (stack);

      g_assert_cmpstr (categories, ==, test->categories);
    }
  if (test->clash == NULL)
    g_assert_null (clash);
  else
    g_assert_true (clash != NULL && strstr (clash, test->clash) != NULL);

  /* Each row alone, and all the other way round. */
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (AnnSelection) row = ann_selection_new_range (i, 1, 1, n, NULL);
      g_autofree char *value = describe_values (stack, row);

      g_assert_cmpstr (value, ==, words[i]);
    }
  {
    g_autoptr (AnnSelection) back = ann_selection_new_range (n - 1, n, -1, n, NULL);
    g_autofree char *value = describe_values (stack, back);
    g_auto (GStrv) found = g_strsplit (value, " ", -1);

    for (guint i = 0; i < n; i++)
      g_assert_cmpstr (found[i], ==, words[n - 1 - i]);
  }
}

/* --- Rows in another order --- */

static void
test_reindex (void)
{
  static const struct {
    const char *column;
    AnnElementKind kind;
    const char *values;
  } reindexed[] = {
    { "i8 1 2 3", ANN_ELEMENT_DENSE, "3 - 1 -" },
    { "b 1 1 0", ANN_ELEMENT_NULLABLE_BOOLEAN, "false - true -" },
    { "s a b c", ANN_ELEMENT_NULLABLE_STRING, "c - a -" },
    { "c x y | x y y", ANN_ELEMENT_CATEGORICAL, "y - x -" },
    { "I 1 2 3", ANN_ELEMENT_NULLABLE_INTEGER, "3 - 1 -" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (reindexed); i++)
    {
      const gint32 places[] = { 2, -1, 0, -1 };
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnReindex) rows = _ann_reindex_new (g_memdup2 (places, sizeof places), 4, 3,
                                                      NULL);
      guint64 length;
      g_autoptr (AnnElement) column = make_column (store, "part", reindexed[i].column, &length);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnElement) stack = _ann_element_reindex ("x", column, rows, NULL, &error);
      g_autofree char *values = NULL;

      g_assert_no_error (error);
      values = describe_values (stack, NULL);
      g_assert_cmpint (ann_element_get_kind (stack), ==, reindexed[i].kind);
      g_assert_cmpstr (values, ==, reindexed[i].values);
    }
}

/* Of which nothing is left: categories stay as they are, as pandas.DataFrame.reindex has it. */
static void
test_reindex_to_none (void)
{
  static const struct {
    const char *column;
    const char *categories;
  } reindexed[] = {
    { "c z a | a", "z a" },
    { "n 30 4 | 4", "30 4" },
    { "o lo hi | hi", "lo hi" },
    { "o | -", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (reindexed); i++)
    {
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnReindex) rows = _ann_reindex_new (g_new (gint32, 1), 0, 1, NULL);
      guint64 length;
      g_autoptr (AnnElement) column = make_column (store, "part", reindexed[i].column, &length);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnElement) stack = _ann_element_reindex ("x", column, rows, NULL, &error);
      g_autofree char *categories = NULL;

      g_assert_no_error (error);
      g_assert_true (ANN_IS_CATEGORICAL (stack));
      g_assert_cmpuint (ann_element_get_n_rows (stack), ==, 0);
      g_assert_cmpint (ann_categorical_get_ordered (ANN_CATEGORICAL (stack)), ==,
                       ann_categorical_get_ordered (ANN_CATEGORICAL (column)));
      categories = describe_categories (stack);
      g_assert_cmpstr (categories, ==, reindexed[i].categories);
    }
}

/* A code that is none of the categories is no missing value. */
static void
test_damaged_codes (void)
{
  static const Case damaged[] = {
    { .parts = { "c a | a !", "c b | b" } },
    { .parts = { "c a | a !", "s b" } },
    { .parts = { "n 3 | 3 !", "i8 4" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (damaged); i++)
    {
      g_autoptr (Store) store = store_new ();
      g_autofree char *clash = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnElement) stack = stack_case (store, &damaged[i], &clash);
      g_autoptr (AnnBlock) block = ann_element_read_rows (stack, 0, 3, NULL, &error);

      if (i > 0)
        {
          g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpint (((const gint32 *) ann_buffer_get_data (block->values))[1], ==, -2);
    }
}

/* natsorted () of natsort 8. */
static void
test_natural_order (void)
{
  static const char *const sorted[] = { "",          "01",   "1",     "2a",    "9",   "10",  "B",
                                        "a",         "a1",   "a1b",   "a9",    "a10", "a 2", "a-10",
                                        "a\314\210", "x1y2", "x01y3", "x1y10", "z" };

  for (guint i = 0; i < G_N_ELEMENTS (sorted); i++)
    for (guint k = 0; k < G_N_ELEMENTS (sorted); k++)
      {
        const int order = _ann_natural_compare (sorted[i], sorted[k]);

        g_assert_cmpint ((order > 0) - (order < 0), ==, (i > k) - (i < k));
      }
}

/* Codes are read of the part whose rows they are. */
static void
test_counted (void)
{
  static const gint32 numbers[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
  g_autoptr (Store) store = store_new ();
  AnnStackPart parts[2] = { 0 };
  g_autoptr (AnnElement) stack = NULL;
  g_autoptr (AnnBlock) block = NULL;

  for (guint i = 0; i < 2; i++)
    {
      const char *const names[] = { "one", "other" };

      store_add_vector (store, store->root, names[i], ANN_DTYPE_INT32, 8, numbers);
      parts[i].element = open_good (store, names[i], ANN_ELEMENT_DENSE);
      parts[i].length = 8;
    }
  counts_reset ();
  stack = _ann_stack_vectors ("x", parts, 2, NULL, NULL, NULL);
  g_assert_cmpint (counts.n_reads, ==, 0);
  block = ann_element_read_rows (stack, 9, 3, NULL, NULL);
  g_assert_cmpint (counts.n_reads, ==, 1);
  g_assert_cmpint (counts.n_values, ==, 3);
  for (guint i = 0; i < 2; i++)
    g_object_unref (parts[i].element);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/stack-vectors/%02u", i);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/stack-vectors/reindex", test_reindex);
  g_test_add_func ("/stack-vectors/reindex-to-none", test_reindex_to_none);
  g_test_add_func ("/stack-vectors/damaged-codes", test_damaged_codes);
  g_test_add_func ("/stack-vectors/natural-order", test_natural_order);
  g_test_add_func ("/stack-vectors/counted", test_counted);

  return g_test_run ();
}
