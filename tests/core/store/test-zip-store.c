/* test-zip-store.c: zip archives of every style, damaged ones, and how often they are read
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "zip-writer.h"

static const struct {
  const char *name;
  ZipStyle style;
} styles[] = {
  { "zip/stored", { 0 } },
  { "zip/deflated", { .is_deflated = TRUE } },
  { "zip/64", { .is_64 = TRUE } },
  { "zip/64-deflated", { .is_64 = TRUE, .is_deflated = TRUE, .has_descriptors = TRUE } },
  { "zip/descriptors", { .has_descriptors = TRUE, .is_deflated = TRUE } },
  { "zip/extra-20", { .local_extra = 20 } },
  { "zip/extra-64", { .local_extra = 64 } },
  { "zip/extra-5000", { .local_extra = 5000 } },
  { "zip/before", { .before = "#!/bin/sh\n" } },
  { "zip/before-64", { .before = "#!/bin/sh\n", .is_64 = TRUE } },
  { "zip/comment", { .comment = "a comment, PK\005\006 or not" } },
  { "zip/top", { .top = "cells.zarr/" } },
  { "zip/top-deflated", { .top = "cells.zarr/", .is_deflated = TRUE } },
};

static AnnStore *
make_store (const StoreKind *kind, const StoreObject *objects, gsize n, gpointer *data)
{
  g_autoptr (GByteArray) bytes = zip_make (objects, n, kind->style);
  g_autoptr (GError) error = NULL;
  AnnStore *store = zip_open (bytes, &error);

  g_assert_no_error (error);
  *data = NULL;

  return store;
}

/* An archive of "good" and @item. */
static GByteArray *
make_two (const ZipStyle *style, const ZipItem *item)
{
  ZipWriter writer = zip_begin (style);
  const ZipItem good = { .name = "good", .bytes = (const guint8 *) "abc", .size = 3 };

  zip_add (&writer, &good);
  zip_add (&writer, item);

  return zip_end (&writer);
}

static void
check_good (AnnStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = _ann_store_read_object (store, "good", 10, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "abc", 3);
}

/* "x" fails with @code and a message with @words, and "good" does not. */
static void
check_bad (const ZipStyle *style, const ZipItem *item, int code, const char *words)
{
  g_autoptr (GByteArray) archive = make_two (style, item);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStore) store = zip_open (archive, &error);
  g_autoptr (GBytes) bytes = NULL;

  g_assert_no_error (error);
  check_good (store);
  bytes = _ann_store_read_object (store, "x", G_MAXSIZE, NULL, &error);
  g_assert_null (bytes);
  g_assert_error (error, ANN_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_nonnull (strstr (error->message, "“x”"));
  check_good (store);
}

#define X .name = "x", .bytes = (const guint8 *) "0123456789", .size = 10

static void
test_bad_entries (void)
{
  const ZipStyle stored = { 0 };
  const ZipStyle deflated = { .is_deflated = TRUE };
  const ZipStyle large = { .is_64 = TRUE };
  const ZipItem crc = { X, .crc32_change = 1 };
  const ZipItem encrypted = { X, .flags = 1 };
  const ZipItem bzip2 = { X, .method = 12 };
  const ZipItem unknown = { X, .method = 77 };
  const ZipItem longer = { X, .claimed_size = 11 };
  const ZipItem shorter = { X, .claimed_size = 9 };
  const ZipItem bomb = { X, .claimed_size = 100000 };
  const ZipItem huge = { X, .claimed_size = 1u << 31, .claimed_stored_size = 1u << 31 };
  const ZipItem endless = { X, .claimed_size = G_MAXUINT64, .claimed_stored_size = G_MAXUINT64 };
  const ZipItem cut = { X, .claimed_stored_size = 5 };

  check_bad (&stored, &crc, ANN_ERROR_CORRUPT, "checksum");
  check_bad (&deflated, &crc, ANN_ERROR_CORRUPT, "checksum");
  check_bad (&stored, &encrypted, ANN_ERROR_UNSUPPORTED, "encrypted");
  check_bad (&stored, &bzip2, ANN_ERROR_UNSUPPORTED, "bzip2");
  check_bad (&stored, &unknown, ANN_ERROR_UNSUPPORTED, "method 77");
  check_bad (&stored, &longer, ANN_ERROR_CORRUPT, "cannot have 11 bytes");
  check_bad (&deflated, &longer, ANN_ERROR_CORRUPT, "inflated");
  check_bad (&deflated, &shorter, ANN_ERROR_CORRUPT, "inflated");
  check_bad (&deflated, &bomb, ANN_ERROR_CORRUPT, "cannot have 100000 bytes");
  check_bad (&stored, &huge, ANN_ERROR_CORRUPT, "larger than the archive");
  check_bad (&deflated, &huge, ANN_ERROR_CORRUPT, "larger than the archive");
  check_bad (&large, &endless, ANN_ERROR_CORRUPT, "larger than the archive");
  check_bad (&deflated, &cut, ANN_ERROR_CORRUPT, "inflated");
}

