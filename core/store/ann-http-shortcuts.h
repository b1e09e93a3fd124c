/* ann-http-shortcuts.h: where redirects led a moment ago
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Places that redirect every request of an object to another host (archives of data, hubs of
 * models) make each cost two. So what an address led to is remembered for a minute. In the network
 * thread only.
 */
void _ann_http_shortcuts_add (const char *url, const char *target);

/* (nullable): until the next call of a function here */
const char *_ann_http_shortcuts_get (const char *url);

/* The way is no longer right. */
void _ann_http_shortcuts_remove (const char *url);

G_END_DECLS
