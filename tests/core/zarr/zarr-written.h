/* zarr-written.h: a store with arrays of all kinds, as it is written, for tests
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * What is written is the same as in written/make_documents.py; written/check_written.py knows the
 * values.
 */

#pragma once

#include "base/ann-buffer-private.h"
#include "base/ann-worker-private.h"
#include "format/zarr/ann-zarr-writer.h"

#include <math.h>
#include <string.h>

/* A writer that keeps objects, and fails at the n-th put, from 1; 0 for none. @n_at_once: the most
 * puts that ran at the same time
 */
typedef struct {
  AnnStoreWriter parent_instance;
  GMutex lock;
  GHashTable *objects; /* key → GBytes */
  GPtrArray *keys;     /* in their order */
  guint fail_at;
  guint n_puts;
  gboolean is_committed;
  gboolean is_abandoned;
  GCond changed;
  guint n_inside;
  guint n_at_once;
  guint n_wanted;
} KeptWriter;

typedef AnnStoreWriterClass KeptWriterClass;
typedef KeptWriter FarWriter;
typedef KeptWriterClass FarWriterClass;

GType kept_writer_get_type (void);
GType far_writer_get_type (void);

G_DEFINE_TYPE (KeptWriter, kept_writer, ANN_TYPE_STORE_WRITER)
G_DEFINE_TYPE (FarWriter, far_writer, kept_writer_get_type ())

/* Waits for as many others as are wanted; they come, or the test hangs. */
static void
kept_writer_meet (KeptWriter *self)
{
  self->n_inside++;
  self->n_at_once = MAX (self->n_at_once, self->n_inside);
  g_cond_broadcast (&self->changed);
  _ann_worker_begin_wait ();
  while (self->n_at_once < self->n_wanted)
    g_cond_wait (&self->changed, &self->lock);
  _ann_worker_end_wait ();
  self->n_inside--;
}

static gboolean
kept_writer_put (AnnStoreWriter *writer,
                 const char *key,
                 GBytes *bytes,
                 GCancellable *cancellable,
                 GError **error)
{
  KeptWriter *self = (KeptWriter *) writer;
  gboolean fails;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  g_mutex_lock (&self->lock);
  kept_writer_meet (self);
  fails = ++self->n_puts == self->fail_at;
  if (!fails)
    {
      g_assert_false (g_hash_table_contains (self->objects, key)); /* each once */
      g_hash_table_insert (self->objects, g_strdup (key),
                           g_bytes_new (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
      g_ptr_array_add (self->keys, g_strdup (key));
    }
  g_mutex_unlock (&self->lock);
  if (fails)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "full");

  return !fails;
}

static gboolean
kept_writer_commit (AnnStoreWriter *writer,
                    GCancellable *cancellable G_GNUC_UNUSED,
                    GError **error G_GNUC_UNUSED)
{
  ((KeptWriter *) writer)->is_committed = TRUE;

  return TRUE;
}

static void
kept_writer_abandon (AnnStoreWriter *writer)
{
  ((KeptWriter *) writer)->is_abandoned = TRUE;
}

static void
kept_writer_finalize (GObject *object)
{
  KeptWriter *self = (KeptWriter *) object;

  g_hash_table_unref (self->objects);
  g_ptr_array_unref (self->keys);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);

  G_OBJECT_CLASS (kept_writer_parent_class)->finalize (object);
}

static void
kept_writer_class_init (KeptWriterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = kept_writer_finalize;
  klass->put = kept_writer_put;
  klass->commit = kept_writer_commit;
  klass->abandon = kept_writer_abandon;
}

static void
kept_writer_init (KeptWriter *self)
{
  self->objects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify) g_bytes_unref);
  self->keys = g_ptr_array_new_with_free_func (g_free);
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
}

static void
far_writer_class_init (FarWriterClass *klass)
{
  klass->is_remote = TRUE;
}

static void
far_writer_init (FarWriter *self G_GNUC_UNUSED)
{
}

/* --- Arrays. Each function returns whether it went well --- */

static const AnnDtype number_dtypes[] = {
  ANN_DTYPE_BOOL,      ANN_DTYPE_INT8,       ANN_DTYPE_INT16,   ANN_DTYPE_INT32,
  ANN_DTYPE_INT64,     ANN_DTYPE_UINT8,      ANN_DTYPE_UINT16,  ANN_DTYPE_UINT32,
  ANN_DTYPE_UINT64,    ANN_DTYPE_FLOAT16,    ANN_DTYPE_FLOAT32, ANN_DTYPE_FLOAT64,
  ANN_DTYPE_COMPLEX64, ANN_DTYPE_COMPLEX128,
};

