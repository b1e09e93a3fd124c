/* ann-histogram.c: how often values lie where
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-histogram.h"

#include "ann-text.h"

#include <glib/gi18n.h>
#include <math.h>

#define TOP 16     /* for the highest count */
#define BOTTOM 22  /* for the axis */
#define HEIGHT 128 /* of all */
#define FONT_SIZE 9

/* Grey bars are all values, accent bars in front of them those of the selected rows, in the same
 * bins. One bin, or some side by side, is under the cursor; what is there is said in words. The
 * widget knows of no table: "chosen" is all that happens.
 */
struct _AnnHistogram {
  GtkWidget parent_instance;

  double low;
  double high;
  guint n_bins;
  guint64 *counts;
  guint64 *selected; /* NULL when there are none */
  guint cursor;
  guint anchor; /* the other end of what is under the cursor */
};

enum { CHOSEN, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnnHistogram, ann_histogram, GTK_TYPE_WIDGET)

/* ---- What it knows ---- */

/**
 * ann_histogram_get_limits:
 * @self: a histogram
 * @first: a bin
 * @last: a bin not before it
 * @low: (out): where @first begins
 * @high: (out): where @last ends
 */
void
ann_histogram_get_limits (AnnHistogram *self, guint first, guint last, double *low, double *high)
{
  const double step = (self->high - self->low) / MAX (self->n_bins, 1);

  /* The last bin ends where the range does, whatever is rounded. */
  *low = self->low + step * first;
  *high = last + 1 >= self->n_bins ? self->high : self->low + step * (last + 1);
}

/**
 * ann_histogram_get_cursor:
 * @self: a histogram
 * @first: (out): the first bin under the cursor
 * @last: (out): the last one
 */
void
ann_histogram_get_cursor (AnnHistogram *self, guint *first, guint *last)
{
  *first = MIN (self->cursor, self->anchor);
  *last = MAX (self->cursor, self->anchor);
}

static guint64
sum (const guint64 *counts, guint first, guint last)
{
  guint64 n = 0;

  for (guint i = first; i <= last; i++)
    n += counts[i];

  return n;
}

static char *
describe_bins (AnnHistogram *self, guint first, guint last)
{
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;
  g_autofree char *count = NULL;
  g_autofree char *text = NULL;
  double low, high;
  guint64 n;

  ann_histogram_get_limits (self, first, last, &low, &high);
  n = sum (self->counts, first, last);
  from = ann_text_number (low);
  to = ann_text_number (high);
  count = ann_text_count (n);
  /* Translators: from a value to another one, and how many rows have a value between */
  text = g_strdup_printf (ngettext ("%s to %s: %s row", "%s to %s: %s rows", (gulong) n), from, to,
                          count);
  if (self->selected != NULL)
    {
      const guint64 n_selected = sum (self->selected, first, last);
      g_autofree char *selected = ann_text_count (n_selected);

      /* Translators: after how many rows there are, how many of them are selected */
      return g_strdup_printf (ngettext ("%s, %s selected", "%s, %s selected", (gulong) n_selected),
                              text, selected);
    }

  return g_steal_pointer (&text);
}

/**
 * ann_histogram_describe:
 * @self: a histogram
 *
 * Returns: (transfer full): what is under the cursor, in words
 */
char *
ann_histogram_describe (AnnHistogram *self)
{
  guint first, last;

  if (self->n_bins == 0)
    return g_strdup ("");

  ann_histogram_get_cursor (self, &first, &last);

  return describe_bins (self, first, last);
}

static void
update_accessible (AnnHistogram *self)
{
  g_autofree char *text = ann_histogram_describe (self);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 1.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, (double) MAX (self->n_bins, 1),
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, self->cursor + 1.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}

/**
 * ann_histogram_set_counts:
 * @self: a histogram
 * @low: where the first bin begins
 * @high: where the last one ends
 * @counts: (array length=n_bins) (nullable): how many values lie in each; copied
 * @n_bins: how many bins, 0 for an empty histogram
 *
 * Shows other values; none of them is selected.
 */
