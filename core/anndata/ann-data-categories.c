/* ann-data-categories.c: a selection without the categories that it does not use
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-data-private.h"

#include "base/ann-error.h"
#include "element/ann-categorical.h"
#include "element/ann-frame.h"
#include "view/ann-used-categories-private.h"
#include "view/ann-view-private.h"

#include <string.h>

/* What anndata 0.12 does when it makes a view: each categorical column of obs, then of var, keeps
 * those categories that it has, and the colors of that name in uns follow
 * (AnnData._remove_unused_categories ()); one color is a list of one, and colors that are not as
 * many as the categories are dropped. The tables in obsm and varm keep what they have, too (as_view
 * ()).
 */

/* --- A table --- */

/* A column, and which of its categories are left. */
typedef struct {
  AnnElement *column;
  AnnSelection *used; /* NULL unless it has categories */
} Column;

static void
column_free (gpointer data)
{
  Column *self = data;

  g_object_unref (self->column);
  g_clear_pointer (&self->used, ann_selection_unref);
  g_free (self);
}

/* A table whose columns are looked through once, when they are asked for. Reference counted: uns
 * asks too.
 */
typedef struct {
  AnnFrame *frame;
  GMutex lock;
  GHashTable *columns; /* name → Column; under the lock */
} Table;

static void
table_clear (gpointer data)
{
  Table *self = data;

  g_object_unref (self->frame);
  g_hash_table_unref (self->columns);
  g_mutex_clear (&self->lock);
}

static void
table_unref (gpointer data)
{
  g_atomic_rc_box_release_full (data, table_clear);
}

static Table *
table_new (AnnFrame *frame)
{
  Table *self = g_atomic_rc_box_new0 (Table);

  self->frame = g_object_ref (frame);
  self->columns = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, column_free);
  g_mutex_init (&self->lock);

  return self;
}

/* Sets @column, and @used if it is there and has categories. */
static gboolean
find_column (Table *self, const char *name, AnnElement **column, AnnSelection **used)
{
  const Column *found;

  g_mutex_lock (&self->lock);
  found = g_hash_table_lookup (self->columns, name);
  if (found != NULL)
    {
      *column = g_object_ref (found->column);
      *used = found->used != NULL ? ann_selection_ref (found->used) : NULL;
    }
  g_mutex_unlock (&self->lock);

  return found != NULL;
}

/* Not under the lock, for it waits: of two threads that look through it, the first one's stays. */
static AnnElement *
open_column (Table *self,
             const char *name,
             AnnSelection **used,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (AnnElement) column = NULL;
  Column *opened;
  AnnElement *result;

  if (find_column (self, name, &result, used))
    return result;

  column = ann_element_open_child (ANN_ELEMENT (self->frame), name, cancellable, error);
  if (column == NULL)
    return NULL;

  opened = g_new0 (Column, 1);
  if (ANN_IS_CATEGORICAL (column) && ann_element_get_state (column) == ANN_ELEMENT_OK)
    opened->column = _ann_categorical_drop_unused (ANN_CATEGORICAL (column), &opened->used,
                                                   cancellable, error);
  else
    opened->column = g_object_ref (column);
  if (opened->column == NULL)
    {
      g_free (opened);
      return NULL;
    }

  g_mutex_lock (&self->lock);
  if (g_hash_table_contains (self->columns, name))
    column_free (opened);
  else
    g_hash_table_insert (self->columns, g_strdup (name), opened);
  g_mutex_unlock (&self->lock);
  find_column (self, name, &result, used);

  return result;
}

static AnnElement *
open_child_of_table (gpointer user_data,
                     const char *name,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (AnnSelection) used = NULL;

  return open_column (user_data, name, &used, cancellable, error);
}

static AnnElement *
make_frame (Table *table)
{
  AnnElement *element = ANN_ELEMENT (table->frame);
  const char *index_name = ann_frame_get_index_name (table->frame);
  g_auto (GStrv) names = ann_element_list_children (element, NULL, NULL); /* reads nothing */

  return _ann_frame_view_new (
      element, ann_element_get_path (element), ann_element_get_n_rows (element),
      index_name != NULL ? index_name : "_index", (const char *const *) names, open_child_of_table,
      g_atomic_rc_box_acquire (table), table_unref);
}

/* Whether a table has a column of this name with categories, and how many those were. */
static gboolean
count_categories (Table *table,
                  const char *name,
                  gboolean *is_there,
                  guint64 *n,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (AnnElement) column = NULL;

  *is_there = FALSE;
  if (table == NULL || !ann_frame_find_column (table->frame, name, NULL))
    return TRUE;

  column = ann_element_open_child (ANN_ELEMENT (table->frame), name, cancellable, error);
  if (column == NULL)
    return FALSE;
  *is_there = ANN_IS_CATEGORICAL (column) && ann_element_get_state (column) == ANN_ELEMENT_OK;
  if (*is_there)
    *n = ann_categorical_get_n_categories (ANN_CATEGORICAL (column));

  return TRUE;
}

