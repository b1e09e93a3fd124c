/* ann-edit.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-edit-private.h"

#include "base/ann-error.h"
#include "base/ann-strv-private.h"
#include "view/ann-view-private.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (AnnEdit, ann_edit, G_TYPE_OBJECT)

static void
change_free (gpointer data)
{
  AnnEditChange *change = data;

  g_free (change->path);
  g_free (change->new_path);
  g_clear_object (&change->value);
  g_clear_object (&change->varm);
  g_free (change->description);
  g_free (change);
}

static void
unref_or_null (gpointer object)
{
  if (object != NULL)
    g_object_unref (object);
}

static void
ann_edit_finalize (GObject *object)
{
  AnnEdit *self = ANN_EDIT (object);

  g_free (self->uri);
  g_clear_object (&self->data);
  g_ptr_array_unref (self->changes);
  g_ptr_array_unref (self->warnings);
  g_hash_table_unref (self->overlay);
  for (guint i = 0; i < G_N_ELEMENTS (self->tables); i++)
    {
      g_free (self->tables[i].index_key);
      g_clear_pointer (&self->tables[i].columns, g_ptr_array_unref);
    }

  G_OBJECT_CLASS (ann_edit_parent_class)->finalize (object);
}

static void
ann_edit_class_init (AnnEditClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_edit_finalize;
}

static void
ann_edit_init (AnnEdit *self)
{
  self->changes = g_ptr_array_new_with_free_func (change_free);
  self->warnings = g_ptr_array_new_with_free_func (g_free);
  self->overwrites = TRUE;
  self->overlay = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, unref_or_null);
}

/* --- The store with its changes --- */

/* What of @path lies below @ancestor, or %NULL. */
static const char *
get_rest (const char *path, const char *ancestor)
{
  gsize length = strlen (ancestor);

  if (!g_str_has_prefix (path, ancestor) || (path[length] != '\0' && path[length] != '/'))
    return NULL;

  return path[length] == '/' ? path + length + 1 : path + length;
}

static void
set_not_found (GError **error, const char *path)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s: There is nothing of this name", path);
}

static AnnElement *
open_below (AnnElement *element, const char *path, GCancellable *cancellable, GError **error)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);
  g_autoptr (AnnElement) at = g_object_ref (element);

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (AnnElement) child = ann_element_open_child (at, names[i], cancellable, error);

      if (child == NULL)
        return NULL;
      g_set_object (&at, child);
    }

  return g_steal_pointer (&at);
}

/* The nearest change decides. */
AnnElement *
_ann_edit_open (AnnEdit *self, const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *ancestor = g_strdup (path);

  while (TRUE)
    {
      gpointer element;
      char *slash;

      if (g_hash_table_lookup_extended (self->overlay, ancestor, NULL, &element))
        {
          if (element != NULL)
            return open_below (element, get_rest (path, ancestor), cancellable, error);
          set_not_found (error, path);
          return NULL;
        }
      slash = strrchr (ancestor, '/');
      if (slash == NULL)
        return ann_data_open_element (self->data, path, cancellable, error);
      *slash = '\0';
    }
}

AnnElement *
_ann_edit_open_if_there (AnnEdit *self, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  AnnElement *element = _ann_edit_open (self, path, cancellable, &local_error);

  if (element == NULL && !g_error_matches (local_error, ANN_ERROR, ANN_ERROR_NOT_FOUND))
    g_propagate_error (error, g_steal_pointer (&local_error));

  return element;
}

static gboolean
is_below (gpointer path, gpointer element G_GNUC_UNUSED, gpointer ancestor)
{
  return get_rest (path, ancestor) != NULL;
}

/* @element: (transfer none) (nullable) */
static void
put (AnnEdit *self, const char *path, AnnElement *element)
{
  g_hash_table_foreach_remove (self->overlay, is_below, (gpointer) path);
  g_hash_table_insert (self->overlay, g_strdup (path),
                       element != NULL ? g_object_ref (element) : NULL);
}

