/* ann-s3-profiles.c: "Configuration and credential file settings" of the AWS SDKs
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#define _DEFAULT_SOURCE /* explicit_bzero () */

#include "store/ann-s3-profiles.h"

#include <stdio.h>
#include <string.h>

/* Far more than such files have. */
#define MAX_LINES 100000
#define MAX_LINE 16384

/* One setting; @key is %NULL where a section begins. Settings below another one have names such as
 * "s3.endpoint_url". The strings are gone after the call.
 */
typedef void (*SettingFunc) (const char *section,
                             const char *key,
                             const char *value,
                             gpointer data);

typedef struct {
  SettingFunc func;
  gpointer data;
  char section[256];
  char parent[64];
} Parser;

static void
parse_section (Parser *parser, char *line)
{
  char *end = strchr (line, ']');

  parser->section[0] = parser->parent[0] = '\0';
  if (end == NULL)
    return;
  *end = '\0';
  g_strlcpy (parser->section, g_strstrip (line + 1), sizeof parser->section);
  parser->func (parser->section, NULL, NULL, parser->data);
}

/* Cuts off what stands after a blank and # or ;. */
static void
cut_comment (char *value)
{
  for (char *c = value; *c != '\0'; c++)
    {
      if (g_ascii_isspace (*c) && (c[1] == '#' || c[1] == ';'))
        {
          *c = '\0';
          return;
        }
    }
}

static void
parse_line (Parser *parser, char *line)
{
  gboolean is_indented = g_ascii_isspace (line[0]);
  char *equals;
  g_autofree char *key = NULL;
  g_autofree char *name = NULL;

  g_strstrip (line);
  equals = strchr (line, '=');
  if (line[0] == '[')
    {
      parse_section (parser, line);
      return;
    }
  if (line[0] == '\0' || line[0] == '#' || line[0] == ';' || equals == NULL
      || parser->section[0] == '\0')
    return;

  *equals = '\0';
  key = g_ascii_strdown (line, -1);
  g_strchomp (key);
  cut_comment (equals + 1);
  g_strstrip (equals + 1);

  if (is_indented && parser->parent[0] == '\0')
    return; /* goes on with the value before, which none of ours does */
  if (is_indented)
    name = g_strdup_printf ("%s.%s", parser->parent, key);
  else
    g_strlcpy (parser->parent, equals[1] == '\0' ? key : "", sizeof parser->parent);

  parser->func (parser->section, name != NULL ? name : key, equals + 1, parser->data);
}

/* The line is overwritten each time: it may be a secret. */
static void
parse_file (const char *path, SettingFunc func, gpointer data)
{
  Parser parser = { .func = func, .data = data };
  char line[MAX_LINE];
  FILE *file = fopen (path, "re");

  if (file == NULL)
    return;
  setvbuf (file, NULL, _IONBF, 0);
  for (guint i = 0; i < MAX_LINES && fgets (line, sizeof line, file) != NULL; i++)
    parse_line (&parser, line);
  explicit_bzero (line, sizeof line);
  fclose (file);
}

static char *
find_file (const char *variable, const char *name)
{
  const char *path = g_getenv (variable);

  if (path == NULL || path[0] == '\0')
    return g_build_filename (g_get_home_dir (), ".aws", name, NULL);
  if (g_str_has_prefix (path, "~/"))
    return g_build_filename (g_get_home_dir (), path + 2, NULL);

  return g_strdup (path);
}

static char *
find_credentials (void)
{
  return find_file ("AWS_SHARED_CREDENTIALS_FILE", "credentials");
}

static char *
find_config (void)
{
  return find_file ("AWS_CONFIG_FILE", "config");
}

/* The name in "profile NAME", which may stand in quotation marks; %NULL if the section is no
 * profile.
 */
static char *
get_profile_name (const char *section)
{
  gsize length;

  if (g_str_equal (section, "default"))
    return g_strdup (section);
  if (!g_str_has_prefix (section, "profile ") && !g_str_has_prefix (section, "profile\t"))
    return NULL;

  section += strlen ("profile ");
  section += strspn (section, " \t");
  length = strlen (section);
  if (length >= 2 && (section[0] == '"' || section[0] == '\'') && section[length - 1] == section[0])
    return g_strndup (section + 1, length - 2);

  return g_strdup (section);
}

typedef struct {
  const char *name;
  gboolean is_config; /* profiles are called "profile NAME" in it */
  AnnS3Profile *profile;
  char *services;
} Search;

static void
set_text (char **text, const char *value)
{
  if (*text != NULL)
    explicit_bzero (*text, strlen (*text));
  g_free (*text);
  *text = value[0] != '\0' ? g_strdup (value) : NULL;
}

