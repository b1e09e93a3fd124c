/* store-suite.h: what holds for every kind of store
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * A kind of store is a StoreKind: it makes a store of the objects below. store_suite_add () runs
 * all cases on it.
 */

#pragma once

#include "../../support/remove-tree.h"
#include "base/ann-error.h"
#include "store/ann-stores.h"

#include <glib/gstdio.h>
#include <string.h>

#define BIG_SIZE 300000

typedef struct {
  const char *key;
  gsize size; /* its bytes: get_byte () */
} StoreObject;

/* In no order; a name before and after a slash in the order of bytes ("X.x", "X0"). */
static const StoreObject store_objects[] = {
  { "zarr.json", 120 },    { "X/c/0/0", 1000 }, { "X/c/0/1", 999 },    { "X/c/10/0", 1 },
  { "X.x/f", 5 },          { "X0", 6 },         { "X/zarr.json", 80 }, { "empty", 0 },
  { "a b/ü #?%.txt", 77 }, { "big", BIG_SIZE },
};

typedef struct _StoreKind StoreKind;

/* @make: (transfer full) a store of @objects; what it needs until the store is gone, it puts into
 *   @data
 * @style: (nullable): of a kind that there are several of
 */
struct _StoreKind {
  const char *name;
  AnnStore *(*make) (const StoreKind *kind, const StoreObject *objects, gsize n, gpointer *data);
  void (*clean) (gpointer data);
  gconstpointer style;
};

static guint8
get_byte (const char *key, gsize i)
{
  return (guint8) (g_str_hash (key) + i * 7 + i / 251);
}

G_GNUC_UNUSED static GBytes *
make_object (const StoreObject *object)
{
  guint8 *bytes = g_malloc (object->size + 1);

  for (gsize i = 0; i < object->size; i++)
    bytes[i] = get_byte (object->key, i);

  return g_bytes_new_take (bytes, object->size);
}

/* A folder below which the objects are files. */
G_GNUC_UNUSED static char *
make_folder (const StoreObject *objects, gsize n)
{
  char *folder = g_dir_make_tmp ("ann-store-XXXXXX", NULL);

  g_assert_nonnull (folder);
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *path = g_build_filename (folder, objects[i].key, NULL);
      g_autofree char *parent = g_path_get_dirname (path);
      g_autoptr (GBytes) bytes = make_object (&objects[i]);

      g_assert_no_errno (g_mkdir_with_parents (parent, 0700));
      g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
                                          (gssize) objects[i].size, NULL));
    }

  return folder;
}

static void
check_bytes (const AnnStoreRead *read, gsize start, gsize n)
{
  g_assert_false (read->is_absent);
  g_assert_cmpuint (read->n_bytes, ==, n);
  g_assert_nonnull (read->bytes);
  for (gsize i = 0; i < n; i++)
    if (read->bytes[i] != get_byte (read->key, start + i))
      g_error ("%s: byte %" G_GSIZE_FORMAT " of the part at %" G_GSIZE_FORMAT " is wrong",
               read->key, i, start);
}

static void
check_whole (AnnStore *store)
{
  for (gsize i = 0; i < G_N_ELEMENTS (store_objects); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = _ann_store_read_object (store, store_objects[i].key, BIG_SIZE,
                                                         NULL, &error);
      g_autoptr (GBytes) expected = make_object (&store_objects[i]);

      g_assert_no_error (error);
      g_assert_nonnull (bytes);
      g_assert_true (g_bytes_equal (bytes, expected));
    }
}

