/* ann-used-categories.c: a column without the categories that it does not use
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "view/ann-used-categories-private.h"

#include "base/ann-error.h"
#include "view/ann-select.h"
#include "view/ann-view-private.h"

#define ROWS_AT_ONCE ((guint64) 1024 * 1024)

/* --- Codes that are others --- */

#define ANN_TYPE_RECODED (ann_recoded_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnRecoded, ann_recoded, ANN, RECODED, AnnElement)

struct _AnnRecoded {
  AnnElement parent_instance;

  AnnElement *of;
  AnnBuffer *codes; /* int32: code of what it is made of → code here */
};

typedef struct {
  AnnElementClass parent_class;
} AnnRecodedClass;

G_DEFINE_FINAL_TYPE (AnnRecoded, ann_recoded, ANN_TYPE_ELEMENT)

/* Takes @block, nullable. What is no category stays none. */
static AnnBlock *
recode (AnnRecoded *self, AnnBlock *block, GError **error)
{
  G_GNUC_UNUSED g_autoptr (AnnBlock) owned = block;
  g_autoptr (AnnBlock) recoded = NULL;
  const gint32 *codes = ann_buffer_get_data (self->codes);
  const gint32 *from;
  gint32 *to;

  if (block == NULL)
    return NULL;

  recoded = ann_block_new (block->start, block->count, 1);
  recoded->values = ann_buffer_new_vector (ANN_DTYPE_INT32, block->count, error);
  if (recoded->values == NULL)
    return NULL;

  from = ann_buffer_get_data (block->values);
  to = ann_buffer_get_data_for_writing (recoded->values);
  for (guint64 i = 0; i < block->count; i++)
    to[i] = from[i] >= 0 ? codes[from[i]] : from[i];

  return g_steal_pointer (&recoded);
}

static AnnBlock *
ann_recoded_read_rows (AnnElement *element,
                       guint64 start,
                       guint64 count,
                       GCancellable *cancellable,
                       GError **error)
{
  AnnRecoded *self = ANN_RECODED (element);

  return recode (self, ann_element_read_rows (self->of, start, count, cancellable, error), error);
}

static AnnBlock *
ann_recoded_read (AnnElement *element,
                  AnnSelection *rows,
                  G_GNUC_UNUSED AnnSelection *columns,
                  GCancellable *cancellable,
                  GError **error)
{
  AnnRecoded *self = ANN_RECODED (element);

  return recode (self, ann_element_read (self->of, rows, NULL, cancellable, error), error);
}

static void
ann_recoded_finalize (GObject *object)
{
  AnnRecoded *self = ANN_RECODED (object);

  g_clear_object (&self->of);
  g_clear_pointer (&self->codes, ann_buffer_unref);

  G_OBJECT_CLASS (ann_recoded_parent_class)->finalize (object);
}

static void
ann_recoded_class_init (AnnRecodedClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_recoded_finalize;
  element_class->read_rows = ann_recoded_read_rows;
  element_class->read = ann_recoded_read;
}

static void
ann_recoded_init (G_GNUC_UNUSED AnnRecoded *self)
{
}

/* Takes @codes. */
static AnnElement *
recoded_new (AnnElement *of, AnnBuffer *codes)
{
  const AnnElementSource source = {
    .node = ann_element_get_node (of),
    .path = ann_element_get_path (of),
    .encoding_type = "",
    .encoding_version = "",
  };
  AnnRecoded *self = g_object_new (ANN_TYPE_RECODED, NULL);

  self->of = g_object_ref (of);
  self->codes = codes;
  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = &source,
                                                 .kind = ANN_ELEMENT_DENSE,
                                                 .dtype = ANN_DTYPE_INT32,
                                                 .rank = 1,
                                                 .shape = ann_element_get_shape (of),
                                             });

  return ANN_ELEMENT (self);
}

/* --- Which ones are used --- */

/* Sets the bytes of the categories that a row has. */
static gboolean
mark_used (AnnElement *column, guint8 *is_used, GCancellable *cancellable, GError **error)
{
  const guint64 n_rows = ann_element_get_n_rows (column);

  for (guint64 start = 0; start < n_rows; start += ROWS_AT_ONCE)
    {
      g_autoptr (AnnBlock) block = NULL;
      const gint32 *codes;

      block = ann_element_read_rows (column, start, MIN (n_rows - start, ROWS_AT_ONCE), cancellable,
                                     error);
      if (block == NULL)
        return FALSE;
      codes = ann_buffer_get_data (block->values);
      for (guint64 i = 0; i < block->count; i++)
        {
          if (codes[i] >= 0)
            is_used[codes[i]] = 1;
        }
    }

  return TRUE;
}

static AnnSelection *
find_used (AnnCategorical *self, GCancellable *cancellable, GError **error)
{
  const guint64 n = ann_categorical_get_n_categories (self);
  g_autofree guint8 *is_used = g_try_malloc0 (MAX (n, 1));

  if (is_used == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: No memory to look through %" G_GUINT64_FORMAT " categories",
                   ann_element_get_path (ANN_ELEMENT (self)), n);
      return NULL;
    }
  if (!mark_used (ANN_ELEMENT (self), is_used, cancellable, error))
    return NULL;

  return ann_selection_new_from_mask (is_used, n, n, error);
}

AnnElement *
_ann_categorical_drop_unused (AnnCategorical *self,
                              AnnSelection **used,
                              GCancellable *cancellable,
                              GError **error)
{
  AnnElement *element = ANN_ELEMENT (self);
  g_autoptr (AnnSelection) selection = find_used (self, cancellable, error);
  g_autoptr (AnnElement) categories = NULL;
  g_autoptr (AnnElement) recoded = NULL;
  g_autoptr (AnnElement) result = NULL;
  AnnBuffer *codes;
  gint32 *to;

  if (selection == NULL)
    return NULL;

  if (ann_selection_is_all (selection))
    {
      result = g_object_ref (element);
    }
  else
    {
      codes = ann_buffer_new_vector (ANN_DTYPE_INT32, ann_categorical_get_n_categories (self),
                                     error);
      if (codes == NULL)
        return NULL;
      to = ann_buffer_get_data_for_writing (codes);
      for (guint64 i = 0; i < ann_selection_get_length (selection); i++)
        to[ann_selection_get_position (selection, i)] = (gint32) i;
      recoded = recoded_new (element, codes);
      categories = ann_element_select (ann_categorical_get_categories (self), selection, NULL,
                                       error);
      if (categories == NULL)
        return NULL;
      result = _ann_categorical_view_new (element, ann_element_get_path (element), recoded,
                                          categories, ann_categorical_get_ordered (self), error);
      if (result == NULL)
        return NULL;
    }
  if (used != NULL)
    *used = g_steal_pointer (&selection);

  return g_steal_pointer (&result);
}
