/* verb-split.c: `ann split`
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-command.h"
#include "ann-json-writer.h"
#include "ann-warning-groups.h"
#include "ann-watch.h"
#include "ann-write-arguments.h"
#include "ann-write-report.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

static char *column;

static const GOptionEntry options[] = {
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &ann_write_target,
    "The folder that the stores are written into, also s3://…; it is made if need be", "FOLDER" },
  { "format", 0, 0, G_OPTION_ARG_STRING, &ann_write_format,
    "What the stores are: h5ad (default), zarr or zarr.zip", "NAME" },
  { "by", 0, 0, G_OPTION_ARG_STRING, &column, "The column of obs that says which store a row is of",
    "COLUMN" },
  { NULL },
};

/* What is to be said of some of the stores, mostly of all. */
typedef struct {
  char *line;
  guint n_parts;
} Warning;

static void
warning_clear (gpointer data)
{
  g_free (((Warning *) data)->line);
}

typedef struct {
  const char *store;
  AnnData *data;
  AnnSplit *split;
  AnnWriteOptions *options;
  const char *ending;
  char **targets;
  AnnWatch *watch;
  AnnJsonWriter *json; /* NULL for text */
  GArray *warnings;    /* of Warning */
  GPtrArray *folders;  /* char *: what was not there before, and the stores lie in */
} Splitting;

/* The ending of the files; %NULL for what cannot be one of several. */
static const char *
find_ending (const AnnWriteOptions *write_options)
{
  const char *format = write_options->format;

  if (format == NULL)
    return ".h5ad";
  if (strcmp (format, "h5ad") == 0)
    return ".h5ad";
  if (strcmp (format, "zarr") == 0)
    return ".zarr";

  return strcmp (format, "zarr.zip") == 0 ? ".zarr.zip" : NULL;
}

/* Below a folder on disk, or below a key: in front of the query of an address. */
static char *
make_target (const Splitting *self, guint part)
{
  const char *name = ann_split_get_file_name (self->split, part);
  const char *end = ann_write_target + strlen (ann_write_target);
  const char *query = strstr (ann_write_target, "://") != NULL ? strchr (ann_write_target, '?')
                                                               : NULL;
  g_autofree char *folder = g_strndup (ann_write_target,
                                       (gsize) ((query != NULL ? query : end) - ann_write_target));

  return g_strconcat (folder, g_str_has_suffix (folder, "/") ? "" : "/", name, self->ending, query,
                      NULL);
}

static void
report (const Splitting *self, guint part)
{
  const char *target = self->targets[part];
  const char *label = ann_split_get_label (self->split, part);
  guint64 n_rows = ann_split_get_n_rows (self->split, part);

  if (self->json != NULL)
    {
      g_autofree char *hidden = ann_location_hide_secrets (target);

      ann_json_writer_begin_object (self->json, ANN_JSON_INLINE);
      ann_json_writer_name (self->json, "label");
      ann_json_writer_string (self->json, label);
      ann_json_writer_name (self->json, "rows");
      ann_json_writer_uint (self->json, n_rows);
      ann_json_writer_name (self->json, "target");
      ann_json_writer_string (self->json, hidden);
      ann_json_writer_end_object (self->json);
    }
  else if (ann_write_is_dry_run)
    {
      g_autofree char *line = ann_command_make_name (target);

      printf ("%s: %" G_GUINT64_FORMAT " rows\n", line, n_rows);
    }
}

static void
show_part (const Splitting *self, guint part)
{
  g_autofree char *name = ann_command_make_name (self->targets[part]);
  g_autofree char *title = g_strdup_printf ("%s (%u of %u)", name, part + 1,
                                            ann_split_get_n_parts (self->split));

  ann_watch_set_title (self->watch, title);
}

static void
print_warning (const Splitting *self, const char *target, const char *line)
{
  ann_watch_clear_line (self->watch);
  ann_command_print_warning_lines (target, (const char *const[]){ line, NULL });
}

/* Said as it comes, of the first store that it is about. */
static void
note_warning (const Splitting *self, guint part, const char *line)
{
  Warning warning = { NULL, 1 };

  for (guint i = 0; i < self->warnings->len; i++)
    {
      Warning *one = &g_array_index (self->warnings, Warning, i);

      if (strcmp (one->line, line) == 0)
        {
          one->n_parts++;
          return;
        }
    }
  print_warning (self, self->targets[part], line);
  warning.line = g_strdup (line);
  g_array_append_val (self->warnings, warning);
}

