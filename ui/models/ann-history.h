/* ann-history.h: where the user was
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * AnnPlace:
 * @path: of an element
 * @page: on which it was looked at
 */
typedef struct {
  char *path;
  char *page;
} AnnPlace;

/**
 * AnnHistory:
 *
 * Places in the order in which the user came to them, and at which of them he is. Belongs to the
 * main thread.
 */
typedef struct _AnnHistory AnnHistory;

AnnHistory *ann_history_new (void) G_GNUC_WARN_UNUSED_RESULT;
void ann_history_free (AnnHistory *self);

gboolean ann_history_is_empty (const AnnHistory *self);
void ann_history_arrive (AnnHistory *self, const char *path, const char *page, gboolean is_new);
gboolean ann_history_can_go (const AnnHistory *self, int step);
const AnnPlace *ann_history_go (AnnHistory *self, int step);

G_END_DECLS
