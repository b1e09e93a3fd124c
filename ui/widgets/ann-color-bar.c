/* ann-color-bar.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-color-bar.h"

#include <glib/gi18n.h>
#include <math.h>

/* The legend of a heatmap: the colours from low to high with ticks at round values. An end is
 * pointed where values lie beyond it, with their share in words beside it.
 */

#define BAR_WIDTH 12
#define POINT_HEIGHT 10
#define TICK_LENGTH 4
#define GAP 4
#define MARGIN 18 /* above and below, for the shares in words */
#define MAX_TICKS 12

struct _AnnColorBar {
  GtkWidget parent_instance;

  AnnValueScale scale;
  AnnColorMap map;
  double share_below;
  double share_above;
};

G_DEFINE_FINAL_TYPE (AnnColorBar, ann_color_bar, GTK_TYPE_WIDGET)

/* A step of 1, 2 or 5 times a power of ten that cuts @span into about @n pieces. */
static double
choose_step (double span, int n)
{
  double raw = span / n;
  double power = pow (10, floor (log10 (raw)));
  double lead = raw / power;

  return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
}

static int
list_linear_ticks (const AnnValueScale *scale, double *ticks)
{
  double step = choose_step (scale->high - scale->low, 5);
  int n = 0;

  for (double k = ceil (scale->low / step - 1e-9); k * step <= scale->high + step * 1e-9; k++)
    {
      if (n == MAX_TICKS)
        break;
      ticks[n++] = k * step;
    }

  return n;
}

/* 0, 1, 2, 5, 10 … and their negatives: what lies far enough apart on the bar. */
static int
list_log_ticks (const AnnValueScale *scale, double *ticks)
{
  static const double leads[] = { 1, 2, 5 };
  double last = ann_value_scale_get_position (scale, 0);
  int n = 0;

  if (scale->low <= 0 && scale->high >= 0)
    ticks[n++] = 0;
  for (int power = -4; power < 12; power++)
    {
      for (gsize i = 0; i < G_N_ELEMENTS (leads); i++)
        {
          double value = leads[i] * pow (10, power);
          double position = ann_value_scale_get_position (scale, value);

          if (position - last < 0.09 || n + 2 > MAX_TICKS)
            continue;
          last = position;
          if (value >= scale->low && value <= scale->high)
            ticks[n++] = value;
          if (-value >= scale->low && -value <= scale->high)
            ticks[n++] = -value;
        }
    }

  return n;
}

static int
list_ticks (const AnnValueScale *scale, double *ticks)
{
  if (!(scale->high > scale->low))
    return 0;

  return scale->transform == ANN_TRANSFORM_LOG1P ? list_log_ticks (scale, ticks)
                                                 : list_linear_ticks (scale, ticks);
}

static char *
format_tick (double value)
{
  char number[32];
  GString *text;

  if (fabs (value) < 1e-12)
    value = 0;
  g_ascii_formatd (number, sizeof number, "%.4g", value);
  text = g_string_new (number);
  g_string_replace (text, "-", "\xe2\x88\x92", 0);

  return g_string_free (text, FALSE);
}

static void
trace_outline (cairo_t *cr, AnnColorBar *self, double top, double height)
{
  double upper = self->share_above > 0 ? POINT_HEIGHT : 0;
  double lower = self->share_below > 0 ? POINT_HEIGHT : 0;

  cairo_move_to (cr, 0, top + upper);
  if (upper > 0)
    cairo_line_to (cr, BAR_WIDTH / 2.0, top);
  cairo_line_to (cr, BAR_WIDTH, top + upper);
  cairo_line_to (cr, BAR_WIDTH, top + height - lower);
  if (lower > 0)
    cairo_line_to (cr, BAR_WIDTH / 2.0, top + height);
  cairo_line_to (cr, 0, top + height - lower);
  cairo_close_path (cr);
}

static void
draw_colors (cairo_t *cr, AnnColorBar *self, double top, double height)
{
  const guint32 *table = ann_color_map_get_table (self->map);
  double body = height - 2 * POINT_HEIGHT;

  cairo_save (cr);
  trace_outline (cr, self, top, height);
  cairo_clip (cr);
  for (int y = 0; y < (int) height; y++)
    {
      double position = 1 - (y + 0.5 - POINT_HEIGHT) / MAX (body, 1);
      guint32 color = table[(int) (CLAMP (position, 0, 1) * 255 + 0.5)];

      cairo_set_source_rgb (cr, (color >> 16 & 0xff) / 255.0, (color >> 8 & 0xff) / 255.0,
                            (color & 0xff) / 255.0);
      cairo_rectangle (cr, 0, top + y, BAR_WIDTH, 1);
      cairo_fill (cr);
    }
  cairo_restore (cr);
}

