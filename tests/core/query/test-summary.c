/* test-summary.c: what a column or a matrix holds, in numbers
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-summary.h"

#include "../element/memory-store.h"
#include "base/ann-worker.h"

#include <math.h>

typedef enum {
  EVEN,
  WIDE,
  COUNTS,
  SMALL,
  SIGNED,
  HOLES,
  CLOSE,
  LARGE,
  SAME,
  HUGE,
} Formula;

/* What numpy says of the numbers that a formula makes. */
typedef struct {
  const char *name;
  Formula formula;
  AnnDtype dtype;
  guint64 n;
  guint64 n_missing;
  guint64 n_distinct;
  gboolean is_integral;
  guint64 n_finite;
  guint64 n_infinite;
  guint64 n_zero;
  guint64 n_negative;
  double minimum;
  double maximum;
  double mean;
  double sd;
  double quantiles[5];
  guint n_bins;
  guint64 bins[50];
} Golden;

#include "golden-summaries.h"

/* splitmix64 */
static guint64
mix (guint64 i)
{
  guint64 z = (i + 1) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ z >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ z >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);

  return z ^ z >> 31;
}

static double
make_value (Formula formula, guint64 i)
{
  const guint64 bits = mix (i);
  const double fraction = (double) (bits >> 11) * 0x1p-53;
  const double holes[] = { NAN, INFINITY, -INFINITY, -0.0, fraction, -fraction };

  switch (formula)
    {
    case EVEN:
      return fraction;
    case WIDE:
      return (fraction - 0.4) * pow (10, bits % 7 * 3);
    case COUNTS:
      return floor (fraction * fraction * 1000);
    case SMALL:
      return bits % 12;
    case SIGNED:
      return (double) (bits % 101) - 50;
    case HOLES:
      return holes[bits % 6];
    case CLOSE:
      return 1 + fraction * 0x1p-40;
    case SAME:
      return -2.5;
    case HUGE:
      return (fraction - 0.5) * 2 * 1.7e308;
    case LARGE: /* see store_value () */
    default:
      return 0;
    }
}

/* Halves of fractions below 1, rounded to the nearest. */
static guint16
make_half (double value)
{
  guint16 best = 0;

  for (guint16 bits = 0; bits <= 0x3c00; bits++)
    {
      double found, nearest;

      ann_dtype_to_double (ANN_DTYPE_FLOAT16, &bits, 1, &found);
      ann_dtype_to_double (ANN_DTYPE_FLOAT16, &best, 1, &nearest);
      if (fabs (found - value) < fabs (nearest - value)
          || (fabs (found - value) == fabs (nearest - value) && (bits & 1) == 0))
        best = bits;
    }

  return best;
}

static void
store_value (guint8 *to, const Golden *golden, guint64 i)
{
  double value = make_value (golden->formula, i);
  gint64 integer = (gint64) ((gint64) 1 << 54) + (gint64) (i % 300);
  float narrow = (float) value;
  guint16 half;

  if (golden->formula != LARGE && isfinite (value) && fabs (value) < 0x1p50)
    integer = (gint64) value;

  switch ((int) golden->dtype)
    {
    case ANN_DTYPE_FLOAT64:
      memcpy (to, &value, 8);
      break;
    case ANN_DTYPE_FLOAT32:
      memcpy (to, &narrow, 4);
      break;
    case ANN_DTYPE_FLOAT16:
      half = make_half (value);
      memcpy (to, &half, 2);
      break;
    default: /* the low bytes come first here */
      memcpy (to, &integer, ann_dtype_get_size (golden->dtype));
      break;
    }
}

static guint8 *
make_values (const Golden *golden)
{
  gsize size = ann_dtype_get_size (golden->dtype);
  guint8 *values = g_malloc (golden->n * size + 1);

  for (guint64 i = 0; i < golden->n; i++)
    store_value (values + i * size, golden, i);

  return values;
}

