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
G_DEFINE_FINAL_TYPE (AnnDataSet, ann_data_set, G_TYPE_OBJECT)

void
_ann_data_set_member_free (gpointer data)
{
  AnnDataSetMember *part = data;

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

  g_clear_object (&self->file);
  g_clear_object (&self->own);
  g_clear_pointer (&self->parts, g_ptr_array_unref);
  g_clear_object (&self->root);
  g_clear_object (&self->rest);
  g_clear_error (&self->rest_error);
  g_mutex_clear (&self->lock);

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
  self->parts = g_ptr_array_new_with_free_func (_ann_data_set_member_free);
  g_mutex_init (&self->lock);
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
      AnnDataSetMember *part = g_new0 (AnnDataSetMember, 1);

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
open_part (AnnDataSet *self,
           AnnDataSetMember *part,
           const char *const *remap,
           GCancellable *cancellable)
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
  part->error = g_error_new (ANN_ERROR, ANN_ERROR_NOT_FOUND, "The part “%s” is not at “%s”",
                             part->key, all);
}

static void
refuse_part (AnnDataSetMember *part, const char *why)
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
check_part (AnnDataSet *self,
            AnnDataSetMember *part,
            const AnnStrings *variables,
            GCancellable *cancellable)
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
  g_auto (AnnLabelJoint) joint = { .is_known = FALSE };
  gboolean fits = TRUE;

  if (ann_strings_get_length (own) != ann_strings_get_length (found))
    return FALSE;
  for (gsize i = 0; i < ann_strings_get_length (own) && fits; i++)
    fits = _ann_data_set_label_fits (&joint, own, found, i, key);

  return fits;
}

/* A part that was written anew since the set was made may have as many rows as before, and others:
 * columns of the set would be put to cells that they are not of. Some labels tell nearly always;
 * all are compared when the set is exported or validated.
 */
static gboolean
check_labels (AnnDataSet *self, AnnDataSetMember *part, GCancellable *cancellable, GError **error)
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
      AnnDataSetMember *part = g_ptr_array_index (self->parts, i);

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
      AnnDataSetMember *part = g_ptr_array_index (self->parts, i);

      part->start = start;
      part->n_rows = n_rows[i];
      start += n_rows[i];
      if (part->data != NULL && start <= ann_data_get_n_obs (self->own)
          && !check_labels (self, part, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

/* --- Sets --- */

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

  self->file = g_object_ref (own);
  self->own = g_object_ref (own);
  if (!read_parts (self, table, &keys, cancellable, error)
      || !open_parts (self, keys, remap, cancellable, error)
      || !_ann_data_set_join (self, cancellable, error))
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
  const AnnDataSetMember *of;

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
  _ann_data_stand_for (data, self->file, G_OBJECT (self));
  for (guint i = 0; i < self->parts->len; i++)
    {
      const AnnDataSetMember *part = g_ptr_array_index (self->parts, i);

      if (part->data != NULL)
        _ann_data_add_source (data, part->data);
    }

  return data;
}
