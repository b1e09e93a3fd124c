/* ann-document.c: an open store, in a tab
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-document.h"

#include "ann-text.h"
#include "ann-weak.h"
#include "models/ann-opening.h"
#include "models/ann-place.h"
#include "models/ann-recents.h"
#include "models/ann-set-parts.h"
#include "models/ann-store-watch.h"
#include "pages/ann-open-error-page.h"
#include "pages/ann-page.h"
#include "widgets/ann-banner.h"
#include "widgets/ann-job-view.h"
#include "widgets/ann-traffic-view.h"

#include <glib/gi18n.h>

struct _AnnDocument {
  AdwBin parent_instance;

  GFile *file;
  char *address;      /* as it was given: with what is not to be shown of it */
  char *parts_folder; /* where parts of a set are looked for */
  char *title;
  char *subtitle;
  AnnData *data;
  AnnStoreWatch *watch;
  GError *error;
  GCancellable *cancellable; /* of the opening */
  AnnJob *job;
  AnnStoreViewState *state; /* what is shown first; NULL while there is a view */
  AnnTabLayout *layout;

  GtkWidget *banner;
  GtkWidget *failure_banner;
  GtkWidget *parts_banner;
  GtkWidget *job_view;
  GtkWidget *view; /* of the open store */
};

enum { PROP_0, PROP_LOADING, N_PROPS };

enum { CHANGED, N_SIGNALS };

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnnDocument, ann_document, ADW_TYPE_BIN)

