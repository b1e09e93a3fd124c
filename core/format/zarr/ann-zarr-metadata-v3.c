/* ann-zarr-metadata-v3.c: zarr.json
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-metadata.h"

#include "base/ann-error.h"
#include "format/zarr/ann-zarr-fill-value.h"

static const char *const known_members[] = {
  "zarr_format",
  "node_type",
  "shape",
  "data_type",
  "chunk_grid",
  "chunk_key_encoding",
  "fill_value",
  "codecs",
  "attributes",
  "dimension_names",
  "storage_transformers",
  "consolidated_metadata",
  NULL,
};

static gboolean
fail (const char *what, AnnJsonValue value, GError **error)
{
  g_autofree char *text = _ann_json_dup_text (value, 100);

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "its “%s”, %s, is none of Zarr v3", what, text);

  return FALSE;
}

static gboolean
refuse (const char *what, AnnJsonValue value, GError **error)
{
  g_autofree char *text = _ann_json_dup_text (value, 100);

  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
               "its %s, %s, is one that this version does not know", what, text);

  return FALSE;
}

/* The name of an extension: a text, or the `name` of an object. */
static AnnJsonValue
get_name (AnnJsonValue value)
{
  return _ann_json_get_kind (value) == ANN_JSON_OBJECT ? _ann_json_get_member (value, "name")
                                                       : value;
}

/* A member that nobody knows must be understood, unless it says that it need not be. */
static gboolean
check_members (AnnJsonValue array, GError **error)
{
  AnnJsonIter iter;

  _ann_json_iter_init (&iter, array);
  while (_ann_json_iter_next (&iter))
    {
      g_autofree char *name = _ann_json_dup_string (iter.name, NULL);

      if (!g_strv_contains (known_members, name)
          && _ann_json_get_kind (_ann_json_get_member (iter.value, "must_understand"))
                 != ANN_JSON_FALSE)
        return refuse ("member", iter.name, error);
    }

  return TRUE;
}

static gboolean
read_grid (AnnZarrMetadata *self, AnnJsonValue grid, GError **error)
{
  AnnJsonValue configuration = _ann_json_get_member (grid, "configuration");

  if (!_ann_json_string_is (get_name (grid), "regular"))
    return refuse ("chunk grid", grid, error);

  return _ann_zarr_metadata_read_chunk_shape (
      self, _ann_json_get_member (configuration, "chunk_shape"), error);
}

static gboolean
read_keys (AnnZarrMetadata *self, AnnJsonValue encoding, GError **error)
{
  AnnJsonValue separator = _ann_json_get_member (_ann_json_get_member (encoding, "configuration"),
                                                 "separator");

  if (_ann_json_string_is (get_name (encoding), "default"))
    self->keys_begin_with_c = TRUE;
  else if (!_ann_json_string_is (get_name (encoding), "v2"))
    return refuse ("chunk key encoding", encoding, error);

  self->separator = self->keys_begin_with_c ? '/' : '.';
  if (_ann_json_string_is (separator, "/"))
    self->separator = '/';
  else if (_ann_json_string_is (separator, "."))
    self->separator = '.';
  else if (_ann_json_get_kind (separator) != ANN_JSON_ABSENT)
    return fail ("separator", separator, error);

  return TRUE;
}

static gboolean
read_array (AnnZarrMetadata *self, AnnJsonValue array, GError **error)
{
  AnnJsonValue transformers = _ann_json_get_member (array, "storage_transformers");
  AnnJsonValue fill_value = _ann_json_get_member (array, "fill_value");

  if (!check_members (array, error))
    return FALSE;
  if (_ann_json_get_length (transformers) > 0)
    return refuse ("storage transformer", _ann_json_get_item (transformers, 0), error);
  if (!_ann_zarr_metadata_read_shape (self, _ann_json_get_member (array, "shape"), error)
      || !read_grid (self, _ann_json_get_member (array, "chunk_grid"), error)
      || !read_keys (self, _ann_json_get_member (array, "chunk_key_encoding"), error))
    return FALSE;

  self->type = _ann_zarr_type_new_v3 (_ann_json_get_member (array, "data_type"), error);
  if (self->type == NULL)
    return FALSE;
  if (_ann_json_get_kind (fill_value) == ANN_JSON_ABSENT)
    return fail ("fill_value", fill_value, error);

  return _ann_zarr_read_fill_value (fill_value, self->type, &self->fill_value, error)
         && _ann_zarr_codecs_init_v3 (&self->codecs, _ann_json_get_member (array, "codecs"),
                                      self->type, self->rank, self->chunk_shape, self->fill_value,
                                      error);
}

AnnZarrMetadata *
_ann_zarr_metadata_new_v3 (AnnJson *json, AnnJsonValue value, GError **error)
{
  AnnJsonValue type = _ann_json_get_member (value, "node_type");
  AnnZarrMetadata *self;
  guint64 version;

  if (!_ann_json_get_uint64 (_ann_json_get_member (value, "zarr_format"), &version) || version != 3)
    {
      fail ("zarr_format", _ann_json_get_member (value, "zarr_format"), error);
      return NULL;
    }
  if (!_ann_json_string_is (type, "group") && !_ann_json_string_is (type, "array"))
    {
      fail ("node_type", type, error);
      return NULL;
    }

  self = _ann_zarr_metadata_new_group (3);
  self->attributes = _ann_json_ref (json);
  self->attributes_value = _ann_json_get_member (value, "attributes");
  if (_ann_json_string_is (type, "array"))
    {
      self->kind = ANN_NODE_ARRAY;
      (void) read_array (self, value, &self->problem);
    }

  return self;
}
