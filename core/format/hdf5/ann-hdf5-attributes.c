/* ann-hdf5-attributes.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-attributes.h"

#include "format/hdf5/ann-hdf5-heap.h"
#include "format/hdf5/ann-hdf5-lock.h"
#include "format/hdf5/ann-hdf5-types.h"

#include <string.h>

/* A larger attribute is not read: libhdf5 takes it as a whole. The column order of a table with
 * 100 000 columns has some 3 MB.
 */
#define MAX_ATTRIBUTE_SIZE ((gsize) 64 << 20)

/* An attribute with its type, shape and values as libhdf5 gives them. */
typedef struct {
  AnnHdf5Hid id;
  AnnHdf5Type type;
  H5S_class_t space_class;
  guint rank;
  guint64 shape[H5S_MAX_RANK];
  gsize n_elements;
  char *texts;        /* or references to them, side by side */
  AnnBuffer *numbers; /* an empty list for nothing at all (a null dataspace) */
} Attribute;

static void
attribute_clear (Attribute *self)
{
  _ann_hdf5_type_clear (&self->type);
  _ann_hdf5_close (self->id);
  g_free (self->texts);
  g_clear_pointer (&self->numbers, ann_buffer_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Attribute, attribute_clear)

static gboolean
attribute_open (Attribute *self, hid_t object, const char *name, guint address_size, GError **error)
{
  g_auto (AnnHdf5Hid) type = H5I_INVALID_HID;
  g_auto (AnnHdf5Hid) space = H5I_INVALID_HID;
  hsize_t shape[H5S_MAX_RANK];
  gsize item_size;
  int rank;

  self->id = H5Aopen (object, name, H5P_DEFAULT);
  if (self->id < 0)
    {
      _ann_hdf5_set_error (error, "", "cannot be opened");
      return FALSE;
    }

  type = H5Aget_type (self->id);
  if (!_ann_hdf5_type_init (&self->type, type, address_size, "", error))
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
  item_size = MAX (H5Tget_size (type), MAX (self->type.string_size, 16));
  if (self->n_elements > MAX_ATTRIBUTE_SIZE / item_size)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "is too large to be read");
      return FALSE;
    }

  return TRUE;
}

/* Fetches the values; those of a type that has no place here are left alone. */
static gboolean
attribute_read (Attribute *self, GError **error)
{
  static const guint64 nothing = 0;
  gboolean is_null = self->space_class == H5S_NULL;
  void *values;

  if (self->type.memory <= 0)
    return TRUE;

  if (ann_dtype_get_size (self->type.dtype) == 0)
    values = self->texts = g_try_malloc0 (MAX (self->n_elements * self->type.string_size, 1));
  else
    {
      self->numbers = ann_buffer_new (self->type.dtype, is_null ? 1 : self->rank,
                                      is_null ? &nothing : self->shape, error);
      if (self->numbers == NULL)
        return FALSE;
      values = ann_buffer_get_data_for_writing (self->numbers);
    }
  if (values == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "is too large to be read");
      return FALSE;
    }
  if (self->n_elements > 0 && H5Aread (self->id, self->type.memory, values) < 0)
    {
      _ann_hdf5_set_error (error, "", "cannot be read");
      return FALSE;
    }

  return TRUE;
}

static AnnStrings *
get_texts (const Attribute *self, AnnHdf5Heap *heap, GError **error)
{
  g_autoptr (AnnStrings) result = ann_strings_new ();
  gsize n_bytes = 0;

  for (gsize i = 0; i < self->n_elements; i++)
    {
      const char *text = self->texts + i * self->type.string_size;
      gsize length;

      if (!self->type.is_variable)
        length = _ann_hdf5_type_get_text_length (&self->type, text);
      else
        {
          if (!_ann_hdf5_heap_get (heap, (const guint8 *) text, &text, &length, error))
            return NULL;
          length = text != NULL ? strnlen (text, length) : 0;
        }

      n_bytes += length;
      if (n_bytes > MAX_ATTRIBUTE_SIZE)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "is too large to be read");
          return NULL;
        }
      if (!ann_strings_append (result, text, (gssize) length, error))
        return NULL;
    }

  return g_steal_pointer (&result);
}

/* Outside the lock: the heap is read by address. */
static gboolean
attribute_add_to (const Attribute *self,
                  AnnHdf5Heap *heap,
                  AnnAttributes *attributes,
                  const char *name,
                  GError **error)
{
  g_autoptr (AnnStrings) texts = NULL;

  if (self->numbers != NULL)
    ann_attributes_add_numbers (attributes, name, self->numbers);
  else if (self->texts == NULL)
    ann_attributes_add_unknown (attributes, name, self->type.description);
  else
    {
      texts = get_texts (self, heap, error);
      if (texts == NULL)
        return FALSE;
      ann_attributes_add_texts (attributes, name, self->space_class == H5S_SCALAR, texts);
    }

  return TRUE;
}

static gboolean
add_attribute (AnnAttributes *attributes,
               AnnHdf5Heap *heap,
               hid_t object,
               const char *name,
               guint address_size,
               GError **error)
{
  g_auto (Attribute) attribute = { .id = H5I_INVALID_HID, .type.memory = H5I_INVALID_HID };

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

    if (!attribute_open (&attribute, object, name, address_size, error)
        || !attribute_read (&attribute, error))
      return FALSE;
  }

  return attribute_add_to (&attribute, heap, attributes, name, error);
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
_ann_hdf5_read_attributes (AnnHdf5File *file,
                           hid_t object,
                           const char *path,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (AnnAttributes) attributes = ann_attributes_new ();
  g_autoptr (AnnHdf5Heap) heap = _ann_hdf5_heap_new (file, path);
  guint address_size = _ann_hdf5_file_get_sizes (file)->address;
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

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (!add_attribute (attributes, heap, object, name, address_size, &attribute_error))
        ann_attributes_add_unknown (attributes, name, attribute_error->message);
    }

  return g_steal_pointer (&attributes);
}
