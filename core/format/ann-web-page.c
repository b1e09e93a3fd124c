/* ann-web-page.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "format/ann-web-page-private.h"

#include "base/ann-error.h"

#include <string.h>

static const char *const beginnings[] = { "<!doctype html", "<html", "<head", "<!--" };

gboolean
_ann_is_web_page (const guint8 *bytes, gsize n)
{
  const char *text = (const char *) bytes;

  if (n >= 3 && memcmp (text, "\357\273\277", 3) == 0) /* a byte order mark */
    {
      text += 3;
      n -= 3;
    }
  for (; n > 0 && g_ascii_isspace (*text); n--)
    text++;

  for (gsize i = 0; i < G_N_ELEMENTS (beginnings); i++)
    {
      gsize length = strlen (beginnings[i]);

      if (n >= length && g_ascii_strncasecmp (text, beginnings[i], length) == 0)
        return TRUE;
    }

  return FALSE;
}

void
_ann_set_web_page_error (GError **error, const char *key)
{
  g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
               "%s%sThis is a web page, and no store: perhaps the server wants a sign-in",
               key != NULL ? key : "", key != NULL ? ": " : "");
}
