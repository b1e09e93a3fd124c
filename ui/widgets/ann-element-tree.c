/* ann-element-tree.c: the elements of a store, and a search among their names
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-element-tree.h"

#include "widgets/ann-tree-expander.h"

#include <glib/gi18n.h>

/* Two models stand over the same rows: one in which the user opens and closes groups, and while a
 * text is searched one that has only what matches, with what is above it and open so far, and what
 * is in it, closed.
 */
struct _AnnElementTree {
  AdwBin parent_instance;

  AnnTreeItem *root;

  GtkWidget *search;
  GtkWidget *view;
  GtkWidget *stack;
  GtkWidget *empty;

  GtkTreeListModel *rows;
  GtkSingleSelection *selection;
  GtkTreeListModel *found; /* while searching */
  GtkSingleSelection *found_selection;
  GtkCustomFilter *filter;
  char *needle; /* folded; NULL when not searching */

  AnnTreeItem *selected; /* what the user, or the program, chose last */
  char *wanted;          /* path to be shown as soon as it has been listed */
  gboolean wanted_expands;
  GHashTable *expanding; /* paths of the groups that are still to be opened */
  guint refilter;
};

enum { PROP_0, PROP_ROOT, PROP_SELECTED, N_PROPS };

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnnElementTree, ann_element_tree, ADW_TYPE_BIN)

static AnnTreeItem *
row_get_tree_item (GtkTreeListRow *row)
{
  /* The row keeps the item alive. */
  g_autoptr (AnnTreeItem) item = row != NULL ? gtk_tree_list_row_get_item (row) : NULL;

  return item;
}

static GListModel *
create_children (gpointer item, gpointer user_data)
{
  GListModel *children = ann_tree_item_get_children (item);

  return children != NULL ? g_object_ref (children) : NULL;
}

static gboolean
matches (gpointer item, gpointer user_data)
{
  AnnElementTree *self = user_data;

  return self->needle == NULL || ann_tree_item_matches (item, self->needle);
}

static GListModel *
create_found_children (gpointer item, gpointer user_data)
{
  AnnElementTree *self = user_data;
  GListModel *children = ann_tree_item_get_children (item);
  GtkFilterListModel *found;

  if (children == NULL)
    return NULL;

  found = gtk_filter_list_model_new (g_object_ref (children),
                                     g_object_ref (GTK_FILTER (self->filter)));

  return G_LIST_MODEL (found);
}

/* ---- Rows ---- */

static void
on_row_expanded (GtkTreeListRow *row, GParamSpec *pspec, gpointer user_data)
{
  if (gtk_tree_list_row_get_expanded (row))
    ann_tree_item_load (row_get_tree_item (row));
}

typedef struct {
  GtkWidget *expander;
  GtkWidget *icon;
  GtkWidget *name;
  GtkWidget *badge;
  GtkWidget *mark;
  AnnTreeItem *item; /* while bound */
  GtkTreeListRow *row;
} RowWidgets;

static void
row_update (RowWidgets *widgets)
{
  const char *badge = ann_tree_item_get_badge (widgets->item);
  const char *trouble = ann_tree_item_get_trouble (widgets->item);
  const char *name = ann_tree_item_get_name (widgets->item);

  gtk_label_set_text (GTK_LABEL (widgets->name), name);
  gtk_widget_set_tooltip_text (widgets->expander, trouble);
  gtk_image_set_from_icon_name (GTK_IMAGE (widgets->icon), ann_tree_item_get_icon (widgets->item));
  gtk_label_set_text (GTK_LABEL (widgets->badge), badge != NULL ? badge : "");
  gtk_widget_set_visible (widgets->badge, badge != NULL && trouble == NULL);
  gtk_widget_set_visible (widgets->mark, trouble != NULL);
}

static void
on_setup_row (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  RowWidgets *widgets = g_new0 (RowWidgets, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  widgets->expander = ann_tree_expander_new ();
  widgets->icon = gtk_image_new ();
  widgets->name = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (widgets->name), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (widgets->name), 0);
  gtk_widget_set_hexpand (widgets->name, TRUE);
  widgets->badge = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (widgets->badge), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (widgets->badge, "dim-label");
  gtk_widget_add_css_class (widgets->badge, "ann-badge");
  widgets->mark = gtk_image_new_from_icon_name ("ann-broken-symbolic");
  gtk_widget_add_css_class (widgets->mark, "error");
  gtk_accessible_update_property (GTK_ACCESSIBLE (widgets->mark), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Cannot be read"), -1);

  gtk_box_append (GTK_BOX (box), widgets->icon);
  gtk_box_append (GTK_BOX (box), widgets->name);
  gtk_box_append (GTK_BOX (box), widgets->badge);
  gtk_box_append (GTK_BOX (box), widgets->mark);
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (widgets->expander), box);
  gtk_list_item_set_child (list_item, widgets->expander);
  g_object_set_data_full (G_OBJECT (list_item), "ann-row", widgets, g_free);
}

