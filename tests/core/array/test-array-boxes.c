/* test-array-boxes.c: arrays whose format reads boxes and texts itself
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "array/ann-slabs-private.h"
#include "base/ann-error.h"
#include "base/ann-worker.h"
#include "boxes-array.h"

#include <string.h>

static void
assert_values (AnnArray *array, const AnnBox *box, const float *values)
{
  gsize n;

  g_assert_true (ann_box_get_n_elements (box, &n));
  for (gsize i = 0; i < n; i++)
    {
      if (values[i] != (float) get_number (array, box, i))
        g_assert_cmpfloat (values[i], ==, get_number (array, box, i));
    }
}

static const struct {
  guint rank;
  guint64 shape[3];
  AnnBox box;
  int n_slabs; /* of 2^20 floats */
} cases[] = {
  { 0, { 0 }, { 0, { 0 }, { 0 } }, 1 },
  { 1, { 0 }, { 1, { 0 }, { 0 } }, 0 },
  { 1, { 100 }, { 1, { 10 }, { 50 } }, 1 },
  { 1, { 3000000 }, { 1, { 0 }, { 3000000 } }, 3 },
  { 1, { 1 << 20 }, { 1, { 0 }, { 1 << 20 } }, 1 },
  { 1, { 3000000 }, { 1, { 7 }, { (1 << 20) + 1 } }, 2 },
  { 2, { 3000, 1000 }, { 2, { 0, 0 }, { 3000, 1000 } }, 3 }, /* of 1048 rows */
  { 2, { 2, 1500000 }, { 2, { 0, 0 }, { 2, 1500000 } }, 4 }, /* of part of a row */
  { 3, { 2, 2, 1048576 }, { 3, { 0, 0, 0 }, { 2, 2, 1048576 } }, 4 },
  { 3, { 5, 1000, 700 }, { 3, { 1, 100, 50 }, { 4, 700, 500 } }, 2 },
};

static void
test_slabs (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BoxesArray) array = boxes_array_new (ANN_DTYPE_FLOAT32, cases[i].rank,
                                                      cases[i].shape);
      g_autoptr (GError) error = NULL;
      g_autoptr (AnnBuffer) buffer = NULL;

      buffer = ann_array_read (ANN_ARRAY (array), &cases[i].box, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (array->n_calls, ==, cases[i].n_slabs);
      g_assert_cmpuint (array->max_elements, <=, 1 << 20);
      assert_values (ANN_ARRAY (array), &cases[i].box, ann_buffer_get_data (buffer));
    }
}

/* All pieces of all small boxes, one behind the other, are the box. */
static void
test_every_cut (void)
{
  const AnnBox box = { 3, { 5, 6, 7 }, { 3, 4, 5 } };

  for (gsize max_elements = 1; max_elements < 70; max_elements++)
    {
      AnnSlabs slabs;
      gsize n_before = 0;

      _ann_slabs_init (&slabs, &box, max_elements);
      g_assert_cmpuint (slabs.max_elements, <=, max_elements);
      for (gsize i = 0; i < slabs.n_slabs; i++)
        {
          AnnBox slab;
          gsize n;

          g_assert_cmpuint (_ann_slabs_get (&slabs, i, &slab), ==, n_before);
          g_assert_true (ann_box_get_n_elements (&slab, &n));
          g_assert_cmpuint (n, <=, slabs.max_elements);
          n_before += n;
        }
      g_assert_cmpuint (n_before, ==, 60);
    }
}

typedef struct {
  AnnArray *array;
  gsize n_elements; /* atomic */
} Scan;

static gboolean
note_piece (const AnnBox *box,
            gconstpointer values,
            gpointer user_data,
            G_GNUC_UNUSED GError **error)
{
  Scan *scan = user_data;
  gsize n;

  g_assert_true (ann_box_get_n_elements (box, &n));
  assert_values (scan->array, box, values);
  g_atomic_pointer_add (&scan->n_elements, n);

  return TRUE;
}

static void
test_scan (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (BoxesArray) array = boxes_array_new (ANN_DTYPE_FLOAT32, cases[i].rank,
                                                      cases[i].shape);
      Scan scan = { .array = ANN_ARRAY (array) };
      gsize n;
      g_autoptr (GError) error = NULL;

      ann_array_scan (ANN_ARRAY (array), &cases[i].box, note_piece, &scan, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (ann_box_get_n_elements (&cases[i].box, &n));
      g_assert_cmpuint (scan.n_elements, ==, n);
      g_assert_cmpint (array->n_calls, ==, cases[i].n_slabs);
    }
}

