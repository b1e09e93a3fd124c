/* ann-zarr-payload.c: values that have lengths of their own
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-array-private.h"

#include "array/ann-box-copy-private.h"
#include "array/ann-chunk-cache-private.h"
#include "base/ann-bytes-private.h"
#include "base/ann-error.h"
#include "format/zarr/ann-zarr-payload-private.h"

#include <string.h>

/* Chunks whose stored bytes are in memory at once. */
#define MAX_AT_ONCE 64

/* A value in the payload of its chunk. */
typedef struct {
  const guint8 *bytes;
  gsize length;
  gboolean is_object;
} Value;

/* What is needed while the values of a box are found. */
typedef struct {
  AnnZarrArray *array;
  const AnnBox *box;
  Value *values;       /* of the box, in C order */
  GPtrArray *payloads; /* AnnBuffer, into which the values point */
  guint64 first[ANN_MAX_RANK];
  guint64 count[ANN_MAX_RANK]; /* chunks that the box touches */
} Reader;

static void
reader_clear (Reader *self)
{
  g_free (self->values);
  g_clear_pointer (&self->payloads, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

static void
unref_buffer (gpointer data)
{
  ann_buffer_unref (data);
}

/* --- Chunks --- */

static gboolean
fail (const AnnZarrArray *self, guint64 index, const char *what, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "%s, chunk %" G_GUINT64_FORMAT ": %s",
               ann_array_get_path (ANN_ARRAY ((gpointer) self)), index, what);

  return FALSE;
}

/* The part of the chunk at @place that lies in the box: from where in the chunk, to where in the
 * box, and how many on each axis.
 */
static void
get_part (const Reader *reader,
          const guint64 *place,
          guint64 *in_chunk,
          guint64 *in_box,
          guint64 *count)
{
  for (guint i = 0; i < reader->array->rank; i++)
    {
      const guint64 length = reader->array->chunk_shape[i];
      const guint64 origin = place[i] * length;
      const guint64 from = MAX (origin, reader->box->start[i]);

      in_chunk[i] = from - origin;
      in_box[i] = from - reader->box->start[i];
      count[i] = MIN (reader->box->count[i] - in_box[i], length - in_chunk[i]);
    }
}

static guint64
get_position (guint rank, const guint64 *start, const guint64 *index, const guint64 *shape)
{
  guint64 position = 0;

  for (guint i = 0; i < rank; i++)
    position = position * shape[i] + start[i] + index[i];

  return position;
}

static gsize
get_run_length (const guint8 *run)
{
  return _ann_read_le32 (run) & ~ANN_ZARR_RUN_IS_OBJECT;
}

/* Steps over runs of length and bytes up to number @to; they were checked. */
static const guint8 *
skip_runs (const guint8 *next, guint64 n)
{
  for (guint64 i = 0; i < n; i++)
    next += 4 + get_run_length (next);

  return next;
}

/* Notes where the values of one chunk are. The wanted ones come in rising order. */
static gboolean
take_chunk (Reader *reader,
            guint64 index,
            const guint64 *place,
            const AnnBuffer *payload,
            GError **error)
{
  AnnZarrArray *self = reader->array;
  const guint8 *next = (const guint8 *) ann_buffer_get_data (payload) + 4;
  const guint64 n = _ann_read_le32 (ann_buffer_get_data (payload));
  guint64 in_chunk[ANN_MAX_RANK], in_box[ANN_MAX_RANK], count[ANN_MAX_RANK];
  guint64 step[ANN_MAX_RANK] = { 0 };
  guint64 at = 0;

  get_part (reader, place, in_chunk, in_box, count);
  do
    {
      const guint64 wanted = get_position (self->rank, in_chunk, step, self->chunk_shape);
      Value *value = &reader->values[get_position (self->rank, in_box, step, reader->box->count)];

      if (wanted >= n)
        return fail (self, index, "it has fewer values than it should", error);
      next = skip_runs (next, wanted - at);
      value->bytes = next + 4;
      value->length = get_run_length (next);
      value->is_object = (_ann_read_le32 (next) & ANN_ZARR_RUN_IS_OBJECT) != 0;
      next = skip_runs (next, 1);
      at = wanted + 1;
    }
  while (_ann_box_next_index (self->rank, step, count));

  return TRUE;
}

static void
take_fill_value (Reader *reader, const guint64 *place)
{
  AnnZarrArray *self = reader->array;
  guint64 in_chunk[ANN_MAX_RANK], in_box[ANN_MAX_RANK], count[ANN_MAX_RANK];
  guint64 step[ANN_MAX_RANK] = { 0 };
  Value fill = { (const guint8 *) "", 0, FALSE };

  if (self->metadata->fill_value != NULL)
    fill.bytes = g_bytes_get_data (self->metadata->fill_value, &fill.length);
  get_part (reader, place, in_chunk, in_box, count);
  do
    reader->values[get_position (self->rank, in_box, step, reader->box->count)] = fill;
  while (_ann_box_next_index (self->rank, step, count));
}

static AnnChunkKey
get_key (const AnnZarrArray *self, guint64 index)
{
  return (AnnChunkKey){ .array = _ann_array_get_id (ANN_ARRAY ((gpointer) self)), .chunk = index };
}

/* Keeps a payload, unless another thread was sooner. */
static void
keep (const AnnZarrArray *self, guint64 index, AnnBuffer *payload)
{
  const AnnChunkKey key = get_key (self, index);
  g_autoptr (AnnBuffer) other = NULL;

  if (_ann_chunk_cache_begin (&key, FALSE, &other, NULL, NULL) == ANN_CHUNK_MINE)
    _ann_chunk_cache_put (&key, payload);
}

/* Chunks that are fetched together. */
typedef struct {
  gsize n;
  guint64 indices[MAX_AT_ONCE];
  AnnChunkLocation locations[MAX_AT_ONCE];
  guint8 *bytes[MAX_AT_ONCE];
} Batch;

static void
batch_clear (Batch *batch)
{
  for (gsize i = 0; i < batch->n; i++)
    g_free (batch->bytes[i]);
  batch->n = 0;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Batch, batch_clear)

/* Makes room for what is known to be stored, in shards. */
static gboolean
reserve (const AnnZarrArray *self, Batch *batch, GError **error)
{
  for (gsize i = 0; i < batch->n; i++)
    {
      const AnnChunkLocation *location = &batch->locations[i];

      if (location->is_absent || location->length == ANN_CHUNK_LENGTH_UNKNOWN)
        continue;
      batch->bytes[i] = location->length <= ANN_ZARR_MAX_PAYLOAD
                            ? g_try_malloc (MAX (location->length, 1))
                            : NULL;
      if (batch->bytes[i] == NULL)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                       "%s, chunk %" G_GUINT64_FORMAT ": No memory for %" G_GUINT64_FORMAT " bytes",
                       ann_array_get_path (ANN_ARRAY ((gpointer) self)), location->index,
                       location->length);
          return FALSE;
        }
    }

  return TRUE;
}

