/* zip-writer.h: zip archives as others write them, and as nobody should
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "store-suite.h"

/* What is unusual about an archive. */
typedef struct {
  gboolean is_deflated;
  gboolean is_64;           /* every size and offset in zip64 fields, and a zip64 end record */
  gboolean has_descriptors; /* sizes and checksum behind the bytes, not before them */
  guint16 local_extra;      /* bytes of a field that only the header before the bytes has */
  const char *before;       /* put before the archive, which does not know */
  const char *comment;
  const char *top; /* put before all names */
} ZipStyle;

/* An archive on its way. What a test wants to be wrong it puts into entry. */
typedef struct {
  const ZipStyle *style;
  GByteArray *bytes;
  GByteArray *records;
  guint n_records;
  gsize start;
} ZipWriter;

typedef struct {
  const char *name;
  const guint8 *bytes;
  gsize size;
  guint64 claimed_size;        /* instead of size, if not 0 */
  guint64 claimed_stored_size; /* instead of what is stored, if not 0 */
  guint32 crc32_change;
  guint16 flags;
  guint16 method;    /* instead of the style's, if not 0 */
  guint16 name_size; /* if not 0: the name has NULs */
} ZipItem;

static void
zip_put (GByteArray *bytes, guint64 value, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      guint8 byte = i < 8 ? (guint8) (value >> 8 * i) : 0;

      g_byte_array_append (bytes, &byte, 1);
    }
}

static guint32
zip_crc32 (const guint8 *bytes, gsize size)
{
  guint32 crc = G_MAXUINT32;

  for (gsize i = 0; i < size; i++)
    {
      crc ^= bytes[i];
      for (int bit = 0; bit < 8; bit++)
        crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }

  return ~crc;
}

static GBytes *
zip_deflate (const guint8 *bytes, gsize size)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_RAW, 6);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory,
                                                                    G_CONVERTER (compressor));

  g_assert_true (g_output_stream_write_all (stream, bytes, size, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));

  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static ZipWriter
zip_begin (const ZipStyle *style)
{
  ZipWriter writer = { style, g_byte_array_new (), g_byte_array_new (), 0, 0 };

  if (style->before != NULL)
    g_byte_array_append (writer.bytes, (const guint8 *) style->before, strlen (style->before));
  writer.start = writer.bytes->len;

  return writer;
}

/* What header and record have in common, from the version on. */
static void
zip_put_common (GByteArray *bytes,
                const ZipWriter *writer,
                const ZipItem *item,
                guint16 method,
                const guint64 numbers[3])
{
  gboolean is_64 = writer->style->is_64;

  zip_put (bytes, 45, 2);
  zip_put (bytes, item->flags | (writer->style->has_descriptors ? 8 : 0), 2);
  zip_put (bytes, method, 2);
  zip_put (bytes, 0, 4); /* time */
  zip_put (bytes, numbers[2], 4);
  zip_put (bytes, is_64 ? G_MAXUINT32 : numbers[1], 4);
  zip_put (bytes, is_64 ? G_MAXUINT32 : numbers[0], 4);
  zip_put (bytes,
           item->name_size != 0 ? item->name_size
                                : strlen (writer->style->top != NULL ? writer->style->top : "")
                                      + strlen (item->name),
           2);
}

static void
zip_put_name (GByteArray *bytes, const ZipWriter *writer, const ZipItem *item)
{
  const char *top = writer->style->top != NULL ? writer->style->top : "";

  g_byte_array_append (bytes, (const guint8 *) top, strlen (top));
  g_byte_array_append (bytes, (const guint8 *) item->name,
                       item->name_size != 0 ? item->name_size : strlen (item->name));
}

