/* ann-hdf5-array.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-array.h"

#include "format/hdf5/ann-hdf5-array-private.h"
#include "format/hdf5/ann-hdf5-filters.h"
#include "format/hdf5/ann-hdf5-link.h"
#include "format/hdf5/ann-hdf5-lock.h"

#include <string.h>

/* Files and datasets that a virtual dataset or an external one names are looked at one by one. */
#define MAX_SOURCES 100000
#define MAX_SOURCE_DEPTH 4
#define MAX_NAME_SIZE (64 << 10)

typedef struct {
  AnnArrayClass parent_class;
} AnnHdf5ArrayClass;

G_DEFINE_FINAL_TYPE (AnnHdf5Array, _ann_hdf5_array, ANN_TYPE_ARRAY)

static gboolean check_sources (AnnHdf5File *file,
                               hid_t creation,
                               guint depth,
                               const char *path,
                               GError **error);

static gboolean
ann_hdf5_array_get_stored_size (AnnArray *array,
                                guint64 *stored_size,
                                GCancellable *cancellable,
                                GError **error)
{
  AnnHdf5Array *self = ANN_HDF5_ARRAY (array);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  /* 0 for a failure too, which cannot be told from nothing stored. */
  *stored_size = H5Dget_storage_size (self->dataset);
  H5Eclear2 (H5E_DEFAULT);

  return TRUE;
}

/* Wraps a type of memory in records of one field each, the last name innermost. */
static hid_t
wrap_in_fields (hid_t inner, char **fields)
{
  g_auto (AnnHdf5Hid) type = H5Tcopy (inner);

  for (guint i = g_strv_length (fields); i-- > 0 && type >= 0;)
    {
      g_auto (AnnHdf5Hid) record = H5Tcreate (H5T_COMPOUND, H5Tget_size (type));

      if (record < 0 || H5Tinsert (record, fields[i], 0, type) < 0)
        return H5I_INVALID_HID;
      _ann_hdf5_close (type);
      type = _ann_hdf5_steal (&record);
    }

  return _ann_hdf5_steal (&type);
}

/* The stored type of the field that @fields lead to, and where it lies in the stored record. */
static hid_t
get_field_type (hid_t stored, char **fields, guint address_size, gsize *offset)
{
  g_auto (AnnHdf5Hid) type = H5Tcopy (stored);

  for (guint i = 0; fields != NULL && fields[i] != NULL && type >= 0; i++)
    {
      int index = H5Tget_member_index (type, fields[i]);
      hid_t field = index < 0 ? H5I_INVALID_HID : H5Tget_member_type (type, (unsigned) index);

      if (index >= 0)
        *offset += _ann_hdf5_get_stored_offset (type, (unsigned) index, address_size);
      _ann_hdf5_close (type);
      type = field;
    }

  return _ann_hdf5_steal (&type);
}

static AnnLayout
get_layout (hid_t creation)
{
  switch (H5Pget_layout (creation))
    {
    case H5D_CHUNKED:
      return ANN_LAYOUT_CHUNKED;
    case H5D_COMPACT:
      return ANN_LAYOUT_COMPACT;
    case H5D_VIRTUAL:
      return ANN_LAYOUT_VIRTUAL;
    case H5D_CONTIGUOUS:
    case H5D_LAYOUT_ERROR:
    case H5D_NLAYOUTS:
    default:
      return H5Pget_external_count (creation) > 0 ? ANN_LAYOUT_EXTERNAL : ANN_LAYOUT_CONTIGUOUS;
    }
}

