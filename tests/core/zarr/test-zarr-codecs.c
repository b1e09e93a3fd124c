/* test-zarr-codecs.c: what metadata calls codecs, and what numcodecs stored with them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/zarr/ann-zarr-codecs.h"

#include "base/ann-error.h"
#include "codec/codec-fixture.h"
#include "codec/golden-zarr-chunks.h"

#include <string.h>

typedef struct {
  const char *name;
  const char *type;   /* JSON, as is what follows */
  const char *codecs; /* of version 3, or %NULL */
  const char *filters;
  const char *compressor;
  gboolean is_fortran_order;
  const char *description; /* of the chain */
  const guint8 *stored;
  gsize stored_size;
  guint rank;
  guint64 shape[3];
  double scale; /* of the values, from get_value (i) */
  double offset;
  gboolean is_bit;
} Case;

#define STORED(NAME) .stored = golden_##NAME, .stored_size = sizeof golden_##NAME
#define VECTOR(N) .rank = 1, .shape = { N }, .scale = 1

static const Case cases[] = {
  { "v2-zlib", "\"<i4\"", NULL, "null", "{\"id\":\"zlib\",\"level\":9}", FALSE, "zlib 9",
    STORED (zlib), VECTOR (101) },
  { "v2-bz2", "\"<i4\"", NULL, "null", "{\"id\":\"bz2\",\"level\":9}", FALSE, "bzip2 9",
    STORED (bz2), VECTOR (101) },
  { "v2-lz4", "\"<i4\"", NULL, "null", "{\"id\":\"lz4\",\"acceleration\":1}", FALSE, "lz4",
    STORED (lz4), VECTOR (101) },
  { "v2-lzma", "\"<i4\"", NULL, "null",
    "{\"id\":\"lzma\",\"format\":1,\"check\":-1,\"preset\":0,\"filters\":null}", FALSE, "lzma",
    STORED (lzma_xz), VECTOR (101) },
  { "v2-lzma-raw", "\"<i4\"", NULL, "null",
    "{\"id\":\"lzma\",\"format\":3,\"filters\":[{\"id\":3,\"dist\":4},{\"id\":4611686018427387905,"
    "\"preset\":2,\"dict_size\":8192,\"lc\":1,\"lp\":2,\"pb\":0}]}",
    FALSE, "lzma", STORED (lzma_raw_delta), VECTOR (101) },
  { "v2-lzma-raw-preset", "\"<i4\"", NULL, "null",
    "{\"id\":\"lzma\",\"format\":3,\"filters\":[{\"id\":4611686018427387905,\"preset\":0}]}", FALSE,
    "lzma", STORED (lzma_raw_preset), VECTOR (101) },
  { "v2-crc32", "\"<i4\"", NULL, "[{\"id\":\"crc32\"}]", "null", FALSE, "crc32", STORED (crc32),
    VECTOR (21) },
  { "v2-crc32c", "\"<i4\"", NULL, "[{\"id\":\"crc32c\",\"location\":\"start\"}]", "null", FALSE,
    "crc32c", STORED (crc32c_in_front), VECTOR (21) },
  /* numcodecs does not say where these stand, unless it was told. */
  { "v2-crc32c-behind", "\"<i4\"", NULL, "[{\"id\":\"crc32c\"}]", "null", FALSE, "crc32c",
    STORED (crc32c), VECTOR (21) },
  { "v2-adler32", "\"<i4\"", NULL, "[{\"id\":\"adler32\"}]", "null", FALSE, "adler32",
    STORED (adler32), VECTOR (21) },
  { "v2-fletcher32", "\"<i4\"", NULL, "[{\"id\":\"fletcher32\"}]", "null", FALSE, "fletcher32",
    STORED (fletcher32), VECTOR (21) },
  { "v2-delta", "\"<i8\"", NULL, "[{\"id\":\"delta\",\"dtype\":\"<i8\",\"astype\":\"|i1\"}]",
    "null", FALSE, "delta int8", STORED (delta_i8_i1), VECTOR (101) },
  { "v2-delta-big", "\">i2\"", NULL, "[{\"id\":\"delta\",\"dtype\":\">i2\",\"astype\":\"<i4\"}]",
    "null", FALSE, "byte swap 2, delta int32", STORED (delta_i2_big_i4), VECTOR (101) },
  { "v2-scale", "\"<f8\"", NULL,
    "[{\"id\":\"fixedscaleoffset\",\"scale\":4,\"offset\":-3.5,\"dtype\":\"<f8\","
    "\"astype\":\"|u1\"}]",
    "null", FALSE, "fixedscaleoffset 4 -3.5", STORED (fixed_scale_offset), .rank = 1,
    .shape = { 101 }, .scale = 0.25, .offset = -3.5 },
  { "v2-quantize", "\"<f8\"", NULL,
    "[{\"id\":\"quantize\",\"digits\":0,\"dtype\":\"<f8\",\"astype\":\"<f4\"}]", "null", FALSE,
    "quantize float32", STORED (quantize), VECTOR (101) },
  { "v2-astype", "\"<f8\"", NULL,
    "[{\"id\":\"astype\",\"encode_dtype\":\"<i2\",\"decode_dtype\":\"<f8\"}]",
    "{\"id\":\"bz2\",\"level\":1}", FALSE, "astype int16, bzip2 1", STORED (astype_f8_i2_bz2),
    VECTOR (101) },
  { "v2-packbits", "\"|b1\"", NULL, "[{\"id\":\"packbits\"}]", "null", FALSE, "packbits",
    STORED (packbits), VECTOR (101), .is_bit = TRUE },
  { "v2-shuffle", "\"<i4\"", NULL, "[{\"id\":\"shuffle\",\"elementsize\":4}]",
    "{\"id\":\"zlib\",\"level\":1}", FALSE, "shuffle 4, zlib 1", STORED (shuffle4_zlib),
    VECTOR (101) },
  { "v2-fortran", "\"<i4\"", NULL, "[]", "null", TRUE, "transpose 1-0", STORED (transpose_f),
    .rank = 2, .shape = { 8, 13 }, .scale = 1 },
  { "v3-transpose", "\"int16\"",
    "[{\"name\":\"transpose\",\"configuration\":{\"order\":[1,2,0]}},"
    "{\"name\":\"bytes\",\"configuration\":{\"endian\":\"big\"}},"
    "{\"name\":\"zstd\",\"configuration\":{\"level\":1}}]",
    NULL, NULL, FALSE, "transpose 1-2-0, byte swap 2, zstd 1", STORED (transpose_120), .rank = 3,
    .shape = { 3, 5, 7 }, .scale = 1 },
  /* What follows sees the numbers that it makes. */
  { "v3-astype", "\"float64\"",
    "[{\"name\":\"numcodecs.astype\",\"configuration\":{\"encode_dtype\":\"int16\","
    "\"decode_dtype\":\"float64\"}},"
    "{\"name\":\"transpose\",\"configuration\":{\"order\":[1,2,0]}},"
    "{\"name\":\"bytes\",\"configuration\":{\"endian\":\"big\"}},"
    "{\"name\":\"zstd\",\"configuration\":{\"level\":1}}]",
    NULL, NULL, FALSE, "astype int16, transpose 1-2-0, byte swap 2, zstd 1", STORED (transpose_120),
    .rank = 3, .shape = { 3, 5, 7 }, .scale = 1 },
  { "v3-crc32c", "\"int32\"",
    "[{\"name\":\"bytes\",\"configuration\":{\"endian\":\"little\"}},{\"name\":\"crc32c\"}]", NULL,
    NULL, FALSE, "crc32c", STORED (crc32c), VECTOR (21) },
  /* What needs not be undone, and what need not be understood. */
  { "v3-nothing", "\"int32\"",
    "[{\"name\":\"bitround\",\"configuration\":{\"keepbits\":10}},"
    "{\"name\":\"unheard-of\",\"must_understand\":false},"
    "{\"name\":\"bytes\",\"configuration\":{\"endian\":\"little\"}},{\"name\":\"crc32c\"}]",
    NULL, NULL, FALSE, "bitround, crc32c", STORED (crc32c), VECTOR (21) },
  { "v3-adler32", "\"int32\"",
    "[{\"name\":\"bytes\",\"configuration\":{\"endian\":\"little\"}},"
    "{\"name\":\"numcodecs.adler32\",\"configuration\":{\"location\":\"end\"}}]",
    NULL, NULL, FALSE, "adler32", STORED (adler32_behind), VECTOR (21) },
  /* zarr-python keeps what it was given, and puts in names of its own. */
  { "v3-delta", "\"int64\"",
    "[{\"name\":\"numcodecs.delta\",\"configuration\":{\"dtype\":\"int64\",\"astype\":\"i1\"}},"
    "{\"name\":\"bytes\",\"configuration\":{\"endian\":\"little\"}}]",
    NULL, NULL, FALSE, "delta int8", STORED (delta_i8_i1), VECTOR (101) },
  { "v3-delta-alike", "\"int32\"",
    "[{\"name\":\"numcodecs.delta\",\"configuration\":{\"dtype\":\"int32\"}},"
    "{\"name\":\"bytes\",\"configuration\":{\"endian\":\"little\"}}]",
    NULL, NULL, FALSE, "delta int32", STORED (delta_i4), VECTOR (101) },
  { "v3-delta-null", "\"int32\"",
    "[{\"name\":\"numcodecs.delta\",\"configuration\":{\"dtype\":null,\"astype\":null}},"
    "{\"name\":\"bytes\",\"configuration\":{\"endian\":\"little\"}}]",
    NULL, NULL, FALSE, "delta int32", STORED (delta_i4), VECTOR (101) },
  { "v3-scale", "\"float64\"",
    "[{\"name\":\"numcodecs.fixedscaleoffset\",\"configuration\":{\"scale\":4,\"offset\":-3.5,"
    "\"astype\":\"uint8\",\"dtype\":\"float64\"}},"
    "{\"name\":\"bytes\",\"configuration\":{\"endian\":\"little\"}}]",
    NULL, NULL, FALSE, "fixedscaleoffset 4 -3.5", STORED (fixed_scale_offset), .rank = 1,
    .shape = { 101 }, .scale = 0.25, .offset = -3.5 },
};

