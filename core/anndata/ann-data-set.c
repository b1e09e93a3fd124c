/* ann-data-set.c: many stores that one file names
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-data-set.h"

#include "anndata/ann-concat-private.h"
#include "anndata/ann-data-private.h"
#include "anndata/ann-data-set-private.h"
#include "base/ann-error-private.h"
#include "element/ann-element-private.h"

#include <string.h>

/* Labels of each part that are compared with those of the set. */
#define N_SAMPLED ((guint64) 64)

/**
 * AnnDataSet:
 *
 * A set, `.h5ads` as anndata-rs writes it: a store without X whose `uns/AnnDataSet` names other
 * stores, any of which may be of another format or elsewhere. Their rows lie behind each other; all
 * have the same variables. What the file has itself (obs, var, obsm, obsp, varm, varp, uns) belongs
 * to the set; X, layers and raw are those of the parts, and so are columns of obs and annotations
 * in obsm that all parts have and the set has not.
 *
 * The parts are read, and never written to. One that is not where the set says is looked for beside
 * the set, by its file name, and in the working directory; one that is nowhere is missing, and the
 * rest goes on: its rows have labels, and what the set says of them.
 *
 * Immutable, and used by any thread.
 */
struct _AnnDataSet {
  GObject parent_instance;

  AnnData *own;
  GPtrArray *parts;
  AnnElement *root;
};

G_DEFINE_FINAL_TYPE (AnnDataSet, ann_data_set, G_TYPE_OBJECT)

typedef struct {
  char *key;
  char *path;
  char *found;
  AnnData *data;
  GError *error;
  guint64 start;
  guint64 n_rows;
} Part;

static void
part_free (gpointer data)
{
  Part *part = data;

  g_free (part->key);
  g_free (part->path);
  g_free (part->found);
  g_clear_object (&part->data);
  g_clear_error (&part->error);
  g_free (part);
}

static void
ann_data_set_finalize (GObject *object)
{
  AnnDataSet *self = ANN_DATA_SET (object);

  g_clear_object (&self->own);
  g_clear_pointer (&self->parts, g_ptr_array_unref);
  g_clear_object (&self->root);

  G_OBJECT_CLASS (ann_data_set_parent_class)->finalize (object);
}

static void
ann_data_set_class_init (AnnDataSetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_data_set_finalize;
}

static void
ann_data_set_init (AnnDataSet *self)
{
  self->parts = g_ptr_array_new_with_free_func (part_free);
}

/* --- The table of parts --- */

gboolean
_ann_data_set_is_set (AnnData *own)
{
  g_autofree char *name = NULL;
  AnnLocation *location = ann_data_get_location (own);

  if (location == NULL || !ann_data_is_annotated (own))
    return FALSE;
  name = g_ascii_strdown (ann_location_get_name (location), -1);

  return g_str_has_suffix (name, ".h5ads");
}

AnnFrame *
_ann_data_set_open_table (AnnData *own, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) problem = NULL;
  AnnElement *table = ann_data_open_element (own, "uns/AnnDataSet", cancellable, &problem);

  if (table != NULL && ANN_IS_FRAME (table))
    return ANN_FRAME (table);
  g_clear_object (&table);
  if (problem != NULL && !g_error_matches (problem, ANN_ERROR, ANN_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&problem));

  return NULL;
}

static AnnStrings *
read_column (AnnFrame *table, const char *name, GCancellable *cancellable, GError **error)
{
  const char *path = ann_element_get_path (ANN_ELEMENT (table));
  g_autoptr (AnnElement) column = NULL;
  g_autoptr (AnnBlock) block = NULL;
  guint place;

  if (!ann_frame_find_column (table, name, &place))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s: has no column “%s”", path, name);
      return NULL;
    }
  column = ann_frame_open_column (table, place, cancellable, error);
  if (column == NULL)
    return NULL;
  block = ann_element_read_rows (column, 0, ann_element_get_n_rows (column), cancellable, error);
  if (block == NULL)
    return NULL;
  if (block->texts == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s/%s: must be texts", path, name);
      return NULL;
    }

  return ann_strings_ref (block->texts);
}

