/* test-hdf5-remote.c: files in a store that is far away
 *
 * What is read of them is compared with what is read of the same file on disk; requests and waits
 * are counted; each request fails once.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "hdf5-fixture.h"

#include "../store/counted-store.h"
#include "format/hdf5/ann-hdf5-file.h"

#include <string.h>

#define N_GROUPS 8
#define N_TEXTS 1500

/* --- The file --- */

/* Bytes that no filter makes less, so that groups lie far from each other. */
static guint32 *
make_noise (gsize n)
{
  guint32 *values = g_new (guint32, n);
  guint32 state = 1;

  for (gsize i = 0; i < n; i++)
    {
      state = state * 1664525u + 1013904223u;
      values[i] = state;
    }

  return values;
}

static hid_t
make_text_type (void)
{
  hid_t type = H5Tcopy (H5T_C_S1);

  H5Tset_size (type, H5T_VARIABLE);
  H5Tset_cset (type, H5T_CSET_UTF8);

  return type;
}

static void
write_text_attribute (hid_t object, const char *name, const char *text)
{
  g_auto (AnnHdf5Hid) type = make_text_type ();
  g_auto (AnnHdf5Hid) space = H5Screate (H5S_SCALAR);
  g_auto (AnnHdf5Hid) attribute = H5Acreate2 (object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);

  g_assert_cmpint (H5Awrite (attribute, type, &text), >=, 0);
}

/* In chunks of @chunk rows of four, or none; the array may grow in @n_growing directions. */
static void
write_noise (hid_t place,
             const char *name,
             gsize n,
             hsize_t chunk,
             guint n_growing,
             gboolean packed)
{
  const hsize_t shape[2] = { n / 4, 4 };
  const hsize_t max_shape[2] = { n_growing > 0 ? H5S_UNLIMITED : n / 4,
                                 n_growing > 1 ? H5S_UNLIMITED : 4 };
  const hsize_t chunk_shape[2] = { chunk, 4 };
  g_autofree guint32 *values = make_noise (n);
  g_auto (AnnHdf5Hid) space = H5Screate_simple (2, shape, chunk > 0 ? max_shape : NULL);
  g_auto (AnnHdf5Hid) creation = H5Pcreate (H5P_DATASET_CREATE);
  g_auto (AnnHdf5Hid) dataset = H5I_INVALID_HID;

  if (chunk > 0)
    H5Pset_chunk (creation, 2, chunk_shape);
  if (packed)
    H5Pset_deflate (creation, 1);
  dataset = H5Dcreate2 (place, name, H5T_STD_U32LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  g_assert_cmpint (H5Dwrite (dataset, H5T_NATIVE_UINT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), >=,
                   0);
  write_text_attribute (dataset, "encoding-type", "array");
}

static void
write_texts (hid_t place)
{
  static const hsize_t n = N_TEXTS, chunk = 100;
  g_autofree char **texts = g_new (char *, N_TEXTS);
  g_auto (AnnHdf5Hid) type = make_text_type ();
  g_auto (AnnHdf5Hid) creation = make_chunking (1, &chunk);

  for (int i = 0; i < N_TEXTS; i++)
    texts[i] = g_strdup_printf ("text number %d, of which each is unlike the others", i);
  write_dataset (place, "texts", type, type, 1, &n, creation, texts);
  for (int i = 0; i < N_TEXTS; i++)
    g_free (texts[i]);
}

/* Writes the file anew, as libhdf5 does by itself or with all that is new. */
static void
write_file (Fixture *fixture, gboolean is_latest, hsize_t user_block)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) access = H5Pcreate (H5P_FILE_ACCESS);
  g_auto (AnnHdf5Hid) creation = H5Pcreate (H5P_FILE_CREATE);
  g_auto (AnnHdf5Hid) many = H5I_INVALID_HID;

  H5Fclose (fixture->file);
  if (is_latest)
    H5Pset_libver_bounds (access, H5F_LIBVER_V110, H5F_LIBVER_V110);
  H5Pset_userblock (creation, user_block);
  fixture->file = H5Fcreate (fixture->path, H5F_ACC_TRUNC, creation, access);
  g_assert_cmpint (fixture->file, >, 0);

  for (int i = 0; i < N_GROUPS; i++)
    {
      g_autofree char *name = g_strdup_printf ("group-%d", i);
      g_auto (AnnHdf5Hid) group = make_group (fixture->file, name);

      write_text_attribute (group, "encoding-type", name);
      write_noise (group, "data", 66560, 256, 0, TRUE);
    }
  write_noise (fixture->file, "fixed", 66560, 256, 0, FALSE);
  write_noise (fixture->file, "extensible", 66560, 16, 1, FALSE);
  write_noise (fixture->file, "tree", 66560, 16, 2, TRUE);
  write_noise (fixture->file, "contiguous", 266240, 0, 0, FALSE);
  write_texts (fixture->file);
  many = make_group (fixture->file, "many");
  for (int i = 0; i < 60; i++)
    {
      g_autofree char *name = g_strdup_printf ("child-with-a-name-%d", i);

      H5Idec_ref (make_group (many, name));
    }
  H5Fclose (fixture->file);
  fixture->file = H5I_INVALID_HID;
}

