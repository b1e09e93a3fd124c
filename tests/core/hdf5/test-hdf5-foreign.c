/* test-hdf5-foreign.c: filters that libhdf5 has and we have not
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "hdf5-fixture.h"

#include "array/ann-chunk-cache.h"

#include <string.h>

#define FILTER 300 /* of the numbers that are free for tests */
#define N 1000

/* What the filter does when it decodes, beside its work. */
static enum { HONEST, FAILS, GIVES_TOO_MUCH, GIVES_TOO_LITTLE } behavior;

/* Puts a byte before the others, and adds the last parameter to each of them. */
static size_t
filter_add (unsigned flags,
            size_t n_parameters,
            const unsigned *parameters,
            size_t n_bytes,
            size_t *buffer_size,
            void **buffer)
{
  gboolean is_reverse = (flags & H5Z_FLAG_REVERSE) != 0;
  guint8 *from = *buffer;
  guint8 *to = H5allocate_memory (n_bytes + N * 100, TRUE);
  size_t n = is_reverse ? n_bytes - 1 : n_bytes + 1;

  /* The second one was added by set_local (), once. */
  g_assert_cmpuint (n_parameters, ==, 2);
  g_assert_cmpuint (parameters[1], ==, 4);
  for (size_t i = 0; i < MIN (n, n_bytes); i++)
    {
      if (is_reverse)
        to[i] = (guint8) (from[i + 1] - parameters[0]);
      else
        to[i + 1] = (guint8) (from[i] + parameters[0]);
    }
  H5free_memory (*buffer);
  *buffer = to;
  *buffer_size = n_bytes + N * 100;
  if (is_reverse && behavior == FAILS)
    return 0;
  if (is_reverse && behavior == GIVES_TOO_MUCH)
    return n_bytes + N * 100;
  if (is_reverse && behavior == GIVES_TOO_LITTLE)
    return 3;

  return n;
}

/* Adds the size of an element to the parameters, as many filters do. */
static herr_t
set_local (hid_t creation, hid_t type, hid_t space G_GNUC_UNUSED)
{
  unsigned flags, values[8];
  size_t n = G_N_ELEMENTS (values);

  if (H5Pget_filter_by_id2 (creation, FILTER, &flags, &n, values, 0, NULL, NULL) < 0)
    return -1;
  values[n++] = (unsigned) H5Tget_size (type);

  return H5Pmodify_filter (creation, FILTER, flags, n, values);
}

static void
register_filter (void)
{
  static const H5Z_class2_t klass = { .version = H5Z_CLASS_T_VERS,
                                      .id = FILTER,
                                      .encoder_present = 1,
                                      .decoder_present = 1,
                                      .name = "adder",
                                      .set_local = set_local,
                                      .filter = filter_add };

  g_assert_cmpint (H5Zregister (&klass), >=, 0);
}

/* Writes numbers through the filter, alone and between others. */
static AnnNode *
write_filtered (Fixture *fixture)
{
  const hsize_t n = N, chunk = 300;
  const unsigned parameter = 5;
  gint32 values[N];

  for (int i = 0; i < N; i++)
    values[i] = i * i;
  {
    G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
    g_auto (AnnHdf5Hid) alone = make_chunking (1, &chunk);
    g_auto (AnnHdf5Hid) among = make_chunking (1, &chunk);

    register_filter ();
    H5Pset_filter (alone, FILTER, H5Z_FLAG_MANDATORY, 1, &parameter);
    H5Pset_shuffle (among);
    H5Pset_filter (among, FILTER, H5Z_FLAG_MANDATORY, 1, &parameter);
    H5Pset_deflate (among, 3);
    write_dataset (fixture->file, "alone", H5T_STD_I32LE, H5T_NATIVE_INT32, 1, &n, alone, values);
    write_dataset (fixture->file, "among", H5T_STD_I32LE, H5T_NATIVE_INT32, 1, &n, among, values);
  }

  return fixture_open (fixture);
}

static void
test_decode (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  const char *const names[] = { "alone", "among" };
  g_autoptr (AnnNode) root = write_filtered (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (AnnArray) array = open_array (root, names[i]);
      g_autofree char *codecs = ann_codec_chain_to_string (ann_array_get_codecs (array));
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnBuffer) buffer = NULL;

      g_assert_cmpstr (codecs, ==,
                       i == 0 ? "adder (filter 300)" : "shuffle 4, adder (filter 300), gzip 3");
      buffer = ann_array_read_range (array, 0, N, NULL, &error);
      g_assert_no_error (error);
      for (guint j = 0; j < N; j++)
        g_assert_cmpfloat (ann_buffer_get_double (buffer, j), ==, (double) j * j);
    }
}

/* Nothing that the filter says is believed. */
static void
test_misbehavior (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    int behavior;
    const char *words;
  } cases[] = {
    { FAILS, "The bytes cannot be unpacked" },
    { GIVES_TOO_MUCH, "More bytes come out than a chunk has" },
    { GIVES_TOO_LITTLE, "The chunk holds 3 bytes instead of 1200" },
  };
  g_autoptr (AnnNode) root = write_filtered (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (AnnArray) array = open_array (root, "alone");
      g_autoptr (GError) error = NULL;

      behavior = cases[i].behavior;
      g_assert_null (ann_array_read_range (array, 0, 10, NULL, &error));
      behavior = HONEST;
      assert_says (error, ANN_ERROR_CORRUPT, cases[i].words);
      g_assert_true (g_str_has_prefix (error->message, "alone, chunk 0: "));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/hdf5/foreign/decode", test_decode);
  add_test ("/hdf5/foreign/misbehavior", test_misbehavior);

  return g_test_run ();
}
