/* test-store-builder.c: stores that are written piece by piece
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../../support/remove-tree.h"

#include "anndata/ann-data.h"
#include "anndata/ann-store-builder.h"
#include "base/ann-error.h"
#include "view/ann-memory-element.h"

#include <glib/gstdio.h>
#include <string.h>

#define WIDTH 5
#define BLOCKS 7

static char *folder;

static AnnBuffer *
make_buffer (AnnDtype dtype, guint64 length, gconstpointer values)
{
  AnnBuffer *buffer = ann_buffer_new_vector (dtype, length, NULL);

  if (ann_buffer_get_size (buffer) > 0)
    memcpy (ann_buffer_get_data_for_writing (buffer), values, ann_buffer_get_size (buffer));

  return buffer;
}

static AnnElement *
make_names (const char *prefix, guint64 n)
{
  g_autoptr (AnnBlock) block = ann_block_new (0, n, 1);
  g_autoptr (GError) error = NULL;
  AnnElement *element;

  block->texts = ann_strings_new ();
  for (guint64 i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s%" G_GUINT64_FORMAT, prefix, i);

      g_assert_true (ann_strings_append (block->texts, name, -1, NULL));
    }
  element = ann_element_new_from_block (prefix, block, &error);
  g_assert_no_error (error);

  return element;
}

static AnnElement *
make_numbers (const char *path, guint64 n, guint64 width)
{
  g_autofree gint32 *values = g_new0 (gint32, n * width);
  g_autoptr (AnnBlock) block = ann_block_new (0, n, width);
  g_autoptr (GError) error = NULL;
  AnnElement *element;

  for (guint64 i = 0; i < n * width; i++)
    values[i] = (gint32) i * 3;
  block->values = make_buffer (ANN_DTYPE_INT32, n * width, values);
  element = ann_element_new_from_block (path, block, &error);
  g_assert_no_error (error);

  return element;
}

/* Row i of the matrix has i % (WIDTH + 1) entries, i + 1 in the columns from 0 on. */
static AnnBlock *
make_sparse (guint64 start, guint64 count)
{
  AnnBlock *block = ann_block_new (start, count, WIDTH);
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (float));
  g_autoptr (GArray) indices = g_array_new (FALSE, FALSE, sizeof (gint32));
  g_autofree guint64 *pointers = g_new0 (guint64, count + 1);

  for (guint64 i = 0; i < count; i++)
    {
      for (gint32 column = 0; column < (gint32) ((start + i) % (WIDTH + 1)); column++)
        {
          const float value = (float) (start + i + 1);

          g_array_append_val (values, value);
          g_array_append_val (indices, column);
        }
      pointers[i + 1] = values->len;
    }
  block->values = make_buffer (ANN_DTYPE_FLOAT32, values->len, values->data);
  block->indices = make_buffer (ANN_DTYPE_INT32, indices->len, indices->data);
  block->indptr = make_buffer (ANN_DTYPE_UINT64, count + 1, pointers);

  return block;
}

static AnnBlock *
make_dense (guint64 start, guint64 count)
{
  g_autofree gint16 *values = g_new0 (gint16, count * WIDTH + 1);
  AnnBlock *block = ann_block_new (start, count, WIDTH);

  for (guint64 i = 0; i < count * WIDTH; i++)
    values[i] = (gint16) (start * WIDTH + i);
  block->values = make_buffer (ANN_DTYPE_INT16, count * WIDTH, values);

  return block;
}

static AnnStoreBuilder *
begin (const char *name, char **path)
{
  g_autoptr (GError) error = NULL;
  AnnStoreBuilder *builder;

  *path = g_build_filename (folder, name, NULL);
  builder = ann_store_builder_new (*path, NULL, NULL, &error);
  g_assert_no_error (error);

  return builder;
}

static void
add (AnnStoreBuilder *builder, const char *path, AnnElement *element)
{
  g_autoptr (AnnElement) owned = element;
  g_autoptr (GError) error = NULL;

  ann_store_builder_add (builder, path, element, &error);
  g_assert_no_error (error);
}

