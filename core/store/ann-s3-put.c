/* ann-s3-put.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-s3-put.h"

#include "base/ann-clean-up-private.h"
#include "base/ann-error.h"
#include "base/ann-worker.h"
#include "store/ann-place-private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

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

/* How long it is tried to give up an upload. */
#define ABORT_SECONDS 30

/* No part of that length is there, whatever the ETag. */
#define ANY_OBJECT "*"

/* By that an object is known to be ours, and of this very upload. */
#define MARK "x-amz-meta-annbrowser-upload"

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

static char *
make_name (AnnS3Store *store, const char *key)
{
  g_autofree char *full = _ann_s3_store_dup_key (store, key);

  return g_strdup_printf ("s3://%s/%s", store->bucket, full);
}

/* Sends one request about @key, with @query ("" for none). What came is the caller's to clear. */
static gboolean
perform (AnnS3Store *store,
         AnnHttpRequest *request,
         const char *key,
         const char *query,
         GCancellable *cancellable,
         GError **error)
{
  g_autofree char *text = g_strconcat (key, "?", query, NULL);
  g_autofree char *name = make_name (store, key);
  g_autofree char *sha256 = NULL;

  if (request->n_body > 0)
    sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, request->body, request->n_body);
  request->body_sha256 = sha256;
  request->limit = MAX_ANSWER;

  return _ann_http_store_perform (ANN_HTTP_STORE (store), request, make_url, text, name,
                                  cancellable, error);
}

static void
clear_request (AnnHttpRequest *request)
{
  g_free (request->bytes);
  request->bytes = NULL;
  request->n_bytes = 0;
  _ann_http_request_clear (request);
}

char *
_ann_s3_make_mark (AnnS3Store *store)
{
  g_autofree char *id = NULL;

  if (_ann_location_is_google (store->location))
    return NULL;
  id = g_uuid_string_random ();

  return g_strconcat (MARK ": ", id, NULL);
}

/* Whether there is an object, and whether it is the one with @mark. %FALSE with @error set if that
 * could not be asked.
 */
static gboolean
look_for_mark (AnnS3Store *store,
               const char *key,
               const char *mark,
               gboolean *is_there,
               gboolean *is_ours,
               GCancellable *cancellable,
               GError **error)
{
  AnnHttpRequest request = { .method = "HEAD", .wanted = MARK };
  g_autoptr (GError) reason = NULL;
  gboolean is_known;

  *is_there = perform (store, &request, key, "", cancellable, &reason);
  *is_ours = *is_there && g_strcmp0 (request.found, mark + strlen (MARK ": ")) == 0;
  is_known = *is_there || request.status == 404;
  clear_request (&request);
  if (!is_known)
    g_propagate_error (error, g_steal_pointer (&reason));

  return is_known;
}

/* @mark: (nullable) */
static gboolean
is_marked (AnnS3Store *store, const char *key, const char *mark, GCancellable *cancellable)
{
  gboolean is_there;
  gboolean is_ours;

  return mark != NULL && look_for_mark (store, key, mark, &is_there, &is_ours, cancellable, NULL)
         && is_ours;
}

/* Whether an answer says that nothing was done, for the one time that it was asked. */
static gboolean
is_refused (const AnnHttpRequest *request)
{
  return request->n_lost == 0 && request->status >= 400 && request->status < 500;
}

/* The request by which an object appears. If there must be none, the server makes sure of that; not
 * every server can. One that did it before, and whose answer was lost, now says that there is one,
 * or that the upload is no more.
 */
static gboolean
perform_last (AnnS3Store *store,
              AnnHttpRequest *request,
              const AnnS3Object *object,
              const char *query,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autofree char *name = NULL;
  gboolean is_done;

  request->if_none_match = object->is_new ? ANY_OBJECT : NULL;
  is_done = perform (store, request, object->key, query, cancellable, &reason);
  if (!is_done && object->is_new && request->status == 501)
    {
      clear_request (request);
      g_clear_error (&reason);
      request->if_none_match = NULL;
      is_done = perform (store, request, object->key, query, cancellable, &reason);
    }
  if (is_done)
    return TRUE;
  if ((request->status == 412 || request->status == 404)
      && is_marked (store, object->key, object->mark, cancellable))
    {
      clear_request (request);
      return TRUE;
    }
  if (object->is_new && request->status == 412)
    {
      name = make_name (store, object->key);
      _ann_set_exists_error (name, error);
    }
  else
    g_propagate_error (error, g_steal_pointer (&reason));

  return FALSE;
}

/* --- Bytes --- */

