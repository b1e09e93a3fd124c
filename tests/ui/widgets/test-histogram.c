/* test-histogram.c: histogram and list of values, by keys and by pointer
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "widgets/ann-histogram.h"
#include "widgets/ann-value-list.h"

static const guint64 counts[] = { 5, 0, 20, 1 };
static const guint64 selected[] = { 1, 0, 7, 1 };

typedef struct {
  guint n;
  guint first;
  guint last;
  gboolean adds;
} Chosen;

static void
on_bins (AnnHistogram *histogram, guint first, guint last, gboolean adds, Chosen *chosen)
{
  *chosen = (Chosen){ chosen->n + 1, first, last, adds };
}

static void
on_value (AnnValueList *list, guint index, gboolean adds, Chosen *chosen)
{
  *chosen = (Chosen){ chosen->n + 1, index, index, adds };
}

/* As the key would: the binding of the class. */
static void
press (GtkWidget *widget, guint key, GdkModifierType modifiers)
{
  g_autoptr (GtkShortcutTrigger) trigger = gtk_keyval_trigger_new (key, modifiers);
  GListModel *controllers = gtk_widget_observe_controllers (widget);
  gboolean is_found = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

      if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
        continue;
      for (guint k = 0; k < g_list_model_get_n_items (G_LIST_MODEL (controller)); k++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), k);

          if (gtk_shortcut_trigger_equal (gtk_shortcut_get_trigger (shortcut), trigger))
            is_found |= gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0, widget,
                                                      gtk_shortcut_get_arguments (shortcut));
        }
    }
  g_object_unref (controllers);
  g_assert_true (is_found);
}

static void
test_histogram (void)
{
  GtkWidget *widget = ann_histogram_new ();
  AnnHistogram *histogram = ANN_HISTOGRAM (widget);
  GtkWidget *window = ann_ui_test_show (widget, 300, 200);
  g_autofree char *text = NULL;
  g_autofree char *more = NULL;
  Chosen chosen = { 0 };
  guint first, last;
  double low, high;

  g_signal_connect (widget, "chosen", G_CALLBACK (on_bins), &chosen);
  press (widget, GDK_KEY_Return, 0); /* nothing to choose yet */
  g_assert_cmpuint (chosen.n, ==, 0);

  ann_histogram_set_counts (histogram, 0, 10, counts, 4);
  ann_histogram_get_limits (histogram, 1, 2, &low, &high);
  g_assert_cmpfloat (low, ==, 2.5);
  g_assert_cmpfloat (high, ==, 7.5);
  press (widget, GDK_KEY_Right, 0);
  press (widget, GDK_KEY_Right, GDK_SHIFT_MASK);
  text = ann_histogram_describe (histogram);
  g_assert_cmpstr (text, ==, "2.50 to 7.50: 20 rows");
  press (widget, GDK_KEY_Return, GDK_CONTROL_MASK);
  g_assert_cmpuint (chosen.n, ==, 1);
  g_assert_cmpuint (chosen.first, ==, 1);
  g_assert_cmpuint (chosen.last, ==, 2);
  g_assert_true (chosen.adds);

  /* The ends are ends. */
  press (widget, GDK_KEY_End, 0);
  press (widget, GDK_KEY_Right, 0);
  ann_histogram_get_cursor (histogram, &first, &last);
  g_assert_cmpuint (first, ==, 3);
  g_assert_cmpuint (last, ==, 3);
  press (widget, GDK_KEY_Home, 0);
  press (widget, GDK_KEY_Left, 0);
  press (widget, GDK_KEY_space, 0);
  g_assert_cmpuint (chosen.first, ==, 0);
  g_assert_false (chosen.adds);

  ann_histogram_set_selected (histogram, selected);
  more = ann_histogram_describe (histogram);
  g_assert_cmpstr (more, ==, "0 to 2.50: 5 rows, 1 selected");
  gtk_test_accessible_assert_role (widget, GTK_ACCESSIBLE_ROLE_SLIDER);
  g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget),
                                                   GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT));
  ann_ui_test_wait_for_frame (window);
  ann_ui_test_close (window);
}

