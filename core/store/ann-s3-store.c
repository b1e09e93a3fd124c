/* ann-s3-store.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "store/ann-s3-sign.h"
#include "store/ann-s3-store-private.h"
#include "store/ann-s3-xml.h"
#include "store/ann-store-private.h"
#include "store/ann-stores.h"

#include <string.h>

/* So long after other keys were found, requests that were signed with those before are repeated. */
#define RENEWAL (60 * G_USEC_PER_SEC)

/* The region of a bucket of which nothing says another one. */
#define USUAL_REGION "us-east-1"

G_DEFINE_TYPE (AnnS3Store, _ann_s3_store, ANN_TYPE_HTTP_STORE)

/* --- Addresses --- */

/* Whether the name of a bucket can be the first label of a host's name, also with TLS, whose
 * certificates have a star for one label.
 */
static gboolean
is_label (const char *bucket)
{
  gsize length = strlen (bucket);

  return length <= 63 && strspn (bucket, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

/* Other services than Amazon's know the bucket in the path, and few of them that in the host. */
static gboolean
wants_path_style (AnnS3Store *self, AnnLocation *location)
{
  if (self->settings.is_path_style || !is_label (self->bucket))
    return TRUE;

  return self->settings.endpoint != NULL && !_ann_location_is_host_style (location);
}

/* (transfer full) */
static char *
dup_region (AnnS3Store *self)
{
  char *region;

  pthread_mutex_lock (&self->lock);
  region = g_strdup (self->settings.region);
  pthread_mutex_unlock (&self->lock);

  return region;
}

/* Of Amazon. (transfer full) */
static char *
make_endpoint (AnnS3Store *self)
{
  g_autofree char *region = dup_region (self);
  g_autofree char *host = _ann_s3_make_host (region);

  return g_strconcat ("https://", host, NULL);
}

/* The address of the bucket, without a slash at its end. */
static GString *
make_bucket_base (AnnS3Store *self)
{
  g_autofree char *endpoint = self->settings.endpoint != NULL ? g_strdup (self->settings.endpoint)
                                                              : make_endpoint (self);
  const char *host = strstr (endpoint, "://") + 3;
  GString *url = g_string_new (NULL);

  if (self->is_path_style)
    g_string_append_printf (url, "%s/%s", endpoint, self->bucket);
  else
    g_string_append_printf (url, "%.*s%s.%s", (int) (host - endpoint), endpoint, self->bucket,
                            host);

  return url;
}

char *
_ann_s3_store_make_bucket_url (AnnHttpStore *store, const char *query)
{
  AnnS3Store *self = ANN_S3_STORE (store);
  GString *url = make_bucket_base (self);

  g_string_append_printf (url, "%s?%s", self->is_path_style ? "" : "/", query);

  return g_string_free (url, FALSE);
}

char *
_ann_s3_store_dup_key (AnnS3Store *self, const char *key)
{
  if (self->prefix[0] == '\0' || key[0] == '\0')
    return g_strconcat (self->prefix, key, NULL);

  return g_strconcat (self->prefix, "/", key, NULL);
}

static char *
s3_store_make_url (AnnHttpStore *store, const char *key)
{
  AnnS3Store *self = ANN_S3_STORE (store);
  g_autofree char *path = _ann_s3_store_dup_key (self, key);
  GString *url = make_bucket_base (self);

  g_string_append_c (url, '/');
  _ann_http_append_path (url, path);

  return g_string_free (url, FALSE);
}

AnnSignIn *
_ann_s3_store_dup_sign_in (AnnS3Store *self)
{
  AnnSignIn *sign_in;

  pthread_mutex_lock (&self->lock);
  sign_in = self->settings.sign_in != NULL ? ann_sign_in_ref (self->settings.sign_in) : NULL;
  pthread_mutex_unlock (&self->lock);

  return sign_in;
}

static void
s3_store_sign (AnnHttpStore *store,
               const AnnHttpRequest *request,
               const char *url,
               GPtrArray *headers)
{
  AnnS3Store *self = ANN_S3_STORE (store);
  g_autoptr (AnnSignIn) sign_in = _ann_s3_store_dup_sign_in (self);
  g_autofree char *region = dup_region (self);

  if (sign_in != NULL)
    _ann_s3_sign (sign_in, request->method != NULL ? request->method : "GET", url,
                  request->body_sha256, region != NULL ? region : USUAL_REGION,
                  g_get_real_time () / G_USEC_PER_SEC, headers);
}

/* --- Answers --- */

/* A 403 that may be absence is noted: read () looks into it afterwards. */
static gboolean
s3_store_is_absent (AnnHttpStore *store, const AnnHttpRequest *request)
{
  AnnS3Store *self = ANN_S3_STORE (store);
  gboolean is_absent = FALSE;

  if (request->status == 404)
    {
      AnnS3Fault fault;

      _ann_s3_fault_parse (&fault, request->detail);
      is_absent = g_strcmp0 (fault.code, "NoSuchBucket") != 0;
      _ann_s3_store_doubt_server (self, &fault);
      _ann_s3_fault_clear (&fault);
    }
  else if (_ann_s3_is_absent_in_no_list (request))
    {
      pthread_mutex_lock (&self->lock);
      is_absent = self->lists != ANN_S3_LISTS;
      if (is_absent)
        self->n_doubts++;
      pthread_mutex_unlock (&self->lock);
    }

  return is_absent;
}

/* Where a bucket is elsewhere, the answer says where: another host for the requests, or another
 * region for the signatures. A host that the answer names is not asked; it follows from the region.
 */
static gboolean
follow_region (AnnS3Store *self, const AnnS3Fault *fault)
{
  if (fault->region == NULL
      || !(g_str_equal (fault->code, "PermanentRedirect")
           || g_str_equal (fault->code, "TemporaryRedirect")
           || g_str_equal (fault->code, "AuthorizationHeaderMalformed")))
    return FALSE;

  pthread_mutex_lock (&self->lock);
  g_free (self->settings.region);
  self->settings.region = g_strdup (fault->region);
  pthread_mutex_unlock (&self->lock);

  return TRUE;
}

/* Keys that were lent for some hours may have been renewed where they come from. */
static gboolean
renew_keys (AnnS3Store *self)
{
  g_autoptr (AnnSignIn) old = _ann_s3_store_dup_sign_in (self);
  const gint64 now = g_get_monotonic_time ();
  AnnS3Settings settings;
  gboolean is_new;

  if (!_ann_s3_settings_load (&settings, self->location, NULL))
    return FALSE;

  is_new = settings.sign_in != NULL && old != NULL
           && g_strcmp0 (_ann_sign_in_get_session_token (settings.sign_in),
                         _ann_sign_in_get_session_token (old))
                  != 0;
  pthread_mutex_lock (&self->lock);
  if (is_new && self->settings.sign_in == old)
    {
      ann_sign_in_unref (self->settings.sign_in);
      self->settings.sign_in = g_steal_pointer (&settings.sign_in);
      self->renewed = now;
    }
  is_new = self->renewed > 0 && now - self->renewed < RENEWAL;
  pthread_mutex_unlock (&self->lock);
  _ann_s3_settings_clear (&settings);

  return is_new;
}

static gboolean
s3_store_adapt (AnnHttpStore *store, const AnnHttpRequest *request)
{
  AnnS3Store *self = ANN_S3_STORE (store);
  AnnS3Fault fault;
  gboolean is_adapted = FALSE;

  _ann_s3_fault_parse (&fault, request->detail);
  if (fault.code != NULL)
    is_adapted = _ann_s3_is_token_code (fault.code) ? renew_keys (self)
                                                    : follow_region (self, &fault);
  _ann_s3_fault_clear (&fault);

  return is_adapted;
}

/* --- Reading --- */

static gboolean
find_out_whether_it_lists (AnnS3Store *self,
                           AnnS3Lists *lists,
                           GCancellable *cancellable,
                           GError **error)
{
  pthread_mutex_lock (&self->lock);
  *lists = self->lists;
  pthread_mutex_unlock (&self->lock);
  if (*lists != ANN_S3_LISTS_UNKNOWN)
    return TRUE;

  *lists = _ann_s3_store_probe_list (self, cancellable, error);

  return *lists != ANN_S3_LISTS_UNKNOWN;
}

/* Reads a byte of what could be read before. */
static gboolean
check_control (AnnS3Store *self, const char *control, GCancellable *cancellable, GError **error)
{
  AnnHttpRequest request = { .range = "bytes=0-0", .limit = 1 };
  gboolean is_right;

  is_right = _ann_http_store_perform (ANN_HTTP_STORE (self), &request, s3_store_make_url, control,
                                      control, cancellable, error);
  g_free (request.bytes);
  _ann_http_request_clear (&request);

  return is_right;
}

static void
set_denied_error (AnnS3Store *self, const char *key, GError **error)
{
  const AnnHttpRequest request = { .status = 403 };

  _ann_s3_store_set_status_error (ANN_HTTP_STORE (self), &request, key, error);
}

/* To who may not list, S3 answers 403 for what is not there, so that nobody learns what is; and 403
 * for what may not be read. Chunks that are not there are their fill value, so it must not be the
 * other thing. If the bucket lists, it is. Else it is absence as long as an object that could be
 * read can still be: keys that were withdrawn or changed are found out so. While nothing was read
 * yet it is kept in mind that what seems not to be there may be forbidden.
 */
static gboolean
verify_absence (AnnS3Store *self, const char *key, GCancellable *cancellable, GError **error)
{
  g_autofree char *control = NULL;
  AnnS3Lists lists;

  if (!find_out_whether_it_lists (self, &lists, cancellable, error))
    return FALSE;
  if (lists == ANN_S3_LISTS)
    {
      set_denied_error (self, key, error);
      return FALSE;
    }

  pthread_mutex_lock (&self->lock);
  control = g_strdup (self->control);
  pthread_mutex_unlock (&self->lock);
  if (control == NULL)
    {
      g_autoptr (GError) doubt = NULL;

      _ann_s3_store_set_denied_error (self, "What is at this address",
                                      "is not there, or may not be read", &doubt);
      _ann_store_set_doubt (ANN_STORE (self), doubt);
      return TRUE;
    }

  return check_control (self, control, cancellable, error);
}

static guint
count_doubts (AnnS3Store *self)
{
  guint n;

  pthread_mutex_lock (&self->lock);
  n = self->n_doubts;
  pthread_mutex_unlock (&self->lock);

  return n;
}

/* Returns: (nullable): the first of the keys that are not there, if one is */
static const char *
look_at_reads (AnnS3Store *self, const AnnStoreRead *reads, gsize n)
{
  const char *absent = NULL;
  const char *present = NULL;

  for (gsize i = 0; i < n; i++)
    {
      if (!reads[i].is_absent)
        present = reads[i].key;
      else if (absent == NULL)
        absent = reads[i].key;
    }

  pthread_mutex_lock (&self->lock);
  if (self->control == NULL && present != NULL)
    self->control = g_strdup (present);
  pthread_mutex_unlock (&self->lock);

  return absent;
}

static gboolean
read_objects (AnnS3Store *self,
              AnnStoreRead *reads,
              gsize n,
              GCancellable *cancellable,
              GError **error)
{
  guint n_doubts = count_doubts (self);
  GError *reason = NULL;
  const char *absent;

  if (n == 0)
    return TRUE;

  if (!ANN_STORE_CLASS (_ann_s3_store_parent_class)
           ->read (ANN_STORE (self), reads, n, cancellable, &reason))
    {
      /* What could be read and now is 403 has not changed. */
      if (count_doubts (self) != n_doubts && g_error_matches (reason, ANN_ERROR, ANN_ERROR_CHANGED))
        {
          g_clear_error (&reason);
          set_denied_error (self, "", &reason);
        }
      g_propagate_error (error, reason);
      return FALSE;
    }

  absent = look_at_reads (self, reads, n);

  return absent == NULL || count_doubts (self) == n_doubts
         || verify_absence (self, absent, cancellable, error);
}

static gboolean
s3_store_read (AnnStore *store,
               AnnStoreRead *reads,
               gsize n,
               GCancellable *cancellable,
               GError **error)
{
  AnnS3Store *self = ANN_S3_STORE (store);
  gsize first = 0;

  /* A bucket is no object: asked for as one it would answer with a list. */
  for (gsize i = 0; i < n && self->prefix[0] == '\0'; i++)
    {
      if (reads[i].key[0] != '\0')
        continue;
      reads[i].is_absent = TRUE;
      if (!read_objects (self, reads + first, i - first, cancellable, error))
        return FALSE;
      first = i + 1;
    }

  return read_objects (self, reads + first, n - first, cancellable, error);
}

/* --- The class --- */

static void
_ann_s3_store_finalize (GObject *object)
{
  AnnS3Store *self = ANN_S3_STORE (object);

  _ann_s3_settings_clear (&self->settings);
  ann_location_unref (self->location);
  g_free (self->bucket);
  g_free (self->prefix);
  g_free (self->control);
  pthread_mutex_destroy (&self->lock);

  G_OBJECT_CLASS (_ann_s3_store_parent_class)->finalize (object);
}

static void
_ann_s3_store_class_init (AnnS3StoreClass *klass)
{
  AnnStoreClass *store_class = ANN_STORE_CLASS (klass);
  AnnHttpStoreClass *http_class = ANN_HTTP_STORE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = _ann_s3_store_finalize;
  store_class->read = s3_store_read;
  store_class->list = _ann_s3_store_list;
  http_class->make_url = s3_store_make_url;
  http_class->sign = s3_store_sign;
  http_class->is_absent = s3_store_is_absent;
  http_class->adapt = s3_store_adapt;
  http_class->set_status_error = _ann_s3_store_set_status_error;
}

static void
_ann_s3_store_init (AnnS3Store *self)
{
  pthread_mutex_init (&self->lock, NULL);
}

AnnStore *
_ann_s3_store_new (AnnLocation *location, GError **error)
{
  AnnS3Settings settings;
  AnnS3Store *self;

  if (!_ann_s3_settings_load (&settings, location, error))
    return NULL;

  self = g_object_new (ANN_TYPE_S3_STORE, NULL);
  self->location = ann_location_ref (location);
  self->settings = settings;
  _ann_http_store_set_sign_in (ANN_HTTP_STORE (self), settings.extras);
  self->bucket = g_strdup (ann_location_get_bucket (location));
  self->prefix = g_strdup (ann_location_get_key (location));
  self->is_path_style = wants_path_style (self, location);
  _ann_store_set_name (ANN_STORE (self), ann_location_get_uri (location));

  return ANN_STORE (self);
}
