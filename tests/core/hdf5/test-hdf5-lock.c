/* test-hdf5-lock.c: several threads, and what waits for whom
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "hdf5-fixture.h"

#include <pthread.h>
#include <string.h>

static int
count_open (void)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  return (int) H5Fget_obj_count ((hid_t) H5F_OBJ_ALL, H5F_OBJ_ALL);
}

/* A thread that is inside libhdf5 until it is told to leave. */
typedef struct {
  pthread_mutex_t mutex;
  pthread_cond_t cond;
  gboolean is_inside;
  gboolean may_leave;
} Gate;

static gpointer
stay_inside (gpointer data)
{
  Gate *gate = data;
  g_autoptr (AnnHdf5Lock) held = _ann_hdf5_lock ();

  pthread_mutex_lock (&gate->mutex);
  gate->is_inside = TRUE;
  pthread_cond_signal (&gate->cond);
  while (!gate->may_leave)
    pthread_cond_wait (&gate->cond, &gate->mutex);
  pthread_mutex_unlock (&gate->mutex);

  return NULL;
}

/* Neither reading nor dropping the last reference waits for a thread that is inside libhdf5. */
static void
test_reading_does_not_wait (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const gint32 value = 1;
  Gate gate = { .is_inside = FALSE };
  GThread *thread;
  AnnNode *root;
  AnnArray *array;
  g_autoptr (AnnBuffer) buffer = NULL;

  write_vector (fixture->file, "v", H5T_STD_I32LE, H5T_NATIVE_INT, 1, &value);
  g_object_unref (fixture_open (fixture));
  pthread_mutex_init (&gate.mutex, NULL);
  pthread_cond_init (&gate.cond, NULL);

  thread = g_thread_new ("inside", stay_inside, &gate);
  pthread_mutex_lock (&gate.mutex);
  while (!gate.is_inside)
    pthread_cond_wait (&gate.cond, &gate.mutex);
  pthread_mutex_unlock (&gate.mutex);

  /* Would wait for ever. */
  root = ann_open_node (fixture->path, NULL, NULL, NULL);
  array = open_array (root, "v");
  buffer = ann_array_read_range (array, 0, 1, NULL, NULL);
  g_assert_cmpfloat (ann_buffer_get_double (buffer, 0), ==, 1);
  g_object_unref (array);
  g_object_unref (root);

  pthread_mutex_lock (&gate.mutex);
  gate.may_leave = TRUE;
  pthread_cond_signal (&gate.cond);
  pthread_mutex_unlock (&gate.mutex);
  g_thread_join (thread);
  g_assert_cmpint (count_open (), ==, 0);

  pthread_mutex_destroy (&gate.mutex);
  pthread_cond_destroy (&gate.cond);
}

static void
test_enters_again (Fixture *fixture G_GNUC_UNUSED, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AnnHdf5Lock) outer = _ann_hdf5_lock ();
  g_autoptr (AnnHdf5Lock) inner = _ann_hdf5_lock ();

  g_clear_pointer (&inner, _ann_hdf5_unlock);
  /* Still inside: this closes at once. */
  {
    g_auto (AnnHdf5Hid) space = H5Screate (H5S_SCALAR);
    hid_t copy = space;

    _ann_hdf5_close (_ann_hdf5_steal (&space));
    g_assert_cmpint (H5Iis_valid (copy), ==, 0);
  }
}

/* Threads open, list, read and close the same file at once, by all ways of reading. */
static gpointer
use_file (gpointer data)
{
  Fixture *fixture = data;

  for (int i = 0; i < 30; i++)
    {
      g_autoptr (AnnNode) root = ann_open_node (fixture->path, NULL, NULL, NULL);
      g_autoptr (AnnAttributes) attributes = ann_node_read_attributes (root, NULL, NULL);
      g_autoptr (AnnArray) contiguous = open_array (root, "contiguous");
      g_autoptr (AnnArray) chunked = open_array (root, "chunked");
      g_autoptr (AnnArray) texts = open_array (root, "texts");
      g_autoptr (AnnBuffer) a = ann_array_read_range (contiguous, 0, 1000, NULL, NULL);
      g_autoptr (AnnBuffer) b = ann_array_read_range (chunked, 0, 1000, NULL, NULL);
      g_autoptr (AnnStrings) c = ann_array_read_strings_range (texts, 0, 2, NULL, NULL);
      g_autoptr (GError) error = NULL;

      g_assert_null (ann_node_open_child (root, "absent", NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
      g_assert_cmpfloat (ann_buffer_get_double (a, 999), ==, 999);
      g_assert_cmpfloat (ann_buffer_get_double (b, 999), ==, 999);
      g_assert_cmpstr (ann_strings_get (c, 1, NULL), ==, "two");
    }

  return NULL;
}

static void
test_threads (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const hsize_t length = 1000, chunk_shape = 10;
  const char *texts[2] = { "one", "two" };
  gint32 values[1000];
  GThread *threads[6];

  for (int i = 0; i < 1000; i++)
    values[i] = i;
  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) creation = make_chunking (1, &chunk_shape);
    g_auto (AnnHdf5Hid) text = H5Tcopy (H5T_C_S1);

    H5Tset_size (text, H5T_VARIABLE);
    H5Pset_deflate (creation, 1);
    write_vector (fixture->file, "contiguous", H5T_STD_I32BE, H5T_NATIVE_INT, 1000, values);
    write_dataset (fixture->file, "chunked", H5T_STD_I32LE, H5T_NATIVE_INT, 1, &length, creation,
                   values);
    write_vector (fixture->file, "texts", text, text, 2, texts);
  }
  g_object_unref (fixture_open (fixture));

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", use_file, fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  g_assert_cmpint (count_open (), ==, 0);
}

/* What a failing call says is in the error, and nothing of it stays for the next. */
static void
test_errors (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  g_assert_cmpint (H5Dopen2 (fixture->file, "absent", H5P_DEFAULT), <, 0);
  _ann_hdf5_set_error (&error, "a/b", "It cannot be opened");
  assert_says (error, ANN_ERROR_CORRUPT, "a/b: It cannot be opened: object 'absent' doesn't exist");
  g_clear_error (&error);

  _ann_hdf5_set_error (&error, "", "It cannot be opened");
  assert_says (error, ANN_ERROR_CORRUPT, "It cannot be opened: libhdf5 does not say why");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/hdf5/lock/reading-does-not-wait", test_reading_does_not_wait);
  add_test ("/hdf5/lock/enters-again", test_enters_again);
  add_test ("/hdf5/lock/threads", test_threads);
  add_test ("/hdf5/lock/errors", test_errors);

  return g_test_run ();
}
