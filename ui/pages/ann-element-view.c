/* ann-element-view.c: the pages of one element and what switches between them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "pages/ann-element-view.h"

#include "pages/ann-broken-page.h"
#include "pages/ann-heatmap-page.h"
#include "pages/ann-list-page.h"
#include "pages/ann-page.h"
#include "pages/ann-storage-page.h"
#include "pages/ann-value-page.h"

#include <glib/gi18n.h>

/* In the order in which they stand in the switch. */
typedef enum {
  PAGE_HEATMAP,
  PAGE_TABLE,
  PAGE_CONTENT,
  PAGE_BROKEN,
  PAGE_STORAGE,
  N_PAGES,
} Page;

/* As in the action win.show-page. */
static const char *const page_names[N_PAGES] = { "heatmap", "table", "content", "error",
                                                 "storage" };

struct _AnnElementView {
  AdwBin parent_instance;

  AnnData *data;
  AnnTreeItem *item;
  guint pages; /* bits of those that this kind of element has */
  Page page;

  GtkWidget *toolbar;
  GtkWidget *tools;
  GtkWidget *stack;
  GtkWidget *inspector; /* with the line at its left */
  GtkWidget *inspectors;
  gboolean shows_inspector;
};

G_DEFINE_FINAL_TYPE (AnnElementView, ann_element_view, ADW_TYPE_BIN)

#define BIT(page) (1u << (page))

static guint
pages_of (AnnElement *element)
{
  if (ann_element_get_state (element) != ANN_ELEMENT_OK)
    return BIT (PAGE_BROKEN) | BIT (PAGE_STORAGE);

  switch (ann_element_get_kind (element))
    {
    case ANN_ELEMENT_FRAME:
    case ANN_ELEMENT_CATEGORICAL:
    case ANN_ELEMENT_NULLABLE_INTEGER:
    case ANN_ELEMENT_NULLABLE_BOOLEAN:
    case ANN_ELEMENT_NULLABLE_STRING:
    case ANN_ELEMENT_STRINGS:
    case ANN_ELEMENT_RECORDS:
      return BIT (PAGE_TABLE) | BIT (PAGE_STORAGE);

    case ANN_ELEMENT_DENSE:
    case ANN_ELEMENT_CSR:
    case ANN_ELEMENT_CSC:
      if (ann_element_is_matrix (element) && ann_dtype_is_real (ann_element_get_dtype (element)))
        return BIT (PAGE_HEATMAP) | BIT (PAGE_TABLE) | BIT (PAGE_STORAGE);
      return BIT (PAGE_TABLE) | BIT (PAGE_STORAGE);

    case ANN_ELEMENT_BYTES:
    case ANN_ELEMENT_SEQUENCES:
      return BIT (ann_element_get_rank (element) > 0 ? PAGE_TABLE : PAGE_CONTENT)
             | BIT (PAGE_STORAGE);

    case ANN_ELEMENT_ANNDATA:
    case ANN_ELEMENT_RAW:
    case ANN_ELEMENT_MAPPING:
    case ANN_ELEMENT_AWKWARD:
    case ANN_ELEMENT_STRING:
    case ANN_ELEMENT_NUMBER:
    case ANN_ELEMENT_NULL:
    case ANN_ELEMENT_OPAQUE:
    default:
      return BIT (PAGE_CONTENT) | BIT (PAGE_STORAGE);
    }
}

/* The heatmap of a matrix of 10 columns says less than its numbers. */
static Page
default_page (AnnElement *element, guint pages)
{
  if ((pages & BIT (PAGE_HEATMAP)) != 0 && ann_element_get_width (element) > 10)
    return PAGE_HEATMAP;

  for (Page page = 0; page < N_PAGES; page++)
    if ((pages & BIT (page)) != 0 && page != PAGE_HEATMAP)
      return page;

  return PAGE_STORAGE;
}

static const char *
page_title (AnnElementView *self, Page page)
{
  AnnElement *element = ann_tree_item_get_element (self->item);

  switch (page)
    {
    case PAGE_TABLE:
      return ANN_IS_FRAME (element) ? _ ("Table") : _ ("Values");
    case PAGE_HEATMAP:
      return _ ("Heatmap");
    case PAGE_CONTENT:
      return ann_tree_item_is_group (self->item) ? _ ("Contents") : _ ("Value");
    case PAGE_BROKEN:
      return _ ("Problem");
    case PAGE_STORAGE:
      return _ ("Storage");
    case N_PAGES:
    default:
      g_return_val_if_reached (NULL);
    }
}

