/* ann-heatmap-overlay.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-heatmap-overlay.h"

#include "ann-text.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define READ_OUT_WIDTH 230
#define READ_OUT_INSET 12
#define READ_OUT_GAP 16 /* between the pointer and the box */

/**
 * ann_heatmap_format_value:
 * @value: a value of a matrix
 *
 * Returns: (transfer full): a short text of it, with a real minus
 */
char *
ann_heatmap_format_value (double value)
{
  char number[32];
  GString *text;

  if (isnan (value))
    return g_strdup ("NaN");
  if (isinf (value))
    return g_strdup (value < 0 ? "−∞" : "∞");

  if (value == floor (value) && fabs (value) < 1e9)
    g_snprintf (number, sizeof number, "%.0f", value);
  else
    g_ascii_formatd (number, sizeof number, "%.4g", value);
  text = g_string_new (number);
  g_string_replace (text, "-", "−", 0);

  return g_string_free (text, FALSE);
}

/**
 * ann_heatmap_format_point:
 * @point: a point
 *
 * Returns: (transfer full): the value of its cell, as far as it is known
 */
char *
ann_heatmap_format_point (const AnnHeatmapPoint *point)
{
  if (point->is_missing)
    return g_strdup (C_ ("cell", "missing"));

  return point->has_value ? ann_heatmap_format_value (point->value) : g_strdup ("…");
}

/**
 * ann_heatmap_format_mean:
 * @point: a point
 *
 * Returns: (transfer full) (nullable): what its pixel shows in words, or %NULL where that is the
 * cell itself or not known yet
 */
char *
ann_heatmap_format_mean (const AnnHeatmapPoint *point)
{
  g_autofree char *mean = NULL;
  g_autofree char *rows = NULL;
  g_autofree char *columns = NULL;

  if (point->is_missing || !point->has_mean || (point->rows == 1 && point->columns == 1))
    return NULL;

  mean = ann_heatmap_format_value (point->mean);
  if (point->is_mean_coarse)
    return g_strdup_printf (_ ("pixel ≈ %s, from a sample"), mean);

  rows = ann_text_count (point->rows);
  columns = ann_text_count (point->columns);

  /* Translators: what a pixel shows: a number, and how many rows × columns it is the mean of */
  return g_strdup_printf (_ ("pixel %s, mean of %s × %s"), mean, rows, columns);
}

static PangoLayout *
create_layout (GtkWidget *widget, double points, gboolean is_bold)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, NULL);
  PangoFontDescription *font = pango_font_description_copy (
      pango_context_get_font_description (gtk_widget_get_pango_context (widget)));

  pango_font_description_set_size (font, (int) (points * PANGO_SCALE));
  if (is_bold)
    pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description (layout, font);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_font_description_free (font);

  return layout;
}

static void
draw_row_labels (cairo_t *cr, PangoLayout *layout, const AnnHeatmapPlot *plot, AnnAxisLabels *rows)
{
  guint64 first = (guint64) plot->top;
  guint64 last = (guint64) MIN (plot->top + plot->height / plot->row_height, plot->n_rows - 1.0);

  pango_layout_set_width (layout, (int) ((plot->x - 10) * PANGO_SCALE));
  pango_layout_set_alignment (layout, PANGO_ALIGN_RIGHT);
  for (guint64 row = first; row <= last; row++)
    {
      g_autofree char *label = ann_axis_labels_dup (rows, row);
      double middle = plot->y + (row + 0.5 - plot->top) * plot->row_height;
      int height;

      if (label == NULL || middle < plot->y + 2 || middle > plot->y + plot->height - 2)
        continue;
      pango_layout_set_text (layout, label, -1);
      pango_layout_get_pixel_size (layout, NULL, &height);
      cairo_move_to (cr, 4, floor (middle - height / 2.0));
      pango_cairo_show_layout (cr, layout);
    }
}

