/* test-hdf5-fractal-heap.c: many links and attributes, found by the hashes of their names
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _GNU_SOURCE /* memmem () */

#include "hdf5-fixture.h"

#include "format/hdf5/ann-hdf5-btree2.h"
#include "format/hdf5/ann-hdf5-fractal-heap.h"

#include <string.h>

/* An open file with one tree and one heap in it, which are found by their signatures. */
typedef struct {
  char *bytes;
  gsize n_bytes;
  AnnHdf5File *file;
  AnnHdf5Btree2 *tree;
  AnnHdf5FractalHeap *heap;
} Structures;

static guint64
find_signature (Structures *self, const char *signature, gsize n)
{
  const char *found = memmem (self->bytes, self->n_bytes, signature, n);

  g_assert_nonnull (found);

  return (guint64) (found - self->bytes);
}

static void
structures_open (Structures *self, Fixture *fixture, AnnHdf5Btree2Type type)
{
  const char signature[6] = { 'B', 'T', 'H', 'D', 0, (char) type };
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnNode) root = fixture_open (fixture);

  g_assert_true (g_file_get_contents (fixture->path, &self->bytes, &self->n_bytes, &error));
  self->file = fixture_open_file (fixture->path, &error);
  g_assert_no_error (error);
  self->tree = _ann_hdf5_btree2_open (self->file, find_signature (self, signature, 6), type, "x",
                                      NULL, &error);
  g_assert_no_error (error);
  self->heap = _ann_hdf5_fractal_heap_open (self->file, find_signature (self, "FRHP", 5), "x", NULL,
                                            &error);
  g_assert_no_error (error);
}

static void
structures_clear (Structures *self)
{
  g_clear_pointer (&self->heap, _ann_hdf5_fractal_heap_free);
  g_clear_pointer (&self->tree, _ann_hdf5_btree2_free);
  g_clear_pointer (&self->file, _ann_hdf5_file_unref);
  g_free (self->bytes);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Structures, structures_clear)

/* A group whose links are kept in a heap from the first one on. */
static hid_t
make_dense_group (hid_t place, guint deflate_level)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) creation = H5Pcreate (H5P_GROUP_CREATE);
  hid_t group;

  H5Pset_link_phase_change (creation, 0, 0);
  if (deflate_level > 0)
    H5Pset_deflate (creation, deflate_level);
  group = H5Gcreate2 (place, "g", H5P_DEFAULT, creation, H5P_DEFAULT);
  g_assert_cmpint (group, >, 0);

  return group;
}

/* The name and the target of soft link number @i; names get longer now and then. */
static char *
make_name (guint i)
{
  return g_strdup_printf ("link %u%*s", i, (int) (i % 97), "");
}

static void
write_links (hid_t group, guint n)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = make_name (i);

      g_assert_cmpint (H5Lcreate_soft ("/target", group, name, H5P_DEFAULT, H5P_DEFAULT), >=, 0);
    }
}

/* The name in a link message of version 1: flags say what precedes it. */
static char *
get_link_name (AnnHdf5Cursor message)
{
  guint8 version, flags;
  guint64 length;
  const guint8 *name;

  g_assert_true (_ann_hdf5_cursor_get_u8 (&message, &version));
  g_assert_true (_ann_hdf5_cursor_get_u8 (&message, &flags));
  g_assert_cmpuint (version, ==, 1);
  g_assert_true (_ann_hdf5_cursor_skip (&message, ((flags & 8) != 0 ? 1 : 0)
                                                      + ((flags & 4) != 0 ? 8 : 0)
                                                      + ((flags & 16) != 0 ? 1 : 0)));
  g_assert_true (_ann_hdf5_cursor_get_number (&message, 1u << (flags & 3), &length));
  g_assert_true (_ann_hdf5_cursor_get_bytes (&message, length, &name));

  return g_strndup ((const char *) name, length);
}

typedef struct {
  Structures *structures;
  GHashTable *names;
  guint32 last_hash;
} Names;

static gboolean
take_link (AnnHdf5Cursor record, gpointer data, GError **error)
{
  Names *names = data;
  AnnHdf5Cursor object;
  guint32 hash;
  char *name;

  g_assert_true (_ann_hdf5_cursor_get_u32 (&record, &hash));
  if (!_ann_hdf5_fractal_heap_get (names->structures->heap, record.at,
                                   _ann_hdf5_cursor_get_left (&record), &object, error))
    return FALSE;

  name = get_link_name (object);
  g_assert_cmpuint (hash, ==, _ann_hdf5_checksum ((const guint8 *) name, strlen (name)));
  g_assert_cmpuint (hash, >=, names->last_hash);
  names->last_hash = hash;
  g_assert_true (g_hash_table_add (names->names, name));

  return TRUE;
}

