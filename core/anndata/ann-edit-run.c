/* ann-edit-run.c: changes are made
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-edit-private.h"

#include "base/ann-error.h"
#include "format/ann-create.h"
#include "view/ann-view-private.h"
#include "write/ann-element-writer.h"

/* What is being done. */
typedef struct {
  AnnEdit *edit;
  AnnStoreEditor *editor;
  AnnElementWriter writer;
} Run;

/* The name of what is new, until it is placed. */
static char *
get_new_name (guint i)
{
  return g_strdup_printf ("%u", i);
}

static AnnAttributes *
make_encoding (const char *type, const char *version)
{
  g_autoptr (AnnAttributes) attributes = ann_attributes_new ();
  const char *const texts[][2] = { { "encoding-type", type }, { "encoding-version", version } };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (AnnStrings) text = ann_strings_new ();

      if (!ann_strings_append (text, texts[i][1], -1, NULL))
        return NULL;
      ann_attributes_add_texts (attributes, texts[i][0], TRUE, text);
    }

  return g_steal_pointer (&attributes);
}

/* All of raw but its X, which is moved there. */
static gboolean
write_raw (Run *run,
           const AnnEditChange *change,
           const char *name,
           GCancellable *cancellable,
           GError **error)
{
  static const char *const none[] = { NULL };
  g_autoptr (AnnNodeWriter) group = _ann_node_writer_add_group (
      _ann_store_editor_get_new (run->editor), name, cancellable, error);
  g_autoptr (AnnAttributes) attributes = make_encoding ("raw", "0.1.0");
  g_autoptr (AnnElement) empty = _ann_tree_view_new (NULL, "varm", ANN_ELEMENT_MAPPING, NULL, none,
                                                     NULL, NULL, NULL);

  return group != NULL
         && _ann_element_write (&run->writer, change->value, group, "var", cancellable, error)
         && _ann_element_write (&run->writer, change->varm != NULL ? change->varm : empty, group,
                                "varm", cancellable, error)
         && _ann_node_writer_close (group, attributes, cancellable, error);
}

/* Everything that is read is read before anything moves: a value may be what another change
 * removes.
 */
static gboolean
write_new (Run *run, GCancellable *cancellable, GError **error)
{
  GPtrArray *changes = run->edit->changes;

  for (guint i = 0; i < changes->len; i++)
    {
      const AnnEditChange *change = changes->pdata[i];
      g_autofree char *name = get_new_name (i);

      if (change->kind == ANN_EDIT_SET
          && !_ann_element_write (&run->writer, change->value,
                                  _ann_store_editor_get_new (run->editor), name, cancellable,
                                  error))
        return FALSE;
      if (change->kind == ANN_EDIT_MOVE_TO_RAW
          && !write_raw (run, change, name, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
make_change (Run *run, guint i, GCancellable *cancellable, GError **error)
{
  const AnnEditChange *change = run->edit->changes->pdata[i];
  g_autofree char *name = get_new_name (i);

  switch (change->kind)
    {
    case ANN_EDIT_SET:
      return _ann_store_editor_place (run->editor, name, change->path, cancellable, error);

    case ANN_EDIT_RENAME:
      return _ann_store_editor_move (run->editor, change->path, change->new_path, cancellable,
                                     error);

    case ANN_EDIT_DROP:
      return _ann_store_editor_remove (run->editor, change->path, cancellable, error);

    case ANN_EDIT_MOVE_TO_RAW:
      return _ann_store_editor_place (run->editor, name, "raw", cancellable, error)
             && _ann_store_editor_move (run->editor, "X", "raw/X", cancellable, error);

    default:
      g_return_val_if_reached (FALSE);
    }
}

/* The order of the columns, where there are others now. */
static gboolean
set_columns (Run *run, const AnnEditTable *table, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnAttributes) attributes = NULL;
  g_autoptr (AnnStrings) names = NULL;

  if (!table->is_changed)
    return TRUE;

  names = ann_strings_new ();
  for (guint i = 0; i < table->columns->len; i++)
    {
      if (!ann_strings_append (names, table->columns->pdata[i], -1, error))
        return FALSE;
    }
  attributes = ann_attributes_new ();
  ann_attributes_add_texts (attributes, "column-order", FALSE, names);

  return _ann_store_editor_set_attributes (run->editor, table->name, attributes, cancellable,
                                           error);
}

static gboolean
make_changes (Run *run, GCancellable *cancellable, GError **error)
{
  if (!write_new (run, cancellable, error))
    return FALSE;
  for (guint i = 0; i < run->edit->changes->len; i++)
    {
      if (!make_change (run, i, cancellable, error))
        return FALSE;
    }

  return set_columns (run, &run->edit->tables[0], cancellable, error)
         && set_columns (run, &run->edit->tables[1], cancellable, error)
         && _ann_store_editor_commit (run->editor, cancellable, error);
}

/**
 * ann_edit_run:
 * @self: changes
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Makes all changes in one step: before it the store is what it was, behind it all of them are
 * made, whatever happens in between. Works once; changes cannot be added afterwards.
 *
 * Returns: %FALSE with @error set if the store stays what it was: `ANN_ERROR_CHANGED` if somebody
 *   else wrote it since it was opened
 */
gboolean
ann_edit_run (AnnEdit *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnWriteOptions) options = ann_write_options_new ();
  g_autoptr (AnnStoreEditor) editor = NULL;
  g_autofree char *folder = NULL;
  const char *path;
  Run run = { .edit = self };

  g_return_val_if_fail (ANN_IS_EDIT (self), FALSE);
  g_return_val_if_fail (!self->is_done, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  path = ann_location_get_uri (ann_data_get_location (self->data));
  if (ann_data_has_changed (self->data))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CHANGED,
                   "“%s” was changed by somebody else since it was opened: open it anew", path);
      return FALSE;
    }
  if (self->changes->len == 0)
    {
      self->is_done = TRUE;
      return TRUE;
    }

  options->profile = ANN_PROFILE_FAITHFUL;
  folder = g_path_get_dirname (path);
  run.writer = (AnnElementWriter){ .options = options, .scratch_folder = folder };
  editor = _ann_store_editor_open (path, cancellable, error);
  if (editor == NULL)
    return FALSE;
  run.editor = editor;
  self->is_done = make_changes (&run, cancellable, error);

  return self->is_done;
}
