/* verb-show.c: `ann show`
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-command.h"
#include "ann-json-writer.h"
#include "ann-select.h"
#include "ann-selector.h"
#include "ann-slice.h"
#include "ann-text-table.h"
#include "ann-watch.h"

#include <string.h>

/* What is shown unless asked otherwise. */
#define N_ROWS_SHOWN 20
#define N_COLUMNS_SHOWN 20

/* Rows are read together if no more than so many are read for each of them. */
#define MAX_SPREAD 4

/* What stands in a table for a missing value. */
#define MISSING_TEXT "NA"

/* What stands in a table for each value of a broken column. */
#define UNREADABLE_TEXT "unreadable"

static char *rows_text;
static char *columns_text;
static char *axis_texts[2]; /* by AnnAxis */
static char *format_text;

static const GOptionEntry options[] = {
  { "rows", 0, 0, G_OPTION_ARG_FILENAME, &rows_text,
    "Rows, as Python counts: 10:20, -5:, ::2, 1,7,9 or names (the first 20); @FILE: an index a "
    "line",
    "A:B[:S]|NAME,…|@FILE" },
  { "columns", 0, 0, G_OPTION_ARG_FILENAME, &columns_text, "Columns, the same way",
    "A:B[:S]|NAME,…|@FILE" },
  { "obs", 0, 0, G_OPTION_ARG_FILENAME, &axis_texts[ANN_AXIS_OBS],
    "Of what lies along obs those for which this holds, such as \"n_genes > 500\"; numbers as with "
    "--rows, which then counts in what is found",
    "EXPR|A:B[:S]|@FILE" },
  { "var", 0, 0, G_OPTION_ARG_FILENAME, &axis_texts[ANN_AXIS_VAR],
    "The same for what lies along var", "EXPR|A:B[:S]|@FILE" },
  { "format", 0, 0, G_OPTION_ARG_STRING, &format_text, "table (default), csv, tsv or json",
    "NAME" },
  { NULL },
};

typedef enum {
  FORMAT_TABLE,
  FORMAT_CSV,
  FORMAT_TSV,
  FORMAT_JSON,
} Format;

/* Prints @rows of @slice, a batch at a time. */
typedef struct {
  AnnSlice *slice;
  AnnSelection *rows;
  const AnnSelection *found; /* what @rows are of; NULL: all */
  Format format;
  AnnTextTable *table;
  AnnJsonWriter *json;
  GString *text;
} Show;

static gboolean
parse_format (const char *text, Format *format)
{
  static const char *const names[] = { "table", "csv", "tsv", "json" };

  *format = FORMAT_TABLE;
  if (text == NULL)
    return TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      if (strcmp (text, names[i]) == 0)
        {
          *format = (Format) i;
          return TRUE;
        }
    }

  return FALSE;
}

/* The text of a cell as a person reads it; not for JSON. */
static void
append_cell (GString *text, const AnnCell *cell)
{
  if (cell->text != NULL)
    g_string_append_len (text, cell->text, (gssize) cell->length);
  else
    ann_cell_append_number (text, cell->dtype, cell->number);
}

/* RFC 4180: in quotes if it has to be. */
static void
print_separated (Show *self, const char *text, gsize length)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) length);
  g_autoptr (GString) value = g_string_new (NULL);

  ann_cell_append_separated (value, valid, -1, self->format == FORMAT_CSV ? ',' : '\t');
  fputs (value->str, stdout);
}

static void
print_separator (Show *self)
{
  putchar (self->format == FORMAT_CSV ? ',' : '\t');
}

static void
print_separated_head (Show *self)
{
  gboolean has_names = ann_slice_has_row_names (self->slice);
  const char *index_name = ann_slice_get_index_name (self->slice);

  if (has_names)
    print_separated (self, index_name, strlen (index_name));
  for (guint i = 0; i < ann_slice_get_n_columns (self->slice); i++)
    {
      const char *name = ann_slice_get_column_name (self->slice, i);

      if (i > 0 || has_names)
        print_separator (self);
      print_separated (self, name, strlen (name));
    }
  putchar ('\n');
}

