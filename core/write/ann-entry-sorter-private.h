/* ann-entry-sorter-private.h: entries of a sparse matrix, in the order of its lines
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-block.h"
#include "write/ann-buckets-private.h"
#include "write/ann-element-writer.h"

#include <string.h>

G_BEGIN_DECLS

/**
 * AnnEntrySorter:
 * @buckets: of entries, each with its place in the line and its value
 * @index_size: 4 or 8
 * @value_size: of @dtype
 * @dtype: of the values
 * @width: of the lines that come out
 * @progress: (nullable): of what goes in
 *
 * Entries that come in any order, and go out as blocks of lines.
 */
typedef struct {
  AnnBuckets *buckets;
  gsize index_size;
  gsize value_size;
  AnnDtype dtype;
  guint64 width;
  AnnProgress *progress;
} AnnEntrySorter;

/* @n_lines: that come out; @width: places in each; @n_entries: about so many */
void _ann_entry_sorter_init (AnnEntrySorter *self,
                             const AnnElementWriter *writer,
                             guint64 n_lines,
                             guint64 width,
                             AnnDtype dtype,
                             guint64 n_entries);
/* Says that all of @block was added. */
void _ann_entry_sorter_add_done (AnnEntrySorter *self, const AnnBlock *block);
void _ann_entry_sorter_clear (AnnEntrySorter *self);

/* The next lines; a part of a long one is a block of no lines. %NULL without an error at the end.
 */
AnnBlock *_ann_entry_sorter_next (AnnEntrySorter *self, GCancellable *cancellable, GError **error);

static inline gboolean
_ann_entry_sorter_add (AnnEntrySorter *self,
                       guint64 line,
                       guint64 index,
                       const guint8 *value,
                       GError **error)
{
  guint8 *payload = _ann_buckets_add (self->buckets, line, error);

  if (payload == NULL)
    return FALSE;
  if (self->index_size == sizeof (gint32))
    {
      const gint32 narrow = (gint32) index;

      memcpy (payload, &narrow, sizeof narrow);
    }
  else
    {
      memcpy (payload, &index, sizeof index);
    }
  memcpy (payload + self->index_size, value, self->value_size);

  return TRUE;
}

G_END_DECLS