static void
draw_text (cairo_t *cr, PangoLayout *layout, const char *text, double x, double middle)
{
  int height;

  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, NULL, &height);
  cairo_move_to (cr, x, middle - height / 2.0);
  pango_cairo_show_layout (cr, layout);
}

static void
draw_share (cairo_t *cr, PangoLayout *layout, double share, gboolean is_above, double middle)
{
  char number[16];
  g_autofree char *text = NULL;

  if (share <= 0)
    return;
  g_snprintf (number, sizeof number, share < 0.001 ? "< %.1f" : "%.1f", MAX (share, 0.001) * 100);
  text = is_above ? g_strdup_printf (_ ("%s %% above"), number)
                  : g_strdup_printf (_ ("%s %% below"), number);
  draw_text (cr, layout, text, BAR_WIDTH + TICK_LENGTH + GAP, middle);
}

static void
ann_color_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  AnnColorBar *self = ANN_COLOR_BAR (widget);
  int width = gtk_widget_get_width (widget);
  double height = gtk_widget_get_height (widget) - 2 * MARGIN;
  double body_top = MARGIN + POINT_HEIGHT;
  double body = height - 2 * POINT_HEIGHT;
  double ticks[MAX_TICKS];
  int n_ticks = list_ticks (&self->scale, ticks);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, NULL);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_from_string (
      "0 -1 font-features \"tnum=1\"");
  PangoFontDescription *font;
  cairo_t *cr;
  GdkRGBA color;

  if (body < 20)
    return;

  font = pango_font_description_copy (
      pango_context_get_font_description (gtk_widget_get_pango_context (widget)));
  pango_font_description_set_size (font, 9 * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_attributes (layout, attributes);
  pango_font_description_free (font);

  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (0, 0, width, gtk_widget_get_height (widget)));
  draw_colors (cr, self, MARGIN, height);

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  gdk_cairo_set_source_rgba (cr, &color);
  for (int i = 0; i < n_ticks; i++)
    {
      double y = body_top + body * (1 - ann_value_scale_get_position (&self->scale, ticks[i]));
      g_autofree char *label = format_tick (ticks[i]);

      draw_text (cr, layout, label, BAR_WIDTH + TICK_LENGTH + GAP, y);
      cairo_rectangle (cr, BAR_WIDTH + 1, floor (y), TICK_LENGTH, 1);
      cairo_fill (cr);
    }

  color.alpha *= 0.55;
  gdk_cairo_set_source_rgba (cr, &color);
  draw_share (cr, layout, self->share_above, TRUE, MARGIN / 2.0);
  draw_share (cr, layout, self->share_below, FALSE, MARGIN * 1.5 + height);

  cairo_destroy (cr);
}

static void
ann_color_bar_measure (G_GNUC_UNUSED GtkWidget *widget,
                       GtkOrientation orientation,
                       G_GNUC_UNUSED int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_VERTICAL ? 120 : 90;
  *natural = orientation == GTK_ORIENTATION_VERTICAL ? 200 : 110;
  *minimum_baseline = *natural_baseline = -1;
}

static void
ann_color_bar_class_init (AnnColorBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = ann_color_bar_snapshot;
  widget_class->measure = ann_color_bar_measure;

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "colorbar");
}

static void
update_accessible (AnnColorBar *self)
{
  g_autofree char *low = format_tick (self->scale.low);
  g_autofree char *high = format_tick (self->scale.high);
  g_autofree char *label = g_strdup_printf (_ ("Colours from %s to %s"), low, high);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
ann_color_bar_init (AnnColorBar *self)
{
  self->scale.high = 1;
}

GtkWidget *
ann_color_bar_new (void)
{
  return g_object_new (ANN_TYPE_COLOR_BAR, NULL);
}

/**
 * ann_color_bar_set_scale:
 * @self: a colour bar
 * @scale: from values to positions; copied
 * @map: from positions to colours
 */
void
ann_color_bar_set_scale (AnnColorBar *self, const AnnValueScale *scale, AnnColorMap map)
{
  self->scale = *scale;
  self->map = map;
  update_accessible (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * ann_color_bar_set_clipped:
 * @self: a colour bar
 * @share_below: of the values shown, how many lie below its lower end: 0 to 1
 * @share_above: how many lie above its upper end
 */
void
ann_color_bar_set_clipped (AnnColorBar *self, double share_below, double share_above)
{
  self->share_below = share_below;
  self->share_above = share_above;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
