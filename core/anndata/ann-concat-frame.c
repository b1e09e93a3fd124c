/* ann-concat-frame.c: tables of a concatenation
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-concat-private.h"

#include "base/ann-error-private.h"
#include "element/ann-element-private.h"
#include "view/ann-view-private.h"

static AnnElement *
make_index (const char *path, AnnStrings *labels)
{
  g_autofree char *index_path = _ann_path_join (path, "_index");

  return _ann_memory_element_new_texts (index_path, labels, NULL);
}

/* --- Columns behind each other --- */

/* The columns that the result has. Names of a table that is not there are NULL. */
static char **
join_columns (const AnnConcat *self, char ***lists)
{
  g_autoptr (GPtrArray) known = g_ptr_array_new ();

  if (self->is_raw && self->axis == 0)
    return g_new0 (char *, 1);
  for (gsize i = 0; i < self->n_parts; i++)
    if (lists[i] != NULL)
      g_ptr_array_add (known, lists[i]);

  return self->options->join == ANN_JOIN_INNER
             ? _ann_names_intersect ((char **const *) known->pdata, known->len, 0)
             : _ann_names_unite ((char **const *) known->pdata, known->len);
}

static void
note_dropped (char ***lists, gsize n_lists, char **kept, GPtrArray *dropped)
{
  for (gsize i = 0; i < n_lists; i++)
    for (guint k = 0; lists[i] != NULL && lists[i][k] != NULL; k++)
      if (!g_strv_contains ((const char *const *) kept, lists[i][k])
          && !g_ptr_array_find_with_equal_func (dropped, lists[i][k], g_str_equal, NULL))
        g_ptr_array_add (dropped, g_strdup (lists[i][k]));
}

static void
clear_parts (AnnStackPart *parts, gsize n)
{
  for (gsize i = 0; i < n; i++)
    g_clear_object (&parts[i].element);
  g_free (parts);
}

/* The first column that is broken says why that of the result is. */
static const GError *
find_broken (const AnnStackPart *parts, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (parts[i].element != NULL && ann_element_get_error (parts[i].element) != NULL)
      return ann_element_get_error (parts[i].element);

  return NULL;
}

/* NULL without an error: it cannot be joined, which is noted. */
static AnnElement *
stack_column (const AnnConcat *self, const char *path, const AnnStackPart *parts, GError **error)
{
  const GError *broken = find_broken (parts, self->n_parts);
  g_autoptr (GError) problem = NULL;
  g_autofree char *clash = NULL;
  AnnElement *column;

  if (broken != NULL)
    return _ann_opaque_new (NULL, path, "", "", g_error_copy (broken));

  column = _ann_stack_vectors (path, parts, self->n_parts, &clash, self->cancellable, &problem);
  if (clash != NULL)
    _ann_concat_add_note (self->notes->clashes, "%s: has %s", path, clash);
  if (column != NULL)
    return column;
  if (!_ann_error_blames_store (problem))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  _ann_concat_add_note (self->notes->clashes, "%s; it is left out", problem->message);

  return NULL;
}

static gboolean
add_column (const AnnConcat *self,
            const char *path,
            AnnElement **frames,
            const char *name,
            AnnBranch *branch,
            GError **error)
{
  g_autofree char *column_path = _ann_path_join (path, name);
  AnnStackPart *parts = g_new0 (AnnStackPart, self->n_parts);
  g_autoptr (GError) problem = NULL;
  AnnElement *column = NULL;
  gboolean success = TRUE;

  for (gsize i = 0; i < self->n_parts && success; i++)
    {
      guint place;

      parts[i].name = self->parts[i].name;
      parts[i].length = self->parts[i].lengths[self->axis];
      parts[i].unavailable = self->parts[i].unavailable;
      if (frames[i] == NULL || !ann_frame_find_column (ANN_FRAME (frames[i]), name, &place))
        continue;
      parts[i].element = ann_frame_open_column (ANN_FRAME (frames[i]), place, self->cancellable,
                                                &problem);
      success = parts[i].element != NULL;
    }
  if (success)
    column = stack_column (self, column_path, parts, &problem);
  if (column != NULL)
    _ann_branch_add (branch, name, column);
  clear_parts (parts, self->n_parts);
  if (problem != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }

  return TRUE;
}

static void
fill_codes (const AnnConcat *self, void *codes, AnnDtype dtype)
{
  gsize row = 0;

  for (gsize i = 0; i < self->n_parts; i++)
    for (guint64 k = 0; k < self->parts[i].lengths[self->axis]; k++)
      _ann_code_put (codes, dtype, row++, (int) i);
}

