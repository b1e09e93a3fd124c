/* ann-legacy.c: files of anndata 0.4 to 0.7, laid out as today's
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "element/ann-element-private.h"

#include "array/ann-node-private.h"
#include "array/ann-node-view-private.h"
#include "base/ann-error-private.h"

#include <string.h>

/* The parts of an annotated matrix, and what they were called once. */
typedef struct {
  const char *name;
  const char *aliases[4];
} Part;

enum { OBS, VAR };

/* Those that are not here are where they were, or are uns. */
static const Part parts[] = {
  [OBS] = { "obs", { "_obs", "smp", "_smp" } },
  [VAR] = { "var", { "_var" } },
  { "X", { "_X", "data", "_data" } },
  { "obsm", { "_obsm", "smpm", "_smpm" } },
  { "varm", { "_varm" } },
  { "layers", { NULL } },
  { "raw", { NULL } },
  { "obsp", { NULL } },
  { "varp", { NULL } },
};

/* Matrices of neighbours lay there before there was obsp; Python puts them where they are today. */
static const char *const neighbor_matrices[] = { "connectivities", "distances" };

/* @names: of the children of @root that have no place yet
 * @is_old: obs is one array of records, as it was before 0.7
 * @neighbors: (nullable): what is left of `uns/neighbors`
 * @has_changes: something is in another place than it is stored in
 */
typedef struct {
  AnnNode *root;
  AnnNodeView *view;
  GPtrArray *names;
  GCancellable *cancellable;
  gboolean is_old;
  AnnNodeView *neighbors;
  gboolean has_changes;
  GError *failure; /* the first one that does not blame the store */
} Layout;

/* Takes @problem, if there is one. */
static void
note_problem (Layout *self, GError *problem)
{
  if (problem != NULL && self->failure == NULL && !_ann_error_blames_store (problem))
    self->failure = problem;
  else
    g_clear_error (&problem);
}

static AnnNode *
open_child (Layout *self, AnnNode *group, const char *name)
{
  GError *problem = NULL;
  AnnNode *child = ann_node_open_child (group, name, self->cancellable, &problem);

  note_problem (self, problem);

  return child;
}

static AnnArray *
open_array (Layout *self, AnnNode *node)
{
  GError *problem = NULL;
  AnnArray *array = ann_node_open_array (node, self->cancellable, &problem);

  note_problem (self, problem);

  return array;
}

static gboolean
has_child (Layout *self, AnnNode *group, const char *name)
{
  GError *problem = NULL;
  gboolean is_there;

  _ann_node_find_child (group, name, &is_there, self->cancellable, &problem);
  note_problem (self, problem);

  return is_there;
}

static char **
list_children (Layout *self, AnnNode *group)
{
  GError *problem = NULL;
  char **names = ann_node_list_children (group, self->cancellable, &problem);

  note_problem (self, problem);

  return names;
}

static gboolean
has_name (const Layout *self, const char *name)
{
  return g_ptr_array_find_with_equal_func (self->names, name, g_str_equal, NULL);
}

static gboolean
take_name (Layout *self, const char *name)
{
  guint place;

  if (!g_ptr_array_find_with_equal_func (self->names, name, g_str_equal, &place))
    return FALSE;

  g_ptr_array_remove_index (self->names, place);

  return TRUE;
}

/* What a part is called here, or NULL if there is none. */
static const char *
find_part (const Layout *self, const Part *part)
{
  if (has_name (self, part->name))
    return part->name;
  for (guint i = 0; i < G_N_ELEMENTS (part->aliases); i++)
    {
      if (part->aliases[i] != NULL && has_name (self, part->aliases[i]))
        return part->aliases[i];
    }

  return NULL;
}

static void
add_part (Layout *self, const Part *part)
{
  const char *name = find_part (self, part);

  if (name == NULL || (!self->is_old && strcmp (name, part->name) != 0))
    return;

  _ann_node_view_add_child (self->view, part->name, self->root, name);
  self->has_changes |= strcmp (name, part->name) != 0;
  take_name (self, name);
}

