/* ann-data.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "anndata/ann-data.h"

#include "anndata/ann-data-private.h"
#include "anndata/ann-data-set-private.h"
#include "anndata/ann-market-private.h"
#include "base/ann-error.h"
#include "base/ann-worker.h"
#include "element/ann-categorical.h"
#include "element/ann-element-private.h"
#include "format/ann-open.h"

#include <string.h>

/**
 * AnnData:
 *
 * A store, opened read-only: an annotated matrix, or any other file of its format, which is then
 * a mapping of what lies in it. Everything in it is an element, [class@Ann.Element]; a broken one
 * is no reason for not opening the store.
 *
 * Immutable, and used by any thread.
 */
struct _AnnData {
  GObject parent_instance;

  char *uri;
  AnnLocation *location; /* NULL where the URI is none */
  AnnTraffic *traffic;   /* NULL without a network */
  char *format;
  guint64 stored_size;
  gboolean has_stamp;
  AnnStoreStamp stamp; /* from before it was opened */
  AnnElement *root;
  AnnElement *obs; /* NULL where there is none, as var is */
  AnnElement *var;
  gboolean is_view;
  gboolean is_selection; /* a view that is a part of another store */
  gboolean selects_var;  /* of its variables */
  GPtrArray *sets;       /* GObject, of a view: the sets that its sources are parts of; or NULL */
  GPtrArray *sources;    /* AnnData, of a view: the stores it reads from; NULL otherwise */
  AnnData *own;          /* of a set: its file alone; NULL otherwise, with … */
  GObject *set;          /* … the set */
};

G_DEFINE_FINAL_TYPE (AnnData, ann_data, G_TYPE_OBJECT)

static void
ann_data_finalize (GObject *object)
{
  AnnData *self = ANN_DATA (object);

  g_free (self->uri);
  g_clear_pointer (&self->location, ann_location_unref);
  g_clear_pointer (&self->traffic, ann_traffic_unref);
  g_free (self->format);
  g_clear_object (&self->root);
  g_clear_object (&self->obs);
  g_clear_object (&self->var);
  g_clear_pointer (&self->sources, g_ptr_array_unref);
  g_clear_pointer (&self->sets, g_ptr_array_unref);
  g_clear_object (&self->own);
  g_clear_object (&self->set);

  G_OBJECT_CLASS (ann_data_parent_class)->finalize (object);
}

static void
ann_data_class_init (AnnDataClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ann_data_finalize;
}

static void
ann_data_init (G_GNUC_UNUSED AnnData *self)
{
}

gboolean
_ann_data_is_disk_error (const GError *error)
{
  return error != NULL && error->domain != ANN_ERROR;
}

static gboolean
open_tables (AnnData *self, GCancellable *cancellable, GError **error)
{
  if (ann_element_get_kind (self->root) != ANN_ELEMENT_ANNDATA)
    return TRUE;

  self->obs = ann_element_open_child (self->root, "obs", cancellable, error);
  if (self->obs == NULL)
    return FALSE;
  self->var = ann_element_open_child (self->root, "var", cancellable, error);

  return self->var != NULL;
}

AnnData *
_ann_data_new (AnnNode *node,
               const char *uri,
               const AnnStoreInfo *info,
               GCancellable *cancellable,
               GError **error)
{
  g_autoptr (AnnData) self = g_object_new (ANN_TYPE_DATA, NULL);

  self->uri = g_strdup (uri);
  self->format = g_strdup (info->format);
  self->stored_size = info->stored_size;
  self->traffic = info->traffic != NULL ? ann_traffic_ref (info->traffic) : NULL;
  self->root = _ann_element_open_root (node, cancellable, error);
  if (self->root == NULL)
    return NULL;
  if (_ann_data_is_disk_error (ann_element_get_error (self->root)))
    {
      g_propagate_error (error, g_error_copy (ann_element_get_error (self->root)));
      return NULL;
    }
  if (!open_tables (self, cancellable, error))
    return NULL;
  if (info->warning != NULL)
    _ann_element_add_warning (self->root, "%s", info->warning);

  return g_steal_pointer (&self);
}

