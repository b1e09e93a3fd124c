/* ann-element-parts.c: what several kinds of element are made with
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-element-private.h"

#include "base/ann-error.h"

#include <string.h>

char *
_ann_path_join (const char *path, const char *name)
{
  return *path != '\0' ? g_strconcat (path, "/", name, NULL) : g_strdup (name);
}

static char *
shape_to_string (guint rank, const guint64 *shape)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (rank == 0)
    return g_strdup ("no axes");

  for (guint i = 0; i < rank; i++)
    g_string_append_printf (text, "%s%" G_GUINT64_FORMAT, i > 0 ? " × " : "", shape[i]);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
_ann_element_check_axes (AnnElement *self, guint n_axes, const guint64 *lengths, const char *why)
{
  AnnElementKind kind = ann_element_get_kind (self);
  guint rank = ann_element_get_rank (self);
  const guint64 *shape = ann_element_get_shape (self);
  g_autofree char *found = NULL;
  g_autofree char *wanted = NULL;

  if (kind == ANN_ELEMENT_NULL || kind == ANN_ELEMENT_MAPPING || kind == ANN_ELEMENT_OPAQUE
      || ann_element_get_state (self) != ANN_ELEMENT_OK)
    return;
  if (rank >= n_axes && (n_axes == 0 || memcmp (shape, lengths, n_axes * sizeof (guint64)) == 0))
    return;

  found = shape_to_string (rank, shape);
  wanted = shape_to_string (n_axes, lengths);
  _ann_element_take_error (self, g_error_new (ANN_ERROR, ANN_ERROR_CORRUPT,
                                              "%s: its shape is %s, but must %s %s (%s)",
                                              ann_element_get_path (self), found,
                                              rank > n_axes ? "begin with" : "be", wanted, why));
}

AnnArray *
_ann_element_open_part (AnnNode *group, const char *name, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (AnnNode) node = NULL;
  g_autoptr (AnnArray) array = NULL;

  node = ann_node_open_child (group, name, cancellable, &local_error);
  if (node == NULL)
    {
      if (g_error_matches (local_error, ANN_ERROR, ANN_ERROR_NOT_FOUND))
        g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "%s: its part “%s” is missing",
                     ann_node_get_path (group), name);
      else
        g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (ann_node_get_kind (node) != ANN_NODE_ARRAY)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "%s: its part “%s” is no array",
                   ann_node_get_path (group), name);
      return NULL;
    }

  array = ann_node_open_array (node, cancellable, error);
  if (array == NULL || !_ann_element_check_codecs (array, error))
    return NULL;

  return g_steal_pointer (&array);
}

AnnArray *
_ann_element_dup_array (AnnElement *element)
{
  gsize n;
  g_autofree AnnArray **arrays = ann_element_list_arrays (element, &n);

  return arrays[0];
}

/* Some rows of an array that has one axis at least, whole along the others. */
void
_ann_element_init_rows_box (AnnBox *box, AnnArray *array, guint64 start, guint64 count)
{
  ann_box_init_whole (box, ann_array_get_rank (array), ann_array_get_shape (array));
  box->start[0] = start;
  box->count[0] = count;
}

gboolean
_ann_element_check_codecs (AnnArray *array, GError **error)
{
  AnnCodecChain *chain = ann_array_get_codecs (array);
  AnnCodec *missing = chain != NULL ? ann_codec_chain_get_missing (chain) : NULL;
  const char *reason;

  if (missing == NULL)
    return TRUE;

  reason = ann_codec_get_missing_reason (missing);
  if (reason != NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_MISSING_CODEC,
                 "%s: is stored with %s, which is not read: %s", ann_array_get_path (array),
                 ann_codec_get_name (missing), reason);
  else
    g_set_error (error, ANN_ERROR, ANN_ERROR_MISSING_CODEC,
                 "%s: is compressed with %s, which this build does not have",
                 ann_array_get_path (array), ann_codec_get_name (missing));
  return FALSE;
}
