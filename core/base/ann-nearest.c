/* ann-nearest.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-nearest.h"

#include <string.h>

/* Names longer than this are not compared: the time grows with the square. */
#define MAX_LENGTH 64

struct _AnnNearest {
  char *wanted;
  gsize length;
  char *best;
  guint distance; /* of the best, or the first that is too far */
};

/**
 * ann_nearest_new: (skip)
 * @wanted: the name that is not there
 *
 * Returns: (transfer full): a search in which nothing has been offered
 */
AnnNearest *
ann_nearest_new (const char *wanted)
{
  AnnNearest *self = g_new0 (AnnNearest, 1);

  self->wanted = g_ascii_strdown (wanted, -1);
  self->length = strlen (wanted);
  self->distance = self->length / 2 + 2; /* more than half of it is another name */

  return self;
}

/**
 * ann_nearest_free: (skip)
 * @self: (transfer full): a search
 */
void
ann_nearest_free (AnnNearest *self)
{
  g_free (self->wanted);
  g_free (self->best);
  g_free (self);
}

/* Levenshtein's distance by bytes, large and small ASCII letters alike; @limit where it is that or
 * more. Both are no longer than MAX_LENGTH.
 */
static guint
measure (const AnnNearest *self, const char *name, gsize length, guint limit)
{
  guint row[MAX_LENGTH + 1];

  for (guint k = 0; k <= self->length; k++)
    row[k] = k;

  for (gsize i = 0; i < length; i++)
    {
      guint diagonal = row[0];
      guint least = row[0] = (guint) i + 1;

      for (gsize k = 0; k < self->length; k++)
        {
          guint replaced = diagonal + (g_ascii_tolower (name[i]) != self->wanted[k]);

          diagonal = row[k + 1];
          row[k + 1] = MIN (MIN (row[k], row[k + 1]) + 1, replaced);
          least = MIN (least, row[k + 1]);
        }
      if (least >= limit)
        return limit;
    }

  return MIN (row[self->length], limit);
}

/**
 * ann_nearest_offer: (skip)
 * @self: a search
 * @name: a name that is there
 *
 * Of several that are equally near the first is kept.
 */
void
ann_nearest_offer (AnnNearest *self, const char *name)
{
  gsize length = strlen (name);
  gsize difference = length > self->length ? length - self->length : self->length - length;
  guint distance;

  if (difference >= self->distance || length > MAX_LENGTH || self->length > MAX_LENGTH)
    return;

  distance = measure (self, name, length, self->distance);
  if (distance < self->distance)
    {
      self->distance = distance;
      g_free (self->best);
      self->best = g_strdup (name);
    }
}

/**
 * ann_nearest_get: (skip)
 * @self: a search
 *
 * Returns: (transfer none) (nullable): the nearest name, or %NULL if all are far away
 */
const char *
ann_nearest_get (const AnnNearest *self)
{
  return self->best;
}
