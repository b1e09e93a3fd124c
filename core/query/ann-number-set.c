/* ann-number-set.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-number-set-private.h"

#define FIRST_SLOTS_LOG 10

/* Multiplying spreads the low bits into the high ones (Knuth 6.4): those are the place. */
static gsize
get_place (guint64 number, guint n_slots_log)
{
  return (gsize) ((number * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)) >> (64 - n_slots_log));
}

/* Returns: whether it is new */
static gboolean
insert (guint64 *slots, guint n_slots_log, guint64 number)
{
  const gsize mask = ((gsize) 1 << n_slots_log) - 1;
  gsize place = get_place (number, n_slots_log);

  while (slots[place] != 0)
    {
      if (slots[place] == number)
        return FALSE;
      place = (place + 1) & mask;
    }
  slots[place] = number;

  return TRUE;
}

static void
give_up (AnnNumberSet *self)
{
  g_clear_pointer (&self->slots, g_free);
  self->n_numbers = ANN_NUMBER_SET_MAX;
  self->is_full = TRUE;
}

/* Makes room for one more, so that half of the slots are free at least. */
static gboolean
make_room (AnnNumberSet *self)
{
  guint n_log = self->slots == NULL ? FIRST_SLOTS_LOG : self->n_slots_log + 1;
  guint64 *slots;

  if (self->slots != NULL && self->n_numbers < (gsize) 1 << (self->n_slots_log - 1))
    return TRUE;

  slots = self->n_numbers < ANN_NUMBER_SET_MAX ? g_try_new0 (guint64, (gsize) 1 << n_log) : NULL;
  if (slots == NULL)
    {
      give_up (self);
      return FALSE;
    }

  for (gsize i = 0; self->slots != NULL && i < (gsize) 1 << self->n_slots_log; i++)
    {
      if (self->slots[i] != 0)
        insert (slots, n_log, self->slots[i]);
    }
  g_free (self->slots);
  self->slots = slots;
  self->n_slots_log = n_log;

  return TRUE;
}

void
_ann_number_set_add (AnnNumberSet *self, const guint64 *numbers, gsize n_numbers)
{
  for (gsize i = 0; i < n_numbers && !self->is_full; i++)
    {
      if (numbers[i] == 0)
        {
          self->n_numbers += !self->has_zero;
          self->has_zero = TRUE;
        }
      else if (make_room (self))
        {
          self->n_numbers += insert (self->slots, self->n_slots_log, numbers[i]);
        }
    }
}

void
_ann_number_set_merge (AnnNumberSet *self, const AnnNumberSet *other)
{
  const guint64 zero = 0;

  if (other->is_full && !self->is_full)
    give_up (self);
  if (other->has_zero)
    _ann_number_set_add (self, &zero, 1);
  for (gsize i = 0; other->slots != NULL && i < (gsize) 1 << other->n_slots_log; i++)
    {
      if (other->slots[i] != 0)
        _ann_number_set_add (self, &other->slots[i], 1);
    }
}

void
_ann_number_set_clear (AnnNumberSet *self)
{
  g_clear_pointer (&self->slots, g_free);
}
