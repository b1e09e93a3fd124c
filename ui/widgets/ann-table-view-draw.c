/* ann-table-view-draw.c: what a table looks like
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-text.h"
#include "models/ann-number-text.h"
#include "widgets/ann-table-view-private.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* What the drawing of one frame needs again and again. */
typedef struct {
  AnnTableView *view;
  GtkSnapshot *snapshot;
  const AnnTableColors *colors;
  AnnTableWindow window;
  AnnTableWindow block;
  gboolean has_block;
  int width;
  int height;
  int index_width;
  int header_height;
  int row_height;
  int baseline; /* of a text, below the top of its row */
  double scroll_x;
  double scroll_y;
} Frame;

static GdkRGBA
mix (const GdkRGBA *below, const GdkRGBA *above, double alpha)
{
  const float a = (float) alpha * above->alpha;

  return (GdkRGBA){ below->red + (above->red - below->red) * a,
                    below->green + (above->green - below->green) * a,
                    below->blue + (above->blue - below->blue) * a, 1 };
}

static GdkRGBA
fade (const GdkRGBA *color, double alpha)
{
  return (GdkRGBA){ color->red, color->green, color->blue, color->alpha * (float) alpha };
}

static GdkRGBA
look_up (GtkStyleContext *style, const char *name, const char *otherwise)
{
  GdkRGBA color;

  if (!gtk_style_context_lookup_color (style, name, &color))
    gdk_rgba_parse (&color, otherwise);

  return color;
}

static void
make_colors (AnnTableView *self)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  AdwStyleManager *manager = adw_style_manager_get_default ();
  const gboolean dark = adw_style_manager_get_dark (manager);
  const gboolean high = adw_style_manager_get_high_contrast (manager);
  AnnTableColors *colors = &self->colors;
  const GdkRGBA accent = look_up (style, "accent_bg_color", "#3584e4");

  colors->is_valid = TRUE;
  colors->high_contrast = high;
  colors->view = look_up (style, "view_bg_color", dark ? "#1e1e1e" : "#ffffff");
  colors->text = look_up (style, "view_fg_color", dark ? "#ffffff" : "rgba(0,0,0,0.8)");
  colors->accent = look_up (style, "accent_color", dark ? "#78aeed" : "#1c71d8");
  colors->error = look_up (style, "error_color", dark ? "#ff7b63" : "#c01c28");
  colors->dim = high ? colors->text : fade (&colors->text, 0.55);
  colors->implied = high ? colors->text : fade (&colors->text, 0.45);
  colors->missing = high ? colors->text : fade (&colors->text, 0.38);
  colors->frozen = mix (&colors->view, &colors->text, 0.045);
  colors->header_sorted = mix (&colors->frozen, &colors->text, 0.1);
  colors->line = fade (&colors->text, high ? 0.5 : dark ? 0.08 : 0.09);
  colors->frame = fade (&colors->text, high ? 0.5 : 0.18);
  colors->bar = fade (&colors->text, 0.08);
  colors->chip_outline = fade (&colors->text, high ? 1 : 0.25);
  colors->selected = fade (&accent, dark ? 0.28 : 0.18);
  colors->block = fade (&accent, dark ? 0.22 : 0.12);
}

/**
 * _ann_table_view_get_colors:
 * @self: a table
 *
 * Returns: (transfer none): the colours of the theme as it is now
 */
const AnnTableColors *
_ann_table_view_get_colors (AnnTableView *self)
{
  if (!self->colors.is_valid)
    make_colors (self);

  return &self->colors;
}

static void
draw_rectangle (Frame *frame, const GdkRGBA *color, double x, double y, double width, double height)
{
  if (width > 0 && height > 0)
    gtk_snapshot_append_color (
        frame->snapshot, color,
        &GRAPHENE_RECT_INIT ((float) x, (float) y, (float) width, (float) height));
}

static void
draw_layout (Frame *frame, const AnnText *text, const GdkRGBA *color, double x, double baseline)
{
  gtk_snapshot_save (frame->snapshot);
  gtk_snapshot_translate (frame->snapshot,
                          &GRAPHENE_POINT_INIT ((float) x, (float) (baseline - text->baseline)));
  gtk_snapshot_append_layout (frame->snapshot, text->layout, color);
  gtk_snapshot_restore (frame->snapshot);
}

