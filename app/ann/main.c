/* main.c: the command `ann`
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-command.h"
#include "ann-remap.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

static const AnnVerb *const verbs[] = {
  &ann_verb_info,   &ann_verb_show,   &ann_verb_stats, &ann_verb_digest, &ann_verb_validate,
  &ann_verb_export, &ann_verb_concat, &ann_verb_split, &ann_verb_edit,
};

/* Lines, each `NAME: VALUE`. */
#define HEADERS_VARIABLE "ANN_HTTP_HEADERS"

static int n_threads = -1; /* not said */
static gboolean skips_missing_parts;
static gboolean print_version;
static gboolean print_help;

/* Not GLib's own, which ends the process without a look at whether it could be written. */
#define HELP_OPTION                                                                                \
  {                                                                                                \
    "help", 'h', 0, G_OPTION_ARG_NONE, &print_help, "Print this help", NULL                        \
  }

static const GOptionEntry common_options[] = {
  HELP_OPTION,
  { "threads", 0, 0, G_OPTION_ARG_INT, &n_threads, "Threads to work with (all cores)", "N" },
  { "remap", 0, 0, G_OPTION_ARG_STRING_ARRAY, &ann_remap,
    "Where parts of a set are now: a folder, or OLD=NEW, where OLD is a part's key, or its path or "
    "folder as the set has it; again for more",
    "OLD=NEW" },
  { "skip-missing-parts", 0, 0, G_OPTION_ARG_NONE, &skips_missing_parts,
    "Leave out the rows of parts of a set that are nowhere", NULL },
  { "quiet", 'q', 0, G_OPTION_ARG_NONE, &ann_command_quiet,
    "No progress, no warnings, no closing line", NULL },
  { NULL },
};

static const GOptionEntry main_options[] = {
  HELP_OPTION,
  { "version", 0, 0, G_OPTION_ARG_NONE, &print_version, "Print the version", NULL },
  { NULL },
};

/* The rows that are there. Those that are not are told: numbers of rows mean others without them.
 */
static AnnData *
open_rest (const char *store, AnnDataSet *set, GError **error)
{
  g_autoptr (AnnData) all = ann_data_set_dup_data (set, NULL, error);
  g_autofree char *missing = all != NULL ? ann_data_describe_missing_parts (all) : NULL;
  g_autofree char *text = NULL;
  g_autoptr (AnnDataSet) rest = NULL;

  if (all == NULL || missing == NULL)
    return g_steal_pointer (&all);

  rest = ann_data_set_skip_missing (set, NULL, error);
  if (rest == NULL)
    return NULL;
  text = g_strconcat (missing, " and are left out", NULL);
  ann_command_warn_of_values (store, text);

  return ann_data_set_dup_data (rest, NULL, error);
}

AnnData *
ann_command_open (const char *store, GError **error)
{
  g_autoptr (AnnDataSet) set = NULL;

  if (!ann_remap_is_set (store) || (ann_remap == NULL && !skips_missing_parts))
    return ann_data_open (store, NULL, error);

  set = ann_data_set_open (store, (const char *const *) ann_remap, NULL, error);
  if (set == NULL || (ann_remap != NULL && !ann_remap_check (set, error)))
    return NULL;
  if (!skips_missing_parts)
    return ann_data_set_dup_data (set, NULL, error);

  return open_rest (store, set, error);
}

gboolean
ann_command_check_is_whole (AnnData *data, GError **error)
{
  g_autofree char *missing = ann_command_describe_missing (data);

  if (missing == NULL)
    return TRUE;

  g_set_error_literal (error, ANN_ERROR, ANN_ERROR_NOT_FOUND, missing);

  return FALSE;
}

AnnData *
ann_command_open_whole (const char *store, GError **error)
{
  g_autoptr (AnnData) data = ann_command_open (store, error);

  return data != NULL && ann_command_check_is_whole (data, error) ? g_steal_pointer (&data) : NULL;
}

/* What was printed is out, or the verb has failed. */
static int
end_output (int status)
{
  if (status == ANN_EXIT_OK && (fflush (stdout) != 0 || ferror (stdout)))
    return ann_command_fail_output ();

  return status;
}

static int
show_help (GOptionContext *context)
{
  g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);

  fputs (help, stdout);

  return end_output (ANN_EXIT_OK);
}

static const AnnVerb *
find_verb (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    {
      if (strcmp (verbs[i]->name, name) == 0)
        return verbs[i];
    }

  return NULL;
}

static char *
describe_verbs (void)
{
  GString *text = g_string_new ("Verbs:\n");

  for (guint i = 0; i < G_N_ELEMENTS (verbs); i++)
    g_string_append_printf (text, "  %-9s %s\n", verbs[i]->name, verbs[i]->summary);
  g_string_append (
      text, "\nSTORE is a file (.h5ad, .zarr.zip), a folder (Zarr) or an address (https://, s3://, "
            "gs://,\naz://), and may go on within the store: cells.h5mu/mod/rna is a group as a "
            "store.\nSets (.h5ads) and folders with Matrix Market are read too.\n"
            "`ann VERB --help` tells more. Exit status: 0 done, 1 failed, 2 wrong usage.");

  return g_string_free (text, FALSE);
}

