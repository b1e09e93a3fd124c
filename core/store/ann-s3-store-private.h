/* ann-s3-store-private.h: buckets
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "store/ann-http-store-private.h"
#include "store/ann-s3-credentials.h"
#include "store/ann-s3-xml.h"

#include <pthread.h>

G_BEGIN_DECLS

/**
 * AnnS3Store:
 *
 * What lies below a prefix of a bucket: requests by HTTP that are signed, and lists.
 *
 * A bucket that does not list says 403 to what is not there, as it does to what we may not read.
 * Such a 403 is taken for absence while the bucket does not list and the object that was read first
 * can still be read; see verify_absence () in ann-s3-store.c.
 */
#define ANN_TYPE_S3_STORE (_ann_s3_store_get_type ())

G_DECLARE_FINAL_TYPE (AnnS3Store, _ann_s3_store, ANN, S3_STORE, AnnHttpStore)

typedef enum {
  ANN_S3_LISTS_UNKNOWN,
  ANN_S3_LISTS,
  ANN_S3_LISTS_NOT,
} AnnS3Lists;

/* What stands before the lock never changes, but for the region and the sign-in of @settings, which
 * are under it as what follows.
 */
struct _AnnS3Store {
  AnnHttpStore parent_instance;

  AnnLocation *location;
  AnnS3Settings settings;
  char *bucket;
  char *prefix; /* "" or without a slash at its ends */
  gboolean is_path_style;

  pthread_mutex_t lock;
  AnnS3Lists lists;
  char *control;  /* (nullable): the key that was read first */
  guint n_doubts; /* answers 403 that were taken for absence */
  gint64 renewed; /* when other keys were found, in µs */
};

/* (nullable) (transfer full): who signs */
AnnSignIn *_ann_s3_store_dup_sign_in (AnnS3Store *self);

/* The key of an object below the prefix, in the bucket. (transfer full) */
char *_ann_s3_store_dup_key (AnnS3Store *self, const char *key);

/* The address of the bucket with @query, which is encoded. (transfer full) */
char *_ann_s3_store_make_bucket_url (AnnHttpStore *self, const char *query);

/* Whether an answer is 403 for want of a right, and not because the keys are wrong. */
gboolean _ann_s3_is_access_denied (const AnnHttpRequest *request);

/* Whether it would be that also for a key that is not there, in a bucket that does not list. */
gboolean _ann_s3_is_absent_in_no_list (const AnnHttpRequest *request);

/* Whether an error's @code says that the session token is not, or no longer, one. */
gboolean _ann_s3_is_token_code (const char *code);

/* Sets %ANN_ERROR_DENIED for @name, which, as @may_not says, may not be read. */
void _ann_s3_store_set_denied_error (AnnS3Store *self,
                                     const char *name,
                                     const char *may_not,
                                     GError **error);

/* Takes note of a 404 that does not come with an error of S3: who finds no store then is told that
 * the endpoint may be another kind of server.
 */
void _ann_s3_store_doubt_server (AnnS3Store *self, const AnnS3Fault *fault);

void _ann_s3_store_set_status_error (AnnHttpStore *store,
                                     const AnnHttpRequest *request,
                                     const char *key,
                                     GError **error);

GPtrArray *_ann_s3_store_list (AnnStore *store,
                               const char *prefix,
                               GCancellable *cancellable,
                               GError **error);

/* Whether anything lies below the prefix. */
gboolean _ann_s3_store_has_any (AnnS3Store *self,
                                gboolean *has_any,
                                GCancellable *cancellable,
                                GError **error);

/* Asks whether the bucket lists at all. %ANN_S3_LISTS_UNKNOWN with @error if that is not said. */
AnnS3Lists _ann_s3_store_probe_list (AnnS3Store *self, GCancellable *cancellable, GError **error);

G_END_DECLS
