/* ann-hdf5-writer.h: a new HDF5 file
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "array/ann-node-writer.h"
#include "format/hdf5/ann-hdf5-output.h"

G_BEGIN_DECLS

/* The root of a new file, which takes its place when it is committed; see _ann_file_target_open ().
 */
AnnNodeWriter *_ann_hdf5_writer_new_root (const AnnTargetSpec *spec,
                                          GCancellable *cancellable,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A new group of @output, whose name in @parent is @name; its children's paths begin with @path. */
AnnNodeWriter *_ann_hdf5_writer_new_group (AnnHdf5Output *output,
                                           hid_t parent,
                                           const char *name,
                                           const char *path,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
