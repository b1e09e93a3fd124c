/* test-nearest.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-nearest.h"

#include <string.h>

static void
test_nearest (void)
{
  static const char *const names[] = { "CD3D", "CD3E", "CD8A", "MS4A1", "cell_type" };
  static const struct {
    const char *wanted;
    const char *nearest;
  } cases[] = {
    { "CD3F", "CD3D" },           /* the first of two */
    { "cd8a", "CD8A" },           /* small letters */
    { "CD8", "CD8A" },            /* one is missing */
    { "celltypes", "cell_type" }, /* one is missing, one too many */
    { "MS4A12", "MS4A1" },
    { "zzzzzzzzz", NULL },
    { "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AnnNearest) nearest = ann_nearest_new (cases[i].wanted);

      for (guint k = 0; k < G_N_ELEMENTS (names); k++)
        ann_nearest_offer (nearest, names[k]);
      g_assert_cmpstr (ann_nearest_get (nearest), ==, cases[i].nearest);
    }
}

static void
test_long_names (void)
{
  g_autofree char *name = g_strnfill (64, 'a');
  g_autofree char *longer = g_strnfill (65, 'a');
  g_autoptr (AnnNearest) nearest = ann_nearest_new (name);
  g_autoptr (AnnNearest) of_longer = ann_nearest_new (longer);

  ann_nearest_offer (nearest, longer);
  g_assert_null (ann_nearest_get (nearest));
  ann_nearest_offer (nearest, name + 1);
  g_assert_cmpstr (ann_nearest_get (nearest), ==, name + 1);

  ann_nearest_offer (of_longer, name);
  g_assert_null (ann_nearest_get (of_longer));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/nearest/nearest", test_nearest);
  g_test_add_func ("/nearest/long-names", test_long_names);

  return g_test_run ();
}
