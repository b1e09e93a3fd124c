/* ann-element-cache.c: an element that is kept in memory as a whole
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-element-private.h"

#include "array/ann-memory-array.h"
#include "element/ann-sparse-private.h"

#include <string.h>

/* What is kept is a block, the whole element as one read gave it, and a view: an element that reads
 * from it. A read goes to the view as it would go to the element, so it gives the same.
 */

/* --- The view of a vector, whatever its kind: it reads ranges of rows --- */

#define ANN_TYPE_KEPT (ann_kept_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnKept, ann_kept, ANN, KEPT, AnnElement)

struct _AnnKept {
  AnnElement parent_instance;

  AnnBlock *whole;
};

typedef struct {
  AnnElementClass parent_class;
} AnnKeptClass;

G_DEFINE_FINAL_TYPE (AnnKept, ann_kept, ANN_TYPE_ELEMENT)

/* @n elements from @first on; NULL without an error if there is nothing to copy from. */
static AnnBuffer *
copy_elements (AnnBuffer *from, guint64 first, guint64 n, GError **error)
{
  gsize size;
  AnnBuffer *to;

  if (from == NULL)
    return NULL;
  size = ann_dtype_get_size (ann_buffer_get_dtype (from));
  to = ann_buffer_new_vector (ann_buffer_get_dtype (from), n, error);
  if (to != NULL && n > 0)
    memcpy (ann_buffer_get_data_for_writing (to),
            (const guint8 *) ann_buffer_get_data (from) + first * size, n * size);

  return to;
}

static AnnStrings *
copy_texts (AnnStrings *from, guint64 first, guint64 n, GError **error)
{
  g_autoptr (AnnStrings) to = ann_strings_new ();

  for (guint64 i = 0; i < n; i++)
    {
      gsize length;
      const char *text = ann_strings_get (from, first + i, &length);

      if (!ann_strings_append (to, text, (gssize) length, error))
        return NULL;
    }

  return g_steal_pointer (&to);
}

static AnnBlock *
ann_kept_read_rows (AnnElement *element,
                    guint64 start,
                    guint64 count,
                    G_GNUC_UNUSED GCancellable *cancellable,
                    GError **error)
{
  AnnBlock *whole = ANN_KEPT (element)->whole;
  g_autoptr (AnnBlock) block = ann_block_new (start, count, whole->width);
  const guint64 first = start * whole->width; /* no overflow: the whole has as many */
  const guint64 n = count * whole->width;

  block->values = copy_elements (whole->values, first, n, error);
  block->missing = copy_elements (whole->missing, first, n, error);
  if (whole->texts != NULL)
    block->texts = copy_texts (whole->texts, first, n, error);
  if ((whole->values != NULL && block->values == NULL)
      || (whole->missing != NULL && block->missing == NULL)
      || (whole->texts != NULL && block->texts == NULL))
    return NULL;

  return g_steal_pointer (&block);
}

static void
ann_kept_finalize (GObject *object)
{
  g_clear_pointer (&ANN_KEPT (object)->whole, ann_block_unref);

  G_OBJECT_CLASS (ann_kept_parent_class)->finalize (object);
}

static void
ann_kept_class_init (AnnKeptClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_kept_finalize;
  ANN_ELEMENT_CLASS (klass)->read_rows = ann_kept_read_rows;
}

static void
ann_kept_init (G_GNUC_UNUSED AnnKept *self)
{
}

static AnnElement *
kept_new (AnnElement *of, const AnnElementSource *source, AnnBlock *whole)
{
  AnnKept *self = g_object_new (ANN_TYPE_KEPT, NULL);

  self->whole = ann_block_ref (whole);
  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = source,
                                                 .kind = ann_element_get_kind (of),
                                                 .dtype = ann_element_get_dtype (of),
                                                 .rank = ann_element_get_rank (of),
                                                 .shape = ann_element_get_shape (of),
                                             });

  return ANN_ELEMENT (self);
}

/* --- Keeping --- */

/* Whether it is the columns that are stored one after the other, and so read as a whole. */
static gboolean
is_kept_by_columns (AnnElement *self)
{
  return ann_element_get_kind (self) == ANN_ELEMENT_CSC;
}

static AnnElement *
make_view (AnnElement *self, AnnBlock *whole)
{
  const AnnElementSource source = {
    .node = ann_element_get_node (self),
    .path = ann_element_get_path (self),
    .encoding_type = ann_element_get_encoding_type (self),
    .encoding_version = ann_element_get_encoding_version (self),
  };
  g_autoptr (AnnArray) array = NULL;

  if (ann_block_is_sparse (whole))
    return _ann_sparse_new_in_memory (&source, ann_element_get_kind (self),
                                      ann_element_get_shape (self), whole);
  if (ann_element_get_kind (self) != ANN_ELEMENT_DENSE)
    return kept_new (self, &source, whole);

  array = ann_memory_array_new (whole->values);

  return _ann_dense_new (&source, array, NULL);
}

void
_ann_element_cache_clear (AnnElementCache *cache)
{
  g_clear_object (&cache->view);
  g_clear_pointer (&cache->whole, ann_block_unref);
  g_mutex_clear (&cache->lock);
}

void
_ann_element_cache_init (AnnElementCache *cache)
{
  g_mutex_init (&cache->lock);
}

/* Gives up what is kept if it is larger than @max_size, and hands it out. */
static AnnBlock *
take_whole (AnnElement *self, guint64 max_size, gboolean set_max_size)
{
  AnnElementCache *cache = _ann_element_get_cache (self);
  g_autoptr (AnnElement) view = NULL;
  AnnBlock *whole = NULL;

  g_mutex_lock (&cache->lock);
  if (set_max_size)
    cache->max_size = max_size;
  if (cache->whole != NULL && ann_block_get_size (cache->whole) > max_size)
    {
      view = g_steal_pointer (&cache->view);
      whole = g_steal_pointer (&cache->whole);
    }
  g_mutex_unlock (&cache->lock);

  return whole;
}

