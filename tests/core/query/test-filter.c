/* test-filter.c: which rows a sentence means
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-filter.h"

#include "../element/memory-store.h"
#include "anndata/ann-concat.h"
#include "anndata/ann-data-private.h"
#include "anndata/ann-data-select.h"
#include "base/ann-worker.h"

/* What NumPy and pandas find: a digit for each row. */
typedef struct {
  AnnAxis axis;
  const char *text;
  const char *mask;
} Golden;

#include "filter-table.h"

static AnnData *data; /* filters.h5ad */

static AnnFilter *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  AnnFilter *filter = ann_filter_parse (text, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (filter);
  g_assert_cmpstr (ann_filter_get_text (filter), ==, text);

  return filter;
}

/* --- Values --- */

static void
assert_finds (AnnData *store, AnnAxis axis, const char *text, const char *mask)
{
  g_autoptr (AnnFilter) filter = parse (text);
  g_autoptr (GString) found = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnSelection) selection = NULL;

  selection = ann_filter_evaluate (filter, store, axis, NULL, NULL, NULL, NULL, &error);
  if (error != NULL)
    g_test_message ("%s", text);
  g_assert_no_error (error);
  g_assert_true (ann_selection_is_rising (selection));
  g_assert_cmpuint (ann_selection_get_axis_length (selection), ==, strlen (mask));

  for (gsize i = 0; i < strlen (mask); i++)
    g_string_append_c (found, '0');
  for (guint64 i = 0; i < ann_selection_get_length (selection); i++)
    found->str[ann_selection_get_position (selection, i)] = '1';
  if (strcmp (found->str, mask) != 0)
    g_error ("%s\n  finds     %s\n  should be %s", text, found->str, mask);
}

static void
test_values (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (goldens); i++)
    assert_finds (data, goldens[i].axis, goldens[i].text, goldens[i].mask);
}

/* Of a view with the rows backwards the same rows, backwards. */
static void
test_view (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnSelection) backwards = ann_selection_new_range (59, 60, -1, 60, NULL);
  g_autoptr (AnnData) view = ann_data_select (data, backwards, NULL, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (goldens); i++)
    {
      g_autofree char *mask = g_strreverse (g_strdup (goldens[i].mask));

      if (goldens[i].axis == ANN_AXIS_OBS)
        assert_finds (view, ANN_AXIS_OBS, goldens[i].text, mask);
    }
}

/* Of two stores that are one behind the other those of each. */
static void
test_stack (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnConcatOptions) options = ann_concat_options_new ();
  AnnData *parts[] = { data, data };
  g_autoptr (AnnData) stack = ann_data_concat (parts, 2, options, NULL, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (goldens); i++)
    {
      g_autofree char *mask = g_strconcat (goldens[i].mask, goldens[i].mask, NULL);

      if (goldens[i].axis == ANN_AXIS_OBS)
        assert_finds (stack, ANN_AXIS_OBS, goldens[i].text, mask);
    }
}

/* All rows and a run of rows take no memory. */
static void
test_ranges (void)
{
  g_autoptr (AnnFilter) all = parse ("n >= 0");
  g_autoptr (AnnFilter) run = parse ("10 <= n < 20");
  g_autoptr (AnnSelection) selection = NULL;
  guint64 start;
  gint64 step;

  selection = ann_filter_evaluate (all, data, ANN_AXIS_OBS, NULL, NULL, NULL, NULL, NULL);
  g_assert_true (ann_selection_is_all (selection));
  g_clear_pointer (&selection, ann_selection_unref);

  selection = ann_filter_evaluate (run, data, ANN_AXIS_OBS, NULL, NULL, NULL, NULL, NULL);
  g_assert_true (ann_selection_is_range (selection, &start, &step));
  g_assert_cmpuint (start, ==, 10);
  g_assert_cmpuint (ann_selection_get_length (selection), ==, 10);
}

/* --- Mistakes --- */

typedef struct {
  const char *text;
  const char *wrong; /* the part that is */
  const char *words; /* in the message */
} Mistake;

/* @wrong: where it is in the text last; "" for its end */
static void
assert_place (const Mistake *mistake, gsize position, gsize length, const GError *error)
{
  const char *place = *mistake->wrong == '\0' ? mistake->text + strlen (mistake->text)
                                              : g_strrstr (mistake->text, mistake->wrong);
  g_autofree char *end = NULL;

  g_assert_nonnull (place);
  end = g_strdup_printf (" (at character %ld)",
                         g_utf8_strlen (mistake->text, place - mistake->text) + 1);
  if (position != (gsize) (place - mistake->text) || length != strlen (mistake->wrong)
      || strstr (error->message, mistake->words) == NULL || !g_str_has_suffix (error->message, end)
      || strchr (error->message, '\n') != NULL)
    g_error ("%s\n  says “%s” at %" G_GSIZE_FORMAT "+%" G_GSIZE_FORMAT, mistake->text,
             error->message, position, length);
}

