/* ann-select.h: a part of an element is an element
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-selection.h"
#include "element/ann-element.h"

G_BEGIN_DECLS

ANN_API AnnElement *ann_element_select (AnnElement *self,
                                        AnnSelection *rows,
                                        AnnSelection *columns,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What a selection is made of, for who reads in the order of the storage instead of the order
 * asked: a row list that does not rise, columns of what is stored by rows. %FALSE for any other
 * element. Views of views are composed already: @base is none itself, unless it is stacked.
 * @base: (out) (transfer none)
 * @rows: (out) (transfer none) (nullable): %NULL for all
 * @columns: (out) (transfer none) (nullable)
 */
gboolean _ann_element_get_selected (AnnElement *self,
                                    AnnElement **base,
                                    AnnSelection **rows,
                                    AnnSelection **columns);

G_END_DECLS
