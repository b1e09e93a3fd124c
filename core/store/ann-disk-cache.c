/* ann-disk-cache.c
 *
 * A part is a file of its own, whose name is a hash of its address and range: no address, name or
 * token can be read from it. It is written under another name and then given its own, so that any
 * number of processes may use the cache at once; a checksum tells what a crash or a disk left of
 * it. The files are in a few folders, each with its share of the limit. A folder is looked through
 * when a process has written some of that share into it, and then loses what was used longest ago.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-disk-cache-private.h"

#include "base/ann-bytes-private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define N_FOLDERS 16

/* Of a folder's share: what is written before it is looked through, what may be left then, to what
 * it is cut down, and how much one part may have.
 */
#define SCAN_AFTER(share) ((share) / 16)
#define FULL_AT(share) ((share) / 8 * 7)
#define CUT_TO(share) ((share) / 4 * 3)
#define MAX_PART(share) ((share) / 8)

/* More are not looked at in one scan; what is beyond that is taken for old. */
#define MAX_FILES 100000

/* A part that is used again says so by its time, but not more often. */
#define TOUCH_SECONDS 60

/* What a process that died has left. */
#define STALE_SECONDS 3600

/* A file: these, the ETag, the bytes. The checksum is of all that follows it. */
#define MAGIC "AnnPart1"
#define CHECKSUM_OFFSET 8
#define ETAG_OFFSET 12 /* its length */
#define DIGEST_OFFSET 16
#define OBJECT_OFFSET 48
#define LENGTH_OFFSET 56
#define HEADER_SIZE 64
#define MAX_ETAG 1024

#define PART_PREFIX "part-"
#define TEMP_PREFIX "new-"

typedef struct {
  guint8 digest[32];
  char path[2 + sizeof PART_PREFIX + 64]; /* below the cache's folder */
} Key;

typedef struct {
  guint64 size;
  gint64 used; /* ns */
  char name[sizeof PART_PREFIX + 64];
} File;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards all below; held for moments */
static gboolean is_set;
static guint64 limit_bytes;
static int root_fd = -1;
static guint64 n_written[N_FOLDERS]; /* since the folder was looked through */
static gboolean was_scanned[N_FOLDERS];

/* "2G" is 2³¹. */
static gboolean
parse_size (const char *text, guint64 *size)
{
  static const char units[] = "KMGT";
  char *end;
  const char *unit;
  guint64 number = g_ascii_strtoull (text, &end, 10);

  if (end == text || *text == '-')
    return FALSE;
  *size = number;
  if (*end == '\0')
    return TRUE;
  unit = strchr (units, g_ascii_toupper (*end));

  return unit != NULL && end[1] == '\0'
         && g_uint64_checked_mul (size, number, (guint64) 1 << (10 * (unit - units + 1)));
}

/* By the lock. */
static guint64
get_limit (void)
{
  if (!is_set)
    {
      const char *text = g_getenv ("ANN_CACHE_SIZE");

      is_set = TRUE;
      if (text != NULL && *text != '\0' && !parse_size (text, &limit_bytes))
        {
          g_warning ("ANN_CACHE_SIZE is no size such as 2G, so nothing is cached: %s", text);
          limit_bytes = 0;
        }
    }

  return limit_bytes;
}

/* A folder that others may write to is not one to take data from. */
static int
open_root (void)
{
  g_autofree char *path = g_build_filename (g_get_user_cache_dir (), "annbrowser", "parts", NULL);
  struct stat status;
  int fd;

  if (g_mkdir_with_parents (path, 0700) < 0)
    return -1;
  fd = open (path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd >= 0
      && (fstat (fd, &status) < 0 || status.st_uid != geteuid () || (status.st_mode & 077) != 0))
    {
      close (fd);
      fd = -1;
    }
  for (int i = 0; i < N_FOLDERS && fd >= 0; i++)
    {
      const char name[] = { "0123456789abcdef"[i], '\0' };

      (void) mkdirat (fd, name, 0700);
    }

  return fd;
}

