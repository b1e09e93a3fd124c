/* ann-chunk-reader.c: the chunk engine
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-chunk-reader-private.h"

#include "array/ann-array-private.h"
#include "array/ann-box-copy-private.h"
#include "array/ann-chunk-cache-private.h"
#include "base/ann-error.h"
#include "base/ann-scratch-private.h"
#include "base/ann-worker.h"

#include <string.h>

/* The chunks that a box touches are numbered in C order, 0 to n_items: the items of a parallel
 * call. Each worker takes a batch of them: looks into the cache, locates and fetches the rest with
 * one call each, decodes and puts in place. So with several workers the short fetches, which
 * may be behind a lock, and the long decodings interleave.
 *
 * A small box goes through the cache: its chunks are claimed, so that each is made once whoever
 * asks, and kept. A large one, and every scan, only looks whether a chunk happens to be there.
 */

#define MAX_BATCH 64
#define MIN_BATCH_SIZE ((gsize) 64 * 1024)
#define MAX_BATCH_SIZE ((gsize) 512 * 1024)

/* A stored chunk may be larger than the decoded one, but not by any amount. */
#define MAX_EXTRA_SIZE ((gsize) 64 * 1024)

typedef struct {
  AnnArray *array;
  const AnnChunkGrid *grid;
  const AnnBox *box;
  guint64 first[ANN_MAX_RANK]; /* the first chunk that the box touches, on each axis */
  guint64 count[ANN_MAX_RANK]; /* how many it touches */
  gsize n_items;
  gboolean uses_cache;
  guint8 *values; /* of a read */
  AnnChunkFunc func;
  gpointer user_data; /* of a scan */
} Job;

/* The part of a chunk that lies in the box. */
typedef struct {
  guint64 in_chunk[ANN_MAX_RANK]; /* where it begins */
  guint64 in_box[ANN_MAX_RANK];
  guint64 count[ANN_MAX_RANK];
  gboolean is_whole_chunk;
} Part;

/* Items on their way from the store, and their stored bytes. */
typedef struct {
  gsize n;
  gsize items[MAX_BATCH];
  AnnChunkLocation locations[MAX_BATCH];
  guint8 *bytes[MAX_BATCH];
  AnnScratch raw;
} Batch;

const char *
_ann_chunk_grid_init (AnnChunkGrid *grid,
                      AnnDtype dtype,
                      guint rank,
                      const guint64 *shape,
                      const guint64 *chunk_shape)
{
  grid->rank = rank;
  grid->item_size = ann_dtype_get_size (dtype);
  grid->chunk_size = grid->item_size;
  grid->n_chunks_in_all = 1;
  for (guint i = 0; i < rank; i++) /* can be shown, whatever is wrong with it */
    grid->chunk_shape[i] = chunk_shape[i];

  for (guint i = rank; i-- > 0;)
    {
      if (chunk_shape[i] == 0)
        return "a chunk has no elements";
      if (!g_size_checked_mul (&grid->chunk_size, grid->chunk_size, chunk_shape[i]))
        return "a chunk has more bytes than an address can count";

      grid->n_chunks[i] = shape[i] / chunk_shape[i] + (shape[i] % chunk_shape[i] != 0);
      grid->strides[i] = grid->n_chunks_in_all;
      if (!g_uint64_checked_mul (&grid->n_chunks_in_all, grid->n_chunks_in_all, grid->n_chunks[i]))
        return "there are more chunks than can be numbered";
    }

  return NULL;
}

/* --- Items --- */

static void
job_init (Job *job, AnnArray *array, const AnnChunkGrid *grid, const AnnBox *box)
{
  *job = (Job){ .array = array, .grid = grid, .box = box, .n_items = 1 };

  /* No overflow: each of the chunks has at least one element of the box, whose elements fit. */
  for (guint i = 0; i < grid->rank; i++)
    {
      job->first[i] = box->start[i] / grid->chunk_shape[i];
      job->count[i] = (box->start[i] + box->count[i] - 1) / grid->chunk_shape[i] - job->first[i]
                      + 1;
      job->n_items *= job->count[i];
    }
}

/* Sets @chunk to the place of an item in the grid. Returns: its number there */
static guint64
get_chunk (const Job *job, gsize item, guint64 *chunk)
{
  guint64 number = 0;

  for (guint i = job->grid->rank; i-- > 0;)
    {
      chunk[i] = job->first[i] + item % job->count[i];
      item /= job->count[i];
      number += chunk[i] * job->grid->strides[i];
    }

  return number;
}

