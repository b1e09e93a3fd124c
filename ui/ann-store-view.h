/* ann-store-view.h: an open store: the tree of its elements, and what is shown of them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-export-request.h"
#include "models/ann-history.h"
#include "models/ann-tab-layout.h"

#include <adwaita.h>
#include <ann-core.h>

G_BEGIN_DECLS

/**
 * AnnStoreViewState:
 * @history: where the user was
 * @path: what is shown; %NULL for what a store is opened with
 * @page: on which page
 * @expanded: what stands open in the tree; %NULL for what a store is opened with
 * @has_focus: whether it has the keys
 * @is_in_tree: whether its tree has them
 *
 * Where a user is in a store, so that he finds it again when it is opened anew.
 */
typedef struct {
  AnnHistory *history;
  char *path;
  char *page;
  char **expanded;
  gboolean has_focus;
  gboolean is_in_tree;
} AnnStoreViewState;

AnnStoreViewState *ann_store_view_state_new (void) G_GNUC_WARN_UNUSED_RESULT;
void ann_store_view_state_free (AnnStoreViewState *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnStoreViewState, ann_store_view_state_free)

#define ANN_TYPE_STORE_VIEW (ann_store_view_get_type ())

G_DECLARE_FINAL_TYPE (AnnStoreView, ann_store_view, ANN, STORE_VIEW, AdwBin)

GtkWidget *ann_store_view_new (AnnData *data,
                               const char *place,
                               AnnTabLayout *layout,
                               AnnStoreViewState *state);
AnnStoreViewState *ann_store_view_close (AnnStoreView *self) G_GNUC_WARN_UNUSED_RESULT;

GtkWidget *ann_store_view_get_tree (AnnStoreView *self);
gboolean ann_store_view_lacks_rows (AnnStoreView *self);

const char *ann_store_view_get_path (AnnStoreView *self);
const char *ann_store_view_get_page (AnnStoreView *self);
GtkWidget *ann_store_view_get_page_widget (AnnStoreView *self);
gboolean ann_store_view_has_page (AnnStoreView *self, const char *page);
void ann_store_view_show_page (AnnStoreView *self, const char *page);
void ann_store_view_show_element (AnnStoreView *self, const char *path);

gboolean ann_store_view_can_go (AnnStoreView *self, int step);
void ann_store_view_go (AnnStoreView *self, int step);

void ann_store_view_focus_filter (AnnStoreView *self);
void ann_store_view_search_elements (AnnStoreView *self);
gboolean ann_store_view_has_inspector (AnnStoreView *self);
void ann_store_view_focus_inspector (AnnStoreView *self);

AnnExportRequest *ann_store_view_make_export (AnnStoreView *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
