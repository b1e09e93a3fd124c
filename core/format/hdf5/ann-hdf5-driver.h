/* ann-hdf5-driver.h: libhdf5 writes into a file that is open already
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "format/hdf5/ann-hdf5-lock.h"

G_BEGIN_DECLS

/**
 * AnnHdf5Driver:
 * @fd: open for reading and writing; stays its owner's
 * @failure: errno of the first call that failed, or 0
 * @is_abandoned: what is still written goes nowhere
 *
 * A file for libhdf5, which asks for no name and takes no lock. What cannot be written is not told
 * to libhdf5, which would keep it, and the file, for ever, or free what it still uses: its owner
 * looks at @failure. After one, and when the file is given up, nothing is written any more. Must
 * outlive the file. Under the lock.
 */
typedef struct {
  int fd;
  int failure;
  gboolean is_abandoned;
} AnnHdf5Driver;

/* Sets up an access list for a file that is read and written by @driver. The name with which the
 * file is opened then means nothing.
 */
gboolean _ann_hdf5_driver_set (AnnHdf5Driver *driver, hid_t access);

G_END_DECLS
