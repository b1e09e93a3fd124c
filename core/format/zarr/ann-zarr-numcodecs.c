/* ann-zarr-numcodecs.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-numcodecs.h"

#include "base/ann-error.h"

/* Of LZMA's filters. */
#define MAX_FILTERS 4

gint64
_ann_zarr_get_integer (AnnJsonValue configuration, const char *name, gint64 otherwise)
{
  gint64 number;

  return _ann_json_get_int64 (_ann_json_get_member (configuration, name), &number) ? number
                                                                                   : otherwise;
}

static guint
get_level (AnnJsonValue configuration)
{
  return (guint) CLAMP (_ann_zarr_get_integer (configuration, "level", 0), 0, 100);
}

static AnnCodec *
new_blosc (AnnJsonValue configuration)
{
  g_autofree char *inner = _ann_json_dup_string (_ann_json_get_member (configuration, "cname"),
                                                 NULL);

  return ann_codec_new_blosc (
      inner != NULL ? inner : "lz4",
      (guint) CLAMP (_ann_zarr_get_integer (configuration, "clevel", 0), 0, 9));
}

AnnCodec *
_ann_zarr_compressor_new (const char *name, AnnJsonValue configuration)
{
  if (g_str_equal (name, "gzip"))
    return ann_codec_new_gzip (get_level (configuration));
  if (g_str_equal (name, "zstd"))
    return ann_codec_new_zstd (
        (int) CLAMP (_ann_zarr_get_integer (configuration, "level", 0), -200000, 100));
  if (g_str_equal (name, "blosc"))
    return new_blosc (configuration);

  return NULL;
}

static AnnCodec *
fail (const char *name, AnnJsonValue configuration, GError **error)
{
  g_autofree char *text = _ann_json_dup_text (configuration, 100);

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
               "the parameters of its codec “%s” make no sense: %s", name, text);

  return NULL;
}

static AnnCodec *
new_lzma (AnnJsonValue configuration, GError **error)
{
  AnnJsonValue list = _ann_json_get_member (configuration, "filters");
  const gint64 format = _ann_zarr_get_integer (configuration, "format", ANN_LZMA_XZ);
  AnnLzmaFilter filters[MAX_FILTERS];
  AnnJsonIter iter;
  gsize n = 0;

  if (format < ANN_LZMA_AUTO || format > ANN_LZMA_RAW || _ann_json_get_length (list) > MAX_FILTERS)
    return fail ("lzma", configuration, error);

  _ann_json_iter_init (&iter, list);
  while (_ann_json_iter_next (&iter))
    filters[n++] = (AnnLzmaFilter){
      .id = (guint64) _ann_zarr_get_integer (iter.value, "id", 0),
      .preset = (gint) _ann_zarr_get_integer (iter.value, "preset", -1),
      .dict_size = (guint32) _ann_zarr_get_integer (iter.value, "dict_size", 0),
      .lc = (gint) _ann_zarr_get_integer (iter.value, "lc", -1),
      .lp = (gint) _ann_zarr_get_integer (iter.value, "lp", -1),
      .pb = (gint) _ann_zarr_get_integer (iter.value, "pb", -1),
      .distance = (guint32) _ann_zarr_get_integer (iter.value, "dist", 0),
      .start_offset = (guint32) _ann_zarr_get_integer (iter.value, "start_offset", 0),
    };

  return ann_codec_new_lzma ((AnnLzmaFormat) format, filters, n, error);
}

static AnnCodec *
new_checksum (AnnChecksum kind, AnnJsonValue configuration, gboolean is_usually_in_front)
{
  AnnJsonValue location = _ann_json_get_member (configuration, "location");
  const gboolean is_in_front = _ann_json_get_kind (location) == ANN_JSON_STRING
                                   ? _ann_json_string_is (location, "start")
                                   : is_usually_in_front;

  return ann_codec_new_checksum (kind, is_in_front);
}

/* --- Numbers that become others --- */

/* A member such as `"astype": "<i4"`; what is not there is as @otherwise. */
static gboolean
read_number_type (AnnJsonValue configuration,
                  const char *member,
                  const AnnStoredNumber *otherwise,
                  AnnStoredNumber *number)
{
  AnnJsonValue value = _ann_json_get_member (configuration, member);
  g_autoptr (AnnZarrType) type = NULL;

  *number = *otherwise;
  if (_ann_json_get_kind (value) == ANN_JSON_ABSENT || _ann_json_get_kind (value) == ANN_JSON_NULL)
    return TRUE;

  type = _ann_zarr_type_new_numpy (value, NULL);
  if (type == NULL || type->kind != ANN_ZARR_NUMBER)
    return FALSE;
  *number = (AnnStoredNumber){ type->dtype, type->is_swapped != (G_BYTE_ORDER == G_BIG_ENDIAN) };

  return TRUE;
}

