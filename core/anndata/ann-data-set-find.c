/* ann-data-set-find.c: where the parts of a set are, and how many rows those have that are not
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-data-set-private.h"

#include "base/ann-error.h"
#include "element/ann-categorical.h"
#include "store/ann-location.h"

#include <string.h>

#define ROWS_AT_ONCE 65536

/* --- Places --- */

static gboolean
is_address (const char *path)
{
  return strstr (path, "://") != NULL;
}

/* The last segment of a path, as it was written: by which a part is found that was moved. */
static const char *
get_file_name (const char *path)
{
  const char *slash = strrchr (path, '/');

  return slash != NULL ? slash + 1 : path;
}

static void
add_place (GPtrArray *places, char *place)
{
  if (g_ptr_array_find_with_equal_func (places, place, g_str_equal, NULL))
    g_free (place);
  else
    g_ptr_array_add (places, place);
}

/* Below what an address names; what follows its `?` stays at the end. */
static char *
join_address (const char *address, const char *path)
{
  const gsize length = strcspn (address, "?");
  g_autofree char *folder = g_strndup (address, length);
  g_autofree char *below = NULL;

  while (g_str_has_suffix (folder, "/"))
    folder[strlen (folder) - 1] = '\0';
  below = g_strconcat (folder, "/", path, address + length, NULL);

  return g_steal_pointer (&below);
}

static char *
join_place (const char *folder, const char *path)
{
  return is_address (folder) ? join_address (folder, path) : g_build_filename (folder, path, NULL);
}

/* In @folder as a path says, or the end of it: parts in folders of their own are found where these
 * were moved together. A server is asked for each place, and so for two alone.
 */
static void
add_folder (GPtrArray *places, const char *folder, const char *path)
{
  const char *rest = path + strspn (path, "/");

  if (is_address (folder))
    {
      if (rest == path)
        add_place (places, join_place (folder, path));
      rest = get_file_name (path);
    }
  for (; rest != NULL; rest = strchr (rest, '/') != NULL ? strchr (rest, '/') + 1 : NULL)
    add_place (places, join_place (folder, rest));
}

/* What a path, or the folder that it lies in, is now called: `OLD=NEW`. (transfer full) (nullable)
 */
static char *
replace_start (const char *entry, const char *path)
{
  const char *equals = entry;

  while ((equals = strchr (equals, '=')) != NULL)
    {
      gsize length = (gsize) (equals - entry);

      equals++;
      while (length > 1 && entry[length - 1] == '/')
        length--;
      if (strncmp (entry, path, length) != 0)
        continue;
      if (path[length] == '\0')
        return g_strdup (equals);
      if (path[length] == '/')
        return join_place (equals, path + length + 1);
    }

  return NULL;
}

/* Returns: whether the part's place was told by its key, or its path */
static gboolean
add_remapped (GPtrArray *places, const char *const *remap, const char *key, const char *path)
{
  const gsize length = strlen (key);

  for (guint i = 0; remap != NULL && remap[i] != NULL; i++)
    if (strncmp (remap[i], key, length) == 0 && remap[i][length] == '=')
      {
        add_place (places, g_strdup (remap[i] + length + 1));
        return TRUE;
      }
  for (guint i = 0; remap != NULL && remap[i] != NULL; i++)
    {
      char *place = replace_start (remap[i], path);

      if (place == NULL)
        continue;
      add_place (places, place);
      return TRUE;
    }
  for (guint i = 0; remap != NULL && remap[i] != NULL; i++)
    if (strchr (remap[i], '=') == NULL || g_file_test (remap[i], G_FILE_TEST_IS_DIR))
      add_folder (places, remap[i], path);

  return FALSE;
}

