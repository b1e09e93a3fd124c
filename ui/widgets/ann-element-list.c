/* ann-element-list.c: what a group has in it, as a tree with columns
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-element-list.h"

#include "ann-text.h"
#include "ann-weak.h"
#include "widgets/ann-tree-expander.h"

#include <glib/gi18n.h>
#include <string.h>

/* Of a text that stands beside its name. */
#define PREVIEW_LENGTH 120

/* Of a vector: enough for what a column is wide. */
#define N_PREVIEW_VALUES 6

/* Rows are those of the document's tree: what is listed here is listed there too, once. */
struct _AnnElementList {
  AdwBin parent_instance;

  GtkWidget *view;
  GtkTreeListModel *rows;
  GtkSingleSelection *selection;
};

enum { PROP_0, PROP_SELECTED, N_PROPS };

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnnElementList, ann_element_list, ADW_TYPE_BIN)

typedef char *(*TextFunc) (AnnTreeItem *item);

static AnnTreeItem *
row_get_tree_item (GtkTreeListRow *row)
{
  /* The row keeps the item alive. */
  g_autoptr (AnnTreeItem) item = row != NULL ? gtk_tree_list_row_get_item (row) : NULL;

  return item;
}

static char *
get_type (AnnTreeItem *item)
{
  return ann_text_element_type (ann_tree_item_get_element (item));
}

/* What the type does not say: how large it is. */
static char *
get_shape (AnnTreeItem *item)
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
on_row_expanded (GtkTreeListRow *row, GParamSpec *pspec, gpointer user_data)
{
  if (gtk_tree_list_row_get_expanded (row))
    ann_tree_item_load (row_get_tree_item (row));
}

static void
on_setup_name (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  GtkWidget *expander = ann_tree_expander_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  gtk_box_append (GTK_BOX (box), gtk_image_new ());
  gtk_box_append (GTK_BOX (box), new_label (0));
  gtk_tree_expander_set_child (GTK_TREE_EXPANDER (expander), box);
  gtk_list_item_set_child (list_item, expander);
}

static void
on_bind_name (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  GtkTreeListRow *row = gtk_list_item_get_item (list_item);
  AnnTreeItem *item = row_get_tree_item (row);
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (list_item));
  GtkWidget *icon = gtk_widget_get_first_child (gtk_tree_expander_get_child (expander));
  GtkWidget *label = gtk_widget_get_next_sibling (icon);
  gboolean is_broken = ann_tree_item_get_trouble (item) != NULL;

  gtk_tree_expander_set_list_row (expander, row);
  g_signal_connect (row, "notify::expanded", G_CALLBACK (on_row_expanded), NULL);
  gtk_image_set_from_icon_name (GTK_IMAGE (icon),
                                is_broken ? "ann-broken-symbolic" : ann_tree_item_get_icon (item));
  if (is_broken)
    gtk_widget_add_css_class (icon, "error");
  else
    gtk_widget_remove_css_class (icon, "error");
  gtk_inscription_set_text (GTK_INSCRIPTION (label), ann_tree_item_get_name (item));
}

static void
on_unbind_name (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  GtkTreeExpander *expander = GTK_TREE_EXPANDER (gtk_list_item_get_child (list_item));

  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), on_row_expanded, NULL);
  gtk_tree_expander_set_list_row (expander, NULL);
}

/* ---- Type and shape ---- */

static void
on_setup_text (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  gtk_list_item_set_child (list_item, new_label (0));
}

static void
on_bind_text (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  TextFunc func = user_data;
  g_autofree char *text = func (row_get_tree_item (gtk_list_item_get_item (list_item)));

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
    case ANN_ELEMENT_RECORDS:
      return TRUE;

    case ANN_ELEMENT_AWKWARD:
    case ANN_ELEMENT_DENSE:
    case ANN_ELEMENT_STRINGS:
    case ANN_ELEMENT_BYTES:
    case ANN_ELEMENT_SEQUENCES:
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
    case ANN_ELEMENT_NULL:
    case ANN_ELEMENT_OPAQUE:
    default:
      return FALSE;
    }
}

/* The columns of a frame, the fields of records: both are in memory. */
static char *
join_names (AnnElement *table, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) names = ann_element_list_children (table, cancellable, error);
  GString *text;

  if (names == NULL)
    return NULL;

  text = g_string_new (NULL);
  for (guint i = 0; names[i] != NULL && i < N_PREVIEW_VALUES; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", names[i]);
  if (g_strv_length (names) > N_PREVIEW_VALUES)
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
  if (ANN_IS_FRAME (element) || ann_element_get_kind (element) == ANN_ELEMENT_RECORDS)
    return join_names (element, cancellable, error);

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
  AnnTreeItem *item = row_get_tree_item (gtk_list_item_get_item (list_item));
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

/* ---- The widget ---- */

static void
add_column (AnnElementList *self,
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

/* Opens and closes groups; what is none gets a page of its own. */
static void
on_activate (GtkColumnView *view, guint position, AnnElementList *self)
{
  g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), position);

  if (row == NULL)
    return;
  if (gtk_tree_list_row_is_expandable (row))
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.show-element", "s",
                                ann_tree_item_get_path (row_get_tree_item (row)));
}

