/* ann-axis-names.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-axis-names.h"

#include <string.h>

/* Names that are looked through at once. */
#define N_NAMES_AT_ONCE 65536

struct _AnnAxisNames {
  AnnFrame *frame;
  AnnElement *index;
  AnnStrings *labels;
  char *title;
};

AnnAxisNames *
ann_axis_names_new_for_frame (AnnFrame *frame, GError **error)
{
  g_autoptr (AnnElement) index = ann_frame_open_index (frame, NULL, error);
  g_autoptr (AnnStrings) labels = NULL;
  const char *title = ann_frame_get_index_name (frame);
  AnnAxisNames *self;

  if (index == NULL)
    return NULL;
  if (ann_element_get_error (index) != NULL)
    {
      g_propagate_error (error, g_error_copy (ann_element_get_error (index)));
      return NULL;
    }
  if (ANN_IS_CATEGORICAL (index))
    {
      labels = ann_categorical_read_labels (ANN_CATEGORICAL (index), NULL, error);
      if (labels == NULL)
        return NULL;
    }

  self = g_new0 (AnnAxisNames, 1);
  self->frame = g_object_ref (frame);
  self->index = g_steal_pointer (&index);
  self->labels = g_steal_pointer (&labels);
  self->title = g_strdup (title != NULL && strcmp (title, "_index") != 0 ? title : "");

  return self;
}

/* The frame that names an axis of what lies at @path, for the places that AnnData defines; or
 * %NULL.
 */
const char *
ann_axis_names_find_frame (const char *path, guint axis)
{
  static const struct {
    const char *prefix;
    const char *frames[2];
  } places[] = {
    { "X", { "obs", "var" } },           { "layers/", { "obs", "var" } },
    { "obsm/", { "obs", NULL } },        { "varm/", { "var", NULL } },
    { "obsp/", { "obs", "obs" } },       { "varp/", { "var", "var" } },
    { "raw/X", { "obs", "raw/var" } },   { "raw/varm/", { "raw/var", NULL } },
    { "obs/", { "obs", NULL } },         { "var/", { "var", NULL } },
    { "raw/var/", { "raw/var", NULL } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      const char *prefix = places[i].prefix;

      if (g_str_has_suffix (prefix, "/") ? g_str_has_prefix (path, prefix)
                                         : strcmp (path, prefix) == 0)
        return places[i].frames[axis];
    }

  return NULL;
}

/* @axis: 0 for rows, 1 for columns. %NULL if nothing names them, or that is broken: the names are a
 * help, the values were asked for. Only a disk that failed is an error.
 */
AnnAxisNames *
ann_axis_names_new_for_path (AnnData *data, const char *path, guint axis, GError **error)
{
  const char *frame_path = ann_axis_names_find_frame (path, axis);
  g_autoptr (AnnElement) frame = NULL;
  g_autoptr (GError) why = NULL;
  AnnAxisNames *self = NULL;

  if (frame_path == NULL || !ann_data_is_annotated (data))
    return NULL;
  frame = ann_data_open_element (data, frame_path, NULL, &why);
  if (frame != NULL && ANN_IS_FRAME (frame))
    self = ann_axis_names_new_for_frame (ANN_FRAME (frame), &why);
  else if (frame != NULL && ann_element_get_error (frame) != NULL)
    why = g_error_copy (ann_element_get_error (frame));
  if (why != NULL && why->domain != ANN_ERROR)
    g_propagate_error (error, g_steal_pointer (&why));

  return self;
}

void
ann_axis_names_free (AnnAxisNames *self)
{
  g_clear_object (&self->frame);
  g_clear_object (&self->index);
  g_clear_pointer (&self->labels, ann_strings_unref);
  g_free (self->title);
  g_free (self);
}

/* What the names are called, or "". */
const char *
ann_axis_names_get_title (AnnAxisNames *self)
{
  return self->title;
}

guint64
ann_axis_names_get_length (AnnAxisNames *self)
{
  return ann_element_get_n_rows (self->index);
}

/* A name that is missing is empty. */
AnnStrings *
ann_axis_names_read (AnnAxisNames *self, guint64 start, guint64 count, GError **error)
{
  g_autoptr (AnnBlock) block = ann_element_read_rows (self->index, start, count, NULL, error);
  g_autoptr (AnnStrings) names = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (block == NULL)
    return NULL;
  if (block->texts != NULL && block->missing == NULL)
    return ann_strings_ref (block->texts);

  names = ann_strings_new ();
  for (guint64 i = 0; i < count; i++)
    {
      g_string_truncate (text, 0);
      if (!ann_cell_append_value (text, block, self->labels, i, 0))
        g_string_truncate (text, 0);
      if (!ann_strings_append (names, text->str, (gssize) text->len, error))
        return NULL;
    }

  return g_steal_pointer (&names);
}

/* @positions: (element-type utf8 guint64): names that are wanted, to (guint64 *) numbers, which
 * are filled where they are %G_MAXUINT64 still: with the first of that name.
 */
gboolean
ann_axis_names_find (AnnAxisNames *self, GHashTable *positions, GError **error)
{
  guint64 n_names = ann_axis_names_get_length (self);

  for (guint64 start = 0; start < n_names; start += N_NAMES_AT_ONCE)
    {
      guint64 count = MIN (n_names - start, N_NAMES_AT_ONCE);
      g_autoptr (AnnStrings) names = ann_axis_names_read (self, start, count, error);

      if (names == NULL)
        return FALSE;
      for (gsize i = 0; i < ann_strings_get_length (names); i++)
        {
          guint64 *position = g_hash_table_lookup (positions, ann_strings_get (names, i, NULL));

          if (position != NULL && *position == G_MAXUINT64)
            *position = start + i;
        }
    }

  return TRUE;
}

/* @names: one name, or several with commas between: a name may have commas itself, so that the
 * whole text is tried first. A name that several rows have gives all of them.
 */
AnnSelection *
ann_axis_names_select (AnnAxisNames *self, const char *names, GError **error)
{
  g_auto (GStrv) items = g_strsplit (names, ",", -1);
  AnnSelection *found = NULL;

  if (items[0] != NULL && items[1] != NULL)
    found = ann_frame_find_names (self->frame, &names, 1, NULL, NULL);
  if (found != NULL)
    return found;

  return ann_frame_find_names (self->frame, (const char *const *) items, g_strv_length (items),
                               NULL, error);
}
