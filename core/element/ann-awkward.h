/* ann-awkward.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element.h"

G_BEGIN_DECLS

#define ANN_TYPE_AWKWARD (ann_awkward_get_type ())

ANN_API
ANN_DECLARE_FINAL_TYPE (AnnAwkward, ann_awkward, ANN, AWKWARD, AnnElement)

ANN_API char *ann_awkward_to_type_string (AnnAwkward *self) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnBlock *ann_awkward_read_marked_rows (AnnAwkward *self,
                                                guint64 start,
                                                guint64 count,
                                                GCancellable *cancellable,
                                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API char *ann_awkward_to_json (AnnAwkward *self,
                                   guint64 start,
                                   guint64 count,
                                   GCancellable *cancellable,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
