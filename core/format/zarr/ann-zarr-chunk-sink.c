/* ann-zarr-chunk-sink.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-chunk-sink.h"

#include "base/ann-error.h"
#include "codec/ann-crc32c-private.h"

#include <string.h>

void
_ann_zarr_chunk_sink_init (AnnZarrChunkSink *self,
                           AnnZarrTarget *target,
                           const AnnZarrLayout *layout,
                           const char *path)
{
  *self = (AnnZarrChunkSink){ .target = _ann_zarr_target_ref (target),
                              .layout = layout,
                              .path = g_strdup (path) };
}

void
_ann_zarr_chunk_sink_clear (AnnZarrChunkSink *self)
{
  g_clear_pointer (&self->target, _ann_zarr_target_unref);
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->places, g_free);
  _ann_pile_clear (&self->shard);
}

static char *
get_key (const AnnZarrChunkSink *self, const guint64 *place)
{
  g_autofree char *key = _ann_zarr_layout_get_key (self->layout, place);

  return *self->path != '\0' ? g_strconcat (self->path, "/", key, NULL) : g_steal_pointer (&key);
}

/* --- Objects --- */

/* Chunks of fill values alone are not stored, as zarr-python has it; without a fill value, which
 * scalars of version 2 do not have, there is nothing else to read.
 */
static gboolean
store_objects (AnnZarrChunkSink *self,
               const AnnEncodedChunk *chunks,
               gsize n,
               GCancellable *cancellable,
               GError **error)
{
  g_autofree AnnZarrObject *objects = g_new0 (AnnZarrObject, n);
  gsize n_objects = 0;

  for (gsize i = 0; i < n; i++)
    {
      if (!chunks[i].is_zero || g_str_equal (self->layout->fill_value, "null"))
        objects[n_objects++] = (AnnZarrObject){ get_key (self, chunks[i].coordinates),
                                                g_bytes_new_static (chunks[i].bytes,
                                                                    chunks[i].n_bytes) };
    }

  return _ann_zarr_target_put (self->target, objects, n_objects, FALSE, cancellable, error);
}

/* --- Shards --- */

static gboolean
begin_shard (AnnZarrChunkSink *self, guint64 row, GError **error)
{
  self->shard_row = row;
  if (self->places == NULL)
    {
      /* That they can be counted was checked with the layout. */
      self->n_places = 1;
      for (guint i = 0; i < self->layout->rank; i++)
        self->n_places *= (gsize) (self->layout->shard_shape[i] / self->layout->chunk_shape[i]);
      self->places = g_try_new (guint64, 2 * self->n_places);
    }
  if (self->places == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: there is no memory for the index of a shard of %" G_GSIZE_FORMAT " chunks",
                   self->path, self->n_places);
      return FALSE;
    }
  memset (self->places, 0xff, 2 * self->n_places * sizeof *self->places);

  return TRUE;
}

/* A number of the index that another machine can read. */
static void
turn_places (AnnZarrChunkSink *self)
{
  for (gsize i = 0; i < 2 * self->n_places; i++)
    self->places[i] = GUINT64_TO_LE (self->places[i]);
}

static gboolean
end_shard (AnnZarrChunkSink *self, GCancellable *cancellable, GError **error)
{
  const gsize index_size = 2 * self->n_places * sizeof *self->places;
  const guint64 place[ANN_MAX_RANK] = { self->shard_row };
  AnnZarrObject object;
  guint32 checksum;

  if (self->shard.n_bytes == 0)
    return TRUE;

  turn_places (self);
  checksum = GUINT32_TO_LE (_ann_crc32c ((const guint8 *) self->places, index_size));
  if (!_ann_pile_append (&self->shard, self->places, index_size, error)
      || !_ann_pile_append (&self->shard, &checksum, sizeof checksum, error))
    return FALSE;

  object.key = get_key (self, place);
  object.bytes = g_bytes_new_take (g_steal_pointer (&self->shard.items), self->shard.n_bytes);
  _ann_pile_clear (&self->shard);

  return _ann_zarr_target_put (self->target, &object, 1, TRUE, cancellable, error);
}

/* Where a chunk is in its shard, in C order. */
static gsize
get_place (const AnnZarrChunkSink *self, const guint64 *coordinates)
{
  const AnnZarrLayout *layout = self->layout;
  guint64 place = 0;

  for (guint i = 0; i < layout->rank; i++)
    {
      const guint64 n = layout->shard_shape[i] / layout->chunk_shape[i];

      place = place * n + coordinates[i] % n;
    }

  return (gsize) place;
}

static gboolean
add_to_shard (AnnZarrChunkSink *self,
              const AnnEncodedChunk *chunk,
              GCancellable *cancellable,
              GError **error)
{
  const AnnZarrLayout *layout = self->layout;
  const guint64 row = chunk->coordinates[0] / (layout->shard_shape[0] / layout->chunk_shape[0]);
  guint64 *place;

  if (self->places == NULL || row != self->shard_row)
    {
      if (!end_shard (self, cancellable, error) || !begin_shard (self, row, error))
        return FALSE;
    }
  if (chunk->is_zero)
    return TRUE;

  place = self->places + 2 * get_place (self, chunk->coordinates);
  place[0] = self->shard.n_bytes;
  place[1] = chunk->n_bytes;

  return _ann_pile_append (&self->shard, chunk->bytes, chunk->n_bytes, error);
}

gboolean
_ann_zarr_chunk_sink_store (AnnZarrChunkSink *self,
                            const AnnEncodedChunk *chunks,
                            gsize n,
                            GCancellable *cancellable,
                            GError **error)
{
  if (!self->layout->is_sharded)
    return store_objects (self, chunks, n, cancellable, error);

  for (gsize i = 0; i < n; i++)
    {
      if (!add_to_shard (self, &chunks[i], cancellable, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
_ann_zarr_chunk_sink_finish (AnnZarrChunkSink *self, GCancellable *cancellable, GError **error)
{
  return end_shard (self, cancellable, error);
}