static void
on_selected (AnnElementList *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

static GListModel *
create_children (gpointer item, gpointer user_data)
{
  GListModel *children = ann_tree_item_get_children (item);

  return children != NULL ? g_object_ref (children) : NULL;
}

/**
 * ann_element_list_get_selected:
 * @self: a list
 *
 * Returns: (transfer none) (nullable): the row that is selected
 */
AnnTreeItem *
ann_element_list_get_selected (AnnElementList *self)
{
  return self->selection != NULL
             ? row_get_tree_item (gtk_single_selection_get_selected_item (self->selection))
             : NULL;
}

/**
 * ann_element_list_get_n_rows:
 * @self: a list
 *
 * Returns: how many rows it shows
 */
guint
ann_element_list_get_n_rows (AnnElementList *self)
{
  return self->rows != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->rows)) : 0;
}

/**
 * ann_element_list_select:
 * @self: a list
 * @path: path of an element below what is listed
 *
 * Opens what is above the element, as far as it has been listed, and selects it.
 *
 * Returns: whether it is there
 */
gboolean
ann_element_list_select (AnnElementList *self, const char *path)
{
  for (guint i = 0; i < ann_element_list_get_n_rows (self); i++)
    {
      g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);
      const char *row_path = ann_tree_item_get_path (row_get_tree_item (row));
      const gsize length = strlen (row_path);

      if (g_str_equal (row_path, path))
        {
          gtk_single_selection_set_selected (self->selection, i);
          return TRUE;
        }
      if (strncmp (row_path, path, length) == 0 && path[length] == '/')
        {
          gtk_tree_list_row_set_expanded (row, TRUE);
          ann_tree_item_load (row_get_tree_item (row));
        }
    }

  return FALSE;
}

static void
ann_element_list_dispose (GObject *object)
{
  AnnElementList *self = ANN_ELEMENT_LIST (object);

  if (self->view != NULL)
    gtk_column_view_set_model (GTK_COLUMN_VIEW (self->view), NULL);
  self->view = NULL;
  g_clear_object (&self->selection);
  g_clear_object (&self->rows);

  G_OBJECT_CLASS (ann_element_list_parent_class)->dispose (object);
}

static void
ann_element_list_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SELECTED:
      g_value_set_object (value, ann_element_list_get_selected (ANN_ELEMENT_LIST (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ann_element_list_class_init (AnnElementListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ann_element_list_dispose;
  object_class->get_property = ann_element_list_get_property;

  properties[PROP_SELECTED] = g_param_spec_object ("selected", NULL, NULL, ANN_TYPE_TREE_ITEM,
                                                   G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY
                                                       | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
ann_element_list_init (AnnElementList *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->view = gtk_column_view_new (NULL);
  gtk_widget_add_css_class (self->view, "ann-list");
  gtk_widget_set_name (self->view, "element-list");
  gtk_column_view_set_single_click_activate (GTK_COLUMN_VIEW (self->view), FALSE);
  add_column (self, _ ("Name"), G_CALLBACK (on_setup_name), G_CALLBACK (on_bind_name),
              G_CALLBACK (on_unbind_name), NULL, 230);
  add_column (self, _ ("Type"), G_CALLBACK (on_setup_text), G_CALLBACK (on_bind_text), NULL,
              get_type, 150);
  add_column (self, _ ("Shape"), G_CALLBACK (on_setup_text), G_CALLBACK (on_bind_text), NULL,
              get_shape, 110);
  add_column (self, _ ("Preview"), G_CALLBACK (on_setup_text), G_CALLBACK (on_bind_preview),
              G_CALLBACK (on_unbind_preview), NULL, 0);
  g_signal_connect (self->view, "activate", G_CALLBACK (on_activate), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->view);
  adw_bin_set_child (ADW_BIN (self), scroller);
}

/**
 * ann_element_list_new:
 * @item: the row of a group
 *
 * Returns: (transfer floating): what is in it, with type, shape and the first values of each
 */
GtkWidget *
ann_element_list_new (AnnTreeItem *item)
{
  AnnElementList *self = g_object_new (ANN_TYPE_ELEMENT_LIST, NULL);
  GListModel *children = ann_tree_item_get_children (item);

  if (children == NULL)
    return GTK_WIDGET (self);

  self->rows = gtk_tree_list_model_new (g_object_ref (children), FALSE, FALSE, create_children,
                                        NULL, NULL);
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->rows));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  gtk_column_view_set_model (GTK_COLUMN_VIEW (self->view), GTK_SELECTION_MODEL (self->selection));

  return GTK_WIDGET (self);
}
