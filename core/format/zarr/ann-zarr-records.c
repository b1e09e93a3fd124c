/* ann-zarr-records.c: values that are cut out of stored ones
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-array-private.h"

#include "array/ann-box-copy-private.h"
#include "base/ann-error.h"

#include <string.h>

/* Stored bytes that are in memory at once, unless a single value has more. */
#define MAX_PIECE ((gsize) 4 * 1024 * 1024)

/* After so many values, whether somebody has cancelled is looked at. */
#define VALUES_PER_LOOK 4096

/* What is needed while a box is read. */
typedef struct {
  AnnZarrArray *array;
  AnnBox inner; /* of the axes of an array in each record */
  AnnZarrValueFunc func;
  gpointer user_data;
} Reader;

/* The values of one record: one, or those of a box of its axes. */
static gboolean
take_record (const Reader *reader, const guint8 *record, GError **error)
{
  const AnnZarrArray *self = reader->array;
  guint64 index[ANN_MAX_RANK] = { 0 };

  do
    {
      guint64 place = 0;

      for (guint i = 0; i < self->inner_rank; i++)
        place = place * self->inner_shape[i] + reader->inner.start[i] + index[i];
      if (!reader->func (record + self->offset + place * self->type->size, reader->user_data,
                         error))
        return FALSE;
    }
  while (_ann_box_next_index (self->inner_rank, index, reader->inner.count));

  return TRUE;
}

/* The records of @outer, whose bytes fit into memory. */
static gboolean
take_piece (const Reader *reader, const AnnBox *outer, GCancellable *cancellable, GError **error)
{
  const AnnZarrArray *self = reader->array;
  const gsize size = self->metadata->type->size;
  const guint last = MAX (self->rank, 1) - 1;
  g_autoptr (AnnBuffer) bytes = NULL;
  AnnBox box = *outer;
  gsize n;

  if (self->rank == 0)
    box = (AnnBox){ 1, { 0 }, { 1 } };
  box.start[last] *= size;
  box.count[last] *= size;
  bytes = ann_array_read (self->stored, &box, cancellable, error);
  if (bytes == NULL)
    return FALSE;

  n = ann_buffer_get_size (bytes) / size;
  for (gsize i = 0; i < n; i++)
    {
      if (i % VALUES_PER_LOOK == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (!take_record (reader, (const guint8 *) ann_buffer_get_data (bytes) + i * size, error))
        return FALSE;
    }

  return TRUE;
}

/* Cuts @outer into pieces of whole rows that are small enough, as far as that goes. */
static gboolean
take_pieces (const Reader *reader,
             const AnnBox *outer,
             guint axis,
             GCancellable *cancellable,
             GError **error)
{
  gsize size = MAX (reader->array->metadata->type->size, 1);
  guint64 n_rows;
  AnnBox piece = *outer;

  for (guint i = axis + 1; i < outer->rank; i++)
    {
      if (!g_size_checked_mul (&size, size, outer->count[i]))
        size = G_MAXSIZE;
    }
  if (axis >= outer->rank)
    return take_piece (reader, outer, cancellable, error);

  n_rows = size > MAX_PIECE ? 1 : MAX (MAX_PIECE / size, 1);
  for (guint64 done = 0; done < outer->count[axis]; done += n_rows)
    {
      piece.start[axis] = outer->start[axis] + done;
      piece.count[axis] = MIN (n_rows, outer->count[axis] - done);
      if (size > MAX_PIECE ? !take_pieces (reader, &piece, axis + 1, cancellable, error)
                           : !take_piece (reader, &piece, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

/* Values that have no bytes need not be read. */
static gboolean
take_nothing (const Reader *reader, const AnnBox *outer, GError **error)
{
  gsize n = 0;

  (void) ann_box_get_n_elements (outer, &n);
  for (gsize i = 0; i < n; i++)
    {
      if (!take_record (reader, (const guint8 *) "", error))
        return FALSE;
    }

  return TRUE;
}

gboolean
_ann_zarr_records_foreach (AnnZarrArray *self,
                           const AnnBox *box,
                           AnnZarrValueFunc func,
                           gpointer user_data,
                           GCancellable *cancellable,
                           GError **error)
{
  Reader reader = { .array = self, .func = func, .user_data = user_data };
  AnnBox outer = *box;

  outer.rank = self->rank;
  for (guint i = 0; i < self->inner_rank; i++)
    {
      reader.inner.start[i] = box->start[self->rank + i];
      reader.inner.count[i] = box->count[self->rank + i];
    }
  if (self->stored == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s: values of type %s cannot be read",
                   ann_array_get_path (ANN_ARRAY (self)), self->type->description);
      return FALSE;
    }
  if (self->metadata->type->size == 0)
    return take_nothing (&reader, &outer, error);

  return take_pieces (&reader, &outer, 0, cancellable, error);
}

/* --- Fields that are numbers --- */

typedef struct {
  const AnnZarrType *type;
  guint8 *next;
} Sink;

static gboolean
take_number (const guint8 *value, gpointer user_data, G_GNUC_UNUSED GError **error)
{
  Sink *sink = user_data;

  _ann_zarr_type_convert (sink->type, value, sink->type->size, 1, sink->next);
  sink->next += sink->type->size;

  return TRUE;
}

gboolean
_ann_zarr_array_read_box (AnnArray *array,
                          const AnnBox *box,
                          gpointer values,
                          GCancellable *cancellable,
                          GError **error)
{
  AnnZarrArray *self = ANN_ZARR_ARRAY (array);
  gsize n;

  if (ann_box_get_n_elements (box, &n) && n == 0)
    return TRUE;

  return _ann_zarr_records_foreach (self, box, take_number, &(Sink){ self->type, values },
                                    cancellable, error);
}
