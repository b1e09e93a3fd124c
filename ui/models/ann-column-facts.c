/* ann-column-facts.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-column-facts.h"

#include "models/ann-loaded-rows.h"
#include "models/ann-number-text.h"

#include <math.h>

/* How many rows tell the decimals and the width of a column, and how many labels its width. */
#define N_SAMPLE 256
#define N_SAMPLE_LABELS 1000
/* How many texts the drawing may have to measure. */
#define N_WIDEST 8

static AnnColumnKind
find_kind (AnnElement *element)
{
  const AnnDtype dtype = ann_element_get_dtype (element);

  if (ann_element_get_kind (element) == ANN_ELEMENT_CATEGORICAL)
    return ANN_COLUMN_CATEGORY;
  if (ann_dtype_comes_as_strings (dtype))
    return ANN_COLUMN_TEXT;
  if (dtype == ANN_DTYPE_BOOL)
    return ANN_COLUMN_BOOLEAN;

  return ANN_COLUMN_NUMBER;
}

static int
compare_lengths (gconstpointer a, gconstpointer b)
{
  const glong left = g_utf8_strlen (*(char *const *) a, -1);
  const glong right = g_utf8_strlen (*(char *const *) b, -1);

  return left < right ? -1 : left > right;
}

/* Which of the longest is the widest, only the one who draws knows. */
static char **
take_last (GPtrArray *texts)
{
  g_autoptr (GPtrArray) last = g_ptr_array_new ();

  for (guint i = texts->len; i > 0 && last->len < N_WIDEST; i--)
    {
      const char *text = g_ptr_array_index (texts, i - 1);

      if (!g_ptr_array_find_with_equal_func (last, text, g_str_equal, NULL))
        g_ptr_array_add (last, g_strdup (text));
    }
  g_ptr_array_add (last, NULL);

  return (char **) g_ptr_array_free (g_steal_pointer (&last), FALSE);
}

static void
choose_widest (AnnColumnFacts *facts, GPtrArray *texts)
{
  if (texts->len == 0)
    return;

  g_ptr_array_sort (texts, compare_lengths);
  facts->widest = take_last (texts);
  facts->usual = g_strdup (g_ptr_array_index (texts, (texts->len * 9 - 1) / 10));
  facts->width_chars = (guint) g_utf8_strlen (facts->usual, -1);
}

static void
sample_labels (AnnColumnFacts *facts)
{
  const gsize n = MIN (ann_strings_get_length (facts->labels), N_SAMPLE_LABELS);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);

  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (texts, ann_strings_dup_utf8 (facts->labels, i));
  choose_widest (facts, texts);
}

static void
sample_decimals (AnnColumnFacts *facts, const AnnLoadedRows *rows)
{
  const guint64 width = MIN (facts->width, N_SAMPLE);
  AnnNumberSample sample = { 0 };

  for (gsize i = 0; i < ann_loaded_rows_get_n_rows (rows); i++)
    {
      for (guint64 k = 0; k < width; k++)
        {
          double value;

          if (ann_loaded_rows_get_double (rows, i, k, &value))
            ann_number_sample_add (&sample, value);
        }
    }
  facts->decimals = ann_number_sample_choose_decimals (&sample);
}

static void
sample_width (AnnColumnFacts *facts, const AnnLoadedRows *rows)
{
  const guint64 width = MIN (facts->width, 16);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; i < ann_loaded_rows_get_n_rows (rows); i++)
    {
      for (guint64 k = 0; k < width; k++)
        {
          AnnTableCell cell = { .state = ANN_CELL_LOADING };

          g_string_truncate (text, 0);
          ann_loaded_rows_get_cell (rows, facts, NULL, i, k, &cell, text);
          if (cell.state == ANN_CELL_VALUE)
            g_ptr_array_add (texts, g_strdup (text->str));
        }
    }
  choose_widest (facts, texts);
}

static gboolean
is_float (const AnnColumnFacts *facts)
{
  return ann_dtype_is_float (ann_element_get_dtype (facts->element));
}

