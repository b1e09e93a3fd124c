/* ann-categorical.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-categorical.h"

#include "element/ann-cell.h"
#include "element/ann-element-private.h"

#include "array/ann-array-runs-private.h"
#include "array/ann-node-private.h"
#include "base/ann-error.h"

#define LABELS_PIECE 65536 /* categories read at a time when they are numbers */

/**
 * AnnCategorical:
 *
 * Values out of a list of categories: `categorical`. Its rows are codes, places in that list; the
 * list is read when it is asked for, and kept.
 */
struct _AnnCategorical {
  AnnElement parent_instance;

  AnnArray *codes;          /* NULL with … */
  AnnElement *code_element; /* … the element whose values the codes are */
  AnnElement *categories;
  gboolean ordered;

  GMutex lock; /* for the labels */
  AnnStrings *labels;
};

typedef struct {
  AnnElementClass parent_class;
} AnnCategoricalClass;

G_DEFINE_FINAL_TYPE (AnnCategorical, ann_categorical, ANN_TYPE_ELEMENT)

/* All ones of an unsigned type is what a writer that knows no negative code means by -1. */
#define CONVERT_CASE(DTYPE, CTYPE, MISSING)                                                        \
  case DTYPE:                                                                                      \
    for (gsize i = 0; i < n; i++)                                                                  \
      {                                                                                            \
        CTYPE code = ((const CTYPE *) from)[i];                                                    \
                                                                                                   \
        to[i] = (guint64) code < n_categories ? (gint32) code : code == (CTYPE) MISSING ? -1 : -2; \
      }                                                                                            \
    break;

static void
convert_codes (AnnBuffer *stored, guint64 n_categories, gint32 *to)
{
  const void *from = ann_buffer_get_data (stored);
  const gsize n = ann_buffer_get_n_elements (stored);

  switch ((int) ann_buffer_get_dtype (stored))
    {
      CONVERT_CASE (ANN_DTYPE_INT8, gint8, -1)
      CONVERT_CASE (ANN_DTYPE_INT16, gint16, -1)
      CONVERT_CASE (ANN_DTYPE_INT32, gint32, -1)
      CONVERT_CASE (ANN_DTYPE_INT64, gint64, -1)
      CONVERT_CASE (ANN_DTYPE_UINT8, guint8, G_MAXUINT8)
      CONVERT_CASE (ANN_DTYPE_UINT16, guint16, G_MAXUINT16)
      CONVERT_CASE (ANN_DTYPE_UINT32, guint32, G_MAXUINT32)
      CONVERT_CASE (ANN_DTYPE_UINT64, guint64, G_MAXUINT64)
    default:
      g_return_if_reached ();
    }
}

/* Takes @stored, the codes of some rows; %NULL if they could not be read. */
static AnnBlock *
convert_block (AnnCategorical *self, AnnBuffer *stored, guint64 start, GError **error)
{
  G_GNUC_UNUSED g_autoptr (AnnBuffer) owned = stored;
  g_autoptr (AnnBlock) block = NULL;

  if (stored == NULL)
    return NULL;

  block = ann_block_new (start, ann_buffer_get_n_elements (stored), 1);
  block->values = ann_buffer_new_vector (ANN_DTYPE_INT32, block->count, error);
  if (block->values == NULL)
    return NULL;
  convert_codes (stored, ann_element_get_n_rows (self->categories),
                 ann_buffer_get_data_for_writing (block->values));

  return g_steal_pointer (&block);
}

/* Takes @block, the codes of some rows as an element has them; %NULL if they could not be read. */
static AnnBlock *
convert_element_block (AnnCategorical *self, AnnBlock *block, GError **error)
{
  G_GNUC_UNUSED g_autoptr (AnnBlock) owned = block;

  if (block == NULL)
    return NULL;

  return convert_block (self, ann_buffer_ref (block->values), block->start, error);
}

static AnnBlock *
ann_categorical_read_rows (AnnElement *element,
                           guint64 start,
                           guint64 count,
                           GCancellable *cancellable,
                           GError **error)
{
  AnnCategorical *self = ANN_CATEGORICAL (element);

  if (self->code_element != NULL)
    return convert_element_block (
        self, ann_element_read_rows (self->code_element, start, count, cancellable, error), error);

  return convert_block (self, ann_array_read_range (self->codes, start, count, cancellable, error),
                        start, error);
}

