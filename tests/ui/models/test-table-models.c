/* test-table-models.c: every element of the fixtures as a table
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-ui-test.h"
#include "models/ann-frame-model.h"
#include "models/ann-matrix-model.h"

#include <math.h>
#include <string.h>

/* So much of a table is looked at. */
#define MAX_ROWS 80
#define MAX_COLUMNS 12

static gboolean
is_idle (AnnTableModel *model)
{
  return ann_loaded_model_is_idle (ANN_LOADED_MODEL (model));
}

/* The first and the last rows in turn, until all of the window is there. */
static void
load (AnnTableModel *model, guint64 first_row, guint64 n_rows)
{
  const AnnTableWindow window = {
    .first_row = first_row,
    .n_rows = n_rows,
    .n_columns = MIN (ann_table_model_get_n_columns (model), MAX_COLUMNS),
  };

  ann_table_model_set_window (model, &window);
  ann_ui_test_wait_until (is_idle (model));
}

typedef struct {
  GPtrArray *texts; /* NULL: missing */
  GArray *states;
  guint n_indexes;
} Read;

static gboolean
take_cell (gsize row,
           guint64 column,
           AnnCellState state,
           const char *text,
           gsize length,
           gpointer user_data,
           GError **error)
{
  Read *read = user_data;

  if (column == ANN_TABLE_INDEX_COLUMN)
    read->n_indexes++;
  else
    {
      g_assert_cmpint (state, !=, ANN_CELL_LOADING);
      g_array_append_val (read->states, state);
      g_ptr_array_add (read->texts, state == ANN_CELL_VALUE ? g_strndup (text, length) : NULL);
    }

  return TRUE;
}

/* A number as it is shown, without what makes it readable. */
static char *
strip (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "\u2009", -1);
  g_autofree char *joined = g_strjoinv ("", parts);
  g_auto (GStrv) signs = g_strsplit (joined, "\u2212", -1);

  return g_strjoinv ("-", signs);
}

static void
compare_texts (const AnnTableColumn *info, const char *shown, const char *plain)
{
  g_autofree char *number = NULL;
  double difference;

  if (info->kind != ANN_COLUMN_NUMBER)
    {
      /* Shown is only what there is room for. */
      g_assert_true (g_str_equal (shown, plain) || strlen (plain) > 1024
                     || !g_utf8_validate (plain, -1, NULL));
      return;
    }

  number = strip (shown);
  if (strchr (plain, 'j') != NULL || strstr (plain, "inf") != NULL)
    return;
  if (info->decimals == 0 && strpbrk (plain, ".e") == NULL && strpbrk (number, ".e") == NULL)
    {
      g_assert_cmpstr (number, ==, plain);
      return;
    }
  difference = ABS (g_ascii_strtod (number, NULL) - g_ascii_strtod (plain, NULL));
  g_assert_true (difference <= 0.5000001 * pow (10, -(double) info->decimals)
                 || difference <= 0.006 * ABS (g_ascii_strtod (plain, NULL)));
}

/* What is on the screen is what a copy has, in any order and however it was read. */
static void
check_window (AnnTableModel *model, guint64 first_row, guint64 n_rows)
{
  const guint64 n_columns = MIN (ann_table_model_get_n_columns (model), MAX_COLUMNS);
  const gboolean with_index = ann_table_model_get_index_title (model) != NULL;
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) states = g_array_new (FALSE, FALSE, sizeof (AnnCellState));
  g_autofree guint64 *rows = g_new (guint64, n_rows);
  g_autoptr (GString) shown = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  Read read = { texts, states, 0 };

  load (model, first_row, n_rows);
  for (guint64 i = 0; i < n_rows; i++)
    rows[i] = ann_table_model_get_stored_row (model, first_row + i);

  /* An element that cannot be read says so in every cell, and to who copies it. */
  if (!ann_table_model_read_cells (model, rows, n_rows, 0, n_columns, with_index, take_cell, &read,
                                   NULL, &error))
    {
      g_assert_nonnull (error);
      g_assert_false (ANN_IS_FRAME_MODEL (model));
    }
  else
    g_assert_cmpuint (texts->len, ==, n_rows * n_columns);
  g_assert_cmpuint (read.n_indexes, <=, with_index ? n_rows : 0);

  for (guint64 i = 0; i < n_rows; i++)
    {
      for (guint64 column = 0; column < n_columns; column++)
        {
          const guint at = (guint) (i * n_columns + column);
          AnnTableColumn info;
          AnnTableCell cell;

          g_string_truncate (shown, 0);
          ann_table_model_get_column (model, column, &info, NULL);
          ann_table_model_get_cell (model, first_row + i, column, &cell, shown);
          g_assert_cmpint (cell.state, !=, ANN_CELL_LOADING);
          g_assert_true (g_utf8_validate (shown->str, -1, NULL));
          if (cell.state == ANN_CELL_INVALID)
            {
              g_assert_cmpuint (shown->len, >, 0);
              continue;
            }

          g_assert_no_error (error);
          g_assert_cmpint (g_array_index (states, AnnCellState, at), ==, cell.state);
          if (cell.state == ANN_CELL_VALUE)
            compare_texts (&info, shown->str, g_ptr_array_index (texts, at));
        }
    }
}

