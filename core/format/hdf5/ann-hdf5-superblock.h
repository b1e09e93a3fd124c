/* ann-hdf5-superblock.h: how a file begins
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-error.h"

G_BEGIN_DECLS

/**
 * AnnHdf5Sizes:
 * @base: where addresses of the file are counted from
 * @address: bytes of an address, 2 to 8
 * @length: bytes of a length, 2 to 8
 *
 * How a file counts.
 */
typedef struct {
  guint64 base;
  guint address;
  guint length;
} AnnHdf5Sizes;

/**
 * AnnHdf5Superblock:
 * @sizes: how the file counts
 * @end: where it says that it ends, counted from the first byte
 * @root: address of the root group's header
 * @extension: of the header with what did not fit here, or ANN_HDF5_NO_ADDRESS
 * @driver_info: of the words for a file that is kept in several, or ANN_HDF5_NO_ADDRESS
 *
 * Versions 0 to 3. After the HDF5 File Format Specification, II.A.
 */
typedef struct {
  AnnHdf5Sizes sizes;
  guint64 end;
  guint64 root;
  guint64 extension;
  guint64 driver_info;
} AnnHdf5Superblock;

/* The most bytes that a superblock has. */
#define ANN_HDF5_SUPERBLOCK_SIZE 128

/* Whether a superblock begins with @bytes. */
gboolean _ann_hdf5_is_superblock (const guint8 *bytes, gsize n_bytes);

/* Understands the @n_bytes at @offset in a file, of which there may be fewer than
 * ANN_HDF5_SUPERBLOCK_SIZE at the end of the file.
 */
gboolean _ann_hdf5_superblock_init (AnnHdf5Superblock *self,
                                    guint64 offset,
                                    const guint8 *bytes,
                                    gsize n_bytes,
                                    GError **error);

G_END_DECLS
