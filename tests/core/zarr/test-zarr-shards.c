/* test-zarr-shards.c: chunks in shards, and indices that lie
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "zarr-fixture.h"

#include "codec/ann-codec.h"

#define NEW_STORE(type) g_autoptr (AnnStore) store = ANN_STORE (store_new (type ()))
#define STORE ((ZarrStore *) store)
#define NONE G_MAXUINT64
#define TRANSPOSE "{\"name\":\"transpose\",\"configuration\":{\"order\":[1,0]}}"

/* CRC-32C as its definition has it, bit by bit. */
static guint32
crc32c (const guint8 *bytes, gsize n)
{
  guint32 crc = 0xffffffff;

  for (gsize i = 0; i < n; i++)
    {
      crc ^= bytes[i];
      for (guint bit = 0; bit < 8; bit++)
        crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;
    }

  return crc ^ 0xffffffff;
}

static char *
sharding (const char *chunk_shape, const char *codecs, const char *more)
{
  return g_strdup_printf ("{\"name\":\"sharding_indexed\",\"configuration\":{\"chunk_shape\":%s,"
                          "\"codecs\":[%s],\"index_codecs\":[" LITTLE ",{\"name\":\"crc32c\"}]%s}}",
                          chunk_shape, codecs, more);
}

/* A shard of @n chunks whose places are given as they are. (transfer full) */
static GByteArray *
make_shard (const guint8 *chunks, gsize n_bytes, const guint64 *places, gsize n, gboolean at_start)
{
  GByteArray *shard = g_byte_array_new ();
  GByteArray *index = g_byte_array_new ();
  guint32 crc;

  for (gsize i = 0; i < 2 * n; i++)
    {
      const guint64 stored = GUINT64_TO_LE (places[i]);

      g_byte_array_append (index, (const guint8 *) &stored, sizeof stored);
    }
  crc = GUINT32_TO_LE (crc32c (index->data, index->len));
  g_byte_array_append (index, (const guint8 *) &crc, sizeof crc);
  if (at_start)
    g_byte_array_append (shard, index->data, index->len);
  g_byte_array_append (shard, chunks, (guint) n_bytes);
  if (!at_start)
    g_byte_array_append (shard, index->data, index->len);
  g_byte_array_unref (index);

  return shard;
}

static void
put_shard (ZarrStore *store,
           const char *key,
           const guint8 *chunks,
           gsize n_bytes,
           const guint64 *places,
           gsize n,
           gboolean at_start)
{
  g_autoptr (GByteArray) shard = make_shard (chunks, n_bytes, places, n, at_start);

  put (store, key, shard->data, shard->len);
}

/* 2 × 4 in shards of 2 × 2, each of two chunks of 1 × 2. */
static AnnArray *
open_small (ZarrStore *store, gboolean at_start, const char *codecs)
{
  g_autofree char *shards = sharding ("[1,2]", codecs,
                                      at_start ? ",\"index_location\":\"start\"" : "");
  g_autofree char *document = array_v3 ("[2,4]", "[2,2]", "\"uint8\"", "7", shards, NULL);

  return open_only (store, document);
}

static void
test_chunks (void)
{
  static const double expected[] = { 1, 2, 7, 7, 3, 4, 7, 7 };

  for (guint at_start = 0; at_start < 2; at_start++)
    {
      NEW_STORE (zarr_store_get_type);
      g_autoptr (AnnArray) array = open_small (STORE, at_start, LITTLE);
      const guint64 first = at_start ? 36 : 0;
      const guint64 places[] = { first + 2, 2, first, 2 }; /* in another order */

      put_shard (STORE, "c/0/0", (const guint8 *) "\003\004\001\002", 4, places, 2, at_start);
      g_assert_cmpuint (ann_array_get_chunk_shape (array)[0], ==, 1);
      assert_numbers (array, expected, 8);
    }
}