static AnnSummary *
summarize (AnnElement *element, AnnSelection *rows)
{
  g_autoptr (GError) error = NULL;
  AnnSummary *summary = ann_summary_new_for_element (element, rows, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (summary);

  return summary;
}

static void
assert_same (double found, double expected)
{
  if (!(found == expected) && !(isnan (found) && isnan (expected)))
    g_error ("%.17g is not %.17g", found, expected);
}

static void
assert_near (double found, double expected)
{
  if (isnan (found) && isnan (expected))
    return;
  if (!(fabs (found / expected - 1) < 1e-13))
    g_error ("%.17g is not near %.17g", found, expected);
}

static void
assert_golden (const AnnSummary *summary, const Golden *golden)
{
  g_assert_cmpuint (summary->n, ==, golden->n);
  g_assert_cmpuint (summary->n_missing, ==, golden->n_missing);
  g_assert_cmpuint (summary->n_invalid, ==, 0);
  g_assert_cmpuint (summary->n_distinct, ==, golden->n_distinct);
  g_assert_true (summary->n_distinct_is_exact);
  g_assert_true (summary->is_numeric);
  g_assert_cmpint (summary->is_integral, ==, golden->is_integral);
  g_assert_cmpuint (summary->n_finite, ==, golden->n_finite);
  g_assert_cmpuint (summary->n_infinite, ==, golden->n_infinite);
  g_assert_cmpuint (summary->n_zero, ==, golden->n_zero);
  g_assert_cmpuint (summary->n_negative, ==, golden->n_negative);
  assert_same (summary->minimum, golden->minimum);
  assert_same (summary->maximum, golden->maximum);
  assert_same (summary->mean, golden->mean);
  if (golden->sd == 0)
    assert_same (summary->sd, 0);
  else
    assert_near (summary->sd, golden->sd);
  for (guint i = 0; i < 5; i++)
    assert_same (summary->quantiles[i], golden->quantiles[i]);
  g_assert_cmpuint (summary->n_bins, ==, golden->n_bins);
  for (guint i = 0; i < golden->n_bins; i++)
    g_assert_cmpuint (summary->bins[i], ==, golden->bins[i]);
  g_assert_cmpuint (summary->n_values, ==, 0);
}

static void
test_golden (gconstpointer data)
{
  const Golden *golden = data;
  g_autoptr (Store) store = store_new ();
  g_autofree guint8 *values = make_values (golden);
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnSummary) summary = NULL;
  g_autoptr (AnnSelection) rows = NULL;
  g_autoptr (AnnSummary) of_rows = NULL;

  store_add_vector (store, store->root, "x", golden->dtype, golden->n, values);
  element = open_good (store, "x", ANN_ELEMENT_DENSE);
  summary = summarize (element, NULL);
  assert_golden (summary, golden);

  /* By a list of rows, in another order: the same to the last bit. */
  rows = golden->n == 0 ? ann_selection_new_all (0)
                        : ann_selection_new_range (golden->n - 1, golden->n, -1, golden->n, NULL);
  of_rows = summarize (element, rows);
  assert_golden (of_rows, golden);
}

