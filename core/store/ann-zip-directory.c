/* ann-zip-directory.c
 *
 * The format is that of PKWARE's APPNOTE.TXT 6.3.10; section numbers below are its. The directory
 * is read in one go and stays in memory: each name is moved to the beginning of its own record,
 * where there is room for the NUL behind it, and the entries are a sorted array. 10⁶ entries take
 * some 150 MB and no allocation of their own.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-zip-directory.h"

#include "base/ann-bytes-private.h"
#include "base/ann-error.h"
#include "store/ann-store-private.h"

#include <stdlib.h>
#include <string.h>

#define END_SIZE 22     /* 4.3.16, without the comment */
#define LOCATOR_SIZE 20 /* 4.3.15 */
#define END64_SIZE 56   /* 4.3.14 */
#define RECORD_SIZE 46  /* 4.3.12 */
#define END_SIGNATURE 0x06054b50
#define LOCATOR_SIGNATURE 0x07064b50
#define END64_SIGNATURE 0x06064b50
#define RECORD_SIGNATURE 0x02014b50
#define HEADER_SIGNATURE 0x04034b50
#define EXTRA_ZIP64 0x0001
#define FLAG_ENCRYPTED 0x0001
#define FLAG_HIDDEN 0x2000 /* the directory is encrypted too */

/* The longest comment, and what may lie before it; for a remote archive of some hundred entries it
 * brings the directory too.
 */
#define TAIL_SIZE (G_MAXUINT16 + END_SIZE + LOCATOR_SIZE + END64_SIZE)

/* What 10⁷ entries need. */
#define MAX_DIRECTORY_SIZE (G_GUINT64_CONSTANT (1) << 30)

struct _AnnZipDirectory {
  guint8 *bytes;
  AnnZipEntry *entries;
  gsize n_entries;
  guint64 offset;
};

/* The end of the archive, and what its records say. */
typedef struct {
  guint8 *bytes;
  gsize n_bytes;
  guint64 start; /* in the file */
  guint64 end;   /* of the directory, in the file */
  guint64 n_records;
  guint64 size;   /* of the directory */
  guint64 offset; /* as it says: not counting what was put before the archive */
  gboolean is_64;
} Tail;

static guint16
read_le16 (const guint8 *bytes)
{
  return (guint16) (bytes[0] | bytes[1] << 8);
}

static gboolean
set_corrupt (GError **error, const char *reason)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "The zip archive is damaged: %s", reason);

  return FALSE;
}

static gboolean
set_in_parts (GError **error)
{
  g_set_error_literal (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                       "The zip archive is one of several parts");

  return FALSE;
}

/* The record of large archives lies just before the locator, also where something was put
 * before the archive, of which the offset in the locator does not know.
 */
static gboolean
parse_end64 (Tail *tail, const guint8 *locator, GError **error)
{
  const guint8 *record = locator - END64_SIZE;

  if (locator - tail->bytes < END64_SIZE || _ann_read_le32 (record) != END64_SIGNATURE)
    return set_corrupt (error, "its zip64 end record is not where it should be");
  if (_ann_read_le32 (record + 16) != 0 || _ann_read_le32 (record + 20) != 0)
    return set_in_parts (error);

  tail->end = tail->start + (gsize) (record - tail->bytes);
  tail->n_records = _ann_read_le64 (record + 32);
  tail->size = _ann_read_le64 (record + 40);
  tail->offset = _ann_read_le64 (record + 48);
  tail->is_64 = TRUE;

  return TRUE;
}

/* The last end record of which the comment fits: there may be something behind. */
static const guint8 *
find_end (const Tail *tail)
{
  for (gsize i = tail->n_bytes - END_SIZE + 1; i-- > 0;)
    {
      const guint8 *record = tail->bytes + i;

      if (record[0] == 'P' && _ann_read_le32 (record) == END_SIGNATURE
          && read_le16 (record + 20) <= tail->n_bytes - i - END_SIZE)
        return record;
    }

  return NULL;
}

static gboolean
parse_tail (Tail *tail, GError **error)
{
  const guint8 *record = find_end (tail);

  if (record == NULL)
    return set_corrupt (error, "it has no directory, so it was cut off");
  if (record - tail->bytes >= LOCATOR_SIZE
      && _ann_read_le32 (record - LOCATOR_SIZE) == LOCATOR_SIGNATURE)
    return parse_end64 (tail, record - LOCATOR_SIZE, error);
  if (read_le16 (record + 4) != 0 || read_le16 (record + 6) != 0)
    return set_in_parts (error);

  tail->end = tail->start + (gsize) (record - tail->bytes);
  tail->n_records = read_le16 (record + 10);
  tail->size = _ann_read_le32 (record + 12);
  tail->offset = _ann_read_le32 (record + 16);

  return TRUE;
}

