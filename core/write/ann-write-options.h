/* ann-write-options.h: how a store is to be written
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "codec/ann-compression.h"

G_BEGIN_DECLS

/**
 * AnnProfile:
 * @ANN_PROFILE_PORTABLE: what anndata 0.8 and readers in R, Julia and Rust know
 * @ANN_PROFILE_MODERN: nullable texts, null and half floats stay what they are: anndata 0.12
 * @ANN_PROFILE_FAITHFUL: encodings, types, chunks and filters of the source, as far as the
 *   container has them
 *
 * Who is to read what is written.
 */
typedef enum {
  ANN_PROFILE_PORTABLE,
  ANN_PROFILE_MODERN,
  ANN_PROFILE_FAITHFUL,
} AnnProfile;

/**
 * AnnMatrixLayout:
 * @ANN_MATRIX_LAYOUT_KEEP: as each matrix is
 * @ANN_MATRIX_LAYOUT_CSR: X and layers sparse by rows
 * @ANN_MATRIX_LAYOUT_CSC: X and layers sparse by columns
 * @ANN_MATRIX_LAYOUT_DENSE: X and layers dense
 */
typedef enum {
  ANN_MATRIX_LAYOUT_KEEP,
  ANN_MATRIX_LAYOUT_CSR,
  ANN_MATRIX_LAYOUT_CSC,
  ANN_MATRIX_LAYOUT_DENSE,
} AnnMatrixLayout;

/**
 * AnnWriteOptionFlags:
 * @ANN_WRITE_OPTION_ELEMENTS: which elements
 * @ANN_WRITE_OPTION_COMPRESSION: of arrays
 * @ANN_WRITE_OPTION_CHUNK_ROWS: rows in a chunk
 * @ANN_WRITE_OPTION_ZARR_FORMAT: version of Zarr
 * @ANN_WRITE_OPTION_SHARD_ROWS: rows in a shard
 * @ANN_WRITE_OPTION_LAYOUT: of X and layers
 * @ANN_WRITE_OPTION_PROFILE: who is to read it
 * @ANN_WRITE_OPTION_KEEP_UNUSED_CATEGORIES: of selections
 * @ANN_WRITE_OPTION_SKIP_UNREADABLE: leave out what cannot be read
 *
 * Those members of #AnnWriteOptions that make a difference for some kinds of targets and for others
 * not; see [func@Ann.export_find_options].
 */
typedef enum {
  ANN_WRITE_OPTION_ELEMENTS = 1 << 0,
  ANN_WRITE_OPTION_COMPRESSION = 1 << 1,
  ANN_WRITE_OPTION_CHUNK_ROWS = 1 << 2,
  ANN_WRITE_OPTION_ZARR_FORMAT = 1 << 3,
  ANN_WRITE_OPTION_SHARD_ROWS = 1 << 4,
  ANN_WRITE_OPTION_LAYOUT = 1 << 5,
  ANN_WRITE_OPTION_PROFILE = 1 << 6,
  ANN_WRITE_OPTION_KEEP_UNUSED_CATEGORIES = 1 << 7,
  ANN_WRITE_OPTION_SKIP_UNREADABLE = 1 << 8,
} AnnWriteOptionFlags;

/**
 * AnnWriteOptions:
 * @format: (nullable): `h5ad`, `zarr`, `zarr.zip`, `csv`, `tsv`, `mtx` or `ids`, where the name of
 *   the target does not say it
 * @profile: who is to read it
 * @has_compression: else what the profile and the container usually take: gzip (portable),
 *   Zstandard, in Zarr within Blosc (modern), what the source has (faithful)
 * @compression: of arrays that are worth it
 * @chunk_rows: rows in a chunk of dense matrices; of sparse ones as many entries as so many rows
 *   have on average; 0: about 1 MiB
 * @zarr_format: 2 or 3; 0: what the profile takes (portable 2, modern 3, faithful the source's)
 * @shard_rows: as @chunk_rows, for the shards of Zarr v3; 0: none, or what the profile takes
 * @layout: of X and layers
 * @keep_unused_categories: of selections; without a selection they stay in any case
 * @elements: (nullable): paths of those that are wanted (`X`, `obsm`, `layers/counts`); obs and var
 *   are always there
 * @skip_unreadable: elements that cannot be read are left out, with a warning, in place of ending
 * the export before it begins
 * @overwrite: whether what is there already may be replaced
 *
 * How to write a store. To be allocated by [ctor@Ann.WriteOptions.new].
 */
typedef struct {
  char *format;
  AnnProfile profile;
  gboolean has_compression;
  AnnCompression compression;
  guint64 chunk_rows;
  guint zarr_format;
  guint64 shard_rows;
  AnnMatrixLayout layout;
  gboolean keep_unused_categories;
  char **elements;
  gboolean skip_unreadable;
  gboolean overwrite;
} AnnWriteOptions;

#define ANN_TYPE_WRITE_OPTIONS (ann_write_options_get_type ())

ANN_API GType ann_write_options_get_type (void) G_GNUC_CONST;
ANN_API AnnWriteOptions *ann_write_options_new (void) G_GNUC_WARN_UNUSED_RESULT;
ANN_API AnnWriteOptions *ann_write_options_copy (const AnnWriteOptions *self)
    G_GNUC_WARN_UNUSED_RESULT;
ANN_API void ann_write_options_free (AnnWriteOptions *self);

/* Whether the element at @path is wanted: it, what it lies in, or something in it is named. */
ANN_API gboolean ann_write_options_takes (const AnnWriteOptions *self, const char *path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnWriteOptions, ann_write_options_free)

G_END_DECLS
