/* fuzz-input.h: bytes of a fuzzer, taken from the front
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What is left. Behind the end there are zeros. */
typedef struct {
  const guint8 *next;
  gsize n_left;
} Input;

G_GNUC_UNUSED static guint8
input_take_byte (Input *self)
{
  if (self->n_left == 0)
    return 0;
  self->n_left--;

  return *self->next++;
}

/* Little-endian. */
G_GNUC_UNUSED static guint32
input_take_number (Input *self)
{
  guint32 value = 0;

  for (guint i = 0; i < 4; i++)
    value |= (guint32) input_take_byte (self) << 8 * i;

  return value;
}

/* Copies @n bytes to @to. */
G_GNUC_UNUSED static void
input_take_bytes (Input *self, gpointer to, gsize n)
{
  gsize n_taken = MIN (n, self->n_left);

  memset (to, 0, n);
  if (n_taken > 0)
    memcpy (to, self->next, n_taken);
  self->next += n_taken;
  self->n_left -= n_taken;
}