/* The cache's folder, or -1 if it is off. @share is that of one folder in it. */
static int
get_root (guint64 *share)
{
  int fd = -1;

  pthread_mutex_lock (&lock);
  *share = get_limit () / N_FOLDERS;
  if (*share > 0)
    {
      if (root_fd < 0)
        root_fd = open_root ();
      fd = root_fd;
    }
  pthread_mutex_unlock (&lock);

  return fd;
}

/**
 * ann_disk_cache_set_limit:
 * @n_bytes: how much may be kept; 0: nothing, and nothing is looked up
 *
 * Sets how much of remote stores is kept on disk, by all processes together. What is kept already
 * stays until it makes room.
 */
void
ann_disk_cache_set_limit (guint64 n_bytes)
{
  pthread_mutex_lock (&lock);
  is_set = TRUE;
  limit_bytes = n_bytes;
  memset (was_scanned, 0, sizeof was_scanned);
  pthread_mutex_unlock (&lock);
}

/**
 * ann_disk_cache_get_limit:
 *
 * Returns: how much of remote stores is kept on disk at most; 0: nothing
 */
guint64
ann_disk_cache_get_limit (void)
{
  guint64 n_bytes;

  pthread_mutex_lock (&lock);
  n_bytes = get_limit ();
  pthread_mutex_unlock (&lock);

  return n_bytes;
}

static void
init_key (Key *key, const char *url, const char *range)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = sizeof key->digest;
  const char *name;

  g_checksum_update (checksum, (const guchar *) url, -1);
  g_checksum_update (checksum, (const guchar *) "\n", 1);
  g_checksum_update (checksum, (const guchar *) (range != NULL ? range : ""), -1);
  name = g_checksum_get_string (checksum);
  g_snprintf (key->path, sizeof key->path, "%c/" PART_PREFIX "%s", name[0], name);
  g_checksum_get_digest (checksum, key->digest, &size);
}

static guint
get_folder (const Key *key)
{
  return key->digest[0] >> 4;
}

static guint32
get_checksum (const guint8 *file, gsize n_bytes)
{
  return libdeflate_crc32 (0, file + ETAG_OFFSET, n_bytes - ETAG_OFFSET);
}

static gboolean
read_whole (int fd, guint8 *bytes, gsize n_bytes)
{
  for (gsize done = 0; done < n_bytes;)
    {
      gssize n = pread (fd, bytes + done, n_bytes - done, (off_t) done);

      if (n <= 0 && !(n < 0 && errno == EINTR))
        return FALSE;
      done += n > 0 ? (gsize) n : 0;
    }

  return TRUE;
}

/* (transfer full) (nullable): the file, if it is a regular one with at most @max bytes */
static guint8 *
load_file (int fd, gsize max, gsize *n_bytes)
{
  g_autofree guint8 *bytes = NULL;
  struct stat status;
  struct timespec now;

  if (fstat (fd, &status) < 0 || !S_ISREG (status.st_mode) || status.st_size < HEADER_SIZE
      || (guint64) status.st_size > max)
    return NULL;
  *n_bytes = (gsize) status.st_size;
  bytes = g_try_malloc (*n_bytes);
  if (bytes == NULL || !read_whole (fd, bytes, *n_bytes))
    return NULL;

  clock_gettime (CLOCK_REALTIME, &now);
  if (now.tv_sec - status.st_mtime > TOUCH_SECONDS)
    (void) futimens (fd, NULL);

  return g_steal_pointer (&bytes);
}

/* Whether the @n_bytes of a file are what was written of @key. */
static gboolean
is_intact (const guint8 *file, gsize n_bytes, const Key *key)
{
  guint32 etag_length = _ann_read_le32 (file + ETAG_OFFSET);

  return memcmp (file, MAGIC, CHECKSUM_OFFSET) == 0
         && memcmp (file + DIGEST_OFFSET, key->digest, sizeof key->digest) == 0
         && etag_length <= MAX_ETAG && etag_length <= n_bytes - HEADER_SIZE
         && _ann_read_le64 (file + LENGTH_OFFSET) == n_bytes - HEADER_SIZE - etag_length
         && _ann_read_le32 (file + CHECKSUM_OFFSET) == get_checksum (file, n_bytes);
}

