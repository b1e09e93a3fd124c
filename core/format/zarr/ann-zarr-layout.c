/* ann-zarr-layout.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-layout.h"

#include "base/ann-error.h"
#include "codec/ann-codec-private.h"
#include "format/zarr/ann-zarr-attributes.h"

#include <string.h>

/* Blosc's limit. What is larger is taken for bytes. */
#define MAX_SHUFFLED 255

/* The chunks of a shard whose index is read: 16 bytes for each. */
#define MAX_CHUNKS_IN_SHARD ((guint64) 4 * 1024 * 1024)

static guint64
count_chunks (guint64 length, guint64 chunk_length)
{
  return length / chunk_length + (length % chunk_length != 0);
}

/* A chunk need not be longer than the array, and cannot be of no length. */
static void
set_chunks (AnnZarrLayout *self, const AnnArraySpec *spec)
{
  for (guint i = 0; i < self->rank; i++)
    {
      self->shape[i] = spec->shape[i];
      self->chunk_shape[i] = spec->chunk_shape[i];
      if (self->chunk_shape[i] > 0)
        self->chunk_shape[i] = MIN (self->chunk_shape[i], MAX (self->shape[i], 1));
    }
}

/* A shard has all of the further axes, so that its chunks come one after the other. */
static gboolean
set_shards (AnnZarrLayout *self, const AnnArraySpec *spec, GError **error)
{
  guint64 n_chunks = 1;
  gboolean fits = TRUE;

  if (self->zarr_format != 3 || spec->shard_rows == 0 || self->rank == 0
      || self->chunk_shape[0] == 0 || self->dtype == ANN_DTYPE_RECORD)
    return TRUE;

  self->is_sharded = TRUE;
  for (guint i = 0; i < self->rank; i++)
    {
      const guint64 length = i == 0 ? MIN (spec->shard_rows, MAX (self->shape[0], 1))
                                    : MAX (self->shape[i], 1);
      const guint64 n = count_chunks (length, self->chunk_shape[i]);

      fits = fits && g_uint64_checked_mul (&n_chunks, n_chunks, n)
             && g_uint64_checked_mul (&self->shard_shape[i], n, self->chunk_shape[i]);
    }
  if (fits && n_chunks <= MAX_CHUNKS_IN_SHARD)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
               "Its shards would have more than %" G_GUINT64_FORMAT
               " chunks: ask for larger chunks, or for shards of fewer rows",
               MAX_CHUNKS_IN_SHARD);

  return FALSE;
}

gboolean
_ann_zarr_layout_init (AnnZarrLayout *self,
                       guint zarr_format,
                       const AnnArraySpec *spec,
                       GError **error)
{
  *self = (AnnZarrLayout){ .zarr_format = zarr_format, .rank = spec->rank };

  if (spec->compression != NULL)
    self->compression = *spec->compression;
  if (self->compression.compressor == ANN_COMPRESSOR_LZF)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                           "LZF is a codec of HDF5: for Zarr take gzip, zstd, blosc, lz4 or none");
      return FALSE;
    }

  set_chunks (self, spec);

  return _ann_zarr_layout_set_type (self, spec, error) && set_shards (self, spec, error);
}

void
_ann_zarr_layout_clear (AnnZarrLayout *self)
{
  g_clear_pointer (&self->type, g_free);
  g_clear_pointer (&self->fill_value, g_free);
}

void
_ann_zarr_layout_set_n_rows (AnnZarrLayout *self, guint64 n_rows)
{
  if (self->rank == 0)
    return;

  self->shape[0] = n_rows;
  for (guint i = 0; i < self->rank; i++)
    {
      if (self->chunk_shape[i] == 0)
        self->chunk_shape[i] = MAX (self->shape[i], 1);
    }
}

