/* test-store-writer.c: what holds for every kind of store that is written, and folders
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write-suite.h"

#include "store/ann-store-writer-private.h"
#include "store/ann-stores.h"

#include <sys/resource.h>

static AnnStoreWriter *
open_writer (const char *name, gboolean overwrite, GError **error)
{
  g_autofree char *path = at (name);

  return _ann_store_writer_new (path, overwrite, NULL, error);
}

static void
put (AnnStoreWriter *writer, const char *key, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;

  g_assert_true (_ann_store_writer_put (writer, key, bytes, NULL, &error));
  g_assert_no_error (error);
}

static void
commit (AnnStoreWriter *writer)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (_ann_store_writer_commit (writer, NULL, &error));
  g_assert_no_error (error);
}

/* "KEY=VALUE …" of what is in the store. */
static void
assert_store (AnnStore *store, const char *const *keys, const char *const *texts)
{
  for (gsize i = 0; keys[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = _ann_store_read_object (store, keys[i], 1 << 20, NULL, &error);

      g_assert_no_error (error);
      g_assert_nonnull (bytes);
      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), texts[i],
                       strlen (texts[i]));
    }
}

static const char *const keys[] = { "zarr.json", "X/c/0/0", "X/c/0/1", "a b/ü #?%", "empty", NULL };
static const char *const texts[] = { "{}", "0000", "twice", "x", "" };

static void
put_all (AnnStoreWriter *writer)
{
  put (writer, "X/c/0/1", "once, and longer");
  for (gsize i = 0; keys[i] != NULL; i++)
    put (writer, keys[i], texts[i]);
}

static void
test_memory (void)
{
  g_autoptr (AnnStoreWriter) writer = _ann_memory_store_writer_new ();
  g_autoptr (AnnStore) store = NULL;

  g_assert_false (_ann_store_writer_is_remote (writer));
  put_all (writer);
  commit (writer);
  store = _ann_memory_store_writer_dup_store (writer);
  assert_store (store, keys, texts);
}

static void
test_folder (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) writer = NULL;
  g_autoptr (AnnStore) store = NULL;
  g_autofree char *path = NULL;

  begin ();
  path = at ("s.zarr");
  writer = open_writer ("s.zarr", FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (_ann_store_writer_get_name (writer), ==, path);
  g_assert_false (_ann_store_writer_is_remote (writer));
  put_all (writer);
  g_assert_cmpuint (_ann_store_writer_get_n_bytes (writer), ==, 2 + 4 + 5 + 1 + 16);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  commit (writer);
  assert_names ("s.zarr");
  store = _ann_folder_store_new (path);
  assert_store (store, keys, texts);
  g_clear_object (&writer);
  assert_store (store, keys, texts);
  end ();
}

