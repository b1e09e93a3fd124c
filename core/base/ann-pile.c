/* ann-pile.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-pile-private.h"

#include "base/ann-error.h"

#include <string.h>

#define LEAST_SIZE 4096

/* Makes room for @n_more_bytes behind what is there, at least twice as much as before. */
gboolean
_ann_pile_reserve (AnnPile *self, gsize n_more_bytes, GError **error)
{
  gsize needed;
  gsize size = MAX (self->allocated, LEAST_SIZE);
  guint8 *grown = NULL;

  if (n_more_bytes <= self->allocated - self->n_bytes)
    return TRUE;

  if (g_size_checked_add (&needed, self->n_bytes, n_more_bytes) && needed <= G_MAXSIZE / 4)
    {
      while (size < needed)
        size *= 2;
      grown = g_try_realloc (self->items, size);
    }
  if (grown == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "No memory for another %" G_GSIZE_FORMAT " bytes", n_more_bytes);
      return FALSE;
    }
  self->items = grown;
  self->allocated = size;

  return TRUE;
}

gboolean
_ann_pile_append (AnnPile *self, gconstpointer item, gsize item_size, GError **error)
{
  if (!_ann_pile_reserve (self, item_size, error))
    return FALSE;

  if (item_size > 0)
    memcpy (self->items + self->n_bytes, item, item_size);
  self->n_bytes += item_size;

  return TRUE;
}

void
_ann_pile_clear (AnnPile *self)
{
  g_clear_pointer (&self->items, g_free);
  self->n_bytes = 0;
  self->allocated = 0;
}
