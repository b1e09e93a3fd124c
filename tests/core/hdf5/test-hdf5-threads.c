/* test-hdf5-threads.c: eight threads read what one has read, all at once and from the same objects
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "hdf5-fixture.h"

#include "array/ann-chunk-cache.h"
#include "element/ann-element.h"

#include <pthread.h>
#include <string.h>

#define N_THREADS 8
#define N_ROUNDS 40
#define N_ROWS 400
#define N_COLUMNS 30
#define N_STORED (N_ROWS * 3) /* in the sparse matrix: three a row */

typedef struct {
  AnnElement *element;
  guint number;
  pthread_barrier_t *barrier;
} Reader;

static void
write_text (hid_t node, const char *name, const char *value)
{
  g_auto (AnnHdf5Hid) type = H5Tcopy (H5T_C_S1);
  g_auto (AnnHdf5Hid) space = H5Screate (H5S_SCALAR);
  g_auto (AnnHdf5Hid) attribute = H5I_INVALID_HID;

  H5Tset_size (type, strlen (value));
  attribute = H5Acreate2 (node, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
  g_assert_cmpint (H5Awrite (attribute, type, value), >=, 0);
}

static void
write_shape (hid_t node)
{
  const gint64 shape[2] = { N_ROWS, N_COLUMNS };
  const hsize_t n = 2;
  g_auto (AnnHdf5Hid) space = H5Screate_simple (1, &n, NULL);
  g_auto (AnnHdf5Hid) attribute = H5Acreate2 (node, "shape", H5T_STD_I64LE, space, H5P_DEFAULT,
                                              H5P_DEFAULT);

  g_assert_cmpint (H5Awrite (attribute, H5T_NATIVE_INT64, shape), >=, 0);
}

/* Small chunks, compressed, so that every read takes several. */
static hid_t
make_small_chunks (int rank, hsize_t length)
{
  const hsize_t chunk_shape[2] = { length, 7 };
  hid_t creation = make_chunking (rank, chunk_shape);

  H5Pset_deflate (creation, 1);

  return creation;
}

static void
write_dense (Fixture *fixture)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) creation = make_small_chunks (2, 16);
  const hsize_t shape[2] = { N_ROWS, N_COLUMNS };
  g_autofree double *values = g_new (double, N_ROWS *N_COLUMNS);

  for (int i = 0; i < N_ROWS * N_COLUMNS; i++)
    values[i] = i / 4.0;
  write_dataset (fixture->file, "dense", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 2, shape, creation,
                 values);
}

/* Row i has i, i + 1 and i + 2 in the columns i, i + 7 and i + 14, modulo the width. */
static void
write_sparse (Fixture *fixture)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) creation = make_small_chunks (1, 50);
  g_auto (AnnHdf5Hid) group = make_group (fixture->file, "sparse");
  const hsize_t n_stored = N_STORED;
  const hsize_t n_pointers = N_ROWS + 1;
  gint32 values[N_STORED];
  gint32 indices[N_STORED];
  gint32 pointers[N_ROWS + 1];

  for (int i = 0; i < N_STORED; i++)
    {
      values[i] = i / 3 + i % 3;
      indices[i] = (i / 3 + 7 * (i % 3)) % N_COLUMNS;
    }
  for (int i = 0; i <= N_ROWS; i++)
    pointers[i] = 3 * i;
  write_text (group, "encoding-type", "csr_matrix");
  write_text (group, "encoding-version", "0.1.0");
  write_shape (group);
  write_dataset (group, "data", H5T_STD_I32LE, H5T_NATIVE_INT32, 1, &n_stored, creation, values);
  write_dataset (group, "indices", H5T_STD_I32LE, H5T_NATIVE_INT32, 1, &n_stored, creation,
                 indices);
  write_dataset (group, "indptr", H5T_STD_I32LE, H5T_NATIVE_INT32, 1, &n_pointers, creation,
                 pointers);
}

