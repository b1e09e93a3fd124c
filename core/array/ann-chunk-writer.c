/* ann-chunk-writer.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-chunk-writer-private.h"

#include "array/ann-box-copy-private.h"
#include "base/ann-error.h"
#include "base/ann-scratch-private.h"
#include "base/ann-worker.h"
#include "codec/ann-codec-chain-private.h"

#include <pthread.h>
#include <string.h>

/* Less is encoded sooner than another thread wakes up. */
#define MIN_SHARED_SIZE ((gsize) 64 * 1024)

/* So much is encoded in one parallel call: what was encoded waits in memory if storing is slower.
 */
#define MAX_CALL_SIZE ((gsize) 64 * 1024 * 1024)

#define MAX_CALL_CHUNKS 65536

/* So many chunks are handed to the format at a time. */
#define MAX_STORED 64

/* An encoded chunk that waits for its turn. */
typedef struct {
  const guint8 *bytes; /* %NULL until it is encoded */
  gsize n_bytes;
  gboolean is_zero;
  guint8 *buffer; /* (nullable): of the writer, where @bytes are */
} Slot;

/* A chunk in the rows of a piece. */
typedef struct {
  const guint8
      *bytes; /* (nullable): where it lies in memory, if it lies there as a whole chunk does */
  const AnnRowPiece *piece;
  gboolean is_filled; /* no part of it lies beyond the array */
  guint64 shape[ANN_MAX_RANK];
  guint64 start[ANN_MAX_RANK];
  guint64 count[ANN_MAX_RANK];
} Cut;

/* One parallel call. Chunks are encoded by all threads, and stored in order by whichever thread
 * finishes one that it is the turn of: meanwhile the others go on encoding.
 */
typedef struct {
  AnnChunkWriter *writer;
  const AnnRowPiece *pieces;
  guint n_pieces;
  guint64 first_band; /* of the pieces */
  guint64 first;      /* chunk of the call, counted from the start of the pieces */
  gsize n;
  Slot *slots;

  pthread_mutex_t lock; /* guards what follows, the writer's buffers, and what slots hold */
  gsize n_stored;
  gboolean is_storing; /* a thread is at it, or was and failed */
} Call;

static gboolean
set_sizes (AnnChunkWriter *self)
{
  self->chunk_size = self->item_size;
  self->band_chunks = 1;

  for (guint i = 0; i < self->rank; i++)
    {
      if (!g_size_checked_mul (&self->chunk_size, self->chunk_size, self->chunk_shape[i]))
        return FALSE;
      if (i == 0)
        continue;
      self->n_chunks[i] = self->chunk_shape[i] == 0
                              ? 0
                              : self->shape[i] / self->chunk_shape[i]
                                    + (self->shape[i] % self->chunk_shape[i] != 0);
      if (!g_uint64_checked_mul (&self->band_chunks, self->band_chunks, self->n_chunks[i]))
        return FALSE;
    }
  if (!g_size_checked_mul (&self->band_size, self->chunk_size, self->band_chunks))
    return FALSE;
  self->bound = _ann_codec_chain_get_bound (self->codecs, self->chunk_size);

  return self->bound < G_MAXSIZE;
}

gboolean
_ann_chunk_writer_init (AnnChunkWriter *self,
                        AnnArrayWriter *array,
                        const AnnArraySpec *spec,
                        gsize item_size,
                        AnnCodecChain *codecs)
{
  const gboolean is_whole = spec->rank > 0 && spec->chunk_shape[0] == 0;

  *self = (AnnChunkWriter){ .array = array,
                            .codecs = codecs != NULL ? ann_codec_chain_ref (codecs)
                                                     : ann_codec_chain_new (),
                            .rank = spec->rank,
                            .item_size = item_size,
                            .encodes = codecs != NULL && _ann_codec_chain_has_steps (codecs),
                            .buffers = g_ptr_array_new_with_free_func (g_free) };
  for (guint i = 0; i < spec->rank; i++)
    {
      self->shape[i] = spec->shape[i];
      self->chunk_shape[i] = is_whole ? spec->shape[i] : spec->chunk_shape[i];
    }
  if (spec->rank > 0 && self->chunk_shape[0] == ANN_LENGTH_UNKNOWN)
    self->chunk_shape[0] = 1; /* until it is known */

  return set_sizes (self);
}

void
_ann_chunk_writer_clear (AnnChunkWriter *self)
{
  g_clear_pointer (&self->codecs, ann_codec_chain_unref);
  g_clear_pointer (&self->buffers, g_ptr_array_unref);
}

gboolean
_ann_chunk_writer_set_rows (AnnChunkWriter *self, guint64 n_rows)
{
  self->chunk_shape[0] = n_rows;

  return set_sizes (self);
}

/* --- Cutting --- */