void
ann_histogram_set_counts (AnnHistogram *self,
                          double low,
                          double high,
                          const guint64 *counts,
                          guint n_bins)
{
  g_clear_pointer (&self->counts, g_free);
  g_clear_pointer (&self->selected, g_free);
  self->low = low;
  self->high = high;
  self->n_bins = n_bins;
  self->counts = n_bins > 0 ? g_memdup2 (counts, n_bins * sizeof *counts) : NULL;
  self->cursor = self->anchor = 0;
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * ann_histogram_set_selected:
 * @self: a histogram
 * @counts: (nullable): how many of the values in each bin are of selected rows; copied. %NULL when
 *   no rows are selected
 */
void
ann_histogram_set_selected (AnnHistogram *self, const guint64 *counts)
{
  g_clear_pointer (&self->selected, g_free);
  if (counts != NULL && self->n_bins > 0)
    self->selected = g_memdup2 (counts, self->n_bins * sizeof *counts);
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* To @bin, or the last one for all behind it. @extend: the bins that it passes stay under it. */
static void
set_cursor (AnnHistogram *self, guint bin, gboolean extend)
{
  if (self->n_bins == 0)
    return;

  self->cursor = MIN (bin, self->n_bins - 1);
  if (!extend)
    self->anchor = self->cursor;
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* ---- Drawing ---- */

static int
get_bar_left (AnnHistogram *self, guint bin)
{
  return (int) ((gint64) gtk_widget_get_width (GTK_WIDGET (self)) * bin / MAX (self->n_bins, 1));
}

static void
fill (GtkSnapshot *snapshot,
      const GdkRGBA *color,
      double alpha,
      int x,
      int y,
      int width,
      int height)
{
  const GdkRGBA faded = { color->red, color->green, color->blue, color->alpha * (float) alpha };

  if (width > 0 && height > 0)
    gtk_snapshot_append_color (
        snapshot, &faded,
        &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width, (float) height));
}

/* Something, however little, is seen. */
static int
get_bar_height (guint64 count, guint64 most, int room)
{
  return count == 0 ? 0 : MAX ((int) ((double) count / (double) most * room + 0.5), 1);
}

static void
draw_text (GtkSnapshot *snapshot,
           PangoLayout *layout,
           const GdkRGBA *color,
           const char *text,
           double x,
           double align,
           int top)
{
  int width;

  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, &width, NULL);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot,
                          &GRAPHENE_POINT_INIT ((float) floor (x - width * align), (float) top));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static PangoLayout *
new_layout (GtkWidget *widget)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, NULL);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_from_string (
      "0 -1 font-features \"tnum=1\"");
  PangoFontDescription *font = pango_font_description_copy (
      pango_context_get_font_description (gtk_widget_get_pango_context (widget)));

  pango_font_description_set_size (font, FONT_SIZE * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_attributes (layout, attributes);
  pango_font_description_free (font);

  return layout;
}

static void
draw_texts (AnnHistogram *self, GtkSnapshot *snapshot, const GdkRGBA *color, guint64 most)
{
  g_autoptr (PangoLayout) layout = new_layout (GTK_WIDGET (self));
  const int width = gtk_widget_get_width (GTK_WIDGET (self));
  const int bottom = gtk_widget_get_height (GTK_WIDGET (self)) - BOTTOM + 4;
  const GdkRGBA dim = { color->red, color->green, color->blue, color->alpha * 0.55f };
  g_autofree char *count = ann_text_count (most);

  draw_text (snapshot, layout, &dim, count, width, 1, 0);
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *tick = ann_text_number (self->low + (self->high - self->low) * i / 2);

      draw_text (snapshot, layout, &dim, tick, width * i / 2.0, i / 2.0, bottom);
    }
}

static void
draw_bars (AnnHistogram *self, GtkSnapshot *snapshot, const GdkRGBA *color, guint64 most)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  const int base = gtk_widget_get_height (GTK_WIDGET (self)) - BOTTOM;
  GdkRGBA accent = *color;
  guint first, last;

  gtk_style_context_lookup_color (style, "accent_bg_color", &accent);
  ann_histogram_get_cursor (self, &first, &last);
  for (guint i = 0; i < self->n_bins; i++)
    {
      const int left = get_bar_left (self, i);
      const int width = MAX (get_bar_left (self, i + 1) - left - 1, 1);
      const int height = get_bar_height (self->counts[i], most, base - TOP);

      if (gtk_widget_has_visible_focus (GTK_WIDGET (self)) && i >= first && i <= last)
        fill (snapshot, &accent, 0.18, left, TOP, width, base - TOP);
      fill (snapshot, color, 0.18, left, base - height, width, height);
      if (self->selected != NULL)
        {
          const int front = get_bar_height (self->selected[i], most, base - TOP);

          fill (snapshot, &accent, 1, left, base - front, width, front);
        }
    }
}

static void
ann_histogram_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  AnnHistogram *self = ANN_HISTOGRAM (widget);
  const int width = gtk_widget_get_width (widget);
  const int base = gtk_widget_get_height (widget) - BOTTOM;
  guint64 most = 1;
  GdkRGBA color;

  if (self->n_bins == 0)
    return;

  for (guint i = 0; i < self->n_bins; i++)
    most = MAX (most, self->counts[i]);
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  fill (snapshot, &color, 0.08, 0, TOP, width, 1);
  fill (snapshot, &color, 0.08, 0, (TOP + base) / 2, width, 1);
  draw_bars (self, snapshot, &color, most);
  fill (snapshot, &color, 0.3, 0, base, width, 1);
  draw_texts (self, snapshot, &color, most);
}

static void
ann_histogram_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 150 : HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 252 : HEIGHT;
}

/* ---- Pointer and keys ---- */

static guint
find_bin (AnnHistogram *self, double x)
{
  const int width = MAX (gtk_widget_get_width (GTK_WIDGET (self)), 1);

  return (guint) CLAMP (x * self->n_bins / width, 0, self->n_bins - 1.0);
}

