/* test-edit.c: stores that are changed in place
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "../../support/remove-tree.h"
#include "anndata/ann-data-private.h"
#include "anndata/ann-edit.h"
#include "base/ann-error.h"
#include "element/ann-categorical.h"
#include "element/ann-cell.h"
#include "format/ann-create.h"
#include "view/ann-view-private.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>
#include <utime.h>

#define N_OBS 4
#define N_VAR 3

/* --- A store --- */

static AnnStrings *
make_texts (const char *const *texts)
{
  AnnStrings *strings = ann_strings_new ();

  for (guint i = 0; texts[i] != NULL; i++)
    g_assert_true (ann_strings_append (strings, texts[i], -1, NULL));

  return strings;
}

static void
add_text (AnnAttributes *attributes, const char *name, const char *text)
{
  g_autoptr (AnnStrings) strings = make_texts ((const char *const[]){ text, NULL });

  ann_attributes_add_texts (attributes, name, TRUE, strings);
}

static AnnAttributes *
make_encoding (const char *type, const char *version)
{
  AnnAttributes *attributes = ann_attributes_new ();

  add_text (attributes, "encoding-type", type);
  add_text (attributes, "encoding-version", version);

  return attributes;
}

/* @attributes: (transfer full) */
static void
end_group (AnnNodeWriter *group, AnnAttributes *attributes)
{
  g_autoptr (GError) error = NULL;

  _ann_node_writer_close (group, attributes, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (group);
  ann_attributes_unref (attributes);
}

static void
write_numbers (AnnNodeWriter *group, const char *name, guint rank, const guint64 *shape)
{
  static const gint32 values[] = { 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21 };
  g_autoptr (AnnAttributes) attributes = make_encoding ("array", "0.2.0");
  AnnArraySpec spec = { .dtype = ANN_DTYPE_INT32, .rank = rank };
  g_autoptr (AnnArrayWriter) array = NULL;
  g_autoptr (GError) error = NULL;

  memcpy (spec.shape, shape, rank * sizeof *shape);
  memcpy (spec.chunk_shape, shape, rank * sizeof *shape);
  array = _ann_node_writer_add_array (group, name, &spec, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (_ann_array_writer_append (array, values, shape[0], NULL, &error));
  g_assert_true (_ann_array_writer_close (array, attributes, NULL, &error));
}

static void
write_texts (AnnNodeWriter *group, const char *name, const char *const *texts)
{
  g_autoptr (AnnAttributes) attributes = make_encoding ("string-array", "0.2.0");
  g_autoptr (AnnStrings) strings = make_texts (texts);
  guint64 n = ann_strings_get_length (strings);
  const AnnArraySpec spec = {
    .dtype = ANN_DTYPE_STRING, .rank = 1, .shape = { n }, .chunk_shape = { n }
  };
  g_autoptr (AnnArrayWriter) array = NULL;
  g_autoptr (GError) error = NULL;

  array = _ann_node_writer_add_array (group, name, &spec, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (_ann_array_writer_append_texts (array, strings, NULL, &error));
  g_assert_true (_ann_array_writer_close (array, attributes, NULL, &error));
}

static void
write_table (AnnNodeWriter *root,
             const char *name,
             const char *const *labels,
             const char *const *columns,
             const char *version)
{
  AnnNodeWriter *table = _ann_node_writer_add_group (root, name, NULL, NULL);
  AnnAttributes *attributes = make_encoding ("dataframe", version);
  g_autoptr (AnnStrings) order = make_texts (columns);
  const guint64 length = g_strv_length ((char **) labels);

  write_texts (table, "_index", labels);
  for (guint i = 0; columns[i] != NULL; i++)
    write_numbers (table, columns[i], 1, &length);
  add_text (attributes, "_index", "_index");
  ann_attributes_add_texts (attributes, "column-order", FALSE, order);
  end_group (table, attributes);
}

static void
write_store (const char *path, const char *table_version)
{
  static const char *const obs[] = { "c1", "c2", "c3", "c4", NULL };
  static const char *const var[] = { "g1", "g2", "g3", NULL };
  static const char *const columns[] = { "a", "b", NULL };
  static const guint64 shape[] = { N_OBS, N_VAR };
  const AnnCreateOptions options = { .zarr_format = g_str_has_suffix (path, "2.zarr") ? 2 : 3 };
  AnnNodeWriter *root = _ann_create_root (path, &options, NULL, NULL);
  AnnNodeWriter *group;
  g_autoptr (AnnAttributes) attributes = make_encoding ("anndata", "0.1.0");
  g_autoptr (GError) error = NULL;

  write_table (root, "obs", obs, columns, table_version);
  write_table (root, "var", var, columns, table_version);
  write_numbers (root, "X", 2, shape);
  group = _ann_node_writer_add_group (root, "layers", NULL, NULL);
  write_numbers (group, "counts", 2, shape);
  end_group (group, make_encoding ("dict", "0.1.0"));
  group = _ann_node_writer_add_group (root, "varm", NULL, NULL);
  write_numbers (group, "loadings", 2, (const guint64[]){ N_VAR, 2 });
  end_group (group, make_encoding ("dict", "0.1.0"));
  group = _ann_node_writer_add_group (root, "uns", NULL, NULL);
  write_texts (group, "colors", (const char *const[]){ "red", "blue", NULL });
  end_group (group, make_encoding ("dict", "0.1.0"));

  _ann_node_writer_close (root, attributes, NULL, &error);
  g_assert_no_error (error);
  _ann_node_writer_commit (root, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (root);
}

typedef struct {
  char *folder;
  char *path;
  AnnEdit *edit;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("ann-edit-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, data, NULL);
  write_store (fixture->path, "0.2.0");
  fixture->edit = ann_edit_new (fixture->path, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_clear_object (&fixture->edit);
  remove_tree (fixture->folder);
  g_free (fixture->folder);
  g_free (fixture->path);
}

/* --- What must be --- */

#define assert_refused(call, number, words)                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autoptr (GError) refusal = NULL;                                                             \
                                                                                                   \
    g_assert_false (call);                                                                         \
    g_assert_error (refusal, ANN_ERROR, (int) (number));                                           \
    if (strstr (refusal->message, words) == NULL)                                                  \
      g_error ("“%s” does not say “%s”", refusal->message, words);                                 \
  }                                                                                                \
  G_STMT_END

static AnnData *
run (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  AnnData *data;

  ann_edit_run (fixture->edit, NULL, &error);
  g_assert_no_error (error);
  data = ann_data_open (fixture->path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ann_data_get_n_obs (data), ==, N_OBS);
  g_assert_cmpuint (ann_data_get_n_var (data), ==, N_VAR);

  return data;
}

/* All paths, joined by blanks: none is broken. */
static void
assert_paths (AnnData *data, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) paths = ann_data_list_elements (data, NULL, &error);
  g_autofree char *joined = NULL;

  g_assert_no_error (error);
  joined = g_strjoinv (" ", paths);
  g_assert_cmpstr (joined, ==, expected);
  for (guint i = 0; paths[i] != NULL; i++)
    {
      g_autoptr (AnnElement) element = ann_data_open_element (data, paths[i], NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpint (ann_element_get_state (element), ==, ANN_ELEMENT_OK);
    }
}

static void
assert_columns (AnnFrame *frame, const char *expected)
{
  g_autoptr (GString) joined = g_string_new (NULL);

  for (guint i = 0; i < ann_frame_get_n_columns (frame); i++)
    g_string_append_printf (joined, "%s%s", i > 0 ? " " : "", ann_frame_get_column_name (frame, i));
  g_assert_cmpstr (joined->str, ==, expected);
}

/* Values as people read them, joined by blanks; what is missing is `-`. */
static void
assert_values (AnnData *data, const char *path, AnnElementKind kind, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnElement) element = ann_data_open_element (data, path, NULL, &error);
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (AnnStrings) labels = NULL;
  g_autoptr (GString) joined = g_string_new (NULL);

  g_assert_no_error (error);
  g_assert_cmpint (ann_element_get_kind (element), ==, kind);
  block = ann_element_read_rows (element, 0, ann_element_get_n_rows (element), NULL, &error);
  g_assert_no_error (error);
  if (kind == ANN_ELEMENT_CATEGORICAL)
    labels = ann_categorical_read_labels (ANN_CATEGORICAL (element), NULL, &error);
  for (guint64 i = 0; i < ann_element_get_n_rows (element); i++)
    {
      if (i > 0)
        g_string_append_c (joined, ' ');
      if (!ann_cell_append_value (joined, block, labels, i, 0))
        g_string_append_c (joined, '-');
    }
  g_assert_cmpstr (joined->str, ==, expected);
}

/* --- Tests --- */

static void
test_columns (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) after = NULL;
  g_auto (GStrv) sentences = NULL;

  g_assert_true (ann_edit_set_text (fixture->edit, "obs/n", "-3", NULL, &error));
  g_assert_true (ann_edit_set_text (fixture->edit, "obs/x", "1e-3", NULL, &error));
  g_assert_true (ann_edit_set_text (fixture->edit, "obs/t", "true", NULL, &error));
  g_assert_true (ann_edit_set_text (fixture->edit, "obs/batch", "größer", NULL, &error));
  g_assert_true (ann_edit_rename (fixture->edit, "obs/a", "first", NULL, &error));
  g_assert_true (ann_edit_drop (fixture->edit, "obs/b", NULL, &error));
  g_assert_true (ann_edit_set_text (fixture->edit, "var/b", "7", NULL, &error));
  g_assert_no_error (error);
  sentences = ann_edit_describe (fixture->edit);
  g_assert_cmpuint (g_strv_length (sentences), ==, 7);
  g_assert_cmpstr (sentences[4], ==, "obs/a is renamed to obs/first");

  after = run (fixture);
  assert_columns (ann_data_get_obs (after), "first n x t batch");
  assert_columns (ann_data_get_var (after), "a b");
  assert_values (after, "obs/first", ANN_ELEMENT_DENSE, "10 11 12 13");
  assert_values (after, "obs/n", ANN_ELEMENT_DENSE, "-3 -3 -3 -3");
  assert_values (after, "obs/x", ANN_ELEMENT_DENSE, "0.001 0.001 0.001 0.001");
  assert_values (after, "obs/t", ANN_ELEMENT_DENSE, "true true true true");
  assert_values (after, "obs/batch", ANN_ELEMENT_CATEGORICAL, "größer größer größer größer");
  assert_values (after, "var/b", ANN_ELEMENT_DENSE, "7 7 7");
  assert_paths (
      after,
      "obs obs/first obs/n obs/x obs/t obs/batch var var/a var/b X layers layers/counts varm "
      "varm/loadings uns uns/colors");
}

/* Whether an uns that cannot be read has a palette is told by nobody: that is said. */
static void
test_unreadable_palette (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *uns = g_build_filename (fixture->path, "uns", NULL);
  g_autoptr (AnnEdit) edit = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) warnings = NULL;

  remove_tree (uns);
  g_assert_cmpint (symlink ("uns", uns), ==, 0); /* leads nowhere */
  edit = ann_edit_new (fixture->path, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (ann_edit_rename (edit, "obs/a", "c", NULL, &error));
  g_assert_no_error (error);
  g_assert_true (ann_edit_drop (edit, "obs/b", NULL, &error));
  g_assert_no_error (error);
  warnings = ann_edit_list_warnings (edit);
  g_assert_cmpuint (g_strv_length (warnings), ==, 2);
  g_assert_true (
      g_str_has_prefix (warnings[0], "uns: cannot be read; colors of the column obs/a "));
  g_assert_true (
      g_str_has_prefix (warnings[1], "uns: cannot be read; colors of the column obs/b "));
}

static void
test_elements (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) before = ann_data_open (fixture->path, NULL, NULL);
  g_autoptr (AnnElement) x = ann_data_open_element (before, "X", NULL, NULL);
  g_autoptr (AnnElement) column = ann_data_open_element (before, "obs/a", NULL, NULL);
  g_autoptr (AnnData) after = NULL;

  /* A value of this store that goes in the same run, and one out of its place. */
  g_assert_true (ann_edit_drop (fixture->edit, "X", NULL, &error));
  g_assert_true (ann_edit_set (fixture->edit, "layers/x", x, NULL, &error));
  g_assert_true (ann_edit_set (fixture->edit, "obsm/x", x, NULL, &error));
  g_assert_true (ann_edit_drop (fixture->edit, "layers/counts", NULL, &error));
  g_assert_true (ann_edit_rename (fixture->edit, "layers/x", "counts", NULL, &error));
  g_assert_true (ann_edit_set_text (fixture->edit, "uns/title", "a title", NULL, &error));
  g_assert_true (ann_edit_rename (fixture->edit, "uns/colors", "old_colors", NULL, &error));
  g_assert_true (ann_edit_set (fixture->edit, "uns/column", column, NULL, &error));
  g_assert_true (ann_edit_drop (fixture->edit, "varm", NULL, &error));
  g_assert_no_error (error);

  after = run (fixture);
  assert_paths (after, "obs obs/a obs/b var var/a var/b layers layers/counts obsm obsm/x uns "
                       "uns/column uns/old_colors uns/title");
  assert_values (after, "layers/counts", ANN_ELEMENT_DENSE, "10 13 16 19");
  assert_values (after, "uns/column", ANN_ELEMENT_DENSE, "10 11 12 13");
  assert_values (after, "uns/title", ANN_ELEMENT_STRING, "a title");
}

static void
test_raw (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) after = NULL;

  g_assert_true (ann_edit_move_to_raw (fixture->edit, NULL, &error));
  g_assert_no_error (error);
  assert_refused (ann_edit_move_to_raw (fixture->edit, NULL, &refusal), ANN_ERROR_NOT_FOUND, "X: ");
  g_assert_true (ann_edit_drop (fixture->edit, "var/a", NULL, &error));

  after = run (fixture);
  assert_paths (
      after, "obs obs/a obs/b var var/b layers layers/counts raw raw/var raw/var/a raw/var/b raw/X "
             "raw/varm raw/varm/loadings varm varm/loadings uns uns/colors");
  assert_values (after, "raw/X", ANN_ELEMENT_DENSE, "10 13 16 19");
}

static void
test_refused (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  AnnEdit *edit = fixture->edit;
  g_autoptr (AnnData) before = ann_data_open (fixture->path, NULL, NULL);
  g_autoptr (AnnElement) x = ann_data_open_element (before, "X", NULL, NULL);
  g_autoptr (AnnElement) column = ann_data_open_element (before, "var/a", NULL, NULL);
  g_auto (GStrv) sentences = NULL;

  assert_refused (ann_edit_drop (edit, "obs/none", NULL, &refusal), ANN_ERROR_NOT_FOUND, "none");
  assert_refused (ann_edit_drop (edit, "obs", NULL, &refusal), ANN_ERROR_FORMAT, "obs: every");
  assert_refused (ann_edit_drop (edit, "obs/_index", NULL, &refusal), ANN_ERROR_FORMAT, "every");
  assert_refused (ann_edit_drop (edit, "", NULL, &refusal), ANN_ERROR_FORMAT, "no path");
  assert_refused (ann_edit_drop (edit, "uns//a", NULL, &refusal), ANN_ERROR_FORMAT, "no path");
  assert_refused (ann_edit_drop (edit, "uns/..", NULL, &refusal), ANN_ERROR_FORMAT, "no path");
  assert_refused (ann_edit_drop (edit, "obs/a/codes", NULL, &refusal), ANN_ERROR_FORMAT,
                  "cannot be changed");
  assert_refused (ann_edit_drop (edit, "what", NULL, &refusal), ANN_ERROR_FORMAT,
                  "cannot be changed");
  assert_refused (ann_edit_rename (edit, "obs/a", "b", NULL, &refusal), ANN_ERROR_FORMAT,
                  "already");
  assert_refused (ann_edit_rename (edit, "obs/a", "_index", NULL, &refusal), ANN_ERROR_FORMAT,
                  "cannot be called _index");
  assert_refused (ann_edit_rename (edit, "obs/a", "x/y", NULL, &refusal), ANN_ERROR_FORMAT, "x/y");
  assert_refused (ann_edit_rename (edit, "X", "Y", NULL, &refusal), ANN_ERROR_FORMAT, "Y");
  assert_refused (ann_edit_rename (edit, "uns/none", "y", NULL, &refusal), ANN_ERROR_NOT_FOUND,
                  "none");
  assert_refused (ann_edit_set (edit, "obs/c", column, NULL, &refusal), ANN_ERROR_FORMAT,
                  "obs/c: the value has 3 rows, where 4 are wanted");
  assert_refused (ann_edit_set (edit, "obs/c", x, NULL, &refusal), ANN_ERROR_FORMAT, "obs/c: ");
  assert_refused (ann_edit_set (edit, "obs/_index", column, NULL, &refusal), ANN_ERROR_FORMAT,
                  "obs/_index: ");
  assert_refused (ann_edit_set (edit, "obsp/c", x, NULL, &refusal), ANN_ERROR_FORMAT,
                  "3 columns, where 4");
  assert_refused (ann_edit_set (edit, "layers", x, NULL, &refusal), ANN_ERROR_FORMAT, "layers: ");
  assert_refused (ann_edit_set (edit, "uns/none/a", x, NULL, &refusal), ANN_ERROR_NOT_FOUND,
                  "none");
  assert_refused (ann_edit_set (edit, "uns/colors/a", x, NULL, &refusal), ANN_ERROR_FORMAT,
                  "uns/colors is no mapping");
  assert_refused (ann_edit_set_text (edit, "obsm/x", "1", NULL, &refusal), ANN_ERROR_FORMAT,
                  "obsm/x: ");
  assert_refused (ann_edit_set_text (edit, "uns/x", "\xff", NULL, &refusal), ANN_ERROR_FORMAT,
                  "UTF-8");

  sentences = ann_edit_describe (edit);
  g_assert_cmpuint (g_strv_length (sentences), ==, 0);
}

static void
write_file (Fixture *fixture, const char *name, const char *text, char **path)
{
  *path = g_build_filename (fixture->folder, name, NULL);
  g_assert_true (g_file_set_contents (*path, text, -1, NULL));
}

static void
test_files (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *column;
    const char *file;
    const char *text;
    AnnElementKind kind;
    const char *values;
  } cases[] = {
    { "int", "1.csv", "cell,int\nc2,2\nc1,1\nc3,3\nc4,-4\n", ANN_ELEMENT_DENSE, "1 2 3 -4" },
    { "some", "2.csv", "cell,some\r\nc4,4\r\nc1,\r\n", ANN_ELEMENT_DENSE, "NaN NaN NaN 4" },
    { "real", "3.tsv", "cell\tother\treal\nc1\tx\t.5\nc2\ty\t1e3\nc3\tz\tNA\nc4\t\t-1",
      ANN_ELEMENT_DENSE, "0.5 1000 NaN -1" },
    { "flag", "4.csv", "cell,f\nc1,true\nc2,False\nc3,TRUE\nc4,false\n\n", ANN_ELEMENT_DENSE,
      "true false true false" },
    { "text", "5.csv", "\xef\xbb\xbf\"cell\",text\nc1,\"b, \"\"c\"\"\nd\"\nc2,a\nc4,a\n",
      ANN_ELEMENT_CATEGORICAL, "b, \"c\"\nd a - a" },
    { "names", "6.txt", "cell\tnames\nc1\td\nc2\tc\nc3\tb\nc4\ta,b\n", ANN_ELEMENT_STRINGS,
      "d c b a,b" },
  };
  g_autoptr (AnnData) after = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *file = NULL;
      g_autofree char *path = g_strconcat ("obs/", cases[i].column, NULL);
      g_autoptr (GError) error = NULL;

      write_file (fixture, cases[i].file, cases[i].text, &file);
      ann_edit_set_file (fixture->edit, path, file, NULL, &error);
      g_assert_no_error (error);
    }

  after = run (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("obs/", cases[i].column, NULL);

      assert_values (after, path, cases[i].kind, cases[i].values);
    }
}