static void
test_syntax (void)
{
  static const Mistake mistakes[] = {
    { "", "", "a column or a value is missing" },
    { "   ", "", "a column or a value is missing" },
    { "n >", "", "a column or a value is missing" },
    { "n > 5 and", "", "a column or a value is missing" },
    { "n > 5 and and m", "and", "should be a column or a value and not “and”" },
    { "or n", "or", "should be a column or a value" },
    { "n > > 5", ">", "should be a column" },
    { "n = 5", "=", "write ==" },
    { "n ! 5", "!", "write not" },
    { "n > 5 && m > 3", "&&", "write and" },
    { "n > 5 || m > 3", "||", "write or" },
    { "n > 5 and cat.isin([\"B\"])", "cat.isin", "write cat in [\"B\", \"T\"]" },
    { "cat.str.startswith(\"B\")", "cat.str.startswith", "write cat matches \"^text\"" },
    { "not m.isna()", "m.isna", "write m is missing" },
    { "len(n)", "len", "“len(…)” means nothing here: a filter calls nothing" },
    { "cat == B cell", "cell", "or the end (a text goes in quotes" },
    { "é = 5", "=", "write ==" },
    { "n # 5", "#", "back-ticks" },
    { "n > 5 m", "m", "and, or, or the end" },
    { "pct-mito > 5", "-", "back-ticks" },
    { "(n > 5", "", "a ) is missing" },
    { "n > 5)", ")", "and, or, or the end" },
    { "()", ")", "should be a column" },
    { "5", "", "a comparison is missing" },
    { "\"a\" and n", "and", "should be a comparison" },
    { "(n > 5) == true", "n > 5", "cannot be compared" },
    { "n == (m > 5)", "m > 5", "cannot be compared" },
    { "(n > 5 and n < 9) == true", "n > 5 and n < 9", "cannot be compared" },
    { "(n > 5) in [1]", "n > 5", "cannot be compared" },
    { "n in", "", "a list such as" },
    { "n in 5", "5", "a list such as" },
    { "n in [1", "", "a comma or a ] is missing" },
    { "n in (1", "", "a comma or a ) is missing" },
    { "n in [1 2]", "2", "a comma or a ]" },
    { "n in [m]", "m", "a text in quotes" },
    { "n in [1,,2]", ",", "a text in quotes" },
    { "n not 5", "5", "“in” or “matches”" },
    { "n not == 5", "==", "“in” or “matches”" },
    { "n is 5", "5", "“missing” or “not missing”" },
    { "n is not", "", "“missing” is missing" },
    { "n matches 5", "5", "a regular expression" },
    { "n matches \"(\"", "\"(\"", "no regular expression" },
    { "n == \"abc", "\"abc", "a \" is missing" },
    { "n == 'abc", "'abc", "a ' is missing" },
    { "n == \"a\\", "\"a\\", "has no end" },
    { "n == \"\\u12\"", "\\u", "4 hexadecimal digits" },
    { "n == \"\\ud800\"", "\\u", "4 hexadecimal digits" },
    { "n == \"\\U00110000\"", "\\U", "8 hexadecimal digits" },
    { "`n", "`n", "has no end" },
    { "5n > 3", "5n", "cannot begin with a digit" },
    { "n > 1e999", "1e999", "larger than any" },
    { "n > -m", "m", "a number after the sign" },
    { "X[", "", "a name in quotes or a number is missing" },
    { "X[n]", "n", "a name in quotes or a number" },
    { "X[1.5]", "1.5", "a name in quotes or a number" },
    { "X[\"a\" > 5", ">", "should be a ]" },
    { "layers[\"a\"][\"b\"][\"c\"]", "[", "should be a comparison" },
    { "n == 'a' b", "b", "and, or, or the end" },
    { "ü == 'é' = 3", "=", "write ==" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (mistakes); i++)
    {
      g_autoptr (GError) error = NULL;
      gsize position = 999;
      gsize length = 999;

      if (ann_filter_parse (mistakes[i].text, &position, &length, &error) != NULL)
        g_error ("“%s” is accepted", mistakes[i].text);
      g_assert_error (error, ANN_FILTER_ERROR, ANN_FILTER_ERROR_SYNTAX);
      assert_place (&mistakes[i], position, length, error);
    }
}

static void
test_not_utf8 (void)
{
  g_autoptr (GError) error = NULL;
  gsize position = 0;

  g_assert_null (ann_filter_parse ("\xc3\xa9 == '\xff'", &position, NULL, &error));
  g_assert_error (error, ANN_FILTER_ERROR, ANN_FILTER_ERROR_SYNTAX);
  g_assert_cmpuint (position, ==, 7);
  g_assert_true (g_str_has_suffix (error->message, "(at character 7)"));
}

static void
assert_fails (AnnAxis axis, AnnFilterError code, const Mistake *mistake)
{
  g_autoptr (AnnFilter) filter = parse (mistake->text);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) same = NULL;
  gsize position = 999;
  gsize length = 999;

  if (ann_filter_check (filter, data, axis, &position, &length, NULL, &error))
    g_error ("“%s” is accepted", mistake->text);
  g_assert_error (error, ANN_FILTER_ERROR, (int) code);
  assert_place (mistake, position, length, error);

  position = length = 999;
  g_assert_null (ann_filter_evaluate (filter, data, axis, NULL, &position, &length, NULL, &same));
  g_assert_cmpstr (same->message, ==, error->message);
  assert_place (mistake, position, length, same);
}

