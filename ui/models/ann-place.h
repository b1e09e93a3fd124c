/* ann-place.h: where a store is: a file, or an address
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>
#include <gio/gio.h>

G_BEGIN_DECLS

/* A place is a #GFile: that is what GTK hands over and takes, for addresses too. Of an address no
 * more is used than its text, nothing of it asks a file system. A pasted address may have something
 * secret in it, such as a signature: what is shown or kept is its ann_place_normalize(). Main
 * thread.
 */
GFile *ann_place_new (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GFile *ann_place_normalize (GFile *place) G_GNUC_WARN_UNUSED_RESULT;
GFile *ann_place_find_store (GFile *place) G_GNUC_WARN_UNUSED_RESULT;

gboolean ann_place_is_remote (GFile *place);
AnnLocation *ann_place_parse (GFile *place, GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *ann_place_dup_address (GFile *place) G_GNUC_WARN_UNUSED_RESULT;
char *ann_place_dup_name (GFile *place) G_GNUC_WARN_UNUSED_RESULT;
char *ann_place_dup_text (GFile *place) G_GNUC_WARN_UNUSED_RESULT;
char *ann_place_dup_folder (GFile *place) G_GNUC_WARN_UNUSED_RESULT;
char *ann_place_dup_host (GFile *place) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
