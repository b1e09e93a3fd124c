/* test-awkward-join.c: awkward arrays of several stores, as they are read and written
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-awkward-private.h"
#include "memory-writer.h"
#include "view/ann-select.h"
#include "view/ann-stack.h"
#include "write/ann-element-writer.h"

#define MAX_PARTS 3
#define MAX_BUFFERS 24

typedef struct {
  const char *name;
  AnnDtype dtype;
  guint n;
  gconstpointer values;
} Buffer;

typedef struct {
  const char *form; /* NULL: a part without one */
  gint64 length;
  Buffer buffers[MAX_BUFFERS];
} Part;

typedef struct {
  gboolean is_inner;
  const char *type;
  const char *json;
  guint n_parts;
  Part parts[MAX_PARTS];
} AwkwardCase;

#include "awkward-table.h"

static void
add_part (Store *store, const char *name, const Part *part)
{
  Item *group = store_add_group (store, store->root, name);

  item_set_encoding (group, "awkward-array", "0.1.0");
  item_set_text (group, "form", part->form);
  item_set_numbers (group, "length", ANN_DTYPE_INT64, 1, &part->length);
  for (guint i = 0; i < MAX_BUFFERS && part->buffers[i].name != NULL; i++)
    store_add_vector (store, group, part->buffers[i].name, part->buffers[i].dtype,
                      part->buffers[i].n, part->buffers[i].values);
}

static AnnElement *
open_joined (Store *store, const Part *parts, guint n_parts, gboolean is_inner)
{
  AnnStackPart stack_parts[MAX_PARTS] = { { .element = NULL } };
  g_autoptr (GError) error = NULL;
  AnnElement *joined;

  for (guint i = 0; i < n_parts; i++)
    {
      g_autofree char *name = g_strdup_printf ("part%u", i);

      stack_parts[i].length = (guint64) parts[i].length;
      if (parts[i].form == NULL)
        continue;
      add_part (store, name, &parts[i]);
      stack_parts[i].element = open_good (store, name, ANN_ELEMENT_AWKWARD);
    }
  joined = _ann_stack_awkward ("obsm/a", stack_parts, n_parts, is_inner, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n_parts; i++)
    g_clear_object (&stack_parts[i].element);

  return joined;
}

static char *
to_json (AnnElement *element)
{
  g_autoptr (GError) error = NULL;
  char *json = ann_awkward_to_json (ANN_AWKWARD (element), 0, ann_element_get_n_rows (element),
                                    NULL, &error);

  g_assert_no_error (error);

  return json;
}

static Target *
write_to_target (AnnElement *element, gboolean is_zarr)
{
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  const AnnElementWriter writer = { .options = options };
  Target *target = target_new (is_zarr);
  g_autoptr (AnnNodeWriter) root = target_open_root (target);
  g_autoptr (GError) error = NULL;

  g_assert_true (_ann_element_write (&writer, element, root, "x", NULL, &error));
  g_assert_no_error (error);
  g_assert_true (_ann_node_writer_close (root, NULL, NULL, &error));

  return target;
}

static void
assert_written (AnnElement *element, const char *json)
{
  g_autoptr (Target) target = write_to_target (element, FALSE);
  g_autoptr (AnnElement) after = open_good (target->store, "x", ANN_ELEMENT_AWKWARD);
  g_autofree char *found = to_json (after);

  g_assert_cmpstr (found, ==, json);
}

/* Its rows from the last to the first, and each second one twice. */
static void
assert_selected (AnnElement *joined)
{
  const guint64 n = ann_element_get_n_rows (joined);
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (AnnSelection) rows = NULL;
  g_autoptr (AnnElement) selected = NULL;
  g_autofree char *json = NULL;

  for (gint64 i = (gint64) n; i-- > 0;)
    for (gint64 times = 0; times <= i % 2; times++)
      g_array_append_val (places, i);
  rows = ann_selection_new_from_indices ((const gint64 *) (gpointer) places->data, places->len, n,
                                         NULL);
  selected = ann_element_select (joined, rows, NULL, NULL);
  json = to_json (selected);
  for (guint i = 0; i < places->len; i++)
    {
      const gint64 place = g_array_index (places, gint64, i);
      g_autofree char *of_whole = NULL;
      g_autofree char *of_selected = NULL;

      of_whole = ann_awkward_to_json (ANN_AWKWARD (joined), (guint64) place, 1, NULL, NULL);
      of_selected = ann_awkward_to_json (ANN_AWKWARD (selected), i, 1, NULL, NULL);
      g_assert_cmpstr (of_selected, ==, of_whole);
    }
  assert_written (selected, json);
}

/* Where options come in, awkward turns regular lists into lists, also such of one length. */
static char *
without_lengths (const char *type)
{
  g_autoptr (GRegex) regex = g_regex_new ("(?<=[\\[(: *])[0-9]+ \\*", 0, 0, NULL);

  return g_regex_replace_literal (regex, type, -1, 0, "var *", 0, NULL);
}

