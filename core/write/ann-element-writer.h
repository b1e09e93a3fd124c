/* ann-element-writer.h: an element becomes nodes
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-node-writer.h"
#include "base/ann-progress.h"
#include "element/ann-element.h"
#include "write/ann-write-options.h"

G_BEGIN_DECLS

/**
 * AnnElementWriter:
 *
 * Writes elements of any kind, and of any source: it pulls blocks and knows nothing of where they
 * come from. Memory is bounded by the blocks in flight; what must be put into another order (rows
 * that are listed in another order than they are stored in, CSR ⇄ CSC) goes through buckets in an
 * unnamed file beside the target.
 */
typedef struct {
  const AnnWriteOptions *options;
  const char *scratch_folder; /* where the buckets go */
  AnnProgress *progress;      /* (nullable): in bytes of values */
  GPtrArray *warnings;        /* (nullable): char *: what could not be kept as it was */
} AnnElementWriter;

/* Writes @element under @name. Elements that cannot be read end the writing, with their path. */
gboolean _ann_element_write (const AnnElementWriter *self,
                             AnnElement *element,
                             AnnNodeWriter *parent,
                             const char *name,
                             GCancellable *cancellable,
                             GError **error);

/* Writes an annotated matrix as a root: FORMAT §11.1. Leaves committing to the caller. */
gboolean _ann_element_write_root (const AnnElementWriter *self,
                                  AnnElement *element,
                                  AnnNodeWriter *root,
                                  GCancellable *cancellable,
                                  GError **error);

/* About so many bytes will be read and encoded; from metadata, and pointers where rows are
 * selected. */
guint64 _ann_element_estimate_size (AnnElement *element, GCancellable *cancellable);

G_END_DECLS