/* What was changed below goes with it. */
static void
put_moved (AnnEdit *self, const char *from, const char *to, AnnElement *element)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) elements = g_ptr_array_new_with_free_func (unref_or_null);
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, self->overlay);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const char *rest = get_rest (key, from);

      if (rest == NULL || *rest == '\0')
        continue;
      g_ptr_array_add (paths, g_strconcat (to, "/", rest, NULL));
      g_ptr_array_add (elements, value != NULL ? g_object_ref (value) : NULL);
    }

  put (self, from, NULL);
  put (self, to, element);
  for (guint i = 0; i < paths->len; i++)
    g_hash_table_insert (self->overlay, g_strdup (paths->pdata[i]),
                         g_steal_pointer (&elements->pdata[i]));
}

/* --- Tables --- */

static void
set_table (AnnEditTable *table, AnnFrame *frame)
{
  const char *index_name = ann_frame_get_index_name (frame);

  g_free (table->index_key);
  table->index_key = g_strdup (index_name != NULL ? index_name : "_index");
  g_clear_pointer (&table->columns, g_ptr_array_unref);
  table->columns = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < ann_frame_get_n_columns (frame); i++)
    g_ptr_array_add (table->columns, g_strdup (ann_frame_get_column_name (frame, i)));
  table->is_changed = FALSE;
}

static gboolean
find_column (AnnEditTable *table, const char *name, guint *column)
{
  return g_ptr_array_find_with_equal_func (table->columns, name, g_str_equal, column);
}

/* Columns are changed in tables of today's encoding alone: older ones keep categories elsewhere. */
static gboolean
check_table (AnnEdit *self, const AnnEditPlace *place, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnElement) table = NULL;

  if (place->kind != ANN_EDIT_PLACE_COLUMN && place->kind != ANN_EDIT_PLACE_INDEX)
    return TRUE;
  table = _ann_edit_open (self, place->table->name, cancellable, error);
  if (table == NULL)
    return FALSE;
  if (g_str_equal (ann_element_get_encoding_type (table), "dataframe")
      && !g_str_equal (ann_element_get_encoding_version (table), "0.2.0"))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: Columns of tables as anndata 0.7 stored them cannot be changed; export the "
                   "store first",
                   place->table->name);
      return FALSE;
    }

  return TRUE;
}

/* --- Opening --- */

static gboolean
check_store (AnnEdit *self, GError **error)
{
  AnnFrame *frames[] = { ann_data_get_obs (self->data), ann_data_get_var (self->data) };
  static const char *const names[] = { "obs", "var" };

  if (!ann_data_is_annotated (self->data) || ann_data_is_view (self->data))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "“%s” cannot be changed: it is no annotated matrix in a store of its own",
                   self->uri);
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (frames); i++)
    {
      if (frames[i] == NULL || ann_element_get_state (ANN_ELEMENT (frames[i])) != ANN_ELEMENT_OK
          || !g_str_equal (ann_element_get_encoding_type (ANN_ELEMENT (frames[i])), "dataframe"))
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                       "%s: A store whose tables cannot be read, or were stored by anndata 0.6 or "
                       "older, cannot be changed; export it first",
                       names[i]);
          return FALSE;
        }
      self->tables[i].name = names[i];
      set_table (&self->tables[i], frames[i]);
    }

  return TRUE;
}

/**
 * ann_edit_new:
 * @uri: a store on a disk, as for ann_data_open()
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Opens a store whose changes are to be collected. It is not written to before ann_edit_run().
 *
 * Returns: (transfer full): no changes yet, or %NULL with @error set: `ANN_ERROR_UNSUPPORTED` for
 *   what cannot be changed in place
 */