static AnnJson *
parse (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_autoptr (GError) error = NULL;
  AnnJson *json = _ann_json_parse (bytes, &error);

  g_assert_no_error (error);

  return json;
}

static gboolean
init_codecs (AnnZarrCodecs *codecs, AnnZarrType *type, const Case *a_case, GError **error)
{
  if (a_case->codecs != NULL)
    {
      g_autoptr (AnnJson) list = parse (a_case->codecs);

      return _ann_zarr_codecs_init_v3 (codecs, _ann_json_get_root (list), type, a_case->rank,
                                       a_case->shape, NULL, error);
    }
  else
    {
      g_autoptr (AnnJson) filters = parse (a_case->filters);
      g_autoptr (AnnJson) compressor = parse (a_case->compressor);

      return _ann_zarr_codecs_init_v2 (codecs, _ann_json_get_root (filters),
                                       _ann_json_get_root (compressor), a_case->is_fortran_order,
                                       type, a_case->rank, a_case->shape, error);
    }
}

static AnnZarrType *
new_type (const Case *a_case)
{
  g_autoptr (AnnJson) json = parse (a_case->type);
  g_autoptr (GError) error = NULL;
  AnnZarrType *type = a_case->codecs != NULL
                          ? _ann_zarr_type_new_v3 (_ann_json_get_root (json), &error)
                          : _ann_zarr_type_new_v2 (_ann_json_get_root (json), &error);

  g_assert_no_error (error);

  return type;
}