static GtkWidget *
new_page (AnnElementView *self, Page page)
{
  AnnElement *element = ann_tree_item_get_element (self->item);

  switch (page)
    {
    case PAGE_TABLE:
      return ann_table_page_new (self->data, element);
    case PAGE_HEATMAP:
      return ann_heatmap_page_new (self->data, element);
    case PAGE_CONTENT:
      if (ann_tree_item_is_group (self->item))
        return ann_list_page_new (self->data, self->item);
      return ann_value_page_new (element);
    case PAGE_BROKEN:
      return ann_broken_page_new (element);
    case PAGE_STORAGE:
      return ann_storage_page_new (self->data, element);
    case N_PAGES:
    default:
      g_return_val_if_reached (NULL);
    }
}

static gboolean
find_page (AnnElementView *self, const char *name, Page *page)
{
  for (Page i = 0; i < N_PAGES; i++)
    if ((self->pages & BIT (i)) != 0 && g_str_equal (page_names[i], name))
      {
        *page = i;
        return TRUE;
      }

  return FALSE;
}

/* Not before it is to be seen does a page make its inspector. */
static void
update_inspector (AnnElementView *self)
{
  GtkStack *stack = GTK_STACK (self->inspectors);
  const char *name = page_names[self->page];
  GtkWidget *inspector = NULL;

  if (self->shows_inspector)
    inspector = ann_page_get_inspector (gtk_stack_get_visible_child (GTK_STACK (self->stack)));
  if (inspector != NULL && gtk_stack_get_child_by_name (stack, name) == NULL)
    gtk_stack_add_named (stack, inspector, name);
  if (inspector != NULL)
    gtk_stack_set_visible_child_name (stack, name);
  gtk_widget_set_visible (self->inspector, inspector != NULL);
}

/* Pages are made when they are first looked at, and kept with what was scrolled in them. */
static void
show_page (AnnElementView *self, Page page)
{
  GtkStack *stack = GTK_STACK (self->stack);
  GtkStack *tools = GTK_STACK (self->tools);
  const char *name = page_names[page];

  self->page = page;
  if (gtk_stack_get_child_by_name (stack, name) == NULL)
    {
      GtkWidget *widget = new_page (self, page);
      GtkWidget *page_tools = ann_page_get_tools (widget);

      gtk_stack_add_named (stack, widget, name);
      gtk_stack_add_named (tools, page_tools != NULL ? page_tools : adw_bin_new (), name);
    }
  gtk_stack_set_visible_child_name (stack, name);
  gtk_stack_set_visible_child_name (tools, name);
  update_inspector (self);
}

/**
 * ann_element_view_get_item:
 * @self: the view
 *
 * Returns: (transfer none): the row of the element that it shows
 */
AnnTreeItem *
ann_element_view_get_item (AnnElementView *self)
{
  return self->item;
}

/**
 * ann_element_view_get_page:
 * @self: the view
 *
 * Returns: (transfer none): name of the page that is shown
 */
const char *
ann_element_view_get_page (AnnElementView *self)
{
  return page_names[self->page];
}

/**
 * ann_element_view_get_page_widget:
 * @self: the view
 *
 * Returns: (transfer none): the page that is shown
 */
GtkWidget *
ann_element_view_get_page_widget (AnnElementView *self)
{
  return gtk_stack_get_visible_child (GTK_STACK (self->stack));
}

/**
 * ann_element_view_get_table:
 * @self: the view
 *
 * Returns: (transfer none) (nullable): the page with the table, if it has been looked at
 */
AnnTablePage *
ann_element_view_get_table (AnnElementView *self)
{
  GtkWidget *page = gtk_stack_get_child_by_name (GTK_STACK (self->stack), page_names[PAGE_TABLE]);

  return page != NULL ? ANN_TABLE_PAGE (page) : NULL;
}

/**
 * ann_element_view_get_inspector:
 * @self: the view
 *
 * Returns: (transfer none) (nullable): what stands at the right of the page, if it is to be seen
 *   and the page has something
 */
