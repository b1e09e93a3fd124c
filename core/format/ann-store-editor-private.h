/* ann-store-editor-private.h: what a format brings to change a store in place
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/ann-create.h"

G_BEGIN_DECLS

/**
 * AnnStoreEditorClass:
 * @get_new: the group for what is new; stays the editor's
 * @place, @move, @remove, @set_attributes, @commit: see ann-create.h. Paths are checked: neither
 *   empty nor with empty parts; but for @set_attributes, where the root is ""
 * @free: drops what was not committed
 *
 * A format has its own struct, which begins with an AnnStoreEditor.
 */
typedef struct {
  AnnNodeWriter *(*get_new) (AnnStoreEditor *self);
  gboolean (*place) (AnnStoreEditor *self,
                     const char *name,
                     const char *path,
                     GCancellable *cancellable,
                     GError **error);
  gboolean (*move) (AnnStoreEditor *self,
                    const char *from,
                    const char *to,
                    GCancellable *cancellable,
                    GError **error);
  gboolean (*remove) (AnnStoreEditor *self,
                      const char *path,
                      GCancellable *cancellable,
                      GError **error);
  gboolean (*set_attributes) (AnnStoreEditor *self,
                              const char *path,
                              AnnAttributes *attributes,
                              GCancellable *cancellable,
                              GError **error);
  gboolean (*commit) (AnnStoreEditor *self, GCancellable *cancellable, GError **error);
  void (*free) (AnnStoreEditor *self);
} AnnStoreEditorClass;

struct _AnnStoreEditor {
  const AnnStoreEditorClass *klass;
};

G_END_DECLS
