/* ann-crc32c-private.h: Castagnoli's checksum of 32 bits
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

guint32 _ann_crc32c (const guint8 *data, gsize size);

/* The same on machines without an instruction for it. */
guint32 _ann_crc32c_by_tables (const guint8 *data, gsize size);
