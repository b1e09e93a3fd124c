/* ann-zip-store-writer.c: a zip archive of objects as they are
 *
 * Format: PKWARE's APPNOTE 6.3. Entries are stored, for chunks are compressed already and parts of
 * them can be read so. What does not fit into the fields of 1989 has those of zip64. Times are all
 * the same, so that the same objects, put in the same order, make the same archive.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-store-writer-private.h"

#include "store/ann-file-target.h"
#include "store/ann-place-private.h"
#include "store/ann-zip-directory.h"

#include <errno.h>
#include <libdeflate.h>
#include <pthread.h>
#include <string.h>

#define LOCAL_SIGNATURE 0x04034b50
#define CENTRAL_SIGNATURE 0x02014b50
#define END_SIGNATURE 0x06054b50
#define END64_SIGNATURE 0x06064b50
#define LOCATOR_SIGNATURE 0x07064b50

#define END64_REST 44 /* its length without what says that */
#define EXTRA_64 1

#define VERSION 20
#define VERSION_64 45
#define MADE_BY_UNIX (3 << 8)
#define FLAG_UTF8 0x800
#define DATE_1980 0x21                      /* the first of January */
#define FILE_MODE ((guint32) 0100644 << 16) /* an ordinary file, as Unix has it */

/* Of the directory, before it is written. */
#define FLUSH_SIZE ((gsize) 1 << 20)

#define ANN_TYPE_ZIP_STORE_WRITER (_ann_zip_store_writer_get_type ())

G_DECLARE_FINAL_TYPE (AnnZipStoreWriter,
                      _ann_zip_store_writer,
                      ANN,
                      ZIP_STORE_WRITER,
                      AnnStoreWriter)

typedef struct {
  char *name;
  guint64 offset; /* of its header */
  guint64 size;
  guint32 crc32;
} Entry;

struct _AnnZipStoreWriter {
  AnnStoreWriter parent_instance;
  AnnFileTarget *target; /* (nullable): until it is abandoned */
  pthread_mutex_t lock;  /* guards what follows; held for moments */
  guint64 end;           /* of what is written or has its room */
  GArray *entries;       /* Entry */
  GHashTable *indexes;   /* the entries' names → index + 1 */
};

G_DEFINE_FINAL_TYPE (AnnZipStoreWriter, _ann_zip_store_writer, ANN_TYPE_STORE_WRITER)

static void
set_error (AnnZipStoreWriter *self, const char *key, int number, GError **error)
{
  g_autofree char *path = g_build_filename (_ann_store_writer_get_name (ANN_STORE_WRITER (self)),
                                            key, NULL);

  _ann_set_write_error (error, path, number);
}

/* --- Records --- */

/* Adds the lower @n bytes of @value, the lowest first. */
static void
add (GByteArray *record, guint64 value, guint n)
{
  const guint64 bytes = GUINT64_TO_LE (value);

  g_byte_array_append (record, (const guint8 *) &bytes, n);
}

static void
add_text (GByteArray *record, const char *text)
{
  g_byte_array_append (record, (const guint8 *) text, (guint) strlen (text));
}

/* What has no room is said to be in the zip64 field. */
static void
add_clipped (GByteArray *record, guint64 value)
{
  add (record, MIN (value, G_MAXUINT32), 4);
}

/* What the header before the bytes and the directory have in common (4.4.2 to 4.4.11). */
static void
add_fields (GByteArray *record, const Entry *entry, gboolean is_64, guint n_extra)
{
  add (record, is_64 ? VERSION_64 : VERSION, 2);
  add (record, g_str_is_ascii (entry->name) ? 0 : FLAG_UTF8, 2);
  add (record, ANN_ZIP_STORED, 2);
  add (record, 0, 2);
  add (record, DATE_1980, 2);
  add (record, entry->crc32, 4);
  add_clipped (record, entry->size);
  add_clipped (record, entry->size);
  add (record, strlen (entry->name), 2);
  add (record, n_extra, 2);
}

