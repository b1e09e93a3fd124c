/* ann-http-store.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-http-store-private.h"

#include "base/ann-error.h"
#include "store/ann-disk-cache.h"
#include "store/ann-extra-headers.h"
#include "store/ann-http-cache.h"
#include "store/ann-stores.h"

#include <pthread.h>
#include <string.h>

/* Parts of one object are one request if what lies between them is not worth one: at 20 ms a
 * request and 10 MB/s the time of one brings some 200 KiB, shared by 16 that are under way.
 */
#define MAX_GAP (32 * 1024)
#define MAX_JOINED (8 * 1024 * 1024)

/* Not all servers understand numbers beyond this. Nothing is that large. */
#define MAX_OFFSET ((guint64) G_MAXINT64 - 1)

/* Of so many objects it is remembered what they were, and of as many that were used before. */
#define MAX_VERSIONS 32768

/* What an object was when it was first read. */
typedef struct {
  char *tag; /* its ETag, or the time of its last change */
  guint64 size;
} Version;

/* @base, @query and @sign_in never change once they are set. */
typedef struct {
  char *base;         /* without a slash at its end, or NULL in derived classes */
  char *query;        /* with its question mark, or "" */
  AnnSignIn *sign_in; /* (nullable) */
  pthread_mutex_t lock;
  GHashTable *versions;     /* of keys; under the lock */
  GHashTable *old_versions; /* those that make room first */
} AnnHttpStorePrivate;

/* One request and the parts that come by it: @n in the order of their places. */
typedef struct {
  AnnStoreRead **reads;
  gsize n;
  guint64 first;
  guint64 length;
  gboolean is_direct; /* into the memory of the only part */
  char *url;
  char *range;
} Fetch;

G_DEFINE_TYPE_WITH_PRIVATE (AnnHttpStore, _ann_http_store, ANN_TYPE_STORE)

/* --- Versions --- */

static void
version_free (gpointer data)
{
  Version *version = data;

  g_free (version->tag);
  g_free (version);
}

static GHashTable *
new_versions (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, version_free);
}

/* Under the lock. (nullable): what is remembered of @key. */
static Version *
look_up_version (AnnHttpStorePrivate *priv, const char *key)
{
  Version *version = g_hash_table_lookup (priv->versions, key);

  return version != NULL ? version : g_hash_table_lookup (priv->old_versions, key);
}

/* Under the lock. */
static void
remember_version (AnnHttpStorePrivate *priv, const char *key, const char *tag, guint64 size)
{
  Version *version;

  if (g_hash_table_size (priv->versions) >= MAX_VERSIONS)
    {
      g_hash_table_unref (priv->old_versions);
      priv->old_versions = priv->versions;
      priv->versions = new_versions ();
    }
  version = g_new (Version, 1);
  *version = (Version){ g_strdup (tag), size };
  g_hash_table_replace (priv->versions, g_strdup (key), version);
}

/* Whether the answer is of the object of which parts were read before; what is not known of one of
 * the two does not speak against it.
 */
static gboolean
check_version (AnnHttpStore *self, const char *key, const AnnHttpRequest *request)
{
  AnnHttpStorePrivate *priv = _ann_http_store_get_instance_private (self);
  const char *tag = request->etag != NULL ? request->etag : request->modified;
  const Version *known;
  gboolean is_same = TRUE;

  pthread_mutex_lock (&priv->lock);
  known = look_up_version (priv, key);
  if (known == NULL)
    remember_version (priv, key, tag, request->object_size);
  else
    is_same = (known->tag == NULL || tag == NULL || strcmp (known->tag, tag) == 0)
              && (known->size == ANN_STORE_SIZE_UNKNOWN
                  || request->object_size == ANN_STORE_SIZE_UNKNOWN
                  || known->size == request->object_size);
  pthread_mutex_unlock (&priv->lock);

  return is_same;
}

static gboolean
was_read_before (AnnHttpStore *self, const char *key)
{
  AnnHttpStorePrivate *priv = _ann_http_store_get_instance_private (self);
  gboolean was_read;

  pthread_mutex_lock (&priv->lock);
  was_read = look_up_version (priv, key) != NULL;
  pthread_mutex_unlock (&priv->lock);

  return was_read;
}

static void
set_changed_error (const char *key, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_CHANGED, "%s%swas changed while it was open", key,
               *key != '\0' ? " " : "The object ");
}

/* --- Requests of a call --- */

