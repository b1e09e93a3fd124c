/* ann-hdf5-strings.c: texts: out of stored elements, or by libhdf5's own reading
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-scratch-private.h"
#include "format/hdf5/ann-hdf5-array-private.h"
#include "format/hdf5/ann-hdf5-heap.h"
#include "format/hdf5/ann-hdf5-lock.h"

#include <string.h>

/* A call brings so many texts of variable length at most: each is looked up in a heap. */
#define MAX_TEXTS_AT_ONCE 65536

/* After so many, whether somebody has cancelled is looked at. */
#define TEXTS_PER_LOOK 256

/* The bytes of texts that libhdf5 brings in a call, unless a single text has more. */
#define ARENA_SIZE ANN_HDF5_SLAB_SIZE

/* Memory for the texts of one call: taken in order, given back as a whole, so that reading a
 * million texts is not a million allocations under the lock. A text that does not fit makes
 * the call fail, and fewer are asked for. Nothing moves: libhdf5 keeps pointers.
 */
typedef struct {
  char *bytes;
  gsize used;
  gsize size;
  gboolean is_exceeded;
} Arena;

static void *
arena_alloc (size_t size, void *user_data)
{
  Arena *arena = user_data;
  char *bytes;

  if (size > arena->size - arena->used)
    {
      arena->is_exceeded = TRUE;
      return NULL;
    }

  bytes = arena->bytes + arena->used;
  arena->used += size;

  return bytes;
}

/* libhdf5 may free what it has got when a call fails. */
static void
arena_free (void *memory G_GNUC_UNUSED, void *user_data G_GNUC_UNUSED)
{
}

static void
arena_clear (Arena *self)
{
  g_free (self->bytes);
  self->bytes = NULL;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arena, arena_clear)

static gboolean
arena_init (Arena *self, gsize size, const char *path, GError **error)
{
  *self = (Arena){ g_try_malloc (size), 0, size, FALSE };
  if (self->bytes != NULL)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
               "%s: No memory for a text of %" G_GSIZE_FORMAT " bytes", path, size);

  return FALSE;
}

static hid_t
select_vector (gsize n)
{
  const hsize_t length = n;

  return H5Screate_simple (1, &length, NULL);
}

/* Reads @n texts into the arena and their places into @texts; under the lock. */
static gboolean
read_pointers (AnnHdf5Array *self, const AnnBox *piece, gsize n, char **texts, Arena *arena)
{
  g_auto (AnnHdf5Hid) transfer = H5Pcreate (H5P_DATASET_XFER);
  g_auto (AnnHdf5Hid) stored = _ann_hdf5_array_select (self, piece);
  g_auto (AnnHdf5Hid) memory = select_vector (n);

  arena->used = 0;
  arena->is_exceeded = FALSE;

  return transfer >= 0 && stored >= 0 && memory >= 0
         && H5Pset_vlen_mem_manager (transfer, arena_alloc, arena, arena_free, arena) >= 0
         && H5Dread (self->dataset, self->memory, memory, stored, transfer, texts) >= 0;
}

/* One call, under the lock. TRUE with @n_read = 0: the texts have more bytes than the arena. */
static gboolean
read_some (AnnHdf5Array *self,
           const AnnBox *piece,
           gsize n,
           char **texts,
           Arena *arena,
           gsize *n_read,
           GError **error)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  *n_read = 0;
  if (read_pointers (self, piece, n, texts, arena))
    {
      *n_read = n;
      return TRUE;
    }
  if (arena->is_exceeded)
    {
      H5Eclear2 (H5E_DEFAULT);
      return TRUE;
    }

  _ann_hdf5_set_error (error, ann_array_get_path (ANN_ARRAY (self)), "The texts cannot be read");

  return FALSE;
}

/* Cuts a piece, whose elements follow each other, into two such; FALSE if it has one element. */
static gboolean
split_piece (const AnnBox *piece, AnnBox *first, AnnBox *second)
{
  guint axis = 0;

  while (axis < piece->rank && piece->count[axis] == 1)
    axis++;
  if (axis == piece->rank)
    return FALSE;

  *first = *piece;
  *second = *piece;
  first->count[axis] = piece->count[axis] / 2;
  second->start[axis] += first->count[axis];
  second->count[axis] -= first->count[axis];

  return TRUE;
}

/* For a single text that is larger than the arena. None has more bytes than the file. */
static gboolean
enlarge_arena (AnnHdf5Array *self, Arena *arena, GError **error)
{
  const char *path = ann_array_get_path (ANN_ARRAY (self));
  gsize size = _ann_hdf5_file_get_size (self->file) + 1;

  if (arena->size >= size)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: A text claims more bytes than the file has", path);
      return FALSE;
    }
  arena_clear (arena);

  return arena_init (arena, size, path, error);
}