/* --- All that is in a file, as one text --- */

static gboolean
describe_values (AnnArray *array, GString *text, GCancellable *cancellable, GError **error)
{
  AnnBox box;

  ann_box_init_whole (&box, ann_array_get_rank (array), ann_array_get_shape (array));
  if (ann_dtype_comes_as_strings (ann_array_get_dtype (array)))
    {
      g_autoptr (AnnStrings) strings = ann_array_read_strings (array, &box, cancellable, error);

      for (gsize i = 0; strings != NULL && i < ann_strings_get_length (strings); i++)
        {
          gsize length;
          const char *bytes = ann_strings_get (strings, i, &length);

          g_string_append_len (text, bytes, (gssize) length);
        }
      return strings != NULL;
    }
  else
    {
      g_autoptr (AnnBuffer) values = ann_array_read (array, &box, cancellable, error);
      g_autofree char *sum = NULL;

      if (values == NULL)
        return FALSE;
      sum = g_compute_checksum_for_data (G_CHECKSUM_MD5, ann_buffer_get_data (values),
                                         ann_buffer_get_size (values));
      g_string_append_printf (text, " %s", sum);
      return TRUE;
    }
}

/* Header, attributes and links, as a listing reads them. */
static gboolean
describe_node (AnnNode *node, GString *text, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnAttributes) attributes = ann_node_read_attributes (node, cancellable, error);
  const char *type;

  if (attributes == NULL)
    return FALSE;
  type = ann_attributes_get_text (attributes, "encoding-type");
  g_string_append_printf (text, "\n%s %d %s", ann_node_get_path (node), ann_node_get_kind (node),
                          type != NULL ? type : "-");

  return TRUE;
}

static gboolean
describe_children (AnnNode *node,
                   GString *text,
                   gboolean with_values,
                   GCancellable *cancellable,
                   GError **error)
{
  g_auto (GStrv) names = ann_node_list_children (node, cancellable, error);

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autoptr (AnnNode) child = ann_node_open_child (node, names[i], cancellable, error);
      g_autoptr (AnnArray) array = NULL;

      if (child == NULL || !describe_node (child, text, cancellable, error)
          || !describe_children (child, text, with_values, cancellable, error))
        return FALSE;
      if (ann_node_get_kind (child) != ANN_NODE_ARRAY)
        continue;
      array = ann_node_open_array (child, cancellable, error);
      if (array == NULL || (with_values && !describe_values (array, text, cancellable, error)))
        return FALSE;
    }

  return names != NULL;
}

static gboolean
describe (AnnNode *node, GString *text, GCancellable *cancellable, GError **error)
{
  return describe_node (node, text, cancellable, error)
         && describe_children (node, text, TRUE, cancellable, error);
}

/* --- The same, near and far --- */

static CountedStore *
make_store (Fixture *fixture)
{
  return counted_store_new (_ann_folder_store_new (fixture->folder));
}

static AnnNode *
open_remote (CountedStore *store, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnSource) source = _ann_source_open_object (ANN_STORE (store), "x.h5", cancellable,
                                                          error);

  return source != NULL ? _ann_hdf5_open (source, cancellable, error) : NULL;
}

static char *
describe_local (Fixture *fixture)
{
  g_autoptr (AnnNode) root = fixture_open (fixture);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  describe (root, text, NULL, &error);
  g_assert_no_error (error);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
describe_remote (CountedStore *store, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnNode) root = open_remote (store, cancellable, error);
  g_autoptr (GString) text = g_string_new (NULL);

  if (root == NULL || !describe (root, text, cancellable, error))
    return NULL;

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_same (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    gboolean is_latest;
    hsize_t user_block;
  } kinds[] = { { FALSE, 0 }, { TRUE, 0 }, { FALSE, 512 }, { TRUE, 262144 } };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (CountedStore) store = make_store (fixture);
      g_autoptr (GError) error = NULL;
      g_autofree char *near = NULL, *far = NULL;

      write_file (fixture, kinds[i].is_latest, kinds[i].user_block);
      near = describe_local (fixture);
      far = describe_remote (store, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (near, ==, far);
      g_assert_nonnull (strstr (near, "group-7"));
      g_assert_nonnull (strstr (near, "text number 1499,"));
    }
}

