/* ann-starts.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-starts-private.h"

gsize
_ann_starts_find (const guint64 *starts, gsize n, guint64 position)
{
  gsize low = 0;
  gsize high = n;

  while (high - low > 1)
    {
      const gsize middle = low + (high - low) / 2;

      if (starts[middle] <= position)
        low = middle;
      else
        high = middle;
    }

  return low;
}