/* A mask hides the zeros of a column; a selection takes rows twice. */
static void
test_nullable (void)
{
  static const gint16 values[] = { 0, 7, 0, -3, 7, 5 };
  static const guint8 mask[] = { 1, 0, 1, 0, 0, 0 };
  static const gint64 some[] = { 3, 0, 3, -1 };
  g_autoptr (Store) store = store_new ();
  Item *group = store_add_group (store, store->root, "x");
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnSummary) summary = NULL;
  g_autoptr (AnnSelection) rows = NULL;
  g_autoptr (AnnSummary) of_rows = NULL;

  item_set_encoding (group, "nullable-integer", "0.1.0");
  store_add_vector (store, group, "values", ANN_DTYPE_INT16, 6, values);
  store_add_vector (store, group, "mask", ANN_DTYPE_BOOL, 6, mask);
  element = open_good (store, "x", ANN_ELEMENT_NULLABLE_INTEGER);

  summary = summarize (element, NULL);
  g_assert_cmpuint (summary->n, ==, 6);
  g_assert_cmpuint (summary->n_missing, ==, 2);
  g_assert_cmpuint (summary->n_finite, ==, 4);
  g_assert_cmpuint (summary->n_zero, ==, 0);
  g_assert_cmpuint (summary->n_distinct, ==, 3);
  assert_same (summary->mean, 4);
  assert_same (summary->quantiles[2], 6);
  assert_same (summary->histogram_low, -3.5);
  assert_same (summary->histogram_high, 7.5);
  g_assert_cmpuint (summary->n_bins, ==, 11);
  g_assert_cmpuint (summary->bins[10], ==, 2);

  rows = ann_selection_new_from_indices (some, G_N_ELEMENTS (some), 6, NULL);
  of_rows = summarize (element, rows);
  g_assert_cmpuint (of_rows->n, ==, 4);
  g_assert_cmpuint (of_rows->n_missing, ==, 1);
  g_assert_cmpuint (of_rows->n_distinct, ==, 2);
  assert_same (of_rows->minimum, -3);
  assert_same (of_rows->maximum, 5);
}

static void
assert_value (const AnnSummary *summary, gsize index, const char *text, guint64 count)
{
  g_assert_cmpuint (summary->n_values, >, index);
  g_assert_cmpstr (summary->values[index].text, ==, text);
  g_assert_cmpuint (summary->values[index].count, ==, count);
}

static void
test_bools (void)
{
  static const guint8 values[] = { 1, 0, 1, 1 };
  static const guint8 mask[] = { 0, 0, 0, 1 };
  g_autoptr (Store) store = store_new ();
  Item *group = store_add_group (store, store->root, "masked");
  g_autoptr (AnnElement) plain = NULL;
  g_autoptr (AnnElement) masked = NULL;
  g_autoptr (AnnSummary) of_plain = NULL;
  g_autoptr (AnnSummary) of_masked = NULL;

  store_add_vector (store, store->root, "plain", ANN_DTYPE_BOOL, 4, values);
  item_set_encoding (group, "nullable-boolean", "0.1.0");
  store_add_vector (store, group, "values", ANN_DTYPE_BOOL, 4, values);
  store_add_vector (store, group, "mask", ANN_DTYPE_BOOL, 4, mask);

  plain = open_good (store, "plain", ANN_ELEMENT_DENSE);
  of_plain = summarize (plain, NULL);
  g_assert_false (of_plain->is_numeric);
  g_assert_cmpuint (of_plain->n_distinct, ==, 2);
  g_assert_cmpuint (of_plain->n_bins, ==, 0);
  g_assert_cmpuint (of_plain->n_values, ==, 2);
  assert_value (of_plain, 0, "true", 3);
  assert_value (of_plain, 1, "false", 1);

  masked = open_good (store, "masked", ANN_ELEMENT_NULLABLE_BOOLEAN);
  of_masked = summarize (masked, NULL);
  g_assert_cmpuint (of_masked->n_missing, ==, 1);
  assert_value (of_masked, 0, "true", 2);
  assert_value (of_masked, 1, "false", 1);
}