/* Fetches those that are stored: the locations of the others are in between. */
static gboolean
fetch_present (AnnZarrArray *self, Batch *batch, GCancellable *cancellable, GError **error)
{
  AnnChunkLocation locations[MAX_AT_ONCE];
  guint8 *bytes[MAX_AT_ONCE];
  gsize n = 0;
  gboolean success;

  for (gsize i = 0; i < batch->n; i++)
    {
      if (batch->locations[i].is_absent)
        continue;
      locations[n] = batch->locations[i];
      bytes[n++] = batch->bytes[i];
    }
  success = n == 0 || _ann_zarr_chunks_fetch (self, locations, n, bytes, cancellable, error);
  n = 0;
  for (gsize i = 0; i < batch->n; i++)
    {
      if (batch->locations[i].is_absent)
        continue;
      batch->locations[i] = locations[n];
      batch->bytes[i] = bytes[n++];
    }

  return success;
}

static gboolean
finish_chunk (Reader *reader, Batch *batch, gsize i, GError **error)
{
  AnnZarrArray *self = reader->array;
  const guint64 index = batch->indices[i];
  guint64 place[ANN_MAX_RANK];
  AnnBuffer *payload;

  _ann_zarr_chunks_get_place (self, index, place);
  if (batch->locations[i].is_absent)
    {
      take_fill_value (reader, place);
      return TRUE;
    }

  payload = _ann_zarr_payload_decode (&self->metadata->codecs, batch->bytes[i],
                                      batch->locations[i].length, error);
  if (payload == NULL)
    {
      g_prefix_error (error, "%s, chunk %" G_GUINT64_FORMAT ": ",
                      ann_array_get_path (ANN_ARRAY (self)), index);
      return FALSE;
    }
  g_ptr_array_add (reader->payloads, payload);
  keep (self, index, payload);

  return take_chunk (reader, index, place, payload, error);
}

