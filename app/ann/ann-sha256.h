/* ann-sha256.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

#define ANN_SHA256_BLOCK 64

/**
 * AnnSha256:
 *
 * SHA-256 of bytes as they come by. GChecksum does 0.4 GB/s, which would be all that a digest of a
 * large store waits for; where the processor has instructions for it, they do four times that.
 */
typedef struct {
  GChecksum *portable;
  guint32 state[8];
  guint8 rest[ANN_SHA256_BLOCK];
  guint64 n_bytes;
  char text[65];
} AnnSha256;

void ann_sha256_init (AnnSha256 *self);
void ann_sha256_clear (AnnSha256 *self);
void ann_sha256_update (AnnSha256 *self, gconstpointer data, gsize size);
const char *ann_sha256_get_text (AnnSha256 *self);

void ann_sha256_update_values (AnnSha256 *self,
                               AnnDtype dtype,
                               gconstpointer values,
                               gsize n_values);
gboolean ann_sha256_update_as_int64 (AnnSha256 *self,
                                     AnnDtype dtype,
                                     gconstpointer values,
                                     gsize n_values);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnSha256, ann_sha256_clear)

G_END_DECLS
