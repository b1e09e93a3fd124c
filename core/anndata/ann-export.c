/* ann-export.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-export-private.h"

#include "anndata/ann-data-private.h"
#include "anndata/ann-data-set-private.h"
#include "array/ann-chunk-cache.h"
#include "base/ann-error.h"
#include "base/ann-strv-private.h"
#include "base/ann-worker.h"
#include "format/ann-create.h"
#include "store/ann-file-target.h"
#include "store/ann-place-private.h"
#include "store/ann-same-place.h"

#include <pthread.h>
#include <string.h>

/* Decoded chunks that are kept while something is exported: each is needed once or twice, soon. */
#define CACHE_BUDGET ((guint64) 64 << 20)

/* --- The plan --- */

static void job_free (AnnExportJob *self);

G_DEFINE_BOXED_TYPE (AnnExportPlan, ann_export_plan, ann_export_plan_ref, ann_export_plan_unref)

/**
 * ann_export_plan_ref:
 * @self: a plan
 *
 * Returns: (transfer full): @self
 */
AnnExportPlan *
ann_export_plan_ref (AnnExportPlan *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_export_plan_unref:
 * @self: (transfer full): a plan
 */
void
ann_export_plan_unref (AnnExportPlan *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->format);
  g_strfreev (self->paths);
  g_strfreev (self->warnings);
  job_free (self->job);
  g_free (self);
}

/* --- The job --- */

/* Text holds one element, and what says what its rows and columns are. */
static gboolean
decide_text_element (AnnExportJob *job, GError **error)
{
  AnnWriteOptions *options = job->options;

  if (job->exporter->text_element == NULL)
    return TRUE;

  if (options->elements == NULL)
    options->elements = g_strdupv ((char *[]){ (char *) job->exporter->text_element, NULL });
  for (guint i = 1; options->elements[i] != NULL; i++)
    {
      if (!g_str_has_prefix (options->elements[i], "obs/")
          && !g_str_has_prefix (options->elements[i], "var/"))
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                       "“%s”: %s holds one table or matrix, or some columns of one: name one",
                       job->target, job->exporter->format);
          return FALSE;
        }
    }

  return TRUE;
}

/* Takes what the profile takes where nothing was said. */
static void
decide (AnnWriteOptions *options, AnnData *data)
{
  if (options->zarr_format != 0)
    return;

  if (options->profile == ANN_PROFILE_FAITHFUL)
    options->zarr_format = strcmp (ann_data_get_format (data), "Zarr v3") == 0 ? 3 : 2;
  else
    options->zarr_format = options->profile == ANN_PROFILE_MODERN ? 3 : 2;
}

static gboolean
check_options (const AnnExportJob *job, GError **error)
{
  const AnnWriteOptions *options = job->options;

  if (options->zarr_format != 2 && options->zarr_format != 3)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "There is no Zarr format %u: it is 2 or 3", options->zarr_format);
      return FALSE;
    }
  if (options->shard_rows > 0 && options->zarr_format == 2
      && (job->exporter->options & ANN_WRITE_OPTION_SHARD_ROWS) != 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "“%s” is to be Zarr v2, which has no shards: take v3, or none", job->target);
      return FALSE;
    }
  if (strcmp (job->exporter->format, "Zarr") == 0 && options->has_compression
      && options->compression.compressor == ANN_COMPRESSOR_LZF)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                           "LZF is for HDF5 alone: take gzip, zstd, blosc or lz4 for Zarr");
      return FALSE;
    }

  return TRUE;
}

static void
job_free (AnnExportJob *self)
{
  g_clear_object (&self->data);
  g_clear_pointer (&self->sources, g_ptr_array_unref);
  g_clear_pointer (&self->options, ann_write_options_free);
  g_clear_pointer (&self->writer.warnings, g_ptr_array_unref);
  g_clear_pointer (&self->writer.omitted, g_hash_table_unref);
  _ann_survey_clear (&self->survey);
  g_free (self->scratch_folder);
  g_free (self->target);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnExportJob, job_free)

