/* ann-heatmap-long.c: rows that are too long to be read at once
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-heatmap-private.h"

#include "base/ann-error.h"

/* A gene of 10⁸ cells, stored by columns, has some 5 million entries, or many more. Such a row is
 * read straight from its arrays, a part at a time.
 */

static gboolean
check_indices (AnnHeatmap *self, AnnBuffer *indices, guint64 row, GError **error)
{
  gsize n = ann_buffer_get_n_elements (indices);
  AnnDtype dtype = ann_buffer_get_dtype (indices);
  gint64 batch[1024];

  for (gsize done = 0; done < n; done += G_N_ELEMENTS (batch))
    {
      gsize n_now = MIN (n - done, G_N_ELEMENTS (batch));

      ann_dtype_to_int64 (
          dtype, (const guint8 *) ann_buffer_get_data (indices) + done * ann_dtype_get_size (dtype),
          n_now, batch);
      for (gsize i = 0; i < n_now; i++)
        if (batch[i] < 0 || (guint64) batch[i] >= self->n_minor)
          {
            g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                         "%s: in %s %" G_GUINT64_FORMAT " is %" G_GINT64_FORMAT
                         ", which is outside [0, %" G_GUINT64_FORMAT ")",
                         ann_array_get_path (self->indices), self->by_columns ? "column" : "row",
                         row, batch[i], self->n_minor);
            return FALSE;
          }
    }

  return TRUE;
}

/* Reads the entries of @part, numbered as in the arrays. @entries comes with all else set. */
static gboolean
read_part (AnnHeatmap *self,
           const AnnRun *part,
           AnnEntries *entries,
           AnnEntriesFunc func,
           gpointer user_data,
           GCancellable *cancellable,
           GError **error)
{
  const guint64 indptr[2] = { 0, part->count };
  g_autoptr (AnnBuffer) indices = NULL;
  g_autoptr (AnnBuffer) values = NULL;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  indices = ann_array_read_range (self->indices, part->first, part->count, cancellable, error);
  if (indices == NULL || !check_indices (self, indices, entries->start, error))
    return FALSE;
  values = ann_array_read_range (self->values, part->first, part->count, cancellable, error);
  if (values == NULL)
    return FALSE;

  entries->count = 1;
  entries->indptr = indptr;
  entries->indices = indices;
  entries->values = values;

  return func (entries, user_data, cancellable, error);
}

/* Hands out all of @row, whose entries are @stored, in pieces of bounded size. */
gboolean
_ann_heatmap_stream_long_row (AnnHeatmap *self,
                              guint64 row,
                              const AnnRun *stored,
                              AnnEntriesFunc func,
                              gpointer user_data,
                              GCancellable *cancellable,
                              GError **error)
{
  guint64 max_entries = ANN_PIECE_SIZE / self->entry_size;

  for (guint64 done = 0; done < stored->count; done += max_entries)
    {
      const AnnRun part = { stored->first + done, MIN (stored->count - done, max_entries) };
      AnnEntries entries = { .start = row };

      if (!read_part (self, &part, &entries, func, user_data, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

/* The chunk around entry @center, as far as it belongs to @stored and is not too large. */
static AnnRun
choose_part (AnnHeatmap *self, const AnnRun *stored, guint64 center)
{
  guint64 length = self->chunk_entries > 1 ? self->chunk_entries : ANN_PART_ENTRIES / 16;
  guint64 first = center / length * length;
  guint64 end = first + length;
  AnnRun part;

  if (length > ANN_PART_ENTRIES)
    {
      first = MAX (first, center - MIN (center, ANN_PART_ENTRIES / 2));
      end = MIN (end, first + ANN_PART_ENTRIES);
    }
  part.first = MAX (first, stored->first);
  part.count = MIN (end, stored->first + stored->count) - part.first;

  return part;
}

/* Hands out at most @n_parts parts of @row, whose entries are @stored: evenly spread over where
 * those of @minor should lie, if they are in order and about as dense everywhere. A short row as a
 * whole.
 */
gboolean
_ann_heatmap_sample_long_row (AnnHeatmap *self,
                              guint64 row,
                              const AnnRun *stored,
                              const AnnRun *minor,
                              guint n_parts,
                              AnnEntriesFunc func,
                              gpointer user_data,
                              GCancellable *cancellable,
                              GError **error)
{
  double density = (double) stored->count / (double) self->n_minor;
  g_autoptr (GArray) parts = g_array_new (FALSE, FALSE, sizeof (AnnRun));

  for (guint i = 0; i < n_parts && stored->count > 0; i++)
    {
      double at = (double) minor->first + (i + 0.5) / n_parts * (double) minor->count;
      guint64 center = stored->first + MIN ((guint64) (at * density), stored->count - 1);
      AnnRun part = choose_part (self, stored, center);

      if (parts->len == 0
          || g_array_index (parts, AnnRun, parts->len - 1).first
                     + g_array_index (parts, AnnRun, parts->len - 1).count
                 <= part.first)
        g_array_append_val (parts, part);
    }

  for (guint i = 0; i < parts->len; i++)
    {
      const AnnRun *part = &g_array_index (parts, AnnRun, i);
      AnnEntries entries = { .start = row,
                             .n_parts = parts->len,
                             .part = i,
                             .offset = part->first - stored->first,
                             .n_row = stored->count };

      if (!read_part (self, part, &entries, func, user_data, cancellable, error))
        return FALSE;
    }

  return TRUE;
}
