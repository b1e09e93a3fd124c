/* ann-write-awkward.c: rows of an awkward array
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-element-writer-private.h"

#include "base/ann-error.h"
#include "element/ann-element-private.h"
#include "view/ann-view-private.h"

/* Rows of an awkward array are an IndexedArray around it: its buffers are copied as they are
 * stored, and a layer more says which of their rows are there, in which order.
 */
#define KEY_FORMAT "selection%u"

static const char *const wrapping = "{\"class\":\"IndexedArray\",\"index\":\"i64\",\"content\":%s,"
                                    "\"parameters\":{},\"form_key\":\"%s\"}";

/* A key that no buffer has. */
static char *
find_key (char **names)
{
  for (guint i = 0;; i++)
    {
      g_autofree char *key = g_strdup_printf (KEY_FORMAT, i);
      g_autofree char *name = g_strconcat (key, "-index", NULL);

      if (!g_strv_contains ((const char *const *) names, name))
        return g_steal_pointer (&key);
    }
}

static gboolean
write_index (const AnnElementWriter *self,
             const AnnSelection *rows,
             AnnNodeWriter *group,
             const char *key,
             GCancellable *cancellable,
             GError **error)
{
  const guint64 n = ann_selection_get_length (rows);
  g_autofree char *name = g_strconcat (key, "-index", NULL);
  g_autoptr (AnnBuffer) index = ann_buffer_new_vector (ANN_DTYPE_INT64, n, error);
  g_autoptr (AnnElement) element = NULL;
  gint64 *places;

  if (index == NULL)
    return FALSE;

  places = ann_buffer_get_data_for_writing (index);
  for (guint64 i = 0; i < n; i++)
    places[i] = (gint64) ann_selection_get_position (rows, i);
  element = _ann_memory_element_new (name, index);

  return _ann_write_dense (self, element, group, name, cancellable, error);
}

static AnnAttributes *
make_attributes (const AnnElementWriter *self,
                 AnnElement *element,
                 const char *key,
                 GCancellable *cancellable,
                 GError **error)
{
  AnnNode *node = ann_element_get_node (element);
  g_autoptr (AnnAttributes) stored = ann_node_read_attributes (node, cancellable, error);
  g_autoptr (AnnAttributes) attributes = NULL;
  g_autoptr (AnnBuffer) length = NULL;
  g_autofree char *form = NULL;

  if (stored == NULL)
    return NULL;
  attributes = _ann_write_attributes_new (self, element, "awkward-array", "0.1.0", cancellable,
                                          error);
  if (attributes == NULL)
    return NULL;
  length = ann_buffer_new (ANN_DTYPE_INT64, 0, NULL, error);
  if (length == NULL)
    return NULL;

  *(gint64 *) ann_buffer_get_data_for_writing (length) = (gint64) ann_element_get_n_rows (element);
  ann_attributes_add_numbers (attributes, "length", length);
  form = g_strdup_printf (wrapping, ann_attributes_get_text (stored, "form"), key);
  _ann_attributes_add_text (attributes, "form", form);

  return g_steal_pointer (&attributes);
}

gboolean
_ann_write_awkward (const AnnElementWriter *self,
                    AnnElement *element,
                    AnnNodeWriter *parent,
                    const char *name,
                    GCancellable *cancellable,
                    GError **error)
{
  AnnSelection *rows = _ann_awkward_peek_rows (ANN_AWKWARD (element));
  AnnNode *node = ann_element_get_node (element);
  g_auto (GStrv) names = NULL;
  g_autoptr (AnnNodeWriter) group = NULL;
  g_autoptr (AnnAttributes) attributes = NULL;
  g_autofree char *key = NULL;

  if (rows == NULL)
    return _ann_write_copy (self, element, parent, name, cancellable, error);
  if (!_ann_awkward_can_be_indexed (ANN_AWKWARD (element)))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: is an awkward array whose outermost layer is indexed, of several types, or "
                   "has missing values; it can be written as a whole only: leave it out",
                   ann_element_get_path (element));
      return FALSE;
    }

  names = ann_node_list_children (node, cancellable, error);
  if (names == NULL)
    return FALSE;
  group = _ann_node_writer_add_group (parent, name, cancellable, error);
  if (group == NULL)
    return FALSE;
  key = find_key (names);
  if (!_ann_write_copy_children (self, node, group, cancellable, error)
      || !write_index (self, rows, group, key, cancellable, error))
    return FALSE;

  attributes = make_attributes (self, element, key, cancellable, error);

  return attributes != NULL && _ann_node_writer_close (group, attributes, cancellable, error);
}
