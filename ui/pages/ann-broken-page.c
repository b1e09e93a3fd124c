/* ann-broken-page.c: an element that cannot be read, and why
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "pages/ann-broken-page.h"

#include "ann-text.h"
#include "pages/ann-status-page.h"
#include "widgets/ann-property-row.h"

#include <glib/gi18n.h>

struct _AnnBrokenPage {
  AdwBin parent_instance;

  AnnElement *element;
};

G_DEFINE_FINAL_TYPE (AnnBrokenPage, ann_broken_page, ADW_TYPE_BIN)

static char *
dup_shape (AnnElement *element)
{
  guint rank = ann_element_get_rank (element);
  const char *dtype = ann_dtype_get_name (ann_element_get_dtype (element));
  g_autofree char *shape = NULL;

  if (rank == 0)
    return NULL;
  shape = ann_text_shape (rank, ann_element_get_shape (element));
  if (ann_element_get_dtype (element) == ANN_DTYPE_OTHER)
    return g_steal_pointer (&shape);

  return g_strdup_printf ("%s, %s", shape, dtype);
}

/* For a bug report: plain text, a fact a line. */
static void
on_copy_details (AnnBrokenPage *self)
{
  g_autofree char *path = ann_text_element_path (self->element);
  g_autofree char *encoding = ann_text_element_encoding (self->element);
  g_autofree char *shape = dup_shape (self->element);
  g_autofree char *reason = ann_text_element_reason (self->element);
  g_autofree char *text = g_strdup_printf (
      "%s\n%s: %s\n%s: %s\n%s: %s\n%s: %s\n", ann_text_element_trouble (self->element), _ ("Path"),
      path, _ ("Encoding"), encoding, _ ("Shape"), shape != NULL ? shape : _ ("not known"),
      _ ("Reason"), reason);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
}

static void
ann_broken_page_dispose (GObject *object)
{
  g_clear_object (&ANN_BROKEN_PAGE (object)->element);

  G_OBJECT_CLASS (ann_broken_page_parent_class)->dispose (object);
}

static void
ann_broken_page_class_init (AnnBrokenPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ann_broken_page_dispose;
}

static void
ann_broken_page_init (AnnBrokenPage *self)
{
}

static void
add_rows (AnnStatusPage *page, AnnElement *element)
{
  g_autofree char *path = ann_text_element_path (element);
  g_autofree char *encoding = ann_text_element_encoding (element);
  g_autofree char *shape = dup_shape (element);
  g_autofree char *reason = ann_text_element_reason (element);

  ann_status_page_add_row (page, ann_property_row_new_path (_ ("Path"), path));
  ann_status_page_add_row (page, ann_property_row_new (_ ("Encoding"), encoding));
  if (shape != NULL)
    ann_status_page_add_row (page, ann_property_row_new (_ ("Shape"), shape));
  ann_status_page_add_row (page, ann_property_row_new (_ ("Reason"), reason));
  ann_status_page_add_row (
      page, ann_property_row_new (_ ("What to do"), ann_text_element_advice (element)));
}

/**
 * ann_broken_page_new:
 * @element: an element whose state is not ok
 *
 * Returns: (transfer floating): a page that says what and where
 */
GtkWidget *
ann_broken_page_new (AnnElement *element)
{
  AnnBrokenPage *self = g_object_new (ANN_TYPE_BROKEN_PAGE, NULL);
  GtkWidget *page, *copy;
  g_autofree char *text = NULL;

  self->element = g_object_ref (element);
  /* Translators: %s is a sentence that says what is wrong with the element. */
  text = g_strdup_printf (_ ("%s The rest of the file works."), ann_text_element_trouble (element));

  page = ann_status_page_new ("ann-broken-symbolic", _ ("Cannot Read This Element"), text);
  add_rows (ANN_STATUS_PAGE (page), element);
  ann_status_page_add_button (ANN_STATUS_PAGE (page), _ ("Show _Storage"),
                              "win.show-page::storage");
  copy = ann_status_page_add_button (ANN_STATUS_PAGE (page), _ ("Copy _Details"), NULL);
  g_signal_connect_swapped (copy, "clicked", G_CALLBACK (on_copy_details), self);
  adw_bin_set_child (ADW_BIN (self), page);

  return GTK_WIDGET (self);
}
