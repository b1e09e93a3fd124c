/* test-market.c: matrices as text. What they hold is written here; scipy.io.mmread () 1.17 has the
 * same of the same texts.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../../support/remove-tree.h"
#include "anndata/ann-data.h"
#include "anndata/ann-export.h"
#include "base/ann-error.h"

#include <glib/gstdio.h>
#include <string.h>

#define BANNER "%%MatrixMarket matrix "

typedef struct {
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("ann-market-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
}

static void
tear_down (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  remove_tree (fixture->folder);
  g_free (fixture->folder);
}

static char *
put (Fixture *fixture, const char *name, const char *text, gssize length)
{
  char *path = g_build_filename (fixture->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, length, NULL));

  return path;
}

/* Each half a member of its own, as those make them who pack in parallel. */
static char *
put_packed (Fixture *fixture, const char *name, const char *text)
{
  const gsize half = strlen (text) / 2;
  const gsize starts[] = { 0, half, strlen (text) };
  g_autoptr (GByteArray) packed = g_byte_array_new ();

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GZlibCompressor) gzip = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6);
      guint8 bytes[4096];
      gsize n_read;
      gsize n;

      g_assert_cmpint (g_converter_convert (G_CONVERTER (gzip), text + starts[i],
                                            starts[i + 1] - starts[i], bytes, sizeof bytes,
                                            G_CONVERTER_INPUT_AT_END, &n_read, &n, NULL),
                       ==, G_CONVERTER_FINISHED);
      g_byte_array_append (packed, bytes, (guint) n);
    }

  return put (fixture, name, (const char *) packed->data, packed->len);
}

static AnnData *
open_path (const char *path)
{
  g_autoptr (GError) error = NULL;
  AnnData *data = ann_data_open (path, NULL, &error);

  g_assert_no_error (error);

  return data;
}

/* @expected: in C order; zeros are not stored */
static void
assert_matrix (AnnData *data,
               AnnDtype dtype,
               guint64 n_rows,
               guint64 n_columns,
               const double *expected)
{
  g_autoptr (AnnElement) x = ann_data_open_element (data, "X", NULL, NULL);
  g_autoptr (AnnBlock) block = NULL;
  g_autofree double *found = g_new0 (double, n_rows *n_columns + 1);
  const guint64 *pointers;

  g_assert_cmpuint (ann_data_get_n_obs (data), ==, n_rows);
  g_assert_cmpuint (ann_data_get_n_var (data), ==, n_columns);
  g_assert_cmpint (ann_element_get_kind (x), ==, ANN_ELEMENT_CSR);
  g_assert_cmpint (ann_element_get_dtype (x), ==, dtype);
  block = ann_element_read_rows (x, 0, n_rows, NULL, NULL);
  g_assert_nonnull (block);
  pointers = ann_buffer_get_data (block->indptr);
  for (guint64 row = 0; row < n_rows; row++)
    {
      for (guint64 i = pointers[row]; i < pointers[row + 1]; i++)
        {
          const guint64 column = (guint64) ann_buffer_get_double (block->indices, i);

          g_assert_true (i == pointers[row]
                         || ann_buffer_get_double (block->indices, i - 1) < (double) column);
          found[row * n_columns + column] = ann_buffer_get_double (block->values, i);
        }
    }
  for (guint64 i = 0; i < n_rows * n_columns; i++)
    g_assert_true (found[i] == expected[i]);
}

static void
assert_texts (AnnElement *element, const char *const *expected)
{
  g_autoptr (AnnElement) owned = element;
  g_autoptr (AnnBlock) block = NULL;

  g_assert_nonnull (element);
  g_assert_cmpuint (ann_element_get_n_rows (element), ==, g_strv_length ((char **) expected));
  block = ann_element_read_rows (element, 0, ann_element_get_n_rows (element), NULL, NULL);
  for (guint i = 0; expected[i] != NULL; i++)
    g_assert_cmpstr (ann_strings_get (block->texts, i, NULL), ==, expected[i]);
}

/* --- Kinds of matrix --- */

