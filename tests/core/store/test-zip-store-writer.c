/* test-zip-store-writer.c: what was written as a store reads as one; archives, and those that need
 * zip64
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _GNU_SOURCE /* memmem () */

#include "store-suite.h"
#include "write-suite.h"

#include "store/ann-store-writer-private.h"

#include <sys/mman.h>
#include <sys/syscall.h>

ssize_t pwrite64 (int fd, const void *bytes, size_t n_bytes, off_t offset);

/* The name that pwrite () has where offsets are 64 bits wide: what is long and begins with a zero
 * is all zero here, and is left out, which makes a hole of it.
 */
ssize_t
pwrite64 (int fd, const void *bytes, size_t n_bytes, off_t offset)
{
  if (n_bytes > ((size_t) 1 << 24) && *(const char *) bytes == 0)
    return (ssize_t) MIN (n_bytes, (size_t) 1 << 30);

  return syscall (SYS_pwrite64, fd, bytes, n_bytes, offset);
}

static void
put_objects (AnnStoreWriter *writer, const StoreObject *objects, gsize n)
{
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GBytes) bytes = make_object (&objects[i]);

      g_assert_true (_ann_store_writer_put (writer, objects[i].key, bytes, NULL, &error));
    }
  g_assert_true (_ann_store_writer_commit (writer, NULL, &error));
  g_assert_no_error (error);
}

/* --- The stores of all writers --- */

static AnnStore *
open_zip (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnSource) source = _ann_source_open_file (path, &error);
  AnnStore *store = _ann_zip_store_open (source, NULL, &error);

  g_assert_no_error (error);

  return store;
}

static AnnStore *
make_written (const StoreKind *kind, const StoreObject *objects, gsize n, gpointer *data)
{
  const char *name = kind->style;
  g_autoptr (AnnStoreWriter) writer = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  if (name == NULL)
    {
      writer = _ann_memory_store_writer_new ();
      put_objects (writer, objects, n);
      return _ann_memory_store_writer_dup_store (writer);
    }

  begin ();
  path = at (name);
  *data = path;
  writer = _ann_store_writer_new (path, FALSE, NULL, &error);
  g_assert_no_error (error);
  put_objects (writer, objects, n);

  return g_str_has_suffix (name, ".zip") ? open_zip (path) : _ann_folder_store_new (path);
}

static void
clean_written (gpointer path)
{
  if (path != NULL)
    end ();
}

static const StoreKind kinds[] = {
  { "written-memory", make_written, clean_written, NULL },
  { "written-folder", make_written, clean_written, "s.zarr" },
  { "written-zip", make_written, clean_written, "s.zarr.zip" },
};

/* --- Archives --- */

static void
put (AnnStoreWriter *writer, const char *key, const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;

  g_assert_true (_ann_store_writer_put (writer, key, bytes, NULL, &error));
  g_assert_no_error (error);
}

static void
commit (AnnStoreWriter *writer)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (_ann_store_writer_commit (writer, NULL, &error));
  g_assert_no_error (error);
}

/* What Python prints when it runs @script with the path of the archive. */
static void
assert_python (const char *path, const char *script, const char *expected)
{
  const char *const argv[] = { "python3", "-c", script, path, NULL };
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output,
                               &errors, &status, &error));
  g_assert_cmpstr (errors, ==, "");
  g_assert_cmpstr (output, ==, expected);
  g_assert_cmpint (status, ==, 0);
}

static void
test_python (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) writer = NULL;
  g_autofree char *path = NULL;

  begin ();
  path = at ("s.ZIP");
  writer = _ann_store_writer_new (path, FALSE, NULL, &error);
  put (writer, "zarr.json", "{}");
  put (writer, "twice", "once, and longer");
  put (writer, "a b/ü", "x");
  put (writer, "empty", "");
  put (writer, "twice", "twice");
  assert_names ("");
  commit (writer);
  assert_names ("s.ZIP");
  assert_python (path,
                 "import sys, zipfile\n"
                 "z = zipfile.ZipFile(sys.argv[1])\n"
                 "assert z.testzip() is None\n"
                 "for i in z.infolist(): print(ascii(i.filename), z.read(i), i.date_time[0], "
                 "oct(i.external_attr >> 16), i.compress_type)",
                 "'zarr.json' b'{}' 1980 0o100644 0\n"
                 "'twice' b'twice' 1980 0o100644 0\n"
                 "'a b/\\xfc' b'x' 1980 0o100644 0\n"
                 "'empty' b'' 1980 0o100644 0\n");
  end ();
}

