/* ann-summary.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-summary.h"

#include "query/ann-summary-private.h"

#include "base/ann-error.h"
#include "base/ann-worker.h"

#include <math.h>

G_DEFINE_BOXED_TYPE (AnnSummary, ann_summary, ann_summary_ref, ann_summary_unref)

static AnnSummary *
ann_summary_new (void)
{
  AnnSummary *self = g_new0 (AnnSummary, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->minimum = NAN;
  self->maximum = NAN;
  self->mean = NAN;
  self->sd = NAN;
  for (guint i = 0; i < ANN_SUMMARY_N_QUANTILES; i++)
    self->quantiles[i] = NAN;

  return self;
}

/**
 * ann_summary_ref:
 * @self: a summary
 *
 * Returns: (transfer full): @self
 */
AnnSummary *
ann_summary_ref (AnnSummary *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_summary_unref:
 * @self: (transfer full): a summary
 */
void
ann_summary_unref (AnnSummary *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  for (gsize i = 0; i < self->n_values; i++)
    g_free (self->values[i].text);
  g_free (self->values);
  g_free (self);
}

static double
compute_edge (const AnnSummary *self, guint index)
{
  const double low = self->histogram_low;
  const double high = self->histogram_high;

  if (index == self->n_bins)
    return high;
  if (isfinite (high - low))
    return low + index * ((high - low) / self->n_bins);

  return 2 * (low / 2 + index * ((high / 2 - low / 2) / self->n_bins));
}

void
_ann_summary_set_edges (AnnSummary *self)
{
  for (guint i = 0; i <= self->n_bins; i++)
    self->edges[i] = compute_edge (self, i);
  self->bins_per_half = self->n_bins / (self->histogram_high / 2 - self->histogram_low / 2);
}

/**
 * ann_summary_get_bin_edge:
 * @self: a summary of numbers
 * @index: from 0 to the number of bins
 *
 * Returns: where bin @index begins and the one before it ends
 */
double
ann_summary_get_bin_edge (const AnnSummary *self, guint index)
{
  g_return_val_if_fail (self != NULL && index <= self->n_bins, NAN);

  return self->edges[index];
}

/**
 * ann_summary_find_bin:
 * @self: a summary of numbers that has bins
 * @value: a finite number; what lies outside of all bins belongs to the one at that end
 *
 * Says where a value was counted: computed, then set right by the edges, as numpy does.
 *
 * Returns: the number of the bin
 */
guint
ann_summary_find_bin (const AnnSummary *self, double value)
{
  const guint last = self->n_bins - 1;
  /* Halves do not overflow. */
  const double place = (value / 2 - self->edges[0] / 2) * self->bins_per_half;
  guint bin = place >= last ? last : place > 0 ? (guint) place : 0;

  while (bin > 0 && value < self->edges[bin])
    bin--;
  while (bin < last && value >= self->edges[bin + 1])
    bin++;

  return bin;
}

/* --- Making one --- */

static gboolean
is_scalar (AnnElement *element)
{
  AnnElementKind kind = ann_element_get_kind (element);

  return kind == ANN_ELEMENT_STRING || kind == ANN_ELEMENT_NUMBER;
}

static gboolean
init_source (AnnSummarySource *self, GError **error)
{
  guint64 n_rows = is_scalar (self->element) ? 1 : ann_element_get_n_rows (self->element);
  guint64 width = is_scalar (self->element) ? 1 : ann_element_get_width (self->element);

  if (self->rows != NULL && ann_selection_get_axis_length (self->rows) != n_rows)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
                   "%s: the selection is one of %" G_GUINT64_FORMAT
                   " rows, but there are %" G_GUINT64_FORMAT,
                   ann_element_get_path (self->element), ann_selection_get_axis_length (self->rows),
                   n_rows);
      return FALSE;
    }

  self->n_rows = self->rows != NULL ? ann_selection_get_length (self->rows) : n_rows;
  if (!g_uint64_checked_mul (&self->n_values, self->n_rows, width))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "%s: has more cells than can be counted",
                   ann_element_get_path (self->element));
      return FALSE;
    }

  return TRUE;
}

