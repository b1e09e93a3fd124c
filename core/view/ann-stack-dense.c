/* ann-stack-dense.c: dense matrices that are joined to one
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "view/ann-stack-private.h"

#include "base/ann-buffer-private.h"

#include <string.h>

#define ANN_TYPE_STACK_DENSE (ann_stack_dense_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnStackDense, ann_stack_dense, ANN, STACK_DENSE, AnnElement)

struct _AnnStackDense {
  AnnElement parent_instance;

  AnnStack stack;
};

typedef struct {
  AnnElementClass parent_class;
} AnnStackDenseClass;

G_DEFINE_FINAL_TYPE (AnnStackDense, ann_stack_dense, ANN_TYPE_ELEMENT)

typedef struct {
  guint64 halves[2];
} Wide;

/* Puts cells of one row where @table says, @inner values each. */
#define SCATTER_CASE(SIZE, CTYPE)                                                                  \
  case SIZE:                                                                                       \
    for (guint64 i = 0; i < n; i++)                                                                \
      {                                                                                            \
        if (table[i] < 0)                                                                          \
          continue;                                                                                \
        for (guint64 k = 0; k < inner; k++)                                                        \
          ((CTYPE *) to)[(guint64) table[i] * inner + k] = ((const CTYPE *) from)[i * inner + k];  \
      }                                                                                            \
    break;

static void
scatter_row (gpointer to,
             gconstpointer from,
             const gint32 *table,
             guint64 n,
             guint64 inner,
             gsize item_size)
{
  switch (item_size)
    {
      SCATTER_CASE (1, guint8)
      SCATTER_CASE (2, guint16)
      SCATTER_CASE (4, guint32)
      SCATTER_CASE (8, guint64)
      SCATTER_CASE (16, Wide)
    default:
      g_return_if_reached ();
    }
}

static gboolean
put_piece (const AnnStack *stack, const AnnPiece *piece, AnnBlock *to, GError **error)
{
  const gsize item_size = ann_dtype_get_size (stack->dtype);
  const guint64 from_stride = piece->block->width * item_size;
  const guint64 to_stride = to->width * item_size;
  guint8 *target = ann_buffer_get_data_for_writing (to->values);
  g_autoptr (AnnBuffer) values = ann_buffer_convert (piece->block->values, stack->dtype, error);
  const guint8 *from;

  if (values == NULL)
    return FALSE;

  from = ann_buffer_get_data (values);
  for (guint64 i = 0; i < piece->block->count; i++)
    {
      const guint64 place = piece->rows.places != NULL ? piece->rows.places[i]
                                                       : piece->rows.start + i;
      guint8 *row = target + place * to_stride;

      if (piece->column_table != NULL)
        scatter_row (row, from + i * from_stride, piece->column_table,
                     piece->block->width / MAX (stack->inner, 1), stack->inner, item_size);
      else if (from_stride > 0)
        memcpy (row + piece->column_start * stack->inner * item_size, from + i * from_stride,
                from_stride);
    }

  return TRUE;
}

static gboolean
fill_values (const AnnStack *stack, AnnBuffer *values, GError **error)
{
  const gsize n = ann_buffer_get_n_elements (values);
  const gsize item_size = ann_dtype_get_size (stack->dtype);
  guint8 *to = ann_buffer_get_data_for_writing (values);
  g_autoptr (AnnBuffer) fill = ann_buffer_new_vector (ANN_DTYPE_FLOAT64, 1, error);
  g_autoptr (AnnBuffer) item = NULL;

  if (fill == NULL)
    return FALSE;
  *(double *) ann_buffer_get_data_for_writing (fill) = stack->fill;
  item = ann_buffer_convert (fill, stack->dtype, error);
  if (item == NULL)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    memcpy (to + i * item_size, ann_buffer_get_data (item), item_size);

  return TRUE;
}

/* The values of a piece that is all of the request, as they were read. */
static AnnBuffer *
take_whole (const AnnStack *stack, GArray *pieces, const AnnBlock *block)
{
  const AnnPiece *piece = &g_array_index (pieces, AnnPiece, 0);

  if (pieces->len != 1 || piece->block == NULL || piece->rows.places != NULL
      || piece->column_table != NULL || piece->block->count != block->count
      || piece->block->width != block->width
      || ann_buffer_get_dtype (piece->block->values) != stack->dtype)
    return NULL;

  return ann_buffer_ref (piece->block->values);
}

static gboolean
has_gaps (GArray *pieces)
{
  for (guint i = 0; i < pieces->len; i++)
    {
      const AnnPiece *piece = &g_array_index (pieces, AnnPiece, i);

      if (piece->n_gap_rows > 0 && piece->n_gap_columns > 0)
        return TRUE;
    }

  return FALSE;
}