static void
check_permutation (AnnTableModel *model)
{
  const guint64 n_rows = ann_table_model_get_n_rows (model);
  g_autofree gboolean *seen = g_new0 (gboolean, n_rows + 1);

  for (guint64 row = 0; row < n_rows; row++)
    {
      const guint64 stored = ann_table_model_get_stored_row (model, row);

      g_assert_cmpuint (stored, <, n_rows);
      g_assert_false (seen[stored]);
      seen[stored] = TRUE;
    }
}

static void
check_sorts (AnnTableModel *model)
{
  const guint64 n_rows = ann_table_model_get_n_rows (model);
  const guint64 n_columns = MIN (ann_table_model_get_n_columns (model), 6);

  for (guint64 column = 0; column < n_columns; column++)
    {
      const AnnSortDirection direction = column % 2 == 0 ? ANN_SORT_DESCENDING : ANN_SORT_ASCENDING;
      GAsyncResult *result = NULL;
      g_autoptr (AnnProgress) progress = ann_progress_new ();
      g_autoptr (GError) error = NULL;

      ann_table_model_sort_async (model, column, direction, progress, NULL, ann_ui_test_take_result,
                                  &result);
      ann_ui_test_wait_until (result != NULL);
      if (ann_table_model_sort_finish (model, result, &error))
        {
          check_permutation (model);
          check_window (model, 0, MIN (n_rows, MAX_ROWS));
          g_assert_cmpuint (ann_progress_get_done (progress), ==, n_rows);
        }
      else
        g_assert_nonnull (error);
      g_object_unref (result);
    }
}

static gboolean
is_table (AnnElement *element)
{
  switch ((int) ann_element_get_kind (element))
    {
    case ANN_ELEMENT_FRAME:
    case ANN_ELEMENT_RECORDS:
    case ANN_ELEMENT_DENSE:
    case ANN_ELEMENT_CSR:
    case ANN_ELEMENT_CSC:
    case ANN_ELEMENT_CATEGORICAL:
    case ANN_ELEMENT_NULLABLE_INTEGER:
    case ANN_ELEMENT_NULLABLE_BOOLEAN:
    case ANN_ELEMENT_NULLABLE_STRING:
    case ANN_ELEMENT_STRINGS:
    case ANN_ELEMENT_BYTES:
    case ANN_ELEMENT_SEQUENCES:
      return ann_element_get_rank (element) > 0;
    default:
      return FALSE;
    }
}

static void
check_element (AnnData *data, const char *path)
{
  g_autoptr (AnnElement) element = ann_data_open_element (data, path, NULL, NULL);
  g_autoptr (AnnTableModel) model = NULL;
  guint64 n_rows;

  if (element == NULL || !is_table (element))
    return;

  if (ANN_IS_FRAME (element) || ann_element_get_kind (element) == ANN_ELEMENT_RECORDS)
    model = ANN_TABLE_MODEL (ann_frame_model_new (data, element));
  else
    model = ANN_TABLE_MODEL (ann_matrix_model_new (data, element));

  n_rows = ann_table_model_get_n_rows (model);
  if (n_rows == 0 || n_rows > 1000000)
    return;

  check_window (model, 0, MIN (n_rows, MAX_ROWS));
  check_window (model, n_rows - MIN (n_rows, MAX_ROWS), MIN (n_rows, MAX_ROWS));
  if (n_rows <= 5000)
    check_sorts (model);
}

static void
check_store (const char *file)
{
  g_autoptr (AnnData) data = ann_data_open (file, NULL, NULL);
  g_auto (GStrv) paths = NULL;

  if (data == NULL)
    return;

  paths = ann_data_list_elements (data, NULL, NULL);
  for (guint i = 0; paths != NULL && paths[i] != NULL; i++)
    check_element (data, paths[i]);
}

