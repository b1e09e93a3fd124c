/* ann-hdf5-array.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-array.h"

#include "format/hdf5/ann-hdf5-array-private.h"
#include "format/hdf5/ann-hdf5-filters.h"

#include <string.h>

/* Of a file that is far away. */
#define FETCHED_AT_ONCE 64

typedef struct {
  AnnArrayClass parent_class;
} AnnHdf5ArrayClass;

G_DEFINE_FINAL_TYPE (AnnHdf5Array, _ann_hdf5_array, ANN_TYPE_ARRAY)

/* Bytes of all elements; the product was checked when the dataset was read. */
static guint64
get_size (const AnnHdf5Dataset *dataset)
{
  guint64 size = dataset->stored->size;

  for (guint i = 0; i < dataset->space.rank; i++)
    size *= dataset->space.shape[i];

  return size;
}

static gboolean
ann_hdf5_array_get_stored_size (AnnArray *array,
                                guint64 *stored_size,
                                GCancellable *cancellable,
                                GError **error)
{
  const AnnHdf5Dataset *dataset = ANN_HDF5_ARRAY (array)->dataset;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  switch (dataset->layout.layout)
    {
    case ANN_LAYOUT_CHUNKED:
      return _ann_hdf5_chunk_index_measure (dataset->index, stored_size, cancellable, error);
    case ANN_LAYOUT_CONTIGUOUS:
      *stored_size = dataset->layout.address == ANN_HDF5_NO_ADDRESS ? 0 : get_size (dataset);
      return TRUE;
    case ANN_LAYOUT_COMPACT:
      *stored_size = dataset->layout.n_bytes;
      return TRUE;
    case ANN_LAYOUT_EXTERNAL:
      *stored_size = get_size (dataset);
      return TRUE;
    case ANN_LAYOUT_VIRTUAL:
    case ANN_LAYOUT_MEMORY:
    default:
      *stored_size = 0;
      return TRUE;
    }
}

/* Follows the fields to the type of the values, and to where they are in the stored record. */
static AnnHdf5Datatype *
get_field_type (AnnHdf5Array *self)
{
  AnnHdf5Datatype *type = self->dataset->stored;

  for (guint i = 0; self->fields != NULL && self->fields[i] != NULL; i++)
    {
      const AnnHdf5Member *member = _ann_hdf5_datatype_find_member (type, self->fields[i]);

      self->offset += member->offset;
      type = member->type;
    }

  return type;
}

/* An array type of what can be read adds its axes to those of the dataset. */
static void
read_type (AnnHdf5Array *self, AnnArrayInfo *info, guint64 *shape)
{
  AnnHdf5Datatype *type = get_field_type (self);
  const AnnHdf5Dataspace *space = &self->dataset->space;
  AnnHdf5Datatype *element = type;
  guint rank = space->rank;
  AnnHdf5Type whole;

  self->n_outer_axes = rank;
  memcpy (shape, space->shape, rank * sizeof *shape);
  for (; element->class == ANN_HDF5_CLASS_ARRAY && rank + element->rank <= ANN_MAX_RANK;
       element = element->base)
    {
      memcpy (shape + rank, element->shape, element->rank * sizeof *shape);
      rank += element->rank;
    }

  _ann_hdf5_type_init (&self->type, element);
  if (element == type)
    return;

  /* It is called by what the file has. */
  _ann_hdf5_type_init (&whole, type);
  if (ann_dtype_comes_as_strings (self->type.dtype) || ann_dtype_get_size (self->type.dtype) > 0)
    {
      g_free (self->type.description);
      self->type.description = g_steal_pointer (&whole.description);
      memcpy (self->inner_shape, shape + space->rank, (rank - space->rank) * sizeof *shape);
      info->rank = rank;
      _ann_hdf5_type_clear (&whole);
      return;
    }
  _ann_hdf5_type_clear (&self->type);
  self->type = whole;
}

/* Whether the stored elements are the values, up to the byte order. */
static gboolean
is_plain (const AnnHdf5Array *self)
{
  return self->fields == NULL && self->type.is_native && self->type.stored == self->dataset->stored
         && ann_dtype_get_size (self->type.dtype) == self->dataset->stored->size;
}

/* One value in native form, if it is not zero. */
static gboolean
get_fill_value (const AnnHdf5Array *self, guint8 *value)
{
  static const guint8 zero[16];
  gsize size = ann_dtype_get_size (self->type.dtype);

  if (self->dataset->fill_value == NULL || size == 0)
    return FALSE;
  _ann_hdf5_type_convert (&self->type, self->dataset->fill_value + self->offset, size, 1, value);

  return memcmp (value, zero, size) != 0;
}

