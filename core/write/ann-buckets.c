/* ann-buckets.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _GNU_SOURCE /* O_TMPFILE */

#include "write/ann-buckets-private.h"

#include "base/ann-clean-up-private.h"
#include "base/ann-error.h"
#include "store/ann-place-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* A bucket of so many bytes is looked for, and one of more than twice that is split. */
#define BUCKET_SIZE ((guint64) 16 << 20)

/* What is collected for a bucket before it goes to the file, and how many buckets there are at
 * most: together 16 MiB. Of large records there are fewer, but two at least, so that a bucket that
 * is split becomes smaller.
 */
#define BUFFER_SIZE ((gsize) 64 << 10)
#define MAX_BUCKETS 256

/* A bucket that is split is read in pieces of so many bytes. */
#define PIECE_SIZE ((gsize) 4 << 20)

/* Where a piece of a bucket lies in the file. */
typedef struct {
  guint64 offset;
  guint64 length;
} Extent;

typedef struct {
  guint8 *buffer; /* NULL until it is needed */
  gsize n_buffered;
  AnnPile extents; /* of Extent */
  guint64 n_bytes; /* in the file */
} Bucket;

struct _AnnBuckets {
  char *folder;
  int fd; /* -1 until it is needed */
  guint64 file_size;
  guint64 first_line;
  guint64 n_lines;
  guint shift; /* lines of a bucket are 2 to this power */
  gsize record_size;
  gsize buffer_size; /* whole records */
  guint n_buckets;
  Bucket *buckets;

  /* When they are handed out. */
  gboolean keeps_whole;
  guint next;
  AnnPile loaded;
  AnnBuckets *split;    /* the bucket before the next, in buckets of its own */
  guint64 split_extent; /* of a long line: the extent that comes next */
};

AnnBuckets *
_ann_buckets_new (const char *folder,
                  guint64 first_line,
                  guint64 n_lines,
                  gsize payload_size,
                  guint64 n_expected)
{
  AnnBuckets *self = g_new0 (AnnBuckets, 1);
  guint64 n_wanted = MIN (n_expected / BUCKET_SIZE + 1, MAX_BUCKETS);

  self->folder = g_strdup (folder);
  self->fd = -1;
  self->first_line = first_line;
  self->n_lines = n_lines;
  self->record_size = sizeof (guint32) + payload_size;
  self->buffer_size = MAX (BUFFER_SIZE / self->record_size, 1) * self->record_size;
  n_wanted = MIN (n_wanted, MAX (MAX_BUCKETS * BUFFER_SIZE / self->buffer_size, 2));
  while (self->shift < 31 && n_lines > 0 && ((n_lines - 1) >> self->shift) + 1 > n_wanted)
    self->shift++;
  self->n_buckets = n_lines > 0 ? (guint) ((n_lines - 1) >> self->shift) + 1 : 0;
  self->buckets = g_new0 (Bucket, MAX (self->n_buckets, 1));

  return self;
}

void
_ann_buckets_free (AnnBuckets *self)
{
  if (self == NULL)
    return;

  for (guint i = 0; i < self->n_buckets; i++)
    {
      g_free (self->buckets[i].buffer);
      _ann_pile_clear (&self->buckets[i].extents);
    }
  if (self->fd >= 0)
    _ann_clean_up_close (self->fd);
  _ann_buckets_free (self->split);
  _ann_pile_clear (&self->loaded);
  g_free (self->buckets);
  g_free (self->folder);
  g_free (self);
}

void
_ann_buckets_keep_whole (AnnBuckets *self)
{
  self->keeps_whole = TRUE;
}

/* --- The file --- */

static void
set_errno_error (const AnnBuckets *self, const char *what, int code, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s a temporary file: %s",
               self->folder, what, g_strerror (code));
}

static gboolean
open_file (AnnBuckets *self, GError **error)
{
  g_autofree char *path = NULL;

  if (self->fd >= 0)
    return TRUE;

  self->fd = open (self->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (self->fd >= 0)
    return TRUE;

  /* Not every file system has files without a name. */
  path = g_build_filename (self->folder, ".annbrowser-XXXXXX", NULL);
  self->fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, 0600);
  if (self->fd < 0)
    {
      set_errno_error (self, "cannot make", errno, error);
      return FALSE;
    }
  unlink (path);

  return TRUE;
}

