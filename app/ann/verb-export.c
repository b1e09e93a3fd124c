/* verb-export.c: `ann export`
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-command.h"
#include "ann-selector.h"
#include "ann-watch.h"
#include "ann-write-arguments.h"
#include "ann-write-job.h"

static char *obs_text;
static char *var_text;
static char *obs_names;
static char *var_names;

static const GOptionEntry options[] = {
  ANN_WRITE_TARGET_OPTIONS,
  { "obs", 0, 0, G_OPTION_ARG_FILENAME, &obs_text,
    "Which observations: an expression ('n_genes > 500'), a range as Python counts, or @FILE with "
    "an index a line (all)",
    "EXPR|A:B[:S]|@FILE" },
  { "var", 0, 0, G_OPTION_ARG_FILENAME, &var_text, "Which variables, the same way",
    "EXPR|A:B[:S]|@FILE" },
  { "obs-names", 0, 0, G_OPTION_ARG_FILENAME, &obs_names,
    "A file with the names of the observations, one a line, in the order wanted", "FILE" },
  { "var-names", 0, 0, G_OPTION_ARG_FILENAME, &var_names, "The same for variables", "FILE" },
  { NULL },
};

/* What is wanted of @data: itself, if that is all of it. */
static AnnData *
select_part (AnnData *data, GError **error)
{
  g_autoptr (AnnWatch) watch = ann_watch_new ();
  GCancellable *cancellable = ann_watch_get_cancellable (watch);
  AnnProgress *progress = ann_watch_get_progress (watch);
  g_autoptr (AnnSelection) obs = NULL;
  g_autoptr (AnnSelection) var = NULL;

  ann_watch_set_title (watch, "selecting");
  if (!ann_selector_select (data, ANN_AXIS_OBS, obs_text, obs_names, progress, cancellable, &obs,
                            error)
      || !ann_selector_select (data, ANN_AXIS_VAR, var_text, var_names, progress, cancellable, &var,
                               error))
    return NULL;
  if (obs == NULL && var == NULL)
    return g_object_ref (data);

  return ann_data_select (data, obs, var, cancellable, error);
}

/* Before the selection, which may find nothing because of it. */
static void
warn_of_doubts (const char *store, AnnData *data)
{
  g_auto (GStrv) of_obs = ann_selector_list_doubts (data, ANN_AXIS_OBS, obs_text);
  g_auto (GStrv) of_var = ann_selector_list_doubts (data, ANN_AXIS_VAR, var_text);

  ann_command_print_warning_lines (store, (const char *const *) of_obs);
  ann_command_print_warning_lines (store, (const char *const *) of_var);
}

static int
run (char **arguments)
{
  const char *store = arguments[0];
  g_autoptr (AnnWriteOptions) write_options = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) data = NULL;
  g_autoptr (AnnData) view = NULL;

  if (obs_text != NULL && obs_names != NULL)
    return ann_command_fail_usage ("export", "take one of --obs and --obs-names");
  if (var_text != NULL && var_names != NULL)
    return ann_command_fail_usage ("export", "take one of --var and --var-names");
  ann_chunk_cache_set_budget (ANN_WRITE_CACHE_BUDGET);
  write_options = ann_write_arguments_get ("export");
  if (write_options == NULL
      || !ann_write_arguments_check_target ("export", ann_write_target, write_options))
    return ANN_EXIT_USAGE;

  data = ann_command_open (store, &error);
  if (data != NULL)
    warn_of_doubts (store, data);
  view = data != NULL ? select_part (data, &error) : NULL;
  if (view == NULL || !ann_command_check_is_whole (view, &error))
    return ann_command_fail (store, NULL, error);

  return ann_write_job_run (&(AnnWriteJob){
      .store = store, .data = view, .target = ann_write_target, .options = write_options });
}

const AnnVerb ann_verb_export = {
  .name = "export",
  .arguments = "STORE -o OUT",
  .summary = "Writes a store, or a selection of it, in any format",
  .examples = "  ann export cells.h5ad -o cells.zarr\n"
              "  ann export cells.h5ad -o b.h5ad --obs 'cell_type == \"B\"' --var-names genes.txt\n"
              "  ann export cells.h5ad -o obs.csv",
  .n_arguments = 1,
  .options = options,
  .more_options = ann_write_arguments,
  .run = run,
};
