/* test-hdf5-editor.c: files that are changed
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "hdf5-writing.h"

#include "format/hdf5/ann-hdf5-editor.h"

#include <sys/file.h>
#include <utime.h>

/* A file with `old`, `obs/a` and `obs/b`, written by libhdf5 itself, behind a block of its user's
 * and with the newest structures if @is_modern.
 */
static void
make_file (Fixture *fixture, gboolean is_modern)
{
  const gint32 values[] = { 1, 2, 3 };
  hid_t file, group;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) access = H5Pcreate (H5P_FILE_ACCESS);
    g_auto (AnnHdf5Hid) creation = H5Pcreate (H5P_FILE_CREATE);

    if (is_modern)
      {
        g_assert_cmpint (H5Pset_libver_bounds (access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST), >=,
                         0);
        g_assert_cmpint (H5Pset_userblock (creation, 512), >=, 0);
      }
    file = H5Fcreate (fixture->path, H5F_ACC_TRUNC, creation, access);
  }
  g_assert_cmpint (file, >, 0);
  write_vector (file, "old", H5T_STD_I32LE, H5T_NATIVE_INT32, 3, values);
  group = make_group (file, "obs");
  write_vector (group, "a", H5T_STD_I32LE, H5T_NATIVE_INT32, 3, values);
  write_vector (group, "b", H5T_STD_I32LE, H5T_NATIVE_INT32, 2, values);
  _ann_hdf5_close (group);
  _ann_hdf5_close (file);
}

static AnnStoreEditor *
open_editor (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  AnnStoreEditor *editor = _ann_hdf5_editor_open (fixture->path, NULL, &error);

  g_assert_no_error (error);

  return editor;
}

/* @editor: (transfer full) */
static void
commit (AnnStoreEditor *editor)
{
  g_autoptr (GError) error = NULL;

  _ann_store_editor_commit (editor, NULL, &error);
  g_assert_no_error (error);
  _ann_store_editor_free (editor);
}

static void
assert_children (AnnNode *root, const char *path, const char *names)
{
  g_autoptr (AnnNode) node = *path != '\0' ? open_node (root, path) : g_object_ref (root);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) children = ann_node_list_children (node, NULL, &error);
  g_autofree char *joined = NULL;

  g_assert_no_error (error);
  joined = g_strjoinv (" ", children);
  g_assert_cmpstr (joined, ==, names);
}

static void
assert_length (AnnNode *root, const char *path, guint64 length)
{
  g_autoptr (AnnArray) array = open_array (root, path);

  g_assert_cmpuint (ann_array_get_shape (array)[0], ==, length);
}

static AnnAttributes *
make_text_attribute (const char *name, const char *value)
{
  const char *const texts[] = { value, NULL };
  g_autoptr (AnnStrings) strings = make_texts (texts);
  AnnAttributes *attributes = ann_attributes_new ();

  ann_attributes_add_texts (attributes, name, TRUE, strings);

  return attributes;
}

