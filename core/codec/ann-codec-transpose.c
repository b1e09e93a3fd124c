/* ann-codec-transpose.c: axes in another order
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-box.h"
#include "base/ann-error.h"

#include <string.h>

/* Along @rows stored items are neighbours, along @columns decoded ones are; over the other axes
 * there are loops. Neighbours on both sides count as one item.
 */
typedef struct {
  gsize count;
  gsize src_stride; /* in bytes, as is the other */
  gsize dest_stride;
} Axis;

typedef struct {
  gsize size;
  gsize item_size;
  Axis rows;
  Axis columns;
  Axis others[ANN_MAX_RANK];
  guint n_others;
} Plan;

/* As many items on a side fit into the nearest cache. */
#define TILE 16

#define COPY_TILE(TYPE)                                                                            \
  for (gsize r = 0; r < n_rows; r++)                                                               \
    for (gsize c = 0; c < n_columns; c++)                                                          \
      {                                                                                            \
        TYPE value;                                                                                \
                                                                                                   \
        memcpy (&value, src + r * sizeof value + c * src_stride, sizeof value);                    \
        memcpy (dest + r * dest_stride + c * sizeof value, &value, sizeof value);                  \
      }

static void
copy_tile (const Plan *plan, const guint8 *src, guint8 *dest, gsize n_rows, gsize n_columns)
{
  const gsize item_size = plan->item_size;
  const gsize src_stride = plan->columns.src_stride;
  const gsize dest_stride = plan->rows.dest_stride;

  switch (item_size)
    {
    case 1:
      COPY_TILE (guint8)
      break;

    case 2:
      COPY_TILE (guint16)
      break;

    case 4:
      COPY_TILE (guint32)
      break;

    case 8:
      COPY_TILE (guint64)
      break;

    default:
      for (gsize r = 0; r < n_rows; r++)
        for (gsize c = 0; c < n_columns; c++)
          memcpy (dest + r * dest_stride + c * item_size, src + r * item_size + c * src_stride,
                  item_size);
      break;
    }
}

static void
copy_plane (const Plan *plan, const guint8 *src, guint8 *dest)
{
  const Axis *rows = &plan->rows;
  const Axis *columns = &plan->columns;

  for (gsize r = 0; r < rows->count; r += TILE)
    for (gsize c = 0; c < columns->count; c += TILE)
      copy_tile (plan, src + r * rows->src_stride + c * columns->src_stride,
                 dest + r * rows->dest_stride + c * columns->dest_stride,
                 MIN (rows->count - r, TILE), MIN (columns->count - c, TILE));
}

static gboolean
transpose_decode (const AnnCodec *codec,
                  const guint8 *src,
                  gsize src_size,
                  guint8 *dest,
                  gsize capacity,
                  gsize *dest_size,
                  GError **error)
{
  const Plan *plan = codec->data;
  gsize index[ANN_MAX_RANK] = { 0 };
  guint axis;

  if (src_size != plan->size || src_size > capacity)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%" G_GSIZE_FORMAT " bytes are not the %" G_GSIZE_FORMAT
                   " of the chunk to be transposed",
                   src_size, plan->size);
      return FALSE;
    }
  *dest_size = plan->size;
  if (plan->rows.count == 0)
    {
      memcpy (dest, src, plan->size);
      return TRUE;
    }

  do
    {
      copy_plane (plan, src, dest);

      for (axis = 0; axis < plan->n_others; axis++)
        {
          const Axis *other = &plan->others[axis];

          src += other->src_stride;
          dest += other->dest_stride;
          if (++index[axis] < other->count)
            break;
          src -= other->src_stride * other->count;
          dest -= other->dest_stride * other->count;
          index[axis] = 0;
        }
    }
  while (axis < plan->n_others);

  return TRUE;
}

static const AnnCodecClass transpose_class = { .name = "transpose", .decode = transpose_decode };

static gboolean
is_permutation (guint rank, const guint *order)
{
  guint64 seen = 0;

  for (guint i = 0; i < rank; i++)
    {
      if (order[i] >= rank || (seen >> order[i] & 1) != 0)
        return FALSE;
      seen |= (guint64) 1 << order[i];
    }

  return TRUE;
}

