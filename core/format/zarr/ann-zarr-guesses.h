/* ann-zarr-guesses.h: what may lie in a group of a store that does not tell
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-attributes.h"

G_BEGIN_DECLS

/* (transfer full): names of children that a group with these attributes has, as anndata writes it.
 * Sets @is_complete to whether there can be no others.
 */
char **_ann_zarr_guess_children (AnnAttributes *attributes, gboolean *is_complete)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
