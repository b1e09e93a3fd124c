/* ann-write-stack.c: matrices that are joined, each read in the order of its own storage
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-write-order-private.h"

#include "array/ann-time-type-private.h"
#include "element/ann-block-iterator-private.h"
#include "view/ann-stack.h"
#include "write/ann-entry-sorter-private.h"
#include "write/ann-write-matrix-private.h"

/* Each part is read in the order of its own storage, and its entries are put where they come in the
 * whole.
 */
typedef struct {
  const AnnElementWriter *writer;
  AnnElement *stack;
  AnnEntrySorter sorter;
  gboolean is_sorted;
} Unstacking;

static void
unstacking_free (gpointer data)
{
  Unstacking *self = data;

  g_object_unref (self->stack);
  _ann_entry_sorter_clear (&self->sorter);
  g_free (self);
}

/* One part, and where its lines are in the whole. */
typedef struct {
  const AnnStackPart *part;
  guint64 start; /* on the axis of stacking, */
  guint axis;    /* which is this */
  gboolean by_columns;
} PartPlace;

/* Returns: the place on one axis, or -1 for what is dropped */
static inline gint64
place_line (const PartPlace *self, guint axis, guint64 line)
{
  if (axis == self->axis)
    return (gint64) (self->start + line);

  return self->part->reindex != NULL ? _ann_reindex_find (self->part->reindex, line)
                                     : (gint64) line;
}

static gboolean
add_entries (Unstacking *self,
             const PartPlace *place,
             guint64 line,
             const gint64 *indices,
             const guint8 *values,
             guint64 n,
             GError **error)
{
  const guint major = place->by_columns ? 1 : 0;
  const gint64 to = place_line (place, major, line);

  for (guint64 i = 0; to >= 0 && i < n; i++)
    {
      const gint64 other = place_line (place, 1 - major, (guint64) indices[i]);

      if (other >= 0
          && !_ann_entry_sorter_add (&self->sorter, (guint64) (place->by_columns ? other : to),
                                     (guint64) (place->by_columns ? to : other),
                                     values + i * self->sorter.value_size, error))
        return FALSE;
    }

  return TRUE;
}

/* A block of no lines is a piece of the line at which it begins. */
static gboolean
add_part_block (Unstacking *self, const PartPlace *place, const AnnBlock *block, GError **error)
{
  const guint64 n = ann_buffer_get_n_elements (block->values);
  const guint64 *pointers = ann_buffer_get_data (block->indptr);
  g_autoptr (AnnBuffer) indices = ann_buffer_convert (block->indices, ANN_DTYPE_INT64, error);
  g_autoptr (AnnBuffer) numbers = NULL;
  g_autoptr (AnnBuffer) values = NULL;
  const gint64 *at;
  const guint8 *bytes;

  if (indices == NULL)
    return FALSE;
  numbers = ann_element_get_time_type (place->part->element) != NULL
                ? _ann_time_to_fractions (block->values, error)
                : ann_buffer_ref (block->values);
  if (numbers == NULL)
    return FALSE;
  values = ann_buffer_convert (numbers, self->sorter.dtype, error);
  if (values == NULL)
    return FALSE;

  at = ann_buffer_get_data (indices);
  bytes = ann_buffer_get_data (values);
  if (block->count == 0)
    return add_entries (self, place, block->start, at, bytes, n, error);
  for (guint64 i = 0; i < block->count; i++)
    if (!add_entries (self, place, block->start + i, at + pointers[i],
                      bytes + pointers[i] * self->sorter.value_size, pointers[i + 1] - pointers[i],
                      error))
      return FALSE;

  return TRUE;
}

static gboolean
add_part (Unstacking *self, PartPlace *place, GCancellable *cancellable, GError **error)
{
  const AnnElementWriter silent = { .scratch_folder = self->writer->scratch_folder };
  g_auto (AnnLineFlow) flow = { .blocks = NULL };

  _ann_line_flow_init (&flow, &silent, place->part->element);
  if (!flow.is_sparse)
    _ann_line_flow_compress (&flow);
  place->by_columns = flow.by_columns;
  while (TRUE)
    {
      g_autoptr (AnnBlock) block = NULL;

      if (!ann_block_iterator_next (flow.blocks, &block, cancellable, error))
        return FALSE;
      if (block == NULL)
        return TRUE;
      if (!add_part_block (self, place, block, error))
        return FALSE;
      _ann_entry_sorter_add_done (&self->sorter, block);
    }
}

static gboolean
add_all_parts (Unstacking *self, GCancellable *cancellable, GError **error)
{
  gsize n_parts;
  guint axis;
  const AnnStackPart *parts = _ann_element_get_stacked (self->stack, &n_parts, &axis);
  guint64 start = 0;

  for (gsize i = 0; i < n_parts; i++)
    {
      PartPlace place = { &parts[i], start, axis, FALSE };

      if (parts[i].element != NULL && !add_part (self, &place, cancellable, error))
        {
          _ann_stack_name_error (parts[i].name, error);
          return FALSE;
        }
      start += parts[i].length;
    }

  return TRUE;
}

static AnnBlock *
read_unstacked (gpointer user_data, GCancellable *cancellable, GError **error)
{
  Unstacking *self = user_data;

  if (!self->is_sorted && !add_all_parts (self, cancellable, error))
    return NULL;
  self->is_sorted = TRUE;

  return _ann_entry_sorter_next (&self->sorter, cancellable, error);
}

/* Whether rows of the whole are rows of the part, from the first to the last. */
static gboolean
has_rows_in_order (const AnnStackPart *part, guint axis)
{
  gint64 before = -1;

  if (part->element == NULL)
    return TRUE;
  if (ann_element_get_kind (part->element) == ANN_ELEMENT_CSC)
    return FALSE;
  for (guint64 i = 0; axis == 1 && part->reindex != NULL && i < part->reindex->length; i++)
    {
      const gint64 place = _ann_reindex_get (part->reindex, i);

      if (place >= 0 && place < before)
        return FALSE;
      before = place >= 0 ? place : before;
    }

  return TRUE;
}

gboolean
_ann_is_stacked_across (const AnnLineFlow *self, AnnElement *matrix)
{
  gsize n_parts;
  guint axis;
  const AnnStackPart *parts = _ann_element_get_stacked (matrix, &n_parts, &axis);

  if (parts == NULL || !self->is_sparse || _ann_element_get_stacked_fill (matrix) != 0
      || self->n_entries * (ann_dtype_get_size (self->dtype) + sizeof (gint32))
             <= ANN_WRITE_BLOCK_SIZE)
    return FALSE;
  for (gsize i = 0; i < n_parts; i++)
    if (!has_rows_in_order (&parts[i], axis))
      return TRUE;

  return FALSE;
}

AnnBlockIterator *
_ann_write_unstack (const AnnLineFlow *flow, const AnnElementWriter *writer, AnnElement *stack)
{
  Unstacking *self = g_new0 (Unstacking, 1);

  self->writer = writer;
  self->stack = g_object_ref (stack);
  _ann_entry_sorter_init (&self->sorter, writer, flow->n_lines, flow->width, flow->dtype,
                          flow->n_entries);

  return _ann_block_iterator_new_with_func (read_unstacked, self, unstacking_free, 1);
}
