/* ann-overview-page.c: a store at a glance
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "pages/ann-overview-page.h"

#include "ann-text.h"
#include "ann-weak.h"
#include "models/ann-overview.h"
#include "models/ann-problems.h"
#include "models/ann-storage-facts.h"
#include "pages/ann-page.h"
#include "widgets/ann-card.h"
#include "widgets/ann-columns.h"
#include "widgets/ann-job.h"
#include "widgets/ann-problem-list.h"
#include "widgets/ann-share-bar.h"

#include <glib/gi18n.h>

/* Parts of the storage bar; the rest is one more. */
#define MAX_PARTS 7

/* Comes in steps, each by a worker: what metadata tells, what is wrong, what samples tell, and how
 * many bytes everything takes. Each can be cancelled, and what has come stays.
 */
struct _AnnOverviewPage {
  AdwBin parent_instance;

  AnnData *data;
  GCancellable *cancellable;
  AnnProgress *progress;
  AnnJob *job;
  guint n_running;

  GtkWidget *content;
  GtkWidget *header;
  GtkWidget *cards[ANN_N_CARDS];
  GtkWidget *storage;
};

G_DEFINE_FINAL_TYPE (AnnOverviewPage, ann_overview_page, ADW_TYPE_BIN)

/**
 * ann_overview_page_is_complete:
 * @self: the page
 *
 * Returns: whether all its facts have come, or never will
 */
gboolean
ann_overview_page_is_complete (AnnOverviewPage *self)
{
  return self->n_running == 0;
}

/* ---- The facts ---- */

static void
show_overview (AnnOverviewPage *self, const AnnOverview *overview)
{
  /* A store that is no annotated matrix has no cards. */
  for (guint i = 0; i < ANN_N_CARDS && self->cards[i] != NULL; i++)
    {
      AnnCardWidget *card = ANN_CARD_WIDGET (self->cards[i]);
      GPtrArray *rows = overview->rows[i];

      if (overview->details[i] != NULL)
        ann_card_widget_set_detail (card, overview->details[i]);
      if (overview->paths[i] != NULL)
        ann_card_widget_set_path (card, overview->paths[i]);
      for (guint row = 0; row + 1 < rows->len; row += 2)
        ann_card_widget_add_row (card, rows->pdata[row], rows->pdata[row + 1]);
      if (overview->guesses[i] != NULL)
        ann_card_widget_set_guess (card, overview->guesses[i]);
    }

  if (overview->shares != NULL)
    {
      GtkWidget *label = gtk_label_new (overview->share_name);
      GtkWidget *bar = ann_share_bar_new (10);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_widget_add_css_class (label, "dim-label");
      ann_share_bar_set_shares (ANN_SHARE_BAR (bar), overview->shares, overview->colors);
      gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      overview->share_name, -1);
      ann_card_widget_append (ANN_CARD_WIDGET (self->cards[ANN_CARD_CELLS]), label);
      ann_card_widget_append (ANN_CARD_WIDGET (self->cards[ANN_CARD_CELLS]), bar);
    }
}

static void
show_problems (AnnOverviewPage *self, GPtrArray *problems)
{
  if (problems->len > 0)
    gtk_box_insert_child_after (GTK_BOX (self->content), ann_problem_list_new (problems),
                                self->header);
}

/* ---- The bytes ---- */

typedef struct {
  char *name;
  AnnStorageSize size;
} Part;

static void
part_free (gpointer data)
{
  Part *part = data;

  g_free (part->name);
  g_free (part);
}

static int
compare_parts (gconstpointer a, gconstpointer b)
{
  const Part *left = *(const Part *const *) a;
  const Part *right = *(const Part *const *) b;

  return (left->size.stored < right->size.stored) - (left->size.stored > right->size.stored);
}

static void
add_to_part (Part *part, const AnnStorageSize *size)
{
  part->size.stored += size->stored;
  part->size.logical += size->logical;
  part->size.has_texts |= size->has_texts;
}

