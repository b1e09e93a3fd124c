/* ann-bins-add.c: values into pixels
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "render/ann-bins-private.h"

#include "base/ann-error.h"
#include "base/ann-worker.h"

#include <math.h>
#include <stdlib.h>

/* A pixel sums what lies in it; NaN is left out of the mean. Entries of a sparse row that name the
 * same cell twice add up by themselves, but where one of them is NaN the cell is: such rows, and
 * only they, are put in order first. An index outside of the span is of no interest here; one
 * outside of the matrix is found by the one who reads.
 */

/* Fewer entries than this are not worth another thread. */
#define ENTRIES_PER_SLICE 65536

#define BATCH 512

/* --- Rows of a sparse matrix --- */

typedef void (*AddRowFunc) (gconstpointer indices,
                            gconstpointer values,
                            gsize first,
                            gsize n,
                            const AnnSpan *minor,
                            double *sums);

#define DEFINE_ADD_ROW(NAME, INDEX, VALUE)                                                         \
  static void NAME (gconstpointer indices, gconstpointer values, gsize first, gsize n,             \
                    const AnnSpan *minor, double *sums)                                            \
  {                                                                                                \
    const INDEX *index = (const INDEX *) indices + first;                                          \
    const VALUE *value = (const VALUE *) values + first;                                           \
    guint64 first_cell = minor->first, n_cells = minor->n_cells;                                   \
    guint level = minor->level;                                                                    \
                                                                                                   \
    for (gsize i = 0; i < n; i++)                                                                  \
      {                                                                                            \
        guint64 at = (guint64) (gint64) index[i] - first_cell;                                     \
                                                                                                   \
        if (at < n_cells)                                                                          \
          sums[at >> level] += (double) value[i];                                                  \
      }                                                                                            \
  }

DEFINE_ADD_ROW (add_row_int32_float, gint32, float)
DEFINE_ADD_ROW (add_row_int32_double, gint32, double)
DEFINE_ADD_ROW (add_row_int64_float, gint64, float)
DEFINE_ADD_ROW (add_row_int64_double, gint64, double)

static gconstpointer
get_address (const AnnBuffer *buffer, gsize index)
{
  return (const guint8 *) ann_buffer_get_data (buffer)
         + index * ann_dtype_get_size (ann_buffer_get_dtype (buffer));
}

/* For all other types: the values of a batch in those that we can add. */
static void
convert (const AnnEntries *entries, gsize first, gsize n, gint64 *indices, double *values)
{
  ann_dtype_to_int64 (ann_buffer_get_dtype (entries->indices),
                      get_address (entries->indices, first), n, indices);
  ann_dtype_to_double (ann_buffer_get_dtype (entries->values), get_address (entries->values, first),
                       n, values);
}

static void
add_converted (const AnnEntries *entries, gsize first, gsize n, const AnnSpan *minor, double *sums)
{
  gint64 indices[BATCH];
  double values[BATCH];

  while (n > 0)
    {
      gsize n_now = MIN (n, BATCH);

      convert (entries, first, n_now, indices, values);
      add_row_int64_double (indices, values, 0, n_now, minor, sums);
      first += n_now;
      n -= n_now;
    }
}

static AddRowFunc
find_add_row (AnnDtype index, AnnDtype value)
{
  if (index == ANN_DTYPE_INT32 && value == ANN_DTYPE_FLOAT32)
    return add_row_int32_float;
  if (index == ANN_DTYPE_INT32 && value == ANN_DTYPE_FLOAT64)
    return add_row_int32_double;
  if (index == ANN_DTYPE_INT64 && value == ANN_DTYPE_FLOAT32)
    return add_row_int64_float;
  if (index == ANN_DTYPE_INT64 && value == ANN_DTYPE_FLOAT64)
    return add_row_int64_double;

  return NULL;
}

/* In blocks of a fixed length, for then the compiler makes vectors of them. */
#define DEFINE_HAS_NAN(NAME, VALUE)                                                                \
  static gboolean NAME (const VALUE *values, gsize n)                                              \
  {                                                                                                \
    gsize i = 0;                                                                                   \
                                                                                                   \
    for (; i + 64 <= n; i += 64)                                                                   \
      {                                                                                            \
        int found = 0;                                                                             \
                                                                                                   \
        for (guint k = 0; k < 64; k++)                                                             \
          found |= values[i + k] != values[i + k];                                                 \
        if (found)                                                                                 \
          return TRUE;                                                                             \
      }                                                                                            \
    for (; i < n; i++)                                                                             \
      if (values[i] != values[i])                                                                  \
        return TRUE;                                                                               \
                                                                                                   \
    return FALSE;                                                                                  \
  }

