/* ann-chunk-reader.c: the chunk engine
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-chunk-reader-private.h"

#include "array/ann-array-private.h"
#include "array/ann-chunk-cache-private.h"
#include "array/ann-chunk-job-private.h"
#include "base/ann-buffer-private.h"
#include "base/ann-error.h"
#include "base/ann-scratch-private.h"
#include "base/ann-worker.h"

/* The chunks that a read touches are numbered in C order, 0 to n_items: the items of a parallel
 * call. What is wanted is a range or runs on each axis, so a chunk is the product of what is wanted
 * of it on each: one box, or many that are scattered in the result; it is visited once.
 *
 * Each worker takes a batch of them: looks into the cache, locates and fetches the rest with
 * one call each, decodes and puts in place. So with several workers the short fetches, which
 * may be behind a lock, and the long decodings interleave.
 *
 * Of chunks without codecs only the wanted bytes are read, to where they belong, and nothing is
 * kept.
 *
 * Else a small box goes through the cache: its chunks are claimed, so that each is made once
 * whoever asks, and kept. A large one, and every scan, only looks whether a chunk happens to be
 * there.
 */

#define MAX_BATCH ANN_CHUNK_MAX_BATCH
#define MIN_BATCH_SIZE ((gsize) 64 * 1024)
#define MIN_PLAIN_BATCH_SIZE ((gsize) 256 * 1024)
#define MAX_BATCH_SIZE ((gsize) 512 * 1024)

/* A stored chunk may be larger than the decoded one, but not by any amount. */
#define MAX_EXTRA_SIZE ((gsize) 64 * 1024)

/* Items on their way from the store, and their stored bytes. */
typedef struct {
  gsize n;
  gsize items[MAX_BATCH];
  AnnChunkLocation locations[MAX_BATCH];
  guint8 *bytes[MAX_BATCH];
  guint8 *owned[MAX_BATCH]; /* by g_free (): what the format allocated; n_owned of them */
  gsize n_owned;
  AnnScratch raw;
} Batch;

static void
batch_init (Batch *batch)
{
  batch->n = 0;
  batch->n_owned = 0;
  batch->raw = (AnnScratch){ NULL, 0 };
}

static void
batch_clear_owned (Batch *batch)
{
  while (batch->n_owned > 0)
    g_free (batch->owned[--batch->n_owned]);
}

static void
batch_clear (Batch *batch)
{
  batch_clear_owned (batch);
  _ann_scratch_clear (&batch->raw);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Batch, batch_clear)

/* --- From the store --- */

static AnnChunkKey
get_key (const AnnChunkJob *job, gsize item)
{
  guint64 chunk[ANN_MAX_RANK];

  return (AnnChunkKey){ .array = _ann_array_get_id (job->array),
                        .chunk = _ann_chunk_job_get_chunk (job, item, chunk) };
}

static void
prefix_error (const AnnChunkJob *job, const AnnChunkLocation *location, GError **error)
{
  g_prefix_error (error, "%s, chunk %" G_GUINT64_FORMAT ": ", ann_array_get_path (job->array),
                  location->index);
}

/* Says where the chunks of @batch are. */
static gboolean
locate_batch (const AnnChunkJob *job, Batch *batch, GCancellable *cancellable, GError **error)
{
  guint64 indices[MAX_BATCH];
  guint64 chunk[ANN_MAX_RANK];

  for (gsize i = 0; i < batch->n; i++)
    {
      indices[i] = _ann_chunk_job_get_chunk (job, batch->items[i], chunk);
      batch->locations[i] = (AnnChunkLocation){ .index = indices[i] };
    }

  return ANN_ARRAY_GET_CLASS (job->array)
      ->locate (job->array, indices, batch->n, batch->locations, cancellable, error);
}

/* How many stored bytes a chunk may have. */
static gsize
get_stored_limit (const AnnChunkJob *job)
{
  gsize limit;

  if (!g_size_checked_mul (&limit, job->grid->chunk_size, 2)
      || !g_size_checked_add (&limit, limit, MAX_EXTRA_SIZE))
    limit = G_MAXSIZE / MAX_BATCH;

  return limit;
}

static gboolean
check_stored_length (const AnnChunkJob *job, const AnnChunkLocation *location, GError **error)
{
  if (location->length <= get_stored_limit (job))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
               "%" G_GUINT64_FORMAT " stored bytes cannot be a chunk of %" G_GSIZE_FORMAT,
               location->length, job->grid->chunk_size);
  prefix_error (job, location, error);

  return FALSE;
}

