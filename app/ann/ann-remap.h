/* ann-remap.h: what is said of where parts of sets are now, by `--remap`
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/* `--remap`; (nullable): ended by %NULL */
extern char **ann_remap;

/* Whether a store is called a set, which is what `--remap` is for. */
gboolean ann_remap_is_set (const char *store);

/* How many sets the command line names, before any is opened. */
void ann_remap_expect (guint n_sets);

/* Takes note of what of `--remap` is of a part of @set, which was opened with it. Returns: %FALSE
 * with @error set when the last of the sets was, and something is of no part of any
 */
gboolean ann_remap_check (AnnDataSet *set, GError **error);

G_END_DECLS
