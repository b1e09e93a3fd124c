/* ann-hdf5-array-writer.h: a dataset that is written
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-array-writer.h"
#include "format/hdf5/ann-hdf5-output.h"

G_BEGIN_DECLS

/* A new dataset @name of the group @parent. */
AnnArrayWriter *_ann_hdf5_array_writer_new (AnnHdf5Output *output,
                                            hid_t parent,
                                            const char *name,
                                            const char *path,
                                            const AnnArraySpec *spec,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A new dataset without a dataspace: `null`. */
gboolean _ann_hdf5_write_null (AnnHdf5Output *output,
                               hid_t parent,
                               const char *name,
                               const char *path,
                               AnnAttributes *attributes,
                               GError **error);

/* Creation lists for links with names in UTF-8, and for groups or datasets whose attributes may be
 * large: that of a table with more than 4091 columns has more than the 64 KiB that fit into an
 * object's header, which only an object takes elsewhere that has attributes in order. Such an
 * object is readable by HDF5 1.8. No times are stored: what is written twice is the same. Under the
 * lock.
 */
hid_t _ann_hdf5_new_link_list (void) G_GNUC_WARN_UNUSED_RESULT;
hid_t _ann_hdf5_new_object_list (hid_t klass) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