static void
test_texts (void)
{
  static const char *const texts[] = { "b", "a", "", "b", "ä", "a", "b", NULL };
  static const guint8 mask[] = { 0, 0, 0, 0, 0, 0, 1 };
  static const gint64 some[] = { 1, 4, 4 }; /* the most frequent is not the first */
  g_autoptr (Store) store = store_new ();
  Item *group = store_add_group (store, store->root, "masked");
  g_autoptr (AnnElement) plain = NULL;
  g_autoptr (AnnElement) masked = NULL;
  g_autoptr (AnnSummary) of_plain = NULL;
  g_autoptr (AnnSummary) of_masked = NULL;
  g_autoptr (AnnSelection) rows = NULL;
  g_autoptr (AnnSummary) of_rows = NULL;

  store_add_texts (store, store->root, "plain", texts);
  item_set_encoding (group, "nullable-string-array", "0.1.0");
  store_add_texts (store, group, "values", texts);
  store_add_vector (store, group, "mask", ANN_DTYPE_BOOL, 7, mask);

  plain = open_good (store, "plain", ANN_ELEMENT_STRINGS);
  of_plain = summarize (plain, NULL);
  g_assert_cmpuint (of_plain->n, ==, 7);
  g_assert_false (of_plain->is_numeric);
  g_assert_cmpuint (of_plain->n_distinct, ==, 4);
  g_assert_true (of_plain->n_distinct_is_exact);
  g_assert_cmpuint (of_plain->n_values, ==, 4);
  assert_value (of_plain, 0, "b", 3);
  assert_value (of_plain, 1, "a", 2);
  assert_value (of_plain, 2, "", 1);
  assert_value (of_plain, 3, "ä", 1);

  masked = open_good (store, "masked", ANN_ELEMENT_NULLABLE_STRING);
  of_masked = summarize (masked, NULL);
  g_assert_cmpuint (of_masked->n_missing, ==, 1);
  assert_value (of_masked, 0, "b", 2);

  rows = ann_selection_new_from_indices (some, G_N_ELEMENTS (some), 7, NULL);
  of_rows = summarize (plain, rows);
  g_assert_cmpuint (of_rows->n, ==, 3);
  assert_value (of_rows, 0, "ä", 2);
  assert_value (of_rows, 1, "a", 1);
}

/* More bytes than are kept: some texts are named, and there are more. */
static void
test_long_texts (void)
{
  const guint n = 50;
  const gsize length = 1024 * 1024;
  g_auto (GStrv) texts = g_new0 (char *, n + 1);
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnSummary) summary = NULL;

  for (guint i = 0; i < n; i++)
    texts[i] = g_strnfill (length, (char) ('0' + i));
  store_add_texts (store, store->root, "x", (const char *const *) texts);
  element = open_good (store, "x", ANN_ELEMENT_STRINGS);

  summary = summarize (element, NULL);
  g_assert_cmpuint (summary->n, ==, n);
  g_assert_cmpuint (summary->n_distinct, ==, 48);
  g_assert_false (summary->n_distinct_is_exact);
}

/* All different: counted, and the first thousand named. */
static void
test_many_texts (void)
{
  const guint n = 5000;
  g_auto (GStrv) texts = g_new0 (char *, n + 1);
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnSummary) summary = NULL;

  for (guint i = 0; i < n; i++)
    texts[i] = g_strdup_printf ("cell-%u", i);
  store_add_texts (store, store->root, "x", (const char *const *) texts);
  element = open_good (store, "x", ANN_ELEMENT_STRINGS);

  summary = summarize (element, NULL);
  g_assert_cmpuint (summary->n_distinct, ==, n);
  g_assert_cmpuint (summary->n_values, ==, ANN_SUMMARY_MAX_TEXTS);
  assert_value (summary, 999, "cell-999", 1);
}

/* Categories stand in their order, those of no row among them. */
static void
test_categories (void)
{
  static const gint8 codes[] = { 2, 0, -1, 2, 5, 2 };
  static const char *const categories[] = { "x", "y", "z", NULL };
  static const gint64 some[] = { 1, 4 };
  g_autoptr (Store) store = store_new ();
  Item *group = store_add_group (store, store->root, "c");
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnSummary) summary = NULL;
  g_autoptr (AnnSelection) rows = NULL;
  g_autoptr (AnnSummary) of_rows = NULL;

  item_set_encoding (group, "categorical", "0.2.0");
  store_add_vector (store, group, "codes", ANN_DTYPE_INT8, 6, codes);
  store_add_texts (store, group, "categories", categories);
  element = open_good (store, "c", ANN_ELEMENT_CATEGORICAL);

  summary = summarize (element, NULL);
  g_assert_cmpuint (summary->n, ==, 6);
  g_assert_cmpuint (summary->n_missing, ==, 1);
  g_assert_cmpuint (summary->n_invalid, ==, 1);
  g_assert_cmpuint (summary->n_distinct, ==, 2);
  g_assert_cmpuint (summary->n_values, ==, 3);
  assert_value (summary, 0, "x", 1);
  assert_value (summary, 1, "y", 0);
  assert_value (summary, 2, "z", 3);

  rows = ann_selection_new_from_indices (some, G_N_ELEMENTS (some), 6, NULL);
  of_rows = summarize (element, rows);
  g_assert_cmpuint (of_rows->n_invalid, ==, 1);
  assert_value (of_rows, 0, "x", 1);
  assert_value (of_rows, 2, "z", 0);
}