static AnnBlock *
ann_categorical_read (AnnElement *element,
                      AnnSelection *rows,
                      G_GNUC_UNUSED AnnSelection *columns,
                      GCancellable *cancellable,
                      GError **error)
{
  AnnCategorical *self = ANN_CATEGORICAL (element);

  if (self->code_element != NULL)
    return convert_element_block (
        self, ann_element_read (self->code_element, rows, NULL, cancellable, error), error);

  return convert_block (
      self, _ann_array_read_selections (self->codes, &rows, 1, cancellable, error), 0, error);
}

static void
ann_categorical_list_arrays (AnnElement *element, GPtrArray *arrays)
{
  AnnCategorical *self = ANN_CATEGORICAL (element);
  g_autofree AnnArray **of_categories = NULL;
  gsize n;

  if (self->codes == NULL)
    return;

  of_categories = ann_element_list_arrays (self->categories, &n);
  g_ptr_array_add (arrays, g_object_ref (self->codes));
  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (arrays, of_categories[i]);
}

static void
ann_categorical_finalize (GObject *object)
{
  AnnCategorical *self = ANN_CATEGORICAL (object);

  g_clear_object (&self->codes);
  g_clear_object (&self->code_element);
  g_clear_object (&self->categories);
  g_clear_pointer (&self->labels, ann_strings_unref);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (ann_categorical_parent_class)->finalize (object);
}

static void
ann_categorical_class_init (AnnCategoricalClass *klass)
{
  AnnElementClass *element_class = ANN_ELEMENT_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_categorical_finalize;
  element_class->read_rows = ann_categorical_read_rows;
  element_class->read = ann_categorical_read;
  element_class->list_arrays = ann_categorical_list_arrays;
}

static void
ann_categorical_init (AnnCategorical *self)
{
  g_mutex_init (&self->lock);
}

/* Python refuses to write texts with a mask here, but others may. */
static gboolean
has_texts (AnnCategorical *self)
{
  AnnElementKind kind = ann_element_get_kind (self->categories);

  return kind == ANN_ELEMENT_STRINGS || kind == ANN_ELEMENT_NULLABLE_STRING;
}

static gboolean
check_categories (AnnCategorical *self, const char *path, GError **error)
{
  const GError *why = ann_element_get_error (self->categories);

  if (why != NULL)
    {
      g_propagate_error (error, g_error_copy (why));
      return FALSE;
    }
  if (ann_element_get_rank (self->categories) != 1
      || (ann_element_get_kind (self->categories) != ANN_ELEMENT_DENSE && !has_texts (self)))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: its categories are %s and not a vector of texts or numbers", path,
                   ann_element_kind_get_name (ann_element_get_kind (self->categories)));
      return FALSE;
    }
  if (ann_element_get_n_rows (self->categories) > (guint64) G_MAXINT32)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: more than %d categories are not supported", path, G_MAXINT32);
      return FALSE;
    }

  return TRUE;
}

static gboolean
check_codes (AnnArray *codes, GError **error)
{
  if (ann_array_get_rank (codes) == 1 && ann_dtype_is_integer (ann_array_get_dtype (codes)))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT, "%s: must be a vector of integers",
               ann_array_get_path (codes));
  return FALSE;
}

/* Takes @categories, nullable where @error is set already. */
static AnnElement *
categorical_new (const AnnElementSource *source,
                 AnnArray *codes,
                 AnnElement *categories,
                 gboolean ordered,
                 GError **error)
{
  g_autoptr (AnnCategorical) self = g_object_new (ANN_TYPE_CATEGORICAL, NULL);

  self->codes = g_object_ref (codes);
  self->categories = categories;
  self->ordered = ordered;
  if (categories == NULL
      || !check_categories (
          self, source->path != NULL ? source->path : ann_node_get_path (source->node), error))
    return NULL;

  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = source,
                                                 .kind = ANN_ELEMENT_CATEGORICAL,
                                                 .dtype = ANN_DTYPE_INT32,
                                                 .rank = 1,
                                                 .shape = ann_array_get_shape (codes),
                                             });

  return ANN_ELEMENT (g_steal_pointer (&self));
}