static void
print_separated_row (Show *self, guint64 row)
{
  gboolean has_names = ann_slice_has_row_names (self->slice);
  AnnCell cell;

  if (has_names)
    {
      ann_slice_get_row_name (self->slice, row, &cell);
      print_separated (self, cell.text, cell.length);
    }
  for (guint i = 0; i < ann_slice_get_n_columns (self->slice); i++)
    {
      if (i > 0 || has_names)
        print_separator (self);
      ann_slice_get_cell (self->slice, row, i, &cell);
      g_string_truncate (self->text, 0);
      if (!cell.is_missing)
        append_cell (self->text, &cell);
      print_separated (self, self->text->str, self->text->len);
    }
  putchar ('\n');
}

static void
add_table_head (Show *self)
{
  ann_text_table_add (self->table, ann_slice_get_index_name (self->slice));
  for (guint i = 0; i < ann_slice_get_n_columns (self->slice); i++)
    ann_text_table_add (self->table, ann_slice_get_column_name (self->slice, i));
}

/* Numbers stand to the right, and their column's head with them. */
static void
add_table_row (Show *self, guint64 row)
{
  AnnCell cell;

  if (ann_slice_has_row_names (self->slice))
    {
      ann_slice_get_row_name (self->slice, row, &cell);
      ann_text_table_add_bytes (self->table, cell.text, cell.length);
    }
  else
    {
      g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, row);

      ann_text_table_add (self->table, number);
    }

  for (guint i = 0; i < ann_slice_get_n_columns (self->slice); i++)
    {
      ann_slice_get_cell (self->slice, row, i, &cell);
      g_string_truncate (self->text, 0);
      if (cell.is_missing)
        g_string_append (self->text, cell.is_unreadable ? UNREADABLE_TEXT : MISSING_TEXT);
      else
        append_cell (self->text, &cell);
      if (!cell.is_missing && cell.text == NULL)
        ann_text_table_set_align_right (self->table, i + 1);
      ann_text_table_add_bytes (self->table, self->text->str, self->text->len);
    }
}

static void
write_cell (AnnJsonWriter *json, const AnnCell *cell)
{
  if (cell->is_missing)
    ann_json_writer_null (json);
  else if (cell->is_json)
    ann_json_writer_raw (json, cell->text, cell->length);
  else if (cell->text != NULL)
    ann_json_writer_bytes (json, cell->text, cell->length);
  else
    ann_json_writer_value (json, cell->dtype, cell->number);
}

static void
write_json_row (Show *self, guint64 row)
{
  AnnCell cell;

  ann_json_writer_begin_object (self->json, ANN_JSON_INLINE);
  ann_json_writer_name (self->json, "row");
  ann_json_writer_uint (self->json, row);
  if (ann_slice_has_row_names (self->slice))
    {
      ann_slice_get_row_name (self->slice, row, &cell);
      ann_json_writer_name (self->json, "name");
      ann_json_writer_bytes (self->json, cell.text, cell.length);
    }
  ann_json_writer_name (self->json, "values");
  ann_json_writer_begin_array (self->json, ANN_JSON_INLINE);
  for (guint i = 0; i < ann_slice_get_n_columns (self->slice); i++)
    {
      ann_slice_get_cell (self->slice, row, i, &cell);
      write_cell (self->json, &cell);
    }
  ann_json_writer_end_array (self->json);
  ann_json_writer_end_object (self->json);
}

static void
print_row (Show *self, guint64 row)
{
  if (self->format == FORMAT_TABLE)
    add_table_row (self, row);
  else if (self->format == FORMAT_JSON)
    write_json_row (self, row);
  else
    print_separated_row (self, row);
}

/* How many of the selected rows from @first are read together, and the run of stored rows that has
 * them: with steps and backwards, but not where most of the run would be for nothing.
 */
static guint64
find_batch (Show *self, guint64 first, guint64 *start, guint64 *count)
{
  const guint64 n_rows = ann_selection_get_length (self->rows);
  const guint64 size = ann_slice_get_batch_size (self->slice);
  guint64 low = ann_selection_get_position (self->rows, first);
  guint64 high = low;
  guint64 n = 1;

  while (first + n < n_rows)
    {
      guint64 row = ann_selection_get_position (self->rows, first + n);
      guint64 new_low = MIN (low, row);
      guint64 new_high = MAX (high, row);

      if (new_high - new_low >= size || new_high - new_low > MAX_SPREAD * (n + 1))
        break;
      low = new_low;
      high = new_high;
      n++;
    }
  *start = low;
  *count = high - low + 1;

  return n;
}

