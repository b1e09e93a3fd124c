/* ann-export-request.h: what is to be exported, and how
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-table-order.h"
#include "widgets/ann-row-selection.h"

G_BEGIN_DECLS

/**
 * AnnShownRows:
 * @selected: (nullable): rows that are selected in a table, %NULL for none
 * @filtered: (nullable): rows that a filter leaves, %NULL if there is none
 * @filter: (nullable): its expression
 * @order: (nullable): the rows of a sorted table, %NULL if it shows them as they are stored
 *
 * What the user sees along an axis. All stored rows, whatever is shown.
 */
typedef struct {
  AnnRowSelection *selected;
  AnnSelection *filtered;
  char *filter;
  AnnTableOrder *order;
} AnnShownRows;

void ann_shown_rows_clear (AnnShownRows *self);

typedef enum {
  ANN_EXPORT_ALL,
  ANN_EXPORT_FILTERED,
  ANN_EXPORT_SELECTED,
  ANN_EXPORT_NAMED,
} AnnExportWhat;

/**
 * AnnExportRequest:
 * @data: the store
 * @shown: by #AnnAxis
 * @what: by #AnnAxis: which of its rows
 * @names: (nullable): for ANN_EXPORT_NAMED: names between commas or line ends
 * @as_shown: in the order of the table, where it is sorted
 * @target: a path whose ending says the format
 * @options: how
 *
 * Belongs to one thread; copy it for another.
 */
typedef struct {
  AnnData *data;
  AnnShownRows shown[2];
  AnnExportWhat what[2];
  char *names;
  gboolean as_shown;
  char *target;
  AnnWriteOptions *options;
} AnnExportRequest;

AnnExportRequest *ann_export_request_new (AnnData *data) G_GNUC_WARN_UNUSED_RESULT;
AnnExportRequest *ann_export_request_copy (const AnnExportRequest *self) G_GNUC_WARN_UNUSED_RESULT;
void ann_export_request_free (AnnExportRequest *self);

/**
 * AnnExportDraft:
 * @request: what was asked for; of its options, what had to be added so that it can be done
 * @rows: by #AnnAxis: which rows these are, %NULL for all
 * @data: what is selected
 * @plan: what the export will do
 *
 * A request that a worker has looked at.
 */
typedef struct {
  AnnExportRequest *request;
  AnnSelection *rows[2];
  AnnData *data;
  AnnExportPlan *plan;
} AnnExportDraft;

AnnExportDraft *ann_export_draft_new (const AnnExportRequest *request,
                                      GCancellable *cancellable,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ann_export_draft_free (AnnExportDraft *self);

void ann_export_draft_make_async (const AnnExportRequest *request,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
AnnExportDraft *ann_export_draft_make_finish (GAsyncResult *result, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnShownRows, ann_shown_rows_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnExportRequest, ann_export_request_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnExportDraft, ann_export_draft_free)

G_END_DECLS
