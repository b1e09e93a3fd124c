/* ann-edit.h: a store is changed in place
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element.h"

G_BEGIN_DECLS

#define ANN_TYPE_EDIT (ann_edit_get_type ())

/**
 * AnnEdit:
 *
 * Changes to a store, collected and then made in one go by [method@Ann.Edit.run]: all of them or,
 * whatever goes wrong, none. They are checked when they are added, against the store with the
 * changes before them: what does not fit (lengths, names, types) is refused then.
 *
 * For one thread at a time. All but the getters may read the store, and block.
 */
ANN_API
G_DECLARE_FINAL_TYPE (AnnEdit, ann_edit, ANN, EDIT, GObject)

ANN_API AnnEdit *ann_edit_new (const char *uri, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* How changes are made that are added from then on. */
ANN_API void ann_edit_set_overwrites (AnnEdit *self, gboolean overwrites);
ANN_API void ann_edit_set_keeps_text (AnnEdit *self, gboolean keeps_text);

ANN_API gboolean ann_edit_set (AnnEdit *self,
                               const char *path,
                               AnnElement *value,
                               GCancellable *cancellable,
                               GError **error);
ANN_API gboolean ann_edit_set_text (AnnEdit *self,
                                    const char *path,
                                    const char *text,
                                    GCancellable *cancellable,
                                    GError **error);
ANN_API gboolean ann_edit_set_file (AnnEdit *self,
                                    const char *path,
                                    const char *file,
                                    GCancellable *cancellable,
                                    GError **error);
ANN_API gboolean ann_edit_rename (AnnEdit *self,
                                  const char *path,
                                  const char *name,
                                  GCancellable *cancellable,
                                  GError **error);
ANN_API gboolean ann_edit_drop (AnnEdit *self,
                                const char *path,
                                GCancellable *cancellable,
                                GError **error);
ANN_API gboolean ann_edit_move_to_raw (AnnEdit *self, GCancellable *cancellable, GError **error);

ANN_API char **ann_edit_describe (AnnEdit *self) G_GNUC_WARN_UNUSED_RESULT;
ANN_API char **ann_edit_list_warnings (AnnEdit *self) G_GNUC_WARN_UNUSED_RESULT;
ANN_API gboolean ann_edit_run (AnnEdit *self, GCancellable *cancellable, GError **error);

G_END_DECLS
