/* ann-zarr-text-writer.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-text-writer.h"

#include "base/ann-error.h"
#include "base/ann-worker.h"
#include "codec/ann-codec-chain-private.h"

#include <string.h>

/* Texts are kept until there are so many chunks for each thread, or so many bytes. */
#define CHUNKS_PER_THREAD 4
#define MAX_COLLECTED_SIZE ((gsize) 16 * 1024 * 1024)

/* So many are encoded before they are stored. */
#define MAX_CALL_CHUNKS 64

struct _AnnZarrTextWriter {
  AnnZarrChunkSink *sink;
  AnnCodecChain *codecs;
  AnnStrings *pending;
  gsize pending_size; /* their bytes */
  guint64 n_bands;    /* that are stored */
};

/* A chunk that is being encoded. */
typedef struct {
  guint64 coordinates[ANN_MAX_RANK];
  guint8 *bytes;
  gsize n_bytes;
  gboolean is_zero;
} Slot;

typedef struct {
  const AnnZarrTextWriter *writer;
  gsize n_rows;
  Slot *slots;
} Call;

AnnZarrTextWriter *
_ann_zarr_text_writer_new (AnnZarrChunkSink *sink)
{
  AnnZarrTextWriter *self = g_new0 (AnnZarrTextWriter, 1);

  self->sink = sink;
  self->codecs = _ann_zarr_layout_new_codecs (sink->layout);
  self->pending = ann_strings_new ();

  return self;
}

void
_ann_zarr_text_writer_free (AnnZarrTextWriter *self)
{
  ann_codec_chain_unref (self->codecs);
  ann_strings_unref (self->pending);
  g_free (self);
}

/* Texts in a row. */
static gsize
get_row_length (const AnnZarrLayout *layout)
{
  gsize length = 1;

  for (guint i = 1; i < layout->rank; i++)
    length *= (gsize) layout->shape[i];

  return length;
}

/* Chunks of a band, which is one chunk high. */
static gsize
get_band_length (const AnnZarrLayout *layout)
{
  gsize length = 1;

  for (guint i = 1; i < layout->rank; i++)
    length *= (gsize) ((layout->shape[i] + layout->chunk_shape[i] - 1) / layout->chunk_shape[i]);

  return length;
}

/* --- One chunk --- */

/* The texts of a chunk, one after the other. */
typedef struct {
  const AnnZarrLayout *layout;
  const AnnStrings *texts;
  gsize n_rows;
  guint64 first_row; /* that of the chunk, among @texts */
  const guint64 *coordinates;
  guint64 place[ANN_MAX_RANK]; /* in the chunk */
  guint64 n_left;
} Walk;

static gboolean
walk_init (Walk *walk, const Call *call, const Slot *slot, GError **error)
{
  const AnnZarrTextWriter *self = call->writer;

  *walk = (Walk){ .layout = self->sink->layout,
                  .texts = self->pending,
                  .n_rows = call->n_rows,
                  .coordinates = slot->coordinates,
                  .n_left = 1 };
  if (walk->layout->rank > 0)
    walk->first_row = (slot->coordinates[0] - self->n_bands) * walk->layout->chunk_shape[0];
  for (guint i = 0; i < walk->layout->rank; i++)
    {
      if (!g_uint64_checked_mul (&walk->n_left, walk->n_left, walk->layout->chunk_shape[i])
          || walk->n_left > G_MAXUINT32)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                       "%s: a chunk cannot have more than 2³² texts: ask for smaller chunks",
                       self->sink->path);
          return FALSE;
        }
    }

  return TRUE;
}

/* The next text; an empty one beyond the array. %FALSE at the end. */
static gboolean
walk_next (Walk *walk, const char **text, gsize *length)
{
  const AnnZarrLayout *layout = walk->layout;
  gboolean is_inside = TRUE;
  gsize index = 0;

  if (walk->n_left == 0)
    return FALSE;
  walk->n_left--;

  for (guint i = 0; i < layout->rank; i++)
    {
      const guint64 place = i == 0 ? walk->first_row + walk->place[0]
                                   : walk->coordinates[i] * layout->chunk_shape[i] + walk->place[i];
      const guint64 end = i == 0 ? walk->n_rows : layout->shape[i];

      is_inside = is_inside && place < end;
      index = index * (gsize) end + (gsize) place;
    }
  for (guint i = layout->rank; i-- > 0 && ++walk->place[i] == layout->chunk_shape[i];)
    walk->place[i] = 0;

  *text = "";
  *length = 0;
  if (is_inside)
    *text = ann_strings_get (walk->texts, index, length);

  return TRUE;
}