/* As draw_text (), if it is a number and there is room. */
static gboolean
draw_number (Frame *frame,
             AnnTextStyle style,
             const GdkRGBA *color,
             const char *bytes,
             gsize length,
             double x,
             double width,
             double baseline)
{
  PangoGlyphString *glyphs;
  PangoFont *font;
  GskRenderNode *node;
  int number_width;

  if (!ann_text_cache_compose (frame->view->texts, style, bytes, length, &glyphs, &font,
                               &number_width)
      || number_width > width)
    return FALSE;

  node = gsk_text_node_new (
      font, glyphs, color,
      &GRAPHENE_POINT_INIT ((float) (x + width - number_width), (float) baseline));
  if (node != NULL)
    {
      gtk_snapshot_append_node (frame->snapshot, node);
      gsk_render_node_unref (node);
    }

  return TRUE;
}

/* Draws a text between @x and @x + @width, at the right end if @at_end. */
static void
draw_text (Frame *frame,
           AnnTextStyle style,
           const GdkRGBA *color,
           const char *bytes,
           gsize length,
           double x,
           double width,
           double baseline,
           gboolean at_end)
{
  const AnnText *text;

  if (width <= 0 || length == 0)
    return;
  if (at_end && draw_number (frame, style, color, bytes, length, x, width, baseline))
    return;

  text = ann_text_cache_get (frame->view->texts, style, bytes, length, (int) width);
  draw_layout (frame, text, color, at_end ? x + width - text->width : x, baseline);
}

static void
draw_chip (Frame *frame, guint32 rgb, double x, double y)
{
  const GdkRGBA color = { (float) (rgb >> 16 & 0xff) / 255, (float) (rgb >> 8 & 0xff) / 255,
                          (float) (rgb & 0xff) / 255, 1 };
  const float line = frame->colors->high_contrast ? 2 : 1;
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (
      &outline, &GRAPHENE_RECT_INIT ((float) x, (float) y, CHIP_SIZE, CHIP_SIZE), 3);
  gtk_snapshot_push_rounded_clip (frame->snapshot, &outline);
  gtk_snapshot_append_color (frame->snapshot, &color, &outline.bounds);
  gtk_snapshot_pop (frame->snapshot);
  gtk_snapshot_append_border (
      frame->snapshot, &outline, (float[4]){ line, line, line, line },
      (GdkRGBA[4]){ frame->colors->chip_outline, frame->colors->chip_outline,
                    frame->colors->chip_outline, frame->colors->chip_outline });
}

static void
draw_bar (Frame *frame, double x, double y, double width)
{
  draw_rectangle (frame, &frame->colors->bar, x + INSET, y + frame->row_height / 2 - 4,
                  floor (width * 0.6), 8);
}

static double
get_row_y (const Frame *frame, guint64 row)
{
  return frame->header_height + (double) row * frame->row_height - frame->scroll_y;
}

/* Lets the column of a text grow that has more than the @room there is. */
static void
check_room (Frame *frame,
            AnnTextStyle style,
            guint64 column,
            const char *bytes,
            gsize length,
            double room)
{
  const int width = ann_text_cache_get (frame->view->texts, style, bytes, length, G_MAXINT)->width;

  if (width > room)
    _ann_table_view_grow_column (frame->view, column, width);
}

/* As many figures as there are bytes are wider than the number: most need no closer look. */
static void
check_number (Frame *frame, guint64 column, const GString *number, double room)
{
  AnnTextCache *texts = frame->view->texts;

  if ((double) number->len * ann_text_cache_get_digit_width (texts, ANN_TEXT_NORMAL) > room)
    check_room (frame, ANN_TEXT_NORMAL, column, number->str, number->len, room);
}

/* What stands where there is no value: a word that is always whole. */
static void
draw_word (Frame *frame,
           AnnTextStyle style,
           const GdkRGBA *color,
           guint64 column,
           const char *word,
           double x,
           double width,
           double baseline,
           gboolean at_end)
{
  const gsize length = strlen (word);

  draw_text (frame, style, color, word, length, x, width, baseline, at_end);
  check_room (frame, style, column, word, length, width);
}