/* What is asked for is there: a name that was mistyped is not to be found out when it is missed. */
static gboolean
check_elements (AnnExportJob *self, GCancellable *cancellable, GError **error)
{
  for (guint i = 0; self->options->elements != NULL && self->options->elements[i] != NULL; i++)
    {
      g_autoptr (AnnElement) element = ann_data_open_element (
          self->data, self->options->elements[i], cancellable, error);

      if (element == NULL)
        return FALSE;
    }

  return TRUE;
}

/* A filter that nothing passes is right, and seldom what was meant. */
static void
warn_of_nothing (AnnExportJob *self, AnnData *data)
{
  const guint64 lengths[] = { ann_data_get_n_obs (data), ann_data_get_n_var (data) };
  static const char *const names[] = { "observations", "variables" };

  for (guint i = 0; _ann_data_is_selection (data) && i < G_N_ELEMENTS (lengths); i++)
    {
      if (lengths[i] == 0)
        g_ptr_array_add (self->writer.warnings,
                         g_strdup_printf ("no %s match: what is written has none", names[i]));
    }
}

/* The text of @self is of raw, or a part of it. */
static gboolean
is_of_raw (const AnnExportJob *self)
{
  return self->exporter->text_element != NULL
         && g_str_has_prefix (self->options->elements[0], "raw/");
}

/* In a store raw stays as it is beside what is selected; text that is raw alone would not be what
 * was asked for.
 */
static gboolean
check_raw (const AnnExportJob *self, AnnData *data, GError **error)
{
  if (!is_of_raw (self) || !_ann_data_selects_var (data))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
               "%s: raw has variables of its own, which are not those that are selected; select "
               "none, or export X or a layer",
               self->options->elements[0]);

  return FALSE;
}

/* As wide as what is written, where that is not as wide as X. */
static guint64
count_var (const AnnExportJob *self, AnnData *data)
{
  g_autoptr (AnnElement) element = NULL;

  if (is_of_raw (self))
    element = ann_data_open_element (self->data, self->options->elements[0], NULL, NULL);

  return element != NULL && ann_element_get_rank (element) == 2 ? ann_element_get_shape (element)[1]
                                                                : ann_data_get_n_var (data);
}

static AnnExportJob *
job_new (AnnData *data,
         const char *target,
         const AnnWriteOptions *options,
         const AnnExportStep *step,
         GCancellable *cancellable,
         GError **error)
{
  g_autoptr (AnnExportJob) self = g_new0 (AnnExportJob, 1);
  g_autoptr (AnnData) labelled = NULL;
  AnnData *origin = step != NULL && step->origin != NULL ? step->origin : data;

  _ann_survey_init (&self->survey);
  self->step = step;
  self->target = g_strdup (target);
  self->exporter = _ann_export_find_exporter (target, options != NULL ? options->format : NULL,
                                              error);
  if (self->exporter == NULL)
    return NULL;
  self->is_remote = _ann_address_is_remote (target);
  if (!ann_data_is_annotated (data))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: is no annotated matrix, and only such are exported",
                   ann_data_get_uri (data));
      return NULL;
    }
  if (!_ann_data_check_is_whole (origin, error))
    return NULL;

  self->options = options != NULL ? ann_write_options_copy (options) : ann_write_options_new ();
  decide (self->options, origin);
  if (!check_options (self, error) || !decide_text_element (self, error))
    return NULL;

  labelled = _ann_data_set_categorize_label (data, cancellable, error);
  if (labelled == NULL)
    return NULL;
  self->data = _ann_data_is_selection (data) && !self->options->keep_unused_categories
                   ? _ann_data_drop_unused_categories (labelled, cancellable, error)
                   : g_object_ref (labelled);
  if (self->data == NULL)
    return NULL;
  self->sources = _ann_data_list_sources (origin);
  self->scratch_folder = _ann_dup_folder_of (target);
  self->writer = (AnnElementWriter){
    .options = self->options,
    .scratch_folder = self->scratch_folder,
    .is_hdf5 = strcmp (self->exporter->format, "HDF5") == 0,
    .zarr_format = strcmp (self->exporter->format, "Zarr") == 0 ? self->options->zarr_format : 0,
    .warnings = g_ptr_array_new_with_free_func (g_free),
    .gathers_rows = step != NULL && step->gathers_rows,
    .turned = step != NULL ? step->turned : NULL,
  };
  warn_of_nothing (self, data);
  if (!check_raw (self, data, error) || !check_elements (self, cancellable, error)
      || !_ann_export_omit (self, origin, cancellable, error)
      || !_ann_element_survey (&self->writer, ann_data_get_root (self->data), "", &self->survey,
                               cancellable, error))
    return NULL;

  return g_steal_pointer (&self);
}

