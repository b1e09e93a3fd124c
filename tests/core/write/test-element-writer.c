/* test-element-writer.c: what is written is read again as it was, in today's encodings
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "memory-writer.h"
#include "same-elements.h"

#include "element/ann-categorical.h"
#include "element/ann-frame.h"
#include "element/ann-sparse.h"
#include "view/ann-select.h"
#include "view/ann-view-private.h"
#include "write/ann-element-writer.h"

static GPtrArray *warnings;

static AnnElementWriter
new_writer (AnnWriteOptions *options)
{
  g_clear_pointer (&warnings, g_ptr_array_unref);
  warnings = g_ptr_array_new_with_free_func (g_free);

  return (AnnElementWriter){ .options = options, .warnings = warnings };
}

static gboolean
has_warning (const char *words)
{
  for (guint i = 0; i < warnings->len; i++)
    {
      if (strstr (g_ptr_array_index (warnings, i), words) != NULL)
        return TRUE;
    }

  return FALSE;
}

/* Writes the child @name of the root of @source into a new target. */
static Target *
write_child (Store *source, const char *name, AnnWriteOptions *options, gboolean is_zarr)
{
  AnnElementWriter writer = new_writer (options);
  Target *target = target_new (is_zarr);
  g_autoptr (AnnElement) element = open_child (source, name);
  g_autoptr (AnnNodeWriter) root = target_open_root (target);
  g_autoptr (GError) error = NULL;

  g_assert_true (_ann_element_write (&writer, element, root, name, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (_ann_node_writer_close (root, NULL, NULL, &error));

  return target;
}

static void
assert_good (AnnElement *element, const char *type, const char *version)
{
  g_assert_no_error (ann_element_get_error (element));
  g_assert_cmpstr (ann_element_get_encoding_type (element), ==, type);
  g_assert_cmpstr (ann_element_get_encoding_version (element), ==, version);
  g_assert_null (ann_element_get_warnings (element)[0]);
}

/* Both containers, with the same result. */
static void
assert_round_trip (Store *source, AnnWriteOptions *options, const char *type, const char *version)
{
  for (guint is_zarr = 0; is_zarr < 2; is_zarr++)
    {
      g_autoptr (Target) target = write_child (source, "x", options, is_zarr);
      g_autoptr (AnnElement) before = open_child (source, "x");
      g_autoptr (AnnElement) after = open_child (target->store, "x");

      assert_good (after, type, version);
      g_assert_cmpint (ann_element_get_kind (after), ==, ann_element_get_kind (before));
      g_assert_cmpint (ann_element_get_dtype (after), ==, ann_element_get_dtype (before));
      g_assert_cmpuint (ann_element_get_rank (after), ==, ann_element_get_rank (before));
      for (guint i = 0; i < ann_element_get_rank (before); i++)
        g_assert_cmpuint (ann_element_get_length (after, i), ==,
                          ann_element_get_length (before, i));
      assert_same_values (before, after);
    }
}

/* --- Numbers --- */

static void
test_dense (void)
{
  static const AnnDtype dtypes[] = { ANN_DTYPE_BOOL,      ANN_DTYPE_INT8,      ANN_DTYPE_UINT16,
                                     ANN_DTYPE_INT64,     ANN_DTYPE_FLOAT16,   ANN_DTYPE_FLOAT32,
                                     ANN_DTYPE_COMPLEX64, ANN_DTYPE_COMPLEX128 };
  static const guint64 shapes[][3] = {
    { 3, 0, 0 }, { 0, 0, 0 }, { 2, 3, 0 }, { 0, 3, 0 }, { 3, 2, 2 }
  };
  static const guint ranks[] = { 1, 1, 2, 2, 3 };
  static const guint8 values[12 * 16] = { 1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1 };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();

  for (guint i = 0; i < G_N_ELEMENTS (dtypes); i++)
    {
      for (guint k = 0; k < G_N_ELEMENTS (ranks); k++)
        {
          g_autoptr (Store) source = store_new ();
          Item *item = store_add_box (source, source->root, "x", dtypes[i], ranks[k], shapes[k],
                                      values);

          item_set_encoding (item, "array", "0.2.0");
          assert_round_trip (source, options, "array", "0.2.0");
        }
    }
}

/* Many blocks, and chunks of about a mebibyte: 3,000,000 × 8 bytes in rows of 8,000. */
static void
test_many_blocks (void)
{
  const guint64 shape[] = { 3000, 1000 };
  g_autofree gint64 *values = g_new (gint64, shape[0] * shape[1]);
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (Store) source = store_new ();
  g_autoptr (Target) target = NULL;
  const AnnArraySpec *spec;

  for (guint64 i = 0; i < shape[0] * shape[1]; i++)
    values[i] = (gint64) i;
  store_add_box (source, source->root, "x", ANN_DTYPE_INT64, 2, shape, values);
  assert_round_trip (source, options, "array", "0.2.0");

  target = write_child (source, "x", options, FALSE);
  spec = target_get_spec (target, "x");
  g_assert_cmpuint (spec->chunk_shape[0], ==, (1 << 20) / 8000);
  g_assert_cmpuint (spec->chunk_shape[1], ==, 1000);
  g_assert_nonnull (spec->compression);

  options->chunk_rows = 7;
  g_clear_pointer (&target, target_free);
  target = write_child (source, "x", options, TRUE);
  spec = target_get_spec (target, "x");
  g_assert_cmpuint (spec->chunk_shape[0], ==, 7);
  g_assert_cmpuint (spec->shard_rows, ==, 0);

  options->profile = ANN_PROFILE_MODERN;
  g_clear_pointer (&target, target_free);
  target = write_child (source, "x", options, TRUE);
  spec = target_get_spec (target, "x");
  g_assert_cmpuint (spec->shard_rows % 7, ==, 0);
  g_assert_cmpuint (spec->shard_rows, >, 7);
  g_assert_cmpuint (spec->shard_rows * 8000, <=, 16 << 20);
}

/* A row of 16 MB: chunks are cut across it, and what is held is bounded. */
static void
test_wide (void)
{
  const guint64 shape[] = { 3, 2000000 };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (Store) source = store_new ();
  g_autoptr (Target) target = NULL;
  const AnnArraySpec *spec;

  store_add_box (source, source->root, "x", ANN_DTYPE_FLOAT64, 2, shape, NULL);
  target = write_child (source, "x", options, FALSE);
  spec = target_get_spec (target, "x");
  g_assert_cmpuint (spec->chunk_shape[0], ==, 1);
  g_assert_cmpuint (spec->chunk_shape[1], ==, (1 << 20) / 8);
}

static void
test_small (void)
{
  const guint64 shape[] = { 100 };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (Store) source = store_new ();
  g_autoptr (Target) hdf5 = NULL;
  g_autoptr (Target) zarr = NULL;

  store_add_box (source, source->root, "x", ANN_DTYPE_FLOAT64, 1, shape, NULL);
  hdf5 = write_child (source, "x", options, FALSE);
  g_assert_cmpuint (target_get_spec (hdf5, "x")->chunk_shape[0], ==, 0);
  g_assert_null (target_get_spec (hdf5, "x")->compression);
  zarr = write_child (source, "x", options, TRUE);
  g_assert_cmpuint (target_get_spec (zarr, "x")->chunk_shape[0], ==, 0);
  g_assert_nonnull (target_get_spec (zarr, "x")->compression);
}

/* --- Texts --- */

static void
test_texts (void)
{
  static const char *const texts[] = { "a", "", "ü b", "a", NULL };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (Store) source = store_new ();
  Item *item = store_add_texts (source, source->root, "x", texts);
  g_autoptr (Target) target = NULL;

  assert_round_trip (source, options, "string-array", "0.2.0");
  target = write_child (source, "x", options, FALSE);
  g_assert_cmpuint (target_get_spec (target, "x")->item_size, ==, 0);
  item->rank = 2;
  item->shape[0] = item->shape[1] = 2;
  assert_round_trip (source, options, "string-array", "0.2.0");
}

/* Bytes are what old writers made of text, unless they are marked as values. */
static void
test_bytes (void)
{
  static const char *const texts[] = { "abc", "", "de", NULL };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (Store) source = store_new ();
  Item *item = store_add_texts (source, source->root, "x", texts);
  g_autoptr (Target) target = NULL;
  g_autoptr (AnnElement) after = NULL;

  item->dtype = ANN_DTYPE_BYTES;
  target = write_child (source, "x", options, FALSE);
  after = open_child (target->store, "x");
  assert_good (after, "string-array", "0.2.0");
  g_assert_cmpint (ann_element_get_dtype (after), ==, ANN_DTYPE_STRING);

  item_set_encoding (item, "array", "0.2.0");
  assert_round_trip (source, options, "array", "0.2.0");
  g_clear_object (&after);
  g_clear_pointer (&target, target_free);
  target = write_child (source, "x", options, FALSE);
  g_assert_cmpuint (target_get_spec (target, "x")->item_size, ==, 3);
}

/* What is no text stays bytes, whatever it is marked as. */
static void
test_no_text (void)
{
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (Store) source = store_new ();
  Item *item = store_add_texts (source, source->root, "x", (const char *const[]){ "a\xff", NULL });
  g_autoptr (Target) vector = NULL;
  g_autoptr (Target) scalar = NULL;

  item->dtype = ANN_DTYPE_BYTES;
  vector = write_child (source, "x", options, FALSE);
  g_assert_cmpint (target_get_spec (vector, "x")->dtype, ==, ANN_DTYPE_BYTES);
  g_assert_cmpuint (target_get_spec (vector, "x")->item_size, ==, 2);
  item->rank = 0;
  scalar = write_child (source, "x", options, FALSE);
  g_assert_cmpint (target_get_spec (scalar, "x")->dtype, ==, ANN_DTYPE_BYTES);
  g_assert_cmpuint (target_get_spec (scalar, "x")->rank, ==, 1);
}

/* --- Single values, nothing --- */

static void
test_scalars (void)
{
  static const double number = 1.5;
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (Store) source = store_new ();
  Item *item = store_add_box (source, source->root, "x", ANN_DTYPE_FLOAT64, 0, NULL, &number);

  assert_round_trip (source, options, "numeric-scalar", "0.2.0");
  item->dtype = ANN_DTYPE_STRING;
  item->texts = ann_strings_new ();
  g_assert_true (ann_strings_append (item->texts, "text", -1, NULL));
  assert_round_trip (source, options, "string", "0.2.0");
}

static void
test_null (void)
{
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (Store) source = store_new ();
  Item *mapping = store_add_group (source, source->root, "x");
  g_autoptr (Target) portable = NULL;
  g_autoptr (Target) modern = NULL;

  item_set_encoding (mapping, "dict", "0.1.0");
  item_set_encoding (store_add (source, mapping, "nothing", ANN_NODE_NULL), "null", "0.1.0");
  portable = write_child (source, "x", options, FALSE);
  g_assert_cmpuint (
      g_hash_table_size (
          ((Item *) g_hash_table_lookup (portable->store->root->children, "x"))->children),
      ==, 0);

  options->profile = ANN_PROFILE_MODERN;
  modern = write_child (source, "x", options, FALSE);
  g_assert_cmpuint (
      g_hash_table_size (
          ((Item *) g_hash_table_lookup (modern->store->root->children, "x"))->children),
      ==, 1);
}

/* --- Columns --- */

static void
add_categorical (Store *source, Item *parent, const char *name, gint8 last)
{
  static const char *const categories[] = { "b", "a", "never", NULL };
  const gint8 codes[] = { 1, -1, 0, last };
  const guint8 ordered = 1;
  Item *item = store_add_group (source, parent, name);
  g_autoptr (AnnBuffer) number = ann_buffer_new (ANN_DTYPE_BOOL, 0, NULL, NULL);

  item_set_encoding (item, "categorical", "0.2.0");
  memcpy (ann_buffer_get_data_for_writing (number), &ordered, 1);
  ann_attributes_add_numbers (item->attributes, "ordered", number);
  store_add_vector (source, item, "codes", ANN_DTYPE_INT8, 4, codes);
  store_add_texts (source, item, "categories", categories);
}

static void
test_categorical (void)
{
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (Store) source = store_new ();
  g_autoptr (Target) target = NULL;
  g_autoptr (AnnElement) after = NULL;
  g_autoptr (AnnStrings) labels = NULL;

  add_categorical (source, source->root, "x", 1);
  assert_round_trip (source, options, "categorical", "0.2.0");

  target = write_child (source, "x", options, FALSE);
  after = open_child (target->store, "x");
  g_assert_true (ann_categorical_get_ordered (ANN_CATEGORICAL (after)));
  labels = ann_categorical_read_labels (ANN_CATEGORICAL (after), NULL, NULL);
  g_assert_cmpuint (ann_strings_get_length (labels), ==, 3);
  g_assert_cmpstr (ann_strings_get (labels, 2, NULL), ==, "never");
  g_assert_cmpint (target_get_spec (target, "x/codes")->dtype, ==, ANN_DTYPE_INT8);
}

/* The smallest signed type that holds as many codes. */
static void
test_codes (void)
{
  static const struct {
    guint64 n_categories;
    AnnDtype dtype;
  } cases[] = { { 127, ANN_DTYPE_INT8 },
                { 128, ANN_DTYPE_INT16 },
                { 32767, ANN_DTYPE_INT16 },
                { 32768, ANN_DTYPE_INT32 } };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const gint64 codes[] = { (gint64) cases[i].n_categories - 1, -1, 0 };
      g_autoptr (Store) source = store_new ();
      Item *item = store_add_group (source, source->root, "x");
      g_autoptr (Target) target = NULL;

      item_set_encoding (item, "categorical", "0.2.0");
      store_add_vector (source, item, "codes", ANN_DTYPE_INT64, 3, codes);
      store_add_vector (source, item, "categories", ANN_DTYPE_FLOAT32, cases[i].n_categories, NULL);
      assert_round_trip (source, options, "categorical", "0.2.0");
      target = write_child (source, "x", options, FALSE);
      g_assert_cmpint (target_get_spec (target, "x/codes")->dtype, ==, cases[i].dtype);
    }
}

static void
test_bad_code (void)
{
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  AnnElementWriter writer = new_writer (options);
  g_autoptr (Store) source = store_new ();
  g_autoptr (Target) target = target_new (FALSE);
  g_autoptr (AnnNodeWriter) root = target_open_root (target);
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (GError) error = NULL;

  add_categorical (source, source->root, "x", 3);
  element = open_child (source, "x");
  g_assert_false (_ann_element_write (&writer, element, root, "x", NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "x: row 3"));
}

static void
add_nullable (Store *source, const char *type, AnnDtype dtype)
{
  static const char *const texts[] = { "z", "", "y", NULL };
  static const gint32 numbers[] = { 1, 0, 1 };
  static const guint8 mask[] = { 0, 1, 0 };
  Item *item = store_add_group (source, source->root, "x");

  item_set_encoding (item, type, "0.1.0");
  if (dtype == ANN_DTYPE_STRING)
    {
      store_add_texts (source, item, "values", texts);
      item_set_text (item, "na-value", "NaN");
    }
  else
    {
      store_add_vector (source, item, "values", dtype, 3, numbers);
    }
  store_add_vector (source, item, "mask", ANN_DTYPE_BOOL, 3, mask);
}

static void
test_nullable (void)
{
  static const struct {
    const char *type;
    AnnDtype dtype;
  } cases[] = { { "nullable-integer", ANN_DTYPE_INT32 },
                { "nullable-boolean", ANN_DTYPE_BOOL },
                { "nullable-string-array", ANN_DTYPE_STRING } };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();

  options->profile = ANN_PROFILE_MODERN;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Store) source = store_new ();

      add_nullable (source, cases[i].type, cases[i].dtype);
      assert_round_trip (source, options, cases[i].type, "0.1.0");
    }
}

