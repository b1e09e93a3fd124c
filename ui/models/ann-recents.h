/* ann-recents.h: the stores that were open lately
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>
#include <gio/gio.h>

G_BEGIN_DECLS

#define ANN_TYPE_RECENT (ann_recent_get_type ())

G_DECLARE_FINAL_TYPE (AnnRecent, ann_recent, ANN, RECENT, GObject)

GFile *ann_recent_get_file (AnnRecent *self);
const char *ann_recent_get_name (AnnRecent *self);
const char *ann_recent_get_folder (AnnRecent *self);
gboolean ann_recent_is_missing (AnnRecent *self);
char *ann_recent_get_shape_text (AnnRecent *self) G_GNUC_WARN_UNUSED_RESULT;
char *ann_recent_get_detail_text (AnnRecent *self) G_GNUC_WARN_UNUSED_RESULT;

#define ANN_TYPE_RECENTS (ann_recents_get_type ())

G_DECLARE_FINAL_TYPE (AnnRecents, ann_recents, ANN, RECENTS, GObject)

AnnRecents *ann_recents_new (const char *path) G_GNUC_WARN_UNUSED_RESULT;
AnnRecents *ann_recents_get_default (void);

GListModel *ann_recents_get_model (AnnRecents *self);
gboolean ann_recents_is_loaded (AnnRecents *self);
gboolean ann_recents_is_saving (AnnRecents *self);
void ann_recents_check (AnnRecents *self);
void ann_recents_add (AnnRecents *self, GFile *file, AnnData *data);
void ann_recents_remove (AnnRecents *self, AnnRecent *recent);
void ann_recents_relocate (AnnRecents *self, AnnRecent *recent, GFile *file);
void ann_recents_clear (AnnRecents *self);

G_END_DECLS
