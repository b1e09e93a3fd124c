/* test-hdf5-node.c: groups, links of all kinds, what is lazy about them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "hdf5-fixture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
link_soft (hid_t place, const char *target, const char *name)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  g_assert_cmpint (H5Lcreate_soft (target, place, name, H5P_DEFAULT, H5P_DEFAULT), >=, 0);
}

static void
link_external (hid_t place, const char *file, const char *target, const char *name)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  g_assert_cmpint (H5Lcreate_external (file, target, place, name, H5P_DEFAULT, H5P_DEFAULT), >=, 0);
}

static void
close_group (hid_t group)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  H5Gclose (group);
}

static void
assert_child_fails (AnnNode *node, const char *name, int code, const char *words)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnNode) child = ann_node_open_child (node, name, NULL, &error);

  g_assert_null (child);
  assert_says (error, code, words);
}

static void
test_kinds (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const double value = 1.5;
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (GError) error = NULL;

  close_group (make_group (fixture->file, "group"));
  write_dataset (fixture->file, "array", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 0, NULL, H5P_DEFAULT,
                 &value);
  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) space = H5Screate (H5S_NULL);
    g_auto (AnnHdf5Hid) type = H5Tcopy (H5T_NATIVE_INT);
    g_auto (AnnHdf5Hid) dataset = H5Dcreate2 (fixture->file, "null", H5T_IEEE_F32LE, space,
                                              H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);

    g_assert_cmpint (
        H5Tcommit2 (fixture->file, "type", type, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), >=, 0);
  }

  root = fixture_open (fixture);
  g_assert_cmpint (ann_node_get_kind (root), ==, ANN_NODE_GROUP);
  g_assert_cmpstr (ann_node_get_path (root), ==, "");

  const struct {
    const char *name;
    AnnNodeKind kind;
  } children[] = {
    { "group", ANN_NODE_GROUP },
    { "array", ANN_NODE_ARRAY },
    { "null", ANN_NODE_NULL },
    { "type", ANN_NODE_OTHER },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (children); i++)
    {
      g_autoptr (AnnNode) child = open_node (root, children[i].name);
      g_autoptr (AnnArray) array = ann_node_open_array (child, NULL, &error);
      g_auto (GStrv) names = ann_node_list_children (child, NULL, NULL);

      g_assert_cmpint (ann_node_get_kind (child), ==, children[i].kind);
      g_assert_cmpstr (ann_node_get_path (child), ==, children[i].name);
      g_assert_cmpstr (ann_node_get_link_description (child), ==, "hard");
      g_assert_cmpuint (g_strv_length (names), ==, 0);
      if (children[i].kind == ANN_NODE_ARRAY)
        g_assert_nonnull (array);
      else
        assert_says (error, ANN_ERROR_FORMAT, "not an array");
      g_clear_error (&error);
      assert_child_fails (child, "x", ANN_ERROR_NOT_FOUND, "x");
      g_assert_false (ann_node_has_child (child, "x", NULL));
    }
}

static void
test_names (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  /* By bytes: upper case before lower case, letters with accents last. */
  static const char *const names[] = { " ", "...", ".x", "B", "a", "a b", "a.b", "b%2F", "ü" };
  g_autoptr (AnnNode) root = NULL;
  g_auto (GStrv) listed = NULL;

  for (gsize i = G_N_ELEMENTS (names); i-- > 0;)
    close_group (make_group (fixture->file, names[i]));
  root = fixture_open (fixture);

  listed = ann_node_list_children (root, NULL, NULL);
  g_assert_cmpuint (g_strv_length (listed), ==, G_N_ELEMENTS (names));
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (AnnNode) child = ann_node_open_child (root, names[i], NULL, NULL);

      g_assert_cmpstr (listed[i], ==, names[i]);
      g_assert_true (ann_node_has_child (root, names[i], NULL));
      g_assert_cmpstr (ann_node_get_path (child), ==, names[i]);
    }

  static const char *const strangers[] = { "", ".", "c", "a/", "/a", "a/b", "/" };
  for (gsize i = 0; i < G_N_ELEMENTS (strangers); i++)
    {
      g_assert_false (ann_node_has_child (root, strangers[i], NULL));
      assert_child_fails (root, strangers[i], ANN_ERROR_NOT_FOUND, strangers[i]);
    }
}

/* Each, which has a child of its own name, is the same whether it is found in the index or in what
 * a listing has kept. */
