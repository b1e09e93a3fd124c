/* ann-stack-sparse.c: matrices of which one at least is sparse, joined to one by rows
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "view/ann-stack-private.h"

#include "base/ann-buffer-private.h"
#include "element/ann-sparse-private.h"

#include <string.h>

#define ANN_TYPE_STACK_SPARSE (ann_stack_sparse_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnStackSparse, ann_stack_sparse, ANN, STACK_SPARSE, AnnSparse)

struct _AnnStackSparse {
  AnnSparse parent_instance;

  AnnStack stack;
};

typedef struct {
  AnnSparseClass parent_class;
} AnnStackSparseClass;

G_DEFINE_FINAL_TYPE (AnnStackSparse, ann_stack_sparse, ANN_TYPE_SPARSE)

/* --- Reading --- */

/* The type in which the columns are worked with: that of the matrix, where it is one of both. */
static AnnDtype
get_working_dtype (const AnnStack *stack, guint64 width)
{
  if (stack->index_dtype == ANN_DTYPE_INT64 || width > (guint64) G_MAXINT32)
    return ANN_DTYPE_INT64;

  return ANN_DTYPE_INT32;
}

static AnnBlock *
read_block (const AnnStack *stack,
            AnnSelection *rows,
            AnnSelection *columns,
            GCancellable *cancellable,
            GError **error)
{
  const guint64 width = columns != NULL ? ann_selection_get_length (columns) : stack->n_columns;
  const AnnDtype index_dtype = get_working_dtype (stack, width);
  g_autoptr (GArray) pieces = _ann_stack_read_pieces (stack, rows, columns, cancellable, error);

  return pieces != NULL ? _ann_stack_gather_entries (stack, pieces, ann_selection_get_length (rows),
                                                     width, index_dtype, error)
                        : NULL;
}

/* The rows of the block are the columns that were read, and its indices the rows. */
static AnnBlock *
turn_block (const AnnBlock *from, GError **error)
{
  const guint64 n = ann_buffer_get_n_elements (from->indices);
  const guint64 *from_pointers = ann_buffer_get_data (from->indptr);
  const gsize size = ann_dtype_get_size (ann_buffer_get_dtype (from->values));
  const gboolean wide = from->count > (guint64) G_MAXINT32;
  g_autoptr (AnnBuffer) columns = ann_buffer_convert (from->indices, ANN_DTYPE_INT64, error);
  g_autoptr (AnnBlock) block = ann_block_new (0, from->width, from->count);
  const guint8 *from_values = ann_buffer_get_data (from->values);
  const gint64 *at;
  guint64 *cursors;
  void *indices;
  guint8 *values;

  block->indptr = ann_buffer_new_vector (ANN_DTYPE_UINT64, from->width + 1, error);
  block->indices = _ann_buffer_new_unset (wide ? ANN_DTYPE_INT64 : ANN_DTYPE_INT32, 1, &n, error);
  block->values = _ann_buffer_new_unset (ann_buffer_get_dtype (from->values), 1, &n, error);
  if (columns == NULL || block->indptr == NULL || block->indices == NULL || block->values == NULL)
    return NULL;

  /* Each pointer counts on its way to the end of its row, which is where the next one begins. */
  at = ann_buffer_get_data (columns);
  cursors = ann_buffer_get_data_for_writing (block->indptr);
  indices = ann_buffer_get_data_for_writing (block->indices);
  values = ann_buffer_get_data_for_writing (block->values);
  for (guint64 i = 0; i < n; i++)
    if ((guint64) at[i] + 1 < from->width)
      cursors[at[i] + 2]++;
  for (guint64 i = 2; i <= from->width; i++)
    cursors[i] += cursors[i - 1];
  for (guint64 row = 0; row < from->count; row++)
    for (guint64 i = from_pointers[row]; i < from_pointers[row + 1]; i++)
      {
        const guint64 to = cursors[at[i] + 1]++;

        if (wide)
          ((gint64 *) indices)[to] = (gint64) row;
        else
          ((gint32 *) indices)[to] = (gint32) row;
        memcpy (values + to * size, from_values + i * size, size);
      }

  return g_steal_pointer (&block);
}

static AnnBlock *
ann_stack_sparse_read_lines (AnnSparse *sparse,
                             AnnSelection *majors,
                             AnnSelection *minors,
                             gboolean by_minor,
                             GCancellable *cancellable,
                             GError **error)
{
  const AnnStack *stack = &ANN_STACK_SPARSE (sparse)->stack;
  g_autoptr (AnnBlock) block = read_block (stack, majors, minors, cancellable, error);
  g_autoptr (AnnBuffer) indices = NULL;

  if (block == NULL)
    return NULL;
  if (by_minor)
    return turn_block (block, error);
  if (minors != NULL || ann_buffer_get_dtype (block->indices) == stack->index_dtype)
    return g_steal_pointer (&block);

  indices = ann_buffer_convert (block->indices, stack->index_dtype, error);
  if (indices == NULL)
    return NULL;
  ann_buffer_unref (block->indices);
  block->indices = g_steal_pointer (&indices);

  return g_steal_pointer (&block);
}