/* Where chunk @n of the pieces lies among all chunks. */
static void
get_coordinates (const Call *call, guint64 n, guint64 *coordinates)
{
  const AnnChunkWriter *self = call->writer;

  for (guint i = self->rank; i-- > 1;)
    {
      coordinates[i] = n % self->n_chunks[i];
      n /= self->n_chunks[i];
    }
  if (self->rank > 0)
    coordinates[0] = call->first_band + n;
}

/* The piece that a band lies in. Makes @band that of the piece. */
static const AnnRowPiece *
find_piece (const Call *call, guint64 *band)
{
  const guint64 chunk_rows = call->writer->chunk_shape[0];
  const AnnRowPiece *piece = call->pieces;

  for (; piece < call->pieces + call->n_pieces - 1; piece++)
    {
      const guint64 n_bands = piece->n_rows / chunk_rows;

      if (*band < n_bands)
        break;
      *band -= n_bands;
    }

  return piece;
}

/* Finds chunk @n of the pieces. */
static void
cut (const Call *call, guint64 n, Cut *part)
{
  const AnnChunkWriter *self = call->writer;
  gboolean is_whole = TRUE;

  get_coordinates (call, n, part->start);
  part->start[0] -= call->first_band;
  part->piece = find_piece (call, &part->start[0]);
  part->is_filled = TRUE;

  for (guint i = 0; i < self->rank; i++)
    {
      part->shape[i] = i == 0 ? part->piece->n_rows : self->shape[i];
      part->start[i] *= self->chunk_shape[i];
      part->count[i] = MIN (self->chunk_shape[i], part->shape[i] - part->start[i]);
      part->is_filled = part->is_filled && part->count[i] == self->chunk_shape[i];
      is_whole = is_whole && (i == 0 || part->count[i] == part->shape[i]);
    }

  part->bytes = NULL;
  if (is_whole && part->is_filled)
    part->bytes = part->piece->values + part->start[0] / self->chunk_shape[0] * self->chunk_size;
}

/* Puts a chunk together, with zeros for what lies beyond the array. */
static void
copy_cut (const AnnChunkWriter *self, const Cut *part, guint8 *to)
{
  const guint64 zero[ANN_MAX_RANK] = { 0 };

  if (!part->is_filled)
    memset (to, 0, self->chunk_size);
  _ann_box_copy (self->rank, self->item_size, part->count, part->piece->values, part->shape,
                 part->start, to, self->chunk_shape, zero);
}

/* --- Encoding --- */

static guint8 *
take_buffer (Call *call, GError **error)
{
  GPtrArray *buffers = call->writer->buffers;
  guint8 *buffer = NULL;

  pthread_mutex_lock (&call->lock);
  if (buffers->len > 0)
    buffer = g_ptr_array_steal_index_fast (buffers, buffers->len - 1);
  pthread_mutex_unlock (&call->lock);
  if (buffer != NULL)
    return buffer;

  buffer = g_try_malloc (call->writer->bound);
  if (buffer == NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                 "There is no memory for an encoded chunk of %" G_GSIZE_FORMAT " bytes",
                 call->writer->bound);

  return buffer;
}

/* Found out at the first byte for nearly all chunks that are not. */
static gboolean
is_zero (const guint8 *bytes, gsize n)
{
  return n == 0 || (bytes[0] == 0 && memcmp (bytes, bytes + 1, n - 1) == 0);
}

/* Fills the buffer of @slot with a chunk, encoded, and sets what there is to say of it. */
static gboolean
encode_into (const AnnChunkWriter *self, const Cut *part, Slot *slot, GError **error)
{
  g_auto (AnnScratch) scratch = { NULL, 0 };
  const guint8 *values = part->bytes;

  if (!self->encodes)
    {
      copy_cut (self, part, slot->buffer);
      slot->is_zero = is_zero (slot->buffer, self->chunk_size);
      return TRUE;
    }

  if (values == NULL)
    {
      if (!_ann_scratch_reserve (&scratch, self->chunk_size, error))
        return FALSE;
      copy_cut (self, part, scratch.data);
      values = scratch.data;
    }

  slot->is_zero = is_zero (values, self->chunk_size);

  return ann_codec_chain_encode (self->codecs, values, self->chunk_size, slot->buffer, self->bound,
                                 &slot->n_bytes, error);
}

/* What is not encoded, and lies in memory as a chunk does, is stored from there. */
static gboolean
encode (Call *call, gsize n, GError **error)
{
  const AnnChunkWriter *self = call->writer;
  Slot slot = { .n_bytes = self->chunk_size };
  Cut part = { .bytes = call->pieces->values };

  if (self->rank > 0)
    cut (call, call->first + n, &part);
  slot.bytes = part.bytes;

  if (self->encodes || part.bytes == NULL)
    {
      slot.bytes = slot.buffer = take_buffer (call, error);
      if (slot.buffer == NULL)
        return FALSE;
      if (!encode_into (self, &part, &slot, error))
        {
          g_free (slot.buffer);
          return FALSE;
        }
    }
  else
    slot.is_zero = is_zero (slot.bytes, slot.n_bytes);

  pthread_mutex_lock (&call->lock);
  call->slots[n] = slot;
  pthread_mutex_unlock (&call->lock);

  return TRUE;
}

