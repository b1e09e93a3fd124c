/* ann-s3-removal.h: objects of a bucket that are to be removed
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "store/ann-s3-store-private.h"

G_BEGIN_DECLS

/**
 * AnnS3Removal:
 *
 * What one place of a bucket has, by its keys: what is below it, or the one object that it is.
 * Owned; one thread at a time.
 */
typedef struct _AnnS3Removal AnnS3Removal;

/* @name: of the place, for messages. @keys: (transfer full): char *, in the order in which they go;
 * "" is the place itself
 */
AnnS3Removal *_ann_s3_removal_new (AnnS3Store *store, const char *name, GPtrArray *keys)
    G_GNUC_WARN_UNUSED_RESULT;
void _ann_s3_removal_free (AnnS3Removal *self);

/* (transfer full) (nullable): of _ann_s3_make_mark (): what has another, or none, is not removed,
 * but left, for it is not ours.
 */
void _ann_s3_removal_set_mark (AnnS3Removal *self, char *mark);

/* Some of the keys, (transfer full), whose objects may come to be after they were removed: when
 * nobody waits, that is looked after.
 */
void _ann_s3_removal_set_late (AnnS3Removal *self, GPtrArray *keys);

/* All are tried, whatever became of the others, until there is no server any more that answers.
 * %FALSE with @error if some are left, which it names.
 */
gboolean _ann_s3_removal_run (AnnS3Removal *self, GCancellable *cancellable, GError **error);

/* The same of several, (transfer full), in a thread that nobody waits for but the process when it
 * ends, and for a minute at most. What is left is said in warnings; of places that are not tried
 * for want of a server or of time, in one.
 */
void _ann_s3_removal_run_later (GPtrArray *removals);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnS3Removal, _ann_s3_removal_free)

G_END_DECLS
