/* ann-hdf5-virtual-read.c: values of a virtual dataset
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-box-copy-private.h"
#include "base/ann-error.h"
#include "base/ann-scratch-private.h"
#include "format/hdf5/ann-hdf5-types.h"
#include "format/hdf5/ann-hdf5-virtual-private.h"

#include <string.h>

/* So many bytes of a source are read at once: what lies between the elements that are wanted too.
 */
#define READ_SIZE ((guint64) 8 << 20)

/* What of one mapping goes into a box: ordinals of each axis here. */
typedef struct {
  AnnHdf5Virtual *self;
  const AnnHdf5Mapping *mapping;
  AnnHdf5Dataset *source;
  AnnHdf5Type type_here; /* if values change their storage on the way */
  AnnHdf5Type type_there;
  gboolean converts;
  const AnnBox *box;
  guint8 *elements;
  GCancellable *cancellable;
} Transfer;

typedef struct {
  guint64 first[ANN_MAX_RANK];
  guint64 end[ANN_MAX_RANK];
} Ordinals;

/* The axis there that corresponds to axis @i here; NULL for one with a single index. */
static const AnnHdf5SelectedAxis *
get_other_axis (const AnnHdf5Mapping *mapping, guint i)
{
  guint here = _ann_hdf5_selection_skip_single (&mapping->here, 0),
        there = _ann_hdf5_selection_skip_single (&mapping->there, 0);

  while (here < i)
    {
      here = _ann_hdf5_selection_skip_single (&mapping->here, here + 1);
      there = _ann_hdf5_selection_skip_single (&mapping->there, there + 1);
    }

  return here == i && there < mapping->there.rank ? &mapping->there.axes[there] : NULL;
}

/* How many indices there are from the first to the last of some ordinals. */
static guint64
get_extent (const AnnHdf5SelectedAxis *axis, guint64 first, guint64 end, guint64 *start)
{
  guint64 run;

  *start = _ann_hdf5_selected_axis_get (axis, first, &run);

  return _ann_hdf5_selected_axis_get (axis, end - 1, &run) - *start + 1;
}

/* The box there around some ordinals, and its extents by the axes here. Returns how many bytes it
 * has; saturates.
 */
static guint64
get_source_box (const Transfer *transfer,
                const Ordinals *ordinals,
                AnnBox *box,
                guint64 *starts,
                guint64 *extents)
{
  const AnnHdf5Mapping *mapping = transfer->mapping;
  guint64 size = transfer->source->stored->size;
  guint64 run;

  box->rank = mapping->there.rank;
  for (guint j = 0; j < box->rank; j++)
    {
      box->start[j] = _ann_hdf5_selected_axis_get (&mapping->there.axes[j], 0, &run);
      box->count[j] = 1;
    }
  for (guint i = 0; i < mapping->here.rank; i++)
    {
      const AnnHdf5SelectedAxis *axis = get_other_axis (mapping, i);

      starts[i] = 0;
      extents[i] = 1;
      if (axis == NULL)
        continue;
      extents[i] = get_extent (axis, ordinals->first[i], ordinals->end[i], &starts[i]);
      box->start[axis - mapping->there.axes] = starts[i];
      box->count[axis - mapping->there.axes] = extents[i];
      if (!g_uint64_checked_mul (&size, size, extents[i]))
        size = G_MAXUINT64;
    }

  return size;
}

/* Puts what was read of the box there into its places: runs that follow each other on both sides.
 */
