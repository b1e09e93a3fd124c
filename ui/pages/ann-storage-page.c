/* ann-storage-page.c: how an element lies in its store
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "pages/ann-storage-page.h"

#include "ann-text.h"
#include "ann-weak.h"
#include "models/ann-storage-facts.h"
#include "pages/ann-page.h"
#include "widgets/ann-columns.h"
#include "widgets/ann-job.h"
#include "widgets/ann-property-row.h"

#include <glib/gi18n.h>
#include <string.h>

struct _AnnStoragePage {
  AdwBin parent_instance;

  AnnData *data;
  AnnElement *element;
  GCancellable *cancellable;
  AnnProgress *progress;
  AnnJob *job;

  GtkWidget *tools;
  GtkWidget *left;
  GtkWidget *right;
  GtkWidget *group; /* what the element is */
  GtkWidget *logical;
  GtkWidget *stored;
  GtkWidget *ratio;
  GtkWidget *share;
};

static void page_init (AnnPageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AnnStoragePage,
                               ann_storage_page,
                               ADW_TYPE_BIN,
                               G_IMPLEMENT_INTERFACE (ANN_TYPE_PAGE, page_init))

static GtkWidget *
add_group (GtkWidget *column, const char *title)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  gtk_box_append (GTK_BOX (column), group);

  return group;
}

static GtkWidget *
add_row (GtkWidget *group, const char *key, const char *value)
{
  GtkWidget *row = ann_property_row_new (key, value);

  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);

  return row;
}

static void
add_element_group (AnnStoragePage *self)
{
  GtkWidget *group = add_group (self->left, _ ("Element"));
  g_autofree char *path = ann_text_element_path (self->element);
  g_autofree char *encoding = ann_text_element_encoding (self->element);
  g_autofree char *type = ann_text_element_type (self->element);
  guint rank = ann_element_get_rank (self->element);

  self->group = group;
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group),
                             ann_property_row_new_path (_ ("Path"), path));
  add_row (group, _ ("Encoding"), encoding);
  add_row (group, _ ("Type"), type);
  if (rank > 0)
    {
      g_autofree char *shape = ann_text_shape (rank, ann_element_get_shape (self->element));

      add_row (group, _ ("Shape"), shape);
    }
  if (ANN_IS_SPARSE (self->element)
      && ann_sparse_get_n_stored (ANN_SPARSE (self->element)) != G_MAXUINT64)
    {
      g_autofree char *n_stored = ann_text_count (
          ann_sparse_get_n_stored (ANN_SPARSE (self->element)));

      add_row (group, _ ("Stored values"), n_stored);
    }
}

static void
add_bytes_group (AnnStoragePage *self)
{
  GtkWidget *group = add_group (self->right, _ ("Bytes"));

  self->logical = add_row (group, _ ("Logical"), "…");
  self->stored = add_row (group, _ ("Stored"), "…");
  self->ratio = add_row (group, _ ("Ratio"), "…");
  self->share = add_row (group, _ ("Share of file"), "…");
}

static void
add_attributes_group (AnnStoragePage *self, const AnnStorageFacts *facts)
{
  GtkWidget *group = add_group (self->left, _ ("Attributes"));

  if (facts->attributes_trouble != NULL)
    add_row (group, _ ("Cannot be read"), facts->attributes_trouble);
  else if (facts->attributes->len == 0)
    add_row (group, _ ("No attributes"), "");

  for (guint i = 0; i + 1 < facts->attributes->len; i += 2)
    add_row (group, facts->attributes->pdata[i], facts->attributes->pdata[i + 1]);
}

