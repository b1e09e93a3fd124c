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

/* Several places of one selection, in another one: what @outer selects of what @inner selects. */
AnnSelection *_ann_selection_compose (AnnSelection *inner, AnnSelection *outer, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
