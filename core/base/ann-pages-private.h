/* ann-pages-private.h: memory for many blocks that live long
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of which sizes it has blocks. */
#define ANN_PAGES_MIN_SIZE ((gsize) 64 * 1024)
#define ANN_PAGES_MAX_SIZE ((gsize) 4 * 1024 * 1024)

/* A block of @size bytes with anything in it, aligned to 4 KiB. Returns: (nullable): %NULL where
 * g_try_malloc () does as well, or if there is no memory
 */
gpointer _ann_pages_take (gsize size) G_GNUC_WARN_UNUSED_RESULT;

/* @size: as it was taken */
void _ann_pages_give_back (gpointer block, gsize size);

/* For the tests: how many regions there are. */
guint _ann_pages_get_n_regions (void);

G_END_DECLS