static void
add_layout_group (AnnStoragePage *self, const AnnStorageArray *array, gboolean is_only)
{
  const char *slash = strrchr (array->path, '/');
  g_autofree char *title = NULL;
  GtkWidget *group;

  /* A sparse matrix has three: each under the name that it has in the store. */
  title = is_only ? g_strdup (_ ("Layout"))
                  : g_strdup_printf (_ ("Layout of %s"), slash != NULL ? slash + 1 : array->path);
  group = add_group (self->right, title);
  if (!is_only)
    add_row (group, _ ("Shape"), array->shape);
  add_row (group, _ ("Stored type"), array->type);
  if (array->chunks != NULL)
    add_row (group, _ ("Chunks"), array->chunks);
  else
    add_row (group, _ ("Stored"), array->layout);
  add_row (group, _ ("Filters"), array->filters);
}

static void
read_facts (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;
  AnnStorageFacts *facts = ann_storage_facts_read (task_data, cancellable, &error);

  if (facts != NULL)
    g_task_return_pointer (task, facts, (GDestroyNotify) ann_storage_facts_free);
  else
    g_task_return_error (task, error);
}

static void
on_facts (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AnnStoragePage) self = ann_weak_take (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnStorageFacts) facts = g_task_propagate_pointer (G_TASK (result), &error);

  if (self == NULL)
    return;
  if (facts == NULL)
    {
      ann_page_report (GTK_WIDGET (self), error);
      return;
    }

  for (guint i = 0; i < facts->arrays->len; i++)
    add_layout_group (self, facts->arrays->pdata[i], facts->arrays->len == 1);
  if (facts->link != NULL)
    add_row (self->group, _ ("Link"), facts->link);
  add_attributes_group (self, facts);
}

typedef struct {
  AnnElement *element;
  AnnProgress *progress;
} SizeRequest;

static void
size_request_free (gpointer data)
{
  SizeRequest *request = data;

  g_object_unref (request->element);
  ann_progress_unref (request->progress);
  g_free (request);
}

static void
read_size (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  SizeRequest *request = task_data;
  g_autofree AnnStorageSize *size = g_new0 (AnnStorageSize, 1);
  GError *error = NULL;

  if (ann_storage_size_add (size, request->element, request->progress, cancellable, &error))
    g_task_return_pointer (task, g_steal_pointer (&size), g_free);
  else
    g_task_return_error (task, error);
}

static void
set_row (GtkWidget *row, const char *value)
{
  ann_property_row_set_value (ANN_PROPERTY_ROW (row), value);
}

static void
show_size (AnnStoragePage *self, const AnnStorageSize *size)
{
  g_autofree char *logical = ann_text_count (size->logical);
  g_autofree char *stored = ann_text_count (size->stored);
  guint64 file_size = ann_data_get_stored_size (self->data);

  if (size->has_texts && size->logical == 0)
    set_row (self->logical, _ ("texts of any length"));
  else if (size->has_texts)
    {
      g_autofree char *text = g_strdup_printf (_ ("%s and texts"), logical);

      set_row (self->logical, text);
    }
  else
    set_row (self->logical, logical);

  if (size->n_unknown > 0 && size->n_unknown == size->n_arrays)
    set_row (self->stored, _ ("not known"));
  else
    set_row (self->stored, stored);

  gtk_widget_set_visible (self->ratio,
                          size->stored > 0 && !size->has_texts && size->n_unknown == 0);
  if (size->stored > 0)
    {
      g_autofree char *ratio = g_strdup_printf ("%.2f", (double) size->logical / size->stored);

      set_row (self->ratio, ratio);
    }

  gtk_widget_set_visible (self->share, file_size > 0 && size->n_unknown == 0);
  if (file_size > 0)
    {
      g_autofree char *share = ann_text_percent (MIN (1, (double) size->stored / file_size));

      set_row (self->share, share);
    }
}

static void
on_size (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AnnStoragePage) self = ann_weak_take (user_data);
  g_autoptr (GError) error = NULL;
  g_autofree AnnStorageSize *size = g_task_propagate_pointer (G_TASK (result), &error);

  if (self == NULL)
    return;

  g_clear_pointer (&self->job, ann_job_finish);
  if (size != NULL)
    {
      show_size (self, size);
      return;
    }

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      set_row (self->logical, _ ("cancelled"));
      set_row (self->stored, _ ("cancelled"));
    }
  else
    {
      set_row (self->logical, _ ("not known"));
      set_row (self->stored, _ ("not known"));
      ann_page_report (GTK_WIDGET (self), error);
    }
  gtk_widget_set_visible (self->ratio, FALSE);
  gtk_widget_set_visible (self->share, FALSE);
}

