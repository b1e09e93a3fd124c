/* ann-document.c: an open store, in a tab
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-document.h"

#include "ann-text.h"
#include "ann-weak.h"
#include "models/ann-history.h"
#include "models/ann-keyring.h"
#include "models/ann-place.h"
#include "models/ann-recents.h"
#include "models/ann-set-parts.h"
#include "models/ann-store-watch.h"
#include "models/ann-tree-item.h"
#include "pages/ann-open-error-page.h"
#include "pages/ann-page.h"
#include "pages/ann-table-page.h"
#include "pages/ann-view-stack.h"
#include "widgets/ann-banner.h"
#include "widgets/ann-element-tree.h"
#include "widgets/ann-job-view.h"
#include "widgets/ann-traffic-view.h"

#include <glib/gi18n.h>
#include <string.h>

#define DEFAULT_SIDEBAR_WIDTH 252
#define MIN_SIDEBAR_WIDTH 180
#define MIN_CONTENT_WIDTH 360

/* From the choice of a row to its page. */
#define SELECT_MS 20

/* With more columns than this obs is not opened by itself: the rest would be out of sight. */
#define MAX_OPEN_COLUMNS 15

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
  AnnTreeItem *root;
  AnnHistory *history;
  char *wanted_page;      /* for the element that is being looked for */
  char *resume_path;      /* what was shown before it was opened again */
  char **resume_expanded; /* and what stood open in the tree */
  gboolean resumes_focus; /* the page, or the tree, had it */
  gboolean resumes_in_tree;
  gboolean is_travelling;
  gboolean wants_filter; /* to go to, on the page that comes */
  gboolean lacks_rows;   /* of the tree */
  gboolean shows_sidebar;
  gboolean shows_inspector;
  int sidebar_width;
  guint select;

  GtkWidget *banner;
  GtkWidget *failure_banner;
  GtkWidget *parts_banner;
  GtkWidget *job_view;
  GtkWidget *paned;
  GtkWidget *tree;
  GtkWidget *views;
};

enum {
  PROP_0,
  PROP_TITLE,
  PROP_SUBTITLE,
  PROP_LOADING,
  PROP_SHOWS_SIDEBAR,
  PROP_SIDEBAR_WIDTH,
  PROP_SHOWS_INSPECTOR,
  N_PROPS
};

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
 * ann_document_get_tree:
 * @self: a document
 *
 * Returns: (transfer none) (nullable): the [class@ElementTree]; %NULL until the store is open
 */
GtkWidget *
ann_document_get_tree (AnnDocument *self)
{
  return self->tree;
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
  return self->views != NULL ? ann_view_stack_get_path (ANN_VIEW_STACK (self->views)) : "";
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
  return self->views != NULL ? ann_view_stack_get_page (ANN_VIEW_STACK (self->views)) : "";
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
  return self->views != NULL ? ann_view_stack_get_page_widget (ANN_VIEW_STACK (self->views)) : NULL;
}

/**
 * ann_document_has_page:
 * @self: a document
 * @page: name of a page
 *
 * Returns: whether what is shown can be shown so; the overview always can
 */
gboolean
ann_document_has_page (AnnDocument *self, const char *page)
{
  if (self->views == NULL)
    return FALSE;

  return g_str_equal (page, "overview")
         || ann_view_stack_has_page (ANN_VIEW_STACK (self->views), page);
}

/* ---- Where we are, and were ---- */

/* Whether there is a filter on the page that is shown; then the keys go there. */
static gboolean
focus_filter_here (AnnDocument *self)
{
  GtkWidget *page = ann_document_get_page_widget (self);

  return page != NULL && ANN_IS_TABLE_PAGE (page)
         && ann_table_page_focus_filter (ANN_TABLE_PAGE (page));
}

/* Notes where we are now, after the user has gone somewhere, or was brought there. */
static void
arrive (AnnDocument *self)
{
  ann_history_arrive (self->history, ann_document_get_path (self), ann_document_get_page (self),
                      !self->is_travelling);
  self->is_travelling = FALSE;
  emit_changed (self);
  /* The overview may be on its way still when obs is asked for. */
  if (self->wants_filter && (focus_filter_here (self) || *ann_document_get_path (self) != '\0'))
    self->wants_filter = FALSE;
}

