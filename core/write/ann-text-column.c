/* ann-text-column.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-text-column-private.h"

#include "element/ann-categorical.h"

gboolean
_ann_text_column_init (AnnTextColumn *self,
                       AnnElement *element,
                       GCancellable *cancellable,
                       GError **error)
{
  *self = (AnnTextColumn){ .element = element };
  if (!ANN_IS_CATEGORICAL (element))
    return TRUE;

  self->labels = ann_categorical_read_labels (ANN_CATEGORICAL (element), cancellable, error);

  return self->labels != NULL;
}

gboolean
_ann_text_column_read (AnnTextColumn *self,
                       guint64 start,
                       guint64 count,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (AnnBlock) block = ann_element_read_rows (self->element, start, count, cancellable,
                                                      error);

  g_clear_pointer (&self->block, ann_block_unref);
  if (block == NULL)
    return FALSE;
  self->block = ann_block_is_sparse (block) ? ann_block_canonicalize (block, error)
                                            : g_steal_pointer (&block);

  return self->block != NULL;
}

void
_ann_text_column_clear (AnnTextColumn *self)
{
  g_clear_object (&self->element);
  g_clear_pointer (&self->labels, ann_strings_unref);
  g_clear_pointer (&self->block, ann_block_unref);
}
