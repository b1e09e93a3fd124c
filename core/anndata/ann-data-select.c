/* ann-data-select.c: a part of a store is a store
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-data-select.h"

#include "anndata/ann-data-private.h"
#include "anndata/ann-data-set-private.h"
#include "base/ann-error.h"
#include "view/ann-select.h"

/**
 * ann_data_select:
 * @self: an annotated matrix
 * @obs: (nullable): which observations, or %NULL for all
 * @var: (nullable): which variables, or %NULL for all
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Makes a store of some observations and variables, as `adata[obs, var]` does: in the order asked,
 * each as often as it was asked for. All that lies along an axis is selected; of raw only the
 * observations are; uns is what it was. Nothing but metadata is read: the selection reads from
 * @self what is asked of it, and shows its address and format.
 *
 * Of a set some of whose parts are missing, observations that are all of the others are selected
 * from the set without those parts: that is whole, and of the types that its parts have. It is made
 * when the first such selection is, as the set was when it was opened, and kept.
 *
 * Columns with categories keep them all here. When a selection is exported, those that no row uses
 * are left out, unless they are to be kept.
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full): the selection; @self itself if both are %NULL. %NULL with @error set:
 *   `ANN_ERROR_BOUNDS` for a selection of another axis, `ANN_ERROR_UNSUPPORTED` for a store that is
 * no annotated matrix
 */
AnnData *
ann_data_select (AnnData *self,
                 AnnSelection *obs,
                 AnnSelection *var,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (AnnData) rest = NULL;
  g_autoptr (AnnSelection) of_rest = NULL;
  g_autoptr (AnnElement) root = NULL;
  AnnData *view;

  g_return_val_if_fail (ANN_IS_DATA (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!ann_data_is_annotated (self))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: is no annotated matrix: it has no observations and variables to select",
                   ann_data_get_uri (self));
      return NULL;
    }
  if (obs != NULL && ann_selection_get_axis_length (obs) == ann_data_get_n_obs (self)
      && !_ann_data_set_find_rest (self, obs, &rest, &of_rest, cancellable, error))
    return NULL;
  if (rest != NULL)
    return ann_data_select (rest, of_rest, var, cancellable, error);

  root = ann_element_select (ann_data_get_root (self), obs, var, error);
  if (root == NULL)
    {
      g_prefix_error (error, "%s: ", ann_data_get_uri (self));
      return NULL;
    }
  if (obs == NULL && var == NULL)
    return g_object_ref (self);

  view = _ann_data_new_view (root, ann_data_get_uri (self), ann_data_get_format (self), cancellable,
                             error);
  if (view != NULL)
    {
      _ann_data_make_selection (view, var != NULL || _ann_data_selects_var (self));
      _ann_data_add_source (view, self);
    }

  return view;
}
