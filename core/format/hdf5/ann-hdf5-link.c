/* ann-hdf5-link.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-link.h"

#include "format/hdf5/ann-hdf5-group.h"

#include <string.h>

/* As libhdf5 has it: more links in a row are a circle. */
#define MAX_LINKS 16

static gboolean open_link (AnnHdf5File *file,
                           guint64 group,
                           const AnnHdf5Header *header,
                           const char *name,
                           const char *path,
                           guint *n_links,
                           AnnHdf5Target *target,
                           GCancellable *cancellable,
                           GError **error);

void
_ann_hdf5_target_clear (AnnHdf5Target *self)
{
  g_clear_pointer (&self->file, _ann_hdf5_file_unref);
  g_clear_pointer (&self->header, _ann_hdf5_header_free);
  g_clear_pointer (&self->description, g_free);
}

/* Moves what @from holds; @to has held nothing or the step before. */
static void
target_move (AnnHdf5Target *to, AnnHdf5Target *from)
{
  _ann_hdf5_target_clear (to);
  *to = *from;
  *from = (AnnHdf5Target){ .file = NULL };
}

static gboolean
open_at (AnnHdf5File *file,
         guint64 address,
         const char *path,
         AnnHdf5Target *target,
         GCancellable *cancellable,
         GError **error)
{
  AnnHdf5Header *header = _ann_hdf5_header_read (file, address, path, cancellable, error);

  if (header == NULL)
    return FALSE;

  *target = (AnnHdf5Target){ _ann_hdf5_file_ref (file), address, header, g_strdup ("hard") };

  return TRUE;
}

/* Goes one step of a path: an object that is not there makes the link a wrong one. */
static gboolean
take_step (AnnHdf5Target *here,
           const char *name,
           const char *object_path,
           const char *path,
           guint *n_links,
           GCancellable *cancellable,
           GError **error)
{
  g_auto (AnnHdf5Target) next = { .file = NULL };
  g_autoptr (GError) step_error = NULL;

  if (open_link (here->file, here->address, here->header, name, path, n_links, &next, cancellable,
                 &step_error))
    {
      target_move (here, &next);
      return TRUE;
    }

  if (g_error_matches (step_error, ANN_ERROR, ANN_ERROR_NOT_FOUND))
    g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                 "%s: The link leads to “%s”, which is not there", path, object_path);
  else
    g_propagate_error (error, g_steal_pointer (&step_error));

  return FALSE;
}

/* Goes along @object_path from the group at @address, or from the root if it begins with a slash.
 */
static gboolean
walk (AnnHdf5File *file,
      guint64 address,
      const char *object_path,
      const char *path,
      guint *n_links,
      AnnHdf5Target *target,
      GCancellable *cancellable,
      GError **error)
{
  g_auto (GStrv) segments = g_strsplit (object_path, "/", -1);
  g_auto (AnnHdf5Target) here = { .file = NULL };

  if (object_path[0] == '/')
    address = _ann_hdf5_file_get_root (file);
  if (!open_at (file, address, path, &here, cancellable, error))
    return FALSE;

  for (guint i = 0; segments[i] != NULL; i++)
    {
      if (segments[i][0] != '\0' && strcmp (segments[i], ".") != 0
          && !take_step (&here, segments[i], object_path, path, n_links, cancellable, error))
        return FALSE;
    }

  target_move (target, &here);

  return TRUE;
}

static gboolean
open_soft (AnnHdf5File *file,
           guint64 group,
           const char *value,
           const char *path,
           guint *n_links,
           AnnHdf5Target *target,
           GCancellable *cancellable,
           GError **error)
{
  if (!walk (file, group, value, path, n_links, target, cancellable, error))
    return FALSE;

  g_free (target->description);
  target->description = g_strdup_printf ("soft → %s", value);

  return TRUE;
}

static gboolean
open_external (AnnHdf5File *file,
               const AnnHdf5Link *link,
               const char *path,
               guint *n_links,
               AnnHdf5Target *target,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (AnnHdf5File) other = NULL;

  other = _ann_hdf5_file_open_other (file, link->value, path, cancellable, error);
  if (other == NULL)
    return FALSE;

  if (!walk (other, _ann_hdf5_file_get_root (other), link->object_path, path, n_links, target,
             cancellable, error))
    return FALSE;

  g_free (target->description);
  target->description = g_strdup_printf ("external → %s: %s", link->value, link->object_path);

  return TRUE;
}

static gboolean
find_link (AnnHdf5File *file,
           const AnnHdf5Header *header,
           const char *name,
           const char *path,
           AnnHdf5Link *link,
           GCancellable *cancellable,
           GError **error)
{
  gboolean is_found = FALSE;

  if (_ann_hdf5_is_link_name (name) && _ann_hdf5_header_is_group (header)
      && !_ann_hdf5_group_find (file, header, name, &is_found, link, path, cancellable, error))
    return FALSE;

  if (!is_found)
    g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s: There is nothing of this name", path);

  return is_found;
}

static gboolean
open_link (AnnHdf5File *file,
           guint64 group,
           const AnnHdf5Header *header,
           const char *name,
           const char *path,
           guint *n_links,
           AnnHdf5Target *target,
           GCancellable *cancellable,
           GError **error)
{
  g_auto (AnnHdf5Link) link = { .kind = ANN_HDF5_LINK_HARD };

  if (!find_link (file, header, name, path, &link, cancellable, error))
    return FALSE;
  if (link.kind == ANN_HDF5_LINK_HARD)
    return open_at (file, link.address, path, target, cancellable, error);

  if (++*n_links > MAX_LINKS)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s: The links lead in a circle", path);
      return FALSE;
    }

  switch (link.kind)
    {
    case ANN_HDF5_LINK_SOFT:
      return open_soft (file, group, link.value, path, n_links, target, cancellable, error);
    case ANN_HDF5_LINK_EXTERNAL:
      return open_external (file, &link, path, n_links, target, cancellable, error);
    default:
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: It is a link of a kind (%u) that its writer made up", path, link.kind);
      return FALSE;
    }
}

gboolean
_ann_hdf5_open_link (AnnHdf5File *file,
                     guint64 group,
                     const AnnHdf5Header *header,
                     const char *name,
                     const char *path,
                     AnnHdf5Target *target,
                     GCancellable *cancellable,
                     GError **error)
{
  guint n_links = 0;

  *target = (AnnHdf5Target){ .file = NULL };

  return open_link (file, group, header, name, path, &n_links, target, cancellable, error);
}

gboolean
_ann_hdf5_open_path (AnnHdf5File *file,
                     const char *object_path,
                     const char *path,
                     AnnHdf5Target *target,
                     GCancellable *cancellable,
                     GError **error)
{
  guint n_links = 0;

  *target = (AnnHdf5Target){ .file = NULL };

  return walk (file, _ann_hdf5_file_get_root (file), object_path, path, &n_links, target,
               cancellable, error);
}

gboolean
_ann_hdf5_open_address (AnnHdf5File *file,
                        guint64 address,
                        const char *path,
                        AnnHdf5Target *target,
                        GCancellable *cancellable,
                        GError **error)
{
  *target = (AnnHdf5Target){ .file = NULL };

  return open_at (file, address, path, target, cancellable, error);
}
