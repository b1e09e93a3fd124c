/* ann-hdf5-dataset.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-dataset.h"

#include "array/ann-chunk-cache-private.h"
#include "format/hdf5/ann-hdf5-filters.h"
#include "format/hdf5/ann-hdf5-sources.h"
#include "format/hdf5/ann-hdf5-structure.h"

static void
dataset_clear (gpointer data)
{
  AnnHdf5Dataset *self = data;

  g_clear_pointer (&self->sources, _ann_hdf5_sources_free);
  g_clear_pointer (&self->index, _ann_hdf5_chunk_index_free);
  g_clear_pointer (&self->fill_value, g_free);
  _ann_chunk_cache_drop_array (self->cache_id);
  g_clear_pointer (&self->codecs, ann_codec_chain_unref);
  _ann_hdf5_filter_list_clear (&self->filters);
  _ann_hdf5_layout_clear (&self->layout);
  g_clear_pointer (&self->stored, _ann_hdf5_datatype_unref);
  g_free (self->path);
  _ann_hdf5_file_unref (self->file);
}

AnnHdf5Dataset *
_ann_hdf5_dataset_ref (AnnHdf5Dataset *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
_ann_hdf5_dataset_unref (AnnHdf5Dataset *self)
{
  g_atomic_rc_box_release_full (self, dataset_clear);
}

gboolean
_ann_hdf5_header_is_dataset (const AnnHdf5Header *header)
{
  return _ann_hdf5_header_find (header, ANN_HDF5_MESSAGE_DATATYPE) != NULL
         && _ann_hdf5_header_find (header, ANN_HDF5_MESSAGE_DATASPACE) != NULL;
}

static gboolean
read_type (AnnHdf5Dataset *self,
           const AnnHdf5Header *header,
           GCancellable *cancellable,
           GError **error)
{
  g_auto (AnnHdf5Body) body = { .owned = NULL };

  if (!_ann_hdf5_header_open (header, ANN_HDF5_MESSAGE_DATATYPE, &body, self->file, self->path,
                              cancellable, error))
    return FALSE;
  self->stored = _ann_hdf5_datatype_new (&body.cursor, self->path, error);

  return self->stored != NULL;
}

static gboolean
read_space (AnnHdf5Dataset *self,
            const AnnHdf5Header *header,
            GCancellable *cancellable,
            GError **error)
{
  g_auto (AnnHdf5Body) body = { .owned = NULL };
  guint64 size = self->stored->size;

  if (!_ann_hdf5_header_open (header, ANN_HDF5_MESSAGE_DATASPACE, &body, self->file, self->path,
                              cancellable, error)
      || !_ann_hdf5_dataspace_init (&self->space, &body.cursor, self->path, error))
    return FALSE;

  for (guint i = 0; i < self->space.rank; i++)
    {
      if (self->space.shape[i] > 0 && !g_uint64_checked_mul (&size, size, self->space.shape[i]))
        return _ann_hdf5_set_damaged (error, self->path, "shape",
                                      "it has more elements than can be counted");
    }

  return TRUE;
}

static gboolean
read_filters (AnnHdf5Dataset *self,
              const AnnHdf5Header *header,
              GCancellable *cancellable,
              GError **error)
{
  const AnnHdf5Message *message = _ann_hdf5_header_find (header, ANN_HDF5_MESSAGE_FILTERS);
  g_auto (AnnHdf5Body) body = { .owned = NULL };

  if (message == NULL || self->layout.layout != ANN_LAYOUT_CHUNKED)
    return TRUE;

  return _ann_hdf5_body_init (&body, self->file, message, self->path, cancellable, error)
         && _ann_hdf5_filter_list_init (&self->filters, body.cursor, "list of filters", self->path,
                                        error);
}

static gboolean
read_layout (AnnHdf5Dataset *self,
             const AnnHdf5Header *header,
             guint depth,
             GCancellable *cancellable,
             GError **error)
{
  const AnnHdf5Message *files = _ann_hdf5_header_find (header, ANN_HDF5_MESSAGE_EXTERNAL_FILES);
  g_auto (AnnHdf5Body) body = { .owned = NULL };

  if (!_ann_hdf5_header_open (header, ANN_HDF5_MESSAGE_LAYOUT, &body, self->file, self->path,
                              cancellable, error)
      || !_ann_hdf5_layout_init (&self->layout, &body.cursor, self->path, error)
      || !read_filters (self, header, cancellable, error))
    return FALSE;

  switch (self->layout.layout)
    {
    case ANN_LAYOUT_CHUNKED:
      if (self->layout.rank != self->space.rank || self->layout.element_size != self->stored->size)
        return _ann_hdf5_set_damaged (error, self->path, "layout",
                                      "its chunks do not fit the array");
      self->index = _ann_hdf5_chunk_index_new (self->file, &self->layout, &self->space,
                                               self->filters.n_filters > 0, self->path, error);
      return self->index != NULL;
    case ANN_LAYOUT_CONTIGUOUS:
      if (files == NULL)
        return TRUE;
      self->layout.layout = ANN_LAYOUT_EXTERNAL;
      break;
    case ANN_LAYOUT_VIRTUAL:
      break;
    case ANN_LAYOUT_COMPACT:
    case ANN_LAYOUT_EXTERNAL:
    case ANN_LAYOUT_MEMORY:
    default:
      return TRUE;
    }

  self->sources = _ann_hdf5_sources_new (self, header, depth, cancellable, error);

  return self->sources != NULL;
}

AnnHdf5Dataset *
_ann_hdf5_dataset_new (AnnHdf5File *file,
                       const AnnHdf5Header *header,
                       guint depth,
                       const char *path,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (AnnHdf5Dataset) self = g_atomic_rc_box_new0 (AnnHdf5Dataset);

  self->file = _ann_hdf5_file_ref (file);
  self->path = g_strdup (path);
  self->cache_id = _ann_array_new_id ();
  if (!read_type (self, header, cancellable, error)
      || !read_space (self, header, cancellable, error)
      || !_ann_hdf5_read_fill_value (file, header, self->stored->size, &self->fill_value, path,
                                     cancellable, error)
      || !read_layout (self, header, depth, cancellable, error))
    return NULL;
  self->codecs = _ann_hdf5_new_codecs (&self->filters, 0);
  if (self->codecs == NULL)
    self->codecs = ann_codec_chain_new ();

  return g_steal_pointer (&self);
}
