/* ann-hdf5-write-attributes.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-write-attributes.h"

#include "format/hdf5/ann-hdf5-write-types.h"

/* What is put into the file: one attribute. */
typedef struct {
  const char *name;
  hid_t type;
  hid_t memory;
  hid_t space;
  const void *values;
} Value;

static gboolean
put_value (hid_t object, const Value *value)
{
  g_auto (AnnHdf5Hid) creation = H5Pcreate (H5P_ATTRIBUTE_CREATE);
  g_auto (AnnHdf5Hid) attribute = H5I_INVALID_HID;
  htri_t is_there;

  if (value->type < 0 || value->memory < 0 || value->space < 0 || creation < 0
      || H5Pset_char_encoding (creation, H5T_CSET_UTF8) < 0)
    return FALSE;

  is_there = H5Aexists (object, value->name);
  if (is_there < 0 || (is_there > 0 && H5Adelete (object, value->name) < 0))
    return FALSE;
  attribute = H5Acreate2 (object, value->name, value->type, value->space, creation, H5P_DEFAULT);

  return attribute >= 0 && H5Awrite (attribute, value->memory, value->values) >= 0;
}

/* A list without texts has no values either. */
static gboolean
put_texts (hid_t object, const char *name, AnnStrings *texts, gboolean is_scalar, GError **error)
{
  gsize n = ann_strings_get_length (texts);
  const hsize_t length = n;
  g_autofree hvl_t *values = g_try_new (hvl_t, n + 1);
  g_auto (AnnHdf5Hid) type = _ann_hdf5_new_file_type (ANN_DTYPE_STRING, 0);
  g_auto (AnnHdf5Hid) memory = _ann_hdf5_new_memory_text ();
  g_auto (AnnHdf5Hid) space = is_scalar ? H5Screate (H5S_SCALAR)
                                        : H5Screate_simple (1, &length, NULL);

  if (values == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "There is no memory for %" G_GSIZE_FORMAT " texts", n);
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    values[i].p = (gpointer) ann_strings_get (texts, i, &values[i].len);

  return put_value (object, &(Value){ name, type, memory, space, values });
}

static gboolean
put_numbers (hid_t object, const char *name, AnnBuffer *numbers)
{
  AnnDtype dtype = ann_buffer_get_dtype (numbers);
  guint rank = ann_buffer_get_rank (numbers);
  hsize_t shape[ANN_MAX_RANK];
  g_auto (AnnHdf5Hid) type = _ann_hdf5_new_file_type (dtype, 0);
  g_auto (AnnHdf5Hid) memory = _ann_hdf5_new_memory_type (dtype);
  g_auto (AnnHdf5Hid) space = H5I_INVALID_HID;
  const guint8 none = 0;
  const void *values = ann_buffer_get_data (numbers);

  for (guint i = 0; i < rank; i++)
    shape[i] = ann_buffer_get_shape (numbers)[i];
  space = rank == 0 ? H5Screate (H5S_SCALAR) : H5Screate_simple ((int) rank, shape, NULL);

  return put_value (object, &(Value){ name, type, memory, space, values != NULL ? values : &none });
}

gboolean
_ann_hdf5_write_attributes (AnnHdf5Output *output,
                            hid_t object,
                            const char *path,
                            AnnAttributes *attributes,
                            GError **error)
{
  g_auto (GStrv) names = ann_attributes_get_names (attributes);
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      AnnStrings *texts = ann_attributes_get_texts (attributes, names[i]);
      AnnBuffer *numbers = ann_attributes_get_numbers (attributes, names[i]);
      g_autoptr (GError) too_large = NULL;
      gboolean is_put = TRUE;

      if (texts != NULL)
        is_put = put_texts (object, names[i], texts,
                            ann_attributes_is_scalar (attributes, names[i]), &too_large);
      else if (numbers != NULL)
        is_put = put_numbers (object, names[i], numbers);

      if (!is_put)
        {
          g_autofree char *what = g_strdup_printf ("The attribute %s cannot be written", names[i]);

          if (too_large == NULL)
            return _ann_hdf5_output_fail (output, path, what, error);
          g_propagate_prefixed_error (error, g_steal_pointer (&too_large), "%s: %s: ", path, what);
          return FALSE;
        }
    }

  return TRUE;
}