static void
test_names (void)
{
  static const Mistake mistakes[] = {
    { "m > 3 and perzent.mt > 5", "perzent.mt",
      "obs has no column “perzent.mt”; the nearest is “percent.mt”" },
    { "zzzzzzzz", "zzzzzzzz", "obs has no column “zzzzzzzz” (" },
    { "n_cells > 3", "n_cells", "a column of var, and this is a filter of obs" },
    { "var_names == 'a'", "var_names", "whose names are obs_names" },
    { "`obs_name` == 'a'", "`obs_name`", "the nearest is “obs_names”" },
    { "X[\"g33\"] > 0", "\"g33\"", "the nearest is “g3”" },
    { "X[\"twice\"] > 0", "\"twice\"",
      "2 rows called “twice”: give the number of one, such as 22" },
    { "X[24] > 0", "24", "has 24 columns" },
    { "raw[\"g3\"] > 0", "\"g3\"", "raw/var" },
    { "layers[\"count\"][\"g3\"] > 0", "\"count\"", "the nearest is “counts”" },
    { "layers[0][\"g3\"] > 1", "0", "have names" },
    { "obsm[\"X_pca\"][5] < 2", "5", "has 5 columns" },
    { "obsm[\"X_pca\"][\"a\"] < 2", "\"a\"", "have no names: give a number" },
    { "obsm[\"scores\"][\"s1\"] < 2", "\"s1\"", "the nearest is “S”" },
    { "obsm[\"scores\"][7] < 2", "7", "no column “7”" },
    { "varm[\"PCs\"][0] < 2", "varm", "does not lie along obs" },
    { "uns[\"a\"] < 2", "uns", "brackets follow X, layers, raw, obsm" },
    { "size < \"XXL\"", "\"XXL\"", "none of its categories" },
    { "g3 > 0", "g3", "“g3” is a variable and no column of obs: write X[\"g3\"]" },
    { "G3 > 0", "G3", "obs has no column “G3”; for the variable “g3” write X[\"g3\"]" },
    { "r1 > 0", "r1", "“r1” is a variable and no column of obs: write raw[\"r1\"]" },
    { "n > 1 and cat != Bee", "Bee", "a text goes in quotes: cat != \"Bee\"" },
    { "n == Bee", "Bee", "obs has no column “Bee” (" },
    { "m == NaN", "NaN", "what is missing is found by “is missing”" },
    { "obs.percent.mt > 5", "obs.percent.mt", "stand alone: write percent.mt" },
    { "adata.obs[\"percent.mt\"] > 5", "adata.obs[\"percent.mt\"]",
      "stand alone: write percent.mt" },
    { "obs[\"nothing\"] > 5", "obs", "brackets follow X" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (mistakes); i++)
    assert_fails (ANN_AXIS_OBS, ANN_FILTER_ERROR_UNKNOWN, &mistakes[i]);
  assert_fails (ANN_AXIS_VAR, ANN_FILTER_ERROR_UNKNOWN,
                &(Mistake){ "g3", "g3", "write var_names == \"g3\"" });
  assert_fails (ANN_AXIS_VAR, ANN_FILTER_ERROR_UNKNOWN,
                &(Mistake){ "raw[\"r3\"] > 0", "raw[\"r3\"]", "along obs alone" });
  assert_fails (ANN_AXIS_VAR, ANN_FILTER_ERROR_UNKNOWN,
                &(Mistake){ "obsm[\"X_pca\"][0] > 0", "obsm", "does not lie along var" });
  assert_fails (ANN_AXIS_VAR, ANN_FILTER_ERROR_UNKNOWN,
                &(Mistake){ "uns[\"a\"] < 2", "uns", "brackets follow X, layers, raw, varm" });
  assert_fails (ANN_AXIS_OBS, ANN_FILTER_ERROR_SYNTAX,
                &(Mistake){ "X > 0", "X", "needs one name in brackets" });
  assert_fails (ANN_AXIS_OBS, ANN_FILTER_ERROR_SYNTAX,
                &(Mistake){ "layers['counts'] > 0", "layers['counts']", "needs two names" });
}

/* What is right, and finds nothing. */
static void
test_doubts (void)
{
  static const struct {
    const char *text;
    const char *doubt; /* NULL: none */
  } cases[] = {
    { "cat == \"NKK\"", "“NKK” is no value of cat; the nearest is “NK”" },
    { "not (n > 3 or \"zzzzzz\" != cat)",
      "“zzzzzz” is no value of cat; there are “T”, “NK”, “B”, “é”, “never”" },
    { "cat in [\"T\", \"tk\", \"a\", \"b\"]",
      "“tk” is no value of cat, nor are 2 others; the nearest is “T”" },
    { "cat in [\"T\", \"é\", \"never\"]", NULL },
    { "obs_names == \"zzzzzz\"", NULL },
    { "leiden == 77", NULL },
    { "cat matches \"zzzzzz\"", NULL },
    { "cat == cat2", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AnnFilter) filter = parse (cases[i].text);
      g_autoptr (GError) error = NULL;
      g_auto (GStrv) doubts = ann_filter_list_doubts (filter, data, ANN_AXIS_OBS, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (doubts[0], ==, cases[i].doubt);
      g_assert_true (doubts[0] == NULL || doubts[1] == NULL);
    }
}

static void
test_types (void)
{
  static const Mistake mistakes[] = {
    { "text == 5", "5", "text is a text and 5 is a number: put it in quotes" },
    { "n == \"5\"", "\"5\"", "n is a number and \"5\" is a text" },
    { "cat == 5", "5", "cat is a text" },
    { "leiden == \"10\"", "\"10\"", "leave out the quotes" },
    { "bool == 1", "1", "write true or false" },
    { "n == true", "true", "true is true or false" },
    { "5 < text", "5", "text is a text" },
    { "bool < true", "bool < true", "have no order" },
    { "bool < maybe_bool", "bool < maybe_bool", "have no order" },
    { "n in [1, \"a\"]", "\"a\"", "n is a number" },
    { "cat in [\"B\", 1]", "1", "put it in quotes" },
    { "n", "n", "compare it with something" },
    { "bool and text", "text", "compare it with something" },
    { "(\"a\")", "\"a\"", "compare it with something" },
    { "n matches \"a\"", "n matches \"a\"", "matches texts" },
    { "leiden matches \"a\"", "leiden matches \"a\"", "matches texts" },
    { "1 < 2", "1 < 2", "two constants" },
    { "1 in [2]", "1", "a column and not a constant" },
    { "n == text", "n == text", "n is a number and text is a text" },
    { "size < cat", "size < cat", "the same ordered categories" },
    { "size < text", "size < text", "the same ordered categories" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (mistakes); i++)
    assert_fails (ANN_AXIS_OBS, ANN_FILTER_ERROR_TYPE, &mistakes[i]);
}

/* --- Nesting --- */

static char *
repeat (const char *text, guint n)
{
  GString *string = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (string, text);

  return g_string_free (string, FALSE);
}

static void
test_nesting (void)
{
  g_autofree char *opened = repeat ("(", 200);
  g_autofree char *closed = repeat (")", 200);
  g_autofree char *negations = repeat ("not ", 200);
  g_autofree char *many = repeat ("(~", 1000000);
  g_autofree char *deep = g_strdup_printf ("%sn > 3%s", opened, closed);
  g_autofree char *too_deep = g_strdup_printf ("(%s)", deep);
  g_autofree char *denied = g_strdup_printf ("%sbool", negations);
  g_autofree char *too_denied = g_strdup_printf ("not %s", denied);
  g_autofree char *chain = repeat ("n > 3 and ", 20000);
  g_autofree char *long_chain = g_strdup_printf ("%sbool", chain);
  AnnFilter *filters[] = { parse (deep), parse (denied), parse (long_chain) };
  const char *const refused[] = { too_deep, too_denied, many };

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;
      gsize position;

      g_assert_null (ann_filter_parse (refused[i], &position, NULL, &error));
      g_assert_error (error, ANN_FILTER_ERROR, ANN_FILTER_ERROR_SYNTAX);
      g_assert_nonnull (strstr (error->message, "200"));
    }
  for (guint i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (ann_filter_check (filters[i], data, ANN_AXIS_OBS, NULL, NULL, NULL, &error));
      g_assert_no_error (error);
      ann_filter_unref (filters[i]);
    }
}

/* A regular expression that would take for ever gives up, or comes to an end. */
static void
test_slow_regex (void)
{
  g_autoptr (AnnFilter) filter = parse ("text matches \"^(([a-z ]+)+)+$\"");
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnSelection) selection = NULL;

  selection = ann_filter_evaluate (filter, data, ANN_AXIS_OBS, NULL, NULL, NULL, NULL, &error);
  g_assert_true ((selection != NULL) == (error == NULL));
}

/* --- A store in memory, which counts --- */

#ifndef BLOCK_ROWS
#define BLOCK_ROWS 65536
#endif
#define N_ROWS (3 * BLOCK_ROWS + 11)
#define N_GENES 3

/* Its rows are called 0, 1, 2 … */
static Item *
add_frame (Store *store, const char *name, guint64 n_rows, const char *const *columns)
{
  Item *frame = store_add_group (store, store->root, name);
  g_autofree gint64 *labels = g_new (gint64, n_rows);

  for (guint64 i = 0; i < n_rows; i++)
    labels[i] = (gint64) i;

  item_set_encoding (frame, "dataframe", "0.2.0");
  item_set_text (frame, "_index", "_index");
  item_set_texts (frame, "column-order", columns);
  item_set_encoding (store_add_vector (store, frame, "_index", ANN_DTYPE_INT64, n_rows, labels),
                     "array", "0.2.0");
  for (; *columns != NULL; columns++)
    item_set_encoding (store_add_vector (store, frame, *columns, ANN_DTYPE_FLOAT32, n_rows, NULL),
                       "array", "0.2.0");

  return frame;
}

static AnnData *
open_root (Store *store)
{
  g_autoptr (AnnNode) root = store_open_root (store);
  g_autoptr (GError) error = NULL;
  AnnData *memory;

  memory = _ann_data_new (root, "memory:", &(AnnStoreInfo){ .format = "memory" }, NULL, &error);
  g_assert_no_error (error);

  return memory;
}

static AnnData *
open_memory (Store *store)
{
  static const char *const columns[] = { "a", "b", "c", NULL };
  static const char *const genes[] = { "x", NULL };
  const guint64 shape[] = { N_ROWS, N_GENES };

  item_set_encoding (store->root, "anndata", "0.1.0");
  add_frame (store, "obs", N_ROWS, columns);
  add_frame (store, "var", N_GENES, genes);
  item_set_encoding (store_add_box (store, store->root, "X", ANN_DTYPE_FLOAT32, 2, shape, NULL),
                     "array", "0.2.0");

  return open_root (store);
}

/* Each column that is named once, however often; no other; nothing to check types. */
static void
test_counted (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) memory = open_memory (store);
  g_autoptr (AnnFilter) filter = parse ("a == 0 and not (c > 1 or a < -1 and 5 > c)");
  g_autoptr (AnnFilter) genes = parse ("X[0] == 0 and X[2] == 0");
  g_autoptr (AnnProgress) progress = ann_progress_new ();
  g_autoptr (AnnSelection) selection = NULL;

  counts_reset ();
  g_assert_true (ann_filter_check (filter, memory, ANN_AXIS_OBS, NULL, NULL, NULL, NULL));
  g_assert_cmpint (counts.n_values, ==, 0);

  selection = ann_filter_evaluate (filter, memory, ANN_AXIS_OBS, progress, NULL, NULL, NULL, NULL);
  g_assert_true (ann_selection_is_all (selection));
  g_assert_cmpint (counts.n_values, ==, 2 * N_ROWS);
  g_assert_cmpuint (ann_progress_get_total (progress), ==, N_ROWS);
  g_assert_cmpuint (ann_progress_get_done (progress), ==, N_ROWS);
  g_clear_pointer (&selection, ann_selection_unref);

  /* Both genes together: the matrix is gone through once. */
  counts_reset ();
  selection = ann_filter_evaluate (genes, memory, ANN_AXIS_OBS, NULL, NULL, NULL, NULL, NULL);
  g_assert_true (ann_selection_is_all (selection));
  g_assert_cmpint (counts.n_values, <=, N_GENES * N_ROWS);
}

