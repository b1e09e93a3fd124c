/* verb-stats.c: `ann stats`
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-command.h"
#include "ann-json-writer.h"
#include "ann-text-table.h"
#include "ann-watch.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

/* How many values and bins people see. */
#define N_VALUES_SHOWN 20
#define N_CHARACTERS_SHOWN 40
#define N_BARS 12
#define BAR_WIDTH 40

/* Up to it each whole number is a double: 2^53. */
#define MAX_WHOLE 9007199254740992.0

static const GOptionEntry options[] = {
  { "json", 0, 0, G_OPTION_ARG_NONE, &ann_command_as_json, "One JSON document", NULL },
  { NULL },
};

static const char *const quantile_names[] = { "5 %", "25 %", "median", "75 %", "95 %" };

/* --- JSON --- */

/* There may be none. */
static void
write_number (AnnJsonWriter *json, const char *name, double value)
{
  ann_json_writer_name (json, name);
  if (isnan (value))
    ann_json_writer_null (json);
  else
    ann_json_writer_double (json, value);
}

static void
write_count (AnnJsonWriter *json, const char *name, guint64 count)
{
  ann_json_writer_name (json, name);
  ann_json_writer_uint (json, count);
}

static void
write_histogram (AnnJsonWriter *json, const AnnSummary *summary)
{
  ann_json_writer_name (json, "histogram");
  ann_json_writer_begin_object (json, ANN_JSON_INLINE);
  write_number (json, "low", summary->histogram_low);
  write_number (json, "high", summary->histogram_high);
  ann_json_writer_name (json, "counts");
  ann_json_writer_begin_array (json, ANN_JSON_INLINE);
  for (guint i = 0; i < summary->n_bins; i++)
    ann_json_writer_uint (json, summary->bins[i]);
  ann_json_writer_end_array (json);
  ann_json_writer_end_object (json);
}

static void
write_numbers (AnnJsonWriter *json, const AnnSummary *summary)
{
  write_count (json, "finite", summary->n_finite);
  write_count (json, "infinite", summary->n_infinite);
  write_count (json, "zero", summary->n_zero);
  write_count (json, "negative", summary->n_negative);
  ann_json_writer_name (json, "integral");
  ann_json_writer_boolean (json, summary->is_integral);
  write_number (json, "min", summary->minimum);
  ann_json_writer_name (json, "quantiles");
  ann_json_writer_begin_object (json, ANN_JSON_INLINE);
  write_number (json, "0.05", summary->quantiles[0]);
  write_number (json, "0.25", summary->quantiles[1]);
  write_number (json, "0.5", summary->quantiles[2]);
  write_number (json, "0.75", summary->quantiles[3]);
  write_number (json, "0.95", summary->quantiles[4]);
  ann_json_writer_end_object (json);
  write_number (json, "max", summary->maximum);
  write_number (json, "mean", summary->mean);
  write_number (json, "sd", summary->sd);
  if (summary->n_bins > 0)
    write_histogram (json, summary);
}

static void
write_values (AnnJsonWriter *json, const AnnSummary *summary)
{
  ann_json_writer_name (json, "values");
  ann_json_writer_begin_array (json, ANN_JSON_INLINE);
  for (gsize i = 0; i < summary->n_values; i++)
    {
      ann_json_writer_begin_object (json, ANN_JSON_INLINE);
      ann_json_writer_name (json, "value");
      ann_json_writer_string (json, summary->values[i].text);
      write_count (json, "count", summary->values[i].count);
      ann_json_writer_end_object (json);
    }
  ann_json_writer_end_array (json);
}

static void
write_summary (AnnJsonWriter *json, AnnElement *element, const AnnSummary *summary)
{
  write_count (json, "n", summary->n);
  write_count (json, "missing", summary->n_missing);
  if (ANN_IS_CATEGORICAL (element))
    write_count (json, "invalid", summary->n_invalid);
  write_count (json, "distinct", summary->n_distinct);
  ann_json_writer_name (json, "distinct_is_exact");
  ann_json_writer_boolean (json, summary->n_distinct_is_exact);
  if (ANN_IS_SPARSE (element))
    write_count (json, "stored", summary->n_stored);
  if (summary->is_numeric)
    write_numbers (json, summary);
  else
    write_values (json, summary);
}

