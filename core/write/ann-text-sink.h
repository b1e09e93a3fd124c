/* ann-text-sink.h: text that becomes a file
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-macros.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * AnnTextSink:
 *
 * Writes lines that many threads make into a file, in order, packed by gzip if that is wanted: each
 * piece of them is a member of its own, which every reader of gzip takes as one stream. For one
 * thread at a time.
 */
typedef struct _AnnTextSink AnnTextSink;

/* Adds the lines @first to @first + @n. Runs in any thread, several at once. */
typedef gboolean (
    *AnnLinesFunc) (GString *text, guint64 first, guint64 n, gpointer user_data, GError **error);

/* @fd: borrowed; written to from its present position on */
AnnTextSink *_ann_text_sink_new (int fd, const char *name, gboolean is_gzip);
void _ann_text_sink_free (AnnTextSink *self);

/* Adds @n_lines, which @func makes in pieces of about @lines_per_piece. */
gboolean _ann_text_sink_add_lines (AnnTextSink *self,
                                   guint64 n_lines,
                                   guint64 lines_per_piece,
                                   AnnLinesFunc func,
                                   gpointer user_data,
                                   GCancellable *cancellable,
                                   GError **error);
gboolean _ann_text_sink_add_text (AnnTextSink *self,
                                  const char *text,
                                  gsize length,
                                  GCancellable *cancellable,
                                  GError **error);

/* Adds all of a file as it is, from its beginning: what another sink has written. */
gboolean _ann_text_sink_add_file (AnnTextSink *self,
                                  int from,
                                  GCancellable *cancellable,
                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnTextSink, _ann_text_sink_free)

G_END_DECLS
