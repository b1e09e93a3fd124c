/* ann-file-target.h: a file that appears whole, or not
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-progress.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AnnFileTarget:
 *
 * A file that is being written beside its target, without a name where the system can do that
 * (O_TMPFILE): then even a killed process leaves nothing behind. Where it needs a name, this is
 * `.NAME.ann-RANDOM.part`, locked as long as its writer lives; who writes into the same folder
 * later removes those that nobody holds.
 *
 * An object of a bucket is a file without a name in the scratch folder until it is complete; then
 * it is sent, and appears as a whole.
 */
typedef struct _AnnFileTarget AnnFileTarget;

/**
 * AnnTargetSpec:
 * @address: a path or an address; "-" is standard output, which can only be appended to
 * @overwrite: whether what is there already may be replaced
 * @progress: (nullable): where sending to a bucket is counted
 * @n_units: that it counts for sending all
 * @removals: (nullable) (element-type AnnS3Removal): where it is noted how what came to be in a
 *   bucket can be removed again; nothing that was there before
 *
 * Where something is to be written.
 */
typedef struct {
  const char *address;
  gboolean overwrite;
  AnnProgress *progress;
  guint64 n_units;
  GPtrArray *removals;
} AnnTargetSpec;

#define ANN_TARGET_OUTPUT "-"

/* As _ann_file_target_new (), also for `s3://`: what is there is asked of the server now, and
 * looked after by it in the end. HTTP cannot be written to: %ANN_ERROR_UNSUPPORTED.
 */
AnnFileTarget *_ann_file_target_open (const AnnTargetSpec *spec,
                                      GCancellable *cancellable,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @path: of the target. What is there already is replaced only if @overwrite, in one step and at
 * the end; else %ANN_ERROR_EXISTS, now, and again when committed for what came in between. A
 * symbolic link is followed: what it leads to is replaced, and the link stays. An existing file
 * keeps its permissions. A folder is never replaced by a file.
 */
AnnFileTarget *_ann_file_target_new (const char *path, gboolean overwrite, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* Drops what was written, unless it was committed. */
void _ann_file_target_free (AnnFileTarget *self);

/* Open for reading and writing; the target's. There is no path for libraries that open files
 * themselves: libhdf5 (1.10.8) asks for the real path of links such as /proc/self/fd/N, which a
 * file without a name has not, and gives up. Its driver has to write to this.
 */
int _ann_file_target_get_fd (AnnFileTarget *self);

/* Adds what is handed over at the end of the file; for who writes it in order. Any size. */
gboolean _ann_file_target_append (AnnFileTarget *self,
                                  gconstpointer bytes,
                                  gsize n_bytes,
                                  GCancellable *cancellable,
                                  GError **error);

/* errno of who writes to it in another way, in a sentence with its path. */
void _ann_file_target_set_error (AnnFileTarget *self, int number, GError **error);

/* Makes the file durable (fsync), then puts it in its place, then makes that durable. */
gboolean _ann_file_target_commit (AnnFileTarget *self, GCancellable *cancellable, GError **error);

/* (transfer full): the folder for what has no place of its own: that of $TMPDIR, else of the user's
 * cache, for what is usual for temporary files may be memory. Made if it is not there.
 */
char *_ann_dup_scratch_folder (void) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full): the folder that @address is in, if that is on a disk, or the scratch folder */
char *_ann_dup_folder_of (const char *address) G_GNUC_WARN_UNUSED_RESULT;

/* A file without a name in @folder; gone when it is closed. -1 with errno. */
int _ann_open_unnamed (const char *folder);
int _ann_open_unnamed_in (int folder);

/* %FALSE if the file system of @path, or of the nearest folder above it that exists, has no room
 * for @n_bytes: %G_IO_ERROR_NO_SPACE with both figures in words. %TRUE where it does not tell.
 */
gboolean _ann_check_free_space (const char *path, guint64 n_bytes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnFileTarget, _ann_file_target_free)

G_END_DECLS
