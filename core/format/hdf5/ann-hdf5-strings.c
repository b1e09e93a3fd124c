/* ann-hdf5-strings.c: texts, and other runs of bytes, out of stored elements
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-box-copy-private.h"
#include "base/ann-scratch-private.h"
#include "format/hdf5/ann-hdf5-array-private.h"
#include "format/hdf5/ann-hdf5-heap.h"

#include <string.h>

/* So many elements are in memory at once. */
#define MAX_TEXTS_AT_ONCE 65536

/* A text as short may stand for many: as a fill value, or where a writer stores each but once. */
#define MAX_SHARED_TEXT 256

/* After so many, whether somebody has cancelled is looked at. */
#define TEXTS_PER_LOOK 256

/* What is needed while texts are read. */
typedef struct {
  AnnHdf5Array *array;
  AnnHdf5Heap *heap;
  AnnBox inner; /* of the axes of an array type */
  guint64 n_bytes;
  AnnScratch items; /* of a sequence */
  AnnStrings *result;
} Reader;

static void
reader_clear (Reader *self)
{
  _ann_scratch_clear (&self->items);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reader, reader_clear)

/* Of a sequence, its numbers are turned into those of the machine. */
static gboolean
append_items (Reader *reader, const char *stored, gsize length, GError **error)
{
  const AnnHdf5Type *item = reader->array->type.item;
  gsize n = length / item->stored->size;
  gsize size;

  if (!g_size_checked_mul (&size, n, ann_dtype_get_size (item->dtype)))
    size = G_MAXSIZE;
  if (!_ann_scratch_reserve (&reader->items, size, error))
    return FALSE;
  _ann_hdf5_type_convert (item, (const guint8 *) stored, item->stored->size, n, reader->items.data);

  return ann_strings_append (reader->result, (const char *) reader->items.data, (gssize) size,
                             error);
}

/* @reference: into the heap */
static gboolean
append_variable (Reader *reader, const guint8 *reference, GError **error)
{
  AnnHdf5Array *self = reader->array;
  const AnnHdf5Type *item = self->type.item;
  const char *bytes;
  gsize length;

  if (!_ann_hdf5_heap_get (reader->heap, reference, item != NULL ? item->stored->size : 1, &bytes,
                           &length, error))
    return FALSE;
  if (item == NULL && bytes != NULL)
    length = strnlen (bytes, length);

  /* Each has its own place in the file. References to one large text would fill the memory. */
  if (length > MAX_SHARED_TEXT)
    reader->n_bytes += length;
  if (reader->n_bytes > _ann_hdf5_file_get_size (self->dataset->file))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: Its values have more bytes than the file",
                   ann_array_get_path (ANN_ARRAY (self)));
      return FALSE;
    }

  return item != NULL && length > 0
             ? append_items (reader, bytes, length, error)
             : ann_strings_append (reader->result, bytes, (gssize) length, error);
}

/* @text: a text of fixed length, or an opaque value */
static gboolean
append_fixed (Reader *reader, const char *text, GError **error)
{
  return ann_strings_append (reader->result, text,
                             (gssize) _ann_hdf5_type_get_text_length (&reader->array->type, text),
                             error);
}

/* The number of a value within its stored element. */
static guint64
get_place (const Reader *reader, const guint64 *index)
{
  guint64 place = 0;

  for (guint i = 0; i < reader->inner.rank; i++)
    place = place * reader->array->inner_shape[i] + reader->inner.start[i] + index[i];

  return place;
}

/* The texts of one stored element: one, or those of a box of its axes. */
static gboolean
append_element (Reader *reader, const guint8 *element, GError **error)
{
  AnnHdf5Array *self = reader->array;
  guint64 index[ANN_MAX_RANK] = { 0 };

  do
    {
      const guint8 *value = element + self->offset
                            + get_place (reader, index) * self->type.stored->size;

      if (self->type.is_variable ? !append_variable (reader, value, error)
                                 : !append_fixed (reader, (const char *) value, error))
        return FALSE;
    }
  while (_ann_box_next_index (reader->inner.rank, index, reader->inner.count));

  return TRUE;
}