gboolean
_ann_disk_cache_look_up (const char *url, const char *range, gsize limit, AnnCachedPart *part)
{
  g_autofree guint8 *file = NULL;
  guint64 share;
  gsize n_bytes = 0;
  guint32 etag_length;
  Key key;
  int root = get_root (&share);
  int fd;

  *part = (AnnCachedPart){ 0 };
  if (root < 0)
    return FALSE;
  init_key (&key, url, range);
  fd = openat (root, key.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0)
    return FALSE;
  file = load_file (fd, MIN (limit, G_MAXSIZE / 2) + HEADER_SIZE + MAX_ETAG, &n_bytes);
  close (fd);
  if (file == NULL)
    return FALSE;
  if (!is_intact (file, n_bytes, &key))
    {
      (void) unlinkat (root, key.path, 0);
      return FALSE;
    }

  etag_length = _ann_read_le32 (file + ETAG_OFFSET);
  part->n_bytes = n_bytes - HEADER_SIZE - etag_length;
  if (part->n_bytes > limit)
    return FALSE;
  part->etag = g_strndup ((const char *) file + HEADER_SIZE, etag_length);
  part->object_size = _ann_read_le64 (file + OBJECT_OFFSET);
  memmove (file, file + HEADER_SIZE + etag_length, part->n_bytes);
  part->bytes = g_steal_pointer (&file);

  return TRUE;
}

void
_ann_cached_part_clear (AnnCachedPart *part)
{
  g_clear_pointer (&part->bytes, g_free);
  g_clear_pointer (&part->etag, g_free);
}

/* The one that was used last comes last. */
static int
compare_files (gconstpointer a, gconstpointer b)
{
  const File *first = a;
  const File *second = b;

  return first->used < second->used ? -1 : first->used > second->used;
}

static gint64
get_time (const struct stat *status)
{
  return (gint64) status->st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + status->st_mtim.tv_nsec;
}

