/* ann-view-private.h: elements that are made of others
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-selection-private.h"
#include "element/ann-element-private.h"
#include "view/ann-select.h"

G_BEGIN_DECLS

/* An annotated matrix, a raw or a mapping whose children are made when they are asked for.
 * @like: (nullable): whose node, and so attributes, and encoding it shows
 * @names: the children, in order; copied
 * @shape: (nullable): n_obs, n_var of an annotated matrix or a raw
 * @open_child: (nullable): for one without children
 * @user_data: of @open_child; freed by @free_data
 */
AnnElement *_ann_tree_view_new (AnnElement *like,
                                const char *path,
                                AnnElementKind kind,
                                const guint64 *shape,
                                const char *const *names,
                                AnnChildFunc open_child,
                                gpointer user_data,
                                GDestroyNotify free_data);

/* A table, an #AnnFrame: ann_frame_open_column () asks @open_child for the column of that name, and
 * ann_frame_open_index () for @index_name ("_index", where it has none).
 */
AnnElement *_ann_frame_view_new (AnnElement *like,
                                 const char *path,
                                 guint64 n_rows,
                                 const char *index_name,
                                 const char *const *columns,
                                 AnnChildFunc open_child,
                                 gpointer user_data,
                                 GDestroyNotify free_data);

/* A column with categories, an #AnnCategorical.
 * @codes: a vector of integers: places in @categories, -1 for what is missing
 * Fails if @categories are none.
 */
AnnElement *_ann_categorical_view_new (AnnElement *like,
                                       const char *path,
                                       AnnElement *codes,
                                       AnnElement *categories,
                                       gboolean ordered,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The labels of a table as texts, each with @ending (nullable): what is missing is “nan”, as in
 * pandas. They are read from @index when they are asked for; one with a NUL within is an error
 * then.
 */
AnnElement *_ann_labels_view_new (AnnElement *index,
                                  const char *path,
                                  const char *ending,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Values that are in memory, as an element that reads them like any other; nobody changes them from
 * now on. Numbers in their shape; texts, with what is missing among them, or %NULL; one text or one
 * number, the other one being %NULL. Never %NULL.
 */
AnnElement *_ann_memory_element_new (const char *path, AnnBuffer *values);
AnnElement *_ann_memory_element_new_texts (const char *path, AnnStrings *texts, AnnBuffer *missing);
AnnElement *_ann_memory_element_new_scalar (const char *path, AnnStrings *text, AnnBuffer *number);

G_END_DECLS
