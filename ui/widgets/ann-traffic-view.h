/* ann-traffic-view.h: what a remote store was asked for, and what came
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <adwaita.h>
#include <ann-core.h>

G_BEGIN_DECLS

#define ANN_TYPE_TRAFFIC_VIEW (ann_traffic_view_get_type ())

G_DECLARE_FINAL_TYPE (AnnTrafficView, ann_traffic_view, ANN, TRAFFIC_VIEW, AdwBin)

GtkWidget *ann_traffic_view_new (AnnTraffic *traffic) G_GNUC_WARN_UNUSED_RESULT;

const char *ann_traffic_view_get_text (AnnTrafficView *self);

G_END_DECLS
