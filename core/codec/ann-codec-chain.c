/* ann-codec-chain.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-chain-private.h"

#include "base/ann-error.h"
#include "base/ann-scratch-private.h"
#include "codec/ann-codec-private.h"

#include <string.h>

struct _AnnCodecChain {
  gatomicrefcount ref_count;
  GPtrArray *codecs; /* of AnnCodec, as a writer applies them */
};

G_DEFINE_BOXED_TYPE (AnnCodecChain, ann_codec_chain, ann_codec_chain_ref, ann_codec_chain_unref)

static void
unref_codec (gpointer data)
{
  ann_codec_unref (data);
}

/**
 * ann_codec_chain_new:
 *
 * Returns: (transfer full): a chain without codecs, which copies
 */
AnnCodecChain *
ann_codec_chain_new (void)
{
  AnnCodecChain *self = g_new0 (AnnCodecChain, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->codecs = g_ptr_array_new_with_free_func (unref_codec);

  return self;
}

/**
 * ann_codec_chain_ref:
 * @self: a chain
 *
 * Returns: (transfer full): @self
 */
AnnCodecChain *
ann_codec_chain_ref (AnnCodecChain *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_codec_chain_unref:
 * @self: (transfer full): a chain
 */
void
ann_codec_chain_unref (AnnCodecChain *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    {
      g_ptr_array_unref (self->codecs);
      g_free (self);
    }
}

/**
 * ann_codec_chain_append:
 * @self: a chain with one owner, the caller
 * @codec: (transfer full): what a writer does after the codecs that are there
 */
void
ann_codec_chain_append (AnnCodecChain *self, AnnCodec *codec)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (codec != NULL);
  g_return_if_fail (g_atomic_ref_count_compare (&self->ref_count, 1));

  g_ptr_array_add (self->codecs, codec);
}

/**
 * ann_codec_chain_get_length:
 * @self: a chain
 *
 * Returns: how many codecs it has
 */
guint
ann_codec_chain_get_length (const AnnCodecChain *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->codecs->len;
}

/**
 * ann_codec_chain_get_codec:
 * @self: a chain
 * @index: less than its length
 *
 * Returns: (transfer none): a codec, counted in the order of a writer
 */
AnnCodec *
ann_codec_chain_get_codec (const AnnCodecChain *self, guint index)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (index < self->codecs->len, NULL);

  return g_ptr_array_index (self->codecs, index);
}

/**
 * ann_codec_chain_get_missing:
 * @self: a chain
 *
 * Returns: (transfer none) (nullable): the first codec that this build does not have
 */
AnnCodec *
ann_codec_chain_get_missing (const AnnCodecChain *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  for (guint i = 0; i < self->codecs->len; i++)
    {
      AnnCodec *codec = g_ptr_array_index (self->codecs, i);

      if (ann_codec_is_missing (codec))
        return codec;
    }

  return NULL;
}

/**
 * ann_codec_chain_to_string:
 * @self: a chain
 *
 * Returns: (transfer full): its codecs in the order of a writer, such as `shuffle 4, gzip 4`;
 *   empty without codecs
 */
char *
ann_codec_chain_to_string (const AnnCodecChain *self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < self->codecs->len; i++)
    {
      const AnnCodec *codec = g_ptr_array_index (self->codecs, i);

      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", codec->description);
    }

  return g_string_free (text, FALSE);
}

/* Whether codec @n has something to do. Bit n of the mask says that a writer left it out; codecs
 * beyond the bits never are.
 */
static gboolean
is_applied (const AnnCodecChain *self, guint n, guint32 filter_mask)
{
  const AnnCodec *codec = g_ptr_array_index (self->codecs, n);

  return codec->klass->decode != NULL && (n >= 32 || (filter_mask >> n & 1) == 0);
}

/* The most bytes that there can be before a writer's codec @n, for a chunk of @dest_size bytes: a
 * stream that unpacks to more is damaged or a bomb. Saturates.
 */
