/* ann-store-view.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "ann-store-view.h"

#include "models/ann-tree-item.h"
#include "pages/ann-page.h"
#include "pages/ann-table-page.h"
#include "pages/ann-view-stack.h"
#include "widgets/ann-element-tree.h"

#include <glib/gi18n.h>

#define MIN_SIDEBAR_WIDTH 180
#define MIN_CONTENT_WIDTH 360

/* A table between two panels is narrow then. */
#define MIN_WIDTH_FOR_BOTH 1100

/* From the choice of a row to its page. */
#define SELECT_MS 20

/* With more columns than this obs is not opened by itself: the rest would be out of sight. */
#define MAX_OPEN_COLUMNS 15

struct _AnnStoreView {
  AdwBin parent_instance;

  AnnData *data;
  AnnTreeItem *root;
  AnnTabLayout *layout;
  AnnStoreViewState *state; /* its path and page: what is looked for */
  gboolean is_travelling;
  gboolean shows_inspector;
  gboolean has_made_room; /* the tree was hidden for the inspector */
  gboolean wants_filter;  /* to go to, on the page that comes */
  gboolean lacks_rows;    /* of the tree */
  guint select;

  GtkWidget *paned;
  GtkWidget *tree;
  GtkWidget *views;
};

enum { CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnnStoreView, ann_store_view, ADW_TYPE_BIN)

/**
 * ann_store_view_state_new:
 *
 * Returns: (transfer full): the state of a store that was not shown yet
 */
AnnStoreViewState *
ann_store_view_state_new (void)
{
  AnnStoreViewState *self = g_new0 (AnnStoreViewState, 1);

  self->history = ann_history_new ();

  return self;
}

/**
 * ann_store_view_state_free:
 * @self: (transfer full): a state
 */
void
ann_store_view_state_free (AnnStoreViewState *self)
{
  ann_history_free (self->history);
  g_free (self->path);
  g_free (self->page);
  g_strfreev (self->expanded);
  g_free (self);
}

/* ---- What is shown ---- */

/**
 * ann_store_view_get_tree:
 * @self: a view
 *
 * Returns: (transfer none): the [class@ElementTree]
 */
GtkWidget *
ann_store_view_get_tree (AnnStoreView *self)
{
  return self->tree;
}

/**
 * ann_store_view_lacks_rows:
 * @self: a view
 *
 * Returns: whether something of the tree could not be listed. Rows are listed once: only another
 *   view has what is missing.
 */
gboolean
ann_store_view_lacks_rows (AnnStoreView *self)
{
  return self->lacks_rows;
}

/**
 * ann_store_view_get_path:
 * @self: a view
 *
 * Returns: (transfer none): path of the element that is shown; empty for the overview
 */
const char *
ann_store_view_get_path (AnnStoreView *self)
{
  return ann_view_stack_get_path (ANN_VIEW_STACK (self->views));
}

/**
 * ann_store_view_get_page:
 * @self: a view
 *
 * Returns: (transfer none): name of the page that is shown
 */
const char *
ann_store_view_get_page (AnnStoreView *self)
{
  return ann_view_stack_get_page (ANN_VIEW_STACK (self->views));
}

/**
 * ann_store_view_get_page_widget:
 * @self: a view
 *
 * Returns: (transfer none) (nullable): the page that is shown
 */
GtkWidget *
ann_store_view_get_page_widget (AnnStoreView *self)
{
  return ann_view_stack_get_page_widget (ANN_VIEW_STACK (self->views));
}

/**
 * ann_store_view_has_page:
 * @self: a view
 * @page: name of a page
 *
 * Returns: whether what is shown can be shown so; the overview always can
 */
gboolean
ann_store_view_has_page (AnnStoreView *self, const char *page)
{
  return g_str_equal (page, "overview")
         || ann_view_stack_has_page (ANN_VIEW_STACK (self->views), page);
}

/* ---- Where we are, and were ---- */

/* Whether there is a filter on the page that is shown; then the keys go there. */
static gboolean
focus_filter_here (AnnStoreView *self)
{
  GtkWidget *page = ann_store_view_get_page_widget (self);

  return page != NULL && ANN_IS_TABLE_PAGE (page)
         && ann_table_page_focus_filter (ANN_TABLE_PAGE (page));
}

/* Who asks for the inspector where there is no room beside the tree has the tree out of the way,
 * until he asks for the tree, or nothing stands in its place any more.
 */
