/* test-element-equal.c: what anndata takes for the same when it merges
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-element-equal-private.h"

#include "../view/columns.h"

/* What merge.equal () of anndata 0.12.19 says of two such columns of tables (pandas.Series), and of
 * the same two out of a table, in uns.
 */
typedef struct {
  const char *one;
  const char *other;
  gboolean as_columns;
  gboolean as_values;
} Case;

static const Case cases[] = {
  /* The order of categories counts if it means something. */
  { "c a b | a a b", "c b a | a a b", TRUE, TRUE },
  { "c a b | a a b", "c b a | a b b", FALSE, FALSE },
  { "o a b | a a b", "o a b | a a b", TRUE, TRUE },
  { "o a b | a a b", "o b a | a a b", FALSE, TRUE },
  { "o a b | a a b", "o a b | a b b", FALSE, FALSE },
  { "o a b | a a b", "c a b | a a b", FALSE, TRUE },
  { "c a b | a a b", "o a b | a a b", FALSE, TRUE },

  /* Those that no row has count too. */
  { "c a b | a a b", "c a b z | a a b", FALSE, TRUE },
  { "c a b y | a a b", "c a b z | a a b", FALSE, TRUE },
  { "c a y b | a a b", "c y b a | a a b", TRUE, TRUE },

  /* What is missing is equal to what is missing. */
  { "c a b | a - b", "c b a | a - b", TRUE, TRUE },
  { "c a b | a - b", "c b a | a b b", FALSE, FALSE },
  { "c a b | - -", "c b a | - -", TRUE, TRUE },
  { "c a | - -", "c b | - -", FALSE, TRUE },
  { "c |", "c |", TRUE, TRUE },

  /* Numbers, and what only reads like them. */
  { "n 1 2 | 1 2", "n 2 1 | 1 2", TRUE, TRUE },
  { "n 1 2 | 1 2", "n 2 1 | 2 1", FALSE, FALSE },
  { "n 1 2 | 1 2", "c 1 2 | 1 2", FALSE, FALSE },

  /* Texts are no categories in a table. */
  { "c a b | a a b", "s a a b", FALSE, TRUE },
  { "s a a b", "c b a | a a b", FALSE, TRUE },
  { "s a a b", "c b a | a b b", FALSE, FALSE },
  { "n 1 2 | 1 2", "s 1 2", FALSE, FALSE },
};

static void
assert_equal (AnnElement *one, AnnElement *other, gboolean are_columns, gboolean expected)
{
  g_autoptr (GError) error = NULL;
  gboolean are_equal = !expected;

  g_assert_true (_ann_element_equal (one, other, are_columns, &are_equal, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (are_equal, ==, expected);
}

static void
test_case (gconstpointer data)
{
  const Case *self = data;
  g_autoptr (Store) store = store_new ();
  guint64 length;
  g_autoptr (AnnElement) one = make_column (store, "one", self->one, &length);
  g_autoptr (AnnElement) other = make_column (store, "other", self->other, &length);

  assert_equal (one, other, TRUE, self->as_columns);
  assert_equal (other, one, TRUE, self->as_columns);
  assert_equal (one, other, FALSE, self->as_values);
  assert_equal (other, one, FALSE, self->as_values);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/element-equal/%02u", i);

      g_test_add_data_func (path, &cases[i], test_case);
    }

  return g_test_run ();
}
