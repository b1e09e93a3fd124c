/* failing-writes.h: the calls by which files are written, counted and made to fail
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * For one source of a program, before all else, that is linked with the static library: it has
 * these functions in place of the system's. ANN_TEST_FAIL_WRITE_AT is the number of the call that
 * fails, from 0, ANN_TEST_KILL_WRITE_AT of that before which the process is killed, and
 * ANN_TEST_STOP_WRITE_AT of that before which it stops until it is told to go on;
 * ANN_TEST_COUNTED_WRITES a file that their number is written to at the end.
 */

#pragma once

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The names that those have where offsets are 64 bits wide. */
ssize_t pwrite64 (int fd, const void *bytes, size_t n_bytes, off_t offset);
int openat64 (int folder, const char *path, int flags, ...);

/* @error: errno of the call that fails
 * @without_unnamed: as file systems that cannot make a file without a name
 * @without_exchange: as those that rename in the old way alone
 * @trace: a letter for each of the first calls, of one thread: `o`penat, `w`rite, `m`kdirat,
 *   f`s`ync, `S`yncfs, `l`inkat, `r`enameat, `R`enameat2
 * @on_call: (nullable): told of each call before it is made; in any thread
 */
static struct {
  atomic_long n_calls;
  long fail_at;
  long kill_at;
  long stop_at;
  int error;
  bool without_unnamed;
  bool without_exchange;
  char trace[200];
  void (*on_call) (long number);
} failing_writes = { .fail_at = -1, .kill_at = -1, .stop_at = -1, .error = EIO };

__attribute__ ((constructor)) static void
failing_writes_set_up (void)
{
  const char *fail_at = getenv ("ANN_TEST_FAIL_WRITE_AT");
  const char *kill_at = getenv ("ANN_TEST_KILL_WRITE_AT");
  const char *stop_at = getenv ("ANN_TEST_STOP_WRITE_AT");

  if (fail_at != NULL)
    failing_writes.fail_at = strtol (fail_at, NULL, 10);
  if (kill_at != NULL)
    failing_writes.kill_at = strtol (kill_at, NULL, 10);
  if (stop_at != NULL)
    failing_writes.stop_at = strtol (stop_at, NULL, 10);
}

__attribute__ ((destructor)) static void
failing_writes_report (void)
{
  const char *path = getenv ("ANN_TEST_COUNTED_WRITES");
  FILE *file = path != NULL ? fopen (path, "w") : NULL;

  if (file == NULL)
    return;
  fprintf (file, "%ld\n", failing_writes.n_calls);
  fclose (file);
}

/* Whether this call is the one. */
static bool
fails_now (char letter)
{
  long number = atomic_fetch_add (&failing_writes.n_calls, 1);

  if (number < (long) sizeof failing_writes.trace - 1)
    {
      failing_writes.trace[number] = letter;
      failing_writes.trace[number + 1] = '\0';
    }
  if (failing_writes.on_call != NULL)
    failing_writes.on_call (number);
  if (number == failing_writes.kill_at)
    raise (SIGKILL);
  if (number == failing_writes.stop_at)
    raise (SIGSTOP);
  if (number != failing_writes.fail_at)
    return false;
  errno = failing_writes.error;

  return true;
}

ssize_t
pwrite64 (int fd, const void *bytes, size_t n_bytes, off_t offset)
{
  return fails_now ('w') ? -1 : syscall (SYS_pwrite64, fd, bytes, n_bytes, offset);
}

int
openat64 (int folder, const char *path, int flags, ...)
{
  bool is_unnamed = (flags & O_TMPFILE) == O_TMPFILE;
  mode_t mode = 0;
  va_list args;

  if (is_unnamed || (flags & O_CREAT) != 0)
    {
      va_start (args, flags);
      mode = va_arg (args, mode_t);
      va_end (args);
      if (fails_now ('o'))
        return -1;
    }
  if (is_unnamed && failing_writes.without_unnamed)
    {
      errno = EOPNOTSUPP;
      return -1;
    }

  return (int) syscall (SYS_openat, folder, path, flags, mode);
}

int
mkdirat (int folder, const char *path, mode_t mode)
{
  return fails_now ('m') ? -1 : (int) syscall (SYS_mkdirat, folder, path, mode);
}

int
fsync (int fd)
{
  return fails_now ('s') ? -1 : (int) syscall (SYS_fsync, fd);
}

int
syncfs (int fd)
{
  return fails_now ('S') ? -1 : (int) syscall (SYS_syncfs, fd);
}

int
linkat (int from_folder, const char *from, int to_folder, const char *to, int flags)
{
  return fails_now ('l') ? -1 : (int) syscall (SYS_linkat, from_folder, from, to_folder, to, flags);
}

int
renameat (int from_folder, const char *from, int to_folder, const char *to)
{
  return fails_now ('r') ? -1 : (int) syscall (SYS_renameat, from_folder, from, to_folder, to);
}

int
renameat2 (int from_folder, const char *from, int to_folder, const char *to, unsigned int flags)
{
  if (fails_now ('R'))
    return -1;
  if (failing_writes.without_exchange)
    {
      errno = EINVAL;
      return -1;
    }

  return (int) syscall (SYS_renameat2, from_folder, from, to_folder, to, flags);
}
