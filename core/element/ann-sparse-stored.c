/* ann-sparse-stored.c: a sparse matrix that a store has
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-sparse-private.h"

#include "array/ann-array-private.h"
#include "array/ann-memory-array.h"
#include "base/ann-error.h"

#define ANN_TYPE_STORED_SPARSE (ann_stored_sparse_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnStoredSparse, ann_stored_sparse, ANN, STORED_SPARSE, AnnSparse)

/* Opening looks at shapes and types. What a read needs of the pointers and indices is checked
 * when it is read, and a wrong one makes that read an error: the store is never believed.
 */
struct _AnnStoredSparse {
  AnnSparse parent_instance;

  AnnArray *data;
  AnnArray *indices;
  AnnArray *indptr;

  GMutex lock; /* for the two below */
  gboolean base_known;
  guint64 base; /* what all pointers are too large by: not 0 in a piece of another matrix */
};

typedef struct {
  AnnSparseClass parent_class;
} AnnStoredSparseClass;

G_DEFINE_FINAL_TYPE (AnnStoredSparse, ann_stored_sparse, ANN_TYPE_SPARSE)

/* One pointer as it is stored. */
static gboolean
read_pointer (AnnStoredSparse *self,
              guint64 index,
              gint64 *pointer,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (AnnBuffer) stored = NULL;

  stored = ann_array_read_range (self->indptr, index, 1, cancellable, error);
  if (stored == NULL)
    return FALSE;

  ann_dtype_to_int64 (ann_buffer_get_dtype (stored), ann_buffer_get_data (stored), 1, pointer);

  return TRUE;
}

static gboolean
find_base (AnnStoredSparse *self, guint64 *base, GCancellable *cancellable, GError **error)
{
  gint64 first;
  gint64 last;

  if (!read_pointer (self, 0, &first, cancellable, error))
    return FALSE;

  *base = 0;
  if (first == 0)
    return TRUE;

  /* Rows that were cut out of a larger matrix still count from its start. */
  if (!read_pointer (self, self->parent_instance.n_major, &last, cancellable, error))
    return FALSE;
  if (first < 0 || last < first || (guint64) (last - first) != self->parent_instance.n_stored)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: begins with %" G_GINT64_FORMAT " and not with 0",
                   ann_array_get_path (self->indptr), first);
      return FALSE;
    }

  *base = (guint64) first;
  _ann_element_add_warning (ANN_ELEMENT (self),
                            "%s: begins with %" G_GINT64_FORMAT
                            " and not with 0, which was subtracted",
                            ann_array_get_path (self->indptr), first);

  return TRUE;
}

static gboolean
get_base (AnnStoredSparse *self, guint64 *base, GCancellable *cancellable, GError **error)
{
  gboolean known;

  g_mutex_lock (&self->lock);
  known = self->base_known;
  *base = self->base;
  g_mutex_unlock (&self->lock);
  if (known)
    return TRUE;

  /* Not under the lock, for it waits: two threads may both look, and find the same. */
  if (!find_base (self, base, cancellable, error))
    return FALSE;

  g_mutex_lock (&self->lock);
  self->base_known = TRUE;
  self->base = *base;
  g_mutex_unlock (&self->lock);

  return TRUE;
}

static gboolean
check_pointers (AnnStoredSparse *self,
                guint64 start,
                guint64 count,
                guint64 *pointers,
                GError **error)
{
  for (guint64 i = 0; i <= count; i++)
    {
      if (pointers[i] > self->parent_instance.n_stored)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                       "%s: at %" G_GUINT64_FORMAT " it points to %" G_GINT64_FORMAT
                       ", but there are %" G_GUINT64_FORMAT " values",
                       ann_array_get_path (self->indptr), start + i, (gint64) pointers[i],
                       self->parent_instance.n_stored);
          return FALSE;
        }
      if (i > 0 && pointers[i] < pointers[i - 1])
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                       "%s: goes back from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT
                       " at %" G_GUINT64_FORMAT,
                       ann_array_get_path (self->indptr), pointers[i - 1], pointers[i], start + i);
          return FALSE;
        }
    }

  if (start + count == self->parent_instance.n_major
      && pointers[count] < self->parent_instance.n_stored)
    _ann_element_add_warning (
        ANN_ELEMENT (self), "%s: %" G_GUINT64_FORMAT " values at the end belong to no %s",
        ann_element_get_path (ANN_ELEMENT (self)), self->parent_instance.n_stored - pointers[count],
        ann_element_get_kind (ANN_ELEMENT (self)) == ANN_ELEMENT_CSR ? "row" : "column");

  return TRUE;
}

