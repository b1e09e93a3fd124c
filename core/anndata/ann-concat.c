/* ann-concat.c: many stores as one
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-concat.h"

#include "anndata/ann-concat-private.h"
#include "anndata/ann-data-private.h"
#include "anndata/ann-data-set-private.h"
#include "base/ann-error.h"
#include "element/ann-element-private.h"

#include <string.h>

G_DEFINE_BOXED_TYPE (AnnConcatOptions,
                     ann_concat_options,
                     ann_concat_options_copy,
                     ann_concat_options_free)
G_DEFINE_BOXED_TYPE (AnnConcatPlan, ann_concat_plan, ann_concat_plan_ref, ann_concat_plan_unref)

/**
 * ann_concat_options_new: (constructor)
 *
 * Returns: (transfer full): the options that anndata.concat takes by itself
 */
AnnConcatOptions *
ann_concat_options_new (void)
{
  return g_new0 (AnnConcatOptions, 1);
}

/**
 * ann_concat_options_copy:
 * @self: options
 *
 * Returns: (transfer full): a copy
 */
AnnConcatOptions *
ann_concat_options_copy (const AnnConcatOptions *self)
{
  AnnConcatOptions *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->label = g_strdup (self->label);
  copy->keys = g_strdupv (self->keys);
  copy->index_unique = g_strdup (self->index_unique);

  return copy;
}

/**
 * ann_concat_options_free:
 * @self: (transfer full): options
 */
void
ann_concat_options_free (AnnConcatOptions *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->label);
  g_strfreev (self->keys);
  g_free (self->index_unique);
  g_free (self);
}

/**
 * ann_concat_plan_ref:
 * @self: a plan
 *
 * Returns: (transfer full): @self
 */