static AnnBlock *
ann_stack_dense_read (AnnElement *element,
                      AnnSelection *rows,
                      AnnSelection *columns,
                      GCancellable *cancellable,
                      GError **error)
{
  const AnnStack *stack = &ANN_STACK_DENSE (element)->stack;
  const guint64 width = columns != NULL ? ann_selection_get_length (columns)
                                        : ann_element_get_width (element);
  g_autoptr (GArray) pieces = NULL;
  g_autoptr (AnnBlock) block = ann_block_new (0, ann_selection_get_length (rows), width);
  const guint64 shape[] = { block->count, width };

  pieces = _ann_stack_read_pieces (stack, rows, columns, cancellable, error);
  if (pieces == NULL)
    return NULL;
  block->values = take_whole (stack, pieces, block);
  if (block->values != NULL)
    return g_steal_pointer (&block);

  block->values = _ann_buffer_new_unset (stack->dtype, 2, shape, error);
  if (block->values == NULL || (has_gaps (pieces) && !fill_values (stack, block->values, error)))
    return NULL;
  for (guint i = 0; i < pieces->len; i++)
    {
      AnnPiece *piece = &g_array_index (pieces, AnnPiece, i);

      if (piece->block != NULL && !put_piece (stack, piece, block, error))
        return NULL;
      g_clear_pointer (&piece->block, ann_block_unref);
    }

  return g_steal_pointer (&block);
}

static AnnBlock *
ann_stack_dense_read_rows (AnnElement *element,
                           guint64 start,
                           guint64 count,
                           GCancellable *cancellable,
                           GError **error)
{
  g_autoptr (AnnSelection) rows = NULL;
  AnnBlock *block;

  rows = ann_selection_new_range (start, count, 1, ann_element_get_n_rows (element), error);
  block = rows != NULL ? ann_stack_dense_read (element, rows, NULL, cancellable, error) : NULL;
  if (block != NULL)
    block->start = start;

  return block;
}

#define TURN_CASE(SIZE, CTYPE)                                                                     \
  case SIZE:                                                                                       \
    for (guint64 row = 0; row < n_rows; row++)                                                     \
      for (guint64 column = 0; column < n_columns; column++)                                       \
        ((CTYPE *) to)[column * n_rows + row] = ((const CTYPE *) from)[row * n_columns + column];  \
    break;

static void
turn_values (gpointer to, gconstpointer from, guint64 n_rows, guint64 n_columns, gsize item_size)
{
  switch (item_size)
    {
      TURN_CASE (1, guint8)
      TURN_CASE (2, guint16)
      TURN_CASE (4, guint32)
      TURN_CASE (8, guint64)
      TURN_CASE (16, Wide)
    default:
      g_return_if_reached ();
    }
}

static AnnBlock *
ann_stack_dense_read_columns (AnnElement *element,
                              guint64 start,
                              guint64 count,
                              GCancellable *cancellable,
                              GError **error)
{
  const AnnStack *stack = &ANN_STACK_DENSE (element)->stack;
  const guint64 shape[] = { count, stack->n_rows };
  g_autoptr (AnnSelection) all = ann_selection_new_all (stack->n_rows);
  g_autoptr (AnnSelection) columns = NULL;
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (AnnBlock) turned = ann_block_new (start, count, stack->n_rows);

  columns = ann_selection_new_range (start, count, 1, stack->n_columns, error);
  if (columns == NULL)
    return NULL;
  block = ann_stack_dense_read (element, all, columns, cancellable, error);
  if (block == NULL)
    return NULL;
  turned->values = _ann_buffer_new_unset (stack->dtype, 2, shape, error);
  if (turned->values == NULL)
    return NULL;
  turn_values (ann_buffer_get_data_for_writing (turned->values),
               ann_buffer_get_data (block->values), stack->n_rows, count,
               ann_dtype_get_size (stack->dtype));

  return g_steal_pointer (&turned);
}

static void
ann_stack_dense_finalize (GObject *object)
{
  _ann_stack_clear (&ANN_STACK_DENSE (object)->stack);

  G_OBJECT_CLASS (ann_stack_dense_parent_class)->finalize (object);
}

static void
ann_stack_dense_class_init (AnnStackDenseClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_stack_dense_finalize;
  element_class->read_rows = ann_stack_dense_read_rows;
  element_class->read_columns = ann_stack_dense_read_columns;
  element_class->read = ann_stack_dense_read;
}

static void
ann_stack_dense_init (G_GNUC_UNUSED AnnStackDense *self)
{
}

AnnElement *
_ann_stack_dense_new (AnnStack *stack, guint rank, const guint64 *shape)
{
  AnnStackDense *self = g_object_new (ANN_TYPE_STACK_DENSE, NULL);
  const AnnElementSource source = { .path = stack->path };

  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = &source,
                                                 .kind = ANN_ELEMENT_DENSE,
                                                 .dtype = stack->dtype,
                                                 .time_type = stack->dtype == ANN_DTYPE_INT64
                                                                  ? _ann_stack_find_time_type (
                                                                      stack->parts, stack->n_parts)
                                                                  : NULL,
                                                 .rank = rank,
                                                 .shape = shape,
                                             });
  self->stack = *stack;
  *stack = (AnnStack){ 0 };

  return ANN_ELEMENT (self);
}

const AnnStack *
_ann_stack_dense_get (AnnElement *element)
{
  return ANN_IS_STACK_DENSE (element) ? &ANN_STACK_DENSE (element)->stack : NULL;
}
