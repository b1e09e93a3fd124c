/* ann-array-writer.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-array-writer.h"

#include "array/ann-chunk-writer-private.h"
#include "base/ann-error.h"
#include "base/ann-worker.h"

#include <string.h>

/* Rows are kept until there are so many chunks for each thread: if a band is one chunk, the others
 * would have nothing to do. But no more than so many bytes.
 */
#define CHUNKS_PER_THREAD 4
#define MAX_COLLECTED_SIZE ((gsize) 16 * 1024 * 1024)

typedef struct {
  char *path;
  AnnArraySpec spec;
  gboolean is_too_large; /* what its shape says cannot be in memory */
  gsize row_size;
  gsize n_texts; /* in a row */
  AnnChunkWriter chunks;

  guint64 n_rows;  /* that were appended */
  guint64 n_bands; /* that are stored */
  guint8 *pending; /* rows that are neither encoded nor stored */
  guint64 n_pending;
  guint64 max_pending; /* rows that it has room for */

  gboolean has_failed;
  gboolean is_closed;
} AnnArrayWriterPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AnnArrayWriter, _ann_array_writer, G_TYPE_OBJECT)

static void
ann_array_writer_finalize (GObject *object)
{
  AnnArrayWriterPrivate *priv = _ann_array_writer_get_instance_private (ANN_ARRAY_WRITER (object));

  g_free (priv->path);
  g_free (priv->pending);
  _ann_chunk_writer_clear (&priv->chunks);

  G_OBJECT_CLASS (_ann_array_writer_parent_class)->finalize (object);
}

static void
_ann_array_writer_class_init (AnnArrayWriterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_array_writer_finalize;
}

static void
_ann_array_writer_init (G_GNUC_UNUSED AnnArrayWriter *self)
{
}

/* Sets how large a row is. Returns: %FALSE if that cannot be counted */
static gboolean
set_row_size (AnnArrayWriterPrivate *priv, gsize item_size)
{
  priv->n_texts = 1;
  for (guint i = 1; i < priv->spec.rank; i++)
    {
      if (!g_size_checked_mul (&priv->n_texts, priv->n_texts, priv->spec.shape[i]))
        return FALSE;
    }

  return g_size_checked_mul (&priv->row_size, priv->n_texts, item_size);
}

void
_ann_array_writer_set_spec (AnnArrayWriter *self,
                            const char *path,
                            const AnnArraySpec *spec,
                            AnnCodecChain *codecs)
{
  AnnArrayWriterPrivate *priv = _ann_array_writer_get_instance_private (self);
  const gsize item_size = spec->dtype == ANN_DTYPE_OPAQUE ? spec->item_size
                                                          : ann_dtype_get_size (spec->dtype);

  g_return_if_fail (ANN_IS_ARRAY_WRITER (self));
  g_return_if_fail (priv->path == NULL);
  g_return_if_fail (spec->rank <= ANN_MAX_RANK);

  priv->path = g_strdup (path);
  priv->spec = *spec;
  priv->spec.compression = NULL;
  priv->spec.fields = NULL;
  priv->is_too_large = !_ann_chunk_writer_init (&priv->chunks, self, spec, item_size, codecs)
                       || !set_row_size (priv, item_size);
}

const AnnArraySpec *
_ann_array_writer_get_spec (AnnArrayWriter *self)
{
  AnnArrayWriterPrivate *priv = _ann_array_writer_get_instance_private (self);

  return &priv->spec;
}

const char *
_ann_array_writer_get_path (AnnArrayWriter *self)
{
  AnnArrayWriterPrivate *priv = _ann_array_writer_get_instance_private (self);

  return priv->path;
}

/* --- Rows --- */

static guint64
get_length (const AnnArrayWriterPrivate *priv)
{
  return priv->spec.rank > 0 ? priv->spec.shape[0] : 1;
}

/* Whether the array is one piece, of which nobody knows the length yet. */
static gboolean
is_growing (const AnnArrayWriterPrivate *priv)
{
  return priv->spec.rank > 0 && priv->spec.chunk_shape[0] == 0
         && priv->spec.shape[0] == ANN_LENGTH_UNKNOWN;
}

/* The rows of a band of chunks. */
static guint64
get_band_rows (const AnnArrayWriterPrivate *priv)
{
  if (is_growing (priv))
    return G_MAXUINT64;

  return priv->spec.rank > 0 ? priv->chunks.chunk_shape[0] : 1;
}

