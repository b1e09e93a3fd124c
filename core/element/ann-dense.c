/* ann-dense.c: numbers with any number of axes
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-element-private.h"

#include "array/ann-array-runs-private.h"
#include "array/ann-time-type-private.h"
#include "base/ann-error.h"

#include <string.h>

#define ANN_TYPE_DENSE (ann_dense_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnDense, ann_dense, ANN, DENSE, AnnElement)

struct _AnnDense {
  AnnElement parent_instance;

  AnnArray *array;
};

typedef struct {
  AnnElementClass parent_class;
} AnnDenseClass;

G_DEFINE_FINAL_TYPE (AnnDense, ann_dense, ANN_TYPE_ELEMENT)

static AnnBlock *
ann_dense_read_rows (AnnElement *element,
                     guint64 start,
                     guint64 count,
                     GCancellable *cancellable,
                     GError **error)
{
  AnnDense *self = ANN_DENSE (element);
  g_autoptr (AnnBlock) block = NULL;
  AnnBox box;

  _ann_element_init_rows_box (&box, self->array, start, count);
  block = ann_block_new (start, count, ann_element_get_width (element));
  block->values = ann_array_read (self->array, &box, cancellable, error);
  if (block->values == NULL)
    return NULL;

  return g_steal_pointer (&block);
}

typedef struct {
  guint8 *to; /* columns × n_rows */
  gsize item_size;
  guint64 n_rows;
  guint64 first_column;
} Turning;

#define TURN_CASE(SIZE, CTYPE)                                                                     \
  case SIZE:                                                                                       \
    for (guint64 row = 0; row < n_rows; row++)                                                     \
      for (guint64 column = 0; column < n_columns; column++)                                       \
        ((CTYPE *) to)[column * stride + row] = ((const CTYPE *) from)[row * n_columns + column];  \
    break;

typedef struct {
  guint64 halves[2];
} Wide;

/* Puts a piece of rows into place as columns: pieces do not overlap, so threads need no lock. */
static gboolean
turn_piece (const AnnBox *box, gconstpointer values, gpointer user_data, GError **error)
{
  const Turning *turning = user_data;
  const guint64 n_rows = box->count[0];
  const guint64 n_columns = box->count[1];
  const guint64 stride = turning->n_rows;
  const void *from = values;
  void *to = turning->to
             + ((box->start[1] - turning->first_column) * stride + box->start[0])
                   * turning->item_size;

  switch (turning->item_size)
    {
      TURN_CASE (1, guint8)
      TURN_CASE (2, guint16)
      TURN_CASE (4, guint32)
      TURN_CASE (8, guint64)
      TURN_CASE (16, Wide)
    default:
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "A type of an unknown size");
      return FALSE;
    }

  return TRUE;
}

static AnnBlock *
ann_dense_read_columns (AnnElement *element,
                        guint64 start,
                        guint64 count,
                        GCancellable *cancellable,
                        GError **error)
{
  AnnDense *self = ANN_DENSE (element);
  const guint64 *shape = ann_array_get_shape (self->array);
  const AnnBox box = { 2, { 0, start }, { shape[0], count } };
  const guint64 turned_shape[] = { count, shape[0] };
  AnnDtype dtype = ann_array_get_dtype (self->array);
  g_autoptr (AnnBlock) block = NULL;
  Turning turning;

  block = ann_block_new (start, count, shape[0]);
  if (ann_array_get_rank (self->array) == 1) /* it is the one column, if any */
    {
      block->values = ann_array_read_range (self->array, 0, count > 0 ? shape[0] : 0, cancellable,
                                            error);
      return block->values != NULL ? g_steal_pointer (&block) : NULL;
    }

  block->values = ann_buffer_new (dtype, 2, turned_shape, error);
  if (block->values == NULL)
    return NULL;

  turning = (Turning){
    .to = ann_buffer_get_data_for_writing (block->values),
    .item_size = ann_dtype_get_size (dtype),
    .n_rows = shape[0],
    .first_column = start,
  };
  if (!ann_array_scan (self->array, &box, turn_piece, &turning, cancellable, error))
    return NULL;

  return g_steal_pointer (&block);
}

static AnnBlock *
ann_dense_read (AnnElement *element,
                AnnSelection *rows,
                AnnSelection *columns,
                GCancellable *cancellable,
                GError **error)
{
  AnnSelection *const selections[] = { rows, columns };
  g_autoptr (AnnBlock) block = NULL;

  block = ann_block_new (0, ann_selection_get_length (rows),
                         columns != NULL ? ann_selection_get_length (columns)
                                         : ann_element_get_width (element));
  block->values = _ann_array_read_selections (ANN_DENSE (element)->array, selections,
                                              columns != NULL ? 2 : 1, cancellable, error);
  if (block->values == NULL)
    return NULL;

  return g_steal_pointer (&block);
}

static void
ann_dense_list_arrays (AnnElement *element, GPtrArray *arrays)
{
  g_ptr_array_add (arrays, g_object_ref (ANN_DENSE (element)->array));
}

static void
ann_dense_finalize (GObject *object)
{
  g_clear_object (&ANN_DENSE (object)->array);

  G_OBJECT_CLASS (ann_dense_parent_class)->finalize (object);
}

static void
ann_dense_class_init (AnnDenseClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_dense_finalize;
  element_class->read_rows = ann_dense_read_rows;
  element_class->read_columns = ann_dense_read_columns;
  element_class->read = ann_dense_read;
  element_class->list_arrays = ann_dense_list_arrays;
}

static void
ann_dense_init (G_GNUC_UNUSED AnnDense *self)
{
}

static AnnElement *
dense_new (const AnnElementSource *source,
           AnnArray *array,
           guint rank,
           const guint64 *shape,
           GError **error)
{
  AnnDense *self;

  if (!_ann_element_check_codecs (array, error))
    return NULL;

  self = g_object_new (ANN_TYPE_DENSE, NULL);
  self->array = g_object_ref (array);
  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = source,
                                                 .kind = ANN_ELEMENT_DENSE,
                                                 .dtype = ann_array_get_dtype (array),
                                                 .time_type = _ann_array_get_time_type (array),
                                                 .rank = rank,
                                                 .shape = shape,
                                             });

  return ANN_ELEMENT (self);
}

/* @array: of numbers, with at least one axis. */
AnnElement *
_ann_dense_new (const AnnElementSource *source, AnnArray *array, GError **error)
{
  return dense_new (source, array, ann_array_get_rank (array), ann_array_get_shape (array), error);
}

AnnElement *
_ann_dense_new_column (const AnnElementSource *source, AnnArray *array, GError **error)
{
  const guint64 shape[] = { ann_array_get_length (array), 1 };

  return dense_new (source, array, 2, shape, error);
}
