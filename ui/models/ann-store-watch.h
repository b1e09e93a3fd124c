/* ann-store-watch.h: does somebody else write to an open store?
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

#define ANN_TYPE_STORE_WATCH (ann_store_watch_get_type ())

G_DECLARE_FINAL_TYPE (AnnStoreWatch, ann_store_watch, ANN, STORE_WATCH, GObject)

AnnStoreWatch *ann_store_watch_new (AnnData *data, GFile *file) G_GNUC_WARN_UNUSED_RESULT;
void ann_store_watch_stop (AnnStoreWatch *self);

void ann_store_watch_check (AnnStoreWatch *self);
gboolean ann_store_watch_has_changed (AnnStoreWatch *self);

G_END_DECLS