static void
check_folder (const char *name)
{
  g_autofree char *folder = g_build_filename (FIXTURES, name, NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *file;
  guint n = 0;

  g_assert_nonnull (dir);
  while ((file = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, file, NULL);

      /* A chunk of a gigabyte is decoded for each block, and too large to be kept. */
      if (!g_str_has_suffix (file, ".h5ad") || g_str_equal (file, "bad-size-chunk-1g.h5ad"))
        continue;
      g_test_message ("%s", file);
      check_store (path);
      n++;
    }
  g_assert_cmpuint (n, >, 20);
}

static void
test_made (void)
{
  check_folder ("made");
}

static void
test_bad (void)
{
  check_folder ("bad");
}

static void
test_sample (void)
{
  check_store (SAMPLE_STORE);
}

/* A table without rows has columns all the same: their names and kinds are there. */
static void
test_no_rows (void)
{
  g_autoptr (AnnData) data = ann_data_open (FIXTURES "/made/shape-0x7-csc.h5ad", NULL, NULL);
  g_autoptr (AnnElement) obs = ann_data_open_element (data, "obs", NULL, NULL);
  g_autoptr (AnnElement) matrix = ann_data_open_element (data, "X", NULL, NULL);
  g_autoptr (AnnFrameModel) frame = ann_frame_model_new (data, obs);
  g_autoptr (AnnMatrixModel) values = ann_matrix_model_new (data, matrix);
  AnnTableModel *models[] = { ANN_TABLE_MODEL (frame), ANN_TABLE_MODEL (values) };
  g_autoptr (GString) title = g_string_new (NULL);
  AnnTableColumn info;

  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      const AnnTableWindow all = { .n_columns = ann_table_model_get_n_columns (models[i]) };

      g_assert_cmpuint (ann_table_model_get_n_rows (models[i]), ==, 0);
      ann_table_model_set_window (models[i], &all);
      ann_ui_test_wait_until (ann_loaded_model_is_idle (ANN_LOADED_MODEL (models[i])));
      for (guint64 column = 0; column < all.n_columns; column++)
        {
          g_string_truncate (title, 0);
          ann_table_model_get_column (models[i], column, &info, title);
          g_test_message ("%s", title->str);
          g_assert_cmpuint (title->len, >, 0);
          g_assert_true (info.known || i == 1);
        }
    }
}

/* What is not on the screen is not read: blocks of the columns that are seen, and no more. */
static void
test_lazy (void)
{
  g_autoptr (AnnData) data = ann_data_open (SAMPLE_STORE, NULL, NULL);
  g_autoptr (AnnElement) obs = ann_data_open_element (data, "obs", NULL, NULL);
  g_autoptr (AnnElement) matrix = ann_data_open_element (data, "raw/X", NULL, NULL);
  g_autoptr (AnnFrameModel) frame = ann_frame_model_new (data, obs);
  g_autoptr (AnnMatrixModel) values = ann_matrix_model_new (data, matrix);
  const AnnTableWindow one = { .n_rows = 20, .n_columns = 1 };

  for (guint i = 0; i < 20; i++)
    ann_ui_test_iterate ();
  g_assert_cmpuint (ann_loaded_model_get_n_reads (ANN_LOADED_MODEL (frame)), ==, 0);
  g_assert_cmpuint (ann_loaded_model_get_n_reads (ANN_LOADED_MODEL (values)), ==, 0);

  /* The index, one column and two beside it, and what the others are. */
  ann_table_model_set_window (ANN_TABLE_MODEL (frame), &one);
  ann_ui_test_wait_until (ann_loaded_model_is_idle (ANN_LOADED_MODEL (frame)));
  g_assert_cmpuint (ann_loaded_model_get_n_reads (ANN_LOADED_MODEL (frame)), <=, 4 + 8);
  g_assert_cmpuint (ann_loaded_model_get_size (ANN_LOADED_MODEL (frame)), <, 200000);

  /* One block of values and one of each axis' names, and the next. */
  ann_table_model_set_window (ANN_TABLE_MODEL (values), &one);
  ann_ui_test_wait_until (ann_loaded_model_is_idle (ANN_LOADED_MODEL (values)));
  g_assert_cmpuint (ann_loaded_model_get_n_reads (ANN_LOADED_MODEL (values)), <=, 5);
}

/* A field with several values in each row, or with fields of its own, says so in place of showing
 * one of them.
 */
static void
test_wide_fields (void)
{
  static const char *const paths[] = { "array_type", "cmp/nested", "cmp/mixed" };
  g_autofree char *file = g_build_filename (FIXTURES, "made", "hdf5-types.h5", NULL);
  g_autoptr (AnnData) data = ann_data_open (file, NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (AnnElement) records = ann_data_open_element (data, paths[i], NULL, NULL);
      g_autoptr (AnnTableModel) model = ANN_TABLE_MODEL (ann_frame_model_new (data, records));
      g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GArray) states = g_array_new (FALSE, FALSE, sizeof (AnnCellState));
      Read read = { texts, states, 0 };
      const guint64 row = 0;

      load (model, 0, 1);
      g_assert_true (
          ann_table_model_read_cells (model, &row, 1, 0, 1, FALSE, take_cell, &read, NULL, NULL));
      g_assert_cmpint (g_array_index (states, AnnCellState, 0), ==,
                       i < 2 ? ANN_CELL_INVALID : ANN_CELL_VALUE);
    }
}

int
main (int argc, char **argv)
{
  ann_ui_test_init (&argc, &argv);
  g_test_add_func ("/table-models/lazy", test_lazy);
  g_test_add_func ("/table-models/no-rows", test_no_rows);
  g_test_add_func ("/table-models/sample", test_sample);
  g_test_add_func ("/table-models/wide-fields", test_wide_fields);
  g_test_add_func ("/table-models/made", test_made);
  g_test_add_func ("/table-models/bad", test_bad);

  return g_test_run ();
}
