/* ann-hdf5-array-writer.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-array-writer-private.h"

#include "format/hdf5/ann-hdf5-write-attributes.h"
#include "format/hdf5/ann-hdf5-write-filters.h"
#include "format/hdf5/ann-hdf5-write-types.h"

/* Rows of a chunk of texts or records, if nobody says how many there will be. */
#define DEFAULT_CHUNK_ROWS 1024

typedef struct {
  AnnArrayWriterClass parent_class;
} AnnHdf5ArrayWriterClass;

G_DEFINE_FINAL_TYPE (AnnHdf5ArrayWriter, _ann_hdf5_array_writer, ANN_TYPE_ARRAY_WRITER)

hid_t
_ann_hdf5_new_link_list (void)
{
  g_auto (AnnHdf5Hid) list = H5Pcreate (H5P_LINK_CREATE);

  if (list < 0 || H5Pset_char_encoding (list, H5T_CSET_UTF8) < 0)
    return H5I_INVALID_HID;

  return _ann_hdf5_steal (&list);
}

hid_t
_ann_hdf5_new_object_list (hid_t klass)
{
  g_auto (AnnHdf5Hid) list = H5Pcreate (klass);

  if (list < 0 || H5Pset_obj_track_times (list, FALSE) < 0
      || H5Pset_attr_creation_order (list, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) < 0)
    return H5I_INVALID_HID;

  return _ann_hdf5_steal (&list);
}

static const char *
get_path (AnnHdf5ArrayWriter *self)
{
  return _ann_array_writer_get_path (ANN_ARRAY_WRITER (self));
}

static gboolean
is_stored_as_rows (AnnDtype dtype)
{
  return dtype == ANN_DTYPE_STRING || dtype == ANN_DTYPE_BYTES || dtype == ANN_DTYPE_RECORD;
}

/* --- Making the dataset --- */

/* Texts and records of a known length need no chunks: nothing compresses them. */
static gboolean
is_to_be_chunked (const AnnArraySpec *spec)
{
  return spec->rank > 0 && spec->chunk_shape[0] > 0
         && (!is_stored_as_rows (spec->dtype) || spec->shape[0] == ANN_LENGTH_UNKNOWN);
}

/* For what is compressed: numbers. */
static gboolean
set_chunks (AnnHdf5ArrayWriter *self, const AnnArraySpec *spec)
{
  hsize_t chunk_shape[ANN_MAX_RANK];

  self->is_chunked = TRUE;
  for (guint i = 0; i < spec->rank; i++)
    chunk_shape[i] = spec->chunk_shape[i];

  return H5Pset_chunk (self->creation, (int) spec->rank, chunk_shape) >= 0
         && _ann_hdf5_set_filters (self->creation, spec);
}

/* An axis can grow only if its length is not known, or its chunks are longer, which HDF5 does not
 * allow of one that cannot.
 */
static hid_t
new_space (AnnHdf5ArrayWriter *self, guint64 n_rows)
{
  const AnnArraySpec *spec = _ann_array_writer_get_spec (ANN_ARRAY_WRITER (self));
  hsize_t shape[ANN_MAX_RANK], max_shape[ANN_MAX_RANK];

  if (spec->rank == 0)
    return H5Screate (H5S_SCALAR);

  for (guint i = 0; i < spec->rank; i++)
    {
      gboolean grows = self->is_chunked
                       && (spec->shape[i] == ANN_LENGTH_UNKNOWN
                           || spec->shape[i] < spec->chunk_shape[i]);

      shape[i] = i == 0 ? n_rows : spec->shape[i];
      max_shape[i] = grows ? H5S_UNLIMITED : shape[i];
    }

  return H5Screate_simple ((int) spec->rank, shape, max_shape);
}

gboolean
_ann_hdf5_array_writer_make_growing (AnnHdf5ArrayWriter *self)
{
  const AnnArraySpec *spec = _ann_array_writer_get_spec (ANN_ARRAY_WRITER (self));
  hsize_t chunk_shape[ANN_MAX_RANK];

  self->is_chunked = TRUE;
  for (guint i = 0; i < spec->rank; i++)
    chunk_shape[i] = i == 0 ? DEFAULT_CHUNK_ROWS : MAX (spec->shape[i], 1);

  return H5Pset_chunk (self->creation, (int) spec->rank, chunk_shape) >= 0
         && _ann_hdf5_array_writer_make (self, 0);
}

gboolean
_ann_hdf5_array_writer_make (AnnHdf5ArrayWriter *self, guint64 n_rows)
{
  g_auto (AnnHdf5Hid) space = new_space (self, n_rows);
  g_auto (AnnHdf5Hid) links = _ann_hdf5_new_link_list ();

  if (space < 0 || links < 0)
    return FALSE;
  self->dataset = H5Dcreate2 (self->parent, self->name, self->type, space, links, self->creation,
                              H5P_DEFAULT);
  self->extent = n_rows;

  return self->dataset >= 0;
}

