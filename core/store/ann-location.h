/* ann-location.h: what an address says
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * AnnLocationKind:
 * @ANN_LOCATION_FILE: a path, or `file://`
 * @ANN_LOCATION_HTTP: `http://` or `https://`; also `az://`, in its form of that kind
 * @ANN_LOCATION_S3: `s3://bucket/key`; also `gs://`, whose service speaks the same language
 */
typedef enum {
  ANN_LOCATION_FILE,
  ANN_LOCATION_HTTP,
  ANN_LOCATION_S3,
} AnnLocationKind;

/**
 * AnnLocation:
 *
 * Where a store is, taken apart. Immutable, reference counted.
 *
 * What an `s3://` address needs besides bucket and key and is no secret may stand in its query:
 * `?endpoint=https://host:9000&region=eu-central-1&path-style=true&anonymous=true&profile=NAME`.
 * So an address alone says how a store is opened again; secrets are in [struct@Ann.SignIn].
 */
typedef struct _AnnLocation AnnLocation;

#define ANN_TYPE_LOCATION (ann_location_get_type ())

ANN_API GType ann_location_get_type (void) G_GNUC_CONST;
ANN_API AnnLocation *ann_location_parse (const char *uri, GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API char *ann_location_hide_secrets (const char *uri) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnLocation *ann_location_ref (AnnLocation *self);
ANN_API void ann_location_unref (AnnLocation *self);

ANN_API AnnLocationKind ann_location_get_kind (AnnLocation *self);
ANN_API gboolean ann_location_is_remote (AnnLocation *self);
ANN_API const char *ann_location_get_uri (AnnLocation *self);
ANN_API const char *ann_location_get_name (AnnLocation *self);
ANN_API const char *ann_location_get_scope (AnnLocation *self);
ANN_API const char *ann_location_get_host (AnnLocation *self);

ANN_API const char *ann_location_get_bucket (AnnLocation *self);
ANN_API const char *ann_location_get_key (AnnLocation *self);
ANN_API const char *ann_location_get_endpoint (AnnLocation *self);
ANN_API const char *ann_location_get_region (AnnLocation *self);
ANN_API const char *ann_location_get_profile (AnnLocation *self);
ANN_API gboolean ann_location_is_anonymous (AnnLocation *self);
ANN_API gboolean ann_location_is_path_style (AnnLocation *self);

/* (nullable): the whole address of HTTP, with its query, which may hold a signature: for requests
 * alone, never shown. What lies below goes before the `?`.
 */
const char *_ann_location_get_url (AnnLocation *self);

/* Whether it is `gs://`, which is anonymous without a sign-in: keys for AWS are not for Google. */
gboolean _ann_location_is_google (AnnLocation *self);

/* Whether an s3 address says `path-style=false`: the bucket is to stand in the name of the host. */
gboolean _ann_location_is_host_style (AnnLocation *self);

/* (transfer full): Amazon's host for a region, or for any (%NULL) */
char *_ann_s3_make_host (const char *region) G_GNUC_WARN_UNUSED_RESULT;

/* The store may be a beginning of an address that goes on within it: the address without its last
 * @n_segments, and these, decoded, as a path without a slash at its ends. What is asked of the
 * beginning (query, sign-in) is the same. %NULL where it has no so many; of a path on disk one
 * stays.
 */
AnnLocation *_ann_location_new_parent (AnnLocation *self, guint n_segments)
    G_GNUC_WARN_UNUSED_RESULT;
char *_ann_location_dup_tail (AnnLocation *self, guint n_segments) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnLocation, ann_location_unref)

G_END_DECLS