/* Of a chunk that is wanted comes the index and the chunk; the index once. */
static void
test_requests (void)
{
  NEW_STORE (far_store_get_type);
  g_autoptr (AnnArray) array = open_small (STORE, FALSE, LITTLE);
  static const guint64 places[] = { 0, 2, 2, 2 };
  const AnnBox row = { 2, { 0, 0 }, { 1, 2 } };
  const AnnBox other_row = { 2, { 1, 0 }, { 1, 2 } };
  const AnnBox both = { 2, { 0, 0 }, { 1, 4 } };

  put_shard (STORE, "c/0/0", (const guint8 *) "\001\002\003\004", 4, places, 2, FALSE);
  put_shard (STORE, "c/0/1", (const guint8 *) "\005\006\007\010", 4, places, 2, FALSE);
  ann_chunk_cache_set_budget (1 << 20);
  STORE->n_calls = 0;
  ann_buffer_unref (ann_array_read (array, &row, NULL, NULL));
  g_assert_cmpuint (STORE->n_calls, ==, 2);
  ann_buffer_unref (ann_array_read (array, &other_row, NULL, NULL));
  g_assert_cmpuint (STORE->n_calls, ==, 3);
  {
    g_autoptr (AnnArray) again = open_small (STORE, FALSE, LITTLE);

    STORE->n_calls = 0;
    ann_buffer_unref (ann_array_read (again, &both, NULL, NULL));
    g_assert_cmpuint (STORE->n_calls, ==, 2); /* both indices, both chunks */
  }
}

static void
test_absent (void)
{
  static const double expected[] = { 7, 7, 7, 7, 5, 6, 7, 7 };
  static const guint64 places[] = { NONE, NONE, 0, 2 };
  NEW_STORE (zarr_store_get_type);
  g_autoptr (AnnArray) array = open_small (STORE, FALSE, LITTLE);

  put_shard (STORE, "c/0/0", (const guint8 *) "\005\006", 2, places, 2, FALSE);
  assert_numbers (array, expected, 8);
}

