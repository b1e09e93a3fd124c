/* ann-split-export.c: a store for each value of a column
 *
 * Each part is an export of some rows. Where they lie here and there, and the parts are many, each
 * chunk of the source would be decoded for nearly all of them: then the rows are first put into the
 * order of the parts, in a store beside the targets, and each part is a range of that.
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-split-private.h"

#include "anndata/ann-data-private.h"
#include "anndata/ann-data-select.h"
#include "anndata/ann-data-set-private.h"
#include "anndata/ann-export-private.h"
#include "base/ann-error.h"
#include "store/ann-file-target.h"
#include "store/ann-place-private.h"
#include "store/ann-s3-removal.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* About so many rows are in a chunk, or close enough to be read with it. */
#define ROWS_OF_CHUNK 256

/* Rows are gathered when chunks would be read more often than this: what gathering costs. Of
 * 100,000 × 30,000 behind gzip each further reading takes 1 s of processor time, gathering 6.5 s.
 */
#define MAX_READINGS 6.0

/* Over a network the first further reading costs more than all else. */
#define MAX_REMOTE_READINGS 1.5

/**
 * Splitting:
 * @gathered: (nullable): the rows in the order of the parts, in a file without a name
 * @turned: the matrices that are by columns, and in @gathered by rows
 * @gather_warnings: (nullable): what is not in @gathered as it was
 * @removals: (element-type AnnS3Removal): how what is complete in a bucket is removed again
 *
 * A split on its way.
 */
typedef struct {
  AnnSplit *split;
  AnnData *data;
  const char *const *targets;
  const AnnWriteOptions *options;
  AnnProgress *progress;
  AnnData *gathered;
  GHashTable *turned;
  char **gather_warnings;
  guint64 n_gathered; /* rows of the parts before the next */
  GPtrArray *removals;
} Splitting;

