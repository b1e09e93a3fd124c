/* ann-attributes.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-attributes.h"

/* Nodes have ten attributes or so, looked for by name once or twice: a list will do. */
struct _AnnAttributes {
  gatomicrefcount ref_count;
  GPtrArray *items; /* of Attribute, as added */
};

typedef struct {
  char *name;
  gboolean is_scalar;
  AnnStrings *texts; /* one of the three */
  AnnBuffer *numbers;
  char *description;
  AnnStrings *mixed; /* with a description only: may be NULL */
} Attribute;

G_DEFINE_BOXED_TYPE (AnnAttributes, ann_attributes, ann_attributes_ref, ann_attributes_unref)

static void
attribute_free (gpointer data)
{
  Attribute *attribute = data;

  g_free (attribute->name);
  g_clear_pointer (&attribute->texts, ann_strings_unref);
  g_clear_pointer (&attribute->numbers, ann_buffer_unref);
  g_free (attribute->description);
  g_clear_pointer (&attribute->mixed, ann_strings_unref);
  g_free (attribute);
}

/**
 * ann_attributes_new:
 *
 * Returns: (transfer full): no attributes
 */
AnnAttributes *
ann_attributes_new (void)
{
  AnnAttributes *self = g_new0 (AnnAttributes, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->items = g_ptr_array_new_with_free_func (attribute_free);

  return self;
}

/**
 * ann_attributes_ref:
 * @self: attributes
 *
 * Returns: (transfer full): @self
 */
AnnAttributes *
ann_attributes_ref (AnnAttributes *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_attributes_unref:
 * @self: (transfer full): attributes
 */
void
ann_attributes_unref (AnnAttributes *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    {
      g_ptr_array_unref (self->items);
      g_free (self);
    }
}

static Attribute *
find (AnnAttributes *self, const char *name)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      Attribute *attribute = g_ptr_array_index (self->items, i);

      if (g_str_equal (attribute->name, name))
        return attribute;
    }

  return NULL;
}

static Attribute *
add (AnnAttributes *self, const char *name)
{
  Attribute *attribute = g_new0 (Attribute, 1);

  attribute->name = g_strdup (name);
  g_ptr_array_add (self->items, attribute);

  return attribute;
}

/**
 * ann_attributes_add_texts:
 * @self: attributes with one owner, the caller
 * @name: a name that is not there yet
 * @is_scalar: whether it is a text and not a list of them
 * @texts: (transfer none): the texts in C order, exactly one of a scalar
 */
void
ann_attributes_add_texts (AnnAttributes *self,
                          const char *name,
                          gboolean is_scalar,
                          AnnStrings *texts)
{
  Attribute *attribute;

  g_return_if_fail (self != NULL);
  g_return_if_fail (name != NULL);
  g_return_if_fail (!is_scalar || ann_strings_get_length (texts) == 1);

  attribute = add (self, name);
  attribute->is_scalar = is_scalar;
  attribute->texts = ann_strings_ref (texts);
}

/**
 * ann_attributes_add_numbers:
 * @self: attributes with one owner, the caller
 * @name: a name that is not there yet
 * @numbers: (transfer none): the numbers in their shape, of rank 0 for a single one
 */
void
ann_attributes_add_numbers (AnnAttributes *self, const char *name, AnnBuffer *numbers)
{
  Attribute *attribute;

  g_return_if_fail (self != NULL);
  g_return_if_fail (name != NULL);
  g_return_if_fail (numbers != NULL);

  attribute = add (self, name);
  attribute->is_scalar = ann_buffer_get_rank (numbers) == 0;
  attribute->numbers = ann_buffer_ref (numbers);
}

/**
 * ann_attributes_add_unknown:
 * @self: attributes with one owner, the caller
 * @name: a name that is not there yet
 * @description: what can be said in place of a value
 */
void
ann_attributes_add_unknown (AnnAttributes *self, const char *name, const char *description)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (name != NULL);
  g_return_if_fail (description != NULL);

  add (self, name)->description = g_strdup (description);
}

/**
 * ann_attributes_add_mixed:
 * @self: attributes with one owner, the caller
 * @name: a name that is not there yet
 * @texts: (transfer none): the texts among the items, in their order
 * @description: what can be said in place of a value
 *
 * Adds an unknown attribute that is a list of texts and of other things.
 */
void
ann_attributes_add_mixed (AnnAttributes *self,
                          const char *name,
                          AnnStrings *texts,
                          const char *description)
{
  Attribute *attribute;

  g_return_if_fail (self != NULL);
  g_return_if_fail (name != NULL);
  g_return_if_fail (texts != NULL);
  g_return_if_fail (description != NULL);

  attribute = add (self, name);
  attribute->description = g_strdup (description);
  attribute->mixed = ann_strings_ref (texts);
}

/**
 * ann_attributes_get_names:
 * @self: attributes
 *
 * Returns: (transfer full) (array zero-terminated=1): the names as they were added
 */