/* Brings the directory, of which some or all is in the tail. */
static guint8 *
read_records (const Tail *tail, AnnSource *source, GCancellable *cancellable, GError **error)
{
  guint64 start = tail->end - tail->size;
  guint64 n_before = start < tail->start ? MIN (tail->start - start, tail->size) : 0;
  g_autofree guint8 *bytes = NULL;

  if (tail->size > MAX_DIRECTORY_SIZE || (bytes = g_try_malloc (MAX (tail->size, 1))) == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "The directory of the zip archive has %" G_GUINT64_FORMAT " bytes", tail->size);
      return NULL;
    }
  if (n_before > 0
      && !_ann_source_read (source, start, bytes, (gsize) n_before, cancellable, error))
    return NULL;
  if (tail->size > n_before)
    memcpy (bytes + n_before, tail->bytes + (start + n_before - tail->start),
            (gsize) (tail->size - n_before));

  return g_steal_pointer (&bytes);
}

/* The size of the record of which @n_bytes are left, or 0. */
static gsize
get_record_size (const guint8 *record, gsize n_bytes)
{
  gsize size;

  if (n_bytes < RECORD_SIZE || _ann_read_le32 (record) != RECORD_SIGNATURE)
    return 0;
  size = (gsize) RECORD_SIZE + read_le16 (record + 28) + read_le16 (record + 30)
         + read_le16 (record + 32);

  return size <= n_bytes ? size : 0;
}

static gboolean
count_records (const guint8 *bytes, gsize n_bytes, gsize *n, GError **error)
{
  *n = 0;
  while (n_bytes > 0)
    {
      gsize size = get_record_size (bytes, n_bytes);

      if (size == 0)
        return set_corrupt (error, "its directory breaks off");
      bytes += size;
      n_bytes -= size;
      ++*n;
    }

  return TRUE;
}

/* Replaces what has no room in the record by the numbers in the zip64 field, which holds only those
 * that are all ones in the record, in this order (4.5.3).
 */
static gboolean
apply_zip64 (AnnZipEntry *entry, const guint8 *extra, gsize n_bytes)
{
  guint64 *const values[] = { &entry->size, &entry->stored_size, &entry->header_offset };

  while (n_bytes >= 4)
    {
      gsize size = read_le16 (extra + 2);
      const guint8 *field = extra + 4;

      if (size > n_bytes - 4)
        return FALSE;
      if (read_le16 (extra) == EXTRA_ZIP64)
        {
          for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
            {
              if (*values[i] != G_MAXUINT32)
                continue;
              if (size < 8)
                return FALSE;
              *values[i] = _ann_read_le64 (field);
              field += 8;
              size -= 8;
            }
          return TRUE;
        }
      n_bytes -= 4 + size;
      extra = field + size;
    }

  return TRUE;
}

/* Takes the entry out of its record, and moves the name to the record's beginning. Returns: whether
 * it is one that can be asked for
 */
static gboolean
parse_record (AnnZipEntry *entry, guint8 *record, guint64 shift)
{
  gsize name_length = read_le16 (record + 28);
  guint16 flags = read_le16 (record + 8);

  *entry = (AnnZipEntry){
    .name = (const char *) record,
    .header_offset = _ann_read_le32 (record + 42),
    .stored_size = _ann_read_le32 (record + 20),
    .size = _ann_read_le32 (record + 24),
    .crc32 = _ann_read_le32 (record + 16),
    .method = read_le16 (record + 10),
    .is_encrypted = (flags & (FLAG_ENCRYPTED | FLAG_HIDDEN)) != 0,
  };

  /* What lies outside is found when it is read: none of the other entries is worse for it. */
  if (!apply_zip64 (entry, record + RECORD_SIZE + name_length, read_le16 (record + 30))
      || !g_uint64_checked_add (&entry->header_offset, entry->header_offset, shift))
    entry->header_offset = G_MAXUINT64;

  memmove (record, record + RECORD_SIZE, name_length);
  record[name_length] = '\0';

  return name_length > 0 && strlen (entry->name) == name_length && _ann_store_is_key (entry->name)
         && strchr (entry->name, '\\') == NULL && !g_str_has_prefix (entry->name, "__MACOSX/");
}

/* By name, and those of one name as they were written. */
static int
compare_entries (const void *a, const void *b)
{
  const AnnZipEntry *first = a;
  const AnnZipEntry *second = b;
  int order = _ann_store_compare_keys (first->name, second->name);

  return order != 0 ? order : first->name < second->name ? -1 : 1;
}

