/* ann-sign-in.h: who we are for a host
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"
#include "store/ann-location.h"

G_BEGIN_DECLS

/**
 * AnnSignIn:
 *
 * What goes with the requests to a place: an access key that signs them, or a token; headers that a
 * gateway before it wants; the certificates it is known by. Immutable, reference counted; its
 * memory is overwritten before it is freed. It is never printed, logged or stored by the library.
 */
typedef struct _AnnSignIn AnnSignIn;

#define ANN_TYPE_SIGN_IN (ann_sign_in_get_type ())

ANN_API GType ann_sign_in_get_type (void) G_GNUC_CONST;
ANN_API AnnSignIn *ann_sign_in_new_key (const char *key_id,
                                        const char *secret,
                                        const char *session_token) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnSignIn *ann_sign_in_new_bearer (const char *token) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnSignIn *ann_sign_in_new_with_extras (AnnSignIn *base,
                                                const char *headers,
                                                const char *ca_file,
                                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnSignIn *ann_sign_in_new_from_text (const char *text) G_GNUC_WARN_UNUSED_RESULT;
ANN_API char *ann_sign_in_dup_text (AnnSignIn *self) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnSignIn *ann_sign_in_ref (AnnSignIn *self);
ANN_API void ann_sign_in_unref (AnnSignIn *self);

ANN_API void ann_sign_in_set (AnnLocation *location, AnnSignIn *sign_in);
ANN_API AnnSignIn *ann_sign_in_get (AnnLocation *location) G_GNUC_WARN_UNUSED_RESULT;

/* (nullable): of a key */
const char *_ann_sign_in_get_key_id (AnnSignIn *self);
const char *_ann_sign_in_get_secret (AnnSignIn *self);
const char *_ann_sign_in_get_session_token (AnnSignIn *self);

/* (nullable): of a token */
const char *_ann_sign_in_get_bearer (AnnSignIn *self);

/* Whether it says who we are: by a key, a token, or a header that does. */
gboolean _ann_sign_in_has_identity (AnnSignIn *self);

/* Whether it is a key or a token. */
gboolean _ann_sign_in_has_key_or_token (AnnSignIn *self);

/* (nullable): "Name: value" each */
const char *const *_ann_sign_in_get_headers (AnnSignIn *self);

/* (nullable): an absolute path */
const char *_ann_sign_in_get_ca_file (AnnSignIn *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnSignIn, ann_sign_in_unref)

G_END_DECLS