static gboolean
read_parts (AnnDataSet *self,
            AnnFrame *table,
            AnnStrings **keys,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (AnnStrings) paths = NULL;

  *keys = read_column (table, "keys", cancellable, error);
  if (*keys == NULL)
    return FALSE;
  paths = read_column (table, "file_path", cancellable, error);
  if (paths == NULL)
    return FALSE;

  for (gsize i = 0; i < ann_strings_get_length (*keys); i++)
    {
      Part *part = g_new0 (Part, 1);

      part->key = ann_strings_dup_utf8 (*keys, i);
      part->path = g_strdup (ann_strings_get (paths, i, NULL));
      g_ptr_array_add (self->parts, part);
    }
  if (self->parts->len == 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s: names no parts",
                   ann_element_get_path (ANN_ELEMENT (table)));
      return FALSE;
    }

  return TRUE;
}

/* --- Opening parts --- */

static gboolean
is_there (const char *place)
{
  return strstr (place, "://") != NULL || g_file_test (place, G_FILE_TEST_EXISTS);
}

/* A set within a set is a store without X: nothing leads round in circles. */
static void
open_part (AnnDataSet *self, Part *part, const char *const *remap, GCancellable *cancellable)
{
  g_auto (GStrv) places = _ann_data_set_list_places (ann_data_get_uri (self->own), part->key,
                                                     part->path, remap);
  g_autofree char *all = NULL;

  for (guint i = 0; places[i] != NULL; i++)
    {
      if (!is_there (places[i]))
        continue;
      g_clear_error (&part->error);
      part->data = _ann_data_open_alone (places[i], cancellable, &part->error);
      if (part->data != NULL)
        {
          part->found = g_strdup (places[i]);
          return;
        }
      if (!g_error_matches (part->error, ANN_ERROR, ANN_ERROR_NOT_FOUND))
        return;
    }

  if (part->error != NULL)
    return;
  all = g_strjoinv ("”, “", places);
  part->error = g_error_new (ANN_ERROR, ANN_ERROR_NOT_FOUND,
                             "The part “%s” is not at “%s”: say where it is now", part->key, all);
}

static void
refuse_part (Part *part, const char *why)
{
  part->error = g_error_new (ANN_ERROR, ANN_ERROR_FORMAT, "%s: the part “%s” %s", part->found,
                             part->key, why);
  g_clear_object (&part->data);
}

static gboolean
labels_are_equal (const AnnStrings *one, const AnnStrings *other)
{
  if (ann_strings_get_length (one) != ann_strings_get_length (other))
    return FALSE;

  for (gsize i = 0; i < ann_strings_get_length (one); i++)
    if (strcmp (ann_strings_get (one, i, NULL), ann_strings_get (other, i, NULL)) != 0)
      return FALSE;

  return TRUE;
}

/* @variables: those of the set */
static void
check_part (AnnDataSet *self, Part *part, const AnnStrings *variables, GCancellable *cancellable)
{
  g_autoptr (AnnStrings) labels = NULL;

  if (!ann_data_is_annotated (part->data) || ann_data_get_obs (part->data) == NULL
      || ann_data_get_var (part->data) == NULL)
    {
      refuse_part (part, "is no annotated matrix with obs and var");
      return;
    }
  if (ann_data_get_n_var (part->data) != ann_data_get_n_var (self->own))
    {
      refuse_part (part, "has other variables than the set");
      return;
    }
  labels = _ann_read_labels (ann_data_get_var (part->data), cancellable, &part->error);
  if (labels == NULL)
    g_clear_object (&part->data);
  else if (!labels_are_equal (labels, variables))
    refuse_part (part, "has other variables than the set, or in another order");
}