AnnEdit *
ann_edit_new (const char *uri, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnEdit) self = g_object_new (ANN_TYPE_EDIT, NULL);

  g_return_val_if_fail (uri != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self->uri = g_strdup (uri);
  self->data = ann_data_open (uri, cancellable, error);
  if (self->data == NULL || !check_store (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* --- Adding changes --- */

static AnnEditChange *
add_change (AnnEdit *self, AnnEditKind kind, const char *path, char *description)
{
  AnnEditChange *change = g_new0 (AnnEditChange, 1);

  change->kind = kind;
  change->path = g_strdup (path);
  change->description = description;
  g_ptr_array_add (self->changes, change);

  return change;
}

/**
 * ann_edit_set_overwrites:
 * @self: changes
 * @overwrites: whether what is set, and a raw that is made, may take the place of something that is
 *   there
 *
 * It may, unless this says otherwise. What is replaced is among the warnings.
 */
void
ann_edit_set_overwrites (AnnEdit *self, gboolean overwrites)
{
  g_return_if_fail (ANN_IS_EDIT (self));

  self->overwrites = overwrites;
}

/**
 * ann_edit_set_keeps_text:
 * @self: changes
 * @keeps_text: whether texts stay texts that look like numbers or truth values
 *
 * They become what they look like, unless this says otherwise.
 */
void
ann_edit_set_keeps_text (AnnEdit *self, gboolean keeps_text)
{
  g_return_if_fail (ANN_IS_EDIT (self));

  self->keeps_text = keeps_text;
}

/* What every change begins with. */
static gboolean
begin (AnnEdit *self,
       AnnEditPlace *place,
       const char *path,
       GCancellable *cancellable,
       GError **error)
{
  if (self->is_done)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The changes of “%s” have been made",
                   self->uri);
      return FALSE;
    }

  return !g_cancellable_set_error_if_cancelled (cancellable, error)
         && _ann_edit_place_init (place, self, path, error)
         && check_table (self, place, cancellable, error);
}

/* The mappings at the top are made if they are not there; others must be. */
static gboolean
add_parent (AnnEdit *self, const char *path, GCancellable *cancellable, GError **error)
{
  const char *slash = strrchr (path, '/');
  g_autofree char *parent = slash != NULL ? g_strndup (path, (gsize) (slash - path)) : NULL;
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnElement) empty = NULL;
  g_autoptr (GError) local_error = NULL;
  static const char *const names[] = { NULL };

  if (parent == NULL)
    return TRUE;
  element = _ann_edit_open (self, parent, cancellable, &local_error);
  if (element != NULL)
    {
      AnnElementKind kind = ann_element_get_kind (element);

      if (kind == ANN_ELEMENT_MAPPING || kind == ANN_ELEMENT_FRAME)
        return TRUE;
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s: %s is no mapping", path, parent);
      return FALSE;
    }
  if (!g_error_matches (local_error, ANN_ERROR, ANN_ERROR_NOT_FOUND)
      || strchr (parent, '/') != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  empty = _ann_tree_view_new (NULL, parent, ANN_ELEMENT_MAPPING, NULL, names, NULL, NULL, NULL);
  put (self, parent, empty);
  add_change (self, ANN_EDIT_SET, parent, NULL)->value = g_steal_pointer (&empty);

  return TRUE;
}

/* A place that was checked. */
static gboolean
add_set (AnnEdit *self,
         const AnnEditPlace *place,
         const char *path,
         AnnElement *value,
         char *description,
         GCancellable *cancellable,
         GError **error)
{
  if (!_ann_edit_place_check (place, path, value, error)
      || !add_parent (self, path, cancellable, error)
      || !_ann_edit_note_replaced (self, path, value, cancellable, error))
    {
      g_free (description);
      return FALSE;
    }

  add_change (self, ANN_EDIT_SET, path, description)->value = g_object_ref (value);
  put (self, path, value);
  if (place->kind == ANN_EDIT_PLACE_TABLE)
    set_table (place->table, ANN_FRAME (value));
  else if (place->kind == ANN_EDIT_PLACE_COLUMN && !find_column (place->table, place->name, NULL))
    {
      g_ptr_array_add (place->table->columns, g_strdup (place->name));
      place->table->is_changed = TRUE;
    }

  return TRUE;
}

/* A name that a table keeps for itself. */
static gboolean
check_column_name (const AnnEditPlace *place, const char *name, const char *path, GError **error)
{
  if (place->kind != ANN_EDIT_PLACE_COLUMN
      || (!g_str_equal (name, "_index") && !g_str_equal (name, place->table->index_key)
          && !g_str_equal (name, "__categories")))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
               "%s: a column cannot be called %s, which the table needs itself", path, name);

  return FALSE;
}

