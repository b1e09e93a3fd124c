/* ann-write-text.h: elements as text that other programs read
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "element/ann-frame.h"
#include "store/ann-file-target.h"
#include "write/ann-element-writer.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AnnTextTarget:
 * @path: where to: a path, an address, or "-" for standard output
 * @overwrite: whether what is there already may be replaced
 * @is_gzip: whether it is packed
 * @writer: its options say which columns of a table are wanted; its progress counts bytes of values
 * @row_size: bytes of values in a row, for @progress
 * @n_units: that its progress counts for sending all to a bucket
 * @check: (nullable): asked just before the text takes its place; %FALSE with an error if it must
 * not
 * @user_data: of @check
 *
 * Where text goes. It appears as a whole, or not at all.
 */
typedef struct {
  const char *path;
  gboolean overwrite;
  gboolean is_gzip;
  const AnnElementWriter *writer;
  guint64 row_size;
  guint64 n_units;
  gboolean (*check) (gpointer user_data, GError **error);
  gpointer user_data;
} AnnTextTarget;

/* A file for the text, of one that is a file. */
AnnFileTarget *_ann_text_target_open (const AnnTextTarget *self,
                                      GCancellable *cancellable,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the text may take its place. */
gboolean _ann_text_target_check (const AnnTextTarget *self, GError **error);

/* A table, a matrix or a vector with names: a line for the header, then one for each row, values
 * between separators, in quotes where they must be (RFC 4180). Missing values are empty. A table
 * brings its own names.
 * @row_names: (nullable): of a matrix or vector
 * @column_names: (nullable): likewise; numbers from 0 where there are none
 */
gboolean _ann_write_table (AnnElement *element,
                           AnnElement *row_names,
                           AnnElement *column_names,
                           char separator,
                           const AnnTextTarget *target,
                           GCancellable *cancellable,
                           GError **error);

/* One text a line: names, to be given to `--obs-names`. One with a line break is refused. */
gboolean _ann_write_names (AnnElement *names,
                           const AnnTextTarget *target,
                           GCancellable *cancellable,
                           GError **error);

/* The folder of 10x Genomics: `matrix.mtx` (Matrix Market, features × cells), `barcodes.tsv` and
 * `features.tsv`, each with `.gz` if they are packed. The features are identifier, name and type:
 * of @var the column gene_ids and its names; without that its names and gene_symbols or
 * feature_name, or its names twice; and feature_types, or "Gene Expression".
 * @matrix: real numbers, or bools, with two axes
 */
gboolean _ann_write_market (AnnElement *matrix,
                            AnnFrame *obs,
                            AnnFrame *var,
                            const AnnTextTarget *target,
                            GCancellable *cancellable,
                            GError **error);

G_END_DECLS