static void
on_bind_row (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  RowWidgets *widgets = g_object_get_data (G_OBJECT (list_item), "ann-row");

  widgets->row = g_object_ref (gtk_list_item_get_item (list_item));
  widgets->item = gtk_tree_list_row_get_item (widgets->row);
  gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (widgets->expander), widgets->row);
  g_signal_connect_swapped (widgets->item, "notify", G_CALLBACK (row_update), widgets);
  g_signal_connect (widgets->row, "notify::expanded", G_CALLBACK (on_row_expanded), NULL);
  row_update (widgets);
}

static void
on_unbind_row (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  RowWidgets *widgets = g_object_get_data (G_OBJECT (list_item), "ann-row");

  g_signal_handlers_disconnect_by_func (widgets->item, row_update, widgets);
  g_signal_handlers_disconnect_by_func (widgets->row, on_row_expanded, NULL);
  gtk_tree_expander_set_list_row (GTK_TREE_EXPANDER (widgets->expander), NULL);
  g_clear_object (&widgets->item);
  g_clear_object (&widgets->row);
}

/* ---- Selection ---- */

static void
set_selected (AnnElementTree *self, AnnTreeItem *item)
{
  if (g_set_object (&self->selected, item))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

static void
on_selected_item (GtkSingleSelection *selection, GParamSpec *pspec, AnnElementTree *self)
{
  AnnTreeItem *item = row_get_tree_item (gtk_single_selection_get_selected_item (selection));

  /* None is selected while models change; that is no choice of the user. */
  if (item != NULL)
    set_selected (self, item);
}

static GtkSingleSelection *
new_selection (AnnElementTree *self, GtkTreeListModel *rows)
{
  GtkSingleSelection *selection = gtk_single_selection_new (NULL);

  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, FALSE);
  gtk_single_selection_set_model (selection, G_LIST_MODEL (rows));
  g_signal_connect_object (selection, "notify::selected-item", G_CALLBACK (on_selected_item), self,
                           0);

  return selection;
}

/* Shows what has the focus; when it is shown already, opens and closes groups by double click and
 * Enter, as file managers do. What has been searched is only shown.
 */
static void
on_activate (GtkListView *view, guint position, AnnElementTree *self)
{
  GtkSelectionModel *model = gtk_list_view_get_model (view);
  g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (model), position);

  if (row == NULL)
    return;
  if (self->found != NULL || row_get_tree_item (row) != self->selected)
    gtk_selection_model_select_item (model, position, TRUE);
  else if (gtk_tree_list_row_is_expandable (row))
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
}

static void
select_row (AnnElementTree *self, GtkTreeListRow *row)
{
  guint position = gtk_tree_list_row_get_position (row);

  gtk_single_selection_set_selected (self->selection, position);
  gtk_widget_activate_action (self->view, "list.scroll-to-item", "u", position);
}

/* There is no such element. Something has to be selected, though. */
static void
give_up (AnnElementTree *self)
{
  g_clear_pointer (&self->wanted, g_free);
  if (self->selected == NULL && !self->wanted_expands)
    gtk_single_selection_set_selected (self->selection, 0);
}

/* Goes down the wanted path as far as it has been listed, and asks for the next step. */
static void
continue_reveal (AnnElementTree *self)
{
  g_autoptr (GtkTreeListRow) row = NULL;
  AnnTreeItem *item = self->root;

  if (self->wanted == NULL)
    return;

  while (item == self->root || !g_str_equal (ann_tree_item_get_path (item), self->wanted))
    {
      g_autoptr (GtkTreeListRow) parent = g_steal_pointer (&row);
      guint position = 0;
      AnnTreeItem *child;

      if (parent != NULL)
        gtk_tree_list_row_set_expanded (parent, TRUE);
      ann_tree_item_load (item);
      child = ann_tree_item_find_child (item, self->wanted, &position);
      if (child == NULL)
        {
          if (ann_tree_item_is_loaded (item))
            give_up (self);
          return;
        }

      row = parent != NULL ? gtk_tree_list_row_get_child_row (parent, position)
                           : gtk_tree_list_model_get_child_row (self->rows, position);
      if (row == NULL)
        return;
      item = child;
    }

  g_clear_pointer (&self->wanted, g_free);
  if (!self->wanted_expands)
    select_row (self, row);
  else
    {
      gtk_tree_list_row_set_expanded (row, TRUE);
      ann_tree_item_load (item);
    }
}

