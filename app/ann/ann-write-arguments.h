/* ann-write-arguments.h: how a store is to be written, as it is said on the command line
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/* Of all verbs that write a store; see AnnVerb.more_options. Their own are where to and in which
 * format: ANN_WRITE_TARGET_OPTIONS for those that write one of any format.
 */
extern const GOptionEntry ann_write_arguments[];

/* `-o`: where to; %NULL if it was not said. */
extern char *ann_write_target;

/* `--format`; %NULL if it was not said. */
extern char *ann_write_format;

#define ANN_WRITE_TARGET_OPTIONS                                                                   \
  { "output",                                                                                      \
    'o',                                                                                           \
    0,                                                                                             \
    G_OPTION_ARG_FILENAME,                                                                         \
    &ann_write_target,                                                                             \
    "Where to, also s3://…; the name says the format: .h5ad (and .h5: AnnData too), .zarr, "     \
    ".zarr.zip, .csv, .tsv, .mtx (10x), .txt (names); - for a pipe",                               \
    "OUT" },                                                                                       \
  {                                                                                                \
    "format", 0, 0, G_OPTION_ARG_STRING, &ann_write_format,                                        \
        "h5ad, zarr, zarr.zip, csv, tsv (.gz), mtx or ids, where the name does not say it", "NAME" \
  }

/* `--dry-run` */
extern gboolean ann_write_is_dry_run;

/* Decoded chunks that a verb keeps that writes, from its plan on: it needs each once or twice,
 * soon.
 */
#define ANN_WRITE_CACHE_BUDGET ((guint64) 64 << 20)

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

/* Whether @target may be written to, without writing: nothing is there, or what may be replaced. A
 * bucket is asked.
 */
gboolean ann_write_arguments_check_place (const char *target,
                                          const AnnWriteOptions *options,
                                          GError **error);

G_END_DECLS
