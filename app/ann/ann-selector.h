/* ann-selector.h: rows or columns of a store, as the options of verbs ask for them
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>

G_BEGIN_DECLS

/* Which observations or variables of @data are asked for.
 * @text: (nullable): `--obs`, `--var`: numbers as ann_select_parse () takes them (`0:100`, `::10`,
 *   `1,7,-1`, `@FILE` with an index a line), or else a filter expression
 * @names_path: (nullable): `--obs-names`, `--var-names`: a file with a label a line
 * @progress: (nullable): in rows, while a filter looks at them
 * @selection: (out) (transfer full) (nullable): what is asked for, in its order; %NULL for all,
 *   where neither is given
 *
 * Returns: %FALSE with @error set; the message does not name the store. Of a filter it says the
 *   column of the mistake.
 */
gboolean ann_selector_select (AnnData *data,
                              AnnAxis axis,
                              const char *text,
                              const char *names_path,
                              AnnProgress *progress,
                              GCancellable *cancellable,
                              AnnSelection **selection,
                              GError **error);

/* What was hardly meant by a filter that is right, one sentence each, ended by %NULL; %NULL too if
 * @text is no filter, or a wrong one.
 */
char **ann_selector_list_doubts (AnnData *data, AnnAxis axis, const char *text)
    G_GNUC_WARN_UNUSED_RESULT;

/* Along which axis of the store axis @dimension (0: rows) of what is at @path lies.
 *
 * Returns: %FALSE if along neither
 */
gboolean ann_selector_find_axis (const char *path, guint dimension, AnnAxis *axis);

G_END_DECLS