static void
make_room (AnnStoreView *self)
{
  const gboolean shows_inspector = ann_tab_layout_get_shows_inspector (self->layout);
  const gboolean shows_sidebar = ann_tab_layout_get_shows_sidebar (self->layout);
  const gboolean is_there = ann_view_stack_get_inspector (ANN_VIEW_STACK (self->views)) != NULL;
  const int width = gtk_widget_get_width (GTK_WIDGET (self));
  const gboolean is_opened = shows_inspector && !self->shows_inspector;

  self->shows_inspector = shows_inspector;
  if (shows_sidebar)
    {
      self->has_made_room = is_opened && is_there && width > 0 && width < MIN_WIDTH_FOR_BOTH;
      if (self->has_made_room)
        ann_tab_layout_set_shows_sidebar (self->layout, FALSE);
    }
  else if (self->has_made_room && !is_there)
    {
      self->has_made_room = FALSE;
      ann_tab_layout_set_shows_sidebar (self->layout, TRUE);
    }
}

/* Notes where we are now, after the user has gone somewhere, or was brought there. */
static void
arrive (AnnStoreView *self)
{
  const char *path = ann_store_view_get_path (self);

  ann_history_arrive (self->state->history, path, ann_store_view_get_page (self),
                      !self->is_travelling);
  self->is_travelling = FALSE;
  make_room (self);
  gtk_paned_set_position (GTK_PANED (self->paned), ann_tab_layout_get_sidebar_width (self->layout));
  g_signal_emit (self, signals[CHANGED], 0);
  /* The overview may be on its way still when obs is asked for. */
  if (self->wants_filter && (focus_filter_here (self) || *path != '\0'))
    self->wants_filter = FALSE;
}

/* Of a store that was opened anew, whose widgets are all new. */
static void
resume_focus (AnnStoreView *self)
{
  if (!self->state->has_focus)
    return;

  self->state->has_focus = FALSE;
  if (self->state->is_in_tree)
    ann_element_tree_focus_rows (ANN_ELEMENT_TREE (self->tree));
  else
    gtk_widget_child_focus (ann_store_view_get_page_widget (self), GTK_DIR_TAB_FORWARD);
}

static void
show_selected (AnnStoreView *self)
{
  AnnTreeItem *item = ann_element_tree_get_selected (ANN_ELEMENT_TREE (self->tree));

  if (item == NULL)
    return;

  ann_view_stack_show (ANN_VIEW_STACK (self->views), item);
  if (self->state->page != NULL)
    ann_view_stack_set_page (ANN_VIEW_STACK (self->views), self->state->page);
  g_clear_pointer (&self->state->page, g_free);
  arrive (self);
  resume_focus (self);
}

static gboolean
on_select (gpointer user_data)
{
  AnnStoreView *self = user_data;

  self->select = 0;
  show_selected (self);

  return G_SOURCE_REMOVE;
}

/* A moment later: with the arrow keys one passes many rows, and not each is worth a page. What a
 * store is opened with waits for nothing: else who goes on at once could not come back to it.
 */
static void
on_selected (AnnStoreView *self)
{
  if (self->select == 0)
    self->select = g_timeout_add_full (G_PRIORITY_HIGH_IDLE,
                                       ann_history_is_empty (self->state->history) ? 0 : SELECT_MS,
                                       on_select, self, NULL);
}

/**
 * ann_store_view_show_page:
 * @self: a view
 * @page: name of a page; does nothing when what is shown has none of that name
 */
void
ann_store_view_show_page (AnnStoreView *self, const char *page)
{
  if (g_str_equal (page, "overview"))
    ann_element_tree_reveal (ANN_ELEMENT_TREE (self->tree), "");
  else if (ann_view_stack_set_page (ANN_VIEW_STACK (self->views), page))
    arrive (self);
}

/* Shows an element as soon as the groups above it have been listed. */
static void
look_for (AnnStoreView *self, const char *path, const char *page)
{
  g_free (self->state->page);
  self->state->page = g_strdup (page);
  ann_element_tree_reveal (ANN_ELEMENT_TREE (self->tree), path);
}

/**
 * ann_store_view_show_element:
 * @self: a view
 * @path: path of an element; empty for the overview
 *
 * Shows it as soon as the groups above it have been listed.
 */
void
ann_store_view_show_element (AnnStoreView *self, const char *path)
{
  look_for (self, path, NULL);
}

/**
 * ann_store_view_can_go:
 * @self: a view
 * @step: -1 for back, 1 for forward again
 *
 * Returns: whether there is something to go to
 */
