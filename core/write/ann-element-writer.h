/* ann-element-writer.h: an element becomes nodes
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-node-writer.h"
#include "base/ann-progress.h"
#include "element/ann-element.h"
#include "write/ann-write-options.h"

G_BEGIN_DECLS

/**
 * AnnElementWriter:
 *
 * Writes elements of any kind, and of any source: it pulls blocks and knows nothing of where they
 * come from. Memory is bounded by the blocks in flight; what must be put into another order (rows
 * that are listed in another order than they are stored in, CSR ⇄ CSC) goes through buckets in an
 * unnamed file beside the target.
 */
typedef struct {
  const AnnWriteOptions *options;
  const char *scratch_folder; /* where the buckets go */
  AnnProgress *progress;      /* (nullable): in bytes of values */
  gboolean is_hdf5;           /* for what HDF5 has not, and Python does not read of it; */
  guint zarr_format;     /* the same of Zarr: 2 or 3. Neither where that was looked at before */
  GHashTable *omitted;   /* (nullable): paths that are not written, though wanted */
  GPtrArray *warnings;   /* (nullable): char *: what could not be kept as it was */
  gboolean gathers_rows; /* what is by columns along obs is written by rows, and its path kept: */
  guint n_sortings;      /* of two at most: each takes a third of what progress is reported of */
  GHashTable *turned;    /* (nullable): paths of such, which become columns again at last */
} AnnElementWriter;

/* Writes @element, which was surveyed, under @name. What cannot be read ends the writing, with its
 * path.
 */
gboolean _ann_element_write (const AnnElementWriter *self,
                             AnnElement *element,
                             AnnNodeWriter *parent,
                             const char *name,
                             GCancellable *cancellable,
                             GError **error);

/* Writes an annotated matrix, which was surveyed, as a root: the tables, X and all mappings, which
 * are there if empty too; closes @root, and leaves committing to the caller.
 */
gboolean _ann_element_write_root (const AnnElementWriter *self,
                                  AnnElement *element,
                                  AnnNodeWriter *root,
                                  GCancellable *cancellable,
                                  GError **error);

/**
 * AnnSurvey:
 * @paths: (element-type utf8): the elements that are written, but for columns of tables
 * @n_bytes: about so many bytes of values are read and encoded; from metadata alone
 *
 * What will be written of an element.
 */
typedef struct {
  GPtrArray *paths;
  guint64 n_bytes;
} AnnSurvey;

/* Goes through all that is to be written and looks whether it can be, before anything is. Warnings
 * are added to those of @self. @path: where it will lie; "" for a root
 */
gboolean _ann_element_survey (const AnnElementWriter *self,
                              AnnElement *element,
                              const char *path,
                              AnnSurvey *survey,
                              GCancellable *cancellable,
                              GError **error);
void _ann_survey_init (AnnSurvey *self);
void _ann_survey_clear (AnnSurvey *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnSurvey, _ann_survey_clear)

G_END_DECLS
