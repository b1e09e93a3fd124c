/* ann-memory-element.c: values in memory as an element
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "view/ann-memory-element.h"

#include "array/ann-memory-array.h"
#include "base/ann-error.h"
#include "element/ann-sparse-private.h"
#include "view/ann-view-private.h"

#include <string.h>

static AnnElement *
refuse (const char *path, const char *why, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s: %s", path, why);

  return NULL;
}

static gboolean
is_vector_of (AnnBuffer *buffer, guint64 length)
{
  return buffer != NULL && ann_buffer_get_rank (buffer) == 1
         && ann_buffer_get_n_elements (buffer) == length;
}

/* Pointers rise from 0 to the number of entries; their indices are looked at when they are read. */
static gboolean
check_sparse (const AnnBlock *block)
{
  const guint64 *pointers;
  gsize n;

  if (block->count == G_MAXUINT64 || block->values == NULL
      || !is_vector_of (block->indptr, block->count + 1)
      || ann_buffer_get_dtype (block->indptr) != ANN_DTYPE_UINT64)
    return FALSE;
  n = ann_buffer_get_n_elements (block->values);
  if (!is_vector_of (block->values, n) || !is_vector_of (block->indices, n)
      || !ann_dtype_is_integer (ann_buffer_get_dtype (block->indices)))
    return FALSE;

  pointers = ann_buffer_get_data (block->indptr);
  for (guint64 i = 0; i < block->count; i++)
    {
      if (pointers[i] > pointers[i + 1])
        return FALSE;
    }

  return pointers[0] == 0 && pointers[block->count] == n;
}

static AnnElement *
new_sparse (const AnnElementSource *source, AnnBlock *block, GError **error)
{
  const guint64 shape[2] = { block->count, block->width };

  if (!check_sparse (block))
    return refuse (source->path, "pointers, indices and values of the rows do not fit together",
                   error);

  return _ann_sparse_new_in_memory (source, ANN_ELEMENT_CSR, shape, block);
}

/* Rows that lie in a vector, as a block may have them, get the shape that they have. */
static AnnBuffer *
shape_values (const AnnBlock *block, GError **error)
{
  const guint64 shape[2] = { block->count, block->width };
  AnnBuffer *values;

  if (block->width == 1 || ann_buffer_get_rank (block->values) > 1)
    return ann_buffer_ref (block->values);

  values = ann_buffer_new (ann_buffer_get_dtype (block->values), 2, shape, error);
  if (values != NULL && ann_buffer_get_size (values) > 0)
    memcpy (ann_buffer_get_data_for_writing (values), ann_buffer_get_data (block->values),
            ann_buffer_get_size (values));

  return values;
}

static gboolean
check_length (const AnnBlock *block)
{
  const gsize length = block->values != NULL ? ann_buffer_get_n_elements (block->values)
                                             : ann_strings_get_length (block->texts);
  guint64 expected;

  return g_uint64_checked_mul (&expected, block->count, block->width) && length == expected
         && (block->values == NULL || ann_buffer_get_rank (block->values) == 1
             || ann_buffer_get_shape (block->values)[0] == block->count)
         && (block->missing == NULL
             || (is_vector_of (block->missing, length)
                 && ann_buffer_get_dtype (block->missing) == ANN_DTYPE_BOOL));
}

/**
 * ann_element_new_from_block: (constructor)
 * @path: what it is called in messages; where it is stored is said when it is
 * @block: all of its rows, of any source: numbers of one axis or two, or of more if that is the
 *   shape of the buffer; texts, one a row; either with some missing, one a row; or the rows of a
 *   CSR matrix
 * @error: return location for an error, or %NULL
 *
 * Makes an element of values that are in memory, for those that are to be written
 * ([method@Ann.StoreBuilder.add]). It reads like any other. Nothing is copied, but for rows of a
 * matrix that lie in a vector; nobody changes the values any more.
 *
 * Returns: (transfer full): the element, or %NULL with %ANN_ERROR_FORMAT if the parts of @block do
 *   not fit together
 */
AnnElement *
ann_element_new_from_block (const char *path, AnnBlock *block, GError **error)
{
  g_autoptr (AnnBuffer) values = NULL;
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (AnnArray) mask = NULL;
  AnnElementSource source = { .path = path, .encoding_type = "", .encoding_version = "" };

  g_return_val_if_fail (path != NULL && block != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (ann_block_is_sparse (block))
    return new_sparse (&source, block, error);
  if ((block->values == NULL) == (block->texts == NULL))
    return refuse (path, "has neither numbers nor texts", error);
  if (!check_length (block))
    return refuse (path, "the rows have more or fewer values than they say", error);
  if (block->width != 1 && (block->texts != NULL || block->missing != NULL))
    return refuse (path, "texts, and values that may be missing, are one a row", error);
  if (block->texts != NULL)
    return _ann_memory_element_new_texts (path, block->texts, block->missing);

  values = shape_values (block, error);
  if (values == NULL)
    return NULL;
  if (block->missing == NULL)
    return _ann_memory_element_new (path, values);

  array = ann_memory_array_new (values);
  mask = ann_memory_array_new (block->missing);

  return _ann_nullable_new_of_arrays (&source, array, mask, error);
}