static gboolean
print_rows (Show *self, GError **error)
{
  const guint64 n_rows = ann_selection_get_length (self->rows);
  guint64 n;

  for (guint64 first = 0; first < n_rows; first += n)
    {
      guint64 start, count;

      n = find_batch (self, first, &start, &count);
      if (!ann_slice_load (self->slice, start, count, error))
        return FALSE;
      for (guint64 i = first; i < first + n; i++)
        print_row (self, ann_selection_get_position (self->rows, i));
      if (self->format == FORMAT_TABLE)
        ann_text_table_print (self->table, stdout);
    }

  return TRUE;
}

/* What the table leaves out. */
static void
print_rest (Show *self)
{
  guint64 n_rows = ann_slice_get_n_rows (self->slice);
  guint64 n_shown = ann_selection_get_length (self->rows);
  guint64 n_columns = ann_slice_get_n_columns_in_all (self->slice);
  gboolean all_columns = ann_slice_get_n_columns (self->slice) == n_columns;

  if (self->found != NULL && ann_selection_get_length (self->found) != n_shown)
    printf ("%" G_GUINT64_FORMAT " of the %" G_GUINT64_FORMAT " found of %" G_GUINT64_FORMAT
            " rows%s",
            n_shown, ann_selection_get_length (self->found), n_rows, all_columns ? "\n" : ", ");
  else if (n_shown != n_rows)
    printf ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " rows%s", n_shown, n_rows,
            all_columns ? "\n" : ", ");
  if (!all_columns)
    printf ("%u of %" G_GUINT64_FORMAT " columns\n", ann_slice_get_n_columns (self->slice),
            n_columns);
  if (ann_slice_is_cut (self->slice))
    puts ("and more: show what lies within, or give --format csv");
}

static gboolean
show_table (Show *self, GError **error)
{
  g_autoptr (AnnTextTable) table = ann_text_table_new (1 + ann_slice_get_n_columns (self->slice));

  self->table = table;
  add_table_head (self);
  if (!print_rows (self, error))
    return FALSE;
  ann_text_table_print (table, stdout);
  print_rest (self);

  return TRUE;
}

static gboolean
show_json (Show *self, const char *path, AnnElement *element, GError **error)
{
  g_autoptr (AnnJsonWriter) json = ann_json_writer_new (stdout);

  self->json = json;
  ann_json_writer_begin_object (json, ANN_JSON_LINES);
  ann_json_writer_name (json, "path");
  ann_json_writer_string (json, path);
  ann_json_writer_name (json, "kind");
  ann_json_writer_string (json, ann_element_kind_get_name (ann_element_get_kind (element)));
  ann_json_writer_name (json, "shape");
  ann_json_writer_begin_array (json, ANN_JSON_INLINE);
  ann_json_writer_uint (json, ann_slice_get_n_rows (self->slice));
  ann_json_writer_uint (json, ann_slice_get_n_columns_in_all (self->slice));
  ann_json_writer_end_array (json);
  ann_json_writer_name (json, "columns");
  ann_json_writer_begin_array (json, ANN_JSON_INLINE);
  for (guint i = 0; i < ann_slice_get_n_columns (self->slice); i++)
    ann_json_writer_string (json, ann_slice_get_column_name (self->slice, i));
  ann_json_writer_end_array (json);
  ann_command_write_value_warnings (json);
  ann_json_writer_name (json, "rows");
  ann_json_writer_begin_array (json, ANN_JSON_LINES);
  if (!print_rows (self, error))
    return FALSE;
  ann_json_writer_end_array (json);
  ann_json_writer_end_object (json);

  return ann_json_writer_finish (json);
}

static gboolean
show_slice (Show *self, const char *path, AnnElement *element, GError **error)
{
  if (self->format == FORMAT_TABLE)
    return show_table (self, error);
  if (self->format == FORMAT_JSON)
    return show_json (self, path, element, error);

  print_separated_head (self);

  return print_rows (self, error);
}