static const struct {
  const char *text;
  AnnDtype dtype;
  guint64 n_rows;
  guint64 n_columns;
  double values[9];
} matrices[] = {
  { "coordinate integer general\n% a comment\n%\n\n2 3 3\n2 1 -7\n1 3 +9007199254740992\n1 1 1\n",
    ANN_DTYPE_INT64,
    2,
    3,
    { 1, 0, 9007199254740992.0, -7, 0, 0 } },
  { "coordinate unsigned-integer general\n1 1 1\n1 1 18446744073709551615\n",
    ANN_DTYPE_UINT64,
    1,
    1,
    { 18446744073709551615.0 } },
  { "coordinate real general\r\n2 2 4\r\n\r\n 1\t1  .5 \r\n1 2 -1.25e2\r\n2 1 inf\r\n2 2 "
    "0.1234567890123456789\r\n",
    ANN_DTYPE_FLOAT64,
    2,
    2,
    { .5, -125, G_MAXDOUBLE * 2, 0.1234567890123456789 } },
  { "Coordinate Pattern General\n2 2 1\n1 2", ANN_DTYPE_FLOAT64, 2, 2, { 0, 1, 0, 0 } },
  { "coordinate real symmetric\n3 3 3\n1 1 1\n2 1 5\n2 3 4\n",
    ANN_DTYPE_FLOAT64,
    3,
    3,
    { 1, 5, 0, 5, 0, 4, 0, 4, 0 } },
  { "coordinate pattern symmetric\n2 2 1\n2 1\n", ANN_DTYPE_FLOAT64, 2, 2, { 0, 1, 1, 0 } },
  { "coordinate integer skew-symmetric\n2 2 1\n2 1 5\n", ANN_DTYPE_INT64, 2, 2, { 0, -5, 5, 0 } },
  { "coordinate real skew-symmetric\n2 2 1\n2 1 5\n", ANN_DTYPE_FLOAT64, 2, 2, { 0, -5, 5, 0 } },
  /* what is there twice is added up */
  { "coordinate integer general\n2 2 3\n1 2 5\n2 2 1\n1 2 7\n",
    ANN_DTYPE_INT64,
    2,
    2,
    { 0, 12, 0, 1 } },
  { "array real general\n2 3\n1\n2\n0\n4\n5\n6\n", ANN_DTYPE_FLOAT64, 2, 3, { 1, 0, 5, 2, 4, 6 } },
  { "array real symmetric\n3 3\n1\n2\n3\n4\n5\n6\n",
    ANN_DTYPE_FLOAT64,
    3,
    3,
    { 1, 2, 3, 2, 4, 5, 3, 5, 6 } },
  { "array integer skew-symmetric\n3 3\n1\n2\n3\n",
    ANN_DTYPE_INT64,
    3,
    3,
    { 0, -1, -2, 1, 0, -3, 2, 3, 0 } },
  { "coordinate real general\n2 3 0\n", ANN_DTYPE_FLOAT64, 2, 3, { 0 } },
};

static void
test_matrices (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (matrices); i++)
    {
      g_autofree char *text = g_strconcat (BANNER, matrices[i].text, NULL);
      g_autofree char *plain = put (fixture, "a.mtx", text, -1);
      g_autofree char *packed = put_packed (fixture, "a.MTX.gz", text);
      g_autoptr (AnnData) one = open_path (plain);
      g_autoptr (AnnData) other = open_path (packed);

      assert_matrix (one, matrices[i].dtype, matrices[i].n_rows, matrices[i].n_columns,
                     matrices[i].values);
      assert_matrix (other, matrices[i].dtype, matrices[i].n_rows, matrices[i].n_columns,
                     matrices[i].values);
    }
}

static void
test_unnamed (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  static const char *const numbers[] = { "0", "1", NULL };
  g_autofree char *path = put (fixture, "matrix.mtx", BANNER "coordinate real general\n2 2 0\n",
                               -1);
  g_autoptr (AnnData) store = open_path (path);

  g_assert_cmpstr (ann_data_get_format (store), ==, "Matrix Market");
  g_assert_cmpstr (ann_data_get_uri (store), ==, path);
  g_assert_false (ann_data_is_view (store));
  g_assert_cmpuint (ann_data_get_stored_size (store), ==,
                    strlen (BANNER "coordinate real general\n2 2 0\n"));
  assert_texts (ann_frame_open_index (ann_data_get_obs (store), NULL, NULL), numbers);
  assert_texts (ann_frame_open_index (ann_data_get_var (store), NULL, NULL), numbers);
  g_assert_false (ann_data_has_changed (store));
  g_free (put (fixture, "matrix.mtx", BANNER "coordinate real general\n2 2 0\n\n", -1));
  g_assert_true (ann_data_has_changed (store));
}