/* first, first + 1, … of any type; imaginary parts are half of it; truth values take turns. */
static inline AnnBuffer *
count_up (AnnDtype dtype, guint64 n, double first)
{
  AnnBuffer *buffer = ann_buffer_new_vector (dtype, n, NULL);
  guint8 *to = ann_buffer_get_data_for_writing (buffer);

  for (guint64 i = 0; i < n; i++)
    {
      const double value = first + (double) i;

      switch ((int) dtype)
        {
        case ANN_DTYPE_BOOL:
          to[i] = (int) value % 2 != 0;
          break;
        case ANN_DTYPE_INT8:
          ((gint8 *) to)[i] = (gint8) value;
          break;
        case ANN_DTYPE_INT16:
          ((gint16 *) (gpointer) to)[i] = (gint16) value;
          break;
        case ANN_DTYPE_INT32:
          ((gint32 *) (gpointer) to)[i] = (gint32) value;
          break;
        case ANN_DTYPE_INT64:
          ((gint64 *) (gpointer) to)[i] = (gint64) value;
          break;
        case ANN_DTYPE_UINT8:
          to[i] = (guint8) value;
          break;
        case ANN_DTYPE_UINT16:
          ((guint16 *) (gpointer) to)[i] = (guint16) value;
          break;
        case ANN_DTYPE_UINT32:
          ((guint32 *) (gpointer) to)[i] = (guint32) value;
          break;
        case ANN_DTYPE_UINT64:
          ((guint64 *) (gpointer) to)[i] = (guint64) value;
          break;
        case ANN_DTYPE_FLOAT16:
          ((guint16 *) (gpointer) to)[i] = _ann_double_to_half (value);
          break;
        case ANN_DTYPE_FLOAT32:
          ((float *) (gpointer) to)[i] = (float) value;
          break;
        case ANN_DTYPE_FLOAT64:
          ((double *) (gpointer) to)[i] = value;
          break;
        case ANN_DTYPE_COMPLEX64:
          ((float *) (gpointer) to)[2 * i] = (float) value;
          ((float *) (gpointer) to)[2 * i + 1] = (float) value / 2;
          break;
        default:
          ((double *) (gpointer) to)[2 * i] = value;
          ((double *) (gpointer) to)[2 * i + 1] = value / 2;
          break;
        }
    }

  return buffer;
}

static inline AnnStrings *
split_texts (const char *joined)
{
  g_auto (GStrv) parts = g_strsplit (joined, "|", -1);
  AnnStrings *texts = ann_strings_new ();

  for (gsize i = 0; parts[i] != NULL; i++)
    g_assert_true (ann_strings_append (texts, parts[i], -1, NULL));

  return texts;
}

/* The arrays are cut as @spec says, and appended in pieces of @piece rows. */
static inline gboolean
write_numbers (AnnNodeWriter *group,
               const char *name,
               const AnnArraySpec *spec,
               guint64 n_rows,
               guint64 piece,
               double first,
               GError **error)
{
  g_autoptr (AnnArrayWriter) array = _ann_node_writer_add_array (group, name, spec, NULL, error);
  g_autoptr (AnnBuffer) values = NULL;
  gsize row_length = 1;

  if (array == NULL)
    return FALSE;
  for (guint i = 1; i < spec->rank; i++)
    row_length *= (gsize) spec->shape[i];
  values = count_up (spec->dtype, n_rows * row_length, first);
  for (guint64 row = 0; row < n_rows; row += piece)
    {
      const guint8 *from = ann_buffer_get_data (values);

      if (!_ann_array_writer_append (array,
                                     from + row * row_length * ann_dtype_get_size (spec->dtype),
                                     MIN (piece, n_rows - row), NULL, error))
        return FALSE;
    }

  return _ann_array_writer_close (array, NULL, NULL, error);
}

static inline gboolean
write_texts (AnnNodeWriter *group,
             const char *name,
             const AnnArraySpec *spec,
             const char *joined,
             gsize piece,
             GError **error)
{
  g_autoptr (AnnArrayWriter) array = _ann_node_writer_add_array (group, name, spec, NULL, error);
  g_autoptr (AnnStrings) texts = split_texts (joined);
  const gsize n = ann_strings_get_length (texts);

  if (array == NULL)
    return FALSE;
  for (gsize i = 0; i < n; i += piece)
    {
      g_autoptr (AnnStrings) some = ann_strings_new ();

      g_assert_true (ann_strings_append_range (some, texts, i, MIN (piece, n - i), NULL));
      if (!_ann_array_writer_append_texts (array, some, NULL, error))
        return FALSE;
    }

  return _ann_array_writer_close (array, NULL, NULL, error);
}