/* What is there goes only if it may, and that is said; so are rows that lose a value. */
static void
test_replaced (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  AnnEdit *edit = fixture->edit;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) after = NULL;
  g_auto (GStrv) warnings = NULL;
  g_autofree char *file = NULL;
  g_autofree char *missing = NULL;

  write_file (fixture, "z.csv", "cell,z\nc1,01\nc3,02\nc4,NA\n", &file);
  ann_edit_set_overwrites (edit, FALSE);
  assert_refused (ann_edit_set_text (edit, "obs/a", "x", NULL, &refusal), ANN_ERROR_EXISTS,
                  "obs/a: is there already (int32, 4)");
  assert_refused (ann_edit_set_text (edit, "uns/colors", "x", NULL, &refusal), ANN_ERROR_EXISTS,
                  "uns/colors: is there already");
  g_assert_true (ann_edit_set_text (edit, "obs/n", "7", NULL, &error));
  ann_edit_set_overwrites (edit, TRUE);
  g_assert_true (ann_edit_set_text (edit, "obs/a", "x", NULL, &error));
  ann_edit_set_keeps_text (edit, TRUE);
  g_assert_true (ann_edit_set_text (edit, "obs/t", "7", NULL, &error));
  g_assert_true (ann_edit_set_file (edit, "obs/z", file, NULL, &error));
  g_assert_no_error (error);

  warnings = ann_edit_list_warnings (edit);
  missing = g_strdup_printf ("obs/z: 2 of 4 rows have no value in “%s”: they are missing", file);
  g_assert_cmpuint (g_strv_length (warnings), ==, 2);
  g_assert_cmpstr (warnings[0], ==, "obs/a: what was there is replaced: int32 → categorical, 4");
  g_assert_cmpstr (warnings[1], ==, missing);

  after = run (fixture);
  assert_values (after, "obs/n", ANN_ELEMENT_DENSE, "7 7 7 7");
  assert_values (after, "obs/t", ANN_ELEMENT_CATEGORICAL, "7 7 7 7");
  assert_values (after, "obs/z", ANN_ELEMENT_CATEGORICAL, "01 - 02 -");
}

