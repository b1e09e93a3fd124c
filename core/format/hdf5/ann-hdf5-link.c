/* ann-hdf5-link.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/hdf5/ann-hdf5-link.h"

#include <string.h>

/* As libhdf5 has it: more links in a row are a circle. */
#define MAX_LINKS 16

/* A name of 64 KiB is no name. */
#define MAX_LINK_SIZE (64 << 10)

static gboolean open_link (AnnHdf5File *file,
                           hid_t group,
                           const char *name,
                           const char *path,
                           guint *n_links,
                           AnnHdf5Target *target,
                           GError **error);

void
_ann_hdf5_target_clear (AnnHdf5Target *self)
{
  g_clear_pointer (&self->file, _ann_hdf5_file_unref);
  _ann_hdf5_close (self->object);
  self->object = H5I_INVALID_HID;
  g_clear_pointer (&self->description, g_free);
}

/* Moves what @from holds; @to has held nothing or the step before. */
static void
target_move (AnnHdf5Target *to, AnnHdf5Target *from)
{
  _ann_hdf5_target_clear (to);
  *to = *from;
  *from = (AnnHdf5Target){ NULL, H5I_INVALID_HID, NULL };
}

/* Goes along @object_path, from @group unless it begins with a slash, or without one from the root
 * of @file.
 */
static gboolean
walk (AnnHdf5File *file,
      hid_t group,
      const char *object_path,
      const char *path,
      guint *n_links,
      AnnHdf5Target *target,
      GError **error)
{
  g_auto (GStrv) segments = g_strsplit (object_path, "/", -1);
  g_auto (AnnHdf5Target) here = { _ann_hdf5_file_ref (file), H5I_INVALID_HID, NULL };

  here.object = object_path[0] == '/' || group <= 0
                    ? H5Oopen (_ann_hdf5_file_get_id (file), "/", H5P_DEFAULT)
                    : H5Oopen (group, ".", H5P_DEFAULT);
  if (here.object < 0)
    {
      _ann_hdf5_set_error (error, path, "The link cannot be followed");
      return FALSE;
    }

  for (guint i = 0; segments[i] != NULL; i++)
    {
      g_auto (AnnHdf5Target) next = { NULL, H5I_INVALID_HID, NULL };
      g_autoptr (GError) step_error = NULL;

      if (segments[i][0] == '\0' || strcmp (segments[i], ".") == 0)
        continue;

      if (!open_link (here.file, here.object, segments[i], path, n_links, &next, &step_error))
        {
          if (g_error_matches (step_error, ANN_ERROR, ANN_ERROR_NOT_FOUND))
            g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                         "%s: The link leads to “%s”, which is not there", path, object_path);
          else
            g_propagate_error (error, g_steal_pointer (&step_error));
          return FALSE;
        }
      target_move (&here, &next);
    }

  target_move (target, &here);

  return TRUE;
}

/* How datasets are opened: files with their raw data are looked for beside the store, not in the
 * working directory. It cannot be said later, so every dataset is opened so. Made once, never
 * closed.
 */
static hid_t
get_dataset_access (void)
{
  static hid_t access = H5I_INVALID_HID;

  if (access <= 0)
    {
      access = H5Pcreate (H5P_DATASET_ACCESS);
      H5Pset_efile_prefix (access, "${ORIGIN}");
    }

  return access;
}

static gboolean
open_hard (AnnHdf5File *file,
           hid_t group,
           const char *name,
           const char *path,
           AnnHdf5Target *target,
           GError **error)
{
  g_auto (AnnHdf5Hid) object = H5Dopen2 (group, name, get_dataset_access ());

  if (object < 0)
    object = H5Oopen (group, name, H5P_DEFAULT);
  if (object < 0)
    {
      _ann_hdf5_set_error (error, path, "It cannot be opened");
      return FALSE;
    }

  target->file = _ann_hdf5_file_ref (file);
  target->object = _ann_hdf5_steal (&object);
  target->description = g_strdup ("hard");

  return TRUE;
}

/* What a soft or external link holds, with a NUL behind it. */
static char *
read_value (hid_t group, const char *name, gsize size, const char *path, GError **error)
{
  g_autofree char *value = NULL;

  if (size > MAX_LINK_SIZE)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_CORRUPT,
                   "%s: The link has %" G_GSIZE_FORMAT " bytes", path, size);
      return NULL;
    }

  value = g_malloc0 (size + 1);
  if (H5Lget_val (group, name, value, size, H5P_DEFAULT) < 0)
    {
      _ann_hdf5_set_error (error, path, "The link cannot be read");
      return NULL;
    }

  return g_steal_pointer (&value);
}