/* A part has no checksum of its own, so that one of a damaged entry is read; of a deflated one it
 * has.
 */
static void
test_bad_parts (void)
{
  const ZipItem crc = { X, .crc32_change = 1 };

  for (int i = 0; i < 2; i++)
    {
      const ZipStyle style = { .is_deflated = i == 1 };
      g_autoptr (GByteArray) archive = make_two (&style, &crc);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnStore) store = zip_open (archive, &error);
      AnnStoreRead read = { .key = "x", .offset = 2, .length = 3, .limit = 3 };

      g_assert_cmpint (_ann_store_read (store, &read, 1, NULL, &error), ==, i == 0);
      if (i == 0)
        g_assert_cmpmem (read.bytes, read.n_bytes, "234", 3);
      else
        g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
      g_free (read.bytes);
    }
}

/* Names that lead elsewhere are no keys, and those of folders have no bytes. */
static void
test_names (void)
{
  static const char *const names[] = {
    "../x", "/x", "a/../x", "a//x", "./x", "a\\x", "folder/", "..", "", "__MACOSX/x",
  };
  const ZipStyle style = { 0 };
  ZipWriter writer = zip_begin (&style);
  const ZipItem with_nul = { X, .name_size = 2 };
  const ZipItem good = { .name = "good", .bytes = (const guint8 *) "abc", .size = 3 };
  g_autoptr (GByteArray) archive = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStore) store = NULL;
  g_autofree char *all = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const ZipItem item = { .name = names[i], .bytes = (const guint8 *) "?", .size = 1 };

      zip_add (&writer, &item);
    }
  zip_add (&writer, &with_nul);
  zip_add (&writer, &good);
  archive = zip_end (&writer);
  store = zip_open (archive, &error);
  g_assert_no_error (error);

  check_good (store);
  all = list_names (store, "");
  g_assert_cmpstr (all, ==, "good");
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      AnnStoreRead read = { .key = names[i], .length = 1, .limit = 1 };

      g_assert_true (_ann_store_read (store, &read, 1, NULL, &error));
      g_assert_true (read.is_absent);
      g_free (read.bytes);
    }
}

/* As it is where an object was written several times. */
static void
test_duplicates (void)
{
  const ZipStyle style = { 0 };
  ZipWriter writer = zip_begin (&style);
  g_autoptr (GByteArray) archive = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStore) store = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *names = NULL;

  for (guint i = 0; i < 5; i++)
    {
      const ZipItem item = { .name = i == 2 ? "b" : "a",
                             .bytes = (const guint8 *) "01234" + i,
                             .size = 1 };

      zip_add (&writer, &item);
    }
  archive = zip_end (&writer);
  store = zip_open (archive, &error);
  g_assert_no_error (error);

  names = list_names (store, "");
  g_assert_cmpstr (names, ==, "a|b");
  bytes = _ann_store_read_object (store, "a", 1, NULL, &error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "4", 1);
}