/* --- Colors --- */

typedef struct {
  AnnElement *uns;
  Table *tables[2]; /* obs, var; NULL where there is none */
} Uns;

static void
uns_free (gpointer data)
{
  Uns *self = data;

  g_object_unref (self->uns);
  for (guint i = 0; i < 2; i++)
    g_clear_pointer (&self->tables[i], table_unref);
  g_free (self);
}

/* One color as a list. Takes @colors. */
static AnnElement *
make_list (AnnElement *colors, GCancellable *cancellable, GError **error)
{
  G_GNUC_UNUSED g_autoptr (AnnElement) owned = colors;
  g_autoptr (AnnBlock) block = ann_element_read_rows (colors, 0, 1, cancellable, error);
  g_autoptr (AnnBuffer) number = NULL;

  if (block == NULL)
    return NULL;
  if (block->texts != NULL)
    return _ann_memory_element_new_texts (ann_element_get_path (colors), block->texts, NULL);

  number = ann_buffer_new_vector (ann_buffer_get_dtype (block->values), 1, error);
  if (number == NULL)
    return NULL;
  memcpy (ann_buffer_get_data_for_writing (number), ann_buffer_get_data (block->values),
          ann_buffer_get_size (number));

  return _ann_memory_element_new (ann_element_get_path (colors), number);
}

/* Whether an entry of uns can be the colors of categories. */
static gboolean
are_colors (AnnElement *element)
{
  const AnnElementKind kind = ann_element_get_kind (element);

  return ann_element_get_state (element) == ANN_ELEMENT_OK
         && (kind == ANN_ELEMENT_STRINGS || kind == ANN_ELEMENT_STRING || kind == ANN_ELEMENT_NUMBER
             || kind == ANN_ELEMENT_DENSE || kind == ANN_ELEMENT_NULLABLE_STRING);
}

/* The colors of the categories that are left; none, without an error, if they do not fit. Takes
 * @colors.
 */
static AnnElement *
filter_colors (Uns *self,
               AnnElement *colors,
               const char *column,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (AnnElement) element = colors;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (AnnElement) opened = NULL;
      g_autoptr (AnnSelection) used = NULL;
      AnnElement *filtered;
      gboolean is_there;
      guint64 n;

      if (!count_categories (self->tables[i], column, &is_there, &n, cancellable, error))
        return NULL;
      if (!is_there)
        continue;
      if (ann_element_get_rank (element) == 0)
        {
          element = make_list (g_steal_pointer (&element), cancellable, error);
          if (element == NULL)
            return NULL;
          continue;
        }
      if (ann_element_get_n_rows (element) != n)
        return NULL;
      opened = open_column (self->tables[i], column, &used, cancellable, error);
      if (opened == NULL)
        return NULL;
      filtered = ann_element_select (element, used, NULL, error);
      if (filtered == NULL)
        return NULL;
      g_object_unref (element);
      element = filtered;
    }

  return g_steal_pointer (&element);
}

/* Returns: (nullable): the name of the column that the colors are of */
static char *
dup_column_name (const char *name)
{
  return g_str_has_suffix (name, "_colors") ? g_strndup (name, strlen (name) - strlen ("_colors"))
                                            : NULL;
}

static AnnElement *
open_child_of_uns (gpointer user_data, const char *name, GCancellable *cancellable, GError **error)
{
  Uns *self = user_data;
  g_autofree char *column = dup_column_name (name);
  AnnElement *child = ann_element_open_child (self->uns, name, cancellable, error);
  g_autoptr (GError) local_error = NULL;

  if (child == NULL || column == NULL || !are_colors (child))
    return child;

  child = filter_colors (self, child, column, cancellable, &local_error);
  if (child == NULL && local_error == NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s: has no “%s” in it: it did not fit",
                 ann_element_get_path (self->uns), name);
  else if (child == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return child;
}

/* The entries that stay. */
static char **
list_uns (Uns *self, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) names = ann_element_list_children (self->uns, cancellable, error);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      g_autofree char *column = dup_column_name (names[i]);
      g_autoptr (GError) local_error = NULL;
      g_autoptr (AnnElement) child = NULL;

      if (column != NULL)
        child = open_child_of_uns (self, names[i], cancellable, &local_error);
      if (child == NULL && column != NULL
          && !g_error_matches (local_error, ANN_ERROR, ANN_ERROR_NOT_FOUND))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      if (child != NULL || column == NULL)
        g_strv_builder_add (builder, names[i]);
    }

  return names != NULL ? g_strv_builder_end (builder) : NULL;
}

