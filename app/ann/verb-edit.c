/* verb-edit.c: `ann edit`
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-command.h"
#include "ann-json-writer.h"
#include "ann-watch.h"
#include "ann-write-report.h"

#include <stdio.h>
#include <string.h>

/* One change, in the order of the command line. */
typedef struct {
  const char *option;
  char *path;
  char *value; /* NULL where there is none */
} Change;

static GPtrArray *changes;
static gboolean overwrites;
static gboolean is_dry_run;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_free (change->path);
  g_free (change->value);
  g_free (change);
}

static void
add_change (const char *option, char *path, char *value)
{
  Change *change = g_new0 (Change, 1);

  if (changes == NULL)
    changes = g_ptr_array_new_with_free_func (change_free);
  *change = (Change){ .option = option, .path = path, .value = value };
  g_ptr_array_add (changes, change);
}

/* `--set PATH=VALUE`, `--set-text PATH=TEXT`, `--rename PATH=NAME` */
static gboolean
add_pair (const char *name, const char *text, G_GNUC_UNUSED gpointer data, GError **error)
{
  const char *sign = strchr (text, '=');

  if (sign == NULL || sign == text)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s %s: PATH=… is wanted", name,
                   text);
      return FALSE;
    }

  add_change (g_intern_string (name + strlen ("--")), g_strndup (text, (gsize) (sign - text)),
              g_strdup (sign + 1));

  return TRUE;
}

static gboolean
add_drop (G_GNUC_UNUSED const char *name,
          const char *text,
          G_GNUC_UNUSED gpointer data,
          G_GNUC_UNUSED GError **error)
{
  add_change ("drop", g_strdup (text), NULL);

  return TRUE;
}

static gboolean
add_to_raw (G_GNUC_UNUSED const char *name,
            G_GNUC_UNUSED const char *text,
            G_GNUC_UNUSED gpointer data,
            G_GNUC_UNUSED GError **error)
{
  add_change ("to-raw", g_strdup ("raw"), NULL);

  return TRUE;
}

static const GOptionEntry options[] = {
  { "set", 0, 0, G_OPTION_ARG_CALLBACK, add_pair,
    "An element, or a column (obs/batch), becomes this: a number, true, false, a text, or a table "
    "in text (its first column: the labels)",
    "PATH=VALUE|FILE.csv" },
  { "set-text", 0, 0, G_OPTION_ARG_CALLBACK, add_pair,
    "The same, and what looks like a number stays a text", "PATH=TEXT|FILE.csv" },
  { "rename", 0, 0, G_OPTION_ARG_CALLBACK, add_pair, "An element or a column gets another name",
    "PATH=NAME" },
  { "drop", 0, 0, G_OPTION_ARG_CALLBACK, add_drop, "An element or a column goes", "PATH" },
  { "to-raw", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, add_to_raw,
    "X becomes raw/X, with var as it is", NULL },
  { "overwrite", 0, 0, G_OPTION_ARG_NONE, &overwrites,
    "What is set, or moved to raw, may replace what is there", NULL },
  { "dry-run", 0, 0, G_OPTION_ARG_NONE, &is_dry_run, "Check, and say what would be done", NULL },
  { "json", 0, 0, G_OPTION_ARG_NONE, &ann_command_as_json, "One JSON document on what is done",
    NULL },
  { NULL },
};

static gboolean
is_table (const char *value)
{
  static const char *const endings[] = { ".csv", ".tsv", ".csv.gz", ".tsv.gz" };

  for (guint i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      if (g_str_has_suffix (value, endings[i]))
        return TRUE;
    }

  return FALSE;
}

/* Columns are made of files; all else is what it says. */
static gboolean
is_file (const Change *change)
{
  const gboolean is_column = g_str_has_prefix (change->path, "obs/")
                             || g_str_has_prefix (change->path, "var/");

  return is_table (change->value) && (is_column || strcmp (change->option, "set") == 0);
}

