/* ann-chunk-reader.c: the chunk engine
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-chunk-reader-private.h"

#include "array/ann-array-private.h"
#include "array/ann-chunk-batch-private.h"
#include "array/ann-chunk-cache-private.h"
#include "array/ann-chunk-room-private.h"
#include "base/ann-buffer-private.h"
#include "base/ann-error.h"
#include "base/ann-scratch-private.h"
#include "base/ann-worker-private.h"

#include <stdatomic.h>
#include <string.h>

/* The chunks that a read touches are numbered in C order, 0 to n_items: the items of a parallel
 * call. What is wanted is a range or runs on each axis, so a chunk is the product of what is wanted
 * of it on each: one box, or many that are scattered in the result; it is visited once.
 *
 * Each worker takes a batch of them: looks into the cache, locates and fetches the rest with
 * one call each, decodes and puts in place. So with several workers the short fetches and the
 * long decodings interleave.
 *
 * Over a network it is the fetches that take long: more of them are under way than there are
 * cores, and what one has brought is decoded by all who are free.
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

#define MAX_FEW 4

/* Of a smaller chunk all is decoded. */
#define MIN_CUT_SIZE ((gsize) 256 * 1024)

/* Over a network: chunks that are asked for in one call although others could bring a part of them
 * meanwhile; bytes of such a batch; and of all that are under way, as decoded.
 */
#define MIN_WAITING_BATCH 16
#define MAX_WAITING_BATCH_SIZE ((gsize) 8 * 1024 * 1024)
#define MAX_WAITING_SIZE ((gsize) 128 * 1024 * 1024)

static AnnChunkKey
get_key (const AnnChunkJob *job, gsize item)
{
  guint64 chunk[ANN_MAX_RANK];

  return (AnnChunkKey){ .array = _ann_array_get_id (job->array),
                        .chunk = _ann_chunk_job_get_chunk (job, item, chunk) };
}

/* How many bytes of a chunk, from its start on, what is wanted of it takes. */
static gsize
count_wanted (const AnnChunkJob *job, gsize item)
{
  gsize offset;
  gsize n_bytes;

  _ann_chunk_job_get_extent (job, item, &offset, &n_bytes);

  return offset + n_bytes;
}

/* --- Past the cache --- */

static gboolean
decode_and_deliver (AnnChunkBatch *batch, gsize i, GError **error)
{
  const AnnChunkJob *job = batch->job;
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
      return _ann_chunk_batch_decode (batch, i, place, error);
    }

  return _ann_scratch_reserve (&chunk, job->grid->chunk_size, error)
         && _ann_chunk_batch_decode (batch, i, chunk.data, error)
         && _ann_chunk_job_deliver (job, batch->items[i], chunk.data, error);
}

/* Delivers what is in the cache and leaves the rest in @items. */
static gboolean
deliver_cached (const AnnChunkJob *job, gsize *items, gsize *n, GError **error)
{
  gsize n_left = 0;

  for (gsize i = 0; i < *n; i++)
    {
      const AnnChunkKey key = get_key (job, items[i]);
      g_auto (AnnPackedChunk) chunk = { .values = NULL };

      if (!_ann_chunk_cache_peek_packed (&key, count_wanted (job, items[i]), &chunk))
        items[n_left++] = items[i];
      else if (!_ann_chunk_job_deliver_packed (job, items[i], &chunk, error))
        return FALSE;
    }
  *n = n_left;

  return TRUE;
}

/* Delivers the fill value where a chunk of @batch is absent, and leaves the others in @batch. */
static gboolean
deliver_absent (AnnChunkBatch *batch, GError **error)
{
  const AnnChunkJob *job = batch->job;
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
                 gsize *items,
                 gsize n,
                 GCancellable *cancellable,
                 GError **error)
{
  g_auto (AnnChunkBatch) batch;

  _ann_chunk_batch_init (&batch, job);
  if (!deliver_cached (job, items, &n, error))
    return FALSE;
  if (n == 0)
    return TRUE;
  batch.n = n;
  memcpy (batch.items, items, n * sizeof *items);
  if (!_ann_chunk_batch_locate (&batch, cancellable, error) || !deliver_absent (&batch, error)
      || !_ann_chunk_batch_fetch (&batch, cancellable, error))
    return FALSE;

  return _ann_chunk_batch_do (&batch, decode_and_deliver, cancellable, error);
}