/* Sets @axes, in the order of the decoded chunk, without those of one element. Returns how many. */
static guint
set_axes (guint rank, const gsize *shape, const guint *order, gsize item_size, Axis *axes)
{
  gsize src_strides[ANN_MAX_RANK];
  gsize dest_stride = item_size;
  gsize src_stride = item_size;
  guint n = 0;

  for (guint i = rank; i > 0; i--)
    {
      src_strides[order[i - 1]] = src_stride;
      src_stride *= shape[order[i - 1]];
    }
  for (guint i = rank; i > 0; i--)
    {
      if (shape[i - 1] > 1)
        axes[n++] = (Axis){ shape[i - 1], src_strides[i - 1], dest_stride };
      dest_stride *= shape[i - 1];
    }
  for (guint i = 0; i < n / 2; i++)
    {
      Axis first = axes[i];

      axes[i] = axes[n - 1 - i];
      axes[n - 1 - i] = first;
    }

  return n;
}

/* Makes one of axes that follow each other on both sides. Returns how many are left. */
static guint
join_axes (Axis *axes, guint n)
{
  guint n_left = 0;

  for (guint i = 0; i < n; i++)
    {
      Axis *last = n_left > 0 ? &axes[n_left - 1] : NULL;

      if (last != NULL && last->src_stride == axes[i].src_stride * axes[i].count)
        *last = (Axis){ last->count * axes[i].count, axes[i].src_stride, axes[i].dest_stride };
      else
        axes[n_left++] = axes[i];
    }

  return n_left;
}

static void
make_plan (Plan *plan, guint rank, const gsize *shape, const guint *order, gsize item_size)
{
  Axis axes[ANN_MAX_RANK];
  guint n = plan->size > 0 ? join_axes (axes, set_axes (rank, shape, order, item_size, axes)) : 0;

  plan->item_size = item_size;
  if (n > 0 && axes[n - 1].src_stride == item_size)
    plan->item_size *= axes[--n].count;

  /* What is left are two axes at least, or the last would have been joined with the items. */
  for (guint i = 0; i < n; i++)
    {
      if (i == n - 1)
        plan->columns = axes[i];
      else if (axes[i].src_stride == plan->item_size)
        plan->rows = axes[i];
      else
        plan->others[plan->n_others++] = axes[i];
    }
}

static gboolean
check_shape (guint rank,
             const guint64 *chunk_shape,
             gsize item_size,
             gsize *shape,
             gsize *size,
             GError **error)
{
  *size = item_size;
  for (guint i = 0; i < rank; i++)
    {
      shape[i] = chunk_shape[i];
      if (chunk_shape[i] > G_MAXSIZE || !g_size_checked_mul (size, *size, shape[i]))
        {
          g_set_error_literal (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                               "The chunk that is transposed is larger than any memory");
          return FALSE;
        }
    }

  return TRUE;
}

static char *
describe (guint rank, const guint *order)
{
  GString *text = g_string_new ("transpose");

  for (guint i = 0; i < rank; i++)
    g_string_append_printf (text, "%s%u", i == 0 ? " " : "-", order[i]);

  return g_string_free (text, FALSE);
}

/**
 * ann_codec_new_transpose:
 * @rank: how many axes a chunk has, at most `ANN_MAX_RANK`
 * @chunk_shape: (array length=rank): its shape, decoded
 * @order: (array length=rank) (nullable): which axis of the decoded chunk each axis of the stored
 *   one is; %NULL for the reverse (Fortran's order)
 * @item_size: the bytes of one value, at least 1
 * @error: return location for an `ANN_ERROR_FORMAT` or `ANN_ERROR_TOO_LARGE`
 *
 * Zarr's transpose, and the order F of its second version.
 *
 * Returns: (transfer full): a codec that puts axes back in order, or %NULL if @order is no order
 *   of so many axes, or the chunk is too large for any memory
 */
AnnCodec *
ann_codec_new_transpose (guint rank,
                         const guint64 *chunk_shape,
                         const guint *order,
                         gsize item_size,
                         GError **error)
{
  guint reverse[ANN_MAX_RANK];
  gsize shape[ANN_MAX_RANK];
  g_autofree Plan *plan = g_new0 (Plan, 1);
  AnnCodec *self;

  g_return_val_if_fail (rank <= ANN_MAX_RANK, NULL);
  g_return_val_if_fail (item_size > 0, NULL);

  for (guint i = 0; order == NULL && i < rank; i++)
    reverse[i] = rank - 1 - i;
  if (order == NULL)
    order = reverse;
  if (!is_permutation (rank, order))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "The order of the codec transpose is none of %u axes", rank);
      return NULL;
    }
  if (!check_shape (rank, chunk_shape, item_size, shape, &plan->size, error))
    return NULL;

  make_plan (plan, rank, shape, order, item_size);
  self = _ann_codec_new (&transpose_class, rank, describe (rank, order));
  self->data = g_steal_pointer (&plan);

  return self;
}
