/* ann-heatmap-toolbar.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-heatmap-toolbar.h"

#include "widgets/ann-dim-label.h"

#include <glib/gi18n.h>

/* How values become colours: three menus. The choices are actions, "map", "scale" and "range", so
 * that menus, keys and tests share them.
 */

struct _AnnHeatmapToolbar {
  GtkBox parent_instance;

  AnnHeatmapColors colors;
  gboolean is_map_chosen; /* by the user: a suggestion does not change it any more */
  GSimpleActionGroup *actions;
  GtkWidget *map_button;
  GtkWidget *scale_button;
  GtkWidget *range_button;
};

G_DEFINE_FINAL_TYPE (AnnHeatmapToolbar, ann_heatmap_toolbar, GTK_TYPE_BOX)

static guint changed_signal;

static const struct {
  const char *name;
  const char *label;
  double low, high;
} ranges[] = {
  { "all", N_ ("0–100 %"), 0, 100 },
  { "1-99", N_ ("1–99 %"), 1, 99 },
  { "2-98", N_ ("2–98 %"), 2, 98 },
  { "5-95", N_ ("5–95 %"), 5, 95 },
};

static const struct {
  const char *name;
  const char *label;
  AnnTransform transform;
} transforms[] = {
  { "linear", N_ ("Linear"), ANN_TRANSFORM_LINEAR },
  { "log1p", N_ ("log1p"), ANN_TRANSFORM_LOG1P },
};

static const char *const map_labels[ANN_N_COLOR_MAPS] = {
  N_ ("Viridis"), N_ ("Magma"), N_ ("Cividis"), N_ ("Greys"), N_ ("Blue–Red"),
};

/* --- Choices --- */

static void
update_labels (AnnHeatmapToolbar *self)
{
  const char *range = _ ("0–100 %");

  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      if (ranges[i].low == self->colors.low_percent)
        range = _ (ranges[i].label);
    }
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->map_button), _ (map_labels[self->colors.map]));
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->scale_button),
                             _ (transforms[self->colors.transform].label));
  gtk_menu_button_set_label (GTK_MENU_BUTTON (self->range_button), range);
}

static void
apply (AnnHeatmapToolbar *self)
{
  update_labels (self);
  g_signal_emit (self, changed_signal, 0);
}

static void
on_map_changed (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  AnnHeatmapToolbar *self = user_data;

  if (!ann_color_map_from_name (g_variant_get_string (state, NULL), &self->colors.map))
    return;
  self->is_map_chosen = TRUE;
  g_simple_action_set_state (action, state);
  apply (self);
}

static void
on_scale_changed (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  AnnHeatmapToolbar *self = user_data;

  for (gsize i = 0; i < G_N_ELEMENTS (transforms); i++)
    {
      if (g_str_equal (transforms[i].name, g_variant_get_string (state, NULL)))
        {
          self->colors.transform = transforms[i].transform;
          g_simple_action_set_state (action, state);
          apply (self);
        }
    }
}

static void
on_range_changed (GSimpleAction *action, GVariant *state, gpointer user_data)
{
  AnnHeatmapToolbar *self = user_data;

  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      if (g_str_equal (ranges[i].name, g_variant_get_string (state, NULL)))
        {
          self->colors.low_percent = ranges[i].low;
          self->colors.high_percent = ranges[i].high;
          g_simple_action_set_state (action, state);
          apply (self);
        }
    }
}

static void
add_actions (AnnHeatmapToolbar *self)
{
  static const GActionEntry entries[] = {
    { .name = "map", .parameter_type = "s", .state = "'viridis'", .change_state = on_map_changed },
    { .name = "scale",
      .parameter_type = "s",
      .state = "'linear'",
      .change_state = on_scale_changed },
    { .name = "range", .parameter_type = "s", .state = "'1-99'", .change_state = on_range_changed },
  };

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
}

/* --- Building --- */

static GtkWidget *
new_menu_button (const char *label, GMenu *menu)
{
  GtkWidget *button = gtk_menu_button_new ();

  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);

  return button;
}

static void
build (AnnHeatmapToolbar *self)
{
  g_autoptr (GMenu) maps = g_menu_new ();
  g_autoptr (GMenu) scales = g_menu_new ();
  g_autoptr (GMenu) percents = g_menu_new ();

  for (AnnColorMap i = 0; i < ANN_N_COLOR_MAPS; i++)
    {
      g_autofree char *action = g_strdup_printf ("colors.map::%s", ann_color_map_get_name (i));

      g_menu_append (maps, _ (map_labels[i]), action);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (transforms); i++)
    {
      g_autofree char *action = g_strdup_printf ("colors.scale::%s", transforms[i].name);

      g_menu_append (scales, _ (transforms[i].label), action);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      g_autofree char *action = g_strdup_printf ("colors.range::%s", ranges[i].name);

      g_menu_append (percents, _ (ranges[i].label), action);
    }

  self->map_button = new_menu_button (_ ("Colours"), maps);
  self->scale_button = new_menu_button (_ ("Scale"), scales);
  self->range_button = new_menu_button (_ ("Range of percentiles"), percents);
  gtk_widget_set_tooltip_text (
      self->range_button, _ ("Which percentiles of the values lie at the ends of the colours"));

  gtk_box_append (GTK_BOX (self), ann_dim_label_new (_ ("Colours")));
  gtk_box_append (GTK_BOX (self), self->map_button);
  gtk_box_append (GTK_BOX (self), ann_dim_label_new (_ ("Scale")));
  gtk_box_append (GTK_BOX (self), self->scale_button);
  gtk_box_append (GTK_BOX (self), ann_dim_label_new (_ ("Range")));
  gtk_box_append (GTK_BOX (self), self->range_button);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_widget_set_margin_start (GTK_WIDGET (self), 12);
  gtk_widget_set_margin_end (GTK_WIDGET (self), 6);
  gtk_widget_set_margin_top (GTK_WIDGET (self), 6);
  gtk_widget_set_margin_bottom (GTK_WIDGET (self), 6);
}

/* --- Life --- */

static void
ann_heatmap_toolbar_dispose (GObject *object)
{
  g_clear_object (&ANN_HEATMAP_TOOLBAR (object)->actions);

  G_OBJECT_CLASS (ann_heatmap_toolbar_parent_class)->dispose (object);
}

static void
ann_heatmap_toolbar_class_init (AnnHeatmapToolbarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ann_heatmap_toolbar_dispose;

  /* Another choice was made. */
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
ann_heatmap_toolbar_init (AnnHeatmapToolbar *self)
{
  self->colors = (AnnHeatmapColors){ ANN_TRANSFORM_LINEAR, ANN_COLOR_MAP_VIRIDIS, 1, 99 };
  add_actions (self);
  build (self);
  update_labels (self);
}

GtkWidget *
ann_heatmap_toolbar_new (void)
{
  return g_object_new (ANN_TYPE_HEATMAP_TOOLBAR, NULL);
}

const AnnHeatmapColors *
ann_heatmap_toolbar_get_colors (AnnHeatmapToolbar *self)
{
  return &self->colors;
}

GActionGroup *
ann_heatmap_toolbar_get_actions (AnnHeatmapToolbar *self)
{
  return G_ACTION_GROUP (self->actions);
}

void
ann_heatmap_toolbar_suggest_map (AnnHeatmapToolbar *self, AnnColorMap map)
{
  if (self->is_map_chosen)
    return;

  g_action_group_change_action_state (G_ACTION_GROUP (self->actions), "map",
                                      g_variant_new_string (ann_color_map_get_name (map)));
  self->is_map_chosen = FALSE;
}
