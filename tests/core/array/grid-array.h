/* grid-array.h: an array in chunks whose element number i, in C order, is i + 1
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array-private.h"
#include "array/ann-box-copy-private.h"
#include "base/ann-worker-private.h"

#include <libdeflate.h>
#include <pthread.h>
#include <string.h>
#include <zstd.h>

/* A wrong place shows as a wrong number; an element outside of the array, in a chunk that sticks
 * out of it, is -1. Counts what it is asked for, fails when told to, and can hold a fetch up.
 */
#define GRID_TYPE_ARRAY (grid_array_get_type ())
G_DECLARE_FINAL_TYPE (GridArray, grid_array, GRID, ARRAY, AnnArray)

#define FILL_VALUE -7

/* Offsets that are told are apart by this. */
#define PART_STRIDE ((guint64) 1 << 32)

struct _GridArray {
  AnnArray parent_instance;
  guint rank;
  guint64 shape[ANN_MAX_RANK];
  guint64 chunk_shape[ANN_MAX_RANK];
  guint64 n_chunks[ANN_MAX_RANK];
  gboolean is_encoded;   /* by gzip, but for every third chunk, as the filter mask says */
  gboolean is_zstd;      /* by zstd instead */
  guint64 absent_modulo; /* every so many-th chunk is absent; 0 for none */
  guint64 stored_length; /* what locate says in place of the truth, unless 0 */
  gboolean is_damaged;
  gboolean has_parts;  /* locate tells offsets, and fetch brings parts */
  gboolean is_unsized; /* only a fetch tells how long a chunk is, and whether it is there */
  gboolean waits;      /* it says so while it is at the gate */
  int damaged_chunk;   /* the number of the chunk, from 1; 0 for none */
  int n_most_at_once;  /* chunks in one fetch; atomic */

  int n_locates; /* calls; all atomic */
  int n_chunks_located;
  int n_fetches;
  int n_chunks_fetched;
  int n_bytes_fetched;
  int fail_locate;  /* the number of the call that fails, from 0; -1 for none */
  int fail_fetch;   /* the number of the chunk */
  int cancel_fetch; /* the number of the chunk at which @cancellable is cancelled */
  GCancellable *cancellable;

  pthread_mutex_t mutex;
  pthread_cond_t cond;
  gboolean is_closed; /* the gate: while it is, fetches wait */
  int n_at_gate;

  pthread_mutex_t encoded_mutex;
  GHashTable *encoded; /* of GBytes by the number of a chunk: what has been encoded once */
};

G_DEFINE_FINAL_TYPE (GridArray, grid_array, ANN_TYPE_ARRAY)

static gsize
grid_array_get_chunk_size (GridArray *self)
{
  gsize size = sizeof (gint32);

  for (guint i = 0; i < self->rank; i++)
    size *= self->chunk_shape[i];

  return size;
}

static gint32
grid_array_get_element (GridArray *self, guint64 chunk, gsize place)
{
  guint64 element = 0;
  guint64 stride = 1;

  for (guint i = self->rank; i-- > 0;)
    {
      guint64 index = chunk % self->n_chunks[i] * self->chunk_shape[i]
                      + place % self->chunk_shape[i];

      if (index >= self->shape[i])
        return -1;
      element += index * stride;
      stride *= self->shape[i];
      chunk /= self->n_chunks[i];
      place /= self->chunk_shape[i];
    }

  return element + 1;
}

static gboolean
grid_array_is_absent (GridArray *self, guint64 chunk)
{
  return self->absent_modulo > 0 && chunk % self->absent_modulo == self->absent_modulo - 1;
}

static gboolean
grid_array_is_skipped (GridArray *self, guint64 chunk)
{
  return !self->is_encoded || chunk % 3 == 2;
}

static GBytes *
grid_array_encode_new (GridArray *self, guint64 chunk)
{
  gsize size = grid_array_get_chunk_size (self);
  gint32 *values = g_malloc (size);
  guint8 *stored;
  struct libdeflate_compressor *compressor;
  gsize n;

  for (gsize i = 0; i < size / sizeof *values; i++)
    values[i] = grid_array_get_element (self, chunk, i);
  if (grid_array_is_skipped (self, chunk))
    return g_bytes_new_take (values, size);

  stored = g_malloc (2 * size + 64);
  if (self->is_zstd)
    {
      n = ZSTD_compress (stored, 2 * size + 64, values, size, 1);
      g_free (values);
      g_assert_false (ZSTD_isError (n));
      return g_bytes_new_take (stored, n);
    }
  compressor = libdeflate_alloc_compressor (1);
  n = libdeflate_zlib_compress (compressor, values, size, stored, 2 * size + 64);
  libdeflate_free_compressor (compressor);
  g_free (values);
  g_assert_cmpuint (n, >, 0);

  return g_bytes_new_take (stored, n);
}

