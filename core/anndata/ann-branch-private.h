/* ann-branch-private.h: children that are there already
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element.h"

G_BEGIN_DECLS

/**
 * AnnBranch:
 *
 * Elements under names, of which a mapping, a table or a whole annotated matrix is made. Filled by
 * its maker, and then given away.
 */
typedef struct _AnnBranch AnnBranch;

AnnBranch *_ann_branch_new (void) G_GNUC_WARN_UNUSED_RESULT;
void _ann_branch_free (AnnBranch *self);

/* Takes @element. One that has this name already gives its place to it. */
void _ann_branch_add (AnnBranch *self, const char *name, AnnElement *element);

/* The children of @mapping that @self has not, opened. */
gboolean _ann_branch_add_children (AnnBranch *self,
                                   AnnElement *mapping,
                                   GCancellable *cancellable,
                                   GError **error);

/* (transfer full): the names, in order */
char **_ann_branch_list (const AnnBranch *self) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer none) (nullable) */
AnnElement *_ann_branch_get (const AnnBranch *self, const char *name);

/* A mapping, raw or annotated matrix. Takes @self. @shape: (nullable): of the two last */
AnnElement *_ann_branch_to_tree (AnnBranch *self,
                                 const char *path,
                                 AnnElementKind kind,
                                 const guint64 *shape) G_GNUC_WARN_UNUSED_RESULT;

/* A table. Takes @self and @index. @index_name: (nullable) */
AnnElement *_ann_branch_to_frame (AnnBranch *self,
                                  const char *path,
                                  AnnElement *index,
                                  const char *index_name) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnBranch, _ann_branch_free)

G_END_DECLS
