/* ann-digest-blocks.c: the values of an element in order, a bounded piece at a time
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-digest.h"

#include <string.h>

/* What is read at once; and a band of whole chunks may be larger: that saves decoding them again.
 * Tests make both small.
 */
#ifndef BLOCK_SIZE
#define BLOCK_SIZE (8 * 1024 * 1024)
#define BAND_SIZE (48 * 1024 * 1024)
#endif

/* A text, or a value that is a run of bytes, before we know better. */
#define TEXT_SIZE 512
#define ITEMS_SIZE (64 * 1024)

/* Bytes of one row, saturated: an element may claim any width. */
static guint64
get_row_size (AnnElement *element)
{
  AnnDtype dtype = ann_element_get_dtype (element);
  guint64 width = MAX (1, ann_element_get_width (element));
  guint64 size = ann_dtype_get_size (dtype);
  guint64 row_size;

  if (size == 0)
    size = TEXT_SIZE;

  return g_uint64_checked_mul (&row_size, width, size) ? row_size : G_MAXUINT64;
}

/* The array that holds the values, or (nullable) none: the element is made of others. */
AnnArray *
ann_dup_first_array (AnnElement *element)
{
  gsize n_arrays = 0;
  AnnArray **arrays = ann_element_list_arrays (element, &n_arrays);
  AnnArray *first = n_arrays > 0 ? g_object_ref (arrays[0]) : NULL;

  for (gsize i = 0; i < n_arrays; i++)
    g_object_unref (arrays[i]);
  g_free (arrays);

  return first;
}

/* Rows to read at once: a few megabytes, and whole chunks if those are not too large. */
static guint64
get_block_rows (AnnElement *element, guint64 row_size)
{
  guint64 n_rows = MAX (1, BLOCK_SIZE / row_size);
  g_autoptr (AnnArray) array = ann_dup_first_array (element);
  const guint64 *chunk_shape;
  guint64 n_chunk_rows;

  if (array == NULL || ann_array_get_layout (array) != ANN_LAYOUT_CHUNKED
      || ann_array_get_rank (array) == 0)
    return n_rows;

  chunk_shape = ann_array_get_chunk_shape (array);
  n_chunk_rows = chunk_shape != NULL ? chunk_shape[0] : 0;
  if (n_chunk_rows == 0 || n_chunk_rows > BAND_SIZE / row_size)
    return n_rows;

  return MAX (n_chunk_rows, n_rows - n_rows % n_chunk_rows);
}

gboolean
ann_digest_each_block (AnnElement *element,
                       AnnBlockFunc func,
                       gpointer user_data,
                       GCancellable *cancellable,
                       GError **error)
{
  guint64 n_rows = ann_element_get_n_rows (element);
  guint64 n = get_block_rows (element, get_row_size (element));

  for (guint64 start = 0; start < n_rows;)
    {
      g_autoptr (AnnBlock) block = NULL;

      n = MIN (n, n_rows - start);
      block = ann_element_read_rows (element, start, n, cancellable, error);
      if (block == NULL || !func (block, user_data, error))
        return FALSE;
      start += n;

      /* How long texts are is known only now. */
      if (block->texts != NULL)
        n = CLAMP (n * BLOCK_SIZE / MAX (1, ann_block_get_size (block)), 1, n * 2);
    }

  return TRUE;
}

gboolean
ann_digest_add_texts (AnnTextDigest *digest, const AnnBlock *block, GError **error)
{
  gsize n_texts = (gsize) (block->count * block->width);

  if (block->texts == NULL || ann_strings_get_length (block->texts) < n_texts)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "has no texts");
      return FALSE;
    }

  for (gsize i = 0; i < n_texts; i++)
    {
      gsize length;
      const char *text = ann_strings_get (block->texts, i, &length);

      if (ann_block_is_missing (block, i))
        ann_text_digest_add_missing (digest);
      else
        ann_text_digest_add (digest, text, length);
    }
  if (ann_strings_are_objects (block->texts))
    digest->n_objects += n_texts;

  return TRUE;
}