static void
test_nullable_texts (void)
{
  static const gint32 codes[] = { 1, -1, 0 };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (Store) source = store_new ();
  Item *item;
  g_autoptr (Target) target = NULL;
  g_autoptr (AnnElement) after = NULL;
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (AnnStrings) labels = NULL;

  options->profile = ANN_PROFILE_MODERN;
  add_nullable (source, "nullable-string-array", ANN_DTYPE_STRING);
  target = write_child (source, "x", options, FALSE);
  item = g_hash_table_lookup (target->store->root->children, "x");
  g_assert_cmpstr (ann_attributes_get_text (item->attributes, "na-value"), ==, "NaN");

  /* What is missing makes it a categorical of the texts in rising order … */
  options->profile = ANN_PROFILE_PORTABLE;
  g_clear_pointer (&target, target_free);
  target = write_child (source, "x", options, FALSE);
  g_assert_true (has_warning ("x: texts of which some are missing"));
  after = open_child (target->store, "x");
  assert_good (after, "categorical", "0.2.0");
  block = ann_element_read_rows (after, 0, 3, NULL, NULL);
  g_assert_cmpmem (ann_buffer_get_data (block->values), sizeof codes, codes, sizeof codes);
  labels = ann_categorical_read_labels (ANN_CATEGORICAL (after), NULL, NULL);
  g_assert_cmpuint (ann_strings_get_length (labels), ==, 2);
  g_assert_cmpstr (ann_strings_get (labels, 0, NULL), ==, "y");
  g_clear_object (&after);

  /* … and where nothing is missing they are plain texts. */
  item = g_hash_table_lookup (source->root->children, "x");
  item = g_hash_table_lookup (item->children, "mask");
  item->values[1] = 0;
  g_clear_pointer (&target, target_free);
  target = write_child (source, "x", options, FALSE);
  g_assert_cmpuint (warnings->len, ==, 0);
  after = open_child (target->store, "x");
  assert_good (after, "string-array", "0.2.0");
}

