/* test-array-writer.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-array-writer.h"
#include "base/ann-error.h"
#include "base/ann-worker.h"

#include <string.h>

/* Keeps the chunks of an array whose element number i, in C order, is i + 1; sees to it that they
 * come in order, whole, and one call at a time.
 */
#define KEEPING_TYPE_WRITER (keeping_writer_get_type ())
G_DECLARE_FINAL_TYPE (KeepingWriter, keeping_writer, KEEPING, WRITER, AnnArrayWriter)

struct _KeepingWriter {
  AnnArrayWriter parent_instance;
  AnnCodecChain *codecs;
  GPtrArray *coordinates; /* guint64 * */
  GPtrArray *chunks;      /* GBytes, decoded */
  gsize chunk_size;
  int is_inside; /* atomic */
  gsize n_stored_bytes;
  gsize n_in_place; /* chunks that were stored from @values */
  const guint8 *values;
  gsize values_size;
  guint fail_at;   /* the number of the chunk that fails, from 1; 0 for none */
  guint cancel_at; /* the number of the chunk at which the writing is cancelled */
  gboolean fails_close;
  guint n_texts;
  guint n_records;
  guint n_closed;
  guint64 n_rows;
};

G_DEFINE_FINAL_TYPE (KeepingWriter, keeping_writer, _ann_array_writer_get_type ())

static void
keep_chunk (KeepingWriter *self, const AnnEncodedChunk *chunk)
{
  const guint rank = _ann_array_writer_get_spec (ANN_ARRAY_WRITER (self))->rank;
  guint8 *decoded = g_malloc (MAX (self->chunk_size, 1));
  g_autoptr (GError) error = NULL;

  if (self->codecs != NULL)
    ann_codec_chain_decode (self->codecs, chunk->bytes, chunk->n_bytes, 0, decoded,
                            self->chunk_size, &error);
  else
    {
      g_assert_cmpuint (chunk->n_bytes, ==, self->chunk_size);
      memcpy (decoded, chunk->bytes, chunk->n_bytes);
    }
  g_assert_no_error (error);

  self->n_stored_bytes += chunk->n_bytes;
  if (self->values != NULL && chunk->bytes >= self->values
      && chunk->bytes < self->values + self->values_size)
    self->n_in_place++;
  g_ptr_array_add (self->coordinates,
                   g_memdup2 (chunk->coordinates, rank * sizeof *chunk->coordinates));
  g_ptr_array_add (self->chunks, g_bytes_new_take (decoded, self->chunk_size));
}

static gboolean
keeping_writer_store_chunks (AnnArrayWriter *writer,
                             const AnnEncodedChunk *chunks,
                             gsize n,
                             GCancellable *cancellable,
                             GError **error)
{
  KeepingWriter *self = KEEPING_WRITER (writer);

  g_assert_cmpint (g_atomic_int_add (&self->is_inside, 1), ==, 0);
  g_assert_cmpuint (n, >, 0);
  for (gsize i = 0; i < n; i++)
    {
      if (self->chunks->len + 1 == self->fail_at)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "full");
          g_atomic_int_add (&self->is_inside, -1);
          return FALSE;
        }
      keep_chunk (self, &chunks[i]);
      if (self->chunks->len == self->cancel_at)
        g_cancellable_cancel (cancellable);
    }
  g_atomic_int_add (&self->is_inside, -1);

  return TRUE;
}

static gboolean
keeping_writer_append_texts (AnnArrayWriter *writer,
                             AnnStrings *texts,
                             G_GNUC_UNUSED GCancellable *cancellable,
                             GError **error)
{
  KeepingWriter *self = KEEPING_WRITER (writer);

  if (self->fail_at > 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "full");
      return FALSE;
    }
  self->n_texts += ann_strings_get_length (texts);

  return TRUE;
}

