/* test-store.c: what holds for every kind of store, on those that need no network
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store-suite.h"

#include <sys/stat.h>
#include <unistd.h>

static AnnStore *
make_memory_store (const StoreKind *kind G_GNUC_UNUSED,
                   const StoreObject *objects,
                   gsize n,
                   gpointer *data G_GNUC_UNUSED)
{
  AnnStore *store = _ann_memory_store_new ();

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GBytes) bytes = make_object (&objects[i]);

      _ann_memory_store_add (store, objects[i].key, bytes);
    }

  return store;
}

static AnnStore *
make_folder_store (const StoreKind *kind G_GNUC_UNUSED,
                   const StoreObject *objects,
                   gsize n,
                   gpointer *data)
{
  *data = make_folder (objects, n);

  return _ann_folder_store_new (*data);
}

static void
clean_folder (gpointer data)
{
  remove_tree (data);
  g_free (data);
}

/* A folder store with one file, and what tests do with it. */
typedef struct {
  char *folder;
  AnnStore *store;
} Fixture;

static void
fixture_set_up (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const StoreObject object = { "in/file", 1000 };

  fixture->folder = make_folder (&object, 1);
  fixture->store = _ann_folder_store_new (fixture->folder);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_assert_finalize_object (fixture->store);
  remove_tree (fixture->folder);
  g_free (fixture->folder);
}

static void
add_link (Fixture *fixture, const char *target, const char *key)
{
  g_autofree char *path = g_build_filename (fixture->folder, key, NULL);

  g_assert_no_errno (symlink (target, path));
}

/* Reads the part in whole or fails with @code; -1: it succeeds, -2: it is absent. */
static void
check_part (Fixture *fixture, const char *key, guint64 offset, guint64 length, int code)
{
  AnnStoreRead read = { .key = key, .offset = offset, .length = length, .limit = 4096 };
  g_autoptr (GError) error = NULL;

  if (_ann_store_read (fixture->store, &read, 1, NULL, &error))
    {
      g_assert_cmpint (read.is_absent ? -2 : -1, ==, code);
      if (!read.is_absent)
        g_assert_cmpuint (read.n_bytes, ==, MIN (length, 1000 - offset));
    }
  else
    {
      g_assert_error (error, ANN_ERROR, code);
      g_assert_nonnull (strstr (error->message, key));
    }
  g_free (read.bytes);
}

static void
test_links (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *whole = g_build_filename (fixture->folder, "in", NULL);
  g_autofree char *names = NULL;

  add_link (fixture, "in/file", "inside");
  add_link (fixture, "in", "folder");
  add_link (fixture, "../in/file", "in/back");
  add_link (fixture, whole, "whole");
  add_link (fixture, "/etc", "out");
  add_link (fixture, "/etc/passwd", "in/passwd");
  add_link (fixture, "../..", "in/up");
  add_link (fixture, "nothing", "dangling");
  add_link (fixture, "self", "self");

  check_part (fixture, "inside", 0, 1000, -1);
  check_part (fixture, "folder/file", 0, 1000, -1);
  check_part (fixture, "in/back", 10, 20, -1);
  check_part (fixture, "whole/file", 0, 1000, -1);
  check_part (fixture, "folder", 0, 1000, ANN_ERROR_FORMAT);
  check_part (fixture, "out/passwd", 0, 1000, ANN_ERROR_DENIED);
  check_part (fixture, "in/passwd", 0, 1000, ANN_ERROR_DENIED);
  check_part (fixture, "in/up/x", 0, 1000, ANN_ERROR_DENIED);
  check_part (fixture, "out/no such thing", 0, 1000, ANN_ERROR_DENIED);

  /* Not there, and not to be taken for a chunk that was never written. */
  check_part (fixture, "dangling", 0, 1000, ANN_ERROR_CORRUPT);
  check_part (fixture, "self", 0, 1000, ANN_ERROR_CORRUPT);

  names = list_names (fixture->store, "");
  g_assert_cmpstr (names, ==, "dangling|folder/|in/|inside|out/|self|whole/");
}

static void
test_list_outside (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GError) error = NULL;

  add_link (fixture, "/etc", "out");
  entries = _ann_store_list (fixture->store, "out", NULL, &error);
  g_assert_null (entries);
  g_assert_error (error, ANN_ERROR, ANN_ERROR_DENIED);
}

/* What is read in parts must stay what it was; what is read as a whole may have been replaced. */
static void
test_changed (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->folder, "in", "file", NULL);
  g_autofree char *other = g_strnfill (1000, 'x');

  check_part (fixture, "in/file", 0, ANN_STORE_SIZE_UNKNOWN, -1);
  g_assert_true (g_file_set_contents (path, other, 1000, NULL));
  check_part (fixture, "in/file", 0, ANN_STORE_SIZE_UNKNOWN, -1);

  check_part (fixture, "in/file", 10, 10, -1);
  check_part (fixture, "in/file", 20, 10, -1);
  g_assert_true (g_file_set_contents (path, other, 1000, NULL));
  check_part (fixture, "in/file", 30, 10, ANN_ERROR_CHANGED);
  check_part (fixture, "in/file", 0, ANN_STORE_SIZE_UNKNOWN, ANN_ERROR_CHANGED);
}

static void
test_denied (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->folder, "in", "file", NULL);

  if (getuid () == 0)
    {
      g_test_skip ("the superuser may read everything");
      return;
    }
  g_assert_no_errno (g_chmod (path, 0));
  check_part (fixture, "in/file", 0, 10, ANN_ERROR_DENIED);
}

static void
test_pipe (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->folder, "pipe", NULL);

  g_assert_no_errno (mkfifo (path, 0600));
  check_part (fixture, "pipe", 0, 10, ANN_ERROR_FORMAT);
}

/* A folder that is not there holds nothing, one that is a file is the object "". */
static void
test_place (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *no_path = g_build_filename (fixture->folder, "nothing", NULL);
  g_autofree char *path = g_build_filename (fixture->folder, "in", "file", NULL);
  g_autofree char *names = NULL;
  Fixture nothing = { NULL, _ann_folder_store_new (no_path) };
  Fixture file = { NULL, _ann_folder_store_new (path) };

  check_part (fixture, "", 0, 10, -2);
  check_part (fixture, "in", 0, 10, ANN_ERROR_FORMAT);
  check_part (&nothing, "", 0, 10, -2);
  check_part (&nothing, "x", 0, 10, -2);
  names = list_names (nothing.store, "");
  g_assert_cmpstr (names, ==, "");
  check_part (&file, "", 100, 10, -1);
  check_part (&file, "x", 0, 10, -2);
  g_assert_finalize_object (nothing.store);
  g_assert_finalize_object (file.store);
}

int
main (int argc, char **argv)
{
  static const StoreKind kinds[] = {
    { "memory", make_memory_store, NULL, NULL },
    { "folder", make_folder_store, clean_folder, NULL },
  };

  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    store_suite_add (&kinds[i]);

#define ADD(name, test) g_test_add (name, Fixture, NULL, fixture_set_up, test, fixture_tear_down)
  ADD ("/store/folder/links", test_links);
  ADD ("/store/folder/list-outside", test_list_outside);
  ADD ("/store/folder/changed", test_changed);
  ADD ("/store/folder/denied", test_denied);
  ADD ("/store/folder/pipe", test_pipe);
  ADD ("/store/folder/place", test_place);
#undef ADD

  return g_test_run ();
}
