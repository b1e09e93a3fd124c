/* ann-sparse.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-sparse.h"

#include "element/ann-element-private.h"
#include "element/ann-sparse-private.h"

#include "array/ann-array-private.h"
#include "array/ann-memory-array.h"
#include "base/ann-error.h"

/**
 * AnnSparse:
 *
 * A matrix of which only some values are stored: `csr_matrix` and `csc_matrix`. The major axis is
 * that of the pointers: rows for CSR, columns for CSC. The values of one major line lie together.
 *
 * Opening looks at shapes and types. What a read needs of the pointers and indices is checked
 * when it is read, and a wrong one makes that read an error: the store is never believed.
 */
struct _AnnSparse {
  AnnElement parent_instance;

  AnnArray *data;
  AnnArray *indices;
  AnnArray *indptr;
  guint64 n_major;
  guint64 n_minor;
  guint64 n_stored; /* as long as both data and indices are */

  GMutex lock; /* for the two below */
  gboolean base_known;
  guint64 base; /* what all pointers are too large by: not 0 in a piece of another matrix */
};

typedef struct {
  AnnElementClass parent_class;
} AnnSparseClass;

G_DEFINE_FINAL_TYPE (AnnSparse, ann_sparse, ANN_TYPE_ELEMENT)

/* One pointer as it is stored. */
static gboolean
read_pointer (AnnSparse *self,
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
find_base (AnnSparse *self, guint64 *base, GCancellable *cancellable, GError **error)
{
  gint64 first;
  gint64 last;

  if (!read_pointer (self, 0, &first, cancellable, error))
    return FALSE;

  *base = 0;
  if (first == 0)
    return TRUE;

  /* Rows that were cut out of a larger matrix still count from its start. */
  if (!read_pointer (self, self->n_major, &last, cancellable, error))
    return FALSE;
  if (first < 0 || last < first || (guint64) (last - first) != self->n_stored)
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
get_base (AnnSparse *self, guint64 *base, GCancellable *cancellable, GError **error)
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
check_pointers (AnnSparse *self, guint64 start, guint64 count, guint64 *pointers, GError **error)
{
  for (guint64 i = 0; i <= count; i++)
    {
      if (pointers[i] > self->n_stored)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                       "%s: at %" G_GUINT64_FORMAT " it points to %" G_GINT64_FORMAT
                       ", but there are %" G_GUINT64_FORMAT " values",
                       ann_array_get_path (self->indptr), start + i, (gint64) pointers[i],
                       self->n_stored);
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

  if (start + count == self->n_major && pointers[count] < self->n_stored)
    _ann_element_add_warning (
        ANN_ELEMENT (self), "%s: %" G_GUINT64_FORMAT " values at the end belong to no %s",
        ann_element_get_path (ANN_ELEMENT (self)), self->n_stored - pointers[count],
        ann_element_get_kind (ANN_ELEMENT (self)) == ANN_ELEMENT_CSR ? "row" : "column");

  return TRUE;
}

static gboolean
check_major (AnnSparse *self, guint64 start, guint64 count, GError **error)
{
  if (start <= self->n_major && count <= self->n_major - start)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
               "%s: asked for %" G_GUINT64_FORMAT " from %" G_GUINT64_FORMAT
               ", but the major axis ends at %" G_GUINT64_FORMAT,
               ann_element_get_path (ANN_ELEMENT (self)), count, start, self->n_major);
  return FALSE;
}

/**
 * ann_sparse_read_indptr:
 * @self: a sparse matrix
 * @start: the first row (CSC: column)
 * @count: how many
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Reads where the stored values of some rows begin and end, counted from the first stored value
 * of the whole matrix. Checked: they do not fall and end within the stored values.
 *
 * Returns: (transfer full): @count + 1 pointers of uint64, or %NULL with @error set
 */
AnnBuffer *
ann_sparse_read_indptr (AnnSparse *self,
                        guint64 start,
                        guint64 count,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (AnnBuffer) stored = NULL;
  g_autoptr (AnnBuffer) pointers = NULL;
  gint64 *values;

  g_return_val_if_fail (ANN_IS_SPARSE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_major (self, start, count, error))
    return NULL;

  stored = ann_array_read_range (self->indptr, start, count + 1, cancellable, error);
  if (stored == NULL)
    return NULL;
  pointers = ann_buffer_new_vector (ANN_DTYPE_UINT64, count + 1, error);
  if (pointers == NULL)
    return NULL;

  values = ann_buffer_get_data_for_writing (pointers);
  ann_dtype_to_int64 (ann_buffer_get_dtype (stored), ann_buffer_get_data (stored), count + 1,
                      values);
  if (!_ann_sparse_convert_pointers (self, start, count, values, cancellable, error))
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
  guint64 base;

  if (!get_base (self, &base, cancellable, error))
    return FALSE;

  /* A negative one, or one less than the first, becomes very large and is refused as that. */
  for (guint64 i = 0; base > 0 && i <= count; i++)
    pointers[i] = (gint64) ((guint64) pointers[i] - base);

  return check_pointers (self, start, count, (guint64 *) pointers, error);
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
  const AnnDtype dtype = ann_array_get_dtype (self->indices);
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
               ann_array_get_path (self->indices), place,
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

/**
 * ann_sparse_read_major:
 * @self: a sparse matrix
 * @start: the first row (CSC: column)
 * @count: how many
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Reads what is stored of some rows (CSC: columns): one run of values and one of indices, both
 * as they are stored, neither sorted nor free of duplicates, which add up. Checked: each index
 * lies within the minor axis.
 *
 * Returns: (transfer full): a sparse block, or %NULL with @error set
 */
AnnBlock *
ann_sparse_read_major (AnnSparse *self,
                       guint64 start,
                       guint64 count,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (AnnBlock) block = NULL;
  AnnArray *const arrays[] = { self->indices, self->data }; /* the indices take longer */
  AnnBuffer *buffers[2] = { NULL, NULL };
  guint64 *pointers;
  guint64 offset;
  gboolean success;

  g_return_val_if_fail (ANN_IS_SPARSE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  block = ann_block_new (start, count, self->n_minor);
  block->indptr = ann_sparse_read_indptr (self, start, count, cancellable, error);
  if (block->indptr == NULL)
    return NULL;

  pointers = ann_buffer_get_data_for_writing (block->indptr);
  offset = pointers[0];
  for (guint64 i = 0; i <= count; i++)
    pointers[i] -= offset;

  success = _ann_array_read_pair (arrays, offset, pointers[count], buffers, cancellable, error);
  block->indices = buffers[0];
  block->values = buffers[1];
  if (!success || !check_indices (self, block, offset, error))
    return NULL;

  return g_steal_pointer (&block);
}

/* A range of the minor axis, of all lines of the major one. */
static AnnBlock *
read_minor (AnnSparse *self,
            guint64 start,
            guint64 count,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (AnnSelection) all = ann_selection_new_all (self->n_major);
  g_autoptr (AnnSelection) range = ann_selection_new_range (start, count, 1, self->n_minor, error);
  AnnBlock *block;

  if (range == NULL)
    return NULL;

  block = _ann_sparse_read_crossing (self, all, range, TRUE, cancellable, error);
  if (block != NULL)
    block->start = start;

  return block;
}

static AnnBlock *
ann_sparse_read_rows (AnnElement *element,
                      guint64 start,
                      guint64 count,
                      GCancellable *cancellable,
                      GError **error)
{
  AnnSparse *self = ANN_SPARSE (element);

  if (ann_element_get_kind (element) == ANN_ELEMENT_CSR)
    return ann_sparse_read_major (self, start, count, cancellable, error);

  return read_minor (self, start, count, cancellable, error);
}

static AnnBlock *
ann_sparse_read_columns (AnnElement *element,
                         guint64 start,
                         guint64 count,
                         GCancellable *cancellable,
                         GError **error)
{
  AnnSparse *self = ANN_SPARSE (element);

  if (ann_element_get_kind (element) == ANN_ELEMENT_CSC)
    return ann_sparse_read_major (self, start, count, cancellable, error);

  return read_minor (self, start, count, cancellable, error);
}

static AnnBlock *
ann_sparse_read (AnnElement *element,
                 AnnSelection *rows,
                 AnnSelection *columns,
                 GCancellable *cancellable,
                 GError **error)
{
  AnnSparse *self = ANN_SPARSE (element);
  g_autoptr (AnnSelection) all = NULL;

  if (ann_element_get_kind (element) == ANN_ELEMENT_CSR)
    return columns == NULL
               ? _ann_sparse_read_majors (self, rows, cancellable, error)
               : _ann_sparse_read_crossing (self, rows, columns, FALSE, cancellable, error);

  if (columns == NULL)
    columns = all = ann_selection_new_all (self->n_major);

  return _ann_sparse_read_crossing (self, columns, rows, TRUE, cancellable, error);
}

AnnArray *
_ann_sparse_get_data (AnnSparse *self)
{
  return self->data;
}

AnnArray *
_ann_sparse_get_indices (AnnSparse *self)
{
  return self->indices;
}

AnnArray *
_ann_sparse_get_indptr (AnnSparse *self)
{
  return self->indptr;
}

static void
ann_sparse_list_arrays (AnnElement *element, GPtrArray *arrays)
{
  AnnSparse *self = ANN_SPARSE (element);

  g_ptr_array_add (arrays, g_object_ref (self->data));
  g_ptr_array_add (arrays, g_object_ref (self->indices));
  g_ptr_array_add (arrays, g_object_ref (self->indptr));
}

static void
ann_sparse_finalize (GObject *object)
{
  AnnSparse *self = ANN_SPARSE (object);

  g_clear_object (&self->data);
  g_clear_object (&self->indices);
  g_clear_object (&self->indptr);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (ann_sparse_parent_class)->finalize (object);
}

static void
ann_sparse_class_init (AnnSparseClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_sparse_finalize;
  element_class->read_rows = ann_sparse_read_rows;
  element_class->read_columns = ann_sparse_read_columns;
  element_class->read = ann_sparse_read;
  element_class->list_arrays = ann_sparse_list_arrays;
}

static void
ann_sparse_init (AnnSparse *self)
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
guess_kind (AnnSparse *self, const guint64 *shape, gboolean *ambiguous)
{
  guint64 n_pointers = ann_array_get_length (self->indptr);

  *ambiguous = shape[0] == shape[1];

  return n_pointers == shape[0] + 1 ? ANN_ELEMENT_CSR : ANN_ELEMENT_CSC;
}

static gboolean
check_lengths (AnnSparse *self, GError **error)
{
  const char *path = ann_element_get_path (ANN_ELEMENT (self));
  guint64 n_pointers = ann_array_get_length (self->indptr);
  guint64 n_data = ann_array_get_length (self->data);
  guint64 n_indices = ann_array_get_length (self->indices);

  if (n_pointers == 0 || n_pointers - 1 != self->n_major)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: has %" G_GUINT64_FORMAT " pointers for %" G_GUINT64_FORMAT
                   " %s, where one more belongs",
                   ann_array_get_path (self->indptr), n_pointers, self->n_major,
                   ann_element_get_kind (ANN_ELEMENT (self)) == ANN_ELEMENT_CSR ? "rows"
                                                                                : "columns");
      return FALSE;
    }
  if (n_data != n_indices)
    _ann_element_add_warning (ANN_ELEMENT (self),
                              "%s: has %" G_GUINT64_FORMAT " values but %" G_GUINT64_FORMAT
                              " indices",
                              path, n_data, n_indices);
  self->n_stored = MIN (n_data, n_indices);

  return TRUE;
}

/* @kind: CSR or CSC, or ANN_ELEMENT_OPAQUE where nothing tells. */
AnnElement *
_ann_sparse_new (const AnnElementSource *source,
                 AnnElementKind kind,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (AnnSparse) self = g_object_new (ANN_TYPE_SPARSE, NULL);
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
  self->n_major = shape[kind == ANN_ELEMENT_CSR ? 0 : 1];
  self->n_minor = shape[kind == ANN_ELEMENT_CSR ? 1 : 0];
  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = source,
                                                 .kind = kind,
                                                 .dtype = ann_array_get_dtype (self->data),
                                                 .rank = 2,
                                                 .shape = shape,
                                             });
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
_ann_sparse_new_in_memory (const AnnElementSource *source, AnnElement *of, AnnBlock *whole)
{
  AnnSparse *self = g_object_new (ANN_TYPE_SPARSE, NULL);

  self->data = ann_memory_array_new (whole->values);
  self->indices = ann_memory_array_new (whole->indices);
  self->indptr = ann_memory_array_new (whole->indptr);
  self->n_major = whole->count;
  self->n_minor = whole->width;
  self->n_stored = ann_buffer_get_n_elements (whole->values);
  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = source,
                                                 .kind = ann_element_get_kind (of),
                                                 .dtype = ann_element_get_dtype (of),
                                                 .rank = 2,
                                                 .shape = ann_element_get_shape (of),
                                             });

  return ANN_ELEMENT (self);
}

