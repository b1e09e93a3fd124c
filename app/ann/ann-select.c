/* ann-select.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-select.h"

#include "ann-range.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* Of a file of indices: those of 10⁸ rows. */
#define MAX_LIST_SIZE ((goffset) 1 << 30)

/* One index a line; empty lines are nothing. */
static gboolean
add_line (GArray *indices, const char *path, guint number, char *line, GError **error)
{
  gint64 index;

  g_strstrip (line);
  if (*line == '\0')
    return TRUE;
  if (!g_ascii_string_to_signed (line, 10, G_MININT64, G_MAXINT64, &index, NULL))
    {
      g_set_error (
          error, ANN_ERROR, ANN_ERROR_BOUNDS,
          "%s, line %u: %.40s is no whole number, and indices are wanted; for names, ann export "
          "has --obs-names and --var-names",
          path, number, line);
      return FALSE;
    }

  g_array_append_val (indices, index);

  return TRUE;
}

/* A device has no end, and a list this long would not fit. */
static gboolean
check_list (const char *path, GError **error)
{
  GStatBuf status;

  if (g_stat (path, &status) != 0 || S_ISFIFO (status.st_mode)
      || (S_ISREG (status.st_mode) && status.st_size <= MAX_LIST_SIZE))
    return TRUE;

  g_set_error (error, ANN_ERROR, ANN_ERROR_TOO_LARGE,
               "%s: a list of rows or columns is a file of at most %d MiB", path,
               (int) (MAX_LIST_SIZE >> 20));
  return FALSE;
}

char *
ann_select_read_list (const char *path, GError **error)
{
  char *text;
  gsize length;

  if (!check_list (path, error) || !g_file_get_contents (path, &text, &length, error))
    return NULL;

  /* The mark that some editors put before UTF-8. */
  if (g_str_has_prefix (text, "\xef\xbb\xbf"))
    memmove (text, text + 3, length - 2);

  return text;
}

static AnnSelection *
read_indices (const char *path, guint64 axis_length, GError **error)
{
  g_autoptr (GArray) indices = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *text = ann_select_read_list (path, error);
  guint number = 0;

  for (char *line = text; line != NULL;)
    {
      char *end = strchr (line, '\n');

      if (end != NULL)
        *end++ = '\0';
      if (!add_line (indices, path, ++number, line, error))
        return NULL;
      line = end;
    }
  if (text == NULL)
    return NULL;

  return ann_selection_new_from_indices ((const gint64 *) indices->data, indices->len, axis_length,
                                         error);
}

AnnSelection *
ann_select_parse (const char *text, guint64 axis_length, const char *what, GError **error)
{
  AnnRange range;

  if (*text == '@')
    return read_indices (text + 1, axis_length, error);
  if (!ann_range_looks_like_one (text))
    return ann_selection_parse (text, axis_length, error);

  /* Who asks for row 200 of 100 has the wrong store: a plain range is not cut off. */
  if (!ann_range_parse (&range, text, axis_length, what, error))
    return NULL;

  return ann_selection_new_range (range.start, range.end - range.start, 1, axis_length, error);
}
