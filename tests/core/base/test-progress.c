/* test-progress.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-progress.h"

static void
test_fraction (void)
{
  g_autoptr (AnnProgress) progress = ann_progress_new ();

  g_assert_cmpfloat (ann_progress_get_fraction (progress), ==, 0.0);
  ann_progress_add_total (progress, 8);
  g_assert_cmpfloat (ann_progress_get_fraction (progress), ==, 0.0);
  ann_progress_add_done (progress, 2);
  g_assert_cmpfloat (ann_progress_get_fraction (progress), ==, 0.25);
  ann_progress_add_total (progress, 8);
  g_assert_cmpfloat (ann_progress_get_fraction (progress), ==, 0.125);
  ann_progress_add_done (progress, 20);
  g_assert_cmpfloat (ann_progress_get_fraction (progress), ==, 1.0);
  g_assert_cmpuint (ann_progress_get_total (progress), ==, 16);
  g_assert_cmpuint (ann_progress_get_done (progress), ==, 22);
}

static gpointer
add_many (gpointer data)
{
  g_autoptr (AnnProgress) progress = data;

  for (guint i = 0; i < 10000; i++)
    {
      ann_progress_add_total (progress, 2);
      ann_progress_add_done (progress, 1);
    }

  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (AnnProgress) progress = ann_progress_new ();
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("adder", add_many, ann_progress_ref (progress));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (ann_progress_get_total (progress), ==, 80000);
  g_assert_cmpuint (ann_progress_get_done (progress), ==, 40000);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/progress/fraction", test_fraction);
  g_test_add_func ("/progress/threads", test_threads);

  return g_test_run ();
}
