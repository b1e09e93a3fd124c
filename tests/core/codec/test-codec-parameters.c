/* test-codec-parameters.c: codecs that are told much by parameters and headers
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "codec-fixture.h"
#include "golden-chunks.h"

#include <string.h>

/* Takes @codec. */
static AnnCodecChain *
new_chain (AnnCodec *codec)
{
  AnnCodecChain *chain = ann_codec_chain_new ();

  ann_codec_chain_append (chain, codec);

  return chain;
}

/* More than one member after the other, some of them in arrays or of bytes. */
static void
test_nbit_records (void)
{
  g_autoptr (AnnCodecChain) chain = new_chain (ann_codec_new_nbit (
      golden_nbit_records_parameters, G_N_ELEMENTS (golden_nbit_records_parameters)));
  g_autofree guint8 *decoded = NULL;
  g_autoptr (GError) error = NULL;

  decode (chain, golden_nbit_records, sizeof golden_nbit_records, 20 * 17, &decoded, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < 20; i++)
    {
      const guint8 *record = decoded + 17 * i;
      g_autofree char *text = g_strdup_printf ("%03u", (guint) i);

      g_assert_cmpuint (get_number (record + 1, 4, FALSE), ==, get_value (i) << 3);
      for (gsize j = 0; j < 3; j++)
        g_assert_cmpuint (get_number (record + 6 + 2 * j, 2, TRUE), ==, get_value (i) + j + 1);
      g_assert_cmpmem (record + 13, 3, text, 3);
      g_assert_cmpuint (record[0] | record[5] | record[12] | record[16], ==, 0);
    }
}

