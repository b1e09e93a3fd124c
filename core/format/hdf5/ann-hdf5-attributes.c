/* ann-hdf5-attributes.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-attributes.h"

#include "base/ann-error-private.h"
#include "format/hdf5/ann-hdf5-btree2.h"
#include "format/hdf5/ann-hdf5-dataspace.h"
#include "format/hdf5/ann-hdf5-fractal-heap.h"
#include "format/hdf5/ann-hdf5-heap.h"
#include "format/hdf5/ann-hdf5-structure.h"
#include "format/hdf5/ann-hdf5-types.h"

#include <string.h>

/* A larger attribute is not read. The column order of a table with 100 000 columns has some 3 MB.
 */
#define MAX_ATTRIBUTE_SIZE ((gsize) 64 << 20)

#define TYPE_IS_SHARED 0x01
#define SPACE_IS_SHARED 0x02
#define HEAP_ID_SIZE 8

/* An attribute message, cut into its parts. After the HDF5 File Format Specification, IV.A.2.m. */
typedef struct {
  guint flags;
  const char *name;
  gsize name_size;
  AnnHdf5Cursor type;
  AnnHdf5Cursor space;
  AnnHdf5Cursor values;
} Parts;

/* In version 1 each part takes a multiple of 8 bytes. */
static gboolean
cut_part (AnnHdf5Cursor *message, guint version, gsize size, AnnHdf5Cursor *part)
{
  *part = *message;
  if (!_ann_hdf5_cursor_skip (message, version == 1 ? (size + 7) / 8 * 8 : size))
    return FALSE;
  part->end = part->at + size;

  return TRUE;
}

static gboolean
cut_parts (Parts *self, AnnHdf5Cursor message)
{
  guint16 name_size, type_size, space_size;
  AnnHdf5Cursor name;
  guint8 version, flags;

  if (!_ann_hdf5_cursor_get_u8 (&message, &version) || version < 1 || version > 3
      || !_ann_hdf5_cursor_get_u8 (&message, &flags)
      || !_ann_hdf5_cursor_get_u16 (&message, &name_size)
      || !_ann_hdf5_cursor_get_u16 (&message, &type_size)
      || !_ann_hdf5_cursor_get_u16 (&message, &space_size)
      || (version == 3 && !_ann_hdf5_cursor_skip (&message, 1))
      || !cut_part (&message, version, name_size, &name)
      || !cut_part (&message, version, type_size, &self->type)
      || !cut_part (&message, version, space_size, &self->space))
    return FALSE;

  self->flags = version == 1 ? 0 : flags;
  self->name = (const char *) name.at;
  self->name_size = strnlen (self->name, name_size);
  self->values = message;

  return TRUE;
}

/* An attribute with its type, shape and values. */
typedef struct {
  AnnHdf5Type type;
  AnnHdf5Dataspace space;
  gsize n_elements;
  const guint8 *values; /* as stored */
} Attribute;

static void
attribute_clear (Attribute *self)
{
  _ann_hdf5_type_clear (&self->type);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Attribute, attribute_clear)

/* What is being read: the attributes of one object. */
typedef struct {
  AnnHdf5File *file;
  const char *path;
  AnnHdf5Heap *heap;
  AnnHdf5FractalHeap *dense;
  GPtrArray *bodies; /* of AnnHdf5Body: all attribute messages */
  GCancellable *cancellable;
} Reader;

static gboolean
read_type (Attribute *self, Reader *reader, Parts *parts, GError **error)
{
  g_auto (AnnHdf5Body) body = { parts->type, NULL };
  g_autoptr (AnnHdf5Datatype) stored = NULL;

  if ((parts->flags & TYPE_IS_SHARED) != 0
      && !_ann_hdf5_body_init_shared (&body, reader->file, ANN_HDF5_MESSAGE_DATATYPE, &parts->type,
                                      "", reader->cancellable, error))
    return FALSE;

  stored = _ann_hdf5_datatype_new (&body.cursor, "", error);
  if (stored == NULL)
    return FALSE;
  _ann_hdf5_type_init (&self->type, stored);

  return TRUE;
}

static gboolean
read_space (Attribute *self, Reader *reader, Parts *parts, GError **error)
{
  g_auto (AnnHdf5Body) body = { parts->space, NULL };

  if ((parts->flags & SPACE_IS_SHARED) != 0
      && !_ann_hdf5_body_init_shared (&body, reader->file, ANN_HDF5_MESSAGE_DATASPACE,
                                      &parts->space, "", reader->cancellable, error))
    return FALSE;

  return _ann_hdf5_dataspace_init (&self->space, &body.cursor, "", error);
}