static gboolean
get_ordered (AnnAttributes *attributes)
{
  gboolean ordered = FALSE;

  return ann_attributes_get_boolean (attributes, "ordered", &ordered) && ordered;
}

AnnElement *
_ann_categorical_new (const AnnElementSource *source,
                      G_GNUC_UNUSED AnnElementKind kind,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (AnnArray) codes = _ann_element_open_part (source->node, "codes", cancellable, error);
  AnnElement *categories;

  if (codes == NULL || !check_codes (codes, error))
    return NULL;

  categories = _ann_element_open_child_of (source->node, "categories", cancellable, error);

  return categorical_new (source, codes, categories, get_ordered (source->attributes), error);
}

/* What the attribute refers to. Where that is gone, the categories may still lie under their name:
 * `__categories/<column>`.
 */
static AnnNode *
open_referred (AnnNode *node, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (AnnNode) group = NULL;
  AnnNode *parent = _ann_node_get_parent (node);
  gboolean is_there = FALSE;
  AnnNode *referred = ann_node_open_reference (node, "categories", cancellable, &local_error);

  if (referred != NULL)
    return referred;

  if (g_error_matches (local_error, ANN_ERROR, ANN_ERROR_NOT_FOUND) && parent != NULL)
    group = ann_node_open_child (parent, "__categories", cancellable, NULL);
  if (group != NULL
      && !_ann_node_find_child (group, ann_node_get_name (node), &is_there, cancellable, error))
    return NULL;
  if (is_there)
    return ann_node_open_child (group, ann_node_get_name (node), cancellable, error);

  if (!g_cancellable_set_error_if_cancelled (cancellable, error))
    g_propagate_error (error, g_steal_pointer (&local_error));

  return NULL;
}

AnnElement *
_ann_categorical_new_referring (const AnnElementSource *source,
                                AnnArray *codes,
                                GCancellable *cancellable,
                                GError **error)
{
  g_autoptr (AnnNode) node = NULL;
  g_autoptr (AnnAttributes) attributes = NULL;

  if (!_ann_element_check_codecs (codes, error) || !check_codes (codes, error))
    return NULL;

  node = open_referred (source->node, cancellable, error);
  if (node == NULL)
    return NULL;
  attributes = ann_node_read_attributes (node, cancellable, error);
  if (attributes == NULL)
    return NULL;

  /* What refers to others again, by itself or by a part of it, may end where it began. */
  if (ann_node_get_kind (node) != ANN_NODE_ARRAY || ann_attributes_has (attributes, "categories"))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: what its attribute “categories” refers to, “%s”, is not plain values",
                   ann_array_get_path (codes), ann_node_get_path (node));
      return NULL;
    }

  return categorical_new (source, codes, ann_element_open (node, cancellable, error),
                          get_ordered (attributes), error);
}

AnnElement *
_ann_categorical_new_labelled (const AnnElementSource *source,
                               AnnArray *codes,
                               AnnElement *categories,
                               GError **error)
{
  return categorical_new (source, codes, categories, FALSE, error);
}

AnnElement *
_ann_categorical_new_of_elements (const AnnElementSource *source,
                                  AnnElement *codes,
                                  AnnElement *categories,
                                  gboolean ordered,
                                  GError **error)
{
  g_autoptr (AnnCategorical) self = g_object_new (ANN_TYPE_CATEGORICAL, NULL);

  self->code_element = g_object_ref (codes);
  self->categories = g_object_ref (categories);
  self->ordered = ordered;
  if (!check_categories (self, source->path, error))
    return NULL;

  _ann_element_set_info (ANN_ELEMENT (self), &(AnnElementInfo){
                                                 .source = source,
                                                 .kind = ANN_ELEMENT_CATEGORICAL,
                                                 .dtype = ANN_DTYPE_INT32,
                                                 .rank = 1,
                                                 .shape = ann_element_get_shape (codes),
                                             });

  return ANN_ELEMENT (g_steal_pointer (&self));
}