static void
draw_cell (Frame *frame,
           guint64 row,
           guint64 column,
           const AnnTableColumn *info,
           double x,
           double y,
           double width)
{
  GString *text = frame->view->scratch;
  const AnnTableColors *colors = frame->colors;
  const gboolean at_end = info->kind == ANN_COLUMN_NUMBER;
  const double baseline = y + frame->baseline;
  const char *mark = NULL;
  double left = x + INSET;
  double room;
  AnnTableCell cell;

  g_string_truncate (text, 0);
  ann_table_model_get_cell (frame->view->model, row, column, &cell, text);

  switch (cell.state)
    {
    case ANN_CELL_MISSING:
      draw_word (frame, colors->high_contrast ? ANN_TEXT_ITALIC : ANN_TEXT_NORMAL, &colors->missing,
                 column, C_ ("cell", "missing"), left, width - 2 * INSET, baseline, at_end);
      break;
    case ANN_CELL_INVALID:
      draw_word (frame, ANN_TEXT_NORMAL, &colors->error, column, C_ ("cell", "unreadable"), left,
                 width - 2 * INSET, baseline, at_end);
      break;
    case ANN_CELL_VALUE:
      if (cell.has_color)
        {
          draw_chip (frame, cell.color, left, y + (frame->row_height - CHIP_SIZE) / 2);
          left += CHIP_SIZE + CHIP_SPACING;
        }
      room = x + width - INSET - left;
      if (info->kind == ANN_COLUMN_CATEGORY)
        mark = ann_text_blank_mark (text->str);
      if (mark != NULL)
        draw_text (frame, ANN_TEXT_NORMAL, &colors->missing, mark, strlen (mark), left, room,
                   baseline, FALSE);
      else
        draw_text (frame, ANN_TEXT_NORMAL, cell.is_implied ? &colors->implied : &colors->text,
                   text->str, text->len, left, room, baseline, at_end);
      if (at_end)
        check_number (frame, column, text, room);
      break;
    case ANN_CELL_LOADING:
    default:
      draw_bar (frame, x, y, width);
      break;
    }
}

static void
draw_block (Frame *frame)
{
  const AnnColumnLayout *columns = frame->view->columns;
  const AnnTableWindow *block = &frame->block;
  const double x = frame->index_width - frame->scroll_x;
  double left, right, top, bottom;

  if (!frame->has_block)
    return;

  left = x + ann_column_layout_get_position (columns, block->first_column);
  right = x + ann_column_layout_get_position (columns, block->first_column + block->n_columns);
  top = get_row_y (frame, block->first_row);
  bottom = get_row_y (frame, block->first_row + block->n_rows);

  /* Only what can be seen: a float does not reach to the last of 10⁹ rows. */
  left = MAX (left, 0);
  right = MIN (right, frame->width);
  top = MAX (top, 0);
  bottom = MIN (bottom, frame->height);
  draw_rectangle (frame, &frame->colors->block, left, top, right - left, bottom - top);
}

static void
draw_lines (Frame *frame, double right)
{
  const AnnTableWindow *window = &frame->window;

  for (guint64 i = 0; i < window->n_rows; i++)
    draw_rectangle (frame, &frame->colors->line, 0,
                    get_row_y (frame, window->first_row + i) + frame->row_height - 1, right, 1);
}

static gboolean
is_selected (Frame *frame, guint64 row)
{
  return ann_row_selection_contains (frame->view->selection,
                                     ann_table_model_get_stored_row (frame->view->model, row));
}

static void
draw_column (Frame *frame, guint64 column, double x, double width, double bottom)
{
  AnnTableColumn info;

  ann_table_model_get_column (frame->view->model, column, &info, NULL);
  for (guint64 i = 0; i < frame->window.n_rows; i++)
    {
      const guint64 row = frame->window.first_row + i;

      draw_cell (frame, row, column, &info, x, get_row_y (frame, row), width);
    }
  draw_rectangle (frame, &frame->colors->line, x + width - 1, frame->header_height, 1,
                  bottom - frame->header_height);
}

static void
draw_cells (Frame *frame, double bottom)
{
  const AnnColumnLayout *columns = frame->view->columns;
  const AnnTableWindow *window = &frame->window;
  double x;

  gtk_snapshot_push_clip (frame->snapshot,
                          &GRAPHENE_RECT_INIT (frame->index_width, frame->header_height,
                                               frame->width - frame->index_width,
                                               frame->height - frame->header_height));
  draw_block (frame);

  x = frame->index_width - frame->scroll_x
      + ann_column_layout_get_position (columns, window->first_column);
  for (guint64 i = 0; i < window->n_columns; i++)
    {
      const int width = ann_column_layout_get_width (columns, window->first_column + i);

      draw_column (frame, window->first_column + i, x, width, bottom);
      x += width;
    }
  gtk_snapshot_pop (frame->snapshot);
}

