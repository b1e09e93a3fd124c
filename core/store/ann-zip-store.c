/* ann-zip-store.c: the entries of a zip archive
 *
 * Where the bytes of an entry begin is said just before them. What is small is read together with
 * that; of the rest it is read first, for all parts of a call at once. So a call reads the source
 * once or twice, however many parts it wants.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-stores.h"

#include "base/ann-bytes-private.h"
#include "base/ann-error.h"
#include "store/ann-store-private.h"
#include "store/ann-zip-directory.h"

#include <libdeflate.h>
#include <pthread.h>
#include <string.h>

/* What is put before the bytes of an entry besides its name: usually nothing, or 20 bytes (zip64),
 * or times and owners.
 */
#define HEADER_SLACK 64

/* What ends up to here in an entry is read together with its header. */
#define MAX_JOINED (G_GUINT64_CONSTANT (256) << 10)

/* Of deflated entries of which parts are wanted the last one is kept, if it is not larger. */
#define MAX_KEPT (G_GUINT64_CONSTANT (64) << 20)

/* Deflated data do not expand more than that. */
#define MAX_EXPANSION 1032

#define MAX_INFLATED (G_GUINT64_CONSTANT (1) << 30)

#define ANN_TYPE_ZIP_STORE (_ann_zip_store_get_type ())

G_DECLARE_FINAL_TYPE (AnnZipStore, _ann_zip_store, ANN, ZIP_STORE, AnnStore)

struct _AnnZipStore {
  AnnStore parent_instance;
  AnnSource *source;
  AnnZipDirectory *directory;
  char *top; /* what all names begin with and no key does: "" or "folder/" */

  pthread_mutex_t lock;          /* held for moments; guards what follows */
  const AnnZipEntry *kept_entry; /* deflated, of which a part was wanted */
  GBytes *kept_bytes;
};

G_DEFINE_FINAL_TYPE (AnnZipStore, _ann_zip_store, ANN_TYPE_STORE)

/* A read on its way: the stored bytes from start on go to target. What follows a part of the same
 * deflated entry takes its bytes from there.
 */
typedef struct _Task Task;

struct _Task {
  AnnStoreRead *read;
  AnnZipEntry *entry;
  guint64 offset; /* of the wanted part in what the entry holds */
  guint64 start;
  gsize length;
  guint8 *target;
  guint8 *packed; /* the target, if it must be inflated */
  GBytes *whole;  /* what came of that, if only a part is wanted */
  const Task *leader;
  guint8 *joined; /* header_offset and what follows */
  gsize n_joined;
  gboolean is_done;
};

static const char *
get_method_name (guint16 method)
{
  static const struct {
    guint16 method;
    const char *name;
  } names[] = {
    { 1, "shrink" }, { 6, "implode" }, { 9, "deflate64" }, { 12, "bzip2" },
    { 14, "lzma" },  { 93, "zstd" },   { 95, "xz" },       { 98, "ppmd" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (names[i].method == method)
      return names[i].name;

  return NULL;
}

/* Whether it can be read, and its sizes can be true, before memory is taken for them. */
static gboolean
check_entry (AnnZipStore *self, const AnnZipEntry *entry, GError **error)
{
  guint64 end = _ann_zip_directory_get_offset (self->directory);
  const char *method = get_method_name (entry->method);

  if (entry->is_encrypted)
    g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                 "“%s” in the zip archive is encrypted, which is not supported", entry->name);
  else if (entry->method != ANN_ZIP_STORED && entry->method != ANN_ZIP_DEFLATED)
    g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                 "“%s” in the zip archive is compressed by method %u%s%s%s, not stored or deflated",
                 entry->name, entry->method, method != NULL ? " (" : "",
                 method != NULL ? method : "", method != NULL ? ")" : "");
  else if (entry->header_offset > end || end - entry->header_offset < ANN_ZIP_HEADER_SIZE
           || entry->stored_size > end - entry->header_offset - ANN_ZIP_HEADER_SIZE)
    g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                 "The zip archive is damaged: “%s” is larger than the archive, or lies outside",
                 entry->name);
  else if (entry->method == ANN_ZIP_STORED ? entry->size != entry->stored_size
                                           : entry->size / MAX_EXPANSION > entry->stored_size)
    g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                 "The zip archive is damaged: “%s” cannot have %" G_GUINT64_FORMAT
                 " bytes out of %" G_GUINT64_FORMAT,
                 entry->name, entry->size, entry->stored_size);
  else
    return TRUE;

  return FALSE;
}

static gboolean
set_no_memory (GError **error, const AnnZipEntry *entry, guint64 size)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
               "“%s” in the zip archive needs %" G_GUINT64_FORMAT " bytes", entry->name, size);

  return FALSE;
}

