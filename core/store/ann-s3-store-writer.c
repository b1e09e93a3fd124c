/* ann-s3-store-writer.c: objects that are put into a bucket
 *
 * A bucket cannot rename. So nothing is there before, what is put is there at once, and the caller
 * puts last what a reader begins with. Long objects go in parts, several at once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-store-writer-private.h"

#include "base/ann-error.h"
#include "base/ann-worker.h"
#include "store/ann-s3-store-private.h"
#include "store/ann-stores.h"

#include <pthread.h>
#include <string.h>

#define MIB ((gsize) 1 << 20)

/* The rules of S3: a part has 5 MiB to 5 GiB, an object 10,000 of them. One request takes less. */
#define WHOLE_SIZE (64 * MIB)
#define PART_SIZE (16 * MIB)
#define MAX_PARTS 10000

#define PARTS_AT_ONCE 4

/* Answers to what is written are short. */
#define MAX_ANSWER MIB

/* An answer 200 may say in the end that it went wrong; it is asked again then. */
#define N_TRIES 3

/* Leftovers that are named. */
#define N_NAMED 3

#define ANN_TYPE_S3_STORE_WRITER (_ann_s3_store_writer_get_type ())

G_DECLARE_FINAL_TYPE (AnnS3StoreWriter, _ann_s3_store_writer, ANN, S3_STORE_WRITER, AnnStoreWriter)

struct _AnnS3StoreWriter {
  AnnStoreWriter parent_instance;
  AnnS3Store *store; /* of whose requests ours are */
  gsize whole_size;  /* what is longer goes in parts */
  gsize part_size;
  pthread_mutex_t lock; /* held for moments */
  GHashTable *keys;     /* char *: what may be there, by us */
};

G_DEFINE_FINAL_TYPE (AnnS3StoreWriter, _ann_s3_store_writer, ANN_TYPE_STORE_WRITER)

/* --- Requests --- */

/* (transfer full): what @text, a key, perhaps with a question mark and a query, is the address of
 */
static char *
make_url (AnnHttpStore *store, const char *text)
{
  const char *mark = strrchr (text, '?');
  g_autofree char *key = g_strndup (text, (gsize) (mark - text));
  g_autofree char *object = ANN_HTTP_STORE_GET_CLASS (store)->make_url (store, key);

  return mark[1] != '\0' ? g_strconcat (object, mark, NULL) : g_steal_pointer (&object);
}

/* Sends one request about @key, with @query ("" for none). What came is the caller's to clear. */
static gboolean
perform (AnnS3StoreWriter *self,
         AnnHttpRequest *request,
         const char *key,
         const char *query,
         GCancellable *cancellable,
         GError **error)
{
  g_autofree char *text = g_strconcat (key, "?", query, NULL);
  g_autofree char *full = _ann_s3_store_dup_key (self->store, key);
  g_autofree char *name = g_strdup_printf ("s3://%s/%s", self->store->bucket, full);
  g_autofree char *sha256 = NULL;

  if (request->n_body > 0)
    sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, request->body, request->n_body);
  request->body_sha256 = sha256;
  request->limit = MAX_ANSWER;

  return _ann_http_store_perform (ANN_HTTP_STORE (self->store), request, make_url, text, name,
                                  cancellable, error);
}

static void
clear_request (AnnHttpRequest *request)
{
  g_free (request->bytes);
  _ann_http_request_clear (request);
}

static gboolean
put_whole (AnnS3StoreWriter *self,
           const char *key,
           GBytes *bytes,
           GCancellable *cancellable,
           GError **error)
{
  gsize n_bytes;
  gconstpointer data = g_bytes_get_data (bytes, &n_bytes);
  AnnHttpRequest request = { .method = "PUT", .body = n_bytes > 0 ? data : "", .n_body = n_bytes };
  gboolean is_done = perform (self, &request, key, "", cancellable, error);

  clear_request (&request);

  return is_done;
}

/* --- Objects in parts --- */

typedef struct {
  AnnS3StoreWriter *writer;
  const char *key;
  const char *id; /* of the upload, encoded */
  const guint8 *bytes;
  gsize n_bytes;
  gsize part_size;
  gsize n_parts;
  GPtrArray *tags; /* of the parts, char * */
} Upload;

static void
set_answer_error (AnnS3StoreWriter *self, const char *key, GError **error)
{
  g_autofree char *full = _ann_s3_store_dup_key (self->store, key);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "s3://%s/%s cannot be written in parts: the server does not answer as S3 does",
               self->store->bucket, full);
}

/* (transfer full) (nullable): the id of a new upload, encoded */
static char *
begin_upload (AnnS3StoreWriter *self, const char *key, GCancellable *cancellable, GError **error)
{
  AnnHttpRequest request = { .method = "POST", .body = "" };
  g_autofree char *id = NULL;

  if (perform (self, &request, key, "uploads=", cancellable, error))
    {
      id = _ann_s3_upload_parse ((const char *) request.bytes, request.n_bytes);
      if (id == NULL)
        set_answer_error (self, key, error);
    }
  clear_request (&request);

  return id != NULL ? g_uri_escape_string (id, NULL, FALSE) : NULL;
}

