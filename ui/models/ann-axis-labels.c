/* ann-axis-labels.c
 *
 * SPDX-License-Identifier: Apache-2.0
 */

#include "models/ann-axis-labels.h"

#include <glib/gi18n.h>

/* The names along one axis of a matrix: cells or genes, where the matrix is aligned to obs or var,
 * else numbers. Nothing is read before the first name is asked for, and then only the block it lies
 * in, by a worker; "changed" tells when names have come. Lives in the main thread.
 */

#define BLOCK_LENGTH 1024
#define MAX_BLOCKS 256

struct _AnnAxisLabels {
  GObject parent_instance;

  AnnData *data;
  guint axis;
  char *frame_path;    /* NULL: the axis has no names */
  GHashTable *blocks;  /* guint64 block number → AnnStrings, or NULL while a worker reads it */
  gboolean has_failed; /* some of these workers */
  GCancellable *cancellable;

  GMutex mutex;
  AnnElement *index; /* guarded by mutex: opened by the first worker */
};

typedef struct {
  guint64 block;
  AnnStrings *names;
} Loaded;

enum {
  CHANGED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AnnAxisLabels, ann_axis_labels, G_TYPE_OBJECT)

/**
 * ann_axis_labels_find_frame:
 * @path: of a matrix
 * @axis: 0 for its rows, 1 for its columns
 *
 * Works below the root too (mod/rna/X), and raw/X has genes of its own.
 *
 * Returns: (transfer full) (nullable): the path of the frame whose rows are along the axis: "obs"
 *   or "var" beside the matrix, or %NULL
 */
char *
ann_axis_labels_find_frame (const char *path, guint axis)
{
  static const struct {
    const char *key;
    const char *frames[2];
  } rules[] = {
    { "X", { "obs", "var" } },    { "layers", { "obs", "var" } }, { "obsm", { "obs", NULL } },
    { "obsp", { "obs", "obs" } }, { "varm", { "var", NULL } },    { "varp", { "var", "var" } },
  };
  g_auto (GStrv) parts = g_strsplit (path, "/", -1);
  guint n = g_strv_length (parts);

  for (guint i = 0; i < n; i++)
    {
      for (gsize r = 0; r < G_N_ELEMENTS (rules); r++)
        {
          g_autoptr (GString) found = NULL;
          guint n_prefix = i;

          if (!g_str_equal (parts[i], rules[r].key))
            continue;
          if (axis > 1 || rules[r].frames[axis] == NULL)
            return NULL;
          if (g_str_equal (rules[r].frames[axis], "obs") && i > 0
              && g_str_equal (parts[i - 1], "raw"))
            n_prefix--;

          found = g_string_new (NULL);
          for (guint k = 0; k < n_prefix; k++)
            g_string_append_printf (found, "%s/", parts[k]);
          g_string_append (found, rules[r].frames[axis]);
          return g_string_free (g_steal_pointer (&found), FALSE);
        }
    }

  return NULL;
}

static void
loaded_free (Loaded *loaded)
{
  g_clear_pointer (&loaded->names, ann_strings_unref);
  g_free (loaded);
}

static AnnElement *
open_index (AnnAxisLabels *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->mutex);
  g_autoptr (AnnElement) frame = NULL;

  if (self->index != NULL)
    return g_object_ref (self->index);

  frame = ann_data_open_element (self->data, self->frame_path, cancellable, error);
  if (frame == NULL)
    return NULL;
  if (!ANN_IS_FRAME (frame))
    {
      g_set_error (error, ANN_ERROR, ANN_ERROR_FORMAT, "%s is not a table", self->frame_path);
      return NULL;
    }
  self->index = ann_frame_open_index (ANN_FRAME (frame), cancellable, error);

  return self->index != NULL ? g_object_ref (self->index) : NULL;
}

static void
load_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  AnnAxisLabels *self = source;
  Loaded *loaded = task_data;
  guint64 start = loaded->block * BLOCK_LENGTH;
  g_autoptr (AnnElement) index = NULL;
  g_autoptr (AnnBlock) block = NULL;
  g_autoptr (AnnStrings) names = ann_strings_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  GError *error = NULL;
  guint64 count = 0;

  index = open_index (self, cancellable, &error);
  if (index != NULL && start < ann_element_get_n_rows (index))
    {
      count = MIN (BLOCK_LENGTH, ann_element_get_n_rows (index) - start);
      block = ann_element_read_rows (index, start, count, cancellable, &error);
    }
  for (guint64 i = 0; block != NULL && error == NULL && i < count; i++)
    {
      g_string_truncate (text, 0);
      ann_cell_append_value (text, block, NULL, i, 0);
      ann_strings_append (names, text->str, text->len, &error);
    }

  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  loaded->names = g_steal_pointer (&names);
  g_task_return_boolean (task, TRUE);
}