static gboolean
read_batch (Reader *reader, Batch *batch, GCancellable *cancellable, GError **error)
{
  AnnZarrArray *self = reader->array;

  for (gsize i = 0; i < batch->n; i++)
    {
      batch->locations[i] = (AnnChunkLocation){ .index = batch->indices[i] };
      batch->bytes[i] = NULL;
    }
  if (!_ann_zarr_chunks_locate (self, batch->indices, batch->n, batch->locations, cancellable,
                                error)
      || !reserve (self, batch, error) || !fetch_present (self, batch, cancellable, error))
    return FALSE;

  for (gsize i = 0; i < batch->n; i++)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !finish_chunk (reader, batch, i, error))
        return FALSE;
    }
  batch_clear (batch);

  return TRUE;
}

/* --- Boxes --- */

/* The number of the chunk at @step from the first one that the box touches. */
static guint64
get_index (const Reader *reader, const guint64 *step, guint64 *place)
{
  guint64 index = 0;

  for (guint i = 0; i < reader->array->rank; i++)
    {
      place[i] = reader->first[i] + step[i];
      index = index * reader->array->n_chunks[i] + place[i];
    }

  return index;
}

/* Finds the values of all chunks: those that are kept at once, the others as they come. */
static gboolean
find_values (Reader *reader, GCancellable *cancellable, GError **error)
{
  g_auto (Batch) batch = { .n = 0 };
  guint64 step[ANN_MAX_RANK] = { 0 };

  do
    {
      guint64 place[ANN_MAX_RANK];
      const guint64 index = get_index (reader, step, place);
      const AnnChunkKey key = get_key (reader->array, index);
      AnnBuffer *payload = _ann_chunk_cache_peek (&key);

      if (payload != NULL)
        {
          g_ptr_array_add (reader->payloads, payload);
          if (!take_chunk (reader, index, place, payload, error))
            return FALSE;
          continue;
        }
      batch.indices[batch.n] = index;
      batch.bytes[batch.n++] = NULL;
      if (batch.n == MAX_AT_ONCE && !read_batch (reader, &batch, cancellable, error))
        return FALSE;
    }
  while (_ann_box_next_index (reader->array->rank, step, reader->count));

  return batch.n == 0 || read_batch (reader, &batch, cancellable, error);
}

/* The numbers of a sequence, in the machine's byte order. */
static gboolean
append_sequence (const AnnZarrType *type, const Value *value, AnnStrings *texts, GError **error)
{
  const gsize n = value->length / type->size;
  g_autofree guint8 *numbers = g_try_malloc (MAX (value->length, 1));

  if (numbers == NULL || value->length % type->size != 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%" G_GSIZE_FORMAT " bytes are no numbers of the type %s", value->length,
                   type->description);
      return FALSE;
    }
  _ann_zarr_type_convert (type, value->bytes, type->size, n, numbers);

  return ann_strings_append (texts, (const char *) numbers, (gssize) value->length, error);
}

static gboolean
append_value (const AnnZarrType *item_type, const Value *value, AnnStrings *texts, GError **error)
{
  const char *bytes = (const char *) value->bytes;

  if (item_type != NULL)
    return append_sequence (item_type, value, texts, error);

  return value->is_object ? ann_strings_append_object (texts, bytes, (gssize) value->length, error)
                          : ann_strings_append (texts, bytes, (gssize) value->length, error);
}

static AnnStrings *
make_strings (const Reader *reader, gsize n, GError **error)
{
  const AnnZarrType *item_type = reader->array->metadata->codecs.item_type;
  g_autoptr (AnnStrings) texts = ann_strings_new ();

  for (gsize i = 0; i < n; i++)
    {
      if (!append_value (item_type, &reader->values[i], texts, error))
        {
          g_prefix_error (error, "%s: ", ann_array_get_path (ANN_ARRAY (reader->array)));
          return NULL;
        }
    }

  return g_steal_pointer (&texts);
}

AnnStrings *
_ann_zarr_payload_read (AnnZarrArray *self,
                        const AnnBox *box,
                        GCancellable *cancellable,
                        GError **error)
{
  g_auto (Reader) reader = { .array = self, .box = box };
  gsize n;

  reader.payloads = g_ptr_array_new_with_free_func (unref_buffer);
  if (ann_box_get_n_elements (box, &n))
    reader.values = g_try_new (Value, n);
  if (reader.values == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "%s: No memory for so many values",
                   ann_array_get_path (ANN_ARRAY (self)));
      return NULL;
    }
  for (guint i = 0; i < self->rank; i++)
    {
      reader.first[i] = box->start[i] / self->chunk_shape[i];
      reader.count[i] = (box->start[i] + box->count[i] - 1) / self->chunk_shape[i] - reader.first[i]
                        + 1;
    }

  return find_values (&reader, cancellable, error) ? make_strings (&reader, n, error) : NULL;
}
