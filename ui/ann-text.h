/* ann-text.h: facts as people read them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

char *ann_text_count (guint64 n) G_GNUC_WARN_UNUSED_RESULT;
char *ann_text_number (double value) G_GNUC_WARN_UNUSED_RESULT;
char *ann_text_percent (double share) G_GNUC_WARN_UNUSED_RESULT;
char *ann_text_shape (guint rank, const guint64 *shape) G_GNUC_WARN_UNUSED_RESULT;
char *ann_text_traffic (AnnTraffic *traffic) G_GNUC_WARN_UNUSED_RESULT;
char *ann_text_day (gint64 unix_time) G_GNUC_WARN_UNUSED_RESULT;
const char *ann_text_blank_mark (const char *text);
char *ann_text_home_path (const char *path) G_GNUC_WARN_UNUSED_RESULT;

char *ann_text_element_path (AnnElement *element) G_GNUC_WARN_UNUSED_RESULT;
char *ann_text_element_badge (AnnElement *element) G_GNUC_WARN_UNUSED_RESULT;
char *ann_text_element_type (AnnElement *element) G_GNUC_WARN_UNUSED_RESULT;
char *ann_text_element_encoding (AnnElement *element) G_GNUC_WARN_UNUSED_RESULT;
const char *ann_text_element_kind (AnnElement *element);
const char *ann_text_element_icon (AnnElement *element);
char *ann_text_element_reason (AnnElement *element);
const char *ann_text_element_trouble (AnnElement *element);
const char *ann_text_element_advice (AnnElement *element);

G_END_DECLS