static void
test_failing_slab (void)
{
  const guint64 shape[] = { 3000000 };
  const AnnBox whole = { 1, { 0 }, { 3000000 } };
  guint n_threads = ann_worker_get_n_threads ();

  /* One thread: with more, others have begun their slab when one fails. */
  ann_worker_set_n_threads (1);
  for (int n = 0; n < 3; n++)
    {
      g_autoptr (BoxesArray) array = boxes_array_new (ANN_DTYPE_FLOAT32, 1, shape);
      Scan scan = { .array = ANN_ARRAY (array) };
      g_autoptr (GError) error = NULL;

      array->fail_call = n;
      g_assert_null (ann_array_read (ANN_ARRAY (array), &whole, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
      g_assert_cmpint (array->n_calls, ==, n + 1);
      g_clear_error (&error);

      array->n_calls = 0;
      g_assert_false (ann_array_scan (ANN_ARRAY (array), &whole, note_piece, &scan, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
    }
  ann_worker_set_n_threads (n_threads);
}

static void
test_cancelled_between_slabs (void)
{
  const guint64 shape[] = { 3000000 };
  g_autoptr (BoxesArray) array = boxes_array_new (ANN_DTYPE_FLOAT32, 1, shape);
  g_autoptr (GError) error = NULL;

  array->cancel_call = 1;
  g_assert_null (ann_array_read_range (ANN_ARRAY (array), 0, 3000000, array->cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (array->n_calls, ==, 2);
}

static void
test_strings (void)
{
  const guint64 shape[] = { 300, 500 };
  const AnnBox box = { 2, { 20, 30 }, { 250, 400 } };
  g_autoptr (BoxesArray) array = boxes_array_new (ANN_DTYPE_STRING, 2, shape);
  g_autoptr (AnnStrings) texts = NULL;
  g_autoptr (GError) error = NULL;

  texts = ann_array_read_strings (ANN_ARRAY (array), &box, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (array->n_calls, ==, 7);
  g_assert_cmpuint (array->max_elements, <=, 16 * 1024);
  g_assert_cmpuint (ann_strings_get_length (texts), ==, 250 * 400);
  for (gsize i = 0; i < 250 * 400; i++)
    {
      gsize number = get_number (ANN_ARRAY (array), &box, i);

      g_assert_cmpuint (g_ascii_strtoull (ann_strings_get (texts, i, NULL), NULL, 10), ==, number);
    }
}

static void
test_strings_fail (void)
{
  const guint64 shape[] = { 200000 };
  const AnnBox none = { 1, { 5 }, { 0 } };

  ann_worker_set_n_threads (1);
  for (int n = 0; n < 4; n++)
    {
      g_autoptr (BoxesArray) array = boxes_array_new (ANN_DTYPE_STRING, 1, shape);
      g_autoptr (AnnStrings) nothing = NULL;
      g_autoptr (GError) error = NULL;

      array->fail_call = n;
      g_assert_null (ann_array_read_strings_range (ANN_ARRAY (array), 0, 200000, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
      g_assert_cmpint (array->n_calls, ==, n + 1);
      g_clear_error (&error);

      array->fail_call = -1;
      array->forgets_text = TRUE;
      g_assert_null (ann_array_read_strings_range (ANN_ARRAY (array), 0, 5, NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
      g_clear_error (&error);

      nothing = ann_array_read_strings (ANN_ARRAY (array), &none, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (ann_strings_get_length (nothing), ==, 0);
    }
  ann_worker_set_n_threads (0);
}

static void
test_strings_cancelled (void)
{
  const guint64 shape[] = { 200000 };

  ann_worker_set_n_threads (1);
  for (int n = 0; n < 3; n++)
    {
      g_autoptr (BoxesArray) array = boxes_array_new (ANN_DTYPE_STRING, 1, shape);
      g_autoptr (GError) error = NULL;

      array->cancel_call = n;
      g_assert_null (
          ann_array_read_strings_range (ANN_ARRAY (array), 0, 200000, array->cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_cmpint (array->n_calls, ==, n + 1);
    }
  ann_worker_set_n_threads (0);
}

/* Chunks that only the format can decode. */
static void
test_reads_boxes (void)
{
  g_autoptr (BoxesArray) array = g_object_new (BOXES_TYPE_ARRAY, NULL);
  const guint64 shape[] = { 10 };
  const guint64 chunk_shape[] = { 4 };
  const AnnArrayInfo info = { .dtype = ANN_DTYPE_FLOAT32,
                              .rank = 1,
                              .shape = shape,
                              .layout = ANN_LAYOUT_CHUNKED,
                              .chunk_shape = chunk_shape,
                              .reads_boxes = TRUE };
  const AnnBox whole = { 1, { 0 }, { 10 } };
  g_autoptr (AnnBuffer) buffer = NULL;
  guint64 stored_size;
  g_autoptr (GError) error = NULL;

  _ann_array_set_info (ANN_ARRAY (array), &info);
  buffer = ann_array_read (ANN_ARRAY (array), &whole, NULL, &error);
  g_assert_no_error (error);
  assert_values (ANN_ARRAY (array), &whole, ann_buffer_get_data (buffer));
  g_assert_cmpstr (ann_array_get_path (ANN_ARRAY (array)), ==, "/");

  g_assert_false (ann_array_get_stored_size (ANN_ARRAY (array), &stored_size, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
}

static void
test_fields (void)
{
  g_autoptr (BoxesArray) array = g_object_new (BOXES_TYPE_ARRAY, NULL);
  const char *const names[] = { "a", "b", NULL };
  const guint64 shape[] = { 3 };
  const AnnArrayInfo info = { .path = "obs",
                              .dtype = ANN_DTYPE_RECORD,
                              .rank = 1,
                              .shape = shape,
                              .layout = ANN_LAYOUT_CONTIGUOUS,
                              .field_names = names };
  g_auto (GStrv) found = NULL;
  g_autoptr (AnnArray) field = NULL;
  g_autoptr (GError) error = NULL;

  _ann_array_set_info (ANN_ARRAY (array), &info);
  found = ann_array_get_field_names (ANN_ARRAY (array));
  g_assert_true (g_strv_equal ((const char *const *) found, names));
  field = ann_array_open_field (ANN_ARRAY (array), "b", &error);
  g_assert_no_error (error);
  g_assert_nonnull (field);
  g_assert_null (ann_array_open_field (ANN_ARRAY (array), "c", &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (ann_array_read_range (ANN_ARRAY (array), 0, 1, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
}

/* More elements than a number has room for: known before anything is read. */
static void
test_too_many (void)
{
  const guint64 shape[] = { G_MAXUINT64 / 2, 4 };
  AnnBox whole = { 2, { 0, 0 }, { G_MAXUINT64 / 2, 4 } };
  g_autoptr (BoxesArray) numbers = boxes_array_new (ANN_DTYPE_FLOAT32, 2, shape);
  g_autoptr (BoxesArray) texts = boxes_array_new (ANN_DTYPE_STRING, 2, shape);
  Scan scan = { .array = ANN_ARRAY (numbers) };
  g_autoptr (GError) error = NULL;

  g_assert_null (ann_array_read (ANN_ARRAY (numbers), &whole, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_false (ann_array_scan (ANN_ARRAY (numbers), &whole, note_piece, &scan, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
  g_clear_error (&error);
  g_assert_null (ann_array_read_strings (ANN_ARRAY (texts), &whole, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE);
  g_assert_cmpint (numbers->n_calls + texts->n_calls, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/array-boxes/slabs", test_slabs);
  g_test_add_func ("/array-boxes/every-cut", test_every_cut);
  g_test_add_func ("/array-boxes/scan", test_scan);
  g_test_add_func ("/array-boxes/failing-slab", test_failing_slab);
  g_test_add_func ("/array-boxes/cancelled-between-slabs", test_cancelled_between_slabs);
  g_test_add_func ("/array-boxes/strings", test_strings);
  g_test_add_func ("/array-boxes/strings-fail", test_strings_fail);
  g_test_add_func ("/array-boxes/strings-cancelled", test_strings_cancelled);
  g_test_add_func ("/array-boxes/fields", test_fields);
  g_test_add_func ("/array-boxes/too-many", test_too_many);
  g_test_add_func ("/array-boxes/reads-boxes", test_reads_boxes);

  return g_test_run ();
}
