/* ann-ui-test.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"

#include "ann-ui.h"

#include <execinfo.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* GLib's first block of quarks is allocated when it is loaded, and is left to those who read it
 * when there are more than 2,048: a leak for the sanitizer, in a stack without a name to tell it
 * by. So it does not look at what libraries allocate while they are loaded.
 */
#ifdef __SANITIZE_ADDRESS__
void __lsan_disable (void);
void __lsan_enable (void);

__attribute__ ((section (".preinit_array"), used)) static void (*const before_libraries) (void)
    = __lsan_disable;

__attribute__ ((constructor)) static void
begin_looking (void)
{
  __lsan_enable ();
}
#endif

/* How long something may take that normally takes milliseconds: on a loaded machine, under a
 * sanitizer. Not a limit of the program; those are measured by the bench.
 */
#define PATIENCE (20 * G_TIME_SPAN_SECOND)

static GtkApplication *application;

/* GTK 4.8 says this when a scrolled window finds while it is given its place that it wants a scroll
 * bar: it asks for another round, and one frame is drawn before that. All else is fatal, and says
 * where it comes from: some of it came once in hundreds of runs.
 */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE")
        && strstr (fields[i].value, "without a current allocation") != NULL)
      return G_LOG_WRITER_HANDLED;

  if (level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING))
    {
      void *callers[64];

      backtrace_symbols_fd (callers, backtrace (callers, G_N_ELEMENTS (callers)), STDERR_FILENO);
    }

  return g_log_writer_default (level, fields, n_fields, user_data);
}

/**
 * ann_ui_test_init:
 * @argc: (inout): of main()
 * @argv: (inout): of main()
 *
 * Begins a program of tests: GTK, libadwaita, our resources and the one application of the process.
 */
void
ann_ui_test_init (int *argc, char ***argv)
{
  g_autoptr (GError) error = NULL;

  gtk_test_init (argc, argv);
  g_log_set_writer_func (write_log, NULL, NULL);
  adw_init ();
  ann_ui_init ();
  /* The tests of GTK have a font of their own, which is wider. */
  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Cantarell 11", NULL);

  application = GTK_APPLICATION (adw_application_new (NULL, G_APPLICATION_NON_UNIQUE));
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
}

/**
 * ann_ui_test_get_patience:
 *
 * Returns: how many microseconds a test waits for what must come
 */
gint64
ann_ui_test_get_patience (void)
{
  return PATIENCE;
}

static gboolean
wake (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/**
 * ann_ui_test_iterate:
 *
 * Lets the main loop run for one turn, 10 ms at most if there is nothing to do.
 */
void
ann_ui_test_iterate (void)
{
  const guint id = g_timeout_add (10, wake, NULL);

  g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

/**
 * ann_ui_test_drain:
 *
 * Lets the main loop do all that is there to do now.
 */
void
ann_ui_test_drain (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/**
 * ann_ui_test_has_picture:
 * @widget: a widget on the screen
 *
 * Returns: whether anything is drawn of it
 */
gboolean
ann_ui_test_has_picture (GtkWidget *widget)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  GskRenderNode *node;

  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (widget),
                          gtk_widget_get_height (widget));
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  if (node == NULL)
    return FALSE;
  gsk_render_node_unref (node);

  return TRUE;
}

static void
on_after_paint (GdkFrameClock *clock, gboolean *painted)
{
  *painted = TRUE;
}

/**
 * ann_ui_test_wait_for_frame:
 * @widget: a widget on the screen
 *
 * Waits until a frame has been drawn that shows what the widget is now.
 */
void
ann_ui_test_wait_for_frame (GtkWidget *widget)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  gboolean painted = FALSE;
  gulong id;

  g_assert_nonnull (clock);
  id = g_signal_connect_after (clock, "after-paint", G_CALLBACK (on_after_paint), &painted);
  gtk_widget_queue_draw (widget);
  ann_ui_test_wait_until (painted);
  g_signal_handler_disconnect (clock, id);
}

/**
 * ann_ui_test_present:
 * @window: a window
 *
 * Shows the window and waits until it has been drawn.
 */
void
ann_ui_test_present (GtkWidget *window)
{
  if (GTK_IS_APPLICATION_WINDOW (window)
      && gtk_window_get_application (GTK_WINDOW (window)) == NULL)
    gtk_window_set_application (GTK_WINDOW (window), application);
  gtk_window_present (GTK_WINDOW (window));
  ann_ui_test_wait_until (gtk_widget_get_mapped (window) && ann_ui_test_has_picture (window));
  ann_ui_test_wait_for_frame (window);
}

/**
 * ann_ui_test_show:
 * @child: (transfer floating): a widget
 * @width: of the window
 * @height: of the window
 *
 * Returns: (transfer none): a window with @child that has been drawn; to be closed by
 *   [func@ui_test_close]
 */