gboolean
_ann_export_check_sources (AnnExportJob *job, GError **error)
{
  for (guint i = 0; i < job->sources->len; i++)
    {
      AnnData *source = g_ptr_array_index (job->sources, i);

      if (ann_data_has_changed (source))
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_CHANGED,
                       "%s: was changed by somebody else while it was read; export it again",
                       ann_data_get_uri (source));
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
check_target (AnnExportJob *job, GError **error)
{
  for (guint i = 0; i < job->sources->len; i++)
    {
      const char *uri = ann_data_get_uri (g_ptr_array_index (job->sources, i));

      if (!_ann_is_same_place (uri, job->target) && !_ann_lies_within (uri, job->target)
          && !_ann_lies_within (job->target, uri))
        continue;
      g_set_error (error, ANN_ERROR, ANN_ERROR_DENIED,
                   "“%s” cannot be written over: “%s” is read from it; choose another name",
                   job->target, uri);
      return FALSE;
    }

  return TRUE;
}

/* Whether it is a file first, which is sent to a bucket in the end. */
static gboolean
is_sent (const AnnExportJob *job)
{
  return job->is_remote && !job->exporter->is_folder;
}

/* What goes by, or to a bucket object by object, needs no room here. */
static gboolean
check_room (AnnExportJob *job, GCancellable *cancellable, GError **error)
{
  if (_ann_export_is_output (job->target) || (job->is_remote && !is_sent (job)))
    return TRUE;

  if (job->estimated_size == 0)
    job->estimated_size = _ann_export_estimate_size (job, cancellable);

  return _ann_check_free_space (is_sent (job) ? job->scratch_folder : job->target,
                                job->estimated_size, error);
}

/* --- Into a store --- */

gboolean
_ann_export_write_store (AnnExportJob *job, GCancellable *cancellable, GError **error)
{
  const AnnCreateOptions create = { .zarr_format = job->options->zarr_format,
                                    .overwrite = job->options->overwrite,
                                    .progress = job->writer.progress,
                                    .n_units = job->n_units,
                                    .removals = job->step != NULL ? job->step->removals : NULL };
  g_autoptr (AnnNodeWriter) root = _ann_create_root (job->target, &create, cancellable, error);

  return root != NULL
         && _ann_element_write_root (&job->writer, ann_data_get_root (job->data), root, cancellable,
                                     error)
         && _ann_export_check_sources (job, error)
         && _ann_node_writer_commit (root, cancellable, error);
}

/* --- The cache --- */

/* The first export that begins makes it small, and the last that ends makes it what it was. */
static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;
static guint n_exports;
static guint64 usual_budget;

static void
begin_small_cache (void)
{
  pthread_mutex_lock (&cache_lock);
  if (n_exports++ == 0)
    {
      usual_budget = ann_chunk_cache_get_budget ();
      ann_chunk_cache_set_budget (MIN (usual_budget, CACHE_BUDGET));
    }
  pthread_mutex_unlock (&cache_lock);
}

static void
end_small_cache (void)
{
  pthread_mutex_lock (&cache_lock);
  if (--n_exports == 0)
    ann_chunk_cache_set_budget (usual_budget);
  pthread_mutex_unlock (&cache_lock);
}

/* --- Public --- */

/**
 * ann_export_plan:
 * @data: a store, or what was selected or made of stores
 * @target: where it is to be written: a path or an address whose ending says what it will be:
 *   `.h5ad`, `.zarr`, `.zarr.zip`; `.csv`, `.tsv`, `.txt` (and `.gz`), `.mtx` for text; `-` is
 *   standard output, for text whose format the options say
 * @options: (nullable): how, or %NULL for the usual
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Finds out what an export will do, and whether it can be done: opens all elements, and reads no
 * values. Writes nothing. A set some of whose parts are missing is not exported: what is only shown
 * as missing was never measured; [method@Ann.DataSet.skip_missing] leaves them out.
 *
 * Waits for the disk; any thread.
 *
 * Returns: (transfer full): the plan, or %NULL with @error set, as [func@Ann.export_run] would set
 *   it: an element that cannot be written, with its path
 */
AnnExportPlan *
ann_export_plan (AnnData *data,
                 const char *target,
                 const AnnWriteOptions *options,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (AnnExportJob) job = NULL;
  AnnExportPlan *plan;

  g_return_val_if_fail (ANN_IS_DATA (data), NULL);
  g_return_val_if_fail (target != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  job = job_new (data, target, options, NULL, cancellable, error);
  if (job == NULL || !check_target (job, error))
    return NULL;
  /* Who plans is told before that there is something; who writes is told by what writes. */
  if (!job->options->overwrite && !job->is_remote
      && !ann_export_check_target (target, cancellable, error))
    return NULL;

  job->estimated_size = _ann_export_estimate_size (job, cancellable);
  plan = g_new0 (AnnExportPlan, 1);
  g_atomic_ref_count_init (&plan->ref_count);
  plan->format = strcmp (job->exporter->format, "Zarr") == 0
                     ? g_strdup_printf ("Zarr v%u", job->options->zarr_format)
                     : g_strdup (job->exporter->format);
  plan->n_obs = ann_data_get_n_obs (data);
  plan->n_var = count_var (job, data);
  plan->n_elements = job->survey.paths->len;
  plan->raw_size = job->survey.n_bytes;
  plan->estimated_size = job->estimated_size;
  plan->paths = _ann_strv_new_from_array (job->survey.paths);
  plan->warnings = _ann_strv_new_from_array (job->writer.warnings);
  plan->job = g_steal_pointer (&job);

  return plan;
}

void
_ann_export_complete_progress (AnnProgress *progress)
{
  const guint64 done = ann_progress_get_done (progress);
  const guint64 total = ann_progress_get_total (progress);

  if (done < total)
    ann_progress_add_done (progress, total - done);
}

static gboolean
run (AnnExportJob *job, AnnProgress *progress, GCancellable *cancellable, GError **error)
{
  if (!check_target (job, error) || !check_room (job, cancellable, error)
      || (job->step == NULL && !_ann_data_check_sets (job->data, cancellable, error)))
    return FALSE;

  /* Of what is a step of something longer nobody counts the sending. */
  if (progress != NULL && job->step == NULL)
    {
      job->n_units = is_sent (job) ? job->estimated_size : 0;
      ann_progress_add_total (progress, job->survey.n_bytes + job->n_units);
    }
  job->writer.progress = progress;
  begin_small_cache ();
  if (!job->exporter->write (job, cancellable, error))
    {
      end_small_cache ();
      return FALSE;
    }
  end_small_cache ();
  if (progress != NULL && job->step == NULL)
    _ann_export_complete_progress (progress);

  return TRUE;
}

gboolean
_ann_export_run_step (AnnData *data,
                      const AnnExportStep *step,
                      const char *target,
                      const AnnWriteOptions *options,
                      AnnProgress *progress,
                      char ***warnings,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (AnnExportJob) job = job_new (data, target, options, step, cancellable, error);

  if (job == NULL || !run (job, progress, cancellable, error))
    return FALSE;
  if (warnings != NULL)
    *warnings = _ann_strv_new_from_array (job->writer.warnings);

  return TRUE;
}

/**
 * ann_export_plan_run:
 * @self: a plan
 * @progress: (nullable): how far it has come, in bytes of values
 * @warnings: (out) (optional) (transfer full) (array zero-terminated=1): what is not as it was, one
 *   sentence each: those of the plan, and what was found while writing
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Does what was planned, as [func@Ann.export_run], without looking through all elements again. A
 * plan can be run by one thread at a time, and again if it failed.
 *
 * Waits for disk and network; any thread.
 *
 * Returns: %FALSE with @error set if it failed
 */
gboolean
ann_export_plan_run (AnnExportPlan *self,
                     AnnProgress *progress,
                     char ***warnings,
                     GCancellable *cancellable,
                     GError **error)
{
  AnnExportJob *job;
  guint n_planned;
  gboolean is_done;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  job = self->job;
  n_planned = job->writer.warnings->len;
  is_done = run (job, progress, cancellable, error);
  if (is_done && warnings != NULL)
    *warnings = _ann_strv_new_from_array (job->writer.warnings);
  /* What this run found is no part of the plan. */
  g_ptr_array_set_size (job->writer.warnings, (int) n_planned);

  return is_done;
}

/**
 * ann_export_run:
 * @data: a store, or what was selected or made of stores
 * @target: where it is to be written: a path or an address whose ending says what it will be:
 *   `.h5ad`, `.zarr`, `.zarr.zip`; `.csv`, `.tsv`, `.txt` (and `.gz`), `.mtx` for text; `-` is
 *   standard output, for text whose format the options say
 * @options: (nullable): how, or %NULL for the usual
 * @progress: (nullable): how far it has come, in bytes of values
 * @warnings: (out) (optional) (transfer full) (array zero-terminated=1): what is not as it was, one
 *   sentence each
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Writes a store, whole or not at all: whatever goes wrong, what was at @target before is there
 * still, and nothing else. Memory is bounded, whatever the size. A store that @data reads from
 * cannot be the target, and if it is changed meanwhile the export fails with `ANN_ERROR_CHANGED`.
 *
 * Waits for disk and network; any thread.
 *
 * Returns: %FALSE with @error set if it failed
 */
gboolean
ann_export_run (AnnData *data,
                const char *target,
                const AnnWriteOptions *options,
                AnnProgress *progress,
                char ***warnings,
                GCancellable *cancellable,
                GError **error)
{
  g_return_val_if_fail (ANN_IS_DATA (data), FALSE);
  g_return_val_if_fail (target != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return _ann_export_run_step (data, NULL, target, options, progress, warnings, cancellable, error);
}

typedef struct {
  char *target;
  AnnWriteOptions *options;
  AnnProgress *progress;
} AsyncExport;

static void
async_export_free (gpointer data)
{
  AsyncExport *self = data;

  g_free (self->target);
  ann_write_options_free (self->options);
  g_clear_pointer (&self->progress, ann_progress_unref);
  g_free (self);
}

static void
run_in_worker (GTask *task, gpointer source_object, gpointer task_data, GCancellable *cancellable)
{
  const AsyncExport *export = task_data;
  GError *error = NULL;
  char **warnings = NULL;

  if (ann_export_run (source_object, export->target, export->options, export->progress, &warnings,
                      cancellable, &error))
    g_task_return_pointer (task, warnings, (GDestroyNotify) g_strfreev);
  else
    g_task_return_error (task, error);
}

/**
 * ann_export_run_async:
 * @data: a store, or what was selected or made of stores
 * @target: where it is to be written
 * @options: (nullable): how, or %NULL for the usual
 * @progress: (nullable): how far it has come
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * As [func@Ann.export_run], in a thread of the library.
 */
void
ann_export_run_async (AnnData *data,
                      const char *target,
                      const AnnWriteOptions *options,
                      AnnProgress *progress,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  AsyncExport *export;

  g_return_if_fail (ANN_IS_DATA (data));
  g_return_if_fail (target != NULL);

  export = g_new0 (AsyncExport, 1);
  export->target = g_strdup (target);
  export->options = options != NULL ? ann_write_options_copy (options) : NULL;
  export->progress = progress != NULL ? ann_progress_ref (progress) : NULL;

  task = g_task_new (data, cancellable, callback, user_data);
  g_task_set_source_tag (task, ann_export_run_async);
  g_task_set_task_data (task, export, async_export_free);
  ann_worker_run_task (task, ANN_LANE_READ, run_in_worker);
}

/**
 * ann_export_run_finish:
 * @data: a store
 * @result: what the callback was given
 * @warnings: (out) (optional) (transfer full) (array zero-terminated=1): what is not as it was, one
 *   sentence each
 * @error: return location for an error, or %NULL
 *
 * Returns: %FALSE with @error set if it failed
 */
gboolean
ann_export_run_finish (AnnData *data, GAsyncResult *result, char ***warnings, GError **error)
{
  g_auto (GStrv) found = NULL;

  g_return_val_if_fail (g_task_is_valid (result, data), FALSE);

  found = g_task_propagate_pointer (G_TASK (result), error);
  if (found == NULL)
    return FALSE;
  if (warnings != NULL)
    *warnings = g_steal_pointer (&found);

  return TRUE;
}
