/* ann-zarr-metadata.h: what the metadata of a node say
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-attributes.h"
#include "array/ann-node.h"
#include "base/ann-box.h"
#include "format/zarr/ann-zarr-codecs.h"
#include "format/zarr/ann-zarr-type.h"

G_BEGIN_DECLS

/**
 * AnnZarrMetadata:
 * @version: 2 or 3
 * @attributes: (nullable): the text that has them; @attributes_value is in it
 * @attributes_problem: (nullable): why there are none to be had of a node that may have some
 * @problem: (nullable): why an array cannot be read that is there and has attributes; what follows
 *   is then not set in whole
 * @chunk_shape: of the objects; of what is in shards: of the shard
 * @keys_begin_with_c: keys of chunks are `c/0/0`, else `0.0`
 * @fill_value: (nullable): see _ann_zarr_read_fill_value ()
 *
 * Immutable, reference counted.
 */
typedef struct {
  gatomicrefcount ref_count;
  guint version;
  AnnNodeKind kind;
  AnnJson *attributes;
  AnnJsonValue attributes_value;
  GError *attributes_problem;
  GError *problem;

  guint rank;
  guint64 shape[ANN_MAX_RANK];
  guint64 chunk_shape[ANN_MAX_RANK];
  gboolean keys_begin_with_c;
  char separator;
  AnnZarrType *type;
  GBytes *fill_value;
  AnnZarrCodecs codecs;
} AnnZarrMetadata;

/* Of `zarr.json`, or one document in a consolidated one. %ANN_ERROR_FORMAT for what is no node;
 * what is wrong with an array is its problem.
 */
AnnZarrMetadata *_ann_zarr_metadata_new_v3 (AnnJson *json, AnnJsonValue value, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Of `.zarray` (or of a group, with an absent @array) and `.zattrs`, either of which may be absent.
 */
AnnZarrMetadata *_ann_zarr_metadata_new_v2 (AnnJsonValue array,
                                            AnnJson *attributes,
                                            AnnJsonValue attributes_value)
    G_GNUC_WARN_UNUSED_RESULT;

/* A group without a document of its own. */
AnnZarrMetadata *_ann_zarr_metadata_new_group (guint version) G_GNUC_WARN_UNUSED_RESULT;

AnnZarrMetadata *_ann_zarr_metadata_ref (AnnZarrMetadata *self);
void _ann_zarr_metadata_unref (AnnZarrMetadata *self);

/* (transfer full): none where there is a problem with them */
AnnAttributes *_ann_zarr_metadata_read_attributes (AnnZarrMetadata *self) G_GNUC_WARN_UNUSED_RESULT;

/* For the files that read a version: checks that go for both. */
gboolean _ann_zarr_metadata_read_shape (AnnZarrMetadata *self, AnnJsonValue value, GError **error);
gboolean _ann_zarr_metadata_read_chunk_shape (AnnZarrMetadata *self,
                                              AnnJsonValue value,
                                              GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnZarrMetadata, _ann_zarr_metadata_unref)

G_END_DECLS
