/* ann-reindex.c: where the labels of an axis lie in a part
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "view/ann-reindex.h"

#include "base/ann-error.h"

#include <string.h>

AnnReindex *
_ann_reindex_new (gint32 *places, guint64 length, guint64 part_length, GError **error)
{
  AnnReindex *self = g_new0 (AnnReindex, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->length = length;
  self->part_length = part_length;
  self->places = places;
  self->finds = g_try_new (gint32, MAX (part_length, 1));
  if (self->finds == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "No memory to join %" G_GUINT64_FORMAT " labels", part_length);
      _ann_reindex_unref (self);
      return NULL;
    }
  memset (self->finds, 0xff, part_length * sizeof (gint32));

  self->is_identity = length == part_length;
  for (guint64 i = 0; i < length; i++)
    {
      self->is_identity &= places[i] == (gint32) i;
      if (places[i] < 0)
        continue;
      self->finds[places[i]] = (gint32) i;
      self->n_found++;
    }

  return self;
}

AnnReindex *
_ann_reindex_new_range (guint64 offset, guint64 length, guint64 part_length)
{
  AnnReindex *self = g_new0 (AnnReindex, 1);

  g_return_val_if_fail (offset <= length, NULL);

  g_atomic_ref_count_init (&self->ref_count);
  self->length = length;
  self->part_length = part_length;
  self->offset = offset;
  self->n_found = MIN (part_length, length - offset);
  self->is_identity = offset == 0 && length == part_length;

  return self;
}

AnnReindex *
_ann_reindex_ref (AnnReindex *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
_ann_reindex_unref (AnnReindex *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->places);
  g_free (self->finds);
  g_free (self);
}
