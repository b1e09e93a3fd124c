/* ann-stack.h: elements that are joined to one
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element.h"
#include "view/ann-reindex.h"

G_BEGIN_DECLS

/**
 * AnnStackPart:
 * @name: (nullable): of the store it is of, for errors
 * @element: (nullable): %NULL where this part has none, and is all filled
 * @unavailable: (nullable): why this part cannot be read now; its rows are shown as missing, and an
 *   export of them fails: it would write values that nobody measured
 * @length: on the axis of stacking
 * @reindex: (nullable): on the other one; %NULL where it stays as it is
 */
typedef struct {
  const char *name;
  AnnElement *element;
  const GError *unavailable;
  guint64 length;
  AnnReindex *reindex;
} AnnStackPart;

/**
 * AnnFill:
 * @is_given: else what anndata.concat takes: zero for sparse, missing (NaN; a type that can hold
 *   it) for all else
 * @value: if so
 */
typedef struct {
  gboolean is_given;
  double value;
} AnnFill;

/* Matrices of numbers, one behind the other along @axis (0 or 1), lazily: CSR if any of them is
 * sparse, else dense; of the type that numpy.result_type () gives. As anndata.concat does it
 * (anndata 0.12, merge.py). Parts need not have more than a length and a reindex, but one of them
 * has an element.
 */
AnnElement *_ann_stack_matrices (const char *path,
                                 const AnnStackPart *parts,
                                 gsize n_parts,
                                 guint axis,
                                 const AnnFill *fill,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Square matrices as blocks on the diagonal of one that is sparse by rows. */
AnnElement *_ann_stack_diagonal (const char *path,
                                 const AnnStackPart *parts,
                                 gsize n_parts,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Vectors of numbers, texts, categories, each with or without missing ones, one behind the other:
 * what pandas.concat makes of columns. The reindex of a part is of its own rows; its length is then
 * that of the reindex. Categories are read.
 * @clash: (out) (transfer full) (nullable): what could not be joined as it is, without the path
 */
AnnElement *_ann_stack_vectors (const char *path,
                                const AnnStackPart *parts,
                                gsize n_parts,
                                char **clash,
                                GCancellable *cancellable,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Awkward arrays, one behind the other, as ak.concatenate () joins them; rows of a part without one
 * are missing. @is_inner: records that all parts have keep the fields that all have
 */
AnnElement *_ann_stack_awkward (const char *path,
                                const AnnStackPart *parts,
                                gsize n_parts,
                                gboolean is_inner,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* An awkward array as it is written: of the layers that ak.concatenate () makes, whatever it is
 * stored with.
 */
AnnElement *_ann_awkward_normalize (AnnElement *element, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Says in @error, of reading a part, which store it is of. @name: (nullable) */
void _ann_stack_name_error (const char *name, GError **error);

/* The parts of a stacked element, for who reads each in the order of its storage (a CSC part of a
 * CSR result); %NULL for any other element. (transfer none)
 */
const AnnStackPart *_ann_element_get_stacked (AnnElement *self, gsize *n_parts, guint *axis);

/* Lines of @like were put in another order, and nothing else: what is sparse by columns stays so
 * when it is written. Before anybody else knows @stack.
 */
void _ann_stack_keep_layout (AnnElement *stack, AnnElement *like);

/* The kind as which a matrix is written if nobody asks for another. */
AnnElementKind _ann_element_get_written_kind (AnnElement *self);

/* What stands in a stacked element where no part has anything. */
double _ann_element_get_stacked_fill (AnnElement *self);

/* The first error of a part of @self, or of what it is made of, that is not there; %NULL if all is.
 */
const GError *_ann_element_get_unavailable (AnnElement *self);

/* Sets @rows[i] to 1 for each row i of @self, a vector or a matrix, of which no value is known
 * since a part is not there; leaves the others as they are. Returns: whether there is such a row
 */
gboolean _ann_element_mark_unavailable (AnnElement *self, guint8 *rows);

/* The rows of an element where @rows puts them; what is not there is filled as by default. Any
 * kind that has rows. */
AnnElement *_ann_element_reindex (const char *path,
                                  AnnElement *element,
                                  AnnReindex *rows,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
