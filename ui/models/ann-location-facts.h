/* ann-location-facts.h: what can be said of an address
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/* By its name alone, before anything is asked: @detail is (out) (transfer full). (transfer full) */
char *ann_location_facts_guess (AnnLocation *location, char **detail) G_GNUC_WARN_UNUSED_RESULT;

/* Opens the store; of a place that is to be written to finds out whether it is free, signed in as
 * the keyring says. Main thread.
 */
void ann_location_facts_ask_async (const char *address,
                                   gboolean is_target,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
char *ann_location_facts_ask_finish (GAsyncResult *result, char **detail, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
