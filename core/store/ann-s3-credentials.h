/* ann-s3-credentials.h: who we are for a bucket, and where it is
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "store/ann-sign-in.h"

G_BEGIN_DECLS

/**
 * AnnS3Settings:
 * @sign_in: (nullable): %NULL for requests that are not signed
 * @extras: (nullable): the sign-in of the location's scope, for what it has besides a key or token
 * @region: (nullable): where nothing says which
 * @endpoint: (nullable): of another service than Amazon's
 * @is_path_style: the bucket is to stand in the path
 * @unsupported: (nullable): without a sign-in: the setting by which the keys of the default profile
 *   would come, and which we cannot follow
 *
 * What the address, the sign-in, the environment and the files in ~/.aws say together.
 */
typedef struct {
  AnnSignIn *sign_in;
  AnnSignIn *extras;
  char *region;
  char *endpoint;
  gboolean is_path_style;
  char *unsupported;
} AnnS3Settings;

/* Keys, the first of these that there are; no further one is looked at, so that a wrong key is an
 * error and not somebody else's: the address says anonymous; the profile that it names; the sign-in
 * of its scope; AWS_ACCESS_KEY_ID and its sisters; the profile AWS_PROFILE, or "default". No
 * service is asked for keys. For `gs://` the address and the sign-in alone count.
 *
 * Region and endpoint: the address, the environment, the profile.
 */
gboolean _ann_s3_settings_load (AnnS3Settings *self, AnnLocation *location, GError **error);
void _ann_s3_settings_clear (AnnS3Settings *self);

G_END_DECLS
