/* ann-concat.h: many stores as one
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "anndata/ann-data.h"
#include "base/ann-axis.h"

G_BEGIN_DECLS

/**
 * AnnJoin:
 * @ANN_JOIN_INNER: labels, columns and elements that all parts have
 * @ANN_JOIN_OUTER: those that any part has
 */
typedef enum {
  ANN_JOIN_INNER,
  ANN_JOIN_OUTER,
} AnnJoin;

/**
 * AnnMerge:
 * @ANN_MERGE_NONE: nothing
 * @ANN_MERGE_SAME: what is equal in all parts
 * @ANN_MERGE_UNIQUE: what has one value only, in those parts that have it
 * @ANN_MERGE_FIRST: what the first part that has it has
 * @ANN_MERGE_ONLY: what one part alone has
 *
 * What becomes of elements that do not lie along the axis of concatenation.
 */
typedef enum {
  ANN_MERGE_NONE,
  ANN_MERGE_SAME,
  ANN_MERGE_UNIQUE,
  ANN_MERGE_FIRST,
  ANN_MERGE_ONLY,
} AnnMerge;

/**
 * AnnConcatOptions:
 * @axis: along which they are joined
 * @join: of the other axis, and of columns and elements
 * @merge: of what is aligned to the other axis
 * @uns_merge: of uns
 * @label: (nullable): the column that says which part a row is of; a categorical of @keys
 * @keys: (nullable): the parts' names; `0`, `1`, … without
 * @index_unique: (nullable): puts this and the key behind each label
 * @has_fill_value: see @fill_value
 * @fill_value: where a part has no value
 * @pairwise: whether obsp (varp) are joined, as blocks on the diagonal
 *
 * As the arguments of anndata.concat. To be allocated by [ctor@Ann.ConcatOptions.new].
 */
typedef struct {
  AnnAxis axis;
  AnnJoin join;
  AnnMerge merge;
  AnnMerge uns_merge;
  char *label;
  char **keys;
  char *index_unique;
  gboolean has_fill_value;
  double fill_value;
  gboolean pairwise;
} AnnConcatOptions;

/**
 * AnnConcatPlan:
 * @n_obs: rows of the result
 * @n_var: columns
 * @n_dropped_labels: labels of the other axis that some part has and the result has not
 * @dropped_columns: columns of the axis' table that some part has and the result has not
 * @dropped_elements: paths of elements, likewise
 * @clashes: columns and elements whose types differ, each with a sentence that says how and what
 *   becomes of them
 * @n_duplicates: labels of the result that occur more than once
 *
 * What a concatenation will do. Reference counted and immutable.
 */
typedef struct {
  guint64 n_obs;
  guint64 n_var;
  guint64 n_dropped_labels;
  char **dropped_columns;
  char **dropped_elements;
  char **clashes;
  guint64 n_duplicates;
  /*< private >*/
  gatomicrefcount ref_count;
} AnnConcatPlan;

#define ANN_TYPE_CONCAT_OPTIONS (ann_concat_options_get_type ())
#define ANN_TYPE_CONCAT_PLAN (ann_concat_plan_get_type ())

ANN_API GType ann_concat_options_get_type (void) G_GNUC_CONST;
ANN_API AnnConcatOptions *ann_concat_options_new (void) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnConcatOptions *ann_concat_options_copy (const AnnConcatOptions *self)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API void ann_concat_options_free (AnnConcatOptions *self);

ANN_API GType ann_concat_plan_get_type (void) G_GNUC_CONST;
ANN_API AnnConcatPlan *ann_concat_plan_ref (AnnConcatPlan *self);
ANN_API void ann_concat_plan_unref (AnnConcatPlan *self);
ANN_API char **ann_concat_plan_describe (const AnnConcatPlan *self) G_GNUC_WARN_UNUSED_RESULT;

/* The result is lazy: a store like any other, which reads from @parts and can be exported. */
ANN_API AnnData *ann_data_concat (AnnData **parts,
                                  gsize n_parts,
                                  const AnnConcatOptions *options,
                                  AnnConcatPlan **plan,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnConcatOptions, ann_concat_options_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnConcatPlan, ann_concat_plan_unref)

G_END_DECLS
