/* ann-nearest.h: the name that somebody may have meant
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

G_BEGIN_DECLS

/**
 * AnnNearest:
 *
 * Looks among names for the one that is the least changes away from a name that is not there.
 */
typedef struct _AnnNearest AnnNearest;

ANN_API AnnNearest *ann_nearest_new (const char *wanted) G_GNUC_WARN_UNUSED_RESULT;
ANN_API void ann_nearest_free (AnnNearest *self);
ANN_API void ann_nearest_offer (AnnNearest *self, const char *name);
ANN_API const char *ann_nearest_get (const AnnNearest *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnNearest, ann_nearest_free)

G_END_DECLS