/* Whoever comes first: a read at the same time gave the same. */
static void
keep (AnnElement *self, AnnBlock *whole)
{
  AnnElementCache *cache = _ann_element_get_cache (self);
  gboolean is_wanted;

  g_mutex_lock (&cache->lock);
  is_wanted = cache->whole == NULL && ann_block_get_size (whole) <= cache->max_size;
  g_mutex_unlock (&cache->lock);
  if (is_wanted)
    {
      g_autoptr (AnnElement) view = make_view (self, whole);

      g_mutex_lock (&cache->lock);
      if (cache->whole == NULL && ann_block_get_size (whole) <= cache->max_size)
        {
          cache->view = g_steal_pointer (&view);
          cache->whole = ann_block_ref (whole);
        }
      g_mutex_unlock (&cache->lock);
    }
}

static AnnBlock *
ref_whole (AnnElement *self)
{
  AnnElementCache *cache = _ann_element_get_cache (self);
  AnnBlock *whole;

  g_mutex_lock (&cache->lock);
  whole = cache->whole != NULL ? ann_block_ref (cache->whole) : NULL;
  g_mutex_unlock (&cache->lock);

  return whole;
}

AnnElement *
_ann_element_ref_source (AnnElement *self, gboolean with_columns)
{
  AnnElementCache *cache = _ann_element_get_cache (self);
  AnnElement *source = self;

  g_mutex_lock (&cache->lock);
  if (cache->view != NULL && !(with_columns && ANN_IS_KEPT (cache->view)))
    source = cache->view;
  g_object_ref (source);
  g_mutex_unlock (&cache->lock);

  return source;
}

/* A checked range, from memory if it is there. */
static AnnBlock *
read_range (AnnElement *self,
            gboolean by_columns,
            guint64 start,
            guint64 count,
            GCancellable *cancellable,
            GError **error)
{
  const gboolean is_whole = by_columns == is_kept_by_columns (self)
                            && count
                                   == (by_columns ? ann_element_get_shape (self)[1]
                                                  : ann_element_get_n_rows (self));
  AnnBlock *block = is_whole ? ref_whole (self) : NULL;

  if (block == NULL)
    {
      g_autoptr (AnnElement) source = _ann_element_ref_source (self, by_columns);
      AnnElementClass *klass = ANN_ELEMENT_GET_CLASS (source);

      block = by_columns ? klass->read_columns (source, start, count, cancellable, error)
                         : klass->read_rows (source, start, count, cancellable, error);
      if (block != NULL && is_whole)
        keep (self, block);
    }

  return block;
}

AnnBlock *
_ann_element_read_row_range (AnnElement *self,
                             guint64 start,
                             guint64 count,
                             GCancellable *cancellable,
                             GError **error)
{
  return read_range (self, FALSE, start, count, cancellable, error);
}

AnnBlock *
_ann_element_read_column_range (AnnElement *self,
                                guint64 start,
                                guint64 count,
                                GCancellable *cancellable,
                                GError **error)
{
  return read_range (self, TRUE, start, count, cancellable, error);
}

/**
 * ann_element_set_cached:
 * @self: an element
 * @max_size: how many bytes of memory its values may take; 0, as it is at first, to keep none
 *
 * Lets an element keep its values in memory once they have been read as a whole, if they fit: by
 * [method@Ann.Element.read_rows] or [method@Ann.Element.read] of all rows, or, of a matrix that is
 * sparse by columns, by [method@Ann.Element.read_columns] of all columns. Later reads of any part
 * are then served from memory, and do not notice what becomes of the store. A smaller @max_size
 * lets go of what no longer fits.
 *
 * What is kept belongs to this object: another that was opened at the same path reads by itself.
 *
 * Any thread.
 */
void
ann_element_set_cached (AnnElement *self, guint64 max_size)
{
  g_autoptr (AnnBlock) dropped = NULL;

  g_return_if_fail (ANN_IS_ELEMENT (self));

  dropped = take_whole (self, max_size, TRUE);
}

/**
 * ann_element_is_cached:
 * @self: an element
 *
 * Returns: whether its values are in memory now
 */
gboolean
ann_element_is_cached (AnnElement *self)
{
  g_autoptr (AnnBlock) whole = NULL;

  g_return_val_if_fail (ANN_IS_ELEMENT (self), FALSE);

  whole = ref_whole (self);

  return whole != NULL;
}

/**
 * ann_element_take:
 * @self: an element
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Hands out the whole element and keeps nothing of it: what was kept, without a copy, or else what
 * it reads now. The rows of the block are rows; of a matrix that is sparse by columns, columns.
 * Nothing in the store changes, and a later read of everything may be kept again.
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full): the whole, or %NULL with @error set
 */
AnnBlock *
ann_element_take (AnnElement *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnBlock) kept_by_read = NULL;
  AnnBlock *whole;

  g_return_val_if_fail (ANN_IS_ELEMENT (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  whole = take_whole (self, 0, FALSE);
  if (whole != NULL)
    return whole;

  if (is_kept_by_columns (self))
    whole = ann_element_read_columns (self, 0, ann_element_get_shape (self)[1], cancellable, error);
  else
    whole = ann_element_read_rows (self, 0, ann_element_get_n_rows (self), cancellable, error);
  kept_by_read = take_whole (self, 0, FALSE);

  return whole;
}
