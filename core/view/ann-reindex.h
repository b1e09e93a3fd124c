/* ann-reindex.h: where the labels of an axis lie in a part
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

/**
 * AnnReindex:
 * @length: of the axis of the result
 * @part_length: of the axis of the part
 * @places: (nullable): for each place of the result the place in the part, or −1; %NULL where …
 * @offset: … the part lies as it is from here on
 * @finds: (nullable): the reverse, −1 for what is dropped; %NULL likewise
 * @n_found: places of the result that the part has
 *
 * Where the labels of a joined axis lie in one of the parts. No place of a part is taken twice.
 * Reference counted and immutable.
 */
typedef struct {
  guint64 length;
  guint64 part_length;
  gint32 *places;
  guint64 offset;
  gint32 *finds;
  guint64 n_found;
  gboolean is_identity;
  /*< private >*/
  gatomicrefcount ref_count;
} AnnReindex;

/* Takes @places, g_malloc ()ed. No axis is longer than an int32 tells. */
AnnReindex *_ann_reindex_new (gint32 *places, guint64 length, guint64 part_length, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* The part from @offset on, as far as there is room. */
AnnReindex *_ann_reindex_new_range (guint64 offset, guint64 length, guint64 part_length)
    G_GNUC_WARN_UNUSED_RESULT;
AnnReindex *_ann_reindex_ref (AnnReindex *self);
void _ann_reindex_unref (AnnReindex *self);

/* Returns: the place in the part, or −1 */
static inline gint64
_ann_reindex_get (const AnnReindex *self, guint64 place)
{
  if (self->places != NULL)
    return self->places[place];

  return place >= self->offset && place - self->offset < self->part_length
             ? (gint64) (place - self->offset)
             : -1;
}

/* Returns: the place of the result, or −1 for what is dropped */
static inline gint64
_ann_reindex_find (const AnnReindex *self, guint64 place_in_part)
{
  if (self->finds != NULL)
    return self->finds[place_in_part];

  return place_in_part < self->n_found ? (gint64) (self->offset + place_in_part) : -1;
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnReindex, _ann_reindex_unref)

G_END_DECLS