static gboolean
measure (const Call *call, Slot *slot, gsize *size, GError **error)
{
  const char *text;
  gsize length;
  Walk walk;

  if (!walk_init (&walk, call, slot, error))
    return FALSE;
  *size = sizeof (guint32);
  slot->is_zero = TRUE;
  while (walk_next (&walk, &text, &length))
    {
      slot->is_zero = slot->is_zero && length == 0;
      if (length > G_MAXUINT32 || !g_size_checked_add (size, *size, sizeof (guint32))
          || !g_size_checked_add (size, *size, length))
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                       "%s: a text of %" G_GSIZE_FORMAT " bytes is too long for Zarr",
                       call->writer->sink->path, length);
          return FALSE;
        }
    }

  return TRUE;
}

static void
fill (const Call *call, const Slot *slot, guint8 *to)
{
  const char *text;
  gsize length;
  guint32 number;
  Walk walk;

  (void) walk_init (&walk, call, slot, NULL);
  number = GUINT32_TO_LE ((guint32) walk.n_left);
  memcpy (to, &number, sizeof number);
  to += sizeof number;
  while (walk_next (&walk, &text, &length))
    {
      number = GUINT32_TO_LE ((guint32) length);
      memcpy (to, &number, sizeof number);
      to += sizeof number;
      memcpy (to, text, length);
      to += length;
    }
}

static gboolean
encode (const Call *call, Slot *slot, GError **error)
{
  const AnnCodecChain *codecs = call->writer->codecs;
  g_autofree guint8 *values = NULL;
  gsize bound;
  gsize size;

  if (!measure (call, slot, &size, error))
    return FALSE;

  bound = _ann_codec_chain_get_bound (codecs, size);
  values = g_try_malloc (size);
  slot->bytes = g_try_malloc (bound);
  if (values == NULL || slot->bytes == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: there is no memory for a chunk with %" G_GSIZE_FORMAT
                   " bytes of texts: ask for smaller chunks",
                   call->writer->sink->path, size);
      return FALSE;
    }
  fill (call, slot, values);

  return ann_codec_chain_encode (codecs, values, size, slot->bytes, bound, &slot->n_bytes, error);
}

static gboolean
encode_some (gsize first, gsize n, gpointer user_data, GCancellable *cancellable, GError **error)
{
  Call *call = user_data;

  for (gsize i = first; i < first + n; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !encode (call, &call->slots[i], error))
        return FALSE;
    }

  return TRUE;
}

/* --- Bands --- */

/* The coordinates of chunk @n, counted from the first that is not stored. */
static void
set_coordinates (const AnnZarrTextWriter *self, gsize n, guint64 *coordinates)
{
  const AnnZarrLayout *layout = self->sink->layout;

  for (guint i = layout->rank; i-- > 1;)
    {
      const gsize n_on_axis = (gsize) ((layout->shape[i] + layout->chunk_shape[i] - 1)
                                       / layout->chunk_shape[i]);

      coordinates[i] = n % n_on_axis;
      n /= n_on_axis;
    }
  coordinates[0] = self->n_bands + n;
}

static gboolean
store (const Call *call, gsize n, GCancellable *cancellable, GError **error)
{
  AnnEncodedChunk chunks[MAX_CALL_CHUNKS];

  for (gsize i = 0; i < n; i++)
    chunks[i] = (AnnEncodedChunk){ .coordinates = call->slots[i].coordinates,
                                   .bytes = call->slots[i].bytes,
                                   .n_bytes = call->slots[i].n_bytes,
                                   .is_zero = call->slots[i].is_zero };

  return _ann_zarr_chunk_sink_store (call->writer->sink, chunks, n, cancellable, error);
}