static void
write_element (AnnJsonWriter *json, const char *path, AnnElement *element)
{
  ann_json_writer_name (json, "path");
  ann_json_writer_string (json, path);
  ann_json_writer_name (json, "kind");
  ann_json_writer_string (json, ann_element_kind_get_name (ann_element_get_kind (element)));
  if (ann_element_get_shape (element) != NULL)
    {
      ann_json_writer_name (json, "shape");
      ann_json_writer_shape (json, ann_element_get_rank (element), ann_element_get_shape (element));
    }
  ann_command_write_value_warnings (json);
}

/* --- For people --- */

/* Whole numbers are told whole: the largest of ten million is no 1e+07. Above 2^53, where doubles
 * leave some out, the digits would say more than is known.
 */
static void
append_number (GString *text, double value)
{
  if (isnan (value))
    g_string_append_c (text, '-');
  else if (trunc (value) == value && fabs (value) <= MAX_WHOLE)
    g_string_append_printf (text, "%.0f", value);
  else
    g_string_append_printf (text, "%.6g", value);
}

static void
add_line (AnnTextTable *table, const char *name, const char *text)
{
  ann_text_table_add (table, name);
  ann_text_table_add (table, text);
}

static void
add_number (AnnTextTable *table, const char *name, double value)
{
  g_autoptr (GString) text = g_string_new (NULL);

  append_number (text, value);
  add_line (table, name, text->str);
}

static void
add_count (AnnTextTable *table, const char *name, guint64 count)
{
  g_autofree char *text = g_strdup_printf ("%" G_GUINT64_FORMAT, count);

  add_line (table, name, text);
}

static char *
describe_distinct (const AnnSummary *summary)
{
  return g_strdup_printf ("%s%" G_GUINT64_FORMAT, summary->n_distinct_is_exact ? "" : "> ",
                          summary->n_distinct);
}

static void
add_counts (AnnTextTable *table, AnnElement *element, const AnnSummary *summary)
{
  g_autofree char *distinct = describe_distinct (summary);

  add_count (table, ann_element_is_matrix (element) ? "cells" : "values", summary->n);
  if (ANN_IS_SPARSE (element))
    add_count (table, "stored", summary->n_stored);
  add_count (table, "missing", summary->n_missing);
  if (summary->n_invalid > 0)
    add_count (table, "no category", summary->n_invalid);
  add_line (table, "distinct", distinct);
}

static void
add_numbers (AnnTextTable *table, const AnnSummary *summary)
{
  add_count (table, "zero", summary->n_zero);
  add_count (table, "negative", summary->n_negative);
  if (summary->n_infinite > 0)
    add_count (table, "infinite", summary->n_infinite);
  add_number (table, "mean", summary->mean);
  add_number (table, "sd", summary->sd);
  add_number (table, "minimum", summary->minimum);
  for (guint i = 0; i < G_N_ELEMENTS (quantile_names); i++)
    add_number (table, quantile_names[i], summary->quantiles[i]);
  add_number (table, "maximum", summary->maximum);
}

