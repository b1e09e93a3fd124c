/* ann-s3-profiles.h: what ~/.aws says
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

/**
 * AnnS3Profile:
 * @is_found: one of the files has it
 * @key_id: (nullable): with @secret
 * @session_token: (nullable): of lent keys
 * @region: (nullable)
 * @endpoint: (nullable): of S3, from a section of services too
 * @is_path_style: the bucket is to stand in the path
 * @unsupported: (nullable): the setting by which its keys would come, if it has none itself, such
 *   as `sso_session`
 *
 * A profile of the files that Amazon's tools read.
 */
typedef struct {
  gboolean is_found;
  char *key_id;
  char *secret;
  char *session_token;
  char *region;
  char *endpoint;
  gboolean is_path_style;
  char *unsupported;
} AnnS3Profile;

/* Reads ~/.aws/credentials and ~/.aws/config, or what AWS_SHARED_CREDENTIALS_FILE and
 * AWS_CONFIG_FILE name. Files that are not there or cannot be read have no profiles.
 */
void _ann_s3_profile_load (AnnS3Profile *self, const char *name);
void _ann_s3_profile_clear (AnnS3Profile *self);

ANN_API char **ann_s3_list_profiles (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
