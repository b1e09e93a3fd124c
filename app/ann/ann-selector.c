/* ann-selector.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-selector.h"

#include "ann-axis-names.h"
#include "ann-select.h"

#include <string.h>

/* Nothing that is written in these alone is an expression. */
#define SIGNS_OF_NUMBERS "0123456789:,-+ \t"

static AnnFrame *
get_frame (AnnData *data, AnnAxis axis)
{
  return axis == ANN_AXIS_OBS ? ann_data_get_obs (data) : ann_data_get_var (data);
}

static guint64
get_length (AnnData *data, AnnAxis axis)
{
  return axis == ANN_AXIS_OBS ? ann_data_get_n_obs (data) : ann_data_get_n_var (data);
}

static AnnSelection *
parse (AnnData *data,
       AnnAxis axis,
       const char *text,
       AnnProgress *progress,
       GCancellable *cancellable,
       GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (AnnFilter) filter = NULL;
  AnnSelection *selection;

  selection = ann_select_parse (text, get_length (data, axis),
                                axis == ANN_AXIS_OBS ? "row" : "column", &local_error);
  if (selection != NULL)
    return selection;
  if (!g_error_matches (local_error, ANN_ERROR, ANN_ERROR_FORMAT)
      || text[strspn (text, SIGNS_OF_NUMBERS)] == '\0')
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  filter = ann_filter_parse (text, NULL, NULL, error);
  if (filter == NULL)
    return NULL;

  return ann_filter_evaluate (filter, data, axis, progress, NULL, NULL, cancellable, error);
}

/* In the order of the file; a label that several rows have gives all of them. */
static AnnSelection *
read_names (AnnData *data,
            AnnAxis axis,
            const char *path,
            GCancellable *cancellable,
            GError **error)
{
  AnnFrame *frame = get_frame (data, axis);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  g_autofree char *text = ann_select_read_list (path, error);

  if (text == NULL)
    return NULL;
  if (frame == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "there is no table %s that has names",
                   axis == ANN_AXIS_OBS ? "obs" : "var");
      return NULL;
    }

  for (char *line = text; line != NULL;)
    {
      char *end = strchr (line, '\n');

      if (end != NULL)
        *end++ = '\0';
      if (g_str_has_suffix (line, "\r"))
        line[strlen (line) - 1] = '\0';
      if (*line != '\0')
        g_ptr_array_add (names, line);
      line = end;
    }

  return ann_frame_find_names (frame, (const char *const *) names->pdata, names->len, cancellable,
                               error);
}

gboolean
ann_selector_select (AnnData *data,
                     AnnAxis axis,
                     const char *text,
                     const char *names_path,
                     AnnProgress *progress,
                     GCancellable *cancellable,
                     AnnSelection **selection,
                     GError **error)
{
  const char *name = axis == ANN_AXIS_OBS ? "obs" : "var";

  *selection = NULL;
  if (text == NULL && names_path == NULL)
    return TRUE;
  if (text != NULL && names_path != NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
                   "--%s and --%s-names both say which: give one of them", name, name);
      return FALSE;
    }
  if (!ann_data_is_annotated (data))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_UNSUPPORTED,
                   "is no annotated matrix: --%s needs one", name);
      return FALSE;
    }

  *selection = text != NULL ? parse (data, axis, text, progress, cancellable, error)
                            : read_names (data, axis, names_path, cancellable, error);

  return *selection != NULL;
}

gboolean
ann_selector_find_axis (const char *path, guint dimension, AnnAxis *axis)
{
  const gboolean is_frame = strcmp (path, "obs") == 0 || strcmp (path, "var") == 0;
  const char *frame = is_frame ? path : ann_axis_names_find_frame (path, dimension);

  if (is_frame && dimension > 0)
    return FALSE;
  *axis = g_strcmp0 (frame, "var") == 0 ? ANN_AXIS_VAR : ANN_AXIS_OBS;

  return g_strcmp0 (frame, "var") == 0 || g_strcmp0 (frame, "obs") == 0;
}