static void
write_texts (Fixture *fixture)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) creation = make_small_chunks (1, 16);
  g_auto (AnnHdf5Hid) type = H5Tcopy (H5T_C_S1);
  const hsize_t n = N_ROWS;
  char *texts[N_ROWS];

  H5Tset_size (type, H5T_VARIABLE);
  H5Tset_cset (type, H5T_CSET_UTF8);
  for (int i = 0; i < N_ROWS; i++)
    texts[i] = g_strdup_printf ("text %d", i * i);
  write_dataset (fixture->file, "texts", type, type, 1, &n, creation, texts);
  for (int i = 0; i < N_ROWS; i++)
    g_free (texts[i]);
}

static void
assert_rows (AnnElement *element, guint64 start, guint64 count)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBlock) block = ann_element_read_rows (element, start, count, NULL, &error);

  g_assert_no_error (error);
  for (guint64 i = 0; i < count; i++)
    {
      guint64 row = start + i;

      if (block->texts != NULL)
        {
          g_autofree char *expected = g_strdup_printf ("text %d", (int) (row * row));

          g_assert_cmpstr (ann_strings_get (block->texts, i, NULL), ==, expected);
        }
      else if (ann_block_is_sparse (block))
        {
          g_assert_cmpfloat (ann_buffer_get_double (block->indptr, i + 1), ==, 3 * (i + 1));
          for (guint64 j = 0; j < 3; j++)
            {
              g_assert_cmpfloat (ann_buffer_get_double (block->values, 3 * i + j), ==, row + j);
              g_assert_cmpfloat (ann_buffer_get_double (block->indices, 3 * i + j), ==,
                                 (row + 7 * j) % N_COLUMNS);
            }
        }
      else
        {
          for (guint64 j = 0; j < N_COLUMNS; j++)
            g_assert_cmpfloat (ann_buffer_get_double (block->values, i * N_COLUMNS + j), ==,
                               (row * N_COLUMNS + j) / 4.0);
        }
    }
}

static gpointer
read_rows (gpointer data)
{
  Reader *reader = data;
  g_autoptr (GRand) random = g_rand_new_with_seed (reader->number);

  pthread_barrier_wait (reader->barrier);
  for (int i = 0; i < N_ROUNDS; i++)
    {
      guint64 start = (guint64) g_rand_int_range (random, 0, N_ROWS);
      guint64 count = (guint64) g_rand_int_range (random, 1, 60);

      assert_rows (reader->element, start, MIN (count, N_ROWS - start));
    }

  return NULL;
}

static void
test_same_values (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const names[] = { "dense", "sparse", "texts" };
  g_autoptr (AnnNode) root = NULL;
  AnnElement *elements[G_N_ELEMENTS (names)];
  GThread *threads[N_THREADS * G_N_ELEMENTS (names)];
  Reader readers[N_THREADS * G_N_ELEMENTS (names)];
  pthread_barrier_t barrier;

  write_dense (fixture);
  write_sparse (fixture);
  write_texts (fixture);
  root = fixture_open (fixture);
  ann_chunk_cache_clear ();
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (AnnNode) node = open_node (root, names[i]);
      g_autoptr (GError) error = NULL;

      elements[i] = ann_element_open (node, NULL, &error);
      g_assert_no_error (error);
      g_assert_no_error (ann_element_get_error (elements[i]));
    }

  pthread_barrier_init (&barrier, NULL, G_N_ELEMENTS (threads));
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      readers[i] = (Reader){ elements[i % G_N_ELEMENTS (names)], i, &barrier };
      threads[i] = g_thread_new ("reader", read_rows, &readers[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  pthread_barrier_destroy (&barrier);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      assert_rows (elements[i], 0, N_ROWS);
      g_object_unref (elements[i]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/hdf5/threads/same-values", test_same_values);

  return g_test_run ();
}