static AnnChunkKey
get_key (const Job *job, gsize item)
{
  guint64 chunk[ANN_MAX_RANK];

  return (AnnChunkKey){ .array = _ann_array_get_id (job->array),
                        .chunk = get_chunk (job, item, chunk) };
}

static void
get_part (const Job *job, gsize item, Part *part)
{
  const AnnChunkGrid *grid = job->grid;
  guint64 chunk[ANN_MAX_RANK];

  get_chunk (job, item, chunk);
  part->is_whole_chunk = TRUE;
  for (guint i = 0; i < grid->rank; i++)
    {
      guint64 origin = chunk[i] * grid->chunk_shape[i];
      guint64 start = MAX (origin, job->box->start[i]);
      guint64 box_rest = job->box->start[i] + job->box->count[i] - start;
      guint64 chunk_rest = grid->chunk_shape[i] - (start - origin);

      part->in_chunk[i] = start - origin;
      part->in_box[i] = start - job->box->start[i];
      part->count[i] = MIN (box_rest, chunk_rest);
      if (part->count[i] != grid->chunk_shape[i])
        part->is_whole_chunk = FALSE;
    }
}

/* Where a whole chunk can be decoded without a copy: its elements are one run of the result.
 * Returns: %NULL if they are not
 */
static guint8 *
find_place (const Job *job, const Part *part)
{
  guint rank = job->grid->rank;
  gsize offset = 0;
  guint i = 0;

  if (job->values == NULL || !part->is_whole_chunk)
    return NULL;

  while (i < rank && part->count[i] == 1)
    i++;
  for (i++; i < rank; i++)
    {
      if (part->count[i] != job->box->count[i])
        return NULL;
    }

  for (i = 0; i < rank; i++)
    offset = offset * job->box->count[i] + part->in_box[i];

  return job->values + offset * job->grid->item_size;
}

/* --- Giving the caller its part of a chunk --- */

/* Calls the function of a scan with @values, which are the part alone. */
static gboolean
call_func (const Job *job, const Part *part, gconstpointer values, GError **error)
{
  AnnBox box = { .rank = job->grid->rank };

  for (guint i = 0; i < box.rank; i++)
    {
      box.start[i] = job->box->start[i] + part->in_box[i];
      box.count[i] = part->count[i];
    }

  return job->func (&box, values, job->user_data, error);
}

static gsize
get_part_size (const Job *job, const Part *part)
{
  gsize size = job->grid->item_size;

  for (guint i = 0; i < job->grid->rank; i++)
    size *= part->count[i];

  return size;
}

/* @chunk: a decoded chunk */
static gboolean
deliver_chunk (const Job *job, gsize item, const guint8 *chunk, GError **error)
{
  static const guint64 origin[ANN_MAX_RANK];
  const AnnChunkGrid *grid = job->grid;
  g_auto (AnnScratch) piece = { NULL, 0 };
  Part part;

  get_part (job, item, &part);
  if (job->values != NULL)
    {
      _ann_box_copy (grid->rank, grid->item_size, part.count, chunk, grid->chunk_shape,
                     part.in_chunk, job->values, job->box->count, part.in_box);
      return TRUE;
    }

  if (part.is_whole_chunk)
    return call_func (job, &part, chunk, error);

  if (!_ann_scratch_reserve (&piece, get_part_size (job, &part), error))
    return FALSE;
  _ann_box_copy (grid->rank, grid->item_size, part.count, chunk, grid->chunk_shape, part.in_chunk,
                 piece.data, part.count, origin);

  return call_func (job, &part, piece.data, error);
}

static gboolean
deliver_fill_value (const Job *job, gsize item, GError **error)
{
  static const guint64 origin[ANN_MAX_RANK];
  const AnnChunkGrid *grid = job->grid;
  const guint8 *fill_value = _ann_array_get_fill_value (job->array);
  g_auto (AnnScratch) piece = { NULL, 0 };
  Part part;

  get_part (job, item, &part);
  if (job->values != NULL)
    {
      _ann_box_fill (grid->rank, grid->item_size, part.count, fill_value, job->values,
                     job->box->count, part.in_box);
      return TRUE;
    }

  if (!_ann_scratch_reserve (&piece, get_part_size (job, &part), error))
    return FALSE;
  _ann_box_fill (grid->rank, grid->item_size, part.count, fill_value, piece.data, part.count,
                 origin);

  return call_func (job, &part, piece.data, error);
}

