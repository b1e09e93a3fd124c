/* ann-walk.h: the elements of a store, one after the other
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/**
 * AnnWalk:
 *
 * Opens the elements of a list that [method@Ann.Data.list_elements] gave, each through its parent,
 * which stays open until the list has left it: opening a whole store takes time in proportion to
 * its elements. By its path, each would open all its parents anew. For one thread.
 */
typedef struct _AnnWalk AnnWalk;

AnnWalk *ann_walk_new (AnnData *data);
void ann_walk_free (AnnWalk *self);

AnnElement *ann_walk_open (AnnWalk *self, const char *path, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnWalk, ann_walk_free)

G_END_DECLS
