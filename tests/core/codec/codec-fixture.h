/* codec-fixture.h: chunks from memory that ends where they end
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-error.h"
#include "codec/ann-codec-chain.h"

/* The number in @size bytes. */
G_GNUC_UNUSED static guint64
get_number (const guint8 *bytes, gsize size, gboolean is_big)
{
  guint64 value = 0;

  for (gsize j = 0; j < size; j++)
    value = value << 8 | bytes[is_big ? j : size - 1 - j];

  return value;
}

G_GNUC_UNUSED static guint64
get_value (gsize i)
{
  return (i * i) % 97 + i / 16;
}

/* Decodes from and into memory that ends exactly where it should, for the address sanitizer. */
G_GNUC_UNUSED static gboolean
decode (AnnCodecChain *chain,
        const guint8 *stored,
        gsize stored_size,
        gsize dest_size,
        guint8 **decoded,
        GError **error)
{
  g_autofree guint8 *src = g_memdup2 (stored, stored_size);

  *decoded = g_malloc (dest_size);

  return ann_codec_chain_decode (chain, src, stored_size, 0, *decoded, dest_size, error);
}
