/* ann-selector.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-selector.h"

#include "ann-axis-names.h"
#include "ann-command.h"
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

/* `CD3D,CD8A`: what has commas and nothing else of an expression. */
static gboolean
is_list_of_names (const char *text)
{
  return strchr (text, ',') != NULL && strpbrk (text, "\"'`()[]<>=!&|~") == NULL;
}

static void
set_names_error (AnnAxis axis, const char *text, GError **error)
{
  g_auto (GStrv) names = g_strsplit (text, ",", -1);
  const char *name = axis == ANN_AXIS_OBS ? "obs" : "var";
  g_autofree char *list = NULL;

  for (guint i = 0; names[i] != NULL; i++)
    g_strstrip (names[i]);
  list = g_strjoinv ("\", \"", names);
  g_set_error (error, ANN_FILTER_ERROR, ANN_FILTER_ERROR_SYNTAX,
               "“%s” are names and no expression: write %s_names in [\"%s\"]; or, in the order "
               "wanted, give a file of them to ann export --%s-names",
               text, name, list, name);
}

static gboolean
is_filter (AnnData *data, AnnAxis axis, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnSelection) selection = ann_select_parse (
      text, get_length (data, axis), axis == ANN_AXIS_OBS ? "row" : "column", &error);

  return selection == NULL && g_error_matches (error, ANN_ERROR, ANN_ERROR_FORMAT)
         && text[strspn (text, SIGNS_OF_NUMBERS)] != '\0';
}

char **
ann_selector_list_doubts (AnnData *data, AnnAxis axis, const char *text)
{
  g_autoptr (AnnFilter) filter = NULL;

  if (text == NULL || !ann_data_is_annotated (data) || !is_filter (data, axis, text))
    return NULL;
  filter = ann_filter_parse (text, NULL, NULL, NULL);

  return filter != NULL ? ann_filter_list_doubts (filter, data, axis, NULL, NULL) : NULL;
}

/* Whether rows of parts of a set that are missing would pass nobody knows. */
static gboolean
warn_of_unknown (AnnFilter *filter,
                 AnnData *data,
                 AnnAxis axis,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autofree char *text = NULL;
  guint64 n;

  if (!ann_filter_count_unknown (filter, data, axis, &n, cancellable, error))
    return FALSE;
  if (n == 0)
    return TRUE;

  text = g_strdup_printf ("--%s could not look at %" G_GUINT64_FORMAT
                          " rows, of parts that are missing: their values count as missing",
                          axis == ANN_AXIS_OBS ? "obs" : "var", n);
  ann_command_warn_of_values (ann_data_get_uri (data), text);

  return TRUE;
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
    {
      if (is_list_of_names (text))
        {
          g_clear_error (error);
          set_names_error (axis, text, error);
        }
      return NULL;
    }
  if (!warn_of_unknown (filter, data, axis, cancellable, error))
    return NULL;

  return ann_filter_evaluate (filter, data, axis, progress, NULL, NULL, cancellable, error);
}

/* --- Names in a file --- */

/* So many of the names that are not there are told. */
#define MAX_NAMES_TOLD 10

/* What is written in a file, and in which line. */
typedef struct {
  const char *path;
  GPtrArray *names;
  GArray *lines; /* of guint64 */
} NameList;

static void
name_list_clear (NameList *self)
{
  g_clear_pointer (&self->names, g_ptr_array_unref);
  g_clear_pointer (&self->lines, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (NameList, name_list_clear)

/* Cuts @text into lines; empty ones are nothing. */
static void
name_list_init (NameList *self, const char *path, char *text)
{
  guint64 number = 0;

  *self = (NameList){ path, g_ptr_array_new (), g_array_new (FALSE, FALSE, sizeof (guint64)) };
  for (char *line = text; line != NULL;)
    {
      char *end = strchr (line, '\n');

      number++;
      if (end != NULL)
        *end++ = '\0';
      if (g_str_has_suffix (line, "\r"))
        line[strlen (line) - 1] = '\0';
      if (*line != '\0')
        {
          g_ptr_array_add (self->names, line);
          g_array_append_val (self->lines, number);
        }
      line = end;
    }
}

/* Looks all of them up at once: their places, %G_MAXUINT64 for what is not there. */
static GHashTable *
find_places (const NameList *self, AnnFrame *frame, GError **error)
{
  g_autoptr (AnnAxisNames) axis = ann_axis_names_new_for_frame (frame, error);
  g_autoptr (GHashTable) places = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  if (axis == NULL)
    return NULL;
  for (guint i = 0; i < self->names->len; i++)
    {
      const guint64 nowhere = G_MAXUINT64;

      g_hash_table_insert (places, self->names->pdata[i], g_memdup2 (&nowhere, sizeof nowhere));
    }

  return ann_axis_names_find (axis, places, error) ? g_steal_pointer (&places) : NULL;
}

/* Of one name @why says more, such as which is like it. Of several all are to be put right at
 * once.
 */
static void
set_missing_error (const NameList *self, AnnFrame *frame, const GError *why, GError **error)
{
  g_autoptr (GHashTable) places = find_places (self, frame, error);
  g_autoptr (GString) told = g_string_new (NULL);
  guint64 line = 0;
  guint n = 0;

  for (guint i = 0; places != NULL && i < self->names->len; i++)
    {
      const char *name = self->names->pdata[i];

      if (*(const guint64 *) g_hash_table_lookup (places, name) != G_MAXUINT64)
        continue;
      if (n == 0)
        line = g_array_index (self->lines, guint64, i);
      if (n++ < MAX_NAMES_TOLD)
        g_string_append_printf (told, "%s“%s” (line %" G_GUINT64_FORMAT ")", n > 1 ? ", " : "",
                                name, g_array_index (self->lines, guint64, i));
    }
  if (places == NULL)
    return;

  if (n <= 1)
    g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s, line %" G_GUINT64_FORMAT ": %s",
                 self->path, line, why->message);
  else
    g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "%s: %u of %u names are not in %s: %s%s",
                 self->path, n, self->names->len, ann_element_get_path (ANN_ELEMENT (frame)),
                 told->str, n > MAX_NAMES_TOLD ? ", …" : "");
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
  g_autofree char *text = ann_select_read_list (path, error);
  g_auto (NameList) list = { .path = NULL };
  g_autoptr (GError) why = NULL;
  AnnSelection *found;

  if (text == NULL)
    return NULL;
  if (frame == NULL)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, "there is no table %s that has names",
                   axis == ANN_AXIS_OBS ? "obs" : "var");
      return NULL;
    }

  name_list_init (&list, path, text);
  found = ann_frame_find_names (frame, (const char *const *) list.names->pdata, list.names->len,
                                cancellable, &why);
  if (found == NULL && g_error_matches (why, ANN_ERROR, ANN_ERROR_NOT_FOUND))
    set_missing_error (&list, frame, why, error);
  else if (found == NULL)
    g_propagate_error (error, g_steal_pointer (&why));

  return found;
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