static void
on_loaded (GObject *source, GAsyncResult *result, G_GNUC_UNUSED gpointer user_data)
{
  AnnAxisLabels *self = ANN_AXIS_LABELS (source);
  Loaded *loaded = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      /* They may come later, see ann_axis_labels_retry (). */
      if (ann_http_error_is_passing (error))
        {
          self->has_failed = TRUE;
          return;
        }
      /* Names that cannot be read are numbers from then on: the picture is there all the same. */
      g_debug ("No names from %s: %s", self->frame_path, error->message);
      g_clear_pointer (&self->frame_path, g_free);
    }
  else
    g_hash_table_replace (self->blocks, g_memdup2 (&loaded->block, sizeof loaded->block),
                          ann_strings_ref (loaded->names));

  g_signal_emit (self, signals[CHANGED], 0);
}

static void
load_block (AnnAxisLabels *self, guint64 block)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, on_loaded, NULL);
  Loaded *loaded = g_new0 (Loaded, 1);

  if (g_hash_table_size (self->blocks) >= MAX_BLOCKS)
    g_hash_table_remove_all (self->blocks);
  g_hash_table_insert (self->blocks, g_memdup2 (&block, sizeof block), NULL);

  loaded->block = block;
  g_task_set_source_tag (task, load_block);
  g_task_set_task_data (task, loaded, (GDestroyNotify) loaded_free);
  ann_worker_run_task (task, ANN_LANE_READ, load_in_thread);
}

static void
strings_unref0 (gpointer strings)
{
  if (strings != NULL)
    ann_strings_unref (strings);
}

static void
ann_axis_labels_dispose (GObject *object)
{
  AnnAxisLabels *self = ANN_AXIS_LABELS (object);

  g_cancellable_cancel (self->cancellable);

  G_OBJECT_CLASS (ann_axis_labels_parent_class)->dispose (object);
}

static void
ann_axis_labels_finalize (GObject *object)
{
  AnnAxisLabels *self = ANN_AXIS_LABELS (object);

  g_clear_object (&self->data);
  g_clear_object (&self->index);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->frame_path, g_free);
  g_clear_pointer (&self->blocks, g_hash_table_unref);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (ann_axis_labels_parent_class)->finalize (object);
}

static void
ann_axis_labels_class_init (AnnAxisLabelsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ann_axis_labels_dispose;
  object_class->finalize = ann_axis_labels_finalize;

  /* Names have come, or will not. */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
ann_axis_labels_init (AnnAxisLabels *self)
{
  g_mutex_init (&self->mutex);
  self->cancellable = g_cancellable_new ();
  self->blocks = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, strings_unref0);
}

/**
 * ann_axis_labels_new:
 * @data: a store
 * @element: a matrix in it
 * @axis: 0 for its rows, 1 for its columns
 *
 * Returns: (transfer full): the names along @axis; nothing is read yet
 */
AnnAxisLabels *
ann_axis_labels_new (AnnData *data, AnnElement *element, guint axis)
{
  AnnAxisLabels *self = g_object_new (ANN_TYPE_AXIS_LABELS, NULL);

  self->data = g_object_ref (data);
  self->axis = axis;
  self->frame_path = ann_axis_labels_find_frame (ann_element_get_path (element), axis);

  return self;
}

static gboolean
has_no_names (gpointer block, gpointer names, gpointer user_data)
{
  return names == NULL;
}

/**
 * ann_axis_labels_retry:
 * @self: labels
 *
 * Names that could not be read because of the network are asked for again when they are wanted.
 */
void
ann_axis_labels_retry (AnnAxisLabels *self)
{
  if (!self->has_failed)
    return;

  self->has_failed = FALSE;
  g_hash_table_foreach_remove (self->blocks, has_no_names, NULL);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * ann_axis_labels_is_idle:
 * @self: labels
 *
 * Returns: whether no names are on their way
 */
gboolean
ann_axis_labels_is_idle (AnnAxisLabels *self)
{
  GHashTableIter iter;
  gpointer names;

  if (self->frame_path == NULL || self->has_failed)
    return TRUE;

  g_hash_table_iter_init (&iter, self->blocks);
  while (g_hash_table_iter_next (&iter, NULL, &names))
    if (names == NULL)
      return FALSE;

  return TRUE;
}

/**
 * ann_axis_labels_get_noun:
 * @self: labels
 *
 * Returns: what lies along the axis, as a title: cells, genes, or just rows and columns
 */
const char *
ann_axis_labels_get_noun (AnnAxisLabels *self)
{
  if (self->frame_path == NULL)
    return self->axis == 0 ? _ ("Row") : _ ("Column");

  return g_str_has_suffix (self->frame_path, "obs") ? _ ("Cell") : _ ("Gene");
}

/**
 * ann_axis_labels_dup:
 * @self: labels
 * @index: a place along the axis
 *
 * Returns: (transfer full) (nullable): its name, or %NULL while it is being read
 */
char *
ann_axis_labels_dup (AnnAxisLabels *self, guint64 index)
{
  guint64 block = index / BLOCK_LENGTH;
  gpointer names;

  if (self->frame_path == NULL)
    return g_strdup_printf ("%" G_GUINT64_FORMAT, index);

  if (!g_hash_table_lookup_extended (self->blocks, &block, NULL, &names))
    {
      load_block (self, block);
      return NULL;
    }
  if (names == NULL)
    return NULL;
  if (index % BLOCK_LENGTH >= ann_strings_get_length (names))
    return g_strdup_printf ("%" G_GUINT64_FORMAT, index);

  return ann_strings_dup_utf8 (names, index % BLOCK_LENGTH);
}
