/* ann-hdf5-boxes.c: boxes of elements, by address or by libhdf5's own reading
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-box-copy-private.h"
#include "base/ann-scratch-private.h"
#include "format/hdf5/ann-hdf5-array-private.h"
#include "format/hdf5/ann-hdf5-lock.h"

#include <string.h>

/* What libhdf5 decodes, it decodes whole, and without a limit of its own. */
#define MAX_CHUNK_SIZE ((guint64) 256 << 20)

/* Runs shorter than this and not much further apart are read with what lies between them: a copy
 * within the cache costs less than a system call.
 */
#define GAP_SIZE 8192

gboolean
_ann_hdf5_array_check_readable (AnnHdf5Array *self, GError **error)
{
  AnnArray *array = ANN_ARRAY (self);
  AnnCodecChain *codecs = ann_array_get_codecs (array);
  AnnCodec *missing = codecs != NULL ? ann_codec_chain_get_missing (codecs) : NULL;
  const guint64 *chunk_shape = ann_array_get_chunk_shape (array);
  guint64 size = self->stored_item_size;

  if (missing != NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_MISSING_CODEC,
                   "%s: Its values are packed by %s, which this build cannot unpack",
                   ann_array_get_path (array), ann_codec_get_description (missing));
      return FALSE;
    }

  for (guint i = 0; chunk_shape != NULL && i < ann_array_get_rank (array) - self->type.inner_rank;
       i++)
    {
      if (!g_uint64_checked_mul (&size, size, chunk_shape[i]))
        size = G_MAXUINT64;
    }
  if (size > MAX_CHUNK_SIZE)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: Its chunks have more than %" G_GUINT64_FORMAT " MiB each",
                   ann_array_get_path (array), MAX_CHUNK_SIZE >> 20);
      return FALSE;
    }

  return TRUE;
}

/* Makes the cell as large as one call may read: first as much of a chunk as that is, then more of
 * them, innermost axis first. @in_order: the pieces follow each other in the order of elements,
 * so an axis is cut only if those outside it have one index at a time.
 */
static void
choose_cell (AnnHdf5Pieces *self, const guint64 *chunk_shape, guint64 limit, gboolean in_order)
{
  guint rank = self->box.rank;
  guint64 size = 1;

  for (guint i = rank; i-- > 0;)
    {
      guint64 chunk = chunk_shape != NULL ? chunk_shape[i] : 1;
      guint64 extent;

      self->origin[i] = self->box.start[i] - self->box.start[i] % chunk;
      extent = self->box.start[i] + self->box.count[i] - self->origin[i];
      self->cell[i] = in_order ? 1 : MIN (MIN (chunk, extent), MAX (limit / size, 1));
      size *= self->cell[i];
    }

  for (guint i = rank; i-- > 0;)
    {
      guint64 extent = self->box.start[i] + self->box.count[i] - self->origin[i];
      guint64 wanted = (extent - 1) / self->cell[i] + 1;
      guint64 factor = MIN (MAX (limit / size, 1), wanted);

      if (in_order && chunk_shape != NULL && factor < wanted && factor > chunk_shape[i])
        factor -= factor % chunk_shape[i];
      self->cell[i] *= factor;
      size *= factor;
      if (in_order && factor < wanted)
        break;
    }
}

void
_ann_hdf5_pieces_init (AnnHdf5Pieces *self,
                       AnnHdf5Array *array,
                       const AnnBox *box,
                       gsize limit,
                       gboolean in_order)
{
  self->box = *box;
  self->is_done = FALSE;
  for (guint i = 0; i < box->rank; i++)
    {
      self->next[i] = box->start[i];
      self->is_done |= box->count[i] == 0;
    }
  if (!self->is_done)
    choose_cell (self, ann_array_get_chunk_shape (ANN_ARRAY (array)), MAX (limit, 1), in_order);
}

gboolean
_ann_hdf5_pieces_next (AnnHdf5Pieces *self, AnnBox *piece)
{
  guint axis = self->box.rank;

  if (self->is_done)
    return FALSE;

  piece->rank = self->box.rank;
  for (guint i = 0; i < self->box.rank; i++)
    {
      guint64 left = self->box.start[i] + self->box.count[i] - self->next[i];

      piece->start[i] = self->next[i];
      piece->count[i] = MIN (self->cell[i] - (self->next[i] - self->origin[i]) % self->cell[i],
                             left);
    }

  self->is_done = TRUE;
  while (self->is_done && axis-- > 0)
    {
      self->next[axis] += piece->count[axis];
      if (self->next[axis] < self->box.start[axis] + self->box.count[axis])
        self->is_done = FALSE;
      else
        self->next[axis] = self->box.start[axis];
    }

  return TRUE;
}