static AnnZipEntry *
find_entry (AnnZipStore *self, const char *key)
{
  g_autofree char *name = NULL;

  if (*self->top == '\0')
    return _ann_zip_directory_find (self->directory, key);
  name = g_strconcat (self->top, key, NULL);

  return _ann_zip_directory_find (self->directory, name);
}

static gboolean
is_whole (const Task *task)
{
  return task->offset == 0 && task->read->n_bytes == task->entry->size;
}

static gboolean
check_sum (const AnnZipEntry *entry, const guint8 *bytes, GError **error)
{
  if (libdeflate_crc32 (0, bytes, (gsize) entry->size) == entry->crc32)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
               "The zip archive is damaged: the checksum of “%s” is wrong", entry->name);

  return FALSE;
}

/* Takes the part out of the entry that was inflated last, if it is that. */
static void
take_kept (AnnZipStore *self, Task *task)
{
  pthread_mutex_lock (&self->lock);
  if (self->kept_entry == task->entry)
    {
      const guint8 *bytes = g_bytes_get_data (self->kept_bytes, NULL);

      memcpy (task->read->bytes, bytes + task->offset, task->read->n_bytes);
      task->is_done = TRUE;
    }
  pthread_mutex_unlock (&self->lock);
}

static void
keep (AnnZipStore *self, const AnnZipEntry *entry, GBytes *bytes)
{
  g_autoptr (GBytes) old = NULL;

  pthread_mutex_lock (&self->lock);
  old = g_steal_pointer (&self->kept_bytes);
  self->kept_bytes = g_bytes_ref (bytes);
  self->kept_entry = entry;
  pthread_mutex_unlock (&self->lock);
}

static gboolean
prepare_task (AnnZipStore *self,
              Task *task,
              const Task *previous,
              AnnStoreRead *read,
              GError **error)
{
  *task = (Task){ .read = read, .entry = find_entry (self, read->key) };
  if (task->entry == NULL)
    {
      read->is_absent = TRUE;
      task->is_done = TRUE;
      return TRUE;
    }
  if (!check_entry (self, task->entry, error)
      || !_ann_store_read_prepare (read, task->entry->size, &task->offset, error))
    return FALSE;

  if (read->n_bytes == 0)
    {
      task->is_done = TRUE;
      return TRUE;
    }
  if (task->entry->method == ANN_ZIP_STORED)
    {
      task->start = task->offset;
      task->length = read->n_bytes;
      task->target = read->bytes;
      return TRUE;
    }

  if (previous != NULL && previous->entry == task->entry && !previous->is_done)
    {
      task->leader = previous->leader != NULL ? previous->leader : previous;
      return TRUE;
    }
  take_kept (self, task);
  if (task->is_done)
    return TRUE;
  task->length = (gsize) task->entry->stored_size;
  task->packed = g_try_malloc (MAX (task->length, 1));
  task->target = task->packed;

  return task->packed != NULL || set_no_memory (error, task->entry, task->length);
}

/* The header, and what is wanted with it if that is near and small. Another task of the same entry
 * just before finds the header.
 */
static gboolean
plan_joined (AnnZipStore *self, Task *task, const Task *previous, GError **error)
{
  AnnZipEntry *entry = task->entry;
  guint64 room = _ann_zip_directory_get_offset (self->directory) - entry->header_offset;
  guint64 end = task->start + task->length;

  if (previous != NULL && previous->entry == entry && !previous->is_done)
    return TRUE;

  task->n_joined = ANN_ZIP_HEADER_SIZE + strlen (entry->name);
  if (end <= MAX_JOINED)
    task->n_joined += HEADER_SLACK + (gsize) end;
  task->n_joined = (gsize) MIN (task->n_joined, room);
  task->joined = g_try_malloc (task->n_joined);

  return task->joined != NULL || set_no_memory (error, entry, task->n_joined);
}

/* Reads the headers of entries that were never read. */
static gboolean
read_headers (AnnZipStore *self, Task *tasks, gsize n, GCancellable *cancellable, GError **error)
{
  g_autofree AnnSourcePart *parts = g_new (AnnSourcePart, n);
  gsize n_parts = 0;

  for (gsize i = 0; i < n; i++)
    {
      if (tasks[i].is_done || tasks[i].leader != NULL || tasks[i].entry->data_offset != 0)
        continue;
      if (!plan_joined (self, &tasks[i], i > 0 ? &tasks[i - 1] : NULL, error))
        return FALSE;
      if (tasks[i].joined != NULL)
        parts[n_parts++] = (AnnSourcePart){ tasks[i].entry->header_offset, tasks[i].n_joined,
                                            tasks[i].joined };
    }
  if (!_ann_source_read_parts (self->source, parts, n_parts, cancellable, error))
    return FALSE;

  for (gsize i = 0; i < n; i++)
    if (tasks[i].joined != NULL
        && !_ann_zip_directory_locate (self->directory, tasks[i].entry, tasks[i].joined,
                                       tasks[i].n_joined, error))
      return FALSE;

  return TRUE;
}

