/* ann-concat-dialog-facts.c: what will come of a concatenation
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "dialogs/ann-concat-dialog-private.h"

#include "ann-text.h"

#include <glib/gi18n.h>

static void
add_fact (AnnConcatDialog *self, const char *icon, const char *css_class, const char *text)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *image = gtk_image_new_from_icon_name (icon);
  GtkWidget *label = gtk_label_new (text);

  if (css_class != NULL)
    gtk_widget_add_css_class (image, css_class);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_lines (GTK_LABEL (label), 2);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (self->facts), box);
}

static void
clear_facts (AnnConcatDialog *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->facts)) != NULL)
    gtk_box_remove (GTK_BOX (self->facts), child);
  gtk_label_set_text (GTK_LABEL (self->shape_label), "");
  gtk_label_set_text (GTK_LABEL (self->details_label), "");
}

static void
show_duplicates (AnnConcatDialog *self, guint64 n, gboolean are_cells)
{
  g_autofree char *count = ann_text_count (n);
  g_autofree char *text = NULL;

  if (n == 0)
    {
      add_fact (self, "emblem-ok-symbolic", "success",
                are_cells ? _ ("No duplicate cell names") : _ ("No duplicate gene names"));
      return;
    }
  text = g_strdup_printf (are_cells ? ngettext ("%s cell name occurs more than once",
                                                "%s cell names occur more than once", n)
                                    : ngettext ("%s gene name occurs more than once",
                                                "%s gene names occur more than once", n),
                          count);
  add_fact (self, "dialog-warning-symbolic", "warning", text);
}

static void
show_dropped_labels (AnnConcatDialog *self, const AnnConcatPlan *plan, gboolean are_genes)
{
  const guint64 n = plan->n_dropped_labels;
  g_autofree char *count = ann_text_count (n);
  g_autofree char *text = NULL;

  if (n == 0)
    return;
  if ((are_genes ? plan->n_var : plan->n_obs) == 0)
    {
      add_fact (self, "dialog-warning-symbolic", "warning",
                are_genes ? _ ("No gene is in every store: the result has none")
                          : _ ("No cell is in every store: the result has none"));
      return;
    }
  text = g_strdup_printf (are_genes
                              ? ngettext ("%s gene is left out, which not every store has",
                                          "%s genes are left out, which not every store has", n)
                              : ngettext ("%s cell is left out, which not every store has",
                                          "%s cells are left out, which not every store has", n),
                          count);
  add_fact (self, "dialog-information-symbolic", NULL, text);
}

static void
show_names (AnnConcatDialog *self, const char *title, char **names)
{
  g_autofree char *list = g_strjoinv (", ", names);
  g_autofree char *text = g_strdup_printf ("%s: %s", title, list);

  if (names[0] != NULL)
    add_fact (self, "dialog-information-symbolic", NULL, text);
}

/* All that the lines above have no room for. */
static void
show_details (AnnConcatDialog *self, const AnnConcatPlan *plan)
{
  g_autofree char *clashes = g_strjoinv ("\n", plan->clashes);
  g_autofree char *elements = g_strjoinv (", ", plan->dropped_elements);
  g_autoptr (GString) text = g_string_new (clashes);

  if (*elements != '\0')
    g_string_append_printf (text, "%s%s: %s", text->len > 0 ? "\n" : "", _ ("Elements left out"),
                            elements);
  gtk_label_set_text (GTK_LABEL (self->details_label), text->str);
}

static void
show_clashes (AnnConcatDialog *self, char **clashes)
{
  const guint n = g_strv_length (clashes);
  g_autofree char *text = NULL;

  if (n == 0)
    return;
  text = n == 1 ? g_strdup (clashes[0])
                : g_strdup_printf (
                    ngettext ("%u column or element is not the same in all stores",
                              "%u columns or elements are not the same in all stores", n),
                    n);
  add_fact (self, "dialog-warning-symbolic", "warning", text);
}

static void
show_plan (AnnConcatDialog *self, const AnnConcatPlan *plan)
{
  const gboolean joins_obs = _ann_concat_dialog_joins_obs (self);
  g_autofree char *shape = ann_text_shape (2, (guint64[]){ plan->n_obs, plan->n_var });

  gtk_label_set_text (GTK_LABEL (self->shape_label), shape);
  if (_ann_concat_dialog_makes_set (self) && plan->n_dropped_labels > 0)
    {
      add_fact (self, "dialog-error-symbolic", "error",
                _ ("These stores cannot be a set, for they do not have the same genes"));
      return;
    }
  show_duplicates (self, plan->n_duplicates, joins_obs);
  show_dropped_labels (self, plan, joins_obs);
  if (_ann_concat_dialog_makes_set (self))
    return;
  show_names (self, joins_obs ? _ ("Columns of obs left out") : _ ("Columns of var left out"),
              plan->dropped_columns);
  show_names (self, _ ("Elements left out"), plan->dropped_elements);
  show_clashes (self, plan->clashes);
  show_details (self, plan);
}

void
_ann_concat_dialog_show_facts (AnnConcatDialog *self)
{
  const AnnConcatPlan *plan = ann_concat_preview_get_plan (self->preview);
  const GError *error = ann_concat_preview_get_error (self->preview);
  const gboolean is_busy = ann_concat_preview_is_busy (self->preview);

  clear_facts (self);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), is_busy);
  if (self->obstacle != NULL)
    add_fact (self, "dialog-information-symbolic", NULL, self->obstacle);
  else if (error != NULL)
    add_fact (self, "dialog-error-symbolic", "error", error->message);
  else if (plan != NULL)
    show_plan (self, plan);
  else
    add_fact (self, "dialog-information-symbolic", NULL, _ ("Comparing the stores…"));
  gtk_widget_set_visible (self->details_button,
                          gtk_label_get_text (GTK_LABEL (self->details_label))[0] != '\0');
}
