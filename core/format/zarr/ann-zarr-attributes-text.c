/* ann-zarr-attributes-text.c: attributes become JSON
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-attributes.h"

#include "base/ann-json-text-private.h"

#include <string.h>

static void
append_number (GString *json, AnnDtype dtype, const guint8 *value)
{
  const gsize size = ann_dtype_get_size (dtype);
  gint64 integer;
  double real;

  switch ((int) dtype)
    {
    case ANN_DTYPE_BOOL:
      g_string_append (json, *value != 0 ? "true" : "false");
      break;
    case ANN_DTYPE_UINT64:
      g_string_append_printf (json, "%" G_GUINT64_FORMAT, *(const guint64 *) value);
      break;
    case ANN_DTYPE_COMPLEX64:
    case ANN_DTYPE_COMPLEX128:
      {
        /* JSON has none: as Zarr writes them in its own documents. */
        const AnnDtype part = dtype == ANN_DTYPE_COMPLEX64 ? ANN_DTYPE_FLOAT32 : ANN_DTYPE_FLOAT64;

        g_string_append_c (json, '[');
        append_number (json, part, value);
        g_string_append_c (json, ',');
        append_number (json, part, value + size / 2);
        g_string_append_c (json, ']');
        break;
      }
    default:
      if (ann_dtype_is_integer (dtype))
        {
          (void) ann_dtype_to_int64 (dtype, value, 1, &integer);
          g_string_append_printf (json, "%" G_GINT64_FORMAT, integer);
        }
      else
        {
          (void) ann_dtype_to_double (dtype, value, 1, &real);
          _ann_json_append_double (json, real);
        }
      break;
    }
}

/* The values from @value on, nested from @axis on. Returns what follows them. */
static const guint8 *
append_axis (GString *json, AnnBuffer *numbers, guint axis, const guint8 *value)
{
  const AnnDtype dtype = ann_buffer_get_dtype (numbers);

  if (axis == ann_buffer_get_rank (numbers))
    {
      append_number (json, dtype, value);
      return value + ann_dtype_get_size (dtype);
    }

  g_string_append_c (json, '[');
  for (guint64 i = 0; i < ann_buffer_get_shape (numbers)[axis]; i++)
    {
      if (i > 0)
        g_string_append_c (json, ',');
      value = append_axis (json, numbers, axis + 1, value);
    }
  g_string_append_c (json, ']');

  return value;
}

static void
append_texts (GString *json, AnnStrings *texts, gboolean is_scalar)
{
  if (!is_scalar)
    g_string_append_c (json, '[');
  for (gsize i = 0; i < ann_strings_get_length (texts); i++)
    {
      gsize length;
      const char *text = ann_strings_get (texts, i, &length);

      if (i > 0)
        g_string_append_c (json, ',');
      _ann_json_append_string (json, text, (gssize) length);
    }
  if (!is_scalar)
    g_string_append_c (json, ']');
}

/* What was JSON that means nothing to us goes back as it came. */
static gboolean
append_unknown (GString *json, AnnAttributes *attributes, const char *name)
{
  g_autofree char *text = ann_attributes_to_string (attributes, name, G_MAXSIZE);
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (AnnJson) parsed = _ann_json_parse (bytes, NULL);

  if (parsed == NULL)
    return FALSE;
  g_string_append (json, text);

  return TRUE;
}

gboolean
_ann_zarr_attributes_append_value (GString *json, AnnAttributes *attributes, const char *name)
{
  AnnStrings *texts = ann_attributes_get_texts (attributes, name);
  AnnBuffer *numbers = ann_attributes_get_numbers (attributes, name);

  if (texts != NULL)
    append_texts (json, texts, ann_attributes_is_scalar (attributes, name));
  else if (numbers != NULL)
    (void) append_axis (json, numbers, 0, ann_buffer_get_data (numbers));
  else
    return append_unknown (json, attributes, name);

  return TRUE;
}

void
_ann_zarr_attributes_append (GString *json, AnnAttributes *attributes)
{
  g_auto (GStrv) names = attributes != NULL ? ann_attributes_get_names (attributes) : NULL;

  g_string_append_c (json, '{');
  for (gsize i = 0; names != NULL && names[i] != NULL; i++)
    {
      const gsize start = json->len;

      if (json->str[start - 1] != '{')
        g_string_append_c (json, ',');
      _ann_json_append_string (json, names[i], -1);
      g_string_append_c (json, ':');
      if (!_ann_zarr_attributes_append_value (json, attributes, names[i]))
        g_string_truncate (json, start);
    }
  g_string_append_c (json, '}');
}