/**
 * ann_sparse_get_n_stored:
 * @self: a sparse matrix
 *
 * Returns: how many values are stored, zeros and duplicates among them, by the arrays' length
 */
guint64
ann_sparse_get_n_stored (AnnSparse *self)
{
  g_return_val_if_fail (ANN_IS_SPARSE (self), 0);

  return self->n_stored;
}

/**
 * ann_sparse_get_index_dtype:
 * @self: a sparse matrix
 *
 * Returns: the stored type of the indices
 */
AnnDtype
ann_sparse_get_index_dtype (AnnSparse *self)
{
  g_return_val_if_fail (ANN_IS_SPARSE (self), ANN_DTYPE_OTHER);

  return ann_array_get_dtype (self->indices);
}

/**
 * ann_sparse_get_n_major:
 * @self: a sparse matrix
 *
 * Returns: the length of the axis that the pointers follow: rows for CSR, columns for CSC
 */
guint64
ann_sparse_get_n_major (AnnSparse *self)
{
  g_return_val_if_fail (ANN_IS_SPARSE (self), 0);

  return self->n_major;
}

/**
 * ann_sparse_get_n_minor:
 * @self: a sparse matrix
 *
 * Returns: the length of the axis that the indices point into
 */
guint64
ann_sparse_get_n_minor (AnnSparse *self)
{
  g_return_val_if_fail (ANN_IS_SPARSE (self), 0);

  return self->n_minor;
}
