/* ann-zarr-type-names.c: what the types are called in metadata
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-type-private.h"

#include "base/ann-box.h"
#include "base/ann-error.h"

#include <string.h>

/* A record in a record in a record … */
#define MAX_NESTING 16

gboolean
_ann_zarr_read_lengths (AnnJsonValue value, guint *rank, guint64 *lengths)
{
  AnnJsonIter iter;

  if (_ann_json_get_kind (value) != ANN_JSON_ARRAY || _ann_json_get_length (value) > ANN_MAX_RANK)
    return FALSE;

  *rank = 0;
  _ann_json_iter_init (&iter, value);
  while (_ann_json_iter_next (&iter))
    {
      if (!_ann_json_get_uint64 (iter.value, &lengths[*rank]) || lengths[*rank] > G_MAXINT64)
        return FALSE;
      (*rank)++;
    }

  return TRUE;
}

static AnnZarrType *
new_unknown (AnnJsonValue value)
{
  return _ann_zarr_type_new (ANN_ZARR_UNKNOWN, ANN_DTYPE_OTHER, 0, 0,
                             _ann_json_dup_text (value, 100));
}

static AnnZarrType *
fail (AnnJsonValue value, GError **error)
{
  g_autofree char *text = _ann_json_dup_text (value, 100);

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s is no data type", text);

  return NULL;
}

/* --- Version 2: as numpy writes them --- */

static const struct {
  const char *name;
  AnnDtype dtype;
} numpy_names[] = { { "b1", ANN_DTYPE_BOOL },      { "i1", ANN_DTYPE_INT8 },
                    { "i2", ANN_DTYPE_INT16 },     { "i4", ANN_DTYPE_INT32 },
                    { "i8", ANN_DTYPE_INT64 },     { "u1", ANN_DTYPE_UINT8 },
                    { "u2", ANN_DTYPE_UINT16 },    { "u4", ANN_DTYPE_UINT32 },
                    { "u8", ANN_DTYPE_UINT64 },    { "f2", ANN_DTYPE_FLOAT16 },
                    { "f4", ANN_DTYPE_FLOAT32 },   { "f8", ANN_DTYPE_FLOAT64 },
                    { "c8", ANN_DTYPE_COMPLEX64 }, { "c16", ANN_DTYPE_COMPLEX128 } };

/* `M8[ns]`, `m8[10s]` */
static char *
describe_time (const char *name)
{
  const char *kind = name[0] == 'M' ? "datetime64" : "timedelta64";

  return g_strconcat (kind, name + 2, NULL);
}

/* @name: what follows the byte order */
static AnnZarrType *
new_numpy (AnnJsonValue value, const char *name, GError **error)
{
  guint64 length;

  for (gsize i = 0; i < G_N_ELEMENTS (numpy_names); i++)
    {
      if (g_str_equal (name, numpy_names[i].name))
        return _ann_zarr_type_new_number (numpy_names[i].dtype,
                                          g_strdup (ann_dtype_get_name (numpy_names[i].dtype)));
    }
  if ((name[0] == 'M' || name[0] == 'm') && name[1] == '8' && (name[2] == '[' || name[2] == '\0'))
    return _ann_zarr_type_new_number (ANN_DTYPE_INT64, describe_time (name));
  if (g_str_equal (name, "O"))
    return _ann_zarr_type_new (ANN_ZARR_OBJECT, ANN_DTYPE_OTHER, 0, 0, g_strdup ("object"));

  if (name[0] == '\0' || !g_ascii_string_to_unsigned (name + 1, 10, 0, G_MAXUINT64, &length, NULL))
    return new_unknown (value);
  switch (name[0])
    {
    case 'S':
    case 'a':
      return _ann_zarr_type_new_fixed (
          ANN_ZARR_BYTES, length, g_strdup_printf ("bytes of length %" G_GUINT64_FORMAT, length),
          error);
    case 'U':
      return _ann_zarr_type_new_fixed (
          ANN_ZARR_UTF32, length,
          g_strdup_printf ("text of length %" G_GUINT64_FORMAT ", UTF-32", length), error);
    case 'V':
      return _ann_zarr_type_new_fixed (
          ANN_ZARR_OPAQUE, length, g_strdup_printf ("%" G_GUINT64_FORMAT " opaque bytes", length),
          error);
    default:
      return new_unknown (value);
    }
}

static AnnZarrType *new_v2 (AnnJsonValue value, guint depth, GError **error);
static AnnZarrType *new_v3 (AnnJsonValue value, guint depth, GError **error);

/* `["a", "<i4"]`, `["v", "<f4", [2, 2]]`; or in version 3 with a type of that, and maybe as
 * `{"name": "a", "data_type": "int32"}`.
 */