static gboolean
keeping_writer_append_records (AnnArrayWriter *writer,
                               G_GNUC_UNUSED const AnnFieldValues *fields,
                               guint64 n,
                               G_GNUC_UNUSED GCancellable *cancellable,
                               G_GNUC_UNUSED GError **error)
{
  KEEPING_WRITER (writer)->n_records += n;

  return TRUE;
}

static gboolean
keeping_writer_close (AnnArrayWriter *writer,
                      guint64 n_rows,
                      G_GNUC_UNUSED AnnAttributes *attributes,
                      G_GNUC_UNUSED GCancellable *cancellable,
                      GError **error)
{
  KeepingWriter *self = KEEPING_WRITER (writer);

  if (self->fails_close)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "full");
      return FALSE;
    }
  self->n_closed++;
  self->n_rows = n_rows;

  return TRUE;
}

static void
keeping_writer_finalize (GObject *object)
{
  KeepingWriter *self = KEEPING_WRITER (object);

  g_clear_pointer (&self->codecs, ann_codec_chain_unref);
  g_ptr_array_unref (self->coordinates);
  g_ptr_array_unref (self->chunks);

  G_OBJECT_CLASS (keeping_writer_parent_class)->finalize (object);
}

static void
keeping_writer_class_init (KeepingWriterClass *klass)
{
  AnnArrayWriterClass *writer_class = ANN_ARRAY_WRITER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = keeping_writer_finalize;
  writer_class->store_chunks = keeping_writer_store_chunks;
  writer_class->append_texts = keeping_writer_append_texts;
  writer_class->append_records = keeping_writer_append_records;
  writer_class->close = keeping_writer_close;
}

static void
keeping_writer_init (KeepingWriter *self)
{
  self->coordinates = g_ptr_array_new_with_free_func (g_free);
  self->chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
}

static void
append_codec (KeepingWriter *self, AnnCodec *codec)
{
  if (self->codecs == NULL)
    self->codecs = ann_codec_chain_new ();
  ann_codec_chain_append (self->codecs, codec);
}

/* Of 32-bit integers. @text: `swap`, `gzip`, both or none */
static KeepingWriter *
new_writer (guint rank, const guint64 *shape, const guint64 *chunk_shape, const char *codecs)
{
  KeepingWriter *self = g_object_new (KEEPING_TYPE_WRITER, NULL);
  AnnArraySpec spec = { .dtype = ANN_DTYPE_INT32, .rank = rank };

  for (guint i = 0; i < rank; i++)
    {
      spec.shape[i] = shape[i];
      spec.chunk_shape[i] = chunk_shape[i];
    }
  if (strstr (codecs, "swap") != NULL)
    append_codec (self, ann_codec_new_byte_swap (4));
  if (strstr (codecs, "gzip") != NULL)
    {
      append_codec (self, ann_codec_new_shuffle (4));
      append_codec (self, ann_codec_new_deflate (1));
    }
  _ann_array_writer_set_spec (ANN_ARRAY_WRITER (self), "a/b", &spec, self->codecs);

  return self;
}

/* --- What was kept --- */

/* Element by element, without anything of the code that is tested. */
static void
check_chunk (const KeepingWriter *self,
             guint rank,
             const guint64 *shape,
             const guint64 *chunk_shape,
             guint index)
{
  const guint64 *coordinates = g_ptr_array_index (self->coordinates, index);
  const gint32 *values = g_bytes_get_data (g_ptr_array_index (self->chunks, index), NULL);
  const gsize n = g_bytes_get_size (g_ptr_array_index (self->chunks, index)) / 4;

  for (gsize i = 0; i < n; i++)
    {
      gboolean is_inside = TRUE;
      gint32 expected = 0;
      gsize rest = n;
      gsize place = i;

      for (guint j = 0; j < rank; j++)
        {
          guint64 position;

          rest /= chunk_shape[j];
          position = coordinates[j] * chunk_shape[j] + place / rest;
          place %= rest;
          is_inside = is_inside && position < shape[j];
          expected = expected * (gint32) shape[j] + (gint32) position;
        }
      g_assert_cmpint (values[i], ==, is_inside ? expected + 1 : 0);
    }
}