AnnConcatPlan *
ann_concat_plan_ref (AnnConcatPlan *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * ann_concat_plan_unref:
 * @self: (transfer full): a plan
 */
void
ann_concat_plan_unref (AnnConcatPlan *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_strfreev (self->dropped_columns);
  g_strfreev (self->dropped_elements);
  g_strfreev (self->clashes);
  g_free (self);
}

static void
add_count (GStrvBuilder *lines, const char *title, guint64 count)
{
  g_autofree char *line = g_strdup_printf ("%s: %" G_GUINT64_FORMAT, title, count);

  if (count > 0)
    g_strv_builder_add (lines, line);
}

static void
add_texts (GStrvBuilder *lines, const char *title, char **texts)
{
  for (guint i = 0; texts[i] != NULL; i++)
    {
      g_autofree char *line = g_strdup_printf ("%s: %s", title, texts[i]);

      g_strv_builder_add (lines, line);
    }
}

/**
 * ann_concat_plan_describe:
 * @self: a plan
 *
 * Returns: (transfer full) (array zero-terminated=1): what the result does not have of the parts,
 * or not as they have it: one line each, none if it is all there
 */
char **
ann_concat_plan_describe (const AnnConcatPlan *self)
{
  g_autoptr (GStrvBuilder) lines = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  lines = g_strv_builder_new ();
  add_count (lines, "labels dropped", self->n_dropped_labels);
  add_count (lines, "labels more than once", self->n_duplicates);
  add_texts (lines, "column dropped", self->dropped_columns);
  add_texts (lines, "element dropped", self->dropped_elements);
  add_texts (lines, "clash", self->clashes);

  return g_strv_builder_end (lines);
}

/* --- Notes --- */

void
_ann_concat_notes_init (AnnConcatNotes *self)
{
  *self = (AnnConcatNotes){ g_ptr_array_new_with_free_func (g_free),
                            g_ptr_array_new_with_free_func (g_free),
                            g_ptr_array_new_with_free_func (g_free), 0, 0 };
}

void
_ann_concat_notes_clear (AnnConcatNotes *self)
{
  g_clear_pointer (&self->dropped_columns, g_ptr_array_unref);
  g_clear_pointer (&self->dropped_elements, g_ptr_array_unref);
  g_clear_pointer (&self->clashes, g_ptr_array_unref);
}

void
_ann_concat_add_note (GPtrArray *notes, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (notes, g_strdup_vprintf (format, args));
  va_end (args);
}

static char **
copy_notes (GPtrArray *notes)
{
  char **list = g_new0 (char *, notes->len + 1);

  for (guint i = 0; i < notes->len; i++)
    list[i] = g_strdup (g_ptr_array_index (notes, i));

  return list;
}

static AnnConcatPlan *
plan_new (AnnElement *root, const AnnConcatNotes *notes)
{
  AnnConcatPlan *plan = g_new0 (AnnConcatPlan, 1);

  g_atomic_ref_count_init (&plan->ref_count);
  plan->n_obs = ann_element_get_length (root, 0);
  plan->n_var = ann_element_get_length (root, 1);
  plan->n_dropped_labels = notes->n_dropped_labels;
  plan->n_duplicates = notes->n_duplicates;
  plan->dropped_columns = copy_notes (notes->dropped_columns);
  plan->dropped_elements = copy_notes (notes->dropped_elements);
  plan->clashes = copy_notes (notes->clashes);

  return plan;
}

/* --- Names --- */

const char *
_ann_concat_axis_name (guint axis, const char *suffix)
{
  g_autofree char *name = g_strconcat (axis == 0 ? "obs" : "var", suffix, NULL);

  return g_intern_string (name);
}

char *
_ann_concat_path (const AnnConcat *self, const char *name)
{
  return self->path != NULL ? _ann_path_join (self->path, name) : g_strdup (name);
}

/* As many as there are parts, and each once where they tell these apart. */
char **
_ann_concat_make_keys (const AnnConcatOptions *options, gsize n_parts, GError **error)
{
  char **keys;

  if (options->keys != NULL)
    {
      const guint n_keys = g_strv_length (options->keys);

      if (n_keys != n_parts)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                       "There are %" G_GSIZE_FORMAT " stores and %u keys; each needs one", n_parts,
                       n_keys);
          return NULL;
        }
      for (guint i = 0; i < n_keys; i++)
        for (guint k = 0; k < i; k++)
          if (strcmp (options->keys[i], options->keys[k]) == 0)
            {
              g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                           "The key “%s” is there twice; each store needs one of its own",
                           options->keys[i]);
              return NULL;
            }
      return g_strdupv (options->keys);
    }

  keys = g_new0 (char *, n_parts + 1);
  for (gsize i = 0; i < n_parts; i++)
    keys[i] = g_strdup_printf ("%" G_GSIZE_FORMAT, i);

  return keys;
}

/* --- Tables --- */

static AnnElement *
make_joined_table (const AnnConcat *self, GError **error)
{
  const char *name = _ann_concat_axis_name (self->axis, "");
  g_autofree char *path = _ann_concat_path (self, name);
  g_autofree AnnElement **tables = g_new0 (AnnElement *, self->n_parts);

  for (gsize i = 0; i < self->n_parts; i++)
    tables[i] = (AnnElement *) self->parts[i].tables[self->axis];

  return _ann_concat_stack_frames (self, path, tables, TRUE,
                                   self->is_raw ? NULL : self->notes->dropped_columns, error);
}

static gboolean
add_table (const AnnConcat *self, guint axis, AnnBranch *branch, GError **error)
{
  AnnElement *table = axis == self->axis ? make_joined_table (self, error)
                                         : _ann_concat_merge_tables (self, error);

  if (table == NULL)
    return FALSE;
  _ann_branch_add (branch, _ann_concat_axis_name (axis, ""), table);

  return TRUE;
}

static gboolean
add_x (const AnnConcat *self, AnnBranch *branch, GError **error)
{
  AnnElement *x;

  if (!_ann_concat_stack_x (self, &x, error))
    return FALSE;
  if (x != NULL)
    _ann_branch_add (branch, "X", x);

  return TRUE;
}

