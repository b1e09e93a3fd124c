/* write-suite.h: a folder to write into, and what is in it afterwards
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "../../support/remove-tree.h"
#include "base/ann-clean-up.h"
#include "base/ann-error.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder;

/* (transfer full) */
G_GNUC_UNUSED static char *
at (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

G_GNUC_UNUSED static void
begin (void)
{
  folder = g_dir_make_tmp ("ann-write-XXXXXX", NULL);
  g_assert_nonnull (folder);
}

G_GNUC_UNUSED static void
end (void)
{
  remove_tree (folder);
  g_clear_pointer (&folder, g_free);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* (transfer full): the names in the folder at @path, in order */
G_GNUC_UNUSED static char *
names_in (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  g_assert_nonnull (dir);
  ann_clean_up_wait ();
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);

  return g_strjoinv (" ", (char **) names->pdata);
}

static inline void
assert_names (const char *expected)
{
  g_autofree char *names = names_in (folder);

  g_assert_cmpstr (names, ==, expected);
}

G_GNUC_UNUSED static void
assert_file (const char *name, const char *expected)
{
  g_autofree char *path = at (name);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_get_contents (path, &contents, NULL, &error));
  g_assert_cmpstr (contents, ==, expected);
}

G_GNUC_UNUSED static void
add_file (const char *name, const char *contents, int mode)
{
  g_autofree char *path = at (name);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_no_errno (g_mkdir_with_parents (parent, 0700));
  g_assert_true (g_file_set_contents (path, contents, -1, NULL));
  g_assert_no_errno (g_chmod (path, mode));
}

G_GNUC_UNUSED static guint
get_mode (const char *name)
{
  g_autofree char *path = at (name);
  GStatBuf status;

  g_assert_no_errno (g_lstat (path, &status));

  return status.st_mode & 07777;
}

/* The message names @word, and is of that code. */
static void
assert_refused (GError **error, AnnError code, const char *word)
{
  g_assert_error (*error, ANN_ERROR, (int) code);
  if (strstr ((*error)->message, word) == NULL)
    g_error ("“%s” is not in: %s", word, (*error)->message);
  g_clear_error (error);
}

G_GNUC_UNUSED static void
assert_denied (GError **error, const char *word)
{
  assert_refused (error, ANN_ERROR_DENIED, word);
}

/* It stands in the way of @name. */
G_GNUC_UNUSED static void
assert_exists (GError **error, const char *name)
{
  g_autofree char *word = g_strconcat (name, "” is there already", NULL);

  assert_refused (error, ANN_ERROR_EXISTS, word);
}

static char *last_warning;

static GLogWriterOutput
note_warning (GLogLevelFlags level,
              const GLogField *fields,
              gsize n_fields,
              gpointer data G_GNUC_UNUSED)
{
  if ((level & G_LOG_LEVEL_WARNING) == 0)
    return g_log_writer_default (level, fields, n_fields, NULL);

  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE"))
      {
        g_free (last_warning);
        last_warning = g_strdup (fields[i].value);
      }

  return G_LOG_WRITER_HANDLED;
}

/* Once, before all: warnings are kept for assert_warning ().
 */
G_GNUC_UNUSED static void
keep_warnings (void)
{
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  g_log_set_writer_func (note_warning, NULL, NULL);
}

/* @pattern: (nullable): what the one since the last call was like; %NULL: there was none */
G_GNUC_UNUSED static void
assert_warning (const char *pattern)
{
  g_autofree char *warning = g_steal_pointer (&last_warning);

  if (pattern == NULL)
    g_assert_cmpstr (warning, ==, NULL);
  else if (warning == NULL || !g_pattern_match_simple (pattern, warning))
    g_error ("“%s” is not like “%s”", warning, pattern);
}
