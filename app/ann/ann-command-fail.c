/* ann-command-fail.c: how a verb says that it failed
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-command.h"
#include "ann-json-writer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

gboolean ann_command_as_json;

void
ann_command_print_error (const char *store, const char *path, const GError *error)
{
  g_autofree char *name = ann_command_make_name (store);
  g_autofree char *message = ann_command_make_line (error->message);
  g_autofree char *place = path != NULL && *path != '\0' ? ann_command_make_line (path) : NULL;
  gsize length = place != NULL ? strlen (place) : 0;

  /* The library begins many of its messages with the path, or with one within: once is enough. */
  if (place != NULL && strncmp (message, place, length) == 0
      && (message[length] == ':' || message[length] == '/'))
    g_clear_pointer (&place, g_free);

  fprintf (stderr, "ann: %s: %s%s%s\n", name, place != NULL ? place : "", place != NULL ? ": " : "",
           message);
}

/* Whether it may be a sign-in that lacks, or one that the address may not have. */
static gboolean
wants_token (const char *store, const GError *error)
{
  g_autoptr (AnnLocation) location = ann_location_parse (store, NULL);

  if (location != NULL)
    return ann_location_get_kind (location) == ANN_LOCATION_HTTP
           && g_error_matches (error, ANN_ERROR, ANN_ERROR_DENIED);

  return g_ascii_strncasecmp (store, "http", 4) == 0 && strchr (store, '@') != NULL;
}

/* What can be done about it on a command line, of which the library knows nothing; or %NULL. */
static const char *
get_advice (const char *store, const GError *error)
{
  const char *token = g_getenv (ANN_TOKEN_VARIABLE);

  if (g_error_matches (error, ANN_ERROR, ANN_ERROR_EXISTS))
    return "--overwrite replaces it";
  if (!wants_token (store, error))
    return NULL;

  return token == NULL || *token == '\0' ? "set " ANN_TOKEN_VARIABLE
                                           " to a token to sign in with it"
                                         : "the token in " ANN_TOKEN_VARIABLE " does not open it";
}

/* --- As JSON --- */

static void
write_text (AnnJsonWriter *json, const char *name, const char *text)
{
  ann_json_writer_name (json, name);
  if (text != NULL)
    ann_json_writer_string (json, text);
  else
    ann_json_writer_null (json);
}

/* Who wants JSON gets a document in any case, and never more than one. That it cannot be printed is
 * no news any more. @store, @path: (nullable)
 */
static void
print_json (const char *kind, const char *store, const char *path, const char *message)
{
  g_autoptr (AnnJsonWriter) json = NULL;
  g_autofree char *name = store != NULL ? ann_location_hide_secrets (store) : NULL;

  if (!ann_command_as_json || ann_json_writer_has_printed ())
    return;

  json = ann_json_writer_new (stdout);
  ann_json_writer_begin_object (json, ANN_JSON_LINES);
  ann_json_writer_name (json, "error");
  ann_json_writer_begin_object (json, ANN_JSON_LINES);
  write_text (json, "kind", kind);
  write_text (json, "store", name);
  write_text (json, "path", path != NULL && *path != '\0' ? path : NULL);
  write_text (json, "message", message);
  ann_json_writer_end_object (json);
  ann_json_writer_end_object (json);
  (void) ann_json_writer_finish (json);
}

int
ann_command_fail (const char *store, const char *path, const GError *error)
{
  const char *advice = get_advice (store, error);
  g_autoptr (GError) told = g_error_copy (error);

  if (advice != NULL)
    {
      g_free (told->message);
      told->message = g_strconcat (error->message, "; ", advice, NULL);
    }
  ann_command_print_error (store, path, told);
  print_json (ann_error_get_name (error), store, path,
              path != NULL ? ann_command_skip_path (told->message, path) : told->message);

  return ANN_EXIT_FAILED;
}

int
ann_command_fail_usage (const char *verb, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);

  if (verb != NULL)
    fprintf (stderr, "ann %s: %s (see ann %s --help)\n", verb, message, verb);
  else
    fprintf (stderr, "ann: %s (see ann --help)\n", message);
  print_json ("usage", NULL, NULL, message);

  return ANN_EXIT_USAGE;
}

/* Standard output could not be written. */
int
ann_command_fail_output (void)
{
  fprintf (stderr, "ann: cannot write the output: %s\n", g_strerror (errno));

  return ANN_EXIT_FAILED;
}
