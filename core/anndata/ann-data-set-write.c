/* ann-data-set-write.c: a file that names stores
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-data-set.h"

#include "anndata/ann-concat-private.h"
#include "anndata/ann-data-set-private.h"
#include "base/ann-error.h"
#include "element/ann-element-private.h"
#include "format/ann-create.h"
#include "store/ann-file-target.h"
#include "store/ann-same-place.h"
#include "view/ann-view-private.h"
#include "write/ann-element-writer.h"

#include <stdlib.h>
#include <string.h>

/* What anndata-rs calls the column of keys, unless it is told another name. */
#define KEY_COLUMN "sample"

/* --- Parts --- */

static gboolean
set_part_error (AnnData *part, const char *why, GError **error)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s: %s", ann_data_get_uri (part), why);
  return FALSE;
}

static gboolean
have_same_variables (AnnStrings *first, AnnData *part, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnStrings) labels = _ann_read_labels (ann_data_get_var (part), cancellable, error);
  gboolean same = labels != NULL
                  && ann_strings_get_length (labels) == ann_strings_get_length (first);

  for (gsize i = 0; same && i < ann_strings_get_length (first); i++)
    same = strcmp (ann_strings_get (first, i, NULL), ann_strings_get (labels, i, NULL)) == 0;
  if (labels != NULL && !same)
    return set_part_error (
        part,
        "has other variables than the first store, or in another order: a set is "
        "of stores that have the same ones; concatenate them into a store instead",
        error);

  return same;
}

static gboolean
check_parts (const char *target,
             AnnData **parts,
             gsize n_parts,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (AnnStrings) first = NULL;

  for (gsize i = 0; i < n_parts; i++)
    {
      if (ann_data_is_view (parts[i]))
        return set_part_error (parts[i], "is stored nowhere, so that a set cannot name it", error);
      if (!ann_data_is_annotated (parts[i]) || ann_data_get_obs (parts[i]) == NULL
          || ann_data_get_var (parts[i]) == NULL)
        return set_part_error (parts[i], "is no annotated matrix with obs and var", error);
      if (_ann_is_same_place (ann_data_get_uri (parts[i]), target))
        return set_part_error (parts[i], "cannot be part of the set that takes its place", error);
      if (i == 0)
        {
          first = _ann_read_labels (ann_data_get_var (parts[0]), cancellable, error);
          if (first == NULL)
            return FALSE;
        }
      else if (!have_same_variables (first, parts[i], cancellable, error))
        return FALSE;
    }

  return TRUE;
}

/* Where the set will lie. */
static char *
get_folder (const char *target)
{
  g_autoptr (AnnLocation) location = ann_location_parse (target, NULL);

  return g_path_get_dirname (location != NULL ? ann_location_get_uri (location) : target);
}

/* Below the set, from there; else as seen from everywhere. */
static char *
describe_place (const char *target, AnnData *part)
{
  AnnLocation *location = ann_data_get_location (part);
  const char *path = location != NULL ? ann_location_get_uri (location) : ann_data_get_uri (part);
  g_autofree char *folder = get_folder (target);
  g_autofree char *full_folder = NULL;
  g_autofree char *full_path = NULL;
  g_autoptr (GFile) base = NULL;
  g_autoptr (GFile) file = NULL;
  char *relative;

  if (location != NULL && ann_location_is_remote (location))
    return g_strdup (path);

  full_folder = realpath (folder, NULL);
  full_path = realpath (path, NULL);
  if (full_folder == NULL || full_path == NULL)
    return g_canonicalize_filename (path, NULL);

  base = g_file_new_for_path (full_folder);
  file = g_file_new_for_path (full_path);
  relative = g_file_get_relative_path (base, file);

  return relative != NULL ? relative : g_steal_pointer (&full_path);
}

/* --- What the set has itself --- */

static AnnElement *
make_texts (const char *path, const char *const *texts, GError **error)
{
  g_autoptr (AnnStrings) strings = ann_strings_new ();

  for (guint i = 0; texts[i] != NULL; i++)
    if (!ann_strings_append (strings, texts[i], -1, error))
      return NULL;

  return _ann_memory_element_new_texts (path, strings, NULL);
}

/* Takes @element; FALSE where it is NULL. */
static gboolean
add (AnnBranch *branch, const char *name, AnnElement *element)
{
  if (element == NULL)
    return FALSE;
  _ann_branch_add (branch, name, element);

  return TRUE;
}

static AnnElement *
make_part_table (const char *const *keys, const char *const *paths, gsize n_parts, GError **error)
{
  g_autoptr (AnnBranch) columns = _ann_branch_new ();
  g_auto (GStrv) numbers = g_new0 (char *, n_parts + 1);
  AnnElement *index;

  for (gsize i = 0; i < n_parts; i++)
    numbers[i] = g_strdup_printf ("%" G_GSIZE_FORMAT, i);
  if (!add (columns, "keys", make_texts ("uns/AnnDataSet/keys", keys, error))
      || !add (columns, "file_path", make_texts ("uns/AnnDataSet/file_path", paths, error)))
    return NULL;
  index = make_texts ("uns/AnnDataSet/index", (const char *const *) numbers, error);

  return index != NULL
             ? _ann_branch_to_frame (g_steal_pointer (&columns), "uns/AnnDataSet", index, "index")
             : NULL;
}

static AnnElement *
make_uns (const char *const *keys, const char *const *paths, gsize n_parts, GError **error)
{
  g_autoptr (AnnBranch) uns = _ann_branch_new ();

  if (!add (uns, "AnnDataSet", make_part_table (keys, paths, n_parts, error)))
    return NULL;

  return _ann_branch_to_tree (g_steal_pointer (&uns), "uns", ANN_ELEMENT_MAPPING, NULL);
}

