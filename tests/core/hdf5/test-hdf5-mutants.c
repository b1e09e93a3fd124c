/* test-hdf5-mutants.c: damaged files, which may be refused and never do harm
 *
 * Files are damaged by chance, always the same one, and read whole. With ANN_MUTANTS=N in the
 * environment there are N of each; with ANN_MUTANT_FILES=a.h5ad:b.h5 those files too.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-cursor.h"
#include "hdf5-fixture.h"

#include <string.h>

#define N_MUTANTS 400
#define MAX_DEPTH 6
#define MAX_NODES 400
#define MAX_VALUES 20000

/* No mutant takes longer. They are small files. */
#define MAX_SECONDS 10

/* A part of a file with a checksum of its own, which a mutant may have repaired: or nothing behind
 * a checksum would ever be reached.
 */
typedef struct {
  gsize start;
  gsize size;
} Part;

typedef struct {
  guint8 *bytes;
  gsize size;
  GArray *parts;
} Original;

static void
original_clear (Original *self)
{
  g_free (self->bytes);
  g_array_unref (self->parts);
}

static void
find_part (Original *self, gsize start)
{
  gsize most = MIN (self->size - start, 2200);

  for (gsize n = 8; n + 4 <= most; n++)
    {
      Part part = { start, n + 4 };

      if (_ann_hdf5_has_checksum (self->bytes + start, part.size))
        {
          g_array_append_val (self->parts, part);
          return;
        }
    }
}

static void
original_init (Original *self, const char *path)
{
  static const char *const signatures[] = { "\211HDF", "OHDR", "OCHK", "FRHP", "FHDB", "FHIB",
                                            "BTHD",    "BTLF", "BTIN", "FAHD", "FADB", "EAHD",
                                            "EAIB",    "EASB", "EADB", "SMTB" };
  char *bytes;

  g_assert_true (g_file_get_contents (path, &bytes, &self->size, NULL));
  self->bytes = (guint8 *) bytes;
  self->parts = g_array_new (FALSE, FALSE, sizeof (Part));
  for (gsize i = 0; i + 12 < self->size; i++)
    for (gsize j = 0; j < G_N_ELEMENTS (signatures); j++)
      {
        if (memcmp (self->bytes + i, signatures[j], 4) == 0)
          find_part (self, i);
      }
}

/* The lengths, counts and addresses of a file are in its first bytes, and between zeros. */
static gsize
choose_place (const Original *original, GRand *rand)
{
  gsize place;

  for (int i = 0; i < 20; i++)
    {
      place = (gsize) g_rand_int_range (rand, 0, (gint32) original->size);
      if (original->bytes[place] != 0)
        break;
    }

  return place;
}

static void
damage (const Original *original, guint8 *bytes, GRand *rand)
{
  gsize place = choose_place (original, rand);
  gsize left = original->size - place;
  gsize most = (gsize) g_rand_int_range (rand, 1, 300); /* MIN () would draw it twice */
  guint64 word;

  switch (g_rand_int_range (rand, 0, 6))
    {
    case 0:
      bytes[place] ^= (guint8) (1 << g_rand_int_range (rand, 0, 8));
      break;
    case 1:
      bytes[place] = (guint8) g_rand_int_range (rand, 0, 256);
      break;
    case 2:
      memset (bytes + place, g_rand_boolean (rand) ? 0 : 255, MIN (left, 8));
      break;
    case 3:
      word = GUINT64_TO_LE ((guint64) g_rand_int_range (rand, 0, (gint32) original->size));
      memcpy (bytes + place, &word, MIN (left, 8));
      break;
    case 4:
      memset (bytes + place, 0, MIN (left, most));
      break;
    default:
      word = choose_place (original, rand);
      memmove (bytes + place, original->bytes + word,
               MIN (MIN (left, original->size - word), most / 4 + 1));
      break;
    }
}

static void
repair (const Original *original, guint8 *bytes)
{
  for (guint i = 0; i < original->parts->len; i++)
    {
      const Part *part = &g_array_index (original->parts, Part, i);
      guint8 *end = bytes + part->start + part->size - 4;
      guint32 sum = GUINT32_TO_LE (_ann_hdf5_checksum (bytes + part->start, part->size - 4));

      memcpy (end, &sum, 4);
    }
}

typedef struct {
  guint n_nodes;
  guint n_errors;
} Walk;

static void
count_error (Walk *walk, GError *error)
{
  if (error == NULL)
    return;

  g_assert_true (error->domain == ANN_ERROR || error->domain == G_IO_ERROR);
  g_test_message ("%s", error->message);
  walk->n_errors++;
  g_error_free (error);
}