static void
draw_column_labels (cairo_t *cr,
                    PangoLayout *layout,
                    const AnnHeatmapPlot *plot,
                    double room,
                    AnnAxisLabels *columns)
{
  guint64 first = (guint64) plot->left;
  guint64 last = (guint64) MIN (plot->left + plot->width / plot->column_width,
                                plot->n_columns - 1.0);

  pango_layout_set_width (layout, (int) ((room - 8) * PANGO_SCALE));
  pango_layout_set_alignment (layout, PANGO_ALIGN_RIGHT);
  for (guint64 column = first; column <= last; column++)
    {
      g_autofree char *label = ann_axis_labels_dup (columns, column);
      double middle = plot->x + (column + 0.5 - plot->left) * plot->column_width;
      int height;

      if (label == NULL || middle < plot->x + 2 || middle > plot->x + plot->width - 2)
        continue;
      pango_layout_set_text (layout, label, -1);
      pango_layout_get_pixel_size (layout, NULL, &height);
      cairo_save (cr);
      cairo_translate (cr, floor (middle - height / 2.0), plot->y + plot->height + room - 4);
      cairo_rotate (cr, -G_PI / 2);
      cairo_move_to (cr, 0, 0);
      pango_cairo_show_layout (cr, layout);
      cairo_restore (cr);
    }
}

/**
 * ann_heatmap_draw_labels:
 * @widget: the widget, for its font and colours
 * @snapshot: where to draw
 * @plot: the plot
 * @rows: names of the rows
 * @columns: names of the columns
 *
 * Writes the names beside the plot where a cell is large enough for one; they never overlap.
 */
void
ann_heatmap_draw_labels (GtkWidget *widget,
                         GtkSnapshot *snapshot,
                         const AnnHeatmapPlot *plot,
                         AnnAxisLabels *rows,
                         AnnAxisLabels *columns)
{
  double width = gtk_widget_get_width (widget);
  double height = gtk_widget_get_height (widget);
  double room = height - plot->y - plot->height;
  GdkRGBA color;
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  color.alpha *= 0.8;
  gdk_cairo_set_source_rgba (cr, &color);

  if (plot->x > 20 && plot->n_rows > 0)
    {
      g_autoptr (PangoLayout) layout = create_layout (widget, plot->row_height < 14 ? 7.6 : 9,
                                                      FALSE);

      draw_row_labels (cr, layout, plot, rows);
    }
  if (room > 20 && plot->n_columns > 0)
    {
      g_autoptr (PangoLayout) layout = create_layout (widget,
                                                      plot->column_width < 10   ? 6.2
                                                      : plot->column_width < 14 ? 7.6
                                                                                : 9,
                                                      FALSE);

      draw_column_labels (cr, layout, plot, room, columns);
    }
  cairo_destroy (cr);
}

/* Black or white, whichever stands out against a colour. */
static double
choose_ink (guint32 color)
{
  double luminance = 0.299 * (color >> 16 & 0xff) + 0.587 * (color >> 8 & 0xff)
                     + 0.114 * (color & 0xff);

  return luminance > 140 ? 0 : 1;
}

static char *
format_fixed (double value, int n_decimals)
{
  char format[] = "%.0f";
  char number[64];
  GString *text;

  if (value == 0 || !isfinite (value))
    return ann_heatmap_format_value (value);
  format[2] = (char) ('0' + n_decimals);
  g_ascii_formatd (number, sizeof number, format, value);
  text = g_string_new (number);
  g_string_replace (text, "-", "−", 0);

  return g_string_free (text, FALSE);
}

/**
 * ann_heatmap_draw_numbers:
 * @widget: the widget
 * @snapshot: where to draw
 * @plot: the plot
 * @tiles: the tiles, for the values
 * @view: what the plot shows
 * @map: the colours, for ink that can be read on them
 * @is_integer: whether the values are whole numbers; else all have the same number of decimals
 *
 * Writes each value into its cell, where cells are large enough.
 */
