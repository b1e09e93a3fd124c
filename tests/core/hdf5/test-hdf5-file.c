/* test-hdf5-file.c: opening, refusing, sharing and leaving files alone
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-node-private.h"

#include "hdf5-fixture.h"

#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static void
assert_fails (const char *uri, int code, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnNode) root = ann_open_node (uri, NULL, NULL, &error);

  g_assert_null (root);
  assert_says (error, code, words);
}

static void
write_file (const char *path, gconstpointer bytes, gsize n)
{
  g_assert_true (g_file_set_contents (path, bytes, (gssize) n, NULL));
}

static void
test_refused (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const texts[] = { "a,b\n1,2\n", "x", "\211HD",
                                       "# not HDF5 \211HDF\r\n\032\n" };
  g_autofree char *other = g_build_filename (fixture->folder, "other", NULL);
  g_autofree char *below = g_build_filename (other, "x", NULL);

  assert_fails (other, ANN_ERROR_NOT_FOUND, "no such file");
  assert_fails (below, ANN_ERROR_NOT_FOUND, "no such file");
  assert_fails (fixture->folder, ANN_ERROR_FORMAT, "folder");

  write_file (other, "", 0);
  assert_fails (other, ANN_ERROR_FORMAT, "empty");
  assert_fails (below, ANN_ERROR_FORMAT, "empty");
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      write_file (other, texts[i], strlen (texts[i]));
      assert_fails (other, ANN_ERROR_FORMAT, "not an HDF5 file");
    }

  write_file (other, "\037\213\010\000", 4);
  assert_fails (other, ANN_ERROR_FORMAT, "gzip");
  write_file (other, "PK\003\004", 4);
  set_accessed_long_ago (other);
  assert_fails (other, ANN_ERROR_CORRUPT, "zip");
  assert_accessed_long_ago (other);
  write_file (other, "\211HDF\r\n\032\n", 8);
  assert_fails (other, ANN_ERROR_CORRUPT, "cut off");

  g_assert_no_errno (g_unlink (other));
  g_assert_no_errno (mkfifo (other, 0644));
  assert_fails (other, ANN_ERROR_FORMAT, "not a regular file");
}

static void
test_permission (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  if (geteuid () == 0)
    {
      g_test_skip ("the administrator may read everything");
      return;
    }

  g_object_unref (fixture_open (fixture));
  g_assert_no_errno (g_chmod (fixture->path, 0));
  assert_fails (fixture->path, ANN_ERROR_DENIED, "permission");
}

static void
test_uri (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *odd = g_build_filename (fixture->folder, "a b%20ü.h5", NULL);
  g_autofree char *uri = g_filename_to_uri (odd, NULL, NULL);
  g_autoptr (GError) error = NULL;
  AnnStoreInfo info;

  g_object_unref (fixture_open (fixture));
  g_assert_no_errno (g_rename (fixture->path, odd));

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (AnnNode) root = ann_open_node (i == 0 ? odd : uri, &info, NULL, &error);
      struct stat status;

      g_assert_no_error (error);
      g_assert_nonnull (root);
      g_assert_cmpstr (info.format, ==, "HDF5");
      g_assert_no_errno (stat (odd, &status));
      g_assert_cmpuint (info.stored_size, ==, (guint64) status.st_size);
    }

  assert_fails ("ftp://localhost/x.h5ad", ANN_ERROR_UNSUPPORTED, "ftp://");
}

/* Cut anywhere, a file is refused with one sentence, or it opens and nothing crashes. */
static void
test_cut_off (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const gint32 values[64] = { 1, 2, 3 };
  g_autofree char *bytes = NULL;
  g_autofree char *cut = g_build_filename (fixture->folder, "cut", NULL);
  gsize size;

  write_vector (fixture->file, "v", H5T_STD_I32LE, H5T_NATIVE_INT, 64, values);
  g_object_unref (fixture_open (fixture));
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &size, NULL));

  for (gsize n = 9; n < size; n += 37)
    {
      write_file (cut, bytes, n);
      assert_fails (cut, ANN_ERROR_CORRUPT, "cut off");
    }

  write_file (cut, bytes, size);
  g_object_unref (ann_open_node (cut, NULL, NULL, NULL));
}