/* An entry that is written anew is appended: the last one of a name is meant. */
static void
sort_entries (AnnZipDirectory *self)
{
  gsize n = 0;

  if (self->n_entries > 0)
    qsort (self->entries, self->n_entries, sizeof *self->entries, compare_entries);
  for (gsize i = 0; i < self->n_entries; i++)
    {
      if (n > 0 && g_str_equal (self->entries[n - 1].name, self->entries[i].name))
        n--;
      self->entries[n++] = self->entries[i];
    }
  self->n_entries = n;
}

static gboolean
parse_records (AnnZipDirectory *self, const Tail *tail, GError **error)
{
  guint64 shift = self->offset - tail->offset;
  guint8 *record = self->bytes;
  gsize n_bytes = (gsize) tail->size;
  gsize n;

  if (!count_records (record, n_bytes, &n, error))
    return FALSE;
  if (tail->is_64 ? n != tail->n_records : (n & G_MAXUINT16) != tail->n_records)
    return set_corrupt (error, "its directory has not as many entries as it says");
  self->entries = g_try_new (AnnZipEntry, MAX (n, 1));
  if (self->entries == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "There is no memory for the %" G_GSIZE_FORMAT " entries of the zip archive", n);
      return FALSE;
    }

  for (gsize i = 0; i < n; i++)
    {
      gsize size = get_record_size (record, n_bytes);

      if (parse_record (&self->entries[self->n_entries], record, shift))
        self->n_entries++;
      record += size;
      n_bytes -= size;
    }
  sort_entries (self);

  return TRUE;
}

static gboolean
read_tail (Tail *tail, AnnSource *source, GCancellable *cancellable, GError **error)
{
  guint64 size = _ann_source_get_size (source);

  if (size < END_SIZE)
    return set_corrupt (error, "it is too short");
  tail->n_bytes = (gsize) MIN (size, TAIL_SIZE);
  tail->start = size - tail->n_bytes;
  tail->bytes = g_malloc (tail->n_bytes); /* at most TAIL_SIZE */

  return _ann_source_read (source, tail->start, tail->bytes, tail->n_bytes, cancellable, error)
         && parse_tail (tail, error);
}

AnnZipDirectory *
_ann_zip_directory_read (AnnSource *source, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnZipDirectory) self = g_new0 (AnnZipDirectory, 1);
  Tail tail = { 0 };
  gboolean is_done = FALSE;

  if (read_tail (&tail, source, cancellable, error))
    {
      if (tail.size > tail.end || tail.offset > tail.end - tail.size)
        set_corrupt (error, "its directory lies outside");
      else
        {
          self->offset = tail.end - tail.size;
          self->bytes = read_records (&tail, source, cancellable, error);
          is_done = self->bytes != NULL && parse_records (self, &tail, error);
        }
    }
  g_free (tail.bytes);

  return is_done ? g_steal_pointer (&self) : NULL;
}

void
_ann_zip_directory_free (AnnZipDirectory *self)
{
  g_free (self->entries);
  g_free (self->bytes);
  g_free (self);
}

gsize
_ann_zip_directory_get_n_entries (AnnZipDirectory *self)
{
  return self->n_entries;
}

AnnZipEntry *
_ann_zip_directory_get_entry (AnnZipDirectory *self, gsize index)
{
  return &self->entries[index];
}

gsize
_ann_zip_directory_search (AnnZipDirectory *self, const char *name)
{
  gsize low = 0;
  gsize high = self->n_entries;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (_ann_store_compare_keys (self->entries[middle].name, name) < 0)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

AnnZipEntry *
_ann_zip_directory_find (AnnZipDirectory *self, const char *name)
{
  gsize index = _ann_zip_directory_search (self, name);

  return index < self->n_entries && g_str_equal (self->entries[index].name, name)
             ? &self->entries[index]
             : NULL;
}

guint64
_ann_zip_directory_get_offset (AnnZipDirectory *self)
{
  return self->offset;
}

gboolean
_ann_zip_directory_locate (AnnZipDirectory *self,
                           AnnZipEntry *entry,
                           const guint8 *header,
                           gsize n_bytes,
                           GError **error)
{
  gsize name_length = strlen (entry->name);
  guint64 offset;

  if (n_bytes >= ANN_ZIP_HEADER_SIZE + name_length && _ann_read_le32 (header) == HEADER_SIGNATURE
      && read_le16 (header + 26) == name_length
      && memcmp (header + ANN_ZIP_HEADER_SIZE, entry->name, name_length) == 0)
    {
      offset = entry->header_offset + ANN_ZIP_HEADER_SIZE + name_length + read_le16 (header + 28);
      if (offset <= self->offset && entry->stored_size <= self->offset - offset)
        {
          entry->data_offset = offset;
          return TRUE;
        }
    }

  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
               "The zip archive is damaged: “%s” is not where its directory says", entry->name);

  return FALSE;
}