static void
want (AnnElementTree *self, const char *path, gboolean expands)
{
  g_free (self->wanted);
  self->wanted = g_strdup (path[0] == '/' ? path + 1 : path);
  self->wanted_expands = expands;
  continue_reveal (self);
}

/**
 * ann_element_tree_reveal:
 * @self: the tree
 * @path: path of an element; empty for the row that is none
 *
 * Opens what is above the element and selects it, at once or as soon as it has been listed.
 * Does nothing when there is no such element.
 */
void
ann_element_tree_reveal (AnnElementTree *self, const char *path)
{
  if (self->needle != NULL)
    gtk_editable_set_text (GTK_EDITABLE (self->search), "");

  if (path[0] == '\0' || g_str_equal (path, "/"))
    {
      g_clear_pointer (&self->wanted, g_free);
      gtk_single_selection_set_selected (self->selection, 0);
      gtk_widget_activate_action (self->view, "list.scroll-to-item", "u", 0);
      return;
    }

  want (self, path, FALSE);
}

/**
 * ann_element_tree_expand:
 * @self: the tree
 * @path: path of an element
 *
 * Opens the element's row without selecting it.
 */
void
ann_element_tree_expand (AnnElementTree *self, const char *path)
{
  want (self, path, TRUE);
}

/**
 * ann_element_tree_list_expanded:
 * @self: the tree
 *
 * Returns: (transfer full) (array zero-terminated=1): paths of the groups that stand open, searched
 *   or not
 */
char **
ann_element_tree_list_expanded (AnnElementTree *self)
{
  GListModel *rows = G_LIST_MODEL (self->rows);
  GPtrArray *paths = g_ptr_array_new ();

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (rows, i);

      if (gtk_tree_list_row_get_expanded (row))
        g_ptr_array_add (paths, g_strdup (ann_tree_item_get_path (row_get_tree_item (row))));
    }
  g_ptr_array_add (paths, NULL);

  return (char **) g_ptr_array_free (paths, FALSE);
}

/* Opens what has been listed by now of what shall be open; the rest as it is listed. */
static void
continue_expanding (AnnElementTree *self)
{
  GListModel *rows = G_LIST_MODEL (self->rows);

  for (guint i = 0; g_hash_table_size (self->expanding) > 0 && i < g_list_model_get_n_items (rows);
       i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (rows, i);
      AnnTreeItem *item = row_get_tree_item (row);

      if (!g_hash_table_remove (self->expanding, ann_tree_item_get_path (item)))
        continue;
      gtk_tree_list_row_set_expanded (row, TRUE);
      ann_tree_item_load (item);
    }

  /* What is not there any more. */
  if (!ann_tree_item_is_loading_all (self->root))
    g_hash_table_remove_all (self->expanding);
}

/**
 * ann_element_tree_restore_expanded:
 * @self: the tree
 * @paths: (array zero-terminated=1): what ann_element_tree_list_expanded() gave for the same store
 *
 * Opens these groups, those that are there, as soon as they have been listed.
 */
void
ann_element_tree_restore_expanded (AnnElementTree *self, const char *const *paths)
{
  ann_tree_item_load (self->root);
  for (guint i = 0; paths[i] != NULL; i++)
    g_hash_table_add (self->expanding, g_strdup (paths[i]));
  continue_expanding (self);
}

/**
 * ann_element_tree_focus_rows:
 * @self: the tree
 */
void
ann_element_tree_focus_rows (AnnElementTree *self)
{
  gtk_widget_grab_focus (self->view);
}

/**
 * ann_element_tree_get_selected:
 * @self: the tree
 *
 * Returns: (transfer none) (nullable): the row that was chosen last
 */
AnnTreeItem *
ann_element_tree_get_selected (AnnElementTree *self)
{
  return self->selected;
}

/**
 * ann_element_tree_get_n_rows:
 * @self: the tree
 *
 * Returns: how many rows it shows
 */
guint
ann_element_tree_get_n_rows (AnnElementTree *self)
{
  return g_list_model_get_n_items (
      G_LIST_MODEL (gtk_list_view_get_model (GTK_LIST_VIEW (self->view))));
}

/* ---- Search ---- */

