/* ann-zarr-layout.h: how an array is going to be stored
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array-writer.h"

G_BEGIN_DECLS

/**
 * AnnZarrLayout:
 * @shape: the first is %ANN_LENGTH_UNKNOWN until that is known
 * @chunk_shape: of what is encoded at once; all 0 for one piece, until the shape is known
 * @shard_shape: whole chunks, the further axes whole; only where @is_sharded
 * @item_size: bytes of a value; 0 for texts of any length
 * @unit: bytes of what has a byte order in a number; 0 without one
 * @type: as JSON
 * @fill_value: as JSON
 *
 * What the documents of a new array say. All that is stored is little-endian.
 */
typedef struct {
  guint zarr_format;
  AnnDtype dtype;
  guint rank;
  guint64 shape[ANN_MAX_RANK];
  guint64 chunk_shape[ANN_MAX_RANK];
  gboolean is_sharded;
  guint64 shard_shape[ANN_MAX_RANK];
  gsize item_size;
  gsize unit;
  char *type;
  char *fill_value;
  AnnCompression compression;
} AnnZarrLayout;

/* %ANN_ERROR_UNSUPPORTED for what Zarr does not hold, or not with this compressor. */
gboolean _ann_zarr_layout_init (AnnZarrLayout *self,
                                guint zarr_format,
                                const AnnArraySpec *spec,
                                GError **error);
void _ann_zarr_layout_clear (AnnZarrLayout *self);

/* What makes the stored bytes of a chunk out of its values in the machine's byte order. */
AnnCodecChain *_ann_zarr_layout_new_codecs (const AnnZarrLayout *self) G_GNUC_WARN_UNUSED_RESULT;

/* Sets the first length, and with it that of the only piece. */
void _ann_zarr_layout_set_n_rows (AnnZarrLayout *self, guint64 n_rows);

/* (transfer full): the key of an object below that of the array, from its place in the grid */
char *_ann_zarr_layout_get_key (const AnnZarrLayout *self, const guint64 *place)
    G_GNUC_WARN_UNUSED_RESULT;

/* Adds `.zarray`, or `zarr.json` with @attributes (nullable). */
void _ann_zarr_layout_append_document (const AnnZarrLayout *self,
                                       AnnAttributes *attributes,
                                       GString *json);

/* ann-zarr-layout-types.c: sets the type of @self and what belongs to that. */
gboolean _ann_zarr_layout_set_type (AnnZarrLayout *self, const AnnArraySpec *spec, GError **error);

/* Bytes of a field in a record: texts are UTF-32. */
gsize _ann_zarr_field_get_size (const AnnFieldSpec *field);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnZarrLayout, _ann_zarr_layout_clear)

G_END_DECLS
