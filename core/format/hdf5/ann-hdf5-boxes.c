/* ann-hdf5-boxes.c: boxes of values, out of stored elements
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-box-copy-private.h"
#include "base/ann-scratch-private.h"
#include "format/hdf5/ann-hdf5-array-private.h"

#include <string.h>

/* Makes the cell as large as the limit allows, innermost axis first: an axis is cut only if those
 * outside it have one index at a time.
 */
static void
choose_cell (AnnHdf5Pieces *self, const guint64 *chunk_shape, guint64 limit)
{
  guint rank = self->box.rank;
  guint64 size = 1;

  for (guint i = rank; i-- > 0;)
    {
      guint64 chunk = chunk_shape != NULL ? chunk_shape[i] : 1;

      self->origin[i] = self->box.start[i] - self->box.start[i] % chunk;
      self->cell[i] = 1;
    }

  for (guint i = rank; i-- > 0;)
    {
      guint64 extent = self->box.start[i] + self->box.count[i] - self->origin[i];
      guint64 wanted = (extent - 1) / self->cell[i] + 1;
      guint64 factor = MIN (MAX (limit / size, 1), wanted);

      if (chunk_shape != NULL && factor < wanted && factor > chunk_shape[i])
        factor -= factor % chunk_shape[i];
      self->cell[i] *= factor;
      size *= factor;
      if (factor < wanted)
        break;
    }
}

void
_ann_hdf5_pieces_init (AnnHdf5Pieces *self,
                       const AnnHdf5Dataset *dataset,
                       const AnnBox *box,
                       gsize limit)
{
  self->box = *box;
  self->is_done = FALSE;
  for (guint i = 0; i < box->rank; i++)
    {
      self->next[i] = box->start[i];
      self->is_done |= box->count[i] == 0;
    }
  if (!self->is_done)
    choose_cell (self,
                 dataset->layout.layout == ANN_LAYOUT_CHUNKED ? dataset->layout.chunk_shape : NULL,
                 MAX (limit, 1));
}

gboolean
_ann_hdf5_pieces_next (AnnHdf5Pieces *self, AnnBox *piece)
{
  guint axis = self->box.rank;

  if (self->is_done)
    return FALSE;

  piece->rank = self->box.rank;
  for (guint i = 0; i < self->box.rank; i++)
    {
      guint64 left = self->box.start[i] + self->box.count[i] - self->next[i];

      piece->start[i] = self->next[i];
      piece->count[i] = MIN (self->cell[i] - (self->next[i] - self->origin[i]) % self->cell[i],
                             left);
    }

  self->is_done = TRUE;
  while (self->is_done && axis-- > 0)
    {
      self->next[axis] += piece->count[axis];
      if (self->next[axis] < self->box.start[axis] + self->box.count[axis])
        self->is_done = FALSE;
      else
        self->next[axis] = self->box.start[axis];
    }

  return TRUE;
}

/* Where the values of a stored element are, of an array type: the box of its axes. */
typedef struct {
  AnnHdf5Array *array;
  AnnBox box;
  gsize n_values; /* in an element */
} Inner;

static void
inner_init (Inner *self, AnnHdf5Array *array, const AnnBox *box)
{
  self->array = array;
  self->box.rank = box->rank - array->n_outer_axes;
  for (guint i = 0; i < self->box.rank; i++)
    {
      self->box.start[i] = box->start[array->n_outer_axes + i];
      self->box.count[i] = box->count[array->n_outer_axes + i];
    }
  ann_box_get_n_elements (&self->box, &self->n_values);
}

/* Converts the values of one element: the last axis is a run. */
static void
inner_convert (const Inner *self, const guint8 *element, guint8 *to)
{
  const AnnHdf5Array *array = self->array;
  guint last = self->box.rank - 1;
  gsize stride = array->type.stored->size;
  gsize run_size = self->box.count[last] * ann_dtype_get_size (array->type.dtype);
  guint64 index[ANN_MAX_RANK] = { 0 };

  do
    {
      guint64 place = 0;

      for (guint i = 0; i <= last; i++)
        place = place * array->inner_shape[i] + self->box.start[i] + (i < last ? index[i] : 0);
      _ann_hdf5_type_convert (&array->type, element + array->offset + place * stride, stride,
                              self->box.count[last], to);
      to += run_size;
    }
  while (_ann_box_next_index (last, index, self->box.count));
}

static void
convert_piece (const Inner *inner, const guint8 *elements, gsize n, guint8 *to)
{
  const AnnHdf5Array *array = inner->array;
  gsize item_size = array->dataset->stored->size;
  gsize step = inner->n_values * ann_dtype_get_size (array->type.dtype);

  if (inner->box.rank == 0)
    _ann_hdf5_type_convert (&array->type, elements + array->offset, item_size, n, to);
  else
    for (gsize i = 0; i < n; i++)
      inner_convert (inner, elements + i * item_size, to + i * step);
}

static gboolean
read_converted (AnnHdf5Array *self,
                const AnnBox *box,
                guint8 *values,
                GCancellable *cancellable,
                GError **error)
{
  gsize item_size = self->dataset->stored->size;
  g_auto (AnnScratch) elements = { NULL, 0 };
  AnnBox outer = *box;
  AnnHdf5Pieces pieces;
  AnnBox piece;
  Inner inner;

  outer.rank = self->n_outer_axes;
  inner_init (&inner, self, box);
  _ann_hdf5_pieces_init (&pieces, self->dataset, &outer, ANN_HDF5_PIECE_SIZE / item_size);
  while (_ann_hdf5_pieces_next (&pieces, &piece))
    {
      gsize n = 0;

      ann_box_get_n_elements (&piece, &n);
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !_ann_scratch_reserve (&elements, n * item_size, error)
          || !_ann_hdf5_dataset_read (self->dataset, &piece, elements.data, cancellable, error))
        return FALSE;
      convert_piece (&inner, elements.data, n, values);
      values += n * inner.n_values * ann_dtype_get_size (self->type.dtype);
    }

  return TRUE;
}

gboolean
_ann_hdf5_array_read_box (AnnArray *array,
                          const AnnBox *box,
                          gpointer values,
                          GCancellable *cancellable,
                          GError **error)
{
  AnnHdf5Array *self = ANN_HDF5_ARRAY (array);
  gsize n_elements;

  if (ann_dtype_get_size (self->type.dtype) == 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: Values of the type %s cannot be read", ann_array_get_path (array),
                   self->type.description);
      return FALSE;
    }
  if (!ann_box_get_n_elements (box, &n_elements) || n_elements == 0)
    return TRUE;

  if (!self->is_in_one_run)
    return _ann_hdf5_dataset_check_readable (self->dataset, error)
           && read_converted (self, box, values, cancellable, error);

  if (!_ann_hdf5_dataset_read_run (self->dataset, box, values, cancellable, error))
    return FALSE;
  _ann_hdf5_type_convert (&self->type, values, self->dataset->stored->size, n_elements, values);

  return TRUE;
}
