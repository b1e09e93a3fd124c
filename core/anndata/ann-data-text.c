/* ann-data-text.c: a store in a few lines, as Python prints it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-data.h"

#include "base/ann-error.h"

#include <string.h>

/* What Python's str.isprintable () says. */
static gboolean
is_printable (gunichar c)
{
  switch ((int) g_unichar_type (c))
    {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
      return FALSE;
    case G_UNICODE_SPACE_SEPARATOR:
      return c == ' ';
    default:
      return TRUE;
    }
}

static void
append_character (GString *text, gunichar c, char quote)
{
  if (c == '\\' || c == (gunichar) quote)
    g_string_append_printf (text, "\\%c", (char) c);
  else if (c == '\n')
    g_string_append (text, "\\n");
  else if (c == '\r')
    g_string_append (text, "\\r");
  else if (c == '\t')
    g_string_append (text, "\\t");
  else if (is_printable (c))
    g_string_append_unichar (text, c);
  else if (c < 0x100)
    g_string_append_printf (text, "\\x%02x", c);
  else if (c < 0x10000)
    g_string_append_printf (text, "\\u%04x", c);
  else
    g_string_append_printf (text, "\\U%08x", c);
}

/* As Python's repr (); a byte that is no UTF-8 is what its surrogateescape makes of it. */
static void
append_quoted (GString *text, const char *value)
{
  char quote = strchr (value, '\'') != NULL && strchr (value, '"') == NULL ? '"' : '\'';

  g_string_append_c (text, quote);
  while (*value != '\0')
    {
      gunichar c = g_utf8_get_char_validated (value, -1);

      if (c == (gunichar) -1 || c == (gunichar) -2)
        g_string_append_printf (text, "\\udc%02x", (guint) * (const guint8 *) value++);
      else
        {
          append_character (text, c, quote);
          value = g_utf8_next_char (value);
        }
    }
  g_string_append_c (text, quote);
}

static gboolean
append_keys (GString *text,
             AnnData *data,
             const char *name,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (AnnElement) element = NULL;
  g_auto (GStrv) keys = NULL;

  element = ann_element_open_child (ann_data_get_root (data), name, cancellable, &local_error);
  if (element != NULL && ann_element_get_state (element) != ANN_ELEMENT_OK)
    return TRUE;
  if (element != NULL)
    keys = ann_element_list_children (element, cancellable, &local_error);
  if (keys == NULL)
    {
      if (g_error_matches (local_error, ANN_ERROR, ANN_ERROR_NOT_FOUND))
        return TRUE;
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  for (guint i = 0; keys[i] != NULL; i++)
    {
      if (i == 0)
        g_string_append_printf (text, "\n    %s: ", name);
      else
        g_string_append (text, ", ");
      append_quoted (text, keys[i]);
    }

  return TRUE;
}

/**
 * ann_data_to_string:
 * @self: an annotated matrix
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Tells what is in a store as Python's anndata does of one that it opened as backed: its shape and
 * file, and for each of obs, var, uns, obsm, varm, layers, obsp and varp that is not empty a line
 * with its keys. What is broken has no line.
 *
 * Reads metadata. Blocks; any thread.
 *
 * Returns: (transfer full): some lines without a line feed at the end, or %NULL with @error set:
 *   `ANN_ERROR_FORMAT` if it is no annotated matrix
 */
char *
ann_data_to_string (AnnData *self, GCancellable *cancellable, GError **error)
{
  static const char *const names[] = { "obs",    "var",  "uns",  "obsm", "varm",
                                       "layers", "obsp", "varp", NULL };
  g_autoptr (GString) text = NULL;
  g_autofree char *filename = NULL;

  g_return_val_if_fail (ANN_IS_DATA (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!ann_data_is_annotated (self))
    {
      g_set_error_literal (error, ANN_ERROR, ANN_ERROR_FORMAT, "This is no annotated matrix");
      return NULL;
    }

  text = g_string_new (NULL);
  filename = ann_data_dup_filename (self);
  g_string_printf (text,
                   "AnnData object with n_obs × n_vars = %" G_GUINT64_FORMAT " × %" G_GUINT64_FORMAT
                   " backed at ",
                   ann_data_get_n_obs (self), ann_data_get_n_var (self));
  append_quoted (text, filename != NULL ? filename : ann_data_get_uri (self));

  for (guint i = 0; names[i] != NULL; i++)
    {
      if (!append_keys (text, self, names[i], cancellable, error))
        return NULL;
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * ann_data_dup_filename:
 * @self: a store
 *
 * Returns: (transfer full) (nullable) (type filename): the local path that it was opened by, as it
 *   was given; %NULL for a store that is no local file
 */
char *
ann_data_dup_filename (AnnData *self)
{
  const char *uri;

  g_return_val_if_fail (ANN_IS_DATA (self), NULL);

  uri = ann_data_get_uri (self);
  if (strstr (uri, "://") == NULL || g_uri_peek_scheme (uri) == NULL)
    return g_strdup (uri);

  return g_filename_from_uri (uri, NULL, NULL);
}
