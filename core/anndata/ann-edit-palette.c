/* ann-edit-palette.c: the colors of a column go with its name
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-edit-private.h"

#include <string.h>

#define ENDING "_colors"

/* Scanpy keeps the palette of `obs/x` in `uns/x_colors`. (transfer full) (nullable): where that of
 * the column at @place is, if there is one. What cannot be looked at is left where it is.
 */
static char *
find_palette (AnnEdit *self, const AnnEditPlace *place, GCancellable *cancellable)
{
  g_autofree char *path = NULL;
  g_autoptr (AnnElement) palette = NULL;

  if (place->kind != ANN_EDIT_PLACE_COLUMN || !g_str_equal (place->table->name, "obs"))
    return NULL;
  path = g_strconcat ("uns/", place->name, ENDING, NULL);
  palette = _ann_edit_open_if_there (self, path, cancellable, NULL);

  return palette != NULL ? g_steal_pointer (&path) : NULL;
}

gboolean
_ann_edit_palette_follow (AnnEdit *self,
                          const AnnEditPlace *place,
                          const char *name,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autofree char *path = find_palette (self, place, cancellable);
  g_autofree char *new_name = g_strconcat (name, ENDING, NULL);
  g_autofree char *new_path = g_strconcat ("uns/", new_name, NULL);
  g_autoptr (AnnElement) other = NULL;

  if (path == NULL)
    return TRUE;
  other = _ann_edit_open_if_there (self, new_path, cancellable, NULL);
  if (other != NULL)
    {
      g_ptr_array_add (self->warnings,
                       g_strdup_printf ("%s: stays, with the colors of the column that is renamed: "
                                        "there is a %s already",
                                        path, new_path));
      return TRUE;
    }
  g_ptr_array_add (self->warnings,
                   g_strdup_printf ("%s: is renamed to %s, as the column that has these colors",
                                    path, new_path));

  return ann_edit_rename (self, path, new_name, cancellable, error);
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
  g_autofree char *palette = find_palette (self, place, cancellable);
  g_autofree char *begin = g_strconcat (path, ": stays", NULL);

  if (palette != NULL)
    g_ptr_array_add (
        self->warnings,
        g_strdup_printf ("%s: stays, with the colors of %s, which is removed", palette, path));
  for (guint i = self->warnings->len; i-- > 0;)
    {
      if (g_str_has_prefix (self->warnings->pdata[i], begin))
        g_ptr_array_remove_index (self->warnings, i);
    }
}