static void
test_disk_error (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) memory = open_memory (store);
  g_autoptr (AnnFilter) filter = parse ("a == 0 or X[1] > 0 or X[\"2\"] > 0");

  for (int i = 0;; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnSelection) selection = NULL;

      counts_reset ();
      counts.fail_at = i;
      counts.fail_code = G_IO_ERROR_FAILED;
      selection = ann_filter_evaluate (filter, memory, ANN_AXIS_OBS, NULL, NULL, NULL, NULL,
                                       &error);
      if (selection != NULL)
        {
          g_assert_no_error (error);
          g_assert_cmpint (i, >, 4);
          break;
        }
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
    }
}

static void
done (G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return *result;
}

static void
test_async (void)
{
  g_autoptr (AnnFilter) filter = parse ("10 <= n < 20");
  g_autoptr (AnnFilter) wrong = parse ("m > 10 and o < 20");
  g_autoptr (AnnProgress) progress = ann_progress_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (AnnSelection) selection = NULL;
  g_autoptr (GError) error = NULL;
  gsize position = 0;
  gsize length = 0;

  ann_filter_evaluate_async (filter, data, ANN_AXIS_OBS, progress, G_PRIORITY_DEFAULT, NULL, done,
                             &result);
  selection = ann_filter_evaluate_finish (wait_for (&result), NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ann_selection_get_length (selection), ==, 10);
  g_assert_cmpuint (ann_progress_get_done (progress), ==, 60);

  g_clear_object (&result);
  ann_filter_evaluate_async (wrong, data, ANN_AXIS_OBS, NULL, G_PRIORITY_DEFAULT, NULL, done,
                             &result);
  g_assert_null (ann_filter_evaluate_finish (wait_for (&result), NULL, &position, &length, &error));
  g_assert_error (error, ANN_FILTER_ERROR, ANN_FILTER_ERROR_UNKNOWN);
  g_assert_cmpuint (position, ==, 11);
  g_assert_cmpuint (length, ==, 1);
}

