/* ann-set-parts.h: parts of a set that are not where they should be
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

char *ann_set_parts_describe_missing (AnnData *data) G_GNUC_WARN_UNUSED_RESULT;

void ann_set_parts_open_async (const char *uri,
                               const char *folder,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
AnnData *ann_set_parts_open_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