/* Makes room for the chunks whose length is known. */
static gboolean
reserve_bytes (const AnnChunkJob *job, Batch *batch, GError **error)
{
  gsize size = 0;

  for (gsize i = 0; i < batch->n; i++)
    {
      const AnnChunkLocation *location = &batch->locations[i];

      if (location->length != ANN_CHUNK_LENGTH_UNKNOWN
          && (!check_stored_length (job, location, error)
              || !g_size_checked_add (&size, size, location->length)))
        return FALSE;
    }

  if (size > 0 && !_ann_scratch_reserve (&batch->raw, size, error))
    return FALSE;
  size = 0;
  for (gsize i = 0; i < batch->n; i++)
    {
      batch->bytes[i] = NULL;
      if (batch->locations[i].length == ANN_CHUNK_LENGTH_UNKNOWN)
        continue;
      batch->bytes[i] = batch->raw.data + size;
      size += batch->locations[i].length;
    }

  return TRUE;
}

/* Brings the stored bytes of @batch, none of which is absent; but one whose length is not known may
 * turn out to be.
 */
static gboolean
fetch_batch (const AnnChunkJob *job, Batch *batch, GCancellable *cancellable, GError **error)
{
  gboolean is_unknown[MAX_BATCH];
  gboolean success;

  if (batch->n == 0)
    return TRUE;

  if (!reserve_bytes (job, batch, error))
    return FALSE;
  for (gsize i = 0; i < batch->n; i++)
    is_unknown[i] = batch->locations[i].length == ANN_CHUNK_LENGTH_UNKNOWN;
  success = ANN_ARRAY_GET_CLASS (job->array)
                ->fetch (job->array, batch->locations, batch->n, batch->bytes, cancellable, error);

  /* What came is ours, also if another one did not. */
  for (gsize i = 0; i < batch->n; i++)
    {
      if (is_unknown[i] && batch->bytes[i] != NULL)
        batch->owned[batch->n_owned++] = batch->bytes[i];
    }
  for (gsize i = 0; success && i < batch->n; i++)
    success = batch->locations[i].is_absent
              || check_stored_length (job, &batch->locations[i], error);

  return success;
}

static gboolean
decode (const AnnChunkJob *job, const Batch *batch, gsize i, guint8 *to, GError **error)
{
  const AnnChunkLocation *location = &batch->locations[i];
  AnnCodecChain *codecs = ann_array_get_codecs (job->array);

  if (ann_codec_chain_decode (codecs, batch->bytes[i], location->length, location->filter_mask, to,
                              job->grid->chunk_size, error))
    return TRUE;

  prefix_error (job, location, error);

  return FALSE;
}

/* --- Past the cache --- */

static gboolean
decode_and_deliver (const AnnChunkJob *job, const Batch *batch, gsize i, GError **error)
{
  g_auto (AnnScratch) chunk = { NULL, 0 };
  guint8 *place;
  AnnChunkPart part;

  if (batch->locations[i].is_absent)
    return _ann_chunk_job_deliver_fill_value (job, batch->items[i], error);

  _ann_chunk_job_get_part (job, batch->items[i], &part);
  place = part.is_whole_chunk ? _ann_chunk_job_find_place (job, &part) : NULL;
  if (place != NULL)
    {
      _ann_buffer_populate (place, job->grid->chunk_size);
      return decode (job, batch, i, place, error);
    }

  return _ann_scratch_reserve (&chunk, job->grid->chunk_size, error)
         && decode (job, batch, i, chunk.data, error)
         && _ann_chunk_job_deliver (job, batch->items[i], chunk.data, error);
}

/* Delivers what is in the cache and leaves the rest in @batch. */
static gboolean
deliver_cached (const AnnChunkJob *job, const gsize *items, gsize n, Batch *batch, GError **error)
{
  for (gsize i = 0; i < n; i++)
    {
      const AnnChunkKey key = get_key (job, items[i]);
      g_autoptr (AnnBuffer) chunk = _ann_chunk_cache_peek (&key);

      if (chunk == NULL)
        batch->items[batch->n++] = items[i];
      else if (!_ann_chunk_job_deliver (job, items[i], ann_buffer_get_data (chunk), error))
        return FALSE;
    }

  return TRUE;
}