/* A scalar is its value and nothing else. */
static gboolean
show_scalar (AnnSlice *slice, Format format, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (AnnJsonWriter) json = NULL;
  AnnCell cell;

  if (!ann_slice_load (slice, 0, 1, error))
    return FALSE;
  ann_slice_get_cell (slice, 0, 0, &cell);

  if (format == FORMAT_JSON)
    {
      json = ann_json_writer_new (stdout);
      write_cell (json, &cell);
      return ann_json_writer_finish (json);
    }
  append_cell (text, &cell);
  fwrite (text->str, 1, text->len, stdout);
  putchar ('\n');

  return TRUE;
}

static gboolean
is_scalar (AnnElement *element)
{
  AnnElementKind kind = ann_element_get_kind (element);

  return kind == ANN_ELEMENT_STRING || kind == ANN_ELEMENT_NUMBER;
}

/* Of a table the first few; a mapping is shown as a whole. */
static AnnSelection *
select_first_rows (AnnSlice *slice, GError **error)
{
  const guint64 n_rows = ann_slice_get_n_rows (slice);

  if (ann_slice_is_listing (slice))
    return ann_selection_new_all (n_rows);

  return ann_selection_new_range (0, MIN (n_rows, N_ROWS_SHOWN), 1, n_rows, error);
}

/* What --obs and --var ask for of each dimension. */
typedef struct {
  AnnSelection *selections[2]; /* by AnnAxis; NULL: all */
  AnnSelection *rows;
  AnnSelection *columns;
} Choice;

static void
choice_clear (Choice *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->selections); i++)
    g_clear_pointer (&self->selections[i], ann_selection_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Choice, choice_clear)

/* Whether the element lies along what is asked for. */
static gboolean
place_choice (Choice *self, const char *path, AnnElement *element, GError **error)
{
  const gboolean is_matrix = !ANN_IS_FRAME (element) && ann_element_get_rank (element) == 2;
  gboolean is_used[] = { FALSE, FALSE };
  AnnAxis axis;

  if (ann_selector_find_axis (path, 0, &axis) && ann_element_get_rank (element) > 0)
    {
      self->rows = self->selections[axis];
      is_used[axis] = TRUE;
    }
  if (is_matrix && ann_selector_find_axis (path, 1, &axis))
    {
      self->columns = self->selections[axis];
      is_used[axis] = TRUE;
    }

  for (guint i = 0; i < G_N_ELEMENTS (is_used); i++)
    {
      if (self->selections[i] == NULL || is_used[i])
        continue;
      g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS, "does not lie along %s: leave out --%s",
                   i == ANN_AXIS_OBS ? "obs" : "var", i == ANN_AXIS_OBS ? "obs" : "var");
      return FALSE;
    }

  return TRUE;
}

static gboolean
choose (Choice *self, AnnData *data, const char *path, AnnElement *element, GError **error)
{
  g_autoptr (AnnWatch) watch = NULL;

  if (axis_texts[0] == NULL && axis_texts[1] == NULL)
    return TRUE;

  watch = ann_watch_new ();
  for (guint i = 0; i < G_N_ELEMENTS (axis_texts); i++)
    {
      if (!ann_selector_select (data, (AnnAxis) i, axis_texts[i], NULL,
                                ann_watch_get_progress (watch), ann_watch_get_cancellable (watch),
                                &self->selections[i], error))
        return FALSE;
    }
  if (*path == '/')
    path++;

  return place_choice (self, path, element, error);
}

/* Those of @found that @places names. */
static AnnSelection *
pick (const AnnSelection *found, const AnnSelection *places, GError **error)
{
  const guint64 n = ann_selection_get_length (places);
  g_autofree gint64 *rows = g_try_new (gint64, MAX (n, 1));

  if (rows == NULL)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                           "No memory for the rows that are found");
      return NULL;
    }
  for (guint64 i = 0; i < n; i++)
    rows[i] = (gint64) ann_selection_get_position (found, ann_selection_get_position (places, i));

  return ann_selection_new_from_indices (rows, n, ann_selection_get_axis_length (found), error);
}

