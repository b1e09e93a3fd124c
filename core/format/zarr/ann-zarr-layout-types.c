/* ann-zarr-layout-types.c: what the types of new arrays are called
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * As zarr-python 3.1.6 writes them.
 */

#include "format/zarr/ann-zarr-layout.h"

#include "array/ann-time-type-private.h"
#include "base/ann-error.h"
#include "base/ann-json-text-private.h"
#include "format/zarr/ann-zarr-type-private.h"

#include <string.h>

static gsize
get_unit (AnnDtype dtype)
{
  const gsize size = ann_dtype_is_complex (dtype) ? ann_dtype_get_size (dtype) / 2
                                                  : ann_dtype_get_size (dtype);

  return size > 1 ? size : 0;
}

static gsize
get_fields_size (const AnnFieldSpec *fields, gsize n_fields)
{
  gsize size = 0;

  for (gsize i = 0; i < n_fields; i++)
    size += _ann_zarr_field_get_size (&fields[i]);

  return size;
}

/* A type without a length cannot be had: numpy makes one of it, too. */
gsize
_ann_zarr_field_get_size (const AnnFieldSpec *field)
{
  if (field->dtype == ANN_DTYPE_RECORD)
    return get_fields_size (field->fields, field->n_fields);
  if (field->dtype == ANN_DTYPE_STRING)
    return 4 * MAX (field->item_size, 1);
  if (field->dtype == ANN_DTYPE_BYTES)
    return MAX (field->item_size, 1);

  return ann_dtype_get_size (field->dtype);
}

static void
append_number_type (GString *json, guint zarr_format, AnnDtype dtype)
{
  g_string_append_printf (json, "\"%s\"",
                          zarr_format == 3 ? ann_dtype_get_name (dtype)
                                           : ann_dtype_get_numpy_name (dtype));
}

/* `<M8[10s]`, or in version 3 an object. FALSE if @name is no such type. */
static gboolean
append_time_type (GString *json, guint zarr_format, const char *name)
{
  g_autofree char *unit = NULL;
  gboolean is_span;
  guint64 factor;

  if (name == NULL || !_ann_time_type_parse (name, &is_span, &factor, &unit))
    return FALSE;
  if (zarr_format == 3)
    g_string_append_printf (json,
                            "{\"name\":\"numpy.%s\",\"configuration\":{\"unit\":\"%s\","
                            "\"scale_factor\":%" G_GUINT64_FORMAT "}}",
                            is_span ? "timedelta64" : "datetime64", unit, factor);
  else
    g_string_append_printf (json, "\"<%s%s\"", is_span ? "m8" : "M8",
                            strchr (name, '[') != NULL ? strchr (name, '[') : "");

  return TRUE;
}

/* @size: in bytes */
static void
append_fixed_type (GString *json, guint zarr_format, AnnDtype dtype, gsize size)
{
  const char *name = dtype == ANN_DTYPE_STRING  ? "fixed_length_utf32"
                     : dtype == ANN_DTYPE_BYTES ? "null_terminated_bytes"
                                                : "raw_bytes";
  const char *code = dtype == ANN_DTYPE_STRING ? "<U" : dtype == ANN_DTYPE_BYTES ? "|S" : "|V";

  if (zarr_format == 3)
    g_string_append_printf (
        json, "{\"name\":\"%s\",\"configuration\":{\"length_bytes\":%" G_GSIZE_FORMAT "}}", name,
        size);
  else
    g_string_append_printf (json, "\"%s%" G_GSIZE_FORMAT "\"", code,
                            dtype == ANN_DTYPE_STRING ? size / 4 : size);
}

static gboolean append_fields (GString *json,
                               guint zarr_format,
                               const AnnFieldSpec *fields,
                               gsize n_fields,
                               GError **error);

