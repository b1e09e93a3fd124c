/* ann-summary-grid.c: the numbers of a summary, of all rows and of some
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "widgets/ann-summary-grid.h"

#include "ann-text.h"

#include <glib/gi18n.h>
#include <math.h>

struct _AnnSummaryGrid {
  AdwBin parent_instance;

  GtkWidget *grid;
  GString *text; /* the same, for the clipboard */
  int n_rows;
};

G_DEFINE_FINAL_TYPE (AnnSummaryGrid, ann_summary_grid, ADW_TYPE_BIN)

/* Each says one thing of a summary; NULL where there is nothing to say. */
typedef char *(*ValueFunc) (const AnnSummary *summary);

static char *
get_count (const AnnSummary *summary)
{
  return ann_text_count (summary->n);
}

static char *
get_missing (const AnnSummary *summary)
{
  return ann_text_count (summary->n_missing);
}

static char *
get_invalid (const AnnSummary *summary)
{
  return summary->n_invalid > 0 ? ann_text_count (summary->n_invalid) : NULL;
}

static char *
get_infinite (const AnnSummary *summary)
{
  return summary->n_infinite > 0 ? ann_text_count (summary->n_infinite) : NULL;
}

static char *
get_distinct (const AnnSummary *summary)
{
  g_autofree char *count = ann_text_count (summary->n_distinct);

  return g_strdup_printf ("%s%s", summary->n_distinct_is_exact ? "" : "> ", count);
}

static char *
get_zeros (const AnnSummary *summary)
{
  return summary->is_numeric ? ann_text_count (summary->n_zero) : NULL;
}

static char *
describe (const AnnSummary *summary, double value)
{
  return summary->is_numeric && !isnan (value) ? ann_text_number (value) : NULL;
}

static char *
get_mean (const AnnSummary *summary)
{
  return describe (summary, summary->mean);
}

static char *
get_sd (const AnnSummary *summary)
{
  return describe (summary, summary->sd);
}

static char *
get_minimum (const AnnSummary *summary)
{
  return describe (summary, summary->minimum);
}

static char *
get_low (const AnnSummary *summary)
{
  return describe (summary, summary->quantiles[0]);
}

static char *
get_lower (const AnnSummary *summary)
{
  return describe (summary, summary->quantiles[1]);
}

static char *
get_median (const AnnSummary *summary)
{
  return describe (summary, summary->quantiles[2]);
}

static char *
get_upper (const AnnSummary *summary)
{
  return describe (summary, summary->quantiles[3]);
}

static char *
get_high (const AnnSummary *summary)
{
  return describe (summary, summary->quantiles[4]);
}

static char *
get_maximum (const AnnSummary *summary)
{
  return describe (summary, summary->maximum);
}

static void
add_label (AnnSummaryGrid *self, const char *text, int column, gboolean is_value)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column == 0 ? 0 : 1);
  gtk_widget_set_hexpand (label, column > 0);
  gtk_widget_add_css_class (label, is_value ? "numeric" : "dim-label");
  gtk_label_set_selectable (GTK_LABEL (label), is_value);
  gtk_grid_attach (GTK_GRID (self->grid), label, column, self->n_rows, 1, 1);
}

static void
add_row (AnnSummaryGrid *self,
         const char *key,
         ValueFunc func,
         const AnnSummary *all,
         const AnnSummary *selected)
{
  g_autofree char *value = func (all);
  g_autofree char *selected_value = selected != NULL ? func (selected) : NULL;

  if (value == NULL)
    return;

  add_label (self, key, 0, FALSE);
  add_label (self, value, 1, TRUE);
  g_string_append_printf (self->text, "%s\t%s", key, value);
  if (selected != NULL)
    {
      add_label (self, selected_value != NULL ? selected_value : "", 2, TRUE);
      g_string_append_printf (self->text, "\t%s", selected_value != NULL ? selected_value : "");
    }
  g_string_append_c (self->text, '\n');
  self->n_rows++;
}

static void
clear (AnnSummaryGrid *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->grid)) != NULL)
    gtk_grid_remove (GTK_GRID (self->grid), child);
  g_string_truncate (self->text, 0);
  self->n_rows = 0;
}

/**
 * ann_summary_grid_set_summaries:
 * @self: a grid
 * @all: (nullable): of all rows; %NULL for an empty grid
 * @some: (nullable): of some rows, to stand beside it
 * @title: (nullable): which these are
 */
void
ann_summary_grid_set_summaries (AnnSummaryGrid *self,
                                const AnnSummary *all,
                                const AnnSummary *some,
                                const char *title)
{
  const struct {
    const char *key;
    ValueFunc func;
  } rows[] = {
    { _ ("Count"), get_count },       { _ ("Missing"), get_missing },
    { _ ("Invalid"), get_invalid },   { _ ("Infinite"), get_infinite },
    { _ ("Distinct"), get_distinct }, { _ ("Zeros"), get_zeros },
    { _ ("Mean"), get_mean },         { _ ("Std. dev."), get_sd },
    { _ ("Minimum"), get_minimum },   { _ ("5 %"), get_low },
    { _ ("25 %"), get_lower },        { _ ("Median"), get_median },
    { _ ("75 %"), get_upper },        { _ ("95 %"), get_high },
    { _ ("Maximum"), get_maximum },
  };

  clear (self);
  if (all == NULL)
    return;

  if (some != NULL)
    {
      add_label (self, _ ("All"), 1, FALSE);
      add_label (self, title, 2, FALSE);
      g_string_append_printf (self->text, "\t%s\t%s\n", _ ("All"), title);
      self->n_rows++;
    }
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    add_row (self, rows[i].key, rows[i].func, all, some);
}

/**
 * ann_summary_grid_to_text:
 * @self: a grid
 *
 * Returns: (transfer full): its rows as lines, with tabs between the cells
 */
char *
ann_summary_grid_to_text (AnnSummaryGrid *self)
{
  return g_strdup (self->text->str);
}

static void
ann_summary_grid_finalize (GObject *object)
{
  g_string_free (ANN_SUMMARY_GRID (object)->text, TRUE);

  G_OBJECT_CLASS (ann_summary_grid_parent_class)->finalize (object);
}

static void
ann_summary_grid_class_init (AnnSummaryGridClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_summary_grid_finalize;
}

static void
ann_summary_grid_init (AnnSummaryGrid *self)
{
  self->text = g_string_new (NULL);
  self->grid = gtk_grid_new ();
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 4);
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 12);
  adw_bin_set_child (ADW_BIN (self), self->grid);
}

/**
 * ann_summary_grid_new:
 *
 * Returns: (transfer floating): an empty grid
 */
GtkWidget *
ann_summary_grid_new (void)
{
  return g_object_new (ANN_TYPE_SUMMARY_GRID, NULL);
}
