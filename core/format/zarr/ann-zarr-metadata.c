/* ann-zarr-metadata.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-metadata.h"

#include "base/ann-error.h"
#include "format/zarr/ann-zarr-attributes.h"
#include "format/zarr/ann-zarr-type-private.h"

AnnZarrMetadata *
_ann_zarr_metadata_new_group (guint version)
{
  AnnZarrMetadata *self = g_new0 (AnnZarrMetadata, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->version = version;
  self->kind = ANN_NODE_GROUP;

  return self;
}

AnnZarrMetadata *
_ann_zarr_metadata_ref (AnnZarrMetadata *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
_ann_zarr_metadata_unref (AnnZarrMetadata *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_pointer (&self->attributes, _ann_json_unref);
  g_clear_error (&self->attributes_problem);
  g_clear_error (&self->problem);
  g_clear_pointer (&self->type, _ann_zarr_type_free);
  g_clear_pointer (&self->fill_value, g_bytes_unref);
  _ann_zarr_codecs_clear (&self->codecs);
  g_free (self);
}

AnnAttributes *
_ann_zarr_metadata_read_attributes (AnnZarrMetadata *self)
{
  return _ann_zarr_attributes_new (self->attributes_value);
}

gboolean
_ann_zarr_metadata_read_shape (AnnZarrMetadata *self, AnnJsonValue value, GError **error)
{
  g_autofree char *text = NULL;
  guint64 n_elements = 1;

  if (!_ann_zarr_read_lengths (value, &self->rank, self->shape))
    {
      self->rank = 0;
      text = _ann_json_dup_text (value, 100);
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "its shape, %s, is none", text);
      return FALSE;
    }

  for (guint i = 0; i < self->rank; i++)
    {
      if (!g_uint64_checked_mul (&n_elements, n_elements, MAX (self->shape[i], 1)))
        {
          text = _ann_json_dup_text (value, 100);
          g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                       "its shape, %s, has more elements than can be numbered", text);
          return FALSE;
        }
    }

  return TRUE;
}

gboolean
_ann_zarr_metadata_read_chunk_shape (AnnZarrMetadata *self, AnnJsonValue value, GError **error)
{
  g_autofree char *text = NULL;
  guint rank;

  if (_ann_zarr_read_lengths (value, &rank, self->chunk_shape) && rank == self->rank)
    {
      guint i = 0;

      while (i < rank && self->chunk_shape[i] > 0)
        i++;
      if (i == rank)
        return TRUE;
    }
  text = _ann_json_dup_text (value, 100);
  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
               "its chunk shape, %s, is none for an array of rank %u", text, self->rank);

  return FALSE;
}
