/* ann-column-statistics.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-column-statistics.h"

#include <math.h>

/* Rows that are read at once. */
#define N_ROWS 65536

/* A value that is in no class: infinite, no category, or rarer than those that are listed. */
#define CLASS_NONE (G_MAXUINT - 1)

/**
 * ann_column_statistics_ref:
 * @self: statistics
 *
 * Returns: (transfer full): @self
 */
AnnColumnStatistics *
ann_column_statistics_ref (AnnColumnStatistics *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_column_statistics_unref:
 * @self: (transfer full): statistics
 */
void
ann_column_statistics_unref (AnnColumnStatistics *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_object (&self->element);
  g_clear_pointer (&self->summary, ann_summary_unref);
  g_clear_pointer (&self->classes, g_hash_table_unref);
  g_free (self->colors);
  g_free (self);
}

/**
 * ann_selected_statistics_free:
 * @self: (transfer full): statistics
 */
void
ann_selected_statistics_free (AnnSelectedStatistics *self)
{
  g_clear_pointer (&self->summary, ann_summary_unref);
  g_free (self->counts);
  g_free (self);
}

static gboolean
is_categorical (const AnnColumnStatistics *self)
{
  return ann_element_get_kind (self->element) == ANN_ELEMENT_CATEGORICAL;
}

static void
make_classes (AnnColumnStatistics *self)
{
  const AnnSummary *summary = self->summary;

  if (summary->is_numeric)
    {
      self->n_classes = summary->n_bins;
      return;
    }

  self->n_classes = (guint) MIN (summary->n_values, CLASS_NONE - 1);
  if (is_categorical (self))
    return;

  self->classes = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < self->n_classes; i++)
    g_hash_table_insert (self->classes, summary->values[i].text, GUINT_TO_POINTER (i));
}

/**
 * ann_column_statistics_read:
 * @model: a table
 * @column: one of its columns
 * @progress: (nullable): how far it has come
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Goes through all values of the column. Blocks; any thread.
 *
 * Returns: (transfer full) (nullable): what it holds
 */