/* What is known before any value is. */
static gboolean
prepare (AnnHdf5ArrayWriter *self, const AnnArraySpec *spec)
{
  gboolean is_growing = spec->rank > 0 && spec->shape[0] == ANN_LENGTH_UNKNOWN;

  self->creation = _ann_hdf5_new_object_list (H5P_DATASET_CREATE);
  if (spec->dtype == ANN_DTYPE_RECORD)
    {
      if (!_ann_hdf5_array_writer_set_fields (self, spec))
        return FALSE;
    }
  else
    {
      self->type = _ann_hdf5_new_file_type (spec->dtype, spec->item_size);
      if (spec->dtype == ANN_DTYPE_STRING && spec->item_size == 0)
        self->memory = _ann_hdf5_new_memory_text ();
    }

  if (self->creation < 0 || self->type < 0 || (is_to_be_chunked (spec) && !set_chunks (self, spec)))
    return FALSE;
  /* All of it is written; but libhdf5 insists on zeros for texts. */
  if (!is_stored_as_rows (spec->dtype)
      && H5Pset_fill_time (self->creation, H5D_FILL_TIME_NEVER) < 0)
    return FALSE;

  /* What is one piece of an unknown length is made when that is known. */
  if (is_growing)
    return !self->is_chunked || _ann_hdf5_array_writer_make (self, 0);

  return _ann_hdf5_array_writer_make (self, spec->rank > 0 ? spec->shape[0] : 1);
}

AnnArrayWriter *
_ann_hdf5_array_writer_new (AnnHdf5Output *output,
                            hid_t parent,
                            const char *name,
                            const char *path,
                            const AnnArraySpec *spec,
                            GError **error)
{
  g_autoptr (AnnHdf5ArrayWriter) self = g_object_new (ANN_TYPE_HDF5_ARRAY_WRITER, NULL);
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_autoptr (AnnCodecChain) codecs = NULL;

  self->output = _ann_hdf5_output_ref (output);
  self->name = g_strdup (name);
  self->parent = H5Iinc_ref (parent) >= 0 ? parent : H5I_INVALID_HID;

  codecs = _ann_hdf5_new_writing_codecs (spec);
  _ann_array_writer_set_spec (ANN_ARRAY_WRITER (self), path, spec, codecs);
  if (!prepare (self, spec))
    {
      _ann_hdf5_output_fail (output, path, "The dataset cannot be made", error);
      return NULL;
    }

  return ANN_ARRAY_WRITER (g_steal_pointer (&self));
}

gboolean
_ann_hdf5_write_null (AnnHdf5Output *output,
                      hid_t parent,
                      const char *name,
                      const char *path,
                      AnnAttributes *attributes,
                      GError **error)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) space = H5Screate (H5S_NULL);
  g_auto (AnnHdf5Hid) links = _ann_hdf5_new_link_list ();
  g_auto (AnnHdf5Hid) creation = _ann_hdf5_new_object_list (H5P_DATASET_CREATE);
  g_auto (AnnHdf5Hid) dataset = H5I_INVALID_HID;

  if (space >= 0 && links >= 0 && creation >= 0)
    dataset = H5Dcreate2 (parent, name, H5T_IEEE_F32LE, space, links, creation, H5P_DEFAULT);
  if (dataset < 0)
    return _ann_hdf5_output_fail (output, path, "The dataset cannot be made", error);

  return attributes == NULL
         || _ann_hdf5_write_attributes (output, dataset, path, attributes, error);
}

/* --- Chunks --- */

/* The rows that a dataset needs before libhdf5 takes a chunk: no more, for it may turn out to end
 * with the first row of that, and shrinking is no simple matter.
 */
gboolean
_ann_hdf5_array_writer_extend (AnnHdf5ArrayWriter *self, guint64 n_rows)
{
  const AnnArraySpec *spec = _ann_array_writer_get_spec (ANN_ARRAY_WRITER (self));
  hsize_t shape[ANN_MAX_RANK];

  if (n_rows <= self->extent)
    return TRUE;
  for (guint i = 0; i < spec->rank; i++)
    shape[i] = i == 0 ? n_rows : spec->shape[i];
  self->extent = n_rows;

  return H5Dset_extent (self->dataset, shape) >= 0;
}

