/* ann-traffic-view.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-traffic-view.h"

#include "ann-text.h"

#include <glib/gi18n.h>
#include <string.h>

#define POLL_MS 200

/* Looks at the counters while it is to be seen: they change in any thread, many times a second. */
struct _AnnTrafficView {
  AdwBin parent_instance;

  AnnTraffic *traffic;
  AnnTrafficStats shown;
  guint poll;

  GtkWidget *spinner;
  GtkWidget *label;
};

G_DEFINE_FINAL_TYPE (AnnTrafficView, ann_traffic_view, ADW_TYPE_BIN)

/**
 * ann_traffic_view_get_text:
 * @self: the view
 *
 * Returns: (transfer none): what it says
 */
const char *
ann_traffic_view_get_text (AnnTrafficView *self)
{
  return gtk_label_get_text (GTK_LABEL (self->label));
}

static gulong
for_plural (guint64 n)
{
  return (gulong) MIN (n, G_MAXULONG);
}

static char *
describe (const AnnTrafficStats *stats)
{
  GString *text = g_string_new (_ ("Asked for over the network, for this store"));
  g_autofree char *n_waiting = ann_text_count (stats->n_waiting);
  g_autofree char *n_retries = ann_text_count (stats->n_retries);
  g_autofree char *n_cached = ann_text_count (stats->n_cached);

  if (stats->n_waiting > 0)
    g_string_append_printf (text,
                            ngettext ("\n%s request is not answered yet",
                                      "\n%s requests are not answered yet",
                                      for_plural (stats->n_waiting)),
                            n_waiting);
  if (stats->n_retries > 0)
    g_string_append_printf (text,
                            ngettext ("\n%s request was repeated", "\n%s requests were repeated",
                                      for_plural (stats->n_retries)),
                            n_retries);
  if (stats->n_cached > 0)
    g_string_append_printf (text,
                            ngettext ("\n%s part came from the disk instead",
                                      "\n%s parts came from the disk instead",
                                      for_plural (stats->n_cached)),
                            n_cached);

  return g_string_free (text, FALSE);
}

static void
update (AnnTrafficView *self)
{
  g_autofree char *text = ann_text_traffic (self->traffic);
  g_autofree char *more = NULL;
  AnnTrafficStats stats;

  ann_traffic_get_stats (self->traffic, &stats);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), stats.n_waiting > 0);
  gtk_widget_set_opacity (self->spinner, stats.n_waiting > 0 ? 1 : 0);
  if (memcmp (&stats, &self->shown, sizeof stats) == 0)
    return;

  self->shown = stats;
  more = describe (&stats);
  gtk_label_set_text (GTK_LABEL (self->label), text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), more);
}

static gboolean
on_poll (gpointer user_data)
{
  update (user_data);

  return G_SOURCE_CONTINUE;
}

static void
ann_traffic_view_map (GtkWidget *widget)
{
  AnnTrafficView *self = ANN_TRAFFIC_VIEW (widget);

  GTK_WIDGET_CLASS (ann_traffic_view_parent_class)->map (widget);
  update (self);
  self->poll = g_timeout_add (POLL_MS, on_poll, self);
}

static void
ann_traffic_view_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&ANN_TRAFFIC_VIEW (widget)->poll, g_source_remove);
  GTK_WIDGET_CLASS (ann_traffic_view_parent_class)->unmap (widget);
}

static void
ann_traffic_view_dispose (GObject *object)
{
  AnnTrafficView *self = ANN_TRAFFIC_VIEW (object);

  g_clear_handle_id (&self->poll, g_source_remove);
  g_clear_pointer (&self->traffic, ann_traffic_unref);

  G_OBJECT_CLASS (ann_traffic_view_parent_class)->dispose (object);
}

static void
ann_traffic_view_class_init (AnnTrafficViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ann_traffic_view_dispose;
  GTK_WIDGET_CLASS (klass)->map = ann_traffic_view_map;
  GTK_WIDGET_CLASS (klass)->unmap = ann_traffic_view_unmap;
}

static void
ann_traffic_view_init (AnnTrafficView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->spinner = gtk_spinner_new ();
  self->label = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->label, "dim-label");
  gtk_widget_add_css_class (self->label, "numeric");
  gtk_box_append (GTK_BOX (box), self->spinner);
  gtk_box_append (GTK_BOX (box), self->label);
  gtk_widget_set_name (GTK_WIDGET (self), "traffic");
  adw_bin_set_child (ADW_BIN (self), box);
}

/**
 * ann_traffic_view_new:
 * @traffic: of a store
 *
 * Returns: (transfer floating): a line that follows it
 */
GtkWidget *
ann_traffic_view_new (AnnTraffic *traffic)
{
  AnnTrafficView *self = g_object_new (ANN_TYPE_TRAFFIC_VIEW, NULL);

  self->traffic = ann_traffic_ref (traffic);
  self->shown.n_requests = G_MAXUINT64;
  update (self);

  return GTK_WIDGET (self);
}