static int
compare_reads (const void *a, const void *b)
{
  const AnnStoreRead *one = *(AnnStoreRead *const *) a;
  const AnnStoreRead *other = *(AnnStoreRead *const *) b;
  int order = strcmp (one->key, other->key);

  if (order != 0)
    return order;
  if (one->is_suffix != other->is_suffix)
    return one->is_suffix ? 1 : -1;

  return one->offset < other->offset ? -1 : one->offset > other->offset;
}

/* What is asked for, which is a byte at least: that there is none is an answer too. */
static guint64
get_asked_length (const AnnStoreRead *read)
{
  if (read->length >= MAX_OFFSET || read->offset > MAX_OFFSET - read->length)
    return ANN_STORE_SIZE_UNKNOWN;

  return MAX (read->length, 1);
}

static gboolean
can_join (const Fetch *fetch, const AnnStoreRead *read)
{
  guint64 end = fetch->first + fetch->length;
  guint64 length = get_asked_length (read);

  return fetch->length != ANN_STORE_SIZE_UNKNOWN && length != ANN_STORE_SIZE_UNKNOWN
         && !read->is_suffix && !fetch->reads[0]->is_suffix
         && strcmp (fetch->reads[0]->key, read->key) == 0
         && (read->offset <= end || read->offset - end <= MAX_GAP)
         && MAX (end, read->offset + length) - fetch->first <= MAX_JOINED;
}

/* Returns: how many fetches the @n parts, which are in order, become */
static gsize
join_reads (AnnStoreRead **reads, gsize n, Fetch *fetches)
{
  gsize n_fetches = 0;

  for (gsize i = 0; i < n; i++)
    {
      guint64 length = get_asked_length (reads[i]);
      Fetch *last = n_fetches > 0 ? &fetches[n_fetches - 1] : NULL;

      if (last != NULL && can_join (last, reads[i]))
        {
          last->n++;
          last->length = MAX (last->length, reads[i]->offset + length - last->first);
          last->is_direct = FALSE;
          continue;
        }
      fetches[n_fetches++] = (Fetch){ .reads = reads + i,
                                      .n = 1,
                                      .first = MIN (reads[i]->offset, MAX_OFFSET),
                                      .length = length,
                                      .is_direct = reads[i]->length > 0 };
    }

  return n_fetches;
}

static char *
make_range (const Fetch *fetch)
{
  if (fetch->reads[0]->is_suffix)
    return fetch->length == ANN_STORE_SIZE_UNKNOWN
               ? NULL
               : g_strdup_printf ("bytes=-%" G_GUINT64_FORMAT, fetch->length);
  if (fetch->length != ANN_STORE_SIZE_UNKNOWN)
    return g_strdup_printf ("bytes=%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, fetch->first,
                            fetch->first + fetch->length - 1);
  if (fetch->first > 0)
    return g_strdup_printf ("bytes=%" G_GUINT64_FORMAT "-", fetch->first);

  return NULL;
}

static void
http_store_sign (AnnHttpStore *self,
                 G_GNUC_UNUSED const AnnHttpRequest *request,
                 G_GNUC_UNUSED const char *url,
                 GPtrArray *headers)
{
  AnnHttpStorePrivate *priv = _ann_http_store_get_instance_private (self);
  const char *token = priv->sign_in != NULL ? _ann_sign_in_get_bearer (priv->sign_in) : NULL;

  if (token != NULL)
    g_ptr_array_add (headers, g_strconcat ("Authorization: Bearer ", token, NULL));
}

/* Those of Amazon's, which are to be signed, or the others. */
static void
add_extra_headers (AnnHttpStore *self, gboolean is_amazon, GPtrArray *headers)
{
  AnnHttpStorePrivate *priv = _ann_http_store_get_instance_private (self);
  const char *const *extra = priv->sign_in != NULL ? _ann_sign_in_get_headers (priv->sign_in)
                                                   : NULL;

  for (guint i = 0; extra != NULL && extra[i] != NULL; i++)
    if (_ann_extra_header_is_amazon (extra[i]) == is_amazon)
      g_ptr_array_add (headers, g_strdup (extra[i]));
}

/* What is signed must arrive as it was sent, which a gateway on the way may change of others. */
static void
sign_request (const AnnHttpRequest *request, const char *url, GPtrArray *headers, gpointer data)
{
  AnnHttpStore *self = data;

  add_extra_headers (self, TRUE, headers);
  ANN_HTTP_STORE_GET_CLASS (self)->sign (self, request, url, headers);
  add_extra_headers (self, FALSE, headers);
}

