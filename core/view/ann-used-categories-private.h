/* ann-used-categories-private.h: a column without the categories that it does not use
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-selection.h"
#include "element/ann-categorical.h"

G_BEGIN_DECLS

/* Looks through the codes, in bounded memory, and leaves out the categories that none of them is,
 * in order; @self if there are none such. @used: (out) (optional) (transfer full): those that stay
 */
AnnElement *_ann_categorical_drop_unused (AnnCategorical *self,
                                          AnnSelection **used,
                                          GCancellable *cancellable,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
