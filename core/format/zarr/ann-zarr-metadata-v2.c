/* ann-zarr-metadata-v2.c: .zarray and .zattrs
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-metadata.h"

#include "base/ann-error.h"
#include "format/zarr/ann-zarr-fill-value.h"

static gboolean
fail (const char *what, AnnJsonValue value, GError **error)
{
  g_autofree char *text = _ann_json_dup_text (value, 100);

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "its “%s”, %s, is none of Zarr v2", what, text);

  return FALSE;
}

static gboolean
read_array (AnnZarrMetadata *self, AnnJsonValue array, GError **error)
{
  AnnJsonValue order = _ann_json_get_member (array, "order");
  AnnJsonValue separator = _ann_json_get_member (array, "dimension_separator");
  AnnJsonValue fill_value = _ann_json_get_member (array, "fill_value");
  const gboolean is_fortran_order = _ann_json_string_is (order, "F");
  guint64 version;

  if (!_ann_json_get_uint64 (_ann_json_get_member (array, "zarr_format"), &version) || version != 2)
    return fail ("zarr_format", _ann_json_get_member (array, "zarr_format"), error);
  if (!_ann_zarr_metadata_read_shape (self, _ann_json_get_member (array, "shape"), error)
      || !_ann_zarr_metadata_read_chunk_shape (self, _ann_json_get_member (array, "chunks"), error))
    return FALSE;

  self->type = _ann_zarr_type_new_v2 (_ann_json_get_member (array, "dtype"), error);
  if (self->type == NULL)
    return FALSE;
  if (!is_fortran_order && !_ann_json_string_is (order, "C"))
    return fail ("order", order, error);

  self->separator = '.';
  if (_ann_json_string_is (separator, "/"))
    self->separator = '/';
  else if (_ann_json_get_kind (separator) != ANN_JSON_ABSENT
           && _ann_json_get_kind (separator) != ANN_JSON_NULL
           && !_ann_json_string_is (separator, "."))
    return fail ("dimension_separator", separator, error);
  if (_ann_json_get_kind (fill_value) == ANN_JSON_ABSENT)
    return fail ("fill_value", fill_value, error);

  return _ann_zarr_codecs_init_v2 (&self->codecs, _ann_json_get_member (array, "filters"),
                                   _ann_json_get_member (array, "compressor"), is_fortran_order,
                                   self->type, self->rank, self->chunk_shape, error)
         && _ann_zarr_read_fill_value (fill_value, self->type, &self->fill_value, error);
}

AnnZarrMetadata *
_ann_zarr_metadata_new_v2 (AnnJsonValue array, AnnJson *attributes, AnnJsonValue attributes_value)
{
  AnnZarrMetadata *self = _ann_zarr_metadata_new_group (2);

  if (attributes != NULL)
    {
      self->attributes = _ann_json_ref (attributes);
      self->attributes_value = attributes_value;
    }
  if (_ann_json_get_kind (array) != ANN_JSON_ABSENT)
    {
      self->kind = ANN_NODE_ARRAY;
      (void) read_array (self, array, &self->problem);
    }

  return self;
}