/* By rows a CSC matrix is read as a whole: the stored values of a few columns tell the same. */
static gboolean
sample_columns (AnnColumnFacts *facts, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnBlock) block = NULL;
  AnnNumberSample sample = { 0 };
  gsize n;

  facts->width_chars = 7;
  if (facts->width == 0)
    return TRUE;

  block = ann_element_read_columns (facts->element, 0, MIN (facts->width, 4), cancellable, error);
  if (block == NULL)
    return FALSE;

  n = MIN (ann_buffer_get_n_elements (block->values), 4096);
  for (gsize i = 0; i < n && is_float (facts); i++)
    ann_number_sample_add (&sample, ann_buffer_get_double (block->values, i));
  facts->decimals = ann_number_sample_choose_decimals (&sample);

  return TRUE;
}

static gboolean
sample_rows (AnnColumnFacts *facts, GCancellable *cancellable, GError **error)
{
  const guint64 fit = (1 << 20) / MAX (facts->width, 1);
  const guint64 n_rows = MIN (facts->n_rows, CLAMP (fit, 1, N_SAMPLE));
  g_autoptr (AnnLoadedRows) rows = ann_loaded_rows_read (facts->element, NULL, 0, n_rows,
                                                         cancellable, error);

  if (rows == NULL)
    return FALSE;

  if (is_float (facts))
    sample_decimals (facts, rows);
  sample_width (facts, rows);

  return TRUE;
}

static gboolean
read_labels (AnnColumnFacts *facts, GCancellable *cancellable, GError **error)
{
  facts->labels = ann_categorical_read_labels (ANN_CATEGORICAL (facts->element), cancellable,
                                               error);
  if (facts->labels == NULL)
    return FALSE;

  sample_labels (facts);

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static gboolean
look (AnnColumnFacts *facts, GCancellable *cancellable, GError **error)
{
  const GError *broken = ann_element_get_error (facts->element);

  if (broken != NULL)
    {
      g_propagate_error (error, g_error_copy (broken));
      return FALSE;
    }
  if (ANN_IS_CATEGORICAL (facts->element))
    return read_labels (facts, cancellable, error);
  if (ann_element_get_kind (facts->element) == ANN_ELEMENT_CSC)
    return sample_columns (facts, cancellable, error);

  return sample_rows (facts, cancellable, error);
}

/**
 * ann_column_facts_is_reason:
 * @error: why a column could not be looked at
 *
 * Returns: whether that is a fact about the column: not if the work was given up or the network was
 *   in trouble, for it may be looked at later
 */
gboolean
ann_column_facts_is_reason (const GError *error)
{
  return !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
         && !g_error_matches (error, ANN_ERROR, ANN_ERROR_CHANGED)
         && !ann_http_error_is_passing (error);
}

/**
 * ann_column_facts_new:
 * @element: the column, or a whole matrix
 * @cancellable: (nullable): to give up
 * @error: return location for a cancellation, or trouble with the network
 *
 * Looks at the first values. What is wrong with them is one of the facts. Blocks; any thread.
 *
 * Returns: (transfer full) (nullable): what is known of the column; %NULL with @error
 */
AnnColumnFacts *
ann_column_facts_new (AnnElement *element, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnColumnFacts) self = g_new0 (AnnColumnFacts, 1);
  GError *local_error = NULL;

  self->element = g_object_ref (element);
  self->kind = find_kind (element);
  self->type_name = self->kind == ANN_COLUMN_CATEGORY
                        ? "category"
                        : ann_dtype_get_name (ann_element_get_dtype (element));
  self->n_rows = ann_element_get_n_rows (element);
  self->width = ann_element_get_width (element);
  self->width_chars = 4;

  if (!look (self, cancellable, &local_error))
    {
      if (!ann_column_facts_is_reason (local_error))
        {
          g_propagate_error (error, local_error);
          return NULL;
        }
      self->error = local_error;
    }

  return g_steal_pointer (&self);
}

/**
 * ann_column_facts_new_broken:
 * @error: (transfer full): why a column cannot even be opened
 *
 * Returns: (transfer full): all that is known of it
 */
AnnColumnFacts *
ann_column_facts_new_broken (GError *error)
{
  AnnColumnFacts *self = g_new0 (AnnColumnFacts, 1);

  self->kind = ANN_COLUMN_TEXT;
  self->width_chars = 4;
  self->error = error;

  return self;
}

/**
 * ann_column_facts_free:
 * @self: (transfer full): facts
 */
void
ann_column_facts_free (AnnColumnFacts *self)
{
  g_clear_object (&self->element);
  g_clear_pointer (&self->labels, ann_strings_unref);
  g_strfreev (self->widest);
  g_free (self->usual);
  g_clear_error (&self->error);
  g_free (self);
}