/* (transfer full): the header before the bytes (4.3.7), whose zip64 field has both sizes always */
static GByteArray *
make_header (const Entry *entry)
{
  GByteArray *record = g_byte_array_new ();
  gboolean is_64 = entry->size >= G_MAXUINT32;

  add (record, LOCAL_SIGNATURE, 4);
  add_fields (record, entry, is_64, is_64 ? 4 + 16 : 0);
  add_text (record, entry->name);
  if (is_64)
    {
      add (record, EXTRA_64, 2);
      add (record, 16, 2);
      add (record, entry->size, 8);
      add (record, entry->size, 8);
    }

  return record;
}

/* Of the directory (4.3.12), whose zip64 field has what lacks room only. */
static void
add_entry (GByteArray *directory, const Entry *entry)
{
  guint n_sizes = entry->size >= G_MAXUINT32 ? 16 : 0;
  guint n_values = n_sizes + (entry->offset >= G_MAXUINT32 ? 8 : 0);

  add (directory, CENTRAL_SIGNATURE, 4);
  add (directory, MADE_BY_UNIX | VERSION_64, 2);
  add_fields (directory, entry, n_values > 0, n_values > 0 ? 4 + n_values : 0);
  add (directory, 0, 6);
  add (directory, FILE_MODE, 4);
  add_clipped (directory, entry->offset);
  add_text (directory, entry->name);
  if (n_values == 0)
    return;

  add (directory, EXTRA_64, 2);
  add (directory, n_values, 2);
  if (n_sizes > 0)
    {
      add (directory, entry->size, 8);
      add (directory, entry->size, 8);
    }
  if (entry->offset >= G_MAXUINT32)
    add (directory, entry->offset, 8);
}

/* The ends of the directory (4.3.14 to 4.3.16). */
static void
add_end (GByteArray *directory, guint64 offset, guint64 size, guint64 n_entries)
{
  if (n_entries >= G_MAXUINT16 || size >= G_MAXUINT32 || offset >= G_MAXUINT32)
    {
      add (directory, END64_SIGNATURE, 4);
      add (directory, END64_REST, 8);
      add (directory, MADE_BY_UNIX | VERSION_64, 2);
      add (directory, VERSION_64, 2);
      add (directory, 0, 8);
      add (directory, n_entries, 8);
      add (directory, n_entries, 8);
      add (directory, size, 8);
      add (directory, offset, 8);
      add (directory, LOCATOR_SIGNATURE, 4);
      add (directory, 0, 4);
      add (directory, offset + size, 8);
      add (directory, 1, 4);
    }

  add (directory, END_SIGNATURE, 4);
  add (directory, 0, 4);
  add (directory, MIN (n_entries, G_MAXUINT16), 2);
  add (directory, MIN (n_entries, G_MAXUINT16), 2);
  add_clipped (directory, size);
  add_clipped (directory, offset);
  add (directory, 0, 2);
}

/* --- Putting --- */

/* What was put under the same name before stays in the file, but not in the directory. */
static void
note_entry (AnnZipStoreWriter *self, const Entry *entry)
{
  guint index;

  pthread_mutex_lock (&self->lock);
  index = GPOINTER_TO_UINT (g_hash_table_lookup (self->indexes, entry->name));
  if (index > 0)
    {
      Entry *old = &g_array_index (self->entries, Entry, index - 1);
      char *name = old->name;

      *old = *entry;
      old->name = name;
    }
  else
    {
      Entry added = *entry;

      added.name = g_strdup (entry->name);
      g_array_append_val (self->entries, added);
      g_hash_table_insert (self->indexes, added.name, GUINT_TO_POINTER (self->entries->len));
    }
  pthread_mutex_unlock (&self->lock);
}

static guint64
take_room (AnnZipStoreWriter *self, guint64 n_bytes)
{
  guint64 offset;

  pthread_mutex_lock (&self->lock);
  offset = self->end;
  self->end += n_bytes;
  pthread_mutex_unlock (&self->lock);

  return offset;
}