hid_t
_ann_hdf5_array_select (AnnHdf5Array *self, const AnnBox *piece)
{
  g_auto (AnnHdf5Hid) space = H5Dget_space (self->dataset);
  hsize_t start[ANN_MAX_RANK], count[ANN_MAX_RANK];

  if (space < 0 || H5Sget_simple_extent_ndims (space) != (int) piece->rank)
    return H5I_INVALID_HID;
  if (piece->rank == 0)
    return _ann_hdf5_steal (&space);

  for (guint i = 0; i < piece->rank; i++)
    {
      start[i] = piece->start[i];
      count[i] = piece->count[i];
    }
  if (H5Sselect_hyperslab (space, H5S_SELECT_SET, start, NULL, count, NULL) < 0)
    return H5I_INVALID_HID;

  return _ann_hdf5_steal (&space);
}

/* Where the piece goes in the memory that holds the whole box. */
static hid_t
select_memory (const AnnBox *box, const AnnBox *piece)
{
  g_auto (AnnHdf5Hid) space = H5I_INVALID_HID;
  hsize_t shape[ANN_MAX_RANK], start[ANN_MAX_RANK], count[ANN_MAX_RANK];

  if (box->rank == 0)
    return H5Screate (H5S_SCALAR);

  for (guint i = 0; i < box->rank; i++)
    {
      shape[i] = box->count[i];
      start[i] = piece->start[i] - box->start[i];
      count[i] = piece->count[i];
    }
  space = H5Screate_simple ((int) box->rank, shape, NULL);
  if (space < 0 || H5Sselect_hyperslab (space, H5S_SELECT_SET, start, NULL, count, NULL) < 0)
    return H5I_INVALID_HID;

  return _ann_hdf5_steal (&space);
}

static gboolean
read_piece (AnnHdf5Array *self,
            const AnnBox *box,
            const AnnBox *piece,
            gpointer values,
            GError **error)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) stored = _ann_hdf5_array_select (self, piece);
  g_auto (AnnHdf5Hid) memory = stored < 0 ? H5I_INVALID_HID : select_memory (box, piece);

  if (memory < 0 || H5Dread (self->dataset, self->memory, memory, stored, H5P_DEFAULT, values) < 0)
    {
      _ann_hdf5_set_error (error, ann_array_get_path (ANN_ARRAY (self)),
                           "The values cannot be read");
      return FALSE;
    }

  return TRUE;
}

static gboolean
read_by_libhdf5 (AnnHdf5Array *self,
                 const AnnBox *box,
                 gpointer values,
                 GCancellable *cancellable,
                 GError **error)
{
  AnnHdf5Pieces pieces;
  AnnBox piece;

  if (!_ann_hdf5_array_check_readable (self, error))
    return FALSE;

  _ann_hdf5_pieces_init (&pieces, self, box,
                         ANN_HDF5_SLAB_SIZE
                             / MAX (self->stored_item_size, ann_dtype_get_size (self->type.dtype)),
                         FALSE);
  while (_ann_hdf5_pieces_next (&pieces, &piece))
    {
      gsize n_elements = 0;

      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !read_piece (self, box, &piece, values, error))
        return FALSE;
      ann_box_get_n_elements (&piece, &n_elements);
      _ann_hdf5_count_slab (n_elements * self->stored_item_size);
    }

  return TRUE;
}

/* Stored elements that are arrays come whole; what is asked of them is copied out. */
static gboolean
read_arrays (AnnHdf5Array *self,
             const AnnBox *box,
             gpointer values,
             GCancellable *cancellable,
             GError **error)
{
  const gsize item_size = ann_dtype_get_size (self->type.dtype);
  const guint n_outer = box->rank - self->type.inner_rank;
  g_auto (AnnScratch) whole = { NULL, 0 };
  AnnBox outer = *box;
  gsize size = item_size;
  AnnHdf5Pieces pieces;
  AnnBox piece;

  for (guint i = 0; i < self->type.inner_rank; i++)
    {
      if (!g_size_checked_mul (&size, size, (gsize) self->type.inner_shape[i]))
        size = G_MAXSIZE;
    }
  if (MAX (size, self->stored_item_size) > MAX_CHUNK_SIZE)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: Its elements have more than %" G_GUINT64_FORMAT " MiB each",
                   ann_array_get_path (ANN_ARRAY (self)), MAX_CHUNK_SIZE >> 20);
      return FALSE;
    }
  if (!_ann_hdf5_array_check_readable (self, error))
    return FALSE;

  outer.rank = n_outer;
  _ann_hdf5_pieces_init (&pieces, self, &outer,
                         ANN_HDF5_SLAB_SIZE / MAX (size, self->stored_item_size), FALSE);
  while (_ann_hdf5_pieces_next (&pieces, &piece))
    {
      guint64 shape[ANN_MAX_RANK], from[ANN_MAX_RANK], to[ANN_MAX_RANK], count[ANN_MAX_RANK];
      gsize n_elements = 0;

      ann_box_get_n_elements (&piece, &n_elements);
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !_ann_scratch_reserve (&whole, n_elements * size, error)
          || !read_piece (self, &piece, &piece, whole.data, error))
        return FALSE;
      _ann_hdf5_count_slab (n_elements * self->stored_item_size);

      for (guint i = 0; i < box->rank; i++)
        {
          const gboolean is_inner = i >= n_outer;

          shape[i] = is_inner ? self->type.inner_shape[i - n_outer] : piece.count[i];
          from[i] = is_inner ? box->start[i] : 0;
          to[i] = is_inner ? 0 : piece.start[i] - box->start[i];
          count[i] = is_inner ? box->count[i] : piece.count[i];
        }
      _ann_box_copy (box->rank, item_size, count, whole.data, shape, from, values, box->count, to);
    }

  return TRUE;
}

