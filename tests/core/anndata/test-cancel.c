/* test-cancel.c: what is still done after an export was cancelled, counted
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../../support/failing-writes.h"
#include "../../support/remove-tree.h"

#include "anndata/ann-data-select.h"
#include "anndata/ann-export.h"
#include "anndata/ann-store-builder.h"
#include "base/ann-clean-up.h"
#include "base/ann-worker.h"
#include "view/ann-memory-element.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_OBS 6000
#define N_VAR 40
#define PER_ROW 20
#define ROWS_PER_BLOCK 500

/* Of chunks: so small that each cancelled moment has many of them before it. */
#define CHUNK_ROWS 50

/* What may follow the call in which it is cancelled: the rest of that object, and what a write that
 * is on its way in another thread has left to do.
 */
#define MAX_WRITES_AFTER 4

/* Each thread ends the chunk that it is at, and one reads ahead. */
#define MAX_READS_AFTER (2 + (int) ann_worker_get_n_threads ())

/* A call of libhdf5 is not interrupted: a block of texts, or what it has in its caches when the
 * file is closed. For this source those are some 20 blocks.
 */
#define MAX_CALL_OF_HDF5 24

#define N_MOMENTS 12

static char *folder;
static char *source;

/* --- Counting --- */

static struct {
  GCancellable *cancellable; /* NULL: nothing is cancelled */
  long at;                   /* the write in which it is cancelled */
  atomic_int n_writes_after;
  atomic_int n_reads_after;
} counted;

ssize_t pread64 (int fd, void *bytes, size_t n_bytes, off_t offset);

ssize_t
pread64 (int fd, void *bytes, size_t n_bytes, off_t offset)
{
  if (counted.cancellable != NULL && g_cancellable_is_cancelled (counted.cancellable))
    atomic_fetch_add (&counted.n_reads_after, 1);

  return syscall (SYS_pread64, fd, bytes, n_bytes, offset);
}

static void
on_write (long number)
{
  if (counted.cancellable == NULL)
    return;
  if (g_cancellable_is_cancelled (counted.cancellable))
    atomic_fetch_add (&counted.n_writes_after, 1);
  else if (number >= counted.at)
    g_cancellable_cancel (counted.cancellable);
}

/* --- The source --- */

static AnnBuffer *
make_buffer (AnnDtype dtype, guint64 length, gconstpointer values)
{
  AnnBuffer *buffer = ann_buffer_new_vector (dtype, length, NULL);

  memcpy (ann_buffer_get_data_for_writing (buffer), values, ann_buffer_get_size (buffer));

  return buffer;
}

static AnnBlock *
make_rows (guint64 start)
{
  AnnBlock *block = ann_block_new (start, ROWS_PER_BLOCK, N_VAR);
  g_autofree float *values = g_new (float, ROWS_PER_BLOCK *PER_ROW);
  g_autofree gint32 *indices = g_new (gint32, ROWS_PER_BLOCK * PER_ROW);
  g_autofree guint64 *pointers = g_new (guint64, ROWS_PER_BLOCK + 1);

  for (guint i = 0; i <= ROWS_PER_BLOCK; i++)
    pointers[i] = (guint64) i * PER_ROW;
  for (guint i = 0; i < ROWS_PER_BLOCK * PER_ROW; i++)
    {
      values[i] = (float) (start + i);
      indices[i] = (gint32) (i % PER_ROW * 2);
    }
  block->values = make_buffer (ANN_DTYPE_FLOAT32, ROWS_PER_BLOCK * PER_ROW, values);
  block->indices = make_buffer (ANN_DTYPE_INT32, ROWS_PER_BLOCK * PER_ROW, indices);
  block->indptr = make_buffer (ANN_DTYPE_UINT64, ROWS_PER_BLOCK + 1, pointers);

  return block;
}

static void
add_names (AnnStoreBuilder *builder, const char *path, guint64 n)
{
  g_autoptr (AnnBlock) block = ann_block_new (0, n, 1);
  g_autoptr (AnnElement) element = NULL;

  block->texts = ann_strings_new ();
  for (guint64 i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s%" G_GUINT64_FORMAT, path, i);

      g_assert_true (ann_strings_append (block->texts, name, -1, NULL));
    }
  element = ann_element_new_from_block (path, block, NULL);
  g_assert_true (ann_store_builder_add (builder, path, element, NULL));
}

