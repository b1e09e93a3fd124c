/* test-sparse-pieces.c: a sparse matrix that can do no more than hand out its lines
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-sparse-private.h"
#include "memory-store.h"
#include "selection-table.h"

/* One that asks another, and counts how many lines. */
typedef struct {
  AnnSparse parent_instance;

  AnnSparse *of;
  int n_lines; /* atomic */
} Plain;

typedef AnnSparseClass PlainClass;

static GType plain_get_type (void);

G_DEFINE_TYPE (Plain, plain, ANN_TYPE_SPARSE)

static AnnBlock *
plain_read_major (AnnSparse *self,
                  guint64 start,
                  guint64 count,
                  GCancellable *cancellable,
                  GError **error)
{
  g_atomic_int_add (&((Plain *) self)->n_lines, (int) count);

  return ann_sparse_read_major (((Plain *) self)->of, start, count, cancellable, error);
}

static void
plain_finalize (GObject *object)
{
  g_object_unref (((Plain *) object)->of);

  G_OBJECT_CLASS (plain_parent_class)->finalize (object);
}

static void
plain_class_init (PlainClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = plain_finalize;
  klass->read_major = plain_read_major;
}

static void
plain_init (G_GNUC_UNUSED Plain *self)
{
}

static Plain *
plain_new (AnnElement *of)
{
  const AnnElementSource source = { .path = "plain", .encoding_type = "", .encoding_version = "" };
  Plain *self = g_object_new (plain_get_type (), NULL);

  self->of = ANN_SPARSE (g_object_ref (of));
  _ann_sparse_set_info (ANN_SPARSE (self),
                        &(AnnElementInfo){ .source = &source,
                                           .kind = ann_element_get_kind (of),
                                           .dtype = ann_element_get_dtype (of),
                                           .rank = 2,
                                           .shape = ann_element_get_shape (of) },
                        ann_sparse_get_index_dtype (ANN_SPARSE (of)), G_MAXUINT64);

  return self;
}

static AnnElement *
open_matrix (Store *store, AnnElementKind kind)
{
  static const gint64 shape[] = { TABLE_N_ROWS, TABLE_N_COLUMNS };
  const gboolean is_csr = kind == ANN_ELEMENT_CSR;
  const gsize n = G_N_ELEMENTS (table_csr_data);
  Item *group = store_add_group (store, store->root, "X");

  item_set_encoding (group, is_csr ? "csr_matrix" : "csc_matrix", "0.1.0");
  item_set_numbers (group, "shape", ANN_DTYPE_INT64, 2, shape);
  store_add_vector (store, group, "data", ANN_DTYPE_FLOAT64, n,
                    is_csr ? table_csr_data : table_csc_data);
  store_add_vector (store, group, "indices", ANN_DTYPE_INT32, n,
                    is_csr ? table_csr_indices : table_csc_indices);
  store_add_vector (store, group, "indptr", ANN_DTYPE_INT32,
                    (is_csr ? TABLE_N_ROWS : TABLE_N_COLUMNS) + 1,
                    is_csr ? table_csr_indptr : table_csc_indptr);

  return open_good (store, "X", kind);
}

static void
assert_same_buffer (const AnnBuffer *one, const AnnBuffer *other)
{
  g_assert_cmpint (ann_buffer_get_dtype (one), ==, ann_buffer_get_dtype (other));
  g_assert_cmpmem (ann_buffer_get_data (one), ann_buffer_get_size (one),
                   ann_buffer_get_data (other), ann_buffer_get_size (other));
}

static void
assert_same (const AnnBlock *one, const AnnBlock *other)
{
  g_assert_cmpuint (one->start, ==, other->start);
  g_assert_cmpuint (one->count, ==, other->count);
  g_assert_cmpuint (one->width, ==, other->width);
  assert_same_buffer (one->indptr, other->indptr);
  assert_same_buffer (one->indices, other->indices);
  assert_same_buffer (one->values, other->values);
}

/* Any rows and columns, as one that is stored gives them; that one is compared with scipy. */
static void
test_selections (gconstpointer data)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) stored = open_matrix (store, GPOINTER_TO_INT (data));
  g_autoptr (AnnElement) plain = ANN_ELEMENT (plain_new (stored));

  for (guint i = 0; i < G_N_ELEMENTS (table_cases); i++)
    {
      g_autoptr (AnnSelection) rows = ann_selection_parse (table_cases[i].rows, TABLE_N_ROWS, NULL);
      g_autoptr (AnnSelection) columns = ann_selection_parse (table_cases[i].columns,
                                                              TABLE_N_COLUMNS, NULL);
      g_autoptr (AnnBlock) expected = ann_element_read (stored, rows, columns, NULL, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnBlock) block = ann_element_read (plain, rows, columns, NULL, &error);

      g_assert_no_error (error);
      assert_same (block, expected);
    }
}

