/* ann-write-column.c: categoricals, what may be missing, and labels of rows
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write/ann-write-column-private.h"

#include "base/ann-error.h"
#include "element/ann-categorical.h"
#include "element/ann-cell.h"
#include "element/ann-element-private.h"

#include <string.h>

/* --- Codes --- */

static AnnArrayWriter *
add_codes (const AnnElementWriter *self,
           AnnNodeWriter *group,
           guint64 n_categories,
           guint64 length,
           GCancellable *cancellable,
           GError **error)
{
  return _ann_write_add_array (self, group, "codes",
                               &(AnnNewArray){
                                   .dtype = _ann_code_dtype (n_categories),
                                   .rank = 1,
                                   .shape = &length,
                               },
                               cancellable, error);
}

static gboolean
close_marked (const AnnElementWriter *self,
              AnnArrayWriter *array,
              const char *type,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (AnnAttributes) attributes = _ann_write_attributes_new (self, NULL, type, "0.2.0",
                                                                    cancellable, error);

  return attributes != NULL && _ann_array_writer_close (array, attributes, cancellable, error);
}

/* Adds codes of int32, -1 for missing, each less than what the type of @array holds. */
static gboolean
append_codes (AnnArrayWriter *array, AnnBuffer *codes, GCancellable *cancellable, GError **error)
{
  const AnnDtype dtype = _ann_array_writer_get_spec (array)->dtype;
  g_autoptr (AnnBuffer) narrow = NULL;
  const gint32 *from = ann_buffer_get_data (codes);
  const gsize n = ann_buffer_get_n_elements (codes);
  void *to;

  if (dtype == ANN_DTYPE_INT32)
    return _ann_array_writer_append (array, from, n, cancellable, error);

  narrow = ann_buffer_new_vector (dtype, n, error);
  if (narrow == NULL)
    return FALSE;
  to = ann_buffer_get_data_for_writing (narrow);
  if (dtype == ANN_DTYPE_INT8)
    {
      for (gsize i = 0; i < n; i++)
        ((gint8 *) to)[i] = (gint8) from[i];
    }
  else
    {
      for (gsize i = 0; i < n; i++)
        ((gint16 *) to)[i] = (gint16) from[i];
    }

  return _ann_array_writer_append (array, to, n, cancellable, error);
}

