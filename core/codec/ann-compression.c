/* ann-compression.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-compression.h"

#include "base/ann-error.h"
#include "codec/ann-codec-private.h"

#include <string.h>

/* The usual levels were measured on indices (int32) and counts (float32) of CSR matrices, in chunks
 * of 128 Ki items; MB/s of one core, and the part of the bytes that is left:
 *
 *                                 indices       counts
 *     zlib 4 (what Python takes)  39  0.484   149  0.087
 *     shuffle, zlib 4             94  0.285   103  0.096
 *     shuffle, libdeflate 1      244  0.294   309  0.099
 *     shuffle, libdeflate 3      203  0.282   215  0.091
 *     shuffle, libdeflate 4      195  0.280   169  0.089
 *     shuffle, libdeflate 6      138  0.276    78  0.085
 *     zstd 1                     313  0.469   521  0.094
 *     zstd 3 (what Python takes) 164  0.389   518  0.097
 *     zstd 3, smaller tables     196  0.406   548  0.097
 *     shuffle, zstd 3            735  0.292   636  0.098
 *     blosc zstd 1              1236  0.300   638  0.099
 *     blosc zstd 2              1068  0.292   636  0.098
 *     blosc zstd 3               337  0.286   234  0.095
 *     blosc lz4 1               1846  0.351  1095  0.243
 *     blosc lz4 5               1973  0.339  1235  0.210
 */
static const struct {
  const char *name;
  gboolean has_level;
  int min;
  int max;
  int usual;
} compressors[] = {
  [ANN_COMPRESSOR_NONE] = { "none", FALSE, 0, 0, 0 },
  [ANN_COMPRESSOR_GZIP] = { "gzip", TRUE, 0, 9, 1 },
  [ANN_COMPRESSOR_ZSTD] = { "zstd", TRUE, -7, 22, 3 },
  [ANN_COMPRESSOR_BLOSC] = { "blosc", TRUE, 0, 9, 2 },
  [ANN_COMPRESSOR_LZ4] = { "lz4", TRUE, 0, 9, 5 },
  [ANN_COMPRESSOR_LZF] = { "lzf", FALSE, 0, 0, 0 },
};

/**
 * ann_compression_init: (skip)
 * @self: (out caller-allocates): a compression
 * @compressor: which compressor
 *
 * Sets it to that compressor at its usual level: that at which files are not larger than those of
 * Python's usual one, and the writing takes least time.
 */
void
ann_compression_init (AnnCompression *self, AnnCompressor compressor)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail ((gsize) compressor < G_N_ELEMENTS (compressors));

  self->compressor = compressor;
  self->level = compressors[compressor].usual;
}

static gboolean
set_unknown (const char *text, GError **error)
{
  g_set_error (
      error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
      "“%s” is no compression; take none, gzip, zstd, blosc, lz4 or lzf, with a level such "
      "as gzip:4 if need be",
      text);

  return FALSE;
}

/* @level begins behind the colon. */
static gboolean
parse_level (const char *level, AnnCompression *compression, GError **error)
{
  const char *name = compressors[compression->compressor].name;
  const int min = compressors[compression->compressor].min;
  const int max = compressors[compression->compressor].max;
  gint64 number;

  if (!compressors[compression->compressor].has_level)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "“%s” has no levels", name);
      return FALSE;
    }
  if (!g_ascii_string_to_signed (level, 10, min, max, &number, NULL))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "“%s” is no level of %s, which are %d to %d", level, name, min, max);
      return FALSE;
    }
  compression->level = (int) number;

  return TRUE;
}

/**
 * ann_compression_parse:
 * @text: `NAME` or `NAME:LEVEL`, where the name is one of none, gzip (levels 0 to 9), zstd (-7 to
 *   22), blosc and lz4 (0 to 9), and lzf
 * @compression: (out caller-allocates): what it means
 * @error: return location for an `ANN_ERROR_UNSUPPORTED`
 *
 * Any thread.
 *
 * Returns: %FALSE with @error set, which says what there is, if @text means none
 */