/* Whether the wanted bytes came with the header. */
static gboolean
take_joined (Task *task)
{
  guint64 before = task->entry->data_offset - task->entry->header_offset + task->start;

  if (task->joined == NULL || before > task->n_joined || task->length > task->n_joined - before)
    return FALSE;

  memcpy (task->target, task->joined + before, task->length);

  return TRUE;
}

static gboolean
read_rest (AnnZipStore *self, Task *tasks, gsize n, GCancellable *cancellable, GError **error)
{
  g_autofree AnnSourcePart *parts = g_new (AnnSourcePart, n);
  gsize n_parts = 0;

  for (gsize i = 0; i < n; i++)
    if (!tasks[i].is_done && tasks[i].leader == NULL && !take_joined (&tasks[i]))
      parts[n_parts++] = (AnnSourcePart){ tasks[i].entry->data_offset + tasks[i].start,
                                          tasks[i].length, tasks[i].target };

  return _ann_source_read_parts (self->source, parts, n_parts, cancellable, error);
}

/* @bytes has room for the entry's size, which must come out exactly. */
static gboolean
inflate_entry (const Task *task, guint8 *bytes, GError **error)
{
  struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor ();
  enum libdeflate_result result;

  if (decompressor == NULL)
    return set_no_memory (error, task->entry, task->entry->size);

  result = libdeflate_deflate_decompress (decompressor, task->packed, task->length, bytes,
                                          (gsize) task->entry->size, NULL);
  libdeflate_free_decompressor (decompressor);
  if (result == LIBDEFLATE_SUCCESS)
    return check_sum (task->entry, bytes, error);

  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
               "The zip archive is damaged: “%s” cannot be inflated", task->entry->name);

  return FALSE;
}

/* Of an entry of which a part is wanted, others will be. */
static gboolean
inflate_part (AnnZipStore *self, Task *task, GError **error)
{
  guint64 size = task->entry->size;
  guint8 *bytes = size <= MAX_INFLATED ? g_try_malloc (size) : NULL;

  if (bytes == NULL)
    return set_no_memory (error, task->entry, size);
  task->whole = g_bytes_new_take (bytes, (gsize) size);
  if (!inflate_entry (task, bytes, error))
    return FALSE;

  memcpy (task->read->bytes, bytes + task->offset, task->read->n_bytes);
  if (size <= MAX_KEPT)
    keep (self, task->entry, task->whole);

  return TRUE;
}

static void
take_from_leader (Task *task)
{
  const Task *leader = task->leader;
  const guint8 *bytes = leader->whole != NULL ? g_bytes_get_data (leader->whole, NULL)
                                              : leader->read->bytes;

  memcpy (task->read->bytes, bytes + task->offset, task->read->n_bytes);
}

static gboolean
finish_task (AnnZipStore *self, Task *task, GError **error)
{
  if (task->is_done)
    return TRUE;
  if (task->leader != NULL)
    {
      take_from_leader (task);
      return TRUE;
    }
  if (task->packed == NULL)
    return !is_whole (task) || check_sum (task->entry, task->read->bytes, error);

  return is_whole (task) ? inflate_entry (task, task->read->bytes, error)
                         : inflate_part (self, task, error);
}

static gboolean
run_tasks (AnnZipStore *self,
           Task *tasks,
           AnnStoreRead *reads,
           gsize n,
           GCancellable *cancellable,
           GError **error)
{
  for (gsize i = 0; i < n; i++)
    if (!prepare_task (self, &tasks[i], i > 0 ? &tasks[i - 1] : NULL, &reads[i], error))
      return FALSE;
  if (!read_headers (self, tasks, n, cancellable, error)
      || !read_rest (self, tasks, n, cancellable, error))
    return FALSE;

  for (gsize i = 0; i < n; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !finish_task (self, &tasks[i], error))
        return FALSE;
      _ann_traffic_count_request (_ann_store_get_traffic (ANN_STORE (self)), FALSE);
      _ann_traffic_add_bytes (_ann_store_get_traffic (ANN_STORE (self)), reads[i].n_bytes);
    }

  return TRUE;
}