static void
test_dropped (void)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GBytes) bytes = g_bytes_new ("x", 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) writer = NULL;

  begin ();
  writer = open_writer ("s.zarr", FALSE, &error);
  put_all (writer);
  g_clear_object (&writer);
  assert_names ("");

  writer = open_writer ("s.zarr", FALSE, &error);
  put_all (writer);
  g_cancellable_cancel (cancellable);
  g_assert_false (_ann_store_writer_put (writer, "k", bytes, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_false (_ann_store_writer_commit (writer, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  _ann_store_writer_abandon (writer);
  assert_names ("");
  end ();
}

static void
test_overwrite (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) writer = NULL;

  begin ();
  add_file ("s.zarr/zarr.json", "old", 0600);
  add_file ("s.zarr/X/c/0", "old", 0600);
  g_assert_null (open_writer ("s.zarr", FALSE, &error));
  assert_exists (&error, "/s.zarr");

  writer = open_writer ("s.zarr", TRUE, &error);
  g_assert_no_error (error);
  put (writer, "zarr.json", "new");
  put (writer, "Y/c/0", "new");
  assert_file ("s.zarr/X/c/0", "old");
  commit (writer);
  assert_names ("s.zarr");
  assert_file ("s.zarr/zarr.json", "new");
  assert_file ("s.zarr/Y/c/0", "new");
  {
    g_autofree char *gone = at ("s.zarr/X");

    g_assert_false (g_file_test (gone, G_FILE_TEST_EXISTS));
  }
  end ();
}

/* A folder of stores, or of anything else, is none. */
static void
test_refused (void)
{
  static const struct {
    const char *name;
    const char *word;
  } cases[] = {
    { "home", "something else than a store" },
    { "file", "is a file" },
    { "home/", "something else than a store" },
    { "link", "something else than a store" },
    { "home/..", "names no file" },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) writer = NULL;
  g_autofree char *link = NULL;

  begin ();
  link = at ("link");
  add_file ("home/s.zarr/zarr.json", "{}", 0600);
  add_file ("file", "", 0600);
  g_assert_no_errno (symlink ("home", link));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_null (open_writer (cases[i].name, TRUE, &error));
      assert_denied (&error, cases[i].word);
    }
  assert_names ("file home link");

  g_assert_null (_ann_store_writer_new ("https://example.org/s.zarr", FALSE, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
  g_clear_error (&error);

  /* What comes between is looked at as well. */
  writer = open_writer ("t.zarr", TRUE, &error);
  put (writer, "zarr.json", "new");
  add_file ("t.zarr/thesis.txt", "all", 0600);
  g_assert_false (_ann_store_writer_commit (writer, NULL, &error));
  assert_denied (&error, "something else than a store");
  g_clear_object (&writer);
  assert_names ("file home link t.zarr");
  assert_file ("t.zarr/thesis.txt", "all");
  end ();
}

static void
test_between (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) first = NULL;
  g_autoptr (AnnStoreWriter) second = NULL;

  begin ();
  first = open_writer ("s.zarr", FALSE, &error);
  put (first, "zarr.json", "first");
  second = open_writer ("s.zarr", TRUE, &error);
  put (second, "zarr.json", "second");
  add_file ("s.zarr/zarr.json", "quick", 0600);
  g_assert_false (_ann_store_writer_commit (first, NULL, &error));
  assert_exists (&error, "/s.zarr");
  g_clear_object (&first);
  assert_file ("s.zarr/zarr.json", "quick");
  commit (second);
  assert_file ("s.zarr/zarr.json", "second");
  assert_names ("s.zarr");
  end ();
}

static void
test_links (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) writer = NULL;
  g_autofree char *link = NULL;

  begin ();
  add_file ("in/s.zarr/zarr.json", "old", 0600);
  link = at ("link");
  g_assert_no_errno (symlink ("in/s.zarr", link));
  writer = open_writer ("link/", TRUE, &error);
  g_assert_no_error (error);
  put (writer, "zarr.json", "new");
  commit (writer);
  assert_file ("in/s.zarr/zarr.json", "new");
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  assert_names ("in link");
  end ();
}

static void
test_modes (void)
{
  g_autoptr (GError) error = NULL;
  mode_t mask = umask (027);

  begin ();
  for (int overwrite = 0; overwrite < 2; overwrite++)
    {
      g_autofree char *path = at ("s.zarr");
      g_autoptr (AnnStoreWriter) writer = open_writer ("s.zarr", overwrite, &error);

      g_assert_no_error (error);
      put (writer, "zarr.json", "{}");
      put (writer, "X/0", "{}");
      commit (writer);
      g_assert_cmphex (get_mode ("s.zarr"), ==, overwrite ? 02711 : 0750);
      g_assert_cmphex (get_mode ("s.zarr/X"), ==, 0750);
      g_assert_cmphex (get_mode ("s.zarr/X/0"), ==, 0640);
      g_assert_no_errno (g_chmod (path, 02711));
    }
  umask (mask);
  end ();
}

/* With one descriptor left the place can be opened, and what is written beside it can be made but
 * not opened: nothing of it stays.
 */
static void
test_no_descriptors (void)
{
  g_autoptr (AnnStoreWriter) writer = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit usual, few;
  int next;

  begin ();
  g_assert_no_errno (getrlimit (RLIMIT_NOFILE, &usual));
  next = dup (STDERR_FILENO);
  close (next);
  few = (struct rlimit){ (rlim_t) next + 1, usual.rlim_max };
  g_assert_no_errno (setrlimit (RLIMIT_NOFILE, &few));
  writer = open_writer ("s.zarr", FALSE, &error);
  g_assert_no_errno (setrlimit (RLIMIT_NOFILE, &usual));

  g_assert_null (writer);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES);
  assert_names ("");
  end ();
}

typedef struct {
  AnnStoreWriter *writer;
  int thread;
} Putter;

static gpointer
put_many (gpointer data)
{
  const Putter *putter = data;

  for (int i = 0; i < 200; i++)
    {
      g_autofree char *key = g_strdup_printf ("X/%d/%d", i % 10, i * 4 + putter->thread);

      put (putter->writer, key, key);
    }

  return NULL;
}

static void
test_threads (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) writer = NULL;
  GThread *threads[4];
  Putter putters[4];

  begin ();
  writer = open_writer ("s.zarr", FALSE, &error);
  for (int i = 0; i < 4; i++)
    {
      putters[i] = (Putter){ writer, i };
      threads[i] = g_thread_new (NULL, put_many, &putters[i]);
    }
  for (int i = 0; i < 4; i++)
    g_thread_join (threads[i]);
  commit (writer);
  for (int i = 0; i < 800; i++)
    {
      g_autofree char *key = g_strdup_printf ("X/%d/%d", i / 4 % 10, i);
      g_autofree char *name = g_strconcat ("s.zarr/", key, NULL);

      assert_file (name, key);
    }
  end ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/store-writer/memory", test_memory);
  g_test_add_func ("/store-writer/folder", test_folder);
  g_test_add_func ("/store-writer/dropped", test_dropped);
  g_test_add_func ("/store-writer/overwrite", test_overwrite);
  g_test_add_func ("/store-writer/refused", test_refused);
  g_test_add_func ("/store-writer/between", test_between);
  g_test_add_func ("/store-writer/links", test_links);
  g_test_add_func ("/store-writer/modes", test_modes);
  g_test_add_func ("/store-writer/no-descriptors", test_no_descriptors);
  g_test_add_func ("/store-writer/threads", test_threads);

  return g_test_run ();
}