/* The largest first; what comes after the last that gets a colour is one part. */
static GPtrArray *
read_parts (AnnData *data, AnnProgress *progress, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (part_free);
  AnnElement *root = ann_data_get_root (data);
  g_auto (GStrv) names = ann_element_list_children (root, cancellable, error);

  if (names == NULL)
    return NULL;

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (AnnElement) child = ann_element_open_child (root, names[i], cancellable, NULL);
      AnnStorageSize size = { 0 };
      Part *part;

      if (child == NULL)
        continue;
      if (!ann_storage_size_add (&size, child, progress, cancellable, error))
        return NULL;
      if (size.stored == 0)
        continue;
      part = g_new0 (Part, 1);
      part->name = g_utf8_make_valid (names[i], -1);
      part->size = size;
      g_ptr_array_add (parts, part);
    }

  g_ptr_array_sort (parts, compare_parts);
  while (parts->len > MAX_PARTS)
    {
      Part *last = parts->pdata[parts->len - 1];

      add_to_part (parts->pdata[MAX_PARTS - 1], &last->size);
      g_free (((Part *) parts->pdata[MAX_PARTS - 1])->name);
      ((Part *) parts->pdata[MAX_PARTS - 1])->name = g_strdup (_ ("others"));
      g_ptr_array_set_size (parts, parts->len - 1);
    }

  return g_steal_pointer (&parts);
}

static GtkWidget *
new_legend_entry (const Part *part, guint32 color)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *chip = ann_share_bar_new (10);
  GtkWidget *name = gtk_label_new (part->name);
  g_autofree char *text = g_format_size (part->size.stored);
  GtkWidget *size = gtk_label_new (text);
  g_autoptr (GArray) shares = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) colors = g_array_new (FALSE, FALSE, sizeof (guint32));
  double one = 1;

  g_array_append_val (shares, one);
  g_array_append_val (colors, color);
  ann_share_bar_set_shares (ANN_SHARE_BAR (chip), shares, colors);
  gtk_widget_set_valign (chip, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (size, "dim-label");
  gtk_widget_add_css_class (size, "numeric");
  gtk_box_append (GTK_BOX (box), chip);
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), size);

  return box;
}

static GtkWidget *
new_legend (GPtrArray *parts)
{
  GtkWidget *legend = ann_columns_new (MAX_PARTS, 118, 6);

  for (guint i = 0; i < parts->len; i++)
    ann_columns_append (ANN_COLUMNS (legend),
                        new_legend_entry (parts->pdata[i], ann_category_color (i) & 0xffffff));

  return legend;
}

static void
show_parts (AnnOverviewPage *self, GPtrArray *parts)
{
  AnnCardWidget *card = ANN_CARD_WIDGET (self->storage);
  GtkWidget *bar = ann_share_bar_new (12);
  g_autoptr (GArray) shares = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) colors = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint64 stored = 0, logical = 0;
  gboolean has_texts = FALSE;
  g_autofree char *stored_text = NULL;
  g_autofree char *sum = NULL;
  GtkWidget *label;

  if (parts->len == 0)
    return;

  for (guint i = 0; i < parts->len; i++)
    {
      const Part *part = parts->pdata[i];
      guint32 color = ann_category_color (i) & 0xffffff;
      double share = (double) part->size.stored;

      g_array_append_val (shares, share);
      g_array_append_val (colors, color);
      stored += part->size.stored;
      logical += part->size.logical;
      has_texts |= part->size.has_texts;
    }

  ann_share_bar_set_shares (ANN_SHARE_BAR (bar), shares, colors);
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Stored bytes by element"), -1);
  ann_card_widget_append (card, bar);
  ann_card_widget_append (card, new_legend (parts));

  stored_text = g_format_size (stored);
  if (has_texts)
    sum = g_strdup_printf (_ ("%s in arrays"), stored_text);
  else
    {
      g_autofree char *logical_text = g_format_size (logical);

      sum = g_strdup_printf (_ ("%s stored of %s · ratio %.1f"), stored_text, logical_text,
                             (double) logical / stored);
    }
  label = gtk_label_new (sum);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "numeric");
  ann_card_widget_append (card, label);
}

/* ---- Steps ---- */

typedef enum { STEP_METADATA, STEP_PROBLEMS, STEP_SAMPLES, STEP_BYTES, N_STEPS } Step;

typedef struct {
  AnnData *data;
  AnnProgress *progress;
  Step step;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_object_unref (request->data);
  ann_progress_unref (request->progress);
  g_free (request);
}

static GDestroyNotify
get_free_func (Step step)
{
  return step == STEP_PROBLEMS || step == STEP_BYTES ? (GDestroyNotify) g_ptr_array_unref
                                                     : (GDestroyNotify) ann_overview_free;
}

