/* ann-file.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _GNU_SOURCE /* O_NOATIME */

#include "base/ann-file-private.h"

#include <errno.h>
#include <fcntl.h>

int
_ann_file_open (const char *path)
{
  /* Not blocking, for a pipe may be named so. */
  const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  int fd = open (path, flags | O_NOATIME);

  return fd < 0 && errno == EPERM ? open (path, flags) : fd;
}
