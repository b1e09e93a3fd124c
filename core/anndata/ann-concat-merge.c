/* ann-concat-merge.c: what does not lie along the joined axis
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-concat-private.h"

#include "anndata/ann-element-equal-private.h"
#include "base/ann-error-private.h"
#include "element/ann-element-private.h"

void
_ann_offer_clear (AnnOffer *self)
{
  g_clear_pointer (&self->names, g_strfreev);
  g_clear_pointer (&self->children, _ann_branch_free);
}

static gboolean
open_mapping (const AnnConcat *self, AnnElement *mapping, AnnOffer *offer, GError **error)
{
  offer->children = _ann_branch_new ();
  offer->names = ann_element_list_children (mapping, self->cancellable, error);
  for (guint i = 0; offer->names != NULL && offer->names[i] != NULL; i++)
    {
      AnnElement *child = ann_element_open_child (mapping, offer->names[i], self->cancellable,
                                                  error);

      if (child == NULL)
        return FALSE;
      _ann_branch_add (offer->children, offer->names[i], child);
    }

  return offer->names != NULL;
}

/* One that cannot be read is not one that is empty: what the disk did not give ends it, and what is
 * wrong with the store itself is noted.
 */
static gboolean
check_mapping (const AnnConcat *self, AnnElement *mapping, GError **error)
{
  const GError *problem = mapping != NULL ? ann_element_get_error (mapping) : NULL;

  if (problem == NULL)
    return TRUE;
  if (!_ann_error_blames_store (problem))
    {
      g_propagate_error (error, g_error_copy (problem));
      return FALSE;
    }
  _ann_concat_add_note (self->notes->clashes, "%s; it is left out", problem->message);

  return TRUE;
}