/* A file of raw data. Its name is looked for beside the store; no other place is read. */
static gboolean
check_external (AnnHdf5File *file, hid_t creation, const char *path, GError **error)
{
  int n_files = H5Pget_external_count (creation);

  for (int i = 0; i < MIN (n_files, MAX_SOURCES); i++)
    {
      g_autofree char *name = g_malloc0 (MAX_NAME_SIZE);
      g_autofree char *resolved = NULL;

      if (H5Pget_external (creation, (unsigned) i, MAX_NAME_SIZE - 1, name, NULL, NULL) < 0)
        {
          _ann_hdf5_set_error (error, path, "The files with its values cannot be told");
          return FALSE;
        }
      resolved = _ann_hdf5_file_resolve (file, name, path, error);
      if (resolved == NULL)
        return FALSE;
    }

  return TRUE;
}

/* The dataset that a part of a virtual one comes from. libhdf5 will open it by itself, so all that
 * lies on its way there is opened here first, by our rules.
 */
static gboolean
check_virtual_source (AnnHdf5File *file,
                      const char *file_name,
                      const char *dataset_name,
                      guint depth,
                      const char *path,
                      GError **error)
{
  g_autoptr (AnnHdf5File) source = NULL;
  g_auto (AnnHdf5Target) target = { NULL, H5I_INVALID_HID, NULL };
  g_auto (AnnHdf5Hid) creation = H5I_INVALID_HID;
  g_auto (AnnHdf5Hid) access = H5I_INVALID_HID;
  g_auto (AnnHdf5Hid) reopened = H5I_INVALID_HID;
  g_autofree char *resolved = NULL;

  if (strchr (file_name, '%') != NULL || strchr (dataset_name, '%') != NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: It is put together from datasets named by a pattern, “%s: %s”", path,
                   file_name, dataset_name);
      return FALSE;
    }

  if (strcmp (file_name, ".") == 0)
    source = _ann_hdf5_file_ref (file);
  else
    {
      resolved = _ann_hdf5_file_resolve (file, file_name, path, error);
      if (resolved == NULL)
        return FALSE;
      source = _ann_hdf5_file_open (resolved, error);
      g_prefix_error (error, "%s: The file “%s” that it is put together from: ", path, file_name);
    }
  if (source == NULL)
    return FALSE;

  /* In libhdf5's way: when it cannot open a file, it goes on with fill values and says nothing. */
  if (resolved != NULL)
    {
      access = H5Fget_access_plist (_ann_hdf5_file_get_id (file));
      reopened = H5Fopen (resolved, H5F_ACC_RDONLY, access);
      if (reopened < 0)
        {
          _ann_hdf5_set_error (error, path, "A file that it is put together from cannot be opened");
          return FALSE;
        }
    }

  if (!_ann_hdf5_open_path (source, dataset_name, path, &target, error))
    return FALSE;

  creation = H5Iget_type (target.object) == H5I_DATASET ? H5Dget_create_plist (target.object)
                                                        : H5I_INVALID_HID;
  if (creation < 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "%s: It is put together from “%s”, which is no dataset", path, dataset_name);
      return FALSE;
    }

  return check_sources (target.file, creation, depth + 1, path, error);
}

/* Reads the file and dataset names of a mapping; (transfer full). */
static gboolean
get_virtual_names (hid_t creation, gsize index, char **file_name, char **dataset_name)
{
  gssize file_size = H5Pget_virtual_filename (creation, index, NULL, 0);
  gssize dataset_size = H5Pget_virtual_dsetname (creation, index, NULL, 0);

  if (file_size < 0 || file_size >= MAX_NAME_SIZE || dataset_size < 0
      || dataset_size >= MAX_NAME_SIZE)
    return FALSE;

  *file_name = g_malloc0 ((gsize) file_size + 1);
  *dataset_name = g_malloc0 ((gsize) dataset_size + 1);

  return H5Pget_virtual_filename (creation, index, *file_name, (gsize) file_size + 1) >= 0
         && H5Pget_virtual_dsetname (creation, index, *dataset_name, (gsize) dataset_size + 1) >= 0;
}

