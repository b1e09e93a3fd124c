/* ann-slabs.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-slabs-private.h"

void
_ann_slabs_init (AnnSlabs *self, const AnnBox *box, gsize max_elements)
{
  gsize behind = 1; /* elements for one index on the axis */
  guint axis = box->rank;

  /* The first axis at one index of which there is no more than wanted. */
  while (axis > 0 && behind <= max_elements / box->count[axis - 1])
    behind *= box->count[--axis];

  *self = (AnnSlabs){ .box = box, .n_slabs = 1, .max_elements = behind };
  if (axis == 0) /* the whole box, a scalar too */
    return;

  self->axis = axis - 1;
  self->step = MAX (max_elements / behind, 1);
  self->n_on_axis = (box->count[self->axis] - 1) / self->step + 1;
  self->max_elements = behind * self->step;
  self->n_slabs = self->n_on_axis;
  for (guint i = 0; i < self->axis; i++)
    self->n_slabs *= box->count[i];
}

gsize
_ann_slabs_get (const AnnSlabs *self, gsize index, AnnBox *slab)
{
  const AnnBox *box = self->box;
  gsize before = 0;
  guint64 on_axis;

  *slab = *box;
  if (self->n_on_axis == 0)
    return 0;

  on_axis = index % self->n_on_axis * self->step;
  index /= self->n_on_axis;
  slab->start[self->axis] += on_axis;
  slab->count[self->axis] = MIN (self->step, box->count[self->axis] - on_axis);
  for (guint i = self->axis; i-- > 0;)
    {
      slab->start[i] += index % box->count[i];
      slab->count[i] = 1;
      index /= box->count[i];
    }

  for (guint i = 0; i < box->rank; i++)
    before = before * box->count[i] + (slab->start[i] - box->start[i]);

  return before;
}