static void
test_changes (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  for (int is_modern = 0; is_modern < 2; is_modern++)
    {
      const AnnArraySpec spec = { .dtype = ANN_DTYPE_UINT8, .rank = 1, .shape = { 5 } };
      g_autoptr (AnnAttributes) first = make_text_attribute ("encoding-type", "first");
      g_autoptr (AnnAttributes) second = make_text_attribute ("encoding-type", "second, longer");
      g_autoptr (AnnAttributes) other = make_text_attribute ("other", "kept");
      g_autoptr (AnnAttributes) found = NULL;
      g_autoptr (AnnNode) root = NULL;
      g_autoptr (AnnNode) obs = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *names = NULL;
      AnnStoreEditor *editor;
      AnnNodeWriter *group;

      make_file (fixture, is_modern);
      editor = open_editor (fixture);
      group = begin_group (_ann_store_editor_get_new (editor), "table");
      add_array (group, "column", &spec, "abcde");
      end_group (group, NULL);
      add_array (_ann_store_editor_get_new (editor), "c", &spec, "abcde");
      add_array (_ann_store_editor_get_new (editor), "not placed", &spec, "abcde");
      g_assert_true (_ann_store_editor_place (editor, "table", "var", NULL, &error));
      g_assert_true (_ann_store_editor_place (editor, "c", "obs/a", NULL, &error));
      g_assert_true (_ann_store_editor_move (editor, "obs/b", "obs/größer", NULL, &error));
      g_assert_true (_ann_store_editor_remove (editor, "old", NULL, &error));
      g_assert_true (_ann_store_editor_set_attributes (editor, "obs", first, NULL, &error));
      g_assert_true (_ann_store_editor_set_attributes (editor, "obs", other, NULL, &error));
      g_assert_true (_ann_store_editor_set_attributes (editor, "obs", second, NULL, &error));
      g_assert_true (_ann_store_editor_set_attributes (editor, "", second, NULL, &error));
      commit (editor);

      names = list_folder (fixture);
      g_assert_cmpstr (names, ==, "x.h5ad");
      root = fixture_open (fixture);
      assert_children (root, "", "obs var");
      assert_children (root, "obs", "a größer");
      assert_children (root, "var", "column");
      assert_length (root, "obs/a", 5);
      assert_length (root, "obs/größer", 2);
      obs = open_node (root, "obs");
      found = ann_node_read_attributes (obs, NULL, NULL);
      g_assert_cmpstr (ann_attributes_get_text (found, "encoding-type"), ==, "second, longer");
      g_assert_cmpstr (ann_attributes_get_text (found, "other"), ==, "kept");
      g_clear_pointer (&found, ann_attributes_unref);
      found = ann_node_read_attributes (root, NULL, NULL);
      g_assert_cmpstr (ann_attributes_get_text (found, "encoding-type"), ==, "second, longer");
    }
}

/* A mistake changes nothing, and is none of the file's: more can be done. */
static void
test_mistakes (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AnnStoreEditor) editor = NULL;
  g_autoptr (AnnAttributes) attributes = make_text_attribute ("a", "b");
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnNode) root = NULL;

  make_file (fixture, FALSE);
  editor = open_editor (fixture);
  g_assert_false (_ann_store_editor_remove (editor, "obs/nothing", NULL, &error));
  assert_says (error, ANN_ERROR_NOT_FOUND, "obs/nothing: ");
  g_clear_error (&error);
  g_assert_false (_ann_store_editor_remove (editor, "old/below", NULL, &error));
  assert_says (error, ANN_ERROR_NOT_FOUND, "old/below: ");
  g_clear_error (&error);
  g_assert_false (_ann_store_editor_move (editor, "nothing", "obs/c", NULL, &error));
  assert_says (error, ANN_ERROR_NOT_FOUND, "nothing: ");
  g_clear_error (&error);
  g_assert_false (_ann_store_editor_move (editor, "obs/a", "old/c", NULL, &error));
  assert_says (error, ANN_ERROR_NOT_FOUND, "old/c: ");
  g_clear_error (&error);
  g_assert_false (_ann_store_editor_move (editor, "obs/a", "missing/c", NULL, &error));
  assert_says (error, ANN_ERROR_NOT_FOUND, "missing/c: ");
  g_clear_error (&error);
  g_assert_false (_ann_store_editor_move (editor, "obs", "obs/c", NULL, &error));
  assert_says (error, ANN_ERROR_FORMAT, "one lies in the other");
  g_clear_error (&error);
  g_assert_false (_ann_store_editor_move (editor, "obs/a", "obs", NULL, &error));
  assert_says (error, ANN_ERROR_FORMAT, "one lies in the other");
  g_clear_error (&error);
  g_assert_false (_ann_store_editor_place (editor, "nothing", "x", NULL, &error));
  assert_says (error, ANN_ERROR_NOT_FOUND, "nothing");
  g_clear_error (&error);
  g_assert_false (_ann_store_editor_set_attributes (editor, "nothing", attributes, NULL, &error));
  assert_says (error, ANN_ERROR_NOT_FOUND, "nothing: ");
  g_clear_error (&error);
  g_assert_false (_ann_store_editor_remove (editor, "", NULL, &error));
  assert_says (error, ANN_ERROR_FORMAT, "no path");
  g_clear_error (&error);
  g_assert_false (_ann_store_editor_remove (editor, "obs//a", NULL, &error));
  assert_says (error, ANN_ERROR_FORMAT, "no path");
  g_clear_error (&error);
  g_assert_false (_ann_store_editor_remove (editor, "obs/..", NULL, &error));
  assert_says (error, ANN_ERROR_FORMAT, "no path");
  g_clear_error (&error);

  g_assert_true (_ann_store_editor_move (editor, "obs/a", "obs/c", NULL, &error));
  commit (g_steal_pointer (&editor));
  root = fixture_open (fixture);
  assert_children (root, "", "obs old");
  assert_children (root, "obs", "b c");
}