/* Parameters that nobody should write: nothing is decoded, and quickly. */
static void
test_nbit_parameters (void)
{
  static const struct {
    gsize n;
    guint32 parameters[16];
  } bad[] = {
    { 0, { 0 } },
    { 4, { 4, 0, 1, 4 } },
    { 7, { 7, 0, 1, 1, 4, 0, 32 } },                      /* too few */
    { 8, { 8, 0, 1, 1, 4, 2, 32, 0 } },                   /* another order */
    { 8, { 8, 0, 1, 1, 4, 0, 32, 1 } },                   /* more bits than there are */
    { 8, { 8, 0, 1, 1, 4, 0, 4, G_MAXUINT32 } },          /* an offset that wraps */
    { 8, { 8, 0, 1, 1, 4, 0, 0, 0 } },                    /* no bits */
    { 5, { 5, 0, 1, 9, 4 } },                             /* another type */
    { 5, { 5, 0, 1, 1, 0 } },                             /* no size */
    { 7, { 7, 0, 1, 2, 8, 4, 9 } },                       /* an item larger than its array */
    { 7, { 7, 0, 1, 2, 8, 4, 0 } },                       /* or of no size */
    { 9, { 9, 0, 1, 3, 8, 1, 5, 4, 4 } },                 /* a member over the end */
    { 9, { 9, 0, 1, 3, 8, 1, 9, 4, 0 } },                 /* or behind it */
    { 8, { 8, 0, 1, 3, 8, 2, 0, 4 } },                    /* members that are not there */
    { 8, { 8, 0, 1, 2, G_MAXUINT32, 3, 1, 0 } },          /* an array of nothing, long */
    { 12, { 12, 0, 1, 2, 1 << 20, 3, 1, 1, 0, 1, 1, 0 } } /* too many runs, and unfinished */
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (AnnCodecChain) chain = new_chain (
          ann_codec_new_nbit (bad[i].parameters, bad[i].n));
      const guint8 stored[64] = { 0 };
      g_autofree guint8 *decoded = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_false (decode (chain, stored, sizeof stored, 4, &decoded, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
      g_assert_nonnull (strstr (error->message, "parameters"));
    }
}

/* make-golden.py put in the value by 4, less 3.5; two decimals were kept, so that it is exact. */
static void
test_scale_offset_floats (void)
{
  g_autoptr (AnnCodecChain) float_chain = new_chain (ann_codec_new_scale_offset (
      golden_scale_offset_floats_parameters, G_N_ELEMENTS (golden_scale_offset_floats_parameters)));
  g_autoptr (AnnCodecChain) double_chain = new_chain (
      ann_codec_new_scale_offset (golden_scale_offset_doubles_parameters,
                                  G_N_ELEMENTS (golden_scale_offset_doubles_parameters)));
  g_autofree guint8 *decoded = NULL;
  g_autofree guint8 *decoded_double = NULL;
  g_autoptr (GError) error = NULL;

  decode (float_chain, golden_scale_offset_floats, sizeof golden_scale_offset_floats, 4 * 101,
          &decoded, &error);
  g_assert_no_error (error);
  decode (double_chain, golden_scale_offset_doubles, sizeof golden_scale_offset_doubles, 8 * 101,
          &decoded_double, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < 101; i++)
    {
      guint32 bits32 = (guint32) get_number (decoded + 4 * i, 4, FALSE);
      guint64 bits64 = get_number (decoded_double + 8 * i, 8, TRUE);
      float value32;
      double value64;

      memcpy (&value32, &bits32, sizeof value32);
      memcpy (&value64, &bits64, sizeof value64);
      g_assert_cmpfloat (value32, ==, get_value (i) / 4.0 - 3.5);
      g_assert_cmpfloat (value64, ==, get_value (i) / 4.0 - 3.5);
    }
}

/* Numbers that no code can be shorter than. */
static void
test_scale_offset_whole (void)
{
  static const struct {
    const guint8 *stored;
    gsize stored_size;
    const guint32 *parameters;
  } wholes[] = {
    { golden_scale_offset_whole, sizeof golden_scale_offset_whole,
      golden_scale_offset_whole_parameters },
    { golden_scale_offset_whole_big, sizeof golden_scale_offset_whole_big,
      golden_scale_offset_whole_big_parameters },
  };

  for (guint c = 0; c < G_N_ELEMENTS (wholes); c++)
    {
      g_autoptr (AnnCodecChain) chain = new_chain (
          ann_codec_new_scale_offset (wholes[c].parameters, 20));
      g_autofree guint8 *decoded = NULL;
      g_autoptr (GError) error = NULL;

      decode (chain, wholes[c].stored, wholes[c].stored_size, 8 * 11, &decoded, &error);
      g_assert_no_error (error);
      for (gsize i = 0; i < 11; i++)
        g_assert_cmpuint (get_number (decoded + 8 * i, 8, c == 1), ==,
                          i * G_GUINT64_CONSTANT (0x0123456789abcdef) * 25);
    }
}

/* Without a fill value the code of all ones is a value as any other. HDF5 gave it to the zeros,
 * which are its fill value; their codes are 127, and the least other value is 1.
 */
static void
test_scale_offset_no_fill (void)
{
  guint32 parameters[G_N_ELEMENTS (golden_scale_offset4_parameters)];
  g_autoptr (AnnCodecChain) chain = NULL;
  g_autofree guint8 *decoded = NULL;
  g_autoptr (GError) error = NULL;

  memcpy (parameters, golden_scale_offset4_parameters, sizeof parameters);
  parameters[7] = 0;
  chain = new_chain (ann_codec_new_scale_offset (parameters, G_N_ELEMENTS (parameters)));
  decode (chain, golden_scale_offset4, sizeof golden_scale_offset4, 4 * 101, &decoded, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < 101; i++)
    g_assert_cmpuint (get_number (decoded + 4 * i, 4, FALSE), ==,
                      get_value (i) == 0 ? 128 : get_value (i));
}

static void
test_scale_offset_parameters (void)
{
  /* scale type, factor, items, class, size, sign, order, has fill value, fill value */
  static const guint32 bad[][10] = {
    { 2, 0, 1, 0, 3, 1, 0, 0, 0, 0 }, { 2, 0, 1, 0, 16, 1, 0, 0, 0, 0 },
    { 2, 0, 1, 0, 0, 1, 0, 0, 0, 0 }, { 0, 2, 1, 1, 2, 1, 0, 0, 0, 0 },
    { 1, 2, 1, 1, 4, 1, 0, 0, 0, 0 }, { 2, 0, 1, 2, 4, 1, 0, 0, 0, 0 },
    { 2, 0, 1, 0, 4, 1, 2, 0, 0, 0 },
  };

  for (guint i = 0; i <= G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (AnnCodecChain) chain = new_chain (ann_codec_new_scale_offset (
          bad[i % G_N_ELEMENTS (bad)], i < G_N_ELEMENTS (bad) ? 10 : 9));
      const guint8 stored[64] = { 0 };
      g_autofree guint8 *decoded = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_false (decode (chain, stored, sizeof stored, 4, &decoded, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
      g_assert_nonnull (strstr (error->message, "parameters"));
    }
}

static void
test_szip_parameters (void)
{
  /* options, pixels of a block, bits of a pixel, pixels of a line */
  static const guint32 bad[][4] = {
    { 32, 0, 8, 16 },   { 32, 7, 8, 16 },   { 32, 34, 8, 64 }, { 32, 16, 0, 16 },
    { 32, 16, 25, 16 }, { 32, 16, 65, 16 }, { 32, 16, 8, 15 }, { 32, 16, 8, 16 * 128 + 1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (AnnCodecChain) chain = new_chain (
          ann_codec_new_szip (bad[i][0], bad[i][1], bad[i][2], bad[i][3]));
      const guint8 stored[64] = { 4 };
      g_autofree guint8 *decoded = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_false (decode (chain, stored, sizeof stored, 4, &decoded, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
      g_assert_nonnull (strstr (error->message, "parameters"));
    }
}

/* libhdf5 loses what is left behind the last whole number. */
static void
test_szip_parts (void)
{
  const guint32 *parameters = golden_szip4_parameters;
  g_autoptr (AnnCodecChain) chain = new_chain (
      ann_codec_new_szip (parameters[0], parameters[1], parameters[2], parameters[3]));
  g_autofree guint8 *stored = g_memdup2 (golden_szip4, sizeof golden_szip4);
  g_autofree guint8 *decoded = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (stored[0] | stored[1] << 8, ==, 404);
  stored[0]--;
  g_assert_false (decode (chain, stored, sizeof golden_szip4, 403, &decoded, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "parts of pixels"));
}

/* Headers that lie: about the size, the block, the item, itself. */
static void
test_blosc_header (void)
{
  static const struct {
    guint place;
    guint32 value;
    gboolean is_byte;
  } lies[] = {
    { 0, 1, TRUE },           { 0, 3, TRUE },           { 3, 0, TRUE },
    { 4, 4000000000, FALSE }, { 4, 8, FALSE },          { 4, 0x7fffffff, FALSE },
    { 8, 0, FALSE },          { 8, 0x7fffffff, FALSE }, { 8, 0x80000000, FALSE },
    { 12, 15, FALSE },        { 12, 0, FALSE },         { 12, 0x7fffffff, FALSE },
    { 16, 0, FALSE },         { 16, 0xffffff, FALSE },  { 16, 0x80000000, FALSE },
  };
  g_autoptr (AnnCodecChain) chain = new_chain (ann_codec_new_blosc (NULL, 0));

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    {
      g_autofree guint8 *stored = g_memdup2 (golden_blosc_lz4, sizeof golden_blosc_lz4);
      guint32 value = GUINT32_TO_LE (lies[i].value);
      g_autofree guint8 *decoded = NULL;
      g_autoptr (GError) error = NULL;

      memcpy (stored + lies[i].place, &value, lies[i].is_byte ? 1 : 4);
      g_assert_false (decode (chain, stored, sizeof golden_blosc_lz4, 2000, &decoded, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/codec-parameters/nbit-records", test_nbit_records);
  g_test_add_func ("/codec-parameters/nbit-parameters", test_nbit_parameters);
  g_test_add_func ("/codec-parameters/scale-offset-floats", test_scale_offset_floats);
  g_test_add_func ("/codec-parameters/scale-offset-whole", test_scale_offset_whole);
  g_test_add_func ("/codec-parameters/scale-offset-no-fill", test_scale_offset_no_fill);
  g_test_add_func ("/codec-parameters/scale-offset-parameters", test_scale_offset_parameters);
  g_test_add_func ("/codec-parameters/szip-parameters", test_szip_parameters);
  g_test_add_func ("/codec-parameters/szip-parts", test_szip_parts);
  g_test_add_func ("/codec-parameters/blosc-header", test_blosc_header);

  return g_test_run ();
}