static AnnBlock *
ann_stack_sparse_read_major (AnnSparse *sparse,
                             guint64 start,
                             guint64 count,
                             GCancellable *cancellable,
                             GError **error)
{
  const AnnStack *stack = &ANN_STACK_SPARSE (sparse)->stack;
  g_autoptr (AnnSelection) rows = ann_selection_new_range (start, count, 1, stack->n_rows, error);
  AnnBlock *block;

  if (rows == NULL)
    return NULL;

  block = ann_stack_sparse_read_lines (sparse, rows, NULL, FALSE, cancellable, error);
  if (block != NULL)
    block->start = start;

  return block;
}

/* Whether the entries of a row are those that the pointers of the part count. */
static gboolean
counts_itself (const AnnStack *stack, const AnnStackPart *part)
{
  if (part->element == NULL)
    return stack->fill == 0;

  return ann_element_get_kind (part->element) == ANN_ELEMENT_CSR
         && (part->reindex == NULL || part->reindex->n_found == part->reindex->part_length)
         && (stack->fill == 0 || part->reindex == NULL
             || part->reindex->n_found == part->reindex->length);
}

static gboolean
ann_stack_sparse_read_lengths (AnnSparse *sparse,
                               guint64 start,
                               guint64 count,
                               guint64 *lengths,
                               GCancellable *cancellable,
                               GError **error)
{
  const AnnStack *stack = &ANN_STACK_SPARSE (sparse)->stack;

  memset (lengths, 0, count * sizeof *lengths);
  for (gsize i = 0; i < stack->n_parts; i++)
    {
      const AnnStackPart *part = &stack->parts[i];
      const guint64 first = MAX (start, stack->starts[i]);
      const guint64 end = MIN (start + count, stack->starts[i + 1]);

      if (stack->axis != 0 || !counts_itself (stack, part))
        return _ann_sparse_count_by_pieces (sparse, start, count, lengths, cancellable, error);
      if (first < end && part->element != NULL
          && !_ann_sparse_read_lengths (ANN_SPARSE (part->element), first - stack->starts[i],
                                        end - first, lengths + (first - start), cancellable, error))
        return FALSE;
    }

  return TRUE;
}

static void
ann_stack_sparse_finalize (GObject *object)
{
  _ann_stack_clear (&ANN_STACK_SPARSE (object)->stack);

  G_OBJECT_CLASS (ann_stack_sparse_parent_class)->finalize (object);
}

static void
ann_stack_sparse_class_init (AnnStackSparseClass *klass)
{
  AnnSparseClass *sparse_class = &klass->parent_class;

  G_OBJECT_CLASS (klass)->finalize = ann_stack_sparse_finalize;
  sparse_class->read_major = ann_stack_sparse_read_major;
  sparse_class->read_lines = ann_stack_sparse_read_lines;
  sparse_class->read_lengths = ann_stack_sparse_read_lengths;
}

static void
ann_stack_sparse_init (G_GNUC_UNUSED AnnStackSparse *self)
{
}

/* What is stored, if the parts tell: dense ones do not, nor those of which something is dropped. */
static void
count_stored (const AnnStack *stack, guint64 *n_stored, guint64 *n_guessed)
{
  *n_stored = 0;
  *n_guessed = 0;
  for (gsize i = 0; i < stack->n_parts; i++)
    {
      const AnnStackPart *part = &stack->parts[i];
      const gboolean is_sparse = part->element != NULL && ANN_IS_SPARSE (part->element);
      const guint64 n = is_sparse ? ann_sparse_get_n_stored (ANN_SPARSE (part->element)) : 0;

      if (is_sparse)
        *n_guessed += ann_sparse_guess_n_stored (ANN_SPARSE (part->element));
      else if (part->element != NULL)
        *n_guessed += part->length * ann_element_get_length (part->element, 1 - stack->axis);
      if ((!is_sparse && (part->element != NULL || stack->fill != 0)) || n == G_MAXUINT64
          || (part->reindex != NULL && part->reindex->n_found < part->reindex->part_length)
          || (stack->fill != 0 && part->reindex != NULL
              && part->reindex->n_found < part->reindex->length))
        *n_stored = G_MAXUINT64;
      else if (*n_stored != G_MAXUINT64)
        *n_stored += n;
    }
}

AnnElement *
_ann_stack_sparse_new (AnnStack *stack)
{
  AnnStackSparse *self = g_object_new (ANN_TYPE_STACK_SPARSE, NULL);
  const AnnElementSource source = { .path = stack->path };
  const guint64 shape[] = { stack->n_rows, stack->n_columns };
  guint64 n_stored;
  guint64 n_guessed;

  count_stored (stack, &n_stored, &n_guessed);
  _ann_sparse_set_info (ANN_SPARSE (self),
                        &(AnnElementInfo){
                            .source = &source,
                            .kind = ANN_ELEMENT_CSR,
                            .dtype = stack->dtype,
                            .rank = 2,
                            .shape = shape,
                        },
                        stack->index_dtype, n_stored);
  if (n_stored == G_MAXUINT64)
    ANN_SPARSE (self)->n_guessed = n_guessed;
  self->stack = *stack;
  *stack = (AnnStack){ 0 };

  return ANN_ELEMENT (self);
}

const AnnStack *
_ann_stack_sparse_get (AnnElement *element)
{
  return ANN_IS_STACK_SPARSE (element) ? &ANN_STACK_SPARSE (element)->stack : NULL;
}
