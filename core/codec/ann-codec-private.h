/* ann-codec-private.h: for those who write codecs
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "codec/ann-codec.h"

G_BEGIN_DECLS

/**
 * AnnCodecClass:
 * @name: as people know it, such as `gzip`
 * @encode: (nullable): encodes @src into @dest, which has room for what _ann_codec_get_bound ()
 * says and does not overlap @src. Sets @dest_size to the bytes written. %NULL if we do not write it
 * @decode: decodes @src into @dest. @capacity is what @dest can take: never write more.
 *   Sets @dest_size to the bytes written. Does not trust any length in @src. If it fails for want
 * of room, and for that alone, it does so by _ann_codec_set_too_long(). %NULL: there is nothing to
 * do
 * @get_encoded_size: (nullable): the size of what @decoded_size bytes become, for a codec that is
 * no compressor; %NULL if it stays the same. Saturates
 * @decode_start: (nullable): decodes the first @dest_size bytes of a chunk of @whole_size, in a
 * time that their number says. %FALSE if it cannot, for whatever reason: then all is decoded, which
 *   tells
 * @guess_decoded_size: (nullable): what @src claims to be decoded, without a promise; 0 if it does
 *   not say
 * @free_data: (nullable): frees what is in @data; g_free () if not
 *
 * A codec is one of these, in a file of its own, with its parameters.
 */
typedef struct {
  const char *name;
  gboolean (*encode) (const AnnCodec *codec,
                      const guint8 *src,
                      gsize src_size,
                      guint8 *dest,
                      gsize capacity,
                      gsize *dest_size,
                      GError **error);
  gboolean (*decode) (const AnnCodec *codec,
                      const guint8 *src,
                      gsize src_size,
                      guint8 *dest,
                      gsize capacity,
                      gsize *dest_size,
                      GError **error);
  gsize (*get_encoded_size) (const AnnCodec *codec, gsize decoded_size);
  gboolean (*decode_start) (const guint8 *src,
                            gsize src_size,
                            guint8 *dest,
                            gsize dest_size,
                            gsize whole_size);
  guint64 (*guess_decoded_size) (const guint8 *src, gsize src_size);
  GDestroyNotify free_data;
} AnnCodecClass;

struct _AnnCodec {
  gatomicrefcount ref_count;
  const AnnCodecClass *klass;
  gint64 parameter; /* level or item size */
  gboolean is_compressor;
  gpointer data;     /* (nullable): what else the class must know */
  char *description; /* with parameters, such as "gzip 4" */
};

AnnCodec *_ann_codec_new (const AnnCodecClass *klass, gint64 parameter, char *description);

/* The most bytes that a codec makes of @decoded_size bytes. A compressor makes nothing longer than
 * its input by more than an eighth. Saturates.
 */
gsize _ann_codec_get_bound (const AnnCodec *self, gsize decoded_size);

/* What was stored holds more than the room that there is. Returns %FALSE. */
gboolean _ann_codec_set_too_long (const AnnCodec *self, gsize *dest_size, GError **error);
gboolean _ann_codec_set_damaged (const AnnCodec *self, GError **error);

/* What is encoded takes more room than there is, which _ann_codec_get_bound () rules out. */
gboolean _ann_codec_set_no_room (const AnnCodec *self, GError **error);

/* A codec for Blosc that writes too: @inner is `zstd` or `lz4`; behind a shuffle of items of
 * @item_size bytes, if they have no more than 255.
 */
AnnCodec *_ann_codec_new_blosc_writer (const char *inner, guint level, gsize item_size);

#ifdef ANN_HAVE_BLOSC2
/* A codec for Blosc 2 in HDF5's frames; with the library that not every system has. */
AnnCodec *_ann_codec_new_blosc2 (guint level);
#endif

/* Puts @n shuffled items of @item_size bytes together again; @src and @dest do not overlap. */
void _ann_codec_unshuffle (const guint8 *src, guint8 *dest, gsize n, gsize item_size);

/* The other way. */
void _ann_codec_shuffle (const guint8 *src, guint8 *dest, gsize n, gsize item_size);

/* Turns the bytes of each item round. Of two, four and eight bytes, @src may be @dest. */
void _ann_codec_swap_bytes (const guint8 *src, guint8 *dest, gsize size, gsize item_size);

/* Streams in the blocks of another codec, @self, which must become @n bytes. */
gboolean _ann_codec_unpack_zstd (const AnnCodec *self,
                                 const guint8 *src,
                                 gsize src_size,
                                 guint8 *dest,
                                 gsize n,
                                 GError **error);
gboolean _ann_codec_unpack_zlib (const AnnCodec *self,
                                 const guint8 *src,
                                 gsize src_size,
                                 guint8 *dest,
                                 gsize n,
                                 GError **error);

G_END_DECLS