/* (nullable): @n bytes of the object from @offset on; @owned is what is to be freed of them */
static const guint8 *
get_bytes (const AnnS3Object *object, guint64 offset, gsize n, guint8 **owned, GError **error)
{
  gsize done = 0;

  if (object->bytes != NULL)
    return object->bytes + offset;

  *owned = g_try_malloc (MAX (n, 1));
  if (*owned == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "There is no memory for %" G_GSIZE_FORMAT " bytes that are to be sent", n);
      return NULL;
    }
  while (done < n)
    {
      ssize_t result = pread (object->fd, *owned + done, n - done, (off_t) (offset + done));

      if (result < 0 && errno == EINTR)
        continue;
      if (result <= 0)
        {
          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (result < 0 ? errno : EIO),
                       "What was written into a temporary file cannot be read again: %s",
                       g_strerror (result < 0 ? errno : EIO));
          return NULL;
        }
      done += (gsize) result;
    }

  return *owned;
}

static gboolean
put_whole (AnnS3Store *store,
           const AnnS3Object *object,
           gboolean *may_be_there,
           GCancellable *cancellable,
           GError **error)
{
  const gsize n = (gsize) object->n_bytes;
  g_autofree guint8 *owned = NULL;
  const guint8 *bytes = get_bytes (object, 0, n, &owned, error);
  AnnHttpRequest request = {
    .method = "PUT", .body = n > 0 ? (gconstpointer) bytes : "", .n_body = n, .header = object->mark
  };
  gboolean is_done;

  if (bytes == NULL && n > 0)
    return FALSE;

  is_done = perform_last (store, &request, object, "", cancellable, error);
  *may_be_there = !is_refused (&request);
  clear_request (&request);
  if (is_done && object->progress != NULL)
    ann_progress_add_done (object->progress, object->n_units);

  return is_done;
}

/* --- Objects in parts --- */

typedef struct {
  AnnS3Store *store;
  const AnnS3Object *object;
  char *id; /* of the upload, encoded */
  gsize part_size;
  gsize n_parts;
  GPtrArray *tags; /* of the parts, char * */
} Upload;

static void
set_answer_error (AnnS3Store *store, const char *key, GError **error)
{
  g_autofree char *name = make_name (store, key);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
               "%s cannot be written in parts: the server does not answer as S3 does", name);
}

static gboolean
put_part (Upload *upload, gsize index, GCancellable *cancellable, GError **error)
{
  const AnnS3Object *object = upload->object;
  const guint64 start = (guint64) index * upload->part_size;
  const gsize n = (gsize) MIN (upload->part_size, object->n_bytes - start);
  g_autofree guint8 *owned = NULL;
  AnnHttpRequest request = { .method = "PUT", .n_body = n };
  g_autofree char *query = g_strdup_printf ("partNumber=%" G_GSIZE_FORMAT "&uploadId=%s", index + 1,
                                            upload->id);
  gboolean is_done;

  request.body = get_bytes (object, start, n, &owned, error);
  if (request.body == NULL)
    return FALSE;

  is_done = perform (upload->store, &request, object->key, query, cancellable, error);
  if (is_done && request.etag == NULL)
    {
      set_answer_error (upload->store, object->key, error);
      is_done = FALSE;
    }
  upload->tags->pdata[index] = g_steal_pointer (&request.etag);
  clear_request (&request);
  if (is_done && object->progress != NULL)
    ann_progress_add_done (object->progress, (guint64) ((double) object->n_units * (double) n
                                                        / (double) object->n_bytes));

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
end_upload (Upload *upload, gboolean *may_be_there, GCancellable *cancellable, GError **error)
{
  g_autofree char *list = list_parts (upload);
  g_autofree char *query = g_strconcat ("uploadId=", upload->id, NULL);

  for (int i = 0; i < N_TRIES; i++)
    {
      AnnHttpRequest request = { .method = "POST", .body = list, .n_body = strlen (list) };
      gboolean is_answered = perform_last (upload->store, &request, upload->object, query,
                                           cancellable, error);
      gboolean is_done = is_answered && !has_fault (&request);

      *may_be_there = !is_refused (&request);

      clear_request (&request);
      if (is_done || !is_answered)
        return is_done;
    }
  set_answer_error (upload->store, upload->object->key, error);

  return FALSE;
}

/* An upload that is to be given up. */
typedef struct {
  AnnS3Store *store;
  char *key;
  char *id;
} Abort;

/* Parts of what was never finished would cost money for ever. */
static void
abort_upload (gpointer data, GCancellable *limit)
{
  Abort *self = data;
  AnnHttpRequest request = { .method = "DELETE" };
  g_autofree char *query = g_strconcat ("uploadId=", self->id, NULL);
  g_autoptr (GError) error = NULL;

  if (!perform (self->store, &request, self->key, query, limit, &error) && request.status != 404)
    g_warning ("Parts of an upload are left in the bucket, which must be aborted: %s",
               error->message);
  clear_request (&request);
  g_object_unref (self->store);
  g_free (self->key);
  g_free (self->id);
  g_free (self);
}

/* @id: (transfer full) */
static void
give_up (AnnS3Store *store, const char *key, char *id)
{
  Abort *abort = g_new (Abort, 1);

  *abort = (Abort){ g_object_ref (store), g_strdup (key), id };
  _ann_clean_up_within (ABORT_SECONDS, abort_upload, abort);
}

/* A request to begin whose answer was lost may have begun an upload too. In the server's list it
 * cannot be told from one that somebody else begins for the same key, which must not be aborted; it
 * has no parts, so that it takes no room.
 */
static void
warn_of_lost (AnnS3Store *store, const char *key)
{
  g_autofree char *name = make_name (store, key);

  g_warning ("%s: an answer of the server was lost: its list of unfinished uploads may have one "
             "more, without parts, which can be aborted when nobody writes there",
             name);
}

/* (nullable): the id that an answer has, encoded */
static char *
dup_id (const AnnHttpRequest *request)
{
  g_autofree char *id = _ann_s3_upload_parse ((const char *) request->bytes, request->n_bytes);

  return id != NULL ? g_uri_escape_string (id, NULL, FALSE) : NULL;
}

/* (transfer full) (nullable): the id of a new upload, encoded. Who is cancelled when the answer has
 * come has begun one all the same.
 */
static char *
begin_upload (AnnS3Store *store,
              const char *key,
              const char *mark,
              GCancellable *cancellable,
              GError **error)
{
  AnnHttpRequest request = { .method = "POST", .body = "", .header = mark };
  const gboolean is_done = perform (store, &request, key, "uploads=", cancellable, error);
  g_autofree char *id = is_done || request.status == 200 ? dup_id (&request) : NULL;

  if (is_done && id == NULL)
    set_answer_error (store, key, error);
  if (!is_done && id != NULL)
    give_up (store, key, g_steal_pointer (&id));
  else if (request.n_lost > 0)
    warn_of_lost (store, key);
  clear_request (&request);

  return g_steal_pointer (&id);
}

static gboolean
put_parts (AnnS3Store *store,
           const AnnS3Object *object,
           gsize part_size,
           gboolean *may_be_there,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GPtrArray) tags = g_ptr_array_new_with_free_func (g_free);
  Upload upload = { .store = store, .object = object, .part_size = part_size, .tags = tags };
  gboolean is_done;

  upload.id = begin_upload (store, object->key, object->mark, cancellable, error);
  if (upload.id == NULL)
    return FALSE;

  while (object->n_bytes / upload.part_size >= MAX_PARTS)
    upload.part_size *= 2;
  upload.n_parts = (gsize) ((object->n_bytes - 1) / upload.part_size + 1);
  g_ptr_array_set_size (tags, (int) upload.n_parts);
  is_done = ann_worker_parallel_waits (upload.n_parts, PARTS_AT_ONCE, put_some_parts, &upload,
                                       cancellable, error)
            && end_upload (&upload, may_be_there, cancellable, error);
  if (!is_done)
    give_up (store, object->key, g_steal_pointer (&upload.id));
  g_free (upload.id);

  return is_done;
}