gboolean
_ann_concat_open_mappings (const AnnConcat *self,
                           const char *name,
                           AnnOffer *offers,
                           GError **error)
{
  for (gsize i = 0; i < self->n_parts; i++)
    {
      g_autoptr (GError) problem = NULL;
      g_autoptr (AnnElement) mapping = NULL;

      if (self->parts[i].root != NULL)
        mapping = ann_element_open_child (self->parts[i].root, name, self->cancellable, &problem);
      if (problem != NULL && !g_error_matches (problem, ANN_ERROR, ANN_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      if (!check_mapping (self, mapping, error))
        return FALSE;
      if (mapping == NULL || ann_element_get_kind (mapping) != ANN_ELEMENT_MAPPING)
        {
          offers[i].names = g_new0 (char *, 1);
          offers[i].children = _ann_branch_new ();
        }
      else if (!open_mapping (self, mapping, &offers[i], error))
        return FALSE;
    }

  return TRUE;
}

/* --- Strategies --- */

/* As merge.py has it: `same` looks at what all have, in the order of the last; else all of it. */
static char **
join_names (const AnnOffer *offers, gsize n_offers, AnnMerge merge)
{
  g_autofree char ***lists = g_new0 (char **, n_offers);

  for (gsize i = 0; i < n_offers; i++)
    lists[i] = offers[i].names;
  if (n_offers == 0 || merge == ANN_MERGE_NONE)
    return g_new0 (char *, 1);

  return merge == ANN_MERGE_SAME
             ? _ann_names_intersect ((char **const *) lists, n_offers, n_offers - 1)
             : _ann_names_unite ((char **const *) lists, n_offers);
}

static GPtrArray *
collect_values (const AnnOffer *offers, gsize n_offers, const char *name)
{
  GPtrArray *values = g_ptr_array_new ();

  for (gsize i = 0; i < n_offers; i++)
    {
      AnnElement *value = _ann_branch_get (offers[i].children, name);

      if (value != NULL)
        g_ptr_array_add (values, value);
    }

  return values;
}

static gboolean
are_mappings (GPtrArray *values)
{
  for (guint i = 0; i < values->len; i++)
    if (ann_element_get_kind (g_ptr_array_index (values, i)) != ANN_ELEMENT_MAPPING)
      return FALSE;

  return TRUE;
}

static gboolean
are_equal (const AnnConcat *self,
           GPtrArray *values,
           gboolean are_columns,
           gboolean *equal,
           GError **error)
{
  *equal = TRUE;
  for (guint i = 1; i < values->len && *equal; i++)
    if (!_ann_element_equal (g_ptr_array_index (values, i), g_ptr_array_index (values, 0),
                             are_columns, equal, self->cancellable, error))
      return FALSE;

  return TRUE;
}

static AnnElement *
merge_mappings (const AnnConcat *self,
                const char *path,
                GPtrArray *mappings,
                AnnMerge merge,
                GError **error)
{
  AnnOffer *offers = g_new0 (AnnOffer, mappings->len);
  AnnBranch *merged = NULL;
  gboolean success = TRUE;

  for (guint i = 0; i < mappings->len && success; i++)
    success = open_mapping (self, g_ptr_array_index (mappings, i), &offers[i], error);
  if (success)
    merged = _ann_concat_merge (self, path, offers, mappings->len, merge, error);
  for (guint i = 0; i < mappings->len; i++)
    _ann_offer_clear (&offers[i]);
  g_free (offers);

  return merged != NULL ? _ann_branch_to_tree (merged, path, ANN_ELEMENT_MAPPING, NULL) : NULL;
}

/* Sets @merged to NULL where nothing is left. */
static gboolean
merge_values (const AnnConcat *self,
              const char *path,
              GPtrArray *values,
              gboolean are_columns,
              AnnMerge merge,
              AnnElement **merged,
              GError **error)
{
  gboolean equal = TRUE;

  *merged = NULL;
  if (are_mappings (values))
    {
      g_auto (GStrv) children = NULL;
      g_autoptr (AnnElement) mapping = merge_mappings (self, path, values, merge, error);

      if (mapping == NULL)
        return FALSE;
      children = ann_element_list_children (mapping, NULL, NULL);
      if (children[0] != NULL)
        *merged = g_steal_pointer (&mapping);
      return TRUE;
    }

  if (merge == ANN_MERGE_ONLY && values->len > 1)
    return TRUE;
  if ((merge == ANN_MERGE_SAME || merge == ANN_MERGE_UNIQUE)
      && !are_equal (self, values, are_columns, &equal, error))
    return FALSE;
  if (equal)
    *merged = g_object_ref (g_ptr_array_index (values, 0));

  return TRUE;
}

static void
note_dropped (const AnnConcat *self,
              const char *path,
              const AnnOffer *offers,
              gsize n_offers,
              const AnnBranch *merged)
{
  GPtrArray *notes = self->notes->dropped_elements;

  for (gsize i = 0; i < n_offers; i++)
    for (guint k = 0; offers[i].names[k] != NULL; k++)
      {
        g_autofree char *child_path = _ann_path_join (path, offers[i].names[k]);

        if (_ann_branch_get (merged, offers[i].names[k]) == NULL
            && !g_ptr_array_find_with_equal_func (notes, child_path, g_str_equal, NULL))
          g_ptr_array_add (notes, g_steal_pointer (&child_path));
      }
}

AnnBranch *
_ann_concat_merge (const AnnConcat *self,
                   const char *path,
                   AnnOffer *offers,
                   gsize n_offers,
                   AnnMerge merge,
                   GError **error)
{
  g_auto (GStrv) names = join_names (offers, n_offers, merge);
  g_autoptr (AnnBranch) merged = _ann_branch_new ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *child_path = _ann_path_join (path, names[i]);
      g_autoptr (GPtrArray) values = collect_values (offers, n_offers, names[i]);
      AnnElement *value;

      if (!merge_values (self, child_path, values, offers[0].is_table, merge, &value, error))
        return NULL;
      if (value != NULL)
        _ann_branch_add (merged, names[i], value);
    }
  note_dropped (self, path, offers, n_offers, merged);

  return g_steal_pointer (&merged);
}