static void
choose (AnnHistogram *self, GdkModifierType state)
{
  guint first, last;

  if (self->n_bins == 0)
    return;

  ann_histogram_get_cursor (self, &first, &last);
  g_signal_emit (self, signals[CHOSEN], 0, first, last, (state & GDK_CONTROL_MASK) != 0);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, AnnHistogram *self)
{
  const GdkModifierType state = gtk_event_controller_get_current_event_state (
      GTK_EVENT_CONTROLLER (gesture));

  if (self->n_bins == 0)
    return;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  set_cursor (self, find_bin (self, x), (state & GDK_SHIFT_MASK) != 0);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, AnnHistogram *self)
{
  double x, y;

  if (self->n_bins > 0 && gtk_gesture_drag_get_start_point (gesture, &x, &y))
    set_cursor (self, find_bin (self, x + dx), TRUE);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, AnnHistogram *self)
{
  choose (self, gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture)));
}

static gboolean
on_query_tooltip (AnnHistogram *self,
                  int x,
                  int y,
                  gboolean keyboard,
                  GtkTooltip *tooltip,
                  gpointer user_data)
{
  g_autofree char *text = NULL;
  guint bin;

  if (self->n_bins == 0)
    return FALSE;

  bin = find_bin (self, x);
  text = keyboard ? ann_histogram_describe (self) : describe_bins (self, bin, bin);
  gtk_tooltip_set_text (tooltip, text);
  if (!keyboard)
    gtk_tooltip_set_tip_area (tooltip,
                              &(GdkRectangle){ get_bar_left (self, bin), 0, 4,
                                               gtk_widget_get_height (GTK_WIDGET (self)) });

  return TRUE;
}

/* "(ib)": a step, with Shift what is passed stays under the cursor. */
static gboolean
on_move (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  AnnHistogram *self = ANN_HISTOGRAM (widget);
  gboolean extend;
  int step;

  g_variant_get (arguments, "(ib)", &step, &extend);
  set_cursor (self, (guint) CLAMP ((gint64) self->cursor + step, 0, G_MAXINT), extend);

  return TRUE;
}

static gboolean
on_choose (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  choose (ANN_HISTOGRAM (widget), g_variant_get_boolean (arguments) ? GDK_CONTROL_MASK : 0);

  return TRUE;
}

static void
bind_move (GtkWidgetClass *klass, guint key, guint keypad_key, int step)
{
  gtk_widget_class_add_binding (klass, key, 0, on_move, "(ib)", step, FALSE);
  gtk_widget_class_add_binding (klass, keypad_key, 0, on_move, "(ib)", step, FALSE);
  gtk_widget_class_add_binding (klass, key, GDK_SHIFT_MASK, on_move, "(ib)", step, TRUE);
  gtk_widget_class_add_binding (klass, keypad_key, GDK_SHIFT_MASK, on_move, "(ib)", step, TRUE);
}

static void
bind_keys (GtkWidgetClass *klass)
{
  static const guint choosing[] = { GDK_KEY_Return, GDK_KEY_KP_Enter, GDK_KEY_space };

  bind_move (klass, GDK_KEY_Left, GDK_KEY_KP_Left, -1);
  bind_move (klass, GDK_KEY_Right, GDK_KEY_KP_Right, 1);
  bind_move (klass, GDK_KEY_Home, GDK_KEY_KP_Home, -G_MAXINT);
  bind_move (klass, GDK_KEY_End, GDK_KEY_KP_End, G_MAXINT);
  for (guint i = 0; i < G_N_ELEMENTS (choosing); i++)
    {
      gtk_widget_class_add_binding (klass, choosing[i], 0, on_choose, "b", FALSE);
      gtk_widget_class_add_binding (klass, choosing[i], GDK_CONTROL_MASK, on_choose, "b", TRUE);
    }
}

/* ---- The widget ---- */

static void
ann_histogram_finalize (GObject *object)
{
  AnnHistogram *self = ANN_HISTOGRAM (object);

  g_free (self->counts);
  g_free (self->selected);

  G_OBJECT_CLASS (ann_histogram_parent_class)->finalize (object);
}

static void
ann_histogram_class_init (AnnHistogramClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_histogram_finalize;
  widget_class->measure = ann_histogram_measure;
  widget_class->snapshot = ann_histogram_snapshot;
  gtk_widget_class_set_css_name (widget_class, "annhistogram");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_SLIDER);
  bind_keys (widget_class);

  /* Bins, from the first to the last, were chosen; the boolean: besides what was chosen before. */
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_UINT,
                                  G_TYPE_BOOLEAN);
}

static void
ann_histogram_init (AnnHistogram *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));

  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (on_query_tooltip), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Histogram"), -1);
}

/**
 * ann_histogram_new:
 *
 * Returns: (transfer floating): a histogram without bars
 */
GtkWidget *
ann_histogram_new (void)
{
  return g_object_new (ANN_TYPE_HISTOGRAM, NULL);
}
