/* ann-data-colors.c: the palettes of categoricals
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-data.h"

#include "base/ann-error.h"
#include "element/ann-categorical.h"
#include "element/ann-element-private.h"

/* How many categories a column of obs, or else of var, has; FALSE if there is no such column. */
static gboolean
count_categories (AnnData *self,
                  const char *column,
                  guint64 *n_categories,
                  GCancellable *cancellable)
{
  AnnFrame *const frames[] = { ann_data_get_obs (self), ann_data_get_var (self) };

  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    {
      g_autoptr (AnnElement) element = NULL;
      guint position;

      if (frames[i] == NULL || !ann_frame_find_column (frames[i], column, &position))
        continue;
      element = ann_frame_open_column (frames[i], position, cancellable, NULL);
      if (element == NULL || !ANN_IS_CATEGORICAL (element))
        continue;
      *n_categories = ann_categorical_get_n_categories (ANN_CATEGORICAL (element));
      return TRUE;
    }

  return FALSE;
}

/**
 * ann_data_read_category_colors:
 * @self: a store
 * @column: the name of a categorical column of obs, or of var
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Reads the palette that scanpy keeps in `uns/<column>_colors`, if there is one with a color for
 * each category.
 *
 * Returns: (transfer full) (nullable): a color for each category, such as `#1f77b4`, as stored;
 *   %NULL without an error if there are none that fit
 */
AnnStrings *
ann_data_read_category_colors (AnnData *self,
                               const char *column,
                               GCancellable *cancellable,
                               GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *name = NULL;
  g_autoptr (AnnElement) uns = NULL;
  g_autoptr (AnnElement) colors = NULL;
  g_autoptr (AnnBlock) block = NULL;
  guint64 n_categories;
  guint64 n_colors = 0;

  g_return_val_if_fail (ANN_IS_DATA (self), NULL);
  g_return_val_if_fail (column != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  name = g_strconcat (column, "_colors", NULL);
  uns = ann_element_open_child (ann_data_get_root (self), "uns", cancellable, &local_error);
  /* Far away most columns have none, which consolidated metadata say without being asked. */
  if (uns != NULL && ann_data_get_traffic (self) != NULL && ann_element_get_node (uns) != NULL
      && !ann_node_has_child (ann_element_get_node (uns), name, cancellable))
    return NULL;
  if (uns != NULL)
    colors = ann_element_open_child (uns, name, cancellable, &local_error);
  if (colors == NULL)
    {
      if (!g_error_matches (local_error, ANN_ERROR, ANN_ERROR_NOT_FOUND))
        g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  /* A single one is a text in old stores. */
  if (ann_element_get_kind (colors) == ANN_ELEMENT_STRINGS && ann_element_get_rank (colors) == 1)
    n_colors = ann_element_get_n_rows (colors);
  else if (ann_element_get_kind (colors) == ANN_ELEMENT_STRING)
    n_colors = 1;
  if (n_colors == 0 || ann_element_get_state (colors) != ANN_ELEMENT_OK
      || !count_categories (self, column, &n_categories, cancellable) || n_colors != n_categories)
    return NULL;

  block = ann_element_read_rows (colors, 0, n_categories, cancellable, error);

  return block != NULL ? ann_strings_ref (block->texts) : NULL;
}