static void
scatter (const Transfer *transfer,
         const Ordinals *ordinals,
         const guint8 *from,
         const guint64 *starts,
         const guint64 *extents)
{
  const AnnHdf5Mapping *mapping = transfer->mapping;
  guint rank = mapping->here.rank;
  guint64 at[ANN_MAX_RANK];
  guint axis = rank;

  memcpy (at, ordinals->first, sizeof at);
  do
    {
      guint64 from_start[ANN_MAX_RANK] = { 0 }, to_start[ANN_MAX_RANK] = { 0 };
      guint64 count[ANN_MAX_RANK] = { 0 };

      for (guint i = 0; i < rank; i++)
        {
          const AnnHdf5SelectedAxis *other = get_other_axis (mapping, i);
          guint64 run = 1;

          to_start[i] = _ann_hdf5_selected_axis_get (&mapping->here.axes[i], at[i], &count[i])
                        - transfer->box->start[i];
          from_start[i] = other != NULL
                              ? _ann_hdf5_selected_axis_get (other, at[i], &run) - starts[i]
                              : 0;
          count[i] = MIN (MIN (count[i], run), ordinals->end[i] - at[i]);
        }
      _ann_box_copy (rank, transfer->self->dataset->stored->size, count, from, extents, from_start,
                     transfer->elements, transfer->box->count, to_start);

      for (axis = rank; axis > 0; axis--)
        {
          at[axis - 1] += count[axis - 1];
          if (at[axis - 1] < ordinals->end[axis - 1])
            break;
          at[axis - 1] = ordinals->first[axis - 1];
        }
    }
  while (axis > 0);
}

/* Loops over items of 1 to 16 bytes. */
static void
reverse_bytes (guint8 *values, gsize n_bytes, gsize item_size)
{
  for (gsize i = 0; i + item_size <= n_bytes; i += item_size)
    for (gsize j = 0; j < item_size / 2; j++)
      {
        guint8 byte = values[i + j];

        values[i + j] = values[i + item_size - 1 - j];
        values[i + item_size - 1 - j] = byte;
      }
}

/* A source that was opened anew may have become another one. */
static gboolean
check_source (const Transfer *transfer, const AnnBox *box, GError **error)
{
  const AnnHdf5Dataspace *space = &transfer->source->space;
  gboolean fits = space->rank == box->rank;

  for (guint i = 0; i < box->rank && fits; i++)
    fits = box->start[i] <= space->shape[i] && box->count[i] <= space->shape[i] - box->start[i];
  if (!fits)
    g_set_error (error, ANN_ERROR, ANN_ERROR_CHANGED,
                 "%s: A dataset that it is put together from has changed; open it again",
                 transfer->self->dataset->path);

  return fits;
}

static gboolean
transfer_box (const Transfer *transfer,
              const Ordinals *ordinals,
              const AnnBox *box,
              guint64 size,
              const guint64 *starts,
              const guint64 *extents,
              GError **error)
{
  gsize item_size = transfer->self->dataset->stored->size;
  gsize source_size = transfer->source->stored->size;
  g_auto (AnnScratch) read = { NULL, 0 };
  g_auto (AnnScratch) converted = { NULL, 0 };
  gsize n = size / source_size;

  if (!check_source (transfer, box, error) || !_ann_scratch_reserve (&read, size, error)
      || !_ann_hdf5_dataset_read (transfer->source, box, read.data, transfer->cancellable, error))
    return FALSE;
  if (!transfer->converts)
    {
      scatter (transfer, ordinals, read.data, starts, extents);
      return TRUE;
    }

  if (!_ann_scratch_reserve (&converted, n * item_size, error))
    return FALSE;
  _ann_hdf5_type_convert (&transfer->type_there, read.data, source_size, n, converted.data);
  if (transfer->type_here.swap_size > 0)
    reverse_bytes (converted.data, n * item_size, transfer->type_here.swap_size);
  scatter (transfer, ordinals, converted.data, starts, extents);

  return TRUE;
}