/**
 * ann_edit_set:
 * @self: changes
 * @path: such as `obs/cell_type`, `layers/counts`, `X`, `uns/title`
 * @value: an element of any kind, of this store, of another one, or in memory. It is read when the
 *   changes are made
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Puts @value at @path, in place of what may be there.
 *
 * Returns: %FALSE with @error set if it does not fit there
 */
gboolean
ann_edit_set (AnnEdit *self,
              const char *path,
              AnnElement *value,
              GCancellable *cancellable,
              GError **error)
{
  AnnEditPlace place;
  g_autofree char *what = NULL;

  g_return_val_if_fail (ANN_IS_EDIT (self), FALSE);
  g_return_val_if_fail (path != NULL && ANN_IS_ELEMENT (value), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  what = _ann_edit_describe_element (value);

  return begin (self, &place, path, cancellable, error)
         && check_column_name (&place, place.name, path, error)
         && add_set (self, &place, path, value,
                     g_strdup_printf ("%s is set to other values (%s)", path, what), cancellable,
                     error);
}

/**
 * ann_edit_set_text:
 * @self: changes
 * @path: in uns, or a column of obs or var
 * @text: a number, `true`, `false`, or a text
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Puts one value at @path; for a column of a table: in each row.
 *
 * Returns: %FALSE with @error set if it does not fit there
 */
gboolean
ann_edit_set_text (AnnEdit *self,
                   const char *path,
                   const char *text,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (AnnElement) value = NULL;
  g_autofree char *what = NULL;
  AnnEditPlace place;

  g_return_val_if_fail (ANN_IS_EDIT (self), FALSE);
  g_return_val_if_fail (path != NULL && text != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!begin (self, &place, path, cancellable, error)
      || !check_column_name (&place, place.name, path, error))
    return FALSE;
  value = _ann_edit_value_of_text (&place, path, text, self->keeps_text, error);
  if (value == NULL)
    return FALSE;
  what = _ann_edit_describe_element (value);

  return add_set (self, &place, path, value,
                  g_strdup_printf ("%s is set to %s (%s)", path, text, what), cancellable, error);
}

/**
 * ann_edit_set_file:
 * @self: changes
 * @path: a column of obs or var
 * @file: (type filename): a table in text, with commas or tabs: its first column has the labels of
 *   the rows, its first line the names of the columns. The one with the name of that in @path is
 *   taken, or the only one
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Makes a column of what a file says of the rows: integers, numbers, truth values, or texts as
 * categories, whatever all of them are. Rows that it does not have, and values that are empty or
 * `NA`, are missing.
 *
 * Returns: %FALSE with @error set if the file cannot be read, or has a label that no row has
 */
gboolean
ann_edit_set_file (AnnEdit *self,
                   const char *path,
                   const char *file,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (AnnElement) table = NULL;
  g_autoptr (AnnElement) value = NULL;
  g_autofree char *what = NULL;
  AnnEditPlace place;
  guint64 n_missing;

  g_return_val_if_fail (ANN_IS_EDIT (self), FALSE);
  g_return_val_if_fail (path != NULL && file != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!begin (self, &place, path, cancellable, error)
      || !check_column_name (&place, place.name, path, error))
    return FALSE;
  if (place.kind != ANN_EDIT_PLACE_COLUMN)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "%s: a file can be set as a column of obs or var", path);
      return FALSE;
    }
  table = _ann_edit_open (self, place.table->name, cancellable, error);
  if (table == NULL)
    return FALSE;
  value = _ann_edit_value_of_file (&place, path, ANN_FRAME (table), file, self->keeps_text,
                                   &n_missing, cancellable, error);
  if (value == NULL)
    return FALSE;
  what = _ann_edit_describe_element (value);
  if (!add_set (self, &place, path, value,
                g_strdup_printf ("%s is set to the values in “%s” (%s)", path, file, what),
                cancellable, error))
    return FALSE;
  _ann_edit_note_missing (self, path, file, n_missing, place.lengths[0]);

  return TRUE;
}