/* Encodes and stores @n chunks from @first on. */
static gboolean
write_chunks (Call *call, gsize first, gsize n, GCancellable *cancellable, GError **error)
{
  gboolean is_done;

  memset (call->slots, 0, n * sizeof *call->slots);
  for (gsize i = 0; i < n; i++)
    set_coordinates (call->writer, first + i, call->slots[i].coordinates);

  is_done = ann_worker_parallel (n, 1, encode_some, call, cancellable, error)
            && store (call, n, cancellable, error);
  for (gsize i = 0; i < n; i++)
    g_free (call->slots[i].bytes);

  return is_done;
}

/* Forgets the first rows. */
static gboolean
drop_rows (AnnZarrTextWriter *self, gsize n_rows, GError **error)
{
  const gsize n_texts = n_rows * get_row_length (self->sink->layout);
  const gsize n_pending = ann_strings_get_length (self->pending);
  AnnStrings *rest = ann_strings_new ();
  const gboolean is_done = ann_strings_append_range (rest, self->pending, n_texts,
                                                     n_pending - n_texts, error);

  ann_strings_unref (self->pending);
  self->pending = rest;
  self->pending_size = 0;
  for (gsize i = 0; is_done && i < n_pending - n_texts; i++)
    {
      gsize length;

      ann_strings_get (rest, i, &length);
      self->pending_size += length + sizeof (guint32);
    }

  return is_done;
}

static gboolean
write_bands (AnnZarrTextWriter *self,
             gsize n_bands,
             gsize n_rows,
             GCancellable *cancellable,
             GError **error)
{
  const gsize n = n_bands * get_band_length (self->sink->layout);
  g_autofree Slot *slots = g_new (Slot, MAX_CALL_CHUNKS);
  Call call = { .writer = self, .n_rows = n_rows, .slots = slots };

  for (gsize first = 0; first < n; first += MAX_CALL_CHUNKS)
    {
      if (!write_chunks (&call, first, MIN (n - first, MAX_CALL_CHUNKS), cancellable, error))
        return FALSE;
    }
  self->n_bands += n_bands;

  return drop_rows (self, n_rows, error);
}

gboolean
_ann_zarr_text_writer_append (AnnZarrTextWriter *self,
                              AnnStrings *texts,
                              GCancellable *cancellable,
                              GError **error)
{
  const AnnZarrLayout *layout = self->sink->layout;
  const gsize n = ann_strings_get_length (texts);
  const guint64 n_wanted = (guint64) CHUNKS_PER_THREAD * ann_worker_get_n_threads ();
  guint64 n_rows;
  guint64 n_bands;

  if (!ann_strings_append_range (self->pending, texts, 0, n, error))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      gsize length;

      ann_strings_get (texts, i, &length);
      self->pending_size += length + sizeof (guint32);
    }
  if (layout->rank == 0 || layout->chunk_shape[0] == 0)
    return TRUE;

  n_rows = ann_strings_get_length (self->pending) / get_row_length (layout);
  n_bands = n_rows / layout->chunk_shape[0];
  if (n_bands == 0
      || (n_bands * get_band_length (layout) < n_wanted && self->pending_size < MAX_COLLECTED_SIZE))
    return TRUE;

  return write_bands (self, (gsize) n_bands, (gsize) (n_bands * layout->chunk_shape[0]),
                      cancellable, error);
}

gboolean
_ann_zarr_text_writer_finish (AnnZarrTextWriter *self, GCancellable *cancellable, GError **error)
{
  const AnnZarrLayout *layout = self->sink->layout;
  const gsize n = ann_strings_get_length (self->pending);
  gsize n_rows;

  if (n == 0)
    return TRUE;
  if (layout->rank == 0)
    return write_bands (self, 1, 1, cancellable, error);

  n_rows = n / get_row_length (layout);

  return write_bands (self,
                      (gsize) ((n_rows + layout->chunk_shape[0] - 1) / layout->chunk_shape[0]),
                      n_rows, cancellable, error);
}