GtkWidget *
ann_element_view_get_inspector (AnnElementView *self)
{
  return gtk_widget_get_visible (self->inspector)
             ? gtk_stack_get_visible_child (GTK_STACK (self->inspectors))
             : NULL;
}

/**
 * ann_element_view_set_shows_inspector:
 * @self: the view
 * @shows: whether what a page has for the place at its right is to be seen
 */
void
ann_element_view_set_shows_inspector (AnnElementView *self, gboolean shows)
{
  self->shows_inspector = shows;
  update_inspector (self);
}

/**
 * ann_element_view_has_page:
 * @self: the view
 * @page: name of a page
 *
 * Returns: whether the element can be shown so
 */
gboolean
ann_element_view_has_page (AnnElementView *self, const char *page)
{
  Page found;

  return find_page (self, page, &found);
}

/**
 * ann_element_view_set_page:
 * @self: the view
 * @page: name of a page
 *
 * Returns: whether there is such a page
 */
gboolean
ann_element_view_set_page (AnnElementView *self, const char *page)
{
  Page found;

  if (!find_page (self, page, &found))
    return FALSE;

  show_page (self, found);

  return TRUE;
}

static void
add_switch (AnnElementView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_add_css_class (box, "linked");
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  for (Page page = 0; page < N_PAGES; page++)
    {
      GtkWidget *button;

      if ((self->pages & BIT (page)) == 0)
        continue;

      button = gtk_toggle_button_new_with_label (page_title (self, page));
      gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", page_names[page]);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.show-page");
      gtk_box_append (GTK_BOX (box), button);
    }
  gtk_box_append (GTK_BOX (self->toolbar), box);
}

static void
ann_element_view_dispose (GObject *object)
{
  AnnElementView *self = ANN_ELEMENT_VIEW (object);

  g_clear_object (&self->item);
  g_clear_object (&self->data);

  G_OBJECT_CLASS (ann_element_view_parent_class)->dispose (object);
}

static void
ann_element_view_class_init (AnnElementViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ann_element_view_dispose;
}

static void
ann_element_view_init (AnnElementView *self)
{
  GtkWidget *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->toolbar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_add_css_class (self->toolbar, "ann-toolbar");

  self->tools = gtk_stack_new ();
  gtk_widget_set_hexpand (self->tools, TRUE);
  gtk_widget_set_halign (self->tools, GTK_ALIGN_FILL);
  gtk_stack_set_hhomogeneous (GTK_STACK (self->tools), FALSE);
  gtk_stack_set_vhomogeneous (GTK_STACK (self->tools), FALSE);

  /* Each page as large as there is room, none made larger by another that is not seen. */
  self->stack = gtk_stack_new ();
  gtk_stack_set_hhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_set_vhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_widget_set_vexpand (self->stack, TRUE);

  gtk_box_append (GTK_BOX (box), self->toolbar);
  gtk_box_append (GTK_BOX (box), self->stack);
  gtk_widget_set_hexpand (box, TRUE);

  self->inspectors = gtk_stack_new ();
  self->inspector = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_box_append (GTK_BOX (self->inspector), gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  gtk_box_append (GTK_BOX (self->inspector), self->inspectors);
  gtk_widget_set_visible (self->inspector, FALSE);

  gtk_box_append (GTK_BOX (columns), box);
  gtk_box_append (GTK_BOX (columns), self->inspector);
  adw_bin_set_child (ADW_BIN (self), columns);
}

/**
 * ann_element_view_new:
 * @data: a store
 * @item: the row of one of its elements
 *
 * Returns: (transfer floating): the element on the page that suits its kind best
 */
GtkWidget *
ann_element_view_new (AnnData *data, AnnTreeItem *item)
{
  AnnElementView *self = g_object_new (ANN_TYPE_ELEMENT_VIEW, NULL);
  AnnElement *element = ann_tree_item_get_element (item);

  self->data = g_object_ref (data);
  self->item = g_object_ref (item);
  self->pages = pages_of (element);
  add_switch (self);
  gtk_box_append (GTK_BOX (self->toolbar), self->tools);
  show_page (self, default_page (element, self->pages));

  return GTK_WIDGET (self);
}