/* Beside “a” it would be the same category, where readers end texts at a NUL. */
static void
test_nul_in_texts (void)
{
  static const guint8 mask[] = { 1, 0, 0 };
  g_autoptr (AnnStrings) texts = ann_strings_new ();
  g_autoptr (AnnBuffer) missing = ann_buffer_new_vector (ANN_DTYPE_BOOL, 3, NULL);
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  AnnElementWriter writer = new_writer (options);
  g_autoptr (Target) target = target_new (TRUE);
  g_autoptr (AnnNodeWriter) root = target_open_root (target);
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (ann_strings_append (texts, "", 0, NULL));
  g_assert_true (ann_strings_append (texts, "a", 1, NULL));
  g_assert_true (ann_strings_append (texts, "a\0b", 3, NULL));
  memcpy (ann_buffer_get_data_for_writing (missing), mask, sizeof mask);
  element = _ann_memory_element_new_texts ("obs/x", texts, missing);

  g_assert_false (_ann_element_write (&writer, element, root, "x", NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "obs/x: the text of row 2 has a NUL"));
  g_clear_error (&error);

  options->profile = ANN_PROFILE_MODERN;
  g_assert_true (_ann_element_write (&writer, element, root, "y", NULL, &error));
  g_assert_no_error (error);
}

