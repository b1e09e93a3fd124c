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

/* `--dry-run` */
extern gboolean ann_write_is_dry_run;

/* What was said; %NULL with a message printed if that makes no sense: then the verb ends with
 * %ANN_EXIT_USAGE.
 */
AnnWriteOptions *ann_write_arguments_get (const char *verb) G_GNUC_WARN_UNUSED_RESULT;

/* Whether all that was said makes a difference for @target; what does not is a mistake, which is
 * printed. Of a set of stores @useful is known; of others the library knows it.
 */
gboolean ann_write_arguments_check (const char *verb,
                                    const char *target,
                                    AnnWriteOptionFlags useful);
gboolean ann_write_arguments_check_target (const char *verb,
                                           const char *target,
                                           const AnnWriteOptions *options);

G_END_DECLS
