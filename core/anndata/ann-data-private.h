/* ann-data-private.h
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "anndata/ann-data.h"
#include "format/ann-open.h"

G_BEGIN_DECLS

/* Whether it was not the store that was wrong but the reading of it, which may go well next time.
 */
gboolean _ann_data_is_disk_error (const GError *error);

/* A dataset over any node: the tests make stores in memory. @info is copied. */
AnnData *_ann_data_new (AnnNode *node,
                        const char *uri,
                        const AnnStoreInfo *info,
                        GCancellable *cancellable,
                        GError **error);

/* A store whose elements are made of those of others. @root: an annotated matrix; @name: for
 * people, in place of an address; @format: likewise.
 */
AnnData *_ann_data_new_view (AnnElement *root,
                             const char *name,
                             const char *format,
                             GCancellable *cancellable,
                             GError **error);

/* Says that @self, a view, is a part of another store: what it has no more is left out when it is
 * written. While it is being made. @has_var: variables are selected too
 */
void _ann_data_make_selection (AnnData *self, gboolean has_var);
gboolean _ann_data_is_selection (AnnData *self);
gboolean _ann_data_selects_var (AnnData *self);

/* Says that @self, a view, reads from @of, or from what that reads from. While it is being made. */
void _ann_data_add_source (AnnData *self, AnnData *of);

/* A store as it is, without looking whether it names others. (transfer full) */
AnnData *_ann_data_open_alone (const char *uri, GCancellable *cancellable, GError **error);

/* Says that @self, a view, is what the store @own stands for, being a set: it has its address, and
 * changes with it. While it is being made. @set: what keeps the parts
 */
void _ann_data_stand_for (AnnData *self, AnnData *own, GObject *set);

/* What was said there; %NULL for any other store. (transfer none) */
AnnData *_ann_data_get_own (AnnData *self);
GObject *_ann_data_get_set (AnnData *self);

/* The stores from which @self reads, itself if it is one: none of them may be written over, and all
 * must be the same when what was made of them is complete. (transfer full) (element-type AnnData)
 */
GPtrArray *_ann_data_list_sources (AnnData *self);

/* The sets that it shows, or is made of. (transfer full): of AnnDataSet */
GPtrArray *_ann_data_list_sets (AnnData *self);

/* @self without categories that none of its rows uses, as `adata[rows].copy ()` makes them: in obs
 * and var, and with them the colours in uns. A column's codes are looked through when it is opened.
 * (transfer full)
 */
AnnData *_ann_data_drop_unused_categories (AnnData *self,
                                           GCancellable *cancellable,
                                           GError **error);

G_END_DECLS