static gsize
get_bound (const AnnCodecChain *self, guint n, guint32 filter_mask, gsize dest_size)
{
  gsize bound = dest_size;

  for (guint i = 0; i < n; i++)
    {
      if (is_applied (self, i, filter_mask))
        bound = _ann_codec_get_bound (g_ptr_array_index (self->codecs, i), bound);
    }

  return bound;
}

static gboolean
check_size (gsize size, gsize dest_size, GError **error)
{
  if (size == dest_size)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
               "The chunk holds %" G_GSIZE_FORMAT " bytes instead of %" G_GSIZE_FORMAT, size,
               dest_size);

  return FALSE;
}

static gboolean
decode_last (const AnnCodec *codec,
             const guint8 *src,
             gsize src_size,
             guint8 *dest,
             gsize dest_size,
             GError **error)
{
  gsize n = 0;

  return codec->klass->decode (codec, src, src_size, dest, dest_size, &n, error)
         && check_size (n, dest_size, error);
}

/* Undoes the codecs from @last to @first, of which @first goes into @dest. Between two codecs the
 * bytes lie in one of two blocks, taken in turns.
 */
static gboolean
decode_steps (const AnnCodecChain *self,
              guint first,
              guint last,
              const guint8 *src,
              gsize src_size,
              guint32 filter_mask,
              guint8 *dest,
              gsize dest_size,
              GError **error)
{
  g_auto (AnnScratch) even = { NULL, 0 };
  g_auto (AnnScratch) odd = { NULL, 0 };
  AnnScratch *blocks[] = { &even, &odd };
  guint n_steps = 0;

  for (guint i = last; i > first; i--)
    {
      const AnnCodec *codec = g_ptr_array_index (self->codecs, i);
      AnnScratch *block = blocks[n_steps % 2];
      gsize capacity;
      gsize n = 0;

      if (!is_applied (self, i, filter_mask))
        continue;

      capacity = get_bound (self, i, filter_mask, dest_size);
      if (!codec->is_compressor && _ann_codec_get_bound (codec, capacity) >= capacity)
        capacity = MIN (capacity, src_size);
      if (!_ann_scratch_reserve (block, capacity, error)
          || !codec->klass->decode (codec, src, src_size, block->data, capacity, &n, error))
        return FALSE;

      src = block->data;
      src_size = n;
      n_steps++;
    }

  return decode_last (g_ptr_array_index (self->codecs, first), src, src_size, dest, dest_size,
                      error);
}

/**
 * ann_codec_chain_decode: (skip)
 * @self: a chain
 * @src: (array length=src_size) (nullable): the stored bytes of a chunk
 * @src_size: how many
 * @filter_mask: bit n set: the writer left out codec n
 * @dest: (out caller-allocates) (array length=dest_size): room for the decoded chunk
 * @dest_size: its size in bytes, which the result must have exactly
 * @error: return location for an `ANN_ERROR_CORRUPT` or `ANN_ERROR_MISSING_CODEC`
 *
 * Undoes the codecs from the last to the first. Any number of threads at once; memory beyond
 * @dest is bounded by a small multiple of @dest_size whatever @src says. @dest may be written
 * to even if it fails.
 *
 * Returns: %FALSE with @error set if the bytes do not decode to @dest_size bytes
 */
gboolean
ann_codec_chain_decode (const AnnCodecChain *self,
                        const guint8 *src,
                        gsize src_size,
                        guint32 filter_mask,
                        guint8 *dest,
                        gsize dest_size,
                        GError **error)
{
  guint8 nothing[1];
  guint first = G_MAXUINT;
  guint last = 0;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  /* Codecs compute with the addresses, even of nothing. */
  if (src_size == 0)
    src = (const guint8 *) "";
  if (dest_size == 0)
    dest = nothing;

  for (guint i = 0; i < self->codecs->len; i++)
    {
      if (is_applied (self, i, filter_mask))
        {
          first = MIN (first, i);
          last = i;
        }
    }

  if (first != G_MAXUINT)
    return decode_steps (self, first, last, src, src_size, filter_mask, dest, dest_size, error);

  if (!check_size (src_size, dest_size, error))
    return FALSE;
  memcpy (dest, src, dest_size);

  return TRUE;
}

/* --- Encoding --- */