static void
splitting_clear (Splitting *self)
{
  g_clear_object (&self->gathered);
  g_clear_pointer (&self->turned, g_hash_table_unref);
  g_strfreev (self->gather_warnings);
  g_clear_pointer (&self->removals, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Splitting, splitting_clear)

/* --- Which way --- */

/* How often a chunk is needed on average, if each part reads what it needs. */
static double
count_readings (const AnnSplit *split)
{
  const guint n_parts = ann_split_get_n_parts (split);
  guint64 n_readings = 0;
  guint64 n_rows = 0;

  for (guint part = 0; part < n_parts; part++)
    {
      const guint32 *rows = _ann_split_peek_rows (split, part);
      const guint64 n = ann_split_get_n_rows (split, part);

      for (guint64 i = 0; i < n; i++)
        {
          if (i == 0 || rows[i] / ROWS_OF_CHUNK != rows[i - 1] / ROWS_OF_CHUNK)
            n_readings++;
        }
      n_rows += n;
    }

  return (double) n_readings * ROWS_OF_CHUNK / (double) MAX (n_rows, 1);
}

static gboolean
is_by_columns (AnnData *data, GCancellable *cancellable)
{
  g_autoptr (AnnElement) matrix = ann_data_open_element (data, "X", cancellable, NULL);

  return matrix != NULL && ann_element_get_kind (matrix) == ANN_ELEMENT_CSC;
}

static gboolean
has_remote_source (AnnData *data)
{
  g_autoptr (GPtrArray) sources = _ann_data_list_sources (data);

  for (guint i = 0; i < sources->len; i++)
    {
      if (_ann_address_is_remote (ann_data_get_uri (sources->pdata[i])))
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_to_be_gathered (const Splitting *self, AnnSplitWay way, GCancellable *cancellable)
{
  const guint n_parts = ann_split_get_n_parts (self->split);
  const double most = has_remote_source (self->data) ? MAX_REMOTE_READINGS : MAX_READINGS;

  if (way == ANN_SPLIT_DIRECT || n_parts < 2)
    return FALSE;
  if (way == ANN_SPLIT_GATHERED)
    return TRUE;

  return (double) n_parts > most
         && (is_by_columns (self->data, cancellable) || count_readings (self->split) > most);
}

/* --- Gathering --- */

/* Beside the targets, or where temporary files go; of the kind that the targets are. */
static char *
choose_place (const Splitting *self)
{
  const char *target = self->targets[0];
  const gboolean is_hdf5 = g_str_has_suffix (target, ".h5ad");
  g_autofree char *folder = _ann_dup_folder_of (target);
  g_autofree char *name = g_strdup_printf (".annbrowser-%08x%08x%s", g_random_int (),
                                           g_random_int (), is_hdf5 ? ".h5ad" : ".zarr.zip");

  return g_build_filename (folder, name, NULL);
}

/* As it is, for what is lost here no part has; quick to read, and not as large as it is plain. What
 * is copied faithfully keeps its filters on the way.
 */
static AnnWriteOptions *
make_gather_options (const Splitting *self)
{
  AnnWriteOptions *options = ann_write_options_copy (self->options);

  g_clear_pointer (&options->format, g_free);
  options->layout = ANN_MATRIX_LAYOUT_KEEP;
  options->keep_unused_categories = TRUE;
  options->overwrite = FALSE;
  if (options->profile != ANN_PROFILE_FAITHFUL)
    {
      options->profile = ANN_PROFILE_FAITHFUL;
      options->has_compression = TRUE;
      ann_compression_init (&options->compression, ANN_COMPRESSOR_LZ4);
    }

  return options;
}

/* The file has no name any more as soon as it is open: whatever ends this process, nothing is left.
 */
static gboolean
gather (Splitting *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnWriteOptions) options = make_gather_options (self);
  g_autoptr (AnnSelection) rows = _ann_split_select_all (self->split, error);
  g_autoptr (AnnData) view = NULL;
  g_autofree char *path = choose_place (self);
  const AnnExportStep step = { .gathers_rows = TRUE, .turned = self->turned };

  if (rows == NULL)
    return FALSE;
  view = ann_data_select (self->data, rows, NULL, cancellable, error);
  if (view == NULL
      || !_ann_export_run_step (view, &step, path, options, self->progress, &self->gather_warnings,
                                cancellable, error))
    return FALSE;

  self->gathered = ann_data_open (path, cancellable, error);
  unlink (path);

  return self->gathered != NULL;
}

/* --- Parts --- */

static AnnData *
select_part (Splitting *self, guint part, GCancellable *cancellable, GError **error)
{
  const guint64 n_rows = ann_split_get_n_rows (self->split, part);
  g_autoptr (AnnSelection) rows = NULL;

  if (self->gathered == NULL)
    rows = ann_split_select (self->split, part, error);
  else
    rows = ann_selection_new_range (self->n_gathered, n_rows, 1,
                                    ann_data_get_n_obs (self->gathered), error);
  if (rows == NULL)
    return NULL;
  self->n_gathered += n_rows;

  return ann_data_select (self->gathered != NULL ? self->gathered : self->data, rows, NULL,
                          cancellable, error);
}

/* What was said when rows were gathered holds for each part. (transfer full) */
static char **
join_warnings (char **of_gathering, char **of_part)
{
  GPtrArray *all = g_ptr_array_new ();

  for (guint i = 0; of_gathering != NULL && of_gathering[i] != NULL; i++)
    g_ptr_array_add (all, g_strdup (of_gathering[i]));
  for (guint i = 0; of_part[i] != NULL; i++)
    {
      if (of_gathering == NULL || !g_strv_contains ((const char *const *) of_gathering, of_part[i]))
        g_ptr_array_add (all, g_strdup (of_part[i]));
    }
  g_ptr_array_add (all, NULL);

  return (char **) g_ptr_array_free (all, FALSE);
}

static gboolean
write_part (Splitting *self,
            guint part,
            AnnSplitFunc func,
            gpointer user_data,
            GCancellable *cancellable,
            GError **error)
{
  const AnnExportStep step = { .origin = self->data,
                               .turned = self->turned,
                               .removals = self->removals };
  g_autoptr (AnnWriteOptions) options = ann_write_options_copy (self->options);
  g_autoptr (AnnData) view = select_part (self, part, cancellable, error);
  g_auto (GStrv) warnings = NULL;
  g_auto (GStrv) all = NULL;

  /* What is not wanted was not gathered. */
  if (self->gathered != NULL)
    g_clear_pointer (&options->elements, g_strfreev);
  if (view == NULL
      || !_ann_export_run_step (view, &step, self->targets[part], options, self->progress,
                                &warnings, cancellable, error))
    return FALSE;

  all = join_warnings (self->gather_warnings, warnings);
  if (func != NULL)
    func (part, (const char *const *) all, user_data);

  return TRUE;
}

/* --- Half a split is none --- */

static gboolean
is_there (const char *target)
{
  return !_ann_address_is_remote (target) && g_file_test (target, G_FILE_TEST_EXISTS);
}

/* Removes the parts that were written, but for those in whose place there was something. The last
 * one may be there though it failed: it is not sure then that it would be after a loss of power.
 * Unless that is what @why says: then somebody else has put it there meanwhile.
 */
static void
undo (const Splitting *self, const gboolean *was_there, guint last, const GError *why)
{
  const guint n = g_error_matches (why, ANN_ERROR, ANN_ERROR_EXISTS) ? last : last + 1;

  for (guint i = 0; i < n; i++)
    {
      if (!was_there[i] && !_ann_address_is_remote (self->targets[i]))
        (void) _ann_remove_tree (AT_FDCWD, self->targets[i]);
    }
  if (self->removals->len > 0)
    _ann_s3_removal_run_later (g_ptr_array_ref (self->removals));
}

static gboolean
write_parts (Splitting *self,
             AnnSplitFunc func,
             gpointer user_data,
             GCancellable *cancellable,
             GError **error)
{
  const guint n_parts = ann_split_get_n_parts (self->split);
  g_autofree gboolean *was_there = g_new0 (gboolean, MAX (n_parts, 1));
  GError *why = NULL;

  for (guint part = 0; part < n_parts; part++)
    {
      was_there[part] = is_there (self->targets[part]);
      if (!write_part (self, part, func, user_data, cancellable, &why))
        {
          undo (self, was_there, part, why);
          g_propagate_error (error, why);
          return FALSE;
        }
    }

  return TRUE;
}

/* All rows are written once as parts, and once when they are gathered; about. */
static gboolean
announce (const Splitting *self, gboolean gathers, GCancellable *cancellable, GError **error)
{
  const AnnElementWriter writer = { .options = self->options };
  g_auto (AnnSurvey) survey = { 0 };

  if (self->progress == NULL)
    return TRUE;
  _ann_survey_init (&survey);
  if (!_ann_element_survey (&writer, ann_data_get_root (self->data), "", &survey, cancellable,
                            error))
    return FALSE;
  ann_progress_add_total (self->progress, survey.n_bytes * (gathers ? 2 : 1));

  return TRUE;
}

/* --- Public --- */

gboolean
_ann_split_export_by (AnnSplit *self,
                      AnnData *data,
                      AnnSplitWay way,
                      const char *const *targets,
                      const AnnWriteOptions *options,
                      AnnProgress *progress,
                      AnnSplitFunc func,
                      gpointer user_data,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (AnnWriteOptions) usual = ann_write_options_new ();
  g_auto (Splitting) splitting = {
    .split = self,
    .data = data,
    .targets = targets,
    .options = options != NULL ? options : usual,
    .progress = progress,
    .turned = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    .removals = g_ptr_array_new_with_free_func ((GDestroyNotify) _ann_s3_removal_free),
  };
  gboolean gathers;

  if (!_ann_data_check_sets (data, cancellable, error))
    return FALSE;

  gathers = is_to_be_gathered (&splitting, way, cancellable);
  if (!announce (&splitting, gathers, cancellable, error)
      || (gathers && !gather (&splitting, cancellable, error))
      || !write_parts (&splitting, func, user_data, cancellable, error))
    return FALSE;
  if (progress != NULL)
    _ann_export_complete_progress (progress);

  return TRUE;
}

/**
 * ann_split_export:
 * @self: a split
 * @data: the store that it was made of
 * @targets: (array zero-terminated=1): where each part goes: paths or addresses whose endings say
 *   what it will be, all of one kind: `.h5ad`, `.zarr` or `.zarr.zip`
 * @options: (nullable): how, or %NULL for the usual
 * @progress: (nullable): how far all of it has come, in bytes of values
 * @func: (nullable) (scope call) (closure user_data): called when a part is complete
 * @user_data: data for @func
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Writes a store for each part, as [func@Ann.export_run] writes its rows. Whatever the number of
 * parts is, @data is read as a whole at most a few times, over a network once: where more would be
 * needed, its rows are put into the order of the parts first, in a file without a name that lies
 * beside the first target, or where temporary files go if that is on no disk. Such a file takes
 * about a third of the values' size.
 *
 * If a part fails those that were written before it are removed again, in a bucket behind the
 * caller's back; what they replaced is not brought back.
 *
 * Waits for disk and network; any thread.
 *
 * Returns: %FALSE with @error set if it failed
 */
gboolean
ann_split_export (AnnSplit *self,
                  AnnData *data,
                  const char *const *targets,
                  const AnnWriteOptions *options,
                  AnnProgress *progress,
                  AnnSplitFunc func,
                  gpointer user_data,
                  GCancellable *cancellable,
                  GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (ANN_IS_DATA (data), FALSE);
  g_return_val_if_fail (targets != NULL, FALSE);
  g_return_val_if_fail (g_strv_length ((char **) targets) == ann_split_get_n_parts (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return _ann_split_export_by (self, data, ANN_SPLIT_CHEAPEST, targets, options, progress, func,
                               user_data, cancellable, error);
}
