/* fuzz-element.c: elements over a tree of nodes that the input describes
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "fuzz-input.h"

#include "../core/element/memory-store.h"
#include "fuzz-walk.h"

#define MAX_ITEMS 200

/* Words that an element may have for a name, an attribute or an encoding. */
static const char *const words[] = {
  "obs",
  "var",
  "X",
  "obsm",
  "varm",
  "obsp",
  "uns",
  "layers",
  "raw",
  "_index",
  "index",
  "a",
  "b",
  "data",
  "indices",
  "indptr",
  "codes",
  "categories",
  "values",
  "mask",
  "__categories",
  "cell_categories",
  "encoding-type",
  "encoding-version",
  "column-order",
  "shape",
  "h5sparse_format",
  "h5sparse_shape",
  "ordered",
  "na-value",
  "form",
  "length",
  "anndata",
  "AnnData",
  "dict",
  "dataframe",
  "csr_matrix",
  "csc_matrix",
  "csr",
  "csc",
  "categorical",
  "nullable-integer",
  "nullable-boolean",
  "nullable-string-array",
  "awkward-array",
  "array",
  "string-array",
  "string",
  "numeric-scalar",
  "rec-array",
  "null",
  "bytes",
  "0.1.0",
  "0.2.0",
  "raw.X",
  "raw.var",
  "",
};

/* Lengths that are worth trying; the others are a byte. */
static const guint64 lengths[] = { 0, 1, 2, 3, 5, G_GUINT64_CONSTANT (1) << 40, G_MAXUINT64 / 2 };

static const char *
take_word (Input *input)
{
  return words[input_take_byte (input) % G_N_ELEMENTS (words)];
}

static guint64
take_length (Input *input)
{
  guint8 byte = input_take_byte (input);

  return byte >= 0xf0 ? lengths[byte % G_N_ELEMENTS (lengths)] : byte % 16;
}

/* Numbers: of the input's bytes, or zeros where there are too many. */
static void
add_numbers (Store *store, Item *parent, const char *name, Input *input)
{
  AnnDtype dtype = input_take_byte (input) % (ANN_DTYPE_COMPLEX128 + 1);
  guint rank = input_take_byte (input) % 4;
  guint64 shape[3];
  gsize size = ann_dtype_get_size (dtype);
  g_autofree guint8 *values = NULL;

  for (guint i = 0; i < rank; i++)
    {
      shape[i] = take_length (input);
      if (!g_size_checked_mul (&size, size, shape[i]))
        size = G_MAXSIZE;
    }
  if (size <= 4096)
    {
      values = g_malloc (MAX (size, 1));
      input_take_bytes (input, values, size);
      for (gsize i = 0; dtype == ANN_DTYPE_BOOL && i < size; i++)
        values[i] &= 1; /* as every format hands them out */
    }
  else
    {
      for (guint i = 0; i < rank; i++) /* no more than can be counted, which formats check */
        shape[i] = MIN (shape[i], i == 0 ? G_GUINT64_CONSTANT (1) << 40 : 16);
    }
  store_add_box (store, parent, name, dtype, rank, shape, values);
}

static void
add_texts (Store *store, Item *parent, const char *name, Input *input)
{
  const char *texts[17] = { NULL };
  guint n = input_take_byte (input) % 17;

  for (guint i = 0; i < n; i++)
    texts[i] = take_word (input);
  store_add_texts (store, parent, name, texts);
}

static void
set_attribute (Item *item, Input *input)
{
  const char *name = take_word (input);
  const char *values[9] = { NULL };
  gint64 numbers[4];
  guint kind = input_take_byte (input) % 3;

  if (ann_attributes_has (item->attributes, name))
    return;

  if (kind == 0)
    item_set_text (item, name, take_word (input));
  else if (kind == 1)
    {
      guint n = input_take_byte (input) % 9;

      for (guint i = 0; i < n; i++)
        values[i] = take_word (input);
      item_set_texts (item, name, values);
    }
  else
    {
      for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
        numbers[i] = (gint64) take_length (input);
      item_set_numbers (item, name, ANN_DTYPE_INT64, input_take_byte (input) % 5, numbers);
    }
}

/* Takes one step: an attribute of the item, a child of it, down into one, or up. */
static void
take_step (Store *store, GPtrArray *way, Input *input)
{
  Item *item = g_ptr_array_index (way, way->len - 1);
  guint step = input_take_byte (input) % 8;
  const char *name;

  if (step <= 2)
    {
      set_attribute (item, input);
      return;
    }
  if (step == 3)
    {
      if (way->len > 1)
        g_ptr_array_set_size (way, (int) way->len - 1);
      return;
    }

  name = take_word (input);
  if (name[0] == '\0' || g_hash_table_contains (item->children, name))
    return;
  if (step == 7) /* a second link to something, perhaps to what it lies in */
    {
      store_link (item, name,
                  g_ptr_array_index (store->items, input_take_byte (input) % store->items->len));
      return;
    }
  if (step == 4)
    add_texts (store, item, name, input);
  else if (step == 5)
    add_numbers (store, item, name, input);
  else
    store_add_group (store, item, name);

  /* What comes next is of the new one. */
  g_ptr_array_add (way, g_ptr_array_index (store->items, store->items->len - 1));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Input input = { data, size };
  g_autoptr (Store) store = store_new ();
  g_autoptr (GPtrArray) way = g_ptr_array_new ();
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnElement) element = NULL;
  guint n_elements = 0;

  g_ptr_array_add (way, store->root);
  while (input.n_left > 0 && store->items->len < MAX_ITEMS)
    take_step (store, way, &input);

  root = store_open_root (store);
  element = _ann_element_open_root (root, NULL, NULL);
  if (element != NULL)
    walk_element (element, 0, &n_elements);

  return 0;
}