/* --- Records --- */

static void
add_field (Store *source, Item *records, guint place, const char *name, Item *field)
{
  g_hash_table_remove (source->root->children, name);
  records->field_names[place] = g_strdup (name);
  records->fields[place] = field;
}

static void
test_records (void)
{
  static const char *const texts[] = { "one", "zwölf", NULL };
  static const double numbers[] = { 1.5, -2 };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (Store) source = store_new ();
  Item *records = store_add (source, source->root, "x", ANN_NODE_ARRAY);

  records->dtype = ANN_DTYPE_RECORD;
  records->rank = 1;
  records->shape[0] = 2;
  records->field_names = g_new0 (char *, 3);
  records->fields = g_new0 (Item *, 2);
  add_field (source, records, 0, "name", store_add_texts (source, source->root, "name", texts));
  add_field (source, records, 1, "score",
             store_add_vector (source, source->root, "score", ANN_DTYPE_FLOAT64, 2, numbers));

  for (guint is_zarr = 0; is_zarr < 2; is_zarr++)
    {
      g_autoptr (Target) target = write_child (source, "x", options, is_zarr);
      g_autoptr (AnnElement) before = open_child (source, "x");
      g_autoptr (AnnElement) after = open_child (target->store, "x");
      const char *const names[] = { "name", "score" };

      assert_good (after, "rec-array", "0.2.0");
      g_assert_cmpuint (ann_element_get_n_rows (after), ==, 2);
      for (guint i = 0; i < 2; i++)
        {
          g_autoptr (AnnElement) of_before = ann_element_open_child (before, names[i], NULL, NULL);
          g_autoptr (AnnElement) of_after = ann_element_open_child (after, names[i], NULL, NULL);

          assert_same_values (of_before, of_after);
        }
    }
}

