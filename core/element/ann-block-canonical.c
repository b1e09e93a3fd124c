/* ann-block-canonical.c: a sparse block with sorted indices, each once in its row
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-block.h"

#include "base/ann-buffer-private.h"
#include "base/ann-error.h"

#include <stdlib.h>
#include <string.h>

/* An entry of a row on its way to its place. */
typedef struct {
  gint64 index;
  guint64 entry;
} Place;

typedef struct {
  const AnnBlock *block;
  const guint8 *values;
  AnnDtype dtype;
  gsize value_size;
  gint64 *indices; /* of all entries; becomes those of the result, from the start on */
  guint8 *sums;    /* likewise */
  guint64 n_kept;
} Merge;

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const Place *one = a;
  const Place *other = b;

  if (one->index != other->index)
    return one->index < other->index ? -1 : 1;

  return one->entry < other->entry ? -1 : 1;
}

static gboolean
is_canonical (const guint64 *pointers, guint64 n_rows, const gint64 *indices)
{
  for (guint64 row = 0; row < n_rows; row++)
    {
      for (guint64 i = pointers[row] + 1; i < pointers[row + 1]; i++)
        {
          if (indices[i] <= indices[i - 1])
            return FALSE;
        }
    }

  return TRUE;
}

#define ADD_CASE(DTYPE, CTYPE)                                                                     \
  case DTYPE:                                                                                      \
    {                                                                                              \
      CTYPE a, b;                                                                                  \
                                                                                                   \
      memcpy (&a, sum, sizeof a);                                                                  \
      memcpy (&b, value, sizeof b);                                                                \
      a = (CTYPE) (a + b);                                                                         \
      memcpy (sum, &a, sizeof a);                                                                  \
      return;                                                                                      \
    }

/* As NumPy adds: integers wrap around, bools are or-ed. */
static void
add_value (AnnDtype dtype, guint8 *sum, const guint8 *value)
{
  float halves[2];
  guint16 half;

  switch ((int) dtype)
    {
    case ANN_DTYPE_BOOL:
      *sum |= *value;
      return;

      ADD_CASE (ANN_DTYPE_INT8, guint8) /* of unsigned ones: there it is no error */
      ADD_CASE (ANN_DTYPE_INT16, guint16)
      ADD_CASE (ANN_DTYPE_INT32, guint32)
      ADD_CASE (ANN_DTYPE_INT64, guint64)
      ADD_CASE (ANN_DTYPE_UINT8, guint8)
      ADD_CASE (ANN_DTYPE_UINT16, guint16)
      ADD_CASE (ANN_DTYPE_UINT32, guint32)
      ADD_CASE (ANN_DTYPE_UINT64, guint64)
      ADD_CASE (ANN_DTYPE_FLOAT32, float)
      ADD_CASE (ANN_DTYPE_FLOAT64, double)

    case ANN_DTYPE_FLOAT16:
      ann_dtype_to_float (dtype, sum, 1, &halves[0]);
      ann_dtype_to_float (dtype, value, 1, &halves[1]);
      half = _ann_float_to_half (halves[0] + halves[1]);
      memcpy (sum, &half, sizeof half);
      return;

    case ANN_DTYPE_COMPLEX64:
      add_value (ANN_DTYPE_FLOAT32, sum, value);
      add_value (ANN_DTYPE_FLOAT32, sum + sizeof (float), value + sizeof (float));
      return;

    case ANN_DTYPE_COMPLEX128:
      add_value (ANN_DTYPE_FLOAT64, sum, value);
      add_value (ANN_DTYPE_FLOAT64, sum + sizeof (double), value + sizeof (double));
      return;

    default:
      g_return_if_reached ();
    }
}

/* Puts the @n entries of a row, sorted, behind what is kept already. Never before its reader: a row
 * has no more entries than before, and its own are in @places.
 */
static void
merge_row (Merge *merge, const Place *places, guint64 n)
{
  for (guint64 i = 0; i < n; i++)
    {
      const guint8 *value = merge->values + places[i].entry * merge->value_size;

      if (i > 0 && places[i].index == places[i - 1].index)
        {
          add_value (merge->dtype, merge->sums + (merge->n_kept - 1) * merge->value_size, value);
          continue;
        }
      merge->indices[merge->n_kept] = places[i].index;
      memcpy (merge->sums + merge->n_kept * merge->value_size, value, merge->value_size);
      merge->n_kept++;
    }
}

