/* ann-write-array.c: arrays: their chunks and filters; numbers, texts and bytes
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-element-writer-private.h"

#include "base/ann-error.h"
#include "element/ann-block-iterator-private.h"
#include "element/ann-element-private.h"

#include <math.h>
#include <string.h>

/* Less is not worth chunks and filters in HDF5, nor chunks in Zarr: FORMAT §11.4. */
#define SMALL_SIZE ((guint64) 64 << 10)

/* Chunks of values: where each is an object of its own, fewer and larger ones. */
#define CHUNK_SIZE ((guint64) 1 << 20)
#define OBJECT_CHUNK_SIZE ((guint64) 4 << 20)

/* Chunks of entries of sparse matrices in HDF5: half as large, for a row needs two of them. */
#define ENTRIES_CHUNK_SIZE ((guint64) 512 << 10)

/* What lies between two cuts of the first axis is in memory when it is encoded. */
#define MAX_BAND_SIZE ((guint64) 16 << 20)

#define MIN_GUESS ((guint64) 16 << 10)

/* A shard is in memory until it is complete. */
#define SHARD_SIZE ((guint64) 16 << 20)

#define TEXTS_CHUNK_LENGTH 65536

/* Chunks of a source that is copied faithfully are taken up to this size. */
#define MAX_KEPT_CHUNK_SIZE ((guint64) 32 << 20)

/* --- Compression --- */

/* What a stored array is compressed with, as far as we write that. */
static gboolean
keep_compression (AnnArray *array, AnnCompression *compression)
{
  AnnCodecChain *codecs = array != NULL ? ann_array_get_codecs (array) : NULL;

  return codecs != NULL && _ann_compression_init_from_codecs (compression, codecs);
}

/* In HDF5 it is gzip: h5py reads others only when a package with their filters was imported. In
 * Zarr it is Blosc that shuffles: Zstandard inside of it packs indices into three quarters of what
 * it makes of them alone, in a sixth of the time.
 */
static void
choose_compression (const AnnElementWriter *self,
                    const AnnWriterTraits *traits,
                    AnnArray *like,
                    AnnCompression *compression)
{
  const AnnWriteOptions *options = self->options;

  if (options->has_compression)
    *compression = options->compression;
  else if (options->profile == ANN_PROFILE_MODERN)
    ann_compression_init (compression,
                          traits->is_zarr ? ANN_COMPRESSOR_BLOSC : ANN_COMPRESSOR_GZIP);
  else if (options->profile != ANN_PROFILE_FAITHFUL || !keep_compression (like, compression))
    ann_compression_init (compression, ANN_COMPRESSOR_GZIP);

  if (compression->compressor == ANN_COMPRESSOR_LZF && traits->is_zarr)
    ann_compression_init (compression, ANN_COMPRESSOR_LZ4);
}

/* --- Chunks --- */

static gboolean
is_text (AnnDtype dtype)
{
  return dtype == ANN_DTYPE_STRING;
}

static gsize
get_item_size (const AnnNewArray *array)
{
  const gsize size = ann_dtype_get_size (array->dtype);

  return size > 0 ? size : MAX (array->item_size, 1);
}

static guint64
multiply (guint64 a, guint64 b)
{
  guint64 product;

  return g_uint64_checked_mul (&product, a, b) ? product : G_MAXUINT64;
}

/* Elements in one index of the first axis. */
static guint64
get_row_length (const AnnNewArray *array)
{
  guint64 length = 1;

  for (guint i = 1; i < array->rank; i++)
    length = multiply (length, MAX (array->shape[i], 1));

  return length;
}

/* About so many along the first axis. What was guessed may be too little: chunks are not made tiny
 * for that.
 */
static guint64
get_length (const AnnNewArray *array)
{
  return array->shape[0] != ANN_LENGTH_UNKNOWN ? array->shape[0]
                                               : MAX (array->expected_length, MIN_GUESS);
}