void
_ann_edit_note_renamed (AnnEdit *self, const char *path, const char *new_path, AnnElement *element)
{
  char *description = g_strdup_printf ("%s is renamed to %s", path, new_path);

  add_change (self, ANN_EDIT_RENAME, path, description)->new_path = g_strdup (new_path);
  put_moved (self, path, new_path, element);
}

/* What can get another name, or go. */
static gboolean
check_movable (const AnnEditPlace *place, const char *path, GError **error)
{
  if (place->kind != ANN_EDIT_PLACE_TABLE && place->kind != ANN_EDIT_PLACE_INDEX
      && (place->kind != ANN_EDIT_PLACE_COLUMN
          || !g_str_equal (place->name, place->table->index_key)))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
               "%s: every annotated matrix has it; its values can be set", path);

  return FALSE;
}

/**
 * ann_edit_rename:
 * @self: changes
 * @path: of an element or a column
 * @name: what it is to be called, in the same group
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Gives an element another name, which nothing else has. With a column of obs the palette that
 * scanpy keeps of it (`uns/NAME_colors`) gets the new one too, and that is among the warnings.
 * Where it cannot be told whether there is one, nothing is renamed.
 *
 * Returns: %FALSE with @error set: `ANN_ERROR_NOT_FOUND` if there is none
 */
