/* ann-s3-credentials.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-s3-credentials.h"

#include "base/ann-error.h"
#include "store/ann-address.h"
#include "store/ann-s3-profiles.h"

#include <gio/gio.h>

/* (nullable): what it is set to, if to anything. */
static const char *
get_variable (const char *name)
{
  const char *value = g_getenv (name);

  return value != NULL && value[0] != '\0' ? value : NULL;
}

static AnnSignIn *
new_from_variables (GError **error)
{
  const char *key_id = get_variable ("AWS_ACCESS_KEY_ID");
  const char *secret = get_variable ("AWS_SECRET_ACCESS_KEY");

  if (key_id == NULL || secret == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED,
                   "Of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY only the %s is set",
                   key_id != NULL ? "first" : "second");
      return NULL;
    }

  return ann_sign_in_new_key (key_id, secret, get_variable ("AWS_SESSION_TOKEN"));
}

static gboolean
check_sign_in (AnnSignIn *sign_in, GError **error)
{
  if (_ann_sign_in_get_bearer (sign_in) != NULL
      || (_ann_sign_in_get_key_id (sign_in) != NULL && _ann_sign_in_get_secret (sign_in) != NULL))
    return TRUE;

  g_set_error_literal (error, ANN_ERROR, ANN_ERROR_DENIED,
                       "The sign-in lacks the access key or its secret");

  return FALSE;
}

/* Keys of a profile that was asked for by its name. */
static AnnSignIn *
new_from_profile (const AnnS3Profile *profile, const char *name, GError **error)
{
  if (profile->key_id != NULL && profile->secret != NULL)
    return ann_sign_in_new_key (profile->key_id, profile->secret, profile->session_token);

  if (!profile->is_found)
    g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND,
                 "There is no AWS profile “%s” in ~/.aws/credentials or ~/.aws/config", name);
  else if (profile->unsupported != NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                 "The AWS profile “%s” gets its keys by %s, which is not supported: set the "
                 "variables that “aws configure export-credentials --profile %s --format env” "
                 "prints",
                 name, profile->unsupported, name);
  else
    g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED,
                 "The AWS profile “%s” has no aws_access_key_id and aws_secret_access_key", name);

  return NULL;
}

/* Whether the extras settle who we are, where the address does not: by a key or token, which
 * is then the sign-in, or a header that takes the place of one.
 */
static gboolean
is_settled_by_extras (AnnS3Settings *self)
{
  if (self->extras == NULL || !_ann_sign_in_has_identity (self->extras))
    return FALSE;
  if (_ann_sign_in_has_key_or_token (self->extras))
    self->sign_in = ann_sign_in_ref (self->extras);

  return TRUE;
}

static gboolean
find_sign_in (AnnS3Settings *self,
              AnnLocation *location,
              const AnnS3Profile *profile,
              GError **error)
{
  const gboolean is_google = _ann_location_is_google (location);
  const char *named = is_google ? NULL : ann_location_get_profile (location);

  self->extras = ann_sign_in_get (location);
  if (ann_location_is_anonymous (location))
    return TRUE;

  if (named == NULL && is_settled_by_extras (self))
    return self->sign_in == NULL || check_sign_in (self->sign_in, error);
  if (is_google)
    return TRUE;

  if (named == NULL
      && (get_variable ("AWS_ACCESS_KEY_ID") != NULL
          || get_variable ("AWS_SECRET_ACCESS_KEY") != NULL))
    {
      self->sign_in = new_from_variables (error);
      return self->sign_in != NULL;
    }

  if (named == NULL)
    named = get_variable ("AWS_PROFILE");
  if (named == NULL && (profile->key_id == NULL || profile->secret == NULL))
    {
      self->unsupported = g_strdup (profile->unsupported);
      return TRUE;
    }

  self->sign_in = new_from_profile (profile, named != NULL ? named : "default", error);

  return self->sign_in != NULL;
}

static gboolean
find_region (AnnS3Settings *self,
             AnnLocation *location,
             const AnnS3Profile *profile,
             GError **error)
{
  const char *candidates[][2] = {
    { ann_location_get_region (location), "The address" },
    { get_variable ("AWS_REGION"), "AWS_REGION" },
    { get_variable ("AWS_DEFAULT_REGION"), "AWS_DEFAULT_REGION" },
    { profile->region, "The AWS profile" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
    {
      const char *region = candidates[i][0];

      if (region == NULL)
        continue;
      if (!_ann_address_is_region (region))
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       "%s has a region that is not one such as eu-central-1", candidates[i][1]);
          return FALSE;
        }
      self->region = g_strdup (region);
      return TRUE;
    }

  return TRUE;
}

static gboolean
find_endpoint (AnnS3Settings *self,
               AnnLocation *location,
               const AnnS3Profile *profile,
               GError **error)
{
  const char *candidates[][2] = {
    { get_variable ("AWS_ENDPOINT_URL_S3"), "AWS_ENDPOINT_URL_S3" },
    { get_variable ("AWS_ENDPOINT_URL"), "AWS_ENDPOINT_URL" },
    { profile->endpoint, "The endpoint_url of the AWS profile" },
  };

  self->endpoint = g_strdup (ann_location_get_endpoint (location));
  if (self->endpoint != NULL
      || g_strcmp0 (get_variable ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true") == 0)
    return TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (candidates); i++)
    {
      if (candidates[i][0] == NULL)
        continue;
      self->endpoint = _ann_address_parse_endpoint (candidates[i][0], candidates[i][1], NULL,
                                                    error);
      return self->endpoint != NULL;
    }

  return TRUE;
}

gboolean
_ann_s3_settings_load (AnnS3Settings *self, AnnLocation *location, GError **error)
{
  const char *name = ann_location_get_profile (location);
  AnnS3Profile profile = { 0 };
  gboolean is_right;

  *self = (AnnS3Settings){ 0 };
  if (name == NULL)
    name = get_variable ("AWS_PROFILE");
  if (!_ann_location_is_google (location))
    _ann_s3_profile_load (&profile, name != NULL ? name : "default");

  is_right = find_sign_in (self, location, &profile, error)
             && find_region (self, location, &profile, error)
             && find_endpoint (self, location, &profile, error);
  self->is_path_style = ann_location_is_path_style (location) || profile.is_path_style;
  _ann_s3_profile_clear (&profile);
  if (!is_right)
    _ann_s3_settings_clear (self);

  return is_right;
}

void
_ann_s3_settings_clear (AnnS3Settings *self)
{
  g_clear_pointer (&self->sign_in, ann_sign_in_unref);
  g_clear_pointer (&self->extras, ann_sign_in_unref);
  g_clear_pointer (&self->region, g_free);
  g_clear_pointer (&self->endpoint, g_free);
  g_clear_pointer (&self->unsupported, g_free);
}