/* Returns: (transfer none): the stored bytes of a chunk */
static GBytes *
grid_array_encode (GridArray *self, guint64 chunk)
{
  GBytes *bytes;

  pthread_mutex_lock (&self->encoded_mutex);
  bytes = g_hash_table_lookup (self->encoded, GSIZE_TO_POINTER (chunk));
  if (bytes == NULL)
    {
      bytes = grid_array_encode_new (self, chunk);
      g_hash_table_insert (self->encoded, GSIZE_TO_POINTER (chunk), bytes);
    }
  pthread_mutex_unlock (&self->encoded_mutex);

  return bytes;
}

static gboolean
grid_array_locate (AnnArray *array,
                   const guint64 *indices,
                   gsize n,
                   AnnChunkLocation *locations,
                   G_GNUC_UNUSED GCancellable *cancellable,
                   GError **error)
{
  GridArray *self = GRID_ARRAY (array);
  if (g_atomic_int_add (&self->n_locates, 1) == self->fail_locate)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Told to fail");
      return FALSE;
    }
  g_atomic_int_add (&self->n_chunks_located, n);

  for (gsize i = 0; i < n; i++)
    {
      locations[i].index = indices[i];
      locations[i].offset = self->has_parts ? indices[i] * PART_STRIDE : G_MAXUINT64;
      locations[i].is_absent = !self->is_unsized && grid_array_is_absent (self, indices[i]);
      if (locations[i].is_absent)
        continue;
      locations[i].length = self->stored_length != 0
                                ? self->stored_length
                                : g_bytes_get_size (grid_array_encode (self, indices[i]));
      if (self->is_unsized)
        locations[i].length = ANN_CHUNK_LENGTH_UNKNOWN;
      locations[i].filter_mask = grid_array_is_skipped (self, indices[i]);
    }

  return TRUE;
}

static gboolean
grid_array_fetch (AnnArray *array,
                  AnnChunkLocation *locations,
                  gsize n,
                  guint8 **bytes,
                  G_GNUC_UNUSED GCancellable *cancellable,
                  GError **error)
{
  GridArray *self = GRID_ARRAY (array);
  g_atomic_int_add (&self->n_fetches, 1);
  if ((int) n > g_atomic_int_get (&self->n_most_at_once))
    g_atomic_int_set (&self->n_most_at_once, (int) n);
  if (self->waits)
    _ann_worker_begin_wait ();
  pthread_mutex_lock (&self->mutex);
  self->n_at_gate++;
  pthread_cond_broadcast (&self->cond);
  while (self->is_closed)
    pthread_cond_wait (&self->cond, &self->mutex);
  pthread_mutex_unlock (&self->mutex);
  if (self->waits)
    _ann_worker_end_wait ();

  for (gsize i = 0; i < n; i++)
    {
      int number = g_atomic_int_add (&self->n_chunks_fetched, 1);
      GBytes *stored;

      g_assert_false (locations[i].is_absent);
      if (number == self->fail_fetch)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "Told to fail");
          return FALSE;
        }
      if (number == self->cancel_fetch)
        g_cancellable_cancel (self->cancellable);
      if (self->is_unsized && grid_array_is_absent (self, locations[i].index))
        {
          locations[i].is_absent = TRUE;
          continue;
        }
      stored = grid_array_encode (self, locations[i].index);
      if (self->is_unsized)
        {
          g_assert_null (bytes[i]);
          locations[i].length = g_bytes_get_size (stored);
          bytes[i] = g_malloc (MAX (locations[i].length, 1));
        }
      if (self->has_parts)
        {
          guint64 start = locations[i].offset - locations[i].index * PART_STRIDE;

          g_assert_cmpuint (locations[i].length, >, 0);
          g_assert_cmpuint (start, <=, g_bytes_get_size (stored));
          g_assert_cmpuint (locations[i].length, <=, g_bytes_get_size (stored) - start);
          memcpy (bytes[i], (const guint8 *) g_bytes_get_data (stored, NULL) + start,
                  locations[i].length);
        }
      else
        {
          memcpy (bytes[i], g_bytes_get_data (stored, NULL), g_bytes_get_size (stored));
        }
      g_atomic_int_add (&self->n_bytes_fetched, (int) locations[i].length);
      if (self->is_damaged || (guint64) self->damaged_chunk == locations[i].index + 1)
        bytes[i][0] ^= 0xff;
    }

  return TRUE;
}

static void
grid_array_finalize (GObject *object)
{
  GridArray *self = GRID_ARRAY (object);

  g_clear_object (&self->cancellable);
  g_hash_table_unref (self->encoded);
  pthread_mutex_destroy (&self->encoded_mutex);
  pthread_mutex_destroy (&self->mutex);
  pthread_cond_destroy (&self->cond);

  G_OBJECT_CLASS (grid_array_parent_class)->finalize (object);
}

static void
grid_array_class_init (GridArrayClass *klass)
{
  AnnArrayClass *array_class = ANN_ARRAY_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = grid_array_finalize;
  array_class->locate = grid_array_locate;
  array_class->fetch = grid_array_fetch;
}