/* Some labels, over all rows of a part, with their place in the set's first. */
static AnnStrings *
read_sample (AnnFrame *frame,
             guint64 first,
             guint64 n_rows,
             GCancellable *cancellable,
             GError **error)
{
  const guint64 n = MIN (n_rows, N_SAMPLED);
  g_autofree gint64 *places = g_new0 (gint64, n);
  g_autoptr (AnnElement) index = ann_frame_open_index (frame, cancellable, error);
  g_autoptr (AnnSelection) rows = NULL;
  g_autoptr (AnnBlock) block = NULL;

  if (index == NULL)
    return NULL;
  for (guint64 i = 0; i < n; i++)
    places[i] = (gint64) (first + (n > 1 ? (n_rows - 1) / (n - 1) * i : 0));
  rows = ann_selection_new_from_indices (places, n, ann_element_get_n_rows (index), error);
  block = rows != NULL ? ann_element_read (index, rows, NULL, cancellable, error) : NULL;
  if (block == NULL)
    return NULL;

  return block->texts != NULL ? ann_strings_ref (block->texts) : ann_strings_new ();
}

static gboolean
labels_fit (const AnnStrings *own, const AnnStrings *found, const char *key)
{
  if (ann_strings_get_length (own) != ann_strings_get_length (found))
    return FALSE;
  for (gsize i = 0; i < ann_strings_get_length (own); i++)
    if (!_ann_data_set_label_fits (own, found, i, key))
      return FALSE;

  return TRUE;
}

/* A part that was written anew since the set was made may have as many rows as before, and others:
 * columns of the set would be put to cells that they are not of. Some labels tell nearly always;
 * all are compared when the set is exported or validated.
 */
static gboolean
check_labels (AnnDataSet *self, Part *part, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnStrings) own = read_sample (ann_data_get_obs (self->own), part->start, part->n_rows,
                                            cancellable, error);
  g_autoptr (AnnStrings) found = NULL;

  if (own == NULL)
    return FALSE;
  found = read_sample (ann_data_get_obs (part->data), 0, part->n_rows, cancellable, &part->error);
  if (found == NULL)
    g_clear_object (&part->data);
  else if (!labels_fit (own, found, part->key))
    refuse_part (part, "has other observations than when the set was made, or in another order; "
                       "make the set anew");

  return TRUE;
}