static void
test_user_block (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const gint32 values[3] = { 7, 8, 9 };
  g_autofree char *path = g_build_filename (fixture->folder, "block.h5", NULL);
  g_autofree char *bytes = NULL;
  gsize size;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) creation = H5Pcreate (H5P_FILE_CREATE);
    g_auto (AnnHdf5Hid) file = H5I_INVALID_HID;

    H5Pset_userblock (creation, 1024);
    file = H5Fcreate (path, H5F_ACC_TRUNC, creation, H5P_DEFAULT);
    write_vector (file, "v", H5T_STD_I32LE, H5T_NATIVE_INT, 3, values);
  }

  {
    g_autoptr (AnnNode) root = ann_open_node (path, NULL, NULL, NULL);
    g_autoptr (AnnArray) array = open_array (root, "v");
    g_autoptr (AnnBuffer) buffer = ann_array_read_range (array, 0, 3, NULL, NULL);

    /* By address, so the block before the file counts. */
    g_assert_cmpmem (ann_buffer_get_data (buffer), ann_buffer_get_size (buffer), values, 12);
  }

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));
  write_file (path, bytes, size - 1);
  assert_fails (path, ANN_ERROR_CORRUPT, "cut off");

  /* Bytes behind the end do no harm. */
  bytes = g_realloc (bytes, size + 10);
  memset (bytes + size, 'x', 10);
  write_file (path, bytes, size + 10);
  g_object_unref (ann_open_node (path, NULL, NULL, NULL));
}

static void
test_shared (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *link = g_build_filename (fixture->folder, "link.h5", NULL);
  g_autofree char *symbolic = g_build_filename (fixture->folder, "symbolic.h5", NULL);
  g_autoptr (AnnNode) first = fixture_open (fixture);
  AnnHdf5Stats before, after;

  g_assert_no_errno (linkat (AT_FDCWD, fixture->path, AT_FDCWD, link, 0));
  g_assert_no_errno (symlink ("x.h5", symbolic));

  _ann_hdf5_get_stats (&before);
  g_object_unref (ann_open_node (fixture->path, NULL, NULL, NULL));
  g_object_unref (ann_open_node (link, NULL, NULL, NULL));
  g_object_unref (ann_open_node (symbolic, NULL, NULL, NULL));
  _ann_hdf5_get_stats (&after);
  g_assert_cmpuint (after.n_files, ==, before.n_files);

  /* The last one closes it; then it is opened anew. */
  g_clear_object (&first);
  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

    g_assert_cmpint (H5Fget_obj_count ((hid_t) H5F_OBJ_ALL, H5F_OBJ_ALL), ==, 0);
  }
  first = ann_open_node (link, NULL, NULL, NULL);
  _ann_hdf5_get_stats (&after);
  g_assert_cmpuint (after.n_files, ==, before.n_files + 1);
}

/* A file put in place of an open one is another file. */
static void
test_replaced (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const gint32 old_value = 1, new_value = 2;
  g_autofree char *path = g_build_filename (fixture->folder, "new.h5", NULL);
  g_autoptr (AnnNode) root = NULL;

  write_vector (fixture->file, "v", H5T_STD_I32LE, H5T_NATIVE_INT, 1, &old_value);
  root = fixture_open (fixture);

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);

    write_vector (file, "v", H5T_STD_I32LE, H5T_NATIVE_INT, 1, &new_value);
  }
  g_assert_no_errno (g_rename (path, fixture->path));

  for (int i = 0; i < 2; i++)
    {
      g_autoptr (AnnNode) again = i == 0 ? g_object_ref (root)
                                         : ann_open_node (fixture->path, NULL, NULL, NULL);
      g_autoptr (AnnArray) array = open_array (again, "v");
      g_autoptr (AnnBuffer) buffer = ann_array_read_range (array, 0, 1, NULL, NULL);

      g_assert_cmpfloat (ann_buffer_get_double (buffer, 0), ==, i == 0 ? 1 : 2);
    }
}