static AnnBuffer *
ann_stored_sparse_read_indptr (AnnSparse *sparse,
                               guint64 start,
                               guint64 count,
                               GCancellable *cancellable,
                               GError **error)
{
  g_autoptr (AnnBuffer) stored = NULL;
  g_autoptr (AnnBuffer) pointers = NULL;
  gint64 *values;

  stored = ann_array_read_range (ANN_STORED_SPARSE (sparse)->indptr, start, count + 1, cancellable,
                                 error);
  if (stored == NULL)
    return NULL;
  pointers = ann_buffer_new_vector (ANN_DTYPE_UINT64, count + 1, error);
  if (pointers == NULL)
    return NULL;

  values = ann_buffer_get_data_for_writing (pointers);
  ann_dtype_to_int64 (ann_buffer_get_dtype (stored), ann_buffer_get_data (stored), count + 1,
                      values);
  if (!_ann_sparse_convert_pointers (sparse, start, count, values, cancellable, error))
    return NULL;

  return g_steal_pointer (&pointers);
}

gboolean
_ann_sparse_convert_pointers (AnnSparse *self,
                              guint64 start,
                              guint64 count,
                              gint64 *pointers,
                              GCancellable *cancellable,
                              GError **error)
{
  AnnStoredSparse *stored = ANN_STORED_SPARSE (self);
  guint64 base;

  if (!get_base (stored, &base, cancellable, error))
    return FALSE;

  /* A negative one, or one less than the first, becomes very large and is refused as that. */
  for (guint64 i = 0; base > 0 && i <= count; i++)
    pointers[i] = (gint64) ((guint64) pointers[i] - base);

  return check_pointers (stored, start, count, (guint64 *) pointers, error);
}

/* The usual type: in blocks of a fixed length, for then the compiler makes vectors of them. It runs
 * over all that is read.
 */
static gboolean
int32_fit (const gint32 *at, gsize n, gint32 end)
{
  gsize i = 0;

  for (; i + 64 <= n; i += 64)
    {
      gint32 bad = 0;

      for (guint k = 0; k < 64; k++)
        bad |= (at[i + k] < 0) | (at[i + k] >= end);
      if (bad)
        return FALSE;
    }
  for (; i < n; i++)
    if (at[i] < 0 || at[i] >= end)
      return FALSE;

  return TRUE;
}

#define FIND_BAD(DTYPE, CTYPE)                                                                     \
  case DTYPE:                                                                                      \
    {                                                                                              \
      const CTYPE *at = indices;                                                                   \
      guint64 bad = 0;                                                                             \
                                                                                                   \
      for (gsize i = 0; i < n; i++)                                                                \
        bad |= (guint64) (gint64) at[i] >= n_minor;                                                \
      if (!bad)                                                                                    \
        return TRUE;                                                                               \
      for (*position = 0; (guint64) (gint64) at[*position] < n_minor; (*position)++)               \
        ;                                                                                          \
      *index = (gint64) at[*position];                                                             \
      return FALSE;                                                                                \
    }