/* After a reload, whose widgets are all new: to where it was before. */
static void
resume_focus (AnnDocument *self)
{
  if (!self->resumes_focus)
    return;

  self->resumes_focus = FALSE;
  if (self->resumes_in_tree)
    ann_element_tree_focus_rows (ANN_ELEMENT_TREE (self->tree));
  else
    gtk_widget_child_focus (ann_document_get_page_widget (self), GTK_DIR_TAB_FORWARD);
}

static void
show_selected (AnnDocument *self)
{
  AnnTreeItem *item = ann_element_tree_get_selected (ANN_ELEMENT_TREE (self->tree));

  if (item == NULL)
    return;

  ann_view_stack_show (ANN_VIEW_STACK (self->views), item);
  if (self->wanted_page != NULL)
    ann_view_stack_set_page (ANN_VIEW_STACK (self->views), self->wanted_page);
  g_clear_pointer (&self->wanted_page, g_free);
  arrive (self);
  resume_focus (self);
}

static gboolean
on_select (gpointer user_data)
{
  AnnDocument *self = user_data;

  self->select = 0;
  show_selected (self);

  return G_SOURCE_REMOVE;
}

/* A moment later: with the arrow keys one passes many rows, and not each is worth a page. What a
 * store is opened with waits for nothing: else who goes on at once could not come back to it.
 */
static void
on_selected (AnnDocument *self)
{
  if (self->select == 0)
    self->select = g_timeout_add_full (G_PRIORITY_HIGH_IDLE,
                                       ann_history_is_empty (self->history) ? 0 : SELECT_MS,
                                       on_select, self, NULL);
}

/**
 * ann_document_show_page:
 * @self: a document
 * @page: name of a page; does nothing when what is shown has none of that name
 */
void
ann_document_show_page (AnnDocument *self, const char *page)
{
  if (self->views == NULL)
    return;
  if (g_str_equal (page, "overview"))
    ann_element_tree_reveal (ANN_ELEMENT_TREE (self->tree), "");
  else if (ann_view_stack_set_page (ANN_VIEW_STACK (self->views), page))
    arrive (self);
}

/**
 * ann_document_show_element:
 * @self: a document
 * @path: path of an element; empty for the overview
 *
 * Shows it as soon as the groups above it have been listed.
 */
void
ann_document_show_element (AnnDocument *self, const char *path)
{
  if (self->data == NULL)
    return;

  g_clear_pointer (&self->wanted_page, g_free);
  ann_element_tree_reveal (ANN_ELEMENT_TREE (self->tree), path);
}

static void
travel (AnnDocument *self, int step)
{
  const AnnPlace *place = ann_history_go (self->history, step);

  if (place == NULL)
    return;

  self->is_travelling = TRUE;
  g_free (self->wanted_page);
  self->wanted_page = g_strdup (place->page);
  ann_element_tree_reveal (ANN_ELEMENT_TREE (self->tree), place->path);
  emit_changed (self);
}

/**
 * ann_document_can_go_back:
 * @self: a document
 *
 * Returns: whether there is something to go back to
 */
gboolean
ann_document_can_go_back (AnnDocument *self)
{
  return ann_history_can_go (self->history, -1);
}

/**
 * ann_document_can_go_forward:
 * @self: a document
 *
 * Returns: whether one has gone back
 */
gboolean
ann_document_can_go_forward (AnnDocument *self)
{
  return ann_history_can_go (self->history, 1);
}

/**
 * ann_document_go_back:
 * @self: a document
 *
 * Shows what was shown before.
 */
void
ann_document_go_back (AnnDocument *self)
{
  travel (self, -1);
}

/**
 * ann_document_go_forward:
 * @self: a document
 *
 * Undoes ann_document_go_back().
 */
void
ann_document_go_forward (AnnDocument *self)
{
  travel (self, 1);
}

/**
 * ann_document_focus_filter:
 * @self: a document
 *
 * Puts the cursor into the filter of the table that is shown, or else of obs.
 */