/* Adds the file, or removes it: if a process has left it behind, or there are too many. */
static void
look_at_file (int folder, const char *name, GArray *files, guint64 *total)
{
  struct stat status;
  File file;
  gboolean is_temporary = g_str_has_prefix (name, TEMP_PREFIX);

  if ((!is_temporary && !g_str_has_prefix (name, PART_PREFIX)) || strlen (name) >= sizeof file.name
      || fstatat (folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG (status.st_mode))
    return;
  if (files->len >= MAX_FILES || (is_temporary && time (NULL) - status.st_mtime > STALE_SECONDS))
    {
      (void) unlinkat (folder, name, 0);
      return;
    }

  file = (File){ .size = (guint64) status.st_size, .used = get_time (&status) };
  g_strlcpy (file.name, name, sizeof file.name);
  g_array_append_val (files, file);
  *total += file.size;
}

/* Looks through a folder of the cache, and removes what was used longest ago if it is full. */
static void
scan_folder (int root, guint number, guint64 share)
{
  g_autoptr (GArray) files = g_array_new (FALSE, FALSE, sizeof (File));
  const char name[] = { "0123456789abcdef"[number], '\0' };
  int fd = openat (root, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *folder = fd >= 0 ? fdopendir (fd) : NULL;
  const struct dirent *item;
  guint64 total = 0;

  if (folder == NULL)
    {
      if (fd >= 0)
        close (fd);
      return;
    }
  while ((item = readdir (folder)) != NULL)
    look_at_file (fd, item->d_name, files, &total);

  if (total > FULL_AT (share))
    {
      g_array_sort (files, compare_files);
      for (guint i = 0; i < files->len && total > CUT_TO (share); i++)
        {
          const File *file = &g_array_index (files, File, i);

          (void) unlinkat (fd, file->name, 0);
          total -= file->size;
        }
    }
  closedir (folder);
}

static void
count_written (int root, guint number, guint64 n_bytes, guint64 share)
{
  gboolean is_due;

  pthread_mutex_lock (&lock);
  n_written[number] += n_bytes;
  is_due = !was_scanned[number] || n_written[number] > SCAN_AFTER (share);
  if (is_due)
    {
      n_written[number] = 0;
      was_scanned[number] = TRUE;
    }
  pthread_mutex_unlock (&lock);

  if (is_due)
    scan_folder (root, number, share);
}

static gboolean
write_whole (int fd, const guint8 *bytes, gsize n_bytes)
{
  while (n_bytes > 0)
    {
      gssize n = write (fd, bytes, n_bytes);

      if (n < 0 && errno != EINTR)
        return FALSE;
      bytes += n > 0 ? n : 0;
      n_bytes -= n > 0 ? (gsize) n : 0;
    }

  return TRUE;
}

/* A name of its own: for the process, and in it. */
static int
create_temporary (int root, const Key *key, char *path, gsize size)
{
  g_snprintf (path, size, "%c/" TEMP_PREFIX "%d-%08x%08x", key->path[0], (int) getpid (),
              g_random_int (), g_random_int ());

  return openat (root, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
}

static void
put_le32 (guint8 *bytes, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (bytes, &value, sizeof value);
}

static void
put_le64 (guint8 *bytes, guint64 value)
{
  value = GUINT64_TO_LE (value);
  memcpy (bytes, &value, sizeof value);
}

/* (transfer full): what is written, of *@size bytes, in memory */
static guint8 *
make_file (const Key *key,
           const char *etag,
           guint64 object_size,
           const guint8 *bytes,
           gsize n_bytes,
           gsize *size)
{
  gsize etag_length = strlen (etag);
  guint8 *file = g_try_malloc0 (HEADER_SIZE + etag_length + n_bytes);

  if (file == NULL)
    return NULL;
  *size = HEADER_SIZE + etag_length + n_bytes;
  memcpy (file, MAGIC, CHECKSUM_OFFSET);
  put_le32 (file + ETAG_OFFSET, (guint32) etag_length);
  memcpy (file + DIGEST_OFFSET, key->digest, sizeof key->digest);
  put_le64 (file + OBJECT_OFFSET, object_size);
  put_le64 (file + LENGTH_OFFSET, n_bytes);
  memcpy (file + HEADER_SIZE, etag, etag_length);
  if (n_bytes > 0)
    memcpy (file + HEADER_SIZE + etag_length, bytes, n_bytes);
  put_le32 (file + CHECKSUM_OFFSET, get_checksum (file, *size));

  return file;
}

void
_ann_disk_cache_keep (const char *url,
                      const char *range,
                      const char *etag,
                      guint64 object_size,
                      const guint8 *bytes,
                      gsize n_bytes)
{
  g_autofree guint8 *file = NULL;
  char path[96];
  gboolean is_written;
  guint64 share;
  gsize size;
  Key key;
  int root = get_root (&share);
  int fd;

  /* Two objects of one weak ETag may differ in their bytes. */
  if (root < 0 || etag == NULL || etag[0] != '"' || strlen (etag) > MAX_ETAG
      || n_bytes > MAX_PART (share))
    return;
  init_key (&key, url, range);
  file = make_file (&key, etag, object_size, bytes, n_bytes, &size);
  fd = file != NULL ? create_temporary (root, &key, path, sizeof path) : -1;
  if (fd < 0)
    return;

  is_written = write_whole (fd, file, size);
  if (close (fd) < 0 || !is_written || renameat (root, path, root, key.path) < 0)
    (void) unlinkat (root, path, 0);
  else
    count_written (root, get_folder (&key), size, share);
}