gboolean
ann_store_view_can_go (AnnStoreView *self, int step)
{
  return ann_history_can_go (self->state->history, step);
}

/**
 * ann_store_view_go:
 * @self: a view
 * @step: -1 for what was shown before, 1 for what was left by that
 */
void
ann_store_view_go (AnnStoreView *self, int step)
{
  const AnnPlace *place = ann_history_go (self->state->history, step);

  if (place == NULL)
    return;

  self->is_travelling = TRUE;
  look_for (self, place->path, place->page);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * ann_store_view_focus_filter:
 * @self: a view
 *
 * Puts the cursor into the filter of the table that is shown, or else of obs.
 */
void
ann_store_view_focus_filter (AnnStoreView *self)
{
  const char *path = ann_store_view_get_path (self);

  if (focus_filter_here (self))
    return;

  self->wants_filter = TRUE;
  if (g_str_equal (path, "obs") || g_str_equal (path, "var"))
    ann_store_view_show_page (self, "table");
  else
    ann_store_view_show_element (self, "obs");
}

/**
 * ann_store_view_search_elements:
 * @self: a view
 *
 * Puts the cursor into the search of the tree.
 */
void
ann_store_view_search_elements (AnnStoreView *self)
{
  ann_tab_layout_set_shows_sidebar (self->layout, TRUE);
  ann_element_tree_focus_search (ANN_ELEMENT_TREE (self->tree));
}

/**
 * ann_store_view_has_inspector:
 * @self: a view
 *
 * Returns: whether the page that is shown has something for the place at its right
 */
gboolean
ann_store_view_has_inspector (AnnStoreView *self)
{
  return ann_page_get_inspector (ann_store_view_get_page_widget (self)) != NULL;
}

/**
 * ann_store_view_focus_inspector:
 * @self: a view
 *
 * Shows what stands at the right of the page, and goes there with the keys.
 */
void
ann_store_view_focus_inspector (AnnStoreView *self)
{
  GtkWidget *inspector;

  ann_tab_layout_set_shows_inspector (self->layout, TRUE);
  inspector = ann_view_stack_get_inspector (ANN_VIEW_STACK (self->views));
  if (inspector != NULL)
    gtk_widget_child_focus (inspector, GTK_DIR_TAB_FORWARD);
}

/**
 * ann_store_view_make_export:
 * @self: a view of an annotated matrix
 *
 * Returns: (transfer full): what can be exported of it: what is selected, if anything is, else what
 *   a filter leaves, else all
 */
AnnExportRequest *
ann_store_view_make_export (AnnStoreView *self)
{
  AnnExportRequest *request = ann_export_request_new (self->data);
  const gboolean is_var = g_str_has_prefix (ann_store_view_get_path (self), "var");

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

/* ---- The widget ---- */

static void
note_focus (AnnStoreView *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  self->state->has_focus = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self));
  self->state->is_in_tree = self->state->has_focus && gtk_widget_is_ancestor (focus, self->tree);
}

static void
end_work (AnnStoreView *self)
{
  g_clear_handle_id (&self->select, g_source_remove);
  if (self->root != NULL)
    ann_tree_item_close (self->root);
}

/**
 * ann_store_view_close:
 * @self: a view
 *
 * Ends all work for it. It is not used after that.
 *
 * Returns: (transfer full): where the user was
 */
AnnStoreViewState *
ann_store_view_close (AnnStoreView *self)
{
  AnnStoreViewState *state = self->state;
  const char *path = ann_store_view_get_path (self);

  note_focus (self);
  g_free (state->path);
  g_free (state->page);
  g_strfreev (state->expanded);
  state->path = *path != '\0' ? g_strdup (path) : NULL;
  state->page = g_strdup (ann_store_view_get_page (self));
  state->expanded = ann_element_tree_list_expanded (ANN_ELEMENT_TREE (self->tree));
  end_work (self);
  self->state = ann_store_view_state_new ();

  return state;
}

/* While the tree is hidden the position says nothing, and a page that needs the room is not the
 * user who makes the tree narrower.
 */
static void
on_position (AnnStoreView *self)
{
  const int position = gtk_paned_get_position (GTK_PANED (self->paned));
  int max = 0;

  g_object_get (self->paned, "max-position", &max, NULL);
  if (ann_tab_layout_get_shows_sidebar (self->layout)
      && (position < max || position > ann_tab_layout_get_sidebar_width (self->layout)))
    ann_tab_layout_set_sidebar_width (self->layout, position);
}

