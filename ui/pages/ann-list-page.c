/* ann-list-page.c: what a group has in it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "pages/ann-list-page.h"

#include "ann-text.h"
#include "ann-weak.h"

#include <glib/gi18n.h>

/* Of a text that stands beside its name. */
#define PREVIEW_LENGTH 120

/* Of a vector: enough for what a column is wide. */
#define N_PREVIEW_VALUES 6

struct _AnnListPage {
  AdwBin parent_instance;

  AnnTreeItem *item;
  GtkWidget *stack;
  GtkWidget *view;
};

G_DEFINE_FINAL_TYPE (AnnListPage, ann_list_page, ADW_TYPE_BIN)

typedef char *(*TextFunc) (AnnTreeItem *item);

static char *
get_kind (AnnTreeItem *item)
{
  return g_strdup (ann_text_element_kind (ann_tree_item_get_element (item)));
}

/* What the kind does not say: how large it is and of what. */
static char *
get_size (AnnTreeItem *item)
{
  AnnElement *element = ann_tree_item_get_element (item);
  guint rank = ann_element_get_rank (element);

  if (ANN_IS_SCALAR (element))
    return NULL;
  if (rank == 1 && ann_element_get_kind (element) != ANN_ELEMENT_FRAME)
    return ann_text_shape (1, ann_element_get_shape (element));

  return g_strdup (ann_tree_item_get_badge (item));
}

static GtkWidget *
new_label (float xalign)
{
  GtkWidget *label = gtk_inscription_new (NULL);

  gtk_inscription_set_xalign (GTK_INSCRIPTION (label), xalign);
  gtk_inscription_set_text_overflow (GTK_INSCRIPTION (label),
                                     GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END);
  gtk_inscription_set_nat_chars (GTK_INSCRIPTION (label), 12);
  gtk_widget_set_hexpand (label, TRUE);

  return label;
}

/* ---- Name ---- */

static void
on_setup_name (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_box_append (GTK_BOX (box), gtk_image_new ());
  gtk_box_append (GTK_BOX (box), new_label (0));
  gtk_list_item_set_child (list_item, box);
}

static void
on_bind_name (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  AnnTreeItem *item = gtk_list_item_get_item (list_item);
  GtkWidget *icon = gtk_widget_get_first_child (gtk_list_item_get_child (list_item));
  GtkWidget *label = gtk_widget_get_next_sibling (icon);
  gboolean is_broken = ann_tree_item_get_trouble (item) != NULL;

  gtk_image_set_from_icon_name (GTK_IMAGE (icon),
                                is_broken ? "ann-broken-symbolic" : ann_tree_item_get_icon (item));
  if (is_broken)
    gtk_widget_add_css_class (icon, "error");
  else
    gtk_widget_remove_css_class (icon, "error");
  gtk_inscription_set_text (GTK_INSCRIPTION (label), ann_tree_item_get_name (item));
}

/* ---- Kind and size ---- */

static void
on_setup_text (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  gtk_list_item_set_child (list_item, new_label (0));
}

static void
on_bind_text (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  TextFunc func = user_data;
  g_autofree char *text = func (gtk_list_item_get_item (list_item));

  gtk_inscription_set_text (GTK_INSCRIPTION (gtk_list_item_get_child (list_item)), text);
}

/* ---- Preview: a value, or the first ones, read when its row is looked at ---- */

static gboolean
has_preview (AnnElement *element)
{
  if (ann_element_get_state (element) != ANN_ELEMENT_OK)
    return FALSE;

  switch (ann_element_get_kind (element))
    {
    case ANN_ELEMENT_STRING:
    case ANN_ELEMENT_NUMBER:
    case ANN_ELEMENT_FRAME:
      return TRUE;

    case ANN_ELEMENT_DENSE:
    case ANN_ELEMENT_STRINGS:
    case ANN_ELEMENT_CATEGORICAL:
    case ANN_ELEMENT_NULLABLE_INTEGER:
    case ANN_ELEMENT_NULLABLE_BOOLEAN:
    case ANN_ELEMENT_NULLABLE_STRING:
      return ann_element_get_rank (element) == 1;

    case ANN_ELEMENT_ANNDATA:
    case ANN_ELEMENT_RAW:
    case ANN_ELEMENT_MAPPING:
    case ANN_ELEMENT_CSR:
    case ANN_ELEMENT_CSC:
    case ANN_ELEMENT_RECORDS:
    case ANN_ELEMENT_AWKWARD:
    case ANN_ELEMENT_NULL:
    case ANN_ELEMENT_OPAQUE:
    default:
      return FALSE;
    }
}