gboolean
_ann_s3_put (AnnS3Store *store,
             const AnnS3Object *object,
             gboolean *may_be_there,
             GCancellable *cancellable,
             GError **error)
{
  const gsize part_size = object->part_size > 0 ? object->part_size : PART_SIZE;
  const gsize usual = object->bytes != NULL ? WHOLE_SIZE : part_size;
  const gboolean is_whole = object->n_bytes
                            <= (object->whole_size > 0 ? object->whole_size : usual);
  AnnS3Object marked = *object;
  g_autofree char *mark = NULL;
  gboolean unused;

  if (may_be_there == NULL)
    may_be_there = &unused;
  *may_be_there = FALSE;
  /* What is sent as a whole to replace something may be sent again. */
  if (marked.mark == NULL && (marked.is_new || !is_whole))
    marked.mark = mark = _ann_s3_make_mark (store);

  if (is_whole)
    return put_whole (store, &marked, may_be_there, cancellable, error);

  return put_parts (store, &marked, part_size, may_be_there, cancellable, error);
}

static gboolean
remove_any (AnnS3Store *store, const char *key, GCancellable *cancellable, GError **error)
{
  AnnHttpRequest request = { .method = "DELETE" };
  g_autoptr (GError) reason = NULL;
  gboolean is_gone = perform (store, &request, key, "", cancellable, &reason)
                     || request.status == 404;

  clear_request (&request);
  if (!is_gone)
    g_propagate_error (error, g_steal_pointer (&reason));

  return is_gone;
}

gboolean
_ann_s3_remove (AnnS3Store *store,
                const char *key,
                const char *mark,
                GCancellable *cancellable,
                GError **error)
{
  gboolean is_there;
  gboolean is_ours;

  if (mark == NULL)
    return remove_any (store, key, cancellable, error);

  if (!look_for_mark (store, key, mark, &is_there, &is_ours, cancellable, error))
    return FALSE;
  if (is_ours)
    return remove_any (store, key, cancellable, error);
  if (is_there)
    g_set_error (error, ANN_ERROR, ANN_ERROR_CHANGED,
                 "somebody else has put another object there meanwhile");

  return !is_there;
}
