/* ann-edit-value.c: texts as values
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-edit-private.h"

#include "base/ann-error.h"
#include "view/ann-view-private.h"

#include <string.h>

gboolean
_ann_edit_parse_int64 (const char *text, gint64 *value)
{
  return g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, value, NULL);
}

gboolean
_ann_edit_parse_double (const char *text, double *value)
{
  char *end;

  if (*text == '\0' || g_ascii_isspace (*text))
    return FALSE;
  *value = g_ascii_strtod (text, &end);

  return *end == '\0';
}

gboolean
_ann_edit_parse_bool (const char *text, guint8 *value)
{
  *value = g_ascii_strcasecmp (text, "true") == 0;

  return *value != 0 || g_ascii_strcasecmp (text, "false") == 0;
}

/* --- Categories --- */

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The texts that there are, sorted, with their places. */
static GHashTable *
find_categories (AnnStrings *texts, const guint8 *missing, GPtrArray *categories)
{
  GHashTable *places = g_hash_table_new (g_str_hash, g_str_equal);

  for (gsize i = 0; i < ann_strings_get_length (texts); i++)
    {
      const char *text = ann_strings_get (texts, i, NULL);

      if ((missing == NULL || !missing[i]) && g_hash_table_add (places, (gpointer) text))
        g_ptr_array_add (categories, (gpointer) text);
    }
  g_ptr_array_sort (categories, compare_texts);
  for (guint i = 0; i < categories->len; i++)
    g_hash_table_insert (places, categories->pdata[i], GUINT_TO_POINTER (i));

  return places;
}

static AnnBuffer *
make_codes (AnnStrings *texts,
            const guint8 *missing,
            GHashTable *places,
            gsize n_categories,
            GError **error)
{
  gsize n = ann_strings_get_length (texts);
  AnnDtype dtype = _ann_code_dtype (n_categories);
  AnnBuffer *codes = ann_buffer_new_vector (dtype, n, error);
  void *values = codes != NULL ? ann_buffer_get_data_for_writing (codes) : NULL;

  for (gsize i = 0; codes != NULL && i < n; i++)
    {
      gpointer place = g_hash_table_lookup (places, ann_strings_get (texts, i, NULL));
      int code = missing != NULL && missing[i] ? -1 : (int) GPOINTER_TO_UINT (place);

      _ann_code_put (values, dtype, i, code);
    }

  return codes;
}

static AnnElement *
make_categorical (const char *path, AnnBuffer *codes, GPtrArray *categories, GError **error)
{
  g_autoptr (AnnStrings) labels = ann_strings_new ();
  g_autoptr (AnnElement) code_element = NULL;
  g_autoptr (AnnElement) label_element = NULL;

  for (guint i = 0; i < categories->len; i++)
    {
      if (!ann_strings_append (labels, categories->pdata[i], -1, error))
        return NULL;
    }
  code_element = _ann_memory_element_new (path, codes);
  label_element = _ann_memory_element_new_texts (path, labels, NULL);

  return _ann_categorical_view_new (NULL, path, code_element, label_element, FALSE, error);
}

AnnElement *
_ann_edit_value_of_texts (const char *path,
                          AnnStrings *texts,
                          const guint8 *missing,
                          GError **error)
{
  gsize n = ann_strings_get_length (texts);
  g_autoptr (GPtrArray) categories = g_ptr_array_new ();
  g_autoptr (GHashTable) places = find_categories (texts, missing, categories);
  g_autoptr (AnnBuffer) codes = NULL;

  if (categories->len == n && n > 1)
    return _ann_memory_element_new_texts (path, texts, NULL);

  codes = make_codes (texts, missing, places, categories->len, error);

  return codes != NULL ? make_categorical (path, codes, categories, error) : NULL;
}

/* --- One text --- */

/* A number or truth value; %NULL, without an error, if @text is neither. */
static AnnBuffer *
parse_number (const char *text, guint rank, guint64 n, GError **error)
{
  gint64 integer;
  double real;
  guint8 truth;
  AnnBuffer *buffer = NULL;
  gsize size;
  const void *value;
  AnnDtype dtype;

  if (_ann_edit_parse_int64 (text, &integer))
    {
      dtype = ANN_DTYPE_INT64;
      value = &integer;
    }
  else if (_ann_edit_parse_double (text, &real))
    {
      dtype = ANN_DTYPE_FLOAT64;
      value = &real;
    }
  else if (_ann_edit_parse_bool (text, &truth))
    {
      dtype = ANN_DTYPE_BOOL;
      value = &truth;
    }
  else
    return NULL;

  size = ann_dtype_get_size (dtype);
  buffer = ann_buffer_new (dtype, rank, &n, error);
  if (buffer != NULL)
    {
      guint8 *to = ann_buffer_get_data_for_writing (buffer);

      for (gsize i = 0; i < ann_buffer_get_n_elements (buffer); i++)
        memcpy (to + i * size, value, size);
    }

  return buffer;
}

/* The same text in each row: one category. */
static AnnElement *
make_one_category (const char *path, const char *text, guint64 n_rows, GError **error)
{
  g_autoptr (GPtrArray) categories = g_ptr_array_new ();
  g_autoptr (AnnBuffer) codes = ann_buffer_new_vector (ANN_DTYPE_INT8, n_rows, error);

  if (codes == NULL)
    return NULL;
  memset (ann_buffer_get_data_for_writing (codes), 0, n_rows);
  g_ptr_array_add (categories, (gpointer) text);

  return make_categorical (path, codes, categories, error);
}

AnnElement *
_ann_edit_value_of_text (const AnnEditPlace *place,
                         const char *path,
                         const char *text,
                         gboolean keeps_text,
                         GError **error)
{
  gboolean is_column = place->kind == ANN_EDIT_PLACE_COLUMN;
  g_autoptr (GError) local_error = NULL;
  g_autoptr (AnnBuffer) number = NULL;
  g_autoptr (AnnStrings) strings = NULL;

  if (!is_column && place->kind != ANN_EDIT_PLACE_UNS)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "%s: one value can be set in uns, and as a column of obs or var", path);
      return NULL;
    }
  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s: the value is no text in UTF-8", path);
      return NULL;
    }

  if (!keeps_text)
    number = parse_number (text, is_column ? 1 : 0, is_column ? place->lengths[0] : 0,
                           &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (number != NULL)
    return is_column ? _ann_memory_element_new (path, number)
                     : _ann_memory_element_new_scalar (path, NULL, number);
  if (is_column)
    return make_one_category (path, text, place->lengths[0], error);

  strings = ann_strings_new ();

  return ann_strings_append (strings, text, -1, error)
             ? _ann_memory_element_new_scalar (path, strings, NULL)
             : NULL;
}