/* How a box lies in an array whose elements lie in one run: in runs of its own, of @run bytes. */
typedef struct {
  gsize run;
  guint axis;                    /* the innermost that is not taken whole, or 0 */
  guint64 strides[ANN_MAX_RANK]; /* in bytes */
} Runs;

static void
runs_init (Runs *self, AnnHdf5Array *array, const AnnBox *box)
{
  const guint64 *shape = ann_array_get_shape (ANN_ARRAY (array));
  guint64 stride = array->stored_item_size;

  for (guint i = box->rank; i-- > 0;)
    {
      self->strides[i] = stride;
      stride *= shape[i]; /* the product was checked when the array was opened */
    }

  /* Inner axes that are taken whole make one run with the first that is not. */
  self->axis = box->rank;
  self->run = array->stored_item_size;
  while (self->axis > 0)
    {
      self->axis--;
      self->run *= box->count[self->axis];
      if (box->count[self->axis] < shape[self->axis])
        break;
    }
}

typedef struct {
  AnnHdf5Array *array;
  GCancellable *cancellable;
  guint8 *scratch; /* of ANN_HDF5_SLAB_SIZE, when runs are read with the gaps between them */
} Reader;

static gboolean
read_bytes (Reader *reader, guint64 offset, guint8 *to, gsize n_bytes, GError **error)
{
  AnnHdf5Array *self = reader->array;

  for (gsize done = 0; done < n_bytes;)
    {
      gsize step = MIN (n_bytes - done, ANN_HDF5_SLAB_SIZE);

      if (g_cancellable_set_error_if_cancelled (reader->cancellable, error)
          || !_ann_hdf5_file_read (self->file, self->address + offset + done, to + done, step,
                                   ann_array_get_path (ANN_ARRAY (self)), error))
        return FALSE;
      _ann_hdf5_count_slab (step);
      done += step;
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
  if (run >= GAP_SIZE || stride > MAX (4 * run, GAP_SIZE))
    {
      for (guint64 i = 0; i < n_runs; i++)
        {
          if (!read_bytes (reader, offset + i * stride, to + i * run, run, error))
            return FALSE;
        }
      return TRUE;
    }

  if (reader->scratch == NULL)
    reader->scratch = g_malloc (ANN_HDF5_SLAB_SIZE);
  for (guint64 first = 0; first < n_runs;)
    {
      guint64 n = MIN (n_runs - first, ANN_HDF5_SLAB_SIZE / stride);

      if (!read_bytes (reader, offset + first * stride, reader->scratch, (n - 1) * stride + run,
                       error))
        return FALSE;
      for (guint64 i = 0; i < n; i++)
        memcpy (to + (first + i) * run, reader->scratch + i * stride, run);
      first += n;
    }

  return TRUE;
}

/* By address, outside the lock: measured at 1.5 times the speed of H5Dread, and others go on. */
gboolean
_ann_hdf5_array_read_by_address (AnnHdf5Array *self,
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

/* Loops that the compiler turns into vector shuffles. */
static void
swap_bytes (guint8 *values, gsize n_bytes, gsize item_size)
{
  switch (item_size)
    {
    case 2:
      for (gsize i = 0; i < n_bytes / 2; i++)
        ((guint16 *) values)[i] = GUINT16_SWAP_LE_BE (((guint16 *) values)[i]);
      break;
    case 4:
      for (gsize i = 0; i < n_bytes / 4; i++)
        ((guint32 *) values)[i] = GUINT32_SWAP_LE_BE (((guint32 *) values)[i]);
      break;
    case 8:
      for (gsize i = 0; i < n_bytes / 8; i++)
        ((guint64 *) values)[i] = GUINT64_SWAP_LE_BE (((guint64 *) values)[i]);
      break;
    default:
      break;
    }
}

gboolean
_ann_hdf5_array_read_box (AnnArray *array,
                          const AnnBox *box,
                          gpointer values,
                          GCancellable *cancellable,
                          GError **error)
{
  AnnHdf5Array *self = ANN_HDF5_ARRAY (array);
  gsize n_elements;

  if (ann_dtype_get_size (self->type.dtype) == 0 || self->memory <= 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: Values of the type %s cannot be read", ann_array_get_path (array),
                   self->type.description);
      return FALSE;
    }
  if (!ann_box_get_n_elements (box, &n_elements) || n_elements == 0)
    return TRUE;

  if (self->type.inner_rank > 0)
    return read_arrays (self, box, values, cancellable, error);
  if (self->address == HADDR_UNDEF)
    return read_by_libhdf5 (self, box, values, cancellable, error);

  if (!_ann_hdf5_array_read_by_address (self, box, values, cancellable, error))
    return FALSE;
  swap_bytes (values, n_elements * self->stored_item_size, self->type.swap_size);

  return TRUE;
}
