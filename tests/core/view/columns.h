/* columns.h: columns out of a line of text
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "view/ann-view-private.h"

#include "../element/memory-store.h"

#include <math.h>

/* A column in text: its type, and its values; `-` is a missing one.
 * `i4`, `f4`, …: numbers; `t`, `ts`: days, and points in seconds; `b`: bools; `s`: texts; `S`, `I`,
 * `B`: with a mask; `c`: categories, before the values and a `|`; `o`: ordered ones; `n`:
 * categories of int64; empty: a column that is not there
 */
static AnnDtype
parse_dtype (const char *name)
{
  static const struct {
    const char *name;
    AnnDtype dtype;
  } dtypes[] = {
    { "i1", ANN_DTYPE_INT8 },   { "i4", ANN_DTYPE_INT32 },   { "i8", ANN_DTYPE_INT64 },
    { "u8", ANN_DTYPE_UINT64 }, { "f4", ANN_DTYPE_FLOAT32 }, { "f8", ANN_DTYPE_FLOAT64 },
    { "b", ANN_DTYPE_BOOL },    { "B", ANN_DTYPE_BOOL },     { "I", ANN_DTYPE_INT64 },
    { "n", ANN_DTYPE_INT64 },   { "I4", ANN_DTYPE_INT32 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (dtypes); i++)
    if (strcmp (dtypes[i].name, name) == 0)
      return dtypes[i].dtype;
  g_assert_not_reached ();
}

static AnnBuffer *
make_numbers (AnnDtype dtype, char **values)
{
  g_autoptr (AnnBuffer) numbers = ann_buffer_new_vector (ANN_DTYPE_FLOAT64, g_strv_length (values),
                                                         NULL);

  for (guint i = 0; values[i] != NULL; i++)
    ((double *) ann_buffer_get_data_for_writing (numbers))[i]
        = strcmp (values[i], "-") == 0 && dtype < ANN_DTYPE_FLOAT16 ? 0
          : strcmp (values[i], "-") == 0                            ? NAN
                                         : g_ascii_strtod (values[i], NULL);

  return ann_buffer_convert (numbers, dtype, NULL);
}

static AnnStrings *
make_texts (char **values)
{
  AnnStrings *texts = ann_strings_new ();

  for (guint i = 0; values[i] != NULL; i++)
    g_assert_true (ann_strings_append (texts, values[i], -1, NULL));

  return texts;
}

static AnnBuffer *
make_mask (char **values)
{
  AnnBuffer *mask = ann_buffer_new_vector (ANN_DTYPE_BOOL, g_strv_length (values), NULL);

  for (guint i = 0; values[i] != NULL; i++)
    ((guint8 *) ann_buffer_get_data_for_writing (mask))[i] = strcmp (values[i], "-") == 0;

  return mask;
}

static AnnElement *
make_categorical (const char *type, char **categories, char **values)
{
  g_autoptr (AnnBuffer) codes = ann_buffer_new_vector (ANN_DTYPE_INT8, g_strv_length (values),
                                                       NULL);
  g_autoptr (AnnElement) code_element = NULL;
  g_autoptr (AnnElement) list = NULL;
  g_autoptr (AnnStrings) texts = make_texts (categories);
  g_autoptr (AnnBuffer) numbers = make_numbers (ANN_DTYPE_INT64, categories);
  AnnElement *column;

  for (guint i = 0; values[i] != NULL; i++)
    {
      gint8 *code = (gint8 *) ann_buffer_get_data_for_writing (codes) + i;

      for (*code = 0; categories[*code] != NULL && strcmp (categories[*code], values[i]) != 0;)
        (*code)++;
      if (categories[*code] == NULL)
        *code = *values[i] == '!' ? 100 : -1;
    }
  code_element = _ann_memory_element_new ("part", codes);
  list = *type == 'n' ? _ann_memory_element_new ("part/categories", numbers)
                      : _ann_memory_element_new_texts ("part/categories", texts, NULL);
  column = _ann_categorical_view_new (NULL, "part", code_element, list, *type == 'o', NULL);
  g_assert_nonnull (column);

  return column;
}

/* Dates, of which numpy's NaT, the least integer, is none. */
static AnnElement *
make_dates (Store *store, const char *name, const char *type, char **values)
{
  const guint64 n = g_strv_length (values);
  g_autofree gint64 *dates = g_new0 (gint64, n + 1);

  for (guint64 i = 0; i < n; i++)
    dates[i] = strcmp (values[i], "-") == 0 ? G_MININT64 : g_ascii_strtoll (values[i], NULL, 10);
  store_add_vector (store, store->root, name, ANN_DTYPE_INT64, n, dates)->description
      = strcmp (type, "ts") == 0 ? "datetime64[s]" : "datetime64[D]";

  return open_child (store, name);
}

/* Integers and bools with a mask, as a store has them. */
static AnnElement *
make_masked (Store *store, const char *name, AnnDtype dtype, char **values)
{
  g_autoptr (AnnBuffer) numbers = make_numbers (dtype, values);
  g_autoptr (AnnBuffer) mask = make_mask (values);
  Item *group = store_add_group (store, store->root, name);
  const guint64 n = g_strv_length (values);

  item_set_encoding (group, dtype == ANN_DTYPE_BOOL ? "nullable-boolean" : "nullable-integer",
                     "0.1.0");
  store_add_vector (store, group, "values", dtype, n, ann_buffer_get_data (numbers));
  store_add_vector (store, group, "mask", ANN_DTYPE_BOOL, n, ann_buffer_get_data (mask));

  return open_child (store, name);
}

static AnnElement *
make_column (Store *store, const char *name, const char *text, guint64 *length)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  const char *type = words[0];
  g_autoptr (AnnBuffer) mask = make_mask (words + 1);

  *length = g_strv_length (words + 1);
  if (*type == '\0')
    return NULL;
  if (strchr ("con", *type) != NULL)
    {
      g_auto (GStrv) halves = g_strsplit (text + 2, "|", 2);
      g_auto (GStrv) categories = g_strsplit (g_strstrip (halves[0]), " ", -1);
      g_auto (GStrv) values = g_strsplit (g_strstrip (halves[1]), " ", -1);
      static char *none[] = { NULL };

      *length = *halves[1] != '\0' ? g_strv_length (values) : 0;
      return make_categorical (type, *halves[0] != '\0' ? categories : none,
                               *halves[1] != '\0' ? values : none);
    }
  if (*type == 's' || *type == 'S')
    {
      g_autoptr (AnnStrings) texts = make_texts (words + 1);

      return _ann_memory_element_new_texts ("part", texts, *type == 'S' ? mask : NULL);
    }
  if (*type == 't')
    return make_dates (store, name, type, words + 1);
  if (*type == 'I' || *type == 'B')
    return make_masked (store, name, parse_dtype (type), words + 1);
  {
    g_autoptr (AnnBuffer) numbers = make_numbers (parse_dtype (type), words + 1);

    return _ann_memory_element_new ("part", numbers);
  }
}
