/* ann-list-page.c: what a group has in it, and the value of what is selected there
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "pages/ann-list-page.h"

#include "ann-text.h"
#include "pages/ann-page.h"
#include "pages/ann-status-page.h"
#include "pages/ann-table-page.h"
#include "pages/ann-value-page.h"
#include "widgets/ann-element-list.h"

#include <glib/gi18n.h>

/* From the choice of a row to its value: with the arrow keys one passes many. */
#define SELECT_MS 40

/* Of the height, for the list; the rest is for the value. */
#define LIST_SHARE 0.55

struct _AnnListPage {
  AdwBin parent_instance;

  AnnData *data;
  AnnTreeItem *item;
  AnnTreeItem *shown; /* whose value is shown */
  guint select;

  GtkWidget *stack;
  GtkWidget *paned;
  GtkWidget *list;
  GtkWidget *pane;
  GtkWidget *name;
  GtkWidget *type;
  GtkWidget *open;
  GtkWidget *tools;
  GtkWidget *value;
};

G_DEFINE_FINAL_TYPE (AnnListPage, ann_list_page, ADW_TYPE_BIN)

/* ---- The value of what is selected ---- */

static GtkWidget *
new_group_label (AnnTreeItem *item)
{
  const char *badge = ann_tree_item_get_badge (item);
  const char *kind = ann_text_element_kind (ann_tree_item_get_element (item));
  g_autofree char *text = badge != NULL ? g_strdup_printf ("%s · %s", kind, badge)
                                        : g_strdup (kind);
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, "dim-label");

  return label;
}

/* Short of what has a page of its own: no heatmaps, no storage. */
static GtkWidget *
new_value (AnnListPage *self, AnnTreeItem *item)
{
  AnnElement *element = ann_tree_item_get_element (item);

  if (ann_element_get_state (element) != ANN_ELEMENT_OK)
    return ann_value_page_new (element);

  switch (ann_element_get_kind (element))
    {
    case ANN_ELEMENT_ANNDATA:
    case ANN_ELEMENT_RAW:
    case ANN_ELEMENT_MAPPING:
      return new_group_label (item);

    case ANN_ELEMENT_FRAME:
    case ANN_ELEMENT_DENSE:
    case ANN_ELEMENT_CSR:
    case ANN_ELEMENT_CSC:
    case ANN_ELEMENT_CATEGORICAL:
    case ANN_ELEMENT_NULLABLE_INTEGER:
    case ANN_ELEMENT_NULLABLE_BOOLEAN:
    case ANN_ELEMENT_NULLABLE_STRING:
    case ANN_ELEMENT_STRINGS:
    case ANN_ELEMENT_RECORDS:
      return ann_table_page_new (self->data, element);

    case ANN_ELEMENT_BYTES:
    case ANN_ELEMENT_SEQUENCES:
      return ann_element_get_rank (element) > 0 ? ann_table_page_new (self->data, element)
                                                : ann_value_page_new (element);

    case ANN_ELEMENT_AWKWARD:
    case ANN_ELEMENT_STRING:
    case ANN_ELEMENT_NUMBER:
    case ANN_ELEMENT_NULL:
    case ANN_ELEMENT_OPAQUE:
    default:
      return ann_value_page_new (element);
    }
}

static void
show_value (AnnListPage *self, AnnTreeItem *item)
{
  g_autofree char *type = ann_text_element_type (ann_tree_item_get_element (item));
  g_autofree char *path = ann_text_element_path (ann_tree_item_get_element (item));
  GtkWidget *value = new_value (self, item);
  GtkWidget *tools = ann_page_get_tools (value);

  if (!gtk_widget_get_visible (self->pane))
    {
      gtk_widget_set_visible (self->pane, TRUE);
      gtk_paned_set_position (GTK_PANED (self->paned),
                              (int) (gtk_widget_get_height (self->paned) * LIST_SHARE));
    }
  g_set_object (&self->shown, item);
  gtk_label_set_text (GTK_LABEL (self->name), path);
  gtk_label_set_text (GTK_LABEL (self->type), type);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->open), "s",
                                    ann_tree_item_get_path (item));
  adw_bin_set_child (ADW_BIN (self->tools), tools);
  adw_bin_set_child (ADW_BIN (self->value), value);
}

static gboolean
on_select (gpointer user_data)
{
  AnnListPage *self = user_data;
  AnnTreeItem *item = ann_element_list_get_selected (ANN_ELEMENT_LIST (self->list));

  self->select = 0;
  if (item != NULL && item != self->shown)
    show_value (self, item);

  return G_SOURCE_REMOVE;
}

static void
on_selected (AnnListPage *self)
{
  if (self->select == 0)
    self->select = g_timeout_add_full (G_PRIORITY_HIGH_IDLE, SELECT_MS, on_select, self, NULL);
}