/* --- Counted --- */

/* All that a listing needs comes when the file is opened, in few waits; @n_bytes of 4 MB. */
static void
test_listing (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  for (int is_latest = 0; is_latest < 2; is_latest++)
    {
      g_autoptr (CountedStore) store = make_store (fixture);
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (AnnNode) root = NULL;
      g_autoptr (GError) error = NULL;

      write_file (fixture, is_latest, 0);
      root = open_remote (store, NULL, &error);
      g_assert_no_error (error);
      g_test_message ("%u waits, %u requests, %" G_GUINT64_FORMAT " bytes", store->n_calls,
                      store->n_requests, store->n_bytes);
      g_assert_cmpuint (store->n_calls, <=, 8);
      g_assert_cmpuint (store->n_requests, <=, 16);
      g_assert_cmpuint (store->n_bytes, <=, 4000000);

      counted_store_reset (store);
      g_assert_true (describe_children (root, text, FALSE, NULL, &error));
      g_assert_cmpuint (store->n_calls, ==, 0);
    }
}

/* Many objects that lie far from each other, as the columns of a large table do: no more waits, and
 * not a large block for each.
 */
static void
test_wide (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (CountedStore) store = make_store (fixture);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (GError) error = NULL;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

    for (int i = 0; i < 60; i++)
      {
        g_autofree char *name = g_strdup_printf ("column-%d", i);

        write_noise (fixture->file, name, 131072, 1024, 0, FALSE);
      }
  }
  g_object_unref (fixture_open (fixture));
  root = open_remote (store, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("%u waits, %u requests, %" G_GUINT64_FORMAT " bytes", store->n_calls,
                  store->n_requests, store->n_bytes);
  g_assert_cmpuint (store->n_calls, <=, 6);
  g_assert_cmpuint (store->n_bytes, <=, 6000000);

  counted_store_reset (store);
  g_assert_true (describe_children (root, text, FALSE, NULL, &error));
  g_assert_cmpuint (store->n_calls, ==, 0);
}

/* Values: the leaves of the index in one wait, then chunks, or heaps, in one a batch. */
static void
test_values (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *name;
    guint n_calls;
  } arrays[] = {
    { "group-3/data", 2 + 2 }, /* 65 chunks: 64 and one */
    { "contiguous", 1 },
    { "texts", 2 + 1 }, /* the chunks of references, and the heaps */
  };

  write_file (fixture, FALSE, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (arrays); i++)
    {
      g_autoptr (CountedStore) store = make_store (fixture);
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnNode) root = open_remote (store, NULL, &error);
      g_autoptr (AnnArray) array = open_array (root, arrays[i].name);

      counted_store_reset (store);
      g_assert_true (describe_values (array, text, NULL, &error));
      g_test_message ("%s: %u waits, %u requests", arrays[i].name, store->n_calls,
                      store->n_requests);
      g_assert_cmpuint (store->n_calls, <=, arrays[i].n_calls);
    }
}

/* Columns of rows that lie far apart are asked for together. */
static void
test_column (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const hsize_t shape[2] = { 50, 20000 };
  g_autofree guint32 *values = make_noise (50 * 20000);
  g_autoptr (CountedStore) store = make_store (fixture);
  const AnnBox box = { .rank = 2, .start = { 0, 7 }, .count = { 50, 2 } };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBuffer) column = NULL;
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnArray) array = NULL;

  write_dataset (fixture->file, "wide", H5T_STD_U32LE, H5T_NATIVE_UINT32, 2, shape, H5P_DEFAULT,
                 values);
  g_object_unref (fixture_open (fixture));
  root = open_remote (store, NULL, &error);
  g_assert_no_error (error);
  array = open_array (root, "wide");
  counted_store_reset (store);
  column = ann_array_read (array, &box, NULL, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < 100; i++)
    g_assert_cmpuint (((const guint32 *) ann_buffer_get_data (column))[i], ==,
                      values[i / 2 * 20000 + 7 + i % 2]);
  g_assert_cmpuint (store->n_calls, ==, 1);
}

/* --- Failing --- */

