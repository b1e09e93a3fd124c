/* ann-table-view-sizes.c: how high rows and how wide columns of a table are
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-number-text.h"
#include "widgets/ann-table-view-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* At text scale 1, in points and pixels. */
#define TEXT_SIZE 10.5
#define BODY_SIZE 11
#define ROW_HEIGHT 26
#define HEADER_HEIGHT 34

/* What a column takes of itself at most, in characters; the user may make it wider. */
#define MAX_CHARS 26

/* Up to so many columns are asked for their widths; a wider table is a matrix of equal columns. */
#define MAX_OWN_WIDTHS 2048

/* A letter is wider than a figure, by about so much; and so is one text than another as long. */
#define LETTER 1.08
#define SLACK 1.07

static int
scale (AnnTableView *self, double pixels)
{
  return (int) round (pixels * self->text_scale);
}

static int
measure_title (AnnTableView *self, const char *title, gsize length)
{
  return ann_text_cache_get (self->texts, ANN_TEXT_BOLD, title, length, G_MAXINT)->width;
}

static int
get_max_width (AnnTableView *self)
{
  return (int) ceil (MAX_CHARS * ann_text_cache_get_digit_width (self->texts, ANN_TEXT_NORMAL));
}

/* The room for texts as long as @widest. */
static int
measure_widest (AnnTableView *self, char *const *widest, double slack)
{
  int width = 0;

  for (gsize i = 0; widest != NULL && widest[i] != NULL; i++)
    width = MAX (width, ann_text_cache_get (self->texts, ANN_TEXT_NORMAL, widest[i],
                                            strlen (widest[i]), G_MAXINT)
                            ->width);

  return (int) ceil (width * slack);
}

/* Every column has room to say that something is missing. */
static int
get_min_width (AnnTableView *self)
{
  char *const missing[] = { (char *) C_ ("cell", "missing"), NULL };

  return measure_widest (self, missing, 1);
}

static int
get_width_for (AnnTableView *self, const AnnTableColumn *info, const char *title, gsize length)
{
  const double digit = ann_text_cache_get_digit_width (self->texts, ANN_TEXT_NORMAL);
  const gboolean is_text = info->kind == ANN_COLUMN_TEXT || info->kind == ANN_COLUMN_CATEGORY;
  const int max_width = get_max_width (self);
  int title_width = length == 0 ? 0 : measure_title (self, title, length);
  int width;

  if (info->widest != NULL)
    width = measure_widest (self, info->widest, is_text ? SLACK : 1);
  else
    width = (int) ceil (info->width_chars * digit * (is_text ? LETTER : 1));
  width = CLAMP (width, get_min_width (self), max_width);
  if (info->kind == ANN_COLUMN_CATEGORY)
    width += CHIP_SIZE + CHIP_SPACING;
  title_width = MIN (title_width + SORT_MARK, max_width);

  return MAX (width, title_width) + 2 * INSET;
}

/* What stands above a column of which nothing is known. */
static const char *
get_usual_title (AnnTableView *self)
{
  const char *title = ann_table_model_get_usual_title (self->model);

  return title == NULL ? "" : title;
}

static void
set_column_width (AnnTableView *self, guint64 column)
{
  gpointer resized = g_hash_table_lookup (self->resized, &column);
  gpointer grown = g_hash_table_lookup (self->grown, &column);
  AnnTableColumn info;
  int width;

  g_string_truncate (self->scratch, 0);
  ann_table_model_get_column (self->model, column, &info, self->scratch);
  if (self->scratch->len == 0)
    g_string_append (self->scratch, get_usual_title (self));
  width = get_width_for (self, &info, self->scratch->str, self->scratch->len);
  if (grown != NULL)
    width = MAX (width, GPOINTER_TO_INT (grown));
  if (resized != NULL)
    width = scale (self, GPOINTER_TO_INT (resized));
  ann_column_layout_set_width (self->columns, column, width);
}

static void
set_column_widths (AnnTableView *self)
{
  const guint64 n_columns = ann_table_model_get_n_columns (self->model);
  const AnnTableColumn common = {
    .kind = ANN_COLUMN_NUMBER,
    .width_chars = ann_table_model_get_column_width (self->model),
  };
  const char *title = get_usual_title (self);
  GHashTableIter iter;
  gpointer key;

  ann_column_layout_reset (self->columns, n_columns,
                           get_width_for (self, &common, title, strlen (title)));

  if (n_columns <= MAX_OWN_WIDTHS)
    {
      for (guint64 column = 0; column < n_columns; column++)
        set_column_width (self, column);
      return;
    }

  for (guint i = 0; i < 2; i++)
    {
      g_hash_table_iter_init (&iter, i == 0 ? self->resized : self->grown);
      while (g_hash_table_iter_next (&iter, &key, NULL))
        {
          if (*(guint64 *) key < n_columns)
            set_column_width (self, *(guint64 *) key);
        }
    }
}

static void
set_index_width (AnnTableView *self)
{
  const guint64 n_rows = ann_table_model_get_n_stored_rows (self->model);
  const char *title = ann_table_model_get_index_title (self->model);
  char *const *widest = ann_table_model_get_index_widest (self->model);
  char *const guess[] = { (char *) "AAACATACAACCAC-1", NULL }; /* until one is known */
  int label = 0;

  g_string_truncate (self->scratch, 0);
  ann_number_text_append_unsigned (self->scratch, n_rows);
  self->number_width = ann_text_cache_get (self->texts, ANN_TEXT_SMALL, self->scratch->str,
                                           self->scratch->len, G_MAXINT)
                           ->width;
  self->number_width = MAX (self->number_width, 24);

  if (title != NULL)
    {
      label = measure_widest (self, widest == NULL ? guess : widest, SLACK);
      label = MAX (label, measure_title (self, title, strlen (title)));
      label = MIN (MAX (label, self->grown_index), get_max_width (self));
      if (self->resized_index > 0)
        label = scale (self, self->resized_index);
      label += INSET;
    }

  self->index_width = INSET + self->number_width + INSET + label;
}

