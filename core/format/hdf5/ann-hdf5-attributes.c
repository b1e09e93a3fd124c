/* ann-hdf5-attributes.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-attributes.h"

#include "format/hdf5/ann-hdf5-lock.h"
#include "format/hdf5/ann-hdf5-types.h"

#include <string.h>

/* A larger attribute is not read: libhdf5 takes it as a whole. The column order of a table with
 * 100 000 columns has some 3 MB.
 */
#define MAX_ATTRIBUTE_SIZE ((gsize) 64 << 20)

/* An attribute with its type and shape. */
typedef struct {
  AnnHdf5Hid id;
  AnnHdf5Type type;
  H5S_class_t space_class;
  guint rank;
  guint64 shape[H5S_MAX_RANK];
  gsize n_elements;
} Attribute;

static void
attribute_clear (Attribute *self)
{
  _ann_hdf5_type_clear (&self->type);
  _ann_hdf5_close (self->id);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Attribute, attribute_clear)

static gboolean
attribute_open (Attribute *self, hid_t object, const char *name, GError **error)
{
  g_auto (AnnHdf5Hid) type = H5I_INVALID_HID;
  g_auto (AnnHdf5Hid) space = H5I_INVALID_HID;
  hsize_t shape[H5S_MAX_RANK];
  int rank;

  self->id = H5Aopen (object, name, H5P_DEFAULT);
  if (self->id < 0)
    {
      _ann_hdf5_set_error (error, "", "cannot be opened");
      return FALSE;
    }

  type = H5Aget_type (self->id);
  if (!_ann_hdf5_type_init (&self->type, type, "", error))
    return FALSE;

  space = H5Aget_space (self->id);
  self->space_class = space < 0 ? H5S_NO_CLASS : H5Sget_simple_extent_type (space);
  rank = self->space_class == H5S_SIMPLE ? H5Sget_simple_extent_dims (space, shape, NULL) : 0;
  if (self->space_class == H5S_NO_CLASS || rank < 0 || rank > ANN_MAX_RANK)
    {
      _ann_hdf5_set_error (error, "", "has no shape that can be read");
      return FALSE;
    }

  self->rank = (guint) rank;
  self->n_elements = self->space_class == H5S_NULL ? 0 : 1;
  for (guint i = 0; i < self->rank; i++)
    {
      self->shape[i] = shape[i];
      if (!g_size_checked_mul (&self->n_elements, self->n_elements, (gsize) shape[i]))
        self->n_elements = G_MAXSIZE;
    }
  if (self->n_elements > MAX_ATTRIBUTE_SIZE / MAX (H5Tget_size (type), sizeof (char *)))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "is too large to be read");
      return FALSE;
    }

  return TRUE;
}

static gboolean
add_texts_of_variable_length (AnnAttributes *attributes,
                              const char *name,
                              const Attribute *attribute,
                              GError **error)
{
  g_autofree char **values = g_new0 (char *, MAX (attribute->n_elements, 1)); /* bounded above */
  g_autoptr (AnnStrings) texts = ann_strings_new ();
  /* One axis, whatever the attribute has: H5Dvlen_reclaim () divides by zero at rank 32. */
  const hsize_t length = MAX (attribute->n_elements, 1);
  g_auto (AnnHdf5Hid) space = H5Screate_simple (1, &length, NULL);
  gboolean is_whole = TRUE;

  if (attribute->n_elements > 0 && H5Aread (attribute->id, attribute->type.memory, values) < 0)
    {
      _ann_hdf5_set_error (error, "", "cannot be read");
      return FALSE;
    }

  for (gsize i = 0; i < attribute->n_elements && is_whole; i++)
    is_whole = ann_strings_append (texts, values[i], -1, error);
  if (attribute->n_elements > 0)
    H5Dvlen_reclaim (attribute->type.memory, space, H5P_DEFAULT, values);
  if (!is_whole)
    return FALSE;

  ann_attributes_add_texts (attributes, name, attribute->space_class == H5S_SCALAR, texts);

  return TRUE;
}

