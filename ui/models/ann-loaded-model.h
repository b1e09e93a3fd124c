/* ann-loaded-model.h: what tables of elements have in common
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "models/ann-block-loader.h"
#include "models/ann-column-source.h"

G_BEGIN_DECLS

#define ANN_TYPE_LOADED_MODEL (ann_loaded_model_get_type ())

G_DECLARE_DERIVABLE_TYPE (AnnLoadedModel, ann_loaded_model, ANN, LOADED_MODEL, GObject)

/* Rows of a block that is gathered from all over the store, in an order that is not the stored one.
 */
#define ANN_GATHERED_ROWS 64

/* As a block: no rows, only what is known of the source. */
#define ANN_BLOCK_FACTS G_MAXUINT64

/* As a block: no rows, only the colours of its categories; when all else is there. */
#define ANN_BLOCK_COLORS (G_MAXUINT64 - 1)

/**
 * AnnLoadedModelClass:
 * @get_block_length: how many rows a block of a source has; columns if it does not run by rows
 * @runs_by_rows: whether the blocks of a source are bands of rows as shown
 * @is_turned: whether the blocks of a source are bands of whole columns of a matrix
 * @find_source: the source of a column of the table, and which value of its rows that is; any
 * thread
 *
 * A table whose values come from some sources in blocks. A block is a band of a source; where it
 * runs by rows it is one of the rows as shown, so that a new order makes all blocks worthless.
 */
struct _AnnLoadedModelClass {
  GObjectClass parent_class;

  guint64 (*get_block_length) (AnnLoadedModel *self, guint source);
  gboolean (*runs_by_rows) (AnnLoadedModel *self, guint source);
  gboolean (*is_turned) (AnnLoadedModel *self, guint source);
  guint (*find_source) (AnnLoadedModel *self, guint64 column, guint64 *value);
};

gboolean ann_loaded_model_is_idle (AnnLoadedModel *self);
gsize ann_loaded_model_get_size (AnnLoadedModel *self);
guint64 ann_loaded_model_get_n_reads (AnnLoadedModel *self);
const GError *ann_loaded_model_get_failure (AnnLoadedModel *self, guint *n_failures);
gboolean ann_loaded_model_retry (AnnLoadedModel *self);

/* For the models. */
void ann_loaded_model_set_far (AnnLoadedModel *self);
void ann_loaded_model_set_up (AnnLoadedModel *self, guint64 n_rows, guint64 n_columns);
void ann_loaded_model_add_source (AnnLoadedModel *self, AnnColumnSource *source);
AnnColumnSource *ann_loaded_model_get_source (AnnLoadedModel *self, guint source);
const AnnColumnFacts *ann_loaded_model_get_facts (AnnLoadedModel *self, guint source);
gboolean ann_loaded_model_is_ordered (AnnLoadedModel *self);
void ann_loaded_model_get_cell (AnnLoadedModel *self,
                                guint source,
                                guint64 block,
                                guint64 row,
                                guint64 column,
                                AnnTableCell *cell,
                                GString *text);
void ann_loaded_model_want (GArray *keys, guint source, guint64 block);
void ann_loaded_model_set_wanted (AnnLoadedModel *self, GArray *keys);

G_END_DECLS
