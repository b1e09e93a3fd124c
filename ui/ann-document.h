/* ann-document.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ann-store-view.h"

G_BEGIN_DECLS

#define ANN_TYPE_DOCUMENT (ann_document_get_type ())

G_DECLARE_FINAL_TYPE (AnnDocument, ann_document, ANN, DOCUMENT, AdwBin)

GtkWidget *ann_document_new (GFile *file);

GFile *ann_document_get_file (AnnDocument *self);
gboolean ann_document_is_remote (AnnDocument *self);
AnnData *ann_document_get_data (AnnDocument *self);
const char *ann_document_get_title (AnnDocument *self);
const char *ann_document_get_subtitle (AnnDocument *self);
gboolean ann_document_is_loading (AnnDocument *self);
const GError *ann_document_get_error (AnnDocument *self);

void ann_document_reload (AnnDocument *self);
void ann_document_locate_parts (AnnDocument *self, GFile *folder);
void ann_document_close (AnnDocument *self);
gboolean ann_document_cancel (AnnDocument *self);

AnnTabLayout *ann_document_get_layout (AnnDocument *self);
AnnStoreView *ann_document_get_view (AnnDocument *self);
const char *ann_document_get_path (AnnDocument *self);
const char *ann_document_get_page (AnnDocument *self);
GtkWidget *ann_document_get_page_widget (AnnDocument *self);

G_END_DECLS