/* Rewritten in its place: what is open says so, and who opens it anew gets what is there now. */
static void
test_changed (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const gint32 values[2] = { 1, 2 };
  g_autofree char *other = g_build_filename (fixture->folder, "other.h5", NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) again = NULL;
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (AnnArray) new_array = NULL;
  g_autoptr (AnnBuffer) buffer = NULL;
  g_autoptr (GError) error = NULL;
  FILE *stream;
  gsize size;

  write_vector (fixture->file, "v", H5T_STD_I32LE, H5T_NATIVE_INT, 1, &values[0]);
  root = fixture_open (fixture);
  array = open_array (root, "v");
  {
    g_auto (AnnHdf5Hid) file = H5Fcreate (other, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);

    write_vector (file, "v", H5T_STD_I32LE, H5T_NATIVE_INT, 1, &values[1]);
  }
  g_assert_true (g_file_get_contents (other, &bytes, &size, NULL));
  stream = fopen (fixture->path, "r+");
  g_assert_cmpuint (fwrite (bytes, 1, size, stream), ==, size);
  fclose (stream);
  g_assert_no_errno (
      utimensat (AT_FDCWD, fixture->path, (struct timespec[2]){ { 1000, 1 }, { 1000, 2 } }, 0));

  g_assert_null (ann_array_read_range (array, 0, 1, NULL, &error));
  assert_says (error, ANN_ERROR_CHANGED, "v: The file was changed since it was opened; open it");

  again = ann_open_node (fixture->path, NULL, NULL, NULL);
  new_array = open_array (again, "v");
  buffer = ann_array_read_range (new_array, 0, 1, NULL, NULL);
  g_assert_cmpfloat (ann_buffer_get_double (buffer, 0), ==, 2);
}

/* HDF5 files of which the one that is opened is not all. */
static void
test_not_whole (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *pattern = g_build_filename (fixture->folder, "part%d.h5", NULL);
  g_autofree char *part = g_build_filename (fixture->folder, "part0.h5", NULL);
  g_autofree char *image = g_build_filename (fixture->folder, "image.h5", NULL);

  for (int latest = 0; latest < 2; latest++)
    {
      G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
      g_auto (AnnHdf5Hid) access = H5Pcreate (H5P_FILE_ACCESS);
      g_auto (AnnHdf5Hid) file = H5I_INVALID_HID;

      if (latest)
        H5Pset_libver_bounds (access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
      H5Pset_fapl_family (access, 1 << 20, H5P_DEFAULT);
      file = H5Fcreate (pattern, H5F_ACC_TRUNC, H5P_DEFAULT, access);
      g_assert_cmpint (file, >, 0);
      _ann_hdf5_close (_ann_hdf5_steal (&file));
      assert_fails (part, ANN_ERROR_UNSUPPORTED, "This is one of several files");
    }
  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    H5AC_cache_image_config_t config = { H5AC__CURR_CACHE_IMAGE_CONFIG_VERSION, TRUE, FALSE,
                                         H5AC__CACHE_IMAGE__ENTRY_AGEOUT__NONE };
    g_auto (AnnHdf5Hid) access = H5Pcreate (H5P_FILE_ACCESS);
    g_auto (AnnHdf5Hid) file = H5I_INVALID_HID;

    H5Pset_libver_bounds (access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    g_assert_cmpint (H5Pset_mdc_image_config (access, &config), >=, 0);
    file = H5Fcreate (image, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    _ann_hdf5_close (make_group (file, "group"));
  }
  assert_fails (image, ANN_ERROR_UNSUPPORTED, "an image of its writer's cache");
}

/* The superblock says nothing that is believed. */
static void
test_superblock (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->folder, "new.h5", NULL);
  g_autofree char *bytes = NULL;
  g_autofree char *new_bytes = NULL;
  gsize size, new_size;
  const struct {
    gboolean is_new;
    guint place;
    guint8 byte;
    int code;
    const char *words;
  } damages[] = {
    { FALSE, 8, 9, ANN_ERROR_UNSUPPORTED, "version 9" },
    { FALSE, 13, 9, ANN_ERROR_CORRUPT, "makes no sense" },
    { FALSE, 14, 1, ANN_ERROR_CORRUPT, "makes no sense" },
    { FALSE, 47, 255, ANN_ERROR_CORRUPT, "makes no sense" },
    { FALSE, 45, 255, ANN_ERROR_CORRUPT, "should have" },
    { FALSE, 70, 255, ANN_ERROR_CORRUPT, "header" },
    { TRUE, 9, 9, ANN_ERROR_CORRUPT, "makes no sense" },
    { TRUE, 11, 255, ANN_ERROR_CORRUPT, "checksum of its superblock" },
    { TRUE, 36, 255, ANN_ERROR_CORRUPT, "checksum of its superblock" },
  };

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) access = H5Pcreate (H5P_FILE_ACCESS);

    H5Pset_libver_bounds (access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    _ann_hdf5_close (H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, access));
  }
  g_object_unref (fixture_open (fixture));
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &size, NULL));
  g_assert_true (g_file_get_contents (path, &new_bytes, &new_size, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      char *place = (damages[i].is_new ? new_bytes : bytes) + damages[i].place;
      char was = *place;

      *place = (char) damages[i].byte;
      write_file (fixture->path, damages[i].is_new ? new_bytes : bytes,
                  damages[i].is_new ? new_size : size);
      *place = was;
      assert_fails (fixture->path, damages[i].code, damages[i].words);
    }
}