static void
read_array (Walk *walk, AnnArray *array)
{
  const guint64 *shape = ann_array_get_shape (array);
  AnnBox box = { .rank = ann_array_get_rank (array) };
  g_auto (GStrv) fields = ann_array_get_field_names (array);
  g_autoptr (AnnStrings) texts = NULL;
  g_autoptr (AnnBuffer) values = NULL;
  gsize left = MAX_VALUES;
  guint64 stored_size;
  GError *error = NULL;

  for (guint i = 0; i < box.rank; i++)
    {
      box.count[i] = MIN (shape[i], left);
      box.start[i] = (shape[i] - box.count[i]) / 2;
      left /= MAX (box.count[i], 1);
    }
  for (guint i = 0; fields != NULL && fields[i] != NULL && walk->n_nodes < MAX_NODES; i++)
    {
      g_autoptr (AnnArray) field = ann_array_open_field (array, fields[i], &error);

      walk->n_nodes++;
      count_error (walk, g_steal_pointer (&error));
      if (field != NULL)
        read_array (walk, field);
    }

  if (ann_dtype_comes_as_strings (ann_array_get_dtype (array)))
    texts = ann_array_read_strings (array, &box, NULL, &error);
  else if (ann_array_get_dtype (array) != ANN_DTYPE_RECORD)
    values = ann_array_read (array, &box, NULL, &error);
  count_error (walk, g_steal_pointer (&error));
  ann_array_get_stored_size (array, &stored_size, NULL, &error);
  count_error (walk, g_steal_pointer (&error));
}

static void
walk_node (Walk *walk, AnnNode *node, guint depth)
{
  g_autoptr (AnnAttributes) attributes = NULL;
  g_auto (GStrv) names = NULL;
  GError *error = NULL;

  walk->n_nodes++;
  attributes = ann_node_read_attributes (node, NULL, &error);
  count_error (walk, g_steal_pointer (&error));
  if (ann_node_get_kind (node) == ANN_NODE_ARRAY)
    {
      g_autoptr (AnnArray) array = ann_node_open_array (node, NULL, &error);

      count_error (walk, g_steal_pointer (&error));
      if (array != NULL)
        read_array (walk, array);
    }

  names = ann_node_list_children (node, NULL, &error);
  count_error (walk, g_steal_pointer (&error));
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autoptr (AnnNode) child = NULL;

      if (depth >= MAX_DEPTH || walk->n_nodes >= MAX_NODES)
        break;
      child = ann_node_open_child (node, names[i], NULL, &error);
      count_error (walk, g_steal_pointer (&error));
      if (child != NULL)
        walk_node (walk, child, depth + 1);
    }
}

/* Returns whether something was wrong with it. */
static gboolean
read_mutant (const char *path)
{
  Walk walk = { 0 };
  GError *error = NULL;
  g_autoptr (AnnNode) root = ann_open_node (path, NULL, NULL, &error);

  count_error (&walk, error);
  if (root != NULL)
    walk_node (&walk, root, 0);

  return walk.n_errors > 0;
}

static void
try_mutants (const char *path, const char *mutant_path)
{
  const char *wanted = g_getenv ("ANN_MUTANTS");
  guint n_mutants = wanted != NULL ? (guint) g_ascii_strtoull (wanted, NULL, 10) : N_MUTANTS;
  Original original;
  guint n_wrong = 0;

  g_assert_false (read_mutant (path));
  original_init (&original, path);
  for (guint i = 0; i < n_mutants; i++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (i);
      g_autofree guint8 *bytes = g_memdup2 (original.bytes, original.size);
      gsize size = original.size;
      gint64 start = g_get_monotonic_time ();

      for (int n = g_rand_int_range (rand, 1, 5); n > 0; n--)
        damage (&original, bytes, rand);
      if (g_rand_int_range (rand, 0, 4) > 0)
        repair (&original, bytes);
      if (g_rand_int_range (rand, 0, 20) == 0)
        size = (gsize) g_rand_int_range (rand, 1, (gint32) size);
      g_assert_true (g_file_set_contents_full (mutant_path, (char *) bytes, (gssize) size,
                                               G_FILE_SET_CONTENTS_NONE, 0600, NULL));

      n_wrong += read_mutant (mutant_path);
      if (g_get_monotonic_time () - start > MAX_SECONDS * G_USEC_PER_SEC)
        g_error ("Mutant %u of %s takes too long", i, path);
    }
  g_test_message ("%s: %" G_GSIZE_FORMAT " bytes, %u parts with checksums; %u of %u mutants wrong",
                  path, original.size, original.parts->len, n_wrong, n_mutants);
  /* Else nothing was tested. */
  g_assert_cmpuint (n_wrong, >, n_mutants / 20);
  original_clear (&original);
}

