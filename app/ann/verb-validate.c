/* verb-validate.c: `ann validate`
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-command.h"
#include "ann-json-writer.h"
#include "ann-text-table.h"
#include "ann-watch.h"

/* Decoded chunks kept by the command: half of what the limit of 384 MiB leaves room for. */
#define CACHE_BUDGET (G_GUINT64_CONSTANT (64) * 1024 * 1024)

static gboolean is_deep;

static const GOptionEntry options[] = {
  { "deep", 0, 0, G_OPTION_ARG_NONE, &is_deep, "Read all values, not metadata alone", NULL },
  { "json", 0, 0, G_OPTION_ARG_NONE, &ann_command_as_json, "One JSON document", NULL },
  { NULL },
};

static void
write_finding (AnnJsonWriter *json, const AnnFinding *finding)
{
  ann_json_writer_begin_object (json, ANN_JSON_INLINE);
  ann_json_writer_name (json, "severity");
  ann_json_writer_string (json, ann_severity_get_name (finding->severity));
  ann_json_writer_name (json, "rule");
  ann_json_writer_string (json, finding->rule);
  ann_json_writer_name (json, "path");
  ann_json_writer_string (json, finding->path);
  ann_json_writer_name (json, "message");
  ann_json_writer_string (json, finding->message);
  ann_json_writer_end_object (json);
}

static void
write_count (AnnJsonWriter *json, const char *name, guint64 count)
{
  ann_json_writer_name (json, name);
  ann_json_writer_uint (json, count);
}

static gboolean
print_json (const char *store, const AnnReport *report)
{
  g_autoptr (AnnJsonWriter) json = ann_json_writer_new (stdout);
  g_autofree char *name = ann_location_hide_secrets (store);

  ann_json_writer_begin_object (json, ANN_JSON_LINES);
  ann_json_writer_name (json, "store");
  ann_json_writer_string (json, name);
  ann_json_writer_name (json, "deep");
  ann_json_writer_boolean (json, is_deep);
  write_count (json, "elements", ann_report_get_n_elements (report));
  if (is_deep)
    write_count (json, "unread", ann_report_get_n_unread (report));
  write_count (json, "errors", ann_report_count (report, ANN_SEVERITY_ERROR));
  write_count (json, "warnings", ann_report_count (report, ANN_SEVERITY_WARNING));
  write_count (json, "notes", ann_report_count (report, ANN_SEVERITY_NOTE));
  ann_json_writer_name (json, "findings");
  ann_json_writer_begin_array (json, ANN_JSON_LINES);
  for (guint i = 0; i < ann_report_get_n_findings (report); i++)
    write_finding (json, ann_report_get_finding (report, i));
  ann_json_writer_end_array (json);
  ann_json_writer_end_object (json);

  return ann_json_writer_finish (json);
}

/* A line a finding; `--quiet` leaves out what is no error. */
static void
print_findings (const AnnReport *report)
{
  g_autoptr (AnnTextTable) table = ann_text_table_new (4);

  for (guint i = 0; i < ann_report_get_n_findings (report); i++)
    {
      const AnnFinding *finding = ann_report_get_finding (report, i);
      const char *path = *finding->path != '\0' ? finding->path : "/";

      if (ann_command_quiet && finding->severity != ANN_SEVERITY_ERROR)
        continue;
      ann_text_table_add (table, ann_severity_get_name (finding->severity));
      ann_text_table_add (table, finding->rule);
      ann_text_table_add (table, path);
      ann_text_table_add (table, ann_command_skip_path (finding->message, path));
    }
  ann_text_table_print (table, stdout);
}

static void
print_count (const AnnReport *report, AnnSeverity severity, const char *separator)
{
  guint64 n = ann_report_count (report, severity);

  printf ("%" G_GUINT64_FORMAT " %s%s%s", n, ann_severity_get_name (severity), n != 1 ? "s" : "",
          separator);
}

static void
print_report (const AnnReport *report)
{
  guint64 n_unread = ann_report_get_n_unread (report);

  print_findings (report);
  printf ("%" G_GUINT64_FORMAT " elements", ann_report_get_n_elements (report));
  if (n_unread > 0)
    printf (", %" G_GUINT64_FORMAT " of which could not be read", n_unread);
  printf ("%s: ", is_deep && n_unread == 0 ? " with all their values" : "");
  print_count (report, ANN_SEVERITY_ERROR, ", ");
  print_count (report, ANN_SEVERITY_WARNING, ", ");
  print_count (report, ANN_SEVERITY_NOTE, "\n");
}

static AnnReport *
validate (AnnData *data, GError **error)
{
  g_autoptr (AnnWatch) watch = ann_watch_new ();

  ann_watch_set_title (watch, "validating");

  return ann_validate (data, is_deep, ann_watch_get_progress (watch),
                       ann_watch_get_cancellable (watch), error);
}

static int
run (char **arguments)
{
  const char *store = arguments[0];
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) data = NULL;
  g_autoptr (AnnReport) report = NULL;

  ann_chunk_cache_set_budget (CACHE_BUDGET);
  data = ann_command_open (store, &error);
  if (data == NULL)
    return ann_command_fail (store, NULL, error);
  report = validate (data, &error);
  if (report == NULL)
    return ann_command_fail (store, NULL, error);

  if (!ann_command_as_json)
    print_report (report);
  else if (!print_json (store, report))
    return ann_command_fail_output ();

  /* Who asks for all values to be looked at must not take for it that some were not. */
  return ann_report_count (report, ANN_SEVERITY_ERROR) > 0 || ann_report_get_n_unread (report) > 0
             ? ANN_EXIT_FAILED
             : ANN_EXIT_OK;
}

const AnnVerb ann_verb_validate = {
  .name = "validate",
  .arguments = "STORE",
  .summary = "Checks a store against the rules of the format",
  .examples = "  ann validate cells.h5ad --deep",
  .n_arguments = 1,
  .options = options,
  .run = run,
};