static void
update_empty (AnnElementTree *self)
{
  gboolean is_empty = self->found != NULL && ann_element_tree_get_n_rows (self) == 0
                      && !ann_tree_item_is_loading_all (self->root);

  gtk_stack_set_visible_child (GTK_STACK (self->stack),
                               is_empty ? self->empty : gtk_widget_get_parent (self->view));
}

/* Opens what leads to something that matches. @closes: what leads to nothing (any more) closes. */
static void
expand_found (AnnElementTree *self, gboolean closes)
{
  GListModel *rows = G_LIST_MODEL (self->found);

  for (guint i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (rows, i);
      gboolean leads = ann_tree_item_matches_below (row_get_tree_item (row), self->needle);

      if (leads || closes)
        gtk_tree_list_row_set_expanded (row, leads);
    }
}

static void
begin_search (AnnElementTree *self)
{
  GtkFilterListModel *top;

  self->filter = gtk_custom_filter_new (matches, self, NULL);
  top = gtk_filter_list_model_new (g_object_ref (ann_tree_item_get_children (self->root)),
                                   g_object_ref (GTK_FILTER (self->filter)));
  self->found = gtk_tree_list_model_new (G_LIST_MODEL (top), FALSE, FALSE, create_found_children,
                                         self, NULL);
  self->found_selection = new_selection (self, self->found);
  gtk_list_view_set_model (GTK_LIST_VIEW (self->view), GTK_SELECTION_MODEL (self->found_selection));
  ann_tree_item_load_all (self->root);
}

static void
end_search (AnnElementTree *self)
{
  g_autofree char *path = NULL;

  g_clear_pointer (&self->needle, g_free);
  if (self->found == NULL)
    return;

  gtk_list_view_set_model (GTK_LIST_VIEW (self->view), GTK_SELECTION_MODEL (self->selection));
  g_clear_object (&self->found_selection);
  g_clear_object (&self->found);
  g_clear_object (&self->filter);

  /* What was chosen among the found is chosen in the whole tree too. */
  if (self->selected != NULL)
    path = g_strdup (ann_tree_item_get_path (self->selected));
  if (path != NULL)
    ann_element_tree_reveal (self, path);
}

/* @text: what names shall contain, in any case; empty for all */
static void
set_filter (AnnElementTree *self, const char *text)
{
  g_autofree char *stripped = g_strstrip (g_strdup (text));

  if (stripped[0] == '\0')
    end_search (self);
  else
    {
      g_free (self->needle);
      self->needle = g_utf8_casefold (stripped, -1);
      if (self->found == NULL)
        begin_search (self);
      else
        gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
      expand_found (self, TRUE);
    }
  update_empty (self);
}

static void
on_search_changed (GtkSearchEntry *entry, AnnElementTree *self)
{
  set_filter (self, gtk_editable_get_text (GTK_EDITABLE (entry)));
}

static void
on_stop_search (GtkSearchEntry *entry, AnnElementTree *self)
{
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  set_filter (self, "");
  gtk_widget_grab_focus (self->view);
}

static void
on_search_activate (GtkSearchEntry *entry, AnnElementTree *self)
{
  gtk_widget_grab_focus (self->view);
}

static gboolean
on_refilter (gpointer user_data)
{
  AnnElementTree *self = user_data;

  self->refilter = 0;
  if (self->filter != NULL)
    {
      gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_LESS_STRICT);
      expand_found (self, FALSE);
    }
  update_empty (self);

  return G_SOURCE_REMOVE;
}

static void
on_item_loaded (AnnTreeItem *root, AnnTreeItem *item, AnnElementTree *self)
{
  continue_reveal (self);
  continue_expanding (self);

  /* A group may match now for what is in it. Many are listed at once: one pass for all. */
  if (self->filter != NULL && self->refilter == 0)
    self->refilter = g_timeout_add (50, on_refilter, self);
}

/**
 * ann_element_tree_focus_search:
 * @self: the tree
 */
void
ann_element_tree_focus_search (AnnElementTree *self)
{
  gtk_widget_grab_focus (self->search);
  gtk_editable_select_region (GTK_EDITABLE (self->search), 0, -1);
}

/* ---- The widget ---- */

static GtkWidget *
new_empty_page (void)
{
  GtkWidget *label = gtk_label_new (_ ("No element has this in its name"));

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "ann-tree-empty");

  return label;
}

