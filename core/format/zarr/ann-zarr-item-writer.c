/* ann-zarr-item-writer.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-item-writer.h"

#include "base/ann-error.h"

#include <string.h>

#define ANN_TYPE_ZARR_ITEM_WRITER (_ann_zarr_item_writer_get_type ())

G_DECLARE_FINAL_TYPE (AnnZarrItemWriter,
                      _ann_zarr_item_writer,
                      ANN,
                      ZARR_ITEM_WRITER,
                      AnnArrayWriter)

struct _AnnZarrItemWriter {
  AnnArrayWriter parent_instance;
  AnnZarrChunkSink *sink;
};

G_DEFINE_FINAL_TYPE (AnnZarrItemWriter, _ann_zarr_item_writer, ANN_TYPE_ARRAY_WRITER)

static gboolean
_ann_zarr_item_writer_store_chunks (AnnArrayWriter *writer,
                                    const AnnEncodedChunk *chunks,
                                    gsize n,
                                    GCancellable *cancellable,
                                    GError **error)
{
  return _ann_zarr_chunk_sink_store (ANN_ZARR_ITEM_WRITER (writer)->sink, chunks, n, cancellable,
                                     error);
}

static gboolean
_ann_zarr_item_writer_close (AnnArrayWriter *writer G_GNUC_UNUSED,
                             guint64 n_rows G_GNUC_UNUSED,
                             AnnAttributes *attributes G_GNUC_UNUSED,
                             GCancellable *cancellable G_GNUC_UNUSED,
                             GError **error G_GNUC_UNUSED)
{
  return TRUE;
}

static void
_ann_zarr_item_writer_class_init (AnnZarrItemWriterClass *klass)
{
  ANN_ARRAY_WRITER_CLASS (klass)->store_chunks = _ann_zarr_item_writer_store_chunks;
  ANN_ARRAY_WRITER_CLASS (klass)->close = _ann_zarr_item_writer_close;
}

static void
_ann_zarr_item_writer_init (AnnZarrItemWriter *self G_GNUC_UNUSED)
{
}

AnnArrayWriter *
_ann_zarr_item_writer_new (AnnZarrChunkSink *sink, const char *path, const AnnArraySpec *spec)
{
  AnnZarrItemWriter *self = g_object_new (ANN_TYPE_ZARR_ITEM_WRITER, NULL);
  g_autoptr (AnnCodecChain) codecs = _ann_zarr_layout_new_codecs (sink->layout);
  AnnArraySpec items = *spec;

  self->sink = sink;
  items.dtype = ANN_DTYPE_OPAQUE;
  items.item_size = sink->layout->item_size;
  _ann_array_writer_set_spec (ANN_ARRAY_WRITER (self), path, &items, codecs);

  return ANN_ARRAY_WRITER (self);
}

/* --- Putting items together --- */

/* Code points, filled up with NULs. What is no UTF-8 becomes U+FFFD. %FALSE if there are too many.
 */
static gboolean
put_utf32 (guint8 *to, gsize size, const char *text, gsize length)
{
  const char *end = text + length;
  gsize n = 0;

  while (text < end)
    {
      gunichar c = g_utf8_get_char_validated (text, end - text);
      guint32 point;

      if (n == size)
        return FALSE;
      if (c == (gunichar) -1 || c == (gunichar) -2)
        {
          c = 0xfffd;
          text++;
        }
      else
        text = c == 0 ? text + 1 : g_utf8_next_char (text);
      point = GUINT32_TO_LE (c);
      memcpy (to + n++ * 4, &point, 4);
    }

  return TRUE;
}

static gboolean
put_text (const AnnFieldSpec *field, guint8 *to, const char *text, gsize length)
{
  const gsize size = _ann_zarr_field_get_size (field);

  if (field->dtype == ANN_DTYPE_STRING)
    return put_utf32 (to, size / 4, text, length);
  if (length > size)
    return FALSE;
  memcpy (to, text, length);

  return TRUE;
}

static gboolean
put_texts (const AnnFieldSpec *field,
           AnnStrings *texts,
           guint8 *to,
           gsize stride,
           gsize n,
           const char *path,
           GError **error)
{
  for (gsize i = 0; i < n; i++)
    {
      gsize length;
      const char *text = ann_strings_get (texts, i, &length);

      if (!put_text (field, to + i * stride, text, length))
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                       "%s: a text of %" G_GSIZE_FORMAT
                       " bytes came for a length of %" G_GSIZE_FORMAT,
                       path, length, field->item_size);
          return FALSE;
        }
    }

  return TRUE;
}

/* Numbers, little-endian. */
static void
put_numbers (const AnnFieldSpec *field, AnnBuffer *values, guint8 *to, gsize stride, gsize n)
{
  const gsize size = ann_dtype_get_size (field->dtype);
  const gsize unit = ann_dtype_is_complex (field->dtype) ? size / 2 : size;
  const guint8 *from = ann_buffer_get_data (values);

  for (gsize i = 0; i < n; i++)
    {
      for (gsize j = 0; j < size; j++)
        {
          const gsize in_unit = j % unit;

          to[i * stride + j]
              = from[i * size + j - in_unit
                     + (G_BYTE_ORDER == G_BIG_ENDIAN ? unit - 1 - in_unit : in_unit)];
        }
    }
}

guint8 *
_ann_zarr_items_new (const AnnFieldSpec *fields,
                     gsize n_fields,
                     const AnnFieldValues *values,
                     gsize n,
                     const char *path,
                     GError **error)
{
  g_autofree guint8 *items = NULL;
  gsize item_size = 0;
  gsize offset = 0;

  for (gsize i = 0; i < n_fields; i++)
    item_size += _ann_zarr_field_get_size (&fields[i]);
  if (item_size <= G_MAXSIZE / MAX (n, 1))
    items = g_try_malloc0 (MAX (item_size * n, 1));
  if (items == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: there is no memory for %" G_GSIZE_FORMAT " values of %" G_GSIZE_FORMAT
                   " bytes",
                   path, n, item_size);
      return NULL;
    }

  for (gsize i = 0; i < n_fields; i++)
    {
      if (values[i].values != NULL)
        put_numbers (&fields[i], values[i].values, items + offset, item_size, n);
      else if (!put_texts (&fields[i], values[i].texts, items + offset, item_size, n, path, error))
        return NULL;
      offset += _ann_zarr_field_get_size (&fields[i]);
    }

  return g_steal_pointer (&items);
}