/* To open a file and look at what is in it takes few reads, and none of values. */
static void
test_few_reads (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const gint32 values[4] = { 1, 2, 3, 4 };
  AnnHdf5Stats before, after;

  for (int i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("v%d", i);

      write_vector (fixture->file, name, H5T_STD_I32LE, H5T_NATIVE_INT, 4, values);
    }
  g_object_unref (fixture_open (fixture));

  _ann_hdf5_get_stats (&before);
  {
    g_autoptr (AnnNode) root = fixture_open (fixture);

    for (int i = 0; i < 20; i++)
      {
        g_autofree char *name = g_strdup_printf ("v%d", i);
        g_autoptr (AnnNode) node = open_node (root, name);

        ann_attributes_unref (ann_node_read_attributes (node, NULL, NULL));
        g_object_unref (open_array (root, name));
      }
  }
  _ann_hdf5_get_stats (&after);
  g_assert_cmpuint (after.n_files - before.n_files, ==, 1);
  g_assert_cmpuint (after.n_metadata_reads - before.n_metadata_reads, >, 0);
  g_assert_cmpuint (after.n_metadata_reads - before.n_metadata_reads, <=, 10);
  g_assert_cmpuint (after.n_bytes - before.n_bytes, ==, 0);
}

static char *
checksum_file (const char *path)
{
  g_autofree char *bytes = NULL;
  gsize size;

  g_assert_true (g_file_get_contents (path, &bytes, &size, NULL));

  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) bytes, size);
}

static void
test_untouched (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const gint32 values[4] = { 1, 2, 3, 4 };
  g_autofree char *before_sum = NULL;
  g_autofree char *after_sum = NULL;
  struct stat before, after;

  write_vector (fixture->file, "v", H5T_STD_I32LE, H5T_NATIVE_INT, 4, values);
  g_object_unref (fixture_open (fixture));
  /* An old file that nobody may write: what is changed would show, and nothing may be. */
  g_assert_no_errno (g_chmod (fixture->path, 0444));
  g_assert_no_errno (
      utimensat (AT_FDCWD, fixture->path, (struct timespec[2]){ { 1000, 1 }, { 1000, 2 } }, 0));
  g_assert_no_errno (stat (fixture->path, &before));
  before_sum = checksum_file (fixture->path);

  {
    g_autoptr (AnnNode) root = fixture_open (fixture);
    g_autoptr (AnnArray) array = open_array (root, "v");

    ann_buffer_unref (ann_array_read_range (array, 0, 4, NULL, NULL));
    ann_attributes_unref (ann_node_read_attributes (root, NULL, NULL));
  }

  g_assert_no_errno (stat (fixture->path, &after));
  after_sum = checksum_file (fixture->path);
  g_assert_cmpint (after.st_size, ==, before.st_size);
  g_assert_cmpint (after.st_mtim.tv_sec, ==, before.st_mtim.tv_sec);
  g_assert_cmpint (after.st_mtim.tv_nsec, ==, before.st_mtim.tv_nsec);
  g_assert_cmpint (after.st_ctim.tv_sec, ==, before.st_ctim.tv_sec);
  g_assert_cmpint (after.st_ctim.tv_nsec, ==, before.st_ctim.tv_nsec);
  g_assert_cmpstr (after_sum, ==, before_sum);
}