void
ann_document_focus_filter (AnnDocument *self)
{
  if (self->views == NULL || focus_filter_here (self))
    return;

  self->wants_filter = TRUE;
  if (g_str_equal (ann_document_get_path (self), "obs")
      || g_str_equal (ann_document_get_path (self), "var"))
    ann_document_show_page (self, "table");
  else
    ann_document_show_element (self, "obs");
}

/**
 * ann_document_search_elements:
 * @self: a document
 *
 * Puts the cursor into the search of the tree.
 */
void
ann_document_search_elements (AnnDocument *self)
{
  if (self->tree == NULL)
    return;

  g_object_set (self, "shows-sidebar", TRUE, NULL);
  ann_element_tree_focus_search (ANN_ELEMENT_TREE (self->tree));
}

/**
 * ann_document_has_inspector:
 * @self: a document
 *
 * Returns: whether the page that is shown has something for the place at its right
 */
gboolean
ann_document_has_inspector (AnnDocument *self)
{
  return ann_page_get_inspector (ann_document_get_page_widget (self)) != NULL;
}

/**
 * ann_document_focus_inspector:
 * @self: a document
 *
 * Shows what stands at the right of the page, and goes there with the keys.
 */
void
ann_document_focus_inspector (AnnDocument *self)
{
  GtkWidget *inspector = NULL;

  g_object_set (self, "shows-inspector", TRUE, NULL);
  if (self->views != NULL)
    inspector = ann_view_stack_get_inspector (ANN_VIEW_STACK (self->views));
  if (inspector != NULL)
    gtk_widget_child_focus (inspector, GTK_DIR_TAB_FORWARD);
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

/**
 * ann_document_make_export:
 * @self: a document with an annotated matrix
 *
 * Returns: (transfer full): what can be exported of it: what is selected, if anything is, else what
 *   a filter leaves, else all
 */
AnnExportRequest *
ann_document_make_export (AnnDocument *self)
{
  AnnExportRequest *request = ann_export_request_new (self->data);
  const gboolean is_var = g_str_has_prefix (ann_document_get_path (self), "var");

  for (guint axis = 0; axis < 2; axis++)
    {
      AnnShownRows *shown = &request->shown[axis];

      ann_view_stack_get_rows (ANN_VIEW_STACK (self->views), (AnnAxis) axis, shown);
      /* Genes that were once selected are taken where they are looked at. */
      if (axis == ANN_AXIS_VAR && !is_var)
        continue;
      request->what[axis] = shown->selected != NULL   ? ANN_EXPORT_SELECTED
                            : shown->filtered != NULL ? ANN_EXPORT_FILTERED
                                                      : ANN_EXPORT_ALL;
    }

  return request;
}

/* ---- An open store ---- */

static void
clear_content (AnnDocument *self)
{
  g_clear_handle_id (&self->select, g_source_remove);
  if (self->root != NULL)
    ann_tree_item_close (self->root);
  self->paned = NULL;
  self->tree = NULL;
  self->views = NULL;
  if (self->job_view != NULL)
    {
      ann_job_view_set_content (ANN_JOB_VIEW (self->job_view), NULL);
      ann_job_view_set_status (ANN_JOB_VIEW (self->job_view), NULL);
    }
  g_clear_object (&self->root);
}

static void
set_subtitle (AnnDocument *self, char *subtitle)
{
  g_free (self->subtitle);
  self->subtitle = subtitle;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SUBTITLE]);
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
on_position (AnnDocument *self)
{
  int position = gtk_paned_get_position (GTK_PANED (self->paned));

  if (position == self->sidebar_width || !self->shows_sidebar)
    return;
  self->sidebar_width = position;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SIDEBAR_WIDTH]);
}

/* Rows are listed once: only another tree has what is missing. */
static void
on_item_failed (AnnDocument *self, const GError *error)
{
  self->lacks_rows = TRUE;
  ann_page_report (GTK_WIDGET (self), error);
}

