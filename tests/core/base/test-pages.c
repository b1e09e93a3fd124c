/* test-pages.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-buffer-private.h"
#include "base/ann-pages-private.h"

#include <string.h>

#define KIB ((gsize) 1024)
#define MIB (1024 * KIB)
#define PAGE (4 * KIB)

/* So many blocks of 2 MiB fit into a region, of which a page is taken. */
#define N_IN_REGION 7

/* After what malloc is good enough for. */
static void
ask_for_much (void)
{
  for (guint i = 0; i < 8; i++)
    g_assert_null (_ann_pages_take (MIB));
  g_assert_cmpuint (_ann_pages_get_n_regions (), ==, 0);
}

static void
test_sizes (void)
{
  gpointer block;

  g_assert_null (_ann_pages_take (0));
  g_assert_null (_ann_pages_take (ANN_PAGES_MIN_SIZE - 1));
  g_assert_null (_ann_pages_take (ANN_PAGES_MAX_SIZE + 1));
  g_assert_null (_ann_pages_take (G_MAXSIZE));

  block = _ann_pages_take (ANN_PAGES_MIN_SIZE);
  g_assert_nonnull (block);
  _ann_pages_give_back (block, ANN_PAGES_MIN_SIZE);
  block = _ann_pages_take (ANN_PAGES_MAX_SIZE);
  g_assert_nonnull (block);
  _ann_pages_give_back (block, ANN_PAGES_MAX_SIZE);
  g_assert_cmpuint (_ann_pages_get_n_regions (), ==, 1);
}

/* Regions come as they are needed and go when they are empty, but for one. */
static void
test_regions (void)
{
  gpointer blocks[3 * N_IN_REGION];

  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    {
      blocks[i] = _ann_pages_take (2 * MIB);
      g_assert_nonnull (blocks[i]);
      g_assert_cmpuint (_ann_pages_get_n_regions (), ==, i / N_IN_REGION + 1);
    }

  /* A smaller one finds the rest of the first. */
  for (guint i = 0; i < 2; i++)
    {
      gpointer block = _ann_pages_take (MIB);

      g_assert_cmpuint (_ann_pages_get_n_regions (), ==, 3);
      _ann_pages_give_back (block, MIB);
    }

  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    {
      _ann_pages_give_back (blocks[i], 2 * MIB);
      g_assert_cmpuint (_ann_pages_get_n_regions (), ==,
                        i + 1 == 3 * N_IN_REGION   ? 1
                        : i + 1 >= 2 * N_IN_REGION ? 2
                                                   : 3);
    }
}

typedef struct {
  guint8 *bytes;
  gsize size;
  guint8 mark;
} Block;

static void
check_block (const Block *block)
{
  for (gsize i = 0; i < block->size; i += PAGE / 2)
    g_assert_cmpuint (block->bytes[i], ==, block->mark);
  g_assert_cmpuint (block->bytes[block->size - 1], ==, block->mark);
}

/* Blocks of all sizes come and go: none lies in another one. */
static void
test_no_overlap (void)
{
  Block blocks[60] = { 0 };
  GRand *rand = g_rand_new_with_seed (7);

  for (guint step = 0; step < 3000; step++)
    {
      Block *block = &blocks[g_rand_int_range (rand, 0, G_N_ELEMENTS (blocks))];

      if (block->bytes != NULL)
        {
          check_block (block);
          _ann_pages_give_back (block->bytes, block->size);
          block->bytes = NULL;
          continue;
        }
      block->size = (gsize) g_rand_int_range (rand, 64 * KIB, step % 10 == 0 ? 4 * MIB : MIB / 4);
      block->mark = (guint8) step;
      block->bytes = _ann_pages_take (block->size);
      g_assert_nonnull (block->bytes);
      g_assert_cmpuint ((guintptr) block->bytes % PAGE, ==, 0);
      memset (block->bytes, block->mark, block->size);
    }
  for (guint i = 0; i < G_N_ELEMENTS (blocks); i++)
    {
      if (blocks[i].bytes == NULL)
        continue;
      check_block (&blocks[i]);
      _ann_pages_give_back (blocks[i].bytes, blocks[i].size);
    }
  g_assert_cmpuint (_ann_pages_get_n_regions (), ==, 1);
  g_rand_free (rand);
}

/* What is filled with zeros is, whatever lay there before. */
static void
test_buffers (void)
{
  const guint64 length = MIB;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (AnnBuffer) unset = _ann_buffer_new_unset (ANN_DTYPE_UINT8, 1, &length, &error);
      g_autoptr (AnnBuffer) zeros = NULL;
      const guint8 *bytes;

      g_assert_no_error (error);
      memset (ann_buffer_get_data_for_writing (unset), 0xff, MIB);
      g_clear_pointer (&unset, ann_buffer_unref);
      zeros = ann_buffer_new (ANN_DTYPE_UINT8, 1, &length, &error);
      g_assert_no_error (error);
      bytes = ann_buffer_get_data (zeros);
      for (gsize k = 0; k < MIB; k++)
        g_assert_cmpuint (bytes[k], ==, 0);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ask_for_much ();

  g_test_add_func ("/pages/sizes", test_sizes);
  g_test_add_func ("/pages/regions", test_regions);
  g_test_add_func ("/pages/no-overlap", test_no_overlap);
  g_test_add_func ("/pages/buffers", test_buffers);

  return g_test_run ();
}
