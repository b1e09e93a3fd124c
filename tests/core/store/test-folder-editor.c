/* test-folder-editor.c: a folder store that is changed in place
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "write-suite.h"

#include "store/ann-folder-editor.h"
#include "store/ann-stores.h"

#define NEW ANN_FOLDER_EDITOR_NEW

static AnnStoreWriter *
open_editor (GError **error)
{
  g_autofree char *path = at ("s.zarr");

  return _ann_folder_editor_new (path, error);
}

static gboolean
put (AnnStoreWriter *editor, const char *key, const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return _ann_store_writer_put (editor, key, bytes, NULL, error);
}

static void
set_up (void)
{
  begin ();
  add_file ("s.zarr/zarr.json", "root", 0640);
  add_file ("s.zarr/X/c/0", "x", 0600);
  add_file ("s.zarr/obs/a/0", "a", 0600);
}

static void
assert_list (const char *name, const char *expected)
{
  g_autofree char *path = at (name);
  g_autofree char *names = names_in (path);

  g_assert_cmpstr (names, ==, expected);
}

static void
test_put (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) editor = NULL;

  set_up ();
  editor = open_editor (&error);
  g_assert_no_error (error);
  g_assert_true (put (editor, "zarr.json", "changed", &error));
  g_assert_true (put (editor, "Y/new/0", "y", &error));
  assert_file ("s.zarr/zarr.json", "changed");
  g_assert_cmphex (get_mode ("s.zarr/zarr.json"), ==, 0640);
  assert_file ("s.zarr/Y/new/0", "y");
  g_assert_true (put (editor, NEW "/part/0", "new", &error));
  g_assert_true (_ann_store_writer_commit (editor, NULL, &error));
  assert_list ("s.zarr", "X Y obs zarr.json");

  end ();
}

static void
test_move (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) editor = NULL;

  set_up ();
  editor = open_editor (&error);
  g_assert_true (put (editor, NEW "/1/zarr.json", "1", &error));
  g_assert_true (put (editor, NEW "/2/zarr.json", "2", &error));
  g_assert_true (_ann_folder_editor_sync (editor, &error));
  g_assert_true (_ann_folder_editor_exchange (editor, NEW "/1", "X", &error));
  assert_list ("s.zarr/X", "zarr.json");
  assert_file ("s.zarr/X/zarr.json", "1");
  assert_file ("s.zarr/" NEW "/1/c/0", "x");
  g_assert_false (_ann_folder_editor_exchange (editor, NEW "/1", "nothing", &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (_ann_folder_editor_move (editor, NEW "/2", "layers/b", &error));
  assert_file ("s.zarr/layers/b/zarr.json", "2");

  g_assert_true (_ann_folder_editor_move (editor, "obs/a", "obs/b", &error));
  assert_list ("s.zarr/obs", "b");
  assert_file ("s.zarr/obs/b/0", "a");
  g_assert_false (_ann_folder_editor_move (editor, "obs/b", "X", &error));
  assert_denied (&error, "/X” is there already");
  g_assert_false (_ann_folder_editor_move (editor, "obs/a", "obs/c", &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (_ann_folder_editor_move (editor, "nowhere/a", "obs/c", &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_true (_ann_folder_editor_remove (editor, "layers", &error));
  g_assert_true (_ann_folder_editor_remove (editor, "obs/b/0", &error));
  g_assert_false (_ann_folder_editor_remove (editor, "layers", &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
  g_clear_error (&error);

  _ann_store_writer_abandon (editor);
  assert_list ("s.zarr", "X obs zarr.json");
  assert_file ("s.zarr/X/zarr.json", "1");
  assert_list ("s.zarr/obs/b", "");
  end ();
}

/* Nothing outside of the store is touched, and nothing that a link leads to. */
static void
test_links (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) editor = NULL;
  g_autofree char *out = NULL;
  g_autofree char *file = NULL;

  set_up ();
  add_file ("other/0", "other", 0600);
  out = at ("s.zarr/out");
  file = at ("s.zarr/file");
  g_assert_no_errno (symlink ("../other", out));
  g_assert_no_errno (symlink ("../other/0", file));
  editor = open_editor (&error);
  g_assert_true (put (editor, NEW "/1", "1", &error));

  g_assert_false (put (editor, "out/0", "x", &error));
  assert_denied (&error, "behind a link");
  g_assert_false (put (editor, "file", "x", &error));
  assert_denied (&error, "behind a link");
  g_assert_false (put (editor, "obs", "x", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  g_clear_error (&error);
  g_assert_false (_ann_folder_editor_move (editor, "out/0", "obs/0", &error));
  assert_denied (&error, "behind a link");
  g_assert_false (_ann_folder_editor_move (editor, NEW "/1", "out/1", &error));
  assert_denied (&error, "behind a link");
  g_assert_false (_ann_folder_editor_remove (editor, "out/0", &error));
  assert_denied (&error, "behind a link");

  g_assert_true (_ann_folder_editor_remove (editor, "out", &error));
  assert_list ("other", "0");
  assert_file ("other/0", "other");
  end ();
}

static void
test_one (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) first = NULL;

  set_up ();
  first = open_editor (&error);
  g_assert_true (put (first, NEW "/1", "1", &error));
  g_assert_null (open_editor (&error));
  assert_denied (&error, "by somebody else");
  assert_file ("s.zarr/" NEW "/1", "1");
  g_clear_object (&first);

  /* What a process that was killed has left. */
  add_file ("s.zarr/" NEW "/x/0", "left", 0600);
  first = open_editor (&error);
  g_assert_no_error (error);
  assert_list ("s.zarr/" NEW, "");
  g_clear_object (&first);
  assert_list ("s.zarr", "X obs zarr.json");

  {
    g_autofree char *path = at ("nowhere");
    g_autofree char *file = at ("s.zarr/zarr.json");

    g_assert_null (_ann_folder_editor_new (path, &error));
    g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
    g_clear_error (&error);
    g_assert_null (_ann_folder_editor_new (file, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY);
  }
  end ();
}

static GBytes *
read_object (AnnStore *store, const char *key, GError **error)
{
  return _ann_store_read_object (store, key, 1000, NULL, error);
}

/* Nothing is seen before it is committed, and then all; who has the old folder open still is told.
 */
static void
test_apart (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autoptr (AnnStore) reader = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (AnnStoreWriter) editor = NULL;

  set_up ();
  path = at ("s.zarr");
  reader = _ann_folder_store_new (path);
  bytes = read_object (reader, "zarr.json", &error);
  g_assert_nonnull (bytes);
  g_assert_null (read_object (reader, "X/c/1", &error));
  g_assert_no_error (error);

  editor = _ann_folder_editor_new_apart (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (_ann_folder_editor_get_apart (editor));
  g_assert_true (put (editor, "zarr.json", "changed", &error));
  g_assert_true (_ann_folder_editor_move (editor, "obs", "var", &error));
  assert_file ("s.zarr/zarr.json", "root");
  assert_list ("s.zarr", "X obs zarr.json");
  g_assert_null (_ann_folder_editor_new_apart (path, NULL, &error));
  assert_denied (&error, "by somebody else");

  g_assert_true (_ann_store_writer_commit (editor, NULL, &error));
  assert_file ("s.zarr/zarr.json", "changed");
  assert_file ("s.zarr/X/c/0", "x");
  assert_file ("s.zarr/var/a/0", "a");
  g_assert_cmphex (get_mode ("s.zarr/zarr.json"), ==, 0640);
  assert_list ("s.zarr", "X var zarr.json");
  assert_list ("", "s.zarr");

  /* Else a chunk would be taken for one that was never written. */
  g_assert_null (read_object (reader, "X/c/1", &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CHANGED);
  g_clear_object (&editor);
  end ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/folder-editor/put", test_put);
  g_test_add_func ("/folder-editor/move", test_move);
  g_test_add_func ("/folder-editor/links", test_links);
  g_test_add_func ("/folder-editor/one", test_one);
  g_test_add_func ("/folder-editor/apart", test_apart);

  return g_test_run ();
}
