/* ann-codec-blosc2.c: a Blosc 2 frame with one chunk, as HDF5's filter 32026 writes it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-bytes-private.h"
#include "base/ann-error.h"
#include "base/ann-scratch-private.h"

#include <blosc2.h>
#include <string.h>

/* A frame is a header, the chunks, a chunk with the offsets of the chunks, and a trailer with what
 * nobody needs here. The header's numbers are big-endian and have places of their own, up to the
 * metalayers: a map from names to offsets, from the frame's beginning, of byte strings.
 * c-blosc2's README_CFRAME_FORMAT. Only chunks are handed to c-blosc2, which believes the rest.
 */
#define FRAME_HEADER_LENGTH 11
#define FRAME_LENGTH 16
#define FRAME_FLAGS 25
#define FRAME_TYPE 26
#define FRAME_NBYTES 30
#define FRAME_CBYTES 39
#define FRAME_ITEM_SIZE 48
#define FRAME_CHUNK_SIZE 58
#define FRAME_METALAYERS 87
#define MIN_HEADER_LENGTH (FRAME_METALAYERS + 7)

/* How long the offsets of chunks are: 64 bits, nobody writes others. */
#define OFFSET_SIZE_MASK 0x30
#define OFFSET_SIZE_8 0x10

/* Markers of msgpack, of which the metalayers are made. */
#define MSGPACK_ARRAY 0x90
#define MSGPACK_TEXT 0xa0
#define MSGPACK_BYTES32 0xc6
#define MSGPACK_INT32 0xd2
#define MSGPACK_INT64 0xd3
#define MSGPACK_MAP16 0xde

#define MAX_DIMS 15

/* The last blocks of each dimension are whole ones, beyond the array: up to twice its size in each
 * dimension, and this in all.
 */
#define MAX_PADDING 16

/* Of a chunk's flags. Both together say that the header is the long one. */
#define FLAG_SHUFFLE 0x1
#define FLAG_COPIED 0x2
#define FLAG_BITSHUFFLE 0x4

/* Of the long header's: with a dictionary; bytes in a file; times instead of values. */
#define FLAG_DICTIONARY 0x1
#define FLAG_LAZY 0x8
#define FLAG_INSTRUMENTED 0x80

typedef struct {
  gsize size;      /* of all that is in the frame */
  gsize item_size; /* can be larger than a chunk's header can say */
  const guint8 *header;
  gsize header_size;
  const guint8 *chunks;
  gsize chunks_size;
  const guint8 *offsets; /* a chunk, behind the others */
  gsize offsets_size;    /* with the trailer */
} Frame;

/* An array in blocks of as many dimensions. */
typedef struct {
  guint n_dims; /* 0: items one after the other */
  gsize shape[MAX_DIMS];
  gsize block[MAX_DIMS];
  gsize n_blocks[MAX_DIMS];
  gsize size;        /* in bytes */
  gsize padded_size; /* of all blocks */
} Layout;

/* @value is repeated if @special says so; without @special there are blocks in @bytes. */
typedef struct {
  const guint8 *bytes;
  gsize stored_size;
  gsize size;
  guint special;
  const guint8 *value;
  gsize value_size; /* of a NaN too */
} Chunk;

static gboolean
set_damaged (GError **error)
{
  g_set_error_literal (error, ANN_ERROR, ANN_ERROR_CORRUPT, "The blosc2 frame is damaged");

  return FALSE;
}

static gboolean
read_frame (const guint8 *src, gsize src_size, Frame *frame, GError **error)
{
  guint64 frame_size;
  guint64 chunk_size;
  guint64 size;
  guint64 chunks_size;

  if (src_size < MIN_HEADER_LENGTH || memcmp (src + 2, "b2frame", 8) != 0)
    return set_damaged (error);

  frame->header = src;
  frame->header_size = _ann_read_be32 (src + FRAME_HEADER_LENGTH);
  frame->item_size = _ann_read_be32 (src + FRAME_ITEM_SIZE);
  frame_size = _ann_read_be64 (src + FRAME_LENGTH);
  size = _ann_read_be64 (src + FRAME_NBYTES);
  chunks_size = _ann_read_be64 (src + FRAME_CBYTES);
  chunk_size = _ann_read_be32 (src + FRAME_CHUNK_SIZE);
  if ((src[FRAME_FLAGS] & OFFSET_SIZE_MASK) != OFFSET_SIZE_8 || src[FRAME_TYPE] != 0
      || frame_size > src_size || frame->header_size < MIN_HEADER_LENGTH
      || frame->header_size > frame_size || chunks_size > frame_size - frame->header_size
      || size == 0 || size > chunk_size || chunk_size > BLOSC2_MAX_BUFFERSIZE
      || frame->item_size == 0)
    return set_damaged (error);

  frame->size = size;
  frame->chunks = src + frame->header_size;
  frame->chunks_size = chunks_size;
  frame->offsets = frame->chunks + chunks_size;
  frame->offsets_size = frame_size - frame->header_size - chunks_size;

  return TRUE;
}

