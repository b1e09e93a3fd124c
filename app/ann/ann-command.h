/* ann-command.h: what the verbs share
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ann-json-writer.h"

#include <ann-core.h>

G_BEGIN_DECLS

/* How a verb ends. Scripts rest on these. */
#define ANN_EXIT_OK 0
#define ANN_EXIT_FAILED 1
#define ANN_EXIT_USAGE 2

/**
 * AnnVerb:
 * @name: the first argument
 * @arguments: what follows it in the help
 * @summary: one line of help
 * @examples: lines of help that can be typed as they are
 * @n_arguments: how many arguments that are no options
 * @takes_more_arguments: whether there may be more of them
 * @options: its own options, ended by an empty one
 * @more_options: (nullable): those that it shares with other verbs, likewise
 * @run: does it, with @arguments checked for number; gives an exit status
 */
typedef struct {
  const char *name;
  const char *arguments;
  const char *summary;
  const char *examples;
  guint n_arguments;
  gboolean takes_more_arguments;
  const GOptionEntry *options;
  const GOptionEntry *more_options;
  int (*run) (char **arguments);
} AnnVerb;

extern const AnnVerb ann_verb_info;
extern const AnnVerb ann_verb_show;
extern const AnnVerb ann_verb_digest;
extern const AnnVerb ann_verb_validate;
extern const AnnVerb ann_verb_stats;
extern const AnnVerb ann_verb_export;
extern const AnnVerb ann_verb_concat;
extern const AnnVerb ann_verb_split;
extern const AnnVerb ann_verb_edit;

/* `--quiet`: no progress, no warnings, no closing line. Errors are told all the same. */
extern gboolean ann_command_quiet;

/* `--json`: errors are told as JSON too. */
extern gboolean ann_command_as_json;

/* What is sent as `Authorization: Bearer`. */
#define ANN_TOKEN_VARIABLE "ANN_HTTP_TOKEN"

/* The store at an address; of a set all parts, where `--remap` says that they are. */
AnnData *ann_command_open (const char *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* … that is all there: it fails for a set some of whose parts are missing. */
AnnData *ann_command_open_whole (const char *store, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether what is made of sets is; the error says what may be done. */
gboolean ann_command_check_is_whole (AnnData *data, GError **error);

void ann_command_print_error (const char *store, const char *path, const GError *error);
int ann_command_fail (const char *store, const char *path, const GError *error);
int ann_command_fail_usage (const char *verb, const char *format, ...) G_GNUC_PRINTF (2, 3);
int ann_command_fail_output (void);

/* One line, whatever is in the text: nothing in it moves a terminal's cursor. */
char *ann_command_make_line (const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* The store as it was named, in one line and without what is secret in an address. */
char *ann_command_make_name (const char *store) G_GNUC_WARN_UNUSED_RESULT;

/* @message without the path at its beginning, where that stands beside it. */
const char *ann_command_skip_path (const char *message, const char *path);

/* @warnings: (nullable): ended by NULL; none is printed if it is to be quiet */
void ann_command_print_warning_lines (const char *store, const char *const *warnings);

/* What is odd about an element and was read all the same. */
void ann_command_print_warnings (const char *store, AnnElement *element);

/* … about a store; and of that alone what parts of a set are missing, before values are shown. */
void ann_command_print_data_warnings (const char *store, AnnData *data);
void ann_command_warn_of_missing (const char *store, AnnData *data);

/* What parts of a set are missing, and what can be done about it; %NULL if all is there. */
char *ann_command_describe_missing (AnnData *data) G_GNUC_WARN_UNUSED_RESULT;

/* What makes values that are shown other than they seem. As JSON it is said with them: a member
 * `warnings` of the object that is begun, if there are any.
 */
void ann_command_warn_of_values (const char *store, const char *text);
void ann_command_write_value_warnings (AnnJsonWriter *json);

G_END_DECLS