AnnData *
_ann_data_new_view (AnnElement *root,
                    const char *name,
                    const char *format,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (AnnData) self = g_object_new (ANN_TYPE_DATA, NULL);

  self->uri = g_strdup (name);
  self->format = g_strdup (format);
  self->root = g_object_ref (root);
  self->is_view = TRUE;
  self->sources = g_ptr_array_new_with_free_func (g_object_unref);
  if (!open_tables (self, cancellable, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
_ann_data_make_selection (AnnData *self, gboolean has_var)
{
  self->is_selection = TRUE;
  self->selects_var = has_var;
}

gboolean
_ann_data_is_selection (AnnData *self)
{
  return self->is_selection;
}

gboolean
_ann_data_selects_var (AnnData *self)
{
  return self->selects_var;
}

/* Each once, in order. What is read from any of them over a network is what the view reads. */
void
_ann_data_add_source (AnnData *self, AnnData *of)
{
  g_autoptr (GPtrArray) sources = _ann_data_list_sources (of);
  g_autoptr (GPtrArray) sets = _ann_data_list_sets (of);

  for (guint i = 0; i < sources->len; i++)
    {
      if (!g_ptr_array_find (self->sources, g_ptr_array_index (sources, i), NULL))
        g_ptr_array_add (self->sources, g_object_ref (g_ptr_array_index (sources, i)));
    }
  if (self->traffic == NULL && of->traffic != NULL)
    self->traffic = ann_traffic_ref (of->traffic);

  if (self->sets == NULL)
    self->sets = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < sets->len; i++)
    {
      if (!g_ptr_array_find (self->sets, g_ptr_array_index (sets, i), NULL))
        g_ptr_array_add (self->sets, g_object_ref (g_ptr_array_index (sets, i)));
    }
}

GPtrArray *
_ann_data_list_sets (AnnData *self)
{
  GPtrArray *sets = g_ptr_array_new_with_free_func (g_object_unref);

  if (self->set != NULL)
    g_ptr_array_add (sets, g_object_ref (self->set));
  for (guint i = 0; self->sets != NULL && i < self->sets->len; i++)
    g_ptr_array_add (sets, g_object_ref (g_ptr_array_index (self->sets, i)));

  return sets;
}

GPtrArray *
_ann_data_list_sources (AnnData *self)
{
  GPtrArray *sources = g_ptr_array_new_with_free_func (g_object_unref);

  if (self->sources == NULL)
    g_ptr_array_add (sources, g_object_ref (self));
  for (guint i = 0; self->sources != NULL && i < self->sources->len; i++)
    g_ptr_array_add (sources, g_object_ref (g_ptr_array_index (self->sources, i)));

  return sources;
}

void
_ann_data_stand_for (AnnData *self, AnnData *own, GObject *set)
{
  g_set_object (&self->own, own);
  g_set_object (&self->set, set);
  self->location = own->location != NULL ? ann_location_ref (own->location) : NULL;
  self->stored_size = own->stored_size;
  _ann_data_add_source (self, own);
}

AnnData *
_ann_data_get_own (AnnData *self)
{
  return self->own;
}

GObject *
_ann_data_get_set (AnnData *self)
{
  return self->set;
}

/**
 * ann_data_open:
 * @uri: a path or a URI
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @error: return location for an error, or %NULL
 *
 * Opens a store. Reads metadata only: the number of observations is the length of the array that
 * holds their names, which is not read itself. Broken elements do not matter here.
 *
 * A set, `.h5ads`, which names other stores, is opened with all of these: [class@Ann.DataSet].
 *
 * So is Matrix Market, as text is no store: a file `.mtx` or `.mtx.gz`, whose rows are
 * observations, or the three files of 10x Genomics in a folder, of which X is the transposed
 * matrix. It is read as a whole, into a temporary file, in which X is sparse by rows: int64 of
 * integers, else float64, as SciPy has it. Names stay as they are, also those that are there twice.
 *
 * This waits for the disk; a user interface takes [func@Ann.Data.open_async].
 *
 * Returns: (transfer full): the store, or %NULL with @error set if it cannot be opened at all
 */
AnnData *
ann_data_open (const char *uri, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnData) self = NULL;

  g_return_val_if_fail (uri != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = _ann_data_open_alone (uri, cancellable, error);
  if (self == NULL || !_ann_data_set_is_set (self))
    return g_steal_pointer (&self);

  return _ann_data_set_open_from (self, NULL, cancellable, error);
}

static gboolean
has_elements (AnnElement *element)
{
  switch ((int) ann_element_get_kind (element))
    {
    case ANN_ELEMENT_ANNDATA:
    case ANN_ELEMENT_RAW:
    case ANN_ELEMENT_MAPPING:
    case ANN_ELEMENT_FRAME:
    case ANN_ELEMENT_OPAQUE:
      return TRUE;
    default:
      return FALSE;
    }
}

/* A part of a store is shown as if it were one, if there is something in it; @inner (nullable) is
 * its path.
 */
static gboolean
check_part (AnnElement *element, AnnLocation *location, const char *inner, GError **error)
{
  const char *kind = ann_element_kind_get_name (ann_element_get_kind (element));
  g_autofree char *above = NULL;

  if (has_elements (element))
    return TRUE;

  if (inner == NULL)
    above = _ann_open_dup_store_above (location);
  if (inner != NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                 "“%s” in the store is one element (%s), and no group of elements; open the "
                 "store itself to see it",
                 inner, kind);
  else if (above != NULL)
    g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT,
                 "This is one element (%s) of a store, and no group of elements; open %s to see it",
                 kind, above);

  return inner == NULL && above == NULL;
}

AnnData *
_ann_data_open_alone (const char *uri, GCancellable *cancellable, GError **error)
{
  g_autoptr (AnnLocation) location = NULL;
  g_autoptr (AnnNode) node = NULL;
  g_autofree char *inner = NULL;
  AnnStoreInfo info = { .format = NULL };
  AnnStoreStamp stamp;
  gboolean has_stamp;
  AnnData *self;

  location = ann_location_parse (uri, error);
  if (location == NULL)
    return NULL;

  has_stamp = ann_open_read_stamp (uri, &stamp);
  node = _ann_market_is_at (location) ? _ann_market_open (location, &info, cancellable, error)
                                      : ann_open_node (uri, &info, cancellable, error);
  if (node == NULL)
    return NULL;

  self = _ann_data_new (node, uri, &info, cancellable, error);
  g_clear_pointer (&info.traffic, ann_traffic_unref);
  inner = info.inner;
  if (self != NULL && !check_part (self->root, location, inner, error))
    g_clear_object (&self);
  if (self != NULL)
    {
      self->location = g_steal_pointer (&location);
      self->has_stamp = has_stamp;
      self->stamp = stamp;
    }

  return self;
}

static void
open_in_worker (GTask *task,
                G_GNUC_UNUSED gpointer source_object,
                gpointer task_data,
                GCancellable *cancellable)
{
  GError *error = NULL;
  AnnData *data = ann_data_open (task_data, cancellable, &error);

  if (data != NULL)
    g_task_return_pointer (task, data, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * ann_data_open_async:
 * @uri: a path or a URI
 * @io_priority: the more negative, the sooner
 * @cancellable: (nullable): a [class@Gio.Cancellable]
 * @callback: (scope async) (closure user_data): called when it is done
 * @user_data: data for @callback
 *
 * As [func@Ann.Data.open], in a thread of the library.
 */
void
ann_data_open_async (const char *uri,
                     int io_priority,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (uri != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, ann_data_open_async);
  g_task_set_priority (task, io_priority);
  g_task_set_task_data (task, g_strdup (uri), g_free);
  ann_worker_run_task (task, ANN_LANE_READ, open_in_worker);
}

/**
 * ann_data_open_finish:
 * @result: what the callback was given
 * @error: return location for an error, or %NULL
 *
 * Returns: (transfer full): the store, or %NULL with @error set
 */
AnnData *
ann_data_open_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * ann_data_get_uri:
 * @self: a store
 *
 * Returns: (transfer none): what it was opened by; of a view, a name for people
 */
const char *
ann_data_get_uri (AnnData *self)
{
  g_return_val_if_fail (ANN_IS_DATA (self), NULL);

  return self->uri;
}

/**
 * ann_data_is_view:
 * @self: a store
 *
 * Returns: whether it is made of others, such as a selection, and stored nowhere: its address is a
 *   name for people then
 */
gboolean
ann_data_is_view (AnnData *self)
{
  g_return_val_if_fail (ANN_IS_DATA (self), FALSE);

  return self->is_view;
}

/**
 * ann_data_get_location:
 * @self: a store
 *
 * Returns: (transfer none) (nullable): where it is; %NULL for one that was made in memory, or of
 *   others
 */
AnnLocation *
ann_data_get_location (AnnData *self)
{
  g_return_val_if_fail (ANN_IS_DATA (self), NULL);

  return self->location;
}

/**
 * ann_data_get_traffic:
 * @self: a store
 *
 * Returns: (transfer none) (nullable): what was asked for it over a network; %NULL for a store on
 *   disk. That of the first of those which a view is made of
 */
AnnTraffic *
ann_data_get_traffic (AnnData *self)
{
  g_return_val_if_fail (ANN_IS_DATA (self), NULL);

  return self->traffic;
}

/**
 * ann_data_get_format:
 * @self: a store
 *
 * Returns: (transfer none): such as `HDF5`
 */
const char *
ann_data_get_format (AnnData *self)
{
  g_return_val_if_fail (ANN_IS_DATA (self), NULL);

  return self->format;
}

/**
 * ann_data_get_stored_size:
 * @self: a store
 *
 * Returns: its bytes where it is stored; 0 if that is not known
 */
guint64
ann_data_get_stored_size (AnnData *self)
{
  g_return_val_if_fail (ANN_IS_DATA (self), 0);

  return self->stored_size;
}

/**
 * ann_data_has_changed:
 * @self: a store
 *
 * Looks whether its file is still the one that was opened: not written to since, not replaced by
 * another one, not removed. This waits for the disk; any thread.
 *
 * Returns: whether it, or any that it is made of, is another one; %FALSE where that cannot be told
 */
gboolean
ann_data_has_changed (AnnData *self)
{
  const AnnStoreStamp *before;
  AnnStoreStamp now;

  g_return_val_if_fail (ANN_IS_DATA (self), FALSE);

  for (guint i = 0; self->sources != NULL && i < self->sources->len; i++)
    {
      if (ann_data_has_changed (g_ptr_array_index (self->sources, i)))
        return TRUE;
    }

  before = &self->stamp;
  if (!self->has_stamp || !ann_open_read_stamp (self->uri, &now))
    return FALSE;

  return now.exists != before->exists || now.device != before->device || now.inode != before->inode
         || now.size != before->size || now.modified != before->modified;
}

/**
 * ann_data_is_annotated:
 * @self: a store
 *
 * Returns: whether it is an annotated matrix; %FALSE for any other file of its format
 */
gboolean
ann_data_is_annotated (AnnData *self)
{
  g_return_val_if_fail (ANN_IS_DATA (self), FALSE);

  return ann_element_get_kind (self->root) == ANN_ELEMENT_ANNDATA;
}

static guint64
get_axis (AnnData *self, guint axis)
{
  return ann_data_is_annotated (self) ? ann_element_get_shape (self->root)[axis] : 0;
}

/**
 * ann_data_get_n_obs:
 * @self: a store
 *
 * Returns: the number of observations: the rows of obs, or those of X where obs is broken; 0
 *   where nothing tells
 */
guint64
ann_data_get_n_obs (AnnData *self)
{
  g_return_val_if_fail (ANN_IS_DATA (self), 0);

  return get_axis (self, 0);
}

/**
 * ann_data_get_n_var:
 * @self: a store
 *
 * Returns: the number of variables: the rows of var, or the columns of X where var is broken; 0
 *   where nothing tells
 */
guint64
ann_data_get_n_var (AnnData *self)
{
  g_return_val_if_fail (ANN_IS_DATA (self), 0);

  return get_axis (self, 1);
}

/**
 * ann_data_get_warnings:
 * @self: a store
 *
 * Returns: (transfer none) (array zero-terminated=1): sentences about what is odd in the store as
 *   a whole; each element has its own
 */
const char *const *
ann_data_get_warnings (AnnData *self)
{
  g_return_val_if_fail (ANN_IS_DATA (self), NULL);

  return ann_element_get_warnings (self->root);
}

/**
 * ann_data_get_root:
 * @self: a store
 *
 * Returns: (transfer none): what holds all other elements
 */
AnnElement *
ann_data_get_root (AnnData *self)
{
  g_return_val_if_fail (ANN_IS_DATA (self), NULL);

  return self->root;
}

/**
 * ann_data_get_obs:
 * @self: a store
 *
 * Returns: (transfer none) (nullable): the table of the observations, or %NULL if there is none
 *   that is in order: the element `obs` then says why
 */
AnnFrame *
ann_data_get_obs (AnnData *self)
{
  g_return_val_if_fail (ANN_IS_DATA (self), NULL);

  return self->obs != NULL && ANN_IS_FRAME (self->obs) ? ANN_FRAME (self->obs) : NULL;
}

/**
 * ann_data_get_var:
 * @self: a store
 *
 * Returns: (transfer none) (nullable): the table of the variables, or %NULL if there is none that
 *   is in order: the element `var` then says why
 */
AnnFrame *
ann_data_get_var (AnnData *self)
{
  g_return_val_if_fail (ANN_IS_DATA (self), NULL);

  return self->var != NULL && ANN_IS_FRAME (self->var) ? ANN_FRAME (self->var) : NULL;
}