static GtkWidget *
new_list_view (AnnElementTree *self)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkWidget *view;

  g_signal_connect (factory, "setup", G_CALLBACK (on_setup_row), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind_row), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind_row), NULL);

  view = gtk_list_view_new (NULL, factory);
  gtk_widget_add_css_class (view, "navigation-sidebar");
  gtk_widget_add_css_class (view, "ann-element-tree");
  gtk_widget_set_name (view, "element-tree");
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Elements"), -1);
  g_signal_connect (view, "activate", G_CALLBACK (on_activate), self);

  return view;
}

static void
ann_element_tree_constructed (GObject *object)
{
  AnnElementTree *self = ANN_ELEMENT_TREE (object);
  GListModel *top = g_object_ref (ann_tree_item_get_children (self->root));

  G_OBJECT_CLASS (ann_element_tree_parent_class)->constructed (object);

  self->rows = gtk_tree_list_model_new (top, FALSE, FALSE, create_children, self, NULL);
  self->selection = new_selection (self, self->rows);
  gtk_list_view_set_model (GTK_LIST_VIEW (self->view), GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->root, "item-loaded", G_CALLBACK (on_item_loaded), self, 0);
  ann_tree_item_load (self->root);
}

static void
ann_element_tree_dispose (GObject *object)
{
  AnnElementTree *self = ANN_ELEMENT_TREE (object);

  g_clear_handle_id (&self->refilter, g_source_remove);
  if (self->view != NULL)
    gtk_list_view_set_model (GTK_LIST_VIEW (self->view), NULL);
  self->view = NULL;
  g_clear_object (&self->found_selection);
  g_clear_object (&self->found);
  g_clear_object (&self->filter);
  g_clear_object (&self->selection);
  g_clear_object (&self->rows);
  g_clear_pointer (&self->expanding, g_hash_table_unref);
  g_clear_object (&self->selected);
  g_clear_object (&self->root);
  g_clear_pointer (&self->needle, g_free);
  g_clear_pointer (&self->wanted, g_free);

  G_OBJECT_CLASS (ann_element_tree_parent_class)->dispose (object);
}

static void
ann_element_tree_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  AnnElementTree *self = ANN_ELEMENT_TREE (object);

  switch (prop_id)
    {
    case PROP_ROOT:
      g_value_set_object (value, self->root);
      break;
    case PROP_SELECTED:
      g_value_set_object (value, self->selected);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ann_element_tree_set_property (GObject *object,
                               guint prop_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  AnnElementTree *self = ANN_ELEMENT_TREE (object);

  switch (prop_id)
    {
    case PROP_ROOT:
      self->root = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ann_element_tree_class_init (AnnElementTreeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = ann_element_tree_constructed;
  object_class->dispose = ann_element_tree_dispose;
  object_class->get_property = ann_element_tree_get_property;
  object_class->set_property = ann_element_tree_set_property;

  properties[PROP_ROOT] = g_param_spec_object ("root", NULL, NULL, ANN_TYPE_TREE_ITEM,
                                               G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY
                                                   | G_PARAM_STATIC_STRINGS);
  properties[PROP_SELECTED] = g_param_spec_object ("selected", NULL, NULL, ANN_TYPE_TREE_ITEM,
                                                   G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY
                                                       | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ann_element_tree_init (AnnElementTree *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->expanding = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  self->search = gtk_search_entry_new ();
  g_object_set (self->search, "placeholder-text", _ ("Filter elements"), NULL);
  gtk_widget_set_name (self->search, "element-search");
  gtk_widget_add_css_class (self->search, "ann-tree-search");
  g_signal_connect (self->search, "search-changed", G_CALLBACK (on_search_changed), self);
  g_signal_connect (self->search, "stop-search", G_CALLBACK (on_stop_search), self);
  g_signal_connect (self->search, "activate", G_CALLBACK (on_search_activate), self);

  self->view = new_list_view (self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->view);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);

  self->empty = new_empty_page ();
  self->stack = gtk_stack_new ();
  gtk_stack_add_child (GTK_STACK (self->stack), scroller);
  gtk_stack_add_child (GTK_STACK (self->stack), self->empty);
  gtk_widget_set_vexpand (self->stack, TRUE);

  gtk_box_append (GTK_BOX (box), self->search);
  gtk_box_append (GTK_BOX (box), self->stack);
  adw_bin_set_child (ADW_BIN (self), box);
}

/**
 * ann_element_tree_new:
 * @root: the root of a tree
 *
 * Returns: (transfer floating): a view of it
 */
GtkWidget *
ann_element_tree_new (AnnTreeItem *root)
{
  return g_object_new (ANN_TYPE_ELEMENT_TREE, "root", root, NULL);
}