static void
emit_changed (AnnDocument *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

/* ---- Getters ---- */

/**
 * ann_document_get_file:
 * @self: a document
 *
 * Returns: (transfer none): where the store is
 */
GFile *
ann_document_get_file (AnnDocument *self)
{
  return self->file;
}

/**
 * ann_document_is_remote:
 * @self: a document
 *
 * Returns: whether the store is reached by a network
 */
gboolean
ann_document_is_remote (AnnDocument *self)
{
  return ann_place_is_remote (self->file);
}

/**
 * ann_document_get_data:
 * @self: a document
 *
 * Returns: (transfer none) (nullable): the store; %NULL until it is open
 */
AnnData *
ann_document_get_data (AnnDocument *self)
{
  return self->data;
}

/**
 * ann_document_get_title:
 * @self: a document
 *
 * Returns: (transfer none): the name of the store
 */
const char *
ann_document_get_title (AnnDocument *self)
{
  return self->title;
}

/**
 * ann_document_get_subtitle:
 * @self: a document
 *
 * Returns: (transfer none): its shape in words; empty until it is known
 */
const char *
ann_document_get_subtitle (AnnDocument *self)
{
  return self->subtitle;
}

/**
 * ann_document_is_loading:
 * @self: a document
 *
 * Returns: whether the store is being opened
 */
gboolean
ann_document_is_loading (AnnDocument *self)
{
  return self->cancellable != NULL;
}

/**
 * ann_document_get_error:
 * @self: a document
 *
 * Returns: (transfer none) (nullable): why the store could not be opened
 */
const GError *
ann_document_get_error (AnnDocument *self)
{
  return self->error;
}

/**
 * ann_document_get_layout:
 * @self: a document
 *
 * Returns: (transfer none): how its tab is divided
 */
AnnTabLayout *
ann_document_get_layout (AnnDocument *self)
{
  return self->layout;
}

/**
 * ann_document_get_view:
 * @self: a document
 *
 * Returns: (transfer none) (nullable): what is shown of the store; %NULL until it is open
 */
AnnStoreView *
ann_document_get_view (AnnDocument *self)
{
  return self->view != NULL ? ANN_STORE_VIEW (self->view) : NULL;
}

/**
 * ann_document_get_path:
 * @self: a document
 *
 * Returns: (transfer none): path of the element that is shown; empty for the overview
 */
const char *
ann_document_get_path (AnnDocument *self)
{
  return self->view != NULL ? ann_store_view_get_path (ANN_STORE_VIEW (self->view)) : "";
}

/**
 * ann_document_get_page:
 * @self: a document
 *
 * Returns: (transfer none): name of the page that is shown; empty until the store is open
 */
const char *
ann_document_get_page (AnnDocument *self)
{
  return self->view != NULL ? ann_store_view_get_page (ANN_STORE_VIEW (self->view)) : "";
}

/**
 * ann_document_get_page_widget:
 * @self: a document
 *
 * Returns: (transfer none) (nullable): the page that is shown
 */
GtkWidget *
ann_document_get_page_widget (AnnDocument *self)
{
  return self->view != NULL ? ann_store_view_get_page_widget (ANN_STORE_VIEW (self->view)) : NULL;
}

/**
 * ann_document_cancel:
 * @self: a document
 *
 * Ends what is shown as going on.
 *
 * Returns: whether there was something
 */
gboolean
ann_document_cancel (AnnDocument *self)
{
  return ann_job_view_cancel (ANN_JOB_VIEW (self->job_view))
         || ann_page_cancel (ann_document_get_page_widget (self));
}

/* ---- An open store ---- */

static void
clear_view (AnnDocument *self)
{
  if (self->view != NULL)
    self->state = ann_store_view_close (ANN_STORE_VIEW (self->view));
  self->view = NULL;
  if (self->job_view != NULL)
    {
      ann_job_view_set_content (ANN_JOB_VIEW (self->job_view), NULL);
      ann_job_view_set_status (ANN_JOB_VIEW (self->job_view), NULL);
    }
}

static void
set_subtitle (AnnDocument *self, char *subtitle)
{
  g_free (self->subtitle);
  self->subtitle = subtitle;
}

static char *
describe_shape (AnnData *data)
{
  g_autofree char *n_obs = ann_text_count (ann_data_get_n_obs (data));
  g_autofree char *n_var = ann_text_count (ann_data_get_n_var (data));

  if (!ann_data_is_annotated (data))
    return g_strdup (ann_data_get_format (data));

  return g_strdup_printf (_ ("%s cells × %s genes"), n_obs, n_var);
}

/* Its shape, and of an address the host. */
static char *
describe (AnnDocument *self)
{
  g_autofree char *shape = describe_shape (self->data);
  g_autofree char *host = ann_place_dup_host (self->file);

  return host != NULL ? g_strdup_printf ("%s · %s", shape, host) : g_steal_pointer (&shape);
}

static void
build_view (AnnDocument *self)
{
  g_autofree char *place = ann_place_dup_text (self->file);

  self->view = ann_store_view_new (self->data, place, self->layout, g_steal_pointer (&self->state));
  g_signal_connect_object (self->view, "changed", G_CALLBACK (emit_changed), self,
                           G_CONNECT_SWAPPED);
  ann_job_view_set_content (ANN_JOB_VIEW (self->job_view), self->view);
}

/* ---- Opening ---- */

static void
on_store_changed (AnnDocument *self)
{
  ann_banner_set_revealed (ANN_BANNER (self->banner), TRUE);
}

/* Of an address nobody tells that it has changed, and asking costs requests: what is read says so.
 */
static void
watch (AnnDocument *self)
{
  AnnTraffic *traffic = ann_data_get_traffic (self->data);

  if (!ann_document_is_remote (self))
    {
      self->watch = ann_store_watch_new (self->data, self->file);
      g_signal_connect_object (self->watch, "changed", G_CALLBACK (on_store_changed), self,
                               G_CONNECT_SWAPPED);
    }
  else if (traffic != NULL)
    ann_job_view_set_status (ANN_JOB_VIEW (self->job_view), ann_traffic_view_new (traffic));
}

static void
show_missing_parts (AnnDocument *self)
{
  g_autofree char *text = ann_set_parts_describe_missing (self->data);

  if (text != NULL)
    ann_banner_set_text (ANN_BANNER (self->parts_banner), text);
  ann_banner_set_revealed (ANN_BANNER (self->parts_banner), text != NULL);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AnnDocument) self = ann_weak_take (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnData) data = ann_opening_start_finish (result, &error);

  /* Closed meanwhile, or opened anew; what was opened goes with the last reference. */
  if (self == NULL || self->cancellable != g_task_get_cancellable (G_TASK (result)))
    return;

  g_clear_pointer (&self->job, ann_job_finish);
  g_clear_object (&self->cancellable);
  if (data != NULL)
    {
      self->data = g_steal_pointer (&data);
      watch (self);
      set_subtitle (self, describe (self));
      build_view (self);
      show_missing_parts (self);
      ann_recents_add (ann_recents_get_default (), self->file, self->data);
    }
  else
    {
      g_autofree char *place = ann_place_dup_text (self->file);

      self->error = g_steal_pointer (&error);
      ann_job_view_set_content (
          ANN_JOB_VIEW (self->job_view),
          ann_open_error_page_new (self->title, place, ann_document_is_remote (self), self->error));
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
  emit_changed (self);
}

static void
open_store (AnnDocument *self)
{
  g_autofree char *text = g_strdup_printf (_ ("Opening %s…"), self->title);

  self->cancellable = g_cancellable_new ();
  self->job = ann_job_start (GTK_WIDGET (self->job_view), text, self->cancellable, NULL);
  ann_opening_start_async (self->address, self->parts_folder, self->cancellable, on_opened,
                           ann_weak_new (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

/**
 * ann_document_close:
 * @self: a document
 *
 * Ends all work for it and lets go of the store.
 */
void
ann_document_close (AnnDocument *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->job, ann_job_finish);
  g_clear_object (&self->cancellable);
  clear_view (self);
  if (self->watch != NULL)
    ann_store_watch_stop (self->watch);
  g_clear_object (&self->watch);
  if (self->banner != NULL)
    {
      ann_banner_set_revealed (ANN_BANNER (self->banner), FALSE);
      ann_banner_set_revealed (ANN_BANNER (self->failure_banner), FALSE);
      ann_banner_set_revealed (ANN_BANNER (self->parts_banner), FALSE);
    }
  g_clear_object (&self->data);
  g_clear_error (&self->error);
}

/**
 * ann_document_reload:
 * @self: a document
 *
 * Opens the store again, and shows what was shown if it is still there.
 */
void
ann_document_reload (AnnDocument *self)
{
  ann_document_close (self);
  set_subtitle (self, g_strdup (""));
  open_store (self);
  emit_changed (self);
}

/**
 * ann_document_locate_parts:
 * @self: a document
 * @folder: in which parts of the set are that were not found
 *
 * Opens it again. The folder is written nowhere.
 */
void
ann_document_locate_parts (AnnDocument *self, GFile *folder)
{
  g_free (self->parts_folder);
  self->parts_folder = g_file_get_path (folder);
  ann_document_reload (self);
}

/* ---- What could not be read ---- */

static void
report_failure_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnDocument *self = ANN_DOCUMENT (widget);

  ann_banner_set_text (ANN_BANNER (self->failure_banner), g_variant_get_string (parameter, NULL));
  ann_banner_set_revealed (ANN_BANNER (self->failure_banner), TRUE);
}

static void
report_change_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  on_store_changed (ANN_DOCUMENT (widget));
}

/* Where a page cannot read again a part of what it shows, all is opened again; so it is when the
 * store has changed, for whoever has it open can read no more of it.
 */
static void
retry_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnDocument *self = ANN_DOCUMENT (widget);

  ann_banner_set_revealed (ANN_BANNER (self->failure_banner), FALSE);
  if (self->view == NULL || ann_banner_get_revealed (ANN_BANNER (self->banner))
      || ann_store_view_lacks_rows (ANN_STORE_VIEW (self->view))
      || !ann_page_retry (ann_document_get_page_widget (self)))
    ann_document_reload (self);
}