static gboolean
check_virtual (AnnHdf5File *file, hid_t creation, guint depth, const char *path, GError **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  size_t n_sources = 0;

  if (H5Pget_virtual_count (creation, &n_sources) < 0 || n_sources > MAX_SOURCES)
    {
      _ann_hdf5_set_error (error, path, "What it is put together from cannot be told");
      return FALSE;
    }

  for (gsize i = 0; i < n_sources; i++)
    {
      g_autofree char *file_name = NULL;
      g_autofree char *dataset_name = NULL;

      if (!get_virtual_names (creation, i, &file_name, &dataset_name))
        {
          _ann_hdf5_set_error (error, path, "What it is put together from cannot be told");
          return FALSE;
        }
      if (!g_hash_table_add (seen, g_strconcat (file_name, "\n", dataset_name, NULL)))
        continue;
      if (!check_virtual_source (file, file_name, dataset_name, depth, path, error))
        return FALSE;
    }

  return TRUE;
}

/* Whether libhdf5 may read a dataset with @creation: it follows names into other files itself. */
static gboolean
check_sources (AnnHdf5File *file, hid_t creation, guint depth, const char *path, GError **error)
{
  if (depth > MAX_SOURCE_DEPTH)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: It is put together from datasets that are put together, too deep", path);
      return FALSE;
    }

  switch (get_layout (creation))
    {
    case ANN_LAYOUT_EXTERNAL:
      return check_external (file, creation, path, error);
    case ANN_LAYOUT_VIRTUAL:
      return check_virtual (file, creation, depth, path, error);
    case ANN_LAYOUT_CHUNKED:
    case ANN_LAYOUT_CONTIGUOUS:
    case ANN_LAYOUT_COMPACT:
    case ANN_LAYOUT_MEMORY:
    default:
      return TRUE;
    }
}

/* The fill value in native form if there is one that is not zero. */
static gboolean
get_fill_value (AnnHdf5Array *self, hid_t creation, guint8 *value)
{
  static const guint8 zero[16];
  H5D_fill_value_t state = H5D_FILL_VALUE_UNDEFINED;
  gsize size = ann_dtype_get_size (self->type.dtype);
  gboolean is_there = size > 0 && size <= sizeof zero && self->fields == NULL
                      && self->type.inner_rank == 0 && H5Pfill_value_defined (creation, &state) >= 0
                      && state == H5D_FILL_VALUE_USER_DEFINED
                      && H5Pget_fill_value (creation, self->memory, value) >= 0
                      && memcmp (value, zero, size) != 0;

  H5Eclear2 (H5E_DEFAULT);

  return is_there;
}

/* What is read from the dataset when it is opened; what of it does not stay in the array. */
typedef struct {
  AnnHdf5Pipeline pipeline;
  AnnLayout layout;
  guint rank;
  guint64 shape[ANN_MAX_RANK];
  guint64 chunk_shape[ANN_MAX_RANK];
  guint8 fill_value[16];
  gboolean has_fill_value;
} Description;

static void
description_clear (Description *self)
{
  _ann_hdf5_pipeline_clear (&self->pipeline);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Description, description_clear)

/* Where the elements of a dataset in one run lie, if they can be taken from there. */
static haddr_t
get_address (AnnHdf5Array *self, const Description *description)
{
  guint64 size = self->stored_item_size;
  gboolean is_text = self->type.dtype == ANN_DTYPE_STRING || self->type.dtype == ANN_DTYPE_BYTES;

  if (description->layout != ANN_LAYOUT_CONTIGUOUS
      || (!is_text && (self->fields != NULL || !self->type.is_native)))
    return HADDR_UNDEF;

  /* It is as large as we think, or we do not understand it. */
  for (guint i = 0; i < description->rank; i++)
    size *= description->shape[i];
  if (size == 0 || H5Dget_storage_size (self->dataset) != size)
    return HADDR_UNDEF;

  return H5Dget_offset (self->dataset);
}