/* --- Storing --- */

/* Under the lock, which is open while the format stores. */
static gboolean
store_some (Call *call, gsize n, GCancellable *cancellable, GError **error)
{
  AnnChunkWriter *self = call->writer;
  AnnEncodedChunk chunks[MAX_STORED];
  guint64 coordinates[MAX_STORED][ANN_MAX_RANK];
  gboolean success;

  for (gsize i = 0; i < n; i++)
    {
      const Slot *slot = &call->slots[call->n_stored + i];

      get_coordinates (call, call->first + call->n_stored + i, coordinates[i]);
      chunks[i] = (AnnEncodedChunk){ .coordinates = coordinates[i],
                                     .bytes = slot->bytes,
                                     .n_bytes = slot->n_bytes,
                                     .is_zero = slot->is_zero };
    }

  pthread_mutex_unlock (&call->lock);
  success = ANN_ARRAY_WRITER_GET_CLASS (self->array)
                ->store_chunks (self->array, chunks, n, cancellable, error);
  pthread_mutex_lock (&call->lock);

  for (gsize i = 0; i < n; i++)
    {
      guint8 *buffer = g_steal_pointer (&call->slots[call->n_stored + i].buffer);

      if (buffer != NULL)
        g_ptr_array_add (self->buffers, buffer);
    }
  call->n_stored += n;

  return success;
}

/* Stores the chunks that are ready, up to the first one that is not: who finishes that one comes
 * here too. One thread at a time; a thread that meets another one here leaves its chunk to it.
 * After a failure nobody stores any more.
 */
static gboolean
store_ready (Call *call, GCancellable *cancellable, GError **error)
{
  gboolean success = TRUE;

  pthread_mutex_lock (&call->lock);
  while (success && !call->is_storing)
    {
      gsize n = 0;

      while (n < MAX_STORED && call->n_stored + n < call->n
             && call->slots[call->n_stored + n].bytes != NULL)
        n++;
      if (n == 0)
        break;

      call->is_storing = TRUE;
      success = store_some (call, n, cancellable, error);
      call->is_storing = !success;
    }
  pthread_mutex_unlock (&call->lock);

  return success;
}

static gboolean
write_some (gsize first, gsize n, gpointer user_data, GCancellable *cancellable, GError **error)
{
  Call *call = user_data;

  for (gsize i = first; i < first + n; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error) || !encode (call, i, error))
        return FALSE;
    }

  return store_ready (call, cancellable, error);
}

static gboolean
run (Call *call, GCancellable *cancellable, GError **error)
{
  const gsize grain = MAX (MIN_SHARED_SIZE / MAX (call->writer->chunk_size, 1), 1);
  gboolean success;

  call->slots = g_try_new0 (Slot, call->n);
  if (call->slots == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "There is no memory for %" G_GSIZE_FORMAT " chunks", call->n);
      return FALSE;
    }

  pthread_mutex_init (&call->lock, NULL);
  call->n_stored = 0;
  success = ann_worker_parallel (call->n, grain, write_some, call, cancellable, error);
  pthread_mutex_destroy (&call->lock);

  for (gsize i = 0; i < call->n; i++)
    g_free (call->slots[i].buffer);
  g_clear_pointer (&call->slots, g_free);

  return success;
}

gboolean
_ann_chunk_writer_write (AnnChunkWriter *self,
                         const AnnRowPiece *pieces,
                         guint n_pieces,
                         guint64 first_band,
                         GCancellable *cancellable,
                         GError **error)
{
  const guint64 max_n = CLAMP (MAX_CALL_SIZE / MAX (self->chunk_size, 1), 1, MAX_CALL_CHUNKS);
  Call call = { .writer = self, .pieces = pieces, .n_pieces = n_pieces, .first_band = first_band };
  guint64 n_chunks = self->band_chunks;

  g_return_val_if_fail (n_pieces <= ANN_MAX_ROW_PIECES, FALSE);

  if (self->rank > 0)
    {
      guint64 n_rows = 0;

      for (guint i = 0; i < n_pieces; i++)
        n_rows += pieces[i].n_rows;
      n_chunks *= n_rows / self->chunk_shape[0] + (n_rows % self->chunk_shape[0] != 0);
    }

  for (; call.first < n_chunks; call.first += call.n)
    {
      call.n = MIN (max_n, n_chunks - call.first);
      if (!run (&call, cancellable, error))
        return FALSE;
    }

  return TRUE;
}