/* The last codec that has something to do, or G_MAXUINT. */
static guint
find_last (const AnnCodecChain *self)
{
  guint last = G_MAXUINT;

  for (guint i = 0; i < self->codecs->len; i++)
    {
      if (is_applied (self, i, 0))
        last = i;
    }

  return last;
}

gboolean
_ann_codec_chain_has_steps (const AnnCodecChain *self)
{
  return find_last (self) != G_MAXUINT;
}

gsize
_ann_codec_chain_get_bound (const AnnCodecChain *self, gsize decoded_size)
{
  return get_bound (self, self->codecs->len, 0, decoded_size);
}

static gboolean
encode_one (const AnnCodec *codec,
            const guint8 *src,
            gsize src_size,
            guint8 *dest,
            gsize capacity,
            gsize *dest_size,
            GError **error)
{
  if (codec->klass->encode != NULL)
    return codec->klass->encode (codec, src, src_size, dest, capacity, dest_size, error);

  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
               "Chunks can be read from the codec “%s”, and not written with it",
               codec->description);

  return FALSE;
}

/* What the last codec makes goes into @dest; what is between two, into one of two blocks, taken in
 * turns.
 */
static gboolean
encode_steps (const AnnCodecChain *self,
              guint last,
              const guint8 *src,
              gsize src_size,
              guint8 *dest,
              gsize capacity,
              gsize *dest_size,
              GError **error)
{
  g_auto (AnnScratch) even = { NULL, 0 };
  g_auto (AnnScratch) odd = { NULL, 0 };
  AnnScratch *blocks[] = { &even, &odd };
  guint n_steps = 0;

  for (guint i = 0; i < last; i++)
    {
      const AnnCodec *codec = g_ptr_array_index (self->codecs, i);
      AnnScratch *block = blocks[n_steps % 2];
      gsize bound;

      if (!is_applied (self, i, 0))
        continue;
      bound = _ann_codec_get_bound (codec, src_size);
      if (!_ann_scratch_reserve (block, bound, error)
          || !encode_one (codec, src, src_size, block->data, bound, &src_size, error))
        return FALSE;
      src = block->data;
      n_steps++;
    }

  return encode_one (g_ptr_array_index (self->codecs, last), src, src_size, dest, capacity,
                     dest_size, error);
}

/**
 * ann_codec_chain_encode: (skip)
 * @self: a chain
 * @src: (array length=src_size) (nullable): a chunk as it is decoded
 * @src_size: its bytes
 * @dest: (out caller-allocates) (array length=capacity): room for the encoded chunk, which does not
 *   overlap @src
 * @capacity: its size in bytes: an eighth and 4 KiB more than @src_size is enough for one
 * compressor
 * @dest_size: (out): how many bytes were written
 * @error: return location for an `ANN_ERROR_UNSUPPORTED`, an `ANN_ERROR_MISSING_CODEC` or an
 *   `ANN_ERROR_TOO_LARGE`
 *
 * Applies the codecs from the first to the last. Any number of threads at once; each keeps some
 * memory for its next chunk.
 *
 * Returns: %FALSE with @error set if a codec cannot encode, or what it makes has no room
 */
gboolean
ann_codec_chain_encode (const AnnCodecChain *self,
                        const guint8 *src,
                        gsize src_size,
                        guint8 *dest,
                        gsize capacity,
                        gsize *dest_size,
                        GError **error)
{
  guint8 nothing[1];
  guint last;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (dest_size != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (capacity < _ann_codec_chain_get_bound (self, src_size))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "There is no room for a chunk of %" G_GSIZE_FORMAT " bytes", src_size);
      return FALSE;
    }

  if (src_size == 0)
    src = (const guint8 *) "";
  if (capacity == 0)
    dest = nothing;
  last = find_last (self);
  if (last != G_MAXUINT)
    return encode_steps (self, last, src, src_size, dest, capacity, dest_size, error);

  memcpy (dest, src, src_size);
  *dest_size = src_size;

  return TRUE;
}

/* --- The start of a chunk --- */