/* `raw.X` … as the group `raw`. Its categories are not listed: they are in the columns of var. */
static void
add_raw (Layout *self)
{
  static const char *const names[] = { "X", "var", "varm" };
  g_autoptr (AnnNodeView) raw = _ann_node_view_new_group (NULL, "raw");
  gboolean is_there = FALSE;

  if (has_name (self, "raw"))
    return;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *stored_name = g_strconcat ("raw.", names[i], NULL);

      if (!take_name (self, stored_name))
        continue;
      _ann_node_view_add_child (raw, names[i], self->root, stored_name);
      is_there = TRUE;
    }
  if (!is_there)
    return;

  if (take_name (self, "raw.cat"))
    _ann_node_view_add_hidden (raw, "cat", self->root, "raw.cat");
  _ann_node_view_add_node (self->view, "raw", ANN_NODE (raw));
  self->has_changes = TRUE;
}

/* The shape of a sparse matrix, which was an array of two once, as an attribute. */
static void
add_shape (Layout *self, AnnAttributes *attributes, const char *name)
{
  g_autoptr (AnnNode) node = open_child (self, self->root, name);
  g_autoptr (AnnArray) array = node != NULL ? open_array (self, node) : NULL;
  g_autoptr (AnnBuffer) numbers = NULL;
  GError *problem = NULL;

  if (array != NULL && ann_array_get_rank (array) == 1 && ann_array_get_length (array) == 2
      && ann_dtype_is_integer (ann_array_get_dtype (array)))
    numbers = ann_array_read_range (array, 0, 2, self->cancellable, &problem);
  note_problem (self, problem);
  if (numbers != NULL)
    ann_attributes_add_numbers (attributes, "h5sparse_shape", numbers);
}

/* `X_csr_data` … as the group `X`. */
static void
add_sparse_x (Layout *self, const char *format)
{
  static const char *const names[] = { "data", "indices", "indptr" };
  g_autoptr (AnnNodeView) x = _ann_node_view_new_group (NULL, "X");
  g_autoptr (AnnAttributes) attributes = ann_attributes_new ();
  g_autoptr (AnnStrings) texts = ann_strings_new ();
  g_autofree char *data_name = g_strconcat ("X_", format, "_data", NULL);
  g_autofree char *shape_name = g_strconcat ("X_", format, "_shape", NULL);

  if (!has_name (self, data_name) || !ann_strings_append (texts, format, -1, NULL))
    return;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *stored_name = g_strconcat ("X_", format, "_", names[i], NULL);

      if (take_name (self, stored_name))
        _ann_node_view_add_child (x, names[i], self->root, stored_name);
    }
  ann_attributes_add_texts (attributes, "h5sparse_format", TRUE, texts);
  if (take_name (self, shape_name))
    add_shape (self, attributes, shape_name);
  _ann_node_view_set_attributes (x, attributes);
  _ann_node_view_add_node (self->view, "X", ANN_NODE (x));
  self->has_changes = TRUE;
}

static AnnNode *
open_if_there (Layout *self, AnnNode *group, const char *name)
{
  return has_child (self, group, name) ? open_child (self, group, name) : NULL;
}

/* The children of @group (nullable), those that are called one of @but excepted. */
static void
add_all_but (Layout *self, AnnNodeView *view, AnnNode *group, const char *const *but)
{
  g_auto (GStrv) names = group != NULL ? list_children (self, group) : NULL;

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      if (!g_strv_contains (but, names[i]))
        _ann_node_view_add_child (view, names[i], group, names[i]);
    }
}

/* Which matrices of @neighbors belong into obsp and are not there. */
static guint
find_moved (Layout *self, AnnNode *neighbors, AnnNode *obsp, const char **moved)
{
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (neighbor_matrices); i++)
    {
      if (has_child (self, neighbors, neighbor_matrices[i])
          && (obsp == NULL || !has_child (self, obsp, neighbor_matrices[i])))
        moved[n++] = neighbor_matrices[i];
    }

  return n;
}

