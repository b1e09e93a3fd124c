/* ann-export-private.h: for the targets that an export may have
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "anndata/ann-export.h"
#include "write/ann-element-writer.h"

G_BEGIN_DECLS

/**
 * AnnExporter:
 * @name: as it is asked for where the name of a target does not say it
 * @suffix: what the names of such targets end in
 * @format: in words, such as `HDF5`
 * @options: those that make a difference for it
 * @compresses: whether values are usually compressed
 * @is_folder: whether it is many files, which go to a bucket one by one; else it is one
 * @text_element: (nullable): of text, which holds one element: which, unless another is named
 * @write: writes all of a job, whole or not at all; before it takes its place,
 *   _ann_export_check_sources () must hold
 *
 * A kind of target.
 */
typedef struct _AnnExportJob AnnExportJob;

typedef struct {
  const char *name;
  const char *suffix;
  const char *format;
  AnnWriteOptionFlags options;
  gboolean compresses;
  gboolean is_folder;
  const char *text_element;
  gboolean (*write) (AnnExportJob *job, GCancellable *cancellable, GError **error);
} AnnExporter;

/**
 * AnnExportStep:
 * @origin: (nullable): the store that the rows of @data were gathered from: that is the source
 * @gathers_rows: whether the target is what others are made of: see #AnnElementWriter
 * @turned: (nullable): see #AnnElementWriter
 * @removals: (nullable): as in #AnnTargetSpec
 *
 * An export that is one of several. Its progress counts in theirs, whose total is known.
 */
typedef struct {
  AnnData *origin;
  gboolean gathers_rows;
  GHashTable *turned;
  GPtrArray *removals;
} AnnExportStep;

/**
 * AnnExportJob:
 * @data: what is written: without unused categories, if that is asked for
 * @step: (nullable): of several exports
 * @sources: (element-type AnnData): the stores that it reads from
 * @target: where to
 * @is_remote: whether that is a bucket
 * @options: with everything decided that the profile decides
 * @writer: for elements; its options are @options
 * @survey: what will be written
 * @estimated_size: bytes of the result, about; 0 where nobody asks
 * @n_units: that sending it to a bucket counts, in the progress
 *
 * One export on its way.
 */
struct _AnnExportJob {
  AnnData *data;
  const AnnExportStep *step;
  GPtrArray *sources;
  char *target;
  gboolean is_remote;
  const AnnExporter *exporter;
  AnnWriteOptions *options;
  AnnElementWriter writer;
  AnnSurvey survey;
  guint64 estimated_size;
  guint64 n_units;
  char *scratch_folder;
};

/* The kind of target that a name, or @format (nullable), says; %NULL with @error if none does. */
const AnnExporter *_ann_export_find_exporter (const char *target,
                                              const char *format,
                                              GError **error);
gboolean _ann_export_is_output (const char *target);

/* As ann_export_run (). @step: (nullable) */
gboolean _ann_export_run_step (AnnData *data,
                               const AnnExportStep *step,
                               const char *target,
                               const AnnWriteOptions *options,
                               AnnProgress *progress,
                               char ***warnings,
                               GCancellable *cancellable,
                               GError **error);

/* What was to be done was an estimate: now all of it is. */
void _ann_export_complete_progress (AnnProgress *progress);

/* Fails with %ANN_ERROR_CHANGED if a store that was read is not what it was. */
gboolean _ann_export_check_sources (AnnExportJob *job, GError **error);

/* Finds out what of a store is not written although it is wanted, and warns of it. @origin: what
 * the rows come from
 */
gboolean _ann_export_omit (AnnExportJob *job,
                           AnnData *origin,
                           GCancellable *cancellable,
                           GError **error);

/* Bytes of the result, from how well the sources are compressed; of a job that was surveyed. */
guint64 _ann_export_estimate_size (const AnnExportJob *job, GCancellable *cancellable);

gboolean _ann_export_write_store (AnnExportJob *job, GCancellable *cancellable, GError **error);

/* Text: see ann-export-text.c. */
gboolean _ann_export_write_csv (AnnExportJob *job, GCancellable *cancellable, GError **error);
gboolean _ann_export_write_tsv (AnnExportJob *job, GCancellable *cancellable, GError **error);
gboolean _ann_export_write_market (AnnExportJob *job, GCancellable *cancellable, GError **error);
gboolean _ann_export_write_names (AnnExportJob *job, GCancellable *cancellable, GError **error);

G_END_DECLS