static void
grid_array_init (GridArray *self)
{
  self->fail_locate = -1;
  self->fail_fetch = -1;
  self->cancel_fetch = -1;
  self->cancellable = g_cancellable_new ();
  self->encoded = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) g_bytes_unref);
  pthread_mutex_init (&self->encoded_mutex, NULL);
  pthread_mutex_init (&self->mutex, NULL);
  pthread_cond_init (&self->cond, NULL);
}

static GridArray *
grid_array_new_of (guint rank,
                   const guint64 *shape,
                   const guint64 *chunk_shape,
                   AnnCodec *codec,
                   gboolean has_parts,
                   guint fetched_at_once)
{
  GridArray *self = g_object_new (GRID_TYPE_ARRAY, NULL);
  g_autoptr (AnnCodecChain) codecs = ann_codec_chain_new ();
  const gint32 fill_value = FILL_VALUE;
  const AnnArrayInfo info = {
    .path = "grid",
    .dtype = ANN_DTYPE_INT32,
    .type_description = "int32",
    .rank = rank,
    .shape = shape,
    .layout = ANN_LAYOUT_CHUNKED,
    .chunk_shape = chunk_shape,
    .codecs = codecs,
    .fill_value = &fill_value,
    .fetched_at_once = fetched_at_once,
    .fetches_parts = has_parts,
  };

  self->is_encoded = codec != NULL;
  self->is_zstd = codec != NULL && strcmp (ann_codec_get_name (codec), "zstd") == 0;
  self->has_parts = has_parts;
  self->rank = rank;
  if (codec != NULL)
    ann_codec_chain_append (codecs, codec);
  for (guint i = 0; i < rank; i++)
    {
      self->shape[i] = shape[i];
      self->chunk_shape[i] = chunk_shape[i];
      self->n_chunks[i] = (shape[i] + chunk_shape[i] - 1) / chunk_shape[i];
    }
  _ann_array_set_info (ANN_ARRAY (self), &info);

  return self;
}

G_GNUC_UNUSED static GridArray *
grid_array_new_full (guint rank,
                     const guint64 *shape,
                     const guint64 *chunk_shape,
                     gboolean is_encoded,
                     gboolean has_parts,
                     guint fetched_at_once)
{
  return grid_array_new_of (rank, shape, chunk_shape, is_encoded ? ann_codec_new_deflate (1) : NULL,
                            has_parts, fetched_at_once);
}

G_GNUC_UNUSED static GridArray *
grid_array_new (guint rank, const guint64 *shape, const guint64 *chunk_shape, gboolean is_encoded)
{
  return grid_array_new_full (rank, shape, chunk_shape, is_encoded, FALSE, 0);
}

G_GNUC_UNUSED static void
grid_array_close_gate (GridArray *self)
{
  pthread_mutex_lock (&self->mutex);
  self->is_closed = TRUE;
  pthread_mutex_unlock (&self->mutex);
}

G_GNUC_UNUSED static void
grid_array_open_gate (GridArray *self)
{
  pthread_mutex_lock (&self->mutex);
  self->is_closed = FALSE;
  pthread_cond_broadcast (&self->cond);
  pthread_mutex_unlock (&self->mutex);
}

G_GNUC_UNUSED static void
grid_array_wait_for_gate (GridArray *self, int n)
{
  pthread_mutex_lock (&self->mutex);
  while (self->n_at_gate < n)
    pthread_cond_wait (&self->cond, &self->mutex);
  pthread_mutex_unlock (&self->mutex);
}

/* What must stand at @index of the array. */
static gint32
grid_array_get_expected (GridArray *self, const guint64 *index)
{
  guint64 element = 0;
  guint64 chunk = 0;

  for (guint i = 0; i < self->rank; i++)
    {
      element = element * self->shape[i] + index[i];
      if (self->absent_modulo > 0)
        chunk = chunk * self->n_chunks[i] + index[i] / self->chunk_shape[i];
    }

  return grid_array_is_absent (self, chunk) ? FILL_VALUE : (gint32) element + 1;
}

G_GNUC_UNUSED static void
grid_array_assert_values (GridArray *self, const AnnBox *box, const gint32 *values)
{
  guint64 in_box[ANN_MAX_RANK] = { 0 };
  gsize n;

  g_assert_true (ann_box_get_n_elements (box, &n));
  for (gsize i = 0; i < n; i++)
    {
      guint64 index[ANN_MAX_RANK];
      gint32 expected;

      for (guint axis = 0; axis < box->rank; axis++)
        index[axis] = box->start[axis] + in_box[axis];
      expected = grid_array_get_expected (self, index);
      if (values[i] != expected) /* the macro alone takes as long as all the rest */
        g_assert_cmpint (values[i], ==, expected);
      _ann_box_next_index (box->rank, in_box, box->count);
    }
}