/* What is the same of several: a line for each store would be as many as there are values. */
static void
print_counts (const Splitting *self)
{
  for (guint i = 0; i < self->warnings->len; i++)
    {
      const Warning *warning = &g_array_index (self->warnings, Warning, i);
      g_autofree char *line = g_strdup_printf ("%s (in %u of %u stores)", warning->line,
                                               warning->n_parts,
                                               ann_split_get_n_parts (self->split));

      if (warning->n_parts > 1)
        print_warning (self, ann_write_target, line);
    }
}

static void
part_is_complete (guint part, const char *const *warnings, gpointer user_data)
{
  const Splitting *self = user_data;
  g_auto (GStrv) groups = ann_warning_groups_by_reason (warnings);

  for (guint i = 0; groups[i] != NULL; i++)
    note_warning (self, part, groups[i]);
  report (self, part);
  if (part + 1 < ann_split_get_n_parts (self->split))
    show_part (self, part + 1);
}

static gboolean
is_remote (void)
{
  return strstr (ann_write_target, "://") != NULL;
}

/* Folders on the way that are not there yet. */
static void
note_folders (Splitting *self)
{
  g_autofree char *path = g_canonicalize_filename (ann_write_target, NULL);

  while (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      char *above = g_path_get_dirname (path);

      g_ptr_array_insert (self->folders, 0, g_steal_pointer (&path));
      path = above;
    }
}

static gboolean
make_folder (Splitting *self, GError **error)
{
  if (is_remote ())
    return TRUE;

  note_folders (self);
  if (g_mkdir_with_parents (ann_write_target, 0777) == 0)
    return TRUE;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s: cannot make the folder: %s",
               ann_write_target, g_strerror (errno));
  return FALSE;
}

/* Those that were made, the last first, if nothing is in them: what was not finished goes first. A
 * bucket has none, and is not waited for before it is said what failed.
 */
static void
remove_folders (const Splitting *self)
{
  if (self->folders->len == 0)
    return;

  ann_clean_up_wait ();
  for (guint i = self->folders->len; i-- > 0;)
    (void) g_rmdir (self->folders->pdata[i]);
}

