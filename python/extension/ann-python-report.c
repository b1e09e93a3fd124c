/* ann-python-report.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-python-report.h"

#include "ann-python-call.h"
#include "ann-python-data.h"
#include "ann-python-element.h"
#include "ann-python-error.h"
#include "ann-python-texts.h"

/* --- The rules --- */

typedef struct {
  AnnData *data;
  int is_deep;
  AnnProgress *progress;
  AnnReport *report;
} Validation;

static gboolean
validate (gpointer data, GCancellable *cancellable, GError **error)
{
  Validation *job = data;

  job->report = ann_validate (job->data, job->is_deep, job->progress, cancellable, error);

  return job->report != NULL;
}

/* Takes @item in any case, which may be %NULL with an exception. */
static gboolean
append (PyObject *list, PyObject *item)
{
  const gboolean is_right = item != NULL && PyList_Append (list, item) == 0;

  Py_XDECREF (item);

  return is_right;
}

static PyObject *
list_findings (const AnnReport *report)
{
  const guint n_findings = ann_report_get_n_findings (report);
  PyObject *list = PyList_New (0);

  for (guint i = 0; list != NULL && i < n_findings; i++)
    {
      const AnnFinding *finding = ann_report_get_finding (report, i);

      if (!append (list,
                   Py_BuildValue (
                       "NNNN", ann_python_make_text (ann_severity_get_name (finding->severity)),
                       ann_python_make_text (finding->rule), ann_python_make_text (finding->path),
                       ann_python_make_text (finding->message))))
        Py_CLEAR (list);
    }

  return list;
}

PyObject *
ann_python_data_validate (PyObject *object, PyObject *arguments)
{
  Validation job = { .data = ann_python_data_get (object) };
  AnnPythonCall call = { .func = validate, .data = &job };
  PyObject *result = NULL;

  if (!PyArg_ParseTuple (arguments, "pO", &job.is_deep, &call.callback))
    return NULL;

  call.progress = job.progress = ann_progress_new ();
  if (ann_python_call (&call))
    result = Py_BuildValue ("NKK", list_findings (job.report),
                            (unsigned long long) ann_report_get_n_elements (job.report),
                            (unsigned long long) ann_report_get_n_unread (job.report));
  else if (call.error != NULL)
    ann_python_raise (ann_python_get_state (object), call.error, ann_data_get_uri (job.data));
  g_clear_error (&call.error);
  g_clear_pointer (&job.report, ann_report_unref);
  ann_progress_unref (job.progress);

  return result;
}

/* --- The values --- */

typedef struct {
  AnnElement *element;
  AnnSummary *summary;
} Summarizing;

static gboolean
summarize (gpointer data, GCancellable *cancellable, GError **error)
{
  Summarizing *job = data;

  job->summary = ann_summary_new_for_element (job->element, NULL, NULL, cancellable, error);

  return job->summary != NULL;
}

/* Takes @value in any case. %FALSE with an exception. */
static gboolean
set_item (PyObject *dict, const char *name, PyObject *value)
{
  const gboolean is_right = value != NULL && PyDict_SetItemString (dict, name, value) == 0;

  Py_XDECREF (value);

  return is_right;
}

static gboolean
set_count (PyObject *dict, const char *name, guint64 count)
{
  return set_item (dict, name, PyLong_FromUnsignedLongLong (count));
}

static gboolean
set_number (PyObject *dict, const char *name, double number)
{
  return set_item (dict, name, PyFloat_FromDouble (number));
}

static PyObject *
make_quantiles (const AnnSummary *summary)
{
  const double *at = summary->quantiles;

  return Py_BuildValue ("{s:d,s:d,s:d,s:d,s:d}", "0.05", at[0], "0.25", at[1], "0.5", at[2], "0.75",
                        at[3], "0.95", at[4]);
}

static PyObject *
make_histogram (const AnnSummary *summary)
{
  PyObject *counts = PyList_New (0);

  for (guint i = 0; counts != NULL && i < summary->n_bins; i++)
    if (!append (counts, PyLong_FromUnsignedLongLong (summary->bins[i])))
      Py_CLEAR (counts);

  return Py_BuildValue ("{s:d,s:d,s:N}", "low", summary->histogram_low, "high",
                        summary->histogram_high, "counts", counts);
}

static gboolean
set_numbers (PyObject *dict, const AnnSummary *summary)
{
  return set_count (dict, "finite", summary->n_finite)
         && set_count (dict, "infinite", summary->n_infinite)
         && set_count (dict, "zero", summary->n_zero)
         && set_count (dict, "negative", summary->n_negative)
         && set_item (dict, "integral", PyBool_FromLong (summary->is_integral))
         && set_number (dict, "min", summary->minimum)
         && set_item (dict, "quantiles", make_quantiles (summary))
         && set_number (dict, "max", summary->maximum) && set_number (dict, "mean", summary->mean)
         && set_number (dict, "sd", summary->sd)
         && (summary->n_bins == 0 || set_item (dict, "histogram", make_histogram (summary)));
}

/* Pairs, for texts of a store may be the same once what is no UTF-8 is replaced. */
static PyObject *
list_values (const AnnSummary *summary)
{
  PyObject *list = PyList_New (0);

  for (gsize i = 0; list != NULL && i < summary->n_values; i++)
    if (!append (list, Py_BuildValue ("NK", ann_python_make_text (summary->values[i].text),
                                      (unsigned long long) summary->values[i].count)))
      Py_CLEAR (list);

  return list;
}

static PyObject *
make_summary (AnnElement *element, const AnnSummary *summary)
{
  PyObject *dict = PyDict_New ();

  if (dict == NULL)
    return NULL;
  if (set_count (dict, "n", summary->n) && set_count (dict, "missing", summary->n_missing)
      && set_count (dict, "invalid", summary->n_invalid)
      && set_count (dict, "distinct", summary->n_distinct)
      && set_item (dict, "distinct_is_exact", PyBool_FromLong (summary->n_distinct_is_exact))
      && (!ANN_IS_SPARSE (element) || set_count (dict, "stored", summary->n_stored))
      && (summary->is_numeric ? set_numbers (dict, summary)
                              : set_item (dict, "values", list_values (summary))))
    return dict;

  Py_DECREF (dict);
  return NULL;
}

PyObject *
ann_python_element_summarize (PyObject *object, G_GNUC_UNUSED PyObject *unused)
{
  Summarizing job = { .element = ann_python_element_get (object) };
  AnnPythonCall call = { .func = summarize, .data = &job };
  PyObject *result = NULL;

  if (ann_python_call (&call))
    result = make_summary (job.element, job.summary);
  else if (call.error != NULL)
    ann_python_raise (ann_python_get_state (object), call.error,
                      ann_python_element_get_store (object));
  g_clear_error (&call.error);
  g_clear_pointer (&job.summary, ann_summary_unref);

  return result;
}