static gboolean
add_field (AnnZarrType *record, AnnJsonValue value, gboolean is_v3, guint depth, GError **error)
{
  const gboolean is_object = _ann_json_get_kind (value) == ANN_JSON_OBJECT;
  AnnJsonValue name = is_object ? _ann_json_get_member (value, "name")
                                : _ann_json_get_item (value, 0);
  AnnJsonValue type_value = is_object ? _ann_json_get_member (value, "data_type")
                                      : _ann_json_get_item (value, 1);
  AnnJsonValue shape_value = is_object ? (AnnJsonValue){ NULL, 0 } : _ann_json_get_item (value, 2);
  guint64 shape[ANN_MAX_RANK];
  guint rank = 0;
  AnnZarrType *type;

  if (_ann_json_get_kind (name) != ANN_JSON_STRING
      || (_ann_json_get_kind (shape_value) != ANN_JSON_ABSENT
          && !_ann_zarr_read_lengths (shape_value, &rank, shape)))
    return fail (value, error) != NULL;

  type = is_v3 ? new_v3 (type_value, depth + 1, error) : new_v2 (type_value, depth + 1, error);

  return type != NULL
         && _ann_zarr_type_add_field (record, _ann_json_dup_string (name, NULL), type, rank, shape,
                                      error);
}

static AnnZarrType *
new_record (AnnJsonValue fields, gboolean is_v3, guint depth, GError **error)
{
  g_autoptr (AnnZarrType) record = NULL;
  AnnJsonIter iter;

  if (depth >= MAX_NESTING || _ann_json_get_kind (fields) != ANN_JSON_ARRAY
      || _ann_json_get_length (fields) == 0)
    return fail (fields, error);

  record = _ann_zarr_type_new_record (
      g_strdup_printf ("record of %u fields", _ann_json_get_length (fields)));
  _ann_json_iter_init (&iter, fields);
  while (_ann_json_iter_next (&iter))
    {
      if (!add_field (record, iter.value, is_v3, depth, error))
        return NULL;
    }
  _ann_zarr_type_finish_record (record);

  return g_steal_pointer (&record);
}

static AnnZarrType *
new_v2 (AnnJsonValue value, guint depth, GError **error)
{
  g_autofree char *name = NULL;
  AnnZarrType *type;

  if (_ann_json_get_kind (value) == ANN_JSON_ARRAY)
    return new_record (value, FALSE, depth, error);

  name = _ann_json_dup_string (value, NULL);
  if (name == NULL || name[0] == '\0' || strchr ("<>|=", name[0]) == NULL)
    return fail (value, error);

  type = new_numpy (value, name + 1, error);
  if (type != NULL)
    _ann_zarr_type_set_big_endian (type, name[0] == '>');

  return type;
}

AnnZarrType *
_ann_zarr_type_new_v2 (AnnJsonValue value, GError **error)
{
  return new_v2 (value, 0, error);
}

/* --- Version 3 --- */

static const struct {
  const char *name;
  AnnDtype dtype;
} plain_names[] = {
  { "bool", ANN_DTYPE_BOOL },
  { "int8", ANN_DTYPE_INT8 },
  { "int16", ANN_DTYPE_INT16 },
  { "int32", ANN_DTYPE_INT32 },
  { "int64", ANN_DTYPE_INT64 },
  { "uint8", ANN_DTYPE_UINT8 },
  { "uint16", ANN_DTYPE_UINT16 },
  { "uint32", ANN_DTYPE_UINT32 },
  { "uint64", ANN_DTYPE_UINT64 },
  { "float16", ANN_DTYPE_FLOAT16 },
  { "float32", ANN_DTYPE_FLOAT32 },
  { "float64", ANN_DTYPE_FLOAT64 },
  { "complex64", ANN_DTYPE_COMPLEX64 },
  { "complex128", ANN_DTYPE_COMPLEX128 },
  { "complex_float32", ANN_DTYPE_COMPLEX64 },
  { "complex_float64", ANN_DTYPE_COMPLEX128 },
};

/* `{"unit": "ms", "scale_factor": 10}`: datetime64[10ms] */
static AnnZarrType *
new_time (const char *kind, AnnJsonValue configuration)
{
  g_autofree char *unit = _ann_json_dup_string (_ann_json_get_member (configuration, "unit"), NULL);
  guint64 factor = 1;

  (void) _ann_json_get_uint64 (_ann_json_get_member (configuration, "scale_factor"), &factor);
  if (unit == NULL || g_str_equal (unit, "generic"))
    return _ann_zarr_type_new_number (ANN_DTYPE_INT64, g_strdup (kind));
  if (factor == 1)
    return _ann_zarr_type_new_number (ANN_DTYPE_INT64, g_strdup_printf ("%s[%s]", kind, unit));

  return _ann_zarr_type_new_number (
      ANN_DTYPE_INT64, g_strdup_printf ("%s[%" G_GUINT64_FORMAT "%s]", kind, factor, unit));
}