AnnDtype
_ann_code_dtype (guint64 n_categories)
{
  if (n_categories <= (guint64) G_MAXINT8)
    return ANN_DTYPE_INT8;
  if (n_categories <= (guint64) G_MAXINT16)
    return ANN_DTYPE_INT16;

  return ANN_DTYPE_INT32;
}

void
_ann_code_put (void *codes, AnnDtype dtype, gsize row, int code)
{
  if (dtype == ANN_DTYPE_INT8)
    ((gint8 *) codes)[row] = (gint8) code;
  else if (dtype == ANN_DTYPE_INT16)
    ((gint16 *) codes)[row] = (gint16) code;
  else
    ((gint32 *) codes)[row] = code;
}

AnnElement *
_ann_categorical_get_code_element (AnnElement *self)
{
  return ANN_CATEGORICAL (self)->code_element;
}

/**
 * ann_categorical_get_n_categories:
 * @self: a categorical
 *
 * Returns: how many categories there are, those that no row has among them
 */
guint64
ann_categorical_get_n_categories (AnnCategorical *self)
{
  g_return_val_if_fail (ANN_IS_CATEGORICAL (self), 0);

  return ann_element_get_n_rows (self->categories);
}

/**
 * ann_categorical_get_ordered:
 * @self: a categorical
 *
 * Returns: whether the order of the categories means something
 */
gboolean
ann_categorical_get_ordered (AnnCategorical *self)
{
  g_return_val_if_fail (ANN_IS_CATEGORICAL (self), FALSE);

  return self->ordered;
}

/**
 * ann_categorical_get_categories:
 * @self: a categorical
 *
 * Returns: (transfer none): the categories: a vector of texts, numbers or bools
 */
AnnElement *
ann_categorical_get_categories (AnnCategorical *self)
{
  g_return_val_if_fail (ANN_IS_CATEGORICAL (self), NULL);

  return self->categories;
}

/* Numbers and bools become texts. */
static AnnStrings *
write_labels (AnnCategorical *self, GCancellable *cancellable, GError **error)
{
  const guint64 n_categories = ann_element_get_n_rows (self->categories);
  g_autoptr (AnnStrings) labels = ann_strings_new ();
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint64 start = 0; start < n_categories; start += LABELS_PIECE)
    {
      guint64 count = MIN (n_categories - start, LABELS_PIECE);
      g_autoptr (AnnBlock) block = NULL;

      block = ann_element_read_rows (self->categories, start, count, cancellable, error);
      if (block == NULL)
        return NULL;

      for (guint64 i = 0; i < count; i++)
        {
          g_string_truncate (text, 0);
          ann_cell_append_value (text, block, NULL, i, 0);
          if (!ann_strings_append (labels, text->str, (gssize) text->len, error))
            return NULL;
        }
    }

  return g_steal_pointer (&labels);
}

static AnnStrings *
read_labels (AnnCategorical *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnBlock) block = NULL;

  if (!has_texts (self))
    return write_labels (self, cancellable, error);

  block = ann_element_read_rows (self->categories, 0, ann_element_get_n_rows (self->categories),
                                 cancellable, error);

  return block != NULL ? ann_strings_ref (block->texts) : NULL;
}

/**
 * ann_categorical_read_labels:
 * @self: a categorical
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Gives the categories as texts, by code. They are read at the first call and kept.
 *
 * Returns: (transfer full): the labels, or %NULL with @error set
 */
AnnStrings *
ann_categorical_read_labels (AnnCategorical *self, GCancellable *cancellable, GError **error)
{
  AnnStrings *labels;

  g_return_val_if_fail (ANN_IS_CATEGORICAL (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  g_mutex_lock (&self->lock);
  labels = self->labels != NULL ? ann_strings_ref (self->labels) : NULL;
  g_mutex_unlock (&self->lock);
  if (labels != NULL)
    return labels;

  /* Not under the lock, for it waits: of two threads that read, the first one's are kept. */
  labels = read_labels (self, cancellable, error);
  if (labels == NULL)
    return NULL;

  g_mutex_lock (&self->lock);
  if (self->labels == NULL)
    self->labels = ann_strings_ref (labels);
  g_mutex_unlock (&self->lock);

  return labels;
}
