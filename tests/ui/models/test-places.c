/* test-places.c: files and addresses, as the window has them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-place.h"

#include <glib/gstdio.h>

static GFile *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  GFile *place = ann_place_new (text, &error);

  g_assert_no_error (error);
  g_assert_nonnull (place);

  return place;
}

#define check_text(text, expected)                                                                 \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *ann_text = text;                                                              \
    g_assert_cmpstr (ann_text, ==, expected);                                                      \
  }                                                                                                \
  G_STMT_END

static void
test_files (void)
{
  g_autoptr (GFile) path = parse (" /data/a b.zarr\n");
  g_autoptr (GFile) uri = parse ("file:///data/a%20b.zarr");
  g_autoptr (GFile) home = parse ("~/cells.h5ad");
  g_autofree char *expected = g_build_filename (g_get_home_dir (), "cells.h5ad", NULL);

  g_assert_true (g_file_equal (path, uri));
  g_assert_false (ann_place_is_remote (path));
  check_text (ann_place_dup_address (path), "/data/a b.zarr");
  check_text (ann_place_dup_name (path), "a b.zarr");
  check_text (ann_place_dup_folder (path), "/data");
  check_text (ann_place_dup_host (path), NULL);
  check_text (ann_place_dup_address (home), expected);
  check_text (ann_place_dup_text (home), "~/cells.h5ad");
}

static void
test_addresses (void)
{
  g_autoptr (GFile) web = parse ("https://Example.org:8443/data/a%20b.zarr/");
  g_autoptr (GFile) same = parse ("https://example.org:8443/data/a%20b.zarr");
  g_autoptr (GFile) bucket = parse (
      "s3://open-atlas/lung/x.zarr?region=eu-central-1&endpoint=https://minio.example.org");
  g_autoptr (GFile) shown = ann_place_normalize (web);

  g_assert_true (ann_place_is_remote (web));
  g_assert_true (g_file_equal (shown, same));
  check_text (ann_place_dup_name (web), "a b.zarr");
  check_text (ann_place_dup_folder (web), "https://Example.org:8443/data/a b.zarr");
  check_text (ann_place_dup_folder (shown), "https://example.org:8443/data");
  check_text (ann_place_dup_host (shown), "example.org");

  g_assert_true (ann_place_is_remote (bucket));
  check_text (ann_place_dup_name (bucket), "x.zarr");
  check_text (ann_place_dup_folder (bucket), "s3://open-atlas/lung");
  check_text (ann_place_dup_host (bucket), "open-atlas");
  g_assert_null (g_file_peek_path (bucket));
}

/* The file that makes a folder a Zarr store stands for it, wherever it is. */
static void
test_find_store (void)
{
  static const char *const cases[][2] = {
    { "/data/a b.zarr/zarr.json", "file:///data/a%20b.zarr" },
    { "/data/x.zarr/.zgroup", "file:///data/x.zarr" },
    { "https://example.org/d/x.zarr/.zmetadata", "https://example.org/d/x.zarr" },
    { "/data/x.zarr", "file:///data/x.zarr" },
    { "/data/my.zarr.json", "file:///data/my.zarr.json" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GFile) place = parse (cases[i][0]);
      g_autoptr (GFile) store = ann_place_find_store (place);
      g_autofree char *uri = g_file_get_uri (store);

      g_assert_cmpstr (uri, ==, cases[i][1]);
    }
}

/* What is shown and kept of an address that is signed is not what signs it. */
static void
test_secrets (void)
{
  g_autoptr (GFile) given = parse ("https://example.org/x.zarr?X-Amz-Signature=s3cret#part");
  g_autoptr (GFile) shown = ann_place_normalize (given);
  g_autofree char *uri = g_file_get_uri (shown);

  g_assert_cmpstr (uri, ==, "https://example.org/x.zarr");
  check_text (ann_place_dup_address (given),
              "https://example.org/x.zarr?X-Amz-Signature=s3cret#part");
}

static void
test_no_address (void)
{
  static const char *const wrong[] = { "https://", "s3:///x", "ftp://example.org/x",
                                       "https://user:secret@example.org/x", "" };

  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (ann_place_new (wrong[i], &error));
      g_assert_nonnull (error);
      g_assert_null (strstr (error->message, "secret"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/places/files", test_files);
  g_test_add_func ("/places/addresses", test_addresses);
  g_test_add_func ("/places/find-store", test_find_store);
  g_test_add_func ("/places/secrets", test_secrets);
  g_test_add_func ("/places/no-address", test_no_address);

  return g_test_run ();
}
