/* ann-zarr-type-private.h: for the files that read the names of types
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/zarr/ann-zarr-type.h"

G_BEGIN_DECLS

/* The most bytes of one value: a record, a text of fixed length. */
#define ANN_ZARR_MAX_ITEM_SIZE ((gsize) 256 * 1024 * 1024)

/* All take @description. */
AnnZarrType *_ann_zarr_type_new (AnnZarrKind kind,
                                 AnnDtype dtype,
                                 gsize size,
                                 gsize unit,
                                 char *description) G_GNUC_WARN_UNUSED_RESULT;
AnnZarrType *_ann_zarr_type_new_number (AnnDtype dtype, char *description)
    G_GNUC_WARN_UNUSED_RESULT;

/* @length: in bytes, or code points. %ANN_ERROR_TOO_LARGE */
AnnZarrType *_ann_zarr_type_new_fixed (AnnZarrKind kind,
                                       guint64 length,
                                       char *description,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A record without fields; those are added one behind the other. */
AnnZarrType *_ann_zarr_type_new_record (char *description) G_GNUC_WARN_UNUSED_RESULT;
gboolean _ann_zarr_type_add_field (AnnZarrType *self,
                                   char *name,
                                   AnnZarrType *type,
                                   guint rank,
                                   const guint64 *shape,
                                   GError **error);
void _ann_zarr_type_finish_record (AnnZarrType *self);

/* A list of at most `ANN_MAX_RANK` lengths, each up to 2⁶³. FALSE for anything else. */
gboolean _ann_zarr_read_lengths (AnnJsonValue value, guint *rank, guint64 *lengths);

G_END_DECLS