/* While a column is being read. */
static void
test_cancel (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnData) memory = open_memory (store);
  g_autoptr (AnnFilter) filter = parse ("a == 0");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  counts_reset ();
  gate_close ();
  ann_filter_evaluate_async (filter, memory, ANN_AXIS_OBS, NULL, G_PRIORITY_DEFAULT, cancellable,
                             done, &result);
  g_mutex_lock (&gate.mutex);
  while (gate.n_waiting == 0)
    g_cond_wait (&gate.cond, &gate.mutex);
  g_mutex_unlock (&gate.mutex);
  g_cancellable_cancel (cancellable);
  gate_open_for (1);
  g_assert_null (ann_filter_evaluate_finish (wait_for (&result), NULL, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (counts.n_values, <=, BLOCK_ROWS);
}

static void
test_no_table (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnData) memory = NULL;
  g_autoptr (AnnFilter) filter = parse ("a == 0");
  g_autoptr (GError) error = NULL;

  store_add_vector (store, store->root, "a", ANN_DTYPE_INT64, 3, NULL);
  root = store_open_root (store);
  memory = _ann_data_new (root, "memory:", &(AnnStoreInfo){ .format = "memory" }, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (ann_filter_check (filter, memory, ANN_AXIS_OBS, NULL, NULL, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
}

/* A text that is not UTF-8 is looked at as it is shown. */
static void
test_broken_texts (void)
{
  static const char *const columns[] = { "s", NULL };
  static const char *const texts[] = { "ab", "b\xff", "é", NULL };
  g_autoptr (Store) store = store_new ();
  Item *obs = add_frame (store, "obs", 3, columns);
  g_autoptr (AnnData) memory = NULL;

  item_set_encoding (store->root, "anndata", "0.1.0");
  item_set_encoding (store_add_texts (store, obs, "s", texts), "string-array", "0.2.0");
  memory = open_root (store);
  assert_finds (memory, ANN_AXIS_OBS, "s matches \"^b.$\"", "010");
  assert_finds (memory, ANN_AXIS_OBS, "s matches \"^(.|b\\ufffd)$\"", "011");
}

/* numpy's NaT passes no comparison, and is missing. */
static void
test_dates (void)
{
  static const char *const columns[] = { "d", "n", NULL };
  static const char *const genes[] = { NULL };
  static const gint64 values[] = { 5, G_MININT64, 7, -3 };
  static const gint64 pairs[] = { 1, 5, 2, G_MININT64, G_MININT64, 7, 4, -3 };
  static const guint64 shape[] = { 4, 2 };
  g_autoptr (Store) store = store_new ();
  Item *obs = add_frame (store, "obs", 4, columns);
  Item *group = store_add_group (store, store->root, "obsm");
  Item *matrix = store_add_box (store, group, "m", ANN_DTYPE_INT64, 2, shape, pairs);
  Item *one = store_add_box (store, group, "one", ANN_DTYPE_INT64, 2, (guint64[]){ 4, 1 }, values);
  Item *x = store_add_box (store, store->root, "X", ANN_DTYPE_INT64, 2, shape, pairs);
  Item *dates = store_add_vector (store, obs, "d", ANN_DTYPE_INT64, 4, values);
  g_autoptr (AnnData) memory = NULL;

  item_set_encoding (store->root, "anndata", "0.1.0");
  dates->description = "datetime64[s]";
  item_set_encoding (dates, "array", "0.2.0");
  item_set_encoding (store_add_vector (store, obs, "n", ANN_DTYPE_INT64, 4, values), "array",
                     "0.2.0");
  add_frame (store, "var", 2, genes);
  item_set_encoding (group, "dict", "0.1.0");
  item_set_encoding (matrix, "array", "0.2.0");
  item_set_encoding (one, "array", "0.2.0");
  item_set_encoding (x, "array", "0.2.0");
  matrix->description = one->description = x->description = "timedelta64[s]";
  memory = open_root (store);
  assert_finds (memory, ANN_AXIS_OBS, "d is missing", "0100");
  assert_finds (memory, ANN_AXIS_OBS, "n is missing", "0000");
  assert_finds (memory, ANN_AXIS_OBS, "d < 6", "1001");
  assert_finds (memory, ANN_AXIS_OBS, "n < 6", "1101");
  assert_finds (memory, ANN_AXIS_OBS, "d != 5", "0011");
  assert_finds (memory, ANN_AXIS_OBS, "d == n", "1011");

  /* Of a matrix, too: several lines, one of one, and lines that are rows. */
  assert_finds (memory, ANN_AXIS_OBS, "obsm[\"m\"][1] is missing", "0100");
  assert_finds (memory, ANN_AXIS_OBS, "obsm[\"m\"][1] < 6", "1001");
  assert_finds (memory, ANN_AXIS_OBS, "obsm[\"m\"][0] < 6", "1101");
  assert_finds (memory, ANN_AXIS_OBS, "obsm[\"m\"][0] is missing or obsm[\"m\"][1] is missing",
                "0110");
  assert_finds (memory, ANN_AXIS_OBS, "obsm[\"m\"][0] != obsm[\"m\"][1]", "1001");
  assert_finds (memory, ANN_AXIS_OBS, "obsm[\"one\"][0] < 6", "1001");
  assert_finds (memory, ANN_AXIS_OBS, "X[1] is missing", "0100");
  assert_finds (memory, ANN_AXIS_VAR, "X[1] is missing", "01");
  assert_finds (memory, ANN_AXIS_VAR, "X[2] < 9", "01");
}

/* --- Completion --- */

static void
test_list_names (void)
{
  static const char *const there[] = {
    "n",   "`with space`", "`tick``name`", "`and`", "X", "layers[\"counts\"]", "obsm[\"X_pca\"]",
    "raw", "percent.mt",   "obs_names",
  };
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = ann_filter_list_names (data, ANN_AXIS_OBS, NULL, &error);
  g_auto (GStrv) of_var = ann_filter_list_names (data, ANN_AXIS_VAR, NULL, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (there); i++)
    g_assert_true (g_strv_contains ((const char *const *) names, there[i]));
  g_assert_true (g_strv_contains ((const char *const *) of_var, "var_names"));
  g_assert_true (g_strv_contains ((const char *const *) of_var, "varm[\"PCs\"]"));
  g_assert_false (g_strv_contains ((const char *const *) of_var, "raw"));
}

/* What stands in quotes is written so that it can be read again. */
static void
test_list_quoted (void)
{
  static const char *const columns[] = { NULL };
  static const char *const layers[] = { "a\"b", "c\\d", "e\nf" };
  static const char *const written[] = { "layers[\"a\\\"b\"]", "layers[\"c\\\\d\"]",
                                         "layers[\"e\\nf\"]" };
  const guint64 shape[] = { 2, 1 };
  g_autoptr (Store) store = store_new ();
  Item *group = store_add_group (store, store->root, "layers");
  g_autoptr (AnnData) memory = NULL;
  g_auto (GStrv) names = NULL;

  item_set_encoding (store->root, "anndata", "0.1.0");
  add_frame (store, "obs", 2, columns);
  add_frame (store, "var", 1, columns);
  for (guint i = 0; i < G_N_ELEMENTS (layers); i++)
    item_set_encoding (store_add_box (store, group, layers[i], ANN_DTYPE_FLOAT32, 2, shape, NULL),
                       "array", "0.2.0");
  memory = open_root (store);
  names = ann_filter_list_names (memory, ANN_AXIS_OBS, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (written); i++)
    {
      g_autofree char *text = g_strconcat (written[i], "[0] == 0", NULL);

      g_assert_true (g_strv_contains ((const char *const *) names, written[i]));
      assert_finds (memory, ANN_AXIS_OBS, text, "11");
    }
}

/* @text: with a | where the cursor is; @expected: with | between */
static void
assert_completes (const char *text, const char *expected)
{
  g_auto (GStrv) parts = g_strsplit (text, "|", 2);
  g_autofree char *whole = g_strconcat (parts[0], parts[1], NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *joined = NULL;
  g_auto (GStrv) candidates = NULL;
  gsize start, length;

  candidates = ann_filter_complete (whole, strlen (parts[0]), data, ANN_AXIS_OBS, &start, &length,
                                    NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (start + length, ==, strlen (parts[0]));
  joined = g_strjoinv ("|", candidates);
  if (strcmp (joined, expected) != 0)
    g_error ("%s: %s and not %s", text, joined, expected);
}

static void
test_complete (void)
{
  static const char *const pairs[][2] = {
    { "perc|", "percent.mt" },
    { "n > 3 and LEI|", "leiden" },
    { "not lei| > 3", "leiden" },
    { "(with|", "`with space`" },
    { "`tick|", "`tick``name`" },
    { "obsm|", "obsm[\"X_pca\"]|obsm[\"scores\"]|obsm[\"sparse\"]" },
    { "cat == |", "\"T\"|\"NK\"|\"B\"|\"é\"|\"never\"" },
    { "cat == \"n|", "\"NK\"|\"never\"" },
    { "cat in ['B', '|", "\"T\"|\"NK\"|\"B\"|\"é\"|\"never\"" },
    { "cat not in [\"B\", N|", "\"NK\"|\"never\"" },
    { "cat in [\"B\" |", "" },
    { "leiden == 1|", "" },
    { "leiden in [|", "0|1|9|10|11" },
    { "bool == |", "true|false" },
    { "n |", "in [|not in [|is missing|is not missing|matches \"|and|or" },
    { "n i|", "in [|is missing|is not missing" },
    { "n is |", "missing|not missing" },
    { "n is n|", "not missing" },
    { "n > 3 |", "and|or" },
    { "n > 3 o|", "or" },
    { "n > mayb|", "maybe_int|maybe_uint|maybe_bool|maybe_text" },
    { "X[\"g1|",
      "\"g1\"|\"g10\"|\"g11\"|\"g12\"|\"g13\"|\"g14\"|\"g15\"|\"g16\"|\"g17\"|\"g18\"|\"g19\"" },
    { "raw[r2|", "\"r2\"|\"r20\"|\"r21\"|\"r22\"|\"r23\"" },
    { "layers[|", "\"counts\"|\"dense\"|\"duplicates\"" },
    { "layers[\"counts\"][\"tw|", "\"twice\"|\"twice\"" },
    { "n == 5|", "" },
    { "text == \"a\"|", "" },
    { "n # |", "" },
    { "matches matches |", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    assert_completes (pairs[i][0], pairs[i][1]);
}

static void
test_complete_async (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) candidates = NULL;
  gsize start = 0;
  gsize length = 0;

  ann_filter_complete_async ("n > 3 and lei > 3", 13, data, ANN_AXIS_OBS, G_PRIORITY_DEFAULT, NULL,
                             done, &result);
  candidates = ann_filter_complete_finish (wait_for (&result), &start, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (candidates[0], ==, "leiden");
  g_assert_cmpuint (start, ==, 10);
  g_assert_cmpuint (length, ==, 3);

  g_clear_object (&result);
  g_cancellable_cancel (cancellable);
  ann_filter_complete_async ("n > 3 and lei > 3", 13, data, ANN_AXIS_OBS, G_PRIORITY_DEFAULT,
                             cancellable, done, &result);
  g_assert_null (ann_filter_complete_finish (wait_for (&result), &start, &length, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GError) error = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);

  data = ann_data_open (FILTER_STORES "/filters.h5ad", NULL, &error);
  g_assert_no_error (error);

  g_test_add_func ("/filter/values", test_values);
  g_test_add_func ("/filter/view", test_view);
  g_test_add_func ("/filter/stack", test_stack);
  g_test_add_func ("/filter/ranges", test_ranges);
  g_test_add_func ("/filter/syntax", test_syntax);
  g_test_add_func ("/filter/not-utf8", test_not_utf8);
  g_test_add_func ("/filter/names", test_names);
  g_test_add_func ("/filter/doubts", test_doubts);
  g_test_add_func ("/filter/types", test_types);
  g_test_add_func ("/filter/nesting", test_nesting);
  g_test_add_func ("/filter/slow-regex", test_slow_regex);
  g_test_add_func ("/filter/counted", test_counted);
  g_test_add_func ("/filter/disk-error", test_disk_error);
  g_test_add_func ("/filter/async", test_async);
  g_test_add_func ("/filter/cancel", test_cancel);
  g_test_add_func ("/filter/no-table", test_no_table);
  g_test_add_func ("/filter/broken-texts", test_broken_texts);
  g_test_add_func ("/filter/dates", test_dates);
  g_test_add_func ("/filter/list-names", test_list_names);
  g_test_add_func ("/filter/list-quoted", test_list_quoted);
  g_test_add_func ("/filter/complete", test_complete);
  g_test_add_func ("/filter/complete-async", test_complete_async);

  status = g_test_run ();
  g_object_unref (data);

  return status;
}