/* Parts of every kind in one call, of one object and of several, in no order, some twice. */
static void
check_parts (AnnStore *store)
{
  guint8 room[600];
  AnnStoreRead reads[] = {
    { .key = "big", .offset = 5, .length = 10, .limit = 10 },
    { .key = "X/c/0/0", .offset = 400, .length = sizeof room, .bytes = room },
    { .key = "big", .offset = 299990, .length = 100, .limit = 100 },
    { .key = "big", .offset = 0, .length = 3, .limit = 10 },
    { .key = "big", .offset = 5, .length = 10, .limit = 10 },
    { .key = "big", .length = 7, .is_suffix = TRUE, .limit = 7 },
    { .key = "X/c/10/0", .length = 50, .is_suffix = TRUE, .limit = 50 },
    { .key = "X/c/0/2", .length = 50, .limit = 50 },
    { .key = "X/c/0/1", .offset = 100, .length = ANN_STORE_SIZE_UNKNOWN, .limit = 899 },
    { .key = "big", .offset = 7, .length = 200000, .limit = 200000 },
  };
  static const struct {
    gsize start;
    gsize size;
  } expected[] = {
    { 5, 10 },     { 400, 600 }, { 299990, 10 }, { 0, 3 },     { 5, 10 },
    { 299993, 7 }, { 0, 1 },     { 0, 0 },       { 100, 899 }, { 7, 200000 },
  };
  g_autoptr (GError) error = NULL;

  g_assert_true (_ann_store_read (store, reads, G_N_ELEMENTS (reads), NULL, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (reads); i++)
    {
      if (i == 7)
        {
          g_assert_true (reads[i].is_absent);
          g_assert_cmpuint (reads[i].n_bytes, ==, 0);
        }
      else
        check_bytes (&reads[i], expected[i].start, expected[i].size);
      if (reads[i].bytes != room)
        g_free (reads[i].bytes);
    }
  g_assert_true (reads[1].bytes == room);
  g_assert_true (reads[0].object_size == BIG_SIZE
                 || reads[0].object_size == ANN_STORE_SIZE_UNKNOWN);
}

/* Where a part begins at the end or behind it, there is nothing of it. */
static void
check_ends (AnnStore *store)
{
  const guint64 offsets[] = { BIG_SIZE, BIG_SIZE + 1, G_MAXINT64, G_MAXUINT64 };

  for (gsize i = 0; i < G_N_ELEMENTS (offsets); i++)
    {
      AnnStoreRead reads[] = {
        { .key = "big", .offset = offsets[i], .length = 5, .limit = 5 },
        { .key = "empty", .offset = i, .length = ANN_STORE_SIZE_UNKNOWN, .limit = 5 },
        { .key = "empty", .length = 8, .is_suffix = TRUE, .limit = 8 },
      };
      g_autoptr (GError) error = NULL;

      g_assert_true (_ann_store_read (store, reads, G_N_ELEMENTS (reads), NULL, &error));
      g_assert_no_error (error);
      for (gsize j = 0; j < G_N_ELEMENTS (reads); j++)
        {
          check_bytes (&reads[j], 0, 0);
          g_free (reads[j].bytes);
        }
    }
}

static void
check_limit (AnnStore *store)
{
  AnnStoreRead fits = { .key = "big", .length = ANN_STORE_SIZE_UNKNOWN, .limit = BIG_SIZE };
  AnnStoreRead large = { .key = "big", .length = ANN_STORE_SIZE_UNKNOWN, .limit = BIG_SIZE - 1 };
  g_autoptr (GError) error = NULL;

  g_assert_true (_ann_store_read (store, &fits, 1, NULL, &error));
  check_bytes (&fits, 0, BIG_SIZE);
  g_free (fits.bytes);
  g_assert_false (_ann_store_read (store, &large, 1, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "big"));
  g_free (large.bytes);
}

static void
check_absent (AnnStore *store)
{
  static const char *const keys[] = {
    "Y",    "zarr.json/x", "X/c/0/00",   "bi",          "bigg",      "/big",
    "big/", "X//c/0/0",    "./big",      "X/../big",    "../big",    "..",
    "x",    "X/c/0/0/0",   "X\\c\\0\\0", "zarr.json\n", "X/./c/0/0",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      AnnStoreRead reads[] = {
        { .key = keys[i], .length = 10, .limit = 10 },
        { .key = "big", .length = 10, .limit = 10 },
      };
      g_autoptr (GError) error = NULL;

      g_assert_true (_ann_store_read (store, reads, 2, NULL, &error));
      g_assert_no_error (error);
      g_assert_true (reads[0].is_absent);
      check_bytes (&reads[1], 0, 10);
      g_free (reads[0].bytes);
      g_free (reads[1].bytes);
    }
}

/* The names below @prefix, folders with a slash. */
static char *
list_names (AnnStore *store, const char *prefix)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = _ann_store_list (store, prefix, NULL, &error);
  g_autoptr (GString) names = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < entries->len; i++)
    {
      const AnnStoreEntry *entry = g_ptr_array_index (entries, i);

      g_string_append_printf (names, "%s%s%s", i > 0 ? "|" : "", entry->name,
                              entry->is_prefix ? "/" : "");
      if (!entry->is_prefix && g_str_equal (entry->name, "big"))
        g_assert_true (entry->size == BIG_SIZE || entry->size == ANN_STORE_SIZE_UNKNOWN);
    }

  return g_string_free (g_steal_pointer (&names), FALSE);
}