void
ann_heatmap_draw_numbers (GtkWidget *widget,
                          GtkSnapshot *snapshot,
                          const AnnHeatmapPlot *plot,
                          AnnHeatmapTiles *tiles,
                          const AnnView *view,
                          AnnColorMap map,
                          gboolean is_integer)
{
  const guint32 *table = ann_color_map_get_table (map);
  g_autoptr (PangoLayout) layout = NULL;
  AnnValueScale scale;
  double below, above;
  int n_decimals;
  cairo_t *cr;

  if (plot->row_height < ANN_HEATMAP_MIN_NUMBER_HEIGHT
      || plot->column_width < ANN_HEATMAP_MIN_NUMBER_WIDTH
      || !ann_heatmap_tiles_get_scale (tiles, &scale, &below, &above))
    return;

  layout = create_layout (widget, plot->column_width < 40 ? 7.6 : 9, FALSE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_NONE);
  n_decimals = is_integer ? 0 : fabs (scale.high) < 1 && fabs (scale.low) < 1 ? 3 : 2;
  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (plot->x, plot->y, plot->width, plot->height));

  for (guint64 row = (guint64) plot->top;
       row < plot->n_rows && (row - plot->top) * plot->row_height < plot->height; row++)
    {
      for (guint64 column = (guint64) plot->left;
           column < plot->n_columns && (column - plot->left) * plot->column_width < plot->width;
           column++)
        {
          g_autofree char *text = NULL;
          gboolean is_coarse;
          double mean, ink;
          int width, height;

          if (!ann_heatmap_tiles_get_mean (tiles, view, row, column, &mean, &is_coarse)
              || isnan (mean) || is_coarse)
            continue;
          text = format_fixed (mean, n_decimals);
          pango_layout_set_text (layout, text, -1);
          pango_layout_get_pixel_size (layout, &width, &height);
          if (width > plot->column_width - 2)
            continue; /* a number that is cut is a wrong number */
          ink = choose_ink (
              table[(int) (CLAMP (ann_value_scale_get_position (&scale, mean), 0, 1) * 255)]);
          cairo_set_source_rgba (cr, ink, ink, ink, mean == 0 ? 0.45 : 0.9);
          cairo_move_to (
              cr, plot->x + (column - plot->left) * plot->column_width + 1,
              floor (plot->y + (row + 0.5 - plot->top) * plot->row_height - height / 2.0));
          pango_cairo_show_layout (cr, layout);
        }
    }
  cairo_destroy (cr);
}

/**
 * ann_heatmap_draw_hatch:
 * @cr: where to draw
 * @x: left end
 * @y: upper end
 * @width: in pixels
 * @height: in pixels
 *
 * Fills a box with what stands for values that nobody has: grey, with strokes, as no colour map has
 * it.
 */
void
ann_heatmap_draw_hatch (cairo_t *cr, double x, double y, double width, double height)
{
  const double step = 8;

  cairo_save (cr);
  cairo_rectangle (cr, x, y, width, height);
  cairo_clip (cr);
  cairo_set_source_rgb (cr, 0.74, 0.74, 0.74);
  cairo_paint (cr);
  cairo_set_source_rgb (cr, 0.56, 0.56, 0.56);
  cairo_set_line_width (cr, 1.5);
  for (double left = floor ((x - height) / step) * step; left < x + width; left += step)
    {
      cairo_move_to (cr, left, y + height);
      cairo_line_to (cr, left + height, y);
    }
  cairo_stroke (cr);
  cairo_restore (cr);
}

/**
 * ann_heatmap_draw_missing:
 * @snapshot: where to draw
 * @plot: the plot
 * @runs: (nullable): rows of missing parts
 *
 * Covers them: what the picture has there was never measured.
 */
void
ann_heatmap_draw_missing (GtkSnapshot *snapshot, const AnnHeatmapPlot *plot, const GArray *runs)
{
  const double width = MIN (plot->width, (plot->n_columns - plot->left) * plot->column_width);

  for (guint i = 0; runs != NULL && i < runs->len; i++)
    {
      const AnnRowRun *run = &g_array_index (runs, AnnRowRun, i);
      const double top = MAX ((run->first - plot->top) * plot->row_height, 0);
      const double bottom = MIN ((run->first + run->n_rows - plot->top) * plot->row_height,
                                 plot->height);
      cairo_t *cr;

      if (bottom <= top)
        continue;

      cr = gtk_snapshot_append_cairo (
          snapshot, &GRAPHENE_RECT_INIT (plot->x, plot->y + top, width, bottom - top));
      ann_heatmap_draw_hatch (cr, plot->x, plot->y + top, width, bottom - top);
      cairo_destroy (cr);
    }
}

static void
trace_box (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 3 * G_PI / 2);
  cairo_close_path (cr);
}

/* Two dashed lines, black and white by turns, so that they can be seen on any colour. */
static void
draw_lines (cairo_t *cr, const AnnHeatmapPlot *plot, double x, double y)
{
  static const double dash[] = { 4, 4 };

  cairo_set_line_width (cr, 1);
  for (int white = 0; white < 2; white++)
    {
      cairo_set_source_rgba (cr, white, white, white, 0.8);
      cairo_set_dash (cr, dash, 2, white * 4);
      cairo_move_to (cr, floor (x) + 0.5, plot->y);
      cairo_line_to (cr, floor (x) + 0.5, plot->y + plot->height);
      cairo_move_to (cr, plot->x, floor (y) + 0.5);
      cairo_line_to (cr, plot->x + plot->width, floor (y) + 0.5);
      cairo_stroke (cr);
    }
}