static gboolean
is_small (const AnnNewArray *array)
{
  const guint64 length = array->rank > 0 ? get_length (array) : 1;

  if (array->rank == 0)
    return TRUE;
  if (array->shape[0] == ANN_LENGTH_UNKNOWN)
    return FALSE; /* one piece has a length */
  if (is_text (array->dtype))
    return multiply (length, get_row_length (array)) <= TEXTS_CHUNK_LENGTH;

  return multiply (multiply (length, get_row_length (array)), get_item_size (array)) < SMALL_SIZE;
}

static guint64
get_chunk_size (const AnnNewArray *array, const AnnWriterTraits *traits)
{
  if (traits->zarr_format == 2)
    return OBJECT_CHUNK_SIZE;
  if (array->lines > 0 && !traits->is_zarr)
    return ENTRIES_CHUNK_SIZE;

  return CHUNK_SIZE;
}

/* The rows of a chunk that were asked for: of entries of a sparse matrix, as many as so many of its
 * rows have on average.
 */
static guint64
get_wanted_rows (const AnnNewArray *array, guint64 n_rows)
{
  if (n_rows == 0 || array->lines == 0)
    return n_rows;

  return MAX ((guint64) ((double) get_length (array) / (double) array->lines * (double) n_rows), 1);
}

/* Whole rows where these are short, else squares, and between two cuts no more than memory allows.
 */
static void
cut (const AnnNewArray *array, guint64 chunk_size, guint64 n_rows, guint64 *chunk_shape)
{
  const gsize item_size = get_item_size (array);
  const guint64 row_length = get_row_length (array);
  const guint64 n = is_text (array->dtype) ? TEXTS_CHUNK_LENGTH : MAX (chunk_size / item_size, 1);
  guint64 n_across = MAX (n, 1);

  for (guint i = 1; i < array->rank; i++)
    chunk_shape[i] = MAX (array->shape[i], 1);
  if (row_length <= n || array->rank == 1)
    {
      chunk_shape[0] = n_rows > 0 ? n_rows : MAX (n / row_length, 1);
    }
  else
    {
      const guint64 in_band = MAX (MAX_BAND_SIZE / item_size / row_length, 1);

      chunk_shape[0] = n_rows > 0 ? n_rows : CLAMP ((guint64) sqrt ((double) n), 1, in_band);
      n_across = MAX (n / chunk_shape[0], 1);
      for (guint i = array->rank; i-- > 1;)
        {
          chunk_shape[i] = MIN (chunk_shape[i], n_across);
          n_across = MAX (n_across / chunk_shape[i], 1);
        }
    }

  /* Bounded in bytes whatever was asked for. */
  chunk_shape[0] = MIN (chunk_shape[0], MAX (2 * MAX_BAND_SIZE / item_size / row_length, 1));
  chunk_shape[0] = CLAMP (chunk_shape[0], 1, MAX (get_length (array), 1));
}

/* Takes the chunks of the source, where they are not too large to be held. */
static gboolean
keep_chunks (const AnnNewArray *array, guint64 *chunk_shape)
{
  const guint64 *shape = array->like != NULL ? ann_array_get_chunk_shape (array->like) : NULL;
  guint64 size = get_item_size (array);

  if (shape == NULL || ann_array_get_rank (array->like) != array->rank)
    return FALSE;
  for (guint i = 0; i < array->rank; i++)
    size = multiply (size, i > 0 ? MAX (array->shape[i], 1) : MAX (shape[i], 1));
  if (size > MAX_KEPT_CHUNK_SIZE)
    return FALSE;

  for (guint i = 0; i < array->rank; i++)
    chunk_shape[i] = CLAMP (shape[i], 1, MAX (i > 0 ? array->shape[i] : get_length (array), 1));

  return TRUE;
}

