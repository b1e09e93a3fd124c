/* ann-tree-item.c: an element as a row of the tree
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-tree-item.h"

#include "ann-text.h"

#include <glib/gi18n.h>
#include <string.h>

/* A worker opens children and hands them over in batches. */
#define BATCH_LENGTH 256
#define BATCH_US 20000

/* A list view makes widgets for some 200 rows, seen or not, as soon as it has them, and then lays
 * all of them out in one frame, which takes longer than a frame may. So the first rows come a few
 * a frame; those after them cost nothing until they are scrolled to.
 */
#define N_FIRST_ROWS 250
#define N_ROWS_A_FRAME 24
#define FRAME_MS 16

/* Before the redraw (120): what comes after it may never come, as long as each frame takes longer
 * than it may.
 */
#define BATCH_PRIORITY 110

/* A search walks the whole tree; this many rows of it. */
#define MAX_ITEMS 200000

/* What all rows of a tree share. Main thread only, but for the cancellable and the last unref,
 * which may be that of a worker.
 */
typedef struct {
  GCancellable *cancellable;
  AnnTreeItem *root; /* not owned; NULL once it is gone */
  guint n_items;
  guint n_loading;
  gboolean loads_all;
} Tree;

typedef enum {
  STATE_NEW,
  STATE_LOADING,
  STATE_LOADED,
} State;

struct _AnnTreeItem {
  GObject parent_instance;

  Tree *tree;
  AnnTreeItem *parent; /* not owned: a parent outlives its children, see dispose */
  AnnElement *element; /* NULL for the row that is no element */
  char *name;
  char *folded_name;
  char *badge;
  char *trouble;
  GListStore *children; /* NULL for a leaf */
  char **listing;       /* names of the children, when known before they are asked for */
  State state;
  GQueue pending;     /* of Batch, that have not become rows yet */
  guint source;       /* comes for them */
  gboolean is_listed; /* no batch is to come */
};

enum { PROP_0, PROP_BADGE, PROP_TROUBLE, N_PROPS };

enum { LOADED, FAILED, N_SIGNALS };

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnnTreeItem, ann_tree_item, G_TYPE_OBJECT)

static Tree *
tree_new (AnnTreeItem *root)
{
  Tree *tree = g_atomic_rc_box_new0 (Tree);

  tree->cancellable = g_cancellable_new ();
  tree->root = root;

  return tree;
}

static void
tree_clear (gpointer data)
{
  Tree *tree = data;

  g_object_unref (tree->cancellable);
}

static void
tree_unref (Tree *tree)
{
  g_atomic_rc_box_release_full (tree, tree_clear);
}

static gboolean
has_children (AnnElement *element)
{
  if (ann_element_get_state (element) != ANN_ELEMENT_OK)
    return FALSE;

  switch (ann_element_get_kind (element))
    {
    case ANN_ELEMENT_ANNDATA:
    case ANN_ELEMENT_RAW:
    case ANN_ELEMENT_MAPPING:
    case ANN_ELEMENT_FRAME:
      return TRUE;

    case ANN_ELEMENT_DENSE:
    case ANN_ELEMENT_CSR:
    case ANN_ELEMENT_CSC:
    case ANN_ELEMENT_CATEGORICAL:
    case ANN_ELEMENT_NULLABLE_INTEGER:
    case ANN_ELEMENT_NULLABLE_BOOLEAN:
    case ANN_ELEMENT_NULLABLE_STRING:
    case ANN_ELEMENT_STRINGS:
    case ANN_ELEMENT_BYTES:
    case ANN_ELEMENT_SEQUENCES:
    case ANN_ELEMENT_RECORDS:
    case ANN_ELEMENT_AWKWARD:
    case ANN_ELEMENT_STRING:
    case ANN_ELEMENT_NUMBER:
    case ANN_ELEMENT_NULL:
    case ANN_ELEMENT_OPAQUE:
    default:
      return FALSE;
    }
}