typedef AnnElement *(*MappingFunc) (const AnnConcat *self, GError **error);

static gboolean
add_mapping (const AnnConcat *self,
             const char *name,
             MappingFunc make,
             AnnBranch *branch,
             GError **error)
{
  AnnElement *mapping = make (self, error);

  if (mapping == NULL)
    return FALSE;
  _ann_branch_add (branch, name, mapping);

  return TRUE;
}

static gboolean
add_annotations (const AnnConcat *self,
                 guint axis,
                 const char *suffix,
                 AnnBranch *branch,
                 GError **error)
{
  const gboolean is_pairs = *suffix == 'p';
  MappingFunc make;

  if (axis == self->axis)
    make = is_pairs ? _ann_concat_stack_pairs : _ann_concat_stack_annotations;
  else
    make = is_pairs ? _ann_concat_merge_pairs : _ann_concat_merge_annotations;

  return add_mapping (self, _ann_concat_axis_name (axis, suffix), make, branch, error);
}

/* --- uns --- */

static AnnElement *
merge_uns (const AnnConcat *self, GError **error)
{
  AnnOffer *offers = g_new0 (AnnOffer, self->n_parts);
  AnnBranch *merged = NULL;
  gsize n_offers = 0;

  if (_ann_concat_open_mappings (self, "uns", offers, error))
    {
      for (gsize i = 0; i < self->n_parts; i++)
        if (self->parts[i].root != NULL)
          {
            const AnnOffer offer = offers[i];

            offers[i] = (AnnOffer){ .names = NULL };
            offers[n_offers++] = offer;
          }
      merged = _ann_concat_merge (self, "uns", offers, n_offers, self->options->uns_merge, error);
    }
  for (gsize i = 0; i < self->n_parts; i++)
    _ann_offer_clear (&offers[i]);
  g_free (offers);

  return merged != NULL ? _ann_branch_to_tree (merged, "uns", ANN_ELEMENT_MAPPING, NULL) : NULL;
}

/* --- raw --- */

static AnnElement *concat_parts (const AnnConcatPart *parts,
                                 gsize n_parts,
                                 const AnnConcatOptions *options,
                                 const char *const *keys,
                                 gboolean is_raw,
                                 AnnConcatNotes *notes,
                                 GCancellable *cancellable,
                                 GError **error);