/* What the store adds to a request. */
static void
prepare (AnnHttpStore *self, AnnHttpRequest *request)
{
  AnnHttpStorePrivate *priv = _ann_http_store_get_instance_private (self);
  AnnHttpStoreClass *klass = ANN_HTTP_STORE_GET_CLASS (self);

  if (priv->sign_in != NULL)
    request->ca_file = _ann_sign_in_get_ca_file (priv->sign_in);
  if (klass->sign == http_store_sign
      && (priv->sign_in == NULL
          || (_ann_sign_in_get_bearer (priv->sign_in) == NULL
              && _ann_sign_in_get_headers (priv->sign_in) == NULL)))
    return;

  request->sign = sign_request;
  request->sign_data = self;
}

static void
make_request (AnnHttpStore *self, Fetch *fetch, AnnHttpRequest *request)
{
  const AnnStoreRead *read = fetch->reads[0];

  fetch->url = ANN_HTTP_STORE_GET_CLASS (self)->make_url (self, read->key);
  fetch->range = make_range (fetch);
  *request = (AnnHttpRequest){ .url = fetch->url, .range = fetch->range };
  prepare (self, request);
  if (!fetch->is_direct)
    {
      request->limit = fetch->length;
    }
  else
    {
      request->bytes = read->bytes;
      request->limit = read->bytes != NULL ? read->length : read->limit;
    }
}

static void
clear_fetch (Fetch *fetch)
{
  g_clear_pointer (&fetch->url, g_free);
  g_clear_pointer (&fetch->range, g_free);
}

static gboolean
is_success (const AnnHttpRequest *request)
{
  return request->status == 200 || request->status == 206
         || (request->status == 204 && request->method != NULL);
}

/* Whether the answer is one that the store has no use for, so that @adapt may know better. */
static gboolean
is_refusal (AnnHttpStore *self, const AnnHttpRequest *request)
{
  return request->error == NULL && !is_success (request) && request->status != 416
         && !ANN_HTTP_STORE_GET_CLASS (self)->is_absent (self, request);
}

static gboolean
should_repeat (AnnHttpStore *self, const AnnHttpRequest *request)
{
  AnnHttpStoreClass *klass = ANN_HTTP_STORE_GET_CLASS (self);

  return klass->adapt != NULL && is_refusal (self, request) && klass->adapt (self, request);
}

/* Sends again what was refused for a reason that is no more. */
static gboolean
repeat_refused (AnnHttpStore *self,
                Fetch *fetches,
                AnnHttpRequest *requests,
                gsize n,
                GCancellable *cancellable,
                GError **error)
{
  g_autofree AnnHttpRequest *again = g_new (AnnHttpRequest, n);
  g_autofree gsize *places = g_new (gsize, n);
  gsize n_again = 0;
  gboolean ok;

  for (gsize i = 0; i < n; i++)
    {
      guint8 *bytes = requests[i].bytes;

      if (!should_repeat (self, &requests[i]))
        continue;
      _ann_http_request_clear (&requests[i]);
      clear_fetch (&fetches[i]);
      make_request (self, &fetches[i], &requests[i]);
      if (requests[i].bytes == NULL) /* an error's body goes elsewhere: there is none yet */
        g_free (bytes);
      places[n_again] = i;
      again[n_again++] = requests[i];
    }

  ok = _ann_http_perform (again, n_again, _ann_store_get_traffic (ANN_STORE (self)), cancellable,
                          error);
  for (gsize i = 0; i < n_again; i++)
    requests[places[i]] = again[i];

  return ok;
}

/* Returns: (transfer full): what is known of the objects, for g_free() each */
static char **
get_tags (AnnHttpStore *self, const Fetch *fetches, gsize n)
{
  AnnHttpStorePrivate *priv = _ann_http_store_get_instance_private (self);
  char **tags = g_new0 (char *, n);

  pthread_mutex_lock (&priv->lock);
  for (gsize i = 0; i < n; i++)
    {
      const Version *known = look_up_version (priv, fetches[i].reads[0]->key);

      tags[i] = known != NULL ? g_strdup (known->tag) : NULL;
    }
  pthread_mutex_unlock (&priv->lock);

  return tags;
}

/* Sends the requests, if the cache on disk does not answer them. */
static gboolean
perform (AnnHttpStore *self,
         const Fetch *fetches,
         AnnHttpRequest *requests,
         gsize n,
         GCancellable *cancellable,
         GError **error)
{
  AnnTraffic *traffic = _ann_store_get_traffic (ANN_STORE (self));
  g_autofree char **tags = NULL;
  gboolean ok;

  if (ann_disk_cache_get_limit () == 0)
    return _ann_http_perform (requests, n, traffic, cancellable, error);

  tags = get_tags (self, fetches, n);
  ok = _ann_http_cache_perform (requests, tags, n, traffic, cancellable, error);
  for (gsize i = 0; i < n; i++)
    g_free (tags[i]);

  return ok;
}