AnnColumnStatistics *
ann_column_statistics_read (AnnTableModel *model,
                            guint64 column,
                            AnnProgress *progress,
                            GCancellable *cancellable,
                            GError **error)
{
  g_autoptr (AnnColumnStatistics) self = g_new0 (AnnColumnStatistics, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->element = ann_table_model_open_column (model, column, &self->colors, cancellable, error);
  if (self->element == NULL)
    return NULL;
  self->summary = ann_summary_new_for_element (self->element, NULL, progress, cancellable, error);
  if (self->summary == NULL)
    return NULL;
  make_classes (self);

  return g_steal_pointer (&self);
}

/* ---- Classes ---- */

static guint
find_number_class (const AnnColumnStatistics *self, const AnnBlock *block, gsize row)
{
  const double value = ann_buffer_get_double (block->values, row);

  if (isnan (value))
    return ANN_CLASS_MISSING;
  if (isinf (value) || self->summary->n_bins == 0)
    return CLASS_NONE;

  return ann_summary_find_bin (self->summary, value);
}

static guint
find_code_class (const AnnColumnStatistics *self, const AnnBlock *block, gsize row)
{
  const double code = ann_buffer_get_double (block->values, row);

  if (code == -1)
    return ANN_CLASS_MISSING;

  return code >= 0 && code < self->n_classes ? (guint) code : CLASS_NONE;
}

static guint
find_text_class (const AnnColumnStatistics *self,
                 const AnnBlock *block,
                 gsize row,
                 GString *scratch)
{
  gpointer class;

  g_string_truncate (scratch, 0);
  if (!ann_cell_append_value (scratch, block, NULL, row, 0))
    return ANN_CLASS_MISSING;

  return g_hash_table_lookup_extended (self->classes, scratch->str, NULL, &class)
             ? GPOINTER_TO_UINT (class)
             : CLASS_NONE;
}

static guint
find_class (const AnnColumnStatistics *self, const AnnBlock *block, gsize row, GString *scratch)
{
  if (ann_block_is_missing (block, row))
    return ANN_CLASS_MISSING;
  if (self->summary->is_numeric)
    return find_number_class (self, block, row);
  if (is_categorical (self))
    return find_code_class (self, block, row);

  return find_text_class (self, block, row, scratch);
}

/* ---- Of selected rows ---- */

static AnnBlock *
read_some (AnnColumnStatistics *self,
           AnnSelection *rows,
           guint64 start,
           guint64 count,
           GCancellable *cancellable,
           GError **error)
{
  g_autofree gint64 *positions = g_new (gint64, N_ROWS);
  g_autoptr (AnnSelection) piece = NULL;

  for (guint64 i = 0; i < count; i++)
    positions[i] = (gint64) ann_selection_get_position (rows, start + i);
  piece = ann_selection_new_from_indices (positions, count, ann_selection_get_axis_length (rows),
                                          error);
  if (piece == NULL)
    return NULL;

  return ann_element_read (self->element, piece, NULL, cancellable, error);
}

static gboolean
count_classes (AnnColumnStatistics *self,
               AnnSelection *rows,
               guint64 *counts,
               AnnProgress *progress,
               GCancellable *cancellable,
               GError **error)
{
  const guint64 n_rows = ann_selection_get_length (rows);
  g_autoptr (GString) scratch = g_string_new (NULL);

  if (progress != NULL)
    ann_progress_add_total (progress, n_rows);
  for (guint64 start = 0; start < n_rows; start += N_ROWS)
    {
      const guint64 n = MIN (N_ROWS, n_rows - start);
      g_autoptr (AnnBlock) block = read_some (self, rows, start, n, cancellable, error);

      if (block == NULL)
        return FALSE;
      for (guint64 i = 0; i < n; i++)
        {
          const guint class = find_class (self, block, i, scratch);

          if (class < self->n_classes)
            counts[class]++;
        }
      if (progress != NULL)
        ann_progress_add_done (progress, n);
    }

  return TRUE;
}

/**
 * ann_column_statistics_read_selected:
 * @self: the statistics of a column
 * @rows: some of its rows
 * @progress: (nullable): how far it has come
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Goes through these rows. Blocks; any thread.
 *
 * Returns: (transfer full) (nullable): what they hold
 */
AnnSelectedStatistics *
ann_column_statistics_read_selected (AnnColumnStatistics *self,
                                     AnnSelection *rows,
                                     AnnProgress *progress,
                                     GCancellable *cancellable,
                                     GError **error)
{
  g_autoptr (AnnSelectedStatistics) selected = g_new0 (AnnSelectedStatistics, 1);

  selected->counts = g_new0 (guint64, MAX (self->n_classes, 1));
  selected->summary = ann_summary_new_for_element (self->element, rows, progress, cancellable,
                                                   error);
  if (selected->summary == NULL
      || !count_classes (self, rows, selected->counts, progress, cancellable, error))
    return NULL;

  return g_steal_pointer (&selected);
}

/* ---- Rows of some classes ---- */

/**
 * ann_column_statistics_find_rows:
 * @self: the statistics of a column
 * @first_class: a bin, or the number of a value; or ANN_CLASS_MISSING
 * @last_class: a bin not before it; or the same
 * @progress: (nullable): how far it has come
 * @cancellable: (nullable): to give up
 * @error: return location for an error
 *
 * Goes through all rows. Blocks; any thread.
 *
 * Returns: (transfer full) (nullable): those that are in these classes
 */
AnnRowSelection *
ann_column_statistics_find_rows (AnnColumnStatistics *self,
                                 guint first_class,
                                 guint last_class,
                                 AnnProgress *progress,
                                 GCancellable *cancellable,
                                 GError **error)
{
  const guint64 n_rows = ann_element_get_n_rows (self->element);
  g_autoptr (AnnRowSelection) rows = ann_row_selection_new ();
  g_autoptr (GString) scratch = g_string_new (NULL);
  guint64 begin = 0; /* of the range that is being looked at */

  if (progress != NULL)
    ann_progress_add_total (progress, n_rows);
  for (guint64 start = 0; start < n_rows; start += N_ROWS)
    {
      const guint64 n = MIN (N_ROWS, n_rows - start);
      g_autoptr (AnnBlock) block = ann_element_read_rows (self->element, start, n, cancellable,
                                                          error);

      if (block == NULL)
        return NULL;
      for (guint64 i = 0; i < n; i++)
        {
          const guint class = find_class (self, block, i, scratch);

          if (class >= first_class && class <= last_class)
            continue;
          if (begin < start + i)
            ann_row_selection_add (rows, begin, start + i);
          begin = start + i + 1;
        }
      if (progress != NULL)
        ann_progress_add_done (progress, n);
    }
  if (begin < n_rows)
    ann_row_selection_add (rows, begin, n_rows);

  return g_steal_pointer (&rows);
}