/* Rows are counted from 1 for people, as in the mock-ups; the library counts from 0. */
static void
draw_index_row (Frame *frame, guint64 row)
{
  AnnTableView *self = frame->view;
  GString *text = self->scratch;
  const double y = get_row_y (frame, row);
  const double left = INSET + self->number_width + INSET;
  const double room = frame->index_width - left - INSET;
  AnnCellState state;

  g_string_truncate (text, 0);
  ann_number_text_append_unsigned (text, ann_table_model_get_stored_row (self->model, row) + 1);
  draw_text (frame, ANN_TEXT_SMALL, &frame->colors->dim, text->str, text->len, INSET,
             self->number_width, y + frame->baseline, TRUE);

  if (ann_table_model_get_index_title (self->model) == NULL)
    return;

  g_string_truncate (text, 0);
  state = ann_table_model_get_index (self->model, row, text);
  if (state == ANN_CELL_VALUE)
    {
      draw_text (frame, ANN_TEXT_NORMAL, &frame->colors->text, text->str, text->len, left, room,
                 y + frame->baseline, FALSE);
      check_room (frame, ANN_TEXT_NORMAL, ANN_TABLE_INDEX_COLUMN, text->str, text->len, room);
    }
  else if (state == ANN_CELL_LOADING)
    draw_bar (frame, left - INSET, y, frame->index_width - left);
  else if (state == ANN_CELL_MISSING)
    draw_word (frame, ANN_TEXT_NORMAL, &frame->colors->missing, ANN_TABLE_INDEX_COLUMN,
               C_ ("cell", "missing"), left, room, y + frame->baseline, FALSE);
  else
    draw_word (frame, ANN_TEXT_NORMAL, &frame->colors->error, ANN_TABLE_INDEX_COLUMN,
               C_ ("cell", "unreadable"), left, room, y + frame->baseline, FALSE);
}

static void
draw_index (Frame *frame)
{
  gtk_snapshot_push_clip (frame->snapshot,
                          &GRAPHENE_RECT_INIT (0, frame->header_height, frame->index_width,
                                               frame->height - frame->header_height));
  for (guint64 i = 0; i < frame->window.n_rows; i++)
    draw_index_row (frame, frame->window.first_row + i);
  gtk_snapshot_pop (frame->snapshot);
}

static void
draw_sort_mark (Frame *frame, AnnSortDirection direction, double x, double y)
{
  cairo_t *cr = gtk_snapshot_append_cairo (frame->snapshot,
                                           &GRAPHENE_RECT_INIT ((float) x, (float) y, 8, 5));

  gdk_cairo_set_source_rgba (cr, &frame->colors->text);
  cairo_move_to (cr, x, direction == ANN_SORT_DESCENDING ? y : y + 5);
  cairo_line_to (cr, x + 8, direction == ANN_SORT_DESCENDING ? y : y + 5);
  cairo_line_to (cr, x + 4, direction == ANN_SORT_DESCENDING ? y + 5 : y);
  cairo_close_path (cr);
  cairo_fill (cr);
  cairo_destroy (cr);
}

static void
draw_header_cell (Frame *frame, guint64 column, double x, double width)
{
  AnnTableView *self = frame->view;
  GString *title = self->scratch;
  const double baseline = (frame->header_height - frame->row_height) / 2 + frame->baseline;
  guint64 sort_column = 0;
  const AnnSortDirection sort = ann_table_model_get_sort (self->model, &sort_column);
  const gboolean is_sorted = sort != ANN_SORT_NONE && sort_column == column;
  double room = width - 2 * INSET - (is_sorted ? SORT_MARK : 0);
  const AnnText *text = NULL;
  AnnTableColumn info;
  double left = x + INSET;

  g_string_truncate (title, 0);
  ann_table_model_get_column (self->model, column, &info, title);
  if (title->len > 0 && room > 0)
    text = ann_text_cache_get (self->texts, ANN_TEXT_BOLD, title->str, title->len, (int) room);

  if (info.kind == ANN_COLUMN_NUMBER && text != NULL)
    left += room - text->width;
  if (is_sorted)
    {
      draw_rectangle (frame, &frame->colors->header_sorted, x, 0, width - 1,
                      frame->header_height - 1);
      draw_sort_mark (frame, sort, left + (text == NULL ? 0 : text->width) + SORT_MARK - 8,
                      floor (frame->header_height / 2.0) - 2);
    }
  if (text != NULL)
    draw_layout (frame, text, &frame->colors->text, left, baseline);
  draw_rectangle (frame, &frame->colors->line, x + width - 1, 0, 1, frame->header_height);
}