/* Texts: the elements, or the references in them, are taken past libhdf5 where that is possible. */
static void
choose_way_to_texts (AnnHdf5Array *self, const Description *description, hid_t creation)
{
  H5D_fill_value_t fill = H5D_FILL_VALUE_ERROR;
  gboolean has_fill_value = H5Pfill_value_defined (creation, &fill) < 0
                            || fill == H5D_FILL_VALUE_USER_DEFINED;

  if ((self->type.dtype != ANN_DTYPE_STRING && self->type.dtype != ANN_DTYPE_BYTES)
      || _ann_hdf5_file_get_sizes (self->file)->address == 0)
    return;

  if (description->layout == ANN_LAYOUT_CHUNKED)
    self->takes_elements = description->pipeline.is_ours
                           && (self->type.is_variable || !has_fill_value);
  else
    self->takes_elements = self->address != HADDR_UNDEF;
  self->has_fill_text = has_fill_value && self->type.is_variable;
}

/* What an element that is an array has of its own: it is never cut into chunks. */
static void
add_inner_axes (AnnHdf5Array *self, Description *description)
{
  for (guint i = 0; i < self->type.inner_rank; i++)
    {
      description->shape[description->rank] = self->type.inner_shape[i];
      description->chunk_shape[description->rank] = self->type.inner_shape[i];
      description->rank++;
    }
}

static gboolean
read_shape (AnnHdf5Array *self, Description *description, const char *path, GError **error)
{
  g_auto (AnnHdf5Hid) space = H5Dget_space (self->dataset);
  hsize_t shape[H5S_MAX_RANK];
  int rank = space < 0 ? -1 : H5Sget_simple_extent_ndims (space);
  guint64 size = self->stored_item_size;

  if (rank < 0 || rank + self->type.inner_rank > ANN_MAX_RANK
      || (rank > 0 && H5Sget_simple_extent_dims (space, shape, NULL) < 0))
    {
      _ann_hdf5_set_error (error, path, "The shape cannot be read");
      return FALSE;
    }

  description->rank = (guint) rank;
  for (int i = 0; i < rank; i++)
    {
      description->shape[i] = shape[i];
      if (shape[i] > 0 && !g_uint64_checked_mul (&size, size, shape[i]))
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                       "%s: Its shape has more elements than can be counted", path);
          return FALSE;
        }
    }
  add_inner_axes (self, description);

  return TRUE;
}

static gboolean
read_chunking (AnnHdf5Array *self,
               Description *description,
               hid_t creation,
               const char *path,
               GError **error)
{
  hsize_t chunk_shape[H5S_MAX_RANK];
  unsigned options = 0;

  const guint rank = description->rank - self->type.inner_rank;

  if (H5Pget_chunk (creation, H5S_MAX_RANK, chunk_shape) != (int) rank)
    {
      _ann_hdf5_set_error (error, path, "The shape of its chunks cannot be read");
      return FALSE;
    }
  for (guint i = 0; i < rank; i++)
    {
      description->chunk_shape[i] = chunk_shape[i];
      if (chunk_shape[i] == 0)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "%s: Its chunks are empty", path);
          return FALSE;
        }
    }

  if (!_ann_hdf5_pipeline_init (&description->pipeline, creation, self->type.swap_size, path,
                                error))
    return FALSE;
  self->mask_shift = self->type.swap_size > 0 ? 1 : 0;
  self->chunks_are_plain = H5Pget_nfilters (creation) == 0;
  self->edges_are_plain = H5Pget_chunk_opts (creation, &options) >= 0
                          && (options & H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS) != 0;

  return TRUE;
}

static gboolean
read_description (AnnHdf5Array *self, Description *description, const char *path, GError **error)
{
  g_auto (AnnHdf5Hid) creation = H5Dget_create_plist (self->dataset);

  if (creation < 0)
    {
      _ann_hdf5_set_error (error, path, "The layout cannot be read");
      return FALSE;
    }

  description->layout = get_layout (creation);
  if (!read_shape (self, description, path, error)
      || !check_sources (self->file, creation, 0, path, error)
      || (description->layout == ANN_LAYOUT_CHUNKED
          && !read_chunking (self, description, creation, path, error)))
    return FALSE;

  self->address = get_address (self, description);
  choose_way_to_texts (self, description, creation);
  description->has_fill_value = get_fill_value (self, creation, description->fill_value);
  H5Eclear2 (H5E_DEFAULT);

  return TRUE;
}