/* 3 × 4 with five stored entries, one of them a 0; and two that no row has. */
static AnnElement *
add_sparse (Store *store, gboolean is_csc)
{
  static const gint64 shape[] = { 3, 4 };
  static const gint64 turned[] = { 4, 3 };
  static const gint32 indptr[] = { 0, 2, 2, 5 };
  static const gint32 indices[] = { 0, 3, 1, 2, 3, 0, 0 };
  static const float values[] = { 1, -2, 0, 4, 1, 99, 99 };
  Item *group = store_add_group (store, store->root, "s");

  item_set_encoding (group, is_csc ? "csc_matrix" : "csr_matrix", "0.1.0");
  item_set_numbers (group, "shape", ANN_DTYPE_INT64, 2, is_csc ? turned : shape);
  store_add_vector (store, group, "data", ANN_DTYPE_FLOAT32, 7, values);
  store_add_vector (store, group, "indices", ANN_DTYPE_INT32, 7, indices);
  store_add_vector (store, group, "indptr", ANN_DTYPE_INT32, 4, indptr);

  return open_good (store, "s", is_csc ? ANN_ELEMENT_CSC : ANN_ELEMENT_CSR);
}

static void
test_sparse (gconstpointer data)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) element = add_sparse (store, GPOINTER_TO_INT (data));
  g_autoptr (AnnSummary) summary = summarize (element, NULL);

  g_assert_cmpuint (summary->n, ==, 12);
  g_assert_cmpuint (summary->n_stored, ==, 5);
  g_assert_cmpuint (summary->n_finite, ==, 12);
  g_assert_cmpuint (summary->n_zero, ==, 8);
  g_assert_cmpuint (summary->n_negative, ==, 1);
  g_assert_cmpuint (summary->n_distinct, ==, 4);
  assert_same (summary->minimum, -2);
  assert_same (summary->maximum, 4);
  assert_same (summary->mean, 4 / 12.0);
  assert_near (summary->sd, sqrt ((22 - 16 / 12.0) / 11));
  assert_same (summary->quantiles[1], 0);
  assert_same (summary->quantiles[3], 0.25);
  g_assert_cmpuint (summary->n_bins, ==, 7);
  g_assert_cmpuint (summary->bins[0], ==, 1);
  g_assert_cmpuint (summary->bins[2], ==, 8);
  g_assert_cmpuint (summary->bins[3], ==, 2);
  g_assert_cmpuint (summary->bins[6], ==, 1);
}

static void
test_sparse_rows (void)
{
  static const gint64 some[] = { 2, 1, 2 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) element = add_sparse (store, FALSE);
  g_autoptr (AnnSelection) rows = ann_selection_new_from_indices (some, 3, 3, NULL);
  g_autoptr (AnnSummary) summary = summarize (element, rows);

  g_assert_cmpuint (summary->n, ==, 12);
  g_assert_cmpuint (summary->n_stored, ==, 6);
  g_assert_cmpuint (summary->n_zero, ==, 8);
  assert_same (summary->minimum, 0);
  assert_same (summary->mean, 10 / 12.0);
}

