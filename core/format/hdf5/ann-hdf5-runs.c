/* ann-hdf5-runs.c: elements that lie in one run
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-dataset.h"
#include "format/hdf5/ann-hdf5-structure.h"

#include <string.h>

/* So many bytes are read at once: between two of these reads somebody may cancel. */
#define READ_SIZE ((gsize) 4 << 20)

/* Runs that are asked for at once. */
#define MAX_RUNS 64

/* Runs shorter than this and not much further apart are read with what lies between them: a copy
 * within the cache costs less than a system call.
 */
#define GAP_SIZE 8192

/* How a box lies in an array whose elements lie in one run: in runs of its own, of @run bytes. */
typedef struct {
  gsize run;
  guint axis;                    /* the innermost that is not taken whole, or 0 */
  guint64 strides[ANN_MAX_RANK]; /* in bytes */
} Runs;

static void
runs_init (Runs *self, const AnnHdf5Dataset *dataset, const AnnBox *box)
{
  const guint64 *shape = dataset->space.shape;
  guint64 stride = dataset->stored->size;

  for (guint i = box->rank; i-- > 0;)
    {
      self->strides[i] = stride;
      stride *= shape[i]; /* the product was checked when the dataset was read */
    }

  /* Inner axes that are taken whole make one run with the first that is not. */
  self->axis = box->rank;
  self->run = dataset->stored->size;
  while (self->axis > 0)
    {
      self->axis--;
      self->run *= box->count[self->axis];
      if (box->count[self->axis] < shape[self->axis])
        break;
    }
}

typedef struct {
  const AnnHdf5Dataset *dataset;
  GCancellable *cancellable;
  guint8 *scratch; /* of READ_SIZE, when runs are read with the gaps between them */
} Reader;

static gboolean
read_bytes (Reader *reader, guint64 offset, guint8 *to, gsize n_bytes, GError **error)
{
  const AnnHdf5Dataset *self = reader->dataset;
  guint64 start = _ann_hdf5_file_get_sizes (self->file)->base + self->layout.address + offset;

  for (gsize done = 0; done < n_bytes;)
    {
      gsize step = MIN (n_bytes - done, READ_SIZE);

      if (g_cancellable_set_error_if_cancelled (reader->cancellable, error)
          || !_ann_hdf5_file_read (self->file, start + done, to + done, step, self->path,
                                   reader->cancellable, error))
        return FALSE;
      _ann_hdf5_count_slab (step);
      done += step;
    }

  return TRUE;
}

/* Runs that lie far from each other, as many in one call as are read at once. */
static gboolean
read_apart (Reader *reader,
            guint64 offset,
            guint64 n_runs,
            gsize run,
            guint64 stride,
            guint8 *to,
            GError **error)
{
  const AnnHdf5Dataset *self = reader->dataset;
  guint64 start = _ann_hdf5_file_get_sizes (self->file)->base + self->layout.address + offset;
  guint64 n_at_once = MIN (READ_SIZE / run, MAX_RUNS);

  for (guint64 first = 0; first < n_runs;)
    {
      AnnSourcePart parts[MAX_RUNS];
      gsize n = MIN (n_runs - first, n_at_once);

      for (gsize i = 0; i < n; i++)
        parts[i] = (AnnSourcePart){ start + (first + i) * stride, run, to + (first + i) * run };
      if (!_ann_hdf5_file_read_parts (self->file, parts, n, self->path, reader->cancellable, error))
        return FALSE;
      for (gsize i = 0; i < n; i++)
        _ann_hdf5_count_slab (run);
      first += n;
    }

  return TRUE;
}

/* @n_runs runs, each @stride after the other. */
static gboolean
read_runs (Reader *reader,
           guint64 offset,
           guint64 n_runs,
           gsize run,
           guint64 stride,
           guint8 *to,
           GError **error)
{
  if (run <= READ_SIZE && (run >= GAP_SIZE || stride > MAX (4 * run, GAP_SIZE)))
    return read_apart (reader, offset, n_runs, run, stride, to, error);
  if (run > READ_SIZE)
    {
      for (guint64 i = 0; i < n_runs; i++)
        {
          if (!read_bytes (reader, offset + i * stride, to + i * run, run, error))
            return FALSE;
        }
      return TRUE;
    }

  if (reader->scratch == NULL)
    reader->scratch = g_malloc (READ_SIZE);
  for (guint64 first = 0; first < n_runs;)
    {
      guint64 n = MIN (n_runs - first, READ_SIZE / stride);

      if (!read_bytes (reader, offset + first * stride, reader->scratch, (n - 1) * stride + run,
                       error))
        return FALSE;
      for (guint64 i = 0; i < n; i++)
        memcpy (to + (first + i) * run, reader->scratch + i * stride, run);
      first += n;
    }

  return TRUE;
}

/* All of it must be where it says, so that no address within it goes astray. */
static gboolean
check_range (const AnnHdf5Dataset *self, GError **error)
{
  guint64 size = self->stored->size;

  for (guint i = 0; i < self->space.rank; i++)
    size *= self->space.shape[i];

  if (self->layout.size < size)
    return _ann_hdf5_set_damaged (error, self->path, "layout", "it has not all its values");
  if (!_ann_hdf5_file_has_range (self->file, self->layout.address, size))
    return _ann_hdf5_set_damaged (error, self->path, "layout",
                                  "its values lie beyond the end of the file");

  return TRUE;
}

gboolean
_ann_hdf5_dataset_read_run (const AnnHdf5Dataset *self,
                            const AnnBox *box,
                            guint8 *elements,
                            GCancellable *cancellable,
                            GError **error)
{
  Reader reader = { self, cancellable, NULL };
  guint64 index[ANN_MAX_RANK] = { 0 };
  gboolean is_read = TRUE;
  gsize done = 0;
  guint axis;
  Runs runs;

  if (!check_range (self, error))
    return FALSE;

  runs_init (&runs, self, box);
  for (;;)
    {
      guint64 offset = 0;
      /* The axis outside the run is read in one go, the ones outside that are counted through. */
      guint64 n_runs = runs.axis > 0 ? box->count[runs.axis - 1] : 1;
      guint64 stride = runs.axis > 0 ? runs.strides[runs.axis - 1] : runs.run;

      for (guint i = 0; i < box->rank; i++)
        offset += (box->start[i] + index[i]) * runs.strides[i];
      is_read = n_runs == 1
                    ? read_bytes (&reader, offset, elements + done, runs.run, error)
                    : read_runs (&reader, offset, n_runs, runs.run, stride, elements + done, error);
      if (!is_read)
        break;
      done += n_runs * runs.run;

      for (axis = runs.axis > 0 ? runs.axis - 1 : 0; axis > 0; axis--)
        {
          if (++index[axis - 1] < box->count[axis - 1])
            break;
          index[axis - 1] = 0;
        }
      if (axis == 0)
        break;
    }
  g_free (reader.scratch);

  return is_read;
}