char *
_ann_zarr_layout_get_key (const AnnZarrLayout *self, const guint64 *place)
{
  const gboolean is_v3 = self->zarr_format == 3;
  GString *key = g_string_new (is_v3 ? "c" : NULL);

  if (self->rank == 0 && !is_v3)
    g_string_append_c (key, '0');
  for (guint i = 0; i < self->rank; i++)
    {
      if (is_v3 || i > 0)
        g_string_append_c (key, is_v3 ? '/' : '.');
      g_string_append_printf (key, "%" G_GUINT64_FORMAT, place[i]);
    }

  return g_string_free (key, FALSE);
}

/* --- Codecs --- */

/* What is shuffled. */
static gsize
get_shuffled_size (const AnnZarrLayout *self)
{
  return self->item_size > 0 && self->item_size <= MAX_SHUFFLED ? self->item_size : 1;
}

static const char *
get_blosc_name (const AnnZarrLayout *self)
{
  return self->compression.compressor == ANN_COMPRESSOR_LZ4 ? "lz4" : "zstd";
}

AnnCodecChain *
_ann_zarr_layout_new_codecs (const AnnZarrLayout *self)
{
  AnnCodecChain *chain = ann_codec_chain_new ();
  const int level = self->compression.level;

  if (self->unit > 0 && G_BYTE_ORDER == G_BIG_ENDIAN)
    ann_codec_chain_append (chain, ann_codec_new_byte_swap (self->unit));

  switch (self->compression.compressor)
    {
    case ANN_COMPRESSOR_GZIP:
      ann_codec_chain_append (chain, ann_codec_new_gzip ((guint) level));
      break;
    case ANN_COMPRESSOR_ZSTD:
      ann_codec_chain_append (chain, ann_codec_new_zstd (level));
      break;
    case ANN_COMPRESSOR_BLOSC:
    case ANN_COMPRESSOR_LZ4:
      ann_codec_chain_append (chain,
                              _ann_codec_new_blosc_writer (get_blosc_name (self), (guint) level,
                                                           get_shuffled_size (self)));
      break;
    case ANN_COMPRESSOR_NONE:
    case ANN_COMPRESSOR_LZF:
    default:
      break;
    }

  return chain;
}

static void
append_compressor_v2 (const AnnZarrLayout *self, GString *json)
{
  switch (self->compression.compressor)
    {
    case ANN_COMPRESSOR_GZIP:
    case ANN_COMPRESSOR_ZSTD:
      g_string_append_printf (json, "{\"id\":\"%s\",\"level\":%d}",
                              self->compression.compressor == ANN_COMPRESSOR_GZIP ? "gzip" : "zstd",
                              self->compression.level);
      break;
    case ANN_COMPRESSOR_BLOSC:
    case ANN_COMPRESSOR_LZ4:
      g_string_append_printf (
          json, "{\"id\":\"blosc\",\"cname\":\"%s\",\"clevel\":%d,\"shuffle\":1,\"blocksize\":0}",
          get_blosc_name (self), self->compression.level);
      break;
    case ANN_COMPRESSOR_NONE:
    case ANN_COMPRESSOR_LZF:
    default:
      g_string_append (json, "null");
      break;
    }
}

/* With a comma before it. */
static void
append_compressor_v3 (const AnnZarrLayout *self, GString *json)
{
  switch (self->compression.compressor)
    {
    case ANN_COMPRESSOR_GZIP:
      g_string_append_printf (json, ",{\"name\":\"gzip\",\"configuration\":{\"level\":%d}}",
                              self->compression.level);
      break;
    case ANN_COMPRESSOR_ZSTD:
      g_string_append_printf (
          json, ",{\"name\":\"zstd\",\"configuration\":{\"level\":%d,\"checksum\":false}}",
          self->compression.level);
      break;
    case ANN_COMPRESSOR_BLOSC:
    case ANN_COMPRESSOR_LZ4:
      g_string_append_printf (
          json,
          ",{\"name\":\"blosc\",\"configuration\":{\"typesize\":%" G_GSIZE_FORMAT
          ",\"cname\":\"%s\",\"clevel\":%d,\"shuffle\":\"shuffle\","
          "\"blocksize\":0}}",
          get_shuffled_size (self), get_blosc_name (self), self->compression.level);
      break;
    case ANN_COMPRESSOR_NONE:
    case ANN_COMPRESSOR_LZF:
    default:
      break;
    }
}

