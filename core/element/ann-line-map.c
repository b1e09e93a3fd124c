/* ann-line-map.c: which lines of the minor axis are wanted
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-sparse-private.h"

#include "base/ann-error.h"

#include <stdlib.h>

/* An axis no longer than this has bits, 24 MiB of them and their ranks at most; a longer one if its
 * list takes more memory than they do.
 */
#define MAX_BITS ((guint64) 128 * 1024 * 1024)

static int
compare (gconstpointer a, gconstpointer b)
{
  const guint64 *one = a;
  const guint64 *other = b;

  return *one < *other ? -1 : *one > *other;
}

static gboolean
set_no_memory (guint64 n, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
               "No memory to look for %" G_GUINT64_FORMAT " lines", n);

  return FALSE;
}

/* A bit for each line that is wanted. */
static gboolean
set_bits (AnnLineMap *self, const AnnSelection *minors, GError **error)
{
  const guint64 n = ann_selection_get_length (minors);
  const guint64 n_words = self->axis_length / 64 + 1;
  guint32 sum = 0;

  self->bits = g_try_new0 (guint64, n_words);
  self->ranks = g_try_new (guint32, n_words);
  if (self->bits == NULL || self->ranks == NULL)
    return set_no_memory (n, error);

  for (guint64 i = 0; i < n; i++)
    {
      const guint64 line = ann_selection_get_position (minors, i);

      self->bits[line / 64] |= (guint64) 1 << line % 64;
    }
  for (guint64 i = 0; i < n_words; i++)
    {
      self->ranks[i] = sum;
      sum += (guint32) __builtin_popcountll (self->bits[i]);
    }
  self->n_lines = sum;

  return TRUE;
}

/* The lines themselves, each once. */
static gboolean
set_uniques (AnnLineMap *self, const AnnSelection *minors, GError **error)
{
  const guint64 n = ann_selection_get_length (minors);

  self->uniques = g_try_new (guint64, MAX (n, 1));
  if (self->uniques == NULL)
    return set_no_memory (n, error);

  for (guint64 i = 0; i < n; i++)
    self->uniques[i] = ann_selection_get_position (minors, i);
  if (!ann_selection_is_rising (minors))
    qsort (self->uniques, n, sizeof (guint64), compare);
  for (guint64 i = 0; i < n; i++)
    {
      if (i == 0 || self->uniques[i] != self->uniques[self->n_lines - 1])
        self->uniques[self->n_lines++] = self->uniques[i];
    }

  return TRUE;
}

static guint32
find_line (const AnnLineMap *self, const AnnSelection *minors, guint64 i)
{
  guint32 line = 0;

  _ann_line_map_look_up (self, ann_selection_get_position (minors, i), &line);

  return line;
}

/* Each line is wanted once. */
static gboolean
set_positions (AnnLineMap *self, const AnnSelection *minors, GError **error)
{
  const guint64 n = ann_selection_get_length (minors);

  self->positions = g_try_new (guint32, MAX (n, 1));
  if (self->positions == NULL)
    return set_no_memory (n, error);

  for (guint64 i = 0; i < n; i++)
    self->positions[find_line (self, minors, i)] = (guint32) i;

  return TRUE;
}

/* Counts; ends; and going backwards each end becomes a beginning. */
static gboolean
set_repeated_positions (AnnLineMap *self, const AnnSelection *minors, GError **error)
{
  const guint64 n = ann_selection_get_length (minors);

  self->positions = g_try_new (guint32, n);
  self->starts = g_try_new0 (guint32, self->n_lines + 1);
  if (self->positions == NULL || self->starts == NULL)
    return set_no_memory (n, error);

  for (guint64 i = 0; i < n; i++)
    self->starts[find_line (self, minors, i)]++;
  for (guint64 i = 0; i < self->n_lines; i++)
    self->starts[i + 1] += self->starts[i];
  for (guint64 i = n; i-- > 0;)
    self->positions[--self->starts[find_line (self, minors, i)]] = (guint32) i;

  return TRUE;
}

gboolean
_ann_line_map_init (AnnLineMap *self, const AnnSelection *minors, GError **error)
{
  const guint64 n = ann_selection_get_length (minors);
  const guint64 axis_length = ann_selection_get_axis_length (minors);
  gboolean has_bits;
  gint64 step;

  *self = (AnnLineMap){ .count = n, .axis_length = axis_length };
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

  has_bits = axis_length <= MAX_BITS || axis_length / 64 <= n;
  if (!(has_bits ? set_bits (self, minors, error) : set_uniques (self, minors, error)))
    return FALSE;
  if (ann_selection_is_rising (minors))
    return TRUE;

  return self->n_lines == n ? set_positions (self, minors, error)
                            : set_repeated_positions (self, minors, error);
}

void
_ann_line_map_clear (AnnLineMap *self)
{
  g_clear_pointer (&self->bits, g_free);
  g_clear_pointer (&self->ranks, g_free);
  g_clear_pointer (&self->uniques, g_free);
  g_clear_pointer (&self->positions, g_free);
  g_clear_pointer (&self->starts, g_free);
}
