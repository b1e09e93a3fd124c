/* ann-zarr-array-private.h: an array, for the files that read it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array-private.h"
#include "format/zarr/ann-zarr-array.h"

#include <stdatomic.h>

G_BEGIN_DECLS

#define ANN_TYPE_ZARR_ARRAY (_ann_zarr_array_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnZarrArray, _ann_zarr_array, ANN, ZARR_ARRAY, AnnArray)

/**
 * AnnZarrArray:
 * @rank: of the array in the store, as are the shapes
 * @chunk_shape: of what is decoded at once: of the chunks in shards, where there are shards
 * @n_chunks: of these, on each axis
 * @decodes: fetching decodes too, and gives the fill value for what is not stored
 * @chunk_size: bytes of a decoded chunk; 0 where they vary
 * @stored: (nullable): the values as bytes, the last axis as many times longer: texts of fixed
 * length and fields of records are cut out of them
 * @type: of the values; of the field, if it is one
 * @offset: where the value begins in the stored one
 * @inner_rank: of an array that each record holds, whose axes follow
 * @index_id: under which the indices of shards are kept in the chunk cache
 * @was_checked: the array is known to be there
 *
 * Immutable once made. Numbers are chunks of the engine. Other values come from one that is:
 * @stored; or, where they have lengths of their own, out of payloads.
 */
struct _AnnZarrArray {
  AnnArray parent_instance;

  AnnZarrTree *tree;
  char *path;
  AnnZarrMetadata *metadata;
  guint rank;
  guint64 chunk_shape[ANN_MAX_RANK];
  guint64 n_chunks[ANN_MAX_RANK];
  gsize chunk_size;
  gboolean decodes;
  AnnArray *stored;
  const AnnZarrType *type;
  gsize offset;
  guint inner_rank;
  guint64 inner_shape[ANN_MAX_RANK];
  guint64 index_id;
  atomic_bool was_checked;
};

/* The virtuals of chunks: ann-zarr-chunks.c. */
gboolean _ann_zarr_array_locate (AnnArray *array,
                                 const guint64 *indices,
                                 gsize n,
                                 AnnChunkLocation *locations,
                                 GCancellable *cancellable,
                                 GError **error);
gboolean _ann_zarr_array_fetch (AnnArray *array,
                                AnnChunkLocation *locations,
                                gsize n,
                                guint8 **bytes,
                                GCancellable *cancellable,
                                GError **error);

/* As these, for stored chunks, also where @decodes says that fetching does more. */
gboolean _ann_zarr_chunks_locate (AnnZarrArray *self,
                                  const guint64 *indices,
                                  gsize n,
                                  AnnChunkLocation *locations,
                                  GCancellable *cancellable,
                                  GError **error);
gboolean _ann_zarr_chunks_fetch (AnnZarrArray *self,
                                 AnnChunkLocation *locations,
                                 gsize n,
                                 guint8 **bytes,
                                 GCancellable *cancellable,
                                 GError **error);

/* ann-zarr-shards.c: what _ann_zarr_chunks_locate () does in shards. */
gboolean _ann_zarr_shards_locate (AnnZarrArray *self,
                                  const guint64 *indices,
                                  gsize n,
                                  AnnChunkLocation *locations,
                                  GCancellable *cancellable,
                                  GError **error);

/* Sets @chunk to the place of a chunk in the grid. */
void _ann_zarr_chunks_get_place (const AnnZarrArray *self, guint64 index, guint64 *chunk);

/* (transfer full): the key of the object at a place in the grid of objects, which are shards where
 * there are any.
 */
char *_ann_zarr_chunks_get_key (const AnnZarrArray *self, const guint64 *place)
    G_GNUC_WARN_UNUSED_RESULT;

/* The object called @key is not stored: that means fill values, unless the whole array is not
 * there, or something else is in its place.
 */
gboolean _ann_zarr_chunks_check_absent (AnnZarrArray *self,
                                        const char *key,
                                        GCancellable *cancellable,
                                        GError **error);

/* ann-zarr-strings.c */
AnnStrings *_ann_zarr_array_read_strings (AnnArray *array,
                                          const AnnBox *box,
                                          GCancellable *cancellable,
                                          GError **error);

/* ann-zarr-payload.c: texts of lengths of their own, of a box that is not empty */
AnnStrings *_ann_zarr_payload_read (AnnZarrArray *self,
                                    const AnnBox *box,
                                    GCancellable *cancellable,
                                    GError **error);

/* ann-zarr-records.c */
gboolean _ann_zarr_array_read_box (AnnArray *array,
                                   const AnnBox *box,
                                   gpointer values,
                                   GCancellable *cancellable,
                                   GError **error);

/* Calls @func with the stored bytes of each value of @box, which is not empty, in C order. */
typedef gboolean (*AnnZarrValueFunc) (const guint8 *value, gpointer user_data, GError **error);

gboolean _ann_zarr_records_foreach (AnnZarrArray *self,
                                    const AnnBox *box,
                                    AnnZarrValueFunc func,
                                    gpointer user_data,
                                    GCancellable *cancellable,
                                    GError **error);

G_END_DECLS
