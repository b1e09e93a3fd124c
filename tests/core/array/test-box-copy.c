/* test-box-copy.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-box-copy-private.h"

#include <string.h>

/* A box of 2 × 3 × 2 out of 4 × 5 × 3 into 3 × 3 × 4, byte by byte, for every size of an item. */
static const guint64 from_shape[] = { 4, 5, 3 };
static const guint64 from_start[] = { 1, 2, 1 };
static const guint64 to_shape[] = { 3, 3, 4 };
static const guint64 to_start[] = { 1, 0, 2 };
static const guint64 count[] = { 2, 3, 2 };

static gboolean
is_inside (const guint64 *index)
{
  for (guint i = 0; i < 3; i++)
    {
      if (index[i] < to_start[i] || index[i] >= to_start[i] + count[i])
        return FALSE;
    }

  return TRUE;
}

static void
test_copy (void)
{
  const gsize item_sizes[] = { 1, 2, 3, 4, 8, 16 };

  for (guint s = 0; s < G_N_ELEMENTS (item_sizes); s++)
    {
      const gsize item_size = item_sizes[s];
      guint8 from[4 * 5 * 3 * 16];
      guint8 to[3 * 3 * 4 * 16];

      for (guint i = 0; i < sizeof from; i++)
        from[i] = i % 255;
      memset (to, 255, sizeof to);
      _ann_box_copy (3, item_size, count, from, from_shape, from_start, to, to_shape, to_start);

      for (gsize i = 0; i < 3 * 3 * 4; i++)
        {
          const guint64 index[] = { i / 12, i / 4 % 3, i % 4 };
          gsize source = ((index[0] - to_start[0] + from_start[0]) * 5 + index[1] - to_start[1]
                          + from_start[1])
                             * 3
                         + index[2] - to_start[2] + from_start[2];

          for (gsize j = 0; j < item_size; j++)
            g_assert_cmpuint (to[i * item_size + j], ==,
                              is_inside (index) ? (source * item_size + j) % 255 : 255);
        }
    }
}

static void
test_fill (void)
{
  const gsize item_sizes[] = { 1, 2, 3, 4, 8, 16 };
  guint8 item[16];

  for (guint i = 0; i < sizeof item; i++)
    item[i] = i + 1;

  for (guint s = 0; s < G_N_ELEMENTS (item_sizes); s++)
    for (guint zero = 0; zero < 2; zero++)
      {
        const gsize item_size = item_sizes[s];
        guint8 to[3 * 3 * 4 * 16];

        memset (to, 255, sizeof to);
        _ann_box_fill (3, item_size, count, zero ? NULL : item, to, to_shape, to_start);
        for (gsize i = 0; i < 3 * 3 * 4; i++)
          {
            const guint64 index[] = { i / 12, i / 4 % 3, i % 4 };

            for (gsize j = 0; j < item_size; j++)
              g_assert_cmpuint (to[i * item_size + j], ==,
                                !is_inside (index) ? 255
                                : zero             ? 0
                                                   : item[j]);
          }
      }
}

/* Boxes without elements touch nothing, and a scalar is one. */
static void
test_least (void)
{
  const guint64 none[] = { 2, 0, 2 };
  guint8 from[1] = { 7 };
  guint8 to[1] = { 0 };

  _ann_box_copy (3, 1, none, from, from_shape, from_start, to, to_shape, to_start);
  _ann_box_fill (3, 1, none, from, to, to_shape, to_start);
  g_assert_cmpuint (to[0], ==, 0);
  _ann_box_copy (0, 1, NULL, from, NULL, NULL, to, NULL, NULL);
  g_assert_cmpuint (to[0], ==, 7);
  _ann_box_fill (0, 1, NULL, NULL, to, NULL, NULL);
  g_assert_cmpuint (to[0], ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/box-copy/copy", test_copy);
  g_test_add_func ("/box-copy/fill", test_fill);
  g_test_add_func ("/box-copy/least", test_least);

  return g_test_run ();
}