/* Halves what would be too much at once: on the axis with the most ordinals. */
static gboolean
transfer_ordinals (const Transfer *transfer, const Ordinals *ordinals, GError **error)
{
  guint64 starts[ANN_MAX_RANK], extents[ANN_MAX_RANK];
  AnnBox box;
  guint64 size = get_source_box (transfer, ordinals, &box, starts, extents);
  guint longest = 0;
  Ordinals half;
  guint64 middle;

  for (guint i = 1; i < transfer->mapping->here.rank; i++)
    {
      if (ordinals->end[i] - ordinals->first[i] > ordinals->end[longest] - ordinals->first[longest])
        longest = i;
    }
  if (size <= READ_SIZE || transfer->mapping->here.rank == 0
      || ordinals->end[longest] - ordinals->first[longest] < 2)
    return transfer_box (transfer, ordinals, &box, size, starts, extents, error);

  middle = ordinals->first[longest] + (ordinals->end[longest] - ordinals->first[longest]) / 2;
  half = *ordinals;
  half.end[longest] = middle;
  if (!transfer_ordinals (transfer, &half, error))
    return FALSE;
  half = *ordinals;
  half.first[longest] = middle;

  return transfer_ordinals (transfer, &half, error);
}

/* Which ordinals of the part here lie in the box. FALSE for none. */
static gboolean
find_ordinals (const AnnHdf5Mapping *mapping, const AnnBox *box, Ordinals *ordinals)
{
  if (mapping->here.is_none)
    return FALSE;

  for (guint i = 0; i < box->rank; i++)
    {
      const AnnHdf5SelectedAxis *axis = &mapping->here.axes[i];

      ordinals->first[i] = _ann_hdf5_selected_axis_find (axis, box->start[i]);
      ordinals->end[i] = MIN (_ann_hdf5_selected_axis_find (axis, box->start[i] + box->count[i]),
                              axis->size);
      if (ordinals->first[i] >= ordinals->end[i])
        return FALSE;
    }

  return TRUE;
}

static gboolean
transfer_mapping (Transfer *transfer, const Ordinals *ordinals, GError **error)
{
  AnnHdf5Virtual *self = transfer->self;
  const AnnHdf5Source *source = &g_array_index (self->sources, AnnHdf5Source,
                                                transfer->mapping->source);
  g_autoptr (AnnHdf5Dataset) dataset = NULL;
  gboolean is_done;

  dataset = source->dataset != NULL
                ? _ann_hdf5_dataset_ref (source->dataset)
                : _ann_hdf5_virtual_open_source (self, source->file, source->name,
                                                 transfer->cancellable, error);
  if (dataset == NULL || !_ann_hdf5_dataset_check_readable (dataset, error))
    return FALSE;

  transfer->source = dataset;
  transfer->converts = !_ann_hdf5_datatype_is_same (dataset->stored, self->dataset->stored);
  if (transfer->converts)
    _ann_hdf5_virtual_init_types (self->dataset->stored, dataset->stored, &transfer->type_here,
                                  &transfer->type_there);
  is_done = transfer_ordinals (transfer, ordinals, error);
  if (transfer->converts)
    {
      _ann_hdf5_type_clear (&transfer->type_here);
      _ann_hdf5_type_clear (&transfer->type_there);
    }

  return is_done;
}

gboolean
_ann_hdf5_virtual_read (AnnHdf5Virtual *self,
                        const AnnBox *box,
                        guint8 *elements,
                        GCancellable *cancellable,
                        GError **error)
{
  static const guint64 nowhere[ANN_MAX_RANK] = { 0 };

  _ann_box_fill (box->rank, self->dataset->stored->size, box->count, self->dataset->fill_value,
                 elements, box->count, nowhere);
  for (guint i = 0; i < self->mappings->len; i++)
    {
      Transfer transfer = {
        .self = self, .box = box, .elements = elements, .cancellable = cancellable
      };
      Ordinals ordinals;

      transfer.mapping = &g_array_index (self->mappings, AnnHdf5Mapping, i);
      if (!find_ordinals (transfer.mapping, box, &ordinals))
        continue;
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !transfer_mapping (&transfer, &ordinals, error))
        return FALSE;
    }

  return TRUE;
}