char **
ann_attributes_get_names (AnnAttributes *self)
{
  char **names;

  g_return_val_if_fail (self != NULL, NULL);

  names = g_new0 (char *, self->items->len + 1);
  for (guint i = 0; i < self->items->len; i++)
    names[i] = g_strdup (((Attribute *) g_ptr_array_index (self->items, i))->name);

  return names;
}

/**
 * ann_attributes_has:
 * @self: attributes
 * @name: a name
 *
 * Returns: whether there is an attribute of this name
 */
gboolean
ann_attributes_has (AnnAttributes *self, const char *name)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  return find (self, name) != NULL;
}

/**
 * ann_attributes_get_text:
 * @self: attributes
 * @name: a name
 *
 * A list of one text counts as that text: writers in R make no scalars.
 *
 * Returns: (transfer none) (nullable): the text as stored, %NULL if the attribute is not there or
 *   something else
 */
const char *
ann_attributes_get_text (AnnAttributes *self, const char *name)
{
  Attribute *attribute;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  attribute = find (self, name);
  if (attribute == NULL || attribute->texts == NULL
      || ann_strings_get_length (attribute->texts) != 1)
    return NULL;

  return ann_strings_get (attribute->texts, 0, NULL);
}

/**
 * ann_attributes_get_texts:
 * @self: attributes
 * @name: a name
 *
 * Returns: (transfer none) (nullable): the texts, %NULL if the attribute is not there or something
 *   else
 */
AnnStrings *
ann_attributes_get_texts (AnnAttributes *self, const char *name)
{
  Attribute *attribute;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  attribute = find (self, name);

  return attribute != NULL ? attribute->texts : NULL;
}

/**
 * ann_attributes_get_mixed_texts:
 * @self: attributes
 * @name: a name
 *
 * Returns: (transfer none) (nullable): the texts of a list that holds other things too; %NULL if
 *   the attribute is not there or something else
 */
AnnStrings *
ann_attributes_get_mixed_texts (AnnAttributes *self, const char *name)
{
  Attribute *attribute;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  attribute = find (self, name);

  return attribute != NULL ? attribute->mixed : NULL;
}

/**
 * ann_attributes_is_scalar:
 * @self: attributes
 * @name: a name
 *
 * Returns: whether the attribute is one text or one number, and no list with one item
 */
gboolean
ann_attributes_is_scalar (AnnAttributes *self, const char *name)
{
  Attribute *attribute;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  attribute = find (self, name);

  return attribute != NULL && attribute->is_scalar;
}

/**
 * ann_attributes_get_numbers:
 * @self: attributes
 * @name: a name
 *
 * Returns: (transfer none) (nullable): the numbers, %NULL if the attribute is not there or
 *   something else
 */
AnnBuffer *
ann_attributes_get_numbers (AnnAttributes *self, const char *name)
{
  Attribute *attribute;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  attribute = find (self, name);

  return attribute != NULL ? attribute->numbers : NULL;
}

/**
 * ann_attributes_get_int64:
 * @self: attributes
 * @name: a name
 * @value: (out): the integer
 *
 * Returns: %FALSE if the attribute is not there or not one integer
 */
gboolean
ann_attributes_get_int64 (AnnAttributes *self, const char *name, gint64 *value)
{
  AnnBuffer *numbers;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  numbers = ann_attributes_get_numbers (self, name);
  if (numbers == NULL || ann_buffer_get_n_elements (numbers) != 1
      || !ann_dtype_is_integer (ann_buffer_get_dtype (numbers)))
    return FALSE;

  return ann_dtype_to_int64 (ann_buffer_get_dtype (numbers), ann_buffer_get_data (numbers), 1,
                             value);
}

/**
 * ann_attributes_get_boolean:
 * @self: attributes
 * @name: a name
 * @value: (out): the truth
 *
 * An integer counts too: not every writer has a type for this.
 *
 * Returns: %FALSE if the attribute is not there or not one boolean or integer
 */
gboolean
ann_attributes_get_boolean (AnnAttributes *self, const char *name, gboolean *value)
{
  AnnBuffer *numbers;
  gint64 number;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  numbers = ann_attributes_get_numbers (self, name);
  if (numbers == NULL || ann_buffer_get_n_elements (numbers) != 1
      || !ann_dtype_to_int64 (ann_buffer_get_dtype (numbers), ann_buffer_get_data (numbers), 1,
                              &number))
    return FALSE;
  *value = number != 0;

  return TRUE;
}

/* --- As text --- */

/* The shortest digits that give the same number back. */
static void
append_double (GString *text, double value, gboolean is_single)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  static const char *const formats[] = {
    "%.6g", "%.7g", "%.8g", "%.9g", "%.15g", "%.16g", "%.17g"
  };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    {
      double back;

      g_ascii_formatd (buffer, sizeof buffer, formats[i], value);
      back = g_ascii_strtod (buffer, NULL);
      if (is_single ? (float) back == (float) value : back == value)
        break;
    }
  g_string_append (text, buffer);
}