static void
follow_layout (AnnStoreView *self)
{
  gtk_widget_set_visible (self->tree, ann_tab_layout_get_shows_sidebar (self->layout));
  gtk_paned_set_position (GTK_PANED (self->paned), ann_tab_layout_get_sidebar_width (self->layout));
  ann_view_stack_set_shows_inspector (ANN_VIEW_STACK (self->views),
                                      ann_tab_layout_get_shows_inspector (self->layout));
  make_room (self);
}

static void
on_item_failed (AnnStoreView *self, const GError *error)
{
  self->lacks_rows = TRUE;
  ann_page_report (GTK_WIDGET (self), error);
}

static void
build_tree (AnnStoreView *self)
{
  AnnFrame *obs = ann_data_get_obs (self->data);
  AnnElementTree *tree;

  self->root = ann_tree_item_new_root (self->data, _ ("Overview"));
  g_signal_connect_object (self->root, "item-failed", G_CALLBACK (on_item_failed), self,
                           G_CONNECT_SWAPPED);
  self->tree = ann_element_tree_new (self->root);
  gtk_widget_set_size_request (self->tree, MIN_SIDEBAR_WIDTH, -1);
  g_signal_connect_object (self->tree, "notify::selected", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);

  tree = ANN_ELEMENT_TREE (self->tree);
  ann_element_tree_reveal (tree, self->state->path != NULL ? self->state->path : "");
  if (self->state->expanded != NULL)
    ann_element_tree_restore_expanded (tree, (const char *const *) self->state->expanded);
  else if (obs != NULL && ann_frame_get_n_columns (obs) <= MAX_OPEN_COLUMNS)
    ann_element_tree_expand (tree, "obs");
}

static void
ann_store_view_dispose (GObject *object)
{
  end_work (ANN_STORE_VIEW (object));

  G_OBJECT_CLASS (ann_store_view_parent_class)->dispose (object);
}

static void
ann_store_view_finalize (GObject *object)
{
  AnnStoreView *self = ANN_STORE_VIEW (object);

  g_clear_object (&self->root);
  g_clear_object (&self->data);
  g_clear_object (&self->layout);
  ann_store_view_state_free (self->state);

  G_OBJECT_CLASS (ann_store_view_parent_class)->finalize (object);
}

static void
ann_store_view_class_init (AnnStoreViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ann_store_view_dispose;
  object_class->finalize = ann_store_view_finalize;

  /* What is shown, what can be gone back to. */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
ann_store_view_init (AnnStoreView *self)
{
}

/**
 * ann_store_view_new:
 * @data: a store
 * @place: where it is, for people
 * @layout: how it is divided
 * @state: (transfer full): what is shown of it first
 *
 * Returns: (transfer floating): the view
 */
GtkWidget *
ann_store_view_new (AnnData *data,
                    const char *place,
                    AnnTabLayout *layout,
                    AnnStoreViewState *state)
{
  AnnStoreView *self = g_object_new (ANN_TYPE_STORE_VIEW, NULL);

  self->data = g_object_ref (data);
  self->layout = g_object_ref (layout);
  self->state = state;
  /* One does not go anywhere: what can be gone back to stays. */
  self->is_travelling = !ann_history_is_empty (state->history);
  self->views = ann_view_stack_new (data, place);
  gtk_widget_set_size_request (self->views, MIN_CONTENT_WIDTH, -1);
  build_tree (self);

  self->paned = gtk_paned_new (GTK_ORIENTATION_HORIZONTAL);
  gtk_paned_set_start_child (GTK_PANED (self->paned), self->tree);
  gtk_paned_set_resize_start_child (GTK_PANED (self->paned), FALSE);
  gtk_paned_set_shrink_start_child (GTK_PANED (self->paned), FALSE);
  gtk_paned_set_end_child (GTK_PANED (self->paned), self->views);
  gtk_paned_set_shrink_end_child (GTK_PANED (self->paned), FALSE);
  self->shows_inspector = ann_tab_layout_get_shows_inspector (layout);
  follow_layout (self);
  g_signal_connect_object (layout, "changed", G_CALLBACK (follow_layout), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->paned, "notify::position", G_CALLBACK (on_position), self,
                           G_CONNECT_SWAPPED);
  adw_bin_set_child (ADW_BIN (self), self->paned);

  return GTK_WIDGET (self);
}
