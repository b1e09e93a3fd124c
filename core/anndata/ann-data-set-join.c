/* ann-data-set-join.c: all parts of a set as one store
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-concat-private.h"
#include "anndata/ann-data-set-private.h"

#include "base/ann-error.h"
#include "element/ann-element-private.h"

/* What the set has itself under a name; an empty mapping if nothing. */
static AnnElement *
open_own (const AnnConcat *concat, AnnDataSet *self, const char *name, GError **error)
{
  g_autoptr (GError) problem = NULL;
  AnnElement *element;

  element = ann_element_open_child (ann_data_get_root (self->own), name, concat->cancellable,
                                    &problem);
  if (element != NULL)
    return element;
  if (g_error_matches (problem, ANN_ERROR, ANN_ERROR_NOT_FOUND))
    return _ann_branch_to_tree (_ann_branch_new (), name, ANN_ELEMENT_MAPPING, NULL);

  g_propagate_error (error, g_steal_pointer (&problem));

  return NULL;
}

/* What the set has itself, and what it has not of @stacked. Takes @stacked. */
static gboolean
add_mapping (const AnnConcat *concat,
             AnnDataSet *self,
             const char *name,
             AnnElement *stacked,
             AnnBranch *branch,
             GError **error)
{
  g_autoptr (AnnElement) parts = stacked;
  g_autoptr (AnnBranch) children = _ann_branch_new ();
  g_autoptr (AnnElement) own = NULL;

  if (parts == NULL)
    return FALSE;
  own = open_own (concat, self, name, error);
  if (own == NULL)
    return FALSE;
  if (ann_element_get_kind (own) != ANN_ELEMENT_MAPPING)
    {
      _ann_branch_add (branch, name, g_steal_pointer (&own));
      return TRUE;
    }
  if (!_ann_branch_add_children (children, own, concat->cancellable, error)
      || !_ann_branch_add_children (children, parts, concat->cancellable, error))
    return FALSE;
  _ann_branch_add (
      branch, name,
      _ann_branch_to_tree (g_steal_pointer (&children), name, ANN_ELEMENT_MAPPING, NULL));

  return TRUE;
}

static gboolean
add_obs (const AnnConcat *concat, AnnDataSet *self, AnnBranch *branch, GError **error)
{
  AnnFrame *own = ann_data_get_obs (self->own);
  g_autofree AnnElement **tables = g_new0 (AnnElement *, concat->n_parts);
  g_autoptr (AnnBranch) columns = _ann_branch_new ();
  g_autoptr (AnnElement) stacked = NULL;

  for (gsize i = 0; i < concat->n_parts; i++)
    tables[i] = (AnnElement *) concat->parts[i].tables[0];
  if (!_ann_branch_add_children (columns, ANN_ELEMENT (own), concat->cancellable, error))
    return FALSE;
  stacked = _ann_concat_stack_frames (concat, "obs", tables, FALSE, NULL, error);
  if (stacked == NULL || !_ann_branch_add_children (columns, stacked, concat->cancellable, error))
    return FALSE;
  _ann_branch_add (branch, "obs",
                   _ann_branch_to_frame (g_steal_pointer (&columns), "obs",
                                         g_object_ref (concat->index),
                                         ann_frame_get_index_name (own)));

  return TRUE;
}

static gboolean
add_own (const AnnConcat *concat,
         AnnDataSet *self,
         const char *name,
         AnnBranch *branch,
         GError **error)
{
  AnnElement *own = open_own (concat, self, name, error);

  if (own == NULL)
    return FALSE;
  _ann_branch_add (branch, name, own);

  return TRUE;
}

static gboolean
add_all (const AnnConcat *concat, AnnDataSet *self, AnnBranch *branch, GError **error)
{
  AnnElement *x;

  if (!add_obs (concat, self, branch, error) || !add_own (concat, self, "var", branch, error)
      || !_ann_concat_stack_x (concat, &x, error))
    return FALSE;
  if (x != NULL)
    _ann_branch_add (branch, "X", x);

  return add_mapping (concat, self, "layers", _ann_concat_stack_layers (concat, error), branch,
                      error)
         && _ann_concat_add_raw (concat, branch, error)
         && add_mapping (concat, self, "obsm", _ann_concat_stack_annotations (concat, error),
                         branch, error)
         && add_own (concat, self, "varm", branch, error)
         && add_own (concat, self, "obsp", branch, error)
         && add_own (concat, self, "varp", branch, error)
         && add_own (concat, self, "uns", branch, error);
}

static void
init_concat_part (AnnConcatPart *to, const AnnDataSetMember *part, guint64 n_var)
{
  /* What it was found by may have a signature in it. */
  *to = (AnnConcatPart){ .name = part->data != NULL ? ann_data_get_uri (part->data) : part->key,
                         .lengths = { part->n_rows, n_var },
                         .unavailable = part->error };
  if (part->data == NULL)
    return;

  to->root = ann_data_get_root (part->data);
  to->tables[0] = ann_data_get_obs (part->data);
  to->tables[1] = ann_data_get_var (part->data);
}

/* All parts have the same variables, so that nothing of them is joined. */
gboolean
_ann_data_set_join (AnnDataSet *self, GCancellable *cancellable, GError **error)
{
  const gsize n = self->parts->len;
  const guint64 n_var = ann_data_get_n_var (self->own);
  g_autofree AnnConcatPart *parts = g_new0 (AnnConcatPart, n);
  g_autofree const char **keys = g_new0 (const char *, n + 1);
  g_autofree AnnReindex **reindexes = g_new0 (AnnReindex *, n);
  g_autoptr (AnnReindex) same = _ann_reindex_new_range (0, n_var, n_var);
  g_autoptr (AnnConcatOptions) options = ann_concat_options_new ();
  g_autoptr (AnnElement) index = NULL;
  g_autoptr (AnnBranch) branch = _ann_branch_new ();
  g_auto (AnnConcatNotes) notes = { .dropped_columns = NULL };
  g_autofree char *missing = _ann_data_set_describe_missing (self);
  AnnConcat concat = { .options = options,
                       .keys = keys,
                       .parts = parts,
                       .n_parts = n,
                       .is_strict = TRUE,
                       .lengths = { ann_data_get_n_obs (self->own), n_var },
                       .reindexes = reindexes,
                       .notes = &notes,
                       .cancellable = cancellable };

  index = ann_frame_open_index (ann_data_get_obs (self->own), cancellable, error);
  if (index == NULL)
    return FALSE;
  concat.index = index;
  for (gsize i = 0; i < n; i++)
    {
      const AnnDataSetMember *part = g_ptr_array_index (self->parts, i);

      init_concat_part (&parts[i], part, n_var);
      keys[i] = part->key;
      reindexes[i] = same;
    }

  _ann_concat_notes_init (&notes);
  if (!add_all (&concat, self, branch, error))
    return FALSE;
  self->root = _ann_branch_to_tree (g_steal_pointer (&branch), "", ANN_ELEMENT_ANNDATA,
                                    concat.lengths);
  for (guint i = 0; i < notes.clashes->len; i++)
    _ann_element_add_warning (self->root, "%s", (char *) g_ptr_array_index (notes.clashes, i));
  if (missing != NULL)
    _ann_element_add_warning (self->root, "%s", missing);

  return TRUE;
}