static gboolean
apply (AnnEdit *edit, const Change *change, GError **error)
{
  if (strcmp (change->option, "rename") == 0)
    return ann_edit_rename (edit, change->path, change->value, NULL, error);
  if (strcmp (change->option, "drop") == 0)
    return ann_edit_drop (edit, change->path, NULL, error);
  if (strcmp (change->option, "to-raw") == 0)
    return ann_edit_move_to_raw (edit, NULL, error);

  ann_edit_set_keeps_text (edit, strcmp (change->option, "set-text") == 0);

  return is_file (change) ? ann_edit_set_file (edit, change->path, change->value, NULL, error)
                          : ann_edit_set_text (edit, change->path, change->value, NULL, error);
}

static gboolean
print_done (const char *store, AnnEdit *edit)
{
  g_auto (GStrv) sentences = ann_edit_describe (edit);
  g_auto (GStrv) warnings = ann_edit_list_warnings (edit);
  g_autoptr (AnnJsonWriter) json = NULL;

  if (!ann_command_as_json)
    {
      for (guint i = 0; is_dry_run && sentences[i] != NULL; i++)
        {
          g_autofree char *line = ann_command_make_line (sentences[i]);

          printf ("%s\n", line);
        }
      ann_command_print_warning_lines (store, (const char *const *) warnings);
      return TRUE;
    }

  json = ann_json_writer_new (stdout);
  ann_json_writer_begin_object (json, ANN_JSON_LINES);
  ann_json_writer_name (json, "store");
  ann_json_writer_string (json, store);
  ann_json_writer_texts (json, "changes", (const char *const *) sentences);
  ann_json_writer_texts (json, "warnings", (const char *const *) warnings);
  ann_json_writer_name (json, "written");
  ann_json_writer_boolean (json, !is_dry_run);
  ann_json_writer_end_object (json);

  return ann_json_writer_finish (json);
}

static gboolean
write_changes (AnnEdit *edit, const char *store, GError **error)
{
  g_autoptr (AnnWatch) watch = ann_watch_new ();
  g_autofree char *name = ann_command_make_name (store);

  ann_watch_set_title (watch, name);

  return ann_edit_run (edit, ann_watch_get_cancellable (watch), error);
}

static void
report (const char *store, gint64 start)
{
  g_autofree char *what = g_strdup_printf ("%u %s", changes->len,
                                           changes->len == 1 ? "change" : "changes");

  ann_write_report (store, what, (const char *const[]){ store, NULL },
                    (double) (g_get_monotonic_time () - start) / G_TIME_SPAN_SECOND, NULL);
}

static int
run (char **arguments)
{
  const char *store = arguments[0];
  const gint64 start = g_get_monotonic_time ();
  g_autoptr (AnnEdit) edit = NULL;
  g_autoptr (GError) error = NULL;

  if (changes == NULL)
    return ann_command_fail_usage (
        "edit", "nothing to do: --set, --set-text, --rename, --drop or --to-raw");

  edit = ann_edit_new (store, NULL, &error);
  if (edit == NULL)
    return ann_command_fail (store, NULL, error);
  ann_edit_set_overwrites (edit, overwrites);
  for (guint i = 0; i < changes->len; i++)
    {
      const Change *change = g_ptr_array_index (changes, i);

      if (!apply (edit, change, &error))
        return ann_command_fail (store, change->path, error);
    }
  if (!is_dry_run && !write_changes (edit, store, &error))
    return ann_command_fail (store, NULL, error);

  if (!print_done (store, edit))
    return ann_command_fail_output ();
  if (!is_dry_run)
    report (store, start);

  return ANN_EXIT_OK;
}

const AnnVerb ann_verb_edit = {
  .name = "edit",
  .arguments = "STORE --set PATH=VALUE …",
  .summary = "Changes a store in place, all at once or not at all",
  .examples
  = "  ann edit cells.h5ad --set obs/batch=7 --rename obs/louvain=cluster --drop obsm/X_old\n"
    "  ann edit cells.h5ad --set obs/score=scores.csv --overwrite",
  .n_arguments = 1,
  .options = options,
  .run = run,
};
