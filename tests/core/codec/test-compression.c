/* test-compression.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-error.h"
#include "codec/ann-compression.h"

#include <string.h>

static void
test_right (void)
{
  static const struct {
    const char *text;
    AnnCompressor compressor;
    int level; /* -100: any */
    const char *written;
  } cases[] = {
    { "none", ANN_COMPRESSOR_NONE, 0, "none" },
    { "gzip", ANN_COMPRESSOR_GZIP, -100, NULL },
    { "gzip:0", ANN_COMPRESSOR_GZIP, 0, "gzip:0" },
    { "gzip:9", ANN_COMPRESSOR_GZIP, 9, "gzip:9" },
    { "zstd", ANN_COMPRESSOR_ZSTD, -100, NULL },
    { "zstd:-7", ANN_COMPRESSOR_ZSTD, -7, "zstd:-7" },
    { "zstd:22", ANN_COMPRESSOR_ZSTD, 22, "zstd:22" },
    { "blosc", ANN_COMPRESSOR_BLOSC, -100, NULL },
    { "blosc:9", ANN_COMPRESSOR_BLOSC, 9, "blosc:9" },
    { "lz4", ANN_COMPRESSOR_LZ4, -100, NULL },
    { "lz4:1", ANN_COMPRESSOR_LZ4, 1, "lz4:1" },
    { "lzf", ANN_COMPRESSOR_LZF, 0, "lzf" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      AnnCompression compression;
      AnnCompression usual;
      AnnCompression again;
      g_autofree char *text = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (ann_compression_parse (cases[i].text, &compression, &error));
      g_assert_no_error (error);
      g_assert_cmpint (compression.compressor, ==, cases[i].compressor);
      ann_compression_init (&usual, cases[i].compressor);
      g_assert_cmpint (compression.level, ==,
                       cases[i].level == -100 ? usual.level : cases[i].level);

      text = ann_compression_to_string (&compression);
      if (cases[i].written != NULL)
        g_assert_cmpstr (text, ==, cases[i].written);
      g_assert_true (ann_compression_parse (text, &again, &error));
      g_assert_cmpint (again.compressor, ==, compression.compressor);
      g_assert_cmpint (again.level, ==, compression.level);
    }
}

static void
test_wrong (void)
{
  static const char *const cases[] = {
    "",
    "gzi",
    "gzipp",
    "GZIP",
    "gzip:",
    "gzip:10",
    "gzip:-1",
    "gzip:4x",
    "gzip: 4",
    "zstd:23",
    "zstd:-8",
    "blosc:10",
    "lz4:10",
    "lzf:1",
    "none:0",
    ":1",
    "gzip:4:5",
    "snappy:1",
    "gzip:99999999999999999999",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      AnnCompression compression = { ANN_COMPRESSOR_LZF, 77 };
      g_autoptr (GError) error = NULL;

      g_assert_false (ann_compression_parse (cases[i], &compression, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
      g_assert_cmpint (compression.level, ==, 77);
    }
}

/* Words that say what there is instead. */
static void
test_messages (void)
{
  AnnCompression compression;
  g_autoptr (GError) unknown = NULL;
  g_autoptr (GError) level = NULL;

  g_assert_false (ann_compression_parse ("rar", &compression, &unknown));
  g_assert_nonnull (strstr (unknown->message, "none, gzip, zstd, blosc, lz4 or lzf"));
  g_assert_false (ann_compression_parse ("gzip:12", &compression, &level));
  g_assert_nonnull (strstr (level->message, "0 to 9"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/compression/right", test_right);
  g_test_add_func ("/compression/wrong", test_wrong);
  g_test_add_func ("/compression/messages", test_messages);

  return g_test_run ();
}
