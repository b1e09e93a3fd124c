/* counted-reads.c: the command's reads, counted and made to fail
 *
 * Linked into a command for tests, in place of the system's pread (): all that is read of a store
 * goes through it. ANN_TEST_FAIL_AT is the number of the read that fails, from 0, and
 * ANN_TEST_STOP_AT of that before which the process stops until it is told to go on;
 * ANN_TEST_COUNTS a file that is written at the end.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-stats.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

ssize_t pread64 (int fd, void *bytes, size_t n_bytes, off_t offset);

static atomic_long n_reads;
static atomic_long n_bytes_read;
static long fail_at = -1;
static long stop_at = -1;

__attribute__ ((constructor)) static void
set_up (void)
{
  const char *fail = getenv ("ANN_TEST_FAIL_AT");
  const char *stop = getenv ("ANN_TEST_STOP_AT");

  if (fail != NULL)
    fail_at = strtol (fail, NULL, 10);
  if (stop != NULL)
    stop_at = strtol (stop, NULL, 10);
}

__attribute__ ((destructor)) static void
report (void)
{
  const char *path = getenv ("ANN_TEST_COUNTS");
  FILE *file = path != NULL ? fopen (path, "w") : NULL;
  AnnHdf5Stats stats;

  if (file == NULL)
    return;
  _ann_hdf5_get_stats (&stats);
  fprintf (file, "{\"reads\": %ld, \"bytes\": %ld, \"chunks\": %" G_GUINT64_FORMAT "}\n", n_reads,
           n_bytes_read, stats.n_chunk_reads);
  fclose (file);
}

/* The name that pread () has where offsets are 64 bits wide. */
ssize_t
pread64 (int fd, void *bytes, size_t n_bytes, off_t offset)
{
  long number = atomic_fetch_add (&n_reads, 1);
  ssize_t n;

  if (number == stop_at)
    raise (SIGSTOP);
  if (number == fail_at)
    {
      errno = EIO;
      return -1;
    }
  n = syscall (SYS_pread64, fd, bytes, n_bytes, offset);
  if (n > 0)
    atomic_fetch_add (&n_bytes_read, n);

  return n;
}