/* Of a file that is far away: brings all collections that the elements refer to. */
static gboolean
bring_texts (Reader *reader, const guint8 *elements, gsize n, GError **error)
{
  AnnHdf5Array *self = reader->array;
  g_autoptr (GArray) addresses = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint64 last = 0;

  for (gsize i = 0; i < n; i++)
    {
      const guint8 *element = elements + i * self->dataset->stored->size + self->offset;
      guint64 index[ANN_MAX_RANK] = { 0 };

      do
        {
          guint64 address = _ann_hdf5_heap_get_address (
              reader->heap, element + get_place (reader, index) * self->type.stored->size);

          if (address != 0 && address != last)
            g_array_append_val (addresses, address);
          last = address;
        }
      while (_ann_box_next_index (reader->inner.rank, index, reader->inner.count));
    }

  return _ann_hdf5_heap_bring (reader->heap, addresses, error);
}

static gboolean
append_piece (Reader *reader,
              const guint8 *elements,
              gsize n,
              GCancellable *cancellable,
              GError **error)
{
  for (gsize i = 0; i < n; i++)
    {
      if (i % TEXTS_PER_LOOK == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (!append_element (reader, elements + i * reader->array->dataset->stored->size, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
read_texts (AnnHdf5Array *self,
            const AnnBox *box,
            AnnStrings *result,
            GCancellable *cancellable,
            GError **error)
{
  gsize item_size = self->dataset->stored->size;
  g_autoptr (AnnHdf5Heap) heap = _ann_hdf5_heap_new (self->dataset->file, self->dataset->path,
                                                     cancellable);
  g_auto (AnnScratch) elements = { NULL, 0 };
  g_auto (Reader) reader = { .array = self, .heap = heap, .result = result };
  const gboolean is_remote = _ann_source_is_remote (
      _ann_hdf5_file_get_source (self->dataset->file));
  AnnBox outer = *box;
  AnnHdf5Pieces pieces;
  AnnBox piece;

  outer.rank = self->n_outer_axes;
  reader.inner.rank = box->rank - outer.rank;
  for (guint i = 0; i < reader.inner.rank; i++)
    {
      reader.inner.start[i] = box->start[outer.rank + i];
      reader.inner.count[i] = box->count[outer.rank + i];
    }

  _ann_hdf5_pieces_init (&pieces, self->dataset, &outer,
                         CLAMP (ANN_HDF5_PIECE_SIZE / item_size, 1, MAX_TEXTS_AT_ONCE));
  while (_ann_hdf5_pieces_next (&pieces, &piece))
    {
      gsize n = 0;

      ann_box_get_n_elements (&piece, &n);
      if (!_ann_scratch_reserve (&elements, n * item_size, error)
          || !_ann_hdf5_dataset_read (self->dataset, &piece, elements.data, cancellable, error)
          || (is_remote && self->type.is_variable
              && !bring_texts (&reader, elements.data, n, error))
          || !append_piece (&reader, elements.data, n, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

AnnStrings *
_ann_hdf5_array_read_strings (AnnArray *array,
                              const AnnBox *box,
                              GCancellable *cancellable,
                              GError **error)
{
  AnnHdf5Array *self = ANN_HDF5_ARRAY (array);
  g_autoptr (AnnStrings) result = ann_strings_new ();
  gsize n_elements;

  if (!ann_dtype_comes_as_strings (self->type.dtype))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s: Its values are no texts but %s",
                   ann_array_get_path (array), self->type.description);
      return NULL;
    }
  if (ann_box_get_n_elements (box, &n_elements) && n_elements == 0)
    return g_steal_pointer (&result);
  if (!_ann_hdf5_dataset_check_readable (self->dataset, error))
    return NULL;

  if (self->type.is_variable && ann_array_get_layout (array) == ANN_LAYOUT_VIRTUAL)
    {
      /* The references would be into another file's heap. */
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: Values of variable length cannot be read in this layout",
                   ann_array_get_path (array));
      return NULL;
    }
  if (!read_texts (self, box, result, cancellable, error))
    return NULL;

  return g_steal_pointer (&result);
}