static AnnTreeItem *
item_new (Tree *tree, AnnTreeItem *parent, AnnElement *element, const char *name)
{
  AnnTreeItem *self = g_object_new (ANN_TYPE_TREE_ITEM, NULL);

  self->tree = g_atomic_rc_box_acquire (tree);
  self->parent = parent;
  self->name = g_utf8_make_valid (name, -1);
  tree->n_items++;

  if (element == NULL)
    return self;

  self->element = g_object_ref (element);
  self->badge = ann_text_element_badge (element);
  if (ann_element_get_state (element) != ANN_ELEMENT_OK)
    {
      const GError *error = ann_element_get_error (element);

      self->trouble = g_strdup (error != NULL ? error->message
                                              : ann_text_element_trouble (element));
    }
  if (has_children (element)
      && !(ANN_IS_FRAME (element) && ann_frame_get_n_columns (ANN_FRAME (element)) == 0))
    self->children = g_list_store_new (ANN_TYPE_TREE_ITEM);

  return self;
}

/**
 * ann_tree_item_new_root:
 * @data: an open store
 * @first_name: (nullable): name of a row before those of the elements, which is none itself
 *
 * Returns: (transfer full): the root, which is no row; its children are the topmost ones
 */
AnnTreeItem *
ann_tree_item_new_root (AnnData *data, const char *first_name)
{
  Tree *tree = tree_new (NULL);
  AnnTreeItem *self = item_new (tree, NULL, ann_data_get_root (data), "");

  tree->root = self;
  tree_unref (tree);

  if (self->children == NULL)
    self->children = g_list_store_new (ANN_TYPE_TREE_ITEM);
  if (first_name != NULL)
    {
      g_autoptr (AnnTreeItem) first = item_new (self->tree, self, NULL, first_name);

      g_list_store_append (self->children, first);
    }

  return self;
}

/**
 * ann_tree_item_close:
 * @self: the root
 *
 * Ends all work on the tree. Nothing changes in it after that.
 */
void
ann_tree_item_close (AnnTreeItem *self)
{
  g_cancellable_cancel (self->tree->cancellable);
}

/**
 * ann_tree_item_get_element:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): its element; %NULL for a row that is none
 */
AnnElement *
ann_tree_item_get_element (AnnTreeItem *self)
{
  return self->element;
}

/**
 * ann_tree_item_get_name:
 * @self: a row
 *
 * Returns: (transfer none): what the row is called, in valid UTF-8
 */
const char *
ann_tree_item_get_name (AnnTreeItem *self)
{
  return self->name;
}

/**
 * ann_tree_item_get_path:
 * @self: a row
 *
 * Returns: (transfer none): path of its element; empty for a row that is none
 */
const char *
ann_tree_item_get_path (AnnTreeItem *self)
{
  return self->element != NULL ? ann_element_get_path (self->element) : "";
}

/**
 * ann_tree_item_get_icon:
 * @self: a row
 *
 * Returns: (transfer none): name of its icon
 */
const char *
ann_tree_item_get_icon (AnnTreeItem *self)
{
  return self->element != NULL ? ann_text_element_icon (self->element) : "ann-overview-symbolic";
}

/**
 * ann_tree_item_get_badge:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): the one fact that stands beside the name
 */
const char *
ann_tree_item_get_badge (AnnTreeItem *self)
{
  return self->badge;
}

/**
 * ann_tree_item_get_trouble:
 * @self: a row
 *
 * Returns: (transfer none) (nullable): why it cannot be read; %NULL when it can
 */
const char *
ann_tree_item_get_trouble (AnnTreeItem *self)
{
  return self->trouble;
}

/**
 * ann_tree_item_is_group:
 * @self: a row
 *
 * Returns: whether its element is of a kind that has children, be there any or not
 */
gboolean
ann_tree_item_is_group (AnnTreeItem *self)
{
  return self->element != NULL && has_children (self->element);
}

/**
 * ann_tree_item_get_children:
 * @self: a row
 *
 * The rows below; none before ann_tree_item_load() has brought them.
 *
 * Returns: (transfer none) (nullable): the rows, or %NULL for a row that has none
 */
GListModel *
ann_tree_item_get_children (AnnTreeItem *self)
{
  return G_LIST_MODEL (self->children);
}

/**
 * ann_tree_item_find_child:
 * @self: a row
 * @path: path of an element
 * @position: (out) (optional): where it is
 *
 * The child that is the element, or leads to it.
 *
 * Returns: (transfer none) (nullable): the row, or %NULL when it is not there (yet)
 */