static gboolean
write_all (AnnBuckets *self, const guint8 *bytes, gsize n, GError **error)
{
  if (_ann_write_fully (self->fd, bytes, n, self->file_size) < 0)
    {
      set_errno_error (self, "cannot write to", errno, error);
      return FALSE;
    }
  self->file_size += n;

  return TRUE;
}

static gboolean
read_all (AnnBuckets *self, guint64 offset, guint8 *bytes, gsize n, GError **error)
{
  for (gsize done = 0; done < n;)
    {
      const gssize got = pread (self->fd, bytes + done, n - done, (off_t) (offset + done));

      if (got < 0 && errno == EINTR)
        continue;
      if (got <= 0)
        {
          set_errno_error (self, "cannot read from", got < 0 ? errno : EIO, error);
          return FALSE;
        }
      done += (gsize) got;
    }

  return TRUE;
}

/* --- Into buckets --- */

static gboolean
flush (AnnBuckets *self, Bucket *bucket, GError **error)
{
  const Extent extent = { self->file_size, bucket->n_buffered };

  if (!open_file (self, error)
      || !_ann_pile_append (&bucket->extents, &extent, sizeof extent, error)
      || !write_all (self, bucket->buffer, bucket->n_buffered, error))
    return FALSE;
  bucket->n_bytes += bucket->n_buffered;
  bucket->n_buffered = 0;

  return TRUE;
}

static gboolean
make_room (AnnBuckets *self, Bucket *bucket, GError **error)
{
  if (bucket->buffer != NULL)
    return flush (self, bucket, error);

  bucket->buffer = g_try_malloc (self->buffer_size);
  if (bucket->buffer == NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                 "No memory for a record of %" G_GSIZE_FORMAT " bytes", self->record_size);

  return bucket->buffer != NULL;
}

guint8 *
_ann_buckets_add (AnnBuckets *self, guint64 line, GError **error)
{
  const guint64 place = line - self->first_line;
  Bucket *bucket = &self->buckets[place >> self->shift];
  const guint32 in_bucket = (guint32) (place & ((G_GUINT64_CONSTANT (1) << self->shift) - 1));
  guint8 *record;

  g_return_val_if_fail (place < self->n_lines, NULL);

  if ((bucket->buffer == NULL || bucket->n_buffered == self->buffer_size)
      && !make_room (self, bucket, error))
    return NULL;

  record = bucket->buffer + bucket->n_buffered;
  bucket->n_buffered += self->record_size;
  memcpy (record, &in_bucket, sizeof in_bucket);

  return record + sizeof in_bucket;
}

/* --- Out of them --- */

static guint64
get_first_line (const AnnBuckets *self, guint number)
{
  return self->first_line + ((guint64) number << self->shift);
}

static guint64
count_lines (const AnnBuckets *self, guint number)
{
  const guint64 begin = (guint64) number << self->shift;

  return MIN (G_GUINT64_CONSTANT (1) << self->shift, self->n_lines - begin);
}

static gboolean
load (AnnBuckets *self, const Bucket *bucket, GError **error)
{
  const Extent *extents = (const Extent *) (const void *) bucket->extents.items;
  const gsize n_extents = bucket->extents.n_bytes / sizeof (Extent);

  self->loaded.n_bytes = 0;
  if (!_ann_pile_reserve (&self->loaded, bucket->n_bytes + bucket->n_buffered, error))
    return FALSE;
  for (gsize i = 0; i < n_extents; i++)
    {
      if (!read_all (self, extents[i].offset, self->loaded.items + self->loaded.n_bytes,
                     extents[i].length, error))
        return FALSE;
      self->loaded.n_bytes += extents[i].length;
    }
  if (bucket->n_buffered > 0)
    memcpy (self->loaded.items + self->loaded.n_bytes, bucket->buffer, bucket->n_buffered);
  self->loaded.n_bytes += bucket->n_buffered;

  return TRUE;
}

static gboolean
add_again (AnnBuckets *to,
           const guint8 *records,
           gsize n_bytes,
           gsize record_size,
           guint64 first_line,
           GError **error)
{
  const gsize payload_size = record_size - sizeof (guint32);

  for (const guint8 *at = records; at < records + n_bytes; at += record_size)
    {
      guint32 line;
      guint8 *payload;

      memcpy (&line, at, sizeof line);
      payload = _ann_buckets_add (to, first_line + line, error);
      if (payload == NULL)
        return FALSE;
      memcpy (payload, at + sizeof line, payload_size);
    }

  return TRUE;
}

