/* ann-text-sink.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-text-sink.h"

#include "base/ann-error.h"
#include "base/ann-worker.h"
#include "codec/ann-codec-chain.h"

#include <errno.h>
#include <unistd.h>

/* What table and matrix texts are packed with: as quick as it gets at nearly the usual size. */
#define GZIP_LEVEL 4

/* Of a file that is added, at a time. */
#define COPY_SIZE (1 << 20)

/* Pieces that are made at a time, for each thread. */
#define PIECES_PER_THREAD 2

struct _AnnTextSink {
  int fd;
  char *name;
  AnnCodecChain *gzip; /* NULL: as it is */
};

/* One batch of pieces. */
typedef struct {
  AnnLinesFunc func;
  gpointer user_data;
  guint64 first;
  guint64 n_lines;
  guint64 lines_per_piece;
  AnnCodecChain *gzip;
  GBytes **pieces;
} Batch;

AnnTextSink *
_ann_text_sink_new (int fd, const char *name, gboolean is_gzip)
{
  AnnTextSink *self = g_new0 (AnnTextSink, 1);

  self->fd = fd;
  self->name = g_strdup (name);
  if (is_gzip)
    {
      self->gzip = ann_codec_chain_new ();
      ann_codec_chain_append (self->gzip, ann_codec_new_gzip (GZIP_LEVEL));
    }

  return self;
}

void
_ann_text_sink_free (AnnTextSink *self)
{
  g_clear_pointer (&self->gzip, ann_codec_chain_unref);
  g_free (self->name);
  g_free (self);
}

/* A member of gzip. */
static GBytes *
pack (AnnCodecChain *gzip, const char *text, gsize length, GError **error)
{
  const gsize capacity = length + length / 8 + 4096;
  guint8 *bytes = g_try_malloc (capacity);
  gsize n_bytes;

  if (bytes == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "no memory for %" G_GSIZE_FORMAT " bytes of packed text", capacity);
      return NULL;
    }
  if (!ann_codec_chain_encode (gzip, (const guint8 *) text, length, bytes, capacity, &n_bytes,
                               error))
    {
      g_free (bytes);
      return NULL;
    }

  return g_bytes_new_take (bytes, n_bytes);
}

static GBytes *
make_piece (AnnCodecChain *gzip, const char *text, gsize length, GError **error)
{
  return gzip != NULL ? pack (gzip, text, length, error) : g_bytes_new (text, length);
}

static gboolean
make_pieces (gsize first,
             gsize n,
             gpointer user_data,
             G_GNUC_UNUSED GCancellable *cancellable,
             GError **error)
{
  Batch *batch = user_data;

  for (gsize i = first; i < first + n; i++)
    {
      guint64 line = i * batch->lines_per_piece;
      guint64 n_lines = MIN (batch->lines_per_piece, batch->n_lines - line);
      g_autoptr (GString) text = g_string_new (NULL);

      if (!batch->func (text, batch->first + line, n_lines, batch->user_data, error))
        return FALSE;
      if (text->len == 0)
        continue;
      batch->pieces[i] = make_piece (batch->gzip, text->str, text->len, error);
      if (batch->pieces[i] == NULL)
        return FALSE;
    }

  return TRUE;
}

static gboolean
set_file_error (AnnTextSink *self, int number, const char *what, GError **error)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (number), "%s: cannot %s: %s", self->name,
               what, g_strerror (number));

  return FALSE;
}

static gboolean
write_bytes (AnnTextSink *self,
             const guint8 *bytes,
             gsize n_bytes,
             GCancellable *cancellable,
             GError **error)
{
  while (n_bytes > 0)
    {
      gssize n;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      n = write (self->fd, bytes, n_bytes);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return set_file_error (self, errno, "write", error);
      bytes += n;
      n_bytes -= (gsize) n;
    }

  return TRUE;
}

static gboolean
write_piece (AnnTextSink *self, GBytes *piece, GCancellable *cancellable, GError **error)
{
  gsize n_bytes;
  const guint8 *bytes = g_bytes_get_data (piece, &n_bytes);

  return write_bytes (self, bytes, n_bytes, cancellable, error);
}

gboolean
_ann_text_sink_add_file (AnnTextSink *self, int from, GCancellable *cancellable, GError **error)
{
  g_autofree guint8 *bytes = g_malloc (COPY_SIZE);
  off_t offset = 0;

  for (;;)
    {
      ssize_t n = pread (from, bytes, COPY_SIZE, offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return set_file_error (self, errno, "read what was written", error);
      if (n == 0)
        return TRUE;
      if (!write_bytes (self, bytes, (gsize) n, cancellable, error))
        return FALSE;
      offset += n;
    }
}

gboolean
_ann_text_sink_add_text (AnnTextSink *self,
                         const char *text,
                         gsize length,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (GBytes) piece = make_piece (self->gzip, text, length, error);

  return piece != NULL && write_piece (self, piece, cancellable, error);
}

static gboolean
add_batch (AnnTextSink *self, Batch *batch, GCancellable *cancellable, GError **error)
{
  gsize n_pieces = (gsize) ((batch->n_lines - 1) / batch->lines_per_piece + 1);
  gboolean is_written;

  batch->pieces = g_new0 (GBytes *, n_pieces);
  is_written = ann_worker_parallel (n_pieces, 1, make_pieces, batch, cancellable, error);
  for (gsize i = 0; i < n_pieces; i++)
    {
      if (batch->pieces[i] == NULL)
        continue;
      is_written = is_written && write_piece (self, batch->pieces[i], cancellable, error);
      g_bytes_unref (batch->pieces[i]);
    }
  g_free (batch->pieces);

  return is_written;
}

gboolean
_ann_text_sink_add_lines (AnnTextSink *self,
                          guint64 n_lines,
                          guint64 lines_per_piece,
                          AnnLinesFunc func,
                          gpointer user_data,
                          GCancellable *cancellable,
                          GError **error)
{
  const guint64 per_batch = lines_per_piece * ann_worker_get_n_threads () * PIECES_PER_THREAD;

  for (guint64 first = 0; first < n_lines; first += per_batch)
    {
      Batch batch = { .func = func,
                      .user_data = user_data,
                      .first = first,
                      .n_lines = MIN (per_batch, n_lines - first),
                      .lines_per_piece = lines_per_piece,
                      .gzip = self->gzip };

      if (!add_batch (self, &batch, cancellable, error))
        return FALSE;
    }

  return TRUE;
}