static void
assert_all_open (const char *path, char **names)
{
  g_autoptr (AnnNode) one_by_one = ann_open_node (path, NULL, NULL, NULL);
  g_autoptr (AnnNode) listed = ann_open_node (path, NULL, NULL, NULL);
  g_auto (GStrv) list = ann_node_list_children (listed, NULL, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (list);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (AnnNode) a = open_node (one_by_one, names[i]);
      g_autoptr (AnnNode) b = open_node (listed, names[i]);

      g_object_unref (open_node (a, names[i]));
      g_object_unref (open_node (b, names[i]));
    }
  g_assert_null (ann_node_open_child (one_by_one, "none", NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
}

/* Neither the old symbol tables nor the new dense storage make a difference. */
static void
test_many (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *path = g_build_filename (fixture->folder, "latest.h5", NULL);

  for (int latest = 0; latest < 2; latest++)
    {
      g_autoptr (AnnNode) root = NULL;
      g_auto (GStrv) names = NULL;

      {
        G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
        g_auto (AnnHdf5Hid) access = H5Pcreate (H5P_FILE_ACCESS);
        g_auto (AnnHdf5Hid) file = H5I_INVALID_HID;

        if (latest)
          H5Pset_libver_bounds (access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
        file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
        for (int i = 0; i < 3000; i++)
          {
            g_autofree char *name = g_strdup_printf ("g%04d", (i * 7) % 3000);

            hid_t group = make_group (file, name);

            close_group (make_group (group, name));
            close_group (group);
          }
      }

      root = ann_open_node (path, NULL, NULL, NULL);
      names = ann_node_list_children (root, NULL, NULL);
      g_assert_cmpuint (g_strv_length (names), ==, 3000);
      for (int i = 0; i < 3000; i++)
        g_assert_cmpint (atoi (names[i] + 1), ==, i);
      g_object_unref (open_node (root, "g1234"));
      assert_all_open (path, names);
    }
}

static void
test_soft_links (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const gint32 value = 5;
  hid_t a = make_group (fixture->file, "a");
  hid_t b = make_group (a, "b");
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) group = NULL;

  write_vector (b, "v", H5T_STD_I32LE, H5T_NATIVE_INT, 1, &value);
  link_soft (fixture->file, "/a/b/v", "absolute");
  link_soft (a, "b/v", "relative");
  link_soft (b, "./v", "dotted");
  link_soft (fixture->file, "/to-b/v", "through");
  link_soft (fixture->file, "a//b/", "to-b");
  link_soft (fixture->file, "/", "to-root");
  link_soft (fixture->file, "/nowhere/v", "dangling");
  link_soft (fixture->file, "/absolute/x", "below-an-array");
  link_soft (fixture->file, "circle-2", "circle-1");
  link_soft (fixture->file, "circle-1", "circle-2");
  link_soft (fixture->file, "self", "self");
  close_group (b);
  close_group (a);
  root = fixture_open (fixture);

  static const char *const good[][2] = {
    { "absolute", "soft → /a/b/v" },
    { "a/relative", "soft → b/v" },
    { "a/b/dotted", "soft → ./v" },
    { "through", "soft → /to-b/v" },
    { "to-b/v", "hard" },
    { "to-root/to-root/absolute", "soft → /a/b/v" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (AnnNode) node = open_node (root, good[i][0]);
      g_autoptr (AnnArray) array = ann_node_open_array (node, NULL, NULL);
      g_autoptr (AnnBuffer) values = ann_array_read_range (array, 0, 1, NULL, NULL);

      g_assert_cmpstr (ann_node_get_link_description (node), ==, good[i][1]);
      g_assert_cmpstr (ann_node_get_path (node), ==, good[i][0]);
      g_assert_cmpfloat (ann_buffer_get_double (values, 0), ==, 5);
    }

  /* A dangling link is a child, which fails to open: it must not look like absence. */
  g_assert_true (ann_node_has_child (root, "dangling", NULL));
  assert_child_fails (root, "dangling", ANN_ERROR_FORMAT, "/nowhere/v");
  assert_child_fails (root, "below-an-array", ANN_ERROR_FORMAT, "/absolute/x");
  assert_child_fails (root, "circle-1", ANN_ERROR_FORMAT, "circle");
  assert_child_fails (root, "self", ANN_ERROR_FORMAT, "circle");
}

static void
test_hard_cycle (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  hid_t a = make_group (fixture->file, "a");
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) deep = NULL;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

    H5Lcreate_hard (fixture->file, "a", a, "again", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_hard (fixture->file, "/", a, "root", H5P_DEFAULT, H5P_DEFAULT);
  }
  close_group (a);

  root = fixture_open (fixture);
  deep = open_node (root, "a/again/again/root/a/again");
  g_assert_cmpstr (ann_node_get_path (deep), ==, "a/again/again/root/a/again");
}

/* Writes a file with the group “g” that has a vector “v” with one value. */
static void
write_other (const char *path)
{
  const gint32 value = 6;
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  g_auto (AnnHdf5Hid) group = make_group (file, "g");

  g_assert_cmpint (file, >, 0);
  write_vector (group, "v", H5T_STD_I32LE, H5T_NATIVE_INT, 1, &value);
  link_external (file, "x.h5", "/back", "back");
}

static void
test_external_links (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *beside = g_build_filename (fixture->folder, "beside.h5", NULL);
  g_autofree char *sub = g_build_filename (fixture->folder, "sub", NULL);
  g_autofree char *below = g_build_filename (sub, "below.h5", NULL);
  g_autofree char *outer = g_dir_make_tmp ("ann-outer-XXXXXX", NULL);
  g_autofree char *outside = g_build_filename (outer, "outside.h5", NULL);
  g_autofree char *outside_relative = NULL;
  g_autofree char *outer_name = g_path_get_basename (outer);
  g_autofree char *alias = g_build_filename (fixture->folder, "alias.h5", NULL);
  g_autofree char *text = g_build_filename (fixture->folder, "text.h5", NULL);
  g_autoptr (AnnNode) root = NULL;
  AnnHdf5Stats before, after;

  g_assert_no_errno (g_mkdir (sub, 0755));
  write_other (beside);
  write_other (below);
  write_other (outside);
  g_assert_no_errno (symlink (outside, alias));
  g_assert_true (g_file_set_contents (text, "text", 4, NULL));
  outside_relative = g_strdup_printf ("../%s/outside.h5", outer_name);

  link_external (fixture->file, "beside.h5", "/g/v", "good");
  link_external (fixture->file, "beside.h5", "g/v", "good-relative");
  link_external (fixture->file, beside, "/g/v", "good-absolute");
  link_external (fixture->file, "sub/../sub/below.h5", "/g/v", "good-below");
  link_soft (fixture->file, "/good", "good-soft");
  link_soft (fixture->file, "/to-group/v", "good-through");
  link_external (fixture->file, "beside.h5", "/g", "to-group");
  link_external (fixture->file, "beside.h5", "/nowhere", "dangling");
  link_external (fixture->file, "missing.h5", "/g/v", "missing");
  link_external (fixture->file, "text.h5", "/g/v", "text");
  link_external (fixture->file, outside, "/g/v", "outside-absolute");
  link_external (fixture->file, outside_relative, "/g/v", "outside-relative");
  link_external (fixture->file, "alias.h5", "/g/v", "outside-alias");
  link_soft (fixture->file, "/outside-absolute", "outside-soft");
  link_external (fixture->file, "beside.h5", "/back", "back");
  root = fixture_open (fixture);

  static const char *const good[] = { "good",      "good-relative", "good-absolute", "good-below",
                                      "good-soft", "good-through",  "to-group/v" };
  for (gsize i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autoptr (AnnArray) array = open_array (root, good[i]);
      g_autoptr (AnnBuffer) values = ann_array_read_range (array, 0, 1, NULL, NULL);

      g_assert_cmpfloat (ann_buffer_get_double (values, 0), ==, 6);
    }
  {
    g_autoptr (AnnNode) node = open_node (root, "good");

    g_assert_cmpstr (ann_node_get_link_description (node), ==, "external → beside.h5: /g/v");
  }

  _ann_hdf5_get_stats (&before);
  assert_child_fails (root, "outside-absolute", ANN_ERROR_DENIED, "outside the folder");
  assert_child_fails (root, "outside-relative", ANN_ERROR_DENIED, "outside the folder");
  assert_child_fails (root, "outside-alias", ANN_ERROR_DENIED, "outside the folder");
  assert_child_fails (root, "outside-soft", ANN_ERROR_DENIED, "outside the folder");
  assert_child_fails (root, "missing", ANN_ERROR_FORMAT, "missing.h5");
  assert_child_fails (root, "text", ANN_ERROR_FORMAT, "not an HDF5 file");
  _ann_hdf5_get_stats (&after);
  g_assert_cmpuint (after.n_files, ==, before.n_files);

  assert_child_fails (root, "dangling", ANN_ERROR_FORMAT, "/nowhere");
  assert_child_fails (root, "back", ANN_ERROR_FORMAT, "circle");

  g_clear_object (&root);
  remove_tree (outer);
}

static void
write_reference (hid_t object, const char *name, hid_t type, const void *value)
{
  g_auto (AnnHdf5Hid) space = H5Screate (H5S_SCALAR);
  g_auto (AnnHdf5Hid) attribute = H5Acreate2 (object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);

  g_assert_cmpint (H5Awrite (attribute, type, value), >=, 0);
}

static void
assert_reference_fails (AnnNode *node, const char *name, int code, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_node_open_reference (node, name, NULL, &error));
  g_assert_error (error, ANN_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
}

/* Object references in attributes: to a dataset, to one that was deleted, to nothing, and others.
 */
static void
test_references (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const gint32 values[] = { 4, 5, 6 };
  hobj_ref_t good = 0, deleted = 0;
  const hobj_ref_t nothing = 0, wild = G_MAXUINT64 / 2;

  write_vector (fixture->file, "codes", H5T_STD_I32LE, H5T_NATIVE_INT, 3, values);
  write_vector (fixture->file, "target", H5T_STD_I32LE, H5T_NATIVE_INT, 3, values);
  write_vector (fixture->file, "deleted", H5T_STD_I32LE, H5T_NATIVE_INT, 3, values);
  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) codes = H5Dopen2 (fixture->file, "codes", H5P_DEFAULT);

    H5Rcreate (&good, fixture->file, "target", H5R_OBJECT, -1);
    H5Rcreate (&deleted, fixture->file, "deleted", H5R_OBJECT, -1);
    H5Ldelete (fixture->file, "deleted", H5P_DEFAULT);
    write_reference (codes, "good", H5T_STD_REF_OBJ, &good);
    write_reference (codes, "deleted", H5T_STD_REF_OBJ, &deleted);
    write_reference (codes, "nothing", H5T_STD_REF_OBJ, &nothing);
    write_reference (codes, "wild", H5T_STD_REF_OBJ, &wild);
    write_reference (codes, "number", H5T_STD_U64LE, &good);
  }

  g_autoptr (AnnNode) root = fixture_open (fixture);
  g_autoptr (AnnNode) codes = open_node (root, "codes");
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnNode) target = ann_node_open_reference (codes, "good", NULL, &error);
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (AnnBuffer) read = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (ann_node_get_kind (target), ==, ANN_NODE_ARRAY);
  array = ann_node_open_array (target, NULL, &error);
  g_assert_no_error (error);
  read = ann_array_read_range (array, 0, 3, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (ann_buffer_get_data (read), ann_buffer_get_size (read), values, sizeof values);

  assert_reference_fails (codes, "deleted", ANN_ERROR_NOT_FOUND, "codes: its attribute “deleted”");
  assert_reference_fails (codes, "nothing", ANN_ERROR_NOT_FOUND, "not there");
  assert_reference_fails (codes, "wild", ANN_ERROR_NOT_FOUND, "not there");
  assert_reference_fails (codes, "number", ANN_ERROR_FORMAT, "is no reference");
  assert_reference_fails (codes, "absent", ANN_ERROR_FORMAT, "is no reference");
}

