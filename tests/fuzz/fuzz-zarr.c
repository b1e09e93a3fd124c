/* fuzz-zarr.c: objects of a Zarr store, opened and read as any other
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "fuzz-input.h"

#include "array/ann-node.h"
#include "fuzz-walk.h"

#include "format/zarr/ann-zarr-node.h"
#include "store/ann-stores.h"

/* An input is objects, one after the other: the length of the key, 8 bits, and the key; the length
 * of the bytes, 16 bits, and the bytes.
 */
#define MAX_OBJECTS 100

static void
add_objects (AnnStore *store, Input *input)
{
  for (guint i = 0; input->n_left > 0 && i < MAX_OBJECTS; i++)
    {
      char key[256] = { 0 };
      gsize length = input_take_byte (input);
      g_autoptr (GBytes) bytes = NULL;

      input_take_bytes (input, key, length);
      length = input_take_byte (input);
      length |= (gsize) input_take_byte (input) << 8;
      length = MIN (length, input->n_left);
      bytes = g_bytes_new (input->next, length);
      input->next += length;
      input->n_left -= length;
      if (_ann_store_is_key (key))
        _ann_memory_store_add (store, key, bytes);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  Input input = { data, size };
  g_autoptr (AnnStore) store = _ann_memory_store_new ();
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (GError) error = NULL;
  guint n_elements = 0;
  guint version;

  add_objects (store, &input);
  root = _ann_zarr_open (store, NULL, &version, NULL, &error);
  if (root != NULL)
    element = ann_element_open (root, NULL, &error);
  if (element != NULL)
    walk_element (element, 0, &n_elements);
  else
    g_assert_nonnull (error);

  return 0;
}