static int
compare_hash (AnnHdf5Cursor record, gconstpointer data)
{
  guint32 hash = 0;

  g_assert_true (_ann_hdf5_cursor_get_u32 (&record, &hash));

  return hash < *(const guint32 *) data ? -1 : hash > *(const guint32 *) data;
}

/* All links, and then each by its hash. */
static void
assert_links (Structures *structures, guint n, guint step)
{
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Names all = { structures, found, 0 };
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (_ann_hdf5_btree2_get_n_records (structures->tree), ==, n);
  _ann_hdf5_btree2_foreach (structures->tree, take_link, &all, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (all.names), ==, n);

  for (guint i = 0; i < n; i += step)
    {
      g_autofree char *name = make_name (i);
      guint32 hash = _ann_hdf5_checksum ((const guint8 *) name, strlen (name));
      g_autoptr (GHashTable) few = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      Names one = { structures, few, 0 };

      g_assert_true (g_hash_table_contains (all.names, name));
      _ann_hdf5_btree2_find (structures->tree, compare_hash, &hash, take_link, &one, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (g_hash_table_contains (one.names, name));
      g_assert_cmpuint (g_hash_table_size (one.names), <=, 4);
    }
}

/* As many links as make the tree three levels deep and the heap have blocks of blocks. */
static void
test_many_links (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const guint n = 70000;
  g_auto (AnnHdf5Hid) group = make_dense_group (fixture->file, 0);
  g_auto (Structures) structures = { 0 };

  write_links (group, n);
  _ann_hdf5_close (_ann_hdf5_steal (&group));
  structures_open (&structures, fixture, ANN_HDF5_BTREE2_LINK_NAMES);
  assert_links (&structures, n, 7);
}

/* The first block with objects is the heap's root. */
static void
test_few_links (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_auto (AnnHdf5Hid) group = make_dense_group (fixture->file, 0);
  g_auto (Structures) structures = { 0 };

  write_links (group, 3);
  _ann_hdf5_close (_ann_hdf5_steal (&group));
  structures_open (&structures, fixture, ANN_HDF5_BTREE2_LINK_NAMES);
  assert_links (&structures, 3, 1);
}

/* The blocks of a heap can have filters like those of chunks. */
static void
test_filtered (Fixture *fixture, gconstpointer data)
{
  const guint n = GPOINTER_TO_UINT (data);
  g_auto (AnnHdf5Hid) group = make_dense_group (fixture->file, 6);
  g_auto (Structures) structures = { 0 };

  write_links (group, n);
  _ann_hdf5_close (_ann_hdf5_steal (&group));
  structures_open (&structures, fixture, ANN_HDF5_BTREE2_LINK_NAMES);
  assert_links (&structures, n, 3);
}

static gboolean
take_attribute (AnnHdf5Cursor record, gpointer data, GError **error)
{
  Names *names = data;
  AnnHdf5Cursor object;
  const guint8 *id;

  g_assert_true (_ann_hdf5_cursor_get_bytes (&record, 8, &id));
  if (!_ann_hdf5_fractal_heap_get (names->structures->heap, id, 8, &object, error))
    return FALSE;

  /* The values are the end of an attribute's message: here the numbers from its first one on. */
  g_assert_cmpuint (_ann_hdf5_cursor_get_left (&object), >, 100000 * 4);
  object.at = object.end - 100000 * 4;
  for (guint i = 0; i < 100000; i++)
    g_assert_cmpuint (_ann_hdf5_get_number (object.at + i * 4, 4), ==,
                      _ann_hdf5_get_number (object.at, 4) + i);
  g_hash_table_add (names->names,
                    g_strdup_printf ("%u", (guint) _ann_hdf5_get_number (object.at, 4)));

  return TRUE;
}

/* An attribute of more than 64 KiB is an object outside the blocks, which a tree of its own finds.
 */
static void
test_huge (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const hsize_t n = 100000;
  g_autofree guint32 *values = g_new (guint32, n);
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (Structures) structures = { 0 };
  Names names = { &structures, found, 0 };
  g_autoptr (GError) error = NULL;

  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) creation = H5Pcreate (H5P_GROUP_CREATE);
    g_auto (AnnHdf5Hid) space = H5Screate_simple (1, &n, NULL);
    g_auto (AnnHdf5Hid) group = H5I_INVALID_HID;

    H5Pset_attr_phase_change (creation, 0, 0);
    group = H5Gcreate2 (fixture->file, "g", H5P_DEFAULT, creation, H5P_DEFAULT);
    for (guint i = 0; i < 40; i++)
      {
        g_autofree char *name = g_strdup_printf ("%u", i);
        g_auto (AnnHdf5Hid) attribute = H5Acreate2 (group, name, H5T_STD_U32LE, space, H5P_DEFAULT,
                                                    H5P_DEFAULT);

        for (guint j = 0; j < n; j++)
          values[j] = i + j;
        g_assert_cmpint (H5Awrite (attribute, H5T_NATIVE_UINT32, values), >=, 0);
      }
  }

  structures_open (&structures, fixture, ANN_HDF5_BTREE2_ATTRIBUTE_NAMES);
  _ann_hdf5_btree2_foreach (structures.tree, take_attribute, &names, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (names.names), ==, 40);
}