static AnnZarrType *
new_fixed (AnnZarrKind kind, AnnJsonValue value, AnnJsonValue configuration, GError **error)
{
  const gsize unit = kind == ANN_ZARR_UTF32 ? 4 : 1;
  guint64 length;

  if (!_ann_json_get_uint64 (_ann_json_get_member (configuration, "length_bytes"), &length)
      || length % unit != 0)
    return fail (value, error);

  length /= unit;

  return _ann_zarr_type_new_fixed (
      kind, length,
      kind == ANN_ZARR_UTF32
          ? g_strdup_printf ("text of length %" G_GUINT64_FORMAT ", UTF-32", length)
      : kind == ANN_ZARR_BYTES ? g_strdup_printf ("bytes of length %" G_GUINT64_FORMAT, length)
                               : g_strdup_printf ("%" G_GUINT64_FORMAT " opaque bytes", length),
      error);
}

static AnnZarrType *
new_object (AnnDtype dtype, const char *description)
{
  return _ann_zarr_type_new (ANN_ZARR_OBJECT, dtype, 0, 0, g_strdup (description));
}

static AnnZarrType *
new_named (AnnJsonValue value,
           const char *name,
           AnnJsonValue configuration,
           guint depth,
           GError **error)
{
  guint64 n_bits;

  for (gsize i = 0; i < G_N_ELEMENTS (plain_names); i++)
    {
      if (g_str_equal (name, plain_names[i].name))
        return _ann_zarr_type_new_number (plain_names[i].dtype,
                                          g_strdup (ann_dtype_get_name (plain_names[i].dtype)));
    }

  if (g_str_equal (name, "string"))
    return new_object (ANN_DTYPE_STRING, "text, UTF-8");
  if (g_str_equal (name, "variable_length_bytes") || g_str_equal (name, "bytes"))
    return new_object (ANN_DTYPE_BYTES, "bytes of variable length");
  if (g_str_equal (name, "numpy.datetime64"))
    return new_time ("datetime64", configuration);
  if (g_str_equal (name, "numpy.timedelta64"))
    return new_time ("timedelta64", configuration);
  if (g_str_equal (name, "fixed_length_utf32"))
    return new_fixed (ANN_ZARR_UTF32, value, configuration, error);
  if (g_str_equal (name, "null_terminated_bytes"))
    return new_fixed (ANN_ZARR_BYTES, value, configuration, error);
  if (g_str_equal (name, "raw_bytes"))
    return new_fixed (ANN_ZARR_OPAQUE, value, configuration, error);
  if (g_str_equal (name, "structured") || g_str_equal (name, "struct"))
    return new_record (_ann_json_get_member (configuration, "fields"), TRUE, depth, error);
  if (name[0] == 'r' && g_ascii_string_to_unsigned (name + 1, 10, 8, G_MAXUINT64, &n_bits, NULL)
      && n_bits % 8 == 0)
    return _ann_zarr_type_new_fixed (
        ANN_ZARR_OPAQUE, n_bits / 8,
        g_strdup_printf ("%" G_GUINT64_FORMAT " opaque bytes", n_bits / 8), error);

  return new_unknown (value);
}

static AnnZarrType *
new_v3 (AnnJsonValue value, guint depth, GError **error)
{
  const gboolean is_object = _ann_json_get_kind (value) == ANN_JSON_OBJECT;
  g_autofree char *name = _ann_json_dup_string (
      is_object ? _ann_json_get_member (value, "name") : value, NULL);
  AnnZarrType *type;

  if (name == NULL)
    return fail (value, error);

  type = new_named (value, name, _ann_json_get_member (value, "configuration"), depth, error);
  if (type != NULL)
    _ann_zarr_type_set_big_endian (type, FALSE); /* where nothing says so */

  return type;
}

AnnZarrType *
_ann_zarr_type_new_v3 (AnnJsonValue value, GError **error)
{
  return new_v3 (value, 0, error);
}

/* --- In the parameters of numcodecs' codecs --- */

AnnZarrType *
_ann_zarr_type_new_numpy (AnnJsonValue value, GError **error)
{
  g_autofree char *name = _ann_json_dup_string (value, NULL);
  AnnZarrType *type;

  if (name == NULL || name[0] == '\0' || strchr ("<>|=", name[0]) != NULL)
    return new_v2 (value, 0, error);

  type = new_numpy (value, name, error);
  if (type != NULL && type->kind == ANN_ZARR_UNKNOWN)
    {
      _ann_zarr_type_free (type);
      return new_v3 (value, 0, error);
    }
  if (type != NULL)
    _ann_zarr_type_set_big_endian (type, FALSE);

  return type;
}