/* A bar of eighths of a character. */
static char *
make_bar (guint64 count, guint64 most)
{
  static const char *const parts[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
  GString *bar = g_string_new (NULL);
  guint n_eighths = most > 0 ? (guint) ceil ((double) count / (double) most * BAR_WIDTH * 8) : 0;

  for (guint i = 0; i < n_eighths / 8; i++)
    g_string_append (bar, "█");
  g_string_append (bar, parts[n_eighths % 8]);

  return g_string_free (bar, FALSE);
}

/* Neighbouring bins in one bar, so that all fit on a screen. */
static void
print_histogram (const AnnSummary *summary)
{
  const guint n_together = (summary->n_bins + N_BARS - 1) / N_BARS;
  g_autoptr (AnnTextTable) table = ann_text_table_new (3);
  guint64 counts[ANN_SUMMARY_MAX_BINS] = { 0 };
  guint64 most = 0;

  for (guint i = 0; i < summary->n_bins; i++)
    {
      counts[i / n_together] += summary->bins[i];
      most = MAX (most, counts[i / n_together]);
    }

  ann_text_table_set_align_right (table, 0);
  ann_text_table_set_align_right (table, 2);
  for (guint i = 0; i * n_together < summary->n_bins; i++)
    {
      g_autoptr (GString) edge = g_string_new (NULL);
      g_autofree char *bar = make_bar (counts[i], most);
      g_autofree char *count = g_strdup_printf ("%" G_GUINT64_FORMAT, counts[i]);

      append_number (edge, ann_summary_get_bin_edge (summary, i * n_together));
      ann_text_table_add (table, edge->str);
      ann_text_table_add (table, bar);
      ann_text_table_add (table, count);
    }
  putchar ('\n');
  ann_text_table_print (table, stdout);
}

static void
print_values (const AnnSummary *summary)
{
  g_autoptr (AnnTextTable) table = ann_text_table_new (2);
  gsize n = MIN (summary->n_values, N_VALUES_SHOWN);

  ann_text_table_set_align_right (table, 1);
  for (gsize i = 0; i < n; i++)
    add_count (table, summary->values[i].text, summary->values[i].count);
  putchar ('\n');
  ann_text_table_print (table, stdout);
  if (n < summary->n_values)
    printf ("%" G_GSIZE_FORMAT " of %s%" G_GUINT64_FORMAT " values\n", n,
            summary->n_distinct_is_exact ? "" : "more than ",
            MAX (summary->n_distinct, (guint64) summary->n_values));
}

static void
print_summary (AnnElement *element, const AnnSummary *summary)
{
  g_autoptr (AnnTextTable) table = ann_text_table_new (2);

  ann_text_table_set_align_right (table, 1);
  add_counts (table, element, summary);
  if (summary->is_numeric)
    add_numbers (table, summary);
  ann_text_table_print (table, stdout);

  if (summary->n_values > 0)
    print_values (summary);
  else if (summary->n_bins > 1 && isatty (STDOUT_FILENO))
    print_histogram (summary);
}

/* --- Frames --- */

/* A frame is one line a column; columns that cannot be read are told and left out. */
typedef struct {
  const char *store;
  AnnWatch *watch;
  AnnTextTable *table;
  AnnJsonWriter *json;
  guint n_failed;
} FrameStats;

/* What numbers cannot say: the most frequent value. */
static char *
describe_most_frequent (const AnnSummary *summary)
{
  g_autofree char *start = NULL;
  const char *text;
  gsize most = 0;

  for (gsize i = 1; i < summary->n_values; i++)
    {
      if (summary->values[i].count > summary->values[most].count)
        most = i;
    }
  /* Of a column without a value, categories are counted too. */
  if (summary->n_values == 0 || summary->values[most].count == 0)
    return g_strdup ("");

  text = summary->values[most].text;
  start = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), N_CHARACTERS_SHOWN));

  return g_strdup_printf ("%s: %" G_GUINT64_FORMAT, start, summary->values[most].count);
}

static void
add_frame_line (AnnTextTable *table,
                const char *name,
                AnnElement *column,
                const AnnSummary *summary)
{
  const double numbers[] = { summary->mean, summary->sd, summary->minimum, summary->quantiles[2],
                             summary->maximum };
  g_autofree char *distinct = describe_distinct (summary);
  g_autofree char *most_frequent = describe_most_frequent (summary);
  g_autofree char *missing = g_strdup_printf ("%" G_GUINT64_FORMAT, summary->n_missing);

  ann_text_table_add (table, name);
  ann_text_table_add (table, ann_element_kind_get_name (ann_element_get_kind (column)));
  ann_text_table_add (table, missing);
  ann_text_table_add (table, distinct);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      if (summary->is_numeric)
        append_number (text, numbers[i]);
      ann_text_table_add (table, text->str);
    }
  ann_text_table_add (table, most_frequent);
}

static void
add_column (FrameStats *self, const char *frame_path, AnnFrame *frame, guint number)
{
  const char *name = ann_frame_get_column_name (frame, number);
  g_autofree char *path = g_strconcat (frame_path, "/", name, NULL);
  GCancellable *cancellable = ann_watch_get_cancellable (self->watch);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnElement) column = NULL;
  g_autoptr (AnnSummary) summary = NULL;

  ann_watch_set_title (self->watch, path);
  column = ann_frame_open_column (frame, number, cancellable, &error);
  if (column != NULL)
    summary = ann_summary_new_for_element (column, NULL, ann_watch_get_progress (self->watch),
                                           cancellable, &error);
  if (summary == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        ann_command_print_error (self->store, path, error);
      self->n_failed++;
      return;
    }

  if (self->json == NULL)
    {
      add_frame_line (self->table, name, column, summary);
      return;
    }
  ann_json_writer_begin_object (self->json, ANN_JSON_INLINE);
  write_element (self->json, path, column);
  write_summary (self->json, column, summary);
  ann_json_writer_end_object (self->json);
}

