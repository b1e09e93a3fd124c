/* ann-place.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-place.h"

#include "ann-text.h"

#include <string.h>

/**
 * ann_place_new:
 * @text: what a user typed, pasted or dropped: an address or a path, perhaps in his home folder
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full) (nullable): the place
 */
GFile *
ann_place_new (const char *text, GError **error)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  g_autoptr (AnnLocation) location = NULL;

  if (g_str_has_prefix (trimmed, "~/"))
    return g_file_new_build_filename (g_get_home_dir (), trimmed + 2, NULL);

  location = ann_location_parse (trimmed, error);

  if (location == NULL)
    return NULL;

  return ann_location_is_remote (location) ? g_file_new_for_uri (trimmed)
                                           : g_file_new_for_path (ann_location_get_uri (location));
}

/**
 * ann_place_is_remote:
 * @place: a place
 *
 * Returns: whether it is an address that is asked over a network, and no file of any kind
 */
gboolean
ann_place_is_remote (GFile *place)
{
  static const char *const schemes[] = { "http", "https", "s3", "gs", "az" };

  if (g_file_peek_path (place) != NULL)
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_file_has_uri_scheme (place, schemes[i]))
      return TRUE;

  return FALSE;
}

/**
 * ann_place_parse:
 * @place: a place
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full) (nullable): what its address says
 */
AnnLocation *
ann_place_parse (GFile *place, GError **error)
{
  g_autofree char *address = ann_place_dup_address (place);

  return ann_location_parse (address, error);
}

/**
 * ann_place_normalize:
 * @place: a place from anywhere
 *
 * Returns: (transfer full): the same place, of an address in its one spelling and without anything
 *   secret; as it was if it is none that can be understood
 */
GFile *
ann_place_normalize (GFile *place)
{
  g_autoptr (AnnLocation) location = NULL;

  if (ann_place_is_remote (place))
    location = ann_place_parse (place, NULL);

  return location != NULL ? g_file_new_for_uri (ann_location_get_uri (location))
                          : g_object_ref (place);
}

/**
 * ann_place_find_store:
 * @place: what a user chose, dropped or typed
 *
 * A Zarr store is a folder, which not every file chooser lets one choose: so one may choose the
 * file that says that it is one.
 *
 * Returns: (transfer full): the folder of such a file; any other place as it is
 */
GFile *
ann_place_find_store (GFile *place)
{
  static const char *const names[] = { "zarr.json", ".zgroup", ".zattrs", ".zmetadata" };
  g_autofree char *base = g_file_get_basename (place);
  g_autoptr (GFile) parent = NULL;

  for (guint i = 0; base != NULL && i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (base, names[i]))
      parent = g_file_get_parent (place);

  return parent != NULL ? g_steal_pointer (&parent) : g_object_ref (place);
}

/**
 * ann_place_dup_address:
 * @place: a place
 *
 * Returns: (transfer full): its path or address, for the library
 */
char *
ann_place_dup_address (GFile *place)
{
  const char *path = g_file_peek_path (place);

  return path != NULL ? g_strdup (path) : g_file_get_uri (place);
}

/**
 * ann_place_dup_name:
 * @place: a place
 *
 * Returns: (transfer full): its last part, in UTF-8
 */
char *
ann_place_dup_name (GFile *place)
{
  g_autofree char *base = NULL;

  if (ann_place_is_remote (place))
    {
      g_autoptr (AnnLocation) location = ann_place_parse (place, NULL);

      if (location != NULL)
        return g_strdup (ann_location_get_name (location));
    }
  base = g_file_get_basename (place);

  return g_filename_display_name (base);
}

/**
 * ann_place_dup_text:
 * @place: a place
 *
 * Returns: (transfer full): where it is, as people read it
 */
char *
ann_place_dup_text (GFile *place)
{
  const char *path = g_file_peek_path (place);

  return path != NULL ? ann_text_home_path (path) : g_file_get_parse_name (place);
}

/**
 * ann_place_dup_folder:
 * @place: a place
 *
 * Returns: (transfer full): where it lies, without its name, as people read it
 */
char *
ann_place_dup_folder (GFile *place)
{
  g_autoptr (GFile) parent = NULL;

  if (ann_place_is_remote (place))
    {
      g_autofree char *uri = g_file_get_uri (place);
      g_autofree char *text = g_strndup (uri, strcspn (uri, "?"));
      char *slash = strrchr (text, '/');
      char *decoded;

      if (slash != NULL && slash > text && slash[-1] != '/')
        slash[0] = '\0';
      decoded = g_uri_unescape_string (text, "/");

      return decoded != NULL ? decoded : g_steal_pointer (&text);
    }
  parent = g_file_get_parent (place);

  return parent != NULL ? ann_place_dup_text (parent) : g_strdup ("");
}

/**
 * ann_place_dup_host:
 * @place: a place
 *
 * Returns: (transfer full) (nullable): who is asked for it, or the bucket; %NULL of a file
 */
char *
ann_place_dup_host (GFile *place)
{
  g_autoptr (AnnLocation) location = NULL;
  const char *bucket;

  if (!ann_place_is_remote (place))
    return NULL;

  location = ann_place_parse (place, NULL);
  if (location == NULL)
    return NULL;
  bucket = ann_location_get_bucket (location);

  return g_strdup (bucket != NULL ? bucket : ann_location_get_host (location));
}