static void
start (AnnStoragePage *self)
{
  g_autoptr (GTask) facts = g_task_new (NULL, self->cancellable, on_facts, ann_weak_new (self));
  g_autoptr (GTask) size = g_task_new (NULL, self->cancellable, on_size, ann_weak_new (self));
  SizeRequest *request = g_new0 (SizeRequest, 1);
  g_autofree char *text = NULL;

  g_task_set_task_data (facts, g_object_ref (self->element), g_object_unref);
  ann_worker_run_task (facts, ANN_LANE_READ, read_facts);

  request->element = g_object_ref (self->element);
  request->progress = ann_progress_ref (self->progress);
  g_task_set_task_data (size, request, size_request_free);
  text = g_strdup_printf (_ ("Adding up the stored bytes of %s…"),
                          ann_element_get_path (self->element));
  self->job = ann_job_start (GTK_WIDGET (self), text, self->cancellable, self->progress);
  ann_worker_run_task (size, ANN_LANE_READ, read_size);
}

static GtkWidget *
get_tools (AnnPage *page)
{
  return ANN_STORAGE_PAGE (page)->tools;
}

static void
page_init (AnnPageInterface *iface)
{
  iface->get_tools = get_tools;
}

static void
ann_storage_page_dispose (GObject *object)
{
  AnnStoragePage *self = ANN_STORAGE_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->job, ann_job_finish);
  g_clear_pointer (&self->progress, ann_progress_unref);
  g_clear_object (&self->tools);
  g_clear_object (&self->element);
  g_clear_object (&self->data);

  G_OBJECT_CLASS (ann_storage_page_parent_class)->dispose (object);
}

static void
ann_storage_page_finalize (GObject *object)
{
  g_clear_object (&ANN_STORAGE_PAGE (object)->cancellable);

  G_OBJECT_CLASS (ann_storage_page_parent_class)->finalize (object);
}

static void
ann_storage_page_class_init (AnnStoragePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ann_storage_page_dispose;
  object_class->finalize = ann_storage_page_finalize;
}

static void
ann_storage_page_init (AnnStoragePage *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *columns = ann_columns_new (2, 320, 24);
  GtkWidget *copy = gtk_button_new_with_mnemonic (_ ("Copy _Path"));

  self->cancellable = g_cancellable_new ();
  self->progress = ann_progress_new ();

  gtk_actionable_set_action_name (GTK_ACTIONABLE (copy), "win.copy-path");
  gtk_widget_set_halign (copy, GTK_ALIGN_END);
  self->tools = g_object_ref_sink (copy);

  self->left = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  self->right = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  ann_columns_append (ANN_COLUMNS (columns), self->left);
  ann_columns_append (ANN_COLUMNS (columns), self->right);
  gtk_widget_add_css_class (columns, "ann-page");

  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 980);
  adw_clamp_set_tightening_threshold (ADW_CLAMP (clamp), 980);
  adw_clamp_set_child (ADW_CLAMP (clamp), columns);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), clamp);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  adw_bin_set_child (ADW_BIN (self), scroller);
}

/**
 * ann_storage_page_new:
 * @data: a store
 * @element: an element of it, in any state
 *
 * Returns: (transfer floating): a page that says how the element is stored
 */
GtkWidget *
ann_storage_page_new (AnnData *data, AnnElement *element)
{
  AnnStoragePage *self = g_object_new (ANN_TYPE_STORAGE_PAGE, NULL);

  self->data = g_object_ref (data);
  self->element = g_object_ref (element);
  add_element_group (self);
  add_bytes_group (self);
  start (self);

  return GTK_WIDGET (self);
}
