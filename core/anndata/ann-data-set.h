/* ann-data-set.h: many stores that one file names
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "anndata/ann-concat.h"
#include "anndata/ann-data.h"

G_BEGIN_DECLS

#define ANN_TYPE_DATA_SET (ann_data_set_get_type ())

ANN_API
G_DECLARE_FINAL_TYPE (AnnDataSet, ann_data_set, ANN, DATA_SET, GObject)

/**
 * AnnDataSetPart:
 * @key: its name
 * @path: where the set says that it lies
 * @found: (nullable): where it was found
 * @data: (nullable): the store; %NULL for one that is missing
 * @error: (nullable): why it is missing
 * @start: its first row
 * @n_rows: how many it has; of a missing part: how many labels the set has for it
 *
 * One part of a set.
 */
typedef struct {
  const char *key;
  const char *path;
  const char *found;
  AnnData *data;
  const GError *error;
  guint64 start;
  guint64 n_rows;
} AnnDataSetPart;

ANN_API AnnDataSet *ann_data_set_open (const char *uri,
                                       const char *const *remap,
                                       GCancellable *cancellable,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnDataSet *ann_data_set_get_of (AnnData *data);
ANN_API guint ann_data_set_get_n_parts (AnnDataSet *self);
ANN_API void ann_data_set_get_part (AnnDataSet *self, guint index, AnnDataSetPart *part);
ANN_API gboolean ann_data_set_is_remapped_by (AnnDataSet *self, const char *entry);
ANN_API AnnData *ann_data_set_get_own (AnnDataSet *self);
ANN_API AnnData *ann_data_set_dup_data (AnnDataSet *self, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnDataSet *ann_data_set_skip_missing (AnnDataSet *self,
                                               GCancellable *cancellable,
                                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
ANN_API char *ann_data_describe_missing_parts (AnnData *data) G_GNUC_WARN_UNUSED_RESULT;
ANN_API gboolean ann_data_set_mark_missing (AnnElement *element, guint8 *rows);

ANN_API gboolean ann_data_set_write (const char *target,
                                     AnnData **parts,
                                     gsize n_parts,
                                     const AnnConcatOptions *options,
                                     gboolean overwrite,
                                     GCancellable *cancellable,
                                     GError **error);

G_END_DECLS