/* --- Through the cache --- */

static void
abandon_one (AnnChunkBatch *batch, gsize i)
{
  const AnnChunkKey key = get_key (batch->job, batch->items[i]);

  _ann_chunk_cache_abandon (&key);
  batch->is_settled[i] = TRUE;
}

static void
abandon (AnnChunkBatch *batch)
{
  for (gsize i = 0; i < batch->n; i++)
    {
      if (!batch->is_settled[i])
        abandon_one (batch, i);
    }
}

/* As deliver_absent(); what is absent is not kept, for it costs nothing. */
static gboolean
abandon_absent (AnnChunkBatch *batch, GError **error)
{
  const AnnChunkJob *job = batch->job;
  gsize n_present = 0;
  gboolean success = TRUE;

  for (gsize i = 0; i < batch->n; i++)
    {
      if (batch->locations[i].is_absent)
        {
          abandon_one (batch, i);
          success = success && _ann_chunk_job_deliver_fill_value (job, batch->items[i], error);
          continue;
        }
      batch->items[n_present] = batch->items[i];
      batch->n_wanted[n_present] = batch->n_wanted[i];
      batch->is_settled[n_present] = FALSE;
      batch->locations[n_present++] = batch->locations[i];
    }
  batch->n = n_present;

  return success;
}

/* Several threads make chunks of one batch at the same time. */
static gboolean
make_chunk (AnnChunkBatch *batch, gsize i, GError **error)
{
  const AnnChunkJob *job = batch->job;
  const AnnChunkKey key = get_key (job, batch->items[i]);
  g_auto (AnnDecodedChunk) decoded = { .buffer = NULL };
  g_auto (AnnPackedChunk) packed = { .values = NULL };

  if (batch->locations[i].is_absent)
    {
      if (!_ann_chunk_job_deliver_fill_value (job, batch->items[i], error))
        return FALSE;
      abandon_one (batch, i);
      return TRUE;
    }

  if (!_ann_chunk_batch_decode_wanted (batch, i, &decoded, error)
      || !_ann_chunk_job_deliver (job, batch->items[i], decoded.bytes, error))
    return FALSE;

  /* Last: until then the key is ours to give up. */
  if (_ann_decoded_chunk_pack (&decoded, job->grid->item_size, &packed))
    {
      _ann_chunk_cache_put_packed (&key, &packed);
      batch->is_settled[i] = TRUE;
    }
  else
    {
      abandon_one (batch, i);
    }

  return TRUE;
}

/* Makes the chunks of @batch, whose keys are ours, and gives up the keys of those that fail. */
static gboolean
make_chunks (AnnChunkBatch *batch, GCancellable *cancellable, GError **error)
{
  if (batch->n == 0)
    return TRUE;

  if (_ann_chunk_batch_locate (batch, cancellable, error) && abandon_absent (batch, error)
      && _ann_chunk_batch_fetch (batch, cancellable, error)
      && _ann_chunk_batch_do (batch, make_chunk, cancellable, error))
    return TRUE;

  abandon (batch);

  return FALSE;
}

/* If somebody else makes the chunk, and we wait for him, it is for the network that he waits. */
static AnnChunkLookup
begin (const AnnChunkJob *job,
       const AnnChunkKey *key,
       gsize n_bytes,
       gboolean wait,
       AnnPackedChunk *chunk,
       GCancellable *cancellable,
       GError **error)
{
  const gboolean waits = wait && job->waits;
  AnnChunkLookup result;

  if (waits)
    _ann_worker_begin_wait ();
  result = _ann_chunk_cache_begin_packed (key, n_bytes, wait, chunk, cancellable, error);
  if (waits)
    _ann_worker_end_wait ();

  return result;
}

