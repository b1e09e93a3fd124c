/* ann-bit-reader-private.h: numbers of any count of bits, the highest bit first
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

/* Reads from @next on. Does not know where the bytes end: who reads counts the bits beforehand. */
typedef struct {
  const guint8 *next;
  guint64 bits; /* the lowest @n_bits of it are still to be read */
  guint n_bits;
} AnnBitReader;

/* @n is at most 56. */
static inline guint64
_ann_bit_reader_read (AnnBitReader *self, guint n)
{
  while (self->n_bits < n)
    {
      self->bits = self->bits << 8 | *self->next++;
      self->n_bits += 8;
    }
  self->n_bits -= n;

  return self->bits >> self->n_bits & (((guint64) 1 << n) - 1);
}