static void
run_step (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Request *request = task_data;
  GError *error = NULL;
  gpointer result;

  if (request->step == STEP_METADATA)
    result = ann_overview_read (request->data, cancellable, &error);
  else if (request->step == STEP_PROBLEMS)
    result = ann_problems_find (request->data, cancellable, &error);
  else if (request->step == STEP_SAMPLES)
    result = ann_overview_sample (request->data, cancellable, &error);
  else
    result = read_parts (request->data, request->progress, cancellable, &error);

  if (result == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, result, get_free_func (request->step));
}

static void start_step (AnnOverviewPage *self, Step step);

/* Over a network what was not asked for is not worth hundreds of requests. */
static Step
get_n_steps (AnnOverviewPage *self)
{
  return ann_data_get_traffic (self->data) != NULL ? STEP_METADATA + 1 : N_STEPS;
}

static void
on_step (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AnnOverviewPage) self = ann_weak_take (user_data);
  Request *request = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gpointer facts = g_task_propagate_pointer (G_TASK (result), &error);

  if (self != NULL)
    {
      self->n_running--;
      g_clear_pointer (&self->job, ann_job_finish);
      if (facts != NULL && request->step == STEP_BYTES)
        show_parts (self, facts);
      else if (facts != NULL && request->step == STEP_PROBLEMS)
        show_problems (self, facts);
      else if (facts != NULL)
        show_overview (self, facts);
      else if (error != NULL)
        ann_page_report (GTK_WIDGET (self), error);
      if (!g_cancellable_is_cancelled (self->cancellable) && request->step + 1 < get_n_steps (self))
        start_step (self, request->step + 1);
    }

  if (facts != NULL)
    get_free_func (request->step) (facts);
}

static void
start_step (AnnOverviewPage *self, Step step)
{
  const char *const texts[N_STEPS] = { _ ("Reading metadata…"), _ ("Looking for problems…"),
                                       _ ("Sampling values…"), _ ("Adding up stored bytes…") };
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, on_step, ann_weak_new (self));
  Request *request = g_new0 (Request, 1);

  request->data = g_object_ref (self->data);
  request->progress = ann_progress_ref (self->progress);
  request->step = step;
  g_task_set_task_data (task, request, request_free);
  /* After what the user waits for more: the tree and the pages. But before the redraw (120): what
   * comes after it may never come, as long as each frame takes longer than it may.
   */
  g_task_set_priority (task, 110);

  self->n_running++;
  self->job = ann_job_start (GTK_WIDGET (self), texts[step], self->cancellable,
                             step == STEP_BYTES ? self->progress : NULL);
  ann_worker_run_task (task, ANN_LANE_READ, run_step);
}

/* ---- The page ---- */

static void
add_figure (GtkWidget *box, guint64 n, const char *unit)
{
  g_autofree char *count = ann_text_count (n);
  GtkWidget *figure = gtk_label_new (count);
  GtkWidget *label = gtk_label_new (unit);

  gtk_widget_add_css_class (figure, "ann-figure");
  gtk_widget_add_css_class (label, "ann-unit");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_valign (figure, GTK_ALIGN_BASELINE);
  gtk_widget_set_valign (label, GTK_ALIGN_BASELINE);
  gtk_box_append (GTK_BOX (box), figure);
  gtk_box_append (GTK_BOX (box), label);
}

static GtkWidget *
new_header (AnnData *data, const char *place)
{
  GtkWidget *header = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *figures = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  g_autofree char *size = g_format_size (ann_data_get_stored_size (data));
  g_autofree char *text = NULL;
  GtkWidget *label;

  if (ann_data_is_annotated (data))
    {
      guint64 n_obs = ann_data_get_n_obs (data);
      guint64 n_var = ann_data_get_n_var (data);
      GtkWidget *times = gtk_label_new ("×");

      add_figure (figures, n_obs, ngettext ("cell", "cells", (gulong) n_obs));
      gtk_widget_add_css_class (times, "ann-figure");
      gtk_widget_set_valign (times, GTK_ALIGN_BASELINE);
      gtk_widget_set_margin_start (times, 6);
      gtk_widget_set_margin_end (times, 6);
      gtk_box_append (GTK_BOX (figures), times);
      add_figure (figures, n_var, ngettext ("gene", "genes", (gulong) n_var));
    }
  else
    {
      GtkWidget *figure = gtk_label_new (_ ("Not an annotated matrix"));

      gtk_label_set_wrap (GTK_LABEL (figure), TRUE);
      gtk_label_set_xalign (GTK_LABEL (figure), 0);
      gtk_widget_add_css_class (figure, "ann-figure");
      gtk_box_append (GTK_BOX (figures), figure);
    }

  /* Of a folder or an address nobody knows the size without asking for each of its parts. */
  if (ann_data_get_stored_size (data) > 0)
    text = g_strdup_printf (_ ("%s · %s · %s stored"), place, ann_data_get_format (data), size);
  else
    text = g_strdup_printf ("%s · %s", place, ann_data_get_format (data));
  label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_tooltip_text (label, place);

  gtk_box_append (GTK_BOX (header), figures);
  gtk_box_append (GTK_BOX (header), label);

  return header;
}

