/* ann-warning-groups.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-warning-groups.h"

#include <string.h>

/* So many names are told of a group; a plan lists them all. */
#define MAX_NAMES_TOLD 8

/* What is the same about some names. */
typedef struct {
  char *title;
  GPtrArray *names;
} Group;

static void
group_free (gpointer data)
{
  Group *group = data;

  g_free (group->title);
  g_ptr_array_unref (group->names);
  g_free (group);
}

/* Takes @name. */
static void
add_group (GPtrArray *groups, const char *title, char *name)
{
  Group *group = g_new (Group, 1);

  *group = (Group){ g_strdup (title), g_ptr_array_new_with_free_func (g_free) };
  g_ptr_array_add (group->names, name);
  g_ptr_array_add (groups, group);
}

/* Takes @name. The groups are few, and in the order of their first names. */
static void
add_name (GPtrArray *groups, const char *title, char *name)
{
  Group *group = NULL;

  for (guint i = 0; i < groups->len && group == NULL; i++)
    {
      Group *one = g_ptr_array_index (groups, i);

      if (strcmp (one->title, title) == 0)
        group = one;
    }
  if (group == NULL)
    add_group (groups, title, name);
  else
    g_ptr_array_add (group->names, name);
}

static char *
join_names (const Group *group)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < MIN (group->names->len, MAX_NAMES_TOLD); i++)
    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "",
                            (const char *) g_ptr_array_index (group->names, i));
  if (group->names->len > MAX_NAMES_TOLD)
    g_string_append_printf (text, " and %u more", group->names->len - MAX_NAMES_TOLD);

  return g_string_free (text, FALSE);
}

char **
ann_warning_groups_by_reason (const char *const *warnings)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (group_free);
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();

  for (guint i = 0; warnings[i] != NULL; i++)
    {
      const char *colon = strstr (warnings[i], ": ");

      if (colon != NULL)
        add_name (groups, colon, g_strndup (warnings[i], (gsize) (colon - warnings[i])));
      else
        add_group (groups, "", g_strdup (warnings[i]));
    }
  for (guint i = 0; i < groups->len; i++)
    {
      const Group *group = g_ptr_array_index (groups, i);
      g_autofree char *names = join_names (group);
      g_autofree char *line = g_strconcat (names, group->title, NULL);

      g_strv_builder_add (lines, line);
    }

  return g_strv_builder_end (lines);
}

/* --- Of a concatenation --- */

static void
add_count (GStrvBuilder *lines, const char *title, guint64 count)
{
  g_autofree char *line = g_strdup_printf ("%s: %" G_GUINT64_FORMAT, title, count);

  if (count > 0)
    g_strv_builder_add (lines, line);
}

/* `uns/a` is a of uns; X is of the store itself. */
static void
add_element (GPtrArray *groups, const char *path)
{
  const char *slash = strchr (path, '/');
  g_autofree char *parent = g_strndup (path, slash != NULL ? (gsize) (slash - path) : 0);
  g_autofree char *title = slash != NULL ? g_strconcat ("left out of ", parent, NULL)
                                         : g_strdup ("left out");

  add_name (groups, title, g_strdup (slash != NULL ? slash + 1 : path));
}

char **
ann_warning_groups_of_concat (const AnnConcatPlan *plan)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new_with_free_func (group_free);
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  g_auto (GStrv) clashes = ann_warning_groups_by_reason ((const char *const *) plan->clashes);

  add_count (lines, "labels that not all stores have are left out", plan->n_dropped_labels);
  add_count (lines, "labels more than once", plan->n_duplicates);
  for (guint i = 0; plan->dropped_columns[i] != NULL; i++)
    add_name (groups, "columns that not all stores have are left out",
              g_strdup (plan->dropped_columns[i]));
  for (guint i = 0; plan->dropped_elements[i] != NULL; i++)
    add_element (groups, plan->dropped_elements[i]);
  for (guint i = 0; i < groups->len; i++)
    {
      const Group *group = g_ptr_array_index (groups, i);
      g_autofree char *names = join_names (group);
      g_autofree char *line = g_strconcat (group->title, ": ", names, NULL);

      g_strv_builder_add (lines, line);
    }
  g_strv_builder_addv (lines, (const char **) clashes);

  return g_strv_builder_end (lines);
}
