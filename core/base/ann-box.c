/* ann-box.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-box.h"

#include "base/ann-error.h"

/**
 * ann_box_init_whole: (skip)
 * @box: (out caller-allocates): a box
 * @rank: the number of axes
 * @shape: (array length=rank): their lengths
 *
 * Makes @box cover a whole array.
 */
void
ann_box_init_whole (AnnBox *box, guint rank, const guint64 *shape)
{
  g_return_if_fail (rank <= ANN_MAX_RANK);

  box->rank = rank;
  for (guint i = 0; i < rank; i++)
    {
      box->start[i] = 0;
      box->count[i] = shape[i];
    }
}

/**
 * ann_box_check: (skip)
 * @box: a box
 * @rank: the number of axes of an array
 * @shape: (array length=rank): their lengths
 * @error: return location for an `ANN_ERROR_BOUNDS`
 *
 * Returns: whether @box lies within the array
 */
gboolean
ann_box_check (const AnnBox *box, guint rank, const guint64 *shape, GError **error)
{
  if (box->rank != rank)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS, "Asked for %u axes of an array that has %u",
                   box->rank, rank);
      return FALSE;
    }

  for (guint i = 0; i < rank; i++)
    {
      /* Two comparisons, for start + count could wrap around. */
      if (box->start[i] > shape[i] || box->count[i] > shape[i] - box->start[i])
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
                       "Axis %u ends at %" G_GUINT64_FORMAT ", asked for %" G_GUINT64_FORMAT
                       " from %" G_GUINT64_FORMAT,
                       i, shape[i], box->count[i], box->start[i]);
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * ann_box_get_n_elements: (skip)
 * @box: a box
 * @n_elements: (out): how many elements it holds
 *
 * Returns: %FALSE if the number does not fit in @n_elements
 */
gboolean
ann_box_get_n_elements (const AnnBox *box, gsize *n_elements)
{
  gsize n = 1;

  for (guint i = 0; i < box->rank; i++)
    {
      if (!g_size_checked_mul (&n, n, box->count[i]))
        return FALSE;
    }
  *n_elements = n;

  return TRUE;
}
