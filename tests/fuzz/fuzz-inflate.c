/* fuzz-inflate.c: our decoder of deflate beside libdeflate
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "fuzz-input.h"

#include "codec/ann-inflate-private.h"

#include <libdeflate.h>

#define MAX_CAPACITY (1 << 18)

/* An input is: the room for the result, 32 bits; what was deflated. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static struct libdeflate_decompressor *library;
  Input input = { data, size };
  const gsize capacity = input_take_number (&input) % MAX_CAPACITY;
  g_autofree guint8 *src = g_memdup2 (input.next, input.n_left);
  g_autofree guint8 *ours = g_malloc (MAX (capacity, 1));
  g_autofree guint8 *theirs = g_malloc (MAX (capacity, 1));
  gsize n_read = 0;
  gsize n_written = 0;
  gsize their_n_read = 0;
  gsize their_n_written = 0;

  if (src == NULL || !_ann_inflate (src, input.n_left, ours, capacity, &n_read, &n_written))
    return 0;

  /* What ours takes for right the library does, and comes to the same. */
  if (library == NULL)
    library = libdeflate_alloc_decompressor ();
  g_assert_cmpint (libdeflate_deflate_decompress_ex (library, src, input.n_left, theirs, capacity,
                                                     &their_n_read, &their_n_written),
                   ==, LIBDEFLATE_SUCCESS);
  g_assert_cmpuint (n_read, ==, their_n_read);
  g_assert_cmpmem (ours, n_written, theirs, their_n_written);

  return 0;
}
