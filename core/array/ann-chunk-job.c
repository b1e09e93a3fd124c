/* ann-chunk-job.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-chunk-job-private.h"

#include "array/ann-array-private.h"
#include "array/ann-box-copy-private.h"
#include "base/ann-buffer-private.h"
#include "base/ann-scratch-private.h"

/* --- The grid --- */

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

void
_ann_chunk_job_init (AnnChunkJob *job, AnnArray *array, const AnnChunkGrid *grid, const AnnBox *box)
{
  *job = (AnnChunkJob){ .array = array, .grid = grid, .box = *box, .n_items = 1 };

  /* No overflow: each of the chunks has at least one element of the box, whose elements fit. */
  for (guint i = 0; i < grid->rank; i++)
    {
      job->first[i] = box->start[i] / grid->chunk_shape[i];
      job->count[i] = (box->start[i] + box->count[i] - 1) / grid->chunk_shape[i] - job->first[i]
                      + 1;
      job->n_items *= job->count[i];
    }
}

void
_ann_chunk_job_init_cells (AnnChunkJob *job,
                           AnnArray *array,
                           const AnnChunkGrid *grid,
                           const AnnBox *box,
                           const AnnCells *const *cells)
{
  _ann_chunk_job_init (job, array, grid, box);
  job->n_items = 1;
  for (guint i = 0; i < grid->rank; i++)
    {
      job->cells[i] = cells[i];
      if (cells[i] != NULL)
        job->count[i] = _ann_cells_get_n (cells[i]);
      job->n_items *= job->count[i];
    }
}

static const AnnCell *
get_cell (const AnnChunkJob *job, guint axis, gsize place)
{
  return job->cells[axis] != NULL ? _ann_cells_get (job->cells[axis], place) : NULL;
}

guint64
_ann_chunk_job_get_chunk (const AnnChunkJob *job, gsize item, guint64 *chunk)
{
  guint64 number = 0;

  for (guint i = job->grid->rank; i-- > 0;)
    {
      const AnnCell *cell = get_cell (job, i, item % job->count[i]);

      chunk[i] = cell != NULL ? cell->start / job->grid->chunk_shape[i]
                              : job->first[i] + item % job->count[i];
      item /= job->count[i];
      number += chunk[i] * job->grid->strides[i];
    }

  return number;
}

/* What is wanted of the chunk that is the @place-th of @axis: one run, the first one if there are
 * more. Returns: how many there are
 */
static gsize
get_run (const AnnChunkJob *job, guint axis, gsize place, AnnRun *run, const AnnRun **runs)
{
  const guint64 length = job->grid->chunk_shape[axis];
  const AnnCell *cell = get_cell (job, axis, place);
  guint64 origin = (job->first[axis] + place) * length;

  if (cell != NULL)
    {
      *runs = &_ann_runs_get (&job->cells[axis]->runs)[cell->first];
      *run = **runs;
      return cell->n;
    }

  run->from = MAX (origin, job->box.start[axis]);
  run->to = run->from - job->box.start[axis];
  run->count = MIN (job->box.count[axis] - run->to, length - (run->from - origin));
  *runs = run;

  return 1;
}

void
_ann_chunk_job_get_part (const AnnChunkJob *job, gsize item, AnnChunkPart *part)
{
  part->is_one_box = TRUE;
  part->is_whole_chunk = TRUE;
  for (guint i = job->grid->rank; i-- > 0;)
    {
      const AnnRun *runs;
      AnnRun run;

      if (get_run (job, i, item % job->count[i], &run, &runs) > 1)
        part->is_one_box = FALSE;
      item /= job->count[i];
      part->in_chunk[i] = run.from % job->grid->chunk_shape[i];
      part->in_box[i] = run.to;
      part->count[i] = run.count;
      if (part->count[i] != job->grid->chunk_shape[i])
        part->is_whole_chunk = FALSE;
    }
  part->is_whole_chunk &= part->is_one_box;
}

/* Whether a box of @count elements is one run of an array of @shape. */
static gboolean
is_one_run (guint rank, const guint64 *count, const guint64 *shape)
{
  guint i = 0;

  while (i < rank && count[i] == 1)
    i++;
  for (i++; i < rank; i++)
    {
      if (count[i] != shape[i])
        return FALSE;
    }

  return TRUE;
}

guint8 *
_ann_chunk_job_find_place (const AnnChunkJob *job, const AnnChunkPart *part)
{
  const AnnChunkGrid *grid = job->grid;
  gsize offset = 0;

  if (job->values == NULL || !part->is_one_box
      || !is_one_run (grid->rank, part->count, grid->chunk_shape)
      || !is_one_run (grid->rank, part->count, job->box.count))
    return NULL;

  for (guint i = 0; i < grid->rank; i++)
    offset = offset * job->box.count[i] + part->in_box[i];

  return job->values + offset * grid->item_size;
}

gsize
_ann_chunk_job_get_extent (const AnnChunkJob *job, gsize item, gsize *offset, gsize *n_bytes)
{
  const AnnChunkGrid *grid = job->grid;
  gsize n_wanted = 1;
  gsize first = 0;
  gsize last = 0;
  gsize stride = 1;

  for (guint i = grid->rank; i-- > 0;)
    {
      const guint64 length = grid->chunk_shape[i];
      const AnnRun *runs;
      AnnRun run;
      gsize n_runs = get_run (job, i, item % job->count[i], &run, &runs);
      guint64 low = length;
      guint64 high = 0;
      gsize n = 0;

      item /= job->count[i];
      if (n_runs == 1)
        runs = &run;
      for (gsize k = 0; k < n_runs; k++)
        {
          low = MIN (low, runs[k].from % length);
          high = MAX (high, runs[k].from % length + runs[k].count - 1);
          n += runs[k].count;
        }
      first += low * stride;
      last += high * stride;
      stride *= length;
      n_wanted *= MIN (n, length); /* elements may be wanted more than once */
    }
  *offset = first * grid->item_size;
  *n_bytes = (last - first + 1) * grid->item_size;

  return n_wanted * grid->item_size;
}