/* Delivers the fill value where a chunk of @batch is absent, and leaves the others in @batch. */
static gboolean
deliver_absent (const AnnChunkJob *job, Batch *batch, GError **error)
{
  gsize n_present = 0;

  for (gsize i = 0; i < batch->n; i++)
    {
      if (!batch->locations[i].is_absent)
        {
          batch->items[n_present] = batch->items[i];
          batch->locations[n_present++] = batch->locations[i];
        }
      else if (!_ann_chunk_job_deliver_fill_value (job, batch->items[i], error))
        return FALSE;
    }
  batch->n = n_present;

  return TRUE;
}

static gboolean
read_past_cache (const AnnChunkJob *job,
                 const gsize *items,
                 gsize n,
                 GCancellable *cancellable,
                 GError **error)
{
  g_auto (Batch) batch;

  batch_init (&batch);
  if (!deliver_cached (job, items, n, &batch, error))
    return FALSE;
  if (batch.n == 0)
    return TRUE;
  if (!locate_batch (job, &batch, cancellable, error) || !deliver_absent (job, &batch, error)
      || !fetch_batch (job, &batch, cancellable, error))
    return FALSE;

  for (gsize i = 0; i < batch.n; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !decode_and_deliver (job, &batch, i, error))
        return FALSE;
    }

  return TRUE;
}

/* --- Through the cache --- */

static void
abandon (const AnnChunkJob *job, const Batch *batch, gsize first)
{
  for (gsize i = first; i < batch->n; i++)
    {
      const AnnChunkKey key = get_key (job, batch->items[i]);

      _ann_chunk_cache_abandon (&key);
    }
}

/* As deliver_absent(); what is absent is not kept, for it costs nothing. */
static gboolean
abandon_absent (const AnnChunkJob *job, Batch *batch, GError **error)
{
  gsize n_present = 0;
  gboolean success = TRUE;

  for (gsize i = 0; i < batch->n; i++)
    {
      if (batch->locations[i].is_absent)
        {
          const AnnChunkKey key = get_key (job, batch->items[i]);

          _ann_chunk_cache_abandon (&key);
          success = success && _ann_chunk_job_deliver_fill_value (job, batch->items[i], error);
          continue;
        }
      batch->items[n_present] = batch->items[i];
      batch->locations[n_present++] = batch->locations[i];
    }
  batch->n = n_present;

  return success;
}

static gboolean
make_chunk (const AnnChunkJob *job, const Batch *batch, gsize i, GError **error)
{
  const AnnChunkGrid *grid = job->grid;
  const AnnChunkKey key = get_key (job, batch->items[i]);
  g_autoptr (AnnBuffer) chunk = NULL;

  if (batch->locations[i].is_absent)
    {
      if (!_ann_chunk_job_deliver_fill_value (job, batch->items[i], error))
        return FALSE;
      _ann_chunk_cache_abandon (&key);
      return TRUE;
    }

  chunk = _ann_buffer_new_unset (ann_array_get_dtype (job->array), grid->rank, grid->chunk_shape,
                                 error);
  if (chunk == NULL)
    return FALSE;
  _ann_buffer_populate (ann_buffer_get_data_for_writing (chunk), ann_buffer_get_size (chunk));
  if (!decode (job, batch, i, ann_buffer_get_data_for_writing (chunk), error)
      || !_ann_chunk_job_deliver (job, batch->items[i], ann_buffer_get_data (chunk), error))
    return FALSE;

  /* Last: until then the key is ours to give up. */
  _ann_chunk_cache_put (&key, chunk);

  return TRUE;
}

/* Makes the chunks of @batch, whose keys are ours, and gives up the keys of those that fail. */
static gboolean
make_chunks (const AnnChunkJob *job, Batch *batch, GCancellable *cancellable, GError **error)
{
  if (batch->n == 0)
    return TRUE;

  if (!locate_batch (job, batch, cancellable, error) || !abandon_absent (job, batch, error)
      || !fetch_batch (job, batch, cancellable, error))
    {
      abandon (job, batch, 0);
      return FALSE;
    }

  for (gsize i = 0; i < batch->n; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !make_chunk (job, batch, i, error))
        {
          abandon (job, batch, i);
          return FALSE;
        }
    }

  return TRUE;
}

/* Delivers the hits among the @n items, claims into @batch what nobody makes, and leaves in @items
 * what others are making. Waits for the first of them, if at all: it must not hold a key then.
 */