static void
test_golden (gconstpointer data)
{
  const Case *a_case = data;
  g_autoptr (AnnZarrType) type = new_type (a_case);
  g_auto (AnnZarrCodecs) codecs = { .chain = NULL };
  g_autofree guint8 *decoded = NULL;
  g_autofree double *values = NULL;
  g_autofree char *description = NULL;
  g_autoptr (GError) error = NULL;
  gsize n = 1;

  g_assert_true (init_codecs (&codecs, type, a_case, &error));
  g_assert_no_error (error);
  description = ann_codec_chain_to_string (codecs.chain);
  g_assert_cmpstr (description, ==, a_case->description);

  for (guint i = 0; i < a_case->rank; i++)
    n *= a_case->shape[i];
  decode (codecs.chain, a_case->stored, a_case->stored_size, n * type->size, &decoded, &error);
  g_assert_no_error (error);
  values = g_new (double, n);
  g_assert_true (ann_dtype_to_double (type->dtype, decoded, n, values));
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat (values[i], ==,
                       a_case->is_bit ? (double) (get_value (i) % 2)
                                      : (double) get_value (i) * a_case->scale + a_case->offset);
}

/* Parameters that are not there, or beyond what there is. */
static void
test_parameters (void)
{
  static const struct {
    const char *filter;
    const char *description;
  } filters[] = {
    { "{\"id\":\"gzip\"}", "gzip 0" },
    { "{\"id\":\"zlib\",\"level\":-1}", "zlib 0" },
    { "{\"id\":\"bz2\",\"level\":1000}", "bzip2 100" },
    { "{\"id\":\"zstd\"}", "zstd 0" },
    { "{\"id\":\"zstd\",\"level\":-5}", "zstd -5" },
    { "{\"id\":\"zstd\",\"level\":9223372036854775807}", "zstd 100" },
    { "{\"id\":\"zstd\",\"level\":-9223372036854775808}", "zstd -200000" },
    { "{\"id\":\"blosc\"}", "blosc lz4 0" },
    { "{\"id\":\"blosc\",\"cname\":\"zstd\",\"clevel\":5}", "blosc zstd 5" },
    { "{\"id\":\"blosc\",\"cname\":\"zlib\",\"clevel\":4294967296}", "blosc zlib 9" },
    { "{\"id\":\"blosc\",\"cname\":\"lz4hc\",\"clevel\":-1}", "blosc lz4hc 0" },
    { "{\"id\":\"lzma\",\"format\":0}", "lzma" },
    { "{\"id\":\"lzma\",\"format\":3,\"filters\":[{\"id\":3},{\"id\":3},{\"id\":3},{\"id\":33}]}",
      "lzma" },
    { "{\"id\":\"shuffle\"}", "shuffle 4" },
    { "{\"id\":\"shuffle\",\"elementsize\":1}", "shuffle 1" },
    { "{\"id\":\"shuffle\",\"elementsize\":2147483647}", "shuffle 2147483647" },
    { "{\"id\":\"bitround\",\"keepbits\":10}", "bitround" },
    { "{\"id\":\"quantize\",\"digits\":1,\"dtype\":\"<f8\",\"astype\":\"<f8\"}", "quantize" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (filters); i++)
    {
      g_autofree char *list = g_strconcat ("[", filters[i].filter, "]", NULL);
      const Case a_case = {
        .type = "\"<f8\"", .filters = list, .compressor = "null", .rank = 1, .shape = { 2 }
      };
      g_autoptr (AnnZarrType) type = new_type (&a_case);
      g_auto (AnnZarrCodecs) codecs = { .chain = NULL };
      g_autofree char *description = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (init_codecs (&codecs, type, &a_case, &error));
      g_assert_no_error (error);
      description = ann_codec_chain_to_string (codecs.chain);
      g_assert_cmpstr (description, ==, filters[i].description);
      g_assert_null (ann_codec_chain_get_missing (codecs.chain));
    }
}

/* What makes no sense is an error, which says of what. */
static void
test_refused (void)
{
  static const struct {
    const char *type;
    const char *codecs; /* of version 3, or else … */
    const char *filters;
    const char *words;
  } lists[] = {
    { "\"<f8\"", NULL, "[{\"id\":\"lzma\",\"format\":-1}]", "“lzma” make no sense" },
    { "\"<f8\"", NULL, "[{\"id\":\"lzma\",\"format\":4}]", "“lzma” make no sense" },
    { "\"<f8\"", NULL,
      "[{\"id\":\"lzma\",\"format\":3,\"filters\":[{\"id\":3},{\"id\":3},{\"id\":3},{\"id\":3},"
      "{\"id\":33}]}]",
      "“lzma” make no sense" },
    { "\"<f8\"", NULL, "[{\"id\":\"delta\",\"dtype\":\"banana\"}]", "“delta” make no sense" },
    { "\"<f8\"", NULL, "[{\"id\":\"delta\",\"dtype\":\"|S3\"}]", "“delta” make no sense" },
    { "\"<f8\"", NULL, "[{\"id\":\"delta\",\"astype\":\"|S3\"}]", "“delta” make no sense" },
    { "\"|S3\"", NULL, "[{\"id\":\"delta\",\"dtype\":\"<i4\"}]", "“delta” make no sense" },
    { "\"<f8\"", NULL, "[{\"id\":\"fixedscaleoffset\",\"scale\":1}]", "“fixedscaleoffset”" },
    { "\"<f8\"", NULL, "[{\"id\":\"shuffle\",\"elementsize\":2147483648}]", "“shuffle”" },
    { "\"<f8\"", NULL, "[{\"level\":1}]", "“?” make no sense" },
    { "\"|O\"", NULL, "[{\"id\":\"vlen-array\",\"dtype\":\"|S3\"}]", "“vlen-array” make no" },
    { "\"|O\"", NULL, "[]", "no filter says of what kind" },
    { "\"|O\"", NULL, "[{\"id\":\"vlen-array\",\"dtype\":\"banana\"}]", "banana" },
    { "\"int8\"", "[{\"name\":\"transpose\",\"configuration\":{\"order\":[0]}}]", NULL,
      "“transpose” make no sense" },
    { "\"int8\"", "[{\"name\":\"transpose\",\"configuration\":{}}]", NULL,
      "“transpose” make no sense" },
    { "\"int8\"", "[{\"name\":\"transpose\",\"configuration\":{\"order\":[0,2]}}]", NULL,
      "“transpose” make no sense" },
    { "\"int8\"", "[{\"name\":\"transpose\",\"configuration\":{\"order\":[0,4294967297]}}]", NULL,
      "“transpose” make no sense" },
    { "\"int8\"", "[{\"name\":\"transpose\",\"configuration\":{\"order\":[1,1]}}]", NULL,
      "codec transpose is none of 2 axes" },
    { "\"int16\"", "[{\"name\":\"bytes\",\"configuration\":{\"endian\":\"middle\"}}]", NULL,
      "“bytes” make no sense" },
    { "\"int8\"", "[{\"name\":\"vlen-utf8\"}]", NULL, "is not one for its type, int8" },
    { "\"int8\"", "[{\"configuration\":{}}]", NULL, "“?” make no sense" },
    { "\"int8\"", "[17]", NULL, "“?” make no sense" },
    { "\"int8\"", "[]", NULL, "no codec that makes bytes" },
    { "\"int8\"", "[{\"name\":\"transpose\",\"configuration\":{\"order\":[1,0]}}]", NULL,
      "no codec that makes bytes" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      const Case a_case = { .type = lists[i].type,
                            .codecs = lists[i].codecs,
                            .filters = lists[i].filters,
                            .compressor = "null",
                            .rank = 2,
                            .shape = { 2, 3 } };
      g_autoptr (AnnZarrType) type = new_type (&a_case);
      g_auto (AnnZarrCodecs) codecs = { .chain = NULL };
      g_autoptr (GError) error = NULL;

      g_assert_false (init_codecs (&codecs, type, &a_case, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
      if (strstr (error->message, lists[i].words) == NULL)
        g_error ("“%s” does not say “%s”", error->message, lists[i].words);
    }
}

/* What objects are, of which the first filter says it, before a codec that is none for them. */
static void
test_objects (void)
{
  static const struct {
    const char *filters;
    AnnDtype dtype;
    const char *description;
    gboolean is_json;
    const char *missing; /* NULL: nothing */
  } objects[] = {
    { "[{\"id\":\"vlen-utf8\"}]", ANN_DTYPE_STRING, "text, UTF-8", FALSE, NULL },
    { "[{\"id\":\"vlen-bytes\"}]", ANN_DTYPE_BYTES, "bytes of variable length", FALSE, NULL },
    { "[{\"id\":\"json2\"}]", ANN_DTYPE_STRING, "text, JSON", TRUE, NULL },
    { "[{\"id\":\"json\"}]", ANN_DTYPE_STRING, "text, JSON", TRUE, NULL },
    { "[{\"id\":\"vlen-array\",\"dtype\":\"<f4\"}]", ANN_DTYPE_SEQUENCE, "sequence of float32",
      FALSE, NULL },
    { "[{\"id\":\"msgpack2\"}]", ANN_DTYPE_STRING, "object", FALSE, "msgpack2" },
    { "[{\"id\":\"vlen-utf8\"},{\"id\":\"vlen-bytes\"}]", ANN_DTYPE_STRING, "text, UTF-8", FALSE,
      "vlen-bytes" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (objects); i++)
    {
      const Case a_case = { .type = "\"|O\"",
                            .filters = objects[i].filters,
                            .compressor = "null",
                            .rank = 1,
                            .shape = { 2 } };
      g_autoptr (AnnZarrType) type = new_type (&a_case);
      g_auto (AnnZarrCodecs) codecs = { .chain = NULL };
      g_autoptr (GError) error = NULL;
      AnnCodec *missing;

      g_assert_true (init_codecs (&codecs, type, &a_case, &error));
      g_assert_no_error (error);
      g_assert_cmpint (type->kind, ==, ANN_ZARR_OBJECT);
      g_assert_cmpint (type->dtype, ==, objects[i].dtype);
      g_assert_cmpstr (type->description, ==, objects[i].description);
      g_assert_cmpint (codecs.is_json, ==, objects[i].is_json);
      g_assert_true ((codecs.item_type != NULL) == (type->dtype == ANN_DTYPE_SEQUENCE));
      missing = ann_codec_chain_get_missing (codecs.chain);
      g_assert_cmpstr (missing != NULL ? ann_codec_get_name (missing) : NULL, ==,
                       objects[i].missing);
    }
}

/* The codec that reading this needs. (transfer none): of @codecs */
static AnnCodec *
find_missing (const Case *a_case, AnnZarrCodecs *codecs)
{
  g_autoptr (AnnZarrType) type = new_type (a_case);
  g_autoptr (GError) error = NULL;
  AnnCodec *missing;

  g_assert_true (init_codecs (codecs, type, a_case, &error));
  g_assert_no_error (error);
  missing = ann_codec_chain_get_missing (codecs->chain);
  g_assert_nonnull (missing);

  return missing;
}

static void
test_pickle (void)
{
  const Case a_case = { .type = "\"|O\"",
                        .filters = "[{\"id\":\"pickle\",\"protocol\":5}]",
                        .compressor = "null",
                        .rank = 1,
                        .shape = { 2 } };
  g_auto (AnnZarrCodecs) codecs = { .chain = NULL };
  AnnCodec *missing = find_missing (&a_case, &codecs);

  g_assert_cmpstr (ann_codec_get_name (missing), ==, "pickle");
  g_assert_nonnull (ann_codec_get_missing_reason (missing));
}

/* Big-endian numbers among the codecs of version 3, which zarr-python writes in its own ways. */
static void
test_big_endian_conversions (void)
{
  static const char *const lists[] = {
    "[{\"name\":\"numcodecs.astype\",\"configuration\":{\"encode_dtype\":\">i2\","
    "\"decode_dtype\":\"<f8\"}},{\"name\":\"bytes\",\"configuration\":{\"endian\":\"big\"}}]",
    "[{\"name\":\"numcodecs.delta\",\"configuration\":{\"dtype\":\">f8\",\"astype\":\"<f8\"}},"
    "{\"name\":\"bytes\",\"configuration\":{\"endian\":\"little\"}}]",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      const Case a_case = { .type = "\"float64\"", .codecs = lists[i], .rank = 1, .shape = { 2 } };
      g_auto (AnnZarrCodecs) codecs = { .chain = NULL };
      AnnCodec *missing = find_missing (&a_case, &codecs);

      g_assert_true (
          g_str_has_suffix (ann_codec_get_name (missing), " of numbers in another byte order"));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/zarr-codecs/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_golden);
    }
  g_test_add_func ("/zarr-codecs/parameters", test_parameters);
  g_test_add_func ("/zarr-codecs/refused", test_refused);
  g_test_add_func ("/zarr-codecs/objects", test_objects);
  g_test_add_func ("/zarr-codecs/pickle", test_pickle);
  g_test_add_func ("/zarr-codecs/big-endian-conversions", test_big_endian_conversions);

  return g_test_run ();
}