/* A single row takes a part of a chunk. Where the cache is full, no more than its start is decoded:
 * the time for the rest is saved, and its room; whoever wants more of it later gets all. What comes
 * over a network had better not be asked for again.
 */
static gsize
choose_n_wanted (const AnnChunkJob *job, gsize n_wanted, AnnChunkLookup lookup)
{
  const gsize chunk_size = job->grid->chunk_size;

  if (lookup == ANN_CHUNK_MINE_AGAIN || job->waits || chunk_size < MIN_CUT_SIZE
      || n_wanted > chunk_size / 4 * 3 || _ann_chunk_cache_has_room (chunk_size))
    return chunk_size;

  return n_wanted;
}

/* Delivers the hits among the @n items, claims into @batch what nobody makes, and leaves in @items
 * what others are making. Waits for the first of them, if at all: it must not hold a key then.
 */
static gboolean
claim (const AnnChunkJob *job,
       gsize *items,
       gsize *n,
       gboolean wait,
       AnnChunkBatch *batch,
       GCancellable *cancellable,
       GError **error)
{
  gsize n_left = 0;

  batch->n = 0;
  for (gsize i = 0; i < *n; i++)
    {
      const AnnChunkKey key = get_key (job, items[i]);
      gboolean may_wait = wait && i == 0;
      g_auto (AnnPackedChunk) chunk = { .values = NULL };

      gsize n_wanted = count_wanted (job, items[i]);
      AnnChunkLookup lookup = begin (job, &key, n_wanted, may_wait, &chunk, cancellable, error);

      switch (lookup)
        {
        case ANN_CHUNK_HIT:
          if (!_ann_chunk_job_deliver_packed (job, items[i], &chunk, error))
            return FALSE;
          break;

        case ANN_CHUNK_MINE:
        case ANN_CHUNK_MINE_AGAIN:
          batch->n_wanted[batch->n] = choose_n_wanted (job, n_wanted, lookup);
          batch->is_settled[batch->n] = FALSE;
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
  g_auto (AnnChunkBatch) batch;
  gboolean wait = FALSE;

  _ann_chunk_batch_init (&batch, job);
  while (n > 0)
    {
      if (!claim (job, items, &n, wait, &batch, cancellable, error))
        {
          abandon (&batch);
          return FALSE;
        }
      if (!make_chunks (&batch, cancellable, error))
        return FALSE;
      _ann_chunk_batch_clear_owned (&batch);
      wait = TRUE;
    }

  return TRUE;
}

/* --- The whole box --- */

/* A call waits long: so many chunks as one fetch is worth, but the first are decoded while others
 * are still on their way.
 */
static gsize
choose_waiting_batch (const AnnChunkJob *job)
{
  const gsize most = MIN (_ann_array_get_fetched_at_once (job->array),
                          MAX_WAITING_BATCH_SIZE / job->grid->chunk_size);

  return CLAMP (MAX (job->n_items / 4, MIN_WAITING_BATCH), 1, CLAMP (most, 1, MAX_BATCH));
}

/* So many chunks that all threads get some, and no call into the format is for a few bytes. Bytes
 * that are only brought are brought sooner than another thread wakes up.
 */
static gsize
choose_batch (const AnnChunkJob *job)
{
  gsize total;
  gsize batch_size;

  if (job->waits)
    return choose_waiting_batch (job);

  if (!g_size_checked_mul (&total, job->n_items, job->grid->chunk_size))
    total = G_MAXSIZE;
  batch_size = CLAMP (total / (4 * ann_worker_get_n_threads ()),
                      job->is_plain ? MIN_PLAIN_BATCH_SIZE : MIN_BATCH_SIZE, MAX_BATCH_SIZE);

  return CLAMP (batch_size / job->grid->chunk_size, 1, MAX_BATCH);
}

static gboolean
read_items (const AnnChunkJob *job,
            gsize *items,
            gsize n,
            GCancellable *cancellable,
            GError **error)
{
  if (job->is_plain && !_ann_chunk_job_read_plain (job, items, &n, cancellable, error))
    return FALSE;
  if (n == 0)
    return TRUE;

  return job->uses_cache ? read_through_cache (job, items, n, cancellable, error)
                         : read_past_cache (job, items, n, cancellable, error);
}

/* Jobs that are worked on at the same time: cut into pieces, those of the first one first. Of a job
 * of few items those that are left are listed, of another it is all of them.
 */
typedef struct {
  AnnChunkJob *jobs;
  gsize few[ANN_CHUNK_MAX_JOBS][MAX_FEW];
  gsize n_items[ANN_CHUNK_MAX_JOBS];
  gsize batch[ANN_CHUNK_MAX_JOBS];
  gsize n_pieces[ANN_CHUNK_MAX_JOBS];
  gsize n_pieces_in_all;
  gboolean waits;
  atomic_size_t n_unfinished; /* pieces that somebody works on, or will */
} Jobs;

static gboolean
read_piece (gsize first, gsize n, gpointer user_data, GCancellable *cancellable, GError **error)
{
  Jobs *jobs = user_data;
  gsize items[MAX_BATCH];

  for (gsize i = first; i < first + n; i++)
    {
      gsize piece = i;
      guint k = 0;
      gsize start;
      gsize count;

      while (piece >= jobs->n_pieces[k])
        piece -= jobs->n_pieces[k++];
      start = piece * jobs->batch[k];
      count = MIN (jobs->batch[k], jobs->n_items[k] - start);
      for (gsize j = 0; j < count; j++)
        items[j] = jobs->jobs[k].n_items <= MAX_FEW ? jobs->few[k][start + j] : start + j;
      if (!read_items (&jobs->jobs[k], items, count, cancellable, error))
        return FALSE;
      if (atomic_fetch_sub (&jobs->n_unfinished, 1) > 1 && i + 1 == jobs->n_pieces_in_all)
        _ann_chunk_room_ready (_ann_array_get_id (jobs->jobs[0].array));
    }

  return TRUE;
}

/* A row that is there is copied sooner than another thread wakes up: of few chunks only those go to
 * all threads that are not in the cache.
 */
static gboolean
pick_few (Jobs *all, guint k, GError **error)
{
  const AnnChunkJob *job = &all->jobs[k];

  all->n_items[k] = job->n_items;
  if (job->n_items > MAX_FEW)
    return TRUE;

  for (gsize i = 0; i < job->n_items; i++)
    all->few[k][i] = i;

  return !job->uses_cache || job->is_plain
         || deliver_cached (job, all->few[k], &all->n_items[k], error);
}

static gboolean
run_pieces (Jobs *all, gsize piece_size, GCancellable *cancellable, GError **error)
{
  atomic_init (&all->n_unfinished, all->n_pieces_in_all);
  if (all->waits)
    return ann_worker_parallel_waits (
        all->n_pieces_in_all, CLAMP (MAX_WAITING_SIZE / piece_size, 2, ANN_WORKER_MAX_WAITS),
        read_piece, all, cancellable, error);

  return ann_worker_parallel (all->n_pieces_in_all, 1, read_piece, all, cancellable, error);
}

static gboolean
run_jobs (AnnChunkJob *jobs, guint n_jobs, GCancellable *cancellable, GError **error)
{
  Jobs all = { .jobs = jobs };
  gsize piece_size = 1;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  for (guint i = 0; i < n_jobs; i++)
    {
      jobs[i].is_plain = _ann_array_is_plain (jobs[i].array);
      jobs[i].waits = _ann_array_waits (jobs[i].array);
      if (!pick_few (&all, i, error))
        return FALSE;
      all.batch[i] = choose_batch (&jobs[i]);
      all.n_pieces[i] = all.n_items[i] / all.batch[i] + (all.n_items[i] % all.batch[i] != 0);
      all.n_pieces_in_all += all.n_pieces[i];
      piece_size = MAX (piece_size, all.batch[i] * jobs[i].grid->chunk_size);
      all.waits |= jobs[i].waits;
    }

  return all.n_pieces_in_all == 0 || run_pieces (&all, piece_size, cancellable, error);
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