/* The column that says which part a row is of. */
static gboolean
add_label (const AnnConcat *self, const char *path, AnnBranch *branch, GError **error)
{
  const char *name = self->options->label;
  g_autofree char *column_path = _ann_path_join (path, name);
  g_autofree char *keys_path = _ann_path_join (column_path, "categories");
  g_autoptr (AnnStrings) texts = ann_strings_new ();
  AnnDtype dtype = _ann_code_dtype (self->n_parts);
  g_autoptr (AnnBuffer) codes = NULL;
  g_autoptr (AnnElement) code_element = NULL;
  g_autoptr (AnnElement) categories = NULL;
  AnnElement *column;

  for (gsize i = 0; i < self->n_parts; i++)
    if (!ann_strings_append (texts, self->keys[i], -1, error))
      return FALSE;
  codes = ann_buffer_new_vector (dtype, self->lengths[self->axis], error);
  if (codes == NULL)
    return FALSE;
  fill_codes (self, ann_buffer_get_data_for_writing (codes), dtype);

  code_element = _ann_memory_element_new (column_path, codes);
  categories = _ann_memory_element_new_texts (keys_path, texts, NULL);
  column = _ann_categorical_view_new (NULL, column_path, code_element, categories, FALSE, error);
  if (column == NULL)
    return FALSE;
  _ann_branch_add (branch, name, column);

  return TRUE;
}

static void
free_lists (char ***lists, gsize n)
{
  for (gsize i = 0; i < n; i++)
    g_strfreev (lists[i]);
  g_free (lists);
}

AnnElement *
_ann_concat_stack_frames (const AnnConcat *self,
                          const char *path,
                          AnnElement **frames,
                          gboolean has_label,
                          GPtrArray *dropped,
                          GError **error)
{
  g_autoptr (AnnBranch) branch = _ann_branch_new ();
  char ***lists = g_new0 (char **, self->n_parts);
  g_auto (GStrv) names = NULL;
  gboolean success = TRUE;

  for (gsize i = 0; i < self->n_parts && success; i++)
    {
      if (frames[i] == NULL)
        continue;
      lists[i] = ann_element_list_children (frames[i], self->cancellable, error);
      success = lists[i] != NULL;
    }
  if (success)
    names = join_columns (self, lists);
  for (guint i = 0; success && names[i] != NULL; i++)
    success = add_column (self, path, frames, names[i], branch, error);
  if (success && dropped != NULL)
    note_dropped (lists, self->n_parts, names, dropped);
  free_lists (lists, self->n_parts);
  if (!success
      || (has_label && self->options->label != NULL && !add_label (self, path, branch, error)))
    return NULL;

  return _ann_branch_to_frame (g_steal_pointer (&branch), path, g_object_ref (self->index),
                               self->name);
}

/* --- Rows in another order --- */

static AnnElement *
reindex_column (const AnnConcat *self,
                AnnFrame *frame,
                guint column,
                const char *path,
                AnnReindex *rows,
                GError **error)
{
  g_autoptr (AnnElement) element = NULL;

  element = ann_frame_open_column (frame, column, self->cancellable, error);
  if (element == NULL || rows->is_identity || ann_element_get_state (element) != ANN_ELEMENT_OK)
    return g_steal_pointer (&element);

  return _ann_element_reindex (path, element, rows, self->cancellable, error);
}

static AnnBranch *
reindex_columns (const AnnConcat *self,
                 const char *path,
                 AnnFrame *frame,
                 AnnReindex *rows,
                 GError **error)
{
  g_autoptr (AnnBranch) branch = _ann_branch_new ();

  for (guint i = 0; i < ann_frame_get_n_columns (frame); i++)
    {
      const char *name = ann_frame_get_column_name (frame, i);
      g_autofree char *column_path = _ann_path_join (path, name);
      AnnElement *column = reindex_column (self, frame, i, column_path, rows, error);

      if (column == NULL)
        return NULL;
      _ann_branch_add (branch, name, column);
    }

  return g_steal_pointer (&branch);
}

AnnElement *
_ann_concat_reindex_frame (const AnnConcat *self,
                           const char *path,
                           AnnElement *frame,
                           AnnReindex *rows,
                           GError **error)
{
  AnnBranch *branch = reindex_columns (self, path, ANN_FRAME (frame), rows, error);

  if (branch == NULL)
    return NULL;

  return _ann_branch_to_frame (branch, path, make_index (path, self->other_labels), NULL);
}

/* --- The other axis --- */

AnnElement *
_ann_concat_merge_tables (const AnnConcat *self, GError **error)
{
  const guint other = 1 - self->axis;
  g_autofree char *path = _ann_concat_path (self, _ann_concat_axis_name (other, ""));
  AnnOffer *offers = g_new0 (AnnOffer, self->n_parts);
  gsize n_offers = 0;
  AnnBranch *merged = NULL;
  gboolean success = TRUE;

  for (gsize i = 0; i < self->n_parts && success; i++)
    {
      AnnElement *table;

      if (self->parts[i].root == NULL)
        continue;
      table = ANN_ELEMENT (self->parts[i].tables[other]);
      offers[n_offers].is_table = TRUE;
      offers[n_offers].names = ann_element_list_children (table, self->cancellable, error);
      if (offers[n_offers].names != NULL)
        offers[n_offers].children = reindex_columns (self, path, ANN_FRAME (table),
                                                     self->reindexes[i], error);
      success = offers[n_offers].children != NULL;
      n_offers++;
    }
  if (success)
    merged = _ann_concat_merge (self, path, offers, n_offers, self->options->merge, error);
  for (gsize i = 0; i < n_offers; i++)
    _ann_offer_clear (&offers[i]);
  g_free (offers);

  return merged != NULL ? _ann_branch_to_frame (merged, path, make_index (path, self->other_labels),
                                                self->other_name)
                        : NULL;
}