/**
 * _ann_table_view_ensure_sizes:
 * @self: a table
 *
 * Makes rows and columns as high and wide as fonts, scale and model want them, if one of them
 * changed since the last time.
 */
void
_ann_table_view_ensure_sizes (AnnTableView *self)
{
  int text_height;

  if (self->sizes_known)
    return;
  self->sizes_known = TRUE;

  if (self->texts == NULL)
    {
      /* The grid's text is a little smaller than the text around it, whose size the user sets. */
      PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
      const PangoFontDescription *font = pango_context_get_font_description (context);
      double size = pango_font_description_get_size (font) / (double) PANGO_SCALE;

      if (!pango_font_description_get_size_is_absolute (font))
        size *= 96.0 / 72;
      self->texts = ann_text_cache_new (context, size * TEXT_SIZE / BODY_SIZE * self->text_scale);
    }

  text_height = ann_text_cache_get_ascent (self->texts) + ann_text_cache_get_descent (self->texts);
  self->row_height = MAX (scale (self, ROW_HEIGHT), text_height + 4);
  self->header_height = MAX (scale (self, HEADER_HEIGHT), text_height + 8);

  if (self->model != NULL)
    {
      set_index_width (self);
      set_column_widths (self);
    }
}

/**
 * _ann_table_view_forget_sizes:
 * @self: a table
 *
 * Something on which sizes depend changed.
 */
void
_ann_table_view_forget_sizes (AnnTableView *self)
{
  self->sizes_known = FALSE;
  /* A scroll bar may come or go with them, in the middle of the allocation of the table. GTK 4.8
   * loses that unless what lies above is allocated too, and then draws nothing of the table.
   */
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static gboolean
grow (gpointer user_data)
{
  AnnTableView *self = user_data;

  self->grow_idle = 0;
  _ann_table_view_forget_sizes (self);

  return G_SOURCE_REMOVE;
}

/* The labels of rows have no place in the layout of columns. */
static gboolean
grow_index (AnnTableView *self, int width)
{
  width = MIN (width, get_max_width (self));
  if (self->resized_index > 0
      || width <= ann_table_view_get_column_width (self, ANN_TABLE_INDEX_COLUMN))
    return FALSE;

  self->grown_index = width;

  return TRUE;
}

static gboolean
grow_cells (AnnTableView *self, guint64 column, int width)
{
  width = MIN (width, get_max_width (self)) + 2 * INSET;
  if (g_hash_table_contains (self->resized, &column)
      || width <= ann_column_layout_get_width (self->columns, column))
    return FALSE;

  g_hash_table_insert (self->grown, g_memdup2 (&column, sizeof (column)), GINT_TO_POINTER (width));

  return TRUE;
}

/**
 * _ann_table_view_grow_column:
 * @self: a table
 * @column: a column, or ANN_TABLE_INDEX_COLUMN
 * @width: of a text in it
 *
 * The sample that gave the column its width had no number, label or missing value as long as this
 * one. What is cut would be taken for another, so the column grows: after the frame in which that
 * was found.
 */
void
_ann_table_view_grow_column (AnnTableView *self, guint64 column, int width)
{
  const gboolean grows = column == ANN_TABLE_INDEX_COLUMN ? grow_index (self, width)
                                                          : grow_cells (self, column, width);

  if (grows && self->grow_idle == 0)
    self->grow_idle = g_idle_add_full (G_PRIORITY_DEFAULT, grow, self, NULL);
}

/**
 * _ann_table_view_fit_column:
 * @self: a table
 * @column: a column, or ANN_TABLE_INDEX_COLUMN
 *
 * Makes the column as wide as its title and the cells on the screen are.
 */
void
_ann_table_view_fit_column (AnnTableView *self, guint64 column)
{
  const gboolean is_index = column == ANN_TABLE_INDEX_COLUMN;
  AnnTableWindow window;
  int width = 0;

  _ann_table_view_ensure_sizes (self);
  _ann_table_view_get_window (self, &window);

  g_string_truncate (self->scratch, 0);
  if (!is_index)
    {
      AnnTableColumn info;

      ann_table_model_get_column (self->model, column, &info, self->scratch);
      width = measure_title (self, self->scratch->str, self->scratch->len) + SORT_MARK;
    }

  for (guint64 i = 0; i < window.n_rows; i++)
    {
      AnnTableCell cell = { .state = ANN_CELL_LOADING };
      int text_width;

      g_string_truncate (self->scratch, 0);
      if (is_index)
        cell.state = ann_table_model_get_index (self->model, window.first_row + i, self->scratch);
      else
        ann_table_model_get_cell (self->model, window.first_row + i, column, &cell, self->scratch);
      if (cell.state != ANN_CELL_VALUE)
        continue;

      text_width = ann_text_cache_get (self->texts, ANN_TEXT_NORMAL, self->scratch->str,
                                       self->scratch->len, G_MAXINT)
                       ->width;
      if (cell.has_color)
        text_width += CHIP_SIZE + CHIP_SPACING;
      width = MAX (width, text_width);
    }

  if (width > 0)
    ann_table_view_set_column_width (self, column, is_index ? width : width + 2 * INSET);
}