static gboolean
attribute_init (Attribute *self, Reader *reader, Parts *parts, GError **error)
{
  gsize item_size;

  if (!read_type (self, reader, parts, error) || !read_space (self, reader, parts, error))
    return FALSE;

  self->n_elements = self->space.is_null ? 0 : 1;
  for (guint i = 0; i < self->space.rank; i++)
    {
      if (!g_size_checked_mul (&self->n_elements, self->n_elements, self->space.shape[i]))
        self->n_elements = G_MAXSIZE;
    }

  item_size = MAX (self->type.stored->size, 16);
  if (self->n_elements > MAX_ATTRIBUTE_SIZE / item_size)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "is too large to be read");
      return FALSE;
    }
  if (!_ann_hdf5_cursor_get_bytes (&parts->values, self->n_elements * self->type.stored->size,
                                   &self->values))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "is damaged: it has not all its values");
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
      const char *text = (const char *) self->values + i * self->type.stored->size;
      gsize length;

      if (!self->type.is_variable)
        length = _ann_hdf5_type_get_text_length (&self->type, text);
      else
        {
          if (!_ann_hdf5_heap_get (heap, (const guint8 *) text, 1, &text, &length, error))
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

/* Returns: (nullable): the values; an empty list for nothing at all (a null dataspace) */
static AnnBuffer *
get_numbers (const Attribute *self, GError **error)
{
  static const guint64 nothing = 0;
  AnnBuffer *numbers = ann_buffer_new (self->type.dtype, self->space.is_null ? 1 : self->space.rank,
                                       self->space.is_null ? &nothing : self->space.shape, error);

  if (numbers != NULL)
    _ann_hdf5_type_convert (&self->type, self->values, self->type.stored->size, self->n_elements,
                            ann_buffer_get_data_for_writing (numbers));

  return numbers;
}

static gboolean
attribute_add_to (const Attribute *self,
                  AnnHdf5Heap *heap,
                  AnnAttributes *attributes,
                  const char *name,
                  GError **error)
{
  g_autoptr (AnnStrings) texts = NULL;
  g_autoptr (AnnBuffer) numbers = NULL;

  if (self->type.dtype == ANN_DTYPE_STRING || self->type.dtype == ANN_DTYPE_BYTES)
    {
      texts = get_texts (self, heap, error);
      if (texts == NULL)
        return FALSE;
      ann_attributes_add_texts (attributes, name, self->space.is_scalar, texts);
    }
  else if (ann_dtype_get_size (self->type.dtype) > 0)
    {
      numbers = get_numbers (self, error);
      if (numbers == NULL)
        return FALSE;
      ann_attributes_add_numbers (attributes, name, numbers);
    }
  else
    ann_attributes_add_unknown (attributes, name, self->type.description);

  return TRUE;
}

static void
body_free (gpointer data)
{
  _ann_hdf5_body_clear (data);
  g_free (data);
}

static void
add_body (Reader *reader, AnnHdf5Body *body)
{
  g_ptr_array_add (reader->bodies, g_memdup2 (body, sizeof *body));
}

/* A record of the index: where in the heap the message is, its flags, its order, its hash. */
static gboolean
note_record (AnnHdf5Cursor record, gpointer data, GError **error)
{
  Reader *reader = data;
  AnnHdf5Body body = { .owned = NULL };
  AnnHdf5Cursor message;
  const guint8 *id;
  guint8 flags;

  if (g_cancellable_set_error_if_cancelled (reader->cancellable, error))
    return FALSE;
  if (!_ann_hdf5_cursor_get_bytes (&record, HEAP_ID_SIZE, &id)
      || !_ann_hdf5_cursor_get_u8 (&record, &flags))
    return _ann_hdf5_set_damaged (error, reader->path, "list of attributes",
                                  "its index makes no sense");

  if ((flags & ANN_HDF5_MESSAGE_IS_SHARED) != 0
          ? !_ann_hdf5_body_init_from_heap (&body, reader->file, ANN_HDF5_MESSAGE_ATTRIBUTE, id,
                                            reader->path, reader->cancellable, error)
          : !_ann_hdf5_fractal_heap_get (reader->dense, id, HEAP_ID_SIZE, &message, error)
                || !_ann_hdf5_body_copy (&body, message, reader->path, error))
    return FALSE;
  add_body (reader, &body);

  return TRUE;
}

/* Attribute info: version, flags, perhaps the largest order so far, where heap and index are. */
static gboolean
note_dense (Reader *reader, const AnnHdf5Message *message, GError **error)
{
  AnnHdf5Cursor cursor = _ann_hdf5_file_get_cursor (reader->file, message->bytes, message->n_bytes);
  g_autoptr (AnnHdf5FractalHeap) heap = NULL;
  g_autoptr (AnnHdf5Btree2) index = NULL;
  guint64 heap_address, index_address;
  guint8 version, flags;

  if (!_ann_hdf5_cursor_get_u8 (&cursor, &version) || version != 0
      || !_ann_hdf5_cursor_get_u8 (&cursor, &flags)
      || ((flags & 1) != 0 && !_ann_hdf5_cursor_skip (&cursor, 2))
      || !_ann_hdf5_cursor_get_address (&cursor, &heap_address)
      || !_ann_hdf5_cursor_get_address (&cursor, &index_address))
    return _ann_hdf5_set_damaged (error, reader->path, "list of attributes",
                                  "it is not said where it is");
  if (heap_address == ANN_HDF5_NO_ADDRESS)
    return TRUE;

  heap = _ann_hdf5_fractal_heap_open (reader->file, heap_address, reader->path, reader->cancellable,
                                      error);
  if (heap == NULL)
    return FALSE;
  index = _ann_hdf5_btree2_open (reader->file, index_address, ANN_HDF5_BTREE2_ATTRIBUTE_NAMES,
                                 reader->path, reader->cancellable, error);
  if (index == NULL)
    return FALSE;
  reader->dense = heap;

  return _ann_hdf5_btree2_foreach (index, note_record, reader, reader->cancellable, error);
}

/* Collects the attribute messages: they are in the header, or in a heap of their own. */
static gboolean
note_messages (Reader *reader, const AnnHdf5Header *header, GError **error)
{
  for (guint i = 0; i < _ann_hdf5_header_get_n_messages (header); i++)
    {
      const AnnHdf5Message *message = _ann_hdf5_header_get_message (header, i);
      AnnHdf5Body body;

      if (message->type == ANN_HDF5_MESSAGE_ATTRIBUTE_INFO)
        {
          if (!note_dense (reader, message, error))
            return FALSE;
        }
      else if (message->type == ANN_HDF5_MESSAGE_ATTRIBUTE)
        {
          if (!_ann_hdf5_body_init (&body, reader->file, message, reader->path, reader->cancellable,
                                    error))
            return FALSE;
          add_body (reader, &body);
        }
    }

  return TRUE;
}

/* An attribute by its name, where it is told apart from the others. */
typedef struct {
  char *name;
  Parts parts;
} Named;

static void
named_clear (gpointer data)
{
  Named *named = data;

  g_free (named->name);
}

static int
compare_named (gconstpointer a, gconstpointer b)
{
  return strcmp (((const Named *) a)->name, ((const Named *) b)->name);
}

/* Cuts all messages that can be. Sorted by name. */
static GArray *
list_attributes (Reader *reader, const AnnHdf5Header *header, GError **error)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (Named));

  g_array_set_clear_func (list, named_clear);
  if (!note_messages (reader, header, error))
    return NULL;

  for (guint i = 0; i < reader->bodies->len; i++)
    {
      const AnnHdf5Body *body = g_ptr_array_index (reader->bodies, i);
      Named named;

      if (!cut_parts (&named.parts, body->cursor))
        {
          _ann_hdf5_set_damaged (error, reader->path, "list of attributes",
                                 "an attribute makes no sense");
          return NULL;
        }
      named.name = g_strndup (named.parts.name, named.parts.name_size);
      g_array_append_val (list, named);
    }
  g_array_sort (list, compare_named);

  return g_steal_pointer (&list);
}

