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

enum { PROP_0, PROP_SHOWS_SIDEBAR, PROP_SIDEBAR_WIDTH, PROP_SHOWS_INSPECTOR, N_PROPS };

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (AnnTabLayout, ann_tab_layout, G_TYPE_OBJECT)

static void
set_value (AnnTabLayout *self, int *field, int value, guint prop_id)
{
  if (*field == value)
    return;

  *field = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
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
  set_value (self, &self->shows_sidebar, shows, PROP_SHOWS_SIDEBAR);
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
  set_value (self, &self->sidebar_width, width, PROP_SIDEBAR_WIDTH);
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
  set_value (self, &self->shows_inspector, shows, PROP_SHOWS_INSPECTOR);
}

static void
ann_tab_layout_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  AnnTabLayout *self = ANN_TAB_LAYOUT (object);

  switch (prop_id)
    {
    case PROP_SHOWS_SIDEBAR:
      g_value_set_boolean (value, self->shows_sidebar);
      break;
    case PROP_SIDEBAR_WIDTH:
      g_value_set_int (value, self->sidebar_width);
      break;
    case PROP_SHOWS_INSPECTOR:
      g_value_set_boolean (value, self->shows_inspector);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ann_tab_layout_class_init (AnnTabLayoutClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = ann_tab_layout_get_property;

  properties[PROP_SHOWS_SIDEBAR] = g_param_spec_boolean ("shows-sidebar", NULL, NULL, TRUE, flags);
  properties[PROP_SIDEBAR_WIDTH] = g_param_spec_int ("sidebar-width", NULL, NULL, 0, G_MAXINT,
                                                     DEFAULT_SIDEBAR_WIDTH, flags);
  properties[PROP_SHOWS_INSPECTOR] = g_param_spec_boolean ("shows-inspector", NULL, NULL, FALSE,
                                                           flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
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
