/* ann-chunk-plain.c: chunks without codecs, of which parts can be read
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-chunk-job-private.h"

#include "array/ann-array-private.h"
#include "base/ann-buffer-private.h"
#include "base/ann-scratch-private.h"

/* What is wanted of a chunk is read from its first byte to its last, with what lies between, if
 * this part of it is wanted at least: a column of a matrix that is read once more comes quicker
 * from a chunk that is kept.
 */
#define MIN_WANTED_SHARE 4

/* Items on their way, with the part of each that is fetched. */
typedef struct {
  gsize n;
  gsize items[ANN_CHUNK_MAX_BATCH];
  AnnChunkLocation locations[ANN_CHUNK_MAX_BATCH];
  guint8 *bytes[ANN_CHUNK_MAX_BATCH];
  guint8 *chunks[ANN_CHUNK_MAX_BATCH]; /* room for a chunk; NULL for what is put into the result */
  AnnScratch room;                     /* for these chunks */
} Parts;

static void
parts_clear (Parts *parts)
{
  _ann_scratch_clear (&parts->room);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Parts, parts_clear)

/* Leaves in @items what is not dense enough to be read as it lies. */
static void
pick_dense (const AnnChunkJob *job, gsize *items, gsize *n, Parts *parts)
{
  gsize n_left = 0;

  for (gsize i = 0; i < *n; i++)
    {
      gsize offset;
      gsize n_bytes;
      gsize n_wanted = _ann_chunk_job_get_extent (job, items[i], &offset, &n_bytes);

      if (n_wanted >= n_bytes / MIN_WANTED_SHARE)
        parts->items[parts->n++] = items[i];
      else
        items[n_left++] = items[i];
    }
  *n = n_left;
}

static gboolean
locate_parts (const AnnChunkJob *job, Parts *parts, GCancellable *cancellable, GError **error)
{
  guint64 indices[ANN_CHUNK_MAX_BATCH];
  guint64 chunk[ANN_MAX_RANK];

  for (gsize i = 0; i < parts->n; i++)
    {
      indices[i] = _ann_chunk_job_get_chunk (job, parts->items[i], chunk);
      parts->locations[i] = (AnnChunkLocation){ .index = indices[i] };
    }

  return ANN_ARRAY_GET_CLASS (job->array)
      ->locate (job->array, indices, parts->n, parts->locations, cancellable, error);
}

/* Delivers what is absent, and leaves in @items what is not as long as a chunk: reading it as a
 * whole says so.
 */
static gboolean
sort_out (const AnnChunkJob *job, gsize *items, gsize *n, Parts *parts, GError **error)
{
  gsize n_present = 0;

  for (gsize i = 0; i < parts->n; i++)
    {
      const AnnChunkLocation *location = &parts->locations[i];

      if (location->is_absent)
        {
          if (!_ann_chunk_job_deliver_fill_value (job, parts->items[i], error))
            return FALSE;
        }
      else if (location->length != job->grid->chunk_size)
        {
          items[(*n)++] = parts->items[i];
        }
      else
        {
          parts->items[n_present] = parts->items[i];
          parts->locations[n_present++] = *location;
        }
    }
  parts->n = n_present;

  return TRUE;
}

/* Makes each location that of the part, and finds where the bytes go. */
static gboolean
aim (const AnnChunkJob *job, Parts *parts, GError **error)
{
  const gsize chunk_size = job->grid->chunk_size;
  gsize starts[ANN_CHUNK_MAX_BATCH];
  gsize room = 0;

  for (gsize i = 0; i < parts->n; i++)
    {
      AnnChunkPart part;
      gsize n_bytes;

      _ann_chunk_job_get_extent (job, parts->items[i], &starts[i], &n_bytes);
      parts->locations[i].offset += starts[i];
      parts->locations[i].length = n_bytes;
      _ann_chunk_job_get_part (job, parts->items[i], &part);
      parts->bytes[i] = _ann_chunk_job_find_place (job, &part);
      if (parts->bytes[i] != NULL)
        _ann_buffer_populate (parts->bytes[i], n_bytes);
      else if (!g_size_checked_add (&room, room, chunk_size))
        room = G_MAXSIZE; /* refused below */
    }

  if (room > 0 && !_ann_scratch_reserve (&parts->room, room, error))
    return FALSE;
  room = 0;
  for (gsize i = 0; i < parts->n; i++)
    {
      parts->chunks[i] = NULL;
      if (parts->bytes[i] != NULL)
        continue;
      parts->chunks[i] = parts->room.data + room;
      parts->bytes[i] = parts->chunks[i] + starts[i];
      room += chunk_size;
    }

  return TRUE;
}

gboolean
_ann_chunk_job_read_plain (const AnnChunkJob *job,
                           gsize *items,
                           gsize *n,
                           GCancellable *cancellable,
                           GError **error)
{
  g_auto (Parts) parts = { .n = 0 };

  pick_dense (job, items, n, &parts);
  if (parts.n == 0)
    return TRUE;
  if (!locate_parts (job, &parts, cancellable, error) || !sort_out (job, items, n, &parts, error)
      || !aim (job, &parts, error))
    return FALSE;
  if (parts.n == 0)
    return TRUE;
  if (!ANN_ARRAY_GET_CLASS (job->array)
           ->fetch (job->array, parts.locations, parts.n, parts.bytes, cancellable, error))
    return FALSE;

  for (gsize i = 0; i < parts.n; i++)
    {
      if (parts.chunks[i] != NULL
          && !_ann_chunk_job_deliver (job, parts.items[i], parts.chunks[i], error))
        return FALSE;
    }

  return TRUE;
}