static char *
read_all (Fixture *fixture, gsize *n)
{
  char *contents;

  g_assert_true (g_file_get_contents (fixture->path, &contents, n, NULL));

  return contents;
}

/* Until it is committed the file is what it was, for all who look at it. */
static void
test_not_committed (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *before = NULL;
  g_autofree char *meanwhile = NULL;
  g_autofree char *after = NULL;
  g_autofree char *names = NULL;
  g_autoptr (AnnStoreEditor) editor = NULL;
  g_autoptr (GError) error = NULL;
  gsize n_before, n_meanwhile, n_after;

  make_file (fixture, FALSE);
  before = read_all (fixture, &n_before);
  editor = open_editor (fixture);
  g_assert_true (_ann_store_editor_remove (editor, "old", NULL, &error));
  meanwhile = read_all (fixture, &n_meanwhile);
  g_assert_cmpmem (before, n_before, meanwhile, n_meanwhile);

  g_cancellable_cancel (cancellable);
  g_assert_false (_ann_store_editor_commit (editor, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (_ann_hdf5_editor_open (fixture->path, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_pointer (&editor, _ann_store_editor_free);
  after = read_all (fixture, &n_after);
  g_assert_cmpmem (before, n_before, after, n_after);
  names = list_folder (fixture);
  g_assert_cmpstr (names, ==, "x.h5ad");
}

/* Who wrote the file meanwhile does not lose it. */
static void
test_changed (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AnnStoreEditor) editor = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  gsize n_before, n_after;

  make_file (fixture, FALSE);
  editor = open_editor (fixture);
  g_assert_true (_ann_store_editor_remove (editor, "old", NULL, &error));
  g_assert_no_errno (utime (fixture->path, &(struct utimbuf){ 1, 1 }));
  before = read_all (fixture, &n_before);
  g_assert_false (_ann_store_editor_commit (editor, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CHANGED);
  after = read_all (fixture, &n_after);
  g_assert_cmpmem (before, n_before, after, n_after);
}

static void
test_permissions (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  struct stat status;
  AnnStoreEditor *editor;

  make_file (fixture, FALSE);
  g_assert_no_errno (g_chmod (fixture->path, 0640));
  editor = open_editor (fixture);
  g_assert_true (_ann_store_editor_remove (editor, "old", NULL, NULL));
  commit (editor);
  g_assert_no_errno (stat (fixture->path, &status));
  g_assert_cmpint (status.st_mode & 07777, ==, 0640);
}

static void
test_refused (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  int fd;

  g_assert_null (_ann_hdf5_editor_open (fixture->path, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);

  g_assert_true (g_file_set_contents (fixture->path, "no HDF5", -1, NULL));
  g_assert_null (_ann_hdf5_editor_open (fixture->path, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_clear_error (&error);

  make_file (fixture, FALSE);
  fd = g_open (fixture->path, O_RDWR, 0);
  g_assert_no_errno (flock (fd, LOCK_EX));
  g_assert_null (_ann_hdf5_editor_open (fixture->path, NULL, &error));
  assert_says (error, ANN_ERROR_DENIED, "open for writing in another program");
  g_clear_error (&error);
  close (fd);

  if (geteuid () == 0)
    return;
  g_assert_no_errno (g_chmod (fixture->path, 0444));
  g_assert_null (_ann_hdf5_editor_open (fixture->path, NULL, &error));
  assert_says (error, ANN_ERROR_DENIED, "may not be changed");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_writing_test ("/hdf5-editor/changes", test_changes);
  add_writing_test ("/hdf5-editor/mistakes", test_mistakes);
  add_writing_test ("/hdf5-editor/not-committed", test_not_committed);
  add_writing_test ("/hdf5-editor/changed", test_changed);
  add_writing_test ("/hdf5-editor/permissions", test_permissions);
  add_writing_test ("/hdf5-editor/refused", test_refused);

  return g_test_run ();
}
