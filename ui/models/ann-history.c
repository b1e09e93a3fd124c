/* ann-history.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-history.h"

/* Steps that one can go back. */
#define MAX_PLACES 100

struct _AnnHistory {
  GPtrArray *places; /* of AnnPlace */
  guint at;          /* where we are among them */
};

static void
place_free (gpointer data)
{
  AnnPlace *place = data;

  g_free (place->path);
  g_free (place->page);
  g_free (place);
}

/**
 * ann_history_new:
 *
 * Returns: (transfer full): a history of nothing
 */
AnnHistory *
ann_history_new (void)
{
  AnnHistory *self = g_new0 (AnnHistory, 1);

  self->places = g_ptr_array_new_with_free_func (place_free);

  return self;
}

/**
 * ann_history_free:
 * @self: (transfer full): a history
 */
void
ann_history_free (AnnHistory *self)
{
  g_ptr_array_unref (self->places);
  g_free (self);
}

/**
 * ann_history_is_empty:
 * @self: a history
 *
 * Returns: whether the user has not been anywhere
 */
gboolean
ann_history_is_empty (const AnnHistory *self)
{
  return self->places->len == 0;
}

/**
 * ann_history_arrive:
 * @self: a history
 * @path: of the element that is shown
 * @page: the page
 * @is_new: whether the user has gone there; else he was brought there, back or by a reload
 *
 * Another page of the same element is the same place. Whoever goes somewhere new forgets what was
 * ahead.
 */
void
ann_history_arrive (AnnHistory *self, const char *path, const char *page, gboolean is_new)
{
  AnnPlace *place = self->at < self->places->len ? self->places->pdata[self->at] : NULL;

  if (place != NULL && g_str_equal (place->path, path))
    {
      g_free (place->page);
      place->page = g_strdup (page);
      return;
    }
  if (!is_new)
    return;

  if (self->places->len > 0)
    g_ptr_array_set_size (self->places, (int) self->at + 1);
  place = g_new0 (AnnPlace, 1);
  place->path = g_strdup (path);
  place->page = g_strdup (page);
  g_ptr_array_add (self->places, place);
  if (self->places->len > MAX_PLACES)
    g_ptr_array_remove_index (self->places, 0);
  self->at = self->places->len - 1;
}

/**
 * ann_history_can_go:
 * @self: a history
 * @step: -1 for back, 1 for forward
 *
 * Returns: whether there is a place
 */
gboolean
ann_history_can_go (const AnnHistory *self, int step)
{
  return step < 0 ? self->at > 0 : self->at + 1 < self->places->len;
}

/**
 * ann_history_go:
 * @self: a history
 * @step: -1 for back, 1 for forward
 *
 * Returns: (transfer none) (nullable): the place there, where the user is now
 */
const AnnPlace *
ann_history_go (AnnHistory *self, int step)
{
  if (!ann_history_can_go (self, step))
    return NULL;

  self->at = (guint) ((int) self->at + step);

  return self->places->pdata[self->at];
}