/* --- Folders --- */

#define TENX "coordinate integer general\n3 2 3\n1 1 4\n3 1 5\n2 2 6\n"

static const double tenx[] = { 4, 0, 5, 0, 6, 0 };
static const char *const cells[] = { "AAA-1", "CCC-1", NULL };
static const char *const symbols[] = { "CD3", "CD3", "Pro tein", NULL };
static const char *const ids[] = { "E1", "E2", "E3", NULL };
static const char *const types[] = { "Gene Expression", "Gene Expression", "Antibody Capture",
                                     NULL };

static void
assert_tenx (const char *path, gboolean has_types)
{
  g_autoptr (AnnData) store = open_path (path);
  AnnFrame *var = ann_data_get_var (store);

  assert_matrix (store, ANN_DTYPE_INT64, 2, 3, tenx);
  assert_texts (ann_frame_open_index (ann_data_get_obs (store), NULL, NULL), cells);
  g_assert_cmpuint (ann_frame_get_n_columns (ann_data_get_obs (store)), ==, 0);
  assert_texts (ann_frame_open_index (var, NULL, NULL), symbols);
  g_assert_cmpuint (ann_frame_get_n_columns (var), ==, has_types ? 2 : 1);
  assert_texts (ann_data_open_element (store, "var/gene_ids", NULL, NULL), ids);
  if (has_types)
    assert_texts (ann_data_open_element (store, "var/feature_types", NULL, NULL), types);
}

/* Cell Ranger 3, packed; what comes behind the type is left out. */
static void
test_folder (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  /* Not in the folder that is read, where nothing is written. */
  g_autofree char *out = g_strconcat (fixture->folder, "-x.mtx", NULL);
  g_autofree char *matrix = put_packed (fixture, "matrix.mtx.gz", BANNER TENX);
  g_autoptr (AnnData) store = NULL;
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (GError) error = NULL;

  g_free (put_packed (fixture, "barcodes.tsv.gz", "AAA-1\nCCC-1\n"));
  g_free (put_packed (fixture, "features.tsv.gz",
                      "E1\tCD3\tGene Expression\tchr1\nE2\tCD3\tGene Expression\tchr2\n"
                      "E3\tPro tein\tAntibody Capture\tchr3\n"));
  assert_tenx (fixture->folder, TRUE);
  assert_tenx (matrix, TRUE);

  /* There and back. */
  store = open_path (fixture->folder);
  options->elements = g_strsplit ("X", ",", -1);
  ann_export_run (store, out, options, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  assert_tenx (out, TRUE);
  remove_tree (out);
}

/* Before it, plain, with a prefix as archives have it. */
static void
test_prefix (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *matrix = put (fixture, "GSM1_matrix.mtx", BANNER TENX, -1);

  g_free (put (fixture, "GSM1_barcodes.tsv", "AAA-1\r\nCCC-1\r\n", -1));
  g_free (put (fixture, "GSM1_genes.tsv", "E1\tCD3\nE2\tCD3\nE3\tPro tein", -1));
  assert_tenx (matrix, FALSE);
}

/* --- What is wrong --- */

static void
assert_fails (const char *path, AnnError code, const char *part)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_data_open (path, NULL, &error));
  g_assert_error (error, ANN_ERROR, (int) code);
  if (strstr (error->message, part) == NULL)
    g_error ("“%s” is not in “%s”", part, error->message);
}