/* Finds the bytes of the metalayer @name. Sets *@size to 0 if there is none. */
static gboolean
find_metalayer (const Frame *frame,
                const char *name,
                const guint8 **bytes,
                gsize *size,
                GError **error)
{
  const guint8 *next = frame->header + MIN_HEADER_LENGTH;
  const guint8 *end = frame->header + frame->header_size;
  guint n;

  *bytes = NULL;
  *size = 0;
  if (next[-3] != MSGPACK_MAP16)
    return set_damaged (error);

  n = (guint) next[-2] << 8 | next[-1];
  for (guint i = 0; i < n; i++)
    {
      gsize name_size = next < end ? (gsize) next[0] - MSGPACK_TEXT : G_MAXSIZE;
      guint32 offset;

      if (name_size > 31 || (gsize) (end - next) < 1 + name_size + 5
          || next[1 + name_size] != MSGPACK_INT32)
        return set_damaged (error);
      offset = _ann_read_be32 (next + 1 + name_size + 1);
      if (offset > frame->header_size || frame->header_size - offset < 5
          || frame->header[offset] != MSGPACK_BYTES32
          || _ann_read_be32 (frame->header + offset + 1) > frame->header_size - offset - 5)
        return set_damaged (error);

      if (name_size == strlen (name) && memcmp (next + 1, name, name_size) == 0)
        {
          *bytes = frame->header + offset + 5;
          *size = _ann_read_be32 (frame->header + offset + 1);
          return TRUE;
        }
      next += 1 + name_size + 5;
    }

  return TRUE;
}

/* Takes an array of @n numbers of @number_size bytes from *@next. */
static gboolean
take_numbers (const guint8 **next, const guint8 *end, guint n, gsize number_size, gsize *numbers)
{
  const guint8 *from = *next;
  guint marker = number_size == 8 ? MSGPACK_INT64 : MSGPACK_INT32;

  if ((gsize) (end - from) < 1 + n * (1 + number_size) || from[0] != MSGPACK_ARRAY + n)
    return FALSE;
  from++;
  for (guint i = 0; i < n; i++, from += 1 + number_size)
    {
      guint64 number = number_size == 8 ? _ann_read_be64 (from + 1)
                                        : (guint64) _ann_read_be32 (from + 1);

      if (from[0] != marker || number == 0 || number > G_MAXINT32)
        return FALSE;
      numbers[i] = number;
    }
  *next = from;

  return TRUE;
}

/* Reads how an array lies in its chunk, from the metalayer "b2nd": an array of its version, the
 * number of dimensions, the shapes of all, of a chunk and of a block, and two entries about the
 * type. All is one chunk. c-blosc2's README_B2ND_METALAYER.
 */
static gboolean
read_layout (const Frame *frame, Layout *layout, GError **error)
{
  gsize chunk_shape[MAX_DIMS];
  const guint8 *next;
  const guint8 *end;
  gsize size;

  layout->n_dims = 0;
  layout->size = layout->padded_size = frame->size;
  if (!find_metalayer (frame, "b2nd", &next, &size, error))
    return FALSE;
  if (next == NULL)
    return TRUE;

  end = next + size;
  if (size < 3 || next[2] == 0 || next[2] > MAX_DIMS)
    return set_damaged (error);
  layout->n_dims = next[2];
  next += 3;
  if (!take_numbers (&next, end, layout->n_dims, 8, layout->shape)
      || !take_numbers (&next, end, layout->n_dims, 4, chunk_shape)
      || !take_numbers (&next, end, layout->n_dims, 4, layout->block))
    return set_damaged (error);

  layout->size = layout->padded_size = frame->item_size;
  for (guint i = 0; i < layout->n_dims; i++)
    {
      if (layout->shape[i] != chunk_shape[i] || layout->block[i] > layout->shape[i])
        return set_damaged (error);
      layout->n_blocks[i] = (layout->shape[i] - 1) / layout->block[i] + 1;
      if (!g_size_checked_mul (&layout->size, layout->size, layout->shape[i])
          || !g_size_checked_mul (&layout->padded_size, layout->padded_size,
                                  layout->n_blocks[i] * layout->block[i]))
        return set_damaged (error);
    }

  return layout->padded_size == frame->size ? TRUE : set_damaged (error);
}