gboolean
_ann_sparse_check_indices (AnnSparse *self,
                           gconstpointer indices,
                           gsize n,
                           gsize *position,
                           gint64 *index)
{
  const AnnDtype dtype = self->index_dtype;
  const guint64 n_minor = self->n_minor;

  if (dtype == ANN_DTYPE_INT32 && n_minor <= (guint64) G_MAXINT32
      && int32_fit (indices, n, (gint32) n_minor))
    return TRUE;

  switch ((int) dtype)
    {
      FIND_BAD (ANN_DTYPE_INT8, gint8)
      FIND_BAD (ANN_DTYPE_INT16, gint16)
      FIND_BAD (ANN_DTYPE_INT32, gint32)
      FIND_BAD (ANN_DTYPE_INT64, gint64)
      FIND_BAD (ANN_DTYPE_UINT8, guint8)
      FIND_BAD (ANN_DTYPE_UINT16, guint16)
      FIND_BAD (ANN_DTYPE_UINT32, guint32)
      FIND_BAD (ANN_DTYPE_UINT64, guint64)
    default:
      g_return_val_if_reached (FALSE);
    }
}

void
_ann_sparse_set_index_error (AnnSparse *self,
                             guint64 place,
                             guint64 major,
                             gint64 index,
                             GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
               "%s: at %" G_GUINT64_FORMAT ", in %s %" G_GUINT64_FORMAT ", is %" G_GINT64_FORMAT
               ", which is outside [0, %" G_GUINT64_FORMAT ")",
               ann_array_get_path (_ann_sparse_get_indices (self)), place,
               ann_element_get_kind (ANN_ELEMENT (self)) == ANN_ELEMENT_CSR ? "row" : "column",
               major, index, self->n_minor);
}

static gboolean
check_indices (AnnSparse *self, const AnnBlock *block, guint64 offset, GError **error)
{
  const guint64 *pointers = ann_buffer_get_data (block->indptr);
  gsize position = 0;
  gint64 index = 0;
  guint64 major = 0;

  if (_ann_sparse_check_indices (self, ann_buffer_get_data (block->indices),
                                 ann_buffer_get_n_elements (block->indices), &position, &index))
    return TRUE;

  while (pointers[major + 1] <= position)
    major++;
  _ann_sparse_set_index_error (self, offset + position, block->start + major, index, error);

  return FALSE;
}

static AnnBlock *
ann_stored_sparse_read_major (AnnSparse *sparse,
                              guint64 start,
                              guint64 count,
                              GCancellable *cancellable,
                              GError **error)
{
  AnnStoredSparse *self = ANN_STORED_SPARSE (sparse);
  g_autoptr (AnnBlock) block = NULL;
  AnnArray *const arrays[] = { self->indices, self->data }; /* the indices take longer */
  AnnBuffer *buffers[2] = { NULL, NULL };
  guint64 *pointers;
  guint64 offset;
  gboolean success;

  block = ann_block_new (start, count, sparse->n_minor);
  block->indptr = ann_sparse_read_indptr (sparse, start, count, cancellable, error);
  if (block->indptr == NULL)
    return NULL;

  pointers = ann_buffer_get_data_for_writing (block->indptr);
  offset = pointers[0];
  for (guint64 i = 0; i <= count; i++)
    pointers[i] -= offset;

  success = _ann_array_read_pair (arrays, offset, pointers[count], buffers, cancellable, error);
  block->indices = buffers[0];
  block->values = buffers[1];
  if (!success || !check_indices (sparse, block, offset, error))
    return NULL;

  return g_steal_pointer (&block);
}

static AnnBlock *
ann_stored_sparse_read_lines (AnnSparse *sparse,
                              AnnSelection *majors,
                              AnnSelection *minors,
                              gboolean by_minor,
                              GCancellable *cancellable,
                              GError **error)
{
  if (minors == NULL)
    return _ann_sparse_read_majors (sparse, majors, cancellable, error);

  return _ann_sparse_read_crossing (sparse, majors, minors, by_minor, cancellable, error);
}

AnnArray *
_ann_sparse_get_data (AnnSparse *self)
{
  return ANN_STORED_SPARSE (self)->data;
}

AnnArray *
_ann_sparse_get_indices (AnnSparse *self)
{
  return ANN_STORED_SPARSE (self)->indices;
}