static void
append_complex (GString *text, double real, double imaginary, gboolean is_single)
{
  append_double (text, real, is_single);
  if (!(imaginary < 0))
    g_string_append_c (text, '+');
  append_double (text, imaginary, is_single);
  g_string_append_c (text, 'j');
}

static void
append_number (GString *text, const AnnBuffer *numbers, gsize index)
{
  AnnDtype dtype = ann_buffer_get_dtype (numbers);
  const guint8 *value = (const guint8 *) ann_buffer_get_data (numbers)
                        + index * ann_dtype_get_size (dtype);
  gint64 integer = 0;

  if (dtype == ANN_DTYPE_BOOL)
    g_string_append (text, *value != 0 ? "true" : "false");
  else if (dtype == ANN_DTYPE_UINT64)
    g_string_append_printf (text, "%" G_GUINT64_FORMAT, *(const guint64 *) value);
  else if (ann_dtype_to_int64 (dtype, value, 1, &integer))
    g_string_append_printf (text, "%" G_GINT64_FORMAT, integer);
  else if (dtype == ANN_DTYPE_COMPLEX64)
    append_complex (text, ((const float *) value)[0], ((const float *) value)[1], TRUE);
  else if (dtype == ANN_DTYPE_COMPLEX128)
    append_complex (text, ((const double *) value)[0], ((const double *) value)[1], FALSE);
  else
    append_double (text, ann_buffer_get_double (numbers, index), dtype != ANN_DTYPE_FLOAT64);
}

static void
append_item (GString *text, const Attribute *attribute, gsize index)
{
  g_autofree char *utf8 = NULL;

  if (attribute->numbers != NULL)
    {
      append_number (text, attribute->numbers, index);
      return;
    }

  utf8 = ann_strings_dup_utf8 (attribute->texts, index);
  g_string_append (text, utf8);
}

/* Appends the items below @axis in brackets, from number *@index on; stops when the text is
 * longer than @max_bytes, for nobody will see the rest.
 */
static void
append_list (GString *text,
             const Attribute *attribute,
             guint rank,
             const guint64 *shape,
             guint axis,
             gsize *index,
             gsize max_bytes)
{
  if (axis == rank)
    {
      append_item (text, attribute, (*index)++);
      return;
    }

  g_string_append_c (text, '[');
  for (guint64 i = 0; i < shape[axis] && text->len <= max_bytes; i++)
    {
      if (i > 0)
        g_string_append (text, ", ");
      append_list (text, attribute, rank, shape, axis + 1, index, max_bytes);
    }
  g_string_append_c (text, ']');
}

/* Cuts a text to @max_length characters, the last of which are `…`, or `…]` for a list. */
static void
ellipsize (GString *text, gsize max_length, gboolean is_list)
{
  const char *end = is_list ? "…]" : "…";
  gsize n_kept = max_length - MIN (max_length, is_list ? 2 : 1);
  const char *cut;
  const char *comma;

  if ((gsize) g_utf8_strlen (text->str, text->len) <= max_length)
    return;

  cut = g_utf8_offset_to_pointer (text->str, n_kept);
  g_string_truncate (text, cut - text->str);
  comma = is_list ? g_strrstr (text->str, ", ") : NULL;
  if (comma != NULL)
    g_string_truncate (text, comma + 2 - text->str);
  g_string_append (text, end);
}

/**
 * ann_attributes_to_string:
 * @self: attributes
 * @name: a name
 * @max_length: the most characters wanted, at least 4
 *
 * Returns: (transfer full) (nullable): the value as people read it: `csr_matrix`, `[60, 40]`,
 *   `[a, b, …]`; %NULL if the attribute is not there
 */
char *
ann_attributes_to_string (AnnAttributes *self, const char *name, gsize max_length)
{
  const Attribute *attribute;
  GString *text;
  gsize max_bytes;
  gsize index = 0;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (max_length >= 4, NULL);

  attribute = find (self, name);
  if (attribute == NULL)
    return NULL;

  if (!g_size_checked_mul (&max_bytes, max_length, 4))
    max_bytes = G_MAXSIZE;
  text = g_string_new (NULL);
  if (attribute->description != NULL)
    g_string_append (text, attribute->description);
  else if (attribute->numbers != NULL)
    append_list (text, attribute, ann_buffer_get_rank (attribute->numbers),
                 ann_buffer_get_shape (attribute->numbers), 0, &index, max_bytes);
  else if (attribute->is_scalar)
    append_item (text, attribute, 0);
  else
    {
      const guint64 length = ann_strings_get_length (attribute->texts);

      append_list (text, attribute, 1, &length, 0, &index, max_bytes);
    }
  ellipsize (text, max_length, !attribute->is_scalar && attribute->description == NULL);

  return g_string_free (text, FALSE);
}
