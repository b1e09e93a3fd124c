/* ann-view-stack.c: the overview of a store and the views of its elements
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "pages/ann-view-stack.h"

#include "pages/ann-element-view.h"
#include "pages/ann-overview-page.h"

#include <string.h>

/* Pages of so many elements are kept, for going back to where one was. */
#define MAX_KEPT_VIEWS 6

struct _AnnViewStack {
  AdwBin parent_instance;

  AnnData *data;
  gboolean shows_inspector;

  GtkWidget *stack;
  GtkWidget *overview;
  GQueue views; /* of AnnElementView, the last seen first; the stack owns them */
};

G_DEFINE_FINAL_TYPE (AnnViewStack, ann_view_stack, ADW_TYPE_BIN)

static AnnElementView *
get_view (AnnViewStack *self)
{
  GtkWidget *child = gtk_stack_get_visible_child (GTK_STACK (self->stack));

  return child != NULL && ANN_IS_ELEMENT_VIEW (child) ? ANN_ELEMENT_VIEW (child) : NULL;
}

static AnnElementView *
find_view (AnnViewStack *self, AnnTreeItem *item)
{
  for (GList *l = self->views.head; l != NULL; l = l->next)
    if (ann_element_view_get_item (l->data) == item)
      return l->data;

  return NULL;
}

/**
 * ann_view_stack_show:
 * @self: the stack
 * @item: the row of an element; of none: the overview
 *
 * Shows an element; those looked at longest ago are given up, and what they were reading ends.
 */
void
ann_view_stack_show (AnnViewStack *self, AnnTreeItem *item)
{
  AnnElementView *view;

  if (ann_tree_item_get_element (item) == NULL)
    {
      gtk_stack_set_visible_child (GTK_STACK (self->stack), self->overview);
      return;
    }

  view = find_view (self, item);
  if (view != NULL)
    g_queue_remove (&self->views, view);
  else
    {
      view = ANN_ELEMENT_VIEW (ann_element_view_new (self->data, item));
      gtk_stack_add_child (GTK_STACK (self->stack), GTK_WIDGET (view));
    }
  ann_element_view_set_shows_inspector (view, self->shows_inspector);
  g_queue_push_head (&self->views, view);
  gtk_stack_set_visible_child (GTK_STACK (self->stack), GTK_WIDGET (view));

  while (self->views.length > MAX_KEPT_VIEWS)
    gtk_stack_remove (GTK_STACK (self->stack), g_queue_pop_tail (&self->views));
}

/**
 * ann_view_stack_get_path:
 * @self: the stack
 *
 * Returns: (transfer none): path of the element that is shown; empty for the overview
 */
const char *
ann_view_stack_get_path (AnnViewStack *self)
{
  AnnElementView *view = get_view (self);

  return view != NULL ? ann_tree_item_get_path (ann_element_view_get_item (view)) : "";
}

/**
 * ann_view_stack_get_page:
 * @self: the stack
 *
 * Returns: (transfer none): name of the page that is shown
 */
const char *
ann_view_stack_get_page (AnnViewStack *self)
{
  AnnElementView *view = get_view (self);

  return view != NULL ? ann_element_view_get_page (view) : "overview";
}

/**
 * ann_view_stack_has_page:
 * @self: the stack
 * @page: name of a page
 *
 * Returns: whether the element that is shown can be shown so
 */
gboolean
ann_view_stack_has_page (AnnViewStack *self, const char *page)
{
  AnnElementView *view = get_view (self);

  return view != NULL && ann_element_view_has_page (view, page);
}

/**
 * ann_view_stack_set_page:
 * @self: the stack
 * @page: name of a page
 *
 * Returns: whether the element that is shown is shown so now
 */
gboolean
ann_view_stack_set_page (AnnViewStack *self, const char *page)
{
  AnnElementView *view = get_view (self);

  return view != NULL && ann_element_view_set_page (view, page);
}

/**
 * ann_view_stack_get_page_widget:
 * @self: the stack
 *
 * Returns: (transfer none): the page that is shown
 */
GtkWidget *
ann_view_stack_get_page_widget (AnnViewStack *self)
{
  AnnElementView *view = get_view (self);

  return view != NULL ? ann_element_view_get_page_widget (view) : self->overview;
}