/* `ann` without a verb: --help, --version or a mistake. */
static int
run_without_verb (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("VERB …");
  g_autofree char *description = describe_verbs ();
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context, "Looks into annotated matrices (AnnData: .h5ad, .zarr).");
  g_option_context_set_description (context, description);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, main_options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return ann_command_fail_usage (NULL, "%s", error->message);

  if (print_help)
    return show_help (context);
  if (print_version)
    {
      printf ("ann %s\n", ANN_VERSION);
      return end_output (ANN_EXIT_OK);
    }
  if (argc > 1)
    return ann_command_fail_usage (NULL, "there is no verb %s", argv[1]);

  return ann_command_fail_usage (NULL, "a verb is missing");
}

/* A token from a file ends with a line. A break within, dropped or sent, would make another token
 * of it. The message does not have it.
 */
static gboolean
check_token (const char *token, GError **error)
{
  gsize length = strlen (token);

  while (length > 0 && strchr ("\r\n", token[length - 1]) != NULL)
    length--;
  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_iscntrl (token[i]))
        continue;
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           ANN_TOKEN_VARIABLE
                           " has a line break or another control character within: a token is one "
                           "line");
      return FALSE;
    }

  return TRUE;
}

/* What is sent to the host of @store, and to no other: a token by HTTP, headers also to a bucket.
 */
static gboolean
sign_in (const char *store, GError **error)
{
  const char *token = g_getenv (ANN_TOKEN_VARIABLE);
  const char *headers = g_getenv (HEADERS_VARIABLE);
  g_autoptr (AnnLocation) location = ann_location_parse (store, NULL);
  g_autoptr (AnnSignIn) bearer = NULL;
  g_autoptr (AnnSignIn) who = NULL;

  if (location == NULL || !ann_location_is_remote (location))
    return TRUE;

  if (token != NULL && *token != '\0' && ann_location_get_kind (location) == ANN_LOCATION_HTTP)
    {
      if (!check_token (token, error))
        return FALSE;
      bearer = ann_sign_in_new_bearer (token);
    }
  if (bearer == NULL && headers == NULL)
    return TRUE;

  who = ann_sign_in_new_with_extras (bearer, headers, NULL, error);
  if (who == NULL)
    {
      g_prefix_error (error, "%s: ", HEADERS_VARIABLE);
      return FALSE;
    }
  ann_sign_in_set (location, who);

  return TRUE;
}

static int
run_verb (const AnnVerb *verb, int argc, char **argv)
{
  g_autofree char *program = g_strdup_printf ("ann %s", verb->name);
  g_autofree char *examples = g_strconcat ("Examples:\n", verb->examples, NULL);
  g_autoptr (GOptionContext) context = g_option_context_new (verb->arguments);
  g_autoptr (GError) error = NULL;
  guint n_sets = 0;

  g_set_prgname (program);
  g_option_context_set_summary (context, verb->summary);
  g_option_context_set_description (context, examples);
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, verb->options, NULL);
  if (verb->more_options != NULL)
    g_option_context_add_main_entries (context, verb->more_options, NULL);
  g_option_context_add_main_entries (context, common_options, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return ann_command_fail_usage (verb->name, "%s", error->message);
  if (print_help)
    return show_help (context);

  /* What follows it are no options; GLib leaves it there. */
  if (argc > 1 && strcmp (argv[1], "--") == 0)
    {
      argv++;
      argc--;
    }

  if (n_threads < -1 || n_threads == 0 || n_threads > 1024)
    return ann_command_fail_usage (verb->name, "--threads %d: a number from 1 to 1024", n_threads);
  if ((guint) argc - 1 < verb->n_arguments)
    return ann_command_fail_usage (verb->name, "expected %s", verb->arguments);
  if ((guint) argc - 1 > verb->n_arguments && !verb->takes_more_arguments)
    return ann_command_fail_usage (verb->name, "unexpected argument %s",
                                   argv[verb->n_arguments + 1]);

  if (n_threads > 0)
    ann_worker_set_n_threads ((guint) n_threads);

  for (int i = 1; i < argc; i++)
    n_sets += ann_remap_is_set (argv[i]);
  if (ann_remap != NULL && n_sets == 0)
    return ann_command_fail_usage (verb->name, "--remap is for the parts of sets (.h5ads)");
  ann_remap_expect (n_sets);

  for (int i = 1; i < argc; i++)
    if (!sign_in (argv[i], &error))
      return ann_command_fail_usage (verb->name, "%s", error->message);

  return end_output (verb->run (argv + 1));
}

/* What the library warns of looks like all else that is said. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  const char *domain = NULL;
  const char *message = NULL;
  g_autofree char *line = NULL;

  for (gsize i = 0; i < n_fields; i++)
    {
      if (strcmp (fields[i].key, "GLIB_DOMAIN") == 0)
        domain = fields[i].value;
      else if (strcmp (fields[i].key, "MESSAGE") == 0)
        message = fields[i].value;
    }
  if (level != G_LOG_LEVEL_WARNING || message == NULL || g_strcmp0 (domain, "Ann") != 0)
    return g_log_writer_default (level, fields, n_fields, data);

  line = ann_command_make_line (message);
  if (!ann_command_quiet)
    fprintf (stderr, "ann: warning: %s\n", line);

  return G_LOG_WRITER_HANDLED;
}

int
main (int argc, char **argv)
{
  const AnnVerb *verb = argc > 1 ? find_verb (argv[1]) : NULL;

  setlocale (LC_ALL, "");
  g_set_prgname ("ann");
  g_log_set_writer_func (write_log, NULL, NULL);

  /* The verb is no argument of its own options. */
  if (verb != NULL)
    {
      argv[1] = argv[0];
      return run_verb (verb, argc - 1, argv + 1);
    }

  return run_without_verb (argc, argv);
}
