/* ann-extra-headers.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "store/ann-extra-headers.h"

#include <gio/gio.h>
#include <string.h>

#define TOKEN_MARKS "!#$%&'*+-.^_`|~"

/* What a request says of itself, of its part and its connection, or signs. */
static const char *const our_names[] = {
  "Accept",
  "Accept-Encoding",
  "Connection",
  "Content-Length",
  "Content-Range",
  "Expect",
  "Host",
  "If-Match",
  "If-Modified-Since",
  "If-None-Match",
  "If-Range",
  "If-Unmodified-Since",
  "Keep-Alive",
  "Proxy-Connection",
  "Range",
  "TE",
  "Trailer",
  "Transfer-Encoding",
  "Upgrade",
  "X-Amz-Content-Sha256",
  "X-Amz-Date",
  "X-Amz-Security-Token",
};

static gsize
get_name_length (const char *line)
{
  gsize length = 0;

  while (g_ascii_isalnum (line[length])
         || (line[length] != '\0' && strchr (TOKEN_MARKS, line[length]) != NULL))
    length++;

  return length;
}

static gboolean
has_name (const char *header, const char *name)
{
  gsize length = strlen (name);

  return g_ascii_strncasecmp (header, name, length) == 0 && header[length] == ':';
}

static gboolean
has_control (const char *text)
{
  for (; *text != '\0'; text++)
    if (g_ascii_iscntrl (*text) && *text != '\t')
      return TRUE;

  return FALSE;
}

/* @line has no blanks at its ends. */
static char *
parse_line (const char *line, guint number, GError **error)
{
  gsize n_name = get_name_length (line);
  const char *value = line + n_name + 1;

  if (n_name == 0 || line[n_name] != ':' || value[strspn (value, " \t")] == '\0'
      || has_control (value))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   "Line %u of the extra headers is not NAME: VALUE", number);
      return NULL;
    }

  for (guint i = 0; i < G_N_ELEMENTS (our_names); i++)
    if (has_name (line, our_names[i]))
      {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                     "%s cannot be an extra header: each request has its own", our_names[i]);
        return NULL;
      }

  return g_strdup_printf ("%.*s: %s", (int) n_name, line, value + strspn (value, " \t"));
}

char **
_ann_extra_headers_parse (const char *text, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GPtrArray) headers = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *line = g_strstrip (lines[i]);
      char *header;

      if (line[0] == '\0')
        continue;
      header = parse_line (line, i + 1, error);
      if (header == NULL)
        return NULL;
      g_ptr_array_add (headers, header);
    }
  g_ptr_array_add (headers, NULL);

  return (char **) g_ptr_array_steal (headers, NULL);
}

gboolean
_ann_extra_headers_has (const char *const *headers, const char *name)
{
  for (guint i = 0; headers != NULL && headers[i] != NULL; i++)
    if (has_name (headers[i], name))
      return TRUE;

  return FALSE;
}

gboolean
_ann_extra_header_is_amazon (const char *header)
{
  return g_ascii_strncasecmp (header, "x-amz-", strlen ("x-amz-")) == 0;
}