static void
test_places (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  begin ();
  path = at ("s.zip");
  add_file ("s.zip", "old", 0600);
  g_assert_null (_ann_store_writer_new (path, FALSE, NULL, &error));
  assert_exists (&error, "/s.zip");
  for (int is_committed = 0; is_committed < 2; is_committed++)
    {
      g_autoptr (AnnStoreWriter) writer = _ann_store_writer_new (path, TRUE, NULL, &error);

      g_assert_no_error (error);
      put (writer, "zarr.json", "{}");
      assert_file ("s.zip", "old");
      if (is_committed)
        commit (writer);
      else
        _ann_store_writer_abandon (writer);
    }
  assert_names ("s.zip");
  assert_python (path, "import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).namelist())",
                 "['zarr.json']\n");
  end ();
}

/* Whether there is an end record of zip64. */
static gboolean
has_end64 (const char *path)
{
  g_autofree char *contents = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));

  return memmem (contents, length, "PK\6\6", 4) != NULL;
}

/* As many as the end record can count, and one more. */
static void
test_many (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new ("", 0);

  begin ();
  for (int n = 65534; n <= 65536; n++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = at ("s.zip");
      g_autofree char *expected = g_strdup_printf ("%d\n", n);
      g_autoptr (AnnStoreWriter) writer = _ann_store_writer_new (path, TRUE, NULL, &error);
      g_autoptr (AnnStore) store = NULL;
      g_autoptr (GPtrArray) entries = NULL;

      for (int i = 0; i < n; i++)
        {
          g_autofree char *key = g_strdup_printf ("X/%d", i);

          if (!_ann_store_writer_put (writer, key, bytes, NULL, &error))
            g_error ("%s", error->message);
        }
      commit (writer);
      store = open_zip (path);
      entries = _ann_store_list (store, "X", NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (entries->len, ==, n);
      g_assert_cmpint (has_end64 (path), ==, n >= 65535);
      assert_python (path,
                     "import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).namelist()))",
                     expected);
    }
  end ();
}

/* An entry of more than 4 GiB, of zeros, and one that begins behind that. */
static void
test_long (void)
{
  const gsize size = ((gsize) 4 << 30) + 5;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStoreWriter) writer = NULL;
  g_autoptr (AnnStore) store = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *path = NULL;
  AnnStoreRead reads[] = {
    { .key = "long", .offset = size - 7, .length = 100, .limit = 100 },
    { .key = "long", .length = 7, .limit = 7 },
    { .key = "after", .length = 100, .limit = 100 },
  };
  void *zeros = mmap (NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

  g_assert_true (zeros != MAP_FAILED);
  begin ();
  path = at ("s.zip");
  bytes = g_bytes_new_static (zeros, size);
  writer = _ann_store_writer_new (path, FALSE, NULL, &error);
  put (writer, "before", "first");
  g_assert_true (_ann_store_writer_put (writer, "long", bytes, NULL, &error));
  g_assert_no_error (error);
  put (writer, "after", "last");
  commit (writer);
  munmap (zeros, size);

  store = open_zip (path);
  g_assert_true (_ann_store_read (store, reads, G_N_ELEMENTS (reads), NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (reads[0].object_size, ==, size);
  g_assert_cmpmem (reads[0].bytes, reads[0].n_bytes, "\0\0\0\0\0\0\0", 7);
  g_assert_cmpmem (reads[1].bytes, reads[1].n_bytes, "\0\0\0\0\0\0\0", 7);
  g_assert_cmpmem (reads[2].bytes, reads[2].n_bytes, "last", 4);
  for (gsize i = 0; i < G_N_ELEMENTS (reads); i++)
    g_free (reads[i].bytes);
  assert_python (path,
                 "import sys, zipfile\n"
                 "z = zipfile.ZipFile(sys.argv[1])\n"
                 "print(z.getinfo('long').file_size, z.read('before'), z.read('after'))\n"
                 "f = z.open('long'); print(f.read(9))",
                 "4294967301 b'first' b'last'\n"
                 "b'\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00'\n");
  end ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    store_suite_add (&kinds[i]);
  g_test_add_func ("/zip-store-writer/python", test_python);
  g_test_add_func ("/zip-store-writer/places", test_places);
  g_test_add_func ("/zip-store-writer/many", test_many);
  g_test_add_func ("/zip-store-writer/long", test_long);

  return g_test_run ();
}
