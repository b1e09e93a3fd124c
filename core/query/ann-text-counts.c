/* ann-text-counts.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-text-counts-private.h"

#include "base/ann-error.h"

#include <string.h>

#define FIRST_SLOTS_LOG 10

/* FNV-1a, and the high bits of a product as the place. */
static gsize
get_place (const char *text, gsize length, guint n_slots_log)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (gsize i = 0; i < length; i++)
    hash = (hash ^ (guint8) text[i]) * G_GUINT64_CONSTANT (0x100000001b3);

  return (gsize) ((hash * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)) >> (64 - n_slots_log));
}

/* Where the text stands or would stand. */
static gsize
find_slot (const AnnTextCounts *self, const char *text, gsize length)
{
  const gsize mask = ((gsize) 1 << self->n_slots_log) - 1;
  gsize place = get_place (text, length, self->n_slots_log);

  for (; self->slots[place] != 0; place = (place + 1) & mask)
    {
      gsize found_length;
      const char *found = ann_strings_get (self->texts, self->slots[place] - 1, &found_length);

      if (found_length == length && memcmp (found, text, length) == 0)
        break;
    }

  return place;
}

/* Makes room for one more, so that half of the slots are free at least. */
static gboolean
make_room (AnnTextCounts *self, GError **error)
{
  const gsize n_texts = _ann_text_counts_get_length (self);
  guint64 *counts;
  gsize n_slots;

  if (self->slots != NULL && n_texts < (gsize) 1 << (self->n_slots_log - 1))
    return TRUE;

  if (self->texts == NULL)
    self->texts = ann_strings_new ();
  self->n_slots_log = self->slots == NULL ? FIRST_SLOTS_LOG : self->n_slots_log + 1;
  n_slots = (gsize) 1 << self->n_slots_log;
  g_clear_pointer (&self->slots, g_free);
  self->slots = g_try_new0 (guint32, n_slots);
  counts = g_try_realloc_n (self->counts, n_slots / 2, sizeof *counts);
  if (counts != NULL)
    self->counts = counts;
  if (self->slots == NULL || counts == NULL)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                           "No memory to count the different texts");
      return FALSE;
    }

  for (gsize i = 0; i < n_texts; i++)
    {
      gsize length;
      const char *text = ann_strings_get (self->texts, i, &length);

      self->slots[find_slot (self, text, length)] = (guint32) i + 1;
    }

  return TRUE;
}

gboolean
_ann_text_counts_add (AnnTextCounts *self, const char *text, gsize length, GError **error)
{
  gsize n_texts;
  gsize slot;

  if (!make_room (self, error))
    return FALSE;

  slot = find_slot (self, text, length);
  if (self->slots[slot] != 0)
    {
      self->counts[self->slots[slot] - 1]++;
      return TRUE;
    }

  n_texts = ann_strings_get_length (self->texts);
  if (n_texts == ANN_TEXT_COUNTS_MAX || length > ANN_TEXT_COUNTS_MAX_SIZE - self->size)
    {
      self->is_full = TRUE;
      return TRUE;
    }
  if (!ann_strings_append (self->texts, text, (gssize) length, error))
    return FALSE;
  self->size += length;
  self->counts[n_texts] = 1;
  self->slots[slot] = (guint32) n_texts + 1;

  return TRUE;
}

gsize
_ann_text_counts_get_length (const AnnTextCounts *self)
{
  return self->texts != NULL ? ann_strings_get_length (self->texts) : 0;
}

guint64
_ann_text_counts_get (const AnnTextCounts *self, gsize index)
{
  return self->counts[index];
}

char *
_ann_text_counts_dup_text (const AnnTextCounts *self, gsize index)
{
  return ann_strings_dup_utf8 (self->texts, index);
}

void
_ann_text_counts_clear (AnnTextCounts *self)
{
  g_clear_pointer (&self->texts, ann_strings_unref);
  g_clear_pointer (&self->counts, g_free);
  g_clear_pointer (&self->slots, g_free);
}