/* --- From the store --- */

static void
prefix_error (const Job *job, const AnnChunkLocation *location, GError **error)
{
  g_prefix_error (error, "%s, chunk %" G_GUINT64_FORMAT ": ", ann_array_get_path (job->array),
                  location->index);
}

/* Says where the chunks of @batch are. */
static gboolean
locate_batch (const Job *job, Batch *batch, GCancellable *cancellable, GError **error)
{
  guint64 indices[MAX_BATCH];
  guint64 chunk[ANN_MAX_RANK];

  for (gsize i = 0; i < batch->n; i++)
    {
      indices[i] = get_chunk (job, batch->items[i], chunk);
      batch->locations[i] = (AnnChunkLocation){ .index = indices[i] };
    }

  return ANN_ARRAY_GET_CLASS (job->array)
      ->locate (job->array, indices, batch->n, batch->locations, cancellable, error);
}

/* Brings the stored bytes of @batch, none of which is absent. */
static gboolean
fetch_batch (const Job *job, Batch *batch, GCancellable *cancellable, GError **error)
{
  gsize limit;
  gsize size = 0;

  if (batch->n == 0)
    return TRUE;

  if (!g_size_checked_mul (&limit, job->grid->chunk_size, 2)
      || !g_size_checked_add (&limit, limit, MAX_EXTRA_SIZE))
    limit = G_MAXSIZE / MAX_BATCH;

  for (gsize i = 0; i < batch->n; i++)
    {
      const AnnChunkLocation *location = &batch->locations[i];

      if (location->length > limit || !g_size_checked_add (&size, size, location->length))
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                       "%" G_GUINT64_FORMAT " stored bytes cannot be a chunk of %" G_GSIZE_FORMAT,
                       location->length, job->grid->chunk_size);
          prefix_error (job, location, error);
          return FALSE;
        }
    }

  if (!_ann_scratch_reserve (&batch->raw, size, error))
    return FALSE;
  size = 0;
  for (gsize i = 0; i < batch->n; i++)
    {
      batch->bytes[i] = batch->raw.data + size;
      size += batch->locations[i].length;
    }

  return ANN_ARRAY_GET_CLASS (job->array)
      ->fetch (job->array, batch->locations, batch->n, batch->bytes, cancellable, error);
}

static gboolean
decode (const Job *job, const Batch *batch, gsize i, guint8 *to, GError **error)
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
decode_and_deliver (const Job *job, const Batch *batch, gsize i, GError **error)
{
  g_auto (AnnScratch) chunk = { NULL, 0 };
  guint8 *place;
  Part part;

  get_part (job, batch->items[i], &part);
  place = find_place (job, &part);
  if (place != NULL)
    return decode (job, batch, i, place, error);

  return _ann_scratch_reserve (&chunk, job->grid->chunk_size, error)
         && decode (job, batch, i, chunk.data, error)
         && deliver_chunk (job, batch->items[i], chunk.data, error);
}

/* Delivers what is in the cache and leaves the rest in @batch. */
static gboolean
deliver_cached (const Job *job, gsize first, gsize n, Batch *batch, GError **error)
{
  for (gsize item = first; item < first + n; item++)
    {
      const AnnChunkKey key = get_key (job, item);
      g_autoptr (AnnBuffer) chunk = _ann_chunk_cache_peek (&key);

      if (chunk == NULL)
        batch->items[batch->n++] = item;
      else if (!deliver_chunk (job, item, ann_buffer_get_data (chunk), error))
        return FALSE;
    }

  return TRUE;
}

/* Delivers the fill value where a chunk of @batch is absent, and leaves the others in @batch. */
static gboolean
deliver_absent (const Job *job, Batch *batch, GError **error)
{
  gsize n_present = 0;

  for (gsize i = 0; i < batch->n; i++)
    {
      if (!batch->locations[i].is_absent)
        {
          batch->items[n_present] = batch->items[i];
          batch->locations[n_present++] = batch->locations[i];
        }
      else if (!deliver_fill_value (job, batch->items[i], error))
        return FALSE;
    }
  batch->n = n_present;

  return TRUE;
}

static void
batch_clear (Batch *batch)
{
  _ann_scratch_clear (&batch->raw);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Batch, batch_clear)

