/* ann-packed-chunk.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-packed-chunk-private.h"

#include "array/ann-chunk-room-private.h"
#include "base/ann-buffer-private.h"

#include <string.h>

/* Packing is no compression: it looks over what lies in the processor's cache anyway, in a fraction
 * of the time that the pages take which it saves, and every item stays where it can be found.
 */

/* Less is kept as it is. */
#define MIN_PACKED_SIZE ((gsize) 4096)

/* The loops take so many items a turn, a number that the compiler knows and vectorises for. */
#define BLOCK 64

/* --- Loops --- */

#define DEFINE_COLLECT(bits)                                                                       \
  static guint64 collect_##bits (const guint8 *from)                                               \
  {                                                                                                \
    guint##bits found = 0;                                                                         \
                                                                                                   \
    for (gsize i = 0; i < BLOCK; i++)                                                              \
      {                                                                                            \
        guint##bits item;                                                                          \
                                                                                                   \
        memcpy (&item, from + i * sizeof item, sizeof item);                                       \
        found |= item;                                                                             \
      }                                                                                            \
                                                                                                   \
    return found;                                                                                  \
  }

DEFINE_COLLECT (16)
DEFINE_COLLECT (32)
DEFINE_COLLECT (64)

#define DEFINE_CONVERT(name, from_bits, to_bits, expression)                                       \
  static inline void name##_one (const guint8 *from, guint8 *to, guint shift)                      \
  {                                                                                                \
    guint##from_bits item;                                                                         \
    guint##to_bits result;                                                                         \
                                                                                                   \
    memcpy (&item, from, sizeof item);                                                             \
    result = (guint##to_bits) (expression);                                                        \
    memcpy (to, &result, sizeof result);                                                           \
  }                                                                                                \
                                                                                                   \
  static void name (const guint8 *restrict from, guint8 *restrict to, gsize n, guint shift)        \
  {                                                                                                \
    gsize i = 0;                                                                                   \
                                                                                                   \
    for (; i + BLOCK <= n; i += BLOCK)                                                             \
      for (gsize k = i; k < i + BLOCK; k++)                                                        \
        name##_one (from + k * (from_bits / 8), to + k * (to_bits / 8), shift);                    \
    for (; i < n; i++)                                                                             \
      name##_one (from + i * (from_bits / 8), to + i * (to_bits / 8), shift);                      \
  }

#define DEFINE_PACK(word_bits, width_bits)                                                         \
  DEFINE_CONVERT (pack_##word_bits##_##width_bits, word_bits, width_bits, item >> shift)           \
  DEFINE_CONVERT (unpack_##word_bits##_##width_bits, width_bits, word_bits,                        \
                  (guint##word_bits) item << shift)

DEFINE_PACK (16, 8)
DEFINE_PACK (32, 8)
DEFINE_PACK (32, 16)
DEFINE_PACK (64, 8)
DEFINE_PACK (64, 16)
DEFINE_PACK (64, 32)

typedef void (*Convert) (const guint8 *from, guint8 *to, gsize n, guint shift);

/* Items as integers of @word bytes, of which @width are kept. */
typedef struct {
  gsize word;
  gsize width;
  AnnDtype dtype;
  Convert pack;
  Convert unpack;
} Kind;

static const Kind kinds[] = {
  { 2, 1, ANN_DTYPE_UINT8, pack_16_8, unpack_16_8 },
  { 4, 1, ANN_DTYPE_UINT8, pack_32_8, unpack_32_8 },
  { 4, 2, ANN_DTYPE_UINT16, pack_32_16, unpack_32_16 },
  { 8, 1, ANN_DTYPE_UINT8, pack_64_8, unpack_64_8 },
  { 8, 2, ANN_DTYPE_UINT16, pack_64_16, unpack_64_16 },
  { 8, 4, ANN_DTYPE_UINT32, pack_64_32, unpack_64_32 },
};

/* --- Packing --- */

static guint64
collect (const guint8 *from, gsize word)
{
  return word == 2 ? collect_16 (from) : word == 4 ? collect_32 (from) : collect_64 (from);
}

/* The fewest bytes that hold all bits from the lowest to the highest of @bits. */
static gsize
get_width (guint64 bits, guint *shift)
{
  guint span;

  *shift = bits != 0 ? (guint) __builtin_ctzll (bits) : 0;
  span = bits != 0 ? 64 - (guint) __builtin_clzll (bits) - *shift : 0;

  return span <= 8 ? 1 : span <= 16 ? 2 : span <= 32 ? 4 : 8;
}

/* Of numbers that have all bits, such as fractions, the first few say so. The last items are
 * looked at twice, so that each is in a block. Returns: (nullable): how to pack, if it pays
 */
static const Kind *
find_kind (const guint8 *bytes, gsize n_bytes, gsize item_size, guint *shift)
{
  const gsize word = item_size % 8 == 0 ? 8 : item_size; /* of a complex number two */
  const gsize n = n_bytes / word;
  guint64 bits = 0;

  if (n_bytes < MIN_PACKED_SIZE || (word != 2 && word != 4 && word != 8))
    return NULL;
  for (gsize i = 0; i < n; i += BLOCK)
    {
      bits |= collect (bytes + MIN (i, n - BLOCK) * word, word);
      if (get_width (bits, shift) >= word)
        return NULL;
    }

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (kinds[i].word == word && kinds[i].width == get_width (bits, shift))
        return &kinds[i];
    }

  return NULL;
}

static gboolean
pack (AnnPackedChunk *self,
      const Kind *kind,
      guint shift,
      const guint8 *bytes,
      gsize n_bytes,
      GError **error)
{
  const gsize n = n_bytes / (kind != NULL ? kind->word : 1);

  self->n_bytes = n_bytes;
  self->shift = kind != NULL ? shift : 0;
  self->values = _ann_chunk_room_new_vector (kind != NULL ? kind->dtype : ANN_DTYPE_UINT8, n,
                                             error);
  if (self->values == NULL)
    return FALSE;

  if (kind != NULL)
    kind->pack (bytes, ann_buffer_get_data_for_writing (self->values), n, shift);
  else
    memcpy (ann_buffer_get_data_for_writing (self->values), bytes, n);

  return TRUE;
}

gboolean
_ann_packed_chunk_init (AnnPackedChunk *self,
                        const guint8 *bytes,
                        gsize n_bytes,
                        gsize item_size,
                        GError **error)
{
  guint shift = 0;
  const Kind *kind = find_kind (bytes, n_bytes, item_size, &shift);

  return pack (self, kind, shift, bytes, n_bytes, error);
}

void
_ann_packed_chunk_init_buffer (AnnPackedChunk *self, AnnBuffer *bytes, gsize item_size)
{
  const guint8 *data = ann_buffer_get_data (bytes);
  const gsize n_bytes = ann_buffer_get_size (bytes);
  guint shift = 0;
  const Kind *kind = find_kind (data, n_bytes, item_size, &shift);

  if (kind == NULL || !pack (self, kind, shift, data, n_bytes, NULL))
    *self = (AnnPackedChunk){ ann_buffer_ref (bytes), n_bytes, 0 };
}

void
_ann_packed_chunk_copy (const AnnPackedChunk *self, AnnPackedChunk *copy)
{
  *copy = *self;
  ann_buffer_ref (copy->values);
}

void
_ann_packed_chunk_clear (AnnPackedChunk *self)
{
  g_clear_pointer (&self->values, ann_buffer_unref);
}

/* --- Unpacking --- */

const guint8 *
_ann_packed_chunk_get_bytes (const AnnPackedChunk *self)
{
  return ann_buffer_get_size (self->values) == self->n_bytes ? ann_buffer_get_data (self->values)
                                                             : NULL;
}

void
_ann_packed_chunk_unpack (const AnnPackedChunk *self, gsize offset, gsize n_bytes, guint8 *to)
{
  const guint8 *from = ann_buffer_get_data (self->values);
  const gsize width = ann_dtype_get_size (ann_buffer_get_dtype (self->values));
  const gsize word = self->n_bytes / MAX (ann_buffer_get_n_elements (self->values), 1);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (kinds[i].word == word && kinds[i].width == width)
        {
          kinds[i].unpack (from + offset / word * width, to, n_bytes / word, self->shift);
          return;
        }
    }

  memcpy (to, from + offset, n_bytes);
}