/* 300 million zeros that take no time, and none in memory. */
static void
test_unstored_zeros (void)
{
  const gint64 shape[] = { 30000, 10000 };
  const double values[] = { 3, 0.5, -1 };
  const gint32 indices[] = { 5, 7, 9 };
  g_autofree gint32 *indptr = g_new (gint32, 30001);
  g_autoptr (Store) store = store_new ();
  Item *group = store_add_group (store, store->root, "s");
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnSummary) summary = NULL;

  for (guint i = 0; i <= 30000; i++)
    indptr[i] = MIN (i, 3);
  item_set_encoding (group, "csr_matrix", "0.1.0");
  item_set_numbers (group, "shape", ANN_DTYPE_INT64, 2, shape);
  store_add_vector (store, group, "data", ANN_DTYPE_FLOAT64, 3, values);
  store_add_vector (store, group, "indices", ANN_DTYPE_INT32, 3, indices);
  store_add_vector (store, group, "indptr", ANN_DTYPE_INT32, 30001, indptr);
  element = open_good (store, "s", ANN_ELEMENT_CSR);

  summary = summarize (element, NULL);
  g_assert_cmpuint (summary->n_zero, ==, 300000000 - 3);
  assert_same (summary->quantiles[0], 0);
  assert_same (summary->quantiles[4], 0);
  g_assert_cmpuint (summary->bins[12], ==, 300000000 - 3); /* -1 + 12 × 0.08 = -0.04 */
  assert_same (summary->mean, 2.5 / 300000000);
}

/* The quantiles of zeros that are not stored, with what is below and above them looked up too. */
static void
test_zeros_between (void)
{
  static const gint64 shape[] = { 1, 21 };
  static const double values[] = { -5.5, -4.5, -3.5, -2.5, -1.5, 7.5, 8.5, 9.5 };
  static const gint32 indices[] = { 0, 1, 2, 3, 4, 5, 6, 7 };

  for (gint32 n_positive = 0; n_positive <= 3; n_positive += 3)
    {
      const gint32 indptr[] = { 0, 5 + n_positive };
      g_autoptr (Store) store = store_new ();
      Item *group = store_add_group (store, store->root, "s");
      g_autoptr (AnnElement) element = NULL;
      g_autoptr (AnnSummary) summary = NULL;

      item_set_encoding (group, "csr_matrix", "0.1.0");
      item_set_numbers (group, "shape", ANN_DTYPE_INT64, 2, shape);
      store_add_vector (store, group, "data", ANN_DTYPE_FLOAT64, 8, values);
      store_add_vector (store, group, "indices", ANN_DTYPE_INT32, 8, indices);
      store_add_vector (store, group, "indptr", ANN_DTYPE_INT32, 2, indptr);
      element = open_good (store, "s", ANN_ELEMENT_CSR);

      summary = summarize (element, NULL);
      assert_same (summary->quantiles[0], -4.5);
      assert_same (summary->quantiles[1], 0);
      assert_same (summary->quantiles[2], 0);
      assert_same (summary->quantiles[3], 0);
      assert_same (summary->quantiles[4], n_positive > 0 ? 8.5 : 0);
    }
}

/* 0 and -0 are one value; an infinite one is one too. */
static void
test_signed_zeros (void)
{
  static const double values[] = { 0.0, -0.0, 1, INFINITY, INFINITY, -INFINITY };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnSummary) summary = NULL;

  store_add_vector (store, store->root, "x", ANN_DTYPE_FLOAT64, 6, values);
  element = open_good (store, "x", ANN_ELEMENT_DENSE);
  summary = summarize (element, NULL);
  g_assert_cmpuint (summary->n_zero, ==, 2);
  g_assert_cmpuint (summary->n_infinite, ==, 3);
  g_assert_cmpuint (summary->n_distinct, ==, 4);
}

