/* ann-digest.h: what `ann digest` says of one element
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "ann-value-digest.h"

G_BEGIN_DECLS

/**
 * AnnDigestRules:
 * @ANN_DIGEST_PLAIN: the store is no AnnData, and nobody says that its bytes are texts: the fields
 * of records that have fixed-length bytes have bytes; and in HDF5 unmarked ones of variable length
 * are sequences of bytes, which is what numpy makes of them
 * @ANN_DIGEST_ZARR: it is Zarr, where bytes and texts have types of their own
 * @ANN_DIGEST_OLD: it is of anndata before 0.7, the only one to read its Zarr: which takes bytes in
 * its tables alone for texts
 *
 * What goes for a store as a whole.
 */
typedef enum {
  ANN_DIGEST_PLAIN = 1 << 0,
  ANN_DIGEST_ZARR = 1 << 1,
  ANN_DIGEST_OLD = 1 << 2,
} AnnDigestRules;

/* All write members of the object that is open in @json, and may have written some of them when
 * they fail. Memory is bounded by the blocks that are read, whatever the size of the element.
 */
gboolean ann_digest_element (AnnElement *element,
                             AnnDigestRules rules,
                             AnnJsonWriter *json,
                             GCancellable *cancellable,
                             GError **error);
gboolean ann_digest_sparse (AnnSparse *sparse,
                            AnnJsonWriter *json,
                            GCancellable *cancellable,
                            GError **error);
gboolean ann_digest_records (AnnElement *records,
                             gboolean is_plain,
                             AnnJsonWriter *json,
                             GCancellable *cancellable,
                             GError **error);

/**
 * AnnBlockFunc:
 *
 * Takes the blocks of an element, one after the other.
 */
typedef gboolean (*AnnBlockFunc) (const AnnBlock *block, gpointer user_data, GError **error);

gboolean ann_digest_each_block (AnnElement *element,
                                AnnBlockFunc func,
                                gpointer user_data,
                                GCancellable *cancellable,
                                GError **error);

AnnArray *ann_dup_first_array (AnnElement *element);

/* The values of an array in C order, into one of the two: numbers or texts. */
gboolean ann_digest_array (AnnArray *array,
                           AnnValueDigest *values,
                           AnnTextDigest *texts,
                           GCancellable *cancellable,
                           GError **error);

/* The bytes of opaque values, sequences or texts. */
gboolean ann_digest_items (AnnArray *array,
                           AnnItemDigest *items,
                           GCancellable *cancellable,
                           GError **error);
gboolean ann_digest_add_texts (AnnTextDigest *digest, const AnnBlock *block, GError **error);

G_END_DECLS