static void
draw_header (Frame *frame)
{
  AnnTableView *self = frame->view;
  const char *title = ann_table_model_get_index_title (self->model);
  const double baseline = (frame->header_height - frame->row_height) / 2 + frame->baseline;
  const double left = INSET + self->number_width + INSET;
  double x;

  gtk_snapshot_push_clip (frame->snapshot, &GRAPHENE_RECT_INIT (frame->index_width, 0,
                                                                frame->width - frame->index_width,
                                                                frame->header_height));
  x = frame->index_width - frame->scroll_x
      + ann_column_layout_get_position (self->columns, frame->window.first_column);
  for (guint64 i = 0; i < frame->window.n_columns; i++)
    {
      const guint64 column = frame->window.first_column + i;
      const int width = ann_column_layout_get_width (self->columns, column);

      draw_header_cell (frame, column, x, width);
      x += width;
    }
  gtk_snapshot_pop (frame->snapshot);

  draw_text (frame, ANN_TEXT_SMALL, &frame->colors->dim, "#", 1, INSET, self->number_width,
             baseline, TRUE);
  if (title != NULL)
    draw_text (frame, ANN_TEXT_BOLD, &frame->colors->text, title, strlen (title), left,
               frame->index_width - left - INSET, baseline, FALSE);
}

/* Without it a table of nothing would look as if it were still being read. */
static void
draw_no_rows (Frame *frame)
{
  const char *words = _ ("No rows");
  const AnnText *text = ann_text_cache_get (frame->view->texts, ANN_TEXT_NORMAL, words,
                                            strlen (words), G_MAXINT);
  const int room = frame->height - frame->header_height - frame->row_height;

  draw_layout (frame, text, &frame->colors->dim, MAX ((frame->width - text->width) / 2, INSET),
               frame->header_height + MAX (room / 2, 0) + frame->baseline);
}

static void
draw_cursor (Frame *frame)
{
  gtk_snapshot_push_clip (frame->snapshot,
                          &GRAPHENE_RECT_INIT (frame->index_width, frame->header_height,
                                               frame->width - frame->index_width,
                                               frame->height - frame->header_height));
  gtk_widget_snapshot_child (GTK_WIDGET (frame->view), frame->view->cursor, frame->snapshot);
  gtk_snapshot_pop (frame->snapshot);
}

static void
init_frame (Frame *frame, AnnTableView *self, GtkSnapshot *snapshot)
{
  const int ascent = ann_text_cache_get_ascent (self->texts);
  const int descent = ann_text_cache_get_descent (self->texts);

  frame->view = self;
  frame->snapshot = snapshot;
  frame->colors = _ann_table_view_get_colors (self);
  _ann_table_view_get_window (self, &frame->window);
  frame->has_block = ann_table_view_get_block (self, &frame->block);
  frame->width = gtk_widget_get_width (GTK_WIDGET (self));
  frame->height = gtk_widget_get_height (GTK_WIDGET (self));
  frame->index_width = _ann_table_view_get_index_width (self);
  frame->header_height = self->header_height;
  frame->row_height = self->row_height;
  frame->baseline = (self->row_height + ascent - descent) / 2;
  frame->scroll_x = _ann_table_view_get_scroll (self, GTK_ORIENTATION_HORIZONTAL);
  frame->scroll_y = _ann_table_view_get_scroll (self, GTK_ORIENTATION_VERTICAL);
}

/**
 * _ann_table_view_draw:
 * @self: a table with a model, whose sizes are known
 * @snapshot: takes the picture
 */
void
_ann_table_view_draw (AnnTableView *self, GtkSnapshot *snapshot)
{
  Frame frame;
  double right, bottom;

  init_frame (&frame, self, snapshot);
  right = MIN (frame.width,
               frame.index_width - frame.scroll_x + ann_column_layout_get_total (self->columns));
  bottom = MIN (frame.height, get_row_y (&frame, frame.window.first_row + frame.window.n_rows));

  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, frame.width, frame.height));
  draw_rectangle (&frame, &frame.colors->view, 0, 0, frame.width, frame.height);
  draw_rectangle (&frame, &frame.colors->frozen, 0, frame.header_height, frame.index_width,
                  frame.height - frame.header_height);

  for (guint64 i = 0; i < frame.window.n_rows; i++)
    {
      if (is_selected (&frame, frame.window.first_row + i))
        draw_rectangle (&frame, &frame.colors->selected, 0,
                        get_row_y (&frame, frame.window.first_row + i), frame.width,
                        frame.row_height - 1);
    }
  draw_lines (&frame, right);
  draw_cells (&frame, bottom);
  draw_index (&frame);
  draw_rectangle (&frame, &frame.colors->frozen, 0, 0, frame.width, frame.header_height);
  draw_header (&frame);

  draw_rectangle (&frame, &frame.colors->frame, 0, frame.header_height - 1, frame.width, 1);
  draw_rectangle (&frame, &frame.colors->frame, frame.index_width - 1, 0, 1, frame.height);
  if (ann_table_model_get_n_rows (self->model) == 0)
    draw_no_rows (&frame);
  draw_cursor (&frame);
  gtk_snapshot_pop (snapshot);
}
