/* ann-chunk-batch.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-chunk-batch-private.h"

#include "array/ann-array-private.h"
#include "base/ann-error.h"
#include "base/ann-worker.h"
#include "codec/ann-codec-chain-private.h"

/* A stored chunk may be larger than the decoded one, but not by any amount. */
#define MAX_EXTRA_SIZE ((gsize) 64 * 1024)

/* Less is decoded sooner than another thread wakes up. */
#define MIN_SHARED_SIZE ((gsize) 64 * 1024)

void
_ann_chunk_batch_init (AnnChunkBatch *self, const AnnChunkJob *job)
{
  self->job = job;
  self->n = 0;
  self->n_owned = 0;
  self->raw = (AnnScratch){ NULL, 0 };
}

void
_ann_chunk_batch_clear_owned (AnnChunkBatch *self)
{
  while (self->n_owned > 0)
    g_free (self->owned[--self->n_owned]);
}

void
_ann_chunk_batch_clear (AnnChunkBatch *self)
{
  _ann_chunk_batch_clear_owned (self);
  _ann_scratch_clear (&self->raw);
}

static void
prefix_error (const AnnChunkJob *job, const AnnChunkLocation *location, GError **error)
{
  g_prefix_error (error, "%s, chunk %" G_GUINT64_FORMAT ": ", ann_array_get_path (job->array),
                  location->index);
}

gboolean
_ann_chunk_batch_locate (AnnChunkBatch *self, GCancellable *cancellable, GError **error)
{
  const AnnChunkJob *job = self->job;
  guint64 indices[ANN_CHUNK_MAX_BATCH];
  guint64 chunk[ANN_MAX_RANK];

  for (gsize i = 0; i < self->n; i++)
    {
      indices[i] = _ann_chunk_job_get_chunk (job, self->items[i], chunk);
      self->locations[i] = (AnnChunkLocation){ .index = indices[i] };
    }

  return ANN_ARRAY_GET_CLASS (job->array)
      ->locate (job->array, indices, self->n, self->locations, cancellable, error);
}

gsize
_ann_chunk_get_stored_limit (gsize chunk_size)
{
  gsize limit;

  if (!g_size_checked_mul (&limit, chunk_size, 2)
      || !g_size_checked_add (&limit, limit, MAX_EXTRA_SIZE))
    limit = G_MAXSIZE / ANN_CHUNK_MAX_BATCH;

  return limit;
}

static gboolean
check_stored_length (const AnnChunkJob *job, const AnnChunkLocation *location, GError **error)
{
  if (location->length <= _ann_chunk_get_stored_limit (job->grid->chunk_size))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
               "%" G_GUINT64_FORMAT " stored bytes cannot be a chunk of %" G_GSIZE_FORMAT,
               location->length, job->grid->chunk_size);
  prefix_error (job, location, error);

  return FALSE;
}

/* Makes room for the chunks whose length is known. */
static gboolean
reserve_bytes (AnnChunkBatch *self, GError **error)
{
  const AnnChunkJob *job = self->job;
  gsize size = 0;

  for (gsize i = 0; i < self->n; i++)
    {
      const AnnChunkLocation *location = &self->locations[i];

      if (location->length != ANN_CHUNK_LENGTH_UNKNOWN
          && (!check_stored_length (job, location, error)
              || !g_size_checked_add (&size, size, location->length)))
        return FALSE;
    }

  if (size > 0 && !_ann_scratch_reserve (&self->raw, size, error))
    return FALSE;
  size = 0;
  for (gsize i = 0; i < self->n; i++)
    {
      self->bytes[i] = NULL;
      if (self->locations[i].length == ANN_CHUNK_LENGTH_UNKNOWN)
        continue;
      self->bytes[i] = self->raw.data + size;
      size += self->locations[i].length;
    }

  return TRUE;
}

gboolean
_ann_chunk_batch_fetch (AnnChunkBatch *self, GCancellable *cancellable, GError **error)
{
  const AnnChunkJob *job = self->job;
  gboolean is_unknown[ANN_CHUNK_MAX_BATCH];
  gboolean success;

  if (self->n == 0)
    return TRUE;

  if (!reserve_bytes (self, error))
    return FALSE;
  for (gsize i = 0; i < self->n; i++)
    is_unknown[i] = self->locations[i].length == ANN_CHUNK_LENGTH_UNKNOWN;
  success = ANN_ARRAY_GET_CLASS (job->array)
                ->fetch (job->array, self->locations, self->n, self->bytes, cancellable, error);

  /* What came is ours, also if another one did not. */
  for (gsize i = 0; i < self->n; i++)
    {
      if (is_unknown[i] && self->bytes[i] != NULL)
        self->owned[self->n_owned++] = self->bytes[i];
    }
  for (gsize i = 0; success && i < self->n; i++)
    success = self->locations[i].is_absent || check_stored_length (job, &self->locations[i], error);

  return success;
}

gboolean
_ann_chunk_batch_decode (const AnnChunkBatch *self, gsize i, guint8 *to, GError **error)
{
  const AnnChunkJob *job = self->job;
  const AnnChunkLocation *location = &self->locations[i];
  AnnCodecChain *codecs = ann_array_get_codecs (job->array);

  if (ann_codec_chain_decode (codecs, self->bytes[i], location->length, location->filter_mask, to,
                              job->grid->chunk_size, error))
    return TRUE;

  prefix_error (job, location, error);

  return FALSE;
}

/* Returns: %FALSE if all of the chunk must be decoded */
static gboolean
decode_start (const AnnChunkBatch *self, gsize i, AnnDecodedChunk *decoded)
{
  const AnnChunkLocation *location = &self->locations[i];
  AnnCodecChain *codecs = ann_array_get_codecs (self->job->array);
  const gsize chunk_size = self->job->grid->chunk_size;
  const gsize n_bytes = self->n_wanted[i];
  guint8 *to;

  if (n_bytes == chunk_size || !_ann_codec_chain_decodes_starts (codecs, location->filter_mask))
    return FALSE;

  to = _ann_decoded_chunk_reserve (decoded, n_bytes, NULL);

  return to != NULL
         && _ann_codec_chain_decode_start (codecs, self->bytes[i], location->length,
                                           location->filter_mask, to, n_bytes, chunk_size);
}

gboolean
_ann_chunk_batch_decode_wanted (const AnnChunkBatch *self,
                                gsize i,
                                AnnDecodedChunk *decoded,
                                GError **error)
{
  guint8 *to;

  if (decode_start (self, i, decoded))
    return TRUE;

  to = _ann_decoded_chunk_reserve (decoded, self->job->grid->chunk_size, error);

  return to != NULL && _ann_chunk_batch_decode (self, i, to, error);
}

typedef struct {
  AnnChunkBatch *batch;
  AnnChunkBatchFunc func;
} Call;

static gboolean
do_some (gsize first, gsize n, gpointer user_data, GCancellable *cancellable, GError **error)
{
  const Call *call = user_data;

  for (gsize i = first; i < first + n; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !call->func (call->batch, i, error))
        return FALSE;
    }

  return TRUE;
}

/* By this thread alone if others have batches of their own, as they do where a fetch takes no time.
 */
gboolean
_ann_chunk_batch_do (AnnChunkBatch *self,
                     AnnChunkBatchFunc func,
                     GCancellable *cancellable,
                     GError **error)
{
  Call call = { self, func };

  if (!self->job->waits)
    return do_some (0, self->n, &call, cancellable, error);

  return ann_worker_parallel (self->n, MIN_SHARED_SIZE / self->job->grid->chunk_size, do_some,
                              &call, cancellable, error);
}