AnnTreeItem *
ann_tree_item_find_child (AnnTreeItem *self, const char *path, guint *position)
{
  guint n = self->children != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->children)) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (AnnTreeItem) child = g_list_model_get_item (G_LIST_MODEL (self->children), i);
      const char *child_path = ann_tree_item_get_path (child);
      gsize length = strlen (child_path);

      if (length > 0 && strncmp (child_path, path, length) == 0
          && (path[length] == '\0' || (child->children != NULL && path[length] == '/')))
        {
          if (position != NULL)
            *position = i;
          return child; /* the list has it */
        }
    }

  return NULL;
}

/**
 * ann_tree_item_is_loaded:
 * @self: a row
 *
 * Returns: whether all its children are there
 */
gboolean
ann_tree_item_is_loaded (AnnTreeItem *self)
{
  return self->children == NULL || self->state == STATE_LOADED;
}

/* ---- Loading: a worker lists and opens, the main thread splices ---- */

typedef struct {
  AnnTreeItem *item;   /* NULL once it is in the item's queue */
  guint n_done;        /* of them that have become rows */
  GPtrArray *elements; /* of AnnElement */
  GPtrArray *names;    /* of utf8: as listed; a path cannot be split, for names may have a slash */
  GPtrArray *listings; /* of GStrv or NULL: what the child has in it, if that has been listed */
} Batch;

static void
batch_free (gpointer data)
{
  Batch *batch = data;

  g_clear_object (&batch->item);
  g_ptr_array_unref (batch->elements);
  g_ptr_array_unref (batch->names);
  g_ptr_array_unref (batch->listings);
  g_free (batch);
}

static void
set_trouble (AnnTreeItem *self, const char *message)
{
  g_free (self->trouble);
  self->trouble = g_strdup (message);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TROUBLE]);
}

/* Makes rows of the next children of a batch. Returns how many. */
static guint
splice_rows (AnnTreeItem *self, Batch *batch, guint n_most)
{
  guint n = MIN (n_most, batch->elements->len - batch->n_done);
  guint n_before = g_list_model_get_n_items (G_LIST_MODEL (self->children));
  g_autoptr (GPtrArray) items = g_ptr_array_new_full (n, g_object_unref);

  for (guint i = batch->n_done; i < batch->n_done + n; i++)
    {
      AnnTreeItem *item = item_new (self->tree, self, batch->elements->pdata[i],
                                    batch->names->pdata[i]);

      item->listing = g_steal_pointer (&batch->listings->pdata[i]);
      if (item->listing != NULL && item->badge == NULL)
        item->badge = ann_text_count (g_strv_length (item->listing));
      if (item->listing != NULL && item->listing[0] == NULL)
        g_clear_object (&item->children); /* nothing to open */
      g_ptr_array_add (items, item);
    }
  batch->n_done += n;
  g_list_store_splice (self->children, n_before, 0, items->pdata, items->len);

  if (self->tree->loads_all)
    for (guint i = 0; i < items->len; i++)
      ann_tree_item_load_all (items->pdata[i]);

  return n;
}

static void
finish_loading (AnnTreeItem *self)
{
  self->state = STATE_LOADED;
  self->tree->n_loading--;
  if (self->badge == NULL && self->trouble == NULL)
    self->badge = ann_text_count (g_list_model_get_n_items (G_LIST_MODEL (self->children)));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BADGE]);
  if (self->tree->root != NULL)
    g_signal_emit (self->tree->root, signals[LOADED], 0, self);
}

static gboolean deliver (gpointer data);

/* Hands rows on, and comes again for more: for the first rows once a frame, later without delay. */
static void
pump (AnnTreeItem *self)
{
  Batch *batch = g_queue_peek_head (&self->pending);
  guint n_before = g_list_model_get_n_items (G_LIST_MODEL (self->children));
  gboolean is_first = n_before < N_FIRST_ROWS;

  if (batch != NULL)
    {
      splice_rows (self, batch, is_first ? N_ROWS_A_FRAME : G_MAXUINT);
      if (batch->n_done == batch->elements->len)
        batch_free (g_queue_pop_head (&self->pending));
    }

  if (!g_queue_is_empty (&self->pending))
    self->source = g_timeout_add_full (BATCH_PRIORITY, is_first ? FRAME_MS : 1, deliver,
                                       g_object_ref (self), g_object_unref);
  else if (self->is_listed)
    finish_loading (self);
}

static gboolean
deliver (gpointer data)
{
  AnnTreeItem *self = data;

  self->source = 0;
  if (self->children != NULL && !g_cancellable_is_cancelled (self->tree->cancellable))
    pump (self);

  return G_SOURCE_REMOVE;
}