/* Opening, listing and looking at everything reads no values. */
static void
test_lazy (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const hsize_t shape[2] = { 100, 100 }, chunk_shape[2] = { 10, 10 };
  g_autofree gint32 *values = g_new0 (gint32, 100 * 100);
  hid_t creation = make_chunking (2, chunk_shape);
  AnnHdf5Stats before, after;

  write_dataset (fixture->file, "chunked", H5T_STD_I32LE, H5T_NATIVE_INT, 2, shape, creation,
                 values);
  write_dataset (fixture->file, "contiguous", H5T_STD_I32LE, H5T_NATIVE_INT, 2, shape, H5P_DEFAULT,
                 values);
  _ann_hdf5_close (creation);

  _ann_hdf5_get_stats (&before);
  {
    g_autoptr (AnnNode) root = fixture_open (fixture);
    g_auto (GStrv) names = ann_node_list_children (root, NULL, NULL);
    g_autoptr (AnnArray) chunked = open_array (root, names[0]);
    g_autoptr (AnnArray) contiguous = open_array (root, names[1]);
    guint64 stored_size = 0;

    g_assert_true (ann_array_get_stored_size (chunked, &stored_size, NULL, NULL));
    g_assert_cmpuint (stored_size, ==, 40000);
    g_assert_true (ann_array_get_stored_size (contiguous, &stored_size, NULL, NULL));
    g_assert_cmpuint (stored_size, ==, 40000);
  }
  _ann_hdf5_get_stats (&after);
  g_assert_cmpuint (after.n_files, ==, before.n_files + 1);
  g_assert_cmpuint (after.n_chunk_reads, ==, before.n_chunk_reads);
  g_assert_cmpuint (after.n_slab_reads, ==, before.n_slab_reads);
  g_assert_cmpuint (after.n_bytes, ==, before.n_bytes);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/hdf5/node/kinds", test_kinds);
  add_test ("/hdf5/node/names", test_names);
  add_test ("/hdf5/node/many", test_many);
  add_test ("/hdf5/node/soft-links", test_soft_links);
  add_test ("/hdf5/node/hard-cycle", test_hard_cycle);
  add_test ("/hdf5/node/external-links", test_external_links);
  add_test ("/hdf5/node/references", test_references);
  add_test ("/hdf5/node/lazy", test_lazy);

  return g_test_run ();
}