static gboolean
read_past_cache (gsize first,
                 gsize n,
                 gpointer user_data,
                 GCancellable *cancellable,
                 GError **error)
{
  const Job *job = user_data;
  g_auto (Batch) batch;

  batch.n = 0;
  batch.raw = (AnnScratch){ NULL, 0 };
  if (!deliver_cached (job, first, n, &batch, error))
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
abandon (const Job *job, const Batch *batch, gsize first)
{
  for (gsize i = first; i < batch->n; i++)
    {
      const AnnChunkKey key = get_key (job, batch->items[i]);

      _ann_chunk_cache_abandon (&key);
    }
}

/* As deliver_absent(); what is absent is not kept, for it costs nothing. */
static gboolean
abandon_absent (const Job *job, Batch *batch, GError **error)
{
  gsize n_present = 0;
  gboolean success = TRUE;

  for (gsize i = 0; i < batch->n; i++)
    {
      if (batch->locations[i].is_absent)
        {
          const AnnChunkKey key = get_key (job, batch->items[i]);

          _ann_chunk_cache_abandon (&key);
          success = success && deliver_fill_value (job, batch->items[i], error);
          continue;
        }
      batch->items[n_present] = batch->items[i];
      batch->locations[n_present++] = batch->locations[i];
    }
  batch->n = n_present;

  return success;
}

static gboolean
make_chunk (const Job *job, const Batch *batch, gsize i, GError **error)
{
  const AnnChunkGrid *grid = job->grid;
  const AnnChunkKey key = get_key (job, batch->items[i]);
  g_autoptr (AnnBuffer) chunk = NULL;

  chunk = ann_buffer_new (ann_array_get_dtype (job->array), grid->rank, grid->chunk_shape, error);
  if (chunk == NULL || !decode (job, batch, i, ann_buffer_get_data_for_writing (chunk), error)
      || !deliver_chunk (job, batch->items[i], ann_buffer_get_data (chunk), error))
    return FALSE;

  /* Last: until then the key is ours to give up. */
  _ann_chunk_cache_put (&key, chunk);

  return TRUE;
}

/* Makes the chunks of @batch, whose keys are ours, and gives up the keys of those that fail. */
static gboolean
make_chunks (const Job *job, Batch *batch, GCancellable *cancellable, GError **error)
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
claim (const Job *job,
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
          if (!deliver_chunk (job, items[i], ann_buffer_get_data (chunk), error))
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

static gboolean
read_through_cache (gsize first,
                    gsize n,
                    gpointer user_data,
                    GCancellable *cancellable,
                    GError **error)
{
  const Job *job = user_data;
  g_auto (Batch) batch;
  gsize items[MAX_BATCH];
  gboolean wait = FALSE;

  batch.n = 0;
  batch.raw = (AnnScratch){ NULL, 0 };
  for (gsize i = 0; i < n; i++)
    items[i] = first + i;

  while (n > 0)
    {
      if (!claim (job, items, &n, wait, &batch, cancellable, error))
        {
          abandon (job, &batch, 0);
          return FALSE;
        }
      if (!make_chunks (job, &batch, cancellable, error))
        return FALSE;
      wait = TRUE;
    }

  return TRUE;
}

/* --- The whole box --- */

/* So many chunks that all threads get some, and no call into the format is for a few bytes. */
static gsize
choose_batch (const Job *job)
{
  gsize total;
  gsize batch_size;

  if (!g_size_checked_mul (&total, job->n_items, job->grid->chunk_size))
    total = G_MAXSIZE;
  batch_size = CLAMP (total / (4 * ann_worker_get_n_threads ()), MIN_BATCH_SIZE, MAX_BATCH_SIZE);

  return CLAMP (batch_size / job->grid->chunk_size, 1, MAX_BATCH);
}

static gboolean
run (Job *job, GCancellable *cancellable, GError **error)
{
  return ann_worker_parallel (job->n_items, choose_batch (job),
                              job->uses_cache ? read_through_cache : read_past_cache, job,
                              cancellable, error);
}

gboolean
_ann_chunk_reader_read (AnnArray *array,
                        const AnnChunkGrid *grid,
                        const AnnBox *box,
                        guint8 *values,
                        GCancellable *cancellable,
                        GError **error)
{
  gsize size = grid->item_size;
  Job job;

  for (guint i = 0; i < box->rank; i++)
    size *= box->count[i];

  job_init (&job, array, grid, box);
  job.values = values;
  job.uses_cache = _ann_chunk_cache_wants (MAX (grid->chunk_size, size));

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
  Job job;

  job_init (&job, array, grid, box);
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
        total += locations[i].is_absent ? 0 : locations[i].length;
    }
  *stored_size = total;

  return TRUE;
}