/* Puts the rows of the blocks of @src, which follow each other, to their places in @dest. */
static void
copy_blocks (const Layout *layout, gsize item_size, const guint8 *src, guint8 *dest)
{
  const guint last = layout->n_dims - 1;
  const gsize row_size = layout->block[last] * item_size;

  for (gsize row = 0; row < layout->padded_size / row_size; row++, src += row_size)
    {
      gsize start[MAX_DIMS] = { 0 };
      gsize rest = row;
      gsize place = 0;
      gboolean is_inside = TRUE;

      for (guint i = last; i-- > 0; rest /= layout->block[i])
        start[i] = rest % layout->block[i];
      for (guint i = layout->n_dims; i-- > 0; rest /= layout->n_blocks[i])
        start[i] += rest % layout->n_blocks[i] * layout->block[i];

      for (guint i = 0; i < layout->n_dims; i++)
        {
          is_inside = is_inside && start[i] < layout->shape[i];
          place = place * layout->shape[i] + start[i];
        }
      if (is_inside)
        memcpy (dest + place * item_size, src,
                MIN (row_size, (layout->shape[last] - start[last]) * item_size));
    }
}

/* c-blosc2 looks for code outside itself when a chunk names a codec or a filter that is not its
 * own: no file may make it do so.
 */
static gboolean
check_kinds (const guint8 *src, GError **error)
{
  gboolean is_foreign = src[BLOSC2_CHUNK_VERSION] > BLOSC2_VERSION_FORMAT_STABLE
                        || src[BLOSC2_CHUNK_FLAGS] >> 5 > BLOSC_ZSTD_FORMAT
                        || (src[BLOSC2_CHUNK_BLOSC2_FLAGS] & FLAG_DICTIONARY) != 0;

  for (guint i = 0; i < BLOSC2_MAX_FILTERS; i++)
    is_foreign = is_foreign || src[BLOSC2_CHUNK_FILTER_CODES + i] > BLOSC_TRUNC_PREC;
  if (!is_foreign)
    return TRUE;

  g_set_error_literal (error, ANN_ERROR, ANN_ERROR_MISSING_CODEC,
                       "The blosc2 frame wants a codec or a filter that this build does not have");

  return FALSE;
}

/* Reads the header of a chunk that must hold @size bytes. It has what c-blosc2 computes with, in
 * 32 bits little-endian each: what the chunk holds, a block, and the chunk itself; in a chunk with
 * blocks then the offset of each. c-blosc2's README_CHUNK_FORMAT.
 */
static gboolean
read_chunk (const guint8 *src, gsize src_size, gsize size, Chunk *chunk, GError **error)
{
  gsize block_size;
  gsize n_blocks;
  guint flags;
  guint more_flags;

  if (src_size < BLOSC_EXTENDED_HEADER_LENGTH)
    return set_damaged (error);

  flags = src[BLOSC2_CHUNK_FLAGS];
  more_flags = src[BLOSC2_CHUNK_BLOSC2_FLAGS];
  block_size = _ann_read_le32 (src + BLOSC2_CHUNK_BLOCKSIZE);
  chunk->bytes = src;
  chunk->size = _ann_read_le32 (src + BLOSC2_CHUNK_NBYTES);
  chunk->stored_size = _ann_read_le32 (src + BLOSC2_CHUNK_CBYTES);
  chunk->special = more_flags >> 4 & BLOSC2_SPECIAL_MASK;
  chunk->value = src + BLOSC_EXTENDED_HEADER_LENGTH;
  if ((flags & FLAG_SHUFFLE) == 0 || (flags & FLAG_BITSHUFFLE) == 0
      || (more_flags & (FLAG_LAZY | FLAG_INSTRUMENTED)) != 0 || chunk->size != size
      || chunk->stored_size < BLOSC_EXTENDED_HEADER_LENGTH || chunk->stored_size > src_size)
    return set_damaged (error);

  chunk->value_size = chunk->special == BLOSC2_SPECIAL_VALUE
                          ? chunk->stored_size - BLOSC_EXTENDED_HEADER_LENGTH
                          : src[BLOSC2_CHUNK_TYPESIZE];
  if (chunk->special != 0)
    return TRUE;

  if (block_size == 0 || block_size > MIN (size, BLOSC2_MAXBLOCKSIZE)
      || src[BLOSC2_CHUNK_TYPESIZE] == 0)
    return set_damaged (error);
  n_blocks = (size - 1) / block_size + 1;
  if ((flags & FLAG_COPIED) == 0
      && (chunk->stored_size - BLOSC_EXTENDED_HEADER_LENGTH) / sizeof (gint32) < n_blocks)
    return set_damaged (error);

  return check_kinds (src, error);
}

static gboolean
repeat_value (const guint8 *value, gsize value_size, guint8 *dest, gsize size, GError **error)
{
  if (value_size == 0 || size % value_size != 0)
    return set_damaged (error);
  for (gsize i = 0; i < size; i += value_size)
    memcpy (dest + i, value, value_size);

  return TRUE;
}

