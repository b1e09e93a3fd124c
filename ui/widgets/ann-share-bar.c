/* ann-share-bar.c: parts of a whole as pieces of a bar
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-share-bar.h"

#include <math.h>

struct _AnnShareBar {
  GtkWidget parent_instance;

  int height;
  GArray *shares; /* of double */
  GArray *colors; /* of guint32, 0xRRGGBB */
};

G_DEFINE_FINAL_TYPE (AnnShareBar, ann_share_bar, GTK_TYPE_WIDGET)

static void
ann_share_bar_measure (GtkWidget *widget,
                       GtkOrientation orientation,
                       int for_size,
                       int *minimum,
                       int *natural,
                       int *minimum_baseline,
                       int *natural_baseline)
{
  *minimum = ANN_SHARE_BAR (widget)->height;
  *natural = *minimum;
}

static void
ann_share_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  AnnShareBar *self = ANN_SHARE_BAR (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  float radius = self->height >= 12 ? 6 : 3;
  GskRoundedRect outline;
  double sum = 0, before = 0;

  for (guint i = 0; self->shares != NULL && i < self->shares->len; i++)
    sum += g_array_index (self->shares, double, i);
  if (sum <= 0)
    return;

  gsk_rounded_rect_init_from_rect (&outline, &GRAPHENE_RECT_INIT (0, 0, width, height), radius);
  gtk_snapshot_push_rounded_clip (snapshot, &outline);
  for (guint i = 0; i < self->shares->len; i++)
    {
      double share = g_array_index (self->shares, double, i);
      guint32 color = g_array_index (self->colors, guint32, i);
      GdkRGBA rgba = { ((color >> 16) & 0xff) / 255.0f, ((color >> 8) & 0xff) / 255.0f,
                       (color & 0xff) / 255.0f, 1 };
      double left = round (before / sum * width);
      double right = round ((before + share) / sum * width);
      double gap = right < width && right - left > 2 ? 1 : 0;

      before += share;
      if (right > left)
        gtk_snapshot_append_color (snapshot, &rgba,
                                   &GRAPHENE_RECT_INIT (left, 0, right - left - gap, height));
    }
  gtk_snapshot_pop (snapshot);
}

static void
ann_share_bar_finalize (GObject *object)
{
  AnnShareBar *self = ANN_SHARE_BAR (object);

  g_clear_pointer (&self->shares, g_array_unref);
  g_clear_pointer (&self->colors, g_array_unref);

  G_OBJECT_CLASS (ann_share_bar_parent_class)->finalize (object);
}

static void
ann_share_bar_class_init (AnnShareBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ann_share_bar_finalize;
  widget_class->measure = ann_share_bar_measure;
  widget_class->snapshot = ann_share_bar_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ann_share_bar_init (AnnShareBar *self)
{
}

/**
 * ann_share_bar_set_shares:
 * @self: the bar
 * @shares: (element-type double): how much each part is, in any unit
 * @colors: (element-type guint32): a colour for each, 0xRRGGBB
 */
void
ann_share_bar_set_shares (AnnShareBar *self, GArray *shares, GArray *colors)
{
  g_return_if_fail (shares->len == colors->len);

  g_clear_pointer (&self->shares, g_array_unref);
  g_clear_pointer (&self->colors, g_array_unref);
  self->shares = g_array_ref (shares);
  self->colors = g_array_ref (colors);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/**
 * ann_share_bar_new:
 * @height: in pixels
 *
 * Returns: (transfer floating): a bar without parts
 */
GtkWidget *
ann_share_bar_new (int height)
{
  AnnShareBar *self = g_object_new (ANN_TYPE_SHARE_BAR, NULL);

  self->height = height;

  return GTK_WIDGET (self);
}
