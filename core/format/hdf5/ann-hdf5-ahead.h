/* ann-hdf5-ahead.h: a file that is far away, read before it is asked for
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-file-private.h"

G_BEGIN_DECLS

/* Brings near what a listing of the whole file reads: of all objects below the root, those near it
 * first, headers, attributes and links; up to limits, for what is left out is read when it is asked
 * for. What lies in many places is brought in few waits. Does nothing for a file that is not
 * remote. An error is one of the network, or of the cancellable: what is wrong with the file, who
 * reads it is told.
 */
gboolean _ann_hdf5_read_ahead (AnnHdf5File *file, GCancellable *cancellable, GError **error);

G_END_DECLS