static guint64
choose_shard_rows (const AnnElementWriter *self,
                   const AnnNewArray *array,
                   const AnnWriterTraits *traits,
                   const guint64 *chunk_shape)
{
  const guint64 wanted = get_wanted_rows (array, self->options->shard_rows);
  const guint64 row_size = multiply (get_row_length (array), get_item_size (array));
  const guint64 most = MAX (SHARD_SIZE / row_size / chunk_shape[0], 1);
  guint64 n_chunks;

  if (!traits->has_shards || is_text (array->dtype) || array->dtype >= ANN_DTYPE_RECORD
      || (wanted == 0 && self->options->profile != ANN_PROFILE_MODERN))
    return 0;

  n_chunks = wanted > 0 ? MIN (MAX (wanted / chunk_shape[0], 1), 4 * most) : most;
  n_chunks = MIN (n_chunks, (MAX (get_length (array), 1) - 1) / chunk_shape[0] + 1);

  return wanted > 0 || n_chunks > 1 ? n_chunks * chunk_shape[0] : 0;
}

AnnArrayWriter *
_ann_write_add_array (const AnnElementWriter *self,
                      AnnNodeWriter *parent,
                      const char *name,
                      const AnnNewArray *array,
                      GCancellable *cancellable,
                      GError **error)
{
  const AnnWriterTraits *traits = _ann_node_writer_get_traits (parent);
  const AnnWriteOptions *options = self->options;
  AnnCompression compression;
  AnnArraySpec spec = { .dtype = array->dtype,
                        .item_size = array->item_size,
                        .time_type = array->time_type,
                        .rank = array->rank,
                        .fields = array->fields,
                        .n_fields = array->n_fields };

  for (guint i = 0; i < array->rank; i++)
    spec.shape[i] = array->shape[i];
  if (!is_small (array))
    {
      if (options->profile != ANN_PROFILE_FAITHFUL || options->chunk_rows > 0
          || !keep_chunks (array, spec.chunk_shape))
        cut (array, get_chunk_size (array, traits), get_wanted_rows (array, options->chunk_rows),
             spec.chunk_shape);
      spec.shard_rows = choose_shard_rows (self, array, traits, spec.chunk_shape);
    }

  /* In HDF5 what is small is stored as it is: its filters would cost more than they save. */
  if ((traits->is_zarr || !is_small (array)) && array->rank > 0
      && (!is_text (array->dtype) || traits->compresses_texts))
    {
      choose_compression (self, traits, array->like, &compression);
      spec.compression = &compression;
    }

  return _ann_node_writer_add_array (parent, name, &spec, cancellable, error);
}

AnnArray *
_ann_write_dup_stored (AnnElement *element)
{
  gsize n;
  g_autofree AnnArray **arrays = ann_element_list_arrays (element, &n);
  AnnArray *first = n > 0 ? arrays[0] : NULL;

  for (gsize i = 1; i < n; i++)
    g_object_unref (arrays[i]);

  return first;
}

/* --- Blocks of rows --- */

/* Rows of a block at most, however narrow they are: where they lie here and there, in no order,
 * some ten times as much is needed to find them as a byte takes.
 */
#define MAX_ROWS ((guint64) 1 << 18)

/* Texts are there several times: in chunks, in pieces, as a block, and on the way to the disk. */
#define TEXTS_SIZE (ANN_WRITE_BLOCK_SIZE / 4)

/* Rows in blocks of about as many bytes: how many these are is learned from the last block. */
typedef struct {
  AnnElement *element;
  guint64 next;
  guint64 n_rows; /* of the next block */
  guint64 size;   /* that a block should have */
} Rows;

static void
rows_free (gpointer data)
{
  Rows *rows = data;

  g_object_unref (rows->element);
  g_free (rows);
}

static AnnBlock *
read_rows (gpointer user_data, GCancellable *cancellable, GError **error)
{
  Rows *rows = user_data;
  const guint64 n_left = ann_element_get_n_rows (rows->element) - rows->next;
  const guint64 n = MIN (rows->n_rows, n_left);
  AnnBlock *block;
  guint64 row_size;

  if (n_left == 0)
    return NULL;
  block = ann_element_read_rows (rows->element, rows->next, n, cancellable, error);
  if (block == NULL)
    return NULL;

  row_size = MAX (ann_block_get_size (block) / n, 1);
  rows->next += n;
  rows->n_rows = CLAMP (rows->size / row_size, 1, MIN (8 * n, MAX_ROWS));

  return block;
}

