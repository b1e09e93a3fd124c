/* ann-buckets-private.h: what comes in one order and is wanted in another
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-pile-private.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AnnBuckets:
 *
 * Records of one size, each for a line. They are put into buckets, one for a range of lines, which
 * lie in an unnamed file; then each bucket is brought back on its own, and in it the records of a
 * line are in the order in which they came. What is in memory is a buffer for each bucket, or one
 * bucket. One that has become too large is put into buckets again.
 */
typedef struct _AnnBuckets AnnBuckets;

/**
 * AnnBucketPiece:
 * @records: @n of them, each a guint32, its line less @first_line, and what it holds
 * @first_line: see @records
 * @n_lines: how many lines are complete with these records; 0 for a part of a long line
 *
 * Some records, of rising lines from piece to piece, which are the buckets' until the next piece.
 */
typedef struct {
  const guint8 *records;
  gsize n;
  guint64 first_line;
  guint64 n_lines;
} AnnBucketPiece;

/* @folder: where the file is made if it is needed
 * @n_lines: all lines; those without records are in the pieces too
 * @payload_size: bytes of a record without its line
 * @n_expected: about so many bytes of records, with 4 for the line
 */
AnnBuckets *_ann_buckets_new (const char *folder,
                              guint64 first_line,
                              guint64 n_lines,
                              gsize payload_size,
                              guint64 n_expected) G_GNUC_WARN_UNUSED_RESULT;
void _ann_buckets_free (AnnBuckets *self);

/* Says that a line comes in one piece, however long it is. */
void _ann_buckets_keep_whole (AnnBuckets *self);

/* Adds a record, and returns where its payload goes, before the next call; %NULL with @error set.
 */
guint8 *_ann_buckets_add (AnnBuckets *self, guint64 line, GError **error);

/* Hands out the next piece; nothing is added any more. @is_end: set behind the last */
gboolean _ann_buckets_next (AnnBuckets *self,
                            AnnBucketPiece *piece,
                            gboolean *is_end,
                            GCancellable *cancellable,
                            GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnBuckets, _ann_buckets_free)

G_END_DECLS