/* Calls itself for halves, at most as often in a row as a number of elements has bits. */
static gboolean
read_variable_piece (AnnHdf5Array *self,
                     const AnnBox *piece,
                     char **texts,
                     Arena *arena,
                     AnnStrings *result,
                     GCancellable *cancellable,
                     GError **error)
{
  AnnBox first, second;
  gsize n = 0, n_read;

  ann_box_get_n_elements (piece, &n);
  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !read_some (self, piece, n, texts, arena, &n_read, error))
    return FALSE;

  if (n_read == 0 && split_piece (piece, &first, &second))
    return read_variable_piece (self, &first, texts, arena, result, cancellable, error)
           && read_variable_piece (self, &second, texts, arena, result, cancellable, error);
  if (n_read == 0)
    return enlarge_arena (self, arena, error)
           && read_variable_piece (self, piece, texts, arena, result, cancellable, error);

  _ann_hdf5_count_slab (arena->used);
  for (gsize i = 0; i < n; i++)
    {
      if (!ann_strings_append (result, texts[i], -1, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
read_variable (AnnHdf5Array *self,
               const AnnBox *box,
               AnnStrings *result,
               GCancellable *cancellable,
               GError **error)
{
  g_auto (Arena) arena = { 0 };
  g_autofree char **texts = g_new (char *, MAX_TEXTS_AT_ONCE);
  AnnHdf5Pieces pieces;
  AnnBox piece;

  if (!arena_init (&arena, ARENA_SIZE, ann_array_get_path (ANN_ARRAY (self)), error))
    return FALSE;

  _ann_hdf5_pieces_init (&pieces, self, box, MAX_TEXTS_AT_ONCE, TRUE);
  while (_ann_hdf5_pieces_next (&pieces, &piece))
    {
      if (!read_variable_piece (self, &piece, texts, &arena, result, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
read_fixed_piece (AnnHdf5Array *self, const AnnBox *piece, gsize n, char *bytes, GError **error)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) stored = _ann_hdf5_array_select (self, piece);
  g_auto (AnnHdf5Hid) memory = select_vector (n);

  if (stored < 0 || memory < 0
      || H5Dread (self->dataset, self->memory, memory, stored, H5P_DEFAULT, bytes) < 0)
    {
      _ann_hdf5_set_error (error, ann_array_get_path (ANN_ARRAY (self)),
                           "The texts cannot be read");
      return FALSE;
    }

  return TRUE;
}

static gboolean
read_fixed (AnnHdf5Array *self,
            const AnnBox *box,
            AnnStrings *result,
            GCancellable *cancellable,
            GError **error)
{
  gsize size = self->type.string_size;
  g_autofree char *bytes = g_try_malloc (MAX (size, ANN_HDF5_SLAB_SIZE));
  AnnHdf5Pieces pieces;
  AnnBox piece;

  if (bytes == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: No memory for a text of %" G_GSIZE_FORMAT " bytes",
                   ann_array_get_path (ANN_ARRAY (self)), size);
      return FALSE;
    }

  _ann_hdf5_pieces_init (&pieces, self, box, ANN_HDF5_SLAB_SIZE / MAX (self->stored_item_size, 1),
                         TRUE);
  while (_ann_hdf5_pieces_next (&pieces, &piece))
    {
      gsize n = 0;

      ann_box_get_n_elements (&piece, &n);
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !read_fixed_piece (self, &piece, n, bytes, error))
        return FALSE;
      _ann_hdf5_count_slab (n * size);

      for (gsize i = 0; i < n; i++)
        {
          const char *text = bytes + i * size;

          if (!ann_strings_append (
                  result, text, (gssize) _ann_hdf5_type_get_text_length (&self->type, text), error))
            return FALSE;
        }
    }

  return TRUE;
}

/* The text of a stored element, in @heap if it is of variable length. */
static gboolean
append_text (AnnHdf5Array *self,
             AnnHdf5Heap *heap,
             const guint8 *element,
             guint64 *n_bytes,
             AnnStrings *result,
             GError **error)
{
  const char *text = (const char *) element + self->text_offset;
  gsize length;

  if (!self->type.is_variable)
    length = _ann_hdf5_type_get_text_length (&self->type, text);
  else
    {
      if (!_ann_hdf5_heap_get (heap, element + self->text_offset, &text, &length, error))
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
read_elements (AnnHdf5Array *self,
               const AnnBox *box,
               AnnStrings *result,
               GCancellable *cancellable,
               GError **error)
{
  gsize limit = CLAMP (ANN_HDF5_SLAB_SIZE / self->stored_item_size, 1, MAX_TEXTS_AT_ONCE);
  g_autoptr (AnnHdf5Heap) heap = _ann_hdf5_heap_new (self->file,
                                                     ann_array_get_path (ANN_ARRAY (self)));
  g_auto (AnnScratch) elements = { NULL, 0 };
  guint64 n_bytes = 0;
  AnnHdf5Pieces pieces;
  AnnBox piece;

  _ann_hdf5_pieces_init (&pieces, self, box, limit, TRUE);
  while (_ann_hdf5_pieces_next (&pieces, &piece))
    {
      gsize n = 0;

      ann_box_get_n_elements (&piece, &n);
      if (!_ann_scratch_reserve (&elements, n * self->stored_item_size, error)
          || !_ann_hdf5_array_read_elements (self, &piece, elements.data, cancellable, error))
        return FALSE;

      for (gsize i = 0; i < n; i++)
        {
          if (i % TEXTS_PER_LOOK == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
          if (!append_text (self, heap, elements.data + i * self->stored_item_size, &n_bytes,
                            result, error))
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

  if (self->takes_elements)
    return read_elements (self, box, result, cancellable, error) ? g_steal_pointer (&result) : NULL;
  if (!(self->type.is_variable ? read_variable (self, box, result, cancellable, error)
                               : read_fixed (self, box, result, cancellable, error)))
    return NULL;

  return g_steal_pointer (&result);
}
