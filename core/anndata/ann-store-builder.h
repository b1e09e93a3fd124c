/* ann-store-builder.h: a store that is written piece by piece
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element.h"
#include "write/ann-write-options.h"

G_BEGIN_DECLS

#define ANN_TYPE_STORE_BUILDER (ann_store_builder_get_type ())

ANN_API
G_DECLARE_FINAL_TYPE (AnnStoreBuilder, ann_store_builder, ANN, STORE_BUILDER, GObject)

ANN_API AnnStoreBuilder *ann_store_builder_new (const char *target,
                                                const AnnWriteOptions *options,
                                                GCancellable *cancellable,
                                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API gboolean ann_store_builder_append (AnnStoreBuilder *self,
                                           AnnBlock *rows,
                                           GCancellable *cancellable,
                                           GError **error);
ANN_API gboolean ann_store_builder_add (AnnStoreBuilder *self,
                                        const char *path,
                                        AnnElement *element,
                                        GError **error);
ANN_API guint64 ann_store_builder_get_n_rows (AnnStoreBuilder *self);
ANN_API gboolean ann_store_builder_commit (AnnStoreBuilder *self,
                                           char ***warnings,
                                           GCancellable *cancellable,
                                           GError **error);

G_END_DECLS