AnnArray *
_ann_sparse_get_indptr (AnnSparse *self)
{
  return ANN_STORED_SPARSE (self)->indptr;
}

static void
ann_stored_sparse_list_arrays (AnnElement *element, GPtrArray *arrays)
{
  AnnStoredSparse *self = ANN_STORED_SPARSE (element);

  g_ptr_array_add (arrays, g_object_ref (self->data));
  g_ptr_array_add (arrays, g_object_ref (self->indices));
  g_ptr_array_add (arrays, g_object_ref (self->indptr));
}

static void
ann_stored_sparse_finalize (GObject *object)
{
  AnnStoredSparse *self = ANN_STORED_SPARSE (object);

  g_clear_object (&self->data);
  g_clear_object (&self->indices);
  g_clear_object (&self->indptr);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (ann_stored_sparse_parent_class)->finalize (object);
}

static void
ann_stored_sparse_class_init (AnnStoredSparseClass *klass)
{
  AnnSparseClass *sparse_class = &klass->parent_class;

  G_OBJECT_CLASS (klass)->finalize = ann_stored_sparse_finalize;
  ANN_ELEMENT_CLASS (klass)->list_arrays = ann_stored_sparse_list_arrays;
  sparse_class->read_indptr = ann_stored_sparse_read_indptr;
  sparse_class->read_major = ann_stored_sparse_read_major;
  sparse_class->read_lines = ann_stored_sparse_read_lines;
  sparse_class->search = _ann_sparse_search_stored;
}

static void
ann_stored_sparse_init (AnnStoredSparse *self)
{
  g_mutex_init (&self->lock);
}

static gboolean
read_shape (const AnnElementSource *source, guint64 *shape, GError **error)
{
  const char *path = ann_node_get_path (source->node);
  AnnBuffer *numbers = ann_attributes_get_numbers (source->attributes, "shape");
  gint64 values[2];

  if (numbers == NULL)
    numbers = ann_attributes_get_numbers (source->attributes, "h5sparse_shape");
  if (numbers == NULL || ann_buffer_get_n_elements (numbers) != 2
      || !ann_dtype_to_int64 (ann_buffer_get_dtype (numbers), ann_buffer_get_data (numbers), 2,
                              values))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: its attribute “shape” must be two integers", path);
      return FALSE;
    }
  if (values[0] < 0 || values[1] < 0)
    {
      gboolean is_unsigned = ann_buffer_get_dtype (numbers) == ANN_DTYPE_UINT64;

      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   is_unsigned
                       ? "%s: its attribute “shape” says %" G_GUINT64_FORMAT " × %" G_GUINT64_FORMAT
                       : "%s: its attribute “shape” says %" G_GINT64_FORMAT " × %" G_GINT64_FORMAT,
                   path, values[0], values[1]);
      return FALSE;
    }

  shape[0] = (guint64) values[0];
  shape[1] = (guint64) values[1];

  return TRUE;
}

static gboolean
check_part (AnnArray *array, gboolean integer, GError **error)
{
  AnnDtype dtype = ann_array_get_dtype (array);

  if (ann_array_get_rank (array) != 1)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "%s: has %u axes where 1 belongs",
                   ann_array_get_path (array), ann_array_get_rank (array));
      return FALSE;
    }
  if (integer ? !ann_dtype_is_integer (dtype) : ann_dtype_get_size (dtype) == 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "%s: is of type %s where %s belong",
                   ann_array_get_path (array), ann_dtype_get_name (dtype),
                   integer ? "integers" : "numbers");
      return FALSE;
    }

  return TRUE;
}

/* A pair says which of the two it is; without one the pointers' number does, if it can. */
static AnnElementKind
guess_kind (AnnStoredSparse *self, const guint64 *shape, gboolean *ambiguous)
{
  guint64 n_pointers = ann_array_get_length (self->indptr);

  *ambiguous = shape[0] == shape[1];

  return n_pointers == shape[0] + 1 ? ANN_ELEMENT_CSR : ANN_ELEMENT_CSC;
}

