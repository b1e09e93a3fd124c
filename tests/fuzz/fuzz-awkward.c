/* fuzz-awkward.c: the form of an awkward array, which is the input, over a set of buffers
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "fuzz-input.h"

#include "../core/element/memory-store.h"
#include "fuzz-walk.h"

#define N_KEYS 6

/* Numbers that can be offsets, an index, tags or masks. */
static const gint64 offsets[] = { 0, 2, 2, 5, 6, 9 };
static const gint64 starts[] = { 0, 3, 3, 1, -1, 8 };
static const gint8 tags[] = { 0, 1, 0, 1, 2, -1 };
static const double values[] = { 0, 1, 2.5, -3, 1e300, 5, 6, 7, 8, 9 };

static void
add_buffers (Store *store, Item *array, guint key)
{
  static const struct {
    const char *name;
    AnnDtype dtype;
    guint64 n;
    gconstpointer values;
  } buffers[] = {
    { "data", ANN_DTYPE_FLOAT64, G_N_ELEMENTS (values), values },
    { "offsets", ANN_DTYPE_INT64, G_N_ELEMENTS (offsets), offsets },
    { "starts", ANN_DTYPE_INT64, G_N_ELEMENTS (starts), starts },
    { "stops", ANN_DTYPE_INT64, G_N_ELEMENTS (offsets), offsets },
    { "index", ANN_DTYPE_INT64, G_N_ELEMENTS (starts), starts },
    { "mask", ANN_DTYPE_INT8, G_N_ELEMENTS (tags), tags },
    { "tags", ANN_DTYPE_INT8, G_N_ELEMENTS (tags), tags },
  };

  for (guint i = 0; i < G_N_ELEMENTS (buffers); i++)
    {
      g_autofree char *name = g_strdup_printf ("node%u-%s", key, buffers[i].name);

      store_add_vector (store, array, name, buffers[i].dtype, buffers[i].n, buffers[i].values);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Input input = { data, size };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnElement) element = NULL;
  gint64 length = input_take_byte (&input) % 16;
  g_autofree char *form = g_strndup ((const char *) input.next, input.n_left);
  Item *array = store_add_group (store, store->root, "x");
  guint n_elements = 0;

  if (!g_utf8_validate (form, -1, NULL)) /* a format does not hand out other texts */
    return 0;

  item_set_encoding (array, "awkward-array", "0.1.0");
  item_set_text (array, "form", form);
  item_set_numbers (array, "length", ANN_DTYPE_INT64, 1, &length);
  for (guint i = 0; i < N_KEYS; i++)
    add_buffers (store, array, i);

  root = store_open_root (store);
  element = _ann_element_open_child_of (root, "x", NULL, NULL);
  if (element != NULL)
    walk_element (element, 0, &n_elements);

  return 0;
}
