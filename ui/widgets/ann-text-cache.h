/* ann-text-cache.h: texts that are laid out already
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum {
  ANN_TEXT_NORMAL,
  ANN_TEXT_BOLD,
  ANN_TEXT_SMALL,
  ANN_TEXT_ITALIC,
} AnnTextStyle;

#define ANN_N_TEXT_STYLES 4

/**
 * AnnTextCache:
 *
 * Shaping a text takes ten times as long as drawing it, and from one frame to the next most texts
 * stay. Keeps the layouts of about the last two screens; all others are used again for new texts.
 */
typedef struct _AnnTextCache AnnTextCache;

typedef struct {
  PangoLayout *layout;
  int width;
  int baseline; /* below the top of the layout */
} AnnText;

AnnTextCache *ann_text_cache_new (PangoContext *context, double size) G_GNUC_WARN_UNUSED_RESULT;
void ann_text_cache_free (AnnTextCache *self);

const AnnText *ann_text_cache_get (AnnTextCache *self,
                                   AnnTextStyle style,
                                   const char *text,
                                   gsize length,
                                   int max_width);
gboolean ann_text_cache_compose (AnnTextCache *self,
                                 AnnTextStyle style,
                                 const char *text,
                                 gsize length,
                                 PangoGlyphString **glyphs,
                                 PangoFont **font,
                                 int *width);
int ann_text_cache_get_ascent (AnnTextCache *self);
int ann_text_cache_get_descent (AnnTextCache *self);
double ann_text_cache_get_digit_width (AnnTextCache *self, AnnTextStyle style);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (AnnTextCache, ann_text_cache_free)

G_END_DECLS