/* Codes that are no place in the categories are damage, and not a missing value. */
static gboolean
check_codes (AnnElement *element, const AnnBlock *block, guint64 n_categories, GError **error)
{
  const gint32 *codes = ann_buffer_get_data (block->values);

  for (guint64 i = 0; i < block->count; i++)
    {
      if (codes[i] < -1 || (codes[i] >= 0 && (guint64) codes[i] >= n_categories))
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                       "%s: row %" G_GUINT64_FORMAT
                       " has a code that is not one of the %" G_GUINT64_FORMAT " categories",
                       ann_element_get_path (element), block->start + i, n_categories);
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
write_codes (const AnnElementWriter *self,
             AnnElement *element,
             AnnNodeWriter *group,
             guint64 n_categories,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (AnnBlockIterator) blocks = _ann_write_iterate (element);
  g_autoptr (AnnArrayWriter) array = add_codes (
      self, group, n_categories, ann_element_get_n_rows (element), cancellable, error);

  if (array == NULL)
    return FALSE;
  while (TRUE)
    {
      g_autoptr (AnnBlock) block = NULL;

      if (!ann_block_iterator_next (blocks, &block, cancellable, error))
        return FALSE;
      if (block == NULL)
        return close_marked (self, array, "array", cancellable, error);
      if (!check_codes (element, block, n_categories, error)
          || !append_codes (array, block->values, cancellable, error))
        return FALSE;
      _ann_write_add_done (self, ann_buffer_get_size (block->values));
    }
}

gboolean
_ann_write_categorical (const AnnElementWriter *self,
                        AnnElement *element,
                        AnnNodeWriter *parent,
                        const char *name,
                        GCancellable *cancellable,
                        GError **error)
{
  AnnCategorical *categorical = ANN_CATEGORICAL (element);
  AnnElement *categories = ann_categorical_get_categories (categorical);
  g_autoptr (AnnNodeWriter) group = NULL;
  g_autoptr (AnnAttributes) attributes = NULL;

  group = _ann_node_writer_add_group (parent, name, cancellable, error);
  if (group == NULL
      || !write_codes (self, element, group, ann_categorical_get_n_categories (categorical),
                       cancellable, error))
    return FALSE;

  /* Texts with a mask are never categories: upstream refuses them. */
  if (ann_element_get_kind (categories) == ANN_ELEMENT_DENSE
          ? !_ann_write_dense (self, categories, group, "categories", cancellable, error)
          : !_ann_write_labels (self, categories, group, "categories", cancellable, error))
    return FALSE;

  attributes = _ann_write_attributes_new (self, element, "categorical", "0.2.0", cancellable,
                                          error);
  if (attributes == NULL)
    return FALSE;
  _ann_attributes_add_boolean (attributes, "ordered", ann_categorical_get_ordered (categorical));

  return _ann_node_writer_close (group, attributes, cancellable, error);
}

/* --- Labels --- */

/* What is missing among labels, which must all be texts. */
static const char missing_label[] = "nan";

/* The values of @block as texts. @labels: (nullable): of a categorical. (transfer full) */
static AnnStrings *
block_to_texts (const AnnBlock *block, AnnStrings *labels, gboolean *has_missing, GError **error)
{
  g_autoptr (AnnStrings) texts = NULL;
  g_autoptr (GString) cell = NULL;

  if (block->texts != NULL && block->missing == NULL)
    return ann_strings_ref (block->texts);

  texts = ann_strings_new ();
  cell = g_string_new (NULL);
  for (guint64 i = 0; i < block->count; i++)
    {
      gboolean is_missing = ann_block_is_missing (block, i);

      g_string_truncate (cell, 0);
      if (!is_missing && block->texts != NULL)
        {
          gsize length;
          const char *text = ann_strings_get (block->texts, i, &length);

          g_string_append_len (cell, text, (gssize) length);
        }
      else if (!is_missing)
        {
          is_missing = !ann_cell_append_value (cell, block, labels, i, 0);
        }
      if (is_missing)
        {
          g_string_assign (cell, missing_label);
          *has_missing = TRUE;
        }
      if (!ann_strings_append (texts, cell->str, (gssize) cell->len, error))
        return NULL;
    }

  return g_steal_pointer (&texts);
}

gboolean
_ann_write_labels (const AnnElementWriter *self,
                   AnnElement *element,
                   AnnNodeWriter *parent,
                   const char *name,
                   GCancellable *cancellable,
                   GError **error)
{
  const guint64 length = ann_element_get_n_rows (element);
  g_autoptr (AnnBlockIterator) blocks = _ann_write_iterate (element);
  g_autoptr (AnnStrings) labels = NULL;
  g_autoptr (AnnArrayWriter) array = NULL;
  gboolean has_missing = FALSE;

  if (ANN_IS_CATEGORICAL (element))
    {
      labels = ann_categorical_read_labels (ANN_CATEGORICAL (element), cancellable, error);
      if (labels == NULL)
        return FALSE;
    }
  array = _ann_write_add_array (
      self, parent, name, &(AnnNewArray){ .dtype = ANN_DTYPE_STRING, .rank = 1, .shape = &length },
      cancellable, error);
  if (array == NULL)
    return FALSE;

  while (TRUE)
    {
      g_autoptr (AnnBlock) block = NULL;
      g_autoptr (AnnStrings) texts = NULL;

      if (!ann_block_iterator_next (blocks, &block, cancellable, error))
        return FALSE;
      if (block == NULL)
        break;
      texts = block_to_texts (block, labels, &has_missing, error);
      if (texts == NULL || !_ann_array_writer_append_texts (array, texts, cancellable, error))
        return FALSE;
      _ann_write_add_done (self, ann_block_get_size (block));
    }
  if (has_missing)
    _ann_write_warn (self, "%s: some are missing, which labels cannot be; they are written as “%s”",
                     ann_element_get_path (element), missing_label);

  return close_marked (self, array, "string-array", cancellable, error);
}

/* --- Texts of which some are missing, as a categorical --- */

/* Texts: those that occur, each once
 * @places: text → its place in @names, owned by that, + 1
 * @order: place → code
 * @has_nul: whether one of them, that of @nul_row, has a NUL within: they are told apart up to
 * there
 */
typedef struct {
  GHashTable *places;
  GPtrArray *names;
  gint32 *order;
  gboolean has_missing;
  gboolean has_nul;
  guint64 nul_row;
} Texts;

static void
texts_clear (Texts *self)
{
  g_clear_pointer (&self->places, g_hash_table_unref);
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_free (self->order);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Texts, texts_clear)

static gboolean
collect_block (Texts *self, const AnnBlock *block, const char *path, GError **error)
{
  for (guint64 i = 0; i < block->count; i++)
    {
      gsize length;
      const char *text = ann_strings_get (block->texts, i, &length);

      if (ann_block_is_missing (block, i))
        {
          self->has_missing = TRUE;
          continue;
        }
      if (!self->has_nul && strlen (text) != length)
        {
          self->has_nul = TRUE;
          self->nul_row = block->start + i;
        }
      if (g_hash_table_contains (self->places, text))
        continue;
      if (self->names->len == (guint) G_MAXINT32)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                       "%s: has more different texts than a categorical can hold", path);
          return FALSE;
        }
      g_ptr_array_add (self->names, g_strdup (text));
      g_hash_table_insert (self->places, g_ptr_array_index (self->names, self->names->len - 1),
                           GUINT_TO_POINTER (self->names->len));
    }

  return TRUE;
}

