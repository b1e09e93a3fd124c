/* ann-keyring.h: who we are for a place, remembered
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/* The desktop's keyring, which encrypts what it keeps; a sign-in is kept for all stores of a host
 * or bucket. Where no keyring runs, each of these ends with an error, and all else works. Main
 * thread.
 */
void ann_keyring_store_async (AnnLocation *location,
                              AnnSignIn *sign_in,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean ann_keyring_store_finish (GAsyncResult *result, GError **error);

void ann_keyring_look_up_async (AnnLocation *location,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
AnnSignIn *ann_keyring_look_up_finish (GAsyncResult *result, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

void ann_keyring_sign_in_async (AnnLocation *location,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean ann_keyring_sign_in_finish (GAsyncResult *result, GError **error);

void ann_keyring_forget (AnnLocation *location);

G_END_DECLS