static void
add_columns (FrameStats *self, const char *path, AnnFrame *frame)
{
  for (guint i = 0; i < ann_frame_get_n_columns (frame)
                    && !g_cancellable_is_cancelled (ann_watch_get_cancellable (self->watch));
       i++)
    add_column (self, path, frame, i);
}

static void
print_frame (FrameStats *self, const char *path, AnnFrame *frame)
{
  static const char *const titles[] = {
    "COLUMN", "KIND",    "MISSING", "DISTINCT", "MEAN",
    "SD",     "MINIMUM", "MEDIAN",  "MAXIMUM",  "MOST FREQUENT"
  };
  g_autoptr (AnnTextTable) table = ann_text_table_new (G_N_ELEMENTS (titles));

  self->table = table;
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++)
    {
      if (i >= 2 && i + 1 < G_N_ELEMENTS (titles))
        ann_text_table_set_align_right (table, i);
      ann_text_table_add (table, titles[i]);
    }
  add_columns (self, path, frame);
  ann_watch_hide (self->watch);
  ann_text_table_print (table, stdout);
}

static gboolean
write_frame (FrameStats *self, const char *path, AnnFrame *frame)
{
  g_autoptr (AnnJsonWriter) json = ann_json_writer_new (stdout);

  self->json = json;
  ann_watch_hide (self->watch);
  ann_json_writer_begin_object (json, ANN_JSON_LINES);
  write_element (json, path, ANN_ELEMENT (frame));
  ann_json_writer_name (json, "columns");
  ann_json_writer_begin_array (json, ANN_JSON_LINES);
  add_columns (self, path, frame);
  ann_json_writer_end_array (json);
  ann_json_writer_end_object (json);

  return ann_json_writer_finish (json);
}

static int
summarize_frame (const char *store, const char *path, AnnFrame *frame, AnnWatch *watch)
{
  FrameStats self = { .store = store, .watch = watch };

  if (!ann_command_as_json)
    print_frame (&self, path, frame);
  else if (!write_frame (&self, path, frame))
    return ann_command_fail_output ();

  return self.n_failed > 0 ? ANN_EXIT_FAILED : ANN_EXIT_OK;
}

/* --- The verb --- */

static int
summarize_element (const char *store, const char *path, AnnElement *element, AnnWatch *watch)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnJsonWriter) json = NULL;
  g_autoptr (AnnSummary) summary = NULL;

  ann_watch_set_title (watch, path);
  summary = ann_summary_new_for_element (element, NULL, ann_watch_get_progress (watch),
                                         ann_watch_get_cancellable (watch), &error);
  ann_watch_hide (watch);
  if (summary == NULL)
    return ann_command_fail (store, path, error);

  if (!ann_command_as_json)
    {
      print_summary (element, summary);
      return ANN_EXIT_OK;
    }
  json = ann_json_writer_new (stdout);
  ann_json_writer_begin_object (json, ANN_JSON_LINES);
  write_element (json, path, element);
  write_summary (json, element, summary);
  ann_json_writer_end_object (json);

  return ann_json_writer_finish (json) ? ANN_EXIT_OK : ann_command_fail_output ();
}

static int
run (char **arguments)
{
  const char *store = arguments[0];
  const char *path = arguments[1];
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) data = ann_command_open (store, &error);
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnWatch) watch = NULL;

  if (data == NULL)
    return ann_command_fail (store, NULL, error);
  ann_command_warn_of_missing (store, data);
  element = ann_data_open_element (data, path, NULL, &error);
  if (element == NULL)
    return ann_command_fail (store, path, error);

  watch = ann_watch_new ();
  if (ANN_IS_FRAME (element) && ann_element_get_error (element) == NULL)
    return summarize_frame (store, path, ANN_FRAME (element), watch);

  return summarize_element (store, path, element, watch);
}

const AnnVerb ann_verb_stats = {
  .name = "stats",
  .arguments = "STORE PATH",
  .summary = "Summarizes a column, an array, a matrix or a whole table",
  .examples = "  ann stats cells.h5ad obs\n"
              "  ann stats cells.h5ad obs/n_genes",
  .n_arguments = 2,
  .options = options,
  .run = run,
};