/* @number: what it converts, and then what it makes of it */
static AnnCodec *
new_converting (const char *name,
                AnnJsonValue configuration,
                gboolean keeps_order,
                AnnStoredNumber *number,
                GError **error)
{
  const gboolean is_cast = g_str_equal (name, "astype");
  const gboolean is_big_endian = number->is_big_endian;
  AnnStoredNumber decoded;
  AnnStoredNumber encoded;
  double scale;
  double offset;

  if (number->dtype == ANN_DTYPE_OTHER
      || !read_number_type (configuration, is_cast ? "decode_dtype" : "dtype", number, &decoded)
      || !read_number_type (configuration, is_cast ? "encode_dtype" : "astype", &decoded, &encoded))
    return fail (name, configuration, error);
  *number = encoded;
  if (keeps_order
      && (decoded.is_big_endian != is_big_endian || encoded.is_big_endian != is_big_endian))
    {
      g_autofree char *what = g_strdup_printf ("%s of numbers in another byte order", name);

      return ann_codec_new_missing (what);
    }

  /* What quantize has cut off is lost; what it stored may have another type. */
  if (g_str_equal (name, "quantize") && decoded.dtype == encoded.dtype)
    return ann_codec_new_no_op (name);
  if (is_cast || g_str_equal (name, "quantize"))
    return ann_codec_new_cast (name, &decoded, &encoded, error);
  if (g_str_equal (name, "delta"))
    return ann_codec_new_delta (&decoded, &encoded, error);

  if (!_ann_json_get_double (_ann_json_get_member (configuration, "scale"), &scale)
      || !_ann_json_get_double (_ann_json_get_member (configuration, "offset"), &offset))
    return fail (name, configuration, error);

  return ann_codec_new_fixed_scale_offset (scale, offset, &decoded, &encoded, error);
}

AnnCodec *
_ann_zarr_numcodec_new (const char *name,
                        AnnJsonValue configuration,
                        gboolean keeps_order,
                        AnnStoredNumber *number,
                        GError **error)
{
  AnnCodec *compressor = _ann_zarr_compressor_new (name, configuration);
  gint64 item_size;

  if (compressor != NULL)
    return compressor;

  if (g_str_equal (name, "zlib"))
    return ann_codec_new_zlib (get_level (configuration));
  if (g_str_equal (name, "bz2"))
    return ann_codec_new_bzip2 (get_level (configuration));
  if (g_str_equal (name, "lz4"))
    return ann_codec_new_lz4 ();
  if (g_str_equal (name, "lzma"))
    return new_lzma (configuration, error);
  if (g_str_equal (name, "crc32"))
    return new_checksum (ANN_CHECKSUM_CRC32, configuration, TRUE);
  if (g_str_equal (name, "adler32"))
    return new_checksum (ANN_CHECKSUM_ADLER32, configuration, TRUE);
  if (g_str_equal (name, "crc32c"))
    return new_checksum (ANN_CHECKSUM_CRC32C, configuration, FALSE);
  if (g_str_equal (name, "fletcher32"))
    return ann_codec_new_fletcher32 ();
  if (g_str_equal (name, "packbits"))
    return ann_codec_new_packbits ();
  if (g_str_equal (name, "bitround"))
    return ann_codec_new_no_op (name);
  if (g_str_equal (name, "delta") || g_str_equal (name, "fixedscaleoffset")
      || g_str_equal (name, "astype") || g_str_equal (name, "quantize"))
    return new_converting (name, configuration, keeps_order, number, error);
  if (g_str_equal (name, "pickle"))
    return ann_codec_new_refused (name, "what it holds may be any program, and would be run");
  if (!g_str_equal (name, "shuffle"))
    return ann_codec_new_missing (name);

  item_size = _ann_zarr_get_integer (configuration, "elementsize", 4);
  if (item_size < 1 || item_size > G_MAXINT)
    return fail (name, configuration, error);

  return ann_codec_new_shuffle ((gsize) item_size);
}
