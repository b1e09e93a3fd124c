/* ann-summary-texts.c: the summary of texts and categories
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "query/ann-summary-private.h"
#include "query/ann-text-counts-private.h"

#include "base/ann-error.h"
#include "element/ann-categorical.h"

#include <stdlib.h>

/* --- Texts --- */

typedef struct {
  AnnSummary *summary;
  AnnTextCounts counts;
} Texts;

static gboolean
take_texts (const AnnBlock *block, gpointer user_data, GError **error)
{
  Texts *self = user_data;
  const gsize n = (gsize) (block->count * block->width);

  if (block->texts == NULL || ann_strings_get_length (block->texts) < n)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED, "There are no texts");
      return FALSE;
    }

  for (gsize i = 0; i < n; i++)
    {
      gsize length;
      const char *text = ann_strings_get (block->texts, i, &length);

      if (ann_block_is_missing (block, i))
        self->summary->n_missing++;
      else if (!_ann_text_counts_add (&self->counts, text, length, error))
        return FALSE;
    }

  return TRUE;
}

typedef struct {
  guint64 count;
  guint32 index;
} Frequent;

/* The most frequent first; of equally frequent ones that which came first. */
static int
compare_frequent (gconstpointer a, gconstpointer b)
{
  const Frequent *one = a;
  const Frequent *other = b;

  if (one->count != other->count)
    return one->count > other->count ? -1 : 1;

  return one->index < other->index ? -1 : one->index > other->index;
}

static gboolean
set_frequent (AnnSummary *summary, const AnnTextCounts *counts, GError **error)
{
  const gsize n = _ann_text_counts_get_length (counts);
  g_autofree Frequent *frequent = g_try_new (Frequent, MAX (1, n));

  if (frequent == NULL)
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_TOO_LARGE, "No memory to sort the texts");
      return FALSE;
    }

  for (gsize i = 0; i < n; i++)
    frequent[i] = (Frequent){ _ann_text_counts_get (counts, i), (guint32) i };
  qsort (frequent, n, sizeof *frequent, compare_frequent);

  summary->n_values = MIN (n, ANN_SUMMARY_MAX_TEXTS);
  summary->values = g_new0 (AnnValueCount, MAX (1, summary->n_values));
  for (gsize i = 0; i < summary->n_values; i++)
    {
      summary->values[i].text = _ann_text_counts_dup_text (counts, frequent[i].index);
      summary->values[i].count = frequent[i].count;
    }

  return TRUE;
}

gboolean
_ann_summary_add_texts (AnnSummary *summary, const AnnSummarySource *source, GError **error)
{
  Texts self = { .summary = summary };
  gboolean done;

  if (source->progress != NULL)
    ann_progress_add_total (source->progress, source->n_values);
  done = _ann_summary_source_scan_blocks (source, take_texts, &self, error)
         && set_frequent (summary, &self.counts, error);
  summary->n_distinct = _ann_text_counts_get_length (&self.counts);
  summary->n_distinct_is_exact = !self.counts.is_full;
  _ann_text_counts_clear (&self.counts);

  return done;
}

/* --- Categories --- */

static gboolean
take_codes (const AnnBlock *block, gpointer user_data, G_GNUC_UNUSED GError **error)
{
  AnnSummary *summary = user_data;
  const gint32 *codes = ann_buffer_get_data (block->values);

  for (guint64 i = 0; i < block->count; i++)
    {
      if (codes[i] >= 0)
        summary->values[codes[i]].count++;
      else if (codes[i] == -1)
        summary->n_missing++;
      else
        summary->n_invalid++;
    }

  return TRUE;
}

gboolean
_ann_summary_add_categories (AnnSummary *summary, const AnnSummarySource *source, GError **error)
{
  AnnCategorical *categorical = ANN_CATEGORICAL (source->element);
  const guint64 n = ann_categorical_get_n_categories (categorical);
  g_autoptr (AnnStrings) labels = NULL;

  labels = ann_categorical_read_labels (categorical, source->cancellable, error);
  if (labels == NULL)
    return FALSE;

  summary->values = g_try_new0 (AnnValueCount, MAX (1, n));
  if (summary->values == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
                   "%s: no memory to count %" G_GUINT64_FORMAT " categories",
                   ann_element_get_path (source->element), n);
      return FALSE;
    }
  summary->n_values = n;
  for (gsize i = 0; i < n; i++)
    summary->values[i].text = ann_strings_dup_utf8 (labels, i);

  if (source->progress != NULL)
    ann_progress_add_total (source->progress, source->n_values);
  if (!_ann_summary_source_scan_blocks (source, take_codes, summary, error))
    return FALSE;

  for (gsize i = 0; i < n; i++)
    summary->n_distinct += summary->values[i].count > 0;
  summary->n_distinct_is_exact = TRUE;

  return TRUE;
}
