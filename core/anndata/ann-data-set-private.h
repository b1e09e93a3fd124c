/* ann-data-set-private.h: for the files that open and write sets
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "anndata/ann-data-set.h"

G_BEGIN_DECLS

/* Whether @own, a store, is called a set: `.h5ads`. Says nothing of what is in it. */
gboolean _ann_data_set_is_set (AnnData *own);

/* All parts of a set as one store; @own itself if it is no set after all. (transfer full) */
AnnData *_ann_data_set_open_from (AnnData *own,
                                  const char *const *remap,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Where a part may lie, in the order in which to look: see ann-data-set-find.c. (transfer full)
 * @set_uri: of the set; @remap: (nullable)
 */
char **_ann_data_set_list_places (const char *set_uri,
                                  const char *key,
                                  const char *path,
                                  const char *const *remap) G_GNUC_WARN_UNUSED_RESULT;

/* The table of parts of a set, or NULL without an error if @own has none. */
AnnFrame *_ann_data_set_open_table (AnnData *own, GCancellable *cancellable, GError **error);

/* Whether a label of the set is that of a part, to which the set may have put its key:
 * `label-key`.
 */
gboolean _ann_data_set_label_fits (const AnnStrings *own,
                                   const AnnStrings *found,
                                   gsize i,
                                   const char *key);

/* Compares all labels of observations, of which only some are looked at when a set is opened. */
gboolean _ann_data_set_check_labels (AnnDataSet *self, GCancellable *cancellable, GError **error);

/* The same of all sets that a store is made of, before anything is made of their values. */
gboolean _ann_data_check_sets (AnnData *data, GCancellable *cancellable, GError **error);

/* How many rows each part has. Those that are missing have as many as the set has labels for: the
 * rest, or, where several are missing, what a column of keys says.
 * @n_rows: G_MAXUINT64 for those
 */
gboolean _ann_data_set_count_rows (AnnData *own,
                                   AnnStrings *keys,
                                   guint64 *n_rows,
                                   gsize n_parts,
                                   GCancellable *cancellable,
                                   GError **error);

G_END_DECLS
