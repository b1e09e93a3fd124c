/* ann-ui-test.h: what all tests of the user interface need
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ann-window.h"

#include <adwaita.h>

G_BEGIN_DECLS

void ann_ui_test_init (int *argc, char ***argv);

GtkWidget *ann_ui_test_show (GtkWidget *child, int width, int height);
void ann_ui_test_present (GtkWidget *window);
AnnWindow *ann_ui_test_open_store (const char *file);
void ann_ui_test_close (GtkWidget *window);

void ann_ui_test_drain (void);
void ann_ui_test_wait_for_frame (GtkWidget *widget);
gboolean ann_ui_test_has_picture (GtkWidget *widget);

/* Waits until @condition, an expression, is true, and fails the test after some seconds. */
#define ann_ui_test_wait_until(condition)                                                          \
  G_STMT_START                                                                                     \
  {                                                                                                \
    const gint64 ann_deadline = g_get_monotonic_time () + ann_ui_test_get_patience ();             \
                                                                                                   \
    while (!(condition))                                                                           \
      {                                                                                            \
        if (g_get_monotonic_time () > ann_deadline)                                                \
          g_error ("%s:%d: waited in vain for: %s", __FILE__, __LINE__, #condition);               \
        ann_ui_test_iterate ();                                                                    \
      }                                                                                            \
  }                                                                                                \
  G_STMT_END

gint64 ann_ui_test_get_patience (void);
void ann_ui_test_iterate (void);

void ann_ui_test_take_result (GObject *source, GAsyncResult *result, gpointer user_data);

void ann_ui_test_screenshot (GtkWidget *widget, const char *name);
void ann_ui_test_set_dark (gboolean dark);

gpointer ann_ui_test_find (GtkWidget *root, GType type);
gpointer ann_ui_test_find_toplevel (GType type);
gpointer ann_ui_test_find_named (GtkWidget *root, const char *name);
gpointer ann_ui_test_find_label (GtkWidget *root, const char *text);

/* Counts how often the main loop worked for more than 50 ms, or waited for something. */
void ann_ui_watchdog_start (void);
guint ann_ui_watchdog_stop (void);
double ann_ui_watchdog_get_worst_ms (void);

G_END_DECLS
