/* ann-box-copy.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-box-copy-private.h"

/* The bytes from one index to the next on each axis. */
static void
get_strides (guint rank, gsize item_size, const guint64 *shape, gsize *strides)
{
  gsize stride = item_size;

  for (guint i = rank; i-- > 0;)
    {
      strides[i] = stride;
      stride *= shape[i];
    }
}

static gsize
get_offset (guint rank, const gsize *strides, const guint64 *start)
{
  gsize offset = 0;

  for (guint i = 0; i < rank; i++)
    offset += strides[i] * start[i];

  return offset;
}

/* The last axes of a box that it fills wholly make one run of memory, together with the axis
 * before them. Returns: how many axes are left outside of the run; sets @run to its elements
 */
static guint
find_run (guint rank,
          const guint64 *count,
          const guint64 *shape,
          const guint64 *other_shape,
          gsize *run)
{
  guint n_outer = rank;

  *run = 1;
  while (n_outer > 0)
    {
      guint i = --n_outer;

      *run *= count[i];
      if (count[i] != shape[i] || count[i] != other_shape[i])
        break;
    }

  return n_outer;
}

gboolean
_ann_box_next_index (guint rank, guint64 *index, const guint64 *count)
{
  for (guint i = rank; i-- > 0;)
    {
      if (++index[i] < count[i])
        return TRUE;
      index[i] = 0;
    }

  return FALSE;
}

static gboolean
is_empty (guint rank, const guint64 *count)
{
  for (guint i = 0; i < rank; i++)
    {
      if (count[i] == 0)
        return TRUE;
    }

  return FALSE;
}

void
_ann_box_copy (guint rank,
               gsize item_size,
               const guint64 *count,
               const guint8 *from,
               const guint64 *from_shape,
               const guint64 *from_start,
               guint8 *to,
               const guint64 *to_shape,
               const guint64 *to_start)
{
  gsize from_strides[ANN_MAX_RANK];
  gsize to_strides[ANN_MAX_RANK];
  guint64 index[ANN_MAX_RANK] = { 0 };
  gsize run;
  guint n_outer;
  guint64 n_inner;

  if (is_empty (rank, count))
    return;

  get_strides (rank, item_size, from_shape, from_strides);
  get_strides (rank, item_size, to_shape, to_strides);
  from += get_offset (rank, from_strides, from_start);
  to += get_offset (rank, to_strides, to_start);
  n_outer = find_run (rank, count, from_shape, to_shape, &run);

  if (n_outer == 0)
    {
      memcpy (to, from, run * item_size);
      return;
    }

  /* The innermost of the outer axes in a loop of its own: two additions a run. */
  n_inner = count[n_outer - 1];
  do
    {
      const guint8 *a = from + get_offset (n_outer - 1, from_strides, index);
      guint8 *b = to + get_offset (n_outer - 1, to_strides, index);

      for (guint64 i = 0; i < n_inner; i++)
        {
          _ann_copy_run (b, a, run * item_size);
          a += from_strides[n_outer - 1];
          b += to_strides[n_outer - 1];
        }
    }
  while (_ann_box_next_index (n_outer - 1, index, count));
}

/* Doubles what is there until it is all. */
static void
fill_run (guint8 *to, const guint8 *item, gsize item_size, gsize size)
{
  gsize n_done = item_size;

  if (item == NULL)
    {
      memset (to, 0, size);
      return;
    }

  memcpy (to, item, item_size);
  while (n_done < size)
    {
      gsize n = MIN (n_done, size - n_done);

      memcpy (to + n_done, to, n);
      n_done += n;
    }
}

void
_ann_box_fill (guint rank,
               gsize item_size,
               const guint64 *count,
               const guint8 *item,
               guint8 *to,
               const guint64 *to_shape,
               const guint64 *to_start)
{
  gsize strides[ANN_MAX_RANK];
  guint64 index[ANN_MAX_RANK] = { 0 };
  gsize run;
  guint n_outer;

  if (is_empty (rank, count))
    return;

  get_strides (rank, item_size, to_shape, strides);
  to += get_offset (rank, strides, to_start);
  n_outer = find_run (rank, count, to_shape, to_shape, &run);

  do
    fill_run (to + get_offset (n_outer, strides, index), item, item_size, run * item_size);
  while (_ann_box_next_index (n_outer, index, count));
}