/* Whichever request fails: it is told as what it was, and the next call has the right data. */
static void
test_fails (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *near = NULL;
  gboolean has_failed = TRUE;
  int n;

  write_file (fixture, FALSE, 0);
  near = describe_local (fixture);
  for (n = 0; has_failed; n++)
    {
      g_autoptr (CountedStore) store = make_store (fixture);
      g_autoptr (GError) error = NULL;
      g_autofree char *far = NULL, *again = NULL;

      store->fail_at = n;
      far = describe_remote (store, NULL, &error);
      has_failed = store->n_requests > (guint) n;
      if (has_failed)
        {
          g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
          g_assert_nonnull (strstr (error->message, "The server does not answer"));
          g_assert_null (far);
          g_clear_error (&error);
        }
      else
        g_assert_cmpstr (far, ==, near);

      store->fail_at = -1;
      again = describe_remote (store, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (again, ==, near);
    }
  g_assert_cmpint (n, >, 20);
}

/* The same with nodes and arrays that stay open: nothing of a failure is left in them. */
static void
test_fails_open (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (CountedStore) store = make_store (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) near = g_string_new (NULL);
  g_autoptr (AnnNode) local = NULL;
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnArray) array = NULL;
  guint n_failed = 0;

  write_file (fixture, FALSE, 0);
  local = fixture_open (fixture);
  root = open_remote (store, NULL, &error);
  g_assert_no_error (error);
  {
    g_autoptr (AnnArray) values = open_array (local, "group-3/data");

    g_assert_true (describe_values (values, near, NULL, &error));
  }

  array = open_array (root, "group-3/data");
  for (gboolean is_read = FALSE; !is_read;)
    {
      g_autoptr (GString) far = g_string_new (NULL);

      /* Each time the first one that is still needed. Those beside it may come, and are kept: it is
       * not sure that any is needed after it.
       */
      counted_store_reset (store);
      store->fail_at = 0;
      if (describe_values (array, far, NULL, &error))
        break;
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      g_clear_error (&error);
      n_failed++;

      counted_store_reset (store);
      store->fail_at = 1;
      is_read = describe_values (array, far, NULL, &error);
      g_clear_error (&error);
      if (is_read)
        g_assert_cmpstr (far->str, ==, near->str);
    }
  g_assert_cmpuint (n_failed, >=, 1);
}

static void
cancel (gpointer data)
{
  g_cancellable_cancel (data);
}

static void
test_cancelled (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (CountedStore) store = make_store (fixture);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GString) far = g_string_new (NULL);
  g_autofree char *near = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnNode) root = NULL;

  write_file (fixture, FALSE, 0);
  near = describe_local (fixture);
  root = open_remote (store, NULL, &error);
  g_assert_no_error (error);

  counted_store_reset (store);
  store->before_read = cancel;
  store->data = cancellable;
  g_assert_false (describe (root, far, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpuint (store->n_calls, <=, 2); /* two threads may be at it */

  store->before_read = NULL;
  g_string_truncate (far, 0);
  g_assert_true (describe (root, far, NULL, &error));
  g_assert_cmpstr (far->str, ==, near);
}

/* --- Other files --- */

static void
test_others (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (CountedStore) store = make_store (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnNode) root = NULL;
  g_autoptr (AnnNode) child = NULL;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

    H5Lcreate_external ("y.h5", "/x", fixture->file, "elsewhere", H5P_DEFAULT, H5P_DEFAULT);
  }
  g_object_unref (fixture_open (fixture));
  root = open_remote (store, NULL, &error);
  g_assert_no_error (error);
  child = ann_node_open_child (root, "elsewhere", NULL, &error);
  g_assert_null (child);
  assert_says (error, ANN_ERROR_UNSUPPORTED, "elsewhere: It names another file, “y.h5”");
}

static void
test_no_hdf5 (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (CountedStore) store = make_store (fixture);
  g_autofree char *zeros = g_malloc0 (3 << 20);
  g_autoptr (GError) error = NULL;

  g_object_unref (fixture_open (fixture));
  g_assert_true (g_file_set_contents (fixture->path, zeros, 3 << 20, NULL));
  g_assert_null (open_remote (store, NULL, &error));
  assert_says (error, ANN_ERROR_FORMAT, "not an HDF5 file");
  g_assert_cmpuint (store->n_requests, <=, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/hdf5/remote/same", test_same);
  add_test ("/hdf5/remote/listing", test_listing);
  add_test ("/hdf5/remote/wide", test_wide);
  add_test ("/hdf5/remote/values", test_values);
  add_test ("/hdf5/remote/column", test_column);
  add_test ("/hdf5/remote/fails", test_fails);
  add_test ("/hdf5/remote/fails-open", test_fails_open);
  add_test ("/hdf5/remote/cancelled", test_cancelled);
  add_test ("/hdf5/remote/others", test_others);
  add_test ("/hdf5/remote/no-hdf5", test_no_hdf5);

  return g_test_run ();
}