/* numpy's NaT is the least integer, and no date; among plain numbers it is one. */
static void
test_dates (void)
{
  static const gint64 values[] = { 5, G_MININT64, 7, G_MININT64, -3 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) dates = NULL;
  g_autoptr (AnnElement) numbers = NULL;
  g_autoptr (AnnSummary) of_dates = NULL;
  g_autoptr (AnnSummary) of_numbers = NULL;

  store_add_vector (store, store->root, "d", ANN_DTYPE_INT64, 5, values)->description
      = "datetime64[ns]";
  store_add_vector (store, store->root, "n", ANN_DTYPE_INT64, 5, values);
  dates = open_good (store, "d", ANN_ELEMENT_DENSE);
  numbers = open_good (store, "n", ANN_ELEMENT_DENSE);

  of_dates = summarize (dates, NULL);
  g_assert_cmpuint (of_dates->n, ==, 5);
  g_assert_cmpuint (of_dates->n_missing, ==, 2);
  g_assert_cmpuint (of_dates->n_distinct, ==, 3);
  assert_same (of_dates->minimum, -3);
  assert_same (of_dates->mean, 3);
  of_numbers = summarize (numbers, NULL);
  g_assert_cmpuint (of_numbers->n_missing, ==, 0);
  g_assert_cmpuint (of_numbers->n_distinct, ==, 4);
  assert_same (of_numbers->minimum, -0x1p63);
}

/* More different values than are kept: at least so many. */
static void
test_many_distinct (void)
{
  const guint n = 300000;
  g_autofree double *values = g_new (double, n);
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnSummary) summary = NULL;

  for (guint i = 0; i < n; i++)
    values[i] = i + 0.5;
  store_add_vector (store, store->root, "x", ANN_DTYPE_FLOAT64, n, values);
  element = open_good (store, "x", ANN_ELEMENT_DENSE);

  summary = summarize (element, NULL);
  g_assert_cmpuint (summary->n_distinct, ==, 262144);
  g_assert_false (summary->n_distinct_is_exact);
  assert_same (summary->quantiles[2], n / 2.0);
}

/* Rank 3, and one value. */
static void
test_other_shapes (void)
{
  static const guint64 shape[] = { 2, 3, 2 };
  static const gint32 values[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 };
  static const double one = 2.5;
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnSelection) second = ann_selection_new_range (1, 1, 1, 2, NULL);
  g_autoptr (AnnElement) cube = NULL;
  g_autoptr (AnnElement) number = NULL;
  g_autoptr (AnnSummary) of_cube = NULL;
  g_autoptr (AnnSummary) of_half = NULL;
  g_autoptr (AnnSummary) of_number = NULL;

  store_add_box (store, store->root, "cube", ANN_DTYPE_INT32, 3, shape, values);
  store_add_box (store, store->root, "number", ANN_DTYPE_FLOAT64, 0, NULL, &one);

  cube = open_good (store, "cube", ANN_ELEMENT_DENSE);
  of_cube = summarize (cube, NULL);
  g_assert_cmpuint (of_cube->n, ==, 12);
  assert_same (of_cube->mean, 6.5);
  of_half = summarize (cube, second);
  g_assert_cmpuint (of_half->n, ==, 6);
  assert_same (of_half->minimum, 7);

  number = open_good (store, "number", ANN_ELEMENT_NUMBER);
  of_number = summarize (number, NULL);
  g_assert_cmpuint (of_number->n, ==, 1);
  assert_same (of_number->quantiles[0], 2.5);
  g_assert_true (isnan (of_number->sd));
}

/* --- What cannot be done --- */