/* Whether an entry says where a part is, or is a folder in which it was found. */
static gboolean
is_of_part (const char *entry, const AnnDataSetPart *part)
{
  const gsize length = strlen (part->key);
  g_autoptr (GPtrArray) places = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *place = NULL;

  if (strncmp (entry, part->key, length) == 0 && entry[length] == '=')
    return TRUE;
  place = replace_start (entry, part->path);
  if (place != NULL)
    return TRUE;

  add_folder (places, entry, part->path);

  return part->found != NULL
         && g_ptr_array_find_with_equal_func (places, part->found, g_str_equal, NULL);
}

/**
 * ann_data_set_is_remapped_by:
 * @self: a set
 * @entry: one of what [func@Ann.DataSet.open] was told of where parts are now
 *
 * Tells what was said of a part from what is of none: a name that was mistyped, or a folder in
 * which no part was found. Any thread.
 *
 * Returns: whether @entry is of a part
 */
gboolean
ann_data_set_is_remapped_by (AnnDataSet *self, const char *entry)
{
  const guint n_parts = ann_data_set_get_n_parts (self);

  g_return_val_if_fail (entry != NULL, FALSE);

  for (guint i = 0; i < n_parts; i++)
    {
      AnnDataSetPart part;

      ann_data_set_get_part (self, i, &part);
      if (is_of_part (entry, &part))
        return TRUE;
    }

  return FALSE;
}

/* The folder of the set, as an address if it is one. */
static char *
get_folder (const char *set_uri)
{
  g_autoptr (AnnLocation) location = ann_location_parse (set_uri, NULL);
  g_autoptr (AnnLocation) parent = NULL;

  if (location == NULL || !ann_location_is_remote (location))
    return g_path_get_dirname (location != NULL ? ann_location_get_uri (location) : set_uri);

  parent = _ann_location_new_parent (location, 1);

  return g_strdup (parent != NULL ? ann_location_get_uri (parent) : set_uri);
}

char **
_ann_data_set_list_places (const char *set_uri,
                           const char *key,
                           const char *path,
                           const char *const *remap)
{
  g_autoptr (GPtrArray) places = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *folder = get_folder (set_uri);

  if (!add_remapped (places, remap, key, path))
    {
      if (is_address (path))
        add_place (places, g_strdup (path));
      else
        {
          const gboolean is_remote = is_address (folder);

          /* What is on a server says nothing of the files here. */
          if (g_path_is_absolute (path) && !is_remote)
            add_place (places, g_strdup (path));
          add_folder (places, folder, path);
          if (!g_path_is_absolute (path) && !is_remote)
            add_place (places, g_strdup (path));
        }
    }
  g_ptr_array_add (places, NULL);

  return (char **) g_ptr_array_free (g_steal_pointer (&places), FALSE);
}

/* --- Rows --- */

/* Goes through a column, and counts how many rows have each key; stops where a row has none of
 * them, or the keys are not in their order.
 */
typedef struct {
  AnnStrings *keys;
  guint64 *n_of_key;
  gsize key; /* of the row before */
} KeyCount;

static gboolean
is_key (AnnStrings *keys, gsize key, const char *text, gsize length)
{
  gsize key_length;
  const char *bytes = ann_strings_get (keys, key, &key_length);

  return length == key_length && memcmp (bytes, text, length) == 0;
}

static gboolean
count_row (KeyCount *count, const char *text, gsize length)
{
  const gsize n_keys = ann_strings_get_length (count->keys);

  while (count->key < n_keys && !is_key (count->keys, count->key, text, length))
    count->key++;
  if (count->key == n_keys)
    return FALSE;
  count->n_of_key[count->key]++;

  return TRUE;
}

static gboolean
count_block (KeyCount *count, const AnnBlock *block, AnnStrings *labels)
{
  for (guint64 i = 0; i < block->count; i++)
    {
      gsize length;
      const char *text;

      if (block->texts != NULL)
        text = ann_strings_get (block->texts, i, &length);
      else
        {
          const gint32 code = ((const gint32 *) ann_buffer_get_data (block->values))[i];

          if (code < 0)
            return FALSE;
          text = ann_strings_get (labels, (gsize) code, &length);
        }
      if (!count_row (count, text, length))
        return FALSE;
    }

  return TRUE;
}

