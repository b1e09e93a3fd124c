/* ann-zarr-array-writer.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-array-writer.h"

#include "base/ann-error-private.h"
#include "format/zarr/ann-zarr-attributes.h"
#include "format/zarr/ann-zarr-chunk-sink.h"
#include "format/zarr/ann-zarr-item-writer.h"
#include "format/zarr/ann-zarr-text-writer.h"

#define ANN_TYPE_ZARR_ARRAY_WRITER (_ann_zarr_array_writer_get_type ())

G_DECLARE_FINAL_TYPE (AnnZarrArrayWriter,
                      _ann_zarr_array_writer,
                      ANN,
                      ZARR_ARRAY_WRITER,
                      AnnArrayWriter)

/* Numbers come as chunks that the base class encoded. Texts of any length are encoded by @texts;
 * what becomes so many bytes each, by @items, once there is some.
 */
struct _AnnZarrArrayWriter {
  AnnArrayWriter parent_instance;
  AnnZarrTarget *target;
  AnnZarrLayout layout;
  AnnZarrChunkSink sink;
  AnnZarrTextWriter *texts;
  AnnArrayWriter *items;
  AnnFieldSpec *fields; /* of @items: those that are no records; without names */
  gsize n_fields;
};

G_DEFINE_FINAL_TYPE (AnnZarrArrayWriter, _ann_zarr_array_writer, ANN_TYPE_ARRAY_WRITER)

static void
_ann_zarr_array_writer_finalize (GObject *object)
{
  AnnZarrArrayWriter *self = ANN_ZARR_ARRAY_WRITER (object);

  g_clear_pointer (&self->texts, _ann_zarr_text_writer_free);
  g_clear_object (&self->items);
  g_free (self->fields);
  _ann_zarr_chunk_sink_clear (&self->sink);
  _ann_zarr_layout_clear (&self->layout);
  g_clear_pointer (&self->target, _ann_zarr_target_unref);

  G_OBJECT_CLASS (_ann_zarr_array_writer_parent_class)->finalize (object);
}

/* --- Values --- */

static gboolean
_ann_zarr_array_writer_store_chunks (AnnArrayWriter *writer,
                                     const AnnEncodedChunk *chunks,
                                     gsize n,
                                     GCancellable *cancellable,
                                     GError **error)
{
  return _ann_zarr_chunk_sink_store (&ANN_ZARR_ARRAY_WRITER (writer)->sink, chunks, n, cancellable,
                                     error);
}

static gsize
get_row_length (const AnnZarrArrayWriter *self)
{
  gsize length = 1;

  for (guint i = 1; i < self->layout.rank; i++)
    length *= (gsize) self->layout.shape[i];

  return length;
}

static gboolean
append_items (AnnZarrArrayWriter *self,
              const AnnFieldValues *values,
              gsize n_items,
              guint64 n_rows,
              GCancellable *cancellable,
              GError **error)
{
  AnnArrayWriter *writer = ANN_ARRAY_WRITER (self);
  const char *path = _ann_array_writer_get_path (writer);
  g_autofree guint8 *items = _ann_zarr_items_new (self->fields, self->n_fields, values, n_items,
                                                  path, error);

  if (self->items == NULL)
    self->items = _ann_zarr_item_writer_new (&self->sink, path,
                                             _ann_array_writer_get_spec (writer));

  return items != NULL && _ann_array_writer_append (self->items, items, n_rows, cancellable, error);
}

static gboolean
_ann_zarr_array_writer_append_texts (AnnArrayWriter *writer,
                                     AnnStrings *texts,
                                     GCancellable *cancellable,
                                     GError **error)
{
  AnnZarrArrayWriter *self = ANN_ZARR_ARRAY_WRITER (writer);
  const gsize n = ann_strings_get_length (texts);

  if (self->texts != NULL)
    return _ann_zarr_text_writer_append (self->texts, texts, cancellable, error);

  return append_items (self, &(AnnFieldValues){ .texts = texts }, n, n / get_row_length (self),
                       cancellable, error);
}

static gboolean
_ann_zarr_array_writer_append_records (AnnArrayWriter *writer,
                                       const AnnFieldValues *fields,
                                       guint64 n,
                                       GCancellable *cancellable,
                                       GError **error)
{
  AnnZarrArrayWriter *self = ANN_ZARR_ARRAY_WRITER (writer);

  return append_items (self, fields, (gsize) n * get_row_length (self), n, cancellable, error);
}

/* --- Documents --- */

static gboolean
put_documents (AnnZarrTarget *target,
               const char *path,
               const AnnZarrLayout *layout,
               AnnAttributes *attributes,
               GCancellable *cancellable,
               GError **error)
{
  GString *json;

  if (layout->zarr_format == 2
      && !_ann_zarr_target_put_attributes (target, path, attributes, cancellable, error))
    return FALSE;

  json = g_string_new (NULL);
  _ann_zarr_layout_append_document (layout, attributes, json);

  return _ann_zarr_target_put_document (
      target, path, layout->zarr_format == 3 ? "zarr.json" : ".zarray", json, cancellable, error);
}