static void
test_unsupported (void)
{
  static const float numbers[] = { 1, 2, 3, 4 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) complex = NULL;
  g_autoptr (AnnElement) mapping = NULL;
  g_autoptr (AnnElement) vector = NULL;
  g_autoptr (AnnSelection) rows = ann_selection_new_all (3);
  g_autoptr (GError) error = NULL;

  store_add_vector (store, store->root, "complex", ANN_DTYPE_COMPLEX64, 2, numbers);
  store_add_vector (store, store->root, "vector", ANN_DTYPE_FLOAT32, 4, numbers);
  store_add_group (store, store->root, "mapping");
  complex = open_good (store, "complex", ANN_ELEMENT_DENSE);
  mapping = open_good (store, "mapping", ANN_ELEMENT_MAPPING);
  vector = open_good (store, "vector", ANN_ELEMENT_DENSE);

  g_assert_null (ann_summary_new_for_element (complex, NULL, NULL, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (ann_summary_new_for_element (mapping, NULL, NULL, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (ann_summary_new_for_element (vector, rows, NULL, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
}

/* Whichever call fails, the summary does, without a leak; and none fails after the last. */
static void
test_failing_reads (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) element = add_sparse (store, FALSE);
  gboolean is_done = FALSE;

  for (int n = 0; !is_done; n++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnSummary) summary = NULL;

      counts_reset ();
      counts.fail_at = n;
      summary = ann_summary_new_for_element (element, NULL, NULL, NULL, &error);
      is_done = summary != NULL;
      if (!is_done)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
      else
        g_assert_cmpint (n, >=, 3);
    }
}

static void
on_computed (G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for_result (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return *result;
}

static void
test_async (void)
{
  static const double values[] = { 1, 2, 3 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnProgress) progress = ann_progress_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (AnnSummary) summary = NULL;
  g_autoptr (GError) error = NULL;

  store_add_vector (store, store->root, "x", ANN_DTYPE_FLOAT64, 3, values);
  element = open_good (store, "x", ANN_ELEMENT_DENSE);
  ann_summary_compute_async (element, NULL, progress, G_PRIORITY_DEFAULT, NULL, on_computed,
                             &result);
  summary = ann_summary_compute_finish (wait_for_result (&result), &error);
  g_assert_no_error (error);
  assert_same (summary->mean, 2);
  g_assert_cmpuint (ann_progress_get_done (progress), >=, 6);
  g_assert_cmpuint (ann_progress_get_done (progress), ==, ann_progress_get_total (progress));
}

/* Cancelled while a read waits. */
static void
test_cancel (void)
{
  static const double values[] = { 1, 2, 3 };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  store_add_vector (store, store->root, "x", ANN_DTYPE_FLOAT64, 3, values);
  element = open_good (store, "x", ANN_ELEMENT_DENSE);
  gate_close ();
  ann_summary_compute_async (element, NULL, NULL, G_PRIORITY_DEFAULT, cancellable, on_computed,
                             &result);
  g_cancellable_cancel (cancellable);
  gate_open_for (0);
  g_assert_null (ann_summary_compute_finish (wait_for_result (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (goldens); i++)
    {
      g_autofree char *path = g_strconcat ("/summary/golden/", goldens[i].name, NULL);

      g_test_add_data_func (path, &goldens[i], test_golden);
    }
  g_test_add_func ("/summary/nullable", test_nullable);
  g_test_add_func ("/summary/bools", test_bools);
  g_test_add_func ("/summary/texts", test_texts);
  g_test_add_func ("/summary/many-texts", test_many_texts);
  g_test_add_func ("/summary/long-texts", test_long_texts);
  g_test_add_func ("/summary/categories", test_categories);
  g_test_add_data_func ("/summary/csr", GINT_TO_POINTER (FALSE), test_sparse);
  g_test_add_data_func ("/summary/csc", GINT_TO_POINTER (TRUE), test_sparse);
  g_test_add_func ("/summary/sparse-rows", test_sparse_rows);
  g_test_add_func ("/summary/unstored-zeros", test_unstored_zeros);
  g_test_add_func ("/summary/zeros-between", test_zeros_between);
  g_test_add_func ("/summary/signed-zeros", test_signed_zeros);
  g_test_add_func ("/summary/dates", test_dates);
  g_test_add_func ("/summary/many-distinct", test_many_distinct);
  g_test_add_func ("/summary/other-shapes", test_other_shapes);
  g_test_add_func ("/summary/unsupported", test_unsupported);
  g_test_add_func ("/summary/failing-reads", test_failing_reads);
  g_test_add_func ("/summary/async", test_async);
  g_test_add_func ("/summary/cancel", test_cancel);

  return g_test_run ();
}
