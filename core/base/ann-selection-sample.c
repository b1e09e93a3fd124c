/* ann-selection-sample.c: positions at random
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-selection.h"

#include "base/ann-error.h"
#include "base/ann-selection-private.h"

#define EMPTY G_MAXUINT64 /* no position: an axis is shorter */

/* SplitMix64: its numbers must be the same everywhere and for ever, since people write seeds down.
 */
static guint64
draw (guint64 *state)
{
  guint64 z = *state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);

  return z ^ (z >> 31);
}

/* Each of [0, @end) as likely as the others: the first few draws are refused whose number would not
 * divide evenly.
 */
static guint64
draw_below (guint64 *state, guint64 end)
{
  const guint64 least = -end % end;
  guint64 number;

  do
    number = draw (state);
  while (number < least);

  return number % end;
}

static gpointer
allocate (guint64 n, GError **error)
{
  guint64 *items = n <= G_MAXSIZE / sizeof (guint64) ? g_try_new (guint64, MAX (n, 1)) : NULL;

  if (items == NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                 "No memory for a sample of %" G_GUINT64_FORMAT " positions", n);

  return items;
}

/* A set of positions: open addressing in a table of a power of two, never more than half full. */
static gboolean
set_add (guint64 *table, guint64 mask, guint64 position)
{
  guint64 state = position;
  guint64 slot = draw (&state) & mask;

  while (table[slot] != EMPTY)
    {
      if (table[slot] == position)
        return FALSE;
      slot = (slot + 1) & mask;
    }
  table[slot] = position;

  return TRUE;
}

static void
shuffle (guint64 *positions, guint64 n, guint64 *state)
{
  for (guint64 i = n; i > 1; i--)
    {
      guint64 other = draw_below (state, i);
      guint64 position = positions[other];

      positions[other] = positions[i - 1];
      positions[i - 1] = position;
    }
}

/* Few of many: Floyd's way, for which the axis need not be written down. Each step either finds a
 * new position below its end, or takes the end itself, which no step before could reach.
 */
static guint64 *
pick_few (guint64 n, guint64 axis_length, guint64 *state, GError **error)
{
  g_autofree guint64 *positions = allocate (n, error);
  g_autofree guint64 *table = NULL;
  guint64 n_slots = 2;

  while (n_slots < 2 * n)
    n_slots *= 2;
  if (positions != NULL)
    table = allocate (n_slots, error);
  if (table == NULL)
    return NULL;

  for (guint64 i = 0; i < n_slots; i++)
    table[i] = EMPTY;
  for (guint64 i = 0; i < n; i++)
    {
      guint64 last = axis_length - n + i;
      guint64 position = draw_below (state, last + 1);

      if (!set_add (table, n_slots - 1, position))
        {
          position = last;
          set_add (table, n_slots - 1, position);
        }
      positions[i] = position;
    }
  shuffle (positions, n, state);

  return g_steal_pointer (&positions);
}

/* Much of it: the first of all positions after a shuffle. */
static guint64 *
pick_most (guint64 n, guint64 axis_length, guint64 *state, GError **error)
{
  guint64 *positions = allocate (axis_length, error);

  if (positions == NULL)
    return NULL;

  for (guint64 i = 0; i < axis_length; i++)
    positions[i] = i;
  for (guint64 i = 0; i < n; i++)
    {
      guint64 other = i + draw_below (state, axis_length - i);
      guint64 position = positions[other];

      positions[other] = positions[i];
      positions[i] = position;
    }

  return positions;
}

static guint64 *
pick_with_repeats (guint64 n, guint64 axis_length, guint64 *state, GError **error)
{
  guint64 *positions = allocate (n, error);

  for (guint64 i = 0; positions != NULL && i < n; i++)
    positions[i] = draw_below (state, axis_length);

  return positions;
}

/**
 * ann_selection_new_sample:
 * @n: how many positions
 * @replace: whether one may come more than once
 * @seed: the same seed gives the same sample, everywhere
 * @axis_length: how long the axis is
 * @error: return location for an `ANN_ERROR_BOUNDS` or `ANN_ERROR_TOO_LARGE`
 *
 * Positions at random, each as likely as the others, in random order. It takes memory for @n
 * positions, and for a few times that while it is made, however long the axis is.
 *
 * Returns: (transfer full): a selection, or %NULL with @error set: there are not so many positions
 */
AnnSelection *
ann_selection_new_sample (guint64 n,
                          gboolean replace,
                          guint64 seed,
                          guint64 axis_length,
                          GError **error)
{
  guint64 state = seed;
  guint64 *positions;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (axis_length > (guint64) G_MAXINT64)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "An axis of %" G_GUINT64_FORMAT " is longer than an index can reach",
                   axis_length);
      return NULL;
    }
  if (replace ? n > 0 && axis_length == 0 : n > axis_length)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
                   "A sample of %" G_GUINT64_FORMAT
                   " cannot be had of an axis of %" G_GUINT64_FORMAT,
                   n, axis_length);
      return NULL;
    }

  if (replace)
    positions = pick_with_repeats (n, axis_length, &state, error);
  else if (n > axis_length / 4)
    positions = pick_most (n, axis_length, &state, error);
  else
    positions = pick_few (n, axis_length, &state, error);
  if (positions == NULL)
    return NULL;

  return _ann_selection_new_take (g_realloc (positions, MAX (n, 1) * sizeof (guint64)), n,
                                  axis_length);
}
