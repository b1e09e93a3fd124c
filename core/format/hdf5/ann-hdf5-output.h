/* ann-hdf5-output.h: a file that libhdf5 writes
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-lock.h"
#include "store/ann-file-target.h"

G_BEGIN_DECLS

/**
 * AnnHdf5Output:
 *
 * The file that a root, its groups and arrays write into together. Reference counted; whoever has
 * ids of libhdf5 in it closes them before letting go of it. With the last reference it is dropped,
 * unless it was committed. For one thread at a time.
 */
typedef struct _AnnHdf5Output AnnHdf5Output;

/* A new file, or, with @is_there, the one that @target has a copy of. @target: (transfer full). */
AnnHdf5Output *_ann_hdf5_output_new (AnnFileTarget *target, gboolean is_there, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
AnnHdf5Output *_ann_hdf5_output_ref (AnnHdf5Output *self);
void _ann_hdf5_output_unref (AnnHdf5Output *self);

hid_t _ann_hdf5_output_get_file (AnnHdf5Output *self);

/* Closes the file and puts it in its place. */
gboolean _ann_hdf5_output_commit (AnnHdf5Output *self, GCancellable *cancellable, GError **error);

/* Before each step: fails if the call is cancelled, the disk or an earlier step failed, or all is
 * committed. That the disk failed in a step is told before the next one.
 */
gboolean _ann_hdf5_output_check (AnnHdf5Output *self,
                                 const char *path,
                                 GCancellable *cancellable,
                                 GError **error);

/* Makes an error of what libhdf5 complains of, as _ann_hdf5_set_error () does; of the system's own
 * reason where it was the disk. Nothing more is written after that. Under the lock. Returns %FALSE.
 */
gboolean _ann_hdf5_output_fail (AnnHdf5Output *self,
                                const char *path,
                                const char *what,
                                GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnHdf5Output, _ann_hdf5_output_unref)

G_END_DECLS
