/* test-hdf5-chunk-index.c: where chunks lie, in each kind of index
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "hdf5-fixture.h"

#include "format/hdf5/ann-hdf5-chunk-index-private.h"
#include "format/hdf5/ann-hdf5-header.h"

#include <string.h>
#include <time.h>

#define MAX_AXES 3

/* A dataset of bytes, in chunks of which the first one begins with number 0, and so on. */
typedef struct {
  const char *name;
  AnnHdf5IndexKind kind;
  guint rank;
  hsize_t shape[MAX_AXES];
  hsize_t max_shape[MAX_AXES];
  hsize_t chunk_shape[MAX_AXES];
  guint step;        /* every how manieth chunk is written */
  guint deflate;     /* level */
  gboolean is_early; /* all chunks have room from the beginning */
  gboolean is_old;   /* for libhdf5 1.6 */
} Case;

#define NONE H5S_UNLIMITED

static const Case cases[] = {
  { "tree 1", ANN_HDF5_INDEX_BTREE1, 2, { 23, 17 }, { 23, 17 }, { 3, 4 }, 1, 0, FALSE, TRUE },
  { "tree 1, gaps",
    ANN_HDF5_INDEX_BTREE1,
    2,
    { 23, 17 },
    { NONE, NONE },
    { 3, 4 },
    3,
    4,
    FALSE,
    TRUE },
  { "tree 1, deep",
    ANN_HDF5_INDEX_BTREE1,
    3,
    { 40, 20, 9 },
    { NONE, 20, 9 },
    { 2, 2, 3 },
    2,
    1,
    FALSE,
    TRUE },
  { "tree 1, line", ANN_HDF5_INDEX_BTREE1, 1, { 1000 }, { 1000 }, { 7 }, 1, 0, FALSE, TRUE },
  { "tree 1, empty",
    ANN_HDF5_INDEX_BTREE1,
    2,
    { 23, 17 },
    { 23, 17 },
    { 3, 4 },
    0,
    0,
    FALSE,
    TRUE },
  { "single", ANN_HDF5_INDEX_SINGLE, 2, { 23, 17 }, { 23, 17 }, { 23, 17 }, 1, 0, FALSE, FALSE },
  { "single, packed",
    ANN_HDF5_INDEX_SINGLE,
    2,
    { 23, 17 },
    { 23, 17 },
    { 23, 17 },
    1,
    4,
    FALSE,
    FALSE },
  { "single, empty", ANN_HDF5_INDEX_SINGLE, 1, { 5 }, { 5 }, { 5 }, 0, 4, FALSE, FALSE },
  { "implicit", ANN_HDF5_INDEX_IMPLICIT, 2, { 23, 17 }, { 23, 17 }, { 3, 4 }, 1, 0, TRUE, FALSE },
  { "implicit, growing",
    ANN_HDF5_INDEX_IMPLICIT,
    3,
    { 5, 7, 9 },
    { 9, 19, 11 },
    { 2, 2, 2 },
    1,
    0,
    TRUE,
    FALSE },
  { "fixed", ANN_HDF5_INDEX_FIXED_ARRAY, 2, { 23, 17 }, { 23, 17 }, { 3, 4 }, 1, 0, FALSE, FALSE },
  { "fixed, packed",
    ANN_HDF5_INDEX_FIXED_ARRAY,
    2,
    { 23, 17 },
    { 23, 17 },
    { 3, 4 },
    2,
    4,
    FALSE,
    FALSE },
  { "fixed, growing",
    ANN_HDF5_INDEX_FIXED_ARRAY,
    2,
    { 23, 17 },
    { 40, 29 },
    { 3, 4 },
    2,
    4,
    FALSE,
    FALSE },
  { "fixed, pages",
    ANN_HDF5_INDEX_FIXED_ARRAY,
    2,
    { 70, 60 },
    { 70, 60 },
    { 1, 1 },
    7,
    0,
    FALSE,
    FALSE },
  { "fixed, few pages",
    ANN_HDF5_INDEX_FIXED_ARRAY,
    1,
    { 5000 },
    { 5000 },
    { 1 },
    1500,
    1,
    FALSE,
    FALSE },
  { "fixed, empty",
    ANN_HDF5_INDEX_FIXED_ARRAY,
    2,
    { 23, 17 },
    { 23, 17 },
    { 3, 4 },
    0,
    0,
    FALSE,
    FALSE },
  { "extensible",
    ANN_HDF5_INDEX_EXTENSIBLE_ARRAY,
    2,
    { 23, 17 },
    { NONE, 17 },
    { 3, 4 },
    1,
    0,
    FALSE,
    FALSE },
  { "extensible, second axis",
    ANN_HDF5_INDEX_EXTENSIBLE_ARRAY,
    2,
    { 23, 17 },
    { 29, NONE },
    { 3, 4 },
    1,
    3,
    FALSE,
    FALSE },
  { "extensible, middle axis",
    ANN_HDF5_INDEX_EXTENSIBLE_ARRAY,
    3,
    { 9, 40, 8 },
    { 11, NONE, 30 },
    { 2, 3, 3 },
    2,
    3,
    FALSE,
    FALSE },
  { "extensible, few",
    ANN_HDF5_INDEX_EXTENSIBLE_ARRAY,
    1,
    { 3 },
    { NONE },
    { 1 },
    1,
    3,
    FALSE,
    FALSE },
  { "extensible, groups",
    ANN_HDF5_INDEX_EXTENSIBLE_ARRAY,
    1,
    { 4000 },
    { NONE },
    { 1 },
    3,
    1,
    FALSE,
    FALSE },
  { "extensible, gaps",
    ANN_HDF5_INDEX_EXTENSIBLE_ARRAY,
    1,
    { 9000 },
    { NONE },
    { 1 },
    1700,
    1,
    FALSE,
    FALSE },
  { "extensible, pages", /* which blocks have beyond 131,060 chunks */
    ANN_HDF5_INDEX_EXTENSIBLE_ARRAY,
    1,
    { 200000 },
    { NONE },
    { 1 },
    977,
    0,
    FALSE,
    FALSE },
  { "extensible, empty",
    ANN_HDF5_INDEX_EXTENSIBLE_ARRAY,
    1,
    { 3 },
    { NONE },
    { 1 },
    0,
    0,
    FALSE,
    FALSE },
  { "tree 2", ANN_HDF5_INDEX_BTREE2, 2, { 23, 17 }, { NONE, NONE }, { 3, 4 }, 1, 0, FALSE, FALSE },
  { "tree 2, packed",
    ANN_HDF5_INDEX_BTREE2,
    2,
    { 23, 17 },
    { NONE, NONE },
    { 3, 4 },
    2,
    4,
    FALSE,
    FALSE },
  { "tree 2, deep",
    ANN_HDF5_INDEX_BTREE2,
    3,
    { 40, 20, 9 },
    { NONE, NONE, 9 },
    { 1, 2, 3 },
    2,
    1,
    FALSE,
    FALSE },
  { "tree 2, empty",
    ANN_HDF5_INDEX_BTREE2,
    2,
    { 23, 17 },
    { NONE, NONE },
    { 3, 4 },
    0,
    0,
    FALSE,
    FALSE },
};

