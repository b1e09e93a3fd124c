/* ann-edit-palette.c: the colors of a column go with its name
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-edit-private.h"

#include <string.h>

#define ENDING "_colors"

/* Scanpy keeps the palette of `obs/x` in `uns/x_colors`. (transfer full) (nullable): where that of
 * the column at @place is, if there is one: @palette; %NULL with @error set if it cannot be told.
 */
static char *
find_palette (AnnEdit *self,
              const AnnEditPlace *place,
              AnnElement **palette,
              GCancellable *cancellable,
              GError **error)
{
  g_autofree char *path = NULL;

  *palette = NULL;
  if (place->kind != ANN_EDIT_PLACE_COLUMN || !g_str_equal (place->table->name, "obs"))
    return NULL;
  path = g_strconcat ("uns/", place->name, ENDING, NULL);
  *palette = _ann_edit_open_if_there (self, path, cancellable, error);

  return *palette != NULL ? g_steal_pointer (&path) : NULL;
}

/* Of an uns that cannot be read no child is found: that is no reason not to change the column. */
static void
note_unreadable (AnnEdit *self, const AnnEditPlace *place, GCancellable *cancellable)
{
  g_autoptr (AnnElement) uns = NULL;

  if (place->kind == ANN_EDIT_PLACE_COLUMN && g_str_equal (place->table->name, "obs"))
    uns = _ann_edit_open (self, "uns", cancellable, NULL);
  if (uns != NULL
      && (ann_element_get_state (uns) == ANN_ELEMENT_CORRUPT
          || ann_element_get_state (uns) == ANN_ELEMENT_DENIED))
    g_ptr_array_add (
        self->warnings,
        g_strdup_printf ("uns: cannot be read; colors of the column obs/%s that it may "
                         "have stay as they are: %s",
                         place->name, ann_element_get_error (uns)->message));
}

void
_ann_edit_palette_clear (AnnEditPalette *self)
{
  g_free (self->path);
  g_free (self->new_path);
  g_clear_object (&self->element);
}

gboolean
_ann_edit_palette_find (AnnEdit *self,
                        const AnnEditPlace *place,
                        const char *name,
                        AnnEditPalette *palette,
                        GCancellable *cancellable,
                        GError **error)
{
  g_autoptr (AnnElement) other = NULL;
  g_autoptr (GError) local_error = NULL;

  *palette = (AnnEditPalette){ .path = NULL };
  palette->path = find_palette (self, place, &palette->element, cancellable, &local_error);
  if (palette->path != NULL)
    {
      palette->new_path = g_strconcat ("uns/", name, ENDING, NULL);
      other = _ann_edit_open_if_there (self, palette->new_path, cancellable, &local_error);
      palette->is_taken = other != NULL;
    }
  else if (local_error == NULL)
    note_unreadable (self, place, cancellable);
  if (local_error == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

void
_ann_edit_palette_follow (AnnEdit *self, const AnnEditPalette *palette)
{
  if (palette->path == NULL)
    return;
  if (palette->is_taken)
    {
      g_ptr_array_add (self->warnings,
                       g_strdup_printf ("%s: stays, with the colors of the column that is renamed: "
                                        "there is a %s already",
                                        palette->path, palette->new_path));
      return;
    }
  g_ptr_array_add (self->warnings,
                   g_strdup_printf ("%s: is renamed to %s, as the column that has these colors",
                                    palette->path, palette->new_path));
  _ann_edit_note_renamed (self, palette->path, palette->new_path, palette->element);
}

gboolean
_ann_edit_palette_has_followed (AnnEdit *self, const char *path, const char *new_path)
{
  for (guint i = 0; i < self->changes->len; i++)
    {
      const AnnEditChange *change = self->changes->pdata[i];

      if (change->kind == ANN_EDIT_RENAME && g_str_equal (change->path, path)
          && g_str_equal (change->new_path, new_path))
        return g_str_has_suffix (path, ENDING);
    }

  return FALSE;
}

void
_ann_edit_palette_note_dropped (AnnEdit *self,
                                const AnnEditPlace *place,
                                const char *path,
                                GCancellable *cancellable)
{
  g_autoptr (AnnElement) element = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *palette = find_palette (self, place, &element, cancellable, &error);
  g_autofree char *begin = g_strconcat (path, ": stays", NULL);

  if (palette != NULL)
    g_ptr_array_add (
        self->warnings,
        g_strdup_printf ("%s: stays, with the colors of %s, which is removed", palette, path));
  else if (error != NULL)
    g_ptr_array_add (
        self->warnings,
        g_strdup_printf (
            "%s: is removed; whether uns has colors of it, which stay, cannot be told: %s", path,
            error->message));
  else
    note_unreadable (self, place, cancellable);
  for (guint i = self->warnings->len; i-- > 0;)
    {
      if (g_str_has_prefix (self->warnings->pdata[i], begin))
        g_ptr_array_remove_index (self->warnings, i);
    }
}