static void
draw_line_of_text (cairo_t *cr,
                   PangoLayout *layout,
                   const char *text,
                   double x,
                   double y,
                   double width,
                   PangoAlignment alignment)
{
  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_alignment (layout, alignment);
  pango_layout_set_text (layout, text, -1);
  cairo_move_to (cr, x, y);
  pango_cairo_show_layout (cr, layout);
}

static void
draw_read_out (GtkWidget *widget,
               cairo_t *cr,
               const AnnHeatmapPlot *plot,
               const AnnHeatmapPoint *point,
               double x,
               double y)
{
  g_autoptr (PangoLayout) bold = create_layout (widget, 10.5, TRUE);
  g_autoptr (PangoLayout) small = create_layout (widget, 9, FALSE);
  g_autofree char *value = ann_heatmap_format_point (point);
  g_autofree char *mean = ann_heatmap_format_mean (point);
  double height = mean != NULL ? 70 : 52;
  double inner = READ_OUT_WIDTH - 2 * READ_OUT_INSET;
  int value_width;
  double left = x + READ_OUT_GAP + READ_OUT_WIDTH <= plot->x + plot->width
                    ? x + READ_OUT_GAP
                    : x - READ_OUT_GAP - READ_OUT_WIDTH;
  double top = y + READ_OUT_GAP + height <= plot->y + plot->height ? y + READ_OUT_GAP
                                                                   : y - READ_OUT_GAP - height;

  left = MAX (left, plot->x);
  top = MAX (top, plot->y);
  trace_box (cr, left, top, READ_OUT_WIDTH, height, 8);
  cairo_set_source_rgba (cr, 0, 0, 0, 0.85);
  cairo_fill (cr);

  /* The value takes what it needs, the name the rest: names differ at their ends. */
  pango_layout_set_width (bold, -1);
  pango_layout_set_text (bold, value, -1);
  pango_layout_get_pixel_size (bold, &value_width, NULL);
  value_width = MIN (value_width + 2, (int) inner / 2);
  cairo_set_source_rgb (cr, 1, 1, 1);
  draw_line_of_text (cr, bold, value, left + READ_OUT_INSET + inner - value_width, top + 8,
                     value_width, PANGO_ALIGN_RIGHT);
  pango_layout_set_ellipsize (bold, PANGO_ELLIPSIZE_MIDDLE);
  draw_line_of_text (cr, bold, point->column_label != NULL ? point->column_label : "…",
                     left + READ_OUT_INSET, top + 8, inner - value_width - 6, PANGO_ALIGN_LEFT);
  pango_layout_set_ellipsize (small, PANGO_ELLIPSIZE_MIDDLE);
  cairo_set_source_rgba (cr, 1, 1, 1, 0.75);
  draw_line_of_text (cr, small, point->row_label != NULL ? point->row_label : "…",
                     left + READ_OUT_INSET, top + 29, inner, PANGO_ALIGN_LEFT);
  if (mean != NULL)
    draw_line_of_text (cr, small, mean, left + READ_OUT_INSET, top + 47, inner, PANGO_ALIGN_LEFT);
}

/**
 * ann_heatmap_draw_crosshair:
 * @widget: the widget
 * @snapshot: where to draw
 * @plot: the plot
 * @point: where the crosshair is, and what is known of the cell
 */
void
ann_heatmap_draw_crosshair (GtkWidget *widget,
                            GtkSnapshot *snapshot,
                            const AnnHeatmapPlot *plot,
                            const AnnHeatmapPoint *point)
{
  double x = plot->x + (point->column + 0.5 - plot->left) * plot->column_width;
  double y = plot->y + (point->row + 0.5 - plot->top) * plot->row_height;
  cairo_t *cr;

  if (x < plot->x || x > plot->x + plot->width || y < plot->y || y > plot->y + plot->height)
    return;

  cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (plot->x, plot->y, plot->width, plot->height));
  draw_lines (cr, plot, x, y);
  draw_read_out (widget, cr, plot, point, x, y);
  cairo_destroy (cr);
}