static gboolean
collect (Texts *self, AnnElement *element, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnBlockIterator) blocks = _ann_write_iterate (element);

  self->places = g_hash_table_new (g_str_hash, g_str_equal);
  self->names = g_ptr_array_new_with_free_func (g_free);
  while (TRUE)
    {
      g_autoptr (AnnBlock) block = NULL;

      if (!ann_block_iterator_next (blocks, &block, cancellable, error))
        return FALSE;
      if (block == NULL)
        return TRUE;
      if (!collect_block (self, block, ann_element_get_path (element), error))
        return FALSE;
    }
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The texts in the order in which pandas has them; sets the code of each. (transfer full) */
static AnnStrings *
sort_texts (Texts *self, GError **error)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_sized_new (self->names->len);
  g_autoptr (AnnStrings) texts = ann_strings_new ();

  for (guint i = 0; i < self->names->len; i++)
    g_ptr_array_add (sorted, g_ptr_array_index (self->names, i));
  g_ptr_array_sort (sorted, compare_texts);
  self->order = g_new0 (gint32, self->names->len);
  for (guint i = 0; i < sorted->len; i++)
    {
      const char *text = g_ptr_array_index (sorted, i);

      self->order[GPOINTER_TO_UINT (g_hash_table_lookup (self->places, text)) - 1] = (gint32) i;
      if (!ann_strings_append (texts, text, -1, error))
        return NULL;
    }

  return g_steal_pointer (&texts);
}

static gboolean
write_places (const AnnElementWriter *self,
              const Texts *texts,
              AnnElement *element,
              AnnNodeWriter *group,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (AnnBlockIterator) blocks = _ann_write_iterate (element);
  g_autoptr (AnnArrayWriter) array = add_codes (
      self, group, texts->names->len, ann_element_get_n_rows (element), cancellable, error);

  if (array == NULL)
    return FALSE;
  while (TRUE)
    {
      g_autoptr (AnnBlock) block = NULL;
      g_autoptr (AnnBuffer) codes = NULL;
      gint32 *to;

      if (!ann_block_iterator_next (blocks, &block, cancellable, error))
        return FALSE;
      if (block == NULL)
        return close_marked (self, array, "array", cancellable, error);
      codes = ann_buffer_new_vector (ANN_DTYPE_INT32, block->count, error);
      if (codes == NULL)
        return FALSE;
      to = ann_buffer_get_data_for_writing (codes);
      for (guint64 i = 0; i < block->count; i++)
        {
          const char *text = ann_strings_get (block->texts, i, NULL);
          const guint place = ann_block_is_missing (block, i)
                                  ? 0
                                  : GPOINTER_TO_UINT (g_hash_table_lookup (texts->places, text));

          to[i] = place > 0 ? texts->order[place - 1] : -1;
        }
      if (!append_codes (array, codes, cancellable, error))
        return FALSE;
      _ann_write_add_done (self, ann_block_get_size (block));
    }
}

