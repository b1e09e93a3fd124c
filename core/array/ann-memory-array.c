/* ann-memory-array.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-memory-array.h"

#include "array/ann-array-private.h"
#include "array/ann-box-copy-private.h"

/**
 * AnnMemoryArray:
 *
 * An array whose values are in memory: what a computation made, or a test.
 */
struct _AnnMemoryArray {
  AnnArray parent_instance;
  AnnBuffer *values; /* one of the two */
  AnnStrings *texts;
};

typedef struct {
  AnnArrayClass parent_class;
} AnnMemoryArrayClass;

G_DEFINE_FINAL_TYPE (AnnMemoryArray, ann_memory_array, ANN_TYPE_ARRAY)

static gboolean
ann_memory_array_read_box (AnnArray *array,
                           const AnnBox *box,
                           gpointer values,
                           G_GNUC_UNUSED GCancellable *cancellable,
                           G_GNUC_UNUSED GError **error)
{
  static const guint64 origin[ANN_MAX_RANK];
  AnnMemoryArray *self = ANN_MEMORY_ARRAY (array);

  _ann_box_copy (box->rank, ann_dtype_get_size (ann_array_get_dtype (array)), box->count,
                 ann_buffer_get_data (self->values), ann_buffer_get_shape (self->values),
                 box->start, values, box->count, origin);

  return TRUE;
}

static AnnStrings *
ann_memory_array_read_strings (AnnArray *array,
                               const AnnBox *box,
                               G_GNUC_UNUSED GCancellable *cancellable,
                               GError **error)
{
  AnnMemoryArray *self = ANN_MEMORY_ARRAY (array);
  g_autoptr (AnnStrings) texts = ann_strings_new ();

  for (guint64 i = 0; i < box->count[0]; i++)
    {
      gsize length;
      const char *text = ann_strings_get (self->texts, box->start[0] + i, &length);

      if (!ann_strings_append (texts, text, length, error))
        return NULL;
    }

  return g_steal_pointer (&texts);
}

static gboolean
ann_memory_array_get_stored_size (G_GNUC_UNUSED AnnArray *array,
                                  guint64 *stored_size,
                                  G_GNUC_UNUSED GCancellable *cancellable,
                                  G_GNUC_UNUSED GError **error)
{
  *stored_size = 0;

  return TRUE;
}

static void
ann_memory_array_finalize (GObject *object)
{
  AnnMemoryArray *self = ANN_MEMORY_ARRAY (object);

  g_clear_pointer (&self->values, ann_buffer_unref);
  g_clear_pointer (&self->texts, ann_strings_unref);

  G_OBJECT_CLASS (ann_memory_array_parent_class)->finalize (object);
}

static void
ann_memory_array_class_init (AnnMemoryArrayClass *klass)
{
  AnnArrayClass *array_class = ANN_ARRAY_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_memory_array_finalize;
  array_class->read_box = ann_memory_array_read_box;
  array_class->read_strings = ann_memory_array_read_strings;
  array_class->get_stored_size = ann_memory_array_get_stored_size;
}

static void
ann_memory_array_init (G_GNUC_UNUSED AnnMemoryArray *self)
{
}

/**
 * ann_memory_array_new:
 * @values: (transfer none): numbers, which nobody changes from now on
 *
 * Returns: (transfer full): an array of them, in their shape
 */
AnnArray *
ann_memory_array_new (AnnBuffer *values)
{
  AnnMemoryArray *self;
  AnnArrayInfo info;

  g_return_val_if_fail (values != NULL, NULL);

  self = g_object_new (ANN_TYPE_MEMORY_ARRAY, NULL);
  self->values = ann_buffer_ref (values);
  info = (AnnArrayInfo){ .path = "memory",
                         .dtype = ann_buffer_get_dtype (values),
                         .rank = ann_buffer_get_rank (values),
                         .shape = ann_buffer_get_shape (values),
                         .layout = ANN_LAYOUT_MEMORY };
  _ann_array_set_info (ANN_ARRAY (self), &info);

  return ANN_ARRAY (self);
}

/**
 * ann_memory_array_new_strings:
 * @texts: (transfer none): texts, which nobody changes from now on
 *
 * Returns: (transfer full): an array of them, with one axis
 */
AnnArray *
ann_memory_array_new_strings (AnnStrings *texts)
{
  AnnMemoryArray *self;
  AnnArrayInfo info;
  guint64 length;

  g_return_val_if_fail (texts != NULL, NULL);

  self = g_object_new (ANN_TYPE_MEMORY_ARRAY, NULL);
  self->texts = ann_strings_ref (texts);
  length = ann_strings_get_length (texts);
  info = (AnnArrayInfo){ .path = "memory",
                         .dtype = ANN_DTYPE_STRING,
                         .is_variable = TRUE,
                         .rank = 1,
                         .shape = &length,
                         .layout = ANN_LAYOUT_MEMORY };
  _ann_array_set_info (ANN_ARRAY (self), &info);

  return ANN_ARRAY (self);
}
