/* fuzz-zip.c: a zip archive, of which everything is listed and read
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "fuzz-input.h"

#include "store/ann-stores.h"

#define LIMIT (1 << 20)
#define MAX_DEPTH 100

/* All of it, then a part, then its end: what the archive says of it decides what that is. */
static void
read_object (AnnStore *store, const char *key)
{
  AnnStoreRead reads[] = {
    { .key = key, .length = ANN_STORE_SIZE_UNKNOWN, .limit = LIMIT },
    { .key = key, .offset = 3, .length = 10, .limit = LIMIT },
    { .key = key, .length = 5, .is_suffix = TRUE, .limit = LIMIT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (reads); i++)
    {
      g_autoptr (GError) error = NULL;

      if (_ann_store_read (store, &reads[i], 1, NULL, &error))
        {
          g_assert_no_error (error);
          g_assert_false (reads[i].is_absent);
        }
      else
        g_assert_nonnull (error);
      g_free (reads[i].bytes);
    }
}

/* Names may be as deep as they are long. */
static void
walk (AnnStore *store, const char *prefix, guint depth)
{
  g_autoptr (GPtrArray) entries = _ann_store_list (store, prefix, NULL, NULL);
  const char *previous = NULL;

  g_assert_nonnull (entries);
  for (guint i = 0; i < entries->len; i++)
    {
      const AnnStoreEntry *entry = g_ptr_array_index (entries, i);
      g_autofree char *key = g_strconcat (prefix, *prefix != '\0' ? "/" : "", entry->name, NULL);

      g_assert_true (_ann_store_is_key (key));
      g_assert_true (previous == NULL || strcmp (previous, entry->name) < 0);
      previous = entry->name;
      if (entry->size != ANN_STORE_SIZE_UNKNOWN)
        read_object (store, key);
      if (entry->is_prefix && depth < MAX_DEPTH)
        walk (store, key, depth + 1);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (AnnStore) place = _ann_memory_store_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnSource) source = NULL;
  g_autoptr (AnnStore) store = NULL;

  _ann_memory_store_add (place, "x.zip", bytes);
  source = _ann_source_open_object (place, "x.zip", NULL, &error);
  g_assert_no_error (error);
  store = _ann_zip_store_open (source, NULL, &error);
  if (store != NULL)
    walk (store, "", 0);
  else
    g_assert_nonnull (error);

  return 0;
}