static gboolean
put_part (Upload *upload, gsize index, GCancellable *cancellable, GError **error)
{
  gsize start = index * upload->part_size;
  AnnHttpRequest request = {
    .method = "PUT",
    .body = upload->bytes + start,
    .n_body = MIN (upload->part_size, upload->n_bytes - start),
  };
  g_autofree char *query = g_strdup_printf ("partNumber=%" G_GSIZE_FORMAT "&uploadId=%s", index + 1,
                                            upload->id);
  gboolean is_done = perform (upload->writer, &request, upload->key, query, cancellable, error);

  if (is_done && request.etag == NULL)
    {
      set_answer_error (upload->writer, upload->key, error);
      is_done = FALSE;
    }
  upload->tags->pdata[index] = g_steal_pointer (&request.etag);
  clear_request (&request);

  return is_done;
}

static gboolean
put_some_parts (gsize first, gsize n, gpointer data, GCancellable *cancellable, GError **error)
{
  for (gsize i = first; i < first + n; i++)
    if (!put_part (data, i, cancellable, error))
      return FALSE;

  return TRUE;
}

/* (transfer full) */
static char *
list_parts (Upload *upload)
{
  GString *list = g_string_new ("<CompleteMultipartUpload>");

  for (gsize i = 0; i < upload->n_parts; i++)
    {
      g_autofree char *tag = g_markup_escape_text (upload->tags->pdata[i], -1);

      g_string_append_printf (list,
                              "<Part><PartNumber>%" G_GSIZE_FORMAT "</PartNumber><ETag>%s</ETag>"
                              "</Part>",
                              i + 1, tag);
    }
  g_string_append (list, "</CompleteMultipartUpload>");

  return g_string_free (list, FALSE);
}

/* Whether an answer 200 is an error after all. */
static gboolean
has_fault (const AnnHttpRequest *request)
{
  g_autofree char *text = g_strndup ((const char *) request->bytes, request->n_bytes);
  AnnS3Fault fault;
  gboolean is_fault;

  _ann_s3_fault_parse (&fault, text);
  is_fault = fault.code != NULL;
  _ann_s3_fault_clear (&fault);

  return is_fault;
}

static gboolean
end_upload (Upload *upload, GCancellable *cancellable, GError **error)
{
  g_autofree char *list = list_parts (upload);
  g_autofree char *query = g_strconcat ("uploadId=", upload->id, NULL);

  for (int i = 0; i < N_TRIES; i++)
    {
      AnnHttpRequest request = { .method = "POST", .body = list, .n_body = strlen (list) };
      gboolean is_answered = perform (upload->writer, &request, upload->key, query, cancellable,
                                      error);
      gboolean is_done = is_answered && !has_fault (&request);

      clear_request (&request);
      if (is_done || !is_answered)
        return is_done;
    }
  set_answer_error (upload->writer, upload->key, error);

  return FALSE;
}

/* Also when it is cancelled: parts of what was never finished would cost money for ever. */
static void
abort_upload (Upload *upload)
{
  AnnHttpRequest request = { .method = "DELETE" };
  g_autofree char *query = g_strconcat ("uploadId=", upload->id, NULL);
  g_autoptr (GError) error = NULL;

  if (!perform (upload->writer, &request, upload->key, query, NULL, &error)
      && request.status != 404)
    g_warning ("Parts of an upload are left in the bucket, which must be aborted: %s",
               error->message);
  clear_request (&request);
}

static gboolean
put_parts (AnnS3StoreWriter *self,
           const char *key,
           GBytes *bytes,
           GCancellable *cancellable,
           GError **error)
{
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (bytes, &n_bytes);
  g_autofree char *id = begin_upload (self, key, cancellable, error);
  g_autoptr (GPtrArray) tags = g_ptr_array_new_with_free_func (g_free);
  Upload upload = { self, key, id, data, n_bytes, self->part_size, 0, tags };

  if (id == NULL)
    return FALSE;

  while (n_bytes / upload.part_size >= MAX_PARTS)
    upload.part_size *= 2;
  upload.n_parts = (n_bytes - 1) / upload.part_size + 1;
  g_ptr_array_set_size (tags, (int) upload.n_parts);
  if (ann_worker_parallel_waits (upload.n_parts, PARTS_AT_ONCE, put_some_parts, &upload,
                                 cancellable, error)
      && end_upload (&upload, cancellable, error))
    return TRUE;

  abort_upload (&upload);

  return FALSE;
}

/* It is noted before it is there: nobody knows what became of a request without an answer. */
static gboolean
s3_store_writer_put (AnnStoreWriter *writer,
                     const char *key,
                     GBytes *bytes,
                     GCancellable *cancellable,
                     GError **error)
{
  AnnS3StoreWriter *self = ANN_S3_STORE_WRITER (writer);

  pthread_mutex_lock (&self->lock);
  g_hash_table_add (self->keys, g_strdup (key));
  pthread_mutex_unlock (&self->lock);

  return g_bytes_get_size (bytes) <= self->whole_size
             ? put_whole (self, key, bytes, cancellable, error)
             : put_parts (self, key, bytes, cancellable, error);
}

