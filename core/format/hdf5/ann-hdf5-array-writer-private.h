/* ann-hdf5-array-writer-private.h: a dataset that is written, for the files that write it
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-array-writer.h"

G_BEGIN_DECLS

#define ANN_TYPE_HDF5_ARRAY_WRITER (_ann_hdf5_array_writer_get_type ())

ANN_DECLARE_FINAL_TYPE (AnnHdf5ArrayWriter,
                        _ann_hdf5_array_writer,
                        ANN,
                        HDF5_ARRAY_WRITER,
                        AnnArrayWriter)

/**
 * AnnHdf5Field:
 * @dtype: of a field of records
 * @item_size: of its texts, or 0
 * @n_values: in each record
 * @offset: of them in a record in memory
 * @size: of one of them there
 */
typedef struct {
  AnnDtype dtype;
  gsize item_size;
  gsize n_values;
  gsize offset;
  gsize size;
} AnnHdf5Field;

/**
 * AnnHdf5ArrayWriter:
 * @parent: the group, and @name in it
 * @dataset: invalid before it is made
 * @type: of the values in the file
 * @memory: of texts and records as libhdf5 is given them; invalid for numbers
 * @creation: how the dataset is stored, until it is made
 * @is_chunked: chunks are stored as they are handed over
 * @n_written: rows of texts or records in the file
 * @fields: (nullable): of records: those that are no records themselves
 */
struct _AnnHdf5ArrayWriter {
  AnnArrayWriter parent_instance;

  AnnHdf5Output *output;
  hid_t parent;
  char *name;
  hid_t dataset;
  hid_t type;
  hid_t memory;
  hid_t creation;
  gboolean is_chunked;
  guint64 extent; /* rows that the dataset has */
  guint64 n_written;
  AnnHdf5Field *fields;
  gsize n_fields;
  gsize record_size;
};

/* Makes the dataset, of @n_rows for now. Under the lock. */
gboolean _ann_hdf5_array_writer_make (AnnHdf5ArrayWriter *self, guint64 n_rows);

/* Makes one of rows of which nobody says how many there will be, nor how long its chunks are. */
gboolean _ann_hdf5_array_writer_make_growing (AnnHdf5ArrayWriter *self);

/* Makes it longer, if it is shorter. Under the lock. */
gboolean _ann_hdf5_array_writer_extend (AnnHdf5ArrayWriter *self, guint64 n_rows);

/* Texts and records: ann-hdf5-row-writer.c. */
gboolean _ann_hdf5_array_writer_append_texts (AnnArrayWriter *writer,
                                              AnnStrings *texts,
                                              GCancellable *cancellable,
                                              GError **error);
gboolean _ann_hdf5_array_writer_append_records (AnnArrayWriter *writer,
                                                const AnnFieldValues *fields,
                                                guint64 n,
                                                GCancellable *cancellable,
                                                GError **error);

/* The type of records in the file, and in memory. Under the lock. */
gboolean _ann_hdf5_array_writer_set_fields (AnnHdf5ArrayWriter *self, const AnnArraySpec *spec);

G_END_DECLS
