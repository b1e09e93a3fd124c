/* ann-write-job.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-write-job.h"

#include "ann-command.h"
#include "ann-warning-groups.h"
#include "ann-watch.h"
#include "ann-write-arguments.h"
#include "ann-write-report.h"

#include <stdio.h>
#include <string.h>

static void
write_size (AnnJsonWriter *json, const char *name, guint64 size)
{
  ann_json_writer_name (json, name);
  ann_json_writer_uint (json, size);
}

/* @seconds: negative while nothing was done */
static gboolean
print_json (const AnnWriteJob *job, const AnnExportPlan *plan, char **warnings, double seconds)
{
  g_autoptr (AnnJsonWriter) json = ann_json_writer_new (stdout);
  g_autofree char *target = ann_location_hide_secrets (job->target);

  ann_json_writer_begin_object (json, ANN_JSON_LINES);
  ann_json_writer_name (json, "target");
  ann_json_writer_string (json, target);
  ann_json_writer_name (json, "format");
  ann_json_writer_string (json, plan->format);
  ann_json_writer_name (json, "shape");
  ann_json_writer_begin_array (json, ANN_JSON_INLINE);
  ann_json_writer_uint (json, plan->n_obs);
  ann_json_writer_uint (json, plan->n_var);
  ann_json_writer_end_array (json);
  write_size (json, "raw_size", plan->raw_size);
  write_size (json, "estimated_size", plan->estimated_size);
  ann_json_writer_texts (json, "elements", (const char *const *) plan->paths);
  if (job->add_facts != NULL)
    job->add_facts (json, job->facts);
  ann_json_writer_texts (json, "warnings", (const char *const *) warnings);
  ann_json_writer_name (json, "written");
  ann_json_writer_boolean (json, seconds >= 0);
  if (seconds >= 0)
    {
      ann_json_writer_name (json, "seconds");
      ann_json_writer_double (json, seconds);
    }
  ann_json_writer_end_object (json);

  return ann_json_writer_finish (json);
}

static void
print_plan (const AnnWriteJob *job, const AnnExportPlan *plan)
{
  g_autofree char *target = ann_command_make_name (job->target);
  g_autofree char *raw = g_format_size (plan->raw_size);
  g_autofree char *estimate = g_format_size (plan->estimated_size);
  const char *note = ann_write_report_get_note (job->target);

  printf ("%s: %s, %" G_GUINT64_FORMAT " × %" G_GUINT64_FORMAT ", %u elements\n", target,
          note != NULL ? note : plan->format, plan->n_obs, plan->n_var, plan->n_elements);
  printf ("size: about %s (%s of values)\n", estimate, raw);
  for (guint i = 0; plan->paths != NULL && plan->paths[i] != NULL; i++)
    {
      g_autofree char *path = ann_command_make_line (plan->paths[i]);

      printf ("  %s\n", path);
    }
  for (guint i = 0; job->lines != NULL && job->lines[i] != NULL; i++)
    {
      g_autofree char *line = ann_command_make_line (job->lines[i]);

      printf ("%s\n", line);
    }
}

static gboolean
write_store (const AnnWriteJob *job,
             AnnExportPlan *plan,
             char ***warnings,
             double *seconds,
             GError **error)
{
  g_autoptr (AnnWatch) watch = ann_watch_new ();
  g_autofree char *name = ann_command_make_name (job->target);
  gint64 start = g_get_monotonic_time ();
  gboolean is_written;

  ann_watch_set_title (watch, name);
  ann_watch_show_bytes (watch);
  is_written = ann_export_plan_run (plan, ann_watch_get_progress (watch), warnings,
                                    ann_watch_get_cancellable (watch), error);
  *seconds = (double) (g_get_monotonic_time () - start) / G_TIME_SPAN_SECOND;

  return is_written;
}

/* A plan has each by itself. */
static void
print_warnings (const AnnWriteJob *job, const char *const *warnings)
{
  g_auto (GStrv) groups = ann_warning_groups_by_reason (warnings);

  ann_command_print_warning_lines (job->store,
                                   ann_write_is_dry_run ? warnings : (const char *const *) groups);
}

/* Standard output is read by somebody; text is a part of what the shape is of. */
static void
report (const AnnWriteJob *job, const AnnExportPlan *plan, double seconds)
{
  const gboolean is_store = strcmp (plan->format, "HDF5") == 0
                            || g_str_has_prefix (plan->format, "Zarr")
                            || strcmp (plan->format, "Matrix Market") == 0;
  g_autofree char *shape = ann_write_report_make_shape (plan->n_obs, plan->n_var);

  if (strcmp (job->target, "-") != 0)
    ann_write_report (job->target, is_store ? shape : plan->format,
                      (const char *const[]){ job->target, NULL }, seconds,
                      ann_write_report_get_note (job->target));
}

int
ann_write_job_run (const AnnWriteJob *job)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnExportPlan) plan = NULL;
  g_auto (GStrv) warnings = NULL;
  double seconds = -1;

  plan = ann_export_plan (job->data, job->target, job->options, NULL, &error);
  /* Who writes finds out what is there; who plans is told beforehand, of a bucket too. */
  if (plan == NULL
      || (ann_write_is_dry_run
          && !ann_write_arguments_check_place (job->target, job->options, &error)))
    return ann_command_fail (job->store, NULL, error);
  if (ann_write_is_dry_run)
    warnings = g_strdupv (plan->warnings);
  else if (!write_store (job, plan, &warnings, &seconds, &error))
    return ann_command_fail (job->store, NULL, error);

  if (ann_command_as_json)
    return print_json (job, plan, warnings, seconds) ? ANN_EXIT_OK : ann_command_fail_output ();
  if (ann_write_is_dry_run)
    print_plan (job, plan);
  else
    ann_command_print_warning_lines (job->store, job->lines);
  print_warnings (job, (const char *const *) warnings);
  if (!ann_write_is_dry_run)
    report (job, plan, seconds);

  return ANN_EXIT_OK;
}
