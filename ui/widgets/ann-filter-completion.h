/* ann-filter-completion.h: what the word that is being written may become
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <ann-core.h>
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define ANN_TYPE_FILTER_COMPLETION (ann_filter_completion_get_type ())

/**
 * AnnFilterCompletion:
 *
 * The list below an entry in which a filter is written. It belongs to the entry, and goes with it.
 */
G_DECLARE_FINAL_TYPE (AnnFilterCompletion, ann_filter_completion, ANN, FILTER_COMPLETION, GObject)

AnnFilterCompletion *ann_filter_completion_new (GtkWidget *parent,
                                                GtkEntry *entry,
                                                AnnData *data,
                                                AnnAxis axis) G_GNUC_WARN_UNUSED_RESULT;
void ann_filter_completion_detach (AnnFilterCompletion *self);

gboolean ann_filter_completion_is_shown (AnnFilterCompletion *self);
void ann_filter_completion_hide (AnnFilterCompletion *self);
gboolean ann_filter_completion_accept (AnnFilterCompletion *self);

G_END_DECLS