/* Where the values of an array go: one of the three. */
typedef struct {
  AnnValueDigest *values;
  AnnTextDigest *texts;
  AnnItemDigest *items;
} Sink;

/* @size: return location for the memory that strings took */
static gboolean
digest_box (AnnArray *array,
            const AnnBox *box,
            const Sink *sink,
            guint64 *size,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (AnnStrings) strings = NULL;

  *size = 0;
  if (sink->values != NULL)
    {
      g_autoptr (AnnBuffer) buffer = ann_array_read (array, box, cancellable, error);

      if (buffer == NULL)
        return FALSE;
      ann_value_digest_add (sink->values, ann_buffer_get_data (buffer),
                            ann_buffer_get_n_elements (buffer));
      return TRUE;
    }

  strings = ann_array_read_strings (array, box, cancellable, error);
  if (strings == NULL)
    return FALSE;
  for (gsize i = 0; i < ann_strings_get_length (strings); i++)
    {
      gsize length;
      const char *text = ann_strings_get (strings, i, &length);

      if (sink->texts != NULL)
        ann_text_digest_add (sink->texts, text, length);
      else
        ann_item_digest_add (sink->items, text, length);
      *size += length + sizeof (gsize);
    }

  return TRUE;
}

/* The first axis below which everything fits into one block, and how many of it fit. */
static guint
find_step_axis (AnnArray *array, const Sink *sink, guint64 *n_steps)
{
  const guint64 *shape = ann_array_get_shape (array);
  guint64 size = ann_dtype_get_size (ann_array_get_dtype (array));
  guint axis = ann_array_get_rank (array);

  if (size == 0)
    size = sink->items != NULL ? ITEMS_SIZE : TEXT_SIZE;
  while (axis > 1 && shape[axis - 1] <= BLOCK_SIZE / size)
    size *= shape[--axis];

  *n_steps = MAX (1, BLOCK_SIZE / size);

  return axis - 1;
}

/* Moves on to the next index of the axes before @n_axes. */
static gboolean
next_index (AnnBox *box, guint n_axes, const guint64 *shape)
{
  for (guint axis = n_axes; axis-- > 0;)
    {
      if (++box->start[axis] < shape[axis])
        return TRUE;
      box->start[axis] = 0;
    }

  return FALSE;
}

static gboolean
digest_into (AnnArray *array, const Sink *sink, GCancellable *cancellable, GError **error)
{
  const guint64 *shape = ann_array_get_shape (array);
  guint rank = ann_array_get_rank (array);
  guint64 n_steps, size;
  guint step_axis;
  AnnBox box;

  ann_box_init_whole (&box, rank, shape);
  if (rank == 0)
    return digest_box (array, &box, sink, &size, cancellable, error);
  for (guint axis = 0; axis < rank; axis++)
    {
      if (shape[axis] == 0)
        return TRUE;
    }

  step_axis = find_step_axis (array, sink, &n_steps);
  for (guint axis = 0; axis < step_axis; axis++)
    box.count[axis] = 1;
  do
    {
      for (guint64 i = 0; i < shape[step_axis]; i += box.count[step_axis])
        {
          box.start[step_axis] = i;
          box.count[step_axis] = MIN (n_steps, shape[step_axis] - i);
          if (!digest_box (array, &box, sink, &size, cancellable, error))
            return FALSE;

          /* How long they are is known only now. */
          if (sink->values == NULL)
            n_steps = CLAMP (box.count[step_axis] * BLOCK_SIZE / MAX (1, size), 1, n_steps * 2);
        }
    }
  while (next_index (&box, step_axis, shape));

  return TRUE;
}

gboolean
ann_digest_array (AnnArray *array,
                  AnnValueDigest *values,
                  AnnTextDigest *texts,
                  GCancellable *cancellable,
                  GError **error)
{
  const Sink sink = { values, values != NULL ? NULL : texts, NULL };

  return digest_into (array, &sink, cancellable, error);
}

gboolean
ann_digest_items (AnnArray *array, AnnItemDigest *items, GCancellable *cancellable, GError **error)
{
  const Sink sink = { NULL, NULL, items };

  return digest_into (array, &sink, cancellable, error);
}
