/* ann-texts.c: texts, and numpy's fixed-length bytes, with any number of axes
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-element-private.h"

#include "array/ann-array-runs-private.h"
#include "base/ann-error.h"

#define ANN_TYPE_TEXTS (ann_texts_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnTexts, ann_texts, ANN, TEXTS, AnnElement)

struct _AnnTexts {
  AnnElement parent_instance;

  AnnArray *array;
};

typedef struct {
  AnnElementClass parent_class;
} AnnTextsClass;

G_DEFINE_FINAL_TYPE (AnnTexts, ann_texts, ANN_TYPE_ELEMENT)

static AnnBlock *
ann_texts_read_rows (AnnElement *element,
                     guint64 start,
                     guint64 count,
                     GCancellable *cancellable,
                     GError **error)
{
  AnnTexts *self = ANN_TEXTS (element);
  g_autoptr (AnnBlock) block = NULL;
  AnnBox box;

  _ann_element_init_rows_box (&box, self->array, start, count);
  block = ann_block_new (start, count, ann_element_get_width (element));
  block->texts = ann_array_read_strings (self->array, &box, cancellable, error);
  if (block->texts == NULL)
    return NULL;

  return g_steal_pointer (&block);
}

static AnnBlock *
ann_texts_read (AnnElement *element,
                AnnSelection *rows,
                AnnSelection *columns,
                GCancellable *cancellable,
                GError **error)
{
  AnnTexts *self = ANN_TEXTS (element);
  g_autoptr (AnnBlock) block = NULL;

  if (columns != NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: single columns of texts are not supported; ask for all of them",
                   ann_element_get_path (element));
      return NULL;
    }

  block = ann_block_new (0, ann_selection_get_length (rows), ann_element_get_width (element));
  block->texts = _ann_array_read_strings_selection (self->array, rows, cancellable, error);
  if (block->texts == NULL)
    return NULL;

  return g_steal_pointer (&block);
}

static void
ann_texts_list_arrays (AnnElement *element, GPtrArray *arrays)
{
  g_ptr_array_add (arrays, g_object_ref (ANN_TEXTS (element)->array));
}

static void
ann_texts_finalize (GObject *object)
{
  g_clear_object (&ANN_TEXTS (object)->array);

  G_OBJECT_CLASS (ann_texts_parent_class)->finalize (object);
}

static void
ann_texts_class_init (AnnTextsClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_texts_finalize;
  element_class->read_rows = ann_texts_read_rows;
  element_class->read = ann_texts_read;
  element_class->list_arrays = ann_texts_list_arrays;
}

static void
ann_texts_init (G_GNUC_UNUSED AnnTexts *self)
{
}

/* @array: of texts or bytes, with at least one axis. */
AnnElement *
_ann_texts_new (const AnnElementSource *source, AnnArray *array, GError **error)
{
  AnnTexts *self;

  if (!_ann_element_check_codecs (array, error))
    return NULL;

  self = g_object_new (ANN_TYPE_TEXTS, NULL);
  self->array = g_object_ref (array);
  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = source,
                                                 .kind = ANN_ELEMENT_STRINGS,
                                                 .dtype = ann_array_get_dtype (array),
                                                 .rank = ann_array_get_rank (array),
                                                 .shape = ann_array_get_shape (array),
                                             });

  return ANN_ELEMENT (self);
}
