/* ann-storage-facts.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-storage-facts.h"

#include "ann-text.h"

#include <glib/gi18n.h>

/* Of an attribute's value; some writers put whole lists into one. */
#define MAX_ATTRIBUTE_LENGTH 500

/* Bytes of the values in memory; as many as there are numbers for, when there are more. */
static guint64
get_logical_size (AnnArray *array)
{
  const guint64 *shape = ann_array_get_shape (array);
  guint64 size = ann_dtype_get_size (ann_array_get_dtype (array));

  for (guint i = 0; i < ann_array_get_rank (array); i++)
    if (!g_uint64_checked_mul (&size, size, shape[i]))
      return G_MAXUINT64;

  return size;
}

static gboolean
add_array (AnnStorageSize *size,
           AnnArray *array,
           AnnProgress *progress,
           GCancellable *cancellable,
           GError **error)
{
  guint64 logical = get_logical_size (array);
  g_autoptr (GError) local_error = NULL;
  guint64 stored = 0;

  size->n_arrays++;
  if (ann_dtype_get_size (ann_array_get_dtype (array)) == 0)
    size->has_texts = TRUE;
  if (!g_uint64_checked_add (&size->logical, size->logical, logical))
    size->logical = G_MAXUINT64;

  if (ann_array_get_stored_size (array, &stored, cancellable, &local_error))
    size->stored += stored;
  else if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  else
    size->n_unknown++;

  if (progress != NULL)
    ann_progress_add_done (progress, 1);

  return TRUE;
}

static gboolean
add_arrays (AnnStorageSize *size,
            AnnElement *element,
            AnnProgress *progress,
            GCancellable *cancellable,
            GError **error)
{
  gsize n_arrays = 0;
  AnnArray **arrays = ann_element_list_arrays (element, &n_arrays);
  gboolean is_fine = TRUE;

  if (progress != NULL)
    ann_progress_add_total (progress, n_arrays);
  for (gsize i = 0; i < n_arrays && is_fine; i++)
    is_fine = add_array (size, arrays[i], progress, cancellable, error);

  for (gsize i = 0; i < n_arrays; i++)
    g_object_unref (arrays[i]);
  g_free (arrays);

  return is_fine;
}

static gboolean
is_group (AnnElement *element)
{
  AnnElementKind kind = ann_element_get_kind (element);

  return kind == ANN_ELEMENT_ANNDATA || kind == ANN_ELEMENT_RAW || kind == ANN_ELEMENT_MAPPING
         || kind == ANN_ELEMENT_FRAME;
}

/**
 * ann_storage_size_add:
 * @size: the sum so far
 * @element: an element, counted with all that lies below it
 * @progress: (nullable): counts arrays
 * @cancellable: (nullable): ends it
 * @error: return location for an error, or %NULL
 *
 * Walks the chunk indexes of the stored arrays, without reading a chunk. What cannot be opened or
 * does not tell its size is left out of the sum. Blocks: call it in a worker.
 *
 * Returns: %FALSE when it was cancelled
 */
gboolean
ann_storage_size_add (AnnStorageSize *size,
                      AnnElement *element,
                      AnnProgress *progress,
                      GCancellable *cancellable,
                      GError **error)
{
  g_auto (GStrv) names = NULL;

  if (ann_element_get_state (element) != ANN_ELEMENT_OK)
    return !g_cancellable_set_error_if_cancelled (cancellable, error);
  if (!is_group (element))
    return add_arrays (size, element, progress, cancellable, error);

  if (ANN_IS_FRAME (element))
    {
      g_autoptr (AnnElement) index = ann_frame_open_index (ANN_FRAME (element), cancellable, NULL);

      if (index != NULL && !add_arrays (size, index, progress, cancellable, error))
        return FALSE;
    }

  names = ann_element_list_children (element, cancellable, NULL);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autoptr (AnnElement) child = ann_element_open_child (element, names[i], cancellable, NULL);

      if (child != NULL && !ann_storage_size_add (size, child, progress, cancellable, error))
        return FALSE;
    }

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static void
storage_array_free (gpointer data)
{
  AnnStorageArray *self = data;

  g_free (self->path);
  g_free (self->type);
  g_free (self->shape);
  g_free (self->layout);
  g_free (self->chunks);
  g_free (self->filters);
  g_free (self);
}

static const char *
layout_name (AnnLayout layout)
{
  switch (layout)
    {
    case ANN_LAYOUT_CHUNKED:
      return _ ("in chunks");
    case ANN_LAYOUT_CONTIGUOUS:
      return _ ("in one piece");
    case ANN_LAYOUT_COMPACT:
      return _ ("compact, within the metadata");
    case ANN_LAYOUT_EXTERNAL:
      return _ ("in other files");
    case ANN_LAYOUT_VIRTUAL:
      return _ ("virtual, pieces of other arrays");
    case ANN_LAYOUT_MEMORY:
    default:
      return _ ("in memory");
    }
}