/* Texts, as anndata-rs has them: it knows no other column there. */
static gboolean
add_labels_of (AnnData *part,
               const char *key,
               const char *between,
               AnnStrings *labels,
               AnnStrings *column,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (AnnStrings) own = _ann_read_labels (ann_data_get_obs (part), cancellable, error);

  if (own == NULL)
    return FALSE;
  for (gsize i = 0; i < ann_strings_get_length (own); i++)
    {
      const char *label = ann_strings_get (own, i, NULL);
      g_autofree char *unique = between != NULL ? g_strconcat (label, between, key, NULL) : NULL;

      if (!ann_strings_append (labels, unique != NULL ? unique : label, -1, error)
          || !ann_strings_append (column, key, -1, error))
        return FALSE;
    }

  return TRUE;
}

static AnnElement *
make_obs (AnnData **parts,
          gsize n_parts,
          const char *const *keys,
          const AnnConcatOptions *options,
          GCancellable *cancellable,
          GError **error)
{
  const char *name = options->label != NULL ? options->label : KEY_COLUMN;
  g_autofree char *path = _ann_path_join ("obs", name);
  g_autoptr (AnnStrings) labels = ann_strings_new ();
  g_autoptr (AnnStrings) column = ann_strings_new ();
  g_autoptr (AnnBranch) columns = _ann_branch_new ();

  for (gsize i = 0; i < n_parts; i++)
    if (!add_labels_of (parts[i], keys[i], options->index_unique, labels, column, cancellable,
                        error))
      return NULL;
  _ann_branch_add (columns, name, _ann_memory_element_new_texts (path, column, NULL));

  return _ann_branch_to_frame (g_steal_pointer (&columns), "obs",
                               _ann_memory_element_new_texts ("obs/index", labels, NULL), "index");
}

static AnnElement *
make_var (AnnData *first, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnStrings) labels = _ann_read_labels (ann_data_get_var (first), cancellable, error);

  if (labels == NULL)
    return NULL;

  return _ann_branch_to_frame (_ann_branch_new (), "var",
                               _ann_memory_element_new_texts ("var/index", labels, NULL), "index");
}

static AnnElement *
make_root (const char *target,
           AnnData **parts,
           gsize n_parts,
           const char *const *keys,
           const AnnConcatOptions *options,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (AnnBranch) root = _ann_branch_new ();
  g_auto (GStrv) paths = g_new0 (char *, n_parts + 1);
  guint64 shape[2];

  for (gsize i = 0; i < n_parts; i++)
    paths[i] = describe_place (target, parts[i]);
  if (!add (root, "obs", make_obs (parts, n_parts, keys, options, cancellable, error))
      || !add (root, "var", make_var (parts[0], cancellable, error))
      || !add (root, "uns", make_uns (keys, (const char *const *) paths, n_parts, error)))
    return NULL;
  shape[0] = ann_element_get_n_rows (_ann_branch_get (root, "obs"));
  shape[1] = ann_element_get_n_rows (_ann_branch_get (root, "var"));

  return _ann_branch_to_tree (g_steal_pointer (&root), "", ANN_ELEMENT_ANNDATA, shape);
}

/* --- Writing --- */

static gboolean
write_root (const char *target,
            AnnElement *root,
            gboolean overwrite,
            GCancellable *cancellable,
            GError **error)
{
  const AnnCreateOptions create = { .overwrite = overwrite };
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autofree char *folder = _ann_dup_folder_of (target);
  const AnnElementWriter writer = { .options = options, .scratch_folder = folder };
  g_auto (AnnSurvey) survey = { NULL, 0 };
  g_autoptr (AnnNodeWriter) node = NULL;

  _ann_survey_init (&survey);
  if (!_ann_element_survey (&writer, root, "", &survey, cancellable, error))
    return FALSE;
  node = _ann_create_root (target, &create, cancellable, error);

  return node != NULL && _ann_element_write_root (&writer, root, node, cancellable, error)
         && _ann_node_writer_commit (node, cancellable, error);
}

/**
 * ann_data_set_write:
 * @target: a path that ends in `.h5ads`
 * @parts: (array length=n_parts): stores, all with the same variables in the same order
 * @n_parts: how many, at least one
 * @options: (nullable): of these count `keys`, `label` (the name of the column of keys, `sample`
 *   without) and `index_unique`
 * @overwrite: whether what is there already may be replaced
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Writes a set, which names stores and has their labels: no values are copied. Paths are relative
 * to the set where the parts lie below it, else absolute. anndata-rs opens it, and this library.
 *
 * Blocks; any thread.
 *
 * Returns: whether it is there, whole; %FALSE with @error set, and nothing changed
 */
gboolean
ann_data_set_write (const char *target,
                    AnnData **parts,
                    gsize n_parts,
                    const AnnConcatOptions *options,
                    gboolean overwrite,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (AnnConcatOptions) usual = ann_concat_options_new ();
  g_auto (GStrv) keys = NULL;
  g_autoptr (AnnElement) root = NULL;

  g_return_val_if_fail (target != NULL, FALSE);
  g_return_val_if_fail (parts != NULL && n_parts > 0, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (options == NULL)
    options = usual;
  if (options->axis != ANN_AXIS_OBS)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: a set joins observations: stores are joined by variables when they are "
                   "concatenated",
                   target);
      return FALSE;
    }
  keys = _ann_concat_make_keys (options, n_parts, error);
  if (keys == NULL || !check_parts (target, parts, n_parts, cancellable, error))
    return FALSE;
  root = make_root (target, parts, n_parts, (const char *const *) keys, options, cancellable,
                    error);

  return root != NULL && write_root (target, root, overwrite, cancellable, error);
}