static void
test_ranges (gconstpointer data)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) stored = open_matrix (store, GPOINTER_TO_INT (data));
  g_autoptr (AnnElement) plain = ANN_ELEMENT (plain_new (stored));
  const guint64 *shape = ann_element_get_shape (stored);

  for (guint64 start = 0; start <= shape[0]; start += 4)
    {
      g_autoptr (AnnBlock) expected = read_rows (stored, start, MIN (3, shape[0] - start));
      g_autoptr (AnnBlock) block = read_rows (plain, start, MIN (3, shape[0] - start));

      assert_same (block, expected);
    }
  for (guint64 start = 0; start <= shape[1]; start += 3)
    {
      g_autoptr (AnnBlock) expected = NULL;
      g_autoptr (AnnBlock) block = NULL;

      expected = ann_element_read_columns (stored, start, MIN (2, shape[1] - start), NULL, NULL);
      block = ann_element_read_columns (plain, start, MIN (2, shape[1] - start), NULL, NULL);
      assert_same (block, expected);
    }
}

/* Pointers count from the first value of all; who goes on where they ended counts nothing twice. */
static void
test_pointers (gconstpointer data)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) stored = open_matrix (store, GPOINTER_TO_INT (data));
  Plain *plain = plain_new (stored);
  const guint64 n = ann_sparse_get_n_major (ANN_SPARSE (stored));

  for (guint64 start = 0; start <= n; start += 2)
    {
      const guint64 count = MIN (2, n - start);
      g_autoptr (AnnBuffer) expected = ann_sparse_read_indptr (ANN_SPARSE (stored), start, count,
                                                               NULL, NULL);
      g_autoptr (AnnBuffer) pointers = ann_sparse_read_indptr (ANN_SPARSE (plain), start, count,
                                                               NULL, NULL);

      assert_same_buffer (pointers, expected);
    }
  g_assert_cmpint (plain->n_lines, ==, n);

  for (guint64 start = n; start > 0; start--)
    {
      g_autoptr (AnnBuffer) expected = ann_sparse_read_indptr (ANN_SPARSE (stored), start - 1, 1,
                                                               NULL, NULL);
      g_autoptr (AnnBuffer) pointers = ann_sparse_read_indptr (ANN_SPARSE (plain), start - 1, 1,
                                                               NULL, NULL);

      assert_same_buffer (pointers, expected);
    }
  g_object_unref (plain);
}

/* What is not known is never taken for a number of values. */
static void
test_n_stored (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) stored = open_matrix (store, ANN_ELEMENT_CSR);
  g_autoptr (AnnElement) plain = ANN_ELEMENT (plain_new (stored));

  g_assert_cmpuint (ann_sparse_guess_n_stored (ANN_SPARSE (stored)), ==, 40);
  g_assert_cmpuint (ann_sparse_get_n_stored (ANN_SPARSE (plain)), ==, G_MAXUINT64);
  g_assert_cmpuint (ann_sparse_guess_n_stored (ANN_SPARSE (plain)), ==, 13 * 9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/sparse-pieces/selections/csr", GINT_TO_POINTER (ANN_ELEMENT_CSR),
                        test_selections);
  g_test_add_data_func ("/sparse-pieces/selections/csc", GINT_TO_POINTER (ANN_ELEMENT_CSC),
                        test_selections);
  g_test_add_data_func ("/sparse-pieces/ranges/csr", GINT_TO_POINTER (ANN_ELEMENT_CSR),
                        test_ranges);
  g_test_add_data_func ("/sparse-pieces/ranges/csc", GINT_TO_POINTER (ANN_ELEMENT_CSC),
                        test_ranges);
  g_test_add_data_func ("/sparse-pieces/pointers/csr", GINT_TO_POINTER (ANN_ELEMENT_CSR),
                        test_pointers);
  g_test_add_data_func ("/sparse-pieces/pointers/csc", GINT_TO_POINTER (ANN_ELEMENT_CSC),
                        test_pointers);
  g_test_add_func ("/sparse-pieces/n-stored", test_n_stored);

  return g_test_run ();
}