static gboolean
add_attribute (Reader *reader, Named *named, AnnAttributes *attributes, GError **error)
{
  g_auto (Attribute) attribute = { .n_elements = 0 };

  return attribute_init (&attribute, reader, &named->parts, error)
         && attribute_add_to (&attribute, reader->heap, attributes, named->name, error);
}

AnnAttributes *
_ann_hdf5_read_attributes (AnnHdf5File *file,
                           const AnnHdf5Header *header,
                           const char *path,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (AnnAttributes) attributes = ann_attributes_new ();
  g_autoptr (AnnHdf5Heap) heap = _ann_hdf5_heap_new (file, path, cancellable);
  g_autoptr (GPtrArray) bodies = g_ptr_array_new_with_free_func (body_free);
  Reader reader = { file, path, heap, NULL, bodies, cancellable };
  g_autoptr (GArray) list = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  list = list_attributes (&reader, header, error);
  if (list == NULL)
    return NULL;

  for (guint i = 0; i < list->len; i++)
    {
      Named *named = &g_array_index (list, Named, i);
      g_autoptr (GError) attribute_error = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (add_attribute (&reader, named, attributes, &attribute_error))
        continue;
      if (!_ann_error_blames_store (attribute_error))
        {
          g_propagate_error (error, g_steal_pointer (&attribute_error));
          return NULL;
        }
      ann_attributes_add_unknown (attributes, named->name, attribute_error->message);
    }

  return g_steal_pointer (&attributes);
}

gboolean
_ann_hdf5_read_reference (AnnHdf5File *file,
                          const AnnHdf5Header *header,
                          const char *name,
                          guint64 *address,
                          const char *path,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (GPtrArray) bodies = g_ptr_array_new_with_free_func (body_free);
  Reader reader = { file, path, NULL, NULL, bodies, cancellable };
  g_autoptr (GArray) list = list_attributes (&reader, header, error);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      g_auto (Attribute) attribute = { .n_elements = 0 };
      Named *named = &g_array_index (list, Named, i);
      AnnHdf5Cursor value;

      if (strcmp (named->name, name) != 0)
        continue;
      if (!attribute_init (&attribute, &reader, &named->parts, error))
        return FALSE;

      value = _ann_hdf5_file_get_cursor (file, attribute.values,
                                         attribute.n_elements * attribute.type.stored->size);
      return attribute.type.stored->class == ANN_HDF5_CLASS_REFERENCE
             && attribute.type.stored->reference == ANN_HDF5_OBJECT_REFERENCE
             && attribute.n_elements == 1 && _ann_hdf5_cursor_get_address (&value, address);
    }

  return FALSE;
}