static gboolean
merge_rows (Merge *merge, guint64 *pointers, GError **error)
{
  const guint64 *old = ann_buffer_get_data (merge->block->indptr);
  g_autofree Place *places = NULL;
  guint64 n_most = 1;

  for (guint64 row = 0; row < merge->block->count; row++)
    n_most = MAX (n_most, old[row + 1] - old[row]);
  places = g_try_new (Place, n_most);
  if (places == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "No memory to sort a row of %" G_GUINT64_FORMAT " entries", n_most);
      return FALSE;
    }

  for (guint64 row = 0; row < merge->block->count; row++)
    {
      const guint64 n = old[row + 1] - old[row];
      gboolean is_sorted = TRUE;

      for (guint64 i = 0; i < n; i++)
        {
          places[i] = (Place){ merge->indices[old[row] + i], old[row] + i };
          is_sorted &= i == 0 || places[i].index >= places[i - 1].index;
        }
      if (!is_sorted)
        qsort (places, n, sizeof (Place), compare_places);
      merge_row (merge, places, n);
      pointers[row + 1] = merge->n_kept;
    }

  return TRUE;
}

/* @all: what is there; the first @n of it in a buffer of their own. */
static AnnBuffer *
shorten (AnnDtype dtype, gconstpointer all, guint64 n, GError **error)
{
  AnnBuffer *buffer = ann_buffer_new_vector (dtype, n, error);

  if (buffer != NULL && n > 0)
    memcpy (ann_buffer_get_data_for_writing (buffer), all, n * ann_dtype_get_size (dtype));

  return buffer;
}

/* Indices in the type that they had. */
static AnnBuffer *
narrow_indices (AnnDtype dtype, const gint64 *indices, guint64 n, GError **error)
{
  AnnBuffer *buffer = ann_buffer_new_vector (dtype, n, error);
  const gsize size = ann_dtype_get_size (dtype);
  guint8 *to;

  if (buffer == NULL)
    return NULL;

  to = ann_buffer_get_data_for_writing (buffer);
  for (guint64 i = 0; i < n; i++)
    {
      const guint64 index = (guint64) indices[i];
      const guint32 four = (guint32) index;
      const guint16 two = (guint16) index;
      const guint8 one = (guint8) index;

      memcpy (to + i * size,
              size == 8   ? (gconstpointer) &index
              : size == 4 ? (gconstpointer) &four
              : size == 2 ? (gconstpointer) &two
                          : (gconstpointer) &one,
              size);
    }

  return buffer;
}

/**
 * ann_block_canonicalize:
 * @self: a block
 * @error: return location for an `ANN_ERROR_TOO_LARGE`
 *
 * Sorts the entries of each row by their indices and adds up those that have the same, as NumPy
 * adds: integers wrap around. Zeros that are stored stay.
 *
 * Returns: (transfer full): a new block, or @self if there is nothing to do, as with a block that
 *   is not sparse; %NULL with @error set
 */
AnnBlock *
ann_block_canonicalize (AnnBlock *self, GError **error)
{
  g_autoptr (AnnBlock) result = NULL;
  g_autofree gint64 *indices = NULL;
  g_autoptr (AnnBuffer) sums = NULL;
  guint64 n;
  Merge merge;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!ann_block_is_sparse (self))
    return ann_block_ref (self);

  n = ann_buffer_get_n_elements (self->indices);
  indices = g_try_new (gint64, MAX (n, 1));
  if (indices == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "No memory to sort %" G_GUINT64_FORMAT " entries", n);
      return NULL;
    }
  ann_dtype_to_int64 (ann_buffer_get_dtype (self->indices), ann_buffer_get_data (self->indices), n,
                      indices);
  if (is_canonical (ann_buffer_get_data (self->indptr), self->count, indices))
    return ann_block_ref (self);

  sums = ann_buffer_new_vector (ann_buffer_get_dtype (self->values), n, error);
  if (sums == NULL)
    return NULL;
  merge = (Merge){ .block = self,
                   .values = ann_buffer_get_data (self->values),
                   .dtype = ann_buffer_get_dtype (self->values),
                   .value_size = ann_dtype_get_size (ann_buffer_get_dtype (self->values)),
                   .indices = indices,
                   .sums = ann_buffer_get_data_for_writing (sums) };

  result = ann_block_new (self->start, self->count, self->width);
  result->indptr = ann_buffer_new_vector (ANN_DTYPE_UINT64, self->count + 1, error);
  if (result->indptr == NULL
      || !merge_rows (&merge, ann_buffer_get_data_for_writing (result->indptr), error))
    return NULL;
  result->indices = narrow_indices (ann_buffer_get_dtype (self->indices), indices, merge.n_kept,
                                    error);
  if (result->indices == NULL)
    return NULL;
  result->values = merge.n_kept == n ? g_steal_pointer (&sums)
                                     : shorten (merge.dtype, merge.sums, merge.n_kept, error);
  if (result->values == NULL)
    return NULL;

  return g_steal_pointer (&result);
}