/* Fills @dest as a chunk without blocks says. What was never written is zero. */
static gboolean
fill_special (const Chunk *chunk, guint8 *dest, gsize size, GError **error)
{
  static const guint8 nan4[] = { 0, 0, 0xc0, 0x7f };
  static const guint8 nan8[] = { 0, 0, 0, 0, 0, 0, 0xf8, 0x7f };

  switch (chunk->special)
    {
    case BLOSC2_SPECIAL_ZERO:
    case BLOSC2_SPECIAL_UNINIT:
      memset (dest, 0, size);
      return TRUE;
    case BLOSC2_SPECIAL_NAN:
      if (chunk->value_size != sizeof nan4 && chunk->value_size != sizeof nan8)
        return set_damaged (error);
      return repeat_value (chunk->value_size == sizeof nan4 ? nan4 : nan8, chunk->value_size, dest,
                           size, error);
    case BLOSC2_SPECIAL_VALUE:
      return repeat_value (chunk->value, chunk->value_size, dest, size, error);
    default:
      return set_damaged (error);
    }
}

/* @dest has room for all that the chunk holds. */
static gboolean
decompress (const Chunk *chunk, guint8 *dest, GError **error)
{
  blosc2_dparams parameters = BLOSC2_DPARAMS_DEFAULTS;
  blosc2_context *context = blosc2_create_dctx (parameters);
  int n;

  if (context == NULL)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "No memory to decompress blosc2");
      return FALSE;
    }
  n = blosc2_decompress_ctx (context, chunk->bytes, (gint32) chunk->stored_size, dest,
                             (gint32) chunk->size);
  blosc2_free_ctx (context);

  return n >= 0 && (gsize) n == chunk->size ? TRUE : set_damaged (error);
}

/* Finds the only chunk. An offset that is negative is no offset: its highest byte says what the
 * chunk is full of.
 */
static gboolean
find_chunk (const Frame *frame, Chunk *chunk, GError **error)
{
  Chunk offsets;
  guint8 bytes[8];
  guint64 offset;

  if (!read_chunk (frame->offsets, frame->offsets_size, sizeof bytes, &offsets, error)
      || !(offsets.special != 0 ? fill_special (&offsets, bytes, sizeof bytes, error)
                                : decompress (&offsets, bytes, error)))
    return FALSE;

  offset = _ann_read_le64 (bytes);
  if (offset >> 63 != 0)
    {
      *chunk = (Chunk){ .size = frame->size,
                        .special = bytes[7] & BLOSC2_SPECIAL_MASK,
                        .value_size = frame->item_size };
      return chunk->special != 0 && chunk->special != BLOSC2_SPECIAL_VALUE ? TRUE
                                                                           : set_damaged (error);
    }
  if (offset > frame->chunks_size)
    return set_damaged (error);

  return read_chunk (frame->chunks + offset, frame->chunks_size - offset, frame->size, chunk,
                     error);
}

static gboolean
decode_array (const Chunk *chunk,
              const Layout *layout,
              gsize item_size,
              guint8 *dest,
              GError **error)
{
  g_auto (AnnScratch) scratch = { NULL, 0 };

  if (layout->padded_size / MAX_PADDING > layout->size)
    return set_damaged (error);
  if (!_ann_scratch_reserve (&scratch, layout->padded_size, error)
      || !decompress (chunk, scratch.data, error))
    return FALSE;
  copy_blocks (layout, item_size, scratch.data, dest);

  return TRUE;
}

static gboolean
blosc2_decode (G_GNUC_UNUSED const AnnCodec *codec,
               const guint8 *src,
               gsize src_size,
               guint8 *dest,
               gsize capacity,
               gsize *dest_size,
               GError **error)
{
  Frame frame;
  Layout layout;
  Chunk chunk;

  if (!read_frame (src, src_size, &frame, error) || !read_layout (&frame, &layout, error))
    return FALSE;
  if (layout.size > capacity)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "The blosc2 frame claims to hold %" G_GSIZE_FORMAT " bytes, more than the chunk",
                   layout.size);
      return FALSE;
    }
  if (!find_chunk (&frame, &chunk, error))
    return FALSE;
  *dest_size = layout.size;

  if (chunk.special != 0)
    return fill_special (&chunk, dest, layout.size, error);
  if (layout.n_dims == 0)
    return decompress (&chunk, dest, error);

  return decode_array (&chunk, &layout, frame.item_size, dest, error);
}

static const AnnCodecClass blosc2_class = { .name = "blosc2", .decode = blosc2_decode };

/* Blosc's second format; a frame says by itself what it is, @level is what the writer asked for. */
AnnCodec *
_ann_codec_new_blosc2 (guint level)
{
  AnnCodec *self = _ann_codec_new (&blosc2_class, level, g_strdup_printf ("blosc2 %u", level));

  self->is_compressor = TRUE;

  return self;
}