static GtkWidget *
new_cards (AnnOverviewPage *self)
{
  GtkWidget *columns = ann_columns_new (3, 230, 12);
  const char *const icons[ANN_N_CARDS] = { "ann-matrix-symbolic", "ann-obs-symbolic",
                                           "ann-var-symbolic",    "ann-embedding-symbolic",
                                           "ann-layers-symbolic", "ann-uns-symbolic" };
  const char *const titles[ANN_N_CARDS] = { _ ("Matrix"),         _ ("Cells"),
                                            _ ("Genes"),          _ ("Embeddings"),
                                            _ ("Layers and raw"), _ ("Unstructured") };

  for (guint i = 0; i < ANN_N_CARDS; i++)
    {
      self->cards[i] = ann_card_widget_new (icons[i], titles[i]);
      ann_columns_append (ANN_COLUMNS (columns), self->cards[i]);
    }

  return columns;
}

static void
ann_overview_page_dispose (GObject *object)
{
  AnnOverviewPage *self = ANN_OVERVIEW_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->job, ann_job_finish);
  g_clear_object (&self->data);

  G_OBJECT_CLASS (ann_overview_page_parent_class)->dispose (object);
}

static void
ann_overview_page_finalize (GObject *object)
{
  AnnOverviewPage *self = ANN_OVERVIEW_PAGE (object);

  g_clear_object (&self->cancellable);
  ann_progress_unref (self->progress);

  G_OBJECT_CLASS (ann_overview_page_parent_class)->finalize (object);
}

static void
ann_overview_page_class_init (AnnOverviewPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ann_overview_page_dispose;
  object_class->finalize = ann_overview_page_finalize;
}

static void
ann_overview_page_init (AnnOverviewPage *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *clamp = adw_clamp_new ();

  self->cancellable = g_cancellable_new ();
  self->progress = ann_progress_new ();

  self->content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_add_css_class (self->content, "ann-page");
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 1040);
  adw_clamp_set_tightening_threshold (ADW_CLAMP (clamp), 1040);
  adw_clamp_set_child (ADW_CLAMP (clamp), self->content);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), clamp);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  adw_bin_set_child (ADW_BIN (self), scroller);
}

/**
 * ann_overview_page_new:
 * @data: a store
 * @place: where it is, as people read it
 *
 * Returns: (transfer floating): the page; its facts come while it is shown
 */
GtkWidget *
ann_overview_page_new (AnnData *data, const char *place)
{
  AnnOverviewPage *self = g_object_new (ANN_TYPE_OVERVIEW_PAGE, NULL);
  g_autofree char *bytes = ann_text_count (ann_data_get_stored_size (data));
  g_autofree char *detail = g_strdup_printf (_ ("%s bytes"), bytes);

  self->data = g_object_ref (data);
  self->header = new_header (data, place);
  gtk_widget_set_margin_bottom (self->header, 6);
  gtk_box_append (GTK_BOX (self->content), self->header);
  if (ann_data_is_annotated (data))
    gtk_box_append (GTK_BOX (self->content), new_cards (self));
  self->storage = ann_card_widget_new ("ann-raw-symbolic", _ ("Storage"));
  if (ann_data_get_stored_size (data) > 0)
    ann_card_widget_set_detail (ANN_CARD_WIDGET (self->storage), detail);
  gtk_widget_set_visible (self->storage, ann_data_get_traffic (data) == NULL);
  gtk_box_append (GTK_BOX (self->content), self->storage);
  start_step (self, STEP_METADATA);

  return GTK_WIDGET (self);
}