static inline gboolean
write_records (AnnNodeWriter *group, GError **error)
{
  const AnnFieldSpec fields[] = {
    { .name = "name", .dtype = ANN_DTYPE_STRING, .item_size = 3 },
    { .name = "score", .dtype = ANN_DTYPE_FLOAT64 },
    { .name = "n", .dtype = ANN_DTYPE_INT32 },
    { .name = "id", .dtype = ANN_DTYPE_BYTES, .item_size = 2 },
    { .name = "flag", .dtype = ANN_DTYPE_BOOL },
  };
  const AnnArraySpec spec = { .dtype = ANN_DTYPE_RECORD,
                              .rank = 1,
                              .shape = { 3 },
                              .chunk_shape = { 2 },
                              .fields = fields,
                              .n_fields = G_N_ELEMENTS (fields) };
  g_autoptr (AnnArrayWriter) array = _ann_node_writer_add_array (group, "records", &spec, NULL,
                                                                 error);
  g_autoptr (AnnStrings) names = split_texts ("bär|x|");
  g_autoptr (AnnBuffer) scores = count_up (ANN_DTYPE_FLOAT64, 3, 0.5);
  g_autoptr (AnnBuffer) counts = count_up (ANN_DTYPE_INT32, 3, 7);
  g_autoptr (AnnStrings) ids = split_texts ("ab|c|");
  g_autoptr (AnnBuffer) flags = count_up (ANN_DTYPE_BOOL, 3, 1);
  const AnnFieldValues values[] = { { .texts = names },
                                    { .values = scores },
                                    { .values = counts },
                                    { .texts = ids },
                                    { .values = flags } };

  return array != NULL && _ann_array_writer_append_records (array, values, 3, NULL, error)
         && _ann_array_writer_close (array, NULL, NULL, error);
}

/* --- The store --- */

static inline gboolean
write_all_numbers (AnnNodeWriter *group, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (number_dtypes); i++)
    {
      const AnnArraySpec spec = {
        .dtype = number_dtypes[i], .rank = 1, .shape = { 5 }, .chunk_shape = { 2 }
      };

      if (!write_numbers (group, ann_dtype_get_numpy_name (number_dtypes[i]) + 1, &spec, 5, 3, 1,
                          error))
        return FALSE;
    }

  return TRUE;
}

static inline gboolean
write_compressed (AnnNodeWriter *group, GError **error)
{
  static const struct {
    const char *name;
    AnnCompression compression;
  } cases[] = { { "gzip", { ANN_COMPRESSOR_GZIP, 4 } },
                { "zstd", { ANN_COMPRESSOR_ZSTD, 3 } },
                { "blosc", { ANN_COMPRESSOR_BLOSC, 5 } },
                { "lz4", { ANN_COMPRESSOR_LZ4, 5 } } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const AnnArraySpec spec = { .dtype = ANN_DTYPE_FLOAT32,
                                  .rank = 2,
                                  .shape = { 5, 3 },
                                  .chunk_shape = { 2, 2 },
                                  .compression = &cases[i].compression };

      if (!write_numbers (group, cases[i].name, &spec, 5, 2, 1, error))
        return FALSE;
    }

  return TRUE;
}

static inline gboolean
write_all_texts (AnnNodeWriter *group, GError **error)
{
  const AnnCompression zstd = { ANN_COMPRESSOR_ZSTD, 3 };
  AnnArraySpec spec = {
    .dtype = ANN_DTYPE_STRING, .rank = 1, .shape = { 3 }, .chunk_shape = { 2 }, .compression = &zstd
  };

  if (!write_texts (group, "texts", &spec, "a|bä|", 2, error))
    return FALSE;
  spec.dtype = ANN_DTYPE_BYTES;
  spec.item_size = 3;
  if (!write_texts (group, "bytes", &spec, "abc|d|", 2, error))
    return FALSE;
  spec = (AnnArraySpec){
    .dtype = ANN_DTYPE_OPAQUE, .item_size = 5, .rank = 1, .shape = { 3 }, .chunk_shape = { 2 }
  };
  if (!write_texts (group, "opaque", &spec, "abcde|fghij|klmno", 3, error))
    return FALSE;
  spec = (AnnArraySpec){
    .dtype = ANN_DTYPE_STRING, .rank = 2, .shape = { 3, 2 }, .chunk_shape = { 2, 1 }
  };

  return write_texts (group, "text-matrix", &spec, "a|b|c|d|e|f", 2, error);
}

static inline gboolean
write_scalars (AnnNodeWriter *group, GError **error)
{
  AnnArraySpec spec = { .dtype = ANN_DTYPE_FLOAT32 };

  if (!write_numbers (group, "number", &spec, 1, 1, 3.5, error))
    return FALSE;
  spec.dtype = ANN_DTYPE_STRING;

  return write_texts (group, "text", &spec, "hällo", 1, error)
         && _ann_node_writer_add_null (group, "null", NULL, NULL, error);
}