static const struct {
  const char *text;
  AnnError code;
  const char *part;
} broken[] = {
  { "", ANN_ERROR_FORMAT, "does not begin" },
  { "1 1 1\n", ANN_ERROR_FORMAT, "does not begin" },
  { BANNER "coordinate real\n1 1 0\n", ANN_ERROR_FORMAT, "does not begin" },
  { BANNER "list real general\n1 1 0\n", ANN_ERROR_CORRUPT, "Line 1 " },
  { BANNER "coordinate quaternion general\n1 1 0\n", ANN_ERROR_CORRUPT, "Line 1 " },
  { BANNER "coordinate real odd\n1 1 0\n", ANN_ERROR_CORRUPT, "Line 1 " },
  { BANNER "coordinate complex general\n1 1 0\n", ANN_ERROR_UNSUPPORTED, "complex" },
  { BANNER "coordinate real hermitian\n1 1 0\n", ANN_ERROR_UNSUPPORTED, "hermitian" },
  { BANNER "coordinate pattern skew-symmetric\n1 1 0\n", ANN_ERROR_UNSUPPORTED, "without a sign" },
  { BANNER "array pattern general\n1 1\n", ANN_ERROR_UNSUPPORTED, "pattern" },
  { BANNER "coordinate real general\n% no lengths\n", ANN_ERROR_CORRUPT, "Line 2 " },
  { BANNER "coordinate real general\n1 1\n", ANN_ERROR_CORRUPT, "Line 2 " },
  { BANNER "coordinate real general\n1 1 1 1\n", ANN_ERROR_CORRUPT, "Line 2 " },
  { BANNER "coordinate real general\n-1 1 1\n", ANN_ERROR_CORRUPT, "Line 2 " },
  { BANNER "coordinate real general\n99999999999999999999 1 1\n", ANN_ERROR_CORRUPT, "Line 2 " },
  { BANNER "array real general\n9999999999 9999999999\n", ANN_ERROR_CORRUPT, "Line 2 " },
  { BANNER "coordinate real symmetric\n1 2 0\n", ANN_ERROR_CORRUPT, "not square" },
  { BANNER "coordinate real general\n9000000000000000000 1 0\n", ANN_ERROR_TOO_LARGE, "names" },
  { BANNER "coordinate real general\n1 9000000000000000000 0\n", ANN_ERROR_TOO_LARGE, "names" },
  { BANNER "coordinate real general\n2 2 2\n1 1 1\n\n", ANN_ERROR_CORRUPT, "1 of the 2 entries" },
  { BANNER "coordinate real general\n2 2 1\n1 1 1\n1 2 1\n", ANN_ERROR_CORRUPT, "Line 4 " },
  { BANNER "coordinate real general\n2 2 1\n3 1 1\n", ANN_ERROR_CORRUPT, "Line 3 " },
  { BANNER "coordinate real general\n2 2 1\n1 3 1\n", ANN_ERROR_CORRUPT, "Line 3 " },
  { BANNER "coordinate real general\n2 2 1\n0 1 1\n", ANN_ERROR_CORRUPT, "Line 3 " },
  { BANNER "coordinate real general\n2 2 1\n1 1\n", ANN_ERROR_CORRUPT, "has no number" },
  { BANNER "coordinate real general\n2 2 1\n1 1 x\n", ANN_ERROR_CORRUPT, "has no number" },
  { BANNER "coordinate real general\n2 2 1\n1 1 1 2\n", ANN_ERROR_CORRUPT, "behind its number" },
  { BANNER "coordinate real general\n2 2 2\n1 1 1\n% late\n", ANN_ERROR_CORRUPT, "Line 4 " },
  { BANNER "coordinate pattern general\n2 2 1\n1 1 1\n", ANN_ERROR_CORRUPT, "a row and a column" },
  { BANNER "coordinate integer general\n2 2 1\n1 1 1.5\n", ANN_ERROR_CORRUPT, "Line 3 " },
  { BANNER "coordinate integer general\n2 2 1\n1 1 9223372036854775808\n", ANN_ERROR_CORRUPT,
    "64 bits" },
  { BANNER "coordinate integer general\n2 2 1\n1x 1 1\n", ANN_ERROR_CORRUPT, "Line 3 " },
  { BANNER "array real general\n2 1\n1\n2\n3\n", ANN_ERROR_CORRUPT, "Line 5 " },
};

static void
test_broken (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (broken); i++)
    {
      g_autofree char *path = put (fixture, "a.mtx", broken[i].text, -1);

      assert_fails (path, broken[i].code, broken[i].part);
    }
}