/* --- Answers --- */

/* Room for @n_bytes of @read, where its caller has brought none. */
static gboolean
make_room (AnnStoreRead *read, gsize n_bytes, GError **error)
{
  if (read->bytes != NULL)
    return TRUE;

  if (n_bytes <= read->limit)
    read->bytes = g_try_malloc (MAX (n_bytes, 1));
  if (read->bytes == NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                 "%s: there is no memory for %" G_GSIZE_FORMAT " bytes", read->key, n_bytes);

  return read->bytes != NULL;
}

/* Gives each part of a fetch its own of what came. */
static gboolean
share_out (const Fetch *fetch, const AnnHttpRequest *request, GError **error)
{
  for (gsize i = 0; i < fetch->n; i++)
    {
      AnnStoreRead *read = fetch->reads[i];
      guint64 start = read->is_suffix ? 0 : read->offset - fetch->first;
      gsize n_bytes = 0;

      if (start < request->n_bytes)
        n_bytes = (gsize) MIN (read->length, request->n_bytes - start);
      if (!make_room (read, n_bytes, error))
        return FALSE;
      if (n_bytes > 0)
        memcpy (read->bytes, request->bytes + start, n_bytes);
      read->n_bytes = n_bytes;
    }

  return TRUE;
}

static void
set_all (const Fetch *fetch, gboolean is_absent, guint64 object_size)
{
  for (gsize i = 0; i < fetch->n; i++)
    {
      fetch->reads[i]->is_absent = is_absent;
      fetch->reads[i]->object_size = object_size;
    }
}

static gboolean
take_answer (AnnHttpStore *self, const Fetch *fetch, AnnHttpRequest *request, GError **error)
{
  AnnHttpStoreClass *klass = ANN_HTTP_STORE_GET_CLASS (self);
  const char *key = fetch->reads[0]->key;

  if (request->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&request->error));
      if (*key != '\0')
        g_prefix_error (error, "%s: ", key);
      return FALSE;
    }
  if (klass->is_absent (self, request))
    {
      if (was_read_before (self, key))
        {
          set_changed_error (key, error);
          return FALSE;
        }
      set_all (fetch, TRUE, ANN_STORE_SIZE_UNKNOWN);
      return TRUE;
    }
  if (request->status == 416) /* the object ends before the part begins */
    request->n_bytes = 0;
  else if (!is_success (request))
    {
      klass->set_status_error (self, request, key, error);
      return FALSE;
    }
  else if (!check_version (self, key, request))
    {
      set_changed_error (key, error);
      return FALSE;
    }

  set_all (fetch, FALSE, request->object_size);
  if (!fetch->is_direct)
    return share_out (fetch, request, error);

  fetch->reads[0]->bytes = g_steal_pointer (&request->bytes);
  fetch->reads[0]->n_bytes = request->n_bytes;

  return make_room (fetch->reads[0], request->n_bytes, error);
}

/* Frees what was taken for an answer, unless it is a part's. */
static void
free_memory (const Fetch *fetch, AnnHttpRequest *request)
{
  if (!fetch->is_direct || fetch->reads[0]->bytes == NULL)
    g_free (request->bytes);
}

static gboolean
http_store_read (AnnStore *store,
                 AnnStoreRead *reads,
                 gsize n,
                 GCancellable *cancellable,
                 GError **error)
{
  AnnHttpStore *self = ANN_HTTP_STORE (store);
  g_autofree AnnStoreRead **sorted = g_new (AnnStoreRead *, n);
  g_autofree Fetch *fetches = g_new (Fetch, n);
  g_autofree AnnHttpRequest *requests = NULL;
  gsize n_fetches;
  gboolean ok;

  for (gsize i = 0; i < n; i++)
    sorted[i] = &reads[i];
  qsort (sorted, n, sizeof *sorted, compare_reads);
  n_fetches = join_reads (sorted, n, fetches);

  requests = g_new (AnnHttpRequest, n_fetches);
  for (gsize i = 0; i < n_fetches; i++)
    make_request (self, &fetches[i], &requests[i]);

  ok = perform (self, fetches, requests, n_fetches, cancellable, error)
       && repeat_refused (self, fetches, requests, n_fetches, cancellable, error);

  for (gsize i = 0; i < n_fetches; i++)
    {
      ok = ok && take_answer (self, &fetches[i], &requests[i], error);
      free_memory (&fetches[i], &requests[i]);
      _ann_http_request_clear (&requests[i]);
      clear_fetch (&fetches[i]);
    }

  return ok;
}

