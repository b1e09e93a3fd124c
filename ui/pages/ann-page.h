/* ann-page.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ANN_TYPE_PAGE (ann_page_get_type ())

G_DECLARE_INTERFACE (AnnPage, ann_page, ANN, PAGE, GtkWidget)

/**
 * AnnPageInterface:
 * @get_tools: controls for the toolbar in which the pages of the element are switched; owned by
 *   the page, which is asked once
 * @get_inspector: what stands at the right of the page when the user wants to see it; owned by the
 *   page, which is asked once
 * @retry: reads again what could not be read; returns whether there was something
 * @cancel: ends what goes on in the page and is shown there, not as an [struct@Job]; returns
 *   whether there was something
 *
 * What a page may have besides being a widget. A page need not implement it.
 */
struct _AnnPageInterface {
  GTypeInterface parent_iface;

  GtkWidget *(*get_tools) (AnnPage *self);
  GtkWidget *(*get_inspector) (AnnPage *self);
  gboolean (*retry) (AnnPage *self);
  gboolean (*cancel) (AnnPage *self);
};

GtkWidget *ann_page_get_tools (GtkWidget *page);
GtkWidget *ann_page_get_inspector (GtkWidget *page);
gboolean ann_page_retry (GtkWidget *page);
gboolean ann_page_cancel (GtkWidget *page);

GtkWidget *ann_page_new_export_button (void) G_GNUC_WARN_UNUSED_RESULT;

/* Actions of what the pages lie in: something could not be read now, or is not what it was. */
#define ANN_PAGE_REPORT_FAILURE "pages.report-failure"
#define ANN_PAGE_REPORT_CHANGE "pages.report-change"

void ann_page_report (GtkWidget *page, const GError *error);

G_END_DECLS
