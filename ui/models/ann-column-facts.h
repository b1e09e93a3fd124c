/* ann-column-facts.h: what is known of a column of a table
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-table-model.h"

G_BEGIN_DECLS

/**
 * AnnColumnFacts:
 * @element: (nullable): what is read
 * @kind: how its values are drawn
 * @type_name: (transfer none): the type of its values
 * @decimals: of all its numbers, from a sample; or ANN_NUMBER_SCIENTIFIC
 * @width_chars: how wide nine in ten of its values are at most, from a sample
 * @widest: (nullable) (array zero-terminated=1): the longest texts of the sample, a few
 * @usual: (nullable): a text of the sample that is as long as nine in ten are at most
 * @n_rows: how many rows it has
 * @width: how many values in each row
 * @labels: (nullable): of a categorical
 * @error: (nullable): why it cannot be read
 *
 * What is known of a column once it has been looked at. Does not change any more.
 */
typedef struct {
  AnnElement *element;
  AnnColumnKind kind;
  const char *type_name;
  guint decimals;
  guint width_chars;
  char **widest;
  char *usual;
  guint64 n_rows;
  guint64 width;
  AnnStrings *labels;
  GError *error;
} AnnColumnFacts;

AnnColumnFacts *ann_column_facts_new (AnnElement *element,
                                      GCancellable *cancellable,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
AnnColumnFacts *ann_column_facts_new_broken (GError *error) G_GNUC_WARN_UNUSED_RESULT;
gboolean ann_column_facts_is_reason (const GError *error);
void ann_column_facts_free (AnnColumnFacts *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnColumnFacts, ann_column_facts_free)

G_END_DECLS