/* The codec that alone is applied and can decode a start, or NULL. */
static const AnnCodec *
find_starter (const AnnCodecChain *self, guint32 filter_mask)
{
  const AnnCodec *found = NULL;

  for (guint i = 0; i < self->codecs->len; i++)
    {
      if (!is_applied (self, i, filter_mask))
        continue;
      if (found != NULL)
        return NULL;
      found = g_ptr_array_index (self->codecs, i);
      if (found->klass->decode_start == NULL)
        return NULL;
    }

  return found;
}

gboolean
_ann_codec_chain_decodes_starts (const AnnCodecChain *self, guint32 filter_mask)
{
  return find_starter (self, filter_mask) != NULL;
}

gboolean
_ann_codec_chain_decode_start (const AnnCodecChain *self,
                               const guint8 *src,
                               gsize src_size,
                               guint32 filter_mask,
                               guint8 *dest,
                               gsize dest_size,
                               gsize whole_size)
{
  const AnnCodec *codec = find_starter (self, filter_mask);

  return codec != NULL && src_size > 0
         && codec->klass->decode_start (src, src_size, dest, dest_size, whole_size);
}

/* --- Chunks of any size --- */

/* What the result of a codec is tried with first. */
static gsize
guess_size (const AnnCodec *codec, const guint8 *src, gsize src_size, gsize max_size)
{
  guint64 guess = 0;

  if (codec->klass->guess_decoded_size != NULL)
    guess = codec->klass->guess_decoded_size (src, src_size);
  if (guess == 0)
    guess = codec->is_compressor && src_size <= G_MAXSIZE / 4 ? 4 * src_size : src_size;

  return CLAMP (guess, MIN (64, max_size), max_size);
}

static guint8 *
decode_unsized (const AnnCodec *codec,
                const guint8 *src,
                gsize src_size,
                gsize max_size,
                gsize *size,
                GError **error)
{
  gsize capacity = guess_size (codec, src, src_size, max_size);

  for (;;)
    {
      g_autofree guint8 *dest = g_try_malloc (MAX (capacity, 1));
      g_autoptr (GError) local_error = NULL;
      gsize n = 0;

      if (dest == NULL)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                       "No memory for a chunk of %" G_GSIZE_FORMAT " bytes", capacity);
          return NULL;
        }
      if (codec->klass->decode (codec, src, src_size, dest, capacity, &n, &local_error))
        {
          *size = n;
          return g_steal_pointer (&dest);
        }
      if (n != G_MAXSIZE)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      if (capacity == max_size)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                       "The chunk holds more than %" G_GSIZE_FORMAT " bytes", max_size);
          return NULL;
        }
      capacity = capacity <= max_size / 2 ? 2 * capacity : max_size;
    }
}

/* As ann_codec_chain_decode (), for a chunk that does not say how large it is, such as one of
 * texts: up to @max_size bytes, which is also the most that any step may come to. Returns memory
 * for g_free(), of @size bytes, or %NULL with @error set.
 */
guint8 *
_ann_codec_chain_decode_unsized (const AnnCodecChain *self,
                                 const guint8 *src,
                                 gsize src_size,
                                 guint32 filter_mask,
                                 gsize max_size,
                                 gsize *size,
                                 GError **error)
{
  g_autofree guint8 *decoded = NULL;

  if (src_size == 0)
    src = (const guint8 *) "";

  for (guint i = self->codecs->len; i > 0; i--)
    {
      const AnnCodec *codec = g_ptr_array_index (self->codecs, i - 1);
      guint8 *next;

      if (!is_applied (self, i - 1, filter_mask))
        continue;

      next = decode_unsized (codec, src, src_size, max_size, &src_size, error);
      if (next == NULL)
        return NULL;
      g_free (decoded);
      src = decoded = next;
    }

  if (decoded == NULL)
    {
      decoded = g_try_malloc (MAX (src_size, 1));
      if (decoded == NULL || src_size > max_size)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                       "No memory for a chunk of %" G_GSIZE_FORMAT " bytes", src_size);
          return NULL;
        }
      memcpy (decoded, src, src_size);
    }
  *size = src_size;

  return g_steal_pointer (&decoded);
}