/* How many rows are kept at least before they are encoded: whole bands. */
static guint64
get_collected_rows (const AnnArrayWriterPrivate *priv)
{
  const guint64 band_rows = get_band_rows (priv);
  const guint64 n_wanted = (guint64) CHUNKS_PER_THREAD * ann_worker_get_n_threads ();
  const guint64 n_bands = n_wanted / MAX (priv->chunks.band_chunks, 1);

  return is_growing (priv)
             ? G_MAXUINT64
             : band_rows * CLAMP (MAX_COLLECTED_SIZE / priv->chunks.band_size, 1, MAX (n_bands, 1));
}

/* Says that @n rows more are there, if the array may have them. */
static gboolean
count_rows (AnnArrayWriterPrivate *priv, guint64 n, GError **error)
{
  if (n <= get_length (priv) - priv->n_rows)
    {
      priv->n_rows += n;
      return TRUE;
    }

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
               "%s: more rows came than the %" G_GUINT64_FORMAT " that it is to have", priv->path,
               get_length (priv));

  return FALSE;
}

/* What every call begins with. */
static gboolean
begin (AnnArrayWriterPrivate *priv, GCancellable *cancellable, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      priv->has_failed = TRUE;
      return FALSE;
    }

  if (priv->has_failed)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                 "%s: nothing can be added, since something could not be written before",
                 priv->path);
  else if (priv->is_too_large)
    g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                 "%s: a row, or a chunk, has more bytes than an address can count", priv->path);
  else
    return TRUE;

  return FALSE;
}

/* --- Values --- */

static gboolean
reserve (AnnArrayWriterPrivate *priv, guint64 n_rows, GError **error)
{
  guint64 max = MAX (n_rows, priv->max_pending <= G_MAXUINT64 / 2 ? 2 * priv->max_pending : n_rows);
  guint8 *rows = NULL;
  gsize size;

  if (n_rows <= priv->max_pending)
    return TRUE;

  if (get_length (priv) != ANN_LENGTH_UNKNOWN)
    max = MIN (max, get_length (priv));
  max = MAX (MIN (max, get_collected_rows (priv)), n_rows);
  if (g_size_checked_mul (&size, max, priv->row_size))
    rows = g_try_realloc (priv->pending, size);
  if (rows == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: there is no memory for %" G_GUINT64_FORMAT " rows at once", priv->path,
                   max);
      return FALSE;
    }
  priv->pending = rows;
  priv->max_pending = max;

  return TRUE;
}

/* Keeps @n rows for later. */
static gboolean
keep (AnnArrayWriterPrivate *priv, const guint8 *values, guint64 n, GError **error)
{
  if (n == 0)
    return TRUE;
  if (!reserve (priv, priv->n_pending + n, error))
    return FALSE;

  memcpy (priv->pending + priv->n_pending * priv->row_size, values, n * priv->row_size);
  priv->n_pending += n;

  return TRUE;
}

/* Encodes and stores what is pending, and @n rows from @values on: whole bands, but for the last
 * ones of the array.
 */
static gboolean
write_bands (AnnArrayWriterPrivate *priv,
             const guint8 *values,
             guint64 n,
             GCancellable *cancellable,
             GError **error)
{
  const AnnRowPiece pieces[] = { { priv->pending, priv->n_pending }, { values, n } };
  const guint64 band_rows = get_band_rows (priv);
  const guint64 n_rows = priv->n_pending + n;

  if (n_rows == 0)
    return TRUE;
  if (!_ann_chunk_writer_write (&priv->chunks, priv->n_pending > 0 ? pieces : pieces + 1,
                                1 + (priv->n_pending > 0 && n > 0), priv->n_bands, cancellable,
                                error))
    return FALSE;

  priv->n_bands += n_rows / band_rows + (n_rows % band_rows != 0);
  priv->n_pending = 0;

  return TRUE;
}

/* Fills up the band that was begun, takes all whole bands from where they are if there are enough,
 * and keeps the rest.
 */
static gboolean
append (AnnArrayWriterPrivate *priv,
        const guint8 *values,
        guint64 n,
        GCancellable *cancellable,
        GError **error)
{
  const guint64 band_rows = get_band_rows (priv);
  const guint64 begun = priv->n_pending % band_rows;
  const guint64 filling = begun > 0 ? MIN (band_rows - begun, n) : 0;
  const gboolean is_last = priv->n_rows == get_length (priv);
  guint64 n_whole;

  if (!keep (priv, values, filling, error))
    return FALSE;
  values += filling * priv->row_size;
  n -= filling;

  n_whole = is_last ? n : n - n % band_rows;
  if (is_last
      || (priv->n_pending % band_rows == 0
          && priv->n_pending + n_whole >= get_collected_rows (priv)))
    {
      if (!write_bands (priv, values, n_whole, cancellable, error))
        return FALSE;
      values += n_whole * priv->row_size;
      n -= n_whole;
    }

  return keep (priv, values, n, error);
}

