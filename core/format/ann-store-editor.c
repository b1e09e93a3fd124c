/* ann-store-editor.c: a store is changed in place, whichever container it is
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/ann-store-editor-private.h"

#include "base/ann-error.h"
#include "format/hdf5/ann-hdf5-editor.h"
#include "format/zarr/ann-zarr-editor.h"
#include "store/ann-location.h"

AnnStoreEditor *
_ann_store_editor_open (const char *address, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnLocation) location = ann_location_parse (address, error);
  const char *path;

  if (location == NULL)
    return NULL;
  path = ann_location_get_uri (location);
  if (ann_location_is_remote (location))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "“%s” cannot be changed in place, since it is not on a disk: export it with the "
                   "changes",
                   path);
      return NULL;
    }

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return _ann_zarr_editor_open (path, cancellable, error);
  if (g_str_has_suffix (path, ".zip"))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "“%s” cannot be changed in place, since it is an archive: export it with the "
                   "changes",
                   path);
      return NULL;
    }

  return _ann_hdf5_editor_open (path, cancellable, error);
}

void
_ann_store_editor_free (AnnStoreEditor *self)
{
  if (self != NULL)
    self->klass->free (self);
}

AnnNodeWriter *
_ann_store_editor_get_new (AnnStoreEditor *self)
{
  return self->klass->get_new (self);
}

/* A path as the formats take it: names with a slash between them. */
static gboolean
check_path (const char *path, GError **error)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);

  for (guint i = 0; i == 0 || names[i] != NULL; i++)
    {
      if (names[i] != NULL && *names[i] != '\0' && !g_str_equal (names[i], ".")
          && !g_str_equal (names[i], ".."))
        continue;

      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "“%s” is no path of a node in a store",
                   path);
      return FALSE;
    }

  return TRUE;
}

gboolean
_ann_store_editor_place (AnnStoreEditor *self,
                         const char *name,
                         const char *path,
                         GCancellable *cancellable,
                         GError **error)
{
  return !g_cancellable_set_error_if_cancelled (cancellable, error) && check_path (path, error)
         && self->klass->place (self, name, path, cancellable, error);
}

/* Nothing can be moved into itself, nor in place of what it lies in. */
static gboolean
check_move (const char *from, const char *to, GError **error)
{
  g_autofree char *below_from = g_strconcat (from, "/", NULL);
  g_autofree char *below_to = g_strconcat (to, "/", NULL);

  if (!check_path (from, error) || !check_path (to, error))
    return FALSE;
  if (!g_str_has_prefix (below_to, below_from) && !g_str_has_prefix (below_from, below_to))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
               "%s cannot be moved to %s: one lies in the other", from, to);

  return FALSE;
}

gboolean
_ann_store_editor_move (AnnStoreEditor *self,
                        const char *from,
                        const char *to,
                        GCancellable *cancellable,
                        GError **error)
{
  return !g_cancellable_set_error_if_cancelled (cancellable, error) && check_move (from, to, error)
         && self->klass->move (self, from, to, cancellable, error);
}

gboolean
_ann_store_editor_remove (AnnStoreEditor *self,
                          const char *path,
                          GCancellable *cancellable,
                          GError **error)
{
  return !g_cancellable_set_error_if_cancelled (cancellable, error) && check_path (path, error)
         && self->klass->remove (self, path, cancellable, error);
}

gboolean
_ann_store_editor_set_attributes (AnnStoreEditor *self,
                                  const char *path,
                                  AnnAttributes *attributes,
                                  GCancellable *cancellable,
                                  GError **error)
{
  return !g_cancellable_set_error_if_cancelled (cancellable, error)
         && (*path == '\0' || check_path (path, error))
         && self->klass->set_attributes (self, path, attributes, cancellable, error);
}

gboolean
_ann_store_editor_commit (AnnStoreEditor *self, GCancellable *cancellable, GError **error)
{
  return !g_cancellable_set_error_if_cancelled (cancellable, error)
         && self->klass->commit (self, cancellable, error);
}