static char *
join_column_names (AnnFrame *frame)
{
  GString *text = g_string_new (NULL);
  guint n = ann_frame_get_n_columns (frame);

  for (guint i = 0; i < MIN (n, N_PREVIEW_VALUES); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", ann_frame_get_column_name (frame, i));
  if (n > N_PREVIEW_VALUES)
    g_string_append (text, ", …");

  return g_string_free (text, FALSE);
}

static char *
read_first_values (AnnElement *element, GCancellable *cancellable, GError **error)
{
  guint64 n = MIN (ann_element_get_n_rows (element), N_PREVIEW_VALUES);
  g_autoptr (AnnBlock) block = ann_element_read_rows (element, 0, n, cancellable, error);
  g_autoptr (AnnStrings) labels = NULL;
  GString *text;

  if (block == NULL)
    return NULL;
  if (ANN_IS_CATEGORICAL (element))
    {
      labels = ann_categorical_read_labels (ANN_CATEGORICAL (element), cancellable, error);
      if (labels == NULL)
        return NULL;
    }

  text = g_string_new (NULL);
  for (guint64 i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append (text, ", ");
      ann_cell_append_value (text, block, labels, i, 0);
    }
  if (ann_element_get_n_rows (element) > n)
    g_string_append (text, ", …");

  return g_string_free (text, FALSE);
}

static char *
read_preview_text (AnnElement *element, GCancellable *cancellable, GError **error)
{
  if (ANN_IS_SCALAR (element))
    return ann_scalar_read_text (ANN_SCALAR (element), cancellable, error);
  if (ANN_IS_FRAME (element))
    return join_column_names (ANN_FRAME (element));

  return read_first_values (element, cancellable, error);
}

static void
read_preview (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autofree char *text = read_preview_text (task_data, cancellable, &error);
  g_autofree char *valid = NULL;

  if (text == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  valid = g_utf8_make_valid (text, -1);
  if (g_utf8_strlen (valid, -1) > PREVIEW_LENGTH)
    *g_utf8_offset_to_pointer (valid, PREVIEW_LENGTH) = '\0';
  g_strdelimit (valid, "\n\r\t", ' ');
  g_task_return_pointer (task, g_steal_pointer (&valid), g_free);
}

static void
on_preview (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GtkWidget) label = ann_weak_take (user_data);
  g_autofree char *text = g_task_propagate_pointer (G_TASK (result), NULL);

  if (label != NULL && text != NULL)
    gtk_inscription_set_text (GTK_INSCRIPTION (label), text);
}

static void
on_bind_preview (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  AnnTreeItem *item = gtk_list_item_get_item (list_item);
  AnnElement *element = ann_tree_item_get_element (item);
  GtkWidget *label = gtk_list_item_get_child (list_item);
  g_autoptr (GCancellable) cancellable = NULL;
  g_autoptr (GTask) task = NULL;

  gtk_inscription_set_text (GTK_INSCRIPTION (label), ann_tree_item_get_trouble (item));
  if (!has_preview (element))
    return;

  cancellable = g_cancellable_new ();
  task = g_task_new (NULL, cancellable, on_preview, ann_weak_new (label));
  g_task_set_task_data (task, g_object_ref (element), g_object_unref);
  g_object_set_data_full (G_OBJECT (list_item), "ann-preview", g_steal_pointer (&cancellable),
                          g_object_unref);
  ann_worker_run_task (task, ANN_LANE_READ, read_preview);
}

static void
on_unbind_preview (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  GCancellable *cancellable = g_object_get_data (G_OBJECT (list_item), "ann-preview");

  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);
  g_object_set_data (G_OBJECT (list_item), "ann-preview", NULL);
}

