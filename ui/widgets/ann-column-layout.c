/* ann-column-layout.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-column-layout.h"

#include <math.h>

/* A column whose width is not the common one. @extra is by how much all exceptions before this
 * one are wider than the common width, in sum; it may be negative.
 */
typedef struct {
  guint64 column;
  int width;
  double extra;
} Exception;

struct _AnnColumnLayout {
  guint64 n_columns;
  int width;
  GArray *exceptions; /* sorted by column */
  double extra;       /* of all of them */
};

/**
 * ann_column_layout_new:
 *
 * Returns: (transfer full): a layout without columns
 */
AnnColumnLayout *
ann_column_layout_new (void)
{
  AnnColumnLayout *self = g_new0 (AnnColumnLayout, 1);

  self->width = 1;
  self->exceptions = g_array_new (FALSE, TRUE, sizeof (Exception));

  return self;
}

/**
 * ann_column_layout_free:
 * @self: (transfer full): a layout
 */
void
ann_column_layout_free (AnnColumnLayout *self)
{
  g_array_unref (self->exceptions);
  g_free (self);
}

/**
 * ann_column_layout_reset:
 * @self: a layout
 * @n_columns: how many columns there are
 * @width: the width of each, at least 1
 *
 * Forgets all exceptions.
 */
void
ann_column_layout_reset (AnnColumnLayout *self, guint64 n_columns, int width)
{
  self->n_columns = n_columns;
  self->width = MAX (width, 1);
  self->extra = 0;
  g_array_set_size (self->exceptions, 0);
}

static Exception *
get_exception (const AnnColumnLayout *self, guint i)
{
  return &g_array_index (self->exceptions, Exception, i);
}

/* The first exception at or after @column, or their number. */
static guint
find_exception (const AnnColumnLayout *self, guint64 column)
{
  guint low = 0;
  guint high = self->exceptions->len;

  while (low < high)
    {
      const guint middle = low + (high - low) / 2;

      if (get_exception (self, middle)->column >= column)
        high = middle;
      else
        low = middle + 1;
    }

  return low;
}

/* How much wider than common all exceptions before the @i-th one are. */
static double
get_extra (const AnnColumnLayout *self, guint i)
{
  return i < self->exceptions->len ? get_exception (self, i)->extra : self->extra;
}

/* Sets @extra of the exceptions from the @i-th on. */
static void
sum_extras (AnnColumnLayout *self, guint i)
{
  double extra = 0;

  if (i > 0)
    extra = get_exception (self, i - 1)->extra + get_exception (self, i - 1)->width - self->width;

  for (; i < self->exceptions->len; i++)
    {
      get_exception (self, i)->extra = extra;
      extra += get_exception (self, i)->width - self->width;
    }
  self->extra = extra;
}

/**
 * ann_column_layout_set_width:
 * @self: a layout
 * @column: a column
 * @width: its width, at least 1
 */
void
ann_column_layout_set_width (AnnColumnLayout *self, guint64 column, int width)
{
  const Exception exception = { column, MAX (width, 1), 0 };
  guint i;

  g_return_if_fail (column < self->n_columns);

  i = find_exception (self, column);
  if (i < self->exceptions->len && get_exception (self, i)->column == column)
    get_exception (self, i)->width = exception.width;
  else
    g_array_insert_val (self->exceptions, i, exception);

  sum_extras (self, i);
}

/**
 * ann_column_layout_get_n_columns:
 * @self: a layout
 *
 * Returns: how many columns it has
 */
guint64
ann_column_layout_get_n_columns (const AnnColumnLayout *self)
{
  return self->n_columns;
}

/**
 * ann_column_layout_get_width:
 * @self: a layout
 * @column: a column
 *
 * Returns: its width
 */
int
ann_column_layout_get_width (const AnnColumnLayout *self, guint64 column)
{
  const guint i = find_exception (self, column);

  if (i < self->exceptions->len && get_exception (self, i)->column == column)
    return get_exception (self, i)->width;

  return self->width;
}

/**
 * ann_column_layout_get_position:
 * @self: a layout
 * @column: a column, or the number of columns
 *
 * Returns: where it begins: the width of all before it
 */
double
ann_column_layout_get_position (const AnnColumnLayout *self, guint64 column)
{
  return (double) column * self->width + get_extra (self, find_exception (self, column));
}

/**
 * ann_column_layout_get_total:
 * @self: a layout
 *
 * Returns: the width of all columns
 */
double
ann_column_layout_get_total (const AnnColumnLayout *self)
{
  return ann_column_layout_get_position (self, self->n_columns);
}

/**
 * ann_column_layout_find:
 * @self: a layout with columns
 * @position: a place; outside, the nearest column is taken
 *
 * Returns: the column that is there
 */
guint64
ann_column_layout_find (const AnnColumnLayout *self, double position)
{
  guint low = 0;
  guint high = self->exceptions->len;
  double begin;
  guint64 column;

  g_return_val_if_fail (self->n_columns > 0, 0);

  /* The first exception that begins after the place. */
  while (low < high)
    {
      const guint middle = low + (high - low) / 2;

      if (ann_column_layout_get_position (self, get_exception (self, middle)->column) > position)
        high = middle;
      else
        low = middle + 1;
    }

  /* Between the last one before it and that one all are of common width. */
  column = low == 0 ? 0 : get_exception (self, low - 1)->column;
  begin = ann_column_layout_get_position (self, column);
  if (low > 0)
    {
      if (position < begin + get_exception (self, low - 1)->width)
        return column;
      begin += get_exception (self, low - 1)->width;
      column++;
    }
  if (position > begin)
    column += (guint64) MIN (floor ((position - begin) / self->width), (double) self->n_columns);

  return MIN (column, self->n_columns - 1);
}
