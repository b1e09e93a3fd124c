/* ann-block-loader.h: blocks of a table that come and go
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

typedef struct {
  guint64 source;
  guint64 block;
} AnnBlockKey;

/**
 * AnnBlockLoaderFuncs:
 * @make_request: says all that a worker must know to make the block; main thread
 * @run: makes the block; worker thread
 * @free_request: frees what @make_request made; any thread
 * @get_size: the bytes of a block
 * @free_block: frees a block
 * @arrived: blocks are there, or cannot be had: called once for many; main thread
 */
typedef struct {
  gpointer (*make_request) (const AnnBlockKey *key, gpointer owner);
  gpointer (*run) (gpointer request, GCancellable *cancellable, GError **error);
  GDestroyNotify free_request;
  gsize (*get_size) (gconstpointer block);
  GDestroyNotify free_block;
  void (*arrived) (gpointer owner);
} AnnBlockLoaderFuncs;

#define ANN_TYPE_BLOCK_LOADER (ann_block_loader_get_type ())

G_DECLARE_FINAL_TYPE (AnnBlockLoader, ann_block_loader, ANN, BLOCK_LOADER, GObject)

AnnBlockLoader *ann_block_loader_new (const AnnBlockLoaderFuncs *funcs,
                                      gpointer owner,
                                      gsize budget) G_GNUC_WARN_UNUSED_RESULT;
void ann_block_loader_set_far (AnnBlockLoader *self);
void ann_block_loader_stop (AnnBlockLoader *self);

gpointer ann_block_loader_find (AnnBlockLoader *self,
                                guint64 source,
                                guint64 block,
                                const GError **error);
void ann_block_loader_set_wanted (AnnBlockLoader *self,
                                  const AnnBlockKey *keys,
                                  gsize n_keys,
                                  gsize n_first);
void ann_block_loader_clear (AnnBlockLoader *self);

/* Of blocks that could not be had for a reason that may pass, or for a changed store. */
const GError *ann_block_loader_get_failure (AnnBlockLoader *self);
guint ann_block_loader_get_n_failures (AnnBlockLoader *self);
gboolean ann_block_loader_retry (AnnBlockLoader *self);

gsize ann_block_loader_get_size (AnnBlockLoader *self);
guint64 ann_block_loader_get_n_started (AnnBlockLoader *self);
gboolean ann_block_loader_is_idle (AnnBlockLoader *self);

G_END_DECLS
