/* ann-data-set-label.c: the column of a set that says which part a row is of
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-branch-private.h"
#include "anndata/ann-data-private.h"
#include "anndata/ann-data-set-private.h"

#include "base/ann-error.h"
#include "element/ann-categorical.h"
#include "element/ann-element-private.h"
#include "view/ann-view-private.h"

#define ROWS_AT_ONCE ((guint64) 65536)

static const char *
get_key (AnnDataSet *set, guint part)
{
  return ((AnnDataSetMember *) g_ptr_array_index (set->parts, part))->key;
}

/* Key → its place + 1 among those that differ: several parts may have the same. Borrows the keys.
 */
static GHashTable *
index_keys (AnnDataSet *set)
{
  GHashTable *places = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < set->parts->len; i++)
    if (!g_hash_table_contains (places, get_key (set, i)))
      g_hash_table_insert (places, (gpointer) get_key (set, i),
                           GUINT_TO_POINTER (g_hash_table_size (places) + 1));

  return places;
}

/* Sets @codes to those of a column whose every value is a key; to NULL without an error if it is
 * another one, or has no values that would tell.
 */
static gboolean
read_codes (AnnElement *column,
            GHashTable *places,
            AnnBuffer **codes,
            GCancellable *cancellable,
            GError **error)
{
  const guint64 n = ann_element_get_n_rows (column);
  g_autoptr (AnnBuffer) all = ann_buffer_new_vector (ANN_DTYPE_INT32, n, error);
  gint32 *code;

  *codes = NULL;
  if (all == NULL)
    return FALSE;
  if (n == 0)
    return TRUE;
  code = ann_buffer_get_data_for_writing (all);
  for (guint64 start = 0; start < n; start += ROWS_AT_ONCE)
    {
      g_autoptr (AnnBlock) block = ann_element_read_rows (
          column, start, MIN (ROWS_AT_ONCE, n - start), cancellable, error);

      if (block == NULL)
        return FALSE;
      for (guint64 i = 0; i < block->count; i++)
        {
          const guint place = block->texts == NULL || ann_block_is_missing (block, i)
                                  ? 0
                                  : GPOINTER_TO_UINT (g_hash_table_lookup (
                                      places, ann_strings_get (block->texts, i, NULL)));

          if (place == 0)
            return TRUE;
          *code++ = (gint32) (place - 1);
        }
    }
  *codes = g_steal_pointer (&all);

  return TRUE;
}

/* Takes @codes. */
static AnnElement *
make_label (AnnDataSet *set, GHashTable *places, const char *path, AnnBuffer *codes, GError **error)
{
  G_GNUC_UNUSED g_autoptr (AnnBuffer) owned = codes;
  g_autofree char *keys_path = _ann_path_join (path, "categories");
  g_autoptr (AnnStrings) keys = ann_strings_new ();
  g_autoptr (AnnElement) code_element = _ann_memory_element_new (path, codes);
  g_autoptr (AnnElement) categories = NULL;

  for (guint i = 0; i < set->parts->len; i++)
    {
      const char *key = get_key (set, i);

      if (GPOINTER_TO_UINT (g_hash_table_lookup (places, key)) == ann_strings_get_length (keys) + 1
          && !ann_strings_append (keys, key, -1, error))
        return NULL;
    }
  categories = _ann_memory_element_new_texts (keys_path, keys, NULL);

  return _ann_categorical_view_new (NULL, path, code_element, categories, FALSE, error);
}

/* The first column of texts that the set has itself and that holds keys alone. Sets @label to %NULL
 * without an error if there is none.
 */
static gboolean
find_label (AnnDataSet *set,
            AnnFrame *obs,
            const char **name,
            AnnElement **label,
            GCancellable *cancellable,
            GError **error)
{
  AnnFrame *own = ann_data_get_obs (set->file);
  g_autoptr (GHashTable) places = index_keys (set);

  *label = NULL;
  for (guint i = 0; i < ann_frame_get_n_columns (own); i++)
    {
      g_autoptr (AnnElement) column = NULL;
      AnnBuffer *codes;
      guint place;

      *name = ann_frame_get_column_name (own, i);
      if (!ann_frame_find_column (obs, *name, &place))
        continue;
      column = ann_frame_open_column (obs, place, cancellable, error);
      if (column == NULL)
        return FALSE;
      if (ann_element_get_kind (column) != ANN_ELEMENT_STRINGS
          || ann_element_get_error (column) != NULL)
        continue;
      if (!read_codes (column, places, &codes, cancellable, error))
        return FALSE;
      if (codes == NULL)
        continue;
      *label = make_label (set, places, ann_element_get_path (column), codes, error);
      return *label != NULL;
    }

  return TRUE;
}

/* The other columns of @obs, and the label behind them. Takes @label. */
static AnnElement *
make_obs (AnnFrame *obs,
          const char *name,
          AnnElement *label,
          GCancellable *cancellable,
          GError **error)
{
  g_autoptr (AnnElement) owned = label;
  g_autoptr (AnnBranch) columns = _ann_branch_new ();
  AnnElement *index;

  for (guint i = 0; i < ann_frame_get_n_columns (obs); i++)
    {
      const char *other = ann_frame_get_column_name (obs, i);
      AnnElement *column;

      if (g_str_equal (other, name))
        continue;
      column = ann_frame_open_column (obs, i, cancellable, error);
      if (column == NULL)
        return NULL;
      _ann_branch_add (columns, other, column);
    }
  _ann_branch_add (columns, name, g_steal_pointer (&owned));
  index = ann_frame_open_index (obs, cancellable, error);

  return index != NULL ? _ann_branch_to_frame (g_steal_pointer (&columns), "obs", index,
                                               ann_frame_get_index_name (obs))
                       : NULL;
}

/* Takes @obs. */
static AnnData *
replace_obs (AnnData *data, AnnElement *obs, GCancellable *cancellable, GError **error)
{
  AnnElement *of = ann_data_get_root (data);
  g_autoptr (AnnBranch) branch = _ann_branch_new ();
  g_autoptr (AnnElement) root = NULL;
  AnnData *view;

  if (obs == NULL)
    return NULL;
  _ann_branch_add (branch, "obs", obs);
  if (!_ann_branch_add_children (branch, of, cancellable, error))
    return NULL;

  root = _ann_branch_to_tree (g_steal_pointer (&branch), "", ANN_ELEMENT_ANNDATA,
                              ann_element_get_shape (of));
  view = _ann_data_new_view (root, ann_data_get_uri (data), ann_data_get_format (data), cancellable,
                             error);
  if (view == NULL)
    return NULL;
  if (_ann_data_is_selection (data))
    _ann_data_make_selection (view, _ann_data_selects_var (data));
  _ann_data_add_source (view, data);

  return view;
}

AnnData *
_ann_data_set_categorize_label (AnnData *data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) sets = _ann_data_list_sets (data);
  AnnFrame *obs = ann_data_get_obs (data);
  AnnElement *label;
  const char *name;

  if (sets->len != 1 || obs == NULL)
    return g_object_ref (data);
  if (!find_label (sets->pdata[0], obs, &name, &label, cancellable, error))
    return NULL;
  if (label == NULL)
    return g_object_ref (data);

  return replace_obs (data, make_obs (obs, name, label, cancellable, error), cancellable, error);
}