/* In the main thread. */
static gboolean
take_batch (gpointer data)
{
  Batch *batch = data;
  AnnTreeItem *self = batch->item;

  if (self->children == NULL || g_cancellable_is_cancelled (self->tree->cancellable))
    {
      batch_free (batch);
      return G_SOURCE_REMOVE;
    }

  batch->item = NULL; /* the item has the batch now, not the batch the item */
  g_queue_push_tail (&self->pending, batch);
  if (self->source == 0)
    pump (self);
  g_object_unref (self);

  return G_SOURCE_REMOVE;
}

static Batch *
batch_new (AnnTreeItem *item)
{
  Batch *batch = g_new0 (Batch, 1);

  batch->item = g_object_ref (item);
  batch->elements = g_ptr_array_new_with_free_func (g_object_unref);
  batch->names = g_ptr_array_new_with_free_func (g_free);
  batch->listings = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);

  return batch;
}

/* Takes the batch and leaves an empty one. */
static void
send_batch (Batch **batch)
{
  Batch *full = *batch;

  *batch = batch_new (full->item);
  g_idle_add_full (BATCH_PRIORITY, take_batch, full, NULL);
}

/* Of groups the tree says how many there are in them, and an empty one has nothing to open. The
 * names are kept for when the group is opened: it is listed once.
 */
static char **
list_group (AnnElement *element, GCancellable *cancellable)
{
  if (ann_element_get_kind (element) != ANN_ELEMENT_MAPPING || !has_children (element))
    return NULL;

  return ann_element_list_children (element, cancellable, NULL);
}

static void
load_children (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  AnnTreeItem *self = source;
  Batch *batch = batch_new (self);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = self->listing != NULL
                             ? g_steal_pointer (&self->listing)
                             : ann_element_list_children (self->element, cancellable, &error);
  gint64 sent = g_get_monotonic_time ();

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    {
      AnnElement *child = ann_element_open_child (self->element, names[i], cancellable, &error);

      if (child == NULL)
        {
          if (!g_error_matches (error, ANN_ERROR, ANN_ERROR_NOT_FOUND))
            break;
          g_clear_error (&error); /* it went away between the listing and now */
          continue;
        }

      g_ptr_array_add (batch->elements, child);
      g_ptr_array_add (batch->names, g_strdup (names[i]));
      g_ptr_array_add (batch->listings, list_group (child, cancellable));
      if (batch->elements->len >= BATCH_LENGTH || g_get_monotonic_time () - sent > BATCH_US)
        {
          send_batch (&batch);
          sent = g_get_monotonic_time ();
        }
    }

  if (batch->elements->len > 0)
    send_batch (&batch);
  batch_free (batch);
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AnnTreeItem *self = ANN_TREE_ITEM (source);
  g_autoptr (GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  if (self->children == NULL || g_cancellable_is_cancelled (self->tree->cancellable))
    return;

  self->is_listed = TRUE;
  if (error != NULL)
    {
      set_trouble (self, error->message);
      g_signal_emit (self->tree->root, signals[FAILED], 0, error);
    }
  if (self->source == 0)
    pump (self);
}

/**
 * ann_tree_item_load:
 * @self: a row
 *
 * Begins to list its children, unless that has been done. They come in batches; the root's
 * signal "item-loaded" says when all are there. Listed once, however often this is called.
 */
void
ann_tree_item_load (AnnTreeItem *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->children == NULL || self->state != STATE_NEW || self->element == NULL
      || !has_children (self->element) || g_cancellable_is_cancelled (self->tree->cancellable))
    return;

  self->state = STATE_LOADING;
  self->tree->n_loading++;

  task = g_task_new (self, self->tree->cancellable, on_listed, NULL);
  g_task_set_source_tag (task, ann_tree_item_load);
  /* In the order of arrival, behind the batches. */
  g_task_set_priority (task, BATCH_PRIORITY);
  ann_worker_run_task (task, ANN_LANE_READ, load_children);
}

/**
 * ann_tree_item_load_all:
 * @self: a row, or the root
 *
 * Begins to list everything below it that has not been listed, for a search.
 */
void
ann_tree_item_load_all (AnnTreeItem *self)
{
  guint n = self->children != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->children)) : 0;

  if (self->children == NULL || self->tree->n_items > MAX_ITEMS)
    return;

  self->tree->loads_all = TRUE;
  ann_tree_item_load (self);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (AnnTreeItem) child = g_list_model_get_item (G_LIST_MODEL (self->children), i);

      ann_tree_item_load_all (child);
    }
}