static void
assert_same_type (AnnElement *element, const char *type)
{
  g_autofree char *own = ann_awkward_to_type_string (ANN_AWKWARD (element));
  g_autofree char *a = without_lengths (own);
  g_autofree char *b = without_lengths (type);

  g_assert_cmpstr (a, ==, b);
}

static void
test_case (gconstpointer data)
{
  const AwkwardCase *test = data;
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) joined = open_joined (store, test->parts, test->n_parts, test->is_inner);
  g_autofree char *json = to_json (joined);

  g_assert_cmpstr (json, ==, test->json);
  assert_same_type (joined, test->type);
  assert_written (joined, test->json);
  assert_selected (joined);

  /* Also each part, of whatever layers it is stored: its rows are written as what they are. */
  for (guint i = 0; i < test->n_parts; i++)
    {
      g_autofree char *name = g_strdup_printf ("part%u", i);
      g_autoptr (AnnElement) part = NULL;

      if (test->parts[i].form == NULL)
        continue;
      part = open_good (store, name, ANN_ELEMENT_AWKWARD);
      assert_selected (part);
    }
}

/* --- What is written --- */

#define LISTS                                                                                      \
  "{\"class\":\"ListOffsetArray\",\"offsets\":\"i64\",\"content\":{\"class\":\"NumpyArray\","      \
  "\"primitive\":\"float64\",\"inner_shape\":[],\"parameters\":{},\"form_key\":\"n1\"},"           \
  "\"parameters\":{},\"form_key\":\"n0\"}"

static const gint64 list_offsets[] = { 0, 2, 2, 3 };
static const double list_values[] = { 1.5, 2, 3 };
static const Part lists = { LISTS,
                            3,
                            { { "n0-offsets", ANN_DTYPE_INT64, 4, list_offsets },
                              { "n1-data", ANN_DTYPE_FLOAT64, 3, list_values } } };

/* Nothing is written of the rows that are not taken. */
static void
test_compact (void)
{
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) whole = open_joined (store, &lists, 1, FALSE);
  g_autoptr (AnnElement) stored = open_good (store, "part0", ANN_ELEMENT_AWKWARD);
  g_autoptr (AnnSelection) rows = ann_selection_parse ("2,1", 3, NULL);
  g_autoptr (AnnElement) some = ann_element_select (stored, rows, NULL, NULL);
  g_autoptr (Target) target = write_to_target (some, TRUE);
  AnnArraySpec *offsets = g_hash_table_lookup (target->specs, "x/node0-offsets");
  AnnArraySpec *values = g_hash_table_lookup (target->specs, "x/node1-data");

  g_assert_cmpuint (g_hash_table_size (target->specs), ==, 2);
  g_assert_cmpuint (offsets->shape[0], ==, 3);
  g_assert_cmpuint (values->shape[0], ==, 1);
}

/* Also where two parts are one behind the other. */
static void
test_reads (void)
{
  const guint n = 100000;
  g_autofree gint64 *offsets = g_new (gint64, n + 1);
  g_autofree double *values = g_new0 (double, 2 * n);
  const Part large = { LISTS,
                       n,
                       { { "n0-offsets", ANN_DTYPE_INT64, n + 1, offsets },
                         { "n1-data", ANN_DTYPE_FLOAT64, 2 * n, values } } };
  const Part parts[] = { large, large };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) joined = NULL;
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (Target) target = NULL;

  for (guint i = 0; i <= n; i++)
    offsets[i] = 2 * i;
  joined = open_joined (store, parts, 2, FALSE);

  counts_reset ();
  block = ann_element_read_rows (joined, n - 1, 2, NULL, NULL);
  g_assert_nonnull (block);
  g_assert_cmpint (counts.n_values, <=, 4 * 2048);

  /* Offsets are read for their own array and twice for that of the values, these once; the length
   * of the offsets needs none.
   */
  counts_reset ();
  target = write_to_target (joined, FALSE);
  g_assert_cmpint (counts.n_values, >=, 6 * (int) n);
  g_assert_cmpint (counts.n_values, <, 7 * (int) n);
}