/* Opens the file anew, so that every case has the format it asks for. */
static void
create_file (Fixture *fixture, gboolean is_old)
{
  g_auto (AnnHdf5Hid) access = H5Pcreate (H5P_FILE_ACCESS);

  if (fixture->file > 0)
    H5Fclose (fixture->file);
  if (!is_old)
    H5Pset_libver_bounds (access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
  fixture->file = H5Fcreate (fixture->path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
  g_assert_cmpint (fixture->file, >, 0);
}

static hid_t
create_dataset (Fixture *fixture, const Case *test)
{
  g_auto (AnnHdf5Hid) creation = H5Pcreate (H5P_DATASET_CREATE);
  g_auto (AnnHdf5Hid) space = H5Screate_simple ((int) test->rank, test->shape, test->max_shape);
  hid_t dataset;

  H5Pset_chunk (creation, (int) test->rank, test->chunk_shape);
  if (test->deflate > 0)
    H5Pset_deflate (creation, test->deflate);
  if (test->is_early)
    H5Pset_alloc_time (creation, H5D_ALLOC_TIME_EARLY);
  dataset = H5Dcreate2 (fixture->file, "x", H5T_STD_U8LE, space, H5P_DEFAULT, creation,
                        H5P_DEFAULT);
  g_assert_cmpint (dataset, >, 0);

  return dataset;
}

static guint64
get_n_chunks (const Case *test)
{
  guint64 n = 1;

  for (guint i = 0; i < test->rank; i++)
    n *= (test->shape[i] - 1) / test->chunk_shape[i] + 1;

  return n;
}

static void
get_start (const Case *test, guint64 number, hsize_t *start)
{
  for (guint i = test->rank; i-- > 0;)
    {
      guint64 n = (test->shape[i] - 1) / test->chunk_shape[i] + 1;

      start[i] = number % n * test->chunk_shape[i];
      number /= n;
    }
}

/* Writes raw chunks of different lengths, or whole ones without filters. */
static void
write_chunks (hid_t dataset, const Case *test)
{
  guint64 n = get_n_chunks (test);
  guint64 chunk_size = 1;
  guint8 bytes[1024] = { 0 };

  for (guint i = 0; i < test->rank; i++)
    chunk_size *= test->chunk_shape[i];
  g_assert_cmpuint (chunk_size, <=, 512);

  for (guint64 i = 0; test->step > 0 && i < n; i += test->step)
    {
      hsize_t start[MAX_AXES];
      gsize size = test->deflate > 0 ? 1 + i % 37 : chunk_size;

      get_start (test, i, start);
      bytes[0] = (guint8) i;
      g_assert_cmpint (
          H5Dwrite_chunk (dataset, H5P_DEFAULT, test->deflate > 0 ? i % 2 : 0, start, size, bytes),
          >=, 0);
    }
}

/* Opens the index of the dataset whose header is at @address. */
static AnnHdf5ChunkIndex *
open_index (Fixture *fixture, const Case *test, haddr_t address, GError **error)
{
  g_autoptr (AnnHdf5File) file = fixture_open_file (fixture->path, error);
  g_autoptr (AnnHdf5Header) header = NULL;
  AnnHdf5Dataspace space = { .rank = test->rank };
  const AnnHdf5Message *message;
  g_auto (AnnHdf5Layout) layout = { 0 };
  AnnHdf5Cursor cursor;

  g_assert_nonnull (file);
  header = _ann_hdf5_header_read (file, address, "x", NULL, error);
  g_assert_nonnull (header);
  message = _ann_hdf5_header_find (header, ANN_HDF5_MESSAGE_LAYOUT);
  g_assert_nonnull (message);
  cursor = _ann_hdf5_file_get_cursor (file, message->bytes, message->n_bytes);
  g_assert_true (_ann_hdf5_layout_init (&layout, &cursor, "x", error));
  g_assert_cmpint (layout.layout, ==, ANN_LAYOUT_CHUNKED);
  g_assert_cmpint (layout.index, ==, test->kind);
  for (guint i = 0; i < test->rank; i++)
    {
      space.shape[i] = test->shape[i];
      space.max_shape[i] = test->max_shape[i] == NONE ? G_MAXUINT64 : test->max_shape[i];
      g_assert_cmpuint (layout.chunk_shape[i], ==, test->chunk_shape[i]);
    }

  return _ann_hdf5_chunk_index_new (file, &layout, &space, test->deflate > 0, "x", error);
}

static haddr_t
get_header_address (hid_t dataset)
{
  H5O_info_t info;

  g_assert_cmpint (H5Oget_info2 (dataset, &info, H5O_INFO_BASIC), >=, 0);

  return info.addr;
}

/* What libhdf5 says of a chunk. H5Dget_chunk_info_by_coord () of version 1.10 is of no use: it
 * mixes up chunks of arrays that grow along another axis than the first.
 */
static void
assert_chunk (const AnnChunkLocation *location, const Case *test, hid_t dataset, const char *bytes)
{
  hsize_t start[MAX_AXES], size = 0;
  guint32 mask = 0;
  guint8 chunk[1024];

  get_start (test, location->index, start);
  H5Dget_chunk_storage_size (dataset, start, &size);
  H5Eclear2 (H5E_DEFAULT);
  g_assert_cmpint (location->is_absent, ==, size == 0);
  g_assert_cmpuint (location->length, ==, size);
  if (size == 0)
    return;

  g_assert_cmpint (H5Dread_chunk (dataset, H5P_DEFAULT, start, &mask, chunk), >=, 0);
  g_assert_cmpuint (location->filter_mask, ==, mask);
  g_assert_cmpmem (bytes + location->offset, size, chunk, size);
  g_assert_cmpuint (chunk[0], ==, location->index % 256);
}

/* Every chunk is where libhdf5 finds it, in order and out of order. */
static void
assert_index (AnnHdf5ChunkIndex *index, const Case *test, hid_t dataset, const char *bytes)
{
  guint64 n = get_n_chunks (test);
  g_autofree guint64 *numbers = g_new (guint64, n);
  g_autofree AnnChunkLocation *locations = g_new0 (AnnChunkLocation, n);
  g_autoptr (GHashTable) offsets = g_hash_table_new (g_int64_hash, g_int64_equal);
  g_autoptr (GError) error = NULL;
  guint64 stored_size = 0, sum = 0;

  for (guint64 i = 0; i < n; i++)
    numbers[i] = test->step % 2 == 1 ? i : n - 1 - i;
  _ann_hdf5_chunk_index_locate (index, numbers, n, locations, NULL, &error);
  g_assert_no_error (error);

  for (guint64 i = 0; i < n; i++)
    {
      g_assert_cmpuint (locations[i].index, ==, numbers[i]);
      g_assert_cmpint (locations[i].is_absent, ==, test->step == 0 || numbers[i] % test->step != 0);
      assert_chunk (&locations[i], test, dataset, bytes);
      g_assert_true (locations[i].is_absent || g_hash_table_add (offsets, &locations[i].offset));
      sum += locations[i].length;
    }

  _ann_hdf5_chunk_index_measure (index, &stored_size, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (stored_size, ==, sum);
}

/* Writes the file of a case, and closes it. */
static haddr_t
make_file (Fixture *fixture, const Case *test)
{
  g_auto (AnnHdf5Hid) dataset = H5I_INVALID_HID;
  haddr_t address;

  create_file (fixture, test->is_old);
  dataset = create_dataset (fixture, test);
  write_chunks (dataset, test);
  address = get_header_address (dataset);
  _ann_hdf5_close (_ann_hdf5_steal (&dataset));
  H5Fclose (fixture->file);
  fixture->file = H5I_INVALID_HID;

  return address;
}

static void
test_kinds (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AnnHdf5ChunkIndex) index = NULL;
      g_autoptr (GError) error = NULL;
      g_auto (AnnHdf5Hid) dataset = H5I_INVALID_HID;
      g_autofree char *bytes = NULL;
      haddr_t address;

      g_test_message ("%s", cases[i].name);
      address = make_file (fixture, &cases[i]);
      fixture->file = H5Fopen (fixture->path, H5F_ACC_RDONLY, H5P_DEFAULT);
      dataset = H5Dopen2 (fixture->file, "x", H5P_DEFAULT);
      index = open_index (fixture, &cases[i], address, &error);
      g_assert_no_error (error);
      g_assert_true (g_file_get_contents (fixture->path, &bytes, NULL, &error));
      assert_index (index, &cases[i], dataset, bytes);
    }
}

/* Of 10^5 chunks each is found, in any order and quickly. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  const Case *test = data;
  const guint64 n = get_n_chunks (test);
  g_autofree guint64 *numbers = g_new (guint64, n);
  g_autofree AnnChunkLocation *locations = g_new0 (AnnChunkLocation, n);
  g_autofree char *bytes = NULL;
  g_autoptr (AnnHdf5ChunkIndex) index = NULL;
  g_autoptr (GError) error = NULL;
  gsize n_bytes;
  clock_t begin;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

    index = open_index (fixture, test, make_file (fixture, test), &error);
    g_assert_no_error (error);
  }
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &n_bytes, &error));

  for (guint64 i = 0; i < n; i++)
    numbers[i] = i * 7919 % n; /* a prime: each once */
  for (guint round = 0; round < 2; round++)
    {
      begin = clock ();
      _ann_hdf5_chunk_index_locate (index, numbers, n, locations, NULL, &error);
      g_assert_no_error (error);
      g_test_message ("%s, round %u: %.1f ms", test->name, round,
                      (double) (clock () - begin) * 1000 / CLOCKS_PER_SEC);
    }

  for (guint64 i = 0; i < n; i++)
    {
      gboolean is_written = numbers[i] % test->step == 0;

      g_assert_cmpint (locations[i].is_absent, ==, !is_written);
      if (is_written)
        {
          g_assert_cmpuint (locations[i].offset, <, n_bytes);
          g_assert_cmpuint ((guint8) bytes[locations[i].offset], ==, numbers[i] % 256);
          g_assert_cmpuint (locations[i].length, ==, test->deflate > 0 ? 1 + numbers[i] % 37 : 1);
        }
    }
}

