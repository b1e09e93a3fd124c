/* ann-json-text.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "base/ann-json-text-private.h"

#include <math.h>
#include <string.h>

#define REPLACEMENT "\357\277\275"

static void
append_byte (GString *json, guchar byte)
{
  static const char escapes[] = "btn\0fr"; /* of 8 to 13 */

  if (byte == '"' || byte == '\\')
    {
      g_string_append_c (json, '\\');
      g_string_append_c (json, (char) byte);
    }
  else if (byte >= 8 && byte <= 13 && escapes[byte - 8] != '\0')
    {
      g_string_append_c (json, '\\');
      g_string_append_c (json, escapes[byte - 8]);
    }
  else if (byte < ' ')
    g_string_append_printf (json, "\\u%04x", byte);
  else
    g_string_append_c (json, (char) byte);
}

void
_ann_json_append_string (GString *json, const char *text, gssize length)
{
  const char *end = text + (length < 0 ? strlen (text) : (gsize) length);

  g_string_append_c (json, '"');
  while (text < end)
    {
      const char *valid_end;

      /* A NUL ends what GLib takes for valid. */
      (void) g_utf8_validate_len (text, (gsize) (end - text), &valid_end);
      for (; text < valid_end; text++)
        append_byte (json, (guchar) *text);
      if (text == end)
        break;
      if (*text == '\0')
        append_byte (json, 0);
      else
        g_string_append (json, REPLACEMENT);
      text++;
    }
  g_string_append_c (json, '"');
}

void
_ann_json_append_double (GString *json, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (value))
    g_string_append (json, "NaN");
  else if (isinf (value))
    g_string_append (json, value < 0 ? "-Infinity" : "Infinity");
  else
    {
      /* Of 15 digits all are good; 17 tell any two numbers apart. */
      for (int n = 15; n <= 17; n++)
        {
          char format[8];

          g_snprintf (format, sizeof format, "%%.%dg", n);
          g_ascii_formatd (text, sizeof text, format, value);
          if (g_ascii_strtod (text, NULL) == value)
            break;
        }
      g_string_append (json, text);
      if (strpbrk (text, ".e") == NULL)
        g_string_append (json, ".0");
    }
}
