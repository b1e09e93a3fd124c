/* ann-vector-plan-private.h: what vectors of several types become when they are joined
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element-private.h"
#include "view/ann-stack.h"

G_BEGIN_DECLS

/**
 * AnnVectorTarget:
 * @ANN_VECTOR_NUMBERS: numbers; NaN where something is missing
 * @ANN_VECTOR_MASKED: integers or bools with a mask
 * @ANN_VECTOR_TEXTS: texts
 * @ANN_VECTOR_MASKED_TEXTS: texts with a mask
 * @ANN_VECTOR_CODES: int32, −1 where something is missing
 */
typedef enum {
  ANN_VECTOR_NUMBERS,
  ANN_VECTOR_MASKED,
  ANN_VECTOR_TEXTS,
  ANN_VECTOR_MASKED_TEXTS,
  ANN_VECTOR_CODES,
} AnnVectorTarget;

/**
 * AnnVectorPart:
 * @name: (nullable): of the store it is of, for errors
 * @element: (nullable): %NULL: all is missing
 * @unavailable: (nullable): why, if it should be there
 * @length: rows of it
 * @reindex: (nullable): of its rows
 * @code_map: (nullable): its code → code of the result
 * @n_codes: how many
 * @labels: (nullable): its categories, where the result is no categorical
 * @numbers: (nullable): likewise, where it is one of numbers, in the type of the result
 */
typedef struct {
  char *name;
  AnnElement *element;
  GError *unavailable;
  guint64 length;
  AnnReindex *reindex;
  gint32 *code_map;
  guint64 n_codes;
  AnnStrings *labels;
  AnnBuffer *numbers;
} AnnVectorPart;

/**
 * AnnVectorPlan:
 * @target: what the values are read as
 * @kind: of the result
 * @dtype: of its values, or codes
 * @categories: (nullable): of a categorical
 * @ordered: likewise
 * @clash: (nullable): what could not be joined as it is
 *
 * As pandas.concat does it, with what anndata does before (unify_dtypes): pandas makes columns of
 * objects of some mixtures, which anndata cannot write; those become the nearest type that can be.
 */
typedef struct {
  AnnVectorTarget target;
  AnnElementKind kind;
  AnnDtype dtype;
  AnnElement *categories;
  gboolean ordered;
  char *clash;
  AnnVectorPart *parts;
  gsize n_parts;
} AnnVectorPlan;

gboolean _ann_vector_plan_init (AnnVectorPlan *self,
                                const char *path,
                                const AnnStackPart *parts,
                                gsize n_parts,
                                GCancellable *cancellable,
                                GError **error);
void _ann_vector_plan_clear (AnnVectorPlan *self);

/* Whether any value of a vector is missing, or any is there. Reads as far as the first of them. */
gboolean _ann_vector_find_value (AnnElement *element,
                                 gboolean missing,
                                 gboolean *found,
                                 GCancellable *cancellable,
                                 GError **error);

/* The categories of all parts, which are categoricals or have no element, as one list; and the maps
 * of codes. @path: of the result
 */
gboolean _ann_vector_plan_unite (AnnVectorPlan *self,
                                 const char *path,
                                 GCancellable *cancellable,
                                 GError **error);

/* As natsort orders texts: numbers in them by their value. It decomposes them (NFD) before. */
int _ann_natural_compare (const char *one, const char *other);

G_END_DECLS