/* Chunks of each place in C order. */
static void
check_kept (const KeepingWriter *self, guint rank, const guint64 *shape, const guint64 *chunk_shape)
{
  guint64 n_chunks[ANN_MAX_RANK];
  guint64 n_in_all = 1;

  for (guint i = 0; i < rank; i++)
    {
      n_chunks[i] = shape[i] == 0 ? 0 : (shape[i] - 1) / chunk_shape[i] + 1;
      n_in_all *= n_chunks[i];
    }
  g_assert_cmpuint (self->chunks->len, ==, n_in_all);

  for (guint64 n = 0; n < n_in_all; n++)
    {
      const guint64 *coordinates = g_ptr_array_index (self->coordinates, n);
      guint64 rest = n;

      for (guint i = rank; i-- > 0;)
        {
          g_assert_cmpuint (coordinates[i], ==, rest % n_chunks[i]);
          rest /= n_chunks[i];
        }
      check_chunk (self, rank, shape, chunk_shape, n);
    }
}

static gsize
count_elements (guint rank, const guint64 *shape)
{
  gsize n = 1;

  for (guint i = 0; i < rank; i++)
    n *= shape[i];

  return n;
}

static gint32 *
new_values (gsize n)
{
  gint32 *values = g_new (gint32, n + 1);

  for (gsize i = 0; i < n; i++)
    values[i] = (gint32) i + 1;

  return values;
}

/* Appends @step rows at a time. */
static gboolean
append_rows (KeepingWriter *self,
             guint rank,
             const guint64 *shape,
             guint64 step,
             GCancellable *cancellable,
             GError **error)
{
  const gsize n = count_elements (rank, shape);
  const guint64 n_rows = rank > 0 ? shape[0] : 1;
  g_autofree gint32 *values = new_values (n);

  self->values = (const guint8 *) values;
  self->values_size = 4 * n;
  for (guint64 row = 0; row < n_rows; row += step)
    {
      const guint64 count = MIN (step, n_rows - row);
      g_autofree gint32 *some = g_memdup2 (values + n / n_rows * row, 4 * n / n_rows * count);

      /* From memory of its own, to see that nobody looks at it later; all at once, from its place.
       */
      if (!_ann_array_writer_append (ANN_ARRAY_WRITER (self), step >= n_rows ? values : some, count,
                                     cancellable, error))
        {
          self->values = NULL;
          return FALSE;
        }
    }
  self->values = NULL;

  return TRUE;
}

