/* ann-python-write.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-python-write.h"

#include "ann-python-call.h"
#include "ann-python-data.h"
#include "ann-python-error.h"
#include "ann-python-texts.h"

/**
 * Job:
 * @data: what is written
 * @targets: where, ended by %NULL
 * @options: how
 * @progress: how far it has come
 * @warnings: (nullable): what is not as it was, ended by %NULL
 * @column: (nullable): of a split: by which column
 * @prefix: (nullable): what the names of its targets begin with
 * @suffix: (nullable): and end with
 * @split: (nullable): which rows are of which
 * @lines: (nullable): warnings with their target
 *
 * What a thread without Python does.
 */
typedef struct {
  AnnData *data;
  char **targets;
  AnnWriteOptions *options;
  AnnProgress *progress;
  char **warnings;
  const char *column;
  const char *prefix;
  const char *suffix;
  AnnSplit *split;
  GPtrArray *lines;
} Job;

static void
clear_job (Job *job)
{
  g_clear_pointer (&job->targets, g_strfreev);
  g_clear_pointer (&job->options, ann_write_options_free);
  g_clear_pointer (&job->progress, ann_progress_unref);
  g_clear_pointer (&job->warnings, g_strfreev);
  g_clear_pointer (&job->split, ann_split_unref);
  g_clear_pointer (&job->lines, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Job, clear_job)

/* --- Options --- */

/* @elements: `None`, or a list of str */
static gboolean
set_texts (AnnWriteOptions *options, const char *format, const char *compression, PyObject *wanted)
{
  g_autoptr (GError) error = NULL;

  options->format = g_strdup (format);
  options->has_compression = compression != NULL;
  if (compression != NULL && !ann_compression_parse (compression, &options->compression, &error))
    {
      PyErr_Format (PyExc_ValueError, "compression: %s", error->message);
      return FALSE;
    }
  if (wanted != Py_None)
    {
      options->elements = ann_python_dup_texts (wanted);
      return options->elements != NULL;
    }

  return TRUE;
}

/* Where an option has no meaning for the target; what the name of it does not say is told by what
 * writes.
 */
static gboolean
check_options (const AnnWriteOptions *options, const char *target)
{
  const struct {
    const char *name;
    AnnWriteOptionFlags flag;
    gboolean is_given;
  } all[] = {
    { "elements", ANN_WRITE_OPTION_ELEMENTS, options->elements != NULL },
    { "compression", ANN_WRITE_OPTION_COMPRESSION, options->has_compression },
    { "chunk_rows", ANN_WRITE_OPTION_CHUNK_ROWS, options->chunk_rows > 0 },
    { "zarr_format", ANN_WRITE_OPTION_ZARR_FORMAT, options->zarr_format > 0 },
    { "shard_rows", ANN_WRITE_OPTION_SHARD_ROWS, options->shard_rows > 0 },
    { "layout", ANN_WRITE_OPTION_LAYOUT, options->layout != ANN_MATRIX_LAYOUT_KEEP },
    { "profile", ANN_WRITE_OPTION_PROFILE, options->profile != ANN_PROFILE_PORTABLE },
    { "keep_unused_categories", ANN_WRITE_OPTION_KEEP_UNUSED_CATEGORIES,
      options->keep_unused_categories },
    { "skip_unreadable", ANN_WRITE_OPTION_SKIP_UNREADABLE, options->skip_unreadable },
  };
  AnnWriteOptionFlags useful;

  if (!ann_export_find_options (target, options, &useful, NULL))
    return TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      if (all[i].is_given && (useful & all[i].flag) == 0)
        {
          PyErr_Format (PyExc_ValueError, "%s makes no difference for this target", all[i].name);
          return FALSE;
        }
    }

  return TRUE;
}

/* @tuple: (format, profile, compression, chunk_rows, zarr_format, shard_rows, layout,
 * keep_unused_categories, skip_unreadable, overwrite, elements). %FALSE with an exception
 */
static gboolean
parse_options (PyObject *tuple, AnnWriteOptions *options)
{
  unsigned long long chunk_rows;
  unsigned long long shard_rows;
  const char *format;
  const char *compression;
  PyObject *wanted;
  int profile;
  int zarr_format;
  int layout;

  if (!PyArg_ParseTuple (tuple, "zizKiKipppO", &format, &profile, &compression, &chunk_rows,
                         &zarr_format, &shard_rows, &layout, &options->keep_unused_categories,
                         &options->skip_unreadable, &options->overwrite, &wanted)
      || !set_texts (options, format, compression, wanted))
    return FALSE;

  options->profile = (AnnProfile) profile;
  options->chunk_rows = chunk_rows;
  options->shard_rows = shard_rows;
  options->zarr_format = (guint) zarr_format;
  options->layout = (AnnMatrixLayout) layout;

  return TRUE;
}

