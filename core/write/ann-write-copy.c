/* ann-write-copy.c: nodes as they are stored
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-element-writer-private.h"

#include "array/ann-time-type-private.h"
#include "base/ann-error.h"
#include "element/ann-element-private.h"

/* What an awkward array is made of, and what we do not know, is copied: groups, arrays of numbers
 * and texts, attributes.
 */

static AnnAttributes *
copy_attributes (const AnnElementWriter *self,
                 AnnNode *node,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (AnnAttributes) stored = ann_node_read_attributes (node, cancellable, error);
  g_autoptr (AnnAttributes) copy = NULL;

  if (stored == NULL)
    return NULL;
  copy = ann_attributes_new ();
  _ann_attributes_add_others (self, copy, stored, ann_node_get_path (node));

  return g_steal_pointer (&copy);
}

static gboolean
append_box (const AnnElementWriter *self,
            AnnArray *from,
            const AnnBox *box,
            AnnArrayWriter *to,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (AnnStrings) texts = NULL;
  g_autoptr (AnnBuffer) values = NULL;

  if (ann_array_get_dtype (from) == ANN_DTYPE_STRING)
    {
      texts = ann_array_read_strings (from, box, cancellable, error);
      return texts != NULL && _ann_array_writer_append_texts (to, texts, cancellable, error);
    }

  values = ann_array_read (from, box, cancellable, error);
  if (values == NULL
      || !_ann_array_writer_append (to, ann_buffer_get_data (values),
                                    box->rank > 0 ? box->count[0] : 1, cancellable, error))
    return FALSE;
  _ann_write_add_done (self, ann_buffer_get_size (values));

  return TRUE;
}

static gboolean
copy_array (const AnnElementWriter *self,
            AnnNode *node,
            AnnNodeWriter *parent,
            const char *name,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (AnnArray) from = ann_node_open_array (node, cancellable, error);
  g_autoptr (AnnArrayWriter) to = NULL;
  g_autoptr (AnnAttributes) attributes = NULL;
  AnnBox box;
  guint64 n_rows;
  guint64 step;
  gsize row_size = 1;

  if (from == NULL)
    return FALSE;
  if (ann_array_get_dtype (from) > ANN_DTYPE_STRING)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: an array of %s that has no encoding cannot be copied",
                   ann_node_get_path (node), ann_dtype_get_name (ann_array_get_dtype (from)));
      return FALSE;
    }

  to = _ann_write_add_array (self, parent, name,
                             &(AnnNewArray){
                                 .dtype = ann_array_get_dtype (from),
                                 .time_type = _ann_array_get_time_type (from),
                                 .rank = ann_array_get_rank (from),
                                 .shape = ann_array_get_shape (from),
                                 .like = from,
                             },
                             cancellable, error);
  if (to == NULL)
    return FALSE;

  ann_box_init_whole (&box, ann_array_get_rank (from), ann_array_get_shape (from));
  n_rows = box.rank > 0 ? box.count[0] : 1;
  for (guint i = 1; i < box.rank; i++)
    {
      if (!g_size_checked_mul (&row_size, row_size, MAX (box.count[i], 1)))
        row_size = G_MAXSIZE;
    }
  step = MAX (ANN_WRITE_BLOCK_SIZE / 16 / row_size, 1); /* 16 bytes: the largest number */
  for (guint64 start = 0; start < n_rows; start += step)
    {
      if (box.rank > 0)
        {
          box.start[0] = start;
          box.count[0] = MIN (step, n_rows - start);
        }
      if (!append_box (self, from, &box, to, cancellable, error))
        return FALSE;
    }

  attributes = copy_attributes (self, node, cancellable, error);

  return attributes != NULL && _ann_array_writer_close (to, attributes, cancellable, error);
}

static gboolean copy_node (const AnnElementWriter *self,
                           AnnNode *node,
                           AnnNodeWriter *parent,
                           const char *name,
                           guint depth,
                           GCancellable *cancellable,
                           GError **error);

/* All that lies in a group. */
static gboolean
copy_children (const AnnElementWriter *self,
               AnnNode *node,
               AnnNodeWriter *group,
               guint depth,
               GCancellable *cancellable,
               GError **error)
{
  g_auto (GStrv) names = ann_node_list_children (node, cancellable, error);

  if (names == NULL)
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (AnnNode) child = ann_node_open_child (node, names[i], cancellable, error);

      if (child == NULL || !copy_node (self, child, group, names[i], depth + 1, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
copy_group (const AnnElementWriter *self,
            AnnNode *node,
            AnnNodeWriter *parent,
            const char *name,
            guint depth,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (AnnNodeWriter) group = NULL;
  g_autoptr (AnnAttributes) attributes = NULL;

  group = _ann_node_writer_add_group (parent, name, cancellable, error);
  if (group == NULL || !copy_children (self, node, group, depth, cancellable, error))
    return FALSE;

  attributes = copy_attributes (self, node, cancellable, error);

  return attributes != NULL && _ann_node_writer_close (group, attributes, cancellable, error);
}

static gboolean
copy_node (const AnnElementWriter *self,
           AnnNode *node,
           AnnNodeWriter *parent,
           const char *name,
           guint depth,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (AnnAttributes) attributes = NULL;

  if (depth > ANN_ELEMENT_MAX_DEPTH)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED,
                   "%s: is nested deeper than %d groups, which are not followed",
                   ann_node_get_path (node), ANN_ELEMENT_MAX_DEPTH);
      return FALSE;
    }

  switch (ann_node_get_kind (node))
    {
    case ANN_NODE_GROUP:
      return copy_group (self, node, parent, name, depth, cancellable, error);

    case ANN_NODE_ARRAY:
      return copy_array (self, node, parent, name, cancellable, error);

    case ANN_NODE_NULL:
      attributes = copy_attributes (self, node, cancellable, error);
      return attributes != NULL
             && _ann_node_writer_add_null (parent, name, attributes, cancellable, error);

    case ANN_NODE_OTHER:
    default:
      _ann_write_warn (self, "%s: is neither a group nor an array; it was left out",
                       ann_node_get_path (node));
      return TRUE;
    }
}

gboolean
_ann_write_copy (const AnnElementWriter *self,
                 AnnElement *element,
                 AnnNodeWriter *parent,
                 const char *name,
                 GCancellable *cancellable,
                 GError **error)
{
  AnnNode *node = ann_element_get_node (element);

  if (node == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s: %s can be written as a whole only",
                   ann_element_get_path (element),
                   ann_element_kind_get_name (ann_element_get_kind (element)));
      return FALSE;
    }

  return copy_node (self, node, parent, name, 0, cancellable, error);
}