/* Asks a file in which one byte is another one: for an error, or for anything but a crash. */
static void
ask_damaged (Fixture *fixture, const Case *test, haddr_t address, guint64 n, GError **error)
{
  g_autofree guint64 *numbers = g_new (guint64, n);
  g_autofree AnnChunkLocation *locations = g_new0 (AnnChunkLocation, n);
  g_autoptr (AnnHdf5ChunkIndex) index = NULL;
  guint64 stored_size;

  for (guint64 i = 0; i < n; i++)
    numbers[i] = i;
  index = open_index (fixture, test, address, error);
  if (index != NULL && _ann_hdf5_chunk_index_locate (index, numbers, n, locations, NULL, error))
    _ann_hdf5_chunk_index_measure (index, &stored_size, NULL, NULL);
}

/* The parts of each kind of index, and where a byte is spoilt: checksums tell, and where there are
 * none, what stands there.
 */
static void
test_damaged (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *name;
    const char *signature;
    gsize skip;
    guint8 bits;
    const char *words;
  } damages[] = {
    { "tree 1", "TREE", 1, 0xff, "is not where it should be" },
    { "tree 1", "TREE", 4, 0xff, "is not where it should be" },
    { "tree 1", "TREE", 24 + 8, 1, "a chunk begins between two" },
    { "tree 1", "TREE", 24, 1, "has not the size of a chunk" },
    { "tree 1", "TREE", 24 + 32 + 6, 1, "more than the file has where it should lie" },
    { "tree 1", "TREE", 7, 0xff, "beyond the end of the file" },
    { "tree 1, deep", "TREE", 5, 8, "a node has the wrong level" },
    { "tree 1, deep", "TREE", 24 + 8, 32, "a chunk is in the wrong part of it" },
    { "tree 1, deep", "TREE", 24 + 48 * 5 + 8, 32, "it is not in order" },
    { "fixed", "FAHD", 10, 1, "a checksum does not fit" },
    { "fixed", "FADB", 30, 1, "a checksum does not fit" },
    { "fixed, pages", "FADB", 14, 1, "a checksum does not fit" },
    { "fixed, pages", "FADB", 14 + 1 + 4 + 5, 1, "a checksum does not fit" },
    { "extensible", "EAHD", 10, 1, "a checksum does not fit" },
    { "extensible", "EAIB", 30, 1, "a checksum does not fit" },
    { "extensible", "EADB", 30, 1, "a checksum does not fit" },
    { "extensible, groups", "EASB", 30, 1, "a checksum does not fit" },
    { "tree 2", "BTHD", 10, 1, "a checksum does not fit" },
    { "tree 2", "BTLF", 30, 1, "a checksum does not fit" },
    { "tree 2, deep", "BTIN", 30, 1, "a checksum does not fit" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      const Case *test = cases;
      g_autoptr (GError) error = NULL;
      g_autofree char *bytes = NULL;
      haddr_t address;
      gsize n_bytes;
      char *place;

      while (strcmp (test->name, damages[i].name) != 0)
        test++;
      {
        G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

        address = make_file (fixture, test);
      }
      g_assert_true (g_file_get_contents (fixture->path, &bytes, &n_bytes, NULL));
      /* The last one: a group has a tree of its own, before the chunks'. */
      place = bytes + n_bytes - 4;
      while (memcmp (place, damages[i].signature, 4) != 0)
        place--;
      place[damages[i].skip] = (char) (place[damages[i].skip] ^ damages[i].bits);
      g_assert_true (g_file_set_contents (fixture->path, bytes, (gssize) n_bytes, NULL));

      g_test_message ("%s, %s + %u", test->name, damages[i].signature, (guint) damages[i].skip);
      ask_damaged (fixture, test, address, get_n_chunks (test), &error);
      g_assert_nonnull (error);
      assert_says (error, ANN_ERROR_CORRUPT, damages[i].words);
    }
}

