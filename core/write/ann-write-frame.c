/* ann-write-frame.c: tables
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-write-column-private.h"

#include "base/ann-error.h"
#include "element/ann-element-private.h"
#include "element/ann-frame.h"

#include <string.h>

/* Labels are texts, which is what all readers expect: others warn. Only a faithful copy keeps
 * another type, and a modern one texts with a mask.
 */
static gboolean
write_index (const AnnElementWriter *self,
             AnnFrame *frame,
             AnnNodeWriter *group,
             const char *name,
             GCancellable *cancellable,
             GError **error)
{
  const AnnProfile profile = self->options->profile;
  g_autoptr (AnnElement) index = ann_frame_open_index (frame, cancellable, error);
  AnnElementKind kind;

  if (index == NULL)
    return FALSE;
  kind = ann_element_get_kind (index);
  if (kind != ANN_ELEMENT_STRINGS
      && (profile == ANN_PROFILE_FAITHFUL
          || (profile == ANN_PROFILE_MODERN && kind == ANN_ELEMENT_NULLABLE_STRING)))
    return _ann_element_write (self, index, group, name, cancellable, error);

  return _ann_write_labels (self, index, group, name, cancellable, error);
}

/* Writes the columns that are wanted and lists them in @names; sets @has_index if one of them is
 * the labels of the rows too.
 */
static gboolean
write_columns (const AnnElementWriter *self,
               AnnFrame *frame,
               AnnNodeWriter *group,
               const char *index_name,
               AnnStrings *names,
               gboolean *has_index,
               GCancellable *cancellable,
               GError **error)
{
  *has_index = FALSE;
  for (guint i = 0; i < ann_frame_get_n_columns (frame); i++)
    {
      const char *name = ann_frame_get_column_name (frame, i);
      g_autoptr (AnnElement) column = NULL;
      gboolean is_written;

      column = ann_frame_open_column (frame, i, cancellable, error);
      if (column == NULL
          || !_ann_write_child (self, column, group, name, &is_written, cancellable, error))
        return FALSE;
      if (is_written && !ann_strings_append (names, name, -1, error))
        return FALSE;
      *has_index |= is_written && strcmp (name, index_name) == 0;
    }

  return TRUE;
}

gboolean
_ann_write_frame (const AnnElementWriter *self,
                  AnnElement *element,
                  AnnNodeWriter *parent,
                  const char *name,
                  GCancellable *cancellable,
                  GError **error)
{
  AnnFrame *frame = ANN_FRAME (element);
  const char *index_name = ann_frame_get_index_name (frame);
  g_autoptr (AnnStrings) names = ann_strings_new ();
  g_autoptr (AnnNodeWriter) group = NULL;
  g_autoptr (AnnAttributes) attributes = NULL;
  gboolean has_index;

  if (index_name == NULL)
    index_name = "_index";
  group = _ann_node_writer_add_group (parent, name, cancellable, error);
  if (group == NULL
      || !write_columns (self, frame, group, index_name, names, &has_index, cancellable, error)
      || (!has_index && !write_index (self, frame, group, index_name, cancellable, error)))
    return FALSE;

  attributes = _ann_write_attributes_new (self, element, "dataframe", "0.2.0", cancellable, error);
  if (attributes == NULL)
    return FALSE;
  _ann_attributes_add_text (attributes, "_index", index_name);
  ann_attributes_add_texts (attributes, "column-order", FALSE, names);

  return _ann_node_writer_close (group, attributes, cancellable, error);
}
