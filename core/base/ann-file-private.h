/* ann-file-private.h: files that are looked at
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Opens what is at @path for reading only, whatever it is, and waits for nothing. The time of the
 * last access is left alone where that is allowed: in one's own files. Returns a file descriptor to
 * be closed, or -1 with errno. Any thread.
 */
int _ann_file_open (const char *path) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