/* Either all places are free, or nothing is begun. */
static gboolean
check_targets (const Splitting *self, GError **error)
{
  for (guint i = 0; self->targets[i] != NULL; i++)
    {
      if (!ann_write_arguments_check_place (self->targets[i], self->options, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
write_parts (Splitting *self, GError **error)
{
  g_autoptr (AnnWatch) watch = ann_watch_new ();
  g_autoptr (GArray) warnings = g_array_new (FALSE, FALSE, sizeof (Warning));
  gboolean is_done;

  g_array_set_clear_func (warnings, warning_clear);
  self->warnings = warnings;
  self->watch = watch;
  ann_watch_show_bytes (watch);
  if (self->targets[0] != NULL)
    show_part (self, 0);
  is_done = make_folder (self, error)
            && ann_split_export (self->split, self->data, (const char *const *) self->targets,
                                 self->options, ann_watch_get_progress (watch), part_is_complete,
                                 self, ann_watch_get_cancellable (watch), error);
  ann_watch_clear_line (watch);
  print_counts (self);
  if (!is_done)
    remove_folders (self);

  return is_done;
}

/* One line for all of them. */
static void
report_end (const Splitting *self, double seconds)
{
  const guint n_parts = ann_split_get_n_parts (self->split);
  const guint64 n_rows = ann_data_get_n_obs (self->data) - ann_split_get_n_missing (self->split);
  g_autofree char *shape = ann_write_report_make_shape (n_rows, ann_data_get_n_var (self->data));
  g_autofree char *what = g_strdup_printf ("%u %s, %s", n_parts, n_parts == 1 ? "store" : "stores",
                                           shape);

  ann_write_report (ann_write_target, what, (const char *const *) self->targets, seconds, NULL);
}

static char **
make_targets (const Splitting *self)
{
  const guint n_parts = ann_split_get_n_parts (self->split);
  char **targets = g_new0 (char *, n_parts + 1);

  for (guint i = 0; i < n_parts; i++)
    targets[i] = make_target (self, i);

  return targets;
}

static int
split_store (Splitting *self)
{
  g_auto (GStrv) targets = make_targets (self);
  g_autoptr (AnnJsonWriter) json = NULL;
  g_autoptr (GError) error = NULL;
  guint64 n_missing = ann_split_get_n_missing (self->split);
  const gint64 start = g_get_monotonic_time ();

  if (ann_command_as_json)
    {
      json = ann_json_writer_new (stdout);
      self->json = json;
      ann_json_writer_begin_object (json, ANN_JSON_LINES);
      ann_json_writer_name (json, "missing");
      ann_json_writer_uint (json, n_missing);
      ann_json_writer_name (json, "parts");
      ann_json_writer_begin_array (json, ANN_JSON_LINES);
    }
  if (n_missing > 0 && !ann_command_quiet)
    fprintf (stderr,
             "ann: obs/%s: warning: %" G_GUINT64_FORMAT " rows have no value, and are in "
             "no store\n",
             column, n_missing);

  self->targets = targets;
  if (!check_targets (self, &error) || (!ann_write_is_dry_run && !write_parts (self, &error)))
    return ann_command_fail (self->store, NULL, error);
  for (guint i = 0; ann_write_is_dry_run && self->targets[i] != NULL; i++)
    report (self, i);
  if (json != NULL)
    {
      ann_json_writer_end_array (json);
      ann_json_writer_end_object (json);
      if (!ann_json_writer_finish (json))
        return ann_command_fail_output ();
    }
  if (!ann_write_is_dry_run)
    report_end (self, (double) (g_get_monotonic_time () - start) / G_TIME_SPAN_SECOND);

  return ANN_EXIT_OK;
}

/* A name that says a format would become a folder of that name, which nobody can open. */
static gboolean
check_folder (void)
{
  static const char *const endings[] = { ".h5ad", ".h5",  ".hdf5", ".zarr", ".zip", ".h5ads",
                                         ".csv",  ".tsv", ".txt",  ".mtx",  ".gz" };
  g_autofree char *path = g_ascii_strdown (ann_write_target, -1);
  const char *ending = NULL;

  path[strcspn (path, "?")] = '\0';
  while (g_str_has_suffix (path, "/"))
    path[strlen (path) - 1] = '\0';
  for (guint i = 0; i < G_N_ELEMENTS (endings) && ending == NULL; i++)
    {
      if (g_str_has_suffix (path, endings[i]))
        ending = endings[i];
    }
  if (strcmp (ann_write_target, "-") == 0)
    ann_command_fail_usage ("split", "-o -: several stores cannot go to standard output; name a "
                                     "folder that they are written into");
  else if (ending != NULL)
    ann_command_fail_usage ("split",
                            "-o %s: is the name of one store; name a folder that several are "
                            "written into, and with --format what they are",
                            ann_write_target);
  else
    return TRUE;

  return FALSE;
}

static int
run (char **arguments)
{
  const char *store = arguments[0];
  g_autoptr (AnnWriteOptions) write_options = ann_write_arguments_get ("split");
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) data = NULL;
  g_autoptr (AnnSplit) split = NULL;
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  const char *ending;

  ann_chunk_cache_set_budget (ANN_WRITE_CACHE_BUDGET);
  if (write_options == NULL)
    return ANN_EXIT_USAGE;
  if (column == NULL)
    return ann_command_fail_usage ("split", "--by COLUMN is missing");
  ending = find_ending (write_options);
  if (ending == NULL)
    return ann_command_fail_usage ("split", "--format %s: h5ad, zarr or zarr.zip",
                                   write_options->format);
  if (!check_folder () || !ann_write_arguments_check_target ("split", ending, write_options))
    return ANN_EXIT_USAGE;

  data = ann_command_open_whole (store, &error);
  split = data != NULL ? ann_split_new (data, column, NULL, &error) : NULL;
  if (split == NULL)
    return ann_command_fail (store, NULL, error);

  return split_store (&(Splitting){ .store = store,
                                    .data = data,
                                    .split = split,
                                    .options = write_options,
                                    .ending = ending,
                                    .folders = folders });
}

const AnnVerb ann_verb_split = {
  .name = "split",
  .arguments = "STORE --by COLUMN -o FOLDER",
  .summary = "Writes a store for each value of a column",
  .examples = "  ann split cells.h5ad --by donor -o donors",
  .n_arguments = 1,
  .options = options,
  .more_options = ann_write_arguments,
  .run = run,
};