/* --- The end --- */

static gboolean
s3_store_writer_commit (G_GNUC_UNUSED AnnStoreWriter *writer,
                        G_GNUC_UNUSED GCancellable *cancellable,
                        G_GNUC_UNUSED GError **error)
{
  return TRUE;
}

typedef struct {
  AnnS3StoreWriter *writer;
  char **keys;
  pthread_mutex_t lock;
  guint n_left; /* what could not be removed */
  GString *names;
  char *reason;
} Removal;

static void
note_left (Removal *removal, const char *key, const char *reason)
{
  pthread_mutex_lock (&removal->lock);
  if (removal->n_left++ < N_NAMED)
    g_string_append_printf (removal->names, "%s%s", removal->names->len > 0 ? ", " : "", key);
  if (removal->reason == NULL)
    removal->reason = g_strdup (reason);
  pthread_mutex_unlock (&removal->lock);
}

/* What is not there is as good as removed. All are tried, whatever became of the others. */
static gboolean
remove_some (gsize first,
             gsize n,
             gpointer data,
             G_GNUC_UNUSED GCancellable *cancellable,
             G_GNUC_UNUSED GError **error)
{
  Removal *removal = data;

  for (gsize i = first; i < first + n; i++)
    {
      AnnHttpRequest request = { .method = "DELETE" };
      g_autoptr (GError) reason = NULL;

      if (!perform (removal->writer, &request, removal->keys[i], "", NULL, &reason)
          && request.status != 404)
        note_left (removal, removal->keys[i], reason->message);
      clear_request (&request);
    }

  return TRUE;
}

static void
s3_store_writer_abandon (AnnStoreWriter *writer)
{
  AnnS3StoreWriter *self = ANN_S3_STORE_WRITER (writer);
  guint n_keys = g_hash_table_size (self->keys);
  g_autofree char **keys = (char **) g_hash_table_get_keys_as_array (self->keys, NULL);
  Removal removal = { .writer = self, .keys = keys, .names = g_string_new (NULL) };

  pthread_mutex_init (&removal.lock, NULL);
  if (n_keys > 0)
    ann_worker_parallel_waits (n_keys, ANN_WORKER_MAX_WAITS, remove_some, &removal, NULL, NULL);
  if (removal.n_left > 0)
    g_warning ("%u objects are left below %s, for they could not be removed (%s%s): %s",
               removal.n_left, _ann_store_writer_get_name (writer), removal.names->str,
               removal.n_left > N_NAMED ? ", …" : "", removal.reason);
  pthread_mutex_destroy (&removal.lock);
  g_string_free (removal.names, TRUE);
  g_free (removal.reason);
}

/* --- The class --- */

static void
_ann_s3_store_writer_finalize (GObject *object)
{
  AnnS3StoreWriter *self = ANN_S3_STORE_WRITER (object);

  g_clear_object (&self->store);
  g_hash_table_unref (self->keys);
  pthread_mutex_destroy (&self->lock);

  G_OBJECT_CLASS (_ann_s3_store_writer_parent_class)->finalize (object);
}

static void
_ann_s3_store_writer_class_init (AnnS3StoreWriterClass *klass)
{
  AnnStoreWriterClass *writer_class = ANN_STORE_WRITER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = _ann_s3_store_writer_finalize;
  writer_class->put = s3_store_writer_put;
  writer_class->commit = s3_store_writer_commit;
  writer_class->abandon = s3_store_writer_abandon;
  writer_class->is_remote = TRUE;
}

static void
_ann_s3_store_writer_init (AnnS3StoreWriter *self)
{
  pthread_mutex_init (&self->lock, NULL);
  self->keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->whole_size = WHOLE_SIZE;
  self->part_size = PART_SIZE;
}

void
_ann_s3_store_writer_set_sizes (AnnStoreWriter *writer, gsize whole_size, gsize part_size)
{
  AnnS3StoreWriter *self = ANN_S3_STORE_WRITER (writer);

  self->whole_size = whole_size;
  self->part_size = part_size;
}

AnnStoreWriter *
_ann_s3_store_writer_new (AnnLocation *location, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnS3StoreWriter) self = g_object_new (ANN_TYPE_S3_STORE_WRITER, NULL);
  const char *name = ann_location_get_uri (location);
  AnnStore *store = _ann_s3_store_new (location, error);
  gboolean has_any;

  if (store == NULL)
    return NULL;
  self->store = ANN_S3_STORE (store);
  _ann_store_writer_set_name (ANN_STORE_WRITER (self), name);
  if (!_ann_s3_store_has_any (self->store, &has_any, cancellable, error))
    {
      g_prefix_error (error, "It cannot be found out whether something is there already: ");
      return NULL;
    }
  if (has_any)
    {
      g_set_error (
          error, ANN_ERROR, ANN_ERROR_DENIED,
          "There are objects below %s already, and in a bucket nothing is replaced: remove "
          "them first, or choose another name",
          name);
      return NULL;
    }

  return ANN_STORE_WRITER (g_steal_pointer (&self));
}