/* Whether the rows of a table are those of the axis. */
static gboolean
lies_along (const char *path, AnnAxis axis)
{
  static const char *const tops[][8] = {
    { "obs", "obsm", "obsp", "X", "layers", "raw", NULL },
    { "var", "varm", "varp", NULL },
  };
  g_autofree char *top = g_strndup (path, strcspn (path, "/"));

  return g_strv_contains (tops[axis], top)
         && (strcmp (top, "raw") != 0 || strcmp (path, "raw/X") == 0);
}

/**
 * ann_view_stack_get_rows:
 * @self: the stack
 * @axis: along which
 * @rows: (out caller-allocates): what the tables show; clear it with ann_shown_rows_clear()
 *
 * Which rows are selected in the table that was looked at last and has any, and how the table of
 * the axis itself is sorted and filtered.
 */
void
ann_view_stack_get_rows (AnnViewStack *self, AnnAxis axis, AnnShownRows *rows)
{
  const char *const names[] = { "obs", "var" };

  *rows = (AnnShownRows){ 0 };
  for (GList *l = self->views.head; l != NULL; l = l->next)
    {
      const char *path = ann_tree_item_get_path (ann_element_view_get_item (l->data));
      AnnTablePage *page = ann_element_view_get_table (l->data);
      AnnTableView *view = page != NULL ? ann_table_page_get_view (page) : NULL;
      const AnnRowSelection *selected = view != NULL ? ann_table_view_get_selection (view) : NULL;
      AnnTableModel *model = view != NULL ? ann_table_view_get_model (view) : NULL;

      if (model == NULL || !lies_along (path, axis))
        continue;
      if (rows->selected == NULL && ann_row_selection_get_n_rows (selected) > 0)
        rows->selected = ann_row_selection_copy (selected);
      if (strcmp (path, names[axis]) != 0)
        continue;
      if (ann_table_model_get_sort (model, NULL) != ANN_SORT_NONE)
        rows->order = ann_table_order_ref (ann_table_model_get_order (model));
      if (ann_table_page_get_filtered_rows (page) != NULL)
        {
          rows->filtered = ann_selection_ref (ann_table_page_get_filtered_rows (page));
          rows->filter = g_strdup (ann_table_page_get_filter (page));
        }
    }
}

/**
 * ann_view_stack_get_inspector:
 * @self: the stack
 *
 * Returns: (transfer none) (nullable): what stands at the right of the page, if it is to be seen
 *   and the page has something
 */
GtkWidget *
ann_view_stack_get_inspector (AnnViewStack *self)
{
  AnnElementView *view = get_view (self);

  return view != NULL ? ann_element_view_get_inspector (view) : NULL;
}

/**
 * ann_view_stack_set_shows_inspector:
 * @self: the stack
 * @shows: whether what a page has for the place at its right is to be seen
 *
 * Views that are not seen are told when they are.
 */
void
ann_view_stack_set_shows_inspector (AnnViewStack *self, gboolean shows)
{
  AnnElementView *view = get_view (self);

  self->shows_inspector = shows;
  if (view != NULL)
    ann_element_view_set_shows_inspector (view, shows);
}

static void
ann_view_stack_dispose (GObject *object)
{
  AnnViewStack *self = ANN_VIEW_STACK (object);

  g_queue_clear (&self->views);
  g_clear_object (&self->data);

  G_OBJECT_CLASS (ann_view_stack_parent_class)->dispose (object);
}

static void
ann_view_stack_class_init (AnnViewStackClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ann_view_stack_dispose;
}

static void
ann_view_stack_init (AnnViewStack *self)
{
  self->stack = gtk_stack_new ();
  gtk_stack_set_hhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_set_vhomogeneous (GTK_STACK (self->stack), FALSE);
  adw_bin_set_child (ADW_BIN (self), self->stack);
}

/**
 * ann_view_stack_new:
 * @data: a store
 * @place: where it is, in words
 *
 * Returns: (transfer floating): the overview; views of elements are made when they are first shown
 */
GtkWidget *
ann_view_stack_new (AnnData *data, const char *place)
{
  AnnViewStack *self = g_object_new (ANN_TYPE_VIEW_STACK, NULL);

  self->data = g_object_ref (data);
  self->overview = ann_overview_page_new (data, place);
  gtk_stack_add_child (GTK_STACK (self->stack), self->overview);

  return GTK_WIDGET (self);
}
