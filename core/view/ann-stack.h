/* ann-stack.h: elements that are joined to one
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-element.h"

G_BEGIN_DECLS

/**
 * AnnReindex:
 *
 * Where the labels of a joined axis lie in one of the parts: for each place of the result the place
 * in the part, or −1. Reference counted and immutable.
 */
typedef struct _AnnReindex AnnReindex;

/* Takes @places. */
AnnReindex *_ann_reindex_new (gint64 *places, guint64 n, guint64 part_length);
AnnReindex *_ann_reindex_ref (AnnReindex *self);
void _ann_reindex_unref (AnnReindex *self);

/* Whether it says nothing: place i is place i, and all are there. */
gboolean _ann_reindex_is_identity (const AnnReindex *self);
guint64 _ann_reindex_get_length (const AnnReindex *self);

/**
 * AnnStackPart:
 * @element: (nullable): %NULL where this part has none, and is all filled
 * @unavailable: (nullable): why this part cannot be read now; its rows are shown as missing, and an
 *   export of them fails: it would write values that nobody measured
 * @length: on the axis of stacking
 * @reindex: (nullable): on the other one; %NULL where it stays as it is
 */
typedef struct {
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

/* Matrices, vectors, texts, categoricals, nullables and awkward arrays, one behind the other along
 * @axis (0 or 1), lazily: types are promoted, categories united, formats chosen as anndata.concat
 * does it (anndata 0.12, merge.py). Whether something could not be joined as it is, is said by
 * a warning of the element. The columns of tables are stacked one by one.
 */
AnnElement *_ann_element_stack (const char *path,
                                const AnnStackPart *parts,
                                gsize n_parts,
                                guint axis,
                                const AnnFill *fill,
                                GCancellable *cancellable,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The parts of a stacked element, for who reads each in the order of its storage (a CSC part of a
 * CSR result); %NULL for any other element. (transfer none)
 */
const AnnStackPart *_ann_element_get_stacked (AnnElement *self, gsize *n_parts, guint *axis);

/* The first error of a part of @self, or of what it is made of, that is not there; %NULL if all is.
 */
const GError *_ann_element_get_unavailable (AnnElement *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnReindex, _ann_reindex_unref)

G_END_DECLS