/* Takes @uns. */
static AnnElement *
make_uns (AnnElement *uns, Table *const *tables, GCancellable *cancellable, GError **error)
{
  Uns *self;
  g_auto (GStrv) names = NULL;

  if (ann_element_get_kind (uns) != ANN_ELEMENT_MAPPING)
    return uns;

  self = g_new0 (Uns, 1);
  self->uns = uns;
  for (guint i = 0; i < 2; i++)
    self->tables[i] = tables[i] != NULL ? g_atomic_rc_box_acquire (tables[i]) : NULL;
  names = list_uns (self, cancellable, error);
  if (names == NULL)
    {
      uns_free (self);
      return NULL;
    }

  return _ann_tree_view_new (uns, ann_element_get_path (uns), ANN_ELEMENT_MAPPING, NULL,
                             (const char *const *) names, open_child_of_uns, self, uns_free);
}

/* --- Tables among the members of obsm and varm --- */

static AnnElement *
open_member (gpointer user_data, const char *name, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnElement) member = ann_element_open_child (user_data, name, cancellable, error);
  AnnElement *frame;
  Table *table;

  if (member == NULL || !ANN_IS_FRAME (member))
    return g_steal_pointer (&member);

  table = table_new (ANN_FRAME (member));
  frame = make_frame (table);
  table_unref (table);

  return frame;
}

/* Takes @mapping, nullable. */
static AnnElement *
make_members (AnnElement *mapping, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnElement) owned = mapping;
  g_auto (GStrv) names = NULL;

  if (mapping == NULL || ann_element_get_kind (mapping) != ANN_ELEMENT_MAPPING)
    return g_steal_pointer (&owned);

  names = ann_element_list_children (mapping, cancellable, error);
  if (names == NULL)
    return NULL;

  return _ann_tree_view_new (mapping, ann_element_get_path (mapping), ANN_ELEMENT_MAPPING, NULL,
                             (const char *const *) names, open_member, g_steal_pointer (&owned),
                             g_object_unref);
}

/* --- The whole --- */

typedef struct {
  AnnElement *root;
  AnnElement *uns; /* NULL where there is none */
  Table *tables[2];
} Root;

static void
root_free (gpointer data)
{
  Root *self = data;

  g_object_unref (self->root);
  g_clear_object (&self->uns);
  for (guint i = 0; i < 2; i++)
    g_clear_pointer (&self->tables[i], table_unref);
  g_free (self);
}

static AnnElement *
open_child_of_root (gpointer user_data, const char *name, GCancellable *cancellable, GError **error)
{
  Root *self = user_data;
  AnnElement *child;

  if (strcmp (name, "obs") == 0 && self->tables[0] != NULL)
    return make_frame (self->tables[0]);
  if (strcmp (name, "var") == 0 && self->tables[1] != NULL)
    return make_frame (self->tables[1]);
  if (strcmp (name, "uns") == 0 && self->uns != NULL)
    return make_uns (g_object_ref (self->uns), self->tables, cancellable, error);

  child = ann_element_open_child (self->root, name, cancellable, error);
  if (strcmp (name, "obsm") == 0 || strcmp (name, "varm") == 0)
    return make_members (child, cancellable, error);

  return child;
}

AnnData *
_ann_data_drop_unused_categories (AnnData *self, GCancellable *cancellable, GError **error)
{
  AnnElement *root = ann_data_get_root (self);
  AnnFrame *const frames[] = { ann_data_get_obs (self), ann_data_get_var (self) };
  g_auto (GStrv) names = NULL;
  g_autoptr (AnnElement) view = NULL;
  g_autoptr (AnnElement) uns = NULL;
  AnnData *data;
  Root *source;

  if (!ann_data_is_annotated (self))
    return g_object_ref (self);

  names = ann_element_list_children (root, cancellable, error);
  if (names == NULL)
    return NULL;
  if (g_strv_contains ((const char *const *) names, "uns"))
    {
      uns = ann_element_open_child (root, "uns", cancellable, error);
      if (uns == NULL)
        return NULL;
    }

  source = g_new0 (Root, 1);
  source->root = g_object_ref (root);
  source->uns = g_steal_pointer (&uns);
  for (guint i = 0; i < 2; i++)
    source->tables[i] = frames[i] != NULL ? table_new (frames[i]) : NULL;
  view = _ann_tree_view_new (root, ann_element_get_path (root), ANN_ELEMENT_ANNDATA,
                             ann_element_get_shape (root), (const char *const *) names,
                             open_child_of_root, source, root_free);

  data = _ann_data_new_view (view, ann_data_get_uri (self), ann_data_get_format (self), cancellable,
                             error);
  if (data != NULL)
    _ann_data_add_source (data, self);

  return data;
}