static void
test_lies (void)
{
  static const struct {
    guint64 places[4];
    const char *words;
  } lies[] = {
    { { G_MAXUINT64 - 1, 2, 0, 2 }, "not in it" }, /* the end wraps round */
    { { 0, G_GUINT64_CONSTANT (1) << 50, 0, 2 }, "not in it" },
    { { 4, 2, 0, 2 }, "not in it" }, /* the index */
    { { 0, 1, 0, 2 }, "bytes" },     /* half a chunk */
    { { NONE, 2, 0, 2 }, "not in it" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      NEW_STORE (zarr_store_get_type);
      g_autoptr (AnnArray) array = open_small (STORE, FALSE, LITTLE);
      g_autoptr (GError) error = NULL;

      put_shard (STORE, "c/0/0", (const guint8 *) "\001\002\003\004", 4, lies[i].places, 2, FALSE);
      g_assert_null (read_whole (array, &error));
      assert_error_says (error, ANN_ERROR_CORRUPT, lies[i].words);
    }
}

/* An index at the start must not be taken for a chunk either. */
static void
test_lies_at_start (void)
{
  static const guint64 places[] = { 0, 2, 36, 2 };
  NEW_STORE (zarr_store_get_type);
  g_autoptr (AnnArray) array = open_small (STORE, TRUE, LITTLE);
  g_autoptr (GError) error = NULL;

  put_shard (STORE, "c/0/0", (const guint8 *) "\001\002\003\004", 4, places, 2, TRUE);
  g_assert_null (read_whole (array, &error));
  assert_error_says (error, ANN_ERROR_CORRUPT, "not in it");
}

static void
test_overlap (void)
{
  static const double expected[] = { 1, 2, 7, 7, 1, 2, 7, 7 };
  static const guint64 places[] = { 0, 2, 0, 2 };
  NEW_STORE (zarr_store_get_type);
  g_autoptr (AnnArray) array = open_small (STORE, FALSE, LITTLE);

  put_shard (STORE, "c/0/0", (const guint8 *) "\001\002", 2, places, 2, FALSE);
  assert_numbers (array, expected, 8);
}

/* Each byte of the index that is wrong is noticed, and so is one that is cut off. */
static void
test_damaged_index (void)
{
  static const guint64 places[] = { 0, 2, 2, 2 };
  g_autoptr (GByteArray) shard = make_shard ((const guint8 *) "\001\002\003\004", 4, places, 2,
                                             FALSE);

  for (guint i = 4; i < shard->len; i++)
    {
      NEW_STORE (zarr_store_get_type);
      g_autoptr (AnnArray) array = open_small (STORE, FALSE, LITTLE);
      g_autoptr (GError) error = NULL;

      shard->data[i] ^= 1;
      put (STORE, "c/0/0", shard->data, shard->len);
      shard->data[i] ^= 1;
      g_assert_null (read_whole (array, &error));
      assert_error_says (error, ANN_ERROR_CORRUPT, "shard 0");
    }
  for (guint length = 0; length < 36; length += 7)
    {
      NEW_STORE (zarr_store_get_type);
      g_autoptr (AnnArray) array = open_small (STORE, FALSE, LITTLE);
      g_autoptr (GError) error = NULL;

      put (STORE, "c/0/0", shard->data, length);
      g_assert_null (read_whole (array, &error));
      assert_error_says (error, ANN_ERROR_CORRUPT, "shorter than its index");
    }
}

/* A shard in a shard, and one with a checksum around it, are decoded as a whole. */
static void
test_whole (void)
{
  static const double expected[] = { 1, 2, 7, 7, 3, 4, 7, 7 };
  static const guint64 places[] = { 0, 2, 2, 2 };
  static const guint64 absent[] = { NONE, NONE, 0, 2 };
  g_autoptr (GByteArray) inner = make_shard ((const guint8 *) "\001\002\003\004", 4, places, 2,
                                             FALSE);

  for (guint kind = 0; kind < 2; kind++)
    {
      NEW_STORE (zarr_store_get_type);
      g_autofree char *shards = sharding ("[1,2]", LITTLE, "");
      g_autofree char *nested = sharding ("[2,2]", shards, "");
      g_autofree char *checked = g_strconcat (shards, ",{\"name\":\"crc32c\"}", NULL);
      g_autofree char *document = array_v3 ("[2,4]", kind == 0 ? "[2,4]" : "[2,2]", "\"uint8\"",
                                            "7", kind == 0 ? nested : checked, NULL);
      g_autoptr (AnnArray) array = open_only (STORE, document);

      if (kind == 0)
        {
          const guint64 outer[] = { 0, inner->len, NONE, NONE };

          put_shard (STORE, "c/0/0", inner->data, inner->len, outer, 2, FALSE);
        }
      else
        {
          g_autoptr (GByteArray) whole = g_byte_array_new ();
          const guint32 crc = GUINT32_TO_LE (crc32c (inner->data, inner->len));

          g_byte_array_append (whole, inner->data, inner->len);
          g_byte_array_append (whole, (const guint8 *) &crc, sizeof crc);
          put (STORE, "c/0/0", whole->data, whole->len);
        }
      assert_numbers (array, expected, 8);
    }
  {
    NEW_STORE (zarr_store_get_type);
    g_autofree char *shards = sharding ("[1,2]", LITTLE, "");
    g_autofree char *nested = sharding ("[2,2]", shards, "");
    g_autofree char *document = array_v3 ("[2,2]", "[2,2]", "\"uint8\"", "7", nested, NULL);
    g_autoptr (AnnArray) array = open_only (STORE, document);
    g_autoptr (GByteArray) partly = make_shard ((const guint8 *) "\005\006", 2, absent, 2, FALSE);
    const guint64 outer[] = { 0, partly->len };
    static const double partly_expected[] = { 7, 7, 5, 6 };

    put_shard (STORE, "c/0/0", partly->data, partly->len, outer, 1, FALSE);
    assert_numbers (array, partly_expected, 4);
  }
}

/* A shard in a shard that is nothing but its index, and one that is less. */
static void
test_short_within (void)
{
  static const double expected[] = { 7, 7, 7, 7 };
  static const guint64 absent[] = { NONE, NONE, NONE, NONE };
  NEW_STORE (zarr_store_get_type);
  g_autofree char *shards = sharding ("[1,2]", LITTLE, "");
  g_autofree char *nested = sharding ("[2,2]", shards, "");
  g_autofree char *document = array_v3 ("[2,4]", "[2,4]", "\"uint8\"", "7", nested, NULL);
  g_autoptr (GByteArray) inner = make_shard (NULL, 0, absent, 2, FALSE);
  const guint64 places[] = { 0, inner->len, 1, inner->len - 1 };
  g_autoptr (AnnArray) array = NULL;
  g_autoptr (AnnBuffer) good = NULL;
  g_autoptr (GError) error = NULL;
  AnnBox box;

  put_shard (STORE, "c/0/0", inner->data, inner->len, places, 2, FALSE);
  array = open_only (STORE, document);
  ann_box_init_whole (&box, 2, (const guint64[]){ 2, 2 });
  good = ann_array_read (array, &box, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat (((const guint8 *) ann_buffer_get_data (good))[i], ==, expected[i]);

  g_assert_null (read_whole (array, &error));
  assert_error_says (error, ANN_ERROR_CORRUPT, "shorter than its index");
}

/* Within the shard are what the codec before it makes of the numbers. */
static void
test_converted (void)
{
  static const double expected[] = { 3, -4, 0, 0 };
  static const guint8 stored[] = { 3, 0, 0xfc, 0xff };
  static const guint64 places[] = { 0, 4, NONE, NONE };
  static const char astype[] = "{\"name\":\"numcodecs.astype\",\"configuration\":"
                               "{\"encode_dtype\":\"int16\",\"decode_dtype\":\"float64\"}},";
  g_autofree char *shards = sharding ("[1,2]", LITTLE, "");
  g_autofree char *codecs = g_strconcat (astype, shards, NULL);

  {
    NEW_STORE (zarr_store_get_type);
    g_autofree char *document = array_v3 ("[2,2]", "[2,2]", "\"float64\"", "0", codecs, NULL);
    g_autoptr (AnnArray) array = open_only (STORE, document);

    put_shard (STORE, "c/0/0", stored, sizeof stored, places, 2, FALSE);
    assert_numbers (array, expected, 4);
  }
  {
    NEW_STORE (zarr_store_get_type);
    g_autofree char *document = array_v3 ("[2,2]", "[2,2]", "\"float64\"", "7", codecs, NULL);
    g_autoptr (AnnArray) array = open_only (STORE, document);
    g_autoptr (GError) error = NULL;

    put_shard (STORE, "c/0/0", stored, sizeof stored, places, 2, FALSE);
    g_assert_null (read_whole (array, &error));
    assert_error_says (error, ANN_ERROR_MISSING_CODEC, "converted numbers with a fill value");
  }
}

/* Within the shard its axes are those that the codec before it makes: of 2 × 4 here 4 × 2. */
static void
test_transposed (void)
{
  static const double expected[] = { 1, 2, 3, 4, 7, 7, 7, 7 };
  static const guint64 places[] = { 0, 4, NONE, NONE };
  NEW_STORE (zarr_store_get_type);
  g_autofree char *shards = sharding ("[4,1]", LITTLE, "");
  g_autofree char *codecs = g_strconcat (TRANSPOSE ",", shards, NULL);
  g_autofree char *document = array_v3 ("[2,4]", "[2,4]", "\"uint8\"", "7", codecs, NULL);
  g_autoptr (AnnArray) array = open_only (STORE, document);

  put_shard (STORE, "c/0/0", (const guint8 *) "\001\002\003\004", 4, places, 2, FALSE);
  assert_numbers (array, expected, 8);
}

static void
assert_missing (const char *type, const char *fill_value, const char *codecs, const char *name)
{
  NEW_STORE (zarr_store_get_type);
  g_autofree char *document = array_v3 ("[2,2]", "[2,2]", type, fill_value, codecs, NULL);
  g_autoptr (AnnArray) array = open_only (STORE, document);
  AnnCodec *missing = ann_codec_chain_get_missing (ann_array_get_codecs (array));

  g_assert_nonnull (missing);
  g_assert_cmpstr (ann_codec_get_name (missing), ==, name);
}

/* An index is its numbers, and maybe a checksum: anything else cannot be read. */
static void
test_index_codecs (void)
{
  static const char *const lists[] = {
    "",
    "{\"name\":\"crc32c\"}",
    LITTLE "," LITTLE,
    LITTLE ",{\"name\":\"gzip\",\"configuration\":{\"level\":1}}",
    LITTLE ",{\"name\":\"crc32c\"},{\"name\":\"crc32c\"}",
    LITTLE ",{\"name\":\"gzip\",\"configuration\":{\"level\":1}},{\"name\":\"crc32c\"}",
    TRANSPOSE "," LITTLE,
    "\"gzip\"",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_autofree char *shards = g_strdup_printf (
          "{\"name\":\"sharding_indexed\",\"configuration\":{\"chunk_shape\":"
          "[1,2],\"codecs\":[" LITTLE "],\"index_codecs\":[%s]}}",
          lists[i]);
      g_autofree char *nested = sharding ("[2,2]", shards, "");

      assert_missing ("\"uint8\"", "7", shards, "index_codecs");
      assert_missing ("\"uint8\"", "7", nested, "index_codecs");
    }
}

/* Texts are read in shards whose chunks are read by themselves, and in no others. */
static void
test_texts (void)
{
  g_autofree char *shards = sharding ("[1,2]", "{\"name\":\"vlen-utf8\"}", "");
  g_autofree char *nested = sharding ("[2,2]", shards, "");
  g_autofree char *checked = g_strconcat (shards, ",{\"name\":\"crc32c\"}", NULL);

  assert_missing ("\"string\"", "\"\"", nested,
                  "sharding_indexed around other codecs, of values of variable length");
  assert_missing ("\"string\"", "\"\"", checked,
                  "sharding_indexed around other codecs, of values of variable length");
}

/* Four shards in each other are read, five are not. */
static void
test_nested (void)
{
  g_autofree char *codecs = g_strdup (LITTLE);

  for (guint depth = 1; depth <= 5; depth++)
    {
      NEW_STORE (zarr_store_get_type);
      g_autofree char *shards = sharding ("[2,2]", codecs, "");
      g_autofree char *document = array_v3 ("[2,2]", "[2,2]", "\"uint8\"", "7", shards, NULL);
      g_autoptr (AnnNode) root = NULL;
      g_autoptr (AnnArray) array = NULL;
      g_autoptr (GError) error = NULL;

      put_text (STORE, "zarr.json", document);
      root = open_root (STORE);
      array = ann_node_open_array (root, NULL, &error);
      if (depth <= 4)
        g_assert_no_error (error);
      else
        assert_error_says (error, ANN_ERROR_FORMAT, "“sharding_indexed” make no sense");
      g_free (codecs);
      codecs = g_steal_pointer (&shards);
    }
}

/* A codec that expects fewer bytes than the shard has. */
static void
test_too_long (void)
{
  static const guint64 places[] = { 0, 16, 16, 16 };
  static const guint8 bits[32] = { 0 };
  NEW_STORE (zarr_store_get_type);
  g_autofree char *shards = sharding ("[1,16]", LITTLE, "");
  g_autofree char *codecs = g_strconcat ("{\"name\":\"numcodecs.packbits\"},", shards, NULL);
  g_autofree char *document = array_v3 ("[2,16]", "[2,16]", "\"bool\"", "false", codecs, NULL);
  g_autoptr (AnnArray) array = open_only (STORE, document);
  g_autoptr (GError) error = NULL;

  put_shard (STORE, "c/0/0", bits, sizeof bits, places, 2, FALSE);
  g_assert_null (read_whole (array, &error));
  assert_error_says (error, ANN_ERROR_CORRUPT, "sharding_indexed stream holds more");
}

static void
test_refused (void)
{
  static const struct {
    const char *chunk_shape;
    const char *more;
    int code;
    const char *words;
  } layouts[] = {
    { "[3,2]", "", ANN_ERROR_FORMAT, "cannot be cut" },
    { "[0,2]", "", ANN_ERROR_FORMAT, "cannot be cut" },
    { "[2]", "", ANN_ERROR_FORMAT, "sharding_indexed" },
    { "[1,2]", ",\"index_location\":\"middle\"", ANN_ERROR_FORMAT, "middle" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (layouts); i++)
    {
      NEW_STORE (zarr_store_get_type);
      g_autofree char *shards = sharding (layouts[i].chunk_shape, LITTLE, layouts[i].more);
      g_autofree char *document = array_v3 ("[2,4]", "[2,2]", "\"uint8\"", "7", shards, NULL);
      g_autoptr (AnnNode) root = NULL;
      g_autoptr (GError) error = NULL;

      put_text (STORE, "zarr.json", document);
      root = open_root (STORE);
      g_assert_null (ann_node_open_array (root, NULL, &error));
      assert_error_says (error, layouts[i].code, layouts[i].words);
    }
  {
    NEW_STORE (zarr_store_get_type);
    g_autofree char *shards = sharding ("[1,1]", LITTLE, "");
    g_autofree char *document = array_v3 ("[1,1]", "[2048,2048]", "\"uint8\"", "7", shards, NULL);
    g_autoptr (AnnArray) at_most = open_only (STORE, document);

    g_assert_cmpuint (ann_array_get_chunk_shape (at_most)[0], ==, 1);
  }
  {
    NEW_STORE (zarr_store_get_type);
    g_autofree char *shards = sharding ("[1,1]", LITTLE, "");
    g_autofree char *document = array_v3 ("[1,1]", "[1048576,1048576]", "\"uint8\"", "7", shards,
                                          NULL);
    g_autoptr (AnnNode) root = NULL;
    g_autoptr (GError) error = NULL;

    put_text (STORE, "zarr.json", document);
    root = open_root (STORE);
    g_assert_null (ann_node_open_array (root, NULL, &error));
    assert_error_says (error, ANN_ERROR_TOO_LARGE, "more chunks");
  }
}

/* The n-th call fails, for every n; what was not read then is not kept as if it were nothing. */
static void
test_failures (void)
{
  static const double expected[] = { 1, 2, 1, 2, 3, 4, 3, 4 };
  static const guint64 places[] = { 0, 2, 2, 2 };
  NEW_STORE (far_store_get_type);
  gboolean has_failed = TRUE;

  put_shard (STORE, "c/0/0", (const guint8 *) "\001\002\003\004", 4, places, 2, FALSE);
  put_shard (STORE, "c/0/1", (const guint8 *) "\001\002\003\004", 4, places, 2, FALSE);
  for (int n = 0; has_failed; n++)
    {
      g_autoptr (AnnArray) array = open_small (STORE, FALSE, LITTLE);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnBuffer) values = NULL;

      STORE->n_calls = 0;
      STORE->fail_at = n;
      values = read_whole (array, &error);
      has_failed = values == NULL;
      if (has_failed)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      STORE->fail_at = -1;
      assert_numbers (array, expected, 8);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/zarr/shards/chunks", test_chunks);
  g_test_add_func ("/zarr/shards/requests", test_requests);
  g_test_add_func ("/zarr/shards/absent", test_absent);
  g_test_add_func ("/zarr/shards/lies", test_lies);
  g_test_add_func ("/zarr/shards/lies-at-start", test_lies_at_start);
  g_test_add_func ("/zarr/shards/overlap", test_overlap);
  g_test_add_func ("/zarr/shards/damaged-index", test_damaged_index);
  g_test_add_func ("/zarr/shards/whole", test_whole);
  g_test_add_func ("/zarr/shards/short-within", test_short_within);
  g_test_add_func ("/zarr/shards/converted", test_converted);
  g_test_add_func ("/zarr/shards/transposed", test_transposed);
  g_test_add_func ("/zarr/shards/index-codecs", test_index_codecs);
  g_test_add_func ("/zarr/shards/texts", test_texts);
  g_test_add_func ("/zarr/shards/nested", test_nested);
  g_test_add_func ("/zarr/shards/too-long", test_too_long);
  g_test_add_func ("/zarr/shards/refused", test_refused);
  g_test_add_func ("/zarr/shards/failures", test_failures);

  return g_test_run ();
}
