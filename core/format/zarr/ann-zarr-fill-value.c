/* ann-zarr-fill-value.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-fill-value.h"

#include "base/ann-buffer-private.h"
#include "base/ann-bytes-private.h"
#include "base/ann-error.h"

#include <math.h>
#include <string.h>

/* --- Numbers --- */

/* `0x7fc00000`: the bits of a float, the highest first */
static gboolean
read_bits (AnnJsonValue value, gsize size, guint8 *to)
{
  g_autofree char *text = _ann_json_dup_string (value, NULL);
  guint64 bits;

  if (text == NULL || !g_str_has_prefix (text, "0x") || strlen (text) > 2 + 2 * size
      || !g_ascii_string_to_unsigned (text + 2, 16, 0, G_MAXUINT64, &bits, NULL))
    return FALSE;

  if (size == 2)
    *(guint16 *) to = (guint16) bits;
  else if (size == 4)
    *(guint32 *) to = (guint32) bits;
  else
    *(guint64 *) to = bits;

  return TRUE;
}

static gboolean
read_double (AnnJsonValue value, double *number)
{
  if (_ann_json_get_double (value, number))
    return TRUE;

  if (_ann_json_string_is (value, "NaN"))
    *number = (double) NAN;
  else if (_ann_json_string_is (value, "Infinity"))
    *number = (double) INFINITY;
  else if (_ann_json_string_is (value, "-Infinity"))
    *number = -(double) INFINITY;
  else
    return FALSE;

  return TRUE;
}

static gboolean
read_float (AnnJsonValue value, gsize size, guint8 *to)
{
  double number;

  if (read_bits (value, size, to))
    return TRUE;
  if (!read_double (value, &number))
    return FALSE;

  if (size == 2)
    *(guint16 *) to = _ann_float_to_half ((float) number);
  else if (size == 4)
    *(float *) to = (float) number;
  else
    *(double *) to = number;

  return TRUE;
}

static gboolean
read_complex (AnnJsonValue value, gsize size, guint8 *to)
{
  if (_ann_json_get_kind (value) == ANN_JSON_ARRAY)
    return _ann_json_get_length (value) == 2
           && read_float (_ann_json_get_item (value, 0), size / 2, to)
           && read_float (_ann_json_get_item (value, 1), size / 2, to + size / 2);

  return read_float (value, size / 2, to);
}

/* An integer; also one with a point (`0.0`), a truth value, or the time that is none. */
static gboolean
read_integer (AnnJsonValue value, gint64 *number, guint64 *large)
{
  double approximate;

  *large = 0;
  if (_ann_json_get_int64 (value, number))
    return TRUE;
  if (_ann_json_get_uint64 (value, large))
    return TRUE;
  if (_ann_json_string_is (value, "NaT"))
    *number = G_MININT64;
  else if (_ann_json_get_kind (value) == ANN_JSON_TRUE)
    *number = 1;
  else if (_ann_json_get_kind (value) == ANN_JSON_FALSE)
    *number = 0;
  else if (_ann_json_get_double (value, &approximate) && approximate == floor (approximate)
           && fabs (approximate) < 9007199254740992.0)
    *number = (gint64) approximate;
  else
    return FALSE;

  return TRUE;
}

/* The integer in @size bytes, if it fits. */
static gboolean
put_integer (AnnJsonValue value, AnnDtype dtype, gsize size, guint8 *to)
{
  const guint n_bits = 8 * (guint) size;
  gint64 number = 0;
  guint64 large;

  if (!read_integer (value, &number, &large))
    return FALSE;
  if (large != 0)
    {
      if (dtype != ANN_DTYPE_UINT64)
        return FALSE;
      *(guint64 *) to = large;
      return TRUE;
    }
  if (ann_dtype_is_signed (dtype)
          ? n_bits < 64
                && (number < -((gint64) 1 << (n_bits - 1)) || number >= (gint64) 1 << (n_bits - 1))
          : number < 0 || (n_bits < 64 && number >= (gint64) 1 << n_bits))
    return FALSE;
  _ann_write_integer (to, size, (guint64) number);

  return TRUE;
}

static gboolean
read_number (AnnJsonValue value, AnnDtype dtype, guint8 *to)
{
  const gsize size = ann_dtype_get_size (dtype);
  gint64 number;
  guint64 large;

  if (dtype == ANN_DTYPE_BOOL)
    {
      if (!read_integer (value, &number, &large) || large != 0 || number < 0 || number > 1)
        return FALSE;
      *to = (guint8) number;
      return TRUE;
    }
  if (ann_dtype_is_complex (dtype))
    return read_complex (value, size, to);
  if (ann_dtype_is_float (dtype))
    return read_float (value, size, to);

  return put_integer (value, dtype, size, to);
}

/* --- Bytes --- */

static gboolean
is_base64 (const char *text)
{
  const gsize length = strlen (text);
  const gsize n = strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

  return length % 4 == 0 && length - n <= 2 && strspn (text + n, "=") == length - n;
}

/* Bytes in base64, or as a list of numbers; a number alone is how old writers say nothing.
 * (transfer full) (nullable): %NULL for what is neither
 */