/* Rows in the order of another axis; anndata pads with what is missing. */
static void
test_reindexed (void)
{
  static const gint32 found[] = { 2, -1, 0, -1 };
  static const gint32 turned[] = { 2, 0 };
  g_autoptr (AnnReindex) rows = _ann_reindex_new (g_memdup2 (found, sizeof found), 4, 3, NULL);
  g_autoptr (AnnReindex) all = _ann_reindex_new (g_memdup2 (turned, sizeof turned), 2, 3, NULL);
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) stored = NULL;
  g_autoptr (AnnElement) padded = NULL;
  g_autoptr (AnnElement) picked = NULL;
  g_autofree char *json = NULL;
  g_autofree char *picked_json = NULL;
  g_autofree char *type = NULL;
  g_autofree char *picked_type = NULL;

  add_part (store, "part0", &lists);
  stored = open_good (store, "part0", ANN_ELEMENT_AWKWARD);
  padded = _ann_element_reindex ("varm/a", stored, rows, NULL, NULL);
  picked = _ann_element_reindex ("varm/a", stored, all, NULL, NULL);
  json = to_json (padded);
  picked_json = to_json (picked);
  type = ann_awkward_to_type_string (ANN_AWKWARD (padded));
  picked_type = ann_awkward_to_type_string (ANN_AWKWARD (picked));
  g_assert_cmpstr (picked_type, ==, "2 * var * float64");
  g_assert_cmpstr (json, ==, "[[3.0],null,[1.5,2.0],null]");
  g_assert_cmpstr (type, ==, "4 * option[var * float64]");
  g_assert_cmpstr (picked_json, ==, "[[3.0],[1.5,2.0]]");
  assert_written (padded, json);
}

static void
test_unavailable (void)
{
  g_autoptr (GError) why = g_error_new (ANN_ERROR, ANN_ERROR_NOT_FOUND, "It is not there");
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) stored = NULL;
  g_autoptr (AnnElement) joined = NULL;
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  const AnnElementWriter writer = { .options = options };
  g_autoptr (Target) target = target_new (FALSE);
  g_autoptr (AnnNodeWriter) root = target_open_root (target);
  g_autoptr (GError) error = NULL;
  g_autofree char *json = NULL;

  add_part (store, "part0", &lists);
  stored = open_good (store, "part0", ANN_ELEMENT_AWKWARD);
  joined = _ann_stack_awkward ("a",
                               (const AnnStackPart[]){ { .element = stored, .length = 3 },
                                                       { .length = 2, .unavailable = why } },
                               2, FALSE, NULL);
  json = to_json (joined);
  g_assert_cmpstr (json, ==, "[[1.5,2.0],[],[3.0],null,null]");
  g_assert_false (_ann_element_write (&writer, joined, root, "x", NULL, &error));
  g_assert_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND);
}

/* What is damaged ends the writing, whichever read it is that fails. */
static void
test_damage (void)
{
  static const gint64 falling[] = { 0, 3, 1, 3 };
  static const gint64 beyond[] = { 0, 2, 2, 4 };
  const gint64 *const all[] = { falling, beyond };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      const Part damaged = { LISTS,
                             3,
                             { { "n0-offsets", ANN_DTYPE_INT64, 4, all[i] },
                               { "n1-data", ANN_DTYPE_FLOAT64, 3, list_values } } };
      const Part parts[] = { lists, damaged };
      g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
      const AnnElementWriter writer = { .options = options };
      g_autoptr (Store) store = store_new ();
      g_autoptr (AnnElement) joined = open_joined (store, parts, 2, FALSE);
      g_autoptr (Target) target = target_new (FALSE);
      g_autoptr (AnnNodeWriter) root = target_open_root (target);
      g_autoptr (GError) error = NULL;

      g_assert_false (_ann_element_write (&writer, joined, root, "x", NULL, &error));
      g_assert_error (error, ANN_ERROR, ANN_ERROR_CORRUPT);
      g_assert_nonnull (strstr (error->message, "part1/n"));
    }
}

static void
test_nth_read_fails (void)
{
  const Part parts[] = { lists, lists };
  g_autoptr (Store) store = store_new ();
  g_autoptr (AnnElement) joined = open_joined (store, parts, 2, FALSE);
  gboolean is_done = FALSE;

  for (int n = 0; !is_done; n++)
    {
      g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
      const AnnElementWriter writer = { .options = options };
      g_autoptr (Target) target = target_new (FALSE);
      g_autoptr (AnnNodeWriter) root = target_open_root (target);
      g_autoptr (GError) error = NULL;

      counts = (Counts){ .fail_at = n, .fail_code = G_IO_ERROR_TIMED_OUT };
      is_done = _ann_element_write (&writer, joined, root, "x", NULL, &error);
      if (!is_done)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
      g_assert_cmpint (n, <, 100);
    }
  counts_reset ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (awkward_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/awkward-join/case/%" G_GSIZE_FORMAT, i);

      g_test_add_data_func (path, &awkward_cases[i], test_case);
    }
  g_test_add_func ("/awkward-join/compact", test_compact);
  g_test_add_func ("/awkward-join/reads", test_reads);
  g_test_add_func ("/awkward-join/reindexed", test_reindexed);
  g_test_add_func ("/awkward-join/unavailable", test_unavailable);
  g_test_add_func ("/awkward-join/damage", test_damage);
  g_test_add_func ("/awkward-join/nth-read-fails", test_nth_read_fails);

  return g_test_run ();
}