static void
test_broken_bytes (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  static const char nul[] = BANNER "coordinate real general\n2 2 1\n1 1 1\0002\n";
  g_autofree char *with_nul = put (fixture, "nul.mtx", nul, sizeof nul - 1);
  g_autofree char *packed = put_packed (fixture, "cut.mtx.gz", BANNER TENX);
  g_autofree char *bytes = NULL;
  g_autofree char *cut = NULL;
  g_autofree char *odd = NULL;
  g_autoptr (GString) line = g_string_new (BANNER "coordinate real general\n2 2 1\n1 1 1");
  g_autofree char *too_long = NULL;
  gsize size;

  assert_fails (with_nul, ANN_ERROR_CORRUPT, "Line 3 ");

  g_assert_true (g_file_get_contents (packed, &bytes, &size, NULL));
  cut = put (fixture, "cut2.mtx.gz", bytes, (gssize) size - 9);
  assert_fails (cut, ANN_ERROR_CORRUPT, "ends in the middle");
  memset (bytes + size - 8, 'x', 8);
  odd = put (fixture, "odd.mtx.gz", bytes, (gssize) size);
  assert_fails (odd, ANN_ERROR_CORRUPT, "cannot be unpacked");

  for (guint i = 0; i < 1 << 20; i++)
    g_string_append_c (line, ' ');
  too_long = put (fixture, "long.mtx", line->str, (gssize) line->len);
  assert_fails (too_long, ANN_ERROR_CORRUPT, "Line 3 ");
}

static void
test_broken_names (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_free (put (fixture, "matrix.mtx", BANNER TENX, -1));
  assert_fails (fixture->folder, ANN_ERROR_NOT_FOUND, "barcodes.tsv");
  g_free (put (fixture, "barcodes.tsv", "AAA-1\n", -1));
  assert_fails (fixture->folder, ANN_ERROR_NOT_FOUND, "features.tsv");
  g_free (put (fixture, "features.tsv", "E1\tCD3\nE2\nE3\tCD4\n", -1));
  assert_fails (fixture->folder, ANN_ERROR_CORRUPT, "Line 2 of “features.tsv”");
  g_free (put (fixture, "features.tsv", "E1\tCD3\nE2\t\xff\nE3\tCD4\n", -1));
  assert_fails (fixture->folder, ANN_ERROR_CORRUPT, "UTF-8");
  g_free (put (fixture, "features.tsv", "E1\tCD3\nE2\tCD3\nE3\tCD4\n", -1));
  assert_fails (fixture->folder, ANN_ERROR_CORRUPT, "“barcodes.tsv” has 1 names");
  g_free (put (fixture, "barcodes.tsv", "AAA-1\nCCC-1\n", -1));
  g_free (put (fixture, "features.tsv", "E1\tCD3\n", -1));
  assert_fails (fixture->folder, ANN_ERROR_CORRUPT, "“features.tsv” has 1 names");
}

static void
test_elsewhere (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *missing = g_build_filename (fixture->folder, "no.mtx", NULL);

  assert_fails (missing, ANN_ERROR_NOT_FOUND, "");
  assert_fails ("https://localhost/a.mtx.gz", ANN_ERROR_UNSUPPORTED, "download");
}

static void
test_cancelled (Fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
  g_autofree char *path = put (fixture, "a.mtx", BANNER TENX, -1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (ann_data_open (path, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#define ADD(NAME, FUNC) g_test_add ("/market/" NAME, Fixture, NULL, set_up, FUNC, tear_down)

int
main (int argc, char **argv)
{
  g_autofree char *scratch = g_dir_make_tmp ("ann-market-scratch-XXXXXX", NULL);
  int result;

  g_assert_nonnull (scratch);
  g_setenv ("TMPDIR", scratch, TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("matrices", test_matrices);
  ADD ("unnamed", test_unnamed);
  ADD ("folder", test_folder);
  ADD ("prefix", test_prefix);
  ADD ("broken", test_broken);
  ADD ("broken-bytes", test_broken_bytes);
  ADD ("broken-names", test_broken_names);
  ADD ("elsewhere", test_elsewhere);
  ADD ("cancelled", test_cancelled);

  result = g_test_run ();
  /* Nothing is left there. */
  g_assert_cmpint (g_rmdir (scratch), ==, 0);

  return result;
}