gboolean
_ann_array_writer_append (AnnArrayWriter *self,
                          gconstpointer values,
                          guint64 n_rows,
                          GCancellable *cancellable,
                          GError **error)
{
  AnnArrayWriterPrivate *priv = _ann_array_writer_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ARRAY_WRITER (self), FALSE);
  g_return_val_if_fail (!priv->is_closed, FALSE);
  g_return_val_if_fail (priv->chunks.item_size > 0, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!begin (priv, cancellable, error))
    return FALSE;

  priv->has_failed = !count_rows (priv, n_rows, error)
                     || (priv->row_size > 0 && n_rows > 0
                         && !append (priv, values, n_rows, cancellable, error));

  return !priv->has_failed;
}

/* --- Texts and records --- */

gboolean
_ann_array_writer_append_texts (AnnArrayWriter *self,
                                AnnStrings *texts,
                                GCancellable *cancellable,
                                GError **error)
{
  AnnArrayWriterPrivate *priv = _ann_array_writer_get_instance_private (self);
  const gsize n = ann_strings_get_length (texts);

  g_return_val_if_fail (ANN_IS_ARRAY_WRITER (self), FALSE);
  g_return_val_if_fail (!priv->is_closed, FALSE);
  g_return_val_if_fail (ANN_ARRAY_WRITER_GET_CLASS (self)->append_texts != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);
  g_return_val_if_fail (n % MAX (priv->n_texts, 1) == 0, FALSE);

  if (!begin (priv, cancellable, error))
    return FALSE;

  priv->has_failed = !count_rows (priv, n / MAX (priv->n_texts, 1), error)
                     || (n > 0
                         && !ANN_ARRAY_WRITER_GET_CLASS (self)->append_texts (self, texts,
                                                                              cancellable, error));

  return !priv->has_failed;
}

gboolean
_ann_array_writer_append_records (AnnArrayWriter *self,
                                  const AnnFieldValues *fields,
                                  guint64 n_rows,
                                  GCancellable *cancellable,
                                  GError **error)
{
  AnnArrayWriterPrivate *priv = _ann_array_writer_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ARRAY_WRITER (self), FALSE);
  g_return_val_if_fail (!priv->is_closed, FALSE);
  g_return_val_if_fail (ANN_ARRAY_WRITER_GET_CLASS (self)->append_records != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!begin (priv, cancellable, error))
    return FALSE;

  priv->has_failed = !count_rows (priv, n_rows, error)
                     || (n_rows > 0
                         && !ANN_ARRAY_WRITER_GET_CLASS (self)->append_records (
                             self, fields, n_rows, cancellable, error));

  return !priv->has_failed;
}

/* --- The end --- */

static gboolean
check_rows (const AnnArrayWriterPrivate *priv, GError **error)
{
  const guint64 length = get_length (priv);

  if (length == ANN_LENGTH_UNKNOWN || length == priv->n_rows)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
               "%s: %" G_GUINT64_FORMAT " rows came instead of the %" G_GUINT64_FORMAT
               " that it is to have",
               priv->path, priv->n_rows, length);

  return FALSE;
}

/* Stores the rest. */
static gboolean
flush (AnnArrayWriterPrivate *priv, GCancellable *cancellable, GError **error)
{
  if (is_growing (priv) && priv->n_pending > 0
      && !_ann_chunk_writer_set_rows (&priv->chunks, priv->n_pending))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: there is no memory for %" G_GUINT64_FORMAT " rows at once", priv->path,
                   priv->n_pending);
      return FALSE;
    }

  return write_bands (priv, NULL, 0, cancellable, error);
}

gboolean
_ann_array_writer_close (AnnArrayWriter *self,
                         AnnAttributes *attributes,
                         GCancellable *cancellable,
                         GError **error)
{
  AnnArrayWriterPrivate *priv = _ann_array_writer_get_instance_private (self);

  g_return_val_if_fail (ANN_IS_ARRAY_WRITER (self), FALSE);
  g_return_val_if_fail (!priv->is_closed, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!begin (priv, cancellable, error))
    return FALSE;

  priv->is_closed = TRUE;
  priv->has_failed = !check_rows (priv, error) || !flush (priv, cancellable, error)
                     || !ANN_ARRAY_WRITER_GET_CLASS (self)->close (self, priv->n_rows, attributes,
                                                                   cancellable, error);
  g_clear_pointer (&priv->pending, g_free);
  _ann_chunk_writer_clear (&priv->chunks);

  return !priv->has_failed;
}
