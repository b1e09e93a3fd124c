/* ann-codec-lzma.c: LZMA in its containers or bare, as numcodecs' lzma writes it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec/ann-codec-private.h"

#include "base/ann-error.h"

#include <lzma.h>

/* A stream tells how far back it may refer, and the decoder takes memory for as much: 64 MiB at the
 * highest preset. What asks for more than this is refused.
 */
#define MEMORY_LIMIT (G_GUINT64_CONSTANT (256) << 20)

/* What liblzma's lists of filters end with is one more. */
typedef struct {
  AnnLzmaFormat format;
  lzma_filter filters[LZMA_FILTERS_MAX + 1];
  union {
    lzma_options_lzma lzma;
    lzma_options_delta delta;
    lzma_options_bcj bcj;
  } options[LZMA_FILTERS_MAX];
} Parameters;

static lzma_ret
init_stream (lzma_stream *stream, const Parameters *parameters)
{
  switch (parameters->format)
    {
    case ANN_LZMA_XZ:
      return lzma_stream_decoder (stream, MEMORY_LIMIT, LZMA_CONCATENATED);

    case ANN_LZMA_ALONE:
      return lzma_alone_decoder (stream, MEMORY_LIMIT);

    case ANN_LZMA_RAW:
      return lzma_raw_decoder_memusage (parameters->filters) > MEMORY_LIMIT
                 ? LZMA_MEMLIMIT_ERROR
                 : lzma_raw_decoder (stream, parameters->filters);

    case ANN_LZMA_AUTO:
    default:
      return lzma_auto_decoder (stream, MEMORY_LIMIT, LZMA_CONCATENATED);
    }
}

static gboolean
set_error (const AnnCodec *codec, lzma_ret status, GError **error)
{
  if (status == LZMA_MEMLIMIT_ERROR)
    g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                 "The lzma stream asks for more than %u MiB of memory to be decompressed",
                 (guint) (MEMORY_LIMIT >> 20));
  else if (status == LZMA_MEM_ERROR)
    g_set_error_literal (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "No memory to decompress lzma");
  else
    return _ann_codec_set_damaged (codec, error);

  return FALSE;
}

static void
clear_stream (lzma_stream *stream)
{
  lzma_end (stream);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (lzma_stream, clear_stream)

static gboolean
lzma_decode (const AnnCodec *codec,
             const guint8 *src,
             gsize src_size,
             guint8 *dest,
             gsize capacity,
             gsize *dest_size,
             GError **error)
{
  g_auto (lzma_stream) stream = LZMA_STREAM_INIT;
  lzma_ret status = init_stream (&stream, codec->data);

  stream.next_in = src;
  stream.avail_in = src_size;
  stream.next_out = dest;
  stream.avail_out = capacity;
  while (status == LZMA_OK) /* twice without a step forward is an error */
    status = lzma_code (&stream, LZMA_FINISH);

  if (status == LZMA_BUF_ERROR && stream.avail_out == 0)
    return _ann_codec_set_too_long (codec, dest_size, error);
  if (status != LZMA_STREAM_END)
    return set_error (codec, status, error);
  *dest_size = stream.total_out;

  return TRUE;
}

static const AnnCodecClass lzma_class = { .name = "lzma", .decode = lzma_decode };

/* Sets one filter of liblzma's list. */
static gboolean
set_filter (Parameters *parameters, guint i, const AnnLzmaFilter *filter)
{
  lzma_filter *to = &parameters->filters[i];

  to->id = filter->id;
  switch (filter->id)
    {
    case LZMA_FILTER_LZMA1:
    case LZMA_FILTER_LZMA2:
      {
        lzma_options_lzma *options = &parameters->options[i].lzma;

        if (lzma_lzma_preset (options,
                              filter->preset >= 0 ? (guint32) filter->preset : LZMA_PRESET_DEFAULT))
          return FALSE;
        if (filter->dict_size > 0)
          options->dict_size = filter->dict_size;
        if (filter->lc >= 0)
          options->lc = filter->lc;
        if (filter->lp >= 0)
          options->lp = filter->lp;
        if (filter->pb >= 0)
          options->pb = filter->pb;
        to->options = options;
        return TRUE;
      }

    case LZMA_FILTER_DELTA:
      parameters->options[i].delta.type = LZMA_DELTA_TYPE_BYTE;
      parameters->options[i].delta.dist = MAX (filter->distance, LZMA_DELTA_DIST_MIN);
      to->options = &parameters->options[i].delta;
      return TRUE;

    default: /* those for programs, or none, which liblzma says */
      parameters->options[i].bcj.start_offset = filter->start_offset;
      to->options = &parameters->options[i].bcj;
      return TRUE;
    }
}

static gboolean
set_filters (Parameters *parameters, const AnnLzmaFilter *filters, gsize n_filters, GError **error)
{
  gboolean success = n_filters > 0 && n_filters <= LZMA_FILTERS_MAX;

  for (guint i = 0; success && i < n_filters; i++)
    success = set_filter (parameters, i, &filters[i]);
  if (success)
    {
      parameters->filters[n_filters].id = LZMA_VLI_UNKNOWN;
      success = lzma_raw_decoder_memusage (parameters->filters) != G_MAXUINT64;
    }
  if (!success)
    g_set_error_literal (error, ANN_ERROR, ANN_ERROR_FORMAT,
                         "The filters of lzma make no sense to liblzma");

  return success;
}

/**
 * ann_codec_new_lzma:
 * @format: what is round the data
 * @filters: (array length=n_filters) (nullable): as the writer applied them; looked at for
 *   %ANN_LZMA_RAW alone, the other formats say by themselves
 * @n_filters: how many
 * @error: return location for an `ANN_ERROR_FORMAT`
 *
 * Returns: (transfer full): a codec for LZMA, or %NULL if the filters make no sense
 */
AnnCodec *
ann_codec_new_lzma (AnnLzmaFormat format,
                    const AnnLzmaFilter *filters,
                    gsize n_filters,
                    GError **error)
{
  g_autofree Parameters *parameters = g_new0 (Parameters, 1);
  AnnCodec *self;

  parameters->format = format;
  if (format == ANN_LZMA_RAW && !set_filters (parameters, filters, n_filters, error))
    return NULL;

  self = _ann_codec_new (&lzma_class, format, g_strdup ("lzma"));
  self->data = g_steal_pointer (&parameters);
  self->is_compressor = TRUE;

  return self;
}