/* Sets @raw to the raw of a part, if it has one, and @var to its table. */
static gboolean
open_raw (const AnnConcat *self, gsize part, AnnElement **raw, AnnElement **var, GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (AnnElement) element = NULL;

  element = ann_element_open_child (self->parts[part].root, "raw", self->cancellable, &problem);
  if (element != NULL && ann_element_get_kind (element) == ANN_ELEMENT_RAW)
    {
      *var = ann_element_open_child (element, "var", self->cancellable, error);
      if (*var == NULL)
        return FALSE;
      if (ANN_IS_FRAME (*var))
        *raw = g_steal_pointer (&element);
    }
  if (problem != NULL && !g_error_matches (problem, ANN_ERROR, ANN_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }

  return TRUE;
}

static AnnElement *
concat_raws (const AnnConcat *self, AnnElement **raws, AnnElement **vars, GError **error)
{
  g_autofree AnnConcatPart *parts = g_new0 (AnnConcatPart, self->n_parts);
  AnnConcatOptions options = *self->options;

  options.merge = ANN_MERGE_NONE;
  options.uns_merge = ANN_MERGE_NONE;
  options.pairwise = FALSE;
  for (gsize i = 0; i < self->n_parts; i++)
    {
      parts[i] = self->parts[i];
      if (parts[i].root == NULL)
        continue;
      parts[i].root = raws[i];
      parts[i].tables[1] = ANN_FRAME (vars[i]);
      parts[i].lengths[1] = ann_element_get_n_rows (vars[i]);
    }

  return concat_parts (parts, self->n_parts, &options, self->keys, TRUE, self->notes,
                       self->cancellable, error);
}

gboolean
_ann_concat_add_raw (const AnnConcat *self, AnnBranch *branch, GError **error)
{
  AnnElement **raws = g_new0 (AnnElement *, self->n_parts);
  AnnElement **vars = g_new0 (AnnElement *, self->n_parts);
  AnnElement *raw = NULL;
  gboolean success = TRUE;
  guint n_roots = 0;
  guint n_found = 0;

  for (gsize i = 0; i < self->n_parts && success; i++)
    {
      if (self->parts[i].root == NULL)
        continue;
      n_roots++;
      success = open_raw (self, i, &raws[i], &vars[i], error);
      n_found += raws[i] != NULL;
    }
  if (success && n_found > 0 && n_found == n_roots)
    {
      raw = concat_raws (self, raws, vars, error);
      success = raw != NULL;
    }
  else if (success && n_found > 0)
    {
      g_ptr_array_add (self->notes->dropped_elements, g_strdup ("raw"));
      _ann_concat_add_note (self->notes->clashes,
                            "raw: some of the stores have it and some have not; it is left out");
    }
  if (raw != NULL)
    _ann_branch_add (branch, "raw", raw);
  for (gsize i = 0; i < self->n_parts; i++)
    {
      g_clear_object (&raws[i]);
      g_clear_object (&vars[i]);
    }
  g_free (raws);
  g_free (vars);

  return success;
}

/* --- All of it --- */

static void
concat_clear (AnnConcat *self)
{
  g_clear_object (&self->index);
  g_clear_pointer (&self->other_labels, ann_strings_unref);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->other_name, g_free);
  for (gsize i = 0; self->reindexes != NULL && i < self->n_parts; i++)
    g_clear_pointer (&self->reindexes[i], _ann_reindex_unref);
  g_clear_pointer (&self->reindexes, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnConcat, concat_clear)

static gboolean
add_all (const AnnConcat *self, AnnBranch *branch, GError **error)
{
  if (self->is_raw) /* of which the observations are no part */
    return add_table (self, 1, branch, error) && add_x (self, branch, error)
           && add_annotations (self, 1, "m", branch, error);

  return add_table (self, 0, branch, error) && add_table (self, 1, branch, error)
         && add_x (self, branch, error)
         && add_mapping (self, "layers", _ann_concat_stack_layers, branch, error)
         && _ann_concat_add_raw (self, branch, error)
         && add_annotations (self, 0, "m", branch, error)
         && add_annotations (self, 1, "m", branch, error)
         && add_annotations (self, 0, "p", branch, error)
         && add_annotations (self, 1, "p", branch, error)
         && add_mapping (self, "uns", merge_uns, branch, error);
}

static AnnElement *
concat_parts (const AnnConcatPart *parts,
              gsize n_parts,
              const AnnConcatOptions *options,
              const char *const *keys,
              gboolean is_raw,
              AnnConcatNotes *notes,
              GCancellable *cancellable,
              GError **error)
{
  g_auto (AnnConcat) self = {
    .options = options,
    .keys = keys,
    .parts = parts,
    .n_parts = n_parts,
    .axis = options->axis == ANN_AXIS_OBS ? 0 : 1,
    .is_raw = is_raw,
    .path = is_raw ? "raw" : NULL,
    .notes = notes,
    .cancellable = cancellable,
  };
  g_autoptr (AnnBranch) branch = _ann_branch_new ();

  if (!_ann_concat_join_labels (&self, error) || !add_all (&self, branch, error))
    return NULL;

  return _ann_branch_to_tree (g_steal_pointer (&branch), is_raw ? "raw" : "",
                              is_raw ? ANN_ELEMENT_RAW : ANN_ELEMENT_ANNDATA, self.lengths);
}

AnnElement *
_ann_concat_elements (const AnnConcatPart *parts,
                      gsize n_parts,
                      const AnnConcatOptions *options,
                      AnnConcatNotes *notes,
                      GCancellable *cancellable,
                      GError **error)
{
  g_auto (GStrv) keys = _ann_concat_make_keys (options, n_parts, error);

  if (keys == NULL)
    return NULL;

  return concat_parts (parts, n_parts, options, (const char *const *) keys, FALSE, notes,
                       cancellable, error);
}

static gboolean
init_part (AnnConcatPart *part, AnnData *data, GError **error)
{
  *part = (AnnConcatPart){
    .name = ann_data_get_uri (data),
    .root = ann_data_get_root (data),
    .tables = { ann_data_get_obs (data), ann_data_get_var (data) },
    .lengths = { ann_data_get_n_obs (data), ann_data_get_n_var (data) },
  };
  if (ann_data_is_annotated (data) && part->tables[0] != NULL && part->tables[1] != NULL)
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
               ann_data_is_annotated (data)
                   ? "%s: its obs or var cannot be read, and without them nothing can be joined"
                   : "%s: is no annotated matrix, and only those can be joined",
               part->name);

  return FALSE;
}