/* Blocks of 0, 1, 2, … rows. Returns how many rows. */
static guint64
append_blocks (AnnStoreBuilder *builder, gboolean is_sparse)
{
  guint64 n_rows = 0;

  for (guint64 count = 0; count < BLOCKS; count++)
    {
      g_autoptr (AnnBlock) block = is_sparse ? make_sparse (n_rows, count)
                                             : make_dense (n_rows, count);
      g_autoptr (GError) error = NULL;

      ann_store_builder_append (builder, block, NULL, &error);
      g_assert_no_error (error);
      n_rows += count;
    }
  g_assert_cmpuint (ann_store_builder_get_n_rows (builder), ==, n_rows);

  return n_rows;
}

static void
commit (AnnStoreBuilder *builder)
{
  g_auto (GStrv) warnings = NULL;
  g_autoptr (GError) error = NULL;

  ann_store_builder_commit (builder, &warnings, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (warnings), ==, 0);
}

static void
assert_numbers (AnnData *data, const char *path, guint64 n, guint64 width)
{
  g_autoptr (AnnElement) element = ann_data_open_element (data, path, NULL, NULL);
  g_autoptr (AnnBlock) block = NULL;

  g_assert_nonnull (element);
  g_assert_cmpuint (ann_element_get_n_rows (element), ==, n);
  block = ann_element_read_rows (element, 0, n, NULL, NULL);
  g_assert_cmpuint (block->width, ==, width);
  for (guint64 i = 0; i < n * width; i++)
    g_assert_cmpfloat (ann_buffer_get_double (block->values, i), ==, (double) i * 3);
}

static void
assert_names (AnnFrame *frame, const char *prefix)
{
  g_autoptr (AnnElement) index = ann_frame_open_index (frame, NULL, NULL);
  g_autoptr (AnnBlock) block = NULL;

  block = ann_element_read_rows (index, 0, ann_element_get_n_rows (index), NULL, NULL);
  for (guint64 i = 0; i < ann_element_get_n_rows (index); i++)
    {
      g_autofree char *name = g_strdup_printf ("%s%" G_GUINT64_FORMAT, prefix, i);

      g_assert_cmpstr (ann_strings_get (block->texts, i, NULL), ==, name);
    }
}

static void
assert_sparse (AnnElement *x, guint64 n_rows)
{
  g_autoptr (AnnBlock) block = ann_element_read_rows (x, 0, n_rows, NULL, NULL);
  const guint64 *pointers = ann_buffer_get_data (block->indptr);

  g_assert_cmpint (ann_element_get_kind (x), ==, ANN_ELEMENT_CSR);
  g_assert_cmpint (ann_element_get_dtype (x), ==, ANN_DTYPE_FLOAT32);
  for (guint64 row = 0; row < n_rows; row++)
    {
      g_assert_cmpuint (pointers[row + 1] - pointers[row], ==, row % (WIDTH + 1));
      for (guint64 i = pointers[row]; i < pointers[row + 1]; i++)
        {
          g_assert_cmpfloat (ann_buffer_get_double (block->indices, i), ==,
                             (double) (i - pointers[row]));
          g_assert_cmpfloat (ann_buffer_get_double (block->values, i), ==, (double) (row + 1));
        }
    }
}

static void
assert_dense (AnnElement *x, guint64 n_rows)
{
  g_autoptr (AnnBlock) block = ann_element_read_rows (x, 0, n_rows, NULL, NULL);

  g_assert_cmpint (ann_element_get_kind (x), ==, ANN_ELEMENT_DENSE);
  g_assert_cmpint (ann_element_get_dtype (x), ==, ANN_DTYPE_INT16);
  for (guint64 i = 0; i < n_rows * WIDTH; i++)
    g_assert_cmpfloat (ann_buffer_get_double (block->values, i), ==, (double) i);
}