gboolean
ann_edit_rename (AnnEdit *self,
                 const char *path,
                 const char *name,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (AnnElement) other = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *new_path = NULL;
  g_auto (AnnEditPalette) palette = { .path = NULL };
  AnnEditPlace place, new_place;
  guint column;

  g_return_val_if_fail (ANN_IS_EDIT (self), FALSE);
  g_return_val_if_fail (path != NULL && name != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!begin (self, &place, path, cancellable, error) || !check_movable (&place, path, error))
    return FALSE;
  if (strchr (path, '/') == NULL || strchr (name, '/') != NULL)
    {
      g_set_error (
          error, ANN_ERROR, ANN_ERROR_FORMAT,
          "%s: cannot be called “%s”: what is in a group gets a name there, without a slash", path,
          name);
      return FALSE;
    }
  new_path = g_strdup_printf ("%.*s%s", (int) (place.name - path), path, name);
  if (!_ann_edit_place_init (&new_place, self, new_path, error)
      || !check_column_name (&place, name, path, error))
    return FALSE;
  element = _ann_edit_open (self, path, cancellable, &local_error);
  if (element == NULL && _ann_edit_palette_has_followed (self, path, new_path))
    return TRUE;
  if (element == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  other = _ann_edit_open_if_there (self, new_path, cancellable, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (other != NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "%s: cannot be called “%s”: something is called so already", path, name);
      return FALSE;
    }

  if (!_ann_edit_palette_find (self, &place, name, &palette, cancellable, error))
    return FALSE;

  _ann_edit_note_renamed (self, path, new_path, element);
  if (place.kind == ANN_EDIT_PLACE_COLUMN && find_column (place.table, place.name, &column))
    {
      g_free (place.table->columns->pdata[column]);
      place.table->columns->pdata[column] = g_strdup (name);
      place.table->is_changed = TRUE;
    }
  _ann_edit_palette_follow (self, &palette);

  return TRUE;
}

/**
 * ann_edit_drop:
 * @self: changes
 * @path: of an element or a column
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Removes an element with all that is in it. The palette of a column stays, and that is among the
 * warnings.
 *
 * Returns: %FALSE with @error set: `ANN_ERROR_NOT_FOUND` if there is none
 */
gboolean
ann_edit_drop (AnnEdit *self, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnElement) element = NULL;
  AnnEditPlace place;
  guint column;

  g_return_val_if_fail (ANN_IS_EDIT (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!begin (self, &place, path, cancellable, error) || !check_movable (&place, path, error))
    return FALSE;
  element = _ann_edit_open (self, path, cancellable, error);
  if (element == NULL)
    return FALSE;

  add_change (self, ANN_EDIT_DROP, path, g_strdup_printf ("%s is removed", path));
  put (self, path, NULL);
  if (place.kind == ANN_EDIT_PLACE_COLUMN && find_column (place.table, place.name, &column))
    {
      g_ptr_array_remove_index (place.table->columns, column);
      place.table->is_changed = TRUE;
    }
  _ann_edit_palette_note_dropped (self, &place, path, cancellable);

  return TRUE;
}

/* The table of the variables is copied as it is in the store. */
static gboolean
is_untouched (AnnEdit *self, const char *top)
{
  GHashTableIter iter;
  gpointer path;

  g_hash_table_iter_init (&iter, self->overlay);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    {
      if (get_rest (path, top) != NULL)
        return FALSE;
    }

  return TRUE;
}

/**
 * ann_edit_move_to_raw:
 * @self: changes
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * X becomes that of raw, in place of a raw that may be there, with copies of var and varm as they
 * are in the store: no change of these may come before. There is no X then, until one is set.
 *
 * Returns: %FALSE with @error set: `ANN_ERROR_NOT_FOUND` if there is no X
 */
gboolean
ann_edit_move_to_raw (AnnEdit *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnElement) x = NULL;
  g_autoptr (AnnElement) varm = NULL;
  g_autoptr (GError) local_error = NULL;
  AnnEditPlace place;
  AnnEditChange *change;

  g_return_val_if_fail (ANN_IS_EDIT (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!begin (self, &place, "raw", cancellable, error))
    return FALSE;
  if (!is_untouched (self, "var") || !is_untouched (self, "varm"))
    {
      g_set_error_literal (
          error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
          "raw: X is moved to raw before var and varm are changed, or in another run");
      return FALSE;
    }
  x = _ann_edit_open (self, "X", cancellable, error);
  if (x == NULL)
    return FALSE;
  varm = _ann_edit_open_if_there (self, "varm", cancellable, &local_error);
  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  if (!_ann_edit_note_replaced (self, "raw", NULL, cancellable, error))
    return FALSE;

  change = add_change (self, ANN_EDIT_MOVE_TO_RAW, "raw",
                       g_strdup ("X is moved to raw, with copies of var and varm"));
  change->value = g_object_ref (ANN_ELEMENT (ann_data_get_var (self->data)));
  change->varm = g_steal_pointer (&varm);
  put (self, "raw", NULL);
  put (self, "X", NULL);

  return TRUE;
}

/**
 * ann_edit_describe:
 * @self: changes
 *
 * Returns: (transfer full) (array zero-terminated=1): one sentence for each change
 */
char **
ann_edit_describe (AnnEdit *self)
{
  g_autoptr (GPtrArray) sentences = g_ptr_array_new ();

  g_return_val_if_fail (ANN_IS_EDIT (self), NULL);

  for (guint i = 0; i < self->changes->len; i++)
    {
      const AnnEditChange *change = self->changes->pdata[i];

      if (change->description != NULL)
        g_ptr_array_add (sentences, g_strdup (change->description));
    }
  g_ptr_array_add (sentences, NULL);

  return (char **) g_ptr_array_free (g_steal_pointer (&sentences), FALSE);
}

/**
 * ann_edit_list_warnings:
 * @self: changes
 *
 * Returns: (transfer full) (array zero-terminated=1): what the changes take away: a sentence for
 *   each thing that is replaced, with its type and what becomes of that, for rows that have no
 *   value, and for palettes that get another name or lose their column
 */
char **
ann_edit_list_warnings (AnnEdit *self)
{
  g_return_val_if_fail (ANN_IS_EDIT (self), NULL);

  return _ann_strv_new_from_array (self->warnings);
}