/* --- Giving the caller its part of a chunk --- */

/* @chunk: a decoded chunk of which more than one box is wanted, or of a scan by runs. */
static gboolean
scatter_chunk (const AnnChunkJob *job, gsize item, const guint8 *chunk, GError **error)
{
  const AnnChunkGrid *grid = job->grid;
  AnnRun ranges[ANN_MAX_RANK];
  AnnScatter scatter = { .rank = grid->rank,
                         .item_size = grid->item_size,
                         .from_shape = grid->chunk_shape,
                         .to_shape = job->box.count };

  for (guint i = grid->rank; i-- > 0;)
    {
      scatter.n_runs[i] = get_run (job, i, item % job->count[i], &ranges[i], &scatter.runs[i]);
      scatter.origins[i] = scatter.runs[i][0].from - scatter.runs[i][0].from % grid->chunk_shape[i];
      item /= job->count[i];
    }

  if (job->runs_func != NULL)
    return job->runs_func (chunk, scatter.origins[0], scatter.runs[0], scatter.n_runs[0],
                           job->user_data, error);

  _ann_scatter (&scatter, chunk, job->values);

  return TRUE;
}

/* Calls the function of a scan with @values, which are the part alone. */
static gboolean
call_func (const AnnChunkJob *job, const AnnChunkPart *part, gconstpointer values, GError **error)
{
  AnnBox box = { .rank = job->grid->rank };

  for (guint i = 0; i < box.rank; i++)
    {
      box.start[i] = job->box.start[i] + part->in_box[i];
      box.count[i] = part->count[i];
    }

  return job->func (&box, values, job->user_data, error);
}

static gsize
get_part_size (const AnnChunkJob *job, const AnnChunkPart *part)
{
  gsize size = job->grid->item_size;

  for (guint i = 0; i < job->grid->rank; i++)
    size *= part->count[i];

  return size;
}

gboolean
_ann_chunk_job_deliver (const AnnChunkJob *job, gsize item, const guint8 *chunk, GError **error)
{
  static const guint64 origin[ANN_MAX_RANK];
  const AnnChunkGrid *grid = job->grid;
  g_auto (AnnScratch) piece = { NULL, 0 };
  AnnChunkPart part;

  _ann_chunk_job_get_part (job, item, &part);
  if (!part.is_one_box || job->runs_func != NULL)
    return scatter_chunk (job, item, chunk, error);
  if (job->values != NULL)
    {
      guint8 *place = _ann_chunk_job_find_place (job, &part);

      if (place != NULL)
        _ann_buffer_populate (place, get_part_size (job, &part));
      _ann_box_copy (grid->rank, grid->item_size, part.count, chunk, grid->chunk_shape,
                     part.in_chunk, job->values, job->box.count, part.in_box);
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

/* Unpacks what is wanted, with what lies between. */
gboolean
_ann_chunk_job_deliver_packed (const AnnChunkJob *job,
                               gsize item,
                               const AnnPackedChunk *chunk,
                               GError **error)
{
  const guint8 *bytes = _ann_packed_chunk_get_bytes (chunk);
  g_auto (AnnScratch) scratch = { NULL, 0 };
  gsize offset;
  gsize n_bytes;
  AnnChunkPart part;
  guint8 *place;

  if (bytes != NULL)
    return _ann_chunk_job_deliver (job, item, bytes, error);

  _ann_chunk_job_get_extent (job, item, &offset, &n_bytes);
  _ann_chunk_job_get_part (job, item, &part);
  place = _ann_chunk_job_find_place (job, &part);
  if (place != NULL)
    {
      _ann_buffer_populate (place, n_bytes);
      _ann_packed_chunk_unpack (chunk, offset, n_bytes, place);
      return TRUE;
    }

  if (!_ann_scratch_reserve (&scratch, job->grid->chunk_size, error))
    return FALSE;
  _ann_packed_chunk_unpack (chunk, offset, n_bytes, scratch.data + offset);

  return _ann_chunk_job_deliver (job, item, scratch.data, error);
}

gboolean
_ann_chunk_job_deliver_fill_value (const AnnChunkJob *job, gsize item, GError **error)
{
  static const guint64 origin[ANN_MAX_RANK];
  const AnnChunkGrid *grid = job->grid;
  const guint8 *fill_value = _ann_array_get_fill_value (job->array);
  g_auto (AnnScratch) piece = { NULL, 0 };
  AnnChunkPart part;

  _ann_chunk_job_get_part (job, item, &part);
  if (!part.is_one_box || job->runs_func != NULL)
    {
      if (!_ann_scratch_reserve (&piece, grid->chunk_size, error))
        return FALSE;
      _ann_box_fill (grid->rank, grid->item_size, grid->chunk_shape, fill_value, piece.data,
                     grid->chunk_shape, origin);
      return scatter_chunk (job, item, piece.data, error);
    }
  if (job->values != NULL)
    {
      _ann_box_fill (grid->rank, grid->item_size, part.count, fill_value, job->values,
                     job->box.count, part.in_box);
      return TRUE;
    }

  if (!_ann_scratch_reserve (&piece, get_part_size (job, &part), error))
    return FALSE;
  _ann_box_fill (grid->rank, grid->item_size, part.count, fill_value, piece.data, part.count,
                 origin);

  return call_func (job, &part, piece.data, error);
}