static void
test_bad_files (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const struct {
    const char *text;
    AnnError code;
    const char *words;
  } cases[] = {
    { "", ANN_ERROR_FORMAT, "has no column x" },
    { "cell,a,b\nc1,1,2\n", ANN_ERROR_FORMAT, "has no column x" },
    { "cell,x\nc1,1,2\n", ANN_ERROR_FORMAT, "3 values in line 2, where 2" },
    { "cell,x\nc1,1\nc1,2\n", ANN_ERROR_FORMAT, "the label c1 twice" },
    { "cell,x\nc9,1\n", ANN_ERROR_NOT_FOUND, "c9" },
    { "cell,x\nc1,\"1\n", ANN_ERROR_FORMAT, "within quotes" },
    { "cell,x\nc1,\xff\n", ANN_ERROR_FORMAT, "UTF-8, in line 2" },
    { "\x1f\x8b\x08", ANN_ERROR_UNSUPPORTED, "unpack it first" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *file = NULL;

      write_file (fixture, "bad.csv", cases[i].text, &file);
      assert_refused (ann_edit_set_file (fixture->edit, "obs/x", file, NULL, &refusal),
                      cases[i].code, cases[i].words);
      assert_refused (ann_edit_set_file (fixture->edit, "uns/x", file, NULL, &refusal),
                      ANN_ERROR_FORMAT, "uns/x: ");
    }
}

/* What was added fits the changes before it. */
static void
test_in_turn (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) after = NULL;

  g_assert_true (ann_edit_set_text (fixture->edit, "obs/c", "1", NULL, &error));
  g_assert_true (ann_edit_rename (fixture->edit, "obs/c", "d", NULL, &error));
  assert_refused (ann_edit_drop (fixture->edit, "obs/c", NULL, &refusal), ANN_ERROR_NOT_FOUND, "c");
  g_assert_true (ann_edit_rename (fixture->edit, "obs/a", "c", NULL, &error));
  g_assert_true (ann_edit_drop (fixture->edit, "obs/d", NULL, &error));
  g_assert_true (ann_edit_set_text (fixture->edit, "obs/b", "2", NULL, &error));
  g_assert_true (ann_edit_drop (fixture->edit, "obs/b", NULL, &error));
  g_assert_true (ann_edit_set_text (fixture->edit, "obs/a", "3", NULL, &error));
  g_assert_no_error (error);

  after = run (fixture);
  assert_columns (ann_data_get_obs (after), "c a");
  assert_values (after, "obs/c", ANN_ELEMENT_DENSE, "10 11 12 13");
  assert_values (after, "obs/a", ANN_ELEMENT_DENSE, "3 3 3 3");

  g_assert_false (ann_edit_drop (fixture->edit, "obs/a", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
}

static void
test_no_columns (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (AnnData) after = NULL;

  g_assert_true (ann_edit_drop (fixture->edit, "var/a", NULL, NULL));
  g_assert_true (ann_edit_drop (fixture->edit, "var/b", NULL, NULL));
  after = run (fixture);
  assert_columns (ann_data_get_var (after), "");
}

/* The labels of all rows. */
static void
test_index (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  static const char *const names[] = { "d1", "d2", "d3", "d4", NULL };
  g_autoptr (AnnStrings) texts = make_texts (names);
  g_autoptr (AnnElement) labels = _ann_memory_element_new_texts ("labels", texts, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) after = NULL;

  g_assert_true (ann_edit_set (fixture->edit, "obs/_index", labels, NULL, &error));
  after = run (fixture);
  assert_columns (ann_data_get_obs (after), "a b");
  assert_values (after, "obs/_index", ANN_ELEMENT_STRINGS, "d1 d2 d3 d4");
}

/* As if somebody else had written the store. */
static void
age_root (const char *path)
{
  static const char *const names[] = { "", "zarr.json", ".zmetadata", ".zgroup" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *file = g_build_filename (path, names[i], NULL);

      if (g_file_test (file, G_FILE_TEST_IS_REGULAR))
        g_assert_no_errno (utime (file, &(struct utimbuf){ 1, 1 }));
    }
}

/* Cancelled, or changed by others: nothing happens. */
static void
test_unchanged (Fixture *fixture, gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (AnnData) after = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (ann_edit_drop (fixture->edit, "obs/a", NULL, NULL));
  g_cancellable_cancel (cancellable);
  g_assert_false (ann_edit_run (fixture->edit, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  age_root (fixture->path);
  assert_refused (ann_edit_run (fixture->edit, NULL, &refusal), ANN_ERROR_CHANGED, "open it anew");
  after = ann_data_open (fixture->path, NULL, &error);
  g_assert_no_error (error);
  assert_columns (ann_data_get_obs (after), "a b");
}

static void
test_old_tables (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = g_strconcat ("old", data, NULL);
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autoptr (AnnEdit) edit = NULL;

  write_store (path, "0.1.0");
  edit = ann_edit_new (path, NULL, NULL);
  assert_refused (ann_edit_drop (edit, "obs/a", NULL, &refusal), ANN_ERROR_UNSUPPORTED,
                  "anndata 0.7");
  g_assert_true (ann_edit_drop (edit, "uns/colors", NULL, NULL));
}

static void
test_archive (void)
{
  g_autofree char *folder = g_dir_make_tmp ("ann-edit-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "3.zarr.zip", NULL);
  g_autoptr (AnnEdit) edit = NULL;

  write_store (path, "0.2.0");
  edit = ann_edit_new (path, NULL, NULL);
  g_assert_true (ann_edit_drop (edit, "obs/a", NULL, NULL));
  assert_refused (ann_edit_run (edit, NULL, &refusal), ANN_ERROR_UNSUPPORTED, "an archive");
  g_clear_object (&edit);
  remove_tree (folder);
}

#define add_test(name, func)                                                                       \
  for (gsize i = 0; i < G_N_ELEMENTS (stores); i++)                                                \
    {                                                                                              \
      g_autofree char *path = g_strconcat ("/edit/", stores[i], "/", name, NULL);                  \
                                                                                                   \
      g_test_add (path, Fixture, stores[i], set_up, func, tear_down);                              \
    }

int
main (int argc, char **argv)
{
  static const char *const stores[] = { "x.h5ad", "3.zarr", "2.zarr" };

  g_test_init (&argc, &argv, NULL);

  add_test ("columns", test_columns);
  add_test ("elements", test_elements);
  add_test ("raw", test_raw);
  add_test ("refused", test_refused);
  add_test ("files", test_files);
  add_test ("replaced", test_replaced);
  add_test ("bad-files", test_bad_files);
  add_test ("in-turn", test_in_turn);
  add_test ("no-columns", test_no_columns);
  add_test ("index", test_index);
  add_test ("unchanged", test_unchanged);
  add_test ("old-tables", test_old_tables);
  g_test_add ("/edit/unreadable-palette", Fixture, "3.zarr", set_up, test_unreadable_palette,
              tear_down);
  g_test_add_func ("/edit/archive", test_archive);

  return g_test_run ();
}
