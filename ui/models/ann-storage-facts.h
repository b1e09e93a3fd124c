/* ann-storage-facts.h: how an element lies in its store
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/**
 * AnnStorageSize:
 * @logical: bytes of the values as numbers in memory
 * @stored: bytes on disk
 * @n_arrays: stored arrays that were counted
 * @n_unknown: of them, such whose stored size the format does not tell
 * @has_texts: whether there were texts, whose length is not counted in @logical
 *
 * Sum over stored arrays.
 */
typedef struct {
  guint64 logical;
  guint64 stored;
  guint n_arrays;
  guint n_unknown;
  gboolean has_texts;
} AnnStorageSize;

gboolean ann_storage_size_add (AnnStorageSize *size,
                               AnnElement *element,
                               AnnProgress *progress,
                               GCancellable *cancellable,
                               GError **error);

/**
 * AnnStorageArray:
 *
 * One stored array, in words.
 */
typedef struct {
  char *path;
  char *type;
  char *shape;
  char *layout;
  char *chunks;
  char *filters;
} AnnStorageArray;

/**
 * AnnStorageFacts:
 * @arrays: (element-type AnnStorageArray): the arrays behind the element
 * @attributes: (element-type utf8): names and values by turns
 * @attributes_trouble: (nullable): why the attributes could not be read
 * @link: (nullable): how the element is linked, unless by an ordinary hard link
 *
 * All but the sizes.
 */
typedef struct {
  GPtrArray *arrays;
  GPtrArray *attributes;
  char *attributes_trouble;
  char *link;
} AnnStorageFacts;

AnnStorageFacts *ann_storage_facts_read (AnnElement *element,
                                         GCancellable *cancellable,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
void ann_storage_facts_free (AnnStorageFacts *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnStorageFacts, ann_storage_facts_free)

G_END_DECLS
