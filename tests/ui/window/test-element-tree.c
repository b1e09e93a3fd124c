/* test-element-tree.c: the element tree
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "widgets/ann-element-tree.h"

#include <glib/gstdio.h>
#include <hdf5.h>

#define N_CHILDREN 10000

static char *folder;
static char *large_store;

static void
add_text_attribute (hid_t object, const char *name, const char *value)
{
  hid_t type = H5Tcopy (H5T_C_S1);
  hid_t space = H5Screate (H5S_SCALAR);
  hid_t attribute;

  H5Tset_size (type, H5T_VARIABLE);
  H5Tset_cset (type, H5T_CSET_UTF8);
  attribute = H5Acreate2 (object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  H5Awrite (attribute, type, &value);
  H5Aclose (attribute);
  H5Sclose (space);
  H5Tclose (type);
}

static hid_t
add_mapping (hid_t parent, const char *name)
{
  hid_t group = H5Gcreate2 (parent, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

  add_text_attribute (group, "encoding-type", "dict");
  add_text_attribute (group, "encoding-version", "0.1.0");

  return group;
}

/* A mapping with 10,000 numbers in it, and one within one within one. */
static void
write_large_store (const char *path)
{
  hid_t file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  hid_t space = H5Screate (H5S_SCALAR);
  hid_t many, deep, deeper;

  add_text_attribute (file, "encoding-type", "dict");
  add_text_attribute (file, "encoding-version", "0.1.0");
  many = add_mapping (file, "many");
  for (int i = 0; i < N_CHILDREN; i++)
    {
      g_autofree char *name = g_strdup_printf ("child_%05d", i);
      hid_t number = H5Dcreate2 (many, name, H5T_NATIVE_INT, space, H5P_DEFAULT, H5P_DEFAULT,
                                 H5P_DEFAULT);

      H5Dwrite (number, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, &i);
      add_text_attribute (number, "encoding-type", "numeric-scalar");
      add_text_attribute (number, "encoding-version", "0.2.0");
      H5Dclose (number);
    }
  deep = add_mapping (file, "deep");
  deeper = add_mapping (deep, "deeper");
  H5Gclose (add_mapping (deeper, "Needle"));
  H5Gclose (deeper);
  H5Gclose (deep);
  H5Gclose (many);
  H5Sclose (space);
  H5Fclose (file);
}

static guint n_loaded;

static void
on_loaded (AnnTreeItem *root, AnnTreeItem *item, gpointer user_data)
{
  n_loaded++;
}

static GtkWidget *
show_tree (const char *path, AnnTreeItem **root, GtkWidget **window)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) data = ann_data_open (path, NULL, &error);
  GtkWidget *tree;

  g_assert_no_error (error);
  n_loaded = 0;
  *root = ann_tree_item_new_root (data, "Overview");
  g_signal_connect (*root, "item-loaded", G_CALLBACK (on_loaded), NULL);
  tree = ann_element_tree_new (*root);
  *window = ann_ui_test_show (tree, 260, 700);
  ann_ui_test_wait_until (ann_tree_item_is_loaded (*root));

  return tree;
}

static const char *
get_selected_path (GtkWidget *tree)
{
  AnnTreeItem *item = ann_element_tree_get_selected (ANN_ELEMENT_TREE (tree));

  return item != NULL ? ann_tree_item_get_path (item) : NULL;
}

static void
finish (AnnTreeItem *root, GtkWidget *window)
{
  ann_tree_item_close (root);
  ann_ui_test_close (window);
  g_object_unref (root);
}

/* Nothing is listed but what is looked at, and that once. */
static void
test_lazy (void)
{
  AnnTreeItem *root;
  GtkWidget *window;
  GtkWidget *tree = show_tree (SAMPLE_STORE, &root, &window);
  AnnTreeItem *obs = ann_tree_item_find_child (root, "obs", NULL);
  AnnTreeItem *uns = ann_tree_item_find_child (root, "uns", NULL);

  g_assert_cmpuint (n_loaded, ==, 1);
  g_assert_cmpstr (ann_tree_item_get_badge (obs), ==, "700 × 8");
  g_assert_cmpstr (ann_tree_item_get_badge (uns), ==, "7");
  g_assert_false (ann_tree_item_is_loaded (obs));
  g_assert_cmpuint (g_list_model_get_n_items (ann_tree_item_get_children (obs)), ==, 0);

  ann_element_tree_expand (ANN_ELEMENT_TREE (tree), "obs");
  ann_ui_test_wait_until (ann_tree_item_is_loaded (obs));
  g_assert_cmpuint (g_list_model_get_n_items (ann_tree_item_get_children (obs)), ==, 8);
  g_assert_cmpstr (
      ann_tree_item_get_badge (ann_tree_item_find_child (obs, "obs/bulk_labels", NULL)), ==,
      "10 categories");

  ann_tree_item_load (obs);
  ann_element_tree_expand (ANN_ELEMENT_TREE (tree), "obs");
  ann_ui_test_drain ();
  g_assert_cmpuint (n_loaded, ==, 2);
  g_assert_false (ann_tree_item_is_loaded (uns));
  finish (root, window);
}

