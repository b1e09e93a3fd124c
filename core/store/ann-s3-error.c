/* ann-s3-error.c: what the errors of S3 mean
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "store/ann-s3-store-private.h"
#include "store/ann-s3-xml.h"
#include "store/ann-store-private.h"

#include <gio/gio.h>
#include <string.h>

gboolean
_ann_s3_is_access_denied (const AnnHttpRequest *request)
{
  AnnS3Fault fault;
  gboolean is_denied;

  if (request->error != NULL || request->status != 403)
    return FALSE;

  _ann_s3_fault_parse (&fault, request->detail);
  is_denied = g_strcmp0 (fault.code, "AccessDenied") == 0;
  _ann_s3_fault_clear (&fault);

  return is_denied;
}

gboolean
_ann_s3_is_absent_in_no_list (const AnnHttpRequest *request)
{
  AnnS3Fault fault;
  gboolean is_absent;

  if (!_ann_s3_is_access_denied (request))
    return FALSE;

  /* To those of the same account S3 says which right is missing: that to list means absence. */
  _ann_s3_fault_parse (&fault, request->detail);
  is_absent = fault.message == NULL
              || (strstr (fault.message, "s3:GetObject") == NULL
                  && strstr (fault.message, "kms:") == NULL);
  _ann_s3_fault_clear (&fault);

  return is_absent;
}

gboolean
_ann_s3_is_token_code (const char *code)
{
  return g_str_equal (code, "ExpiredToken") || g_str_equal (code, "TokenRefreshRequired")
         || g_str_equal (code, "InvalidToken") || g_str_equal (code, "InvalidTokenId");
}

void
_ann_s3_store_set_denied_error (AnnS3Store *self,
                                const char *name,
                                const char *may_not,
                                GError **error)
{
  AnnSignIn *sign_in = _ann_s3_store_dup_sign_in (self);

  if (sign_in != NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED, "%s %s with the keys that are used (403)",
                 name, may_not);
  else if (self->settings.unsupported != NULL)
    g_set_error (
        error, ANN_ERROR, ANN_ERROR_DENIED,
        "%s %s without keys (403), and those of the AWS profile “default” come by %s, which "
        "is not supported",
        name, may_not, self->settings.unsupported);
  else
    g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED,
                 "%s %s without a sign-in (403): sign in, or set AWS_ACCESS_KEY_ID and "
                 "AWS_SECRET_ACCESS_KEY, or a profile",
                 name, may_not);
  g_clear_pointer (&sign_in, ann_sign_in_unref);
}

/* Denials whose sentence needs no more than the name of what was asked for. */
static const struct {
  const char *code;
  const char *text;
} faults[] = {
  { "InvalidAccessKeyId", "the server does not know the access key's id" },
  { "SignatureDoesNotMatch", "the secret access key is wrong: the server finds another signature" },
  { "ExpiredToken", "the session token has expired: get new keys" },
  { "TokenRefreshRequired", "the session token has expired: get new keys" },
  { "InvalidToken", "the session token is wrong, or does not go with the key" },
  { "InvalidTokenId", "the session token is wrong, or does not go with the key" },
  { "RequestTimeTooSkewed", "the clock of this computer is wrong by more than signatures allow" },
  { "InvalidObjectState", "the object is archived: it must be restored before it can be read" },
  { "AuthorizationHeaderMalformed",
    "the server expects a signature for another region, which the address must name" },
};

/* Whether @code says that the bucket is not where we look. That is no matter of what is in it, and
 * so no %ANN_ERROR_NOT_FOUND, after which other things would be looked for there.
 */
static gboolean
set_bucket_error (AnnS3Store *self, const char *code, GError **error)
{
  if (g_str_equal (code, "NoSuchBucket"))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 "There is no bucket “%s” at this endpoint", self->bucket);
  else if (g_str_equal (code, "PermanentRedirect"))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 "The bucket “%s” is in another region or at another endpoint, which the address "
                 "must name",
                 self->bucket);
  else if (g_str_equal (code, "InvalidBucketName"))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                 "The server takes “%s” for no name of a bucket", self->bucket);
  else
    return FALSE;

  return TRUE;
}

static gboolean
set_fault_error (const char *name, const char *code, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      if (!g_str_equal (code, faults[i].code))
        continue;
      g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED, "%s: %s", name, faults[i].text);
      return TRUE;
    }

  return FALSE;
}

static void
set_no_s3_error (GError **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               "The server does not answer as S3 does (404): is the endpoint right?");
}

void
_ann_s3_store_doubt_server (AnnS3Store *self, const AnnS3Fault *fault)
{
  g_autoptr (GError) doubt = NULL;

  if (fault->code != NULL)
    return;
  set_no_s3_error (&doubt);
  _ann_store_set_doubt (ANN_STORE (self), doubt);
}

/* What it is that may not be done. */
static const char *
get_forbidden (const AnnHttpRequest *request)
{
  if (request->method == NULL || g_str_equal (request->method, "HEAD"))
    return "may not be read";

  return g_str_equal (request->method, "DELETE") ? "may not be removed" : "may not be written";
}

void
_ann_s3_store_set_status_error (AnnHttpStore *store,
                                const AnnHttpRequest *request,
                                const char *key,
                                GError **error)
{
  AnnS3Store *self = ANN_S3_STORE (store);
  const char *name = *key != '\0' ? key : "What is at this address";
  AnnS3Fault fault;

  _ann_s3_fault_parse (&fault, request->detail);
  if (fault.code != NULL
      && (set_bucket_error (self, fault.code, error) || set_fault_error (name, fault.code, error)))
    ;
  else if (request->status == 403)
    _ann_s3_store_set_denied_error (self, name, get_forbidden (request), error);
  else if (request->status == 404 && fault.code == NULL)
    set_no_s3_error (error);
  else
    _ann_http_set_status_error (error, request->status, name);
  _ann_s3_fault_clear (&fault);
}