AnnBlockIterator *
_ann_write_iterate (AnnElement *element)
{
  const guint64 width = MAX (ann_element_get_width (element), 1);
  gsize item_size = ann_dtype_get_size (ann_element_get_dtype (element));
  Rows *rows = g_new0 (Rows, 1);

  rows->element = g_object_ref (element);
  rows->size = item_size > 0 ? ANN_WRITE_BLOCK_SIZE : TEXTS_SIZE;
  if (item_size == 0)
    item_size = 256; /* texts: the first block tells */
  rows->n_rows = CLAMP (rows->size / item_size / width, 1, MAX_ROWS);

  return _ann_block_iterator_new_with_func (read_rows, rows, rows_free, 1);
}

/* --- Numbers --- */

gboolean
_ann_write_rows (const AnnElementWriter *self,
                 AnnElement *element,
                 AnnBlockIterator *blocks,
                 const AnnNewArray *new_array,
                 AnnNodeWriter *parent,
                 const char *name,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (AnnAttributes) attributes = NULL;
  g_autoptr (AnnArrayWriter) array = NULL;

  array = _ann_write_add_array (self, parent, name, new_array, cancellable, error);
  if (array == NULL)
    return FALSE;

  while (TRUE)
    {
      g_autoptr (AnnBlock) block = NULL;

      if (!ann_block_iterator_next (blocks, &block, cancellable, error))
        return FALSE;
      if (block == NULL)
        break;
      if (!_ann_array_writer_append (array, ann_buffer_get_data (block->values), block->count,
                                     cancellable, error))
        return FALSE;
      _ann_write_add_done (self, ann_buffer_get_size (block->values));
    }

  attributes = _ann_write_attributes_new (self, element, "array", "0.2.0", cancellable, error);

  return attributes != NULL && _ann_array_writer_close (array, attributes, cancellable, error);
}

gboolean
_ann_write_dense (const AnnElementWriter *self,
                  AnnElement *element,
                  AnnNodeWriter *parent,
                  const char *name,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (AnnBlockIterator) blocks = _ann_write_iterate (element);
  g_autoptr (AnnArray) stored = _ann_write_dup_stored (element);

  return _ann_write_rows (self, element, blocks,
                          &(AnnNewArray){
                              .dtype = ann_element_get_dtype (element),
                              .time_type = ann_element_get_time_type (element),
                              .rank = ann_element_get_rank (element),
                              .shape = ann_element_get_shape (element),
                              .like = stored,
                          },
                          parent, name, cancellable, error);
}

gboolean
_ann_write_vector (const AnnElementWriter *self,
                   AnnNodeWriter *parent,
                   const char *name,
                   AnnBuffer *values,
                   AnnAttributes *attributes,
                   GCancellable *cancellable,
                   GError **error)
{
  const guint64 length = ann_buffer_get_n_elements (values);
  g_autoptr (AnnArrayWriter) array = NULL;

  array = _ann_write_add_array (self, parent, name,
                                &(AnnNewArray){
                                    .dtype = ann_buffer_get_dtype (values),
                                    .rank = 1,
                                    .shape = &length,
                                },
                                cancellable, error);

  return array != NULL
         && _ann_array_writer_append (array, ann_buffer_get_data (values), length, cancellable,
                                      error)
         && _ann_array_writer_close (array, attributes, cancellable, error);
}

/* --- Texts --- */