/* Python opens no store of Zarr with such. */
static void
test_array_in_record (void)
{
  static const double numbers[] = { 1.5, -2, 3 };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (Store) source = store_new ();
  Item *record = store_add (source, source->root, "x", ANN_NODE_ARRAY);
  g_autoptr (AnnElement) element = NULL;

  record->dtype = ANN_DTYPE_RECORD;
  record->field_names = g_new0 (char *, 2);
  record->fields = g_new0 (Item *, 1);
  add_field (source, record, 0, "v",
             store_add_vector (source, source->root, "v", ANN_DTYPE_FLOAT64, 3, numbers));
  element = open_child (source, "x");
  g_assert_cmpuint (ann_element_get_n_rows (element), ==, 1);

  for (guint zarr_format = 2; zarr_format <= 3; zarr_format++)
    {
      AnnElementWriter writer = new_writer (options);
      g_autoptr (Target) target = target_new (TRUE);
      g_autoptr (AnnNodeWriter) root = target_open_root (target);
      g_autoptr (GError) error = NULL;

      writer.zarr_format = zarr_format;
      g_assert_false (_ann_element_write (&writer, element, root, "x", NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
      g_assert_nonnull (strstr (error->message, "x: its field “v” is an array"));
    }
}

/* HDF5 cannot hold such, or Python does not open a store with it. */
static void
test_refused_fields (void)
{
  static const struct {
    const char *name, *other;
    gboolean is_text;
    guint64 length;
    const char *message;
  } cases[] = {
    { "v", "", FALSE, 3, "x: its field “” has no name" },
    { "v", "v", FALSE, 3, "x: its field “v” has the name of another one" },
    { "v", "w", FALSE, 0, "x: its field “w” is an array without values" },
    { "v", "w", TRUE, 1, "x: its field “w” is a text of a single record" },
  };
  static const double numbers[] = { 1.5, -2, 3 };
  static const char *const texts[] = { "one", NULL };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      AnnElementWriter writer = new_writer (options);
      g_autoptr (Store) source = store_new ();
      g_autoptr (Target) target = target_new (TRUE);
      g_autoptr (AnnNodeWriter) root = target_open_root (target);
      Item *record = store_add (source, source->root, "x", ANN_NODE_ARRAY);
      g_autoptr (AnnElement) element = NULL;
      g_autoptr (GError) error = NULL;

      record->dtype = ANN_DTYPE_RECORD;
      record->field_names = g_new0 (char *, 3);
      record->fields = g_new0 (Item *, 2);
      add_field (
          source, record, 0, cases[i].name,
          store_add_vector (source, source->root, cases[i].name, ANN_DTYPE_FLOAT64, 3, numbers));
      add_field (source, record, 1, cases[i].other,
                 cases[i].is_text ? store_add_texts (source, source->root, cases[i].other, texts)
                                  : store_add_vector (source, source->root, cases[i].other,
                                                      ANN_DTYPE_FLOAT64, cases[i].length, numbers));
      element = open_child (source, "x");

      writer.is_hdf5 = TRUE;
      g_assert_false (_ann_element_write (&writer, element, root, "x", NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED);
      g_assert_nonnull (strstr (error->message, cases[i].message));
    }
}

/* --- Sparse matrices --- */

static Item *
add_sparse (Store *source,
            const char *type,
            AnnDtype index_dtype,
            gconstpointer indices,
            AnnDtype pointer_dtype,
            gconstpointer pointers)
{
  static const gint64 shape[] = { 3, 3 };
  static const float data[] = { 1, 2, 3, 4 };
  Item *item = store_add_group (source, source->root, "x");

  item_set_encoding (item, type, "0.1.0");
  item_set_numbers (item, "shape", ANN_DTYPE_INT64, 2, shape);
  store_add_vector (source, item, "data", ANN_DTYPE_FLOAT32, 4, data);
  store_add_vector (source, item, "indices", index_dtype, 4, indices);
  store_add_vector (source, item, "indptr", pointer_dtype, 4, pointers);

  return item;
}

static void
test_sparse (void)
{
  static const gint32 indices[] = { 2, 0, 1, 1 }; /* unsorted, and twice the same */
  static const gint32 pointers[] = { 0, 2, 2, 4 };
  static const char *const types[] = { "csr_matrix", "csc_matrix" };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (Store) source = store_new ();

      add_sparse (source, types[i], ANN_DTYPE_INT32, indices, ANN_DTYPE_INT32, pointers);
      assert_round_trip (source, options, types[i], "0.1.0");
    }
}

/* FORMAT §11.2: which types become which. */
static void
test_index_types (void)
{
  static const gint32 indices4[] = { 2, 0, 1, 1 };
  static const gint64 indices8[] = { 2, 0, 1, 1 };
  static const guint8 indices1[] = { 2, 0, 1, 1 };
  static const gint32 pointers4[] = { 0, 2, 2, 4 };
  static const gint64 pointers8[] = { 0, 2, 2, 4 };
  const struct {
    AnnDtype dtype;
    gconstpointer indices;
    AnnDtype pointer_dtype;
    AnnProfile profile;
    AnnDtype written;
    AnnDtype pointers_written;
  } cases[] = {
    { ANN_DTYPE_INT32, indices4, ANN_DTYPE_INT32, ANN_PROFILE_PORTABLE, ANN_DTYPE_INT32,
      ANN_DTYPE_INT32 },
    { ANN_DTYPE_INT32, indices4, ANN_DTYPE_INT64, ANN_PROFILE_PORTABLE, ANN_DTYPE_INT32,
      ANN_DTYPE_INT32 },
    { ANN_DTYPE_INT64, indices8, ANN_DTYPE_INT64, ANN_PROFILE_PORTABLE, ANN_DTYPE_INT64,
      ANN_DTYPE_INT64 },
    { ANN_DTYPE_UINT64, indices8, ANN_DTYPE_UINT64, ANN_PROFILE_FAITHFUL, ANN_DTYPE_INT32,
      ANN_DTYPE_INT32 },
    { ANN_DTYPE_UINT8, indices1, ANN_DTYPE_INT32, ANN_PROFILE_PORTABLE, ANN_DTYPE_INT32,
      ANN_DTYPE_INT32 },
    { ANN_DTYPE_UINT8, indices1, ANN_DTYPE_INT32, ANN_PROFILE_FAITHFUL, ANN_DTYPE_UINT8,
      ANN_DTYPE_INT64 },
  };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Store) source = store_new ();
      g_autoptr (Target) target = NULL;
      g_autoptr (AnnElement) after = NULL;
      g_autoptr (AnnBlock) block = NULL;
      g_autoptr (AnnBuffer) read = NULL;

      options->profile = cases[i].profile;
      add_sparse (source, "csr_matrix", cases[i].dtype, cases[i].indices, cases[i].pointer_dtype,
                  ann_dtype_get_size (cases[i].pointer_dtype) == 4 ? (gconstpointer) pointers4
                                                                   : pointers8);
      target = write_child (source, "x", options, FALSE);
      g_assert_cmpint (target_get_spec (target, "x/indices")->dtype, ==, cases[i].written);
      g_assert_cmpint (target_get_spec (target, "x/indptr")->dtype, ==, cases[i].pointers_written);

      after = open_child (target->store, "x");
      block = ann_element_read_rows (after, 0, 3, NULL, NULL);
      read = ann_buffer_convert (block->indices, ANN_DTYPE_INT32, NULL);
      g_assert_cmpmem (ann_buffer_get_data (read), sizeof indices4, indices4, sizeof indices4);
    }
}

