/* ann-hdf5-structure.h: parts of a file's structures, read and checked
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-file-private.h"

G_BEGIN_DECLS

/* What precedes the fields of a part: a signature and a version. What follows them: a checksum. */
#define ANN_HDF5_PREFIX_SIZE ((gsize) 5)
#define ANN_HDF5_CHECKSUM_SIZE ((gsize) 4)

/* Sets ANN_ERROR_CORRUPT: the @structure of the object at @path is damaged, and how. FALSE. */
gboolean _ann_hdf5_set_damaged (GError **error,
                                const char *path,
                                const char *structure,
                                const char *what);

/* Reads @size bytes at @address into memory of their own, if the file has so many there.
 * @structure is what they are, for messages. g_free () them.
 */
guint8 *_ann_hdf5_structure_read_plain (AnnHdf5File *file,
                                        guint64 address,
                                        guint64 size,
                                        const char *structure,
                                        const char *path,
                                        GCancellable *cancellable,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for a part that begins with @signature and version 0, and ends with a checksum of the
 * bytes before it. @cursor is set to what is between those.
 */
guint8 *_ann_hdf5_structure_read (AnnHdf5File *file,
                                  guint64 address,
                                  guint64 size,
                                  const char *signature,
                                  const char *structure,
                                  const char *path,
                                  AnnHdf5Cursor *cursor,
                                  GCancellable *cancellable,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
