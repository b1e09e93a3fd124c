/* test-hdf5-writer-faults.c: what is not finished leaves nothing behind
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "hdf5-writing.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The call that fails, of those that write; counted from 1. 0: none. */
static guint failing_call;
static guint n_calls;

/* In place of the C library's. Half of what is handed over is still written. */
ssize_t
pwrite (int fd, const void *bytes, size_t n, off_t offset)
{
  n_calls++;
  if (failing_call > 0 && n_calls > failing_call)
    {
      errno = ENOSPC;
      return -1;
    }
  if (n_calls == failing_call && n > 1)
    n /= 2;

  return syscall (SYS_pwrite64, fd, bytes, n, offset);
}

int
ftruncate (int fd, off_t length)
{
  if (failing_call > 0 && n_calls >= failing_call)
    {
      errno = ENOSPC;
      return -1;
    }

  return (int) syscall (SYS_ftruncate, fd, length);
}

static AnnAttributes *
make_attributes (void)
{
  static const char *const encoding[] = { "array", NULL };
  g_autoptr (AnnStrings) text = make_texts (encoding);
  AnnAttributes *attributes = ann_attributes_new ();

  ann_attributes_add_texts (attributes, "encoding-type", TRUE, text);

  return attributes;
}

static gboolean
write_array (AnnNodeWriter *group,
             const char *name,
             const AnnArraySpec *spec,
             gconstpointer values,
             AnnStrings *texts,
             GError **error)
{
  g_autoptr (AnnAttributes) attributes = make_attributes ();
  g_autoptr (AnnArrayWriter) array = _ann_node_writer_add_array (group, name, spec, NULL, error);

  return array != NULL
         && (texts != NULL ? _ann_array_writer_append_texts (array, texts, NULL, error)
                           : _ann_array_writer_append (array, values, 5000, NULL, error))
         && _ann_array_writer_close (array, attributes, NULL, error);
}

/* A little of everything. */
static gboolean
write_store (const char *path, GCancellable *cancellable, GError **error)
{
  static const char *const words[] = { "one", "two", NULL };
  static guint32 values[5000];
  const AnnCompression gzip = { ANN_COMPRESSOR_GZIP, 1 };
  const AnnArraySpec whole = { .dtype = ANN_DTYPE_UINT32, .rank = 1, .shape = { 5000 } };
  const AnnArraySpec chunked = { .dtype = ANN_DTYPE_UINT32,
                                 .rank = 1,
                                 .shape = { ANN_LENGTH_UNKNOWN },
                                 .chunk_shape = { 100 },
                                 .compression = &gzip };
  const AnnArraySpec texts = { .dtype = ANN_DTYPE_STRING, .rank = 1, .shape = { 2 } };
  g_autoptr (AnnStrings) strings = make_texts (words);
  g_autoptr (AnnAttributes) attributes = make_attributes ();
  g_autoptr (AnnNodeWriter) root = _ann_hdf5_writer_new_root (
      &(AnnTargetSpec){ .address = path, .overwrite = TRUE }, cancellable, error);

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = (guint32) (i * 2654435761u);

  if (root == NULL)
    return FALSE;
  for (int i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("group %d", i);
      g_autoptr (AnnNodeWriter) group = _ann_node_writer_add_group (root, name, cancellable, error);

      if (group == NULL || !write_array (group, "whole", &whole, values, NULL, error)
          || !write_array (group, "chunked", &chunked, values, NULL, error)
          || !write_array (group, "texts", &texts, NULL, strings, error)
          || !_ann_node_writer_add_null (group, "null", attributes, cancellable, error)
          || !_ann_node_writer_close (group, attributes, cancellable, error))
        return FALSE;
    }

  return _ann_node_writer_close (root, attributes, cancellable, error)
         && _ann_node_writer_commit (root, cancellable, error);
}

static void
assert_old_file (Fixture *fixture)
{
  g_autofree char *names = list_folder (fixture);
  g_autofree char *contents = NULL;

  g_assert_cmpstr (names, ==, "x.h5ad");
  g_assert_true (g_file_get_contents (fixture->path, &contents, NULL, NULL));
  g_assert_cmpstr (contents, ==, "what stood there");
}

static void
assert_no_ids (void)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  g_assert_cmpint (H5Fget_obj_count ((hid_t) H5F_OBJ_ALL, H5F_OBJ_ALL), ==, 0);
}

/* From every moment on the disk is full. */
static void
test_disk_full (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  gboolean is_written = FALSE;

  g_assert_true (g_file_set_contents (fixture->path, "what stood there", -1, NULL));
  for (guint n = 1; !is_written; n++)
    {
      g_autoptr (GError) error = NULL;

      n_calls = 0;
      failing_call = n;
      is_written = write_store (fixture->path, NULL, &error);
      failing_call = 0;
      if (is_written)
        {
          g_assert_no_error (error);
          g_assert_cmpuint (n, >, 100);
          break;
        }
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
      assert_old_file (fixture);
      assert_no_ids ();
    }

  {
    g_autoptr (AnnNode) root = fixture_open (fixture);
    g_autoptr (AnnArray) array = open_array (root, "group 2/chunked");

    g_assert_cmpuint (ann_array_get_shape (array)[0], ==, 5000);
  }
}

