/* ann-statistics-view.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-statistics-view.h"

#include "ann-text.h"
#include "widgets/ann-histogram.h"
#include "widgets/ann-summary-grid.h"
#include "widgets/ann-value-list.h"

#include <glib/gi18n.h>

/* Numbers have a histogram, all else a list of its values; both have the numbers of a summary. What
 * is chosen among the bins or values is told, who does something with it is somebody else; so are
 * the actions of the group "statistics".
 */

/* From so many values on one searches among them. */
#define MIN_SEARCHED 11

struct _AnnStatisticsView {
  AdwBin parent_instance;

  AnnColumnStatistics *statistics; /* or NULL before the first */

  GtkWidget *histogram;
  GtkWidget *search;
  GtkWidget *values;
  GtkWidget *values_scroller;
  GtkWidget *rarer;
  GtkWidget *grid;
  GtkWidget *missing;
};

enum { CHOSEN, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnnStatisticsView, ann_statistics_view, ADW_TYPE_BIN)

/* ---- What is shown ---- */

static void
show_values (AnnStatisticsView *self)
{
  AnnValueList *values = ANN_VALUE_LIST (self->values);
  const AnnSummary *summary = self->statistics->summary;
  const guint32 *colors = self->statistics->colors;

  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  ann_value_list_clear (values);
  for (guint i = 0; i < self->statistics->n_classes && !summary->is_numeric; i++)
    ann_value_list_add (values, summary->values[i].text, summary->values[i].count,
                        colors != NULL ? &colors[i] : NULL);
  ann_value_list_sort (values);
  gtk_widget_set_visible (self->search, ann_value_list_get_n_values (values) >= MIN_SEARCHED);
  gtk_widget_set_visible (self->values_scroller, ann_value_list_get_n_values (values) > 0);
}

/* Of texts only the most frequent ones are kept. */
static void
show_rarer (AnnStatisticsView *self)
{
  const AnnSummary *summary = self->statistics->summary;
  const gboolean is_cut = !summary->is_numeric && summary->n_distinct > summary->n_values;
  g_autofree char *shown = ann_text_count (summary->n_values);
  g_autofree char *all = ann_text_count (summary->n_distinct);
  g_autofree char *text = g_strdup_printf (summary->n_distinct_is_exact
                                               ? _ ("The %s most frequent of %s values")
                                               : _ ("The %s most frequent of more than %s values"),
                                           shown, all);

  gtk_label_set_text (GTK_LABEL (self->rarer), text);
  gtk_widget_set_visible (self->rarer, is_cut);
}

static void
show_histogram (AnnStatisticsView *self)
{
  const AnnSummary *summary = self->statistics->summary;

  ann_histogram_set_counts (ANN_HISTOGRAM (self->histogram), summary->histogram_low,
                            summary->histogram_high, summary->bins,
                            summary->is_numeric ? summary->n_bins : 0);
  gtk_widget_set_visible (self->histogram, summary->is_numeric && summary->n_bins > 0);
}

/**
 * ann_statistics_view_set_statistics:
 * @self: a view
 * @statistics: of a column
 *
 * Shows them, and none of selected rows.
 */
void
ann_statistics_view_set_statistics (AnnStatisticsView *self, AnnColumnStatistics *statistics)
{
  ann_column_statistics_ref (statistics);
  g_clear_pointer (&self->statistics, ann_column_statistics_unref);
  self->statistics = statistics;

  show_histogram (self);
  show_values (self);
  show_rarer (self);
  ann_statistics_view_set_selected (self, NULL, NULL);
  gtk_widget_set_visible (self->missing, statistics->summary->n_missing > 0);
}

/**
 * ann_statistics_view_set_selected:
 * @self: a view that shows statistics
 * @selected: (nullable): the same of some rows, or %NULL to show none
 * @title: (nullable): which rows these are
 */
void
ann_statistics_view_set_selected (AnnStatisticsView *self,
                                  const AnnSelectedStatistics *selected,
                                  const char *title)
{
  const guint64 *counts = selected != NULL ? selected->counts : NULL;

  ann_summary_grid_set_summaries (ANN_SUMMARY_GRID (self->grid), self->statistics->summary,
                                  selected != NULL ? selected->summary : NULL, title);
  if (self->statistics->summary->is_numeric)
    ann_histogram_set_selected (ANN_HISTOGRAM (self->histogram), counts);
  else
    ann_value_list_set_selected (ANN_VALUE_LIST (self->values), counts);
}

