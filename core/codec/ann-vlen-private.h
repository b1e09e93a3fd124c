/* ann-vlen-private.h: texts, bytes and lists of any length, as Zarr's vlen codecs lay them out
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-strings.h"

G_BEGIN_DECLS

/* A decoded chunk of vlen-utf8, vlen-bytes or vlen-array: how many values there are, then each
 * behind its length in bytes, all numbers 32 bits, little-endian. Lives on the stack, the bytes
 * stay the caller's.
 */
typedef struct {
  const guint8 *next;
  gsize n_bytes;  /* that are left */
  gsize n_values; /* likewise */
} AnnVlenReader;

gboolean _ann_vlen_reader_init (AnnVlenReader *self,
                                const guint8 *bytes,
                                gsize size,
                                guint64 n_values,
                                GError **error);
gboolean _ann_vlen_reader_skip (AnnVlenReader *self, gsize n, GError **error);
gboolean _ann_vlen_reader_append (AnnVlenReader *self,
                                  gsize n,
                                  gsize item_size,
                                  AnnStrings *to,
                                  GError **error);

G_END_DECLS