gboolean
_ann_write_strings (const AnnElementWriter *self,
                    AnnNodeWriter *parent,
                    const char *name,
                    AnnStrings *texts,
                    AnnAttributes *attributes,
                    GCancellable *cancellable,
                    GError **error)
{
  const guint64 length = ann_strings_get_length (texts);
  g_autoptr (AnnArrayWriter) array = NULL;

  array = _ann_write_add_array (
      self, parent, name, &(AnnNewArray){ .dtype = ANN_DTYPE_STRING, .rank = 1, .shape = &length },
      cancellable, error);

  return array != NULL && _ann_array_writer_append_texts (array, texts, cancellable, error)
         && _ann_array_writer_close (array, attributes, cancellable, error);
}

/* Bytes of one length are what many writers made of text: bytes are only those that are marked as
 * values, and those that are no text. Sets @longest, at least 1.
 */
static gboolean
look_at_bytes (AnnElement *element,
               gboolean *are_bytes,
               gsize *longest,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (AnnBlockIterator) blocks = NULL;

  *longest = 1;
  *are_bytes = ann_element_get_dtype (element) == ANN_DTYPE_BYTES
               && strcmp (ann_element_get_encoding_type (element), "array") == 0;
  if (ann_element_get_dtype (element) != ANN_DTYPE_BYTES)
    return TRUE;

  blocks = _ann_write_iterate (element);
  while (TRUE)
    {
      g_autoptr (AnnBlock) block = NULL;

      if (!ann_block_iterator_next (blocks, &block, cancellable, error))
        return FALSE;
      if (block == NULL)
        return TRUE;
      for (gsize i = 0; i < ann_strings_get_length (block->texts); i++)
        {
          gsize length;
          const char *text = ann_strings_get (block->texts, i, &length);

          *longest = MAX (*longest, length);
          *are_bytes = *are_bytes || !g_utf8_validate_len (text, length, NULL);
        }
    }
}

gboolean
_ann_write_texts (const AnnElementWriter *self,
                  AnnElement *element,
                  AnnNodeWriter *parent,
                  const char *name,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (AnnBlockIterator) blocks = _ann_write_iterate (element);
  g_autoptr (AnnArray) stored = _ann_write_dup_stored (element);
  g_autoptr (AnnAttributes) attributes = NULL;
  g_autoptr (AnnArrayWriter) array = NULL;
  gboolean is_bytes;
  gsize item_size;
  gboolean are_objects = FALSE;

  if (!look_at_bytes (element, &is_bytes, &item_size, cancellable, error))
    return FALSE;
  array = _ann_write_add_array (self, parent, name,
                                &(AnnNewArray){
                                    .dtype = is_bytes ? ANN_DTYPE_BYTES : ANN_DTYPE_STRING,
                                    .item_size = is_bytes ? item_size : 0,
                                    .rank = ann_element_get_rank (element),
                                    .shape = ann_element_get_shape (element),
                                    .like = stored,
                                },
                                cancellable, error);
  if (array == NULL)
    return FALSE;

  while (TRUE)
    {
      g_autoptr (AnnBlock) block = NULL;

      if (!ann_block_iterator_next (blocks, &block, cancellable, error))
        return FALSE;
      if (block == NULL)
        break;
      if (!_ann_array_writer_append_texts (array, block->texts, cancellable, error))
        return FALSE;
      are_objects |= ann_strings_are_objects (block->texts);
      _ann_write_add_done (self, ann_block_get_size (block));
    }
  if (are_objects)
    _ann_write_warn (self, "%s: holds objects that are no texts; they are written as texts",
                     ann_element_get_path (element));

  attributes = _ann_write_attributes_new (self, element, is_bytes ? "array" : "string-array",
                                          "0.2.0", cancellable, error);

  return attributes != NULL && _ann_array_writer_close (array, attributes, cancellable, error);
}

/* --- Bytes --- */

