/* ann-columns.c: children in as many columns of one width as there is room for
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-columns.h"

/* GtkFlowBox chooses its columns by what children would like, so that one long text takes a
 * column away from all, and it puts a focusable row around each child. Here the width decides
 * alone. Children of a line are as high as the highest.
 */
struct _AnnColumns {
  GtkWidget parent_instance;

  guint max_columns;
  int min_width;
  int spacing;
};

G_DEFINE_FINAL_TYPE (AnnColumns, ann_columns, GTK_TYPE_WIDGET)

static guint
get_n_columns (AnnColumns *self, int width)
{
  int n = (width + self->spacing) / (self->min_width + self->spacing);

  return CLAMP (n, 1, (int) self->max_columns);
}

static int
get_column_width (AnnColumns *self, int width, guint n_columns)
{
  return MAX (0, (width - self->spacing * ((int) n_columns - 1)) / (int) n_columns);
}

/* Height of the line that begins with @first; @next becomes the one that begins the next line. */
static int
measure_line (GtkWidget *first, guint n_columns, int column_width, GtkWidget **next)
{
  GtkWidget *child = first;
  int height = 0;
  guint n = 0;

  for (; child != NULL && n < n_columns; child = gtk_widget_get_next_sibling (child))
    {
      int natural;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, column_width, NULL, &natural, NULL,
                          NULL);
      height = MAX (height, natural);
      n++;
    }
  *next = child;

  return height;
}

static void
measure_width (AnnColumns *self, int *minimum, int *natural)
{
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (self)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &child_minimum, NULL, NULL, NULL);
      *minimum = MAX (*minimum, child_minimum);
    }

  /* The narrowest that still has all columns; more is for who has it to give. */
  *natural = MAX (*minimum, (int) self->max_columns * (self->min_width + self->spacing));
}

static void
ann_columns_measure (GtkWidget *widget,
                     GtkOrientation orientation,
                     int for_size,
                     int *minimum,
                     int *natural,
                     int *minimum_baseline,
                     int *natural_baseline)
{
  AnnColumns *self = ANN_COLUMNS (widget);
  GtkWidget *line = gtk_widget_get_first_child (widget);
  guint n_columns;
  int width;

  *minimum = 0;
  *natural = 0;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      measure_width (self, minimum, natural);
      return;
    }

  if (for_size < 0)
    gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &for_size, NULL, NULL);
  n_columns = get_n_columns (self, for_size);
  width = get_column_width (self, for_size, n_columns);
  while (line != NULL)
    *minimum += measure_line (line, n_columns, width, &line) + (line != NULL ? self->spacing : 0);
  *natural = *minimum;
}

static void
ann_columns_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  AnnColumns *self = ANN_COLUMNS (widget);
  guint n_columns = get_n_columns (self, width);
  int column_width = get_column_width (self, width, n_columns);
  gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GtkWidget *line = gtk_widget_get_first_child (widget);
  int y = 0;

  while (line != NULL)
    {
      GtkWidget *child = line;
      int line_height = measure_line (line, n_columns, column_width, &line);
      guint column = 0;

      for (; child != line; child = gtk_widget_get_next_sibling (child))
        {
          int start = (int) column * (column_width + self->spacing);
          /* The pixels that do not divide go to the last column, which ends where the line does. */
          int child_width = column + 1 == n_columns ? width - start : column_width;
          int x = is_rtl ? width - start - child_width : start;
          GtkAllocation place = { x, y, child_width, line_height };

          if (!gtk_widget_should_layout (child))
            continue;
          gtk_widget_size_allocate (child, &place, -1);
          column++;
        }
      y += line_height + self->spacing;
    }
}

static GtkSizeRequestMode
ann_columns_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
ann_columns_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (ann_columns_parent_class)->dispose (object);
}

static void
ann_columns_class_init (AnnColumnsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ann_columns_dispose;
  widget_class->measure = ann_columns_measure;
  widget_class->size_allocate = ann_columns_size_allocate;
  widget_class->get_request_mode = ann_columns_get_request_mode;
}

static void
ann_columns_init (AnnColumns *self)
{
}

/**
 * ann_columns_new:
 * @max_columns: never more than these
 * @min_width: a column is no narrower, in pixels
 * @spacing: between columns and between lines, in pixels
 *
 * Returns: (transfer floating): a widget without children
 */
GtkWidget *
ann_columns_new (guint max_columns, int min_width, int spacing)
{
  AnnColumns *self = g_object_new (ANN_TYPE_COLUMNS, NULL);

  self->max_columns = max_columns;
  self->min_width = min_width;
  self->spacing = spacing;

  return GTK_WIDGET (self);
}

/**
 * ann_columns_append:
 * @self: the columns
 * @child: (transfer floating): comes after those that are there
 */
void
ann_columns_append (AnnColumns *self, GtkWidget *child)
{
  gtk_widget_insert_before (child, GTK_WIDGET (self), NULL);
}
