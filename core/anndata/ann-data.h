/* ann-data.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element.h"
#include "element/ann-frame.h"
#include "store/ann-location.h"
#include "store/ann-traffic.h"

G_BEGIN_DECLS

#define ANN_TYPE_DATA (ann_data_get_type ())

ANN_API
G_DECLARE_FINAL_TYPE (AnnData, ann_data, ANN, DATA, GObject)

ANN_API AnnData *ann_data_open (const char *uri, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API void ann_data_open_async (const char *uri,
                                  int io_priority,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
ANN_API AnnData *ann_data_open_finish (GAsyncResult *result, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

ANN_API const char *ann_data_get_uri (AnnData *self);
ANN_API AnnLocation *ann_data_get_location (AnnData *self);
ANN_API AnnTraffic *ann_data_get_traffic (AnnData *self);
ANN_API char *ann_data_dup_filename (AnnData *self) G_GNUC_WARN_UNUSED_RESULT;
ANN_API const char *ann_data_get_format (AnnData *self);
ANN_API guint64 ann_data_get_stored_size (AnnData *self);
ANN_API gboolean ann_data_is_view (AnnData *self);
ANN_API gboolean ann_data_has_changed (AnnData *self);
ANN_API gboolean ann_data_is_annotated (AnnData *self);
ANN_API guint64 ann_data_get_n_obs (AnnData *self);
ANN_API guint64 ann_data_get_n_var (AnnData *self);
ANN_API const char *const *ann_data_get_warnings (AnnData *self);

ANN_API char *ann_data_to_string (AnnData *self, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

ANN_API AnnElement *ann_data_get_root (AnnData *self);
ANN_API AnnElement *ann_data_open_element (AnnData *self,
                                           const char *path,
                                           GCancellable *cancellable,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API char **ann_data_list_elements (AnnData *self, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnFrame *ann_data_get_obs (AnnData *self);
ANN_API AnnFrame *ann_data_get_var (AnnData *self);
ANN_API AnnStrings *ann_data_read_category_colors (AnnData *self,
                                                   const char *column,
                                                   GCancellable *cancellable,
                                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