static void
test_rows (gconstpointer data)
{
  const char *name = data;
  const gboolean is_sparse = strstr (name, "sparse") != NULL;
  g_autofree char *path = NULL;
  g_autoptr (AnnStoreBuilder) builder = begin (name, &path);
  const guint64 n = append_blocks (builder, is_sparse);
  g_autoptr (AnnData) store = NULL;
  g_autoptr (AnnElement) x = NULL;
  g_autoptr (AnnElement) layer = NULL;
  g_autoptr (AnnBlock) whole = make_sparse (0, n);
  g_autoptr (GError) error = NULL;

  add (builder, "obs", make_names ("cell", n));
  add (builder, "obs/a", make_numbers ("obs/a", n, 1));
  add (builder, "var", make_names ("gene", WIDTH));
  add (builder, "obsm/X_pca", make_numbers ("obsm/X_pca", n, 3));
  add (builder, "varp/links", make_numbers ("varp/links", WIDTH, WIDTH));
  add (builder, "uns/list", make_numbers ("uns/list", 2, 1));
  add (builder, "layers/counts", ann_element_new_from_block ("layers/counts", whole, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  commit (builder);

  store = ann_data_open (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ann_data_get_n_obs (store), ==, n);
  g_assert_cmpuint (ann_data_get_n_var (store), ==, WIDTH);
  x = ann_data_open_element (store, "X", NULL, NULL);
  layer = ann_data_open_element (store, "layers/counts", NULL, NULL);
  if (is_sparse)
    assert_sparse (x, n);
  else
    assert_dense (x, n);
  assert_sparse (layer, n);
  assert_names (ann_data_get_obs (store), "cell");
  assert_names (ann_data_get_var (store), "gene");
  assert_numbers (store, "obs/a", n, 1);
  assert_numbers (store, "obsm/X_pca", n, 3);
  assert_numbers (store, "varp/links", WIDTH, WIDTH);
  assert_numbers (store, "uns/list", 2, 1);
}

/* Tables and X of another store. */
static void
test_elements (void)
{
  g_autofree char *from = NULL;
  g_autofree char *path = NULL;
  g_autoptr (AnnStoreBuilder) first = begin ("from.h5ad", &from);
  g_autoptr (AnnStoreBuilder) builder = begin ("to.zarr", &path);
  g_autoptr (AnnData) source = NULL;
  g_autoptr (AnnData) store = NULL;
  g_autoptr (AnnElement) x = NULL;
  const guint64 n = append_blocks (first, TRUE);

  add (first, "obs", make_names ("cell", n));
  add (first, "var", make_names ("gene", WIDTH));
  commit (first);
  source = ann_data_open (from, NULL, NULL);
  add (builder, "obs", g_object_ref (ANN_ELEMENT (ann_data_get_obs (source))));
  add (builder, "var", g_object_ref (ANN_ELEMENT (ann_data_get_var (source))));
  add (builder, "X", ann_data_open_element (source, "X", NULL, NULL));
  commit (builder);

  store = ann_data_open (path, NULL, NULL);
  x = ann_data_open_element (store, "X", NULL, NULL);
  assert_sparse (x, n);
  assert_names (ann_data_get_obs (store), "cell");
}

static void
test_no_rows (void)
{
  g_autofree char *path = NULL;
  g_autoptr (AnnStoreBuilder) builder = begin ("none.h5ad", &path);
  g_autoptr (AnnBlock) block = make_sparse (0, 0);
  g_autoptr (AnnData) store = NULL;
  g_autoptr (AnnElement) x = NULL;

  g_assert_true (ann_store_builder_append (builder, block, NULL, NULL));
  add (builder, "obs", make_names ("cell", 0));
  add (builder, "var", make_names ("gene", WIDTH));
  commit (builder);
  store = ann_data_open (path, NULL, NULL);
  x = ann_data_open_element (store, "X", NULL, NULL);
  g_assert_cmpuint (ann_element_get_n_rows (x), ==, 0);
  g_assert_cmpuint (ann_element_get_width (x), ==, WIDTH);
}

/* --- What does not fit --- */

static void
assert_refused (AnnStoreBuilder *builder, AnnBlock *block, const char *part)
{
  g_autoptr (AnnBlock) owned = block;
  g_autoptr (GError) error = NULL;

  g_assert_false (ann_store_builder_append (builder, block, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, part));
}

static AnnBlock *
make_broken (guint what)
{
  AnnBlock *block = make_sparse (3, 4);
  guint64 *pointers = ann_buffer_get_data_for_writing (block->indptr);

  if (what == 0)
    pointers[1] = pointers[2] + 1;
  else if (what == 1)
    pointers[4]--;
  else if (what == 2)
    pointers[0] = 1;
  else if (what == 3)
    ((gint32 *) ann_buffer_get_data_for_writing (block->indices))[1] = WIDTH;
  else
    ((gint32 *) ann_buffer_get_data_for_writing (block->indices))[1] = -1;

  return block;
}

/* Refused rows are not there, and those behind them are. */
static void
test_refused_rows (void)
{
  g_autofree char *path = NULL;
  g_autoptr (AnnStoreBuilder) builder = begin ("refused.h5ad", &path);
  g_autoptr (AnnBlock) narrow = ann_block_new (0, 1, WIDTH - 1);
  g_autoptr (AnnBlock) other = make_sparse (0, 2);
  g_autoptr (AnnElement) numbers = make_numbers ("X", 1, WIDTH);
  g_autoptr (AnnData) store = NULL;
  g_autoptr (AnnElement) x = NULL;
  g_autoptr (GError) error = NULL;
  const guint64 n = append_blocks (builder, TRUE);

  for (guint i = 0; i < 5; i++)
    assert_refused (builder, make_broken (i), i < 3 ? "do not fit" : "no column");
  narrow->values = make_buffer (ANN_DTYPE_FLOAT32, 0, NULL);
  narrow->indices = make_buffer (ANN_DTYPE_INT32, 0, NULL);
  narrow->indptr = make_buffer (ANN_DTYPE_UINT64, 2, (const guint64[]){ 0, 0 });
  assert_refused (builder, ann_block_ref (narrow), "not as wide");
  g_clear_pointer (&other->values, ann_buffer_unref);
  other->values = make_buffer (ANN_DTYPE_FLOAT64, 1, (const double[]){ 1 });
  assert_refused (builder, ann_block_ref (other), "another type");
  assert_refused (builder, make_dense (0, 1), "another type");
  g_assert_false (ann_store_builder_add (builder, "X", numbers, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);

  add (builder, "obs", make_names ("cell", n));
  add (builder, "var", make_names ("gene", WIDTH));
  commit (builder);
  assert_refused (builder, make_sparse (0, 1), "complete");
  store = ann_data_open (path, NULL, NULL);
  x = ann_data_open_element (store, "X", NULL, NULL);
  g_assert_cmpuint (ann_element_get_n_rows (x), ==, n);
  assert_sparse (x, n);
}

/* Blocks whose parts do not fit together are no elements. */
static void
test_refused_blocks (void)
{
  static const char *const words[] = { "neither numbers nor texts", "more or fewer values",
                                       "are one a row" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autoptr (AnnBlock) block = ann_block_new (0, i == 1 ? 3 : 1, i == 2 ? 2 : 1);
      g_autoptr (AnnElement) element = NULL;
      g_autoptr (GError) error = NULL;

      if (i > 0)
        {
          block->texts = ann_strings_new ();
          g_assert_true (ann_strings_append (block->texts, "a", -1, NULL)
                         && ann_strings_append (block->texts, "b", -1, NULL));
        }
      element = ann_element_new_from_block ("x", block, &error);
      g_assert_null (element);
      g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
      g_assert_nonnull (strstr (error->message, words[i]));
    }
}

/* Two rows of a sparse matrix with three entries, as they are, and each part not as it must be. */
static void
test_refused_sparse (void)
{
  static const guint64 good[] = { 0, 1, 3 };
  static const gint64 signed_pointers[] = { 0, 1, 3 };
  static const guint64 falling[] = { 0, 4, 3 };
  static const guint64 late[] = { 1, 2, 3 };
  static const guint64 fewer[] = { 0, 1, 2 };
  static const guint64 flat[] = { 3, 1 };
  static const gint32 indices[] = { 0, 0, 1 };
  static const float values[] = { 1, 2, 3 };
  const struct {
    guint64 count;
    AnnBuffer *pointers;
    AnnBuffer *indices;
    AnnBuffer *values;
  } blocks[] = {
    { 2, make_buffer (ANN_DTYPE_UINT64, 3, good), make_buffer (ANN_DTYPE_INT32, 3, indices),
      make_buffer (ANN_DTYPE_FLOAT32, 3, values) },
    { 2, make_buffer (ANN_DTYPE_UINT64, 3, good), make_buffer (ANN_DTYPE_INT32, 3, indices), NULL },
    { 2, make_buffer (ANN_DTYPE_UINT64, 3, good), NULL,
      make_buffer (ANN_DTYPE_FLOAT32, 3, values) },
    { 2, make_buffer (ANN_DTYPE_INT64, 3, signed_pointers),
      make_buffer (ANN_DTYPE_INT32, 3, indices), make_buffer (ANN_DTYPE_FLOAT32, 3, values) },
    { 1, make_buffer (ANN_DTYPE_UINT64, 3, good), make_buffer (ANN_DTYPE_INT32, 3, indices),
      make_buffer (ANN_DTYPE_FLOAT32, 3, values) },
    { G_MAXUINT64, ann_buffer_new_vector (ANN_DTYPE_UINT64, 0, NULL),
      make_buffer (ANN_DTYPE_INT32, 3, indices), make_buffer (ANN_DTYPE_FLOAT32, 3, values) },
    { 2, make_buffer (ANN_DTYPE_UINT64, 3, good), make_buffer (ANN_DTYPE_INT32, 2, indices),
      make_buffer (ANN_DTYPE_FLOAT32, 3, values) },
    { 2, make_buffer (ANN_DTYPE_UINT64, 3, good), make_buffer (ANN_DTYPE_FLOAT32, 3, values),
      make_buffer (ANN_DTYPE_FLOAT32, 3, values) },
    { 2, make_buffer (ANN_DTYPE_UINT64, 3, good), make_buffer (ANN_DTYPE_INT32, 3, indices),
      ann_buffer_new (ANN_DTYPE_FLOAT32, 2, flat, NULL) },
    { 2, make_buffer (ANN_DTYPE_UINT64, 3, falling), make_buffer (ANN_DTYPE_INT32, 3, indices),
      make_buffer (ANN_DTYPE_FLOAT32, 3, values) },
    { 2, make_buffer (ANN_DTYPE_UINT64, 3, late), make_buffer (ANN_DTYPE_INT32, 3, indices),
      make_buffer (ANN_DTYPE_FLOAT32, 3, values) },
    { 2, make_buffer (ANN_DTYPE_UINT64, 3, fewer), make_buffer (ANN_DTYPE_INT32, 3, indices),
      make_buffer (ANN_DTYPE_FLOAT32, 3, values) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (blocks); i++)
    {
      g_autoptr (AnnBlock) block = ann_block_new (0, blocks[i].count, 2);
      g_autoptr (AnnElement) element = NULL;
      g_autoptr (GError) error = NULL;

      block->indptr = blocks[i].pointers;
      block->indices = blocks[i].indices;
      block->values = blocks[i].values;
      element = ann_element_new_from_block ("x", block, &error);
      if (i == 0)
        {
          g_assert_no_error (error);
          continue;
        }
      g_test_message ("block %" G_GSIZE_FORMAT, i);
      g_assert_null (element);
      g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
      g_assert_nonnull (strstr (error->message, "do not fit together"));
    }
}

static void
test_refused_places (void)
{
  static const char *const places[] = { "",    "obs/",    "obsx",   "layers",  "layers/",
                                        "raw", "uns/a/b", "/obs/a", "obs/a/b", "X/data" };
  g_autofree char *path = NULL;
  g_autoptr (AnnStoreBuilder) builder = begin ("places.h5ad", &path);
  g_autoptr (AnnElement) numbers = make_numbers ("n", 3, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (ann_store_builder_add (builder, places[i], numbers, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
    }
}

static const struct {
  const char *place;
  guint64 n;
  guint64 width;
} misfits[] = {
  { "obs/a", 4, 1 },     { "layers/a", 4, WIDTH }, { "layers/a", 3, WIDTH + 1 },
  { "obsm/a", 4, 2 },    { "varm/a", 3, 2 },       { "obsp/a", 3, 4 },
  { "obsp/a", 4, 3 },    { "varp/a", WIDTH, 3 },   { "varp/a", 3, WIDTH },
  { "X", 3, WIDTH + 1 }, { "X", 4, WIDTH },
};

/* A store that would not be one does not appear. */
static void
test_misfits (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (misfits); i++)
    {
      g_autofree char *path = NULL;
      g_autoptr (AnnStoreBuilder) builder = begin ("misfit.h5ad", &path);
      g_autoptr (GError) error = NULL;

      add (builder, "obs", make_names ("cell", 3));
      add (builder, "var", make_names ("gene", WIDTH));
      add (builder, misfits[i].place, make_numbers ("n", misfits[i].n, misfits[i].width));
      g_assert_false (ann_store_builder_commit (builder, NULL, NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
      g_assert_true (g_str_has_prefix (error->message, misfits[i].place));
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    }
}

static void
test_wrong_length (void)
{
  g_autofree char *path = NULL;
  g_autoptr (AnnStoreBuilder) builder = begin ("length.zarr", &path);
  g_autoptr (GError) error = NULL;
  const guint64 n = append_blocks (builder, FALSE);

  add (builder, "obs", make_names ("cell", n + 1));
  add (builder, "var", make_names ("gene", WIDTH));
  g_assert_false (ann_store_builder_commit (builder, NULL, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_FORMAT);
  g_assert_nonnull (strstr (error->message, "obs"));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* Dropped in the middle, or without names: nothing is left, also beside it. */
static void
test_dropped (void)
{
  g_autofree char *path = NULL;
  AnnStoreBuilder *builder = begin ("dropped.zarr", &path);
  g_autoptr (AnnStoreBuilder) nameless = NULL;
  g_autofree char *other = NULL;
  g_autoptr (GError) error = NULL;

  append_blocks (builder, TRUE);
  g_object_unref (builder);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));

  nameless = begin ("nameless.h5ad", &other);
  append_blocks (nameless, TRUE);
  g_assert_false (ann_store_builder_commit (nameless, NULL, NULL, &error));
  g_assert_nonnull (strstr (error->message, "obs: is missing"));
  g_assert_false (g_file_test (other, G_FILE_TEST_EXISTS));
}

static void
test_cancelled (void)
{
  g_autofree char *path = NULL;
  g_autoptr (AnnStoreBuilder) builder = begin ("cancelled.h5ad", &path);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  const guint64 n = append_blocks (builder, TRUE);

  add (builder, "obs", make_names ("cell", n));
  add (builder, "var", make_names ("gene", WIDTH));
  g_cancellable_cancel (cancellable);
  g_assert_false (ann_store_builder_commit (builder, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  int result;

  folder = g_dir_make_tmp ("ann-builder-XXXXXX", NULL);
  g_assert_nonnull (folder);
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/store-builder/sparse-hdf5", "sparse.h5ad", test_rows);
  g_test_add_data_func ("/store-builder/dense-hdf5", "dense.h5ad", test_rows);
  g_test_add_data_func ("/store-builder/sparse-zarr", "sparse.zarr", test_rows);
  g_test_add_data_func ("/store-builder/dense-zip", "dense.zarr.zip", test_rows);
  g_test_add_func ("/store-builder/elements", test_elements);
  g_test_add_func ("/store-builder/no-rows", test_no_rows);
  g_test_add_func ("/store-builder/refused-rows", test_refused_rows);
  g_test_add_func ("/store-builder/refused-blocks", test_refused_blocks);
  g_test_add_func ("/store-builder/refused-sparse", test_refused_sparse);
  g_test_add_func ("/store-builder/refused-places", test_refused_places);
  g_test_add_func ("/store-builder/misfits", test_misfits);
  g_test_add_func ("/store-builder/wrong-length", test_wrong_length);
  g_test_add_func ("/store-builder/dropped", test_dropped);
  g_test_add_func ("/store-builder/cancelled", test_cancelled);
  result = g_test_run ();
  remove_tree (folder);
  g_free (folder);

  return result;
}