static gboolean
_ann_zarr_array_writer_close (AnnArrayWriter *writer,
                              guint64 n_rows,
                              AnnAttributes *attributes,
                              GCancellable *cancellable,
                              GError **error)
{
  AnnZarrArrayWriter *self = ANN_ZARR_ARRAY_WRITER (writer);

  _ann_zarr_layout_set_n_rows (&self->layout, n_rows);

  return (self->texts == NULL || _ann_zarr_text_writer_finish (self->texts, cancellable, error))
         && (self->items == NULL || _ann_array_writer_close (self->items, NULL, cancellable, error))
         && _ann_zarr_chunk_sink_finish (&self->sink, cancellable, error)
         && put_documents (self->target, _ann_array_writer_get_path (writer), &self->layout,
                           attributes, cancellable, error);
}

static void
_ann_zarr_array_writer_class_init (AnnZarrArrayWriterClass *klass)
{
  AnnArrayWriterClass *writer_class = ANN_ARRAY_WRITER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = _ann_zarr_array_writer_finalize;
  writer_class->store_chunks = _ann_zarr_array_writer_store_chunks;
  writer_class->append_texts = _ann_zarr_array_writer_append_texts;
  writer_class->append_records = _ann_zarr_array_writer_append_records;
  writer_class->close = _ann_zarr_array_writer_close;
}

static void
_ann_zarr_array_writer_init (AnnZarrArrayWriter *self G_GNUC_UNUSED)
{
}

/* --- Making it --- */

/* Counts the fields that are no records, and lists them where there is room for them. */
static gsize
list_fields (const AnnFieldSpec *fields, gsize n_fields, AnnFieldSpec *list)
{
  gsize n = 0;

  for (gsize i = 0; i < n_fields; i++)
    {
      AnnFieldSpec *next = list != NULL ? list + n : NULL;

      if (fields[i].dtype == ANN_DTYPE_RECORD)
        {
          n += list_fields (fields[i].fields, fields[i].n_fields, next);
          continue;
        }
      if (next != NULL)
        *next = (AnnFieldSpec){ .dtype = fields[i].dtype, .item_size = fields[i].item_size };
      n++;
    }

  return n;
}

/* What items are made of: bytes of fixed length are a record without a name. */
static void
set_fields (AnnZarrArrayWriter *self, const AnnArraySpec *spec)
{
  if (spec->dtype == ANN_DTYPE_RECORD)
    {
      self->n_fields = list_fields (spec->fields, spec->n_fields, NULL);
      self->fields = g_new0 (AnnFieldSpec, self->n_fields);
      list_fields (spec->fields, spec->n_fields, self->fields);
    }
  else
    {
      self->n_fields = 1;
      self->fields = g_new0 (AnnFieldSpec, 1);
      self->fields->dtype = ANN_DTYPE_BYTES;
      self->fields->item_size = self->layout.item_size;
    }
}

AnnArrayWriter *
_ann_zarr_array_writer_new (AnnZarrTarget *target,
                            const char *path,
                            const AnnArraySpec *spec,
                            GError **error)
{
  g_autoptr (AnnZarrArrayWriter) self = g_object_new (ANN_TYPE_ZARR_ARRAY_WRITER, NULL);
  g_autoptr (AnnCodecChain) codecs = NULL;
  AnnArraySpec cut = *spec;

  self->target = _ann_zarr_target_ref (target);
  if (!_ann_zarr_layout_init (&self->layout, _ann_zarr_target_get_format (target), spec, error))
    {
      _ann_error_prefix_path (error, path);
      return NULL;
    }
  for (guint i = 0; i < spec->rank; i++)
    cut.chunk_shape[i] = self->layout.chunk_shape[i];

  _ann_zarr_chunk_sink_init (&self->sink, target, &self->layout, path);
  if (spec->dtype == ANN_DTYPE_STRING)
    self->texts = _ann_zarr_text_writer_new (&self->sink);
  else
    {
      set_fields (self, spec);
      codecs = _ann_zarr_layout_new_codecs (&self->layout);
    }
  _ann_array_writer_set_spec (ANN_ARRAY_WRITER (self), path, &cut, codecs);

  return ANN_ARRAY_WRITER (g_steal_pointer (&self));
}

gboolean
_ann_zarr_array_write_null (AnnZarrTarget *target,
                            const char *path,
                            AnnAttributes *attributes,
                            GCancellable *cancellable,
                            GError **error)
{
  const AnnArraySpec spec = { .dtype = ANN_DTYPE_BOOL };
  g_auto (AnnZarrLayout) layout = { 0 };

  if (!_ann_zarr_layout_init (&layout, _ann_zarr_target_get_format (target), &spec, error))
    return FALSE;
  /* Without a chunk it has a value all the same. */
  g_free (layout.fill_value);
  layout.fill_value = g_strdup ("false");

  return put_documents (target, path, &layout, attributes, cancellable, error);
}
