/* ann-scalar.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-scalar.h"

#include "array/ann-memory-array.h"
#include "array/ann-time-type-private.h"
#include "element/ann-cell.h"
#include "element/ann-element-private.h"

#include <string.h>

/**
 * AnnScalar:
 *
 * One text or one number: `string`, `numeric-scalar`, `bytes`.
 */
struct _AnnScalar {
  AnnElement parent_instance;

  AnnArray *array; /* of one element */
};

typedef struct {
  AnnElementClass parent_class;
} AnnScalarClass;

G_DEFINE_FINAL_TYPE (AnnScalar, ann_scalar, ANN_TYPE_ELEMENT)

static gboolean
is_text (AnnDtype dtype)
{
  return dtype == ANN_DTYPE_STRING || dtype == ANN_DTYPE_BYTES;
}

static AnnBlock *
ann_scalar_read_rows (AnnElement *element,
                      guint64 start,
                      guint64 count,
                      GCancellable *cancellable,
                      GError **error)
{
  AnnScalar *self = ANN_SCALAR (element);
  g_autoptr (AnnBlock) block = ann_block_new (start, count, 1);
  gboolean text = is_text (ann_array_get_dtype (self->array));
  AnnBox box;

  if (count == 0)
    {
      if (text)
        block->texts = ann_strings_new ();
      else
        block->values = ann_buffer_new_vector (ann_array_get_dtype (self->array), 0, error);
      return block->texts == NULL && block->values == NULL ? NULL : g_steal_pointer (&block);
    }

  ann_box_init_whole (&box, ann_array_get_rank (self->array), ann_array_get_shape (self->array));
  if (text)
    block->texts = ann_array_read_strings (self->array, &box, cancellable, error);
  else
    block->values = ann_array_read (self->array, &box, cancellable, error);
  if (block->texts == NULL && block->values == NULL)
    return NULL;

  return g_steal_pointer (&block);
}

static void
ann_scalar_list_arrays (AnnElement *element, GPtrArray *arrays)
{
  g_ptr_array_add (arrays, g_object_ref (ANN_SCALAR (element)->array));
}

static void
ann_scalar_finalize (GObject *object)
{
  g_clear_object (&ANN_SCALAR (object)->array);

  G_OBJECT_CLASS (ann_scalar_parent_class)->finalize (object);
}

static void
ann_scalar_class_init (AnnScalarClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_scalar_finalize;
  element_class->read_rows = ann_scalar_read_rows;
  element_class->list_arrays = ann_scalar_list_arrays;
}

static void
ann_scalar_init (G_GNUC_UNUSED AnnScalar *self)
{
}

/* @array: of one element, with any number of axes. */
AnnElement *
_ann_scalar_new (const AnnElementSource *source, AnnArray *array, GError **error)
{
  AnnDtype dtype = ann_array_get_dtype (array);
  AnnScalar *self;

  if (!_ann_element_check_codecs (array, error))
    return NULL;

  self = g_object_new (ANN_TYPE_SCALAR, NULL);
  self->array = g_object_ref (array);
  _ann_element_set_info (ANN_ELEMENT (self),
                         &(AnnElementInfo){
                             .source = source,
                             .kind = is_text (dtype) ? ANN_ELEMENT_STRING : ANN_ELEMENT_NUMBER,
                             .dtype = dtype,
                             .time_type = _ann_array_get_time_type (array),
                         });

  return ANN_ELEMENT (self);
}

AnnElement *
_ann_scalar_new_vector (const AnnElementSource *source,
                        AnnArray *array,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (AnnElement) scalar = _ann_scalar_new (source, array, error);
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (AnnBuffer) values = NULL;
  g_autoptr (AnnArray) vector = NULL;

  if (scalar != NULL)
    block = ann_element_read_rows (scalar, 0, 1, cancellable, error);
  if (block == NULL)
    return NULL;

  if (block->texts != NULL)
    vector = ann_memory_array_new_strings (block->texts);
  else
    values = ann_buffer_new_vector (ann_buffer_get_dtype (block->values), 1, error);
  if (values != NULL)
    {
      memcpy (ann_buffer_get_data_for_writing (values), ann_buffer_get_data (block->values),
              ann_buffer_get_size (values));
      vector = ann_memory_array_new (values);
    }

  return vector != NULL ? _ann_array_element_new (source, vector, error) : NULL;
}

/**
 * ann_scalar_read_text:
 * @self: a scalar
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Reads the value as text: a text with U+FFFD for what is not UTF-8, a number as
 * [func@Ann.cell_append_number] writes it.
 *
 * Returns: (transfer full): the text, or %NULL with @error set
 */
char *
ann_scalar_read_text (AnnScalar *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (GString) text = NULL;

  g_return_val_if_fail (ANN_IS_SCALAR (self), NULL);

  block = ann_element_read_rows (ANN_ELEMENT (self), 0, 1, cancellable, error);
  if (block == NULL)
    return NULL;
  if (block->texts != NULL)
    return ann_strings_dup_utf8 (block->texts, 0);

  text = g_string_new (NULL);
  ann_cell_append_value (text, block, NULL, 0, 0);

  return g_string_free (g_steal_pointer (&text), FALSE);
}
