/* ann-http-store-private.h: for stores that are reached by HTTP
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "store/ann-http-client.h"
#include "store/ann-sign-in.h"

G_BEGIN_DECLS

/**
 * AnnHttpStore:
 *
 * Objects that are read by HTTP, in ranges. What is wanted of one object and lies close together is
 * one request; all requests of a call are sent at once. An object that has another ETag (or, where
 * none is sent, another time or size) than when it was first read is %ANN_ERROR_CHANGED.
 */
#define ANN_TYPE_HTTP_STORE (_ann_http_store_get_type ())

G_DECLARE_DERIVABLE_TYPE (AnnHttpStore, _ann_http_store, ANN, HTTP_STORE, AnnStore)

/**
 * AnnHttpStoreClass:
 * @make_url: (transfer full): the address of the object @key ("": the place itself), encoded
 * @sign: (nullable): adds "Name: value" headers (each for g_free()) to a request to @url just
 *   before it is sent, and again before it is repeated. Not called for another host that a
 *   redirect leads to. Runs in the network thread, must not wait
 * @is_absent: whether the answer says that there is no such object. Usually 404 and 410
 * @adapt: (nullable): looks at an answer that is neither a success nor absence and changes what
 *   @make_url and @sign say (another region, new keys): %TRUE if the request should be sent once
 *   more. Runs in the caller's thread, several at once
 * @set_status_error: says what such an answer means in the end
 *
 * What differs between kinds of such places. `request->detail` is the beginning of the body that
 * came with an error. Virtual functions of #AnnStoreClass that are not about reading (`list`) are
 * the derived class's to set.
 */
struct _AnnHttpStoreClass {
  AnnStoreClass parent_class;

  char *(*make_url) (AnnHttpStore *self, const char *key);
  void (*sign) (AnnHttpStore *self,
                const AnnHttpRequest *request,
                const char *url,
                GPtrArray *headers);
  gboolean (*is_absent) (AnnHttpStore *self, const AnnHttpRequest *request);
  gboolean (*adapt) (AnnHttpStore *self, const AnnHttpRequest *request);
  void (*set_status_error) (AnnHttpStore *self,
                            const AnnHttpRequest *request,
                            const char *key,
                            GError **error);
};

/* Performs one request of the store's own making (a list, or a change), signed and counted as all
 * others. Its
 * address is what @make_url says to @text, asked again after @adapt. Where it returns %TRUE the
 * answer is 200, 204 or 206; else @error says what @set_status_error () says for @key. What came is
 * the caller's to clear, its bytes too.
 */
gboolean _ann_http_store_perform (AnnHttpStore *self,
                                  AnnHttpRequest *request,
                                  char *(*make_url) (AnnHttpStore *self, const char *text),
                                  const char *text,
                                  const char *key,
                                  GCancellable *cancellable,
                                  GError **error);

/* What is added to each request: the headers, the certificates that are trusted, and, where the
 * class does not sign otherwise, the token of @sign_in (nullable). Once, before anything is read.
 */
void _ann_http_store_set_sign_in (AnnHttpStore *self, AnnSignIn *sign_in);

/* Adds @path with all but A-Z a-z 0-9 - _ . ~ and the slash percent-encoded. */
void _ann_http_append_path (GString *url, const char *path);

G_END_DECLS