DEFINE_HAS_NAN (has_nan_float, float)
DEFINE_HAS_NAN (has_nan_double, double)

static gboolean
has_nan (AnnDtype dtype, gconstpointer values, gsize n)
{
  float batch[BATCH];

  if (!ann_dtype_is_float (dtype))
    return FALSE;
  if (dtype == ANN_DTYPE_FLOAT32)
    return has_nan_float (values, n);
  if (dtype == ANN_DTYPE_FLOAT64)
    return has_nan_double (values, n);

  for (gsize done = 0; done < n; done += BATCH)
    {
      gsize n_now = MIN (n - done, BATCH);

      ann_dtype_to_float (dtype, (const guint8 *) values + done * ann_dtype_get_size (dtype), n_now,
                          batch);
      if (has_nan_float (batch, n_now))
        return TRUE;
    }

  return FALSE;
}

typedef struct {
  gint64 index;
  double value;
} Entry;

static int
compare_index (gconstpointer a, gconstpointer b)
{
  gint64 first = ((const Entry *) a)->index, second = ((const Entry *) b)->index;

  return (first > second) - (first < second);
}

/* A row with a NaN in it: cell by cell. */
static gboolean
add_row_with_nan (AnnBins *self,
                  const AnnEntries *entries,
                  gsize row,
                  double *sums,
                  double *n_missing,
                  GError **error)
{
  gsize first = entries->indptr[row], n = entries->indptr[row + 1] - first;
  g_autofree Entry *sorted = g_try_new (Entry, n);

  if (sorted == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "No memory for a row of %" G_GSIZE_FORMAT " values", n);
      return FALSE;
    }

  for (gsize i = 0; i < n; i++)
    convert (entries, first + i, 1, &sorted[i].index, &sorted[i].value);
  qsort (sorted, n, sizeof (Entry), compare_index);

  for (gsize i = 0; i < n;)
    {
      guint64 at = (guint64) sorted[i].index - self->minor.first;
      gint64 index = sorted[i].index;
      double value = 0;

      for (; i < n && sorted[i].index == index; i++)
        value += sorted[i].value;
      if (at >= self->minor.n_cells)
        continue;
      if (isnan (value))
        n_missing[at >> self->minor.level]++;
      else
        sums[at >> self->minor.level] += value;
    }

  return TRUE;
}

/* A parallel call: each slice has some of the rows. The first pixel row of a slice may be the last
 * one of the slice before, so a slice sums it in memory of its own, its head; the heads are added
 * in their order when all are done, so that the picture does not depend on who was quicker.
 */
typedef struct {
  AnnBins *bins;
  const AnnEntries *entries;
  AddRowFunc add_row;
  gsize n_slices;
  double *heads; /* n_slices × the minor pixels; that of slice 0 is not used */
} Slices;

static gsize
get_pixel_row (const AnnBins *bins, guint64 cell)
{
  return (cell - bins->major.first) >> bins->major.level;
}

