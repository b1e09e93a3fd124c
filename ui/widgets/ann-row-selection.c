/* ann-row-selection.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-row-selection.h"

#include "ann-text.h"

#include <glib/gi18n.h>

/* The ranges are sorted, not empty, and between two of them at least one row is not selected. */
struct _AnnRowSelection {
  GArray *ranges; /* of AnnRowRange */
  guint64 n_rows;
};

/**
 * ann_row_selection_new:
 *
 * Returns: (transfer full): a selection of no row
 */
AnnRowSelection *
ann_row_selection_new (void)
{
  AnnRowSelection *self = g_new0 (AnnRowSelection, 1);

  self->ranges = g_array_new (FALSE, FALSE, sizeof (AnnRowRange));

  return self;
}

/**
 * ann_row_selection_copy:
 * @self: a selection
 *
 * Returns: (transfer full): another one with the same rows
 */
AnnRowSelection *
ann_row_selection_copy (const AnnRowSelection *self)
{
  AnnRowSelection *copy = g_new0 (AnnRowSelection, 1);

  copy->ranges = g_array_copy (self->ranges);
  copy->n_rows = self->n_rows;

  return copy;
}

/**
 * ann_row_selection_free:
 * @self: (transfer full): a selection
 */
void
ann_row_selection_free (AnnRowSelection *self)
{
  g_array_unref (self->ranges);
  g_free (self);
}

static AnnRowRange *
get_range (const AnnRowSelection *self, guint i)
{
  return &g_array_index (self->ranges, AnnRowRange, i);
}

/* The first range that ends after @row, or the number of ranges. */
static guint
find_range (const AnnRowSelection *self, guint64 row)
{
  guint low = 0;
  guint high = self->ranges->len;

  while (low < high)
    {
      const guint middle = low + (high - low) / 2;

      if (get_range (self, middle)->end > row)
        high = middle;
      else
        low = middle + 1;
    }

  return low;
}

/**
 * ann_row_selection_clear:
 * @self: a selection
 *
 * Selects nothing.
 */
void
ann_row_selection_clear (AnnRowSelection *self)
{
  g_array_set_size (self->ranges, 0);
  self->n_rows = 0;
}

/**
 * ann_row_selection_add:
 * @self: a selection
 * @first: the first row
 * @end: the row behind the last one
 *
 * Selects the rows besides those that are selected already.
 */
void
ann_row_selection_add (AnnRowSelection *self, guint64 first, guint64 end)
{
  AnnRowRange joined = { first, end };
  guint begin;
  guint n = 0;

  if (first >= end)
    return;

  /* All ranges that overlap or touch the new one become one with it. */
  begin = first == 0 ? 0 : find_range (self, first - 1);
  while (begin + n < self->ranges->len && get_range (self, begin + n)->first <= end)
    {
      const AnnRowRange *range = get_range (self, begin + n);

      joined.first = MIN (joined.first, range->first);
      joined.end = MAX (joined.end, range->end);
      self->n_rows -= range->end - range->first;
      n++;
    }

  if (n > 0)
    g_array_remove_range (self->ranges, begin, n);
  g_array_insert_val (self->ranges, begin, joined);
  self->n_rows += joined.end - joined.first;
}

/**
 * ann_row_selection_add_all:
 * @self: a selection
 * @other: another one
 *
 * Selects the rows of @other besides those that are selected already: in one pass over both, for
 * there may be as many ranges as rows.
 */
