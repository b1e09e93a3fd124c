/* ann-write-report.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-write-report.h"

#include "ann-command.h"

#include <stdio.h>
#include <string.h>

/* By threes, with commas, whatever the locale is: the line is one that scripts read. */
static void
append_count (GString *text, guint64 count)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, count);
  const gsize length = strlen (digits);

  for (gsize i = 0; i < length; i++)
    {
      if (i > 0 && (length - i) % 3 == 0)
        g_string_append_c (text, ',');
      g_string_append_c (text, digits[i]);
    }
}

char *
ann_write_report_make_shape (guint64 n_obs, guint64 n_var)
{
  GString *text = g_string_new (NULL);

  append_count (text, n_obs);
  g_string_append (text, " × ");
  append_count (text, n_var);

  return g_string_free (text, FALSE);
}

/* Users of 10x know `.h5` as the format of Cell Ranger's matrices. */
const char *
ann_write_report_get_note (const char *target)
{
  g_autoptr (AnnLocation) location = ann_location_parse (target, NULL);
  g_autofree char *name = NULL;

  if (location == NULL)
    return NULL;
  name = g_ascii_strdown (ann_location_get_name (location), -1);

  return g_str_has_suffix (name, ".h5") ? "AnnData in HDF5, not Cell Ranger's matrix" : NULL;
}

/* 0 if it is not known of one of them. */
static guint64
measure (const char *const *paths)
{
  guint64 sum = 0;

  for (guint i = 0; paths[i] != NULL; i++)
    {
      const guint64 size = strstr (paths[i], "://") == NULL ? ann_stored_size_measure (paths[i])
                                                            : 0;

      if (size == 0)
        return 0;
      sum += size;
    }

  return sum;
}

void
ann_write_report (const char *target,
                  const char *what,
                  const char *const *paths,
                  double seconds,
                  const char *note)
{
  g_autofree char *name = NULL;
  g_autofree char *size = NULL;
  guint64 n_bytes;

  if (ann_command_quiet || ann_command_as_json)
    return;

  n_bytes = measure (paths);
  name = ann_command_make_name (target);
  size = n_bytes > 0 ? g_format_size (n_bytes) : NULL;
  fprintf (stderr, "wrote %s: %s%s%s%sin %.1f s%s%s\n", name, what,
           *what != '\0' && size != NULL ? ", " : "", size != NULL ? size : "",
           *what != '\0' || size != NULL ? " " : "", seconds, note != NULL ? "; " : "",
           note != NULL ? note : "");
}