static GByteArray *
read_bytes (AnnJsonValue value)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *text = NULL;
  AnnJsonIter iter;

  if (_ann_json_get_kind (value) == ANN_JSON_NUMBER)
    return g_steal_pointer (&bytes);
  if (_ann_json_get_kind (value) == ANN_JSON_ARRAY)
    {
      _ann_json_iter_init (&iter, value);
      while (_ann_json_iter_next (&iter))
        {
          guint64 number;
          guint8 byte;

          if (!_ann_json_get_uint64 (iter.value, &number) || number > 255)
            return NULL;
          byte = (guint8) number;
          g_byte_array_append (bytes, &byte, 1);
        }
      return g_steal_pointer (&bytes);
    }

  text = _ann_json_dup_string (value, NULL);
  if (text == NULL || !is_base64 (text))
    return NULL;
  if (*text != '\0')
    {
      gsize n;
      g_autofree guint8 *decoded = g_base64_decode (text, &n);

      g_byte_array_append (bytes, decoded, (guint) n);
    }

  return g_steal_pointer (&bytes);
}

/* The code points of a text, as they are in a chunk. */
static GByteArray *
read_utf32 (AnnJsonValue value, const AnnZarrType *type)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *text = _ann_json_dup_string (value, NULL);
  g_autofree gunichar *points = NULL;
  glong n = 0;

  if (text == NULL && _ann_json_get_kind (value) != ANN_JSON_NUMBER)
    return NULL;

  points = text != NULL ? g_utf8_to_ucs4_fast (text, -1, &n) : NULL;
  for (glong i = 0; i < n; i++)
    {
      const guint32 point = type->is_swapped ? GUINT32_SWAP_LE_BE (points[i]) : points[i];

      g_byte_array_append (bytes, (const guint8 *) &point, sizeof point);
    }

  return g_steal_pointer (&bytes);
}

/* `{"a": 1, "b": 2.5}` or `[1, 2.5]`: a value for each field. Of a field that is an array it can
 * only be zero: writers store the bytes of the whole record for others.
 */
static GByteArray *
read_fields (AnnJsonValue value, const AnnZarrType *type)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const gboolean has_names = _ann_json_get_kind (value) == ANN_JSON_OBJECT;

  g_byte_array_set_size (bytes, (guint) type->size);
  memset (bytes->data, 0, bytes->len);
  for (guint i = 0; i < type->fields->len; i++)
    {
      const AnnZarrField *field = g_ptr_array_index (type->fields, i);
      AnnJsonValue item = has_names ? _ann_json_get_member (value, field->name)
                                    : _ann_json_get_item (value, i);
      g_autoptr (GBytes) fill_value = NULL;

      guint8 *to = bytes->data + field->offset;

      if (!_ann_zarr_read_fill_value (item, field->type, &fill_value, NULL)
          || (fill_value != NULL && field->rank > 0))
        return NULL;
      if (fill_value == NULL)
        continue;
      if (field->type->kind == ANN_ZARR_NUMBER)
        _ann_zarr_type_convert (field->type, g_bytes_get_data (fill_value, NULL), field->type->size,
                                1, to);
      else
        memcpy (to, g_bytes_get_data (fill_value, NULL), field->type->size);
    }

  return g_steal_pointer (&bytes);
}

static GByteArray *
read_object (AnnJsonValue value, AnnDtype dtype)
{
  g_autoptr (GByteArray) bytes = NULL;
  g_autofree char *text = NULL;
  gsize length;

  if (dtype != ANN_DTYPE_STRING)
    return read_bytes (value);

  /* Python's zarr makes "0" of a 0 too. */
  bytes = g_byte_array_new ();
  text = _ann_json_dup_string (value, &length);
  if (text == NULL && _ann_json_get_kind (value) == ANN_JSON_NUMBER)
    {
      text = _ann_json_dup_text (value, 100);
      length = strlen (text);
    }
  if (text == NULL)
    return NULL;
  g_byte_array_append (bytes, (const guint8 *) text, (guint) length);

  return g_steal_pointer (&bytes);
}

gboolean
_ann_zarr_read_fill_value (AnnJsonValue value,
                           const AnnZarrType *type,
                           GBytes **fill_value,
                           GError **error)
{
  g_autoptr (GByteArray) bytes = NULL;
  g_autofree char *text = NULL;
  guint64 number[2]; /* so that any number may lie there */

  *fill_value = NULL;
  if (_ann_json_get_kind (value) == ANN_JSON_NULL || type->kind == ANN_ZARR_UNKNOWN)
    return TRUE;

  if (type->kind == ANN_ZARR_NUMBER)
    {
      if (read_number (value, type->dtype, (guint8 *) number))
        {
          if (!_ann_bytes_are_zero ((const guint8 *) number, type->size))
            *fill_value = g_bytes_new (number, type->size);
          return TRUE;
        }
    }
  else if (type->kind == ANN_ZARR_OBJECT)
    {
      bytes = read_object (value, type->dtype);
    }
  else if (type->kind == ANN_ZARR_UTF32)
    {
      bytes = read_utf32 (value, type);
    }
  else if (type->kind == ANN_ZARR_RECORD
           && (_ann_json_get_kind (value) == ANN_JSON_OBJECT
               || _ann_json_get_kind (value) == ANN_JSON_ARRAY))
    {
      bytes = read_fields (value, type);
    }
  else
    {
      bytes = read_bytes (value);
    }

  if (bytes == NULL)
    {
      text = _ann_json_dup_text (value, 100);
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s is no fill value of the type %s", text,
                   type->description);
      return FALSE;
    }
  if (_ann_bytes_are_zero (bytes->data, bytes->len))
    return TRUE;
  if (type->kind != ANN_ZARR_OBJECT)
    {
      const guint n = bytes->len;

      g_byte_array_set_size (bytes, (guint) type->size);
      if (n < type->size)
        memset (bytes->data + n, 0, type->size - n);
    }
  *fill_value = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));

  return TRUE;
}