static void
test_reveal (void)
{
  AnnTreeItem *root;
  GtkWidget *window;
  GtkWidget *tree = show_tree (SAMPLE_STORE, &root, &window);

  ann_element_tree_reveal (ANN_ELEMENT_TREE (tree), "/uns/neighbors/params/method");
  ann_ui_test_wait_until (g_strcmp0 (get_selected_path (tree), "uns/neighbors/params/method") == 0);
  g_assert_cmpuint (n_loaded, ==, 4); /* the root, uns, neighbors, params */

  ann_element_tree_reveal (ANN_ELEMENT_TREE (tree), "uns/no/such/thing");
  ann_ui_test_drain ();
  g_assert_cmpstr (get_selected_path (tree), ==, "uns/neighbors/params/method");
  ann_element_tree_reveal (ANN_ELEMENT_TREE (tree), "");
  g_assert_cmpstr (get_selected_path (tree), ==, "");
  finish (root, window);
}

static GtkWidget *
get_list (GtkWidget *tree)
{
  return ann_ui_test_find_named (tree, "element-tree");
}

static void
activate_row (GtkWidget *tree, guint position)
{
  g_signal_emit_by_name (get_list (tree), "activate", position);
}

static void
set_expanded (GtkWidget *tree, guint position)
{
  GtkSelectionModel *model = gtk_list_view_get_model (GTK_LIST_VIEW (get_list (tree)));
  g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (model), position);

  g_assert_true (gtk_tree_list_row_is_expandable (row));
  g_assert_false (gtk_tree_list_row_get_expanded (row));
  gtk_tree_list_row_set_expanded (row, TRUE);
}

static GtkWidget *
find_expander (GtkWidget *widget, GtkTreeListRow *row)
{
  if (GTK_IS_TREE_EXPANDER (widget)
      && gtk_tree_expander_get_list_row (GTK_TREE_EXPANDER (widget)) == row)
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_expander (child, row);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/* As the key would that no other widget takes before. Returns: how many shortcuts it is. */
static guint
press (GtkWidget *widget, guint key)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  guint n_found = 0;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

      for (guint k = 0; GTK_IS_SHORTCUT_CONTROLLER (controller)
                        && k < g_list_model_get_n_items (G_LIST_MODEL (controller));
           k++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), k);
          g_autofree char *keys = gtk_shortcut_trigger_to_string (
              gtk_shortcut_get_trigger (shortcut));
          g_auto (GStrv) names = g_strsplit (keys, "|", -1);

          if (!g_strv_contains ((const char *const *) names, gdk_keyval_name (key)))
            continue;
          gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, widget, NULL);
          n_found++;
        }
    }

  return n_found;
}

static void
test_arrow_keys (void)
{
  AnnTreeItem *root;
  GtkWidget *window;
  GtkWidget *tree = show_tree (SAMPLE_STORE, &root, &window);
  GtkSelectionModel *model = gtk_list_view_get_model (GTK_LIST_VIEW (get_list (tree)));
  g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (model), 2);
  GtkWidget *expander = find_expander (tree, row);

  g_assert_nonnull (expander);
  g_assert_true (gtk_tree_list_row_is_expandable (row));
  g_assert_cmpuint (press (expander, GDK_KEY_Right), ==, 1);
  g_assert_true (gtk_tree_list_row_get_expanded (row));
  g_assert_cmpuint (press (expander, GDK_KEY_KP_Right), ==, 1);
  g_assert_true (gtk_tree_list_row_get_expanded (row));
  g_assert_cmpuint (press (expander, GDK_KEY_Left), ==, 1);
  g_assert_false (gtk_tree_list_row_get_expanded (row));
  finish (root, window);
}