GtkWidget *
ann_ui_test_show (GtkWidget *child, int width, int height)
{
  GtkWidget *window = adw_application_window_new (application);

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), child);
  ann_ui_test_present (window);

  return window;
}

/**
 * ann_ui_test_open_store:
 * @file: a store that can be opened
 *
 * Shows a window of 1000 × 700 and waits until it has the store.
 *
 * Returns: (transfer none): the window; close it with ann_ui_test_close()
 */
AnnWindow *
ann_ui_test_open_store (const char *file)
{
  GtkWidget *window = ann_window_new (GTK_APPLICATION (g_application_get_default ()));
  g_autoptr (GFile) store = g_file_new_for_path (file);
  AnnDocument *document;

  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 700);
  ann_ui_test_present (window);
  ann_window_open (ANN_WINDOW (window), store);
  document = ann_window_get_document (ANN_WINDOW (window));
  ann_ui_test_wait_until (!ann_document_is_loading (document));
  g_assert_no_error (ann_document_get_error (document));

  return ANN_WINDOW (window);
}

/**
 * ann_ui_test_close:
 * @window: (transfer full): a window
 *
 * Closes it and fails the test if somebody keeps it alive.
 */
void
ann_ui_test_close (GtkWidget *window)
{
  gpointer weak = window;

  g_object_add_weak_pointer (G_OBJECT (window), &weak);
  gtk_window_destroy (GTK_WINDOW (window));
  ann_ui_test_wait_until (weak == NULL);
  ann_ui_test_drain ();
}

/**
 * ann_ui_test_take_result:
 * @source: whoever did something
 * @result: what came out
 * @user_data: a place for a reference to @result
 *
 * An asynchronous callback for who waits for it.
 */
void
ann_ui_test_take_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/**
 * ann_ui_test_screenshot:
 * @widget: a widget that has been drawn
 * @name: of the picture, without its suffix
 *
 * Writes `screenshots/NAME.png` into the folder of the tests in the build.
 */
void
ann_ui_test_screenshot (GtkWidget *widget, const char *name)
{
  g_autofree char *folder = g_test_build_filename (G_TEST_BUILT, "ui", "screenshots", NULL);
  g_autofree char *file = g_strdup_printf ("%s/%s.png", folder, name);
  g_autoptr (GdkPaintable) paintable = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  const int width = gtk_widget_get_width (widget);
  const int height = gtk_widget_get_height (widget);
  GskRenderNode *node;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  ann_ui_test_wait_for_frame (widget);
  paintable = gtk_widget_paintable_new (widget);
  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (gtk_widget_get_native (widget)),
                                         node,
                                         &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  gsk_render_node_unref (node);
  g_assert_true (gdk_texture_save_to_png (texture, file));
}

/**
 * ann_ui_test_set_dark:
 * @dark: whether windows are dark
 */
void
ann_ui_test_set_dark (gboolean dark)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                           : ADW_COLOR_SCHEME_FORCE_LIGHT);
  ann_ui_test_drain ();
}

/**
 * ann_ui_test_find:
 * @root: a widget
 * @type: a type of widgets
 *
 * Returns: (transfer none) (nullable): the first widget of the type in @root, itself included
 */
gpointer
ann_ui_test_find (GtkWidget *root, GType type)
{
  if (g_type_is_a (G_OBJECT_TYPE (root), type))
    return root;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      gpointer found = ann_ui_test_find (child, type);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/**
 * ann_ui_test_find_toplevel:
 * @type: a type of windows
 *
 * Returns: (transfer none) (nullable): the first window of the type
 */
gpointer
ann_ui_test_find_toplevel (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (g_type_is_a (G_OBJECT_TYPE (window), type))
        return window;
    }

  return NULL;
}

/**
 * ann_ui_test_find_named:
 * @root: a widget
 * @name: as set by gtk_widget_set_name()
 *
 * Returns: (transfer none) (nullable): the first widget of that name in @root, itself included
 */
gpointer
ann_ui_test_find_named (GtkWidget *root, const char *name)
{
  if (g_strcmp0 (gtk_widget_get_name (root), name) == 0)
    return root;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      gpointer found = ann_ui_test_find_named (child, name);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/**
 * ann_ui_test_find_label:
 * @root: a widget
 * @text: what it shows, or a part of it
 *
 * Returns: (transfer none) (nullable): the first label of that text in @root, itself included
 */
gpointer
ann_ui_test_find_label (GtkWidget *root, const char *text)
{
  GtkWidget *found = NULL;

  if (GTK_IS_LABEL (root) && strstr (gtk_label_get_text (GTK_LABEL (root)), text) != NULL)
    return root;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = ann_ui_test_find_label (child, text);

  return found;
}