/* Rows that were cut out of another matrix begin behind 0; what belongs to no row is left. */
static void
test_trimmed (void)
{
  static const gint32 indices[] = { 2, 0, 1, 1 };
  static const gint32 pointers[] = { 0, 1, 1, 3 };
  static const gint32 expected[] = { 2, 0, 1 };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (Store) source = store_new ();
  g_autoptr (Target) target = NULL;
  g_autoptr (AnnElement) after = NULL;
  g_autoptr (AnnBlock) block = NULL;

  add_sparse (source, "csr_matrix", ANN_DTYPE_INT32, indices, ANN_DTYPE_INT32, pointers);
  target = write_child (source, "x", options, FALSE);
  after = open_child (target->store, "x");
  assert_good (after, "csr_matrix", "0.1.0");
  block = ann_element_read_rows (after, 0, 3, NULL, NULL);
  g_assert_cmpmem (ann_buffer_get_data (block->indices), ann_buffer_get_size (block->indices),
                   expected, sizeof expected);
  g_assert_cmpuint (target_get_spec (target, "x/data")->shape[0], ==, 3);
}

/* Damage ends the writing, with the place. */
static void
test_bad_index (void)
{
  static const gint32 indices[] = { 2, 0, 3, 1 };
  static const gint32 pointers[] = { 0, 2, 2, 4 };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  AnnElementWriter writer = new_writer (options);
  g_autoptr (Store) source = store_new ();
  g_autoptr (Target) target = target_new (FALSE);
  g_autoptr (AnnNodeWriter) root = target_open_root (target);
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (GError) error = NULL;

  add_sparse (source, "csr_matrix", ANN_DTYPE_INT32, indices, ANN_DTYPE_INT32, pointers);
  element = open_child (source, "x");
  g_assert_false (_ann_element_write (&writer, element, root, "x", NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "x/indices: at 2, in row 2, is 3"));
}

/* --- A whole store --- */

static Item *
add_frame (Store *source, Item *parent, const char *name, const char *index_name)
{
  static const char *const labels[] = { "r0", "r1", "r2", "r3", NULL };
  static const char *const columns[] = { "number", "group", NULL };
  static const gint16 numbers[] = { 4, 5, 6, 7 };
  Item *item = store_add_group (source, parent, name);

  item_set_encoding (item, "dataframe", "0.2.0");
  item_set_text (item, "_index", index_name);
  item_set_texts (item, "column-order", columns);
  store_add_texts (source, item, index_name, labels);
  store_add_vector (source, item, "number", ANN_DTYPE_INT16, 4, numbers);
  add_categorical (source, item, "group", 2);

  return item;
}

static Store *
new_store (void)
{
  static const char *const own[] = { "kept", "too", NULL };
  static const guint64 shape[] = { 4, 4 };
  Store *source = store_new ();
  Item *uns;

  item_set_encoding (source->root, "anndata", "0.1.0");
  item_set_text (source->root, "made-by", "somebody");
  item_set_texts (add_frame (source, source->root, "obs", "cells"), "own", own);
  add_frame (source, source->root, "var", "_index");
  store_add_box (source, source->root, "X", ANN_DTYPE_FLOAT32, 2, shape, NULL);
  uns = store_add_group (source, source->root, "uns");
  item_set_encoding (uns, "dict", "0.1.0");
  item_set_text (store_add_group (source, uns, "deep"), "mark", "here");

  return source;
}

