/* ann-loaded-model.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-loaded-model.h"

/* For blocks that are not on the screen any more. */
#define BUDGET (64 * 1024 * 1024)

typedef struct {
  guint64 n_rows;
  guint64 n_columns;
  GPtrArray *sources; /* of AnnColumnSource or NULL */
  GArray *is_known;   /* by source: whether its facts were told to the table */
  AnnTableOrder *order;
  AnnBlockLoader *loader;
} AnnLoadedModelPrivate;

typedef struct {
  AnnColumnSource *source;
  gboolean is_colors;
  gboolean is_turned;
  guint64 start;
  gsize n_rows;  /* columns if turned */
  guint64 *rows; /* NULL: one run from @start */
} Request;

static void ann_loaded_model_iface_init (AnnTableModelInterface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (AnnLoadedModel,
                                  ann_loaded_model,
                                  G_TYPE_OBJECT,
                                  G_ADD_PRIVATE (AnnLoadedModel)
                                      G_IMPLEMENT_INTERFACE (ANN_TYPE_TABLE_MODEL,
                                                             ann_loaded_model_iface_init))

static AnnLoadedModelPrivate *
get_private (gpointer self)
{
  return ann_loaded_model_get_instance_private (ANN_LOADED_MODEL (self));
}

/* Rows that are shown: a filter may leave some out. */
static guint64
get_n_shown (const AnnLoadedModelPrivate *priv)
{
  return priv->order != NULL ? ann_table_order_get_n_rows (priv->order) : priv->n_rows;
}

/* ---- Blocks ---- */

static gpointer
make_request (const AnnBlockKey *key, gpointer owner)
{
  AnnLoadedModel *self = owner;
  AnnLoadedModelClass *klass = ANN_LOADED_MODEL_GET_CLASS (self);
  AnnLoadedModelPrivate *priv = get_private (self);
  const guint source = (guint) key->source;
  const guint64 length = klass->get_block_length (self, source);
  const gboolean by_rows = klass->runs_by_rows (self, source);
  Request *request = g_new0 (Request, 1);

  request->source = ann_column_source_ref (priv->sources->pdata[source]);
  request->is_colors = key->block == ANN_BLOCK_COLORS;
  if (request->is_colors || key->block == ANN_BLOCK_FACTS)
    return request;

  request->is_turned = klass->is_turned (self, source);
  request->start = key->block * length;
  request->n_rows = MIN (length, (by_rows ? get_n_shown (priv) : priv->n_columns) - request->start);
  if (by_rows && priv->order != NULL)
    {
      request->rows = g_new (guint64, request->n_rows);
      for (gsize i = 0; i < request->n_rows; i++)
        request->rows[i] = ann_table_order_get (priv->order, request->start + i);
    }

  return request;
}

static void
request_free (gpointer data)
{
  Request *request = data;

  ann_column_source_unref (request->source);
  g_free (request->rows);
  g_free (request);
}

static gpointer
run_request (gpointer data, GCancellable *cancellable, GError **error)
{
  const Request *request = data;

  if (request->is_colors && !ann_column_source_read_colors (request->source, cancellable, error))
    return NULL;
  if (request->is_turned)
    return ann_column_source_read_turned (request->source, request->start, request->n_rows,
                                          cancellable, error);

  return ann_column_source_read (request->source, request->rows, request->start, request->n_rows,
                                 cancellable, error);
}

static gsize
get_size (gconstpointer block)
{
  return ann_loaded_rows_get_size (block);
}

static void
on_arrived (gpointer owner)
{
  AnnLoadedModelPrivate *priv = get_private (owner);
  guint what = ANN_TABLE_CHANGED_CELLS;

  for (guint i = 0; i < priv->sources->len; i++)
    {
      gboolean *is_known = &g_array_index (priv->is_known, gboolean, i);

      if (!*is_known && ann_loaded_model_get_facts (owner, i) != NULL)
        {
          *is_known = TRUE;
          what |= ANN_TABLE_CHANGED_COLUMNS;
        }
    }
  ann_table_model_changed (ANN_TABLE_MODEL (owner), what);
}

/**
 * ann_loaded_model_want:
 * @keys: (element-type AnnBlockKey): what is wanted, the most urgent first
 * @source: number of a source
 * @block: a block of it, ANN_BLOCK_FACTS, or at the end ANN_BLOCK_COLORS
 */
void
ann_loaded_model_want (GArray *keys, guint source, guint64 block)
{
  const AnnBlockKey key = { source, block };

  g_array_append_val (keys, key);
}

/**
 * ann_loaded_model_set_wanted:
 * @self: a model
 * @keys: (element-type AnnBlockKey): what is wanted now, the most urgent first; all else is not any
 *   more
 */
void
ann_loaded_model_set_wanted (AnnLoadedModel *self, GArray *keys)
{
  gsize n_first = keys->len;

  while (n_first > 0 && g_array_index (keys, AnnBlockKey, n_first - 1).block == ANN_BLOCK_COLORS)
    n_first--;
  ann_block_loader_set_wanted (get_private (self)->loader,
                               (const AnnBlockKey *) (gpointer) keys->data, keys->len, n_first);
}

/**
 * ann_loaded_model_get_cell:
 * @self: a model
 * @source: number of a source
 * @block: a block of it
 * @row: a row of the block; of the store if the block is turned
 * @column: a value in the row; in the block if it is turned
 * @cell: what there is; untouched if it has not come yet
 * @text: where it is added
 *
 * Never waits.
 */
void
ann_loaded_model_get_cell (AnnLoadedModel *self,
                           guint source,
                           guint64 block,
                           guint64 row,
                           guint64 column,
                           AnnTableCell *cell,
                           GString *text)
{
  const AnnColumnFacts *facts = ann_loaded_model_get_facts (self, source);
  const GError *error = facts == NULL ? NULL : facts->error;
  const AnnLoadedRows *rows = NULL;

  /* Without facts there may be a reason why not. */
  if (error == NULL)
    rows = ann_block_loader_find (get_private (self)->loader, source, block, &error);
  if (error != NULL)
    {
      cell->state = ANN_CELL_INVALID;
      g_string_append (text, error->message);
    }
  else if (rows != NULL && facts != NULL)
    ann_loaded_rows_get_cell (
        rows, facts, ann_column_source_get_colors (ann_loaded_model_get_source (self, source)), row,
        column, cell, text);
}

/**
 * ann_loaded_model_get_failure:
 * @self: a model
 * @n_failures: (out): how many there were ever, to tell a new one
 *
 * Returns: (transfer none) (nullable): why some of its values cannot be had now; %NULL if all can,
 *   or are damaged where they are stored
 */
const GError *
ann_loaded_model_get_failure (AnnLoadedModel *self, guint *n_failures)
{
  AnnBlockLoader *loader = get_private (self)->loader;

  *n_failures = ann_block_loader_get_n_failures (loader);

  return ann_block_loader_get_failure (loader);
}

/**
 * ann_loaded_model_retry:
 * @self: a model
 *
 * Reads again what could not be had.
 *
 * Returns: whether there was something
 */
gboolean
ann_loaded_model_retry (AnnLoadedModel *self)
{
  const gboolean is_any = ann_block_loader_retry (get_private (self)->loader);

  if (is_any)
    ann_table_model_changed (ANN_TABLE_MODEL (self), ANN_TABLE_CHANGED_CELLS);

  return is_any;
}

/* ---- Sources ---- */

/**
 * ann_loaded_model_set_up:
 * @self: a model in the making
 * @n_rows: how many rows it has
 * @n_columns: how many columns
 */
void
ann_loaded_model_set_up (AnnLoadedModel *self, guint64 n_rows, guint64 n_columns)
{
  AnnLoadedModelPrivate *priv = get_private (self);

  priv->n_rows = n_rows;
  priv->n_columns = n_columns;
}

/**
 * ann_loaded_model_set_far:
 * @self: a model in the making
 *
 * Says that its values come over a network.
 */
void
ann_loaded_model_set_far (AnnLoadedModel *self)
{
  ann_block_loader_set_far (get_private (self)->loader);
}

/**
 * ann_loaded_model_add_source:
 * @self: a model in the making
 * @source: (transfer full) (nullable): the next source; %NULL for one that there is not here
 */
void
ann_loaded_model_add_source (AnnLoadedModel *self, AnnColumnSource *source)
{
  AnnLoadedModelPrivate *priv = get_private (self);
  const gboolean is_known = FALSE;

  g_ptr_array_add (priv->sources, source);
  g_array_append_val (priv->is_known, is_known);
}

/**
 * ann_loaded_model_get_source:
 * @self: a model
 * @source: number of a source
 *
 * Any thread.
 *
 * Returns: (transfer none) (nullable): the source
 */
AnnColumnSource *
ann_loaded_model_get_source (AnnLoadedModel *self, guint source)
{
  return g_ptr_array_index (get_private (self)->sources, source);
}

/**
 * ann_loaded_model_get_facts:
 * @self: a model
 * @source: number of a source
 *
 * Any thread.
 *
 * Returns: (transfer none) (nullable): what is known of it, once it was looked at
 */
const AnnColumnFacts *
ann_loaded_model_get_facts (AnnLoadedModel *self, guint source)
{
  AnnColumnSource *found = ann_loaded_model_get_source (self, source);

  return found == NULL ? NULL : ann_column_source_get_facts (found);
}

/**
 * ann_loaded_model_is_ordered:
 * @self: a model
 *
 * Returns: whether the rows are shown in another order than the stored one
 */
gboolean
ann_loaded_model_is_ordered (AnnLoadedModel *self)
{
  return get_private (self)->order != NULL;
}

/**
 * ann_loaded_model_is_idle:
 * @self: a model
 *
 * Returns: whether all is there that the table has asked for
 */
gboolean
ann_loaded_model_is_idle (AnnLoadedModel *self)
{
  return ann_block_loader_is_idle (get_private (self)->loader);
}

/**
 * ann_loaded_model_get_size:
 * @self: a model
 *
 * Returns: the bytes of all values that it holds
 */
gsize
ann_loaded_model_get_size (AnnLoadedModel *self)
{
  return ann_block_loader_get_size (get_private (self)->loader);
}

/**
 * ann_loaded_model_get_n_reads:
 * @self: a model
 *
 * Returns: how many blocks workers were asked for so far
 */
guint64
ann_loaded_model_get_n_reads (AnnLoadedModel *self)
{
  return ann_block_loader_get_n_started (get_private (self)->loader);
}

/* ---- As a table ---- */

static guint64
loaded_get_n_rows (AnnTableModel *model)
{
  return get_n_shown (get_private (model));
}

static guint64
loaded_get_n_stored_rows (AnnTableModel *model)
{
  return get_private (model)->n_rows;
}

static guint64
loaded_get_n_columns (AnnTableModel *model)
{
  return get_private (model)->n_columns;
}

static AnnColumnSource *
find_source (AnnTableModel *model, guint64 column, guint64 *value)
{
  AnnLoadedModel *self = ANN_LOADED_MODEL (model);
  const guint source = ANN_LOADED_MODEL_GET_CLASS (self)->find_source (self, column, value);

  return ann_loaded_model_get_source (self, source);
}

static AnnTableOrder *
loaded_make_order (AnnTableModel *model,
                   guint64 column,
                   AnnSortDirection direction,
                   AnnProgress *progress,
                   GCancellable *cancellable,
                   GError **error)
{
  const guint64 n_rows = get_private (model)->n_rows;
  g_autoptr (AnnTableSorter) sorter = ann_table_sorter_new (n_rows, column, direction, error);
  AnnColumnSource *source;
  guint64 value = 0;

  if (sorter == NULL)
    return NULL;

  source = find_source (model, column, &value);
  if (progress != NULL)
    ann_progress_add_total (progress, n_rows);
  if (!ann_column_source_add_to_sorter (source, value, n_rows, sorter, progress, cancellable,
                                        error))
    return NULL;

  return ann_table_sorter_finish (sorter, cancellable, error);
}

static void
loaded_set_order (AnnTableModel *model, AnnTableOrder *order)
{
  AnnLoadedModelPrivate *priv = get_private (model);

  ann_block_loader_clear (priv->loader);
  g_clear_pointer (&priv->order, ann_table_order_unref);
  priv->order = order == NULL ? NULL : ann_table_order_ref (order);
  ann_table_model_changed (model, ANN_TABLE_CHANGED_ROWS);
}

static AnnTableOrder *
loaded_get_order (AnnTableModel *model)
{
  return get_private (model)->order;
}

static AnnElement *
loaded_open_column (AnnTableModel *model,
                    guint64 column,
                    guint32 **colors,
                    GCancellable *cancellable,
                    GError **error)
{
  guint64 value = 0;
  AnnColumnSource *source = find_source (model, column, &value);

  return ann_column_source_open (source, value, colors, cancellable, error);
}

static void
ann_loaded_model_iface_init (AnnTableModelInterface *iface)
{
  iface->get_n_rows = loaded_get_n_rows;
  iface->get_n_stored_rows = loaded_get_n_stored_rows;
  iface->get_n_columns = loaded_get_n_columns;
  iface->make_order = loaded_make_order;
  iface->set_order = loaded_set_order;
  iface->get_order = loaded_get_order;
  iface->open_column = loaded_open_column;
}

/* ---- The object ---- */

static void
ann_loaded_model_dispose (GObject *object)
{
  AnnLoadedModelPrivate *priv = get_private (object);

  if (priv->loader != NULL)
    ann_block_loader_stop (priv->loader);
  g_clear_object (&priv->loader);

  G_OBJECT_CLASS (ann_loaded_model_parent_class)->dispose (object);
}

static void
ann_loaded_model_finalize (GObject *object)
{
  AnnLoadedModelPrivate *priv = get_private (object);

  g_ptr_array_unref (priv->sources);
  g_array_unref (priv->is_known);
  g_clear_pointer (&priv->order, ann_table_order_unref);

  G_OBJECT_CLASS (ann_loaded_model_parent_class)->finalize (object);
}

static void
ann_loaded_model_class_init (AnnLoadedModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ann_loaded_model_dispose;
  object_class->finalize = ann_loaded_model_finalize;
}

static void
source_free (gpointer data)
{
  if (data != NULL)
    ann_column_source_unref (data);
}

static void
ann_loaded_model_init (AnnLoadedModel *self)
{
  static const AnnBlockLoaderFuncs funcs = {
    .make_request = make_request,
    .run = run_request,
    .free_request = request_free,
    .get_size = get_size,
    .free_block = (GDestroyNotify) ann_loaded_rows_free,
    .arrived = on_arrived,
  };
  AnnLoadedModelPrivate *priv = get_private (self);

  priv->sources = g_ptr_array_new_with_free_func (source_free);
  priv->is_known = g_array_new (FALSE, FALSE, sizeof (gboolean));
  priv->loader = ann_block_loader_new (&funcs, self, BUDGET);
}