static inline gboolean
write_shards (AnnNodeWriter *group, GError **error)
{
  const AnnCompression zstd = { ANN_COMPRESSOR_ZSTD, 3 };
  AnnArraySpec spec = { .dtype = ANN_DTYPE_INT16,
                        .rank = 2,
                        .shape = { 7, 3 },
                        .chunk_shape = { 2, 2 },
                        .shard_rows = 4,
                        .compression = &zstd };

  if (!write_numbers (group, "shards", &spec, 7, 5, 1, error))
    return FALSE;
  spec = (AnnArraySpec){ .dtype = ANN_DTYPE_STRING,
                         .rank = 1,
                         .shape = { 7 },
                         .chunk_shape = { 2 },
                         .shard_rows = 4,
                         .compression = &zstd };

  return write_texts (group, "text-shards", &spec, "a|b|c|d|e|f|g", 3, error);
}

/* The arrays of the documents, in a group. */
static inline gboolean
write_arrays (AnnNodeWriter *group, GError **error)
{
  const AnnArraySpec empty = { .dtype = ANN_DTYPE_FLOAT64, .rank = 2, .shape = { 0, 3 } };

  return write_all_numbers (group, error) && write_compressed (group, error)
         && write_numbers (group, "empty", &empty, 0, 1, 0, error) && write_all_texts (group, error)
         && write_records (group, error) && write_scalars (group, error)
         && (!_ann_node_writer_get_traits (group)->has_shards || write_shards (group, error));
}

/* Of every kind. */
static inline AnnAttributes *
make_attributes (void)
{
  g_autoptr (AnnAttributes) attributes = ann_attributes_new ();
  const guint64 shape[] = { 2, 3 };
  g_autoptr (AnnBuffer) matrix = ann_buffer_new (ANN_DTYPE_INT64, 2, shape, NULL);
  g_autoptr (AnnBuffer) large = ann_buffer_new (ANN_DTYPE_UINT64, 0, NULL, NULL);
  g_autoptr (AnnBuffer) negative = ann_buffer_new (ANN_DTYPE_INT64, 0, NULL, NULL);
  g_autoptr (AnnBuffer) floats = ann_buffer_new_vector (ANN_DTYPE_FLOAT64, 6, NULL);
  g_autoptr (AnnBuffer) flag = ann_buffer_new (ANN_DTYPE_BOOL, 0, NULL, NULL);
  g_autoptr (AnnStrings) text = ann_strings_new ();
  g_autoptr (AnnStrings) none = ann_strings_new ();
  g_autoptr (AnnStrings) list = split_texts ("a|ü|");
  double *to = ann_buffer_get_data_for_writing (floats);

  for (int i = 0; i < 6; i++)
    ((gint64 *) ann_buffer_get_data_for_writing (matrix))[i] = i - 2;
  *(guint64 *) ann_buffer_get_data_for_writing (large) = G_MAXUINT64;
  *(gint64 *) ann_buffer_get_data_for_writing (negative) = G_MININT64;
  *(guint8 *) ann_buffer_get_data_for_writing (flag) = 1;
  to[0] = 1;
  to[1] = 0.1;
  to[2] = 1e300;
  to[3] = -(double) INFINITY;
  to[4] = (double) NAN;
  to[5] = 1.0 / 3;
  g_assert_true (ann_strings_append (text, "q\"\\\n\001ü\0n", 9, NULL));
  ann_attributes_add_texts (attributes, "text", TRUE, text);
  ann_attributes_add_texts (attributes, "list", FALSE, list);
  ann_attributes_add_texts (attributes, "none", FALSE, none);
  ann_attributes_add_numbers (attributes, "matrix", matrix);
  ann_attributes_add_numbers (attributes, "large", large);
  ann_attributes_add_numbers (attributes, "negative", negative);
  ann_attributes_add_numbers (attributes, "floats", floats);
  ann_attributes_add_numbers (attributes, "flag", flag);
  ann_attributes_add_unknown (attributes, "object", "{\"a\": [1, null]}");
  ann_attributes_add_unknown (attributes, "reference", "an object reference");

  return g_steal_pointer (&attributes);
}

/* All arrays in the root, the same in a group, and attributes at both. */
static inline gboolean
write_store (AnnNodeWriter *root, GError **error)
{
  g_autoptr (AnnAttributes) attributes = make_attributes ();
  g_autoptr (AnnNodeWriter) group = NULL;

  if (!write_arrays (root, error))
    return FALSE;
  group = _ann_node_writer_add_group (root, "gröup", NULL, error);

  return group != NULL && write_arrays (group, error)
         && _ann_node_writer_close (group, attributes, NULL, error)
         && _ann_node_writer_close (root, attributes, NULL, error)
         && _ann_node_writer_commit (root, NULL, error);
}
