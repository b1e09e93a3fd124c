/* ann-concat-matrix.c: matrices of a concatenation, and what is aligned to its axes
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-concat-private.h"

#include "base/ann-error-private.h"
#include "element/ann-element-private.h"
#include "element/ann-sparse.h"

#include <string.h>

static AnnFill
get_fill (const AnnConcat *self)
{
  return (AnnFill){ self->options->has_fill_value, self->options->fill_value };
}

/* One stack part for each part of the concatenation; the elements are borrowed. */
static AnnStackPart *
make_parts (const AnnConcat *self, AnnElement *const *elements)
{
  AnnStackPart *parts = g_new0 (AnnStackPart, self->n_parts);

  for (gsize i = 0; i < self->n_parts; i++)
    {
      parts[i].name = self->parts[i].name;
      parts[i].element = elements[i];
      parts[i].length = self->parts[i].lengths[self->axis];
      parts[i].unavailable = self->parts[i].unavailable;
    }

  return parts;
}

static const GError *
find_broken (const AnnConcat *self, AnnElement *const *elements)
{
  for (gsize i = 0; i < self->n_parts; i++)
    if (elements[i] != NULL && ann_element_get_error (elements[i]) != NULL)
      return ann_element_get_error (elements[i]);

  return NULL;
}

/* What cannot be joined is noted and left out: NULL without an error. Takes @problem. */
static AnnElement *
leave_out (const AnnConcat *self, GError *problem, GError **error)
{
  if (!_ann_error_blames_store (problem))
    {
      g_propagate_error (error, problem);
      return NULL;
    }

  _ann_concat_add_note (self->notes->clashes, "%s; it is left out", problem->message);
  g_error_free (problem);

  return NULL;
}

static const char *
describe_type (AnnElement *element)
{
  const char *time_type = ann_element_get_time_type (element);

  return time_type != NULL ? time_type : ann_dtype_get_name (ann_element_get_dtype (element));
}

/* Types that differ, where the result has another one than the part. */
static void
note_types (const AnnConcat *self, const char *path, AnnElement *const *elements, AnnElement *stack)
{
  AnnElement *first = NULL;

  for (gsize i = 0; i < self->n_parts; i++)
    {
      if (elements[i] == NULL)
        continue;
      if (first == NULL)
        first = elements[i];
      if (g_str_equal (describe_type (elements[i]), describe_type (first))
          && ANN_IS_SPARSE (elements[i]) == ANN_IS_SPARSE (first))
        continue;
      if (ANN_IS_SPARSE (elements[i]) != ANN_IS_SPARSE (first))
        _ann_concat_add_note (self->notes->clashes,
                              "%s: is sparse in one store and dense in another: all of it becomes "
                              "sparse by rows",
                              path);
      else
        _ann_concat_add_note (self->notes->clashes, "%s: has values of %s and of %s: all become %s",
                              path, describe_type (first), describe_type (elements[i]),
                              describe_type (stack));
      return;
    }
}

/* Takes @parts. */
static AnnElement *
stack_parts (const AnnConcat *self,
             const char *path,
             AnnElement *const *elements,
             AnnStackPart *parts,
             guint axis,
             GError **error)
{
  const AnnFill fill = get_fill (self);
  const GError *broken = find_broken (self, elements);
  GError *problem = NULL;
  AnnElement *stack = NULL;

  if (broken == NULL)
    stack = _ann_stack_matrices (path, parts, self->n_parts, axis, &fill, &problem);
  g_free (parts);
  if (broken != NULL)
    return _ann_opaque_new (NULL, path, "", "", g_error_copy (broken));
  if (stack == NULL)
    return leave_out (self, problem, error);
  note_types (self, path, elements, stack);

  return stack;
}

/* X or a layer: the other axis is that of the other table. */
static AnnElement *
stack_aligned (const AnnConcat *self, const char *path, AnnElement *const *elements, GError **error)
{
  AnnStackPart *parts = make_parts (self, elements);

  for (gsize i = 0; i < self->n_parts; i++)
    if (self->parts[i].root != NULL)
      parts[i].reindex = self->reindexes[i];

  return stack_parts (self, path, elements, parts, self->axis, error);
}

/* --- X --- */

