/* ann-command-warn.c: what a verb says beside what it does
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-command.h"

#include <stdio.h>
#include <string.h>

gboolean ann_command_quiet;

static GStrvBuilder *value_warnings; /* NULL: none */

char *
ann_command_make_line (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *line = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (strchr ("\n\r\t", *p) != NULL)
        g_string_append_c (line, ' ');
      else
        g_string_append_unichar (line, g_unichar_iscntrl (c) ? 0xfffd : c);
    }

  return g_strchomp (g_string_free (line, FALSE));
}

char *
ann_command_make_name (const char *store)
{
  g_autofree char *shown = ann_location_hide_secrets (store);

  return ann_command_make_line (shown);
}

const char *
ann_command_skip_path (const char *message, const char *path)
{
  gsize length = strlen (path);

  if (length == 0 || strncmp (message, path, length) != 0 || message[length] != ':')
    return message;

  return message + length + 1 + strspn (message + length + 1, " ");
}

void
ann_command_print_warning_lines (const char *store, const char *const *warnings)
{
  g_autofree char *name = ann_command_make_name (store);

  for (guint i = 0; !ann_command_quiet && warnings != NULL && warnings[i] != NULL; i++)
    {
      g_autofree char *line = ann_command_make_line (warnings[i]);

      fprintf (stderr, "ann: %s: warning: %s\n", name, line);
    }
}

void
ann_command_print_warnings (const char *store, AnnElement *element)
{
  ann_command_print_warning_lines (store, ann_element_get_warnings (element));
}

char *
ann_command_describe_missing (AnnData *data)
{
  g_autofree char *missing = ann_data_describe_missing_parts (data);

  if (missing == NULL)
    return NULL;

  return g_strconcat (missing,
                      "; --remap says where it is now, --skip-missing-parts leaves them out", NULL);
}

void
ann_command_warn_of_values (const char *store, const char *text)
{
  if (value_warnings == NULL)
    value_warnings = g_strv_builder_new ();
  g_strv_builder_add (value_warnings, text);
  ann_command_print_warning_lines (store, (const char *const[]){ text, NULL });
}

void
ann_command_write_value_warnings (AnnJsonWriter *json)
{
  g_auto (GStrv) warnings = NULL;

  if (value_warnings == NULL)
    return;

  warnings = g_strv_builder_end (value_warnings);
  g_clear_pointer (&value_warnings, g_strv_builder_unref);
  ann_json_writer_texts (json, "warnings", (const char *const *) warnings);
}

void
ann_command_warn_of_missing (const char *store, AnnData *data)
{
  g_autofree char *missing = ann_command_describe_missing (data);

  if (missing != NULL)
    ann_command_warn_of_values (store, missing);
}

void
ann_command_print_data_warnings (const char *store, AnnData *data)
{
  g_autofree char *missing = ann_data_describe_missing_parts (data);
  const char *const *warnings = ann_data_get_warnings (data);

  ann_command_warn_of_missing (store, data);
  for (guint i = 0; warnings != NULL && warnings[i] != NULL; i++)
    if (g_strcmp0 (warnings[i], missing) != 0)
      ann_command_print_warning_lines (store, (const char *const[]){ warnings[i], NULL });
}