/**
 * ann_data_concat:
 * @parts: (array length=n_parts): stores
 * @n_parts: how many, at least one
 * @options: (nullable): how, or %NULL for what anndata.concat takes by itself
 * @plan: (out) (optional) (transfer full): what becomes of what the stores have
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Joins stores as anndata.concat does it: the result is a store like any other, that reads from
 * @parts when it is read, and can be exported. This reads metadata, the labels of both axes, of
 * which it keeps those of the other one, the categories of columns, and, where elements are merged
 * that are to be equal, those.
 *
 * A set some of whose parts are missing is not joined: what is only shown as missing was never
 * measured. Of another the column of its keys, which says which part a row is of, is read as a
 * whole and joined as the categorical that it stands for.
 *
 * Where pandas makes columns of mixed objects, which cannot be stored, the result has the nearest
 * type that can be; and what cannot be joined is left out: both are among the clashes of the plan.
 *
 * Blocks; any thread.
 *
 * Returns: (transfer full): the stores as one, or %NULL with @error set: `ANN_ERROR_FORMAT` where
 *   labels that are to be matched are not unique
 */
AnnData *
ann_data_concat (AnnData **parts,
                 gsize n_parts,
                 const AnnConcatOptions *options,
                 AnnConcatPlan **plan,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autofree AnnConcatPart *sources = NULL;
  g_autoptr (GPtrArray) all_labelled = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (AnnConcatOptions) usual = ann_concat_options_new ();
  g_auto (AnnConcatNotes) notes = { .dropped_columns = NULL };
  g_autoptr (AnnElement) root = NULL;
  g_autofree char *name = NULL;
  AnnData *data;

  g_return_val_if_fail (parts != NULL && n_parts > 0, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  sources = g_new0 (AnnConcatPart, n_parts);
  for (gsize i = 0; i < n_parts; i++)
    {
      AnnData *labelled;

      if (!_ann_data_check_is_whole (parts[i], error))
        return NULL;
      labelled = _ann_data_set_categorize_label (parts[i], cancellable, error);
      if (labelled == NULL)
        return NULL;
      g_ptr_array_add (all_labelled, labelled);
      if (!init_part (&sources[i], labelled, error))
        return NULL;
    }

  _ann_concat_notes_init (&notes);
  root = _ann_concat_elements (sources, n_parts, options != NULL ? options : usual, &notes,
                               cancellable, error);
  if (root == NULL)
    return NULL;

  name = g_strdup_printf ("concatenation of %" G_GSIZE_FORMAT " stores", n_parts);
  data = _ann_data_new_view (root, name, "Concatenation", cancellable, error);
  if (data == NULL)
    return NULL;
  for (gsize i = 0; i < n_parts; i++)
    _ann_data_add_source (data, parts[i]);
  if (plan != NULL)
    *plan = plan_new (root, &notes);

  return data;
}