static const Case many[] = {
  { "tree 1", ANN_HDF5_INDEX_BTREE1, 2, { 250, 400 }, { 250, 400 }, { 1, 1 }, 1, 0, FALSE, TRUE },
  { "fixed",
    ANN_HDF5_INDEX_FIXED_ARRAY,
    2,
    { 250, 400 },
    { 250, 400 },
    { 1, 1 },
    1,
    1,
    FALSE,
    FALSE },
  { "extensible",
    ANN_HDF5_INDEX_EXTENSIBLE_ARRAY,
    2,
    { 250, 400 },
    { 250, NONE },
    { 1, 1 },
    1,
    0,
    FALSE,
    FALSE },
  { "tree 2",
    ANN_HDF5_INDEX_BTREE2,
    2,
    { 250, 400 },
    { NONE, NONE },
    { 1, 1 },
    1,
    1,
    FALSE,
    FALSE },
};

/* Many threads ask for everything, each in another order, while the index is still being read. */
typedef struct {
  AnnHdf5ChunkIndex *index;
  const char *bytes;
  guint64 n;
  guint64 step;
} Asker;

static gpointer
ask (gpointer data)
{
  const Asker *asker = data;
  g_autoptr (GError) error = NULL;

  for (guint64 i = 0; i < asker->n; i += 10)
    {
      guint64 numbers[10];
      AnnChunkLocation locations[10];

      for (guint64 j = 0; j < 10; j++)
        numbers[j] = (i + j) * asker->step % asker->n;
      _ann_hdf5_chunk_index_locate (asker->index, numbers, 10, locations, NULL, &error);
      g_assert_no_error (error);
      for (guint j = 0; j < 10; j++)
        g_assert_cmpuint ((guint8) asker->bytes[locations[j].offset], ==, numbers[j] % 256);
    }

  return NULL;
}