/* Sets @is_one to whether the column has the keys in their order. */
static gboolean
count_column (AnnElement *column,
              KeyCount *count,
              gboolean *is_one,
              GCancellable *cancellable,
              GError **error)
{
  const guint64 n_rows = ann_element_get_n_rows (column);
  g_autoptr (AnnStrings) labels = NULL;

  *is_one = FALSE;
  if (ann_element_get_error (column) != NULL
      || (ann_element_get_kind (column) != ANN_ELEMENT_STRINGS && !ANN_IS_CATEGORICAL (column)))
    return TRUE;
  if (ANN_IS_CATEGORICAL (column))
    {
      labels = ann_categorical_read_labels (ANN_CATEGORICAL (column), cancellable, error);
      if (labels == NULL)
        return FALSE;
    }

  for (guint64 start = 0; start < n_rows; start += ROWS_AT_ONCE)
    {
      g_autoptr (AnnBlock) block = ann_element_read_rows (
          column, start, MIN (n_rows - start, ROWS_AT_ONCE), cancellable, error);

      if (block == NULL)
        return FALSE;
      if (!count_block (count, block, labels))
        return TRUE;
    }
  *is_one = TRUE;

  return TRUE;
}

static gboolean
count_by_keys (AnnFrame *obs,
               AnnStrings *keys,
               guint64 *n_of_key,
               gboolean *is_known,
               GCancellable *cancellable,
               GError **error)
{
  const gsize n_keys = ann_strings_get_length (keys);

  *is_known = FALSE;
  for (guint i = 0; i < ann_frame_get_n_columns (obs) && !*is_known; i++)
    {
      g_autoptr (AnnElement) column = ann_frame_open_column (obs, i, cancellable, error);
      KeyCount count = { keys, n_of_key, 0 };

      memset (n_of_key, 0, n_keys * sizeof *n_of_key);
      if (column == NULL || !count_column (column, &count, is_known, cancellable, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
set_unknown_error (AnnData *own, GError **error)
{
  g_set_error (
      error, ANN_ERROR, ANN_ERROR_NOT_FOUND,
      "%s: several of its parts are missing, and no column of obs tells how many rows each "
      "of them has: say where the parts are now",
      ann_data_get_uri (own));
  return FALSE;
}

gboolean
_ann_data_set_count_rows (AnnData *own,
                          AnnStrings *keys,
                          guint64 *n_rows,
                          gsize n_parts,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autofree guint64 *n_of_key = g_new0 (guint64, n_parts + 1);
  const guint64 n_obs = ann_data_get_n_obs (own);
  gsize n_missing = 0;
  gsize missing = 0;
  guint64 sum = 0;
  gboolean is_known;

  for (gsize i = 0; i < n_parts; i++)
    {
      if (n_rows[i] == G_MAXUINT64)
        {
          n_missing++;
          missing = i;
        }
      else
        sum += n_rows[i];
    }
  if (sum > n_obs || (n_missing == 0 && sum != n_obs))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                   "%s: has labels for %" G_GUINT64_FORMAT
                   " rows, but its parts have %" G_GUINT64_FORMAT
                   ": one of them is not what it was when the set was made",
                   ann_data_get_uri (own), n_obs, sum);
      return FALSE;
    }

  if (n_missing == 1)
    n_rows[missing] = n_obs - sum;
  if (n_missing <= 1)
    return TRUE;

  if (!count_by_keys (ann_data_get_obs (own), keys, n_of_key, &is_known, cancellable, error))
    return FALSE;
  for (gsize i = 0; i < n_parts && is_known; i++)
    {
      if (n_rows[i] == G_MAXUINT64)
        n_rows[i] = n_of_key[i];
      else
        is_known = n_rows[i] == n_of_key[i];
    }

  return is_known || set_unknown_error (own, error);
}