/* Takes @fields. */
static AnnArray *
array_new (AnnHdf5Dataset *dataset, char **fields, const char *path)
{
  AnnHdf5Array *self = g_object_new (ANN_TYPE_HDF5_ARRAY, NULL);
  const AnnHdf5Layout *layout = &dataset->layout;
  guint64 shape[ANN_MAX_RANK], chunk_shape[ANN_MAX_RANK];
  AnnArrayInfo info = { .path = path, .rank = dataset->space.rank, .shape = shape };
  g_autoptr (AnnCodecChain) codecs = NULL;
  guint8 fill_value[16];

  self->dataset = _ann_hdf5_dataset_ref (dataset);
  self->fields = fields;
  read_type (self, &info, shape);
  self->takes_chunks = layout->layout == ANN_LAYOUT_CHUNKED && is_plain (self);
  self->is_in_one_run = layout->layout == ANN_LAYOUT_CONTIGUOUS
                        && layout->address != ANN_HDF5_NO_ADDRESS && is_plain (self);
  if (self->takes_chunks && self->type.swap_size > 0)
    {
      self->mask_shift = 1;
      codecs = _ann_hdf5_new_codecs (&dataset->filters, self->type.swap_size);
    }
  if (layout->layout == ANN_LAYOUT_CHUNKED)
    {
      memcpy (chunk_shape, shape, sizeof chunk_shape);
      memcpy (chunk_shape, layout->chunk_shape, layout->rank * sizeof *chunk_shape);
      info.chunk_shape = chunk_shape;
    }

  info.dtype = self->type.dtype;
  info.item_dtype = self->type.item != NULL ? self->type.item->dtype : self->type.dtype;
  info.is_variable = self->type.is_variable;
  info.type_description = self->type.description;
  info.layout = layout->layout;
  info.codecs = codecs != NULL ? codecs : dataset->codecs;
  info.reads_boxes = !self->takes_chunks;
  info.fetches_parts = self->takes_chunks;
  info.fetched_at_once = _ann_source_is_remote (_ann_hdf5_file_get_source (dataset->file))
                             ? FETCHED_AT_ONCE
                             : 0;
  info.fill_value = get_fill_value (self, fill_value) ? fill_value : NULL;
  info.field_names = (const char *const *) self->type.field_names;
  _ann_array_set_info (ANN_ARRAY (self), &info);

  return ANN_ARRAY (self);
}

AnnArray *
_ann_hdf5_array_new (AnnHdf5File *file,
                     const AnnHdf5Header *header,
                     const char *path,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (AnnHdf5Dataset) dataset = _ann_hdf5_dataset_new (file, header, 0, path, cancellable,
                                                              error);

  return dataset != NULL ? array_new (dataset, NULL, path) : NULL;
}

static AnnArray *
ann_hdf5_array_open_field (AnnArray *array, const char *name, GError **error)
{
  AnnHdf5Array *self = ANN_HDF5_ARRAY (array);
  g_autoptr (GPtrArray) fields = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *path = g_strdup_printf ("%s[%s]", ann_array_get_path (array), name);

  if (self->type.field_names == NULL
      || !g_strv_contains ((const char *const *) self->type.field_names, name))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s: There is no field of this name",
                   path);
      return NULL;
    }

  for (guint i = 0; self->fields != NULL && self->fields[i] != NULL; i++)
    g_ptr_array_add (fields, g_strdup (self->fields[i]));
  g_ptr_array_add (fields, g_strdup (name));
  g_ptr_array_add (fields, NULL);

  return array_new (self->dataset, (char **) g_ptr_array_free (g_steal_pointer (&fields), FALSE),
                    path);
}

static void
ann_hdf5_array_finalize (GObject *object)
{
  AnnHdf5Array *self = ANN_HDF5_ARRAY (object);

  _ann_hdf5_type_clear (&self->type);
  g_clear_pointer (&self->fields, g_strfreev);
  g_clear_pointer (&self->dataset, _ann_hdf5_dataset_unref);

  G_OBJECT_CLASS (_ann_hdf5_array_parent_class)->finalize (object);
}

static void
_ann_hdf5_array_class_init (AnnHdf5ArrayClass *klass)
{
  AnnArrayClass *array_class = ANN_ARRAY_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_hdf5_array_finalize;
  array_class->locate = _ann_hdf5_array_locate;
  array_class->fetch = _ann_hdf5_array_fetch;
  array_class->read_box = _ann_hdf5_array_read_box;
  array_class->read_strings = _ann_hdf5_array_read_strings;
  array_class->open_field = ann_hdf5_array_open_field;
  array_class->get_stored_size = ann_hdf5_array_get_stored_size;
}

static void
_ann_hdf5_array_init (G_GNUC_UNUSED AnnHdf5Array *self)
{
}
