/* test-box.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-box.h"
#include "base/ann-error.h"

static void
test_check (void)
{
  const guint64 shape[] = { 5, 7 };
  const struct {
    AnnBox box;
    gboolean is_inside;
  } cases[] = {
    { { 2, { 0, 0 }, { 5, 7 } }, TRUE },
    { { 2, { 5, 7 }, { 0, 0 } }, TRUE },
    { { 2, { 4, 6 }, { 1, 1 } }, TRUE },
    { { 2, { 0, 0 }, { 6, 7 } }, FALSE },
    { { 2, { 0, 1 }, { 5, 7 } }, FALSE },
    { { 2, { 6, 0 }, { 0, 0 } }, FALSE },
    { { 2, { 1, 0 }, { G_MAXUINT64, 1 } }, FALSE }, /* the sum is 0 */
    { { 1, { 0 }, { 5 } }, FALSE },
    { { 3, { 0, 0, 0 }, { 1, 1, 1 } }, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpint (ann_box_check (&cases[i].box, 2, shape, &error), ==, cases[i].is_inside);
      if (!cases[i].is_inside)
        g_assert_error (error, ANN_ERROR, ANN_ERROR_BOUNDS);
    }
}

static void
test_n_elements (void)
{
  const AnnBox scalar = { 0, { 0 }, { 0 } };
  const AnnBox box = { 3, { 9, 9, 9 }, { 2, 3, 4 } };
  const AnnBox none = { 2, { 0, 0 }, { 5, 0 } };
  const AnnBox most = { 2, { 0, 0 }, { G_MAXUINT64 / 2, 2 } };
  const AnnBox too_many = { 2, { 0, 0 }, { G_MAXUINT64 / 2, 3 } };
  gsize n;

  g_assert_true (ann_box_get_n_elements (&scalar, &n));
  g_assert_cmpuint (n, ==, 1);
  g_assert_true (ann_box_get_n_elements (&box, &n));
  g_assert_cmpuint (n, ==, 24);
  g_assert_true (ann_box_get_n_elements (&none, &n));
  g_assert_cmpuint (n, ==, 0);
  g_assert_true (ann_box_get_n_elements (&most, &n));
  g_assert_cmpuint (n, ==, G_MAXUINT64 - 1);
  g_assert_false (ann_box_get_n_elements (&too_many, &n));
}

static void
test_whole (void)
{
  const guint64 shape[] = { 5, 7 };
  AnnBox box;

  ann_box_init_whole (&box, 2, shape);
  g_assert_cmpuint (box.rank, ==, 2);
  g_assert_cmpuint (box.start[0] + box.start[1], ==, 0);
  g_assert_cmpuint (box.count[0], ==, 5);
  g_assert_cmpuint (box.count[1], ==, 7);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/box/check", test_check);
  g_test_add_func ("/box/n-elements", test_n_elements);
  g_test_add_func ("/box/whole", test_whole);

  return g_test_run ();
}