static gboolean
open_x (const AnnConcat *self,
        AnnElement **elements,
        guint *n_found,
        guint *n_roots,
        GError **error)
{
  for (gsize i = 0; i < self->n_parts; i++)
    {
      g_autoptr (GError) problem = NULL;
      g_autoptr (AnnElement) x = NULL;

      if (self->parts[i].root == NULL)
        continue;
      (*n_roots)++;
      x = ann_element_open_child (self->parts[i].root, "X", self->cancellable, &problem);
      if (problem != NULL && !g_error_matches (problem, ANN_ERROR, ANN_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
      if (x == NULL || ann_element_get_kind (x) == ANN_ELEMENT_NULL)
        continue;
      elements[i] = g_steal_pointer (&x);
      (*n_found)++;
    }

  return TRUE;
}

static void
free_elements (AnnElement **elements, gsize n)
{
  for (gsize i = 0; i < n; i++)
    g_clear_object (&elements[i]);
  g_free (elements);
}

gboolean
_ann_concat_stack_x (const AnnConcat *self, AnnElement **x, GError **error)
{
  g_autofree char *path = _ann_concat_path (self, "X");
  AnnElement **elements = g_new0 (AnnElement *, self->n_parts);
  g_autoptr (GError) problem = NULL;
  guint n_found = 0;
  guint n_roots = 0;

  *x = NULL;
  if (open_x (self, elements, &n_found, &n_roots, &problem) && n_found > 0)
    {
      if (n_found < n_roots)
        problem = g_error_new (ANN_ERROR, ANN_ERROR_FORMAT,
                               "%s: some of the stores have it and some have not; join those that "
                               "have it, or take it out of all of them",
                               path);
      else
        *x = stack_aligned (self, path, elements, &problem);
    }
  free_elements (elements, self->n_parts);
  if (problem != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }

  return TRUE;
}

/* --- Mappings whose values lie along the joined axis --- */

typedef AnnElement *(*StackFunc) (const AnnConcat *self,
                                  const char *path,
                                  AnnElement *const *elements,
                                  GError **error);

static char **
join_keys (const AnnConcat *self, const AnnOffer *offers)
{
  g_autoptr (GPtrArray) lists = g_ptr_array_new ();

  for (gsize i = 0; i < self->n_parts; i++)
    if (self->parts[i].root != NULL)
      g_ptr_array_add (lists, offers[i].names);

  return self->options->join == ANN_JOIN_INNER
             ? _ann_names_intersect ((char **const *) lists->pdata, lists->len, 0)
             : _ann_names_unite ((char **const *) lists->pdata, lists->len);
}

static gboolean
add_stacked (const AnnConcat *self,
             const char *path,
             const AnnOffer *offers,
             const char *name,
             StackFunc stack,
             AnnBranch *branch,
             GError **error)
{
  g_autofree char *child_path = _ann_path_join (path, name);
  g_autofree AnnElement **elements = g_new0 (AnnElement *, self->n_parts);
  GError *problem = NULL;
  AnnElement *child;

  for (gsize i = 0; i < self->n_parts; i++)
    elements[i] = _ann_branch_get (offers[i].children, name);
  child = stack (self, child_path, elements, &problem);
  if (problem != NULL)
    {
      g_propagate_error (error, problem);
      return FALSE;
    }
  if (child != NULL)
    _ann_branch_add (branch, name, child);

  return TRUE;
}

static void
note_dropped (const AnnConcat *self,
              const char *path,
              const AnnOffer *offers,
              const AnnBranch *kept)
{
  GPtrArray *notes = self->notes->dropped_elements;

  for (gsize i = 0; i < self->n_parts; i++)
    for (guint k = 0; offers[i].names != NULL && offers[i].names[k] != NULL; k++)
      {
        g_autofree char *child_path = _ann_path_join (path, offers[i].names[k]);

        if (_ann_branch_get (kept, offers[i].names[k]) == NULL
            && !g_ptr_array_find_with_equal_func (notes, child_path, g_str_equal, NULL))
          g_ptr_array_add (notes, g_steal_pointer (&child_path));
      }
}

static void
free_offers (AnnOffer *offers, gsize n)
{
  for (gsize i = 0; i < n; i++)
    _ann_offer_clear (&offers[i]);
  g_free (offers);
}

/* @stack: NULL: nothing of it is kept */
static AnnElement *
stack_mapping (const AnnConcat *self, const char *name, StackFunc stack, GError **error)
{
  g_autofree char *path = _ann_concat_path (self, name);
  AnnOffer *offers = g_new0 (AnnOffer, self->n_parts);
  g_autoptr (AnnBranch) branch = _ann_branch_new ();
  gboolean success = _ann_concat_open_mappings (self, name, offers, error);

  if (success && stack != NULL)
    {
      g_auto (GStrv) names = join_keys (self, offers);

      for (guint i = 0; names[i] != NULL && success; i++)
        success = add_stacked (self, path, offers, names[i], stack, branch, error);
    }
  if (success)
    note_dropped (self, path, offers, branch);
  free_offers (offers, self->n_parts);

  return success ? _ann_branch_to_tree (g_steal_pointer (&branch), path, ANN_ELEMENT_MAPPING, NULL)
                 : NULL;
}

/* --- obsm --- */

/* Bits for what there is under one name. */
enum { HAS_MATRIX = 1, HAS_FRAME = 2, HAS_AWKWARD = 4, HAS_OTHER = 8 };

static guint
describe_kinds (const AnnConcat *self, AnnElement *const *elements)
{
  guint kinds = 0;

  for (gsize i = 0; i < self->n_parts; i++)
    {
      if (elements[i] == NULL || ann_element_get_error (elements[i]) != NULL)
        continue;
      switch ((int) ann_element_get_kind (elements[i]))
        {
        case ANN_ELEMENT_DENSE:
        case ANN_ELEMENT_CSR:
        case ANN_ELEMENT_CSC:
          kinds |= ann_element_get_rank (elements[i]) >= 2 ? HAS_MATRIX : HAS_OTHER;
          break;
        case ANN_ELEMENT_FRAME:
          kinds |= HAS_FRAME;
          break;
        case ANN_ELEMENT_AWKWARD:
          kinds |= HAS_AWKWARD;
          break;
        default:
          kinds |= HAS_OTHER;
        }
    }

  return kinds;
}

/* As narrow as the narrowest, or, in an outer join, as wide as the widest. */
static guint64
get_common_width (const AnnConcat *self, AnnElement *const *elements)
{
  const gboolean is_inner = self->options->join == ANN_JOIN_INNER;
  guint64 width = is_inner ? G_MAXUINT64 : 0;

  for (gsize i = 0; i < self->n_parts; i++)
    if (elements[i] != NULL)
      {
        const guint64 own = ann_element_get_length (elements[i], 1);

        width = is_inner ? MIN (width, own) : MAX (width, own);
      }

  return width;
}

static AnnElement *
stack_matrices (const AnnConcat *self,
                const char *path,
                AnnElement *const *elements,
                GError **error)
{
  AnnStackPart *parts = make_parts (self, elements);
  const guint64 width = get_common_width (self, elements);
  g_autoptr (GPtrArray) reindexes = g_ptr_array_new_with_free_func (
      (GDestroyNotify) _ann_reindex_unref);

  for (gsize i = 0; i < self->n_parts; i++)
    {
      if (elements[i] == NULL)
        continue;
      parts[i].reindex = _ann_reindex_new_range (0, width, ann_element_get_length (elements[i], 1));
      g_ptr_array_add (reindexes, parts[i].reindex);
    }

  return stack_parts (self, path, elements, parts, 0, error);
}

static char *
get_awkward_type (AnnElement *element)
{
  g_autofree char *type = ann_awkward_to_type_string (ANN_AWKWARD (element));

  return g_strdup (strchr (type, '*'));
}

/* Types that differ; one of them is told. */
static char *
find_other_awkward_type (const AnnConcat *self, AnnElement *const *elements)
{
  g_autofree char *first = NULL;

  for (gsize i = 0; i < self->n_parts; i++)
    {
      g_autofree char *type = elements[i] != NULL ? get_awkward_type (elements[i]) : NULL;

      if (type != NULL && first != NULL && strcmp (type, first) != 0)
        return g_steal_pointer (&type);
      if (first == NULL)
        first = g_steal_pointer (&type);
    }

  return NULL;
}

static AnnElement *
stack_awkward (const AnnConcat *self, const char *path, AnnElement *const *elements, GError **error)
{
  g_autofree AnnStackPart *parts = make_parts (self, elements);
  g_autofree char *other = find_other_awkward_type (self, elements);
  g_autofree char *type = NULL;
  GError *problem = NULL;
  AnnElement *stack;

  if (other != NULL && self->is_strict)
    return leave_out (self,
                      g_error_new (ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                                   "%s: the parts have awkward arrays of other types", path),
                      error);
  stack = _ann_stack_awkward (path, parts, self->n_parts, self->options->join == ANN_JOIN_INNER,
                              &problem);
  if (stack == NULL)
    return leave_out (self, problem, error);
  if (other != NULL)
    {
      type = get_awkward_type (stack);
      _ann_concat_add_note (self->notes->clashes,
                            "%s: the awkward arrays are of several types: all become “%s”", path,
                            type + strlen ("* "));
    }

  return stack;
}

/* Whether all have one type and the same further axes. */
static gboolean
are_alike (const AnnConcat *self, AnnElement *const *elements)
{
  AnnElement *first = NULL;

  for (gsize i = 0; i < self->n_parts; i++)
    {
      if (elements[i] == NULL)
        continue;
      if (first == NULL)
        first = elements[i];
      if (ann_element_get_dtype (elements[i]) != ann_element_get_dtype (first)
          || ann_element_get_width (elements[i]) != ann_element_get_width (first))
        return FALSE;
    }

  return TRUE;
}

static AnnElement *
stack_annotation (const AnnConcat *self,
                  const char *path,
                  AnnElement *const *elements,
                  GError **error)
{
  const GError *broken = find_broken (self, elements);

  if (broken != NULL)
    return _ann_opaque_new (NULL, path, "", "", g_error_copy (broken));
  switch (describe_kinds (self, elements))
    {
    case HAS_MATRIX:
      if (self->is_strict && !are_alike (self, elements))
        return leave_out (self,
                          g_error_new (ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                                       "%s: the parts have other types or widths", path),
                          error);
      return stack_matrices (self, path, elements, error);
    case HAS_FRAME:
      return _ann_concat_stack_frames (self, path, (AnnElement **) elements, FALSE, NULL, error);
    case HAS_AWKWARD:
      return stack_awkward (self, path, elements, error);
    default:
      return leave_out (self,
                        g_error_new (ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                                     "%s: tables, matrices and other things cannot be joined",
                                     path),
                        error);
    }
}

AnnElement *
_ann_concat_stack_annotations (const AnnConcat *self, GError **error)
{
  return stack_mapping (self, _ann_concat_axis_name (self->axis, "m"), stack_annotation, error);
}

/* --- layers --- */

/* An awkward array has no labels of its own on the other axis: it can be joined where all have the
 * same.
 */
static AnnElement *
stack_layer (const AnnConcat *self, const char *path, AnnElement *const *elements, GError **error)
{
  if (find_broken (self, elements) != NULL || describe_kinds (self, elements) != HAS_AWKWARD)
    return stack_aligned (self, path, elements, error);

  for (gsize i = 0; i < self->n_parts; i++)
    if (elements[i] != NULL && (self->axis != 0 || !self->reindexes[i]->is_identity))
      return leave_out (self,
                        g_error_new (ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                                     "%s: awkward arrays cannot be joined where the stores have "
                                     "other %s",
                                     path, self->axis == 0 ? "variables" : "observations"),
                        error);

  return stack_awkward (self, path, elements, error);
}

AnnElement *
_ann_concat_stack_layers (const AnnConcat *self, GError **error)
{
  return stack_mapping (self, "layers", stack_layer, error);
}

/* --- obsp --- */

/* Blocks on the diagonal of a matrix that is sparse by rows. */
static AnnElement *
stack_pair (const AnnConcat *self, const char *path, AnnElement *const *elements, GError **error)
{
  const GError *broken = find_broken (self, elements);
  g_autofree AnnStackPart *parts = make_parts (self, elements);
  GError *problem = NULL;
  AnnElement *stack;

  if (broken != NULL)
    return _ann_opaque_new (NULL, path, "", "", g_error_copy (broken));

  stack = _ann_stack_diagonal (path, parts, self->n_parts, &problem);

  return stack != NULL ? stack : leave_out (self, problem, error);
}

AnnElement *
_ann_concat_stack_pairs (const AnnConcat *self, GError **error)
{
  return stack_mapping (self, _ann_concat_axis_name (self->axis, "p"),
                        self->options->pairwise ? stack_pair : NULL, error);
}

/* --- What is aligned to the other axis --- */

static AnnElement *
reindex_rows (const AnnConcat *self,
              const char *path,
              AnnElement *element,
              AnnReindex *rows,
              GError **error)
{
  if (rows->is_identity || ann_element_get_error (element) != NULL)
    return g_object_ref (element);
  if (ann_element_get_kind (element) == ANN_ELEMENT_FRAME)
    return _ann_concat_reindex_frame (self, path, element, rows, error);
  if (ann_element_get_rank (element) == 0)
    return g_object_ref (element); /* nothing that lies along the axis */

  return _ann_element_reindex (path, element, rows, self->cancellable, error);
}

static AnnElement *
reindex_both (const AnnConcat *self,
              const char *path,
              AnnElement *element,
              AnnReindex *lines,
              GError **error)
{
  g_autoptr (AnnElement) rows = reindex_rows (self, path, element, lines, error);
  AnnStackPart part = { .element = rows, .reindex = lines };
  AnnElement *stack;

  if (rows == NULL || lines->is_identity || ann_element_get_error (rows) != NULL)
    return g_steal_pointer (&rows);
  part.length = ann_element_get_n_rows (rows);
  stack = _ann_stack_matrices (path, &part, 1, 0, NULL, error);
  if (stack != NULL)
    _ann_stack_keep_layout (stack, rows);

  return stack;
}

typedef AnnElement *(*ReindexFunc) (const AnnConcat *self,
                                    const char *path,
                                    AnnElement *element,
                                    AnnReindex *lines,
                                    GError **error);

/* What cannot be brought into the order of the result is not offered, and noted. */
static gboolean
reindex_offer (const AnnConcat *self,
               const char *path,
               AnnOffer *offer,
               AnnReindex *lines,
               ReindexFunc reindex,
               GError **error)
{
  g_autoptr (AnnBranch) children = _ann_branch_new ();

  for (guint i = 0; offer->names[i] != NULL; i++)
    {
      g_autofree char *child_path = _ann_path_join (path, offer->names[i]);
      g_autoptr (GError) problem = NULL;
      AnnElement *child = reindex (
          self, child_path, _ann_branch_get (offer->children, offer->names[i]), lines, &problem);

      if (child != NULL)
        _ann_branch_add (children, offer->names[i], child);
      else if (_ann_error_blames_store (problem))
        _ann_concat_add_note (self->notes->clashes, "%s; it is left out", problem->message);
      else
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
    }
  _ann_branch_free (offer->children);
  offer->children = g_steal_pointer (&children);

  return TRUE;
}

static AnnElement *
merge_aligned (const AnnConcat *self, const char *name, ReindexFunc reindex, GError **error)
{
  g_autofree char *path = _ann_concat_path (self, name);
  AnnOffer *offers = g_new0 (AnnOffer, self->n_parts);
  AnnBranch *merged = NULL;
  gboolean success = _ann_concat_open_mappings (self, name, offers, error);
  gsize n_offers = 0;

  for (gsize i = 0; i < self->n_parts && success; i++)
    {
      AnnOffer offer = offers[i];

      if (self->parts[i].root == NULL)
        {
          _ann_offer_clear (&offers[i]);
          continue;
        }
      offers[i] = (AnnOffer){ .names = NULL };
      offers[n_offers] = offer;
      success = reindex_offer (self, path, &offers[n_offers], self->reindexes[i], reindex, error);
      n_offers++;
    }
  if (success)
    merged = _ann_concat_merge (self, path, offers, n_offers, self->options->merge, error);
  free_offers (offers, self->n_parts);

  return merged != NULL ? _ann_branch_to_tree (merged, path, ANN_ELEMENT_MAPPING, NULL) : NULL;
}

AnnElement *
_ann_concat_merge_annotations (const AnnConcat *self, GError **error)
{
  return merge_aligned (self, _ann_concat_axis_name (1 - self->axis, "m"), reindex_rows, error);
}

AnnElement *
_ann_concat_merge_pairs (const AnnConcat *self, GError **error)
{
  return merge_aligned (self, _ann_concat_axis_name (1 - self->axis, "p"), reindex_both, error);
}
