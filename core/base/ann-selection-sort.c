/* ann-selection-sort.c: positions in the order of the axis
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "base/ann-selection-private.h"

#include <string.h>

/* Positions are sorted by so many bits after the other. */
#define DIGIT_BITS 16
#define N_DIGITS (1U << DIGIT_BITS)

/* Sorts the places in @from by a digit of their positions, those with the same as they come. */
static void
sort_by_digit (const AnnSelection *self,
               const guint32 *from,
               guint32 *to,
               guint shift,
               guint32 *starts)
{
  guint32 sum = 0;

  memset (starts, 0, N_DIGITS * sizeof *starts);
  for (guint64 i = 0; i < ann_selection_get_length (self); i++)
    starts[(ann_selection_get_position (self, i) >> shift) % N_DIGITS]++;
  for (guint i = 0; i < N_DIGITS; i++)
    {
      const guint32 n = starts[i];

      starts[i] = sum;
      sum += n;
    }
  for (guint64 i = 0; i < ann_selection_get_length (self); i++)
    {
      const guint64 position = ann_selection_get_position (self, from[i]);

      to[starts[(position >> shift) % N_DIGITS]++] = from[i];
    }
}

guint32 *
_ann_selection_sort (const AnnSelection *self, GError **error)
{
  g_autofree guint32 *places = NULL;
  g_autofree guint32 *sorted = NULL;
  g_autofree guint32 *starts = g_new (guint32, N_DIGITS);

  if (ann_selection_get_length (self) <= G_MAXUINT32)
    {
      places = g_try_new (guint32, MAX (ann_selection_get_length (self), 1));
      sorted = g_try_new (guint32, MAX (ann_selection_get_length (self), 1));
    }
  if (places == NULL || sorted == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "No memory to sort %" G_GUINT64_FORMAT " positions",
                   ann_selection_get_length (self));
      return NULL;
    }

  for (guint64 i = 0; i < ann_selection_get_length (self); i++)
    places[i] = (guint32) i;
  for (guint shift = 0; shift < 64 && (ann_selection_get_axis_length (self) >> shift) > 0;
       shift += DIGIT_BITS)
    {
      guint32 *before = places;

      sort_by_digit (self, places, sorted, shift, starts);
      places = sorted;
      sorted = before;
    }

  return g_steal_pointer (&places);
}