/**
 * ann_tree_item_is_loading_all:
 * @self: any row of a tree
 *
 * Returns: whether some group of the tree is being listed
 */
gboolean
ann_tree_item_is_loading_all (AnnTreeItem *self)
{
  return self->tree->n_loading > 0;
}

static gboolean
has_in_name (AnnTreeItem *self, const char *folded_needle)
{
  if (self->folded_name == NULL)
    self->folded_name = g_utf8_casefold (self->name, -1);

  return strstr (self->folded_name, folded_needle) != NULL;
}

/**
 * ann_tree_item_matches:
 * @self: a row
 * @folded_needle: what is searched, as g_utf8_casefold() gives it
 *
 * Returns: whether the name of this row, of one above it or of one below it that is there,
 *   contains the text: a group that is found is found with what is in it
 */
gboolean
ann_tree_item_matches (AnnTreeItem *self, const char *folded_needle)
{
  for (AnnTreeItem *item = self; item != NULL && item->parent != NULL; item = item->parent)
    if (has_in_name (item, folded_needle))
      return TRUE;

  return ann_tree_item_matches_below (self, folded_needle);
}

/**
 * ann_tree_item_matches_below:
 * @self: a row
 * @folded_needle: what is searched, as g_utf8_casefold() gives it
 *
 * Returns: whether the name of a row below it that is there contains the text
 */
gboolean
ann_tree_item_matches_below (AnnTreeItem *self, const char *folded_needle)
{
  guint n = self->children != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->children)) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (AnnTreeItem) child = g_list_model_get_item (G_LIST_MODEL (self->children), i);

      if (has_in_name (child, folded_needle) || ann_tree_item_matches_below (child, folded_needle))
        return TRUE;
    }

  return FALSE;
}

static void
ann_tree_item_dispose (GObject *object)
{
  AnnTreeItem *self = ANN_TREE_ITEM (object);

  if (self->tree != NULL && self->tree->root == self)
    self->tree->root = NULL;
  g_queue_clear_full (&self->pending, batch_free);

  /* A row may live on in somebody's hand; then it has no parent any more. */
  if (self->children != NULL)
    {
      guint n = g_list_model_get_n_items (G_LIST_MODEL (self->children));

      for (guint i = 0; i < n; i++)
        {
          g_autoptr (AnnTreeItem) child = g_list_model_get_item (G_LIST_MODEL (self->children), i);

          child->parent = NULL;
        }
    }
  g_clear_object (&self->children);
  g_clear_object (&self->element);

  G_OBJECT_CLASS (ann_tree_item_parent_class)->dispose (object);
}

static void
ann_tree_item_finalize (GObject *object)
{
  AnnTreeItem *self = ANN_TREE_ITEM (object);

  g_free (self->name);
  g_free (self->folded_name);
  g_free (self->badge);
  g_free (self->trouble);
  g_strfreev (self->listing);
  g_clear_pointer (&self->tree, tree_unref);

  G_OBJECT_CLASS (ann_tree_item_parent_class)->finalize (object);
}

static void
ann_tree_item_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  AnnTreeItem *self = ANN_TREE_ITEM (object);

  switch (prop_id)
    {
    case PROP_BADGE:
      g_value_set_string (value, self->badge);
      break;
    case PROP_TROUBLE:
      g_value_set_string (value, self->trouble);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
ann_tree_item_class_init (AnnTreeItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ann_tree_item_dispose;
  object_class->finalize = ann_tree_item_finalize;
  object_class->get_property = ann_tree_item_get_property;

  properties[PROP_BADGE] = g_param_spec_string ("badge", NULL, NULL, NULL,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_TROUBLE] = g_param_spec_string ("trouble", NULL, NULL, NULL,
                                                  G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /* Of the root: all children of the given row have come. */
  signals[LOADED] = g_signal_new ("item-loaded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                  NULL, NULL, NULL, G_TYPE_NONE, 1, ANN_TYPE_TREE_ITEM);
  /* On the root too: what lies below a row could not be listed, with the reason. */
  signals[FAILED] = g_signal_new ("item-failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                  NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
ann_tree_item_init (AnnTreeItem *self)
{
}