/* @data: how many chunks may be kept: all, or the leaves are read again and again */
static void
test_threads (Fixture *fixture, gconstpointer data)
{
  static const guint64 primes[] = { 1, 3, 7, 11, 13, 17, 19, 23 };
  static const Case test = {
    "tree 1", ANN_HDF5_INDEX_BTREE1, 2, { 40, 50 }, { 40, 50 }, { 1, 1 }, 1, 0, FALSE, TRUE
  };
  g_autoptr (AnnHdf5ChunkIndex) index = NULL;
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  GThread *threads[G_N_ELEMENTS (primes)];
  Asker askers[G_N_ELEMENTS (primes)];

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

    index = open_index (fixture, &test, make_file (fixture, &test), &error);
    g_assert_no_error (error);
  }
  index->max_kept = GPOINTER_TO_SIZE (data);
  g_assert_true (g_file_get_contents (fixture->path, &bytes, NULL, &error));
  for (guint i = 0; i < G_N_ELEMENTS (primes); i++)
    {
      askers[i] = (Asker){ index, bytes, 2000, primes[i] };
      threads[i] = g_thread_new ("ask", ask, &askers[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (primes); i++)
    g_thread_join (threads[i]);
  /* As many as the index has, or as may be. */
  g_assert_cmpuint (index->n_kept, <=, index->max_kept);
  g_assert_cmpuint (index->n_kept, >=, MIN (index->max_kept, 2000) / 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/hdf5/chunk-index/kinds", test_kinds);
  add_test ("/hdf5/chunk-index/damaged", test_damaged);
  g_test_add ("/hdf5/chunk-index/threads", Fixture, GSIZE_TO_POINTER (G_MAXSIZE), fixture_set_up,
              test_threads, fixture_tear_down);
  g_test_add ("/hdf5/chunk-index/threads-with-little-memory", Fixture, GSIZE_TO_POINTER (500),
              fixture_set_up, test_threads, fixture_tear_down);
  for (guint i = 0; i < G_N_ELEMENTS (many); i++)
    {
      g_autofree char *path = g_strdup_printf ("/hdf5/chunk-index/many/%s", many[i].name);

      g_test_add (path, Fixture, &many[i], fixture_set_up, test_many, fixture_tear_down);
    }

  return g_test_run ();
}