static GtkWidget *
new_label (const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, css_class);

  return label;
}

static GtkWidget *
new_pane (AnnListPage *self)
{
  GtkWidget *pane = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->name = new_label ("heading");
  gtk_label_set_ellipsize (GTK_LABEL (self->name), PANGO_ELLIPSIZE_START);
  self->type = new_label ("dim-label");
  self->tools = adw_bin_new ();
  gtk_widget_set_hexpand (self->tools, TRUE);
  self->open = gtk_button_new_with_mnemonic (_ ("Op_en"));
  gtk_widget_set_tooltip_text (self->open, _ ("Open this element on its own pages"));
  gtk_widget_set_valign (self->open, GTK_ALIGN_CENTER);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->open), "s", "");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->open), "win.show-element");
  gtk_widget_set_name (self->open, "value-open");
  self->value = adw_bin_new ();
  gtk_widget_set_vexpand (self->value, TRUE);
  gtk_widget_set_name (self->value, "value-pane");

  gtk_box_append (GTK_BOX (bar), self->name);
  gtk_box_append (GTK_BOX (bar), self->type);
  gtk_box_append (GTK_BOX (bar), self->tools);
  gtk_box_append (GTK_BOX (bar), self->open);
  gtk_widget_add_css_class (bar, "ann-toolbar");
  gtk_widget_add_css_class (bar, "ann-value-bar");
  gtk_box_append (GTK_BOX (pane), bar);
  gtk_box_append (GTK_BOX (pane), self->value);
  gtk_widget_set_visible (pane, FALSE);

  return pane;
}

/* ---- The page ---- */

static void
update (AnnListPage *self)
{
  GListModel *children = ann_tree_item_get_children (self->item);
  gboolean is_empty = ann_tree_item_is_loaded (self->item)
                      && (children == NULL || g_list_model_get_n_items (children) == 0);

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), is_empty ? "empty" : "list");
}

static void
ann_list_page_dispose (GObject *object)
{
  AnnListPage *self = ANN_LIST_PAGE (object);

  g_clear_handle_id (&self->select, g_source_remove);
  g_clear_object (&self->shown);
  g_clear_object (&self->item);
  g_clear_object (&self->data);

  G_OBJECT_CLASS (ann_list_page_parent_class)->dispose (object);
}

static void
ann_list_page_class_init (AnnListPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ann_list_page_dispose;
}

static void
ann_list_page_init (AnnListPage *self)
{
  GtkWidget *empty = ann_status_page_new ("ann-uns-symbolic", _ ("Empty"),
                                          _ ("There is nothing in this group."));

  self->pane = new_pane (self);
  self->paned = gtk_paned_new (GTK_ORIENTATION_VERTICAL);
  gtk_paned_set_end_child (GTK_PANED (self->paned), self->pane);
  gtk_paned_set_shrink_start_child (GTK_PANED (self->paned), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (self->paned), FALSE);
  gtk_paned_set_resize_start_child (GTK_PANED (self->paned), TRUE);

  self->stack = gtk_stack_new ();
  gtk_stack_set_hhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_set_vhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_add_named (GTK_STACK (self->stack), self->paned, "list");
  gtk_stack_add_named (GTK_STACK (self->stack), empty, "empty");
  adw_bin_set_child (ADW_BIN (self), self->stack);
}

/**
 * ann_list_page_new:
 * @data: the store
 * @item: the row of a group in it; its children are listed when they have not been
 *
 * Returns: (transfer floating): a page with all that is in the group, and below it the value of
 *   what is selected
 */
GtkWidget *
ann_list_page_new (AnnData *data, AnnTreeItem *item)
{
  AnnListPage *self = g_object_new (ANN_TYPE_LIST_PAGE, NULL);
  GListModel *children = ann_tree_item_get_children (item);

  self->data = g_object_ref (data);
  self->item = g_object_ref (item);
  self->list = ann_element_list_new (item);
  gtk_widget_set_size_request (self->list, -1, 120);
  gtk_paned_set_start_child (GTK_PANED (self->paned), self->list);
  g_signal_connect_object (self->list, "notify::selected", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  if (children != NULL)
    g_signal_connect_object (children, "items-changed", G_CALLBACK (update), self,
                             G_CONNECT_SWAPPED);
  g_signal_connect_object (item, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  ann_tree_item_load (item);
  update (self);

  return GTK_WIDGET (self);
}

/**
 * ann_list_page_get_list:
 * @self: a page
 *
 * Returns: (transfer none): the list, an [class@ElementList]
 */
GtkWidget *
ann_list_page_get_list (AnnListPage *self)
{
  return self->list;
}