static gboolean
write_as_categorical (const AnnElementWriter *self,
                      Texts *texts,
                      AnnElement *element,
                      AnnNodeWriter *parent,
                      const char *name,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (AnnStrings) categories = sort_texts (texts, error);
  g_autoptr (AnnNodeWriter) group = NULL;
  g_autoptr (AnnAttributes) of_categories = NULL;
  g_autoptr (AnnAttributes) attributes = NULL;

  if (categories == NULL)
    return FALSE;
  _ann_write_warn (self,
                   "%s: texts of which some are missing are written as a categorical, which all "
                   "readers know",
                   ann_element_get_path (element));
  group = _ann_node_writer_add_group (parent, name, cancellable, error);
  if (group == NULL || !write_places (self, texts, element, group, cancellable, error))
    return FALSE;
  of_categories = _ann_write_attributes_new (self, NULL, "string-array", "0.2.0", cancellable,
                                             error);
  if (of_categories == NULL
      || !_ann_write_strings (self, group, "categories", categories, of_categories, cancellable,
                              error))
    return FALSE;

  attributes = _ann_write_attributes_new (self, element, "categorical", "0.2.0", cancellable,
                                          error);
  if (attributes == NULL)
    return FALSE;
  _ann_attributes_add_boolean (attributes, "ordered", FALSE);

  return _ann_node_writer_close (group, attributes, cancellable, error);
}

/* Without nullable texts: what has no missing ones is plain texts. */
static gboolean
write_portable_texts (const AnnElementWriter *self,
                      AnnElement *element,
                      AnnNodeWriter *parent,
                      const char *name,
                      GCancellable *cancellable,
                      GError **error)
{
  g_auto (Texts) texts = { 0 };

  if (!collect (&texts, element, cancellable, error))
    return FALSE;
  if (texts.has_missing && texts.has_nul)
    {
      g_set_error (
          error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
          "%s: the text of row %" G_GUINT64_FORMAT " has a NUL within, and some are "
          "missing: such cannot become categories, which they are in the portable profile; "
          "use the modern profile, or leave it out",
          ann_element_get_path (element), texts.nul_row);
      return FALSE;
    }
  if (texts.has_missing)
    return write_as_categorical (self, &texts, element, parent, name, cancellable, error);

  return _ann_write_labels (self, element, parent, name, cancellable, error);
}

/* --- Values with a mask --- */

/* Bools where the values are numbers that stand for them. */
static AnnBuffer *
get_values (AnnElement *element, const AnnBlock *block, GError **error)
{
  g_autoptr (AnnBuffer) bools = NULL;
  guint8 *to;

  if (ann_element_get_kind (element) != ANN_ELEMENT_NULLABLE_BOOLEAN
      || ann_buffer_get_dtype (block->values) == ANN_DTYPE_BOOL)
    return ann_buffer_ref (block->values);

  bools = ann_buffer_new_vector (ANN_DTYPE_BOOL, block->count, error);
  if (bools == NULL)
    return NULL;
  to = ann_buffer_get_data_for_writing (bools);
  for (guint64 i = 0; i < block->count; i++)
    to[i] = ann_buffer_get_double (block->values, i) != 0;

  return g_steal_pointer (&bools);
}

static gboolean
append_mask (AnnArrayWriter *mask, const AnnBlock *block, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnBuffer) nothing = NULL;

  if (block->missing == NULL)
    {
      nothing = ann_buffer_new_vector (ANN_DTYPE_BOOL, block->count, error);
      if (nothing == NULL)
        return FALSE;
    }

  return _ann_array_writer_append (mask,
                                   ann_buffer_get_data (nothing != NULL ? nothing : block->missing),
                                   block->count, cancellable, error);
}