static gboolean
claim (const AnnChunkJob *job,
       gsize *items,
       gsize *n,
       gboolean wait,
       Batch *batch,
       GCancellable *cancellable,
       GError **error)
{
  gsize n_left = 0;

  batch->n = 0;
  for (gsize i = 0; i < *n; i++)
    {
      const AnnChunkKey key = get_key (job, items[i]);
      gboolean may_wait = wait && i == 0;
      g_autoptr (AnnBuffer) chunk = NULL;

      switch (_ann_chunk_cache_begin (&key, may_wait, &chunk, cancellable, error))
        {
        case ANN_CHUNK_HIT:
          if (!_ann_chunk_job_deliver (job, items[i], ann_buffer_get_data (chunk), error))
            return FALSE;
          break;

        case ANN_CHUNK_MINE:
          batch->items[batch->n++] = items[i];
          break;

        case ANN_CHUNK_FAILED:
        default:
          if (may_wait)
            return FALSE;
          items[n_left++] = items[i];
          break;
        }
    }
  *n = n_left;

  return TRUE;
}

/* Leaves nothing of use in @items. */
static gboolean
read_through_cache (const AnnChunkJob *job,
                    gsize *items,
                    gsize n,
                    GCancellable *cancellable,
                    GError **error)
{
  g_auto (Batch) batch;
  gboolean wait = FALSE;

  batch_init (&batch);
  while (n > 0)
    {
      if (!claim (job, items, &n, wait, &batch, cancellable, error))
        {
          abandon (job, &batch, 0);
          return FALSE;
        }
      if (!make_chunks (job, &batch, cancellable, error))
        return FALSE;
      batch_clear_owned (&batch);
      wait = TRUE;
    }

  return TRUE;
}

/* --- The whole box --- */

/* So many chunks that all threads get some, and no call into the format is for a few bytes; or as
 * many as the format wants, whose calls take long however little they bring. Bytes that are only
 * brought are brought sooner than another thread wakes up.
 */
static gsize
choose_batch (const AnnChunkJob *job)
{
  const gsize wanted_at_once = _ann_array_get_fetched_at_once (job->array);
  gsize total;
  gsize batch_size;

  if (!g_size_checked_mul (&total, job->n_items, job->grid->chunk_size))
    total = G_MAXSIZE;
  batch_size = CLAMP (total / (4 * ann_worker_get_n_threads ()),
                      job->is_plain ? MIN_PLAIN_BATCH_SIZE : MIN_BATCH_SIZE, MAX_BATCH_SIZE);

  return CLAMP (MAX (batch_size / job->grid->chunk_size, wanted_at_once), 1, MAX_BATCH);
}

static gboolean
read_items (const AnnChunkJob *job, gsize first, gsize n, GCancellable *cancellable, GError **error)
{
  gsize items[MAX_BATCH];

  for (gsize i = 0; i < n; i++)
    items[i] = first + i;
  if (job->is_plain && !_ann_chunk_job_read_plain (job, items, &n, cancellable, error))
    return FALSE;
  if (n == 0)
    return TRUE;

  return job->uses_cache ? read_through_cache (job, items, n, cancellable, error)
                         : read_past_cache (job, items, n, cancellable, error);
}

/* Jobs that are worked on at the same time: cut into pieces, those of the first one first. */
typedef struct {
  AnnChunkJob *jobs;
  gsize batch[ANN_CHUNK_MAX_JOBS];
  gsize n_pieces[ANN_CHUNK_MAX_JOBS];
} Jobs;