void
ann_row_selection_add_all (AnnRowSelection *self, const AnnRowSelection *other)
{
  g_autoptr (GArray) left = self->ranges;
  const GArray *right = other->ranges;
  guint i = 0, k = 0;

  self->ranges = g_array_sized_new (FALSE, FALSE, sizeof (AnnRowRange), left->len + right->len);
  self->n_rows = 0;
  while (i < left->len || k < right->len)
    {
      const gboolean takes_left = k >= right->len
                                  || (i < left->len
                                      && g_array_index (left, AnnRowRange, i).first
                                             <= g_array_index (right, AnnRowRange, k).first);
      const AnnRowRange next = takes_left ? g_array_index (left, AnnRowRange, i++)
                                          : g_array_index (right, AnnRowRange, k++);
      AnnRowRange *last = self->ranges->len == 0
                              ? NULL
                              : &g_array_index (self->ranges, AnnRowRange, self->ranges->len - 1);

      if (last == NULL || next.first > last->end)
        {
          g_array_append_val (self->ranges, next);
          self->n_rows += next.end - next.first;
        }
      else if (next.end > last->end)
        {
          self->n_rows += next.end - last->end;
          last->end = next.end;
        }
    }
}

/**
 * ann_row_selection_keep:
 * @self: a selection
 * @other: another one
 *
 * Selects no more what @other does not have: in one pass over both.
 */
void
ann_row_selection_keep (AnnRowSelection *self, const AnnRowSelection *other)
{
  g_autoptr (GArray) left = self->ranges;
  const GArray *right = other->ranges;
  guint i = 0, k = 0;

  self->ranges = g_array_new (FALSE, FALSE, sizeof (AnnRowRange));
  self->n_rows = 0;
  while (i < left->len && k < right->len)
    {
      const AnnRowRange *one = &g_array_index (left, AnnRowRange, i);
      const AnnRowRange *two = &g_array_index (right, AnnRowRange, k);
      const AnnRowRange both = { MAX (one->first, two->first), MIN (one->end, two->end) };

      if (both.first < both.end)
        {
          g_array_append_val (self->ranges, both);
          self->n_rows += both.end - both.first;
        }
      if (one->end < two->end)
        i++;
      else
        k++;
    }
}

/**
 * ann_row_selection_remove:
 * @self: a selection
 * @first: the first row
 * @end: the row behind the last one
 *
 * Selects the rows no more.
 */
void
ann_row_selection_remove (AnnRowSelection *self, guint64 first, guint64 end)
{
  guint i;

  if (first >= end)
    return;

  i = find_range (self, first);
  while (i < self->ranges->len && get_range (self, i)->first < end)
    {
      const AnnRowRange range = *get_range (self, i);
      const AnnRowRange left = { range.first, MAX (range.first, first) };
      const AnnRowRange right = { MIN (range.end, end), range.end };

      self->n_rows -= right.first - left.end;
      g_array_remove_index (self->ranges, i);
      if (left.first < left.end)
        g_array_insert_val (self->ranges, i++, left);
      if (right.first < right.end)
        g_array_insert_val (self->ranges, i++, right);
    }
}

/**
 * ann_row_selection_toggle:
 * @self: a selection
 * @row: a row
 *
 * Selects the row if it is not, and else no more.
 */
void
ann_row_selection_toggle (AnnRowSelection *self, guint64 row)
{
  if (ann_row_selection_contains (self, row))
    ann_row_selection_remove (self, row, row + 1);
  else
    ann_row_selection_add (self, row, row + 1);
}

/**
 * ann_row_selection_invert:
 * @self: a selection
 * @n_rows: how many rows there are
 *
 * Selects what is not selected, and nothing else.
 */
void
ann_row_selection_invert (AnnRowSelection *self, guint64 n_rows)
{
  g_autoptr (GArray) ranges = self->ranges;
  guint64 first = 0;

  self->ranges = g_array_new (FALSE, FALSE, sizeof (AnnRowRange));
  self->n_rows = 0;

  for (guint i = 0; i <= ranges->len; i++)
    {
      const AnnRowRange *range = i < ranges->len ? &g_array_index (ranges, AnnRowRange, i) : NULL;
      const AnnRowRange gap = { first, range == NULL ? n_rows : MIN (range->first, n_rows) };

      if (gap.first < gap.end)
        {
          g_array_append_val (self->ranges, gap);
          self->n_rows += gap.end - gap.first;
        }
      if (range != NULL)
        first = range->end;
    }
}