static gboolean
append_nullable (AnnElement *element,
                 AnnArrayWriter *values,
                 AnnArrayWriter *mask,
                 const AnnBlock *block,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (AnnBuffer) numbers = NULL;

  if (block->texts != NULL)
    return _ann_array_writer_append_texts (values, block->texts, cancellable, error)
           && append_mask (mask, block, cancellable, error);

  numbers = get_values (element, block, error);

  return numbers != NULL
         && _ann_array_writer_append (values, ann_buffer_get_data (numbers), block->count,
                                      cancellable, error)
         && append_mask (mask, block, cancellable, error);
}

static gboolean
write_masked (const AnnElementWriter *self,
              AnnElement *element,
              AnnNodeWriter *group,
              AnnDtype dtype,
              GCancellable *cancellable,
              GError **error)
{
  const guint64 length = ann_element_get_n_rows (element);
  g_autoptr (AnnBlockIterator) blocks = _ann_write_iterate (element);
  g_autoptr (AnnArrayWriter) values = NULL;
  g_autoptr (AnnArrayWriter) mask = NULL;

  values = _ann_write_add_array (self, group, "values",
                                 &(AnnNewArray){ .dtype = dtype, .rank = 1, .shape = &length },
                                 cancellable, error);
  if (values == NULL)
    return FALSE;
  mask = _ann_write_add_array (
      self, group, "mask", &(AnnNewArray){ .dtype = ANN_DTYPE_BOOL, .rank = 1, .shape = &length },
      cancellable, error);
  if (mask == NULL)
    return FALSE;

  while (TRUE)
    {
      g_autoptr (AnnBlock) block = NULL;

      if (!ann_block_iterator_next (blocks, &block, cancellable, error))
        return FALSE;
      if (block == NULL)
        break;
      if (!append_nullable (element, values, mask, block, cancellable, error))
        return FALSE;
      _ann_write_add_done (self, ann_block_get_size (block));
    }

  return close_marked (self, values, dtype == ANN_DTYPE_STRING ? "string-array" : "array",
                       cancellable, error)
         && close_marked (self, mask, "array", cancellable, error);
}

/* Which pandas type to make of texts again; kept as it is. */
static gboolean
add_na_value (AnnAttributes *attributes,
              AnnElement *element,
              GCancellable *cancellable,
              GError **error)
{
  AnnNode *node = ann_element_get_node (element);
  g_autoptr (AnnAttributes) stored = NULL;
  const char *text;

  if (node == NULL)
    return TRUE;
  stored = ann_node_read_attributes (node, cancellable, error);
  if (stored == NULL)
    return FALSE;
  text = ann_attributes_get_text (stored, "na-value");
  if (text != NULL)
    _ann_attributes_add_text (attributes, "na-value", text);

  return TRUE;
}

gboolean
_ann_write_nullable (const AnnElementWriter *self,
                     AnnElement *element,
                     AnnNodeWriter *parent,
                     const char *name,
                     GCancellable *cancellable,
                     GError **error)
{
  const AnnElementKind kind = ann_element_get_kind (element);
  const gboolean is_text = kind == ANN_ELEMENT_NULLABLE_STRING;
  const gboolean is_bool = kind == ANN_ELEMENT_NULLABLE_BOOLEAN;
  g_autoptr (AnnNodeWriter) group = NULL;
  g_autoptr (AnnAttributes) attributes = NULL;

  if (is_text && self->options->profile == ANN_PROFILE_PORTABLE)
    return write_portable_texts (self, element, parent, name, cancellable, error);

  group = _ann_node_writer_add_group (parent, name, cancellable, error);
  if (group == NULL
      || !write_masked (self, element, group,
                        is_text   ? ANN_DTYPE_STRING
                        : is_bool ? ANN_DTYPE_BOOL
                                  : ann_element_get_dtype (element),
                        cancellable, error))
    return FALSE;

  attributes = _ann_write_attributes_new (self, element,
                                          is_text   ? "nullable-string-array"
                                          : is_bool ? "nullable-boolean"
                                                    : "nullable-integer",
                                          "0.1.0", cancellable, error);
  if (attributes == NULL || (is_text && !add_na_value (attributes, element, cancellable, error)))
    return FALSE;

  return _ann_node_writer_close (group, attributes, cancellable, error);
}