static void
test_values (void)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  GtkWidget *viewport = gtk_viewport_new (NULL, adjustment);
  GtkWidget *widget = ann_value_list_new (adjustment);
  AnnValueList *list = ANN_VALUE_LIST (widget);
  GtkWidget *window;
  g_autofree char *text = NULL;
  g_autofree char *found = NULL;
  const guint32 red = 0xff0000;
  Chosen chosen = { 0 };

  gtk_viewport_set_scroll_to_focus (GTK_VIEWPORT (viewport), FALSE); /* as the panel has it */
  gtk_viewport_set_child (GTK_VIEWPORT (viewport), widget);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), viewport);
  window = ann_ui_test_show (scroller, 300, 200);
  g_signal_connect (widget, "chosen", G_CALLBACK (on_value), &chosen);
  press (widget, GDK_KEY_Return, 0);
  g_assert_cmpuint (chosen.n, ==, 0);

  ann_value_list_add (list, "rare", 1, NULL);
  ann_value_list_add (list, "often", 30, &red);
  for (guint i = 0; i < 5000; i++)
    ann_value_list_add (list, i == 77 ? "Straße" : "some", 2, NULL);
  ann_value_list_sort (list);
  ann_value_list_set_selected (list, NULL);
  text = ann_value_list_describe (list);
  g_assert_cmpstr (text, ==, "often: 30 rows");
  press (widget, GDK_KEY_space, 0);
  g_assert_cmpuint (chosen.first, ==, 1);

  /* Far down, where nothing was drawn before. */
  ann_ui_test_wait_for_frame (window);
  press (widget, GDK_KEY_End, 0);
  ann_ui_test_wait_for_frame (window);
  g_assert_cmpfloat (gtk_adjustment_get_value (adjustment), >, 100000);
  press (widget, GDK_KEY_Return, GDK_CONTROL_MASK);
  g_assert_cmpuint (chosen.first, ==, 0);
  g_assert_true (chosen.adds);

  ann_value_list_set_filter (list, "STRASSE");
  g_assert_cmpuint (ann_value_list_get_n_rows (list), ==, 1);
  found = ann_value_list_describe (list);
  g_assert_cmpstr (found, ==, "Straße: 2 rows");
  press (widget, GDK_KEY_Return, 0);
  g_assert_cmpuint (chosen.first, ==, 79);
  ann_value_list_set_filter (list, "nowhere");
  g_assert_cmpuint (ann_value_list_get_n_rows (list), ==, 0);
  ann_ui_test_wait_for_frame (window);
  ann_ui_test_close (window);
}

/* A value of which nothing would be seen has words in its place, and is still the one that is
 * chosen.
 */
static void
test_blank_values (void)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *widget = ann_value_list_new (
      gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller)));
  AnnValueList *list = ANN_VALUE_LIST (widget);
  const guint32 blue = 0x0000ff;
  GtkWidget *window;
  Chosen chosen = { 0 };
  g_autofree char *empty = NULL;
  g_autofree char *blank = NULL;

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), widget);
  window = ann_ui_test_show (scroller, 300, 200);
  g_signal_connect (widget, "chosen", G_CALLBACK (on_value), &chosen);
  ann_value_list_add (list, " \t", 2, &blue);
  ann_value_list_add (list, "", 3, &blue);
  ann_value_list_sort (list);
  empty = ann_value_list_describe (list);
  g_assert_cmpstr (empty, ==, "empty text: 3 rows");
  press (widget, GDK_KEY_Down, 0);
  blank = ann_value_list_describe (list);
  g_assert_cmpstr (blank, ==, "blank text: 2 rows");
  press (widget, GDK_KEY_Return, 0);
  g_assert_cmpuint (chosen.first, ==, 0);
  ann_ui_test_screenshot (window, "blank-values");
  ann_ui_test_close (window);
}

int
main (int argc, char **argv)
{
  ann_ui_test_init (&argc, &argv);

  g_test_add_func ("/histogram/bins", test_histogram);
  g_test_add_func ("/histogram/values", test_values);
  g_test_add_func ("/histogram/blank-values", test_blank_values);

  return g_test_run ();
}