/* Several at once: each has its room. That of one that failed stays as a gap. */
static gboolean
zip_store_writer_put (AnnStoreWriter *writer,
                      const char *key,
                      GBytes *bytes,
                      G_GNUC_UNUSED GCancellable *cancellable,
                      GError **error)
{
  AnnZipStoreWriter *self = ANN_ZIP_STORE_WRITER (writer);
  int fd = _ann_file_target_get_fd (self->target);
  gsize n_bytes;
  gconstpointer data = g_bytes_get_data (bytes, &n_bytes);
  Entry entry = { .name = (char *) key, .size = n_bytes };
  g_autoptr (GByteArray) header = NULL;

  if (strlen (key) > G_MAXUINT16)
    {
      set_error (self, NULL, ENAMETOOLONG, error);
      return FALSE;
    }
  entry.crc32 = libdeflate_crc32 (0, data, n_bytes);
  header = make_header (&entry);
  entry.offset = take_room (self, header->len + n_bytes);
  if (_ann_write_fully (fd, header->data, header->len, entry.offset) < 0
      || _ann_write_fully (fd, data, n_bytes, entry.offset + header->len) < 0)
    {
      set_error (self, key, errno, error);
      return FALSE;
    }
  note_entry (self, &entry);

  return TRUE;
}

/* --- The directory --- */

/* Writes what is there of it, and goes on with nothing. */
static gboolean
flush (AnnZipStoreWriter *self, GByteArray *directory, GError **error)
{
  if (_ann_write_fully (_ann_file_target_get_fd (self->target), directory->data, directory->len,
                        self->end)
      < 0)
    {
      set_error (self, NULL, errno, error);
      return FALSE;
    }
  self->end += directory->len;
  g_byte_array_set_size (directory, 0);

  return TRUE;
}

static gboolean
write_directory (AnnZipStoreWriter *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) directory = g_byte_array_new ();
  guint64 start = self->end;

  for (guint i = 0; i < self->entries->len; i++)
    {
      add_entry (directory, &g_array_index (self->entries, Entry, i));
      if (directory->len >= FLUSH_SIZE
          && (g_cancellable_set_error_if_cancelled (cancellable, error)
              || !flush (self, directory, error)))
        return FALSE;
    }
  if (!flush (self, directory, error))
    return FALSE;
  add_end (directory, start, self->end - start, self->entries->len);

  return flush (self, directory, error);
}

static gboolean
zip_store_writer_commit (AnnStoreWriter *writer, GCancellable *cancellable, GError **error)
{
  AnnZipStoreWriter *self = ANN_ZIP_STORE_WRITER (writer);

  return write_directory (self, cancellable, error)
         && _ann_file_target_commit (self->target, cancellable, error);
}

static void
zip_store_writer_abandon (AnnStoreWriter *writer)
{
  g_clear_pointer (&ANN_ZIP_STORE_WRITER (writer)->target, _ann_file_target_free);
}

/* --- The class --- */

static void
entry_clear (gpointer entry)
{
  g_free (((Entry *) entry)->name);
}

static void
_ann_zip_store_writer_finalize (GObject *object)
{
  AnnZipStoreWriter *self = ANN_ZIP_STORE_WRITER (object);

  _ann_file_target_free (self->target);
  g_hash_table_unref (self->indexes);
  g_array_unref (self->entries);
  pthread_mutex_destroy (&self->lock);

  G_OBJECT_CLASS (_ann_zip_store_writer_parent_class)->finalize (object);
}

static void
_ann_zip_store_writer_class_init (AnnZipStoreWriterClass *klass)
{
  AnnStoreWriterClass *writer_class = ANN_STORE_WRITER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = _ann_zip_store_writer_finalize;
  writer_class->put = zip_store_writer_put;
  writer_class->commit = zip_store_writer_commit;
  writer_class->abandon = zip_store_writer_abandon;
}

static void
_ann_zip_store_writer_init (AnnZipStoreWriter *self)
{
  pthread_mutex_init (&self->lock, NULL);
  self->entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (self->entries, entry_clear);
  self->indexes = g_hash_table_new (g_str_hash, g_str_equal);
}

AnnStoreWriter *
_ann_zip_store_writer_new (const AnnTargetSpec *spec, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnZipStoreWriter) self = g_object_new (ANN_TYPE_ZIP_STORE_WRITER, NULL);
  g_autofree char *name = ann_location_hide_secrets (spec->address);

  _ann_store_writer_set_name (ANN_STORE_WRITER (self), name);
  self->target = _ann_file_target_open (spec, cancellable, error);

  return self->target != NULL ? ANN_STORE_WRITER (g_steal_pointer (&self)) : NULL;
}
