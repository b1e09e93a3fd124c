/* ann-heatmap-view-input.c: pointer, touchpad and keys
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-heatmap-view-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define KEY_ZOOM 1.5
#define WHEEL_ZOOM 1.3

static void
point_at (AnnHeatmapView *self, double x, double y)
{
  AnnHeatmapPlot plot = _ann_heatmap_view_get_plot (self);
  double column = plot.left + (x - plot.x) / plot.column_width;
  double row = plot.top + (y - plot.y) / plot.row_height;

  if (x < plot.x || y < plot.y || x >= plot.x + plot.width || y >= plot.y + plot.height
      || column < 0 || row < 0 || column >= plot.n_columns || row >= plot.n_rows)
    ann_heatmap_view_clear_crosshair (self);
  else
    ann_heatmap_view_set_crosshair (self, (guint64) row, (guint64) column);
}

static void
on_motion (GtkEventControllerMotion *controller, double x, double y, AnnHeatmapView *self)
{
  if (x == self->pointer_x && y == self->pointer_y)
    return; /* a crossing without a movement must not take the crosshair from the keyboard */

  self->pointer_x = x;
  self->pointer_y = y;
  self->has_pointer = TRUE;
  point_at (self, x, y);
}

/* Another cell has come under the pointer, which did not move. */
void
_ann_heatmap_view_follow_pointer (AnnHeatmapView *self)
{
  if (self->has_pointer)
    point_at (self, self->pointer_x, self->pointer_y);
  _ann_heatmap_view_update_point (self);
}

static void
on_leave (GtkEventControllerMotion *controller, AnnHeatmapView *self)
{
  self->has_pointer = FALSE;
  ann_heatmap_view_clear_crosshair (self);
}

/* Ctrl and the wheel zoom; the wheel alone pans, which the scrolled window around does. */
static gboolean
on_scroll (GtkEventControllerScroll *controller, double dx, double dy, AnnHeatmapView *self)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (
      GTK_EVENT_CONTROLLER (controller));

  if ((state & GDK_CONTROL_MASK) == 0)
    return GDK_EVENT_PROPAGATE;

  ann_heatmap_view_zoom_at (self, pow (WHEEL_ZOOM, -dy), self->pointer_x, self->pointer_y);

  return GDK_EVENT_STOP;
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, AnnHeatmapView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->drag_left = self->left;
  self->drag_top = self->top;
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, AnnHeatmapView *self)
{
  if (fabs (dx) + fabs (dy) > 4)
    gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "grabbing");
  self->left = self->drag_left - dx / self->column_width;
  self->top = self->drag_top - dy / self->row_height;
  _ann_heatmap_view_update (self);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, AnnHeatmapView *self)
{
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), "crosshair");
}

static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, AnnHeatmapView *self)
{
  self->pinch_start = 1;
}

static void
on_pinch (GtkGestureZoom *gesture, double scale, AnnHeatmapView *self)
{
  double x, y;

  if (!gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y))
    {
      x = self->pointer_x;
      y = self->pointer_y;
    }
  ann_heatmap_view_zoom_at (self, scale / MAX (self->pinch_start, 0.01), x, y);
  self->pinch_start = scale;
}

static gboolean
pan_by_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  AnnHeatmapView *self = ANN_HEATMAP_VIEW (widget);
  AnnHeatmapPlot plot = _ann_heatmap_view_get_plot (self);
  double x, y;

  g_variant_get (args, "(dd)", &x, &y);
  self->left += x * plot.width / plot.column_width;
  self->top += y * plot.height / plot.row_height;
  _ann_heatmap_view_update (self);

  return GDK_EVENT_STOP;
}

static gboolean
move_crosshair_by_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  AnnHeatmapView *self = ANN_HEATMAP_VIEW (widget);
  AnnHeatmapPlot plot = _ann_heatmap_view_get_plot (self);
  double row = self->has_crosshair ? self->point.row : plot.top + plot.height / plot.row_height / 2;
  double column = self->has_crosshair ? self->point.column
                                      : plot.left + plot.width / plot.column_width / 2;
  int dx, dy;

  if (plot.n_rows == 0 || plot.n_columns == 0)
    return GDK_EVENT_PROPAGATE;

  self->has_pointer = FALSE;
  g_variant_get (args, "(ii)", &dx, &dy);
  ann_heatmap_view_reveal (self, (guint64) CLAMP (row + dy, 0, plot.n_rows - 1.0),
                           (guint64) CLAMP (column + dx, 0, plot.n_columns - 1.0));

  return GDK_EVENT_STOP;
}