static gboolean
open_parts (AnnDataSet *self,
            AnnStrings *keys,
            const char *const *remap,
            GCancellable *cancellable,
            GError **error)
{
  g_autofree guint64 *n_rows = g_new0 (guint64, self->parts->len);
  g_autoptr (AnnStrings) variables = NULL;
  guint64 start = 0;

  variables = _ann_read_labels (ann_data_get_var (self->own), cancellable, error);
  if (variables == NULL)
    return FALSE;
  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = g_ptr_array_index (self->parts, i);

      open_part (self, part, remap, cancellable);
      if (part->data != NULL)
        check_part (self, part, variables, cancellable);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      n_rows[i] = part->data != NULL ? ann_data_get_n_obs (part->data) : G_MAXUINT64;
    }
  if (!_ann_data_set_count_rows (self->own, keys, n_rows, self->parts->len, cancellable, error))
    return FALSE;

  for (guint i = 0; i < self->parts->len; i++)
    {
      Part *part = g_ptr_array_index (self->parts, i);

      part->start = start;
      part->n_rows = n_rows[i];
      start += n_rows[i];
      if (part->data != NULL && start <= ann_data_get_n_obs (self->own)
          && !check_labels (self, part, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

/* --- All as one --- */

/* Adds the children of @mapping that @branch has not. Takes @mapping. */
static gboolean
add_children (AnnBranch *branch, AnnElement *mapping, GCancellable *cancellable, GError **error)
{
  G_GNUC_UNUSED g_autoptr (AnnElement) owned = mapping;
  g_auto (GStrv) names = NULL;

  if (mapping == NULL)
    return FALSE;
  names = ann_element_list_children (mapping, cancellable, error);
  if (names == NULL)
    return FALSE;
  for (guint i = 0; names[i] != NULL; i++)
    {
      AnnElement *child;

      if (_ann_branch_get (branch, names[i]) != NULL)
        continue;
      child = ann_element_open_child (mapping, names[i], cancellable, error);
      if (child == NULL)
        return FALSE;
      _ann_branch_add (branch, names[i], child);
    }

  return TRUE;
}

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
  AnnElement *own;

  if (parts == NULL)
    return FALSE;
  own = open_own (concat, self, name, error);
  if (own == NULL)
    return FALSE;
  if (ann_element_get_kind (own) != ANN_ELEMENT_MAPPING)
    {
      _ann_branch_add (branch, name, own);
      return TRUE;
    }
  if (!add_children (children, own, concat->cancellable, error)
      || !add_children (children, g_steal_pointer (&parts), concat->cancellable, error))
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

  for (gsize i = 0; i < concat->n_parts; i++)
    tables[i] = (AnnElement *) concat->parts[i].tables[0];
  if (!add_children (columns, g_object_ref (ANN_ELEMENT (own)), concat->cancellable, error)
      || !add_children (columns,
                        _ann_concat_stack_frames (concat, "obs", tables, FALSE, NULL, error),
                        concat->cancellable, error))
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
init_concat_part (AnnConcatPart *to, const Part *part, guint64 n_var)
{
  *to = (AnnConcatPart){ .name = part->key,
                         .lengths = { part->n_rows, n_var },
                         .unavailable = part->error };
  if (part->data == NULL)
    return;

  to->root = ann_data_get_root (part->data);
  to->tables[0] = ann_data_get_obs (part->data);
  to->tables[1] = ann_data_get_var (part->data);
}

/* All parts have the same variables, so that nothing of them is joined. */
static gboolean
join_parts (AnnDataSet *self, GCancellable *cancellable, GError **error)
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
      init_concat_part (&parts[i], g_ptr_array_index (self->parts, i), n_var);
      keys[i] = parts[i].name;
      reindexes[i] = same;
    }

  _ann_concat_notes_init (&notes);
  if (!add_all (&concat, self, branch, error))
    return FALSE;
  self->root = _ann_branch_to_tree (g_steal_pointer (&branch), "", ANN_ELEMENT_ANNDATA,
                                    concat.lengths);
  for (guint i = 0; i < notes.clashes->len; i++)
    _ann_element_add_warning (self->root, "%s", (char *) g_ptr_array_index (notes.clashes, i));
  for (gsize i = 0; i < n; i++)
    if (parts[i].unavailable != NULL)
      _ann_element_add_warning (self->root, "%s", parts[i].unavailable->message);

  return TRUE;
}

/* What has an X of its own is a store, whatever else it names. */
static gboolean
has_x (AnnData *own, gboolean *has, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (AnnElement) x = NULL;

  x = ann_element_open_child (ann_data_get_root (own), "X", cancellable, &problem);
  *has = x != NULL && ann_element_get_kind (x) != ANN_ELEMENT_NULL;
  if (x != NULL || g_error_matches (problem, ANN_ERROR, ANN_ERROR_NOT_FOUND))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&problem));

  return FALSE;
}

/* NULL without an error if @own is no set. */
static AnnDataSet *
open_set (AnnData *own, const char *const *remap, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnDataSet) self = g_object_new (ANN_TYPE_DATA_SET, NULL);
  g_autoptr (AnnFrame) table = NULL;
  g_autoptr (AnnStrings) keys = NULL;
  gboolean is_store;

  if (!ann_data_is_annotated (own) || ann_data_get_obs (own) == NULL
      || ann_data_get_var (own) == NULL || !has_x (own, &is_store, cancellable, error) || is_store)
    return NULL;
  table = _ann_data_set_open_table (own, cancellable, error);
  if (table == NULL)
    return NULL;

  self->own = g_object_ref (own);
  if (!read_parts (self, table, &keys, cancellable, error)
      || !open_parts (self, keys, remap, cancellable, error)
      || !join_parts (self, cancellable, error))
    {
      if (error != NULL && *error != NULL)
        _ann_error_prefix_path (error, ann_data_get_uri (own));
      return NULL;
    }

  return g_steal_pointer (&self);
}

AnnData *
_ann_data_set_open_from (AnnData *own,
                         const char *const *remap,
                         GCancellable *cancellable,
                         GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (AnnDataSet) self = open_set (own, remap, cancellable, &problem);

  if (self != NULL)
    return ann_data_set_dup_data (self, cancellable, error);
  if (problem == NULL)
    return g_object_ref (own);

  g_propagate_error (error, g_steal_pointer (&problem));

  return NULL;
}