static void
build_content (AnnDocument *self)
{
  g_autofree char *place = ann_place_dup_text (self->file);
  AnnFrame *obs = ann_data_get_obs (self->data);

  self->root = ann_tree_item_new_root (self->data, _ ("Overview"));
  g_signal_connect_object (self->root, "item-failed", G_CALLBACK (on_item_failed), self,
                           G_CONNECT_SWAPPED);
  self->tree = ann_element_tree_new (self->root);
  gtk_widget_set_size_request (self->tree, MIN_SIDEBAR_WIDTH, -1);
  gtk_widget_set_visible (self->tree, self->shows_sidebar);
  g_signal_connect_object (self->tree, "notify::selected", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);

  self->views = ann_view_stack_new (self->data, place);
  ann_view_stack_set_shows_inspector (ANN_VIEW_STACK (self->views), self->shows_inspector);
  gtk_widget_set_size_request (self->views, MIN_CONTENT_WIDTH, -1);

  self->paned = gtk_paned_new (GTK_ORIENTATION_HORIZONTAL);
  gtk_paned_set_start_child (GTK_PANED (self->paned), self->tree);
  gtk_paned_set_resize_start_child (GTK_PANED (self->paned), FALSE);
  gtk_paned_set_shrink_start_child (GTK_PANED (self->paned), FALSE);
  gtk_paned_set_end_child (GTK_PANED (self->paned), self->views);
  gtk_paned_set_shrink_end_child (GTK_PANED (self->paned), FALSE);
  gtk_paned_set_position (GTK_PANED (self->paned), self->sidebar_width);
  g_signal_connect_object (self->paned, "notify::position", G_CALLBACK (on_position), self,
                           G_CONNECT_SWAPPED);

  ann_job_view_set_content (ANN_JOB_VIEW (self->job_view), self->paned);
  ann_element_tree_reveal (ANN_ELEMENT_TREE (self->tree),
                           self->resume_path != NULL ? self->resume_path : "");
  if (self->resume_expanded != NULL)
    ann_element_tree_restore_expanded (ANN_ELEMENT_TREE (self->tree),
                                       (const char *const *) self->resume_expanded);
  else if (obs != NULL && ann_frame_get_n_columns (obs) <= MAX_OPEN_COLUMNS)
    ann_element_tree_expand (ANN_ELEMENT_TREE (self->tree), "obs");
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
  const gboolean is_located = g_async_result_is_tagged (result, ann_set_parts_open_async);
  g_autoptr (AnnData) data = is_located ? ann_set_parts_open_finish (result, &error)
                                        : ann_data_open_finish (result, &error);

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
      build_content (self);
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
open_address (AnnDocument *self)
{
  if (self->parts_folder != NULL)
    ann_set_parts_open_async (self->address, self->parts_folder, self->cancellable, on_opened,
                              ann_weak_new (self));
  else
    ann_data_open_async (self->address, G_PRIORITY_DEFAULT, self->cancellable, on_opened,
                         ann_weak_new (self));
}

/* Without a keyring one is nobody, which is enough for what is public. */
static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (AnnDocument) self = ann_weak_take (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (AnnSignIn) sign_in = ann_keyring_look_up_finish (result, &error);
  g_autoptr (AnnLocation) location = NULL;

  if (self == NULL || self->cancellable != g_task_get_cancellable (G_TASK (result)))
    return;

  if (error != NULL)
    g_debug ("No sign-in from the keyring: %s", error->message);
  if (sign_in != NULL)
    location = ann_location_parse (self->address, NULL);
  if (location != NULL)
    ann_sign_in_set (location, sign_in);
  open_address (self);
}

/* What was said in this process comes first, then what is in the keyring. */
static gboolean
wants_keyring (AnnLocation *location)
{
  g_autoptr (AnnSignIn) sign_in = ann_sign_in_get (location);

  return ann_location_is_remote (location) && sign_in == NULL
         && !ann_location_is_anonymous (location) && ann_location_get_profile (location) == NULL;
}

static void
open_store (AnnDocument *self)
{
  g_autoptr (AnnLocation) location = ann_location_parse (self->address, NULL);
  g_autofree char *text = g_strdup_printf (_ ("Opening %s…"), self->title);

  self->cancellable = g_cancellable_new ();
  self->job = ann_job_start (GTK_WIDGET (self->job_view), text, self->cancellable, NULL);
  if (location != NULL && wants_keyring (location))
    ann_keyring_look_up_async (location, self->cancellable, on_looked_up, ann_weak_new (self));
  else
    open_address (self);
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
  clear_content (self);
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
  self->lacks_rows = FALSE;
}

static void
keep_focus (AnnDocument *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  self->resumes_focus = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self));
  self->resumes_in_tree = self->resumes_focus && gtk_widget_is_ancestor (focus, self->tree);
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
  if (self->data != NULL)
    {
      g_free (self->resume_path);
      g_free (self->wanted_page);
      self->resume_path = g_strdup (ann_document_get_path (self));
      self->wanted_page = g_strdup (ann_document_get_page (self));
      if (self->resume_path[0] == '\0')
        g_clear_pointer (&self->resume_path, g_free);
      g_strfreev (self->resume_expanded);
      self->resume_expanded = ann_element_tree_list_expanded (ANN_ELEMENT_TREE (self->tree));
      keep_focus (self);
    }
  ann_document_close (self);
  /* One does not go anywhere: what can be gone back to stays. */
  self->is_travelling = !ann_history_is_empty (self->history);
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