static void
write_attributes (hid_t object, guint n)
{
  g_auto (AnnHdf5Hid) text = H5Tcopy (H5T_C_S1);
  g_auto (AnnHdf5Hid) scalar = H5Screate (H5S_SCALAR);
  const char *value = "a text of variable length";

  H5Tset_size (text, H5T_VARIABLE);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("attribute-%u", i);
      g_auto (AnnHdf5Hid) attribute = H5Acreate2 (object, name, i % 2 ? text : H5T_STD_I32BE,
                                                  scalar, H5P_DEFAULT, H5P_DEFAULT);

      g_assert_cmpint (i % 2 ? H5Awrite (attribute, text, &value)
                             : H5Awrite (attribute, H5T_NATIVE_UINT, &i),
                       >=, 0);
    }
}

/* Chunks with every kind of index: which it is follows from the shape and how it may grow. */
static void
write_chunked (hid_t place, const char *name, hsize_t max_a, hsize_t max_b, gboolean is_packed)
{
  const hsize_t shape[2] = { 20, 12 }, chunk_shape[2] = { 3, 4 };
  g_auto (AnnHdf5Hid) creation = make_chunking (2, chunk_shape);
  g_auto (AnnHdf5Hid) space = H5Screate_simple (2, shape, (const hsize_t[]){ max_a, max_b });
  g_auto (AnnHdf5Hid) dataset = H5I_INVALID_HID;
  gint32 values[240];

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = (gint32) i;
  if (is_packed)
    {
      H5Pset_shuffle (creation);
      H5Pset_deflate (creation, 4);
    }
  dataset = H5Dcreate2 (place, name, H5T_STD_I32LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
  g_assert_cmpint (H5Dwrite (dataset, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), >=,
                   0);
}

static void
write_records (hid_t place)
{
  struct {
    const char *text;
    double number;
    char fixed[4];
  } records[] = { { "one", 1, "eins" }, { "two", 2, "zwei" }, { "three", 3, "drei" } };
  const hsize_t two = 2;
  g_auto (AnnHdf5Hid) creation = make_chunking (1, &two);
  g_auto (AnnHdf5Hid) text = H5Tcopy (H5T_C_S1);
  g_auto (AnnHdf5Hid) fixed = H5Tcopy (H5T_C_S1);
  g_auto (AnnHdf5Hid) type = H5Tcreate (H5T_COMPOUND, sizeof records[0]);

  H5Tset_size (text, H5T_VARIABLE);
  H5Tset_size (fixed, 4);
  H5Tinsert (type, "text", G_STRUCT_OFFSET (typeof (records[0]), text), text);
  H5Tinsert (type, "number", G_STRUCT_OFFSET (typeof (records[0]), number), H5T_NATIVE_DOUBLE);
  H5Tinsert (type, "fixed", G_STRUCT_OFFSET (typeof (records[0]), fixed), fixed);
  write_vector (place, "records", type, type, 3, records);
  write_dataset (place, "chunked-records", type, type, 1, (const hsize_t[]){ 3 }, creation,
                 records);
}

/* An index with pages: of an array with its final shape, or of one that grows. */
static void
write_pages (hid_t place, const char *name, hsize_t max_length)
{
  const hsize_t length = 3000, chunk_length = 1;
  g_auto (AnnHdf5Hid) creation = make_chunking (1, &chunk_length);
  g_auto (AnnHdf5Hid) space = H5Screate_simple (1, &length, &max_length);
  g_auto (AnnHdf5Hid) dataset = H5Dcreate2 (place, name, H5T_STD_U8LE, space, H5P_DEFAULT, creation,
                                            H5P_DEFAULT);

  for (hsize_t i = 0; i < length; i += 70)
    {
      guint8 value = (guint8) i;

      g_assert_cmpint (H5Dwrite_chunk (dataset, H5P_DEFAULT, 0, &i, 1, &value), >=, 0);
    }
}

/* Rows of another dataset in this file, in two parts, and every second column of one of them. */
static void
write_virtual (hid_t place)
{
  const hsize_t shape[2] = { 20, 12 }, half[2] = { 10, 6 }, start[2] = { 10, 1 };
  const hsize_t stride[2] = { 1, 2 }, ones[2] = { 1, 1 };
  g_auto (AnnHdf5Hid) creation = H5Pcreate (H5P_DATASET_CREATE);
  g_auto (AnnHdf5Hid) here = H5Screate_simple (2, shape, NULL);
  g_auto (AnnHdf5Hid) there = H5Screate_simple (2, shape, NULL);
  g_auto (AnnHdf5Hid) dataset = H5I_INVALID_HID;

  H5Sselect_hyperslab (here, H5S_SELECT_SET, start, stride, half, NULL);
  H5Sselect_hyperslab (there, H5S_SELECT_SET, start, NULL, ones, half);
  g_assert_cmpint (H5Pset_virtual (creation, here, ".", "/group/tree", there), >=, 0);
  H5Sselect_hyperslab (here, H5S_SELECT_SET, (const hsize_t[]){ 0, 0 }, NULL, ones, half);
  g_assert_cmpint (H5Pset_virtual (creation, here, ".", "/group/fixed", there), >=, 0);
  dataset = H5Dcreate2 (place, "virtual", H5T_STD_I32LE, here, H5P_DEFAULT, creation, H5P_DEFAULT);
  g_assert_cmpint (dataset, >, 0);
}

/* Links in a heap whose blocks went through a filter, and an attribute too large for any block. */
static void
write_heaps (hid_t place)
{
  const hsize_t n = 20000;
  g_autofree gint32 *values = g_new0 (gint32, n);
  g_auto (AnnHdf5Hid) creation = H5Pcreate (H5P_GROUP_CREATE);
  g_auto (AnnHdf5Hid) space = H5Screate_simple (1, &n, NULL);
  g_auto (AnnHdf5Hid) group = H5I_INVALID_HID;
  g_auto (AnnHdf5Hid) attribute = H5I_INVALID_HID;

  H5Pset_link_phase_change (creation, 0, 0);
  H5Pset_attr_phase_change (creation, 0, 0);
  H5Pset_deflate (creation, 1);
  group = H5Gcreate2 (place, "heaps", H5P_DEFAULT, creation, H5P_DEFAULT);
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *name = g_strdup_printf ("soft-%u", i);

      H5Lcreate_soft ("/group/numbers", group, name, H5P_DEFAULT, H5P_DEFAULT);
    }
  attribute = H5Acreate2 (group, "large", H5T_STD_I32LE, space, H5P_DEFAULT, H5P_DEFAULT);
  g_assert_cmpint (H5Awrite (attribute, H5T_NATIVE_INT32, values), >=, 0);
}

