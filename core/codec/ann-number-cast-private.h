/* ann-number-cast-private.h: stored numbers into numbers of another type, as numpy does it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "codec/ann-codec-private.h"

G_BEGIN_DECLS

/* So many numbers are taken apart and put together at a time. */
#define ANN_NUMBER_PIECE 256

/* The two sides of a codec of numbers. Complex numbers are counted as two floats each. */
typedef struct {
  AnnDtype decoded;
  AnnDtype encoded;
  gsize decoded_size; /* of one, in bytes */
  gsize encoded_size;
  guint n_parts; /* 2 of complex numbers */
  gboolean is_decoded_swapped;
  gboolean is_encoded_swapped;
} AnnNumberCast;

gboolean _ann_number_cast_init (AnnNumberCast *self,
                                const char *codec_name,
                                const AnnStoredNumber *decoded,
                                const AnnStoredNumber *encoded,
                                GError **error);

/* How many numbers @src_size bytes are. %FALSE with @error set if they are none, or too many. */
gboolean _ann_number_cast_count (const AnnNumberCast *self,
                                 const AnnCodec *codec,
                                 gsize src_size,
                                 gsize capacity,
                                 gsize *n,
                                 gsize *dest_size,
                                 GError **error);
gsize _ann_number_cast_get_encoded_size (const AnnNumberCast *self, gsize decoded_size);

/* All of it: @n stored numbers into @n native ones of the decoded type. Both may lie anywhere. */
void _ann_number_cast_decode (const AnnNumberCast *self, const guint8 *src, guint8 *dest, gsize n);

/* In two steps, for at most a piece. */
void _ann_number_cast_load (const AnnNumberCast *self, const guint8 *src, double *to, gsize n);
void _ann_number_cast_store (const AnnNumberCast *self, const double *from, guint8 *dest, gsize n);

/* What comes last: @n native numbers get the byte order that the decoded side has. */
void _ann_number_cast_finish (const AnnNumberCast *self, guint8 *dest, gsize n);

G_END_DECLS
