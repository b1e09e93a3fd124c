/* ann-missing-rows.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-missing-rows.h"

/**
 * ann_missing_rows_find:
 * @element: an element of a store
 *
 * Takes a byte a row while it looks. Any thread.
 *
 * Returns: (transfer full) (nullable) (element-type AnnRowRun): the rows that nobody has values of,
 *   since their part of the set is missing, rising; %NULL if there is none
 */
GArray *
ann_missing_rows_find (AnnElement *element)
{
  const guint64 n_rows = ann_element_get_n_rows (element);
  g_autofree guint8 *marks = n_rows > 0 ? g_try_malloc0 (n_rows) : NULL;
  g_autoptr (GArray) runs = NULL;

  if (marks == NULL || !ann_data_set_mark_missing (element, marks))
    return NULL;

  runs = g_array_new (FALSE, FALSE, sizeof (AnnRowRun));
  for (guint64 row = 0; row < n_rows; row++)
    {
      const AnnRowRun run = { row, 1 };

      if (marks[row] == 0)
        continue;
      if (row > 0 && marks[row - 1] != 0)
        g_array_index (runs, AnnRowRun, runs->len - 1).n_rows++;
      else
        g_array_append_val (runs, run);
    }

  return g_steal_pointer (&runs);
}

/**
 * ann_missing_rows_count:
 * @runs: (nullable): what ann_missing_rows_find() has found
 *
 * Returns: how many rows that are
 */
guint64
ann_missing_rows_count (const GArray *runs)
{
  guint64 n = 0;

  for (guint i = 0; runs != NULL && i < runs->len; i++)
    n += g_array_index (runs, AnnRowRun, i).n_rows;

  return n;
}

/**
 * ann_missing_rows_contain:
 * @runs: (nullable): what ann_missing_rows_find() has found
 * @row: a row
 *
 * Returns: whether it is one of them
 */
gboolean
ann_missing_rows_contain (const GArray *runs, guint64 row)
{
  for (guint i = 0; runs != NULL && i < runs->len; i++)
    {
      const AnnRowRun *run = &g_array_index (runs, AnnRowRun, i);

      if (row >= run->first && row - run->first < run->n_rows)
        return TRUE;
    }

  return FALSE;
}