static void
write_file (const char *path, gboolean latest)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) access = H5Pcreate (H5P_FILE_ACCESS);
  g_auto (AnnHdf5Hid) file = H5I_INVALID_HID;
  g_auto (AnnHdf5Hid) group = H5I_INVALID_HID;
  g_auto (AnnHdf5Hid) many = H5I_INVALID_HID;
  g_auto (AnnHdf5Hid) compact = H5Pcreate (H5P_DATASET_CREATE);
  const char *texts[3] = { "eins", "zwei", "drei" };
  const gint16 numbers[3] = { 1, 2, 3 };
  g_auto (AnnHdf5Hid) text = H5Tcopy (H5T_C_S1);

  if (latest)
    H5Pset_libver_bounds (access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
  file = H5Fcreate (path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
  H5Tset_size (text, H5T_VARIABLE);
  H5Pset_layout (compact, H5D_COMPACT);
  write_attributes (file, 3);
  group = make_group (file, "group");
  write_attributes (group, 12); /* too many for the header */
  write_vector (group, "numbers", H5T_STD_I16BE, H5T_NATIVE_INT16, 3, numbers);
  write_vector (group, "texts", text, text, 3, texts);
  write_dataset (group, "compact", H5T_STD_I16LE, H5T_NATIVE_INT16, 1, (const hsize_t[]){ 3 },
                 compact, numbers);
  write_chunked (group, "fixed", 20, 12, FALSE);
  write_chunked (group, "fixed-packed", 30, 12, TRUE);
  write_chunked (group, "extensible", H5S_UNLIMITED, 12, TRUE);
  write_chunked (group, "tree", H5S_UNLIMITED, H5S_UNLIMITED, TRUE);
  write_chunked (group, "tree-plain", H5S_UNLIMITED, H5S_UNLIMITED, FALSE);
  write_records (group);
  write_virtual (group);
  if (latest)
    {
      write_pages (group, "fixed-pages", 3000);
      write_pages (group, "extensible-pages", H5S_UNLIMITED);
      write_heaps (file);
    }
  H5Lcreate_soft ("/group/texts", group, "soft", H5P_DEFAULT, H5P_DEFAULT);
  many = make_group (file, "many"); /* too many for the header */
  for (guint i = 0; i < 20; i++)
    {
      g_autofree char *name = g_strdup_printf ("child-%u", i);

      _ann_hdf5_close (make_group (many, name));
    }
}

static void
test_mutants (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *mutant_path = g_build_filename (fixture->folder, "mutant.h5", NULL);
  g_auto (GStrv) others = g_strsplit (
      g_getenv ("ANN_MUTANT_FILES") != NULL ? g_getenv ("ANN_MUTANT_FILES") : "", ":", -1);

  for (int latest = 0; latest < 2; latest++)
    {
      g_autofree char *path = g_build_filename (fixture->folder, latest ? "new.h5" : "old.h5",
                                                NULL);

      write_file (path, latest);
      try_mutants (path, mutant_path);
    }
  for (guint i = 0; others[i] != NULL; i++)
    try_mutants (others[i], mutant_path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/hdf5/mutants", test_mutants);

  return g_test_run ();
}
