/* test-pile.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "base/ann-pile-private.h"

static void
test_append (void)
{
  g_auto (AnnPile) pile = { NULL, 0, 0 };

  for (guint i = 0; i < 10000; i++)
    g_assert_true (_ann_pile_append (&pile, &i, sizeof i, NULL));

  g_assert_cmpuint (pile.n_bytes, ==, 10000 * sizeof (guint));
  for (guint i = 0; i < 10000; i++)
    g_assert_cmpuint (((const guint *) pile.items)[i], ==, i);
}

/* What is there stays. */
static void
test_too_large (void)
{
  static const gsize sizes[] = { G_MAXSIZE, G_MAXSIZE - 1, G_MAXSIZE / 2, G_MAXSIZE / 4 };
  g_auto (AnnPile) pile = { NULL, 0, 0 };

  g_assert_true (_ann_pile_append (&pile, "ab", 2, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (_ann_pile_reserve (&pile, sizes[i], &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
      g_assert_cmpuint (pile.n_bytes, ==, 2);
      g_assert_cmpint (pile.items[1], ==, 'b');
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pile/append", test_append);
  g_test_add_func ("/pile/too-large", test_too_large);

  return g_test_run ();
}