static int
compare_rows (gconstpointer a, gconstpointer b)
{
  const guint64 left = *(const guint64 *) a;
  const guint64 right = *(const guint64 *) b;

  return left < right ? -1 : left > right;
}

static void
append_row (AnnRowSelection *self, guint64 row)
{
  const AnnRowRange range = { row, row + 1 };
  AnnRowRange *last = self->ranges->len == 0 ? NULL : get_range (self, self->ranges->len - 1);

  if (last != NULL && row < last->end)
    return;

  if (last != NULL && row == last->end)
    last->end++;
  else
    g_array_append_val (self->ranges, range);
  self->n_rows++;
}

/**
 * ann_row_selection_take_rows:
 * @self: a selection
 * @rows: (array length=n_rows): rows in any order; they are sorted
 * @n_rows: how many
 *
 * Selects these rows and no other.
 */
void
ann_row_selection_take_rows (AnnRowSelection *self, guint64 *rows, gsize n_rows)
{
  ann_row_selection_clear (self);
  qsort (rows, n_rows, sizeof (*rows), compare_rows);
  for (gsize i = 0; i < n_rows; i++)
    append_row (self, rows[i]);
}

/**
 * ann_row_selection_contains:
 * @self: a selection
 * @row: a row
 *
 * Returns: whether it is selected
 */
gboolean
ann_row_selection_contains (const AnnRowSelection *self, guint64 row)
{
  const guint i = find_range (self, row);

  return i < self->ranges->len && get_range (self, i)->first <= row;
}

/**
 * ann_row_selection_get_n_rows:
 * @self: a selection
 *
 * Returns: how many rows are selected
 */
guint64
ann_row_selection_get_n_rows (const AnnRowSelection *self)
{
  return self->n_rows;
}

/**
 * ann_row_selection_get_ranges:
 * @self: a selection
 * @n_ranges: (out): how many
 *
 * Returns: (transfer none) (array length=n_ranges): the ranges in ascending order, until the
 *   selection changes
 */
const AnnRowRange *
ann_row_selection_get_ranges (const AnnRowSelection *self, gsize *n_ranges)
{
  *n_ranges = self->ranges->len;

  return (const AnnRowRange *) (gpointer) self->ranges->data;
}

/**
 * ann_row_selection_to_positions:
 * @self: a selection of at least one row
 * @n_rows: how many rows there are
 * @error: return location for an `ANN_ERROR_TOO_LARGE`
 *
 * Returns: (transfer full) (nullable): the same rows for the library: a range as such, 8 bytes for
 *   each row of several
 */
AnnSelection *
ann_row_selection_to_positions (const AnnRowSelection *self, guint64 n_rows, GError **error)
{
  const AnnRowRange *ranges = (const AnnRowRange *) (gpointer) self->ranges->data;
  g_autofree gint64 *positions = NULL;
  gsize n = 0;

  if (self->ranges->len == 1)
    return ann_selection_new_range (ranges[0].first, self->n_rows, 1, n_rows, error);

  positions = g_try_new (gint64, MAX (self->n_rows, 1));
  if (positions == NULL)
    {
      ann_row_selection_set_too_large_error (self->n_rows, error);
      return NULL;
    }
  for (gsize i = 0; i < self->ranges->len; i++)
    for (guint64 row = ranges[i].first; row < ranges[i].end; row++)
      positions[n++] = (gint64) row;

  return ann_selection_new_from_indices (positions, n, n_rows, error);
}

/**
 * ann_row_selection_set_too_large_error:
 * @n_rows: how many rows
 * @error: (out) (optional): gets an `ANN_ERROR_TOO_LARGE`: there is no memory for a list of them
 */
void
ann_row_selection_set_too_large_error (guint64 n_rows, GError **error)
{
  g_autofree char *n = ann_text_count (n_rows);

  g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
               /* Translators: %s is a number of rows. */
               _ ("A list of %s rows does not fit into memory; select fewer"), n);
}