gboolean
_ann_http_store_perform (AnnHttpStore *self,
                         AnnHttpRequest *request,
                         char *(*make_url) (AnnHttpStore *self, const char *text),
                         const char *text,
                         const char *key,
                         GCancellable *cancellable,
                         GError **error)
{
  AnnTraffic *traffic = _ann_store_get_traffic (ANN_STORE (self));
  g_autofree char *url = make_url (self, text);
  gboolean ok;

  request->url = url;
  prepare (self, request);
  ok = _ann_http_perform (request, 1, traffic, cancellable, error);
  if (ok && should_repeat (self, request))
    {
      g_free (url);
      url = make_url (self, text);
      request->url = url;
      _ann_http_request_clear (request);
      ok = _ann_http_perform (request, 1, traffic, cancellable, error);
    }
  request->url = NULL;
  if (!ok || (request->error == NULL && is_success (request)))
    return ok;

  if (request->error != NULL)
    g_propagate_error (error, g_steal_pointer (&request->error));
  else
    ANN_HTTP_STORE_GET_CLASS (self)->set_status_error (self, request, key, error);

  return FALSE;
}

/* --- The class --- */

void
_ann_http_append_path (GString *url, const char *path)
{
  g_string_append_uri_escaped (url, path, "/", FALSE);
}

static char *
http_store_make_url (AnnHttpStore *self, const char *key)
{
  AnnHttpStorePrivate *priv = _ann_http_store_get_instance_private (self);
  GString *url = g_string_new (priv->base);

  if (*key != '\0')
    {
      g_string_append_c (url, '/');
      _ann_http_append_path (url, key);
    }
  g_string_append (url, priv->query);

  return g_string_free (url, FALSE);
}

static gboolean
http_store_is_absent (G_GNUC_UNUSED AnnHttpStore *self, const AnnHttpRequest *request)
{
  return request->status == 404 || request->status == 410;
}

static void
http_store_set_status_error (G_GNUC_UNUSED AnnHttpStore *self,
                             const AnnHttpRequest *request,
                             const char *key,
                             GError **error)
{
  _ann_http_set_status_error (error, request->status, *key != '\0' ? key : NULL);
}

static void
_ann_http_store_finalize (GObject *object)
{
  AnnHttpStorePrivate *priv = _ann_http_store_get_instance_private (ANN_HTTP_STORE (object));

  g_free (priv->base);
  g_free (priv->query);
  g_clear_pointer (&priv->sign_in, ann_sign_in_unref);
  g_hash_table_unref (priv->versions);
  g_hash_table_unref (priv->old_versions);
  pthread_mutex_destroy (&priv->lock);

  G_OBJECT_CLASS (_ann_http_store_parent_class)->finalize (object);
}

static void
_ann_http_store_class_init (AnnHttpStoreClass *klass)
{
  AnnStoreClass *store_class = ANN_STORE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = _ann_http_store_finalize;
  store_class->read = http_store_read;
  store_class->is_remote = TRUE;
  klass->make_url = http_store_make_url;
  klass->sign = http_store_sign;
  klass->is_absent = http_store_is_absent;
  klass->set_status_error = http_store_set_status_error;
}

static void
_ann_http_store_init (AnnHttpStore *self)
{
  AnnHttpStorePrivate *priv = _ann_http_store_get_instance_private (self);

  pthread_mutex_init (&priv->lock, NULL);
  priv->versions = new_versions ();
  priv->old_versions = new_versions ();
}

void
_ann_http_store_set_sign_in (AnnHttpStore *self, AnnSignIn *sign_in)
{
  AnnHttpStorePrivate *priv = _ann_http_store_get_instance_private (self);

  priv->sign_in = sign_in != NULL ? ann_sign_in_ref (sign_in) : NULL;
}

AnnStore *
_ann_http_store_new (AnnLocation *location)
{
  AnnHttpStore *self = g_object_new (ANN_TYPE_HTTP_STORE, NULL);
  AnnHttpStorePrivate *priv = _ann_http_store_get_instance_private (self);
  const char *url = _ann_location_get_url (location);
  gsize length = strcspn (url, "?");
  g_autoptr (AnnSignIn) sign_in = ann_sign_in_get (location);

  priv->query = g_strdup (url + length);
  while (length > 0 && url[length - 1] == '/')
    length--;
  priv->base = g_strndup (url, length);
  _ann_http_store_set_sign_in (self, sign_in);
  _ann_store_set_name (ANN_STORE (self), ann_location_get_uri (location));

  return ANN_STORE (self);
}