/* A folder is taken off only if all is in it, and the metadata not above it. */
static void
test_top (void)
{
  static const struct {
    const char *names[3];
    const char *listed;
  } cases[] = {
    { { "a/.zgroup", "a/x", "a/b/y" }, ".zgroup|b/|x" },
    { { "a/zarr.json", "a/x", "__MACOSX/a/x" }, "x|zarr.json" },
    { { "a/zarr.json", "a/x", "b" }, "a/|b" },
    { { "a/zarr.json", "a.x", "a/b" }, "a/|a.x" },
    { { "a/x", "a/y", "a/z" }, "a/" },
    { { "zarr.json", "a/zarr.json", "a/x" }, "a/|zarr.json" },
    { { "a/b/zarr.json", "a/b/x", "a/b/y" }, "a/" },
  };
  const ZipStyle style = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      StoreObject objects[3];
      g_autoptr (GByteArray) archive = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnStore) store = NULL;
      g_autofree char *names = NULL;

      for (gsize j = 0; j < 3; j++)
        objects[j] = (StoreObject){ cases[i].names[j], 5 };
      archive = zip_make (objects, 3, &style);
      store = zip_open (archive, &error);
      g_assert_no_error (error);
      names = list_names (store, "");
      g_assert_cmpstr (names, ==, cases[i].listed);
    }
}

static void
check_not_opened (GByteArray *archive, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (zip_open (archive, &error));
  g_assert_error (error, ANN_ERROR, code);
}

static void
test_no_archive (void)
{
  const ZipStyle styles_here[] = { { 0 }, { .is_64 = TRUE } };

  for (gsize i = 0; i < G_N_ELEMENTS (styles_here); i++)
    {
      g_autoptr (GByteArray) whole = zip_make (store_objects, 2, &styles_here[i]);

      /* Cut off anywhere in its directory or end record. */
      for (guint n = 1; n < 500; n++)
        {
          g_autoptr (GByteArray) cut = g_byte_array_new ();

          g_byte_array_append (cut, whole->data, whole->len - n);
          check_not_opened (cut, ANN_ERROR_CORRUPT);
        }
    }
}

/* Each byte of directory and end record is damaged in several ways: what is read then is right, or
 * an error, in the limits of memory.
 */
static void
test_damaged (void)
{
  static const guint8 masks[] = { 0x01, 0x80, 0xff };
  const ZipStyle styles_here[] = { { 0 }, { .is_64 = TRUE, .is_deflated = TRUE } };

  for (gsize i = 0; i < G_N_ELEMENTS (styles_here) * G_N_ELEMENTS (masks); i++)
    {
      g_autoptr (GByteArray) archive = zip_make (store_objects, 3, &styles_here[i % 2]);
      guint start = archive->len - MIN (archive->len, 480);

      for (guint at = start; at < archive->len; at++)
        {
          g_autoptr (GError) error = NULL;
          g_autoptr (AnnStore) store = NULL;

          archive->data[at] ^= masks[i / 2];
          store = zip_open (archive, &error);
          archive->data[at] ^= masks[i / 2];
          if (store == NULL)
            {
              g_assert_nonnull (error);
              continue;
            }
          for (gsize j = 0; j < 3; j++)
            {
              g_autoptr (GBytes) bytes = _ann_store_read_object (store, store_objects[j].key, 2000,
                                                                 NULL, NULL);
              g_autoptr (GBytes) expected = make_object (&store_objects[j]);

              g_assert_true (bytes == NULL || g_bytes_equal (bytes, expected));
            }
        }
    }
}

/* A source in memory that counts how often it is read, as each is a wait on a network. */
#define TEST_TYPE_SOURCE (test_source_get_type ())
G_DECLARE_FINAL_TYPE (TestSource, test_source, TEST, SOURCE, AnnSource)

struct _TestSource {
  AnnSource parent_instance;
  GByteArray *bytes;
  guint n_calls;
  guint64 n_bytes;
};