static gboolean
add_values (AnnSummary *summary, const AnnSummarySource *source, GError **error)
{
  AnnElement *element = source->element;

  switch (ann_element_get_kind (element))
    {
    case ANN_ELEMENT_DENSE:
    case ANN_ELEMENT_CSR:
    case ANN_ELEMENT_CSC:
    case ANN_ELEMENT_NULLABLE_INTEGER:
    case ANN_ELEMENT_NULLABLE_BOOLEAN:
    case ANN_ELEMENT_NUMBER:
      if (ann_dtype_is_real (ann_element_get_dtype (element)))
        return _ann_summary_add_numbers (summary, source, error);
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: values of type %s have no order, so there is no summary of them",
                   ann_element_get_path (element),
                   ann_dtype_get_name (ann_element_get_dtype (element)));
      return FALSE;

    case ANN_ELEMENT_CATEGORICAL:
      return _ann_summary_add_categories (summary, source, error);

    case ANN_ELEMENT_NULLABLE_STRING:
    case ANN_ELEMENT_STRINGS:
    case ANN_ELEMENT_STRING:
    case ANN_ELEMENT_BYTES:
    case ANN_ELEMENT_SEQUENCES:
      return _ann_summary_add_texts (summary, source, error);

    case ANN_ELEMENT_ANNDATA:
    case ANN_ELEMENT_RAW:
    case ANN_ELEMENT_MAPPING:
    case ANN_ELEMENT_FRAME:
    case ANN_ELEMENT_RECORDS:
    case ANN_ELEMENT_AWKWARD:
    case ANN_ELEMENT_NULL:
    case ANN_ELEMENT_OPAQUE:
    default:
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: is %s; a summary is one of a column, an array or a matrix",
                   ann_element_get_path (element),
                   ann_element_kind_get_name (ann_element_get_kind (element)));
      return FALSE;
    }
}

/**
 * ann_summary_new_for_element:
 * @element: a column, an array of any rank, a matrix, a scalar
 * @rows: (nullable): which rows, each as often as it is there; %NULL for all
 * @progress: (nullable): is told how many values there are and how many have been looked at
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Looks at all values, with all cores. Memory is bounded whatever there are: quantiles come from
 * several passes instead of a sorted copy. The same values give the same summary to the last bit.
 *
 * Fails with `ANN_ERROR_UNSUPPORTED` for what is no column, array or matrix, and for complex
 * numbers; with `ANN_ERROR_CHANGED` if the values were not the same in two passes.
 *
 * This waits for the disk; a user interface takes [func@Ann.Summary.compute_async].
 *
 * Returns: (transfer full): the summary, or %NULL with @error set
 */
AnnSummary *
ann_summary_new_for_element (AnnElement *element,
                             AnnSelection *rows,
                             AnnProgress *progress,
                             GCancellable *cancellable,
                             GError **error)
{
  AnnSummarySource source = { element, rows, progress, cancellable, 0, 0 };
  g_autoptr (AnnSummary) self = NULL;

  g_return_val_if_fail (ANN_IS_ELEMENT (element), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (ann_element_get_error (element) != NULL)
    {
      g_propagate_error (error, g_error_copy (ann_element_get_error (element)));
      return NULL;
    }
  if (g_cancellable_set_error_if_cancelled (cancellable, error) || !init_source (&source, error))
    return NULL;

  self = ann_summary_new ();
  self->n = source.n_values;
  if (!add_values (self, &source, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* --- In a thread --- */

typedef struct {
  AnnElement *element;
  AnnSelection *rows;
  AnnProgress *progress;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_object_unref (request->element);
  g_clear_pointer (&request->rows, ann_selection_unref);
  g_clear_pointer (&request->progress, ann_progress_unref);
  g_free (request);
}

static void
summary_free (gpointer data)
{
  ann_summary_unref (data);
}

static void
compute_in_worker (GTask *task,
                   G_GNUC_UNUSED gpointer source_object,
                   gpointer task_data,
                   GCancellable *cancellable)
{
  const Request *request = task_data;
  GError *error = NULL;
  AnnSummary *summary;

  summary = ann_summary_new_for_element (request->element, request->rows, request->progress,
                                         cancellable, &error);
  if (summary != NULL)
    g_task_return_pointer (task, summary, summary_free);
  else
    g_task_return_error (task, error);
}

/**
 * ann_summary_compute_async:
 * @element: a column, an array of any rank, a matrix, a scalar
 * @rows: (nullable): which rows, each as often as it is there; %NULL for all
 * @progress: (nullable): is told how many values there are and how many have been looked at
 * @io_priority: the more negative, the sooner
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * As [func@Ann.Summary.new_for_element], in threads of the library.
 */
void
ann_summary_compute_async (AnnElement *element,
                           AnnSelection *rows,
                           AnnProgress *progress,
                           int io_priority,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Request *request;

  g_return_if_fail (ANN_IS_ELEMENT (element));

  request = g_new0 (Request, 1);
  request->element = g_object_ref (element);
  request->rows = rows != NULL ? ann_selection_ref (rows) : NULL;
  request->progress = progress != NULL ? ann_progress_ref (progress) : NULL;

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, ann_summary_compute_async);
  g_task_set_priority (task, io_priority);
  g_task_set_task_data (task, request, request_free);
  ann_worker_run_task (task, ANN_LANE_READ, compute_in_worker);
}

/**
 * ann_summary_compute_finish:
 * @result: what the callback was given
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full): the summary, or %NULL with @error set
 */
AnnSummary *
ann_summary_compute_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