/**
 * ann_data_set_open:
 * @uri: a path or a URI of a set
 * @remap: (nullable) (array zero-terminated=1): where parts are now, each `KEY=PATH`; `OLD=NEW`,
 * where OLD is a path as the set has it, or a folder that such paths begin with; or a folder in
 * which they lie, in folders of their own too. Not written anywhere
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Opens a set, and the stores that it names. A part that is missing, broken or has other variables
 * is no error: ann_data_set_get_part () tells. [func@Ann.Data.open] opens sets too.
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full): the set, or %NULL with @error set: `ANN_ERROR_FORMAT` if it is none, or
 *   its parts have another number of rows than it has labels
 */
AnnDataSet *
ann_data_set_open (const char *uri,
                   const char *const *remap,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (AnnData) own = NULL;
  g_autoptr (GError) problem = NULL;
  AnnDataSet *self;

  g_return_val_if_fail (uri != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  own = _ann_data_open_alone (uri, cancellable, error);
  if (own == NULL)
    return NULL;
  self = open_set (own, remap, cancellable, &problem);
  if (self == NULL && problem == NULL)
    problem = g_error_new (ANN_ERROR, ANN_ERROR_FORMAT,
                           "%s: is no set: it has no table uns/AnnDataSet that names its parts",
                           uri);
  if (problem != NULL)
    g_propagate_error (error, g_steal_pointer (&problem));

  return self;
}

/**
 * ann_data_set_get_of:
 * @data: a store
 *
 * Returns: (transfer none) (nullable): the set of which it shows all parts, or %NULL for any other
 *   store
 */
AnnDataSet *
ann_data_set_get_of (AnnData *data)
{
  GObject *set;

  g_return_val_if_fail (ANN_IS_DATA (data), NULL);

  set = _ann_data_get_set (data);

  return set != NULL ? ANN_DATA_SET (set) : NULL;
}

/**
 * ann_data_set_get_n_parts:
 * @self: a set
 *
 * Returns: how many stores it names, those that are missing among them
 */
guint
ann_data_set_get_n_parts (AnnDataSet *self)
{
  g_return_val_if_fail (ANN_IS_DATA_SET (self), 0);

  return self->parts->len;
}

/**
 * ann_data_set_get_part:
 * @self: a set
 * @index: which part, less than their number
 * @part: (out caller-allocates): what is known of it, for as long as @self lives
 */
void
ann_data_set_get_part (AnnDataSet *self, guint index, AnnDataSetPart *part)
{
  const Part *of;

  g_return_if_fail (ANN_IS_DATA_SET (self));
  g_return_if_fail (index < self->parts->len);
  g_return_if_fail (part != NULL);

  of = g_ptr_array_index (self->parts, index);
  *part = (AnnDataSetPart){
    of->key, of->path, of->found, of->data, of->error, of->start, of->n_rows
  };
}

/**
 * ann_data_set_get_own:
 * @self: a set
 *
 * Returns: (transfer none): its file alone, as a store without X
 */
AnnData *
ann_data_set_get_own (AnnDataSet *self)
{
  g_return_val_if_fail (ANN_IS_DATA_SET (self), NULL);

  return self->own;
}

/**
 * ann_data_set_dup_data:
 * @self: a set
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full): all parts as one store, which has the address of the set; %NULL with
 *   @error set if this was cancelled
 */
AnnData *
ann_data_set_dup_data (AnnDataSet *self, GCancellable *cancellable, GError **error)
{
  AnnData *data;

  g_return_val_if_fail (ANN_IS_DATA_SET (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  data = _ann_data_new_view (self->root, ann_data_get_uri (self->own), "AnnDataSet", cancellable,
                             error);
  if (data == NULL)
    return NULL;
  _ann_data_stand_for (data, self->own, G_OBJECT (self));
  for (guint i = 0; i < self->parts->len; i++)
    {
      const Part *part = g_ptr_array_index (self->parts, i);

      if (part->data != NULL)
        _ann_data_add_source (data, part->data);
    }

  return data;
}