static void
write_and_check (guint rank,
                 const guint64 *shape,
                 const guint64 *chunk_shape,
                 gboolean is_known,
                 guint64 step,
                 const char *codecs)
{
  guint64 written_shape[ANN_MAX_RANK] = { 0 };
  guint64 whole_shape[ANN_MAX_RANK];
  g_autoptr (KeepingWriter) self = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < rank; i++)
    {
      written_shape[i] = i == 0 && !is_known ? ANN_LENGTH_UNKNOWN : shape[i];
      whole_shape[i] = chunk_shape[i] == 0 ? shape[i] : chunk_shape[i];
    }

  self = new_writer (rank, written_shape, chunk_shape, codecs);
  self->chunk_size = 4 * count_elements (rank, whole_shape);
  append_rows (self, rank, shape, step, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (_ann_array_writer_close (ANN_ARRAY_WRITER (self), NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (self->n_closed, ==, 1);
  g_assert_cmpuint (self->n_rows, ==, rank > 0 ? shape[0] : 1);
  check_kept (self, rank, shape, whole_shape);
}

/* --- Tests --- */

static void
test_shapes (void)
{
  static const struct {
    guint rank;
    guint64 shape[3];
    guint64 chunk_shape[3];
  } cases[] = {
    { 0, { 0 }, { 0 } },
    { 1, { 1 }, { 1 } },
    { 1, { 100 }, { 10 } },
    { 1, { 101 }, { 10 } },
    { 1, { 99 }, { 1 } },
    { 1, { 5 }, { 64 } },
    { 1, { 37 }, { 0 } },
    { 1, { 0 }, { 0 } },
    { 1, { 0 }, { 7 } },
    { 2, { 20, 6 }, { 5, 6 } },
    { 2, { 23, 6 }, { 5, 6 } },
    { 2, { 23, 7 }, { 5, 3 } },
    { 2, { 23, 7 }, { 5, 16 } },
    { 2, { 23, 7 }, { 1, 1 } },
    { 2, { 23, 7 }, { 0, 0 } },
    { 2, { 23, 0 }, { 5, 1 } },
    { 2, { 23, 0 }, { 0, 0 } },
    { 2, { 0, 4 }, { 5, 2 } },
    { 3, { 11, 4, 5 }, { 3, 4, 5 } },
    { 3, { 11, 4, 5 }, { 3, 3, 2 } },
    { 3, { 11, 4, 5 }, { 2, 1, 5 } },
    { 3, { 11, 4, 5 }, { 0, 0, 0 } },
  };
  static const char *const codecs[] = { "", "swap", "gzip", "swap gzip" };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (gsize j = 0; j < G_N_ELEMENTS (codecs); j++)
      for (guint64 step = 1; step <= 1000; step = step * 3 - step / 2)
        for (guint is_known = 0; is_known < 2; is_known++)
          {
            if (cases[i].rank > 0 || is_known)
              write_and_check (cases[i].rank, cases[i].shape, cases[i].chunk_shape, is_known != 0,
                               step, codecs[j]);
          }
}

/* Large enough that all threads have a part in it, and that several calls are made. */
static void
test_many_chunks (void)
{
  const guint64 shape[] = { 3000001 };
  const guint64 chunk_shape[] = { 4096 };
  const guint64 matrix_shape[] = { 1501, 1999 };
  const guint64 tile_shape[] = { 100, 300 };

  ann_worker_set_n_threads (4);
  write_and_check (1, shape, chunk_shape, TRUE, 100000, "gzip");
  write_and_check (1, shape, chunk_shape, TRUE, G_MAXUINT32, "");
  write_and_check (2, matrix_shape, tile_shape, FALSE, 333, "gzip");
  ann_worker_set_n_threads (0);
}

/* What needs no change is stored from the caller's memory. */
static void
test_no_copies (void)
{
  const guint64 shape[] = { 1000, 10 };
  const guint64 chunk_shape[] = { 100, 10 };
  const guint64 one_piece[] = { 0, 0 };
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (KeepingWriter) self = new_writer (2, shape, i == 0 ? chunk_shape : one_piece, "");

      self->chunk_size = i == 0 ? 4000 : 40000;
      g_assert_true (append_rows (self, 2, shape, G_MAXUINT32, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (self->n_in_place, ==, self->chunks->len);
      g_assert_cmpuint (self->n_in_place, ==, i == 0 ? 10 : 1);
    }
}

static void
test_wrong_lengths (void)
{
  const guint64 shape[] = { 10 };
  const guint64 chunk_shape[] = { 4 };
  const gint32 values[11] = { 0 };

  for (guint n = 0; n <= 11; n++)
    {
      g_autoptr (KeepingWriter) self = new_writer (1, shape, chunk_shape, "");
      AnnArrayWriter *writer = ANN_ARRAY_WRITER (self);
      g_autoptr (GError) error = NULL;

      self->chunk_size = 16;
      if (n == 11)
        {
          g_assert_true (_ann_array_writer_append (writer, values, 2, NULL, &error));
          g_assert_false (_ann_array_writer_append (writer, values, 9, NULL, &error));
          g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
          g_assert_nonnull (strstr (error->message, "a/b"));
          g_clear_error (&error);

          g_assert_false (_ann_array_writer_append (writer, values, 1, NULL, &error));
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
          continue;
        }

      g_assert_true (_ann_array_writer_append (writer, values, n, NULL, &error));
      g_assert_cmpint (_ann_array_writer_close (writer, NULL, NULL, &error), ==, n == 10);
      g_assert_cmpuint (self->n_closed, ==, n == 10);
      if (n < 10)
        {
          g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
          g_assert_nonnull (strstr (error->message, "a/b"));
        }
    }
}

/* Whichever chunk cannot be stored: the first chunks are there, the error comes out, and nothing
 * is stored after it.
 */
static void
test_failures (void)
{
  const guint64 shape[] = { 50, 4 };
  const guint64 chunk_shape[] = { 4, 3 };
  const guint n_chunks = 26;

  for (guint n = 1; n <= n_chunks + 1; n++)
    for (guint64 step = 1; step <= 64; step *= 4)
      for (guint is_cancelled = 0; is_cancelled < 2; is_cancelled++)
        {
          g_autoptr (KeepingWriter) self = new_writer (2, shape, chunk_shape, "gzip");
          g_autoptr (GCancellable) cancellable = g_cancellable_new ();
          g_autoptr (GError) error = NULL;
          gboolean success;

          self->chunk_size = 48;
          self->fail_at = is_cancelled ? 0 : n;
          self->cancel_at = is_cancelled ? n : 0;
          success = append_rows (self, 2, shape, step, cancellable, &error)
                    && _ann_array_writer_close (ANN_ARRAY_WRITER (self), NULL, cancellable, &error);

          if (n > n_chunks)
            {
              g_assert_no_error (error);
              g_assert_true (success);
              continue;
            }

          /* Cancelled at the last chunk, it may have been too late. */
          if (!is_cancelled || n < n_chunks)
            {
              g_assert_true (g_error_matches (
                  error, G_IO_ERROR, is_cancelled ? G_IO_ERROR_CANCELLED : G_IO_ERROR_NO_SPACE));
              g_assert_cmpuint (self->n_closed, ==, 0);
            }
          if (!is_cancelled)
            g_assert_cmpuint (self->chunks->len, ==, n - 1);
        }
}

static void
test_failing_close (void)
{
  const guint64 shape[] = { 4 };
  g_autoptr (KeepingWriter) self = new_writer (1, shape, shape, "");
  g_autoptr (GError) error = NULL;

  self->chunk_size = 16;
  self->fails_close = TRUE;
  g_assert_true (append_rows (self, 1, shape, 4, NULL, &error));
  g_assert_false (_ann_array_writer_close (ANN_ARRAY_WRITER (self), NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
}

/* A codec that only reads is an error where the first chunk is encoded. */
static void
test_codec_that_does_not_encode (void)
{
  const AnnArraySpec spec = {
    .dtype = ANN_DTYPE_INT32, .rank = 1, .shape = { 4 }, .chunk_shape = { 4 }
  };
  const gint32 values[] = { 1, 2, 3, 4 };
  g_autoptr (KeepingWriter) self = g_object_new (KEEPING_TYPE_WRITER, NULL);
  g_autoptr (GError) error = NULL;

  append_codec (self, ann_codec_new_bzip2 (9));
  _ann_array_writer_set_spec (ANN_ARRAY_WRITER (self), "a", &spec, self->codecs);
  g_assert_false (_ann_array_writer_append (ANN_ARRAY_WRITER (self), values, 4, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "bzip2"));
}

/* Shapes come from files. */
static void
test_too_large (void)
{
  static const guint64 shapes[][3] = {
    { 1, G_MAXUINT64 / 8, 16 },
    { 1, G_MAXUINT64 / 2, 1 },
    { 1, G_MAXUINT32, G_MAXUINT32 },
  };
  const guint64 chunk_shape[] = { 1, 1, 1 };
  const guint64 vector_shape[] = { 8 };
  const guint64 vector_chunk[] = { G_MAXUINT64 / 2 };
  const gint32 values[8] = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autoptr (KeepingWriter) self = new_writer (3, shapes[i], chunk_shape, "");
      g_autoptr (GError) error = NULL;

      g_assert_false (_ann_array_writer_append (ANN_ARRAY_WRITER (self), values, 1, NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
    }

  {
    g_autoptr (KeepingWriter) self = new_writer (1, vector_shape, vector_chunk, "gzip");
    g_autoptr (GError) error = NULL;

    g_assert_false (_ann_array_writer_append (ANN_ARRAY_WRITER (self), values, 8, NULL, &error));
    g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
  }
}

static void
test_texts (void)
{
  const AnnArraySpec spec = { .dtype = ANN_DTYPE_STRING, .rank = 2, .shape = { 3, 2 } };
  g_autoptr (AnnStrings) texts = ann_strings_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 4; i++)
    ann_strings_append (texts, "x", 1, NULL);
  for (guint n = 0; n < 3; n++)
    {
      g_autoptr (KeepingWriter) self = g_object_new (KEEPING_TYPE_WRITER, NULL);
      AnnArrayWriter *writer = ANN_ARRAY_WRITER (self);
      g_autoptr (AnnStrings) row = ann_strings_new ();

      _ann_array_writer_set_spec (writer, "t", &spec, NULL);
      g_assert_true (_ann_array_writer_append_texts (writer, texts, NULL, &error));
      ann_strings_append_range (row, texts, 0, 2, NULL);
      self->fail_at = n == 2;

      if (n == 0) /* too many */
        {
          g_assert_false (_ann_array_writer_append_texts (writer, texts, NULL, &error));
          g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
          g_assert_cmpuint (self->n_texts, ==, 4);
        }
      else if (n == 1)
        {
          g_assert_true (_ann_array_writer_append_texts (writer, row, NULL, &error));
          g_assert_true (_ann_array_writer_close (writer, NULL, NULL, &error));
          g_assert_cmpuint (self->n_texts, ==, 6);
          g_assert_cmpuint (self->n_rows, ==, 3);
        }
      else
        {
          g_assert_false (_ann_array_writer_append_texts (writer, row, NULL, &error));
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
        }
      g_clear_error (&error);
    }
}

static void
test_records (void)
{
  const AnnArraySpec spec = { .dtype = ANN_DTYPE_RECORD, .rank = 1, .shape = { 5 } };
  g_autoptr (KeepingWriter) self = g_object_new (KEEPING_TYPE_WRITER, NULL);
  AnnArrayWriter *writer = ANN_ARRAY_WRITER (self);
  const AnnFieldValues field = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  _ann_array_writer_set_spec (writer, "r", &spec, NULL);
  g_assert_true (_ann_array_writer_append_records (writer, &field, 4, NULL, &error));
  g_assert_true (_ann_array_writer_append_records (writer, &field, 1, NULL, &error));
  g_assert_cmpuint (self->n_records, ==, 5);
  g_assert_false (_ann_array_writer_append_records (writer, &field, 1, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/array-writer/shapes", test_shapes);
  g_test_add_func ("/array-writer/many-chunks", test_many_chunks);
  g_test_add_func ("/array-writer/no-copies", test_no_copies);
  g_test_add_func ("/array-writer/wrong-lengths", test_wrong_lengths);
  g_test_add_func ("/array-writer/failures", test_failures);
  g_test_add_func ("/array-writer/failing-close", test_failing_close);
  g_test_add_func ("/array-writer/codec-that-does-not-encode", test_codec_that_does_not_encode);
  g_test_add_func ("/array-writer/too-large", test_too_large);
  g_test_add_func ("/array-writer/texts", test_texts);
  g_test_add_func ("/array-writer/records", test_records);

  return g_test_run ();
}