static Target *
write_root (Store *source, AnnWriteOptions *options)
{
  AnnElementWriter writer = new_writer (options);
  Target *target = target_new (FALSE);
  g_autoptr (AnnNode) node = store_open_root (source);
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnNodeWriter) root = target_open_root (target);
  g_autoptr (GError) error = NULL;
  g_auto (AnnSurvey) survey = { 0 };

  _ann_survey_init (&survey);
  element = _ann_element_open_root (node, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (_ann_element_survey (&writer, element, "", &survey, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (_ann_element_write_root (&writer, element, root, NULL, &error));
  g_assert_no_error (error);

  return target;
}

static Item *
find (Store *store, const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  Item *item = store->root;

  for (guint i = 0; item != NULL && parts[i] != NULL; i++)
    item = g_hash_table_lookup (item->children, parts[i]);

  return item;
}

static const char *
get_type (Store *store, const char *path)
{
  Item *item = find (store, path);

  g_assert_nonnull (item);

  return ann_attributes_get_text (item->attributes, "encoding-type");
}

static void
test_root (void)
{
  static const char *const mappings[] = { "layers", "obsm", "varm", "obsp", "varp", "uns" };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (Store) source = new_store ();
  g_autoptr (Target) target = write_root (source, options);
  Item *obs = find (target->store, "obs");
  AnnStrings *columns = ann_attributes_get_texts (obs->attributes, "column-order");

  g_assert_cmpuint (warnings->len, ==, 0);
  g_assert_cmpstr (ann_attributes_get_text (target->store->root->attributes, "encoding-type"), ==,
                   "anndata");
  for (guint i = 0; i < G_N_ELEMENTS (mappings); i++)
    g_assert_cmpstr (get_type (target->store, mappings[i]), ==, "dict");
  g_assert_null (find (target->store, "raw"));
  g_assert_cmpstr (get_type (target->store, "X"), ==, "array");

  g_assert_cmpstr (ann_attributes_get_text (obs->attributes, "_index"), ==, "cells");
  g_assert_cmpuint (ann_strings_get_length (columns), ==, 2);
  g_assert_cmpstr (ann_strings_get (columns, 1, NULL), ==, "group");
  g_assert_cmpstr (get_type (target->store, "obs/cells"), ==, "string-array");
  g_assert_cmpstr (get_type (target->store, "obs/group"), ==, "categorical");
  g_assert_cmpstr (get_type (target->store, "obs/group/codes"), ==, "array");
  g_assert_cmpstr (get_type (target->store, "obs/group/categories"), ==, "string-array");

  /* What we do not know of is carried over. */
  g_assert_cmpuint (ann_strings_get_length (ann_attributes_get_texts (obs->attributes, "own")), ==,
                    2);
  g_assert_cmpstr (ann_attributes_get_text (target->store->root->attributes, "made-by"), ==,
                   "somebody");
  g_assert_cmpstr (ann_attributes_get_text (find (target->store, "uns/deep")->attributes, "mark"),
                   ==, "here");
}

static void
test_elements (void)
{
  static char *names[] = { (char *) "uns", (char *) "obs/number", NULL };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (Store) source = new_store ();
  g_autoptr (Target) target = NULL;

  options->elements = g_strdupv (names);
  target = write_root (source, options);
  g_assert_null (find (target->store, "X"));
  g_assert_nonnull (find (target->store, "uns/deep"));
  g_assert_nonnull (find (target->store, "obs/number"));
  g_assert_null (find (target->store, "obs/group"));
  g_assert_nonnull (find (target->store, "obs/cells"));
  g_assert_nonnull (find (target->store, "var/group"));
}

static void
test_takes (void)
{
  static char *names[] = { (char *) "X", (char *) "layers/counts", NULL };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();

  g_assert_true (ann_write_options_takes (options, "uns"));
  options->elements = g_strdupv (names);
  g_assert_true (ann_write_options_takes (options, ""));
  g_assert_true (ann_write_options_takes (options, "X"));
  g_assert_false (ann_write_options_takes (options, "Xs"));
  g_assert_true (ann_write_options_takes (options, "layers"));
  g_assert_true (ann_write_options_takes (options, "layers/counts"));
  g_assert_true (ann_write_options_takes (options, "layers/counts/data"));
  g_assert_false (ann_write_options_takes (options, "layers/count"));
  g_assert_true (ann_write_options_takes (options, "obs/any"));
  g_assert_false (ann_write_options_takes (options, "obsm"));
}

/* Labels that are numbers become texts, which is what all readers look for. */
static void
test_number_labels (void)
{
  static const gint64 numbers[] = { 10, 11, 12, 13 };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (Store) source = new_store ();
  Item *obs = find (source, "obs");
  g_autoptr (Target) target = NULL;

  g_hash_table_remove (obs->children, "cells");
  store_add_vector (source, obs, "cells", ANN_DTYPE_INT64, 4, numbers);
  target = write_root (source, options);
  g_assert_cmpstr (get_type (target->store, "obs/cells"), ==, "string-array");
  g_assert_cmpstr (ann_strings_get (find (target->store, "obs/cells")->texts, 3, NULL), ==, "13");

  options->profile = ANN_PROFILE_FAITHFUL;
  g_clear_pointer (&target, target_free);
  target = write_root (source, options);
  g_assert_cmpstr (get_type (target->store, "obs/cells"), ==, "array");
}

/* An encoding that nobody here knows is copied; what is broken ends it before anything is written,
 * or is left out on request.
 */
static void
test_unknown (void)
{
  static const gint32 numbers[] = { 1, 2 };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (Store) source = new_store ();
  Item *item = store_add_group (source, find (source, "uns"), "new");
  g_autoptr (Target) target = NULL;

  item_set_encoding (item, "from-the-future", "7");
  item_set_text (item, "shape", "round");
  store_add_vector (source, item, "part", ANN_DTYPE_INT32, 2, numbers);
  target = write_root (source, options);
  g_assert_true (has_warning ("from-the-future"));
  g_assert_cmpstr (get_type (target->store, "uns/new"), ==, "from-the-future");
  g_assert_cmpstr (ann_attributes_get_text (find (target->store, "uns/new")->attributes, "shape"),
                   ==, "round");
  g_assert_cmpmem (find (target->store, "uns/new/part")->values, sizeof numbers, numbers,
                   sizeof numbers);
}

static void
test_broken (void)
{
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  AnnElementWriter writer = new_writer (options);
  g_autoptr (Store) source = new_store ();
  g_autoptr (Target) target = NULL;
  g_autoptr (AnnNode) node = store_open_root (source);
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (AnnSurvey) survey = { 0 };
  Item *item = store_add_group (source, find (source, "uns"), "bad");

  item_set_encoding (item, "csr_matrix", "0.1.0");
  element = _ann_element_open_root (node, NULL, NULL);
  _ann_survey_init (&survey);
  g_assert_false (_ann_element_survey (&writer, element, "", &survey, NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "uns/bad"));
  g_assert_nonnull (strstr (error->message, "leave it out"));

  options->skip_unreadable = TRUE;
  target = write_root (source, options);
  g_assert_null (find (target->store, "uns/bad"));
  g_assert_true (has_warning ("uns/bad"));
}

/* Whatever fails, the error comes through, and nothing is leaked. */
static void
test_failures (void)
{
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (Store) source = new_store ();
  gboolean is_done = FALSE;

  for (int n = 0; !is_done; n++)
    {
      AnnElementWriter writer = new_writer (options);
      g_autoptr (Target) target = target_new (FALSE);
      g_autoptr (AnnNode) node = store_open_root (source);
      g_autoptr (AnnElement) element = _ann_element_open_root (node, NULL, NULL);
      g_autoptr (AnnNodeWriter) root = target_open_root (target);
      g_autoptr (GError) error = NULL;

      target->fail_at = n;
      is_done = _ann_element_write_root (&writer, element, root, NULL, &error);
      if (!is_done)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
      g_assert_cmpint (n, <, 1000);
      g_assert_true (is_done || n < target->n_calls);
      if (is_done)
        g_assert_cmpint (n, >=, 50);
    }
}

/* The same for reading. */
static void
test_read_failures (void)
{
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (Store) source = new_store ();
  gboolean is_done = FALSE;

  for (int n = 0; !is_done; n++)
    {
      AnnElementWriter writer = new_writer (options);
      g_autoptr (Target) target = target_new (FALSE);
      g_autoptr (AnnNode) node = store_open_root (source);
      g_autoptr (AnnElement) element = _ann_element_open_root (node, NULL, NULL);
      g_autoptr (AnnNodeWriter) root = target_open_root (target);
      g_autoptr (GError) error = NULL;

      counts_reset ();
      counts.fail_at = n;
      counts.fail_code = G_IO_ERROR_TIMED_OUT;
      is_done = _ann_element_write_root (&writer, element, root, NULL, &error);
      g_assert_true (is_done == (counts.n_calls <= n));
      if (!is_done)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      g_assert_cmpint (n, <, 1000);
    }
  counts_reset ();
}

static void
test_cancelled (void)
{
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  AnnElementWriter writer = new_writer (options);
  g_autoptr (Store) source = new_store ();
  g_autoptr (Target) target = target_new (FALSE);
  g_autoptr (AnnNode) node = store_open_root (source);
  g_autoptr (AnnElement) element = _ann_element_open_root (node, NULL, NULL);
  g_autoptr (AnnNodeWriter) root = target_open_root (target);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (_ann_element_write_root (&writer, element, root, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Rows of nested lists, in another order and one of them twice, are these rows when they are read.
 */
static void
test_awkward_rows (void)
{
  static const gint64 offsets[] = { 0, 2, 2, 3 };
  static const double numbers[] = { 1.5, 2, 3 };
  const gint64 length = 3;
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (Store) source = store_new ();
  Item *group = store_add_group (source, source->root, "x");
  g_autoptr (AnnElement) whole = NULL;
  g_autoptr (AnnElement) some = NULL;
  g_autoptr (AnnSelection) rows = ann_selection_parse ("2,0,0,1", 3, NULL);

  item_set_encoding (group, "awkward-array", "0.1.0");
  item_set_text (group, "form",
                 "{\"class\":\"ListOffsetArray\",\"offsets\":\"i64\",\"content\":{\"class\":"
                 "\"NumpyArray\",\"primitive\":\"float64\",\"inner_shape\":[],\"parameters\":{},"
                 "\"form_key\":\"n1\"},\"parameters\":{},\"form_key\":\"n0\"}");
  item_set_numbers (group, "length", ANN_DTYPE_INT64, 1, &length);
  store_add_vector (source, group, "n0-offsets", ANN_DTYPE_INT64, 4, offsets);
  store_add_vector (source, group, "n1-data", ANN_DTYPE_FLOAT64, 3, numbers);
  whole = open_good (source, "x", ANN_ELEMENT_AWKWARD);
  some = ann_element_select (whole, rows, NULL, NULL);

  for (guint is_zarr = 0; is_zarr < 2; is_zarr++)
    {
      AnnElementWriter writer = new_writer (options);
      g_autoptr (Target) target = target_new (is_zarr);
      g_autoptr (AnnNodeWriter) root = target_open_root (target);
      g_autoptr (AnnElement) after = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *json = NULL;

      g_assert_true (_ann_element_write (&writer, some, root, "x", NULL, &error));
      g_assert_no_error (error);
      g_assert_true (_ann_node_writer_close (root, NULL, NULL, &error));
      after = open_good (target->store, "x", ANN_ELEMENT_AWKWARD);
      json = ann_awkward_to_json (ANN_AWKWARD (after), 0, ann_element_get_n_rows (after), NULL,
                                  &error);
      g_assert_no_error (error);
      g_assert_cmpstr (json, ==, "[[3.0],[1.5,2.0],[1.5,2.0],[]]");
    }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/element-writer/dense", test_dense);
  g_test_add_func ("/element-writer/many-blocks", test_many_blocks);
  g_test_add_func ("/element-writer/wide", test_wide);
  g_test_add_func ("/element-writer/small", test_small);
  g_test_add_func ("/element-writer/texts", test_texts);
  g_test_add_func ("/element-writer/bytes", test_bytes);
  g_test_add_func ("/element-writer/no-text", test_no_text);
  g_test_add_func ("/element-writer/scalars", test_scalars);
  g_test_add_func ("/element-writer/null", test_null);
  g_test_add_func ("/element-writer/categorical", test_categorical);
  g_test_add_func ("/element-writer/codes", test_codes);
  g_test_add_func ("/element-writer/bad-code", test_bad_code);
  g_test_add_func ("/element-writer/nullable", test_nullable);
  g_test_add_func ("/element-writer/nullable-texts", test_nullable_texts);
  g_test_add_func ("/element-writer/nul-in-texts", test_nul_in_texts);
  g_test_add_func ("/element-writer/records", test_records);
  g_test_add_func ("/element-writer/array-in-record", test_array_in_record);
  g_test_add_func ("/element-writer/refused-fields", test_refused_fields);
  g_test_add_func ("/element-writer/sparse", test_sparse);
  g_test_add_func ("/element-writer/index-types", test_index_types);
  g_test_add_func ("/element-writer/trimmed", test_trimmed);
  g_test_add_func ("/element-writer/bad-index", test_bad_index);
  g_test_add_func ("/element-writer/root", test_root);
  g_test_add_func ("/element-writer/elements", test_elements);
  g_test_add_func ("/element-writer/takes", test_takes);
  g_test_add_func ("/element-writer/number-labels", test_number_labels);
  g_test_add_func ("/element-writer/unknown", test_unknown);
  g_test_add_func ("/element-writer/awkward-rows", test_awkward_rows);
  g_test_add_func ("/element-writer/broken", test_broken);
  g_test_add_func ("/element-writer/failures", test_failures);
  g_test_add_func ("/element-writer/read-failures", test_read_failures);
  g_test_add_func ("/element-writer/cancelled", test_cancelled);
  result = g_test_run ();
  g_clear_pointer (&warnings, g_ptr_array_unref);

  return result;
}