static gboolean
_ann_zip_store_read (AnnStore *store,
                     AnnStoreRead *reads,
                     gsize n,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autofree Task *tasks = g_new0 (Task, n);
  gboolean is_done = run_tasks (ANN_ZIP_STORE (store), tasks, reads, n, cancellable, error);

  for (gsize i = 0; i < n; i++)
    {
      g_free (tasks[i].packed);
      g_free (tasks[i].joined);
      g_clear_pointer (&tasks[i].whole, g_bytes_unref);
    }

  return is_done;
}

/* What lies below a name is passed over by a search, so that a list costs what it is long. */
static GPtrArray *
_ann_zip_store_list (AnnStore *store,
                     const char *prefix,
                     G_GNUC_UNUSED GCancellable *cancellable,
                     G_GNUC_UNUSED GError **error)
{
  AnnZipStore *self = ANN_ZIP_STORE (store);
  g_autofree char *start = g_strconcat (self->top, prefix, *prefix != '\0' ? "/" : "", NULL);
  gsize length = strlen (start);
  gsize n = _ann_zip_directory_get_n_entries (self->directory);
  GPtrArray *entries = _ann_store_entries_new ();

  for (gsize i = _ann_zip_directory_search (self->directory, start); i < n;)
    {
      const AnnZipEntry *entry = _ann_zip_directory_get_entry (self->directory, i);
      const char *slash;

      if (strncmp (entry->name, start, length) != 0)
        break;
      _ann_store_entries_add (entries, entry->name + length, entry->size);
      slash = strchr (entry->name + length, '/');
      if (slash == NULL)
        i++;
      else
        {
          /* The least that is more than a name with a slash is the name with the byte 1. */
          g_autofree char *next = g_strdup_printf ("%.*s\001", (int) (slash - entry->name),
                                                   entry->name);

          i = _ann_zip_directory_search (self->directory, next);
        }
    }

  return entries;
}

static gboolean
has_metadata (AnnZipDirectory *directory, const char *top)
{
  static const char *const names[] = { "zarr.json", ".zgroup", ".zmetadata", ".zarray" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strconcat (top, names[i], NULL);

      if (_ann_zip_directory_find (directory, name) != NULL)
        return TRUE;
    }

  return FALSE;
}

/* The folder that all names have in common, if the metadata is in it and not above it. In their
 * order, what the first and the last have in common all have.
 */
static char *
find_top (AnnZipDirectory *directory)
{
  gsize n = _ann_zip_directory_get_n_entries (directory);
  const char *first = n > 0 ? _ann_zip_directory_get_entry (directory, 0)->name : "";
  const char *last = n > 0 ? _ann_zip_directory_get_entry (directory, n - 1)->name : "";
  gsize length = strcspn (first, "/");
  g_autofree char *top = NULL;

  if (first[length] == '\0' || strncmp (first, last, length + 1) != 0
      || has_metadata (directory, ""))
    return g_strdup ("");
  top = g_strndup (first, length + 1);

  return has_metadata (directory, top) ? g_steal_pointer (&top) : g_strdup ("");
}

static void
_ann_zip_store_finalize (GObject *object)
{
  AnnZipStore *self = ANN_ZIP_STORE (object);

  g_clear_pointer (&self->kept_bytes, g_bytes_unref);
  g_clear_pointer (&self->directory, _ann_zip_directory_free);
  g_clear_object (&self->source);
  pthread_mutex_destroy (&self->lock);
  g_free (self->top);

  G_OBJECT_CLASS (_ann_zip_store_parent_class)->finalize (object);
}

static void
_ann_zip_store_class_init (AnnZipStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = _ann_zip_store_finalize;
  ANN_STORE_CLASS (klass)->read = _ann_zip_store_read;
  ANN_STORE_CLASS (klass)->list = _ann_zip_store_list;
}

static void
_ann_zip_store_init (AnnZipStore *self)
{
  pthread_mutex_init (&self->lock, NULL);
}

AnnStore *
_ann_zip_store_open (AnnSource *source, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnZipDirectory) directory = _ann_zip_directory_read (source, cancellable, error);
  AnnZipStore *self;

  if (directory == NULL)
    return NULL;

  self = g_object_new (ANN_TYPE_ZIP_STORE, NULL);
  self->source = g_object_ref (source);
  self->top = find_top (directory);
  self->directory = g_steal_pointer (&directory);
  if (_ann_source_is_remote (source))
    _ann_store_set_remote (ANN_STORE (self));
  if (_ann_source_get_path (source) != NULL)
    _ann_store_set_name (ANN_STORE (self), _ann_source_get_path (source));

  return ANN_STORE (self);
}
