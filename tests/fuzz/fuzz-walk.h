/* fuzz-walk.h: everything that can be asked of an element, in small pieces
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-cell.h"
#include "element/ann-element.h"

#define MAX_ELEMENTS 300
#define MAX_DEPTH 8
#define MAX_WIDTH 4096 /* of what is read */
#define N_ROWS 5

static void
walk_block (const AnnBlock *block)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (ann_block_is_sparse (block))
    return;
  for (guint64 i = 0; i < block->count; i++)
    for (guint64 j = 0; j < MIN (block->width, 20); j++)
      ann_cell_append_value (text, block, NULL, i, j);
}

static void
walk_rows (AnnElement *element, guint64 start, guint64 count)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBlock) block = ann_element_read_rows (element, start, count, NULL, &error);

  if (block != NULL)
    walk_block (block);
  else
    g_assert_nonnull (error);
}

static void
walk_columns (AnnElement *element, guint64 n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnBlock) block = ann_element_read_columns (element, n - MIN (n, 2), MIN (n, 2), NULL,
                                                         &error);

  if (block != NULL)
    walk_block (block);
  else
    g_assert_nonnull (error);
}

static void
walk_values (AnnElement *element)
{
  guint64 n = ann_element_get_rank (element) > 0 ? ann_element_get_n_rows (element) : 1;

  if (ann_element_get_width (element) > MAX_WIDTH)
    return;
  walk_rows (element, 0, MIN (n, N_ROWS));
  walk_rows (element, n - MIN (n, N_ROWS), MIN (n, N_ROWS));
  if (ann_element_is_matrix (element) && n <= MAX_WIDTH)
    walk_columns (element, ann_element_get_length (element, 1));
}

static void
walk_arrays (AnnElement *element)
{
  gsize n = 0;
  AnnArray **arrays = ann_element_list_arrays (element, &n);

  for (gsize i = 0; i < n; i++)
    g_object_unref (arrays[i]);
  g_free (arrays);
}

static void
walk_element (AnnElement *element, guint depth, guint *n_elements)
{
  g_auto (GStrv) names = NULL;

  if (depth > MAX_DEPTH || ++*n_elements > MAX_ELEMENTS)
    return;

  g_assert_nonnull (ann_element_get_path (element));
  if (ann_element_get_state (element) != ANN_ELEMENT_OK)
    {
      g_assert_nonnull (ann_element_get_error (element));
      return;
    }
  walk_arrays (element);
  if (ann_element_get_kind (element) != ANN_ELEMENT_NULL)
    walk_values (element);

  names = ann_element_list_children (element, NULL, NULL);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autoptr (AnnElement) child = ann_element_open_child (element, names[i], NULL, NULL);

      if (child != NULL)
        walk_element (child, depth + 1, n_elements);
    }
}