/* Somebody else has locked the file, as a writer does and as some file systems never allow. */
static void
test_locked (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  int fd;

  g_object_unref (fixture_open (fixture));
  fd = open (fixture->path, O_RDWR | O_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);
  g_assert_no_errno (flock (fd, LOCK_EX | LOCK_NB));

  g_object_unref (fixture_open (fixture));
  close (fd);
}

static void
test_cancelled (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (AnnNode) root = fixture_open (fixture);
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (ann_open_node (fixture->path, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (ann_node_list_children (root, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A path that goes on within a file: the group there is the root. */
static void
test_inner (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const gint32 values[] = { 7 };
  const char *const endings[] = { "/mod/rna", "/mod/rna/", "//mod//rna" };

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) mod = H5Gcreate2 (fixture->file, "mod", H5P_DEFAULT, H5P_DEFAULT,
                                          H5P_DEFAULT);
    g_auto (AnnHdf5Hid) rna = H5Gcreate2 (mod, "rna", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    g_auto (AnnHdf5Hid) uns = H5Gcreate2 (rna, "uns", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

    write_vector (uns, "v", H5T_STD_I32LE, H5T_NATIVE_INT, 1, values);
    H5Lcreate_hard (rna, ".", uns, "back", H5P_DEFAULT, H5P_DEFAULT);
  }
  g_object_unref (fixture_open (fixture));

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *path = g_strconcat (fixture->path, endings[i], NULL);
      AnnStoreInfo info = { 0 };
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnNode) root = ann_open_node (path, &info, NULL, &error);
      g_autoptr (AnnNode) uns = NULL;
      g_autoptr (AnnNode) v = NULL;
      g_autoptr (AnnNode) back = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (info.format, ==, "HDF5");
      g_assert_cmpuint (info.stored_size, >, 0);
      g_assert_cmpstr (info.inner, ==, "mod/rna");
      g_free (info.inner);
      g_assert_cmpstr (ann_node_get_path (root), ==, "");
      uns = open_node (root, "uns");
      g_assert_cmpstr (ann_node_get_path (uns), ==, "uns");
      v = open_node (uns, "v");
      g_assert_cmpstr (ann_node_get_path (v), ==, "uns/v");
      g_assert_cmpint (ann_node_get_kind (v), ==, ANN_NODE_ARRAY);
      back = open_node (uns, "back");
      g_assert_true (_ann_node_find_itself_above (back) == root);
    }
  {
    g_autofree char *absent = g_strconcat (fixture->path, "/mod/rna/absent/x", NULL);
    g_autofree char *array = g_strconcat (fixture->path, "/mod/rna/uns/v", NULL);
    g_autofree char *below_array = g_strconcat (array, "/x", NULL);
    g_autofree char *above = g_strconcat (fixture->path, "/../x.h5", NULL);

    assert_fails (absent, ANN_ERROR_NOT_FOUND, "no “absent” in “mod/rna”");
    assert_fails (array, ANN_ERROR_FORMAT, "“mod/rna/uns/v” in the store is no group");
    assert_fails (below_array, ANN_ERROR_NOT_FOUND, "no “x” in “mod/rna/uns/v”");
    assert_fails (above, ANN_ERROR_NOT_FOUND, "no “..” in “/”");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/hdf5/file/refused", test_refused);
  add_test ("/hdf5/file/permission", test_permission);
  add_test ("/hdf5/file/uri", test_uri);
  add_test ("/hdf5/file/cut-off", test_cut_off);
  add_test ("/hdf5/file/user-block", test_user_block);
  add_test ("/hdf5/file/shared", test_shared);
  add_test ("/hdf5/file/replaced", test_replaced);
  add_test ("/hdf5/file/changed", test_changed);
  add_test ("/hdf5/file/not-whole", test_not_whole);
  add_test ("/hdf5/file/superblock", test_superblock);
  add_test ("/hdf5/file/few-reads", test_few_reads);
  add_test ("/hdf5/file/untouched", test_untouched);
  add_test ("/hdf5/file/locked", test_locked);
  add_test ("/hdf5/file/cancelled", test_cancelled);
  add_test ("/hdf5/file/inner", test_inner);

  return g_test_run ();
}