static void
take_setting (Search *search, const char *key, const char *value)
{
  static const char *const unsupported[] = { "role_arn",           "source_profile",
                                             "credential_source",  "sso_session",
                                             "sso_start_url",      "sso_account_id",
                                             "credential_process", "web_identity_token_file",
                                             "login_session" };
  AnnS3Profile *profile = search->profile;

  if (g_str_equal (key, "aws_access_key_id"))
    set_text (&profile->key_id, value);
  else if (g_str_equal (key, "aws_secret_access_key"))
    set_text (&profile->secret, value);
  else if (g_str_equal (key, "aws_session_token"))
    set_text (&profile->session_token, value);
  else if (g_str_equal (key, "region"))
    set_text (&profile->region, value);
  else if (g_str_equal (key, "endpoint_url") && profile->endpoint == NULL)
    set_text (&profile->endpoint, value);
  else if (g_str_equal (key, "s3.endpoint_url"))
    set_text (&profile->endpoint, value);
  else if (g_str_equal (key, "s3.addressing_style"))
    profile->is_path_style = g_str_equal (value, "path");
  else if (g_str_equal (key, "services"))
    set_text (&search->services, value);
  else if (profile->unsupported == NULL)
    {
      for (guint i = 0; i < G_N_ELEMENTS (unsupported); i++)
        {
          if (g_str_equal (key, unsupported[i]))
            profile->unsupported = g_strdup (key);
        }
    }
}

static void
on_setting (const char *section, const char *key, const char *value, gpointer data)
{
  Search *search = data;
  g_autofree char *name = search->is_config ? get_profile_name (section) : g_strdup (section);

  if (g_strcmp0 (name, search->name) != 0)
    return;
  search->profile->is_found = TRUE;
  if (key != NULL)
    take_setting (search, key, value);
}

static void
on_service_setting (const char *section, const char *key, const char *value, gpointer data)
{
  Search *search = data;

  if (key != NULL && g_str_equal (key, "s3.endpoint_url") && g_str_has_prefix (section, "services ")
      && g_strcmp0 (section + strlen ("services "), search->services) == 0)
    set_text (&search->profile->endpoint, value);
}

/* Takes from @other what @text lacks. */
static void
take_text (char **text, char **other)
{
  if (*text == NULL)
    *text = g_steal_pointer (other);
}

void
_ann_s3_profile_load (AnnS3Profile *self, const char *name)
{
  g_autofree char *credentials = find_credentials ();
  g_autofree char *config = find_config ();
  AnnS3Profile other = { 0 };
  Search search = { .name = name, .profile = self };

  *self = (AnnS3Profile){ 0 };
  parse_file (credentials, on_setting, &search);

  search.is_config = TRUE;
  search.profile = &other;
  parse_file (config, on_setting, &search);
  if (search.services != NULL)
    parse_file (config, on_service_setting, &search);
  g_free (search.services);

  /* A key is whole in one of the files. */
  if (self->key_id == NULL && self->secret == NULL)
    {
      take_text (&self->key_id, &other.key_id);
      take_text (&self->secret, &other.secret);
      take_text (&self->session_token, &other.session_token);
    }
  take_text (&self->region, &other.region);
  take_text (&self->endpoint, &other.endpoint);
  take_text (&self->unsupported, &other.unsupported);
  self->is_found |= other.is_found;
  self->is_path_style |= other.is_path_style;
  _ann_s3_profile_clear (&other);
}

void
_ann_s3_profile_clear (AnnS3Profile *self)
{
  char **texts[] = { &self->key_id, &self->secret,   &self->session_token,
                     &self->region, &self->endpoint, &self->unsupported };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    set_text (texts[i], "");
}

static void
on_any_section (const char *section,
                const char *key,
                const char *value G_GNUC_UNUSED,
                gpointer data)
{
  GPtrArray *names = data;
  g_autofree char *name = key == NULL ? g_strdup (section) : NULL;

  if (name != NULL && !g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
    g_ptr_array_add (names, g_steal_pointer (&name));
}

static void
on_config_section (const char *section, const char *key, const char *value, gpointer data)
{
  g_autofree char *name = get_profile_name (section);

  if (name != NULL)
    on_any_section (name, key, value, data);
}

/**
 * ann_s3_list_profiles:
 *
 * Reads the files of Amazon's tools. For an `s3://` address `?profile=NAME` uses one of them.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names of the profiles in `~/.aws`, those
 *   with keys first
 */
char **
ann_s3_list_profiles (void)
{
  g_autofree char *credentials = find_credentials ();
  g_autofree char *config = find_config ();
  GPtrArray *names = g_ptr_array_new ();

  parse_file (credentials, on_any_section, names);
  parse_file (config, on_config_section, names);
  g_ptr_array_add (names, NULL);

  return (char **) g_ptr_array_free (names, FALSE);
}