/* --- Documents --- */

static void
append_lengths (GString *json, guint rank, const guint64 *lengths)
{
  g_string_append_c (json, '[');
  for (guint i = 0; i < rank; i++)
    g_string_append_printf (json, "%s%" G_GUINT64_FORMAT, i > 0 ? "," : "", lengths[i]);
  g_string_append_c (json, ']');
}

static void
append_v2 (const AnnZarrLayout *self, GString *json)
{
  g_string_append (json, "{\"zarr_format\":2,\"shape\":");
  append_lengths (json, self->rank, self->shape);
  g_string_append (json, ",\"chunks\":");
  append_lengths (json, self->rank, self->chunk_shape);
  g_string_append_printf (json, ",\"dtype\":%s,\"fill_value\":%s,\"order\":\"C\",\"filters\":%s,",
                          self->type, self->fill_value,
                          self->dtype == ANN_DTYPE_STRING ? "[{\"id\":\"vlen-utf8\"}]" : "null");
  g_string_append (json, "\"dimension_separator\":\".\",\"compressor\":");
  append_compressor_v2 (self, json);
  g_string_append_c (json, '}');
}

static void
append_codecs (const AnnZarrLayout *self, GString *json)
{
  g_string_append_c (json, '[');
  if (self->dtype == ANN_DTYPE_STRING)
    g_string_append (json, "{\"name\":\"vlen-utf8\",\"configuration\":{}}");
  else if (self->unit > 0)
    g_string_append (json, "{\"name\":\"bytes\",\"configuration\":{\"endian\":\"little\"}}");
  else
    g_string_append (json, "{\"name\":\"bytes\"}");
  append_compressor_v3 (self, json);
  g_string_append_c (json, ']');
}

static void
append_sharding (const AnnZarrLayout *self, GString *json)
{
  g_string_append (json, "[{\"name\":\"sharding_indexed\",\"configuration\":{\"chunk_shape\":");
  append_lengths (json, self->rank, self->chunk_shape);
  g_string_append (json, ",\"codecs\":");
  append_codecs (self, json);
  g_string_append (json, ",\"index_codecs\":[{\"name\":\"bytes\",\"configuration\":{\"endian\":"
                         "\"little\"}},{\"name\":\"crc32c\"}],\"index_location\":\"end\"}}]");
}

static void
append_v3 (const AnnZarrLayout *self, AnnAttributes *attributes, GString *json)
{
  g_string_append (json, "{\"zarr_format\":3,\"node_type\":\"array\",\"shape\":");
  append_lengths (json, self->rank, self->shape);
  g_string_append_printf (json,
                          ",\"data_type\":%s,\"chunk_grid\":{\"name\":\"regular\","
                          "\"configuration\":{\"chunk_shape\":",
                          self->type);
  append_lengths (json, self->rank, self->is_sharded ? self->shard_shape : self->chunk_shape);
  g_string_append_printf (json,
                          "}},\"chunk_key_encoding\":{\"name\":\"default\",\"configuration\":"
                          "{\"separator\":\"/\"}},\"fill_value\":%s,\"codecs\":",
                          self->fill_value);
  if (self->is_sharded)
    append_sharding (self, json);
  else
    append_codecs (self, json);
  g_string_append (json, ",\"attributes\":");
  _ann_zarr_attributes_append (json, attributes);
  g_string_append (json, ",\"storage_transformers\":[]}");
}

void
_ann_zarr_layout_append_document (const AnnZarrLayout *self,
                                  AnnAttributes *attributes,
                                  GString *json)
{
  if (self->zarr_format == 3)
    append_v3 (self, attributes, json);
  else
    append_v2 (self, json);
}