gboolean
ann_compression_parse (const char *text, AnnCompression *compression, GError **error)
{
  const char *colon;
  gsize length;

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (compression != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  colon = strchr (text, ':');
  length = colon != NULL ? (gsize) (colon - text) : strlen (text);
  for (guint i = 0; i < G_N_ELEMENTS (compressors); i++)
    {
      AnnCompression found;

      if (strlen (compressors[i].name) != length
          || strncmp (compressors[i].name, text, length) != 0)
        continue;
      ann_compression_init (&found, (AnnCompressor) i);
      if (colon != NULL && !parse_level (colon + 1, &found, error))
        return FALSE;
      *compression = found;
      return TRUE;
    }

  return set_unknown (text, error);
}

/**
 * ann_compression_to_string:
 * @self: a compression
 *
 * Returns: (transfer full): a text that [func@Ann.compression_parse] takes, with the level where
 *   there are some: `gzip:4`
 */
char *
ann_compression_to_string (const AnnCompression *self)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail ((gsize) self->compressor < G_N_ELEMENTS (compressors), NULL);

  return compressors[self->compressor].has_level
             ? g_strdup_printf ("%s:%d", compressors[self->compressor].name, self->level)
             : g_strdup (compressors[self->compressor].name);
}

/* --- What was read --- */

/* What Blosc has inside of it is in its description, behind the name. */
static AnnCompressor
get_blosc_compressor (const AnnCodec *codec)
{
  return strstr (ann_codec_get_description (codec), " lz4") != NULL ? ANN_COMPRESSOR_LZ4
                                                                    : ANN_COMPRESSOR_BLOSC;
}

/* Sets what a codec compresses with, to none if it compresses nothing. */
static gboolean
find_compression (const AnnCodec *codec, AnnCompression *compression)
{
  static const struct {
    const char *name;
    AnnCompressor compressor;
    gboolean has_level; /* one that we can take over */
  } names[] = {
    { "gzip", ANN_COMPRESSOR_GZIP, TRUE },       { "zlib", ANN_COMPRESSOR_GZIP, TRUE },
    { "zstd", ANN_COMPRESSOR_ZSTD, TRUE },       { "blosc", ANN_COMPRESSOR_BLOSC, TRUE },
    { "blosc2", ANN_COMPRESSOR_BLOSC, FALSE },   { "lz4", ANN_COMPRESSOR_LZ4, FALSE },
    { "lzf", ANN_COMPRESSOR_LZF, FALSE },        { "shuffle", ANN_COMPRESSOR_NONE, FALSE },
    { "byte swap", ANN_COMPRESSOR_NONE, FALSE }, { "fletcher32", ANN_COMPRESSOR_NONE, FALSE },
    { "crc32c", ANN_COMPRESSOR_NONE, FALSE },
  };
  gsize i = 0;

  while (i < G_N_ELEMENTS (names) && !g_str_equal (ann_codec_get_name (codec), names[i].name))
    i++;
  if (i == G_N_ELEMENTS (names) || ann_codec_is_missing (codec))
    return FALSE;

  ann_compression_init (compression, g_str_equal (names[i].name, "blosc")
                                         ? get_blosc_compressor (codec)
                                         : names[i].compressor);
  if (names[i].has_level)
    compression->level = (int) CLAMP (codec->parameter, compressors[compression->compressor].min,
                                      compressors[compression->compressor].max);

  return TRUE;
}

gboolean
_ann_compression_init_from_codecs (AnnCompression *self, const AnnCodecChain *codecs)
{
  AnnCompression found;

  ann_compression_init (&found, ANN_COMPRESSOR_NONE);
  for (guint i = 0; i < ann_codec_chain_get_length (codecs); i++)
    {
      AnnCompression one;

      if (!find_compression (ann_codec_chain_get_codec (codecs, i), &one))
        return FALSE;
      if (one.compressor == ANN_COMPRESSOR_NONE)
        continue;
      if (found.compressor != ANN_COMPRESSOR_NONE)
        return FALSE;
      found = one;
    }
  *self = found;

  return TRUE;
}