/* Such as `44 × 96 (16 × 8 = 128)`: shape of a chunk, number of chunks along each axis. */
static char *
describe_chunks (AnnArray *array)
{
  const guint64 *shape = ann_array_get_shape (array);
  const guint64 *chunk = ann_array_get_chunk_shape (array);
  guint rank = ann_array_get_rank (array);
  guint64 counts[ANN_MAX_RANK];
  guint64 n_chunks = 1;
  g_autofree char *chunk_text = NULL;
  g_autofree char *grid_text = NULL;
  g_autofree char *n_text = NULL;

  if (chunk == NULL || rank == 0)
    return NULL;

  for (guint i = 0; i < rank; i++)
    {
      counts[i] = chunk[i] > 0 ? shape[i] / chunk[i] + (shape[i] % chunk[i] != 0) : 0;
      n_chunks *= counts[i];
    }

  chunk_text = ann_text_shape (rank, chunk);
  n_text = ann_text_count (n_chunks);
  if (rank == 1)
    return g_strdup_printf ("%s (%s)", chunk_text, n_text);
  grid_text = ann_text_shape (rank, counts);

  return g_strdup_printf ("%s (%s = %s)", chunk_text, grid_text, n_text);
}

static AnnStorageArray *
describe_array (AnnArray *array)
{
  AnnStorageArray *self = g_new0 (AnnStorageArray, 1);
  AnnLayout layout = ann_array_get_layout (array);
  AnnCodecChain *codecs = ann_array_get_codecs (array);

  self->path = g_utf8_make_valid (ann_array_get_path (array), -1);
  self->type = g_strdup (ann_array_get_type_description (array));
  self->shape = ann_array_get_rank (array) > 0
                    ? ann_text_shape (ann_array_get_rank (array), ann_array_get_shape (array))
                    : g_strdup (_ ("a single value"));
  self->layout = g_strdup (layout_name (layout));
  if (layout == ANN_LAYOUT_CHUNKED)
    self->chunks = describe_chunks (array);
  self->filters = codecs != NULL && ann_codec_chain_get_length (codecs) > 0
                      ? ann_codec_chain_to_string (codecs)
                      : g_strdup (_ ("none"));

  return self;
}

static void
read_attributes (AnnStorageFacts *self, AnnNode *node, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnAttributes) attributes = ann_node_read_attributes (node, cancellable, &error);
  g_auto (GStrv) names = NULL;

  if (attributes == NULL)
    {
      self->attributes_trouble = g_strdup (error->message);
      return;
    }

  names = ann_attributes_get_names (attributes);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_ptr_array_add (self->attributes, g_utf8_make_valid (names[i], -1));
      g_ptr_array_add (self->attributes,
                       ann_attributes_to_string (attributes, names[i], MAX_ATTRIBUTE_LENGTH));
    }
}

/**
 * ann_storage_facts_read:
 * @element: an element
 * @cancellable: (nullable): ends it
 * @error: return location for an error, or %NULL
 *
 * Reads metadata only. Blocks: call it in a worker.
 *
 * Returns: (transfer full): how the element is stored, or %NULL when it was cancelled
 */
AnnStorageFacts *
ann_storage_facts_read (AnnElement *element, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnStorageFacts) self = g_new0 (AnnStorageFacts, 1);
  AnnNode *node = ann_element_get_node (element);
  AnnArray **arrays = NULL;
  gsize n_arrays = 0;

  self->arrays = g_ptr_array_new_with_free_func (storage_array_free);
  self->attributes = g_ptr_array_new_with_free_func (g_free);
  if (node != NULL)
    {
      /* Nearly everything is linked so, which tells nobody anything. */
      if (!g_str_equal (ann_node_get_link_description (node), "hard"))
        self->link = g_strdup (ann_node_get_link_description (node));
      read_attributes (self, node, cancellable);
    }

  if (!is_group (element))
    arrays = ann_element_list_arrays (element, &n_arrays);
  for (gsize i = 0; i < n_arrays; i++)
    {
      g_ptr_array_add (self->arrays, describe_array (arrays[i]));
      g_object_unref (arrays[i]);
    }
  g_free (arrays);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * ann_storage_facts_free:
 * @self: (transfer full): the facts
 */
void
ann_storage_facts_free (AnnStorageFacts *self)
{
  g_clear_pointer (&self->arrays, g_ptr_array_unref);
  g_clear_pointer (&self->attributes, g_ptr_array_unref);
  g_free (self->attributes_trouble);
  g_free (self->link);
  g_free (self);
}