/* How many bytes each value has; 1 if there is none. */
static gboolean
find_size_of_values (AnnArray *array, gsize *size, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnStrings) first = NULL;
  AnnBox box;
  gsize n;

  *size = 1;
  ann_box_init_whole (&box, ann_array_get_rank (array), ann_array_get_shape (array));
  if (ann_box_get_n_elements (&box, &n) && n == 0)
    return TRUE;
  for (guint i = 0; i < box.rank; i++)
    box.count[i] = 1;
  first = ann_array_read_strings (array, &box, cancellable, error);
  if (first == NULL)
    return FALSE;
  ann_strings_get (first, 0, size);
  *size = MAX (*size, 1);

  return TRUE;
}

/* Adds values of @item_size bytes each. */
static gboolean
append_values (AnnArrayWriter *array,
               AnnStrings *values,
               guint64 n_rows,
               gsize item_size,
               GCancellable *cancellable,
               GError **error)
{
  const gsize n = ann_strings_get_length (values);
  g_autofree guint8 *bytes = g_try_malloc0_n (MAX (n, 1), item_size);

  if (bytes == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: no memory for %" G_GSIZE_FORMAT " values of %" G_GSIZE_FORMAT " bytes",
                   _ann_array_writer_get_path (array), n, item_size);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    {
      gsize length;
      const char *value = ann_strings_get (values, i, &length);

      memcpy (bytes + i * item_size, value, MIN (length, item_size));
    }

  return _ann_array_writer_append (array, bytes, n_rows, cancellable, error);
}

/* They are taken from where they are stored, which rows of a selection are not. */
gboolean
_ann_write_check_binary (AnnElement *element, GError **error)
{
  g_autoptr (AnnArray) stored = _ann_write_dup_stored (element);

  if (stored != NULL && ann_array_get_dtype (stored) == ANN_DTYPE_OPAQUE
      && ann_array_get_rank (stored) == ann_element_get_rank (element)
      && (ann_array_get_rank (stored) == 0
          || ann_array_get_length (stored) == ann_element_get_n_rows (element)))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s: %s of a selection cannot be written",
               ann_element_get_path (element),
               ann_element_kind_get_name (ann_element_get_kind (element)));

  return FALSE;
}

gboolean
_ann_write_binary (const AnnElementWriter *self,
                   AnnElement *element,
                   AnnNodeWriter *parent,
                   const char *name,
                   GCancellable *cancellable,
                   GError **error)
{
  const guint64 n_rows = ann_element_get_n_rows (element);
  const guint64 width = MAX (ann_element_get_width (element), 1);
  g_autoptr (AnnArray) stored = _ann_write_dup_stored (element);
  g_autoptr (AnnAttributes) attributes = NULL;
  g_autoptr (AnnArrayWriter) array = NULL;
  gsize item_size;
  guint64 step;

  if (!find_size_of_values (stored, &item_size, cancellable, error))
    return FALSE;
  array = _ann_write_add_array (self, parent, name,
                                &(AnnNewArray){
                                    .dtype = ANN_DTYPE_OPAQUE,
                                    .item_size = item_size,
                                    .rank = ann_element_get_rank (element),
                                    .shape = ann_element_get_shape (element),
                                    .like = stored,
                                },
                                cancellable, error);
  if (array == NULL)
    return FALSE;

  step = MAX (ANN_WRITE_BLOCK_SIZE / item_size / width, 1);
  for (guint64 start = 0; start < MAX (n_rows, 1); start += step)
    {
      g_autoptr (AnnStrings) values = NULL;
      AnnBox box;

      ann_box_init_whole (&box, ann_array_get_rank (stored), ann_array_get_shape (stored));
      if (box.rank > 0)
        {
          box.start[0] = start;
          box.count[0] = MIN (step, n_rows - start);
        }
      values = ann_array_read_strings (stored, &box, cancellable, error);
      if (values == NULL
          || !append_values (array, values, box.rank > 0 ? box.count[0] : 1, item_size, cancellable,
                             error))
        return FALSE;
      _ann_write_add_done (self, ann_strings_get_length (values) * item_size);
    }

  attributes = _ann_write_attributes_new (self, element, "array", "0.2.0", cancellable, error);

  return attributes != NULL && _ann_array_writer_close (array, attributes, cancellable, error);
}
