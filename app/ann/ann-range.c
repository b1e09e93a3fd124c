/* ann-range.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-range.h"

#include <string.h>

/* "A:B", "A:", ":B", ":" or "A" with whole numbers, negative ones too. */
gboolean
ann_range_looks_like_one (const char *text)
{
  return g_regex_match_simple ("^(-?[0-9]+|-?[0-9]*:(-?[0-9]+)?)$", text, 0, 0)
         && strcmp (text, "-:") != 0;
}

/* One bound: counted from the end if negative. At most @length; unlike Python, what lies outside
 * is an error and not cut off: who asks for row 200 of 100 has the wrong store.
 */
static gboolean
parse_bound (const char *text, guint64 length, const char *what, guint64 *bound, GError **error)
{
  gboolean negative = *text == '-';
  guint64 value = 0;

  if (!g_ascii_string_to_unsigned (text + negative, 10, 0, G_MAXUINT64, &value, NULL)
      || value > length)
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
                   "%s %s is out of range: there are %" G_GUINT64_FORMAT " %ss", what, text, length,
                   what);
      return FALSE;
    }

  *bound = negative ? length - value : value;

  return TRUE;
}

/* @what: "row" or "column", for the message. A single number is a range of one. */
gboolean
ann_range_parse (AnnRange *range,
                 const char *text,
                 guint64 length,
                 const char *what,
                 GError **error)
{
  const char *colon = strchr (text, ':');
  g_autofree char *first = colon != NULL ? g_strndup (text, (gsize) (colon - text)) : NULL;

  if (!ann_range_looks_like_one (text))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS, "%s is no range of %ss: give A:B", text,
                   what);
      return FALSE;
    }

  *range = (AnnRange){ 0, length };
  if (colon == NULL)
    {
      if (!parse_bound (text, length, what, &range->start, error))
        return FALSE;
      if (range->start == length)
        {
          g_set_error (error, ANN_ERROR, ANN_ERROR_BOUNDS,
                       "%s %s is out of range: there are %" G_GUINT64_FORMAT " %ss", what, text,
                       length, what);
          return FALSE;
        }
      range->end = range->start + 1;
      return TRUE;
    }

  if (*first != '\0' && !parse_bound (first, length, what, &range->start, error))
    return FALSE;
  if (colon[1] != '\0' && !parse_bound (colon + 1, length, what, &range->end, error))
    return FALSE;

  /* An empty slice, as in Python. */
  range->end = MAX (range->start, range->end);

  return TRUE;
}