/* Where a page cannot read again a part of what it shows, all is opened again. */
static void
retry_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  AnnDocument *self = ANN_DOCUMENT (widget);

  ann_banner_set_revealed (ANN_BANNER (self->failure_banner), FALSE);
  if (self->lacks_rows || !ann_page_retry (ann_document_get_page_widget (self)))
    ann_document_reload (self);
}

/* ---- The widget ---- */

static void
set_shows_sidebar (AnnDocument *self, gboolean shows)
{
  if (self->shows_sidebar == shows)
    return;

  self->shows_sidebar = shows;
  if (self->tree != NULL)
    gtk_widget_set_visible (self->tree, shows);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOWS_SIDEBAR]);
}

static void
set_shows_inspector (AnnDocument *self, gboolean shows)
{
  if (self->shows_inspector == shows)
    return;

  self->shows_inspector = shows;
  if (self->views != NULL)
    ann_view_stack_set_shows_inspector (ANN_VIEW_STACK (self->views), shows);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SHOWS_INSPECTOR]);
}

static void
set_sidebar_width (AnnDocument *self, int width)
{
  if (self->sidebar_width == width)
    return;

  self->sidebar_width = width;
  if (self->paned != NULL)
    gtk_paned_set_position (GTK_PANED (self->paned), width);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SIDEBAR_WIDTH]);
}

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
  ann_history_free (self->history);
  g_free (self->address);
  g_free (self->parts_folder);
  g_free (self->wanted_page);
  g_free (self->resume_path);
  g_strfreev (self->resume_expanded);
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
    case PROP_TITLE:
      g_value_set_string (value, self->title);
      break;
    case PROP_SUBTITLE:
      g_value_set_string (value, self->subtitle);
      break;
    case PROP_LOADING:
      g_value_set_boolean (value, ann_document_is_loading (self));
      break;
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
ann_document_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  AnnDocument *self = ANN_DOCUMENT (object);

  switch (prop_id)
    {
    case PROP_SHOWS_SIDEBAR:
      set_shows_sidebar (self, g_value_get_boolean (value));
      break;
    case PROP_SIDEBAR_WIDTH:
      set_sidebar_width (self, g_value_get_int (value));
      break;
    case PROP_SHOWS_INSPECTOR:
      set_shows_inspector (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ann_document_class_init (AnnDocumentClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags writable = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = ann_document_dispose;
  object_class->finalize = ann_document_finalize;
  object_class->get_property = ann_document_get_property;
  object_class->set_property = ann_document_set_property;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, readable);
  properties[PROP_SUBTITLE] = g_param_spec_string ("subtitle", NULL, NULL, NULL, readable);
  properties[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, readable);
  properties[PROP_SHOWS_SIDEBAR] = g_param_spec_boolean ("shows-sidebar", NULL, NULL, TRUE,
                                                         writable);
  properties[PROP_SIDEBAR_WIDTH] = g_param_spec_int ("sidebar-width", NULL, NULL, 0, G_MAXINT,
                                                     DEFAULT_SIDEBAR_WIDTH, writable);
  properties[PROP_SHOWS_INSPECTOR] = g_param_spec_boolean ("shows-inspector", NULL, NULL, FALSE,
                                                           writable);
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

  self->history = ann_history_new ();
  self->shows_sidebar = TRUE;
  self->sidebar_width = DEFAULT_SIDEBAR_WIDTH;
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
