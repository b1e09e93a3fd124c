/* failing-files.c: the command's writes, counted and made to fail as those of a full disk
 *
 * See failing-writes.h.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../support/failing-writes.h"

__attribute__ ((constructor)) static void
fill_disk (void)
{
  failing_writes.error = ENOSPC;
}