/* %FALSE with an exception. */
static gboolean
run (PyObject *object, Job *job, AnnPythonFunc func, PyObject *callback)
{
  AnnPythonCall call = { .func = func, .data = job, .is_writing = TRUE, .callback = callback };
  gboolean is_right;

  call.progress = job->progress = ann_progress_new ();
  is_right = ann_python_call (&call);
  if (call.error != NULL)
    ann_python_raise_write (ann_python_get_state (object), call.error, ann_data_get_uri (job->data),
                            (const char *const *) job->targets);
  g_clear_error (&call.error);

  return is_right;
}

/* --- One store --- */

static gboolean
export_data (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;

  return ann_export_run (job->data, job->targets[0], job->options, job->progress, &job->warnings,
                         cancellable, error);
}

PyObject *
ann_python_data_export (PyObject *object, PyObject *arguments)
{
  g_auto (Job) job = { .data = ann_python_data_get (object), .options = ann_write_options_new () };
  const char *target;
  PyObject *tuple;
  PyObject *callback;

  if (!PyArg_ParseTuple (arguments, "yO!O", &target, &PyTuple_Type, &tuple, &callback)
      || !parse_options (tuple, job.options) || !check_options (job.options, target))
    return NULL;

  job.targets = g_strdupv ((char *[]){ (char *) target, NULL });
  if (!run (object, &job, export_data, callback))
    return NULL;

  return ann_python_list_texts ((const char *const *) job.warnings);
}

/* --- One store for each value --- */

static void
note_warnings (guint part, const char *const *warnings, gpointer user_data)
{
  Job *job = user_data;

  for (guint i = 0; warnings[i] != NULL; i++)
    g_ptr_array_add (job->lines, g_strdup_printf ("%s: %s", job->targets[part], warnings[i]));
}

static gboolean
split_data (gpointer data, GCancellable *cancellable, GError **error)
{
  Job *job = data;
  guint n_parts;

  job->split = ann_split_new (job->data, job->column, cancellable, error);
  if (job->split == NULL)
    return FALSE;

  n_parts = ann_split_get_n_parts (job->split);
  job->targets = g_new0 (char *, n_parts + 1);
  for (guint i = 0; i < n_parts; i++)
    job->targets[i] = g_strconcat (job->prefix, ann_split_get_file_name (job->split, i),
                                   job->suffix, NULL);

  return ann_split_export (job->split, job->data, (const char *const *) job->targets, job->options,
                           job->progress, note_warnings, job, cancellable, error);
}

/* A list of (label, target) */
static PyObject *
list_parts (const Job *job)
{
  PyObject *list = PyList_New (0);

  for (guint i = 0; list != NULL && job->targets[i] != NULL; i++)
    {
      PyObject *pair = Py_BuildValue ("NN",
                                      ann_python_make_text (ann_split_get_label (job->split, i)),
                                      ann_python_make_text (job->targets[i]));

      if (pair == NULL || PyList_Append (list, pair) < 0)
        Py_CLEAR (list);
      Py_XDECREF (pair);
    }

  return list;
}

PyObject *
ann_python_data_split (PyObject *object, PyObject *arguments)
{
  g_auto (Job) job = { .data = ann_python_data_get (object), .options = ann_write_options_new () };
  g_autofree char *ending = NULL;
  PyObject *tuple;
  PyObject *callback;

  if (!PyArg_ParseTuple (arguments, "yyyO!O", &job.column, &job.prefix, &job.suffix, &PyTuple_Type,
                         &tuple, &callback)
      || !parse_options (tuple, job.options))
    return NULL;
  ending = g_strconcat (".", job.options->format, NULL);
  if (!check_options (job.options, ending))
    return NULL;

  job.lines = g_ptr_array_new_with_free_func (g_free);
  if (!run (object, &job, split_data, callback))
    return NULL;

  g_ptr_array_add (job.lines, NULL);
  return Py_BuildValue ("NNK", list_parts (&job),
                        ann_python_list_texts ((const char *const *) job.lines->pdata),
                        (unsigned long long) ann_split_get_n_missing (job.split));
}
