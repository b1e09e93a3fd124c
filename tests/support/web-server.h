/* web-server.h: http_server.py, for one test
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * The server is a process that ends when our end of its standard input is closed: by
 * web_server_stop (), or by the end of the test, however that comes.
 */

#pragma once

#include <curl/curl.h>
#include <json-glib/json-glib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
  char *url; /* without a slash at its end */
  GPid pid;
  int input;
} WebServer;

/* The first line of what @fd brings. */
static char *
web_server_read_line (int fd)
{
  GString *line = g_string_new (NULL);
  char byte;

  while (read (fd, &byte, 1) == 1 && byte != '\n')
    g_string_append_c (line, byte);

  return g_string_free (line, FALSE);
}

/* Starts @script of this folder with the arguments. */
static void
web_server_start_script (WebServer *self, const char *script, const char *const *arguments)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "support", script, NULL);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;
  int output;

  g_ptr_array_add (argv, (gpointer) "python3");
  g_ptr_array_add (argv, path);
  for (; *arguments != NULL; arguments++)
    g_ptr_array_add (argv, (gpointer) *arguments);
  g_ptr_array_add (argv, NULL);

  /* once, while there are no threads yet */
  if (g_strcmp0 (g_getenv ("no_proxy"), "127.0.0.1") != 0)
    g_setenv ("no_proxy", "127.0.0.1", TRUE);
  g_spawn_async_with_pipes (NULL, (char **) argv->pdata, NULL,
                            G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &self->pid,
                            &self->input, &output, NULL, &error);
  g_assert_no_error (error);
  self->url = web_server_read_line (output);
  close (output);
  g_assert_true (g_str_has_prefix (self->url, "http"));
}

/* @pem: (nullable): a certificate and its key: then it speaks TLS */
G_GNUC_UNUSED static void
web_server_start (WebServer *self, const char *root, const char *pem)
{
  const char *arguments[] = { root, pem != NULL ? "--tls" : NULL, pem, NULL };

  web_server_start_script (self, "http_server.py", arguments);
}

/* A certificate for @name that signed itself, and its key, in a file of
 * @folder. (transfer full)
 */
G_GNUC_UNUSED static char *
web_server_make_certificate (const char *folder, const char *name)
{
  g_autofree char *pem = g_build_filename (folder, "server.pem", NULL);
  g_autofree char *names = g_strconcat ("subjectAltName=", name, NULL);
  const char *argv[] = { "openssl", "req", "-x509", "-newkey",  "rsa:2048", "-nodes",
                         "-days",   "2",   "-subj", "/CN=test", "-addext",  names,
                         "-keyout", pem,   "-out",  pem,        NULL };
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) argv, NULL,
                G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL,
                NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);

  return g_steal_pointer (&pem);
}

static void
web_server_stop (WebServer *self)
{
  close (self->input);
  waitpid (self->pid, NULL, 0);
  g_spawn_close_pid (self->pid);
  g_free (self->url);
}

static size_t
web_server_take_bytes (char *bytes, size_t size G_GNUC_UNUSED, size_t n, void *text)
{
  g_string_append_len (text, bytes, (gssize) n);

  return n;
}

/* A command, such as "fault?kind=silent": (transfer full): what it says to that. */
G_GNUC_PRINTF (2, 3)
static char *
web_server_tell (WebServer *self, const char *format, ...)
{
  GString *text = g_string_new (NULL);
  CURL *easy = curl_easy_init ();
  g_autofree char *command = NULL;
  g_autofree char *url = NULL;
  va_list args;

  va_start (args, format);
  command = g_strdup_vprintf (format, args);
  va_end (args);
  url = g_strconcat (self->url, "/__", command, NULL);

  curl_easy_setopt (easy, CURLOPT_URL, url);
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_SSL_VERIFYPEER, 0L);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, web_server_take_bytes);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, text);
  g_assert_cmpint (curl_easy_perform (easy), ==, CURLE_OK);
  curl_easy_cleanup (easy);

  return g_string_free (text, FALSE);
}

G_GNUC_UNUSED static void
web_server_reset (WebServer *self)
{
  g_free (web_server_tell (self, "reset"));
}

G_GNUC_UNUSED static void
web_server_fault (WebServer *self, const char *fault)
{
  g_free (web_server_tell (self, "fault?kind=%s", fault));
}

/* What was asked of it: (transfer full) */
G_GNUC_UNUSED static JsonNode *
web_server_get_log (WebServer *self)
{
  g_autofree char *text = web_server_tell (self, "log");
  JsonNode *log = json_from_string (text, NULL);

  g_assert_nonnull (log);

  return log;
}

G_GNUC_UNUSED static gint64
web_server_count (WebServer *self, const char *what)
{
  g_autoptr (JsonNode) log = web_server_get_log (self);

  return json_object_get_int_member (json_node_get_object (log), what);
}

/* Of the request with that number: (transfer full) (nullable) */
G_GNUC_UNUSED static char *
web_server_dup_logged (WebServer *self, const char *what, guint number)
{
  g_autoptr (JsonNode) log = web_server_get_log (self);
  JsonArray *all = json_object_get_array_member (json_node_get_object (log), what);

  g_assert_cmpuint (number, <, json_array_get_length (all));
  if (json_array_get_null_element (all, number))
    return NULL;

  return g_strdup (json_array_get_string_element (all, number));
}

/* A header of the request with that number: (transfer full) (nullable) */
G_GNUC_UNUSED static char *
web_server_dup_header (WebServer *self, guint number, const char *name)
{
  g_autoptr (JsonNode) log = web_server_get_log (self);
  JsonArray *all = json_object_get_array_member (json_node_get_object (log), "headers");

  g_assert_cmpuint (number, <, json_array_get_length (all));

  return g_strdup (json_object_get_string_member_with_default (
      json_array_get_object_element (all, number), name, NULL));
}