static gboolean
read_piece (gsize first, gsize n, gpointer user_data, GCancellable *cancellable, GError **error)
{
  const Jobs *jobs = user_data;

  for (gsize i = first; i < first + n; i++)
    {
      gsize piece = i;
      guint k = 0;
      gsize item;

      while (piece >= jobs->n_pieces[k])
        piece -= jobs->n_pieces[k++];
      item = piece * jobs->batch[k];
      if (!read_items (&jobs->jobs[k], item, MIN (jobs->batch[k], jobs->jobs[k].n_items - item),
                       cancellable, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
run_jobs (AnnChunkJob *jobs, guint n_jobs, GCancellable *cancellable, GError **error)
{
  Jobs all = { .jobs = jobs };
  gsize n_pieces = 0;

  for (guint i = 0; i < n_jobs; i++)
    {
      jobs[i].is_plain = _ann_array_is_plain (jobs[i].array);
      all.batch[i] = choose_batch (&jobs[i]);
      all.n_pieces[i] = (jobs[i].n_items - 1) / all.batch[i] + 1;
      n_pieces += all.n_pieces[i];
    }

  return ann_worker_parallel (n_pieces, 1, read_piece, &all, cancellable, error);
}

static gboolean
run (AnnChunkJob *job, GCancellable *cancellable, GError **error)
{
  return run_jobs (job, 1, cancellable, error);
}

/* The bytes of a result, which exists: no overflow. */
static gsize
get_box_size (const AnnChunkGrid *grid, const AnnBox *box)
{
  gsize size = grid->item_size;

  for (guint i = 0; i < box->rank; i++)
    size *= box->count[i];

  return size;
}

gboolean
_ann_chunk_reader_read (const AnnChunkRead *reads,
                        guint n_reads,
                        GCancellable *cancellable,
                        GError **error)
{
  AnnChunkJob jobs[ANN_CHUNK_MAX_JOBS];

  g_return_val_if_fail (n_reads <= ANN_CHUNK_MAX_JOBS, FALSE);

  for (guint i = 0; i < n_reads; i++)
    {
      const AnnChunkGrid *grid = reads[i].grid;

      _ann_chunk_job_init (&jobs[i], reads[i].array, grid, reads[i].box);
      jobs[i].values = reads[i].values;
      jobs[i].uses_cache = _ann_chunk_cache_wants_box (grid->chunk_size,
                                                       get_box_size (grid, reads[i].box));
    }

  return run_jobs (jobs, n_reads, cancellable, error);
}

gboolean
_ann_chunk_reader_read_cells (AnnArray *array,
                              const AnnChunkGrid *grid,
                              const AnnBox *box,
                              const AnnCells *const *cells,
                              guint8 *values,
                              GCancellable *cancellable,
                              GError **error)
{
  AnnChunkJob job;

  _ann_chunk_job_init_cells (&job, array, grid, box, cells);
  job.values = values;
  job.uses_cache = _ann_chunk_cache_wants_box (grid->chunk_size, get_box_size (grid, box));

  return run (&job, cancellable, error);
}

gboolean
_ann_chunk_reader_scan_cells (AnnArray *array,
                              const AnnChunkGrid *grid,
                              const AnnCells *cells,
                              AnnRunsFunc func,
                              gpointer user_data,
                              GCancellable *cancellable,
                              GError **error)
{
  const AnnBox box = { 1, { 0 }, { 1 } };
  AnnChunkJob job;

  _ann_chunk_job_init_cells (&job, array, grid, &box, &cells);
  job.runs_func = func;
  job.user_data = user_data;

  return run (&job, cancellable, error);
}

gboolean
_ann_chunk_reader_scan (AnnArray *array,
                        const AnnChunkGrid *grid,
                        const AnnBox *box,
                        AnnChunkFunc func,
                        gpointer user_data,
                        GCancellable *cancellable,
                        GError **error)
{
  AnnChunkJob job;

  _ann_chunk_job_init (&job, array, grid, box);
  job.func = func;
  job.user_data = user_data;

  return run (&job, cancellable, error);
}

/* Asks for the places of all chunks, so the time is that of walking the index. */
gboolean
_ann_chunk_reader_get_stored_size (AnnArray *array,
                                   const AnnChunkGrid *grid,
                                   guint64 *stored_size,
                                   GCancellable *cancellable,
                                   GError **error)
{
  guint64 indices[MAX_BATCH];
  AnnChunkLocation locations[MAX_BATCH];
  guint64 total = 0;

  for (guint64 first = 0; first < grid->n_chunks_in_all; first += MAX_BATCH)
    {
      gsize n = MIN (MAX_BATCH, grid->n_chunks_in_all - first);

      for (gsize i = 0; i < n; i++)
        {
          indices[i] = first + i;
          locations[i] = (AnnChunkLocation){ .index = first + i };
        }
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !ANN_ARRAY_GET_CLASS (array)->locate (array, indices, n, locations, cancellable,
                                                   error))
        return FALSE;
      for (gsize i = 0; i < n; i++)
        {
          if (!locations[i].is_absent && locations[i].length == ANN_CHUNK_LENGTH_UNKNOWN)
            {
              g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                           "%s: its stored size is not known", ann_array_get_path (array));
              return FALSE;
            }
          total += locations[i].is_absent ? 0 : locations[i].length;
        }
    }
  *stored_size = total;

  return TRUE;
}