static void
check_list (AnnStore *store)
{
  static const struct {
    const char *prefix;
    const char *names;
  } lists[] = {
    { "", "X/|X.x/|X0|a b/|big|empty|zarr.json" },
    { "X", "c/|zarr.json" },
    { "X/c", "0/|10/" },
    { "X/c/0", "0|1" },
    { "a b", "ü #?%.txt" },
    { "Y", "" },
    { "big", "" },
    { "X/c/1", "" },
    { "..", "" },
    { "X/..", "" },
  };

  if (!_ann_store_can_list (store))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_autofree char *names = list_names (store, lists[i].prefix);

      g_assert_cmpstr (names, ==, lists[i].names);
    }
}

static void
check_cancel (AnnStore *store)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  AnnStoreRead read = { .key = "big", .length = 10, .limit = 10 };
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (_ann_store_read (store, &read, 1, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_free (read.bytes);
}

/* Each part is counted: by a remote store also when some are one request. */
static void
check_traffic (AnnStore *store)
{
  AnnTrafficStats before, after;
  AnnStoreRead reads[] = {
    { .key = "X/c/0/0", .length = 1000, .limit = 1000 },
    { .key = "X/c/0/1", .length = 1000, .limit = 1000 },
  };
  g_autoptr (GError) error = NULL;

  ann_traffic_get_stats (_ann_store_get_traffic (store), &before);
  g_assert_true (_ann_store_read (store, reads, 2, NULL, &error));
  ann_traffic_get_stats (_ann_store_get_traffic (store), &after);

  g_assert_cmpuint (after.n_requests + after.n_cached, >, before.n_requests + before.n_cached);
  g_assert_cmpuint (after.n_bytes - before.n_bytes, >=, 1999);
  g_assert_cmpuint (after.n_waiting, ==, 0);
  g_free (reads[0].bytes);
  g_free (reads[1].bytes);
}

static gpointer
read_often (gpointer data)
{
  for (int i = 0; i < 5; i++)
    {
      check_parts (data);
      check_list (data);
    }

  return NULL;
}

static void
check_threads (AnnStore *store)
{
  GThread *threads[4];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new (NULL, read_often, store);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static const struct {
  const char *name;
  void (*check) (AnnStore *store);
} store_cases[] = {
  { "whole", check_whole },   { "parts", check_parts },     { "ends", check_ends },
  { "limit", check_limit },   { "absent", check_absent },   { "list", check_list },
  { "cancel", check_cancel }, { "traffic", check_traffic }, { "threads", check_threads },
};

typedef struct {
  const StoreKind *kind;
  void (*check) (AnnStore *store);
} StoreCase;

static void
run_store_case (gconstpointer data)
{
  const StoreCase *one = data;
  gpointer kept = NULL;
  AnnStore *store = one->kind->make (one->kind, store_objects, G_N_ELEMENTS (store_objects), &kept);

  one->check (store);
  g_assert_finalize_object (store);
  if (one->kind->clean != NULL)
    one->kind->clean (kept);
}

static void
store_suite_add (const StoreKind *kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (store_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/store/%s/%s", kind->name, store_cases[i].name);
      StoreCase *one = g_new (StoreCase, 1);

      *one = (StoreCase){ kind, store_cases[i].check };
      g_test_add_data_func_full (path, one, run_store_case, g_free);
    }
}