/* A file that may be newer than libhdf5 1.8: dense groups and attributes. */
static void
set_up_new (Fixture *fixture, gconstpointer data)
{
  G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
  g_auto (AnnHdf5Hid) access = H5Pcreate (H5P_FILE_ACCESS);

  fixture_set_up (fixture, data);
  H5Fclose (fixture->file);
  H5Pset_libver_bounds (access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
  fixture->file = H5Fcreate (fixture->path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
}

/* Changes one byte of the file at the @n-th occurrence of @signature, @skip bytes further on, and
 * gives the error of reading all links.
 */
static GError *
damage (Fixture *fixture, const char *signature, gsize skip)
{
  g_autoptr (GHashTable) found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *path = g_build_filename (fixture->folder, "damaged.h5", NULL);
  g_auto (Structures) structures = { 0 };
  Names names = { &structures, found, 0 };
  g_autoptr (GError) error = NULL;
  GError *result = NULL;

  g_assert_true (
      g_file_get_contents (fixture->path, &structures.bytes, &structures.n_bytes, &error));
  structures.bytes[find_signature (&structures, signature, 4) + skip] ^= 0x40;
  g_assert_true (g_file_set_contents (path, structures.bytes, (gssize) structures.n_bytes, &error));
  structures.file = fixture_open_file (path, &error);
  g_assert_no_error (error);

  structures.tree = _ann_hdf5_btree2_open (structures.file,
                                           find_signature (&structures, "BTHD\0\5", 6),
                                           ANN_HDF5_BTREE2_LINK_NAMES, "x", NULL, &result);
  if (result == NULL)
    structures.heap = _ann_hdf5_fractal_heap_open (
        structures.file, find_signature (&structures, "FRHP", 4), "x", NULL, &result);
  if (result == NULL)
    _ann_hdf5_btree2_foreach (structures.tree, take_link, &names, NULL, &result);

  return result;
}

/* Every part has its checksum, and a part that is not there is told. */
static void
test_damaged (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *signature;
    gsize skip;
    const char *words;
  } cases[] = {
    { "BTHD", 20, "version 2 B-tree is damaged: a checksum" },
    { "BTIN", 20, "version 2 B-tree is damaged: a checksum" },
    { "BTLF", 20, "version 2 B-tree is damaged: a checksum" },
    { "BTLF", 1, "version 2 B-tree is damaged: a part of it is not where it should be" },
    { "FRHP", 20, "fractal heap is damaged: a checksum" },
    { "FHIB", 20, "fractal heap is damaged: a checksum" },
    { "FHDB", 100, "fractal heap is damaged: a checksum" },
  };
  g_auto (AnnHdf5Hid) group = make_dense_group (fixture->file, 0);

  write_links (group, 500);
  _ann_hdf5_close (_ann_hdf5_steal (&group));
  g_object_unref (fixture_open (fixture));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = damage (fixture, cases[i].signature, cases[i].skip);

      g_test_message ("%s", cases[i].signature);
      g_assert_nonnull (error);
      assert_says (error, ANN_ERROR_CORRUPT, cases[i].words);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define add_new_test(path, data, func)                                                             \
  g_test_add (path, Fixture, data, set_up_new, func, fixture_tear_down)
  add_new_test ("/hdf5/fractal-heap/few-links", NULL, test_few_links);
  add_new_test ("/hdf5/fractal-heap/many-links", NULL, test_many_links);
  add_new_test ("/hdf5/fractal-heap/filtered-root", GUINT_TO_POINTER (3), test_filtered);
  add_new_test ("/hdf5/fractal-heap/filtered", GUINT_TO_POINTER (3000), test_filtered);
  add_new_test ("/hdf5/fractal-heap/huge", NULL, test_huge);
  add_new_test ("/hdf5/fractal-heap/damaged", NULL, test_damaged);

  return g_test_run ();
}