/* Cuts the rows so that each slice has about as many entries. */
static gsize
find_slice (const Slices *slices, gsize slice)
{
  const AnnEntries *entries = slices->entries;
  guint64 first = entries->indptr[0], n = entries->indptr[entries->count] - first;
  guint64 target = first + n / slices->n_slices * slice;
  gsize low = 0, high = entries->count;

  if (slice == slices->n_slices)
    return entries->count;

  while (low < high)
    {
      gsize middle = low + (high - low) / 2;

      if (entries->indptr[middle] < target)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static void
add_slice (const Slices *slices, gsize slice)
{
  AnnBins *bins = slices->bins;
  const AnnEntries *entries = slices->entries;
  gsize first = find_slice (slices, slice), end = find_slice (slices, slice + 1);
  gconstpointer indices = ann_buffer_get_data (entries->indices);
  gconstpointer values = ann_buffer_get_data (entries->values);
  gsize head_row = slice == 0 || first == end ? G_MAXSIZE
                                              : get_pixel_row (bins, entries->start + first);

  for (gsize row = first; row < end; row++)
    {
      gsize pixel_row = get_pixel_row (bins, entries->start + row);
      gsize at = entries->indptr[row], n = entries->indptr[row + 1] - at;
      double *sums = pixel_row == head_row ? slices->heads + slice * bins->minor.n_pixels
                                           : bins->sums + pixel_row * bins->minor.n_pixels;

      if (slices->add_row != NULL)
        slices->add_row (indices, values, at, n, &bins->minor, sums);
      else
        add_converted (entries, at, n, &bins->minor, sums);
    }
}

static gboolean
add_slices (gsize first,
            gsize n,
            gpointer user_data,
            G_GNUC_UNUSED GCancellable *cancellable,
            G_GNUC_UNUSED GError **error)
{
  for (gsize slice = first; slice < first + n; slice++)
    add_slice (user_data, slice);

  return TRUE;
}

static void
add_heads (const Slices *slices)
{
  AnnBins *bins = slices->bins;

  for (gsize slice = 1; slice < slices->n_slices; slice++)
    {
      gsize first = find_slice (slices, slice);
      const double *head = slices->heads + slice * bins->minor.n_pixels;
      double *sums;

      if (first == find_slice (slices, slice + 1))
        continue;
      sums = bins->sums
             + get_pixel_row (bins, slices->entries->start + first) * bins->minor.n_pixels;
      for (gsize i = 0; i < bins->minor.n_pixels; i++)
        sums[i] += head[i];
    }
}

/* Row by row, because one or more have a NaN in them. */
static gboolean
add_with_nan (AnnBins *self, const AnnEntries *entries, AddRowFunc add_row, GError **error)
{
  AnnDtype dtype = ann_buffer_get_dtype (entries->values);

  if (!_ann_bins_need_missing (self, error))
    return FALSE;

  for (gsize row = 0; row < entries->count; row++)
    {
      gsize offset = get_pixel_row (self, entries->start + row) * self->minor.n_pixels;
      gsize at = entries->indptr[row], n = entries->indptr[row + 1] - at;

      if (has_nan (dtype, get_address (entries->values, at), n))
        {
          if (!add_row_with_nan (self, entries, row, self->sums + offset, self->n_missing + offset,
                                 error))
            return FALSE;
        }
      else if (add_row != NULL)
        add_row (ann_buffer_get_data (entries->indices), ann_buffer_get_data (entries->values), at,
                 n, &self->minor, self->sums + offset);
      else
        add_converted (entries, at, n, &self->minor, self->sums + offset);
    }

  return TRUE;
}

/* Adds entries of rows (or columns) that lie within the major span; on several cores where there
 * are enough of them. Does not mark the rows as seen.
 */
gboolean
_ann_bins_add_entries (AnnBins *self, const AnnEntries *entries, GError **error)
{
  AnnDtype dtype = ann_buffer_get_dtype (entries->values);
  gsize first = entries->indptr[0], n = entries->indptr[entries->count] - first;
  Slices slices = { .bins = self, .entries = entries };
  g_autofree double *heads = NULL;

  if (n == 0)
    return TRUE;

  slices.add_row = find_add_row (ann_buffer_get_dtype (entries->indices), dtype);
  if (has_nan (dtype, get_address (entries->values, first), n))
    return add_with_nan (self, entries, slices.add_row, error);

  slices.n_slices = CLAMP (n / ENTRIES_PER_SLICE, 1, ann_worker_get_n_threads ());
  if (slices.n_slices > 1)
    heads = g_try_malloc0_n (slices.n_slices * sizeof (double), self->minor.n_pixels);
  if (heads == NULL)
    slices.n_slices = 1;
  slices.heads = heads;

  /* Without a cancellable: half-added rows would be in the sums. It is a few milliseconds. */
  if (!ann_worker_parallel (slices.n_slices, 1, add_slices, &slices, NULL, error))
    return FALSE;
  add_heads (&slices);

  return TRUE;
}

/* --- Boxes of a dense matrix --- */

/* Four sums at once: a chain of additions would wait for each. */
static double
sum_values (const double *values, gsize n)
{
  double a = 0, b = 0, c = 0, d = 0;
  gsize i = 0;

  for (; i + 4 <= n; i += 4)
    {
      a += values[i];
      b += values[i + 1];
      c += values[i + 2];
      d += values[i + 3];
    }
  for (; i < n; i++)
    a += values[i];

  return (a + b) + (c + d);
}

/* Adds @n values from minor cell @cell on, counted from the patch's first pixel. */
static void
add_values (const double *values, gsize n, guint64 cell, guint level, double *sums)
{
  if (level == 0)
    {
      for (gsize i = 0; i < n; i++)
        sums[cell + i] += values[i];
      return;
    }

  for (gsize i = 0; i < n;)
    {
      guint64 pixel = (cell + i) >> level;
      gsize n_now = MIN (n - i, ((pixel + 1) << level) - (cell + i));

      sums[pixel] += sum_values (values + i, n_now);
      i += n_now;
    }
}

static void
count_missing (double *values, gsize n, guint64 cell, guint level, double *n_missing)
{
  for (gsize i = 0; i < n; i++)
    if (isnan (values[i]))
      {
        n_missing[(cell + i) >> level]++;
        values[i] = 0;
      }
}

static void
add_patch_row (const AnnPatch *patch,
               guint64 row,
               guint64 first_cell,
               guint level,
               double *sums,
               double *n_missing)
{
  gsize item = ann_dtype_get_size (patch->dtype);
  const guint8 *from = (const guint8 *) patch->values + row * patch->stride * item;
  double batch[BATCH];

  for (guint64 done = 0; done < patch->minor.count; done += BATCH)
    {
      gsize n = MIN (patch->minor.count - done, BATCH);

      ann_dtype_to_double (patch->dtype, from + done * item, n, batch);
      if (n_missing != NULL)
        count_missing (batch, n, first_cell + done, level, n_missing);
      add_values (batch, n, first_cell + done, level, sums);
    }
}

static gboolean
patch_has_nan (const AnnPatch *patch)
{
  gsize item = ann_dtype_get_size (patch->dtype);

  for (guint64 row = 0; row < patch->major.count; row++)
    if (has_nan (patch->dtype, (const guint8 *) patch->values + row * patch->stride * item,
                 patch->minor.count))
      return TRUE;

  return FALSE;
}

/* Adds a box that lies within both spans; under @mutex only what it comes to, so that several
 * threads may add at the same time. Does not mark its cells as seen.
 */
gboolean
_ann_bins_add_patch (AnnBins *self, const AnnPatch *patch, GMutex *mutex, GError **error)
{
  guint level = self->minor.level;
  gsize first_row = get_pixel_row (self, patch->major.first);
  guint64 first_cell = patch->minor.first - self->minor.first;
  gsize first_column = first_cell >> level;
  AnnSpan major = self->major, minor = self->minor;
  g_autoptr (AnnBins) own = NULL;
  gboolean is_added = TRUE;

  if (patch->major.count == 0 || patch->minor.count == 0)
    return TRUE;

  major.n_pixels = get_pixel_row (self, patch->major.first + patch->major.count - 1) - first_row
                   + 1;
  minor.n_pixels = ((first_cell + patch->minor.count - 1) >> level) - first_column + 1;
  own = _ann_bins_new (&major, &minor, error);
  if (own == NULL || (patch_has_nan (patch) && !_ann_bins_need_missing (own, error)))
    return FALSE;

  for (guint64 row = 0; row < patch->major.count; row++)
    {
      gsize pixel_row = get_pixel_row (self, patch->major.first + row) - first_row;

      add_patch_row (patch, row, first_cell - ((guint64) first_column << level), level,
                     own->sums + pixel_row * minor.n_pixels,
                     own->n_missing != NULL ? own->n_missing + pixel_row * minor.n_pixels : NULL);
    }

  g_mutex_lock (mutex);
  if (own->n_missing != NULL)
    is_added = _ann_bins_need_missing (self, error);
  for (gsize row = 0; row < major.n_pixels && is_added; row++)
    {
      gsize to = (first_row + row) * self->minor.n_pixels + first_column;
      gsize from = row * minor.n_pixels;

      for (gsize column = 0; column < minor.n_pixels; column++)
        self->sums[to + column] += own->sums[from + column];
      for (gsize column = 0; own->n_missing != NULL && column < minor.n_pixels; column++)
        self->n_missing[to + column] += own->n_missing[from + column];
    }
  g_mutex_unlock (mutex);

  return is_added;
}