/* Chunks are taken as they are stored if they can be decoded and are numbers in native form. */
static gboolean
reads_boxes (AnnHdf5Array *self, const Description *description)
{
  return description->layout != ANN_LAYOUT_CHUNKED || !description->pipeline.is_ours
         || self->fields != NULL || !self->type.is_native;
}

static gboolean
read_type (AnnHdf5Array *self, const char *path, GError **error)
{
  g_auto (AnnHdf5Hid) stored = H5Dget_type (self->dataset);
  g_auto (AnnHdf5Hid) own = H5I_INVALID_HID;
  guint address_size = _ann_hdf5_file_get_sizes (self->file)->address;

  if (stored > 0)
    own = get_field_type (stored, self->fields, address_size, &self->text_offset);

  if (!_ann_hdf5_type_init (&self->type, own, address_size, path, error))
    return FALSE;

  self->stored_item_size = _ann_hdf5_get_stored_size (stored, address_size);
  if (self->type.memory <= 0)
    return TRUE;

  self->memory = self->fields != NULL ? wrap_in_fields (self->type.memory, self->fields)
                                      : H5Tcopy (self->type.memory);
  if (self->memory < 0)
    {
      _ann_hdf5_set_error (error, path, "The type cannot be converted");
      return FALSE;
    }

  return TRUE;
}

/* Takes @fields. */
static AnnArray *
array_new (AnnHdf5File *file, hid_t dataset, char **fields, const char *path, GError **error)
{
  g_autoptr (AnnHdf5Array) self = g_object_new (ANN_TYPE_HDF5_ARRAY, NULL);
  g_auto (Description) description = { .pipeline = { NULL, TRUE } };
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  AnnArrayInfo info = { .path = path };

  self->file = _ann_hdf5_file_ref (file);
  self->fields = fields;
  H5Iinc_ref (dataset);
  self->dataset = dataset;
  if (!read_type (self, path, error) || !read_description (self, &description, path, error))
    return NULL;

  info.dtype = self->type.dtype;
  info.type_description = self->type.description;
  info.rank = description.rank;
  info.shape = description.shape;
  info.layout = description.layout;
  info.chunk_shape = info.layout == ANN_LAYOUT_CHUNKED ? description.chunk_shape : NULL;
  info.codecs = description.pipeline.codecs;
  info.reads_boxes = reads_boxes (self, &description);
  info.fill_value = description.has_fill_value ? description.fill_value : NULL;
  info.field_names = (const char *const *) self->type.field_names;
  _ann_array_set_info (ANN_ARRAY (self), &info);

  return ANN_ARRAY (g_steal_pointer (&self));
}

AnnArray *
_ann_hdf5_array_new (AnnHdf5File *file, hid_t dataset, const char *path, GError **error)
{
  return array_new (file, dataset, NULL, path, error);
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

  return array_new (self->file, self->dataset,
                    (char **) g_ptr_array_free (g_steal_pointer (&fields), FALSE), path, error);
}

static void
ann_hdf5_array_finalize (GObject *object)
{
  AnnHdf5Array *self = ANN_HDF5_ARRAY (object);

  _ann_hdf5_close (self->memory);
  _ann_hdf5_type_clear (&self->type);
  _ann_hdf5_close (self->dataset);
  g_clear_pointer (&self->fields, g_strfreev);
  g_clear_pointer (&self->file, _ann_hdf5_file_unref);

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
_ann_hdf5_array_init (AnnHdf5Array *self)
{
  self->dataset = H5I_INVALID_HID;
  self->memory = H5I_INVALID_HID;
  self->type.memory = H5I_INVALID_HID;
  self->address = HADDR_UNDEF;
}
