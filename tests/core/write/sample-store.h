/* sample-store.h: a small annotated matrix in memory, with an element of each kind that there is
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "../element/memory-store.h"

G_GNUC_UNUSED static void
add_categorical (Store *store, Item *parent, const char *name, gint8 last)
{
  static const char *const categories[] = { "b", "a", "never", NULL };
  const gint8 codes[] = { 1, -1, 0, last };
  Item *item = store_add_group (store, parent, name);
  g_autoptr (AnnBuffer) ordered = ann_buffer_new (ANN_DTYPE_BOOL, 0, NULL, NULL);

  item_set_encoding (item, "categorical", "0.2.0");
  *(guint8 *) ann_buffer_get_data_for_writing (ordered) = 1;
  ann_attributes_add_numbers (item->attributes, "ordered", ordered);
  item_set_encoding (store_add_vector (store, item, "codes", ANN_DTYPE_INT8, 4, codes), "array",
                     "0.2.0");
  item_set_encoding (store_add_texts (store, item, "categories", categories), "string-array",
                     "0.2.0");
}

G_GNUC_UNUSED static void
add_nullable (Store *store, Item *parent, const char *name, const char *type, AnnDtype dtype)
{
  static const char *const texts[] = { "z", "", "y", "z", NULL };
  static const gint32 numbers[] = { 1, 0, 1, 1 };
  static const guint8 mask[] = { 0, 1, 0, 0 };
  Item *item = store_add_group (store, parent, name);

  item_set_encoding (item, type, "0.1.0");
  if (dtype == ANN_DTYPE_STRING)
    store_add_texts (store, item, "values", texts);
  else
    store_add_vector (store, item, "values", dtype, 4, numbers);
  store_add_vector (store, item, "mask", ANN_DTYPE_BOOL, 4, mask);
}

/* 4 × 4, 4 entries, of which two are in one place. */
G_GNUC_UNUSED static Item *
add_sparse (Store *store, Item *parent, const char *name, const char *type)
{
  static const gint64 shape[] = { 4, 4 };
  static const float data[] = { 1, 2, 3, 4 };
  static const gint32 indices[] = { 2, 0, 1, 1 };
  static const gint32 pointers[] = { 0, 2, 2, 4, 4 };
  Item *item = store_add_group (store, parent, name);

  item_set_encoding (item, type, "0.1.0");
  item_set_numbers (item, "shape", ANN_DTYPE_INT64, 2, shape);
  store_add_vector (store, item, "data", ANN_DTYPE_FLOAT32, 4, data);
  store_add_vector (store, item, "indices", ANN_DTYPE_INT32, 4, indices);
  store_add_vector (store, item, "indptr", ANN_DTYPE_INT32, 5, pointers);

  return item;
}

G_GNUC_UNUSED static Item *
add_frame (Store *store, Item *parent, const char *name, const char *index_name)
{
  static const char *const labels[] = { "r0", "r1", "r2", "r3", NULL };
  static const char *const columns[] = { "number", "group", "maybe", "flag", NULL };
  static const gint16 numbers[] = { 4, 5, 6, 7 };
  Item *item = store_add_group (store, parent, name);

  item_set_encoding (item, "dataframe", "0.2.0");
  item_set_text (item, "_index", index_name);
  item_set_texts (item, "column-order", columns);
  item_set_encoding (store_add_texts (store, item, index_name, labels), "string-array", "0.2.0");
  item_set_encoding (store_add_vector (store, item, "number", ANN_DTYPE_INT16, 4, numbers), "array",
                     "0.2.0");
  add_categorical (store, item, "group", 2);
  add_nullable (store, item, "maybe", "nullable-integer", ANN_DTYPE_INT32);
  add_nullable (store, item, "flag", "nullable-boolean", ANN_DTYPE_BOOL);

  return item;
}

G_GNUC_UNUSED static Item *
add_mapping (Store *store, const char *name)
{
  Item *item = store_add_group (store, store->root, name);

  item_set_encoding (item, "dict", "0.1.0");

  return item;
}

static void
add_awkward (Store *store, Item *parent)
{
  static const gint64 offsets[] = { 0, 2, 2, 3, 4 };
  static const double values[] = { 1, 2, 3, 4 };
  static const gint64 length = 4;
  Item *item = store_add_group (store, parent, "lists");
  g_autoptr (AnnBuffer) number = ann_buffer_new (ANN_DTYPE_INT64, 0, NULL, NULL);

  item_set_encoding (item, "awkward-array", "0.1.0");
  item_set_text (item, "form",
                 "{\"class\":\"ListOffsetArray\",\"offsets\":\"i64\",\"content\":{\"class\":"
                 "\"NumpyArray\",\"primitive\":\"float64\",\"inner_shape\":[],\"parameters\":{},"
                 "\"form_key\":\"node1\"},\"parameters\":{},\"form_key\":\"node0\"}");
  memcpy (ann_buffer_get_data_for_writing (number), &length, sizeof length);
  ann_attributes_add_numbers (item->attributes, "length", number);
  item_set_encoding (store_add_vector (store, item, "node0-offsets", ANN_DTYPE_INT64, 5, offsets),
                     "array", "0.2.0");
  item_set_encoding (store_add_vector (store, item, "node1-data", ANN_DTYPE_FLOAT64, 4, values),
                     "array", "0.2.0");
}

static void
add_uns (Store *store)
{
  static const char *const texts[] = { "ä", "", NULL };
  static const double number = 2.5;
  Item *uns = add_mapping (store, "uns");
  Item *text;

  item_set_encoding (store_add_texts (store, uns, "texts", texts), "string-array", "0.2.0");
  item_set_encoding (store_add_box (store, uns, "number", ANN_DTYPE_FLOAT64, 0, NULL, &number),
                     "numeric-scalar", "0.2.0");
  text = store_add_texts (store, uns, "text", (const char *const[]){ "word", NULL });
  text->rank = 0;
  item_set_encoding (text, "string", "0.2.0");
  item_set_encoding (store_add_group (store, uns, "empty"), "dict", "0.1.0");
}

/* Everything of 4 observations and 4 variables. */
G_GNUC_UNUSED static Store *
sample_store_new (void)
{
  static const guint64 shape[] = { 4, 4 };
  static const guint64 wide[] = { 4, 3, 2 };
  static const gint32 numbers[24] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
  Store *store = store_new ();
  Item *mapping;

  item_set_encoding (store->root, "anndata", "0.1.0");
  item_set_text (store->root, "made-by", "somebody");
  add_frame (store, store->root, "obs", "cells");
  add_frame (store, store->root, "var", "_index");
  add_sparse (store, store->root, "X", "csr_matrix");
  mapping = add_mapping (store, "layers");
  add_sparse (store, mapping, "turned", "csc_matrix");
  item_set_encoding (store_add_box (store, mapping, "dense", ANN_DTYPE_INT32, 2, shape, numbers),
                     "array", "0.2.0");
  mapping = add_mapping (store, "obsm");
  item_set_encoding (store_add_box (store, mapping, "cube", ANN_DTYPE_INT32, 3, wide, numbers),
                     "array", "0.2.0");
  add_frame (store, mapping, "table", "_index");
  add_awkward (store, mapping);
  add_mapping (store, "varm");
  mapping = add_mapping (store, "obsp");
  add_sparse (store, mapping, "distances", "csr_matrix");
  add_mapping (store, "varp");
  add_uns (store);

  return store;
}