/* ---- The widget ---- */

static void
ann_document_dispose (GObject *object)
{
  AnnDocument *self = ANN_DOCUMENT (object);

  ann_document_close (self);
  self->job_view = NULL;
  self->banner = NULL;
  self->failure_banner = NULL;
  self->parts_banner = NULL;

  G_OBJECT_CLASS (ann_document_parent_class)->dispose (object);
}

static void
ann_document_finalize (GObject *object)
{
  AnnDocument *self = ANN_DOCUMENT (object);

  g_clear_object (&self->file);
  g_clear_object (&self->layout);
  g_clear_pointer (&self->state, ann_store_view_state_free);
  g_free (self->address);
  g_free (self->parts_folder);
  g_free (self->title);
  g_free (self->subtitle);

  G_OBJECT_CLASS (ann_document_parent_class)->finalize (object);
}

static void
ann_document_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  AnnDocument *self = ANN_DOCUMENT (object);

  switch (prop_id)
    {
    case PROP_LOADING:
      g_value_set_boolean (value, ann_document_is_loading (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ann_document_class_init (AnnDocumentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ann_document_dispose;
  object_class->finalize = ann_document_finalize;
  object_class->get_property = ann_document_get_property;

  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE,
                                                   G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), ANN_PAGE_REPORT_FAILURE, "s",
                                   report_failure_action);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), ANN_PAGE_REPORT_CHANGE, NULL,
                                   report_change_action);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "pages.retry", NULL, retry_action);

  /* Something that the window's actions depend on: what is shown, what can be gone back to. */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
ann_document_init (AnnDocument *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->state = ann_store_view_state_new ();
  self->layout = ann_tab_layout_new ();
  g_signal_connect_object (self->layout, "changed", G_CALLBACK (emit_changed), self,
                           G_CONNECT_SWAPPED);
  self->subtitle = g_strdup ("");
  self->job_view = ann_job_view_new ();
  gtk_widget_set_vexpand (self->job_view, TRUE);
  self->banner = ann_banner_new (
      _ ("The store was changed by another program. What is shown may not "
         "be what is in it now."),
      _ ("_Reload"), "win.reload");
  gtk_widget_set_name (self->banner, "changed-banner");
  self->failure_banner = ann_banner_new ("", _ ("_Retry"), "pages.retry");
  gtk_widget_set_name (self->failure_banner, "failure-banner");
  self->parts_banner = ann_banner_new ("", _ ("_Locate…"), "win.locate-parts");
  gtk_widget_set_name (self->parts_banner, "parts-banner");
  gtk_box_append (GTK_BOX (box), self->banner);
  gtk_box_append (GTK_BOX (box), self->parts_banner);
  gtk_box_append (GTK_BOX (box), self->failure_banner);
  gtk_box_append (GTK_BOX (box), self->job_view);
  adw_bin_set_child (ADW_BIN (self), box);
}

/**
 * ann_document_new:
 * @file: where a store is
 *
 * Begins to open it.
 *
 * Returns: (transfer floating): the document
 */
GtkWidget *
ann_document_new (GFile *file)
{
  AnnDocument *self = g_object_new (ANN_TYPE_DOCUMENT, NULL);

  self->file = ann_place_normalize (file);
  self->address = ann_place_dup_address (file);
  self->title = ann_place_dup_name (self->file);
  open_store (self);

  return GTK_WIDGET (self);
}
