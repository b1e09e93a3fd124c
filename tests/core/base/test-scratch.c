/* test-scratch.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "base/ann-scratch-private.h"

#include <string.h>

#define MIB ((gsize) 1024 * 1024)

static void
use (gsize size, guint depth)
{
  g_auto (AnnScratch) scratch = { NULL, 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (_ann_scratch_reserve (&scratch, size, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (scratch.size, >=, size);
  memset (scratch.data, depth, scratch.size);
  if (depth > 0)
    use (size * 3 % 100000, depth - 1);
  for (gsize i = 0; i < scratch.size; i++)
    g_assert_cmpuint (scratch.data[i], ==, depth);
}

/* A block in use is nobody else's, however deep. */
static void
test_nesting (void)
{
  for (guint i = 0; i < 20; i++)
    use (10 + i, 12);
}

static void
test_is_kept (void)
{
  AnnScratch scratch = { NULL, 0 };
  const guint8 *data;
  g_autoptr (GError) error = NULL;

  g_assert_true (_ann_scratch_reserve (&scratch, 300000, &error));
  data = scratch.data;
  g_assert_true (_ann_scratch_reserve (&scratch, 200000, &error));
  g_assert_true (scratch.data == data);
  _ann_scratch_clear (&scratch);
  g_assert_null (scratch.data);
  g_assert_true (_ann_scratch_reserve (&scratch, 250000, &error));
  g_assert_true (scratch.data == data);
  g_assert_cmpuint (scratch.size, ==, 300000);
  _ann_scratch_clear (&scratch);
}

/* A large block is given back: the next one asked for is as large as it needs to be. */
static void
test_large_is_not_kept (void)
{
  AnnScratch scratch = { NULL, 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (_ann_scratch_reserve (&scratch, 9 * MIB, &error));
  _ann_scratch_clear (&scratch);
  g_assert_true (_ann_scratch_reserve (&scratch, 5 * MIB, &error));
  g_assert_cmpuint (scratch.size, ==, 5 * MIB);
  _ann_scratch_clear (&scratch);
}

static void
test_no_memory (void)
{
  AnnScratch scratch = { NULL, 0 };
  g_autoptr (GError) error = NULL;

  g_assert_true (_ann_scratch_reserve (&scratch, 0, &error));
  g_assert_nonnull (scratch.data);
  g_assert_false (_ann_scratch_reserve (&scratch, G_MAXSIZE - 8, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "such as those of a chunk"));
  g_assert_null (scratch.data);
  _ann_scratch_clear (&scratch);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/scratch/nesting", test_nesting);
  g_test_add_func ("/scratch/is-kept", test_is_kept);
  g_test_add_func ("/scratch/large-is-not-kept", test_large_is_not_kept);
  g_test_add_func ("/scratch/no-memory", test_no_memory);

  return g_test_run ();
}