static void
test_search (void)
{
  AnnTreeItem *root;
  GtkWidget *window;
  GtkWidget *tree = show_tree (large_store, &root, &window);
  GtkWidget *entry = ann_ui_test_find_named (tree, "element-search");

  /* What lies in groups that were never opened is found too, with what is above it. */
  gtk_editable_set_text (GTK_EDITABLE (entry), "nEEdle");
  ann_ui_test_wait_until (!ann_tree_item_is_loading_all (root));
  ann_ui_test_wait_until (ann_element_tree_get_n_rows (ANN_ELEMENT_TREE (tree)) == 3);

  gtk_editable_set_text (GTK_EDITABLE (entry), "child_0999");
  ann_ui_test_wait_until (ann_element_tree_get_n_rows (ANN_ELEMENT_TREE (tree)) == 11);
  ann_ui_test_wait_for_frame (tree);

  /* A group that is found is closed, and what is in it can be opened. */
  gtk_editable_set_text (GTK_EDITABLE (entry), "deepe");
  ann_ui_test_wait_until (ann_element_tree_get_n_rows (ANN_ELEMENT_TREE (tree)) == 2);
  activate_row (tree, 1);
  g_assert_cmpstr (get_selected_path (tree), ==, "deep/deeper");
  g_assert_cmpuint (ann_element_tree_get_n_rows (ANN_ELEMENT_TREE (tree)), ==, 2);
  set_expanded (tree, 1);
  g_assert_cmpuint (ann_element_tree_get_n_rows (ANN_ELEMENT_TREE (tree)), ==, 3);
  gtk_editable_set_text (GTK_EDITABLE (entry), "nothing is called that");
  ann_ui_test_wait_until (ann_element_tree_get_n_rows (ANN_ELEMENT_TREE (tree)) == 0);
  ann_ui_test_wait_for_frame (tree);
  ann_ui_test_screenshot (window, "tree-nothing-found");

  /* Without a text the tree is as it was left, but for the way to what was chosen. */
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  ann_ui_test_wait_until (ann_element_tree_get_n_rows (ANN_ELEMENT_TREE (tree)) == 4);
  g_assert_cmpstr (get_selected_path (tree), ==, "deep/deeper");
  finish (root, window);
}

static void
test_many (void)
{
  AnnTreeItem *root;
  GtkWidget *window;
  GtkWidget *tree = show_tree (large_store, &root, &window);
  AnnTreeItem *many = ann_tree_item_find_child (root, "many", NULL);

  ann_ui_test_wait_for_frame (tree);
  ann_ui_watchdog_start ();
  ann_element_tree_expand (ANN_ELEMENT_TREE (tree), "many");
  ann_ui_test_wait_until (ann_tree_item_is_loaded (many));
  ann_ui_test_wait_for_frame (tree);
  g_test_minimized_result (ann_ui_watchdog_get_worst_ms (),
                           "10,000 children: %.1f ms at worst in one turn",
                           ann_ui_watchdog_get_worst_ms ());
#ifdef __SANITIZE_ADDRESS__
  ann_ui_watchdog_stop (); /* a sanitizer makes everything several times slower */
#else
  g_assert_cmpuint (ann_ui_watchdog_stop (), ==, 0);
#endif
  g_assert_cmpuint (ann_element_tree_get_n_rows (ANN_ELEMENT_TREE (tree)), ==, N_CHILDREN + 3);
  finish (root, window);
}

/* The tree goes while a worker still lists. */
static void
test_close_while_listing (void)
{
  for (guint turns = 0; turns < 8; turns++)
    {
      AnnTreeItem *root;
      GtkWidget *window;
      GtkWidget *tree = show_tree (large_store, &root, &window);

      ann_element_tree_expand (ANN_ELEMENT_TREE (tree), "many");
      for (guint turn = 0; turn < turns; turn++)
        ann_ui_test_iterate ();
      finish (root, window);
    }
}

int
main (int argc, char **argv)
{
  int status;

  ann_ui_test_init (&argc, &argv);
  folder = g_dir_make_tmp ("annbrowser-test-XXXXXX", NULL);
  large_store = g_build_filename (folder, "large.h5ad", NULL);
  write_large_store (large_store);

  g_test_add_func ("/tree/lazy", test_lazy);
  g_test_add_func ("/tree/reveal", test_reveal);
  g_test_add_func ("/tree/arrow-keys", test_arrow_keys);
  g_test_add_func ("/tree/search", test_search);
  g_test_add_func ("/tree/many", test_many);
  g_test_add_func ("/tree/close-while-listing", test_close_while_listing);

  status = g_test_run ();
  g_remove (large_store);
  g_rmdir (folder);
  g_free (large_store);
  g_free (folder);

  return status;
}
