/* ann-text-lines-private.h: the lines of a file
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AnnTextLines:
 *
 * The lines of a file on disk, plain or packed with gzip, in one or several members, one after the
 * other. What is in memory is a part of the file. For one thread at a time.
 */
typedef struct _AnnTextLines AnnTextLines;

AnnTextLines *_ann_text_lines_open (const char *path, GCancellable *cancellable, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void _ann_text_lines_free (AnnTextLines *self);

/* The next line without its end, followed by a NUL, until the next call; %NULL at the end, or with
 * @error set.
 */
const char *_ann_text_lines_next (AnnTextLines *self,
                                  gsize *length,
                                  GCancellable *cancellable,
                                  GError **error);

/* The number of the line that came last, from 1. */
guint64 _ann_text_lines_get_number (const AnnTextLines *self);

/* The name of the file, without folders. */
const char *_ann_text_lines_get_name (const AnnTextLines *self);
guint64 _ann_text_lines_get_stored_size (const AnnTextLines *self);

/* %ANN_ERROR_CORRUPT about the line that came last: @why begins behind the name. */
void _ann_text_lines_fail (const AnnTextLines *self, GError **error, const char *why);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnTextLines, _ann_text_lines_free)

G_END_DECLS