/* zarr-python 3.1.6 reads no field that is an array, and no record in a record in version 2. */
static gboolean
append_field (GString *json, guint zarr_format, const AnnFieldSpec *field, GError **error)
{
  const gboolean is_record = field->dtype == ANN_DTYPE_RECORD && zarr_format == 3;
  const gboolean is_text = field->dtype == ANN_DTYPE_STRING || field->dtype == ANN_DTYPE_BYTES;

  if ((field->dtype == ANN_DTYPE_STRING && field->item_size == 0)
      || (!is_text && !is_record && ann_dtype_get_size (field->dtype) == 0) || field->rank > 0
      || field->item_size > ANN_ZARR_MAX_ITEM_SIZE / 4)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "Zarr stores no record with the field “%s”: %s%s", field->name,
                   ann_dtype_get_name (field->dtype),
                   field->rank > 0 ? " in an array"
                   : is_text       ? " of that length"
                                   : "");
      return FALSE;
    }

  g_string_append_c (json, '[');
  _ann_json_append_string (json, field->name, -1);
  g_string_append_c (json, ',');
  if (is_text)
    append_fixed_type (json, zarr_format, field->dtype, _ann_zarr_field_get_size (field));
  else if (!is_record)
    append_number_type (json, zarr_format, field->dtype);
  else if (!append_fields (json, zarr_format, field->fields, field->n_fields, error))
    return FALSE;
  g_string_append_c (json, ']');

  return TRUE;
}

static gboolean
append_fields (GString *json,
               guint zarr_format,
               const AnnFieldSpec *fields,
               gsize n_fields,
               GError **error)
{
  if (zarr_format == 3)
    g_string_append (json, "{\"name\":\"structured\",\"configuration\":{\"fields\":");
  for (gsize i = 0; i < n_fields; i++)
    {
      g_string_append_c (json, i == 0 ? '[' : ',');
      if (!append_field (json, zarr_format, &fields[i], error))
        return FALSE;
    }
  g_string_append (json, zarr_format == 3 ? "]}}" : "]");

  return TRUE;
}

/* Zeros; of so many that can be, for a chunk that is nothing else is not stored. */
static char *
make_fill_value (const AnnZarrLayout *self)
{
  if (self->dtype == ANN_DTYPE_STRING || self->dtype == ANN_DTYPE_BYTES)
    return g_strdup ("\"\"");
  if (self->dtype == ANN_DTYPE_RECORD || self->dtype == ANN_DTYPE_OPAQUE)
    {
      g_autofree guint8 *zeros = g_malloc0 (self->item_size);
      g_autofree char *text = g_base64_encode (zeros, self->item_size);

      return g_strdup_printf ("\"%s\"", text);
    }
  if (self->rank == 0 && self->zarr_format == 2)
    return g_strdup ("null");
  if (self->dtype == ANN_DTYPE_BOOL)
    return g_strdup ("false");
  if (ann_dtype_is_complex (self->dtype))
    return g_strdup ("[0.0,0.0]");

  return g_strdup (ann_dtype_is_float (self->dtype) ? "0.0" : "0");
}

gboolean
_ann_zarr_layout_set_type (AnnZarrLayout *self, const AnnArraySpec *spec, GError **error)
{
  g_autoptr (GString) json = g_string_new (NULL);

  self->dtype = spec->dtype;
  if (spec->dtype == ANN_DTYPE_STRING)
    g_string_append (json, self->zarr_format == 3 ? "\"string\"" : "\"|O\"");
  else if (spec->dtype == ANN_DTYPE_BYTES || spec->dtype == ANN_DTYPE_OPAQUE)
    {
      self->item_size = MAX (spec->item_size, 1);
      append_fixed_type (json, self->zarr_format, spec->dtype, self->item_size);
    }
  else if (spec->dtype == ANN_DTYPE_RECORD)
    {
      if (!append_fields (json, self->zarr_format, spec->fields, spec->n_fields, error))
        return FALSE;
      self->item_size = get_fields_size (spec->fields, spec->n_fields);
    }
  else
    {
      self->item_size = ann_dtype_get_size (spec->dtype);
      self->unit = get_unit (spec->dtype);
      if (!append_time_type (json, self->zarr_format, spec->time_type))
        append_number_type (json, self->zarr_format, spec->dtype);
    }

  if (spec->dtype != ANN_DTYPE_STRING
      && (self->item_size == 0 || self->item_size > ANN_ZARR_MAX_ITEM_SIZE))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "Zarr stores no values of this type: %s of %" G_GSIZE_FORMAT " bytes",
                   ann_dtype_get_name (spec->dtype), self->item_size);
      return FALSE;
    }
  self->type = g_strdup (json->str);
  self->fill_value = make_fill_value (self);

  return TRUE;
}