static gboolean
open_soft (AnnHdf5File *file,
           hid_t group,
           const char *value,
           const char *path,
           guint *n_links,
           AnnHdf5Target *target,
           GError **error)
{
  if (!walk (file, group, value, path, n_links, target, error))
    return FALSE;

  g_free (target->description);
  target->description = g_strdup_printf ("soft → %s", value);

  return TRUE;
}

static gboolean
open_external (AnnHdf5File *file,
               const char *value,
               gsize size,
               const char *path,
               guint *n_links,
               AnnHdf5Target *target,
               GError **error)
{
  g_autoptr (AnnHdf5File) other = NULL;
  g_autoptr (GError) open_error = NULL;
  g_autofree char *other_path = NULL;
  const char *file_name, *object_path;
  unsigned flags;

  if (H5Lunpack_elink_val (value, size, &flags, &file_name, &object_path) < 0)
    {
      _ann_hdf5_set_error (error, path, "The external link cannot be read");
      return FALSE;
    }

  other_path = _ann_hdf5_file_resolve (file, file_name, path, error);
  if (other_path == NULL)
    return FALSE;

  other = _ann_hdf5_file_open (other_path, &open_error);
  if (other == NULL)
    {
      g_set_error (error, open_error->domain, open_error->code,
                   "%s: The file “%s” that it names cannot be opened: %s", path, file_name,
                   open_error->message);
      return FALSE;
    }

  if (!walk (other, H5I_INVALID_HID, object_path, path, n_links, target, error))
    return FALSE;

  g_free (target->description);
  target->description = g_strdup_printf ("external → %s: %s", file_name, object_path);

  return TRUE;
}

static gboolean
open_link (AnnHdf5File *file,
           hid_t group,
           const char *name,
           const char *path,
           guint *n_links,
           AnnHdf5Target *target,
           GError **error)
{
  g_autofree char *value = NULL;
  H5L_info_t info;
  htri_t exists;

  if (name[0] == '\0' || strchr (name, '/') != NULL || strcmp (name, ".") == 0
      || H5Iget_type (group) != H5I_GROUP)
    exists = 0;
  else
    exists = H5Lexists (group, name, H5P_DEFAULT);

  if (exists == 0)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s: There is nothing of this name",
                   path);
      return FALSE;
    }
  if (exists < 0 || H5Lget_info (group, name, &info, H5P_DEFAULT) < 0)
    {
      _ann_hdf5_set_error (error, path, "The link cannot be read");
      return FALSE;
    }

  if (info.type == H5L_TYPE_HARD)
    return open_hard (file, group, name, path, target, error);

  if (++*n_links > MAX_LINKS)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s: The links lead in a circle", path);
      return FALSE;
    }

  if (info.type != H5L_TYPE_SOFT && info.type != H5L_TYPE_EXTERNAL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "%s: It is a link of a kind (%d) that its writer made up", path,
                   (int) info.type);
      return FALSE;
    }

  value = read_value (group, name, info.u.val_size, path, error);
  if (value == NULL)
    return FALSE;

  if (info.type == H5L_TYPE_SOFT)
    return open_soft (file, group, value, path, n_links, target, error);

  return open_external (file, value, info.u.val_size, path, n_links, target, error);
}

gboolean
_ann_hdf5_open_link (AnnHdf5File *file,
                     hid_t group,
                     const char *name,
                     const char *path,
                     AnnHdf5Target *target,
                     GError **error)
{
  guint n_links = 0;

  *target = (AnnHdf5Target){ NULL, H5I_INVALID_HID, NULL };

  return open_link (file, group, name, path, &n_links, target, error);
}

gboolean
_ann_hdf5_open_path (AnnHdf5File *file,
                     const char *object_path,
                     const char *path,
                     AnnHdf5Target *target,
                     GError **error)
{
  guint n_links = 0;

  *target = (AnnHdf5Target){ NULL, H5I_INVALID_HID, NULL };

  return walk (file, H5I_INVALID_HID, object_path, path, &n_links, target, error);
}