static void
make_source (void)
{
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (AnnStoreBuilder) builder = NULL;
  g_autoptr (GError) error = NULL;

  source = g_build_filename (folder, "source.h5ad", NULL);
  options->chunk_rows = CHUNK_ROWS;
  builder = ann_store_builder_new (source, options, NULL, &error);
  g_assert_no_error (error);
  for (guint64 start = 0; start < N_OBS; start += ROWS_PER_BLOCK)
    {
      g_autoptr (AnnBlock) rows = make_rows (start);

      g_assert_true (ann_store_builder_append (builder, rows, NULL, &error));
    }
  add_names (builder, "obs", N_OBS);
  add_names (builder, "var", N_VAR);
  g_assert_true (ann_store_builder_commit (builder, NULL, NULL, &error));
  g_assert_no_error (error);
}

/* --- Cancelling --- */

typedef struct {
  const char *name; /* of the target */
  AnnMatrixLayout layout;
  guint zarr_format;
  gboolean is_reversed; /* rows, which are sorted through buckets */
} Case;

static const Case cases[] = {
  { "out.h5ad", ANN_MATRIX_LAYOUT_KEEP, 2, FALSE },
  { "out.zarr", ANN_MATRIX_LAYOUT_KEEP, 2, FALSE },
  { "out3.zarr", ANN_MATRIX_LAYOUT_KEEP, 3, FALSE },
  { "out.zarr.zip", ANN_MATRIX_LAYOUT_KEEP, 2, FALSE },
  { "out.csv", ANN_MATRIX_LAYOUT_KEEP, 2, FALSE },
  { "out.mtx", ANN_MATRIX_LAYOUT_KEEP, 2, FALSE },
  { "csc.h5ad", ANN_MATRIX_LAYOUT_CSC, 2, FALSE },
  { "dense.zarr", ANN_MATRIX_LAYOUT_DENSE, 2, FALSE },
  { "reversed.zarr", ANN_MATRIX_LAYOUT_KEEP, 2, TRUE },
};

static AnnData *
open_source (const Case *test)
{
  g_autoptr (AnnData) data = ann_data_open (source, NULL, NULL);
  g_autoptr (AnnSelection) rows = NULL;
  const gint64 backwards = -1;

  g_assert_nonnull (data);
  if (!test->is_reversed)
    return g_steal_pointer (&data);
  rows = ann_selection_new_slice (NULL, NULL, &backwards, N_OBS, NULL);
  g_assert_nonnull (rows);

  return ann_data_select (data, rows, NULL, NULL, NULL);
}

static gboolean export(const Case *test, GError **error)
{
  g_autoptr (AnnData) data = open_source (test);
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autofree char *target = g_build_filename (folder, test->name, NULL);

  options->layout = test->layout;
  options->zarr_format = test->zarr_format;
  options->chunk_rows = CHUNK_ROWS;
  options->overwrite = TRUE;
  if (g_str_has_suffix (test->name, ".csv"))
    options->elements = g_strsplit ("X", ",", -1);

  return ann_export_run (data, target, options, NULL, NULL, counted.cancellable, error);
}

static void
assert_alone (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  ann_clean_up_wait ();
  g_assert_cmpstr (g_dir_read_name (dir), ==, "source.h5ad");
  g_assert_null (g_dir_read_name (dir));
}

static void
cancel_at (const Case *test, long at)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  const gboolean is_hdf5 = g_str_has_suffix (test->name, ".h5ad");

  failing_writes.n_calls = 0;
  counted.at = at;
  counted.n_writes_after = counted.n_reads_after = 0;
  counted.cancellable = cancellable;
  g_assert_false (export(test, &error));
  counted.cancellable = NULL;
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (counted.n_writes_after, <=, is_hdf5 ? MAX_CALL_OF_HDF5 : MAX_WRITES_AFTER);
  g_assert_cmpint (counted.n_reads_after, <=, is_hdf5 ? MAX_CALL_OF_HDF5 : MAX_READS_AFTER);
  assert_alone ();
}

static void
test_cancelled (gconstpointer data)
{
  const Case *test = data;
  g_autofree char *target = g_build_filename (folder, test->name, NULL);
  g_autoptr (GError) error = NULL;
  long n_writes;

  failing_writes.n_calls = 0;
  g_assert_true (export(test, &error));
  g_assert_no_error (error);
  n_writes = failing_writes.n_calls;
  remove_tree (target);

  /* The last two give it its place. */
  for (long at = 0; at < n_writes - 2; at += MAX (n_writes / N_MOMENTS, 1))
    cancel_at (test, at);
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("ann-cancel-XXXXXX", NULL);
  g_assert_nonnull (folder);
  make_source ();
  failing_writes.on_call = on_write;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/cancel/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_cancelled);
    }
  result = g_test_run ();
  remove_tree (folder);
  g_free (folder);
  g_free (source);

  return result;
}