/* Whoever goes on after a failure gets nothing but errors. */
static void
test_after_failure (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const AnnArraySpec spec = { .dtype = ANN_DTYPE_UINT8, .rank = 1, .shape = { 1 << 20 } };
  g_autoptr (AnnNodeWriter) root = begin_file (fixture);
  g_autoptr (AnnNodeWriter) group = begin_group (root, "group");
  g_autoptr (AnnArrayWriter) other = begin_array (group, "other", &spec);
  AnnArrayWriter *array = begin_array (group, "array", &spec);
  g_autofree guint8 *values = g_malloc0 (1 << 20);
  g_autoptr (GError) error = NULL;

  n_calls = 0;
  failing_call = 1;
  _ann_array_writer_append (array, values, 1 << 20, NULL, NULL);
  g_assert_cmpuint (n_calls, >, 0);
  failing_call = 0;
  g_assert_false (_ann_array_writer_close (array, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_nonnull (strstr (error->message, "group/array: "));
  g_object_unref (array);

  g_clear_error (&error);
  g_assert_false (_ann_array_writer_append (other, values, 1 << 20, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_clear_error (&error);
  g_assert_null (_ann_node_writer_add_group (group, "a", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_clear_error (&error);
  g_assert_false (_ann_node_writer_close (group, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_clear_error (&error);
  g_assert_false (_ann_node_writer_close (root, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_clear_error (&error);
  g_assert_false (_ann_node_writer_commit (root, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
}

/* Dropped at any moment, in any order. */
static void
test_dropped (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const AnnArraySpec spec = { .dtype = ANN_DTYPE_UINT8, .rank = 1, .shape = { 10 } };

  g_assert_true (g_file_set_contents (fixture->path, "what stood there", -1, NULL));
  for (int i = 0; i < 4; i++)
    {
      AnnNodeWriter *root = _ann_hdf5_writer_new_root (
          &(AnnTargetSpec){ .address = fixture->path, .overwrite = TRUE }, NULL, NULL);
      AnnNodeWriter *group = begin_group (root, "group");
      AnnArrayWriter *array = begin_array (group, "array", &spec);

      append (array, "0123456789", i < 2 ? 10 : 5);
      if (i == 0)
        {
          end_array (g_steal_pointer (&array), NULL);
          end_group (g_steal_pointer (&group), NULL);
          g_assert_true (_ann_node_writer_close (root, NULL, NULL, NULL));
        }
      if (i == 3)
        {
          g_clear_object (&root);
          g_clear_object (&group);
        }
      g_clear_object (&array);
      g_clear_object (&group);
      g_clear_object (&root);
      assert_old_file (fixture);
      assert_no_ids ();
    }
}

static void
test_cancelled (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (fixture->path, "what stood there", -1, NULL));
  {
    g_autoptr (AnnNodeWriter) root = _ann_hdf5_writer_new_root (
        &(AnnTargetSpec){ .address = fixture->path, .overwrite = TRUE }, cancellable, &error);

    g_assert_no_error (error);
    g_assert_true (_ann_node_writer_close (root, NULL, cancellable, &error));
    g_cancellable_cancel (cancellable);
    g_assert_false (_ann_node_writer_commit (root, cancellable, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  }
  assert_old_file (fixture);
  assert_no_ids ();

  g_clear_error (&error);
  g_assert_null (_ann_hdf5_writer_new_root (
      &(AnnTargetSpec){ .address = fixture->path, .overwrite = FALSE }, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_EXISTS);
}

/* What is written twice is the same: no times, nothing that memory held by chance. */
static void
test_same_twice (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  gsize n_first, n_second;

  g_assert_true (write_store (fixture->path, NULL, NULL));
  g_assert_true (g_file_get_contents (fixture->path, &first, &n_first, NULL));
  g_assert_true (write_store (fixture->path, NULL, NULL));
  g_assert_true (g_file_get_contents (fixture->path, &second, &n_second, NULL));
  g_assert_cmpmem (first, n_first, second, n_second);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_writing_test ("/hdf5-writer-faults/disk-full", test_disk_full);
  add_writing_test ("/hdf5-writer-faults/after-failure", test_after_failure);
  add_writing_test ("/hdf5-writer-faults/dropped", test_dropped);
  add_writing_test ("/hdf5-writer-faults/cancelled", test_cancelled);
  add_writing_test ("/hdf5-writer-faults/same-twice", test_same_twice);

  return g_test_run ();
}