/* Of what is found all for programs; for people as much as of any table. */
static AnnSelection *
select_found (AnnSelection *found, Format format, GError **error)
{
  const guint64 n = ann_selection_get_length (found);
  g_autoptr (AnnSelection) places = NULL;

  if (rows_text == NULL && (format != FORMAT_TABLE || n <= N_ROWS_SHOWN))
    return ann_selection_ref (found);

  places = rows_text != NULL ? ann_select_parse (rows_text, n, "row", error)
                             : ann_selection_new_range (0, N_ROWS_SHOWN, 1, n, error);
  if (places == NULL)
    {
      g_prefix_error (error, "of the %" G_GUINT64_FORMAT " rows that are found: ", n);
      return NULL;
    }

  return pick (found, places, error);
}

static AnnSelection *
select_rows (AnnSlice *slice, const Choice *choice, Format format, GError **error)
{
  if (choice->rows != NULL)
    return select_found (choice->rows, format, error);
  if (rows_text != NULL)
    return ann_slice_select_rows (slice, rows_text, error);

  return select_first_rows (slice, error);
}

static gboolean
show_element (AnnData *data, const char *path, AnnElement *element, Format format, GError **error)
{
  g_auto (Choice) choice = { { NULL, NULL }, NULL, NULL };
  g_autoptr (AnnSlice) slice = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (AnnSelection) rows = NULL;
  Show show = { .format = format, .text = text };

  if (!choose (&choice, data, path, element, error))
    return FALSE;
  if (choice.columns != NULL && columns_text != NULL)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_BOUNDS,
                           "--columns says by itself which: leave it out, or what is said of the "
                           "axis that the columns are");
      return FALSE;
    }
  if (ann_element_get_kind (element) == ANN_ELEMENT_NULL)
    {
      puts ("null");
      return TRUE;
    }

  slice = ann_slice_new (data, path, element, columns_text, choice.columns,
                         format == FORMAT_TABLE ? N_COLUMNS_SHOWN : G_MAXUINT, error);
  if (slice == NULL)
    return FALSE;
  if (is_scalar (element))
    return show_scalar (slice, format, error);

  show.slice = slice;
  rows = select_rows (slice, &choice, format, error);
  if (rows == NULL)
    return FALSE;
  show.rows = rows;
  show.found = choice.rows;

  return show_slice (&show, path, element, error) && ann_slice_check (slice, error);
}

static void
warn_of_doubts (const char *store, AnnData *data)
{
  for (guint i = 0; i < G_N_ELEMENTS (axis_texts); i++)
    {
      g_auto (GStrv) doubts = ann_selector_list_doubts (data, (AnnAxis) i, axis_texts[i]);

      ann_command_print_warning_lines (store, (const char *const *) doubts);
    }
}

static int
run (char **arguments)
{
  const char *store = arguments[0];
  const char *path = arguments[1];
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) data = NULL;
  g_autoptr (AnnElement) element = NULL;
  Format format;

  if (!parse_format (format_text, &format))
    return ann_command_fail_usage ("show", "--format %s: table, csv, tsv or json", format_text);
  ann_command_as_json = format == FORMAT_JSON;

  data = ann_command_open (store, &error);
  if (data == NULL)
    return ann_command_fail (store, NULL, error);
  ann_command_warn_of_missing (store, data);
  element = ann_data_open_element (data, path, NULL, &error);
  if (element != NULL)
    {
      ann_command_print_warnings (store, element);
      warn_of_doubts (store, data);
    }
  if (element == NULL || !show_element (data, path, element, format, &error))
    return error != NULL ? ann_command_fail (store, path, error) : ann_command_fail_output ();

  return ANN_EXIT_OK;
}

const AnnVerb ann_verb_show = {
  .name = "show",
  .arguments = "STORE PATH",
  .summary = "Prints a slice of an element",
  .examples = "  ann show cells.h5ad obs --rows 0:10\n"
              "  ann show cells.h5ad X --rows ::100 --columns CD3D,CD8A --format csv\n"
              "  ann show cells.h5ad obs --obs 'n_genes > 500 and cell_type == \"B\"'",
  .n_arguments = 2,
  .options = options,
  .run = run,
};