static gboolean
check_lengths (AnnStoredSparse *self, GError **error)
{
  const char *path = ann_element_get_path (ANN_ELEMENT (self));
  guint64 n_pointers = ann_array_get_length (self->indptr);
  guint64 n_data = ann_array_get_length (self->data);
  guint64 n_indices = ann_array_get_length (self->indices);

  if (n_pointers == 0 || n_pointers - 1 != self->parent_instance.n_major)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: has %" G_GUINT64_FORMAT " pointers for %" G_GUINT64_FORMAT
                   " %s, where one more belongs",
                   ann_array_get_path (self->indptr), n_pointers, self->parent_instance.n_major,
                   ann_element_get_kind (ANN_ELEMENT (self)) == ANN_ELEMENT_CSR ? "rows"
                                                                                : "columns");
      return FALSE;
    }
  if (n_data != n_indices)
    _ann_element_add_warning (ANN_ELEMENT (self),
                              "%s: has %" G_GUINT64_FORMAT " values but %" G_GUINT64_FORMAT
                              " indices",
                              path, n_data, n_indices);
  self->parent_instance.n_stored = MIN (n_data, n_indices);

  return TRUE;
}

/* @kind: CSR or CSC, or ANN_ELEMENT_OPAQUE where nothing tells. */
AnnElement *
_ann_sparse_new (const AnnElementSource *source,
                 AnnElementKind kind,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (AnnStoredSparse) self = g_object_new (ANN_TYPE_STORED_SPARSE, NULL);
  gboolean ambiguous = FALSE;
  guint64 shape[2];

  if (!read_shape (source, shape, error))
    return NULL;
  self->data = _ann_element_open_part (source->node, "data", cancellable, error);
  if (self->data == NULL || !check_part (self->data, FALSE, error))
    return NULL;
  self->indices = _ann_element_open_part (source->node, "indices", cancellable, error);
  if (self->indices == NULL || !check_part (self->indices, TRUE, error))
    return NULL;
  self->indptr = _ann_element_open_part (source->node, "indptr", cancellable, error);
  if (self->indptr == NULL || !check_part (self->indptr, TRUE, error))
    return NULL;

  if (kind == ANN_ELEMENT_OPAQUE)
    kind = guess_kind (self, shape, &ambiguous);
  _ann_sparse_set_info (ANN_SPARSE (self),
                        &(AnnElementInfo){
                            .source = source,
                            .kind = kind,
                            .dtype = ann_array_get_dtype (self->data),
                            .rank = 2,
                            .shape = shape,
                        },
                        ann_array_get_dtype (self->indices), 0);
  if (!check_lengths (self, error))
    return NULL;
  if (ambiguous)
    _ann_element_add_warning (ANN_ELEMENT (self),
                              "%s: nothing says whether it is sparse by rows or by columns; "
                              "it is taken as by rows",
                              ann_node_get_path (source->node));

  return ANN_ELEMENT (g_steal_pointer (&self));
}

AnnElement *
_ann_sparse_new_in_memory (const AnnElementSource *source,
                           AnnElementKind kind,
                           const guint64 *shape,
                           AnnBlock *whole)
{
  AnnStoredSparse *self = g_object_new (ANN_TYPE_STORED_SPARSE, NULL);

  self->data = ann_memory_array_new (whole->values);
  self->indices = ann_memory_array_new (whole->indices);
  self->indptr = ann_memory_array_new (whole->indptr);
  _ann_sparse_set_info (ANN_SPARSE (self),
                        &(AnnElementInfo){
                            .source = source,
                            .kind = kind,
                            .dtype = ann_buffer_get_dtype (whole->values),
                            .rank = 2,
                            .shape = shape,
                        },
                        ann_buffer_get_dtype (whole->indices),
                        ann_buffer_get_n_elements (whole->values));

  return ANN_ELEMENT (self);
}
