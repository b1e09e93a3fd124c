/* ann-hdf5-strings.c: texts, out of stored elements
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-scratch-private.h"
#include "format/hdf5/ann-hdf5-array-private.h"
#include "format/hdf5/ann-hdf5-heap.h"
#include "format/hdf5/ann-hdf5-lock.h"

#include <string.h>

/* So many elements are in memory at once. */
#define MAX_TEXTS_AT_ONCE 65536

/* After so many, whether somebody has cancelled is looked at. */
#define TEXTS_PER_LOOK 256

/* Texts, or the references to them, by libhdf5: the elements that cannot be had without it. */
static gboolean
read_by_libhdf5 (AnnHdf5Array *self, const AnnBox *piece, gsize n, guint8 *texts, GError **error)
{
  const hsize_t length = n;
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) stored = _ann_hdf5_array_select (self, piece);
  g_auto (AnnHdf5Hid) memory = H5Screate_simple (1, &length, NULL);

  if (stored < 0 || memory < 0
      || H5Dread (self->dataset, self->memory, memory, stored, H5P_DEFAULT, texts) < 0)
    {
      _ann_hdf5_set_error (error, ann_array_get_path (ANN_ARRAY (self)),
                           "The texts cannot be read");
      return FALSE;
    }
  _ann_hdf5_count_slab (n * self->type.string_size);

  return TRUE;
}

/* How texts lie in memory on their way: in stored elements, or side by side. */
typedef struct {
  gsize stride;
  gsize offset;
} TextLayout;

/* @text: a text of fixed length, or a reference into @heap */
static gboolean
append_text (AnnHdf5Array *self,
             AnnHdf5Heap *heap,
             const char *text,
             guint64 *n_bytes,
             AnnStrings *result,
             GError **error)
{
  gsize length;

  if (!self->type.is_variable)
    length = _ann_hdf5_type_get_text_length (&self->type, text);
  else
    {
      if (!_ann_hdf5_heap_get (heap, (const guint8 *) text, &text, &length, error))
        return FALSE;
      length = text != NULL ? strnlen (text, length) : 0;

      /* Each has its own place in the file. References to one large text would fill the memory. */
      *n_bytes += length;
      if (*n_bytes > _ann_hdf5_file_get_size (self->file))
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                       "%s: Its texts have more bytes than the file",
                       ann_array_get_path (ANN_ARRAY (self)));
          return FALSE;
        }
    }

  return ann_strings_append (result, text, (gssize) length, error);
}

static gboolean
read_texts (AnnHdf5Array *self,
            const AnnBox *box,
            AnnStrings *result,
            GCancellable *cancellable,
            GError **error)
{
  const TextLayout layout = self->takes_elements
                                ? (TextLayout){ self->stored_item_size, self->text_offset }
                                : (TextLayout){ self->type.string_size, 0 };
  gsize item_size = MAX (self->stored_item_size, layout.stride);
  g_autoptr (AnnHdf5Heap) heap = _ann_hdf5_heap_new (self->file,
                                                     ann_array_get_path (ANN_ARRAY (self)));
  g_auto (AnnScratch) elements = { NULL, 0 };
  guint64 n_bytes = 0;
  AnnHdf5Pieces pieces;
  AnnBox piece;

  _ann_hdf5_pieces_init (&pieces, self, box,
                         CLAMP (ANN_HDF5_SLAB_SIZE / item_size, 1, MAX_TEXTS_AT_ONCE), TRUE);
  while (_ann_hdf5_pieces_next (&pieces, &piece))
    {
      gsize n = 0;

      ann_box_get_n_elements (&piece, &n);
      if (!_ann_scratch_reserve (&elements, n * layout.stride, error)
          || !(self->takes_elements
                   ? _ann_hdf5_array_read_elements (self, &piece, elements.data, cancellable, error)
                   : read_by_libhdf5 (self, &piece, n, elements.data, error)))
        return FALSE;

      for (gsize i = 0; i < n; i++)
        {
          const guint8 *text = elements.data + i * layout.stride + layout.offset;

          if (i % TEXTS_PER_LOOK == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
          if (!append_text (self, heap, (const char *) text, &n_bytes, result, error))
            return FALSE;
        }
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

  if (self->type.dtype != ANN_DTYPE_STRING && self->type.dtype != ANN_DTYPE_BYTES)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "%s: Its values are no texts but %s",
                   ann_array_get_path (array), self->type.description);
      return NULL;
    }
  if (ann_box_get_n_elements (box, &n_elements) && n_elements == 0)
    return g_steal_pointer (&result);
  if (!_ann_hdf5_array_check_readable (self, error))
    return NULL;

  if (self->type.is_variable
      && (ann_array_get_layout (array) == ANN_LAYOUT_VIRTUAL
          || _ann_hdf5_file_get_sizes (self->file)->address == 0))
    {
      /* The references would be into another file's heap, or are of a kind that nobody has. */
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: Texts of variable length cannot be read in this layout",
                   ann_array_get_path (array));
      return NULL;
    }
  if (!read_texts (self, box, result, cancellable, error))
    return NULL;

  return g_steal_pointer (&result);
}