/* Puts a bucket of several lines into buckets of its own. */
static gboolean
split (AnnBuckets *self, guint number, GCancellable *cancellable, GError **error)
{
  const Bucket *bucket = &self->buckets[number];
  const Extent *extents = (const Extent *) (const void *) bucket->extents.items;
  const gsize n_extents = bucket->extents.n_bytes / sizeof (Extent);
  const guint64 first_line = get_first_line (self, number);
  g_autoptr (AnnBuckets) parts = NULL;

  parts = _ann_buckets_new (self->folder, first_line, count_lines (self, number),
                            self->record_size - sizeof (guint32), bucket->n_bytes);
  parts->keeps_whole = self->keeps_whole;
  for (gsize i = 0; i < n_extents; i++)
    {
      self->loaded.n_bytes = 0;
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !_ann_pile_reserve (&self->loaded, extents[i].length, error)
          || !read_all (self, extents[i].offset, self->loaded.items, extents[i].length, error)
          || !add_again (parts, self->loaded.items, extents[i].length, self->record_size,
                         first_line, error))
        return FALSE;
    }
  if (!add_again (parts, bucket->buffer, bucket->n_buffered, self->record_size, first_line, error))
    return FALSE;
  self->split = g_steal_pointer (&parts);

  return TRUE;
}

/* A line that is too long for one piece comes in several, and the last completes it. */
static gboolean
next_of_line (AnnBuckets *self, AnnBucketPiece *piece, GError **error)
{
  Bucket *bucket = &self->buckets[self->next];
  const Extent *extents = (const Extent *) (const void *) bucket->extents.items;
  const gsize n_extents = bucket->extents.n_bytes / sizeof (Extent);

  self->loaded.n_bytes = 0;
  while (self->split_extent < n_extents
         && self->loaded.n_bytes + extents[self->split_extent].length <= PIECE_SIZE)
    {
      const Extent *extent = &extents[self->split_extent];

      if (!_ann_pile_reserve (&self->loaded, extent->length, error)
          || !read_all (self, extent->offset, self->loaded.items + self->loaded.n_bytes,
                        extent->length, error))
        return FALSE;
      self->loaded.n_bytes += extent->length;
      self->split_extent++;
    }

  *piece = (AnnBucketPiece){ self->loaded.items, self->loaded.n_bytes / self->record_size,
                             get_first_line (self, self->next), 0 };
  if (piece->n > 0)
    return TRUE;

  *piece = (AnnBucketPiece){ bucket->buffer, bucket->n_buffered / self->record_size,
                             get_first_line (self, self->next), 1 };
  self->split_extent = 0;
  self->next++;

  return TRUE;
}

gboolean
_ann_buckets_next (AnnBuckets *self,
                   AnnBucketPiece *piece,
                   gboolean *is_end,
                   GCancellable *cancellable,
                   GError **error)
{
  gboolean is_large;

  *is_end = FALSE;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (self->split != NULL)
    {
      if (!_ann_buckets_next (self->split, piece, is_end, cancellable, error))
        return FALSE;
      if (!*is_end)
        return TRUE;
      g_clear_pointer (&self->split, _ann_buckets_free);
      self->next++;
    }

  *is_end = self->next == self->n_buckets;
  if (*is_end)
    return TRUE;

  is_large = self->buckets[self->next].n_bytes > 2 * BUCKET_SIZE;
  if (is_large && count_lines (self, self->next) == 1 && !self->keeps_whole)
    {
      *is_end = FALSE;
      return next_of_line (self, piece, error);
    }
  if (is_large && count_lines (self, self->next) > 1)
    return split (self, self->next, cancellable, error)
           && _ann_buckets_next (self, piece, is_end, cancellable, error);

  if (!load (self, &self->buckets[self->next], error))
    return FALSE;
  *piece = (AnnBucketPiece){ self->loaded.items, self->loaded.n_bytes / self->record_size,
                             get_first_line (self, self->next), count_lines (self, self->next) };
  self->next++;

  return TRUE;
}
