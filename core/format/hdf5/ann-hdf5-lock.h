/* ann-hdf5-lock.h: the one way into libhdf5, which writes files and reads none of ours
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-error.h"

#include <gio/gio.h>
#include <hdf5.h>

G_BEGIN_DECLS

/**
 * AnnHdf5Lock:
 *
 * That the calling thread is inside libhdf5. Every call of it happens between
 * _ann_hdf5_lock () and _ann_hdf5_unlock (), and what lies between them is short: a chunk is
 * decoded that nothing else decodes, or an encoded one is stored, and nothing waits for another
 * thread. A thread that is inside may enter again.
 *
 * |[
 *   G_GNUC_UNUSED g_autoptr (AnnHdf5Lock) lock = _ann_hdf5_lock ();
 *   g_auto (AnnHdf5Hid) space = H5Screate (H5S_SCALAR);
 * ]|
 */
typedef struct _AnnHdf5Lock AnnHdf5Lock;

AnnHdf5Lock *_ann_hdf5_lock (void) G_GNUC_WARN_UNUSED_RESULT;
void _ann_hdf5_unlock (AnnHdf5Lock *lock);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnHdf5Lock, _ann_hdf5_unlock)

/* An id of libhdf5 that is closed at the end of its block, under the lock. */
typedef hid_t AnnHdf5Hid;

void _ann_hdf5_close (hid_t id);

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (AnnHdf5Hid, _ann_hdf5_close, H5I_INVALID_HID)

static inline hid_t
_ann_hdf5_steal (AnnHdf5Hid *id)
{
  hid_t stolen = *id;

  *id = H5I_INVALID_HID;

  return stolen;
}

/* Makes an error of what libhdf5 complains of in this thread, under the lock, and clears it.
 * "@path: @what: the innermost message"; @path may be "" for the root or the file itself.
 */
void _ann_hdf5_set_error (GError **error, const char *path, const char *what);

G_END_DECLS
