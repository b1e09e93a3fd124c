/* ann-tab-layout.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-tab-layout.h"

#define DEFAULT_SIDEBAR_WIDTH 252

struct _AnnTabLayout {
  GObject parent_instance;

  gboolean shows_sidebar;
  gboolean shows_inspector;
  int sidebar_width;
};

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnnTabLayout, ann_tab_layout, G_TYPE_OBJECT)

static void
set_value (AnnTabLayout *self, int *field, int value)
{
  if (*field == value)
    return;

  *field = value;
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * ann_tab_layout_get_shows_sidebar:
 * @self: a layout
 *
 * Returns: whether the tree of the elements is shown
 */
gboolean
ann_tab_layout_get_shows_sidebar (AnnTabLayout *self)
{
  return self->shows_sidebar;
}

/**
 * ann_tab_layout_set_shows_sidebar:
 * @self: a layout
 * @shows: whether the tree of the elements is to be shown
 */
void
ann_tab_layout_set_shows_sidebar (AnnTabLayout *self, gboolean shows)
{
  set_value (self, &self->shows_sidebar, shows);
}

/**
 * ann_tab_layout_get_sidebar_width:
 * @self: a layout
 *
 * Returns: the width of the tree in pixels
 */
int
ann_tab_layout_get_sidebar_width (AnnTabLayout *self)
{
  return self->sidebar_width;
}

/**
 * ann_tab_layout_set_sidebar_width:
 * @self: a layout
 * @width: the width of the tree in pixels
 */
void
ann_tab_layout_set_sidebar_width (AnnTabLayout *self, int width)
{
  set_value (self, &self->sidebar_width, width);
}

/**
 * ann_tab_layout_get_shows_inspector:
 * @self: a layout
 *
 * Returns: whether what a page has for the place at its right is shown
 */
gboolean
ann_tab_layout_get_shows_inspector (AnnTabLayout *self)
{
  return self->shows_inspector;
}

/**
 * ann_tab_layout_set_shows_inspector:
 * @self: a layout
 * @shows: whether what a page has for the place at its right is to be shown
 */
void
ann_tab_layout_set_shows_inspector (AnnTabLayout *self, gboolean shows)
{
  set_value (self, &self->shows_inspector, shows);
}

static void
ann_tab_layout_class_init (AnnTabLayoutClass *klass)
{
  /**
   * AnnTabLayout::changed:
   * @self: a layout
   *
   * Something else is shown, or is as wide.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
ann_tab_layout_init (AnnTabLayout *self)
{
  self->shows_sidebar = TRUE;
  self->sidebar_width = DEFAULT_SIDEBAR_WIDTH;
}

/**
 * ann_tab_layout_new:
 *
 * Returns: (transfer full): a layout with the tree and without what stands at the right
 */
AnnTabLayout *
ann_tab_layout_new (void)
{
  return g_object_new (ANN_TYPE_TAB_LAYOUT, NULL);
}
