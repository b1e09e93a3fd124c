/* ann-filter-names.c: what an expression may begin with
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-filter-private.h"

#include <string.h>

/* As it is written: in back-ticks if it has to be. */
static char *
write_name (const char *name)
{
  g_autoptr (GString) quoted = NULL;

  if (_ann_filter_is_plain_name (name))
    return g_strdup (name);

  quoted = g_string_new (name);
  g_string_replace (quoted, "`", "``", 0);

  return g_strdup_printf ("`%s`", quoted->str);
}

char *
_ann_filter_write_text (const char *text)
{
  g_autoptr (GString) quoted = g_string_new (text);

  g_string_replace (quoted, "\\", "\\\\", 0);
  g_string_replace (quoted, "\"", "\\\"", 0);
  g_string_replace (quoted, "\n", "\\n", 0);

  return g_strdup_printf ("\"%s\"", quoted->str);
}

/* `layers["counts"]` for each entry of a mapping. What cannot be listed has none. */
static void
add_entries (GPtrArray *names, AnnElement *root, const char *mapping, GCancellable *cancellable)
{
  g_autoptr (AnnElement) element = ann_element_open_child (root, mapping, cancellable, NULL);
  g_auto (GStrv) children = NULL;

  if (element != NULL && ann_element_get_error (element) == NULL)
    children = ann_element_list_children (element, cancellable, NULL);
  for (guint i = 0; children != NULL && children[i] != NULL; i++)
    {
      g_autofree char *key = _ann_filter_write_text (children[i]);

      g_ptr_array_add (names, g_strdup_printf ("%s[%s]", mapping, key));
    }
}

/**
 * ann_filter_list_names:
 * @data: a store
 * @axis: of what the filter would be
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Lists what an expression may begin with, for a completion: the columns, the names of the rows,
 * and the matrices that brackets follow, each written as it has to be. Reads metadata.
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names, or %NULL with @error set if this
 *   was cancelled
 */
char **
ann_filter_list_names (AnnData *data, AnnAxis axis, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_auto (GStrv) children = NULL;
  AnnElement *root;
  AnnFrame *frame;

  g_return_val_if_fail (ANN_IS_DATA (data), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  root = ann_data_get_root (data);
  frame = axis == ANN_AXIS_OBS ? ann_data_get_obs (data) : ann_data_get_var (data);
  for (guint i = 0; frame != NULL && i < ann_frame_get_n_columns (frame); i++)
    g_ptr_array_add (names, write_name (ann_frame_get_column_name (frame, i)));
  g_ptr_array_add (names, g_strdup (axis == ANN_AXIS_OBS ? "obs_names" : "var_names"));

  children = ann_element_list_children (root, cancellable, NULL);
  if (children != NULL && g_strv_contains ((const char *const *) children, "X"))
    g_ptr_array_add (names, g_strdup ("X"));
  add_entries (names, root, "layers", cancellable);
  if (axis == ANN_AXIS_OBS && children != NULL
      && g_strv_contains ((const char *const *) children, "raw"))
    g_ptr_array_add (names, g_strdup ("raw"));
  add_entries (names, root, axis == ANN_AXIS_OBS ? "obsm" : "varm", cancellable);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  g_ptr_array_add (names, NULL);

  return (char **) g_ptr_array_steal (names, NULL);
}