/**
 * ann_statistics_view_to_text:
 * @self: a view
 *
 * Returns: (transfer full): the numbers, for the clipboard
 */
char *
ann_statistics_view_to_text (AnnStatisticsView *self)
{
  return ann_summary_grid_to_text (ANN_SUMMARY_GRID (self->grid));
}

/* ---- Choosing ---- */

static void
on_bins_chosen (AnnStatisticsView *self, guint first, guint last, gboolean adds)
{
  g_signal_emit (self, signals[CHOSEN], 0, first, last, adds);
}

static void
on_value_chosen (AnnStatisticsView *self, guint index, gboolean adds)
{
  g_signal_emit (self, signals[CHOSEN], 0, index, index, adds);
}

static void
on_search_changed (AnnStatisticsView *self)
{
  ann_value_list_set_filter (ANN_VALUE_LIST (self->values),
                             gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

/* ---- The widget ---- */

static void
ann_statistics_view_finalize (GObject *object)
{
  g_clear_pointer (&ANN_STATISTICS_VIEW (object)->statistics, ann_column_statistics_unref);

  G_OBJECT_CLASS (ann_statistics_view_parent_class)->finalize (object);
}

static void
ann_statistics_view_class_init (AnnStatisticsViewClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_statistics_view_finalize;

  /* Classes of the column, from the first to the last, were chosen; the boolean: besides what was
   * chosen before.
   */
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 3, G_TYPE_UINT, G_TYPE_UINT,
                                  G_TYPE_BOOLEAN);
}

static GtkWidget *
new_value_scroller (AnnStatisticsView *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller));
  GtkWidget *viewport = gtk_viewport_new (NULL, adjustment);

  self->values = ann_value_list_new (adjustment);
  gtk_widget_set_name (self->values, "statistics-values");
  g_signal_connect_swapped (self->values, "chosen", G_CALLBACK (on_value_chosen), self);
  /* It would scroll to the top of the list, which is as high as all its rows. */
  gtk_viewport_set_scroll_to_focus (GTK_VIEWPORT (viewport), FALSE);
  gtk_viewport_set_child (GTK_VIEWPORT (viewport), self->values);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), viewport);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_widget_set_vexpand (scroller, TRUE);

  return scroller;
}

static void
ann_statistics_view_init (AnnStatisticsView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  self->histogram = ann_histogram_new ();
  gtk_widget_set_name (self->histogram, "statistics-histogram");
  g_signal_connect_swapped (self->histogram, "chosen", G_CALLBACK (on_bins_chosen), self);
  self->grid = ann_summary_grid_new ();
  self->missing = gtk_button_new_with_mnemonic (_ ("Select Rows Without a _Value"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->missing), "statistics.select-missing");
  self->search = gtk_search_entry_new ();
  g_object_set (self->search, "placeholder-text", _ ("Search values"), NULL);
  g_signal_connect_swapped (self->search, "search-changed", G_CALLBACK (on_search_changed), self);
  self->values_scroller = new_value_scroller (self);
  self->rarer = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->rarer), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->rarer), 0);
  gtk_widget_add_css_class (self->rarer, "dim-label");

  gtk_box_append (GTK_BOX (box), self->histogram);
  gtk_box_append (GTK_BOX (box), self->grid);
  gtk_box_append (GTK_BOX (box), self->missing);
  gtk_box_append (GTK_BOX (box), self->search);
  gtk_box_append (GTK_BOX (box), self->values_scroller);
  gtk_box_append (GTK_BOX (box), self->rarer);
  adw_bin_set_child (ADW_BIN (self), box);
}

/**
 * ann_statistics_view_new:
 *
 * Returns: (transfer floating): a view that shows nothing yet
 */
GtkWidget *
ann_statistics_view_new (void)
{
  return g_object_new (ANN_TYPE_STATISTICS_VIEW, NULL);
}
