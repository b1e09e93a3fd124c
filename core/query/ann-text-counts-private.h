/* ann-text-counts-private.h: how often each of many texts occurs
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include "base/ann-strings.h"

G_BEGIN_DECLS

/* What is kept at most: so many different texts, and bytes of them. */
#define ANN_TEXT_COUNTS_MAX (1024 * 1024)
#define ANN_TEXT_COUNTS_MAX_SIZE (48 * 1024 * 1024)

/**
 * AnnTextCounts:
 * @is_full: there were more different ones than are kept; those that are kept are counted on
 *
 * Texts in the order in which they came first, and how often each came. Begins as zeros.
 */
typedef struct {
  gboolean is_full;
  /*< private >*/
  AnnStrings *texts;
  guint64 *counts;
  guint32 *slots; /* 1 + the number of the text; 0: free */
  guint n_slots_log;
  gsize size; /* bytes of the texts */
} AnnTextCounts;

gboolean _ann_text_counts_add (AnnTextCounts *self, const char *text, gsize length, GError **error);
gsize _ann_text_counts_get_length (const AnnTextCounts *self);
guint64 _ann_text_counts_get (const AnnTextCounts *self, gsize index);
char *_ann_text_counts_dup_text (const AnnTextCounts *self, gsize index) G_GNUC_WARN_UNUSED_RESULT;
void _ann_text_counts_clear (AnnTextCounts *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (AnnTextCounts, _ann_text_counts_clear)

G_END_DECLS