static void
zoom_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnHeatmapView *self = ANN_HEATMAP_VIEW (widget);

  if (g_str_equal (name, "heatmap.zoom-in"))
    ann_heatmap_view_zoom (self, KEY_ZOOM);
  else if (g_str_equal (name, "heatmap.zoom-out"))
    ann_heatmap_view_zoom (self, 1 / KEY_ZOOM);
  else
    ann_heatmap_view_fit (self);
}

void
_ann_heatmap_view_class_init_input (GtkWidgetClass *klass)
{
  static const struct {
    guint key, keypad;
    int x, y;
  } arrows[] = {
    { GDK_KEY_Left, GDK_KEY_KP_Left, -1, 0 },
    { GDK_KEY_Right, GDK_KEY_KP_Right, 1, 0 },
    { GDK_KEY_Up, GDK_KEY_KP_Up, 0, -1 },
    { GDK_KEY_Down, GDK_KEY_KP_Down, 0, 1 },
  };
  static const struct {
    guint key;
    const char *action;
  } zooms[] = {
    { GDK_KEY_plus, "heatmap.zoom-in" },
    { GDK_KEY_KP_Add, "heatmap.zoom-in" },
    { GDK_KEY_equal, "heatmap.zoom-in" },
    { GDK_KEY_minus, "heatmap.zoom-out" },
    { GDK_KEY_KP_Subtract, "heatmap.zoom-out" },
    { GDK_KEY_0, "heatmap.fit" },
    { GDK_KEY_KP_0, "heatmap.fit" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (arrows); i++)
    {
      double x = arrows[i].x;
      double y = arrows[i].y;

      gtk_widget_class_add_binding (klass, arrows[i].key, 0, pan_by_key, "(dd)", x * 0.1, y * 0.1);
      gtk_widget_class_add_binding (klass, arrows[i].keypad, 0, pan_by_key, "(dd)", x * 0.1,
                                    y * 0.1);
      gtk_widget_class_add_binding (klass, arrows[i].key, GDK_SHIFT_MASK, move_crosshair_by_key,
                                    "(ii)", arrows[i].x, arrows[i].y);
    }
  gtk_widget_class_add_binding (klass, GDK_KEY_Page_Up, 0, pan_by_key, "(dd)", 0.0, -0.9);
  gtk_widget_class_add_binding (klass, GDK_KEY_Page_Down, 0, pan_by_key, "(dd)", 0.0, 0.9);
  gtk_widget_class_add_binding (klass, GDK_KEY_Home, 0, pan_by_key, "(dd)", -1e15, 0.0);
  gtk_widget_class_add_binding (klass, GDK_KEY_End, 0, pan_by_key, "(dd)", 1e15, 0.0);
  gtk_widget_class_add_binding (klass, GDK_KEY_Home, GDK_CONTROL_MASK, pan_by_key, "(dd)", -1e15,
                                -1e15);
  gtk_widget_class_add_binding (klass, GDK_KEY_End, GDK_CONTROL_MASK, pan_by_key, "(dd)", 1e15,
                                1e15);
  for (gsize i = 0; i < G_N_ELEMENTS (zooms); i++)
    {
      gtk_widget_class_add_binding_action (klass, zooms[i].key, 0, zooms[i].action, NULL);
      gtk_widget_class_add_binding_action (klass, zooms[i].key, GDK_CONTROL_MASK, zooms[i].action,
                                           NULL);
    }
  gtk_widget_class_install_action (klass, "heatmap.zoom-in", NULL, zoom_action);
  gtk_widget_class_install_action (klass, "heatmap.zoom-out", NULL, zoom_action);
  gtk_widget_class_install_action (klass, "heatmap.fit", NULL, zoom_action);
}

void
_ann_heatmap_view_init_input (AnnHeatmapView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (
      GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();

  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (widget, motion);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (widget, scroll);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));
  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));
}