/* Moves matrices from `uns/neighbors` to obsp. */
static void
move_neighbors (Layout *self)
{
  static const char *const nothing[] = { NULL };
  const char *moved[G_N_ELEMENTS (neighbor_matrices) + 1] = { NULL };
  g_autoptr (AnnNode) uns = open_if_there (self, self->root, "uns");
  g_autoptr (AnnNode) neighbors = NULL;
  g_autoptr (AnnNode) stored = NULL;
  g_autoptr (AnnNodeView) obsp = NULL;

  if (uns != NULL)
    neighbors = open_if_there (self, uns, "neighbors");
  if (neighbors != NULL)
    stored = open_if_there (self, self->root, "obsp");
  if (neighbors == NULL || find_moved (self, neighbors, stored, moved) == 0)
    return;

  take_name (self, "obsp");
  obsp = _ann_node_view_new_group (stored, "obsp");
  add_all_but (self, obsp, stored, nothing);
  for (guint i = 0; moved[i] != NULL; i++)
    _ann_node_view_add_child (obsp, moved[i], neighbors, moved[i]);
  _ann_node_view_add_node (self->view, "obsp", ANN_NODE (obsp));
  self->has_changes = TRUE;

  self->neighbors = _ann_node_view_new_group (neighbors, "uns/neighbors");
  add_all_but (self, self->neighbors, neighbors, moved);
}

/* uns, if it has changes; with all at the root that is nothing else, which is where the oldest
 * files kept it.
 */
static void
add_uns (Layout *self)
{
  static const char *const moved[] = { "neighbors", NULL };
  const guint n_rest = self->names->len - (has_name (self, "uns") ? 1 : 0);
  g_autoptr (AnnNode) stored = open_if_there (self, self->root, "uns");
  g_autoptr (AnnNodeView) uns = NULL;

  if ((self->neighbors == NULL && (!self->is_old || n_rest == 0))
      || (stored != NULL && ann_node_get_kind (stored) != ANN_NODE_GROUP))
    return;

  take_name (self, "uns");
  uns = _ann_node_view_new_group (stored, "uns");
  add_all_but (self, uns, stored, self->neighbors != NULL ? moved : moved + 1);
  if (self->neighbors != NULL)
    _ann_node_view_add_node (uns, "neighbors", ANN_NODE (self->neighbors));
  for (guint i = 0; self->is_old && i < self->names->len; i++)
    {
      const char *name = g_ptr_array_index (self->names, i);

      if (!has_child (self, ANN_NODE (uns), name))
        _ann_node_view_add_child (uns, name, self->root, name);
    }
  if (self->is_old)
    g_ptr_array_set_size (self->names, 0);
  _ann_node_view_add_node (self->view, "uns", ANN_NODE (uns));
  self->has_changes = TRUE;
}

static gboolean
is_old (Layout *self)
{
  const char *name = find_part (self, &parts[OBS]);
  g_autoptr (AnnNode) obs = NULL;
  g_autoptr (AnnArray) array = NULL;

  if (name == NULL || find_part (self, &parts[VAR]) == NULL)
    return FALSE;

  obs = open_child (self, self->root, name);
  if (obs != NULL && ann_node_get_kind (obs) == ANN_NODE_ARRAY)
    array = open_array (self, obs);

  return array != NULL && ann_array_get_dtype (array) == ANN_DTYPE_RECORD;
}

static void
lay_out (Layout *self)
{
  add_raw (self);
  add_sparse_x (self, "csr");
  add_sparse_x (self, "csc");
  move_neighbors (self);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    add_part (self, &parts[i]);
  add_uns (self);
  for (guint i = 0; i < self->names->len; i++)
    {
      const char *name = g_ptr_array_index (self->names, i);

      _ann_node_view_add_child (self->view, name, self->root, name);
    }
}

AnnNode *
_ann_legacy_root (AnnNode *root, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) names = NULL;
  g_autoptr (GPtrArray) rest = g_ptr_array_new ();
  g_autoptr (AnnNodeView) view = _ann_node_view_new_group (root, ann_node_get_path (root));
  Layout self = { .root = root, .view = view, .names = rest, .cancellable = cancellable };

  names = list_children (&self, root);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    g_ptr_array_add (rest, names[i]);
  self.is_old = is_old (&self);
  if (self.is_old || (has_name (&self, "obs") && has_name (&self, "var")))
    lay_out (&self);
  g_clear_object (&self.neighbors);
  if (self.failure != NULL)
    {
      g_propagate_error (error, self.failure);
      return NULL;
    }

  return self.has_changes ? ANN_NODE (g_steal_pointer (&view)) : g_object_ref (root);
}
