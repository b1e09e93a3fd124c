/* ann-node-writer.h: groups that are being written
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array-writer.h"

G_BEGIN_DECLS

/**
 * AnnNodeWriter:
 *
 * A group of a store that is being written. Its children are made and closed one after the other,
 * or several at a time; attributes are handed over when a group or array is closed, so that what is
 * unfinished has none. The root also commits: nothing is to be seen of the store before. Dropping
 * a root that was not committed leaves nothing behind. For one thread at a time.
 */
#define ANN_TYPE_NODE_WRITER (_ann_node_writer_get_type ())

G_DECLARE_DERIVABLE_TYPE (AnnNodeWriter, _ann_node_writer, ANN, NODE_WRITER, GObject)

/**
 * AnnWriterTraits:
 * @format: `HDF5`, `Zarr v2`, `Zarr v3`
 * @is_zarr: one of the two last
 * @zarr_format: 2 or 3; 0 for HDF5
 * @compresses_texts: chunks of texts can be compressed: Zarr
 * @has_null: an array without values and shape can be stored: HDF5
 * @has_text_records: texts of any length can be fields of records: HDF5
 * @has_shards: Zarr v3
 *
 * What a container can hold, for those who choose encodings.
 */
typedef struct {
  const char *format;
  gboolean is_zarr;
  guint zarr_format;
  gboolean compresses_texts;
  gboolean has_null;
  gboolean has_text_records;
  gboolean has_shards;
} AnnWriterTraits;

struct _AnnNodeWriterClass {
  GObjectClass parent_class;

  const AnnWriterTraits *(*get_traits) (AnnNodeWriter *self);
  AnnNodeWriter *(*add_group) (AnnNodeWriter *self,
                               const char *name,
                               GCancellable *cancellable,
                               GError **error);
  AnnArrayWriter *(*add_array) (AnnNodeWriter *self,
                                const char *name,
                                const AnnArraySpec *spec,
                                GCancellable *cancellable,
                                GError **error);
  gboolean (*add_null) (AnnNodeWriter *self,
                        const char *name,
                        AnnAttributes *attributes,
                        GCancellable *cancellable,
                        GError **error);
  gboolean (*close) (AnnNodeWriter *self,
                     AnnAttributes *attributes,
                     GCancellable *cancellable,
                     GError **error);
  gboolean (*commit) (AnnNodeWriter *self, GCancellable *cancellable, GError **error);
};

void _ann_node_writer_set_path (AnnNodeWriter *self, const char *path);
const char *_ann_node_writer_get_path (AnnNodeWriter *self);

/* The path of a child. */
char *_ann_node_writer_build_path (AnnNodeWriter *self, const char *name) G_GNUC_WARN_UNUSED_RESULT;
const AnnWriterTraits *_ann_node_writer_get_traits (AnnNodeWriter *self);

/* Names are refused that are empty, hold a slash or a NUL, are `.` or `..`, or were added before:
 * %ANN_ERROR_FORMAT, with a word on renaming. (transfer full)
 */
AnnNodeWriter *_ann_node_writer_add_group (AnnNodeWriter *self,
                                           const char *name,
                                           GCancellable *cancellable,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
AnnArrayWriter *_ann_node_writer_add_array (AnnNodeWriter *self,
                                            const char *name,
                                            const AnnArraySpec *spec,
                                            GCancellable *cancellable,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* As `null` is stored: in HDF5 a dataset without a dataspace; in Zarr, as anndata 0.12 does it. */
gboolean _ann_node_writer_add_null (AnnNodeWriter *self,
                                    const char *name,
                                    AnnAttributes *attributes,
                                    GCancellable *cancellable,
                                    GError **error);

/* @attributes: (nullable). The group must not be used after it, but for committing the root. */
gboolean _ann_node_writer_close (AnnNodeWriter *self,
                                 AnnAttributes *attributes,
                                 GCancellable *cancellable,
                                 GError **error);

/* Of a root that was closed: consolidated metadata, everything durable, then the store appears. */
gboolean _ann_node_writer_commit (AnnNodeWriter *self, GCancellable *cancellable, GError **error);

G_END_DECLS
