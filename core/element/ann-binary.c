/* ann-binary.c: values that are runs of bytes: opaque ones, and sequences of numbers
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-binary.h"

#include "element/ann-element-private.h"

#include "base/ann-error.h"
#include "element/ann-cell.h"

#include <string.h>

/* A value of more bytes is not written out: the text would be several times as long. */
#define MAX_SHOWN ((gsize) 16 << 20)

/* After so many, whether somebody has cancelled is looked at. */
#define VALUES_PER_LOOK 256

struct _AnnBinary {
  AnnElement parent_instance;

  AnnArray *array;
};

typedef struct {
  AnnElementClass parent_class;
} AnnBinaryClass;

G_DEFINE_FINAL_TYPE (AnnBinary, ann_binary, ANN_TYPE_ELEMENT)

static void
append_hex (GString *text, const char *bytes, gsize length)
{
  static const char digits[] = "0123456789abcdef";

  for (gsize i = 0; i < length; i++)
    {
      g_string_append_c (text, digits[(guint8) bytes[i] >> 4]);
      g_string_append_c (text, digits[(guint8) bytes[i] & 0x0f]);
    }
}

/* As nested lists are written: no blanks. */
static void
append_list (GString *text, AnnDtype dtype, const char *bytes, gsize length)
{
  gsize size = ann_dtype_get_size (dtype);
  guint64 number[2]; /* for the alignment */

  g_string_append_c (text, '[');
  for (gsize i = 0; i + size <= length; i += size)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      memcpy (number, bytes + i, size);
      ann_cell_append_number (text, dtype, number);
    }
  g_string_append_c (text, ']');
}

/* Returns: (transfer full): what people can read of @values, which came from @array */
static AnnStrings *
write_texts (AnnArray *array, AnnStrings *values, GCancellable *cancellable, GError **error)
{
  AnnDtype dtype = ann_array_get_dtype (array);
  g_autoptr (AnnStrings) texts = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (dtype != ANN_DTYPE_OPAQUE && dtype != ANN_DTYPE_SEQUENCE)
    return ann_strings_ref (values);

  texts = ann_strings_new ();
  for (gsize i = 0; i < ann_strings_get_length (values); i++)
    {
      gsize length;
      const char *bytes = ann_strings_get (values, i, &length);

      if (i % VALUES_PER_LOOK == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return NULL;
      if (length > MAX_SHOWN)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                       "%s: has a value of %" G_GSIZE_FORMAT
                       " bytes, which is too long to be written out",
                       ann_array_get_path (array), length);
          return NULL;
        }

      g_string_truncate (text, 0);
      if (dtype == ANN_DTYPE_OPAQUE)
        append_hex (text, bytes, length);
      else
        append_list (text, ann_array_get_item_dtype (array), bytes, length);
      if (!ann_strings_append (texts, text->str, (gssize) text->len, error))
        return NULL;
    }

  return g_steal_pointer (&texts);
}

/**
 * ann_binary_read_texts: (skip)
 * @array: an array whose values come as strings
 * @box: which of them, within its shape
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Reads values as people read them: opaque ones as two hexadecimal digits a byte, sequences as
 * their numbers in brackets, `[1,2.5]`, texts as they are. [method@Ann.Array.read_strings] gives
 * the bytes.
 *
 * Fails with `ANN_ERROR_TOO_LARGE` for a single value of more than 16 MiB, and as reading does.
 * Any thread; waits for the disk.
 *
 * Returns: (transfer full): as many texts as @box has elements, in C order, or %NULL with @error
 * set
 */
AnnStrings *
ann_binary_read_texts (AnnArray *array,
                       const AnnBox *box,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (AnnStrings) values = ann_array_read_strings (array, box, cancellable, error);

  return values != NULL ? write_texts (array, values, cancellable, error) : NULL;
}

static AnnBlock *
ann_binary_read_rows (AnnElement *element,
                      guint64 start,
                      guint64 count,
                      GCancellable *cancellable,
                      GError **error)
{
  AnnBinary *self = ANN_BINARY (element);
  g_autoptr (AnnBlock) block = ann_block_new (start, count, ann_element_get_width (element));
  AnnBox box;

  /* A scalar is one row, but has no axis along which none of it could be read. */
  if (count == 0)
    {
      block->texts = ann_strings_new ();
      return g_steal_pointer (&block);
    }

  _ann_element_init_rows_box (&box, self->array, start, count);
  block->texts = ann_binary_read_texts (self->array, &box, cancellable, error);
  if (block->texts == NULL)
    return NULL;

  return g_steal_pointer (&block);
}

static void
ann_binary_list_arrays (AnnElement *element, GPtrArray *arrays)
{
  g_ptr_array_add (arrays, g_object_ref (ANN_BINARY (element)->array));
}

static void
ann_binary_finalize (GObject *object)
{
  g_clear_object (&ANN_BINARY (object)->array);

  G_OBJECT_CLASS (ann_binary_parent_class)->finalize (object);
}

static void
ann_binary_class_init (AnnBinaryClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_binary_finalize;
  element_class->read_rows = ann_binary_read_rows;
  element_class->list_arrays = ann_binary_list_arrays;
}

static void
ann_binary_init (G_GNUC_UNUSED AnnBinary *self)
{
}

/* @array: of opaque values or of sequences. */
AnnElement *
_ann_binary_new (const AnnElementSource *source, AnnArray *array, GError **error)
{
  AnnDtype dtype = ann_array_get_dtype (array);
  AnnBinary *self;

  if (!_ann_element_check_codecs (array, error))
    return NULL;

  self = g_object_new (ANN_TYPE_BINARY, NULL);
  self->array = g_object_ref (array);
  _ann_element_set_info (
      ANN_ELEMENT (self),
      &(AnnElementInfo){
          .source = source,
          .kind = dtype == ANN_DTYPE_OPAQUE ? ANN_ELEMENT_BYTES : ANN_ELEMENT_SEQUENCES,
          .dtype = dtype,
          .rank = ann_array_get_rank (array),
          .shape = ann_array_get_shape (array),
      });

  return ANN_ELEMENT (self);
}
