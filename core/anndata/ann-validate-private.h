/* ann-validate-private.h: for the files that check a store
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "anndata/ann-report-private.h"
#include "anndata/ann-validate.h"
#include "element/ann-sparse.h"

G_BEGIN_DECLS

/**
 * AnnValidation:
 * @is_modern: the root is marked, so each element must be
 * @is_reading: values are being read, not metadata
 * @was_unread: something of the element that is looked at could not be read
 * @failure: (nullable): the network failed, which ends the run
 *
 * One run of ann_validate ().
 */
typedef struct {
  AnnData *data;
  AnnReport *report;
  AnnProgress *progress; /* may be NULL */
  GCancellable *cancellable;
  gboolean is_modern;
  gboolean is_reading;
  gboolean was_unread;
  GError *failure;
} AnnValidation;

/* What metadata tells of an element that is in order. */
void _ann_validate_element (AnnValidation *self, AnnElement *element);

/* The ends of the pointers of a sparse matrix: two values are read. */
void _ann_validate_sparse_ends (AnnValidation *self, AnnSparse *sparse);

/* All values. These fail when they are cancelled and when the network does, which says nothing
 * about the store; all other trouble is a finding.
 */
gboolean _ann_validate_values (AnnValidation *self, AnnElement *element, GError **error);
gboolean _ann_validate_sparse (AnnValidation *self, AnnSparse *sparse, GError **error);
gboolean _ann_validate_index (AnnValidation *self,
                              AnnFrame *frame,
                              AnnElement *index,
                              GError **error);

/* Every value of an array of numbers is read and dropped. */
gboolean _ann_validate_read_array (AnnValidation *self, AnnArray *array, GError **error);

/* Whether @problem, which may be NULL, is the network's: it is kept, and the run ends with it. */
gboolean _ann_validate_take_failure (AnnValidation *self, const GError *problem);

/* The children of an element's node, and whether there is one of that name. What cannot be told is
 * not said to be missing: these give %NULL, and %TRUE; a network's failure is kept.
 */
char **_ann_validate_list (AnnValidation *self, AnnElement *element) G_GNUC_WARN_UNUSED_RESULT;
gboolean _ann_validate_has_child (AnnValidation *self, AnnElement *element, const char *name);

/* Makes a finding of what went wrong with reading. Returns: %FALSE with @error set if it was
 * cancelled or the network failed. Takes @problem.
 */
gboolean _ann_validate_add_problem (AnnValidation *self,
                                    AnnRule rule,
                                    const char *path,
                                    GError *problem,
                                    GError **error);

G_END_DECLS