/* ---- The page ---- */

static void
add_column (AnnListPage *self,
            const char *title,
            GCallback setup,
            GCallback bind,
            GCallback unbind,
            gpointer data,
            int width)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column = NULL;

  g_signal_connect (factory, "setup", setup, NULL);
  g_signal_connect (factory, "bind", bind, data);
  if (unbind != NULL)
    g_signal_connect (factory, "unbind", unbind, NULL);

  column = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_resizable (column, TRUE);
  if (width > 0)
    gtk_column_view_column_set_fixed_width (column, width);
  else
    gtk_column_view_column_set_expand (column, TRUE);
  gtk_column_view_append_column (GTK_COLUMN_VIEW (self->view), column);
}

static void
on_activate (GtkColumnView *view, guint position, AnnListPage *self)
{
  GListModel *children = ann_tree_item_get_children (self->item);
  g_autoptr (AnnTreeItem) child = g_list_model_get_item (children, position);

  if (child != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-element", "s",
                                ann_tree_item_get_path (child));
}

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

  g_clear_object (&self->item);

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
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *empty = adw_status_page_new ();

  self->view = gtk_column_view_new (NULL);
  gtk_widget_add_css_class (self->view, "ann-list");
  gtk_widget_set_name (self->view, "element-list");
  gtk_column_view_set_single_click_activate (GTK_COLUMN_VIEW (self->view), FALSE);
  add_column (self, _ ("Name"), G_CALLBACK (on_setup_name), G_CALLBACK (on_bind_name), NULL, NULL,
              200);
  add_column (self, _ ("Kind"), G_CALLBACK (on_setup_text), G_CALLBACK (on_bind_text), NULL,
              get_kind, 150);
  add_column (self, _ ("Size"), G_CALLBACK (on_setup_text), G_CALLBACK (on_bind_text), NULL,
              get_size, 130);
  add_column (self, _ ("Preview"), G_CALLBACK (on_setup_text), G_CALLBACK (on_bind_preview),
              G_CALLBACK (on_unbind_preview), NULL, 0);
  g_signal_connect (self->view, "activate", G_CALLBACK (on_activate), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->view);

  gtk_widget_add_css_class (empty, "compact");
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (empty), "ann-uns-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (empty), _ ("Empty"));
  adw_status_page_set_description (ADW_STATUS_PAGE (empty), _ ("There is nothing in this group."));

  self->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->stack), scroller, "list");
  gtk_stack_add_named (GTK_STACK (self->stack), empty, "empty");
  adw_bin_set_child (ADW_BIN (self), self->stack);
}

/**
 * ann_list_page_new:
 * @item: the row of a group; its children are listed when they have not been
 *
 * Returns: (transfer floating): a page with the name, kind, size and, of texts and numbers, the
 *   value of each
 */
GtkWidget *
ann_list_page_new (AnnTreeItem *item)
{
  AnnListPage *self = g_object_new (ANN_TYPE_LIST_PAGE, NULL);
  GListModel *children = ann_tree_item_get_children (item);

  self->item = g_object_ref (item);
  if (children != NULL)
    {
      g_autoptr (GtkSingleSelection) selection = gtk_single_selection_new (NULL);

      gtk_single_selection_set_autoselect (selection, FALSE);
      gtk_single_selection_set_model (selection, children);
      gtk_column_view_set_model (GTK_COLUMN_VIEW (self->view), GTK_SELECTION_MODEL (selection));
      g_signal_connect_object (children, "items-changed", G_CALLBACK (update), self,
                               G_CONNECT_SWAPPED);
    }
  g_signal_connect_object (item, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  ann_tree_item_load (item);
  update (self);

  return GTK_WIDGET (self);
}
