/* ann-place-private.h: where something new is to stand, and the names it has until then
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "store/ann-location.h"

#include <gio/gio.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/**
 * AnnPlace:
 * @path: with the links that its last segment may be followed, for messages
 * @name: its last segment
 * @folder: open, the one that it is in
 * @overwrite: whether what is there may be replaced
 * @exists: whether something was there at the beginning
 * @status: what that was
 *
 * The place of a file or folder that is being made. Until that is complete it has no name, or
 * `.NAME.ann-RANDOM.part` beside the place, and its maker holds a lock on it. So who finds such a
 * name without a lock knows that the maker is gone, and removes it.
 */
typedef struct {
  char *path;
  char *name;
  int folder;
  gboolean overwrite;
  gboolean exists;
  struct stat status;
} AnnPlace;

/* Removes what processes that are gone have left in the folder, too. Else as _ann_place_look (). */
gboolean _ann_place_init (AnnPlace *self, const char *path, gboolean overwrite, GError **error);

/* Sets what is there now. %ANN_ERROR_EXISTS if that is something, and is not to be replaced. */
gboolean _ann_place_look (AnnPlace *self, GError **error);
void _ann_place_clear (AnnPlace *self);

/* errno in a sentence about the place: %ANN_ERROR_DENIED where a right lacks. */
void _ann_place_set_error (AnnPlace *self, int number, GError **error);

/* (transfer full): a name for what is not complete yet */
char *_ann_place_make_part_name (AnnPlace *self) G_GNUC_WARN_UNUSED_RESULT;

/* Locks an open file as its maker's. -1 with errno: another holds it, or the file system knows no
 * such locks; then nobody removes what has been left.
 */
int _ann_place_lock_file (int fd);

/* Locks what was just made under the name @part, and tells whether it is still there: one who
 * cleans up may have been quicker.
 */
gboolean _ann_place_hold_file (AnnPlace *self, int fd, const char *part);
gboolean _ann_place_hold_folder (AnnPlace *self, int fd, const char *part);

/* Gives what has the name @part that of the place, and replaces nothing. -1 with errno, EEXIST if
 * there is something.
 */
int _ann_place_move_new (AnnPlace *self, const char *part);

/* Gives the folder that has the name *@part that of the place, and the folder that is there that of
 * the part, which may be another one then. -1 with errno.
 */
int _ann_place_exchange_folder (AnnPlace *self, char **part);

/* Removes the folder *@part, which is open as *@fd, behind the caller's back: thousands of files
 * take a while. Takes all of the three along.
 */
void _ann_place_abandon_folder (AnnPlace *self, char **part, int *fd);

/* What is written to @fd is durable; with @has_others, all of its file system. A disk may take long
 * for that: who is cancelled does not wait for its end. -1 with errno, ECANCELED then.
 */
int _ann_place_sync_data (int fd, gboolean has_others, GCancellable *cancellable);

/* Makes durable which names the folder has. */
gboolean _ann_place_sync (AnnPlace *self, GError **error);

/* Removes what @name in @folder is, a folder with all that is in it. Links are not followed. -1
 * with errno.
 */
int _ann_remove_tree (int folder, const char *name);

/* Whether what is at @address, or shall be, is reached over a network. */
gboolean _ann_address_is_remote (const char *address);

/* errno in a sentence about @path, which is written to. */
void _ann_set_write_error (GError **error, const char *path, int number);

/* %ANN_ERROR_EXISTS: something is at @path, or @path an object, and is to stay. */
void _ann_set_exists_error (const char *path, GError **error);

/* Whether something is there already was asked and not answered: says so, unless the error tells
 * by itself that one may not look.
 */
void _ann_prefix_look_error (GError **error);

/* %ANN_ERROR_UNSUPPORTED: an address of HTTP. */
void _ann_set_unwritable_error (AnnLocation *location, GError **error);

/* All of the bytes, at that offset. -1 with errno. */
int _ann_write_fully (int fd, gconstpointer bytes, gsize n_bytes, guint64 offset);

G_END_DECLS