static gboolean
store_chunk (AnnHdf5ArrayWriter *self, const AnnEncodedChunk *chunk)
{
  const AnnArraySpec *spec = _ann_array_writer_get_spec (ANN_ARRAY_WRITER (self));
  hsize_t start[ANN_MAX_RANK];

  for (guint i = 0; i < spec->rank; i++)
    start[i] = chunk->coordinates[i] * spec->chunk_shape[i];

  return (spec->shape[0] != ANN_LENGTH_UNKNOWN
          || _ann_hdf5_array_writer_extend (self, start[0] + 1))
         && H5Dwrite_chunk (self->dataset, H5P_DEFAULT, 0, start, chunk->n_bytes, chunk->bytes)
                >= 0;
}

/* All of an array that is one piece. */
static gboolean
store_whole (AnnHdf5ArrayWriter *self, const AnnEncodedChunk *chunk)
{
  const AnnArraySpec *spec = _ann_array_writer_get_spec (ANN_ARRAY_WRITER (self));
  gsize row_size = H5Tget_size (self->type);

  for (guint i = 1; i < spec->rank; i++)
    row_size *= spec->shape[i];
  if (self->dataset < 0 && !_ann_hdf5_array_writer_make (self, chunk->n_bytes / row_size))
    return FALSE;

  return H5Dwrite (self->dataset, self->type, H5S_ALL, H5S_ALL, H5P_DEFAULT, chunk->bytes) >= 0;
}

/* The lock is held for one at a time: the disk may be slow. */
static gboolean
ann_hdf5_array_writer_store_chunks (AnnArrayWriter *writer,
                                    const AnnEncodedChunk *chunks,
                                    gsize n,
                                    GCancellable *cancellable,
                                    GError **error)
{
  AnnHdf5ArrayWriter *self = ANN_HDF5_ARRAY_WRITER (writer);

  for (gsize i = 0; i < n; i++)
    {
      G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

      if (!_ann_hdf5_output_check (self->output, get_path (self), cancellable, error))
        return FALSE;
      if (!(self->is_chunked ? store_chunk (self, &chunks[i]) : store_whole (self, &chunks[i])))
        return _ann_hdf5_output_fail (self->output, get_path (self), "The values cannot be written",
                                      error);
    }

  return TRUE;
}

/* --- The end --- */

static gboolean
ann_hdf5_array_writer_close (AnnArrayWriter *writer,
                             guint64 n_rows,
                             AnnAttributes *attributes,
                             GCancellable *cancellable,
                             GError **error)
{
  AnnHdf5ArrayWriter *self = ANN_HDF5_ARRAY_WRITER (writer);
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  if (!_ann_hdf5_output_check (self->output, get_path (self), cancellable, error))
    return FALSE;
  if (!(self->dataset >= 0 ? _ann_hdf5_array_writer_extend (self, n_rows)
                           : _ann_hdf5_array_writer_make (self, n_rows)))
    return _ann_hdf5_output_fail (self->output, get_path (self), "The dataset cannot be finished",
                                  error);
  if (attributes != NULL
      && !_ann_hdf5_write_attributes (self->output, self->dataset, get_path (self), attributes,
                                      error))
    return FALSE;

  if (H5Dclose (self->dataset) < 0)
    return _ann_hdf5_output_fail (self->output, get_path (self), "The dataset cannot be finished",
                                  error);
  self->dataset = H5I_INVALID_HID;

  return TRUE;
}

static void
ann_hdf5_array_writer_finalize (GObject *object)
{
  AnnHdf5ArrayWriter *self = ANN_HDF5_ARRAY_WRITER (object);

  _ann_hdf5_close (self->dataset);
  _ann_hdf5_close (self->type);
  _ann_hdf5_close (self->memory);
  _ann_hdf5_close (self->creation);
  _ann_hdf5_close (self->parent);
  g_clear_pointer (&self->output, _ann_hdf5_output_unref);
  g_free (self->name);
  g_free (self->fields);

  G_OBJECT_CLASS (_ann_hdf5_array_writer_parent_class)->finalize (object);
}

static void
_ann_hdf5_array_writer_class_init (AnnHdf5ArrayWriterClass *klass)
{
  AnnArrayWriterClass *writer_class = &klass->parent_class;

  G_OBJECT_CLASS (klass)->finalize = ann_hdf5_array_writer_finalize;
  writer_class->store_chunks = ann_hdf5_array_writer_store_chunks;
  writer_class->append_texts = _ann_hdf5_array_writer_append_texts;
  writer_class->append_records = _ann_hdf5_array_writer_append_records;
  writer_class->close = ann_hdf5_array_writer_close;
}

static void
_ann_hdf5_array_writer_init (AnnHdf5ArrayWriter *self)
{
  self->dataset = H5I_INVALID_HID;
  self->type = H5I_INVALID_HID;
  self->memory = H5I_INVALID_HID;
  self->creation = H5I_INVALID_HID;
  self->parent = H5I_INVALID_HID;
}
