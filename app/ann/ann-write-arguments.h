/* ann-write-arguments.h: how a store is to be written, as it is said on the command line
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/* Of all verbs that write a store; see AnnVerb.more_options. */
extern const GOptionEntry ann_write_arguments[];

/* `-o`: where to; %NULL if it was not said. */
extern char *ann_write_target;

/* `--dry-run`, `--json` */
extern gboolean ann_write_is_dry_run;
extern gboolean ann_write_as_json;

/* What was said; %NULL with a message printed if that makes no sense: then the verb ends with
 * %ANN_EXIT_USAGE.
 */
AnnWriteOptions *ann_write_arguments_get (const char *verb) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
