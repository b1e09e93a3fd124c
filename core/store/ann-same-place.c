/* ann-same-place.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-same-place.h"

#include "store/ann-location.h"
#include "store/ann-s3-credentials.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_LINKS 40

/* A path on disk: of it what is there, without links, and the rest, "" or beginning with a slash.
 */
typedef struct {
  char *there;
  char *rest;
} Place;

static void
place_clear (Place *self)
{
  g_clear_pointer (&self->there, g_free);
  g_clear_pointer (&self->rest, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Place, place_clear)

/* What does not exist may still be a link, to what does not exist. */
static void
place_init (Place *self, const char *path)
{
  g_autofree char *folder_now = g_get_current_dir ();
  g_autofree char *current = g_path_is_absolute (path) ? g_strdup (path)
                                                       : g_build_filename (folder_now, path, NULL);
  int n_links = 0;

  self->rest = g_strdup ("");
  for (;;)
    {
      char *there = realpath (current, NULL);
      g_autofree char *folder = g_path_get_dirname (current);
      g_autofree char *name = g_path_get_basename (current);
      g_autofree char *target = NULL;
      g_autofree char *rest = NULL;

      if (there != NULL || g_str_equal (current, folder))
        {
          self->there = g_strdup (there != NULL ? there : current);
          free (there);
          return;
        }

      target = n_links++ < MAX_LINKS ? g_file_read_link (current, NULL) : NULL;
      g_free (current);
      if (target != NULL)
        {
          current = g_path_is_absolute (target) ? g_steal_pointer (&target)
                                                : g_build_filename (folder, target, NULL);
          continue;
        }
      rest = g_steal_pointer (&self->rest);
      self->rest = g_strconcat ("/", name, rest, NULL);
      current = g_steal_pointer (&folder);
    }
}

static gboolean
is_same_file (const char *a, const char *b)
{
  struct stat first, second;

  return g_str_equal (a, b)
         || (stat (a, &first) == 0 && stat (b, &second) == 0 && first.st_dev == second.st_dev
             && first.st_ino == second.st_ino);
}

/* Whether @path is @outer or goes on with a slash after it. */
static gboolean
goes_on (const char *path, const char *outer)
{
  gsize length = strlen (outer);

  return strncmp (path, outer, length) == 0
         && (length == 0 || path[length] == '\0' || path[length] == '/');
}

static gboolean
is_path_within (const char *inner_path, const char *outer_path, gboolean only_same)
{
  g_auto (Place) inner = { 0 };
  g_auto (Place) outer = { 0 };

  place_init (&inner, inner_path);
  place_init (&outer, outer_path);
  if (only_same)
    return g_str_equal (inner.rest, outer.rest) && is_same_file (inner.there, outer.there);
  if (*outer.rest != '\0')
    return goes_on (inner.rest, outer.rest) && is_same_file (inner.there, outer.there);

  for (;;)
    {
      char *folder;

      if (is_same_file (inner.there, outer.there))
        return TRUE;
      folder = g_path_get_dirname (inner.there);
      if (g_str_equal (folder, inner.there))
        {
          g_free (folder);
          return FALSE;
        }
      g_free (inner.there);
      inner.there = folder;
    }
}

/* Where profile, environment and region lead the requests. */
static gboolean
is_same_server (AnnLocation *a, AnnLocation *b)
{
  AnnS3Settings first, second;
  gboolean is_same = TRUE;

  if (!_ann_s3_settings_load (&first, a, NULL))
    return TRUE;
  if (_ann_s3_settings_load (&second, b, NULL))
    {
      is_same = g_strcmp0 (first.endpoint, second.endpoint) == 0;
      _ann_s3_settings_clear (&second);
    }
  _ann_s3_settings_clear (&first);

  return is_same;
}

static gboolean
compare (const char *inner, const char *outer, gboolean only_same)
{
  g_autoptr (AnnLocation) a = ann_location_parse (inner, NULL);
  g_autoptr (AnnLocation) b = ann_location_parse (outer, NULL);
  const char *path_a, *path_b;

  if (a == NULL || b == NULL || ann_location_get_kind (a) != ann_location_get_kind (b))
    return FALSE;

  path_a = ann_location_get_uri (a);
  path_b = ann_location_get_uri (b);
  switch (ann_location_get_kind (a))
    {
    case ANN_LOCATION_FILE:
      return is_path_within (path_a, path_b, only_same);

    case ANN_LOCATION_HTTP:
      return only_same ? g_str_equal (path_a, path_b) : goes_on (path_a, path_b);

    case ANN_LOCATION_S3:
      path_a = ann_location_get_key (a);
      path_b = ann_location_get_key (b);
      return g_str_equal (ann_location_get_bucket (a), ann_location_get_bucket (b))
             && (only_same ? g_str_equal (path_a, path_b) : goes_on (path_a, path_b))
             && is_same_server (a, b);
    }

  g_return_val_if_reached (FALSE);
}

gboolean
_ann_is_same_place (const char *a, const char *b)
{
  return compare (a, b, TRUE);
}

gboolean
_ann_lies_within (const char *inner, const char *outer)
{
  return compare (inner, outer, FALSE);
}