G_DEFINE_FINAL_TYPE (TestSource, test_source, ANN_TYPE_SOURCE)

static gboolean
test_source_read (AnnSource *source,
                  const AnnSourcePart *parts,
                  gsize n,
                  G_GNUC_UNUSED GCancellable *cancellable,
                  G_GNUC_UNUSED GError **error)
{
  TestSource *self = TEST_SOURCE (source);

  self->n_calls++;
  for (gsize i = 0; i < n; i++)
    {
      memcpy (parts[i].bytes, self->bytes->data + parts[i].offset, parts[i].length);
      self->n_bytes += parts[i].length;
    }

  return TRUE;
}

static void
test_source_finalize (GObject *object)
{
  g_byte_array_unref (TEST_SOURCE (object)->bytes);

  G_OBJECT_CLASS (test_source_parent_class)->finalize (object);
}

static void
test_source_class_init (TestSourceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_source_finalize;
  ANN_SOURCE_CLASS (klass)->read = test_source_read;
}

static void
test_source_init (G_GNUC_UNUSED TestSource *self)
{
}

static TestSource *
test_source_new (GByteArray *bytes)
{
  TestSource *self = g_object_new (TEST_TYPE_SOURCE, NULL);

  self->bytes = g_byte_array_ref (bytes);
  _ann_source_set_info (ANN_SOURCE (self), bytes->len, TRUE, NULL, "test");

  return self;
}

static void
read_keys (AnnStore *store, AnnStoreRead *reads, gsize n)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (_ann_store_read (store, reads, n, NULL, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < n; i++)
    {
      check_bytes (&reads[i], reads[i].offset, reads[i].n_bytes);
      g_clear_pointer (&reads[i].bytes, g_free);
    }
}

static void
test_calls (void)
{
  const ZipStyle style = { .local_extra = 20 };
  g_autoptr (GByteArray) archive = zip_make (store_objects, G_N_ELEMENTS (store_objects), &style);
  g_autoptr (TestSource) source = test_source_new (archive);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStore) store = _ann_zip_store_open (ANN_SOURCE (source), NULL, &error);
  AnnStoreRead small[] = {
    { .key = "zarr.json", .length = 1000, .limit = 1000 },
    { .key = "X/c/0/0", .length = 1000, .limit = 1000 },
    { .key = "X/c/0/1", .length = 1000, .limit = 1000 },
    { .key = "big", .offset = 100, .length = 10, .limit = 10 },
    { .key = "big", .offset = 200, .length = 10, .limit = 10 },
  };
  AnnStoreRead far[] = {
    { .key = "big", .offset = 290000, .length = 10, .limit = 10 },
    { .key = "big", .offset = 280000, .length = 20, .limit = 20 },
  };
  guint64 n_bytes;

  g_assert_no_error (error);
  g_assert_true (_ann_store_is_remote (store));
  g_assert_cmpuint (source->n_calls, ==, 1);

  /* Header and bytes at once; of the second part of an entry the bytes come in a second call. */
  source->n_calls = 0;
  read_keys (store, small, 4);
  g_assert_cmpuint (source->n_calls, ==, 1);
  read_keys (store, small, G_N_ELEMENTS (small));
  g_assert_cmpuint (source->n_calls, ==, 2);

  /* Once the header was read, exactly what is wanted. */
  n_bytes = source->n_bytes;
  read_keys (store, far, G_N_ELEMENTS (far));
  g_assert_cmpuint (source->n_calls, ==, 3);
  g_assert_cmpuint (source->n_bytes - n_bytes, ==, 30);

  /* Far parts of one entry that was never read: one header, then all parts. */
  g_clear_object (&store);
  store = _ann_zip_store_open (ANN_SOURCE (source), NULL, &error);
  g_assert_no_error (error);
  source->n_calls = 0;
  n_bytes = source->n_bytes;
  read_keys (store, far, G_N_ELEMENTS (far));
  g_assert_cmpuint (source->n_calls, ==, 2);
  g_assert_cmpuint (source->n_bytes - n_bytes, ==, 30 + 3 + 30);
}