static void
zip_add (ZipWriter *writer, const ZipItem *item)
{
  const ZipStyle *style = writer->style;
  g_autoptr (GBytes) deflated = zip_deflate (item->bytes, item->size);
  gsize stored_size = style->is_deflated ? g_bytes_get_size (deflated) : item->size;
  guint16 method = item->method != 0 ? item->method : style->is_deflated ? 8 : 0;
  guint64 offset = writer->bytes->len - writer->start;
  const guint64 numbers[3] = {
    item->claimed_size != 0 ? item->claimed_size : item->size,
    item->claimed_stored_size != 0 ? item->claimed_stored_size : stored_size,
    zip_crc32 (item->bytes, item->size) ^ item->crc32_change,
  };
  const guint64 none[3] = { 0 };

  zip_put (writer->bytes, 0x04034b50, 4);
  zip_put_common (writer->bytes, writer, item, method, style->has_descriptors ? none : numbers);
  zip_put (writer->bytes, style->local_extra, 2);
  zip_put_name (writer->bytes, writer, item);
  zip_put (writer->bytes, 0, style->local_extra);
  g_byte_array_append (writer->bytes,
                       style->is_deflated ? g_bytes_get_data (deflated, NULL) : item->bytes,
                       stored_size);
  if (style->has_descriptors)
    {
      zip_put (writer->bytes, 0x08074b50, 4);
      zip_put (writer->bytes, numbers[2], 4);
      zip_put (writer->bytes, numbers[1], style->is_64 ? 8 : 4);
      zip_put (writer->bytes, numbers[0], style->is_64 ? 8 : 4);
    }

  zip_put (writer->records, 0x02014b50, 4);
  zip_put (writer->records, 45, 2);
  zip_put_common (writer->records, writer, item, method, numbers);
  zip_put (writer->records, style->is_64 ? 4 + 5 + 4 + 24 : 4 + 5, 2);
  zip_put (writer->records, 3, 2); /* of a comment */
  zip_put (writer->records, 0, 8);
  zip_put (writer->records, style->is_64 ? G_MAXUINT32 : offset, 4);
  zip_put_name (writer->records, writer, item);
  zip_put (writer->records, 0x5455, 2); /* a time */
  zip_put (writer->records, 5, 2);
  zip_put (writer->records, 0, 5);
  if (style->is_64)
    {
      zip_put (writer->records, 1, 2);
      zip_put (writer->records, 24, 2);
      zip_put (writer->records, numbers[0], 8);
      zip_put (writer->records, numbers[1], 8);
      zip_put (writer->records, offset, 8);
    }
  g_byte_array_append (writer->records, (const guint8 *) "hey", 3);
  writer->n_records++;
}

/* Returns: (transfer full): the archive */
static GByteArray *
zip_end (ZipWriter *writer)
{
  GByteArray *bytes = writer->bytes;
  const ZipStyle *style = writer->style;
  guint64 offset = bytes->len - writer->start;
  guint64 size = writer->records->len;
  guint64 end;

  g_byte_array_append (bytes, writer->records->data, writer->records->len);
  end = bytes->len - writer->start;
  if (style->is_64)
    {
      zip_put (bytes, 0x06064b50, 4);
      zip_put (bytes, 44, 8);
      zip_put (bytes, 45, 2);
      zip_put (bytes, 45, 2);
      zip_put (bytes, 0, 8);
      zip_put (bytes, writer->n_records, 8);
      zip_put (bytes, writer->n_records, 8);
      zip_put (bytes, size, 8);
      zip_put (bytes, offset, 8);
      zip_put (bytes, 0x07064b50, 4);
      zip_put (bytes, 0, 4);
      zip_put (bytes, end, 8);
      zip_put (bytes, 1, 4);
    }
  zip_put (bytes, 0x06054b50, 4);
  zip_put (bytes, 0, 4);
  zip_put (bytes, style->is_64 ? G_MAXUINT16 : writer->n_records, 2);
  zip_put (bytes, style->is_64 ? G_MAXUINT16 : writer->n_records, 2);
  zip_put (bytes, style->is_64 ? G_MAXUINT32 : size, 4);
  zip_put (bytes, style->is_64 ? G_MAXUINT32 : offset, 4);
  zip_put (bytes, strlen (style->comment != NULL ? style->comment : ""), 2);
  if (style->comment != NULL)
    g_byte_array_append (bytes, (const guint8 *) style->comment, strlen (style->comment));
  g_byte_array_unref (writer->records);

  return bytes;
}

static GByteArray *
zip_make (const StoreObject *objects, gsize n, const ZipStyle *style)
{
  ZipWriter writer = zip_begin (style);

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GBytes) bytes = make_object (&objects[i]);
      const ZipItem item = {
        .name = objects[i].key,
        .bytes = g_bytes_get_data (bytes, NULL),
        .size = objects[i].size,
      };

      zip_add (&writer, &item);
    }

  return zip_end (&writer);
}

/* Opens the archive, of which it writes a file; that has no name when this returns. */
static AnnStore *
zip_open (GByteArray *bytes, GError **error)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("ann-zip-XXXXXX", &path, NULL);
  g_autoptr (AnnSource) source = NULL;
  AnnStore *store;

  g_assert_cmpint (fd, >=, 0);
  g_assert_true (g_close (fd, NULL));
  g_assert_true (g_file_set_contents_full (path, (const char *) bytes->data, bytes->len,
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  source = _ann_source_open_file (path, error);
  g_assert_nonnull (source);
  store = _ann_zip_store_open (source, NULL, error);
  g_assert_no_errno (g_unlink (path));

  return store;
}
