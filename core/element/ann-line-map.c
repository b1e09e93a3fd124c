/* ann-line-map.c: which lines of the minor axis are wanted
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-sparse-private.h"

#include "base/ann-error.h"

#include <stdlib.h>

/* An axis no longer than this has a table: 4 bytes for each of its lines. */
#define MAX_TABLE_LENGTH (16 * 1024 * 1024)

/* A line that is wanted, and where. */
typedef struct {
  guint64 line;
  guint64 place;
} Wanted;

static int
compare (gconstpointer a, gconstpointer b)
{
  const Wanted *one = a;
  const Wanted *other = b;

  if (one->line != other->line)
    return one->line < other->line ? -1 : 1;

  return one->place < other->place ? -1 : one->place > other->place;
}

/* All that a list takes, for @n wanted lines, some of them perhaps the same. */
static gboolean
allocate (AnnLineMap *self, guint64 n, guint64 axis_length, GError **error)
{
  self->uniques = g_try_new (guint64, n);
  self->starts = g_try_new (guint64, n + 1);
  self->positions = g_try_new (guint64, n);
  if (axis_length <= MAX_TABLE_LENGTH)
    {
      self->table_length = axis_length;
      self->table = g_try_new0 (guint32, MAX (axis_length, 1));
    }
  if (self->uniques != NULL && self->starts != NULL && self->positions != NULL
      && (self->table != NULL || axis_length > MAX_TABLE_LENGTH))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
               "No memory to look for %" G_GUINT64_FORMAT " lines", n);

  return FALSE;
}

static void
fill (AnnLineMap *self, const Wanted *wanted, guint64 n)
{
  for (guint64 i = 0; i < n; i++)
    {
      if (i == 0 || wanted[i].line != wanted[i - 1].line)
        {
          self->starts[self->n_lines] = i;
          self->uniques[self->n_lines++] = wanted[i].line;
          if (self->table != NULL)
            self->table[wanted[i].line] = (guint32) self->n_lines;
        }
      self->positions[i] = wanted[i].place;
    }
  self->starts[self->n_lines] = n;
}

gboolean
_ann_line_map_init (AnnLineMap *self, const AnnSelection *minors, GError **error)
{
  const guint64 n = ann_selection_get_length (minors);
  g_autofree Wanted *wanted = NULL;
  gint64 step;

  *self = (AnnLineMap){ .count = n };
  if (n > G_MAXUINT32 - 1)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%" G_GUINT64_FORMAT " lines against the stored order are too many at once", n);
      return FALSE;
    }
  if (ann_selection_is_range (minors, &self->start, &step) && step == 1)
    {
      self->is_range = TRUE;
      self->n_lines = n;
      return TRUE;
    }

  wanted = g_try_new (Wanted, n);
  if (wanted == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "No memory to look for %" G_GUINT64_FORMAT " lines", n);
      return FALSE;
    }
  if (!allocate (self, n, ann_selection_get_axis_length (minors), error))
    return FALSE;

  for (guint64 i = 0; i < n; i++)
    wanted[i] = (Wanted){ ann_selection_get_position (minors, i), i };
  if (!ann_selection_is_rising (minors))
    qsort (wanted, n, sizeof (Wanted), compare);
  fill (self, wanted, n);

  return TRUE;
}

void
_ann_line_map_clear (AnnLineMap *self)
{
  g_clear_pointer (&self->uniques, g_free);
  g_clear_pointer (&self->table, g_free);
  g_clear_pointer (&self->starts, g_free);
  g_clear_pointer (&self->positions, g_free);
}