/* Parts of a deflated entry: its bytes come once, in one call and in the next. */
static void
test_calls_deflated (void)
{
  const ZipStyle style = { .is_deflated = TRUE };
  g_autoptr (GByteArray) archive = zip_make (store_objects, G_N_ELEMENTS (store_objects), &style);
  g_autoptr (TestSource) source = test_source_new (archive);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStore) store = _ann_zip_store_open (ANN_SOURCE (source), NULL, &error);
  AnnStoreRead reads[] = {
    { .key = "big", .offset = 100, .length = 10, .limit = 10 },
    { .key = "big", .offset = 290000, .length = 10, .limit = 10 },
    { .key = "big", .offset = 0, .length = BIG_SIZE, .limit = BIG_SIZE },
    { .key = "big", .offset = 7, .length = 10, .limit = 10 },
  };
  guint64 n_bytes = source->n_bytes;

  g_assert_no_error (error);
  source->n_calls = 0;
  read_keys (store, reads, G_N_ELEMENTS (reads));
  g_assert_cmpuint (source->n_bytes - n_bytes, <, archive->len);
  g_assert_cmpuint (source->n_calls, <=, 2);

  source->n_calls = 0;
  read_keys (store, reads, 2);
  g_assert_cmpuint (source->n_calls, ==, 0);
}

/* The directory is larger than what is read at the end, and is brought in one more call. */
static void
test_many_entries (void)
{
  const ZipStyle style = { 0 };
  const guint n_entries = 70000;
  ZipWriter writer = zip_begin (&style);
  g_autoptr (GByteArray) archive = NULL;
  g_autoptr (TestSource) source = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStore) store = NULL;
  g_autoptr (GPtrArray) entries = NULL;
  g_autofree char *names = NULL;

  /* 70,000 where 16 bits say how many: as some write it. */
  for (guint i = 0; i < n_entries; i++)
    {
      g_autofree char *name = g_strdup_printf ("X/c/%u/0", i);
      const ZipItem item = { .name = name, .bytes = (const guint8 *) name, .size = strlen (name) };

      zip_add (&writer, &item);
    }
  archive = zip_end (&writer);
  source = test_source_new (archive);
  store = _ann_zip_store_open (ANN_SOURCE (source), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (source->n_calls, ==, 2);

  names = list_names (store, "");
  g_assert_cmpstr (names, ==, "X/");
  entries = _ann_store_list (store, "X/c", NULL, &error);
  g_assert_cmpuint (entries->len, ==, n_entries);
  for (guint i = 0; i < n_entries; i += 997)
    {
      g_autofree char *name = g_strdup_printf ("X/c/%u/0", i);
      g_autoptr (GBytes) bytes = _ann_store_read_object (store, name, 100, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), name,
                       strlen (name));
    }
}

int
main (int argc, char **argv)
{
  static StoreKind kinds[G_N_ELEMENTS (styles)];

  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (styles); i++)
    {
      kinds[i] = (StoreKind){ styles[i].name, make_store, NULL, &styles[i].style };
      store_suite_add (&kinds[i]);
    }
  g_test_add_func ("/zip-store/bad-entries", test_bad_entries);
  g_test_add_func ("/zip-store/bad-parts", test_bad_parts);
  g_test_add_func ("/zip-store/names", test_names);
  g_test_add_func ("/zip-store/duplicates", test_duplicates);
  g_test_add_func ("/zip-store/top", test_top);
  g_test_add_func ("/zip-store/no-archive", test_no_archive);
  g_test_add_func ("/zip-store/damaged", test_damaged);
  g_test_add_func ("/zip-store/calls", test_calls);
  g_test_add_func ("/zip-store/calls-deflated", test_calls_deflated);
  g_test_add_func ("/zip-store/many-entries", test_many_entries);

  return g_test_run ();
}