static gboolean
add_texts_of_fixed_length (AnnAttributes *attributes,
                           const char *name,
                           const Attribute *attribute,
                           GError **error)
{
  const AnnHdf5Type *type = &attribute->type;
  g_autofree char *bytes = g_try_malloc0 (MAX (attribute->n_elements * type->string_size, 1));
  g_autoptr (AnnStrings) texts = ann_strings_new ();

  if (bytes == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "is too large to be read");
      return FALSE;
    }
  if (attribute->n_elements > 0 && H5Aread (attribute->id, type->memory, bytes) < 0)
    {
      _ann_hdf5_set_error (error, "", "cannot be read");
      return FALSE;
    }

  for (gsize i = 0; i < attribute->n_elements; i++)
    {
      const char *text = bytes + i * type->string_size;

      if (!ann_strings_append (texts, text, (gssize) _ann_hdf5_type_get_text_length (type, text),
                               error))
        return FALSE;
    }
  ann_attributes_add_texts (attributes, name, attribute->space_class == H5S_SCALAR, texts);

  return TRUE;
}

/* Nothing at all (a null dataspace) becomes an empty list. */
static gboolean
add_numbers (AnnAttributes *attributes,
             const char *name,
             const Attribute *attribute,
             GError **error)
{
  static const guint64 nothing = 0;
  gboolean is_null = attribute->space_class == H5S_NULL;
  g_autoptr (AnnBuffer) numbers = ann_buffer_new (attribute->type.dtype,
                                                  is_null ? 1 : attribute->rank,
                                                  is_null ? &nothing : attribute->shape, error);

  if (numbers == NULL)
    return FALSE;
  if (attribute->n_elements > 0
      && H5Aread (attribute->id, attribute->type.memory, ann_buffer_get_data_for_writing (numbers))
             < 0)
    {
      _ann_hdf5_set_error (error, "", "cannot be read");
      return FALSE;
    }
  ann_attributes_add_numbers (attributes, name, numbers);

  return TRUE;
}

static gboolean
add_attribute (AnnAttributes *attributes, hid_t object, const char *name, GError **error)
{
  g_auto (Attribute) attribute = { .id = H5I_INVALID_HID, .type.memory = H5I_INVALID_HID };

  if (!attribute_open (&attribute, object, name, error))
    return FALSE;

  switch (attribute.type.dtype)
    {
    case ANN_DTYPE_STRING:
    case ANN_DTYPE_BYTES:
      return attribute.type.is_variable
                 ? add_texts_of_variable_length (attributes, name, &attribute, error)
                 : add_texts_of_fixed_length (attributes, name, &attribute, error);
    case ANN_DTYPE_RECORD:
    case ANN_DTYPE_OTHER:
      ann_attributes_add_unknown (attributes, name, attribute.type.description);
      return TRUE;
    case ANN_DTYPE_BOOL:
    case ANN_DTYPE_INT8:
    case ANN_DTYPE_INT16:
    case ANN_DTYPE_INT32:
    case ANN_DTYPE_INT64:
    case ANN_DTYPE_UINT8:
    case ANN_DTYPE_UINT16:
    case ANN_DTYPE_UINT32:
    case ANN_DTYPE_UINT64:
    case ANN_DTYPE_FLOAT16:
    case ANN_DTYPE_FLOAT32:
    case ANN_DTYPE_FLOAT64:
    case ANN_DTYPE_COMPLEX64:
    case ANN_DTYPE_COMPLEX128:
    default:
      return add_numbers (attributes, name, &attribute, error);
    }
}

static herr_t
note_name (hid_t object G_GNUC_UNUSED,
           const char *name,
           const H5A_info_t *info G_GNUC_UNUSED,
           void *user_data)
{
  g_ptr_array_add (user_data, g_strdup (name));

  return 0;
}

/* The names that can be had: of a damaged object there may be some. */
static GPtrArray *
list_names (hid_t object, const char *path, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  if (H5Aiterate2 (object, H5_INDEX_NAME, H5_ITER_INC, NULL, note_name, names) < 0)
    {
      _ann_hdf5_set_error (error, path, "The attributes cannot be listed");
      return NULL;
    }

  return g_steal_pointer (&names);
}

AnnAttributes *
_ann_hdf5_read_attributes (hid_t object,
                           const char *path,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (AnnAttributes) attributes = ann_attributes_new ();
  g_autoptr (GPtrArray) names = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  names = list_names (object, path, error);
  if (names == NULL)
    return NULL;

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autoptr (GError) attribute_error = NULL;
      g_autoptr (AnnHdf5Lock) lock = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;

      lock = _ann_hdf5_lock ();
      if (!add_attribute (attributes, object, name, &attribute_error))
        ann_attributes_add_unknown (attributes, name, attribute_error->message);
    }

  return g_steal_pointer (&attributes);
}
